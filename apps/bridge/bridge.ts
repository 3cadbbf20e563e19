/**
 * The conference bridge: registers to a call manager as a conference-bridge device and mixes what it
 * is told to. It believes nobody's claim of security: what does not authenticate is not mixed, and it
 * says so.
 *
 * When signalling is lost every conference ends at once: nobody would be left to tell the truth.
 */

import { MediaError, SccpClient } from '@conclave/device';
import { LATENESS_BOUNDS_MS, MediaClock, type TlsIdentity } from '@conclave/net';
import { type AnyMessage, type ClientIdentity, type Message, wireToUtf8 } from '@conclave/sccp';
import { BridgeConference } from './conference.ts';
import type { ParticipantLeg } from './participant-leg.ts';

/** [inferred] Which number an IOS Enhanced bridge sends is unknown; a capture of one would tell. */
const DEVICE_TYPE = 86;

const G711_ULAW = 4;
const G711_ALAW = 2;

const MEDIA_OK = 0;
const MEDIA_INVALID_CODEC = 6;
const MEDIA_OUT_OF_SOCKETS = 8;
const MEDIA_INVALID_CALL = 5;

/** The call manager hears of failing packets of a leg at most this often. */
const ALARM_INTERVAL_MS = 10_000;

const SEVERITY_WARNING = 1;

export interface BridgeOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Present for an encrypted bridge. */
  readonly tls?: TlsIdentity;
  /** Conferences that the module can carry without security; a secure bridge has half (BRG-11). */
  readonly sessions: number;
  /** Parties of one conference. */
  readonly parties: number;
  /** Dotted address for media; absent means that of the signalling connection. */
  readonly mediaAddress?: string;
  readonly protocolVersion: number;
  readonly onRegistered?: () => void;
  /** The connection is gone; every conference has ended. */
  readonly onClosed: (reason: string, rejection: string | undefined) => void;
}

export interface LegStatus {
  readonly conference: number;
  readonly callReference: number;
  readonly secure: boolean;
  readonly packetsReceived: number;
  readonly packetsSent: number;
  readonly unauthenticated: number;
  readonly replayed: number;
  readonly wrongSource: number;
  readonly lost: number;
  readonly jitterMs: number;
}

export interface BridgeStatus {
  readonly conferences: number;
  readonly legs: readonly LegStatus[];
  /** Ticks by lateness: the upper bound in milliseconds, and how many. */
  readonly lateness: readonly { readonly underMs: number; readonly ticks: number }[];
}

/** Conferences at one time: half of the module's when they are secure, rounded down. */
export function capacityOf(sessions: number, secure: boolean): number {
  return secure ? Math.floor(sessions / 2) : sessions;
}

export class Bridge {
  readonly #options: BridgeOptions;
  readonly #conferences = new Map<number, BridgeConference>();
  readonly #clock: MediaClock;
  readonly #alarmed = new Map<ParticipantLeg, { atMs: number; count: number }>();
  readonly #capacity: number;
  #client: SccpClient | undefined;

