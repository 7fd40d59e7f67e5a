/*
 * The simulated sites have CoA profiles: requests, bounds, permissions, events, and what an operator does with them.
 * The program runs, clients talk to it over loopback.
 */
#include "sim_client.h"

#define SUBSCRIBE "<Subscribe><e cmd=\"On\" eventType=\"SystemCnf\"/></Subscribe>"

static struct axi_elem *profile_of(struct axi_elem *root)
{
    assert_absent(root, "errCode");
    struct axi_elem *profile = axi_first_child(root, "ppProfile");
    assert_non_null(profile);
    return profile;
}

static void a_profile_is_set_and_read(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "1", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    assert_attr(client_ask(&c, "<GetPpProfile Id=\"3\"/>"), "errCode", "ENoEnt");
    int64_t now = (int64_t)time(NULL);
    struct axi_elem *profile =
        profile_of(client_ask(&c, "<SetPpProfile><ppProfile id=\"3\" name=\"Ward\" "
                                  "ppData=\"UD_A=1&#10;UD_B=2\"/></SetPpProfile>"));
    assert_attr(profile, "id", "3");
    assert_in_range(axi_get_int_or(profile, AXI_A_timeStamp, 0), now, now + SIM_WAIT_S);
    profile = profile_of(client_ask(&c, "<GetPpProfile Id=\"3\"/>"));
    assert_attr(profile, "id", "3");
    assert_attr(profile, "name", "Ward");
    assert_attr(profile, "ppData", "UD_A=1\nUD_B=2");
    assert_in_range(axi_get_int_or(profile, AXI_A_timeStamp, 0), now, now + SIM_WAIT_S);
    /* what is not given stays */
    profile = profile_of(
        client_ask(&c, "<SetPpProfile><ppProfile id=\"3\" name=\"Shop\"/></SetPpProfile>"));
    assert_attr(profile, "name", "Shop");
    assert_attr(profile, "ppData", "UD_A=1\nUD_B=2");
    profile = profile_of(
        client_ask(&c, "<SetPpProfile><ppProfile id=\"3\" name=\"\" ppData=\"\"/></SetPpProfile>"));
    assert_attr(profile, "name", "");
    assert_attr(client_ask(&c, "<GetPpProfile Id=\"3\"/>"), "errCode", "ENoEnt");
    client_close(&c);
    sim_stop(&sim);
}

/* A request with a text of `len` letters in one attribute. */
static struct axi_elem *set_long(struct client *c, const char *attr, int len)
{
    char *text = malloc((size_t)len + 200), *letters = malloc((size_t)len + 1);
    memset(letters, 'x', (size_t)len);
    letters[len] = '\0';
    snprintf(text, (size_t)len + 200,
             "<SetPpProfile><ppProfile id=\"20\" %s=\"%s\"/></SetPpProfile>", attr, letters);
    struct axi_elem *answer = client_ask(c, text);
    free(letters);
    free(text);
    return answer;
}

static void profiles_have_bounds(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "1", NULL);
    client_login(&c, sim.ports[1], OPEN_SYNC);
    assert_attr(client_ask(&c, "<GetPpProfile/>"), "errCode", "EMissing");
    struct axi_elem *out = client_ask(&c, "<GetPpProfile Id=\"0\"/>");
    assert_attr(out, "errCode", "EInval");
    assert_attr(out, "bad", "Id");
    assert_attr(client_ask(&c, "<GetPpProfile Id=\"21\"/>"), "errCode", "EInval");
    assert_attr(client_ask(&c, "<GetPpProfile Id=\"20\"/>"), "errCode", "ENoEnt");
    assert_attr(client_ask(&c, "<SetPpProfile/>"), "errCode", "EMissing");
    assert_attr(client_ask(&c, "<SetPpProfile><ppProfile name=\"a\"/></SetPpProfile>"), "errCode",
                "EMissing");
    out = client_ask(&c, "<SetPpProfile><ppProfile id=\"21\" name=\"a\"/></SetPpProfile>");
    assert_attr(out, "errCode", "EInval");
    assert_attr(out, "bad", "id");
    out = set_long(&c, "name", 129);
    assert_attr(out, "errCode", "ETooLong");
    assert_attr(out, "maxLen", "128");
    assert_attr(set_long(&c, "ppData", 16385), "errCode", "ETooLong");
    assert_attr(client_ask(&c, "<GetPpProfile Id=\"20\"/>"), "errCode", "ENoEnt");
    (void)profile_of(set_long(&c, "name", 128));
    (void)profile_of(set_long(&c, "ppData", 16384));
    assert_int_equal(
        axi_get_str(profile_of(client_ask(&c, "<GetPpProfile Id=\"20\"/>")), AXI_A_ppData).len,
        16384);
    client_close(&c);
    sim_stop(&sim);
}

