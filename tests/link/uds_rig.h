/*
 * A scripted remote of the vendor in front of an engine: the remote says AXI as text, what it hears is kept as text,
 * one message a line. Node 0 has the link; node 1 is a neighbour with a site of its own, 2, that does what it is asked.
 */
#ifndef TESTS_LINK_UDS_RIG_H
#define TESTS_LINK_UDS_RIG_H

#include "momsync/net.h"

#include <axi/axi.h>
#include <momsync/axi/uds.h>

#include "../../libmomsync/batch.h"

enum { UDS_SITE = 10001, UDS_OTHER = 2, UDS_HEARD = 1 << 20 };

#define UDS_PARK  "1F1028D085"
#define UDS_OWN   "1028D085"
#define UDS_THERE "1028D086" /* OMM id of site 2 */
#define UDS_SARI  "1F10187326"
#define UDS_IPEI1 "03074 0220259 3"
#define UDS_IPEI2 "57005 0782068 7"
#define UDS_LOGIN                                                                                  \
    "<Open seq='1' protocolVersion='45' username='north' password='secret' "                       \
    "UserDeviceSyncClient='1'/>"
#define UDS_SUBSCRIBE                                                                              \
    "<Subscribe seq='2'><e cmd='On' eventType='PPDevCnf' ppn='-1'/>"                               \
    "<e cmd='On' eventType='PPUserCnf' uid='-1'/></Subscribe>"

struct uds_rig {
    struct net *net;
    struct mom_uds *link;
    struct mom_uds_config config;
    struct mom_batch *batch;
    struct mom_batch *other; /* of node 1 */
    char *heard;             /* what the remote heard since it was last forgotten */
    size_t heard_len, heard_at;
    bool deaf; /* what the link says stays where it is */
    bool wants_close;
    char log[16384];
    size_t log_len;
    unsigned registers, deregisters; /* of site 2 */
    size_t split;                    /* bytes that are carried at a time, 0: all */
    /* allocations of the link: fails_at counts down to the one that fails, 0: none */
    long fails_at, allocations;
    int rc; /* of the last call that failed */
};

/* --- hooks ---------------------------------------------------------------------------------------- */

static inline void *uds_realloc(void *user, void *ptr, size_t size)
{
    struct uds_rig *rig = user;

    rig->allocations++;
    if (rig->fails_at > 0 && --rig->fails_at == 0)
        return NULL;
    return realloc(ptr, size);
}

static inline void uds_free(void *user, void *ptr)
{
    (void)user;
    free(ptr);
}

static inline void uds_log(void *user, enum mom_level level, const char *line)
{
    struct uds_rig *rig = user;
    size_t len = strlen(line);

    if (getenv("LOG"))
        fprintf(stderr, "%d %s\n", (int)level, line);
    if (rig->log_len + len + 2 > sizeof rig->log)
        return;
    memcpy(rig->log + rig->log_len, line, len);
    rig->log_len += len;
    rig->log[rig->log_len++] = '\n';
    rig->log[rig->log_len] = '\0';
}

static inline bool uds_account(void *user, struct mom_str username, struct mom_str password)
{
    (void)user;
    return username.len == 5 && memcmp(username.ptr, "north", 5) == 0 && password.len == 6 &&
           memcmp(password.ptr, "secret", 6) == 0;
}

static inline bool uds_find_park(void *user, mom_site site, struct mom_park *ret_park)
{
    (void)user;
    return site == UDS_OTHER && mom_park_parse(NS("1F" UDS_THERE), ret_park) == MOM_OK;
}

/* "Encryption" that a test can read. */
static inline int uds_encrypt(void *user, const struct axi_public_key *key, struct axi_str plain,
                              char *ret_text, size_t max, size_t *ret_len)
{
    (void)user;
    *ret_len = (size_t)snprintf(ret_text, max, "enc:%.4s:%.*s", key->modulus.ptr, (int)plain.len,
                                plain.ptr);
    return AXI_OK;
}

static inline int uds_decrypt(void *user, struct axi_str text, char *ret_plain, size_t max,
                              size_t *ret_len)
{
    (void)user;
    if (text.len < 9 || memcmp(text.ptr, "enc:C0FF:", 9) != 0 || text.len - 9 > max)
        return AXI_ESECRET;
    memcpy(ret_plain, text.ptr + 9, text.len - 9);
    *ret_len = text.len - 9;
    return AXI_OK;
}

/* --- running -------------------------------------------------------------------------------------- */

static inline void uds_note(struct uds_rig *rig, int rc)
{
    if (rc != MOM_OK)
        rig->rc = rc;
}

