/**
 * Everything of the call manager between its connections and its records: registrar, hub, adapters,
 * rules. It has time, chance and connections from outside, so that a simulation can give it others.
 *
 * It knows no socket, no disk and no store; `wiring.ts` gives it those as functions.
 */
import { unreachable } from '@conclave/base';
import {
  type CallDetailRecord,
  type CallQualityRecord,
  type Configuration,
  explainRefusal,
  type NoteEffect,
  type State,
} from '@conclave/core';
import type { Clock, Connection } from '@conclave/net';
import type { AnyMessage, Body } from '@conclave/sccp';
import type { Alarm } from '@conclave/telemetry';
import { eventOf, SccpStations } from './adapters/sccp-station.ts';
import type { AlarmLimit } from './alarm-limit.ts';
import type { Annunciator } from './annunciator.ts';
import { CallLog } from './call-log.ts';
import { Engine } from './engine.ts';
import { KeyVault } from './key-vault.ts';
import type { Phrases } from './locale/phrases.ts';
import type { CallManagerNews } from './news.ts';
import { QualityQuestions } from './quality-questions.ts';
import { Registrar } from './registrar.ts';
import { type SipDirectory, SipExchange } from './sip/sip-exchange.ts';
import { type RegisteredDevice, StationHub } from './station-hub.ts';

export interface ExchangeOptions {
  readonly clock: Clock;
  /** Fresh bytes for keys. */
  readonly random: (size: number) => Uint8Array;
  /** A fresh word of 64 bits or more, of letters and digits. */
  readonly token: () => string;
  readonly configuration: Configuration;
  readonly sipDirectory: SipDirectory;
  /** Absent: callers are refused without being told why. */
  readonly annunciator?: Annunciator;
  readonly firstCallId: number;
  readonly literalPrefix: () => boolean;
  readonly phrasesOf: (userLocale: string) => Phrases;
  readonly limit: AlarmLimit;
  readonly log: (facts: object, text: string) => void;
  /** Whether the log wants what becomes of each call. */
  readonly logsCalls?: boolean;
  readonly raise: (alarm: Alarm) => void;
  readonly news: (news: CallManagerNews) => void;
  readonly record: (record: CallDetailRecord) => void;
  /** How a leg's media was, as one of its devices tells. Absent: nobody is asked. */
  readonly quality?: (record: CallQualityRecord) => void;
  /** What a registered SCCP device and we say to each other. */
  readonly said?: (
    device: RegisteredDevice,
    direction: 'received' | 'sent',
    message: AnyMessage,
  ) => void;
  /** After every step of the rules. */
  readonly settled: (state: State) => void;
}

/** What the alarms are called that devices report of themselves. */
const DEVICE_ALARMS = {
  phone: 'DeviceAlarm',
  bridge: 'MediaAuthenticationFailures',
  music: 'MusicFileUnusable',
} as const;

