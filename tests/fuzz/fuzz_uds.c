/*
 * Fuzz target: what anybody may say to a link to a vendor's remote, in front of a real engine: right and wrong logins,
 * lists, changes with odd numbers, times and places, bytes that are no AXI; administrators that change and delete
 * meanwhile, remotes that do not read, connections that break, time that passes, memory that runs out. The link asks
 * for a bounded amount of memory, speaks for its site alone, says nothing but whole messages of AXI and nothing of a
 * record before the login was good, and the engine is left with a site that is down.
 *
 * Input: byte 0 says which allocation fails (0: none); the rest are operations, one byte each, and what they need.
 */
#include "fuzz/fuzz_memory.h"

#include "../../libmomsync/batch.h"

#include <momsync/axi/uds.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FD_SITE = 10001, FD_STEPS = 300, FD_OUTPUT = 60000, FD_MEMORY = 8 << 20, FD_ROUNDS = 3000 };

struct fd {
    struct fuzz_bytes bytes;
    struct mom_now now;
    struct mom_engine *engine;
    struct mom_uds *link;
    struct mom_batch *batch;
    struct axi_parser *ear; /* reads what the link says */
    struct fuzz_memory memory;
    bool good; /* a good login was shown in this conversation */
    bool broken;
};

/* --- the host --------------------------------------------------------------------------------- */

static struct mom_str fd_str(const char *text)
{
    return (struct mom_str){text, strlen(text)};
}

static bool fd_account(void *user, struct mom_str username, struct mom_str password)
{
    struct fd *f = user;

    (void)username;
    f->good = password.len == 1 && password.ptr[0] == 'p';
    return f->good;
}

static void fd_log(void *user, enum mom_level level, const char *line)
{
    (void)user;
    must(level <= MOM_LOG_DEBUG && strlen(line) < 320);
}

static int fd_encrypt(void *user, const struct axi_public_key *key, struct axi_str plain,
                      char *ret_text, size_t max, size_t *ret_len)
{
    (void)user;
    (void)key;
    if (plain.len > 50 || plain.len > max)
        return AXI_ESECRET;
    if (plain.len > 0)
        memcpy(ret_text, plain.ptr, plain.len);
    *ret_len = plain.len;
    return AXI_OK;
}

static int fd_decrypt(void *user, struct axi_str text, char *ret_plain, size_t max, size_t *ret_len)
{
    return fd_encrypt(user, NULL, text, ret_plain, max, ret_len);
}

static void fd_closed(struct fd *f);

static void fd_note(struct fd *f, int rc)
{
    must(rc == MOM_OK || rc == MOM_ENOMEM);
    f->broken |= rc == MOM_ENOMEM;
}

static void fd_hear(struct fd *f)
{
    const char *data;
    size_t len = mom_uds_output(f->link, &data), sent = len;

    while (len > 0) {
        struct axi_msg *msg = NULL;

        must(axi_parser_next(f->ear, &data, &len, &msg) == AXI_OK);
        must(msg == NULL || f->good || axi_first_child(axi_msg_root(msg), "user") == NULL);
        must(msg == NULL || f->good || axi_first_child(axi_msg_root(msg), "pp") == NULL);
        must(msg == NULL || f->good || axi_first_child(axi_msg_root(msg), "ppProfile") == NULL);
    }
    mom_uds_sent(f->link, sent);
}

static void fd_check_inputs(struct fd *f)
{
    struct mom_uds_info info;

    for (size_t i = 0; i < f->batch->count; i++) {
        const struct mom_input *in = &f->batch->inputs[i];

        must(in->site == FD_SITE || in->kind == MOM_IN_CHANGE || in->kind == MOM_IN_DELETE);
        must(in->kind != MOM_IN_RECORD || in->local != 0);
    }
    mom_uds_get_info(f->link, &info);
    must(info.state < MOM_UDS_STATE_COUNT);
    must(memchr(info.text, '\0', sizeof info.text) != NULL);
}

/* Step until there is nothing more to step for. */
static void fd_run(struct fd *f)
{
    unsigned rounds = 0;

    if (f->broken)
        fd_closed(f);
    do {
        struct mom_action action;

        must(++rounds < FD_ROUNDS);
        fd_check_inputs(f);
        must(mom_engine_step(f->engine, &f->now, f->batch) == MOM_OK);
        mom_batch_reset(f->batch);
        while (mom_engine_next_action(f->engine, &action)) {
            if (!f->broken)
                fd_note(f, mom_uds_act(f->link, &f->now, &action, f->batch));
        }
        if (!f->broken)
            fd_note(f, mom_uds_stepped(f->link, &f->now, f->batch));
        if (f->broken)
            fd_closed(f);
    } while (mom_batch_count(f->batch) > 0);
}

static void fd_closed(struct fd *f)
{
    must(mom_uds_closed(f->link, &f->now, fd_str("closed"), f->batch) == MOM_OK);
    must(!mom_uds_is_open(f->link));
    axi_parser_reset(f->ear);
    f->good = f->broken = false;
}

