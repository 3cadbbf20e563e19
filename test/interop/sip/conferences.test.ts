import { ANNOUNCEMENT_SIGNATURES } from '@conclave/audio';
import type { Phone } from '@conclave/phone';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { add, answer, meetMe } from '../../system/house.ts';
import type { Baresip } from './baresip.ts';
import { CANDIDATES_HZ, ClientHouse, FACTORY, toneOf } from './client-house.ts';
import { until } from './client-process.ts';
import type { Linphone } from './linphone.ts';
import { bodyOf, outlineOf, requestsOf } from './sip-trace.ts';

/*
 * Goal: unmodified SIP clients hold secure conferences with SCCP phones; everybody's icon, list and ears
 * follow who is in it. Method: real clients, a real bridge, tones.
 */

let house: ClientHouse;

beforeAll(async () => {
  house = await ClientHouse.open({
    parameters: { 'Compute status for non-secure meet-me': 'True' },
  });
  await house.house.bridge('CFB-SECURE');
});

afterEach(() => house.rest());

afterAll(() => house.close());

const DESK_TONES: Readonly<Record<string, number>> = { '1001': 400, '1002': 600 };

describe('a meet-me conference of a baresip, a linphone and two SCCP phones', () => {
  test('is encrypted until a clear client joins, and again when it has left (MTM-01, RES-01)', async () => {
    const [ada, alan] = [await house.desk('1001'), await house.desk('1002')];
    const bare = await house.baresip('2001');
    const lin = await house.linphone('2002');
    await meetMe(ada, '5000');
    await bare.dial('sip:5000@127.0.0.1');
    await lin.dial('sip:5000@localhost');
    await meetMe(alan, '5000');
    const all = ['1001', '1002', '2001', '2002'];
    await Promise.all([
      clientHears(bare, except(all, '2001')),
      clientHears(lin, except(all, '2002')),
      deskHears(ada, except(all, '1001')),
      deskHears(alan, except(all, '1002')),
    ]);
    for (const desk of [ada, alan]) await desk.waitFor(({ icon }) => icon === 'lock', 'the lock');

    const clear = await house.baresip('2101');
    await clear.dial('sip:5000@127.0.0.1');
    for (const desk of [ada, alan]) await desk.waitFor(({ icon }) => icon === 'call', 'no lock');
    const more = [...all, '2101'];
    await Promise.all([
      clientHears(clear, all),
      clientHears(bare, except(more, '2001')),
      clientHears(lin, except(more, '2002')),
      deskHears(ada, except(more, '1001')),
    ]);
    expect(await listOf(ada)).toEqual([
      'Client 2101 call',
      'Alan Turing lock',
      'Client 2002 lock',
      'Client 2001 lock',
      'Ada Lovelace lock',
    ]);

    await clear.hangUp();
    for (const desk of [ada, alan]) await desk.waitFor(({ icon }) => icon === 'lock', 'the lock');
    await Promise.all([
      clientHears(bare, except(all, '2001')),
      clientHears(lin, except(all, '2002')),
      deskHears(alan, except(all, '1002')),
    ]);
  });
});

describe('linphone', () => {
  test('is told who is in the conference, and how secure each of them is (RFC 4575)', async () => {
    const lin = await house.linphone('2002');
    await lin.dial('sip:5000@localhost');
    const roster = (): string => bodyOf(requestsOf(lin.trace, 'NOTIFY', 'received').at(-1));
    const members = (): readonly string[] =>
      [...roster().matchAll(/<display-text>(.*?)</g)].map(([, name = '']) => name);
    await until(() => members().join() === 'Client 2002 (encrypted)', 'itself', roster);
    await meetMe(await house.desk('1001'), '5000');
    const clear = await house.baresip('2101');
    await clear.dial('sip:5000@127.0.0.1');
    const all = ['Client 2002 (encrypted)', 'Ada Lovelace (encrypted)', 'Client 2101 (nonsecure)'];
    await until(() => members().join() === all.join(), 'everybody', roster);
    expect(roster()).toContain('<sec:level>nonsecure</sec:level></conference-state>');
    const taken = /Addition of participant with address .*(1001|2101)@.* has been successful/g;
    await until(() => lin.log.match(taken)?.length === 2, 'linphone to have taken them in');
    await clear.hangUp();
    await until(() => members().join() === all.slice(0, 2).join(), 'two', roster);
    await lin.hangUp();
  });
});

