/**
 * A client of the administration API: every operation by its method and path, with the types that the
 * API's own document gives it. It needs `fetch` and nothing else.
 *
 *     const client = new ConclaveClient({ url: 'https://conclave.example:8443', token });
 *     const { result, version } = await client.ask('GET /phones/{key}', { path: { key: 'SEP…' } });
 *     await client.ask('PUT /phones/{key}', { path: { key: 'SEP…' }, body: result, version });
 */
import type { Operations } from './operations.ts';

export type Operation = keyof Operations;

/** What an operation takes: `path`, `query` and `body` as it has them. */
export type Asked<O extends Operation> = Omit<Operations[O], 'result'> & {
  /** The version (ETag) that was seen of what is changed or removed. */
  readonly version?: string | undefined;
};

export interface Answered<O extends Operation> {
  readonly result: Operations[O]['result'];
  /** Of one object, for who changes it. */
  readonly version?: string;
}

export interface ClientOptions {
  /** Without a path: `https://conclave.example:8443`. */
  readonly url: string;
  /** As `POST /tokens` gives it. */
  readonly token?: string;
  /** Absent: the usual one. */
  readonly fetch?: typeof fetch;
}

/** Which field, and which rule it breaks. */
export interface FieldFault {
  readonly field: string;
  readonly rule: string;
}

/** The API refused: nothing was changed. */
export class RequestFault extends Error {
  override readonly name = 'RequestFault';
  readonly status: number;
  /** A stable word, such as `breaks-rules`. */
  readonly code: string;
  readonly faults: readonly FieldFault[];

  constructor(status: number, answer: unknown) {
    const { error, message, faults } = (answer ?? {}) as {
      readonly error?: string;
      readonly message?: string;
      readonly faults?: readonly FieldFault[];
    };
    super(message ?? `The API answered ${status}.`);
    this.status = status;
    this.code = error ?? 'unknown';
    this.faults = faults ?? [];
  }
}

/** What any operation may be asked with. */
interface Given {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly version?: string | undefined;
}

export class ConclaveClient {
  readonly #url: string;
  readonly #token: string | undefined;
  readonly #fetch: typeof fetch;

  constructor({ url, token, fetch: own = fetch }: ClientOptions) {
    this.#url = url.replace(/\/+$/, '');
    this.#token = token;
    this.#fetch = own;
  }

  /** Throws a RequestFault when it is refused, and what `fetch` throws when nobody answers. */
  async ask<O extends Operation>(operation: O, asked: Asked<O>): Promise<Answered<O>> {
    const [method = '', template = ''] = operation.split(' ');
    const { path, query = {}, body, version } = asked as Given;
    const place = template.replace(/\{(\w+)\}/g, (_all, name: string) =>
      encodeURIComponent(path?.[name] ?? ''),
    );
    const address = new URL(`${this.#url}/api/v1${place}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) address.searchParams.set(name, value);
    }
    const response = await this.#fetch(address, {
      method,
      headers: {
        ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(version !== undefined && { 'if-match': version }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = parsed(await response.text());
    if (!response.ok) throw new RequestFault(response.status, answer);
    const etag = response.headers.get('etag');
    return { result: answer as Operations[O]['result'], ...(etag !== null && { version: etag }) };
  }
}

/** Undefined when there is none, or when it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
