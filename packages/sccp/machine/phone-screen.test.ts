import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from '../wire/codec.ts';
import { CallState, RingMode, SoftKeyEvent, SoftKeySet } from '../wire/enumerations.ts';
import { FrameReader } from '../wire/frame-reader.ts';
import { MESSAGES } from '../wire/messages.ts';
import {
  standardSoftKeySets,
  standardSoftKeyTemplate,
  validKeyMask,
} from '../wire/softkey-templates.ts';
import { utf8ToWire } from '../wire/text.ts';
import type { AnyMessage, BodyInput, MessageName } from '../wire/types.ts';
import { deviceTypeOf, iconOf } from './phone-models.ts';
import { BLANK_SCREEN, liveSoftkeys, type Screen, screenAfter } from './phone-screen.ts';

/* Goal: a screen is what the messages say and nothing else; no server can fill or break it. */

const CALL = { lineInstance: 1, callReference: 7 };
const NAMES = Object.keys(MESSAGES) as MessageName[];

describe('calls', () => {
  test('a call comes with its state, changes with it and goes with it', () => {
    const ringing = hear(BLANK_SCREEN, 'CallState', { callState: CallState.RingIn, ...CALL });
    expect(ringing.calls.get(7)).toMatchObject({ reference: 7, line: 1, state: 'RingIn' });
    const connected = hear(ringing, 'CallState', { callState: CallState.Connected, ...CALL });
    expect(connected.calls.get(7)?.state).toBe('Connected');
    const ended = hear(connected, 'CallState', { callState: CallState.OnHook, ...CALL });
    expect(ended.calls.size).toBe(0);
    expect(ringing.calls.size).toBe(1);
  });

  test.each(['CallInfo', 'CallInfoV2'] as const)(
    'SEC-04, ICO-01: %s tells the security, the other party and the direction',
    (name) => {
      const info = {
        ...CALL,
        callingPartyName: utf8ToWire('Émile Baudot'),
        callingParty: '1007',
        calledPartyName: 'Ada Lovelace',
        calledParty: '1001',
        callSecurityStatus: 3,
      };
      const inbound = hear(connected(), name, { ...info, callType: 1 }).calls.get(7);
      expect(inbound).toMatchObject({
        security: 3,
        inbound: true,
        otherName: 'Émile Baudot',
        otherNumber: '1007',
      });
      const outbound = hear(connected(), name, { ...info, callType: 2 }).calls.get(7);
      expect(outbound).toMatchObject({ inbound: false, otherName: 'Ada Lovelace' });
    },
  );

  test('SEC-04: a lower level replaces a higher one, and no state brings it back', () => {
    let screen = hear(connected(), 'CallInfo', { ...CALL, callSecurityStatus: 3 });
    screen = hear(screen, 'CallInfo', { ...CALL, callSecurityStatus: 1 });
    screen = hear(screen, 'CallState', { callState: CallState.Connected, ...CALL });
    expect(screen.calls.get(7)?.security).toBe(1);
  });

  test('a prompt or tone for a call that is not there begins none', () => {
    for (const screen of [
      hear(BLANK_SCREEN, 'DisplayPromptStatus', { ...CALL, promptStatus: 'Hello' }),
      hear(BLANK_SCREEN, 'StartTone', { ...CALL, tone: 33 }),
      hear(BLANK_SCREEN, 'StopTone', CALL),
    ]) {
      expect(screen.calls.size).toBe(0);
    }
  });

  test('reference 0 is no call', () => {
    const nowhere = { lineInstance: 1, callReference: 0 };
    const screen = hear(BLANK_SCREEN, 'CallState', { callState: CallState.RingIn, ...nowhere });
    expect(screen.calls.size).toBe(0);
  });

  test('prompts and tones come and go', () => {
    let screen = hear(connected(), 'DisplayPromptStatusV2', { ...CALL, promptStatus: 'Connected' });
    screen = hear(screen, 'StartTone', { ...CALL, tone: 33 });
    expect(screen.calls.get(7)).toMatchObject({ prompt: 'Connected', tone: 33 });
    screen = hear(screen, 'ClearPromptStatus', CALL);
    screen = hear(screen, 'StopTone', CALL);
    expect(screen.calls.get(7)?.prompt).toBe('');
    expect(screen.calls.get(7)?.tone).toBeUndefined();
  });

  test('a phone keeps at most 64 calls, and goes on serving those it has', () => {
    let screen = BLANK_SCREEN;
    for (let callReference = 1; callReference <= 100; callReference += 1) {
      screen = hear(screen, 'CallState', {
        callState: CallState.RingIn,
        lineInstance: 1,
        callReference,
      });
    }
    expect(screen.calls.size).toBe(64);
    screen = hear(screen, 'CallState', { callState: CallState.Connected, ...CALL });
    expect(screen.calls.get(7)?.state).toBe('Connected');
  });
});

