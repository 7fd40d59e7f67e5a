/*
 * Finding the command of a request, and what commands share.
 */
#include "commands.h"
#include "watch.h"

#include <com/cli.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    else if (rc == call->host->answer.rc && call->host->answer.text[0])
        call_end(call, COM_EXIT_REFUSED, "%s", call->host->answer.text);
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

static const struct command *find(const struct command *commands, const json_t *root,
                                  size_t *ret_words)
{
    const char *first = com_ctl_arg(root, 0), *second = com_ctl_arg(root, 1);
    for (const struct command *command = commands; first && command->words[0]; command++) {
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
    const struct command *command = find(call.host->program->commands, root, &call.first);
    size_t args = com_ctl_args(root) - call.first;
    memset(&call.host->answer, 0, sizeof call.host->answer); /* that of another command */
    if (!command)
        call_end(&call, COM_EXIT_USAGE, "unknown command");
    else if (args < command->min_args || args > command->max_args)
        call_end(&call, COM_EXIT_USAGE, "%s%s%s: wrong number of arguments", command->words[0],
                 command->words[1] ? " " : "", command->words[1] ? command->words[1] : "");
    else if (call.host->broken && !command->when_broken)
        call_end(&call, COM_EXIT_REFUSED, "the store failed; %s tries to load it again",
                 call.host->program->name);
    else
        command->run(&call);
}
