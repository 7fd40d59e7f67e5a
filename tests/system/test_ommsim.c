/*
 * The simulated sites speak AXI as an OMM does: sessions, records, errors, events, secrets. The program runs, clients
 * talk to it over loopback, without TLS, so that what is on the wire can be made by hand.
 */
#include "sim_client.h"

#include <axi/mbedtls.h>

/* --- session -------------------------------------------------------------------------------------------- */

static void login_is_the_only_way_in(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_connect(&c, sim.ports[1]);
    struct axi_elem *out = client_ask(&c, "<GetPPUser uid=\"1\"/>");
    assert_attr(out, "errCode", "EPerm");
    out = client_ask(&c, "<Open username=\"omm\" password=\"wrong\" seq=\"0\"/>");
    assert_attr(out, "errCode", "EAuth");
    assert_attr(out, "seq", "0");
    assert_attr(out, "protocolVersion", "45");
    assert_null(axi_first_child(out, "publicKey"));
    assert_attr(client_ask(&c, "<Open username=\"omm\" password=\"\"/>"), "errCode", "EAuth");
    out = client_ask(&c, "<Open username=\"omm\" password=\"omm\" protocolVersion=\"44\"/>");
    assert_attr(out, "errCode", "EFailed");
    assert_attr(out, "protocolVersion", "45");
    out = client_ask(&c, "<Open username=\"omm\" password=\"omm\" protocolVersion=\"45\"/>");
    assert_absent(out, "errCode");
    assert_absent(out, "seq");
    assert_attr(out, "ommStbState", "None");
    assert_non_null(axi_get_named(axi_first_child(out, "publicKey"), "modulus").ptr);
    assert_non_null(axi_first_child(out, "permission"));
    assert_attr(client_ask(&c, OPEN_PLAIN), "errCode", "EForbidden");
    out = client_ask(&c, "<Ping seq=\"-5\" timeStamp=\"1\"/>");
    assert_attr(out, "seq", "-5");
    assert_true(axi_get_int_or(out, AXI_A_timeStamp, 0) > 1000000000);
    assert_absent(client_ask(&c, "<Ping/>"), "timeStamp");
    client_close(&c);
    sim_stop(&sim);
}

static void permissions_are_kept(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&c, sim.ports[1], OPEN_READER);
    assert_absent(client_ask(&c, "<GetPPUser uid=\"0\" maxRecords=\"5\"/>"), "errCode");
    assert_attr(client_ask(&c, "<CreatePPUser><user num=\"1\"/></CreatePPUser>"), "errCode",
                "EPerm");
    assert_attr(client_ask(&c, "<SetSARI sari=\"1F10288000\"/>"), "errCode", "EPerm");
    assert_attr(client_ask(&c, "<GetPPState ppn=\"1\"/>"), "errCode", "EPerm");
    struct axi_elem *out =
        client_ask(&c, "<Subscribe><e cmd=\"On\" eventType=\"PPUserCnf\" uid=\"-1\"/>"
                       "<e cmd=\"On\" eventType=\"PPState\" ppn=\"-1\"/></Subscribe>");
    assert_attr(out, "errCode", "EPerm");
    assert_attr(out, "eventType", "PPState");
    client_close(&c);
    sim_stop(&sim);
}

static void silent_clients_are_dropped(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "1", "--idle", "100", NULL);
    client_login(&c, sim.ports[1], OPEN_PLAIN);
    client_is_dropped(&c);
    client_close(&c);
    sim_stop(&sim);
}

/* --- records -------------------------------------------------------------------------------------------- */

/* Read all by pages; the ids must go up. Returns how many there are. */
static int64_t read_all(struct client *c, const char *request, const char *key, const char *element)
{
    int64_t next = 0, count = 0;
    for (;;) {
        char text[128];
        snprintf(text, sizeof text, "<%s %s=\"%lld\" maxRecords=\"20\"/>", request, key,
                 (long long)next);
        struct axi_elem *out = client_ask(c, text);
        if (elem_is(out, "errCode", "ENoEnt"))
            return count;
        assert_absent(out, "errCode");
        int page = 0;
        for (struct axi_elem *e = axi_first_child(out, element); e != NULL;
             e = axi_next_sibling(e, element), page++) {
            int64_t id = axi_get_int_or(e, key[0] == 'u' ? AXI_A_uid : AXI_A_ppn, -1);
            assert_true(id >= next);
            next = id + 1;
        }
        assert_in_range(page, 1, 20);
        count += page;
    }
}

