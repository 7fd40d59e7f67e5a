/*
 * Input beside a running loop. What can be waited for is waited for; a regular file is read at once.
 */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct cat_input {
    uv_poll_t poll;
    struct cat_reader *reader;
    const char *path;
    int fd;
    bool polled, ended;
    int failed; /* errno */
    void (*on_ready)(void *user);
    void *user;
};

static void read_some(struct cat_input *input)
{
    char bytes[16384];
    ssize_t n = read(input->fd, bytes, sizeof bytes);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n < 0)
        input->failed = errno;
    if (n == 0) {
        input->ended = true;
        cat_reader_end(input->reader);
    }
    if (n > 0 && !cat_reader_feed(input->reader, bytes, (size_t)n))
        input->failed = ENOMEM;
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct cat_input *input = poll->data;
    (void)events;
    uv_poll_stop(poll);
    if (status < 0)
        input->failed = -status;
    else
        read_some(input);
    input->on_ready(input->user);
}

/* The loop would make the descriptor non-blocking, and with it the terminal that the shell has too. */
static bool start_polling(struct cat_input *input, uv_loop_t *loop)
{
    struct stat info;
    int flags = fcntl(input->fd, F_GETFL);
    if (fstat(input->fd, &info) != 0 || S_ISREG(info.st_mode) || S_ISDIR(info.st_mode))
        return false;
    if (uv_poll_init(loop, &input->poll, input->fd) != 0)
        return false;
    if (flags >= 0)
        (void)fcntl(input->fd, F_SETFL, flags);
    input->poll.data = input;
    return true;
}

struct cat_input *cat_input_open(uv_loop_t *loop, const char *path, void (*on_ready)(void *user),
                                 void *user, struct cat_error *error)
{
    struct cat_input *input = calloc(1, sizeof *input);
    struct cat_reader *reader = cat_reader_new();
    if (!input || !reader) {
        cat_explain(error, "out of memory");
        cat_reader_free(reader);
        free(input);
        return NULL;
    }
    bool standard = strcmp(path, "-") == 0;
    *input = (struct cat_input){.reader = reader, .path = path, .on_ready = on_ready, .user = user};
    input->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (input->fd < 0) {
        cat_explain(error, "%s: %s", path, strerror(errno));
        cat_reader_free(reader);
        free(input);
        return NULL;
    }
    input->polled = start_polling(input, loop);
    return input;
}

enum cat_input_state cat_input_next(struct cat_input *input, struct cat_item *ret_item,
                                    struct cat_error *error)
{
    for (;;) {
        if (cat_reader_next(input->reader, ret_item))
            return CAT_INPUT_ITEM;
        if (input->failed) {
            cat_explain(error, "%s: %s", cat_input_name(input), strerror(input->failed));
            return CAT_INPUT_FAILED;
        }
        if (input->ended)
            return CAT_INPUT_END;
        if (input->polled)
            break;
        read_some(input);
    }
    int code = uv_poll_start(&input->poll, UV_READABLE, on_poll);
    if (code == 0)
        return CAT_INPUT_WAIT;
    cat_explain(error, "%s: %s", cat_input_name(input), uv_strerror(code));
    return CAT_INPUT_FAILED;
}

const char *cat_input_name(const struct cat_input *input)
{
    return strcmp(input->path, "-") == 0 ? "standard input" : input->path;
}

static void release(struct cat_input *input)
{
    if (input->fd != STDIN_FILENO)
        close(input->fd);
    cat_reader_free(input->reader);
    free(input);
}

static void on_close(uv_handle_t *handle)
{
    release(handle->data);
}

void cat_input_close(struct cat_input *input)
{
    if (!input)
        return;
    if (input->polled)
        uv_close((uv_handle_t *)&input->poll, on_close);
    else
        release(input);
}
