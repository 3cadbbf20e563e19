import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { dial, type PeerProof, StreamListener, type TlsIdentity } from '@conclave/net';
import { afterEach, beforeAll, expect, test } from 'vitest';
import {
  commonNameOf,
  createAuthority,
  createSelfSigned,
  issueLeaf,
  type LeafWish,
  type PemIdentity,
  refusalOf,
} from './index.ts';

/* Goal: over real TLS 1.2 and 1.3, each kind of certificate gets the verdict that it deserves. */

const HOUR_MS = 3_600_000;
const HOST = '127.0.0.1';

let ours: PemIdentity;
let theirs: PemIdentity;
let server: TlsIdentity;
const listeners: StreamListener[] = [];

beforeAll(async () => {
  ours = await createAuthority('Conclave private CA', hours(0));
  theirs = await createAuthority('Foreign CA', hours(0));
  const own = await issueLeaf(ours, { commonName: 'CallManager', notBefore: hours(-1) });
  server = { ...own, trust: [ours.certificate] };
});

afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
});

const VALID: LeafWish = { commonName: 'example.cisco.com', notBefore: hours(-1) };
const EXPIRED: LeafWish = { ...VALID, notBefore: hours(-3), notAfter: hours(-2) };
const EARLY: LeafWish = { ...VALID, notBefore: hours(2) };

const CASES: readonly [
  string,
  (() => Promise<PemIdentity>) | undefined,
  string | undefined,
  string | undefined,
][] = [
  ['a good one', () => issueLeaf(ours, VALID), undefined, 'example.cisco.com'],
  ['an expired one', () => issueLeaf(ours, EXPIRED), 'expired', 'example.cisco.com'],
  ['one not yet valid', () => issueLeaf(ours, EARLY), 'not-yet-valid', 'example.cisco.com'],
  ['one of an unknown CA', () => issueLeaf(theirs, VALID), 'unknown-issuer', 'example.cisco.com'],
  ['a self-signed one', () => createSelfSigned(VALID), 'unknown-issuer', 'example.cisco.com'],
  ['none', undefined, 'no-certificate', undefined],
];

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test.each(CASES)(
    `BRG-04, TIP-12, TIP-20 over ${version}: %s`,
    async (_kind, make, reason, name) => {
      const proof = await proofOver(version, await make?.());
      expect(proof.protocol).toBe(version);
      expect(refusalOf(proof)?.reason).toBe(reason);
      expect(proof.authorized).toBe(reason === undefined);
      expect(proof.certificate && commonNameOf(proof.certificate)).toBe(name);
    },
  );

  test(`TIP-14 over ${version}: an intermediate must be in the chain`, async () => {
    const middle = await issueLeaf(ours, {
      commonName: 'Router CA',
      notBefore: hours(-1),
      authority: true,
    });
    const leaf = await issueLeaf(middle, VALID);
    const chain = { certificate: leaf.certificate + middle.certificate, key: leaf.key };
    expect(refusalOf(await proofOver(version, chain))).toBeUndefined();
    const refusal = refusalOf(await proofOver(version, leaf));
    expect(refusal?.reason).toBe('unknown-issuer');
    expect(refusal?.sentence).toContain('"Router CA"');
  });

  test(`over ${version} a leaf cannot issue certificates`, async () => {
    const leaf = await issueLeaf(ours, VALID);
    const forged = await issueLeaf(leaf, { commonName: 'other', notBefore: hours(-1) });
    const chain = { certificate: forged.certificate + leaf.certificate, key: forged.key };
    const proof = await proofOver(version, chain);
    expect(proof.authorized).toBe(false);
    expect(refusalOf(proof)).toBeDefined();
  });
}

