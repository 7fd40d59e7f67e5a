/*
 * The hub: one engine, one loop, a link for each site. momd.c is the only place where they meet: it gathers what the
 * links report, gives it to the engine in batches, and carries out what the engine wants.
 *
 * Everything runs in one thread. A step happens in one call, so what the control socket asks for is done, and on disk,
 * when its function returns.
 */
#ifndef MOMD_H
#define MOMD_H

#include "node.h"
#include "settings.h"

#include <com/crypto.h>
#include <com/ctl.h>
#include <com/json.h>
#include <com/loop.h>
#include <momsync/axi/omm.h>
#include <momsync/engine.h>

struct link;
struct watcher;
struct importing;
struct site;

/* What became of the change that the control socket asked for. */
struct answer {
    uint64_t tag;
    bool done;
    int rc;
    uint64_t id;
    char text[512];
};

struct momd {
    uv_loop_t loop;
    const char *config_path;
    struct settings settings;
    int64_t started_mono;
    int exit_code;

    struct mom_engine *engine;
    struct mom_store store;  /* the engine's, for copies of it */
    struct mom_batch *batch; /* inputs that wait for the next step */
    struct com_timer *step_timer;
    int64_t batch_since; /* when the first of them came */
    bool stepping;
    bool broken;       /* the store failed: no links, the engine is not to be asked */
    unsigned failures; /* of the store, since it last worked for a while */
    int64_t failed_at;
    bool stopping;
    uint64_t last_tag;
    struct answer answer;

    struct site **sites; /* ascending numbers */
    size_t site_count;
    unsigned connecting; /* connections that are being set up */
    uint64_t tickets;    /* order of those who wait for their turn */
    bool dialing;
    struct com_tls *ca_tls;
    struct axi_rsa *rsa; /* encrypts secrets for sites; NULL until the first */
    struct node_keys keys;
    uint64_t witness;         /* incarnation of the store as it was noted last */
    struct mom_reseal reseal; /* how far sealing with the key of today has come */
    uint8_t seed[8];

    struct com_signals *signals;
    struct com_ctl *ctl;
    struct com_timer *slow_timer, *watchdog_timer, *stop_timer;
    char status[128]; /* what the service manager was told last */
    struct watcher *watchers;
    struct importing *importing; /* the import under way, NULL: none */
};

/* Run until told to stop; an exit code. The settings are taken over. */
int momd_run(const char *config_path, struct settings *settings);

struct mom_now momd_now(void);

/* Add an input to the batch and see that it is stepped in time. MOM_OK or MOM_ENOMEM. */
int momd_input(struct momd *momd, const struct mom_input *input);
/* See that the batch is stepped in time: after links added to it. */
void momd_schedule(struct momd *momd);
/* Step now. MOM_OK when everything that was in the batch is on disk. */
int momd_step(struct momd *momd);
/* Give the engine a change with a tag, step, and tell what became of it: MOM_OK or the code; the text is in
 * momd->answer. */
int momd_change(struct momd *momd, struct mom_input *input);
/* Write a setting in the next step; `value` NULL deletes it. */
int momd_setting(struct momd *momd, const char *name, const char *value);

/* Number of enabled sites and of those that are steady. */
void momd_count_sites(const struct momd *momd, unsigned *ret_enabled, unsigned *ret_steady);
/* After the last link has closed while stopping. */
void momd_link_closed(struct momd *momd);

static inline struct mom_str momd_str(const char *text)
{
    struct mom_str str = {text, text ? __builtin_strlen(text) : 0};
    return str;
}

#endif
