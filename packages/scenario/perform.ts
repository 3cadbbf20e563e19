/**
 * Turns what a step says into key presses, one by one, looking at the phones in between as a person
 * would. What cannot be done is said in a sentence, and nothing is pressed.
 */
import { unreachable } from '@conclave/base';
import type { Softkey } from '@conclave/core';
import { type Cast, callNameText } from './cast.ts';
import type { Action, ScenarioDriver } from './driver.ts';
import { isRefusal, PHONE_TEXTS } from './phone-texts.ts';
import type { CallName, Deed, Destination } from './scenario.ts';
import type { CallSnapshot, PhoneSnapshot } from './snapshot.ts';

/** Why a deed could not be done; undefined when every key could be pressed. */
type Obstacle = string | undefined;

export class Performer {
  readonly #driver: ScenarioDriver;
  readonly #cast: Cast;

  constructor(driver: ScenarioDriver, cast: Cast) {
    this.#driver = driver;
    this.#cast = cast;
  }

  async perform(deed: Deed): Promise<Obstacle> {
    switch (deed.type) {
      case 'lose':
      case 'register':
      case 'capture':
      case 'configure':
      case 'announcement':
        return await this.#act(deed);
      case 'remote':
        return await this.#act({ type: 'remote-level', phone: deed.phone, level: deed.level });
      case 'several':
        for (const each of deed.deeds) {
          const obstacle = await this.perform(each);
          if (obstacle !== undefined) return obstacle;
        }
        return undefined;
      case 'clear':
        return await this.#clear();
      case 'wait':
        await this.#driver.advance(deed.milliseconds);
        await this.#driver.settle();
        return undefined;
      default: {
        const { registered } = await this.#phone(deed.phone);
        return registered ? await this.#onPhone(deed) : `${deed.phone} is not registered`;
      }
    }
  }

  /** Everybody hangs up everything, held calls too. */
  async #clear(): Promise<Obstacle> {
    const { phones } = await this.#driver.observe();
    for (const { name } of phones) {
      for (const { ref, state, elsewhere } of (await this.#phone(name)).calls) {
        if (elsewhere || state === 'ring-in') continue;
        await this.#act({ type: 'press', phone: name, key: 'end-call', ref });
      }
    }
    return undefined;
  }

  async #onPhone(deed: Extract<Deed, { phone: string }>): Promise<Obstacle> {
    switch (deed.type) {
      case 'off-hook':
      case 'on-hook':
      case 'dial':
        return await this.#act(deed);
      case 'call':
        return (await this.#goOffHook(deed.phone)) ?? (await this.#dial(deed.phone, deed.to));
      case 'meet-me':
        return (
          (await this.#goOffHook(deed.phone)) ??
          (await this.#pressActive(deed.phone, 'meet-me')) ??
          (await this.#act({ type: 'dial', phone: deed.phone, digits: deed.digits }))
        );
      case 'press':
        return await this.#press(deed.phone, deed.key, deed.call);
      case 'conference':
        return await this.#conference(deed.phone, deed.who);
      case 'join':
      case 'direct-transfer':
        return await this.#together(deed);
      case 'transfer':
        return await this.#transfer(deed);
      case 'barge':
      case 'cbarge':
        return await this.#barge(deed);
      case 'retrieve':
        return await this.#retrieve(deed.phone, deed.digits);
      case 'remove':
        return await this.#remove(deed.phone, deed.row);
      case 'announcement':
      case 'remote':
        return undefined;
      default:
        return unreachable(deed);
    }
  }

  async #act(action: Action): Promise<Obstacle> {
    await this.#driver.perform(action);
    await this.#driver.settle();
    return undefined;
  }

  async #phone(name: string): Promise<PhoneSnapshot> {
    const { phones } = await this.#driver.observe();
    const blank = { name, registered: false, calls: [], texts: [], tones: [] };
    return phones.find((phone) => phone.name === name) ?? blank;
  }

  /** The call that the user is in: neither held nor ringing. */
  async #active(phone: string): Promise<CallSnapshot | undefined> {
    const { calls } = await this.#phone(phone);
    return inCall(calls);
  }

