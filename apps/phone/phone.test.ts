import { randomBytes } from 'node:crypto';
import {
  CallState,
  MediaEncryptionAlgorithm,
  MediaStatus,
  SoftKeyEvent,
  SoftKeySet,
} from '@conclave/sccp';
import { afterEach, describe, expect, test } from 'vitest';
import { FakeCallManager, type FakeKey, type FakeStation } from './fake-call-manager.ts';
import { Phone, PhoneError, type PhoneOptions } from './index.ts';

/*
 * Goal: a phone on real sockets does what it is told and what its user wants: it registers in every
 * version, hears who sends with the right key and nobody else, and says why when it cannot do a thing.
 * Method: a fake call manager that speaks through the codec; no rule of calls is involved.
 */

const ENCRYPTED = 3;
const NOT_AUTHENTICATED = 1;
const PAYLOAD_PCMA = 2;

const opened: { stop?: () => Promise<void>; close?: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).toReversed()) await (each.stop?.() ?? each.close?.());
});

describe('registration', () => {
  test.each([3, 8, 11, 15, 17, 20, 22])(
    'in version %i the phone is registered',
    async (version) => {
      const manager = await listen();
      const phone = await start(manager, '1001', { protocolVersion: version });
      expect(phone.version).toBe(version);
      expect(phone.registration).toBe('registered');
      expect(phone.screen.lines.get(1)).toEqual({ number: '1001', name: 'Zoë' });
      expect(phone.screenText()).toContain('keys: NewCall  MeetMe');
    },
  );

  test('it asks what phones ask, one thing after the other', async () => {
    const manager = await listen();
    await start(manager, '1001');
    const station = manager.station('SEP000000001001');
    await station.until(() => station.names.includes('RegisterAvailableLines'), 'all questions');
    expect(station.names).toEqual([
      'Alarm',
      'RegisterReq',
      'CapabilitiesRes',
      'ButtonTemplateReq',
      'SoftKeyTemplateReq',
      'SoftKeySetReq',
      'ConfigStatReq',
      'LineStatReq',
      'ForwardStatReq',
      'TimeDateReq',
      'RegisterAvailableLines',
    ]);
    expect(station.request).toMatchObject({ deviceType: 30018, firmware: '9.4(2)' });
  });

  test('a refusal is told with the text of the call manager, and the phone may try again', async () => {
    const manager = await listen({ rejection: 'Security mode mismatch' });
    const phone = keep(new Phone(optionsFor(manager, '1001')));
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(phone.connect()).rejects.toMatchObject({
        code: 'PHONE_REJECTED',
        message: expect.stringContaining('Security mode mismatch'),
      });
    }
    expect(phone.closedBecause).toBe('Security mode mismatch');
  });

  test('nobody to reach is told at once', async () => {
    const manager = await FakeCallManager.listen();
    await manager.close();
    await expect(start(manager, '1001')).rejects.toMatchObject({ code: 'PHONE_UNREACHABLE' });
  });

  test('a connection that is lost leaves an empty screen and a reason; the phone comes back', async () => {
    const manager = await listen();
    const phone = await start(manager, '1001');
    const station = manager.station(phone.name);
    station.connect(7, ENCRYPTED);
    await phone.waitFor(({ icon }) => icon === 'lock', 'the lock');
    station.close();
    await phone.waitFor(({ registration }) => registration === 'lost', 'the loss');
    expect(phone.icon).toBe('none');
    expect(phone.screen.calls.size).toBe(0);
    await expect(phone.press('Hold')).rejects.toMatchObject({ code: 'PHONE_CLOSED' });
    await phone.connect();
    expect(phone.registration).toBe('registered');
  });

  test('to drop is to say nothing; to stop is to unregister', async () => {
    const manager = await listen();
    const dropped = await start(manager, '1001');
    const stopped = await start(manager, '1002');
    const [one, other] = [manager.station(dropped.name), manager.station(stopped.name)];
    dropped.drop();
    await one.until(() => one.ended, 'end');
    expect(one.names).not.toContain('UnregisterReq');
    await stopped.stop();
    await other.until(() => other.ended, 'end');
    expect(other.names).toContain('UnregisterReq');
  });

  test('a reset ends the connection and is the reason', async () => {
    const manager = await listen();
    const phone = await start(manager, '1001');
    manager.station(phone.name).send('Reset', { resetType: 2 });
    await phone.waitFor(({ closedBecause }) => closedBecause !== undefined, 'the reset');
    expect(phone.closedBecause).toContain('reset');
  });

  test.each([
    [{ protocolVersion: 2 }, 'protocolVersion'],
    [{ name: 'A name with blanks' }, 'name'],
    [{ port: 70_000 }, 'port'],
    [{ toneHz: 5_000 }, '5000 Hz'],
    [{ mode: 'encrypted' as const }, 'certificate'],
  ])('options that make no sense are named: %o', (options, word) => {
    expect(() => new Phone({ name: 'SEP000000001001', ...options })).toThrow(word);
  });
});

