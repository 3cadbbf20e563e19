/** Who a scenario's names and numbers mean. */
import type { Configuration } from '@conclave/core';
import type { CallName } from './scenario.ts';
import type { CallSnapshot } from './snapshot.ts';

export class Cast {
  readonly #configuration: Configuration;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  numbersOf(phone: string): readonly string[] {
    const lines = this.#configuration.phones.get(phone)?.lines ?? [];
    return lines.map((line) => line.directoryNumber);
  }

  /** The name that others see. */
  shownName(phone: string): string {
    return this.#configuration.phones.get(phone)?.lines[0]?.displayName || phone;
  }

  /** Whether the other side of the call is this party: a phone, a number, or `conference`. */
  isWith(call: CallSnapshot, party: string): boolean {
    if (party.toLowerCase() === 'conference') return call.conference;
    if (call.with.number === party || call.with.name === party) return true;
    const numbers = this.numbersOf(party);
    if (call.conference || numbers.length === 0) return false;
    return numbers.includes(call.with.number) || call.with.name === this.shownName(party);
  }

  /** Whether the call is shown for this other phone of the line. */
  #isOf({ elsewhere, owner }: CallSnapshot, phone: string): boolean {
    return elsewhere && owner === this.shownName(phone);
  }

  /** The calls of a phone that a step may mean by this name, oldest first. */
  named(calls: readonly CallSnapshot[], name: CallName): readonly CallSnapshot[] {
    switch (name.type) {
      case 'latest':
        return calls.slice(-1);
      case 'conference':
        return calls.filter((call) => call.conference).slice(name.nth - 1, name.nth);
      case 'with':
        return calls.filter(
          (call) => this.isWith(call, name.party) || this.#isOf(call, name.party),
        );
    }
  }
}

export function callNameText(name: CallName): string {
  if (name.type === 'latest') return 'latest';
  return name.type === 'with' ? name.party : `conference ${name.nth}`;
}
