import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_PARAMETERS, type PhoneConfiguration } from '../configuration.ts';
import type { PhoneRegistration, Signalling } from '../registration.ts';
import {
  assess,
  assessDevice,
  assessLeg,
  bridgeLimit,
  decisive,
  type Limit,
  type MediaContext,
  type MediaProtection,
  protectionOf,
  srtpCapable,
} from './assessment.ts';
import { LEVELS, type Level, lowest, rank } from './level.ts';

/* Goal: the level is what signalling, media, model and firmware allow, and the reasons say so. */

const parameters = DEFAULT_PARAMETERS;

const SIGNALLINGS: readonly Signalling[] = ['clear', 'tls-authenticated', 'tls-encrypted'];

describe('D-01: signalling and media', () => {
  test.each([
    ['clear', 'rtp', 'nonsecure'],
    ['clear', 'srtp', 'nonsecure'],
    ['tls-authenticated', 'rtp', 'authenticated'],
    ['tls-authenticated', 'srtp', 'authenticated'],
    ['tls-encrypted', 'rtp', 'authenticated'],
    ['tls-encrypted', 'srtp', 'encrypted'],
  ] as const)('%s with %s is %s, in a call as in a conference', (signalling, protection, level) => {
    for (const context of ['call', 'conference'] as const) {
      expect(legLevel({ signalling, protection, context })).toBe(level);
    }
  });

  test('SEC-07: the initiator is judged by how it registered, not by its configured mode', () => {
    const encrypted = phone({ securityMode: 'encrypted' });
    const level = (signalling: Signalling): Level =>
      assessDevice(encrypted, registration(signalling)).level;
    expect(SIGNALLINGS.map(level)).toEqual(['nonsecure', 'authenticated', 'encrypted']);
  });
});

describe('models and firmware', () => {
  test.each([
    ['PHN-01, D-17', '7942', 'SCCP', '9.4(2)', 'authenticated'],
    ['PHN-01, D-17', '7962', 'SCCP', '9.4(2)', 'authenticated'],
    ['PHN-01', '7942', 'SIP', '9.4(2)', 'nonsecure'],
    ['D-17', '7942G', 'SCCP', '9.4(2)', 'encrypted'],
    ['PHN-02', '7961G', 'SCCP', '9.4(2)', 'encrypted'],
    ['PHN-06, D-18', '7961G', 'SCCP', '8.2(1)', 'authenticated'],
    ['PHN-05', '7961G', 'SCCP', '8.3(1)', 'encrypted'],
    ['PHN-08', 'Third-party SIP Device', 'SIP', '1.0', 'encrypted'],
    ['PHN-08', 'Third-party SIP Device', 'SIP', '', 'encrypted'],
  ] as const)(
    '%s: %s over %s with firmware %j in a conference: at most %s',
    (_id, model, protocol, firmware, level) => {
      const change = { model, protocol, firmware };
      expect(legLevel({ phone: phone(change), context: 'conference' })).toBe(level);
      expect(legLevel({ phone: phone(change), context: 'call' })).toBe('encrypted');
    },
  );

  test.each([
    ['7961G', '9.4(2)', 'tls-encrypted', true, true],
    ['7961G', '9.4(2)', 'tls-authenticated', false, false],
    ['7961G', '9.4(2)', 'clear', false, false],
    ['7961G', '8.2(1)', 'tls-encrypted', true, false],
    ['7942', '9.4(2)', 'tls-encrypted', true, false],
    ['7942G', '9.4(2)', 'tls-encrypted', true, true],
    ['7912', '9.4(2)', 'tls-encrypted', true, true],
  ] as const)(
    'SEC-03: %s with %s over %s gets keys in a call: %s, in a conference: %s',
    (model, firmware, signalling, call, conference) => {
      const each = phone({ model, firmware });
      const capable = (context: MediaContext): boolean =>
        srtpCapable(each, registration(signalling), context);
      expect([capable('call'), capable('conference')]).toEqual([call, conference]);
    },
  );

  test('a phone that cannot carry SRTP in a conference is never shown encrypted in one', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SIGNALLINGS),
        fc.constantFrom('7961G', '7942', '7912', '8845'),
        fc.constantFrom('SCCP', 'SIP'),
        fc.constantFrom('8.2(1)', '9.4(2)', ''),
        (signalling, model, protocol, firmware) => {
          const each = phone({ model, protocol, firmware });
          const context = 'conference';
          if (srtpCapable(each, registration(signalling), context)) return;
          const level = legLevel({ phone: each, signalling, context, protection: 'rtp' });
          expect(rank(level)).toBeLessThan(rank('encrypted'));
        },
      ),
    );
  });
});

