/*
 * Commands about who connects to the central node: names of our own nodes, accounts of vendor's remotes.
 */
#include "neighbour.h"
#include "rows.h"
#include "vendor.h"

#include <com/cli.h>

#include <stdio.h>
#include <string.h>

static bool needs_central(const struct call *call)
{
    if (is_central(settings_of(call->host)))
        return true;
    call_end(call, COM_EXIT_REFUSED, "this is a remote node: ask the central one");
    return false;
}

/* --- list ------------------------------------------------------------------------------------------------- */

static void set_park(const struct host *host, mom_site number, struct com_json *json)
{
    struct mom_site_info known;
    char hex[MOM_PARK_HEX_LEN + 1] = "";
    if (mom_engine_site(host->engine, number, &known) && known.park.pli)
        mom_park_hex(known.park, hex);
    com_json_set_text(json, "park", hex);
}

static void list_node(struct star *star, uint32_t node, struct com_json *json)
{
    const struct peer *peer = peer_by_node(star, node);
    const struct neighbour *note = neighbour_of(star, node);
    struct mom_neighbour_info known;
    if (!mom_engine_neighbour(star->host->engine, node, &known) || !note)
        return;
    com_json_set_text(json, "name", known.name);
    com_json_set_text(json, "kind", "node");
    com_json_set_int(json, "node", (int64_t)(node - HOST_NODE_FIRST));
    com_json_set_int(json, "site", (int64_t)(node - HOST_NODE_FIRST));
    com_json_set_text(json, "user", settings_of(star->host)->remotes_user);
    com_json_set_text(json, "state", known.state);
    row_time(json, "last_seen", peer && peer->opened ? com_wall_ms() : note->last_seen_ms);
}

static void list_state(const struct star *star, const struct site *site, struct com_json *json)
{
    struct mom_uds_info info;
    const char *where;
    if (vendor_info(star, site->conf.number, &info, &where))
        com_json_set_text(json, "state", mom_uds_state_name(info.state));
}

void cmd_remotes_list(const struct call *call)
{
    struct star *star = star_of(call->host);
    struct com_json json;
    if (!needs_central(call))
        return;
    com_json_init(&json);
    for (uint32_t node = 0; (node = mom_engine_next_neighbour(call->host->engine, node)) != 0;) {
        com_json_object(&json);
        list_node(star, node, &json);
        com_json_end(&json);
        (void)call_row(call->request, &json);
    }
    for (size_t i = 0; i < call->host->site_count; i++) {
        const struct site *site = call->host->sites[i];
        if (!site->conf.calls)
            continue;
        com_json_object(&json);
        com_json_set_text(&json, "name", site->conf.name);
        com_json_set_text(&json, "kind", "vendor");
        com_json_set_int(&json, "site", site->conf.number);
        set_park(call->host, site->conf.number, &json);
        com_json_set_text(&json, "user", site->conf.user);
        list_state(star, site, &json);
        com_json_end(&json);
        (void)call_row(call->request, &json);
    }
    com_json_done(&json);
    call_end(call, COM_EXIT_OK, NULL);
}

/* --- vendor's remotes --------------------------------------------------------------------------------------- */

static mom_site new_number(const struct host *host)
{
    mom_site number = VENDOR_FIRST;
    for (size_t i = 0; i < host->site_count; i++) {
        if (host->sites[i]->conf.number >= number)
            number = host->sites[i]->conf.number + 1;
    }
    return number;
}

/* NULL, or what is wrong. */
static const char *take_options(const struct call *call, struct site_conf *conf)
{
    const char *user = com_ctl_text(call->root, "user", NULL);
    const char *password = com_ctl_text(call->root, "password", NULL);
    const char *park_text = com_ctl_text(call->root, "park", NULL);
    struct mom_park park = {0};
    if (user && (!user[0] || strlen(user) > SITE_ACCOUNT_MAX))
        return "the user name is empty or too long";
    if (user)
        memcpy(conf->user, user, strlen(user) + 1);
    if (park_text && mom_park_parse(host_str(park_text), &park) != MOM_OK &&
        mom_park_parse_printed(host_str(park_text), &park) != MOM_OK)
        return "--park takes 10 hexadecimal digits or a printed PARK";
    if (park_text)
        mom_park_hex(park, conf->park);
    if (!conf->park[0])
        return "a remote OMM needs --park, for it does not tell its PARK itself";
    if (password && site_seal_password(call->host, conf, password) != 0)
        return "the password is too long";
    for (size_t i = 0; i < call->host->site_count; i++) {
        const struct site_conf *other = &call->host->sites[i]->conf;
        if (other->calls && other->number != conf->number && strcmp(other->user, conf->user) == 0)
            return "another remote OMM has this user name: by it they are told apart";
    }
    return NULL;
}

