import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DEFAULT_PARAMETERS,
  type EndpointKind,
  type PhoneConfiguration,
  type SecureCallIconPolicy,
} from '../configuration.ts';
import type { PhoneRegistration, Signalling } from '../registration.ts';
import {
  type Assessment,
  assessLeg,
  decisive,
  type LegMedia,
  mixesSrtp,
  srtpCapable,
} from './assessment.ts';
import { protectsSignalling } from './endpoint-limit.ts';
import { LEVELS, type Level, rank } from './level.ts';

/* Goal: a leg is worth what its kind, path and media allow, and the reason names the rule. */

const E = 'encrypted';
const A = 'authenticated';
const N = 'nonsecure';
const U = 'unknown';

describe('SIP trunks', () => {
  test.each(['call', 'conference', 'trunk'] as const)(
    'TRK-03, RES-06, D-19: nonsecure in a %s, whatever was negotiated and told',
    (context) => {
      const trunk = device({ kind: 'sip-trunk', srtpAllowed: true });
      for (const remote of [undefined, ...LEVELS]) {
        const leg = assessed(trunk, { context, remote });
        expect(leg.lasting).toBe(N);
        expect(decisive(leg).map((limit) => limit.rule)).toEqual(['TRK-03']);
      }
    },
  );

  test.each([
    [undefined, U],
    [U, U],
    [N, N],
    [A, A],
    [E, E],
  ] as const)('D-19: a trusted one that tells %s is %s', (remote, level) => {
    const trunk = device({ kind: 'sip-trunk', srtpAllowed: true, trustSecurityStatus: true });
    expect(assessed(trunk, { remote }).level).toBe(level);
  });

  test('D-19, D-01: trust does not replace TLS and SRTP', () => {
    const trunk = device({ kind: 'sip-trunk', trustSecurityStatus: true });
    const over = (signalling: Signalling, protection: 'srtp' | 'rtp'): Level =>
      assessed(trunk, { remote: E, protection }, signalling).level;
    expect(over('tls-encrypted', 'rtp')).toBe(A);
    expect(over('clear', 'srtp')).toBe(N);
  });
});

describe('H.323 trunks and MGCP gateways', () => {
  test.each([
    ['h323-trunk', true, 'srtp', undefined, E],
    ['h323-trunk', true, 'srtp', E, E],
    ['h323-trunk', true, 'srtp', A, N],
    ['h323-trunk', true, 'srtp', N, N],
    ['h323-trunk', true, 'srtp', U, U],
    ['h323-trunk', true, 'rtp', undefined, N],
    ['h323-trunk', true, 'rtp', A, N],
    ['h323-trunk', false, 'srtp', E, N],
    ['mgcp-gateway', true, 'srtp', undefined, E],
    ['mgcp-gateway', true, 'rtp', undefined, N],
    ['mgcp-gateway', true, 'srtp', U, U],
    ['mgcp-gateway', false, 'srtp', undefined, N],
  ] as const)(
    'TRK-01, RES-12, INT-09, SEC-03, D-01: %s with IPsec %s, %s, remote %s: %s',
    (kind, ipsec, protection, remote, level) => {
      const gateway = device({ kind, ipsec, srtpAllowed: true });
      expect(assessed(gateway, { protection, remote }).level).toBe(level);
      // Their signalling knows no TLS: what the registration says of it does not count.
      expect(assessed(gateway, { protection, remote }, 'clear').level).toBe(level);
    },
  );

  test('RES-12: no leg over H.323 is ever authenticated', () => {
    fc.assert(
      fc.property(
        fc.record({ ipsec: fc.boolean(), video: fc.constantFrom('srtp', undefined) }),
        fc.constantFrom('srtp', 'rtp'),
        fc.constantFrom(undefined, ...LEVELS),
        (change, protection, remote) => {
          const { video, ipsec } = change;
          const trunk = device({ kind: 'h323-trunk', ipsec, ...(video && { video }) });
          expect(assessed(trunk, { protection, remote }).level).not.toBe(A);
        },
      ),
    );
  });

  test('SEC-03, TRK-01: SRTP needs the permission, not the IPsec association', () => {
    for (const kind of ['sip-trunk', 'h323-trunk', 'mgcp-gateway'] as const) {
      for (const context of ['call', 'conference', 'trunk'] as const) {
        expect(srtpCapable(device({ kind, srtpAllowed: true }), clear(), context)).toBe(true);
        expect(srtpCapable(device({ kind, ipsec: true }), clear(), context)).toBe(false);
      }
    }
  });
});