  /** A new call; the one that the user is in is put on hold first, or, if it came to nothing, ended. */
  async #goOffHook(phone: string): Promise<Obstacle> {
    const active = await this.#active(phone);
    if (active?.state === 'off-hook') return undefined;
    const key = active && (DEAD.includes(active.state) ? 'end-call' : 'hold');
    if (key) await this.#act({ type: 'press', phone, key, ref: active.ref });
    // Lifting the handset would answer what rings.
    const { calls } = await this.#phone(phone);
    if (calls.some(isRinging)) return await this.#act({ type: 'press', phone, key: 'new-call' });
    return await this.#act({ type: 'off-hook', phone });
  }

  async #dial(phone: string, to: Destination): Promise<Obstacle> {
    await this.#act({ type: 'dial', phone, digits: to.number });
    if (to.phone === undefined) return undefined;
    const { calls } = await this.#phone(to.phone);
    const ringing = calls.find((call) => call.state === 'ring-in');
    if (!ringing) return `${to.phone} does not ring`;
    return await this.#act({ type: 'press', phone: to.phone, key: 'answer', ref: ringing.ref });
  }

  async #pressActive(phone: string, key: Softkey): Promise<Obstacle> {
    const active = await this.#active(phone);
    if (!active) return `${phone} is in no call`;
    return await this.#act({ type: 'press', phone, key, ref: active.ref });
  }

  async #press(phone: string, key: Softkey, name: CallName | undefined): Promise<Obstacle> {
    const { calls } = await this.#phone(phone);
    if (key === 'new-call' && !name) return await this.#act({ type: 'press', phone, key });
    const call = this.#meant(calls, key, name);
    if (call) return await this.#act({ type: 'press', phone, key, ref: call.ref });
    if (name) return `${phone} has no call with ${callNameText(name)} for this`;
    if (key === 'meet-me') return await this.#act({ type: 'press', phone, key });
    return `${phone} has no call ${CALL_FOR[key] ?? 'that it is in'}`;
  }

  /** Which call a key is pressed on when the step names it, or does not. */
  #meant(
    calls: readonly CallSnapshot[],
    key: Softkey,
    name: CallName | undefined,
  ): CallSnapshot | undefined {
    const fitting = (FITS[key] ?? [isActive]).flatMap((fits) => calls.filter(fits));
    if (!name) {
      const [first = isActive] = FITS[key] ?? [];
      if (key === 'answer') return calls.find(first);
      const active = first === isActive ? inCall(calls) : calls.findLast(first);
      return active ?? fitting.at(-1);
    }
    return this.#cast.named(name.type === 'conference' ? calls : fitting, name).at(-1);
  }

  async #conference(phone: string, who: readonly Destination[]): Promise<Obstacle> {
    for (const [index, to] of who.entries()) {
      const active = await this.#active(phone);
      const begun = index === 0 && active !== undefined && this.#cast.isWith(active, to.text);
      if (begun) continue;
      const obstacle = active
        ? await this.#add(phone, active, to)
        : ((await this.#goOffHook(phone)) ?? (await this.#dial(phone, to)));
      if (obstacle !== undefined) return obstacle;
      if (await this.#saysNo(phone)) return undefined;
    }
    return undefined;
  }

  /** Confrn, the number, an answer, Confrn. */
  async #add(phone: string, active: CallSnapshot, to: Destination): Promise<Obstacle> {
    await this.#act({ type: 'press', phone, key: 'confrn', ref: active.ref });
    if ((await this.#active(phone))?.state !== 'off-hook') return undefined;
    return (await this.#dial(phone, to)) ?? (await this.#pressActive(phone, 'confrn'));
  }

  async #transfer(deed: Extract<Deed, { type: 'transfer' }>): Promise<Obstacle> {
    const { phone, to, blind } = deed;
    const obstacle = await this.#pressActive(phone, 'transfer');
    if (obstacle !== undefined) return obstacle;
    if ((await this.#active(phone))?.state !== 'off-hook') return undefined;
    const { phone: _answers, ...unanswered } = to;
    return (
      (await this.#dial(phone, blind ? unanswered : to)) ??
      (await this.#pressActive(phone, 'transfer'))
    );
  }

  /** Join and DirTrfr: marks the other calls and presses the key on the one that goes on. */
  async #together(deed: Extract<Deed, { type: 'join' | 'direct-transfer' }>): Promise<Obstacle> {
    const { phone, calls: names, type: key } = deed;
    const { calls } = await this.#phone(phone);
    const own = calls.filter((call) => !call.elsewhere && call.state !== 'ring-in');
    const marked: CallSnapshot[] = [];
    for (const name of names) {
      const call = this.#cast.named(own, name).at(-1);
      if (!call) return `${phone} has no call with ${callNameText(name)}`;
      marked.push(call);
    }
    const on = inCall(own) ?? marked.at(-1) ?? own.at(-1);
    if (!on) return `${phone} is in no call`;
    for (const call of marked) {
      if (call.ref === on.ref || call.selected) continue;
      await this.#act({ type: 'press', phone, key: 'select', ref: call.ref });
    }
    return await this.#act({ type: 'press', phone, key, ref: on.ref });
  }

  async #barge(deed: Extract<Deed, { type: 'barge' | 'cbarge' }>): Promise<Obstacle> {
    const { phone, owner, type: key } = deed;
    const { calls } = await this.#phone(phone);
    const wanted = owner === undefined ? undefined : this.#cast.shownName(owner);
    const call = calls.find(
      (each) =>
        each.elsewhere &&
        each.state === 'remote-in-use' &&
        (wanted === undefined || each.owner === wanted || each.owner === undefined),
    );
    if (!call) return `${phone} shows no call of ${owner ?? 'another phone of its line'}`;
    return await this.#act({ type: 'press', phone, key, ref: call.ref });
  }

  async #retrieve(phone: string, digits: string | undefined): Promise<Obstacle> {
    const number = digits ?? (await this.#parkedAt());
    if (number === undefined) return 'nothing was parked';
    return (
      (await this.#goOffHook(phone)) ?? (await this.#act({ type: 'dial', phone, digits: number }))
    );
  }

  /** The park number that was given out last. */
  async #parkedAt(): Promise<string | undefined> {
    const { phones } = await this.#driver.observe();
    const told = phones.flatMap((phone) => phone.texts);
    const last = told.findLast((text) => text.startsWith(PHONE_TEXTS['parked-at']));
    return last?.slice(PHONE_TEXTS['parked-at'].length);
  }

  async #remove(phone: string, row: string): Promise<Obstacle> {
    if (!(await this.#phone(phone)).list) {
      const obstacle = await this.#pressActive(phone, 'conf-list');
      if (obstacle !== undefined) return obstacle;
    }
    const { list } = await this.#phone(phone);
    if (!list) return `${phone} shows no conference list`;
    const names = [row, this.#cast.shownName(row), ...this.#cast.numbersOf(row)];
    const index = list.rows.findIndex((each) => names.includes(each.name));
    if (index < 0) return `the list on ${phone} has no row ${row}`;
    if (!list.mayRemove) return `the list on ${phone} does not offer Remove`;
    return await this.#act({ type: 'remove-row', phone, row: index });
  }

  /** Whether the phone shows, just now, that it was turned down. */
  async #saysNo(name: string): Promise<boolean> {
    const { calls } = await this.#phone(name);
    return calls.some((call) => isRefusal(call.prompt));
  }
}

/** What is heard of a call that came to nothing. */
const DEAD: readonly string[] = ['busy', 'congestion', 'invalid-number'];

function isActive({ state, elsewhere }: CallSnapshot): boolean {
  return !elsewhere && state !== 'hold' && state !== 'ring-in';
}

/** A call that was resumed beside one that still waits for its digits is the one the user is in. */
function inCall(calls: readonly CallSnapshot[]): CallSnapshot | undefined {
  const active = calls.filter(isActive);
  return active.findLast((call) => call.state === 'connected') ?? active.at(-1);
}

const isHeld = ({ state, elsewhere }: CallSnapshot): boolean => state === 'hold' && !elsewhere;

const isRinging = ({ state }: CallSnapshot): boolean => state === 'ring-in';

/** Calls that a key can be pressed on, the likeliest kind first; absent: the one the user is in. */
const FITS: Readonly<Partial<Record<Softkey, readonly ((call: CallSnapshot) => boolean)[]>>> = {
  answer: [isRinging],
  resume: [isHeld, ({ state, elsewhere }) => state === 'hold' && elsewhere],
  'end-call': [isActive, isHeld],
  select: [isActive, isHeld],
};

const CALL_FOR: Readonly<Partial<Record<Softkey, string>>> = {
  answer: 'that rings',
  resume: 'on hold',
};
