/*
 * The wiring: batches and steps, actions to links and watchers, what happens when the store fails, start and end.
 */
#include "commands.h"
#include "import.h"
#include "keeper.h"
#include "link.h"
#include "folder.h"
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

#define STOP_MS         5000 /* for links to end in order */
#define SLOW_MS         1000 /* status for the service manager, repeated log lines */
#define BYTES_OF_CHANGE 256  /* at least, of a record in a message of a node */
#define FAILURES_MAX    5    /* of the store, one after the other, before the program gives up */
#define FAILURE_MS      1000 /* wait after the first; doubled each time */
#define DAY_MS          INT64_C(86400000)
#define FAILURE_OLD_MS  60000 /* a failure so long ago does not count any more */

struct mom_now host_now(void)
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

static int open_engine(struct host *host)
{
    const struct host_settings *settings = host->settings;
    struct mom_config config = {
        .size = sizeof config,
        .sari = host_settings_sari(settings),
        .limits = {.per_step = (uint32_t)settings->batch_max},
        .timers = {.release_ms = settings->release,
                   .renew_ms = settings->renew,
                   .retry_ms = settings->offer_again,
                   .login_ms = settings->login,
                   .silence_ms = settings->silence},
        .offline_delete = (enum mom_offline_delete)settings->offline_delete,
        .unique_sip_auth = settings->unique_sip_auth,
        .brake_percent = (uint32_t)settings->brake_percent,
        .same_platform = settings->same_platform,
        .history_ms = settings->history_days * DAY_MS,
        .log = on_engine_log,
    };
    struct mom_lmdb_options lmdb = {.map_size = (uint64_t)settings->map_size};
    struct mom_now now = host_now();
    char path[4096];
    if (host->program->configure)
        host->program->configure(host, &config);
    host->node = config.node ? config.node : HOST_NODE_FIRST;
    snprintf(path, sizeof path, "%s/store", settings->data_dir);
    if (folder_make(path) != 0 || keeper_prepare(host, &config) != 0)
        return -1;
    lmdb.path = path;
    int rc = mom_store_lmdb_open(&lmdb, &config.store);
    if (rc == MOM_OK) {
        rc = mom_engine_new(&config, &now, &host->engine);
        if (rc != MOM_OK)
            config.store.ops->close(config.store.store);
    }
    if (rc != MOM_OK)
        com_error("%s: %s", path, mom_err_text(rc));
    else
        keeper_note(host);
    host->store = config.store;
    return rc == MOM_OK ? 0 : -1;
}

/* --- batches and steps --------------------------------------------------------------------------------- */

int host_input(struct host *host, const struct mom_input *input)
{
    int rc = host->broken ? MOM_ESTORE : mom_batch_add(host->batch, input);
    if (rc == MOM_OK)
        host_schedule(host);
    return rc;
}

int host_setting(struct host *host, const char *name, const char *value)
{
    struct mom_input input = {
        .kind = MOM_IN_SETTING, .name = host_str(name), .value = host_str(value)};
    return host_input(host, &input);
}

bool host_read_setting(const struct host *host, const char *name, char *ret_value, size_t max)
{
    struct mom_view *view;
    if (host->broken || mom_view_open(host->engine, &view) != MOM_OK)
        return false;
    struct mom_str value = mom_view_setting(view, host_str(name));
    bool found = value.ptr != NULL;
    if (found)
        snprintf(ret_value, max, "%.*s", (int)value.len, value.ptr);
    mom_view_close(view);
    return found;
}

bool host_is_full(const struct host *host)
{
    size_t weight = mom_batch_count(host->batch) + host->batch_bytes / BYTES_OF_CHANGE;
    return weight >= (size_t)host->settings->batch_max;
}

