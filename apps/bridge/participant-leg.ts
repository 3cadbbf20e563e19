/**
 * One participant of a conference: its socket, its place at the mixer, and a channel for each
 * direction, each with its own key (BRG-09). Channels come and go as the participant is held and
 * resumed; the socket stays.
 */
import type { G711Codec, MixerPort } from '@conclave/audio';
import { openMediaSocket, type UdpSocket } from '@conclave/net';
import type { StreamSource } from '@conclave/rtp';
import type { ChannelFormat, ParticipantTexts } from '@conclave/sccp';
import { addStatistics, type LegStatistics, NO_STATISTICS } from './leg-statistics.ts';
import { ReceiveChannel } from './receive-channel.ts';
import { TransmitChannel } from './transmit-channel.ts';

/** How one direction of a leg is carried. */
export type StreamKind = 'srtp' | 'rtp' | 'none';

export class ParticipantLeg {
  readonly callReference: number;
  texts: ParticipantTexts;
  #socket: UdpSocket | undefined;
  #receive: ReceiveChannel | undefined;
  #transmit: TransmitChannel | undefined;
  /** Of channels that are closed. */
  #past: LegStatistics = NO_STATISTICS;
  #unexpected = 0;

  private constructor(callReference: number, texts: ParticipantTexts) {
    this.callReference = callReference;
    this.texts = texts;
  }

  /** Binds the leg's socket on `host`. Rejects with an Error that has a `code` when it cannot. */
  static async open(
    callReference: number,
    texts: ParticipantTexts,
    host: string,
  ): Promise<ParticipantLeg> {
    const leg = new ParticipantLeg(callReference, texts);
    leg.#socket = await openMediaSocket(host, (bytes, from) => leg.#onPacket(bytes, from));
    return leg;
  }

  /** Where the participant is to send; 0 once the leg is closed. */
  get port(): number {
    return this.#socket?.port ?? 0;
  }

  get receives(): StreamKind {
    return kindOf(this.#receive);
  }

  get transmits(): StreamKind {
    return kindOf(this.#transmit);
  }

  /** What the participant is to be sent; undefined while nothing is sent to it. */
  get transmitCodec(): G711Codec | undefined {
    return this.#transmit?.codec;
  }

  /**
   * Listens for the participant, instead of on an older channel if there is one. `source` is who
   * sends, if it is not the one that is sent to.
   */
  openReceive(party: number, format: ChannelFormat, source?: StreamSource): void {
    this.#endReceive();
    this.#receive = new ReceiveChannel(party, format);
    const expected = this.#transmit?.remote ?? source;
    if (expected) this.#receive.expect(expected);
  }

  /** Sends to the participant, instead of on an older channel if there is one. */
  startTransmit(party: number, format: ChannelFormat, remote: StreamSource): void {
    this.#endTransmit();
    this.#transmit = new TransmitChannel(party, format, remote);
    this.#receive?.expect(remote);
  }

  /** False when `party` is not the open channel's: then it is an old request, and changes nothing. */
  closeReceive(party: number): boolean {
    if (this.#receive?.party !== party) return false;
    this.#endReceive();
    return true;
  }

  /** False when `party` is not the open channel's. */
  stopTransmit(party: number): boolean {
    if (this.#transmit?.party !== party) return false;
    this.#endTransmit();
    return true;
  }

  /** Before the mix: the participant's next frame, if there is one. */
  contribute(place: MixerPort): void {
    if (this.#receive?.take(place.input)) place.active = true;
  }

  /** After the mix: a frame that was encoded with `transmitCodec`. */
  deliver(payload: Uint8Array): void {
    const transmit = this.#transmit;
    if (!transmit || !this.#socket) return;
    this.#socket.send(transmit.next(payload), transmit.remote.port, transmit.remote.address);
  }

  statistics(): LegStatistics {
    const received = this.#receive?.statistics();
    const sent = this.#transmit?.statistics() ?? NO_STATISTICS;
    const withReceived = received ? addStatistics(this.#past, received) : this.#past;
    return {
      ...addStatistics(sent, withReceived),
      unexpected: this.#unexpected,
    };
  }

  /** Off the wire when this returns; the statistics stay. Closing twice is harmless. */
  close(): void {
    this.#endReceive();
    this.#endTransmit();
    this.#socket?.close();
    this.#socket = undefined;
  }

  #onPacket(bytes: Uint8Array, from: StreamSource): void {
    if (this.#receive) this.#receive.receive(bytes, from, performance.now());
    else this.#unexpected += 1;
  }

  #endReceive(): void {
    if (!this.#receive) return;
    this.#past = addStatistics(this.#past, this.#receive.statistics());
    this.#receive.close();
    this.#receive = undefined;
  }

  #endTransmit(): void {
    if (!this.#transmit) return;
    // The jitter is that of what was received.
    this.#past = addStatistics(this.#transmit.statistics(), this.#past);
    this.#transmit.close();
    this.#transmit = undefined;
  }
}

function kindOf(channel: { readonly secure: boolean } | undefined): StreamKind {
  if (!channel) return 'none';
  return channel.secure ? 'srtp' : 'rtp';
}
