/** `conclave music`: one music-on-hold server process, until a signal or the end of its parent. */
import { againText, endAsked, endSoon, failureText } from '@conclave/resource';
import { type MusicEvent, MusicServer } from './music-server.ts';
import { type CommandLine, HELP, parseCommandLine } from './options.ts';

/** Runs the server. Throws an Error with a `code` when the options cannot be used. */
export async function musicCommand(argv: readonly string[]): Promise<void> {
  const commandLine = parseCommandLine(argv);
  if (!commandLine) {
    process.stdout.write(HELP);
    return;
  }
  const { server: options, json, exitWithParent } = commandLine;
  const server = new MusicServer({
    ...options,
    onEvent: (event) => say(json ? eventJson(event, commandLine) : eventText(event, commandLine)),
  });
  const end = endAsked(exitWithParent);
  await server.start();
  await end;
  server.close();
  endSoon();
}

/** One line for people. */
export function eventText(event: MusicEvent, { server }: CommandLine): string {
  const { name, host, port, tls } = server;
  const where = `${host}:${port}`;
  switch (event.type) {
    case 'registered':
      return (
        `registered as ${name} with ${where} (SCCP ${event.version}, ` +
        `${tls ? 'encrypted' : 'nonsecure'}): ${event.streamsMax} streams`
      );
    case 'lost':
      return (
        `signalling lost: ${event.reason}; ${streams(event.streamsEnded)} ended; ` +
        againText(event.retryMs)
      );
    case 'failed':
      return (
        `cannot register with ${where}: ${failureText(event, tls !== undefined)}; ` +
        againText(event.retryMs)
      );
    case 'playing':
      return `plays ${event.file} (${event.seconds.toFixed(1)} s)`;
    case 'trouble':
      return event.text;
  }
}

function streams(count: number): string {
  return count === 1 ? '1 stream' : `${count} streams`;
}

function eventJson(event: MusicEvent, { server }: CommandLine): string {
  const { type, ...facts } = event;
  return JSON.stringify({ event: type, name: server.name, ...facts });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
