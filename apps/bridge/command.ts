/** `conclave bridge`: one conference bridge process, until a signal or the end of its parent. */
import { againText, endAsked, endSoon, failureText } from '@conclave/resource';
import { Bridge, type BridgeEvent, type BridgeStatus } from './bridge.ts';
import { type CommandLine, HELP, parseCommandLine } from './options.ts';

/** With `--json`, counters are told this often. */
const STATUS_INTERVAL_MS = 5_000;

/** Runs the bridge. Throws an Error with a `code` when the options cannot be used. */
export async function bridgeCommand(argv: readonly string[]): Promise<void> {
  const commandLine = parseCommandLine(argv);
  if (!commandLine) {
    process.stdout.write(HELP);
    return;
  }
  const { bridge: options, json, exitWithParent } = commandLine;
  const bridge = new Bridge({
    ...options,
    onEvent: (event) => say(json ? eventJson(event, commandLine) : eventText(event, commandLine)),
  });
  const status = setInterval(() => {
    if (json) void bridge.status().then((told) => say(statusJson(told)));
  }, STATUS_INTERVAL_MS);
  bridge.start();
  await endAsked(exitWithParent);
  clearInterval(status);
  bridge.close();
  endSoon();
}

/** One line for people. */
export function eventText(event: BridgeEvent, { bridge }: CommandLine): string {
  const { name, host, port, tls } = bridge;
  const where = `${host}:${port}`;
  switch (event.type) {
    case 'registered':
      return (
        `registered as ${name} with ${where} (SCCP ${event.version}, ` +
        `${tls ? 'encrypted' : 'nonsecure'}): ${event.conferencesMax} conferences ` +
        `of up to ${event.partiesMax} parties`
      );
    case 'lost':
      return (
        `signalling lost: ${event.reason}; ${conferences(event.conferencesEnded)} ended; ` +
        againText(event.retryMs)
      );
    case 'failed':
      return (
        `cannot register with ${where}: ${failureText(event, tls !== undefined)}; ` +
        againText(event.retryMs)
      );
    case 'trouble':
      return event.text;
  }
}

function conferences(count: number): string {
  return count === 1 ? '1 conference' : `${count} conferences`;
}

function eventJson(event: BridgeEvent, { bridge }: CommandLine): string {
  const { type, ...facts } = event;
  return JSON.stringify({ event: type, name: bridge.name, ...facts });
}

function statusJson(status: BridgeStatus): string {
  return JSON.stringify({ event: 'status', ...status });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
