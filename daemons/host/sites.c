/*
 * Sites in memory and in the store. The value of a setting site/NAME is a JSON object, so that later versions can add
 * to it.
 */
#include "sites.h"
#include "link.h"

#include <com/log.h>
#include <com/text.h>
#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX        "site/"
#define NAME_KEY_SIZE (sizeof PREFIX + SITE_NAME_SIZE)

/* --- finding ------------------------------------------------------------------------------------- */

struct site *site_by_name(const struct host *host, const char *name)
{
    for (size_t i = 0; i < host->site_count; i++) {
        if (strcmp(host->sites[i]->conf.name, name) == 0)
            return host->sites[i];
    }
    return NULL;
}

struct site *site_by_number(const struct host *host, mom_site number)
{
    size_t low = 0, high = host->site_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (host->sites[middle]->conf.number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < host->site_count && host->sites[low]->conf.number == number ? host->sites[low]
                                                                             : NULL;
}

/* A number that was used is used again only when no other is left: stamps of its changes may still exist. */
mom_site site_new_number(const struct host *host)
{
    struct mom_limits limits = {
#define DEFAULT(name, value, why) .name = (value),
        MOM_LIMITS(DEFAULT)
#undef DEFAULT
    };
    mom_site highest = host->site_count ? host->sites[host->site_count - 1]->conf.number : 0;
    if (highest < limits.sites)
        return highest + 1;
    for (mom_site number = 1; number <= limits.sites; number++) {
        if (!site_by_number(host, number))
            return number;
    }
    return 0;
}

/* --- names and addresses --------------------------------------------------------------------------- */

bool site_name_is_good(const char *name)
{
    size_t len = strlen(name);
    if (len == 0 || len >= SITE_NAME_SIZE || name[0] == '-' || com_has_controls(name))
        return false;
    for (size_t i = 0; i < len; i++) {
        if (strchr(" /\"\\,", name[i]))
            return false;
    }
    return true;
}

bool site_parse_address(const char *address, bool plain, char *ret_host, size_t max, int *ret_port)
{
    const char *host = address, *port = NULL;
    size_t len = strlen(address);
    int64_t value = plain ? SITE_PORT_PLAIN : SITE_PORT_TLS;
    if (address[0] == '[') {
        const char *end = strchr(address, ']');
        if (!end || (end[1] != '\0' && end[1] != ':'))
            return false;
        host = address + 1;
        len = (size_t)(end - host);
        port = end[1] == ':' ? end + 2 : NULL;
    } else if (strchr(address, ':') && strchr(address, ':') == strrchr(address, ':')) {
        len = strcspn(address, ":");
        port = address + len + 1;
    }
    if (len == 0 || len >= max || strcspn(host, " \t/@\"\\") < len)
        return false;
    if (port && (!com_parse_int(port, &value) || value < 1 || value > 65535))
        return false;
    memcpy(ret_host, host, len);
    ret_host[len] = '\0';
    *ret_port = (int)value;
    return true;
}

enum com_tls_check site_check(const struct host *host, const struct site_conf *conf)
{
    return (enum com_tls_check)(conf->check == SITE_CHECK_DEFAULT ? host->settings->tls_check
                                                                  : conf->check);
}

/* --- passwords -------------------------------------------------------------------------------------- */

int site_seal_password(const struct host *host, struct site_conf *conf, const char *password)
{
    uint8_t plain[SITE_NAME_SIZE + SITE_ACCOUNT_MAX];
    size_t name_len = strlen(conf->name) + 1, len = strlen(password);
    if (len > SITE_ACCOUNT_MAX)
        return -1;
    memcpy(plain, conf->name, name_len);
    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): bytes, no text */
    memcpy(plain + name_len, password, len);
    struct com_bytes bytes = {plain, name_len + len};
    int rc = com_seal(host->keys.now, bytes, conf->sealed, sizeof conf->sealed, &conf->sealed_len);
    com_wipe(plain, sizeof plain);
    return rc;
}

