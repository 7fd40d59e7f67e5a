/*
 * A world for tests of the engine: a hub on a store, and sites that behave like OMMs. Both clocks
 * are virtual, a link takes no time, and everything that is under way is done when world_run
 * returns.
 *
 * A site keeps records of its own with its own numbers and seconds-grained time stamps, answers a
 * PUT with the records as they are then and the result, encrypts secrets anew whenever it tells
 * them, and keeps the list of SIP registrations.
 */
#ifndef WORLD_H
#define WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store_mem.h"

#include <momsync/momsync.h>

enum { SITES = 6, RECORDS = 96, ATTRS = 40, TRACE = 1 << 18 };

struct fake_attr {
    char name[32], value[96];
};

struct fake {
    bool used, registered;
    uint32_t local, partner;
    char relation[12];
    int64_t times[MOM_KINDS]; /* ms, whole seconds */
    size_t count;
    struct fake_attr attrs[ATTRS];
};

struct fake_site {
    mom_site number;
    struct mom_park park;
    bool up;
    struct fake users[RECORDS], devices[RECORDS];
    uint32_t last_uid, last_ppn;
    unsigned serial;     /* of encryptions */
    int refuse;          /* PUTs are answered with this code */
    bool mute;           /* PUT, REMOVE are not answered at all */
    uint64_t muted;      /* token of the last PUT or REMOVE that was not answered */
    bool deaf;           /* DEREGISTER and REGISTER are not answered */
    bool slow_import;    /* the end of an import is left to the test */
    bool forget_answers; /* a PUT is done, its answer is lost */
    int64_t clock_ms;    /* wrong by so much, as the hub sees it */
    int64_t unseen_ms;   /* and by so much more, which the link has not measured yet */
    unsigned new_key;    /* added to the fingerprint of its key */
    bool seals_empty;    /* it encrypts a secret that is none, too */
    unsigned puts, removes, rejects, registers, deregisters;
    unsigned subscription_rejects, login_results;
    int login_rc; /* of the last result */
    uint64_t login_token;
};

struct world {
    struct mom_store store;
    struct mom_engine *engine;
    struct mom_batch *batch, *next;
    struct mom_now now;
    struct fake_site sites[SITES + 1];
    unsigned site_count;
    char trace[TRACE];
    size_t trace_len;
    bool tracing;
    struct mom_limits limits;
    struct mom_config config; /* what is not the default */
    uint64_t held;
    int64_t history_ms;
    unsigned conflicts, changes, steps;
    char why[160]; /* reason of the last reject or login */
    enum mom_policy policy;
    int refused; /* code of the last refused change */
    uint64_t done;
    enum mom_refusal refusal;
    uint64_t fail_after; /* operations of the store in steps until one fails; 0: none does */
    int fail_code;
    int failure;                /* of the last step, when it was asked for */
    unsigned crash_at, crashes; /* reload before this step */
    bool reload;
};

static inline struct mom_str S(const char *s) {
    return (struct mom_str){s, s ? strlen(s) : 0};
}

static inline void
world_trace(void *user, const char *line)
{
    struct world *w = user;
    int n;

    if (getenv("LOG"))
        fprintf(stderr, "%s\n", line);
    if (!w->tracing || w->trace_len + 600 > TRACE)
        return;
    n = snprintf(w->trace + w->trace_len, TRACE - w->trace_len, "%s\n", line);
    w->trace_len += (size_t)n;
}

static inline void world_log(void *user, enum mom_level level, const char *line)
{
    (void)user;
    if (getenv("LOG"))
        fprintf(stderr, "log %d %s\n", (int)level, line);
}

static inline int world_open(struct world *w)
{
    struct mom_config config = w->config;

    config.size = sizeof config;
    config.store = w->store;
    config.user = w;
    config.log = world_log;
    config.trace = world_trace;
    config.limits = w->limits;
    config.history_ms = w->history_ms;
    config.policy = w->policy;
    return mom_engine_new(&config, &w->now, &w->engine);
}

static inline void world_init_on(struct world *w, struct mom_store store)
{
    w->now.mono_ms = 1000;
    w->now.wall_ms = 1700000000000;
    w->store = store;
    assert_int_equal(world_open(w), MOM_OK);
    w->batch = mom_batch_new(NULL);
    w->next = mom_batch_new(NULL);
    assert_non_null(w->batch);
    assert_non_null(w->next);
}

