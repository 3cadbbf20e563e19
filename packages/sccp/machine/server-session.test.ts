import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from '../wire/codec.ts';
import { MESSAGES } from '../wire/messages.ts';
import type { AnyMessage, BodyInput, MessageName } from '../wire/types.ts';
import {
  handleServer,
  negotiate,
  newServerSession,
  REGISTER_TIMEOUT_MS,
  type ServerInput,
  type ServerOutput,
  type ServerSession,
  type StationFacts,
} from './server-session.ts';

/*
 * Goal: a device is heard only once it is admitted; silence and disorder end the connection;
 * nothing that can be decoded makes the session throw. Method: messages go through the codec.
 */

const START_MS = 1_000_000;
const KEEP_ALIVE_S = 30;
const NAMES = Object.keys(MESSAGES) as MessageName[];

const FACTS: StationFacts = {
  kind: 'phone',
  lines: [
    { index: 1, directoryNumber: '1001', displayName: 'Ada Lovelace', label: 'Ada' },
    { index: 2, directoryNumber: '1002', displayName: 'Ada Lovelace', label: '' },
  ],
  serverName: 'callmanager',
  keepAliveSeconds: KEEP_ALIVE_S,
};

describe('registration', () => {
  test('a register request is put to the shell, and nothing is answered before its verdict', () => {
    const station = new Station();
    station.hear('RegisterReq', {
      ...registration(20),
      maxStreams: 5,
      maxConferences: 2,
      firmwareLoadName: 'SCCP45.9-4-2',
    });
    expect(station.take()).toEqual([
      {
        type: 'register',
        request: {
          deviceName: 'SEP000000001001',
          deviceType: 307,
          version: 20,
          maxStreams: 5,
          maxConferences: 2,
          firmware: 'SCCP45.9-4-2',
        },
      },
    ]);
    expect(station.session.phase).toBe('asked');
  });

  test('the admitted device is told version and keep-alive, then asked what it can', () => {
    const station = new Station();
    station.hear('RegisterReq', registration(20));
    station.take();
    station.happen({ type: 'admit', facts: FACTS });
    const [acknowledged, question, ...rest] = station.take();
    expect(acknowledged).toMatchObject({
      type: 'send',
      name: 'RegisterAck',
      body: { keepAliveInterval: KEEP_ALIVE_S, maxProtocolVer: 20 },
    });
    expect(question).toMatchObject({ type: 'send', name: 'CapabilitiesReq' });
    expect(rest).toEqual([]);
    expect(station.session.version).toBe(20);
  });

  test('capabilities make the device usable, once, with its codecs in its order', () => {
    const station = acknowledged();
    station.hear('CapabilitiesRes', capabilities(2, 4, 18));
    expect(station.take()).toEqual([{ type: 'registered', codecs: ['pcma', 'pcmu'] }]);
    station.hear('CapabilitiesRes', capabilities(4));
    expect(station.take()).toEqual([]);
  });

  test('a device that lists no G.711 is taken to have µ-law', () => {
    const station = acknowledged();
    station.hear('CapabilitiesRes', capabilities(18));
    expect(station.take()).toEqual([{ type: 'registered', codecs: ['pcmu'] }]);
  });

  test('TIP-10, TIP-20: a refused device gets the text, and then the connection ends', () => {
    const station = new Station();
    station.hear('RegisterReq', registration(20));
    station.take();
    station.happen({ type: 'refuse', text: 'Security mode mismatch' });
    expect(station.take()).toEqual([
      { type: 'send', name: 'RegisterReject', body: { text: 'Security mode mismatch' } },
      { type: 'close', reason: 'registration refused' },
    ]);
    station.hear('RegisterReq', registration(20));
    station.happen({ type: 'admit', facts: FACTS });
    expect(station.take()).toEqual([]);
  });

  test('a verdict that nobody asked for admits nobody', () => {
    const station = new Station();
    station.happen({ type: 'admit', facts: FACTS });
    expect(station.take()).toEqual([]);
    expect(station.session.phase).toBe('new');
  });

  test('a device that unregisters is answered, then the connection ends', () => {
    const station = registered();
    station.hear('UnregisterReq', {});
    expect(station.take()).toEqual([
      { type: 'send', name: 'UnregisterAck', body: { status: 0 } },
      { type: 'close', reason: 'the device unregistered' },
    ]);
  });
});

