/*
 * systemd's notification protocol: a datagram of assignments to the socket named in $NOTIFY_SOCKET.
 */
#include <com/notify.h>

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int send_to_manager(const char *assignments, int flags)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || !*path)
        return 0;
    size_t len = strlen(path);
    if ((*path != '/' && *path != '@') || len >= sizeof address.sun_path)
        return -EINVAL;
    memcpy(address.sun_path, path, len + 1);
    /* an abstract name begins with a zero byte and has no end mark */
    if (*path == '@')
        address.sun_path[0] = '\0';
    socklen_t size =
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + (*path == '@' ? 0 : 1));
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    ssize_t sent;
    do
        sent = sendto(fd, assignments, strlen(assignments), MSG_NOSIGNAL | flags,
                      (struct sockaddr *)&address, size);
    while (sent < 0 && errno == EINTR);
    int result = sent < 0 ? -errno : 1;
    close(fd);
    return result;
}

int com_notify(const char *assignments)
{
    return send_to_manager(assignments, 0);
}

static int notify_with_status(const char *first, const char *status, int flags)
{
    char text[512];
    snprintf(text, sizeof text, "%sSTATUS=%s", first, status ? status : "");
    /* a line end would begin another assignment */
    for (char *p = text + strlen(first); *p; p++) {
        if (*p == '\n')
            *p = ' ';
    }
    return send_to_manager(text, flags);
}

int com_notify_ready(const char *status)
{
    return notify_with_status("READY=1\n", status, 0);
}

/* What comes again anyway must not hold the program up when the manager is behind. */
int com_notify_status(const char *status)
{
    return notify_with_status("", status, MSG_DONTWAIT);
}

int com_notify_reloading(void)
{
    char text[80];
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
             (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
    return com_notify(text);
}

int com_notify_stopping(void)
{
    return com_notify("STOPPING=1");
}

int com_notify_watchdog(void)
{
    return send_to_manager("WATCHDOG=1", MSG_DONTWAIT);
}

int64_t com_notify_watchdog_ms(void)
{
    const char *text = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    if (!text || (pid && strtoll(pid, NULL, 10) != (long long)getpid()))
        return 0;
    char *end;
    errno = 0;
    long long usec = strtoll(text, &end, 10);
    if (errno != 0 || *end || end == text || usec <= 0)
        return 0;
    return usec < 4000 ? 1 : usec / 2000;
}