static inline struct world *world_new(void)
{
    struct world *w = calloc(1, sizeof *w);
    struct mom_store store;

    assert_non_null(w);
    assert_int_equal(mom_store_memory_new(NULL, &store), MOM_OK);
    world_init_on(w, store);
    return w;
}

static inline struct world *world_new_with(const struct mom_config *config)
{
    struct world *w = calloc(1, sizeof *w);
    struct mom_store store;

    assert_non_null(w);
    assert_int_equal(mom_store_memory_new(NULL, &store), MOM_OK);
    if (config)
        w->config = *config;
    world_init_on(w, store);
    return w;
}

/* So many records on their way to one site, and no more. */
static inline struct world *world_new_narrow(uint32_t outstanding)
{
    struct world *w = calloc(1, sizeof *w);
    struct mom_store store;

    assert_non_null(w);
    assert_int_equal(mom_store_memory_new(NULL, &store), MOM_OK);
    w->limits.outstanding = outstanding;
    world_init_on(w, store);
    return w;
}

static inline void world_free(struct world *w)
{
    mom_engine_free(w->engine);
    mom_batch_free(w->batch);
    mom_batch_free(w->next);
    free(w);
}

/* --- sites ------------------------------------------------------------------------------------ */

static inline struct fake *fake_table(struct fake_site *s, enum mom_type type)
{
    return type == MOM_USER ? s->users : s->devices;
}

static inline struct fake *fake_find(struct fake_site *s, enum mom_type type, uint32_t local)
{
    for (int i = 0; i < RECORDS; i++) {
        struct fake *f = &fake_table(s, type)[i];

        if (f->used && f->local == local)
            return f;
    }
    return NULL;
}

static inline const char *fake_get(const struct fake *f, const char *name)
{
    for (size_t i = 0; f && i < f->count; i++) {
        if (strcmp(f->attrs[i].name, name) == 0)
            return f->attrs[i].value;
    }
    return NULL;
}

static inline void fake_set(struct fake *f, const char *name, const char *value)
{
    size_t i = 0;

    while (i < f->count && strcmp(f->attrs[i].name, name) != 0)
        i++;
    assert_true(i < ATTRS);
    if (i == f->count)
        f->count++;
    snprintf(f->attrs[i].name, sizeof f->attrs[i].name, "%s", name);
    snprintf(f->attrs[i].value, sizeof f->attrs[i].value, "%s", value);
}

static inline struct fake *fake_by(struct fake_site *s, enum mom_type type, const char *name,
                                   const char *value)
{
    for (int i = 0; i < RECORDS; i++) {
        struct fake *f = &fake_table(s, type)[i];
        const char *v = f->used ? fake_get(f, name) : NULL;

        if (v && strcmp(v, value) == 0)
            return f;
    }
    return NULL;
}

static inline int64_t site_time(const struct world *w, const struct fake_site *s)
{
    return (w->now.wall_ms + s->clock_ms + s->unseen_ms) / 1000 * 1000;
}

static inline struct fake *fake_new(struct world *w, struct fake_site *s, enum mom_type type)
{
    for (int i = 0; i < RECORDS; i++) {
        struct fake *f = &fake_table(s, type)[i];

        if (f->used)
            continue;
        memset(f, 0, sizeof *f);
        f->used = true;
        f->local = type == MOM_USER ? ++s->last_uid : ++s->last_ppn;
        snprintf(f->relation, sizeof f->relation, "Unbound");
        for (int k = 0; k < MOM_KINDS; k++)
            f->times[k] = k == MOM_ROAMING ? 0 : site_time(w, s);
        return f;
    }
    fail_msg("no room at the site");
    return NULL;
}

static inline bool is_fake_secret(const char *name)
{
    return strcmp(name, "sipPw") == 0 || strcmp(name, "pin") == 0;
}

static inline void add(struct world *w, const struct mom_input *in)
{
    assert_int_equal(mom_batch_add(w->next, in), MOM_OK);
}

