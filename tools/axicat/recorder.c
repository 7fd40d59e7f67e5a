/*
 * Recording: a parser for each direction listens to the bytes.
 */
#include "recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct cat_recorder {
    struct axi_parser *in, *out;
    struct cat_printer *file_printer, *printer;
    FILE *file;
    bool failed;
};

/* For its owner alone: even without secrets it is the address book of a company. */
static FILE *open_file(const char *path, struct cat_error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!file) {
        cat_explain(error, "%s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
    }
    return file;
}

static bool prepare(struct cat_recorder *recorder, const char *path, bool show_secrets,
                    struct cat_error *error)
{
    struct axi_parser_options options = {.max_message = CAT_MESSAGE_MAX};
    if (path && !(recorder->file = open_file(path, error)))
        return false;
    struct cat_printer_options own = {
        .out = recorder->file, .format = CAT_JSON, .show_secrets = show_secrets};
    recorder->in = axi_parser_new(&options);
    recorder->out = axi_parser_new(&options);
    recorder->file_printer = path ? cat_printer_new(&own) : NULL;
    return (recorder->in && recorder->out && (recorder->file_printer || !path)) ||
           cat_fail(error, "out of memory");
}

struct cat_recorder *cat_recorder_new(const char *path, bool show_secrets,
                                      struct cat_printer *printer, struct cat_error *error)
{
    struct cat_recorder *recorder = calloc(1, sizeof *recorder);
    if (!recorder) {
        cat_explain(error, "out of memory");
        return NULL;
    }
    recorder->printer = printer;
    if (prepare(recorder, path, show_secrets, error))
        return recorder;
    (void)cat_recorder_free(recorder);
    return NULL;
}

void cat_recorder_take(struct cat_recorder *recorder, bool out, const char *bytes, size_t len,
                       int64_t wall_ms)
{
    struct axi_parser *parser = out ? recorder->out : recorder->in;
    struct cat_stamp stamp = {"", wall_ms};
    struct axi_msg *msg;
    snprintf(stamp.direction, sizeof stamp.direction, "%s", out ? "out" : "in");
    for (;;) {
        int code = axi_parser_next(parser, &bytes, &len, &msg);
        if (code == AXI_OK && !msg)
            return;
        if (code != AXI_OK)
            continue;
        if (recorder->file_printer && !cat_print(recorder->file_printer, msg, &stamp))
            recorder->failed = true;
        if (recorder->printer && !cat_print(recorder->printer, msg, &stamp))
            recorder->failed = true;
    }
}

void cat_recorder_reset(struct cat_recorder *recorder)
{
    axi_parser_reset(recorder->in);
    axi_parser_reset(recorder->out);
}

bool cat_recorder_free(struct cat_recorder *recorder)
{
    if (!recorder)
        return true;
    bool good = !recorder->failed;
    cat_printer_free(recorder->file_printer);
    if (recorder->file && fclose(recorder->file) != 0)
        good = false;
    axi_parser_free(recorder->in);
    axi_parser_free(recorder->out);
    free(recorder);
    return good;
}
