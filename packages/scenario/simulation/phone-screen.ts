/** What a phone shows, from nothing but the effects that it was sent. */
import {
  type ConferenceList,
  type Level,
  modelAbility,
  type PhoneConfiguration,
  type PhoneEffect,
  type ShownCallState,
  type ShownParty,
  shown,
} from '@conclave/core';
import { ENGLISH_WORDS, type PhoneWords } from '../phone-texts.ts';
import type { CallSnapshot, Icon, ListSnapshot } from '../snapshot.ts';
import { liveSoftkeys } from './live-softkeys.ts';

interface ShownCall {
  readonly line: number;
  state: ShownCallState;
  /** It began as another phone's call of a shared line. */
  elsewhere: boolean;
  own: ShownParty;
  other: ShownParty;
  conference: boolean;
  level: Level | undefined;
  prompt: string;
  /** What the prompt gives way to, and when; absent for one that stays. */
  passing: { readonly before: string; readonly untilMs: number } | undefined;
  selected: boolean;
  softkeys: readonly string[];
}

const NOBODY: ShownParty = { name: '', number: '' };

export class SimulatedScreen {
  readonly texts: string[] = [];
  readonly tones: string[] = [];
  /** The list on the screen, which knows the leg of each row. */
  list: ConferenceList | undefined;
  readonly #calls = new Map<number, ShownCall>();
  readonly #phone: PhoneConfiguration | undefined;

  readonly #words: PhoneWords;

  constructor(phone: PhoneConfiguration | undefined, words: PhoneWords = ENGLISH_WORDS) {
    this.#phone = phone;
    this.#words = words;
  }

  /** The phone has lost its call manager: nothing is shown any more. */
  blank(): void {
    this.#calls.clear();
    this.list = undefined;
  }

  show(effect: PhoneEffect, nowMs: number): void {
    if (effect.type === 'notify') {
      this.texts.push(this.#words.texts[effect.text] + (effect.number ?? ''));
      return;
    }
    if (effect.type === 'tone') this.tones.push(effect.tone);
    if (effect.type === 'call-state') this.#state(effect);
    const call = this.#calls.get(effect.leg);
    if (!call) return;
    switch (effect.type) {
      case 'call-info':
        call.own = effect.direction === 'inbound' ? effect.called : effect.calling;
        call.other = effect.direction === 'inbound' ? effect.calling : effect.called;
        call.conference = effect.conference;
        call.level = effect.level;
        return;
      case 'prompt':
        return this.#prompt(call, effect, nowMs);
      case 'clear-prompt':
        call.prompt = '';
        call.passing = undefined;
        return;
      case 'selected':
        call.selected = effect.selected;
        return;
      case 'softkeys':
        call.softkeys = liveSoftkeys(effect.set, effect.without);
        return;
      case 'conference-list':
        this.list = effect.list;
        return;
      default:
    }
  }

  calls(nowMs: number): readonly CallSnapshot[] {
    return [...this.#calls].map(([ref, call]) => {
      const { line, state, elsewhere, conference, selected, softkeys } = call;
      return {
        ref,
        line,
        // `on-hook` takes a call off the screen.
        state: state === 'on-hook' ? 'off-hook' : state,
        elsewhere,
        ...(elsewhere && { owner: call.own.name }),
        icon: this.#icon(call.level),
        with: conference ? { name: 'Conference', number: call.other.number } : call.other,
        conference,
        prompt: promptAt(call, nowMs),
        selected,
        softkeys,
      };
    });
  }

  listSnapshot(): ListSnapshot | undefined {
    if (!this.list) return undefined;
    const { level, rows, mayRemove } = this.list;
    return {
      icon: iconOf(level),
      mayRemove,
      rows: rows.map((row) => ({
        // Whatever the phone calls it in its own language.
        name: row.conference ? 'Conference' : row.name || row.number,
        icon: row.held ? 'held' : iconOf(row.level),
        controller: row.controller,
      })),
    };
  }

  #icon(level: Level | undefined): Icon {
    const icon = level === undefined ? 'none' : iconOf(level);
    if (icon !== 'shield' || !this.#phone) return icon;
    return modelAbility(this.#phone.model, this.#phone.protocol).shield ? icon : 'none';
  }

  #state({ leg, line, state }: Extract<PhoneEffect, { type: 'call-state' }>): void {
    if (state === 'on-hook') {
      this.#calls.delete(leg);
      if (this.#calls.size === 0) this.list = undefined;
      return;
    }
    const known = this.#calls.get(leg);
    if (known) {
      known.state = state;
      known.elsewhere &&= state === 'remote-in-use' || state === 'hold';
      return;
    }
    this.#calls.set(leg, {
      line,
      state,
      elsewhere: state === 'remote-in-use' || state === 'hold',
      own: NOBODY,
      other: NOBODY,
      conference: false,
      level: undefined,
      prompt: '',
      passing: undefined,
      selected: false,
      softkeys: [],
    });
  }

  #prompt(call: ShownCall, effect: Extract<PhoneEffect, { type: 'prompt' }>, nowMs: number): void {
    const before = promptAt(call, nowMs);
    const { timeoutSeconds } = effect;
    call.prompt = this.#words.texts[effect.text] + (effect.number ?? '');
    call.passing =
      timeoutSeconds > 0
        ? { before: call.passing?.before ?? before, untilMs: nowMs + timeoutSeconds * 1000 }
        : undefined;
    if (call.passing) this.texts.push(call.prompt);
  }
}

function promptAt({ prompt, passing }: ShownCall, nowMs: number): string {
  return passing && nowMs >= passing.untilMs ? passing.before : prompt;
}

export function iconOf(level: Level): Icon {
  const known = shown(level);
  return known === 'encrypted' ? 'lock' : known === 'authenticated' ? 'shield' : 'none';
}
