/*
 * The table of commands of the control socket, and what they share.
 */
#include "commands.h"
#include "watch.h"

#include <com/cli.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct command {
    const char *words[2]; /* the second NULL for a name of one word */
    void (*run)(const struct call *call);
    unsigned min_args, max_args;
};

#define MANY 1000

static const struct command commands[] = {
    {{"status", NULL}, cmd_status, 0, 0},
    {{"sites", "list"}, cmd_sites_list, 0, 0},
    {{"sites", "show"}, cmd_sites_show, 1, 1},
    {{"sites", "add"}, cmd_sites_add, 2, 2},
    {{"sites", "set"}, cmd_sites_set, 1, 1},
    {{"sites", "remove"}, cmd_sites_remove, 1, MANY},
    {{"sites", "enable"}, cmd_sites_enable, 1, MANY},
    {{"sites", "disable"}, cmd_sites_disable, 1, MANY},
    {{"users", "list"}, cmd_users_list, 0, 0},
    {{"users", "show"}, cmd_users_show, 1, 1},
    {{"users", "add"}, cmd_users_add, 0, MANY},
    {{"users", "set"}, cmd_users_set, 1, MANY},
    {{"users", "delete"}, cmd_users_delete, 1, MANY},
    {{"devices", "list"}, cmd_devices_list, 0, 0},
    {{"devices", "show"}, cmd_devices_show, 1, 1},
    {{"devices", "add"}, cmd_devices_add, 0, MANY},
    {{"devices", "set"}, cmd_devices_set, 1, MANY},
    {{"devices", "delete"}, cmd_devices_delete, 1, MANY},
    {{"bind", NULL}, cmd_bind, 2, 2},
    {{"unbind", NULL}, cmd_unbind, 1, 1},
    {{"where", NULL}, cmd_where, 1, 1},
    {{"conflicts", "list"}, cmd_conflicts, 0, 0},
    {{"undo", NULL}, cmd_undo, 1, 1},
    {{"history", "list"}, cmd_history, 1, 1},
    {{"history", "at"}, cmd_history_at, 2, 2},
    {{"restore", NULL}, cmd_restore, 2, 2},
    {{"backup", NULL}, cmd_backup, 1, 1},
    {{"restored", "accept"}, cmd_restored_accept, 0, 0},
    {{"export", NULL}, cmd_export, 0, 0},
    {{"import", "open"}, cmd_import_open, 0, 0},
    {{"import", "feed"}, cmd_import_feed, 1, 1},
    {{"import", "run"}, cmd_import_run, 2, 2},
    {{"import", "drop"}, cmd_import_drop, 1, 1},
    {{"watch", NULL}, cmd_watch, 0, 0},
    {{"wait", NULL}, cmd_wait, 1, MANY},
    {{"held", NULL}, cmd_held, 1, 1},
    {{"decide", NULL}, cmd_decide, 2, 2},
};

/* --- what they share ----------------------------------------------------------------------------------- */

const char *call_arg(const struct call *call, size_t index)
{
    return com_ctl_arg(call->root, call->first + index);
}

int64_t call_row(struct com_ctl_request *request, struct com_json *json)
{
    const char *text = com_json_done_text(json);
    int64_t queued = text ? com_ctl_row(request, text) : -1;
    com_json_reset(json);
    return queued;
}

void call_end(const struct call *call, int code, const char *format, ...)
{
    char text[600];
    va_list args;
    if (!format) {
        com_ctl_end(call->request, code, NULL);
        return;
    }
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    com_ctl_end(call->request, code, text);
}

void call_end_rc(const struct call *call, int rc)
{
    if (rc == MOM_OK)
        call_end(call, COM_EXIT_OK, NULL);
    else if (rc == call->momd->answer.rc && call->momd->answer.text[0])
        call_end(call, COM_EXIT_REFUSED, "%s", call->momd->answer.text);
    else
        call_end(call, COM_EXIT_REFUSED, "%s", mom_err_text(rc));
}

void call_for_each(const struct call *call, int (*change)(const struct call *call, const char *arg,
                                                          char *ret_error, size_t max))
{
    char error[600] = "", first_error[600] = "";
    size_t done = 0, refused = 0;
    const char *arg;
    for (size_t i = 0; (arg = call_arg(call, i)) != NULL; i++) {
        struct com_json json;
        bool good = change(call, arg, error, sizeof error) == 0;
        done += good;
        refused += !good;
        if (!good && !first_error[0])
            snprintf(first_error, sizeof first_error, "%s", error);
        com_json_init(&json);
        com_json_object(&json);
        com_json_set_text(&json, "name", arg);
        com_json_set_bool(&json, "done", good);
        if (!good)
            com_json_set_text(&json, "error", error);
        com_json_end(&json);
        (void)call_row(call->request, &json);
        com_json_done(&json);
    }
    if (refused == 0)
        call_end(call, COM_EXIT_OK, NULL);
    else
        call_end(call, done ? COM_EXIT_PARTLY : COM_EXIT_REFUSED, "%s", first_error);
}

/* --- dispatch ------------------------------------------------------------------------------------------- */

static const struct command *find(const json_t *root, size_t *ret_words)
{
    const char *first = com_ctl_arg(root, 0), *second = com_ctl_arg(root, 1);
    for (size_t i = 0; first && i < sizeof commands / sizeof *commands; i++) {
        const struct command *command = &commands[i];
        if (strcmp(command->words[0], first) != 0)
            continue;
        *ret_words = command->words[1] ? 2 : 1;
        if (!command->words[1] || (second && strcmp(command->words[1], second) == 0))
            return command;
    }
    return NULL;
}

void commands_handle(void *user, struct com_ctl_request *request, json_t *root)
{
    struct call call = {user, request, root, 0};
    const struct command *command = find(root, &call.first);
    size_t args = com_ctl_args(root) - call.first;
    memset(&call.momd->answer, 0, sizeof call.momd->answer); /* that of another command */
    if (!command)
        call_end(&call, COM_EXIT_USAGE, "unknown command");
    else if (args < command->min_args || args > command->max_args)
        call_end(&call, COM_EXIT_USAGE, "%s%s%s: wrong number of arguments", command->words[0],
                 command->words[1] ? " " : "", command->words[1] ? command->words[1] : "");
    else if (call.momd->broken && command->run != cmd_status && command->run != cmd_sites_list &&
             command->run != cmd_watch)
        call_end(&call, COM_EXIT_REFUSED, "the store failed; momd tries to load it again");
    else
        command->run(&call);
}
