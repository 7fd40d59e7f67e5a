/*
 * Rows of the table of keys that momd and ommsyncd have in common, a macro for each section: AT names the member's
 * offset in the daemon's settings, DAEMON and CTL are the programs' names.
 */
#ifndef HOST_KEYS_H
#define HOST_KEYS_H

#include "settings.h"

#include <com/conn.h>
#include <com/tls.h>

#define HOST_SECOND 1000
#define HOST_MINUTE (60 * HOST_SECOND)
#define HOST_HOUR   (60 * HOST_MINUTE)
#define HOST_MIB    (1024 * 1024)

/* clang-format off */
#define HOST_KEYS_SYSTEM(AT, DAEMON, CTL)                                                                              \
    {"system", "name", COM_KEY_TEXT, DAEMON, 1, 63, NULL, false,                                                       \
     "Name of this system, shown by " CTL " status.", AT(name)},                                                       \
    {"system", "data-dir", COM_KEY_TEXT, "/var/lib/" DAEMON, 1, 4000, NULL, true,                                      \
     "Folder of the store and of the node's key. It is made when it is missing, for the user of " DAEMON " alone.",    \
     AT(data_dir)},                                                                                                    \
    {"system", "sari", COM_KEY_TEXT, "", 0, 14, NULL, true,                                                            \
     "Identity that all sites of the system share: 10 hexadecimal digits, or the 14 characters that are typed into a " \
     "phone. Empty: the PARK of the first site that connects becomes the SARI.", AT(sari_text)},                       \
    {"system", "log-level", COM_KEY_CHOICE, "info", 0, 0, com_level_names, false,                                      \
     "What is logged: this level and the more important ones.", AT(log_level)}

#define HOST_KEYS_CONTROL(AT, DAEMON, CTL)                                                                             \
    {"control", "socket", COM_KEY_TEXT, "/run/" DAEMON "/" DAEMON ".sock", 1, 107, NULL, true,                         \
     "Path of the control socket, on which " CTL " asks.", AT(socket_path)},                                           \
    {"control", "group", COM_KEY_TEXT, "", 0, 63, NULL, true,                                                          \
     "Group whose members may use the control socket, beside root and the user of " DAEMON ". Empty: nobody else.",    \
     AT(group)}

#define HOST_KEYS_TLS(AT)                                                                                              \
    {"tls", "min-version", COM_KEY_CHOICE, "1.2", 0, 0, com_tls_version_names, false,                                  \
     "Oldest TLS version that is spoken to a site.", AT(tls_min_version)},                                             \
    {"tls", "check", COM_KEY_CHOICE, "pinned", 0, 0, com_tls_check_names, false,                                       \
     "How a site's certificate is checked when the site does not say otherwise. pinned: the certificate of the first " \
     "contact is remembered and no other is taken later. ca: it must come from an authority of ca-file and have the "  \
     "site's name. none: any certificate.", AT(tls_check)},                                                            \
    {"tls", "ca-file", COM_KEY_TEXT, "", 0, 4000, NULL, false,                                                         \
     "Certificates of the authorities for the check ca, as PEM.", AT(ca_file)}

#define HOST_KEYS_LINKS(AT)                                                                                            \
    {"links", "retry", COM_KEY_DURATION, "1min", 10, 24 * HOST_HOUR, NULL, false,                                      \
     "How long after its end a link to a site is tried again.", AT(retry)},                                            \
    {"links", "retry-jitter", COM_KEY_DURATION, "5s", 1, HOST_HOUR, NULL, false,                                       \
     "Up to so much is added to retry, so that not all sites come back at once.", AT(retry_jitter)},                   \
    {"links", "restart", COM_KEY_DURATION, "5s", 10, HOST_HOUR, NULL, false,                                           \
     "When a site got the SARI and restarts: the time between two attempts to reach it.", AT(restart)},                \
    {"links", "connect-timeout", COM_KEY_DURATION, "10s", 100, 10 * HOST_MINUTE, NULL, false,                          \
     "Limit for the name lookup, the connection and the TLS handshake together.", AT(connect_timeout)},                \
    {"links", "answer-timeout", COM_KEY_DURATION, "15s", 100, 10 * HOST_MINUTE, NULL, false,                           \
     "How long a site may take to answer a request.", AT(answer_timeout)},                                             \
    {"links", "ping-interval", COM_KEY_DURATION, "30s", 100, 5 * HOST_MINUTE, NULL, false,                             \
     "Time between two pings. A site closes a link that was silent for 5 minutes.", AT(ping_interval)},                \
    {"links", "page", COM_KEY_INT, "20", 1, 20, NULL, false,                                                           \
     "Records that are asked for at a time. An OMM gives at most 20.", AT(page)},                                      \
    {"links", "window", COM_KEY_INT, "4", 1, 16, NULL, false,                                                          \
     "Pages that are asked for before the first is answered.", AT(window)},                                            \
    {"links", "protocol-version", COM_KEY_INT, "0", 0, 1000000, NULL, false,                                           \
     "Protocol version that a site must have; 0 takes any.", AT(protocol_version)},                                    \
    {"links", "max-message", COM_KEY_BYTES, "1MiB", 65536, 64 * HOST_MIB, NULL, false,                                 \
     "Longest message that is taken from a site. A longer one ends the link.", AT(max_message)}

