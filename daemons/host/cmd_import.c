/*
 * The commands of an import. What would be done is counted before anything is done; then it is carried out some records
 * a turn, so that links are served meanwhile. It goes on when the client is gone: half of it is what nobody wants.
 */
#include "import.h"
#include "passphrase.h"
#include "rows.h"

#include <com/cli.h>
#include <com/log.h>
#include <momsync/transfer.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SILENCE_MS   30000 /* between two requests of one import */
#define RECORDS      500   /* in one turn */
#define LISTED_MAX   10000 /* differences that are shown; all are counted */
#define BRAKE_LEAST  10    /* as the brake of the engine: so few are never too many */
#define TOKEN_DIGITS 32

struct importing {
    struct host *host;
    char token[TOKEN_DIGITS + 1];
    struct mom_import *import;
    struct passphrase passphrase;
    struct com_timer *timer; /* its silence, or the next turn */
    bool running;
    enum mom_import_mode mode;
    struct com_ctl_request *request; /* of the run, NULL when the client is gone */
    struct mom_import_counts counts;
    uint64_t refused;
    char first_refusal[300];
};

static void free_importing(struct importing *importing)
{
    importing->host->importing = NULL;
    if (importing->timer)
        com_timer_free(importing->timer);
    mom_import_free(importing->import);
    passphrase_wipe(&importing->passphrase);
    free(importing);
}

void import_forget(struct host *host)
{
    if (host->importing)
        free_importing(host->importing);
}

/* --- rows ------------------------------------------------------------------------------------------------- */

static void end_row(struct com_ctl_request *request, struct com_json *json)
{
    com_json_end(json);
    if (request)
        (void)call_row(request, json);
    com_json_done(json);
}

struct shown {
    struct com_ctl_request *request;
    uint64_t listed;
};

static const char *kind_name(enum mom_import_kind kind)
{
    static const char *const names[] = {
        [MOM_IMPORT_CREATE] = "create",  [MOM_IMPORT_REVIVE] = "revive",
        [MOM_IMPORT_CHANGE] = "change",  [MOM_IMPORT_GAP] = "fill",
        [MOM_IMPORT_RELATE] = "relate",  [MOM_IMPORT_DELETE] = "delete",
        [MOM_IMPORT_BURY] = "bury",      [MOM_IMPORT_KEEP] = "keep",
        [MOM_IMPORT_CLASH] = "clash",    [MOM_IMPORT_SITE] = "site",
        [MOM_IMPORT_SETTING] = "setting"};
    return names[kind];
}

/* Settings are not shown: the password of a site is among them. */
static bool show(void *user, const struct mom_import_difference *difference)
{
    struct shown *shown = user;
    const struct mom_field_info *group = mom_field_info(difference->group);
    struct com_json json;
    if (shown->listed++ >= LISTED_MAX)
        return true;
    com_json_init(&json);
    com_json_object(&json);
    com_json_set_text(&json, "kind", kind_name(difference->kind));
    com_json_set_text(&json, "type", difference->type ? row_type_name(difference->type) : "");
    com_json_set_id(&json, "id", difference->id);
    com_json_set_text(&json, "group", group && difference->group ? group->name : "");
    if (difference->kind != MOM_IMPORT_SETTING) {
        com_json_set_str(&json, "here", difference->here.ptr, difference->here.len);
        com_json_set_str(&json, "file", difference->file.ptr, difference->file.len);
    }
    end_row(shown->request, &json);
    return true;
}

static void show_counts(const struct importing *importing, const struct mom_import_counts *counts,
                        uint64_t left_out)
{
    struct mom_import_info info = {0};
    char time[COM_TIME_TEXT_MAX];
    struct com_json json;
    (void)mom_import_info(importing->import, &info);
    com_json_init(&json);
    com_json_object(&json);
    com_json_set_text(&json, "what", "counts");
    com_json_set_text(&json, "written", com_time_text(info.time_ms, time, sizeof time));
    com_json_set_bool(&json, "secrets", info.secrets);
    com_json_set_int(&json, "users_in_file", (int64_t)info.users);
    com_json_set_int(&json, "devices_in_file", (int64_t)info.devices);
    com_json_set_int(&json, "deleted_in_file", (int64_t)info.tombstones);
#define SET(name) com_json_set_int(&json, #name, (int64_t)counts->name)
    SET(here);
    SET(same);
    SET(created);
    SET(revived);
    SET(changed);
    SET(filled);
    SET(related);
    SET(deleted);
    SET(buried);
    SET(kept);
    SET(clashes);
    SET(sites);
    SET(settings);
#undef SET
    if (left_out > 0)
        com_json_set_int(&json, "not_shown", (int64_t)left_out);
    end_row(importing->request, &json);
}

/* --- open, feed, drop -------------------------------------------------------------------------------------- */

static void on_turn(void *user);

