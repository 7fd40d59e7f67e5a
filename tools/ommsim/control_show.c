/*
 * The control socket: what an operator can see. Long lists are written as the client takes them.
 *
 * Secrets are shown in clear here: they are invented, and tests have to see whether one arrived as it was sent.
 */
#include "control.h"

#include <stdlib.h>
#include <string.h>
#include <com/json.h>

/* Returns the bytes that wait for the client. */
static int64_t send_row(struct com_ctl_request *request, struct com_json *json)
{
    com_json_end(json);
    const char *text = com_json_done_text(json);
    int64_t waiting = text != NULL ? com_ctl_row(request, text) : 0;
    com_json_reset(json);
    return waiting;
}

static const char *sip_name(const struct sim_rec *user)
{
    static const char *const names[] = {"none", "registered", "rejected"};
    return names[user->sip];
}

static const char *phone_name(const struct sim_phone *phone)
{
    static const char *const names[] = {"served", "waiting", "no service"};
    return names[phone->state];
}

/* --- sites and numbers ----------------------------------------------------------------------------------- */

static int64_t registered_at(const struct sim_site *site)
{
    int64_t count = 0;
    for (size_t i = 0; i < site->recs[SIM_USER].count; i++)
        count += site->recs[SIM_USER].at[i]->sip == SIM_SIP_REGISTERED;
    return count;
}

static int64_t sessions_of(const struct sim_site *site)
{
    int64_t count = 0;
    for (const struct sim_session *s = site->sessions; s != NULL; s = s->next)
        count += sim_session_is_open(s);
    return count;
}

static void put_site(struct com_json *json, const struct sim_site *site)
{
    static const char *const links[] = {"up", "cut", "restarting"};
    static const char *const faults[] = {"", "mute", "truncate", "oversize", "unknown", "garbage"};
    com_json_set_int(json, "site", site->number);
    com_json_set_int(json, "port", site->port);
    com_json_set_text(json, "link", links[site->link]);
    com_json_set_text(json, "park", site->park);
    com_json_set_text(json, "sari", site->sari);
    com_json_set_int(json, "users", (int64_t)site->recs[SIM_USER].count);
    com_json_set_int(json, "devices", (int64_t)site->recs[SIM_DEV].count);
    com_json_set_int(json, "registered", registered_at(site));
    com_json_set_int(json, "sessions", sessions_of(site));
    com_json_set_bool(json, "controlled", site->mom_control);
    com_json_set_int(json, "clock", site->clock_offset_s);
    com_json_set_int(json, "slow", site->slow_ms);
    com_json_set_text(json, "fault", faults[site->fault]);
    if (site->remote != NULL)
        com_json_set_text(json, "sync", sim_remote_info(site).state);
}

void sim_show_sites(struct sim_control *control, struct sim_site *site)
{
    (void)site;
    struct com_json json;
    com_json_init(&json);
    for (int i = 0; i < control->world->site_count; i++) {
        com_json_object(&json);
        put_site(&json, &control->world->sites[i]);
        send_row(control->request, &json);
    }
    com_json_done(&json);
    sim_done(control);
}

void sim_show_remotes(struct sim_control *control, struct sim_site *site)
{
    struct com_json json;
    com_json_init(&json);
    for (int i = 0; i < control->world->site_count; i++) {
        site = &control->world->sites[i];
        struct sim_remote_info info = sim_remote_info(site);
        if (site->remote == NULL)
            continue;
        com_json_object(&json);
        com_json_set_int(&json, "site", site->number);
        com_json_set_text(&json, "state", info.state);
        com_json_set_text(&json, "why", info.why);
        com_json_set_int(&json, "merged", (int64_t)info.merged);
        com_json_set_int(&json, "uploads", (int64_t)info.uploads);
        com_json_set_int(&json, "refused", (int64_t)info.refused);
        com_json_set_int(&json, "events", (int64_t)info.events);
        com_json_set_int(&json, "synchronised", info.synced_ms);
        send_row(control->request, &json);
    }
    com_json_done(&json);
    sim_done(control);
}

void sim_show_profiles(struct sim_control *control, struct sim_site *site)
{
    struct com_json json;
    com_json_init(&json);
    for (int64_t number = 1; number <= SIM_PROFILES; number++) {
        const struct sim_profile *profile = sim_profile_at(site, number);
        if (!sim_profile_exists(profile))
            continue;
        com_json_object(&json);
        com_json_set_int(&json, "site", site->number);
        com_json_set_int(&json, "id", number);
        com_json_set_text(&json, "name", profile->name != NULL ? profile->name : "");
        com_json_set_text(&json, "data", profile->data != NULL ? profile->data : "");
        com_json_set_int(&json, "timeStamp", profile->stamp);
        send_row(control->request, &json);
    }
    com_json_done(&json);
    sim_done(control);
}