describe('keys', () => {
  test('the keys of a call are those of its set that the mask allows', () => {
    const all = keysOf(validKeyMask(SoftKeySet.Connected, []));
    expect(all).toContain(SoftKeyEvent.Hold);
    expect(all).toContain(SoftKeyEvent.EndCall);
    const without = keysOf(validKeyMask(SoftKeySet.Connected, [SoftKeyEvent.Hold]));
    expect(without).toEqual(all.filter((event) => event !== SoftKeyEvent.Hold));
    expect(keysOf(0)).toEqual([]);
  });

  test('an idle phone has the keys of no call', () => {
    const screen = hear(withKeys(), 'SelectSoftKeys', {
      softKeySetIndex: SoftKeySet.OnHook,
      validKeyMask: validKeyMask(SoftKeySet.OnHook, []),
    });
    const events = liveSoftkeys(screen).map((key) => key.event);
    expect(events).toEqual([SoftKeyEvent.NewCall, SoftKeyEvent.MeetMe]);
    for (const key of liveSoftkeys(screen)) expect(key.label).toMatch(/^[A-Za-z]+$/);
  });

  test('a set that the phone never got has no keys', () => {
    const screen = hear(withKeys(), 'SelectSoftKeys', {
      softKeySetIndex: 99,
      validKeyMask: 0xffff,
    });
    expect(liveSoftkeys(screen)).toEqual([]);
  });

  test('PHN-07, RES-02: told only of its connection and given no list, it shows that level and no ConfList', () => {
    const told = hear(withKeys(), 'CallState', { callState: CallState.Connected, ...CALL });
    const screen = hear(told, 'CallInfo', { ...CALL, callSecurityStatus: 3 });
    const call = hear(screen, 'SelectSoftKeys', {
      ...CALL,
      softKeySetIndex: SoftKeySet.Connected,
      validKeyMask: validKeyMask(SoftKeySet.Connected, [SoftKeyEvent.ConfList]),
    }).calls.get(7);
    expect(iconOf('7961G', call?.security ?? 0)).toBe('lock');
    const events = liveSoftkeys(screen, call).map((key) => key.event);
    expect(events).toContain(SoftKeyEvent.Hold);
    expect(events).not.toContain(SoftKeyEvent.ConfList);
    const offered = keysOf(validKeyMask(SoftKeySet.ConnConf, []), SoftKeySet.ConnConf);
    expect(offered).toContain(SoftKeyEvent.ConfList);
  });

  function keysOf(mask: number, set: number = SoftKeySet.Connected): readonly number[] {
    let screen = hear(withKeys(), 'CallState', { callState: CallState.Connected, ...CALL });
    screen = hear(screen, 'SelectSoftKeys', {
      ...CALL,
      softKeySetIndex: set,
      validKeyMask: mask,
    });
    return liveSoftkeys(screen, screen.calls.get(7)).map((key) => key.event);
  }
});

