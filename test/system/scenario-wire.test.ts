import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UnplayableError, WireDriver } from '@conclave/conclave';
import { play, readScenario, Simulation, type Trace } from '@conclave/scenario';
import { describe, expect, test } from 'vitest';
import { randomStory } from './random-story.ts';

/*
 * Goal: what the simulation shows of a scenario is what real processes, sockets and sound show, to the
 * last prompt, key and record. Method: the same file is played both ways, and the traces are compared
 * whole; the wire also listens whether everybody hears whom he is said to be mixed with.
 */

const MAIN = fileURLToPath(new URL('../../apps/conclave/main.ts', import.meta.url));
const FOLDER = fileURLToPath(new URL('../scenario/', import.meta.url));
const FILES = readdirSync(FOLDER).filter((name) => /^wire-.*\.yaml$/.test(name));

/** SEEDS=1000-1100 in the environment plays others. */
const [FIRST = 1, LAST = FIRST + 2] = (process.env.SEEDS ?? '')
  .split('-')
  .filter(Boolean)
  .map(Number);
const SEEDS = Array.from({ length: LAST - FIRST + 1 }, (_, index) => FIRST + index);
const STORY_STEPS = 20;

const PLAY_MS = 120_000;

describe('the same trace from the rules and from real processes', () => {
  test.each(FILES)('%s', { timeout: PLAY_MS }, async (name) => {
    const scenario = readScenario(readFileSync(`${FOLDER}${name}`, 'utf8'), name);
    const simulated = await play(scenario, new Simulation());
    const played = await play(scenario, new WireDriver());
    expect(failuresOf(simulated)).toEqual([]);
    expect(failuresOf(played)).toEqual([]);
    expect(played).toEqual(simulated);
  });
});

describe('people who press keys at random', () => {
  test.each(SEEDS)('seed %i', { timeout: PLAY_MS }, async (seed) => {
    const text = randomStory(seed, STORY_STEPS);
    const scenario = readScenario(text, `seed ${seed}`);
    const simulated = await play(scenario, new Simulation());
    const played = await play(scenario, new WireDriver());
    // A step that is turned down is no failure here: it must be turned down both ways.
    expect(played, text).toEqual(simulated);
  });
});

test('what no process can play is refused, and nothing is started', async () => {
  const text = 'phones: { A: encrypted, B: { protocol: SIP } }\nsteps: [A: call B]';
  const scenario = readScenario(`name: SIP\n${text}\n`, 'sip.yaml');
  await expect(play(scenario, new WireDriver())).rejects.toThrow(UnplayableError);
});

test('a wait of minutes is refused with the limit', { timeout: PLAY_MS }, async () => {
  const text = 'name: long\nphones: { A: encrypted }\nsteps: [wait: 5 min]\n';
  const scenario = readScenario(text, 'long.yaml');
  await expect(play(scenario, new WireDriver())).rejects.toThrow(/300 s .*at most 20 s/);
});

test('the command prints the trace of the simulation, or ends with 3 where no process can play', () => {
  const text = 'phones: { A: encrypted, B: nonsecure }\nsteps: [A: call B]\n';
  const [simulated, played] = ['--simulate', '--wire'].map((how) => command(text, how));
  expect(simulated?.stdout).toContain('"ok": true');
  expect(played).toEqual({ ...simulated, status: 0 });
  const sip = 'phones: { A: encrypted, B: { protocol: SIP } }\nsteps: [A: call B]\n';
  expect(command(sip, '--wire')).toEqual({
    status: 3,
    stdout: '',
    stderr: 'B: SIP phones are played in the simulation only.\n',
  });
});

function command(
  input: string,
  how: string,
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const words = [MAIN, 'scenario', '-', how, '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    input,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

function failuresOf({ steps }: Trace): readonly string[] {
  return steps.flatMap(({ failures }) =>
    failures.map(({ line, expected, seen }) => `line ${line}: ${expected}; seen: ${seen}`),
  );
}
