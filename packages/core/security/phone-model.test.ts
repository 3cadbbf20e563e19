import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { abilityOf, carriesConferenceSrtp, firmwareAdvice, modelAbility } from './phone-model.ts';

/* Goal: each model can do what the published lists say over each protocol, and nothing more. */

/** PHN-02, without the bare 7942 (D-17). */
const SCCP =
  '6901 6911 6921 6941 6945 6961 7906G 7911G 7921G 7931G 7941G 7941G-GE 7942G 7945G 7961G ' +
  '7961G-GE 7962G 7965G 7970G 7971G 7971G-GE 7975G 8941 8945';

/** PHN-03 with 9951 (D-17). */
const SIP =
  '6901 6911 6921 6941 6945 6961 7906G 7911G 7941G 7941G-GE 7942G 7961G 7961G-GE 7962G 7965G ' +
  '7970G 7971G 7971G-GE 7975G 8941 8945 8961 9951 9971';

/** PHN-04. */
const SIP_ONLY =
  '7811 7821 7841 7861 7832 8811 8841 8845 8851 8851NR 8861 8865 8865NR 8821 8831 8832';

describe('the lists', () => {
  test.each(SCCP.split(' '))('PHN-02: %s over SCCP carries secure conferences', (model) => {
    expect(modelAbility(model, 'SCCP')).toMatchObject({ conferenceSecurity: 'full', icon: true });
  });

  test.each(SIP.split(' '))('PHN-03: %s over SIP carries secure conferences', (model) => {
    expect(modelAbility(model, 'SIP')).toMatchObject({ conferenceSecurity: 'full', icon: true });
  });

  test.each(SIP_ONLY.split(' '))('PHN-04: %s carries them over SIP only', (model) => {
    expect(modelAbility(model, 'SIP')).toMatchObject({ conferenceSecurity: 'full', icon: true });
    expect(modelAbility(model, 'SCCP')).toMatchObject({
      conferenceSecurity: 'unlisted',
      icon: false,
    });
  });

  test.each([
    ['7945G', 'SIP'],
    ['7921G', 'SIP'],
    ['7931G', 'SIP'],
    ['8961', 'SCCP'],
    ['9971', 'SCCP'],
  ] as const)('PHN-02, PHN-03: %s over %s is not listed', (model, protocol) => {
    expect(modelAbility(model, protocol).conferenceSecurity).toBe('unlisted');
  });

  test.each(['7912', '7905', '', 'Third-party SIP Device', '79610', '7961GX'])(
    'PHN-08: the unlisted model %j has no icon, no shield and no list',
    (model) => {
      for (const protocol of ['SCCP', 'SIP'] as const) {
        expect(modelAbility(model, protocol)).toMatchObject({
          conferenceSecurity: 'unlisted',
          icon: false,
          shield: false,
          conferenceList: false,
        });
      }
    },
  );
});

describe('the restricted profile', () => {
  test.each(['7940', '7960', '7942', '7962'])(
    'PHN-01, D-17: %s is authenticated only over SCCP, and nothing over SIP',
    (model) => {
      expect(modelAbility(model, 'SCCP').conferenceSecurity).toBe('authenticated-only');
      expect(modelAbility(model, 'SIP').conferenceSecurity).toBe('none');
      expect(modelAbility(model, 'SIP').icon).toBe(false);
    },
  );

  test.each(['7942G', '7962G'])('D-17: %s is not restricted', (model) => {
    expect(modelAbility(model, 'SCCP').conferenceSecurity).toBe('full');
  });
});

