/*
 * The first synchronisation of an OMM. It is read into an engine of its own in memory, which nobody else sees: what is
 * there can be compared with the star, and deleted at the OMM, before anything of it reaches the star.
 *
 * The OMM is told no SARI yet; that it is under control it is told, as every reader tells it, until the link ends.
 */
#include "first.h"
#include "link.h"
#include "steps.h"

#include <com/cli.h>
#include <com/log.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORTION     200  /* records that are deleted in one step */
#define PROGRESS_MS 1000 /* signs of life for who waits for a listing */

enum stage { READING, ASKING, DELETING };
enum purpose {
    TO_JOIN,  /* somebody decides what becomes of its records */
    TO_EMPTY, /* it was replaced: nothing is asked */
    TO_LOOK   /* for a listing alone */
};

struct first {
    struct star *star;
    struct mom_engine *engine; /* what the OMM has */
    struct mom_batch *batch;
    struct com_timer *timer; /* the next step */
    struct site site;
    struct link_probe probe;
    enum stage stage;
    enum purpose purpose;
    struct call call;           /* TO_LOOK: who waits; the request is NULL when it has its answer */
    first_found *found;         /* TO_LOOK */
    bool tried_other;           /* TO_LOOK: of two addresses the first did not answer */
    char reason[600];           /* why not */
    struct com_timer *progress; /* TO_LOOK */
    char text[160];
};

/* --- end -------------------------------------------------------------------------------------------------- */

void first_drop(struct star *star)
{
    struct first *first = star->first;
    struct host *host = star->host;
    if (!first)
        return;
    star->first = NULL;
    link_free(first->site.link);
    if (first->timer)
        com_timer_free(first->timer);
    if (first->progress)
        com_timer_free(first->progress);
    if (first->call.request)
        call_end(&first->call, COM_EXIT_PARTLY, "the OMM could not be looked at: see the log");
    mom_engine_free(first->engine);
    mom_batch_free(first->batch);
    com_wipe(&first->site, sizeof first->site);
    free(first);
    if (!host->broken) /* the OMM's own link may have waited for this one's end */
        links_dial_waiting(host);
}

static void decided(struct star *star, const char *how)
{
    com_notice("first synchronisation: the OMM takes part: %s", how);
    first_drop(star);
    if (host_setting(star->host, OMM_DECIDED, how) != MOM_OK ||
        host_setting(star->host, OMM_REPLACED, NULL) != MOM_OK || host_step(star->host) != MOM_OK)
        com_error("first synchronisation: the decision cannot be written");
    (void)omm_apply(star);
}

/* --- steps of the engine in memory -------------------------------------------------------------------------- */

static void counts_of(const struct first *first, struct mom_counts *ret_counts)
{
    struct mom_view *view;
    memset(ret_counts, 0, sizeof *ret_counts);
    if (mom_view_open(first->engine, &view) != MOM_OK)
        return;
    if (mom_view_counts(view, ret_counts) != MOM_OK)
        memset(ret_counts, 0, sizeof *ret_counts);
    mom_view_close(view);
}

/* Up to PORTION records that are there are to be deleted. */
static void delete_some(struct first *first, enum mom_type type)
{
    struct mom_view *view;
    const struct mom_record *record;
    uint64_t after = 0;
    if (mom_view_open(first->engine, &view) != MOM_OK)
        return;
    for (int i = 0; i < PORTION && (record = mom_view_next(view, type, after)) != NULL; i++) {
        after = mom_record_id(record);
        struct mom_input input = {.kind = MOM_IN_DELETE, .type = type, .id = after};
        if (mom_batch_add(first->batch, &input) != MOM_OK)
            break;
    }
    mom_view_close(view);
}

/* Users go first, so that no phone is bound any more when it is deleted. */
static void go_on_deleting(struct first *first)
{
    struct mom_site_info site;
    struct mom_counts counts;
    if (!mom_engine_site(first->engine, first->site.conf.number, &site) || site.pending > 0)
        return;
    counts_of(first, &counts);
    snprintf(first->text, sizeof first->text,
             "deleting at the OMM: %llu users and %llu phones left",
             (unsigned long long)counts.users, (unsigned long long)counts.devices);
    if (counts.users + counts.devices == 0) {
        decided(first->star, "its records were deleted");
        return;
    }
    delete_some(first, counts.users > 0 ? MOM_USER : MOM_DEVICE);
    com_timer_start(first->timer, 0, 0);
}

