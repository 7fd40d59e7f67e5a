/*
 * Commands about one user or phone: show, add, set, delete, bind, where.
 */
#include "commands.h"
#include "rows.h"

#include <com/cli.h>
#include <com/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ATTRS_MAX 200
#define ID_DIGITS 20 /* of 64 bits */
/* OMMs refuse them (EInvalidChars): the record would wait for ever. */
#define CONTROLS "%s: a control character in the value"

/* --- finding ------------------------------------------------------------------------------------------ */

/* "#123": by id, which also finds parked records; else by number or IPEI. NULL when there is none. */
static const struct mom_record *find(struct mom_view *view, enum mom_type type, const char *text)
{
    const struct mom_record *record;
    char printed[MOM_IPEI_LEN + 1];
    struct mom_ipei ipei;
    if (text[0] == '#') {
        size_t digits = strspn(text + 1, "0123456789");
        if (text[1 + digits] != '\0' || digits > ID_DIGITS)
            return NULL;
        record = mom_view_record(view, strtoull(text + 1, NULL, 10));
        return record && mom_record_type(record) == type ? record : NULL;
    }
    if (type == MOM_USER)
        return mom_view_find(view, MOM_USER_num, host_str(text));
    if (mom_ipei_parse(host_str(text), &ipei) != MOM_OK)
        return NULL;
    mom_ipei_print(ipei, printed);
    return mom_view_find(view, MOM_DEVICE_ipei, host_str(printed));
}

static uint64_t find_id(const struct host *host, enum mom_type type, const char *text)
{
    struct mom_view *view;
    uint64_t id = 0;
    if (mom_view_open(host->engine, &view) != MOM_OK)
        return 0;
    const struct mom_record *record = find(view, type, text);
    if (record)
        id = mom_record_id(record);
    mom_view_close(view);
    return id;
}

/* The id of the first argument; ends the request when there is none. */
static uint64_t named_record(const struct call *call, enum mom_type type)
{
    uint64_t id = find_id(call->host, type, call_arg(call, 0));
    if (id == 0)
        call_end(call, COM_EXIT_REFUSED, "there is no %s %s", row_type_name(type),
                 call_arg(call, 0));
    return id;
}

static void send_whole(const struct call *call, enum mom_type type, const char *text)
{
    struct mom_view *view;
    struct com_json json;
    if (mom_view_open(call->host->engine, &view) != MOM_OK) {
        call_end(call, COM_EXIT_REFUSED, "the store cannot be read");
        return;
    }
    com_json_init(&json);
    const struct mom_record *record = find(view, type, text);
    if (record) {
        com_json_object(&json);
        row_record_whole(call->host, view, record, &json);
        com_json_end(&json);
        (void)call_row(call->request, &json);
    }
    com_json_done(&json);
    int rc = mom_view_error(view);
    mom_view_close(view);
    if (rc != MOM_OK)
        call_end(call, COM_EXIT_REFUSED, "the store cannot be read");
    else if (record)
        call_end(call, COM_EXIT_OK, NULL);
    else
        call_end(call, COM_EXIT_REFUSED, "there is no %s %s", row_type_name(type), text);
}

void cmd_users_show(const struct call *call)
{
    send_whole(call, MOM_USER, call_arg(call, 0));
}

void cmd_devices_show(const struct call *call)
{
    send_whole(call, MOM_DEVICE, call_arg(call, 0));
}

/* --- changing ------------------------------------------------------------------------------------------- */

struct change {
    struct mom_input input;
    struct mom_attr attrs[ATTRS_MAX];
    char *secrets; /* texts of the secrets with their prefix, one after the other */
    size_t secrets_size;
    char error[300];
};

static bool add_attr(struct change *change, struct mom_str name, struct mom_str value)
{
    if (change->input.attr_count == ATTRS_MAX) {
        snprintf(change->error, sizeof change->error, "too many fields at a time");
        return false;
    }
    change->attrs[change->input.attr_count++] = (struct mom_attr){name, value};
    return true;
}

static bool take_field(struct change *change, enum mom_type type, const char *arg)
{
    const char *sign = strchr(arg, '=');
    struct mom_str name = {arg, sign ? (size_t)(sign - arg) : 0};
    if (!sign) {
        snprintf(change->error, sizeof change->error, "%s: a field is given as name=value", arg);
        return false;
    }
    const struct mom_field_info *info = mom_field_info(mom_field_of(type, name));
    if (!info) {
        snprintf(change->error, sizeof change->error, "a %s has no field %.*s", row_type_name(type),
                 (int)name.len, name.ptr);
        return false;
    }
    /* an empty value clears it and gives nothing away */
    if ((info->flags & MOM_SECRET) && sign[1] != '\0') {
        snprintf(change->error, sizeof change->error,
                 "%s is secret, and others can see a command line: use --secret %s", info->name,
                 info->name);
        return false;
    }
    if (com_has_controls(sign + 1)) {
        snprintf(change->error, sizeof change->error, CONTROLS, info->name);
        return false;
    }
    return add_attr(change, name, host_str(sign + 1));
}

