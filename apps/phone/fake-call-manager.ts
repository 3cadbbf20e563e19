/**
 * For tests: a call manager for phones that knows the wire and no rule. It listens on a real socket,
 * admits every phone, answers what phones ask about themselves, and says what it is told to say.
 */
import { DeadlineTimer, nowMs, type StreamConnection, StreamListener } from '@conclave/net';
import {
  type AnyMessage,
  type BodyInput,
  CallState,
  decodeMessage,
  encodeMessage,
  FrameReader,
  handleServer,
  type Message,
  type MessageName,
  newServerSession,
  type RegisterRequest,
  type ServerInput,
  type ServerOutput,
  type ServerSession,
  SoftKeySet,
  validKeyMask,
} from '@conclave/sccp';

const WAIT_MS = 5_000;

const PAYLOAD_PCMU = 4;

export interface FakeCallManagerOptions {
  /** Says no to everybody, with this text. */
  readonly rejection?: string;
  /** 30 unless told. */
  readonly keepAliveSeconds?: number;
}

/** Key information of one direction; absent for RTP. */
export interface FakeKey {
  readonly algorithmID: number;
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
}

/** A call that has one stream, or one of several streams of it. */
export type FakeStream = number | { readonly call: number; readonly party: number };

export class FakeCallManager {
  readonly port: number;
  readonly #listener: StreamListener;
  readonly #stations: Map<string, FakeStation>;

  private constructor(listener: StreamListener, port: number, stations: Map<string, FakeStation>) {
    this.#listener = listener;
    this.port = port;
    this.#stations = stations;
  }

  static async listen(options: FakeCallManagerOptions = {}): Promise<FakeCallManager> {
    const stations = new Map<string, FakeStation>();
    const listener = new StreamListener({
      port: 0,
      host: '127.0.0.1',
      onConnection: (connection) => {
        const station = new FakeStation(connection, options, (name) => stations.set(name, station));
      },
    });
    return new FakeCallManager(listener, await listener.listen(), stations);
  }

  /** The phone of this name, which has registered. */
  station(name: string): FakeStation {
    const station = this.#stations.get(name);
    if (!station) throw new Error(`${name} has not registered`);
    return station;
  }

  async close(): Promise<void> {
    for (const station of this.#stations.values()) station.close();
    await this.#listener.close();
  }
}

export class FakeStation {
  /** What the phone has said, its questions about itself excepted. */
  readonly heard: AnyMessage[] = [];
  /** Names of everything that it has said, in order. */
  readonly names: string[] = [];
  request: RegisterRequest | undefined;
  ended = false;
  readonly #connection: StreamConnection;
  readonly #options: FakeCallManagerOptions;
  readonly #registered: (name: string) => void;
  readonly #reader = new FrameReader();
  readonly #timer = new DeadlineTimer(() => this.#handle({ type: 'clock' }));
  #session: ServerSession = newServerSession(nowMs());
  #waiting: (() => void)[] = [];

  constructor(
    connection: StreamConnection,
    options: FakeCallManagerOptions,
    registered: (name: string) => void,
  ) {
    this.#connection = connection;
    this.#options = options;
    this.#registered = registered;
    connection.open({
      onData: (chunk) => this.#onData(chunk),
      onClose: () => this.#end(),
    });
  }

  /** Negotiated. */
  get version(): number {
    return this.#session.version;
  }

  send<N extends MessageName>(name: N, body: BodyInput<N>): void {
    this.#connection.send(encodeMessage(name, body, this.version));
  }

  /** Shows a call: its state, the other party, its security and the keys of a set. */
  show(
    call: number,
    state: number,
    facts: {
      readonly security?: number;
      readonly other?: string;
      readonly set?: number;
      readonly without?: readonly number[];
    } = {},
  ): void {
    const { security = 0, other = '', set, without = [] } = facts;
    const place = { lineInstance: 1, callReference: call };
    this.send('CallState', { callState: state, ...place });
    this.send(this.version >= 17 ? 'CallInfoV2' : 'CallInfo', {
      ...place,
      callType: state === CallState.RingIn ? 1 : 2,
      callSecurityStatus: security,
      callingPartyName: other,
      calledPartyName: other,
    });
    if (set === undefined) return;
    const validKeyMaskOfSet = validKeyMask(set, without);
    this.send('SelectSoftKeys', {
      ...place,
      softKeySetIndex: set,
      validKeyMask: validKeyMaskOfSet,
    });
  }

  /** Shows the call as connected. */
  connect(call: number, security: number, other = 'Somebody'): void {
    this.show(call, CallState.Connected, { security, other, set: SoftKeySet.Connected });
  }

