/**
 * Requests beside INVITE: transfers, and what participants ask of a conference (REFER), key presses (INFO),
 * and subscriptions to conferences.
 */
import {
  type Conference,
  type Leg,
  type LegId,
  legsOfDevice,
  type PhoneAction,
  type State,
  specialLegs,
} from '@conclave/core';
import {
  contentTypeOf,
  decodeText,
  parseUri,
  type SipRequest,
  type SubscriptionEvent,
} from '@conclave/sip';
import { ConferenceSubscriptions } from './conference-subscriptions.ts';
import type { EnterprisePhones } from './enterprise-phones.ts';
import { type FinalStatus, finalStatusOf, reasonFields, TURNED_DOWN } from './final-status.ts';
import { type ReferTarget, referTarget } from './refer-target.ts';
import type { SipAgent } from './sip-agent.ts';
import type { SipCall } from './sip-call.ts';
import type { SipLines } from './sip-lines.ts';
import type { SipPeer } from './sip-peer.ts';

export interface SipRequestsPorts {
  readonly agent: SipAgent;
  readonly lines: SipLines;
  readonly phones: EnterprisePhones;
  state(): State;
}

interface Invitation {
  readonly subscription: number;
  readonly conference: number;
  /** Who was rung. */
  readonly callees: readonly LegId[];
}

const FORBIDDEN: FinalStatus = finalStatusOf('key-not-active');

export class SipRequests {
  readonly #ports: SipRequestsPorts;
  readonly #conferences: ConferenceSubscriptions;
  /** Calls into conferences that are under way, by the hidden leg that makes them. */
  readonly #invitations = new Map<LegId, Invitation>();

  constructor(ports: SipRequestsPorts) {
    this.#ports = ports;
    this.#conferences = new ConferenceSubscriptions(ports);
  }

  /** In the dialog of a call. */
  inCall(call: SipCall, transaction: number, request: SipRequest): void {
    const leg = this.#ports.state().legs.get(call.leg ?? 0);
    switch (request.method) {
      case 'INFO':
        return this.#info(call, transaction, request);
      case 'REFER':
        return this.#refer(call.peer, leg, transaction, request);
      case 'SUBSCRIBE':
        return this.#subscribe(call.peer, leg?.conference, transaction, request);
      default:
        return this.#respond(transaction, 501);
    }
  }

  /** Outside of any dialog, from a device of ours. */
  outside(peer: SipPeer, transaction: number, request: SipRequest): void {
    const conference = this.#conferenceOf(request);
    const leg = legsOfDevice(this.#ports.state().legs, peer.device).find(
      (each) => each.conference === conference?.id,
    );
    if (request.method === 'REFER' && !peer.isStandard && !conference) {
      if (this.#ports.phones.refer(peer, transaction, request)) return;
    }
    switch (request.method) {
      case 'REFER':
        return conference && leg
          ? this.#refer(peer, leg, transaction, request)
          : this.#refuse(transaction, FORBIDDEN, peer);
      case 'SUBSCRIBE':
        return this.#subscribe(peer, leg?.conference, transaction, request);
      default:
        return this.#respond(transaction, 501);
    }
  }

  subscription(id: number, event: SubscriptionEvent): void {
    if (event.type === 'ended') this.#conferences.forget(id);
    else if (event.type === 'refreshed') this.#conferences.repeat(id);
  }

  /** After every step of the rules. */
  settled(): void {
    this.#conferences.settled();
    if (this.#invitations.size > 0) this.#followInvitations();
  }

  #info(call: SipCall, transaction: number, request: SipRequest): void {
    const digit = digitIn(request);
    if (digit === undefined) return this.#respond(transaction, 415);
    this.#respond(transaction, 200);
    this.#ports.lines.ask(call.peer, { type: 'digit', digit, leg: call.leg ?? 0 });
  }

  #refer(peer: SipPeer, leg: Leg | undefined, transaction: number, request: SipRequest): void {
    const target = referTarget(request);
    if (!target) return this.#respond(transaction, 400);
    // A trunk's party may not make calls at our cost.
    if (!leg || peer.isTrunk) return this.#refuse(transaction, FORBIDDEN, peer);
    const conference = this.#ports.state().conferences.get(leg.conference ?? 0);
    const action = conference
      ? this.#inConference(peer, leg, conference, target)
      : this.#transfer(peer, leg, target);
    if (!action) return this.#refuse(transaction, FORBIDDEN, peer);
    const subscription = this.#ports.agent.run((agent, nowMs) =>
      agent.acceptSubscription(transaction, { seconds: 180 }, nowMs),
    );
    const before = new Set(this.#ports.state().legs.keys());
    const refused = this.#ports.lines.ask(peer, action);
    if (!refused && action.type === 'invite') this.#follow(action.conference, subscription, before);
    else this.#report(subscription, refused);
  }

