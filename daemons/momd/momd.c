/*
 * The wiring: batches and steps, actions to links and watchers, what happens when the store fails, start and end.
 */
#include "momd.h"
#include "commands.h"
#include "import.h"
#include "keeper.h"
#include "link.h"
#include "node.h"
#include "watch.h"

#include <axi/mbedtls.h>
#include <com/cli.h>
#include <com/log.h>
#include <com/notify.h>
#include <momsync/transfer.h>

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STOP_MS        5000 /* for links to end in order */
#define SLOW_MS        1000 /* status for the service manager, repeated log lines */
#define FAILURES_MAX   5    /* of the store, one after the other, before the program gives up */
#define FAILURE_MS     1000 /* wait after the first; doubled each time */
#define DAY_MS         INT64_C(86400000)
#define FAILURE_OLD_MS 60000 /* a failure so long ago does not count any more */

struct mom_now momd_now(void)
{
    struct mom_now now = {com_now_ms(), com_wall_ms()};
    return now;
}

/* --- the engine ------------------------------------------------------------------------------------- */

static void on_engine_log(void *user, enum mom_level level, const char *line)
{
    (void)user;
    com_log((enum com_level)level, "%s", line);
}

static int open_engine(struct momd *momd)
{
    const struct settings *settings = &momd->settings;
    struct mom_config config = {
        .size = sizeof config,
        .sari = settings_sari(settings),
        .timers = {.deliver_ms = settings->deliver,
                   .release_ms = settings->release,
                   .renew_ms = settings->renew,
                   .retry_ms = settings->offer_again,
                   .login_ms = settings->login,
                   .silence_ms = settings->silence},
        .offline_delete = (enum mom_offline_delete)settings->offline_delete,
        .unique_sip_auth = settings->unique_sip_auth,
        .brake_percent = (uint32_t)settings->brake_percent,
        .same_platform = settings->same_platform,
        .history_ms = settings->history_days * DAY_MS,
        .policy = settings_policy(settings),
        .log = on_engine_log,
    };
    struct mom_lmdb_options lmdb = {.map_size = (uint64_t)settings->map_size};
    struct mom_now now = momd_now();
    char path[4096];
    snprintf(path, sizeof path, "%s/store", settings->data_dir);
    if (node_make_folder(path) != 0 || keeper_prepare(momd, &config) != 0)
        return -1;
    lmdb.path = path;
    int rc = mom_store_lmdb_open(&lmdb, &config.store);
    if (rc == MOM_OK) {
        rc = mom_engine_new(&config, &now, &momd->engine);
        if (rc != MOM_OK)
            config.store.ops->close(config.store.store);
    }
    if (rc != MOM_OK)
        com_error("%s: %s", path, mom_err_text(rc));
    else
        keeper_note(momd);
    momd->store = config.store;
    return rc == MOM_OK ? 0 : -1;
}

/* --- batches and steps --------------------------------------------------------------------------------- */

int momd_input(struct momd *momd, const struct mom_input *input)
{
    int rc = momd->broken ? MOM_ESTORE : mom_batch_add(momd->batch, input);
    if (rc == MOM_OK)
        momd_schedule(momd);
    return rc;
}

int momd_setting(struct momd *momd, const char *name, const char *value)
{
    struct mom_input input = {
        .kind = MOM_IN_SETTING, .name = momd_str(name), .value = momd_str(value)};
    return momd_input(momd, &input);
}

void momd_schedule(struct momd *momd)
{
    int64_t now = com_now_ms(), wait;
    size_t count = momd->broken ? 0 : mom_batch_count(momd->batch);
    if (momd->broken || momd->stepping)
        return;
    int64_t deadline = mom_engine_deadline(momd->engine);
    if (count == 0)
        momd->batch_since = 0;
    else if (momd->batch_since == 0)
        momd->batch_since = now;
    if (count >= (size_t)momd->settings.batch_max)
        deadline = now;
    else if (count > 0 && momd->batch_since + momd->settings.batch_delay < deadline)
        deadline = momd->batch_since + momd->settings.batch_delay;
    wait = deadline == MOM_NEVER ? -1 : deadline > now ? deadline - now : 0;
    if (wait < 0)
        com_timer_stop(momd->step_timer);
    else
        com_timer_start(momd->step_timer, wait, 0);
}

