import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Phone } from '@conclave/phone';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { answer, dial } from '../../system/house.ts';
import type { Baresip } from './baresip.ts';
import { CANDIDATES_HZ, ClientHouse, nameOf, toneOf } from './client-house.ts';
import { until } from './client-process.ts';
import type { Linphone } from './linphone.ts';
import { writeTone } from './recording.ts';
import { bodyOf, outlineOf, requestsOf, responsesTo, type TracedMessage } from './sip-trace.ts';

/*
 * Goal: calls between unmodified SIP clients and SCCP phones are heard both ways, encrypted exactly where
 * the phone shows a lock, and clear where not (item 3 of the SIP phones; SEC-01, ICO-01).
 * Method: clients play tones and record what they hear; their own traces say what they negotiated.
 */

/** A tone that nobody else has. */
const MUSIC_HZ = 2000;

let house: ClientHouse;

beforeAll(async () => {
  house = await ClientHouse.open();
  mkdirSync(dirname(house.house.musicFile), { recursive: true });
  writeTone(house.house.musicFile, MUSIC_HZ);
  await house.house.music();
});

afterEach(() => house.rest());

afterAll(() => house.close());

interface Kind {
  readonly way: string;
  readonly numbers: readonly [string, string];
  readonly phone: string;
  readonly otherPhone: string;
  readonly icon: string;
  readonly profile: RegExp;
}

const SECURE: Kind = {
  way: 'TLS and SRTP',
  numbers: ['2001', '2002'],
  phone: '1001',
  otherPhone: '1002',
  icon: 'lock',
  profile: /m=audio \d+ RTP\/SAVP .*a=crypto:/s,
};

const CLEAR: Kind = {
  way: 'UDP and RTP',
  numbers: ['2101', '2102'],
  phone: '1005',
  otherPhone: '1007',
  icon: 'call',
  profile: /m=audio \d+ RTP\/AVP (?!.*a=crypto:)/s,
};

describe.each([SECURE, CLEAR])('over $way', ({ numbers, phone, otherPhone, icon, profile }) => {
  const [first, second] = numbers;

  test('baresip calls baresip', async () => {
    const [one, two] = await Promise.all([house.baresip(first), house.baresip(second)]);
    await one.dial(uriOf(second));
    await one.event('CALL_ESTABLISHED');
    await hears(one, second);
    await hears(two, first);
    negotiated(one.trace, profile);
    negotiated(two.trace, profile);
    expect((await two.event('CALL_ESTABLISHED')).peerdisplayname).toContain(nameOf(first));
    await one.hangUp();
    await two.event('CALL_CLOSED');
  });

  test('linphone calls baresip', async () => {
    const [one, two] = await Promise.all([house.linphone(first), house.baresip(second)]);
    await one.dial(`sip:${second}@localhost`);
    await two.event('CALL_ESTABLISHED');
    await hears(one, second);
    await hears(two, first);
    negotiated(one.trace, profile);
    await one.hangUp();
    await two.event('CALL_CLOSED');
  });

  test('baresip calls an SCCP phone, which shows the level', async () => {
    const desk = await house.desk(phone);
    const one = await house.baresip(first);
    await one.dial(uriOf(phone));
    await answer(desk);
    await hears(one, phone);
    await phoneHears(desk, first);
    await desk.waitFor(({ icon: shown }) => shown === icon, `the icon ${icon}`);
    expect(desk.focus?.otherName).toBe(nameOf(first));
    await one.hangUp();
    await desk.waitFor(({ screen }) => screen.calls.size === 0, 'the end');
  });

  test('an SCCP phone holds baresip, which hears music, and goes on', async () => {
    const [desk, one] = [await house.desk(phone), await house.baresip(first)];
    await one.dial(uriOf(phone));
    await answer(desk);
    await hears(one, phone);
    await desk.hold();
    await until(
      () => one.heard([...CANDIDATES_HZ, MUSIC_HZ]).join() === String(MUSIC_HZ),
      'the music',
      () => outlineOf(one.trace),
    );
    await desk.resume();
    await hears(one, phone);
    await phoneHears(desk, first);
    await desk.press('EndCall');
    await one.event('CALL_CLOSED');
  });

  test('baresip transfers a phone to linphone, and linphone to another phone (RFC 3515)', async () => {
    const [desk, other] = [await house.desk(phone), await house.desk(otherPhone)];
    const [one, two] = [await house.baresip(first), await house.linphone(second)];
    await one.dial(uriOf(phone));
    await answer(desk);
    await hears(one, phone);
    await one.transfer(uriOf(second));
    await hears(two, phone);
    await phoneHears(desk, second);
    await two.transfer(`sip:${otherPhone}@localhost`);
    await answer(other);
    const tone = String(PHONE_TONES[otherPhone]);
    await desk.waitFor(
      ({ audio }) => audio.hears(CANDIDATES_HZ).join() === tone,
      'the other phone',
    );
    await desk.waitFor(({ icon: shown }) => shown === icon, `the icon ${icon}`);
    await desk.press('EndCall');
  });

  test('an SCCP phone calls linphone and hangs up', async () => {
    const desk = await house.desk(phone);
    const one = await house.linphone(first);
    await dial(desk, first);
    await desk.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
    await hears(one, phone);
    await phoneHears(desk, first);
    await desk.waitFor(({ icon: shown }) => shown === icon, `the icon ${icon}`);
    await desk.press('EndCall');
    await one.says('ended');
  });
});