/* --- looking for a command ------------------------------------------------------------------------------------ */

/* Not from within the link: it is freed. */
static void end_look(struct first *first)
{
    first->call.request = NULL;
    first_drop(first->star);
}

static void end_found(struct first *first)
{
    first->found(&first->call, first->engine);
    end_look(first);
}

/* Who waits does not wait for the time between two attempts. False: there is no other address. */
static bool tries_other(struct first *first, const struct mom_omm_info *info)
{
    if (first->tried_other || !link_tries_other(first->site.link))
        return false;
    first->tried_other = true;
    snprintf(first->reason, sizeof first->reason, "%s", link_reason(first->site.link, info));
    link_enable(first->site.link, false);
    link_enable(first->site.link, true);
    return true;
}

/* True: why is told, and it is over. */
static bool gives_up(struct first *first)
{
    struct mom_omm_info info;
    link_info(first->site.link, &info);
    if (info.state > MOM_OMM_DISABLED && info.state < MOM_OMM_UNREACHABLE)
        return false;
    if (tries_other(first, &info))
        return false;
    call_end(&first->call, COM_EXIT_REFUSED, "the OMM cannot be looked at: %s: %s%s%s",
             mom_omm_state_name(info.state), first->reason, first->tried_other ? "; " : "",
             link_reason(first->site.link, &info));
    end_look(first);
    return true;
}

static void on_gone(void *user)
{
    end_look(user);
}

static void on_progress(void *user)
{
    struct first *first = user;
    (void)com_ctl_row(first->call.request, "{\"what\":\"progress\"}");
}

/* --- connecting ------------------------------------------------------------------------------------------------ */

/* The central node's OMM is where a star begins, and nobody is asked. One that has a SARI was in a star before: its
 * records may be at other nodes, under the same ids as we would give to others. */
static bool begins_star(const struct first *first)
{
    struct mom_omm_info info;
    if (first->purpose != TO_JOIN || first->stage != READING ||
        !is_central(settings_of(first->star->host)))
        return false;
    link_info(first->site.link, &info);
    return info.state >= MOM_OMM_PREPARING && info.state <= MOM_OMM_STEADY && info.sari.pli == 0;
}

static void tell_connection(struct first *first)
{
    struct mom_omm_info info;
    link_info(first->site.link, &info);
    if (first->stage == ASKING)
        return; /* what it had is known */
    if (info.state >= MOM_OMM_UNREACHABLE)
        snprintf(first->text, sizeof first->text, "the OMM cannot be looked at: %s",
                 mom_omm_state_name(info.state));
    else if (first->stage == READING)
        snprintf(first->text, sizeof first->text, "the OMM is being looked at");
}

/* --- what was found ------------------------------------------------------------------------------------------- */

static void look(struct first *first)
{
    struct mom_site_info site;
    struct mom_counts counts;
    if (!mom_engine_site(first->engine, first->site.conf.number, &site) || site.importing ||
        !site.up || site.imported_ms == 0)
        return;
    if (first->purpose == TO_LOOK) {
        end_found(first);
        return;
    }
    counts_of(first, &counts);
    if (counts.users + counts.devices == 0) {
        decided(first->star, "it had no records");
        return;
    }
    first->stage = first->purpose == TO_EMPTY ? DELETING : ASKING;
    snprintf(first->text, sizeof first->text,
             "the OMM has %llu users and %llu phones%s: see %s first-sync",
             (unsigned long long)counts.users, (unsigned long long)counts.devices,
             is_central(settings_of(first->star->host)) ? ", and was in a star before" : "",
             first->star->host->program->ctl);
    com_warning("first synchronisation: %s", first->text);
    if (first->stage == DELETING)
        go_on_deleting(first);
}

