/**
 * Phones and trunks that speak SIP, and the rules: which session carries which leg, and what each side has
 * to say to the other.
 */
import {
  CAUSE,
  type Event,
  type Leg,
  type LegId,
  legsOfDevice,
  type MediaEffect,
  type MediaEndpoint,
  type MediaOffer,
  type PhoneAction,
  type PhoneEffect,
  type Refusal,
  type State,
} from '@conclave/core';
import {
  enterpriseServiceOf,
  fromOf,
  type NamedSession,
  parseUri,
  phoneCallActionOf,
  type SessionEvent,
  type SipRequest,
} from '@conclave/sip';
import type { KeyVault } from '../key-vault.ts';
import {
  belowMinimum,
  type FinalStatus,
  finalStatusOf,
  MEDIA_UNACCEPTABLE,
  TURNED_DOWN,
} from './final-status.ts';
import { outsideName } from './outside-name.ts';
import type { ReplacedDialog } from './refer-target.ts';
import type { SipAgent } from './sip-agent.ts';
import { SipCall, type SipCallPorts, type Speaker } from './sip-call.ts';
import type { SipPeer } from './sip-peer.ts';
import { isSips, sipsObstacle } from './sips-hops.ts';

export interface SipLinesPorts {
  readonly agent: SipAgent;
  readonly keys: KeyVault;
  readonly annunciator: Speaker | undefined;
  state(): State;
  happen(event: Event): void;
  /** Carries out an effect on a device that does not speak SIP. */
  passOn(effect: MediaEffect): void;
  /** The device's registration, or the trunk's; undefined: it is none of ours. */
  peerOf(device: string): SipPeer | undefined;
  request: SipCallPorts['request'];
}

export class SipLines {
  readonly #ports: SipLinesPorts;
  readonly #callPorts: SipCallPorts;
  readonly #bySession = new Map<number, SipCall>();
  readonly #byLeg = new Map<LegId, SipCall>();
  /** Whose media waits for the key of which call's phone, by party. */
  readonly #senders = new Map<number, SipCall>();
  /** What the effects of this step are about. */
  readonly #touched = new Set<SipCall>();
  /** Why calls of a device are turned down in this step. */
  readonly #verdicts = new Map<string, FinalStatus>();
  /** The call whose leg the rules are making just now. */
  #dialling: SipCall | undefined;
  #isAsking = false;