describe('media', () => {
  test('two phones with keys for each direction hear each other, under a lock', async () => {
    const { manager, one, other } = await pair();
    const keys = await connect(manager, one, other, { secure: true });
    await hears(one, 600);
    await hears(other, 400);
    for (const phone of [one, other]) {
      expect(phone.icon).toBe('lock');
      expect(phone.statistics()).toMatchObject({ sent: 'srtp', received: 'srtp' });
      expect(phone.counters()).toMatchObject({ unauthenticated: 0, replayed: 0, malformed: 0 });
      // Nobody hears himself.
      expect(phone.audio.hears([phone === one ? 400 : 600])).toEqual([]);
    }
    expect(keys).toHaveLength(2);
    // As loud as it was sent, once it fills the half second.
    await one.waitFor(
      (phone) => Math.abs((phone.heard([600])[0]?.levelDbov ?? 0) + 20) < 0.5,
      'the level of the tone',
    );
  });

  test.each([3, 11, 17, 22])('in version %i addresses and keys arrive too', async (version) => {
    const { manager, one, other } = await pair({ protocolVersion: version });
    await connect(manager, one, other, { secure: true });
    await hears(one, 600);
    await hears(other, 400);
  });

  test('without keys it is RTP, and no lock', async () => {
    const { manager, one, other } = await pair();
    await connect(manager, one, other, { secure: false });
    await hears(one, 600);
    await hears(other, 400);
    expect(one.icon).toBe('call');
    expect(one.statistics()).toMatchObject({ sent: 'rtp', received: 'rtp' });
  });

  test('A-law is heard as well', async () => {
    const { manager, one, other } = await pair();
    await connect(manager, one, other, { secure: true, compression: PAYLOAD_PCMA });
    await hears(one, 600);
  });

  test('what comes with another key is counted and never heard', async () => {
    const { manager, one, other } = await pair();
    await connect(manager, one, other, { secure: true, wrongKey: true });
    await one.waitFor((phone) => phone.counters().unauthenticated >= 25, 'forged packets');
    expect(one.audio.hears([600])).toEqual([]);
    expect(one.audio.loudness()).toBeLessThan(-60);
    // The other direction has its right key.
    await hears(other, 400);
  });

  test('ports are even, and each opening has its own', async () => {
    const manager = await listen();
    const phone = await start(manager, '1001');
    const station = manager.station(phone.name);
    const ports: number[] = [];
    for (let count = 0; count < 8; count += 1) {
      ports.push((await station.openReceive(7)).portNumber);
      station.stopMedia(7);
    }
    expect(ports.filter((port) => port % 2 === 1)).toEqual([]);
  });

  test.each([
    ['an unknown algorithm', { ...newKey(), algorithmID: 5 }, MediaStatus.EncoderOrDecoderFailed],
    ['a short key', { ...newKey(), key: new Uint8Array(8) }, MediaStatus.EncoderOrDecoderFailed],
  ])('a stream with %s is refused, never opened in the clear', async (_, key, status) => {
    const manager = await listen();
    const phone = await start(manager, '1001');
    const station = manager.station(phone.name);
    const failures: string[] = [];
    phone.on('media', ({ state, reason }) => failures.push(`${state}: ${reason}`));
    const answer = await station.openReceive(7, key);
    expect(answer).toMatchObject({ mediaReceptionStatus: status, portNumber: 0 });
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(/^failed: this phone cannot use/);
    station.startTransmit(7, { address: '127.0.0.1', port: 9 }, key);
    const said = await station.hears('StartMediaTransmissionAck');
    expect(said.body.mediaTransmissionStatus).toBe(status);
    expect(phone.statistics(7)).toBeUndefined();
  });

  test('counters outlive their streams, and the call manager may ask for them', async () => {
    const { manager, one, other } = await pair();
    await connect(manager, one, other, { secure: true });
    await one.waitFor((phone) => phone.counters().packetsReceived > 25, 'half a second');
    const station = manager.station(one.name);
    station.stopMedia(7);
    await one.waitFor((phone) => phone.statistics(7)?.received === 'none', 'the end of media');
    const after = one.statistics(7);
    expect(after).toMatchObject({ sent: 'none', received: 'none', unauthenticated: 0 });
    expect(after?.packetsReceived).toBeGreaterThan(25);
    expect(one.counters()).toMatchObject({ packetsSent: after?.packetsSent });
    expect(one.audio.hears([600])).toEqual([]);
    station.send('ConnectionStatisticsReq', { directoryNum: '1001', callReference: 7 });
    const answer = await station.hears('ConnectionStatisticsRes');
    expect(answer.body).toMatchObject({
      callReference: 7,
      numberPacketsReceived: after?.packetsReceived,
      numberPacketsSent: after?.packetsSent,
    });
  });

  test('what was heard is recorded, and something else may be said', async () => {
    const { manager, one, other } = await pair({ record: true });
    await connect(manager, one, other, { secure: true });
    await hears(one, 600);
    other.audio.say({ toneHz: 1000 });
    await hears(one, 1000);
    other.audio.say({});
    await one.waitFor(({ audio }) => audio.loudness() < -60, 'silence');
    expect(one.recording.length).toBeGreaterThan(4_000);
    expect(Math.max(...one.recording)).toBeGreaterThan(3_000);
  });

  test('no event has a key in it', async () => {
    const manager = await listen();
    const phone = await start(manager, '1001');
    const key = newKey();
    let told = '';
    phone.on('media', (event) => {
      told += JSON.stringify(event);
    });
    await manager.station(phone.name).openReceive(7, key);
    await phone.waitFor(() => told.includes('open'), 'the event');
    expect(told).not.toContain(Buffer.from(key.key).toString('hex'));
    expect(told).not.toMatch(/"(key|salt)"/);
  });
});

