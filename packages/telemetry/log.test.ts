import { describe, expect, test } from 'vitest';
import { createLog, MEMORY_LOG_LINES_MAX, MemoryLog } from './log.ts';

/*
 * Goal: a log line is JSON, and no key material is ever in one, whatever the caller did. Method:
 * every way in which a secret could reach a line, with a marker that must not come out.
 */

const SECRET = 'c2VjcmV0LW1hc3Rlci1rZXktYW5kLXNhbHQ';
const BYTES = new Uint8Array([0xde, 0xad, 0xbe, 0xef]);

test('a line is JSON with level, name, time and message', () => {
  const memory = new MemoryLog();
  createLog('callmanager', 'info', memory).info({ device: 'SEP000000001001' }, 'registered');
  expect(memory.records()).toEqual([
    {
      level: 'info',
      time: expect.any(Number),
      pid: expect.any(Number),
      name: 'callmanager',
      device: 'SEP000000001001',
      msg: 'registered',
    },
  ]);
});

test('what is below the level is not written', () => {
  const memory = new MemoryLog();
  const log = createLog('x', 'warn', memory);
  log.info('no');
  log.warn('yes');
  expect(memory.records().map((record) => record.msg)).toEqual(['yes']);
});

describe('secrets never reach a line', () => {
  test.each([
    ['key', { key: SECRET }],
    ['salt', { salt: SECRET }],
    ['masterKey', { masterKey: SECRET }],
    ['secret', { secret: SECRET }],
    ['password', { password: SECRET }],
    ['snake case', { srtp_master_salt: SECRET }],
    ['upper case', { MASTERKEY: SECRET }],
    ['with its encoding', { keyBase64: SECRET }],
    ['several', { keys: [SECRET] }],
    ['four deep', { leg: { media: { transmit: { key: SECRET } } } }],
    ['in an array', { legs: [{ transmit: { salt: SECRET } }] }],
    ['of an error', { err: Object.assign(new Error('failed'), { key: SECRET }) }],
    ['SDES in a fact', { line: `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${SECRET}` }],
    ['PEM in a fact', { text: pem(SECRET) }],
    ['PEM cut short', { text: pem(SECRET).slice(0, 60) }],
  ])('%s', (_name, facts) => {
    const memory = new MemoryLog();
    createLog('x', 'info', memory).info(facts, 'facts');
    expect(memory.text).toContain('[redacted]');
    expect(memory.text).not.toContain(SECRET.slice(0, 20));
  });

  test('bytes, by any name', () => {
    const memory = new MemoryLog();
    createLog('x', 'info', memory).info({ a: BYTES, b: [Buffer.from(BYTES)], c: BYTES.buffer });
    expect(memory.records()[0]).toMatchObject({ a: '<4 bytes>', b: ['<4 bytes>'], c: '<4 bytes>' });
    // A time stamp may hold these digits; the bytes would stand alone.
    expect(memory.text).not.toMatch(/\b222\b/);
  });

  test('in the message, in a child logger, in an error message', () => {
    const memory = new MemoryLog();
    const log = createLog('x', 'info', memory);
    log.info(`offer inline:${SECRET}|2^31`);
    log.child({ masterKey: SECRET }).info('child');
    log
      .child({ part: 'hub' })
      .child({ leg: { salt: SECRET } })
      .info('grandchild');
    log.error(new Error(pem(SECRET)));
    expect(memory.records()).toHaveLength(4);
    expect(memory.records()[2]).toMatchObject({ part: 'hub', leg: { salt: '[redacted]' } });
    expect(memory.text).not.toContain(SECRET.slice(0, 20));
  });

  test('but what only sounds like one stays', () => {
    const memory = new MemoryLog();
    createLog('x', 'info', memory).info({ softKey: 'Confrn', publicKey: 'EC P-256', keys_used: 6 });
    expect(memory.records()[0]).toMatchObject({
      softKey: 'Confrn',
      publicKey: 'EC P-256',
      keys_used: 6,
    });
  });
});

test('errors keep type, message and code; cycles and functions do no harm', () => {
  const memory = new MemoryLog();
  const cyclic: Record<string, unknown> = { f: () => 1 };
  cyclic.self = cyclic;
  const error = Object.assign(new RangeError('too far'), { code: 'EFAR' });
  createLog('x', 'info', memory).error({ err: error, cyclic, at: new Date(0) }, 'sentence');
  expect(memory.records()[0]).toMatchObject({
    err: { type: 'RangeError', message: 'too far', code: 'EFAR' },
    at: '1970-01-01T00:00:00.000Z',
    msg: 'sentence',
  });
});

test('the memory of a MemoryLog is bounded, and what it drops is counted', () => {
  const memory = new MemoryLog();
  const log = createLog('x', 'info', memory);
  for (let line = 0; line < MEMORY_LOG_LINES_MAX + 3; line += 1) log.info({ line });
  expect(memory.dropped).toBe(3);
  expect(memory.records()).toHaveLength(MEMORY_LOG_LINES_MAX);
  expect(memory.records()[0]?.line).toBe(3);
});

function pem(body: string): string {
  return `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`;
}
