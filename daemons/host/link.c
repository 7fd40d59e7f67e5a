/*
 * One site's link: moves bytes between the connection and the conversation, dials, keeps its timer. What is said, and
 * what it means, is not known here.
 *
 * After every call on the conversation comes pump(): it looks at what the conversation wants.
 */
#include "link.h"
#include "watch.h"

#include <axi/mbedtls.h>
#include <com/conn.h>
#include <com/log.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct link {
    struct host *host;
    struct site *site;
    struct mom_omm *omm;
    struct mom_batch *batch;        /* takes what it reports: the host's, or that of a probe */
    const struct link_probe *probe; /* NULL: an ordinary link */
    struct com_conn *conn;          /* NULL when there is none */
    struct com_timer *timer;
    enum mom_omm_state shown; /* state that was told to those who watch */
    uint64_t ticket;          /* waits for its turn to connect; 0: does not */
    bool connecting;          /* counted in host->connecting */
    bool opened, closing, reading_stopped;
    bool locked;        /* its password cannot be read: no login is tried */
    bool stale;         /* the conversation is to be made anew when it is down */
    bool other_address; /* the configured standby is tried next */
    unsigned address;   /* which address the conversation wants */
    char reason[600];   /* of the last close, as the connection told it */
};

static void pump(struct link *link);

/* --- making the conversation ----------------------------------------------------------------------- */

static int encrypt_secret(void *user, const struct axi_public_key *key, struct axi_str plain,
                          char *ret_text, size_t max, size_t *ret_len)
{
    struct link *link = user;
    struct host *host = link->host;
    if (host->rsa == NULL)
        host->rsa = axi_rsa_new(NULL);
    int rc = host->rsa != NULL ? axi_rsa_encrypt(host->rsa, key, plain, ret_text, max, ret_len)
                               : AXI_RSA_ERANDOM;
    if (rc != AXI_RSA_OK)
        com_warning("site %s: a secret cannot be encrypted: %s", link->site->conf.name,
                    axi_rsa_err_text(rc));
    return rc == AXI_RSA_OK ? AXI_OK : AXI_ESECRET;
}

static void on_log(void *user, enum mom_level level, const char *line)
{
    const struct link *link = user;
    /* the conversation knows its site by number only; people know it by name */
    const char *text = strncmp(line, "site ", 5) == 0 ? strstr(line, ": ") : NULL;
    com_log((enum com_level)level, "site %s: %s", link->site->conf.name, text ? text + 2 : line);
}

static struct mom_omm *make_conversation(struct link *link)
{
    const struct host_settings *settings = link->host->settings;
    char password[SITE_ACCOUNT_MAX + 1] = "";
    struct mom_omm *omm = NULL;
    link->locked =
        site_open_password(link->host, &link->site->conf, password, sizeof password) != 0;
    if (link->locked)
        com_error("site %s: its password was sealed with another node.key: enter it anew",
                  link->site->conf.name);
    struct mom_omm_config config = {
        .size = sizeof config,
        .site = link->site->conf.number,
        .protocol_version = settings->protocol_version,
        .username = host_str(link->site->conf.user),
        .password = host_str(password),
        .secrets = {.user = link, .encrypt = encrypt_secret},
        .user = link,
        .log = on_log,
        .retry_ms = settings->retry,
        .retry_jitter_ms = settings->retry_jitter,
        .restart_ms = settings->restart,
        .answer_ms = settings->answer_timeout,
        .ping_ms = settings->ping_interval,
        .page = settings->page,
        .window = settings->window,
        .max_message = settings->max_message,
        .watch_phones = settings->watch_phones,
        .profiles = link->host->program->profiles && !link->probe,
    };
    if (com_random(&config.seed, sizeof config.seed) != 0 || mom_omm_new(&config, &omm) != MOM_OK)
        omm = NULL;
    com_wipe(password, sizeof password);
    return omm;
}

/* --- connecting -------------------------------------------------------------------------------------- */

static struct com_tls *tls_of(struct link *link, char *error, size_t max)
{
    struct host *host = link->host;
    enum com_tls_check check = site_check(host, &link->site->conf);
    struct com_tls_client_options options = {
        .check = check,
        .ca_file = host->settings->ca_file,
        .fingerprint = link->site->conf.fingerprint,
        .min_version = com_tls_version_names[host->settings->tls_min_version],
    };
    if (check != COM_TLS_CHECK_CA)
        return com_tls_client_new(&options, error, max);
    if (!host->settings->ca_file[0]) {
        snprintf(error, max, "the check ca needs [tls] ca-file");
        return NULL;
    }
    if (!host->ca_tls) /* many authorities take a while to read */
        host->ca_tls = com_tls_client_new(&options, error, max);
    return host->ca_tls ? com_tls_ref(host->ca_tls) : NULL;
}

