/**
 * The softkeys that a phone can have, and which of them each state of a call offers.
 *
 * Only keys that do something are offered. Indices into the template are 1-based on the wire; the
 * info index of a key is its template index plus 300 [observed].
 */
import { SoftKeyEvent, SoftKeySet } from './enumerations.ts';
import type { BodyInput } from './types.ts';

/** Places of one set. */
const PLACES = 16;

const INFO_OFFSET = 300;

/** The standard template in the vendor's order; place 19 is ours for RmLstC. */
const TEMPLATE: readonly number[] = [
  SoftKeyEvent.Redial,
  SoftKeyEvent.NewCall,
  SoftKeyEvent.Hold,
  SoftKeyEvent.Transfer,
  SoftKeyEvent.CfwdAll,
  SoftKeyEvent.CfwdBusy,
  SoftKeyEvent.CfwdNoAnswer,
  SoftKeyEvent.BackSpace,
  SoftKeyEvent.EndCall,
  SoftKeyEvent.Resume,
  SoftKeyEvent.Answer,
  SoftKeyEvent.Info,
  SoftKeyEvent.Confrn,
  SoftKeyEvent.Park,
  SoftKeyEvent.Join,
  SoftKeyEvent.MeetMe,
  SoftKeyEvent.PickUp,
  SoftKeyEvent.GrpPickup,
  SoftKeyEvent.RmLstC,
  SoftKeyEvent.CallBack,
  SoftKeyEvent.Barge,
  SoftKeyEvent.DND,
  SoftKeyEvent.ConfList,
  SoftKeyEvent.Select,
  SoftKeyEvent.Private,
  SoftKeyEvent.TrnsfVM,
  SoftKeyEvent.DirTrfr,
  SoftKeyEvent.iDivert,
  SoftKeyEvent.VideoMode,
  SoftKeyEvent.Intrcpt,
  SoftKeyEvent.cBarge,
];

/** What each set offers, in the order of the keys. */
const SETS: Readonly<Record<number, readonly number[]>> = {
  [SoftKeySet.OnHook]: [SoftKeyEvent.NewCall, SoftKeyEvent.MeetMe],
  [SoftKeySet.Connected]: [SoftKeyEvent.Hold, SoftKeyEvent.EndCall, SoftKeyEvent.Confrn],
  [SoftKeySet.OnHold]: [SoftKeyEvent.Resume, SoftKeyEvent.NewCall, SoftKeyEvent.EndCall],
  [SoftKeySet.RingIn]: [SoftKeyEvent.Answer],
  [SoftKeySet.OffHook]: [SoftKeyEvent.EndCall, SoftKeyEvent.MeetMe, SoftKeyEvent.NewCall],
  [SoftKeySet.ConnTrans]: [SoftKeyEvent.Hold, SoftKeyEvent.EndCall, SoftKeyEvent.Confrn],
  [SoftKeySet.DigitsFoll]: [SoftKeyEvent.BackSpace, SoftKeyEvent.EndCall],
  [SoftKeySet.ConnConf]: [
    SoftKeyEvent.Hold,
    SoftKeyEvent.EndCall,
    SoftKeyEvent.Confrn,
    SoftKeyEvent.ConfList,
    SoftKeyEvent.RmLstC,
  ],
  [SoftKeySet.RingOut]: [SoftKeyEvent.EndCall],
  [SoftKeySet.OffHookFeat]: [SoftKeyEvent.BackSpace, SoftKeyEvent.EndCall],
  [SoftKeySet.InUseHint]: [SoftKeyEvent.NewCall],
};

/** The display code of a softkey's label has the number of its event [observed]. */
export function softKeyLabel(event: number): string {
  return `\x80${String.fromCharCode(event)}`;
}

export function standardSoftKeyTemplate(): BodyInput<'SoftKeyTemplateRes'> {
  return {
    softKeyTemplate: {
      softKeyOffset: 0,
      softKeyCount: TEMPLATE.length,
      totalSoftKeyCount: TEMPLATE.length,
      definition: TEMPLATE.map((event) => ({
        softKeyLabel: softKeyLabel(event),
        softKeyEvent: event,
      })),
    },
  };
}

export function standardSoftKeySets(): BodyInput<'SoftKeySetRes'> {
  const count = Object.keys(SETS).length;
  const definition = Array.from({ length: count }, (_, set) => {
    const indices = (SETS[set] ?? []).map((event) => TEMPLATE.indexOf(event) + 1);
    return {
      softKeyTemplateIndex: indices,
      softKeyInfoIndex: indices.map((index) => index + INFO_OFFSET),
    };
  });
  return {
    softKeySets: {
      softKeySetOffset: 0,
      softKeySetCount: count,
      totalSoftKeySetCount: count,
      definition,
    },
  };
}

/** One bit for each place of the set whose key is live; `without` are softkey events that are not. */
export function validKeyMask(set: number, without: readonly number[]): number {
  let mask = 0;
  for (const [place, event] of (SETS[set] ?? []).slice(0, PLACES).entries()) {
    if (!without.includes(event)) mask |= 1 << place;
  }
  return mask >>> 0;
}
