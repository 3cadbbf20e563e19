import { createAuthority, issueLeaf, type PemIdentity } from '@conclave/pki';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Baresip } from './baresip.ts';
import type { ClientOptions } from './client-options.ts';
import { Bench, until } from './client-process.ts';
import { Linphone } from './linphone.ts';
import { bodyOf, requestsOf, responsesTo } from './sip-trace.ts';
import { Sipp } from './sipp.ts';

/*
 * Goal: the drivers of other people's clients do what they say, before they judge us.
 * Method: the clients call each other, without any server.
 */

const bench = new Bench();
let authority: PemIdentity;

beforeAll(async () => {
  authority = await createAuthority('Conclave private CA', new Date());
});

afterAll(() => bench.close());

describe('baresip calls baresip', () => {
  test.each(['udp', 'tcp', 'tls'] as const)(
    'over %s, with SRTP: tones both ways',
    async (transport) => {
      const [one, two] = await Promise.all([
        baresip('one', { transport, toneHz: 600 }),
        baresip('two', { transport, toneHz: 1000, autoAnswer: true }),
      ]);
      await one.dial(two.address);
      await one.event('CALL_ESTABLISHED');
      await until(
        () => one.heard().join() === '1000',
        'one to hear two',
        () => one.output,
      );
      await until(
        () => two.heard().join() === '600',
        'two to hear one',
        () => two.output,
      );
      expect(one.suite).toBe('AES_CM_128_HMAC_SHA1_80');
      expect(bodyOf(requestsOf(one.trace, 'INVITE', 'sent')[0])).toMatch(/RTP\/SAVP /);
      expect(responsesTo(one.trace, 'INVITE', 'received').at(-1)?.status).toBe(200);
      await one.hold();
      await until(() => two.heard().length === 0, 'silence on hold');
      await one.resume();
      await until(() => two.heard().join() === '600', 'two to hear one again');
      await one.sendDigits('5');
      await two.event('CALL_DTMF_START');
      await one.hangUp();
      await two.event('CALL_CLOSED');
    },
  );
});

describe('linphonec', () => {
  test.each(['udp', 'tcp', 'tls'] as const)(
    'calls baresip over %s, with SRTP',
    async (transport) => {
      const one = await linphone('one', { transport, toneHz: 600 });
      const two = await baresip('two', { transport, toneHz: 1000, autoAnswer: true });
      // It finds names in certificates, but no addresses.
      await one.dial(two.address.replace('127.0.0.1', 'localhost'));
      await two.event('CALL_ESTABLISHED');
      await until(
        () => one.heard().join() === '1000',
        'one to hear two',
        () => one.output,
      );
      await until(
        () => two.heard().join() === '600',
        'two to hear one',
        () => two.output,
      );
      const [invite] = requestsOf(one.trace, 'INVITE', 'sent');
      expect(bodyOf(invite)).toMatch(/RTP\/SAVP /);
      await one.hold(1);
      await until(() => two.heard().length === 0, 'silence on hold');
      await one.resume(1);
      await until(() => two.heard().join() === '600', 'two to hear one again');
      one.sendDigits('5');
      await two.event('CALL_DTMF_START');
      await one.hangUp();
      await two.event('CALL_CLOSED');
    },
  );

  test('is called by baresip and answers by itself', async () => {
    const one = await baresip('one', { toneHz: 600 });
    const two = await linphone('two', { toneHz: 1000, autoAnswer: true });
    await one.dial(two.address);
    await one.event('CALL_ESTABLISHED');
    await until(
      () => one.heard().join() === '1000',
      'one to hear two',
      () => one.output,
    );
    await until(
      () => two.heard().join() === '600',
      'two to hear one',
      () => two.output,
    );
    await one.hangUp();
    await two.says('ended');
  });

  test('with SRTP mandatory does not talk to a baresip without', async () => {
    const one = await baresip('one', { media: 'none' });
    const two = await linphone('two', { autoAnswer: true });
    await one.dial(two.address);
    expect((await one.event('CALL_CLOSED')).param).toMatch(/488/);
  });
});

describe('sipp', () => {
  const CLEAR = { profile: 'RTP/AVP', crypto: 'a=sendrecv' };
  const KEYS = {
    profile: 'RTP/SAVP',
    crypto: `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${'A'.repeat(40)}`,
  };

  test.each(['udp', 'tcp', 'tls'] as const)('calls sipp over %s', async (transport) => {
    const tls = { trust: authority.certificate, ...(await leaf()) };
    const common = { transport, ...(transport === 'tls' && { tls }) };
    const one = await Sipp.start(bench, { ...common, scenario: 'answer', values: CLEAR });
    const two = await Sipp.start(bench, {
      ...common,
      scenario: 'call',
      serverPort: one.port,
      values: { ...CLEAR, to: '2000', name: 'Ada', talk_ms: '50' },
    });
    await two.succeeds();
    await one.succeeds();
    expect(requestsOf(one.trace, 'INVITE', 'received')).toHaveLength(1);
    expect(responsesTo(two.trace, 'BYE', 'received')[0]?.status).toBe(200);
  });

  test('says what did not come true', async () => {
    const one = await Sipp.start(bench, { transport: 'udp', scenario: 'answer', values: KEYS });
    const two = await Sipp.start(bench, {
      transport: 'udp',
      scenario: 'call',
      serverPort: one.port,
      values: { ...CLEAR, to: '2000', name: 'Ada', talk_ms: '50' },
    });
    await expect(one.succeeds()).rejects.toThrow(/RTP.SAVP/);
    await two.stop();
  });
});

async function leaf(): Promise<PemIdentity> {
  return await issueLeaf(authority, {
    commonName: 'one',
    alternativeNames: ['127.0.0.1', 'localhost'],
    notBefore: new Date(),
  });
}

async function linphone(user: string, options: Partial<ClientOptions>): Promise<Linphone> {
  return await Linphone.start(bench, {
    user,
    transport: 'udp',
    media: 'mandatory',
    tls: { trust: authority.certificate },
    ...options,
  });
}

async function baresip(
  user: string,
  options: Partial<Parameters<typeof Baresip.start>[1]>,
): Promise<Baresip> {
  return await Baresip.start(bench, {
    user,
    transport: 'udp',
    media: 'mandatory',
    tls: { trust: authority.certificate, ...(await leaf()) },
    ...options,
  });
}
