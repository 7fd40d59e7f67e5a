/*
 * The first synchronisation of an OMM. It is read into an engine of its own in memory, which nobody else sees: what is
 * there can be compared with the star, and deleted at the OMM, before anything of it reaches the star.
 *
 * The OMM is told no SARI yet; that it is under control it is told, as every reader tells it, until the link ends.
 */
#include "first.h"
#include "link.h"

#include <com/cli.h>
#include <com/log.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORTION 200 /* records that are deleted in one step */

enum stage { READING, ASKING, DELETING };

struct first {
    struct star *star;
    struct mom_engine *engine; /* what the OMM has */
    struct mom_batch *batch;
    struct com_timer *timer; /* the next step */
    struct site site;
    struct link_probe probe;
    enum stage stage;
    bool emptied; /* the OMM was replaced: nothing is asked */
    char text[160];
};

/* --- end -------------------------------------------------------------------------------------------------- */

void first_drop(struct star *star)
{
    struct first *first = star->first;
    if (!first)
        return;
    star->first = NULL;
    link_free(first->site.link);
    if (first->timer)
        com_timer_free(first->timer);
    mom_engine_free(first->engine);
    mom_batch_free(first->batch);
    com_wipe(&first->site, sizeof first->site);
    free(first);
}

static void decided(struct star *star, const char *how)
{
    com_notice("first synchronisation: the OMM takes part, its records: %s", how);
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
        decided(first->star, "deleted");
        return;
    }
    delete_some(first, counts.users > 0 ? MOM_USER : MOM_DEVICE);
    com_timer_start(first->timer, 0, 0);
}