export class Exchange {
  readonly engine: Engine;
  readonly hub: StationHub;
  readonly sip: SipExchange;
  readonly keys: KeyVault;
  readonly #options: ExchangeOptions;
  readonly #registrar: Registrar;
  readonly #quality: QualityQuestions | undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    const { clock } = options;
    this.keys = new KeyVault(options.random);
    this.#registrar = new Registrar({
      clock,
      configuration: () => this.engine.state.configuration,
      literalPrefix: options.literalPrefix,
      raise: options.raise,
      registeredFrom: (device) => this.hub.deviceOf(device)?.address,
    });
    this.hub = new StationHub(clock, {
      verdict: (request, connection) => this.#registrar.verdict(request, connection),
      registered: (device) => this.#registered(device),
      unregistered: (device, reason) => this.#unregistered(device, reason),
      message: (device, message) => {
        if (message.name === 'Alarm') this.#reportAlarm(device, message.body.text);
        if (message.name === 'ConnectionStatisticsRes' && this.#measured(device, message.body))
          return;
        const event = eventOf(device, message);
        if (event) this.engine.happen(event);
      },
      malformed: (device, from, reason) => this.#malformed(device, from, reason),
      ...(options.said && { said: options.said }),
    });
    this.#quality = options.quality && this.#questions(options.quality);
    const phrasesOf = (device: string): Phrases => {
      const phone = this.engine.state.configuration.phones.get(device);
      return options.phrasesOf(phone?.userLocale ?? '');
    };
    const stations = new SccpStations(this.hub, this.keys, phrasesOf);
    this.sip = new SipExchange({
      clock,
      token: options.token,
      keys: this.keys,
      phrasesOf,
      directory: options.sipDirectory,
      annunciator: options.annunciator,
      state: () => this.engine.state,
      happen: (event) => this.engine.happen(event),
      passOn: (effect) => stations.media(effect),
    });
    const calls = options.logsCalls
      ? new CallLog({
          log: options.log,
          state: () => this.engine.state,
          sipCallId: (leg) => this.sip.callIdOf(leg),
        })
      : undefined;
    this.engine = new Engine({
      configuration: options.configuration,
      nextCallId: options.firstCallId,
      clock,
      ports: {
        phone: (effect) => {
          if (!this.sip.show(effect)) stations.show(effect);
          calls?.phone(effect);
        },
        media: (effect) => {
          if (!this.sip.media(effect)) stations.media(effect);
        },
        bridge: (effect) => stations.bridge(effect),
        announce: (effect) => stations.announce(effect),
        note: (effect) => {
          this.sip.note(effect);
          calls?.note(effect);
          this.#note(effect);
        },
        settled: (state) => {
          this.sip.settled();
          options.settled(state);
        },
      },
    });
  }

  /** Takes over a connection, unless its peer has proved to be nobody we know. */
  accept(connection: Connection): void {
    if (this.#registrar.accepts(connection)) this.hub.accept(connection);
    else connection.destroy('refused');
  }

  #registered(device: RegisteredDevice): void {
    const event = this.#registrar.registrationOf(device);
    if (!event) return;
    const how = howOf(event);
    this.#options.log({ device: device.name, how, address: device.address }, 'registered');
    this.engine.happen(event);
    this.#options.news({ type: 'registered', device: device.name, how });
  }

  #unregistered(device: string, reason: string): void {
    this.#options.log({ device, reason }, 'unregistered');
    this.#options.news({ type: 'unregistered', device, reason });
    const atMs = this.#options.clock.nowMs();
    if (this.engine.state.musics.has(device)) {
      this.#options.raise({
        atMs,
        severity: 'warning',
        name: 'MusicOutOfService',
        device,
        reason: 'unregistered',
        text: `The music-on-hold server is gone (${reason}); who it played to hears nothing.`,
      });
    }
    if (this.engine.state.bridges.has(device)) {
      this.#options.raise({
        atMs,
        severity: 'error',
        name: 'BridgeOutOfService',
        device,
        reason: 'unregistered',
        text: `The conference bridge is gone (${reason}); its conferences have ended.`,
      });
    }
    this.engine.happen({ type: 'device-unregistered', device });
  }

  #malformed(device: string, from: string, reason: string): void {
    const atMs = this.#options.clock.nowMs();
    if (!this.#options.limit.allows(from, atMs)) return;
    this.#options.raise({
      atMs,
      severity: 'warning',
      name: 'MalformedMessage',
      ...(device !== '' && { device }),
      reason: 'malformed',
      text: `A message from ${from} cannot be read (${reason}); its connection is closed.`,
    });
  }

  #note(effect: NoteEffect): void {
    switch (effect.type) {
      case 'record':
        this.#quality?.legEnded(effect.record, this.#options.clock.nowMs());
        return this.#options.record(effect.record);
      case 'alarm': {
        const { name, device, reason, text } = effect;
        const atMs = this.#options.clock.nowMs();
        return this.#options.raise({ atMs, severity: 'warning', name, device, reason, text });
      }
      case 'level': {
        const { conference, from, to, because } = effect;
        return this.#options.news({ type: 'level', conference, from, to, because });
      }
      case 'refusal': {
        const { device, operation } = effect.refusal;
        const because = explainRefusal(effect.refusal).sentence;
        return this.#options.news({ type: 'refusal', device, operation, because });
      }
      default:
        return unreachable(effect);
    }
  }

  #questions(record: (record: CallQualityRecord) => void): QualityQuestions {
    return new QualityQuestions({
      ask: (device, directoryNum, callReference) => {
        if (!this.hub.deviceOf(device)) return false;
        const body = { directoryNum, callReference, statsProcessingMode: 1 };
        this.hub.send(device, [{ name: 'ConnectionStatisticsReq', body }]);
        return true;
      },
      record,
    });
  }

  /** Whether these figures were asked for at the end of a leg: no party of an audit has a leg's number. */
  #measured(device: RegisteredDevice, body: Body<'ConnectionStatisticsRes'>): boolean {
    const figures = {
      packetsSent: body.numberPacketsSent,
      octetsSent: body.numberOctetsSent,
      packetsReceived: body.numberPacketsReceived,
      octetsReceived: body.numberOctetsReceived,
      packetsLost: body.numberPacketsLost,
      jitterMs: body.jitter,
      latencyMs: body.latency,
    };
    const atMs = this.#options.clock.nowMs();
    return this.#quality?.answered(device.name, body.callReference, figures, atMs) ?? false;
  }

  /** What a device reports of itself. */
  #reportAlarm(device: RegisteredDevice, text: string): void {
    const atMs = this.#options.clock.nowMs();
    if (!this.#options.limit.allows(device.name, atMs)) return;
    this.#options.raise({
      atMs,
      severity: 'warning',
      name: DEVICE_ALARMS[device.kind],
      device: device.name,
      reason: 'reported-by-device',
      text,
    });
  }
}

function howOf(event: NonNullable<ReturnType<Registrar['registrationOf']>>): string {
  switch (event.type) {
    case 'phone-registered':
      return `phone, ${event.registration.signalling}`;
    case 'bridge-registered':
      return `conference bridge, ${event.registration.secure ? 'secure' : 'nonsecure'}`;
    case 'music-registered':
      return `music on hold, ${event.registration.secure ? 'secure' : 'nonsecure'}`;
    default:
      return unreachable(event);
  }
}
