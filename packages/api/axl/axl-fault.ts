/**
 * What an AXL request is answered with when it is not done. The codes are those of CUCM's AXL service
 * as its developer guide lists them: 5003 a value that cannot be, 5007 something that is not there [doc];
 * -239 is its database's word for a duplicate [observed].
 */
const CODES = {
  unknown: 5000,
  'unknown-request': 5002,
  invalid: 5003,
  'not-found': 5007,
  duplicate: -239,
} as const;

type AxlFaultKind = keyof typeof CODES;

export class AxlFault extends Error {
  override readonly name = 'AxlFault';
  readonly axlCode: number;

  constructor(kind: AxlFaultKind, message: string) {
    super(message);
    this.axlCode = CODES[kind];
  }
}

export function notFound(what: string): AxlFault {
  return new AxlFault('not-found', `Item not valid: The specified ${what} was not found`);
}

export function invalid(tag: string, rule: string): AxlFault {
  return new AxlFault('invalid', `Invalid value for ${tag}: ${rule}`);
}