#define HOST_KEYS_WATCH_PHONES(AT, DEFAULT)                                                                            \
    {"links", "watch-phones", COM_KEY_BOOL, DEFAULT, 0, 0, NULL, false,                                                \
     "Ask sites to tell every registration of a phone's location, and end the SIP registration of a phone that is "    \
     "silent for longer than [handoff] silence.", AT(watch_phones)}

#define HOST_KEYS_STORE(AT, SIZE, BATCH)                                                                               \
    {"store", "map-size", COM_KEY_BYTES, SIZE, HOST_MIB, (int64_t)1 << 40, NULL, true,                                 \
     "Size to begin with of the store's map. It grows by itself.", AT(map_size)},                                      \
    {"store", "batch-delay", COM_KEY_DURATION, "20ms", 0, 10 * HOST_SECOND, NULL, false,                               \
     "How long changes of sites are gathered before they are written together.", AT(batch_delay)},                     \
    {"store", "batch-max", COM_KEY_INT, BATCH, 0, 65536, NULL, true,                                                   \
     "Changes that are written without waiting any longer, and records that are looked at for a site, or sent to a "   \
     "node, in one go. Each needs 20 to 40 KB of memory meanwhile; more of them are faster. 0: 2048, or 16 on a "      \
     "machine with less than 256 MB of memory.", AT(batch_max)}

#define HOST_KEYS_RECORDS(AT, CTL)                                                                                     \
    {"records", "brake-percent", COM_KEY_INT, "50", 1, 100, NULL, true,                                                \
     "When a site comes back and lacks more than so many percent of the records that it had, and more than 10, "       \
     "nothing is deleted until " CTL " decide says so. Above it " CTL " import --roll-back asks for --yes.",           \
     AT(brake_percent)},                                                                                               \
    {"records", "offline-delete", COM_KEY_CHOICE, "keep-deleted", 0, 0, host_offline_delete_names, true,               \
     "What becomes of a record that was deleted while a site was away. keep-deleted: it stays deleted, unless it was " \
     "changed by somebody who did not know of it. restore: it comes back.", AT(offline_delete)},                       \
    {"records", "unique-sip-auth", COM_KEY_BOOL, "no", 0, 0, NULL, true,                                               \
     "A SIP authentication name too belongs to one user at most. Decided with the first record: later changes have "   \
     "no effect.", AT(unique_sip_auth)},                                                                               \
    {"records", "history-days", COM_KEY_INT, "90", 1, 36500, NULL, true,                                               \
     "How far back the history of records goes, in days.", AT(history_days)}

#define HOST_KEYS_HANDOFF(AT)                                                                                          \
    {"handoff", "release", COM_KEY_DURATION, "5s", 100, 10 * HOST_MINUTE, NULL, true,                                  \
     "How long the former site may take to end its SIP registration.", AT(release)},                                   \
    {"handoff", "renew", COM_KEY_DURATION, "5s", 100, 10 * HOST_MINUTE, NULL, true,                                    \
     "How long the new site may take to renew its SIP registration.", AT(renew)},                                      \
    {"handoff", "retry", COM_KEY_DURATION, "30s", 100, HOST_HOUR, NULL, true,                                          \
     "When a record that a site refused is offered again.", AT(offer_again)},                                          \
    {"handoff", "login", COM_KEY_DURATION, "10s", 100, 10 * HOST_MINUTE, NULL, true,                                   \
     "How long a site may take to accept a user who logs in at a phone there.", AT(login)},                            \
    {"handoff", "silence", COM_KEY_DURATION, "150min", HOST_MINUTE, 7 * 24 * HOST_HOUR, NULL, true,                    \
     "With [links] watch-phones: how long a phone may be silent. Phones register their location every 2 hours.",       \
     AT(silence)}
/* clang-format on */

#endif
