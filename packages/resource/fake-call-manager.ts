/**
 * For tests and benchmarks: a call manager that knows nothing but the wire. It listens on a real
 * socket, accepts every media resource, and says what it is told to say.
 */
import { type StreamConnection, StreamListener, type TlsIdentity } from '@conclave/net';
import {
  type AnyMessage,
  type BodyInput,
  decodeMessage,
  encodeMessage,
  FrameReader,
  type Message,
  type MessageName,
} from '@conclave/sccp';

const KEEP_ALIVE_SECONDS = 30;

export interface FakeCallManagerOptions {
  /** Present for TLS. */
  readonly tls?: TlsIdentity;
  /** 0 or absent takes any free port. */
  readonly port?: number;
  /** Says no to everybody, with this text. */
  readonly rejection?: string;
}

export class FakeCallManager {
  readonly port: number;
  /** Every connection so far, whether a bridge registered on it or not. */
  readonly connections: FakeLink[] = [];
  readonly #listener: StreamListener;
  readonly #links: FakeLink[] = [];
  readonly #waiting: ((link: FakeLink) => void)[] = [];

  private constructor(listener: StreamListener, port: number) {
    this.#listener = listener;
    this.port = port;
  }

  static async listen(options: FakeCallManagerOptions = {}): Promise<FakeCallManager> {
    const { tls, port = 0, rejection } = options;
    const opened = Promise.withResolvers<FakeCallManager>();
    const listener = new StreamListener({
      host: '127.0.0.1',
      port,
      ...(tls && { tls }),
      onConnection: (connection) => {
        void opened.promise.then((manager) => manager.#accept(connection, rejection));
      },
    });
    opened.resolve(new FakeCallManager(listener, await listener.listen()));
    return await opened.promise;
  }

  /** The next bridge that registers, or that has and was not asked for yet. */
  async nextLink(): Promise<FakeLink> {
    const link = this.#links.shift();
    if (link) return link;
    return await new Promise((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    await this.#listener.close();
  }

  #accept(connection: StreamConnection, rejection: string | undefined): void {
    const accepted = new FakeLink(connection, rejection, (link) => {
      const waiting = this.#waiting.shift();
      if (waiting) waiting(link);
      else this.#links.push(link);
    });
    this.connections.push(accepted);
  }
}

/** The connection of one bridge. */
export class FakeLink {
  /** What the bridge said of itself. */
  registration: Message<'RegisterReq'>['body'] | undefined;
  /** Everything that came, in order. */
  readonly received: AnyMessage[] = [];
  readonly ended: Promise<void>;
  readonly #connection: StreamConnection;
  readonly #rejection: string | undefined;
  readonly #onRegistered: (link: FakeLink) => void;
  readonly #reader = new FrameReader();
  readonly #unread: AnyMessage[] = [];
  #wake = Promise.withResolvers<void>();
  #version = 0;

  constructor(
    connection: StreamConnection,
    rejection: string | undefined,
    onRegistered: (link: FakeLink) => void,
  ) {
    const ended = Promise.withResolvers<void>();
    this.ended = ended.promise;
    this.#connection = connection;
    this.#rejection = rejection;
    this.#onRegistered = onRegistered;
    connection.open({
      onData: (chunk) => this.#onData(chunk),
      onClose: () => ended.resolve(),
    });
  }

  send<N extends MessageName>(name: N, body: BodyInput<N>): void {
    this.#connection.send(encodeMessage(name, body, this.#version));
  }

  sendRaw(bytes: Uint8Array): void {
    this.#connection.send(bytes);
  }

  /** The first message of this name that was not taken yet; it is taken, and waited for. */
  async take<N extends MessageName>(name: N): Promise<Message<N>['body']> {
    for (;;) {
      const index = this.#unread.findIndex((message) => message.name === name);
      const [found] = index < 0 ? [] : this.#unread.splice(index, 1);
      if (found) return (found as Message<N>).body;
      await this.#wake.promise;
    }
  }

  /** Sends, and takes the answer. */
  async ask<Q extends MessageName, A extends MessageName>(
    question: Q,
    body: BodyInput<Q>,
    answer: A,
  ): Promise<Message<A>['body']> {
    this.send(question, body);
    return await this.take(answer);
  }

  /** The participants of a conference as the bridge tells them; undefined for no conference. */
  async audit(conferenceId: number): Promise<readonly number[] | undefined> {
    const answer = await this.ask('AuditParticipantReq', { conferenceId }, 'AuditParticipantRes');
    return answer.audit_participant_result === 0 ? answer.participantEntry : undefined;
  }

  /** Cuts the connection, as a call manager that dies. */
  cut(): void {
    this.#connection.destroy('cut by the test');
  }

  #onData(chunk: Uint8Array): void {
    const read = this.#reader.push(chunk);
    if (!read.ok) return this.cut();
    for (const frame of read.value) {
      const decoded = decodeMessage(frame, this.#version);
      if (!decoded.ok) return this.cut();
      this.#onMessage(decoded.value);
    }
  }

  #onMessage(message: AnyMessage): void {
    this.received.push(message);
    if (message.name === 'RegisterReq') return this.#onRegister(message.body);
    if (message.name === 'KeepAliveReq') return this.send('KeepAliveAck', {});
    if (message.name === 'MediaResourceNotification') this.#onRegistered(this);
    this.#unread.push(message);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }

  #onRegister(body: Message<'RegisterReq'>['body']): void {
    this.registration = body;
    if (this.#rejection !== undefined) {
      this.send('RegisterReject', { text: this.#rejection });
      return;
    }
    const version = body.protocolVer ?? 0;
    this.send('RegisterAck', { keepAliveInterval: KEEP_ALIVE_SECONDS, maxProtocolVer: version });
    this.#version = version;
    this.send('CapabilitiesReq', {});
  }
}