/* The site tells a record. */
static inline void site_tell(struct world *w, struct fake_site *s, enum mom_type type,
                             const struct fake *f)
{
    struct mom_input in = {
        .kind = MOM_IN_RECORD, .site = s->number, .type = type, .local = f->local};
    struct mom_attr attrs[ATTRS + 1];
    char sealed[ATTRS][160];

    for (size_t i = 0; i < f->count; i++) {
        attrs[i].name = S(f->attrs[i].name);
        attrs[i].value = S(f->attrs[i].value);
        if (is_fake_secret(f->attrs[i].name) && (f->attrs[i].value[0] || s->seals_empty)) {
            snprintf(sealed[i], sizeof sealed[i], "K%016X%s+%u", (unsigned)s->number + s->new_key,
                     f->attrs[i].value, ++s->serial);
            attrs[i].value = S(sealed[i]);
        }
    }
    attrs[f->count].name = S("relType");
    attrs[f->count].value = S(f->relation);
    in.attrs = attrs;
    in.attr_count = f->count + 1;
    in.has_partner = true;
    in.partner_local = f->partner;
    memcpy(in.times_ms, f->times, sizeof in.times_ms);
    for (int k = 0; k < MOM_KINDS; k++) {
        if (in.times_ms[k])
            in.times_ms[k] -= s->clock_ms; /* the link corrects */
    }
    in.clock_ms = s->clock_ms;
    add(w, &in);
}

static inline void site_event(struct world *w, struct fake_site *s, enum mom_type type,
                              const struct fake *f)
{
    if (s->up)
        site_tell(w, s, type, f);
}

static inline void site_import(struct world *w, struct fake_site *s)
{
    struct mom_input in = {.kind = MOM_IN_IMPORT, .site = s->number};

    add(w, &in);
    for (int i = 0; i < RECORDS; i++) {
        if (s->devices[i].used)
            site_tell(w, s, MOM_DEVICE, &s->devices[i]);
    }
    for (int i = 0; i < RECORDS; i++) {
        if (s->users[i].used)
            site_tell(w, s, MOM_USER, &s->users[i]);
    }
    in.kind = MOM_IN_IMPORTED;
    if (!s->slow_import)
        add(w, &in);
}

static inline void site_answer(struct world *w, struct fake_site *s, uint64_t token, int rc,
                               uint32_t device, uint32_t user)
{
    struct mom_input in = {.kind = MOM_IN_RESULT, .site = s->number, .token = token, .rc = rc};

    in.local_device = device;
    in.local_user = user;
    if (!s->forget_answers)
        add(w, &in);
}

/* --- what a site does with an action ---------------------------------------------------------- */

static inline struct fake *site_take(struct world *w, struct fake_site *s, enum mom_type type,
                                     const struct mom_put *put)
{
    struct fake *f = put->local ? fake_find(s, type, put->local) : fake_new(w, s, type);

    if (!f)
        return NULL;
    for (size_t i = 0; i < put->attr_count; i++) {
        char name[32], value[96];
        const char *v = value;

        snprintf(name, sizeof name, "%.*s", (int)put->attrs[i].name.len, put->attrs[i].name.ptr);
        snprintf(value, sizeof value, "%.*s", (int)put->attrs[i].value.len,
                 put->attrs[i].value.ptr);
        if (is_fake_secret(name) && value[0] == 'P') {
            v = value + 1;
        } else if (is_fake_secret(name) && value[0] == 'K') {
            char own[20];

            snprintf(own, sizeof own, "K%016X", (unsigned)s->number);
            if (strncmp(value, own, 17) != 0)
                continue; /* sealed for somebody else */
            *strrchr(value, '+') = '\0';
            v = value + 17;
        }
        fake_set(f, name, v);
    }
    f->times[MOM_ADMIN] = site_time(w, s);
    return f;
}

static inline void fake_unbind(struct world *w, struct fake_site *s, struct fake *f,
                               enum mom_type other)
{
    struct fake *p = f && f->partner ? fake_find(s, other, f->partner) : NULL;

    if (!f)
        return;
    f->partner = 0;
    f->registered = false; /* who has no phone is not registered */
    snprintf(f->relation, sizeof f->relation, "Unbound");
    f->times[MOM_RELATION] = f->times[MOM_ADMIN] = site_time(w, s); /* as captured */
    if (p) {
        p->partner = 0;
        p->registered = false;
        snprintf(p->relation, sizeof p->relation, "Unbound");
        p->times[MOM_RELATION] = p->times[MOM_ADMIN] = site_time(w, s);
    }
}

static inline void fake_bind(struct world *w, struct fake_site *s, struct fake *device,
                             struct fake *user, const char *type)
{
    assert_true(device && user);
    if (!device || !user)
        return;
    fake_unbind(w, s, device, MOM_USER);
    fake_unbind(w, s, user, MOM_DEVICE);
    device->partner = user->local;
    user->partner = device->local;
    snprintf(device->relation, sizeof device->relation, "%s", type);
    snprintf(user->relation, sizeof user->relation, "%s", type);
    device->times[MOM_RELATION] = user->times[MOM_RELATION] = site_time(w, s);
    device->times[MOM_ADMIN] = user->times[MOM_ADMIN] = site_time(w, s);
    user->registered = true;
}

