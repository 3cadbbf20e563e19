/**
 * The processes of one scenario: a call manager and its bridges on free ports, in a data directory that
 * is thrown away afterwards. Bridges can be killed, as by a fault, and started again.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askAdmin, type CallManagerNews } from '@conclave/callmanager';
import { Store, type StoredConfiguration } from '@conclave/store';

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
      ...['--sccp-port', '0', '--sccp-tls-port', '0'],
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
    const folder = join(this.dataDirectory, 'pki', 'bridges', name);
    const files = ['--certificate', join(folder, `${name}.pem`)];
    const { sccpPort, sccpTlsPort } = this.#ports;
    this.#start(name, [
      ...['bridge', '--name', name, '--mode', secure ? 'encrypted' : 'nonsecure'],
      ...['--port', String(secure ? sccpTlsPort : sccpPort), '--exit-with-parent'],
      // A secure bridge has half of its module's sessions (BRG-11).
      ...['--sessions', String(secure ? conferencesMax * 2 : conferencesMax)],
      ...['--parties', String(partiesMax)],
      ...(secure
        ? [...files, '--key', join(folder, `${name}.key`), '--trust', join(folder, 'trust')]
        : []),
    ]);
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
