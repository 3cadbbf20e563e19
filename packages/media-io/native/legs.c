/* Sockets of legs in batches: see legs.h. */
#define _GNU_SOURCE

#include "legs.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A leg may use so many of a tick's packets; what is more waits in the kernel, and is lost there. */
#define LEG_PACKETS_MAX 16

/* A leg that is in step is read to the last packet in one round of so many, otherwise one packet. */
#define DRAIN_ROUNDS 4

/* A burst of some 200 packets; the kernel takes the memory only while they wait. */
#define RECEIVE_BUFFER_BYTES (256 * 1024)

/* Half of the free ports are even. */
#define BIND_ATTEMPTS_MAX 64

#define LEGS_MAX 16384

/* So many packets ahead of its use a context is fetched, and its leg twice as early. */
#define AHEAD 3

typedef struct {
    int fd;
    int is_open;
    int group;
    int is_listening;
    /* Nothing was there in the last round, or more than one packet: the next round looks again. */
    int is_behind;
    socklen_t remote_size;
    socklen_t expected_size;
    srtp_context *receive;
    srtp_context *transmit;
    struct sockaddr_storage remote;
    struct sockaddr_storage expected;
} leg;

/* Numbers of open legs. */
typedef struct {
    int *numbers;
    int count;
    int room;
    /* Where the round goes on. */
    int next;
    int taken_of_next;
    unsigned round;
} leg_group;

struct legs {
    leg **all;
    int count;
    int room;
    leg_group groups[LEG_GROUPS];
    int lengths[BATCH_PACKETS];
    uint8_t is_expected[BATCH_PACKETS];
};

legs *legs_open(void)
{
    return calloc(1, sizeof(legs));
}

static leg *leg_at(const legs *of, int number)
{
    if (number < 0 || number >= of->count || !of->all[number]->is_open) return NULL;
    return of->all[number];
}

void legs_close(legs *of)
{
    if (of == NULL) return;
    for (int number = 0; number < of->count; number++) {
        leg_close(of, number);
        free(of->all[number]);
    }
    for (int group = 0; group < LEG_GROUPS; group++) free(of->groups[group].numbers);
    free(of->all);
    free(of);
}

static int port_of(const struct sockaddr_storage *address)
{
    return ntohs(address->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)address)->sin6_port
                                                : ((const struct sockaddr_in *)address)->sin_port);
}

static int port_of_socket(int fd)
{
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;

    return getsockname(fd, (struct sockaddr *)&bound, &size) == 0 ? port_of(&bound) : -errno;
}

/* Returns a bound socket or a negative errno. */
static int bind_socket(const struct sockaddr *address, socklen_t size)
{
    int fd = socket(address->sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int room = RECEIVE_BUFFER_BYTES;
    int is_stamped = 1;
    int reason;

    if (fd < 0) return -errno;
    if (bind(fd, address, size) == 0) {
        /* Without these it works too, less well. */
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
        setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &is_stamped, sizeof is_stamped);
        return fd;
    }
    reason = -errno;
    close(fd);
    return reason;
}

static int bind_even(const struct sockaddr *address, socklen_t size)
{
    for (int attempt = 0; attempt < BIND_ATTEMPTS_MAX; attempt++) {
        int fd = bind_socket(address, size);
        if (fd < 0 || port_of_socket(fd) % 2 == 0) return fd;
        close(fd);
    }
    return -EADDRINUSE;
}

static int free_number(legs *of)
{
    for (int number = 0; number < of->count; number++) {
        if (!of->all[number]->is_open) return number;
    }
    if (of->count == LEGS_MAX) return -EMFILE;
    if (of->count == of->room) {
        int room = of->room == 0 ? 64 : 2 * of->room;
        leg **grown = realloc(of->all, (size_t)room * sizeof *grown);
        if (grown == NULL) return -ENOMEM;
        of->all = grown;
        of->room = room;
    }
    of->all[of->count] = calloc(1, sizeof(leg));
    return of->all[of->count] == NULL ? -ENOMEM : of->count++;
}

