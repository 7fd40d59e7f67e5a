/*
 * The simulated sites, from outside: the program runs, clients talk AXI to it over loopback (without TLS, so that what
 * is on the wire can be made by hand; one test uses TLS), and its control socket makes things happen.
 */
#include "sim_client.h"

#include <com/conn.h>
#include <com/loop.h>
#include <com/rsa.h>

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
            int64_t id = atoll(axi_get_named(e, key).ptr);
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
                                           "<GetPP uid=\"1\"/>",
                                           SUBSCRIBE_ALL};
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
            if (axi_check(msg, &finding, 1) > 0)
                fail_msg("%s: %d at %.*s %.*s", requests[i > 0 ? i - 1 : 0], (int)finding.rule,
                         (int)finding.element.len, finding.element.ptr, (int)finding.attribute.len,
                         finding.attribute.ptr != NULL ? finding.attribute.ptr : "");
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
    struct com_rsa_public rsa = {modulus.ptr, modulus.len, exponent.ptr, exponent.len};
    size_t len;
    assert_int_equal(
        com_rsa_encrypt_base64(&rsa, (struct com_bytes){plain, strlen(plain)}, text, max, &len), 0);
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
    char secret[COM_RSA_TEXT_MAX], request[2048], first[COM_RSA_TEXT_MAX], text[65536];
    char foreign[COM_RSA_TEXT_MAX];
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

/* --- SARI, control, roaming ------------------------------------------------------------------------------ */

static void wait_for_login(struct client *c, int port)
{
    int64_t limit = sim_ms() + SIM_WAIT_S * 1000;
    while (!client_try(c, port))
        assert_true(sim_ms() < limit);
    assert_absent(client_ask(c, OPEN_SYNC), "errCode");
}

static void a_new_sari_restarts_the_site(void **state)
{
    (void)state;
    struct sim sim;
    struct client c, other;
    sim_start(&sim, "--plain", "--users", "10", "--restart-delay", "100", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    client_login(&other, sim.ports[1], OPEN_PLAIN);
    assert_attr(client_ask(&c, "<GetSARI/>"), "sari", "0000000000");
    assert_attr(client_ask(&c, "<SetSARI sari=\"1F10288000\"/>"), "sari", "1F10288000");
    client_is_dropped(&c);
    client_is_dropped(&other);
    client_close(&c);
    client_close(&other);
    wait_for_login(&c, sim.ports[1]);
    assert_attr(client_ask(&c, "<GetSARI/>"), "sari", "1F10288000");
    assert_attr(client_ask(&c, "<GetPPUserSummary/>"), "nRecords", "10");
    assert_attr(client_ask(&c, "<GetPPUserSummary/>"), "nSipRegistration", "9");
    assert_absent(client_ask(&c, "<SetSARI sari=\"1F10288000\"/>"), "errCode");
    client_is_silent(&c); /* the same one: no restart */
    client_close(&c);
    sim_stop(&sim);
}

static void a_mom_has_control_while_it_is_there(void **state)
{
    (void)state;
    struct sim sim;
    struct client mom, admin;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&admin, sim.ports[1], OPEN_PLAIN);
    client_ask(&admin, "<Subscribe><e cmd=\"On\" eventType=\"SystemState\"/></Subscribe>");
    assert_attr(client_ask(&admin, "<SetDevAutoCreate enable=\"1\"/>"), "enable", "1");
    assert_attr(client_ask(&admin, "<SetMOMControlState enable=\"1\"/>"), "errCode", "EForbidden");
    client_login(&mom, sim.ports[1], OPEN_SYNC);
    assert_absent(client_ask(&mom, "<SetMOMControlState enable=\"1\"/>"), "errCode");
    assert_attr(client_event(&admin, AXI_T_EventMOMControlState), "enable", "1");
    assert_attr(client_ask(&admin, "<GetDevAutoCreate/>"), "enable", "0");
    struct axi_elem *out = client_ask(&admin, "<SetDevAutoCreate enable=\"1\"/>");
    assert_attr(out, "errCode", "EForbidden");
    client_close(&mom);
    assert_attr(client_event(&admin, AXI_T_EventMOMControlState), "enable", "0");
    assert_attr(client_ask(&admin, "<GetMOMControlState/>"), "enable", "0");
    assert_attr(client_ask(&admin, "<GetDevAutoCreate/>"), "enable", "1");
    client_close(&admin);
    sim_stop(&sim);
}

