import { DEFAULT_PARAMETERS, type Parameters } from '@conclave/core';
import {
  SAMPLE_CONFIGURATION,
  type StoredConfiguration,
  type StoredPhone,
  type StoredSipTrunk,
} from '@conclave/store';
import { describe, expect, test } from 'vitest';
import { coreConfiguration } from './configuration.ts';

/* Goal: what an operator sets is what the rules read. */

test('without any parameter the rules have their own defaults', () => {
  const { parameters } = coreConfiguration(withParameters({}));
  expect(parameters).toEqual(DEFAULT_PARAMETERS);
});

test.each<[string, string, Partial<Parameters>]>([
  ['Maximum Ad Hoc Conference', '9', { maximumAdHocConference: 9 }],
  ['Maximum MeetMe Conference Unicast', '9', { maximumMeetMeConference: 9 }],
  ['Advanced Ad Hoc Conference Enabled', 'True', { advancedAdHocConference: true }],
  ['Non-linear Ad Hoc Conference Linking Enabled', 'True', { nonLinearLinking: true }],
  [
    'Drop Ad Hoc Conference',
    'When No OnNet Parties Remain in the Conference',
    { dropAdHocConference: 'when-no-on-net-parties-remain' },
  ],
  [
    'Drop Ad Hoc Conference',
    'When Conference Controller Leaves',
    { dropAdHocConference: 'when-conference-controller-leaves' },
  ],
  ['Suppress MOH to Conference Bridge', 'False', { suppressMusicToConference: false }],
  ['Party Entrance Tone', 'True', { partyEntranceTone: true }],
  ['Maximum Call Duration Timer', '1', { maximumCallDurationMinutes: 1 }],
  [
    'Override BFCP Application Encryption Status When Designating Call Security Status',
    'True',
    { overrideBfcp: true },
  ],
  ['Secure Call Icon Display Policy', 'Only Audio', { secureCallIconPolicy: 'only-audio' }],
  ['Secure Call Icon Display Policy', 'All media', { secureCallIconPolicy: 'all-media' }],
  ['Play Tone to Indicate Secure/Non-Secure Call Status', 'True', { secureTone: true }],
  ['Packet Capture Enable', 'True', { packetCaptureEnable: true }],
  ['Media Security Policy', 'Disable SRTP', { mediaSecurityPolicy: 'disable-srtp' }],
  ['Media Security Policy', 'Enforce for encrypted devices', { mediaSecurityPolicy: 'enforce' }],
  ['Compute status for non-secure meet-me', 'True', { computeStatusForNonsecureMeetMe: true }],
  ['SRTP crypto suite', 'AES_CM_128_HMAC_SHA1_80', { srtpSuite: 'AES_CM_128_HMAC_SHA1_80' }],
])('%s: %s', (name, value, changed) => {
  const { parameters } = coreConfiguration(withParameters({ [name]: value }));
  expect(parameters).toEqual({ ...DEFAULT_PARAMETERS, ...changed });
});

describe('phones', () => {
  test.each([
    [{}, {}, { builtInBridge: false, privacy: true }],
    [{ builtInBridge: 'on', privacy: 'off' }, {}, { builtInBridge: true, privacy: false }],
    [
      {},
      { 'Built-in Bridge Enable': 'On', 'Privacy Setting': 'False' },
      { builtInBridge: true, privacy: false },
    ],
    [
      { builtInBridge: 'off', privacy: 'on' },
      { 'Built-in Bridge Enable': 'On', 'Privacy Setting': 'False' },
      { builtInBridge: false, privacy: true },
    ],
  ] as const)('TIP-02: %j with %j', (own, parameters, expected) => {
    expect(phoneOf(own, parameters)).toMatchObject(expected);
  });

  test('TIP-01, INT-08: language, media path and protection are those of the phone', () => {
    const own = { userLocale: 'es', mediaPath: 'rsvp-agent', protectedDevice: true } as const;
    expect(phoneOf(own)).toMatchObject(own);
    expect(phoneOf({})).not.toHaveProperty('mediaPath');
    expect(phoneOf({})).not.toHaveProperty('protectedDevice');
  });
});

test('park numbers and meet-me numbers keep their patterns', () => {
  const { parkNumbers, meetMeNumbers } = coreConfiguration(SAMPLE_CONFIGURATION);
  expect(parkNumbers).toEqual(['710[0-9]']);
  expect(meetMeNumbers).toContainEqual({ pattern: '51[0-9]0', minimum: 'encrypted' });
});

describe('SIP', () => {
  test('a trunk is a device without lines; what it was not given it may not do (TRK-03, D-19)', () => {
    expect(trunkOf({})).toEqual({
      name: 'T',
      kind: 'sip-trunk',
      model: 'SIP Trunk',
      firmware: '',
      protocol: 'SIP',
      securityMode: 'nonsecure',
      lines: [],
      srtpAllowed: false,
      trustSecurityStatus: false,
      onNet: false,
    });
  });

  test.each([
    [{ transport: 'TLS' }, { securityMode: 'authenticated' }],
    [
      { transport: 'TLS', srtpAllowed: true },
      { securityMode: 'encrypted', srtpAllowed: true },
    ],
    [{ transport: 'TLS', trustSecurityStatus: true }, { trustSecurityStatus: true }],
    [{ onNet: true }, { onNet: true }],
  ] as const)('a trunk with %j', (own, expected) => {
    expect(trunkOf(own)).toMatchObject(expected);
  });

  test('routes lead over trunks, the factory has its number', () => {
    const stored = {
      ...withParameters({ 'Conference Factory Number': '5900' }),
      routes: [{ pattern: '8XXX', partition: '', description: 'Paris', trunk: 'T' }],
    };
    expect(coreConfiguration(stored)).toMatchObject({
      routes: [{ pattern: '8XXX', trunk: 'T' }],
      conferenceFactory: '5900',
    });
    expect(coreConfiguration(SAMPLE_CONFIGURATION)).not.toHaveProperty('conferenceFactory');
  });
});

function trunkOf(own: Partial<StoredSipTrunk>): unknown {
  const trunk: StoredSipTrunk = {
    name: 'T',
    description: '',
    devicePool: 'Default',
    location: 'Hub_None',
    destinations: [{ host: '192.0.2.7' }],
    transport: 'TCP',
    srtpAllowed: false,
    trustSecurityStatus: false,
    onNet: false,
    ...own,
  };
  return coreConfiguration({ ...SAMPLE_CONFIGURATION, sipTrunks: [trunk] }).phones.get('T');
}

function phoneOf(
  own: Partial<StoredPhone>,
  parameters: StoredConfiguration['serviceParameters'] = {},
): unknown {
  const phones = SAMPLE_CONFIGURATION.phones.map((phone) => ({ ...phone, ...own }));
  const stored = { ...withParameters(parameters), phones };
  return coreConfiguration(stored).phones.get('SEP000000001001');
}

function withParameters(
  serviceParameters: StoredConfiguration['serviceParameters'],
): StoredConfiguration {
  return { ...SAMPLE_CONFIGURATION, serviceParameters };
}
