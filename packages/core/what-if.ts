/**
 * The smallest change that would make a conference encrypted: found by changing a copy of the state and
 * asking the very rules that decide, so that it cannot promise what would not come true.
 */
import { assessConference, assessParticipant, linkedWith } from './conference/level.ts';
import type { PhoneConfiguration } from './configuration.ts';
import type { PhoneRegistration } from './registration.ts';
import { assessBridgeLeg } from './security/bridge-leg.ts';
import type { Level } from './security/level.ts';
import type { Conference, ConferenceId, Participant, State } from './state.ts';

export interface Remedy {
  /** What to do, each a sentence; empty when the conference is encrypted already. */
  readonly changes: readonly string[];
}

export interface Remedies {
  readonly level: Level;
  /** Without taking anybody off; absent when no change of devices and settings suffices. */
  readonly keeping?: Remedy;
  /** What can be done at once, by taking parties off; absent when too few would remain. */
  readonly atOnce?: Remedy;
}

/** One thing that could be done about one obstacle. */
interface Change {
  readonly sentence: string;
  /** A setting of a device or of the system, a party that is taken off, or what only takes waiting. */
  readonly kind: 'setting' | 'removal' | 'circumstance';
  readonly apply: (state: State) => State;
}

/** A model and firmware with nothing against them. */
const FULL_MODEL = '7965G';
const FULL_FIRMWARE = '9.4(2)';

/** Fewer are no conference. */
const PARTIES_MIN = 2;

/** Up to this many changes every combination is tried; beyond, a smallest set is found by dropping. */
const EXHAUSTIVE_MAX = 3;

/** Undefined when there is no such conference. */
export function remediesOf(state: State, id: ConferenceId): Remedies | undefined {
  const conference = state.conferences.get(id);
  if (!conference) return undefined;
  const level = levelAfter(state, id, []);
  const changes = linkedWith(state, conference).flatMap((each) => changesFor(state, each));
  const without = (kind: Change['kind']): readonly Change[] =>
    changes.filter((each) => each.kind !== kind);
  const keeping = smallest(state, id, without('removal'));
  const atOnce = smallest(state, id, without('setting'));
  return { level, ...(keeping && { keeping }), ...(atOnce && { atOnce }) };
}

function smallest(state: State, id: ConferenceId, changes: readonly Change[]): Remedy | undefined {
  const suffices = (set: readonly Change[]): boolean => levelAfter(state, id, set) === 'encrypted';
  if (!suffices(changes)) return undefined;
  for (let size = 0; size <= EXHAUSTIVE_MAX; size += 1) {
    for (const set of subsets(changes, size)) if (suffices(set)) return remedyOf(set);
  }
  let kept = changes;
  for (const change of changes) {
    const without = kept.filter((each) => each !== change);
    if (suffices(without)) kept = without;
  }
  return remedyOf(kept);
}

function remedyOf(changes: readonly Change[]): Remedy {
  return { changes: changes.map(({ sentence }) => sentence) };
}

function* subsets<T>(all: readonly T[], size: number, from = 0): Generator<readonly T[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let index = from; index < all.length; index += 1) {
    for (const rest of subsets(all, size - 1, index + 1)) yield [all[index] as T, ...rest];
  }
}

/** The level that the rules give to the conference in the changed state, all legs judged anew. */
function levelAfter(state: State, id: ConferenceId, changes: readonly Change[]): Level {
  const changed = changes.reduce((each, change) => change.apply(each), state);
  const conferences = new Map(
    [...changed.conferences].map(([key, each]) => [key, judgedAnew(changed, each)]),
  );
  const conference = conferences.get(id);
  if ((conference?.participants.length ?? 0) < PARTIES_MIN) return 'unknown';
  return conference ? assessConference({ ...changed, conferences }, conference).level : 'unknown';
}

function judgedAnew(state: State, conference: Conference): Conference {
  const participants = conference.participants.map((each): Participant => {
    if (each.link || each.state === 'leaving') return each;
    const remote = state.legs.get(each.leg)?.remote;
    const { assessment, protection } = assessBridgeLeg(
      state,
      { device: each.device, ...(remote && { remote }) },
      conference.bridge,
    );
    return { ...each, assessment, protection };
  });
  return { ...conference, participants };
}

function changesFor(state: State, id: ConferenceId): readonly Change[] {
  const conference = state.conferences.get(id);
  if (!conference) return [];
  const devices = conference.participants.filter((each) => !each.link).map(({ device }) => device);
  return [
    ...bridgeChanges(state, conference),
    ...circumstanceChanges(state, [conference.bridge, ...devices]),
    ...devices.flatMap((device) => deviceChanges(state, device)),
    ...conference.participants
      .filter((each) => each.state !== 'leaving')
      .filter((each) => assessParticipant(state, each).level !== 'encrypted')
      .flatMap((each) => removals(state, conference, each)),
  ];
}

