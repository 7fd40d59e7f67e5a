/*
 * The control socket: what an operator can make happen.
 */
#include "control.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <com/cli.h>
#include <com/config.h>

const char *sim_arg(const struct sim_control *control, size_t index)
{
    const char *text = com_ctl_arg(control->root, index + 1);
    return text != NULL ? text : "";
}

void sim_done(struct sim_control *control)
{
    com_ctl_end(control->request, COM_EXIT_OK, NULL);
}

void sim_fail(struct sim_control *control, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    com_ctl_end(control->request, COM_EXIT_REFUSED, text);
}

void sim_fail_refusal(struct sim_control *control, const struct sim_refusal *refusal)
{
    sim_fail(control, "%s%s%s%s%s", axi_value_text(refusal->code),
             refusal->bad[0] != '\0' ? " " : "", refusal->bad, refusal->info != NULL ? ": " : "",
             refusal->info != NULL ? refusal->info : "");
}

/* The number in an argument; false after a failure. */
static bool number_in(struct sim_control *control, size_t index, int64_t min, int64_t max,
                      int64_t *ret)
{
    const char *text = sim_arg(control, index);
    if (text[0] == '+')
        text++;
    if (com_parse_int(text, ret) && *ret >= min && *ret <= max)
        return true;
    sim_fail(control, "'%s' is not a number from %lld to %lld", text, (long long)min,
             (long long)max);
    return false;
}

/* --- records ------------------------------------------------------------------------------------------- */

/* Arguments "name=value" from `first` on. */
static bool read_pairs(struct sim_control *control, size_t first, struct sim_patch *patch,
                       struct sim_site *site, enum sim_kind kind, const struct sim_rec *old)
{
    struct sim_refusal refusal = {.code = AXI_V_NOTHING};
    memset(patch, 0, sizeof *patch);
    bool good = true;
    for (size_t i = first; good && i + 1 < com_ctl_args(control->root); i++) {
        const char *pair = sim_arg(control, i), *equals = strchr(pair, '=');
        if (equals == NULL || equals == pair) {
            sim_refuse(&refusal, AXI_V_EInval, NULL, "arguments have the form name=value");
            good = false;
            break;
        }
        struct axi_attr_view attr = {
            AXI_A_NONE, {pair, (size_t)(equals - pair)}, {equals + 1, strlen(equals + 1)}};
        attr.id = axi_attr_of(attr.name);
        good = sim_patch_set(patch, site, kind, old, &attr, SIM_BY_OPERATOR, &refusal);
    }
    good = good && sim_patch_unique(patch, site, kind, old, &refusal);
    if (!good) {
        sim_patch_done(patch);
        sim_fail_refusal(control, &refusal);
    }
    return good;
}

static struct sim_rec *find_device(struct sim_site *site, const char *ipei)
{
    char normal[16];
    return sim_ipei_normal(ipei, normal) ? sim_find_ipei(site, normal) : NULL;
}

/* A user by number or a device by IPEI; NULL after a failure. */
static struct sim_rec *find_either(struct sim_control *control, struct sim_site *site,
                                   const char *key)
{
    struct sim_rec *rec = sim_find_number(site, key);
    if (rec == NULL)
        rec = find_device(site, key);
    if (rec == NULL)
        sim_fail(control, "site %d has neither a user nor a device %s", site->number, key);
    return rec;
}

static void run_edit(struct sim_control *control, struct sim_site *site)
{
    struct sim_patch patch;
    struct sim_rec *rec = find_either(control, site, sim_arg(control, 1));
    if (rec == NULL || !read_pairs(control, 2, &patch, site, rec->kind, rec))
        return;
    sim_write(rec, &patch);
    sim_patch_done(&patch);
    sim_events_flush(site);
    sim_done(control);
}

