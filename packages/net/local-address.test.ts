import { expect, test } from 'vitest';
import { localAddressFor } from './local-address.ts';

/* Goal: a peer is told an address of ours that it can reach. */

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['127.1.2.3', '127.0.0.1'],
])('a peer at %s reaches us at %s', (peer, address) => {
  expect(localAddressFor(peer)).toBe(address);
});

test('a peer in no network of ours gets an address and no failure', () => {
  expect(localAddressFor('198.51.100.7')).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
});
