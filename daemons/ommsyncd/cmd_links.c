/*
 * The conversations of this node: with its OMM, with the centre or the remotes; and what status says of them.
 */
#include "first.h"
#include "link.h"
#include "neighbour.h"
#include "vendor.h"
#include "rows.h"

#include <com/cli.h>

#include <stdio.h>
#include <string.h>

static void set_wait(struct com_json *json, int64_t next_try_ms)
{
    int64_t wait = next_try_ms == MOM_NEVER ? -1 : next_try_ms - com_now_ms();
    com_json_key(json, "next_try_s");
    if (wait >= 0)
        com_json_int(json, (wait + 999) / 1000);
    else
        com_json_null(json);
}

static void set_progress(struct com_json *json, uint64_t done, uint64_t total, double per_s)
{
    com_json_key(json, "progress");
    if (total > 0)
        com_json_format(json, "%u%%", (unsigned)(done * 100 / total));
    else
        com_json_null(json);
    com_json_key(json, "eta_s");
    if (total > done && per_s > 0)
        com_json_int(json, (int64_t)((double)(total - done) / per_s) + 1);
    else
        com_json_null(json);
}

/* --- a neighbour ---------------------------------------------------------------------------------------- */

struct seen {
    struct mom_neighbour_info known; /* by the engine */
    struct mom_node_info info;       /* by the conversation, if there is one */
    const struct peer *peer;
    const struct neighbour *note;
};

static bool see(struct star *star, uint32_t node, struct seen *ret_seen)
{
    memset(ret_seen, 0, sizeof *ret_seen);
    ret_seen->info.next_try_ms = MOM_NEVER;
    ret_seen->note = neighbour_of(star, node);
    ret_seen->peer = peer_by_node(star, node);
    if (ret_seen->peer)
        mom_node_get_info(ret_seen->peer->node, &ret_seen->info);
    return ret_seen->note && mom_engine_neighbour(star->host->engine, node, &ret_seen->known);
}

static const char *state_of(const struct seen *seen)
{
    if (seen->peer && seen->info.state == MOM_NODE_UP)
        return seen->known.state;
    if (seen->peer)
        return mom_node_state_name(seen->info.state);
    return mom_node_state_name(seen->note->last_seen_ms ? seen->note->state : MOM_NODE_WAITING);
}

/* Lines about a neighbour that is in step; `who` goes before them. */
static void add_health(struct star *star, const struct seen *seen, const char *who,
                       struct com_json *json)
{
    enum mom_platform theirs = seen->info.platform, ours = star->omm.platform;
    uint64_t held = row_held_count(star->host, seen->known.node);
    if (held > 0)
        com_json_format(json, "%s%llu records wait for %s decide", who, (unsigned long long)held,
                        star->host->program->ctl);
    if (seen->known.offset_ms > ROW_CLOCK_WARN_MS || seen->known.offset_ms < -ROW_CLOCK_WARN_MS)
        com_json_format(json, "%sits clock is %lld s off", who,
                        (long long)seen->known.offset_ms / 1000);
    if (theirs && ours && theirs != ours)
        com_json_format(json, "%sits OMM runs on another platform: %s", who,
                        mom_platform_info(theirs)->name);
}

static void set_neighbour(struct star *star, uint32_t node, struct com_json *json)
{
    struct seen seen;
    if (!see(star, node, &seen))
        return;
    const struct neighbour *note = seen.note;
    com_json_set_text(json, "name", seen.known.name);
    com_json_set_text(json, "kind", is_central(settings_of(star->host)) ? "remote" : "central");
    com_json_set_int(json, "node", (int64_t)(node - HOST_NODE_FIRST));
    com_json_set_text(json, "address", seen.peer ? seen.peer->where : note->where);
    com_json_set_text(json, "state", state_of(&seen));
    com_json_set_int(json, "pending", seen.known.pending);
    set_progress(json, note->total - note->left, note->total, note->per_s);
    com_json_key(json, "clock_offset_ms");
    if (seen.known.agreed || seen.info.state == MOM_NODE_UP)
        com_json_int(json, seen.known.offset_ms);
    else
        com_json_null(json);
    com_json_set_text(json, "platform", mom_platform_info(seen.info.platform)->name);
    com_json_set_int(json, "bytes_in", (int64_t)(note->bytes_in + seen.info.bytes_in));
    com_json_set_int(json, "bytes_out", (int64_t)(note->bytes_out + seen.info.bytes_out));
    set_wait(json, seen.info.next_try_ms);
    com_json_set_text(json, "reason",
                      seen.peer ? peer_reason(seen.peer, &seen.info) : note->reason);
    com_json_key(json, "health");
    com_json_array(json);
    add_health(star, &seen, "", json);
    com_json_end(json);
}

