/**
 * What comes of audio on its way, in figures: level, distortion and noise of tones, distance from a reference
 * in its samples and in its spectrum.
 *
 * Levels are in dBm0, by which telephony counts: 0 dBm0 is a sine 3.17 dB below the loudest one that µ-law
 * has, -6.18 dBov. Source: [doc] ITU-T G.711 §2 (level), O.132 (tone), P.56 in idea (active speech).
 */

const FULL_SCALE = 32_768;
const DBM0_DBOV = -6.18;
const FRAME_MS = 20;

/** Frames this much below the loudest one are pauses. */
const PAUSE_DB = 25;

/** Of spectra: the lowest band, the distance of the next, and the highest as a share of the rate. */
const BAND_MIN_HZ = 200;
const BAND_RATIO = 7 / 6;
const BAND_MAX = 0.45;
const BAND_FLOOR_DBM0 = -60;

/** What a frame adds to a segmental ratio is bounded: of pauses and of perfect frames nobody hears more. */
const SEGMENT_MIN_DB = -10;
const SEGMENT_MAX_DB = 35;

export interface Audio {
  readonly samples: Int16Array;
  readonly rateHz: number;
}

/** Of all of it; -Infinity of digital silence. */
export function levelDbm0({ samples }: Audio): number {
  return dbm0OfPower(powerOf(samples));
}

/** Of speech: pauses do not count. */
export function speechLevelDbm0({ samples, rateHz }: Audio): number {
  const powers = framesOf(samples, rateHz).map(powerOf);
  const floor = Math.max(...powers) * 10 ** (-PAUSE_DB / 10);
  return dbm0OfPower(mean(powers.filter((power) => power > floor)));
}

/** All that is not these sines, which are fitted to it, against them. */
export function thdNoiseDb({ samples, rateHz }: Audio, frequenciesHz: readonly number[]): number {
  let rest = Float64Array.from(samples);
  const average = mean([...rest]);
  rest = rest.map((sample) => sample - average);
  // Over several seconds sines are all but independent: a few rounds take what one leaves of another.
  for (let round = 0; round < 3; round++) {
    for (const frequencyHz of frequenciesHz) rest = withoutSine(rest, frequencyHz / rateHz);
  }
  const noise = powerOf(rest);
  return 10 * Math.log10(noise / (powerOf(samples) - noise));
}

/** How far `heard` lies behind `sent`, in samples, by where they look most alike. */
export function delayOf(sent: Audio, heard: Audio, maxMs: number): number {
  let [best, most] = [0, 0];
  for (let delay = 0; delay <= (maxMs * sent.rateHz) / 1000; delay++) {
    let product = 0;
    for (let index = 0; index < heard.samples.length - delay; index++) {
      product += (sent.samples[index] ?? 0) * (heard.samples[index + delay] ?? 0);
    }
    if (product > most) [best, most] = [delay, product];
  }
  return best;
}

/** The mean over frames with speech of how far the difference lies below the reference. */
export function segmentalSnrDb(sent: Audio, heard: Audio, delay: number): number {
  const late = heard.samples.subarray(delay);
  const sentFrames = framesOf(sent.samples.subarray(0, late.length), sent.rateHz);
  const heardFrames = framesOf(late, sent.rateHz);
  const floor = Math.max(...sentFrames.map(powerOf)) * 10 ** (-PAUSE_DB / 10);
  const ratios = sentFrames.flatMap((frame, index) => {
    const power = powerOf(frame);
    if (power <= floor) return [];
    const error = powerOf(frame.map((sample, at) => sample - (heardFrames[index]?.[at] ?? 0)));
    const ratio = 10 * Math.log10(power / Math.max(1e-9, error));
    return [Math.min(SEGMENT_MAX_DB, Math.max(SEGMENT_MIN_DB, ratio))];
  });
  return mean(ratios);
}

