/** `conclave whatif`: tries steps on a copy of the running system, or of a scenario's end. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { askAdmin, stateFromJson } from '@conclave/callmanager';
import { nowMs } from '@conclave/net';
import {
  conferenceRemedies,
  type NamedRemedies,
  playSteps,
  readScenario,
  Simulation,
  type TraceStep,
  tryout,
} from '@conclave/scenario';
import { formatStep } from './scenario.ts';
import { dataDirectoryOf } from './settings.ts';

const HELP = `conclave whatif [--data DIR | --scenario FILE] [--json] STEP ...
                                       try the steps on a copy of the running system, or of what
                                       a scenario ends with; nothing changes but the copy
conclave whatif --encrypt [STEP ...]   and then: the smallest change that would make each
                                       conference encrypted

A STEP is one of docs/scenarios.md, such as '1001: conference 1002, 1003' or 'CFB-SECURE: fails'. Phones
have their device names or the number of their first line. More: docs/reference/what-if.md.
`;

const EXIT_UNUSABLE = 2;

export async function whatIfCommand(argv: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      scenario: { type: 'string' },
      encrypt: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help || (positionals.length === 0 && !values.encrypt)) {
    process.stdout.write(HELP);
    process.exitCode = values.help ? 0 : EXIT_UNUSABLE;
    return;
  }
  try {
    const simulation = values.scenario
      ? await copyOfScenario(values.scenario)
      : await copyOfSystem(values.data);
    if (!simulation) {
      process.exitCode = 1;
      return;
    }
    const steps = await tryout(simulation, positionals);
    const remedies = values.encrypt ? conferenceRemedies(simulation.state) : [];
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ steps, remedies }, null, 2)}\n`
        : [...steps.flatMap(formatTrial), ...remedies.flatMap(formatRemedy)]
            .map((line) => `${line}\n`)
            .join(''),
    );
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = EXIT_UNUSABLE;
  }
}

/** One step with its consequences: how bridges were chosen, levels and why, refusals, and how calls ended. */
export function formatTrial(step: TraceStep): readonly string[] {
  // Nothing was expected of a trial: what is turned down is said beside the step.
  const lines = [...formatStep({ ...step, failures: [] }, 'whatif')];
  for (const { bridge, level, allocation, why } of step.conferences) {
    if (level !== 'encrypted' && why) lines.push(`       why ${level}: ${why.sentence}`);
    if (allocation.length > 1) lines.push(`       why ${bridge}: ${allocation.join(' ')}`);
  }
  for (const { phone, operation, text, cause, sentence } of step.refusals) {
    const said = [text, cause === undefined ? '' : `cause ${cause}`].filter((each) => each !== '');
    lines.push(`       refused: ${operation} of ${phone} (${said.join(', ')}): ${sentence}`);
  }
  for (const record of step.records) {
    const { callingPartyNumber: from, finalCalledPartyNumber: to } = record;
    const causes = `${record.origCause_value}/${record.destCause_value}`;
    lines.push(`       ended: ${from} - ${to}, causes ${causes}`);
  }
  return lines;
}

async function copyOfSystem(data: string | undefined): Promise<Simulation | undefined> {
  const directory = dataDirectoryOf(data);
  const answer = await askAdmin(directory, 'GET', '/state');
  if (!answer) {
    process.stderr.write(`No call manager runs on ${directory}. Start one: npm start\n`);
    return undefined;
  }
  return Simulation.from(stateFromJson(String(answer.body)), nowMs());
}

async function copyOfScenario(file: string): Promise<Simulation> {
  const scenario = readScenario(readFileSync(file === '-' ? 0 : file, 'utf8'), file);
  const simulation = new Simulation();
  await simulation.start(scenario.cluster);
  await playSteps(scenario, simulation);
  return simulation;
}

function formatRemedy({ conference, level, keeping, atOnce }: NamedRemedies): readonly string[] {
  if (level === 'encrypted') return [`${conference} is encrypted.`];
  const list = (title: string, changes: readonly string[] | undefined): readonly string[] =>
    changes ? [`  ${title}:`, ...changes.map((each) => `    - ${each}`)] : [];
  const lines = [
    ...list('to make it encrypted with everybody in it', keeping?.changes),
    ...list('to make it encrypted at once', atOnce?.changes),
  ];
  return [
    `${conference} is ${level}.`,
    ...(lines.length > 0 ? lines : ['  Nothing that can be changed here makes it encrypted.']),
  ];
}
