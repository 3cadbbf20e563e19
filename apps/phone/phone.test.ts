import { CallState, SoftKeyEvent, SoftKeySet } from '@conclave/sccp';
import { afterEach, describe, expect, test } from 'vitest';
import { FakeCallManager, type FakeStation } from './fake-call-manager.ts';
import { Phone, PhoneError, type PhoneOptions } from './index.ts';

/*
 * Goal: a phone on real sockets does what it is told and what its user wants: it registers in every
 * version, hears who sends with the right key and nobody else, and says why when it cannot do a thing.
 * Method: a fake call manager that speaks through the codec; no rule of calls is involved.
 */

const ENCRYPTED = 3;
const NOT_AUTHENTICATED = 1;

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

  test('after a round trip the phone shows all that it was told before', async () => {
    const manager = await listen();
    const phone = await start(manager, '1001');
    const station = manager.station(phone.name);
    for (let call = 1; call <= 20; call += 1) {
      const trip = phone.roundTrip();
      station.connect(call, ENCRYPTED);
      await trip;
      await phone.roundTrip();
      expect(phone.screen.calls.size).toBe(call);
    }
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
