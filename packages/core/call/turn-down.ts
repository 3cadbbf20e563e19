/** An operation that a rule forbids: the user reads a text, and the reason is kept for the explanation. */
import type { PhoneLeg, TextId } from '../effect.ts';
import type { Limit } from '../security/assessment.ts';
import type { Transaction } from '../transaction.ts';

/** Why not. */
export type Obstacle = Pick<Limit, 'rule' | 'fact' | 'fix' | 'sinceMs'>;

export interface TurnDown extends Obstacle {
  readonly operation: string;
  readonly text: TextId;
  /** How long the text stays. Absent: 5 seconds. */
  readonly timeoutSeconds?: number;
}

/** What is in the way here is no level, and so the limit is none either. */
export function turnDown(tx: Transaction, { device, line, leg }: PhoneLeg, why: TurnDown): void {
  const { operation, text, timeoutSeconds = 5, ...obstacle } = why;
  tx.emit({ device, line, leg, type: 'prompt', text, timeoutSeconds });
  tx.refuse({ device, operation, text, limits: [{ level: 'encrypted', device, ...obstacle }] });
}
