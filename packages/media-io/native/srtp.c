/*
 * SRTP on the AES of aes.h or of OpenSSL, and on OpenSSL's SHA-1 and GCM. The contexts of a key stay
 * open: a packet costs no key schedule, and HMAC starts from the states after its two pads.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "srtp.h"

#include "aes.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE 16
#define AUTH_KEY_SIZE 20
#define SESSION_SALT_SIZE 14
#define KEY_SIZE_MAX 32
#define GCM_IV_SIZE 12
#define CONTEXT_ALIGNMENT 64
#define REPLAY_WINDOW_PACKETS 128
#define ROLLOVER_COUNTER_MAX 0xffffffffu
/* Of a receiver. Past it new sources are refused: one that is forgotten could be replayed. */
#define SOURCE_COUNT_MAX 256

enum { LABEL_CIPHER_KEY = 0, LABEL_AUTH_KEY = 1, LABEL_SALT = 2 };

typedef struct {
    uint32_t ssrc;
    /* Of the newest packet: the rollover counter above its sequence number. */
    uint64_t index;
    /* A circle of bits: that of an index stands at its remainder. */
    uint64_t accepted[REPLAY_WINDOW_PACKETS / 64];
} source;

/* SHA-1 after one block, which is a pad of HMAC. */
typedef struct {
    uint32_t words[SHA_DIGEST_LENGTH / 4];
} padded;

/* What a packet needs stands together, for `srtp_prefetch`. */
struct srtp_context {
    srtp_suite suite;
    uint32_t source_count;
    uint32_t source_room;
    /* Of the last packet, which is nearly always that of the next one. */
    uint32_t last_source;
    source *sources;
    /* The first source is nearly always the only one. */
    source only;
    uint8_t salt[BLOCK_SIZE];
    padded inner;
    padded outer;
    aes_128 aes;
    /* For what aes.h cannot do; otherwise NULL. */
    EVP_CIPHER_CTX *cipher;
};

#define CONTEXT_SIZE \
    ((sizeof(srtp_context) + CONTEXT_ALIGNMENT - 1) / CONTEXT_ALIGNMENT * CONTEXT_ALIGNMENT)

void srtp_prefetch(const srtp_context *context)
{
    const char *bytes = (const char *)context;

    if (context == NULL) return;
    for (size_t line = 0; line < sizeof *context; line += CONTEXT_ALIGNMENT) {
        __builtin_prefetch(bytes + line);
    }
}

static int is_gcm(srtp_suite suite)
{
    return suite == SRTP_AEAD_AES_128_GCM || suite == SRTP_AEAD_AES_256_GCM;
}

size_t srtp_key_size(srtp_suite suite)
{
    return suite == SRTP_AEAD_AES_256_GCM ? 32 : 16;
}

size_t srtp_salt_size(srtp_suite suite)
{
    return is_gcm(suite) ? 12 : 14;
}

static size_t tag_size(srtp_suite suite)
{
    if (is_gcm(suite)) return 16;
    return suite == SRTP_AES_CM_128_HMAC_SHA1_32 ? 4 : 10;
}

int rtp_header_size(const uint8_t *packet, size_t length)
{
    size_t size;

    if (length < 12 || length > RTP_PACKET_SIZE_MAX || (packet[0] & 0xc0) != 0x80) {
        return SRTP_MALFORMED;
    }
    size = 12 + 4 * (size_t)(packet[0] & 0x0f);
    if (size > length) return SRTP_MALFORMED;
    if ((packet[0] & 0x10) == 0) return (int)size;
    if (size + 4 > length) return SRTP_MALFORMED;
    size += 4 + 4 * (size_t)get16(packet + size + 2);
    return size > length ? SRTP_MALFORMED : (int)size;
}