static void pages_give_every_record_once(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--sites", "3", "--users", "1000", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    assert_int_equal(read_all(&c, "GetPPUser", "uid", "user"), 334);
    struct axi_elem *out = client_ask(&c, "<GetPPUserSummary/>");
    assert_attr(out, "nRecords", "334");
    assert_attr(out, "nSipRegistration", "301");
    int64_t devices = read_all(&c, "GetPPDev", "ppn", "pp");
    out = client_ask(&c, "<GetPPDevSummary/>");
    assert_int_equal(axi_get_int_or(out, AXI_A_nRecords, 0), devices);
    assert_int_equal(axi_get_int_or(out, AXI_A_subscribedDevs, 0), devices);
    assert_true(devices > 301);
    out = client_ask(&c, "<GetPPUser uid=\"1\" maxRecords=\"21\"/>");
    assert_attr(out, "errCode", "EInval");
    assert_attr(out, "bad", "maxRecords");
    assert_attr(client_ask(&c, "<GetPPUser/>"), "errCode", "EMissing");
    assert_attr(client_ask(&c, "<GetPPUser uid=\"x\"/>"), "errCode", "EInval");
    assert_attr(client_ask(&c, "<GetPPUser uid=\"99999\"/>"), "errCode", "ENoEnt");
    out = axi_first_child(client_ask(&c, "<GetPPUserByNumber num=\"20002\"/>"), "user");
    assert_attr(out, "num", "20002");
    assert_attr(client_ask(&c, "<GetPPUserByNumber num=\"none\"/>"), "errCode", "ENoEnt");
    client_close(&c);
    sim_stop(&sim);
}

/* A sample's element with that name. */
static struct axi_elem *sample(struct axi_parser *parser, const char *file, const char *element)
{
    static char bytes[16384];
    char path[256];
    snprintf(path, sizeof path, "tests/axi/samples/%s", file);
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    size_t len = fread(bytes, 1, sizeof bytes - 1, in);
    fclose(in);
    while (len > 0 && (bytes[len - 1] == '\n' || bytes[len - 1] == '\0'))
        len--;
    bytes[len++] = '\0';
    const char *data = bytes;
    struct axi_msg *msg = NULL;
    assert_int_equal(axi_parser_next(parser, &data, &len, &msg), AXI_OK);
    struct axi_elem *found = axi_first_child(axi_msg_root(msg), element);
    assert_non_null(found);
    return found;
}

/* The record has the attributes of the recorded one, in the same order, and no others. */
static void assert_shape(const struct axi_elem *record, const char *file, const char *element)
{
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_elem *recorded = sample(parser, file, element);
    for (size_t i = 0; i < axi_attr_count(recorded); i++) {
        struct axi_attr_view want, got = {AXI_A_NONE, {"", 0}, {"", 0}};
        axi_attr_at(recorded, i, &want);
        axi_attr_at(record, i, &got);
        if (got.name.len != want.name.len || memcmp(got.name.ptr, want.name.ptr, got.name.len) != 0)
            fail_msg("%s: %.*s instead of %.*s", file, (int)got.name.len, got.name.ptr,
                     (int)want.name.len, want.name.ptr);
    }
    assert_int_equal(axi_attr_count(record), axi_attr_count(recorded));
    axi_parser_free(parser);
}