void cmd_remotes_add(const struct call *call)
{
    const char *name = call_arg(call, 0), *wrong;
    struct site_conf conf = {.enabled = true, .calls = true, .check = SITE_CHECK_DEFAULT};
    if (!needs_central(call))
        return;
    if (!site_name_is_good(name) || host_number(call->host, name)) {
        call_end(call, COM_EXIT_REFUSED, "%s: no name for a remote, or there is one with this name",
                 name);
        return;
    }
    if (!remotes_have_room(star_of(call->host))) {
        call_end(call, COM_EXIT_REFUSED, "there are %lld remotes already: see [remotes] max",
                 (long long)settings_of(call->host)->max_remotes);
        return;
    }
    memcpy(conf.name, name, strlen(name) + 1);
    memcpy(conf.user, name, strlen(name) + 1);
    conf.number = new_number(call->host);
    wrong = com_ctl_text(call->root, "password", NULL) ? take_options(call, &conf)
                                                       : "a remote OMM needs a password";
    if (wrong) {
        call_end(call, COM_EXIT_USAGE, "%s", wrong);
    } else {
        int rc = site_add(call->host, &conf, MOM_POLICY_UNSET);
        (void)vendors_look(star_of(call->host));
        call_end_rc(call, rc);
    }
    com_wipe(&conf, sizeof conf);
}

/* A node of our own has a name here, and nothing else. */
static void rename_node(const struct call *call, uint32_t node)
{
    const char *name = com_ctl_text(call->root, "name", NULL);
    struct mom_input input = {.kind = MOM_IN_NODE_ADD, .node = node, .name = host_str(name)};
    if (!name || com_ctl_text(call->root, "user", NULL) ||
        com_ctl_text(call->root, "password", NULL) || com_ctl_text(call->root, "park", NULL))
        call_end(call, COM_EXIT_USAGE, "of a node only its name can be set, with --name");
    else if (!site_name_is_good(name) || host_number(call->host, name))
        call_end(call, COM_EXIT_REFUSED, "%s: no name for a node, or there is one with this name",
                 name);
    else
        call_end_rc(call, host_change(call->host, &input));
}

void cmd_remotes_set(const struct call *call)
{
    uint32_t number = host_number(call->host, call_arg(call, 0));
    struct site *site = number < HOST_NODE_FIRST ? site_by_number(call->host, number) : NULL;
    struct site_conf conf;
    if (!needs_central(call))
        return;
    if (number >= HOST_NODE_FIRST) {
        rename_node(call, number);
        return;
    }
    if (!site || !site->conf.calls) {
        call_end(call, COM_EXIT_REFUSED, "there is no remote %s", call_arg(call, 0));
        return;
    }
    conf = site->conf;
    const char *wrong = com_ctl_text(call->root, "name", NULL)
                            ? "a remote OMM keeps its name: only a node of our own gets another"
                            : take_options(call, &conf);
    if (wrong) {
        call_end(call, COM_EXIT_USAGE, "%s", wrong);
    } else {
        int rc = site_change(call->host, site, &conf, MOM_POLICY_UNSET);
        (void)vendors_look(star_of(call->host));
        call_end_rc(call, rc);
    }
    com_wipe(&conf, sizeof conf);
}

static int remove_one(const struct call *call, const char *name, char *ret_error, size_t max)
{
    struct site *site = site_by_name(call->host, name);
    if (!site || !site->conf.calls) {
        snprintf(ret_error, max, "there is no remote OMM %s", name);
        return -1;
    }
    int rc = site_remove(call->host, site);
    (void)vendors_look(star_of(call->host));
    snprintf(ret_error, max, "%s", mom_err_text(rc));
    return rc == MOM_OK ? 0 : -1;
}

void cmd_remotes_remove(const struct call *call)
{
    if (needs_central(call))
        call_for_each(call, remove_one);
}

static int forget_one(const struct call *call, const char *name, char *ret_error, size_t max)
{
    struct star *star = star_of(call->host);
    uint32_t node = host_number(call->host, name);
    struct mom_input input = {.kind = MOM_IN_NODE_REMOVE, .node = node};
    struct peer *peer = peer_by_node(star, node);
    if (node < HOST_NODE_FIRST) {
        snprintf(ret_error, max, "there is no node %s", name);
        return -1;
    }
    if (peer)
        peer_replace(peer);
    int rc = host_change(call->host, &input);
    snprintf(ret_error, max, "%s",
             call->host->answer.text[0] ? call->host->answer.text : mom_err_text(rc));
    return rc == MOM_OK ? 0 : -1;
}

void cmd_remotes_forget(const struct call *call)
{
    if (needs_central(call))
        call_for_each(call, forget_one);
}