describe('keys', () => {
  test('a key that is not live is not pressed, and the error says which are', async () => {
    const manager = await listen();
    const phone = await start(manager, '1001');
    const station = manager.station(phone.name);
    station.connect(7, ENCRYPTED, 'Alan');
    await phone.waitFor(({ focus }) => focus?.otherName === 'Alan', 'the call');
    const error = await phone.press('Answer', 100).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(PhoneError);
    expect(error).toMatchObject({ code: 'PHONE_REFUSED' });
    expect((error as PhoneError).message).toContain('live softkeys: Hold, EndCall');
    expect((error as PhoneError).screen).toContain('> Connected  to Alan [lock]');
    await phone.press('Answer', { force: true });
    const sent = await station.hears('SoftKeyEvent');
    expect(sent.body).toMatchObject({ softKeyEvent: SoftKeyEvent.Answer, callReference: 7 });
    expect(station.count('SoftKeyEvent')).toBe(1);
  });

  test('a key is waited for', async () => {
    const manager = await listen();
    const phone = await start(manager, '1001');
    const pressed = phone.press('Answer');
    const station = manager.station(phone.name);
    station.show(7, CallState.RingIn, { set: SoftKeySet.RingIn });
    await pressed;
    const sent = await station.hears('SoftKeyEvent');
    expect(sent.body).toMatchObject({ softKeyEvent: SoftKeyEvent.Answer, callReference: 7 });
  });

  test('a key is found on a call that is not in focus', async () => {
    const manager = await listen();
    const phone = await start(manager, '1001');
    const station = manager.station(phone.name);
    station.connect(7, ENCRYPTED);
    station.show(8, CallState.RingIn, { set: SoftKeySet.RingIn });
    await phone.press('Answer');
    expect((await station.hears('SoftKeyEvent')).body.callReference).toBe(8);
  });

  test('dialling, holding, ending: what a user wants resolves when it is done', async () => {
    const manager = await listen();
    const phone = await start(manager, '1001');
    const station = manager.station(phone.name);
    const called = phone.call('10*#');
    await station.hears('OffHook');
    station.show(7, CallState.OffHook, { set: SoftKeySet.OffHook });
    await station.hears('KeypadButton', 3);
    expect(station.heard.filter((each) => each.name === 'KeypadButton')).toMatchObject(
      [1, 0, 14, 15].map((kpButton) => ({ body: { kpButton, callReference: 7 } })),
    );
    station.show(7, CallState.Proceed);
    await called;
    station.connect(7, NOT_AUTHENTICATED);

    await phone.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
    const onHold = phone.hold();
    await station.hears('SoftKeyEvent');
    station.show(7, CallState.Hold, { set: SoftKeySet.OnHold });
    await onHold;
    const resumed = phone.resume();
    await station.hears('SoftKeyEvent', 1);
    station.connect(7, NOT_AUTHENTICATED);
    await resumed;
    const ended = phone.hangUp();
    await station.hears('SoftKeyEvent', 2);
    station.clear(7);
    await ended;
    expect(phone.screen.calls.size).toBe(0);
    const events = station.heard.filter((each) => each.name === 'SoftKeyEvent');
    expect(events.map((each) => each.body.softKeyEvent)).toEqual([
      SoftKeyEvent.Hold,
      SoftKeyEvent.Resume,
      SoftKeyEvent.EndCall,
    ]);
  });

  test('a phone that answers by itself answers each call once', async () => {
    const manager = await listen();
    const phone = await start(manager, '1001', { autoAnswer: true });
    const station = manager.station(phone.name);
    station.show(7, CallState.RingIn, { set: SoftKeySet.RingIn });
    await station.hears('SoftKeyEvent');
    station.show(7, CallState.RingIn, { set: SoftKeySet.RingIn });
    station.connect(7, ENCRYPTED);
    await phone.waitFor(({ focus }) => focus?.state === 'Connected', 'the call');
    expect(station.count('SoftKeyEvent')).toBe(1);
  });

  test('LST-04: a party is removed by the list, when the list offers it', async () => {
    const manager = await listen();
    const phone = await start(manager, '1001');
    const station = manager.station(phone.name);
    station.show(7, CallState.Connected, { security: ENCRYPTED, set: SoftKeySet.ConnConf });
    const listed = phone.confList();
    await station.hears('SoftKeyEvent');
    sendList(station, ['Grace', 'Alan'], false);
    await listed;
    expect(() => phone.removeFromList('Alan')).toThrow(/no Remove key/);
    const updated = phone.updateList();
    const update = await station.hears('DeviceToUserDataVersion1');
    expect(update.body.deviceToUserDataVersion1).toMatchObject({
      xmldata: 'Update',
      conferenceId: 9,
    });
    sendList(station, ['Grace', 'Alan'], true);
    await updated;
    expect(() => phone.removeFromList('Nobody')).toThrow(/rows: Grace, Alan/);
    const removed = phone.remove('Al');
    const choice = await station.hears('DeviceToUserDataVersion1', 1);
    expect(choice.body.deviceToUserDataVersion1).toMatchObject({
      applicationId: 1,
      transactionId: 4,
      conferenceId: 9,
      xmldata: '101',
    });
    sendList(station, ['Grace'], true);
    await removed;
    phone.listKey('Exit');
    expect(phone.screen.list).toBeUndefined();
  });

  test('a wait that is in vain says for what, and shows the screen', async () => {
    const manager = await listen();
    const phone = await start(manager, '1001');
    await expect(phone.waitFor(() => false, 'a miracle', 20)).rejects.toThrow(
      /waited 0.02 s for a miracle\n\+-- SEP000000001001 7961G/,
    );
  });

  test('whoever waits when the phone is stopped is told', async () => {
    const manager = await listen();
    const phone = await start(manager, '1001');
    const waiting = phone.waitFor(() => false, 'a miracle');
    const told = expect(waiting).rejects.toMatchObject({ code: 'PHONE_CLOSED' });
    await phone.stop();
    await told;
  });
});