describe('the phone itself', () => {
  test('lines, ringer, lamps and notices are as told', () => {
    let screen = hear(BLANK_SCREEN, 'LineStatRes', {
      lineNumber: 1,
      lineDirNumber: '1001',
      lineFullyQualifiedDisplayName: utf8ToWire('Zoë'),
    });
    expect(screen.lines.get(1)).toEqual({ number: '1001', name: 'Zoë' });
    screen = hear(screen, 'SetRinger', { ringMode: RingMode.InsideRing });
    expect(screen.ringing).toBe(true);
    expect(hear(screen, 'SetRinger', { ringMode: RingMode.RingOff }).ringing).toBe(false);
    screen = hear(screen, 'SetLamp', { stimulus: 9, stimulusInstance: 1, lampMode: 2 });
    expect(screen.lamps.get(1)).toBe(2);
    screen = hear(screen, 'SetLamp', { stimulus: 9, stimulusInstance: 1, lampMode: 1 });
    expect(screen.lamps.size).toBe(0);
    screen = hear(screen, 'DisplayNotify', { notify: 'Device Not Authorized', timeOutValue: 5 });
    expect(screen.notify).toBe('Device Not Authorized');
    screen = hear(screen, 'ClearNotify', {});
    expect([screen.notify, screen.notices]).toEqual(['', ['Device Not Authorized']]);
  });

  test('of many notices the last 50 are kept', () => {
    let screen = BLANK_SCREEN;
    for (let count = 1; count <= 60; count += 1) {
      screen = hear(screen, 'DisplayNotify', { notify: `notice ${count}` });
    }
    expect(screen.notices).toHaveLength(50);
    expect(screen.notices.at(-1)).toBe('notice 60');
  });
});

describe('the conference list', () => {
  const xml =
    '<?xml version="1.0" encoding="UTF-8"?><CiscoIPPhoneIconFileMenu><Title IconIndex="3">' +
    'Conferee List</Title><MenuItem><IconIndex>3</IconIndex><Name>Zoë *</Name>' +
    '<URL>x</URL></MenuItem>' +
    '</CiscoIPPhoneIconFileMenu>';

  test('LST-01: it is put together from its pieces, wherever they are cut', () => {
    const wire = utf8ToWire(xml);
    fc.assert(
      fc.property(fc.nat({ max: wire.length }), fc.nat({ max: wire.length }), (one, other) => {
        const [first, second] = [Math.min(one, other), Math.max(one, other)];
        const parts = [wire.slice(0, first), wire.slice(first, second), wire.slice(second)];
        const [begun, more, whole] = [0, 1, 2].map((last) =>
          parts.slice(0, last + 1).reduce(piece, connected()),
        );
        expect([begun?.list, more?.list]).toEqual([undefined, undefined]);
        expect(whole?.list).toMatchObject({
          icon: 'lock',
          rows: [{ name: 'Zoë', controller: true }],
        });
      }),
    );
  });

  test('LST-02: a newer list replaces the older', () => {
    const older = piece(connected(), utf8ToWire(xml), 2);
    const newer = piece(older, utf8ToWire(xml.replace('IconIndex="3"', 'IconIndex="1"')), 2);
    expect([older.list?.icon, newer.list?.icon]).toEqual(['lock', 'call']);
  });

  test('the list goes with the last call, and not before', () => {
    let screen = piece(connected(), utf8ToWire(xml), 2);
    const other = { lineInstance: 1, callReference: 8 };
    screen = hear(screen, 'CallState', { callState: CallState.Hold, ...other });
    screen = hear(screen, 'CallState', { callState: CallState.OnHook, ...other });
    expect(screen.list).toBeDefined();
    screen = hear(screen, 'CallState', { callState: CallState.OnHook, ...CALL });
    expect(screen.list).toBeUndefined();
  });

  test('pieces without end do not fill the phone', () => {
    let screen = connected();
    for (let count = 0; count < 200; count += 1) screen = piece(screen, 'x'.repeat(2_000), 0);
    expect(screen.parts?.data.length ?? 0).toBeLessThanOrEqual(64 * 1024);
  });

  test('LST-02: what was left of an interrupted list is not shown with another one', () => {
    let screen = piece(
      connected(),
      '<CiscoIPPhoneIconFileMenu><Title IconIndex="3">Old</Title>',
      0,
    );
    screen = hear(screen, 'UserToDeviceDataVersion1', {
      userToDeviceDataVersion1: {
        transactionId: 999,
        sequenceFlag: 2,
        xmldata:
          '<CiscoIPPhoneIconFileMenu><Title IconIndex="1">New</Title></CiscoIPPhoneIconFileMenu>',
      },
    });
    expect(screen.list).toMatchObject({ title: 'New', icon: 'call' });
  });

  /** The piece at a place of three: first, more, last. */
  function piece(screen: Screen, xmldata: string, index: number): Screen {
    return hear(screen, 'UserToDeviceDataVersion1', {
      userToDeviceDataVersion1: {
        applicationId: 1,
        lineInstance: 1,
        callReference: 7,
        transactionId: 1,
        dataLength: xmldata.length,
        sequenceFlag: index,
        xmldata,
      },
    });
  }
});

