/*
 * What the simulator found of stars: each case is a run of momsim, reduced to a story. The seeds are in
 * tests/sim/seeds.
 */
#include "neighbour.h"
#include "star_pari.h"
#include "star_world.h"
#include "wire.h"

enum {
    COLLECTED = 2 * 3600 * 1000, /* ms: after it a deletion that everybody confirmed is forgotten */
    SILENCE = 9000001,           /* ms: after it a phone is silent */
};

static unsigned given_lines;
static char given_line[300];

static void note_given(enum mom_level level, const char *line)
{
    if (level > MOM_LOG_NOTICE || !strstr(line, "which this node did not know"))
        return;
    given_lines++;
    snprintf(given_line, sizeof given_line, "%s", line);
}

/* A node whose store was lost gets the phones of its site back, which may be thousands. */
static void phones_that_come_back_to_a_node_are_one_line_of_its_log(void **state)
{
    struct net *net = star_new(3);
    unsigned twin;

    (void)state;
    (void)site_device(star_omm(net, 1), 2, OTHER);
    star_run(net);
    star_hear(net, 1, OTHER);
    net_cut(net, 0, 1);
    star_omm_down(net, 1);
    given_lines = 0;
    net_on_log = note_given;
    twin = star_add(net, 2);
    net_know(net, twin, 0);
    net_link(net, twin, 0);
    star_run(net);
    net_on_log = NULL;
    assert_int_equal(given_lines, 1);
    assert_non_null(
        strstr(given_line, "site 2: neighbours tell that it has the phones of 2 records"));
    star_free(net);
}

static const char *export_of_node(struct net *net, unsigned i)
{
    static char text[16384];
    struct mom_export_options options = {.size = sizeof options};
    struct mom_view *view = net_view(net, i);
    struct mom_export *x;
    struct mom_str line;
    size_t len = 0;

    assert_int_equal(mom_export_new(view, &options, &x), MOM_OK);
    do {
        assert_int_equal(mom_export_next(x, &line), MOM_OK);
        assert_true(len + line.len < sizeof text);
        memcpy(text + len, line.ptr, line.len);
        len += line.len;
    } while (line.len > 0);
    text[len] = '\0';
    mom_export_free(x);
    mom_view_close(view);
    return text;
}

static struct mom_import_counts filled_from(struct net *net, unsigned i, const char *text)
{
    struct mom_import_options options = {.size = sizeof options};
    struct mom_import_counts counts;
    struct mom_view *view = net_view(net, i);
    struct mom_import *imp;

    assert_int_equal(mom_import_new(&options, &imp), MOM_OK);
    assert_int_equal(mom_import_feed(imp, text, strlen(text)), MOM_OK);
    assert_int_equal(mom_import_end(imp), MOM_OK);
    assert_int_equal(mom_import_compare(imp, view, MOM_IMPORT_FILL, NULL, NULL, &counts), MOM_OK);
    mom_view_close(view);
    mom_import_free(imp);
    return counts;
}

/* A node that acted for the site of another one would confirm in its name that a phone was let go. */
static void an_export_of_another_node_brings_no_sites_and_settings(void **state)
{
    struct mom_input setting = {.kind = MOM_IN_SETTING, .name = S("decided"), .value = S("yes")};
    struct net *net = star_new(3);
    struct mom_import_counts counts;
    const char *text;
    unsigned twin;

    (void)state;
    net_step(net, 1, &setting);
    text = export_of_node(net, 1);
    counts = filled_from(net, 0, text);
    assert_int_equal(counts.sites, 0);
    assert_int_equal(counts.settings, 0);
    twin = star_add(net, 2);
    counts = filled_from(net, twin, text);
    assert_int_equal(counts.settings, 1);
    assert_int_equal(counts.created, 2);
    star_free(net);
}

/* A node keeps a deletion that its OMM has not heard of. Somebody edits the record there, and all others
 * have forgotten it. */