static void take_control(struct client *c, int port)
{
    client_login(c, port, OPEN_SYNC);
    assert_absent(client_ask(c, SUBSCRIBE_ALL), "errCode");
    assert_absent(client_ask(c, "<SetMOMControlState enable=\"1\"/>"), "errCode");
}

/* What a hub does when site 2 asks for a phone: its device and user, bound. */
static void hand_over(struct client *to, const struct axi_elem *dev)
{
    char request[1024];
    struct axi_str ipei = axi_get_named(dev, "ipei"), uak = axi_get_named(dev, "uak");
    snprintf(request, sizeof request,
             "<CreatePPDev><pp ipei=\"%.*s\" uak=\"%.*s\" s=\"Yes\" relType=\"Unbound\""
             " autoCreate=\"0\"/></CreatePPDev>",
             (int)ipei.len, ipei.ptr, (int)uak.len, uak.ptr);
    struct axi_elem *out = client_ask(to, request);
    assert_absent(out, "errCode");
    int64_t ppn = axi_get_int_or(axi_first_child(out, "pp"), AXI_A_ppn, 0);
    out = client_ask(to, "<CreatePPUser><user num=\"20001\" sipPw=\"pw\"/></CreatePPUser>");
    int64_t uid = axi_get_int_or(axi_first_child(out, "user"), AXI_A_uid, 0);
    snprintf(request, sizeof request,
             "<SetPP><pp ppn=\"%lld\" relType=\"Dynamic\" uid=\"%lld\"/>"
             "<user uid=\"%lld\" relType=\"Dynamic\" ppn=\"%lld\"/></SetPP>",
             (long long)ppn, (long long)uid, (long long)uid, (long long)ppn);
    assert_absent(client_ask(to, request), "errCode");
}

static void a_phone_roams_with_the_help_of_a_mom(void **state)
{
    (void)state;
    struct sim sim;
    struct client first, second;
    sim_start(&sim, "--plain", "--sites", "2", "--users", "10", NULL);
    take_control(&first, sim.ports[1]);
    take_control(&second, sim.ports[2]);
    sim_until(&sim, "where 20001 --json", "\"registeredAt\":[1]");
    sim_do(&sim, "locate 20001 2");
    struct axi_elem *event = client_event(&second, AXI_T_EventDECTLocate);
    assert_absent(event, "ppn");
    assert_non_null(axi_get_named(event, "subscriptionId").ptr);
    sim_until(&sim, "where 20001 --json", "\"state\":\"waiting\"");
    struct axi_elem *out = client_ask(&first, "<GetPPDev ppn=\"1\"/>");
    hand_over(&second, axi_first_child(out, "pp"));
    sim_until(&sim, "where 20001 --json",
              "\"state\":\"served\",\"why\":\"\",\"registeredAt\":[1,2]");
    assert_absent(client_ask(&first, "<PPSIPDeregister uid=\"1\"/>"), "errCode");
    event = client_event(&first, AXI_T_EventPPSIPDeregistered);
    assert_attr(event, "uid", "1");
    assert_attr(event, "ppn", "1");
    sim_until(&sim, "where 20001 --json", "\"registeredAt\":[2]");
    assert_absent(client_ask(&second, "<PPSIPRegister ppn=\"999\" uid=\"1\"/>"), "errCode");
    /* It comes back to the site that still has the record: served at once, the hub hears of it. */
    sim_do(&sim, "locate 20001 1");
    event = client_event(&first, AXI_T_EventPPCnf);
    assert_non_null(axi_get_named(axi_first_child(event, "pp"), "timeStampRoaming").ptr);
    assert_attr(client_event(&first, AXI_T_EventDECTLocate), "ppn", "1");
    sim_until(&sim, "where 20001 --json", "\"registeredAt\":[1,2]");
    client_close(&first);
    client_close(&second);
    sim_stop(&sim);
}

static void renewals_are_counted(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "2", NULL);
    take_control(&c, sim.ports[1]);
    client_ask(&c, "<PPSIPRegister uid=\"1\"/>");
    client_ask(&c, "<PPSIPRegister uid=\"1\"/>");
    sim_until(&sim, "registrations 1 --json", "\"renewals\":2");
    client_ask(&c, "<SetPPUser><user uid=\"1\" sipPw=\"\"/></SetPPUser>");
    sim_until(&sim, "registrations 1 --json", "\"state\":\"rejected\"");
    client_close(&c);
    sim_stop(&sim);
}

