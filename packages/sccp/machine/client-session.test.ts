import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from '../wire/codec.ts';
import { FrameReader } from '../wire/frame-reader.ts';
import { MESSAGES } from '../wire/messages.ts';
import type { AnyMessage, BodyInput, MessageName } from '../wire/types.ts';
import {
  type ClientIdentity,
  type ClientInput,
  type ClientOutput,
  type ClientSession,
  handleClient,
  newClientSession,
} from './client-session.ts';
import {
  handleServer,
  negotiate,
  newServerSession,
  type ServerInput,
  type ServerOutput,
  type ServerSession,
} from './server-session.ts';

/*
 * Goal: a device registers, keeps alive, and gives up a call manager that is silent or says no;
 * both sessions understand each other in every version. Method: examples, and the two run against
 * each other through real frames.
 */

const START_MS = 1_000_000;
const KEEP_ALIVE_S = 30;
const NAMES = Object.keys(MESSAGES) as MessageName[];

describe('registration', () => {
  test('a connected device asks to be registered, as what it is', () => {
    const device = new Device();
    device.happen({ type: 'connected' });
    expect(device.take()).toEqual([
      { type: 'send', name: 'RegisterReq', body: identity(20).registration },
    ]);
    expect(device.session.phase).toBe('registering');
  });

  test.each([
    [20, 17, 17],
    [17, 20, 17],
    [22, 22, 22],
    [20, 0, 20],
  ])('a device of version %i told %i speaks %i', (offered, told, spoken) => {
    const device = new Device(offered);
    device.happen({ type: 'connected' });
    device.take();
    device.hear('RegisterAck', { keepAliveInterval: 30, maxProtocolVer: told });
    expect(device.take()).toEqual([{ type: 'registered', version: spoken }]);
    expect(device.session.version).toBe(spoken);
  });

  test('asked what it can, it lists its codecs in its order', () => {
    const device = registered();
    device.hear('CapabilitiesReq', {});
    expect(device.take()).toMatchObject([
      {
        name: 'CapabilitiesRes',
        body: { caps: [{ payloadCapability: 4 }, { payloadCapability: 2 }] },
      },
    ]);
  });

  test('TIP-20: the text of a rejection is told, then the connection ends', () => {
    const device = new Device();
    device.happen({ type: 'connected' });
    device.take();
    device.hear('RegisterReject', { text: 'Certificate name mismatch' });
    expect(device.take()).toEqual([
      { type: 'rejected', text: 'Certificate name mismatch' },
      { type: 'close', reason: 'registration rejected' },
    ]);
    device.hear('RegisterAck', { keepAliveInterval: 30, maxProtocolVer: 20 });
    expect(device.take()).toEqual([]);
  });

  test('a device that leaves says so, then ends', () => {
    const device = registered();
    device.happen({ type: 'unregister' });
    expect(device.take()).toEqual([
      { type: 'send', name: 'UnregisterReq', body: {} },
      { type: 'close', reason: 'unregistered' },
    ]);
  });

  test('a reset ends the connection', () => {
    const device = registered();
    device.hear('Reset', {});
    expect(device.take()).toEqual([{ type: 'close', reason: 'reset by the call manager' }]);
  });

  test('everything else passes through', () => {
    const device = registered();
    device.hear('CallState', { callState: 1 });
    expect(device.take()).toEqual([
      { type: 'message', message: expect.objectContaining({ name: 'CallState' }) },
    ]);
  });
});

