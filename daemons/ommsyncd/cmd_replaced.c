/*
 * The command `omm replaced`: another OMM stands in the place of the one beside this node, or the same with an older
 * database (UDS guide 2.3.5, scenario 1). What it has is not a change of anybody: it is deleted there, and the OMM is
 * given everything anew.
 */
#include "first.h"

#include <com/cli.h>

#include <string.h>

static void send_counts(const struct call *call)
{
    struct mom_counts counts;
    struct mom_view *view;
    struct com_json json;
    memset(&counts, 0, sizeof counts);
    if (mom_view_open(call->host->engine, &view) == MOM_OK) {
        if (mom_view_counts(view, &counts) != MOM_OK)
            memset(&counts, 0, sizeof counts);
        mom_view_close(view);
    }
    com_json_init(&json);
    com_json_object(&json);
    com_json_set_text(&json, "what", "counts");
    com_json_set_int(&json, "users_to_give", (int64_t)counts.users);
    com_json_set_int(&json, "phones_to_give", (int64_t)counts.devices);
    com_json_set_bool(&json, "done", com_ctl_bool(call->root, "yes", false));
    com_json_end(&json);
    (void)call_row(call->request, &json);
    com_json_done(&json);
}

/* What the engine knows of the OMM is forgotten, and its phones are at no site until they are heard. */
static int forget_omm(struct star *star)
{
    struct host *host = star->host;
    struct site *site = site_by_number(host, (mom_site)settings_of(host)->node);
    int rc = host_setting(host, OMM_REPLACED, "yes");
    if (rc == MOM_OK)
        rc = host_setting(host, OMM_DECIDED, NULL);
    if (rc == MOM_OK)
        rc = site ? site_remove(host, site) : host_step(host);
    return rc;
}

void cmd_replaced(const struct call *call)
{
    struct star *star = star_of(call->host);
    int rc = MOM_OK;
    if (star->first) {
        call_end(call, COM_EXIT_REFUSED, "%s", first_text(star));
        return;
    }
    if (com_ctl_bool(call->root, "yes", false)) {
        rc = forget_omm(star);
        if (rc == MOM_OK && omm_apply(star) == 0)
            omm_look(star);
    }
    if (rc == MOM_OK)
        send_counts(call);
    call_end_rc(call, rc);
}
