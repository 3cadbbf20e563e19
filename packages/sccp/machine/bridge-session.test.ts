import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from '../wire/codec.ts';
import { FrameReader } from '../wire/frame-reader.ts';
import { MESSAGES } from '../wire/messages.ts';
import type { AnyMessage, BodyInput, MessageName } from '../wire/types.ts';
import { CONFERENCE_PARTIES_MAX } from './bridge-answers.ts';
import {
  type BridgeInput,
  type BridgeOutput,
  type BridgeSession,
  failuresOfAlarm,
  handleBridge,
  newBridgeSession,
} from './bridge-session.ts';
import { deadlineOf } from './resource-session.ts';

/*
 * Goal: what the call manager says becomes commands or refusals and nothing else, in every order.
 * Method: messages go through the codec, as on the wire; the machine has no clock, so time is a number.
 */

const VERSION = 20;

const IDENTITY = {
  name: 'CFB000000000001',
  address: '127.0.0.1',
  conferencesMax: 8,
  partiesMax: 32,
  protocolVersion: VERSION,
};

const REGISTER_ACK: BridgeInput = message('RegisterAck', {
  keepAliveInterval: 30,
  maxProtocolVer: 17,
});

const KEY = { keylen: 16, saltlen: 14, key: new Uint8Array(16).fill(1), salt: saltOf(2) };

describe('registration (BRG-03)', () => {
  test('asks first, and says how many streams and conferences there are', () => {
    const { outputs } = handleBridge(newBridgeSession(IDENTITY, 0), { type: 'connected' }, 0);
    expect(outputs).toHaveLength(1);
    expect(outputs[0]).toMatchObject({
      type: 'send',
      name: 'RegisterReq',
      body: {
        sid: { DeviceName: 'CFB000000000001' },
        stationIpAddr: '127.0.0.1',
        maxStreams: 256,
        maxConferences: 8,
        protocolVer: VERSION,
      },
    });
  });

  test('takes the lower version, answers about its codecs, then announces its streams once', () => {
    const device = new Device();
    device.give({ type: 'connected' });
    expect(device.give(REGISTER_ACK)).toEqual([{ type: 'registered', version: 17 }]);
    expect(device.session.client.version).toBe(17);
    const first = device.give(message('CapabilitiesReq', {}));
    expect(first.map(nameOf)).toEqual(['CapabilitiesRes', 'MediaResourceNotification']);
    expect(first[0]).toMatchObject({
      body: { caps: [{ payloadCapability: 4 }, { payloadCapability: 2 }] },
    });
    expect(first[1]).toMatchObject({
      body: { numberOfInServiceStreams: 256, maxStreamsPerConf: 32 },
    });
    expect(device.give(message('CapabilitiesReq', {})).map(nameOf)).toEqual(['CapabilitiesRes']);
  });

  test('a refusal comes out with its text', () => {
    const device = new Device();
    device.give({ type: 'connected' });
    expect(device.give(message('RegisterReject', { text: 'Security mismatch' }))).toEqual([
      { type: 'rejected', text: 'Security mismatch' },
      { type: 'close', reason: 'registration rejected' },
    ]);
    expect(device.give(REGISTER_ACK)).toEqual([]);
  });

  test('a call manager that does not answer is given up', () => {
    const device = new Device();
    device.give({ type: 'connected' });
    expect(device.ring().map(nameOf)).toEqual(['close']);
  });

  test('a keep-alive interval that no timer could hold is cut', () => {
    const device = new Device();
    device.give({ type: 'connected' });
    device.give(message('RegisterAck', { keepAliveInterval: 0xffff_ffff, maxProtocolVer: 20 }));
    expect(deadlineOf(device.session)).toBe(3_600_000);
  });
});