async function listen(
  options: Parameters<typeof FakeCallManager.listen>[0] = {},
): Promise<FakeCallManager> {
  const manager = await FakeCallManager.listen(options);
  opened.push(manager);
  return manager;
}

function optionsFor(manager: FakeCallManager, number: string): PhoneOptions {
  return { name: `SEP00000000${number}`, host: '127.0.0.1', port: manager.port };
}

async function start(
  manager: FakeCallManager,
  number: string,
  options: Partial<PhoneOptions> = {},
): Promise<Phone> {
  return keep(await Phone.start({ ...optionsFor(manager, number), ...options }));
}

function keep(phone: Phone): Phone {
  opened.push(phone);
  return phone;
}

async function pair(
  options: Partial<PhoneOptions> = {},
): Promise<{ readonly manager: FakeCallManager; readonly one: Phone; readonly other: Phone }> {
  const manager = await listen();
  const one = await start(manager, '1001', { toneHz: 400, ...options });
  const other = await start(manager, '1002', { toneHz: 600, ...options });
  return { manager, one, other };
}

/** Opens media both ways, with a key of its own for each direction. */
async function connect(
  manager: FakeCallManager,
  one: Phone,
  other: Phone,
  how: { readonly secure: boolean; readonly compression?: number; readonly wrongKey?: boolean },
): Promise<readonly FakeKey[]> {
  const [here, there] = [manager.station(one.name), manager.station(other.name)];
  const [hereKey, thereKey] = how.secure ? [newKey(), newKey()] : [];
  for (const station of [here, there]) {
    station.connect(7, how.secure ? ENCRYPTED : NOT_AUTHENTICATED);
  }
  const hereAt = await here.openReceive(7, hereKey, how.compression);
  const thereAt = await there.openReceive(7, thereKey, how.compression);
  const sentKey = how.wrongKey ? newKey() : hereKey;
  there.startTransmit(7, endOf(hereAt), sentKey, how.compression);
  here.startTransmit(7, endOf(thereAt), thereKey, how.compression);
  await one.waitFor((phone) => phone.statistics()?.sent !== 'none', 'transmission');
  return [hereKey, thereKey].filter((key) => key !== undefined);
}

