/*
 * CoA profiles of a vendor's remote: read from the store, set with the later time winning, told as events to one that
 * asked for them; and what was changed while it was away.
 */
#include "uds_rig.h"

#include <momsync/profile.h>

#define SYSTEM "<Subscribe seq='9'><e cmd='On' eventType='SystemCnf'/></Subscribe>"

/* Seconds of the rig's clock at the beginning. */
enum { BEGIN = 1700000000 };

static struct mom_profile profile_of(struct uds_rig *rig, uint32_t number, struct mom_view **view)
{
    struct mom_profile profile = {.number = 0};

    assert_int_equal(mom_view_open(rig->net->nodes[0].engine, view), MOM_OK);
    if (!mom_view_next_profile(*view, number - 1, &profile) || profile.number != number)
        profile = (struct mom_profile){.number = 0};
    return profile;
}

/* `name` NULL: there is none. */
static void assert_stored(struct uds_rig *rig, uint32_t number, const char *name, const char *data)
{
    struct mom_view *view;
    struct mom_profile profile = profile_of(rig, number, &view);

    assert_int_equal(profile.exists, name != NULL);
    if (name) {
        assert_int_equal(profile.name.len, strlen(name));
        assert_memory_equal(profile.name.ptr, name, strlen(name));
        assert_int_equal(profile.data.len, strlen(data));
        assert_memory_equal(profile.data.ptr, data, strlen(data));
    }
    mom_view_close(view);
}

/* Site 2 at the neighbour has all its profiles told; then it changes one. */
static void other_tells(struct uds_rig *rig, uint32_t number, const char *name, const char *data)
{
    struct mom_input in = {.kind = MOM_IN_PROFILE, .site = UDS_OTHER, .local = number};

    in.name = NS(name);
    in.value = NS(data);
    assert_int_equal(mom_batch_add(rig->other, &in), MOM_OK);
    uds_run(rig);
}

static struct uds_rig *pair(void)
{
    struct uds_rig *rig = uds_rig_pair();

    for (uint32_t number = 1; number <= MOM_PROFILES; number++)
        other_tells(rig, number, "", "");
    return rig;
}

static void a_remote_sets_reads_and_takes_away(void **state)
{
    struct uds_rig *rig = uds_rig_new();

    (void)state;
    uds_connect(rig);
    uds_say(rig, "<GetPpProfile seq='10' Id='3'/>");
    uds_assert_heard(rig, "<GetPpProfileResp seq=\"10\" errCode=\"ENoEnt\"");
    uds_say(rig, "<SetPpProfile seq='11'><ppProfile id='3' name='Ward' ppData='A=1&#10;B=2'/>"
                 "</SetPpProfile>");
    uds_assert_heard(rig, "<SetPpProfileResp seq=\"11\"><ppProfile id=\"3\" name=\"Ward\" "
                          "ppData=\"A=1&#10;B=2\" timeStamp=\"17000000");
    assert_stored(rig, 3, "Ward", "A=1\nB=2");
    /* what is left out stays */
    uds_say(rig, "<SetPpProfile seq='12'><ppProfile id='3' name='Shop'/></SetPpProfile>");
    uds_assert_heard(rig, "name=\"Shop\" ppData=\"A=1&#10;B=2\"");
    uds_say(rig, "<GetPpProfile seq='13' Id='3'/>");
    uds_assert_heard(rig, "<GetPpProfileResp seq=\"13\"><ppProfile id=\"3\" name=\"Shop\"");
    uds_say(rig, "<SetPpProfile seq='14'><ppProfile id='3' name='' ppData=''/></SetPpProfile>");
    uds_assert_heard(rig, "<ppProfile id=\"3\" name=\"\" ppData=\"\" timeStamp=");
    assert_stored(rig, 3, NULL, NULL);
    uds_assert_state(rig, MOM_UDS_STEADY);
    uds_rig_done(rig);
}

static void requests_that_make_no_sense_are_refused(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    char *text = malloc(MOM_PROFILE_DATA_MAX + 200), *at;

    (void)state;
    uds_connect(rig);
    uds_say(rig, "<GetPpProfile seq='10'/>");
    uds_assert_heard(rig, "errCode=\"EInval\" bad=\"Id\"");
    uds_say(rig, "<GetPpProfile seq='10' Id='21'/>");
    uds_assert_heard(rig, "errCode=\"EInval\"");
    uds_say(rig, "<SetPpProfile seq='10'/>");
    uds_assert_heard(rig, "errCode=\"EMissing\"");
    uds_say(rig, "<SetPpProfile seq='10'><ppProfile id='21' name='a'/></SetPpProfile>");
    uds_assert_heard(rig, "errCode=\"EInval\" bad=\"id\"");
    at = text + snprintf(text, 100, "<SetPpProfile seq='10'><ppProfile id='1' ppData='");
    memset(at, 'x', MOM_PROFILE_DATA_MAX + 1);
    snprintf(at + MOM_PROFILE_DATA_MAX + 1, 100, "'/></SetPpProfile>");
    uds_say(rig, text);
    uds_assert_heard(rig, "errCode=\"ETooLong\" bad=\"ppData\" maxLen=\"16384\"");
    assert_stored(rig, 1, NULL, NULL);
    uds_assert_state(rig, MOM_UDS_STEADY);
    free(text);
    uds_rig_done(rig);
}

