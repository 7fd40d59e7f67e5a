/*
 * The command `audit`: all records are compared with a neighbour, and those that differ are listed. It takes some round
 * trips, so the request is kept; there is one at a time.
 */
#include "rows.h"
#include "ommsyncd.h"

#include <com/cli.h>

#include <stdlib.h>
#include <string.h>

#define LOOK_MS 1000

struct audit {
    struct call call;
    struct com_timer *timer;
    uint32_t node;
    uint64_t tag, count;
    bool repair;
};

static void forget(void *user)
{
    struct audit *audit = user;
    star_of(audit->call.host)->audit = NULL;
    if (audit->timer)
        com_timer_free(audit->timer);
    free(audit);
}

static void end(struct audit *audit, int code, const char *error)
{
    call_end(&audit->call, code, error ? "%s" : NULL, error);
    forget(audit);
}

static bool is_down(const struct audit *audit)
{
    const struct host *host = audit->call.host;
    struct mom_neighbour_info info;
    return host->broken || !mom_engine_neighbour(host->engine, audit->node, &info) ||
           strcmp(info.state, "down") == 0;
}

/* Nobody says that an audit will not end: the neighbour may be gone. */
static void on_look(void *user)
{
    struct audit *audit = user;
    com_ctl_row(audit->call.request, "{\"what\":\"progress\"}");
    if (is_down(audit))
        end(audit, COM_EXIT_PARTLY, "the connection to the node ended");
}

void audit_act(struct star *star, const struct mom_action *action)
{
    struct audit *audit = star->audit;
    struct com_json json;
    struct mom_view *view;
    bool difference = action->kind == MOM_DO_DIFFERENCE;
    if (!audit || (difference ? action->node != audit->node : action->tag != audit->tag))
        return;
    if (action->kind == MOM_DO_REFUSED) {
        end(audit, COM_EXIT_REFUSED,
            is_down(audit) ? "there is no connection to the node"
                           : "the node is not steady: what differs is being exchanged");
        return;
    }
    com_json_init(&json);
    com_json_object(&json);
    if (difference) {
        audit->count++;
        com_json_set_id(&json, "id", action->id);
        if (mom_view_open(star->host->engine, &view) == MOM_OK) {
            const struct mom_record *record = mom_view_record(view, action->id);
            if (record)
                row_identity(star->host, record, &json);
            mom_view_close(view);
        }
    } else {
        com_json_set_text(&json, "what", "counts");
        com_json_set_int(&json, "different", (int64_t)audit->count);
        com_json_set_bool(&json, "repaired", audit->repair && audit->count > 0);
    }
    com_json_end(&json);
    (void)call_row(audit->call.request, &json);
    com_json_done(&json);
    if (!difference)
        end(audit, COM_EXIT_OK, NULL);
}

void cmd_audit(const struct call *call)
{
    struct star *star = star_of(call->host);
    uint32_t node = host_number(call->host, call_arg(call, 0));
    struct audit *audit;
    if (node < HOST_NODE_FIRST) {
        call_end(call, COM_EXIT_REFUSED, "there is no node %s", call_arg(call, 0));
        return;
    }
    if (star->audit) {
        call_end(call, COM_EXIT_REFUSED, "there is an audit under way");
        return;
    }
    audit = calloc(1, sizeof *audit);
    if (audit)
        audit->timer = com_timer_new(&call->host->loop, on_look, audit);
    if (!audit || !audit->timer) {
        free(audit);
        call_end(call, COM_EXIT_REFUSED, "out of memory");
        return;
    }
    audit->call = *call;
    audit->node = node;
    audit->repair = com_ctl_bool(call->root, "repair", false);
    audit->tag = ++call->host->last_tag;
    star->audit = audit;
    com_ctl_on_gone(call->request, forget, audit);
    com_timer_start(audit->timer, LOOK_MS, LOOK_MS);
    struct mom_input input = {
        .kind = MOM_IN_NODE_AUDIT, .node = node, .yes = audit->repair, .tag = audit->tag};
    if (host_input(call->host, &input) != MOM_OK)
        end(audit, COM_EXIT_REFUSED, "out of memory");
    else
        (void)host_step(call->host);
}