describe('keep-alive', () => {
  test('one each interval; three without an answer end the conferences and the session', () => {
    const device = registered();
    const seen = [1, 2, 3, 4].map(() => device.ring().map(nameOf).join(' '));
    expect(seen).toEqual(['KeepAliveReq', 'KeepAliveReq', 'KeepAliveReq', 'end-conferences close']);
    expect(device.nowMs).toBe(120_000);
    expect(deadlineOf(device.session)).toBeUndefined();
  });

  test('an answer counts for all that went before', () => {
    const device = registered();
    for (let interval = 0; interval < 20; interval += 1) {
      expect(device.ring().map(nameOf)).toEqual(['KeepAliveReq']);
      if (interval % 3 === 2) expect(device.give(message('KeepAliveAck', {}))).toEqual([]);
    }
  });

  test('before the deadline a clock changes nothing', () => {
    const device = registered();
    expect(device.give({ type: 'clock' })).toEqual([]);
  });
});

describe('the end of a session ends its conferences, once', () => {
  test.each([
    ['Reset', message('Reset', { resetType: 1 }), 'end-conferences close'],
    ['Restart', message('Reset', { resetType: 2 }), 'end-conferences close'],
    ['the connection is gone', { type: 'disconnected' }, 'end-conferences'],
    ['we unregister', { type: 'unregister' }, 'UnregisterReq end-conferences close'],
    ['a late refusal', message('RegisterReject', { text: 'no' }), 'rejected end-conferences close'],
  ] as const)('%s', (_, input, expected) => {
    const device = registered();
    const names = device.give(input).map(nameOf);
    expect(names.toSorted()).toEqual(expected.split(' ').toSorted());
    expect(device.give({ type: 'disconnected' })).toEqual([]);
    expect(device.give(message('AuditConferenceReq', {}))).toEqual([]);
    expect(device.give({ type: 'conferences-audited', conferences: [] })).toEqual([]);
  });

  test('before the registration nothing is answered, announced or warned of', () => {
    const device = new Device();
    device.give({ type: 'connected' });
    for (const input of [
      { type: 'conferences-audited', conferences: [] },
      { type: 'authentication-failures', conferenceId: 1, callReference: 1, packets: 99 },
      message('CapabilitiesReq', {}),
    ] as const) {
      expect(device.give(input)).toEqual([]);
    }
    expect(device.session).toMatchObject({ announced: false, ignored: 1 });
  });

  test('of a session that was never registered there are none', () => {
    const device = new Device();
    device.give({ type: 'connected' });
    expect(device.give({ type: 'disconnected' })).toEqual([]);
  });
});

describe('what the call manager asks becomes a command', () => {
  const PARTICIPANT = { conferenceId: 7, callReference: 9 };
  const CHANNEL = { ...PARTICIPANT, passThroughPartyId: 11 };
  test.each<[MessageName, object, BridgeOutput]>([
    [
      'CreateConferenceReq',
      { conferenceId: 7, numberOfReservedParticipants: 3 },
      { type: 'create-conference', conferenceId: 7, reservedParticipants: 3 },
    ],
    [
      'ModifyConferenceReq',
      { conferenceId: 7, numberOfReservedParticipants: 5 },
      { type: 'modify-conference', conferenceId: 7, reservedParticipants: 5 },
    ],
    ['DeleteConferenceReq', { conferenceId: 7 }, { type: 'delete-conference', conferenceId: 7 }],
    [
      'AddParticipantReq',
      { ...PARTICIPANT, participantName: 'J\u00c3\u00b6rg', participantNumber: '1001' },
      { type: 'add-participant', ...PARTICIPANT, name: 'Jörg', number: '1001' },
    ],
    [
      'ChangeParticipantReq',
      { ...PARTICIPANT, participantName: 'Ada', participantNumber: '1002' },
      { type: 'change-participant', ...PARTICIPANT, name: 'Ada', number: '1002' },
    ],
    ['DropParticipantReq', PARTICIPANT, { type: 'drop-participant', ...PARTICIPANT }],
    ['AuditConferenceReq', {}, { type: 'audit-conference' }],
    ['AuditParticipantReq', { conferenceId: 7 }, { type: 'audit-participants', conferenceId: 7 }],
    [
      'OpenReceiveChannel',
      { ...CHANNEL, compressionType: 4, milliSecondPacketSize: 20 },
      { type: 'open-receive', ...CHANNEL, payloadType: 0, packetMs: 20 },
    ],
    [
      'OpenReceiveChannel',
      { ...CHANNEL, compressionType: 2, mRxMediaEncryptionKeyInfo: { ...KEY, algorithmID: 1 } },
      {
        type: 'open-receive',
        ...CHANNEL,
        payloadType: 8,
        packetMs: 20,
        key: { suite: 'AES_CM_128_HMAC_SHA1_32', key: KEY.key, salt: KEY.salt },
      },
    ],
    ['CloseReceiveChannel', CHANNEL, { type: 'close-receive', ...CHANNEL }],
    [
      'StartMediaTransmission',
      {
        ...CHANNEL,
        compressionType: 4,
        remoteIpAddr: '10.0.0.9',
        remotePortNumber: 20_000,
        mTxMediaEncryptionKeyInfo: { ...KEY, algorithmID: 2 },
      },
      {
        type: 'start-transmit',
        ...CHANNEL,
        payloadType: 0,
        packetMs: 20,
        key: { suite: 'AES_CM_128_HMAC_SHA1_80', key: KEY.key, salt: KEY.salt },
        remote: { address: '10.0.0.9', port: 20_000 },
      },
    ],
    ['StopMediaTransmission', CHANNEL, { type: 'stop-transmit', ...CHANNEL }],
    [
      'ConnectionStatisticsReq',
      { callReference: 9, directoryNum: '1001', statsProcessingMode: 1 },
      {
        type: 'connection-statistics',
        callReference: 9,
        directoryNumber: '1001',
        processingMode: 1,
      },
    ],
  ])('%s %#', (name, body, expected) => {
    expect(registered().give(message(name, body))).toEqual([expected]);
    // Before the registration nobody has anything to ask.
    const early = new Device();
    early.give({ type: 'connected' });
    expect(early.give(message(name, body))).toEqual([]);
    expect(early.session.ignored).toBe(1);
  });
});