static void make_token(char ret_token[TOKEN_DIGITS + 1])
{
    uint8_t bytes[TOKEN_DIGITS / 2];
    if (com_random(bytes, sizeof bytes) != 0)
        memset(bytes, 0, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(ret_token + 2 * i, 3, "%02x", bytes[i]);
}

static struct importing *new_importing(struct host *host, const char *passphrase)
{
    struct importing *importing = calloc(1, sizeof *importing);
    struct mom_import_options options = {.size = sizeof options};
    struct mom_sealer sealer;
    if (!importing)
        return NULL;
    importing->host = host;
    make_token(importing->token);
    if (passphrase) {
        passphrase_take(&importing->passphrase, passphrase);
        sealer = passphrase_sealer(&importing->passphrase);
        options.sealer = &sealer;
    }
    importing->timer = com_timer_new(&host->loop, on_turn, importing);
    if (!importing->timer || mom_import_new(&options, &importing->import) != MOM_OK) {
        free_importing(importing);
        return NULL;
    }
    com_timer_start(importing->timer, SILENCE_MS, 0);
    host->importing = importing;
    return importing;
}

void cmd_import_open(const struct call *call)
{
    struct com_json json;
    const struct importing *importing;
    const char *passphrase = com_ctl_text(call->root, "passphrase", NULL);
    if (passphrase && strlen(passphrase) >= COM_SECRET_MAX) {
        call_end(call, COM_EXIT_USAGE, "the passphrase is too long");
        return;
    }
    if (call->host->importing) {
        call_end(call, COM_EXIT_REFUSED, "another import is under way");
        return;
    }
    importing = new_importing(call->host, passphrase);
    if (!importing) {
        call_end(call, COM_EXIT_REFUSED, "out of memory");
        return;
    }
    com_json_init(&json);
    com_json_object(&json);
    com_json_set_text(&json, "token", importing->token);
    end_row(call->request, &json);
    call_end(call, COM_EXIT_OK, NULL);
}

/* The import of the first argument; ends the request when it is none. */
static struct importing *named_import(const struct call *call)
{
    struct importing *importing = call->host->importing;
    const char *token = call_arg(call, 0);
    if (importing && !importing->running && strcmp(token, importing->token) == 0)
        return importing;
    call_end(call, COM_EXIT_REFUSED, "there is no such import any more");
    return NULL;
}

static void end_wrong(const struct call *call, const struct importing *importing, int rc)
{
    const char *wrong = mom_import_error(importing->import);
    call_end(call, COM_EXIT_REFUSED, "%s", wrong[0] ? wrong : mom_err_text(rc));
}

void cmd_import_feed(const struct call *call)
{
    struct importing *importing = named_import(call);
    const char *text = com_ctl_text(call->root, "text", "");
    if (!importing)
        return;
    int rc = mom_import_feed(importing->import, text, strlen(text));
    com_timer_start(importing->timer, SILENCE_MS, 0);
    if (rc == MOM_OK)
        call_end(call, COM_EXIT_OK, NULL);
    else
        end_wrong(call, importing, rc);
}

void cmd_import_drop(const struct call *call)
{
    struct importing *importing = named_import(call);
    if (!importing)
        return;
    free_importing(importing);
    call_end(call, COM_EXIT_OK, NULL);
}

/* --- carrying it out ---------------------------------------------------------------------------------------- */

void import_refused(struct host *host, const struct mom_action *action)
{
    struct importing *importing = host->importing;
    if (!importing)
        return;
    if (importing->refused++ == 0)
        snprintf(importing->first_refusal, sizeof importing->first_refusal, "%.*s",
                 (int)action->text.len, action->text.ptr);
}

static void finish(struct importing *importing, int code, const char *text)
{
    if (importing->request)
        com_ctl_end(importing->request, code, text);
    if (text)
        com_warning("import: %s", text);
    free_importing(importing);
}

static void finish_well(struct importing *importing)
{
    const struct mom_import_counts *counts = &importing->counts;
    char text[400];
    com_notice("import: %s: %llu records created, %llu revived, %llu changed, %llu filled, %llu "
               "related, %llu deleted, %llu refused",
               importing->mode == MOM_IMPORT_FILL ? "gaps filled" : "rolled back",
               (unsigned long long)counts->created, (unsigned long long)counts->revived,
               (unsigned long long)counts->changed, (unsigned long long)counts->filled,
               (unsigned long long)counts->related, (unsigned long long)counts->deleted,
               (unsigned long long)importing->refused);
    if (sites_adopt(importing->host) != 0)
        com_error("the sites of an import cannot be read from the store");
    if (importing->refused == 0) {
        finish(importing, COM_EXIT_OK, NULL);
        return;
    }
    snprintf(text, sizeof text, "%llu changes were refused, the first: %s",
             (unsigned long long)importing->refused, importing->first_refusal);
    finish(importing, COM_EXIT_PARTLY, text);
}

/* What the links told goes first, so that the view is as of now. */
static int take_turn(struct importing *importing, bool *ret_more)
{
    struct host *host = importing->host;
    struct mom_view *view;
    int rc = host_step(host);
    if (rc == MOM_OK)
        rc = mom_view_open(host->engine, &view);
    if (rc != MOM_OK)
        return rc;
    rc = mom_import_next(importing->import, view, host->batch, RECORDS, ret_more);
    mom_view_close(view);
    return rc == MOM_OK ? host_step(host) : rc;
}

static void on_turn(void *user)
{
    struct importing *importing = user;
    bool more = false;
    if (!importing->running) {
        com_notice("an import was given up: nothing more came of it");
        free_importing(importing);
        return;
    }
    int rc = take_turn(importing, &more);
    if (rc == MOM_EIDENT) {
        finish(importing, COM_EXIT_REFUSED, "the file is of a system with another SARI");
    } else if (rc != MOM_OK) {
        finish(importing, COM_EXIT_PARTLY,
               "it stopped before its end: begin again, what is done is not done twice");
    } else if (!more) {
        finish_well(importing);
    } else {
        if (importing->request) /* a sign of life */
            (void)com_ctl_row(importing->request, "{\"what\":\"progress\"}");
        com_timer_start(importing->timer, 0, 0);
    }
}

static void on_gone(void *user)
{
    struct importing *importing = user;
    importing->request = NULL;
}

static bool needs_a_yes(const struct importing *importing)
{
    const struct mom_import_counts *counts = &importing->counts;
    uint64_t many = counts->deleted + counts->revived;
    return importing->mode == MOM_IMPORT_ROLL_BACK && many > BRAKE_LEAST &&
           many * 100 > counts->here * (uint64_t)importing->host->settings->brake_percent;
}

/* Count, and list for `inspect`. False after a failure, which ended the request. */
static bool compare(const struct call *call, struct importing *importing)
{
    bool inspect = importing->mode == MOM_IMPORT_INSPECT;
    struct shown shown = {call->request, 0};
    struct mom_view *view;
    int rc = mom_view_open(call->host->engine, &view);
    if (rc == MOM_OK) {
        rc = mom_import_compare(importing->import, view, importing->mode, inspect ? show : NULL,
                                &shown, &importing->counts);
        mom_view_close(view);
    }
    if (rc == MOM_OK)
        show_counts(importing, &importing->counts,
                    shown.listed > LISTED_MAX ? shown.listed - LISTED_MAX : 0);
    else
        call_end(call, COM_EXIT_REFUSED, "%s", mom_err_text(rc));
    return rc == MOM_OK;
}

static bool mode_of(const char *word, enum mom_import_mode *ret_mode)
{
    static const char *const words[] = {[MOM_IMPORT_INSPECT] = "inspect",
                                        [MOM_IMPORT_FILL] = "fill-gaps",
                                        [MOM_IMPORT_ROLL_BACK] = "roll-back"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(word, words[i]) == 0) {
            *ret_mode = (enum mom_import_mode)i;
            return true;
        }
    }
    return false;
}

