/** `conclave bridge`: one conference bridge process, until a signal or the end of its parent. */
import { Bridge, type BridgeEvent, type BridgeStatus } from './bridge.ts';
import { type CommandLine, HELP, parseCommandLine } from './options.ts';

/** With `--json`, counters are told this often. */
const STATUS_INTERVAL_MS = 5_000;

/** The goodbye has left by then, or nobody was there to take it. */
const EXIT_MS = 500;

/** Codes of TLS for a chain that does not lead to whom we trust. */
const UNTRUSTED = /CERT|SIGNATURE|ISSUER|SELF_SIGNED|CRL|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH/;

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
    if (json) say(statusJson(bridge.status()));
  }, STATUS_INTERVAL_MS);
  bridge.start();
  await endAsked(exitWithParent);
  clearInterval(status);
  bridge.close();
  // A connection that is being made, or a peer that does not close its half, must not hold us.
  setTimeout(() => process.exit(), EXIT_MS).unref();
  if (process.connected) process.disconnect?.();
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
        again(event.retryMs)
      );
    case 'failed':
      return (
        `cannot register with ${where}: ${reasonOf(event, tls !== undefined)}; ` +
        again(event.retryMs)
      );
    case 'trouble':
      return event.text;
  }
}

/** Until somebody wants us to stop, or the process that started us is gone. */
async function endAsked(exitWithParent: boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = (): void => resolve();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
    if (!exitWithParent) return;
    if (process.connected) {
      process.once('disconnect', stop);
      return;
    }
    process.stdin.once('end', stop).once('error', stop).resume();
  });
}

function reasonOf(
  { code, reason }: Extract<BridgeEvent, { type: 'failed' }>,
  isEncrypted: boolean,
): string {
  switch (code) {
    case 'REJECTED':
      return `the call manager says "${oneLine(reason)}"`;
    case 'ECONNREFUSED':
      return 'nobody listens there';
    case 'ETIMEDOUT':
      return 'no answer';
    case 'DISCONNECTED':
      return (
        `the call manager closed the connection (${oneLine(reason)})` +
        // In TLS 1.3 a client hears of its own refusal only after the handshake.
        (isEncrypted ? '; it may not trust our certificate' : '')
      );
    case 'GAVE_UP':
      return oneLine(reason);
    default:
      return UNTRUSTED.test(code)
        ? `the call manager's certificate is not trusted (${code})`
        : `${oneLine(reason)} (${code})`;
  }
}

function conferences(count: number): string {
  return count === 1 ? '1 conference' : `${count} conferences`;
}

function again(retryMs: number): string {
  return `trying again in ${retryMs / 1000} s`;
}

function eventJson(event: BridgeEvent, { bridge }: CommandLine): string {
  const { type, ...facts } = event;
  return JSON.stringify({ event: type, name: bridge.name, ...facts });
}

function statusJson(status: BridgeStatus): string {
  return JSON.stringify({ event: 'status', ...status });
}

/** What peers say may hold anything. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').trim();
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
