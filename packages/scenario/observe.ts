/** What operators see of the rules' state: conferences, refusals, what media there is, and why. */
import {
  type Assessment,
  assess,
  type Conference,
  decisive,
  explain,
  explainConference,
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
    ...(why && { why: whyOf(assess(why.limits)) }),
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
  const leg = state.legs.get(call.ref);
  const target = state.legs.get(leg?.barge?.target ?? 0) ?? leg;
  const conference = state.conferences.get(target?.conference ?? 0);
  if (conference) {
    const why = explainConference(state, conference.id);
    return why ? { ...call, why: whyOf(assess(why.limits)) } : call;
  }
  const assessment = state.calls.get(target?.call ?? 0)?.assessment;
  return assessment ? { ...call, why: whyOf(assessment) } : call;
}

function whyOf(assessment: Assessment): WhySnapshot {
  const rules = new Set(decisive(assessment).map((limit) => limit.rule));
  return { sentence: explain(assessment).sentence, rules: [...rules] };
}

export function refusalOf({ device, operation, text, cause, limits }: Refusal): RefusalSnapshot {
  const decided = decisive(assess(limits));
  const reasons = decided.length === 0 ? limits : decided;
  return {
    phone: device,
    operation,
    text: text === undefined ? '' : PHONE_TEXTS[text],
    ...(cause !== undefined && { cause }),
    rules: [...new Set(reasons.map((limit) => limit.rule))],
    sentence: reasons.map((limit) => limit.fact).join(' '),
  };
}
