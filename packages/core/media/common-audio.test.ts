import { describe, expect, test } from 'vitest';
import { type AudioAbility, commonAudio, G711, PACKET_TIMES_MS } from './common-audio.ts';

/* Goal: a stream has an encoding and a packet time that all of its ends have (BRG-08, RFC 3264 §6.1). */

const WIDE = ['g722', 'pcmu', 'pcma'] as const;
const PHONE: AudioAbility = { codecs: G711, isChoosing: true };
const WIDE_PHONE: AudioAbility = { codecs: WIDE, isChoosing: true };
const BRIDGE: AudioAbility = { codecs: G711, packetTimesMs: PACKET_TIMES_MS };
const WIDE_BRIDGE: AudioAbility = { ...BRIDGE, codecs: ['pcma', 'g722', 'pcmu'] };
const MUSIC: AudioAbility = { codecs: G711 };

describe('the encoding', () => {
  test.each<[string, readonly AudioAbility[], string]>([
    ['both wide: what the phone prefers', [WIDE_BRIDGE, WIDE_PHONE], 'g722'],
    ['a bridge of G.711', [WIDE_PHONE, BRIDGE], 'pcmu'],
    ['a wide bridge does not choose', [WIDE_BRIDGE, PHONE], 'pcmu'],
    ['music', [MUSIC, WIDE_PHONE], 'pcmu'],
    [
      'the first phone chooses',
      [{ codecs: ['pcma', 'pcmu'], isChoosing: true }, WIDE_PHONE],
      'pcma',
    ],
    ['none in common', [{ codecs: ['g722'], isChoosing: true }, BRIDGE], 'pcmu'],
    ['two bridges', [BRIDGE, WIDE_BRIDGE], 'pcmu'],
  ])('%s', (_, ends, codec) => expect(commonAudio(ends).codec).toBe(codec));
});

describe('the packet time', () => {
  const asking = (packetMs: number): AudioAbility => ({
    ...PHONE,
    packetTimesMs: PACKET_TIMES_MS,
    packetMs,
  });
  test.each<[string, readonly AudioAbility[], number]>([
    ['nobody asks', [PHONE, BRIDGE], 20],
    ['a bridge takes what is asked for', [BRIDGE, asking(30)], 30],
    ['a phone that never said takes the usual one', [asking(30), PHONE], 20],
    ['music has one', [MUSIC, asking(60)], 20],
    ['an odd one', [asking(25), BRIDGE], 20],
    ['two ask: the first', [asking(40), asking(10)], 40],
  ])('%s', (_, ends, packetMs) => expect(commonAudio(ends).packetMs).toBe(packetMs));
});