static void send_count(struct sim_control *control, struct com_json *json,
                       const struct sim_site *site, const char *name, uint64_t count)
{
    com_json_object(json);
    com_json_set_int(json, "site", site->number);
    com_json_set_text(json, "name", name);
    com_json_set_int(json, "count", (int64_t)count);
    send_row(control->request, json);
}

void sim_show_stats(struct sim_control *control, struct sim_site *site)
{
    struct com_json json;
    com_json_init(&json);
    for (int i = 0; i < control->world->site_count; i++) {
        const struct sim_site_stats *stats = &control->world->sites[i].stats;
        site = &control->world->sites[i];
        send_count(control, &json, site, "sessions accepted", stats->accepted);
        send_count(control, &json, site, "sessions closed", stats->closed);
        send_count(control, &json, site, "bytes in", stats->bytes_in);
        send_count(control, &json, site, "bytes out", stats->bytes_out);
        send_count(control, &json, site, "events", stats->events);
        send_count(control, &json, site, "refused", stats->refused);
        send_count(control, &json, site, "not XML", stats->parse_errors);
        for (int type = 0; type < AXI_T_COUNT; type++)
            if (stats->requests[type] > 0)
                send_count(control, &json, site,
                           type == AXI_T_NONE ? "unknown" : axi_type_name((enum axi_type)type),
                           stats->requests[type]);
    }
    com_json_done(&json);
    sim_done(control);
}

/* --- lists ------------------------------------------------------------------------------------------------ */

enum section { SITE = 1, USERS = 2, DEVICES = 4, REGISTRATIONS = 8, PHONES = 16, SECTION_END = 32 };

/* A list under way: it survives turns of the loop, so it remembers ids and not records. */
struct lister {
    struct sim_world *world;
    struct com_ctl_request *request;
    struct com_json json;
    int site, last_site; /* indexes */
    unsigned sections, section;
    bool typed; /* rows say what they are */
    int64_t next;
    int64_t waiting; /* bytes that the client has not taken */
};

static void begin_row(struct lister *lister, const char *type)
{
    com_json_object(&lister->json);
    if (lister->typed)
        com_json_set_text(&lister->json, "type", type);
}

static void put_record(struct com_json *json, const struct sim_rec *rec)
{
    unsigned count;
    const struct sim_field *fields = sim_fields(rec->kind, &count);
    com_json_set_int(json, "site", rec->site->number);
    for (unsigned i = 0; i < count; i++)
        if (rec->val[i] != NULL)
            com_json_set_text(json, fields[i].name, rec->val[i]);
    for (size_t i = 0; i < rec->extra_count; i++)
        com_json_set_text(json, rec->extras[i].name, rec->extras[i].value);
    if (rec->kind == SIM_USER)
        com_json_set_text(json, "sip", sip_name(rec));
}

static void put_registration(struct com_json *json, const struct sim_rec *user)
{
    com_json_set_int(json, "site", user->site->number);
    com_json_set_text(json, "num", user->val[U_num]);
    com_json_set_text(json, "name", user->val[U_name]);
    com_json_set_int(json, "uid", user->id);
    com_json_set_int(json, "ppn", sim_rec_int(user, U_ppn));
    com_json_set_text(json, "state", sip_name(user));
    com_json_set_int(json, "since", user->sip_since);
    com_json_set_int(json, "renewals", user->sip_renewals);
}

static const struct sim_rec *user_at(struct sim_site *site, const struct sim_phone *phone)
{
    struct sim_rec *dev = site != NULL ? sim_find_ipei(site, phone->ipei) : NULL;
    return dev != NULL ? sim_user_of(dev) : NULL;
}

/* The phone's user where the phone is, or where a site still has it. */
static const struct sim_rec *user_of_phone(const struct sim_phone *phone)
{
    const struct sim_rec *user = user_at(phone->site, phone);
    for (int i = 0; user == NULL && i < phone->world->site_count; i++)
        user = user_at(&phone->world->sites[i], phone);
    return user;
}

static void put_phone(struct com_json *json, const struct sim_phone *phone)
{
    const struct sim_rec *user = user_of_phone(phone);
    com_json_set_text(json, "ipei", phone->ipei);
    com_json_set_text(json, "num", user != NULL ? user->val[U_num] : "");
    com_json_set_int(json, "site", phone->site != NULL ? phone->site->number : 0);
    com_json_set_text(json, "state", phone_name(phone));
    com_json_set_text(json, "why", phone->why != NULL ? phone->why : "");
}

