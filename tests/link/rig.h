/*
 * A link and a scripted OMM on a virtual clock. The OMM is built with libaxi: it parses what the link sends and
 * answers from tables; single requests can be refused, left unanswered or kept back. What the link gives to the
 * engine is read from the batch.
 */
#ifndef TESTS_LINK_RIG_H
#define TESTS_LINK_RIG_H

#include <momsync/axi/omm.h>
#include <momsync/profile.h>

#include "../../libmomsync/batch.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RIG_PARK "1F1028D085"
#define RIG_SARI "1F10187326"
#define RIG_KEY  "00C0FFEE0123456789ABCDEF"
#define RIG_WALL 1700000000000

struct rig_record {
    uint32_t id;
    struct axi_msg *msg; /* root: the record */
};

struct rig_table {
    const char *element;
    enum axi_attr key;
    enum axi_attr unique;
    struct rig_record *rows; /* by id */
    size_t count, room;
    uint32_t last_id;
};

struct rig {
    struct mom_omm *link;
    struct mom_now now;
    struct mom_batch *batch;
    struct mom_omm_config config;
    char log[65536];
    size_t log_len;

    /* the OMM */
    struct axi_parser *parser;
    struct axi_msg *answer;
    struct axi_buf wire; /* bytes for the link */
    bool hold_wire;      /* what the OMM says is kept in `wire` */
    char asked[200000];  /* names of the requests, each with a blank behind it */
    size_t asked_len;
    unsigned count[AXI_T_COUNT];
    enum axi_value refuse[AXI_T_COUNT];
    unsigned refusals[AXI_T_COUNT]; /* so many; 0: always */
    enum axi_value refuse_watch;    /* the subscription of location registrations */
    enum axi_value refuse_system;   /* that of the system's settings */
    bool silent[AXI_T_COUNT];
    const char *bad;
    char park[16], sari[16];
    int64_t protocol_version, clock_s;
    bool no_key;
    const char *platform;          /* as Open tells it, NULL: it does not */
    int64_t phones, base_stations; /* as Limits tells them */
    bool tells_sip;                /* EventPPSIPDeregistered follows a deregistration */
    const char *standby;
    struct rig_table devices, users;
    struct {
        char *name, *data; /* NULL: there is none */
    } profiles[MOM_PROFILES + 1];
    int64_t profile_s; /* their time stamps */
    unsigned most_outstanding, outstanding;
    char open_request[512];       /* the last Open, redacted */
    char last[AXI_T_COUNT][1024]; /* the last request of each type */

    /* allocations of the link: fails_at counts down to the one that fails, 0: none */
    long fails_at, allocations;
};

/* --- small things ----------------------------------------------------------------------------------- */

static inline struct axi_str rig_text(const char *text)
{
    return (struct axi_str){text, strlen(text)};
}

static inline struct mom_str rig_str(const char *text)
{
    return (struct mom_str){text, strlen(text)};
}

static inline void rig_set(char identity[16], const char *text)
{
    snprintf(identity, 16, "%s", text);
}

static inline bool rig_is(struct mom_str text, const char *value)
{
    return text.ptr != NULL && text.len == strlen(value) && memcmp(text.ptr, value, text.len) == 0;
}

static inline void rig_log(void *user, enum mom_level level, const char *line)
{
    struct rig *rig = user;

    (void)level;
    if (rig->log_len + strlen(line) + 2 < sizeof(rig->log))
        rig->log_len += (size_t)snprintf(rig->log + rig->log_len, sizeof(rig->log) - rig->log_len,
                                         "%s\n", line);
}

static inline void *rig_realloc(void *user, void *ptr, size_t size)
{
    struct rig *rig = user;

    rig->allocations++;
    if (rig->fails_at > 0 && --rig->fails_at == 0)
        return NULL;
    return realloc(ptr, size);
}

static inline void rig_free(void *user, void *ptr)
{
    (void)user;
    free(ptr);
}

/* "Encryption" that a test can read: the key's first digits and the text. */
static inline int rig_encrypt(void *user, const struct axi_public_key *key, struct axi_str plain,
                              char *ret_text, size_t max, size_t *ret_len)
{
    (void)user;
    if (plain.len > 53)
        return AXI_ESECRET;
    *ret_len = (size_t)snprintf(ret_text, max, "enc:%.4s:%.*s", key->modulus.ptr, (int)plain.len,
                                plain.ptr);
    return AXI_OK;
}