static void records_have_the_shape_of_the_recorded_ones(void **state)
{
    (void)state;
    struct sim sim;
    struct client c, plain;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    struct axi_elem *out =
        client_ask(&c, "<SetPP><pp ppn=\"1\" relType=\"Unbound\" uid=\"0\"/>"
                       "<user uid=\"1\" relType=\"Unbound\" ppn=\"0\"/></SetPP>");
    assert_shape(axi_first_child(out, "pp"), "SetPPResp.unbound.xml", "pp");
    assert_shape(axi_first_child(out, "user"), "SetPPResp.unbound.xml", "user");
    client_login(&plain, sim.ports[1], OPEN_PLAIN);
    out = client_ask(&plain, "<CreatePPUser><user uid=\"0\" ppn=\"0\" name=\"UnitTestUser\""
                             " num=\"9900\" hierarchy1=\"Beschreibung1\" addId=\"9900\""
                             " pin=\"1234\" sipAuthId=\"9900\" sipPw=\"9900\"/></CreatePPUser>");
    struct axi_elem *user = axi_first_child(out, "user");
    assert_shape(user, "CreatePPUserResp.xml", "user");
    assert_attr(user, "msgRight", "1");
    assert_attr(user, "holdRingBackTime", "3");
    client_close(&plain);
    client_close(&c);
    sim_stop(&sim);
}

static void answers_agree_with_the_catalogue(void **state)
{
    (void)state;
    static const char *const requests[] = {"<GetPPUser uid=\"0\" maxRecords=\"20\"/>",
                                           "<GetPPDev ppn=\"0\" maxRecords=\"20\"/>",
                                           "<GetPPUserSummary/>",
                                           "<GetPPDevSummary/>",
                                           "<Limits/>",
                                           "<GetPublicKey/>",
                                           "<GetPARK/>",
                                           "<GetSARI/>",
                                           "<GetVersions/>",
                                           "<GetPPState ppn=\"1\"/>",
                                           "<GetDevAutoCreate/>",
                                           "<GetDECTSubscriptionMode/>",
                                           "<GetMOMControlState/>",
                                           "<GetPP uid=\"1\"/>"};
    static const char *const releases[] = {"7.1", "8.1", "9.1"};
    for (size_t r = 0; r < 3; r++) {
        struct sim sim;
        struct client c;
        sim_start(&sim, "--plain", "--users", "30", "--release", releases[r], NULL);
        client_connect(&c, sim.ports[1]);
        for (size_t i = 0; i <= sizeof requests / sizeof requests[0]; i++) {
            struct axi_finding finding;
            client_send(&c, i == 0 ? OPEN_SYNC : requests[i - 1]);
            struct axi_msg *msg = client_next(&c);
            assert_absent(axi_msg_root(msg), "errCode");
            char path[160];
            if (axi_check(msg, (struct axi_str){NULL, 0}, &finding, 1) > 0) {
                axi_finding_path(&finding, path, sizeof path);
                fail_msg("%s: %s at %s", requests[i > 0 ? i - 1 : 0], axi_rule_name(finding.rule),
                         path);
            }
        }
        struct axi_elem *user = axi_first_child(client_ask(&c, "<GetPPUser uid=\"1\"/>"), "user");
        assert_attr(user, "msgRight", r == 0 ? "1" : "true");
        assert_int_equal(axi_has(user, AXI_A_keyLockPin), r == 2);
        client_close(&c);
        sim_stop(&sim);
    }
}

