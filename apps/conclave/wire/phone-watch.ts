/**
 * What one phone of a scenario shows: its screen in the scenario's words, with every text that passed
 * and every tone that was started since the beginning. Texts pass by the scenario's clock: real time
 * goes on while the ear listens, and no text must be gone for that.
 */

import type { Phone } from '@conclave/phone';
import {
  type CallState,
  type PassingText,
  type Screen,
  type ShownCall,
  Tone,
} from '@conclave/sccp';
import type { CallSnapshot, CallStateName, Icon, ListSnapshot } from '@conclave/scenario';

const STATES: Readonly<Partial<Record<keyof typeof CallState, CallStateName>>> = {
  OffHook: 'off-hook',
  Proceed: 'proceed',
  RingOut: 'ring-out',
  RingIn: 'ring-in',
  Connected: 'connected',
  Hold: 'hold',
  Busy: 'busy',
  Congestion: 'congestion',
  InvalidNumber: 'invalid-number',
  CallTransfer: 'transfer',
  CallPark: 'park',
  CallRemoteMultiline: 'remote-in-use',
};

/** Names of tones as the rules have them. */
const TONES: ReadonlyMap<number, string> = new Map([
  [Tone.InsideDialTone, 'dial'],
  [Tone.AlertingTone, 'alerting'],
  [Tone.LineBusyTone, 'busy'],
  [Tone.ReorderTone, 'reorder'],
  [Tone.HoldTone, 'hold'],
  [Tone.Zip, 'zip'],
  [Tone.ZipZip, 'zip-zip'],
  [Tone.BeepBonk, 'beep-bonk'],
  [Tone.SecureWarningTone, 'secure'],
  [Tone.NonSecureWarningTone, 'nonsecure'],
]);

/** What the key Remove of a list does, in whatever language it is called. */
const REMOVE = 'SoftKey:Select';

/** A prompt that goes away, and when by the scenario's clock. */
interface Passing {
  readonly text: PassingText;
  readonly untilMs: number;
}

export class PhoneWatch {
  readonly texts: string[] = [];
  readonly tones: string[] = [];
  readonly #phone: Phone;
  readonly #clock: { readonly nowMs: number };
  readonly #passing = new Map<number, Passing>();
  #seen: Screen | undefined;

  /** `clock` is the scenario's. The phone keeps its texts. */
  constructor(phone: Phone, clock: { readonly nowMs: number }) {
    this.#phone = phone;
    this.#clock = clock;
    phone.on('screen', (screen) => this.#look(screen));
  }

  calls(): readonly CallSnapshot[] {
    return [...this.#phone.screen.calls.values()].map((call) => ({
      ref: call.reference,
      line: call.line,
      state: STATES[call.state as keyof typeof CallState] ?? 'off-hook',
      elsewhere: call.remote,
      icon: iconOf(this.#phone.iconOf(call)),
      with: { name: call.otherName, number: call.otherNumber },
      conference: call.otherName === 'Conference',
      prompt: this.#promptOf(call),
      selected: call.selected,
      softkeys: this.#phone.softkeysOf(call),
    }));
  }

  /** `isLink` tells the rows of linked conferences, which each language calls otherwise. */
  list(isLink: (leg: number) => boolean): ListSnapshot | undefined {
    const { list } = this.#phone.screen;
    if (!list) return undefined;
    return {
      icon: iconOf(list.icon),
      mayRemove: list.softkeys.some(({ url }) => url === REMOVE),
      rows: list.rows.map(({ name, icon, controller, url }) => ({
        name: isLink(Number(url.split(':').at(-1))) ? 'Conference' : name,
        icon: icon === 'held' ? 'held' : iconOf(icon),
        controller,
      })),
    };
  }

  #promptOf({ reference, prompt, passingPrompt }: ShownCall): string {
    const passing = this.#passing.get(reference);
    const isOver = passingPrompt !== undefined && (passing?.untilMs ?? 0) <= this.#clock.nowMs;
    return isOver ? passingPrompt.before : prompt;
  }

  /** One message has changed the screen. */
  #look(screen: Screen): void {
    const before = this.#seen;
    this.#seen = screen;
    if (screen.notices !== before?.notices) this.texts.push(...screen.notices.slice(-1));
    if (screen.tones !== before?.tones) {
      this.tones.push(...screen.tones.slice(-1).map(({ tone }) => TONES.get(tone) ?? `${tone}`));
    }
    for (const { reference, prompt, passingPrompt } of screen.calls.values()) {
      if (!passingPrompt || this.#passing.get(reference)?.text === passingPrompt) continue;
      this.texts.push(prompt);
      const untilMs = this.#clock.nowMs + passingPrompt.shownMs;
      this.#passing.set(reference, { text: passingPrompt, untilMs });
    }
  }
}

/** The scenario's word for a phone without a shield or lock is none. */
function iconOf(icon: string): Icon {
  return icon === 'lock' || icon === 'shield' ? icon : 'none';
}
