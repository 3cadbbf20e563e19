import { type BridgeConfiguration, type Configuration, DEFAULT_PARAMETERS } from '@conclave/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Admission, type Applicant, admissionOf, SOFTWARE_BRIDGE } from './admission.ts';

/* Goal: who may register, and as what, is the ledger's matrix; refusals fit a screen. */

const PHONE_TYPE = 307;
const MUSIC_TYPE = 70;
const MUSIC = 'MOH-1';
const BRIDGE_TYPE = 50;
const REFUSAL_TEXT_MAX = 31;
const ENHANCED = 'Cisco IOS Enhanced Conference Bridge';
const PHONE = 'SEP000000001001';

test.each([
  ['TIP-07', true, 'encrypted', 'tcp', 'security-mode-mismatch'],
  ['TIP-07, BRG-06', true, 'nonsecure', 'tls', 'security-mode-mismatch'],
  ['TIP-08, BRG-01', true, 'encrypted', 'tls', 'secure'],
  ['TIP-09', true, 'nonsecure', 'tcp', 'nonsecure'],
  ['TIP-10', true, 'encrypted', 'tcp', 'security-mode-mismatch'],
  ['TIP-11', false, 'nonsecure', 'tcp', 'nonsecure'],
  ['TIP-11', false, 'encrypted', 'tcp', 'nonsecure'],
  ['TIP-11', false, 'nonsecure', 'tls', 'cluster-not-mixed'],
  ['TIP-11, TIP-03', false, 'encrypted', 'tls', 'cluster-not-mixed'],
] as const)(
  '%s: mixed %s, bridge configured %s, comes over %s: %s',
  (_id, mixed, mode, transport, outcome) => {
    const admission = admissionOf(
      configuration({ mixedMode: mixed, bridge: { securityMode: mode } }),
      bridgeApplicant({ transport }),
      false,
    );
    expect(bridgeOutcome(admission)).toBe(outcome);
  },
);

test.each([
  [true, 'nonsecure', 'tcp', 'clear'],
  [true, 'nonsecure', 'tls', 'security-mode-mismatch'],
  [true, 'authenticated', 'tcp', 'security-mode-mismatch'],
  [true, 'authenticated', 'tls', 'tls-authenticated'],
  [true, 'encrypted', 'tcp', 'security-mode-mismatch'],
  [true, 'encrypted', 'tls', 'tls-encrypted'],
  [false, 'nonsecure', 'tcp', 'clear'],
  [false, 'nonsecure', 'tls', 'cluster-not-mixed'],
  [false, 'authenticated', 'tcp', 'clear'],
  [false, 'authenticated', 'tls', 'cluster-not-mixed'],
  [false, 'encrypted', 'tcp', 'clear'],
  [false, 'encrypted', 'tls', 'cluster-not-mixed'],
] as const)(
  'D-01: mixed %s, phone configured %s, comes over %s: %s',
  (mixed, mode, transport, outcome) => {
    const admission = admissionOf(
      configuration({ mixedMode: mixed, phoneMode: mode }),
      phoneApplicant({ transport }),
      false,
    );
    expect(phoneOutcome(admission)).toBe(outcome);
  },
);

test.each([
  ['TIP-07', true, 'encrypted', 'tcp', 'security-mode-mismatch'],
  ['TIP-07', true, 'nonsecure', 'tls', 'security-mode-mismatch'],
  ['TIP-08', true, 'encrypted', 'tls', 'secure'],
  ['TIP-09', true, 'nonsecure', 'tcp', 'nonsecure'],
  ['TIP-11', false, 'encrypted', 'tcp', 'nonsecure'],
  ['TIP-11', false, 'encrypted', 'tls', 'cluster-not-mixed'],
] as const)(
  '%s for music: mixed %s, server configured %s, comes over %s: %s',
  (_id, mixedMode, securityMode, transport, outcome) => {
    const admission = admissionOf(
      configuration({ mixedMode, musicMode: securityMode }),
      musicApplicant({ transport }),
      false,
    );
    expect(resourceOutcome(admission, 'music')).toBe(outcome);
  },
);

test("TIP-15 for music: the certificate must be the server's own", () => {
  const stranger = { ...musicApplicant({ transport: 'tls' }), commonName: 'example' };
  expect(resourceOutcome(admissionOf(configuration({}), stranger, false), 'music')).toBe(
    'certificate-name-mismatch',
  );
});

test.each([
  ['a phone', PHONE, MUSIC_TYPE],
  ['a bridge', 'example', MUSIC_TYPE],
  ['a music server', MUSIC, BRIDGE_TYPE],
  ['a music server', MUSIC, PHONE_TYPE],
])(
  'what is configured as %s, %s, does not register with type %i',
  (_kind, deviceName, deviceType) => {
    const admission = admissionOf(
      configuration({}),
      { deviceName, deviceType, transport: 'tls', commonName: deviceName },
      false,
    );
    expect(admission).toMatchObject({ admitted: false, reason: 'device-type-mismatch' });
  },
);