static void set_neighbour_whole(struct star *star, uint32_t node, struct com_json *json)
{
    struct seen seen;
    set_neighbour(star, node, json);
    if (!see(star, node, &seen))
        return;
    com_json_set_bool(json, "agreed", seen.known.agreed);
    row_time(json, "agreed_at", seen.known.agreed_ms);
    row_time(json, "last_seen", seen.note->last_seen_ms);
    com_json_set_int(json, "records_expected", (int64_t)seen.known.expected);
    com_json_set_int(json, "records_got", (int64_t)seen.known.got);
    com_json_set_int(json, "protocol_version", seen.info.protocol_version);
    com_json_set_int(json, "messages_in", (int64_t)seen.info.messages_in);
    com_json_set_int(json, "messages_out", (int64_t)seen.info.messages_out);
    com_json_set_bool(json, "short_login", seen.info.short_login);
}

/* --- a vendor's remote ------------------------------------------------------------------------------------ */

static void set_vendor(const struct star *star, const struct site *site, struct com_json *json)
{
    struct mom_uds_info info;
    const char *where = "";
    uint64_t held = row_held_count(star->host, site->conf.number);
    com_json_set_text(json, "name", site->conf.name);
    com_json_set_text(json, "kind", "vendor");
    if (!vendor_info(star, site->conf.number, &info, &where))
        memset(&info, 0, sizeof info);
    com_json_set_text(json, "address", where);
    com_json_set_text(json, "state", mom_uds_state_name(info.state));
    com_json_set_int(json, "records", (int64_t)info.devices_total + info.users_total);
    set_progress(
        json, (uint64_t)info.devices_read + info.users_read,
        info.state == MOM_UDS_READING ? (uint64_t)info.devices_total + info.users_total : 0, 0);
    com_json_key(json, "clock_offset_ms");
    if (info.clock_known)
        com_json_int(json, info.clock_offset_ms);
    else
        com_json_null(json);
    com_json_set_int(json, "bytes_in", (int64_t)info.bytes_in);
    com_json_set_int(json, "bytes_out", (int64_t)info.bytes_out);
    com_json_set_text(json, "reason", info.text);
    com_json_key(json, "health");
    com_json_array(json);
    if (held > 0)
        com_json_format(json, "%llu records wait for %s decide", (unsigned long long)held,
                        star->host->program->ctl);
    if (info.clock_known &&
        (info.clock_offset_ms > ROW_CLOCK_WARN_MS || info.clock_offset_ms < -ROW_CLOCK_WARN_MS))
        com_json_format(json, "the OMM's clock is %lld s off",
                        (long long)info.clock_offset_ms / 1000);
    if (info.secrets_unusable > 0)
        com_json_format(json, "%u secrets are known under another OMM's key only: enter them once",
                        info.secrets_unusable);
    com_json_end(json);
}

/* --- the OMM, as it is looked at before it takes part ------------------------------------------------------- */

static const struct site *as_seen(const struct host *host, const struct site *site)
{
    const struct site *looked_at = first_site(star_of(host));
    return looked_at && looked_at->conf.number == site->conf.number ? looked_at : site;
}

static void set_site(const struct host *host, const struct site *site, struct com_json *json)
{
    if (site->conf.calls) {
        set_vendor(star_of(host), site, json);
        return;
    }
    com_json_set_text(json, "kind", "omm");
    row_site(host, as_seen(host, site), json);
}

/* --- commands ------------------------------------------------------------------------------------------------ */

static void send_row(const struct call *call, struct com_json *json)
{
    com_json_end(json);
    (void)call_row(call->request, json);
}

void cmd_links_list(const struct call *call)
{
    struct host *host = call->host;
    struct com_json json;
    com_json_init(&json);
    for (size_t i = 0; i < host->site_count; i++) {
        com_json_object(&json);
        set_site(host, host->sites[i], &json);
        send_row(call, &json);
    }
    for (uint32_t node = 0;
         !host->broken && (node = mom_engine_next_neighbour(host->engine, node)) != 0;) {
        com_json_object(&json);
        set_neighbour(star_of(host), node, &json);
        send_row(call, &json);
    }
    com_json_done(&json);
    call_end(call, COM_EXIT_OK, NULL);
}

