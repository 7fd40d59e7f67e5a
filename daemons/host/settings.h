/*
 * Settings that momd and ommsyncd have in common. A daemon's own structure begins with this one, and its table of keys
 * takes the rows of host_keys.h.
 */
#ifndef HOST_SETTINGS_H
#define HOST_SETTINGS_H

#include <com/config.h>
#include <com/log.h>
#include <momsync/engine.h>

struct host_settings {
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
    int64_t page, window, protocol_version, max_message;
    int64_t max_connecting; /* set by the daemon where it is no key */
    bool same_platform, watch_phones;
    /* store */
    int64_t map_size, batch_delay, batch_max;
    /* records */
    int64_t brake_percent, history_days;
    int offline_delete; /* enum mom_offline_delete */
    bool unique_sip_auth;
    /* handoff */
    int64_t release, renew, offer_again, login, silence;
};

/* In the order of enum mom_offline_delete. */
extern const char *const host_offline_delete_names[];

/* Check what the table of keys cannot; false with problems. */
bool host_settings_check(const struct host_settings *settings, const char *path,
                         struct com_problems *problems);
struct host_program;
/* Load and check the configuration of a program; `path` NULL gives the defaults. To be freed with host_settings_free;
 * NULL with problems. */
void *host_settings_load(const struct host_program *program, const char *path,
                         struct com_problems *problems);
void host_settings_free(const struct host_program *program, void *settings);
/* The SARI of the settings, pli 0 when none is set. */
struct mom_park host_settings_sari(const struct host_settings *settings);

#endif