  private constructor(options: BridgeOptions) {
    this.#options = options;
    this.#capacity = capacityOf(options.sessions, options.tls !== undefined);
    this.#clock = new MediaClock(() => {
      for (const conference of this.#conferences.values()) conference.tick();
    });
  }

  /** Connects and registers. Rejects when the call manager does not answer or is not trusted. */
  static async open(options: BridgeOptions): Promise<Bridge> {
    const bridge = new Bridge(options);
    bridge.#client = await SccpClient.open(
      { host: options.host, port: options.port, ...(options.tls && { tls: options.tls }) },
      (localAddress) => bridge.#identity(localAddress),
      {
        registered: () => {
          bridge.#announce();
          options.onRegistered?.();
        },
        message: (message) => bridge.#onMessage(message),
        closed: (reason, rejection) => {
          bridge.#endAll();
          options.onClosed(reason, rejection);
        },
      },
    );
    return bridge;
  }

  status(): BridgeStatus {
    return {
      conferences: this.#conferences.size,
      legs: [...this.#conferences.values()].flatMap((conference) =>
        [...conference.legs.values()].map((leg) => statusOf(conference.id, leg)),
      ),
      lateness: this.#clock.lateness.map((ticks, index) => ({
        underMs: LATENESS_BOUNDS_MS[index] ?? Number.POSITIVE_INFINITY,
        ticks,
      })),
    };
  }

  /** Unregisters and closes. */
  close(): void {
    this.#client?.unregister();
    this.#endAll();
  }

  #identity(localAddress: string): ClientIdentity {
    const { name, parties, protocolVersion } = this.#options;
    return {
      registration: {
        sid: { DeviceName: name, instance: 0 },
        stationIpAddr: localAddress,
        deviceType: DEVICE_TYPE,
        maxStreams: this.#capacity * parties,
        activeStreams: 0,
        protocolVer: protocolVersion,
        maxConferences: this.#capacity,
      },
      capabilities: [G711_ULAW, G711_ALAW],
    };
  }

  #announce(): void {
    this.#client?.send('MediaResourceNotification', {
      deviceType: DEVICE_TYPE,
      numberOfInServiceStreams: this.#capacity * this.#options.parties,
      maxStreamsPerConf: this.#options.parties,
      numberOfOutOfServiceStreams: 0,
    });
  }

  #onMessage(message: AnyMessage): void {
    switch (message.name) {
      case 'CreateConferenceReq':
        return this.#create(message.body.conferenceId);
      case 'DeleteConferenceReq':
        return this.#delete(message.body.conferenceId);
      case 'AddParticipantReq':
        return this.#add(message.body);
      case 'DropParticipantReq':
        return this.#drop(message.body);
      case 'AuditConferenceReq':
        return this.#auditConferences();
      case 'AuditParticipantReq':
        return this.#auditParticipants(message.body.conferenceId);
      case 'ModifyConferenceReq':
        this.#client?.send('ModifyConferenceRes', {
          conferenceId: message.body.conferenceId,
          modify_conf_result: this.#conferences.has(message.body.conferenceId) ? 0 : 2,
        });
        return;
      default:
        return this.#onMedia(message);
    }
  }

  #onMedia(message: AnyMessage): void {
    switch (message.name) {
      case 'OpenReceiveChannel':
        void this.#openReceive(message.body);
        return;
      case 'CloseReceiveChannel':
        this.#leg(message.body)?.media.closeReceive();
        return;
      case 'StartMediaTransmission':
        return this.#startTransmit(message.body);
      case 'StopMediaTransmission':
        this.#leg(message.body)?.media.stopTransmit();
        return;
      case 'ConnectionStatisticsReq':
        return this.#statistics(message.body.callReference);
      default:
    }
  }

  #create(conferenceId: number): void {
    const exists = this.#conferences.has(conferenceId);
    const result = exists ? 2 : this.#conferences.size >= this.#capacity ? 1 : 0;
    if (result === 0) {
      this.#conferences.set(conferenceId, new BridgeConference(conferenceId));
      this.#clock.start();
    }
    this.#client?.send('CreateConferenceRes', { conferenceId, result });
  }

  #delete(conferenceId: number): void {
    const conference = this.#conferences.get(conferenceId);
    conference?.close();
    this.#conferences.delete(conferenceId);
    if (this.#conferences.size === 0) this.#clock.stop();
    this.#client?.send('DeleteConferenceRes', {
      conferenceId,
      delete_conf_result: conference ? 0 : 1,
    });
  }

  #add(body: Message<'AddParticipantReq'>['body']): void {
    const { conferenceId, callReference } = body;
    const conference = this.#conferences.get(conferenceId);
    let result = 0;
    if (!conference) result = 2;
    else if (conference.legs.has(callReference)) result = 3;
    else if (conference.legs.size >= this.#options.parties) result = 1;
    else conference.add(callReference, wireToUtf8(body.participantName));
    this.#client?.send('AddParticipantRes', {
      conferenceId,
      callReference,
      add_participant_result: result,
    });
  }

  #drop(body: { readonly conferenceId: number; readonly callReference: number }): void {
    const conference = this.#conferences.get(body.conferenceId);
    const leg = conference?.legs.get(body.callReference);
    if (leg) this.#alarmed.delete(leg);
    conference?.drop(body.callReference);
  }

  #auditConferences(): void {
    const entries = [...this.#conferences.values()].map(({ id, legs }) => ({
      conferenceId: id,
      resourceType: 0,
      numberOfReservedParticipants: this.#options.parties,
      numberOfActiveParticipants: legs.size,
    }));
    // One answer carries 32 entries; the last one says so.
    for (let at = 0; at === 0 || at < entries.length; at += 32) {
      this.#client?.send('AuditConferenceRes', {
        last: at + 32 >= entries.length ? 1 : 0,
        conferenceEntry: entries.slice(at, at + 32),
      });
    }
  }

  /** The call manager raises a lock on this answer: it is the mixer's own list. */
  #auditParticipants(conferenceId: number): void {
    const conference = this.#conferences.get(conferenceId);
    this.#client?.send('AuditParticipantRes', {
      audit_participant_result: conference ? 0 : 1,
      last: 1,
      conferenceId,
      participantEntry: [...(conference?.legs.keys() ?? [])],
    });
  }

  async #openReceive(body: Message<'OpenReceiveChannel'>['body']): Promise<void> {
    const { passThroughPartyId, callReference } = body;
    const media = this.#leg(body)?.media;
    let mediaReceptionStatus = media ? MEDIA_OK : MEDIA_INVALID_CALL;
    let portNumber = 0;
    try {
      portNumber =
        (await media?.openReceive(
          body.compressionType,
          body.mRxMediaEncryptionKeyInfo,
          this.#mediaAddress,
        )) ?? 0;
    } catch (error) {
      mediaReceptionStatus =
        error instanceof MediaError ? MEDIA_INVALID_CODEC : MEDIA_OUT_OF_SOCKETS;
    }
    this.#client?.send('OpenReceiveChannelAck', {
      mediaReceptionStatus,
      ipAddr: this.#mediaAddress,
      portNumber,
      passThroughPartyId,
      callReference,
    });
  }

  #startTransmit(body: Message<'StartMediaTransmission'>['body']): void {
    const media = this.#leg(body)?.media;
    let mediaTransmissionStatus = media ? MEDIA_OK : MEDIA_INVALID_CALL;
    try {
      media?.startTransmit(body.compressionType, body.mTxMediaEncryptionKeyInfo, {
        address: body.remoteIpAddr,
        port: body.remotePortNumber,
      });
    } catch {
      mediaTransmissionStatus = MEDIA_INVALID_CODEC;
    }
    this.#client?.send('StartMediaTransmissionAck', {
      conferenceId: body.conferenceId,
      passThroughPartyId: body.passThroughPartyId,
      callReference: body.callReference,
      transmitIpAddr: this.#mediaAddress,
      mediaTransmissionStatus,
    });
  }

  #statistics(callReference: number): void {
    for (const conference of this.#conferences.values()) {
      const leg = conference.legs.get(callReference);
      if (!leg) continue;
      const status = statusOf(conference.id, leg);
      this.#client?.send('ConnectionStatisticsRes', {
        callReference,
        numberPacketsSent: status.packetsSent,
        numberOctetsSent: leg.media.statistics().octetsSent,
        numberPacketsReceived: status.packetsReceived,
        numberOctetsReceived: leg.media.statistics().counters?.octets ?? 0,
        numberPacketsLost: status.lost,
        jitter: status.jitterMs,
      });
    }
  }

  /** Tells the call manager of legs whose packets fail; called from time to time. */
  reportFailures(nowMs: number): void {
    for (const conference of this.#conferences.values()) {
      for (const leg of conference.legs.values()) this.#reportLeg(conference.id, leg, nowMs);
    }
  }

  #reportLeg(conference: number, leg: ParticipantLeg, nowMs: number): void {
    const { unauthenticated, wrongSource } = statusOf(conference, leg);
    const count = unauthenticated + wrongSource;
    const before = this.#alarmed.get(leg);
    if (count <= (before?.count ?? 0)) return;
    if (before && nowMs - before.atMs < ALARM_INTERVAL_MS) return;
    this.#alarmed.set(leg, { atMs: nowMs, count });
    this.#client?.send('Alarm', {
      alarmSeverity: SEVERITY_WARNING,
      text: `conference ${conference} call ${leg.callReference}: ${count} packets not authenticated`,
      parm1: leg.callReference,
      parm2: count,
    });
  }

  #leg(body: {
    readonly conferenceId: number;
    readonly callReference?: number;
  }): ParticipantLeg | undefined {
    return this.#conferences.get(body.conferenceId)?.legs.get(body.callReference ?? 0);
  }

  get #mediaAddress(): string {
    return this.#options.mediaAddress ?? this.#client?.localAddress ?? '127.0.0.1';
  }

  #endAll(): void {
    this.#clock.stop();
    for (const conference of this.#conferences.values()) conference.close();
    this.#conferences.clear();
    this.#alarmed.clear();
  }
}

function statusOf(conference: number, leg: ParticipantLeg): LegStatus {
  const { received, packetsSent, packetsLost, jitterMs, counters } = leg.media.statistics();
  return {
    conference,
    callReference: leg.callReference,
    secure: received === 'srtp',
    packetsReceived: counters?.received ?? 0,
    packetsSent,
    unauthenticated: counters?.unauthenticated ?? 0,
    replayed: counters?.replayed ?? 0,
    wrongSource: counters?.wrongSource ?? 0,
    lost: packetsLost,
    jitterMs,
  };
}
