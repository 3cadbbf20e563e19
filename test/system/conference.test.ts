import type { Bridge, LegStatus } from '@conclave/bridge';
import { type KeyInfo, MediaChannel, type Phone } from '@conclave/phone';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  add,
  answer,
  type CdrRow,
  call,
  cdrRows,
  confer,
  consult,
  dial,
  House,
  hangUp,
  hearing,
  hears,
  icons,
  isIn,
  meetMe,
  until,
} from './house.ts';

/*
 * Goal: the promises of the ledger, as its users see and hear them: icons, texts, lists, audio, keys
 * and records. Method: a real call manager, bridges and phones on real sockets; each phone plays its
 * own tone, so that what is heard tells who is heard.
 */

const VERSIONS = [3, 8, 11, 15, 17, 20, 22] as const;
let house: House;

afterEach(() => {
  vi.restoreAllMocks();
});

describe('on a secure bridge', () => {
  let bridge: Bridge;

  beforeAll(async () => {
    house = await House.open();
  });
  beforeEach(async () => {
    bridge = await house.bridge();
  });
  afterEach(() => house.empty());
  afterAll(() => house.close());

  test('SEC-01, SEC-03, ICO-04, BRG-09: three encrypted phones: lock, audio, SRTP, six keys', async () => {
    const keys = watchKeys();
    const phones = await house.phones('1001', '1002', '1003');
    await confer(...phones);
    await icons(phones, 'lock');
    await hearing(phones);
    for (const phone of phones) {
      expect(phone.statistics()).toMatchObject({ sent: 'srtp', received: 'srtp' });
    }
    expect((await legsOf(bridge)).map((leg) => [leg.receives, leg.transmits])).toEqual(
      Array.from(phones, () => ['srtp', 'srtp']),
    );
    expect(keys()).toHaveLength(6);
    expect(new Set(keys()).size).toBe(6);
  });

  test('BRG-10: a fourth party comes and goes; no key of the others changes', async () => {
    const keys = watchKeys();
    const [host, ...others] = await house.phones('1001', '1002', '1003', '1006');
    const fourth = others.pop();
    if (!host || !fourth) throw new Error('the cast is complete');
    await confer(host, ...others);
    await hearing([host, ...others]);
    const before = keys();
    await add(host, fourth);
    await hearing([host, ...others, fourth]);
    const joined = keys();
    expect(new Set(joined).size).toBe(8);
    await hangUp(fourth);
    await hearing([host, ...others]);
    const after = keys();
    expect(after).toHaveLength(6);
    expect(after.every((key) => joined.includes(key))).toBe(true);
    // The host was held while it consulted: its streams began anew, with new keys.
    expect(after.filter((key) => before.includes(key))).toHaveLength(4);
  });

  test('STA-01 ... STA-04, ICO-09: joins lower the icon and leaves raise it, SRTP stays', async () => {
    const phones = await house.phones('1001', '1002', '1003', '1004', '1005');
    const [ada, alan, grace, claude, hedy] = phones;
    if (!ada || !alan || !grace || !claude || !hedy) throw new Error('the cast is complete');
    await confer(ada, alan, grace);
    await icons([ada, alan, grace], 'lock');
    await add(ada, claude);
    await icons([ada, alan, grace, claude], 'shield');
    await hearing([ada, alan, grace, claude]);
    await add(ada, hedy);
    await icons(phones, 'call');
    await hearing(phones);
    expect([alan, grace, claude, hedy].map((each) => each.statistics()?.sent)).toEqual([
      'srtp',
      'srtp',
      'rtp',
      'rtp',
    ]);
    await hangUp(hedy);
    await icons([ada, alan, grace, claude], 'shield');
    await hangUp(claude);
    await icons([ada, alan, grace], 'lock');
    await hearing([ada, alan, grace]);
    const rows = house.cdr();
    expect(rows.findLast((row) => row.origDeviceName === hedy.name)).toMatchObject({
      callSecuredStatus: '0',
      conferenceSecuredStatus: '0',
      conferenceLowestSecuredStatus: '0',
    });
    expect(rows.findLast((row) => row.origDeviceName === claude.name)).toMatchObject({
      callSecuredStatus: '1',
      conferenceSecuredStatus: '1',
      conferenceLowestSecuredStatus: '0',
    });
  });

  test('whoever leaves has a call management record of the bridge and one of its phone', async () => {
    const [ada, alan, grace] = await house.phones('1001', '1002', '1003');
    if (!ada || !alan || !grace) throw new Error('the cast is complete');
    await confer(ada, alan, grace);
    await hearing([ada, alan, grace]);
    await hangUp(grace);
    const of = (device: string): CdrRow | undefined => {
      const left = house.cdr().findLast((row) => row.origDeviceName === grace.name);
      return cdrRows(house.data, 'cmr').find(
        (row) =>
          row.callIdentifier === left?.origLegCallIdentifier &&
          row.globalCallID_callId === left?.globalCallID_callId &&
          row.deviceName === device,
      );
    };
    const bridge = house.cdr().findLast((row) => row.origDeviceName === grace.name)?.destDeviceName;
    await until(() => of(bridge ?? '') !== undefined && of(grace.name) !== undefined, 'figures');
    for (const device of [bridge ?? '', grace.name]) {
      const row = of(device);
      expect(Number(row?.numberPacketsReceived)).toBeGreaterThan(0);
      expect(Number(row?.numberOctetsSent)).toBe(160 * Number(row?.numberPacketsSent));
      expect(row?.varVQMetrics).toMatch(/^MLQK=[1-4]\.\d{4}$/);
    }
  });

  test('HLD-01, HLD-02: while the host adds a party nobody else shows a lock', async () => {
    const [ada, alan, grace, joan] = await house.phones('1001', '1002', '1003', '1006');
    if (!ada || !alan || !grace || !joan) throw new Error('the cast is complete');
    await confer(ada, alan, grace);
    await icons([alan, grace], 'lock');
    await ada.press('Confrn');
    await icons([alan, grace], 'call');
    await hearing([alan, grace]);
    ada.dial('1006');
    await answer(joan);
    await icons([alan, grace], 'lock');
    await ada.press('Confrn');
    await icons([ada, alan, grace, joan], 'lock');
    await hearing([ada, alan, grace, joan]);
  });

  test('LST-07: RmLstC drops the party that joined last, cause 458752', async () => {
    const phones = await house.phones('1001', '1002', '1003', '1005');
    const hedy = phones.pop();
    const [ada] = phones;
    if (!ada || !hedy) throw new Error('the cast is complete');
    await confer(...phones, hedy);
    await icons(phones, 'call');
    await ada.press('RmLstC');
    await hedy.waitFor(({ screen }) => screen.calls.size === 0, 'its end');
    await icons(phones, 'lock');
    await hearing(phones);
    await hears(hedy, []);
    expect(house.cdr().at(-1)).toMatchObject({
      origDeviceName: hedy.name,
      origCause_value: '458752',
    });
  });

  test('LST-01 ... LST-06: the list, its icons, held, and Remove by the controller only', async () => {
    const [ada, alan, claude, hedy] = await house.phones('1001', '1002', '1004', '1005');
    if (!ada || !alan || !claude || !hedy) throw new Error('the cast is complete');
    await confer(ada, alan, claude, hedy);
    await alan.press('Hold');
    await ada.press('ConfList');
    await ada.waitFor(({ screen }) => screen.list?.rows[2]?.icon === 'held', 'the list');
    expect(ada.screen.list?.rows.map((row) => [row.icon, row.controller])).toEqual([
      ['call', false],
      ['shield', false],
      ['held', false],
      ['lock', true],
    ]);
    await claude.press('ConfList');
    await claude.waitFor(({ screen }) => screen.list !== undefined, 'the list');
    expect(() => claude.removeFromList('Hedy')).toThrow(/no Remove key/);
    ada.removeFromList('Hedy');
    await hedy.waitFor(({ screen }) => screen.calls.size === 0, 'its end');
    await alan.press('Resume');
    await icons([ada, alan, claude], 'shield');
    await hearing([ada, alan, claude]);
    await claude.waitFor(({ screen }) => screen.list?.rows.length === 3, 'the list without Hedy');
    expect(house.cdr().at(-1)).toMatchObject({ origCause_value: '458752' });
  });

  test('INT-01: who holds neither hears nor is heard, and no icon changes', async () => {
    const phones = await house.phones('1001', '1002', '1003');
    const [ada, alan, grace] = phones;
    if (!ada || !alan || !grace) throw new Error('the cast is complete');
    await confer(ada, alan, grace);
    await hearing(phones);
    await alan.press('Hold');
    await hears(ada, [grace]);
    await hears(grace, [ada]);
    await hears(alan, []);
    expect([ada.icon, grace.icon]).toEqual(['lock', 'lock']);
    await alan.press('Resume');
    await hearing(phones);
    await icons(phones, 'lock');
  });

  test('domain 1.2: two that remain are a call of their own, and the bridge is free', async () => {
    const [ada, alan, hedy] = await house.phones('1001', '1002', '1005');
    if (!ada || !alan || !hedy) throw new Error('the cast is complete');
    await confer(ada, alan, hedy);
    await hangUp(hedy);
    await icons([ada, alan], 'lock');
    await hearing([ada, alan]);
    expect(ada.focus?.otherName).toBe('Alan Turing');
    await until(
      async () => (await bridge.status()).conferences.length === 0,
      'the end of the conference',
    );
    expect(ada.statistics()).toMatchObject({ sent: 'srtp', received: 'srtp' });
  });

  test.each([
    ['MTM-02, CDR-04', '5002', '1004', 'lock'],
    ['MTM-02, CDR-04', '5001', '1005', 'lock'],
  ])('%s: %s refuses %s: text, cause 58 on disk, nobody inside notices', async (...row) => {
    const [, number, refused, icon] = row;
    const [ada, alan] = await house.phones('1001', '1002');
    const weak = await house.phone(refused);
    if (!ada || !alan) throw new Error('the cast is complete');
    await meetMe(ada, number);
    await ada.waitFor((phone) => isIn(phone, 'Connected'), 'the conference');
    await dial(alan, number);
    await icons([ada, alan], icon);
    await hearing([ada, alan]);
    const seen = new Set<string>();
    for (const phone of [ada, alan]) phone.on('screen', () => seen.add(phone.icon));
    const opened = vi.spyOn(MediaChannel.prototype, 'openReceive');
    await dial(weak, number);
    await weak.waitFor(({ screen }) => screen.notices.length > 0, 'the refusal');
    await weak.waitFor(({ screen }) => screen.calls.size === 0, 'the end');
    expect(weak.screen.notices).toContain('Device Not Authorized');
    expect(opened).not.toHaveBeenCalled();
    await hearing([ada, alan]);
    expect([...seen].filter((each) => each !== icon)).toEqual([]);
    expect(await legsOf(bridge)).toHaveLength(2);
    expect(house.cdr().at(-1)).toMatchObject({
      origDeviceName: weak.name,
      callingPartyNumber: refused,
      finalCalledPartyNumber: number,
      origCause_value: '58',
      destCause_value: '0',
      origCallTerminationOnBehalfOf: '6',
      destCallTerminationOnBehalfOf: '6',
      lastRedirectDn: number,
      duration: '0',
    });
  });

  test('SEC-14: who is below the minimum cannot begin a meet-me conference', async () => {
    const claude = await house.phone('1004');
    await meetMe(claude, '5002');
    await claude.waitFor(({ screen }) => screen.notices.length > 0, 'the refusal');
    expect(claude.screen.notices).toContain('Device Not Authorized');
    expect((await bridge.status()).conferences).toEqual([]);
    expect(house.cdr().at(-1)).toMatchObject({ origCause_value: '58' });
  });

  test.each(VERSIONS)('SCCP version %i: a call and a conference', async (protocolVersion) => {
    const phones: Phone[] = [];
    for (const number of ['1001', '1002', '1003']) {
      phones.push(await house.phone(number, { protocolVersion }));
    }
    expect(phones.map((phone) => phone.version)).toEqual(phones.map(() => protocolVersion));
    const [ada, alan, grace] = phones;
    if (!ada || !alan || !grace) throw new Error('the cast is complete');
    await call(ada, alan);
    await icons([ada, alan], 'lock');
    await hearing([ada, alan]);
    expect(ada.focus).toMatchObject({ otherName: 'Alan Turing', otherNumber: '1002' });
    expect(alan.focus).toMatchObject({ otherName: 'Ada Lovelace', otherNumber: '1001' });
    await add(ada, grace);
    await icons(phones, 'lock');
    await hearing(phones);
    await ada.press('ConfList');
    await ada.waitFor(({ screen }) => screen.list?.rows.length === 3, 'the list');
    await hangUp(grace);
    await hearing([ada, alan]);
    await hangUp(ada);
    await alan.waitFor(({ screen }) => screen.calls.size === 0, 'the end');
  });

  test('phones of every version in one conference', async () => {
    const numbers = ['1001', '1002', '1003', '1004', '1005', '1006'];
    const phones: Phone[] = [];
    for (const [index, number] of numbers.entries()) {
      phones.push(await house.phone(number, { protocolVersion: VERSIONS[index] ?? 22 }));
    }
    await confer(...phones);
    await icons(phones, 'call');
    await hearing(phones);
  });

  test('a phone that prefers A-law and one that prefers µ-law, alone and on the bridge', async () => {
    const ada = await house.phone('1001', { codec: 'pcma' });
    const alan = await house.phone('1002', { codec: 'pcmu' });
    const grace = await house.phone('1003', { codec: 'pcma' });
    await call(ada, alan);
    await hearing([ada, alan]);
    await add(ada, grace);
    await hearing([ada, alan, grace]);
    await icons([ada, alan, grace], 'lock');
  });
});

