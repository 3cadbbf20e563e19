/**
 * Conferences as the live view shows them. What a conference looks like is worked out when somebody looks on, and
 * again only when something that it is made of has changed.
 */
import type { LevelChange, LiveConference, LiveParty } from '@conclave/api';
import {
  assessParticipant,
  type Conference,
  type ConferenceId,
  explain,
  explainConference,
  explainOwn,
  type Participant,
  type State,
  specialLegs,
} from '@conclave/core';
import type { CallManagerNews } from './news.ts';

/** Changes of one conference that are kept; of more the oldest are left away. */
export const CHANGES_MAX = 100;

const UNTOLD: readonly LevelChange[] = [];

/** How often its members sum up, not how large the state is. */
interface Seen {
  readonly madeOf: readonly unknown[];
  readonly conference: LiveConference;
}

export class LiveView {
  readonly #state: () => State;
  readonly #nowMs: () => number;
  readonly #timelines = new Map<ConferenceId, readonly LevelChange[]>();
  #seen = new Map<ConferenceId, Seen>();

  constructor(state: () => State, nowMs: () => number) {
    this.#state = state;
    this.#nowMs = nowMs;
  }

  follow(news: CallManagerNews): void {
    if (news.type !== 'level') return;
    const { conference, to, because } = news;
    const change = { atMs: this.#nowMs(), level: to as LevelChange['level'], because };
    const before = this.#timelines.get(conference) ?? [];
    this.#timelines.set(conference, [...before, change].slice(-CHANGES_MAX));
  }

  /** In the order of their beginning. */
  conferences(): readonly LiveConference[] {
    const state = this.#state();
    const seen = new Map<ConferenceId, Seen>();
    for (const conference of state.conferences.values()) {
      const timeline = this.#timelines.get(conference.id) ?? UNTOLD;
      const madeOf = partsOf(state, conference, timeline);
      const before = this.#seen.get(conference.id);
      const isSame = before && madeOf.every((part, at) => part === before.madeOf[at]);
      seen.set(
        conference.id,
        isSame && madeOf.length === before.madeOf.length
          ? before
          : { madeOf, conference: liveConference(state, conference, timeline) },
      );
    }
    this.#seen = seen;
    for (const id of this.#timelines.keys()) {
      if (!state.conferences.has(id)) this.#timelines.delete(id);
    }
    return [...seen.values()].map(({ conference }) => conference);
  }
}

/** Whatever its look is made of: the values are immutable, so the same ones look the same. */
function partsOf(
  state: State,
  conference: Conference,
  timeline: readonly LevelChange[],
): readonly unknown[] {
  const { configuration, captures, announcements, phones, bridges } = state;
  return [
    ...[conference, timeline, configuration, captures, announcements, bridges],
    ...conference.participants.flatMap(({ leg, device, link }) => [
      ...[state.legs.get(leg), phones.get(device), state.conferences.get(link?.conference ?? 0)],
    ]),
    ...specialLegs(state.legs),
  ];
}

function liveConference(
  state: State,
  conference: Conference,
  timeline: readonly LevelChange[],
): LiveConference {
  const { id, kind, number, bridge, level, levelSinceMs, startedMs, minimum, locked } = conference;
  const why = explainConference(state, id);
  return {
    ...{ id, kind, bridge, level, sinceMs: levelSinceMs, startedMs, minimum },
    ...(number !== undefined && { number }),
    ...(locked && { locked }),
    parties: conference.participants.map((each) => party(state, conference, each)),
    ringing: ringing(state, conference),
    links: conference.participants.flatMap(({ link }) => (link ? [link.conference] : [])),
    why: why ?? { level, sentence: '', rules: [], fixes: [], limits: [] },
    timeline,
  };
}

function party(state: State, { controller }: Conference, participant: Participant): LiveParty {
  const { leg, device, name, number, link, held, joinedMs } = participant;
  const own = explainOwn(state, leg) ?? explain(assessParticipant(state, participant));
  return {
    ...{ leg, device, name, number, held, joinedMs },
    level: own.level,
    because: own.sentence,
    media: participant.protection,
    state: participant.state,
    muted: participant.muted ?? false,
    isController: leg === controller,
    ...(link && { link: link.conference }),
  };
}

/** Those whom consultations and invitations call. */
function ringing(
  state: State,
  { id, pendingAdd }: Conference,
): readonly { readonly device: string; readonly number: string }[] {
  const callers = specialLegs(state.legs).filter(
    ({ consultFor, inviteTo }) =>
      inviteTo === id || (consultFor !== undefined && pendingAdd.includes(consultFor)),
  );
  return callers.flatMap(({ call }) => {
    const called = state.calls.get(call ?? 0);
    if (called?.state !== 'ringing') return [];
    return called.callees.flatMap((callee) => {
      const leg = state.legs.get(callee);
      return leg ? [{ device: leg.device, number: leg.number }] : [];
    });
  });
}