static void errors_have_their_codes(void **state)
{
    (void)state;
    static const struct {
        const char *request, *code, *bad, *max_len;
    } cases[] = {
        {"<CreatePPUser/>", "EMissing", "user", NULL},
        {"<CreatePPUser><user name=\"x\"/></CreatePPUser>", "EMissing", "num", NULL},
        {"<CreatePPUser><user num=\"\"/></CreatePPUser>", "EInval", "num", NULL},
        {"<CreatePPUser><user num=\"20001\"/></CreatePPUser>", "EExist", "num", NULL},
        {"<CreatePPUser><user num=\"1\" addId=\"20001\"/></CreatePPUser>", "EExist", "addId", NULL},
        {"<CreatePPUser><user uid=\"1\" num=\"1\"/></CreatePPUser>", "EExist", "uid", NULL},
        {"<CreatePPUser><user num=\"1\" relType=\"Dynamic\" ppn=\"1\"/></CreatePPUser>",
         "EForbidden", "relType", NULL},
        {"<CreatePPUser><user num=\"1\" name=\"&#233;23456789 123456789 1\"/></CreatePPUser>",
         "ETooLong", "name", "20"},
        {"<CreatePPUser><user num=\"1\" hierarchy1=\"1234567890 234567\"/></CreatePPUser>",
         "ETooLong", "hierarchy1", "16"},
        {"<CreatePPUser><user num=\"1\" name=\"a&#10;b\"/></CreatePPUser>", "EInvalidChars", "name",
         NULL},
        {"<CreatePPUser><user num=\"1\" vip=\"yes\"/></CreatePPUser>", "EInval", "vip", NULL},
        {"<CreatePPUser><user num=\"1\" forwardTime=\"1s\"/></CreatePPUser>", "EInval",
         "forwardTime", NULL},
        {"<CreatePPUser><user num=\"1\" forwardState=\"Never\"/></CreatePPUser>", "EInval",
         "forwardState", NULL},
        {"<CreatePPDev><pp/></CreatePPDev>", "EMissing", "ipei", NULL},
        {"<CreatePPDev><pp ipei=\"03074 0220259 4\"/></CreatePPDev>", "EInval", "ipei", NULL},
        {"<CreatePPDev><pp ipei=\"03074 0220259 3\" s=\"Yes\"/></CreatePPDev>", "EForbidden", "s",
         NULL},
        {"<SetPPUser><user name=\"x\"/></SetPPUser>", "EMissing", "uid", NULL},
        {"<SetPPUser><user uid=\"999\" name=\"x\"/></SetPPUser>", "ENoEnt", "uid", NULL},
        {"<SetPPUser><user uid=\"1\" num=\"20002\"/></SetPPUser>", "EExist", "num", NULL},
        {"<SetPPDev><pp ppn=\"1\" ommId=\"10280000\"/></SetPPDev>", "EForbidden", "ommId", NULL},
        {"<SetPPDev><pp ppn=\"1\" relType=\"Unbound\" uid=\"0\"/></SetPPDev>", "EForbidden",
         "relType", NULL},
        {"<SetPP><pp ppn=\"1\"/></SetPP>", "EForbidden", NULL, NULL},
        {"<SetPPUserDevRelation uid=\"1\" relType=\"Unbound\"/>", "EForbidden", "relType", NULL},
        {"<DeletePPUser uid=\"999\"/>", "ENoEnt", "uid", NULL},
        {"<DeletePPUser num=\"999\"/>", "ENoEnt", "num", NULL},
        {"<DeletePPDev/>", "EMissing", "ppn", NULL},
        {"<SetSARI sari=\"1F1028D08\"/>", "EInval", "sari", NULL},
        {"<SetDECTSubscriptionMode mode=\"Maybe\"/>", "EInval", "mode", NULL},
        {"<PPSIPRegister uid=\"1\"/>", "EForbidden", NULL, NULL},
        {"<Subscribe/>", "EMissing", "e", NULL},
        {"<NobodyKnows/>", "EInval", "NobodyKnows", NULL},
    };
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&c, sim.ports[1], OPEN_PLAIN);
    client_ask(&c, SUBSCRIBE_ALL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct axi_elem *out = client_ask(&c, cases[i].request);
        if (!elem_is(out, "errCode", cases[i].code))
            fail_msg("%s: no %s", cases[i].request, cases[i].code);
        if (cases[i].bad != NULL)
            assert_attr(out, "bad", cases[i].bad);
        if (cases[i].max_len != NULL)
            assert_attr(out, "maxLen", cases[i].max_len);
    }
    client_is_silent(&c); /* nothing was changed */
    client_close(&c);
    sim_stop(&sim);
}

static void a_device_that_is_made_is_not_served_before_its_phone_comes(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "3", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    struct axi_elem *out = client_ask(&c, "<CreatePPDev><pp ipei=\"03074 0220259 3\" s=\"Yes\" "
                                          "uak=\"0123456789ABCDEF0123456789ABCDEF\"/>"
                                          "</CreatePPDev>");
    assert_absent(out, "errCode");
    assert_attr(axi_first_child(out, "pp"), "s", "Yes");
    assert_attr(axi_first_child(out, "pp"), "ommId", "");
    client_close(&c);
    sim_stop(&sim);
}

