/**
 * Asks the API and says what is wrong in its own words. The session is a cookie that no script can read; the
 * browser adds it, and the API takes it from our own pages only.
 */
import type { Fault } from '@conclave/api';

const BASE = '/api/v1';

/** Told to the window when the API does not know the session any more. */
export const LOGGED_OUT = 'conclave-logged-out';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Answer<T> {
  readonly data: T;
  /** Of an object: who changes it says which version has been seen. */
  readonly version: string | undefined;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly version?: string | undefined;
  /** Nobody is waiting for it: the page asks now and then, which keeps no session alive. */
  readonly byItself?: boolean;
}

/** What the API refused, or that it could not be reached: then the status is 0. */
export class RequestFault extends Error {
  override readonly name = 'RequestFault';
  readonly status: number;
  /** A stable word, such as `changed`. */
  readonly code: string;
  /** The fields and the rules they break. */
  readonly faults: readonly Fault[];

  constructor(status: number, body: { error?: string; message?: string; faults?: Fault[] }) {
    super(body.message ?? `HTTP ${status}`);
    this.status = status;
    this.code = body.error ?? 'unknown';
    this.faults = body.faults ?? [];
  }
}

/** Throws a RequestFault. */
export async function ask<T>(
  method: Method,
  path: string,
  { body, version, byItself = false }: RequestOptions = {},
): Promise<Answer<T>> {
  const response = await fetch(`${BASE}${path}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(version !== undefined && { 'if-match': version }),
      ...(byItself && { 'x-conclave-by-itself': '1' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(() => undefined);
  if (!response) throw new RequestFault(0, { error: 'unreachable' });
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const data = isJson ? await response.json() : undefined;
  if (response.status === 401 && path !== '/session') window.dispatchEvent(new Event(LOGGED_OUT));
  if (!response.ok) throw new RequestFault(response.status, data ?? {});
  return { data: data as T, version: response.headers.get('etag') ?? undefined };
}

/** The data alone, for queries. */
export async function get<T>(path: string): Promise<T> {
  return (await ask<T>('GET', path)).data;
}

/** For what is asked again and again, to show what goes on. */
export async function watch<T>(path: string): Promise<T> {
  return (await ask<T>('GET', path, { byItself: true })).data;
}