static void on_step(void *user)
{
    struct first *first = user;
    struct mom_now now = host_now();
    struct mom_action action;
    int rc = mom_engine_step(first->engine, &now, first->batch);
    mom_batch_reset(first->batch);
    if (rc != MOM_OK) {
        com_error("first synchronisation: %s: it begins anew", mom_err_text(rc));
        first_drop(first->star);
        return;
    }
    while (mom_engine_next_action(first->engine, &action)) {
        if (action.kind == MOM_DO_ADMIT) /* it keeps the SARI that it has until it is decided */
            action.park = (struct mom_park){0};
        if (action.site == first->site.conf.number && first->site.link)
            link_act(first->site.link, &action);
    }
    if (mom_batch_count(first->batch) > 0)
        com_timer_start(first->timer, 0, 0);
    else if (first->purpose == TO_LOOK && gives_up(first))
        return;
    else if (begins_star(first))
        decided(first->star, OMM_BEGINS);
    else if (first->stage == READING)
        look(first);
    else if (first->stage == DELETING)
        go_on_deleting(first);
}

static void on_filled(void *user)
{
    struct first *first = user;
    if (first->site.link)
        tell_connection(first);
    if (mom_batch_count(first->batch) > 0 || first->purpose == TO_LOOK)
        com_timer_start(first->timer, 0, 0);
}

/* --- begin -------------------------------------------------------------------------------------------------- */

static int open_engine(struct first *first)
{
    const struct host *host = first->star->host;
    struct mom_config config = {.size = sizeof config, .sari = mom_engine_sari(host->engine)};
    struct mom_input add = {
        .kind = MOM_IN_SITE_ADD, .site = first->site.conf.number, .name = host_str(OMM_NAME)};
    struct mom_now now = host_now();
    if (mom_store_memory_new(NULL, &config.store) != MOM_OK)
        return -1;
    if (mom_engine_new(&config, &now, &first->engine) != MOM_OK) {
        config.store.ops->close(config.store.store);
        return -1;
    }
    return mom_batch_add(first->batch, &add) == MOM_OK ? 0 : -1;
}

/* NULL: it cannot be looked at (logged), or is already. */
static struct first *begin(struct star *star, enum purpose purpose)
{
    struct first *first = star->first ? NULL : calloc(1, sizeof *first);
    if (!first)
        return NULL;
    star->first = first;
    first->star = star;
    first->purpose = purpose;
    first->batch = mom_batch_new(NULL);
    first->timer = com_timer_new(&star->host->loop, on_step, first);
    first->probe = (struct link_probe){first->batch, on_filled, first};
    snprintf(first->text, sizeof first->text, "the OMM is being looked at");
    if (!first->batch || !first->timer || omm_conf(star, &first->site.conf) != 0 ||
        open_engine(first) != 0) {
        com_error("first synchronisation: the OMM cannot be looked at");
        first_drop(star);
        return NULL;
    }
    first->site.conf.enabled = true;
    if (purpose == TO_LOOK && !settings_of(star->host)->omm_fingerprint[0])
        first->site.conf.fingerprint[0] = '\0'; /* another machine has another certificate */
    if (link_probe(star->host, &first->site, &first->probe) == 0)
        return first;
    first_drop(star);
    return NULL;
}

void first_begin(struct star *star, bool emptied)
{
    (void)begin(star, emptied ? TO_EMPTY : TO_JOIN);
}

void first_look(const struct call *call, first_found *found)
{
    struct first *first = begin(star_of(call->host), TO_LOOK);
    if (!first) {
        call_end(call, COM_EXIT_REFUSED, "the OMM cannot be looked at: see the log");
        return;
    }
    first->call = *call;
    first->found = found;
    com_ctl_on_gone(call->request, on_gone, first);
    first->progress = com_timer_new(&call->host->loop, on_progress, first);
    if (first->progress)
        com_timer_start(first->progress, PROGRESS_MS, PROGRESS_MS);
}

