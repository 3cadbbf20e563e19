/**
 * One SIP session that carries one leg: what the user agent tells of it becomes what its user does, and
 * what the rules show becomes responses and requests.
 */
import {
  type Event,
  type LegId,
  type Level,
  type MediaOffer,
  type PhoneAction,
  type PhoneEffect,
  type SrtpSuite,
  type State,
  specialLegs,
  type TextId,
} from '@conclave/core';
import {
  formatHostPort,
  type OfferCarrier,
  phoneCallActionOf,
  type Reply,
  type SessionEvent,
  type SipMessage,
  securityOf,
} from '@conclave/sip';
import type { Announcement } from '../annunciator.ts';
import type { KeyVault } from '../key-vault.ts';
import {
  type FinalStatus,
  finalStatusOf,
  MEDIA_UNACCEPTABLE,
  reasonFields,
  TURNED_DOWN,
} from './final-status.ts';
import { LegMedia } from './leg-media.ts';
import { addressOf, type CallInfo, type Field, otherAddress, partyFields } from './party-fields.ts';
import {
  type Answer,
  answerBody,
  inactiveOffer,
  type PhoneOffer,
  readOffer,
  unsaidOffer,
} from './phone-offer.ts';
import type { SipAgent } from './sip-agent.ts';
import type { SipPeer } from './sip-peer.ts';

/** Who says to callers why they are refused; see `Annunciator`. */
export interface Speaker {
  readonly port: number;
  readonly suites: readonly SrtpSuite[];
  play(announcement: Announcement, ended: () => void): (() => void) | undefined;
}

export interface SipCallPorts {
  readonly agent: SipAgent;
  readonly keys: KeyVault;
  readonly annunciator: Speaker | undefined;
  state(): State;
  happen(event: Event): void;
  passOn: ConstructorParameters<typeof LegMedia>[0]['passOn'];
  /** Why calls of this device are cleared just now; undefined: for no special reason. */
  verdictOn(device: string): FinalStatus | undefined;
  /** INFO, REFER, SUBSCRIBE ... within the dialog. */
  request(call: SipCall, event: Extract<SessionEvent, { type: 'request' }>): void;
  /** Our INVITE has made the session. */
  started(call: SipCall): void;
  /** The session is over: it is forgotten. */
  over(call: SipCall): void;
}

/** `Unknown` tells nothing. */
const LEVELS: Readonly<Record<string, Level | undefined>> = {
  NotAuthenticated: 'nonsecure',
  Authenticated: 'authenticated',
  Encrypted: 'encrypted',
};

type Phase = 'calling' | 'confirmed' | 'over';

export class SipCall {
  readonly peer: SipPeer;
  /** Whether the peer calls us. */
  readonly isCaller: boolean;
  readonly media: LegMedia;
  /** Parties of others that hear this phone. */
  readonly listeners = new Set<number>();
  leg: LegId | undefined;
  session = 0;
  readonly #ports: SipCallPorts;
  #line = 0;
  #phase: Phase = 'calling';
  #carrier: OfferCarrier = 'invite';
  #info: CallInfo | undefined;
  #told = '';
  #failed = false;
  #text: TextId | undefined;
  #body: Uint8Array | undefined;
  #version = 0;
  #stopSpeech: (() => void) | undefined;

  constructor(peer: SipPeer, isCaller: boolean, ports: SipCallPorts) {
    this.peer = peer;
    this.isCaller = isCaller;
    this.#ports = ports;
    this.media = new LegMedia({
      device: peer.device,
      keys: ports.keys,
      keepsKeys: peer.keepsKeys === true,
      happen: (event) => ports.happen(event),
      passOn: (effect) => ports.passOn(effect),
      ask: () => this.#ask(),
      answer: (offer, answer) => this.#answer(offer, answer),
    });
  }

  /** Of the peer's INVITE. Undefined: there is nothing in it that we could answer. */
  takeOffer(body: Uint8Array): MediaOffer | undefined {
    if (body.length === 0) return unsaidOffer(this.peer);
    const offer = this.#read(body);
    if (!offer) return undefined;
    this.media.offered(offer);
    return offer.media;
  }

  bind(leg: LegId, line: number): void {
    this.leg = leg;
    this.#line = line;
  }

  /** Turned down before it has become a leg. */
  reject(status: FinalStatus): void {
    const headers = reasonFields(status, this.#host);
    this.#ports.agent.run((agent, now) =>
      agent.reject(this.session, status.status, { headers }, now),
    );
    this.#over();
  }

