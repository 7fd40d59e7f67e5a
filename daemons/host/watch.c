/*
 * Watching. A client that does not read is dropped before it costs memory.
 */
#include "watch.h"
#include "rows.h"

#include <com/cli.h>

#include <stdlib.h>

#define WATCH_QUEUE_MAX (1024 * 1024) /* bytes that may wait for one who watches */

struct watcher {
    struct watcher *next, **link;
    struct com_ctl_request *request;
    uint64_t left; /* rows until its end; 0: no end */
};

static void remove_watcher(struct watcher *watcher)
{
    *watcher->link = watcher->next;
    if (watcher->next)
        watcher->next->link = watcher->link;
    free(watcher);
}

static void on_gone(void *user)
{
    remove_watcher(user);
}

void cmd_watch(const struct call *call)
{
    struct watcher *watcher = calloc(1, sizeof *watcher);
    json_int_t count = com_ctl_int(call->root, "count", 0);
    if (!watcher || count < 0) {
        free(watcher);
        call_end(call, COM_EXIT_USAGE, "--count takes a number above 0");
        return;
    }
    watcher->request = call->request;
    watcher->left = (uint64_t)count;
    watcher->next = call->host->watchers;
    watcher->link = &call->host->watchers;
    if (watcher->next)
        watcher->next->link = &watcher->next;
    call->host->watchers = watcher;
    com_ctl_on_gone(call->request, on_gone, watcher);
    /* tells a script that from here on nothing is missed */
    com_ctl_row(call->request, "{\"what\":\"watching\"}");
}

static void finish(struct watcher *watcher, int code, const char *error)
{
    com_ctl_end(watcher->request, code, error);
    remove_watcher(watcher);
}

static void send_row(struct host *host, const struct com_json *json)
{
    const char *text = com_json_done_text(json);
    struct watcher *watcher = host->watchers, *next;
    for (; text && watcher; watcher = next) {
        next = watcher->next;
        if (com_ctl_row(watcher->request, text) > WATCH_QUEUE_MAX)
            finish(watcher, COM_EXIT_PARTLY, "changes came faster than they were read");
        else if (watcher->left > 0 && --watcher->left == 0)
            finish(watcher, COM_EXIT_OK, NULL);
    }
}

static void begin_row(struct com_json *json, const char *what)
{
    char time[COM_TIME_TEXT_MAX];
    com_json_init(json);
    com_json_object(json);
    com_json_set_text(json, "time", com_time_text(com_wall_ms(), time, sizeof time));
    com_json_set_text(json, "what", what);
}

void watch_state(struct host *host, const char *name, const char *state, const char *reason)
{
    struct com_json json;
    if (!host->watchers)
        return;
    begin_row(&json, "site");
    com_json_set_text(&json, "site", name);
    com_json_set_text(&json, "state", state);
    com_json_set_text(&json, "text", reason);
    com_json_end(&json);
    send_row(host, &json);
    com_json_done(&json);
}

void watch_held(struct host *host, const char *site, uint64_t count)
{
    struct com_json json;
    if (!host->watchers)
        return;
    begin_row(&json, "held");
    com_json_set_text(&json, "site", site);
    com_json_set_int(&json, "records", (int64_t)count);
    com_json_set_text(&json, "text", "its missing records wait for a decision");
    com_json_end(&json);
    send_row(host, &json);
    com_json_done(&json);
}

void watch_action(struct host *host, const struct mom_action *action)
{
    static const char *const names[] = {
        [MOM_CREATED] = "created", [MOM_CHANGED] = "changed", [MOM_MOVED] = "moved",
        [MOM_PARKED] = "parked",   [MOM_DELETED] = "deleted",
    };
    bool conflict = action->kind == MOM_DO_CONFLICT;
    const struct mom_record *record;
    struct com_json json;
    struct mom_view *view;
    if (!host->watchers ||
        (!conflict && (action->change < MOM_CREATED || action->change > MOM_DELETED)))
        return;
    begin_row(&json, conflict ? "conflict" : names[action->change]);
    if (mom_view_open(host->engine, &view) == MOM_OK) {
        record = mom_view_record(view, action->id);
        if (record)
            row_identity(host, record, &json);
        else if (!conflict)
            com_json_set_text(&json, "type", row_type_name(action->type));
        mom_view_close(view);
    }
    com_json_set_id(&json, "id", action->id);
    if (conflict)
        com_json_set_str(&json, "text", action->text.ptr, action->text.len);
    com_json_end(&json);
    send_row(host, &json);
    com_json_done(&json);
}
