/*
 * The central node's door: who connects is a node or, with AXI alone, a vendor's remote. Nodes share one account; a
 * node that nobody knew is taken in as long as there is room.
 */
#include "neighbour.h"
#include "vendor.h"

#include <com/log.h>
#include <com/secret.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STRANGERS_MAX 16 /* connections beyond those of the remotes */
#define PEM_MAX       (64u * 1024)

/* --- who may come --------------------------------------------------------------------------------------- */

bool account_is(struct mom_str told, const char *known)
{
    uint8_t left[32], right[32];
    com_sha256(told.ptr ? told.ptr : "", told.len, left);
    com_sha256(known, strlen(known), right);
    return com_equal(left, right, sizeof left);
}

static bool check_account(void *user, struct mom_str username, struct mom_str password)
{
    const struct peer *peer = user;
    const struct settings *s = settings_of(peer->star->host);
    char secret[COM_SECRET_MAX], error[600];
    if (com_secret_read(s->remotes_password_file, secret, error, sizeof error) != 0) {
        com_error("%s", error);
        return false;
    }
    bool user_good = account_is(username, s->remotes_user);
    bool good = account_is(password, secret) && user_good;
    com_wipe(secret, sizeof secret);
    return good;
}

static int64_t count_remotes(const struct star *star)
{
    const struct host *host = star->host;
    int64_t count = 0;
    for (uint32_t node = 0; (node = mom_engine_next_neighbour(host->engine, node)) != 0;)
        count++;
    for (size_t i = 0; i < host->site_count; i++)
        count += host->sites[i]->conf.calls;
    return count;
}

bool remotes_have_room(const struct star *star)
{
    return count_remotes(star) < settings_of(star->host)->max_remotes;
}

/* False: there is no room, and ret_why says so. */
static bool take_in(const struct star *star, uint32_t node, char *ret_why, size_t max)
{
    char name[SITE_NAME_SIZE];
    int rc;
    if (!remotes_have_room(star)) {
        snprintf(ret_why, max, "there are %lld remotes already: see [remotes] max of the centre",
                 (long long)settings_of(star->host)->max_remotes);
        return false;
    }
    snprintf(name, sizeof name, "node-%u", node - HOST_NODE_FIRST);
    if (host_number(star->host, name) != 0) /* somebody gave it to another one */
        snprintf(name, sizeof name, "new-node-%u", node - HOST_NODE_FIRST);
    struct mom_input input = {.kind = MOM_IN_NODE_ADD, .node = node, .name = host_str(name)};
    rc = host_input(star->host, &input);
    if (rc == MOM_OK)
        com_notice("node %u: taken in as %s", node - HOST_NODE_FIRST, name);
    else
        snprintf(ret_why, max, "it cannot be taken in: %s", mom_err_text(rc));
    return rc == MOM_OK;
}

/* A remote that met an empty centre would take its own records for all that there are. */
static bool may_come(const struct star *star, uint32_t node, char *ret_why, size_t max)
{
    struct mom_neighbour_info info;
    if (!omm_lets_remotes_in(star)) {
        snprintf(ret_why, max, "the OMM of the centre was not read yet");
        return false;
    }
    return mom_engine_neighbour(star->host->engine, node, &info) ||
           take_in(star, node, ret_why, max);
}

static enum mom_node_state know_node(void *user, uint32_t node, struct mom_str username,
                                     char *ret_why, size_t max)
{
    struct peer *peer = user, *before;
    (void)username;
    if (node <= HOST_NODE_FIRST + CENTRAL_NODE || node > HOST_NODE_FIRST + NODES_MAX)
        return MOM_NODE_WRONG_NODE;
    if (!may_come(peer->star, node, ret_why, max)) {
        com_notice("node %u: not let in: %s", node - HOST_NODE_FIRST, ret_why);
        return MOM_NODE_REFUSED;
    }
    before = peer_by_node(peer->star, node);
    if (before && before != peer)
        peer_replace(before);
    return MOM_NODE_UP;
}

/* --- conversations ----------------------------------------------------------------------------------------- */

static void ended(struct peer *peer)
{
    neighbour_note(peer);
    peer_free(peer);
}

static const struct peer_side side = {.hand_over = vendor_take, .ended = ended};

