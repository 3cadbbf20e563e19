import { AssertionError } from '@conclave/base';
import { describe, expect, test } from 'vitest';
import { EMPTY_CONFIGURATION } from './configuration.ts';
import { SAMPLE_CONFIGURATION } from './sample-configuration.ts';
import {
  parameterFault,
  parameterSpec,
  parameterValue,
  SERVICE_PARAMETERS,
  serviceParametersOf,
} from './service-parameters.ts';

/* Goal: names, defaults and ranges are those of domain 1.1, and every default is itself allowed. */

test.each([
  // name, default, range or choices
  ['Maximum Ad Hoc Conference', '4', [3, 64]],
  ['Maximum MeetMe Conference Unicast', '4', [1, 128]],
  ['Advanced Ad Hoc Conference Enabled', 'False', undefined],
  ['Non-linear Ad Hoc Conference Linking Enabled', 'False', undefined],
  ['Drop Ad Hoc Conference', 'Never', undefined],
  ['Suppress MOH to Conference Bridge', 'True', undefined],
  ['Party Entrance Tone', 'False', undefined],
  ['Choose Encrypted Audio Conference Instead Of Video Conference', 'True', undefined],
  [
    'Override BFCP Application Encryption Status When Designating Call Security Status',
    'False',
    undefined,
  ],
  ['Secure Call Icon Display Policy', 'All media except BFCP and iX', undefined],
  ['Maximum Call Duration Timer', '720', [0, 35_791]],
  ['Built-in Bridge Enable', 'Off', undefined],
  ['Privacy Setting', 'True', undefined],
  ['Play Tone to Indicate Secure/Non-Secure Call Status', 'False', undefined],
  ['Packet Capture Enable', 'False', undefined],
  ['Packet Capture Max File Size (MB)', '20', [1, 200]],
  ['Media Security Policy', 'Best effort', undefined],
  ['Certificate name literal prefix', 'False', undefined],
  ['Compute status for non-secure meet-me', 'False', undefined],
])('%s is %s unless it is set', (name, value, range) => {
  const spec = parameterSpec(name);
  expect(spec?.default).toBe(value);
  if (range) expect([spec?.min, spec?.max]).toEqual(range);
  expect(parameterValue(EMPTY_CONFIGURATION, name)).toBe(value);
});

test('names are unique, defaults are allowed, help is a sentence', () => {
  const names = SERVICE_PARAMETERS.map((spec) => spec.name);
  expect(new Set(names).size).toBe(names.length);
  for (const spec of SERVICE_PARAMETERS) {
    expect(`${spec.name}: ${parameterFault(spec.name, spec.default)}`).toBe(
      `${spec.name}: undefined`,
    );
    expect(spec.help).toMatch(/^[A-Z].*\.$/);
  }
});

describe('values', () => {
  test.each([
    ['Maximum Ad Hoc Conference', '3', true],
    ['Maximum Ad Hoc Conference', '64', true],
    ['Maximum Ad Hoc Conference', '2', false],
    ['Maximum Ad Hoc Conference', '65', false],
    ['Maximum Ad Hoc Conference', '', false],
    ['Maximum Ad Hoc Conference', ' 8', false],
    ['Maximum Ad Hoc Conference', '8.5', false],
    ['Maximum Ad Hoc Conference', '-8', false],
    ['Maximum Ad Hoc Conference', '0x10', false],
    ['Maximum Ad Hoc Conference', '1e1', false],
    ['Maximum MeetMe Conference Unicast', '1', true],
    ['Maximum MeetMe Conference Unicast', '128', true],
    ['Maximum MeetMe Conference Unicast', '0', false],
    ['Maximum MeetMe Conference Unicast', '129', false],
    ['Maximum Call Duration Timer', '0', true],
    ['Party Entrance Tone', 'True', true],
    ['Party Entrance Tone', 'TRUE', false],
    ['Drop Ad Hoc Conference', 'When Conference Controller Leaves', true],
    ['Drop Ad Hoc Conference', 'Sometimes', false],
    ['constructor', 'x', false],
  ])('%s = %j: %s', (name, value, allowed) => {
    expect(parameterFault(name, value) === undefined).toBe(allowed);
  });
});

test('the typed view has the stored values and the defaults', () => {
  expect(serviceParametersOf(SAMPLE_CONFIGURATION)).toEqual({
    conferenceFactoryNumber: '',
    recordRetentionDays: 0,
    maximumAdHocConference: 16,
    maximumMeetMeConferenceUnicast: 32,
    advancedAdHocConferenceEnabled: false,
    nonLinearAdHocConferenceLinkingEnabled: false,
    dropAdHocConference: 'Never',
    suppressMohToConferenceBridge: true,
    partyEntranceTone: false,
    chooseEncryptedAudioInsteadOfVideo: true,
    overrideBfcpEncryptionStatus: false,
    secureCallIconDisplayPolicy: 'All media except BFCP and iX',
    maximumCallDurationMinutes: 720,
    builtInBridgeEnable: 'Off',
    privacySetting: true,
    secureTone: false,
    packetCaptureEnable: false,
    packetCaptureMaxFileMegabytes: 20,
    mediaSecurityPolicy: 'Best effort',
    computeStatusForNonsecureMeetMe: false,
    certificateNameLiteralPrefix: false,
    srtpCryptoSuite: 'AES_CM_128_HMAC_SHA1_32',
  });
});

test('every parameter has its place in the typed view', () => {
  const typed = Object.keys(serviceParametersOf(EMPTY_CONFIGURATION));
  expect(typed).toHaveLength(SERVICE_PARAMETERS.length);
});

test('to ask for a parameter that does not exist is our mistake', () => {
  expect(() => parameterValue(EMPTY_CONFIGURATION, 'Maximum Fun')).toThrow(AssertionError);
});
