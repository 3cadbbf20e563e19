/**
 * All SCCP connections: frames in, sessions, frames out. It admits devices through the registrar and
 * hands what they say to the adapter; it knows no rule of calls.
 *
 * A malformed message costs its own connection and nothing else.
 */
import type { Clock, Connection, Timer } from '@conclave/net';
import {
  type AnyMessage,
  decodeMessage,
  encodeMessage,
  FrameReader,
  handleServer,
  newServerSession,
  type RegisterRequest,
  type ServerInput,
  type ServerOutput,
  type ServerSession,
  type StationCodec,
  type StationFacts,
} from '@conclave/sccp';
import type { Outgoing } from './adapters/sccp-phone.ts';

export type Verdict =
  | { readonly admitted: true; readonly facts: StationFacts }
  /** `text` is shown by the phone: at most 31 bytes. */
  | { readonly admitted: false; readonly text: string };

export interface HubHandlers {
  /** Decides on a device that asks to register; alarms are the registrar's. */
  verdict(request: RegisterRequest, connection: Connection): Verdict;
  registered(device: RegisteredDevice): void;
  unregistered(device: string, reason: string): void;
  message(device: RegisteredDevice, message: AnyMessage): void;
  /** What a registered device and we say to each other. */
  said?(device: RegisteredDevice, direction: 'received' | 'sent', message: AnyMessage): void;
  malformed(device: string, remoteAddress: string, reason: string): void;
}

export interface RegisteredDevice {
  readonly name: string;
  readonly kind: 'phone' | 'bridge' | 'music';
  readonly transport: 'tcp' | 'tls';
  readonly address: string;
  /** Our own address as the device reaches it. */
  readonly localAddress: string;
  readonly version: number;
  readonly request: RegisterRequest;
  readonly codecs: readonly StationCodec[];
}

export class StationHub {
  readonly #clock: Clock;
  readonly #handlers: HubHandlers;
  readonly #stations = new Set<Station>();
  readonly #devices = new Map<string, Station>();

  constructor(clock: Clock, handlers: HubHandlers) {
    this.#clock = clock;
    this.#handlers = handlers;
  }

  /** Takes over a connection for its whole life. */
  accept(connection: Connection): void {
    const station = new Station(connection, this.#handlers, {
      clock: this.#clock,
      registered: (registering, device) => {
        this.#devices.get(device.name)?.close('the device registered anew');
        this.#devices.set(device.name, registering);
        this.#handlers.registered(device);
      },
      ended: (ending, name, reason) => {
        this.#stations.delete(ending);
        if (this.#devices.get(name) !== ending) return;
        this.#devices.delete(name);
        this.#handlers.unregistered(name, reason);
      },
    });
    this.#stations.add(station);
  }

  deviceOf(name: string): RegisteredDevice | undefined {
    return this.#devices.get(name)?.device;
  }

  get connections(): number {
    return this.#stations.size;
  }

  /** Sends to a registered device; what is sent to one that is gone is lost, as its end will tell. */
  send(name: string, messages: readonly Outgoing[]): void {
    const station = this.#devices.get(name);
    for (const message of messages) station?.send(message);
  }

  /** Drops a device's connection; it may register again. */
  disconnect(name: string, reason: string): void {
    this.#devices.get(name)?.close(reason);
  }

  close(reason: string): void {
    for (const station of [...this.#stations]) station.close(reason);
  }
}

interface StationOwner {
  readonly clock: Clock;
  registered(station: Station, device: RegisteredDevice): void;
  ended(station: Station, name: string, reason: string): void;
}

class Station {
  device: RegisteredDevice | undefined;
  #session: ServerSession;
  readonly #connection: Connection;
  readonly #handlers: HubHandlers;
  readonly #owner: StationOwner;
  readonly #reader = new FrameReader();
  readonly #timer: Timer;
  #facts: StationFacts | undefined;
  #ended = false;

  constructor(connection: Connection, handlers: HubHandlers, owner: StationOwner) {
    this.#connection = connection;
    this.#handlers = handlers;
    this.#owner = owner;
    this.#session = newServerSession(owner.clock.nowMs());
    this.#timer = owner.clock.timer(() => this.#handle({ type: 'clock' }));
    this.#timer.set(this.#session.deadlineMs);
    connection.open({
      onData: (chunk) => this.#onData(chunk),
      onClose: (reason) => this.#end(reason),
    });
  }

  send({ name, body }: Outgoing): void {
    if (this.#ended) return;
    this.#connection.send(encodeMessage(name, body, this.#session.version));
    if (this.device) this.#handlers.said?.(this.device, 'sent', { name, body } as AnyMessage);
  }

  close(reason: string): void {
    this.#connection.end(reason);
    this.#end(reason);
  }

  #onData(chunk: Uint8Array): void {
    // What a peer says after its end is nobody's business.
    if (this.#ended) return;
    const read = this.#reader.push(chunk);
    if (!read.ok) {
      this.#malformed(read.error);
      return;
    }
    for (const frame of read.value) {
      if (this.#ended) return;
      const decoded = decodeMessage(frame, this.#session.version);
      if (!decoded.ok) {
        this.#malformed(`message 0x${frame.messageId.toString(16)}: ${decoded.error}`);
        return;
      }
      if (this.device) this.#handlers.said?.(this.device, 'received', decoded.value);
      this.#handle({ type: 'message', message: decoded.value });
    }
  }

  #malformed(reason: string): void {
    this.#handlers.malformed(this.#session.deviceName, this.#connection.remoteAddress, reason);
    this.close('malformed message');
  }

  #handle(input: ServerInput): void {
    if (this.#ended) return;
    const { session, outputs } = handleServer(this.#session, input, this.#owner.clock.nowMs());
    this.#session = session;
    for (const output of outputs) this.#carryOut(output);
    if (!this.#ended) this.#timer.set(this.#session.deadlineMs);
  }

  #carryOut(output: ServerOutput): void {
    switch (output.type) {
      case 'send':
        return this.send(output as Outgoing);
      case 'register':
        return this.#register(output.request);
      case 'registered':
        return this.#registered(output.codecs);
      case 'message':
        if (this.device) this.#handlers.message(this.device, output.message);
        return;
      case 'close':
        return this.close(output.reason);
    }
  }

  #register(request: RegisterRequest): void {
    const verdict = this.#handlers.verdict(request, this.#connection);
    if (verdict.admitted) this.#facts = verdict.facts;
    this.#handle(
      verdict.admitted
        ? { type: 'admit', facts: verdict.facts }
        : { type: 'refuse', text: verdict.text },
    );
  }

  #registered(codecs: readonly StationCodec[]): void {
    const { request, version } = this.#session;
    if (!request || !this.#facts) return;
    // The name may have been taken, or the configuration changed, since the registration began.
    if (!this.#handlers.verdict(request, this.#connection).admitted) {
      this.close('not admitted any more');
      return;
    }
    this.device = {
      name: request.deviceName,
      kind: this.#facts.kind,
      transport: this.#connection.transport,
      address: this.#connection.remoteAddress,
      localAddress: this.#connection.localAddress,
      version,
      request,
      codecs,
    };
    this.#owner.registered(this, this.device);
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer.set(undefined);
    this.#owner.ended(this, this.#session.deviceName, reason);
  }
}
