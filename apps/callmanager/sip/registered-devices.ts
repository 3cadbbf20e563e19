/**
 * The registrar at work: its decisions answered, its changes told to the rules, its alarms raised, its
 * time kept. It has the clock, the flows and the rules from outside.
 */
import { unreachable } from '@conclave/base';
import type { Event } from '@conclave/core';
import type { Clock, Timer } from '@conclave/net';
import type { Flow, Reply, SipRequest } from '@conclave/sip';
import type { Alarm } from '@conclave/telemetry';
import type { AlarmLimit } from '../alarm-limit.ts';
import type { CallManagerNews } from '../news.ts';
import { clientQuirksOf } from './client-quirks.ts';
import {
  type Decision,
  type RegistrarChange,
  SipRegistrar,
  type SipRegistrarOptions,
  type SipSender,
} from './registrar.ts';
import { contactOf, type SipRegistration } from './registrations.ts';
import type { SipAgent } from './sip-agent.ts';
import type { TurnedDown } from './sip-exchange.ts';
import type { SipPeer } from './sip-peer.ts';

/** How often registrations that are over are looked for. */
const SWEEP_MS = 5_000;

export interface RegisteredDevicesOptions extends SipRegistrarOptions {
  readonly clock: Clock;
  /** Common name of the certificate that TLS has verified on this flow. */
  readonly commonNameOn: (flowId: string) => string | undefined;
  readonly closeFlow: (flowId: string, reason: string) => void;
  readonly happen: (event: Event) => void;
  readonly raise: (alarm: Alarm) => void;
  readonly limit: AlarmLimit;
  readonly log: (facts: object, text: string) => void;
  readonly news: (news: CallManagerNews) => void;
}

export class RegisteredDevices {
  readonly registrar: SipRegistrar;
  readonly #options: RegisteredDevicesOptions;
  readonly #timer: Timer;
  #isArmed = false;

  constructor(options: RegisteredDevicesOptions) {
    this.#options = options;
    this.registrar = new SipRegistrar(options);
    this.#timer = options.clock.timer(() => {
      this.#isArmed = false;
      this.#apply(this.registrar.expire(options.clock.nowMs()));
      this.#arm();
    });
  }

  peerOf(device: string): SipPeer | undefined {
    const registration = this.registrar.registrations.of(device);
    return registration && peerOf(registration);
  }

  /** Whether a device has registered on this flow. */
  isOn(flow: Flow): boolean {
    return this.registrar.registrations.isOn(flow.id);
  }

  senderOf(request: SipRequest, flow: Flow): SipPeer | TurnedDown | undefined {
    const found = this.registrar.identify(request, this.#senderOn(flow), this.#nowMs);
    switch (found.type) {
      case 'registered':
        return peerOf(found.registration);
      case 'turned-down':
        this.#raise(found.decision, flow);
        return found.decision;
      case 'unknown':
        return undefined;
      default:
        return unreachable(found);
    }
  }

  register(transaction: number, request: SipRequest, flow: Flow, agent: SipAgent): void {
    const decision = this.registrar.register(request, this.#senderOn(flow), this.#nowMs);
    const { status } = decision;
    const reply: Reply = status < 300 ? decision.reply : { ...decision.reply, once: true };
    agent.run((each, nowMs) => each.respond(transaction, status, reply, nowMs));
    this.#raise(decision, flow);
    this.#apply(decision.changes);
    this.#arm();
  }

  flowClosed(flowId: string): void {
    this.#apply(this.registrar.flowClosed(flowId));
  }

  /** The device has to register again; on a connection it is told so by its end. */
  disconnect(device: string, reason: string): void {
    const flow = this.registrar.registrations.of(device)?.flow;
    this.#apply(this.registrar.drop(device, reason));
    if (flow && flow.transport !== 'udp') this.#options.closeFlow(flow.id, reason);
  }

  close(): void {
    this.#timer.set(undefined);
  }

  get #nowMs(): number {
    return this.#options.clock.nowMs();
  }

  #senderOn(flow: Flow): SipSender {
    return { flow, commonName: this.#options.commonNameOn(flow.id) };
  }

  /** Never put off: somebody registers all the time. */
  #arm(): void {
    if (this.#isArmed || this.registrar.registrations.size === 0) return;
    this.#isArmed = true;
    this.#timer.set(this.#nowMs + SWEEP_MS);
  }

  #apply(changes: readonly RegistrarChange[]): void {
    for (const change of changes) {
      if (change.type === 'unregistered') this.#unregistered(change.device, change.reason);
      else if (change.type === 'registered') this.#registered(change.registration);
    }
  }

  #registered({ device, signalling, isStandard, flow, sinceMs, userAgent }: SipRegistration): void {
    const { log, happen, news } = this.#options;
    const how = `${isStandard ? 'SIP client' : 'SIP phone'}, ${signalling}, ${flow.transport}`;
    const address = flow.remote.host;
    log({ device, how, address, userAgent }, 'registered');
    const codecs = ['pcmu', 'pcma'] as const;
    const registration = {
      ...{ name: device, signalling, sinceMs, address, codecs },
      ...(isStandard && { standardClient: true as const }),
    };
    happen({ type: 'phone-registered', registration });
    news({ type: 'registered', device, how });
  }

  #unregistered(device: string, reason: string): void {
    const { log, happen, news } = this.#options;
    log({ device, reason }, 'unregistered');
    news({ type: 'unregistered', device, reason });
    happen({ type: 'device-unregistered', device });
  }

  #raise({ alarm }: Decision, flow: Flow): void {
    const { limit, raise } = this.#options;
    if (!alarm) return;
    const { name, device, reason, sentence: text } = alarm;
    // That of guessing is raised once in a minute, whatever came before it.
    const isRare = name === 'RegistrationGuessing';
    if (!limit.allows(flow.remote.host, this.#nowMs) && !isRare) return;
    raise({
      atMs: this.#nowMs,
      severity: 'error',
      ...{ name, reason, text },
      ...(device !== undefined && { device }),
    });
  }
}

function peerOf(registration: SipRegistration): SipPeer {
  const { device, flow, isStandard, userAgent } = registration;
  const contact = contactOf(registration);
  const { keepsKeys } = clientQuirksOf(userAgent);
  return { device, flow, contact, isStandard, isTrunk: false, keepsKeys };
}
