/**
 * A phone with a user: everything that a person wants of one, as promises that end in time. One that is
 * not possible, or that the call manager does not answer, rejects with a PhoneError that shows the
 * screen.
 */
import { focusOf, type Screen, type ShownCall, SoftKeyEvent } from '@conclave/sccp';
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
    const { calls } = this.screen;
    if (!this.inState('OffHook')) {
      if (calls.size === 0) this.offHook();
      else this.line(this.focus?.line ?? 1);
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

  async hold(): Promise<void> {
    const { reference } = this.#needed('Connected');
    await this.press('Hold', { call: reference });
    await this.#untilState(reference, 'Hold');
  }

  async resume(): Promise<void> {
    const { reference } = this.#needed('Hold');
    await this.press('Resume', { call: reference });
    await this.#untilState(reference, 'Connected');
  }

  /**
   * The conference key. The first press resolves when the phone can dial, the second one when the calls
   * are one; both also when the phone says why not.
   */
  async confrn(): Promise<void> {
    const before = this.screen;
    await this.press('Confrn');
    const isSecond = before.calls.size > 1;
    await this.waitFor(({ screen }) => {
      const said = saysMore(before, screen) && statesOf(screen) === statesOf(before);
      const done = isSecond
        ? screen.calls.size < before.calls.size
        : this.inState('OffHook') !== undefined;
      return said || done;
    }, 'an answer to Confrn');
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

  /** Ends the call in focus; resolves when it is gone. */
  async hangUp(): Promise<void> {
    const call = this.focus;
    if (!call) throw this.error('PHONE_REFUSED', 'has no call to end');
    if (this.hasKey(call, SoftKeyEvent.EndCall)) {
      await this.press('EndCall', { call: call.reference });
    } else this.onHook();
    await this.waitFor(({ screen }) => !screen.calls.has(call.reference), 'the end of the call');
  }

  #needed(state: string): ShownCall {
    const call = this.inState(state);
    if (call) return call;
    throw this.error('PHONE_REFUSED', `has no call in the state ${state}`);
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

/** Whether the phone shows a text that it did not show before. */
function saysMore(before: Screen, after: Screen): boolean {
  const [said, says] = [focusOf(before)?.prompt, focusOf(after)?.prompt];
  return (
    (says !== undefined && says !== '' && says !== said) ||
    (after.notify !== '' && after.notify !== before.notify)
  );
}
