import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage } from '../wire/codec.ts';
import { CallState, SoftKeySet } from '../wire/enumerations.ts';
import { FrameReader } from '../wire/frame-reader.ts';
import { MESSAGES } from '../wire/messages.ts';
import type { AnyMessage, MessageName } from '../wire/types.ts';
import { FakeLine, IDENTITY } from './phone-fake-line.ts';
import { ANSWER_TIMEOUT_MS } from './phone-registration.ts';
import { focusOf, liveSoftkeys } from './phone-screen.ts';
import { phoneDeadlineMs } from './phone-session.ts';

/*
 * Goal: the phone's side of a session, from the first alarm to the last goodbye, in both generations
 * of the protocol. Method: the pure session against the pure server session, through the codec, with
 * time as a number; and against whatever a hostile server may send.
 */

const QUESTIONS = [
  'ButtonTemplateReq',
  'SoftKeyTemplateReq',
  'SoftKeySetReq',
  'ConfigStatReq',
  'LineStatReq',
  'LineStatReq',
  'ForwardStatReq',
  'ForwardStatReq',
  'TimeDateReq',
  'RegisterAvailableLines',
];

describe('registration', () => {
  test.each([3, 8, 11, 15, 17, 20, 22])(
    'version %i: capabilities, then all questions',
    (offered) => {
      const line = new FakeLine({ ...IDENTITY, protocolVersion: offered });
      line.connect();
      expect(line.said).toEqual(['Alarm', 'RegisterReq', 'CapabilitiesRes', ...QUESTIONS]);
      expect(line.told('registered')).toEqual([{ type: 'registered', version: offered }]);
      expect(line.session.registration).toBe('registered');
      expect([...line.session.screen.lines.values()].map(({ number }) => number)).toEqual([
        '1001',
        '1002',
      ]);
    },
  );

  test('the registration names device, type, address, MAC and firmware', () => {
    const line = new FakeLine(IDENTITY);
    line.connect();
    const [request] = line.sentOf('RegisterReq');
    expect(request).toMatchObject({
      sid: { DeviceName: 'SEP0011223344AA', instance: 1 },
      stationIpAddr: '10.0.0.7',
      deviceType: 30018,
      protocolVer: 20,
      firmwareLoadName: '9.4(2)',
      maxNumberOfLines: 1,
    });
    expect([...(request?.macAddress ?? [])].slice(0, 6)).toEqual([0, 0x11, 0x22, 0x33, 0x44, 0xaa]);
    expect(line.sentOf('CapabilitiesRes')[0]?.caps?.map((cap) => cap.payloadCapability)).toEqual([
      2, 4,
    ]);
  });

  test('the lower version rules', () => {
    const line = new FakeLine(IDENTITY);
    line.input({ type: 'connected' });
    line.hear('RegisterAck', { keepAliveInterval: 30, maxProtocolVer: 11 });
    expect(line.session.client.version).toBe(11);
  });

  test('a question that nobody answers is passed over, and all are asked in the end', () => {
    const line = new FakeLine(IDENTITY);
    line.input({ type: 'connected' });
    line.hear('RegisterAck', { keepAliveInterval: 30, maxProtocolVer: 20 });
    line.hear('CapabilitiesReq', {});
    while (line.session.registration !== 'registered') {
      line.nowMs = phoneDeadlineMs(line.session);
      line.input({ type: 'clock' });
      expect(line.nowMs).toBeLessThan(20 * ANSWER_TIMEOUT_MS);
    }
    const asked = [...new Set(QUESTIONS)];
    expect([...new Set(line.said)].filter((name) => asked.includes(name))).toEqual(asked);
  });

  test('a call manager that never asks for capabilities is asked all the same', () => {
    const line = new FakeLine(IDENTITY);
    line.input({ type: 'connected' });
    line.hear('RegisterAck', { keepAliveInterval: 30, maxProtocolVer: 20 });
    line.nowMs += ANSWER_TIMEOUT_MS;
    line.input({ type: 'clock' });
    expect(line.said.at(-1)).toBe('ButtonTemplateReq');
  });

  test('speed dials of the button template are asked for', () => {
    const line = new FakeLine(IDENTITY);
    line.input({ type: 'connected' });
    line.hear('RegisterAck', { keepAliveInterval: 30, maxProtocolVer: 20 });
    line.hear('CapabilitiesReq', {});
    line.hear('ButtonTemplateRes', {
      buttonTemplate: {
        buttonOffset: 0,
        buttonCount: 3,
        totalButtonCount: 3,
        definition: [
          { instanceNumber: 1, buttonDefinition: 9 },
          { instanceNumber: 1, buttonDefinition: 2 },
          { instanceNumber: 2, buttonDefinition: 2 },
        ],
      },
    });
    expect(line.session.questions.map(({ ask }) => ask.name)).toEqual([
      'SoftKeyTemplateReq',
      'SoftKeySetReq',
      'ConfigStatReq',
      'LineStatReq',
      'SpeedDialStatReq',
      'SpeedDialStatReq',
      'ForwardStatReq',
      'TimeDateReq',
      'RegisterAvailableLines',
    ]);
  });

  test('TIP-07: a rejection is told, kept and final', () => {
    const line = new FakeLine(IDENTITY);
    line.input({ type: 'connected' });
    line.hear('RegisterReject', { text: 'Security mode mismatch' });
    expect(line.told('rejected')).toEqual([{ type: 'rejected', text: 'Security mode mismatch' }]);
    expect(line.told('close')).toHaveLength(1);
    line.input({ type: 'disconnected', reason: 'ECONNRESET' });
    expect(line.session).toMatchObject({
      registration: 'rejected',
      reason: 'Security mode mismatch',
    });
    line.hear('CallState', { callState: CallState.RingIn, lineInstance: 1, callReference: 7 });
    expect(line.session.screen.calls.size).toBe(0);
  });
});