describe('models', () => {
  test.each([
    ['7961G', 3, 'lock'],
    ['7961G', 2, 'shield'],
    ['7961G', 1, 'call'],
    ['7961G', 0, 'none'],
    ['7961G', 4, 'none'],
    ['6921', 2, 'call'],
    ['8851', 2, 'call'],
    ['7821', 2, 'call'],
    ['7821', 3, 'lock'],
    ['7940', 1, 'none'],
    ['7960G', 1, 'none'],
    ['7960', 2, 'shield'],
  ])('ICO-06, ICO-07: %s draws security %i as %s', (model, security, icon) => {
    expect(iconOf(model, security)).toBe(icon);
  });

  test('ICO-04: there is a lock for security 3 and for nothing else, on any model', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat({ max: 0xffff_ffff }), (model, security) => {
        expect(iconOf(model, security) === 'lock').toBe(security === 3);
      }),
    );
  });

  test('the G of a name makes no other device type, and every model has one', () => {
    expect(deviceTypeOf('7961G')).toBe(deviceTypeOf('7961'));
    expect(deviceTypeOf('7961G-GE')).not.toBe(deviceTypeOf('7961G'));
    expect(deviceTypeOf('7975G')).toBe(deviceTypeOf('7975'));
    for (const model of ['', '99999', 'Third-party SIP Device']) {
      expect([model, typeof deviceTypeOf(model)]).toEqual([model, 'number']);
    }
  });
});

test('no sequence of messages throws, and what changes nothing gives the same screen', () => {
  const ids = fc.oneof(fc.constantFrom(...NAMES.map((name) => MESSAGES[name].id)), fc.nat(0xffff));
  const message = fc
    .tuple(ids, fc.constantFrom(0, 11, 17, 20, 22), fc.uint8Array({ maxLength: 600, size: 'max' }))
    .map(([messageId, version, payload]) => decodeMessage({ version, messageId, payload }, version))
    .filter((decoded) => decoded.ok)
    .map((decoded) => decoded.value);
  fc.assert(
    fc.property(fc.array(message, { maxLength: 40 }), (messages) => {
      const screen = messages.reduce<Screen>(screenAfter, connected());
      for (const call of screen.calls.values()) liveSoftkeys(screen, call);
      liveSoftkeys(screen);
      expect(screen.calls.size).toBeLessThanOrEqual(64);
      const unknown: AnyMessage = { name: 'Unknown', id: 1, payload: new Uint8Array() };
      expect(screenAfter(screen, unknown)).toBe(screen);
    }),
    { numRuns: 300 },
  );
});

function connected(): Screen {
  return hear(BLANK_SCREEN, 'CallState', { callState: CallState.Connected, ...CALL });
}

function withKeys(): Screen {
  const screen = hear(BLANK_SCREEN, 'SoftKeyTemplateRes', standardSoftKeyTemplate());
  return hear(screen, 'SoftKeySetRes', standardSoftKeySets());
}

/** The screen after a message as it comes from the wire. */
function hear<N extends MessageName>(screen: Screen, name: N, body: BodyInput<N>): Screen {
  const frames = new FrameReader().push(encodeMessage(name, body, 20));
  const [frame] = frames.ok ? frames.value : [];
  const decoded = frame && decodeMessage(frame, 20);
  if (!decoded?.ok) throw new Error(`${name} cannot be decoded`);
  return screenAfter(screen, decoded.value);
}
