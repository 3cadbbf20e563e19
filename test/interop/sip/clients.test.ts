import { createAuthority, issueLeaf, type PemIdentity } from '@conclave/pki';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Baresip } from './baresip.ts';
import { Bench, until } from './client-process.ts';
import { bodyOf, requestsOf, responsesTo } from './sip-trace.ts';

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
      expect(bodyOf(requestsOf(one.trace, 'INVITE', 'sent')[0] as never)).toMatch(/RTP\/SAVP /);
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

async function baresip(
  user: string,
  options: Partial<Parameters<typeof Baresip.start>[1]>,
): Promise<Baresip> {
  const leaf = await issueLeaf(authority, {
    commonName: user,
    alternativeNames: ['127.0.0.1'],
    notBefore: new Date(),
  });
  return await Baresip.start(bench, {
    user,
    transport: 'udp',
    media: 'mandatory',
    tls: { trust: authority.certificate, ...leaf },
    ...options,
  });
}
