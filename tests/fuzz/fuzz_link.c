/*
 * Fuzz target: what an OMM may say to a link, in every state: fitting answers, answers to the wrong
 * request, errors, events, records of any content, bytes that are no message; connections that
 * break, time that passes, memory that runs out. The link asks for a bounded amount of memory, stays
 * in its documented states and gives the engine inputs that make sense. With an engine behind it the
 * actions are the engine's, else any.
 *
 * Input: byte 0 says whether there is an engine, byte 1 which allocation fails (0: none); the rest
 * are operations, one byte each, and what they need.
 */
#include "fuzz/fuzz_memory.h"

#include "../../libmomsync/batch.h"

#include <momsync/axi/omm.h>
#include <momsync/profile.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FL_SITE = 7, FL_ASKED = 300, FL_TOKENS = 64, FL_STEPS_MAX = 400, FL_MEMORY = 24 << 20 };

#define FL_WALL INT64_C(1700000000000)

/* A request of the link that has no answer. */
struct fl_asked {
    enum axi_type type;
    int64_t seq, id;
};

struct fl {
    struct fuzz_bytes bytes;
    struct mom_now now;
    struct mom_omm *link;
    struct mom_engine *engine;
    struct mom_batch *batch;
    struct axi_parser *parser;
    struct axi_msg *request, *answer;
    struct axi_buf wire;
    struct fl_asked asked[FL_ASKED];
    size_t asked_count;
    uint64_t tokens[FL_TOKENS], last_token;
    size_t token_count;
    struct fuzz_memory memory;
    bool up;
    bool profiles; /* the link keeps CoA profiles the same */
};

static struct mom_str fl_str(const char *text)
{
    struct mom_str str = {text, strlen(text)};

    return str;
}

static int fl_encrypt(void *user, const struct axi_public_key *key, struct axi_str plain,
                      char *ret_text, size_t max, size_t *ret_len)
{
    (void)user;
    if (plain.len > 53 || key->modulus.len == 0)
        return AXI_ESECRET;
    *ret_len = (size_t)snprintf(ret_text, max, "enc%.*s", (int)plain.len, plain.ptr);
    return AXI_OK;
}

/* --- what the engine is told ------------------------------------------------------------------ */

static void fl_forget_token(struct fl *f, uint64_t token)
{
    size_t i = 0;

    while (i < f->token_count && f->tokens[i] != token)
        i++;
    must(i < f->token_count); /* else answered twice, or never asked */
    f->tokens[i] = f->tokens[--f->token_count];
}

static void fl_check_input(struct fl *f, const struct mom_input *in)
{
    must(in->site == FL_SITE);
    must(f->up == (in->kind != MOM_IN_IDENTIFIED));
    switch (in->kind) {
    case MOM_IN_IDENTIFIED:
        must(in->park.pli > 0 && in->park.pli <= 31);
        f->up = true;
        break;
    case MOM_IN_DOWN:
        f->up = false;
        f->token_count = 0;
        break;
    case MOM_IN_RECORD:
        must((in->type == MOM_USER || in->type == MOM_DEVICE) && in->local != 0);
        for (size_t i = 0; i < in->attr_count; i++)
            must(in->attrs[i].name.len > 0 && in->attrs[i].value.ptr != NULL);
        break;
    case MOM_IN_GONE:
        must((in->type == MOM_USER || in->type == MOM_DEVICE) && in->local != 0);
        break;
    case MOM_IN_PROFILE:
        must(in->local >= 1 && in->local <= MOM_PROFILES);
        must(in->name.len <= MOM_PROFILE_NAME_MAX && in->value.len <= MOM_PROFILE_DATA_MAX);
        break;
    case MOM_IN_RESULT:
        fl_forget_token(f, in->token);
        break;
    case MOM_IN_IMPORT:
    case MOM_IN_IMPORTED:
    case MOM_IN_LOCATED:
    case MOM_IN_RELEASED:
    case MOM_IN_RENEWED:
        break;
    default:
        must(in->kind == MOM_IN_DOWN); /* nothing else comes from a link */
    }
}

