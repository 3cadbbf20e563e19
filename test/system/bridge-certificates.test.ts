import { X509Certificate } from 'node:crypto';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Bridge, type BridgeEvent } from '@conclave/bridge';
import type { Phone } from '@conclave/phone';
import {
  createAuthority,
  createSelfSigned,
  issueLeaf,
  type PemIdentity,
  readIdentity,
} from '@conclave/pki';
import { encodeMessage } from '@conclave/sccp';
import type { Alarm } from '@conclave/telemetry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { confer, House, hangUp, hearing, icons, until } from './house.ts';

/*
 * Goal: a bridge that cannot prove who it is never becomes a secure one; the alarm names it and says
 * why, and a conference that runs notices nothing (BRG-04 ... BRG-06, TIP-07 ... TIP-22). Method: a real
 * call manager with a conference on the true bridge, and false bridges with certificates made for it.
 */

const DAY_MS = 86_400_000;
const TRUE_BRIDGE = 'CFB-SECURE';
const now = Date.now();
const valid = { notBefore: new Date(now - DAY_MS) };
let house: House;
let authority: PemIdentity;
let phones: Phone[];
/** Icons other than the lock that any phone of the conference has shown since it began. */
const otherIcons: string[] = [];

beforeAll(async () => {
  house = await House.open();
  authority = trustedAuthority();
  await house.bridge();
  phones = await house.phones('1001', '1002', '1003');
  await confer(...phones);
  await icons(phones, 'lock');
  for (const phone of phones) {
    phone.on('screen', () => {
      if (phone.icon !== 'lock') otherIcons.push(phone.icon);
    });
  }
});

afterAll(() => house.close());

