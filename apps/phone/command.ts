/** `conclave phone`: SCCP phones from a script or from the keyboard. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Cast } from './cast.ts';
import { COMMANDS } from './commands.ts';
import { CONDITION_WORDS } from './conditions.ts';
import { runScript, runStep } from './run-script.ts';
import { parseScript, type ScriptError } from './script.ts';

const HELP = `conclave phone --script FILE|- [OPTION ...]           phones that the script declares
conclave phone --name DEVICE [OPTION ...]             one phone, from the keyboard or a script

  --mode nonsecure|authenticated|encrypted   (encrypted)
  --model M --firmware F                     (7961G, 9.4(2))
  --host H --port N                          call manager (127.0.0.1, 2000 or 2443)
  --data DIR                                 where certificates are (data, or CONCLAVE_DATA)
  --certificate F --key F --trust F|DIR      other certificates than those of --data
  --tone HZ | --play F.wav                   what the phone says
  --record F.wav                             what it hears
  --codec pcmu|pcma --version N --answer auto
  --json                                     one JSON object a line, and nothing else

The script language is in docs/phone.md. Exit code 1 when a line of the script does not come true.
`;

/** Name of the command line's phone in scripts. */
const ME = 'me';

const OPTIONS = {
  script: { type: 'string' },
  name: { type: 'string' },
  mode: { type: 'string' },
  model: { type: 'string' },
  firmware: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  data: { type: 'string' },
  certificate: { type: 'string' },
  key: { type: 'string' },
  trust: { type: 'string' },
  tone: { type: 'string' },
  play: { type: 'string' },
  record: { type: 'string' },
  codec: { type: 'string' },
  version: { type: 'string' },
  answer: { type: 'string' },
  'media-address': { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

export async function phoneCommand(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  if (values.help || (values.name === undefined && values.script === undefined)) {
    process.stdout.write(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const json = values.json === true;
  const dataDirectory = resolve(values.data ?? process.env.CONCLAVE_DATA ?? 'data');
  const cast = new Cast({
    dataDirectory,
    host: values.host ?? '127.0.0.1',
    ...portsOf(dataDirectory),
    json,
    print: (line) => process.stdout.write(`${line}\n`),
  });
  const head = values.name === undefined ? '' : declarationOf(values.name, values);
  const text =
    values.script === undefined
      ? ''
      : readFileSync(values.script === '-' ? 0 : values.script, 'utf8');
  // The head stands before the script's first line, so that line numbers stay the file's.
  const lines = [...parseScript(head), ...parseScript(text, head ? [ME] : [])];
  const interrupted = Promise.withResolvers<boolean>();
  process.once('SIGINT', () => interrupted.resolve(false));
  process.once('SIGTERM', () => interrupted.resolve(false));
  const ok = await Promise.race([interrupted.promise, perform(cast, lines, values.script)]);
  await cast.stop();
  cast.say({ event: 'end', ok }, ok ? undefined : 'The script did not come true.');
  process.exitCode = ok ? 0 : 1;
  if (!ok) process.exit();
}

async function perform(
  cast: Cast,
  lines: ReturnType<typeof parseScript>,
  script: string | undefined,
): Promise<boolean> {
  if (!(await runScript(cast, lines))) return false;
  if (script === undefined) await converse(cast);
  return true;
}

/** The command line's phone as a line of a script. */
function declarationOf(name: string, values: Readonly<Record<string, unknown>>): string {
  const words = Object.keys(OPTIONS)
    .filter((key) => !['script', 'name', 'data', 'json', 'help'].includes(key))
    .filter((key) => values[key] !== undefined)
    .map((key) => `"${key}=${String(values[key])}"`);
  return `phone ${ME} ${name} ${words.join(' ')}`;
}

/** The ports of the system on this data directory, by its settings file. */
function portsOf(dataDirectory: string): {
  readonly sccpPort: number;
  readonly sccpTlsPort: number;
} {
  const file = join(dataDirectory, 'conclave.yaml');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const portOf = (key: string, fallback: number): number =>
    Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? fallback);
  return {
    sccpPort: Number(process.env.CM_SCCP_PORT ?? portOf('sccpPort', 2000)),
    sccpTlsPort: Number(process.env.CM_SCCP_TLS_PORT ?? portOf('sccpTlsPort', 2443)),
  };
}

/** Reads commands from the keyboard until it ends or says quit. */
async function converse(cast: Cast): Promise<void> {
  const keyboard = createInterface({ input: process.stdin, output: process.stdout, prompt: '> ' });
  process.stdout.write('Commands: help, quit, and those of scripts.\n');
  cast.show(ME);
  keyboard.prompt();
  for await (const line of keyboard) {
    if (line.trim() === 'quit') break;
    if (line.trim() === 'help') printHelp();
    else await obey(cast, line);
    keyboard.prompt();
  }
  keyboard.close();
}

async function obey(cast: Cast, line: string): Promise<void> {
  try {
    for (const { step } of parseScript(line, cast.names)) await runStep(cast, step);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    process.stdout.write(`${(error as ScriptError).message}\n`);
  }
}

function printHelp(): void {
  for (const { usage, help } of Object.values(COMMANDS)) {
    process.stdout.write(`  ${usage.padEnd(18)} ${help}\n`);
  }
  process.stdout.write(`  wait|expect CONDITION [N s]: ${CONDITION_WORDS.join(', ')}\n`);
}