/* Ends the request, and the import, unless there is something to carry out. */
static bool begin(const struct call *call, struct importing *importing)
{
    const struct mom_import_counts *counts = &importing->counts;
    int rc = mom_import_end(importing->import);
    if (rc != MOM_OK) {
        end_wrong(call, importing, rc);
        return false;
    }
    if (!compare(call, importing))
        return false;
    if (importing->mode == MOM_IMPORT_INSPECT) {
        call_end(call, COM_EXIT_OK, NULL);
        return false;
    }
    if (needs_a_yes(importing) && !com_ctl_bool(call->root, "yes", false)) {
        call_end(call, COM_EXIT_REFUSED,
                 "it would delete %llu and revive %llu of %llu records: nothing was done; give "
                 "--yes if that is wanted",
                 (unsigned long long)counts->deleted, (unsigned long long)counts->revived,
                 (unsigned long long)counts->here);
        return false;
    }
    rc = mom_import_begin(importing->import, importing->mode);
    if (rc != MOM_OK)
        call_end(call, COM_EXIT_REFUSED, "%s", mom_err_text(rc));
    return rc == MOM_OK;
}

void cmd_import_run(const struct call *call)
{
    struct importing *importing = named_import(call);
    if (!importing)
        return;
    if (!mode_of(call_arg(call, 1), &importing->mode)) {
        call_end(call, COM_EXIT_USAGE, "an import does inspect, fill-gaps or roll-back");
        return;
    }
    importing->request = call->request;
    if (!begin(call, importing)) {
        free_importing(importing);
        return;
    }
    importing->running = true;
    com_ctl_on_gone(call->request, on_gone, importing);
    com_timer_start(importing->timer, 0, 0);
}