/** The same over chosen frames of 20 ms together, as those that were lost. */
export function snrOfFramesDb(
  sent: Audio,
  heard: Audio,
  { delay, isChosen }: { readonly delay: number; readonly isChosen: (frame: number) => boolean },
): number {
  const sentFrames = framesOf(sent.samples, sent.rateHz);
  const heardFrames = framesOf(heard.samples.subarray(delay), sent.rateHz);
  let [power, error] = [0, 0];
  for (const [index, frame] of heardFrames.entries()) {
    const reference = sentFrames[index];
    if (!reference || !isChosen(index)) continue;
    power += powerOf(reference);
    error += powerOf(reference.map((sample, at) => sample - (frame[at] ?? 0)));
  }
  return 10 * Math.log10(power / error);
}

/**
 * How far the spectra are apart in the mean over frames, as an ear has it: bands of a sixth of their frequency,
 * phases do not count, nor does what is below -60 dBm0.
 */
export function spectralDistanceDb(sent: Audio, heard: Audio, delay: number): number {
  const sentFrames = framesOf(sent.samples, sent.rateHz);
  const heardFrames = framesOf(heard.samples.subarray(delay), sent.rateHz);
  const bandsHz: number[] = [];
  for (let hz = BAND_MIN_HZ; hz < BAND_MAX * sent.rateHz; hz *= BAND_RATIO) bandsHz.push(hz);
  const spectrum = (frame: Float64Array) => spectrumOf(frame, bandsHz, sent.rateHz);
  const distances = heardFrames.flatMap((frame, index) => {
    const reference = sentFrames[index];
    if (!reference) return [];
    const [ours, theirs] = [spectrum(frame), spectrum(reference)];
    return [Math.sqrt(mean(ours.map((level, band) => (level - (theirs[band] ?? 0)) ** 2)))];
  });
  return mean(distances);
}

/** As loud as wanted. */
export function atLevel(audio: Audio, dbm0: number): Audio {
  const gain = 10 ** ((dbm0 - speechLevelDbm0(audio)) / 20);
  return { ...audio, samples: audio.samples.map((sample) => Math.round(gain * sample)) };
}

/** `turns` is the frequency in turns a sample. */
function withoutSine(samples: Float64Array, turns: number): Float64Array<ArrayBuffer> {
  let [cosine, sine] = [0, 0];
  for (const [index, sample] of samples.entries()) {
    cosine += sample * Math.cos(2 * Math.PI * turns * index);
    sine += sample * Math.sin(2 * Math.PI * turns * index);
  }
  const scale = 2 / samples.length;
  return Float64Array.from(samples, (sample, index) => {
    const phase = 2 * Math.PI * turns * index;
    return sample - scale * (cosine * Math.cos(phase) + sine * Math.sin(phase));
  });
}

/** Levels of the bands, in dBm0. */
function spectrumOf(
  frame: Float64Array,
  bandsHz: readonly number[],
  rateHz: number,
): readonly number[] {
  return bandsHz.map((hz) => {
    let [cosine, sine] = [0, 0];
    for (const [index, sample] of frame.entries()) {
      const weighted = sample * (1 - Math.cos((2 * Math.PI * (index + 0.5)) / frame.length));
      const phase = (2 * Math.PI * hz * index) / rateHz;
      cosine += weighted * Math.cos(phase);
      sine += weighted * Math.sin(phase);
    }
    const power = (2 * (cosine ** 2 + sine ** 2)) / frame.length ** 2;
    return Math.max(BAND_FLOOR_DBM0, dbm0OfPower(power));
  });
}

function framesOf(samples: Int16Array, rateHz: number): readonly Float64Array[] {
  const size = (FRAME_MS * rateHz) / 1000;
  return Array.from({ length: Math.floor(samples.length / size) }, (_, index) =>
    Float64Array.from(samples.subarray(index * size, (index + 1) * size)),
  );
}

function powerOf(samples: Int16Array | Float64Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum / samples.length;
}

function dbm0OfPower(power: number): number {
  return 10 * Math.log10(power / FULL_SCALE ** 2) - DBM0_DBOV;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
