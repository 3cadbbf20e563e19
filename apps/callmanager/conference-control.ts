/** What an administrator does with a conference that goes on: over the API, and from the command line. */
import type { Conference, ConferenceId, LegId, Participant, State } from '@conclave/core';
import type { Store } from '@conclave/store';
import type { AdminAnswer } from './admin-socket.ts';
import type { Engine } from './engine.ts';

type House = Pick<Engine, 'state' | 'happen'>;

/** Each answers false when the conference, or who is meant, is not there. */
export const control = {
  eject: (house: House, conference: ConferenceId, leg: LegId, by: string): boolean => {
    if (!isIn(house.state, conference, leg, ({ state }) => state !== 'leaving')) return false;
    house.happen({ type: 'eject', conference, leg, by });
    return true;
  },
  /** Only who is heard can be muted: nobody who is not yet in, and no other conference. */
  mute: (house: House, conference: ConferenceId, leg: LegId, muted: boolean): boolean => {
    if (!isIn(house.state, conference, leg, ({ state, link }) => state === 'present' && !link)) {
      return false;
    }
    house.happen({ type: 'mute', conference, leg, muted });
    return true;
  },
  lock: (house: House, conference: ConferenceId, locked: boolean, by: string): boolean => {
    if (!house.state.conferences.has(conference)) return false;
    house.happen({ type: 'lock', conference, locked, by });
    return true;
  },
} as const;

/** Who owns the machine is not among the users. */
const OWNER = 'the command line';

export const CONTROL_VERBS = ['eject', 'mute', 'unmute', 'lock', 'unlock'] as const;

/** `{verb, conference, party}`, named as people do. Throws an Error that says what is wrong. */
export function controlByName(house: House, body: unknown): AdminAnswer {
  const { verb, conference: name, party } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const conference = conferenceNamed(house.state, String(name));
  if (!conference) throw new Error(`there is no conference ${String(name)}`);
  const { id } = conference;
  const leg = (): LegId => legNamed(conference, String(party));
  if (!carryOut(verb)) throw new Error(`${String(party)} cannot be muted now`);
  return { status: 200, body: {} };

  function carryOut(what: unknown): boolean {
    switch (what) {
      case 'eject':
        return control.eject(house, id, leg(), OWNER);
      case 'mute':
      case 'unmute':
        return control.mute(house, id, leg(), what === 'mute');
      case 'lock':
      case 'unlock':
        return control.lock(house, id, what === 'lock', OWNER);
      default:
        throw new Error(`verb must be one of ${CONTROL_VERBS.join(', ')}`);
    }
  }
}

/** Does it and writes down that it was asked for, and whether it was done. */
export async function audited(
  { accounts }: Store,
  atMs: number,
  body: unknown,
  run: () => AdminAnswer,
): Promise<AdminAnswer> {
  const { verb } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const entry = { atMs, user: '', from: OWNER, action: `conference ${String(verb).slice(0, 20)}` };
  try {
    const answer = run();
    await accounts.audit({ ...entry, outcome: 'done', detail: JSON.stringify(body).slice(0, 500) });
    return answer;
  } catch (error) {
    await accounts.audit({ ...entry, outcome: 'refused', detail: String(error).slice(0, 500) });
    throw error;
  }
}

/** By its meet-me number, or by what the status calls it. */
function conferenceNamed({ conferences }: State, name: string): Conference | undefined {
  const all = [...conferences.values()];
  return all.find(({ number }) => number === name) ?? all.find(({ id }) => String(id) === name);
}

/** By its device or its number, of which there must be one. */
function legNamed({ participants }: Conference, name: string): LegId {
  const staying = participants.filter(({ state }) => state !== 'leaving');
  const found = staying.filter(({ device, number }) => device === name || number === name);
  const [one, ...others] = found;
  if (!one) throw new Error(`${name} is not in this conference`);
  if (others.length > 0) {
    throw new Error(`${name} is in it ${found.length} times: say which device`);
  }
  return one.leg;
}

function isIn(
  { conferences }: State,
  conference: ConferenceId,
  leg: LegId,
  isMeant: (participant: Participant) => boolean,
): boolean {
  const participants = conferences.get(conference)?.participants ?? [];
  return participants.some((each) => each.leg === leg && isMeant(each));
}