test('what is configured for SIP, a trunk too, does not register over SCCP', () => {
  const known = configuration({ phoneMode: 'nonsecure' });
  const phone = known.phones.get(PHONE);
  if (!phone) throw new Error('the phone is configured');
  const phones = new Map([[PHONE, { ...phone, protocol: 'SIP' as const }]]);
  const applicant = phoneApplicant({ transport: 'tcp' });
  expect(admissionOf({ ...known, phones }, applicant, false)).toMatchObject({
    admitted: false,
    reason: 'protocol-mismatch',
  });
});

test('BRG-02, D-06: a software bridge never registers as secure, whatever is configured', () => {
  const software = { type: SOFTWARE_BRIDGE } as const;
  const encrypted = configuration({ bridge: { ...software, securityMode: 'encrypted' } });
  const nonsecure = configuration({ bridge: { ...software, securityMode: 'nonsecure' } });
  expect(bridgeOutcome(admissionOf(encrypted, bridgeApplicant({ transport: 'tls' }), false))).toBe(
    'software-bridge-cannot-be-secure',
  );
  expect(bridgeOutcome(admissionOf(encrypted, bridgeApplicant({ transport: 'tcp' }), false))).toBe(
    'security-mode-mismatch',
  );
  expect(bridgeOutcome(admissionOf(nonsecure, bridgeApplicant({ transport: 'tcp' }), false))).toBe(
    'nonsecure',
  );
});

test.each([
  ['TIP-15', 'example', false, true],
  ['TIP-15', 'example.cisco.com', false, true],
  ['D-24: case does not count', 'EXAMPLE.cisco.com', false, true],
  ['D-24: a longer label is another device', 'example2.cisco.com', false, false],
  ['TIP-15 to the letter', 'example2.cisco.com', true, true],
  ['D-24: a shorter label is another device', 'examp', false, false],
  ['a shorter name is no prefix either', 'examp', true, false],
  ['TIP-17: the certificate of another bridge', 'other.cisco.com', true, false],
  ['TIP-16: no common name, alternative names do not help', undefined, true, false],
  ['an empty common name', '', true, false],
])(
  '%s: common name %j, literal prefix %s: admitted %s',
  (_id, commonName, literalPrefix, admitted) => {
    const admission = admissionOf(
      configuration({}),
      {
        deviceName: 'example',
        deviceType: BRIDGE_TYPE,
        transport: 'tls',
        ...(commonName !== undefined && { commonName }),
      },
      literalPrefix,
    );
    expect(bridgeOutcome(admission)).toBe(admitted ? 'secure' : 'certificate-name-mismatch');
  },
);

test('TIP-15, D-24: a phone over TLS needs its own certificate; a factory one counts', () => {
  const own = (commonName: string | undefined): string =>
    phoneOutcome(
      admissionOf(
        configuration({}),
        {
          deviceName: PHONE,
          deviceType: PHONE_TYPE,
          transport: 'tls',
          ...(commonName !== undefined && { commonName }),
        },
        false,
      ),
    );
  expect(own(PHONE)).toBe('tls-encrypted');
  expect(own(`CP-7961G-${PHONE}`)).toBe('tls-encrypted');
  expect(own('SEP000000001002')).toBe('certificate-name-mismatch');
  expect(own(undefined)).toBe('certificate-name-mismatch');
});

test('a name is asked for only on TLS: on TCP there is none', () => {
  const admission = admissionOf(
    configuration({ bridge: { securityMode: 'nonsecure' } }),
    bridgeApplicant({ transport: 'tcp' }),
    false,
  );
  expect(admission.admitted).toBe(true);
});

test('a mode mismatch is told before a name mismatch (TIP-07)', () => {
  const admission = admissionOf(
    configuration({ bridge: { securityMode: 'nonsecure' } }),
    { ...bridgeApplicant({ transport: 'tls' }), commonName: 'stranger' },
    false,
  );
  expect(bridgeOutcome(admission)).toBe('security-mode-mismatch');
});

test('a device that is not configured is refused, by its exact name', () => {
  for (const deviceName of ['stranger', '', PHONE.toLowerCase(), 'example ', '__proto__']) {
    const admission = admissionOf(
      configuration({}),
      { deviceName, deviceType: PHONE_TYPE, transport: 'tcp' },
      false,
    );
    expect(admission).toMatchObject({ admitted: false, reason: 'unknown-device' });
  }
});

test.each([50, 51, 52, 53, 85, 86, 87])(
  'BRG-03: device type %i is a bridge and no phone',
  (deviceType) => {
    const asBridge = admissionOf(
      configuration({}),
      { ...bridgeApplicant({ transport: 'tls' }), deviceType },
      false,
    );
    const asPhone = admissionOf(
      configuration({}),
      { ...phoneApplicant({ transport: 'tls' }), deviceType },
      false,
    );
    expect(bridgeOutcome(asBridge)).toBe('secure');
    expect(phoneOutcome(asPhone)).toBe('device-type-mismatch');
  },
);