describe('life and end', () => {
  test('it says that it lives every 30 seconds, and gives up a silent call manager', () => {
    const line = new FakeLine(IDENTITY);
    line.connect();
    line.silent = true;
    const from = line.nowMs;
    while (line.session.registration === 'registered') {
      line.nowMs = phoneDeadlineMs(line.session);
      line.input({ type: 'clock' });
    }
    expect(line.said.filter((name) => name === 'KeepAliveReq').length).toBeGreaterThan(1);
    expect(line.nowMs - from).toBe(4 * 30_000);
    expect(line.session).toMatchObject({ registration: 'lost' });
    expect(line.told('close')).toHaveLength(1);
    expect(phoneDeadlineMs(line.session)).toBe(Number.POSITIVE_INFINITY);
  });

  test.each([
    [1, 'reset'],
    [2, 'restart'],
    [3, 'apply-config'],
  ])('reset %i is a %s, and the connection ends', (resetType, kind) => {
    const line = new FakeLine(IDENTITY);
    line.connect();
    line.hear('Reset', { resetType });
    expect(line.told('reset')).toEqual([{ type: 'reset', kind }]);
    expect(line.told('close')).toHaveLength(1);
    expect(line.session.registration).toBe('lost');
  });

  test('a lost connection leaves no call and no lock on the screen', () => {
    const line = new FakeLine(IDENTITY);
    line.connect();
    showCall(line, 7, 3);
    line.input({ type: 'disconnected', reason: 'ECONNRESET' });
    expect(line.session).toMatchObject({ registration: 'lost', reason: 'ECONNRESET' });
    expect(line.session.screen.calls.size).toBe(0);
    const sent = line.said.length;
    line.input({ type: 'command', command: { type: 'off-hook' } });
    expect(line.said.length).toBe(sent);
  });

  test('goodbye is said once', () => {
    const line = new FakeLine(IDENTITY);
    line.connect();
    line.input({ type: 'unregister' });
    line.input({ type: 'unregister' });
    expect(line.said.filter((name) => name === 'UnregisterReq')).toHaveLength(1);
    expect(line.session.registration).toBe('off');
  });
});

describe('texts that go away by themselves', () => {
  test('a prompt with a time stands on the one before it, which comes back', () => {
    const line = new FakeLine(IDENTITY);
    line.connect();
    showCall(line, 7, 1);
    prompt(line, 'Connected', 0);
    prompt(line, 'Key Is Not Active', 5);
    prompt(line, 'No Conference Bridge', 10);
    expect(promptOf(line)).toBe('No Conference Bridge');
    line.nowMs += 9_999;
    line.input({ type: 'clock' });
    expect(promptOf(line)).toBe('No Conference Bridge');
    line.nowMs = phoneDeadlineMs(line.session);
    line.input({ type: 'clock' });
    expect(promptOf(line)).toBe('Connected');
  });

  test('a lasting prompt replaces one with a time for good', () => {
    const line = new FakeLine(IDENTITY);
    line.connect();
    showCall(line, 7, 1);
    prompt(line, 'Wait', 5);
    prompt(line, 'Connected', 0);
    line.nowMs += 6_000;
    line.input({ type: 'clock' });
    expect(promptOf(line)).toBe('Connected');
  });

  test('D-16: a notice goes after its time and stays in the history', () => {
    const line = new FakeLine(IDENTITY);
    line.connect();
    line.hear('DisplayNotifyV2', { notify: '\x1e\x26', timeOutValue: 10 });
    expect(line.session.screen.notify).toBe('Device Not Authorized');
    expect(phoneDeadlineMs(line.session)).toBe(line.nowMs + 10_000);
    line.nowMs += 10_000;
    line.input({ type: 'clock' });
    expect(line.session.screen.notify).toBe('');
    expect(line.session.screen.notices).toEqual(['Device Not Authorized']);
  });

  test('a prompt without a call is the idle phone’s', () => {
    const line = new FakeLine(IDENTITY);
    line.connect();
    line.hear('DisplayPromptStatus', { promptStatus: '\x80\x13', timeOutValue: 0 });
    expect(line.session.screen.prompt).toBe('Your Current Options');
  });
});

