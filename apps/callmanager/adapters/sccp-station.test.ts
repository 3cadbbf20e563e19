import type { PhoneAction, Softkey } from '@conclave/core';
import {
  type AnyMessage,
  decodeMessage,
  encodeMessage,
  FrameReader,
  type MessageName,
} from '@conclave/sccp';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RegisteredDevice } from '../station-hub.ts';
import { eventOf } from './sccp-station.ts';

/* Goal: what a device says over the wire is what the rules hear, and of which call it speaks. */

const KEYS: readonly (readonly [number, Softkey])[] = [
  [2, 'new-call'],
  [3, 'hold'],
  [4, 'transfer'],
  [8, 'backspace'],
  [9, 'end-call'],
  [10, 'resume'],
  [11, 'answer'],
  [13, 'confrn'],
  [14, 'park'],
  [15, 'join'],
  [16, 'meet-me'],
  [57, 'rm-last-conf'],
  [67, 'barge'],
  [77, 'direct-transfer'],
  [78, 'select'],
  [79, 'conf-list'],
  [81, 'cbarge'],
];

const BUTTONS: readonly (readonly [number, Softkey])[] = [
  [3, 'hold'],
  [4, 'transfer'],
  [123, 'meet-me'],
  [125, 'confrn'],
  [126, 'park'],
  [131, 'conf-list'],
  [132, 'rm-last-conf'],
  [137, 'new-call'],
  [138, 'end-call'],
];

describe.each([3, 11, 20, 22])('a phone of version %i', (version) => {
  test.each(KEYS)('the softkey event %i is %s, of the call that is named', (softKeyEvent, key) => {
    // The call may be another phone's on the shared line: the rules know, the adapter does not ask.
    const body = { softKeyEvent, lineInstance: 2, callReference: 4711 };
    const action = { type: 'softkey', key, line: 2, leg: 4711 };
    expect(actionOf(over('SoftKeyEvent', body, version))).toEqual(action);
    const nowhere = over('SoftKeyEvent', { ...body, callReference: 0 }, version);
    expect(actionOf(nowhere)).toEqual({ type: 'softkey', key, line: 2 });
  });

  test('the end of the audit names the party', () => {
    const answer = over('ConnectionStatisticsRes', { callReference: 99 }, version);
    expect(eventOf(phone('phone'), answer)).toEqual({
      type: 'media-audited',
      device: 'P1',
      party: 99,
    });
  });

  test('a channel that could not be opened has no address', () => {
    const body = { passThroughPartyId: 9, ipAddr: '10.0.0.7', portNumber: 20_000 };
    const failed = over('OpenReceiveChannelAck', { ...body, mediaReceptionStatus: 1 }, version);
    expect(eventOf(phone('phone'), failed)).toEqual({
      type: 'receive-opened',
      device: 'P1',
      party: 9,
    });
    const opened = over('OpenReceiveChannelAck', body, version);
    expect(eventOf(phone('phone'), opened)).toMatchObject({
      address: { host: '10.0.0.7', port: 20_000 },
    });
  });
});

test.each(BUTTONS)('the button %i does what the softkey %s does', (stimulus, key) => {
  const pressed = over('Stimulus', { stimulus, lineInstance: 1, callReference: 5 }, 20);
  expect(actionOf(pressed)).toEqual({ type: 'softkey', key, line: 1, leg: 5 });
});

test('keys that the rules do not know mean nothing to them', () => {
  const known = new Set(KEYS.map(([event]) => event));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (softKeyEvent) => {
      fc.pre(!known.has(softKeyEvent));
      expect(actionOf(over('SoftKeyEvent', { softKeyEvent }, 20))).toBeUndefined();
    }),
  );
});

test('a bridge presses no keys, a phone answers for no bridge, and music hears nothing', () => {
  const key = over('SoftKeyEvent', { softKeyEvent: 9, callReference: 5 }, 20);
  const created = over('CreateConferenceRes', { conferenceId: 9 }, 20);
  const opened = over('OpenReceiveChannelAck', { passThroughPartyId: 9 }, 20);
  expect(eventOf(phone('bridge'), key)).toBeUndefined();
  expect(eventOf(phone('phone'), created)).toBeUndefined();
  expect(eventOf(phone('music'), opened)).toBeUndefined();
  expect(eventOf(phone('bridge'), created)).toMatchObject({ type: 'conference-created', ok: true });
});

function actionOf(message: AnyMessage): PhoneAction | undefined {
  const event = eventOf(phone('phone'), message);
  return event?.type === 'phone' ? event.action : undefined;
}

/** The message as it comes out at the other end. */
function over(name: MessageName, body: object, version: number): AnyMessage {
  const frames = new FrameReader().push(encodeMessage(name, body as never, version));
  const [frame] = frames.ok ? frames.value : [];
  const decoded = frame && decodeMessage(frame, version);
  if (!decoded?.ok) throw new Error(`${name} does not come through`);
  return decoded.value;
}

function phone(kind: RegisteredDevice['kind']): RegisteredDevice {
  return {
    name: 'P1',
    kind,
    transport: 'tls',
    address: '127.0.0.1',
    version: 20,
  } as RegisteredDevice;
}
