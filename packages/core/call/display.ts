/**
 * What phones show of a leg: derived from the state, never kept beside it.
 */
import type { PhoneEffect, PhoneLeg, ShownParty, SoftkeySet, TextId } from '../effect.ts';
import type { Softkey } from '../event.ts';
import type { Level } from '../security/level.ts';
import { abilityOf } from '../security/phone-model.ts';
import type { Appearance, Conference, Leg } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import type { Obstacle } from './turn-down.ts';

/** How a leg is addressed on its phone. */
export function at(leg: Leg): PhoneLeg {
  return { device: leg.device, leg: leg.id, line: leg.line };
}

export function prompt(leg: Leg, text: TextId, timeoutSeconds = 0, number?: string): PhoneEffect {
  return {
    ...at(leg),
    type: 'prompt',
    text,
    ...(number !== undefined && { number }),
    timeoutSeconds,
  };
}

export function selfOf(leg: Leg): ShownParty {
  return { name: leg.displayName, number: leg.number };
}

/** Whether the phone is told security levels at all (PHN-08): as icons, or in words. */
export function isToldLevels(tx: Transaction, device: string): boolean {
  const phone = tx.phoneConfiguration(device);
  const inWords = tx.phone(device)?.standardClient === true;
  return inWords || (phone !== undefined && abilityOf(phone).icon);
}

/**
 * The level as this device is told it: none to what shows no icons (PHN-08, TRK-04), and over H.323 no
 * authenticated (RES-12).
 */
function levelFor(tx: Transaction, device: string, level: Level): Level | undefined {
  if (!isToldLevels(tx, device)) return undefined;
  const overH323 = tx.phoneConfiguration(device)?.kind === 'h323-trunk';
  return overH323 && level === 'authenticated' ? 'nonsecure' : level;
}

/** Tells both names and, to phones that show it, the level. */
export function tellCallInfo(
  tx: Transaction,
  leg: Leg,
  info: { readonly caller: ShownParty; readonly called: ShownParty; readonly outbound: boolean },
  level: Level | undefined,
): void {
  if (!tx.phone(leg.device)) return;
  const told = level === undefined ? undefined : levelFor(tx, leg.device, level);
  tx.emit({
    ...at(leg),
    type: 'call-info',
    direction: info.outbound ? 'outbound' : 'inbound',
    calling: info.caller,
    called: info.called,
    conference: false,
    ...(told && { level: told }),
  });
  if (level !== undefined) noteTold(tx, leg, level);
}

/** Remembers what the phone was told; protected phones play it too (Secure Tone, domain 2). */
function noteTold(tx: Transaction, { id, told, state }: Leg, level: Level): void {
  const leg = tx.patchLeg(id, { told: level });
  const audible = tx.configuration.parameters.secureTone && state !== 'held' && told !== level;
  if (!audible || !tx.phoneConfiguration(leg.device)?.protectedDevice) return;
  const tone = level === 'encrypted' ? 'secure' : 'nonsecure';
  tx.emit({ ...at(leg), type: 'tone', tone });
}

/** Tells a participant that it is in a conference of this level (ICO-01, ICO-03). */
export function tellConference(
  tx: Transaction,
  leg: Leg,
  conference: Conference,
  level: Level,
): void {
  if (!tx.phone(leg.device)) return;
  const told = levelFor(tx, leg.device, level);
  tx.emit({
    ...at(leg),
    type: 'call-info',
    direction: 'outbound',
    calling: selfOf(leg),
    called: { name: 'Conference', number: conference.number ?? '' },
    conference: true,
    ...(told && { level: told }),
  });
  noteTold(tx, leg, level);
}

/** The phone shows the call no longer. */
export function tellGone(tx: Transaction, leg: PhoneLeg): void {
  tx.emit(
    { ...leg, type: 'stop-tone' },
    { ...leg, type: 'clear-prompt' },
    { ...leg, type: 'call-state', state: 'on-hook' },
    { ...leg, type: 'softkeys', set: 'on-hook', without: [] },
  );
  const line = tx.legsOf(leg.device).some((each) => each.line === leg.line && each.id !== leg.leg);
  if (!line) tx.emit({ ...leg, type: 'lamp', mode: 'off' });
}

/** What another phone of the line has: a call in use, or one on hold that can be resumed here. */
export function tellAppearance(tx: Transaction, appearance: Appearance, leg: Leg): void {
  const { device, line, held } = appearance;
  const here = { device, line, leg: leg.id };
  const builtInBridge = tx.phoneConfiguration(leg.device)?.builtInBridge ?? false;
  tx.emit(
    { ...here, type: 'call-state', state: held ? 'hold' : 'remote-in-use' },
    { ...here, type: 'lamp', mode: held ? 'wink' : 'on' },
    {
      ...here,
      type: 'call-info',
      direction: 'outbound',
      calling: selfOf(leg),
      called: { name: '', number: leg.conference === undefined ? appearance.other : '' },
      conference: leg.conference !== undefined,
      ...(appearance.level && { level: appearance.level }),
    },
    {
      ...here,
      type: 'softkeys',
      set: held ? 'on-hold' : 'remote-in-use',
      without: builtInBridge ? [] : ['barge'],
    },
    { ...here, type: 'prompt', text: held ? 'hold' : 'in-use-remote', timeoutSeconds: 0 },
  );
}

/** Selects the softkeys that fit the leg's state. */
export function tellSoftkeys(tx: Transaction, leg: Leg, set: SoftkeySet): void {
  if (!tx.phone(leg.device)) return;
  const without = [...withheld(tx, leg)];
  // A call that rings out can be transferred blind only where it was made for that.
  if (set === 'ring-out' && leg.transferFor === undefined) without.push('transfer');
  tx.emit({ ...at(leg), type: 'softkeys', set, without });
}

/** Keys of the set that would lead nowhere for this leg. */
function withheld(tx: Transaction, leg: Leg): readonly Softkey[] {
  if (leg.barge) return KEYS_OF_A_CALL;
  const conference = tx.conference(leg.conference);
  const phone = tx.phoneConfiguration(leg.device);
  const without: Softkey[] = [];
  if (phone?.protocol !== 'SCCP') without.push('join');
  if (phone?.protectedDevice) without.push('confrn', 'join', 'meet-me');
  if (!conference) return [...without, 'conf-list', 'rm-last-conf'];
  const ability = phone && abilityOf(phone);
  if (!ability?.conferenceList) without.push('conf-list');
  if (!mayChange(tx, conference, leg)) without.push('confrn', 'rm-last-conf');
  return without;
}

/** Who has barged in can only leave (domain 1.6). */
const KEYS_OF_A_CALL: readonly Softkey[] = [
  'hold',
  'confrn',
  'transfer',
  'direct-transfer',
  'park',
  'select',
  'join',
  'conf-list',
  'rm-last-conf',
];

/** Why a leg may not. */
export const NOT_IN_CONTROL: Obstacle = {
  rule: 'LST-05',
  fact: 'Only the controller adds and removes parties while Advanced Ad Hoc Conference is off.',
  fix: 'Enable Advanced Ad Hoc Conference.',
};

/** Whether this leg may add and remove parties (LST-04, LST-05, D-10). */
export function mayChange(tx: Transaction, conference: Conference, leg: Leg): boolean {
  if (conference.kind === 'meet-me' || conference.virtualController === leg.id) return false;
  return conference.controller === leg.id || tx.configuration.parameters.advancedAdHocConference;
}