describe('what no bridge could do is refused, and never becomes a stream in clear', () => {
  const CHANNEL = { conferenceId: 7, callReference: 9, passThroughPartyId: 11 };
  const REMOTE = { remoteIpAddr: '10.0.0.9', remotePortNumber: 20_000 };
  const open = 'OpenReceiveChannel';
  const start = 'StartMediaTransmission';
  const withKey = (info: object): object => ({
    mRxMediaEncryptionKeyInfo: { ...KEY, ...info },
    mTxMediaEncryptionKeyInfo: { ...KEY, ...info },
  });
  test.each<[string, MessageName, object, number]>([
    ['G.729 in', open, { compressionType: 11 }, 6],
    ['G.729 out', start, { compressionType: 11 }, 6],
    ['25 ms packets', open, { milliSecondPacketSize: 25 }, 7],
    ['AES-256-GCM', open, withKey({ algorithmID: 6 }), 9],
    ['F8 out', start, withKey({ algorithmID: 3 }), 9],
    ['a short key', open, withKey({ algorithmID: 1, keylen: 15, key: saltOf(1) }), 9],
    ['a short salt', start, withKey({ algorithmID: 2, saltlen: 0, salt: new Uint8Array(0) }), 9],
    ['a key identifier', open, withKey({ algorithmID: 1, isMKIPresent: 1 }), 9],
    ['periodic derivation', open, withKey({ algorithmID: 1, keyDerivationRate: 24 }), 9],
    ['port 0', start, { remotePortNumber: 0 }, 1],
    ['port 65536', start, { remotePortNumber: 65_536 }, 1],
    ['no address', start, { remoteIpAddr: '0.0.0.0' }, 1],
  ])('%s', (_, name, body, status) => {
    const request = { ...CHANNEL, ...REMOTE, compressionType: 4, ...body };
    const outputs = registered().give(message(name, request));
    expect(outputs).toHaveLength(1);
    expect(outputs[0]).toMatchObject(
      name === open
        ? {
            name: 'OpenReceiveChannelAck',
            body: { mediaReceptionStatus: status, passThroughPartyId: 11, callReference: 9 },
          }
        : {
            name: 'StartMediaTransmissionAck',
            body: { ...CHANNEL, mediaTransmissionStatus: status },
          },
    );
  });

  test('another resource than a conference', () => {
    const request = { conferenceId: 7, resourceType: 1 };
    expect(registered().give(message('CreateConferenceReq', request))).toMatchObject([
      { name: 'CreateConferenceRes', body: { conferenceId: 7, result: 1 } },
    ]);
  });

  test('what bridges do not do is ignored and counted', () => {
    const device = registered();
    expect(device.give(message('StartTone', { tone: 33 }))).toEqual([]);
    expect(device.give(REGISTER_ACK)).toEqual([]);
    expect(
      device.give({
        type: 'message',
        message: { name: 'Unknown', id: 0x7777, payload: new Uint8Array(3) },
      }),
    ).toEqual([]);
    expect(device.session.ignored).toBe(3);
  });
});