/* Site 2 does what it is asked. */
static inline void uds_other_site(struct uds_rig *rig, const struct mom_action *a)
{
    struct mom_input in = {.kind = MOM_IN_RESULT, .site = UDS_OTHER, .token = a->token};
    static uint32_t next = 100;

    if (a->kind == MOM_DO_PUT) {
        in.local_device = a->device.id != 0 && a->device.local == 0 ? next++ : a->device.local;
        in.local_user = a->user.id != 0 && a->user.local == 0 ? next++ : a->user.local;
        if (in.local_device == 0)
            in.local_device = a->local_device;
        if (in.local_user == 0)
            in.local_user = a->local_user;
    } else if (a->kind == MOM_DO_DEREGISTER || a->kind == MOM_DO_REGISTER) {
        bool ends = a->kind == MOM_DO_DEREGISTER;

        in.kind = ends ? MOM_IN_RELEASED : MOM_IN_RENEWED;
        in.type = MOM_USER;
        in.local = a->local_user;
        *(ends ? &rig->deregisters : &rig->registers) += 1;
    } else if (a->kind == MOM_DO_PROFILE) {
        in.kind = MOM_IN_PROFILE;
        in.local = a->local;
        in.name = a->name;
        in.value = a->text;
    } else if (a->kind != MOM_DO_REMOVE) {
        return;
    }
    assert_int_equal(mom_batch_add(rig->other, &in), MOM_OK);
}

static inline void uds_site_act(struct net *net, unsigned i, const struct mom_action *a)
{
    struct uds_rig *rig = net->sites;
    struct mom_now now = net_now(net, &net->nodes[0]);

    if (i == 1 && a->site == UDS_OTHER)
        uds_other_site(rig, a);
    else if (i == 0 && rig->link)
        uds_note(rig, mom_uds_act(rig->link, &now, a, rig->batch));
}

static inline void uds_hear(struct uds_rig *rig)
{
    const char *data;
    size_t len = rig->deaf ? 0 : mom_uds_output(rig->link, &data);

    for (size_t i = 0; i < len; i++)
        rig->heard[rig->heard_len++] = data[i] ? data[i] : '\n';
    assert_true(rig->heard_len < UDS_HEARD);
    rig->heard[rig->heard_len] = '\0';
    if (len > 0)
        mom_uds_sent(rig->link, len);
    rig->wants_close |= (mom_uds_wants(rig->link) & MOM_UDS_WANT_CLOSE) != 0;
}

static inline bool uds_step(struct uds_rig *rig, unsigned i, struct mom_batch **batch)
{
    struct mom_batch *full = *batch;
    struct mom_now now = net_now(rig->net, &rig->net->nodes[i]);

    if (mom_batch_count(full) == 0 && mom_engine_deadline(rig->net->nodes[i].engine) > now.mono_ms)
        return false;
    *batch = mom_batch_new(NULL);
    assert_non_null(*batch);
    net_step_batch(rig->net, i, full);
    mom_batch_free(full);
    if (i == 0 && rig->link)
        uds_note(rig, mom_uds_stepped(rig->link, &now, rig->batch));
    return true;
}

/* Until nobody has anything more to say. */
static inline void uds_run(struct uds_rig *rig)
{
    bool busy = true;

    for (int guard = 0; busy; guard++) {
        struct mom_now now = net_now(rig->net, &rig->net->nodes[0]);

        assert_true(guard < 20000);
        busy = uds_step(rig, 0, &rig->batch);
        busy |= rig->net->count > 1 && uds_step(rig, 1, &rig->other);
        if (!busy)
            busy = net_carry(rig->net);
        if (rig->link && rig->rc == MOM_OK) {
            uds_hear(rig);
            if (!busy && !rig->deaf && mom_uds_deadline(rig->link) <= now.mono_ms) {
                uds_note(rig, mom_uds_timeout(rig->link, &now, rig->batch));
                busy = true;
            }
        }
    }
}

static inline void uds_wait(struct uds_rig *rig, int64_t ms)
{
    struct mom_now now;

    rig->net->now.mono_ms += ms;
    rig->net->now.wall_ms += ms;
    now = net_now(rig->net, &rig->net->nodes[0]);
    if (rig->link)
        uds_note(rig, mom_uds_timeout(rig->link, &now, rig->batch));
    uds_run(rig);
}

/* --- the remote ----------------------------------------------------------------------------------- */