/* The configured standby goes before the one that the OMM told of. */
static void address_of(const struct link *link, char *ret_text, size_t max)
{
    const struct site_conf *conf = &link->site->conf;
    struct mom_omm_info info;
    bool second = link->address != 0 || link->other_address;
    mom_omm_get_info(link->omm, &info);
    const char *text = conf->address[0];
    if (second && conf->address[1][0])
        text = conf->address[1];
    else if (second && info.standby_known)
        text = info.standby_address;
    snprintf(ret_text, max, "%s", text);
}

static const struct com_conn_ops ops;

static void closed(struct link *link, enum mom_omm_state state, const char *reason);

static void leave_queue(struct link *link)
{
    if (link->connecting)
        link->host->connecting--;
    link->connecting = false;
    link->ticket = 0;
}

static void dial(struct link *link)
{
    struct host *host = link->host;
    char address[SITE_ADDRESS_SIZE], name[SITE_ADDRESS_SIZE], error[512] = "out of memory";
    struct com_tls *tls = NULL;
    struct com_conn_options options = {.host = name, .timeout_ms = host->settings->connect_timeout};
    bool plain = link->site->conf.plain;
    link->ticket = 0;
    link->connecting = true;
    host->connecting++;
    address_of(link, address, sizeof address);
    if (!site_parse_address(address, plain, name, sizeof name, &options.port)) {
        snprintf(error, sizeof error, "%s is not an address", address);
        closed(link, MOM_OMM_UNREACHABLE, error);
        return;
    }
    if (!plain && !(tls = tls_of(link, error, sizeof error))) {
        closed(link, MOM_OMM_TLS_FAILED, error);
        return;
    }
    options.tls = tls;
    link->opened = link->closing = link->reading_stopped = false;
    link->conn = com_conn_connect(&host->loop, &options, &ops, link);
    com_tls_unref(tls);
    if (!link->conn)
        closed(link, MOM_OMM_UNREACHABLE, "out of memory");
}

void links_dial_waiting(struct host *host)
{
    /* a dial that fails at once comes back to here: the loop below goes on with the others */
    if (host->dialing)
        return;
    host->dialing = true;
    while ((int64_t)host->connecting < host->settings->max_connecting && !host->stopping) {
        struct link *first = NULL;
        for (size_t i = 0; i < host->site_count; i++) {
            struct link *link = host->sites[i]->link;
            if (link && link->ticket && (!first || link->ticket < first->ticket))
                first = link;
        }
        if (!first)
            break;
        dial(first);
    }
    host->dialing = false;
}

/* --- what the connection tells ------------------------------------------------------------------------ */

/* A call on the conversation that ran out of memory ends the connection; on_close tells the conversation. */
static void check(struct link *link, int rc)
{
    if (rc == MOM_OK)
        return;
    com_error("site %s: %s", link->site->conf.name, mom_err_text(rc));
    if (link->conn)
        com_conn_abort(link->conn);
}

static void learn_fingerprint(struct link *link)
{
    struct site_conf *conf = &link->site->conf;
    const char *fingerprint = com_conn_fingerprint(link->conn);
    if (site_check(link->host, conf) != COM_TLS_CHECK_PINNED || conf->fingerprint[0] ||
        !fingerprint[0] || link->probe)
        return;
    snprintf(conf->fingerprint, sizeof conf->fingerprint, "%s", fingerprint);
    com_notice("site %s: first contact, from now on only this certificate is taken: %s", conf->name,
               fingerprint);
    if (site_store(link->host, conf) != MOM_OK)
        com_error("site %s: the certificate cannot be remembered: out of memory", conf->name);
}

static void on_open(struct com_conn *conn)
{
    struct link *link = com_conn_user(conn);
    struct mom_now now = host_now();
    if (!link)
        return;
    leave_queue(link);
    link->opened = true;
    link->reason[0] = '\0';
    com_debug("site %s: connected to %s %s", link->site->conf.name, com_conn_peer(conn),
              com_conn_tls_text(conn));
    learn_fingerprint(link);
    check(link, mom_omm_opened(link->omm, &now, link->batch));
    pump(link);
    links_dial_waiting(link->host);
}