describe('answers', () => {
  test.each<[BridgeInput, object]>([
    [
      { type: 'conference-created', conferenceId: 7, result: 1 },
      { name: 'CreateConferenceRes', body: { conferenceId: 7, result: 1 } },
    ],
    [
      { type: 'conference-modified', conferenceId: 7, result: 4 },
      { name: 'ModifyConferenceRes', body: { conferenceId: 7, modify_conf_result: 4 } },
    ],
    [
      { type: 'conference-deleted', conferenceId: 7, result: 1 },
      { name: 'DeleteConferenceRes', body: { conferenceId: 7, delete_conf_result: 1 } },
    ],
    [
      { type: 'participant-added', conferenceId: 7, callReference: 9, result: 3 },
      {
        name: 'AddParticipantRes',
        body: { conferenceId: 7, callReference: 9, add_participant_result: 3 },
      },
    ],
    [
      { type: 'participants-audited', conferenceId: 7, callReferences: [9, 8] },
      {
        name: 'AuditParticipantRes',
        body: { conferenceId: 7, audit_participant_result: 0, last: 1, participantEntry: [9, 8] },
      },
    ],
    [
      { type: 'participants-audited', conferenceId: 7, callReferences: undefined },
      {
        name: 'AuditParticipantRes',
        body: { conferenceId: 7, audit_participant_result: 1, last: 1, participantEntry: [] },
      },
    ],
    [
      {
        type: 'receive-opened',
        conferenceId: 7,
        callReference: 9,
        passThroughPartyId: 11,
        status: 0,
        address: '127.0.0.1',
        port: 4000,
      },
      {
        name: 'OpenReceiveChannelAck',
        body: {
          mediaReceptionStatus: 0,
          ipAddr: '127.0.0.1',
          portNumber: 4000,
          passThroughPartyId: 11,
          callReference: 9,
        },
      },
    ],
    [
      {
        type: 'statistics-taken',
        callReference: 9,
        directoryNumber: '1001',
        processingMode: 0x101,
        packetsSent: 2 ** 40,
        octetsSent: 2,
        packetsReceived: 3,
        octetsReceived: 4,
        packetsLost: 5,
        jitterMs: 6,
      },
      {
        name: 'ConnectionStatisticsRes',
        body: {
          directoryNum: '1001',
          callReference: 9,
          statsProcessingMode: 1,
          numberPacketsSent: 0xffff_ffff,
          numberOctetsSent: 2,
          numberPacketsReceived: 3,
          numberOctetsReceived: 4,
          numberPacketsLost: 5,
          jitter: 6,
        },
      },
    ],
  ])('$type', (answer, expected) => {
    const device = registered();
    expect(throughTheWire(device.give(answer))).toMatchObject([expected]);
  });

  test('an audit of many conferences takes several messages, of which the last one says so', () => {
    for (const [count, pages] of [
      [0, [0]],
      [1, [1]],
      [32, [32]],
      [33, [32, 1]],
      [64, [32, 32]],
    ] as const) {
      const conferences = Array.from({ length: count }, (_, index) => ({
        conferenceId: index + 1,
        reservedParticipants: 3,
        activeParticipants: 2,
      }));
      const sent = throughTheWire(
        registered().give({ type: 'conferences-audited', conferences }),
      ).flatMap((each) => (each.name === 'AuditConferenceRes' ? [each.body] : []));
      expect(sent.map(({ conferenceEntry }) => conferenceEntry.length)).toEqual(pages);
      expect(sent.map(({ last }) => last)).toEqual(
        pages.map((_, at) => Number(at + 1 === pages.length)),
      );
    }
  });

  test('the largest conference fits one audit of its participants: no part can be mistaken', () => {
    const callReferences = Array.from({ length: CONFERENCE_PARTIES_MAX }, (_, index) => index + 1);
    const outputs = registered().give({
      type: 'participants-audited',
      conferenceId: 7,
      callReferences,
    });
    expect(throughTheWire(outputs)).toMatchObject([{ body: { participantEntry: callReferences } }]);
  });
});