/* A device that is made here is one that has just subscribed, unless s=No says otherwise. */
static bool add_phone(struct sim_patch *patch, struct sim_site *site)
{
    const char *ipei = patch->val[D_ipei];
    if (ipei == NULL || ipei[0] == '\0' ||
        (patch->val[D_s] != NULL && strcmp(patch->val[D_s], "Yes") != 0))
        return true;
    struct sim_phone *phone = sim_phone_find(site->world, ipei);
    if (phone == NULL)
        phone = sim_phone_add(site->world, ipei);
    if (phone == NULL)
        return false;
    if (patch->val[D_uak] != NULL)
        snprintf(phone->uak, sizeof phone->uak, "%.32s", patch->val[D_uak]);
    else if (phone->uak[0] == '\0')
        snprintf(phone->uak, sizeof phone->uak, "%.16s%.16s", phone->subscription_id,
                 phone->subscription_id);
    phone->site = site;
    phone->state = SIM_PHONE_NONE; /* until the record is there */
    free(patch->val[D_uak]);
    free(patch->val[D_s]);
    patch->val[D_uak] = strdup(phone->uak);
    patch->val[D_s] = strdup("Yes");
    return true;
}

static void run_create(struct sim_control *control, struct sim_site *site)
{
    const char *what = sim_arg(control, 1);
    bool user = strcmp(what, "user") == 0;
    enum sim_kind kind = user ? SIM_USER : SIM_DEV;
    struct sim_patch patch;
    if (!user && strcmp(what, "device") != 0) {
        sim_fail(control, "'%s' is neither user nor device", what);
        return;
    }
    if (!read_pairs(control, 2, &patch, site, kind, NULL))
        return;
    int64_t id = site->recs[kind].next_id > 0 ? site->recs[kind].next_id : 1;
    const char *key = patch.val[user ? (unsigned)U_num : (unsigned)D_ipei];
    struct sim_rec *rec = NULL;
    if (key == NULL || key[0] == '\0')
        sim_fail(control, "%s is missing", user ? "num" : "ipei");
    else if ((!user && !add_phone(&patch, site)) || (rec = sim_rec_new(site, kind, id)) == NULL)
        sim_fail(control, "out of memory");
    if (rec != NULL) {
        if (!user && patch.val[D_s] != NULL && strcmp(patch.val[D_s], "Yes") == 0) {
            sim_put_subscription(rec, key);
            sim_put_location(rec);
        }
        if (sim_enter(rec, &patch))
            sim_done(control);
        else
            sim_fail(control, "out of memory");
    }
    sim_patch_done(&patch);
    sim_events_flush(site);
}

static void run_delete(struct sim_control *control, struct sim_site *site)
{
    struct sim_rec *rec = find_either(control, site, sim_arg(control, 1));
    if (rec == NULL)
        return;
    sim_leave(rec);
    sim_events_flush(site);
    sim_done(control);
}

/* With its links cut nobody is told: a site that comes back empty. */
static void run_empty(struct sim_control *control, struct sim_site *site)
{
    static const enum sim_kind kinds[] = {SIM_USER, SIM_DEV};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct sim_recs *recs = &site->recs[kinds[i]];
        while (recs->count > 0)
            sim_leave(recs->at[recs->count - 1]);
    }
    sim_events_flush(site);
    sim_done(control);
}

static void relate(struct sim_control *control, struct sim_site *site, bool bind)
{
    struct sim_rec *user = sim_find_number(site, sim_arg(control, 1));
    const char *ipei = sim_arg(control, 2);
    struct sim_rec *dev =
        ipei[0] != '\0' || user == NULL ? find_device(site, ipei) : sim_device_of(user);
    if (user == NULL || dev == NULL) {
        sim_fail(control, "site %d has no such %s", site->number, user == NULL ? "user" : "device");
        return;
    }
    if (bind)
        sim_bind(user, dev, "Dynamic");
    else if (sim_device_of(user) == dev)
        sim_unbind(user, dev);
    else {
        sim_fail(control, "they are not bound to each other");
        return;
    }
    sim_events_flush(site);
    sim_done(control);
}

static void run_bind(struct sim_control *control, struct sim_site *site)
{
    relate(control, site, true);
}

static void run_unbind(struct sim_control *control, struct sim_site *site)
{
    relate(control, site, false);
}