/* --- the OMM's tables ------------------------------------------------------------------------------- */

static inline struct rig_record *rig_find(struct rig_table *table, uint32_t id)
{
    for (size_t i = 0; i < table->count; i++) {
        if (table->rows[i].id == id)
            return &table->rows[i];
    }
    return NULL;
}

static inline struct rig_record *rig_find_unique(struct rig_table *table, struct axi_str value)
{
    for (size_t i = 0; i < table->count && value.len > 0; i++) {
        struct axi_str has = axi_get_str(axi_msg_root(table->rows[i].msg), table->unique);

        if (has.len == value.len && memcmp(has.ptr, value.ptr, value.len) == 0)
            return &table->rows[i];
    }
    return NULL;
}

static inline struct rig_record *rig_add(struct rig_table *table, uint32_t id)
{
    size_t at = table->count;

    if (table->count == table->room) {
        table->room = table->room * 2 + 16;
        table->rows = realloc(table->rows, table->room * sizeof(*table->rows));
    }
    while (at > 0 && table->rows[at - 1].id > id) {
        table->rows[at] = table->rows[at - 1];
        at--;
    }
    table->rows[at] = (struct rig_record){id, axi_msg_new(NULL)};
    table->count++;
    if (id > table->last_id)
        table->last_id = id;
    (void)axi_msg_start_named(table->rows[at].msg, rig_text(table->element));
    axi_set_int(axi_msg_root(table->rows[at].msg), table->key, id);
    return &table->rows[at];
}

static inline void rig_remove(struct rig_table *table, struct rig_record *record)
{
    size_t at = (size_t)(record - table->rows);

    axi_msg_free(record->msg);
    table->count--;
    memmove(record, record + 1, (table->count - at) * sizeof(*record));
}

static inline struct axi_elem *rig_row(struct rig_record *record)
{
    return axi_msg_root(record->msg);
}

/* A device and a user as an OMM has them. */
static inline struct axi_elem *rig_device(struct rig *rig, uint32_t ppn, const char *ipei)
{
    struct axi_elem *row = rig_row(rig_add(&rig->devices, ppn));

    axi_set_cstr(row, AXI_A_relType, "Unbound");
    axi_set_int(row, AXI_A_uid, 0);
    axi_set_cstr(row, AXI_A_ipei, ipei);
    axi_set_int(row, AXI_A_timeStamp, RIG_WALL / 1000 - 100);
    return row;
}

static inline struct axi_elem *rig_user(struct rig *rig, uint32_t uid, const char *num)
{
    struct axi_elem *row = rig_row(rig_add(&rig->users, uid));

    axi_set_cstr(row, AXI_A_num, num);
    axi_set_cstr(row, AXI_A_relType, "Unbound");
    axi_set_int(row, AXI_A_ppn, 0);
    axi_set_int(row, AXI_A_timeStamp, RIG_WALL / 1000 - 100);
    return row;
}

/* --- what the OMM says ------------------------------------------------------------------------------ */

static inline void rig_say(struct rig *rig, const struct axi_msg *msg)
{
    assert_int_equal(axi_encode(msg, 0, &rig->wire), AXI_OK);
}

static inline void rig_say_text(struct rig *rig, const char *xml)
{
    struct axi_buf *wire = &rig->wire;
    size_t len = strlen(xml) + 1;

    if (wire->len + len > wire->cap) {
        wire->cap = (wire->len + len) * 2;
        wire->ptr = realloc(wire->ptr, wire->cap);
    }
    memcpy(wire->ptr + wire->len, xml, len);
    wire->len += len;
}

static inline void rig_answer_page(struct rig *rig, struct rig_table *table,
                                   const struct axi_elem *asked, const struct axi_msg *request)
{
    int64_t from = axi_get_int_or(asked, table->key, 0);
    int64_t max = axi_get_int_or(asked, AXI_A_maxRecords, 1), n = 0;
    struct axi_elem *root = axi_answer_start(rig->answer, request);

    assert_true(max <= 20);
    for (size_t i = 0; i < table->count && n < max; i++) {
        if (table->rows[i].id < from)
            continue;
        (void)axi_add_copy(root, rig_row(&table->rows[i]));
        n++;
    }
    if (n == 0)
        (void)axi_answer_error(rig->answer, request, AXI_V_ENoEnt, NULL, NULL);
}

