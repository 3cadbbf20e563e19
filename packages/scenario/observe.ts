/** What operators see of the rules' state: conferences, refusals, what media there is, and why. */
import {
  allocationLimits,
  type Conference,
  type Explanation,
  explainConference,
  explainLeg,
  explainRefusal,
  type MediaEnd,
  type Refusal,
  type State,
} from '@conclave/core';
import { PHONE_TEXTS } from './phone-texts.ts';
import type { CallSnapshot, ConferenceSnapshot, RefusalSnapshot, WhySnapshot } from './snapshot.ts';

export function conferenceOf(state: State, conference: Conference): ConferenceSnapshot {
  const { id, kind, number, level, minimum, bridge, allocation } = conference;
  const { participants, controller } = conference;
  const why = explainConference(state, id);
  return {
    kind,
    ...(number !== undefined && { number }),
    ...{ level, minimum, bridge },
    secure: state.bridges.get(bridge)?.secure ?? false,
    allocation: allocationLimits(allocation).map(({ fact }) => fact),
    members: participants.map((each) => ({
      name: each.link ? 'Conference' : each.device,
      level: each.assessment.level,
      held: each.held,
      controller: each.leg === controller,
      link: each.link !== undefined,
    })),
    music: musicIn(state, (end) => end.kind === 'bridge' && end.conference === id),
    ...(why && { why: whyOf(why) }),
  };
}

/** Names of the servers that play to such an end. */
function musicIn(state: State, hears: (end: MediaEnd) => boolean): readonly string[] {
  return [...state.connections.values()]
    .filter(({ ends: [one, other] }) => one.kind === 'music' && hears(other))
    .map(({ ends: [server] }) => server.device);
}

/** What phones cannot tell of a call themselves. */
export function withFacts(state: State, device: string, call: CallSnapshot): CallSnapshot {
  if (call.elsewhere) return call;
  const [music] = musicIn(state, (end) => isAt(end, device, call.ref));
  const talk = talkOf(state, device, call.ref);
  return withWhy(state, {
    ...call,
    ...(talk && { media: talk.protection }),
    ...(music !== undefined && { music }),
  });
}

/** The stream of a call that is no music: its protection, and the party that names it on the wire. */
export function talkOf(
  state: State,
  device: string,
  ref: number,
): { readonly protection: 'srtp' | 'rtp'; readonly party: number } | undefined {
  for (const { ends, protection } of state.connections.values()) {
    const end = ends.find((each) => isAt(each, device, ref));
    if (end && ends.every(({ kind }) => kind !== 'music')) return { protection, party: end.party };
  }
  return undefined;
}

function isAt(end: MediaEnd, device: string, ref: number): boolean {
  return end.kind === 'phone' && end.device === device && end.leg === ref;
}

function withWhy(state: State, call: CallSnapshot): CallSnapshot {
  const why = explainLeg(state, call.ref);
  return why ? { ...call, why: whyOf(why) } : call;
}

function whyOf({ sentence, rules }: Explanation): WhySnapshot {
  return { sentence, rules };
}

export function refusalOf(refusal: Refusal): RefusalSnapshot {
  const { device, operation, text, cause } = refusal;
  return {
    phone: device,
    operation,
    text: text === undefined ? '' : PHONE_TEXTS[text],
    ...(cause !== undefined && { cause }),
    ...whyOf(explainRefusal(refusal)),
  };
}
