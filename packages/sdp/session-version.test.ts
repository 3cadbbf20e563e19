import { expect, test } from 'vitest';
import { offerOf } from './local-audio.ts';
import { following, saysTheSame } from './session-version.ts';

/*
 * Goal: a description has a new version exactly when it says something new. Method: examples.
 */

const AUDIO = {
  host: '192.0.2.1',
  port: 4000,
  codecs: ['PCMU'],
  direction: 'sendrecv',
  packetMs: 20,
} as const;
const FIRST = offerOf(AUDIO, { sessionId: '7', version: 41 });

test('the same again keeps session and version (RFC 3264 §8)', () => {
  const again = following(offerOf(AUDIO, { sessionId: '1', version: 1 }), FIRST);
  expect(again).toEqual(FIRST);
});

test('anything else is one version later in the same session', () => {
  const held = offerOf({ ...AUDIO, direction: 'inactive' }, { sessionId: '1', version: 1 });
  expect(following(held, FIRST)).toEqual({ ...held, origin: { ...FIRST.origin, version: '42' } });
  const last = { ...FIRST, origin: { ...FIRST.origin, version: '18446744073709551614' } };
  expect(following(held, last).origin.version).toBe('18446744073709551615');
});

test('what it says counts, not the version that it has', () => {
  const renumbered = { ...FIRST, origin: { ...FIRST.origin, version: '99' } };
  expect(saysTheSame(FIRST, renumbered)).toBe(true);
  expect(saysTheSame(FIRST, { ...FIRST, media: [] })).toBe(false);
  const port = FIRST.media.map((each) => ({ ...each, port: 4002 }));
  expect(saysTheSame(FIRST, { ...FIRST, media: port })).toBe(false);
});