void host_schedule(struct host *host)
{
    int64_t now = com_now_ms(), wait;
    size_t count = host->broken ? 0 : mom_batch_count(host->batch);
    if (host->broken || host->stepping)
        return;
    int64_t deadline = mom_engine_deadline(host->engine);
    if (count == 0)
        host->batch_since = 0;
    else if (host->batch_since == 0)
        host->batch_since = now;
    if (count > 0 && (host->hurry || host_is_full(host)))
        deadline = now;
    else if (count > 0 && host->batch_since + host->settings->batch_delay < deadline)
        deadline = host->batch_since + host->settings->batch_delay;
    wait = deadline == MOM_NEVER ? -1 : deadline > now ? deadline - now : 0;
    if (wait < 0)
        com_timer_stop(host->step_timer);
    else
        com_timer_start(host->step_timer, wait, 0);
}

void host_hurry(struct host *host)
{
    host->hurry = mom_batch_count(host->batch) > 0;
    host_schedule(host);
}

static void remember_answer(struct host *host, const struct mom_action *action)
{
    struct answer *answer = &host->answer;
    if (action->tag == 0 || action->tag != answer->tag)
        return;
    answer->done = true;
    answer->id = action->id;
    answer->rc = action->kind == MOM_DO_DONE ? MOM_OK : action->rc;
    if (action->kind == MOM_DO_REFUSED)
        snprintf(answer->text, sizeof answer->text, "%.*s", (int)action->text.len,
                 action->text.ptr);
}

/* The engine logs it too, by the number and without what to do. */
static void held(struct host *host, const struct mom_action *action)
{
    char text[HOST_LABEL_SIZE];
    const char *name =
        host_label(host, action->node ? action->node : action->site, text, sizeof text);
    const char *ctl = host->program->ctl;
    com_error("%s: %llu records are held: see %s held %s, then %s decide %s yes or no", name,
              (unsigned long long)action->id, ctl, name, ctl, name);
    watch_held(host, name, action->id);
}

static void to_link(struct host *host, const struct mom_action *action)
{
    struct site *site = action->node ? NULL : site_by_number(host, action->site);
    if (site && site->link)
        link_act(site->link, action);
    else if (host->program->act)
        host->program->act(host, action);
}

static void carry_out(struct host *host, const struct mom_action *action)
{
    switch (action->kind) {
    case MOM_DO_CHANGED:
    case MOM_DO_CONFLICT:
        watch_action(host, action);
        if (host->program->act)
            host->program->act(host, action);
        break;
    case MOM_DO_DONE:
    case MOM_DO_REFUSED:
        if (action->kind == MOM_DO_REFUSED && action->tag == MOM_IMPORT_TAG)
            import_refused(host, action);
        else if (action->tag == host->answer.tag)
            remember_answer(host, action);
        else if (host->program->act)
            host->program->act(host, action);
        break;
    case MOM_DO_HELD:
        held(host, action);
        break;
    default:
        to_link(host, action);
    }
}

static void drop_links(struct host *host)
{
    for (size_t i = 0; i < host->site_count; i++)
        link_free(host->sites[i]->link);
    if (host->program->drop)
        host->program->drop(host);
}

static void store_failed(struct host *host, int rc)
{
    int64_t now = com_now_ms();
    host->broken = true;
    host->hurry = false;
    host->batch_since = 0;
    host->batch_bytes = 0;
    drop_links(host);
    mom_batch_reset(host->batch);
    if (now - host->failed_at > FAILURE_OLD_MS)
        host->failures = 0;
    host->failed_at = now;
    host->failures++;
    if (host->stopping || host->failures > FAILURES_MAX) {
        com_error("the store failed: %s: giving up", mom_err_text(rc));
        host->exit_code = COM_EXIT_REFUSED;
        uv_stop(&host->loop);
        return;
    }
    int64_t wait = (int64_t)FAILURE_MS << (host->failures - 1);
    com_error("the store failed: %s: all links are closed, what was not committed is dropped; "
              "trying again in %lld s "
              "(attempt %u of %d)",
              mom_err_text(rc), (long long)wait / 1000, host->failures, FAILURES_MAX);
    com_timer_start(host->step_timer, wait, 0);
}

/* Sites and links of the store as it is. */
static int start_links(struct host *host)
{
    if (sites_load(host) != 0) {
        com_error("the sites cannot be read from the store");
        return -1;
    }
    for (size_t i = 0; i < host->site_count; i++) {
        if (link_start(host, host->sites[i]) != 0) {
            com_error("site %s: out of memory", host->sites[i]->conf.name);
            return -1;
        }
    }
    return host->program->start ? host->program->start(host) : 0;
}