static inline void uds_send(struct uds_rig *rig, const char *data, size_t len)
{
    struct mom_now now = net_now(rig->net, &rig->net->nodes[0]);

    for (size_t at = 0, part; at < len; at += part) {
        char *copy;

        part = rig->split && rig->split < len - at ? rig->split : len - at;
        copy = malloc(part); /* of its exact size, for the sanitizer */
        assert_non_null(copy);
        memcpy(copy, data + at, part);
        uds_note(rig, mom_uds_received(rig->link, &now, copy, part, rig->batch));
        free(copy);
    }
}

/* One message; ' stands for ". */
static inline void uds_say_only(struct uds_rig *rig, const char *text)
{
    uds_send(rig, text, strlen(text) + 1);
}

static inline void uds_forget(struct uds_rig *rig)
{
    rig->heard_len = 0;
    rig->heard[0] = '\0';
}

/* Forget what was heard, say it, and let everything happen that follows. */
static inline void uds_say(struct uds_rig *rig, const char *text)
{
    uds_forget(rig);
    uds_say_only(rig, text);
    uds_run(rig);
}

static inline void uds_assert_heard(struct uds_rig *rig, const char *text)
{
    if (!strstr(rig->heard, text))
        fail_msg("not heard: %s\nheard: %s", text, rig->heard);
}

static inline void uds_assert_silence(struct uds_rig *rig, const char *text)
{
    if (strstr(rig->heard, text))
        fail_msg("heard: %s\nin: %s", text, rig->heard);
}

static inline unsigned uds_count_heard(struct uds_rig *rig, const char *text)
{
    unsigned count = 0;

    for (const char *at = rig->heard; (at = strstr(at, text)) != NULL; at++)
        count++;
    return count;
}

/* The number in an attribute of the first element that was heard with `text` in its line. */
static inline uint32_t uds_number(struct uds_rig *rig, const char *text, const char *attr)
{
    const char *at = strstr(rig->heard, text), *line = at, *end;
    char name[32];

    if (!at)
        fail_msg("not heard: %s\nheard: %s", text, rig->heard);
    while (line > rig->heard && *line != '<')
        line--;
    end = strchr(line, '>');
    snprintf(name, sizeof name, " %s=\"", attr);
    at = strstr(line, name);
    if (!at || at > end)
        fail_msg("no %s with %s\nheard: %s", attr, text, rig->heard);
    return (uint32_t)strtoul(at + strlen(name), NULL, 10);
}

static inline enum mom_uds_state uds_state(struct uds_rig *rig)
{
    struct mom_uds_info info;

    mom_uds_get_info(rig->link, &info);
    return info.state;
}

static inline void uds_assert_state(struct uds_rig *rig, enum mom_uds_state state)
{
    if (uds_state(rig) != state)
        fail_msg("%s instead of %s\n%s", mom_uds_state_name(uds_state(rig)),
                 mom_uds_state_name(state), rig->log);
}

/* --- making --------------------------------------------------------------------------------------- */

static inline void uds_open(struct uds_rig *rig)
{
    struct mom_now now = net_now(rig->net, &rig->net->nodes[0]);

    uds_forget(rig);
    rig->wants_close = false;
    rig->rc = MOM_OK;
    uds_note(rig, mom_uds_opened(rig->link, &now, rig->batch));
}

static inline void uds_close(struct uds_rig *rig)
{
    struct mom_now now = net_now(rig->net, &rig->net->nodes[0]);

    rig->rc = MOM_OK;
    assert_int_equal(mom_uds_closed(rig->link, &now, NS("gone"), rig->batch), MOM_OK);
    uds_run(rig);
}

static inline void uds_enable(struct uds_rig *rig, bool enabled)
{
    struct mom_now now = net_now(rig->net, &rig->net->nodes[0]);

    uds_note(rig, mom_uds_enable(rig->link, &now, enabled, rig->batch));
}

/* Site 2 at node 1 is there and has nothing of its own. */
static inline void uds_other_up(struct uds_rig *rig)
{
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = UDS_OTHER, .name = NS("other")};

    assert_int_equal(mom_batch_add(rig->other, &in), MOM_OK);
    in = (struct mom_input){.kind = MOM_IN_IDENTIFIED, .site = UDS_OTHER};
    assert_int_equal(mom_park_parse(NS("1F" UDS_THERE), &in.park), MOM_OK);
    assert_int_equal(mom_batch_add(rig->other, &in), MOM_OK);
    in.kind = MOM_IN_IMPORT;
    assert_int_equal(mom_batch_add(rig->other, &in), MOM_OK);
    in.kind = MOM_IN_IMPORTED;
    assert_int_equal(mom_batch_add(rig->other, &in), MOM_OK);
    uds_run(rig);
}

