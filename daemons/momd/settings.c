/*
 * The table of keys. Parser, dump, sample and manual come from it.
 */
#include "settings.h"

#include <com/conn.h>
#include <com/tls.h>

#include <grp.h>
#include <string.h>
#include <unistd.h>

#define AT(member) offsetof(struct settings, member)
#define SECOND     1000
#define MINUTE     (60 * SECOND)
#define HOUR       (60 * MINUTE)
#define MIB        (1024 * 1024)

/* In the order of enum mom_offline_delete. */
static const char *const offline_delete_names[] = {"keep-deleted", "restore", NULL};

#define POLICY_NAME(id, code, name, text) name,
#define POLICY_CODE(id, code, name, text) (code),
static const char *const policy_names[] = {MOM_POLICIES(POLICY_NAME) NULL};
static const unsigned char policy_codes[] = {MOM_POLICIES(POLICY_CODE)};

/* clang-format off */
static const struct com_key keys[] = {
    {"system", "name", COM_KEY_TEXT, "momd", 1, 63, NULL, false,
     "Name of this system, shown by momctl status.", AT(name)},
    {"system", "data-dir", COM_KEY_TEXT, "/var/lib/momd", 1, 4000, NULL, true,
     "Folder of the store and of the node's key. It is made when it is missing, for the user of momd alone.",
     AT(data_dir)},
    {"system", "sari", COM_KEY_TEXT, "", 0, 14, NULL, true,
     "Identity that all sites of the system share: 10 hexadecimal digits, or the 14 characters that are typed into a "
     "phone. Empty: the PARK of the first site that connects becomes the SARI.", AT(sari_text)},
    {"system", "log-level", COM_KEY_CHOICE, "info", 0, 0, com_level_names, false,
     "What is logged: this level and the more important ones.", AT(log_level)},
    {"control", "socket", COM_KEY_TEXT, "/run/momd/momd.sock", 1, 107, NULL, true,
     "Path of the control socket, on which momctl asks.", AT(socket_path)},
    {"control", "group", COM_KEY_TEXT, "", 0, 63, NULL, true,
     "Group whose members may use the control socket, beside root and the user of momd. Empty: nobody else.",
     AT(group)},
    {"tls", "min-version", COM_KEY_CHOICE, "1.2", 0, 0, com_tls_version_names, false,
     "Oldest TLS version that is spoken to a site.", AT(tls_min_version)},
    {"tls", "check", COM_KEY_CHOICE, "pinned", 0, 0, com_tls_check_names, false,
     "How a site's certificate is checked when the site does not say otherwise. pinned: the certificate of the first "
     "contact is remembered and no other is taken later. ca: it must come from an authority of ca-file and have the "
     "site's name. none: any certificate.", AT(tls_check)},
    {"tls", "ca-file", COM_KEY_TEXT, "", 0, 4000, NULL, false,
     "Certificates of the authorities for the check ca, as PEM.", AT(ca_file)},
    {"links", "retry", COM_KEY_DURATION, "1min", 10, 24 * HOUR, NULL, false,
     "How long after its end a link to a site is tried again.", AT(retry)},
    {"links", "retry-jitter", COM_KEY_DURATION, "5s", 1, HOUR, NULL, false,
     "Up to so much is added to retry, so that not all sites come back at once.", AT(retry_jitter)},
    {"links", "restart", COM_KEY_DURATION, "5s", 10, HOUR, NULL, false,
     "When a site got the SARI and restarts: the time between two attempts to reach it.", AT(restart)},
    {"links", "connect-timeout", COM_KEY_DURATION, "10s", 100, 10 * MINUTE, NULL, false,
     "Limit for the name lookup, the connection and the TLS handshake together.", AT(connect_timeout)},
    {"links", "answer-timeout", COM_KEY_DURATION, "15s", 100, 10 * MINUTE, NULL, false,
     "How long a site may take to answer a request.", AT(answer_timeout)},
    {"links", "ping-interval", COM_KEY_DURATION, "30s", 100, 5 * MINUTE, NULL, false,
     "Time between two pings. A site closes a link that was silent for 5 minutes.", AT(ping_interval)},
    {"links", "page", COM_KEY_INT, "20", 1, 20, NULL, false,
     "Records that are asked for at a time. An OMM gives at most 20.", AT(page)},
    {"links", "window", COM_KEY_INT, "4", 1, 16, NULL, false,
     "Pages that are asked for before the first is answered.", AT(window)},
    {"links", "protocol-version", COM_KEY_INT, "0", 0, 1000000, NULL, false,
     "Protocol version that a site must have; 0 takes any.", AT(protocol_version)},
    {"links", "max-connecting", COM_KEY_INT, "16", 1, 500, NULL, false,
     "Connections that are being set up at a time; others wait for their turn.", AT(max_connecting)},
    {"links", "max-message", COM_KEY_BYTES, "1MiB", 65536, 64 * MIB, NULL, false,
     "Longest message that is taken from a site. A longer one ends the link.", AT(max_message)},
    {"links", "same-platform", COM_KEY_BOOL, "no", 0, 0, NULL, true,
     "Refuse a site whose OMM runs on another platform (base station or server) than the others. Otherwise a mixture "
     "is only told.", AT(same_platform)},
    {"links", "watch-phones", COM_KEY_BOOL, "no", 0, 0, NULL, false,
     "Ask sites to tell every registration of a phone's location, and end the SIP registration of a phone that is "
     "silent for longer than [handoff] silence.", AT(watch_phones)},
    {"store", "map-size", COM_KEY_BYTES, "1GiB", MIB, (int64_t)1 << 40, NULL, true,
     "Size to begin with of the store's map. It grows by itself.", AT(map_size)},
    {"store", "batch-delay", COM_KEY_DURATION, "20ms", 0, 10 * SECOND, NULL, false,
     "How long changes of sites are gathered before they are written together.", AT(batch_delay)},
    {"store", "batch-max", COM_KEY_INT, "2048", 1, 65536, NULL, false,
     "Changes that are written without waiting any longer.", AT(batch_max)},
    {"records", "brake-percent", COM_KEY_INT, "50", 1, 100, NULL, true,
     "When a site comes back and lacks more than so many percent of the records that it had, and more than 10, nothing "
     "is deleted until momctl decide says so. Above it momctl import --roll-back asks for --yes.",
     AT(brake_percent)},
    {"records", "offline-delete", COM_KEY_CHOICE, "keep-deleted", 0, 0, offline_delete_names, true,
     "What becomes of a record that was deleted while a site was away. keep-deleted: it stays deleted, unless it was "
     "changed by somebody who did not know of it. restore: it comes back.", AT(offline_delete)},
    {"records", "unique-sip-auth", COM_KEY_BOOL, "no", 0, 0, NULL, true,
     "A SIP authentication name too belongs to one user at most. Decided with the first record: later changes have no "
     "effect.", AT(unique_sip_auth)},
    {"records", "history-days", COM_KEY_INT, "90", 1, 36500, NULL, true,
     "How far back the history of records goes, in days.", AT(history_days)},
    {"handoff", "policy", COM_KEY_CHOICE, "renew-after-confirmation", 0, 0, policy_names, true,
     "In which order a roaming phone changes its SIP registration, when its new site does not say otherwise. "
     "renew-after-confirmation: both sites may be registered for a moment; when the former one has ended, the new one "
     "renews. remove-before-register: the new site gets the records when the former one has ended. "
     "register-before-remove: the former site ends when the new one has registered.", AT(policy)},
    {"handoff", "deliver", COM_KEY_DURATION, "10s", 100, 10 * MINUTE, NULL, true,
     "How long a new site may take to accept the records of a roaming phone.", AT(deliver)},
    {"handoff", "release", COM_KEY_DURATION, "5s", 100, 10 * MINUTE, NULL, true,
     "How long the former site may take to end its SIP registration.", AT(release)},
    {"handoff", "renew", COM_KEY_DURATION, "5s", 100, 10 * MINUTE, NULL, true,
     "How long the new site may take to renew its SIP registration.", AT(renew)},
    {"handoff", "retry", COM_KEY_DURATION, "30s", 100, HOUR, NULL, true,
     "When a record that a site refused is offered again.", AT(offer_again)},
    {"handoff", "login", COM_KEY_DURATION, "10s", 100, 10 * MINUTE, NULL, true,
     "How long a site may take to accept a user who logs in at a phone there.", AT(login)},
    {"handoff", "silence", COM_KEY_DURATION, "150min", MINUTE, 7 * 24 * HOUR, NULL, true,
     "With [links] watch-phones: how long a phone may be silent. Phones register their location every 2 hours.",
     AT(silence)},
};
/* clang-format on */