static void who_is_edited_after_everybody_forgot_him_is_back_everywhere(void **state)
{
    struct net *net = star_new(3);
    uint64_t id = star_find(net, 0, MOM_USER_num, "4711");

    (void)state;
    star_omm_down(net, 2);
    net_delete(net, 0, id);
    star_wait(net, COLLECTED);
    assert_string_equal(net_value(net, 1, id, MOM_USER_name), "(none)");
    site_edit(star_omm(net, 2), 3, MOM_USER, fake_by(star_site(net, 2), MOM_USER, "num", "4711"),
              "name", "Berta");
    star_omm_up(net, 2);
    star_wait(net, 60000);
    for (unsigned i = 0; i < 3; i++)
        assert_string_equal(net_value(net, i, id, MOM_USER_name), "Berta");
    net_check_equal(net);
    star_free(net);
}

/* Who is bound to a phone of one site is at that site alone. When the phone is deleted he is everywhere, also at a site
 * that was away just then. */
static void who_was_bound_to_a_phone_of_one_site_is_everywhere_without_it(void **state)
{
    struct net *net = star_nodes(3);
    struct fake *user = site_person(star_omm(net, 1), 2, "4711", "Anna", PHONE);

    (void)state;
    fake_set(fake_find(star_site(net, 1), MOM_DEVICE, user->partner), "subscribeToPARIOnly", "1");
    star_connect(net);
    assert_null(fake_by(star_site(net, 0), MOM_USER, "num", "4711"));
    star_omm_down(net, 0);
    net_delete(net, 2, star_phone(net));
    star_wait(net, 10000);
    star_omm_up(net, 0);
    star_wait(net, 10000);
    for (unsigned i = 0; i < 3; i++)
        assert_non_null(fake_by(star_site(net, i), MOM_USER, "num", "4711"));
    star_free(net);
}

/* An OMM that got another key tells its secrets under that: all nodes have them so. */
static void a_secret_under_a_new_key_is_renewed_at_all_nodes(void **state)
{
    struct net *net = star_new(3);
    uint64_t id = star_find(net, 0, MOM_USER_num, "4711");
    char text[20];

    (void)state;
    for (unsigned key = 0x100; key < 0x103; key++) {
        star_omm_down(net, 1);
        star_site(net, 1)->new_key = key;
        star_omm_up(net, 1);
        star_wait(net, 1000);
        net_check_equal(net);
    }
    snprintf(text, sizeof text, "K%016X", star_site(net, 1)->new_key + star_site(net, 1)->number);
    for (unsigned i = 0; i < 3; i++)
        assert_memory_equal(net_value(net, i, id, MOM_USER_sipPw), text, 17);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(net->nodes[i].conflicts, 0);
    star_free(net);
}

/* The phone fell silent at a site that was cut off, and was given to somebody else there: the OMM registered him. */
static void who_was_bound_to_a_silent_phone_is_ended_when_it_is_elsewhere(void **state)
{
    struct net *net = star_new(3);
    struct fake_site *site = star_site(net, 1);

    (void)state;
    (void)site_user(star_omm(net, 1), 2, "4712", "Berta");
    star_hear_as(net, 1, PHONE, MOM_IN_HEARD);
    star_wait(net, 60000);
    net_cut(net, 0, 1);
    star_hear(net, 2, PHONE);
    star_wait(net, SILENCE);
    assert_false(star_registered(net, 1, PHONE));
    site_bind(star_omm(net, 1), 2, fake_by(site, MOM_DEVICE, "ipei", PHONE),
              fake_by(site, MOM_USER, "num", "4712"));
    star_run(net);
    assert_true(star_registered(net, 1, PHONE));
    star_link(net, 1);
    star_rests(net, 2);
}

/* A site said that another one had the phone, and had it itself in the same second, when its link broke: it may be
 * registered. */
