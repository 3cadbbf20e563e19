/**
 * What the live view costs the call manager, and how soon everybody who looks on knows.
 *
 *   npm run bench -- live-view
 *
 * Method: the rules with 100 conferences of 10 make a story beforehand: a nonsecure party joins one conference after
 * the other and leaves again. Told here are only its states and levels: to the view and the board, with readers over
 * HTTP (no TLS) on this machine. The CPU is this process's, the readers' part in it included.
 */
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { LiveBoard } from '@conclave/api';
import type { Effect, State } from '@conclave/core';
import { CoreWorld } from '@conclave/testkit';
import { LiveView } from './live-view.ts';
import { reportOf } from './report.ts';

const CONFERENCES = 100;
const PARTIES = 10;
const CONFERENCES_PER_BRIDGE = 8;
const SECONDS = 5;

interface Chapter {
  readonly state: State;
  readonly levels: readonly Extract<Effect, { type: 'level' }>[];
}

interface Reader {
  bytes: number;
  /** Called for every event, with what it says of a conference. */
  heard: (text: string) => void;
}

const watchers = new Set<() => void>();
let state: State;
const view = new LiveView(() => state, Date.now);
const story = makeStory();
let at = 0;
goOn();

measureReckoning();
for (const count of [1, 10, 50]) {
  for (const perSecond of [1, 50]) await measureReaders(count, perSecond);
}
process.exit();

/** What the view works out, without anybody to send it to. */
function measureReckoning(): void {
  const first = measured(1, () => view.conferences());
  const report = measured(10, () => reportOf(state));
  const same = measured(50, () => view.conferences());
  const next = measured(50, () => {
    goOn();
    view.conferences();
  });
  const kB = Math.round(JSON.stringify(view.conferences()).length / 1024);
  console.log(`${CONFERENCES} conferences of ${PARTIES}, median:
  the report of the command line, all anew   ${report}
  the view, all anew (the first time, cold)  ${first}
  the view, nothing has changed              ${same}
  the view, one conference has changed       ${next}
  all conferences as JSON                    ${kB} kB`);
}

async function measureReaders(count: number, perSecond: number): Promise<void> {
  const port = await serve();
  const readers = await Promise.all(Array.from({ length: count }, () => openReader(port)));
  const lagsMs: number[] = [];
  const [cpu, bytes] = [process.cpuUsage(), bytesOf(readers)];
  for (let change = 0; change < SECONDS * perSecond; change++) {
    const beganMs = performance.now();
    const told = goOn();
    // So often a change may be overtaken by the next before it is told.
    if (perSecond === 1) {
      await Promise.all(readers.map((reader) => hearing(reader, told)));
      lagsMs.push(performance.now() - beganMs);
    }
    await pause(beganMs + 1_000 / perSecond - performance.now());
  }
  const { user, system } = process.cpuUsage(cpu);
  const percent = ((user + system) / 10_000 / SECONDS).toFixed(1);
  const kB = ((bytesOf(readers) - bytes) / 1024 / SECONDS / count).toFixed(1);
  const lag =
    lagsMs.length > 0 ? `, all know after at most ${Math.max(...lagsMs).toFixed(0)} ms` : '';
  console.log(`${count} readers, ${perSecond} changes/s: CPU ${percent} %, ${kB} kB/s each${lag}`);
}

async function serve(): Promise<number> {
  const board = new LiveBoard({
    conferences: () => view.conferences(),
    onChange: (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  });
  const server = createServer((_, reply) => {
    reply.on(
      'close',
      board.add(reply, async () => true),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return (server.address() as AddressInfo).port;
}

async function openReader(port: number): Promise<Reader> {
  const reader: Reader = { bytes: 0, heard: () => {} };
  const isReady = hearing(reader, 'event: ready');
  get({ port, host: '127.0.0.1' }, (incoming) => {
    let rest = '';
    incoming.setEncoding('utf8').on('data', (text: string) => {
      reader.bytes += text.length;
      const events = (rest + text).split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) reader.heard(event);
    });
  });
  await isReady;
  return reader;
}

async function hearing(reader: Reader, start: string): Promise<void> {
  await new Promise<void>((resolve) => {
    reader.heard = (event) => {
      if (event.includes(start)) resolve();
    };
  });
}

/** The next chapter; how the event begins that tells of it. */
function goOn(): string {
  at = (at + 1) % story.length;
  const { state: next, levels } = chapterAt(at);
  state = next;
  for (const level of levels) view.follow(level);
  for (const changed of watchers) changed();
  return `data: {"id":${levels.at(-1)?.conference},`;
}

function chapterAt(index: number): Chapter {
  const found = story[index];
  if (!found) throw new Error('the story is empty');
  return found;
}

function makeStory(): readonly Chapter[] {
  const hosts = Array.from({ length: CONFERENCES }, (_, conference) => `C${conference}P0`);
  const partiesOf = (host: string): readonly string[] =>
    Array.from({ length: PARTIES - 1 }, (_, party) => `${host.slice(0, -1)}${party + 1}`);
  const world = new CoreWorld({
    phones: [
      ...hosts.flatMap((host) =>
        [host, ...partiesOf(host)].map((name) => ({ name, mode: 'encrypted' }) as const),
      ),
      { name: 'N', mode: 'nonsecure' },
    ],
    bridges: Array.from(
      { length: Math.ceil(CONFERENCES / CONFERENCES_PER_BRIDGE) },
      (_, bridge) => ({
        name: `CFB-${bridge}`,
        secure: true,
      }),
    ),
    parameters: { maximumAdHocConference: 2 * PARTIES },
    isUnwitnessed: true,
  });
  for (const host of hosts) world.confer(host, ...partiesOf(host));
  for (const level of levelsOf(world)) view.follow(level);
  return hosts.flatMap((host) =>
    [() => world.add(host, 'N'), () => world.press('N', 'end-call')].map((happen): Chapter => {
      world.log.length = 0;
      happen();
      return { state: world.state, levels: levelsOf(world) };
    }),
  );
}

function levelsOf({ log }: CoreWorld): Chapter['levels'] {
  return log.filter((effect) => effect.type === 'level');
}

function bytesOf(readers: readonly Reader[]): number {
  return readers.reduce((sum, { bytes }) => sum + bytes, 0);
}

function measured(rounds: number, run: () => unknown): string {
  const durationsMs = Array.from({ length: rounds }, () => {
    const beganMs = performance.now();
    run();
    return performance.now() - beganMs;
  });
  return `${(durationsMs.toSorted((a, b) => a - b)[rounds >> 1] ?? 0).toFixed(2)} ms`;
}