static void load_again(struct host *host)
{
    struct mom_now now = host_now();
    int rc = mom_engine_reload(host->engine, &now);
    sites_free(host);
    host->broken = false;
    if (rc == MOM_OK && start_links(host) != 0)
        rc = MOM_ENOMEM;
    if (rc != MOM_OK) {
        store_failed(host, rc);
        return;
    }
    com_notice("the store was loaded again");
    host_schedule(host);
}

int host_step(struct host *host)
{
    struct mom_now now = host_now();
    struct mom_action action;
    if (host->broken)
        return MOM_ESTORE;
    int rc = mom_engine_step(host->engine, &now, host->batch);
    if (mom_err_is_fatal(rc)) {
        store_failed(host, rc);
        return rc;
    }
    if (rc != MOM_OK)
        com_error("internal: step: %s", mom_err_name(rc));
    keeper_note(host);
    mom_batch_reset(host->batch);
    host->batch_since = 0;
    host->batch_bytes = 0;
    host->hurry = false;
    host->stepping = true; /* links add to the next batch now */
    while (mom_engine_next_action(host->engine, &action))
        carry_out(host, &action);
    host->stepping = false;
    if (host->program->stepped)
        host->program->stepped(host);
    host_schedule(host);
    return rc;
}

int host_change(struct host *host, struct mom_input *input)
{
    memset(&host->answer, 0, sizeof host->answer);
    host->answer.tag = input->tag = ++host->last_tag;
    int rc = host_input(host, input);
    if (rc == MOM_OK)
        rc = host_step(host);
    if (rc != MOM_OK)
        host->answer.rc = rc;
    else if (!host->answer.done)
        host->answer.rc = MOM_ESTATE;
    if (host->answer.rc != MOM_OK && !host->answer.text[0])
        snprintf(host->answer.text, sizeof host->answer.text, "%s", mom_err_text(host->answer.rc));
    return host->answer.rc;
}

static void on_step_timer(void *user)
{
    struct host *host = user;
    if (host->broken)
        load_again(host);
    else
        (void)host_step(host);
}

/* --- who is who ------------------------------------------------------------------------------------------- */

/* In a star the OMM beside node N is site N, and people call both by the node's name. */
static bool neighbour_name(const struct host *host, uint32_t number, char *text, size_t max)
{
    struct mom_neighbour_info info;
    uint32_t node = number < HOST_NODE_FIRST ? HOST_NODE_FIRST + number : number;
    if (host->broken || !mom_engine_neighbour(host->engine, node, &info) || !info.name[0])
        return false;
    snprintf(text, max, "%s", info.name);
    return true;
}

const char *host_label(const struct host *host, uint32_t number, char *text, size_t max)
{
    const struct site *site = number ? site_by_number(host, number) : NULL;
    if (number == 0)
        return "";
    if (site)
        return site->conf.name;
    if (number == host->node)
        snprintf(text, max, "%s", host->program->self);
    else if (!neighbour_name(host, number, text, max))
        snprintf(text, max, "%s %u", number < HOST_NODE_FIRST ? "site" : "node",
                 (unsigned)(number % HOST_NODE_FIRST));
    return text;
}

uint32_t host_number(const struct host *host, const char *name)
{
    const struct site *site = site_by_name(host, name);
    uint32_t node = 0;
    struct mom_neighbour_info info;
    if (site || host->broken)
        return site ? site->conf.number : 0;
    while ((node = mom_engine_next_neighbour(host->engine, node)) != 0) {
        if (mom_engine_neighbour(host->engine, node, &info) && strcmp(info.name, name) == 0)
            break;
    }
    return node;
}

/* --- status, signals, end --------------------------------------------------------------------------------- */

