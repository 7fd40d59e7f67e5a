/*
 * Client side of the control socket, blocking: for programs that ask one question and end.
 */
#include <com/cli.h>
#include <com/ctl.h>
#include "buffer.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int fail(struct com_ctl_call *call, int err, int code, const char *what)
{
    snprintf(call->error, sizeof call->error, "%s: %s", call->path, what);
    call->code = code;
    return err;
}

static void fail_to_reach(struct com_ctl_call *call, int error)
{
    bool barred = error == EACCES || error == EPERM;
    (void)fail(call, COM_CTL_EREACH, barred ? COM_EXIT_NOT_PERMITTED : COM_EXIT_UNREACHABLE,
               strerror(error));
    size_t len = strlen(call->error);
    if (call->server && (error == ENOENT || error == ECONNREFUSED))
        snprintf(call->error + len, sizeof call->error - len,
                 ": %s does not run, or has another socket", call->server);
}

static int dial(struct com_ctl_call *call, int *ret_fd)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(call->path);
    if (len == 0 || len >= sizeof address.sun_path)
        return fail(call, COM_CTL_EARGUMENT, COM_EXIT_USAGE,
                    "not possible as the path of a socket");
    memcpy(address.sun_path, call->path, len + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail(call, COM_CTL_EREACH, COM_EXIT_UNREACHABLE, strerror(errno));
    int result;
    do
        result = connect(fd, (struct sockaddr *)&address, sizeof address);
    while (result != 0 && errno == EINTR);
    if (result != 0) {
        fail_to_reach(call, errno);
        close(fd);
        return COM_CTL_EREACH;
    }
    *ret_fd = fd;
    return COM_CTL_OK;
}

/* A server that refuses us answers without reading: then the answer tells more than the broken
 * pipe. */
static void send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        bytes += n;
        len -= (size_t)n;
    }
}

static bool read_end(struct com_ctl_call *call, const char *line, size_t len)
{
    json_error_t error;
    json_t *root = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
    const char *text = json_string_value(json_object_get(root, "error"));
    const json_t *code = json_object_get(root, "code");
    bool good = json_is_integer(code);
    if (good)
        call->code = (int)json_integer_value(code);
    if (text)
        snprintf(call->error, sizeof call->error, "%s", text);
    json_decref(root);
    return good;
}

/* Take the complete lines out of the buffer. 1: go on, otherwise enum com_ctl_err. */
static int take_lines(struct com_ctl_call *call, struct buffer *buffer, size_t *searched)
{
    static const char end_mark[] = "{\"end\":true";
    for (;;) {
        char *start = (char *)com__buffer_ptr(buffer);
        char *end = buffer->len > *searched
                        ? memchr(start + *searched, '\n', buffer->len - *searched)
                        : NULL;
        if (!end)
            break;
        size_t len = (size_t)(end - start);
        *end = '\0';
        *searched = 0;
        if (len >= sizeof end_mark - 1 && memcmp(start, end_mark, sizeof end_mark - 1) == 0)
            return read_end(call, start, len)
                       ? COM_CTL_OK
                       : fail(call, COM_CTL_EBROKEN, COM_EXIT_REFUSED, "the answer makes no sense");
        if (call->on_row && !call->on_row(call->user, start, len))
            return COM_CTL_OK;
        com__buffer_consume(buffer, len + 1);
    }
    *searched = buffer->len;
    if (buffer->len > COM_CTL_ROW_MAX)
        return fail(call, COM_CTL_EBROKEN, COM_EXIT_REFUSED, "the answer has a line without end");
    return 1;
}

static int receive(struct com_ctl_call *call, int fd, struct buffer *buffer)
{
    char bytes[16384];
    size_t searched = 0;
    for (;;) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        int ready = poll(&wait, 1, call->timeout_ms > 0 ? call->timeout_ms : -1);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready == 0)
            return fail(call, COM_CTL_EBROKEN, COM_EXIT_UNREACHABLE, "no answer in time");
        ssize_t n = ready < 0 ? -1 : recv(fd, bytes, sizeof bytes, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fail(call, COM_CTL_EBROKEN, COM_EXIT_UNREACHABLE,
                        "the connection ended before the answer");
        if (com__buffer_add(buffer, bytes, (size_t)n) != 0)
            return fail(call, COM_CTL_EBROKEN, COM_EXIT_REFUSED, "out of memory");
        int result = take_lines(call, buffer, &searched);
        if (result <= 0)
            return result;
    }
}

int com_ctl_call(struct com_ctl_call *call)
{
    struct buffer buffer = {0};
    int fd = -1;
    call->code = COM_EXIT_OK;
    call->error[0] = '\0';
    size_t len = strlen(call->request);
    if (len > COM_CTL_REQUEST_MAX || memchr(call->request, '\n', len))
        return fail(call, COM_CTL_EARGUMENT, COM_EXIT_USAGE, "the request is too long");
    int result = dial(call, &fd);
    if (result != COM_CTL_OK)
        return result;
    send_all(fd, call->request, len);
    send_all(fd, "\n", 1);
    result = receive(call, fd, &buffer);
    com__buffer_done(&buffer);
    close(fd);
    return result;
}

char *com_ctl_request_text(int argc, char *const *argv, const json_t *options)
{
    json_t *root = json_object(), *args = json_array();
    bool good = root && args && json_object_set_new(root, "args", args) == 0;
    for (int i = 0; good && i < argc; i++)
        good = json_array_append_new(args, json_string(argv[i])) == 0;
    json_t *copy = options ? json_deep_copy(options) : json_object();
    good = json_object_set_new(root, "options", copy) == 0 && good;
    char *text = good ? json_dumps(root, JSON_COMPACT) : NULL;
    json_decref(root);
    return text;
}
