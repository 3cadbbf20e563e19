/**
 * One participant of a conference: its socket, its place at the mixer, and a channel for each
 * direction, each with its own key (BRG-09). Channels come and go as the participant is held and
 * resumed; the socket stays.
 */
import { type G711Codec, type MixerPort, SAMPLE_RATE_HZ } from '@conclave/audio';
import type { MediaIo, MediaSocket, PacketHandler } from '@conclave/media-io';
import {
  type IncomingPacket,
  type Refusal,
  type StreamSource,
  TelephoneEvents,
} from '@conclave/rtp';
import type { ChannelFormat, ParticipantTexts } from '@conclave/sccp';
import { AnnouncementPlayer } from './announcement-player.ts';
import type { ControlChannel, ControlFigures } from './control-channel.ts';
import { addStatistics, type LegStatistics, NO_STATISTICS } from './leg-statistics.ts';
import { ReceiveChannel } from './receive-channel.ts';
import { TransmitChannel } from './transmit-channel.ts';

/** Of G.711 and G.722. */
const CLOCK_PER_MS = 8;

/** How one direction of a leg is carried. */
export type StreamKind = 'srtp' | 'rtp' | 'none';

export interface LegSurroundings {
  readonly io: MediaIo;
  /** The conference's; see `MEDIA_GROUPS`. */
  readonly group: number;
  readonly host: string;
  /** The participant pressed a key; `party` is the open channel's. */
  readonly onDigit: (party: number, digit: string) => void;
  /** Opens the leg's RTCP; absent: it has none. */
  readonly openControl?: typeof ControlChannel.open;
}

export class ParticipantLeg implements PacketHandler {
  // First what every tick of every leg looks at.
  #receive: ReceiveChannel | undefined;
  #transmit: TransmitChannel | undefined;
  #socket: MediaSocket | undefined;
  /** Its audio is not wanted; its keys are. */
  #isMuted = false;
  #announcements: AnnouncementPlayer | undefined;
  #telephoneEvent: number | undefined;
  readonly callReference: number;
  texts: ParticipantTexts;
  readonly #onDigit: (party: number, digit: string) => void;
  readonly #events = new TelephoneEvents();
  #mixerRateHz = SAMPLE_RATE_HZ;
  /** Where it is sent to, which is where it is expected to send from. */
  #remote: StreamSource | undefined;
  #control: ControlChannel | undefined;
  /** Of channels that are closed. */
  #past: LegStatistics = NO_STATISTICS;
  #unexpected = 0;

  private constructor(
    callReference: number,
    texts: ParticipantTexts,
    onDigit: (party: number, digit: string) => void,
  ) {
    this.#onDigit = onDigit;
    this.callReference = callReference;
    this.texts = texts;
  }