  /** Takes the call off the screen. */
  clear(call: number): void {
    const place = { lineInstance: 1, callReference: call };
    this.send('CallState', { callState: CallState.OnHook, ...place });
    this.send('SelectSoftKeys', { ...place, softKeySetIndex: 0, validKeyMask: 0xffff_ffff });
  }

  /** Opens a receive channel and resolves with the phone's answer. */
  async openReceive(
    stream: FakeStream,
    key?: FakeKey,
    compressionType: number = PAYLOAD_PCMU,
  ): Promise<Message<'OpenReceiveChannelAck'>['body']> {
    const answers = this.count('OpenReceiveChannelAck');
    this.send('OpenReceiveChannel', {
      ...namesOf(stream),
      milliSecondPacketSize: 20,
      compressionType,
      mRxMediaEncryptionKeyInfo: keyInfo(key),
    });
    return (await this.hears('OpenReceiveChannelAck', answers)).body;
  }

  startTransmit(
    stream: FakeStream,
    remote: { readonly address: string; readonly port: number },
    key?: FakeKey,
    compressionType: number = PAYLOAD_PCMU,
  ): void {
    this.send('StartMediaTransmission', {
      ...namesOf(stream),
      remoteIpAddr: remote.address,
      remotePortNumber: remote.port,
      milliSecondPacketSize: 20,
      compressionType,
      mTxMediaEncryptionKeyInfo: keyInfo(key),
    });
  }

  stopMedia(stream: FakeStream): void {
    this.send('CloseReceiveChannel', namesOf(stream));
    this.send('StopMediaTransmission', namesOf(stream));
  }

  /** How often the phone has said this. */
  count(name: MessageName): number {
    return this.heard.filter((each) => each.name === name).length;
  }

  /** The message of this name after the first `skip` ones, as soon as it comes. */
  async hears<N extends MessageName>(name: N, skip = 0): Promise<Message<N>> {
    const find = (): AnyMessage | undefined =>
      this.heard.filter((each) => each.name === name).at(skip);
    await this.until(() => find() !== undefined, name);
    return find() as Message<N>;
  }

  /** Resolves when something that the phone says, or its end, makes the condition true. */
  async until(condition: () => boolean, what: string): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`the phone did not: ${what}`)), WAIT_MS);
    while (!condition()) {
      const changed = new Promise<void>((resolve) => this.#waiting.push(resolve));
      await Promise.race([changed, late.promise]);
    }
    clearTimeout(timer);
  }

  close(): void {
    this.#connection.destroy('closed');
    this.#end();
  }

  #onData(chunk: Uint8Array): void {
    const read = this.#reader.push(chunk);
    if (!read.ok) return this.close();
    for (const frame of read.value) {
      const decoded = decodeMessage(frame, this.version);
      if (!decoded.ok) return this.close();
      this.names.push(decoded.value.name);
      this.#handle({ type: 'message', message: decoded.value });
    }
    this.#changed();
  }

  #handle(input: ServerInput): void {
    const { session, outputs } = handleServer(this.#session, input, nowMs());
    this.#session = session;
    for (const output of outputs) this.#carryOut(output);
    if (!this.ended) this.#timer.set(this.#session.deadlineMs);
  }

  #carryOut(output: ServerOutput): void {
    switch (output.type) {
      case 'send':
        this.#connection.send(encodeMessage(output.name, output.body as never, this.version));
        return;
      case 'register':
        return this.#admit(output.request);
      case 'registered':
        return this.#registered(this.#session.deviceName);
      case 'message':
        this.heard.push(output.message);
        return;
      case 'close':
        this.#connection.end(output.reason);
        return this.#end();
    }
  }

  #admit(request: RegisterRequest): void {
    this.request = request;
    const { rejection, keepAliveSeconds = 30 } = this.#options;
    if (rejection !== undefined) return this.#handle({ type: 'refuse', text: rejection });
    const directoryNumber = request.deviceName.slice(-4);
    const line = { index: 1, directoryNumber, displayName: 'Zoë', label: directoryNumber };
    this.#handle({
      type: 'admit',
      facts: { kind: 'phone', lines: [line], serverName: 'fake', keepAliveSeconds },
    });
  }

  #end(): void {
    if (this.ended) return;
    this.ended = true;
    this.#timer.set(undefined);
    this.#changed();
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

function namesOf(stream: FakeStream): {
  readonly conferenceId: number;
  readonly passThroughPartyId: number;
  readonly callReference: number;
} {
  const { call, party } = typeof stream === 'number' ? { call: stream, party: stream } : stream;
  return { conferenceId: call, passThroughPartyId: party, callReference: call };
}

function keyInfo(
  key: FakeKey | undefined,
): NonNullable<BodyInput<'OpenReceiveChannel'>['mRxMediaEncryptionKeyInfo']> {
  if (!key) return { algorithmID: 0 };
  return { ...key, keylen: key.key.length, saltlen: key.salt.length };
}
