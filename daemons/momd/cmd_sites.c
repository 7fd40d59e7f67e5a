/*
 * Commands about sites.
 */
#include "momd.h"
#include "rows.h"

#include <com/cli.h>

#include <stdio.h>
#include <string.h>

/* The site of an argument; ends the request when there is none. */
static struct site *named_site(const struct call *call)
{
    const char *name = call_arg(call, 0);
    struct site *site = site_by_name(call->host, name);
    if (!site)
        call_end(call, COM_EXIT_REFUSED, "there is no site %s", name);
    return site;
}

void cmd_sites_list(const struct call *call)
{
    struct com_json json;
    com_json_init(&json);
    for (size_t i = 0; i < call->host->site_count; i++) {
        com_json_object(&json);
        row_site(call->host, call->host->sites[i], &json);
        com_json_end(&json);
        (void)call_row(call->request, &json);
    }
    com_json_done(&json);
    call_end(call, COM_EXIT_OK, NULL);
}

void cmd_sites_show(const struct call *call)
{
    const struct site *site = named_site(call);
    struct com_json json;
    if (!site)
        return;
    com_json_init(&json);
    com_json_object(&json);
    row_site_whole(call->host, site, &json);
    com_json_end(&json);
    (void)call_row(call->request, &json);
    com_json_done(&json);
    call_end(call, COM_EXIT_OK, NULL);
}

/* --- taking options into a configuration ------------------------------------------------------------- */

static const char *take_text(const json_t *root, const char *option, char *ret_text, size_t max,
                             const char *error)
{
    const char *text = com_ctl_text(root, option, NULL);
    if (!text)
        return NULL;
    if (strlen(text) >= max)
        return error;
    memcpy(ret_text, text, strlen(text) + 1);
    return NULL;
}

static const char *take_check(const json_t *root, struct site_conf *conf)
{
    const char *text = com_ctl_text(root, "check", NULL);
    if (!text)
        return NULL;
    if (strcmp(text, "default") == 0) {
        conf->check = SITE_CHECK_DEFAULT;
        return NULL;
    }
    for (int i = 0; com_tls_check_names[i]; i++) {
        if (strcmp(text, com_tls_check_names[i]) == 0) {
            conf->check = i;
            return NULL;
        }
    }
    return "--check is one of ca, pinned, none, default";
}

/* UNSET without the option. */
static const char *take_policy(const json_t *root, enum mom_policy *ret_policy)
{
    const char *text = com_ctl_text(root, "policy", NULL);
    *ret_policy = text ? mom_policy_of(host_str(text)) : MOM_POLICY_UNSET;
    if (!text || *ret_policy != MOM_POLICY_UNSET)
        return NULL;
#define POLICY_NAME(id, code, name, what) " " name
    return "--policy is one of:" MOM_POLICIES(POLICY_NAME) " default";
#undef POLICY_NAME
}

static bool address_is_good(const char *address, bool plain)
{
    char host[SITE_ADDRESS_SIZE];
    int port;
    return site_parse_address(address, plain, host, sizeof host, &port);
}

/* NULL, or what is wrong. */
static const char *take_options(const struct call *call, struct site_conf *conf)
{
    const json_t *root = call->root;
    const char *password = com_ctl_text(root, "password", NULL);
    const char *wrong = take_text(root, "address", conf->address[0], sizeof conf->address[0],
                                  "the address is too long");
    if (!wrong)
        wrong = take_text(root, "standby", conf->address[1], sizeof conf->address[1],
                          "the standby address is too long");
    if (!wrong)
        wrong = take_text(root, "user", conf->user, sizeof conf->user, "the user name is too long");
    if (!wrong)
        wrong = take_check(root, conf);
    if (wrong)
        return wrong;
    if (com_ctl_bool(root, "plain", false))
        conf->plain = true;
    if (com_ctl_bool(root, "tls", false))
        conf->plain = false;
    if (com_ctl_bool(root, "disabled", false))
        conf->enabled = false;
    if (com_ctl_bool(root, "forget_certificate", false))
        conf->fingerprint[0] = '\0';
    if (!address_is_good(conf->address[0], conf->plain) ||
        (conf->address[1][0] && !address_is_good(conf->address[1], conf->plain)))
        return "an address is HOST, HOST:PORT or [IPV6]:PORT";
    if (site_check(call->host, conf) == COM_TLS_CHECK_CA && !conf->plain &&
        !call->host->settings->ca_file[0])
        return "the check ca needs [tls] ca-file in the configuration";
    if (password && site_seal_password(call->host, conf, password) != 0)
        return "the password is too long";
    return NULL;
}