void first_reload(struct star *star, bool links)
{
    struct first *first = star->first;
    struct site_conf conf;
    if (!first || first->purpose == TO_LOOK || omm_conf(star, &conf) != 0)
        return;
    conf.enabled = true;
    bool same = site_is_same(&conf, &first->site.conf);
    com_wipe(&conf, sizeof conf);
    if (same && links)
        link_refresh(first->site.link);
    if (same)
        return;
    first_drop(star);
    omm_look(star);
}

bool first_is_idle(const struct star *star)
{
    return !star->first || !star->first->site.link || link_is_idle(star->first->site.link);
}

bool first_asks(const struct star *star)
{
    return star->first && star->first->stage == ASKING;
}

const struct site *first_site(const struct star *star)
{
    return star->first && star->first->purpose != TO_LOOK && star->first->site.link
               ? &star->first->site
               : NULL;
}

const char *first_text(const struct star *star)
{
    return star->first ? star->first->text : "";
}

/* --- commands ------------------------------------------------------------------------------------------------ */

static bool is_undecided(const struct call *call)
{
    const struct first *first = star_of(call->host)->first;
    if (first && first->stage == ASKING)
        return true;
    call_end(call, COM_EXIT_REFUSED, "%s",
             first                             ? first->text
             : star_of(call->host)->omm_joined ? "the OMM takes part already"
                                               : omm_awaits(star_of(call->host)));
    return false;
}

static void send_counts(const struct call *call, const struct mom_counts *counts)
{
    struct steps steps = {.call = call};
    struct com_json json;
    steps_begin_counts(&json);
    com_json_set_int(&json, "users", (int64_t)counts->users);
    com_json_set_int(&json, "phones", (int64_t)counts->devices);
    steps_send_counts(&steps, &json);
}

void cmd_first_list(const struct call *call)
{
    struct first *first = star_of(call->host)->first;
    struct steps steps;
    struct com_json json;
    if (!is_undecided(call) || !steps_begin(&steps, call, first->engine))
        return;
    steps_merge(&steps);
    if (!steps_end(&steps))
        return;
    steps_begin_counts(&json);
    com_json_set_int(&json, "would_merge", steps.counts[STEPS_BOTH]);
    com_json_set_int(&json, "would_add", steps.counts[STEPS_THEIRS]);
    com_json_set_int(&json, "would_park", steps.counts[STEPS_PARKED]);
    steps_send_counts(&steps, &json);
    call_end(call, COM_EXIT_OK, NULL);
}

/* What would be new to the star, or could be given back, is known when another node is there. Else somebody has to say
 * that there is none. */
static bool is_alone(const struct call *call)
{
    return is_central(settings_of(call->host)) && !omm_meets_star(star_of(call->host));
}

static void end_alone(const struct call *call, const char *what)
{
    call_end(call, COM_EXIT_REFUSED,
             "no node with the star's records is in step, and this OMM was in a star: %s", what);
}

void cmd_first_merge(const struct call *call)
{
    struct mom_counts counts;
    if (!is_undecided(call))
        return;
    bool alone = is_alone(call);
    if (alone && !com_ctl_bool(call->root, "yes", false)) {
        end_alone(call, "--yes takes what it has for all that there is");
        return;
    }
    counts_of(star_of(call->host)->first, &counts);
    decided(star_of(call->host), alone ? OMM_BEGINS : "its records were merged");
    send_counts(call, &counts);
    call_end(call, COM_EXIT_OK, NULL);
}

void cmd_first_delete(const struct call *call)
{
    struct first *first = star_of(call->host)->first;
    struct mom_counts counts;
    if (!is_undecided(call))
        return;
    counts_of(first, &counts);
    if (is_alone(call)) {
        end_alone(call, "nothing could be put back");
        return;
    }
    if (!com_ctl_bool(call->root, "yes", false)) {
        call_end(call, COM_EXIT_REFUSED,
                 "%llu users and %llu phones would be deleted from the OMM: --yes does it",
                 (unsigned long long)counts.users, (unsigned long long)counts.devices);
        return;
    }
    first->stage = DELETING;
    com_timer_start(first->timer, 0, 0);
    send_counts(call, &counts);
    call_end(call, COM_EXIT_OK, NULL);
}
