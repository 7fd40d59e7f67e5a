/*
 * Settings of momd: the table of keys and the structure that it fills.
 */
#ifndef MOMD_SETTINGS_H
#define MOMD_SETTINGS_H

#include <com/config.h>
#include <com/log.h>
#include <momsync/engine.h>

#define MOMD_CONFIG_PATH "/etc/momd/momd.conf"

struct settings {
    /* system */
    char *name, *data_dir, *sari_text;
    int log_level; /* enum com_level */
    /* control */
    char *socket_path, *group;
    /* tls */
    int tls_min_version; /* index in com_tls_version_names */
    int tls_check;       /* enum com_tls_check */
    char *ca_file;
    /* links */
    int64_t retry, retry_jitter, restart, connect_timeout, answer_timeout, ping_interval;
    int64_t page, window, protocol_version, max_connecting, max_message;
    bool same_platform, watch_phones;
    /* store */
    int64_t map_size, batch_delay, batch_max;
    /* records */
    int64_t brake_percent, history_days;
    int offline_delete; /* enum mom_offline_delete */
    bool unique_sip_auth;
    /* handoff */
    int policy; /* index of a name: settings_policy */
    int64_t deliver, release, renew, offer_again, login, silence;
};

extern const struct com_config settings_config;

/* Read the file, and check what the table cannot. `path` NULL gives the defaults. As com_config_load. */
int settings_load(struct settings *settings, const char *path, struct com_problems *problems);
void settings_free(struct settings *settings);
/* The SARI of the settings, pli 0 when none is set. */
struct mom_park settings_sari(const struct settings *settings);
enum mom_policy settings_policy(const struct settings *settings);

#endif
