import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CallManager, startCallManager } from '@conclave/callmanager';
import { Phone, type SecurityMode } from '@conclave/phone';
import {
  createAuthority,
  createSelfSigned,
  issueLeaf,
  KeyStore,
  type PemIdentity,
  readIdentity,
} from '@conclave/pki';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/*
 * Goal: who cannot prove who it is does not register, the alarm names the device and the reason, and
 * nobody else is disturbed (TIP-07 ... TIP-22, D-24). Method: a real call manager, phones with
 * certificates made for the purpose.
 */

const DAY_MS = 86_400_000;
const NAME = 'SEP000000001001';
const data = mkdtempSync(join(tmpdir(), 'conclave-certificates-'));
const keys = new KeyStore(data);
let manager: CallManager;
let authority: PemIdentity;
let bystander: Phone;

beforeAll(async () => {
  manager = await start();
  authority = readIdentity({
    certificate: join(keys.folder, 'ca', 'ca.pem'),
    key: join(keys.folder, 'ca', 'ca.key'),
  });
  bystander = await phone(
    'SEP000000001002',
    'encrypted',
    keys.readDevice('phones', 'SEP000000001002'),
  );
});

afterAll(async () => {
  await bystander.stop();
  await manager.close();
  rmSync(data, { recursive: true });
});

describe('refused', () => {
  const now = Date.now();
  test.each<[string, () => Promise<PemIdentity>, string, RegExp]>([
    [
      'expired',
      () =>
        issueLeaf(authority, {
          commonName: NAME,
          notBefore: new Date(now - 20 * DAY_MS),
          notAfter: new Date(now - DAY_MS),
        }),
      'expired',
      /expired/,
    ],
    [
      'not yet valid',
      () => issueLeaf(authority, { commonName: NAME, notBefore: new Date(now + DAY_MS) }),
      'not-yet-valid',
      /not valid before/,
    ],
    [
      'of an unknown CA (BRG-04)',
      async () =>
        issueLeaf(await createAuthority('Other CA', new Date(now)), {
          commonName: NAME,
          notBefore: new Date(now - DAY_MS),
        }),
      'unknown-issuer',
      /Other CA/,
    ],
    [
      'signed by itself',
      () => createSelfSigned({ commonName: NAME, notBefore: new Date(now - DAY_MS) }),
      'unknown-issuer|self-signed',
      /SEP000000001001/,
    ],
  ])('a certificate that is %s', async (_what, identityOf, reason, text) => {
    const identity = await identityOf();
    const before = manager.alarms.list().length;
    await expect(
      phone(NAME, 'encrypted', { ...identity, trust: [authority.certificate] }),
    ).rejects.toThrow();
    const alarm = manager.alarms
      .list()
      .slice(before)
      .find((each) => each.name === 'TlsPeerRejected');
    expect(alarm).toMatchObject({ device: NAME });
    expect(alarm?.reason).toMatch(new RegExp(reason));
    expect(alarm?.text).toMatch(text);
    expect(manager.engine.state.phones.has(NAME)).toBe(false);
    expect(bystander.closedBecause).toBeUndefined();
  });

  test('TIP-15, TIP-17: the certificate of another device', async () => {
    const before = manager.alarms.list().length;
    const other = keys.readDevice('phones', 'SEP000000001003');
    await expect(phone(NAME, 'encrypted', other)).rejects.toThrow(/name mismatch/);
    expect(manager.alarms.list().slice(before)[0]).toMatchObject({
      name: 'DeviceRegistrationRejected',
      device: NAME,
      reason: 'certificate-name-mismatch',
    });
  });

  test('BRG-05: a call manager that the device does not trust is not spoken to', async () => {
    const stranger = await createAuthority('Stranger', new Date(now));
    const identity = keys.readDevice('phones', NAME);
    await expect(
      phone(NAME, 'encrypted', { ...identity, trust: [stranger.certificate] }),
    ).rejects.toThrow(/could not reach/);
  });

  test('TIP-22: plain TCP on the TLS port, and TLS for a nonsecure phone', async () => {
    await expect(phone(NAME, 'nonsecure', undefined, manager.sccpTlsPort)).rejects.toThrow();
    const leaf = await issueLeaf(authority, {
      commonName: 'SEP000000001005',
      notBefore: new Date(now - DAY_MS),
    });
    const identity = { ...leaf, trust: [authority.certificate] };
    await expect(phone('SEP000000001005', 'encrypted', identity)).rejects.toThrow(/mode mismatch/);
  });
});

test('an operator’s own CA is trusted once its certificate is in CallManager-trust', async () => {
  const own = await createAuthority('Operator CA', new Date());
  writeFileSync(join(keys.folder, 'CallManager-trust', 'operator.pem'), own.certificate);
  await bystander.stop();
  await manager.close();
  manager = await start();
  const leaf = await issueLeaf(own, { commonName: NAME, notBefore: new Date(Date.now() - DAY_MS) });
  const accepted = await phone(NAME, 'encrypted', { ...leaf, trust: [authority.certificate] });
  expect(manager.engine.state.phones.get(NAME)?.signalling).toBe('tls-encrypted');
  await accepted.stop();
  bystander = await phone(
    'SEP000000001002',
    'encrypted',
    keys.readDevice('phones', 'SEP000000001002'),
  );
});

async function start(): Promise<CallManager> {
  return await startCallManager({
    dataDirectory: data,
    host: '127.0.0.1',
    sccpPort: 0,
    sccpTlsPort: 0,
    logLevel: 'silent',
    news: () => {},
  });
}

async function phone(
  name: string,
  mode: SecurityMode,
  identity: (PemIdentity & { readonly trust: readonly string[] }) | undefined,
  port = mode === 'nonsecure' ? manager.sccpPort : manager.sccpTlsPort,
): Promise<Phone> {
  const started = await Phone.start({
    name,
    mode,
    host: '127.0.0.1',
    port,
    ...(identity && { tls: identity }),
  });
  // Registered for the rules too, once its capabilities are known.
  await started.waitFor(() => manager.engine.state.phones.has(name), 'the registration');
  return started;
}