describe('keys and the way that they travel (SEC-03)', () => {
  test('opportunistic SRTP over TLS is SRTP, and the phone shows the lock (RFC 8643)', async () => {
    const desk = await house.desk('1001');
    const one = await house.baresip('2001', { media: 'optional' });
    await one.dial(uriOf('1001'));
    await answer(desk);
    await hears(one, '1001');
    await phoneHears(desk, '2001');
    await desk.waitFor(({ icon }) => icon === 'lock', 'the lock');
    negotiated(one.trace, /m=audio \d+ RTP\/AVP .*a=crypto:/s);
    expect(one.suite).toBe('AES_CM_128_HMAC_SHA1_80');
    await one.hangUp();
  });

  test('keys offered over UDP are not answered with keys: the call is clear, and shows no lock', async () => {
    const desk = await house.desk('1005');
    const one = await house.baresip('2101', { media: 'optional' });
    await one.dial(uriOf('1005'));
    await answer(desk);
    await hears(one, '1005');
    await desk.waitFor(({ icon }) => icon === 'call', 'no lock');
    const [ok] = responsesTo(one.trace, 'INVITE', 'received').filter(
      ({ status }) => status === 200,
    );
    expect(bodyOf(ok)).toMatch(/m=audio \d+ RTP\/AVP /);
    expect(bodyOf(ok)).not.toContain('a=crypto');
    expect(one.suite).toBeUndefined();
    await one.hangUp();
  });

  test.each(['baresip', 'linphone'] as const)(
    '%s that demands SRTP over UDP is refused with 488',
    async (make) => {
      await house.desk('1005');
      const client = await house[make]('2101', { media: 'mandatory' });
      if (make === 'baresip') await client.dial(uriOf('1005'));
      else void client.dial('sip:1005@localhost').catch(() => {});
      await until(
        () => responsesTo(client.trace, 'INVITE', 'received').some(({ status }) => status === 488),
        'the refusal',
        () => outlineOf(client.trace),
      );
    },
  );
});

function uriOf(number: string): string {
  return `sip:${number}@127.0.0.1`;
}

const PHONE_TONES: Readonly<Record<string, number>> = {
  '1001': 400,
  '1002': 600,
  '1005': 1200,
  '1007': 1600,
};

async function hears(client: Baresip | Linphone, number: string): Promise<void> {
  const tone = toneOf(number) || (PHONE_TONES[number] ?? 0);
  await until(
    () => client.heard(CANDIDATES_HZ).join() === String(tone),
    `${number} to be heard`,
    () => `hears ${client.heard(CANDIDATES_HZ).join()}\n${client.output}`,
  );
}

async function phoneHears(phone: Phone, number: string): Promise<void> {
  const heard = (): string => phone.audio.hears(CANDIDATES_HZ).join();
  await phone.waitFor(() => heard() === String(toneOf(number)), `the tone of ${number}`);
}

/** Every description that the client sent, and every one that it got. */
function negotiated(trace: readonly TracedMessage[], profile: RegExp): void {
  const bodies = trace.map(({ message }) => bodyOf(message)).filter((body) => body !== '');
  expect(bodies.length).toBeGreaterThanOrEqual(2);
  for (const body of bodies) expect(body).toMatch(profile);
  expect(requestsOf(trace, 'REGISTER', 'sent').length).toBeGreaterThanOrEqual(1);
}