static void a_reader_reads_profiles_and_sets_none(void **state)
{
    (void)state;
    struct sim sim;
    struct client c;
    sim_start(&sim, "--plain", "--users", "1", NULL);
    sim_do(&sim, "profile 1 2 name=Ward data=A=1");
    client_login(&c, sim.ports[1], OPEN_READER);
    assert_attr(profile_of(client_ask(&c, "<GetPpProfile Id=\"2\"/>")), "name", "Ward");
    assert_attr(client_ask(&c, "<SetPpProfile><ppProfile id=\"2\" name=\"Shop\"/></SetPpProfile>"),
                "errCode", "EPerm");
    assert_attr(profile_of(client_ask(&c, "<GetPpProfile Id=\"2\"/>")), "name", "Ward");
    client_close(&c);
    sim_stop(&sim);
}

static void changes_of_profiles_are_told_to_who_asked(void **state)
{
    (void)state;
    struct sim sim;
    struct client asked, other;
    sim_start(&sim, "--plain", "--users", "1", NULL);
    client_login(&asked, sim.ports[1], OPEN_READER);
    client_login(&other, sim.ports[1], OPEN_SYNC);
    assert_absent(client_ask(&asked, SUBSCRIBE), "errCode");
    (void)client_ask(&other, "<SetPpProfile><ppProfile id=\"7\" name=\"Ward\" ppData=\"A=1\"/>"
                             "</SetPpProfile>");
    client_is_silent(&other);
    struct axi_elem *event = client_event(&asked, AXI_T_EventPpProfileCnf);
    assert_absent(event, "delete");
    assert_attr(axi_first_child(event, "ppProfile"), "id", "7");
    assert_attr(axi_first_child(event, "ppProfile"), "name", "Ward");
    assert_attr(axi_first_child(event, "ppProfile"), "ppData", "A=1");
    assert_true(axi_has(axi_first_child(event, "ppProfile"), AXI_A_timeStamp));
    /* the same once more changes nothing */
    (void)client_ask(&other, "<SetPpProfile><ppProfile id=\"7\" name=\"Ward\"/></SetPpProfile>");
    client_is_silent(&asked);
    sim_do(&sim, "profile 1 7 data=A=2");
    event = client_event(&asked, AXI_T_EventPpProfileCnf);
    assert_attr(axi_first_child(event, "ppProfile"), "ppData", "A=2");
    sim_do(&sim, "profile 1 7 name= data=");
    event = client_event(&asked, AXI_T_EventPpProfileCnf);
    assert_attr(event, "delete", "1");
    assert_attr(axi_first_child(event, "ppProfile"), "id", "7");
    assert_absent(axi_first_child(event, "ppProfile"), "name");
    client_close(&asked);
    client_close(&other);
    sim_stop(&sim);
}

static void an_operator_sees_and_changes_profiles(void **state)
{
    (void)state;
    struct sim sim;
    char text[4096];
    sim_start(&sim, "--plain", "--users", "1", "--sites", "2", "--restart", "10", NULL);
    sim_do(&sim, "profile 2 20 name='Night shift' data=UD_A=1");
    assert_int_equal(sim_ctl(&sim, "profiles 2 --json", text, sizeof text), 0);
    assert_non_null(strstr(text, "\"id\":20"));
    assert_non_null(strstr(text, "\"name\":\"Night shift\""));
    assert_non_null(strstr(text, "\"data\":\"UD_A=1\""));
    assert_non_null(strstr(text, "\"timeStamp\":"));
    assert_int_equal(sim_ctl(&sim, "profiles 1 --json", text, sizeof text), 0);
    assert_null(strstr(text, "\"id\""));
    assert_int_equal(sim_ctl(&sim, "profile 2 21 name=a", text, sizeof text), 1);
    assert_int_equal(sim_ctl(&sim, "profile 2 0 name=a", text, sizeof text), 1);
    assert_int_equal(sim_ctl(&sim, "profile 2 1 nam=a", text, sizeof text), 1);
    assert_int_equal(sim_ctl(&sim, "profile 2 1", text, sizeof text), 2);
    /* they outlive a restart of the OMM */
    sim_do(&sim, "restart 2 --down 10");
    sim_until(&sim, "profiles 2 --json", "Night shift");
    sim_do(&sim, "profile 2 20 name= data=");
    assert_int_equal(sim_ctl(&sim, "profiles 2 --json", text, sizeof text), 0);
    assert_null(strstr(text, "\"id\""));
    sim_stop(&sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_profile_is_set_and_read),
        cmocka_unit_test(profiles_have_bounds),
        cmocka_unit_test(a_reader_reads_profiles_and_sets_none),
        cmocka_unit_test(changes_of_profiles_are_told_to_who_asked),
        cmocka_unit_test(an_operator_sees_and_changes_profiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
