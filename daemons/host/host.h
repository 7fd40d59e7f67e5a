/*
 * What momd and ommsyncd both are: one engine, one loop, a link for each OMM. host.c gathers what links report, gives
 * it to the engine in batches, and carries out what the engine wants. What differs between the two stands in a struct
 * host_program.
 *
 * Everything runs in one thread. A step happens in one call, so what the control socket asks for is done, and on disk,
 * when its function returns.
 */
#ifndef HOST_H
#define HOST_H

#include "folder.h"
#include "settings.h"

#include <com/crypto.h>
#include <com/ctl.h>
#include <com/json.h>
#include <com/loop.h>
#include <momsync/axi/omm.h>
#include <momsync/engine.h>

/* Numbers of nodes begin here; those below are sites. */
#define HOST_NODE_FIRST UINT32_C(0x01000000)

#define HOST_LABEL_SIZE 72

struct command;
struct host;
struct importing;
struct link;
struct site;
struct watcher;

/* What a daemon is beside being a host. Hooks may be NULL unless it says otherwise. */
struct host_program {
    const char *name;    /* of the daemon: "momd" */
    const char *ctl;     /* of the program that asks it: "momctl" */
    const char *summary; /* one sentence, for --help */
    const char *config_path;
    bool profiles;    /* the CoA profiles of its OMMs are kept the same too */
    const char *self; /* name of this node where a change is by nobody else: "hub" */
    /* Its settings: a structure that begins with struct host_settings. `check` adds what the table cannot see to the
     * problems, false when there is one. */
    const struct com_config *config;
    bool (*check)(void *settings, const char *path, struct com_problems *problems);
    /* All that can be asked on the control socket; the last row has no words. */
    const struct command *commands;
    /* Complete what host.c fills of the engine's configuration: shape, numbers, timers. */
    void (*configure)(const struct host *host, struct mom_config *config);
    /* The store was loaded, at the start and after a failure: make links of its own. -1 (logged): the program ends. */
    int (*start)(struct host *host);
    /* Drop them at once: the store failed, or the program ends. No input may follow. */
    void (*drop)(struct host *host);
    /* End them in order; host_link_closed after each. */
    void (*end)(struct host *host);
    bool (*is_idle)(const struct host *host); /* none is left */
    /* The configuration was loaded again; `links`: something of [links] or [tls] changed. */
    void (*reloaded)(struct host *host, bool links);
    /* An action for none of the OMMs that the host connects to, or for all who watch. */
    void (*act)(struct host *host, const struct mom_action *action);
    void (*slow)(struct host *host);    /* every second */
    void (*stepped)(struct host *host); /* after each step whose actions were carried out */
    /* Members of its own for the answer to `status`, and lines for its health. */
    void (*add_status)(const struct host *host, struct com_json *json);
    void (*add_health)(const struct host *host, struct com_json *json);
    /* What else has to be steady when everything is waited for. */
    bool (*is_steady)(const struct host *host, char *ret_why, size_t max);
    /* Is a site that connects to us steady? It has no link. */
    bool (*caller_is_steady)(const struct host *host, const struct site *site, char *ret_why,
                             size_t max);
    /* Short text for the service manager: how it is; needed. */
    void (*describe)(const struct host *host, char *ret_text, size_t max);
};

/* What became of the change that the control socket asked for. */
struct answer {
    uint64_t tag;
    bool done;
    int rc;
    uint64_t id;
    char text[512];
};

struct host {
    uv_loop_t loop;
    const struct host_program *program;
    void *daemon; /* the daemon's own */
    const char *config_path;
    uint32_t node;                  /* our own number, as the engine has it */
    struct host_settings *settings; /* the whole of the daemon's begins here */
    int64_t started_mono;
    int exit_code;

    struct mom_engine *engine;
    struct mom_store store;  /* the engine's, for copies of it */
    struct mom_batch *batch; /* inputs that wait for the next step */
    struct com_timer *step_timer;
    int64_t batch_since; /* when the first of them came */
    size_t batch_bytes;  /* of messages of nodes among them, which tell of many records each */
    bool hurry;          /* it is not waited for more */
    bool stepping;
    bool broken;       /* the store failed: no links, the engine is not to be asked */
    unsigned failures; /* of the store, since it last worked for a while */
    int64_t failed_at;
    bool stopping;
    uint64_t last_tag;
    struct answer answer;

    struct site **sites; /* ascending numbers */
    size_t site_count;
    unsigned connecting; /* connections to OMMs that are being set up */
    uint64_t tickets;    /* order of those who wait for their turn */
    bool dialing;
    struct com_tls *ca_tls;
    struct axi_rsa *rsa; /* encrypts secrets for OMMs; NULL until the first */
    struct folder_keys keys;
    uint64_t witness;         /* incarnation of the store as it was noted last */
    struct mom_reseal reseal; /* how far sealing with the key of today has come */

    struct com_signals *signals;
    struct com_ctl *ctl;
    struct com_timer *slow_timer, *watchdog_timer, *stop_timer;
    char status[128]; /* what the service manager was told last */
    struct watcher *watchers;
    struct importing *importing; /* the import under way, NULL: none */
};

/* Run until told to stop; an exit code. `settings` (of program->config) change when the configuration is loaded again;
 * `daemon` and they are borrowed. */
int host_run(const struct host_program *program, void *daemon, const char *config_path,
             void *settings);

struct mom_now host_now(void);

/* Add an input to the batch and see that it is stepped in time. MOM_OK or MOM_ENOMEM. */
int host_input(struct host *host, const struct mom_input *input);
/* See that the batch is stepped in time: after links added to it. */
void host_schedule(struct host *host);
/* The same as soon as what came in this turn of the loop is in it: what another node waits for. */
void host_hurry(struct host *host);
/* True: a step is due, and what gives more to the batch is to wait for the next turn of the loop. */
bool host_is_full(const struct host *host);
/* Step now. MOM_OK when everything that was in the batch is on disk. */
int host_step(struct host *host);
/* Give the engine a change with a tag, step, and tell what became of it: MOM_OK or the code; the text is in
 * host->answer. */
int host_change(struct host *host, struct mom_input *input);
/* Write a setting in the next step; `value` NULL deletes it. */
int host_setting(struct host *host, const char *name, const char *value);

/* Read one: true with its text, cut to `max`; false when there is none. No view may be open. */
bool host_read_setting(const struct host *host, const char *name, char *ret_value, size_t max);

/* Number of enabled sites that the host connects to, and of those that are steady. */
void host_count_sites(const struct host *host, unsigned *ret_enabled, unsigned *ret_steady);
/* After a link has closed while stopping. */
void host_link_closed(struct host *host);

/* Who a number stands for, for people: a site, a neighbour, the site beside a neighbour, or this node; "" for 0. `text`
 * has room for HOST_LABEL_SIZE. */
const char *host_label(const struct host *host, uint32_t number, char *text, size_t max);
/* The number of a site or neighbour by its name, 0 when there is none. */
uint32_t host_number(const struct host *host, const char *name);

static inline struct mom_str host_str(const char *text)
{
    struct mom_str str = {text, text ? __builtin_strlen(text) : 0};
    return str;
}

#endif
