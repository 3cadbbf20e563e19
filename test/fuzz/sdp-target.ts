/**
 * What must hold for session descriptions whatever a peer offers: nothing throws; what is read is written
 * so that it reads the same; an answer of ours can be read, is an answer to that offer, and tells a key
 * only where one was asked for.
 */
import { deepStrictEqual, equal, ok } from 'node:assert/strict';
import {
  answerTo,
  audioMediaOf,
  formatDescription,
  parseDescription,
  type SessionDescription,
  withoutKeys,
} from '@conclave/sdp';
import type { Prng } from '@conclave/testkit';

const ORIGIN = { sessionId: '1', version: 1 };

export function checkSdp(bytes: Uint8Array, chance: Prng): void {
  const description = parseDescription(bytes);
  if (description.ok) checkDescription(description.value, chance);
}

function checkDescription(description: SessionDescription, chance: Prng): void {
  const again = parseDescription(formatDescription(description));
  // A missing line that is written after all may lift a description above its bounds.
  if (again.ok || again.error !== 'too-long')
    deepStrictEqual(again, { ok: true, value: description });
  ok(!audioMediaOf(withoutKeys(description))?.crypto.length, 'a key that came in the clear');
  const audio = audioMediaOf(description);
  const crypto = chance.pick(audio?.crypto ?? []);
  const local = {
    host: chance.pick(['192.0.2.1', '2001:db8::1']) ?? '',
    port: 30_000,
    codecs: ['PCMU', 'PCMA'],
    direction: 'sendrecv',
    packetMs: 20,
    ...(crypto && { crypto }),
  } as const;
  const answer = answerTo(description, local, ORIGIN);
  if (!answer) return;
  ok(audio, 'an answer to nothing');
  const read = parseDescription(formatDescription(answer));
  deepStrictEqual(read, { ok: true, value: answer });
  equal(answer.media.length, description.media.length, 'not a section for each that was offered');
  const ours = audioMediaOf(answer);
  deepStrictEqual(ours?.crypto, crypto ? [crypto] : []);
  equal(ours?.index, audio.index);
  ok(audio.codecs.some(({ payloadType }) => payloadType === ours?.codecs[0]?.payloadType));
}
