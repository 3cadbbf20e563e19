/*
 * The sockets of many legs, read and written in batches: receive, then verify and decrypt; encrypt and
 * sign, then send. In this order the kernel's code and ours do not drive each other out of the caches.
 *
 * A leg has a port of its own. Nothing here waits, and nothing is allocated for a packet.
 */
#ifndef CONCLAVE_LEGS_H
#define CONCLAVE_LEGS_H

#include "srtp.h"

#include <sys/socket.h>

/* Packets of a batch. */
#define BATCH_PACKETS 64

/* Room for the largest packet; not a power of two, which would crowd a few sets of the cache. */
#define PACKET_STRIDE (RTP_PACKET_SIZE_MAX + 64)

/*
 * Legs are read by groups, so that what is known of them is still in the caches when their packets are
 * mixed and sent.
 */
#define LEG_GROUPS 16

/* Whole numbers of one packet in the records that go in and out. */
#define RECORD_FIELDS 8

/*
 * Verdicts beside those of srtp.h. What is accepted has none below 0: the number is how loud the packet
 * is on the scale of G.711 (0 to 127), looked at while its bytes are at hand; 0 for other codecs.
 */
enum { LEG_WRONG_SOURCE = -7, LEG_NOT_LISTENING = -8 };

/* Fields of a packet that was received. Lengths and the payload are those after decryption. */
enum {
    IN_LEG,
    IN_VERDICT,
    /* As on the wire: the marker is the top bit. */
    IN_PAYLOAD_TYPE,
    IN_SEQUENCE,
    IN_TIMESTAMP,
    IN_SSRC,
    IN_PAYLOAD_OFFSET,
    IN_PAYLOAD_LENGTH,
};

/* Fields of a packet to be sent; its payload stands 12 bytes into its place in the buffer. */
enum {
    OUT_LEG,
    OUT_PAYLOAD_TYPE,
    OUT_SEQUENCE,
    OUT_TIMESTAMP,
    OUT_SSRC,
    OUT_PAYLOAD_LENGTH,
};

typedef struct legs legs;

/* NULL when there is no memory. */
legs *legs_open(void);

/* Closes all sockets and wipes all keys. NULL is harmless. */
void legs_close(legs *of);

/*
 * Binds a leg of a group to any free even port of the address (RFC 3550 section 11). Returns its
 * number, or a negative errno.
 */
int leg_open(legs *of, int group, const struct sockaddr *address, socklen_t size);
int leg_port(const legs *of, int number);

/* Off the wire, its keys wiped. A number that is not open is harmless, here and below. */
void leg_close(legs *of, int number);

/*
 * From now on packets are verified with the context, which is the leg's from then on; without one
 * they are accepted in clear text from the expected source.
 */
void leg_listen(legs *of, int number, srtp_context *context);
void leg_stop_listening(legs *of, int number);

/* A port of 0 stands for all ports of the address. */
void leg_expect(legs *of, int number, const struct sockaddr *source, socklen_t size);

/* Sends there from now on, protected by the context if there is one. The context is the leg's. */
void leg_transmit_to(
    legs *of, int number, srtp_context *context, const struct sockaddr *remote, socklen_t size);
void leg_stop_transmitting(legs *of, int number);

/*
 * Reads legs of a group from where the last call stopped until a batch is full or all have been read,
 * which is when it returns 0 and begins anew. `arrivals_ms` is when the kernel took each packet in.
 */
int legs_receive(legs *of, int group, int32_t *records, double *arrivals_ms, uint8_t *packets);

/* Returns how many could not be sent for a mistake of ours, such as a number that is used twice. */
int legs_send(legs *of, const int32_t *records, uint8_t *packets, int count);

#endif