/* name=… and data=… as an administrator of that OMM enters them; both empty: there is none any more. */
static void run_profile(struct sim_control *control, struct sim_site *site)
{
    struct sim_refusal refusal = {.code = AXI_V_NOTHING};
    const char *name = NULL, *data = NULL;
    bool changed = false;
    int64_t number = 0;
    if (!number_in(control, 1, 1, SIM_PROFILES, &number))
        return;
    for (size_t i = 2; i + 1 < com_ctl_args(control->root); i++) {
        const char *pair = sim_arg(control, i);
        if (strncmp(pair, "name=", 5) == 0) {
            name = pair + 5;
        } else if (strncmp(pair, "data=", 5) == 0) {
            data = pair + 5;
        } else {
            sim_fail(control, "'%s' is neither name=... nor data=...", pair);
            return;
        }
    }
    if (!sim_profile_set(site, number, name, data, &changed, &refusal)) {
        sim_fail_refusal(control, &refusal);
        return;
    }
    if (changed)
        sim_profile_tell(site, number);
    sim_done(control);
}

/* --- phones and sites ------------------------------------------------------------------------------------ */

static struct sim_site *site_of(struct sim_world *world, const char *text)
{
    int64_t number;
    if (!com_parse_int(text, &number) || number < 1 || number > world->site_count)
        return NULL;
    return &world->sites[number - 1];
}

static void run_locate(struct sim_control *control, struct sim_site *site)
{
    struct sim_phone *phone = sim_phone_of(control->world, sim_arg(control, 0));
    site = site_of(control->world, sim_arg(control, 1));
    const char *why = "";
    if (phone == NULL)
        sim_fail(control, "there is no phone %s", sim_arg(control, 0));
    else if (site == NULL)
        sim_fail(control, "there is no site %s", sim_arg(control, 1));
    else if (!sim_locate(phone, site, &why))
        sim_fail(control, "%s", why);
    else
        sim_done(control);
}

static void run_cut(struct sim_control *control, struct sim_site *site)
{
    sim_site_cut(site);
    sim_done(control);
}

static void run_heal(struct sim_control *control, struct sim_site *site)
{
    char error[256];
    if (site->link == SIM_RESTARTING)
        sim_fail(control, "site %d is restarting and comes back by itself", site->number);
    else if (!sim_site_heal(site, error, sizeof error))
        sim_fail(control, "%s", error);
    else
        sim_done(control);
}

static void run_restart(struct sim_control *control, struct sim_site *site)
{
    json_int_t down = com_ctl_int(control->root, "down", control->world->options->restart_ms);
    if (down < 0 || down > 3600000) {
        sim_fail(control, "--down is 0 to 3600000");
        return;
    }
    sim_site_restart(site, down);
    sim_done(control);
}

static void run_slow(struct sim_control *control, struct sim_site *site)
{
    int64_t ms;
    if (!number_in(control, 1, 0, 600000, &ms))
        return;
    site->slow_ms = ms;
    sim_done(control);
}

static void run_clock(struct sim_control *control, struct sim_site *site)
{
    int64_t seconds;
    if (!number_in(control, 1, -3000000000, 3000000000, &seconds))
        return;
    site->clock_offset_s = seconds;
    sim_done(control);
}

static void clear_faults(struct sim_site *site)
{
    site->fault = SIM_FAULT_NONE;
    site->fault_version = 0;
    site->fault_park[0] = '\0';
    site->fault_platform[0] = '\0';
}

static void run_fault(struct sim_control *control, struct sim_site *site)
{
    static const char *const names[] = {"none",     "mute",    "truncate",
                                        "oversize", "unknown", "garbage"};
    const char *name = sim_arg(control, 1), *value = sim_arg(control, 2);
    for (int i = 0; i < (int)(sizeof names / sizeof names[0]); i++) {
        if (strcmp(names[i], name) != 0)
            continue;
        clear_faults(site);
        site->fault = (enum sim_fault)i;
        sim_done(control);
        return;
    }
    if (strcmp(name, "version") == 0) {
        if (!number_in(control, 2, 1, 100000, &site->fault_version))
            return;
    } else if (strcmp(name, "park") == 0 && sim_park_valid(value)) {
        snprintf(site->fault_park, sizeof site->fault_park, "%s", value);
    } else if (strcmp(name, "platform") == 0 && value[0] != '\0' &&
               strlen(value) < sizeof site->fault_platform) {
        snprintf(site->fault_platform, sizeof site->fault_platform, "%s", value);
    } else {
        sim_fail(control, "'%s %s' is not a fault", name, value);
        return;
    }
    sim_done(control);
}

static void run_quit(struct sim_control *control, struct sim_site *site)
{
    (void)site;
    sim_done(control);
    raise(SIGTERM); /* comes in a later turn of the loop */
}

