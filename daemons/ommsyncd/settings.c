/*
 * The table of keys. Parser, dump, sample and manual come from it.
 */
#include "ommsyncd.h"
#include "host_keys.h"

#include <com/secret.h>

#include <string.h>

#define AT(member)  offsetof(struct settings, host.member)
#define OWN(member) offsetof(struct settings, member)

/* clang-format off */
static const struct com_key keys[] = {
    HOST_KEYS_SYSTEM(AT, "ommsyncd", "ommsyncctl"),
    {"system", "node", COM_KEY_INT, "1", 1, NODES_MAX, NULL, true,
     "Number of this node in its star, and of the OMM beside it. The central node is 1, each remote has a number of "
     "its own, which never changes.", OWN(node)},
    HOST_KEYS_CONTROL(AT, "ommsyncd", "ommsyncctl"),
    {"omm", "address", COM_KEY_TEXT, "127.0.0.1", 1, 250, NULL, false,
     "The OMM beside this node: name or address, with :PORT if that is not 12622.", OWN(omm_address)},
    {"omm", "standby", COM_KEY_TEXT, "", 0, 250, NULL, false,
     "Its standby OMM. Empty: the one that the OMM tells of, if it has one.", OWN(omm_standby)},
    {"omm", "user", COM_KEY_TEXT, "omm", 1, SITE_ACCOUNT_MAX, NULL, false,
     "Account with full access at the OMM.", OWN(omm_user)},
    {"omm", "password-file", COM_KEY_TEXT, "", 1, 4000, NULL, false,
     "File whose first line is the account's password.", OWN(omm_password_file)},
    {"omm", "plain", COM_KEY_BOOL, "no", 0, 0, NULL, false,
     "Without TLS, to port 12621: for OMMs that know none.", OWN(omm_plain)},
    {"omm", "fingerprint", COM_KEY_TEXT, "", 0, 95, NULL, false,
     "SHA-256 fingerprint of its certificate: no other is taken then. Set it to that of a new certificate when the OMM "
     "got one. Empty: with [tls] check = pinned that of the first contact is remembered.", OWN(omm_fingerprint)},
    {"central", "address", COM_KEY_TEXT, "", 0, 250, NULL, false,
     "The central node: name or address, with :PORT if that is not 12622. Empty: this node is the central one.",
     OWN(central_address)},
    {"central", "second-address", COM_KEY_TEXT, "", 0, 250, NULL, false,
     "Another address of the central node, tried when the first does not answer.", OWN(central_second)},
    {"central", "user", COM_KEY_TEXT, "ommsync", 1, SITE_ACCOUNT_MAX, NULL, false,
     "Account at the central node.", OWN(central_user)},
    {"central", "password-file", COM_KEY_TEXT, "", 0, 4000, NULL, false,
     "File whose first line is its password.", OWN(central_password_file)},
    {"central", "fingerprint", COM_KEY_TEXT, "", 0, 95, NULL, false,
     "SHA-256 fingerprint of the central node's certificate, as ommsyncctl status shows it there: no other is taken "
     "then. Empty: with [tls] check = pinned that of the first contact is remembered.", OWN(central_fingerprint)},
    {"remotes", "listen", COM_KEY_TEXT, "0.0.0.0", 1, 45, NULL, true,
     "Address on which the central node waits for remotes; :: for IPv6 too.", OWN(listen)},
    {"remotes", "port", COM_KEY_INT, "12622", 0, 65535, NULL, true,
     "TCP port there. The OMM of the same machine may hold 12622 itself: then another one. 0: the system chooses.",
     OWN(port)},
    {"remotes", "user", COM_KEY_TEXT, "ommsync", 1, SITE_ACCOUNT_MAX, NULL, false,
     "Account with which remote nodes log in.", OWN(remotes_user)},
    {"remotes", "password-file", COM_KEY_TEXT, "", 0, 4000, NULL, false,
     "File whose first line is its password. Needed at the central node.", OWN(remotes_password_file)},
    {"remotes", "certificate", COM_KEY_TEXT, "", 0, 4000, NULL, true,
     "Certificate shown to remotes, as PEM. Empty: one is made at the first start and kept in the data folder.",
     OWN(cert_file)},
    {"remotes", "key", COM_KEY_TEXT, "", 0, 4000, NULL, true,
     "The certificate's key, as PEM.", OWN(key_file)},
    {"remotes", "max", COM_KEY_INT, "10", 1, 500, NULL, true,
     "Remotes of the star at most, our nodes and vendor's OMMs together.", OWN(max_remotes)},
    HOST_KEYS_TLS(AT),
    HOST_KEYS_LINKS(AT),
    {"links", "same-platform", COM_KEY_BOOL, "no", 0, 0, NULL, true,
     "Refuse an OMM that runs on another platform (base station or server) than the others. Otherwise a mixture is "
     "only told.", AT(same_platform)},
    {"links", "same-version", COM_KEY_BOOL, "yes", 0, 0, NULL, false,
     "Stop synchronising with a node whose OMM speaks another version of AXI, until both are the same again.",
     OWN(same_version)},
    HOST_KEYS_WATCH_PHONES(AT, "yes"),
    {"links", "first-retry", COM_KEY_DURATION, "1s", 10, HOST_HOUR, NULL, false,
     "Between nodes: how long after its end the link to the central node is tried again. Each failure doubles the "
     "time, up to that of retry.", OWN(first_retry)},
    {"links", "keep-alive", COM_KEY_DURATION, "1min", 100, 10 * HOST_MINUTE, NULL, false,
     "Between nodes: how long nothing may come before it is asked whether the other one is there. After three times as "
     "long the link ends.", OWN(keep_alive)},
    {"links", "login-timeout", COM_KEY_DURATION, "30s", 100, 10 * HOST_MINUTE, NULL, false,
     "Between nodes: limit for the login.", OWN(login_timeout)},
    {"links", "rate", COM_KEY_BYTES, "0", 0, (int64_t)1 << 40, NULL, false,
     "Bytes a second that are sent to a node at most, so that a first synchronisation leaves the line usable. 0: no "
     "limit.", OWN(rate)},
    HOST_KEYS_STORE(AT, "16MiB", "0"),
    HOST_KEYS_RECORDS(AT, "ommsyncctl"),
    HOST_KEYS_HANDOFF(AT),
    {"handoff", "announce", COM_KEY_DURATION, "5s", 100, 10 * HOST_MINUTE, NULL, true,
     "How long a site waits for the former one to confirm that it let a phone go, before it renews its registration "
     "anyway.", OWN(announce)},
    {"handoff", "elsewhere", COM_KEY_DURATION, "1min", 100, HOST_HOUR, NULL, true,
     "When an OMM says that a phone is at another site: how long that one's word is waited for, before the user is "
     "registered here again.", OWN(elsewhere)},
};
/* clang-format on */

