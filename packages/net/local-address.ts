/** Which of our own addresses a peer reaches us at. */

import { BlockList, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * The address of ours in the peer's own network, else the first that is not loopback: what is true of
 * hosts with one way out. A socket that is bound to one address need not ask.
 */
export function localAddressFor(peer: string): string {
  const family = isIPv6(peer) ? 'ipv6' : 'ipv4';
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((each) => each.family.toLowerCase() === family);
  const near = own.find(({ address, cidr }) => {
    const network = new BlockList();
    network.addSubnet(address, Number(cidr?.split('/')[1] ?? 0), family);
    return network.check(peer, family);
  });
  const found = near ?? own.find(({ internal }) => !internal) ?? own[0];
  return found?.address ?? (family === 'ipv6' ? '::1' : '127.0.0.1');
}
