/*
 * A long way between two network namespaces: packets that leave through a tun device in one come out
 * of a tun device in the other so many milliseconds later, in order. For kernels without netem; how
 * many bits a second pass is not its business but that of a tc qdisc on the devices.
 *
 *     delay NAMESPACE-A DEVICE-A NAMESPACE-B DEVICE-B MILLISECONDS
 *
 * Makes the devices, prints "ready" and runs until it is ended; the devices go with it. Namespaces
 * are paths, /run/netns/NAME.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
    WAY_PACKETS = 4096, /* under way in one direction; more are lost */
    PACKET_MAX = 2048   /* devices have an MTU of 1500 */
};

struct packet {
    uint64_t due; /* ns */
    size_t len;
    unsigned char bytes[PACKET_MAX];
};

/* One direction: a ring of what is under way. */
struct way {
    int from, to;
    size_t first, count;
    struct packet *packets;
};

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* The caller is in that namespace afterwards; nothing later depends on where it is. */
static int open_tun(const char *namespace, const char *device)
{
    struct ifreq request;
    int ns = open(namespace, O_RDONLY | O_CLOEXEC), fd;

    if (ns < 0 || setns(ns, CLONE_NEWNET) < 0)
        die(namespace);
    close(ns);
    fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        die("/dev/net/tun");
    memset(&request, 0, sizeof request);
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", device);
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    if (ioctl(fd, TUNSETIFF, &request) < 0)
        die(device);
    return fd;
}

static void take(struct way *way, uint64_t delay)
{
    unsigned char lost[PACKET_MAX];

    for (;;) {
        struct packet *packet = &way->packets[(way->first + way->count) % WAY_PACKETS];
        bool room = way->count < WAY_PACKETS;
        ssize_t len = read(way->from, room ? packet->bytes : lost, PACKET_MAX);

        if (len <= 0)
            return;
        if (!room)
            continue;
        packet->len = (size_t)len;
        packet->due = now_ns() + delay;
        way->count++;
    }
}

static void give(struct way *way, uint64_t now)
{
    while (way->count > 0 && way->packets[way->first].due <= now) {
        const struct packet *packet = &way->packets[way->first];

        /* A device that is down or full loses packets, as any device does. */
        if (write(way->to, packet->bytes, packet->len) < 0 && errno == EBADFD)
            die("write");
        way->first = (way->first + 1) % WAY_PACKETS;
        way->count--;
    }
}

/* When the next packet is due, as a time-out; NULL: nothing is under way. */
static const struct timespec *next_due(const struct way *ways, struct timespec *ret_wait)
{
    uint64_t due = UINT64_MAX, now = now_ns();

    for (int i = 0; i < 2; i++)
        if (ways[i].count > 0 && ways[i].packets[ways[i].first].due < due)
            due = ways[i].packets[ways[i].first].due;
    if (due == UINT64_MAX)
        return NULL;
    due = due > now ? due - now : 0;
    *ret_wait = (struct timespec){(time_t)(due / 1000000000u), (long)(due % 1000000000u)};
    return ret_wait;
}

static void run(struct way *ways, uint64_t delay)
{
    for (;;) {
        struct pollfd fds[2] = {{ways[0].from, POLLIN, 0}, {ways[1].from, POLLIN, 0}};
        struct timespec wait;

        if (ppoll(fds, 2, next_due(ways, &wait), NULL) < 0 && errno != EINTR)
            die("poll");
        for (int i = 0; i < 2; i++) {
            if (fds[i].revents != 0)
                take(&ways[i], delay);
            give(&ways[i], now_ns());
        }
    }
}

int main(int argc, char **argv)
{
    struct way ways[2] = {{0}};
    long ms = argc == 6 ? strtol(argv[5], NULL, 10) : -1;

    if (ms < 0 || ms > 60000) {
        fprintf(stderr, "usage: delay NAMESPACE-A DEVICE-A NAMESPACE-B DEVICE-B MILLISECONDS\n");
        return 2;
    }
    ways[0].from = ways[1].to = open_tun(argv[1], argv[2]);
    ways[1].from = ways[0].to = open_tun(argv[3], argv[4]);
    for (int i = 0; i < 2; i++)
        if ((ways[i].packets = malloc(WAY_PACKETS * sizeof(struct packet))) == NULL)
            die("memory");
    puts("ready");
    fflush(stdout);
    run(ways, (uint64_t)ms * 1000000u);
}
