/**
 * RTCP of one leg: tells how its stream is sent and received, and hears the same from the other end, on
 * the port after the one of its media, protected with keys derived from the same master keys. Off the
 * media's path: a packet every few seconds.
 *
 * Where there is a key, what does not authenticate is passed over; where there is none, what does not
 * come from where RTCP is sent to.
 *
 * SCCP has no place for another RTCP port than that (RFC 3605). Where there is a key, a report that is
 * authentic and comes from another port of the media's address shows it, and is answered there (RFC 4961).
 *
 * Source: [rfc] RFC 3550 §6.2 and §6.3 (interval), §6.4.1 (round trip), §11 (port); RFC 3711 §3.4.
 */
import { UdpSocket } from '@conclave/net';
import {
  decodeRtcp,
  encodeRtcp,
  type ReceptionReport,
  type SenderInfo,
  SrtcpReceiver,
  SrtcpSender,
  type SrtpMasterKey,
  type StreamSource,
} from '@conclave/rtp';

/** The least interval; two members never need a longer one. */
const INTERVAL_MS = 5000;

/** The intervals' spread, and what makes up for its skew (RFC 3550 §6.3.1). */
const SPREAD_MIN = 0.5;
const COMPENSATION: number = Math.E - 1.5;

/** Reports of many legs go out together: alone each would cost several times as much. */
const ROUND_MS = 100;

/** From 1900 to 1970. */
const NTP_OFFSET_S = 2_208_988_800;

const TICKS_PER_SECOND = 0x1_0000;

const PORT_MAX = 0xffff;

/** Longer ones are a mistake of the other end. */
const ROUND_TRIP_MAX_MS = 60_000;

/** What is sent and received on the leg now. */
export interface ControlFigures {
  readonly ssrc: number;
  readonly rtpTimestamp: number;
  readonly packets: number;
  readonly octets: number;
  readonly source?: SourceFigures;
}

/** How the other end's stream is received. */
export interface SourceFigures {
  readonly ssrc: number;
  readonly expected: number;
  readonly lost: number;
  readonly highestSequence: number;
  /** In units of its clock. */
  readonly jitter: number;
}

/** What the other end said; all 0 until it did. */
export interface ControlStatistics {
  readonly reportsReceived: number;
  readonly roundTripMs: number;
  /** Of what we send to it. */
  readonly farPacketsLost: number;
  readonly farJitterMs: number;
}

export const NO_CONTROL: ControlStatistics = {
  reportsReceived: 0,
  roundTripMs: 0,
  farPacketsLost: 0,
  farJitterMs: 0,
};

export interface ControlOptions {
  readonly host: string;
  /** The port after that of the media. */
  readonly port: number;
  /** What to report; undefined while nothing is sent. */
  readonly figures: () => ControlFigures | undefined;
  /** Of our stream. */
  readonly clockPerMs: () => number;
}

/** Those of this thread that report. */
const reporting = new Set<ControlChannel>();
let clock: NodeJS.Timeout | undefined;

export class ControlChannel {
  readonly #options: ControlOptions;
  #socket: UdpSocket | undefined;
  #sender: SrtcpSender | undefined;
  #receiver: SrtcpReceiver | undefined;
  #isListening = false;
  #remote: StreamSource | undefined;
  #dueMs = 0;
  #statistics: ControlStatistics = NO_CONTROL;
  /** Of the other end's last sender report: the middle of its NTP time, and when it came. */
  #lastReport = 0;
  #lastReportMs = 0;
  #before = { expected: 0, lost: 0, packets: 0 };

  private constructor(options: ControlOptions) {
    this.#options = options;
  }

  /** Undefined when the port is not to be had: the leg does without. */
  static async open(options: ControlOptions): Promise<ControlChannel | undefined> {
    const channel = new ControlChannel(options);
    const { host, port } = options;
    const onPacket = (bytes: Uint8Array, from: StreamSource): void => channel.#hear(bytes, from);
    try {
      channel.#socket = await UdpSocket.open({ host, port, onPacket });
      return channel;
    } catch {
      return undefined;
    }
  }

  get statistics(): ControlStatistics {
    return this.#statistics;
  }

  /** With the key of the media that is received, which stays the caller's to wipe. */
  listen(key: SrtpMasterKey | undefined): void {
    this.stopListening();
    this.#receiver = key && new SrtcpReceiver(key);
    this.#isListening = true;
    this.#before = { ...this.#before, expected: 0, lost: 0 };
  }

  stopListening(): void {
    this.#receiver?.close();
    this.#receiver = undefined;
    this.#isListening = false;
    this.#lastReport = 0;
  }

  /** `media` is where the stream goes; its key stays the caller's to wipe. */
  transmitTo(media: StreamSource, key: SrtpMasterKey | undefined): void {
    this.stopTransmitting();
    this.#sender = key && new SrtcpSender(key);
    this.#remote = { address: media.address, port: media.port + 1 };
    this.#before = { ...this.#before, packets: 0 };
    this.#schedule(INTERVAL_MS / 2);
  }

  stopTransmitting(): void {
    forget(this);
    this.#sender?.close();
    this.#sender = undefined;
    this.#remote = undefined;
  }

  /** Closing twice is harmless. */
  close(): void {
    this.stopListening();
    this.stopTransmitting();
    this.#socket?.close();
    this.#socket = undefined;
  }

