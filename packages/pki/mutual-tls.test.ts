import { spawn, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  connect,
  createServer,
  type PeerCertificate,
  type SecureVersion,
  type Server,
  type TLSSocket,
} from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  createAuthority,
  createSelfSigned,
  issueLeaf,
  type LeafWish,
  type PemIdentity,
  withChain,
} from './certificate-authority.ts';
import { commonNameOf, matchesDeviceName } from './device-identity.ts';
import { handshakeSentence, type PeerEvidence, refusalOf } from './peer-verdict.ts';

/*
 * Goal: what the call manager concludes of a device's certificate, and the device of the call
 * manager's, over real TLS 1.2 and 1.3 (BRG-04, BRG-05, TIP-12 ... TIP-16, TIP-20). Method: loopback
 * sockets on free ports; the server asks for a certificate, lets everybody in and judges afterwards,
 * as the call manager does.
 */

const DAY_MS = 86_400_000;
const NOW_MS = Date.now();
const OPENSSL = spawnSync('openssl', ['version']).status === 0;
const VERSIONS: readonly SecureVersion[] = ['TLSv1.2', 'TLSv1.3'];

/** A device by what it presents. */
type Case =
  | 'good'
  | 'by intermediate'
  | 'without its intermediate'
  | 'wrong name'
  | 'expired'
  | 'not yet valid'
  | 'unknown authority'
  | 'unknown root in chain'
  | 'impostor of the authority'
  | 'altered'
  | 'self-signed'
  | 'of an expired authority'
  | 'server purpose only'
  | 'nothing';

let authority: PemIdentity;
let other: PemIdentity;
let pastAuthority: PemIdentity;
let callManager: PemIdentity;
const devices = new Map<Case, PemIdentity | undefined>();

beforeAll(async () => {
  authority = await createAuthority('Conclave private CA', at(-10));
  other = await createAuthority('Other CA', at(-10));
  // Ten years of validity that ended two days ago.
  pastAuthority = await createAuthority('Past CA', at(-3_652));
  callManager = await issueLeaf(authority, leaf('CallManager'));
  const impostor = await createAuthority('Conclave private CA', at(-10));
  const below = await issueLeaf(authority, { ...leaf('Conclave issuing CA'), authority: true });
  const viaBelow = await issueLeaf(below, leaf('CFB-SECURE'));
  const expired = { ...leaf('CFB-SECURE'), notAfter: at(-1) };
  const early = { ...leaf('CFB-SECURE'), notBefore: at(1) };
  const serverOnly: LeafWish = { ...leaf('CFB-SECURE'), purposes: ['server'] };
  const ofOther = await issueLeaf(other, leaf('CFB-SECURE'));
  const made: readonly (readonly [Case, PemIdentity | undefined])[] = [
    ['good', await issueLeaf(authority, leaf('CFB-SECURE'))],
    ['by intermediate', withChain(viaBelow, below)],
    ['without its intermediate', viaBelow],
    ['wrong name', await issueLeaf(authority, leaf('CFB-SECURE-2.example.com'))],
    ['expired', await issueLeaf(authority, expired)],
    ['not yet valid', await issueLeaf(authority, early)],
    ['unknown authority', ofOther],
    ['unknown root in chain', withChain(ofOther, other)],
    ['impostor of the authority', await issueLeaf(impostor, leaf('CFB-SECURE'))],
    ['altered', altered(await issueLeaf(authority, leaf('CFB-SECURE')))],
    ['self-signed', await createSelfSigned(leaf('CFB-SECURE'))],
    ['of an expired authority', await issueLeaf(pastAuthority, leaf('CFB-SECURE'))],
    ['server purpose only', await issueLeaf(authority, serverOnly)],
    ['nothing', undefined],
  ];
  for (const [name, identity] of made) devices.set(name, identity);
});