static void fl_check_batch(struct fl *f)
{
    for (size_t i = 0; i < f->batch->count; i++)
        fl_check_input(f, &f->batch->inputs[i]);
}

static void fl_close(struct fl *f, enum mom_omm_state state)
{
    axi_parser_reset(f->parser);
    f->asked_count = 0;
    if (mom_omm_closed(f->link, &f->now, state, fl_str("gone"), f->batch) != MOM_OK)
        must(f->memory.fails_in == 0);
}

/* A call of the link is over: without memory the host closes. */
static void fl_called(struct fl *f, int rc)
{
    must(rc == MOM_OK || rc == MOM_ENOMEM);
    if (rc == MOM_ENOMEM) {
        must(f->memory.fails_in == 0);
        fl_close(f, MOM_OMM_LOST);
    }
}

/* The engine, or nobody, takes the batch. Its actions go to the link, whose inputs are checked with
 * the next batch. */
static void fl_step(struct fl *f)
{
    struct mom_action action;

    if (f->engine != NULL)
        must(mom_engine_step(f->engine, &f->now, f->batch) == MOM_OK);
    mom_batch_reset(f->batch);
    while (f->engine != NULL && mom_engine_next_action(f->engine, &action)) {
        if (action.site != FL_SITE)
            continue;
        if (f->up && action.token != 0 && f->token_count < FL_TOKENS)
            f->tokens[f->token_count++] = action.token;
        fl_called(f, mom_omm_act(f->link, &f->now, &action, f->batch));
    }
}

/* --- what the OMM says ------------------------------------------------------------------------ */

static void fl_hear(struct fl *f)
{
    const char *data;
    size_t len;

    while ((len = mom_omm_output(f->link, &data)) > 0) {
        const char *at = data;
        size_t left = len;
        struct axi_msg *msg;

        for (;;) {
            const struct axi_elem *root;

            must(axi_parser_next(f->parser, &at, &left, &msg) == AXI_OK);
            if (msg == NULL)
                break;
            root = axi_msg_root(msg);
            must(axi_msg_type(msg) != AXI_T_NONE && axi_has(root, AXI_A_seq));
            must(f->asked_count < FL_ASKED);
            f->asked[f->asked_count] =
                (struct fl_asked){axi_msg_type(msg), axi_get_int_or(root, AXI_A_seq, 0), 0};
            f->asked[f->asked_count++].id =
                axi_get_int_or(root, AXI_A_uid,
                               axi_get_int_or(root, AXI_A_ppn, axi_get_int_or(root, AXI_A_Id, 0)));
        }
        mom_omm_sent(f->link, len);
    }
}

static void fl_say_bytes(struct fl *f, const char *bytes, size_t len)
{
    fl_called(f, mom_omm_received(f->link, &f->now, bytes, len, f->batch));
}

static void fl_say(struct fl *f, const struct axi_msg *msg)
{
    f->wire.len = 0;
    if (axi_encode(msg, 0, &f->wire) == AXI_OK)
        fl_say_bytes(f, f->wire.ptr, f->wire.len);
}

static const char *const fl_texts[] = {"1",
                                       "0",
                                       "",
                                       "2",
                                       "Dynamic",
                                       "Fixed",
                                       "Unbound",
                                       "03074 0220259 3",
                                       "57005 0782068 7",
                                       "4711",
                                       "-1",
                                       "4294967296",
                                       "99999999999999999999",
                                       "1700000000",
                                       "1F1028D085",
                                       "1F10187326",
                                       "true",
                                       "***",
                                       "b3du"};

static struct axi_str fl_text(struct fl *f)
{
    unsigned choice = fuzz_u8(&f->bytes);
    struct axi_str text;

    if (choice < 220) {
        const char *known = fl_texts[choice % (sizeof fl_texts / sizeof fl_texts[0])];

        return (struct axi_str){known, strlen(known)};
    }
    text.ptr = fuzz_take(&f->bytes, choice - 220, &text.len);
    return text;
}