/* RFC 3711 section 4.3.1, with a key derivation rate of 0. */
static int derive(EVP_CIPHER_CTX *ecb, const uint8_t *salt, uint8_t label, uint8_t *key, size_t size)
{
    uint8_t counter[BLOCK_SIZE];
    uint8_t block[BLOCK_SIZE];
    int written;
    int is_done = 1;

    memcpy(counter, salt, BLOCK_SIZE);
    counter[7] ^= label;
    for (size_t from = 0; from < size && is_done; from += BLOCK_SIZE) {
        counter[15] = (uint8_t)(from / BLOCK_SIZE);
        is_done = EVP_EncryptUpdate(ecb, block, &written, counter, BLOCK_SIZE);
        memcpy(key + from, block, size - from < BLOCK_SIZE ? size - from : BLOCK_SIZE);
    }
    OPENSSL_cleanse(block, sizeof block);
    return is_done;
}

static EVP_CIPHER_CTX *open_ecb(const uint8_t *key, size_t size)
{
    EVP_CIPHER_CTX *ecb = EVP_CIPHER_CTX_new();
    const EVP_CIPHER *type = size == 32 ? EVP_aes_256_ecb() : EVP_aes_128_ecb();

    if (ecb != NULL && EVP_EncryptInit_ex(ecb, type, NULL, key, NULL) == 1) {
        EVP_CIPHER_CTX_set_padding(ecb, 0);
        return ecb;
    }
    EVP_CIPHER_CTX_free(ecb);
    return NULL;
}

static EVP_CIPHER_CTX *open_gcm(const uint8_t *key, size_t size)
{
    EVP_CIPHER_CTX *gcm = EVP_CIPHER_CTX_new();
    const EVP_CIPHER *type = size == 32 ? EVP_aes_256_gcm() : EVP_aes_128_gcm();

    /* The direction is said with each packet. */
    if (gcm != NULL && EVP_CipherInit_ex(gcm, type, NULL, key, NULL, 1) == 1) return gcm;
    EVP_CIPHER_CTX_free(gcm);
    return NULL;
}

static void absorb_pad(padded *after, const uint8_t *key, uint8_t pad)
{
    uint8_t block[SHA_CBLOCK];
    SHA_CTX state;

    memset(block, pad, sizeof block);
    for (size_t index = 0; index < AUTH_KEY_SIZE; index++) block[index] ^= key[index];
    SHA1_Init(&state);
    SHA1_Update(&state, block, sizeof block);
    *after = (padded){{state.h0, state.h1, state.h2, state.h3, state.h4}};
    OPENSSL_cleanse(block, sizeof block);
    OPENSSL_cleanse(&state, sizeof state);
}

static void resume_after(SHA_CTX *state, const padded *after)
{
    SHA1_Init(state);
    state->h0 = after->words[0];
    state->h1 = after->words[1];
    state->h2 = after->words[2];
    state->h3 = after->words[3];
    state->h4 = after->words[4];
    state->Nl = 8 * SHA_CBLOCK;
}

/* The cipher of packets, once the key is derived. */
static int open_cipher(srtp_context *context, const uint8_t *key)
{
    size_t size = srtp_key_size(context->suite);

    if (is_gcm(context->suite)) context->cipher = open_gcm(key, size);
    else if (!aes_is_native()) context->cipher = open_ecb(key, size);
    else {
        aes_expand(&context->aes, key);
        return 1;
    }
    return context->cipher != NULL;
}

static int open_session(srtp_context *context, EVP_CIPHER_CTX *master, const uint8_t *salt)
{
    uint8_t key[KEY_SIZE_MAX];
    uint8_t auth_key[AUTH_KEY_SIZE];
    size_t key_size = srtp_key_size(context->suite);
    int is_derived = derive(master, salt, LABEL_CIPHER_KEY, key, key_size) &&
                     derive(master, salt, LABEL_AUTH_KEY, auth_key, AUTH_KEY_SIZE) &&
                     derive(master, salt, LABEL_SALT, context->salt, srtp_salt_size(context->suite));

    int is_open = is_derived && open_cipher(context, key);

    if (is_open) {
        absorb_pad(&context->inner, auth_key, 0x36);
        absorb_pad(&context->outer, auth_key, 0x5c);
    }
    OPENSSL_cleanse(key, sizeof key);
    OPENSSL_cleanse(auth_key, sizeof auth_key);
    return is_open;
}

