/** What an evaluation reads: a sealed state, or one in the making. Both explain themselves the same way. */
import type { State } from './state.ts';

export type View = Pick<
  State,
  | 'configuration'
  | 'phones'
  | 'bridges'
  | 'legs'
  | 'calls'
  | 'conferences'
  | 'captures'
  | 'announcements'
>;