/* Attributes of a record, sensible ones more often than any. */
static void fl_fill(struct fl *f, struct axi_elem *elem)
{
    static const enum axi_attr attrs[] = {
        AXI_A_num,   AXI_A_name,  AXI_A_ipei,      AXI_A_relType,       AXI_A_ppn, AXI_A_uid,
        AXI_A_sipPw, AXI_A_pin,   AXI_A_timeStamp, AXI_A_permanent,     AXI_A_uak, AXI_A_ommId,
        AXI_A_s,     AXI_A_addId, AXI_A_encrypt,   AXI_A_subscriptionId};
    unsigned count = fuzz_below(&f->bytes, 6);

    for (unsigned i = 0; i < count; i++) {
        unsigned choice = fuzz_u8(&f->bytes);
        enum axi_attr attr =
            choice < 224 ? attrs[choice % (sizeof attrs / sizeof attrs[0])]
                         : (enum axi_attr)(1 + fuzz_number(&f->bytes, 2) % (AXI_A_COUNT - 1));

        axi_set_str(elem, attr, fl_text(f));
    }
}

static struct axi_elem *fl_add(struct fl *f, struct axi_elem *root, bool user, int64_t id)
{
    struct axi_elem *elem = axi_add_child(root, user ? "user" : "pp");

    if (id != 0)
        axi_set_int(elem, user ? AXI_A_uid : AXI_A_ppn, id);
    fl_fill(f, elem);
    return elem;
}

static void fl_page(struct fl *f, struct axi_elem *root, bool user, int64_t from)
{
    unsigned count = fuzz_below(&f->bytes, 4);

    for (unsigned i = 0; i < count; i++) {
        from += fuzz_below(&f->bytes, 3);
        fl_add(f, root, user, from++);
    }
    if (count == 0)
        (void)axi_answer_error(f->answer, f->request, AXI_V_ENoEnt, NULL, NULL);
}

/* One that may lack what it should have. */
static void fl_profile(struct fl *f, struct axi_elem *root, int64_t number)
{
    struct axi_elem *elem = axi_add_child(root, "ppProfile");
    unsigned bits = fuzz_u8(&f->bytes);

    axi_set_int(elem, AXI_A_id, bits & 128 ? bits : number);
    if (bits & 1)
        axi_set_str(elem, AXI_A_name, fl_text(f));
    if (bits & 2)
        axi_set_str(elem, AXI_A_ppData, fl_text(f));
    if (bits & 4)
        axi_set_str(elem, AXI_A_timeStamp, fl_text(f));
}

static void fl_answer_well(struct fl *f, const struct fl_asked *asked, struct axi_elem *root)
{
    struct axi_elem *key;

    switch (asked->type) {
    case AXI_T_Open:
        key = axi_add_child(root, "publicKey");
        axi_set_int(root, AXI_A_protocolVersion, 45);
        axi_set_cstr(key, AXI_A_modulus, "00C0FFEE0123456789ABCDEF");
        axi_set_cstr(key, AXI_A_exponent, "010001");
        break;
    case AXI_T_Ping:
        axi_set_int(root, AXI_A_timeStamp, f->now.wall_ms / 1000);
        break;
    case AXI_T_GetPARK:
        axi_set_cstr(root, AXI_A_park, "1F1028D085");
        break;
    case AXI_T_GetSARI:
        axi_set_cstr(root, AXI_A_sari, "1F1028D085");
        break;
    case AXI_T_GetPPDev:
    case AXI_T_GetPPUser:
        fl_page(f, root, asked->type == AXI_T_GetPPUser, asked->id);
        break;
    case AXI_T_CreatePPUser:
    case AXI_T_SetPPUser:
    case AXI_T_GetPPUserByNumber:
        fl_add(f, root, true, asked->id ? asked->id : 1 + fuzz_below(&f->bytes, 5));
        break;
    case AXI_T_CreatePPDev:
    case AXI_T_SetPPDev:
    case AXI_T_GetPPDevByIPEI:
        fl_add(f, root, false, asked->id ? asked->id : 1 + fuzz_below(&f->bytes, 5));
        break;
    case AXI_T_GetPpProfile:
    case AXI_T_SetPpProfile:
        if (fuzz_below(&f->bytes, 4) > 0)
            fl_profile(f, root, asked->id ? asked->id : 1 + fuzz_below(&f->bytes, 4));
        break;
    case AXI_T_SetPP:
        fl_add(f, root, false, 1 + fuzz_below(&f->bytes, 4));
        fl_add(f, root, true, 1 + fuzz_below(&f->bytes, 4));
        break;
    default:
        break;
    }
}

