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

function entry<T extends Parameters[keyof Parameters]>(
  name: string,
  shape: Shape<T>,
): ParameterEntry {
  return { name, shape: mapped(shape, (value): Parameters[keyof Parameters] => value) };
}

export const PARAMETERS: { readonly [K in keyof Parameters]: ParameterEntry } = {
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

/** What phones have that say nothing of it: settings of the cluster that no rule reads. */
export interface PhoneDefaults {
  readonly builtInBridge: boolean;
  readonly privacy: boolean;
}

export const PHONE_DEFAULTS: { readonly [K in keyof PhoneDefaults]: ParameterEntry } = {
  builtInBridge: entry('Built-in Bridge Enable', flag),
  privacy: entry('Privacy Setting', flag),
};

/** Those that can be set at any time. */
export const parameters: Shape<Partial<Parameters>> = shapeOf<Parameters>(PARAMETERS);

export type ClusterParameters = Parameters & PhoneDefaults;

export const clusterParameters: Shape<Partial<ClusterParameters>> = shapeOf<ClusterParameters>({
  ...PARAMETERS,
  ...PHONE_DEFAULTS,
});

function shapeOf<T>(
  table: { readonly [K in keyof T & string]: ParameterEntry },
): Shape<Partial<T>> {
  const keys = Object.keys(table) as (keyof T & string)[];
  const byName = new Map(
    keys.flatMap((key) => [
      [key.toLowerCase(), key] as const,
      [table[key].name.toLowerCase(), key] as const,
    ]),
  );
  const named = keys.map((key) => `${table[key].name} (${key})`);
  const allowed = `names of service parameters with values; names are ${named.join('; ')}`;
  const properties = keys.flatMap((key): (readonly [string, JsonSchema])[] => [
    [key, table[key].shape.schema],
    [table[key].name, table[key].shape.schema],
  ]);
  return {
    allowed,
    schema: {
      type: 'object',
      properties: Object.fromEntries(properties),
      additionalProperties: false,
    },
    read(node, at, faults) {
      if (node.kind !== 'map') return wrong(node, at, `must be ${allowed}`, faults);
      const found: Record<string, unknown> = {};
      for (const { key: name, value, ...place } of node.entries) {
        const key = byName.get(name.toLowerCase());
        if (!key) {
          wrong(place, join(at, name), `is no service parameter here; must be ${allowed}`, faults);
          continue;
        }
        const read = table[key].shape.read(value, join(at, name), faults);
        if (read !== undefined) found[key] = read;
      }
      return found as Partial<T>;
    },
  };
}
