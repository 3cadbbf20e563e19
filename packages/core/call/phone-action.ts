/** What the keys of a phone do. A leg that is not this phone's is never found. */
import { unreachable } from '@conclave/base';
import { CAUSE } from '../cdr/record.ts';
import { confrn, join, remove, removeLast } from '../conference/ad-hoc.ts';
import { dialFactory, inviteTo } from '../conference/focus.ts';
import { gather } from '../conference/gather.ts';
import { showList } from '../conference/list.ts';
import { dialMeetMe } from '../conference/meet-me.ts';
import { starCode } from '../conference/star-code.ts';
import { routeOf } from '../dialplan/route.ts';
import type { PhoneAction, Softkey } from '../event.ts';
import type { MediaOffer } from '../registration.ts';
import { isGateway } from '../security/endpoint-limit.ts';
import type { Appearance, Leg, LegId } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { barge } from './barge.ts';
import { recordFailedAttempt } from './call-record.ts';
import { cbarge } from './cbarge.ts';
import { at, prompt, tellSoftkeys } from './display.ts';
import { hold, holdOthers, resume } from './hold.ts';
import { failLeg, INTER_DIGIT_MS, newLeg, newRemoteLeg } from './leg.ts';
import { mediaOffered } from './media-offer.ts';
import { park, retrieve } from './park.ts';
import { release } from './release.ts';
import { remoteStatus } from './remote-party.ts';
import { select } from './select.ts';
import { resumeHere, sharedLeg, shownElsewhere } from './shared-line.ts';
import { directTransfer, transfer, transferTo, transferToNumber } from './transfer.ts';
import { answer, decline, placeCall, placeTrunkCall } from './two-party.ts';

/** Keys that may mean what another phone of the shared line has. */
const REMOTE_KEYS: ReadonlySet<Softkey> = new Set(['resume', 'barge', 'cbarge']);

/** Digits beyond this are ignored: no number is longer. */
const DIGITS_MAX = 32;

export function phoneAction(tx: Transaction, device: string, action: PhoneAction): void {
  if (!tx.phone(device)) return;
  switch (action.type) {
    case 'off-hook':
      return offHook(tx, device, action);
    case 'on-hook':
      return onHook(tx, device, action.leg);
    case 'line-key':
      return lineKey(tx, device, action.line);
    case 'softkey':
      return softkey(tx, device, action);
    case 'digit':
      return digit(tx, device, action);
    case 'dial':
      return dial(tx, device, action);
    case 'list-choice':
      return listChoice(tx, device, action);
    case 'decline':
    case 'media-offer':
    case 'transfer':
    case 'invite':
    case 'merge':
      return request(tx, device, action);
    default:
      return unreachable(action);
  }
}

/** Legs that waited too long for their next digit are routed with what they have. */
export function digitsTimedOut(tx: Transaction): void {
  for (const leg of tx.specialLegs()) {
    if (leg.digitDeadlineMs !== undefined && leg.digitDeadlineMs <= tx.nowMs) route(tx, leg, true);
  }
}

function offHook(
  tx: Transaction,
  device: string,
  action: { readonly line?: number; readonly leg?: LegId; readonly offer?: MediaOffer },
): void {
  const named = own(tx, device, action.leg);
  const ringing = named?.state === 'ring-in' ? named : ringingLeg(tx, device, action.line);
  if (ringing)
    answer(tx, action.offer ? tx.patchLeg(ringing.id, { offer: action.offer }) : ringing);
  else if (named?.state === 'held') resume(tx, named);
  else if (!activeLeg(tx, device, action.line)) startDialing(tx, device, action.line);
}

function onHook(tx: Transaction, device: string, leg: LegId | undefined): void {
  const target = own(tx, device, leg) ?? activeLeg(tx, device);
  // A handset that is put down ends what it was talking in; a held or ringing call stays.
  if (target && target.state !== 'held' && target.state !== 'ring-in') release(tx, target);
}

function lineKey(tx: Transaction, device: string, line: number): void {
  const legs = tx.legsOf(device).filter((leg) => leg.line === line);
  const ringing = legs.find((leg) => leg.state === 'ring-in');
  const held = legs.find((leg) => leg.state === 'held');
  if (ringing) answer(tx, ringing);
  else if (held && !activeLeg(tx, device)) resume(tx, held);
  else startDialing(tx, device, line);
}

function softkey(
  tx: Transaction,
  device: string,
  action: { readonly key: Softkey; readonly line: number; readonly leg?: LegId },
): void {
  if (action.key === 'new-call') {
    startDialing(tx, device, action.line);
    return;
  }
  const configuration = tx.phoneConfiguration(device);
  if (configuration && isGateway(configuration)) {
    pressRemotely(tx, device, action);
    return;
  }
  const leg = own(tx, device, action.leg) ?? fitting(tx, device, action.key);
  if (action.key === 'meet-me') {
    meetMe(tx, device, leg, action.line);
    return;
  }
  const elsewhere = own(tx, device, action.leg)
    ? undefined
    : (sharedLeg(tx, device, action.leg) ??
      (leg === undefined && REMOTE_KEYS.has(action.key)
        ? shownElsewhere(tx, device, action.key)
        : undefined));
  if (elsewhere) pressElsewhere(tx, elsewhere, action.key);
  else if (leg) pressOn(tx, leg, action.key);
}

