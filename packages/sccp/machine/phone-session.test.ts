import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from '../wire/codec.ts';
import { CallState, MediaStatus, SoftKeySet } from '../wire/enumerations.ts';
import { type Frame, FrameReader } from '../wire/frame-reader.ts';
import { MESSAGES } from '../wire/messages.ts';
import type { AnyMessage, BodyInput, MessageName } from '../wire/types.ts';
import type { OutgoingMessage } from './phone-commands.ts';
import { ANSWER_TIMEOUT_MS, type PhoneIdentity } from './phone-registration.ts';
import { focusOf, liveSoftkeys } from './phone-screen.ts';
import {
  handlePhone,
  newPhoneSession,
  type PhoneInput,
  type PhoneOutput,
  type PhoneSession,
  phoneDeadlineMs,
} from './phone-session.ts';
import {
  handleServer,
  newServerSession,
  type ServerInput,
  type StationFacts,
} from './server-session.ts';

/*
 * Goal: the phone's side of a session, from the first alarm to the last goodbye, in both generations
 * of the protocol. Method: the pure session against the pure server session, through the codec, with
 * time as a number; and against whatever a hostile server may send.
 */

const IDENTITY: PhoneIdentity = {
  name: 'SEP0011223344AA',
  deviceType: 30018,
  firmware: '9.4(2)',
  protocolVersion: 20,
  lines: 1,
  codecs: ['pcma', 'pcmu'],
  address: '10.0.0.7',
};

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

const FACTS: StationFacts = {
  kind: 'phone',
  lines: [
    { index: 1, directoryNumber: '1001', displayName: 'Ada', label: '1001' },
    { index: 2, directoryNumber: '1002', displayName: 'Ada', label: '1002' },
  ],
  serverName: 'here',
  keepAliveSeconds: 30,
};

describe('registration', () => {
  test.each([3, 8, 11, 15, 17, 20, 22])(
    'version %i: capabilities, then all questions',
    (offered) => {
      const line = new Line({ ...IDENTITY, protocolVersion: offered });
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
    const line = new Line(IDENTITY);
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
    const line = new Line(IDENTITY);
    line.input({ type: 'connected' });
    line.hear('RegisterAck', { keepAliveInterval: 30, maxProtocolVer: 11 });
    expect(line.session.client.version).toBe(11);
  });

  test('a question that nobody answers is passed over, and all are asked in the end', () => {
    const line = new Line(IDENTITY);
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
    const line = new Line(IDENTITY);
    line.input({ type: 'connected' });
    line.hear('RegisterAck', { keepAliveInterval: 30, maxProtocolVer: 20 });
    line.nowMs += ANSWER_TIMEOUT_MS;
    line.input({ type: 'clock' });
    expect(line.said.at(-1)).toBe('ButtonTemplateReq');
  });

  test('speed dials of the button template are asked for', () => {
    const line = new Line(IDENTITY);
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
    const line = new Line(IDENTITY);
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
    const line = new Line(IDENTITY);
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
    const line = new Line(IDENTITY);
    line.connect();
    line.hear('Reset', { resetType });
    expect(line.told('reset')).toEqual([{ type: 'reset', kind }]);
    expect(line.told('close')).toHaveLength(1);
    expect(line.session.registration).toBe('lost');
  });

  test('a lost connection leaves no call and no lock on the screen', () => {
    const line = new Line(IDENTITY);
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
    const line = new Line(IDENTITY);
    line.connect();
    line.input({ type: 'unregister' });
    line.input({ type: 'unregister' });
    expect(line.said.filter((name) => name === 'UnregisterReq')).toHaveLength(1);
    expect(line.session.registration).toBe('off');
  });
});

describe('texts that go away by themselves', () => {
  test('a prompt with a time stands on the one before it, which comes back', () => {
    const line = new Line(IDENTITY);
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
    const line = new Line(IDENTITY);
    line.connect();
    showCall(line, 7, 1);
    prompt(line, 'Wait', 5);
    prompt(line, 'Connected', 0);
    line.nowMs += 6_000;
    line.input({ type: 'clock' });
    expect(promptOf(line)).toBe('Connected');
  });

  test('D-16: a notice goes after its time and stays in the history', () => {
    const line = new Line(IDENTITY);
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
    const line = new Line(IDENTITY);
    line.connect();
    line.hear('DisplayPromptStatus', { promptStatus: '\x80\x13', timeOutValue: 0 });
    expect(line.session.screen.prompt).toBe('Your Current Options');
  });
});

