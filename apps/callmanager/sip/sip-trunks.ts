/**
 * SIP trunks: which other system a request comes from, and how each is reached. A system is known by its
 * address; over TLS by its certificate as well. It does not register: a trunk is in service from the start.
 */
import type { PhoneRegistration } from '@conclave/core';
import { localAddressFor, type PeerProof, type ServiceTarget } from '@conclave/net';
import { type DigestSecret, type Flow, formatHostPort, type SipTransport } from '@conclave/sip';
import type { StoredSipTrunk } from '@conclave/store';
import type { SipPeer } from './sip-peer.ts';
import type { TrunkAddresses } from './trunk-addresses.ts';

export interface SipTrunksPorts {
  readonly addresses: TrunkAddresses;
  /** What TLS found out about the peer of a flow. */
  proofOf(flowId: string): PeerProof | undefined;
  readonly ports: { readonly udp: number; readonly tcp: number; readonly tls: number };
}

const TRANSPORTS = { UDP: 'udp', TCP: 'tcp', TLS: 'tls' } as const;

export class SipTrunks {
  readonly #ports: SipTrunksPorts;
  #trunks: ReadonlyMap<string, StoredSipTrunk> = new Map();

  constructor(ports: SipTrunksPorts) {
    this.#ports = ports;
  }

  /** Takes over the configuration; gives what the rules have to know of each. */
  configure(trunks: readonly StoredSipTrunk[], nowMs: number): readonly PhoneRegistration[] {
    this.#trunks = new Map(trunks.map((each) => [each.name, each]));
    // Over TLS the certificate tells.
    const open = trunks.filter(({ transport }) => transport !== 'TLS');
    this.#ports.addresses.follow(open.flatMap(targetsOf));
    return trunks.map(({ name, transport, srtpAllowed, destinations }) => ({
      name,
      signalling:
        transport === 'TLS' ? (srtpAllowed ? 'tls-encrypted' : 'tls-authenticated') : 'clear',
      sinceMs: nowMs,
      address: destinations[0]?.host ?? '',
      codecs: ['pcmu', 'pcma'],
    }));
  }

  peerOf(device: string): SipPeer | undefined {
    const trunk = this.#trunks.get(device);
    const [first] = trunk?.destinations ?? [];
    if (!trunk || !first) return undefined;
    const { host, port } = first;
    const transport = TRANSPORTS[trunk.transport];
    const parameter = transport === 'udp' ? '' : `;transport=${transport}`;
    const uri = `${formatHostPort({ host, ...(port !== undefined && { port }) })}${parameter}`;
    const flow: Flow = {
      id: `trunk:${device}`,
      transport,
      remote: { host, port: port ?? (transport === 'tls' ? 5061 : 5060) },
      local: { host: localAddressFor(host), port: this.#localPort(transport) },
    };
    return { device, flow, contact: uri, isStandard: false, isTrunk: true };
  }

  /** Who we are to the system that a call over a trunk goes to; undefined: it has not been told us. */
  secretFor(uri: string): DigestSecret | undefined {
    const place = uri.slice(uri.lastIndexOf('@') + 1);
    const trunks = [...this.#trunks.values()];
    return trunks.find(({ name }) => this.peerOf(name)?.contact === place)?.digest;
  }

  /** The trunk that this flow comes from: nothing less protected than it is configured. */
  senderOn(flow: Flow): SipPeer | undefined {
    for (const trunk of this.#trunks.values()) {
      if (TRANSPORTS[trunk.transport] !== flow.transport) continue;
      const isThere = targetsOf(trunk).some((each) => this.#ports.addresses.isFrom(each, flow));
      const isProved = flow.transport === 'tls' && this.#hasCertificate(trunk, flow);
      if (flow.transport === 'tls' ? !isProved : !isThere) continue;
      const peer = this.peerOf(trunk.name);
      return peer && { ...peer, flow };
    }
    return undefined;
  }

  /** The other side's certificate is valid, and names a destination or what is configured. */
  #hasCertificate({ certificateName, destinations }: StoredSipTrunk, flow: Flow): boolean {
    const proof = this.#ports.proofOf(flow.id);
    const subject = proof?.certificate?.subject.CN;
    if (proof?.authorized !== true || subject === undefined) return false;
    const names = [String(subject), ...alternativeNames(proof)].map((each) => each.toLowerCase());
    const wanted =
      certificateName === undefined ? destinations.map(({ host }) => host) : [certificateName];
    return wanted.some((each) => names.includes(each.toLowerCase()));
  }

  #localPort(transport: SipTransport): number {
    const { ports } = this.#ports;
    return transport === 'udp' ? ports.udp : transport === 'tls' ? ports.tls : ports.tcp;
  }
}

function targetsOf({ destinations, transport }: StoredSipTrunk): readonly ServiceTarget[] {
  return destinations.map((each) => ({ ...each, transport: TRANSPORTS[transport] }));
}

function alternativeNames({ certificate }: PeerProof): readonly string[] {
  const text = certificate?.subjectaltname ?? '';
  return [...text.matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].map(([, name = '']) => name);
}