srtp_context *srtp_open(srtp_suite suite, const uint8_t *key, const uint8_t *salt)
{
    srtp_context *context = aligned_alloc(CONTEXT_ALIGNMENT, CONTEXT_SIZE);
    EVP_CIPHER_CTX *master = open_ecb(key, srtp_key_size(suite));
    uint8_t padded_salt[BLOCK_SIZE] = {0};
    int is_open = 0;

    if (context != NULL) {
        memset(context, 0, CONTEXT_SIZE);
        context->sources = &context->only;
        context->source_room = 1;
    }
    if (context != NULL && master != NULL) {
        context->suite = suite;
        memcpy(padded_salt, salt, srtp_salt_size(suite));
        is_open = open_session(context, master, padded_salt);
    }
    /* It clears its key schedule. */
    EVP_CIPHER_CTX_free(master);
    OPENSSL_cleanse(padded_salt, sizeof padded_salt);
    if (is_open) return context;
    srtp_close(context);
    return NULL;
}

void srtp_close(srtp_context *context)
{
    if (context == NULL) return;
    EVP_CIPHER_CTX_free(context->cipher);
    if (context->sources != &context->only) free(context->sources);
    OPENSSL_cleanse(context, sizeof *context);
    free(context);
}

static int apply_openssl(EVP_CIPHER_CTX *ecb, const uint8_t *first, uint8_t *bytes, size_t size)
{
    uint8_t blocks[RTP_PACKET_SIZE_MAX];
    size_t count = (size + BLOCK_SIZE - 1) / BLOCK_SIZE;
    int written;

    if (size == 0) return 1;
    for (size_t block = 0; block < count; block++) {
        uint8_t *counter = blocks + block * BLOCK_SIZE;
        memcpy(counter, first, BLOCK_SIZE);
        counter[14] = (uint8_t)(block >> 8);
        counter[15] = (uint8_t)block;
    }
    if (EVP_EncryptUpdate(ecb, blocks, &written, blocks, (int)(count * BLOCK_SIZE)) != 1) {
        return 0;
    }
    for (size_t offset = 0; offset < size; offset++) bytes[offset] ^= blocks[offset];
    return 1;
}

/* XORs bytes[0..size) with the keystream of RFC 3711 section 4.1.1. */
static int apply_counter_mode(
    srtp_context *context, const source *at, uint64_t index, uint8_t *bytes, size_t size)
{
    uint8_t first[BLOCK_SIZE];

    memcpy(first, context->salt, BLOCK_SIZE);
    put32(first + 4, get32(first + 4) ^ at->ssrc);
    put32(first + 8, get32(first + 8) ^ (uint32_t)(index >> 16));
    put32(first + 12, get32(first + 12) ^ (uint32_t)(index & 0xffff) << 16);
    if (context->cipher != NULL) return apply_openssl(context->cipher, first, bytes, size);
    aes_apply_counter_mode(&context->aes, first, bytes, size);
    return 1;
}

/* HMAC-SHA1 over the packet and its rollover counter. */
static void sign(
    const srtp_context *context, const uint8_t *packet, size_t length, uint64_t index, uint8_t *tag)
{
    SHA_CTX state;
    uint8_t rollover_counter[4];

    resume_after(&state, &context->inner);
    put32(rollover_counter, (uint32_t)(index >> 16));
    SHA1_Update(&state, packet, length);
    SHA1_Update(&state, rollover_counter, sizeof rollover_counter);
    SHA1_Final(tag, &state);
    resume_after(&state, &context->outer);
    SHA1_Update(&state, tag, SHA_DIGEST_LENGTH);
    SHA1_Final(tag, &state);
}

/* RFC 7714 section 8.1. */
static int begin_gcm(srtp_context *context, uint32_t ssrc, uint64_t index, int is_encrypting)
{
    uint8_t iv[GCM_IV_SIZE] = {0};

    put32(iv + 2, ssrc);
    put32(iv + 6, (uint32_t)(index >> 16));
    iv[10] = (uint8_t)(index >> 8);
    iv[11] = (uint8_t)index;
    for (size_t offset = 0; offset < GCM_IV_SIZE; offset++) iv[offset] ^= context->salt[offset];
    return EVP_CipherInit_ex(context->cipher, NULL, NULL, NULL, iv, is_encrypting);
}

