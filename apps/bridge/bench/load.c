/*
 * The load of the mixer's benchmark: participants of conferences, reduced to their media. Each sends
 * G.711 by SRTP every 20 ms, at its own moment of the 20 ms; what comes back is authenticated and timed
 * by the kernel's time stamps, so that nobody sleeps on a socket and is woken at the bridge's expense.
 *
 *   load PARTICIPANTS CONFERENCE_SIZE TALKERS SECONDS THREADS FIRST_CPU
 *
 * Participant i sits on seat i mod CONFERENCE_SIZE of conference i / CONFERENCE_SIZE. The first TALKERS
 * seats say a quiet tone, the others silence; once a second the first seat says one loud frame, and the
 * time until the others hear it is the latency. The threads run on processors from FIRST_CPU on.
 *
 * Prints the port of each participant; reads a line for each (see yardstick.c: the key that it sends
 * with comes first); warms up for WARM_UP_S, prints `begin`, measures for SECONDS, prints one line of
 * JSON, and keeps sending until its input ends.
 */
#define _GNU_SOURCE

#include "wire.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

#define TICK_NS 20000000LL
/* Legs speak together once in so long: in between the load sleeps, which a real-time thread must. */
#define SLOT_NS 250000LL
#define WARM_UP_S 3
#define LATE_NS (2 * TICK_NS)
#define BURST_TICKS 50
#define BURST_AT 25
/* Of u-law without its sign bit: smaller is louder. What is below is the loud frame. */
#define LOUD_CODE 0x10
#define LATENCY_CLASS_NS 100000LL
#define LATENCY_CLASSES 10000
#define BATCH 8

typedef struct {
    int fd;
    struct sockaddr_in remote;
    srtp_context *receive;
    srtp_context *transmit;
    uint16_t sequence;
    uint32_t timestamp;
    long long last_ns;
    long long heard_burst_ns;
} leg;

typedef struct {
    long sent, received, gaps, late, failed, bursts;
    long long lag_ns, worst_gap_ns;
    long latencies[LATENCY_CLASSES];
} figures;

typedef struct {
    int number;
    figures figures;
    pthread_t thread;
} worker;

static int leg_count, conference_size, talkers, seconds, thread_count, first_cpu;
static leg *legs;
/* When the first seat of each conference was loud for the last time. */
static atomic_llong *bursts;
static long long start_ns;
static atomic_int is_ending;
static uint8_t silence[WIRE_PAYLOAD_SIZE], quiet[WIRE_PAYLOAD_SIZE], loud[WIRE_PAYLOAD_SIZE];

static long long now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static uint8_t ulaw(int sample)
{
    int sign = sample < 0 ? 0x80 : 0;
    int magnitude = abs(sample) + 132;
    int segment = 7;

    if (magnitude > 32767) magnitude = 32767;
    while (segment > 0 && !(magnitude & (0x80 << segment))) segment--;
    return (uint8_t)~(sign | segment << 4 | (magnitude >> (segment + 3) & 15));
}

static void fill_payloads(void)
{
    for (int index = 0; index < WIRE_PAYLOAD_SIZE; index++) {
        silence[index] = 0xff;
        quiet[index] = ulaw((int)(600 * sin(index * 2 * M_PI * 300 / 8000)));
        loud[index] = ulaw((int)(28000 * sin(index * 2 * M_PI * 1000 / 8000)));
    }
}

static int is_measuring(long long at_ns)
{
    long long from = start_ns + WARM_UP_S * 1000000000LL;
    return at_ns >= from && at_ns < from + seconds * 1000000000LL;
}

static void speak(leg *of, int index, long long tick, figures *count)
{
    uint8_t packet[WIRE_PACKET_ROOM];
    int seat = index % conference_size;
    int is_burst = seat == 0 && tick % BURST_TICKS == BURST_AT;
    long long at_ns = now_ns();
    int length;

    wire_write_header(packet, of->sequence++, of->timestamp, (uint32_t)index + 1);
    of->timestamp += WIRE_PAYLOAD_SIZE;
    memcpy(packet + 12, is_burst ? loud : seat < talkers ? quiet : silence, WIRE_PAYLOAD_SIZE);
    length = srtp_protect(of->transmit, packet, WIRE_RTP_SIZE);
    if (is_burst) atomic_store(&bursts[index / conference_size], at_ns);
    sendto(of->fd, packet, (size_t)length, 0, (void *)&of->remote, sizeof of->remote);
    if (is_measuring(at_ns)) count->sent++;
}

