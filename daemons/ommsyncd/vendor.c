/*
 * Vendor's remotes: OMMs with a synchronisation of their own that connect to the central node as if it were an OMM.
 * Each is a site with an account, and by the account it is known.
 */
#include "vendor.h"
#include "watch.h"

#include <axi/mbedtls.h>
#include <com/log.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_BITS    2048 /* of our key for secrets */
#define REFUSAL_MAX 256

struct vendor {
    struct vendor *next;
    struct star *star;
    struct site_conf conf; /* that the conversation was made with */
    struct mom_uds *uds;
    struct com_conn *conn; /* NULL when there is none */
    struct com_timer *timer;
    bool closing, reading_stopped;
    enum mom_uds_state shown;
    char where[128];
};

/* --- what the conversation wants -------------------------------------------------------------------------- */

static void vendor_closed(struct vendor *vendor, const char *reason);

static void check(struct vendor *vendor, int rc)
{
    if (rc == MOM_OK)
        return;
    com_error("remote %s: %s", vendor->conf.name, mom_err_text(rc));
    if (vendor->conn)
        com_conn_abort(vendor->conn);
}

static void write_output(struct vendor *vendor)
{
    const char *data;
    size_t len, room;
    while (vendor->conn && !vendor->closing && (len = mom_uds_output(vendor->uds, &data)) > 0 &&
           (room = com_conn_room(vendor->conn)) > 0) {
        len = len < room ? len : room;
        if (com_conn_write(vendor->conn, data, len) < 0)
            break;
        mom_uds_sent(vendor->uds, len);
    }
}

static void pace_reading(struct vendor *vendor)
{
    bool stop = !mom_uds_reads(vendor->uds);
    if (!vendor->conn || vendor->closing || stop == vendor->reading_stopped)
        return;
    vendor->reading_stopped = stop;
    if (stop)
        com_conn_read_stop(vendor->conn);
    else
        com_conn_read_start(vendor->conn);
}

static void announce(struct vendor *vendor)
{
    struct mom_uds_info info;
    mom_uds_get_info(vendor->uds, &info);
    if (info.state == vendor->shown)
        return;
    vendor->shown = info.state;
    com_info("remote %s: %s %s", vendor->conf.name, mom_uds_state_name(info.state), info.text);
    watch_state(vendor->star->host, vendor->conf.name, mom_uds_state_name(info.state), info.text);
}

static void pump(struct vendor *vendor)
{
    int64_t deadline, now = com_now_ms();
    unsigned wants = mom_uds_wants(vendor->uds);
    write_output(vendor);
    pace_reading(vendor);
    announce(vendor);
    if ((wants & MOM_UDS_WANT_CLOSE) && vendor->conn) {
        vendor->closing = true;
        com_conn_close(vendor->conn);
    } else if (wants & MOM_UDS_WANT_CLOSE) {
        vendor_closed(vendor, "");
    }
    deadline = mom_uds_deadline(vendor->uds);
    if (deadline == MOM_NEVER)
        com_timer_stop(vendor->timer);
    else
        com_timer_start(vendor->timer, deadline > now ? deadline - now : 0, 0);
    host_schedule(vendor->star->host);
}

static void on_tick(void *user)
{
    struct vendor *vendor = user;
    struct mom_now now = host_now();
    check(vendor, mom_uds_timeout(vendor->uds, &now, vendor->star->host->batch));
    pump(vendor);
}

/* --- what the connection tells ---------------------------------------------------------------------------- */

static void take(struct vendor *vendor, const char *data, size_t len)
{
    struct host *host = vendor->star->host;
    struct mom_now now = host_now();
    check(vendor, mom_uds_received(vendor->uds, &now, data, len, host->batch));
    host_hurry(host); /* it waits for its answers, and so for the step */
    pump(vendor);
}

static void on_data(struct com_conn *conn, const uint8_t *bytes, size_t len)
{
    struct vendor *vendor = com_conn_user(conn);
    if (!vendor)
        return;
    const struct host *host = vendor->star->host;
    take(vendor, (const char *)bytes, len);
    if (host_is_full(host)) /* last, as in link.c */
        com_conn_end_turn(conn);
}

static void on_drain(struct com_conn *conn)
{
    if (com_conn_user(conn))
        pump(com_conn_user(conn));
}

static void vendor_closed(struct vendor *vendor, const char *reason)
{
    struct host *host = vendor->star->host;
    struct mom_now now = host_now();
    vendor->closing = vendor->reading_stopped = false;
    check(vendor, mom_uds_closed(vendor->uds, &now, host_str(reason), host->batch));
    announce(vendor);
    host_schedule(host);
    host_link_closed(host);
}