static void remember_answer(struct momd *momd, const struct mom_action *action)
{
    struct answer *answer = &momd->answer;
    if (action->tag == 0 || action->tag != answer->tag)
        return;
    answer->done = true;
    answer->id = action->id;
    answer->rc = action->kind == MOM_DO_DONE ? MOM_OK : action->rc;
    if (action->kind == MOM_DO_REFUSED)
        snprintf(answer->text, sizeof answer->text, "%.*s", (int)action->text.len,
                 action->text.ptr);
}

/* The engine logs it too, by the site's number and without what to do. */
static void held(struct momd *momd, const struct mom_action *action)
{
    char text[32];
    const char *name = site_label(momd, action->site, text, sizeof text);
    com_error("site %s: %llu records are held: see momctl held %s, then momctl decide %s yes or no",
              name, (unsigned long long)action->id, name, name);
    watch_held(momd, name, action->id);
}

static void carry_out(struct momd *momd, const struct mom_action *action)
{
    struct site *site;
    switch (action->kind) {
    case MOM_DO_CHANGED:
    case MOM_DO_CONFLICT:
        watch_action(momd, action);
        break;
    case MOM_DO_DONE:
    case MOM_DO_REFUSED:
        if (action->kind == MOM_DO_REFUSED && action->tag == MOM_IMPORT_TAG)
            import_refused(momd, action);
        else
            remember_answer(momd, action);
        break;
    case MOM_DO_HELD:
        held(momd, action);
        break;
    default:
        site = site_by_number(momd, action->site);
        if (site && site->link)
            link_act(site->link, action);
    }
}

static void store_failed(struct momd *momd, int rc)
{
    int64_t now = com_now_ms();
    momd->broken = true;
    momd->batch_since = 0;
    for (size_t i = 0; i < momd->site_count; i++)
        link_free(momd->sites[i]->link);
    mom_batch_reset(momd->batch);
    if (now - momd->failed_at > FAILURE_OLD_MS)
        momd->failures = 0;
    momd->failed_at = now;
    momd->failures++;
    if (momd->stopping || momd->failures > FAILURES_MAX) {
        com_error("the store failed: %s: giving up", mom_err_text(rc));
        momd->exit_code = COM_EXIT_REFUSED;
        uv_stop(&momd->loop);
        return;
    }
    int64_t wait = (int64_t)FAILURE_MS << (momd->failures - 1);
    com_error("the store failed: %s: all links are closed, what was not committed is dropped; "
              "trying again in %lld s "
              "(attempt %u of %d)",
              mom_err_text(rc), (long long)wait / 1000, momd->failures, FAILURES_MAX);
    com_timer_start(momd->step_timer, wait, 0);
}

static void start_links(struct momd *momd)
{
    for (size_t i = 0; i < momd->site_count; i++) {
        if (link_start(momd, momd->sites[i]) != 0)
            com_error("site %s: out of memory", momd->sites[i]->conf.name);
    }
}

static void load_again(struct momd *momd)
{
    struct mom_now now = momd_now();
    int rc = mom_engine_reload(momd->engine, &now);
    sites_free(momd);
    if (rc == MOM_OK && sites_load(momd) != 0)
        rc = MOM_ENOMEM;
    if (rc != MOM_OK) {
        store_failed(momd, rc);
        return;
    }
    momd->broken = false;
    com_notice("the store was loaded again");
    start_links(momd);
    momd_schedule(momd);
}

int momd_step(struct momd *momd)
{
    struct mom_now now = momd_now();
    struct mom_action action;
    if (momd->broken)
        return MOM_ESTORE;
    int rc = mom_engine_step(momd->engine, &now, momd->batch);
    if (mom_err_is_fatal(rc)) {
        store_failed(momd, rc);
        return rc;
    }
    if (rc != MOM_OK)
        com_error("internal: step: %s", mom_err_name(rc));
    keeper_note(momd);
    mom_batch_reset(momd->batch);
    momd->batch_since = 0;
    momd->stepping = true; /* links add to the next batch now */
    while (mom_engine_next_action(momd->engine, &action))
        carry_out(momd, &action);
    momd->stepping = false;
    momd_schedule(momd);
    return rc;
}

int momd_change(struct momd *momd, struct mom_input *input)
{
    memset(&momd->answer, 0, sizeof momd->answer);
    momd->answer.tag = input->tag = ++momd->last_tag;
    int rc = momd_input(momd, input);
    if (rc == MOM_OK)
        rc = momd_step(momd);
    if (rc != MOM_OK)
        momd->answer.rc = rc;
    else if (!momd->answer.done)
        momd->answer.rc = MOM_ESTATE;
    if (momd->answer.rc != MOM_OK && !momd->answer.text[0])
        snprintf(momd->answer.text, sizeof momd->answer.text, "%s", mom_err_text(momd->answer.rc));
    return momd->answer.rc;
}

