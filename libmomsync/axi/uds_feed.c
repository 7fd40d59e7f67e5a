/*
 * The beginning of a conversation. Nobody knows what a remote deleted while it was away, and it does not say what it
 * has: so it is taken to have what it had, which is told to the engine as an import in which nothing is missing and
 * nothing has changed. What the engine then finds to be different is given to the site, and the remote reads the
 * result. And the numbers that records get here, none of them twice.
 */
#include "uds_impl.h"

#include <string.h>

enum { RESERVE = 16 }; /* numbers that one setting covers */

/* --- settings ----------------------------------------------------------------------------------- */

/* "uds.10001.uid" */
static struct mom_str setting_name(const struct mom_uds *link, const char *what, char buf[48])
{
    mom__text_format(buf, 48, "uds.%d.%s", (int64_t)link->config.site, what);
    return (struct mom_str){buf, strlen(buf)};
}

static const char *counter_of(enum mom_type type)
{
    return type == MOM_USER ? "uid" : "ppn";
}

/* 0 when it is missing or no number. */
static int64_t read_setting(struct mom_uds *link, struct mom_view *view, const char *what)
{
    char name[48];
    struct mom_str text = mom_view_setting(view, setting_name(link, what, name));
    int64_t number = 0;

    if (text.len > 18)
        return 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return 0;
        number = number * 10 + (text.ptr[i] - '0');
    }
    return number;
}

static int write_setting(struct mom_uds *link, const char *what, int64_t number)
{
    struct mom_input input = {.kind = MOM_IN_SETTING};
    char name[48], digits[24];

    input.name = setting_name(link, what, name);
    mom__text_format(digits, sizeof(digits), "%d", number);
    input.value = (struct mom_str){digits, strlen(digits)};
    return mom__uds_input(link, &input);
}

int mom__uds_note_contact(struct mom_uds *link)
{
    /* A remote that has not read everything does not know more than when it last had. */
    if (link->state != MOM_UDS_STEADY)
        return MOM_OK;
    link->contact_ms = link->now.wall_ms;
    return write_setting(link, "contact", link->now.wall_ms);
}

/* --- numbers ------------------------------------------------------------------------------------ */

int mom__uds_number(struct mom_uds *link, enum mom_type type, uint32_t *ret_local)
{
    uint32_t next = link->next_local[type];
    int rc = MOM_OK;

    *ret_local = 0;
    if (next > UINT32_MAX - 2 * RESERVE)
        return MOM_OK;
    if (next >= link->reserved[type]) {
        rc = write_setting(link, counter_of(type), (int64_t)next + RESERVE);
        if (rc != MOM_OK)
            return rc;
        link->reserved[type] = next + RESERVE;
    }
    link->next_local[type] = next + 1;
    *ret_local = next;
    return MOM_OK;
}

/* What was reserved before a restart may have been given. What the batch of a failed step had is written once more. */
static void load_numbers(struct mom_uds *link, struct mom_view *view)
{
    for (unsigned type = MOM_USER; type <= MOM_DEVICE; type++) {
        int64_t next = read_setting(link, view, counter_of((enum mom_type)type));

        if (link->next_local[type] == 0)
            link->next_local[type] = next > 0 && next <= UINT32_MAX ? (uint32_t)next : 1;
        link->reserved[type] = link->next_local[type];
    }
}

/* --- the import --------------------------------------------------------------------------------- */

static int tell(struct mom_uds *link, enum mom_input_kind kind)
{
    struct mom_input input = {.kind = kind};

    return mom__uds_input(link, &input);
}

void mom__uds_feed_start(struct mom_uds *link)
{
    link->feeding = true;
    link->fed_type = 0;
}

static int start(struct mom_uds *link, struct mom_view *view)
{
    load_numbers(link, view);
    link->contact_ms = read_setting(link, view, "contact");
    link->fed_type = MOM_DEVICE;
    link->fed_local = 0;
    return tell(link, MOM_IN_IMPORT);
}

/* The next record that the site has, as it had it: nothing is told of its content. */
static int feed_one(struct mom_uds *link, struct mom_view *view, bool *ret_more)
{
    struct mom_input input = {.kind = MOM_IN_RECORD, .type = link->fed_type, .partial = true};
    uint64_t id =
        mom_view_next_local(view, link->config.site, link->fed_type, link->fed_local, &input.local);

    *ret_more = id != 0;
    if (id == 0)
        return MOM_OK;
    link->fed_local = input.local;
    if (input.local >= link->next_local[link->fed_type] && input.local < UINT32_MAX)
        link->next_local[link->fed_type] = link->reserved[link->fed_type] = input.local + 1;
    return mom__uds_input(link, &input);
}

int mom__uds_feed(struct mom_uds *link)
{
    struct mom_view *view;
    bool more = true;
    int rc = mom__uds_view(link, &view);

    if (rc != MOM_OK || view == NULL)
        return rc;
    if (link->fed_type == 0)
        rc = start(link, view);
    for (int64_t n = 0; n < link->config.portion && rc == MOM_OK && link->feeding; n++) {
        rc = feed_one(link, view, &more);
        if (rc != MOM_OK || more)
            continue;
        if (link->fed_type == MOM_USER) {
            link->feeding = false;
        } else {
            link->fed_type = MOM_USER;
            link->fed_local = 0;
        }
    }
    if (rc == MOM_OK && !link->feeding)
        rc = mom__uds_feed_profiles(link, view);
    rc = mom__uds_view_done(link, view, rc);
    if (rc != MOM_OK || !mom__uds_is_open(link) || link->feeding)
        return rc;
    memcpy(link->given_from, link->next_local, sizeof(link->given_from));
    rc = tell(link, MOM_IN_IMPORTED);
    return rc;
}

bool mom__uds_is_complete(const struct mom_uds *link)
{
    struct mom_site_info info;

    return mom_engine_site(link->config.engine, link->config.site, &info) && info.up &&
           !info.importing && info.imported_ms != 0 &&
           info.pending <= info.refused + link->held_count;
}
