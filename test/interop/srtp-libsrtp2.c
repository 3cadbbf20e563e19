/*
 * One end of an SRTP session, made by libsrtp2, for the interop test beside this file.
 *
 *   srtp-libsrtp2 SUITE <master key and salt in hex>
 *
 * Reads one command per line, writes one answer per line:
 *
 *   p <hex of an RTP packet>     protect
 *   u <hex of an SRTP packet>    unprotect
 *   P <hex>, U <hex>            the same of RTCP and SRTCP packets
 *   -> <status of libsrtp, 0 is success> <hex of the packet made, if any>
 *
 * Protecting and unprotecting have a session each, as two directions of a call do, with one key.
 */

#include <srtp2/srtp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_SIZE_MAX 46
#define PACKET_SIZE_MAX 4096
#define LINE_SIZE (2 * PACKET_SIZE_MAX + 8)
#define WINDOW_PACKETS 128

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    return -1;
}

/* Returns the number of bytes; ends the program at anything that is not pairs of hex digits. */
static int bytes_from_hex(const char *hex, uint8_t *bytes, int size_max)
{
    int size = 0;
    while (*hex != '\0' && *hex != '\n') {
        int high = digit_value(hex[0]);
        int low = high < 0 ? -1 : digit_value(hex[1]);
        if (low < 0 || size == size_max) {
            fprintf(stderr, "not hex, or too long\n");
            exit(2);
        }
        bytes[size++] = (uint8_t)(16 * high + low);
        hex += 2;
    }
    return size;
}

static srtp_t open_session(const char *suite, uint8_t *key, srtp_ssrc_type_t direction)
{
    srtp_policy_t policy;
    srtp_t session = NULL;

    memset(&policy, 0, sizeof policy);
    if (strcmp(suite, "AES_CM_128_HMAC_SHA1_80") == 0) {
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
    } else if (strcmp(suite, "AES_CM_128_HMAC_SHA1_32") == 0) {
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy.rtp);
    } else if (strcmp(suite, "AEAD_AES_128_GCM") == 0) {
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
    } else {
        srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp);
    }
    policy.rtcp = policy.rtp;
    /* The short tag is for media only (RFC 4568 6.2). */
    if (strcmp(suite, "AES_CM_128_HMAC_SHA1_32") == 0) {
        srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
    }
    policy.ssrc.type = direction;
    policy.key = key;
    policy.window_size = WINDOW_PACKETS;
    if (srtp_create(&session, &policy) != srtp_err_status_ok) {
        fprintf(stderr, "no session\n");
        exit(2);
    }
    return session;
}

static srtp_err_status_t carry_out(char command, srtp_t sender, srtp_t receiver, void *packet,
                                   int *size)
{
    switch (command) {
    case 'p': return srtp_protect(sender, packet, size);
    case 'P': return srtp_protect_rtcp(sender, packet, size);
    case 'U': return srtp_unprotect_rtcp(receiver, packet, size);
    default: return srtp_unprotect(receiver, packet, size);
    }
}

int main(int argc, char **argv)
{
    static char line[LINE_SIZE];
    static uint32_t words[PACKET_SIZE_MAX / 4]; /* libsrtp wants packets on a word boundary. */
    uint8_t *packet = (uint8_t *)words;
    uint8_t key[KEY_SIZE_MAX];

    if (argc != 3 || bytes_from_hex(argv[2], key, KEY_SIZE_MAX) < 28) {
        fprintf(stderr, "usage: srtp-libsrtp2 SUITE <hex digits>\n");
        return 2;
    }
    if (srtp_init() != srtp_err_status_ok) return 2;
    srtp_t sender = open_session(argv[1], key, ssrc_any_outbound);
    srtp_t receiver = open_session(argv[1], key, ssrc_any_inbound);

    while (fgets(line, sizeof line, stdin) != NULL) {
        int size = bytes_from_hex(line + 2, packet, PACKET_SIZE_MAX - SRTP_MAX_TRAILER_LEN - 4);
        srtp_err_status_t status = carry_out(line[0], sender, receiver, packet, &size);
        printf("%d ", (int)status);
        for (int i = 0; status == srtp_err_status_ok && i < size; i++) printf("%02x", packet[i]);
        printf("\n");
    }
    srtp_dealloc(sender);
    srtp_dealloc(receiver);
    return srtp_shutdown() == srtp_err_status_ok ? 0 : 2;
}