static inline void rig_answer_find(struct rig *rig, struct rig_table *table,
                                   const struct axi_elem *asked, const struct axi_msg *request)
{
    struct rig_record *record = rig_find_unique(table, axi_get_str(asked, table->unique));

    if (record == NULL)
        (void)axi_answer_error(rig->answer, request, AXI_V_ENoEnt, NULL, NULL);
    else
        (void)axi_add_copy(axi_answer_start(rig->answer, request), rig_row(record));
}

static inline void rig_merge(struct axi_elem *row, const struct axi_elem *change)
{
    struct axi_attr_view view;

    for (size_t i = 0; axi_attr_at(change, i, &view); i++)
        axi_set_named(row, view.name, view.value);
}

/* Create (id 0) or set; NULL with the error answered. */
static inline struct rig_record *rig_write(struct rig *rig, struct rig_table *table, bool create,
                                           const struct axi_elem *change,
                                           const struct axi_msg *request)
{
    uint32_t id = (uint32_t)axi_get_int_or(change, table->key, 0);
    struct rig_record *other = rig_find_unique(table, axi_get_str(change, table->unique));
    struct rig_record *record = create ? NULL : rig_find(table, id);

    if (other != NULL && other != record) {
        (void)axi_answer_error(rig->answer, request, AXI_V_EExist, axi_attr_name(table->unique),
                               NULL);
        return NULL;
    }
    if (create)
        record = rig_add(table, table->last_id + 1);
    if (record == NULL) {
        (void)axi_answer_error(rig->answer, request, AXI_V_ENoEnt, NULL, NULL);
        return NULL;
    }
    id = record->id;
    rig_merge(rig_row(record), change);
    axi_set_int(rig_row(record), table->key, id);
    axi_set_int(rig_row(record), AXI_A_timeStamp, RIG_WALL / 1000);
    return record;
}

static inline void rig_answer_write(struct rig *rig, struct rig_table *table, bool create,
                                    const struct axi_msg *request)
{
    struct rig_record *record = rig_write(
        rig, table, create, axi_first_child(axi_msg_root(request), table->element), request);

    if (record != NULL)
        (void)axi_add_copy(axi_answer_start(rig->answer, request), rig_row(record));
}

static inline void rig_answer_relation(struct rig *rig, const struct axi_msg *request)
{
    const struct axi_elem *root = axi_msg_root(request), *pp = axi_first_child(root, "pp");
    const struct axi_elem *user = axi_first_child(root, "user");
    struct rig_record *device = pp ? rig_write(rig, &rig->devices, false, pp, request) : NULL;
    struct rig_record *owner = user ? rig_write(rig, &rig->users, false, user, request) : NULL;
    struct axi_elem *answer;

    if ((pp != NULL && device == NULL) || (user != NULL && owner == NULL))
        return;
    answer = axi_answer_start(rig->answer, request);
    if (device != NULL)
        (void)axi_add_copy(answer, rig_row(device));
    if (owner != NULL)
        (void)axi_add_copy(answer, rig_row(owner));
}

static inline void rig_answer_delete(struct rig *rig, struct rig_table *table,
                                     const struct axi_msg *request)
{
    struct rig_record *record =
        rig_find(table, (uint32_t)axi_get_int_or(axi_msg_root(request), table->key, 0));

    if (record == NULL) {
        (void)axi_answer_error(rig->answer, request, AXI_V_ENoEnt, NULL, NULL);
        return;
    }
    rig_remove(table, record);
    (void)axi_answer_start(rig->answer, request);
}

static inline void rig_answer_open(struct rig *rig, const struct axi_elem *asked,
                                   const struct axi_msg *request)
{
    bool good = rig_is((struct mom_str){axi_get_str(asked, AXI_A_password).ptr,
                                        axi_get_str(asked, AXI_A_password).len},
                       "secret");
    struct axi_elem *answer = good
                                  ? axi_answer_start(rig->answer, request)
                                  : axi_answer_error(rig->answer, request, AXI_V_EAuth, NULL, NULL);

    axi_set_int(answer, AXI_A_protocolVersion, rig->protocol_version);
    axi_set_cstr(answer, AXI_A_ommVersion, "SIP-DECT 7.1-CK14");
    axi_set_cstr(answer, AXI_A_ommStbState, "None");
    if (rig->platform != NULL)
        axi_set_cstr(answer, AXI_A_ommPlatform, rig->platform);
    if (rig->standby != NULL)
        axi_set_cstr(answer, AXI_A_ommStbAddr, rig->standby);
    if (good && !rig->no_key) {
        struct axi_elem *key = axi_add_child(answer, "publicKey");

        axi_set_cstr(key, AXI_A_modulus, RIG_KEY);
        axi_set_cstr(key, AXI_A_exponent, "010001");
    }
}