static void a_full_table_says_so(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "10", "--limit", "11", NULL);
    client_login(&c, sim.ports[1], OPEN_PLAIN);
    assert_absent(client_ask(&c, "<CreatePPUser><user num=\"1\"/></CreatePPUser>"), "errCode");
    assert_attr(client_ask(&c, "<CreatePPUser><user num=\"2\"/></CreatePPUser>"), "errCode",
                "ENoMem");
    client_close(&c);
    sim_stop(&sim);
}

static void ids_are_not_used_again(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "3", NULL);
    client_login(&c, sim.ports[1], OPEN_PLAIN);
    int64_t ids[2];
    for (int i = 0; i < 2; i++) {
        struct axi_elem *out = client_ask(&c, "<CreatePPUser><user num=\"1\"/></CreatePPUser>");
        ids[i] = axi_get_int_or(axi_first_child(out, "user"), AXI_A_uid, 0);
        assert_absent(client_ask(&c, "<DeletePPUser num=\"1\"/>"), "errCode");
    }
    assert_true(ids[1] > ids[0]);
    client_close(&c);
    sim_stop(&sim);
}

static void unknown_attributes_are_kept(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "3", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    client_ask(&c, SUBSCRIBE_ALL);
    client_ask(&c, "<SetPPUser><user uid=\"1\" shoeSize=\"43\"/></SetPPUser>");
    struct axi_elem *event = client_event(&c, AXI_T_EventPPCnf);
    assert_attr(axi_first_child(event, "user"), "shoeSize", "43");
    struct axi_elem *out = client_ask(&c, "<GetPPUser uid=\"1\"/>");
    assert_attr(axi_first_child(out, "user"), "shoeSize", "43");
    client_close(&c);
    sim_stop(&sim);
}

/* --- events --------------------------------------------------------------------------------------------- */

static void subscriptions_are_atomic(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&c, sim.ports[1], OPEN_PLAIN);
    struct axi_elem *out =
        client_ask(&c, "<Subscribe><e cmd=\"On\" eventType=\"PPUserCnf\" uid=\"-1\"/>"
                       "<e cmd=\"On\" eventType=\"NoSuchType\"/></Subscribe>");
    assert_attr(out, "errCode", "EInval");
    assert_attr(out, "eventType", "NoSuchType");
    client_ask(&c, "<Subscribe><e cmd=\"On\" eventType=\"PPUserCnf\"/></Subscribe>");
    client_ask(&c, "<SetPPUser><user uid=\"2\" name=\"a\"/></SetPPUser>");
    client_is_silent(&c); /* neither the refused nor the one without filter counts */
    client_ask(&c, "<Subscribe><e cmd=\"On\" eventType=\"PPUserCnf\" uid=\"3\"/></Subscribe>");
    client_ask(&c, "<SetPPUser><user uid=\"2\" name=\"b\"/></SetPPUser>");
    client_ask(&c, "<SetPPUser><user uid=\"3\" name=\"c\"/></SetPPUser>");
    out = client_event(&c, AXI_T_EventPPUserCnf);
    assert_attr(axi_first_child(out, "user"), "uid", "3");
    client_ask(&c, "<Subscribe><e cmd=\"Off\" eventType=\"PPUserCnf\" uid=\"3\"/></Subscribe>");
    client_ask(&c, "<SetPPUser><user uid=\"3\" name=\"d\"/></SetPPUser>");
    client_is_silent(&c);
    client_close(&c);
    sim_stop(&sim);
}

