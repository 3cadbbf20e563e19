/**
 * Meet-me conferences with a minimum level (SEC-14, SEC-15, MTM-01 ... MTM-06, D-12, D-13).
 *
 * The level is checked before anything is opened: a refused party never hears or feeds the mix.
 */
import { recordFailedAttempt } from '../call/call-record.ts';
import { clearFromPhone, failLeg } from '../call/leg.ts';
import { CAUSE } from '../cdr/record.ts';
import type { MeetMeNumber } from '../configuration.ts';
import type { TextId } from '../effect.ts';
import { selectBridge } from '../media-resource/bridge-selection.ts';
import { policyLimit } from '../security/assessment.ts';
import { assessBridgeLeg } from '../security/bridge-leg.ts';
import { meets } from '../security/level.ts';
import type { Conference, ConferenceId, Leg } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { assessInitiator, reportNoBridge } from './assembly.ts';
import { loadOf, obstacleOfRoom, roomIn } from './bridge-load.ts';
import { ANSWER_MS, admit, askToAdd } from './membership.ts';
import { admits, refuseBelowMinimum } from './minimum.ts';

/** A leg has dialled a meet-me number, with or without the MeetMe key before. */
export function dialMeetMe(tx: Transaction, leg: Leg, number: MeetMeNumber, digits: string): void {
  const active = [...tx.conferences.values()].find(
    (each) => each.kind === 'meet-me' && each.number === digits,
  );
  if (active) join(tx, leg, active);
  else if (leg.meetMe) start(tx, leg, number, digits);
  else fail(tx, leg, digits, { cause: CAUSE.unallocatedNumber, text: 'unknown-number' });
}

/** The bridge has answered the request for a meet-me conference. */
export function meetMeCreated(tx: Transaction, id: ConferenceId, ok: boolean): void {
  const conference = tx.patchConference(id, { state: 'active' });
  if (ok) {
    for (const { leg, state } of conference.participants) {
      if (state === 'adding') askToAdd(tx, id, leg);
    }
    return;
  }
  tx.deleteConference(id);
  for (const participant of conference.participants) {
    const leg = tx.leg(participant.leg);
    if (!leg) continue;
    reportNoBridge(tx, leg, `Bridge ${conference.bridge} refused to create a conference.`);
    tx.clearLeg(leg.id, 'conference');
    fail(tx, tx.theLeg(leg.id), conference.number ?? '', {
      cause: CAUSE.resourceUnavailable,
      text: 'no-conference-bridge',
    });
  }
}

function start(tx: Transaction, leg: Leg, number: MeetMeNumber, digits: string): void {
  const initiator = assessInitiator(tx, leg.device);
  const { level } = initiator;
  if (!admits(number.minimum, initiator)) {
    refuseBelowMinimum(tx, leg, { number: digits, minimum: number.minimum }, initiator);
    clearFromPhone(tx, leg);
    return;
  }
  const allocation = selectBridge(
    tx.configuration,
    {
      secure: meets(level, 'authenticated'),
      fallback: number.minimum === 'nonsecure',
      parties: 1,
      list: tx.phoneConfiguration(leg.device)?.mediaResourceList,
    },
    (name) => tx.bridge(name),
    (name) => loadOf(tx, name),
  );
  if (!allocation.bridge) {
    const reason = `No conference bridge is available for meet-me number ${digits}.`;
    reportNoBridge(tx, leg, reason, allocation);
    fail(tx, leg, digits, { cause: CAUSE.resourceUnavailable, text: 'no-conference-bridge' });
    return;
  }
  const bridge = allocation.bridge.name;
  const id = tx.takeId();
  const conference = tx.putConference({
    id,
    kind: 'meet-me',
    number: digits,
    minimum: number.minimum,
    bridge,
    allocation,
    state: 'creating',
    startedMs: tx.nowMs,
    creator: { device: leg.device, number: leg.number },
    controller: leg.id,
    participants: [],
    pendingAdd: [],
    level: 'unknown',
    levelSinceMs: tx.nowMs,
    answerDeadlineMs: tx.nowMs + ANSWER_MS,
    viewers: [],
  });
  if (!mayEnter(tx, leg, conference)) {
    tx.deleteConference(id);
    return;
  }
  tx.emit({
    type: 'create-conference',
    bridge,
    conference: id,
    parties: tx.configuration.parameters.maximumMeetMeConference,
  });
  enter(tx, leg, id);
}

function join(tx: Transaction, leg: Leg, conference: Conference): void {
  if (!mayEnter(tx, leg, conference)) return;
  if (roomIn(tx, conference) < 1) {
    tx.refuse({
      device: leg.device,
      operation: 'meet-me',
      text: 'exceeds-maximum-parties',
      cause: CAUSE.conferenceFull,
      limits: [{ level: 'encrypted', device: leg.device, ...obstacleOfRoom(tx, conference) }],
    });
    fail(tx, leg, conference.number ?? '', {
      cause: CAUSE.conferenceFull,
      text: 'exceeds-maximum-parties',
    });
    return;
  }
  enter(tx, leg, conference.id);
}

/** Checks the leg against the minimum and the media policy; a leg that fails is refused here. */
export function mayEnter(tx: Transaction, leg: Leg, conference: Conference): boolean {
  const number = conference.number ?? '';
  const { assessment, refused } = assessBridgeLeg(tx, leg, conference.bridge);
  if (!admits(conference.minimum, assessment)) {
    refuseBelowMinimum(tx, leg, conference, assessment);
    clearFromPhone(tx, leg);
    return false;
  }
  if (refused) {
    tx.refuse({
      device: leg.device,
      operation: 'meet-me',
      text: 'media-security-required',
      cause: CAUSE.resourceUnavailable,
      limits: [policyLimit(leg.device), ...assessment.limits],
    });
    fail(tx, leg, number, {
      cause: CAUSE.resourceUnavailable,
      text: 'media-security-required',
    });
    return false;
  }
  return true;
}

function enter(tx: Transaction, leg: Leg, id: ConferenceId): void {
  tx.emit({ device: leg.device, leg: leg.id, line: leg.line, type: 'stop-tone' });
  admit(tx, id, [leg], () => ({ globalCallId: tx.takeCallId() }));
}

function fail(
  tx: Transaction,
  leg: Leg,
  number: string,
  why: { readonly cause: number; readonly text: TextId },
): void {
  recordFailedAttempt(tx, leg, { called: number, cause: why.cause });
  failLeg(tx, leg, { text: why.text, state: 'congestion', tone: 'reorder' });
}
