/*
 * Long lists. They go to the client by pieces: each opens a view of its own, because an open view keeps pages of the
 * store from being used again, and waits while the client does not read.
 */
#include "commands.h"
#include "rows.h"

#include <com/cli.h>
#include <com/conn.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PIECE 500 /* records that are looked at in one turn of the loop */

enum what { RECORDS, CONFLICTS, HELD };

struct listing {
    struct host *host;
    struct com_ctl_request *request;
    struct com_timer *timer;
    enum what what;
    bool parked_only, waiting;
    enum mom_type type;
    mom_site site; /* 0: all; of what is held: that site's */
    char *search;  /* NULL: all */
    uint64_t after;
    struct com_json json;
};

static void free_listing(struct listing *listing)
{
    if (listing->timer)
        com_timer_free(listing->timer);
    com_json_done(&listing->json);
    free(listing->search);
    free(listing);
}

static void on_gone(void *user)
{
    free_listing(user);
}

static bool contains(struct mom_str text, const char *part)
{
    size_t len = strlen(part);
    for (size_t i = 0; text.ptr && i + len <= text.len; i++) {
        if (strncasecmp(text.ptr + i, part, len) == 0)
            return true;
    }
    return false;
}

static bool is_wanted(const struct listing *listing, const struct mom_record *record)
{
    static const enum mom_field searched[] = {MOM_USER_num,        MOM_USER_name,
                                              MOM_USER_hierarchy1, MOM_USER_hierarchy2,
                                              MOM_USER_addId,      MOM_DEVICE_ipei};
    struct mom_str value;
    if (listing->parked_only && !mom_record_parked(record))
        return false;
    if (listing->site && mom_record_site(record) != listing->site)
        return false;
    if (!listing->search)
        return true;
    for (size_t i = 0; i < sizeof searched / sizeof *searched; i++) {
        if (mom_field_info(searched[i])->owner == mom_record_type(record) &&
            mom_record_get(record, searched[i], &value) && contains(value, listing->search))
            return true;
    }
    return false;
}

/* The next one that is held may be gone here: then it has no row. False at the end. */
static bool next_record(struct listing *listing, struct mom_view *view,
                        const struct mom_record **ret_record)
{
    const struct mom_record *record;
    if (listing->what == HELD) {
        listing->after = mom_view_next_held(view, listing->site, listing->after);
        *ret_record = listing->after ? mom_view_record(view, listing->after) : NULL;
        return listing->after != 0;
    }
    record = mom_view_next(view, listing->type, listing->after);
    if (!record)
        return false;
    listing->after = mom_record_id(record);
    *ret_record = is_wanted(listing, record) ? record : NULL;
    return true;
}

/* One record or conflict. False at the end of the list. */
static bool send_next(struct listing *listing, struct mom_view *view, int64_t *queued)
{
    struct mom_conflict conflict;
    const struct mom_record *record = NULL;
    if (listing->what == CONFLICTS) {
        if (!mom_view_next_conflict(view, listing->after, &conflict))
            return false;
        listing->after = conflict.sequence;
    } else if (!next_record(listing, view, &record)) {
        return false;
    } else if (!record) {
        return true;
    }
    com_json_object(&listing->json);
    if (listing->what == CONFLICTS)
        row_conflict(listing->host, view, &conflict, &listing->json);
    else
        row_record(listing->host, view, record, &listing->json);
    com_json_end(&listing->json);
    *queued = call_row(listing->request, &listing->json);
    return true;
}

static void on_tick(void *user)
{
    struct listing *listing = user;
    struct mom_view *view;
    int64_t queued = 0;
    bool more = true;
    int rc;
    if (listing->host->broken || mom_view_open(listing->host->engine, &view) != MOM_OK) {
        com_ctl_end(listing->request, COM_EXIT_PARTLY, "the store cannot be read");
        free_listing(listing);
        return;
    }
    for (int i = 0; more && i < PIECE && queued >= 0 && queued < (int64_t)COM_CONN_HIGH_WATER; i++)
        more = send_next(listing, view, &queued);
    rc = mom_view_error(view); /* "there is no other" may be one */
    mom_view_close(view);
    if (rc != MOM_OK) {
        com_ctl_end(listing->request, COM_EXIT_PARTLY, "the store cannot be read");
        free_listing(listing);
    } else if (!more) {
        com_ctl_end(listing->request, COM_EXIT_OK, NULL);
        free_listing(listing);
    } else if (queued > (int64_t)COM_CONN_HIGH_WATER) {
        listing->waiting = true;
    } else {
        com_timer_start(listing->timer, 0, 0);
    }
}

static void on_drain(void *user)
{
    struct listing *listing = user;
    if (listing->waiting)
        com_timer_start(listing->timer, 0, 0);
    listing->waiting = false;
}

static void begin(const struct call *call, enum mom_type type, enum what what)
{
    const char *search = com_ctl_text(call->root, "search", NULL);
    const char *name = what == HELD ? call_arg(call, 0) : com_ctl_text(call->root, "site", NULL);
    uint32_t number = name ? host_number(call->host, name) : 0;
    if (name && !number) {
        call_end(call, COM_EXIT_REFUSED, "there is no site %s", name);
        return;
    }
    struct listing *listing = calloc(1, sizeof *listing);
    if (!listing) {
        call_end(call, COM_EXIT_REFUSED, "out of memory");
        return;
    }
    *listing =
        (struct listing){.host = call->host, .request = call->request, .type = type, .what = what};
    com_json_init(&listing->json);
    listing->parked_only = com_ctl_bool(call->root, "parked", false);
    /* of a neighbour its records are listed by the site beside it, what is held by the node itself */
    listing->site = what == HELD ? number : number % HOST_NODE_FIRST;
    listing->search = search ? strdup(search) : NULL;
    listing->timer = com_timer_new(&call->host->loop, on_tick, listing);
    if (!listing->timer || (search && !listing->search)) {
        call_end(call, COM_EXIT_REFUSED, "out of memory");
        free_listing(listing);
        return;
    }
    com_ctl_on_gone(call->request, on_gone, listing);
    com_ctl_on_drain(call->request, on_drain, listing);
    com_timer_start(listing->timer, 0, 0);
}

void cmd_users_list(const struct call *call)
{
    begin(call, MOM_USER, RECORDS);
}

void cmd_devices_list(const struct call *call)
{
    begin(call, MOM_DEVICE, RECORDS);
}

void cmd_conflicts(const struct call *call)
{
    begin(call, MOM_USER, CONFLICTS);
}

void cmd_held(const struct call *call)
{
    begin(call, MOM_USER, HELD);
}

/* What is held of a site or neighbour is deleted, or put back there. */
void cmd_decide(const struct call *call)
{
    const char *name = call_arg(call, 0), *word = call_arg(call, 1);
    struct mom_input input = {.kind = MOM_IN_DECIDE};
    uint32_t number = host_number(call->host, name);
    if (number < HOST_NODE_FIRST)
        input.site = number;
    else
        input.node = number;
    input.yes = strcmp(word, "yes") == 0;
    if (!number)
        call_end(call, COM_EXIT_REFUSED, "there is no site %s", name);
    else if (!input.yes && strcmp(word, "no") != 0)
        call_end(call, COM_EXIT_USAGE,
                 "decide takes yes (they are deleted) or no (they are put back)");
    else
        call_end_rc(call, host_change(call->host, &input));
}
