/**
 * A phone with a user: everything that a person wants of one, as promises that end in time. One that is
 * not possible, or that the call manager does not answer, rejects with a PhoneError that shows the
 * screen.
 */
import {
  ownCallsOf,
  remoteCallsOf,
  type Screen,
  type ShownCall,
  SoftKeyEvent,
  Tone,
} from '@conclave/sccp';
import { findCall } from './find-call.ts';
import type { PhoneOptions } from './options.ts';
import { PhoneSet } from './phone-set.ts';

export class Phone extends PhoneSet {
  /** Connects and registers. Rejects with a PhoneError: unreachable, rejected or out of time. */
  static async start(options: PhoneOptions): Promise<Phone> {
    const phone = new Phone(options);
    await phone.connect();
    return phone;
  }

  /** Dials into the call that is off hook, waiting for it; resolves when the number is taken. */
  async dialWhenReady(number: string): Promise<void> {
    await this.waitFor(() => this.inState('OffHook') !== undefined, 'the dial tone');
    const call = this.inState('OffHook');
    if (!call) throw this.error('PHONE_REFUSED', 'cannot dial any more');
    for (const digit of number) this.perform({ type: 'digit', digit, call: call.reference }, digit);
    await this.waitFor(
      ({ screen }) => screen.calls.get(call.reference)?.state !== 'OffHook',
      `an answer to the number ${number}`,
    );
  }

  /** Goes off hook, unless the phone is, and dials; resolves when the number is taken. */
  async call(number: string): Promise<void> {
    if (!this.inState('OffHook')) {
      const [own] = ownCallsOf(this.screen);
      if (own) this.line(this.focus?.line ?? own.line);
      else this.offHook();
    }
    await this.dialWhenReady(number);
  }

  /** Answers the call that rings. */
  async answer(): Promise<void> {
    await this.waitFor(() => this.inState('RingIn') !== undefined, 'a call that rings');
    const reference = this.inState('RingIn')?.reference ?? 0;
    await this.press('Answer', { call: reference });
    await this.#untilState(reference, 'Connected');
  }

  // Where a party is named, the call is the one with it; see `findCall`. Otherwise it is the one that
  // fits. Each resolves when the call manager has done it, most also when the phone says why not.

  async hold(party?: string): Promise<void> {
    const { reference } = this.#needed('Connected', party);
    await this.press('Hold', { call: reference });
    await this.#untilState(reference, 'Hold');
  }

  /** Also of a call that another phone of the line holds, which then goes on here. */
  async resume(party?: string): Promise<void> {
    const { reference, remote } = this.#needed('Hold', party);
    if (remote) return await this.#enter('Resume', reference);
    await this.press('Resume', { call: reference });
    await this.#untilState(reference, 'Connected');
  }

  /** The first press resolves when the phone can dial, the second one when the calls are one. */
  async confrn(party?: string): Promise<void> {
    await this.#consult('Confrn', party);
  }

  /** The first press resolves when the phone can dial, the second one when its calls are gone. */
  async transfer(party?: string): Promise<void> {
    await this.#consult('Transfer', party);
  }