static int protect_gcm(
    srtp_context *context, const source *at, uint8_t *packet, size_t header, size_t length)
{
    int written;

    return begin_gcm(context, at->ssrc, at->index, 1) &&
           EVP_CipherUpdate(context->cipher, NULL, &written, packet, (int)header) &&
           EVP_CipherUpdate(context->cipher, packet + header, &written, packet + header,
               (int)(length - header)) &&
           EVP_CipherFinal_ex(context->cipher, packet + length, &written) &&
           EVP_CIPHER_CTX_ctrl(context->cipher, EVP_CTRL_GCM_GET_TAG, 16, packet + length);
}

/* The packet stays as it is unless its tag is right: another counter may be tried. */
static int unprotect_gcm(
    srtp_context *context, uint32_t ssrc, uint64_t index, uint8_t *packet, size_t header, size_t length)
{
    uint8_t clear[RTP_PACKET_SIZE_MAX];
    int written;
    int is_authentic =
        begin_gcm(context, ssrc, index, 0) &&
        EVP_CipherUpdate(context->cipher, NULL, &written, packet, (int)header) &&
        EVP_CipherUpdate(
            context->cipher, clear, &written, packet + header, (int)(length - header)) &&
        EVP_CIPHER_CTX_ctrl(context->cipher, EVP_CTRL_GCM_SET_TAG, 16, packet + length) &&
        EVP_CipherFinal_ex(context->cipher, clear + (length - header), &written);

    if (is_authentic) memcpy(packet + header, clear, length - header);
    return is_authentic;
}

static int verify_and_decrypt(
    srtp_context *context, const source *at, uint64_t index, uint8_t *packet, size_t length)
{
    size_t header = (size_t)rtp_header_size(packet, length);
    uint8_t tag[SHA_DIGEST_LENGTH];

    if (is_gcm(context->suite)) {
        return unprotect_gcm(context, at->ssrc, index, packet, header, length);
    }
    sign(context, packet, length, index, tag);
    if (CRYPTO_memcmp(tag, packet + length, tag_size(context->suite)) != 0) return 0;
    return apply_counter_mode(context, at, index, packet + header, length - header);
}

static source *find_source(srtp_context *context, uint32_t ssrc)
{
    if (context->source_count == 0) return NULL;
    if (context->sources[context->last_source].ssrc == ssrc) {
        return &context->sources[context->last_source];
    }
    for (uint32_t index = 0; index < context->source_count; index++) {
        if (context->sources[index].ssrc != ssrc) continue;
        context->last_source = index;
        return &context->sources[index];
    }
    return NULL;
}

/* Room for twice as many; 0 when there is no memory. */
static int grow(srtp_context *context)
{
    size_t room = 2 * (size_t)context->source_room;
    source *grown = malloc(room * sizeof *grown);

    if (grown == NULL) return 0;
    memcpy(grown, context->sources, context->source_count * sizeof *grown);
    if (context->sources != &context->only) free(context->sources);
    context->sources = grown;
    context->source_room = (uint32_t)room;
    return 1;
}

static source *add_source(srtp_context *context, uint32_t ssrc)
{
    source *added;

    if (context->source_count == context->source_room && !grow(context)) return NULL;
    context->last_source = context->source_count++;
    added = &context->sources[context->last_source];
    memset(added, 0, sizeof *added);
    added->ssrc = ssrc;
    return added;
}