/* Room for one more; 0 when there is no memory. */
static int grow_group(leg_group *of)
{
    int room = of->room == 0 ? 64 : 2 * of->room;
    int *grown;

    if (of->count < of->room) return 1;
    grown = realloc(of->numbers, (size_t)room * sizeof *grown);
    if (grown == NULL) return 0;
    of->numbers = grown;
    of->room = room;
    return 1;
}

int leg_open(legs *of, int group, const struct sockaddr *address, socklen_t size)
{
    int number = free_number(of);
    leg_group *members = &of->groups[group];
    int fd;

    if (number < 0) return number;
    if (!grow_group(members)) return -ENOMEM;
    fd = bind_even(address, size);
    if (fd < 0) return fd;
    *of->all[number] = (leg){.fd = fd, .is_open = 1, .group = group};
    members->numbers[members->count++] = number;
    return number;
}

/* A round that is under way goes on with one leg less, or has read one twice. */
static void leave_group(leg_group *of, int number)
{
    for (int at = 0; at < of->count; at++) {
        if (of->numbers[at] != number) continue;
        of->numbers[at] = of->numbers[--of->count];
        return;
    }
}

int leg_port(const legs *of, int number)
{
    const leg *found = leg_at(of, number);
    return found == NULL ? 0 : port_of_socket(found->fd);
}

void leg_close(legs *of, int number)
{
    leg *found = leg_at(of, number);

    if (found == NULL) return;
    leg_stop_listening(of, number);
    leg_stop_transmitting(of, number);
    close(found->fd);
    found->is_open = 0;
    leave_group(&of->groups[found->group], number);
}

void leg_listen(legs *of, int number, srtp_context *context)
{
    leg *found = leg_at(of, number);

    leg_stop_listening(of, number);
    if (found == NULL) {
        srtp_close(context);
        return;
    }
    found->receive = context;
    found->is_listening = 1;
}

void leg_stop_listening(legs *of, int number)
{
    leg *found = leg_at(of, number);

    if (found == NULL) return;
    srtp_close(found->receive);
    found->receive = NULL;
    found->is_listening = 0;
    found->expected_size = 0;
}

void leg_expect(legs *of, int number, const struct sockaddr *source, socklen_t size)
{
    leg *found = leg_at(of, number);

    if (found == NULL) return;
    memcpy(&found->expected, source, size);
    found->expected_size = size;
}

void leg_transmit_to(
    legs *of, int number, srtp_context *context, const struct sockaddr *remote, socklen_t size)
{
    leg *found = leg_at(of, number);

    leg_stop_transmitting(of, number);
    if (found == NULL) {
        srtp_close(context);
        return;
    }
    found->transmit = context;
    memcpy(&found->remote, remote, size);
    found->remote_size = size;
}

void leg_stop_transmitting(legs *of, int number)
{
    leg *found = leg_at(of, number);

    if (found == NULL) return;
    srtp_close(found->transmit);
    found->transmit = NULL;
    found->remote_size = 0;
}

static int is_same_host(const struct sockaddr_storage *one, const struct sockaddr_storage *other)
{
    if (one->ss_family != other->ss_family) return 0;
    if (one->ss_family == AF_INET6) {
        return memcmp(&((const struct sockaddr_in6 *)one)->sin6_addr,
                   &((const struct sockaddr_in6 *)other)->sin6_addr, sizeof(struct in6_addr)) == 0;
    }
    return ((const struct sockaddr_in *)one)->sin_addr.s_addr ==
           ((const struct sockaddr_in *)other)->sin_addr.s_addr;
}

static int is_expected(const leg *of, const struct sockaddr_storage *source)
{
    int port = port_of(&of->expected);

    return of->expected_size != 0 && is_same_host(source, &of->expected) &&
           (port == 0 || port == port_of(source));
}

static double arrival_ms(struct msghdr *message)
{
    struct cmsghdr *part = CMSG_FIRSTHDR(message);
    struct timespec stamp;

    if (part != NULL && part->cmsg_type == SCM_TIMESTAMPNS) memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
    else clock_gettime(CLOCK_REALTIME, &stamp);
    return (double)stamp.tv_sec * 1e3 + (double)stamp.tv_nsec / 1e6;
}

