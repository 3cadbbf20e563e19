import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, issueLeaf } from '@conclave/pki';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCommandLine } from './options.ts';

/* Goal: what is typed becomes options, or one sentence that says what is wrong with it. */

const folder = mkdtempSync(join(tmpdir(), 'conclave-bridge-'));
const files = {
  certificate: join(folder, 'bridge.pem'),
  key: join(folder, 'bridge.key'),
  trust: join(folder, 'trust'),
};

const NONSECURE = ['--name', 'CFB2', '--mode', 'nonsecure'];

beforeAll(async () => {
  const now = new Date();
  const authority = await createAuthority('test authority', now);
  const leaf = await issueLeaf(authority, { commonName: 'CFB1', notBefore: now });
  mkdirSync(files.trust);
  mkdirSync(join(folder, 'empty'));
  writeFileSync(files.certificate, leaf.certificate);
  writeFileSync(files.key, leaf.key);
  writeFileSync(join(files.trust, 'ca.pem'), authority.certificate);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('what is typed', () => {
  test('nonsecure, with what is meant when nothing is said', () => {
    expect(parseCommandLine(NONSECURE)).toEqual({
      json: false,
      exitWithParent: false,
      bridge: {
        name: 'CFB2',
        host: '127.0.0.1',
        port: 2000,
        sessions: 16,
        wideband: true,
        workers: 1,
        parties: 32,
        protocolVersion: 20,
        language: 'en',
      },
    });
  });

  test('encrypted, with everything said', () => {
    const parsed = parseCommandLine([
      ...['--name', 'CFB1', '--mode', 'encrypted', '--host', '10.0.0.1', '--port', '12443'],
      ...['--media-address', '10.0.0.2', '--sessions', '5', '--parties', '8', '--version', '17'],
      ...encrypted({}),
      ...['--json', '--exit-with-parent'],
    ]);
    expect(parsed).toMatchObject({
      json: true,
      exitWithParent: true,
      bridge: {
        host: '10.0.0.1',
        port: 12_443,
        mediaAddress: '10.0.0.2',
        sessions: 5,
        parties: 8,
        protocolVersion: 17,
      },
    });
    expect(parsed?.bridge.tls?.trust).toHaveLength(1);
  });

  test('the port of TLS, and one file of trust', () => {
    const trust = join(files.trust, 'ca.pem');
    const words = ['--name', 'CFB1', '--mode', 'encrypted', ...encrypted({ trust })];
    expect(parseCommandLine(words)?.bridge.port).toBe(2443);
  });

  test('help', () => {
    expect(parseCommandLine(['--help'])).toBeUndefined();
  });
});

describe('what makes no sense', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['no name', ['--mode', 'nonsecure'], /--name is missing/],
    ['a long name', ['--name', 'CFB0000000000001', '--mode', 'nonsecure'], /15 characters/],
    ['no mode', ['--name', 'CFB2'], /--mode is/],
    ['another mode', ['--name', 'CFB2', '--mode', 'authenticated'], /--mode is/],
    ['a port too high', [...NONSECURE, '--port', '65536'], /--port is a number from 1 to 65535/],
    ['no port', [...NONSECURE, '--port', '0'], /--port/],
    ['a number with letters', [...NONSECURE, '--sessions', '5x'], /--sessions is a number/],
    ['no sessions', [...NONSECURE, '--sessions', '0'], /--sessions is a number/],
    ['too many parties', [...NONSECURE, '--parties', '257'], /--parties is a number from 1 to 256/],
    ['an old version', [...NONSECURE, '--version', '2'], /--version is a number from 3 to 22/],
    ['a host name for media', [...NONSECURE, '--media-address', 'pbx'], /no IP address/],
    ['an unknown option', [...NONSECURE, '--loud'], /--loud/],
  ])('%s', (_, words, message) => {
    expect(() => parseCommandLine(words)).toThrow(message);
  });

  test.each<[string, readonly string[], RegExp]>([
    ['no certificate', [], /needs --certificate, --key and --trust/],
    ['half of one session', [...encrypted({}), '--sessions', '1'], /at least 2/],
    ['a missing file', encrypted({ certificate: join(folder, 'no.pem') }), /no\.pem/],
    ['a key of nobody', encrypted({ key: join(folder, 'bridge.pem') }), /bridge\.pem/],
    ['nobody to trust', encrypted({ trust: join(folder, 'empty') }), /has no certificate/],
  ])('encrypted: %s', (_, words, message) => {
    expect(() => parseCommandLine(['--name', 'CFB1', '--mode', 'encrypted', ...words])).toThrow(
      message,
    );
  });

  test('every complaint has a code, so that it is shown without a stack', () => {
    for (const words of [['--loud'], ['--name', 'CFB2'], [...NONSECURE, '--port', 'x']]) {
      expect(() => parseCommandLine(words)).toThrow(
        expect.objectContaining({ code: expect.any(String) }),
      );
    }
  });
});

function encrypted(changes: Partial<typeof files>): readonly string[] {
  const { certificate, key, trust } = { ...files, ...changes };
  return ['--certificate', certificate, '--key', key, '--trust', trust];
}