static void on_close(struct com_conn *conn, enum com_close_code code, const char *reason)
{
    struct vendor *vendor = com_conn_user(conn);
    (void)code;
    if (!vendor)
        return;
    vendor->conn = NULL;
    vendor_closed(vendor, reason);
}

static const struct com_conn_ops ops = {NULL, on_data, on_drain, on_close};
static const struct com_conn_ops nobody = {NULL, NULL, NULL, NULL};

static void forget_connection(struct vendor *vendor)
{
    if (!vendor->conn)
        return;
    com_conn_pass(vendor->conn, &nobody, NULL);
    com_conn_abort(vendor->conn);
    vendor->conn = NULL;
}

/* --- from the door ---------------------------------------------------------------------------------------- */

static struct vendor *by_account(const struct star *star, const char *user)
{
    struct vendor *vendor = star->vendors;
    while (vendor && strcmp(vendor->conf.user, user) != 0)
        vendor = vendor->next;
    return vendor;
}

static void turn_away(struct peer *peer, const char *why, const char *data, size_t len)
{
    char refusal[REFUSAL_MAX];
    size_t size =
        mom_uds_refusal(NULL, data, len, peer->star->omm.version, refusal, sizeof refusal);
    com_warning("%s: %s", peer->where, why);
    if (size > 0)
        (void)com_conn_write(peer->conn, refusal, size);
}

bool vendor_take(struct peer *peer)
{
    struct host *host = peer->star->host;
    struct mom_now now = host_now();
    char user[SITE_ACCOUNT_MAX + 1];
    const char *data;
    size_t len = mom_node_hand_over(peer->node, &data);
    struct vendor *vendor = NULL;
    if (mom_uds_who(NULL, data, len, user, sizeof user) == MOM_OK)
        vendor = by_account(peer->star, user);
    if (!vendor) {
        turn_away(peer, "no node, and no account of a remote OMM", data, len);
        return false;
    }
    /* it takes what it reads for all that there is */
    if (!peer->star->omm_joined || !omm_lets_remotes_in(peer->star)) {
        turn_away(peer, "a remote OMM is not let in before the OMM of the centre takes part", data,
                  len);
        return false;
    }
    if (mom_uds_is_open(vendor->uds)) {
        if (!mom_uds_may_login(vendor->uds, data, len)) {
            turn_away(peer, "the password is not that of the remote OMM, which is connected", data,
                      len);
            return false;
        }
        forget_connection(vendor);
        vendor_closed(vendor, "the remote connected anew");
    }
    snprintf(vendor->where, sizeof vendor->where, "%s", peer->where);
    vendor->conn = peer_give(peer);
    com_conn_pass(vendor->conn, &ops, vendor);
    check(vendor, mom_uds_opened(vendor->uds, &now, host->batch));
    take(vendor, data, len);
    return true;
}

/* --- making them -------------------------------------------------------------------------------------------- */

static bool check_account(void *user, struct mom_str username, struct mom_str password)
{
    const struct vendor *vendor = user;
    char secret[SITE_ACCOUNT_MAX + 1];
    if (site_open_password(vendor->star->host, &vendor->conf, secret, sizeof secret) != 0) {
        com_error("remote %s: its password was sealed with another node.key: enter it anew",
                  vendor->conf.name);
        return false;
    }
    bool known = account_is(username, vendor->conf.user);
    bool good = account_is(password, secret) && known;
    com_wipe(secret, sizeof secret);
    return good;
}

static void on_log(void *user, enum mom_level level, const char *line)
{
    const struct vendor *vendor = user;
    com_log((enum com_level)level, "remote %s: %s", vendor->conf.name, line);
}

/* Our key pair, made with the first remote that needs it: for the life of the program. */
static struct axi_rsa *rsa_of(struct star *star)
{
    if (star->rsa)
        return star->rsa;
    star->rsa = axi_rsa_new(NULL);
    if (star->rsa && axi_rsa_make_key(star->rsa, KEY_BITS) != AXI_RSA_OK) {
        axi_rsa_free(star->rsa);
        star->rsa = NULL;
    }
    return star->rsa;
}

static struct mom_uds *make_conversation(struct vendor *vendor)
{
    struct star *star = vendor->star;
    struct axi_rsa *rsa = rsa_of(star);
    struct mom_uds *uds = NULL;
    if (!rsa)
        return NULL;
    struct mom_uds_config config = {
        .size = sizeof config,
        .engine = star->host->engine,
        .site = vendor->conf.number,
        .central = (mom_site)settings_of(star->host)->node,
        .protocol_version = settings_of(star->host)->same_version ? star->omm.version : 0,
        .key = axi_rsa_public_key(rsa),
        .secrets = axi_rsa_secret_ops(rsa),
        .user = vendor,
        .check_account = check_account,
        .log = on_log,
        .login_ms = settings_of(star->host)->login_timeout,
    };
    if (mom_park_parse(host_str(vendor->conf.park), &config.park) != MOM_OK ||
        mom_uds_new(&config, &uds) != MOM_OK)
        return NULL;
    return uds;
}