static inline void rig_set_profile(struct rig *rig, int64_t number, struct axi_str name,
                                   struct axi_str data)
{
    bool none = name.len == 0 && data.len == 0;

    free(rig->profiles[number].name);
    free(rig->profiles[number].data);
    rig->profiles[number].name = none ? NULL : strndup(name.ptr, name.len);
    rig->profiles[number].data = none ? NULL : strndup(data.ptr, data.len);
}

static inline void rig_answer_profile(struct rig *rig, int64_t number,
                                      const struct axi_msg *request)
{
    struct axi_elem *elem;

    assert_in_range(number, 1, MOM_PROFILES);
    if (rig->profiles[number].name == NULL) {
        (void)axi_answer_error(rig->answer, request, AXI_V_ENoEnt, "Id", NULL);
        return;
    }
    elem = axi_add_child(axi_answer_start(rig->answer, request), "ppProfile");
    axi_set_int(elem, AXI_A_id, number);
    axi_set_cstr(elem, AXI_A_name, rig->profiles[number].name);
    axi_set_cstr(elem, AXI_A_ppData, rig->profiles[number].data);
    axi_set_int(elem, AXI_A_timeStamp, rig->profile_s);
}

static inline void rig_answer_set_profile(struct rig *rig, const struct axi_msg *request)
{
    const struct axi_elem *asked = axi_first_child(axi_msg_root(request), "ppProfile");
    int64_t number = axi_get_int_or(asked, AXI_A_id, 0);

    rig_set_profile(rig, number, axi_get_str(asked, AXI_A_name), axi_get_str(asked, AXI_A_ppData));
    if (rig->profiles[number].name != NULL)
        rig_answer_profile(rig, number, request);
    else
        (void)axi_add_copy(axi_answer_start(rig->answer, request), asked);
}

static inline void rig_answer_rest(struct rig *rig, enum axi_type type,
                                   const struct axi_elem *asked, const struct axi_msg *request)
{
    struct axi_elem *answer = axi_answer_start(rig->answer, request);

    switch (type) {
    case AXI_T_Ping:
        axi_set_int(answer, AXI_A_timeStamp, rig->now.wall_ms / 1000 + rig->clock_s);
        break;
    case AXI_T_GetPARK:
        axi_set_cstr(answer, AXI_A_park, rig->park);
        break;
    case AXI_T_GetSARI:
        axi_set_cstr(answer, AXI_A_sari, rig->sari);
        break;
    case AXI_T_Limits:
        axi_set_int(answer, AXI_A_ppnNum, rig->phones);
        axi_set_int(answer, AXI_A_rfpNum, rig->base_stations);
        break;
    case AXI_T_SetSARI:
        snprintf(rig->sari, sizeof(rig->sari), "%.*s", (int)axi_get_str(asked, AXI_A_sari).len,
                 axi_get_str(asked, AXI_A_sari).ptr);
        break;
    case AXI_T_GetPublicKey:
        axi_set_cstr(answer, AXI_A_modulus, RIG_KEY);
        axi_set_cstr(answer, AXI_A_exponent, "10001");
        break;
    case AXI_T_GetPPDevSummary:
        axi_set_int(answer, AXI_A_nRecords, (int64_t)rig->devices.count);
        break;
    case AXI_T_GetPPUserSummary:
        axi_set_int(answer, AXI_A_nRecords, (int64_t)rig->users.count);
        break;
    default:
        break;
    }
}