/* An OMM has no two users with one number, no two devices with one IPEI. */
static inline bool is_taken(struct fake_site *s, enum mom_type type, const struct mom_put *put)
{
    const char *key = type == MOM_USER ? "num" : "ipei";

    for (size_t i = 0; put->id && i < put->attr_count; i++) {
        char value[96];
        const struct fake *f;

        if (put->attrs[i].name.len != strlen(key) ||
            memcmp(put->attrs[i].name.ptr, key, strlen(key)) != 0)
            continue;
        snprintf(value, sizeof value, "%.*s", (int)put->attrs[i].value.len,
                 put->attrs[i].value.ptr);
        f = fake_by(s, type, key, value);
        return f && f->local != put->local;
    }
    return false;
}

static inline void site_put(struct world *w, struct fake_site *s, const struct mom_action *a)
{
    struct fake *device = NULL, *user = NULL;

    s->puts++;
    if (s->mute) {
        s->muted = a->token;
        return;
    }
    if (s->refuse || is_taken(s, MOM_USER, &a->user) || is_taken(s, MOM_DEVICE, &a->device)) {
        site_answer(w, s, a->token, s->refuse ? s->refuse : MOM_EEXIST, 0, 0);
        return;
    }
    device = a->device.id ? site_take(w, s, MOM_DEVICE, &a->device)
                          : fake_find(s, MOM_DEVICE, a->local_device);
    user = a->user.id ? site_take(w, s, MOM_USER, &a->user) : fake_find(s, MOM_USER, a->local_user);
    if ((!device && (a->device.id || a->local_device)) ||
        (!user && (a->user.id || a->local_user))) {
        site_answer(w, s, a->token, MOM_ENOENT, 0, 0);
        return;
    }
    if (a->relation.len && strncmp(a->relation.ptr, "Unbound", a->relation.len) == 0) {
        fake_unbind(w, s, device, MOM_USER);
        fake_unbind(w, s, user, MOM_DEVICE);
    } else if (a->relation.len) {
        assert_non_null(device);
        assert_non_null(user);
        fake_bind(w, s, device, user, a->relation.len == 5 ? "Fixed" : "Dynamic");
    }
    if (device && !s->forget_answers)
        site_event(w, s, MOM_DEVICE, device);
    if (user && !s->forget_answers)
        site_event(w, s, MOM_USER, user);
    site_answer(w, s, a->token, MOM_OK, device ? device->local : 0, user ? user->local : 0);
}

static inline void site_lose(struct world *w, struct fake_site *s, enum mom_type type,
                             uint32_t local)
{
    struct mom_input in = {.kind = MOM_IN_GONE, .site = s->number, .type = type, .local = local};
    enum mom_type other = type == MOM_USER ? MOM_DEVICE : MOM_USER;
    struct fake *f = fake_find(s, type, local);
    struct fake *p = f->partner ? fake_find(s, other, f->partner) : NULL;

    fake_unbind(w, s, f, other);
    if (p)
        site_event(w, s, other, p);
    f->used = false;
    if (s->up)
        add(w, &in);
}

static inline void site_remove(struct world *w, struct fake_site *s, const struct mom_action *a)
{
    s->removes++;
    if (s->mute) {
        s->muted = a->token;
        return;
    }
    if (!fake_find(s, a->type, a->local)) {
        site_answer(w, s, a->token, MOM_ENOENT, 0, 0);
        return;
    }
    site_lose(w, s, a->type, a->local);
    site_answer(w, s, a->token, MOM_OK, 0, 0);
}

static inline void site_sip(struct world *w, struct fake_site *s, const struct mom_action *a)
{
    bool on = a->kind == MOM_DO_REGISTER;
    struct mom_input in = {
        .kind = on ? MOM_IN_RENEWED : MOM_IN_RELEASED, .site = s->number, .type = MOM_USER};
    struct fake *f = fake_find(s, MOM_USER, a->local_user);

    *(on ? &s->registers : &s->deregisters) += 1;
    in.local = a->local_user;
    if (s->deaf)
        return;
    if (f)
        f->registered = on;
    add(w, &in);
}

