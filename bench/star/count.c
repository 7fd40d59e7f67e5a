/*
 * Counts what TCP carried to and from one port, as a witness: no relay whose buffers and ends of
 * connections would be part of what is measured. It looks at the packets of all devices of its network
 * namespace but the loopback, and counts how far the sequence numbers got: payload with all that TLS
 * adds, every byte once however often it was sent.
 *
 *     count PORT FILE
 *
 * FILE always holds one line: how often it was zeroed, connections that carried something, bytes to
 * the port, bytes from it, and the times (seconds since 1970) when the first of those connections
 * began and when the last byte was carried, 0 if none was. SIGUSR1 zeroes. Runs until it is ended.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECTIONS_MAX = 1024, /* the oldest makes room */
    HEADERS_MAX = 128       /* of IP and TCP, both with options */
};

enum way { TO_PORT, FROM_PORT };

struct connection {
    uint32_t address;
    uint16_t port;
    bool known[2], carried; /* carried: since the counters were zeroed */
    uint32_t end[2];        /* sequence number of the byte that has not come yet */
    double began;
};

struct segment {
    enum way way;
    uint32_t address, seq, len; /* address and port of the other side */
    uint16_t port;
    bool syn, ack, fin;
};

static struct connection connections[CONNECTIONS_MAX];
static unsigned connection_count, zeroed, carried;
static uint64_t bytes[2];
static double first, last;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* False for what is no segment to or from the port. */
static bool read_segment(const unsigned char *data, size_t len, uint16_t port, struct segment *ret)
{
    struct iphdr ip;
    struct tcphdr tcp;
    size_t headers;

    if (len < sizeof ip)
        return false;
    memcpy(&ip, data, sizeof ip);
    headers = (size_t)ip.ihl * 4;
    if (ip.version != 4 || ip.protocol != IPPROTO_TCP || len < headers + sizeof tcp)
        return false;
    memcpy(&tcp, data + headers, sizeof tcp);
    headers += (size_t)tcp.doff * 4;
    if ((tcp.source != port && tcp.dest != port) || ntohs(ip.tot_len) < headers)
        return false;
    ret->way = tcp.dest == port ? TO_PORT : FROM_PORT;
    ret->address = ret->way == TO_PORT ? ip.saddr : ip.daddr;
    ret->port = ret->way == TO_PORT ? tcp.source : tcp.dest;
    ret->seq = ntohl(tcp.seq);
    ret->len = (uint32_t)(ntohs(ip.tot_len) - headers);
    ret->syn = tcp.syn;
    ret->ack = tcp.ack;
    ret->fin = tcp.fin;
    return true;
}

static struct connection *find(const struct segment *segment)
{
    struct connection *connection;

    for (unsigned i = connection_count; i-- > 0;)
        if (connections[i].address == segment->address && connections[i].port == segment->port)
            return &connections[i];
    if (connection_count == CONNECTIONS_MAX)
        memmove(connections, connections + 1, --connection_count * sizeof *connections);
    connection = &connections[connection_count++];
    *connection =
        (struct connection){.address = segment->address, .port = segment->port, .began = now()};
    return connection;
}

static void take_segment(const struct segment *segment)
{
    struct connection *connection = find(segment);
    uint32_t seq = segment->seq + segment->syn, *end = &connection->end[segment->way];
    int32_t more;

    /* A port that is used once more; a SYN that was only repeated begins where the first did. */
    if (segment->syn && !segment->ack && connection->known[TO_PORT] && *end != seq) {
        *connection =
            (struct connection){.address = segment->address, .port = segment->port, .began = now()};
    }
    if (!connection->known[segment->way]) {
        connection->known[segment->way] = true;
        *end = seq;
    }
    more = (int32_t)(seq + segment->len - *end);
    if (more >= 0)
        *end += (uint32_t)more + segment->fin; /* an end has a number too, and is no byte */
    if (more <= 0)
        return;
    bytes[segment->way] += (uint32_t)more;
    last = now();
    if (connection->carried)
        return;
    connection->carried = true;
    if (carried++ == 0)
        first = connection->began;
}

static void zero(void)
{
    double t = now();

    zeroed++;
    carried = 0;
    bytes[TO_PORT] = bytes[FROM_PORT] = 0;
    first = last = 0;
    for (unsigned i = 0; i < connection_count; i++) {
        connections[i].carried = false;
        connections[i].began = t;
    }
}

/* Of one length always, so that a reader never sees the end of an older line. */
static void write_line(int file)
{
    char line[128];
    int len = snprintf(line, sizeof line, "%6u %6u %15llu %15llu %18.6f %18.6f\n", zeroed, carried,
                       (unsigned long long)bytes[TO_PORT], (unsigned long long)bytes[FROM_PORT],
                       first, last);

    if (pwrite(file, line, (size_t)len, 0) != len) {
        perror("write");
        exit(1);
    }
}

static void take_packets(int packets, uint16_t port)
{
    unsigned char data[HEADERS_MAX];
    struct sockaddr_ll from = {0};
    struct segment segment;

    for (;;) {
        socklen_t from_len = sizeof from;
        ssize_t len = recvfrom(packets, data, sizeof data, 0, (struct sockaddr *)&from, &from_len);

        if (len < 0)
            return;
        if (from.sll_hatype != ARPHRD_LOOPBACK && read_segment(data, (size_t)len, port, &segment))
            take_segment(&segment);
    }
}

static void run(int packets, int signals, int file, uint16_t port)
{
    struct pollfd fds[2] = {{packets, POLLIN, 0}, {signals, POLLIN, 0}};
    struct signalfd_siginfo info;

    for (;;) {
        write_line(file);
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return;
        take_packets(packets, port);
        if (fds[1].revents != 0 && read(signals, &info, sizeof info) > 0)
            zero();
    }
}

int main(int argc, char **argv)
{
    long port = argc == 3 ? strtol(argv[1], NULL, 10) : 0;
    int packets, signals, file, room = 16 << 20;
    sigset_t set;

    if (port <= 0 || port > 65535) {
        fprintf(stderr, "usage: count PORT FILE\n");
        return 2;
    }
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signals = signalfd(-1, &set, SFD_CLOEXEC);
    packets = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL));
    file = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (signals < 0 || packets < 0 || file < 0) {
        perror(packets < 0 ? "packet socket" : argv[2]);
        return 1;
    }
    /* A reader that falls behind loses packets; the sequence numbers of later ones tell all the same. */
    setsockopt(packets, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    run(packets, signals, file, htons((uint16_t)port));
    perror("poll");
    return 1;
}