/* --- the remote --------------------------------------------------------------------------------- */

static void fd_received(struct fd *f, const char *data, size_t len)
{
    char *copy = malloc(len > 0 ? len : 1); /* of its exact size, for the sanitizer */

    must(copy != NULL);
    memcpy(copy, data, len);
    fd_note(f, mom_uds_received(f->link, &f->now, copy, len, f->batch));
    free(copy);
}

static void fd_say(struct fd *f, const char *text)
{
    fd_received(f, text, strlen(text) + 1);
}

static const char *fd_pick(struct fd *f, const char *const *texts, unsigned count)
{
    return texts[fuzz_below(&f->bytes, count)];
}

#define PICK(f, ...)                                                                               \
    fd_pick(f, (const char *const[]){__VA_ARGS__},                                                 \
            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void fd_login(struct fd *f)
{
    char text[200];
    const char *version = PICK(f, "45", "44", "x"), *password = PICK(f, "p", "p", "", "q");

    snprintf(text, sizeof text,
             "<Open seq='1' protocolVersion='%s' username='u' password='%s' %s/>", version,
             password, PICK(f, "UserDeviceSyncClient='1'", ""));
    fd_say(f, text);
}

static void fd_list(struct fd *f)
{
    const char *user = PICK(f, "GetPPUser seq='2' uid", "GetPPDev seq='2' ppn");
    const char *from = PICK(f, "0", "1", "3", "-1", "4294967295", "4294967296");
    char text[120];

    snprintf(text, sizeof text, "<%s='%s' maxRecords='%s'/>", user, from,
             PICK(f, "20", "0", "2", "-1", "99999"));
    fd_say(f, text);
}

static void fd_half(struct fd *f, char *text, size_t size, bool user)
{
    const char *id = PICK(f, "0", "1", "2", "3", "9", "4294967295", "-1");
    const char *partner = PICK(f, "0", "1", "2", "77");
    const char *relation = PICK(f, "", "relType='Unbound'", "relType='Dynamic'", "relType='Fixed'");
    const char *time =
        PICK(f, "", "timeStamp='1700000001'", "timeStampAdmin='1600000000' timeStampRelation='1'",
             "timeStampRoaming='1700000100'", "timeStamp='99999999999999'");
    const char *more =
        user ? PICK(f, "", "num='1' name='a'", "num='2' sipPw='x'", "num=''", "odd='thing'")
             : PICK(f, "", "ipei='03074 0220259 3' s='Yes'", "ipei='' ommId='1028D085'",
                    "ommId='1028D085' roaming='RoamingComplete'",
                    "ommId='1028D086' ommIdAck='1028D086'", "ommIdAck='1028D087'");

    snprintf(text, size, "<%s='%s' %s='%s' %s %s %s/>", user ? "user uid" : "pp ppn", id,
             user ? "ppn" : "uid", partner, relation, time, more);
}

static void fd_upload(struct fd *f)
{
    const char *request = PICK(f, "SetPP", "SetPPUser", "SetPPDev", "CreatePPUser", "CreatePPDev",
                               "CreateFixedPP", "SetPP", "SetPP");
    unsigned halves = fuzz_below(&f->bytes, 4);
    char pp[300] = "", user[300] = "", text[800];

    if (halves != 1)
        fd_half(f, pp, sizeof pp, false);
    if (halves != 2)
        fd_half(f, user, sizeof user, true);
    snprintf(text, sizeof text, "<%s seq='3'>%s%s</%s>", request, pp, user, request);
    fd_say(f, text);
}

static void fd_raw(struct fd *f)
{
    size_t len;
    const char *data = fuzz_take(&f->bytes, fuzz_u8(&f->bytes), &len);

    fd_received(f, data, len);
}

/* --- others -------------------------------------------------------------------------------------- */

static void fd_change(struct fd *f)
{
    struct mom_attr attrs[2] = {{fd_str("num"), fd_str(PICK(f, "1", "2", "3"))},
                                {fd_str("name"), fd_str(PICK(f, "a", "b", ""))}};
    struct mom_input in = {
        .kind = MOM_IN_CHANGE, .type = MOM_USER, .attrs = attrs, .attr_count = 2};

    if (fuzz_below(&f->bytes, 3) == 0) {
        in.type = MOM_DEVICE;
        attrs[0] = (struct mom_attr){fd_str("ipei"), fd_str("03074 0220259 3")};
        in.attr_count = 1;
    }
    in.id = fuzz_below(&f->bytes, 3) == 0 ? (UINT64_C(1) << 40) + fuzz_below(&f->bytes, 8) : 0;
    if (in.id != 0 && fuzz_below(&f->bytes, 3) == 0)
        in.kind = MOM_IN_DELETE;
    must(mom_batch_add(f->batch, &in) == MOM_OK);
}

static void fd_time(struct fd *f)
{
    unsigned how = fuzz_u8(&f->bytes);
    int64_t deadline = mom_uds_deadline(f->link), ms = how * INT64_C(2000);

    if ((how & 1) != 0 && deadline != MOM_NEVER && deadline > f->now.mono_ms)
        ms = deadline - f->now.mono_ms;
    f->now.mono_ms += ms;
    f->now.wall_ms += ms;
    fd_note(f, mom_uds_timeout(f->link, &f->now, f->batch));
}

static void fd_do_something(struct fd *f)
{
    switch (fuzz_below(&f->bytes, 14)) {
    case 0:
        fd_login(f);
        break;
    case 1:
        fd_say(f, "<Subscribe seq='2'><e cmd='On' eventType='PPDevCnf' ppn='-1'/>"
                  "<e cmd='On' eventType='PPUserCnf' uid='-1'/></Subscribe>");
        break;
    case 2:
    case 3:
        fd_list(f);
        break;
    case 4:
    case 5:
    case 6:
        fd_upload(f);
        break;
    case 7:
        fd_say(f,
               PICK(f, "<DeletePPUser uid='1'/>", "<DeletePPUser num='2'/>",
                    "<DeletePPDev ppn='1'/>", "<GetPPUserSummary/>", "<GetVersions/>",
                    "<Ping timeStamp='1700000999'/>", "<GetPPDevByIPEI ipei='x'/>", "<GetPARK/>",
                    "<GetPpProfile Id='1'/>", "<GetPpProfile Id='2' seq='7'/>", "<SetPpProfile/>",
                    "<SetPpProfile><ppProfile id='1' name='Ward' ppData='A=1'/></SetPpProfile>",
                    "<SetPpProfile><ppProfile id='1' timeStamp='1700000001'/></SetPpProfile>",
                    "<SetPpProfile><ppProfile id='1' name='' ppData=''/></SetPpProfile>",
                    "<SetPpProfile><ppProfile id='2' timeStamp='1600000000'/></SetPpProfile>",
                    "<SetPpProfile><ppProfile id='21' name='x'/></SetPpProfile>"));
        break;
    case 8:
        fd_raw(f);
        break;
    case 9:
        fd_change(f);
        break;
    case 10:
        fd_time(f);
        break;
    case 11:
        fd_closed(f);
        break;
    case 12:
        fd_note(f, mom_uds_opened(f->link, &f->now, f->batch));
        break;
    default:
        fd_note(f, mom_uds_enable(f->link, &f->now, fuzz_below(&f->bytes, 4) != 0, f->batch));
        break;
    }
}

static void fd_open(struct fd *f)
{
    struct mom_config engine = {
        .size = sizeof engine, .shape = MOM_SHAPE_STAR, .own_site = FD_SITE};
    struct mom_uds_config config = {.size = sizeof config, .site = FD_SITE, .user = f};
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = FD_SITE, .name = fd_str("north")};
    struct axi_parser_options ear = {.max_message = 1 << 20};

    f->now = (struct mom_now){1000, INT64_C(1700000000000)};
    f->batch = mom_batch_new(NULL);
    f->ear = axi_parser_new(&ear);
    must(f->batch != NULL && f->ear != NULL);
    must(mom_store_memory_new(NULL, &engine.store) == MOM_OK);
    must(mom_engine_new(&engine, &f->now, &f->engine) == MOM_OK);
    must(mom_batch_add(f->batch, &in) == MOM_OK);
    config.alloc = fuzz_alloc(&f->memory, FD_MEMORY);
    config.engine = f->engine;
    config.park = (struct mom_park){31, 0x1028D085};
    config.protocol_version = 45;
    config.secrets = (struct axi_secret_ops){NULL, fd_encrypt, fd_decrypt};
    config.key.modulus = (struct axi_str){"C0FFEE", 6};
    config.key.exponent = (struct axi_str){"3", 1};
    config.check_account = fd_account;
    config.log = fd_log;
    config.portion = 2;
    config.writes = 3;
    config.max_input = 3000;
    config.max_output = FD_OUTPUT;
    must(mom_uds_new(&config, &f->link) == MOM_OK);
    fd_note(f, mom_uds_enable(f->link, &f->now, true, f->batch));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fd *f = calloc(1, sizeof *f);
    struct mom_site_info info;

    must(f != NULL);
    f->bytes = fuzz_open(data, size);
    fd_open(f);
    f->memory.fails_in = fuzz_u8(&f->bytes);
    fd_note(f, mom_uds_opened(f->link, &f->now, f->batch));
    for (unsigned i = 0; i < FD_STEPS && fuzz_left(&f->bytes) > 0; i++) {
        unsigned how = fuzz_u8(&f->bytes);

        fd_do_something(f);
        if ((how & 3) != 0 || f->broken)
            fd_run(f);
        if ((how & 12) != 0)
            fd_hear(f);
    }
    f->memory.fails_in = 0;
    fd_closed(f);
    fd_run(f);
    must(mom_engine_site(f->engine, FD_SITE, &info) && !info.up);
    mom_uds_free(f->link);
    must(f->memory.used == 0);
    mom_engine_free(f->engine);
    mom_batch_free(f->batch);
    axi_parser_free(f->ear);
    free(f);
    return 0;
}
