/**
 * Barge: a phone of a shared line enters a call of another one through that phone's built-in bridge
 * (SEC-16 ... SEC-19, BAR-01 ... BAR-03, MBA-01, MBA-02, RES-04, TIP-02; table in domain 1.6).
 */

import { CAUSE, ON_BEHALF_OF, REASON } from '../cdr/record.ts';
import { obstacleOfLock } from '../conference/bridge-load.ts';
import { assessConference } from '../conference/level.ts';
import { leave, publishMembers } from '../conference/membership.ts';
import { admits, refuseBelowMinimum, releaseLinksBelow } from '../conference/minimum.ts';
import type { TextId } from '../effect.ts';
import { closeConnection, openConnection } from '../media/connection.ts';
import {
  type Assessment,
  assess,
  assessLeg,
  isEncryptedDevice,
  type MediaProtection,
  mixesSrtp,
  policyLimit,
  protectionOf,
  srtpCapable,
} from '../security/assessment.ts';
import { bargersOf } from '../security/barge-limit.ts';
import { shown } from '../security/level.ts';
import { abilityOf, carriesConferenceSrtp } from '../security/phone-model.ts';
import type { Appearance, Barge, Conference, Leg } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { startBargeTone } from './barge-tone.ts';
import { publishCall, tellBarger } from './call-level.ts';
import { bridgeNumber, PLAIN, recordParty } from './call-record.ts';
import { at, prompt, tellConference, tellSoftkeys } from './display.ts';
import { holdOthers } from './hold.ts';
import { clearFromPhone, newLeg } from './leg.ts';
import { takeOver } from './take-over.ts';
import type { Obstacle } from './turn-down.ts';
import { peerOf } from './two-party.ts';

/** The Barge key on a call that another phone of the line is in. */
export function barge(tx: Transaction, appearance: Appearance): void {
  const { device, line } = appearance;
  const target = tx.theLeg(appearance.leg);
  const obstacle = obstacleTo(tx, device, target);
  if (obstacle) {
    refuse(tx, appearance, obstacle);
    return;
  }
  const { assessment, protection, refused } = assessBarge(tx, device, target.device);
  if (refused) {
    refuse(tx, appearance, { ...policyLimit(refused), text: 'media-security-required' });
    return;
  }
  const conference = tx.conference(target.conference);
  if (conference && !admits(conference.minimum, assessment)) {
    dropBoth(tx, { conference, target, device, line, assessment });
    return;
  }
  const fresh = newLeg(tx, device, line, 'connected');
  if (!fresh) {
    refuse(tx, appearance, { rule: 'SEC-17', text: 'past-limit', fact: `${device} is busy.` });
    return;
  }
  holdOthers(tx, fresh);
  tx.emit({ ...at(fresh), type: 'call-state', state: 'off-hook' });
  if (conference) releaseLinksBelow(tx, conference.id, assessment);
  const leg = tx.patchLeg(fresh.id, {
    barge: { target: target.id, protection, assessment, startedMs: tx.nowMs },
    highest: assessment.lasting,
  });
  startBargeTone(tx, target);
  publishTarget(tx, target);
  showBarged(tx, tx.theLeg(leg.id), target);
  tx.emit({ ...at(target), type: 'tone', tone: 'zip' });
  openBargeMedia(tx, tx.theLeg(leg.id));
}

/** Opens the media between the barger and the built-in bridge, while the target is not holding. */
export function openBargeMedia(tx: Transaction, leg: Leg): void {
  const target = tx.leg(leg.barge?.target ?? 0);
  if (!leg.barge || leg.barge.connection !== undefined || target?.state !== 'connected') return;
  const conference = target.conference ?? target.call ?? 0;
  const { id } = openConnection(
    tx,
    [
      { device: target.device, kind: 'built-in-bridge', leg: target.id, conference },
      { device: leg.device, kind: 'phone', leg: leg.id, conference },
    ],
    leg.barge.protection,
  );
  tx.patchLeg(leg.id, { barge: { ...leg.barge, connection: id } });
}

/** The target holds: its built-in bridge mixes nothing. The barger stays and still counts. */
export function closeBargeMedia(tx: Transaction, target: Leg): void {
  for (const leg of bargersOf(tx, target.id)) {
    if (!leg.barge) continue;
    closeMedia(tx, leg, leg.barge);
    const { connection: _closed, ...rest } = leg.barge;
    tx.patchLeg(leg.id, { barge: rest });
  }
}

/** Takes the barger off. The level waits until the target's phone has confirmed that it is gone. */
export function endBarge(tx: Transaction, leg: Leg, cause: number = CAUSE.normal): void {
  if (!leg.barge) return;
  const target = tx.leg(leg.barge.target);
  closeMedia(tx, leg, leg.barge);
  record(tx, leg, leg.barge, cause);
  clearFromPhone(tx, leg);
  if (target) publishTarget(tx, tx.theLeg(target.id));
}

