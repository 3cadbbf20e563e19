/** What the bridge and its media threads say to each other. Keys in it are copies, wiped after use. */
import type { BridgeAnswer, BridgeCommand } from '@conclave/sccp';
import type { FarmLimits } from './media-farm.ts';
import type { ConferenceStatus, LegFailures, Press } from './media-plane.ts';

/** How late the ticks of a thread were; see `TickSchedule`. */
export interface TickStatus {
  readonly lateness: readonly number[];
  readonly skipped: number;
}

export interface ThreadStatus {
  readonly conferences: readonly ConferenceStatus[];
  readonly ticks: TickStatus;
}

export type ToThread =
  /** A registration begins, with no conference. */
  | ({ readonly type: 'begin' } & FarmLimits)
  /** It ends: all conferences do, now. */
  | { readonly type: 'end' }
  | { readonly type: 'carry-out'; readonly id: number; readonly command: BridgeCommand }
  | { readonly type: 'tell-status'; readonly id: number };

export type FromThread =
  | {
      readonly type: 'carried-out';
      readonly id: number;
      readonly answer: BridgeAnswer | undefined;
      readonly conferenceCount: number;
      readonly legCount: number;
    }
  /** Our own mistake: nothing that the thread said may be relied on. */
  | { readonly type: 'failed'; readonly id: number; readonly reason: string }
  | { readonly type: 'status'; readonly id: number; readonly status: ThreadStatus }
  | { readonly type: 'failures'; readonly failures: readonly LegFailures[] }
  | { readonly type: 'digit'; readonly press: Press }
  | { readonly type: 'trouble'; readonly text: string };
