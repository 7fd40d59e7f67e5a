/*
 * Waiting for a condition: so that scripts need neither sleeps nor loops.
 */
#include "commands.h"
#include "link.h"
#include "rows.h"

#include <com/cli.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_MS      50 /* how often the condition is looked at */
#define WAIT_DEFAULT 60

struct waiting {
    struct call call;
    struct com_timer *timer;
    int64_t until;
    bool (*holds)(const struct call *call, char *ret_why, size_t max);
};

static bool site_is_steady(const struct host *host, const struct site *site, char *ret_why,
                           size_t max)
{
    struct mom_omm_info info;
    struct mom_site_info known;
    if (site->conf.calls && host->program->caller_is_steady)
        return host->program->caller_is_steady(host, site, ret_why, max);
    if (!site->link) {
        snprintf(ret_why, max, "%s has no link", site->conf.name);
        return false;
    }
    link_info(site->link, &info);
    if (info.state != MOM_OMM_STEADY) {
        snprintf(ret_why, max, "%s is %s %s", site->conf.name, mom_omm_state_name(info.state),
                 link_reason(site->link, &info));
        return false;
    }
    if (!mom_engine_site(host->engine, site->conf.number, &known) || !known.up || known.importing) {
        snprintf(ret_why, max, "%s is being imported", site->conf.name);
        return false;
    }
    if (known.pending > known.refused) {
        snprintf(ret_why, max, "%s waits for %u records", site->conf.name,
                 known.pending - known.refused);
        return false;
    }
    return true;
}

static bool node_is_steady(const struct host *host, uint32_t node, char *ret_why, size_t max)
{
    struct mom_neighbour_info info;
    if (mom_engine_neighbour(host->engine, node, &info) && strcmp(info.state, "steady") == 0 &&
        info.pending == 0)
        return true;
    snprintf(ret_why, max, "node %s is %s", info.name, info.state);
    return false;
}

static bool is_steady(const struct host *host, const char *name, char *ret_why, size_t max)
{
    uint32_t number = host_number(host, name);
    if (number >= HOST_NODE_FIRST)
        return node_is_steady(host, number, ret_why, max);
    snprintf(ret_why, max, "there is no site %s", name);
    return number != 0 && site_is_steady(host, site_by_number(host, number), ret_why, max);
}

/* Every site that is enabled and every neighbour. */
static bool all_are_steady(const struct host *host, char *ret_why, size_t max)
{
    for (size_t i = 0; i < host->site_count; i++) {
        const struct site *site = host->sites[i];
        if (site->conf.enabled && !site->conf.calls && !site_is_steady(host, site, ret_why, max))
            return false;
    }
    for (uint32_t node = 0; (node = mom_engine_next_neighbour(host->engine, node)) != 0;) {
        if (!node_is_steady(host, node, ret_why, max))
            return false;
    }
    return !host->program->is_steady || host->program->is_steady(host, ret_why, max);
}

static bool sites_are_steady(const struct call *call, char *ret_why, size_t max)
{
    const struct host *host = call->host;
    const char *name;
    if (host->broken || mom_batch_count(host->batch) > 0) {
        snprintf(ret_why, max, "changes wait to be written");
        return false;
    }
    for (size_t i = 0; (name = call_arg(call, i)) != NULL; i++) {
        if (!is_steady(host, name, ret_why, max))
            return false;
    }
    return call_arg(call, 0) != NULL || all_are_steady(host, ret_why, max);
}

static bool is_at(const struct call *call, char *ret_why, size_t max)
{
    struct mom_view *view;
    struct place place;
    char text[HOST_LABEL_SIZE];
    uint32_t wanted = host_number(call->host, call_arg(call, 1)) % HOST_NODE_FIRST;
    if (call->host->broken || mom_view_open(call->host->engine, &view) != MOM_OK)
        return false;
    bool found = row_find_place(call->host, view, call_arg(call, 0), &place);
    mom_view_close(view);
    if (!found) {
        snprintf(ret_why, max, "there is no number or IPEI %s", call_arg(call, 0));
        return false;
    }
    snprintf(ret_why, max, "%s is at %s, handoff %s", call_arg(call, 0),
             place.site ? host_label(call->host, place.site, text, sizeof text) : "no site",
             place.handoff.state ? place.handoff.state : "home");
    bool home = !place.handoff.state || strcmp(place.handoff.state, "home") == 0;
    return wanted && place.site == wanted && home;
}

static void free_waiting(void *user)
{
    struct waiting *waiting = user;
    if (waiting->timer)
        com_timer_free(waiting->timer);
    free(waiting);
}

static void on_look(void *user)
{
    struct waiting *waiting = user;
    char why[600] = "the condition does not hold";
    if (waiting->holds(&waiting->call, why, sizeof why))
        call_end(&waiting->call, COM_EXIT_OK, NULL);
    else if (com_now_ms() >= waiting->until)
        call_end(&waiting->call, COM_EXIT_REFUSED, "not in time: %s", why);
    else
        return;
    free_waiting(waiting);
}

void cmd_wait(const struct call *call)
{
    const char *what = call_arg(call, 0);
    bool steady = strcmp(what, "sites-steady") == 0, at = strcmp(what, "at") == 0;
    json_int_t timeout = com_ctl_int(call->root, "timeout", WAIT_DEFAULT);
    if ((!steady && !at) || timeout < 0 || timeout > 86400) {
        call_end(call, COM_EXIT_USAGE, "wait takes sites-steady [NAME ...] or at NUMBER SITE");
        return;
    }
    if (at &&
        (!call_arg(call, 2) || call_arg(call, 3) || !host_number(call->host, call_arg(call, 2)))) {
        call_end(call, COM_EXIT_USAGE, "wait at takes a number or IPEI and the name of a site");
        return;
    }
    struct waiting *waiting = calloc(1, sizeof *waiting);
    if (waiting) {
        waiting->call = *call;
        waiting->call.first++;
        waiting->timer = com_timer_new(&call->host->loop, on_look, waiting);
        waiting->until = com_now_ms() + (int64_t)timeout * 1000;
        waiting->holds = steady ? sites_are_steady : is_at;
    }
    if (!waiting || !waiting->timer) {
        if (waiting)
            free_waiting(waiting);
        call_end(call, COM_EXIT_REFUSED, "out of memory");
        return;
    }
    com_ctl_on_gone(call->request, free_waiting, waiting);
    com_timer_start(waiting->timer, 0, LOOK_MS);
}