test.each([
  ['best-effort', true, true, 'srtp'],
  ['best-effort', true, false, 'rtp'],
  ['best-effort', false, true, 'rtp'],
  ['enforce', true, true, 'srtp'],
  ['disable-srtp', true, true, 'rtp'],
  ['disable-srtp', false, false, 'rtp'],
] as const)('D-20: under %s ends that can (%s, %s) have %s', (policy, one, other, protection) => {
  expect(protectionOf(policy, one, other)).toBe(protection);
});

test('SEC-09, ICO-04: a bridge without security limits its conference to nonsecure', () => {
  const bridge = {
    name: 'NB',
    sinceMs: 5,
    address: '127.0.0.1',
    conferencesMax: 8,
    partiesMax: 32,
    streamsMax: 128,
  };
  expect(bridgeLimit({ ...bridge, secure: false })).toMatchObject({
    rule: 'SEC-09',
    level: 'nonsecure',
    device: 'NB',
    fix: expect.stringContaining('secure conference bridge'),
  });
  const secure = bridgeLimit({ ...bridge, secure: true });
  expect(secure.level).toBe('encrypted');
  expect(secure.fix).toBeUndefined();
});

describe('the explanation', () => {
  const { tree } = fc.letrec<{ tree: Limit }>((tie) => ({
    tree: fc.record(
      {
        rule: fc.constantFrom('D-01', 'SEC-09', 'PHN-06'),
        level: fc.constantFrom<Level>(...LEVELS),
        fact: fc.string(),
        because: fc.array(tie('tree'), { maxLength: 3, depthIdentifier: 'limits' }),
      },
      { requiredKeys: ['rule', 'level', 'fact'] },
    ) as fc.Arbitrary<Limit>,
  }));

  test('D-02: the level is the lowest of the limits, and the decisive ones are at it', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 5 }), (limits) => {
        const assessment = assess(limits);
        expect(assessment.level).toBe(lowest(limits.map((limit) => limit.level)));
        const reasons = decisive(assessment);
        for (const reason of reasons) expect(reason.level).toBe(assessment.level);
        expect(reasons.length > 0).toBe(assessment.level !== 'encrypted');
      }),
    );
  });

  test('a sum gives way to what is below it', () => {
    const deep: Limit = { rule: 'PHN-06', level: 'authenticated', fact: 'old firmware' };
    const fine: Limit = { rule: 'SEC-02', level: 'encrypted', fact: 'SRTP' };
    const sum: Limit = {
      rule: 'SEC-04',
      level: 'authenticated',
      fact: 'P1',
      because: [fine, deep],
    };
    expect(decisive(assess([fine, sum]))).toEqual([deep]);
  });

  test('every reason that holds a leg down names the device and what can be done', () => {
    for (const signalling of ['clear', 'tls-authenticated'] as const) {
      const reasons = decisive(assessDevice(phone({}), registration(signalling)));
      expect(reasons).toHaveLength(1);
      expect(reasons[0]).toMatchObject({ device: 'P1', fix: expect.stringContaining('P1') });
    }
    const old = phone({ firmware: '8.2(1)' });
    const media = { protection: 'srtp', context: 'conference', parameters } as const;
    const reasons = decisive(assessLeg(old, registration('tls-encrypted'), media));
    expect(reasons).toEqual([
      expect.objectContaining({ rule: 'PHN-06', fix: expect.stringContaining('8.3') }),
    ]);
  });
});

function legLevel({
  phone: each = phone({}),
  signalling = 'tls-encrypted',
  protection = 'srtp',
  context,
}: {
  readonly phone?: PhoneConfiguration;
  readonly signalling?: Signalling;
  readonly protection?: MediaProtection;
  readonly context: MediaContext;
}): Level {
  return assessLeg(each, registration(signalling), { protection, context, parameters }).level;
}

function phone(change: Partial<PhoneConfiguration>): PhoneConfiguration {
  return {
    name: 'P1',
    model: '7961G',
    firmware: '9.4(2)',
    protocol: 'SCCP',
    securityMode: 'encrypted',
    lines: [],
    ...change,
  };
}

function registration(signalling: Signalling): PhoneRegistration {
  return { name: 'P1', signalling, sinceMs: 0, address: '127.0.0.1', codecs: ['pcmu'] };
}