  /** Tells now how things are. */
  report(): void {
    const figures = this.#options.figures();
    const remote = this.#remote;
    if (!figures || !remote || remote.port > PORT_MAX || !this.#socket) return;
    const packet = encodeRtcp({
      ssrc: figures.ssrc,
      ...(figures.packets > this.#before.packets && { sent: senderInfoOf(figures) }),
      received: figures.source ? [this.#receptionOf(figures.source)] : [],
      // The name is only for telling sources apart: it says nothing of us (RFC 7022).
      cname: figures.ssrc.toString(16),
      bye: false,
    });
    this.#before = { ...this.#before, packets: figures.packets };
    const sealed = this.#sender ? this.#sender.protect(packet) : packet;
    if (sealed) this.#socket.send(sealed, remote.port, remote.address);
  }

  /** Reports if it is time to. */
  reportWhenDue(nowMs: number): void {
    if (nowMs < this.#dueMs) return;
    this.report();
    this.#schedule(INTERVAL_MS);
  }

  #schedule(intervalMs: number): void {
    this.#dueMs = performance.now() + (intervalMs * (SPREAD_MIN + Math.random())) / COMPENSATION;
    remember(this);
  }

  #receptionOf({ ssrc, expected, lost, highestSequence, jitter }: SourceFigures): ReceptionReport {
    const expectedSince = expected - this.#before.expected;
    const lostSince = lost - this.#before.lost;
    this.#before = { ...this.#before, expected, lost };
    const fraction = expectedSince > 0 && lostSince > 0 ? lostSince / expectedSince : 0;
    const delayMs = Date.now() - this.#lastReportMs;
    return {
      ssrc,
      fractionLost: Math.min(255, Math.floor(256 * fraction)),
      packetsLost: Math.min(lost, 0x7f_ffff),
      highestSequence: highestSequence >>> 0,
      jitter: Math.round(jitter),
      lastReport: this.#lastReport,
      delaySinceLast:
        this.#lastReport === 0 ? 0 : Math.round((delayMs * TICKS_PER_SECOND) / 1000) >>> 0,
    };
  }

  #hear(bytes: Uint8Array, from: StreamSource): void {
    if (!this.#isListening) return;
    const clear = this.#receiver ? this.#receiver.open(bytes) : undefined;
    if (clear ? !clear.ok : !this.#isExpected(from)) return;
    const decoded = decodeRtcp(clear?.ok ? clear.value : bytes);
    if (!decoded.ok) return;
    if (clear && from.address === this.#remote?.address) this.#remote = from;
    const nowMs = Date.now();
    const { sent, received } = decoded.value;
    if (sent) {
      this.#lastReport = middleOf(sent.ntpSeconds, sent.ntpFraction);
      this.#lastReportMs = nowMs;
    }
    const ssrc = this.#options.figures()?.ssrc;
    const block = received.find((each) => each.ssrc === ssrc);
    this.#statistics = {
      ...this.#statistics,
      reportsReceived: this.#statistics.reportsReceived + 1,
      ...(block && {
        farPacketsLost: Math.max(0, block.packetsLost),
        farJitterMs: Math.round(block.jitter / this.#options.clockPerMs()),
        roundTripMs: roundTripMs(block, nowMs) ?? this.#statistics.roundTripMs,
      }),
    };
  }

  #isExpected({ address, port }: StreamSource): boolean {
    return this.#remote?.address === address && this.#remote.port === port;
  }
}

function remember(channel: ControlChannel): void {
  reporting.add(channel);
  if (clock) return;
  clock = setInterval(() => {
    const nowMs = performance.now();
    for (const each of reporting) each.reportWhenDue(nowMs);
  }, ROUND_MS);
  clock.unref();
}

function forget(channel: ControlChannel): void {
  reporting.delete(channel);
  if (reporting.size > 0) return;
  clearInterval(clock);
  clock = undefined;
}

function senderInfoOf({ rtpTimestamp, packets, octets }: ControlFigures): SenderInfo {
  return { ...ntpOf(Date.now()), rtpTimestamp, packets: packets >>> 0, octets: octets >>> 0 };
}

function ntpOf(wallMs: number): { readonly ntpSeconds: number; readonly ntpFraction: number } {
  const seconds = Math.floor(wallMs / 1000);
  return {
    ntpSeconds: (seconds + NTP_OFFSET_S) >>> 0,
    ntpFraction: Math.floor(((wallMs - 1000 * seconds) / 1000) * 0x1_0000_0000),
  };
}

function middleOf(ntpSeconds: number, ntpFraction: number): number {
  return (((ntpSeconds & 0xffff) << 16) | (ntpFraction >>> 16)) >>> 0;
}

/** [rfc] RFC 3550 §6.4.1, figure 2. Undefined when it heard no report of ours, or says what cannot be. */
function roundTripMs(
  { lastReport, delaySinceLast }: ReceptionReport,
  nowMs: number,
): number | undefined {
  if (lastReport === 0) return undefined;
  const { ntpSeconds, ntpFraction } = ntpOf(nowMs);
  const ticks = (middleOf(ntpSeconds, ntpFraction) - lastReport - delaySinceLast) | 0;
  // The clock has milliseconds: a short way may seem to take less than nothing.
  const ms = Math.max(0, Math.round((1000 * ticks) / TICKS_PER_SECOND));
  return ms <= ROUND_TRIP_MAX_MS ? ms : undefined;
}
