/**
 * Shared lines: what a phone has in a line is shown on the other phones that have that line, so that a
 * held call can be resumed there (HLD-03) and a call in progress can be barged. Privacy hides the latter.
 *
 * Derived at the end of every step from who is in what; the state keeps only what the phones were told.
 */
import { ON_BEHALF_OF } from '../cdr/record.ts';
import type { Configuration } from '../configuration.ts';
import type { Softkey } from '../event.ts';
import { type Level, lowest } from '../security/level.ts';
import type { Appearance, Leg, LegId } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { at, tellAppearance, tellGone } from './display.ts';
import { holdOthers } from './hold.ts';
import { newLeg } from './leg.ts';
import { takeOver } from './take-over.ts';

/** The leg of another phone that this one shows on its shared line. */
export function sharedLeg(
  tx: Transaction,
  device: string,
  leg: LegId | undefined,
): Appearance | undefined {
  return leg === undefined ? undefined : tx.appearances.get(appearanceKey(device, leg));
}

/** What a key means on a phone that names no call: the first that it shows for another phone. */
export function shownElsewhere(
  tx: Transaction,
  device: string,
  key: Softkey,
): Appearance | undefined {
  return [...tx.appearances.values()].find(
    (each) => each.device === device && each.held === (key === 'resume'),
  );
}

/** Resume on another phone of the line: it takes the held leg's place (STA-07, MHR-01, MHR-02). */
export function resumeHere(tx: Transaction, { device, line, leg }: Appearance): void {
  const held = tx.leg(leg);
  if (held?.state !== 'held' || held.detached) return;
  const fresh = newLeg(tx, device, line, 'dialing');
  if (!fresh) {
    tx.emit({ type: 'notify', device, text: 'past-limit', timeoutSeconds: 5 });
    return;
  }
  holdOthers(tx, fresh);
  // A phone knows a call from its first state on, and would pass over what it is told before.
  tx.emit({ ...at(fresh), type: 'call-state', state: 'proceed' });
  takeOver(tx, held, fresh, {
    origin: { onBehalfOf: ON_BEHALF_OF.device, reason: 0 },
    control: 'moves',
    whenRefused: 'drop-old',
  });
}

/** Tells the phones of shared lines what the others have in them, where that has changed. */
export function settleAppearances(tx: Transaction): void {
  const wanted = new Map<string, Appearance>();
  const { owners, hasShared } = linesIn(tx.configuration);
  // Most houses have none, and this is asked after every step.
  if (!hasShared && tx.appearances.size === 0) return;
  for (const leg of tx.legs.values()) {
    if (leg.detached || leg.barge || (leg.state !== 'connected' && leg.state !== 'held')) continue;
    if (owners.get(leg.number) === leg.device) continue;
    for (const appearance of appearancesOf(tx, leg)) {
      wanted.set(appearanceKey(appearance.device, leg.id), appearance);
    }
  }
  for (const [key, told] of tx.appearances) {
    if (!wanted.has(key)) forget(tx, key, told);
  }
  for (const [key, appearance] of wanted) {
    const told = tx.appearances.get(key);
    if (told && isSame(told, appearance)) continue;
    tx.putAppearance(key, appearance);
    tellAppearance(tx, appearance, tx.theLeg(appearance.leg));
  }
}

function isSame(one: Appearance, other: Appearance): boolean {
  return one.held === other.held && one.other === other.other && one.level === other.level;
}

function forget(tx: Transaction, key: string, { device, line, leg }: Appearance): void {
  tx.deleteAppearance(key);
  if (tx.phone(device)) tellGone(tx, { device, line, leg });
}

function appearancesOf(tx: Transaction, leg: Leg): readonly Appearance[] {
  const held = leg.state === 'held';
  if (!held && tx.phoneConfiguration(leg.device)?.privacy) return [];
  return linesOf(tx.configuration, leg).flatMap(({ device, line }) => {
    if (device === leg.device || !tx.phone(device) || isWith(tx, device, leg)) return [];
    const level = levelFor(tx, device, leg);
    return [{ device, line, leg: leg.id, held, other: otherOf(tx, leg), ...(level && { level }) }];
  });
}

/** Whether the phone is in the same call or conference itself, or on the leg's built-in bridge. */
function isWith(tx: Transaction, device: string, leg: Leg): boolean {
  return tx
    .legsOf(device)
    .some(
      (each) =>
        each.barge?.target === leg.id ||
        (each.conference !== undefined && each.conference === leg.conference) ||
        (each.call !== undefined && each.call === leg.call),
    );
}

/** Applications observe the level of what others of the line are in, phones do not (CTI-02). */
function levelFor(tx: Transaction, device: string, leg: Leg): Level | undefined {
  if (tx.phoneConfiguration(device)?.kind !== 'cti-port') return undefined;
  const now = tx.conference(leg.conference)?.level ?? tx.call(leg.call)?.assessment?.level;
  // No more than the leg's own phone was told, which may wait for its media.
  return lowest([now ?? 'unknown', leg.told ?? 'unknown']);
}

/** Whom the call is with, so that a change is told. */
function otherOf(tx: Transaction, leg: Leg): string {
  if (leg.conference !== undefined) return `conference ${leg.conference}`;
  const call = tx.call(leg.call);
  const other = call && [call.caller, ...call.callees].find((id) => id !== leg.id);
  return tx.leg(other ?? 0)?.number ?? '';
}

interface LineKey {
  readonly device: string;
  readonly line: number;
}

/** The buttons of all phones. Remembered for each configuration. */
interface Lines {
  readonly byLine: ReadonlyMap<string, readonly LineKey[]>;
  /** The only phone that has a number; '' if there are more. */
  readonly owners: ReadonlyMap<string, string>;
  readonly hasShared: boolean;
}

const LINES = new WeakMap<Configuration, Lines>();

/** The buttons of all phones that have the leg's line. */
function linesOf(configuration: Configuration, leg: Leg): readonly LineKey[] {
  return linesIn(configuration).byLine.get(lineKey(leg.number, leg.partition)) ?? [];
}

function linesIn(configuration: Configuration): Lines {
  const known = LINES.get(configuration);
  if (known) return known;
  const byLine = new Map<string, LineKey[]>();
  const owners = new Map<string, string>();
  for (const phone of configuration.phones.values()) {
    if (phone.protectedDevice) continue;
    for (const { index, directoryNumber, partition } of phone.lines) {
      const key = lineKey(directoryNumber, partition);
      byLine.set(key, [...(byLine.get(key) ?? []), { device: phone.name, line: index }]);
      const owner = owners.get(directoryNumber) ?? phone.name;
      owners.set(directoryNumber, owner === phone.name ? owner : '');
    }
  }
  const hasShared = [...owners.values()].includes('');
  const lines = { byLine, owners, hasShared };
  LINES.set(configuration, lines);
  return lines;
}

function lineKey(number: string, partition: string): string {
  return `${partition}\n${number}`;
}

function appearanceKey(device: string, leg: LegId): string {
  return `${device}\n${leg}`;
}