  show(effect: Extract<PhoneEffect, { leg: LegId }>): void {
    switch (effect.type) {
      case 'call-state':
        return this.#showState(effect.state);
      case 'call-info':
        this.#info = effect;
        // At once: what it tells may have to be known before the next effect is carried out.
        return this.#tell();
      case 'prompt':
        if (this.#failed) this.#text = effect.text;
        return;
      case 'ringer':
        if (effect.ringing && !this.isCaller && this.session === 0) this.#invite();
        return;
      default:
        return;
    }
  }

  settle(): void {
    if (this.#phase === 'over') return;
    if (this.#failed) {
      this.#hangUp();
      this.#press('end-call');
      return;
    }
    this.media.settle();
    if (this.#isSilent) this.media.silence();
    this.#tell();
  }

  /** A trusted trunk tells how secure its party is (D-19). */
  hear(message: SipMessage): void {
    const { configuration } = this.#ports.state();
    if (!configuration.phones.get(this.peer.device)?.trustSecurityStatus) return;
    const level = LEVELS[securityOf(message) ?? 'Unknown'];
    const { device } = this.peer;
    if (level) this.#ports.happen({ type: 'remote-status', device, leg: this.leg ?? 0, level });
  }

  event(event: SessionEvent): void {
    switch (event.type) {
      case 'answered':
        this.hear(event.response);
        return this.#answered(event.body, event.role);
      case 'failed':
        this.#over();
        return this.#act({ type: 'decline', leg: this.leg ?? 0, busy: isBusy(event.status) });
      case 'cancelled':
      case 'ended':
        this.#over();
        return this.#leave();
      case 'modified':
        return this.hear(event.response);
      case 'refreshed':
        return this.hear(event.request);
      case 'offered':
        this.hear(event.message);
        return this.#offered(event.body, event.carrier, event.message);
      case 'offer-wanted':
        return this.#repeatOffer();
      case 'answer':
        return this.#answerToUs(event.body);
      case 'modify-failed':
        return this.#modifyFailed(event.method);
      case 'withdrawn':
        this.media.withdrawn();
        return this.settle();
      case 'request':
        return this.#ports.request(this, event);
      default:
        return;
    }
  }

  /** Why the rules clear the leg, if they have said. */
  get #verdict(): FinalStatus | undefined {
    return this.#ports.verdictOn(this.peer.device);
  }

  /** It is connected to somebody who holds: there is no media to wait for. */
  get #isSilent(): boolean {
    const { legs, calls } = this.#ports.state();
    const leg = legs.get(this.leg ?? 0);
    const call = calls.get(leg?.call ?? 0);
    return (
      leg?.state === 'connected' &&
      call?.state === 'connected' &&
      call.connection === undefined &&
      call.music === undefined
    );
  }

  get #host(): string {
    return this.peer.flow.local.host;
  }

