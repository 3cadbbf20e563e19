/** Everybody who speaks SIP with us: devices that have registered, and the trunks that are configured. */
import type { Event } from '@conclave/core';
import { type Clock, resolveTarget, SYSTEM_LOOKUP } from '@conclave/net';
import { commonNameOf, refusalOf } from '@conclave/pki';
import type { DigestSecret, Flow, SipRequest } from '@conclave/sip';
import type { StoredConfiguration } from '@conclave/store';
import type { Alarm } from '@conclave/telemetry';
import type { AlarmLimit } from '../alarm-limit.ts';
import type { CallManagerNews } from '../news.ts';
import { RegisteredDevices } from './registered-devices.ts';
import type { SipAgent } from './sip-agent.ts';
import { SipDevices } from './sip-devices.ts';
import type { SipDirectory, TurnedDown } from './sip-exchange.ts';
import type { SipPeer } from './sip-peer.ts';
import { SipTrunks } from './sip-trunks.ts';
import { TrunkAddresses } from './trunk-addresses.ts';
import type { SipSockets } from './wiring.ts';

export interface SipPeersOptions {
  readonly clock: Clock;
  readonly configuration: StoredConfiguration;
  /** For digests: 16 bytes or more that nobody can guess. */
  readonly sealKey: Uint8Array;
  /** Undefined before they are open. */
  readonly sockets: () => SipSockets | undefined;
  /** Up to, not including, 1. */
  readonly random: () => number;
  readonly happen: (event: Event) => void;
  readonly raise: (alarm: Alarm) => void;
  readonly limit: AlarmLimit;
  readonly log: (facts: object, text: string) => void;
  readonly news: (news: CallManagerNews) => void;
}

const NO_PORTS = { udp: 0, tcp: 0, tls: 0 };

export class SipPeers implements SipDirectory {
  readonly #options: SipPeersOptions;
  readonly #registered: RegisteredDevices;
  readonly #trunks: SipTrunks;
  readonly #addresses: TrunkAddresses;
  #devices: SipDevices;
  /** Names of trunks. */
  #inService: ReadonlySet<string> = new Set();

  constructor(options: SipPeersOptions) {
    this.#options = options;
    const { sockets } = options;
    this.#devices = new SipDevices(options.configuration);
    this.#registered = new RegisteredDevices({
      ...options,
      devices: () => this.#devices,
      commonNameOn: (flowId) => this.#commonNameOn(flowId),
      closeFlow: (flowId, reason) => sockets()?.transport.closeFlow(flowId, reason),
    });
    this.#addresses = new TrunkAddresses({
      clock: options.clock,
      resolve: (target) => resolveTarget(target, { lookup: SYSTEM_LOOKUP, random: options.random }),
    });
    this.#trunks = new SipTrunks({
      addresses: this.#addresses,
      proofOf: (flowId) => sockets()?.transport.proofOf(flowId),
      get ports() {
        return sockets()?.ports ?? NO_PORTS;
      },
    });
  }

  /**
   * Takes over a configuration: `changed` devices have to register again; trunks do not register, and are
   * in service at once.
   */
  configure(configuration: StoredConfiguration, changed: ReadonlySet<string>): void {
    const { happen, clock } = this.#options;
    this.#devices = new SipDevices(configuration);
    for (const device of changed) {
      this.#registered.disconnect(device, 'its configuration has changed');
    }
    const trunks = this.#trunks.configure(configuration.sipTrunks ?? [], clock.nowMs());
    const names = new Set(trunks.map(({ name }) => name));
    for (const device of this.#inService.difference(names)) {
      happen({ type: 'device-unregistered', device });
    }
    this.#inService = names;
    for (const registration of trunks.filter(({ name }) => changed.has(name))) {
      happen({ type: 'phone-registered', registration });
    }
  }

  peerOf(device: string): SipPeer | undefined {
    return this.#registered.peerOf(device) ?? this.#trunks.peerOf(device);
  }

  /** On a flow of its own a trunk is asked for nothing, whomever it calls for. */
  senderOf(request: SipRequest, flow: Flow): SipPeer | TurnedDown | undefined {
    const trunk = this.#registered.isOn(flow) ? undefined : this.#trunks.senderOn(flow);
    return trunk ?? this.#registered.senderOf(request, flow);
  }

  secretFor(uri: string): DigestSecret | undefined {
    return this.#trunks.secretFor(uri);
  }

  register(transaction: number, request: SipRequest, flow: Flow, agent: SipAgent): void {
    this.#registered.register(transaction, request, flow, agent);
  }

  flowClosed(flowId: string): void {
    this.#registered.flowClosed(flowId);
  }

  close(): void {
    this.#registered.close();
    this.#addresses.close();
  }

  #commonNameOn(flowId: string): string | undefined {
    const proof = this.#options.sockets()?.transport.proofOf(flowId);
    if (!proof?.certificate || refusalOf(proof)) return undefined;
    return commonNameOf(proof.certificate);
  }
}