void host_count_sites(const struct host *host, unsigned *ret_enabled, unsigned *ret_steady)
{
    unsigned enabled = 0, steady = 0;
    for (size_t i = 0; i < host->site_count; i++) {
        const struct site *site = host->sites[i];
        struct mom_omm_info info;
        if (!site->conf.enabled || site->conf.calls)
            continue;
        enabled++;
        if (!site->link)
            continue;
        link_info(site->link, &info);
        steady += info.state == MOM_OMM_STEADY;
    }
    *ret_enabled = enabled;
    *ret_steady = steady;
}

static void on_slow(void *user)
{
    struct host *host = user;
    char text[sizeof host->status - 20], status[sizeof host->status];
    com_log_flush();
    keeper_work(host);
    if (host->program->slow && !host->broken && !host->stopping)
        host->program->slow(host);
    host->program->describe(host, text, sizeof text);
    snprintf(status, sizeof status, "%s%s", host->broken ? "the store failed, " : "", text);
    if (strcmp(status, host->status) != 0 && com_notify_status(status) >= 0)
        memcpy(host->status, status, sizeof status);
}

static void on_watchdog(void *user)
{
    (void)user;
    com_notify_watchdog();
}

static void finish(struct host *host)
{
    /* what the links reported at their end */
    if (!host->broken && mom_batch_count(host->batch) > 0)
        (void)host_step(host);
    uv_stop(&host->loop);
}

static bool is_idle(const struct host *host)
{
    for (size_t i = 0; i < host->site_count; i++) {
        if (host->sites[i]->link && !link_is_idle(host->sites[i]->link))
            return false;
    }
    return !host->program->is_idle || host->program->is_idle(host);
}

void host_link_closed(struct host *host)
{
    /* in a turn of its own: the caller is in the middle of a link */
    if (host->stopping && is_idle(host))
        com_timer_start(host->stop_timer, 0, 0);
}

static void on_stop_timer(void *user)
{
    struct host *host = user;
    if (!is_idle(host))
        com_warning("some links did not end in time");
    finish(host);
}

static void stop(struct host *host)
{
    if (host->stopping) { /* asked twice: at once */
        finish(host);
        return;
    }
    com_notice("stopping");
    com_notify_stopping();
    host->stopping = true;
    com_ctl_close(host->ctl);
    host->ctl = NULL;
    com_timer_start(host->stop_timer, STOP_MS, 0);
    for (size_t i = 0; i < host->site_count; i++) {
        if (host->sites[i]->link)
            link_end(host->sites[i]->link);
    }
    if (host->program->end)
        host->program->end(host);
    host_link_closed(host);
}

/* --- configuration ---------------------------------------------------------------------------------------- */

/* `fresh` gives up its texts. What needs a restart stays as it was: the store is where it was opened, and the engine is
 * who it is. */
static void take_settings(struct host *host, void *fresh)
{
    const struct com_config *config = host->program->config;
    bool links = false;
    const struct com_key *key;
    size_t iter = 0;
    while ((key = com_config_changed(config, host->settings, fresh, &iter)) != NULL) {
        com_notice("[%s] %s changed%s", key->section, key->name,
                   key->needs_restart ? ": taken at the next start" : "");
        if (key->needs_restart)
            com_config_swap(key, host->settings, fresh);
        else
            links = links || strcmp(key->section, "links") == 0;
    }
    com_config_free(config, host->settings);
    memcpy(host->settings, fresh, config->settings_size);
    com_log_set_level((enum com_level)host->settings->log_level);
    com_tls_unref(host->ca_tls); /* the file may be another one; connections keep theirs */
    host->ca_tls = NULL;
    for (size_t i = 0; links && i < host->site_count; i++) {
        if (host->sites[i]->link)
            link_refresh(host->sites[i]->link);
    }
    if (host->program->reloaded)
        host->program->reloaded(host, links);
}

static void reload_settings(struct host *host)
{
    struct com_problems problems = {0};
    com_notify_reloading();
    void *fresh = host_settings_load(host->program, host->config_path, &problems);
    if (fresh) {
        take_settings(host, fresh);
        free(fresh);
        com_notice("configuration loaded again");
    } else {
        for (size_t i = 0; i < problems.count; i++)
            com_error("%s", problems.lines[i]);
        com_error("the configuration has mistakes: the former one stays in force");
    }
    com_problems_done(&problems);
    com_notify_ready(host->status[0] ? host->status : "running");
}

