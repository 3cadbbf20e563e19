import { CallState, SoftKeyEvent, SoftKeySet, Tone } from '@conclave/sccp';
import { afterEach, describe, expect, test } from 'vitest';
import { FakeCallManager, type FakeStation } from './fake-call-manager.ts';
import { Phone } from './index.ts';

/*
 * Goal: a phone keeps its own calls and those of other phones of its line apart, marks calls, and sends
 * each key for the call that its user means. Method: a fake call manager with keys of its own, so that
 * nothing here depends on which keys the real one offers.
 */

const CONNECTED_KEYS: readonly number[] = [
  SoftKeyEvent.Hold,
  SoftKeyEvent.EndCall,
  SoftKeyEvent.Transfer,
  SoftKeyEvent.Select,
  SoftKeyEvent.Join,
  SoftKeyEvent.DirTrfr,
  SoftKeyEvent.Park,
];
const SETS: Readonly<Record<number, readonly number[]>> = {
  [SoftKeySet.Connected]: CONNECTED_KEYS,
  [SoftKeySet.OnHold]: [SoftKeyEvent.Resume, SoftKeyEvent.Select, SoftKeyEvent.Join],
  [SoftKeySet.InUseHint]: [SoftKeyEvent.NewCall, SoftKeyEvent.Barge, SoftKeyEvent.cBarge],
};

const opened: { stop?: () => Promise<void>; close?: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).toReversed()) await (each.stop?.() ?? each.close?.());
});

describe('a shared line', () => {
  test('another phone’s call is shown and is none of this phone’s: idle, no icon, no focus', async () => {
    const { phone, station } = await start();
    inUse(station, 21, 'Alan');
    await phone.waitFor(({ screen }) => screen.calls.size === 1, 'the appearance');
    expect(phone.screen.calls.get(21)).toMatchObject({
      state: 'CallRemoteMultiline',
      remote: true,
    });
    expect(phone.icon).toBe('none');
    await expect(phone.hangUp()).rejects.toMatchObject({ code: 'PHONE_REFUSED' });
    connect(station, 30, 3, 'Grace');
    await phone.waitFor(({ icon }) => icon === 'lock', 'its own call');
    inUse(station, 22, 'Alan');
    await phone.waitFor(({ screen }) => screen.calls.size === 3, 'a newer appearance');
    expect(phone.focus?.reference).toBe(30);
    station.clear(21);
    station.clear(22);
    await phone.waitFor(({ screen }) => screen.calls.size === 1, 'the end of the appearances');
  });

  test.each([
    ['barge', SoftKeyEvent.Barge],
    ['cbarge', SoftKeyEvent.cBarge],
  ] as const)(
    '%s is sent for the other phone’s call, and ends in a call here',
    async (key, event) => {
      const { phone, station } = await start();
      inUse(station, 21, 'Alan');
      await phone.waitFor(({ screen }) => screen.calls.size === 1, 'the appearance');
      const barging = phone[key]();
      const { body } = await station.hears('SoftKeyEvent');
      expect(body).toMatchObject({ softKeyEvent: event, callReference: 21, lineInstance: 1 });
      connect(station, 40, 3, 'Alan');
      await barging;
      expect(phone.focus).toMatchObject({ reference: 40, remote: false });
    },
  );

  test('a barge that is refused ends with a beep, and nothing has changed', async () => {
    const { phone, station } = await start();
    inUse(station, 21, 'Alan');
    await phone.waitFor(({ screen }) => screen.calls.size === 1, 'the appearance');
    const barging = phone.barge();
    await station.hears('SoftKeyEvent');
    station.send('StartTone', { tone: Tone.BeepBonk, lineInstance: 1, callReference: 21 });
    await barging;
    expect(phone.screen.calls.get(21)?.tone).toBeUndefined();
    expect(phone.screen.tones).toEqual([{ tone: Tone.BeepBonk, call: 21 }]);
    expect(phone.screen.calls.size).toBe(1);
  });

  test('a call that another phone holds is resumed here', async () => {
    const { phone, station } = await start();
    inUse(station, 21, 'Alan');
    held(station, 21, 'Alan');
    await phone.waitFor(({ screen }) => screen.calls.get(21)?.state === 'Hold', 'the held call');
    expect(phone.screen.calls.get(21)?.remote).toBe(true);
    const resuming = phone.resume();
    const { body } = await station.hears('SoftKeyEvent');
    expect(body).toMatchObject({ softKeyEvent: SoftKeyEvent.Resume, callReference: 21 });
    station.clear(21);
    connect(station, 41, 2, 'Alan');
    await resuming;
    expect(phone.icon).toBe('shield');
  });
});