  constructor(ports: SipLinesPorts) {
    this.#ports = ports;
    this.#callPorts = {
      agent: ports.agent,
      keys: ports.keys,
      annunciator: ports.annunciator,
      state: () => ports.state(),
      happen: (event) => ports.happen(event),
      passOn: (effect) => ports.passOn(effect),
      verdictOn: (device) => this.#verdicts.get(device),
      request: (call, event) => ports.request(call, event),
      started: (call) => this.#bySession.set(call.session, call),
      over: (call) => this.#forget(call),
    };
  }

  /** Sessions that carry a leg, or are about to. */
  get size(): number {
    return this.#bySession.size;
  }

  callOf(session: number): SipCall | undefined {
    return this.#bySession.get(session);
  }

  callOfLeg(leg: LegId): SipCall | undefined {
    return this.#byLeg.get(leg);
  }

  /** The leg of the same device that has this dialog. */
  legOfDialog(peer: SipPeer, { callId, toTag, fromTag }: ReplacedDialog): LegId | undefined {
    for (const { id } of legsOfDevice(this.#ports.state().legs, peer.device)) {
      const session = this.#byLeg.get(id)?.session;
      const view = session && this.#ports.agent.run((agent) => agent.session(session));
      if (!view || view.callId !== callId) continue;
      if (view.localTag === toTag && view.remoteTag === fromTag) return id;
    }
    return undefined;
  }

  /** A call from this peer. Never while the rules are at work. */
  incoming(session: number, request: SipRequest, peer: SipPeer, named?: NamedSession): void {
    const call = new SipCall(peer, true, this.#callPorts);
    call.session = session;
    this.#bySession.set(session, call);
    const digits = dialled(request);
    const offer = call.takeOffer(request.body);
    if (!offer) return call.reject(MEDIA_UNACCEPTABLE);
    if (digits === undefined) return call.reject(finalStatusOf('unknown-number'));
    if (named) return this.#join(call, request, named, offer);
    const service = enterpriseServiceOf(digits);
    if (service && service.service !== 'meetme') return call.reject(finalStatusOf(undefined));
    const meetMe = service?.number;
    const obstacle = isSips(request) && sipsObstacle(this.#ports.state(), peer, meetMe ?? digits);
    if (obstacle) return call.reject(obstacle);
    this.#dialling = call;
    const refused = this.ask(peer, {
      type: 'dial',
      digits: meetMe ?? digits,
      // A consultation has its leg already, and waits for its number.
      ...(!this.#isConsulting(peer) && { fresh: true }),
      offer,
      ...((meetMe !== undefined || peer.isStandard) && { meetMe: true }),
      ...(peer.isTrunk && { from: callerOf(request) }),
    });
    this.#dialling = undefined;
    if (call.leg === undefined) call.reject(refused ?? TURNED_DOWN);
    else call.hear(request);
  }

  /** Barge and cBarge: a shared line's call of another phone, named by its dialog. */
  #join(
    call: SipCall,
    request: SipRequest,
    { type, session }: NamedSession,
    offer: MediaOffer,
  ): void {
    const { peer } = call;
    const key = phoneCallActionOf(request)?.type;
    const target = this.#ports.state().legs.get(this.#bySession.get(session)?.leg ?? 0);
    const own = this.#lineOf(peer.device, target);
    if (type !== 'join' || !target || !own || (key !== 'barge' && key !== 'cbarge')) {
      return call.reject(finalStatusOf('key-not-active'));
    }
    this.#dialling = call;
    const refused = this.ask(peer, { type: 'softkey', key, line: own, leg: target.id });
    this.#dialling = undefined;
    if (call.leg === undefined) return call.reject(refused ?? TURNED_DOWN);
    this.ask(peer, { type: 'media-offer', leg: call.leg, offer });
  }

  /** The device's button for the line that this leg is on. */
  #lineOf(device: string, leg: Leg | undefined): number | undefined {
    const phone = this.#ports.state().configuration.phones.get(device);
    const line = phone?.lines.find(
      ({ directoryNumber, partition }) =>
        directoryNumber === leg?.number && partition === leg.partition,
    );
    return line?.index;
  }

  #isConsulting({ device }: SipPeer): boolean {
    return legsOfDevice(this.#ports.state().legs, device).some(
      ({ state, consultFor, id }) =>
        state === 'dialing' && consultFor !== undefined && !this.#byLeg.has(id),
    );
  }

  /** Asks the rules for something; gives why they refuse. Never while they are at work. */
  ask({ device }: SipPeer, action: PhoneAction): FinalStatus | undefined {
    this.#isAsking = true;
    this.#ports.happen({ type: 'phone', device, action });
    this.#isAsking = false;
    const refused = this.#verdicts.get(device);
    this.#verdicts.clear();
    return refused;
  }

  event(session: number, event: SessionEvent): void {
    this.#bySession.get(session)?.event(event);
  }

  /** Whether effects on this leg of this device are ours: also while its registration has just ended. */
  serves(device: string, leg: LegId | undefined): boolean {
    const call = leg === undefined ? undefined : this.#byLeg.get(leg);
    return call?.peer.device === device || this.#ports.peerOf(device) !== undefined;
  }

  show(effect: PhoneEffect): void {
    if (effect.type === 'notify') {
      this.#verdicts.set(effect.device, finalStatusOf(effect.text));
      return;
    }
    const call = this.#callFor(effect);
    if (!call) return;
    this.#touched.add(call);
    call.show(effect);
  }

  /** Why the rules clear what they clear in this step. */
  refused({ device, text, cause, minimum }: Refusal): void {
    const isBelow = cause === CAUSE.bearerCapabilityNotAvailable;
    this.#verdicts.set(device, isBelow ? belowMinimum(minimum) : finalStatusOf(text));
  }

  /** True: nothing is left to do. False: it is for a device that does not speak SIP. */
  media(effect: MediaEffect): boolean {
    if (effect.type === 'forget-key') return false;
    const { end } = effect;
    const isOurs = this.serves(end.device, end.leg);
    const sender = effect.type === 'open-receive' ? this.#senderOf(effect.from) : undefined;
    if (effect.type === 'open-receive' && sender) {
      const waits = sender.media.sendsTo(effect);
      this.#senders.set(end.party, sender);
      sender.listeners.add(end.party);
      if (waits && !isOurs) {
        sender.media.waitFor(effect);
        return true;
      }
    }
    if (effect.type === 'close-receive' || effect.type === 'stop-transmit') {
      this.#senders.get(end.party)?.media.stop(end.party);
      this.#senders.get(end.party)?.listeners.delete(end.party);
      this.#senders.delete(end.party);
    }
    if (!isOurs) return false;
    this.#ownMedia(effect);
    return true;
  }

  /** After every step of the rules. */
  settled(): void {
    const touched = [...this.#touched];
    this.#touched.clear();
    for (const call of touched) call.settle();
    if (!this.#isAsking) this.#verdicts.clear();
  }

  #ownMedia(effect: Exclude<MediaEffect, { type: 'forget-key' }>): void {
    const { end } = effect;
    if (effect.type === 'audit-media') {
      this.#ports.happen({ type: 'media-audited', device: end.device, party: end.party });
      return;
    }
    const call = this.#byLeg.get(end.leg);
    if (effect.type === 'open-receive' && end.kind !== 'phone') {
      // SIP phones of ours have no built-in bridge that they would lend.
      const { device, party } = end;
      this.#ports.happen({ type: 'receive-opened', device, party });
      return;
    }
    if (!call) return;
    this.#touched.add(call);
    const { media } = call;
    if (effect.type === 'open-receive') media.openReceive(effect);
    else if (effect.type === 'start-transmit') media.startTransmit(effect);
    else media.stop(end.party);
  }

  #senderOf(from: MediaEndpoint): SipCall | undefined {
    const call = from.kind === 'phone' ? this.#byLeg.get(from.leg) : undefined;
    return call?.peer.device === from.device ? call : undefined;
  }

  /** The call of the effect's leg. A leg that rings is called; one that is just being dialled is bound. */
  #callFor(effect: Extract<PhoneEffect, { leg: LegId }>): SipCall | undefined {
    const { device, leg, line } = effect;
    const known = this.#byLeg.get(leg);
    if (known) return known.peer.device === device ? known : undefined;
    const owner = this.#ports.state().legs.get(leg);
    // Another phone's, shown on a shared line.
    if (owner && owner.device !== device) return undefined;
    const isRinging = effect.type === 'call-state' && effect.state === 'ring-in';
    const call = isRinging ? this.#outgoing(device) : this.#diallingOn(device);
    if (!call) return undefined;
    call.bind(leg, line);
    this.#byLeg.set(leg, call);
    return call;
  }

  #outgoing(device: string): SipCall | undefined {
    const peer = this.#ports.peerOf(device);
    return peer && new SipCall(peer, false, this.#callPorts);
  }

  #diallingOn(device: string): SipCall | undefined {
    const call = this.#dialling;
    return call?.leg === undefined && call?.peer.device === device ? call : undefined;
  }

  #forget(call: SipCall): void {
    this.#bySession.delete(call.session);
    if (call.leg !== undefined) this.#byLeg.delete(call.leg);
    for (const party of call.listeners) this.#senders.delete(party);
  }
}

function dialled({ uri }: SipRequest): string | undefined {
  const parsed = parseUri(uri);
  if (!parsed.ok) return undefined;
  if (parsed.value.scheme === 'tel') return parsed.value.number;
  return parsed.value.scheme === 'other' ? undefined : parsed.value.user;
}

/** Who calls over a trunk, as its From says. */
function callerOf(request: SipRequest): { readonly name: string; readonly number: string } {
  const from = fromOf(request);
  const uri = from?.uri;
  const number =
    uri?.scheme === 'tel' ? uri.number : uri?.scheme === 'other' ? '' : (uri?.user ?? '');
  return { name: outsideName(from?.displayName ?? ''), number: outsideName(number) };
}