describe('disorder', () => {
  test.each([
    'OffHook',
    'SoftKeyEvent',
    'KeypadButton',
    'ButtonTemplateReq',
    'LineStatReq',
  ] as const)(
    '%s before registration closes the connection, also while the verdict is awaited',
    (name) => {
      const fresh = new Station();
      fresh.hear(name, {});
      expect(fresh.take()).toEqual([{ type: 'close', reason: `${name} before registration` }]);
      const asked = new Station();
      asked.hear('RegisterReq', registration(20));
      asked.take();
      asked.hear(name, {});
      expect(asked.take()).toEqual([{ type: 'close', reason: `${name} before registration` }]);
      asked.happen({ type: 'admit', facts: FACTS });
      expect(asked.take()).toEqual([]);
    },
  );

  test('a second register request closes the connection, whatever the first came to', () => {
    for (const station of [asked(), acknowledged(), registered()]) {
      station.hear('RegisterReq', registration(20));
      expect(station.take()).toEqual([
        { type: 'close', reason: 'registered twice on one connection' },
      ]);
    }
  });

  test('calls of a device that is not yet usable are passed over', () => {
    const station = acknowledged();
    station.hear('OffHook', {});
    expect(station.take()).toEqual([]);
    expect(station.session.phase).toBe('acknowledged');
  });

  test('alarms are heard at any time: they tell why a device cannot register', () => {
    const station = new Station();
    station.hear('Alarm', { text: '25: Name=SEP000000001001 Load=9.4 Last=Phone-Keypad' });
    expect(station.take()).toEqual([
      { type: 'message', message: expect.objectContaining({ name: 'Alarm' }) },
    ]);
  });

  test('a message of another kind passes through once the device is registered', () => {
    const station = registered();
    station.hear('OffHook', { lineInstance: 1 });
    expect(station.take()).toEqual([
      { type: 'message', message: expect.objectContaining({ name: 'OffHook' }) },
    ]);
    const stranger: AnyMessage = { name: 'Unknown', id: 0x7777, payload: new Uint8Array() };
    station.happen({ type: 'message', message: stranger });
    expect(station.take()).toEqual([{ type: 'message', message: stranger }]);
  });
});

describe('silence', () => {
  test('a connection that does not register in time is closed, and keep-alives do not help', () => {
    const station = new Station();
    station.nowMs += REGISTER_TIMEOUT_MS - 1;
    station.hear('KeepAliveReq', {});
    expect(station.take()).toEqual([{ type: 'send', name: 'KeepAliveAck', body: {} }]);
    station.happen({ type: 'clock' });
    expect(station.take()).toEqual([]);
    station.nowMs += 1;
    station.happen({ type: 'clock' });
    expect(station.take()).toEqual([{ type: 'close', reason: 'did not register in time' }]);
  });

  test('an acknowledged device that never says what it can is closed', () => {
    const station = acknowledged();
    station.nowMs = station.session.deadlineMs;
    station.happen({ type: 'clock' });
    expect(station.take()).toEqual([{ type: 'close', reason: 'did not register in time' }]);
  });

  test('a registered device may miss three keep-alives and no more', () => {
    const station = registered();
    for (let count = 0; count < 5; count += 1) {
      station.nowMs += KEEP_ALIVE_S * 1000;
      station.hear('KeepAliveReq', {});
      expect(station.take()).toEqual([{ type: 'send', name: 'KeepAliveAck', body: {} }]);
    }
    station.nowMs += KEEP_ALIVE_S * 3000 - 1;
    station.happen({ type: 'clock' });
    expect(station.take()).toEqual([]);
    station.nowMs += 1;
    station.happen({ type: 'clock' });
    expect(station.take()).toEqual([{ type: 'close', reason: 'no keep-alive' }]);
  });

  test('anything that a registered device says shows that it is there', () => {
    for (const name of ['OffHook', 'KeepAliveReq', 'TimeDateReq', 'CapabilitiesRes'] as const) {
      const station = registered();
      station.nowMs += 5_000;
      station.hear(name, {});
      expect([name, station.session.deadlineMs]).toEqual([
        name,
        station.nowMs + KEEP_ALIVE_S * 3000,
      ]);
    }
  });

  test('after the end there is nothing more, and the clock never rings again', () => {
    const station = registered();
    station.hear('UnregisterReq', {});
    station.take();
    expect(station.session.deadlineMs).toBe(Number.POSITIVE_INFINITY);
    station.hear('KeepAliveReq', {});
    station.happen({ type: 'clock' });
    station.happen({ type: 'refuse', text: 'too late' });
    expect(station.take()).toEqual([]);
  });
});

