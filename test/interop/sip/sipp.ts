/**
 * Drives a `sipp` that plays one scenario once. What the scenario demands sipp judges itself: its
 * counters say whether all of it came true.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../free-ports.ts';
import type { ClientTransport } from './client-options.ts';
import { type Bench, type ClientProcess, isTaken, until, WAIT_MS } from './client-process.ts';
import { messageOfText, type TracedMessage } from './sip-trace.ts';
import { TlsTunnel, type TunnelIdentity } from './tls-tunnel.ts';

const HOST = '127.0.0.1';
const SCENARIOS = fileURLToPath(new URL('scenarios/', import.meta.url));

/** SIP, control, and media for it and its echo. */
export const SIPP_PORTS = 8;

export interface SippOptions {
  /** File in `scenarios`, without `.xml`. */
  readonly scenario: string;
  /** What comes with a Call-ID that is not the scenario's own is played by this one. */
  readonly outOfCall?: string;
  readonly transport: ClientTransport;
  /** Port of the server that it calls. Absent: it only waits to be called. */
  readonly serverPort?: number;
  /** The first of `SIPP_PORTS` that are free; any unless given. */
  readonly ownPort?: number;
  /** For TLS. */
  readonly tls?: TunnelIdentity;
  /** User part of its address. */
  readonly user?: string;
  /** What takes the place of `[name]` in the scenario. */
  readonly values?: Readonly<Record<string, string>>;
}

/** sipp's own figures. */
export interface SippResult {
  readonly successful: number;
  readonly failed: number;
  /** What it did not expect, in its words. */
  readonly errors: string;
}

export class Sipp {
  /** Where it is called. */
  readonly port: number;
  readonly #process: ClientProcess;
  readonly #folder: string;

  private constructor(process: ClientProcess, folder: string, port: number) {
    this.#process = process;
    this.#folder = folder;
    this.port = port;
  }

  static async start(bench: Bench, options: SippOptions): Promise<Sipp> {
    const { scenario, outOfCall, transport, serverPort, tls } = options;
    const folder = bench.room(`sipp-${scenario}`);
    const own = options.ownPort ?? (await freePorts(SIPP_PORTS));
    let port = own;
    let remote = serverPort;
    if (tls && serverPort !== undefined) {
      const tunnel = await TlsTunnel.toServer(serverPort, tls);
      bench.onClose(() => tunnel.close());
      remote = tunnel.port;
    } else if (tls) {
      const tunnel = await TlsTunnel.toProgram(own, tls);
      bench.onClose(() => tunnel.close());
      port = tunnel.port;
    }
    const values = {
      server: `${HOST}:${serverPort ?? ''}`,
      me: `${HOST}:${port}`,
      hop: transport.toUpperCase(),
      parameter: transport === 'udp' ? '' : `;transport=${transport}`,
      user: options.user ?? 'sipp',
      name: 'sipp',
      ...options.values,
    };
    const process = bench.run(
      'sipp',
      [
        ...(remote === undefined ? [] : [`${HOST}:${remote}`]),
        ...['-sf', filled(scenario, folder, values)],
        ...(outOfCall === undefined ? [] : ['-oocsf', filled(outOfCall, folder, values)]),
        ...['-t', transport === 'udp' ? 'u1' : 't1', '-i', HOST, '-p', String(own)],
        ...['-bind_local', '-ci', HOST, '-cp', String(own + 1), '-mi', HOST],
        ...['-mp', String(own + 2), '-rtp_echo', '-m', '1', '-nostdin', '-aa'],
        ...['-recv_timeout', String(WAIT_MS)],
        ...['-trace_msg', '-message_file', `${folder}/messages`],
        ...['-trace_err', '-error_file', `${folder}/errors`],
        ...['-trace_stat', '-stf', `${folder}/statistics`],
      ],
      { folder },
    );
    await until(
      () => process.exitCode !== undefined || isTaken(own),
      'sipp to listen',
      () => process.output,
    );
    return new Sipp(process, folder, port);
  }

  /** Resolves when its call is over. Rejects when the scenario did not come true. */
  async succeeds(): Promise<SippResult> {
    const result = await this.ended();
    if (result.successful !== 1 || result.failed !== 0) {
      throw new Error(`sipp: ${result.errors || this.#process.output.slice(-2_000)}`);
    }
    return result;
  }

  async ended(): Promise<SippResult> {
    await this.#process.ended();
    const [names = [], ...rows] = this.#read('statistics')
      .trimEnd()
      .split('\n')
      .map((line) => line.split(';'));
    const count = (name: string): number => Number(rows.at(-1)?.[names.indexOf(name)] ?? 0);
    return {
      successful: count('SuccessfulCall(C)'),
      failed: count('FailedCall(C)'),
      errors: this.#read('errors'),
    };
  }

  get trace(): readonly TracedMessage[] {
    const heads = /^-{20,} .*\n(\w+) message (sent|received) [[(](\d+)[^\n]*\n\n/gm;
    const text = this.#read('messages');
    return [...text.matchAll(heads)].flatMap((head) => {
      const [all, transport = '', verb = '', bytes = ''] = head;
      const from = head.index + all.length;
      const message = messageOfText(text.slice(from, from + Number(bytes)));
      return message
        ? [{ isSent: verb === 'sent', transport: transport.toLowerCase(), message }]
        : [];
    });
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }

  #read(name: string): string {
    const file = `${this.#folder}/${name}`;
    return existsSync(file) ? readFileSync(file, 'latin1') : '';
  }
}

/** The scenario with its values; sipp's own fields stay. */
function filled(
  scenario: string,
  folder: string,
  values: Readonly<Record<string, string>>,
): string {
  const file = join(folder, `${scenario}.xml`);
  writeFileSync(
    file,
    textOf(scenario).replace(/\[([a-z_]+)\]/g, (all, name: string) => values[name] ?? all),
  );
  return file;
}

/** With its parts (`<?include part?>`). */
function textOf(scenario: string): string {
  return readFileSync(join(SCENARIOS, `${scenario}.xml`), 'utf8').replace(
    /<\?include ([a-z-]+)\?>/g,
    (_, part: string) => textOf(part),
  );
}
