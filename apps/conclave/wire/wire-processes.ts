/**
 * The processes of one scenario: a call manager, its bridges and music servers on free ports, in a data directory that
 * is thrown away afterwards. All but the call manager can be killed, as
 * by a fault, and started again.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeWav, SAMPLE_RATE_HZ, ToneGenerator } from '@conclave/audio';
import { askAdmin, type CallManagerNews } from '@conclave/callmanager';
import { Store, type StoredConfiguration } from '@conclave/store';

/** Of all that is played: many at once must not clip. */
export const TONE_LEVEL_DBOV = -26;

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** A call manager that does not listen by then has failed. */
const START_MS = 30_000;

/** A process that has not ended by then is killed. */
const STOP_MS = 5_000;

export interface WireBridge {
  readonly name: string;
  readonly secure: boolean;
  readonly conferencesMax: number;
  readonly partiesMax: number;
}

export interface WireMusic {
  readonly name: string;
  readonly secure: boolean;
  /** Has whole periods in a second. */
  readonly toneHz: number;
}

export interface WirePorts {
  readonly sccpPort: number;
  readonly sccpTlsPort: number;
}

export class WireProcesses {
  readonly dataDirectory: string = mkdtempSync(join(tmpdir(), 'conclave-scenario-'));
  readonly #running = new Map<string, ChildProcess>();
  #ports: WirePorts = { sccpPort: 0, sccpTlsPort: 0 };

  /** Resolves when the call manager listens, with this configuration in force. */
  async startCallManager(configuration: StoredConfiguration): Promise<WirePorts> {
    const store = await Store.open(join(this.dataDirectory, 'conclave.sqlite'));
    try {
      await store.writeConfiguration(configuration);
    } finally {
      await store.close();
    }
    const listening = Promise.withResolvers<WirePorts>();
    const timer = setTimeout(() => {
      listening.reject(new Error(`the call manager did not listen within ${START_MS / 1000} s`));
    }, START_MS);
    const words = ['callmanager', '--data', this.dataDirectory, '--listen', '127.0.0.1'];
    const child = this.#start('callmanager', [
      ...words,
      ...['--sccp-port', '0', '--sccp-tls-port', '0', '--sip-port', '0', '--sip-tls-port', '0'],
      ...['--api-port', '0'],
    ]);
    child.on('message', (message) => {
      const news = message as CallManagerNews;
      if (news.type === 'listening') listening.resolve(news);
    });
    child.once('exit', (code) => listening.reject(new Error(`the call manager ended (${code})`)));
    try {
      this.#ports = await listening.promise;
      return this.#ports;
    } finally {
      clearTimeout(timer);
    }
  }

  startBridge({ name, secure, conferencesMax, partiesMax }: WireBridge): void {
    // A secure bridge has half of its module's sessions (BRG-11).
    const sessions = secure ? conferencesMax * 2 : conferencesMax;
    const limits = ['--sessions', String(sessions), '--parties', String(partiesMax)];
    this.#startStation({ name, secure, words: ['bridge', ...limits], folder: 'bridges' });
  }

  /** Plays this tone to everybody who is held. */
  startMusic({ name, secure, toneHz }: WireMusic): void {
    const file = join(this.dataDirectory, `${name}.wav`);
    const samples = new Int16Array(SAMPLE_RATE_HZ);
    new ToneGenerator({ frequenciesHz: [toneHz], levelDbov: TONE_LEVEL_DBOV }).write(samples);
    writeFileSync(file, encodeWav(samples));
    this.#startStation({ name, secure, words: ['music', '--file', file], folder: 'music-servers' });
  }

  /** Ends a process without a word; resolves when it is gone. */
  async kill(name: string): Promise<void> {
    await this.#end(name, 'SIGKILL');
  }

  /** The body of the call manager's answer. */
  async ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const answer = await askAdmin(this.dataDirectory, method, path, body);
    if (answer?.status === 200) return answer.body;
    const why = (answer?.body as { error?: string } | undefined)?.error ?? 'it does not answer';
    throw new Error(`the call manager refused ${method} ${path}: ${why}`);
  }

  /** Lines of all call detail records, in the order of writing. */
  recordLines(): readonly string[] {
    const folder = join(this.dataDirectory, 'cdr');
    const sequenceOf = (name: string): number => Number(name.slice(name.lastIndexOf('_') + 1));
    return readdirSync(folder)
      .filter((name) => name.startsWith('cdr_'))
      .toSorted((one, other) => sequenceOf(one) - sequenceOf(other))
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').slice(2));
  }

  /** Ends everything and removes the data. */
  async close(): Promise<void> {
    const bridges = [...this.#running.keys()].filter((name) => name !== 'callmanager');
    await Promise.all(bridges.map((name) => this.#end(name, 'SIGTERM')));
    await this.#end('callmanager', 'SIGTERM');
    rmSync(this.dataDirectory, { recursive: true, force: true });
  }

  /** A bridge or music server: `words` are those that only it has. */
  #startStation({
    name,
    secure,
    words,
    folder,
  }: {
    readonly name: string;
    readonly secure: boolean;
    readonly words: readonly string[];
    readonly folder: string;
  }): void {
    const files = join(this.dataDirectory, 'pki', folder, name);
    const { sccpPort, sccpTlsPort } = this.#ports;
    this.#start(name, [
      ...[...words, '--name', name, '--exit-with-parent'],
      ...['--mode', secure ? 'encrypted' : 'nonsecure'],
      ...['--port', String(secure ? sccpTlsPort : sccpPort)],
      ...(secure
        ? [
            ...['--certificate', join(files, `${name}.pem`), '--key', join(files, `${name}.key`)],
            ...['--trust', join(files, 'trust')],
          ]
        : []),
    ]);
  }

  #start(name: string, words: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, [MAIN, ...words], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#running.set(name, child);
    return child;
  }

  async #end(name: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#running.get(name);
    this.#running.delete(name);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      child.kill(signal);
    });
  }
}