static inline void rig_answer(struct rig *rig, enum axi_type type, const struct axi_msg *request)
{
    const struct axi_elem *asked = axi_msg_root(request);

    switch (type) {
    case AXI_T_Open:
        rig_answer_open(rig, asked, request);
        break;
    case AXI_T_GetPPDev:
        rig_answer_page(rig, &rig->devices, asked, request);
        break;
    case AXI_T_GetPPUser:
        rig_answer_page(rig, &rig->users, asked, request);
        break;
    case AXI_T_GetPPDevByIPEI:
        rig_answer_find(rig, &rig->devices, asked, request);
        break;
    case AXI_T_GetPPUserByNumber:
        rig_answer_find(rig, &rig->users, asked, request);
        break;
    case AXI_T_CreatePPDev:
    case AXI_T_SetPPDev:
        rig_answer_write(rig, &rig->devices, type == AXI_T_CreatePPDev, request);
        break;
    case AXI_T_CreatePPUser:
    case AXI_T_SetPPUser:
        rig_answer_write(rig, &rig->users, type == AXI_T_CreatePPUser, request);
        break;
    case AXI_T_SetPP:
        rig_answer_relation(rig, request);
        break;
    case AXI_T_DeletePPDev:
        rig_answer_delete(rig, &rig->devices, request);
        break;
    case AXI_T_DeletePPUser:
        rig_answer_delete(rig, &rig->users, request);
        break;
    case AXI_T_GetPpProfile:
        rig_answer_profile(rig, axi_get_int_or(asked, AXI_A_Id, 0), request);
        break;
    case AXI_T_SetPpProfile:
        rig_answer_set_profile(rig, request);
        break;
    default:
        rig_answer_rest(rig, type, asked, request);
        break;
    }
}

static inline void rig_take_request(struct rig *rig, const struct axi_msg *request)
{
    enum axi_type type = axi_msg_type(request);
    enum axi_value refused;
    struct axi_buf text = {0};

    assert_int_not_equal(type, AXI_T_NONE);
    assert_int_equal(axi_type_kind(type), AXI_REQUEST);
    assert_int_equal(axi_check(request, (struct axi_str){NULL, 0}, NULL, 0), 0);
    rig->count[type]++;
    rig->asked_len +=
        (size_t)snprintf(rig->asked + rig->asked_len, sizeof(rig->asked) - rig->asked_len, "%s ",
                         axi_type_name(type));
    assert_int_equal(axi_encode(request, 0, &text), AXI_OK);
    snprintf(rig->last[type], sizeof(rig->last[type]), "%s", text.ptr);
    axi_buf_done(&text);
    if (rig->silent[type])
        return;
    refused = rig->refuse[type];
    if (rig->refusals[type] > 0 && --rig->refusals[type] == 0)
        rig->refuse[type] = AXI_V_NOTHING;
    if (type == AXI_T_Subscribe && strstr(rig->last[type], "PPTransactionLocReg") != NULL)
        refused = rig->refuse_watch;
    if (type == AXI_T_Subscribe && strstr(rig->last[type], "SystemCnf") != NULL)
        refused = rig->refuse_system;
    if (refused != AXI_V_NOTHING) {
        struct axi_elem *answer =
            axi_answer_error(rig->answer, request, refused, rig->bad, "not today");

        if (type == AXI_T_Open)
            axi_set_int(answer, AXI_A_protocolVersion, rig->protocol_version);
    } else {
        rig_answer(rig, type, request);
    }
    rig_say(rig, rig->answer);
    if (type == AXI_T_PPSIPDeregister && rig->tells_sip) {
        struct axi_elem *event = axi_msg_start(rig->answer, AXI_T_EventPPSIPDeregistered);

        axi_set_int(event, AXI_A_uid, axi_get_int_or(axi_msg_root(request), AXI_A_uid, 0));
        rig_say(rig, rig->answer);
    }
}

/* --- running ---------------------------------------------------------------------------------------- */

/* The OMM takes what the link has sent. */
static inline void rig_omm_reads(struct rig *rig)
{
    const char *data;
    size_t len;

    while ((len = mom_omm_output(rig->link, &data)) > 0) {
        char *copy = malloc(len);
        const char *at = copy;
        struct axi_msg *msg;

        memcpy(copy, data, len);
        mom_omm_sent(rig->link, len);
        for (;;) {
            assert_int_equal(axi_parser_next(rig->parser, &at, &len, &msg), AXI_OK);
            if (msg == NULL)
                break;
            rig_take_request(rig, msg);
        }
        free(copy);
    }
}

