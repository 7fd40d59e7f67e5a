/*
 * The OMM beside this node. It is a site of the host whose configuration comes from the settings; only what was learnt
 * of it (the certificate) is kept in the store.
 *
 * When it may take part: at a remote node after the first agreement with the centre, for until then nobody knows the
 * SARI, nor which of its records the others have already, and after what it has of its own was looked at (first.c). At
 * the central node it is looked at too, once. With a store that is an older copy another node goes first.
 */
#include "link.h"
#include "first.h"
#include "vendor.h"

#include <com/log.h>
#include <com/secret.h>

#include <stdio.h>
#include <string.h>

static const struct site *own_omm(const struct star *star)
{
    return site_by_number(star->host, (mom_site)settings_of(star->host)->node);
}

/* Kept as a setting, for after a start the centre is often there before the OMM is. */
#define KIND "omm/kind"

static void load_kind(struct star *star)
{
    char text[64];
    unsigned platform = 0;
    long long version = 0;
    if (!host_read_setting(star->host, KIND, text, sizeof text))
        return;
    /* NOLINTNEXTLINE(cert-err34-c): what is no number is not known */
    if (sscanf(text, "%lld %u", &version, &platform) == 2 && platform < MOM_PLATFORM_COUNT)
        star->omm = (struct omm_kind){version, (enum mom_platform)platform};
}

void omm_look_kind(struct star *star)
{
    const struct site *site = own_omm(star);
    struct mom_site_info known;
    struct mom_omm_info info;
    char text[64];
    if (!site || !site->link || !mom_engine_site(star->host->engine, site->conf.number, &known))
        return;
    link_info(site->link, &info);
    if (info.omm_version[0] && strcmp(info.omm_version, star->omm_release) != 0) {
        snprintf(star->omm_release, sizeof star->omm_release, "%s", info.omm_version);
        vendors_tell_omm(star);
    }
    if (info.state < MOM_OMM_PREPARING || info.state > MOM_OMM_STEADY)
        return; /* what is known is not of this conversation */
    struct omm_kind kind = {info.protocol_version ? info.protocol_version : star->omm.version,
                            known.platform ? known.platform : star->omm.platform};
    if (kind.version == star->omm.version && kind.platform == star->omm.platform)
        return;
    star->omm = kind;
    snprintf(text, sizeof text, "%lld %u", (long long)kind.version, (unsigned)kind.platform);
    (void)host_setting(star->host, KIND, text); /* out of memory: asked again at the next start */
    peers_tell_omm(star);
    vendors_tell_omm(star);
}

static bool is_replaced(const struct star *star)
{
    char text[8];
    return host_read_setting(star->host, OMM_REPLACED, text, sizeof text);
}

/* How the first synchronisation was decided. */
enum decision { UNDECIDED, DECIDED, BEGINS_STAR };

static enum decision decision_of(const struct star *star)
{
    char how[32];
    if (!host_read_setting(star->host, OMM_DECIDED, how, sizeof how))
        return UNDECIDED;
    return strcmp(how, OMM_BEGINS) == 0 ? BEGINS_STAR : DECIDED;
}

static bool was_read(const struct star *star)
{
    struct mom_site_info site;
    mom_site number = (mom_site)settings_of(star->host)->node;
    return mom_engine_site(star->host->engine, number, &site) && site.imported_ms > 0;
}

/* The store is an older copy, and other nodes know more. They are asked before the OMM is, for what it got since would
 * be taken for new, and be there twice. */
static bool is_behind(const struct star *star)
{
    const struct mom_engine *engine = star->host->engine;
    return mom_engine_restored(engine, NULL) && mom_engine_next_neighbour(engine, 0) != 0;
}

static bool may_take_part(const struct star *star)
{
    bool known = is_central(settings_of(star->host)) && was_read(star);
    return !is_replaced(star) && (star->met || !is_behind(star)) &&
           (known || decision_of(star) != UNDECIDED);
}

static bool has_records(const struct star *star)
{
    struct mom_counts counts = {0};
    struct mom_view *view;
    if (mom_view_open(star->host->engine, &view) != MOM_OK)
        return false;
    if (mom_view_counts(view, &counts) != MOM_OK)
        counts.users = counts.devices = 0;
    mom_view_close(view);
    return counts.users + counts.devices > 0;
}