test('a client that speaks nothing newer than TLS 1.1 gets no connection', async () => {
  const refused = Promise.withResolvers<string>();
  const port = await serve({ onHandshakeError: (_from, reason) => refused.resolve(reason) });
  const socket = connectTls({
    host: HOST,
    port,
    ca: [ours.certificate],
    minVersion: 'TLSv1.1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  socket.on('error', () => {});
  expect(await refused.promise).toBe('ERR_SSL_UNSUPPORTED_PROTOCOL');
  socket.destroy();
});

test('dial proves both sides, each to the other', async () => {
  const device = await issueLeaf(ours, VALID);
  const served = Promise.withResolvers<PeerProof | undefined>();
  const port = await serve({ onConnection: ({ proof }) => served.resolve(proof) });
  const tls = { ...device, trust: [ours.certificate] };
  const connection = await dial({ host: HOST, port, tls });
  expect(connection.transport).toBe('tls');
  expect(connection.proof?.authorized).toBe(true);
  const shown = connection.proof?.certificate;
  expect(shown && commonNameOf(shown)).toBe('CallManager');
  const proof = await served.promise;
  expect(proof && refusalOf(proof)).toBeUndefined();
  connection.destroy('the test is over');
});

test('dial can ask for a name in the certificate besides trust (RFC 5922 §7)', async () => {
  const device = await issueLeaf(ours, VALID);
  const tls = { ...device, trust: [ours.certificate] };
  const wish = { commonName: 'pbx', alternativeNames: ['pbx.example'], notBefore: hours(-1) };
  const port = await serve({ tls: await serverOf(ours, wish) });
  const connection = await dial({ host: HOST, port, tls, serverName: 'pbx.example' });
  connection.destroy('the test is over');
  const other = dial({ host: HOST, port, tls, serverName: 'other.example' });
  await expect(other).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

test.each([
  ['BRG-05: an issuer that the device does not trust', () => serverOf(theirs, VALID)],
  ['TIP-13: an expired call manager', () => serverOf(ours, EXPIRED)],
  ['TIP-13: a call manager before its time', () => serverOf(ours, EARLY)],
  ['a self-signed call manager', async () => ({ ...(await createSelfSigned(VALID)), trust: [] })],
])('%s: dial rejects with a code, and there is no connection', async (_rule, make) => {
  const device = await issueLeaf(ours, VALID);
  const port = await serve({ tls: await make() });
  const tls = { ...device, trust: [ours.certificate] };
  const error = await dial({ host: HOST, port, tls }).then(
    () => undefined,
    (reason: NodeJS.ErrnoException) => reason,
  );
  expect(error?.code).toMatch(/^[A-Z_]+$/);
});

test('TIP-21: a plain TCP client gets no connection on the TLS port', async () => {
  const refused = Promise.withResolvers<string>();
  const port = await serve({ onHandshakeError: (from) => refused.resolve(from) });
  const connection = await dial({ host: HOST, port });
  connection.open({ onData: () => {}, onClose: () => {} });
  connection.send(Buffer.from('a RegisterReq without TLS'));
  expect(await refused.promise).toBe(HOST);
});

/** What the call manager finds out about a client with that certificate. */
async function proofOver(
  version: 'TLSv1.2' | 'TLSv1.3',
  identity: PemIdentity | undefined,
): Promise<PeerProof> {
  const served = Promise.withResolvers<PeerProof>();
  const port = await serve({
    onConnection: ({ proof }) => {
      if (proof) served.resolve(proof);
      else served.reject(new Error('the connection has no proof'));
    },
  });
  const options: ConnectionOptions = {
    host: HOST,
    port,
    ca: [ours.certificate],
    minVersion: version,
    maxVersion: version,
    checkServerIdentity: () => undefined,
    ...(identity && { cert: identity.certificate, key: identity.key }),
  };
  const socket = connectTls(options);
  socket.on('error', served.reject);
  try {
    return await served.promise;
  } finally {
    socket.destroy();
  }
}

async function serve(
  options: Partial<ConstructorParameters<typeof StreamListener>[0]>,
): Promise<number> {
  const listener = new StreamListener({
    port: 0,
    host: HOST,
    tls: server,
    onConnection: () => {},
    ...options,
  });
  listeners.push(listener);
  return await listener.listen();
}

async function serverOf(authority: PemIdentity, wish: LeafWish): Promise<TlsIdentity> {
  return { ...(await issueLeaf(authority, wish)), trust: [ours.certificate] };
}

function hours(count: number): Date {
  return new Date(Date.now() + count * HOUR_MS);
}