/** The target's phone has closed the barger's media: the level is computed without it. */
export function bargeAudited(tx: Transaction, device: string, party: number): void {
  for (const leg of tx.specialLegs()) {
    const leaving = leg.bargesLeaving?.filter((each) => each.party !== party);
    if (leg.device !== device || !leaving || leaving.length === leg.bargesLeaving?.length) continue;
    if (leaving.length > 0) tx.patchLeg(leg.id, { bargesLeaving: leaving });
    else tx.clearLeg(leg.id, 'bargesLeaving');
    publishTarget(tx, tx.theLeg(leg.id));
  }
}

/** Barged legs that are gone, parked or moved take their bargers along (domain 1.6). */
export function settleBarges(tx: Transaction): void {
  for (const leg of tx.specialLegs()) {
    if (!leg.barge) continue;
    const target = tx.leg(leg.barge.target);
    const standing = target && !target.detached;
    if (!standing || (!tx.call(target.call) && target.conference === undefined)) endBarge(tx, leg);
  }
}

/** The barged party leaves its call: the barger takes its place (domain 1.6). False when nobody does. */
export function handOver(tx: Transaction, target: Leg): boolean {
  const [leg] = bargersOf(tx, target.id);
  if (!leg?.barge || tx.call(target.call)?.state !== 'connected') return false;
  closeMedia(tx, leg, leg.barge);
  record(tx, leg, leg.barge, CAUSE.callSplit);
  takeOver(tx, target, tx.clearLeg(leg.id, 'barge'), {
    origin: { onBehalfOf: ON_BEHALF_OF.barge, reason: REASON.barge },
    control: 'moves',
    whenRefused: 'drop-old',
  });
  return true;
}

/** What the barger's leg to the built-in bridge is or would be worth (SEC-17, TIP-02, ICO-12). */
export function assessBarge(
  tx: Transaction,
  device: string,
  targetDevice: string,
  open?: MediaProtection,
): {
  readonly assessment: Assessment;
  readonly protection: MediaProtection;
  /** The encrypted device to which the media security policy forbids RTP (D-20). */
  readonly refused?: string;
} {
  const [barger, target] = [device, targetDevice].map((name) => ({
    phone: tx.phoneConfiguration(name),
    registration: tx.phone(name),
  }));
  if (!barger?.phone || !barger.registration || !target?.phone || !target.registration) {
    const fact = `${device} or ${targetDevice} is not registered any more.`;
    const assessment = assess([{ rule: 'D-08', level: 'unknown', fact, device }]);
    return { assessment, protection: open ?? 'rtp' };
  }
  const { parameters } = tx.configuration;
  const policy = parameters.mediaSecurityPolicy;
  const capable = srtpCapable(barger.phone, barger.registration, 'call');
  const mixes = mixesSrtp(target.phone, target.registration);
  const protection = open ?? protectionOf(policy, capable, mixes);
  const media = { protection, context: 'call', parameters } as const;
  const assessment = assessLeg(barger.phone, barger.registration, media);
  if (policy !== 'enforce' || protection === 'srtp') return { assessment, protection };
  const refused = isEncryptedDevice(barger.phone, barger.registration)
    ? device
    : isEncryptedDevice(target.phone, target.registration)
      ? targetDevice
      : undefined;
  return { assessment, protection, ...(refused !== undefined && { refused }) };
}

interface BargeObstacle extends Obstacle {
  readonly text: TextId;
}

/** Why this phone cannot barge that leg; undefined when it can. */
function obstacleTo(tx: Transaction, device: string, target: Leg): BargeObstacle | undefined {
  const own = tx.phoneConfiguration(device);
  const theirs = tx.phoneConfiguration(target.device);
  const inCall = target.conference !== undefined || peerOf(tx, target) !== undefined;
  if (!own || !theirs || own.protectedDevice || target.state !== 'connected' || !inCall) {
    const fact = `${target.device} is in no call that can be barged.`;
    return { rule: 'SEC-17', text: 'key-not-active', fact };
  }
  const lock = obstacleOfLock(tx.conference(target.conference));
  if (lock) return { ...lock, text: 'key-not-active' };
  if (!theirs.builtInBridge) {
    const fact = `The built-in bridge of ${theirs.name} is off.`;
    const fix = `Switch the built-in bridge of ${theirs.name} on.`;
    return { rule: 'TIP-02', text: 'no-conference-bridge', fact, fix };
  }
  if (bargersOf(tx, target.id).length > 0 || (target.bargesLeaving?.length ?? 0) > 0) {
    const fact = `${theirs.name} is barged already.`;
    return { rule: 'BAR-01', text: 'another-barge-exists', fact };
  }
  const conference = tx.conference(target.conference);
  const now = conference ? assessConference(tx, conference) : tx.call(target.call)?.assessment;
  if (now?.lasting !== 'encrypted') return undefined;
  const restricted = [own, theirs].find((each) => !abilityOf(each).bargesEncrypted);
  if (restricted) {
    const fact = `Model ${restricted.model} takes no part in a barge of an encrypted call.`;
    return { rule: 'RES-04', text: 'barge-failed', fact };
  }
  if (carriesConferenceSrtp(own.firmware)) return undefined;
  const fact = `Firmware ${own.firmware} of ${own.name} is earlier than 8.3.`;
  const fix = `Upgrade ${own.name} to firmware 8.3 or later.`;
  return { rule: 'SEC-19', text: 'barge-failed', fact, fix };
}