void cmd_sites_add(const struct call *call)
{
    const char *name = call_arg(call, 0), *address = call_arg(call, 1), *wrong;
    enum mom_policy policy;
    struct site_conf conf = {.enabled = true, .check = SITE_CHECK_DEFAULT, .user = "omm"};
    if (!site_name_is_good(name)) {
        call_end(call, COM_EXIT_USAGE,
                 "a site's name has up to 63 characters, without blanks and / \\ \" ,");
        return;
    }
    if (site_by_name(call->host, name)) {
        call_end(call, COM_EXIT_REFUSED, "there is already a site %s", name);
        return;
    }
    if (strlen(address) >= sizeof conf.address[0] || !com_ctl_text(call->root, "password", NULL)) {
        call_end(call, COM_EXIT_USAGE, "a site needs an address and a password");
        return;
    }
    memcpy(conf.address[0], address, strlen(address) + 1);
    memcpy(conf.name, name, strlen(name) + 1);
    conf.number = site_new_number(call->host);
    wrong = take_policy(call->root, &policy);
    if (!wrong)
        wrong = take_options(call, &conf);
    if (wrong)
        call_end(call, COM_EXIT_USAGE, "%s", wrong);
    else if (conf.number == 0)
        call_end(call, COM_EXIT_REFUSED, "the limit of sites is reached");
    else
        call_end_rc(call, site_add(call->host, &conf, policy));
    com_wipe(&conf, sizeof conf);
}

void cmd_sites_set(const struct call *call)
{
    struct site *site = named_site(call);
    struct site_conf conf;
    enum mom_policy policy;
    if (!site)
        return;
    conf = site->conf;
    const char *wrong = take_policy(call->root, &policy);
    if (!wrong)
        wrong = take_options(call, &conf);
    if (wrong)
        call_end(call, COM_EXIT_USAGE, "%s", wrong);
    else
        call_end_rc(call, site_change(call->host, site, &conf, policy));
    com_wipe(&conf, sizeof conf);
}

/* --- several at a time ------------------------------------------------------------------------------------ */

static int switch_site(const struct call *call, const char *name, bool enabled, char *ret_error,
                       size_t max)
{
    struct site *site = site_by_name(call->host, name);
    struct site_conf conf;
    if (!site) {
        snprintf(ret_error, max, "there is no site %s", name);
        return -1;
    }
    conf = site->conf;
    conf.enabled = enabled;
    int rc = site_change(call->host, site, &conf, MOM_POLICY_UNSET);
    snprintf(ret_error, max, "%s", mom_err_text(rc));
    return rc == MOM_OK ? 0 : -1;
}

static int enable(const struct call *call, const char *name, char *ret_error, size_t max)
{
    return switch_site(call, name, true, ret_error, max);
}

static int disable(const struct call *call, const char *name, char *ret_error, size_t max)
{
    return switch_site(call, name, false, ret_error, max);
}

static int remove_one(const struct call *call, const char *name, char *ret_error, size_t max)
{
    struct site *site = site_by_name(call->host, name);
    if (!site) {
        snprintf(ret_error, max, "there is no site %s", name);
        return -1;
    }
    int rc = site_remove(call->host, site);
    snprintf(ret_error, max, "%s", mom_err_text(rc));
    return rc == MOM_OK ? 0 : -1;
}

void cmd_sites_enable(const struct call *call)
{
    call_for_each(call, enable);
}

void cmd_sites_disable(const struct call *call)
{
    call_for_each(call, disable);
}

void cmd_sites_remove(const struct call *call)
{
    call_for_each(call, remove_one);
}
