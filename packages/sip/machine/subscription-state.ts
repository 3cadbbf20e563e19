/** What is known of one subscription, of either side. */
import type { DialogHolder } from './session-state.ts';
import type { Timed } from './timer-queue.ts';
import type { Notification } from './user-agent-types.ts';

export interface Subscription extends Timed {
  readonly id: number;
  readonly role: 'notifier' | 'subscriber';
  /** Value of Event: the package, with its id if it has one. */
  readonly event: string;
  /** Undefined for a subscriber until somebody answers. */
  holder: DialogHolder | undefined;
  /** Subscriber: what finds its first NOTIFY, which may come before the 2xx. */
  readonly matchKey: string;
  /** `closing`: one last NOTIFY is due. */
  state: 'active' | 'closing' | 'ended';
  expiresAtMs: number;
  /** Notifier: a NOTIFY is on its way; the newest of those that came after it waits. */
  isNotifying: boolean;
  next: Notification | undefined;
  /** Subscriber: a SUBSCRIBE is on its way. */
  isAsking: boolean;
}