static void changes_elsewhere_are_events_to_one_that_asked(void **state)
{
    struct uds_rig *rig = pair();

    (void)state;
    uds_connect(rig);
    other_tells(rig, 5, "Ward", "A=1");
    uds_assert_silence(rig, "EventPpProfileCnf");
    uds_say(rig, SYSTEM);
    other_tells(rig, 5, "Shop", "A=2");
    uds_assert_heard(rig, "<EventPpProfileCnf><ppProfile id=\"5\" name=\"Shop\" ppData=\"A=2\" "
                          "timeStamp=\"17000000");
    other_tells(rig, 5, "", "");
    uds_assert_heard(rig, "<EventPpProfileCnf delete=\"1\"><ppProfile id=\"5\" name=\"\"");
    /* its own changes do not come back to it */
    uds_say(rig, "<SetPpProfile seq='10'><ppProfile id='6' name='Own' ppData='A=1'/>"
                 "</SetPpProfile>");
    uds_assert_heard(rig, "SetPpProfileResp");
    uds_assert_silence(rig, "EventPpProfileCnf");
    uds_rig_done(rig);
}

static void set(struct uds_rig *rig, int number, const char *name, int64_t seconds)
{
    char text[300];

    snprintf(text, sizeof text,
             "<SetPpProfile seq='10'><ppProfile id='%d' name='%s' ppData='A=1' timeStamp='%lld'/>"
             "</SetPpProfile>",
             number, name, (long long)seconds);
    uds_say(rig, text);
}

/* Who was away sets what it has newer; what is older than ours is answered with ours. */
static void the_later_change_wins_after_an_absence(void **state)
{
    struct uds_rig *rig = pair();

    (void)state;
    uds_connect(rig);
    set(rig, 1, "First", BEGIN);
    set(rig, 2, "First", BEGIN);
    uds_close(rig);
    uds_wait(rig, 100000);
    other_tells(rig, 1, "Later here", "A=1");
    other_tells(rig, 2, "Earlier here", "A=1");
    uds_wait(rig, 100000);
    uds_connect(rig);
    uds_say(rig, "<GetPpProfile seq='10' Id='1'/>");
    uds_assert_heard(rig, "Later here");
    set(rig, 1, "Older there", BEGIN + 50);
    uds_assert_heard(rig, "<SetPpProfileResp seq=\"10\"><ppProfile id=\"1\" name=\"Later here\"");
    set(rig, 2, "Newer there", BEGIN + 150);
    uds_assert_heard(rig, "<SetPpProfileResp seq=\"10\"><ppProfile id=\"2\" name=\"Newer there\"");
    assert_stored(rig, 1, "Later here", "A=1");
    assert_stored(rig, 2, "Newer there", "A=1");
    uds_rig_done(rig);
}

/* A connection is no import of what the remote had: nothing comes back, and nothing is told again. */
static void a_connection_changes_nothing(void **state)
{
    struct uds_rig *rig = pair();

    (void)state;
    uds_connect(rig);
    set(rig, 1, "Ward", BEGIN);
    uds_close(rig);
    uds_wait(rig, 100000);
    other_tells(rig, 1, "", "");
    other_tells(rig, 2, "Shop", "A=2");
    uds_wait(rig, 100000);
    uds_login(rig);
    uds_say(rig, SYSTEM);
    uds_say(rig, UDS_SUBSCRIBE);
    uds_read_all(rig, "GetPPDev", "ppn");
    uds_read_all(rig, "GetPPUser", "uid");
    uds_assert_silence(rig, "EventPpProfileCnf");
    assert_stored(rig, 1, NULL, NULL);
    assert_stored(rig, 2, "Shop", "A=2");
    other_tells(rig, 2, "Ship", "A=2");
    uds_assert_heard(rig, "<EventPpProfileCnf><ppProfile id=\"2\" name=\"Ship\"");
    uds_rig_done(rig);
}

static void every_lack_of_memory_is_told(void **state)
{
    (void)state;
    for (long at = 1;; at++) {
        struct uds_rig *rig = uds_rig_new();

        uds_connect(rig);
        rig->fails_at = at;
        uds_say(rig, SYSTEM);
        if (rig->rc == MOM_OK)
            set(rig, 1, "Ward", BEGIN);
        if (rig->rc == MOM_OK)
            uds_say(rig, "<GetPpProfile seq='10' Id='1'/>");
        if (rig->rc == MOM_OK && rig->fails_at > 0) {
            uds_assert_heard(rig, "name=\"Ward\"");
            uds_rig_done(rig);
            return;
        }
        if (rig->rc != MOM_OK)
            assert_int_equal(rig->rc, MOM_ENOMEM);
        rig->fails_at = 0;
        uds_close(rig);
        uds_rig_done(rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_remote_sets_reads_and_takes_away),
        cmocka_unit_test(requests_that_make_no_sense_are_refused),
        cmocka_unit_test(changes_elsewhere_are_events_to_one_that_asked),
        cmocka_unit_test(the_later_change_wins_after_an_absence),
        cmocka_unit_test(a_connection_changes_nothing),
        cmocka_unit_test(every_lack_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
