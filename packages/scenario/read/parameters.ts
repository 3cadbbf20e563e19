/** Service parameters in a scenario: by their names as in CUCM, or by the rules' short names. */
import { DEFAULT_PARAMETERS, type Parameters } from '@conclave/core';
import {
  choice,
  flag,
  type JsonSchema,
  join,
  mapped,
  type Shape,
  wholeNumber,
  wrong,
} from './shape.ts';

interface ParameterEntry {
  /** As in CUCM. */
  readonly name: string;
  readonly shape: Shape<Parameters[keyof Parameters]>;
}

type Table = { readonly [K in keyof Parameters]: ParameterEntry };

function entry<T extends Parameters[keyof Parameters]>(
  name: string,
  shape: Shape<T>,
): ParameterEntry {
  return { name, shape: mapped(shape, (value): Parameters[keyof Parameters] => value) };
}

export const PARAMETERS: Table = {
  maximumAdHocConference: entry('Maximum Ad Hoc Conference', wholeNumber(3, 64)),
  maximumMeetMeConference: entry('Maximum MeetMe Conference Unicast', wholeNumber(1, 128)),
  advancedAdHocConference: entry('Advanced Ad Hoc Conference Enabled', flag),
  nonLinearLinking: entry('Non-linear Ad Hoc Conference Linking Enabled', flag),
  dropAdHocConference: entry(
    'Drop Ad Hoc Conference',
    choice({
      Never: 'never',
      'When No OnNet Parties Remain in the Conference': 'when-no-on-net-parties-remain',
      'When Conference Controller Leaves': 'when-conference-controller-leaves',
    } as const),
  ),
  suppressMusicToConference: entry('Suppress MOH to Conference Bridge', flag),
  partyEntranceTone: entry('Party Entrance Tone', flag),
  maximumCallDurationMinutes: entry('Maximum Call Duration Timer', wholeNumber(0, 35_791)),
  overrideBfcp: entry(
    'Override BFCP Application Encryption Status When Designating Call Security Status',
    flag,
  ),
  secureCallIconPolicy: entry(
    'Secure Call Icon Display Policy',
    choice({
      'All media except BFCP and iX': 'all-media-except-bfcp-and-ix',
      'All media except iX': 'all-media-except-ix',
      'All media except BFCP': 'all-media-except-bfcp',
      'All media': 'all-media',
      'Only Audio': 'only-audio',
    } as const),
  ),
  secureTone: entry('Play Tone to Indicate Secure/Non-Secure Call Status', flag),
  packetCaptureEnable: entry('Packet Capture Enable', flag),
  mediaSecurityPolicy: entry(
    'Media Security Policy',
    choice({
      'Best effort': 'best-effort',
      'Enforce for encrypted devices': 'enforce',
      'Disable SRTP': 'disable-srtp',
    } as const),
  ),
  computeStatusForNonsecureMeetMe: entry('Compute status for non-secure meet-me', flag),
  srtpSuite: entry(
    'SRTP crypto suite',
    choice({
      AES_CM_128_HMAC_SHA1_32: 'AES_CM_128_HMAC_SHA1_32',
      AES_CM_128_HMAC_SHA1_80: 'AES_CM_128_HMAC_SHA1_80',
    } as const),
  ),
};

/** What holds unless a scenario says otherwise: CUCM's defaults, with room for bigger conferences. */
export const SCENARIO_PARAMETERS: Parameters = {
  ...DEFAULT_PARAMETERS,
  maximumAdHocConference: 16,
  maximumMeetMeConference: 16,
};

const KEYS = Object.keys(PARAMETERS) as (keyof Parameters)[];

const BY_NAME: ReadonlyMap<string, keyof Parameters> = new Map(
  KEYS.flatMap((key) => [
    [key.toLowerCase(), key] as const,
    [PARAMETERS[key].name.toLowerCase(), key] as const,
  ]),
);

const allowed = `names of service parameters with values; names are ${KEYS.map(
  (key) => `${PARAMETERS[key].name} (${key})`,
).join('; ')}`;

export const parameters: Shape<Partial<Parameters>> = {
  allowed,
  schema: {
    type: 'object',
    properties: Object.fromEntries(
      KEYS.flatMap((key): (readonly [string, JsonSchema])[] => [
        [key, PARAMETERS[key].shape.schema],
        [PARAMETERS[key].name, PARAMETERS[key].shape.schema],
      ]),
    ),
    additionalProperties: false,
  },
  read(node, at, faults) {
    if (node.kind !== 'map') return wrong(node, at, `must be ${allowed}`, faults);
    const found: Record<string, unknown> = {};
    for (const { key: name, value, ...place } of node.entries) {
      const key = BY_NAME.get(name.toLowerCase());
      if (!key) {
        wrong(place, join(at, name), `is no service parameter; there are ${allowed}`, faults);
        continue;
      }
      const read = PARAMETERS[key].shape.read(value, join(at, name), faults);
      if (read !== undefined) found[key] = read;
    }
    return found as Partial<Parameters>;
  },
};