describe('packets that fail authentication', () => {
  const LEG = { conferenceId: 7, callReference: 9 };
  const failures = (packets: number, leg = LEG): BridgeInput => ({
    type: 'authentication-failures',
    ...leg,
    packets,
  });

  test('what the warning says can be read back, and nothing else is taken for one', () => {
    const most = 4_294_967_295;
    const leg = { conferenceId: most, callReference: most };
    const [warning] = throughTheWire(registered().give(failures(most, leg)));
    const text = warning?.name === 'Alarm' ? warning.body.text : '';
    expect(failuresOfAlarm(text)).toEqual({ ...leg, packets: most });
    expect(failuresOfAlarm('conference 7 call 9: 5 packets')).toBeUndefined();
    expect(failuresOfAlarm(`${text}!`)).toBeUndefined();
  });

  test('a burst becomes a warning that names conference, call and count', () => {
    expect(registered().give(failures(5))).toEqual([
      {
        type: 'send',
        name: 'Alarm',
        body: {
          alarmSeverity: 1,
          text: 'conference 7 call 9: 5 packets failed authentication',
          parm1: 9,
          parm2: 5,
        },
      },
    ]);
  });

  test.each([
    //  packets and milliseconds                          alarms
    ['fewer than a burst', [[4, 0]], 0],
    [
      'no more than last time',
      [
        [5, 0],
        [5, 60_000],
      ],
      1,
    ],
    [
      'less than a burst more',
      [
        [5, 0],
        [9, 60_000],
      ],
      1,
    ],
    [
      'more, too early',
      [
        [5, 0],
        [100, 9_999],
      ],
      1,
    ],
    [
      'more, in time',
      [
        [5, 0],
        [100, 10_000],
      ],
      2,
    ],
    [
      'more all the time, for 30 s',
      Array.from({ length: 60 }, (_, at) => [5 * at + 5, 500 * at]),
      3,
    ],
  ] as const)('%s', (_, reports, alarms) => {
    const device = registered();
    const sent = reports.flatMap(([packets = 0, nowMs = 0]) => {
      device.nowMs = nowMs;
      return device.give(failures(packets));
    });
    expect(sent.map(nameOf)).toEqual(Array.from({ length: alarms }, () => 'Alarm'));
  });

  test('each leg has a limit of its own, and a new leg of an old name has a new one', () => {
    const device = registered();
    const other = { conferenceId: 7, callReference: 10 };
    expect(device.give(failures(5))).toHaveLength(1);
    expect(device.give(failures(5, other))).toHaveLength(1);
    device.give(message('DropParticipantReq', LEG));
    expect(device.give(failures(5))).toHaveLength(1);
    expect(device.give(failures(10, other))).toHaveLength(0);
    device.give(message('DeleteConferenceReq', { conferenceId: 7 }));
    expect(device.session.failures.size).toBe(0);
  });

  test('the longest text fits its field', () => {
    const most = 0xffff_ffff;
    const leg = { conferenceId: most, callReference: most };
    const outputs = registered().give(failures(most, leg));
    const text = `conference ${most} call ${most}: ${most} packets failed authentication`;
    expect(throughTheWire(outputs)).toMatchObject([{ body: { text } }]);
  });
});