static void events_carry_what_changed(void **state)
{
    (void)state;
    struct sim sim;
    struct client plain, sync;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&plain, sim.ports[1], OPEN_PLAIN);
    client_login(&sync, sim.ports[1], OPEN_SYNC);
    client_ask(&plain, SUBSCRIBE_ALL);
    client_ask(&sync, SUBSCRIBE_ALL);
    client_ask(&plain, "<SetPPUser><user uid=\"2\" name=\"Neu\"/></SetPPUser>");
    struct axi_elem *user = axi_first_child(client_event(&plain, AXI_T_EventPPUserCnf), "user");
    assert_attr(user, "name", "Neu");
    assert_attr(user, "uid", "2");
    assert_int_equal(axi_attr_count(user), 3); /* and the time stamp */
    user = axi_first_child(client_event(&sync, AXI_T_EventPPCnf), "user");
    assert_attr(user, "name", "Neu");
    assert_non_null(axi_get_named(user, "timeStampAdmin").ptr);
    assert_absent(user, "num");
    client_ask(&sync, "<CreatePPUser><user num=\"77\"/></CreatePPUser>");
    user = axi_first_child(client_event(&plain, AXI_T_EventPPUserCnf), "user");
    assert_attr(user, "num", "77");
    assert_true(axi_attr_count(user) > 50);
    client_ask(&sync, "<DeletePPUser num=\"77\"/>");
    struct axi_elem *event = client_event(&plain, AXI_T_EventPPUserCnf);
    assert_attr(event, "deleted", "1");
    assert_int_equal(axi_attr_count(axi_first_child(event, "user")), 2);
    client_event(&sync, AXI_T_EventPPCnf); /* the creation */
    event = client_event(&sync, AXI_T_EventPPCnf);
    assert_attr(event, "deletedUser", "1");
    assert_attr(axi_first_child(event, "user"), "uidSec", "0");
    client_ask(&plain, "<SetPPUser><user uid=\"2\" name=\"Neu\"/></SetPPUser>");
    client_is_silent(&plain); /* nothing changed, nothing told */
    client_close(&plain);
    client_close(&sync);
    sim_stop(&sim);
}

static void the_relation_is_set_on_both_sides(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    client_ask(&c, SUBSCRIBE_ALL);
    assert_attr(client_ask(&c, "<SetPP><pp relType=\"Unbound\"/></SetPP>"), "errCode", "EMissing");
    struct axi_elem *out =
        client_ask(&c, "<SetPP><pp ppn=\"1\" relType=\"Unbound\" uid=\"0\"/></SetPP>");
    assert_attr(out, "errCode", "EMissing");
    assert_attr(out, "bad", "user");
    out = client_ask(&c, "<SetPP><pp ppn=\"1\" relType=\"Dynamic\" uid=\"2\"/>"
                         "<user uid=\"2\" relType=\"Dynamic\" ppn=\"3\"/></SetPP>");
    assert_attr(out, "errCode", "EInval");
    out = client_ask(&c, "<SetPP><pp ppn=\"1\" relType=\"Dynamic\" uid=\"2\" encrypt=\"0\"/>"
                         "<user uid=\"2\" relType=\"Dynamic\" ppn=\"1\"/></SetPP>");
    assert_absent(out, "errCode");
    assert_attr(axi_first_child(out, "pp"), "uid", "2");
    assert_attr(axi_first_child(out, "pp"), "encrypt", "0");
    assert_attr(axi_first_child(out, "user"), "ppn", "1");
    assert_attr(axi_first_child(out, "user"), "ppnOld", "2");
    int64_t now = axi_get_int_or(axi_first_child(out, "user"), AXI_A_timeStampRelation, 0);
    assert_int_equal(axi_get_int_or(axi_first_child(out, "pp"), AXI_A_timeStamp, 0), now);
    /* The former partners are free, and everybody hears of it. */
    out = axi_first_child(client_ask(&c, "<GetPPUser uid=\"1\"/>"), "user");
    assert_attr(out, "relType", "Unbound");
    assert_attr(out, "ppn", "0");
    out = axi_first_child(client_ask(&c, "<GetPPDev ppn=\"2\"/>"), "pp");
    assert_attr(out, "uid", "0");
    out = client_ask(&c, "<SetPPUserDevRelation uid=\"2\" relType=\"Fixed\"/>");
    assert_attr(out, "relType", "Fixed");
    client_ask(&c, "<DeletePPUser uid=\"2\"/>");
    out = axi_first_child(client_ask(&c, "<GetPPDev ppn=\"1\"/>"), "pp");
    assert_attr(out, "relType", "Unbound");
    out = client_ask(&c, "<CreateFixedPP><user num=\"88\"/><pp ipei=\"\"/></CreateFixedPP>");
    assert_attr(axi_first_child(out, "user"), "relType", "Fixed");
    assert_attr(axi_first_child(out, "pp"), "ipei", "");
    client_close(&c);
    sim_stop(&sim);
}