describe('refused, while a conference goes on', () => {
  test.each<[string, () => Promise<PemIdentity>, string, RegExp]>([
    [
      'TIP-19: expired',
      () =>
        issueLeaf(authority, {
          commonName: TRUE_BRIDGE,
          notBefore: new Date(now - 20 * DAY_MS),
          notAfter: new Date(now - DAY_MS),
        }),
      'expired',
      /expired on/,
    ],
    [
      'not yet valid',
      () =>
        issueLeaf(authority, { commonName: TRUE_BRIDGE, notBefore: new Date(now + 2 * DAY_MS) }),
      'not-yet-valid',
      /not valid before/,
    ],
    [
      'BRG-04, TIP-14: of an authority that is not in CallManager-trust',
      async () =>
        issueLeaf(await createAuthority('Other CA', new Date(now)), {
          commonName: TRUE_BRIDGE,
          ...valid,
        }),
      'unknown-issuer',
      /"Other CA".*not in the trust store/,
    ],
    [
      'of an authority that has only the name of the trusted one',
      async () =>
        issueLeaf(await createAuthority(authorityName(), new Date(now)), {
          commonName: TRUE_BRIDGE,
          ...valid,
        }),
      'unknown-issuer|bad-signature',
      /CFB-SECURE/,
    ],
    [
      'signed by itself',
      () => createSelfSigned({ commonName: TRUE_BRIDGE, ...valid }),
      'unknown-issuer',
      /self-signed/,
    ],
    [
      'signed by a device of the house',
      async () => {
        const device = house.keys.readDevice('phones', 'SEP000000001001');
        const leaf = await issueLeaf(device, { commonName: TRUE_BRIDGE, ...valid });
        return { ...leaf, certificate: leaf.certificate + device.certificate };
      },
      'invalid-authority|unknown-issuer|bad-signature|not-trusted|wrong-purpose',
      /CFB-SECURE/,
    ],
    [
      'made for servers only',
      () => issueLeaf(authority, { commonName: TRUE_BRIDGE, purposes: ['server'], ...valid }),
      'wrong-purpose',
      /extended key usage/,
    ],
  ])('TIP-12, TIP-20: %s', async (_what, identityOf, reason, text) => {
    const alarms = await refusedBy(attempt(TRUE_BRIDGE, await identityOf()));
    const alarm = alarms.find((each) => each.name === 'TlsPeerRejected');
    expect(alarm).toMatchObject({ device: TRUE_BRIDGE, severity: 'error' });
    expect(alarm?.reason).toMatch(new RegExp(`^(?:${reason})$`));
    expect(alarm?.text).toMatch(text);
    await undisturbed();
  });

  test.each([
    ['TIP-15: of another name', { commonName: 'CFB-OTHER' }],
    ['TIP-15, D-24: that only begins with the name', { commonName: 'CFB-SECURE2' }],
    ['D-24: that the name only begins with', { commonName: 'CFB-SEC' }],
    [
      'TIP-16: with the name in the alternative names only',
      { commonName: 'elsewhere', alternativeNames: [TRUE_BRIDGE] },
    ],
  ])('a certificate %s', async (_what, wish) => {
    const leaf = await issueLeaf(authority, { ...wish, ...valid });
    const alarms = await refusedBy(attempt(TRUE_BRIDGE, leaf));
    expect(alarms).toMatchObject([
      {
        name: 'DeviceRegistrationRejected',
        device: TRUE_BRIDGE,
        reason: 'certificate-name-mismatch',
      },
    ]);
    expect(alarms[0]?.text).toContain(wish.commonName);
    await undisturbed();
  });

  test('TIP-17: the true certificate of another device of the house', async () => {
    const other = house.keys.readDevice('phones', 'SEP000000001001');
    const alarms = await refusedBy(attempt(TRUE_BRIDGE, other));
    expect(alarms).toMatchObject([{ reason: 'certificate-name-mismatch', device: TRUE_BRIDGE }]);
    await undisturbed();
  });

  test('TIP-07, TIP-10: an encrypted bridge in clear text; it cannot push out the true one', async () => {
    const alarms = await refusedBy(attempt(TRUE_BRIDGE, undefined));
    expect(alarms).toMatchObject([
      { name: 'DeviceRegistrationRejected', reason: 'security-mode-mismatch', device: TRUE_BRIDGE },
    ]);
    await undisturbed();
  });

  test('TIP-07: a nonsecure bridge over TLS with a good certificate', async () => {
    const leaf = await issueLeaf(authority, { commonName: 'CFB-PLAIN', ...valid });
    const alarms = await refusedBy(attempt('CFB-PLAIN', leaf));
    expect(alarms).toMatchObject([{ reason: 'security-mode-mismatch', device: 'CFB-PLAIN' }]);
    expect(house.manager.engine.state.bridges.has('CFB-PLAIN')).toBe(false);
    await undisturbed();
  });

  test('a bridge that nobody has configured', async () => {
    const leaf = await issueLeaf(authority, { commonName: 'CFB-GHOST', ...valid });
    const alarms = await refusedBy(attempt('CFB-GHOST', leaf));
    expect(alarms).toMatchObject([{ reason: 'unknown-device', device: 'CFB-GHOST' }]);
    await undisturbed();
  });

  test('a phone with its own certificate that calls itself a bridge, and a bridge that calls itself a phone', async () => {
    const phone = house.keys.readDevice('phones', 'SEP000000001006');
    const alarms = await refusedBy(attempt('SEP000000001006', phone));
    expect(alarms).toMatchObject([{ reason: 'device-type-mismatch', device: 'SEP000000001006' }]);
    const tls = house.keys.readDevice('bridges', TRUE_BRIDGE);
    await expect(house.phone('1006', { name: TRUE_BRIDGE, tls })).rejects.toThrow(/type mismatch/);
    await undisturbed();
  });

  test('TIP-12: TLS without a certificate is cut off before it can say anything', async () => {
    const before = house.manager.alarms.list().length;
    const socket = connectTls({
      host: '127.0.0.1',
      port: house.manager.sccpTlsPort,
      rejectUnauthorized: false,
    });
    socket.on('error', () => {});
    let heard = 0;
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.length;
    });
    socket.write(encodeMessage('RegisterReq', { sid: { DeviceName: TRUE_BRIDGE } }, 20));
    await closed(socket);
    expect(heard).toBe(0);
    expect(since(before)).toMatchObject([{ name: 'TlsPeerRejected', reason: 'no-certificate' }]);
    await undisturbed();
  });

  test('TLS 1.1 and clear text on the TLS port: an alarm that says what came', async () => {
    const before = house.manager.alarms.list().length;
    const clear = connectTcp(house.manager.sccpTlsPort, '127.0.0.1');
    clear.on('error', () => {});
    clear.write(encodeMessage('RegisterReq', { sid: { DeviceName: TRUE_BRIDGE } }, 20));
    clear.resume();
    await closed(clear);
    const old = connectTls({
      host: '127.0.0.1',
      port: house.manager.sccpTlsPort,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    old.on('error', () => {});
    await closed(old);
    await until(() => since(before).length >= 2, 'both alarms');
    expect(since(before).map((alarm) => alarm.name)).toEqual([
      'TlsHandshakeFailed',
      'TlsHandshakeFailed',
    ]);
    expect(since(before)[0]?.text).toMatch(/TIP-22/);
    await undisturbed();
  });
});