/* Answer a request: well, with anything, or with an error. */
static void fl_answer(struct fl *f, size_t at, unsigned how)
{
    static const enum axi_value codes[] = {AXI_V_EPerm,   AXI_V_ENoEnt, AXI_V_EExist,
                                           AXI_V_EFailed, AXI_V_EAuth,  AXI_V_EInval};
    struct fl_asked asked;
    struct axi_elem *root;

    if (f->asked_count == 0)
        return;
    asked = f->asked[at % f->asked_count];
    f->asked_count--;
    memmove(&f->asked[at % (f->asked_count + 1)], &f->asked[at % (f->asked_count + 1) + 1],
            (f->asked_count - at % (f->asked_count + 1)) * sizeof f->asked[0]);
    root = axi_msg_start(f->request, asked.type);
    axi_set_int(root, AXI_A_seq, asked.seq);
    root = axi_answer_start(f->answer, f->request);
    if (how == 0)
        fl_answer_well(f, &asked, root);
    else if (how == 1)
        (void)axi_answer_error(f->answer, f->request, codes[fuzz_below(&f->bytes, 6)], NULL, "no");
    else
        fl_fill(f, fl_add(f, root, fuzz_below(&f->bytes, 2), fuzz_below(&f->bytes, 4)));
    fl_say(f, f->answer);
}

static void fl_event(struct fl *f)
{
    static const enum axi_type types[] = {
        AXI_T_EventPPCnf,      AXI_T_EventPPDevCnf,          AXI_T_EventPPUserCnf,
        AXI_T_EventDECTLocate, AXI_T_EventPPSIPDeregistered, AXI_T_EventMOMControlState};
    unsigned choice = fuzz_u8(&f->bytes);
    enum axi_type type = choice < 224
                             ? types[choice % (sizeof types / sizeof types[0])]
                             : (enum axi_type)(1 + fuzz_number(&f->bytes, 2) % (AXI_T_COUNT - 1));
    struct axi_elem *root = axi_msg_start(f->answer, type);
    unsigned bits = fuzz_u8(&f->bytes);

    if (f->profiles && bits & 64) {
        root = axi_msg_start(f->answer, AXI_T_EventPpProfileCnf);
        if (bits & 1)
            axi_set_bool(root, AXI_A_delete, true);
        fl_profile(f, root, 1 + fuzz_below(&f->bytes, 4));
        fl_say(f, f->answer);
        return;
    }
    if (bits & 1)
        fl_fill(f, root);
    if (bits & 2)
        fl_add(f, root, false, fuzz_below(&f->bytes, 4));
    if (bits & 4)
        fl_add(f, root, true, fuzz_below(&f->bytes, 4));
    if (bits & 8)
        axi_set_bool(root, AXI_A_deletedUser, true);
    if (bits & 16)
        axi_set_bool(root, AXI_A_deletedDev, true);
    if (bits & 32)
        axi_set_int(root, AXI_A_uid, 1 + fuzz_below(&f->bytes, 4));
    fl_say(f, f->answer);
}

/* --- what the hub does ------------------------------------------------------------------------ */