const struct com_config settings_config = {
    .keys = keys,
    .count = sizeof keys / sizeof *keys,
    .settings_size = sizeof(struct settings),
    .title = "Configuration of momd. Files conf.d/*.conf beside this one are read after it, in the "
             "order of their names. See momd.conf(5).",
};

static bool parse_sari(const char *text, struct mom_park *ret_park)
{
    struct mom_str str = {text, strlen(text)};
    return mom_park_parse(str, ret_park) == MOM_OK ||
           mom_park_parse_printed(str, ret_park) == MOM_OK;
}

struct mom_park settings_sari(const struct settings *settings)
{
    struct mom_park park = {0};
    return parse_sari(settings->sari_text, &park) ? park : (struct mom_park){0};
}

enum mom_policy settings_policy(const struct settings *settings)
{
    return (enum mom_policy)policy_codes[settings->policy];
}

static bool check(const struct settings *settings, const char *path, struct com_problems *problems)
{
    struct mom_park park;
    size_t before = problems->count;
    if (!parse_sari(settings->sari_text, &park))
        com_problems_add(
            problems,
            "%s: [system] sari: \"%s\" is neither 10 hexadecimal digits nor a printed PARK", path,
            settings->sari_text);
    if (settings->group[0] && !getgrnam(settings->group))
        com_problems_add(problems, "%s: [control] group: there is no group \"%s\"", path,
                         settings->group);
    if (settings->tls_check == COM_TLS_CHECK_CA && !settings->ca_file[0])
        com_problems_add(problems, "%s: [tls] check = ca needs ca-file", path);
    if (settings->ca_file[0] && access(settings->ca_file, R_OK) != 0)
        com_problems_add(problems, "%s: [tls] ca-file: %s cannot be read", path, settings->ca_file);
    return problems->count == before;
}

int settings_load(struct settings *settings, const char *path, struct com_problems *problems)
{
    struct settings loaded;
    if (com_config_load(&settings_config, &loaded, path, problems) != 0)
        return -1;
    if (!check(&loaded, path ? path : "defaults", problems)) {
        com_config_free(&settings_config, &loaded);
        return -1;
    }
    *settings = loaded;
    return 0;
}

void settings_free(struct settings *settings)
{
    com_config_free(&settings_config, settings);
}
