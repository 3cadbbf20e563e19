/** The user agent as the lines use it: with time, and with its messages sent at once, in order. */
import type { UserAgentCommands } from '@conclave/sip';

export interface SipAgent {
  /** Gives a command, and sends what it brings about before it returns. */
  run<T>(command: (agent: UserAgentCommands, nowMs: number) => T): T;
}
