/** Where a message came from or goes to, without a socket. */

export type SipTransport = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

/** One way to one peer: a connection, or for UDP a pair of addresses. Answers go back on it. */
export interface Flow {
  /** Unique while the flow lives. */
  readonly id: string;
  readonly transport: SipTransport;
  readonly remote: { readonly host: string; readonly port: number };
  readonly local: { readonly host: string; readonly port: number };
}

/** Whether what is said on this transport can be read on the way. */
export function isSecureTransport(transport: SipTransport): boolean {
  return transport === 'tls' || transport === 'wss';
}

/** Whether messages cannot be lost on it: timers A, E and G are for the other kind. */
export function isReliable(transport: SipTransport): boolean {
  return transport !== 'udp';
}
