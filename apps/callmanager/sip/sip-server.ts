/**
 * SIP on the sockets of this machine: what they bring goes to the exchange, what is wrong with it to the
 * alarms.
 */
import { nowMs, SYSTEM_CLOCK, type TlsIdentity } from '@conclave/net';
import { handshakeSentence } from '@conclave/pki';
import type { Alarm } from '@conclave/telemetry';
import type { AlarmLimit } from '../alarm-limit.ts';
import type { SipExchange } from './sip-exchange.ts';
import { openSipSockets, type SipSockets } from './wiring.ts';

export interface SipPortOptions {
  /** For UDP and TCP. 0 takes any free port, here as below. */
  readonly port: number;
  readonly tlsPort: number;
}

export interface SipServerOptions extends SipPortOptions {
  readonly host: string;
  readonly identity: TlsIdentity;
  readonly exchange: SipExchange;
  readonly limit: AlarmLimit;
  readonly raise: (alarm: Alarm) => void;
  /** Up to, not including, 1. */
  readonly random: () => number;
  readonly onKeyLog?: (line: Buffer) => void;
}

export async function openSipServer(options: SipServerOptions): Promise<SipSockets> {
  const { exchange, limit } = options;

  function warn(name: string, reason: string, from: string, text: string): void {
    const atMs = nowMs();
    if (!limit.allows(from, atMs)) return;
    options.raise({ atMs, severity: 'warning', name, reason, text });
  }

  const sockets = await openSipSockets({
    ...options,
    clock: SYSTEM_CLOCK,
    handlers: {
      onMessage: (message, flow) => exchange.receive(message, flow),
      onFlowClosed: (flowId) => exchange.flowClosed(flowId),
      onMalformed: (flow, reason, refused) => {
        const { host } = flow.remote;
        const text = `A SIP message from ${host} over ${flow.transport} cannot be read (${reason}).`;
        warn('MalformedMessage', 'malformed', host, text);
        if (refused) exchange.refuse(refused, flow);
      },
      onFlood: ({ remote }) =>
        warn('SourceFlooding', 'messages', remote.host, `${remote.host} sends too many messages.`),
    },
    onHandshakeError: (from, reason) => {
      const text = `TLS handshake with ${from} failed. ${handshakeSentence(reason) ?? reason}`;
      warn('TlsHandshakeFailed', 'handshake', from, text);
    },
    onTooMany: (from) =>
      warn('SourceFlooding', 'connections', from, `${from} opens too many connections.`),
  });
  exchange.attach({
    send: (message, flow, remote) => sockets.transport.send(message, flow, remote),
    connect: (uri) => sockets.transport.connect(uri),
  });
  return sockets;
}