test.each([3, 11, 17, 20, 22])(
  'what a public server said in version %i shows a call with its keys, and its end',
  (version) => {
    const line = new FakeLine({ ...IDENTITY, protocolVersion: version });
    line.input({ type: 'connected' });
    const shown = new Set<string>();
    for (const message of capturedMessages(`chansccp-v${version}.hex`, version)) {
      line.input({ type: 'message', message });
      const call = focusOf(line.session.screen);
      const keys = liveSoftkeys(line.session.screen, call).map(({ label }) => label);
      shown.add(`${call?.state ?? 'idle'} "${call?.prompt}" ${keys.slice(0, 2).join(' ')}`);
    }
    expect([...shown]).toEqual(
      expect.arrayContaining([
        'idle "undefined" Redial NewCall',
        'OffHook "Enter Number" Redial EndCall',
        'OffHook "Enter Number" << EndCall',
        'Connected "Connected" Hold EndCall',
      ]),
    );
    expect(line.told('open-receive')).toMatchObject([{ request: { codec: 'pcmu' } }]);
    expect(line.told('start-transmit')).toMatchObject([{ request: { codec: 'pcmu' } }]);
  },
);

test('no sequence of messages throws, and the deadline never falls behind', () => {
  const names = Object.keys(MESSAGES) as MessageName[];
  const id = fc.oneof(fc.constantFrom(...names.map((name) => MESSAGES[name].id)), fc.nat(0xffff));
  const message = fc
    .tuple(id, fc.constantFrom(0, 11, 17, 20, 22), fc.uint8Array({ maxLength: 400, size: 'max' }))
    .map(([messageId, version, payload]) => decodeMessage({ version, messageId, payload }, version))
    .filter((decoded) => decoded.ok)
    .map((decoded) => decoded.value);
  fc.assert(
    fc.property(fc.array(message, { maxLength: 30 }), (messages) => {
      const line = new FakeLine(IDENTITY);
      line.connect();
      for (const each of messages) line.input({ type: 'message', message: each });
      line.input({ type: 'clock' });
      expect(phoneDeadlineMs(line.session)).toBeGreaterThan(line.nowMs);
    }),
    { numRuns: 200 },
  );
});

/** What the server of a capture sent, in order. */
function capturedMessages(file: string, version: number): readonly AnyMessage[] {
  const url = new URL(`../../../fixtures/sccp/${file}`, import.meta.url);
  const reader = new FrameReader();
  return readFileSync(url, 'utf8')
    .split('\n')
    .flatMap((each) => /^0 s ([\da-f]+)$/.exec(each)?.[1] ?? [])
    .flatMap((hex) => {
      const read = reader.push(Buffer.from(hex, 'hex'));
      return read.ok ? read.value : [];
    })
    .flatMap((frame) => {
      const decoded = decodeMessage(frame, frame.version === 0 ? 0 : version);
      return decoded.ok ? [decoded.value] : [];
    });
}

function showCall(line: FakeLine, call: number, security: number): void {
  const place = { lineInstance: 1, callReference: call };
  line.hear('CallState', { callState: CallState.Connected, ...place });
  line.hear('CallInfo', { ...place, callType: 2, callSecurityStatus: security });
  line.hear('SelectSoftKeys', {
    ...place,
    softKeySetIndex: SoftKeySet.Connected,
    validKeyMask: 0xffff,
  });
}

function prompt(line: FakeLine, promptStatus: string, timeOutValue: number): void {
  const place = { lineInstance: 1, callReference: 7 };
  line.hear('DisplayPromptStatusV2', { promptStatus, timeOutValue, ...place });
}

function promptOf(line: FakeLine): string | undefined {
  return line.session.screen.calls.get(7)?.prompt;
}
