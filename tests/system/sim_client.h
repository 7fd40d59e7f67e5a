/*
 * For tests that talk to the simulated sites: start and end the real program, a blocking AXI client over plain TCP, and
 * its control commands. Whatever is waited for has a limit; a limit that is reached fails the test.
 */
#ifndef TESTS_SYSTEM_SIM_CLIENT_H
#define TESTS_SYSTEM_SIM_CLIENT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <axi/axi.h>

#define SIM_PORTS  8
#define SIM_WAIT_S 20

/* --- the program ------------------------------------------------------------------------------------- */

struct sim {
    pid_t pid;
    int ports[SIM_PORTS + 1]; /* by site number */
    char dir[64], ctl[96], program[256];
};

static inline int64_t sim_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void sim_exec(const struct sim *sim, int out, char *const *args)
{
    char *argv[32] = {(char *)(uintptr_t)sim->program, (char *)(uintptr_t) "--base-port",
                      (char *)(uintptr_t) "0", (char *)(uintptr_t) "--ctl",
                      (char *)(uintptr_t)sim->ctl};
    int count = 5;
    for (; *args != NULL && count < 31; args++)
        argv[count++] = *args;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing behind */
    dup2(out, STDOUT_FILENO);
    execv(sim->program, argv);
    _exit(127);
}

/* Options end in NULL. */
static inline void sim_start(struct sim *sim, ...)
{
    char *args[24], line[256];
    int count = 0, site, port, pipes[2];
    va_list list;
    va_start(list, sim);
    while ((args[count] = va_arg(list, char *)) != NULL && count < 23)
        count++;
    va_end(list);
    memset(sim, 0, sizeof *sim);
    snprintf(sim->dir, sizeof sim->dir, "/tmp/ommsim-test-XXXXXX");
    assert_non_null(mkdtemp(sim->dir));
    snprintf(sim->ctl, sizeof sim->ctl, "%s/ctl", sim->dir);
    const char *build = getenv("B");
    snprintf(sim->program, sizeof sim->program, "%s/bin/ommsim",
             build != NULL ? build : "build/gcc");
    assert_int_equal(pipe(pipes), 0);
    sim->pid = fork();
    if (sim->pid == 0)
        sim_exec(sim, pipes[1], args);
    close(pipes[1]);
    FILE *out = fdopen(pipes[0], "r");
    bool ready = false;
    while (!ready && fgets(line, sizeof line, out) != NULL) {
        if (sscanf(line, "site %d 127.0.0.1:%d ", &site, &port) == 2 && site <= SIM_PORTS)
            sim->ports[site] = port;
        ready = strcmp(line, "ready\n") == 0;
    }
    fclose(out);
    assert_true(ready);
}

/* It ends by itself when told so, with code 0. */
static inline void sim_stop(struct sim *sim)
{
    int status = -1;
    kill(sim->pid, SIGTERM);
    assert_int_equal(waitpid(sim->pid, &status, 0), sim->pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(rmdir(sim->dir), 0);
}

/* ommsim ctl with the words of `command` (single quotes keep words together): the exit code; what it printed is in
 * `text`, cut to `max`. */
static inline int sim_ctl(const struct sim *sim, const char *command, char *text, size_t max)
{
    char line[1024];
    snprintf(line, sizeof line, "'%s' ctl '%s' %s 2>&1", sim->program, sim->ctl, command);
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    size_t len = fread(text, 1, max - 1, pipe), more;
    text[len] = '\0';
    do
        more = fread(line, 1, sizeof line, pipe);
    while (more > 0);
    return WEXITSTATUS(pclose(pipe));
}

/* The same; it must succeed. */
static inline void sim_do(const struct sim *sim, const char *command)
{
    char text[512];
    if (sim_ctl(sim, command, text, sizeof text) != 0)
        fail_msg("ommsim ctl %s: %s", command, text);
}

/* Wait until the output of a command contains `wanted`. */
static inline void sim_until(const struct sim *sim, const char *command, const char *wanted)
{
    char text[65536] = "";
    int64_t limit = sim_ms() + SIM_WAIT_S * 1000;
    while (sim_ms() < limit) {
        sim_ctl(sim, command, text, sizeof text);
        if (strstr(text, wanted) != NULL)
            return;
    }
    fail_msg("ommsim ctl %s never had %s but: %s", command, wanted, text);
}

/* --- an AXI client ------------------------------------------------------------------------------------- */

struct client {
    int fd;
    struct axi_parser *parser;
    char bytes[65536];
    const char *data;
    size_t len;
    struct axi_buf kept; /* events that came while an answer was awaited */
    size_t kept_read;
    struct axi_parser *again;
};

static inline bool client_try(struct client *client, int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    memset(client, 0, sizeof *client);
    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(client->fd, (struct sockaddr *)&to, sizeof to) == 0)
        client->parser = axi_parser_new(NULL);
    else
        close(client->fd);
    client->again = client->parser != NULL ? axi_parser_new(NULL) : NULL;
    return client->again != NULL;
}

static inline void client_connect(struct client *client, int port)
{
    assert_true(client_try(client, port));
}

static inline void client_close(struct client *client)
{
    close(client->fd);
    axi_parser_free(client->parser);
    axi_parser_free(client->again);
    axi_buf_done(&client->kept);
}

