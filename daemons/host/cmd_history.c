/*
 * Commands about what was: the changes of a record, a record as of a time, and putting earlier values in place.
 */
#include "commands.h"
#include "rows.h"

#include <com/cli.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "2026-01-31T12:00:00Z", as all times are printed; seconds may have a fraction of three digits. */
static bool read_time(const char *text, int64_t *ret_ms)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    static const int days_before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int n[6] = {0}, ms = 0;
    size_t part = 0, i;
    for (i = 0; form[i]; i++) {
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return false;
        if (form[i] == 'd')
            n[part] = n[part] * 10 + (text[i] - '0');
        else
            part++;
    }
    if (text[i] == '.' && strspn(text + i + 1, "0123456789") == 3) {
        ms = (int)strtol(text + i + 1, NULL, 10);
        i += 4;
    }
    if (strcmp(text + i, "Z") != 0 || n[0] < 1970 || n[1] < 1 || n[1] > 12 || n[2] < 1 ||
        n[2] > 31 || n[3] > 23 || n[4] > 59 || n[5] > 60)
        return false;
    int years = n[0] - (n[1] <= 2); /* leap days that are over */
    int64_t days = (n[0] - 1970) * INT64_C(365) + years / 4 - years / 100 + years / 400 - 477 +
                   days_before[n[1] - 1] + n[2] - 1;
    *ret_ms = ((days * 24 + n[3]) * 60 + n[4]) * INT64_C(60000) + n[5] * INT64_C(1000) + ms;
    return true;
}

/* By "#ID", which finds what was deleted too, by number or by IPEI. 0: none. */
static uint64_t find(const struct call *call, struct mom_view *view, const char *text)
{
    struct place place;
    if (text[0] == '#' && strspn(text + 1, "0123456789") == strlen(text + 1))
        return strtoull(text + 1, NULL, 10);
    const struct mom_record *record = mom_view_find(view, MOM_USER_num, host_str(text));
    if (record)
        return mom_record_id(record);
    return row_find_place(call->host, view, text, &place) ? place.device : 0;
}

/* A view, and the record of the first argument; ends the request when there is none. */
static uint64_t open_record(const struct call *call, struct mom_view **ret_view)
{
    if (mom_view_open(call->host->engine, ret_view) != MOM_OK) {
        call_end(call, COM_EXIT_REFUSED, "the store cannot be read");
        return 0;
    }
    uint64_t id = find(call, *ret_view, call_arg(call, 0));
    if (id == 0) {
        mom_view_close(*ret_view);
        call_end(call, COM_EXIT_REFUSED, "there is no user or device %s", call_arg(call, 0));
    }
    return id;
}

static void end_with(const struct call *call, int rc)
{
    if (rc == MOM_OK || rc == MOM_ENOENT)
        call_end(call, COM_EXIT_OK, NULL);
    else
        call_end(call, COM_EXIT_REFUSED, "%s", mom_err_text(rc));
}

void cmd_history(const struct call *call)
{
    struct mom_version version = {.number = 0};
    struct mom_view *view;
    struct com_json json;
    uint64_t id = open_record(call, &view);
    int rc = MOM_OK;
    if (id == 0)
        return;
    com_json_init(&json);
    while ((rc = mom_view_version(view, id, version.number, &version)) == MOM_OK) {
        size_t i = 0;
        do { /* a row for each group, one at least */
            com_json_object(&json);
            row_version(call->host, &version, i, &json);
            com_json_end(&json);
            (void)call_row(call->request, &json);
        } while (++i < version.group_count);
    }
    com_json_done(&json);
    mom_view_close(view);
    end_with(call, rc);
}

void cmd_history_at(const struct call *call)
{
    const struct mom_record *record;
    struct mom_view *view;
    struct com_json json;
    int64_t at_ms;
    if (!read_time(call_arg(call, 1), &at_ms)) {
        call_end(call, COM_EXIT_USAGE, "%s is no time like 2026-01-31T12:00:00Z",
                 call_arg(call, 1));
        return;
    }
    uint64_t id = open_record(call, &view);
    if (id == 0)
        return;
    int rc = mom_view_record_at(view, id, at_ms, &record);
    com_json_init(&json);
    if (rc == MOM_OK) {
        com_json_object(&json);
        row_record_past(call->host, record, &json);
        com_json_end(&json);
        (void)call_row(call->request, &json);
    }
    com_json_done(&json);
    mom_view_close(view);
    if (rc == MOM_ENOENT)
        call_end(call, COM_EXIT_REFUSED, "%s was not there then", call_arg(call, 0));
    else
        end_with(call, rc);
}

void cmd_restore(const struct call *call)
{
    struct mom_input input = {.kind = MOM_IN_RESTORE_AT};
    struct mom_view *view;
    if (!read_time(call_arg(call, 1), &input.at_ms)) {
        call_end(call, COM_EXIT_USAGE, "%s is no time like 2026-01-31T12:00:00Z",
                 call_arg(call, 1));
        return;
    }
    input.id = open_record(call, &view);
    if (input.id == 0)
        return;
    mom_view_close(view);
    call_end_rc(call, host_change(call->host, &input));
}

void cmd_undo(const struct call *call)
{
    struct mom_input input = {.kind = MOM_IN_UNDO};
    const char *text = call_arg(call, 0);
    if (text[0] && strspn(text, "0123456789") == strlen(text))
        input.id = strtoull(text, NULL, 10);
    if (input.id == 0)
        call_end(call, COM_EXIT_USAGE, "%s is no number of a conflict", text);
    else
        call_end_rc(call, host_change(call->host, &input));
}
