/** Drives a `sipp` that plays a scenario many times, and reads its counters. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCENARIOS = fileURLToPath(new URL('scenarios/', import.meta.url));

/** Calls at one time, and ports. */
const CALLS_MAX = 5_000;
const MANY_PORTS = ['-t', 'un', '-max_socket', String(CALLS_MAX)];

export interface SippLoadOptions {
  /** File in `scenarios`, without `.xml`. */
  readonly scenario: string;
  readonly folder: string;
  /** Distinct among all in the folder. */
  readonly number: number;
  /** `host:port` of who is called. */
  readonly server: string;
  /** Its own address. Without a port each call has one of its own. */
  readonly address: string;
  readonly port: number | undefined;
  /** What takes the place of `[name]` in the scenario. */
  readonly values: Readonly<Record<string, string>>;
  /** Fields for one call after the other, parted by semicolons. */
  readonly rows: readonly string[];
  readonly calls: number;
  readonly perSecond: number;
}

export interface SippFigures {
  readonly successful: number;
  readonly failed: number;
  /** Messages that it sent again for want of an answer. */
  readonly repeated: number;
  /** Messages that belong to no call, or to one that is over. */
  readonly unexpected: number;
}

export class SippLoad {
  readonly #child: ChildProcess;
  readonly #statistics: string;
  readonly #ended: Promise<unknown>;

  constructor(options: SippLoadOptions) {
    const { folder, number, server, address, port, rows, calls, perSecond } = options;
    this.#statistics = join(folder, `statistics-${number}`);
    const table = join(folder, `rows-${number}.csv`);
    writeFileSync(table, ['SEQUENTIAL', ...rows, ''].join('\n'));
    this.#child = spawn(
      'sipp',
      [
        ...[server, '-sf', filled(options), ...(rows.length > 0 ? ['-inf', table] : [])],
        ...(port === undefined ? MANY_PORTS : ['-t', 'u1', '-p', String(port)]),
        ...['-i', address, '-bind_local'],
        ...['-ci', address, '-mi', address, '-nostdin', '-l', String(CALLS_MAX)],
        ...['-r', String(perSecond), '-m', String(calls), '-recv_timeout', '30000'],
        ...['-trace_stat', '-stf', this.#statistics, '-fd', '1'],
      ],
      { cwd: folder, stdio: 'ignore' },
    );
    this.#ended = new Promise((resolve) => this.#child.once('exit', resolve));
  }

  stop(): void {
    this.#child.kill();
  }

  async ended(): Promise<SippFigures> {
    await this.#ended;
    const [names = [], ...rows] = read(this.#statistics)
      .trimEnd()
      .split('\n')
      .map((line) => line.split(';'));
    const count = (name: string): number => Number(rows.at(-1)?.[names.indexOf(name)] ?? 0);
    return {
      successful: count('SuccessfulCall(C)'),
      failed: count('FailedCall(C)'),
      repeated: count('Retransmissions(C)'),
      unexpected: count('OutOfCallMsgs(C)') + count('DeadCallMsgs(C)'),
    };
  }
}

/** The scenario with its values; sipp's own fields stay. */
function filled({ scenario, folder, number, values }: SippLoadOptions): string {
  const text = readFileSync(join(SCENARIOS, `${scenario}.xml`), 'utf8');
  const file = join(folder, `${scenario}-${number}.xml`);
  writeFileSync(
    file,
    text.replace(/\[([a-z_]+)\]/g, (all, name: string) => values[name] ?? all),
  );
  return file;
}

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, 'latin1') : '';
}
