/*
 * Files to and from the OMM. What is fetched is written block by block beside its name and gets that name when it is
 * complete: a file that was there stays if the transfer fails.
 */
#include "talk_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_MAX (16u * 1024 * 1024) /* longest file that is sent */

static bool fail_file(struct talk *talk, const char *path, const char *why)
{
    struct cat_error error;
    cat_explain(&error, "%s: %s", path, why);
    cat_talk_fail(talk, error.text);
    return false;
}

/* --- sending */

/* All of a file; NULL with errno. */
static char *read_all(int fd, size_t *ret_len)
{
    size_t len = 0, cap = 0;
    char *bytes = NULL;
    for (;;) {
        if (len == cap) {
            cap = cap > 0 ? cap * 2 : 65536;
            char *grown = cap <= FILE_MAX ? realloc(bytes, cap) : NULL;
            errno = grown ? errno : EFBIG;
            if (!grown)
                break;
            bytes = grown;
        }
        ssize_t n = read(fd, bytes + len, cap - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        *ret_len = len;
        if (n == 0)
            return bytes;
        len += (size_t)n;
    }
    free(bytes);
    return NULL;
}

bool cat_talk_put(struct talk *talk, const struct cat_job *job, uint64_t tag)
{
    size_t len = 0;
    int fd = strcmp(job->path, "-") == 0 ? STDIN_FILENO : open(job->path, O_RDONLY | O_CLOEXEC);
    char *bytes = fd >= 0 ? read_all(fd, &len) : NULL;
    int error = errno;
    if (fd > STDIN_FILENO)
        close(fd);
    if (!bytes)
        return fail_file(talk, job->path, strerror(error));
    int code =
        axi_client_put_file(talk->client, job->name, (struct axi_str){bytes, len}, tag, cat_now());
    free(bytes);
    if (code != AXI_OK)
        return fail_file(talk, job->path, axi_err_text(code));
    talk->transfer = job;
    talk->under_way++;
    return true;
}

/* --- fetching */

static void part_name(const struct cat_job *job, char *path, size_t max)
{
    snprintf(path, max, "%s.part", job->path);
}

bool cat_talk_get(struct talk *talk, const struct cat_job *job, uint64_t tag)
{
    char path[4096];
    part_name(job, path, sizeof path);
    talk->file = strcmp(job->path, "-") == 0
                     ? STDOUT_FILENO
                     : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (talk->file < 0)
        return fail_file(talk, path, strerror(errno));
    talk->transfer = job;
    int code = axi_client_get_file(talk->client, job->name, tag, cat_now());
    if (code != AXI_OK)
        return fail_file(talk, job->path, axi_err_text(code));
    talk->under_way++;
    return true;
}

void cat_talk_took_block(struct talk *talk, struct axi_str data)
{
    while (data.len > 0) {
        ssize_t n = write(talk->file, data.ptr, data.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            (void)fail_file(talk, "the fetched file", strerror(errno));
            return;
        }
        data.ptr += n;
        data.len -= (size_t)n;
    }
}

static void finish_fetched(struct talk *talk, bool good)
{
    const struct cat_job *job = talk->transfer;
    char path[4096];
    part_name(job, path, sizeof path);
    if (talk->file >= 0 && talk->file != STDOUT_FILENO) {
        good = (close(talk->file) == 0) && good;
        if (!good)
            unlink(path);
        else if (rename(path, job->path) != 0)
            (void)fail_file(talk, job->path, strerror(errno));
    }
    talk->file = -1;
    talk->transfer = NULL;
}

void cat_talk_drop_file(struct talk *talk)
{
    if (talk->transfer)
        finish_fetched(talk, false);
}

void cat_talk_file_over(struct talk *talk, const struct axi_client_event *event)
{
    const char *path = talk->transfer->path;
    bool good = event->code == AXI_V_NOTHING;
    finish_fetched(talk, good);
    if (good)
        return;
    if (event->msg && axi_answer_code(event->msg) != AXI_V_NOTHING)
        cat_talk_show(talk, event->msg);
    else
        cat_say("%s: a block is missing or broken", path);
    talk->code = talk->code > CAT_REFUSED ? talk->code : CAT_REFUSED;
    if (talk->options->stop_on_error)
        cat_talk_end(talk, CAT_REFUSED);
}
