/*
 * What can be asked on the control socket: a daemon has a table of commands, of which the rows below are in both.
 * Handlers answer at once or keep the request (lists, watch, wait).
 */
#ifndef HOST_COMMANDS_H
#define HOST_COMMANDS_H

#include "sites.h"

struct call;

struct command {
    const char
        *words[2]; /* the second NULL for a name of one word; both NULL: the end of the table */
    void (*run)(const struct call *call);
    unsigned min_args, max_args;
    bool when_broken; /* answers while the store is broken, too */
};

#define COMMAND_MANY 1000

/* clang-format off */
#define HOST_COMMANDS \
    {{"status", NULL}, cmd_status, 0, 0, true}, \
    {{"users", "list"}, cmd_users_list, 0, 0, false}, \
    {{"users", "show"}, cmd_users_show, 1, 1, false}, \
    {{"users", "add"}, cmd_users_add, 0, COMMAND_MANY, false}, \
    {{"users", "set"}, cmd_users_set, 1, COMMAND_MANY, false}, \
    {{"users", "delete"}, cmd_users_delete, 1, COMMAND_MANY, false}, \
    {{"devices", "list"}, cmd_devices_list, 0, 0, false}, \
    {{"devices", "show"}, cmd_devices_show, 1, 1, false}, \
    {{"devices", "add"}, cmd_devices_add, 0, COMMAND_MANY, false}, \
    {{"devices", "set"}, cmd_devices_set, 1, COMMAND_MANY, false}, \
    {{"devices", "delete"}, cmd_devices_delete, 1, COMMAND_MANY, false}, \
    {{"bind", NULL}, cmd_bind, 2, 2, false}, \
    {{"unbind", NULL}, cmd_unbind, 1, 1, false}, \
    {{"where", NULL}, cmd_where, 1, 1, false}, \
    {{"conflicts", "list"}, cmd_conflicts, 0, 0, false}, \
    {{"undo", NULL}, cmd_undo, 1, 1, false}, \
    {{"history", "list"}, cmd_history, 1, 1, false}, \
    {{"history", "at"}, cmd_history_at, 2, 2, false}, \
    {{"restore", NULL}, cmd_restore, 2, 2, false}, \
    {{"held", NULL}, cmd_held, 1, 1, false}, \
    {{"decide", NULL}, cmd_decide, 2, 2, false}, \
    {{"backup", NULL}, cmd_backup, 1, 1, false}, \
    {{"restored", "accept"}, cmd_restored_accept, 0, 0, false}, \
    {{"export", NULL}, cmd_export, 0, 0, false}, \
    {{"import", "open"}, cmd_import_open, 0, 0, false}, \
    {{"import", "feed"}, cmd_import_feed, 1, 1, false}, \
    {{"import", "run"}, cmd_import_run, 2, 2, false}, \
    {{"import", "drop"}, cmd_import_drop, 1, 1, false}, \
    {{"watch", NULL}, cmd_watch, 0, 0, true}, \
    {{"wait", NULL}, cmd_wait, 1, COMMAND_MANY, false}
/* clang-format on */

/* A request on its way. `args` begins behind the words of the command. */
struct call {
    struct host *host;
    struct com_ctl_request *request;
    const json_t *root;
    size_t first; /* index of the first argument behind the command's words */
};

/* Handler of the control socket. */
void commands_handle(void *user, struct com_ctl_request *request, json_t *root);

/* Argument behind the command's words, NULL when there is none. */
const char *call_arg(const struct call *call, size_t index);
/* Send the row and empty the writer. */
int64_t call_row(struct com_ctl_request *request, struct com_json *json);
/* End with an exit code and text (printf), NULL for none. */
void call_end(const struct call *call, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* End with the exit code and text of an engine's code. */
void call_end_rc(const struct call *call, int rc);
/* Run `change` for every argument (names, numbers) and answer with what was refused: 0 all done, 1 none, 5 some. */
void call_for_each(const struct call *call, int (*change)(const struct call *call, const char *arg,
                                                          char *ret_error, size_t max));

/* cmd_status.c */
void cmd_status(const struct call *call);
/* cmd_records.c */
void cmd_users_show(const struct call *call);
void cmd_users_add(const struct call *call);
void cmd_users_set(const struct call *call);
void cmd_users_delete(const struct call *call);
void cmd_devices_show(const struct call *call);
void cmd_devices_add(const struct call *call);
void cmd_devices_set(const struct call *call);
void cmd_devices_delete(const struct call *call);
void cmd_bind(const struct call *call);
void cmd_unbind(const struct call *call);
void cmd_where(const struct call *call);
/* cmd_lists.c */
void cmd_users_list(const struct call *call);
void cmd_devices_list(const struct call *call);
void cmd_conflicts(const struct call *call);
void cmd_held(const struct call *call);
void cmd_decide(const struct call *call);
/* cmd_history.c */
void cmd_history(const struct call *call);
void cmd_history_at(const struct call *call);
void cmd_restore(const struct call *call);
void cmd_undo(const struct call *call);
/* cmd_store.c */
void cmd_backup(const struct call *call);
void cmd_restored_accept(const struct call *call);
/* cmd_export.c */
void cmd_export(const struct call *call);
/* cmd_import.c */
void cmd_import_open(const struct call *call);
void cmd_import_feed(const struct call *call);
void cmd_import_run(const struct call *call);
void cmd_import_drop(const struct call *call);
/* watch.c */
void cmd_watch(const struct call *call);
/* cmd_wait.c */
void cmd_wait(const struct call *call);

#endif