static void on_step_timer(void *user)
{
    struct momd *momd = user;
    if (momd->broken)
        load_again(momd);
    else
        (void)momd_step(momd);
}

/* --- status, signals, end --------------------------------------------------------------------------------- */

void momd_count_sites(const struct momd *momd, unsigned *ret_enabled, unsigned *ret_steady)
{
    unsigned enabled = 0, steady = 0;
    for (size_t i = 0; i < momd->site_count; i++) {
        struct mom_omm_info info;
        if (!momd->sites[i]->conf.enabled)
            continue;
        enabled++;
        if (!momd->sites[i]->link)
            continue;
        link_info(momd->sites[i]->link, &info);
        steady += info.state == MOM_OMM_STEADY;
    }
    *ret_enabled = enabled;
    *ret_steady = steady;
}

static void on_slow(void *user)
{
    struct momd *momd = user;
    char status[sizeof momd->status];
    unsigned enabled, steady;
    com_log_flush();
    keeper_work(momd);
    momd_count_sites(momd, &enabled, &steady);
    snprintf(status, sizeof status, "%s%u of %u sites steady",
             momd->broken ? "the store failed, " : "", steady, enabled);
    if (strcmp(status, momd->status) != 0 && com_notify_status(status) >= 0)
        memcpy(momd->status, status, sizeof status);
}

static void on_watchdog(void *user)
{
    (void)user;
    com_notify_watchdog();
}

static void finish(struct momd *momd)
{
    /* what the links reported at their end */
    if (!momd->broken && mom_batch_count(momd->batch) > 0)
        (void)momd_step(momd);
    uv_stop(&momd->loop);
}

static void on_stop_timer(void *user)
{
    com_warning("some links did not end in time");
    finish(user);
}

void momd_link_closed(struct momd *momd)
{
    for (size_t i = 0; i < momd->site_count; i++) {
        if (momd->sites[i]->link && !link_is_idle(momd->sites[i]->link))
            return;
    }
    /* in a turn of its own: the caller is in the middle of a link */
    com_timer_start(momd->stop_timer, 0, 0);
}

static void on_all_closed(void *user)
{
    struct momd *momd = user;
    for (size_t i = 0; i < momd->site_count; i++) {
        if (momd->sites[i]->link && !link_is_idle(momd->sites[i]->link)) {
            on_stop_timer(momd);
            return;
        }
    }
    finish(momd);
}

static void stop(struct momd *momd)
{
    if (momd->stopping) { /* asked twice: at once */
        finish(momd);
        return;
    }
    com_notice("stopping");
    com_notify_stopping();
    momd->stopping = true;
    com_ctl_close(momd->ctl);
    momd->ctl = NULL;
    com_timer_start(momd->stop_timer, STOP_MS, 0);
    for (size_t i = 0; i < momd->site_count; i++) {
        if (momd->sites[i]->link)
            link_end(momd->sites[i]->link);
    }
    momd_link_closed(momd);
}

static void take_settings(struct momd *momd, struct settings *fresh)
{
    bool links = false;
    const struct com_key *key;
    size_t iter = 0;
    while ((key = com_config_changed(&settings_config, &momd->settings, fresh, &iter)) != NULL) {
        com_notice("[%s] %s changed%s", key->section, key->name,
                   key->needs_restart ? ": taken at the next start" : "");
        links = links || strcmp(key->section, "links") == 0;
    }
    settings_free(&momd->settings);
    momd->settings = *fresh;
    com_log_set_level((enum com_level)momd->settings.log_level);
    com_tls_unref(momd->ca_tls); /* the file may be another one; connections keep theirs */
    momd->ca_tls = NULL;
    for (size_t i = 0; links && i < momd->site_count; i++) {
        if (momd->sites[i]->link)
            link_refresh(momd->sites[i]->link);
    }
}

static void reload_settings(struct momd *momd)
{
    struct settings fresh;
    struct com_problems problems = {0};
    com_notify_reloading();
    if (settings_load(&fresh, momd->config_path, &problems) == 0) {
        take_settings(momd, &fresh);
        com_notice("configuration loaded again");
    } else {
        for (size_t i = 0; i < problems.count; i++)
            com_error("%s", problems.lines[i]);
        com_error("the configuration has mistakes: the former one stays in force");
    }
    com_problems_done(&problems);
    com_notify_ready(momd->status[0] ? momd->status : "running");
}