describe('an ad hoc conference', () => {
  test('an SCCP phone adds baresip, linphone and a clear client by Confrn, and removes the last', async () => {
    const ada = await house.desk('1001');
    const [bare, lin] = [await house.baresip('2001'), await house.linphone('2002')];
    const clear = await house.baresip('2101');
    await ada.call('2001');
    await ada.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
    await clientHears(bare, ['1001']);
    await greetAndAdd(ada, lin, '2002');
    await Promise.all([clientHears(bare, ['1001', '2002']), clientHears(lin, ['1001', '2001'])]);
    await ada.waitFor(({ icon }) => icon === 'lock', 'the lock');
    await greetAndAdd(ada, clear, '2101');
    await ada.waitFor(({ icon }) => icon === 'call', 'no lock');
    await Promise.all([
      clientHears(clear, ['1001', '2001', '2002']),
      clientHears(bare, ['1001', '2002', '2101']),
      clientHears(lin, ['1001', '2001', '2101']),
    ]);
    await ada.press('RmLstC');
    await clear.event('CALL_CLOSED');
    await ada.waitFor(({ icon }) => icon === 'lock', 'the lock again');
    await clientHears(bare, ['1001', '2002']);
    await ada.press('EndCall');
  });
});

describe('a call that becomes a conference', () => {
  test('baresip goes on with the key that it has; its former party gone, no lock (BRG-09)', async () => {
    const [ada, alan] = [await house.desk('1001'), await house.desk('1002')];
    const bare = await house.baresip('2001');
    await bare.dial('sip:1001@127.0.0.1');
    await answer(ada);
    await clientHears(bare, ['1001']);
    await add(ada, alan);
    await clientHears(bare, ['1001', '1002']);
    await deskHears(alan, ['1001', '2001']);
    for (const desk of [ada, alan]) await desk.waitFor(({ icon }) => icon === 'lock', 'the lock');
    await bare.hold();
    await deskHears(alan, ['1001']);
    await bare.resume();
    await deskHears(alan, ['1001', '2001']);
    await clientHears(bare, ['1001', '1002']);
    await ada.press('EndCall');
    await clientHears(bare, ['1002']);
    await deskHears(alan, ['2001']);
    await alan.waitFor(({ icon }) => icon === 'shield', 'the shield');
    await bare.hangUp();
  });
});

describe('who is in a conference', () => {
  test('linphone holds, is not heard, and comes back', async () => {
    const [ada, alan] = [await house.desk('1001'), await house.desk('1002')];
    const lin = await house.linphone('2002');
    await ada.call('2002');
    await clientHears(lin, ['1001']);
    await add(ada, alan);
    await deskHears(alan, ['1001', '2002']);
    await lin.hold(1);
    await Promise.all([deskHears(alan, ['1001']), deskHears(ada, ['1002'])]);
    await lin.resume(1);
    await Promise.all([deskHears(alan, ['1001', '2002']), clientHears(lin, ['1001', '1002'])]);
    await alan.waitFor(({ icon }) => icon === 'lock', 'the lock');
    await lin.hangUp();
  });

  test('baresip that ends without a word is gone from it with its connection', async () => {
    const [ada, alan] = [await house.desk('1001'), await house.desk('1002')];
    const bare = await house.baresip('2001');
    for (const desk of [ada, alan]) await meetMe(desk, '5000');
    await bare.dial('sip:5000@127.0.0.1');
    await deskHears(alan, ['1001', '2001']);
    await bare.die();
    await deskHears(alan, ['1001']);
    const [conference] = house.house.manager.engine.state.conferences.values();
    expect(conference?.participants.map(({ number }) => number)).toEqual(['1001', '1002']);
  });
});

