/*
 * Exports and imports: the file is on this side and belongs to whoever asks; the daemon needs no right on it. It goes
 * over the control socket in pieces.
 */
#include "ctl_private.h"

#include <com/cli.h>
#include <com/crypto.h>
#include <com/ctl.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SILENCE_MS  60000        /* making a whole export takes a while */
#define PIECE_BYTES (128 * 1024) /* of a request, even if JSON makes six bytes of each */

static int complain(const struct line *line, const char *file, const char *wrong)
{
    fprintf(stderr, "%s: %s: %s\n", line->program->name, file, wrong);
    return COM_EXIT_REFUSED;
}

/* One request. Wipes its text: a passphrase may be in it. */
static int call(const struct line *line, const char *const *args, const json_t *options,
                bool (*on_row)(void *user, const char *json, size_t len), void *user,
                char *ret_error, size_t max)
{
    char *words[8] = {NULL};
    int count = 0;
    for (; args[count]; count++) {
        union {
            const char *in;
            char *out; /* as the command line has them; they are not written to */
        } word = {.in = args[count]};
        words[count] = word.out;
    }
    struct com_ctl_call ask = {.path = line->socket_path,
                               .server = line->program->daemon,
                               .on_row = on_row,
                               .user = user,
                               .timeout_ms = SILENCE_MS};
    char *request = com_ctl_request_text(count, words, options);
    snprintf(ret_error, max, "out of memory");
    if (!request)
        return COM_EXIT_REFUSED;
    ask.request = request;
    (void)com_ctl_call(&ask);
    snprintf(ret_error, max, "%s", ask.error);
    com_wipe(request, strlen(request));
    free(request);
    return ask.code;
}

/* --- export ------------------------------------------------------------------------------------------------ */

struct writing {
    FILE *out;
    bool failed;
};

static bool on_piece(void *user, const char *json, size_t len)
{
    struct writing *writing = user;
    json_t *row = json_loadb(json, len, 0, NULL);
    const json_t *text = json_object_get(row, "text");
    size_t bytes = json_string_length(text);
    if (text && fwrite(json_string_value(text), 1, bytes, writing->out) != bytes)
        writing->failed = true;
    json_decref(row);
    return !writing->failed;
}

/* On the disk, or it is not there. */
static int finish_file(const struct line *line, const char *file, struct writing *writing, int code)
{
    bool good = !writing->failed && fflush(writing->out) == 0 && fsync(fileno(writing->out)) == 0;
    int error = errno;
    if (fclose(writing->out) != 0)
        good = false;
    if (!good || code != COM_EXIT_OK)
        (void)unlink(file);
    if (!good)
        return complain(line, file, strerror(error));
    return code;
}

int transfer_export(const struct line *line, const char *file)
{
    static const char *const args[] = {"export", NULL};
    struct writing writing = {NULL, false};
    char error[600];
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return complain(line, file, strerror(errno));
    writing.out = fdopen(fd, "w");
    if (!writing.out) {
        close(fd);
        (void)unlink(file);
        return complain(line, file, "out of memory");
    }
    int code = call(line, args, line->options, on_piece, &writing, error, sizeof error);
    if (error[0] && !writing.failed)
        fprintf(stderr, "%s: %s\n", line->program->name, error);
    return finish_file(line, file, &writing, code);
}

/* --- import ------------------------------------------------------------------------------------------------ */

struct importing {
    const struct line *line;
    char token[64];
    struct printer *printer;
    char error[600];
};

static bool on_token(void *user, const char *json, size_t len)
{
    struct importing *importing = user;
    json_t *row = json_loadb(json, len, 0, NULL);
    const char *token = json_string_value(json_object_get(row, "token"));
    snprintf(importing->token, sizeof importing->token, "%s", token ? token : "");
    json_decref(row);
    return true;
}

static bool on_difference(void *user, const char *json, size_t len)
{
    struct importing *importing = user;
    printer_row(importing->printer, json, len);
    return true;
}