static void fl_act(struct fl *f)
{
    const struct mom_attr attrs[] = {{fl_str("num"), fl_str("4711")},
                                     {fl_str("sipPw"), fl_str("Psecret")},
                                     {fl_str("pin"), fl_str("K0123456789ABCDEFAAAA")},
                                     {fl_str("odd"), fl_str("x")}};
    static const char *const relations[] = {"", "Dynamic", "Unbound", "Fixed"};
    struct mom_action action = {.site = FL_SITE};
    unsigned kind = fuzz_u8(&f->bytes), bits = fuzz_u8(&f->bytes);

    action.kind = (enum mom_action_kind)(kind % (MOM_DO_REJECT + 1));
    if (action.kind == MOM_DO_REFUSE && kind < 200)
        action.kind = MOM_DO_PUT;
    if (f->profiles && kind >= 240)
        action.kind = MOM_DO_PROFILE;
    if (action.kind == MOM_DO_PROFILE) {
        action.name = fl_str(bits & 1 ? "Ward" : "");
        action.text = fl_str(bits & 2 ? "UD_A=1\nUD_B=2" : bits & 4 ? "\x01" : "");
    }
    if (action.kind == MOM_DO_ADMIT)
        action.park = (struct mom_park){bits & 1 ? 31 : 0, bits & 2 ? 0x1028D085 : 0x10187326};
    action.reason = (enum mom_refusal)(bits % 5);
    action.user =
        (struct mom_put){bits & 1, fuzz_below(&f->bytes, 4), attrs, fuzz_below(&f->bytes, 5)};
    action.device = (struct mom_put){bits >> 1 & 1, fuzz_below(&f->bytes, 4), attrs + 3,
                                     fuzz_below(&f->bytes, 2)};
    action.relation = fl_str(relations[bits >> 2 & 3]);
    action.type = bits & 16 ? MOM_USER : MOM_DEVICE;
    action.local = action.local_user = fuzz_below(&f->bytes, 4);
    action.local_device = fuzz_below(&f->bytes, 4);
    action.local += action.kind == MOM_DO_PROFILE;
    action.ipei = fl_str("03074 0220259 3");
    if (action.kind == MOM_DO_PUT || action.kind == MOM_DO_REMOVE) {
        if (f->token_count == FL_TOKENS)
            return;
        action.token = ++f->last_token;
        if (f->up)
            f->tokens[f->token_count++] = action.token;
    }
    fl_called(f, mom_omm_act(f->link, &f->now, &action, f->batch));
}

static void fl_change(struct fl *f)
{
    const struct mom_attr attrs[] = {{fl_str("num"), fl_str("4711")},
                                     {fl_str("sipPw"), fl_str("Psecret")}};
    struct mom_input in = {
        .kind = MOM_IN_CHANGE, .type = MOM_USER, .attrs = attrs, .attr_count = 2};

    in.id = fuzz_below(&f->bytes, 4);
    fl_check_batch(f);
    must(mom_batch_add(f->batch, &in) == MOM_OK);
    fl_step(f);
}

static void fl_wait(struct fl *f)
{
    int64_t deadline = mom_omm_deadline(f->link);
    int64_t ms = (int64_t)fuzz_u8(&f->bytes) * 20;

    if (ms > 2500 && deadline != MOM_NEVER && deadline > f->now.mono_ms)
        ms = deadline - f->now.mono_ms;
    f->now.mono_ms += ms;
    f->now.wall_ms += ms;
    fl_called(f, mom_omm_timeout(f->link, &f->now, f->batch));
    must(mom_omm_deadline(f->link) > f->now.mono_ms || mom_omm_deadline(f->link) == MOM_NEVER);
}

static void fl_connect(struct fl *f)
{
    unsigned address = 9, wants;

    for (int i = 0; i < 4 && (wants = mom_omm_wants(f->link, &address)) != 0; i++) {
        if (wants & MOM_OMM_WANT_CLOSE)
            fl_close(f, MOM_OMM_LOST);
        if (wants & MOM_OMM_WANT_CONNECT) {
            must(address <= 1);
            if (fuzz_u8(&f->bytes) >= 250)
                fl_close(f, MOM_OMM_UNREACHABLE);
            else
                fl_called(f, mom_omm_opened(f->link, &f->now, f->batch));
        }
    }
}

