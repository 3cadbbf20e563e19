/** Labels of the keys that a phone offers, from the very tables that phones are given. */
import type { Softkey, SoftkeySet } from '@conclave/core';
import {
  renderDisplayText,
  SoftKeyEvent,
  SoftKeySet,
  softKeyLabel,
  standardSoftKeySets,
  standardSoftKeyTemplate,
  validKeyMask,
} from '@conclave/sccp';

/** The softkeys of the rules on the wire. */
export const SOFTKEY_EVENTS: Readonly<Record<Softkey, number>> = {
  'new-call': SoftKeyEvent.NewCall,
  'end-call': SoftKeyEvent.EndCall,
  answer: SoftKeyEvent.Answer,
  hold: SoftKeyEvent.Hold,
  resume: SoftKeyEvent.Resume,
  confrn: SoftKeyEvent.Confrn,
  'meet-me': SoftKeyEvent.MeetMe,
  'conf-list': SoftKeyEvent.ConfList,
  'rm-last-conf': SoftKeyEvent.RmLstC,
  select: SoftKeyEvent.Select,
  join: SoftKeyEvent.Join,
  transfer: SoftKeyEvent.Transfer,
  'direct-transfer': SoftKeyEvent.DirTrfr,
  park: SoftKeyEvent.Park,
  barge: SoftKeyEvent.Barge,
  cbarge: SoftKeyEvent.cBarge,
  backspace: SoftKeyEvent.BackSpace,
};

const SETS: Readonly<Record<SoftkeySet, number>> = {
  'on-hook': SoftKeySet.OnHook,
  'off-hook': SoftKeySet.OffHook,
  'digits-follow': SoftKeySet.DigitsFoll,
  'ring-out': SoftKeySet.RingOut,
  'ring-in': SoftKeySet.RingIn,
  connected: SoftKeySet.Connected,
  'on-hold': SoftKeySet.OnHold,
  'off-hook-feature': SoftKeySet.OffHookFeat,
  'connected-conference': SoftKeySet.ConnConf,
  'connected-transfer': SoftKeySet.ConnTrans,
  'remote-in-use': SoftKeySet.InUseHint,
};

/** Labels by softkey, such as `Confrn`. */
export const SOFTKEY_LABELS: ReadonlyMap<Softkey, string> = new Map(
  (Object.entries(SOFTKEY_EVENTS) as [Softkey, number][]).map(([key, event]) => [
    key,
    renderDisplayText(softKeyLabel(event)),
  ]),
);

export function liveSoftkeys(set: SoftkeySet, without: readonly Softkey[]): readonly string[] {
  const index = SETS[set];
  const mask = validKeyMask(
    index,
    without.map((key) => SOFTKEY_EVENTS[key]),
  );
  const keys = standardSoftKeyTemplate().softKeyTemplate?.definition ?? [];
  const places = standardSoftKeySets().softKeySets?.definition?.[index]?.softKeyTemplateIndex ?? [];
  return places.flatMap((place, bit) => {
    const event = (mask & (1 << bit)) === 0 ? undefined : keys[place - 1]?.softKeyEvent;
    return event === undefined ? [] : [renderDisplayText(softKeyLabel(event))];
  });
}