test.each([
  ['phone', false, 'tls-encrypted', true],
  ['phone', true, 'clear', false],
  ['phone', true, 'tls-authenticated', false],
  ['cti-port', true, 'clear', false],
  ['sip-trunk', false, 'tls-encrypted', true],
  ['sip-trunk', true, 'clear', false],
  ['h323-trunk', false, 'tls-encrypted', false],
  ['h323-trunk', true, 'clear', true],
  ['mgcp-gateway', false, 'tls-encrypted', false],
  ['mgcp-gateway', true, 'clear', true],
] as const)(
  'SEC-03: keys reach a %s with IPsec %s over %s in secret: %s',
  (kind, ipsec, signalling, secret) => {
    expect(protectsSignalling({ kind, ipsec }, { signalling })).toBe(secret);
  },
);

describe('the reason', () => {
  const conference = { context: 'conference' } as const;

  test.each<[string, Partial<PhoneConfiguration>, Partial<LegMedia>, Signalling]>([
    ['TRK-03', { kind: 'sip-trunk' }, {}, 'tls-encrypted'],
    ['D-19', { kind: 'sip-trunk', trustSecurityStatus: true }, { remote: N }, 'tls-encrypted'],
    ['INT-02', { kind: 'sip-trunk', trustSecurityStatus: true }, {}, 'tls-encrypted'],
    ['RES-12', { kind: 'h323-trunk', ipsec: true }, { protection: 'rtp' }, 'clear'],
    ['RES-12', { kind: 'h323-trunk', ipsec: true }, { remote: A }, 'clear'],
    ['TRK-01', { kind: 'h323-trunk', ipsec: true }, { remote: N }, 'clear'],
    ['TRK-01', { kind: 'mgcp-gateway', ipsec: true }, { protection: 'rtp' }, 'clear'],
    ['SEC-03', { kind: 'mgcp-gateway' }, {}, 'tls-encrypted'],
    ['INT-08', { mediaPath: 'mtp' }, {}, 'tls-encrypted'],
    ['ICO-02', { video: 'rtp' }, {}, 'tls-encrypted'],
    ['D-01', {}, { protection: 'rtp' }, 'tls-encrypted'],
    ['D-01', {}, {}, 'clear'],
    ['PHN-01', { model: '7962' }, conference, 'tls-encrypted'],
    ['PHN-06', { firmware: '8.2' }, conference, 'tls-encrypted'],
    ['TRK-02', { firmware: '8.2' }, { context: 'trunk' }, 'tls-encrypted'],
    ['CTI-01', { kind: 'cti-port' }, {}, 'tls-encrypted'],
  ])('%s names the rule, the device and what is the case', (rule, change, media, signalling) => {
    const reasons = decisive(assessed(device(change), media, signalling));
    expect(reasons.map((limit) => [limit.rule, limit.device])).toEqual([[rule, 'D1']]);
    expect(reasons[0]?.fact).toMatch(/D1|Model 7962/);
  });

  test.each([
    [N, true],
    [A, true],
    [E, false],
  ] as const)('TRK-01, RES-12: a remote party that is %s can be bettered: %s', (remote, can) => {
    for (const kind of ['h323-trunk', 'mgcp-gateway'] as const) {
      const told = assessed(device({ kind, ipsec: true }), { remote }).limits.at(-1);
      expect(told?.fix !== undefined).toBe(can);
    }
  });

  test('PHN-01: which conferences a restricted model has', () => {
    const fact = (protocol: 'SCCP' | 'SIP'): string | undefined =>
      decisive(assessed(device({ model: '7942', protocol }), conference))[0]?.fact;
    expect(fact('SCCP')).toBe('Model 7942 over SCCP supports only authenticated conferences.');
    expect(fact('SIP')).toBe('Model 7942 over SIP supports no secure conferences.');
  });

  test('INT-08, INT-09, SEC-02: what limits nothing is told as well', () => {
    const rules = (change: Partial<PhoneConfiguration>): readonly string[] =>
      assessed(device(change), {}).limits.map((limit) => limit.rule);
    expect(rules({})).toEqual(['D-01', 'SEC-02']);
    expect(rules({ mediaPath: 'rsvp-agent' })).toEqual(['D-01', 'SEC-02', 'INT-08']);
    expect(rules({ kind: 'mgcp-gateway', ipsec: true })).toEqual(['SEC-03', 'SEC-02', 'INT-09']);
    expect(rules({ kind: 'h323-trunk', ipsec: true })).toEqual(['SEC-03', 'SEC-02']);
  });
});

