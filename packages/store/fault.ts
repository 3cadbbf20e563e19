/** What is wrong with a configuration, and the error that carries it. */

export interface Fault {
  /** Where, such as `phones[SEP000000001001].securityMode`. */
  readonly field: string;
  /** What must hold there, for people, with the ledger's id where it has one. */
  readonly rule: string;
}

/** A configuration, or a change of one, that breaks rules; nothing was stored. */
export class ValidationError extends Error {
  override readonly name = 'ValidationError';
  readonly code = 'CONFIGURATION';
  /** At least one. */
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map(({ field, rule }) => `${field}: ${rule}`).join('\n'));
    this.faults = faults;
  }

  /** Of the first fault. */
  get field(): string {
    return this.faults[0]?.field ?? '';
  }
}