describe('versions', () => {
  test.each(range(3, 30))(
    'version %i gives the highest that the wire knows, never above it',
    (theirs) => {
      const known = [3, 4, 5, 6, 7, 8, 10, 11, 15, 16, 17, 18, 19, 20, 21, 22];
      const expected = Math.max(...known.filter((each) => each <= theirs));
      expect(negotiate(theirs)).toBe(expected);
      const station = new Station();
      station.hear('RegisterReq', registration(theirs));
      station.take();
      station.happen({ type: 'admit', facts: FACTS });
      expect(station.take()[0]).toMatchObject({ body: { maxProtocolVer: expected } });
      expect(station.session.version).toBe(expected);
    },
  );

  test('no version means the oldest, an impossible one the newest', () => {
    expect([0, 1, 2].map(negotiate)).toEqual([3, 3, 3]);
    expect(negotiate(255)).toBe(22);
    const station = new Station();
    const { protocolVer: _, ...old } = registration(0);
    station.hear('RegisterReq', old);
    expect(station.take()).toMatchObject([{ request: { version: 3 } }]);
  });
});

describe('questions of a phone about itself', () => {
  test('buttons, lines and status are those of the configuration', () => {
    const station = registered(20);
    station.hear('ButtonTemplateReq', {});
    expect(station.take()).toMatchObject([
      {
        name: 'ButtonTemplateRes',
        body: {
          buttonTemplate: {
            buttonCount: 2,
            definition: expect.arrayContaining([{ instanceNumber: 2, buttonDefinition: 9 }]),
          },
        },
      },
    ]);
    station.hear('LineStatReq', { lineNumber: 2 });
    expect(station.take()).toMatchObject([
      {
        name: 'LineStatV2Res',
        body: { lineNumber: 2, lineDirNumber: '1002', lineTextLabel: '1002' },
      },
    ]);
    station.hear('ConfigStatReq', {});
    expect(station.take()).toMatchObject([
      {
        name: 'ConfigStatRes',
        body: { sid: { DeviceName: 'SEP000000001001' }, numberOfLines: 2 },
      },
    ]);
  });

  test('a line that is not configured is empty, also under a hostile number', () => {
    for (const lineNumber of [0, 3, 0xffff_ffff]) {
      const station = registered(20);
      station.hear('LineStatReq', { lineNumber });
      expect(station.take()).toMatchObject([{ body: { lineNumber, lineDirNumber: '' } }]);
    }
  });

  test('old phones are told their lines in the old message', () => {
    const station = registered(11);
    station.hear('LineStatReq', { lineNumber: 1 });
    expect(station.take()).toMatchObject([
      { name: 'LineStatRes', body: { lineDirNumber: '1001' } },
    ]);
  });

  test('the time is in UTC, in both forms', () => {
    const station = registered(20);
    station.nowMs = Date.UTC(2026, 1, 3, 4, 5, 6, 789);
    station.hear('TimeDateReq', {});
    expect(station.take()).toMatchObject([
      {
        name: 'TimeDateRes',
        body: {
          timeDataInfo: {
            wYear: 2026,
            wMonth: 2,
            wDayOfWeek: 2,
            wDay: 3,
            wHour: 4,
            wMinute: 5,
            wSecond: 6,
            wMilliseconds: 789,
          },
          systemTime: Date.UTC(2026, 1, 3, 4, 5, 6) / 1000,
        },
      },
    ]);
  });
});