static void time_burst(leg *of, int index, const uint8_t *payload, long long at_ns, figures *count)
{
    long long said_ns = atomic_load(&bursts[index / conference_size]);
    int loudest = 0x7f;
    long long class;

    if (index % conference_size == 0 || said_ns == 0 || of->heard_burst_ns == said_ns) return;
    for (int at = 0; at < WIRE_PAYLOAD_SIZE; at++) {
        if ((payload[at] & 0x7f) < loudest) loudest = payload[at] & 0x7f;
    }
    if (loudest >= LOUD_CODE || at_ns < said_ns) return;
    of->heard_burst_ns = said_ns;
    class = (at_ns - said_ns) / LATENCY_CLASS_NS;
    if (class < LATENCY_CLASSES) count->latencies[class]++;
    count->bursts++;
}

static void hear(leg *of, int index, uint8_t *packet, unsigned size, long long at_ns, figures *count)
{
    int length = srtp_unprotect(of->receive, packet, size);
    long long gap_ns = at_ns - of->last_ns;

    if (!is_measuring(at_ns)) {
        of->last_ns = at_ns;
        return;
    }
    if (length != WIRE_RTP_SIZE) {
        count->failed++;
        return;
    }
    count->received++;
    if (of->last_ns != 0) {
        count->gaps++;
        if (gap_ns > LATE_NS) count->late++;
        if (gap_ns > count->worst_gap_ns) count->worst_gap_ns = gap_ns;
    }
    of->last_ns = at_ns;
    time_burst(of, index, packet + 12, at_ns, count);
}

static long long stamp_of(struct msghdr *message)
{
    struct cmsghdr *part = CMSG_FIRSTHDR(message);
    struct timespec stamp = {0, 0};

    if (part != NULL) memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
    return stamp.tv_sec * 1000000000LL + stamp.tv_nsec;
}

static void listen_to(leg *of, int index, figures *count)
{
    struct mmsghdr messages[BATCH];
    struct iovec vectors[BATCH];
    uint8_t buffers[BATCH][WIRE_PACKET_ROOM];
    uint8_t stamps[BATCH][64];
    int received;

    for (int at = 0; at < BATCH; at++) {
        vectors[at] = (struct iovec){buffers[at], WIRE_PACKET_ROOM};
        messages[at].msg_hdr = (struct msghdr){.msg_iov = &vectors[at], .msg_iovlen = 1,
            .msg_control = stamps[at], .msg_controllen = sizeof stamps[at]};
    }
    received = recvmmsg(of->fd, messages, BATCH, MSG_DONTWAIT, NULL);
    for (int at = 0; at < received; at++) {
        long long stamp = stamp_of(&messages[at].msg_hdr);
        hear(of, index, buffers[at], messages[at].msg_len, stamp, count);
    }
}

static void pin(int number)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(first_cpu + number, &set);
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

static long long sleep_until(long long due_ns)
{
    long long at_ns = now_ns();

    while (at_ns < due_ns) {
        usleep((useconds_t)((due_ns - at_ns) / 1000 + 1));
        at_ns = now_ns();
    }
    return at_ns;
}

/* Each leg speaks at its own moment; half a period later it is listened to. */
static void *work(void *argument)
{
    worker *self = argument;
    int own_count = (leg_count - self->number + thread_count - 1) / thread_count;

    pin(self->number);
    for (long long tick = 0; !is_ending; tick++) {
        for (int at = 0; at < own_count; at++) {
            int index = self->number + at * thread_count;
            int other = self->number + (at + own_count / 2) % own_count * thread_count;
            long long moment_ns = index * TICK_NS / leg_count / SLOT_NS * SLOT_NS;
            long long due_ns = start_ns + tick * TICK_NS + moment_ns;
            long long lag_ns = sleep_until(due_ns) - due_ns;
            if (is_measuring(due_ns) && lag_ns > self->figures.lag_ns) self->figures.lag_ns = lag_ns;
            speak(&legs[index], index, tick, &self->figures);
            listen_to(&legs[other], other, &self->figures);
        }
    }
    return NULL;
}