static inline struct uds_rig *uds_rig_new_with(const struct mom_config *given)
{
    struct uds_rig *rig = calloc(1, sizeof *rig);
    struct mom_config config = {.shape = MOM_SHAPE_STAR};
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = UDS_SITE, .name = NS("north")};

    assert_non_null(rig);
    if (given)
        config = *given;
    config.shape = MOM_SHAPE_STAR;
    assert_int_equal(mom_park_parse(NS(UDS_SARI), &config.sari), MOM_OK);
    rig->heard = malloc(UDS_HEARD);
    rig->net = calloc(1, sizeof *rig->net);
    assert_true(rig->net && rig->heard);
    rig->heard[0] = '\0';
    rig->net->config = config;
    rig->net->now = (struct mom_now){1000, 1700000000000};
    rig->net->own_sites[0] = UDS_SITE;
    rig->net->own_sites[1] = UDS_OTHER;
    rig->net->sites = rig;
    rig->net->site_act = uds_site_act;
    rig->batch = mom_batch_new(NULL);
    rig->other = mom_batch_new(NULL);
    assert_true(rig->batch && rig->other);
    net_add_node(rig->net);
    assert_int_equal(mom_batch_add(rig->batch, &in), MOM_OK);
    rig->config = (struct mom_uds_config){.size = sizeof rig->config,
                                          .alloc = {rig, uds_realloc, uds_free},
                                          .engine = rig->net->nodes[0].engine,
                                          .site = UDS_SITE,
                                          .protocol_version = 45,
                                          .secrets = {NULL, uds_encrypt, uds_decrypt},
                                          .user = rig,
                                          .check_account = uds_account,
                                          .find_park = uds_find_park,
                                          .log = uds_log};
    rig->config.key.modulus = (struct axi_str){"C0FFEE01", 8};
    rig->config.key.exponent = (struct axi_str){"010001", 6};
    assert_int_equal(mom_park_parse(NS(UDS_PARK), &rig->config.park), MOM_OK);
    return rig;
}

static inline void uds_start(struct uds_rig *rig)
{
    assert_int_equal(mom_uds_new(&rig->config, &rig->link), MOM_OK);
    uds_enable(rig, true);
    uds_run(rig);
}

static inline struct uds_rig *uds_rig_new(void)
{
    struct uds_rig *rig = uds_rig_new_with(NULL);

    uds_start(rig);
    return rig;
}

/* With a neighbour beside it. */
static inline struct uds_rig *uds_rig_pair(void)
{
    struct uds_rig *rig = uds_rig_new_with(NULL);

    net_add_node(rig->net);
    net_know(rig->net, 1, 0);
    net_connect(rig->net, 1, 0);
    uds_start(rig);
    uds_other_up(rig);
    return rig;
}

static inline void uds_rig_done(struct uds_rig *rig)
{
    mom_uds_free(rig->link);
    mom_batch_free(rig->batch);
    mom_batch_free(rig->other);
    net_free(rig->net);
    free(rig->heard);
    free(rig);
}

/* --- stories begin with ----------------------------------------------------------------------------- */

static inline void uds_login(struct uds_rig *rig)
{
    uds_open(rig);
    uds_say(rig, UDS_LOGIN);
    uds_assert_heard(rig, "<OpenResp seq=\"1\" ");
    uds_assert_silence(rig, "errCode");
}

/* The remote reads a list to its end. */
static inline void uds_read_all(struct uds_rig *rig, const char *request, const char *key)
{
    char text[120], last[40], *at;
    uint32_t from = 0;

    do {
        snprintf(text, sizeof text, "<%s seq='3' %s='%u' maxRecords='20'/>", request, key, from);
        uds_say(rig, text);
        snprintf(last, sizeof last, "<%s %s=\"", key[0] == 'u' ? "user" : "pp", key);
        for (at = rig->heard; (at = strstr(at, last)) != NULL; at++)
            from = (uint32_t)strtoul(at + strlen(last), NULL, 10) + 1;
    } while (uds_count_heard(rig, last) == 20);
}

/* The remote logs in, subscribes and reads everything. */
static inline void uds_connect(struct uds_rig *rig)
{
    uds_login(rig);
    uds_say(rig, UDS_SUBSCRIBE);
    uds_read_all(rig, "GetPPDev", "ppn");
    uds_read_all(rig, "GetPPUser", "uid");
    uds_assert_state(rig, MOM_UDS_STEADY);
    uds_forget(rig);
}

#endif
