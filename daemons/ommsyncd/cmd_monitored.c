/*
 * User monitoring is each OMM's own: it would miss a user whose phone has gone to another site (UDS guide 2.2.6.1), so
 * the engine has it switched off there. This command lists the monitored users with what the OMM of the phone's site
 * thinks of each, and whether that is this one.
 */
#include "ommsyncd.h"

#include <com/cli.h>

#include <stdio.h>
#include <string.h>

static bool is_text(const struct mom_record *record, enum mom_field field, const char *text)
{
    struct mom_str value;
    return mom_record_get(record, field, &value) && value.len == strlen(text) &&
           memcmp(value.ptr, text, value.len) == 0;
}

static void set_field(struct com_json *json, const char *key, const struct mom_record *record,
                      enum mom_field field)
{
    struct mom_str value = {"", 0};
    (void)mom_record_get(record, field, &value);
    com_json_set_str(json, key, value.ptr, value.len);
}

static void list_user(const struct call *call, struct mom_view *view, const struct mom_record *user)
{
    const struct host *host = call->host;
    uint64_t phone = mom_record_partner(user);
    bool missed = is_text(user, MOM_USER_CUS, "Warning") ||
                  is_text(user, MOM_USER_CUS, "Unavailable") ||
                  is_text(user, MOM_USER_CUS, "Escalated");
    char text[HOST_LABEL_SIZE];
    struct com_json json;
    com_json_init(&json);
    com_json_object(&json);
    set_field(&json, "num", user, MOM_USER_num);
    set_field(&json, "name", user, MOM_USER_name);
    set_field(&json, "mode", user, MOM_USER_monitoringMode);
    set_field(&json, "state", user, MOM_USER_CUS);
    /* the user is not to be looked at any more: his phone takes the place in the view */
    const struct mom_record *device = phone ? mom_view_record(view, phone) : NULL;
    mom_site site = device ? mom_record_site(device) : 0;
    com_json_set_text(&json, "site", host_label(host, site, text, sizeof text));
    com_json_set_text(&json, "means",
                      !phone                                      ? "no phone"
                      : site == 0                                 ? "not heard yet"
                      : site != (mom_site)settings_of(host)->node ? "elsewhere"
                      : missed                                    ? "missed here"
                                                                  : "here");
    com_json_end(&json);
    (void)call_row(call->request, &json);
    com_json_done(&json);
}

void cmd_monitored(const struct call *call)
{
    struct mom_view *view;
    const struct mom_record *user;
    if (mom_view_open(call->host->engine, &view) != MOM_OK) {
        call_end(call, COM_EXIT_REFUSED, "the store cannot be read");
        return;
    }
    for (uint64_t after = 0; (user = mom_view_next(view, MOM_USER, after)) != NULL;) {
        after = mom_record_id(user);
        if (is_text(user, MOM_USER_monitoringMode, "Passive") ||
            is_text(user, MOM_USER_monitoringMode, "Active"))
            list_user(call, view, user);
    }
    int rc = mom_view_error(view);
    mom_view_close(view);
    call_end(call, rc == MOM_OK ? COM_EXIT_OK : COM_EXIT_PARTLY,
             rc == MOM_OK ? NULL : "the store cannot be read");
}