static void a_refused_phone_has_no_service(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--sites", "2", "--users", "10", NULL);
    sim_do(&sim, "locate 20001 2"); /* nobody to ask */
    sim_until(&sim, "where 20001 --json", "\"state\":\"no service\"");
    take_control(&c, sim.ports[2]);
    client_event(&c, AXI_T_EventDECTLocate); /* it tries again */
    char text[128], request[256];
    struct axi_elem *event;
    sim_do(&sim, "locate 20001 2");
    event = client_event(&c, AXI_T_EventDECTLocate);
    struct axi_str ipei = axi_get_named(event, "ipei");
    snprintf(text, sizeof text, "%.*s", (int)ipei.len, ipei.ptr);
    snprintf(request, sizeof request, "<DECTLocateReject ipei=\"%s\"/>", text);
    assert_absent(client_ask(&c, request), "errCode");
    sim_until(&sim, "where 20001 --json", "refused");
    assert_attr(client_ask(&c, request), "errCode", "ENoEnt");
    client_close(&c);
    sim_stop(&sim);
}

/* --- control socket --------------------------------------------------------------------------------------- */

static void an_operator_changes_records(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    char text[4096];
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    client_ask(&c, SUBSCRIBE_ALL);
    sim_do(&sim, "edit 1 20002 'name=Z\xC3\xBCrich <1>' vip=true");
    struct axi_elem *user = axi_first_child(client_event(&c, AXI_T_EventPPCnf), "user");
    assert_attr(user, "name", "Z\xC3\xBCrich <1>");
    sim_do(&sim, "create 1 user num=555 name=Local sipPw=x");
    assert_attr(axi_first_child(client_event(&c, AXI_T_EventPPCnf), "user"), "num", "555");
    sim_do(&sim, "create 1 device ipei=0307402202593");
    assert_attr(axi_first_child(client_event(&c, AXI_T_EventPPCnf), "pp"), "ipei",
                "03074 0220259 3");
    sim_do(&sim, "bind 1 555 0307402202593");
    struct axi_elem *event = client_event(&c, AXI_T_EventPPCnf);
    assert_attr(axi_first_child(event, "pp"), "relType", "Dynamic");
    assert_attr(axi_first_child(event, "user"), "relType", "Dynamic");
    sim_until(&sim, "registrations", "555");
    sim_do(&sim, "unbind 1 555");
    assert_attr(axi_first_child(client_event(&c, AXI_T_EventPPCnf), "user"), "ppn", "0");
    sim_do(&sim, "delete 1 555");
    assert_attr(client_event(&c, AXI_T_EventPPCnf), "deletedUser", "1");
    assert_int_equal(sim_ctl(&sim, "edit 1 20001 num=20002", text, sizeof text), 1);
    assert_non_null(strstr(text, "EExist num"));
    assert_int_equal(sim_ctl(&sim, "delete 1 nobody", text, sizeof text), 1);
    assert_int_equal(sim_ctl(&sim, "users 9", text, sizeof text), 1);
    assert_int_equal(sim_ctl(&sim, "no-such-command", text, sizeof text), 2);
    assert_int_equal(sim_ctl(&sim, "users 1", text, sizeof text), 0);
    assert_non_null(strstr(text, "hierarchy1"));
    client_close(&c);
    sim_stop(&sim);
    assert_int_equal(sim_ctl(&sim, "sites", text, sizeof text), 3);
}

static void a_site_is_cut_and_healed(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    sim_do(&sim, "cut 1");
    client_is_dropped(&c);
    client_close(&c);
    assert_false(client_try(&c, sim.ports[1]));
    sim_do(&sim, "edit 1 20001 name=Apart");
    sim_do(&sim, "heal 1");
    client_login(&c, sim.ports[1], OPEN_SYNC);
    assert_attr(axi_first_child(client_ask(&c, "<GetPPUser uid=\"1\"/>"), "user"), "name", "Apart");
    sim_do(&sim, "restart 1 --down 50");
    client_is_dropped(&c);
    client_close(&c);
    wait_for_login(&c, sim.ports[1]);
    assert_attr(axi_first_child(client_ask(&c, "<GetPPUser uid=\"1\"/>"), "user"), "name", "Apart");
    client_close(&c);
    sim_stop(&sim);
}

