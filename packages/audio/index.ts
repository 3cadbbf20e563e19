export {
  ANNOUNCEMENT_SIGNATURES,
  SIGNATURE_LEVEL_DBOV,
  SIGNATURE_MS,
} from './announcement-signature.ts';
export {
  type AudioCodec,
  audioCodecOf,
  g711AudioCodec,
  g722AudioCodec,
  isWide,
  type WaveformPayloadType,
} from './audio-codec.ts';
export { COMFORT_NOISE_TYPE, ComfortNoise } from './comfort-noise.ts';
export { CONCEALED_MS_MAX, Concealment } from './concealment.ts';
export { ConferenceMixer, MIXER_PORT_COUNT_MAX, type MixerPort } from './conference-mixer.ts';
export {
  codecOf,
  decodePcma,
  decodePcmu,
  encodePcma,
  encodePcmu,
  type G711Codec,
  type G711PayloadType,
  loudnessOfSamples,
  PCMA,
  PCMU,
} from './g711.ts';
export { G722_SAMPLE_RATE_HZ, G722Decoder, G722Encoder } from './g722.ts';
export { LegTranscoder } from './leg-transcoder.ts';
export { LoudestSpeakers, SPEAKERS_MAX, type Speaker } from './loudest-speakers.ts';
export { PacketVoice } from './packet-voice.ts';
export {
  FRAME_SAMPLES,
  SAMPLE_MAX,
  SAMPLE_MIN,
  SAMPLE_RATE_HZ,
  saturate,
  WIDE_FRAME_SAMPLES,
  WIDE_SAMPLE_RATE_HZ,
} from './pcm.ts';
export {
  PLAYOUT_CAPACITY_FRAMES,
  PLAYOUT_PAYLOAD_SIZE_MAX,
  PLAYOUT_TARGET_FRAMES,
  type PlayoutCounters,
  PlayoutQueue,
} from './playout-queue.ts';
export { RESAMPLER_DELAY_SAMPLES, Resampler } from './resampler.ts';
export { PACKET_TIMES_MS, SampleFramer } from './sample-framer.ts';
export {
  FULL_SCALE,
  SINE_LEVEL_MAX_DBOV,
  sineAmplitudeOf,
  TONE_COUNT_MAX,
  ToneGenerator,
  type ToneOptions,
} from './tone.ts';
export {
  detectTones,
  LEVEL_FLOOR_DBOV,
  levelsOf,
  loudnessOf,
  resolutionOf,
  TONE_THRESHOLDS,
  type ToneThresholds,
} from './tone-detector.ts';
export { HANGOVER_FRAMES, SPEECH_LOUDNESS_MIN, VoiceActivity } from './voice-activity.ts';
export { decodeWav, encodeWav, WAV_SIZE_MAX, type WavError } from './wav.ts';