function bridgeChanges(state: State, conference: Conference): readonly Change[] {
  const { bridge, kind, minimum, number = '' } = conference;
  const changes: Change[] = [];
  const registration = state.bridges.get(bridge);
  if (registration && !registration.secure) {
    changes.push({
      sentence: `Hold the conference on a secure bridge instead of ${bridge}.`,
      kind: 'setting',
      apply: (each) => ({
        ...each,
        bridges: new Map(each.bridges).set(bridge, { ...registration, secure: true }),
      }),
    });
  }
  if (kind === 'meet-me' && minimum === 'nonsecure') {
    changes.push({
      sentence: `Give meet-me number ${number} the minimum security level Encrypted.`,
      kind: 'setting',
      apply: (each) => withConference(each, conference.id, { minimum: 'encrypted' }),
    });
  }
  if (conference.pendingAdd.length > 0) {
    changes.push({
      sentence: 'Wait until the party that is being added has answered.',
      kind: 'circumstance',
      apply: (each) => withConference(each, conference.id, { pendingAdd: [] }),
    });
  }
  if (state.configuration.parameters.mediaSecurityPolicy === 'disable-srtp') {
    changes.push({
      sentence: 'Set the Media Security Policy to Best effort.',
      kind: 'setting',
      apply: ({ configuration, ...each }) => ({
        ...each,
        configuration: {
          ...configuration,
          parameters: { ...configuration.parameters, mediaSecurityPolicy: 'best-effort' },
        },
      }),
    });
  }
  return changes;
}

/** What passes by itself can also be ended. */
function circumstanceChanges(state: State, devices: readonly string[]): readonly Change[] {
  const without = <T>(map: ReadonlyMap<string, T>, device: string): ReadonlyMap<string, T> =>
    new Map([...map].filter(([each]) => each !== device));
  return devices.flatMap((device): readonly Change[] => [
    ...(state.captures.has(device)
      ? [
          {
            sentence: `End the packet capture on ${device}.`,
            kind: 'circumstance' as const,
            apply: (each: State) => ({ ...each, captures: without(each.captures, device) }),
          },
        ]
      : []),
    ...(state.announcements.has(device)
      ? [
          {
            sentence: `Wait until the announcement to ${device} is over.`,
            kind: 'circumstance' as const,
            apply: (each: State) => ({
              ...each,
              announcements: without(each.announcements, device),
            }),
          },
        ]
      : []),
  ]);
}

/** Each thing about a device that could stand in the way, changed by itself. */
function deviceChanges(state: State, device: string): readonly Change[] {
  const phone = state.configuration.phones.get(device);
  const registration = state.phones.get(device);
  if (!phone || !registration) return [];
  const change = (
    sentence: string,
    configuration: Partial<PhoneConfiguration>,
    registered: Partial<PhoneRegistration> = {},
  ): Change => ({
    sentence,
    kind: 'setting',
    apply: (each) => withDevice(each, device, configuration, registered),
  });
  const changes: Change[] = [];
  if (registration.signalling !== 'tls-encrypted') {
    const sentence = `Set the device security mode of ${device} to Encrypted, with a certificate.`;
    changes.push(change(sentence, { securityMode: 'encrypted' }, { signalling: 'tls-encrypted' }));
  }
  if ((phone.kind ?? 'phone') === 'phone') {
    changes.push(
      change(`Upgrade ${device} to firmware 8.3 or later.`, { firmware: FULL_FIRMWARE }),
      change(`Replace ${device} by a model that supports encrypted conferences.`, {
        model: FULL_MODEL,
        protocol: 'SCCP',
      }),
    );
  }
  if (phone.mediaPath === 'mtp') {
    const sentence = `Take the media termination point out of the way of ${device}.`;
    changes.push(change(sentence, { mediaPath: 'direct' }));
  }
  if (phone.video === 'rtp') {
    changes.push(change(`Have the video of ${device} encrypted.`, { video: 'srtp' }));
  }
  if (phone.kind === 'sip-trunk') {
    const sentence = `Trust the security status of SIP trunk ${device}.`;
    changes.push(change(sentence, { trustSecurityStatus: true, srtpAllowed: true }));
  } else if (phone.kind === 'h323-trunk' || phone.kind === 'mgcp-gateway') {
    changes.push(change(`Allow SRTP on ${device}.`, { srtpAllowed: true, ipsec: true }));
  }
  return changes;
}

function removals(
  state: State,
  conference: Conference,
  { leg, name, number, device, link }: Participant,
): readonly Change[] {
  const bargers = [...state.legs.values()].filter((each) => each.barge?.target === leg);
  return [
    ...bargers.map(
      (barger): Change => ({
        sentence: `Have ${barger.device} leave the call of ${device} that it has barged.`,
        kind: 'removal',
        apply: (each) => {
          const legs = new Map(each.legs);
          legs.delete(barger.id);
          return { ...each, legs };
        },
      }),
    ),
    {
      sentence: link
        ? `Remove the linked conference on ${device}.`
        : `Remove ${name || number} (${device}).`,
      kind: 'removal',
      apply: (each) => {
        const { participants } = each.conferences.get(conference.id) ?? conference;
        const remaining = participants.filter((other) => other.leg !== leg);
        return withConference(each, conference.id, { participants: remaining });
      },
    },
  ];
}

function withConference(state: State, id: ConferenceId, patch: Partial<Conference>): State {
  const conference = state.conferences.get(id);
  if (!conference) return state;
  const conferences = new Map(state.conferences).set(id, { ...conference, ...patch });
  return { ...state, conferences };
}

function withDevice(
  state: State,
  device: string,
  change: Partial<PhoneConfiguration>,
  registered: Partial<PhoneRegistration>,
): State {
  const phone = state.configuration.phones.get(device);
  const registration = state.phones.get(device);
  if (!phone || !registration) return state;
  const phones = new Map(state.configuration.phones).set(device, { ...phone, ...change });
  return {
    ...state,
    configuration: { ...state.configuration, phones },
    phones: new Map(state.phones).set(device, { ...registration, ...registered }),
  };
}
