/*
 * What the yardstick and the load share: sockets on loopback, lines of ports and keys, and packets of
 * G.711 at 20 ms. Anything that fails ends the program.
 */
#ifndef CONCLAVE_BENCH_WIRE_H
#define CONCLAVE_BENCH_WIRE_H

#include "srtp.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define WIRE_PAYLOAD_SIZE 160
#define WIRE_RTP_SIZE (12 + WIRE_PAYLOAD_SIZE)
#define WIRE_PACKET_ROOM 256
#define WIRE_KEY_SIZE 30
#define WIRE_RECEIVE_BUFFER (256 * 1024)

typedef struct {
    int port;
    uint8_t first[WIRE_KEY_SIZE];
    uint8_t second[WIRE_KEY_SIZE];
} wire_line;

static inline void wire_fail(const char *what)
{
    perror(what);
    exit(1);
}

static inline struct sockaddr_in wire_address(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/* As many sockets as we may have. */
static inline void wire_raise_limit(void)
{
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* Binds to any port and prints it. */
static inline int wire_open_socket(void)
{
    struct sockaddr_in address = wire_address(0);
    socklen_t size = sizeof address;
    int room = WIRE_RECEIVE_BUFFER;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    if (fd < 0 || bind(fd, (void *)&address, size) != 0) wire_fail("socket");
    if (getsockname(fd, (void *)&address, &size) != 0) wire_fail("getsockname");
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static inline wire_line wire_read_line(void)
{
    wire_line line;
    char text[2][2 * WIRE_KEY_SIZE + 1];
    unsigned byte;

    if (scanf("%d %60s %60s", &line.port, text[0], text[1]) != 3) wire_fail("input");
    for (int index = 0; index < WIRE_KEY_SIZE; index++) {
        if (sscanf(text[0] + 2 * index, "%2x", &byte) != 1) wire_fail("key");
        line.first[index] = (uint8_t)byte;
        if (sscanf(text[1] + 2 * index, "%2x", &byte) != 1) wire_fail("key");
        line.second[index] = (uint8_t)byte;
    }
    return line;
}

static inline void wire_write_header(uint8_t *packet, uint16_t sequence, uint32_t timestamp, uint32_t ssrc)
{
    uint32_t words[2] = {htonl(timestamp), htonl(ssrc)};

    packet[0] = 0x80;
    packet[1] = 0;
    packet[2] = (uint8_t)(sequence >> 8);
    packet[3] = (uint8_t)sequence;
    memcpy(packet + 4, words, sizeof words);
}

#endif