const struct com_config settings_config = {
    .keys = keys,
    .count = sizeof keys / sizeof *keys,
    .settings_size = sizeof(struct settings),
    .title = "Configuration of ommsyncd. Files conf.d/*.conf beside this one are read after it, in "
             "the order of their names. See ommsyncd.conf(5).",
};

static void check_address(const char *key, const char *address, bool plain, const char *path,
                          struct com_problems *problems)
{
    char host[SITE_ADDRESS_SIZE];
    int port;
    if (address[0] && !site_parse_address(address, plain, host, sizeof host, &port))
        com_problems_add(problems, "%s: %s: \"%s\" is not an address", path, key, address);
}

static void check_password(const char *key, const char *file, const char *path,
                           struct com_problems *problems)
{
    char secret[COM_SECRET_MAX], error[600];
    if (com_secret_read(file, secret, error, sizeof error) != 0)
        com_problems_add(problems, "%s: %s: %s", path, key, error);
    else if (strlen(secret) > SITE_ACCOUNT_MAX)
        com_problems_add(problems, "%s: %s: %s: longer than %d bytes", path, key, file,
                         SITE_ACCOUNT_MAX);
    com_wipe(secret, sizeof secret);
}

/* What it is to be, even if the number says something else. */
static bool wants_central(const struct settings *s)
{
    return s->central_address[0] == '\0';
}

static void check_fingerprint(const char *key, const char *text, const char *path,
                              struct com_problems *problems)
{
    char hex[COM_FINGERPRINT_SIZE];
    if (text[0] && !com_tls_read_fingerprint(text, hex))
        com_problems_add(problems, "%s: %s: \"%s\" is no SHA-256 in hexadecimal", path, key, text);
}

static void check_role(const struct settings *s, const char *path, struct com_problems *problems)
{
    bool central = wants_central(s);
    if (central && s->node != CENTRAL_NODE)
        com_problems_add(problems,
                         "%s: [system] node: node %lld is no central node: set [central] address",
                         path, (long long)s->node);
    if (!central && s->node == CENTRAL_NODE)
        com_problems_add(problems,
                         "%s: [system] node: a remote node needs a number of its own, from 2 on",
                         path);
    if (central && !s->remotes_password_file[0])
        com_problems_add(problems, "%s: [remotes] password-file must be set at the central node",
                         path);
    if (!central && !s->central_password_file[0])
        com_problems_add(problems, "%s: [central] password-file must be set", path);
    if (!s->cert_file[0] != !s->key_file[0])
        com_problems_add(problems, "%s: [remotes] certificate and key belong together", path);
}

bool settings_check(void *settings, const char *path, struct com_problems *problems)
{
    struct settings *s = settings;
    size_t before = problems->count;
    s->host.max_connecting = 1; /* there is one OMM */
    check_role(s, path, problems);
    check_address("[omm] address", s->omm_address, s->omm_plain, path, problems);
    check_address("[omm] standby", s->omm_standby, s->omm_plain, path, problems);
    check_address("[central] address", s->central_address, false, path, problems);
    check_address("[central] second-address", s->central_second, false, path, problems);
    check_fingerprint("[omm] fingerprint", s->omm_fingerprint, path, problems);
    check_fingerprint("[central] fingerprint", s->central_fingerprint, path, problems);
    if (s->omm_password_file[0])
        check_password("[omm] password-file", s->omm_password_file, path, problems);
    if (wants_central(s) && s->remotes_password_file[0])
        check_password("[remotes] password-file", s->remotes_password_file, path, problems);
    if (!wants_central(s) && s->central_password_file[0])
        check_password("[central] password-file", s->central_password_file, path, problems);
    return problems->count == before;
}
