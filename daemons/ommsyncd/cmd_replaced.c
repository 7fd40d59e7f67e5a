/*
 * The command `omm replaced`: another OMM stands in the place of the one beside this node, or the same with an older
 * database (UDS guide 2.3.5, scenario 1). What it has is not a change of anybody: it is deleted there, and the OMM is
 * given everything anew.
 */
#include "first.h"
#include "link.h"
#include "steps.h"

#include <com/cli.h>

#include <string.h>

static void send_counts(const struct steps *steps, bool done)
{
    const struct host *host = steps->call->host;
    struct mom_counts counts;
    struct mom_view *view;
    struct com_json json;
    memset(&counts, 0, sizeof counts);
    if (mom_view_open(host->engine, &view) == MOM_OK) {
        if (mom_view_counts(view, &counts) != MOM_OK)
            memset(&counts, 0, sizeof counts);
        mom_view_close(view);
    }
    steps_begin_counts(&json);
    if (!done) {
        com_json_set_int(&json, "would_delete", steps->counts[STEPS_THEIRS]);
        com_json_set_int(&json, "would_replace", steps->counts[STEPS_BOTH]);
        com_json_set_int(&json, "would_write", steps->counts[STEPS_OURS]);
    }
    com_json_set_int(&json, "users_to_give", (int64_t)counts.users);
    com_json_set_int(&json, "phones_to_give", (int64_t)counts.devices);
    com_json_set_bool(&json, "done", done);
    steps_send_counts(steps, &json);
}

/* --- what it would do ------------------------------------------------------------------------------------------ */

static void list(const struct call *call, struct mom_engine *omm)
{
    struct steps steps;
    if (!steps_begin(&steps, call, omm))
        return;
    steps_replace(&steps);
    if (!steps_end(&steps))
        return;
    send_counts(&steps, false);
    call_end(call, COM_EXIT_OK, NULL);
}

/* What a steady OMM has is known, and whoever else reads it takes the control of it away. One that was refused, or that
 * is away, has to be looked at. */
static void list_either(const struct call *call)
{
    const struct site *site = site_by_number(call->host, (mom_site)settings_of(call->host)->node);
    struct mom_omm_info info = {.state = MOM_OMM_UNREACHABLE};
    if (site && site->link)
        link_info(site->link, &info);
    if (!star_of(call->host)->omm_joined)
        call_end(call, COM_EXIT_REFUSED, "%s", omm_awaits(star_of(call->host)));
    else if (info.state == MOM_OMM_STEADY)
        list(call, NULL);
    else if (info.state >= MOM_OMM_RESTARTING && info.state < MOM_OMM_STEADY)
        call_end(call, COM_EXIT_REFUSED, "the OMM is %s: ask again in a while",
                 mom_omm_state_name(info.state));
    else
        first_look(call, list);
}

/* --- doing it -------------------------------------------------------------------------------------------------- */

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
    struct steps steps = {.call = call};
    if (star->first) {
        call_end(call, COM_EXIT_REFUSED, "%s", first_text(star));
        return;
    }
    if (!com_ctl_bool(call->root, "yes", false)) {
        list_either(call);
        return;
    }
    int rc = forget_omm(star);
    if (rc == MOM_OK && omm_apply(star) == 0)
        omm_look(star);
    if (rc == MOM_OK)
        send_counts(&steps, true);
    call_end_rc(call, rc);
}