test('a phone cannot take the name of a bridge, nor can any other type', () => {
  fc.assert(
    fc.property(fc.nat({ max: 0xffff_ffff }), (deviceType) => {
      fc.pre(![50, 51, 52, 53, 85, 86, 87].includes(deviceType));
      const admission = admissionOf(
        configuration({}),
        { ...bridgeApplicant({ transport: 'tls' }), deviceType },
        false,
      );
      expect(bridgeOutcome(admission)).toBe('device-type-mismatch');
    }),
  );
});

test('every refusal has a text of at most 31 characters, and names the device', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.record({
        mixedMode: fc.boolean(),
        phoneMode: fc.constantFrom('nonsecure', 'authenticated', 'encrypted'),
        bridge: fc.record({
          securityMode: fc.constantFrom('nonsecure', 'encrypted'),
          type: fc.constantFrom(ENHANCED, SOFTWARE_BRIDGE),
        }),
      }),
      fc.record({
        deviceName: fc.constantFrom('example', PHONE, 'stranger'),
        deviceType: fc.constantFrom(PHONE_TYPE, BRIDGE_TYPE),
        transport: fc.constantFrom('tcp', 'tls'),
        commonName: fc.constantFrom('example', PHONE, 'stranger'),
      }),
      (wish, applicant) => {
        const admission = admissionOf(configuration(wish), applicant, false);
        if (admission.admitted) return;
        seen.add(admission.reason);
        expect(admission.text.length).toBeGreaterThan(0);
        expect(admission.text.length).toBeLessThanOrEqual(REFUSAL_TEXT_MAX);
        expect(admission.text).toMatch(/^[\x20-\x7e]+$/);
        expect(admission.sentence).toContain(applicant.deviceName);
      },
    ),
    { numRuns: 2_000 },
  );
  expect([...seen].sort()).toEqual([
    'certificate-name-mismatch',
    'cluster-not-mixed',
    'device-type-mismatch',
    'security-mode-mismatch',
    'software-bridge-cannot-be-secure',
    'unknown-device',
  ]);
});

interface Wish {
  readonly mixedMode?: boolean;
  readonly phoneMode?: 'nonsecure' | 'authenticated' | 'encrypted';
  readonly musicMode?: 'nonsecure' | 'encrypted';
  readonly bridge?: Partial<BridgeConfiguration>;
}

function configuration(wish: Wish): Configuration {
  return {
    clusterId: 'StandAloneCluster',
    mixedMode: wish.mixedMode ?? true,
    phones: new Map([
      [
        PHONE,
        {
          name: PHONE,
          model: '7961G',
          firmware: '9.4(2)',
          protocol: 'SCCP',
          securityMode: wish.phoneMode ?? 'encrypted',
          lines: [],
        },
      ],
    ]),
    bridges: new Map([
      ['example', { name: 'example', type: ENHANCED, securityMode: 'encrypted', ...wish.bridge }],
    ]),
    musicServers: new Map([[MUSIC, { name: MUSIC, securityMode: wish.musicMode ?? 'encrypted' }]]),
    groups: new Map(),
    lists: new Map(),
    meetMeNumbers: [],
    parameters: DEFAULT_PARAMETERS,
  };
}

function bridgeApplicant({ transport }: Pick<Applicant, 'transport'>): Applicant {
  return {
    deviceName: 'example',
    deviceType: BRIDGE_TYPE,
    transport,
    ...(transport === 'tls' && { commonName: 'example.cisco.com' }),
  };
}

function phoneApplicant({ transport }: Pick<Applicant, 'transport'>): Applicant {
  return {
    deviceName: PHONE,
    deviceType: PHONE_TYPE,
    transport,
    ...(transport === 'tls' && { commonName: PHONE }),
  };
}

function musicApplicant({ transport }: Pick<Applicant, 'transport'>): Applicant {
  return {
    deviceName: MUSIC,
    deviceType: MUSIC_TYPE,
    transport,
    ...(transport === 'tls' && { commonName: MUSIC }),
  };
}

function bridgeOutcome(admission: Admission): string {
  return resourceOutcome(admission, 'bridge');
}

function resourceOutcome(admission: Admission, kind: 'bridge' | 'music'): string {
  if (!admission.admitted) return admission.reason;
  if (admission.kind === 'phone' || admission.kind !== kind) return admission.kind;
  return admission.secure ? 'secure' : 'nonsecure';
}

function phoneOutcome(admission: Admission): string {
  if (!admission.admitted) return admission.reason;
  return admission.kind === 'phone' ? admission.signalling : admission.kind;
}