static inline void world_act(struct world *w, const struct mom_action *a)
{
    struct fake_site *s = &w->sites[a->site <= SITES ? a->site : 0]; /* 0: for the host */

    switch (a->kind) {
    case MOM_DO_ADMIT:
        site_import(w, s);
        break;
    case MOM_DO_REFUSE:
        w->refusal = a->reason;
        s->up = false;
        break;
    case MOM_DO_PUT:
        if (s->up)
            site_put(w, s, a);
        break;
    case MOM_DO_REMOVE:
        if (s->up)
            site_remove(w, s, a);
        break;
    case MOM_DO_DEREGISTER:
    case MOM_DO_REGISTER:
        if (s->up)
            site_sip(w, s, a);
        break;
    case MOM_DO_REJECT:
        s->rejects++;
        s->subscription_rejects += a->subscribing;
        snprintf(w->why, sizeof w->why, "%.*s", (int)a->text.len, a->text.ptr);
        break;
    case MOM_DO_LOGIN_RESULT:
        s->login_results++;
        s->login_rc = a->rc;
        s->login_token = a->token;
        snprintf(w->why, sizeof w->why, "%.*s", (int)a->text.len, a->text.len ? a->text.ptr : "");
        break;
    case MOM_DO_CHANGED:
        w->changes++;
        break;
    case MOM_DO_CONFLICT:
        w->conflicts++;
        break;
    case MOM_DO_DONE:
        w->done = a->id;
        break;
    case MOM_DO_REFUSED:
        w->refused = a->rc;
        break;
    case MOM_DO_HELD:
        w->held = a->id;
        break;
    default: /* neighbours: net.h */
        break;
    }
}

/* --- running ---------------------------------------------------------------------------------- */

static inline void world_connect_now(struct world *w, struct fake_site *s)
{
    struct mom_input in = {.kind = MOM_IN_IDENTIFIED, .site = s->number, .park = s->park};

    s->up = true;
    add(w, &in);
}

/* The hub dies and is started again: the links are set up anew. */
static inline void world_crash(struct world *w)
{
    mom_batch_reset(w->next);
    assert_int_equal(mom_engine_reload(w->engine, &w->now), MOM_OK);
    w->crashes++;
    for (unsigned i = 1; i <= w->site_count; i++) {
        if (w->sites[i].up)
            world_connect_now(w, &w->sites[i]);
    }
}

/* A step during which the store may be made to fail. */
static inline int world_engine_step(struct world *w, const struct mom_batch *batch)
{
    uint64_t before;
    int rc;

    if (w->fail_after == 0)
        return mom_engine_step(w->engine, &w->now, batch);
    before = mom__store_memory_operations(&w->store);
    mom__store_memory_fail_after(&w->store, w->fail_after, w->fail_code);
    rc = mom_engine_step(w->engine, &w->now, batch);
    mom__store_memory_fail_after(&w->store, 0, 0);
    before = mom__store_memory_operations(&w->store) - before;
    w->fail_after = rc == MOM_OK && before < w->fail_after ? w->fail_after - before : 0;
    return rc;
}

/* One step with what has come; false when there is nothing more to do now. */
static inline bool world_step(struct world *w)
{
    struct mom_batch *batch = w->next;
    struct mom_action a;
    bool more = false;
    int rc;

    w->steps++;
    if (w->crash_at && w->steps == w->crash_at)
        world_crash(w);
    w->next = w->batch;
    w->batch = batch;
    mom_batch_reset(w->next);
    rc = world_engine_step(w, batch);
    if (rc != MOM_OK) {
        w->failure = rc;
        assert_int_equal(rc, w->fail_code);
        return false;
    }
    mom_batch_free(w->batch); /* no action may need it */
    w->batch = mom_batch_new(NULL);
    assert_non_null(w->batch);
    while (mom_engine_next_action(w->engine, &a)) {
        world_act(w, &a);
        more = true;
    }
    return more || mom_batch_count(w->next) > 0 || mom_engine_deadline(w->engine) <= w->now.mono_ms;
}

static inline void world_run(struct world *w)
{
    int guard = 0;

    while (!w->failure && world_step(w)) {
        if (++guard > 2000) {
            fprintf(stderr, "%s\n", w->trace + (w->trace_len > 4000 ? w->trace_len - 4000 : 0));
            fail_msg("the world does not come to rest");
        }
    }
}

static inline void world_wait(struct world *w, int64_t ms)
{
    int64_t until = w->now.mono_ms + ms;

    world_run(w);
    while (w->now.mono_ms < until && !w->failure) {
        int64_t deadline = mom_engine_deadline(w->engine);
        int64_t next = deadline < until ? deadline : until;

        if (next < w->now.mono_ms)
            next = w->now.mono_ms;
        w->now.wall_ms += next - w->now.mono_ms;
        w->now.mono_ms = next;
        world_run(w);
    }
}

