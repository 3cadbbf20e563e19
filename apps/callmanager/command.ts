/** `conclave callmanager`: one call manager process. */
import { parseArgs } from 'node:util';
import { isLogLevel } from '@conclave/telemetry';
import type { CallManagerNews } from './news.ts';
import { supervisorPort } from './supervisor-port.ts';
import { startCallManager } from './wiring.ts';

const HELP = `conclave callmanager --data DIR [OPTION ...]

  --data DIR            configuration database, certificates and records
  --listen HOST         address to listen on (0.0.0.0)
  --sccp-port N         SCCP in clear text (2000); 0 takes any free port
  --sccp-tls-port N     SCCP over TLS (2443)
  --sip-port N          SIP over UDP and TCP (5060)
  --sip-tls-port N      SIP over TLS (5061)
  --api-port N          administration over HTTPS (8443)
  --log-level LEVEL     trace, debug, info, warn, error or silent (silent), as JSON on standard error
  --json                news as JSON lines on standard output
`;

export async function callManagerCommand(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      data: { type: 'string' },
      listen: { type: 'string', default: '0.0.0.0' },
      'sccp-port': { type: 'string', default: '2000' },
      'sccp-tls-port': { type: 'string', default: '2443' },
      'sip-port': { type: 'string', default: '5060' },
      'sip-tls-port': { type: 'string', default: '5061' },
      'api-port': { type: 'string', default: '8443' },
      'log-level': { type: 'string', default: 'silent' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help || values.data === undefined) {
    process.stdout.write(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const level = values['log-level'];
  if (!isLogLevel(level)) throw new Error(`There is no log level ${level}.`);
  const manager = await startCallManager({
    dataDirectory: values.data,
    host: values.listen,
    sccpPort: Number(values['sccp-port']),
    sccpTlsPort: Number(values['sccp-tls-port']),
    sip: { port: Number(values['sip-port']), tlsPort: Number(values['sip-tls-port']) },
    apiPort: Number(values['api-port']),
    logLevel: level,
    services: supervisorPort(),
    news: (news) => tell(news, values.json === true),
  });
  await stopped();
  await manager.close();
}

/** To the process that started us, while it listens; to standard output when asked. */
function tell(news: CallManagerNews, json: boolean): void {
  if (process.connected) process.send?.(news, undefined, undefined, goneIsToldByDisconnect);
  if (json) process.stdout.write(`${JSON.stringify(news)}\n`);
}

/** Without it, news to a killed parent would be an uncaught error: calls would end without records. */
function goneIsToldByDisconnect(): void {}

/** Until somebody wants us to stop, or the process that started us is gone. */
async function stopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
    if (process.send) process.once('disconnect', resolve);
  });
  if (process.connected) process.disconnect?.();
}