static void look(struct first *first)
{
    struct mom_site_info site;
    struct mom_counts counts;
    if (!mom_engine_site(first->engine, first->site.conf.number, &site) || site.importing ||
        !site.up || site.imported_ms == 0)
        return;
    counts_of(first, &counts);
    if (counts.users + counts.devices == 0) {
        decided(first->star, "none");
        return;
    }
    first->stage = first->emptied ? DELETING : ASKING;
    snprintf(first->text, sizeof first->text,
             "the OMM has %llu users and %llu phones: see %s first-sync",
             (unsigned long long)counts.users, (unsigned long long)counts.devices,
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
    else if (first->stage == READING)
        look(first);
    else if (first->stage == DELETING)
        go_on_deleting(first);
}

static void on_filled(void *user)
{
    struct first *first = user;
    if (mom_batch_count(first->batch) > 0)
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

void first_begin(struct star *star, bool emptied)
{
    struct first *first = star->first ? NULL : calloc(1, sizeof *first);
    if (!first)
        return;
    star->first = first;
    first->star = star;
    first->emptied = emptied;
    first->batch = mom_batch_new(NULL);
    first->timer = com_timer_new(&star->host->loop, on_step, first);
    first->probe = (struct link_probe){first->batch, on_filled, first};
    snprintf(first->text, sizeof first->text, "the OMM is being looked at");
    if (!first->batch || !first->timer || omm_conf(star, &first->site.conf) != 0 ||
        open_engine(first) != 0) {
        com_error("first synchronisation: the OMM cannot be looked at");
        first_drop(star);
        return;
    }
    first->site.conf.enabled = true;
    if (link_probe(star->host, &first->site, &first->probe) != 0)
        first_drop(star);
}

bool first_is_idle(const struct star *star)
{
    return !star->first || !star->first->site.link || link_is_idle(star->first->site.link);
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
             first ? first->text
             : star_of(call->host)->omm_joined
                 ? "the OMM takes part already"
                 : "the centre has not been reached yet: its records are needed first");
    return false;
}

static const char *text_of(const struct mom_record *record, enum mom_field field, char *ret_text,
                           size_t max)
{
    struct mom_str value;
    ret_text[0] = '\0';
    if (mom_record_get(record, field, &value))
        snprintf(ret_text, max, "%.*s", (int)value.len, value.ptr);
    return ret_text;
}

struct tally {
    int64_t merged, new;
};

/* What merging would do with a record of the OMM. `there`: the star's record with its number or IPEI. */
static void tell(const struct call *call, const struct mom_record *record,
                 const struct mom_record *there, struct tally *tally)
{
    bool user = mom_record_type(record) == MOM_USER;
    char text[200], other[200];
    struct com_json json;
    com_json_init(&json);
    com_json_object(&json);
    com_json_set_text(&json, "kind", there ? "merge" : "add");
    com_json_set_text(&json, "type", user ? "user" : "device");
    if (user) {
        com_json_set_text(&json, "num", text_of(record, MOM_USER_num, text, sizeof text));
        com_json_set_text(&json, "name", text_of(record, MOM_USER_name, text, sizeof text));
    } else {
        com_json_set_text(&json, "ipei", text_of(record, MOM_DEVICE_ipei, text, sizeof text));
    }
    com_json_key(&json, "why");
    if (!there)
        com_json_text(&json, "nobody else has it: every site would get it");
    else if (user && strcmp(text, text_of(there, MOM_USER_name, other, sizeof other)) != 0)
        com_json_format(&json, "the star has it as \"%s\": what was changed last wins", other);
    else
        com_json_text(&json, "the star has it: what was changed last wins");
    com_json_end(&json);
    (void)call_row(call->request, &json);
    com_json_done(&json);
    tally->merged += there != NULL;
    tally->new += there == NULL;
}

static void tell_type(const struct call *call, struct mom_view *ours, struct mom_view *theirs,
                      enum mom_type type, struct tally *tally)
{
    enum mom_field key = type == MOM_USER ? MOM_USER_num : MOM_DEVICE_ipei;
    const struct mom_record *record;
    struct mom_str value;
    for (uint64_t after = 0; (record = mom_view_next(theirs, type, after)) != NULL;) {
        after = mom_record_id(record);
        bool keyed = mom_record_get(record, key, &value) && value.len > 0;
        tell(call, record, keyed ? mom_view_find(ours, key, value) : NULL, tally);
    }
}

static void send_counts(const struct call *call, const char *first, int64_t a, const char *second,
                        int64_t b)
{
    struct com_json json;
    com_json_init(&json);
    com_json_object(&json);
    com_json_set_text(&json, "what", "counts");
    com_json_set_int(&json, first, a);
    com_json_set_int(&json, second, b);
    com_json_end(&json);
    (void)call_row(call->request, &json);
    com_json_done(&json);
}

void cmd_first_list(const struct call *call)
{
    struct first *first = star_of(call->host)->first;
    struct mom_view *ours, *theirs;
    struct tally tally = {0, 0};
    if (!is_undecided(call))
        return;
    if (mom_view_open(call->host->engine, &ours) != MOM_OK ||
        mom_view_open(first->engine, &theirs) != MOM_OK) {
        call_end(call, COM_EXIT_REFUSED, "the records cannot be read");
        return;
    }
    tell_type(call, ours, theirs, MOM_USER, &tally);
    tell_type(call, ours, theirs, MOM_DEVICE, &tally);
    mom_view_close(theirs);
    mom_view_close(ours);
    send_counts(call, "would_merge", tally.merged, "would_add", tally.new);
    call_end(call, COM_EXIT_OK, NULL);
}

void cmd_first_merge(const struct call *call)
{
    struct mom_counts counts;
    if (!is_undecided(call))
        return;
    counts_of(star_of(call->host)->first, &counts);
    decided(star_of(call->host), "merged");
    send_counts(call, "users", (int64_t)counts.users, "phones", (int64_t)counts.devices);
    call_end(call, COM_EXIT_OK, NULL);
}

void cmd_first_delete(const struct call *call)
{
    struct first *first = star_of(call->host)->first;
    struct mom_counts counts;
    if (!is_undecided(call))
        return;
    counts_of(first, &counts);
    if (!com_ctl_bool(call->root, "yes", false)) {
        call_end(call, COM_EXIT_REFUSED,
                 "%llu users and %llu phones would be deleted from the OMM: --yes does it",
                 (unsigned long long)counts.users, (unsigned long long)counts.devices);
        return;
    }
    first->stage = DELETING;
    com_timer_start(first->timer, 0, 0);
    send_counts(call, "users", (int64_t)counts.users, "phones", (int64_t)counts.devices);
    call_end(call, COM_EXIT_OK, NULL);
}
