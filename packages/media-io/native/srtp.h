/*
 * SRTP of one key and direction: protect or unprotect a packet in place, without allocation.
 *
 * It says what packages/rtp says, packet by packet and verdict by verdict; the same tests run over
 * both. A context is for one direction: what protects never unprotects.
 *
 * Source: [rfc] RFC 3711 (AES-CM, HMAC-SHA1), RFC 7714 (AES-GCM).
 */
#ifndef CONCLAVE_SRTP_H
#define CONCLAVE_SRTP_H

#include <stddef.h>
#include <stdint.h>

/* A datagram past this is refused, as in packages/rtp. */
#define RTP_PACKET_SIZE_MAX 2048

/* The most that protecting adds: the tag of GCM. */
#define SRTP_TAG_SIZE_MAX 16

/* In the order of the list in packages/rtp. */
typedef enum {
    SRTP_AES_CM_128_HMAC_SHA1_80,
    SRTP_AES_CM_128_HMAC_SHA1_32,
    SRTP_AEAD_AES_128_GCM,
    SRTP_AEAD_AES_256_GCM,
    SRTP_SUITE_COUNT,
} srtp_suite;

/* Instead of a length. */
enum {
    SRTP_MALFORMED = -1,
    SRTP_AUTH_FAILED = -2,
    SRTP_REPLAYED = -3,
    SRTP_TOO_OLD = -4,
    SRTP_TOO_MANY_SOURCES = -5,
    /* Our own mistake: a packet number that was used before. */
    SRTP_NOT_NEWER = -6,
};

typedef struct srtp_context srtp_context;

size_t srtp_key_size(srtp_suite suite);
size_t srtp_salt_size(srtp_suite suite);

/* NULL when there is no memory. Key and salt are copied from, and remain the caller's to wipe. */
srtp_context *srtp_open(srtp_suite suite, const uint8_t *key, const uint8_t *salt);

/* Wipes the keys. NULL is harmless. */
void srtp_close(srtp_context *context);

/*
 * Encrypts and signs packet[0..length), behind which there is room for SRTP_TAG_SIZE_MAX bytes.
 * Returns the new length. All packets of a context have one SSRC, that of the first.
 */
int srtp_protect(srtp_context *context, uint8_t *packet, size_t length);

/* Verifies and decrypts packet[0..length) in place. Returns the new length, or what is wrong. */
int srtp_unprotect(srtp_context *context, uint8_t *packet, size_t length);

/* Has the context on its way to the processor when it is used a little later. NULL is harmless. */
void srtp_prefetch(const srtp_context *context);

/* The size of an RTP header with CSRC and extension, or SRTP_MALFORMED. */
int rtp_header_size(const uint8_t *packet, size_t length);

static inline void put32(uint8_t *target, uint32_t value)
{
    target[0] = (uint8_t)(value >> 24);
    target[1] = (uint8_t)(value >> 16);
    target[2] = (uint8_t)(value >> 8);
    target[3] = (uint8_t)value;
}

static inline uint32_t get32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static inline uint16_t get16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

#endif
