import { describe, expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from '../wire/codec.ts';
import { FrameReader } from '../wire/frame-reader.ts';
import { sourceOf } from './media-source.ts';

/* Goal: who sends music in clear is known to who hears it, from the version on that can say it. */

describe('the source of a stream', () => {
  test.each([
    ['said', { sourceIpAddr: '10.0.0.7' }, 20, { address: '10.0.0.7', port: 0 }],
    ['said with a port', { sourceIpAddr: '10.0.0.7', sourcePortNumber: 4000 }, 20, 4000],
    ['not said', {}, 20, undefined],
    ['any', { sourceIpAddr: '0.0.0.0' }, 20, undefined],
    ['by an old version', { sourceIpAddr: '10.0.0.7' }, 10, undefined],
  ] as const)('%s', (_, body, version, source) => {
    const bytes = encodeMessage('OpenReceiveChannel', body, version);
    const frames = new FrameReader().push(bytes);
    const frame = frames.ok ? frames.value[0] : undefined;
    if (!frame) throw new Error('one frame');
    const decoded = decodeMessage(frame, version);
    if (!decoded.ok || decoded.value.name !== 'OpenReceiveChannel') throw new Error('it decodes');
    const found = sourceOf(decoded.value.body);
    if (typeof source === 'number') expect(found?.port).toBe(source);
    else expect(found).toEqual(source);
  });
});
