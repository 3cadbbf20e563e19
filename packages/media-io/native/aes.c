/* AES by the processor's own instructions: see aes.h. */
#include "aes.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define WITH_AES __attribute__((target("aes,ssse3,sse4.1")))

/* A voice packet of 20 ms at once: the blocks of a group go through the rounds side by side. */
#define GROUP 10

int aes_is_native(void)
{
    return __builtin_cpu_supports("aes") && __builtin_cpu_supports("sse4.1");
}

WITH_AES static __m128i next_key(__m128i key, __m128i assisted)
{
    key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
    key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
    return _mm_xor_si128(key, _mm_shuffle_epi32(assisted, 0xff));
}

/* The round constant is part of the instruction. */
#define EXPAND(round, constant) \
    keys[round] = next_key(keys[round - 1], _mm_aeskeygenassist_si128(keys[round - 1], constant))

WITH_AES void aes_expand(aes_128 *aes, const uint8_t *key)
{
    __m128i *keys = (__m128i *)(void *)aes->keys;

    keys[0] = _mm_loadu_si128((const __m128i *)(const void *)key);
    EXPAND(1, 0x01);
    EXPAND(2, 0x02);
    EXPAND(3, 0x04);
    EXPAND(4, 0x08);
    EXPAND(5, 0x10);
    EXPAND(6, 0x20);
    EXPAND(7, 0x40);
    EXPAND(8, 0x80);
    EXPAND(9, 0x1b);
    EXPAND(10, 0x36);
}

WITH_AES void aes_apply_counter_mode(const aes_128 *aes, const uint8_t *first, uint8_t *bytes, size_t size)
{
    const __m128i *keys = (const __m128i *)(const void *)aes->keys;
    const __m128i start = _mm_loadu_si128((const __m128i *)(const void *)first);
    uint8_t stream[GROUP * AES_BLOCK_SIZE];
    unsigned counter = 0;

    for (size_t from = 0; from < size; from += sizeof stream) {
        size_t part = size - from < sizeof stream ? size - from : sizeof stream;
        __m128i blocks[GROUP];
        for (int at = 0; at < GROUP; at++, counter++) {
            /* The last two bytes are a big-endian number. */
            int last = (int)((counter & 0xff) << 8 | counter >> 8);
            blocks[at] = _mm_xor_si128(_mm_insert_epi16(start, last, 7), keys[0]);
        }
        for (int round = 1; round < AES_ROUND_KEYS - 1; round++) {
            for (int at = 0; at < GROUP; at++) blocks[at] = _mm_aesenc_si128(blocks[at], keys[round]);
        }
        for (int at = 0; at < GROUP; at++) {
            blocks[at] = _mm_aesenclast_si128(blocks[at], keys[AES_ROUND_KEYS - 1]);
        }
        memcpy(stream, blocks, sizeof stream);
        for (size_t at = 0; at < part; at++) bytes[from + at] ^= stream[at];
    }
}

#else

int aes_is_native(void)
{
    return 0;
}

void aes_expand(aes_128 *aes, const uint8_t *key)
{
    (void)aes;
    (void)key;
}

void aes_apply_counter_mode(const aes_128 *aes, const uint8_t *first, uint8_t *bytes, size_t size)
{
    (void)aes;
    (void)first;
    (void)bytes;
    (void)size;
}

#endif
