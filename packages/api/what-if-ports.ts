/** Steps tried on a copy of the running system. */

import type { LiveLevel } from './live-ports.ts';
import type { Fault } from './ports.ts';

export interface TriedConference {
  readonly kind: 'ad-hoc' | 'meet-me';
  readonly number?: string;
  readonly bridge: string;
  readonly level: LiveLevel;
  readonly members: readonly { readonly name: string; readonly level: LiveLevel }[];
  /** Why it has its level. */
  readonly why: string;
}

/** What would follow from one step. */
export interface TriedStep {
  readonly did: string;
  /** Why it could not be done, or was turned down. */
  readonly refused?: string;
  /** All that there would be afterwards. */
  readonly conferences: readonly TriedConference[];
  /** A sentence each. */
  readonly refusals: readonly string[];
  /** Of each call that would end, both sides. */
  readonly ended: readonly { readonly from: string; readonly to: string }[];
}

export type Tried =
  | { readonly type: 'tried'; readonly steps: readonly TriedStep[] }
  | { readonly type: 'faults'; readonly faults: readonly Fault[] };

export interface WhatIfPort {
  /** Undefined while another trial goes on. Rejects when it takes too long. */
  try(steps: readonly string[]): Promise<Tried | undefined>;
}
