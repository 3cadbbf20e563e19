/**
 * What plays a scenario: the pure core with ideal devices (`simulation/`), or real processes.
 *
 * The run loop (`play.ts`) turns each step of a file into actions such as a person, a device or the
 * world could do, lets everything answer after each, and looks. A driver does as it is told and tells
 * what is to be seen; it knows no steps, no expectations and no trace.
 *
 * For a driver over real processes:
 * - `start` makes the processes for the cluster. Short names may be device names, or be mapped to them;
 *   snapshots always have short names, also inside comments of records and sentences of explanations.
 * - What the processes cannot be (trunks, SIP phones) is refused before `start`, by the command.
 * - `ref` of a call is the call reference on the wire, the same number in snapshots and in actions.
 * - `settle` returns when nothing is under way: every phone, bridge and the call manager have carried
 *   out what the last action caused. There is no fixed wait; ask until nothing changes.
 * - `advance` lets time pass. Nobody can shorten real time, so a driver may refuse waits of minutes.
 * - `observe` reads the phones' own screens for `phones`; conferences, refusals and explanations from
 *   the administration; records from the files (`recordOfLine` reads one).
 */
import type { Level, Parameters, Softkey } from '@conclave/core';
import type { Cluster } from './cluster.ts';
import type { Snapshot } from './snapshot.ts';

export interface ScenarioDriver {
  /** Brings the cluster up: returns when every device that is to register has done so. */
  start(cluster: Cluster): Promise<void>;
  perform(action: Action): Promise<void>;
  /** Returns when everything that the last action caused has happened. */
  settle(): Promise<void>;
  advance(milliseconds: number): Promise<void>;
  observe(): Promise<Snapshot>;
  /** Takes everything down; also after an error. */
  close(): Promise<void>;
}

/** What a person, a device or the world does: one thing at a time. */
export type Action =
  /** A softkey; without `ref` it is pressed where the phone's attention is. */
  | { readonly type: 'press'; readonly phone: string; readonly key: Softkey; readonly ref?: number }
  | { readonly type: 'off-hook'; readonly phone: string; readonly line?: number }
  | { readonly type: 'on-hook'; readonly phone: string; readonly ref?: number }
  /** All digits at once, on the call that is dialling or else on a new one. */
  | { readonly type: 'dial'; readonly phone: string; readonly digits: string }
  /** Chooses a row of the conference list on the screen, from 0, and presses Remove. */
  | { readonly type: 'remove-row'; readonly phone: string; readonly row: number }
  /** A phone, bridge or music server loses its connection, or registers again. */
  | { readonly type: 'lose'; readonly device: string }
  | { readonly type: 'register'; readonly device: string }
  | { readonly type: 'capture'; readonly device: string; readonly active: boolean }
  | { readonly type: 'announcement'; readonly phone: string; readonly active: boolean }
  /** The party behind a trunk or gateway is now known to have this level. */
  | { readonly type: 'remote-level'; readonly phone: string; readonly level: Level }
  /** An administrator sets service parameters. */
  | { readonly type: 'configure'; readonly parameters: Partial<Parameters> };
