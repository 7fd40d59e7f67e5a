/*
 * A remote node's way to the centre: the first address and the second, the account, the certificate that is expected.
 */
#include "peer.h"

#include <com/log.h>
#include <com/secret.h>

#include <stdio.h>
#include <string.h>

#define CENTRE      (HOST_NODE_FIRST + CENTRAL_NODE)
#define FINGERPRINT "central/fingerprint" /* setting: what was learnt at the first contact */

static struct com_tls *tls_of(struct star *star, char *error, size_t max)
{
    const struct settings *s = settings_of(star->host);
    char learnt[COM_FINGERPRINT_SIZE] = "";
    if (!s->central_fingerprint[0])
        (void)host_read_setting(star->host, FINGERPRINT, learnt, sizeof learnt);
    struct com_tls_client_options options = {
        .check = s->central_fingerprint[0] ? COM_TLS_CHECK_PINNED
                                           : (enum com_tls_check)s->host.tls_check,
        .ca_file = s->host.ca_file,
        .fingerprint = s->central_fingerprint[0] ? s->central_fingerprint : learnt,
        .min_version = com_tls_version_names[s->host.tls_min_version],
        .lean = true,
    };
    return com_tls_client_new(&options, error, max);
}

static void connect_to(struct peer *peer)
{
    struct star *star = peer->star;
    const struct settings *s = settings_of(star->host);
    char host[SITE_ADDRESS_SIZE], error[512] = "out of memory";
    struct com_conn_options options = {.host = host,
                                       .timeout_ms = s->host.connect_timeout,
                                       .tls = tls_of(star, error, sizeof error),
                                       .session = star->session};
    const char *address = star->at_second ? s->central_second : s->central_address;
    if (!options.tls) {
        peer_closed(peer, MOM_NODE_TLS_FAILED, error);
        return;
    }
    if (site_parse_address(address, false, host, sizeof host, &options.port))
        peer_connect(peer, &options);
    else /* it was taken out of the configuration while the node runs */
        peer_closed(peer, MOM_NODE_UNREACHABLE, "there is no [central] address");
    com_tls_unref(options.tls);
}

/* The address that worked last is tried first. */
static void dial(struct peer *peer)
{
    peer->star->tried_both = settings_of(peer->star->host)->central_second[0] == '\0';
    if (peer->star->tried_both)
        peer->star->at_second = false;
    connect_to(peer);
}

static bool try_again(struct peer *peer)
{
    struct star *star = peer->star;
    if (star->tried_both || star->host->stopping)
        return false;
    com_info("centre: %s: %s: trying its other address", peer->where, peer->reason);
    star->tried_both = true;
    star->at_second = !star->at_second;
    connect_to(peer);
    return true;
}

/* One that the configuration names is remembered too, for when it does so no more. */
static void opened(struct peer *peer)
{
    const struct settings *s = settings_of(peer->star->host);
    const char *fingerprint = com_conn_fingerprint(peer->conn);
    char learnt[COM_FINGERPRINT_SIZE] = "";
    bool named = s->central_fingerprint[0] != '\0';
    (void)host_read_setting(peer->star->host, FINGERPRINT, learnt, sizeof learnt);
    if ((s->host.tls_check != COM_TLS_CHECK_PINNED && !named) || !fingerprint[0] ||
        strcmp(learnt, fingerprint) == 0)
        return;
    com_notice("centre: %s, from now on only this certificate is taken: %s",
               named ? "as configured" : "first contact", fingerprint);
    if (host_setting(peer->star->host, FINGERPRINT, fingerprint) != MOM_OK)
        com_error("centre: the certificate cannot be remembered: out of memory");
}

static void renew(struct peer *peer)
{
    struct star *star = peer->star;
    star->centre = NULL;
    peer_replace(peer);
    (void)dial_start(star); /* logged */
}

static const struct peer_side side = {
    .dial = dial, .opened = opened, .try_again = try_again, .renew = renew};

/* What a conversation keeps of the settings, as a hash. */
static void hash_settings(const struct settings *s, const char *secret, uint8_t ret_hash[32])
{
    char text[SITE_ACCOUNT_MAX + COM_SECRET_MAX + 100];
    int len = snprintf(text, sizeof text, "%s\n%s\n%lld %lld %lld %lld %lld", s->central_user,
                       secret, (long long)s->host.retry, (long long)s->first_retry,
                       (long long)s->host.retry_jitter, (long long)s->login_timeout,
                       (long long)s->keep_alive);
    com_sha256(text, (size_t)len, ret_hash);
    com_wipe(text, sizeof text);
}

void dial_reload(struct star *star)
{
    const struct settings *s = settings_of(star->host);
    char secret[COM_SECRET_MAX], error[600];
    uint8_t hash[32];
    if (com_secret_read(s->central_password_file, secret, error, sizeof error) != 0) {
        com_error("%s", error);
        return;
    }
    hash_settings(s, secret, hash);
    com_wipe(secret, sizeof secret);
    if (star->centre && memcmp(hash, star->dialled_with, sizeof hash) == 0)
        return;
    if (star->centre)
        renew(star->centre);
    else
        (void)dial_start(star); /* logged */
}

int dial_start(struct star *star)
{
    const struct settings *s = settings_of(star->host);
    char secret[COM_SECRET_MAX], error[600];
    struct mom_input known = {.kind = MOM_IN_NODE_ADD, .node = CENTRE, .name = host_str("central")};
    if (com_secret_read(s->central_password_file, secret, error, sizeof error) != 0) {
        com_error("%s", error);
        return -1;
    }
    struct mom_node_config config = {.role = MOM_NODE_CENTRAL,
                                     .neighbour = CENTRE,
                                     .username = host_str(s->central_user),
                                     .password = host_str(secret)};
    hash_settings(s, secret, star->dialled_with);
    if (!star->session)
        star->session = com_tls_session_new();
    if (star->session && host_input(star->host, &known) == MOM_OK &&
        host_step(star->host) == MOM_OK)
        star->centre = peer_new(star, &side, &config);
    com_wipe(secret, sizeof secret);
    if (!star->centre) {
        com_error("the link to the centre cannot be made");
        return -1;
    }
    peer_enable(star->centre, true);
    return 0;
}