/** A key on what another phone of the shared line has. */
function pressElsewhere(tx: Transaction, appearance: Appearance, key: Softkey): void {
  if (key === 'resume') resumeHere(tx, appearance);
  else if (key === 'barge') barge(tx, appearance);
  else if (key === 'cbarge') cbarge(tx, appearance);
}

/** A party behind a trunk or gateway answers, ends, holds and resumes; our other keys it has not. */
function pressRemotely(
  tx: Transaction,
  device: string,
  { key, line, leg: named }: { readonly key: Softkey; readonly line: number; readonly leg?: LegId },
): void {
  const find = key === 'answer' ? ringingLeg : activeLeg;
  const leg = own(tx, device, named) ?? find(tx, device, line);
  if (!leg) return;
  if (key === 'answer' || key === 'end-call') pressOn(tx, leg, key);
  else if (leg.state !== 'connected') return;
  else if (key === 'hold') remoteStatus(tx, leg.device, leg.id, 'unknown');
  else if (key === 'resume') remoteStatus(tx, leg.device, leg.id, undefined);
}

function pressOn(tx: Transaction, leg: Leg, key: Exclude<Softkey, 'new-call' | 'meet-me'>): void {
  if (leg.barge && key !== 'end-call') {
    // Who barged in can only leave (domain 1.6).
    tx.emit(prompt(leg, 'key-not-active', 5));
    return;
  }
  switch (key) {
    case 'answer':
      if (leg.state === 'ring-in') answer(tx, leg);
      return;
    case 'end-call':
      if (leg.state !== 'ring-in') release(tx, leg);
      return;
    case 'hold':
      return hold(tx, leg);
    case 'resume':
      return resume(tx, leg);
    case 'confrn':
      return confrn(tx, leg);
    case 'conf-list':
      return showList(tx, leg);
    case 'rm-last-conf':
      return removeLast(tx, leg);
    case 'backspace':
      if (leg.state === 'dialing') tx.patchLeg(leg.id, { digits: leg.digits.slice(0, -1) });
      return;
    case 'barge':
    case 'cbarge':
      tx.emit(prompt(leg, 'key-not-active', 5));
      return;
    case 'select':
      return select(tx, leg);
    case 'join':
      return join(tx, leg);
    case 'transfer':
      return transfer(tx, leg);
    case 'direct-transfer':
      return directTransfer(tx, leg);
    case 'park':
      return park(tx, leg);
    default:
      return unreachable(key);
  }
}

function meetMe(tx: Transaction, device: string, leg: Leg | undefined, line: number): void {
  if (refusesMeetMe(tx, device)) return;
  const dialing = leg?.state === 'dialing' ? leg : startDialing(tx, device, line);
  if (!dialing) return;
  const marked = tx.patchLeg(dialing.id, { meetMe: true });
  tellSoftkeys(tx, marked, 'off-hook-feature');
  tx.emit(prompt(marked, 'enter-number'));
}

function refusesMeetMe(tx: Transaction, device: string): boolean {
  if (!tx.phoneConfiguration(device)?.protectedDevice) return false;
  tx.emit({ type: 'notify', device, text: 'key-not-active', timeoutSeconds: 5 });
  return true;
}

/** What takes several keys on a phone with keys, and is asked for in one request by others. */
function request(
  tx: Transaction,
  device: string,
  action: Extract<
    PhoneAction,
    { type: 'decline' | 'media-offer' | 'transfer' | 'invite' | 'merge' }
  >,
): void {
  if (action.type === 'merge') {
    const legs = action.legs.flatMap((leg) => own(tx, device, leg) ?? []);
    const [first] = legs;
    if (first && legs.length === action.legs.length) gather(tx, legs, first);
    return;
  }
  if (action.type === 'invite') {
    const by = tx.legsOf(device).find((each) => each.conference === action.conference);
    if (by) inviteTo(tx, tx.theConference(action.conference), by, action.digits);
    return;
  }
  const leg = own(tx, device, action.leg);
  if (!leg) return;
  switch (action.type) {
    case 'decline':
      return decline(tx, leg, action.busy);
    case 'media-offer':
      return mediaOffered(tx, leg, action.offer);
    case 'transfer': {
      const to = own(tx, device, action.to);
      if (to) transferTo(tx, leg, to);
      else if (action.digits !== undefined) transferToNumber(tx, leg, action.digits);
      return;
    }
    default:
      return unreachable(action);
  }
}

function listChoice(
  tx: Transaction,
  device: string,
  action: { readonly conference: number; readonly remove?: LegId },
): void {
  const conference = tx.conference(action.conference);
  const leg = tx.legsOf(device).find((each) => each.conference === action.conference);
  if (!conference || !leg) return;
  if (action.remove === undefined) showList(tx, leg);
  else if (conference.participants.some((each) => each.leg === action.remove)) {
    remove(tx, conference, leg, action.remove);
  }
}