static void fl_operation(struct fl *f)
{
    unsigned op = fuzz_u8(&f->bytes) % 32;
    const char *bytes;
    size_t len;

    if (op < 14)
        fl_answer(f, 0, 0);
    else if (op < 16)
        fl_answer(f, fuzz_u8(&f->bytes), 0);
    else if (op == 16)
        fl_answer(f, fuzz_u8(&f->bytes), 1);
    else if (op == 17)
        fl_answer(f, fuzz_u8(&f->bytes), 2);
    else if (op < 22)
        fl_event(f);
    else if (op == 22) {
        bytes = fuzz_take(&f->bytes, fuzz_u8(&f->bytes), &len);
        fl_say_bytes(f, bytes, len);
    } else if (op == 23)
        fl_close(f, MOM_OMM_LOST);
    else if (op == 24)
        fl_called(f, mom_omm_enable(f->link, &f->now, fuzz_below(&f->bytes, 8) > 0, f->batch));
    else if (op < 27)
        fl_wait(f);
    else if (f->engine == NULL)
        fl_act(f);
    else
        fl_change(f);
}

/* --- a run ------------------------------------------------------------------------------------ */

static void fl_engine(struct fl *f)
{
    struct mom_config config = {.size = sizeof config};
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = FL_SITE, .name = fl_str("site")};
    struct mom_action action;

    must(mom_store_memory_new(NULL, &config.store) == MOM_OK);
    must(mom_engine_new(&config, &f->now, &f->engine) == MOM_OK);
    must(mom_batch_add(f->batch, &in) == MOM_OK);
    must(mom_engine_step(f->engine, &f->now, f->batch) == MOM_OK);
    while (mom_engine_next_action(f->engine, &action))
        must(action.site == 0);
    mom_batch_reset(f->batch);
}

static bool fl_begin(struct fl *f)
{
    struct mom_omm_config config = {.size = sizeof config, .site = FL_SITE, .seed = 1};
    unsigned first;

    f->now = (struct mom_now){1000, FL_WALL};
    f->batch = mom_batch_new(NULL);
    f->parser = axi_parser_new(NULL);
    f->request = axi_msg_new(NULL);
    f->answer = axi_msg_new(NULL);
    must(f->batch && f->parser && f->request && f->answer);
    first = fuzz_u8(&f->bytes);
    if (first & 1)
        fl_engine(f);
    f->profiles = config.profiles = (first & 64) != 0;
    f->memory.fails_in = fuzz_u8(&f->bytes) * 4;
    config.alloc = fuzz_alloc(&f->memory, FL_MEMORY);
    config.username = fl_str("omm");
    config.password = fl_str("secret");
    config.secrets.encrypt = fl_encrypt;
    config.max_message = 65536;
    config.max_output = 4096;
    config.page = 3;
    if (mom_omm_new(&config, &f->link) != MOM_OK) {
        must(f->memory.fails_in == 0);
        return false;
    }
    fl_called(f, mom_omm_enable(f->link, &f->now, true, f->batch));
    return true;
}

static void fl_end(struct fl *f)
{
    mom_omm_free(f->link);
    must(f->memory.used == 0);
    mom_engine_free(f->engine);
    mom_batch_free(f->batch);
    axi_parser_free(f->parser);
    axi_msg_free(f->request);
    axi_msg_free(f->answer);
    axi_buf_done(&f->wire);
    free(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fl *f = calloc(1, sizeof *f);
    struct mom_omm_info info;

    must(f != NULL);
    f->bytes = fuzz_open(data, size);
    if (fl_begin(f)) {
        for (int i = 0; i < FL_STEPS_MAX && fuzz_left(&f->bytes) > 0; i++) {
            fl_connect(f);
            fl_hear(f);
            fl_operation(f);
            fl_check_batch(f);
            fl_step(f);
            mom_omm_get_info(f->link, &info);
            must((unsigned)info.state < MOM_OMM_STATE_COUNT);
        }
        fl_called(f, mom_omm_enable(f->link, &f->now, false, f->batch));
        fl_close(f, MOM_OMM_LOST);
        fl_check_batch(f);
        must(!f->up);
    }
    fl_end(f);
    return 0;
}