/* The link takes what the OMM has said. */
static inline int rig_link_reads(struct rig *rig)
{
    size_t len = rig->wire.len;
    char *copy = malloc(len + 1);
    int rc;

    if (len > 0)
        memcpy(copy, rig->wire.ptr, len);
    rig->wire.len = 0;
    rc = mom_omm_received(rig->link, &rig->now, copy, len, rig->batch);
    free(copy);
    return rc;
}

/* Go on until neither has anything to say. */
static inline int rig_run(struct rig *rig)
{
    int rc = MOM_OK;

    do {
        rig_omm_reads(rig);
        if (rig->wire.len > 0 && !rig->hold_wire)
            rc = rig_link_reads(rig);
    } while (rc == MOM_OK && !rig->hold_wire &&
             (rig->wire.len > 0 || mom_omm_output(rig->link, &(const char *){NULL}) > 0));
    return rc;
}

static inline int rig_advance(struct rig *rig, int64_t ms)
{
    rig->now.mono_ms += ms;
    rig->now.wall_ms += ms;
    return mom_omm_timeout(rig->link, &rig->now, rig->batch);
}

static inline struct mom_omm_info rig_info(struct rig *rig)
{
    struct mom_omm_info info;

    mom_omm_get_info(rig->link, &info);
    return info;
}

static inline void rig_assert_state(struct rig *rig, enum mom_omm_state state)
{
    struct mom_omm_info info = rig_info(rig);

    if (info.state != state)
        fail_msg("state is %s (%s), expected %s\n%s", mom_omm_state_name(info.state), info.text,
                 mom_omm_state_name(state), rig->log);
}

/* Take the batch as the engine would: the caller has looked at it. */
static inline void rig_step(struct rig *rig)
{
    mom_batch_reset(rig->batch);
}

/* The nth input of a kind, NULL when there are fewer. */
static inline const struct mom_input *rig_input(struct rig *rig, enum mom_input_kind kind, size_t n)
{
    for (size_t i = 0; i < rig->batch->count; i++) {
        if (rig->batch->inputs[i].kind == kind && n-- == 0)
            return &rig->batch->inputs[i];
    }
    return NULL;
}

static inline size_t rig_count_inputs(struct rig *rig, enum mom_input_kind kind)
{
    size_t n = 0;

    while (rig_input(rig, kind, n) != NULL)
        n++;
    return n;
}

static inline struct mom_str rig_attr(const struct mom_input *input, const char *name)
{
    for (size_t i = 0; i < input->attr_count; i++) {
        if (rig_is(input->attrs[i].name, name))
            return input->attrs[i].value;
    }
    return (struct mom_str){NULL, 0};
}

/* Kinds of the inputs as letters: Identified, iMport, Record, Gone, importeD, dOwn, Located, resulT, releaSed,
 * reNewed, Heard, login at a Phone, sUbscribe, proFile. */
static inline const char *rig_kinds(struct rig *rig)
{
    static char kinds[4096];
    size_t n = 0;

    for (size_t i = 0; i < rig->batch->count && n < sizeof(kinds) - 1; i++) {
        switch (rig->batch->inputs[i].kind) {
        case MOM_IN_IDENTIFIED:
            kinds[n++] = 'I';
            break;
        case MOM_IN_IMPORT:
            kinds[n++] = 'M';
            break;
        case MOM_IN_RECORD:
            kinds[n++] = 'R';
            break;
        case MOM_IN_GONE:
            kinds[n++] = 'G';
            break;
        case MOM_IN_IMPORTED:
            kinds[n++] = 'D';
            break;
        case MOM_IN_DOWN:
            kinds[n++] = 'O';
            break;
        case MOM_IN_LOCATED:
            kinds[n++] = 'L';
            break;
        case MOM_IN_RESULT:
            kinds[n++] = 'T';
            break;
        case MOM_IN_RELEASED:
            kinds[n++] = 'S';
            break;
        case MOM_IN_RENEWED:
            kinds[n++] = 'N';
            break;
        case MOM_IN_HEARD:
            kinds[n++] = 'H';
            break;
        case MOM_IN_LOGIN:
            kinds[n++] = 'P';
            break;
        case MOM_IN_SUBSCRIBE:
            kinds[n++] = 'U';
            break;
        case MOM_IN_PROFILE:
            kinds[n++] = 'F';
            break;
        default:
            kinds[n++] = '?';
            break;
        }
    }
    kinds[n] = '\0';
    return kinds;
}