function startDialing(tx: Transaction, device: string, line: number | undefined): Leg | undefined {
  const busy = activeLeg(tx, device);
  if (busy?.state === 'ring-out' || busy?.state === 'proceeding') {
    tx.emit(prompt(busy, 'key-not-active', 5));
    return undefined;
  }
  const leg = newLeg(tx, device, line, 'dialing');
  if (!leg) return undefined;
  holdOthers(tx, leg);
  tx.emit(
    { ...at(leg), type: 'speaker', on: true },
    { ...at(leg), type: 'lamp', mode: 'on' },
    { ...at(leg), type: 'call-state', state: 'off-hook' },
    prompt(leg, 'enter-number'),
  );
  tellSoftkeys(tx, leg, 'off-hook');
  tx.emit({ ...at(leg), type: 'tone', tone: 'dial' });
  return leg;
}

function dial(
  tx: Transaction,
  device: string,
  action: Extract<PhoneAction, { type: 'dial' }>,
): void {
  const { fresh, from, line, meetMe: isMeetMe, offer } = action;
  if (isMeetMe && refusesMeetMe(tx, device)) return;
  const leg = from
    ? newRemoteLeg(tx, device, from, 'dialing')
    : ((fresh ? undefined : dialingLeg(tx, device, action)) ?? startDialing(tx, device, line));
  if (!leg) return;
  const dialled = tx.patchLeg(leg.id, {
    digits: action.digits.slice(0, DIGITS_MAX),
    ...(isMeetMe && { meetMe: true }),
    ...(offer && { offer }),
  });
  tx.emit({ ...at(leg), type: 'stop-tone' });
  route(tx, dialled, true);
}

/** A key dials, or it is one of a star code where there are no softkeys. */
function digit(
  tx: Transaction,
  device: string,
  action: Extract<PhoneAction, { type: 'digit' }>,
): void {
  const leg = own(tx, device, action.leg) ?? activeLeg(tx, device);
  if (leg?.conference !== undefined) starCode(tx, leg, action.digit);
  else digits(tx, dialingLeg(tx, device, action), action.digit);
}

function digits(tx: Transaction, leg: Leg | undefined, digit: string): void {
  if (!leg || leg.digits.length >= DIGITS_MAX) return;
  if (leg.digits === '') {
    tx.emit({ ...at(leg), type: 'stop-tone' });
    tellSoftkeys(tx, leg, 'digits-follow');
  }
  route(tx, tx.patchLeg(leg.id, { digits: leg.digits + digit }), false);
}

/** Routes when the number can be no other, or when no more digits will come. */
function route(tx: Transaction, leg: Leg, final: boolean): void {
  const { route: found, more } = routeOf(tx.configuration, leg.digits);
  if (found.type !== 'none' && more && !final) {
    tx.patchLeg(leg.id, { digitDeadlineMs: tx.nowMs + INTER_DIGIT_MS });
    return;
  }
  const done = tx.clearLeg(leg.id, 'digitDeadlineMs');
  switch (found.type) {
    case 'line':
      return placeCall(tx, done, found.targets, leg.digits);
    case 'park':
      return retrieve(tx, done, leg.digits);
    case 'meet-me':
      return dialMeetMe(tx, done, found.number, leg.digits);
    case 'conference-factory':
      return dialFactory(tx, done);
    case 'trunk':
      return placeTrunkCall(tx, done, found.trunk.name, leg.digits);
    case 'incomplete':
    case 'none':
      recordFailedAttempt(tx, done, { called: leg.digits, cause: CAUSE.unallocatedNumber });
      return failLeg(tx, done, {
        text: 'unknown-number',
        state: 'invalid-number',
        tone: 'reorder',
      });
    default:
      return unreachable(found);
  }
}

function own(tx: Transaction, device: string, leg: LegId | undefined): Leg | undefined {
  const found = leg === undefined || leg === 0 ? undefined : tx.leg(leg);
  return found?.device === device && !found.detached ? found : undefined;
}

function ringingLeg(tx: Transaction, device: string, line?: number): Leg | undefined {
  return tx.legsOfUser(device, line).find((leg) => leg.state === 'ring-in');
}

/** The leg that the user is in: neither held nor ringing. */
function activeLeg(tx: Transaction, device: string, line?: number): Leg | undefined {
  const legs = tx.legsOfUser(device, line);
  return legs.find((leg) => leg.state !== 'held' && leg.state !== 'ring-in');
}

function dialingLeg(
  tx: Transaction,
  device: string,
  { leg, line }: { readonly leg?: LegId; readonly line?: number },
): Leg | undefined {
  const named = own(tx, device, leg) ?? activeLeg(tx, device, line);
  return named?.state === 'dialing' ? named : undefined;
}

/** The leg that a key means when the phone names none. */
function fitting(tx: Transaction, device: string, key: Softkey): Leg | undefined {
  if (key === 'answer') return ringingLeg(tx, device);
  if (key === 'resume') return tx.legsOf(device).find((leg) => leg.state === 'held');
  return activeLeg(tx, device);
}
