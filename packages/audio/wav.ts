/**
 * WAV files with telephone audio: mono, 8 kHz. Writes 16-bit PCM; reads 16-bit PCM, µ-law and
 * A-law.
 *
 *   RIFF size WAVE | fmt  size format channels rate bytes/s align bits … | data size samples …
 *
 * Chunks other than `fmt ` and `data` are passed over. Not here: other rates (there is no
 * resampler), stereo, RF64, the WAVE_FORMAT_EXTENSIBLE header.
 *
 * Source: [doc] IBM and Microsoft, "Multimedia Programming Interface and Data Specifications 1.0",
 * 1991; [rfc] RFC 2361 (format numbers of µ-law and A-law).
 */

import { assert, fail, ok, type Result } from '@conclave/base';
import { PCMA, PCMU } from './g711.ts';
import { SAMPLE_RATE_HZ } from './pcm.ts';

/** One hour at 16 bits, and a little; a longer file is refused before anything is allocated. */
export const WAV_SIZE_MAX: number = 64 * 1024 * 1024;

export type WavError =
  | 'too-large'
  | 'not-wav'
  | 'no-format'
  /** Not mono, not 8 kHz, or not one of the three codings. */
  | 'unsupported'
  | 'no-data'
  | 'truncated';

const RIFF_HEADER_SIZE = 12;
const CHUNK_HEADER_SIZE = 8;
const FORMAT_SIZE = 16;
const HEADER_SIZE: number = RIFF_HEADER_SIZE + CHUNK_HEADER_SIZE + FORMAT_SIZE + CHUNK_HEADER_SIZE;

const FORMAT_PCM = 1;
const FORMAT_PCMA = 6;
const FORMAT_PCMU = 7;

type Coding = 'pcm16' | 'pcmu' | 'pcma';

/** Encodes 16-bit PCM, mono. */
export function encodeWav(samples: Int16Array, sampleRateHz: number = SAMPLE_RATE_HZ): Uint8Array {
  const dataSize = 2 * samples.length;
  assert(HEADER_SIZE + dataSize <= WAV_SIZE_MAX, 'we never write what we would refuse');
  const target = new Uint8Array(HEADER_SIZE + dataSize);
  const view = new DataView(target.buffer);
  setName(view, 0, 'RIFF');
  view.setUint32(4, target.length - CHUNK_HEADER_SIZE, true);
  setName(view, 8, 'WAVE');
  setName(view, 12, 'fmt ');
  view.setUint32(16, FORMAT_SIZE, true);
  view.setUint16(20, FORMAT_PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, 2 * sampleRateHz, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  setName(view, 36, 'data');
  view.setUint32(40, dataSize, true);
  for (const [index, sample] of samples.entries()) {
    view.setInt16(HEADER_SIZE + 2 * index, sample, true);
  }
  return target;
}

/** The samples of a WAV file, as 16-bit linear at 8 kHz. */
export function decodeWav(bytes: Uint8Array): Result<Int16Array, WavError> {
  if (bytes.length > WAV_SIZE_MAX) return fail('too-large');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < RIFF_HEADER_SIZE) return fail('not-wav');
  if (nameAt(view, 0) !== 'RIFF' || nameAt(view, 8) !== 'WAVE') return fail('not-wav');

  let coding: Coding | undefined;
  let offset = RIFF_HEADER_SIZE;
  while (offset + CHUNK_HEADER_SIZE <= bytes.length) {
    const name = nameAt(view, offset);
    const size = view.getUint32(offset + 4, true);
    const start = offset + CHUNK_HEADER_SIZE;
    if (start + size > bytes.length) return fail('truncated', `chunk "${name}" is cut off`);
    if (name === 'fmt ') {
      coding = codingOf(view, start, size);
      if (coding === undefined) return fail('unsupported', 'only mono, 8 kHz, PCM16 or G.711');
    } else if (name === 'data') {
      if (coding === undefined) return fail('no-format');
      return ok(decodeSamples(coding, bytes.subarray(start, start + size)));
    }
    // Chunks start at even offsets.
    offset = start + size + (size % 2);
  }
  return fail(coding === undefined ? 'no-format' : 'no-data');
}

function codingOf(view: DataView, offset: number, size: number): Coding | undefined {
  if (size < FORMAT_SIZE) return undefined;
  const isMono = view.getUint16(offset + 2, true) === 1;
  const isTelephoneRate = view.getUint32(offset + 4, true) === SAMPLE_RATE_HZ;
  if (!isMono || !isTelephoneRate) return undefined;
  const format = view.getUint16(offset, true);
  const bits = view.getUint16(offset + 14, true);
  if (format === FORMAT_PCM && bits === 16) return 'pcm16';
  if (format === FORMAT_PCMU && bits === 8) return 'pcmu';
  return format === FORMAT_PCMA && bits === 8 ? 'pcma' : undefined;
}

function decodeSamples(coding: Coding, data: Uint8Array): Int16Array {
  if (coding === 'pcm16') {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    // Half a sample at the end is left out.
    const samples = new Int16Array(Math.floor(data.length / 2));
    for (let index = 0; index < samples.length; index++) {
      samples[index] = view.getInt16(2 * index, true);
    }
    return samples;
  }
  const samples = new Int16Array(data.length);
  (coding === 'pcmu' ? PCMU : PCMA).decode(data, samples);
  return samples;
}

/** Names of chunks are four bytes of ASCII. */
function nameAt(view: DataView, offset: number): string {
  return String.fromCharCode(
    view.getUint8(offset),
    view.getUint8(offset + 1),
    view.getUint8(offset + 2),
    view.getUint8(offset + 3),
  );
}

function setName(view: DataView, offset: number, name: string): void {
  for (let index = 0; index < 4; index++) view.setUint8(offset + index, name.charCodeAt(index));
}