static void a_phone_that_left_and_came_within_a_second_is_owed_an_end(void **state)
{
    struct net *net = star_new(3);
    struct fake_site *site = star_site(net, 1);
    struct fake *phone = fake_by(site, MOM_DEVICE, "ipei", PHONE);

    (void)state;
    star_hear(net, 2, PHONE);
    star_note(net, 1, PHONE, 2);
    site_event(star_omm(net, 1), site, MOM_DEVICE, phone);
    star_run(net);
    star_omm_down(net, 1);
    star_note(net, 1, PHONE, 1);
    fake_find(site, MOM_USER, phone->partner)->registered = true;
    star_watch(site);
    star_hear(net, 2, PHONE);
    star_omm_up(net, 1);
    star_rests(net, 2);
}

/* A site had let go of the phone, and it was deleted while the site was cut off. There it was heard and edited: the
 * record is back, that site is registered again, and has to end when the phone goes on at once. */
static void who_comes_back_at_a_site_that_had_let_go_is_ended_when_he_leaves(void **state)
{
    struct net *net = star_new(3);
    struct fake_site *site = star_site(net, 2);
    struct fake *phone = fake_by(site, MOM_DEVICE, "ipei", PHONE);

    (void)state;
    star_omm_down(net, 2);
    net_delete(net, 0, star_phone(net));
    star_wait(net, 2000);
    star_hear_alone(net, 2, PHONE);
    net->now.mono_ms += 2000;
    net->now.wall_ms += 2000;
    site_edit(star_omm(net, 2), 3, MOM_DEVICE, phone, "ac", "1234");
    net_cut(net, 0, 1);
    star_site(net, 0)->deaf = true;
    star_omm_up(net, 2);
    assert_true(star_registered(net, 2, PHONE));
    star_hear(net, 0, PHONE);
    star_rests(net, 0);
}

/* The phone fell silent, was at another place, and came back to its site while that was cut off: the OMM registered. */
static void a_silent_phone_that_comes_while_its_site_is_cut_off_is_not_silent(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    star_hear_as(net, 1, PHONE, MOM_IN_HEARD);
    star_wait(net, 60000);
    star_wait(net, SILENCE);
    assert_false(star_registered(net, 1, PHONE));
    star_omm_down(net, 1);
    star_hear_alone(net, 1, PHONE);
    star_omm_up(net, 1);
    assert_true(star_registered(net, 1, PHONE));
    star_hear(net, 2, PHONE);
    star_rests(net, 2);
}

/* The request to end the registration of a silent phone was lost: who has the phone later is not told that it ended. */
static void a_silent_phone_whose_end_was_lost_is_ended_when_it_leaves(void **state)
{
    struct net *net = star_new(3);

    (void)state;
    star_hear_as(net, 1, PHONE, MOM_IN_HEARD);
    star_careless[2] = true;
    star_wait(net, SILENCE);
    star_careless[2] = false;
    star_omm_down(net, 1);
    star_omm_up(net, 1);
    assert_true(star_registered(net, 1, PHONE));
    star_hear(net, 2, PHONE);
    star_rests(net, 2);
}

/* The site is registered again since it was asked to end, and its answer to that comes only now. */
static void answers_late(struct net *net, struct fake_site *site, const struct fake *phone)
{
    struct mom_input released = {
        .kind = MOM_IN_RELEASED, .site = site->number, .type = MOM_USER, .local = phone->partner};

    star_run(net);
    site->deaf = false;
    add(star_omm(net, 1), &released);
    star_run(net);
    star_rests(net, 2);
}

/* The former site was asked to end, and its answer took its time. Meanwhile the phone was there once more, which by
 * that site's clock was long ago: the answer says nothing of that registration. */
static void who_is_heard_late_after_the_end_was_asked_for_is_asked_again(void **state)
{
    struct net *net = star_new(3);
    struct fake_site *site = star_site(net, 1);
    struct fake *phone = fake_by(site, MOM_DEVICE, "ipei", PHONE);
    struct mom_input located = {.kind = MOM_IN_LOCATED, .site = 2, .ipei = S(PHONE)};

    (void)state;
    site->deaf = true;
    star_hear(net, 2, PHONE);
    assert_string_equal(star_state(net, 1), "leaving");
    fake_find(site, MOM_USER, phone->partner)->registered = true;
    star_watch(site);
    located.at_ms = net->now.wall_ms - 10000;
    add(star_omm(net, 1), &located);
    answers_late(net, site, phone);
}

