/*
 * The command export. The whole export is made in one turn, because it is one view of the store; it lies in a file
 * without a name in the data folder until the client has taken it.
 */
#include "commands.h"
#include "passphrase.h"

#include <com/cli.h>
#include <com/conn.h>
#include <momsync/transfer.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE_BYTES 65536 /* of a row, and the last line */

struct exporting {
    struct com_ctl_request *request;
    struct com_timer *timer;
    FILE *file;
    char *line; /* of getline */
    size_t line_size;
    bool waiting;
};

static void free_exporting(void *user)
{
    struct exporting *exporting = user;
    if (exporting->timer)
        com_timer_free(exporting->timer);
    if (exporting->file)
        fclose(exporting->file);
    free(exporting->line);
    free(exporting);
}

/* --- making it ------------------------------------------------------------------------------------------- */

static FILE *nameless_file(const char *folder)
{
    char path[4160];
    snprintf(path, sizeof path, "%s/export.XXXXXX", folder);
    int fd = mkstemp(path);
    if (fd < 0)
        return NULL;
    (void)unlink(path);
    FILE *file = fdopen(fd, "w+e");
    if (!file)
        close(fd);
    return file;
}

static int write_lines(struct mom_view *view, const struct mom_sealer *sealer, FILE *file)
{
    struct mom_export_options options = {
        .size = sizeof options, .time_ms = host_now().wall_ms, .sealer = sealer};
    struct mom_export *exporter;
    struct mom_str line = {"", 1};
    int rc = mom_export_new(view, &options, &exporter);
    if (rc != MOM_OK)
        return rc;
    while (rc == MOM_OK && line.len > 0) {
        rc = mom_export_next(exporter, &line);
        if (rc == MOM_OK && fwrite(line.ptr, 1, line.len, file) != line.len)
            rc = MOM_ESTORE;
    }
    mom_export_free(exporter);
    return rc;
}

/* NULL when all is written, or what went wrong. */
static const char *make(const struct host *host, const struct mom_sealer *sealer, FILE *file)
{
    struct mom_view *view;
    int rc = mom_view_open(host->engine, &view);
    if (rc == MOM_OK) {
        errno = 0;
        rc = write_lines(view, sealer, file);
        if (rc == MOM_OK)
            rc = mom_view_error(view);
        mom_view_close(view);
    }
    if (rc != MOM_OK)
        return errno ? strerror(errno) : mom_err_text(rc);
    return fflush(file) == 0 && fseek(file, 0, SEEK_SET) == 0 ? NULL : strerror(errno);
}

/* --- giving it away --------------------------------------------------------------------------------------- */

static void finish(struct exporting *exporting, const char *wrong)
{
    com_ctl_end(exporting->request, wrong ? COM_EXIT_REFUSED : COM_EXIT_OK, wrong);
    free_exporting(exporting);
}

/* One row with some lines. Bytes that wait for the client, -1 at the end. */
static int64_t send_piece(struct exporting *exporting)
{
    struct com_json json;
    int64_t queued = -1;
    ssize_t n = 0;
    char *text = NULL;
    size_t len = 0;
    FILE *piece = open_memstream(&text, &len);
    while (piece && ftell(piece) < PIECE_BYTES &&
           (n = getline(&exporting->line, &exporting->line_size, exporting->file)) > 0)
        fwrite(exporting->line, 1, (size_t)n, piece);
    if (piece && fclose(piece) == 0 && len > 0) {
        com_json_init(&json);
        com_json_object(&json);
        com_json_key(&json, "text");
        com_json_str(&json, text, len);
        com_json_end(&json);
        queued = call_row(exporting->request, &json);
        com_json_done(&json);
    }
    free(text);
    return queued;
}

static void on_tick(void *user)
{
    struct exporting *exporting = user;
    int64_t queued = 0;
    while (queued >= 0 && queued <= (int64_t)COM_CONN_HIGH_WATER)
        queued = send_piece(exporting);
    if (queued >= 0)
        exporting->waiting = true;
    else
        finish(exporting, feof(exporting->file) ? NULL : "the export cannot be read again");
}

static void on_drain(void *user)
{
    struct exporting *exporting = user;
    if (exporting->waiting)
        com_timer_start(exporting->timer, 0, 0);
    exporting->waiting = false;
}

/* --- the command ------------------------------------------------------------------------------------------ */

static void export_with(const struct call *call, const struct mom_sealer *sealer)
{
    struct exporting *exporting = calloc(1, sizeof *exporting);
    const char *wrong = "out of memory";
    if (exporting) {
        exporting->request = call->request;
        exporting->timer = com_timer_new(&call->host->loop, on_tick, exporting);
    }
    if (exporting && exporting->timer) {
        exporting->file = nameless_file(call->host->settings->data_dir);
        wrong = exporting->file ? make(call->host, sealer, exporting->file) : strerror(errno);
    }
    if (wrong) {
        call_end(call, COM_EXIT_REFUSED, "the export cannot be made: %s", wrong);
        if (exporting)
            free_exporting(exporting);
        return;
    }
    com_ctl_on_gone(call->request, free_exporting, exporting);
    com_ctl_on_drain(call->request, on_drain, exporting);
    com_timer_start(exporting->timer, 0, 0);
}

void cmd_export(const struct call *call)
{
    const char *text = com_ctl_text(call->root, "passphrase", NULL);
    struct passphrase passphrase;
    struct mom_sealer sealer;
    if (!text) {
        export_with(call, NULL);
        return;
    }
    if (strlen(text) < PASSPHRASE_MIN || strlen(text) >= COM_SECRET_MAX) {
        call_end(call, COM_EXIT_USAGE, "a passphrase has %d to %d characters", PASSPHRASE_MIN,
                 COM_SECRET_MAX - 1);
        return;
    }
    if (passphrase_make(&passphrase, text) == 0) {
        sealer = passphrase_sealer(&passphrase);
        export_with(call, &sealer);
    } else {
        call_end(call, COM_EXIT_REFUSED, "no key can be made of the passphrase");
    }
    passphrase_wipe(&passphrase);
}