describe('other houses', () => {
  afterEach(() => house.close());

  test.each([
    ['AES_CM_128_HMAC_SHA1_32', 1],
    ['AES_CM_128_HMAC_SHA1_80', 2],
  ])('domain 1.5: everybody is given the suite %s', async (suite, algorithm) => {
    const opened = vi.spyOn(MediaChannel.prototype, 'openReceive');
    house = await House.open({ parameters: { 'SRTP crypto suite': suite } });
    const bridge = await house.bridge();
    const phones = await house.phones('1001', '1002', '1003');
    await confer(...phones);
    await icons(phones, 'lock');
    await hearing(phones);
    const algorithms = new Set(opened.mock.calls.map(([, info]) => info.algorithmID));
    expect([...algorithms]).toEqual([algorithm]);
    expect((await legsOf(bridge)).map((leg) => leg.receives)).toEqual(['srtp', 'srtp', 'srtp']);
  });

  test('SEC-13: no bridge at all: the text, and both calls stay and still talk', async () => {
    house = await House.open();
    const [ada, alan, grace] = await house.phones('1001', '1002', '1003');
    if (!ada || !alan || !grace) throw new Error('the cast is complete');
    await call(ada, alan);
    await consult(ada, grace);
    await ada.press('Confrn');
    await ada.waitFor(
      ({ screen }) =>
        [...screen.calls.values()].some((each) => /No Conference Bridge/.test(each.prompt)),
      'the text',
    );
    await hearing([ada, grace]);
    await ada.press('EndCall');
    await ada.press('Resume');
    await hearing([ada, alan]);
    await icons([ada, alan], 'lock');
    expect(house.manager.engine.state.counters.failedAllocations).toBe(1);
    expect(house.manager.alarms.list().map((each) => each.name)).toContain(
      'ConferenceBridgeUnavailable',
    );
  });

  test('SEC-09, SEC-11, MTM-05: only a plain bridge: RTP and no lock; 5001 ends with 47', async () => {
    house = await House.open();
    await house.bridge('CFB-PLAIN');
    const phones = await house.phones('1001', '1002', '1003');
    const [ada, alan] = phones;
    if (!ada || !alan) throw new Error('the cast is complete');
    await confer(...phones);
    await icons(phones, 'call');
    await hearing(phones);
    expect(phones.map((each) => each.statistics()?.sent)).toEqual(['rtp', 'rtp', 'rtp']);
    for (const phone of phones) if (phone.focus) await phone.press('EndCall').catch(() => {});
    for (const phone of phones) {
      await phone.waitFor(({ screen }) => screen.calls.size === 0, 'the end');
    }
    await meetMe(alan, '5001');
    await until(() => house.cdr().at(-1)?.origCause_value === '47', 'the record');
    await alan.waitFor(
      ({ screen }) =>
        [...screen.calls.values()].some((each) => /No Conference Bridge/.test(each.prompt)) ||
        screen.notices.some((each) => /No Conference Bridge/.test(each)),
      'the text',
    );
  });
});