describe('media', () => {
  test.each([3, 11, 17, 22])('version %i: what is asked for is opened, and answered', (version) => {
    const line = new Line({ ...IDENTITY, protocolVersion: version });
    line.connect();
    const names = { conferenceId: 5, passThroughPartyId: 6, callReference: 7 };
    const channel = { conference: 5, party: 6, call: 7 };
    line.hear('OpenReceiveChannel', {
      ...names,
      milliSecondPacketSize: 20,
      compressionType: 4,
      mRxMediaEncryptionKeyInfo: keyInfo(1),
    });
    expect(line.told('open-receive')).toMatchObject([
      { request: { ...channel, codec: 'pcmu', key: { suite: 'AES_CM_128_HMAC_SHA1_32' } } },
    ]);
    const endpoint = { address: '10.0.0.7', port: 20_000 };
    line.input({ type: 'receive-opened', channel, endpoint });
    expect(line.sentOf('OpenReceiveChannelAck')).toMatchObject([
      { mediaReceptionStatus: 0, ipAddr: '10.0.0.7', portNumber: 20_000, passThroughPartyId: 6 },
    ]);
    line.hear('StartMediaTransmission', {
      ...names,
      remoteIpAddr: '10.0.0.9',
      remotePortNumber: 30_000,
      milliSecondPacketSize: 20,
      compressionType: 2,
    });
    expect(line.told('start-transmit')).toMatchObject([
      { request: { ...channel, codec: 'pcma', remote: { address: '10.0.0.9', port: 30_000 } } },
    ]);
    line.input({ type: 'transmit-started', channel, endpoint });
    expect(line.sentOf('StartMediaTransmissionAck')).toHaveLength(version >= 17 ? 1 : 0);
    line.hear('CloseReceiveChannel', names);
    line.hear('StopMediaTransmission', names);
    expect(line.told('close-receive')).toEqual([{ type: 'close-receive', channel }]);
    expect(line.told('stop-transmit')).toEqual([{ type: 'stop-transmit', channel }]);
  });

  test.each([
    ['G.729', { compressionType: 11 }, {}, MediaStatus.InvalidCodec],
    ['30 ms', { milliSecondPacketSize: 30 }, {}, MediaStatus.InvalidPacketSize],
    ['GCM', {}, keyInfo(5), MediaStatus.EncoderOrDecoderFailed],
    ['a key without salt', {}, { ...keyInfo(1), salt: bytes(0), saltlen: 0 }, 9],
    ['a short key', {}, { ...keyInfo(1), key: bytes(8), keylen: 8 }, 9],
    ['an MKI', {}, { ...keyInfo(1), isMKIPresent: 1 }, 9],
    ['a key derivation rate', {}, { ...keyInfo(1), keyDerivationRate: 24 }, 9],
  ])(
    '%s is refused with a status, in both directions and never weaker',
    (_, format, key, status) => {
      const line = new Line(IDENTITY);
      line.connect();
      const body = { milliSecondPacketSize: 20, compressionType: 4, ...format };
      line.hear('OpenReceiveChannel', { ...body, mRxMediaEncryptionKeyInfo: key });
      line.hear('StartMediaTransmission', { ...body, mTxMediaEncryptionKeyInfo: key });
      expect(line.told('open-receive')).toEqual([]);
      expect(line.told('start-transmit')).toEqual([]);
      expect(line.told('media-refused')).toHaveLength(2);
      expect(line.sentOf('OpenReceiveChannelAck')).toMatchObject([
        { mediaReceptionStatus: status, portNumber: 0 },
      ]);
      expect(line.sentOf('StartMediaTransmissionAck')).toMatchObject([
        { mediaTransmissionStatus: status },
      ]);
    },
  );

  test('an old phone only speaks of a transmission that fails', () => {
    const line = new Line({ ...IDENTITY, protocolVersion: 11 });
    line.connect();
    const channel = { conference: 5, party: 6, call: 7 };
    line.input({ type: 'transmit-failed', channel });
    expect(line.sentOf('MediaTransmissionFailure')).toMatchObject([
      { conferenceId: 5, passThroughPartyId: 6, callReference: 7 },
    ]);
    line.input({ type: 'receive-failed', channel });
    expect(line.sentOf('OpenReceiveChannelAck')).toMatchObject([
      { mediaReceptionStatus: MediaStatus.OutOfSockets },
    ]);
  });

  test('keys are copies: wiping the message does not wipe the request', () => {
    const line = new Line(IDENTITY);
    line.connect();
    const key = keyInfo(2);
    const message = messageOf('OpenReceiveChannel', {
      milliSecondPacketSize: 20,
      compressionType: 4,
      mRxMediaEncryptionKeyInfo: key,
    });
    line.input({ type: 'message', message });
    if (message.name === 'OpenReceiveChannel') message.body.mRxMediaEncryptionKeyInfo.key.fill(0);
    expect(line.told('open-receive')).toMatchObject([
      { request: { key: { suite: 'AES_CM_128_HMAC_SHA1_80', key: key.key, salt: key.salt } } },
    ]);
  });

  test.each([17, 18])('version %i: statistics are answered by the numbers given', (version) => {
    const line = new Line({ ...IDENTITY, protocolVersion: version });
    line.connect();
    line.hear('ConnectionStatisticsReq', { directoryNum: '1001', callReference: 7 });
    const [asked] = line.told('statistics-asked');
    if (asked?.type !== 'statistics-asked') throw new Error('it was asked');
    const counters = {
      packetsSent: 1,
      octetsSent: 160,
      packetsReceived: 2,
      octetsReceived: 320,
      packetsLost: 3,
      jitterMs: 4,
    };
    line.input({ type: 'statistics', asked: asked.asked, counters });
    expect(line.sentOf('ConnectionStatisticsRes')).toMatchObject([
      { directoryNum: '1001', callReference: 7, numberPacketsLost: 3, jitter: 4 },
    ]);
  });
});

