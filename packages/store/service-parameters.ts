/** The service parameters that are in force, with their defaults, ranges and meaning (domain 1.1). */

export type ParameterType = 'number' | 'boolean' | 'choice';

export interface ParameterSpec {
  readonly name: string;
  readonly type: ParameterType;
  readonly default: string;
  /** For numbers. */
  readonly min?: number;
  readonly max?: number;
  /** For choices. */
  readonly choices?: readonly string[];
  readonly help: string;
}

export const SERVICE_PARAMETERS: readonly ParameterSpec[] = [
  {
    name: 'Maximum Ad Hoc Conference',
    type: 'number',
    default: '4',
    min: 3,
    max: 64,
    help: 'Parties of one ad hoc conference.',
  },
  {
    name: 'Maximum MeetMe Conference Unicast',
    type: 'number',
    default: '4',
    min: 1,
    max: 128,
    help: 'Parties of one meet-me conference.',
  },
  {
    name: 'Advanced Ad Hoc Conference Enabled',
    type: 'boolean',
    default: 'False',
    help: 'Parties other than the initiator may add and remove (LST-05).',
  },
  {
    name: 'Media Security Policy',
    type: 'choice',
    default: 'Best effort',
    choices: ['Best effort', 'Enforce for encrypted devices', 'Disable SRTP'],
    help: 'Whether an encrypted device may fall back to RTP (D-20).',
  },
  {
    name: 'Compute status for non-secure meet-me',
    type: 'boolean',
    default: 'False',
    help: 'False shows a meet-me with minimum Non Secure as nonsecure whoever is in it (D-13).',
  },
  {
    name: 'Certificate name literal prefix',
    type: 'boolean',
    default: 'False',
    help: 'Accept a certificate whose common name merely begins with the device name (D-24).',
  },
  {
    name: 'SRTP crypto suite',
    type: 'choice',
    default: 'AES_CM_128_HMAC_SHA1_32',
    choices: ['AES_CM_128_HMAC_SHA1_32', 'AES_CM_128_HMAC_SHA1_80'],
    help: 'The SRTP crypto-suite that SCCP phones and their bridge legs are given (domain 1.5).',
  },
];

/** Why a value cannot be set; undefined when it can. */
export function parameterFault(name: string, value: string): string | undefined {
  const spec = SERVICE_PARAMETERS.find((each) => each.name === name);
  if (!spec) return `there is no service parameter ${JSON.stringify(name)}`;
  switch (spec.type) {
    case 'number': {
      const number = Number(value);
      const inRange = number >= (spec.min ?? 0) && number <= (spec.max ?? Infinity);
      if (/^\d+$/.test(value) && inRange) return undefined;
      return `must be a whole number from ${spec.min} to ${spec.max}`;
    }
    case 'boolean':
      return value === 'True' || value === 'False' ? undefined : 'must be True or False';
    case 'choice':
      return spec.choices?.includes(value)
        ? undefined
        : `must be one of: ${spec.choices?.join(', ')}`;
  }
}
