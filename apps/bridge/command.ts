/** `conclave bridge`: one conference bridge process, which keeps itself registered. */
import { parseArgs } from 'node:util';
import { nowMs } from '@conclave/net';
import { readIdentity, readTrust } from '@conclave/pki';
import { Bridge, type BridgeOptions } from './bridge.ts';

const HELP = `conclave bridge --name NAME --mode encrypted|nonsecure [OPTION ...]

  --host HOST          call manager (127.0.0.1)
  --port N             its SCCP port (2443 encrypted, 2000 nonsecure)
  --certificate FILE   our certificate, PEM (encrypted)
  --key FILE           its key, PEM (encrypted)
  --trust DIR|FILE     certificates that may have issued the call manager's (encrypted)
  --media-address A    address for audio (that of the signalling connection)
  --sessions N         conferences of the module without security; half when encrypted (16)
  --parties N          parties of one conference (32)
  --version N          SCCP protocol version (20)
  --json               events and, every five seconds, counters as JSON lines
  --exit-with-parent   end when the process that started us is gone
`;

const RETRY_MS = 1_000;
const RETRY_MAX_MS = 15_000;
const STATUS_MS = 5_000;
const REPORT_MS = 500;

export async function bridgeCommand(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      name: { type: 'string' },
      mode: { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string' },
      certificate: { type: 'string' },
      key: { type: 'string' },
      trust: { type: 'string' },
      'media-address': { type: 'string' },
      sessions: { type: 'string', default: '16' },
      parties: { type: 'string', default: '32' },
      version: { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
      'exit-with-parent': { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  const { name, mode, certificate, key, trust } = values;
  const encrypted = mode === 'encrypted';
  const usable =
    name !== undefined &&
    (mode === 'nonsecure' || (encrypted && certificate && key && trust)) &&
    [values.sessions, values.parties, values.version].every((text) => /^\d+$/.test(text));
  if (values.help || !usable || name === undefined) {
    process.stdout.write(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const tls =
    encrypted && certificate && key && trust
      ? { ...readIdentity({ certificate, key }), trust: readTrust(trust) }
      : undefined;
  await run({
    json: values.json,
    withParent: values['exit-with-parent'],
    options: {
      name,
      host: values.host,
      port: Number(values.port ?? (encrypted ? 2443 : 2000)),
      ...(tls && { tls }),
      sessions: Number(values.sessions),
      parties: Number(values.parties),
      protocolVersion: Number(values.version),
      ...(values['media-address'] !== undefined && { mediaAddress: values['media-address'] }),
    },
  });
}

interface Run {
  readonly json: boolean;
  readonly withParent: boolean;
  readonly options: Omit<BridgeOptions, 'onClosed' | 'onRegistered'>;
}

/** Registers, and registers again whenever the connection is lost, until a signal ends it. */
async function run({ json, withParent, options }: Run): Promise<void> {
  let bridge: Bridge | undefined;
  let stopping = false;
  let wake = (): void => {};
  const stop = (): void => {
    stopping = true;
    bridge?.close();
    wake();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  if (withParent) process.once('disconnect', stop);
  const say = (event: string, facts: Readonly<Record<string, unknown>>, text: string): void => {
    process.stdout.write(json ? `${JSON.stringify({ event, ...facts })}\n` : `${text}\n`);
  };
  const status = setInterval(() => {
    if (bridge && json) say('status', { ...bridge.status() }, '');
  }, STATUS_MS);
  const report = setInterval(() => bridge?.reportFailures(nowMs()), REPORT_MS);
  let pauseMs = RETRY_MS;
  while (!stopping) {
    const ended = Promise.withResolvers<string>();
    try {
      bridge = await Bridge.open({
        ...options,
        onRegistered: () => {
          pauseMs = RETRY_MS;
          say('registered', { name: options.name }, `registered as ${options.name}`);
        },
        onClosed: (reason, rejection) => {
          ended.resolve(rejection === undefined ? reason : `rejected: ${rejection}`);
        },
      });
      const reason = await ended.promise;
      if (!stopping)
        say('closed', { reason }, `${reason}; every conference has ended; trying again`);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      say('failed', { code, message }, `cannot register: ${message}`);
    }
    bridge = undefined;
    if (stopping) break;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      wake = (): void => {
        clearTimeout(timer);
        resolve();
      };
    });
    pauseMs = Math.min(pauseMs * 2, RETRY_MAX_MS);
  }
  clearInterval(status);
  clearInterval(report);
  if (process.connected) process.disconnect?.();
}