describe('hostile call managers', () => {
  test('no bytes in any order make the machine throw or send what cannot be sent', () => {
    fc.assert(
      fc.property(fc.array(anyInput(), { maxLength: 60 }), (inputs) => {
        const device = new Device();
        let ends = 0;
        for (const input of inputs) {
          const before = device.session.client.phase;
          const outputs = device.give(input);
          throughTheWire(outputs);
          const isEnd = before === 'registered' && device.session.client.phase === 'closed';
          const ended = outputs.filter(({ type }) => type === 'end-conferences').length;
          expect(ended).toBe(isEnd ? 1 : 0);
          ends += ended;
          if (before === 'closed') expect(outputs).toEqual([]);
          if (before !== 'registered') {
            expect(outputs.filter(isCommand)).toEqual([]);
          }
        }
        expect(ends).toBeLessThanOrEqual(1);
      }),
    );
  });
});

/** A session with its clock. */
class Device {
  nowMs = 0;
  session: BridgeSession = newBridgeSession(IDENTITY, 0);

  give(input: BridgeInput): readonly BridgeOutput[] {
    const step = handleBridge(this.session, input, this.nowMs);
    this.session = step.session;
    return step.outputs;
  }

  /** Waits for the deadline. */
  ring(): readonly BridgeOutput[] {
    this.nowMs = deadlineOf(this.session) ?? this.nowMs;
    return this.give({ type: 'clock' });
  }
}

function registered(): Device {
  const device = new Device();
  device.give({ type: 'connected' });
  device.give(message('RegisterAck', { keepAliveInterval: 30, maxProtocolVer: VERSION }));
  return device;
}

/** As it comes off the wire. */
function message<N extends MessageName>(name: N, body: BodyInput<N> | object): BridgeInput {
  return { type: 'message', message: decoded(encodeMessage(name, body as BodyInput<N>, VERSION)) };
}

function decoded(bytes: Uint8Array): AnyMessage {
  const frames = new FrameReader().push(bytes);
  const [frame] = frames.ok ? frames.value : [];
  const result = frame && decodeMessage(frame, VERSION);
  if (!result?.ok) throw new Error('it was encoded by us');
  return result.value;
}

function throughTheWire(outputs: readonly BridgeOutput[]): readonly AnyMessage[] {
  return outputs.flatMap((output) =>
    output.type === 'send'
      ? [decoded(encodeMessage(output.name, output.body as never, VERSION))]
      : [],
  );
}

function nameOf(output: BridgeOutput): string {
  return output.type === 'send' ? output.name : output.type;
}

function isCommand({ type }: BridgeOutput): boolean {
  return !['send', 'registered', 'rejected', 'close', 'end-conferences'].includes(type);
}

function saltOf(value: number): Uint8Array {
  return new Uint8Array(14).fill(value);
}

/** Mostly random bodies of known messages; now and then what makes a session go on or end. */
function anyInput(): fc.Arbitrary<BridgeInput> {
  const ids = Object.values(MESSAGES).map(({ id }) => id);
  const random = fc
    .record({
      messageId: fc.constantFrom(...ids),
      version: fc.constantFrom(0, 17, VERSION, 22),
      payload: fc.uint8Array({ maxLength: 400, size: 'max' }),
    })
    .map((frame) => decodeMessage(frame, VERSION))
    .filter((result) => result.ok)
    .map((result): BridgeInput => ({ type: 'message', message: result.value }));
  const conference = fc.record({
    conferenceId: fc.nat({ max: 3 }),
    callReference: fc.nat({ max: 3 }),
    packets: fc.nat(),
  });
  return fc.oneof(
    { weight: 6, arbitrary: random },
    { weight: 3, arbitrary: fc.constantFrom<BridgeInput>({ type: 'connected' }, REGISTER_ACK) },
    { weight: 1, arbitrary: fc.constantFrom<BridgeInput>({ type: 'clock' }) },
    {
      weight: 1,
      arbitrary: conference.map(
        (leg): BridgeInput => ({ type: 'authentication-failures', ...leg }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom<BridgeInput>(
        { type: 'disconnected' },
        { type: 'unregister' },
        { type: 'participants-audited', conferenceId: 1, callReferences: [1] },
      ),
    },
  );
}