static void a_site_can_be_slow_and_its_clock_wrong(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    sim_do(&sim, "slow 1 150");
    int64_t begin = sim_ms();
    client_send(&c, "<Ping seq=\"1\"/>");
    client_send(&c, "<Ping seq=\"2\"/>");
    assert_attr(axi_msg_root(client_next(&c)), "seq", "1");
    assert_true(sim_ms() - begin >= 140);
    assert_attr(axi_msg_root(client_next(&c)), "seq", "2");
    sim_do(&sim, "slow 1 0");
    sim_do(&sim, "clock 1 -3600");
    int64_t now = (int64_t)time(NULL) - 3600;
    struct axi_elem *out = client_ask(&c, "<Ping timeStamp=\"0\"/>");
    assert_in_range(axi_get_int_or(out, AXI_A_timeStamp, 0), now - 2, now + 10);
    out = client_ask(&c, "<SetPPUser><user uid=\"1\" name=\"n\"/></SetPPUser>");
    assert_in_range(axi_get_int_or(axi_first_child(out, "user"), AXI_A_timeStampAdmin, 0), now - 2,
                    now + 10);
    client_close(&c);
    sim_stop(&sim);
}

static void a_site_misbehaves_on_request(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    int error;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    sim_do(&sim, "fault 1 truncate");
    client_send(&c, "<GetPPUser uid=\"1\"/>");
    assert_null(client_next_or(&c, SIM_WAIT_S * 1000, &error));
    assert_int_equal(error, AXI_EMALFORMED);
    assert_absent(client_ask(&c, "<Ping/>"), "errCode"); /* once */
    sim_do(&sim, "fault 1 garbage");
    client_send(&c, "<Ping/>");
    assert_null(client_next_or(&c, SIM_WAIT_S * 1000, &error));
    assert_int_not_equal(error, AXI_OK);
    while (client_next_or(&c, 100, &error) != NULL || error != AXI_OK) {
    }
    sim_do(&sim, "fault 1 unknown");
    client_send(&c, "<GetPPUser uid=\"1\"/>");
    struct axi_elem *root = axi_msg_root(client_next(&c));
    assert_true(axi_elem_name(root).len == strlen("EventFutureThing"));
    root = axi_msg_root(client_next(&c));
    assert_attr(axi_first_child(root, "user"), "futureMode", "sideways");
    sim_do(&sim, "fault 1 park 1F10288888");
    assert_attr(client_ask(&c, "<GetPARK/>"), "park", "1F10288888");
    sim_do(&sim, "fault 1 version 46");
    client_close(&c);
    client_connect(&c, sim.ports[1]);
    assert_attr(client_ask(&c, OPEN_SYNC), "protocolVersion", "46");
    sim_do(&sim, "fault 1 mute");
    client_send(&c, "<Ping/>");
    assert_null(client_next_or(&c, 200, &error));
    sim_do(&sim, "fault 1 none");
    assert_absent(client_ask(&c, "<Ping/>"), "errCode");
    client_close(&c);
    sim_stop(&sim);
}

static void a_message_without_end_is_100_mb(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    int error;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    sim_do(&sim, "fault 1 oversize");
    client_send(&c, "<Ping/>");
    assert_null(client_next_or(&c, SIM_WAIT_S * 1000, &error));
    assert_int_equal(error, AXI_ETOOLONG);
    assert_absent(client_ask(&c, "<Ping seq=\"9\"/>"), "errCode");
    assert_true(axi_parser_stats(c.parser).bytes > 100 * 1024 * 1024);
    client_close(&c);
    sim_stop(&sim);
}

static void broken_requests_end_only_their_session(void **state)
{
    (void)state;
    struct sim sim;
    struct client good, bad;
    sim_start(&sim, "--plain", "--users", "10", NULL);
    client_login(&good, sim.ports[1], OPEN_PLAIN);
    client_login(&bad, sim.ports[1], OPEN_PLAIN);
    client_send(&bad, "<GetPPUser uid=");
    client_is_dropped(&bad);
    assert_absent(client_ask(&good, "<Ping/>"), "errCode");
    client_close(&good);
    client_close(&bad);
    sim_stop(&sim);
}

/* Records of all sites as text, without what is of today. */
static void dump_to(const struct sim *sim, char *text, size_t max)
{
    assert_int_equal(sim_ctl(sim, "users 1 --json", text, max / 2), 0);
    assert_int_equal(sim_ctl(sim, "devices 2 --json", text + strlen(text), max / 2), 0);
}