static inline struct fake_site *world_add_site(struct world *w)
{
    unsigned n = ++w->site_count;
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = n};
    char name[16];

    snprintf(name, sizeof name, "site%u", n);
    in.name = S(name);
    w->sites[n].number = n;
    w->sites[n].park = (struct mom_park){31, 0x10280000u + n};
    add(w, &in);
    world_run(w);
    return &w->sites[n];
}

static inline void world_connect(struct world *w, unsigned n)
{
    world_connect_now(w, &w->sites[n]);
    world_run(w);
}

static inline void world_cut(struct world *w, unsigned n)
{
    struct mom_input in = {.kind = MOM_IN_DOWN, .site = n};

    w->sites[n].up = false;
    add(w, &in);
    world_run(w);
}

/* --- what people do --------------------------------------------------------------------------- */

static inline struct fake *site_user(struct world *w, unsigned n, const char *num, const char *name)
{
    struct fake *f = fake_new(w, &w->sites[n], MOM_USER);

    fake_set(f, "num", num);
    fake_set(f, "name", name);
    fake_set(f, "sipAuthId", num);
    fake_set(f, "sipPw", "secret");
    fake_set(f, "permanent", "0");
    site_event(w, &w->sites[n], MOM_USER, f);
    return f;
}

static inline struct fake *site_device(struct world *w, unsigned n, const char *ipei)
{
    struct fake *f = fake_new(w, &w->sites[n], MOM_DEVICE);
    char subscription[17];

    snprintf(subscription, sizeof subscription, "05%.5s%.7s00", ipei, ipei + 6);
    fake_set(f, "ipei", ipei);
    fake_set(f, "s", "Yes");
    fake_set(f, "uak", "00112233445566778899AABBCCDDEEFF");
    fake_set(f, "subscriptionId", subscription);
    site_event(w, &w->sites[n], MOM_DEVICE, f);
    return f;
}

static inline void site_bind(struct world *w, unsigned n, struct fake *device, struct fake *user)
{
    fake_bind(w, &w->sites[n], device, user, "Dynamic");
    site_event(w, &w->sites[n], MOM_DEVICE, device);
    site_event(w, &w->sites[n], MOM_USER, user);
}

/* A user with a phone. */
static inline struct fake *site_person(struct world *w, unsigned n, const char *num,
                                       const char *name, const char *ipei)
{
    struct fake *device = site_device(w, n, ipei), *user = site_user(w, n, num, name);

    site_bind(w, n, device, user);
    return user;
}

static inline void site_edit(struct world *w, unsigned n, enum mom_type type, struct fake *f,
                             const char *name, const char *value)
{
    fake_set(f, name, value);
    f->times[MOM_ADMIN] = site_time(w, &w->sites[n]);
    site_event(w, &w->sites[n], type, f);
}

static inline void located(struct world *w, unsigned n, const char *ipei)
{
    struct mom_input in = {.kind = MOM_IN_LOCATED, .site = n, .ipei = S(ipei)};

    add(w, &in);
}

/* A change of an administrator, as name and value in turn, ended by NULL. Returns the id, 0 when refused. */
static inline uint64_t hub_change(struct world *w, enum mom_type type, uint64_t id, ...)
{
    struct mom_input in = {.kind = MOM_IN_CHANGE, .type = type, .id = id, .tag = 7};
    struct mom_attr attrs[16];
    const char *name;
    va_list args;

    va_start(args, id);
    while ((name = va_arg(args, const char *)) != NULL) {
        attrs[in.attr_count].name = S(name);
        attrs[in.attr_count++].value = S(va_arg(args, const char *));
    }
    va_end(args);
    in.attrs = attrs;
    w->done = 0;
    w->refused = 0;
    add(w, &in);
    world_run(w);
    return w->done;
}

static inline uint64_t hub_bind(struct world *w, uint64_t id, uint64_t to)
{
    struct mom_input in = {
        .kind = MOM_IN_CHANGE, .id = id, .tag = 7, .has_bind = true, .bind_to = to};

    w->done = 0;
    w->refused = 0;
    add(w, &in);
    world_run(w);
    return w->done;
}

static inline void hub_delete(struct world *w, uint64_t id)
{
    struct mom_input in = {.kind = MOM_IN_DELETE, .id = id, .tag = 7};

    w->done = 0;
    w->refused = 0;
    add(w, &in);
    world_run(w);
}

#include "world_see.h"

#endif