/* Bytes at the end that are the beginning of a character. */
static size_t begun_character(const char *bytes, size_t len)
{
    for (size_t back = 1; back <= 3 && back <= len; back++) {
        unsigned char byte = (unsigned char)bytes[len - back];
        size_t needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
        if ((byte & 0xc0) != 0x80)
            return needed > back ? back : 0;
    }
    return 0;
}

static int feed_piece(struct importing *importing, const char *bytes, size_t len)
{
    const char *args[] = {"import", "feed", importing->token, NULL};
    json_t *text = memchr(bytes, '\0', len) ? NULL : json_stringn(bytes, len);
    json_t *options = json_object();
    int code = COM_EXIT_REFUSED;
    if (!text)
        snprintf(importing->error, sizeof importing->error, "it is not UTF-8");
    else if (options && json_object_set(options, "text", text) == 0)
        code = call(importing->line, args, options, NULL, NULL, importing->error,
                    sizeof importing->error);
    json_decref(text);
    json_decref(options);
    return code;
}

static int feed(struct importing *importing, FILE *in)
{
    static char bytes[PIECE_BYTES];
    size_t kept = 0, n;
    int code = COM_EXIT_OK;
    while (code == COM_EXIT_OK && (n = fread(bytes + kept, 1, sizeof bytes - kept, in)) > 0) {
        size_t len = kept + n;
        kept = begun_character(bytes, len);
        code = feed_piece(importing, bytes, len - kept);
        memmove(bytes, bytes + len - kept, kept);
    }
    if (code == COM_EXIT_OK && kept > 0)
        code = feed_piece(importing, bytes, kept);
    if (code == COM_EXIT_OK && ferror(in)) {
        snprintf(importing->error, sizeof importing->error, "%s", strerror(errno));
        code = COM_EXIT_REFUSED;
    }
    return code;
}

static const char *mode_of(json_t *options)
{
    static const char *const modes[] = {"inspect", "fill-gaps", "roll-back"};
    const char *mode = NULL;
    int count = 0;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (!json_is_true(json_object_get(options, modes[i])))
            continue;
        mode = modes[i];
        count++;
    }
    return count == 1 ? mode : NULL;
}

static void drop(struct importing *importing)
{
    const char *args[] = {"import", "drop", importing->token, NULL};
    char error[600];
    (void)call(importing->line, args, NULL, NULL, NULL, error, sizeof error);
}

static int run(struct importing *importing, FILE *in, const char *mode, json_t *options)
{
    static const char *const open_args[] = {"import", "open", NULL};
    const char *run_args[] = {"import", "run", importing->token, mode, NULL};
    int code = call(importing->line, open_args, options, on_token, importing, importing->error,
                    sizeof importing->error);
    if (code != COM_EXIT_OK)
        return code;
    code = feed(importing, in);
    if (code != COM_EXIT_OK) {
        drop(importing);
        return code;
    }
    json_object_del(options, "passphrase");
    return call(importing->line, run_args, options, on_difference, importing, importing->error,
                sizeof importing->error);
}

/* What the printer holds back is printed also of an import that failed. */
static int run_file(const struct line *line, FILE *in, const char *mode, const char *file)
{
    struct importing importing = {.line = line, .printer = printer_new(line)};
    if (!importing.printer)
        return complain(line, file, "out of memory");
    int code = run(&importing, in, mode, line->options);
    (void)printer_finish(importing.printer, code == COM_EXIT_OK);
    printer_free(importing.printer);
    if (importing.error[0])
        (void)complain(line, file, importing.error);
    return code;
}

int transfer_import(const struct line *line, const char *file)
{
    const char *mode = mode_of(line->options);
    if (!mode) {
        fprintf(stderr, "%s: import needs one of --inspect, --fill-gaps and --roll-back\n",
                line->program->name);
        return COM_EXIT_USAGE;
    }
    FILE *in = fopen(file, "re");
    if (!in)
        return complain(line, file, strerror(errno));
    int code = run_file(line, in, mode, file);
    fclose(in);
    return code;
}