function endOf(ack: { readonly ipAddr: string; readonly portNumber: number }): {
  readonly address: string;
  readonly port: number;
} {
  return { address: ack.ipAddr, port: ack.portNumber };
}

async function hears(phone: Phone, toneHz: number): Promise<void> {
  await phone.waitFor(({ audio }) => audio.hears([toneHz]).length === 1, `${toneHz} Hz`);
}

function newKey(): FakeKey {
  return {
    algorithmID: MediaEncryptionAlgorithm.AES_CM_128_HMAC_SHA1_32,
    key: new Uint8Array(randomBytes(16)),
    salt: new Uint8Array(randomBytes(14)),
  };
}

function sendList(station: FakeStation, names: readonly string[], mayRemove: boolean): void {
  const url = (what: string | number): string => `UserCallData:1:1:9:4:${what}`;
  const rows = names.map(
    (name, index) =>
      `<MenuItem><IconIndex>3</IconIndex><Name>${name}</Name><URL>${url(100 + index)}</URL></MenuItem>`,
  );
  const key = (name: string, to: string): string =>
    `<SoftKeyItem><Name>${name}</Name><Position>1</Position><URL>${to}</URL></SoftKeyItem>`;
  const xmldata =
    '<CiscoIPPhoneIconFileMenu><Title IconIndex="3">Conferee List</Title>' +
    rows.join('') +
    key('Update', url('Update')) +
    key('Exit', 'SoftKey:Exit') +
    (mayRemove ? key('Remove', 'SoftKey:Select') : '') +
    '</CiscoIPPhoneIconFileMenu>';
  station.send('UserToDeviceDataVersion1', {
    userToDeviceDataVersion1: {
      applicationId: 1,
      lineInstance: 1,
      callReference: 7,
      transactionId: 4,
      dataLength: xmldata.length,
      sequenceFlag: 2,
      conferenceId: 9,
      xmldata,
    },
  });
}