/* --- dispatch ---------------------------------------------------------------------------------------------- */

/* clang-format off */
static const struct sim_command commands[] = {
    {"sites", "", "the sites and how they are", 0, 0, false, sim_show_sites},
    {"dump", "SITE", "everything that a site has, as JSON, one record per line", 1, 1, true, sim_show_dump},
    {"users", "SITE", "users of a site", 1, 1, true, sim_show_users},
    {"devices", "SITE", "devices of a site", 1, 1, true, sim_show_devices},
    {"registrations", "[SITE]", "who is registered at SIP", 0, 1, true, sim_show_registrations},
    {"phones", "", "where every phone is", 0, 0, false, sim_show_phones},
    {"where", "IPEI-OR-NUMBER", "where a phone is and where its user is registered", 1, 1, false, sim_show_where},
    {"locate", "IPEI-OR-NUMBER SITE", "the phone appears at that site", 2, 2, false, run_locate},
    {"edit", "SITE NUMBER-OR-IPEI NAME=VALUE...", "change a user or device locally", 3, 64, true, run_edit},
    {"create", "SITE user|device NAME=VALUE...", "make a user (num=...) or a device (ipei=...)",
     3, 64, true, run_create},
    {"delete", "SITE NUMBER-OR-IPEI", "delete a user or device locally", 2, 2, true, run_delete},
    {"profiles", "SITE", "CoA profiles of a site", 1, 1, true, sim_show_profiles},
    {"profile", "SITE NUMBER [name=TEXT] [data=TEXT]", "change a CoA profile locally; both empty: none", 3, 4, true,
     run_profile},
    {"empty", "SITE", "delete all users and devices of a site locally", 1, 1, true, run_empty},
    {"bind", "SITE NUMBER IPEI", "log the user in at the phone", 3, 3, true, run_bind},
    {"unbind", "SITE NUMBER [IPEI]", "log the user out", 2, 3, true, run_unbind},
    {"cut", "SITE", "drop the site's links and refuse new ones", 1, 1, true, run_cut},
    {"heal", "SITE", "undo cut", 1, 1, true, run_heal},
    {"slow", "SITE MS", "delay what the site sends; 0: no more", 2, 2, true, run_slow},
    {"restart", "SITE [--down MS]", "restart the OMM", 1, 1, true, run_restart},
    {"clock", "SITE SECONDS", "set the site's clock wrong by so much", 2, 2, true, run_clock},
    {"fault", "SITE mute|truncate|oversize|garbage|unknown|version N|park HEX|platform WORD|none",
     "misbehave", 2, 3, true, run_fault},
    {"remotes", "", "how the sites stand with their central OMM", 0, 0, false, sim_show_remotes},
    {"stats", "", "sessions, bytes and requests by name", 0, 0, false, sim_show_stats},
    {"quit", "", "end", 0, 0, false, run_quit},
};
/* clang-format on */

const struct sim_command *sim_commands(size_t *ret_count)
{
    *ret_count = sizeof commands / sizeof commands[0];
    return commands;
}

static const struct sim_command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static void on_request(void *user, struct com_ctl_request *request, json_t *root)
{
    struct sim_control control = {.world = user, .request = request, .root = root};
    const char *name = com_ctl_arg(root, 0);
    const struct sim_command *command = name != NULL ? find_command(name) : NULL;
    size_t args = com_ctl_args(root) - (name != NULL);
    if (command == NULL || args < command->min || args > command->max) {
        char text[256];
        snprintf(text, sizeof text, "usage: %s %s", command != NULL ? command->name : "COMMAND",
                 command != NULL ? command->args : "(see help)");
        com_ctl_end(request, COM_EXIT_USAGE, text);
        return;
    }
    struct sim_site *site = NULL;
    if (command->site && args > 0 && (site = site_of(user, sim_arg(&control, 0))) == NULL) {
        sim_fail(&control, "there is no site %s", sim_arg(&control, 0));
        return;
    }
    command->run(&control, site);
}

struct com_ctl *sim_control_new(struct sim_world *world, const char *path, char *error, size_t max)
{
    struct com_ctl_options options = {.path = path, .handler = on_request, .user = world};
    return com_ctl_new(world->loop, &options, error, max);
}
