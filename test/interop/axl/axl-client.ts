/** Speaks to the client's process: one order after the other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Answer, Order } from './client.ts';

export interface ClientOptions {
  readonly port: number;
  /** Of the authority whose certificates it believes. */
  readonly ca: string;
  readonly user?: string;
  readonly password: string;
  readonly version?: string;
}

export class AxlClient {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  constructor({ port, ca, user = 'ada', password, version = '14.0' }: ClientOptions) {
    // The client puts `:8443/axl/` behind whatever host it is given; ports of tests are free ones.
    const host = `127.0.0.1:${port}/axl/?`;
    const program = new URL('client.ts', import.meta.url).pathname;
    this.#process = spawn(process.execPath, [program, host, user, password, version], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: ca },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { stdout } = this.#process;
    if (!stdout) throw new Error('the client has no output');
    this.#reader = createInterface({ input: stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** What the client gives for an operation. */
  async ask(operation: string, tags: object, options?: object): Promise<unknown> {
    const { result, fault } = await this.#order({ operation, tags, ...(options && { options }) });
    if (fault !== undefined) throw new Error(JSON.stringify(fault));
    return result;
  }

  /** The fault that the client rejects with. */
  async faultOf(operation: string, tags: object): Promise<unknown> {
    const { result, fault } = await this.#order({ operation, tags });
    if (fault === undefined) throw new Error(`no fault: ${JSON.stringify(result)}`);
    return fault;
  }

  /** The empty tags that the client makes of its schema. */
  async tagsOf(operation: string): Promise<object> {
    const { result } = await this.#order({ operation });
    if (typeof result !== 'object' || !result) throw new Error(`${operation} has no tags`);
    return result;
  }

  close(): void {
    this.#process.kill();
    this.#reader.close();
  }

  async #order(order: Order): Promise<Answer> {
    this.#process.stdin?.write(`${JSON.stringify(order)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the client has ended');
    return JSON.parse(value) as Answer;
  }
}
