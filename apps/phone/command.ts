/** `conclave phone`: SCCP phones from a script or from the keyboard. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Cast } from './cast.ts';
import { COMMANDS } from './commands.ts';
import { CONDITIONS } from './conditions.ts';
import { PhoneError } from './phone-error.ts';
import { runScript, runStep } from './run-script.ts';
import { parseScript, ScriptError, type ScriptLine } from './script.ts';

const HELP = `conclave phone --script FILE|- [OPTION ...]           phones that the script declares
conclave phone --name DEVICE [OPTION ...]             one phone, from the keyboard or a script

  --mode nonsecure|authenticated|encrypted   (encrypted)
  --model M --firmware F                     (7961G, 9.4(2))
  --host H --port N                          call manager (127.0.0.1, 2000 or 2443)
  --data DIR                                 where certificates are (data, or CONCLAVE_DATA)
  --certificate F --key F --trust F|DIR      other certificates than those of --data
  --tone HZ | --play F.wav                   what the phone says
  --record F.wav                             what it hears
  --codec pcmu|pcma|g722 --version N --lines N --level DBOV --answer auto --media-address A
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
  lines: { type: 'string' },
  level: { type: 'string' },
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
    boxes: values.script === undefined,
    print: (line) => process.stdout.write(`${line}\n`),
  });
  const head = values.name === undefined ? [] : headOf(values.name, values);
  const text =
    values.script === undefined
      ? ''
      : readFileSync(values.script === '-' ? 0 : values.script, 'utf8');
  // The head stands before the script's first line, so that line numbers stay the file's.
  const lines = [...head, ...parseScript(text, head.length > 0 ? [ME] : [])];
  const interrupted = Promise.withResolvers<'interrupted'>();
  process.once('SIGINT', () => interrupted.resolve('interrupted'));
  process.once('SIGTERM', () => interrupted.resolve('interrupted'));
  const talk = values.script === undefined ? converse : undefined;
  const end = await Promise.race([interrupted.promise, perform(cast, lines, { json, talk })]);
  await cast.stop();
  cast.say({ event: 'end', ok: end === 'done' }, END_TEXTS[end]);
  // Somebody at the keyboard ends the phone in whatever way he likes.
  process.exitCode = end === 'done' || (talk && end === 'interrupted') ? 0 : 1;
  // What a line still waits for must not keep the process.
  if (end !== 'done') process.exit();
}

type End = 'done' | 'failed' | 'interrupted';

const END_TEXTS: Readonly<Record<End, string | undefined>> = {
  done: undefined,
  failed: 'The script did not come true.',
  interrupted: 'Interrupted.',
};

async function perform(
  cast: Cast,
  lines: readonly ScriptLine[],
  { json, talk }: { readonly json: boolean; readonly talk: typeof converse | undefined },
): Promise<End> {
  if (!(await runScript(cast, lines))) return 'failed';
  await talk?.(cast, json);
  return 'done';
}

/** The command line's phone, as a script would declare it. */
function headOf(name: string, values: Readonly<Record<string, unknown>>): readonly ScriptLine[] {
  const words = Object.keys(OPTIONS)
    .filter((key) => !['script', 'name', 'data', 'json', 'help'].includes(key))
    .filter((key) => values[key] !== undefined)
    .map((key) => `"${key}=${String(values[key])}"`);
  try {
    const lines = parseScript(`phone ${ME} ${name} ${words.join(' ')}`);
    return lines.map((line) => ({ ...line, number: 0 }));
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    throw new ScriptError(error.message.replace(/^line 1: /, 'options: '));
  }
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
async function converse(cast: Cast, json: boolean): Promise<void> {
  const keyboard = createInterface({
    input: process.stdin,
    ...(!json && { output: process.stdout, prompt: '> ' }),
  });
  if (!json) process.stdout.write('Commands: help, quit, and those of scripts.\n');
  const prompt = (): void => {
    if (!json) keyboard.prompt();
  };
  prompt();
  for await (const line of keyboard) {
    if (line.trim() === 'quit') break;
    if (line.trim() === 'help') printHelp();
    else await obey(cast, line);
    prompt();
  }
  keyboard.close();
}

async function obey(cast: Cast, line: string): Promise<void> {
  try {
    for (const { step } of parseScript(line, cast.names)) await runStep(cast, step);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    const sentence = error instanceof PhoneError ? error.sentence : (error as Error).message;
    cast.say({ event: 'error', error: sentence }, sentence.replace(/^line 1: /, ''));
  }
}

function printHelp(): void {
  const line = ({ usage, help }: { readonly usage: string; readonly help: string }): void => {
    process.stdout.write(`  ${usage.padEnd(22)} ${help}\n`);
  };
  for (const command of Object.values(COMMANDS)) line(command);
  process.stdout.write('wait, expect or keeps one of these, or not one of these, [SECONDS]:\n');
  for (const condition of Object.values(CONDITIONS)) line(condition);
}