/* The same, and the phone's record alone told it. */
static void who_is_told_late_after_the_end_was_asked_for_is_asked_again(void **state)
{
    struct net *net = star_new(3);
    struct fake_site *site = star_site(net, 1);
    struct fake *phone = fake_by(site, MOM_DEVICE, "ipei", PHONE);

    (void)state;
    site->deaf = true;
    star_hear(net, 2, PHONE);
    star_note(net, 1, PHONE, 1);
    phone->times[MOM_ROAMING] -= 10000;
    fake_find(site, MOM_USER, phone->partner)->registered = true;
    star_watch(site);
    site_event(star_omm(net, 1), site, MOM_DEVICE, phone);
    answers_late(net, site, phone);
}

/* A phone hopped to and fro within the time that notices may overtake each other, and was where its claim was taken
 * away. There it was heard while its OMM was cut off, which nothing shows, and went on. */
static void a_site_that_may_have_had_the_phone_is_ended_when_that_is_elsewhere(void **state)
{
    struct net *net = star_new(4);
    struct fake_site *site = star_site(net, 1);
    struct fake *phone = fake_by(site, MOM_DEVICE, "ipei", PHONE);

    (void)state;
    star_hear(net, 1, PHONE);
    star_hear_as(net, 2, PHONE, MOM_IN_LOCATED);
    star_run(net);
    star_wait(net, 10000);
    assert_false(star_registered(net, 1, PHONE));
    star_omm_down(net, 1);
    fake_find(site, MOM_USER, phone->partner)->registered = true;
    star_watch(site);
    star_omm_up(net, 1);
    star_wait(net, 10000);
    star_hear(net, 3, PHONE);
    star_wait(net, 10000);
    assert_false(star_registered(net, 1, PHONE));
    star_rests(net, 3);
}

/* The same, and the clock of the node whose claim counted was far ahead: neither node had known of the other's. */
static void
a_site_whose_claim_lost_by_a_wrong_clock_is_ended_when_the_phone_is_elsewhere(void **state)
{
    struct net *net = star_new(4);
    struct fake_site *site = star_site(net, 1);
    struct fake *phone = fake_by(site, MOM_DEVICE, "ipei", PHONE);

    (void)state;
    net->nodes[2].clock_ms = 60000;
    net_cut(net, 0, 1);
    star_hear(net, 2, PHONE);
    star_note(net, 1, PHONE, 1);
    site_event(star_omm(net, 1), site, MOM_DEVICE, phone);
    star_hear(net, 1, PHONE);
    star_wait(net, 10000);
    star_link(net, 1);
    assert_int_equal(star_claim(net, 1, star_phone(net)), 3);
    assert_false(star_registered(net, 1, PHONE));
    star_omm_down(net, 1);
    fake_find(site, MOM_USER, phone->partner)->registered = true;
    star_watch(site);
    star_omm_up(net, 1);
    star_wait(net, 60000);
    /* It may be there, and so it is not ended before the phone is elsewhere beyond doubt. */
    assert_true(star_registered(net, 1, PHONE));
    star_hear(net, 3, PHONE);
    star_wait(net, 10000);
    assert_false(star_registered(net, 1, PHONE));
    star_rests(net, 3);
}

/* The user was unbound while the former site was cut off, and bound again after the phone had left: that site never
 * heard of it. */
static void who_was_unbound_when_the_phone_left_and_is_bound_again_is_ended(void **state)
{
    struct net *net = star_new(3);
    uint64_t user = user_of(net);

    (void)state;
    star_omm_down(net, 1);
    net_bind(net, 0, user, 0);
    star_run(net);
    star_hear(net, 2, PHONE);
    net_bind(net, 0, user, star_phone(net));
    star_run(net);
    star_omm_up(net, 1);
    star_rests(net, 2);
}