static void the_seed_makes_the_records(void **state)
{
    (void)state;
    static char texts[3][1 << 20];
    static const char *const seeds[] = {"7", "7", "8"};
    for (int i = 0; i < 3; i++) {
        struct sim sim;
        sim_start(&sim, "--plain", "--sites", "2", "--users", "100", "--seed", seeds[i],
                  "--permanent", "10", NULL);
        dump_to(&sim, texts[i], sizeof texts[i]);
        sim_stop(&sim);
    }
    assert_string_equal(texts[0], texts[1]);
    assert_string_not_equal(texts[0], texts[2]);
    assert_non_null(strstr(texts[0], "\"permanent\":\"1\""));
}

/* --- TLS -------------------------------------------------------------------------------------------------- */

struct over_tls {
    uv_loop_t loop;
    struct axi_parser *parser;
    int users;
    bool opened, closed;
};

static void tls_open(struct com_conn *conn)
{
    static const char requests[] =
        "<Open username=\"omm\" password=\"omm\"/>\0<GetPPUser uid=\"0\" maxRecords=\"20\"/>";
    struct over_tls *test = com_conn_user(conn);
    test->opened = true;
    com_conn_write(conn, requests, sizeof requests);
}

static void tls_data(struct com_conn *conn, const uint8_t *bytes, size_t len)
{
    struct over_tls *test = com_conn_user(conn);
    const char *data = (const char *)bytes;
    struct axi_msg *msg;
    while (axi_parser_next(test->parser, &data, &len, &msg) == AXI_OK && msg != NULL) {
        for (struct axi_elem *e = axi_first_child(axi_msg_root(msg), "user"); e != NULL;
             e = axi_next_sibling(e, "user"))
            test->users++;
        if (axi_msg_type(msg) == AXI_T_GetPPUserResp)
            com_conn_close(conn);
    }
}

static void tls_close(struct com_conn *conn, enum com_close_code code, const char *reason)
{
    (void)code;
    (void)reason;
    ((struct over_tls *)com_conn_user(conn))->closed = true;
}

static void tls_is_spoken(void **state)
{
    (void)state;
    static const struct com_conn_ops ops = {
        .on_open = tls_open, .on_data = tls_data, .on_close = tls_close};
    struct sim sim;
    char error[256];
    sim_start(&sim, "--users", "50", NULL);
    struct over_tls test = {.parser = axi_parser_new(NULL)};
    uv_loop_init(&test.loop);
    struct com_tls_client_options tls_options = {.check = COM_TLS_CHECK_NONE};
    struct com_conn_options options = {.host = "127.0.0.1",
                                       .port = sim.ports[1],
                                       .tls = com_tls_client_new(&tls_options, error, sizeof error),
                                       .timeout_ms = SIM_WAIT_S * 1000};
    assert_non_null(options.tls);
    assert_non_null(com_conn_connect(&test.loop, &options, &ops, &test));
    while (!test.closed)
        uv_run(&test.loop, UV_RUN_ONCE);
    assert_true(test.opened);
    assert_int_equal(test.users, 20);
    com_tls_unref(options.tls);
    assert_int_equal(com_loop_finish(&test.loop, 1000), 0);
    axi_parser_free(test.parser);
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
        cmocka_unit_test(a_full_table_says_so),
        cmocka_unit_test(ids_are_not_used_again),
        cmocka_unit_test(unknown_attributes_are_kept),
        cmocka_unit_test(subscriptions_are_atomic),
        cmocka_unit_test(events_carry_what_changed),
        cmocka_unit_test(the_relation_is_set_on_both_sides),
        cmocka_unit_test(secrets_travel_encrypted),
        cmocka_unit_test(a_new_sari_restarts_the_site),
        cmocka_unit_test(a_mom_has_control_while_it_is_there),
        cmocka_unit_test(a_phone_roams_with_the_help_of_a_mom),
        cmocka_unit_test(renewals_are_counted),
        cmocka_unit_test(a_refused_phone_has_no_service),
        cmocka_unit_test(an_operator_changes_records),
        cmocka_unit_test(a_site_is_cut_and_healed),
        cmocka_unit_test(a_site_can_be_slow_and_its_clock_wrong),
        cmocka_unit_test(a_site_misbehaves_on_request),
        cmocka_unit_test(a_message_without_end_is_100_mb),
        cmocka_unit_test(broken_requests_end_only_their_session),
        cmocka_unit_test(the_seed_makes_the_records),
        cmocka_unit_test(tls_is_spoken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
