/**
 * The public npm client `cisco-axl`, unmodified, in a process of its own that trusts our private CA: it
 * reads one order a line and answers each with a line.
 *
 *   node client.ts HOST USER PASSWORD VERSION
 */
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

interface Client {
  executeOperation(operation: string, tags: object, options?: object): Promise<unknown>;
  getOperationTags(operation: string): Promise<object>;
}

type ClientClass = new (host: string, user: string, password: string, version: string) => Client;

/** Without tags the client is asked which tags the operation has. */
export interface Order {
  readonly operation: string;
  readonly tags?: object;
  readonly options?: object;
}

export interface Answer {
  readonly result?: unknown;
  readonly fault?: unknown;
}

const AxlService = createRequire(import.meta.url)('cisco-axl') as ClientClass;
const [host = '', user = '', password = '', version = ''] = process.argv.slice(2);
const client = new AxlService(host, user, password, version);

for await (const line of createInterface({ input: process.stdin })) {
  const { operation, tags, options } = JSON.parse(line) as Order;
  const answer: Answer = await (tags
    ? client.executeOperation(operation, tags, options)
    : client.getOperationTags(operation)
  ).then(
    (result) => ({ result }),
    (fault: unknown) => ({ fault: fault instanceof Error ? fault.message : fault }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