static void on_data(struct com_conn *conn, const uint8_t *bytes, size_t len)
{
    struct link *link = com_conn_user(conn);
    struct mom_now now = host_now();
    if (!link)
        return;
    check(link, mom_omm_received(link->omm, &now, (const char *)bytes, len, link->batch));
    struct host *host = link->host;
    pump(link);
    /* last: so the step, which has its timer by now, comes before the next turn */
    if (host_is_full(host))
        com_conn_end_turn(conn);
}

static void on_drain(struct com_conn *conn)
{
    struct link *link = com_conn_user(conn);
    if (!link)
        return;
    if (link->reading_stopped)
        com_conn_read_start(conn);
    link->reading_stopped = false;
    pump(link);
}

static enum mom_omm_state state_of(enum com_close_code code, bool opened)
{
    static const enum mom_omm_state states[] = {
        [COM_CLOSE_LOCAL] = MOM_OMM_LOST,          [COM_CLOSE_PEER] = MOM_OMM_LOST,
        [COM_CLOSE_RESET] = MOM_OMM_LOST,          [COM_CLOSE_TIMEOUT] = MOM_OMM_UNREACHABLE,
        [COM_CLOSE_RESOLVE] = MOM_OMM_UNREACHABLE, [COM_CLOSE_UNREACHABLE] = MOM_OMM_UNREACHABLE,
        [COM_CLOSE_TLS] = MOM_OMM_TLS_FAILED,      [COM_CLOSE_LIMIT] = MOM_OMM_LOST,
    };
    if (opened && code == COM_CLOSE_TIMEOUT)
        return MOM_OMM_NO_ANSWER;
    return states[code];
}

static void on_close(struct com_conn *conn, enum com_close_code code, const char *reason)
{
    struct link *link = com_conn_user(conn);
    if (!link)
        return;
    link->conn = NULL;
    closed(link, state_of(code, link->opened), reason);
}

static const struct com_conn_ops ops = {on_open, on_data, on_drain, on_close};

static void remake(struct link *link)
{
    struct mom_now now = host_now();
    struct mom_omm *omm = make_conversation(link);
    link->stale = false;
    if (!omm)
        return; /* the old one goes on */
    mom_omm_free(link->omm);
    link->omm = omm;
    link->other_address = false;
    if (link->site->conf.enabled && !link->locked && !link->host->stopping)
        check(link, mom_omm_enable(omm, &now, true, link->batch));
}

/* There is no connection any more, or there never was one. */
static void closed(struct link *link, enum mom_omm_state state, const char *reason)
{
    struct host *host = link->host;
    struct mom_now now = host_now();
    snprintf(link->reason, sizeof link->reason, "%s", reason);
    /* the conversation logs it too, but cuts it: two fingerprints have no room there */
    if (state == MOM_OMM_TLS_FAILED && strlen(reason) >= sizeof((struct mom_omm_info *)NULL)->text)
        com_info("site %s: %s", link->site->conf.name, reason);
    leave_queue(link);
    if (!link->opened && link->site->conf.address[1][0])
        link->other_address = !link->other_address;
    link->opened = link->closing = false;
    if (mom_omm_closed(link->omm, &now, state, host_str(reason), link->batch) != MOM_OK)
        com_error("site %s: out of memory", link->site->conf.name);
    if (link->stale)
        remake(link);
    pump(link);
    if (host->stopping)
        host_link_closed(host);
    else
        links_dial_waiting(host);
}

/* --- what the conversation wants ------------------------------------------------------------------------ */

static void write_output(struct link *link)
{
    const char *data;
    size_t len;
    while (link->conn && link->opened && !link->closing &&
           (len = mom_omm_output(link->omm, &data)) > 0) {
        if (com_conn_queued(link->conn) > COM_CONN_HIGH_WATER ||
            com_conn_write(link->conn, data, len) < 0)
            break;
        mom_omm_sent(link->omm, len);
    }
    /* what a site does not take from us is not asked for */
    if (link->conn && link->opened && !link->reading_stopped &&
        com_conn_queued(link->conn) > COM_CONN_HIGH_WATER) {
        com_conn_read_stop(link->conn);
        link->reading_stopped = true;
    }
}

static void announce(struct link *link)
{
    struct mom_omm_info info;
    mom_omm_get_info(link->omm, &info);
    if (info.state == link->shown)
        return;
    link->shown = info.state;
    watch_state(link->host, link->site->conf.name, mom_omm_state_name(info.state),
                link_reason(link, &info));
}

