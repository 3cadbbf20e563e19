/**
 * Media through the native module: packets of all legs come and go in batches of 64 over shared
 * buffers, and nothing is allocated for one of them once payloads have their size.
 */
import { getSystemErrorName } from 'node:util';
import { assert } from '@conclave/base';
import {
  assertMasterKey,
  type IncomingPacket,
  type Refusal,
  RTP_HEADER_SIZE,
  type RtpHeader,
  SRTP_SUITES,
  type SrtpMasterKey,
  type StreamSource,
} from '@conclave/rtp';
import type { MediaIo, MediaSocket, PacketHandler } from './media-io.ts';
import * as native from './native-module.ts';
import { BATCH_PACKETS, type NativeModule, PACKET_STRIDE, RECORD_FIELDS } from './native-module.ts';

const MARKER_BIT = 0x80;

/** By the verdict, which is negative; `unexpected` is told by a call of its own. */
const REFUSALS: readonly (Refusal | 'unexpected')[] = [
  // In the order of native/srtp.h and native/legs.h.
  'malformed',
  'unauthenticated',
  'replayed',
  'replayed',
  'unauthenticated',
  'malformed',
  'wrong-source',
  'unexpected',
];

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const NO_KEY = new Uint8Array(0);

export class NativeMediaIo implements MediaIo {
  readonly path = 'native';
  readonly #module: NativeModule;
  readonly #recordsIn = new Int32Array(BATCH_PACKETS * RECORD_FIELDS);
  readonly #arrivalsMs = new Float64Array(BATCH_PACKETS);
  readonly #packetsIn = new Uint8Array(BATCH_PACKETS * PACKET_STRIDE);
  readonly #recordsOut = new Int32Array(BATCH_PACKETS * RECORD_FIELDS);
  readonly #packetsOut = new Uint8Array(BATCH_PACKETS * PACKET_STRIDE);
  /** Views of the payloads last seen at each place: voice packets have one size. */
  readonly #payloads: Uint8Array[] = [];
  /** By leg. */
  readonly #sockets: (NativeSocket | undefined)[] = [];
  readonly #packet: Writable<IncomingPacket> = {
    marker: false,
    payloadType: 0,
    sequenceNumber: 0,
    timestamp: 0,
    ssrc: 0,
    payload: NO_KEY,
    loudness: 0,
  };
  #waiting = 0;

  constructor(module: NativeModule) {
    this.#module = module;
    module.share(
      this.#recordsIn,
      this.#arrivalsMs,
      this.#packetsIn,
      this.#recordsOut,
      this.#packetsOut,
    );
    for (let place = 0; place < BATCH_PACKETS; place += 1) {
      this.#payloads.push(this.#packetsIn.subarray(place * PACKET_STRIDE, place * PACKET_STRIDE));
    }
  }

  async open(host: string, group: number, handler: PacketHandler): Promise<MediaSocket> {
    const leg = this.#module.open(host, group);
    if (leg < 0) {
      const code = getSystemErrorName(leg);
      throw Object.assign(new Error(`no media socket on ${host}: ${code}`), { code });
    }
    const socket = new NativeSocket(this, this.#module, leg, handler);
    this.#sockets[leg] = socket;
    return socket;
  }

  receive(group: number): void {
    const module = this.#module;
    for (let count = module.receive(group); count > 0; count = module.receive(group)) {
      for (let place = 0; place < count; place += 1) this.#handOver(place);
    }
  }

  flush(): void {
    const count = this.#waiting;
    if (count === 0) return;
    this.#waiting = 0;
    const mistakes = this.#module.send(count);
    assert(mistakes === 0, 'sequence numbers of a source only move forward');
  }

  close(): void {
    for (const socket of this.#sockets) socket?.close();
  }

  /** For the sockets: into the batch, which is sent when it is full. */
  queue(leg: number, header: RtpHeader, payload: Uint8Array): void {
    const place = this.#waiting;
    const record = place * RECORD_FIELDS;
    const records = this.#recordsOut;
    records[record + native.OUT_LEG] = leg;
    records[record + native.OUT_PAYLOAD_TYPE] =
      header.payloadType | (header.marker ? MARKER_BIT : 0);
    records[record + native.OUT_SEQUENCE] = header.sequenceNumber;
    records[record + native.OUT_TIMESTAMP] = header.timestamp;
    records[record + native.OUT_SSRC] = header.ssrc;
    records[record + native.OUT_PAYLOAD_LENGTH] = payload.length;
    this.#packetsOut.set(payload, place * PACKET_STRIDE + RTP_HEADER_SIZE);
    this.#waiting = place + 1;
    if (this.#waiting === BATCH_PACKETS) this.flush();
  }

  /** For a socket that ends: what waits goes out before. */
  forget(leg: number): void {
    this.#sockets[leg] = undefined;
  }

  #handOver(place: number): void {
    const records = this.#recordsIn;
    const record = place * RECORD_FIELDS;
    const socket = this.#sockets[records[record + native.IN_LEG] ?? 0];
    if (!socket) return;
    const verdict = records[record + native.IN_VERDICT] ?? 0;
    const typeByte = records[record + native.IN_PAYLOAD_TYPE] ?? 0;
    if (verdict >= 0) {
      const packet = this.#packet;
      packet.loudness = verdict;
      packet.marker = (typeByte & MARKER_BIT) !== 0;
      packet.payloadType = typeByte & ~MARKER_BIT;
      packet.sequenceNumber = records[record + native.IN_SEQUENCE] ?? 0;
      packet.timestamp = (records[record + native.IN_TIMESTAMP] ?? 0) >>> 0;
      packet.ssrc = (records[record + native.IN_SSRC] ?? 0) >>> 0;
      packet.payload = this.#payloadAt(place);
      socket.handler.accepted(packet, this.#arrivalsMs[place] ?? 0);
      return;
    }
    const reason = REFUSALS[-verdict - 1] ?? 'malformed';
    if (reason === 'unexpected') return socket.handler.unexpected();
    const length = records[record + native.IN_PAYLOAD_LENGTH] ?? 0;
    socket.handler.refused(reason, typeByte & ~MARKER_BIT, length);
  }

  #payloadAt(place: number): Uint8Array {
    const record = place * RECORD_FIELDS;
    const offset = this.#recordsIn[record + native.IN_PAYLOAD_OFFSET] ?? 0;
    const length = this.#recordsIn[record + native.IN_PAYLOAD_LENGTH] ?? 0;
    const last = this.#payloads[place];
    if (last?.byteOffset === offset && last.length === length) return last;
    const view = this.#packetsIn.subarray(offset, offset + length);
    this.#payloads[place] = view;
    return view;
  }
}

class NativeSocket implements MediaSocket {
  readonly handler: PacketHandler;
  readonly #io: NativeMediaIo;
  readonly #module: NativeModule;
  readonly #leg: number;
  #port: number;

  constructor(io: NativeMediaIo, module: NativeModule, leg: number, handler: PacketHandler) {
    this.handler = handler;
    this.#io = io;
    this.#module = module;
    this.#leg = leg;
    this.#port = module.port(leg);
  }

  get port(): number {
    return this.#port;
  }

  listen(key?: SrtpMasterKey): void {
    if (this.#port === 0) return;
    const isDone = this.#module.listen(this.#leg, suiteOf(key), key?.key ?? NO_KEY, saltOf(key));
    assert(isDone === 1, 'a key fits its suite');
  }

  stopListening(): void {
    if (this.#port !== 0) this.#module.stopListening(this.#leg);
  }

  expect(source: StreamSource): void {
    if (this.#port !== 0) this.#module.expect(this.#leg, source.address, source.port);
  }

  transmitTo(remote: StreamSource, key?: SrtpMasterKey): void {
    if (this.#port === 0) return;
    // What waits is of the old key.
    this.#io.flush();
    const { address, port } = remote;
    const keyBytes = key?.key ?? NO_KEY;
    const isDone = this.#module.transmitTo(
      this.#leg,
      suiteOf(key),
      keyBytes,
      saltOf(key),
      address,
      port,
    );
    assert(isDone === 1, 'a key fits its suite, and an address is one');
  }

  stopTransmitting(): void {
    if (this.#port === 0) return;
    this.#io.flush();
    this.#module.stopTransmitting(this.#leg);
  }

  send(header: RtpHeader, payload: Uint8Array): void {
    if (this.#port !== 0) this.#io.queue(this.#leg, header, payload);
  }

  close(): void {
    if (this.#port === 0) return;
    this.stopTransmitting();
    this.#port = 0;
    this.#module.close(this.#leg);
    this.#io.forget(this.#leg);
  }
}

function suiteOf(key: SrtpMasterKey | undefined): number {
  if (key) assertMasterKey(key);
  return key ? SRTP_SUITES.indexOf(key.suite) : native.CLEAR_TEXT;
}

function saltOf(key: SrtpMasterKey | undefined): Uint8Array {
  return key?.salt ?? NO_KEY;
}
