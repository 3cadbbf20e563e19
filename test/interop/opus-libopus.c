/*
 * Opus by the system's libopus, mono at 48 kHz in frames of 20 ms: `encode` makes packets of 16-bit
 * samples, `decode` the reverse, from standard input to standard output. A packet is its length in two
 * bytes, the lower one first, and its bytes.
 */
#include <opus/opus.h>
#include <stdio.h>
#include <string.h>

enum { RATE = 48000, FRAME = 960, PACKET_MAX = 1275 };

int main(int argc, char **argv) {
  opus_int16 samples[FRAME];
  unsigned char packet[PACKET_MAX], length[2];
  int error;
  if (argc != 2) return 2;
  if (strcmp(argv[1], "encode") == 0) {
    OpusEncoder *encoder = opus_encoder_create(RATE, 1, OPUS_APPLICATION_VOIP, &error);
    while (fread(samples, 2, FRAME, stdin) == FRAME) {
      int size = opus_encode(encoder, samples, FRAME, packet, PACKET_MAX);
      if (size < 0) return 1;
      length[0] = (unsigned char)(size & 0xff);
      length[1] = (unsigned char)(size >> 8);
      fwrite(length, 1, 2, stdout);
      fwrite(packet, 1, (size_t)size, stdout);
    }
  } else {
    OpusDecoder *decoder = opus_decoder_create(RATE, 1, &error);
    while (fread(length, 1, 2, stdin) == 2) {
      size_t size = (size_t)(length[0] | length[1] << 8);
      if (size > PACKET_MAX || fread(packet, 1, size, stdin) != size) return 1;
      if (opus_decode(decoder, packet, (opus_int32)size, samples, FRAME, 0) != FRAME) return 1;
      fwrite(samples, 2, FRAME, stdout);
    }
  }
  return 0;
}