/* Two nodes meet, the later one gives the phone to its OMM, ends there and confirms; after some messages the phone is
 * edited at the other one. */
static bool meet_confirm_and_edit(unsigned messages)
{
    struct net *net = star_nodes(1);
    struct fake *phone;
    bool under_way = true;

    (void)site_person(star_omm(net, 0), 1, "4711", "Anna", PHONE);
    phone = fake_by(star_site(net, 0), MOM_DEVICE, "ipei", PHONE);
    fake_set(phone, "ac", "1111");
    star_omm_up(net, 0);
    star_wait(net, 20000);
    star_add(net, 2);
    net_know(net, 1, 0);
    star_omm_up(net, 1);
    net_connect(net, 1, 0);
    for (unsigned i = 0; i < messages && under_way; i++)
        under_way = star_listen_all(net) || net_carry(net);
    net->now.mono_ms += 2000;
    net->now.wall_ms += 2000;
    site_edit(star_omm(net, 0), 1, MOM_DEVICE, phone, "ac", "1234");
    star_wait(net, 20000);
    assert_string_equal(net_value(net, 1, star_phone(net), MOM_DEVICE_ac), "1234");
    assert_int_equal(net->nodes[0].conflicts + net->nodes[1].conflicts, 0);
    star_check(net, PHONE, 0);
    star_free(net);
    return under_way;
}

static void an_edit_is_no_conflict_though_a_confirmation_comes_before_they_agreed(void **state)
{
    unsigned messages = 0;

    (void)state;
    while (meet_confirm_and_edit(messages))
        messages++;
    assert_true(messages > 10);
}

/* An OMM is given a user and has made him, without a phone, as he was; before its node hears of it, another OMM binds
 * him to a phone that works at that site only. The OMM tells the new user twice: in its answer, and as an event. */
static void who_is_bound_elsewhere_while_he_is_made_is_not_unbound_by_the_answer(void **state)
{
    struct net *net = star_nodes(4);
    struct fake_site *slow = star_site(net, 3);
    struct fake *user, *phone;

    (void)state;
    star_connect(net);
    user = site_user(star_omm(net, 1), 2, "4711", "Anna");
    while (star_listen(net, 1) || net_carry(net))
        continue;
    assert_non_null(fake_by(slow, MOM_USER, "num", "4711"));
    phone = site_device(star_omm(net, 1), 2, PHONE);
    fake_set(phone, "subscribeToPARIOnly", "1");
    site_bind(star_omm(net, 1), 2, phone, user);
    while (star_listen(net, 1) || net_carry(net))
        continue;
    site_event(star_omm(net, 3), slow, MOM_USER, fake_by(slow, MOM_USER, "num", "4711"));
    star_run(net);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(net->nodes[i].conflicts, 0);
        assert_int_equal(net_partner(net, i, star_phone(net)), user_of(net));
        assert_int_equal(fake_by(star_site(net, i), MOM_USER, "num", "4711") != NULL, i == 1);
    }
    star_free(net);
}

/* A neighbour told a confirmation of the last time that there is, and a site that ends after it confirms too: everybody
 * can read that. */