static size_t secrets_size(json_t *secrets)
{
    size_t size = 1;
    const char *key;
    json_t *value;
    json_object_foreach(secrets, key, value) size += json_string_length(value) + 2;
    return size;
}

static bool take_secrets(struct change *change, enum mom_type type, json_t *secrets)
{
    const char *key;
    json_t *value;
    change->secrets_size = secrets_size(secrets);
    char *at = change->secrets = calloc(1, change->secrets_size);
    if (!at) {
        snprintf(change->error, sizeof change->error, "out of memory");
        return false;
    }
    json_object_foreach(secrets, key, value)
    {
        const struct mom_field_info *info = mom_field_info(mom_field_of(type, host_str(key)));
        size_t len = json_string_length(value);
        if (!info || !(info->flags & MOM_SECRET) || !json_is_string(value)) {
            snprintf(change->error, sizeof change->error,
                     json_is_string(value) ? "%.60s is not a secret field of a %s"
                                           : "%.60s of a %s is given as a text",
                     key, row_type_name(type));
            return false;
        }
        if (com_has_controls(json_string_value(value))) {
            snprintf(change->error, sizeof change->error, CONTROLS, info->name);
            return false;
        }
        char *start = at;
        if (info->form != MOM_HEX && len > 0)
            *at++ = MOM_SECRET_PLAIN;
        memcpy(at, json_string_value(value), len);
        at += len;
        struct mom_str text = {start, (size_t)(at - start)};
        *at++ = '\0';
        if (!add_attr(change, host_str(info->name), text))
            return false;
    }
    return true;
}

/* Fields from the arguments on, secrets from the options. Ends the request. */
static void change_record(const struct call *call, enum mom_type type, uint64_t id,
                          size_t first_field)
{
    struct change *change = calloc(1, sizeof *change);
    json_t *secrets = json_object_get(json_object_get(call->root, "options"), "secrets");
    const char *arg;
    bool good = change && (!secrets || json_is_object(secrets));
    if (change && !good)
        snprintf(change->error, sizeof change->error, "secrets is not an object");
    for (size_t i = first_field; good && (arg = call_arg(call, i)) != NULL; i++)
        good = take_field(change, type, arg);
    if (good && json_object_size(secrets) > 0)
        good = take_secrets(change, type, secrets);
    if (good && change->input.attr_count == 0) {
        good = false;
        snprintf(change->error, sizeof change->error, "no field was given");
    }
    if (!good) {
        call_end(call, COM_EXIT_USAGE, "%s", change ? change->error : "out of memory");
    } else {
        change->input.kind = MOM_IN_CHANGE;
        change->input.type = type;
        change->input.id = id;
        change->input.attrs = change->attrs;
        call_end_rc(call, host_change(call->host, &change->input));
    }
    if (change && change->secrets) {
        com_wipe(change->secrets, change->secrets_size);
        free(change->secrets);
    }
    free(change);
}

void cmd_users_add(const struct call *call)
{
    change_record(call, MOM_USER, 0, 0);
}

void cmd_devices_add(const struct call *call)
{
    change_record(call, MOM_DEVICE, 0, 0);
}

void cmd_users_set(const struct call *call)
{
    uint64_t id = named_record(call, MOM_USER);
    if (id)
        change_record(call, MOM_USER, id, 1);
}

void cmd_devices_set(const struct call *call)
{
    uint64_t id = named_record(call, MOM_DEVICE);
    if (id)
        change_record(call, MOM_DEVICE, id, 1);
}

/* --- deleting, binding ------------------------------------------------------------------------------------- */

static int delete_one(const struct call *call, enum mom_type type, const char *arg, char *ret_error,
                      size_t max)
{
    struct mom_input input = {
        .kind = MOM_IN_DELETE, .type = type, .id = find_id(call->host, type, arg)};
    if (input.id == 0) {
        snprintf(ret_error, max, "there is no %s %s", row_type_name(type), arg);
        return -1;
    }
    int rc = host_change(call->host, &input);
    snprintf(ret_error, max, "%s", call->host->answer.text);
    return rc == MOM_OK ? 0 : -1;
}