  get #isLegHere(): boolean {
    const owner = this.leg === undefined ? undefined : this.#ports.state().legs.get(this.leg);
    return owner?.device === this.peer.device;
  }

  #showState(state: Extract<PhoneEffect, { type: 'call-state' }>['state']): void {
    switch (state) {
      case 'ring-out':
        if (this.isCaller) this.#ring();
        return;
      case 'busy':
      case 'congestion':
      case 'invalid-number':
        this.#failed = true;
        return;
      case 'on-hook':
        return this.#hangUp();
      default:
        return;
    }
  }

  #ring(): void {
    const headers = this.#fields();
    this.#ports.agent.run((agent, now) => agent.ring(this.session, 180, { headers }, now));
  }

  /** Rings the phone, and asks it for an offer. */
  #invite(): void {
    const { peer } = this;
    const own = this.#ports.state().legs.get(this.leg ?? 0);
    const info = this.#info;
    const from = info ? otherAddress(info, peer, this.#host) : addressOf('', '', this.#host);
    const number = own?.number ?? '';
    const to = addressOf('', number, peer.flow.remote.host);
    const headers = this.#fields();
    this.#told = String(headers);
    const invite = { from, to, headers };
    const trunkUri = `sip:${encodeURIComponent(number)}@${peer.contact}`;
    this.session = this.#ports.agent.run((agent, now) =>
      peer.isTrunk
        ? agent.invite({ ...invite, uri: trunkUri, routing: 'dialog' }, { uri: trunkUri }, now)
        : agent.invite({ ...invite, uri: peer.contact }, { flow: peer.flow }, now),
    );
    this.#ports.started(this);
  }

  #answered(body: Uint8Array, role: 'offer' | 'answer' | 'none'): void {
    const offer = role === 'offer' ? this.#read(body) : undefined;
    if (!offer || !this.#isLegHere) {
      this.#act({ type: 'decline', leg: this.leg ?? 0, busy: false });
      this.#bye(MEDIA_UNACCEPTABLE);
      return;
    }
    this.#phase = 'confirmed';
    this.#carrier = '2xx';
    this.media.offered(offer);
    this.#act({ type: 'off-hook', leg: this.leg ?? 0, offer: offer.media });
    this.settle();
  }

  #offered(body: Uint8Array, carrier: OfferCarrier, message: SipMessage): void {
    const offer = this.#read(body);
    if (!offer) {
      const headers = reasonFields(MEDIA_UNACCEPTABLE, this.#host);
      this.#ports.agent.run((agent, now) => agent.refuseOffer(this.session, 488, { headers }, now));
      this.media.withdrawn();
      return;
    }
    this.#carrier = carrier;
    const isChanged = this.media.offered(offer);
    const leg = this.#ports.state().legs.get(this.leg ?? 0);
    const isOurs = carrier === '2xx';
    const { media } = offer;
    // A party behind a trunk that holds is unknown meanwhile (D-19).
    const isHeld = leg?.state === 'held' || leg?.remote === 'unknown';
    const isResuming = isHeld && !isOurs && !offer.isHold;
    if (leg?.state === 'connected' && !isOurs && offer.isHold) this.#hold(message);
    else if (isResuming || (isChanged && !offer.isHold)) {
      this.#act({ type: 'media-offer', leg: this.leg ?? 0, offer: media });
      if (isResuming) this.#resume();
    }
    this.settle();
  }

  /** An enterprise phone says when it holds to bring in another party (HLD-01). */
  #hold(message: SipMessage): void {
    const said = this.peer.isStandard ? undefined : phoneCallActionOf(message);
    if (said?.type === 'hold' && said.reason === 'conference') this.#press('confrn');
    const leg = this.#ports.state().legs.get(this.leg ?? 0);
    if (leg?.state === 'connected') this.#press('hold');
  }

  /** A consultation that was never dialled is given up. */
  #resume(): void {
    for (const { id, consultFor, state } of specialLegs(this.#ports.state().legs)) {
      if (consultFor === this.leg && state === 'dialing') this.#act({ type: 'on-hook', leg: id });
    }
    this.#press('resume');
  }

  /** The peer wants to hear our side again: the same. */
  #repeatOffer(): void {
    const body = this.#body ?? inactiveOffer(this.peer, this.session, this.#ports.keys);
    this.#ports.agent.run((agent, now) =>
      agent.answerOffer(this.session, body, { headers: this.#fields() }, now),
    );
  }

  /** The answer to a description of ours: what the phone says anew is asked for again. */
  #answerToUs(body: Uint8Array): void {
    const said = this.#read(body);
    this.media.withdrawn();
    if (said && this.media.isNews(said)) {
      this.#act({ type: 'media-offer', leg: this.leg ?? 0, offer: said.media });
    }
    said?.wipe();
    this.settle();
  }

  #modifyFailed(method: 'INVITE' | 'UPDATE'): void {
    if (method === 'UPDATE') return;
    this.media.unavailable();
    // A phone that cannot be made to stop sending does not stay.
    if (this.media.isStuck) this.#fail();
  }

  #ask(): void {
    const headers = this.#fields();
    this.#told = String(headers);
    if (this.isCaller && this.#phase === 'calling') {
      this.#accept({ headers, body: inactiveOffer(this.peer, this.session, this.#ports.keys) });
      return;
    }
    this.#ports.agent.run((agent, now) => agent.reinvite(this.session, { headers }, now));
  }

  #answer(offer: PhoneOffer, answer: Answer): void {
    const body = answerBody(offer, answer, { session: this.session, version: ++this.#version });
    if (!body) return this.#fail();
    this.#body = body;
    const headers = this.#fields();
    if (this.isCaller && this.#phase === 'calling') {
      this.#told = String(headers);
      this.#accept({ headers, body });
      return;
    }
    // An ACK carries no names.
    const content = this.#carrier === '2xx' ? {} : { headers };
    if (this.#carrier !== '2xx') this.#told = String(headers);
    this.#ports.agent.run((agent, now) => agent.answerOffer(this.session, body, content, now));
  }

  /** There is no media that both sides could agree on. */
  #fail(): void {
    if (this.isCaller && this.#phase === 'calling') this.reject(MEDIA_UNACCEPTABLE);
    else this.#bye(MEDIA_UNACCEPTABLE);
    this.#leave();
  }

  #accept(reply: Reply): void {
    this.#phase = 'confirmed';
    this.#ports.agent.run((agent, now) => agent.accept(this.session, reply, now));
  }

  /** Names and level, when they are others than were told. */
  #tell(): void {
    if (this.#phase !== 'confirmed' || !this.#info) return;
    const headers = this.#fields();
    if (String(headers) === this.#told) return;
    const told = this.#ports.agent.run((agent, now) =>
      agent.update(this.session, { headers }, now),
    );
    if (told) this.#told = String(headers);
    else if (!this.peer.isTrunk) this.media.ask();
  }

  #fields(): readonly Field[] {
    const fields = this.#info ? partyFields(this.#info, this.peer, this.#host) : [];
    const conference = this.#ports.state().legs.get(this.leg ?? 0)?.conference;
    if (conference === undefined || !this.peer.isStandard) return fields;
    // It is one that can be asked (RFC 4579 §4).
    return [['Contact', `<${conferenceUri(conference, this.peer)}>;isfocus`], ...fields];
  }

  #read(body: Uint8Array): PhoneOffer | undefined {
    return readOffer(body, this.peer.flow.transport);
  }

  /** The rules have taken the leg off this phone. */
  #hangUp(): void {
    if (this.#phase === 'over') return;
    const why = this.#verdict ?? (this.#text && finalStatusOf(this.#text));
    if (this.#phase === 'confirmed') this.#bye(why);
    else if (this.isCaller) this.#refuse(why ?? TURNED_DOWN);
    else {
      this.#ports.agent.run((agent, now) => agent.cancel(this.session, {}, now));
      this.#over();
    }
  }

  /** Says why, if it can be said, and then rejects the call. */
  #refuse(status: FinalStatus): void {
    const { annunciator, agent, keys } = this.#ports;
    const { offer } = this.media;
    const { announcement: name } = status;
    const codec = offer?.media.codecs.find((each) => each !== 'g722');
    if (!annunciator || !name || !offer || !codec || !this.peer.isStandard) {
      this.reject(status);
      return;
    }
    const suite = offer.media.suites.find((each) => annunciator.suites.includes(each));
    const crypto = suite && { suite, key: keys.fresh(suite) };
    if (offer.isSrtpRequired && !crypto) {
      this.reject(status);
      return;
    }
    const to = { host: offer.host, port: offer.port };
    const media = { codec, ...(crypto && { crypto }) };
    const place = { host: this.#host, port: annunciator.port, direction: 'sendonly' } as const;
    const body = answerBody(offer, { ...place, ...media }, { session: this.session, version: 1 });
    this.#stopSpeech = body && annunciator.play({ name, to, ...media }, () => this.reject(status));
    if (body && this.#stopSpeech)
      agent.run((each, now) => each.ring(this.session, 183, { body }, now));
    else this.reject(status);
  }

  #bye(status: FinalStatus | undefined): void {
    const headers = status ? reasonFields(status, this.#host) : [];
    this.#ports.agent.run((agent, now) => agent.bye(this.session, { headers }, now));
    this.#over();
  }

  #leave(): void {
    if (this.#isLegHere) this.#press('end-call');
  }

  #press(key: 'hold' | 'resume' | 'confrn' | 'end-call'): void {
    this.#act({ type: 'softkey', key, line: this.#line, leg: this.leg ?? 0 });
  }

  #act(action: PhoneAction): void {
    this.#ports.happen({ type: 'phone', device: this.peer.device, action });
  }

  #over(): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#stopSpeech?.();
    this.media.close();
    this.#ports.over(this);
  }
}

/** How this peer reaches the conference. */
export function conferenceUri(conference: number, { flow }: SipPeer): string {
  const transport = flow.transport === 'udp' ? '' : `;transport=${flow.transport}`;
  return `sip:conf-${conference}@${formatHostPort(flow.local)}${transport}`;
}

function isBusy(status: number): boolean {
  return status === 486 || status === 600;
}
