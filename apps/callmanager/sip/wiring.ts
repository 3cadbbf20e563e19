/** The sockets of SIP: listeners, datagrams, names and outgoing connections around the transport. */
import {
  type Clock,
  dial,
  localAddressFor,
  resolveTarget,
  StreamListener,
  SYSTEM_LOOKUP,
  type TlsIdentity,
  UdpSocket,
  WebSocketListener,
} from '@conclave/net';
import { type SipTransportHandlers, SipTransportLayer } from './sip-transport.ts';

/** Connections of one address: a whole house may be behind one. */
export const CONNECTIONS_PER_SOURCE_MAX = 1_000;

/** A message that a browser sends; larger than any with the description of a call. */
const WEB_MESSAGE_MAX_BYTES = 64 * 1024;

/** How often a free port for TCP is looked for whose number is free for UDP too. */
const PORT_ATTEMPTS = 20;

/** Peers whose local address is remembered. */
const PEERS_MAX = 10_000;

export interface SipSocketsOptions {
  /** Literal address to bind. */
  readonly host: string;
  /** For UDP and TCP. 0 takes any free port, here as below. */
  readonly port: number;
  readonly tlsPort: number;
  /** Absent: no WebSocket without TLS. */
  readonly wsPort?: number;
  readonly wssPort?: number;
  readonly identity: TlsIdentity;
  readonly clock: Clock;
  readonly handlers: SipTransportHandlers;
  /** Up to, not including, 1. */
  readonly random: () => number;
  readonly connectionsPerSourceMax?: number;
  readonly messagesPerSecondMax?: number;
  readonly onHandshakeError: (remoteAddress: string, reason: string) => void;
  readonly onTooMany: (remoteAddress: string) => void;
  /** Gets TLS secrets in the NSS key log format: for decoding captures in tests, never otherwise. */
  readonly onKeyLog?: (line: Buffer) => void;
}

/** Ports that were bound; 0 for what is not served. */
export interface SipPorts {
  readonly udp: number;
  readonly tcp: number;
  readonly tls: number;
  readonly ws: number;
  readonly wss: number;
}

export interface SipSockets {
  readonly transport: SipTransportLayer;
  readonly ports: SipPorts;
  close(): Promise<void>;
}

/** Rejects with an Error that has a `code` when a port is taken or not allowed. */
export async function openSipSockets(options: SipSocketsOptions): Promise<SipSockets> {
  const { host, identity } = options;
  const ports = { udp: 0, tcp: 0, tls: 0, ws: 0, wss: 0 };
  const closing: (() => unknown)[] = [];
  let udp: UdpSocket | undefined;
  const transport = new SipTransportLayer({
    clock: options.clock,
    handlers: options.handlers,
    ports,
    sendDatagram: (packet, port, address) => udp?.send(packet, port, address),
    localAddressFor: localAddresses(host),
    dial: ({ address, port, transport: wanted }, name) =>
      dial({
        host: address,
        port,
        ...(wanted === 'tls' && { tls: identity, serverName: name }),
      }),
    resolve: (target) => resolveTarget(target, { lookup: SYSTEM_LOOKUP, random: options.random }),
    ...(options.messagesPerSecondMax !== undefined && {
      messagesPerSecondMax: options.messagesPerSecondMax,
    }),
  });
  const shared = {
    host,
    connectionsPerSourceMax: options.connectionsPerSourceMax ?? CONNECTIONS_PER_SOURCE_MAX,
    onHandshakeError: options.onHandshakeError,
    onTooMany: options.onTooMany,
    onConnection: (channel: Parameters<SipTransportLayer['accept']>[0]) =>
      transport.accept(channel),
    ...(options.onKeyLog && { onKeyLog: options.onKeyLog }),
  };
  const web = { ...shared, protocol: 'sip', messageMaxBytes: WEB_MESSAGE_MAX_BYTES };

  async function listen(listener: StreamListener | WebSocketListener): Promise<number> {
    const port = await listener.listen();
    closing.push(() => listener.close());
    return port;
  }

  async function close(): Promise<void> {
    transport.close('the call manager stops');
    await Promise.all(closing.map((each) => each()));
  }

  try {
    const bound = await bindBoth(options, {
      tcp: (port) => new StreamListener({ ...shared, port }),
      udp: (port) =>
        UdpSocket.open({
          host,
          port,
          onPacket: (packet, from) => transport.datagram(packet, from),
        }),
    });
    udp = bound.udp;
    closing.push(
      () => bound.tcp.close(),
      () => bound.udp.close(),
    );
    ports.udp = bound.port;
    ports.tcp = bound.port;
    ports.tls = await listen(
      new StreamListener({ ...shared, port: options.tlsPort, tls: identity }),
    );
    if (options.wsPort !== undefined) {
      ports.ws = await listen(new WebSocketListener({ ...web, port: options.wsPort }));
    }
    if (options.wssPort !== undefined) {
      const port = options.wssPort;
      ports.wss = await listen(new WebSocketListener({ ...web, port, tls: identity }));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { transport, ports, close };
}

interface Bound {
  readonly tcp: StreamListener;
  readonly udp: UdpSocket;
  readonly port: number;
}

/** TCP and UDP at one port, as Contact names one for both. */
async function bindBoth(
  { port }: SipSocketsOptions,
  make: {
    readonly tcp: (port: number) => StreamListener;
    readonly udp: (port: number) => Promise<UdpSocket>;
  },
): Promise<Bound> {
  for (let attempt = 1; ; attempt += 1) {
    const tcp = make.tcp(port);
    const free = await tcp.listen();
    try {
      return { tcp, udp: await make.udp(free), port: free };
    } catch (error) {
      await tcp.close();
      if (port !== 0 || attempt >= PORT_ATTEMPTS) throw error;
    }
  }
}

/** Our address as each peer reaches it: the one that is bound, or the one in the peer's network. */
function localAddresses(host: string): (peer: string) => string {
  if (host !== '0.0.0.0' && host !== '::') return () => host;
  const known = new Map<string, string>();
  return (peer) => {
    const found = known.get(peer) ?? localAddressFor(peer);
    if (known.size >= PEERS_MAX) known.clear();
    known.set(peer, found);
    return found;
  };
}
