/*
 * G.722 by spandsp: `encode` makes bytes of 16-bit samples, `decode` the reverse, from standard input
 * to standard output, one stream.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <tiffio.h>
#include <spandsp.h>

enum { PAIRS = 160 };

int main(int argc, char **argv) {
  int16_t samples[2 * PAIRS];
  uint8_t bytes[PAIRS];
  size_t count;
  if (argc != 2) return 2;
  if (strcmp(argv[1], "encode") == 0) {
    g722_encode_state_t *encoder = g722_encode_init(NULL, 64000, 0);
    while ((count = fread(samples, 2, 2 * PAIRS, stdin)) > 0) {
      fwrite(bytes, 1, (size_t)g722_encode(encoder, bytes, samples, (int)count), stdout);
    }
  } else {
    g722_decode_state_t *decoder = g722_decode_init(NULL, 64000, 0);
    while ((count = fread(bytes, 1, PAIRS, stdin)) > 0) {
      fwrite(samples, 2, (size_t)g722_decode(decoder, samples, bytes, (int)count), stdout);
    }
  }
  return 0;
}
