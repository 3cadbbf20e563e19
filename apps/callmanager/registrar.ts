/**
 * Meets devices at the door: looks at what TLS proved, decides by `admission.ts`, and raises an alarm
 * for every refusal that names the device and the reason.
 */
import type {
  BridgeRegistration,
  Configuration,
  MusicRegistration,
  PhoneRegistration,
} from '@conclave/core';
import type { Clock, Connection } from '@conclave/net';
import { commonNameOf, refusalOf } from '@conclave/pki';
import type { RegisterRequest } from '@conclave/sccp';
import type { Alarm } from '@conclave/telemetry';
import { type Admission, admissionOf } from './admission.ts';
import type { RegisteredDevice, Verdict } from './station-hub.ts';

/** Seconds between keep-alives that devices are asked for (sccp.md). */
const KEEP_ALIVE_SECONDS = 30;

/** Bridges that say nothing of their limits get these. */
const BRIDGE_DEFAULTS = { conferences: 8, streams: 128 } as const;

/** A music server that says nothing of its limit gets this. */
const MUSIC_STREAMS = 50;

export interface RegistrarOptions {
  readonly clock: Clock;
  readonly configuration: () => Configuration;
  readonly literalPrefix: () => boolean;
  readonly raise: (alarm: Alarm) => void;
  /** Where a device of this name is registered from now; undefined when it is not. */
  readonly registeredFrom: (device: string) => string | undefined;
}

export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #admitted = new Map<string, Extract<Admission, { admitted: true }>>();

  constructor(options: RegistrarOptions) {
    this.#options = options;
  }

  /** Whether to talk to this TLS peer at all (TIP-12, TIP-20). */
  accepts(connection: Connection): boolean {
    if (!connection.proof) return true;
    const refusal = refusalOf(connection.proof);
    if (!refusal) return true;
    const certificate = connection.proof.certificate;
    const name = certificate && commonNameOf(certificate);
    this.#options.raise({
      atMs: this.#options.clock.nowMs(),
      severity: 'error',
      name: 'TlsPeerRejected',
      ...(name !== undefined && { device: name }),
      reason: refusal.reason,
      text: `TLS from ${connection.remoteAddress} refused. ${refusal.sentence}`,
    });
    return false;
  }

  verdict(request: RegisterRequest, connection: Connection): Verdict {
    const { deviceName } = request;
    const certificate = connection.proof?.certificate;
    const commonName = certificate && commonNameOf(certificate);
    const admission =
      this.#duplicate(deviceName, connection) ??
      admissionOf(
        this.#options.configuration(),
        {
          deviceName,
          deviceType: request.deviceType,
          transport: connection.transport,
          ...(commonName !== undefined && { commonName }),
        },
        this.#options.literalPrefix(),
      );
    if (!admission.admitted) {
      this.#options.raise({
        atMs: this.#options.clock.nowMs(),
        severity: 'error',
        name: 'DeviceRegistrationRejected',
        device: deviceName,
        reason: admission.reason,
        text: `Registration from ${connection.remoteAddress} refused. ${admission.sentence}`,
      });
      return { admitted: false, text: admission.text };
    }
    this.#admitted.set(deviceName, admission);
    const { clusterId, phones } = this.#options.configuration();
    return {
      admitted: true,
      facts: {
        kind: admission.kind,
        lines: phones.get(deviceName)?.lines ?? [],
        serverName: clusterId,
        keepAliveSeconds: KEEP_ALIVE_SECONDS,
      },
    };
  }

  /** The registration as the rules see it. */
  registrationOf(
    device: RegisteredDevice,
  ):
    | { readonly type: 'phone-registered'; readonly registration: PhoneRegistration }
    | { readonly type: 'bridge-registered'; readonly registration: BridgeRegistration }
    | { readonly type: 'music-registered'; readonly registration: MusicRegistration }
    | undefined {
    const admission = this.#admitted.get(device.name);
    if (!admission) return undefined;
    const common = {
      name: device.name,
      sinceMs: this.#options.clock.nowMs(),
      address: device.address,
    };
    if (admission.kind === 'phone') {
      return {
        type: 'phone-registered',
        registration: { ...common, signalling: admission.signalling, codecs: device.codecs },
      };
    }
    if (admission.kind === 'music') {
      const streamsMax = device.request.maxStreams || MUSIC_STREAMS;
      return {
        type: 'music-registered',
        registration: { ...common, secure: admission.secure, streamsMax },
      };
    }
    const conferencesMax = device.request.maxConferences || BRIDGE_DEFAULTS.conferences;
    const streamsMax = device.request.maxStreams || BRIDGE_DEFAULTS.streams;
    return {
      type: 'bridge-registered',
      registration: {
        ...common,
        secure: admission.secure,
        codecs: device.codecs,
        conferencesMax,
        streamsMax,
        partiesMax: Math.max(1, Math.floor(streamsMax / conferencesMax)),
      },
    };
  }

  /**
   * In clear text anybody can claim a name: one that is in use from another address keeps it. Over TLS
   * the certificate decides, and the newer connection replaces the older one.
   */
  #duplicate(deviceName: string, connection: Connection): Admission | undefined {
    const from = this.#options.registeredFrom(deviceName);
    const same = from === undefined || from === connection.remoteAddress;
    if (same || connection.transport === 'tls') return undefined;
    return {
      admitted: false,
      reason: 'already-registered',
      sentence: `${deviceName} is registered from ${from}.`,
      text: 'Registered from elsewhere',
    };
  }
}
