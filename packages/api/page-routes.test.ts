/*
 * Goal: the pages run no code but their own, are never stale, and lead to no other file. Method: a folder as the build
 * makes it, asked for in the process.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeApi } from './api-server.ts';
import type { ApiPorts } from './ports.ts';

const folder = mkdtempSync(join(tmpdir(), 'conclave-pages-'));
const CODE = 'console.log("a page");'.repeat(100);

let app: FastifyInstance;

beforeAll(async () => {
  const pages = join(folder, 'dist');
  mkdirSync(join(pages, 'assets'), { recursive: true });
  writeFileSync(
    join(pages, 'index.html'),
    '<meta name="style-nonce" content="__NONCE__"><script type="module" src="/admin/assets/a.js">',
  );
  writeFileSync(join(pages, 'assets', 'a.js'), CODE);
  writeFileSync(join(folder, 'secret'), 'a key');
  app = await makeApi({} as ApiPorts, { pages });
});

afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

test('the page lets only scripts of files run, and only styles that know this answer’s word', async () => {
  const [one, other] = [await get('/admin/'), await get('/admin/device/phone/SEP1')];
  const policy = String(one?.headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toMatch(/script-src 'self';/);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  const nonce = /'nonce-([^']{22,})'/.exec(policy)?.[1];
  expect(one?.body).toContain(`content="${nonce}"`);
  expect(other?.body).not.toContain(String(nonce));
  expect(other?.statusCode).toBe(200);
  expect(one?.headers['cache-control']).toBe('no-store');
});

test('files are kept by the browser for ever, as a new one has a new name', async () => {
  const plain = await get('/admin/assets/a.js');
  expect([plain.body, plain.headers['content-type']]).toEqual([
    CODE,
    'text/javascript; charset=utf-8',
  ]);
  expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(plain.headers['x-content-type-options']).toBe('nosniff');
  const zipped = await get('/admin/assets/a.js', { 'accept-encoding': 'gzip, br' });
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(zipped.rawPayload.length).toBeLessThan(CODE.length / 2);
  const again = await get('/admin/assets/a.js', { 'if-none-match': String(plain.headers.etag) });
  expect([again.statusCode, again.body]).toEqual([304, '']);
});

test.each([
  '/admin/assets/../../secret',
  '/admin/assets/%2e%2e/%2e%2e/secret',
  '/admin/..%2fsecret',
  '/admin/assets/b.js',
])('%s leads to no file', async (path) => {
  const { body } = await get(path);
  expect(body).not.toContain('a key');
  expect(body).not.toContain('console.log');
});

test('the root leads to the pages, and what is not theirs still asks for a log-in', async () => {
  expect((await get('/')).headers.location).toBe('/admin/');
  expect((await get('/api/v1/nothing')).statusCode).toBe(401);
  expect((await get('/elsewhere')).statusCode).toBe(401);
});

async function get(url: string, headers: Record<string, string> = {}) {
  return await app.inject({ url, headers });
}