function refuse(tx: Transaction, appearance: Appearance, obstacle: BargeObstacle): void {
  const { device, line, leg } = appearance;
  const { text, ...why } = obstacle;
  tx.emit(
    { device, leg, line, type: 'tone', tone: 'beep-bonk' },
    { device, leg, line, type: 'prompt', text, timeoutSeconds: 5 },
  );
  tx.refuse({
    device,
    operation: 'barge',
    text,
    limits: [{ level: 'encrypted', device, ...why }],
  });
}

/** MBA-01: nobody's media opens, and both the barger and the barged leg are cleared. */
function dropBoth(
  tx: Transaction,
  attempt: {
    readonly conference: Conference;
    readonly target: Leg;
    readonly device: string;
    readonly line: number;
    readonly assessment: Assessment;
  },
): void {
  const { conference, target, device, line, assessment } = attempt;
  const fresh = newLeg(tx, device, line, 'proceeding');
  if (fresh) {
    refuseBelowMinimum(tx, fresh, conference, assessment);
    clearFromPhone(tx, fresh);
  }
  refuseBelowMinimum(tx, target, conference, assessment, { recorded: false });
  leave(tx, conference.id, target.id, {
    cause: CAUSE.bearerCapabilityNotAvailable,
    onBehalfOf: ON_BEHALF_OF.meetMe,
  });
}

/** The call or conference of a barged leg is told its level. */
function publishTarget(tx: Transaction, target: Leg): void {
  if (target.conference !== undefined) publishMembers(tx, target.conference);
  else if (tx.call(target.call)?.state === 'connected') publishCall(tx, target.call);
}

function showBarged(tx: Transaction, leg: Leg, target: Leg): void {
  tx.emit(
    { ...at(leg), type: 'speaker', on: true },
    { ...at(leg), type: 'lamp', mode: 'on' },
    { ...at(leg), type: 'call-state', state: 'connected' },
  );
  const conference = tx.conference(target.conference);
  const level = tx.call(target.call)?.assessment?.level;
  if (conference) tellConference(tx, leg, conference, conference.level);
  else tellBarger(tx, leg, target, level ?? 'unknown');
  tellSoftkeys(tx, tx.theLeg(leg.id), 'connected');
  tx.emit(prompt(leg, 'to-barge', 0, target.number));
}

/** Stops the media both ways. Until the target's phone has confirmed that, the barger counts. */
function closeMedia(tx: Transaction, leg: Leg, { target, connection, assessment }: Barge): void {
  const end = tx.connection(connection)?.ends.find((each) => each.kind === 'built-in-bridge');
  closeConnection(tx, connection);
  const barged = tx.leg(target);
  if (!end || !barged || !tx.phone(end.device)) return;
  const { device, kind, conference, party } = end;
  tx.emit({ type: 'audit-media', end: { device, kind, leg: end.leg, conference, party } });
  const leaving = { party, device: leg.device, assessment };
  tx.patchLeg(target, { bargesLeaving: [...(barged.bargesLeaving ?? []), leaving] });
}

/** Shown as a call into the bridge, in the place of the barged leg (domain 3.7). */
function record(tx: Transaction, leg: Leg, entry: Barge, cause: number): void {
  const target = tx.leg(entry.target);
  const number = bridgeNumber(entry.target);
  const codec = tx.connection(entry.connection)?.codec ?? 'pcmu';
  const onBehalfOf = ON_BEHALF_OF.barge;
  tx.emit({
    type: 'record',
    record: {
      ...PLAIN,
      globalCallId: target?.call ?? tx.takeCallId(),
      originatedMs: entry.startedMs,
      connectedMs: entry.startedMs,
      disconnectedMs: tx.nowMs,
      originating: recordParty(tx, leg, { codec, cause, terminationOnBehalfOf: onBehalfOf }),
      destination: {
        ...recordParty(tx, undefined, {
          codec,
          cause: CAUSE.none,
          terminationOnBehalfOf: ON_BEHALF_OF.unknown,
          conversationId: entry.target,
        }),
        ...(target && { device: target.device }),
        number,
      },
      originalCalledNumber: number,
      finalCalledNumber: number,
      calledPartition: '',
      redirectOnBehalfOf: onBehalfOf,
      redirectReason: REASON.barge,
      joinOnBehalfOf: onBehalfOf,
      securedStatus: shown(leg.highest),
    },
  });
}
