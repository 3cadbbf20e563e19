/*
 * The unavoidable work of a secure conference bridge and nothing else, as a measure for ours: every
 * 20 ms it receives from each participant's socket, unprotects, protects, and sends. It mixes nothing:
 * each participant hears himself.
 *
 *   yardstick PARTICIPANTS
 *
 * Prints the port of each participant, one a line; then reads, one a line for each participant,
 *   <port to send to> <key it receives with, 60 hex digits> <key it sends with>
 * and runs until its input ends. CPU time is for the caller to read.
 */
#define _GNU_SOURCE

#include "wire.h"

#include <fcntl.h>
#include <time.h>

#define TICK_NS 20000000
#define BATCH 64
#define AHEAD 3

typedef struct {
    int fd;
    struct sockaddr_in remote;
    srtp_context *receive;
    srtp_context *transmit;
    uint8_t payload[WIRE_PAYLOAD_SIZE];
    uint16_t sequence;
    uint32_t timestamp;
} leg;

static uint8_t buffers[BATCH][WIRE_PACKET_ROOM];
static int lengths[BATCH];

/* In batches, so that the kernel's code and ours do not drive each other out of the caches. */
static void receive(leg *legs, int count)
{
    for (int at = 0; at < count; at++) {
        lengths[at] = (int)recv(legs[at].fd, buffers[at], WIRE_PACKET_ROOM, MSG_DONTWAIT);
    }
    for (int at = 0; at < count; at++) {
        if (at + AHEAD < count) srtp_prefetch(legs[at + AHEAD].receive);
        if (lengths[at] < 0) continue;
        int length = srtp_unprotect(legs[at].receive, buffers[at], (size_t)lengths[at]);
        if (length == WIRE_RTP_SIZE) memcpy(legs[at].payload, buffers[at] + 12, WIRE_PAYLOAD_SIZE);
    }
}

static void transmit(leg *legs, int count)
{
    for (int at = 0; at < count; at++) {
        leg *of = &legs[at];
        if (at + AHEAD < count) srtp_prefetch(legs[at + AHEAD].transmit);
        wire_write_header(buffers[at], of->sequence++, of->timestamp, 1);
        memcpy(buffers[at] + 12, of->payload, WIRE_PAYLOAD_SIZE);
        of->timestamp += WIRE_PAYLOAD_SIZE;
        lengths[at] = srtp_protect(of->transmit, buffers[at], WIRE_RTP_SIZE);
    }
    for (int at = 0; at < count; at++) {
        sendto(legs[at].fd, buffers[at], (size_t)lengths[at], 0, (void *)&legs[at].remote,
            sizeof legs[at].remote);
    }
}

int main(int count, char **words)
{
    int legs_count = count == 2 ? atoi(words[1]) : 0;
    leg *legs = calloc((size_t)legs_count, sizeof *legs);
    struct timespec due;
    char end;

    wire_raise_limit();
    for (int index = 0; index < legs_count; index++) legs[index].fd = wire_open_socket();
    for (int index = 0; index < legs_count; index++) {
        wire_line line = wire_read_line();
        legs[index].remote = wire_address(line.port);
        legs[index].receive = srtp_open(SRTP_AES_CM_128_HMAC_SHA1_80, line.first, line.first + 16);
        legs[index].transmit = srtp_open(SRTP_AES_CM_128_HMAC_SHA1_80, line.second, line.second + 16);
    }
    fcntl(0, F_SETFL, O_NONBLOCK);
    clock_gettime(CLOCK_MONOTONIC, &due);
    while (read(0, &end, 1) != 0) {
        due.tv_nsec += TICK_NS;
        if (due.tv_nsec >= 1000000000) due = (struct timespec){due.tv_sec + 1, due.tv_nsec - 1000000000};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
        for (int at = 0; at < legs_count; at += BATCH) {
            int size = legs_count - at < BATCH ? legs_count - at : BATCH;
            receive(&legs[at], size);
        }
        for (int at = 0; at < legs_count; at += BATCH) {
            int size = legs_count - at < BATCH ? legs_count - at : BATCH;
            transmit(&legs[at], size);
        }
    }
    return 0;
}
