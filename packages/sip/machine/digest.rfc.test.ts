import { expect, test } from 'vitest';
import { type DigestAlgorithm, digestOf, digestResponse } from './digest.ts';

/* Goal: the examples of the RFCs, to the last digit. */

const CIRCLE: readonly [DigestAlgorithm, string][] = [
  ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
];

test.each(CIRCLE)('RFC 7616 §3.9.1: %s', (algorithm, response) => {
  const ha1 = digestOf(algorithm, 'Mufasa:http-auth@example.org:Circle of Life');
  const parts = {
    method: 'GET',
    uri: '/dir/index.html',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    quality: {
      qop: 'auth',
      count: '00000001',
      clientNonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    },
  };
  expect(digestResponse(algorithm, ha1, parts)).toBe(response);
});

test('RFC 2617 §3.5', () => {
  const parts = {
    method: 'GET',
    uri: '/dir/index.html',
    nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
    quality: { qop: 'auth', count: '00000001', clientNonce: '0a4f113b' },
  };
  const ha1 = digestOf('MD5', 'Mufasa:testrealm@host.com:Circle Of Life');
  expect(digestResponse('MD5', ha1, parts)).toBe('6629fae49393a05397450978507c4ef1');
});

test('RFC 2069 §2.4 as its errata have it: without qop', () => {
  const parts = {
    method: 'GET',
    uri: '/dir/index.html',
    nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
  };
  const ha1 = digestOf('MD5', 'Mufasa:testrealm@host.com:CircleOfLife');
  expect(digestResponse('MD5', ha1, parts)).toBe('1949323746fe6a43ef61f9606e7febea');
});
