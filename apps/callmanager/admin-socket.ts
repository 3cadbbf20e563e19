/**
 * The local door for the command line: HTTP over a Unix socket that only this user can open. It reads
 * the state and applies saved configuration; it is not the administration API.
 */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Unix socket paths are at most 107 bytes. */
const SOCKET_PATH_MAX = 100;

/** A request body is a small command. */
const BODY_MAX = 1024 * 1024;

export type AdminAnswer = { readonly status: number; readonly body: unknown };

export type AdminRoutes = Readonly<
  Record<string, (body: unknown) => AdminAnswer | Promise<AdminAnswer>>
>;

/** Where the socket of this data directory is: in it, or, when that path is too long, beside it in /tmp. */
export function adminSocketPath(dataDirectory: string): string {
  const inside = join(dataDirectory, 'run', 'admin.sock');
  if (inside.length <= SOCKET_PATH_MAX) return inside;
  const name = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16);
  return join(tmpdir(), `conclave-${name}`, 'admin.sock');
}

export class AdminSocket {
  readonly #server: Server;
  readonly #path: string;

  /** `routes` are named `GET /path`. */
  constructor(path: string, routes: AdminRoutes) {
    this.#path = path;
    this.#server = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > BODY_MAX) incoming.destroy();
        else chunks.push(chunk);
      });
      incoming.on('end', () => {
        void answer(routes, `${incoming.method} ${incoming.url}`, Buffer.concat(chunks)).then(
          ({ status, body }) => {
            outgoing.writeHead(status, { 'content-type': 'application/json' });
            outgoing.end(JSON.stringify(body));
          },
        );
      });
    });
  }

  async listen(): Promise<void> {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    rmSync(this.#path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#path, resolve);
    });
    chmodSync(this.#path, 0o600);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    rmSync(this.#path, { force: true });
  }
}

/** Asks a running call manager; undefined when none runs on this data directory. */
export async function askAdmin(
  dataDirectory: string,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<AdminAnswer | undefined> {
  return await new Promise((resolve, reject) => {
    const asking = request(
      { socketPath: adminSocketPath(dataDirectory), method, path, timeout: 10_000 },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: incoming.statusCode ?? 0, body: text ? JSON.parse(text) : undefined });
        });
      },
    );
    asking.on('timeout', () => asking.destroy(new Error('the call manager does not answer')));
    asking.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else reject(error);
    });
    asking.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function answer(routes: AdminRoutes, name: string, body: Buffer): Promise<AdminAnswer> {
  const route = routes[name];
  if (!route) return { status: 404, body: { error: `${name} is not known` } };
  try {
    return await route(body.length > 0 ? JSON.parse(body.toString('utf8')) : undefined);
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}