describe.each(VERSIONS)('the call manager meets a device over %s', (version) => {
  //  device                        reason                 the sentence names
  test.each<[Case, string | undefined, RegExp]>([
    ['good', undefined, /^$/],
    ['by intermediate', undefined, /^$/],
    ['wrong name', undefined, /^$/],
    ['expired', 'expired', /"CFB-SECURE" expired on \d{4}-\d\d-\d\d/],
    ['not yet valid', 'not-yet-valid', /"CFB-SECURE" is not valid before \d{4}-\d\d-\d\d/],
    ['unknown authority', 'unknown-issuer', /issuer "Other CA", whose certificate is not in/],
    ['unknown root in chain', 'unknown-issuer', /issuer "Other CA", whose certificate is not in/],
    ['without its intermediate', 'unknown-issuer', /issuer "Conclave issuing CA", whose/],
    ['impostor of the authority', 'unknown-issuer', /"Conclave private CA", whose certificate is/],
    ['altered', 'bad-signature', /was not signed by the "Conclave private CA"/],
    ['self-signed', 'unknown-issuer', /"CFB-SECURE" is self-signed and is not in the trust store/],
    ['of an expired authority', 'expired', /authority "Past CA", which expired on/],
    ['server purpose only', 'wrong-purpose', /"CFB-SECURE" is not made for this side of TLS/],
    ['nothing', 'no-certificate', /presented no certificate/],
  ])('%s: %s', async (device, reason, sentence) => {
    const evidence = await meet(version, devices.get(device));
    const refusal = refusalOf(evidence);
    expect(refusal?.reason).toBe(reason);
    expect(refusal?.sentence ?? '').toMatch(sentence);
    expect(evidence.authorized).toBe(reason === undefined);
  });

  test('a trusted certificate of another name is not the device (TIP-15)', async () => {
    const rule = { literalPrefix: false };
    for (const [device, own] of [
      ['good', true],
      ['wrong name', false],
    ] as const) {
      const { certificate } = await meet(version, devices.get(device));
      const commonName = certificate && commonNameOf(certificate);
      expect(matchesDeviceName(commonName ?? '', 'CFB-SECURE', rule)).toBe(own);
    }
  });

  test('a certificate that is itself in the trust store is trusted (SUP-04)', async () => {
    const device = devices.get('self-signed');
    const trust = [authority.certificate, device?.certificate ?? ''];
    expect(refusalOf(await meet(version, device, trust))).toBeUndefined();
  });
});

describe.each(VERSIONS)('a device meets the call manager over %s', (version) => {
  test('with the authority in its trust store it connects (BRG-05, TIP-13)', async () => {
    expect(await dialCode(version, [authority.certificate])).toBeUndefined();
  });

  test('without, it does not (BRG-05)', async () => {
    const code = await dialCode(version, [other.certificate]);
    expect(code).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  test.skipIf(!OPENSSL)('a farm on OpenSSL says why, and it is repeated (BRG-05)', async () => {
    const code = await opensslCode(version, other.certificate);
    expect(handshakeSentence(code)).toMatch(
      /does not know the issuer of the CallManager certificate \(BRG-05/,
    );
  });
});

function at(days: number): Date {
  return new Date(NOW_MS + days * DAY_MS);
}

function leaf(commonName: string): LeafWish {
  return { commonName, notBefore: at(-2), notAfter: at(300) };
}

/** What the call manager sees when the device connects. */
async function meet(
  version: SecureVersion,
  device: PemIdentity | undefined,
  trust: readonly string[] = [authority.certificate, pastAuthority.certificate],
): Promise<PeerEvidence> {
  const server = createServer({
    cert: callManager.certificate,
    key: callManager.key,
    ca: [...trust],
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: version,
    maxVersion: version,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    ca: authority.certificate,
    checkServerIdentity: () => undefined,
    ...(device && { cert: device.certificate, key: device.key }),
  });
  try {
    const [socket] = (await once(server, 'secureConnection')) as [TLSSocket];
    expect(socket.getProtocol()).toBe(version);
    const certificate: PeerCertificate = socket.getPeerCertificate(true);
    // Node types this as Error, but it is the code as a string.
    const error: unknown = socket.authorizationError;
    return {
      authorized: socket.authorized,
      authorizationError: typeof error === 'string' ? error : undefined,
      certificate: Object.keys(certificate).length > 0 ? certificate : undefined,
      nowMs: NOW_MS,
    };
  } finally {
    client.destroy();
    server.close();
  }
}

/** A certificate that was changed after it was signed. */
function altered({ certificate, key }: PemIdentity): PemIdentity {
  const der = Buffer.from(new X509Certificate(certificate).raw);
  // The last byte is the end of the signature's second number.
  der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
  const body = der.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
    key,
  };
}

/** The code of the error that a device with this trust store gets; undefined when it connects. */
async function dialCode(
  version: SecureVersion,
  trust: readonly string[],
): Promise<string | undefined> {
  const server = await listen(version);
  const client = connect({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    ca: [...trust],
    checkServerIdentity: () => undefined,
  });
  try {
    await once(client, 'secureConnect');
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  } finally {
    client.destroy();
    server.close();
  }
}

/** The code that the call manager gets when a peer that sends alerts does not trust it. */
async function opensslCode(version: SecureVersion, trust: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-tls-'));
  const file = join(folder, 'trust.pem');
  writeFileSync(file, trust);
  const server = await listen(version);
  const { port } = server.address() as AddressInfo;
  const client = spawn(
    'openssl',
    ['s_client', '-connect', `127.0.0.1:${port}`, '-verify_return_error', '-CAfile', file],
    { stdio: 'ignore' },
  );
  try {
    const [error] = (await once(server, 'tlsClientError')) as [NodeJS.ErrnoException];
    return error.code ?? '';
  } finally {
    client.kill();
    server.close();
    rmSync(folder, { recursive: true });
  }
}

async function listen(version: SecureVersion): Promise<Server> {
  const { certificate: cert, key } = callManager;
  const server = createServer({ cert, key, minVersion: version, maxVersion: version });
  server.on('secureConnection', (socket) => socket.on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
