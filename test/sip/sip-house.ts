/**
 * For tests: the rules, their SIP side and phones that speak SIP, under virtual time, without sockets. What
 * does not speak SIP (bridges, SCCP phones) does as it is told.
 */
import {
  type CallLog,
  ENGLISH,
  Engine,
  KeyVault,
  type SipDirectory,
  SipExchange,
  type SipPeer,
} from '@conclave/callmanager';
import type {
  CallDetailRecord,
  Configuration,
  Effect,
  Event,
  MediaEffect,
  PhoneConfiguration,
  State,
} from '@conclave/core';
import { Prng, SimClock } from '@conclave/testkit';
import { type ClientSpec, reread, SipClient } from './sip-client.ts';

export class SipHouse {
  readonly clock = new SimClock(1_000_000);
  readonly prng = new Prng(1);
  readonly vault = new KeyVault((size) => this.prng.bytes(size));
  readonly engine: Engine;
  readonly sip: SipExchange;
  readonly log: Effect[] = [];
  readonly records: CallDetailRecord[] = [];
  /** What callers were told before they were refused. */
  readonly spoken: string[] = [];
  readonly clients = new Map<string, SipClient>();
  /** Media effects that devices without SIP were given, with the key bytes they were told. */
  readonly told: { readonly effect: MediaEffect; readonly key: string | undefined }[] = [];
  /** Follows what phones are shown and what is noted, as it happens. */
  calls: CallLog | undefined;
  #members = new Map<number, Set<number>>();

  constructor(configuration: Configuration) {
    const directory: SipDirectory = {
      peerOf: (device) => this.#peerOf(device),
      senderOf: (_request, flow) => this.#peerOf(flow.id),
      register: () => {},
      flowClosed: () => {},
    };
    this.sip = new SipExchange({
      clock: this.clock,
      token: () => Array.from({ length: 4 }, () => this.prng.between(0, 2 ** 31)).join(''),
      keys: this.vault,
      directory,
      phrasesOf: () => ENGLISH,
      annunciator: {
        port: 30_000,
        suites: ['AES_CM_128_HMAC_SHA1_80'],
        play: ({ name }, ended) => {
          this.spoken.push(name);
          this.clock.after(1000, ended);
          return () => {};
        },
      },
      state: () => this.engine.state,
      happen: (event) => this.engine.happen(event),
      passOn: (effect) => this.#serve(effect),
    });
    this.sip.attach({
      send: (message, flow) => {
        const client = this.clients.get(flow.id);
        this.clock.after(1, () => client?.receive(reread(message)));
      },
      connect: async (uri) => {
        const trunk = [...this.clients.values()].find(({ flow }) => uri.includes(flow.remote.host));
        return trunk ? { ok: true, value: trunk.flow } : { ok: false, error: 'unreachable' };
      },
    });
    this.engine = new Engine({
      configuration,
      nextCallId: 1,
      clock: this.clock,
      ports: {
        phone: (effect) => {
          this.log.push(effect);
          this.sip.show(effect);
          this.calls?.phone(effect);
        },
        media: (effect) => {
          this.log.push(effect);
          if (!this.sip.media(effect)) this.#serve(effect);
        },
        bridge: (effect) => this.#bridge(effect),
        announce: (effect) => void this.log.push(effect),
        note: (effect) => {
          this.log.push(effect);
          this.sip.note(effect);
          this.calls?.note(effect);
          if (effect.type === 'record') this.records.push(effect.record);
        },
        settled: () => this.sip.settled(),
      },
    });
  }

  get state(): State {
    return this.engine.state;
  }

  client(spec: ClientSpec): SipClient {
    const client = new SipClient(this, spec, this.clients.size + 10);
    this.clients.set(spec.device, client);
    this.happen({
      type: 'phone-registered',
      registration: {
        name: spec.device,
        signalling: spec.signalling,
        sinceMs: this.clock.nowMs(),
        address: client.flow.remote.host,
        codecs: ['pcmu', 'pcma'],
        ...(spec.isStandard && { standardClient: true }),
      },
    });
    return client;
  }

  /** Other settings of a device. */
  configure(device: string, settings: Partial<PhoneConfiguration>): void {
    const { configuration } = this.state;
    const phone = configuration.phones.get(device);
    if (!phone) throw new Error(`${device} is configured`);
    const phones = new Map(configuration.phones).set(device, { ...phone, ...settings });
    this.happen({ type: 'configuration', configuration: { ...configuration, phones } });
  }

  happen(event: Event): void {
    this.engine.happen(event);
  }

  run(forMs = 200): void {
    this.clock.runUntil(this.clock.nowMs() + forMs, () => {});
  }

  #peerOf(device: string): SipPeer | undefined {
    const client = this.clients.get(device);
    if (!client) return undefined;
    const { isStandard = false, isTrunk = false, keepsKeys = false } = client.spec;
    const { host } = client.flow.remote;
    const contact = isTrunk ? host : `sip:${device}@${host}`;
    return { device, flow: client.flow, contact, isStandard, isTrunk, keepsKeys };
  }

  #serve(effect: MediaEffect): void {
    const format = 'format' in effect ? effect.format : undefined;
    const { key: name, suite } = format ?? {};
    const known = name !== undefined && suite ? this.vault.keyOf(name, suite) : undefined;
    const key = known && Buffer.concat([known.key, known.salt]).toString('base64');
    this.told.push({ effect, key });
    if (effect.type === 'forget-key') this.vault.forget(effect.key);
    if (effect.type !== 'open-receive') return;
    const { device, party } = effect.end;
    const address = { host: '198.51.100.1', port: 20_000 + party };
    this.clock.after(1, () => this.happen({ type: 'receive-opened', device, party, address }));
  }

  #bridge(effect: Extract<Effect, { bridge: string }>): void {
    this.log.push(effect);
    const { bridge, conference } = effect;
    const members = this.#members.get(conference) ?? new Set();
    this.#members.set(conference, members);
    const answer = (event: Event): void => this.clock.after(1, () => this.happen(event));
    switch (effect.type) {
      case 'create-conference':
        return answer({ type: 'conference-created', bridge, conference, ok: true });
      case 'add-participant':
        members.add(effect.leg);
        return answer({ type: 'participant-added', bridge, conference, leg: effect.leg, ok: true });
      case 'drop-participant':
        members.delete(effect.leg);
        return;
      case 'audit-participants':
        return answer({ type: 'participants-audited', bridge, conference, legs: [...members] });
      default:
    }
  }
}