describe('accepted', () => {
  test('D-24: a certificate with a host part, in small letters', async () => {
    for (const phone of phones) {
      if (phone.focus) await hangUp(phone).catch(() => {});
    }
    await house.empty();
    const leaf = await issueLeaf(authority, { commonName: 'cfb-secure.example.com', ...valid });
    const { bridge, events } = attempt(TRUE_BRIDGE, leaf);
    await bridge.registered;
    await until(() => house.manager.engine.state.bridges.has(TRUE_BRIDGE), 'the bridge');
    expect(house.manager.engine.state.bridges.get(TRUE_BRIDGE)?.secure).toBe(true);
    const parties = await house.phones('1001', '1002', '1003');
    await confer(...parties);
    await icons(parties, 'lock');
    await hearing(parties);
    expect(events.map((event) => event.type)).toEqual(['registered']);
    bridge.close();
  });
});

interface Attempt {
  readonly bridge: Bridge;
  readonly events: BridgeEvent[];
  readonly alarmsBefore: number;
}

function attempt(name: string, identity: PemIdentity | undefined): Attempt {
  const events: BridgeEvent[] = [];
  const alarmsBefore = house.manager.alarms.list().length;
  const trust = [authority.certificate];
  const bridge = new Bridge({
    name,
    host: '127.0.0.1',
    port: identity ? house.manager.sccpTlsPort : house.manager.sccpPort,
    ...(identity && { tls: { ...identity, trust } }),
    sessions: 4,
    parties: 8,
    protocolVersion: 20,
    onEvent: (event) => events.push(event),
  });
  bridge.start();
  return { bridge, events, alarmsBefore };
}

/** The alarms of one refused attempt. */
async function refusedBy({ bridge, events, alarmsBefore }: Attempt): Promise<readonly Alarm[]> {
  await until(() => events.length > 0, 'the refusal');
  bridge.close();
  expect(events[0]).toMatchObject({ type: 'failed' });
  expect((await bridge.status()).registered).toBe(false);
  await until(() => since(alarmsBefore).length > 0, 'the alarm');
  return since(alarmsBefore);
}

function since(count: number): readonly Alarm[] {
  return house.manager.alarms.list().slice(count);
}

async function undisturbed(): Promise<void> {
  await icons(phones, 'lock');
  await hearing(phones);
  expect(otherIcons).toEqual([]);
  expect(house.manager.engine.state.bridges.get(TRUE_BRIDGE)?.secure).toBe(true);
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise<void>((resolve) => socket.once('close', () => resolve()));
}

function trustedAuthority(): PemIdentity {
  const folder = `${house.keys.folder}/ca`;
  return readIdentity({ certificate: `${folder}/ca.pem`, key: `${folder}/ca.key` });
}

function authorityName(): string {
  return /CN=(.+)/.exec(new X509Certificate(authority.certificate).subject)?.[1] ?? '';
}