/* Takes one packet into place `at` of the batch; 0 when there is none. */
static int take(legs *of, const leg *from, int at, double *arrival, uint8_t *packet)
{
    struct iovec vector = {packet, PACKET_STRIDE};
    struct sockaddr_storage source;
    char control[CMSG_SPACE(sizeof(struct timespec))];
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control,
        .msg_controllen = sizeof control};
    int length;

    /* With a key it is the key that tells who sends. */
    if (from->receive == NULL) {
        message.msg_name = &source;
        message.msg_namelen = sizeof source;
    }
    do {
        length = (int)recvmsg(from->fd, &message, MSG_DONTWAIT);
        /* An answer of the network that somebody did not listen: that is somebody's loss. */
    } while (length < 0 && errno == ECONNREFUSED);
    if (length < 0) return 0;
    of->lengths[at] = length;
    of->is_expected[at] = from->receive != NULL || is_expected(from, &source);
    *arrival = arrival_ms(&message);
    return 1;
}

/* Reads the next leg; false when the batch is full before the leg is done. */
static int read_next(legs *of, leg_group *members, int *count, int32_t *records, double *arrivals, uint8_t *packets)
{
    int number = members->numbers[members->next];
    leg *from = of->all[number];
    int is_drained = from->is_behind || (members->round + (unsigned)number) % DRAIN_ROUNDS == 0;
    int most = is_drained ? LEG_PACKETS_MAX : 1;

    while (members->taken_of_next < most) {
        int at = *count;
        if (at == BATCH_PACKETS) return 0;
        if (!take(of, from, at, &arrivals[at], packets + (size_t)at * PACKET_STRIDE)) {
            from->is_behind = members->taken_of_next != 1;
            break;
        }
        records[at * RECORD_FIELDS + IN_LEG] = number;
        *count = at + 1;
        members->taken_of_next++;
    }
    members->taken_of_next = 0;
    return 1;
}

static int collect(
    legs *of, leg_group *members, int32_t *records, double *arrivals, uint8_t *packets)
{
    int count = 0;

    for (; members->next < members->count; members->next++) {
        if (members->next + AHEAD < members->count) {
            __builtin_prefetch(of->all[members->numbers[members->next + AHEAD]]);
        }
        if (!read_next(of, members, &count, records, arrivals, packets)) return count;
    }
    if (count == 0) {
        members->next = 0;
        members->round++;
    }
    return count;
}

static int unpadded(const uint8_t *packet, int header, int length)
{
    int padding = (packet[0] & 0x20) == 0 ? 0 : packet[length - 1];

    if ((packet[0] & 0x20) != 0 && (padding == 0 || header + padding > length)) return SRTP_MALFORMED;
    return length - padding;
}

/* Of the loudest sample; see `G711Codec.loudness`. */
static int loudness_of(const uint8_t *payload, int length, uint8_t inversion)
{
    uint8_t loudest = 0;

    for (int at = 0; at < length; at++) {
        uint8_t loudness = (payload[at] ^ inversion) & 0x7f;
        if (loudness > loudest) loudest = loudness;
    }
    return loudest;
}

static int loudness_in(const uint8_t *packet, int header, int length)
{
    switch (packet[1] & 0x7f) {
    case 0:
        return loudness_of(packet + header, length - header, 0xff);
    case 8:
        return loudness_of(packet + header, length - header, 0x55);
    default:
        return 0;
    }
}

/* Decrypts what is to be believed; `length` is then that of the clear packet without its padding. */
static int verdict_on(const leg *from, int is_source_expected, uint8_t *packet, int *length)
{
    int header = rtp_header_size(packet, (size_t)*length);

    if (!from->is_listening) return LEG_NOT_LISTENING;
    if (!is_source_expected) return LEG_WRONG_SOURCE;
    if (from->receive != NULL) {
        int clear = srtp_unprotect(from->receive, packet, (size_t)*length);
        if (clear < 0) return clear;
        *length = clear;
    }
    if (header < 0) return SRTP_MALFORMED;
    *length = unpadded(packet, header, *length);
    return *length < 0 ? SRTP_MALFORMED : loudness_in(packet, header, *length);
}