  /** Binds the leg's socket on `host`. Rejects with an Error that has a `code` when it cannot. */
  static async open(
    callReference: number,
    texts: ParticipantTexts,
    { io, group, host, onDigit, openControl }: LegSurroundings,
  ): Promise<ParticipantLeg> {
    const leg = new ParticipantLeg(callReference, texts, onDigit);
    leg.#socket = await io.open(host, group, leg);
    leg.#control = await openControl?.({
      host,
      port: leg.port + 1,
      figures: () => leg.#figures(),
      clockPerMs: () => CLOCK_PER_MS,
    });
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

  /** What it is sent frame by frame; undefined while it is sent nothing, or something else (`say`). */
  get transmitLaw(): G711Codec | undefined {
    return this.#transmit?.law;
  }

  /** What it is told over the conference. */
  get announcements(): AnnouncementPlayer {
    this.#announcements ??= new AnnouncementPlayer();
    return this.#announcements;
  }

  /** The same, where it is being told something. */
  get announcing(): AnnouncementPlayer | undefined {
    return this.#announcements?.isPlaying ? this.#announcements : undefined;
  }

  get codecName(): string {
    return this.#receive?.codecName ?? '';
  }

  get isSentTo(): boolean {
    return this.#transmit !== undefined;
  }

  /** Whether it says or hears more than 8 kHz hold. */
  get isWide(): boolean {
    return this.#receive?.isWide === true || this.#transmit?.isWide === true;
  }

  /** The rate of the mixer's frames from now on. */
  mixAt(rateHz: number): void {
    this.#mixerRateHz = rateHz;
    this.#receive?.mixAt(rateHz);
    this.#transmit?.mixAt(rateHz);
  }

  /**
   * Listens for the participant, instead of on an older channel if there is one. To a muted one it listens
   * again: its stream has not ended, so how far that has been decrypted stays known (RFC 3711 §3.3.1).
   * `source` is who sends, if it is not the one that is sent to.
   */
  openReceive(party: number, format: ChannelFormat, source?: StreamSource): void {
    const goesOn = this.#isMuted && this.#receive?.party === party;
    this.#endReceive(goesOn);
    this.#receive = new ReceiveChannel(party, format);
    this.#receive.mixAt(this.#mixerRateHz);
    this.#telephoneEvent = format.telephoneEvent;
    if (!goesOn) {
      this.#socket?.listen(format.key);
      this.#control?.listen(format.key);
    }
    const expected = this.#remote ?? source;
    if (expected) this.#socket?.expect(expected);
  }

  /** Sends to the participant, instead of on an older channel if there is one. */
  startTransmit(party: number, format: ChannelFormat, remote: StreamSource): void {
    this.#endTransmit();
    this.#transmit = new TransmitChannel(party, format);
    this.#transmit.mixAt(this.#mixerRateHz);
    this.#remote = remote;
    this.#socket?.transmitTo(remote, format.key);
    this.#control?.transmitTo(remote, format.key);
    if (this.#receive) this.#socket?.expect(remote);
  }

  /**
   * A participant that is still sent to is only muted: it is not mixed, and its keys count. False when
   * `party` is not the open channel's: then it is an old request, and changes nothing.
   */
  closeReceive(party: number): boolean {
    if (this.#receive?.party !== party) return false;
    if (this.#transmit) this.#isMuted = true;
    else this.#endReceive();
    return true;
  }

  /** False when `party` is not the open channel's. */
  stopTransmit(party: number): boolean {
    if (this.#transmit?.party !== party) return false;
    this.#endTransmit();
    // A level that nobody hears now would be an old one by the time that somebody does.
    this.#announcements?.stop();
    if (this.#isMuted) this.#endReceive();
    return true;
  }

  /** Of the socket. */
  accepted(packet: IncomingPacket, arrivalMs: number): void {
    if (packet.payloadType === this.#telephoneEvent) {
      this.#receive?.acceptEvent(packet);
      this.#press(packet);
    } else if (!this.#isMuted) this.#receive?.accept(packet, arrivalMs);
  }

  /** Of the socket. */
  refused(reason: Refusal, payloadType: number, payloadLength: number): void {
    this.#receive?.refuse(reason, payloadType, payloadLength);
  }

  /** Of the socket: no channel is open. */
  unexpected(): void {
    this.#unexpected += 1;
  }

  /** Begins a tick: how loud the participant's frame is; 0 when there is nothing to be mixed. */
  listen(): number {
    return this.#isMuted ? 0 : (this.#receive?.next() ?? 0);
  }

  /** Whether it has nothing to say, and told how its silence sounds: `decode` gives that. */
  get isNoisy(): boolean {
    return !this.#isMuted && this.#receive?.isNoisy === true;
  }

  /** That frame as it came, for those who have the same law; undefined for all others. */
  frameIn(codec: G711Codec): Uint8Array | undefined {
    return this.#receive?.law === codec ? this.#receive.frameAsSent : undefined;
  }

  /** That frame in samples. */
  decode(target: Int16Array): void {
    this.#receive?.decode(target);
  }

  /** Before the mix: that frame. */
  contribute(place: MixerPort): void {
    this.decode(place.input);
    place.active = true;
  }

  /** After the mix: a frame that was encoded with `transmitLaw`. */
  deliver(payload: Uint8Array): void {
    if (this.#socket) this.#transmit?.send(this.#socket, payload);
  }

  /** After the mix, for who has no `transmitLaw`: the frame itself. */
  say(frame: Int16Array): void {
    if (this.#socket) this.#transmit?.say(this.#socket, frame);
  }

  /** That frame at 8 kHz, for who has a `transmitLaw`. */
  narrow(frame: Int16Array): Int16Array {
    return this.#transmit?.narrow(frame, this.#mixerRateHz) ?? frame;
  }

  statistics(): LegStatistics {
    const received = this.#receive?.statistics();
    const sent = this.#transmit?.statistics() ?? NO_STATISTICS;
    const withReceived = received ? addStatistics(this.#past, received) : this.#past;
    return {
      ...addStatistics(sent, withReceived),
      unexpected: this.#unexpected,
      ...this.#control?.statistics,
    };
  }

  /** Off the wire when this returns; the statistics stay. Closing twice is harmless. */
  close(): void {
    this.#endReceive();
    this.#endTransmit();
    this.#control?.close();
    this.#socket?.close();
    this.#socket = undefined;
  }

  #figures(): ControlFigures | undefined {
    const source = this.#receive?.source;
    return this.#transmit && { ...this.#transmit.figures, ...(source && { source }) };
  }

  #press(packet: IncomingPacket): void {
    const digit = this.#receive && this.#events.press(packet);
    if (this.#receive && digit !== undefined) this.#onDigit(this.#receive.party, digit);
  }

  #endReceive(goesOn: boolean = false): void {
    this.#isMuted = false;
    if (!this.#receive) return;
    this.#past = addStatistics(this.#past, this.#receive.statistics());
    if (!goesOn) {
      this.#socket?.stopListening();
      this.#control?.stopListening();
    }
    this.#receive = undefined;
  }

  #endTransmit(): void {
    if (!this.#transmit) return;
    // The jitter is that of what was received.
    this.#past = addStatistics(this.#transmit.statistics(), this.#past);
    this.#socket?.stopTransmitting();
    this.#control?.stopTransmitting();
    this.#transmit = undefined;
    this.#remote = undefined;
  }
}

function kindOf(channel: { readonly secure: boolean } | undefined): StreamKind {
  if (!channel) return 'none';
  return channel.secure ? 'srtp' : 'rtp';
}