static inline struct axi_msg *client_kept(struct client *client)
{
    size_t len = client->kept.len - client->kept_read;
    if (len == 0)
        return NULL;
    const char *data = client->kept.ptr + client->kept_read;
    struct axi_msg *msg = NULL;
    if (axi_parser_next(client->again, &data, &len, &msg) != AXI_OK)
        return NULL;
    client->kept_read = client->kept.len - len;
    return msg;
}

static inline void client_send(struct client *client, const char *message)
{
    size_t len = strlen(message) + 1;
    while (len > 0) {
        ssize_t sent = send(client->fd, message, len, MSG_NOSIGNAL);
        assert_true(sent > 0);
        message += sent;
        len -= (size_t)sent;
    }
}

/* Fill the buffer: false at the end of the stream, or when nothing came for so long. */
static inline bool client_read(struct client *client, int timeout_ms)
{
    struct pollfd ready = {.fd = client->fd, .events = POLLIN};
    if (poll(&ready, 1, timeout_ms) <= 0)
        return false;
    ssize_t got = recv(client->fd, client->bytes, sizeof client->bytes, 0);
    client->data = client->bytes;
    client->len = got > 0 ? (size_t)got : 0;
    return got > 0;
}

/* Next message, borrowed until the next call; NULL when the link ended or nothing came in time. A parse error is
 * given in *ret_error. */
static inline struct axi_msg *client_next_or(struct client *client, int timeout_ms, int *ret_error)
{
    struct axi_msg *msg = NULL;
    *ret_error = AXI_OK;
    for (;;) {
        *ret_error = axi_parser_next(client->parser, &client->data, &client->len, &msg);
        if (*ret_error != AXI_OK || msg != NULL)
            return msg;
        if (!client_read(client, timeout_ms))
            return NULL;
    }
}

static inline struct axi_msg *client_next(struct client *client)
{
    int error;
    struct axi_msg *msg = client_kept(client);
    if (msg == NULL)
        msg = client_next_or(client, SIM_WAIT_S * 1000, &error);
    assert_non_null(msg);
    return msg;
}

static inline bool is_event(const struct axi_msg *msg)
{
    struct axi_str name = axi_elem_name(axi_msg_root(msg));
    return name.len > 5 && memcmp(name.ptr, "Event", 5) == 0;
}

/* Send a request and give its answer's root; events before it are kept for client_event. */
static inline struct axi_elem *client_ask(struct client *client, const char *request)
{
    client_send(client, request);
    for (;;) {
        int error;
        struct axi_msg *msg = client_next_or(client, SIM_WAIT_S * 1000, &error);
        assert_non_null(msg);
        if (!is_event(msg))
            return axi_msg_root(msg);
        assert_int_equal(axi_encode(msg, 0, &client->kept), AXI_OK);
    }
}

/* The next message of that type, passing over others. */
static inline struct axi_elem *client_event(struct client *client, enum axi_type type)
{
    struct axi_msg *msg;
    do
        msg = client_next(client);
    while (axi_msg_type(msg) != type);
    return axi_msg_root(msg);
}

/* Nothing but the answer to a Ping comes: what was sent before has caused no event for us. */
static inline void client_is_silent(struct client *client)
{
    client_send(client, "<Ping seq=\"4711\"/>");
    struct axi_msg *msg = client_next(client);
    assert_int_equal(axi_msg_type(msg), AXI_T_PingResp);
}

/* The link is ended by the other side. */
static inline void client_is_dropped(struct client *client)
{
    int error;
    struct axi_msg *msg;
    char byte;
    do
        msg = client_next_or(client, SIM_WAIT_S * 1000, &error);
    while (msg != NULL || error != AXI_OK);
    assert_true(recv(client->fd, &byte, 1, MSG_DONTWAIT) <= 0);
}

static inline bool elem_is(const struct axi_elem *elem, const char *attr, const char *value)
{
    struct axi_str got = axi_get_named(elem, attr);
    return got.ptr != NULL && got.len == strlen(value) && memcmp(got.ptr, value, got.len) == 0;
}

static inline void check_attr(const struct axi_elem *elem, const char *attr, const char *value,
                              const char *file, int line)
{
    struct axi_str got = axi_get_named(elem, attr);
    if (elem_is(elem, attr, value))
        return;
    print_error("%s is \"%.*s\", not \"%s\"\n", attr, (int)got.len, got.ptr != NULL ? got.ptr : "",
                value);
    _fail(file, line);
}
#define assert_attr(elem, attr, value) check_attr(elem, attr, value, __FILE__, __LINE__)

#define assert_absent(elem, attr) assert_null(axi_get_named(elem, attr).ptr)

#define OPEN_PLAIN  "<Open username=\"omm\" password=\"omm\"/>"
#define OPEN_SYNC   "<Open username=\"omm\" password=\"omm\" UserDeviceSyncClient=\"true\"/>"
#define OPEN_READER "<Open username=\"reader\" password=\"reader\"/>"
#define SUBSCRIBE_ALL                                                                              \
    "<Subscribe><e cmd=\"On\" eventType=\"PPDevCnf\" ppn=\"-1\"/>"                                 \
    "<e cmd=\"On\" eventType=\"PPUserCnf\" uid=\"-1\"/></Subscribe>"

static inline void client_login(struct client *client, int port, const char *open)
{
    client_connect(client, port);
    assert_absent(client_ask(client, open), "errCode");
}

#endif