describe('several calls', () => {
  test('each is addressed by its party or its place', async () => {
    const { phone, station } = await start();
    connect(station, 31, 1, 'Grace');
    held(station, 31, 'Grace');
    connect(station, 33, 3, 'Alan');
    await phone.waitFor(({ focus }) => focus?.otherName === 'Alan', 'the calls');
    const resuming = phone.resume('grace');
    const { body } = await station.hears('SoftKeyEvent');
    expect(body.callReference).toBe(31);
    held(station, 33, 'Alan');
    connect(station, 31, 1, 'Grace');
    await resuming;
    await expect(phone.hold('Alan')).rejects.toMatchObject({ code: 'PHONE_REFUSED' });
    const holding = phone.hold('@1');
    expect((await station.hears('SoftKeyEvent', 1)).body.callReference).toBe(31);
    held(station, 31, 'Grace');
    await holding;
  });

  test('Select marks a call, and Join ends when there are fewer', async () => {
    const { phone, station } = await start();
    connect(station, 31, 1, 'Grace');
    held(station, 31, 'Grace');
    connect(station, 33, 3, 'Alan');
    await phone.waitFor(({ screen }) => screen.calls.size === 2, 'the calls');
    const selecting = phone.select('Grace');
    expect((await station.hears('SoftKeyEvent')).body).toMatchObject({
      softKeyEvent: SoftKeyEvent.Select,
      callReference: 31,
    });
    station.send('CallSelectStatRes', { callSelectStat: 1, callReference: 31, lineInstance: 1 });
    await selecting;
    expect(phone.screenText()).toContain('Hold       to Grace (selected)');
    const joining = phone.join();
    expect((await station.hears('SoftKeyEvent', 1)).body.callReference).toBe(33);
    station.clear(31);
    await joining;
  });

  test.each(['transfer', 'directTransfer', 'park'] as const)(
    '%s ends when the call is gone, or the phone says why not',
    async (key) => {
      const { phone, station } = await start();
      connect(station, 33, 3, 'Alan');
      await phone.waitFor(({ icon }) => icon === 'lock', 'the call');
      const refused = phone[key]();
      await station.hears('SoftKeyEvent');
      const prompt = { lineInstance: 1, callReference: 33, timeOutValue: 5 };
      station.send('DisplayPromptStatus', { ...prompt, promptStatus: 'Not now' });
      await refused;
      // The same text again is an answer too.
      const again = phone[key]();
      await station.hears('SoftKeyEvent', 1);
      station.send('DisplayPromptStatus', { ...prompt, promptStatus: 'Not now' });
      await again;
      const done = phone[key]();
      await station.hears('SoftKeyEvent', 2);
      station.clear(33);
      await done;
      expect(phone.screen.calls.size).toBe(0);
    },
  );

  test('a tone that plays once is remembered, and one that goes on stays until it is stopped', async () => {
    const { phone, station } = await start();
    connect(station, 33, 3, 'Alan');
    const place = { lineInstance: 1, callReference: 33 };
    station.send('StartTone', { tone: Tone.HoldTone, ...place });
    station.send('StartTone', { tone: Tone.Zip, ...place });
    station.send('StartTone', { tone: Tone.SecureWarningTone, ...place });
    await phone.waitFor(({ screen }) => screen.tones.length === 3, 'the tones');
    expect(phone.screen.calls.get(33)?.tone).toBe(Tone.HoldTone);
    expect(phone.screen.tones.map(({ tone }) => tone)).toEqual([
      Tone.HoldTone,
      Tone.Zip,
      Tone.SecureWarningTone,
    ]);
  });
});

/** A phone that was given the keys of `SETS`. */
async function start(): Promise<{ readonly phone: Phone; readonly station: FakeStation }> {
  const manager = await FakeCallManager.listen();
  opened.push(manager);
  const name = 'SEP000000001001';
  const phone = await Phone.start({ name, host: '127.0.0.1', port: manager.port });
  opened.push(phone);
  const station = manager.station(name);
  const events = [...new Set(Object.values(SETS).flat())];
  const count = { totalSoftKeyCount: events.length, softKeyCount: events.length };
  station.send('SoftKeyTemplateRes', {
    softKeyTemplate: {
      softKeyOffset: 0,
      ...count,
      definition: events.map((softKeyEvent) => ({
        softKeyLabel: `Key${softKeyEvent}`,
        softKeyEvent,
      })),
    },
  });
  const definition = Array.from({ length: 12 }, (_, set) => ({
    softKeyTemplateIndex: (SETS[set] ?? []).map((event) => events.indexOf(event) + 1),
    softKeyInfoIndex: [],
  }));
  const softKeySetCount = definition.length;
  station.send('SoftKeySetRes', {
    softKeySets: {
      softKeySetOffset: 0,
      softKeySetCount,
      totalSoftKeySetCount: softKeySetCount,
      definition,
    },
  });
  const [first = 0] = CONNECTED_KEYS;
  await phone.waitFor(
    ({ screen }) => screen.template.labels[0]?.event === first && screen.template.sets.length > 11,
    'the keys',
  );
  return { phone, station };
}

function inUse(station: FakeStation, call: number, other: string): void {
  station.show(call, CallState.CallRemoteMultiline, { other });
  live(station, call, SoftKeySet.InUseHint);
}

function held(station: FakeStation, call: number, other: string): void {
  station.show(call, CallState.Hold, { other });
  live(station, call, SoftKeySet.OnHold);
}

function connect(station: FakeStation, call: number, security: number, other: string): void {
  station.show(call, CallState.Connected, { other, security });
  live(station, call, SoftKeySet.Connected);
}

/** All keys of the set, whatever the standard set says. */
function live(station: FakeStation, call: number, set: number): void {
  station.send('SelectSoftKeys', {
    lineInstance: 1,
    callReference: call,
    softKeySetIndex: set,
    validKeyMask: 0xffff_ffff,
  });
}