int site_open_password(const struct host *host, const struct site_conf *conf, char *ret_password,
                       size_t max)
{
    char plain[SITE_NAME_SIZE + SITE_ACCOUNT_MAX];
    size_t name_len = strlen(conf->name) + 1, len = 0;
    struct com_bytes blob = {conf->sealed, conf->sealed_len};
    int rc = com_open(host->keys.now, blob, (uint8_t *)plain, sizeof plain, &len);
    if (rc != 0 && host->keys.has_old)
        rc = com_open(host->keys.old, blob, (uint8_t *)plain, sizeof plain, &len);
    if (rc == 0 &&
        (len < name_len || memcmp(plain, conf->name, name_len) != 0 || len - name_len >= max))
        rc = -1;
    if (rc == 0) {
        memcpy(ret_password, plain + name_len, len - name_len);
        ret_password[len - name_len] = '\0';
    }
    com_wipe(plain, sizeof plain);
    return rc;
}

void sites_reseal(struct host *host)
{
    for (size_t i = 0; i < host->site_count && host->keys.has_old; i++) {
        struct site_conf *conf = &host->sites[i]->conf;
        char password[SITE_ACCOUNT_MAX + 1];
        if (site_open_password(host, conf, password, sizeof password) == 0 &&
            site_seal_password(host, conf, password) == 0 && site_store(host, conf) != MOM_OK)
            com_error("site %s: out of memory", conf->name);
        com_wipe(password, sizeof password);
    }
}

/* --- as a setting ------------------------------------------------------------------------------------ */

static void to_hex(const uint8_t *bytes, size_t len, char *ret_text)
{
    for (size_t i = 0; i < len; i++)
        snprintf(ret_text + 2 * i, 3, "%02x", bytes[i]);
    ret_text[2 * len] = '\0';
}