/* A remote one that never had any records does not count. */
bool omm_meets_star(const struct star *star)
{
    const struct mom_engine *engine = star->host->engine;
    struct mom_neighbour_info info;
    for (uint32_t node = 0; (node = mom_engine_next_neighbour(engine, node)) != 0;) {
        if (mom_engine_neighbour(engine, node, &info) && strcmp(info.state, "steady") == 0)
            return mom_engine_sari(engine).pli != 0 && has_records(star);
    }
    return false;
}

/* May the OMM be looked at, or take part: are the star's records and the SARI here, as far as anybody knows? */
static bool knows_star(const struct star *star)
{
    struct mom_neighbour_info centre;
    if (is_behind(star))
        return star->met;
    return is_central(settings_of(star->host)) ||
           (mom_engine_sari(star->host->engine).pli != 0 &&
            mom_engine_neighbour(star->host->engine, HOST_NODE_FIRST + CENTRAL_NODE, &centre) &&
            centre.agreed);
}

const char *omm_awaits(const struct star *star)
{
    return is_behind(star)
               ? "the OMM waits until another node was in step, for the store is an older copy: "
                 "ommsyncctl restored accept ends that"
               : "the OMM waits for the centre, which was not met yet";
}

bool omm_lets_remotes_in(const struct star *star)
{
    return was_read(star) || is_replaced(star) || first_asks(star) || decision_of(star) == DECIDED;
}

/* The configuration that the settings ask for, with what the store knows of the site. */
int omm_conf(const struct star *star, struct site_conf *ret_conf)
{
    const struct settings *s = settings_of(star->host);
    const struct site *known = own_omm(star);
    struct site_conf conf = {.number = (mom_site)s->node,
                             .name = OMM_NAME,
                             .enabled = star->omm_joined,
                             .plain = s->omm_plain,
                             .check = SITE_CHECK_DEFAULT};
    char secret[COM_SECRET_MAX], before[SITE_ACCOUNT_MAX + 1] = "", error[600];
    if (com_secret_read(s->omm_password_file, secret, error, sizeof error) != 0) {
        com_error("%s", error);
        return -1;
    }
    snprintf(conf.address[0], sizeof conf.address[0], "%s", s->omm_address);
    snprintf(conf.address[1], sizeof conf.address[1], "%s", s->omm_standby);
    snprintf(conf.user, sizeof conf.user, "%s", s->omm_user);
    /* sealing differs each time: what has not changed keeps its seal, or the link would begin anew */
    bool same = known && site_open_password(star->host, &known->conf, before, sizeof before) == 0 &&
                strcmp(before, secret) == 0;
    int rc = 0;
    if (same) {
        memcpy(conf.sealed, known->conf.sealed, known->conf.sealed_len);
        conf.sealed_len = known->conf.sealed_len;
    } else {
        rc = site_seal_password(star->host, &conf, secret);
    }
    if (com_tls_read_fingerprint(s->omm_fingerprint, conf.fingerprint))
        conf.check = COM_TLS_CHECK_PINNED;
    else if (known && strcmp(known->conf.address[0], conf.address[0]) == 0)
        memcpy(conf.fingerprint, known->conf.fingerprint, sizeof conf.fingerprint);
    else
        conf.fingerprint[0] = '\0';
    com_wipe(secret, sizeof secret);
    com_wipe(before, sizeof before);
    *ret_conf = conf;
    if (rc != 0)
        com_error("%s: the password cannot be used", s->omm_password_file);
    return rc;
}

int omm_apply(struct star *star)
{
    struct site_conf conf;
    struct site *known = site_by_number(star->host, (mom_site)settings_of(star->host)->node);
    load_kind(star);
    star->omm_joined = may_take_part(star);
    if (omm_conf(star, &conf) != 0)
        return -1;
    int rc = MOM_OK;
    if (!known)
        rc = site_add(star->host, &conf, MOM_POLICY_UNSET);
    else if (!site_is_same(&known->conf, &conf))
        rc = site_change(star->host, known, &conf, MOM_POLICY_UNSET);
    com_wipe(&conf, sizeof conf);
    if (rc != MOM_OK)
        com_error("%s: %s", OMM_NAME, mom_err_text(rc));
    return rc == MOM_OK ? 0 : -1;
}

void omm_look(struct star *star)
{
    if (!star->met && is_behind(star))
        star->met = omm_meets_star(star);
    if (star->omm_joined || star->first || !knows_star(star))
        return;
    if (may_take_part(star))
        (void)omm_apply(star); /* logged */
    else
        first_begin(star, is_replaced(star));
}
