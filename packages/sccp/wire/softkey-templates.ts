/**
 * The softkeys that a phone can have, and which of them each state of a call offers.
 *
 * Only keys that do something are live. Indices into the template are 1-based on the wire; the info
 * index of a key is its template index plus 300 [observed] fixtures/sccp, SoftKeySetRes.
 */
import { SoftKeyEvent, SoftKeySet } from './enumerations.ts';
import type { BodyInput } from './types.ts';

/** Places of one set. */
const PLACES = 16;

const INFO_OFFSET = 300;

/** Has no display code: its label is the word itself [observed] fixtures/sccp, SoftKeyTemplateRes. */
const DIAL_LABEL = 'Dial';

/** The standard template in the vendor's order; places 19 and 31 are ours for RmLstC and cBarge. */
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
  SoftKeyEvent.Dial,
];

/** What each set offers, in the order of the keys. */
const SETS: Readonly<Record<number, readonly number[]>> = {
  [SoftKeySet.OnHook]: [SoftKeyEvent.NewCall, SoftKeyEvent.MeetMe],
  [SoftKeySet.Connected]: [
    SoftKeyEvent.Hold,
    SoftKeyEvent.EndCall,
    SoftKeyEvent.Transfer,
    SoftKeyEvent.Confrn,
    SoftKeyEvent.Park,
    SoftKeyEvent.Select,
    SoftKeyEvent.Join,
    SoftKeyEvent.DirTrfr,
  ],
  [SoftKeySet.OnHold]: [
    SoftKeyEvent.Resume,
    SoftKeyEvent.NewCall,
    SoftKeyEvent.EndCall,
    SoftKeyEvent.Select,
    SoftKeyEvent.Join,
    SoftKeyEvent.DirTrfr,
  ],
  [SoftKeySet.RingIn]: [SoftKeyEvent.Answer],
  [SoftKeySet.OffHook]: [SoftKeyEvent.EndCall, SoftKeyEvent.MeetMe, SoftKeyEvent.NewCall],
  [SoftKeySet.ConnTrans]: [
    SoftKeyEvent.Hold,
    SoftKeyEvent.EndCall,
    SoftKeyEvent.Transfer,
    SoftKeyEvent.Confrn,
    SoftKeyEvent.Park,
    SoftKeyEvent.Select,
    SoftKeyEvent.Join,
    SoftKeyEvent.DirTrfr,
  ],
  [SoftKeySet.DigitsFoll]: [SoftKeyEvent.BackSpace, SoftKeyEvent.EndCall],
  [SoftKeySet.ConnConf]: [
    SoftKeyEvent.Hold,
    SoftKeyEvent.EndCall,
    SoftKeyEvent.Confrn,
    SoftKeyEvent.ConfList,
    SoftKeyEvent.RmLstC,
    SoftKeyEvent.Transfer,
    SoftKeyEvent.Park,
    SoftKeyEvent.Select,
    SoftKeyEvent.Join,
    SoftKeyEvent.DirTrfr,
  ],
  [SoftKeySet.RingOut]: [SoftKeyEvent.EndCall, SoftKeyEvent.Transfer],
  [SoftKeySet.OffHookFeat]: [SoftKeyEvent.BackSpace, SoftKeyEvent.EndCall],
  [SoftKeySet.InUseHint]: [SoftKeyEvent.NewCall, SoftKeyEvent.Barge, SoftKeyEvent.cBarge],
};

/** The display code of a softkey's label has the number of its event [observed]. */
export function softKeyLabel(event: number): string {
  if (event === SoftKeyEvent.Dial) return DIAL_LABEL;
  return `\x80${String.fromCharCode(event)}`;
}

/** The body of SoftKeyTemplateRes: all keys at once. */
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

/** The body of SoftKeySetRes: all sets at once, by their number. */
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

/**
 * The mask of SelectSoftKeys: one bit for each place of `set` whose key is live. `disabledEvents` are
 * softkey events that are not. 0 for a set that is not known.
 */
export function validKeyMask(set: number, disabledEvents: readonly number[]): number {
  const dead = new Set(disabledEvents);
  const events = (SETS[set] ?? []).slice(0, PLACES);
  return events.reduce((mask, event, place) => (dead.has(event) ? mask : mask | (1 << place)), 0);
}