  #inConference(
    peer: SipPeer,
    leg: Leg,
    conference: Conference,
    { user, method, replaces }: ReferTarget,
  ): PhoneAction | undefined {
    if (method === 'BYE') {
      const target = conference.participants.find(
        ({ number, device, state }) => state !== 'leaving' && (number === user || device === user),
      );
      return target && { type: 'list-choice', conference: conference.id, remove: target.leg };
    }
    if (!replaces) return { type: 'invite', conference: conference.id, digits: user };
    const other = this.#ports.lines.legOfDialog(peer, replaces);
    return other === undefined ? undefined : { type: 'merge', legs: [leg.id, other] };
  }

  #transfer(peer: SipPeer, leg: Leg, { user, replaces }: ReferTarget): PhoneAction | undefined {
    if (!replaces) return { type: 'transfer', leg: leg.id, digits: user };
    const to = this.#ports.lines.legOfDialog(peer, replaces);
    return to === undefined ? undefined : { type: 'transfer', leg: leg.id, to };
  }

  #follow(conference: number, subscription: number, before: ReadonlySet<LegId>): void {
    const { legs, calls } = this.#ports.state();
    const hidden = specialLegs(legs).find(
      ({ id, inviteTo }) => inviteTo === conference && !before.has(id),
    );
    const callees = hidden && calls.get(hidden.call ?? 0)?.callees;
    if (hidden && callees) this.#invitations.set(hidden.id, { subscription, conference, callees });
    else this.#report(subscription, TURNED_DOWN);
  }

  #followInvitations(): void {
    const { legs } = this.#ports.state();
    for (const [hidden, { subscription, conference, callees }] of this.#invitations) {
      if (legs.has(hidden)) continue;
      this.#invitations.delete(hidden);
      const isIn = callees.some((leg) => legs.get(leg)?.conference === conference);
      this.#report(subscription, isIn ? undefined : TURNED_DOWN);
    }
  }

  /** Tells the end of what a REFER asked for. */
  #report(subscription: number, refused: FinalStatus | undefined): void {
    const status = refused?.status ?? 200;
    const phrase = refused ? 'Refused' : 'OK';
    this.#ports.agent.run((agent, nowMs) =>
      agent.notifyReferred(subscription, status, phrase, nowMs),
    );
  }

  #subscribe(
    peer: SipPeer,
    conference: number | undefined,
    transaction: number,
    request: SipRequest,
  ): void {
    const event = request.headers.get('Event')?.split(';')[0]?.trim().toLowerCase();
    if (event !== 'conference') return this.#respond(transaction, 489);
    // Who is in a conference is the business of those who are in it.
    if (conference === undefined) return this.#refuse(transaction, FORBIDDEN, peer);
    this.#conferences.accept(transaction, request, conference, peer);
  }

  #conferenceOf({ uri }: SipRequest): Conference | undefined {
    const parsed = parseUri(uri);
    const user = parsed.ok && parsed.value.scheme.startsWith('sip') ? userOf(parsed.value) : '';
    const id = /^conf-(\d{1,15})$/.exec(user)?.[1];
    return id === undefined ? undefined : this.#ports.state().conferences.get(Number(id));
  }

  #refuse(transaction: number, status: FinalStatus, { flow }: SipPeer): void {
    const headers = reasonFields(status, flow.local.host);
    this.#ports.agent.run((agent, nowMs) =>
      agent.respond(transaction, status.status, { headers }, nowMs),
    );
  }

  #respond(transaction: number, status: number): void {
    this.#ports.agent.run((agent, nowMs) => agent.respond(transaction, status, {}, nowMs));
  }
}

function userOf(uri: { readonly user?: string | undefined } | object): string {
  return 'user' in uri && typeof uri.user === 'string' ? uri.user : '';
}

/** Of `application/dtmf-relay` (`Signal=5`) and `application/dtmf` (`5`). */
function digitIn(request: SipRequest): string | undefined {
  const type = contentTypeOf(request)?.token;
  const text = decodeText(request.body);
  if (type === 'application/dtmf') return /^\s*([0-9*#])\s*$/.exec(text)?.[1];
  if (type !== 'application/dtmf-relay') return undefined;
  return /^signal\s*=\s*([0-9*#])\s*$/im.exec(text)?.[1];
}
