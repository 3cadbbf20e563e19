/** What operators see of the rules' state: conferences, refusals, what media there is, and why. */
import {
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
  const { id, kind, number, level, minimum, bridge, participants, controller } = conference;
  const why = explainConference(state, id);
  return {
    kind,
    ...(number !== undefined && { number }),
    ...{ level, minimum, bridge },
    secure: state.bridges.get(bridge)?.secure ?? false,
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
  const isHere = (end: MediaEnd): boolean =>
    end.kind === 'phone' && end.device === device && end.leg === call.ref;
  const [music] = musicIn(state, isHere);
  const talk = [...state.connections.values()].find(
    ({ ends }) => ends.some(isHere) && ends.every((end) => end.kind !== 'music'),
  );
  return withWhy(state, {
    ...call,
    ...(talk && { media: talk.protection }),
    ...(music !== undefined && { music }),
  });
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
