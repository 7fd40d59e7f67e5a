/*
 * What momctl can ask: a table of commands. Handlers answer at once or keep the request (lists, watch, wait).
 */
#ifndef MOMD_COMMANDS_H
#define MOMD_COMMANDS_H

#include "sites.h"

/* A request on its way. `args` begins behind the words of the command. */
struct call {
    struct momd *momd;
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
/* cmd_sites.c */
void cmd_sites_list(const struct call *call);
void cmd_sites_show(const struct call *call);
void cmd_sites_add(const struct call *call);
void cmd_sites_set(const struct call *call);
void cmd_sites_remove(const struct call *call);
void cmd_sites_enable(const struct call *call);
void cmd_sites_disable(const struct call *call);
void cmd_decide(const struct call *call);
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
/* cmd_wait.c */
void cmd_wait(const struct call *call);

#endif