describe('a client without a screen of ours', () => {
  test('hears the level on joining and on every change (PHN-08)', async () => {
    const [bare, ada] = [await house.baresip('2001'), await house.desk('1001')];
    await bare.dial('sip:5000@127.0.0.1');
    await tells(bare, 'level-encrypted', 1);
    await meetMe(ada, '5000');
    await clientHears(bare, ['1001']);
    const clear = await house.baresip('2101');
    await clear.dial('sip:5000@127.0.0.1');
    await tells(bare, 'level-nonsecure', 1);
    await tells(clear, 'level-nonsecure', 1);
    await clear.hangUp();
    await tells(bare, 'level-encrypted', 2);
    await clientHears(bare, ['1001']);
  });

  test('asks for the level with *1, and mutes itself with *6', async () => {
    const [bare, ada] = [await house.baresip('2001'), await house.desk('1001')];
    await meetMe(ada, '5000');
    await bare.dial('sip:5000@127.0.0.1');
    await tells(bare, 'level-encrypted', 1);
    await deskHears(ada, ['2001']);
    await bare.sendDigits('*1');
    await tells(bare, 'level-encrypted', 2);
    await bare.sendDigits('*6');
    await tells(bare, 'muted', 1);
    await deskHears(ada, []);
    await clientHears(bare, ['1001']);
    await bare.sendDigits('*6');
    await tells(bare, 'unmuted', 1);
    await deskHears(ada, ['2001']);
    await clientHears(bare, ['1001']);
  });

  test('hears why it is refused before it is (MTM-02)', async () => {
    const clear = await house.baresip('2101');
    await clear.dial('sip:5002@127.0.0.1');
    await tells(clear, 'refused-encrypted', 1);
    expect((await clear.event('CALL_CLOSED')).param).toMatch(/488/);
  });
});

describe('sipp', () => {
  const CLEAR = { profile: 'RTP/AVP', crypto: 'a=sendrecv' };
  const KEYS = {
    profile: 'RTP/SAVP',
    crypto: `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${'A'.repeat(40)}`,
  };

  test('makes a conference by the factory, calls a party in and puts it out (RFC 4579)', async () => {
    const guest = await house.baresip('2001');
    const focus = await house.sipp('2003', {
      scenario: 'factory',
      values: { ...KEYS, to: FACTORY, guest: '2001', talk_ms: '1000' },
    });
    await guest.event('CALL_ESTABLISHED');
    const [conference] = house.house.manager.engine.state.conferences.values();
    expect(conference?.level).toBe('encrypted');
    await guest.event('CALL_CLOSED');
    await focus.succeeds();
  });

  test('a clear client is refused below the minimum: 488, Warning, cause 58 (MTM-02, CDR-04)', async () => {
    const client = await house.sipp('2103', {
      scenario: 'refused',
      values: { ...CLEAR, to: '5002' },
    });
    await client.succeeds();
  });
});

async function tells(client: Baresip, announcement: string, times: number): Promise<void> {
  const tones = ANNOUNCEMENT_SIGNATURES[announcement] ?? [];
  await until(
    () => client.timesHeard(tones) === times,
    `${announcement}, ${times}`,
    () => `${client.timesHeard(tones)} times\n${outlineOf(client.trace)}`,
  );
}

function except(numbers: readonly string[], number: string): readonly string[] {
  return numbers.filter((each) => each !== number);
}

function tonesOf(numbers: readonly string[]): string {
  return numbers
    .map((number) => toneOf(number) || (DESK_TONES[number] ?? 0))
    .toSorted((a, b) => a - b)
    .join();
}

/**
 * As a person does it, who says hello to the newcomer first. A baresip whose call moves to the bridge with its first
 * packets, now and then records nothing of what it is sent from then on.
 */
async function greetAndAdd(host: Phone, client: Baresip | Linphone, number: string): Promise<void> {
  await host.press('Confrn');
  await host.waitFor(({ focus }) => focus?.state === 'OffHook', 'dial tone');
  host.dial(number);
  await host.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
  await clientHears(client, ['1001']);
  await host.press('Confrn');
  await host.waitFor(({ focus }) => focus?.otherName === 'Conference', 'the conference');
}

async function clientHears(client: Baresip | Linphone, numbers: readonly string[]): Promise<void> {
  const wanted = tonesOf(numbers);
  await until(
    () => client.heard(CANDIDATES_HZ).join() === wanted,
    `${wanted} at ${client.address}`,
    () => `${outlineOf(client.trace)}\nhears ${client.heard(CANDIDATES_HZ).join()}`,
  );
}

async function deskHears(desk: Phone, numbers: readonly string[]): Promise<void> {
  const wanted = tonesOf(numbers);
  const heard = (): string =>
    desk.audio
      .hears(CANDIDATES_HZ)
      .toSorted((a, b) => a - b)
      .join();
  await desk.waitFor(() => heard() === wanted, `${wanted} at ${desk.name}`);
}

async function listOf(desk: Phone): Promise<readonly string[]> {
  await desk.confList();
  return (desk.screen.list?.rows ?? []).map(({ name, icon }) => `${name} ${icon}`);
}