static void after_a_confirmation_of_the_last_time_nodes_still_understand_each_other(void **state)
{
    struct net *net = star_new(3);
    struct mom__neighbour *n = mom__neighbour(net->nodes[2].engine, net_number(0));
    struct mom_input in = {.kind = MOM_IN_NODE_BYTES, .node = net_number(2)};
    struct mom__entry *entry = calloc(1, sizeof *entry);
    struct mom__wire_context context = {.id = 0};
    struct mom__wire_out out;

    (void)state;
    assert_non_null(entry);
    star_hear(net, 2, PHONE);
    star_wait(net, 10000);
    mom__entry_init(entry);
    mom__record_init(&entry->record, MOM_DEVICE, star_phone(net));
    entry->has[MOM__REG_CLAIM] = true;
    entry->record.site = 3;
    entry->record.epoch = 50;
    entry->record.claim_ms = net->now.wall_ms;
    entry->record.confirmed_by = 9;
    entry->record.confirmed_ms = MOM__MS_MAX;
    mom__wire_out_init(&out, NULL);
    mom__wire_begin(&out, MOM__WIRE_RECORDS, ++n->last_sent);
    mom__wire_put_entry(&out.body, &context, entry);
    in.value = mom__wire_end(&out, NULL);
    net_step(net, 0, &in);
    mom__wire_out_done(&out);
    free(entry);
    star_run(net);
    star_hear(net, 1, PHONE);
    star_wait(net, 120000);
    star_hear(net, 0, PHONE);
    star_wait(net, 120000);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(net->nodes[i].closed, 0);
    star_free(net);
}

/* All had forgotten a deleted phone but one node, which puts it back: the node beside the site where it was is told of
 * a claim that it does not have, and has lost nothing. */
static void a_phone_that_is_put_back_after_everybody_forgot_it_is_no_loss(void **state)
{
    struct net *net = star_new(3);
    struct mom_input in = {.kind = MOM_IN_RESTORE_AT, .id = star_phone(net)};

    (void)state;
    star_hear(net, 1, PHONE);
    star_wait(net, 60000);
    in.at_ms = net_now(net, &net->nodes[2]).wall_ms;
    star_wait(net, 60000);
    star_omm_down(net, 2);
    net_delete(net, 0, in.id);
    star_wait(net, COLLECTED);
    given_lines = 0;
    net_on_log = note_given;
    net_step(net, 2, &in);
    star_run(net);
    net_on_log = NULL;
    assert_true(strstr(told, "home + given") != NULL);
    assert_int_equal(given_lines, 0);
    assert_int_equal(star_claim(net, 0, in.id), 2);
    star_mend(net);
    net_check_equal(net);
    star_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phones_that_come_back_to_a_node_are_one_line_of_its_log),
        cmocka_unit_test(an_export_of_another_node_brings_no_sites_and_settings),
        cmocka_unit_test(who_is_edited_after_everybody_forgot_him_is_back_everywhere),
        cmocka_unit_test(who_was_bound_to_a_phone_of_one_site_is_everywhere_without_it),
        cmocka_unit_test(a_secret_under_a_new_key_is_renewed_at_all_nodes),
        cmocka_unit_test(who_was_bound_to_a_silent_phone_is_ended_when_it_is_elsewhere),
        cmocka_unit_test(a_phone_that_left_and_came_within_a_second_is_owed_an_end),
        cmocka_unit_test(who_comes_back_at_a_site_that_had_let_go_is_ended_when_he_leaves),
        cmocka_unit_test(a_silent_phone_that_comes_while_its_site_is_cut_off_is_not_silent),
        cmocka_unit_test(a_silent_phone_whose_end_was_lost_is_ended_when_it_leaves),
        cmocka_unit_test(who_is_heard_late_after_the_end_was_asked_for_is_asked_again),
        cmocka_unit_test(who_is_told_late_after_the_end_was_asked_for_is_asked_again),
        cmocka_unit_test(a_site_that_may_have_had_the_phone_is_ended_when_that_is_elsewhere),
        cmocka_unit_test(
            a_site_whose_claim_lost_by_a_wrong_clock_is_ended_when_the_phone_is_elsewhere),
        cmocka_unit_test(who_was_unbound_when_the_phone_left_and_is_bound_again_is_ended),
        cmocka_unit_test(an_edit_is_no_conflict_though_a_confirmation_comes_before_they_agreed),
        cmocka_unit_test(who_is_bound_elsewhere_while_he_is_made_is_not_unbound_by_the_answer),
        cmocka_unit_test(after_a_confirmation_of_the_last_time_nodes_still_understand_each_other),
        cmocka_unit_test(a_phone_that_is_put_back_after_everybody_forgot_it_is_no_loss),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