static void on_signal(void *user, enum com_signal signal)
{
    struct momd *momd = user;
    if (signal == COM_SIGNAL_STOP)
        stop(momd);
    else if (!momd->stopping)
        reload_settings(momd);
}

/* --- start -------------------------------------------------------------------------------------------------- */

static int listen_control(struct momd *momd)
{
    struct com_ctl_options options = {
        .path = momd->settings.socket_path, .handler = commands_handle, .user = momd};
    char error[512];
    if (momd->settings.group[0]) {
        const struct group *group = getgrnam(momd->settings.group);
        if (!group) {
            com_error("[control] group: there is no group \"%s\"", momd->settings.group);
            return -1;
        }
        options.allow_group = true;
        options.group = group->gr_gid;
    }
    momd->ctl = com_ctl_new(&momd->loop, &options, error, sizeof error);
    if (!momd->ctl)
        com_error("%s", error);
    return momd->ctl ? 0 : -1;
}

static int make_timers(struct momd *momd)
{
    int64_t watchdog = com_notify_watchdog_ms();
    momd->step_timer = com_timer_new(&momd->loop, on_step_timer, momd);
    momd->slow_timer = com_timer_new(&momd->loop, on_slow, momd);
    momd->watchdog_timer = com_timer_new(&momd->loop, on_watchdog, momd);
    momd->stop_timer = com_timer_new(&momd->loop, on_all_closed, momd);
    momd->signals = com_signals_new(&momd->loop, on_signal, momd);
    momd->batch = mom_batch_new(NULL);
    if (!momd->step_timer || !momd->slow_timer || !momd->watchdog_timer || !momd->stop_timer ||
        !momd->signals || !momd->batch) {
        com_error("out of memory");
        return -1;
    }
    com_timer_start(momd->slow_timer, SLOW_MS, SLOW_MS);
    if (watchdog > 0)
        com_timer_start(momd->watchdog_timer, watchdog, watchdog);
    return 0;
}

static int start(struct momd *momd)
{
    if (make_timers(momd) != 0 || node_make_folder(momd->settings.data_dir) != 0 ||
        node_load_keys(momd->settings.data_dir, &momd->keys) != 0 || open_engine(momd) != 0)
        return -1;
    if (sites_load(momd) != 0) {
        com_error("the sites cannot be read from the store");
        return -1;
    }
    if (listen_control(momd) != 0)
        return -1;
    start_links(momd);
    momd_schedule(momd);
    com_notice("momd %s: %zu sites, control socket %s", MOM_VERSION_TEXT, momd->site_count,
               momd->settings.socket_path);
    com_notify_ready("started");
    return 0;
}

static void free_timer(struct com_timer *timer)
{
    if (timer)
        com_timer_free(timer);
}

/* Asked to stop again while it ends: without the handlers that would kill it before its store is closed. */
static void block_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
}

static void clean_up(struct momd *momd)
{
    block_signals();
    com_ctl_close(momd->ctl);
    import_forget(momd);
    sites_free(momd);
    free_timer(momd->step_timer);
    free_timer(momd->slow_timer);
    free_timer(momd->watchdog_timer);
    free_timer(momd->stop_timer);
    com_signals_free(momd->signals);
    if (com_loop_finish(&momd->loop, STOP_MS) != 0)
        com_warning("internal: something was left open");
    mom_engine_free(momd->engine);
    mom_batch_free(momd->batch);
    com_tls_unref(momd->ca_tls);
    axi_rsa_free(momd->rsa);
    com_wipe(&momd->keys, sizeof momd->keys);
    settings_free(&momd->settings);
    com_log_flush();
}

int momd_run(const char *config_path, struct settings *settings)
{
    struct momd momd = {
        .config_path = config_path, .settings = *settings, .started_mono = com_now_ms()};
    if (uv_loop_init(&momd.loop) != 0) {
        com_error("the event loop cannot be made");
        settings_free(&momd.settings);
        return COM_EXIT_REFUSED;
    }
    com_log_set_level((enum com_level)settings->log_level);
    (void)signal(SIGXFSZ, SIG_IGN); /* a file at its limit is an error of the store, not the end */
    if (start(&momd) == 0)
        uv_run(&momd.loop, UV_RUN_DEFAULT);
    else
        momd.exit_code = COM_EXIT_REFUSED;
    clean_up(&momd);
    com_notice("stopped");
    return momd.exit_code;
}