test.each([3, 11, 17, 20, 22])(
  'what a public server said in version %i shows a call with its keys, and its end',
  (version) => {
    const line = new Line({ ...IDENTITY, protocolVersion: version });
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
      const line = new Line(IDENTITY);
      line.connect();
      for (const each of messages) line.input({ type: 'message', message: each });
      line.input({ type: 'clock' });
      expect(phoneDeadlineMs(line.session)).toBeGreaterThan(line.nowMs);
    }),
    { numRuns: 200 },
  );
});

/** A phone's session and a call manager's, joined by the codec. */
class Line {
  session: PhoneSession;
  nowMs = 1_000;
  /** The call manager does not answer any more. */
  silent = false;
  readonly outputs: PhoneOutput[] = [];
  readonly sent: OutgoingMessage[] = [];
  #server: ReturnType<typeof newServerSession> | undefined;

  constructor(identity: PhoneIdentity) {
    this.session = newPhoneSession(identity, this.nowMs);
  }

  /** Names of what the phone has said. */
  get said(): readonly string[] {
    return this.sent.map(({ name }) => name);
  }

  told(type: PhoneOutput['type']): readonly PhoneOutput[] {
    return this.outputs.filter((output) => output.type === type);
  }

  sentOf<N extends MessageName>(name: N): readonly BodyInput<N>[] {
    return this.sent.flatMap((each) => (each.name === name ? [each.body as BodyInput<N>] : []));
  }

  /** Registers with a call manager that answers everything. */
  connect(): void {
    this.#server = newServerSession(this.nowMs);
    this.input({ type: 'connected' });
  }

  hear<N extends MessageName>(name: N, body: BodyInput<N>): void {
    const { version } = this.session.client;
    this.input({ type: 'message', message: messageOf(name, body, version) });
  }

  input(input: PhoneInput): void {
    const { session, outputs } = handlePhone(this.session, input, this.nowMs);
    this.session = session;
    for (const output of outputs) {
      this.outputs.push(output);
      if (output.type !== 'send') continue;
      this.sent.push(output.message);
      const { name, body } = output.message;
      const message = messageOf(name, body as never, session.client.version);
      if (!this.silent) this.#serve({ type: 'message', message });
    }
  }

  #serve(input: ServerInput): void {
    if (!this.#server) return;
    const { session, outputs } = handleServer(this.#server, input, this.nowMs);
    this.#server = session;
    for (const output of outputs) {
      if (output.type === 'register') this.#serve({ type: 'admit', facts: FACTS });
      if (output.type === 'send') {
        const message = messageOf(output.name, output.body as never, session.version);
        this.input({ type: 'message', message });
      }
    }
  }
}

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

function showCall(line: Line, call: number, security: number): void {
  const place = { lineInstance: 1, callReference: call };
  line.hear('CallState', { callState: CallState.Connected, ...place });
  line.hear('CallInfo', { ...place, callType: 2, callSecurityStatus: security });
  line.hear('SelectSoftKeys', {
    ...place,
    softKeySetIndex: SoftKeySet.Connected,
    validKeyMask: 0xffff,
  });
}

function prompt(line: Line, promptStatus: string, timeOutValue: number): void {
  const place = { lineInstance: 1, callReference: 7 };
  line.hear('DisplayPromptStatusV2', { promptStatus, timeOutValue, ...place });
}

function promptOf(line: Line): string | undefined {
  return line.session.screen.calls.get(7)?.prompt;
}

function keyInfo(algorithmID: number): {
  readonly algorithmID: number;
  readonly keylen: number;
  readonly saltlen: number;
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
} {
  return { algorithmID, keylen: 16, saltlen: 14, key: bytes(16), salt: bytes(14) };
}

function bytes(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => index + 1);
}

function messageOf<N extends MessageName>(name: N, body: BodyInput<N>, version = 20): AnyMessage {
  const read = new FrameReader().push(encodeMessage(name, body, version));
  const [frame] = read.ok ? (read.value as readonly Frame[]) : [];
  const decoded = frame && decodeMessage(frame, version);
  if (!decoded?.ok) throw new Error(`${name} cannot be decoded`);
  return decoded.value;
}