static double latency_ms(const figures *sum, double share)
{
    long wanted = (long)(share * (double)sum->bursts);

    for (int class = 0; class < LATENCY_CLASSES; class++) {
        wanted -= sum->latencies[class];
        if (wanted < 0) return (class + 1) * LATENCY_CLASS_NS / 1e6;
    }
    return -1;
}

static void report(const worker *workers)
{
    static figures sum;

    for (int number = 0; number < thread_count; number++) {
        const figures *count = &workers[number].figures;
        sum.sent += count->sent;
        sum.received += count->received;
        sum.gaps += count->gaps;
        sum.late += count->late;
        sum.failed += count->failed;
        sum.bursts += count->bursts;
        if (count->lag_ns > sum.lag_ns) sum.lag_ns = count->lag_ns;
        if (count->worst_gap_ns > sum.worst_gap_ns) sum.worst_gap_ns = count->worst_gap_ns;
        for (int class = 0; class < LATENCY_CLASSES; class++) {
            sum.latencies[class] += count->latencies[class];
        }
    }
    printf("{\"sent\":%ld,\"received\":%ld,\"gaps\":%ld,\"late\":%ld,\"failed\":%ld,\"bursts\":%ld,"
           "\"latencyP50Ms\":%.1f,\"latencyP99Ms\":%.1f,\"worstGapMs\":%.1f,\"ownLagMs\":%.1f}\n",
        sum.sent, sum.received, sum.gaps, sum.late, sum.failed, sum.bursts, latency_ms(&sum, 0.5),
        latency_ms(&sum, 0.99), (double)sum.worst_gap_ns / 1e6, (double)sum.lag_ns / 1e6);
    fflush(stdout);
}

static void open_legs(void)
{
    int is_stamped = 1;

    legs = calloc((size_t)leg_count, sizeof *legs);
    bursts = calloc((size_t)(leg_count / conference_size + 1), sizeof *bursts);
    for (int index = 0; index < leg_count; index++) {
        legs[index].fd = wire_open_socket();
        setsockopt(legs[index].fd, SOL_SOCKET, SO_TIMESTAMPNS, &is_stamped, sizeof is_stamped);
    }
    for (int index = 0; index < leg_count; index++) {
        wire_line line = wire_read_line();
        legs[index].remote = wire_address(line.port);
        legs[index].transmit = srtp_open(SRTP_AES_CM_128_HMAC_SHA1_80, line.first, line.first + 16);
        legs[index].receive = srtp_open(SRTP_AES_CM_128_HMAC_SHA1_80, line.second, line.second + 16);
        legs[index].sequence = (uint16_t)(index * 7);
    }
}

int main(int count, char **words)
{
    worker *workers;

    if (count != 7) {
        fprintf(stderr, "six arguments are wanted\n");
        return 2;
    }
    leg_count = atoi(words[1]);
    conference_size = atoi(words[2]);
    talkers = atoi(words[3]);
    seconds = atoi(words[4]);
    thread_count = atoi(words[5]);
    first_cpu = atoi(words[6]);
    wire_raise_limit();
    fill_payloads();
    open_legs();
    start_ns = now_ns() + 50000000;
    workers = calloc((size_t)thread_count, sizeof *workers);
    for (int number = 0; number < thread_count; number++) {
        workers[number].number = number;
        pthread_create(&workers[number].thread, NULL, work, &workers[number]);
    }
    usleep(WARM_UP_S * 1000000 + 50000);
    printf("begin\n");
    fflush(stdout);
    /* A little longer, so that the last packets have come. */
    usleep((useconds_t)seconds * 1000000 + 200000);
    report(workers);
    while (getchar() != EOF) continue;
    is_ending = 1;
    for (int number = 0; number < thread_count; number++) pthread_join(workers[number].thread, NULL);
    return 0;
}