describe('phones', () => {
  test.each([
    ['8.2(1)', 'call', E, true],
    ['8.2(1)', 'conference', A, false],
    ['8.2(1)', 'trunk', N, false],
    ['8.3(1)', 'trunk', E, true],
    ['9.4(2)', 'conference', E, true],
  ] as const)(
    'PHN-06, D-18, TRK-02, RES-01: firmware %s in a %s: at most %s, SRTP %s',
    (firmware, context, level, capable) => {
      const phone = device({ firmware });
      expect(assessed(phone, { context }).level).toBe(level);
      expect(srtpCapable(phone, tls(), context)).toBe(capable);
    },
  );

  test.each([
    ['tls-encrypted', 'srtp', E],
    ['tls-encrypted', 'rtp', N],
    ['tls-authenticated', 'rtp', N],
    ['clear', 'rtp', N],
  ] as const)(
    'PHN-08: a third party over SIP with %s and %s: %s',
    (signalling, protection, level) => {
      const phone = device({ model: 'Third-party SIP Device', protocol: 'SIP', firmware: '1.0' });
      const leg = assessed(phone, { context: 'conference', protection }, signalling);
      expect(leg.level).toBe(level);
    },
  );

  test.each([
    ['7961G', '9.4(2)', 'tls-encrypted', true],
    ['7961G', '8.2(1)', 'tls-encrypted', false],
    ['7961G', '9.4(2)', 'tls-authenticated', false],
    ['7962', '9.4(2)', 'tls-encrypted', false],
    ['6911', '9.4(1)', 'tls-encrypted', false],
    ['7912', '9.4(2)', 'tls-encrypted', false],
  ] as const)(
    'TIP-02: the built-in bridge of a %s with %s over %s carries SRTP: %s',
    (model, firmware, signalling, carries) => {
      expect(mixesSrtp(device({ model, firmware }), registered(signalling))).toBe(carries);
    },
  );
});

describe('CTI ports', () => {
  test.each([
    [true, 'tls-encrypted', 'srtp', E],
    [true, 'tls-authenticated', 'rtp', A],
    [false, 'tls-encrypted', 'srtp', U],
    [undefined, 'tls-encrypted', 'srtp', U],
  ] as const)(
    'CTI-01: licensed %s over %s with %s: %s',
    (licensed, signalling, protection, level) => {
      const settings = { kind: 'cti-port', model: 'CTI Port', firmware: '' } as const;
      const port = device({ ...settings, ...(licensed !== undefined && { licensed }) });
      expect(assessed(port, { context: 'conference', protection }, signalling).level).toBe(level);
    },
  );

  test('CTI-01: one that is registered over TLS carries SRTP in a conference', () => {
    const port = device({ kind: 'cti-port', model: 'CTI Port', licensed: true });
    expect(srtpCapable(port, tls(), 'conference')).toBe(true);
    expect(srtpCapable(port, clear(), 'conference')).toBe(false);
  });
});

describe('the path of the media', () => {
  test.each([
    [undefined, E, true],
    ['direct', E, true],
    ['rsvp-agent', E, true],
    ['mtp', N, false],
  ] as const)('INT-08: over %s: %s, SRTP possible: %s', (mediaPath, level, capable) => {
    const phone = device(mediaPath ? { mediaPath } : {});
    expect(assessed(phone, {}).level).toBe(level);
    expect(srtpCapable(phone, tls(), 'call')).toBe(capable);
  });
});