static int delete_user(const struct call *call, const char *arg, char *ret_error, size_t max)
{
    return delete_one(call, MOM_USER, arg, ret_error, max);
}

static int delete_device(const struct call *call, const char *arg, char *ret_error, size_t max)
{
    return delete_one(call, MOM_DEVICE, arg, ret_error, max);
}

void cmd_users_delete(const struct call *call)
{
    call_for_each(call, delete_user);
}

void cmd_devices_delete(const struct call *call)
{
    call_for_each(call, delete_device);
}

void cmd_bind(const struct call *call)
{
    bool fixed = com_ctl_bool(call->root, "fixed", false);
    struct mom_attr relation = {host_str("relType"), host_str(fixed ? "Fixed" : "Dynamic")};
    struct mom_input input = {.kind = MOM_IN_CHANGE,
                              .type = MOM_USER,
                              .has_bind = true,
                              .attrs = &relation,
                              .attr_count = 1};
    input.id = named_record(call, MOM_USER);
    if (input.id == 0)
        return;
    input.bind_to = find_id(call->host, MOM_DEVICE, call_arg(call, 1));
    if (input.bind_to == 0)
        call_end(call, COM_EXIT_REFUSED, "there is no device %s", call_arg(call, 1));
    else
        call_end_rc(call, host_change(call->host, &input));
}

void cmd_unbind(const struct call *call)
{
    struct mom_input input = {.kind = MOM_IN_CHANGE, .type = MOM_USER, .has_bind = true};
    input.id = named_record(call, MOM_USER);
    if (input.id)
        call_end_rc(call, host_change(call->host, &input));
}

/* --- where --------------------------------------------------------------------------------------------------- */

static void set_handoff(const struct host *host, const struct mom_handoff_info *handoff,
                        struct com_json *json)
{
    char text[HOST_LABEL_SIZE];
    com_json_set_text(json, "handoff", handoff->state ? handoff->state : "home");
    if (handoff->from == 0 && handoff->to == 0)
        return;
    com_json_set_text(json, "from", host_label(host, handoff->from, text, sizeof text));
    com_json_set_text(json, "to", host_label(host, handoff->to, text, sizeof text));
    if (handoff->deadline_ms != MOM_NEVER)
        com_json_set_int(json, "time_left_ms", handoff->deadline_ms - com_now_ms());
}

static void set_place(const struct host *host, struct mom_view *view, const struct place *place,
                      struct com_json *json)
{
    char text[HOST_LABEL_SIZE];
    struct mom_str value;
    const struct mom_record *record = place->user ? mom_view_record(view, place->user) : NULL;
    if (record && mom_record_get(record, MOM_USER_num, &value))
        com_json_set_str(json, "num", value.ptr, value.len);
    if (record && mom_record_get(record, MOM_USER_name, &value))
        com_json_set_str(json, "name", value.ptr, value.len);
    record = place->device ? mom_view_record(view, place->device) : NULL;
    if (record && mom_record_get(record, MOM_DEVICE_ipei, &value))
        com_json_set_str(json, "ipei", value.ptr, value.len);
    com_json_set_text(json, "site", host_label(host, place->site, text, sizeof text));
    com_json_set_int(json, "epoch", place->epoch);
    set_handoff(host, &place->handoff, json);
    com_json_key(json, "held_at");
    com_json_array(json);
    uint64_t id = place->user ? place->user : place->device;
    for (size_t i = 0; i < host->site_count; i++) {
        if (mom_view_local(view, host->sites[i]->conf.number, id) != 0)
            com_json_text(json, host->sites[i]->conf.name);
    }
    com_json_end(json);
}

void cmd_where(const struct call *call)
{
    struct mom_view *view;
    struct com_json json;
    struct place place;
    if (mom_view_open(call->host->engine, &view) != MOM_OK) {
        call_end(call, COM_EXIT_REFUSED, "the store cannot be read");
        return;
    }
    bool found = row_find_place(call->host, view, call_arg(call, 0), &place);
    com_json_init(&json);
    if (found) {
        com_json_object(&json);
        set_place(call->host, view, &place, &json);
        com_json_end(&json);
        (void)call_row(call->request, &json);
    }
    com_json_done(&json);
    mom_view_close(view);
    if (found)
        call_end(call, COM_EXIT_OK, NULL);
    else
        call_end(call, COM_EXIT_REFUSED, "there is no number or IPEI %s", call_arg(call, 0));
}