test('no sequence of messages and verdicts throws; the order holds', () => {
  const input: fc.Arbitrary<ServerInput> = fc.oneof(
    {
      weight: 6,
      arbitrary: anyMessage().map((message) => ({ type: 'message', message }) as const),
    },
    { weight: 1, arbitrary: fc.constant({ type: 'admit', facts: FACTS } as const) },
    { weight: 1, arbitrary: fc.constant({ type: 'clock' } as const) },
  );
  const opening = fc.constantFrom(0, 1, 2, 3);
  fc.assert(
    fc.property(opening, fc.array(input, { maxLength: 30 }), (progress, inputs) => {
      const station = [new Station(), asked(), acknowledged(), registered()][progress];
      let closed = false;
      for (const each of inputs) {
        if (!station) return;
        const before = station.session.phase;
        station.nowMs += 1_000;
        station.happen(each);
        const outputs = station.take();
        if (closed) expect(outputs).toEqual([]);
        closed ||= outputs.some((output) => output.type === 'close');
        expect(station.session.phase === 'closed').toBe(closed);
        for (const output of outputs) {
          if (output.type === 'send')
            encodeMessage(output.name, output.body, station.session.version);
          const isAlarm = output.type === 'message' && output.message.name === 'Alarm';
          if (output.type === 'message' && !isAlarm) expect(before).toBe('registered');
          if (output.type === 'register') expect(before).toBe('new');
        }
      }
    }),
    { numRuns: 500 },
  );
});

/** One session with its time and what it has put out. */
class Station {
  session: ServerSession = newServerSession(START_MS);
  nowMs = START_MS;
  #outputs: ServerOutput[] = [];

  happen(input: ServerInput): void {
    const step = handleServer(this.session, input, this.nowMs);
    this.session = step.session;
    this.#outputs.push(...step.outputs);
  }

  /** A message as it comes from the wire. */
  hear<N extends MessageName>(name: N, body: BodyInput<N>): void {
    this.happen({ type: 'message', message: throughWire(name, body, this.session.version) });
  }

  take(): readonly ServerOutput[] {
    return this.#outputs.splice(0);
  }
}

function asked(version = 20): Station {
  const station = new Station();
  station.hear('RegisterReq', registration(version));
  station.take();
  return station;
}

function acknowledged(version = 20): Station {
  const station = asked(version);
  station.happen({ type: 'admit', facts: FACTS });
  station.take();
  return station;
}

function registered(version = 20): Station {
  const station = acknowledged(version);
  station.hear('CapabilitiesRes', capabilities(4, 2));
  station.take();
  return station;
}

function registration(protocolVer: number): BodyInput<'RegisterReq'> {
  return { sid: { DeviceName: 'SEP000000001001' }, deviceType: 307, protocolVer };
}

function capabilities(...numbers: readonly number[]): BodyInput<'CapabilitiesRes'> {
  return {
    capCount: numbers.length,
    caps: numbers.map((payloadCapability) => ({ payloadCapability, maxFramesPerPacket: 20 })),
  };
}

function throughWire<N extends MessageName>(
  name: N,
  body: BodyInput<N>,
  version: number,
): AnyMessage {
  const bytes = encodeMessage(name, body, version);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const frame = {
    version: view.getUint32(4, true),
    messageId: view.getUint32(8, true),
    payload: bytes.slice(12),
  };
  const decoded = decodeMessage(frame, version);
  if (!decoded.ok) throw new Error(`${name} cannot be decoded`);
  return decoded.value;
}

/** Any message with any content that the decoder accepts. */
function anyMessage(): fc.Arbitrary<AnyMessage> {
  const ids = fc.oneof(fc.constantFrom(...NAMES.map((name) => MESSAGES[name].id)), fc.nat(0xffff));
  const version = fc.constantFrom(0, 11, 17, 20, 22);
  return fc
    .tuple(ids, version, fc.uint8Array({ minLength: 0, maxLength: 2_000, size: 'max' }))
    .map(([messageId, negotiated, payload]) =>
      decodeMessage({ version: negotiated, messageId, payload }, negotiated),
    )
    .filter((decoded) => decoded.ok)
    .map((decoded) => decoded.value);
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