describe('silence', () => {
  test('a call manager that does not answer the registration is given up', () => {
    const device = new Device();
    device.happen({ type: 'connected' });
    device.take();
    device.nowMs = device.session.deadlineMs - 1;
    device.happen({ type: 'clock' });
    expect(device.take()).toEqual([]);
    device.nowMs += 1;
    device.happen({ type: 'clock' });
    expect(device.take()).toEqual([{ type: 'close', reason: 'the call manager does not answer' }]);
  });

  test('the interval of the call manager is kept, and none means a default', () => {
    for (const [told, seconds] of [
      [7, 7],
      [0, 30],
    ] as const) {
      const device = new Device();
      device.happen({ type: 'connected' });
      device.hear('RegisterAck', { keepAliveInterval: told, maxProtocolVer: 20 });
      device.take();
      expect(device.session.deadlineMs).toBe(START_MS + seconds * 1000);
      device.nowMs = device.session.deadlineMs;
      device.happen({ type: 'clock' });
      expect(device.take()).toEqual([{ type: 'send', name: 'KeepAliveReq', body: {} }]);
      expect(device.session.deadlineMs).toBe(START_MS + seconds * 2000);
    }
  });

  test('three keep-alives may go unanswered; an answer forgives them', () => {
    const device = registered();
    const ring = (): readonly ClientOutput[] => {
      device.nowMs = device.session.deadlineMs;
      device.happen({ type: 'clock' });
      return device.take();
    };
    const asks = [{ type: 'send', name: 'KeepAliveReq', body: {} }];
    for (let count = 0; count < 3; count += 1) expect(ring()).toEqual(asks);
    device.hear('KeepAliveAck', {});
    for (let count = 0; count < 3; count += 1) expect(ring()).toEqual(asks);
    expect(ring()).toEqual([{ type: 'close', reason: 'keep-alives went unanswered' }]);
    expect(device.session.deadlineMs).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('both sessions', () => {
  test.each(range(3, 22))('a device of version %i and a call manager come to terms', (offered) => {
    const pair = new Pair(offered);
    pair.connect();
    expect(pair.device.session).toMatchObject({ phase: 'registered', version: negotiate(offered) });
    expect(pair.server).toMatchObject({ phase: 'registered', version: negotiate(offered) });
    expect(pair.serverOutputs).toContainEqual({ type: 'registered', codecs: ['pcmu', 'pcma'] });
  });

  test('as long as keep-alives come through, neither side ever gives up', () => {
    const pair = new Pair(20);
    pair.connect();
    for (let count = 0; count < 100; count += 1) pair.ring();
    expect([pair.device.session.phase, pair.server.phase]).toEqual(['registered', 'registered']);
  });

  test('when nothing comes through any more, both sides give up', () => {
    const pair = new Pair(20);
    pair.connect();
    pair.ring();
    pair.cut = true;
    for (let count = 0; count < 10; count += 1) pair.ring();
    expect([pair.device.session.phase, pair.server.phase]).toEqual(['closed', 'closed']);
    expect(pair.serverOutputs).toContainEqual({ type: 'close', reason: 'no keep-alive' });
  });

  test('a refusal comes through with its text, and both sides end', () => {
    const pair = new Pair(20, { type: 'refuse', text: 'Device not configured' });
    pair.connect();
    expect(pair.deviceOutputs).toContainEqual({ type: 'rejected', text: 'Device not configured' });
    expect([pair.device.session.phase, pair.server.phase]).toEqual(['closed', 'closed']);
  });

  test('a device that leaves ends both sides', () => {
    const pair = new Pair(20);
    pair.connect();
    pair.leave();
    expect([pair.device.session.phase, pair.server.phase]).toEqual(['closed', 'closed']);
    expect(pair.serverOutputs).toContainEqual({ type: 'close', reason: 'the device unregistered' });
  });
});

test('no sequence of messages throws; after the end there is nothing', () => {
  const input: fc.Arbitrary<ClientInput> = fc.oneof(
    {
      weight: 8,
      arbitrary: anyMessage().map((message) => ({ type: 'message', message }) as const),
    },
    { weight: 1, arbitrary: fc.constant({ type: 'connected' } as const) },
    { weight: 2, arbitrary: fc.constant({ type: 'clock' } as const) },
  );
  fc.assert(
    fc.property(fc.boolean(), fc.array(input, { maxLength: 30 }), (ready, inputs) => {
      const device = ready ? registered() : new Device();
      let closed = false;
      for (const each of inputs) {
        device.nowMs += 10_000;
        device.happen(each);
        const outputs = device.take();
        if (closed) expect(outputs).toEqual([]);
        closed ||= outputs.some((output) => output.type === 'close');
        expect(device.session.phase === 'closed').toBe(closed);
        expect(Number.isNaN(device.session.deadlineMs)).toBe(false);
        for (const output of outputs) {
          if (output.type === 'send')
            encodeMessage(output.name, output.body, device.session.version);
        }
      }
    }),
    { numRuns: 500 },
  );
});

/** A device's session with its time and what it has put out. */
class Device {
  session: ClientSession;
  nowMs = START_MS;
  #outputs: ClientOutput[] = [];

  constructor(offered = 20) {
    this.session = newClientSession(identity(offered), START_MS);
  }

  happen(input: ClientInput): void {
    const step = handleClient(this.session, input, this.nowMs);
    this.session = step.session;
    this.#outputs.push(...step.outputs);
  }

  hear<N extends MessageName>(name: N, body: BodyInput<N>): void {
    for (const message of throughWire(new FrameReader(), name, body, this.session.version)) {
      this.happen({ type: 'message', message });
    }
  }

  take(): readonly ClientOutput[] {
    return this.#outputs.splice(0);
  }
}

/** A device and a call manager that hear each other through frames, until the line is cut. */
class Pair {
  readonly device: Device;
  server: ServerSession = newServerSession(START_MS);
  readonly serverOutputs: ServerOutput[] = [];
  readonly deviceOutputs: ClientOutput[] = [];
  cut = false;
  readonly #verdict: ServerInput;
  readonly #upward = new FrameReader();
  readonly #downward = new FrameReader();

  constructor(offered: number, verdict: ServerInput = admission()) {
    this.device = new Device(offered);
    this.#verdict = verdict;
  }

  connect(): void {
    this.#act({ type: 'connected' });
  }

  leave(): void {
    this.#act({ type: 'unregister' });
  }

  /** Time goes on to the next deadline of the device, or else of the call manager. */
  ring(): void {
    const next = Math.min(this.device.session.deadlineMs, this.server.deadlineMs);
    if (!Number.isFinite(next)) return;
    this.device.nowMs = next;
    this.#act({ type: 'clock' });
    this.#serve({ type: 'clock' });
  }

  #act(input: ClientInput): void {
    this.device.happen(input);
    for (const output of this.device.take()) {
      this.deviceOutputs.push(output);
      if (output.type !== 'send' || this.cut) continue;
      const { version } = this.device.session;
      for (const message of throughWire(this.#upward, output.name, output.body, version)) {
        this.#serve({ type: 'message', message });
      }
    }
  }

  #serve(input: ServerInput): void {
    const step = handleServer(this.server, input, this.device.nowMs);
    this.server = step.session;
    for (const output of step.outputs) {
      this.serverOutputs.push(output);
      if (output.type === 'register') this.#serve(this.#verdict);
      if (output.type !== 'send' || this.cut) continue;
      const { version } = this.server;
      for (const message of throughWire(this.#downward, output.name, output.body, version)) {
        this.#act({ type: 'message', message });
      }
    }
  }
}

function registered(): Device {
  const device = new Device();
  device.happen({ type: 'connected' });
  device.hear('RegisterAck', { keepAliveInterval: KEEP_ALIVE_S, maxProtocolVer: 20 });
  device.take();
  return device;
}

function identity(protocolVer: number): ClientIdentity {
  return {
    registration: { sid: { DeviceName: 'SEP000000001001' }, deviceType: 307, protocolVer },
    capabilities: [4, 2],
  };
}

function admission(): ServerInput {
  return {
    type: 'admit',
    facts: { kind: 'phone', lines: [], serverName: 'cm', keepAliveSeconds: 30 },
  };
}

function throughWire<N extends MessageName>(
  reader: FrameReader,
  name: N,
  body: BodyInput<N>,
  version: number,
): readonly AnyMessage[] {
  const frames = reader.push(encodeMessage(name, body, version));
  if (!frames.ok) throw new Error(`${name} makes no frame`);
  return frames.value.map((frame) => {
    const decoded = decodeMessage(frame, version);
    if (!decoded.ok) throw new Error(`${name} cannot be decoded`);
    return decoded.value;
  });
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
