/** `conclave scenario`: plays a scenario file in the core or with real processes, and judges it. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  play,
  readScenario,
  SCENARIO_SCHEMA,
  type Scenario,
  Simulation,
  type Trace,
  type TraceStep,
} from '@conclave/scenario';
import { dataDirectoryOf } from './settings.ts';

const HELP = `conclave scenario FILE --simulate [--json]   play it in the rules, with ideal devices
conclave scenario FILE --wire [--json]       play it with real processes, sockets and media
conclave scenario FILE --check               only say what is wrong with the file
conclave scenario --schema                   print the JSON schema of the format

FILE - is standard input; several files are played one after another. The format is described in docs/scenarios.md. --json prints the trace, which
is the same for --simulate and --wire. Exit code: 0 as expected, 1 not as expected, 2 the file cannot
be used, 3 --wire has no such devices or cannot wait so long.
`;

const EXIT_FAILED = 1;
const EXIT_UNUSABLE = 2;
const EXIT_NOT_ON_THE_WIRE = 3;

/** Which of several files' codes is told. */
const WORST_FIRST = [EXIT_UNUSABLE, EXIT_FAILED, EXIT_NOT_ON_THE_WIRE];

export async function scenarioCommand(argv: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      simulate: { type: 'boolean' },
      wire: { type: 'boolean' },
      check: { type: 'boolean' },
      schema: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.schema) {
    process.stdout.write(`${JSON.stringify(SCENARIO_SCHEMA, null, 2)}\n`);
    return;
  }
  if (positionals.length === 0 || values.help) {
    process.stdout.write(HELP);
    process.exitCode = values.help ? 0 : EXIT_UNUSABLE;
    return;
  }
  const codes: number[] = [];
  for (const file of positionals) codes.push(await scenarioFile(file, values));
  process.exitCode = WORST_FIRST.find((code) => codes.includes(code)) ?? 0;
}

interface How {
  readonly wire?: boolean | undefined;
  readonly check?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** The exit code of one file. */
async function scenarioFile(file: string, { wire, check, json }: How): Promise<number> {
  const scenario = readScenarioFile(file);
  if (!scenario) return EXIT_UNUSABLE;
  if (check) {
    const { name, steps } = scenario;
    process.stdout.write(`${file} is a scenario of ${steps.length - 1} steps: ${name}\n`);
    return 0;
  }
  const trace = wire
    ? await playOnTheWire(scenario)
    : await play(scenario, await simulationOf(scenario));
  if (!trace) return EXIT_NOT_ON_THE_WIRE;
  process.stdout.write(json ? `${JSON.stringify(trace, null, 2)}\n` : formatTrace(trace, file));
  return trace.ok ? 0 : EXIT_FAILED;
}

/** Phones are English unless some have another locale: only then are the languages read. */
async function simulationOf({ cluster }: Scenario): Promise<Simulation> {
  const phones = [...cluster.configuration.phones.values()];
  if (phones.every(({ userLocale = '' }) => userLocale === '')) return new Simulation();
  const { Locales } = await import('@conclave/callmanager');
  const { renderPhoneText } = await import('@conclave/sccp');
  const locales = new Locales(dataDirectoryOf(undefined));
  locales.read();
  return new Simulation((userLocale) => {
    const { texts } = locales.phrasesOf(userLocale);
    const read = Object.entries(texts).map(([id, text]) => [id, renderPhoneText(text)]);
    return { texts: Object.fromEntries(read) };
  });
}

/** Undefined when no process can play it, which has been said then. */
async function playOnTheWire(scenario: Scenario): Promise<Trace | undefined> {
  const { UnplayableError, WireDriver } = await import('./wire/wire-driver.ts');
  const driver = new WireDriver();
  // Processes and data would outlive us otherwise.
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted = true;
      void driver.close().finally(() => process.exit(EXIT_FAILED));
    });
  }
  try {
    return await play(scenario, driver);
  } catch (error) {
    // What was under way fails when everything closes; the end of the process is not far.
    if (interrupted) return await new Promise<never>(() => {});
    if (!(error instanceof UnplayableError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return undefined;
  }
}

/** Undefined when the file cannot be used, which has been said then. */
function readScenarioFile(file: string): Scenario | undefined {
  try {
    return readScenario(readFileSync(file === '-' ? 0 : file, 'utf8'), file);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

/** A line for each step with what phones show, and failures below it. */
export function formatTrace({ scenario, ok, steps }: Trace, file: string): string {
  const lines = steps.flatMap((step) => formatStep(step, file));
  const failed = steps.flatMap((step) => step.failures).length;
  const verdict = ok ? 'as expected' : `NOT as expected: ${failed} failed`;
  return `${scenario}\n${lines.join('\n')}\n${verdict}\n`;
}

/** One step, for people. */
export function formatStep(step: TraceStep, file: string): readonly string[] {
  const phones = step.phones
    .filter((phone) => phone.calls.length > 0)
    .map((phone) => {
      const calls = phone.calls.map(({ state, icon, with: other }) => {
        return [state, other, icon === 'none' ? '' : `[${icon}]`]
          .filter((part) => part !== '')
          .join(' ');
      });
      return `${phone.name} ${calls.join(' + ')}`;
    });
  return [
    `${String(step.step).padStart(3)}  ${step.did}${step.refused ? `  -- ${step.refused}` : ''}`,
    ...(phones.length > 0 ? [`       ${phones.join(' | ')}`] : []),
    ...step.conferences.map((each) => {
      const members = each.members.map((member) => `${member.name}${member.held ? '(held)' : ''}`);
      const number = each.number === undefined ? '' : ` ${each.number}`;
      return `       ${each.kind}${number} ${each.level} on ${each.bridge}: ${members.join(', ')}`;
    }),
    ...step.failures.flatMap((each) => [
      `  FAILED ${file}:${each.line} expected ${each.expected}`,
      `         seen     ${each.seen}`,
      ...(each.why === '' ? [] : [`         because  ${each.why}`]),
    ]),
  ];
}
