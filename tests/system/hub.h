/*
 * For tests that talk to momd as a process: start it in a folder of its own with what a service
 * manager gives it, wait for what it tells, and end it. Whatever is waited for has a limit; a limit
 * that is reached fails the test.
 */
#ifndef TESTS_SYSTEM_HUB_H
#define TESTS_SYSTEM_HUB_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define HUB_WAIT_MS 20000

struct hub {
    char folder[64], config[96], socket_path[96], notify_path[96];
    int notify;
    pid_t pid;
    char told[4096]; /* all that the service manager was told */
};

static inline const char *hub_program(const char *name)
{
    static char path[512];
    const char *build = getenv("B");
    snprintf(path, sizeof path, "%s/bin/%s", build ? build : "build/gcc", name);
    return path;
}

static inline void hub_write_config(const struct hub *hub)
{
    FILE *file = fopen(hub->config, "w");
    assert_non_null(file);
    fprintf(file, "[system]\ndata-dir = %s/data\n[control]\nsocket = %s\n", hub->folder,
            hub->socket_path);
    assert_int_equal(fclose(file), 0);
}

/* Read what the service manager is told until `text` is in it. */
static inline void hub_wait_told(struct hub *hub, const char *text)
{
    while (!strstr(hub->told, text)) {
        struct pollfd wait = {.fd = hub->notify, .events = POLLIN};
        size_t len = strlen(hub->told);
        if (poll(&wait, 1, HUB_WAIT_MS) != 1)
            fail_msg("never told: %s; told: %s", text, hub->told);
        ssize_t n = recv(hub->notify, hub->told + len, sizeof hub->told - len - 2, 0);
        assert_true(n > 0);
        hub->told[len + (size_t)n] = '\n';
        hub->told[len + (size_t)n + 1] = '\0';
    }
}

static inline void hub_start(struct hub *hub)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memset(hub, 0, sizeof *hub);
    snprintf(hub->folder, sizeof hub->folder, "/tmp/momsync-momd-XXXXXX");
    assert_non_null(mkdtemp(hub->folder));
    snprintf(hub->config, sizeof hub->config, "%s/momd.conf", hub->folder);
    snprintf(hub->socket_path, sizeof hub->socket_path, "%s/momd.sock", hub->folder);
    snprintf(hub->notify_path, sizeof hub->notify_path, "%s/notify", hub->folder);
    hub_write_config(hub);
    hub->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(hub->notify >= 0);
    memcpy(address.sun_path, hub->notify_path, strlen(hub->notify_path) + 1);
    assert_int_equal(bind(hub->notify, (struct sockaddr *)&address, sizeof address), 0);
    hub->pid = fork();
    assert_true(hub->pid >= 0);
    if (hub->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing behind */
        char pid[16];
        snprintf(pid, sizeof pid, "%d", (int)getpid());
        setenv("NOTIFY_SOCKET", hub->notify_path, 1);
        setenv("WATCHDOG_USEC", "200000", 1);
        setenv("WATCHDOG_PID", pid, 1);
        execl(hub_program("momd"), "momd", "--config", hub->config, (char *)NULL);
        _exit(127);
    }
    hub_wait_told(hub, "READY=1");
}

static inline void hub_stop(struct hub *hub)
{
    int status = -1;
    char command[128];
    kill(hub->pid, SIGTERM);
    assert_int_equal(waitpid(hub->pid, &status, 0), hub->pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close(hub->notify);
    snprintf(command, sizeof command, "rm -rf '%s'", hub->folder);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a folder of our own */
}

#endif