static void arm(struct link *link)
{
    int64_t deadline = mom_omm_deadline(link->omm), now = com_now_ms();
    if (deadline == MOM_NEVER)
        com_timer_stop(link->timer);
    else
        com_timer_start(link->timer, deadline > now ? deadline - now : 0, 0);
}

static void pump(struct link *link)
{
    unsigned address = 0, wants = mom_omm_wants(link->omm, &address);
    write_output(link);
    announce(link);
    if ((wants & MOM_OMM_WANT_CLOSE) && link->conn) {
        link->closing = true;
        com_conn_close(link->conn);
    } else if (wants & MOM_OMM_WANT_CLOSE) {
        closed(link, MOM_OMM_LOST, "");
        return;
    }
    if (wants & MOM_OMM_WANT_CONNECT) {
        link->address = address;
        link->ticket = ++link->host->tickets;
        /* in a turn of its own: a dial that fails at once must not come back into the caller */
        com_timer_start(link->timer, 0, 0);
    } else if (!link->ticket) {
        arm(link);
    }
    if (link->probe)
        link->probe->filled(link->probe->user);
    else
        host_schedule(link->host);
}

static void on_tick(void *user)
{
    struct link *link = user;
    struct mom_now now = host_now();
    if (link->ticket && link->probe) {
        dial(link);
        return;
    }
    if (link->ticket) {
        links_dial_waiting(link->host);
        return;
    }
    check(link, mom_omm_timeout(link->omm, &now, link->batch));
    pump(link);
}

/* --- for the others ---------------------------------------------------------------------------------------- */

static int start(struct host *host, struct site *site, struct mom_batch *batch,
                 const struct link_probe *probe)
{
    struct link *link = calloc(1, sizeof *link);
    if (!link)
        return -1;
    link->host = host;
    link->site = site;
    link->batch = batch;
    link->probe = probe;
    link->timer = com_timer_new(&host->loop, on_tick, link);
    link->omm = link->timer ? make_conversation(link) : NULL;
    if (!link->omm) {
        if (link->timer)
            com_timer_free(link->timer);
        free(link);
        return -1;
    }
    site->link = link;
    link_enable(link, site->conf.enabled);
    return 0;
}

int link_start(struct host *host, struct site *site)
{
    return site->conf.calls ? 0 : start(host, site, host->batch, NULL);
}

int link_probe(struct host *host, struct site *site, const struct link_probe *probe)
{
    return start(host, site, probe->batch, probe);
}

void link_free(struct link *link)
{
    if (!link)
        return;
    leave_queue(link);
    if (link->conn) {
        com_conn_set_user(link->conn, NULL);
        com_conn_abort(link->conn);
    }
    com_timer_free(link->timer);
    mom_omm_free(link->omm);
    link->site->link = NULL;
    free(link);
}

void link_enable(struct link *link, bool enabled)
{
    struct mom_now now = host_now();
    check(link, mom_omm_enable(link->omm, &now, enabled && !link->locked, link->batch));
    pump(link);
}

void link_end(struct link *link)
{
    link_enable(link, false);
}

bool link_is_idle(const struct link *link)
{
    return link->conn == NULL;
}

void link_renew(struct link *link)
{
    struct mom_now now = host_now();
    link->stale = true;
    link->reason[0] = '\0';
    check(link, mom_omm_enable(link->omm, &now, false, link->batch));
    pump(link);
    if (!link->conn && link->stale) {
        remake(link);
        pump(link);
    }
}

void link_refresh(struct link *link)
{
    if (link->conn)
        link->stale = true;
    else
        remake(link);
    pump(link);
}

bool link_tries_other(const struct link *link)
{
    return !link->conn && link->other_address;
}

void link_act(struct link *link, const struct mom_action *action)
{
    struct mom_now now = host_now();
    check(link, mom_omm_act(link->omm, &now, action, link->batch));
    pump(link);
}

void link_info(const struct link *link, struct mom_omm_info *ret_info)
{
    mom_omm_get_info(link->omm, ret_info);
}

const char *link_reason(const struct link *link, const struct mom_omm_info *info)
{
    bool by_host = info->state == MOM_OMM_UNREACHABLE || info->state == MOM_OMM_TLS_FAILED ||
                   info->state == MOM_OMM_LOST;
    if (link->locked && link->site->conf.enabled)
        return "its password was sealed with another node.key: enter it anew";
    if (info->state < MOM_OMM_UNREACHABLE)
        return "";
    return by_host && link->reason[0] ? link->reason : info->text;
}
