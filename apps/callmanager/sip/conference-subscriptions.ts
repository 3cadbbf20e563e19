/** Who is told of which conference by the conference event package (RFC 4575), and what it was told last. */
import type { State } from '@conclave/core';
import { encodeText, expiresOf, type SipRequest } from '@conclave/sip';
import { conferenceDocument } from './conference-document.ts';
import type { SipAgent } from './sip-agent.ts';
import { conferenceUri } from './sip-call.ts';
import type { SipPeer } from './sip-peer.ts';

interface Subscriber {
  readonly conference: number;
  /** The conference's URI as this subscriber knows it. */
  readonly entity: string;
  version: number;
  /** What the last document was made of. */
  seen: readonly unknown[];
  /** Without its version. */
  told: string;
}

const SECONDS_MAX = 3_600;

export class ConferenceSubscriptions {
  readonly #ports: { readonly agent: SipAgent; state(): State };
  readonly #subscribers = new Map<number, Subscriber>();

  constructor(ports: { readonly agent: SipAgent; state(): State }) {
    this.#ports = ports;
  }

  accept(transaction: number, request: SipRequest, conference: number, peer: SipPeer): void {
    const seconds = Math.min(expiresOf(request) ?? SECONDS_MAX, SECONDS_MAX);
    const id = this.#ports.agent.run((agent, nowMs) =>
      agent.acceptSubscription(transaction, { seconds }, nowMs),
    );
    if (id === 0) return;
    const entity = conferenceUri(conference, peer);
    this.#subscribers.set(id, { conference, entity, version: 0, seen: [], told: '' });
    this.repeat(id);
  }

  forget(id: number): void {
    this.#subscribers.delete(id);
  }

  /** A refreshed subscription is told the present state again. */
  repeat(id: number): void {
    const subscriber = this.#subscribers.get(id);
    if (!subscriber) return;
    subscriber.told = '';
    subscriber.seen = [];
    this.#tell(id, subscriber);
  }

  /** After every step of the rules. */
  settled(): void {
    for (const [id, subscriber] of this.#subscribers) this.#tell(id, subscriber);
  }

  #tell(id: number, subscriber: Subscriber): void {
    const state = this.#ports.state();
    const conference = state.conferences.get(subscriber.conference);
    if (!conference) {
      this.#subscribers.delete(id);
      this.#ports.agent.run((agent, nowMs) =>
        agent.notify(id, { state: 'terminated', reason: 'noresource' }, nowMs),
      );
      return;
    }
    // Most steps are about other conferences.
    const seen = [conference, state.captures, state.announcements];
    if (seen.every((each, index) => each === subscriber.seen[index])) return;
    subscriber.seen = seen;
    const document = (version: number): string =>
      conferenceDocument(conference, state, { entity: subscriber.entity, version });
    const said = document(0);
    if (said === subscriber.told) return;
    subscriber.told = said;
    subscriber.version += 1;
    const body = encodeText(document(subscriber.version));
    const headers = [['Content-Type', 'application/conference-info+xml']] as const;
    this.#ports.agent.run((agent, nowMs) =>
      agent.notify(id, { state: 'active', headers, body }, nowMs),
    );
  }
}
