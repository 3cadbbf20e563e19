/**
 * What could be done about what holds a conference down: settings of devices and of the system, parties
 * that are taken off, and what only takes waiting. Each changes a copy of the state.
 */
import { assessParticipant } from '../conference/level.ts';
import type { PhoneConfiguration } from '../configuration.ts';
import type { PhoneRegistration } from '../registration.ts';
import { bargersOf } from '../security/barge-limit.ts';
import type { Conference, ConferenceId, Leg, LegId, Participant, State } from '../state.ts';

/** A removal takes one party off, `unlinking` a whole conference. */
export type ChangeKind = 'circumstance' | 'setting' | 'removal' | 'unlinking';

/** One thing that could be done about one obstacle. */
export interface Change {
  readonly sentence: string;
  readonly kind: ChangeKind;
  readonly apply: (state: State) => State;
}

/** A model and firmware with nothing against them. */
const FULL_MODEL = '7965G';
const FULL_FIRMWARE = '9.4(2)';

const MEDIA_NAMES = { video: 'video', bfcp: 'BFCP channel', ix: 'iX channel' };

/** Everything that might help this conference, what weighs less first. */
export function changesFor(state: State, id: ConferenceId): readonly Change[] {
  const conference = state.conferences.get(id);
  if (!conference) return [];
  const present = conference.participants.filter((each) => each.state !== 'leaving');
  const parties = present.filter((each) => !each.link);
  const devices = new Set(
    parties.flatMap(({ device, leg }) => [
      device,
      ...bargersOf(state, leg).map((barger) => barger.device),
    ]),
  );
  const weak = present.filter((each) => assessParticipant(state, each).level !== 'encrypted');
  return [
    ...waitingFor(conference),
    ...[conference.bridge, ...devices].flatMap((device) => passing(state, device)),
    ...parties.flatMap(({ leg }) => legChanges(state, leg)),
    ...bridgeChanges(state, conference),
    ...[...devices].flatMap((device) => deviceChanges(state, device)),
    ...weak.flatMap(({ leg, device }) => bargersLeave(state, leg, device)),
    ...weak.map((each) => removal(conference.id, each)),
  ];
}

/** Parties that are coming or going. */
function waitingFor({ id, pendingAdd, participants }: Conference): readonly Change[] {
  const changes: Change[] = [];
  if (pendingAdd.length > 0) {
    changes.push({
      sentence: 'Wait until the party that is being added has answered.',
      kind: 'circumstance',
      apply: (each) => withConference(each, id, { pendingAdd: [] }),
    });
  }
  for (const { leg, device, state } of participants) {
    if (state !== 'leaving') continue;
    const sentence = `Wait until ${device} is gone.`;
    changes.push({ sentence, kind: 'circumstance', apply: (each) => withoutParty(each, id, leg) });
  }
  return changes;
}

/** What passes by itself can also be ended. */
function passing(state: State, device: string): readonly Change[] {
  const changes: Change[] = [];
  if (state.captures.has(device)) {
    changes.push({
      sentence: `End the packet capture on ${device}.`,
      kind: 'circumstance',
      apply: (each) => ({ ...each, captures: without(each.captures, device) }),
    });
  }
  if (state.announcements.has(device)) {
    changes.push({
      sentence: `Wait until the announcement to ${device} is over.`,
      kind: 'circumstance',
      apply: (each) => ({ ...each, announcements: without(each.announcements, device) }),
    });
  }
  return changes;
}

/** What is the case for one leg only, whatever its device is. */
function legChanges(state: State, id: LegId): readonly Change[] {
  const leg = state.legs.get(id);
  if (!leg) return [];
  const { device, remote, bargeToneUntilMs, bargesLeaving = [] } = leg;
  const changes: Change[] = [];
  if (bargeToneUntilMs !== undefined) {
    const sentence = `Wait until the tone of the barge on ${device} is over.`;
    const apply = (each: State): State => {
      const { bargeToneUntilMs: _over, ...rest } = each.legs.get(id) ?? leg;
      return withLeg(each, rest);
    };
    changes.push({ sentence, kind: 'circumstance', apply });
  }
  if (bargesLeaving.length > 0) {
    const sentence = `Wait until the barger of ${device} is gone.`;
    const apply = (each: State): State => {
      const { bargesLeaving: _gone, ...rest } = each.legs.get(id) ?? leg;
      return withLeg(each, rest);
    };
    changes.push({ sentence, kind: 'circumstance', apply });
  }
  // Of a party behind a SIP trunk nothing is known until the trunk is trusted.
  const isSip = state.configuration.phones.get(device)?.kind === 'sip-trunk';
  if (remote !== 'encrypted' && (remote !== undefined || isSip)) {
    changes.push({
      sentence:
        remote === 'unknown'
          ? `Wait until the party behind ${device} resumes from an encrypted phone.`
          : `Have the party behind ${device} call from an encrypted phone.`,
      kind: remote === 'unknown' ? 'circumstance' : 'setting',
      apply: (each) => withLeg(each, { ...(each.legs.get(id) ?? leg), remote: 'encrypted' }),
    });
  }
  return changes;
}

function bridgeChanges(state: State, conference: Conference): readonly Change[] {
  const { bridge, kind, minimum, number = '' } = conference;
  const changes: Change[] = [];
  const registration = state.bridges.get(bridge);
  if (registration && !registration.secure) {
    const other = [...state.bridges.values()].find(({ secure }) => secure)?.name;
    changes.push({
      sentence: `Hold the conference on ${other ?? 'a secure bridge'} instead of ${bridge}.`,
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
    const sentence =
      phone.kind === 'sip-trunk'
        ? `Have SIP trunk ${device} signal over TLS, encrypted.`
        : `Set the device security mode of ${device} to Encrypted, with a certificate.`;
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
  for (const media of ['video', 'bfcp', 'ix'] as const) {
    if (phone[media] !== 'rtp') continue;
    changes.push(
      change(`Have the ${MEDIA_NAMES[media]} of ${device} encrypted.`, { [media]: 'srtp' }),
    );
  }
  if (phone.kind === 'sip-trunk') {
    const sentence = `Trust the security status of SIP trunk ${device}.`;
    changes.push(change(sentence, { trustSecurityStatus: true, srtpAllowed: true }));
  } else if (phone.kind === 'h323-trunk' || phone.kind === 'mgcp-gateway') {
    changes.push(change(`Allow SRTP on ${device}.`, { srtpAllowed: true, ipsec: true }));
  }
  return changes;
}

function bargersLeave(state: State, target: LegId, device: string): readonly Change[] {
  return bargersOf(state, target).map((barger) => ({
    sentence: `Have ${barger.device} leave the call of ${device} that it has barged.`,
    kind: 'removal',
    apply: (each) => ({ ...each, legs: without(each.legs, barger.id) }),
  }));
}

function removal(id: ConferenceId, { leg, name, number, device, link }: Participant): Change {
  return {
    sentence: link
      ? `Remove the linked conference on ${device}.`
      : `Remove ${name || number} (${device}).`,
    kind: link ? 'unlinking' : 'removal',
    apply: (each) => withoutParty(each, id, leg),
  };
}

function withoutParty(state: State, id: ConferenceId, leg: LegId): State {
  const participants = state.conferences.get(id)?.participants ?? [];
  const remaining = participants.filter((other) => other.leg !== leg);
  return withConference(state, id, { participants: remaining });
}

function withLeg(state: State, leg: Leg): State {
  return { ...state, legs: new Map(state.legs).set(leg.id, leg) };
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  return new Map([...map].filter(([each]) => each !== key));
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
