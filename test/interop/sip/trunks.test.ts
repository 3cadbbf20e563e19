import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { answer, dial } from '../../system/house.ts';
import { CANDIDATES_HZ, ClientHouse, nameOf, standardClient, toneOf } from './client-house.ts';
import { until } from './client-process.ts';
import { bodyOf, outlineOf, requestsOf } from './sip-trace.ts';

/*
 * Goal: calls to and from other SIP systems work with TLS and SRTP and without, and are nonsecure for us
 * whatever they negotiated (TRK-03, TRK-04, TIP-06). Method: sipp is the other system, and a second
 * call manager is.
 */

const CLEAR = { profile: 'RTP/AVP', crypto: 'a=sendrecv' };
const KEYS = {
  profile: 'RTP/SAVP',
  crypto: `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${'A'.repeat(40)}`,
};

let house: ClientHouse;

beforeAll(async () => {
  house = await ClientHouse.open();
});

afterEach(() => house.rest());

afterAll(() => house.close());

describe('sipp is the other system', () => {
  test('over UDP: a phone calls it, is heard there, and hangs up', async () => {
    const other = await house.otherSystem({
      transport: 'udp',
      scenario: 'answer-asked',
      values: CLEAR,
    });
    const desk = await house.desk('1005');
    await dial(desk, '8123');
    await desk.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
    // It sends back what it hears.
    await desk.waitFor(({ audio }) => audio.hears(CANDIDATES_HZ).join() === '1200', 'an echo');
    expect(desk.icon).toBe('call');
    await desk.press('EndCall');
    await other.succeeds();
    expect(requestsOf(other.trace, 'INVITE', 'received')[0]?.uri).toMatch(/^sip:8123@/);
  });

  test('over TLS with SRTP: an encrypted phone calls it, and has no lock (TRK-04)', async () => {
    const other = await house.otherSystem({
      transport: 'tls',
      scenario: 'answer-asked',
      values: KEYS,
    });
    const desk = await house.desk('1001');
    await dial(desk, '8123');
    await desk.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
    await until(() => requestsOf(other.trace, 'ACK', 'received').length > 0, 'the answer to sipp');
    expect(desk.icon).toBe('call');
    await desk.press('EndCall');
    await other.succeeds();
    const [ack] = requestsOf(other.trace, 'ACK', 'received');
    expect(bodyOf(ack)).toMatch(/RTP\/SAVP .*a=crypto:1 AES_CM_128_HMAC_SHA1_80/s);
  });

  test('it calls a phone, which shows who calls and no lock', async () => {
    const desk = await house.desk('1001');
    const other = await house.callFromOtherSystem({
      transport: 'udp',
      scenario: 'call',
      user: '8123',
      values: { ...CLEAR, to: '1001', name: 'Far Away', talk_ms: '800' },
    });
    await answer(desk);
    expect(desk.focus?.otherName).toBe('Far Away');
    expect(desk.icon).toBe('call');
    await desk.waitFor(({ screen }) => screen.calls.size === 0, 'the end');
    await other.succeeds();
  });
});

describe('another call manager is the other system', () => {
  test.each([
    ['tls', '8001', '2001'],
    ['udp', '8101', '2101'],
  ] as const)('over %s: clients there and here hear each other', async (transport, there, here) => {
    const second = await ClientHouse.open({
      phones: [standardClient(there)],
      prepare: (data) => {
        const authority = join('pki', 'ca');
        cpSync(join(house.house.data, authority), join(data, authority), { recursive: true });
      },
    });
    try {
      const [port, back] = [second, house].map(({ house: { manager } }) =>
        transport === 'tls' ? manager.sipTlsPort : manager.sipPort,
      );
      await house.trunkTo(port ?? 0, transport);
      await second.trunkTo(back ?? 0, transport);
      // Who calls through both is told a second key, which baresip does not take.
      const isTls = transport === 'tls';
      const one = isTls ? await house.linphone(here) : await house.baresip(here);
      const two = await second.baresip(there);
      await one.dial(`sip:${there}@${isTls ? 'localhost' : '127.0.0.1'}`);
      for (const [client, tone] of [
        [one, toneOf(there)],
        [two, toneOf(here)],
      ] as const) {
        await until(
          () => client.heard(CANDIDATES_HZ).join() === String(tone),
          `${tone}`,
          () => outlineOf(client.trace),
        );
      }
      const { legs } = second.house.manager.engine.state;
      expect([...legs.values()].map(({ highest }) => highest)).not.toContain('encrypted');
      expect((await two.event('CALL_ESTABLISHED')).peerdisplayname).toContain(nameOf(here));
      await one.hangUp();
      await two.event('CALL_CLOSED');
    } finally {
      await second.close();
    }
  });
});
