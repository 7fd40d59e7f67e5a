/*
 * ommsyncd: what makes a host a node of a star.
 */
#include "main.h"
#include "first.h"
#include "neighbour.h"
#include "vendor.h"

#include <axi/mbedtls.h>

#include <com/log.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct command commands[] = {
    HOST_COMMANDS,
    {{"links", "list"}, cmd_links_list, 0, 0, true},
    {{"links", "show"}, cmd_links_show, 1, 1, true},
    {{"first-sync", "list"}, cmd_first_list, 0, 0, false},
    {{"first-sync", "merge"}, cmd_first_merge, 0, 0, false},
    {{"first-sync", "delete"}, cmd_first_delete, 0, 0, false},
    {{"omm", "replaced"}, cmd_replaced, 0, 0, false},
    {{"monitored", NULL}, cmd_monitored, 0, 0, false},
    {{"profiles", "list"}, cmd_profiles_list, 0, 0, false},
    {{"profiles", "show"}, cmd_profiles_show, 1, 1, false},
    {{"audit", NULL}, cmd_audit, 1, 1, false},
    {{"remotes", "list"}, cmd_remotes_list, 0, 0, false},
    {{"remotes", "add"}, cmd_remotes_add, 1, 1, false},
    {{"remotes", "set"}, cmd_remotes_set, 1, 1, false},
    {{"remotes", "remove"}, cmd_remotes_remove, 1, COMMAND_MANY, false},
    {{"remotes", "forget"}, cmd_remotes_forget, 1, COMMAND_MANY, false},
    {{NULL, NULL}, NULL, 0, 0, false},
};
/* clang-format on */

#define SMALL_STEPS 64 /* batch-max of who has little memory */

/* A step of the engine takes memory in large pieces and gives them back at the end of it. The C library would keep up
 * to 32 MiB of them for later, which a base station does not have; whoever has small steps is taken for one. Elsewhere
 * it may: to ask the system each time makes a first synchronisation half as fast. */
static void keep_little(const struct settings *s)
{
#ifdef __GLIBC__
    if (s->host.batch_max > SMALL_STEPS)
        return;
    (void)mallopt(M_MMAP_THRESHOLD, 64 * 1024);
    (void)mallopt(M_TRIM_THRESHOLD, 64 * 1024);
    (void)mallopt(M_TOP_PAD, 16 * 1024);
    (void)mallopt(M_ARENA_MAX, 1);
#endif
}

static void configure(const struct host *host, struct mom_config *config)
{
    const struct settings *s = settings_of(host);
    keep_little(s);
    config->shape = MOM_SHAPE_STAR;
    config->node = HOST_NODE_FIRST + (uint32_t)s->node;
    config->own_site = (mom_site)s->node;
    config->limits.neighbours = (uint32_t)s->max_remotes;
    config->timers.announce_ms = s->announce;
    config->timers.elsewhere_ms = s->elsewhere;
}

static int start(struct host *host)
{
    struct star *star = star_of(host);
    star->host = host;
    if (omm_apply(star) != 0)
        return -1;
    omm_look(star);
    if (!is_central(settings_of(host)))
        return dial_start(star);
    (void)vendors_look(star); /* logged: the others go on */
    return accept_start(star);
}

static void drop(struct host *host)
{
    struct star *star = star_of(host);
    while (star->peers)
        peer_free(star->peers);
    star->centre = NULL;
    vendors_drop(star);
    first_drop(star);
    if (host->broken && !host->stopping)
        return; /* the door stays: who comes is turned away until the store is back */
    accept_stop(star);
    neighbours_free(star);
    axi_rsa_free(star->rsa);
    star->rsa = NULL;
    com_tls_session_free(star->session);
    star->session = NULL;
}

static void end(struct host *host)
{
    struct star *star = star_of(host);
    struct peer *next;
    com_listener_close(star->listener);
    star->listener = NULL;
    for (struct peer *peer = star->peers; peer; peer = next) {
        next = peer->next;
        peer_enable(peer, false);
    }
    vendors_end(star);
    first_drop(star); /* nothing of it is kept */
}

static bool is_idle(const struct host *host)
{
    for (const struct peer *peer = star_of(host)->peers; peer; peer = peer->next) {
        if (peer->conn)
            return false;
    }
    return vendors_are_idle(star_of(host)) && first_is_idle(star_of(host));
}