  /** Marks a call for Join and DirTrfr, or takes the mark off. */
  async select(party?: string): Promise<void> {
    const call = this.#own(party);
    await this.#act('Select', call, ({ calls }) => {
      return calls.get(call.reference)?.selected !== call.selected;
    });
  }

  /** Makes one conference of this call and the marked ones. */
  async join(party?: string): Promise<void> {
    await this.#merge('Join', party);
  }

  /** Brings the parties of this call and of the marked one together, without this phone. */
  async directTransfer(party?: string): Promise<void> {
    await this.#merge('DirTrfr', party);
  }

  async park(party?: string): Promise<void> {
    await this.#merge('Park', party);
  }

  /** Enters the call of another phone of the line, through that phone's built-in bridge. */
  async barge(party?: string): Promise<void> {
    await this.#enter('Barge', this.#remote(party).reference);
  }

  /** Makes a conference of the call of another phone of the line. */
  async cbarge(party?: string): Promise<void> {
    await this.#enter('cBarge', this.#remote(party).reference);
  }

  /** All of it: Confrn, the number, the answer, Confrn, the conference. */
  async add(number: string): Promise<void> {
    await this.confrn();
    await this.dialWhenReady(number);
    await this.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
    await this.confrn();
    await this.waitFor(({ focus }) => focus?.otherName === 'Conference', 'the conference');
  }

  /** MeetMe and a number; resolves when the number is taken, whatever comes of it. */
  async meetMe(number: string): Promise<void> {
    await this.press('MeetMe');
    await this.dialWhenReady(number);
  }

  /** Asks for the conference list; resolves when it is on the screen. */
  async confList(): Promise<void> {
    const { listCount } = this.screen;
    await this.press('ConfList');
    await this.waitFor(({ screen }) => screen.listCount > listCount, 'the conference list');
  }

  /**
   * Removes a party by the list, which is asked for if need be. Resolves when the list is shorter or
   * the calls have changed, as they do when only two are left.
   */
  async remove(name: string): Promise<void> {
    if (!this.screen.list) await this.confList();
    const before = this.screen;
    const rows = before.list?.rows.length ?? 0;
    this.removeFromList(name);
    await this.waitFor(
      ({ screen }) => (screen.list?.rows.length ?? 0) < rows || callsOf(screen) !== callsOf(before),
      `the removal of ${name}`,
    );
  }

  /** Asks for the list anew with its key Update. */
  async updateList(): Promise<void> {
    const { listCount } = this.screen;
    this.listKey('Update');
    await this.waitFor(({ screen }) => screen.listCount > listCount, 'the conference list');
  }

  /** Removes the party that joined last. */
  async rmLstC(): Promise<void> {
    await this.press('RmLstC');
  }

  /** Ends a call, the one in focus unless told; resolves when it is gone. */
  async hangUp(party?: string): Promise<void> {
    const call = this.#own(party, 'has no call to end');
    if (this.hasKey(call, SoftKeyEvent.EndCall)) {
      await this.press('EndCall', { call: call.reference });
    } else this.onHook();
    await this.waitFor(({ screen }) => !screen.calls.has(call.reference), 'the end of the call');
  }

  /** Confrn and Transfer: a new call to dial, or fewer of them. */
  async #consult(label: string, party: string | undefined): Promise<void> {
    const before = this.screen;
    const call = party === undefined ? undefined : this.#own(party);
    await this.#act(label, call, (screen) => {
      const isNew = ({ reference, state }: ShownCall): boolean =>
        state === 'OffHook' && !before.calls.has(reference);
      return isShorter(before, screen) || ownCallsOf(screen).some(isNew);
    });
  }

  async #merge(label: string, party: string | undefined): Promise<void> {
    const before = this.screen;
    await this.#act(label, this.#own(party), (screen) => isShorter(before, screen));
  }

  /** Takes part in what another phone of the line has, as a call of this phone. */
  async #enter(label: string, reference: number): Promise<void> {
    const before = this.screen;
    let appeared = false;
    await this.#act(label, { reference }, (screen) => {
      const fresh = ownCallsOf(screen).find((call) => !before.calls.has(call.reference));
      appeared ||= fresh !== undefined;
      return fresh ? fresh.state === 'Connected' : appeared;
    });
  }

  /** Presses a key; resolves when it is done, or the phone says why it is not. */
  async #act(
    label: string,
    call: Pick<ShownCall, 'reference'> | undefined,
    isDone: (screen: Screen) => boolean,
  ): Promise<void> {
    const before = this.screen;
    await this.press(label, call ? { call: call.reference } : {});
    await this.waitFor(
      ({ screen }) => isDone(screen) || isRefused(before, screen),
      `an answer to ${label}`,
    );
  }

  #own(party: string | undefined, otherwise = 'has no such call'): ShownCall {
    const calls = ownCallsOf(this.screen);
    const call = party === undefined ? this.focus : findCall(this.screen, party, calls);
    if (call && !call.remote) return call;
    throw this.error('PHONE_REFUSED', otherwise);
  }

  #remote(party: string | undefined): ShownCall {
    const calls = remoteCallsOf(this.screen).filter(({ state }) => state !== 'Hold');
    const call = party === undefined ? calls.at(-1) : findCall(this.screen, party, calls);
    if (call) return call;
    throw this.error('PHONE_REFUSED', 'shows no such call of another phone');
  }

  /** A call in this state; one of its own before another phone's. */
  #needed(state: string, party: string | undefined): ShownCall {
    const calls = [...remoteCallsOf(this.screen), ...ownCallsOf(this.screen)].filter(
      (call) => call.state === state,
    );
    const call =
      party === undefined
        ? (this.inState(state) ?? calls.at(-1))
        : findCall(this.screen, party, calls);
    if (call) return call;
    throw this.error('PHONE_REFUSED', `has no such call in the state ${state}`);
  }

  async #untilState(reference: number, state: string): Promise<void> {
    await this.waitFor(
      ({ screen }) => screen.calls.get(reference)?.state === state,
      `the state ${state}`,
    );
  }
}

function callsOf({ calls }: Screen): string {
  return JSON.stringify([...calls.values()]);
}

function statesOf({ calls }: Screen): string {
  return [...calls.values()].map(({ reference, state }) => `${reference} ${state}`).join();
}

function isShorter(before: Screen, after: Screen): boolean {
  return ownCallsOf(after).length < ownCallsOf(before).length;
}

/** Whether the phone says something new while its calls are what they were, or beeps at its user. */
function isRefused(before: Screen, after: Screen): boolean {
  const beeps = ({ tones }: Screen): number =>
    tones.filter(({ tone }) => tone === Tone.BeepBonk).length;
  if (beeps(after) > beeps(before)) return true;
  return saysMore(before, after) && statesOf(after) === statesOf(before);
}

function saysMore(before: Screen, after: Screen): boolean {
  if (after.notify !== '' && after.notices !== before.notices) return true;
  return [...after.calls.values()].some(({ reference, prompt, passingPrompt }) => {
    const old = before.calls.get(reference);
    return prompt !== '' && (prompt !== old?.prompt || passingPrompt !== old.passingPrompt);
  });
}