/* What is refused is told as it came, as if it had a plain header. */
static void judge(const leg *from, int is_source_expected, uint8_t *packet, int length, int32_t *record)
{
    int clear = length;
    int is_whole = length >= 12;

    record[IN_VERDICT] = verdict_on(from, is_source_expected, packet, &clear);
    record[IN_PAYLOAD_TYPE] = is_whole ? packet[1] : 0;
    record[IN_SEQUENCE] = is_whole ? get16(packet + 2) : 0;
    record[IN_TIMESTAMP] = is_whole ? (int32_t)get32(packet + 4) : 0;
    record[IN_SSRC] = is_whole ? (int32_t)get32(packet + 8) : 0;
    record[IN_PAYLOAD_OFFSET] = 12;
    if (record[IN_VERDICT] >= 0) record[IN_PAYLOAD_OFFSET] = rtp_header_size(packet, (size_t)clear);
    else clear = length;
    record[IN_PAYLOAD_LENGTH] = clear - record[IN_PAYLOAD_OFFSET];
}

int legs_receive(legs *of, int group, int32_t *records, double *arrivals_ms, uint8_t *packets)
{
    int count = collect(of, &of->groups[group], records, arrivals_ms, packets);

    for (int at = 0; at < count; at++) {
        int32_t *record = records + at * RECORD_FIELDS;
        int32_t offset = at * PACKET_STRIDE;
        if (at + AHEAD < count) {
            srtp_prefetch(of->all[record[AHEAD * RECORD_FIELDS + IN_LEG]]->receive);
        }
        judge(of->all[record[IN_LEG]], of->is_expected[at], packets + offset, of->lengths[at], record);
        record[IN_PAYLOAD_OFFSET] += offset;
    }
    return count;
}

/* Returns the length to be sent. */
static int finish(const leg *to, const int32_t *record, uint8_t *packet)
{
    int length = 12 + record[OUT_PAYLOAD_LENGTH];

    packet[0] = 0x80;
    packet[1] = (uint8_t)record[OUT_PAYLOAD_TYPE];
    packet[2] = (uint8_t)(record[OUT_SEQUENCE] >> 8);
    packet[3] = (uint8_t)record[OUT_SEQUENCE];
    put32(packet + 4, (uint32_t)record[OUT_TIMESTAMP]);
    put32(packet + 8, (uint32_t)record[OUT_SSRC]);
    return to->transmit == NULL ? length : srtp_protect(to->transmit, packet, (size_t)length);
}

static void prefetch_sender(const legs *of, const int32_t *records, int at, int count)
{
    const int32_t *later = records + (at + AHEAD) * RECORD_FIELDS + OUT_LEG;

    if (at + AHEAD < count && leg_at(of, *later) != NULL) srtp_prefetch(of->all[*later]->transmit);
    if (at + 2 * AHEAD < count) {
        later += AHEAD * RECORD_FIELDS;
        if (*later >= 0 && *later < of->count) __builtin_prefetch(of->all[*later]);
    }
}

int legs_send(legs *of, const int32_t *records, uint8_t *packets, int count)
{
    int mistakes = 0;

    for (int at = 0; at < count; at++) {
        const int32_t *record = records + at * RECORD_FIELDS;
        const leg *to = leg_at(of, record[OUT_LEG]);
        int is_fit = record[OUT_PAYLOAD_LENGTH] >= 0 &&
                     record[OUT_PAYLOAD_LENGTH] <= RTP_PACKET_SIZE_MAX - 12 - SRTP_TAG_SIZE_MAX;
        of->lengths[at] = -1;
        prefetch_sender(of, records, at, count);
        if (to == NULL || to->remote_size == 0) continue;
        if (is_fit) of->lengths[at] = finish(to, record, packets + (size_t)at * PACKET_STRIDE);
        if (of->lengths[at] < 0) mistakes++;
    }
    for (int at = 0; at < count; at++) {
        const leg *to;
        if (of->lengths[at] < 0) continue;
        to = of->all[records[at * RECORD_FIELDS + OUT_LEG]];
        /* What the network does not take at once is lost, as on any wire. */
        (void)!sendto(to->fd, packets + (size_t)at * PACKET_STRIDE, (size_t)of->lengths[at],
            MSG_DONTWAIT, (const struct sockaddr *)&to->remote, to->remote_size);
    }
    return mistakes;
}