int srtp_protect(srtp_context *context, uint8_t *packet, size_t length)
{
    int header = rtp_header_size(packet, length);
    uint8_t tag[SHA_DIGEST_LENGTH];
    uint16_t sequence;
    source *at;

    if (header < 0 || length + SRTP_TAG_SIZE_MAX > RTP_PACKET_SIZE_MAX) return SRTP_MALFORMED;
    sequence = get16(packet + 2);
    at = context->sources;
    if (context->source_count == 0) {
        at = add_source(context, get32(packet + 8));
        if (at == NULL) return SRTP_TOO_MANY_SOURCES;
        at->index = sequence;
    } else {
        uint16_t ahead = (uint16_t)(sequence - (uint16_t)at->index);
        if (at->ssrc != get32(packet + 8) || ahead == 0 || ahead >= 0x8000) return SRTP_NOT_NEWER;
        /* A key protects 2^48 packets of a source and then no more. */
        if (at->index + ahead > 0xffffffffffffu) return SRTP_NOT_NEWER;
        at->index += ahead;
    }
    if (is_gcm(context->suite)) {
        if (!protect_gcm(context, at, packet, (size_t)header, length)) return SRTP_MALFORMED;
    } else {
        size_t size = length - (size_t)header;
        if (!apply_counter_mode(context, at, at->index, packet + header, size)) return SRTP_MALFORMED;
        sign(context, packet, length, at->index, tag);
        memcpy(packet + length, tag, tag_size(context->suite));
    }
    return (int)(length + tag_size(context->suite));
}

/* RFC 3711 appendix A; before counter 0 and after the last there is no packet. */
static uint64_t estimate_index(uint64_t newest, uint16_t sequence)
{
    uint16_t highest = (uint16_t)newest;
    uint64_t counter = newest >> 16;

    if (highest < 0x8000) {
        if (sequence - highest > 0x8000 && counter > 0) counter--;
    } else if (highest - 0x8000 > sequence && counter < ROLLOVER_COUNTER_MAX) {
        counter++;
    }
    return counter << 16 | sequence;
}

static uint64_t bit_of(uint64_t index)
{
    return (uint64_t)1 << (index % 64);
}

static uint64_t *word_of(source *at, uint64_t index)
{
    return &at->accepted[index % REPLAY_WINDOW_PACKETS / 64];
}

static void accept(source *at, uint64_t index)
{
    if (index > at->index) {
        uint64_t from = at->index + 1;
        if (index - from >= REPLAY_WINDOW_PACKETS) from = index - REPLAY_WINDOW_PACKETS + 1;
        for (; from < index; from++) *word_of(at, from) &= ~bit_of(from);
        at->index = index;
    }
    *word_of(at, index) |= bit_of(index);
}

static int unprotect_known(srtp_context *context, source *at, uint8_t *packet, size_t length)
{
    uint64_t index = estimate_index(at->index, get16(packet + 2));

    if (index <= at->index) {
        if (at->index - index >= REPLAY_WINDOW_PACKETS) return SRTP_TOO_OLD;
        if ((*word_of(at, index) & bit_of(index)) != 0) return SRTP_REPLAYED;
    }
    if (!verify_and_decrypt(context, at, index, packet, length)) return SRTP_AUTH_FAILED;
    accept(at, index);
    return (int)length;
}

/*
 * The first packet of a source: a late joiner may have missed the first wrap, so the counters 0 and 1
 * are tried, and the tag decides.
 */
static int unprotect_first(srtp_context *context, uint32_t ssrc, uint8_t *packet, size_t length)
{
    source stranger = {.ssrc = ssrc};

    if (context->source_count >= SOURCE_COUNT_MAX) return SRTP_TOO_MANY_SOURCES;
    for (uint64_t counter = 0; counter <= 1; counter++) {
        uint64_t index = counter << 16 | get16(packet + 2);
        source *added;
        if (!verify_and_decrypt(context, &stranger, index, packet, length)) continue;
        added = add_source(context, ssrc);
        if (added == NULL) return SRTP_TOO_MANY_SOURCES;
        added->index = index;
        *word_of(added, index) |= bit_of(index);
        return (int)length;
    }
    return SRTP_AUTH_FAILED;
}

int srtp_unprotect(srtp_context *context, uint8_t *packet, size_t length)
{
    size_t tag = tag_size(context->suite);
    source *at;

    if (length < tag || length > RTP_PACKET_SIZE_MAX) return SRTP_MALFORMED;
    if (rtp_header_size(packet, length - tag) < 0) return SRTP_MALFORMED;
    at = find_source(context, get32(packet + 8));
    return at != NULL ? unprotect_known(context, at, packet, length - tag)
                      : unprotect_first(context, get32(packet + 8), packet, length - tag);
}
