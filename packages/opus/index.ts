export {
  OPUS_PACKET_SIZE_MAX,
  type OpusCodec,
  type OpusOptions,
  openOpusCodec,
} from './opus-codec.ts';