void cmd_links_show(const struct call *call)
{
    struct host *host = call->host;
    const char *name = call_arg(call, 0);
    uint32_t number = host_number(host, name);
    const struct site *site = site_by_name(host, name);
    struct com_json json;
    if (!number) {
        call_end(call, COM_EXIT_REFUSED, "there is no link %s", name);
        return;
    }
    com_json_init(&json);
    com_json_object(&json);
    if (site && site->conf.calls)
        set_vendor(star_of(host), site, &json);
    else if (site)
        row_site_whole(host, as_seen(host, site), &json);
    else
        set_neighbour_whole(star_of(host), number, &json);
    send_row(call, &json);
    com_json_done(&json);
    call_end(call, COM_EXIT_OK, NULL);
}

/* --- status --------------------------------------------------------------------------------------------------- */

/* All neighbours together: how many there are and are in step, and how far those are that catch up. */
static void add_up(const struct host *host, unsigned *ret_nodes, unsigned *ret_in_step,
                   struct neighbour *ret_all)
{
    struct mom_neighbour_info info;
    struct neighbour all = {0};
    unsigned nodes = 0, in_step = 0;
    for (uint32_t node = 0;
         !host->broken && (node = mom_engine_next_neighbour(host->engine, node)) != 0; nodes++) {
        const struct neighbour *note = neighbour_of(star_of(host), node);
        in_step +=
            mom_engine_neighbour(host->engine, node, &info) && strcmp(info.state, "steady") == 0;
        if (!note || note->total == 0)
            continue;
        all.total += note->total;
        all.left += note->left;
        all.per_s += note->per_s;
    }
    *ret_nodes = nodes;
    *ret_in_step = in_step;
    *ret_all = all;
}

void star_add_status(const struct host *host, struct com_json *json)
{
    const struct settings *s = settings_of(host);
    const struct star *star = star_of(host);
    struct neighbour all;
    unsigned nodes, in_step;
    add_up(host, &nodes, &in_step, &all);
    com_json_set_text(json, "role", is_central(s) ? "central" : "remote");
    com_json_set_int(json, "node", s->node);
    com_json_set_int(json, "nodes", nodes);
    com_json_set_int(json, "nodes_in_step", in_step);
    set_progress(json, all.total - all.left, all.total, all.per_s);
    if (is_central(s)) {
        com_json_set_int(json, "port", star->listener ? com_listener_port(star->listener) : 0);
        com_json_set_text(json, "certificate", star->fingerprint);
    }
    if (!host->broken) {
        com_json_key(json, "fingerprint");
        com_json_format(json, "%016llx", (unsigned long long)mom_engine_fingerprint(host->engine));
    }
}

/* --- what somebody should look at --------------------------------------------------------------------------- */

static void add_down(const char *who, const char *state, const char *reason, struct com_json *json)
{
    com_json_format(json, "%s: %s%s%s", who, state, reason[0] ? " " : "", reason);
}

static void add_vendor(const struct star *star, const struct site *site, struct com_json *json)
{
    char who[SITE_NAME_SIZE + 10];
    struct mom_uds_info info;
    const char *where;
    if (!vendor_info(star, site->conf.number, &info, &where) ||
        (info.state != MOM_UDS_WAITING && info.state < MOM_UDS_AUTH_FAILED))
        return;
    snprintf(who, sizeof who, "remote %s", site->conf.name);
    add_down(who, mom_uds_state_name(info.state), info.text, json);
}

static void add_omm(const struct star *star, const struct site *site, struct com_json *json)
{
    struct mom_omm_info info;
    if (!star->omm_joined) {
        com_json_format(json, "%s", star->first ? first_text(star) : omm_awaits(star));
        return;
    }
    if (!site->link)
        return;
    link_info(site->link, &info);
    if (info.state >= MOM_OMM_UNREACHABLE)
        add_down("the OMM", mom_omm_state_name(info.state), link_reason(site->link, &info), json);
}

static void add_node(struct star *star, uint32_t node, struct com_json *json)
{
    struct seen seen;
    char who[HOST_LABEL_SIZE + 10];
    if (!see(star, node, &seen))
        return;
    snprintf(who, sizeof who, "node %s", seen.known.name);
    if (strcmp(seen.known.state, "steady") != 0)
        add_down(who, state_of(&seen),
                 seen.peer ? peer_reason(seen.peer, &seen.info) : seen.note->reason, json);
    snprintf(who, sizeof who, "node %s: ", seen.known.name);
    add_health(star, &seen, who, json);
}

void star_add_health(const struct host *host, struct com_json *json)
{
    for (size_t i = 0; i < host->site_count; i++) {
        if (host->sites[i]->conf.calls)
            add_vendor(star_of(host), host->sites[i], json);
        else
            add_omm(star_of(host), host->sites[i], json);
    }
    for (uint32_t node = 0; (node = mom_engine_next_neighbour(host->engine, node)) != 0;)
        add_node(star_of(host), node, json);
}