/* --- secrets -------------------------------------------------------------------------------------------- */

static void encrypt_for(const struct axi_elem *opened, const char *plain, char *text, size_t max)
{
    struct axi_elem *key = axi_first_child(opened, "publicKey");
    struct axi_str modulus = axi_get_named(key, "modulus");
    struct axi_str exponent = axi_get_named(key, "exponent");
    struct axi_public_key rsa_key = {modulus, exponent};
    struct axi_str secret = {plain, strlen(plain)};
    struct axi_rsa *rsa = axi_rsa_new(NULL);
    size_t len;
    assert_int_equal(axi_rsa_encrypt(rsa, &rsa_key, secret, text, max - 1, &len), AXI_RSA_OK);
    text[len] = '\0';
    axi_rsa_free(rsa);
}

static void secret_of(struct client *c, char *text, size_t max)
{
    struct axi_elem *out = client_ask(c, "<GetPPUser uid=\"1\"/>");
    struct axi_str got = axi_get_named(axi_first_child(out, "user"), "sipPw");
    snprintf(text, max, "%.*s", (int)got.len, got.ptr);
}

static void secrets_travel_encrypted(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    char secret[AXI_RSA_TEXT_MAX + 1], request[2048], first[AXI_RSA_TEXT_MAX + 1], text[65536];
    char foreign[AXI_RSA_TEXT_MAX + 1];
    sim_start(&sim, "--plain", "--sites", "2", "--users", "4", NULL);
    client_connect(&c, sim.ports[2]);
    encrypt_for(client_ask(&c, OPEN_SYNC), "for the other one", foreign, sizeof foreign);
    client_close(&c);
    client_connect(&c, sim.ports[1]);
    encrypt_for(client_ask(&c, OPEN_SYNC), "g\xC3\xA4nz geheim", secret, sizeof secret);
    snprintf(request, sizeof request, "<SetPPUser><user uid=\"1\" sipPw=\"%s\"/></SetPPUser>",
             secret);
    assert_absent(client_ask(&c, request), "errCode");
    assert_int_equal(sim_ctl(&sim, "dump 1", text, sizeof text), 0);
    assert_non_null(strstr(text, "\"sipPw\":\"g\xC3\xA4nz geheim\""));
    secret_of(&c, first, sizeof first);
    assert_int_equal(strlen(first), 88);
    secret_of(&c, text, sizeof text);
    assert_string_equal(text, first); /* the same as long as it is not changed */
    sim_do(&sim, "edit 1 20001 sipPw=other");
    secret_of(&c, text, sizeof text);
    assert_string_not_equal(text, first);
    snprintf(request, sizeof request, "<SetPPUser><user uid=\"1\" sipPw=\"%s\"/></SetPPUser>",
             foreign);
    struct axi_elem *out = client_ask(&c, request);
    assert_attr(out, "errCode", "EInval");
    assert_attr(out, "bad", "sipPw");
    client_close(&c);
    sim_stop(&sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(login_is_the_only_way_in),
        cmocka_unit_test(permissions_are_kept),
        cmocka_unit_test(silent_clients_are_dropped),
        cmocka_unit_test(pages_give_every_record_once),
        cmocka_unit_test(records_have_the_shape_of_the_recorded_ones),
        cmocka_unit_test(answers_agree_with_the_catalogue),
        cmocka_unit_test(errors_have_their_codes),
        cmocka_unit_test(a_device_that_is_made_is_not_served_before_its_phone_comes),
        cmocka_unit_test(a_full_table_says_so),
        cmocka_unit_test(ids_are_not_used_again),
        cmocka_unit_test(unknown_attributes_are_kept),
        cmocka_unit_test(subscriptions_are_atomic),
        cmocka_unit_test(events_carry_what_changed),
        cmocka_unit_test(the_relation_is_set_on_both_sides),
        cmocka_unit_test(secrets_travel_encrypted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
