/**
 * The pages of the administration, which are built before the start: a few files, held in memory, so that no
 * request leads to the disk. Nothing in them is secret; what they show comes from the API.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Where the pages are; the build must know it too. */
const PREFIX = '/admin';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** What stands in the document for the one word that lets a style into the page. */
const NONCE = '__NONCE__';

interface File {
  readonly type: string;
  readonly plain: Buffer;
  readonly zipped: Buffer;
  readonly etag: string;
}

/** Without the folder there are no pages. */
export function pageRoutes(app: FastifyInstance, folder: string): void {
  const document = join(folder, 'index.html');
  if (!existsSync(document)) return;
  const page = readFileSync(document, 'utf8');
  const files = filesOf(folder);
  const open = { config: { permission: 'open' }, schema: { hide: true } } as const;
  for (const path of ['/', PREFIX]) {
    app.get(path, open, (_request, reply) => reply.redirect(`${PREFIX}/`));
  }
  app.get<{ Params: { '*': string } }>(`${PREFIX}/*`, open, (request, reply) => {
    const file = files.get(request.params['*']);
    if (file) return sendFile(file, request, reply);
    if (request.params['*'].startsWith('assets/')) return reply.code(404).send('');
    return sendPage(page, reply);
  });
}

/** Whatever its address: the page itself knows which part of it to show. */
function sendPage(page: string, reply: FastifyReply): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  return reply
    .header('content-security-policy', policyOf(nonce))
    .header('cross-origin-opener-policy', 'same-origin')
    .header('cache-control', 'no-store')
    .type(TYPES['.html'] ?? '')
    .send(page.replaceAll(NONCE, nonce));
}

/** Code only from us and in files; styles from files, or from the components that were told the nonce. */
function policyOf(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Their names change with their content, so they are never asked for twice. */
function sendFile(file: File, { headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const zip = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
  reply
    .header('cache-control', 'public, max-age=31536000, immutable')
    .header('vary', 'accept-encoding')
    .header('etag', file.etag)
    .type(file.type);
  if (headers['if-none-match'] === file.etag) return reply.code(304).send();
  return zip ? reply.header('content-encoding', 'gzip').send(file.zipped) : reply.send(file.plain);
}

function filesOf(folder: string): ReadonlyMap<string, File> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'index.html')
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    names.map((name) => {
      const plain = readFileSync(name);
      const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
      const type = TYPES[extname(name)] ?? 'application/octet-stream';
      const path = relative(folder, name).split(sep).join('/');
      return [path, { type, plain, zipped: gzipSync(plain, { level: 9 }), etag }];
    }),
  );
}