static void on_accept(void *user, struct com_conn *conn)
{
    struct star *star = user;
    struct mom_node_config config = {
        .role = MOM_NODE_REMOTE, .check_account = check_account, .know_node = know_node};
    struct peer *peer =
        star->host->broken || star->host->stopping ? NULL : peer_new(star, &side, &config);
    if (!peer)
        return; /* the listener closes it */
    peer_take(peer, conn);
    peer_enable(peer, true);
}

/* --- certificate and listener ------------------------------------------------------------------------------- */

/* NULL when there is no such file, or it cannot be read: then error says why. */
static char *read_file(const char *path, char *error, size_t max)
{
    FILE *file = fopen(path, "re");
    char *text = file ? calloc(1, PEM_MAX + 1) : NULL;
    bool good = text && (fread(text, 1, PEM_MAX, file) > 0 || !ferror(file));
    if (!good && (file || errno != ENOENT))
        snprintf(error, max, "%s: %s", path, strerror(errno));
    if (file)
        fclose(file);
    if (good)
        return text;
    free(text);
    return NULL;
}

static int keep_pem(const struct star *star, const char *path, const char *pem)
{
    const char *folder = settings_of(star->host)->host.data_dir;
    int rc = folder_write(folder, path, pem, strlen(pem));
    if (rc != 0)
        com_error("%s cannot be written", path);
    return rc;
}

/* The one in the data folder, made at the first start, the key first. One that is there and cannot be used is not
 * replaced: remotes remember it. */
static struct com_tls *kept_tls(const struct star *star, struct com_tls_server_options *options,
                                char *error, size_t max)
{
    const char *folder = settings_of(star->host)->host.data_dir;
    char cert_path[4200], key_path[4200];
    struct com_tls *tls = NULL;
    snprintf(cert_path, sizeof cert_path, "%s/tls.cert", folder);
    snprintf(key_path, sizeof key_path, "%s/tls.key", folder);
    error[0] = '\0';
    char *cert = read_file(cert_path, error, max);
    char *key = error[0] ? NULL : read_file(key_path, error, max);
    if (cert && !key && !error[0])
        snprintf(error, max,
                 "%.300s: tls.cert is there without its key: put a copy of tls.key beside it, or "
                 "remove it",
                 folder);
    options->cert_pem = cert;
    options->key_pem = cert ? key : NULL;
    if (!error[0])
        tls = com_tls_server_new(options, error, max);
    if (tls && !cert &&
        (keep_pem(star, key_path, com_tls_key_pem(tls)) != 0 ||
         keep_pem(star, cert_path, com_tls_cert_pem(tls)) != 0)) {
        snprintf(error, max, "the certificate cannot be kept");
        com_tls_unref(tls);
        tls = NULL;
    }
    if (key)
        com_wipe(key, strlen(key));
    free(cert);
    free(key);
    return tls;
}

static struct com_tls *server_tls(const struct star *star, char *error, size_t max)
{
    const struct settings *s = settings_of(star->host);
    struct com_tls_server_options options = {
        .min_version = com_tls_version_names[s->host.tls_min_version],
        .sessions = (unsigned)s->max_remotes + STRANGERS_MAX,
        .self_signed_name = "ommsyncd",
    };
    if (!s->cert_file[0])
        return kept_tls(star, &options, error, max);
    options.cert_file = s->cert_file;
    options.key_file = s->key_file;
    return com_tls_server_new(&options, error, max);
}

int accept_start(struct star *star)
{
    const struct settings *s = settings_of(star->host);
    char error[512];
    if (star->listener)
        return 0;
    star->tls = server_tls(star, error, sizeof error);
    struct com_listener_options options = {.host = s->listen,
                                           .port = (int)s->port,
                                           .tls = star->tls,
                                           .on_accept = on_accept,
                                           .user = star,
                                           .max = (unsigned)s->max_remotes + STRANGERS_MAX,
                                           .timeout_ms = s->host.connect_timeout};
    if (star->tls)
        star->listener = com_listener_new(&star->host->loop, &options, error, sizeof error);
    if (!star->listener) {
        com_error("[remotes] %s port %lld: %s", s->listen, (long long)s->port, error);
        return -1;
    }
    com_tls_fingerprint(star->tls, star->fingerprint);
    com_notice("waiting for remotes on %s port %d, certificate %s", s->listen,
               com_listener_port(star->listener), star->fingerprint);
    return 0;
}

void accept_stop(struct star *star)
{
    com_listener_close(star->listener);
    com_tls_unref(star->tls);
    star->listener = NULL;
    star->tls = NULL;
}