static void act(struct host *host, const struct mom_action *action)
{
    struct peer *peer = action->node ? peer_by_node(star_of(host), action->node) : NULL;
    if (action->kind == MOM_DO_DIFFERENCE || action->tag != 0)
        audit_act(star_of(host), action);
    if (peer)
        peer_act(peer, action);
    if (!action->node)
        vendors_act(star_of(host), action);
    if (action->kind == MOM_DO_NODE_STEADY) {
        char text[HOST_LABEL_SIZE];
        com_notice("node %s: both have the same records",
                   host_label(host, action->node, text, sizeof text));
    }
}

static void stepped(struct host *host)
{
    struct peer *next;
    omm_look_kind(star_of(host)); /* before a node comes that would have to be told anew */
    for (struct peer *peer = star_of(host)->peers; peer; peer = next) {
        next = peer->next;
        peer_pump(peer);
    }
    vendors_stepped(star_of(host));
}

static void slow(struct host *host)
{
    struct star *star = star_of(host);
    omm_look(star);
    neighbours_look(star);
    if (!is_central(settings_of(host)) && !star->centre)
        (void)dial_start(star); /* logged: it could not be made anew */
}

static void reloaded(struct host *host, bool links)
{
    struct star *star = star_of(host);
    for (struct peer *peer = star->peers; peer; peer = peer->next)
        peer_set_rate(peer);
    if (host->broken)
        return;
    peers_tell_omm(star); /* whether others need to have its version may have changed */
    vendors_tell_omm(star);
    (void)omm_apply(star);
    first_reload(star, links);
    if (!is_central(settings_of(host)))
        dial_reload(star);
}

static void describe(const struct host *host, char *ret_text, size_t max)
{
    unsigned enabled, steady, nodes = 0, up = 0;
    struct mom_neighbour_info info;
    host_count_sites(host, &enabled, &steady);
    for (uint32_t node = 0;
         !host->broken && (node = mom_engine_next_neighbour(host->engine, node)) != 0; nodes++) {
        if (mom_engine_neighbour(host->engine, node, &info))
            up += strcmp(info.state, "steady") == 0;
    }
    snprintf(ret_text, max, "OMM %s, %u of %u nodes in step", steady ? "steady" : "not steady", up,
             nodes);
}

/* A node that has not met the centre yet is not steady, whatever else is. */
static bool is_steady(const struct host *host, char *ret_why, size_t max)
{
    const struct star *star = star_of(host);
    snprintf(ret_why, max, "%s", star->first ? first_text(star) : omm_awaits(star));
    return star->omm_joined;
}

static bool vendor_is_steady(const struct host *host, const struct site *site, char *ret_why,
                             size_t max)
{
    struct mom_uds_info info;
    struct mom_site_info known;
    const char *where;
    if (!vendor_info(star_of(host), site->conf.number, &info, &where) ||
        !mom_engine_site(host->engine, site->conf.number, &known)) {
        snprintf(ret_why, max, "%s has no conversation", site->conf.name);
        return false;
    }
    if (info.state == MOM_UDS_STEADY && known.pending <= known.refused)
        return true;
    snprintf(ret_why, max, "%s is %s %s", site->conf.name, mom_uds_state_name(info.state),
             info.text);
    return false;
}

static const struct host_program program = {
    .name = "ommsyncd",
    .ctl = "ommsyncctl",
    .summary = "One node of a star that keeps the users and phones of DECT systems in step.",
    .config_path = "/etc/ommsyncd/ommsyncd.conf",
    .profiles = true,
    .self = "this node",
    .config = &settings_config,
    .check = settings_check,
    .commands = commands,
    .configure = configure,
    .start = start,
    .drop = drop,
    .end = end,
    .is_idle = is_idle,
    .reloaded = reloaded,
    .act = act,
    .slow = slow,
    .stepped = stepped,
    .add_status = star_add_status,
    .add_health = star_add_health,
    .is_steady = is_steady,
    .caller_is_steady = vendor_is_steady,
    .describe = describe,
};

int main(int argc, char **argv)
{
    struct star star = {0};
    return host_main(&program, &star, argc, argv);
}