describe('what a model shows', () => {
  test.each([
    ['7911G', 'SCCP', false],
    ['7811', 'SIP', false],
    ['7832', 'SIP', false],
    ['7861', 'SIP', false],
    ['7906G', 'SCCP', true],
    ['7961G', 'SCCP', true],
    ['8845', 'SIP', true],
  ] as const)('RES-03, LST-01: %s over %s has the list: %s', (model, protocol, has) => {
    expect(modelAbility(model, protocol).conferenceList).toBe(has);
  });

  test.each([
    ['7961G', 'SCCP', true],
    ['8961', 'SIP', true],
    ['6921', 'SCCP', false],
    ['7821', 'SIP', false],
    ['8851NR', 'SIP', false],
  ] as const)('ICO-06: %s over %s draws the shield: %s', (model, protocol, has) => {
    expect(modelAbility(model, protocol).shield).toBe(has);
  });

  test.each([
    ['7931G', 'device-not-authorized'],
    ['7961G', 'device-not-authorized'],
    ['7906G', 'security-level-not-met'],
    ['7911G', 'security-level-not-met'],
    ['7841', 'security-level-not-met'],
  ])('D-16: a rejected %s says %s', (model, text) => {
    expect(modelAbility(model, 'SCCP').refusalText).toBe(text);
  });

  test.each([
    ['7940', 'SCCP', true],
    ['7960G', 'SCCP', true],
    ['7961G', 'SCCP', false],
    ['7942', 'SCCP', false],
    ['8845', 'SIP', false],
  ] as const)(
    'ICO-07: %s over %s draws nothing for a nonsecure call: %s',
    (model, protocol, none) => {
      expect(modelAbility(model, protocol).legacyNoIcon).toBe(none);
    },
  );

  test.each([
    ['7962G', 'SCCP', 'device-not-authorized'],
    ['7962G', 'SIP', undefined],
    ['7962', 'SIP', undefined],
    ['7942G', 'SIP', undefined],
    ['7961G', 'SIP', 'device-not-authorized'],
    ['7841', 'SIP', 'security-level-not-met'],
  ] as const)('RES-09, D-16, D-17: a rejected %s over %s reads %s', (model, protocol, text) => {
    expect(modelAbility(model, protocol).refusalText).toBe(text);
  });

  test.each([
    ['7961G', 'SCCP', true],
    ['8845', 'SIP', true],
    ['7942G', 'SCCP', true],
    ['7942', 'SCCP', false],
    ['6911', 'SCCP', false],
    ['7912', 'SCCP', false],
  ] as const)(
    'TIP-02: the built-in bridge of %s over %s can carry SRTP: %s',
    (model, protocol, can) => {
      expect(modelAbility(model, protocol).builtInBridgeSrtp).toBe(can);
    },
  );

  test('case, spaces and a missing G make no other model', () => {
    expect(modelAbility(' 7961g-ge ', 'SCCP').conferenceSecurity).toBe('full');
    expect(modelAbility('7961', 'SCCP').conferenceSecurity).toBe('full');
    expect(modelAbility('8851nr', 'SIP').conferenceSecurity).toBe('full');
  });

  test('no model shows a shield or a list without being listed', () => {
    const model = fc.oneof(fc.string(), fc.integer({ min: 6900, max: 9999 }).map(String));
    fc.assert(
      fc.property(model, fc.constantFrom('SCCP', 'SIP'), (name, protocol) => {
        const ability = modelAbility(name, protocol);
        if (!ability.icon) expect([ability.shield, ability.conferenceList]).toEqual([false, false]);
      }),
    );
  });
});

test.each([
  ['cti-port', true, true, false, true],
  ['h323-trunk', true, false, false, true],
  ['sip-trunk', false, false, false, false],
  ['mgcp-gateway', false, false, false, false],
] as const)(
  'CTI-02, RES-08, RES-10, RES-11, TRK-04: %s is told levels %s, has a shield %s, a list %s, a text %s',
  (kind, icon, shield, conferenceList, text) => {
    const ability = abilityOf({ kind, model: '7961G', protocol: 'SCCP' });
    expect(ability).toMatchObject({ icon, shield, conferenceList });
    const rest = { chaining: true, bargesEncrypted: true, builtInBridgeSrtp: false };
    expect(ability).toMatchObject({ ...rest, legacyNoIcon: false, conferenceSecurity: 'full' });
    expect(ability.refusalText !== undefined).toBe(text);
  },
);

test.each([
  ['phone', '7961G', '8.2(1)', 'P1 runs firmware 8.2(1): upgrade to 8.3 for secure conferences.'],
  ['phone', '7961G', '8.3(1)', undefined],
  ['phone', 'Third-party SIP Device', '1.0', undefined],
  ['sip-trunk', '', '1.0', undefined],
] as const)(
  'PHN-05: the advice for a %s %s with firmware %s: %s',
  (kind, model, firmware, advice) => {
    const rest = { name: 'P1', protocol: 'SCCP', securityMode: 'encrypted', lines: [] } as const;
    expect(firmwareAdvice({ kind, model, firmware, ...rest })).toBe(advice);
  },
);

test.each([
  ['8.2(1)', false],
  ['SCCP41.8-2-1S', false],
  ['SCCP41.9-4-2SR1-1S', true],
  ['8.2.9', false],
  ['7.9(3)', false],
  ['8-2-2SR1', false],
  ['8.3(1)', true],
  ['8-3-1', true],
  ['8.10(1)', true],
  ['9.0(1)', true],
  ['9.4(2)SR1', true],
  ['12.8.1', true],
  ['14-0-1', true],
  ['sip78xx.14-1-1', true],
  ['', true],
  ['unknown', true],
])('PHN-05, PHN-06: firmware %j carries conference SRTP: %s', (firmware, carries) => {
  expect(carriesConferenceSrtp(firmware)).toBe(carries);
});

test('PHN-06: of two plain releases the later one never carries less', () => {
  const number = fc.nat({ max: 20 });
  fc.assert(
    fc.property(number, number, (major, minor) => {
      const expected = major > 8 || (major === 8 && minor >= 3);
      expect(carriesConferenceSrtp(`${major}.${minor}(1)`)).toBe(expected);
    }),
  );
});