static void free_vendor(struct vendor *vendor)
{
    forget_connection(vendor);
    if (vendor->timer)
        com_timer_free(vendor->timer);
    mom_uds_free(vendor->uds);
    com_wipe(&vendor->conf, sizeof vendor->conf);
    free(vendor);
}

static int add(struct star *star, const struct site *site)
{
    struct vendor *vendor = calloc(1, sizeof *vendor);
    struct mom_now now = host_now();
    if (!vendor)
        return -1;
    vendor->star = star;
    vendor->conf = site->conf;
    vendor->timer = com_timer_new(&star->host->loop, on_tick, vendor);
    vendor->uds = vendor->timer ? make_conversation(vendor) : NULL;
    if (!vendor->uds) {
        com_error("remote %s: its conversation cannot be made", site->conf.name);
        free_vendor(vendor);
        return -1;
    }
    vendor->next = star->vendors;
    star->vendors = vendor;
    vendors_tell_omm(star);
    check(vendor, mom_uds_enable(vendor->uds, &now, site->conf.enabled, star->host->batch));
    pump(vendor);
    return 0;
}

static struct vendor *by_site(const struct star *star, mom_site number)
{
    struct vendor *vendor = star->vendors;
    while (vendor && vendor->conf.number != number)
        vendor = vendor->next;
    return vendor;
}

/* Those whose site is gone, or otherwise than it was. */
static void drop_stale(struct star *star)
{
    struct vendor **at = &star->vendors, *vendor;
    while ((vendor = *at) != NULL) {
        const struct site *site = site_by_number(star->host, vendor->conf.number);
        if (site && site_is_same(&site->conf, &vendor->conf)) {
            at = &vendor->next;
            continue;
        }
        *at = vendor->next;
        forget_connection(vendor);
        if (site && mom_uds_is_open(vendor->uds))
            vendor_closed(vendor, "its account was changed");
        free_vendor(vendor);
    }
}

int vendors_look(struct star *star)
{
    const struct host *host = star->host;
    int rc = 0;
    drop_stale(star);
    for (size_t i = 0; i < host->site_count; i++) {
        if (host->sites[i]->conf.calls && !by_site(star, host->sites[i]->conf.number) &&
            add(star, host->sites[i]) != 0)
            rc = -1;
    }
    return rc;
}

/* --- for the others ------------------------------------------------------------------------------------------- */

void vendors_drop(struct star *star)
{
    struct vendor *next;
    for (struct vendor *vendor = star->vendors; vendor; vendor = next) {
        next = vendor->next;
        free_vendor(vendor);
    }
    star->vendors = NULL;
}

void vendors_end(struct star *star)
{
    struct mom_now now = host_now();
    for (struct vendor *vendor = star->vendors; vendor; vendor = vendor->next) {
        check(vendor, mom_uds_enable(vendor->uds, &now, false, star->host->batch));
        pump(vendor);
    }
}

bool vendors_are_idle(const struct star *star)
{
    const struct vendor *vendor = star->vendors;
    while (vendor && !vendor->conn)
        vendor = vendor->next;
    return !vendor;
}

void vendors_act(struct star *star, const struct mom_action *action)
{
    struct mom_now now = host_now();
    for (struct vendor *vendor = star->vendors; vendor; vendor = vendor->next)
        check(vendor, mom_uds_act(vendor->uds, &now, action, star->host->batch));
}

void vendors_stepped(struct star *star)
{
    struct mom_now now = host_now();
    for (struct vendor *vendor = star->vendors; vendor; vendor = vendor->next) {
        check(vendor, mom_uds_stepped(vendor->uds, &now, star->host->batch));
        if (mom_batch_count(star->host->batch) > 0)
            host_hurry(star->host);
        pump(vendor);
    }
}

void vendors_tell_omm(struct star *star)
{
    int64_t version = settings_of(star->host)->same_version ? star->omm.version : 0;
    for (struct vendor *vendor = star->vendors; vendor; vendor = vendor->next)
        mom_uds_set_version(vendor->uds, version, host_str(star->omm_release));
}

bool vendor_info(const struct star *star, mom_site site, struct mom_uds_info *ret_info,
                 const char **ret_where)
{
    const struct vendor *vendor = by_site(star, site);
    if (!vendor)
        return false;
    mom_uds_get_info(vendor->uds, ret_info);
    *ret_where = vendor->where;
    return true;
}
