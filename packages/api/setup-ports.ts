/** The chapter's set-up procedure, step by step, with what is really the case. */

export interface SetupStep {
  /** The ledger's number, such as `SUP-07`. */
  readonly id: string;
  /** `open`: something is to be done. `optional`: it works without. */
  readonly state: 'done' | 'open' | 'optional';
  /** What was found, in a sentence. */
  readonly found: string;
  /** The page on which it is put right, such as `/security/certificates`. */
  readonly page: string;
}

export interface SetupPort {
  steps(): Promise<readonly SetupStep[]>;
}
