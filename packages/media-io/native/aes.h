/*
 * AES-128 of one key on the processor's own instructions, for counter mode. What it keeps is 176 bytes
 * beside the rest of a context: a packet touches few cache lines, which with thousands of keys is most
 * of the cost. Elsewhere, and for other key sizes, OpenSSL does it (srtp.c).
 *
 * Source: [doc] FIPS 197 section 5.2 (key expansion); Intel, "AES New Instructions Set".
 */
#ifndef CONCLAVE_AES_H
#define CONCLAVE_AES_H

#include <stddef.h>
#include <stdint.h>

#define AES_ROUND_KEYS 11
#define AES_BLOCK_SIZE 16

typedef struct {
    _Alignas(16) uint8_t keys[AES_ROUND_KEYS][AES_BLOCK_SIZE];
} aes_128;

/* Whether the two functions below may be called. */
int aes_is_native(void);

void aes_expand(aes_128 *aes, const uint8_t *key);

/* XORs bytes with the keystream of counter blocks that begin with `first` and end with 0, 1, 2 ... */
void aes_apply_counter_mode(const aes_128 *aes, const uint8_t *first, uint8_t *bytes, size_t size);

#endif
