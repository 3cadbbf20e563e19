/** What a request is answered with when it cannot be served. Codes are stable words for programs. */
import type { Fault } from './ports.ts';

const STATUS = {
  'not-logged-in': 401,
  'not-allowed': 403,
  'cross-site': 403,
  'not-found': 404,
  exists: 409,
  changed: 412,
  'too-many-attempts': 429,
  'version-needed': 428,
  'breaks-rules': 422,
} as const;

export type FaultCode = keyof typeof STATUS;

export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  readonly code: FaultCode;
  readonly faults: readonly Fault[];

  constructor(code: FaultCode, message: string, faults: readonly Fault[] = []) {
    super(message);
    this.code = code;
    this.faults = faults;
  }

  get statusCode(): number {
    return STATUS[this.code];
  }
}

/** Answers what broke a rule with the rule, at the field. */
export function refuse(faults: readonly Fault[]): void {
  const [first] = faults;
  if (first) throw new ApiFault('breaks-rules', `${first.field}: ${first.rule}`, faults);
}