static bool from_hex(const char *text, uint8_t *ret_bytes, size_t max, size_t *ret_len)
{
    size_t len = strlen(text);
    if (len % 2 != 0 || len / 2 > max || strspn(text, "0123456789abcdef") != len)
        return false;
    for (size_t i = 0; i < len / 2; i++) {
        const char digits[3] = {text[2 * i], text[2 * i + 1], '\0'};
        ret_bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    *ret_len = len / 2;
    return true;
}

static void encode(const struct site_conf *conf, struct com_json *json)
{
    char sealed[2 * sizeof conf->sealed + 1];
    to_hex(conf->sealed, conf->sealed_len, sealed);
    com_json_object(json);
    com_json_set_int(json, "v", 1);
    com_json_set_int(json, "number", conf->number);
    com_json_set_text(json, "address", conf->address[0]);
    com_json_set_text(json, "standby", conf->address[1]);
    com_json_set_text(json, "user", conf->user);
    com_json_set_text(json, "password", sealed);
    com_json_set_bool(json, "enabled", conf->enabled);
    com_json_set_bool(json, "plain", conf->plain);
    com_json_set_int(json, "check", conf->check);
    com_json_set_text(json, "fingerprint", conf->fingerprint);
    com_json_set_bool(json, "calls", conf->calls);
    com_json_set_text(json, "park", conf->park);
    com_json_end(json);
}

static bool take_text(const json_t *root, const char *key, char *ret_text, size_t max)
{
    const char *text = json_string_value(json_object_get(root, key));
    if (!text || strlen(text) >= max)
        return false;
    memcpy(ret_text, text, strlen(text) + 1);
    return true;
}

static bool decode(struct mom_str name, struct mom_str value, struct site_conf *ret_conf)
{
    struct site_conf conf = {0};
    json_t *root = json_loadb(value.ptr, value.len, 0, NULL);
    const char *sealed = json_string_value(json_object_get(root, "password"));
    json_int_t number = json_integer_value(json_object_get(root, "number"));
    json_int_t check = json_integer_value(json_object_get(root, "check"));
    bool good = name.len < sizeof conf.name && number > 0 && number <= UINT32_MAX &&
                check >= SITE_CHECK_DEFAULT && check <= COM_TLS_CHECK_CA && sealed &&
                from_hex(sealed, conf.sealed, sizeof conf.sealed, &conf.sealed_len) &&
                take_text(root, "address", conf.address[0], sizeof conf.address[0]) &&
                take_text(root, "standby", conf.address[1], sizeof conf.address[1]) &&
                take_text(root, "user", conf.user, sizeof conf.user) &&
                take_text(root, "fingerprint", conf.fingerprint, sizeof conf.fingerprint);
    if (good) {
        memcpy(conf.name, name.ptr, name.len);
        conf.number = (mom_site)number;
        conf.enabled = json_is_true(json_object_get(root, "enabled"));
        conf.plain = json_is_true(json_object_get(root, "plain"));
        conf.calls = json_is_true(json_object_get(root, "calls"));
        (void)take_text(root, "park", conf.park, sizeof conf.park); /* may be missing */
        conf.check = (int)check;
        *ret_conf = conf;
    }
    json_decref(root);
    return good;
}

int site_store(struct host *host, const struct site_conf *conf)
{
    char key[NAME_KEY_SIZE];
    struct com_json json;
    com_json_init(&json);
    encode(conf, &json);
    snprintf(key, sizeof key, PREFIX "%s", conf->name);
    const char *text = com_json_done_text(&json);
    int rc = text ? host_setting(host, key, text) : MOM_ENOMEM;
    com_json_done(&json);
    return rc;
}

/* --- in memory ---------------------------------------------------------------------------------------- */

/* Keep the order of numbers. NULL when memory is out. */
static struct site *insert(struct host *host, const struct site_conf *conf)
{
    struct site *site = calloc(1, sizeof *site);
    struct site **sites = realloc(host->sites, (host->site_count + 1) * sizeof(struct site *));
    if (sites)
        host->sites = sites;
    if (!site || !sites) {
        free(site);
        return NULL;
    }
    site->conf = *conf;
    size_t at = host->site_count++;
    for (; at > 0 && sites[at - 1]->conf.number > conf->number; at--)
        sites[at] = sites[at - 1];
    sites[at] = site;
    return site;
}

static void take_out(struct host *host, struct site *site)
{
    size_t at = 0;
    while (host->sites[at] != site)
        at++;
    host->site_count--;
    memmove(host->sites + at, host->sites + at + 1,
            (host->site_count - at) * sizeof(struct site *));
    link_free(site->link);
    com_wipe(&site->conf, sizeof site->conf);
    free(site);
}

/* A site that is known stays as it is; a number can only be one site's. */
static int take_in(struct host *host, const struct site_conf *conf)
{
    if (site_by_name(host, conf->name))
        return 0;
    const struct site *other = site_by_number(host, conf->number);
    if (!other)
        return insert(host, conf) ? 0 : -1;
    com_error("site %s: it has the number of site %s: ignored; add it anew", conf->name,
              other->conf.name);
    return 0;
}

int sites_load(struct host *host)
{
    struct mom_view *view;
    struct mom_attr setting;
    char name[NAME_KEY_SIZE] = PREFIX;
    int rc = mom_view_open(host->engine, &view);
    if (rc != MOM_OK)
        return -1;
    while (mom_view_next_setting(view, host_str(name), &setting)) {
        struct site_conf conf;
        size_t prefix = strlen(PREFIX);
        if (setting.name.len <= prefix || memcmp(setting.name.ptr, PREFIX, prefix) != 0 ||
            setting.name.len >= sizeof name)
            break;
        memcpy(name, setting.name.ptr, setting.name.len);
        name[setting.name.len] = '\0';
        if (!decode(host_str(name + prefix), setting.value, &conf))
            com_error("site %s: what the store has of it makes no sense: ignored", name + prefix);
        else if (take_in(host, &conf) != 0)
            rc = -1;
    }
    if (mom_view_error(view) != MOM_OK)
        rc = -1;
    mom_view_close(view);
    return rc;
}

int sites_adopt(struct host *host)
{
    int rc = host->broken ? 0 : sites_load(host);
    for (size_t i = 0; i < host->site_count && !host->broken && !host->stopping; i++) {
        if (!host->sites[i]->link && link_start(host, host->sites[i]) != 0)
            rc = -1;
    }
    return rc;
}

void sites_free(struct host *host)
{
    while (host->site_count > 0)
        take_out(host, host->sites[host->site_count - 1]);
    free(host->sites);
    host->sites = NULL;
}

/* --- changes by an administrator ------------------------------------------------------------------------ */

static int input_site(struct host *host, const struct site_conf *conf, enum mom_policy policy)
{
    struct mom_input input = {.kind = MOM_IN_SITE_ADD,
                              .site = conf->number,
                              .name = host_str(conf->name),
                              .policy = policy};
    return host_input(host, &input);
}

int site_add(struct host *host, const struct site_conf *conf, enum mom_policy policy)
{
    int rc = input_site(host, conf, policy);
    if (rc == MOM_OK)
        rc = site_store(host, conf);
    if (rc == MOM_OK)
        rc = host_step(host);
    if (rc != MOM_OK)
        return rc;
    struct site *site = insert(host, conf);
    if (!site)
        return MOM_ENOMEM;
    com_notice("site %s: added, number %u, %s", conf->name, (unsigned)conf->number,
               conf->address[0]);
    return link_start(host, site) == 0 ? MOM_OK : MOM_ENOMEM;
}

static bool needs_new_link(const struct site_conf *a, const struct site_conf *b)
{
    return strcmp(a->address[0], b->address[0]) != 0 || strcmp(a->address[1], b->address[1]) != 0 ||
           strcmp(a->user, b->user) != 0 || a->sealed_len != b->sealed_len ||
           memcmp(a->sealed, b->sealed, a->sealed_len) != 0 || a->plain != b->plain ||
           a->check != b->check || strcmp(a->park, b->park) != 0 ||
           strcmp(a->fingerprint, b->fingerprint) != 0;
}

bool site_is_same(const struct site_conf *a, const struct site_conf *b)
{
    return !needs_new_link(a, b) && a->enabled == b->enabled && a->calls == b->calls;
}

int site_change(struct host *host, struct site *site, const struct site_conf *conf,
                enum mom_policy policy)
{
    int rc = site_store(host, conf);
    if (rc == MOM_OK && policy != MOM_POLICY_UNSET)
        rc = input_site(host, conf, policy);
    if (rc == MOM_OK)
        rc = host_step(host);
    if (rc != MOM_OK)
        return rc;
    bool renew = needs_new_link(&site->conf, conf);
    bool enabled = site->conf.enabled;
    site->conf = *conf;
    com_notice("site %s: changed%s", conf->name,
               conf->enabled == enabled ? ""
               : conf->enabled          ? ", enabled"
                                        : ", disabled");
    if (!site->link)
        return link_start(host, site) == 0 ? MOM_OK : MOM_ENOMEM;
    if (renew)
        link_renew(site->link);
    else if (conf->enabled)
        link_enable(site->link, true);
    if (!conf->enabled)
        link_enable(site->link, false);
    return MOM_OK;
}

int site_remove(struct host *host, struct site *site)
{
    char key[NAME_KEY_SIZE];
    struct mom_input down = {.kind = MOM_IN_DOWN, .site = site->conf.number};
    struct mom_input remove = {.kind = MOM_IN_SITE_REMOVE, .site = site->conf.number};
    snprintf(key, sizeof key, PREFIX "%s", site->conf.name);
    int rc = host_input(host, &down);
    if (rc == MOM_OK)
        rc = host_input(host, &remove);
    if (rc == MOM_OK)
        rc = host_setting(host, key, NULL);
    if (rc == MOM_OK)
        rc = host_step(host);
    if (rc != MOM_OK)
        return rc;
    com_notice("site %s: removed", site->conf.name);
    take_out(host, site);
    links_dial_waiting(host); /* another one may have waited for its connection */
    return MOM_OK;
}