/* Next record of the section with an id from lister->next on. */
static const struct sim_rec *next_record(struct lister *lister)
{
    const struct sim_site *site = &lister->world->sites[lister->site];
    const struct sim_recs *recs = &site->recs[lister->section == DEVICES ? SIM_DEV : SIM_USER];
    for (size_t i = sim_position(recs, lister->next); i < recs->count; i++) {
        lister->next = recs->at[i]->id + 1;
        if (lister->section != REGISTRATIONS || recs->at[i]->sip != SIM_SIP_NONE)
            return recs->at[i];
    }
    return NULL;
}

/* One row of the current section; false at its end. */
static bool section_row(struct lister *lister)
{
    const struct sim_site *site = &lister->world->sites[lister->site];
    const struct sim_rec *rec = NULL;
    if (lister->section == SITE) {
        if (lister->next++ > 0)
            return false;
        begin_row(lister, "site");
        put_site(&lister->json, site);
    } else if (lister->section == PHONES) {
        size_t i = (size_t)lister->next++;
        if (i >= lister->world->phone_count)
            return false;
        if (lister->typed && lister->world->phones[i]->site != site)
            return true;
        begin_row(lister, "phone");
        put_phone(&lister->json, lister->world->phones[i]);
    } else if ((rec = next_record(lister)) == NULL) {
        return false;
    } else if (lister->section == REGISTRATIONS) {
        begin_row(lister, "registration");
        put_registration(&lister->json, rec);
    } else {
        begin_row(lister, lister->section == USERS ? "user" : "device");
        put_record(&lister->json, rec);
    }
    lister->waiting = send_row(lister->request, &lister->json);
    return true;
}

static void lister_free(void *user)
{
    struct lister *lister = user;
    com_json_done(&lister->json);
    free(lister);
}

static void advance(void *user)
{
    struct lister *lister = user;
    while (lister->site <= lister->last_site) {
        if (lister->section == SECTION_END) {
            lister->site++;
            lister->section = SITE;
            lister->next = 0;
            continue;
        }
        bool wanted = (lister->sections & lister->section) != 0;
        if (!wanted || !section_row(lister)) {
            lister->section <<= 1;
            lister->next = 0;
        } else if (lister->waiting > (int64_t)COM_CONN_HIGH_WATER) {
            return; /* on_drain goes on */
        }
    }
    com_ctl_end(lister->request, 0, NULL);
    lister_free(lister);
}

static void list(struct sim_control *control, struct sim_site *site, unsigned sections, bool typed)
{
    struct lister *lister = calloc(1, sizeof *lister);
    if (lister == NULL) {
        sim_fail(control, "out of memory");
        return;
    }
    com_json_init(&lister->json);
    lister->world = control->world;
    lister->request = control->request;
    lister->site = site != NULL ? site->number - 1 : 0;
    lister->last_site =
        site != NULL || sections == PHONES ? lister->site : control->world->site_count - 1;
    lister->sections = sections;
    lister->section = SITE;
    lister->typed = typed;
    com_ctl_on_gone(control->request, lister_free, lister);
    com_ctl_on_drain(control->request, advance, lister);
    advance(lister);
}

void sim_show_dump(struct sim_control *control, struct sim_site *site)
{
    list(control, site, SITE | USERS | DEVICES | REGISTRATIONS | PHONES, true);
}

void sim_show_users(struct sim_control *control, struct sim_site *site)
{
    list(control, site, USERS, false);
}

void sim_show_devices(struct sim_control *control, struct sim_site *site)
{
    list(control, site, DEVICES, false);
}

void sim_show_registrations(struct sim_control *control, struct sim_site *site)
{
    list(control, site, REGISTRATIONS, false);
}

void sim_show_phones(struct sim_control *control, struct sim_site *site)
{
    (void)site;
    list(control, NULL, PHONES, false);
}

/* --- one phone ---------------------------------------------------------------------------------------------- */

/* Every site at which the phone's user is registered: more than one is what a hub must prevent. */
static void put_registered_at(struct com_json *json, struct sim_world *world,
                              const struct sim_phone *phone)
{
    com_json_key(json, "registeredAt");
    com_json_array(json);
    for (int i = 0; i < world->site_count; i++) {
        const struct sim_rec *user = user_at(&world->sites[i], phone);
        if (user != NULL && user->sip == SIM_SIP_REGISTERED)
            com_json_int(json, world->sites[i].number);
    }
    com_json_end(json);
}

void sim_show_where(struct sim_control *control, struct sim_site *site)
{
    (void)site;
    const struct sim_phone *phone = sim_phone_of(control->world, sim_arg(control, 0));
    if (phone == NULL) {
        sim_fail(control, "there is no phone %s", sim_arg(control, 0));
        return;
    }
    struct com_json json;
    com_json_init(&json);
    com_json_object(&json);
    put_phone(&json, phone);
    put_registered_at(&json, control->world, phone);
    send_row(control->request, &json);
    com_json_done(&json);
    sim_done(control);
}