describe('video and what else belongs to a call', () => {
  test.each([
    [false, 'all-media-except-bfcp-and-ix', { video: 'rtp' }, A],
    [false, 'all-media-except-bfcp-and-ix', { video: 'srtp' }, E],
    [false, 'all-media-except-bfcp-and-ix', { bfcp: 'rtp', ix: 'rtp' }, E],
    [false, 'all-media-except-ix', { bfcp: 'rtp' }, A],
    [false, 'all-media-except-ix', { ix: 'rtp' }, E],
    [false, 'all-media-except-bfcp', { ix: 'rtp' }, A],
    [false, 'all-media-except-bfcp', { bfcp: 'rtp' }, E],
    [false, 'all-media', { ix: 'rtp' }, A],
    [false, 'all-media', { video: 'srtp', bfcp: 'srtp', ix: 'srtp' }, E],
    [false, 'only-audio', { video: 'rtp', bfcp: 'rtp', ix: 'rtp' }, E],
    [true, 'all-media', { video: 'rtp', bfcp: 'rtp', ix: 'rtp' }, E],
    [true, 'all-media-except-bfcp-and-ix', { video: 'rtp' }, E],
  ] as const)(
    'ICO-02, ICO-08, D-07: override %s, %s, %j: %s',
    (overrideBfcp, secureCallIconPolicy, media, level) => {
      const parameters = { overrideBfcp, secureCallIconPolicy };
      expect(assessed(device(media), { parameters }).level).toBe(level);
    },
  );

  test('ICO-08, D-07: a fresh installation has the override off and the first policy', () => {
    const { overrideBfcp, secureCallIconPolicy } = DEFAULT_PARAMETERS;
    expect([overrideBfcp, secureCallIconPolicy]).toEqual([false, 'all-media-except-bfcp-and-ix']);
  });
});

test('D-01: more protection anywhere never lowers a level', () => {
  const kinds: readonly EndpointKind[] = [
    'phone',
    'cti-port',
    'sip-trunk',
    'h323-trunk',
    'mgcp-gateway',
  ];
  const policies: readonly SecureCallIconPolicy[] = ['all-media', 'only-audio'];
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds),
      fc.constantFrom(...policies),
      fc.constantFrom('call', 'conference', 'trunk'),
      fc.constantFrom('8.2(1)', '9.4(2)'),
      fc.constantFrom<Level>(...LEVELS),
      (kind, secureCallIconPolicy, context, firmware, remote) => {
        const parameters = { overrideBfcp: false, secureCallIconPolicy };
        const weak = device({ kind, firmware, licensed: true, video: 'rtp', mediaPath: 'mtp' });
        const better = device({ kind, firmware, licensed: true, video: 'srtp', ipsec: true });
        const low = { context, parameters, remote, protection: 'rtp' } as const;
        const high = { context, parameters, remote, protection: 'srtp' } as const;
        const levels = [
          assessed(weak, low, 'clear'),
          assessed(better, low, 'tls-authenticated'),
          assessed(better, high, 'tls-encrypted'),
        ].map(({ level }) => rank(level));
        expect(levels).toEqual(levels.toSorted((a, b) => a - b));
      },
    ),
  );
});

function assessed(
  phone: PhoneConfiguration,
  media: Partial<LegMedia>,
  signalling: Signalling = 'tls-encrypted',
): Assessment {
  return assessLeg(phone, registered(signalling), {
    protection: 'srtp',
    context: 'call',
    parameters: DEFAULT_PARAMETERS,
    ...media,
  });
}

function device(change: Partial<PhoneConfiguration>): PhoneConfiguration {
  return {
    name: 'D1',
    model: '7961G',
    firmware: '9.4(2)',
    protocol: 'SCCP',
    securityMode: E,
    lines: [],
    ...change,
  };
}

function registered(signalling: Signalling): PhoneRegistration {
  return { name: 'D1', signalling, sinceMs: 0, address: '127.0.0.1', codecs: ['pcmu'] };
}

function tls(): PhoneRegistration {
  return registered('tls-encrypted');
}

function clear(): PhoneRegistration {
  return registered('clear');
}
