/**
 * A call to a `sips:` address goes over TLS on every hop or not at all: nothing is downgraded in silence.
 * Source: [rfc] RFC 3261 §26.2.2, RFC 5630 §3.1.
 */
import { routeOf, type State } from '@conclave/core';
import { isSecureTransport, parseUri, type SipRequest } from '@conclave/sip';
import { type FinalStatus, finalStatusOf } from './final-status.ts';
import type { SipPeer } from './sip-peer.ts';

export function isSips({ uri }: SipRequest): boolean {
  const parsed = parseUri(uri);
  return parsed.ok && parsed.value.scheme === 'sips';
}

/** Why the call may not be made; undefined: nothing is in its way. */
export function sipsObstacle(state: State, peer: SipPeer, digits: string): FinalStatus | undefined {
  if (!isSecureTransport(peer.flow.transport)) return NOT_OVER_TLS;
  const { route } = routeOf(state.configuration, digits);
  const hops =
    route.type === 'line'
      ? route.targets.map(({ phone }) => phone.name)
      : route.type === 'trunk'
        ? [route.trunk.name]
        : [];
  const isClear = hops.some((device) => state.phones.get(device)?.signalling === 'clear');
  return isClear ? NOT_OVER_TLS : undefined;
}

const NOT_OVER_TLS: FinalStatus = {
  ...finalStatusOf('temporary-failure'),
  text: 'A sips address needs TLS on every hop',
};