static inline int rig_act(struct rig *rig, const struct mom_action *action)
{
    return mom_omm_act(rig->link, &rig->now, action, rig->batch);
}

static inline int rig_admit(struct rig *rig, const char *sari)
{
    struct mom_action action = {.kind = MOM_DO_ADMIT, .site = 7};

    assert_int_equal(mom_park_parse(rig_str(sari), &action.park), MOM_OK);
    return rig_act(rig, &action);
}

/* --- making ----------------------------------------------------------------------------------------- */

static inline void rig_new_link(struct rig *rig)
{
    rig->config.size = sizeof(rig->config);
    rig->config.alloc = (struct mom_alloc){rig, rig_realloc, rig_free};
    if (rig->config.site == 0)
        rig->config.site = 7;
    rig->config.username = rig_str("omm");
    if (rig->config.password.ptr == NULL)
        rig->config.password = rig_str("secret");
    rig->config.secrets.encrypt = rig_encrypt;
    rig->config.seed = 1;
    rig->config.user = rig;
    rig->config.log = rig_log;
    assert_int_equal(mom_omm_new(&rig->config, &rig->link), MOM_OK);
}

static inline struct rig *rig_new(void)
{
    struct rig *rig = calloc(1, sizeof(*rig));

    rig->now = (struct mom_now){1000, RIG_WALL};
    rig->batch = mom_batch_new(&(struct mom_alloc){rig, rig_realloc, rig_free});
    rig->parser = axi_parser_new(NULL);
    rig->answer = axi_msg_new(NULL);
    rig_set(rig->park, RIG_PARK);
    rig_set(rig->sari, RIG_SARI);
    rig->protocol_version = 45;
    rig->platform = "linux-pc";
    rig->config.protocol_version = 45;
    rig->profile_s = RIG_WALL / 1000 - 50;
    rig->devices = (struct rig_table){.element = "pp", .key = AXI_A_ppn, .unique = AXI_A_ipei};
    rig->users = (struct rig_table){.element = "user", .key = AXI_A_uid, .unique = AXI_A_num};
    return rig;
}

static inline void rig_done(struct rig *rig)
{
    mom_omm_free(rig->link);
    while (rig->devices.count > 0)
        rig_remove(&rig->devices, &rig->devices.rows[0]);
    while (rig->users.count > 0)
        rig_remove(&rig->users, &rig->users.rows[0]);
    for (size_t i = 0; i <= MOM_PROFILES; i++) {
        free(rig->profiles[i].name);
        free(rig->profiles[i].data);
    }
    free(rig->devices.rows);
    free(rig->users.rows);
    axi_parser_free(rig->parser);
    axi_msg_free(rig->answer);
    axi_buf_done(&rig->wire);
    mom_batch_free(rig->batch);
    free(rig);
}

/* Dial and open. */
static inline int rig_connect(struct rig *rig)
{
    unsigned address;

    if (rig->link == NULL)
        rig_new_link(rig);
    assert_int_equal(mom_omm_enable(rig->link, &rig->now, true, rig->batch), MOM_OK);
    assert_int_equal(mom_omm_wants(rig->link, &address), MOM_OMM_WANT_CONNECT);
    return mom_omm_opened(rig->link, &rig->now, rig->batch);
}

static inline int rig_close(struct rig *rig, enum mom_omm_state state, const char *text)
{
    axi_parser_reset(rig->parser);
    rig->wire.len = 0;
    return mom_omm_closed(rig->link, &rig->now, state, rig_str(text), rig->batch);
}

/* As far as the question to the engine. */
static inline void rig_identify(struct rig *rig)
{
    assert_int_equal(rig_connect(rig), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    rig_assert_state(rig, MOM_OMM_IDENTIFYING);
    assert_string_equal(rig_kinds(rig), "I");
}

/* As far as steady, with an empty batch. */
static inline void rig_steady(struct rig *rig)
{
    rig_identify(rig);
    assert_int_equal(rig_admit(rig, rig->sari), MOM_OK);
    assert_int_equal(rig_run(rig), MOM_OK);
    rig_assert_state(rig, MOM_OMM_STEADY);
    rig_step(rig);
}

#endif