/** The keys of streams that are open at phones now; each stream has one. */
function watchKeys(): () => readonly string[] {
  const streams = new Map<MediaChannel, { in?: string; out?: string }>();
  const note = (channel: MediaChannel, way: 'in' | 'out', info: KeyInfo): void => {
    const text = Buffer.concat([info.key, info.salt]).toString('hex');
    streams.set(channel, { ...streams.get(channel), [way]: text });
  };
  const { openReceive, startTransmit } = MediaChannel.prototype;
  vi.spyOn(MediaChannel.prototype, 'openReceive').mockImplementation(function (
    this: MediaChannel,
    ...words
  ) {
    note(this, 'in', words[1]);
    return openReceive.apply(this, words);
  });
  vi.spyOn(MediaChannel.prototype, 'startTransmit').mockImplementation(function (
    this: MediaChannel,
    ...words
  ) {
    note(this, 'out', words[1]);
    startTransmit.apply(this, words);
  });
  return () =>
    [...streams]
      .filter(([channel]) => channel.open)
      .flatMap(([, keys]) => [keys.in ?? '', keys.out ?? '']);
}

async function legsOf(bridge: Bridge): Promise<readonly LegStatus[]> {
  return (await bridge.status()).conferences.flatMap(({ legs }) => legs);
}