static void on_signal(void *user, enum com_signal signal)
{
    struct host *host = user;
    if (signal == COM_SIGNAL_STOP)
        stop(host);
    else if (!host->stopping)
        reload_settings(host);
}

/* --- start -------------------------------------------------------------------------------------------------- */

static int listen_control(struct host *host)
{
    struct com_ctl_options options = {
        .path = host->settings->socket_path, .handler = commands_handle, .user = host};
    char error[512];
    if (host->settings->group[0]) {
        const struct group *group = getgrnam(host->settings->group);
        if (!group) {
            com_error("[control] group: there is no group \"%s\"", host->settings->group);
            return -1;
        }
        options.allow_group = true;
        options.group = group->gr_gid;
    }
    host->ctl = com_ctl_new(&host->loop, &options, error, sizeof error);
    if (!host->ctl)
        com_error("%s", error);
    return host->ctl ? 0 : -1;
}

static int make_timers(struct host *host)
{
    int64_t watchdog = com_notify_watchdog_ms();
    host->step_timer = com_timer_new(&host->loop, on_step_timer, host);
    host->slow_timer = com_timer_new(&host->loop, on_slow, host);
    host->watchdog_timer = com_timer_new(&host->loop, on_watchdog, host);
    host->stop_timer = com_timer_new(&host->loop, on_stop_timer, host);
    host->signals = com_signals_new(&host->loop, on_signal, host);
    host->batch = mom_batch_new(NULL);
    if (!host->step_timer || !host->slow_timer || !host->watchdog_timer || !host->stop_timer ||
        !host->signals || !host->batch) {
        com_error("out of memory");
        return -1;
    }
    com_timer_start(host->slow_timer, SLOW_MS, SLOW_MS);
    if (watchdog > 0)
        com_timer_start(host->watchdog_timer, watchdog, watchdog);
    return 0;
}

static int start(struct host *host)
{
    if (make_timers(host) != 0 || folder_make(host->settings->data_dir) != 0 ||
        folder_load_keys(host->settings->data_dir, &host->keys) != 0 || open_engine(host) != 0)
        return -1;
    if (start_links(host) != 0 || listen_control(host) != 0)
        return -1;
    host_schedule(host);
    com_notice("%s %s: %zu site%s, control socket %s", host->program->name, MOM_VERSION_TEXT,
               host->site_count, host->site_count == 1 ? "" : "s", host->settings->socket_path);
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

static void clean_up(struct host *host)
{
    block_signals();
    host->stopping = true; /* also when it gave up: nothing is kept for later */
    com_ctl_close(host->ctl);
    import_forget(host);
    if (host->program->drop)
        host->program->drop(host);
    sites_free(host);
    free_timer(host->step_timer);
    free_timer(host->slow_timer);
    free_timer(host->watchdog_timer);
    free_timer(host->stop_timer);
    com_signals_free(host->signals);
    if (com_loop_finish(&host->loop, STOP_MS) != 0)
        com_warning("internal: something was left open");
    mom_engine_free(host->engine);
    mom_batch_free(host->batch);
    com_tls_unref(host->ca_tls);
    axi_rsa_free(host->rsa);
    folder_drop_keys(&host->keys);
    com_log_flush();
}

int host_run(const struct host_program *program, void *daemon, const char *config_path,
             void *settings)
{
    struct host host = {.program = program,
                        .daemon = daemon,
                        .config_path = config_path,
                        .settings = settings,
                        .started_mono = com_now_ms()};
    if (uv_loop_init(&host.loop) != 0) {
        com_error("the event loop cannot be made");
        return COM_EXIT_REFUSED;
    }
    com_log_set_level((enum com_level)host.settings->log_level);
    (void)signal(SIGXFSZ, SIG_IGN); /* a file at its limit is an error of the store, not the end */
    if (start(&host) == 0)
        uv_run(&host.loop, UV_RUN_DEFAULT);
    else
        host.exit_code = COM_EXIT_REFUSED;
    clean_up(&host);
    com_notice("stopped");
    return host.exit_code;
}
