/*
 * CoA profiles in a star: each OMM has twenty, told after it came up and when one changes. Whatever was cut off
 * meanwhile, all have the same in the end, and the later change is the one that counts. SEED=n repeats a random run.
 */
#include "neighbour.h"
#include "node.h"
#include "star_world.h"
#include "wire.h"

#include <momsync/profile.h>

enum { SPARE = MOM_PROFILES + 1, TEXT = 32 };

/* What the OMM of a place has, how it behaves, and how often it was told something. */
static struct omm {
    struct {
        char name[TEXT], data[TEXT];
        int64_t ms;
    } profiles[SPARE];
    bool shouts, deaf, stubborn, up;
    unsigned told;
} omms[SITES];

static void say(struct net *net, unsigned place, uint32_t number)
{
    const struct omm *o = &omms[place];
    struct mom_input in = {.kind = MOM_IN_PROFILE, .site = place + 1, .local = number};

    in.name = S(o->profiles[number].name);
    in.value = S(o->profiles[number].data);
    in.at_ms = o->profiles[number].ms;
    if (o->up)
        add(star_omm(net, place), &in);
}

static void set(struct net *net, unsigned place, uint32_t number, const char *name,
                const char *data)
{
    struct omm *o = &omms[place];
    size_t i = 0;

    snprintf(o->profiles[number].name, TEXT, "%s", name);
    snprintf(o->profiles[number].data, TEXT, "%s", data);
    for (; o->shouts && o->profiles[number].data[i]; i++) {
        if (o->profiles[number].data[i] >= 'a' && o->profiles[number].data[i] <= 'z')
            o->profiles[number].data[i] -= 'a' - 'A';
    }
    o->profiles[number].ms = net->now.wall_ms / 1000 * 1000;
    say(net, place, number);
}

static void act(struct net *net, unsigned i, const struct mom_action *a)
{
    char name[TEXT], data[TEXT];

    if (a->kind != MOM_DO_PROFILE) {
        star_act(net, i, a);
        return;
    }
    assert_in_range(a->site, 1, SITES);
    snprintf(name, sizeof name, "%.*s", (int)a->name.len, a->name.ptr);
    snprintf(data, sizeof data, "%.*s", (int)a->text.len, a->text.ptr);
    omms[a->site - 1].told++;
    if (omms[a->site - 1].stubborn)
        say(net, a->site - 1, a->local);
    else if (!omms[a->site - 1].deaf)
        set(net, a->site - 1, a->local, name, data);
}

static void omm_up(struct net *net, unsigned place)
{
    star_omm_up(net, place);
    omms[place].up = true;
    for (uint32_t number = 1; number <= MOM_PROFILES; number++)
        say(net, place, number);
    star_wait(net, 2000);
}

static void omm_down(struct net *net, unsigned place)
{
    omms[place].up = false;
    star_omm_down(net, place);
}

/* A node starts again, and what its OMMs had said and was not heard is lost. */
static void crash(struct net *net, unsigned i)
{
    star_crash(net, i);
    for (unsigned place = 0; place < star_places(net); place++) {
        if (star_node(net, place) != i || !omms[place].up)
            continue;
        star_run(net);
        omm_up(net, place);
    }
}

static void crash_and_link(struct net *net, unsigned i)
{
    crash(net, i);
    star_link(net, 1);
    star_link(net, 2);
}

/* Three nodes, and at the centre a vendor's remote. */
static struct net *begin(void)
{
    struct net *net = star_nodes(3);

    memset(omms, 0, sizeof omms);
    net->site_act = act;
    (void)star_add_vendor(net);
    for (unsigned place = 0; place < star_places(net); place++)
        omm_up(net, place);
    return net;
}

/* The site is forgotten and made known again: what it had is not known any more. */
static void new_site(struct net *net, unsigned place)
{
    struct mom_input in = {.kind = MOM_IN_SITE_REMOVE, .site = place + 1, .name = S("site")};

    omm_down(net, place);
    net_step(net, star_node(net, place), &in);
    in.kind = MOM_IN_SITE_ADD;
    net_step(net, star_node(net, place), &in);
    star_run(net);
}

static void check_at(unsigned place, uint32_t number, const char *name, const char *data)
{
    assert_string_equal(omms[place].profiles[number].name, name);
    assert_string_equal(omms[place].profiles[number].data, data);
}

static void check(struct net *net, uint32_t number, const char *name, const char *data)
{
    star_wait(net, 2000);
    for (unsigned place = 0; place < star_places(net); place++)
        check_at(place, number, name, data);
    for (unsigned i = 0; i < net->count; i++) {
        struct mom_view *view = net_view(net, i);
        struct mom_profile p;

        assert_true(mom_view_next_profile(view, number - 1, &p));
        assert_int_equal(p.number, number);
        assert_int_equal(p.exists, name[0] || data[0]);
        assert_int_equal(p.data.len, strlen(data));
        assert_memory_equal(p.data.ptr, data, strlen(data));
        mom_view_close(view);
    }
}

static void forget_told(void)
{
    for (unsigned place = 0; place < SITES; place++)
        omms[place].told = 0;
}

static unsigned count_told(void)
{
    unsigned count = 0;

    for (unsigned place = 0; place < SITES; place++)
        count += omms[place].told;
    return count;
}

static void a_change_at_one_omm_reaches_all(void **state)
{
    struct net *net = begin();

    (void)state;
    for (unsigned place = 0; place < 4; place++) {
        char data[TEXT];

        snprintf(data, sizeof data, "UserName=%u", place);
        forget_told();
        set(net, place, 7, "nurses", data);
        check(net, 7, "nurses", data);
        assert_int_equal(count_told(), 3);
        star_wait(net, 5000);
    }
    set(net, 2, 20, "last", "x");
    check(net, 20, "last", "x");
    check(net, 7, "nurses", "UserName=3");
    star_free(net);
}

static void what_is_taken_away_at_one_is_taken_away_at_all(void **state)
{
    struct net *net = begin();

    (void)state;
    set(net, 1, 1, "nurses", "a=1");
    check(net, 1, "nurses", "a=1");
    omm_down(net, 2);
    net_cut(net, 0, 1);
    star_wait(net, 5000);
    set(net, 1, 1, "", "");
    star_wait(net, 5000);
    check_at(1, 1, "", "");
    check_at(0, 1, "nurses", "a=1");
    net_link(net, 1, 0);
    star_wait(net, 2000);
    check_at(0, 1, "", "");
    omm_up(net, 2);
    check(net, 1, "", "");
    star_free(net);
}

static void of_two_changes_the_later_one_counts(void **state)
{
    struct net *net = begin();

    (void)state;
    set(net, 0, 3, "first", "a=0");
    check(net, 3, "first", "a=0");
    net_cut(net, 0, 1);
    omm_down(net, 2);
    star_wait(net, 10000);
    set(net, 1, 3, "one", "a=1");
    star_wait(net, 10000);
    set(net, 2, 3, "two", "a=2"); /* nobody hears it */
    star_wait(net, 10000);
    set(net, 0, 4, "other", "b=1");
    net_link(net, 1, 0);
    star_wait(net, 2000);
    check_at(0, 3, "one", "a=1");
    omm_up(net, 2);
    check(net, 3, "two", "a=2");
    check(net, 4, "other", "b=1");
    star_free(net);
}

static char last_line[256];

static void keep_line(void *user, enum mom_level level, const char *line)
{
    (void)user;
    if (level <= MOM_LOG_NOTICE && strstr(line, "CoA profile"))
        snprintf(last_line, sizeof last_line, "%s", line);
}

/* What a line of the log is made of is not looked at by the compiler, and processors differ in how wide it is. */
static void the_log_says_which_of_two_changes_counts(void **state)
{
    struct net *net = begin();

    (void)state;
    net->nodes[2].engine->log = keep_line;
    set(net, 0, 3, "first", "a=0");
    check(net, 3, "first", "a=0");
    omm_down(net, 2);
    star_wait(net, 10000);
    set(net, 1, 3, "one", "a=1");
    star_wait(net, 10000);
    set(net, 2, 3, "two", "a=2");
    omm_up(net, 2);
    assert_string_equal(last_line,
                        "site 3: CoA profile 3 was changed there and elsewhere: this one is later");
    check(net, 3, "two", "a=2");
    star_free(net);
}

/* Who is new and has none gets all; what he has of his own counts when it was changed later. */
static void an_omm_that_is_new_or_was_put_back(void **state)
{
    struct net *net = begin();

    (void)state;
    set(net, 1, 1, "nurses", "a=1");
    set(net, 1, 2, "doctors", "a=2");
    set(net, 1, 3, "porters", "a=3");
    star_wait(net, 60000);
    set(net, 0, 3, "", "");
    star_wait(net, 60000);
    new_site(net, 2);
    memset(omms[2].profiles, 0, sizeof omms[2].profiles);
    snprintf(omms[2].profiles[2].name, TEXT, "older");
    omms[2].profiles[2].ms = net->now.wall_ms - 300000;
    snprintf(omms[2].profiles[3].name, TEXT, "older");
    omms[2].profiles[3].ms = net->now.wall_ms - 300000;
    snprintf(omms[2].profiles[4].name, TEXT, "own");
    omms[2].profiles[4].ms = net->now.wall_ms - 300000;
    omm_up(net, 2);
    check(net, 1, "nurses", "a=1");
    check(net, 2, "doctors", "a=2");
    check(net, 3, "", "");
    check(net, 4, "own", "");
    star_free(net);
}

static void an_omm_may_keep_something_else_than_it_was_told(void **state)
{
    struct net *net = begin();

    (void)state;
    omms[2].shouts = true;
    set(net, 1, 5, "loud", "abc");
    star_wait(net, 60000);
    check_at(0, 5, "loud", "abc");
    check_at(2, 5, "loud", "ABC");
    assert_int_equal(count_told(), 3);
    omm_down(net, 2);
    omm_up(net, 2);
    crash_and_link(net, 2);
    star_wait(net, 60000);
    check_at(0, 5, "loud", "abc");
    check_at(2, 5, "loud", "ABC");
    assert_int_equal(count_told(), 3);
    set(net, 2, 5, "loud", "DEF"); /* changed there: that is what all get */
    check(net, 5, "loud", "DEF");
    star_free(net);
}

static void what_an_omm_refuses_is_left_alone_until_the_next_change(void **state)
{
    struct net *net = begin();

    (void)state;
    omms[2].stubborn = true;
    set(net, 1, 5, "five", "too long");
    star_wait(net, 60000);
    omm_down(net, 2);
    omm_up(net, 2);
    star_wait(net, 60000);
    assert_int_equal(omms[2].told, 1);
    check_at(2, 5, "", "");
    check_at(0, 5, "five", "too long");
    omms[2].stubborn = false;
    set(net, 1, 5, "five", "short");
    check(net, 5, "five", "short");
    star_free(net);
}

static void who_does_not_answer_is_told_again_when_it_is_back(void **state)
{
    struct net *net = begin();

    (void)state;
    omms[0].deaf = true;
    set(net, 1, 5, "five", "a=5");
    star_wait(net, 60000);
    set(net, 1, 5, "five", "a=6");
    star_wait(net, 60000);
    assert_int_equal(omms[0].told, 1);
    check_at(2, 5, "five", "a=6");
    check_at(0, 5, "", "");
    omms[0].deaf = false;
    omm_down(net, 0);
    omm_up(net, 0);
    check(net, 5, "five", "a=6");
    star_free(net);
}

static void nothing_is_told_twice(void **state)
{
    struct net *net = begin();
    uint64_t bytes;

    (void)state;
    for (uint32_t number = 1; number <= MOM_PROFILES; number++)
        set(net, 1, number, "some", "data=some");
    star_wait(net, 5000);
    forget_told();
    for (unsigned i = 0; i < 3; i++) {
        crash_and_link(net, i);
        star_wait(net, 2000);
        omm_down(net, i);
        omm_up(net, i);
    }
    bytes = net->bytes;
    net_cut(net, 0, 1);
    net_link(net, 1, 0);
    star_wait(net, 2000);
    assert_in_range(net->bytes - bytes, 1, 200);
    assert_int_equal(count_told(), 0);
    check(net, 20, "some", "data=some");
    star_free(net);
}

static void what_cannot_be_a_profile_is_not_taken(void **state)
{
    struct net *net = begin();
    static char text[MOM_PROFILE_DATA_MAX + 1];
    struct mom_input in = {.kind = MOM_IN_PROFILE, .site = 1, .local = 21, .name = S("n")};
    struct mom_view *view;
    struct mom_profile p;

    (void)state;
    memset(text, 'x', sizeof text);
    add(star_omm(net, 0), &in);
    in.local = 0;
    add(star_omm(net, 0), &in);
    in.local = 1;
    in.value = (struct mom_str){text, sizeof text};
    add(star_omm(net, 0), &in);
    in.value.len = 0;
    in.name = (struct mom_str){text, MOM_PROFILE_NAME_MAX + 1};
    add(star_omm(net, 0), &in);
    in.site = 9; /* none */
    in.name = S("n");
    add(star_omm(net, 0), &in);
    star_wait(net, 2000);
    view = net_view(net, 0);
    assert_false(mom_view_next_profile(view, 0, &p));
    mom_view_close(view);
    star_free(net);
}

/* What a node has of a profile; the texts are not kept. */
static struct mom_stamp stamp_of(struct net *net, unsigned i, uint32_t number)
{
    struct mom_view *view = net_view(net, i);
    struct mom_profile p = {.number = 0};

    assert_true(mom_view_next_profile(view, number - 1, &p));
    assert_int_equal(p.number, number);
    mom_view_close(view);
    return p.stamp;
}

/* A time that cannot be is no reason to win over everything, and for all: the node's own clock of stamps would be ahead
 * for ever. */
static void a_time_in_the_future_is_put_back(void **state)
{
    static const int64_t ahead[] = {61000, INT64_C(86400000) * 365, INT64_MAX / 4};

    (void)state;
    for (size_t i = 0; i < sizeof ahead / sizeof ahead[0]; i++) {
        struct net *net = begin();
        struct mom_input in = {.kind = MOM_IN_PROFILE, .site = 2, .local = 1, .name = S("n")};
        int64_t limit = net->now.wall_ms + 60000 + 60000; /* a minute, and the time of the story */
        uint64_t user;

        in.value = S("a=1");
        in.at_ms = net->now.wall_ms + ahead[i];
        add(star_omm(net, 1), &in);
        star_wait(net, 2000);
        assert_in_range(stamp_of(net, 1, 1).ms, 1, limit);
        user = net_change(net, 1, MOM_USER, 0, "num", "4711", "name", "Anna", NULL);
        star_wait(net, 2000);
        net_check_equal(net);
        for (unsigned n = 0; n < net->count; n++) {
            struct mom_view *view = net_view(net, n);

            assert_in_range(mom_record_stamp(mom_view_record(view, user), MOM_USER_name).ms, 1,
                            limit);
            mom_view_close(view);
        }
        star_free(net);
    }
}

/* An OMM was emptied: what it has of users is held until somebody decides, and what it has no more of profiles is no
 * word of anybody either. */
static void an_omm_that_was_emptied_takes_away_nothing_from_others(void **state)
{
    struct net *net = begin();
    struct fake_site *site = star_site(net, 2);

    (void)state;
    for (unsigned i = 0; i < 20; i++) {
        char num[8];

        snprintf(num, sizeof num, "%u", 5000 + i);
        (void)site_user(star_omm(net, 1), 2, num, "somebody");
    }
    set(net, 1, 1, "nurses", "a=1");
    set(net, 1, 20, "last", "z=1");
    check(net, 1, "nurses", "a=1");
    omm_down(net, 2);
    memset(site->users, 0, sizeof site->users);
    memset(omms[2].profiles, 0, sizeof omms[2].profiles);
    omm_up(net, 2);
    assert_int_equal(net_counts(net, 0).users, 20);
    check(net, 1, "nurses", "a=1");
    check(net, 20, "last", "z=1");
    star_free(net);
}

/* As with records, when that is how deletions while away are dealt with. */
static void what_an_omm_has_no_more_comes_back_when_that_is_configured(void **state)
{
    struct net *net = begin();

    (void)state;
    for (unsigned i = 0; i < net->count; i++)
        net->nodes[i].engine->offline_delete = MOM_RESTORE_DELETED;
    set(net, 1, 1, "nurses", "a=1");
    check(net, 1, "nurses", "a=1");
    omm_down(net, 2);
    memset(omms[2].profiles, 0, sizeof omms[2].profiles);
    omm_up(net, 2);
    check(net, 1, "nurses", "a=1");
    set(net, 2, 1, "", ""); /* and now it is told as it happens */
    check(net, 1, "", "");
    star_free(net);
}

/* Nobody knows when it was taken away: while the OMM was cut off, as a change elsewhere was made. */
static void what_an_omm_has_no_more_does_not_undo_a_change_made_meanwhile(void **state)
{
    struct net *net = begin();

    (void)state;
    set(net, 1, 1, "nurses", "a=1");
    set(net, 1, 2, "doctors", "b=1");
    check(net, 2, "doctors", "b=1");
    omm_down(net, 2);
    star_wait(net, 5000);
    set(net, 1, 1, "nurses", "a=2");
    star_wait(net, 5000);
    memset(omms[2].profiles, 0, sizeof omms[2].profiles);
    omm_up(net, 2);
    check(net, 1, "nurses", "a=2");
    check(net, 2, "", "");
    star_free(net);
}

/* What node 1 might say to node 0, had it gone wrong: profile 3 some times over, each time later. */
static void a_profile_that_is_told_over_and_over_in_one_message_ends_the_conversation(void **state)
{
    struct net *net = begin();
    struct mom__neighbour *n = mom__neighbour(net->nodes[1].engine, net_number(0));
    struct mom_input in = {.kind = MOM_IN_NODE_BYTES, .node = net_number(1)};
    struct mom__wire_out out;

    (void)state;
    mom__wire_out_init(&out, NULL);
    mom__wire_begin(&out, MOM__WIRE_PROFILES, ++n->last_sent);
    for (unsigned i = 1; i < 1000; i++) {
        struct mom_stamp last = {0, 0, 0};

        mom__buf_varint(&out.body, 3);
        mom__wire_put_stamp(&out.body, &last, (struct mom_stamp){i, 0, 2});
        mom__buf_str(&out.body, S("name"));
        mom__buf_str(&out.body, S("data"));
    }
    in.value = mom__wire_end(&out, NULL);
    net_step(net, 0, &in);
    mom__wire_out_done(&out);
    assert_int_equal(net->nodes[0].closed, 1);
    assert_int_equal(net->nodes[0].reason, MOM_REFUSED_NODE_MESSAGE);
    assert_int_equal(stamp_of(net, 0, 3).ms, 1);
    star_link(net, 1);
    check(net, 3, "name", "data");
    star_free(net);
}

/* Two nodes have a site of one number, by mistake, and both tell a change of one time: one stamp, and two profiles. */
static void of_two_changes_with_one_stamp_all_have_the_same(void **state)
{
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        struct net *net = begin();
        struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = 2, .name = S("site")};
        struct mom_profile p[3];
        struct mom_view *view;

        in.park = (struct mom_park){31, 0x10280005};
        net_step(net, 2, &in);
        in.kind = MOM_IN_IDENTIFIED;
        net_step(net, 2, &in);
        net_cut(net, 0, 1);
        net_cut(net, 0, 2);
        in.kind = MOM_IN_PROFILE;
        in.local = 9;
        in.at_ms = net->now.wall_ms;
        for (unsigned i = 1; i < 3; i++) {
            in.value = (i == 1) == (turn == 1) ? S("a=1") : S("a=2");
            net_step(net, i, &in);
        }
        star_link(net, 1);
        star_link(net, 2);
        for (unsigned i = 0; i < 3; i++) {
            view = net_view(net, i);
            assert_true(mom_view_next_profile(view, 8, &p[i]));
            assert_int_equal(p[i].data.len, 3);
            p[i].number = (unsigned char)p[i].data.ptr[2];
            mom_view_close(view);
        }
        assert_int_equal(p[1].number, p[0].number);
        assert_int_equal(p[2].number, p[0].number);
        star_free(net);
    }
}

/* --- random ----------------------------------------------------------------------------------- */

static uint64_t random_state;

static unsigned draw(unsigned below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(random_state >> 33) % below;
}

static void disturb(struct net *net)
{
    unsigned place = draw(star_places(net)), i = 1 + draw(2);
    char data[TEXT];

    switch (draw(10)) {
    case 8: /* an older database is put back there, or none */
        if (!omms[place].up)
            memset(&omms[place].profiles[1 + draw(3)], 0, sizeof omms[place].profiles[0]);
        break;
    case 9: /* its clock is wrong */
        omms[place].profiles[1 + draw(3)].ms += 1000 * ((int64_t)draw(400000) - 200000);
        break;
    case 0:
        omm_down(net, place);
        break;
    case 1:
        omm_up(net, place);
        break;
    case 2:
        net_cut(net, 0, i);
        break;
    case 3:
        star_link(net, i);
        break;
    case 4:
        crash(net, draw(3));
        break;
    default:
        snprintf(data, sizeof data, "%s", draw(5) ? "d" : "");
        if (data[0])
            snprintf(data, sizeof data, "d=%u", draw(1000));
        set(net, place, 1 + draw(3), data[0] ? "n" : "", data);
    }
    for (unsigned n = draw(6); n > 0; n--) {
        (void)star_listen(net, draw(net->count));
        (void)net_carry(net);
    }
    if (draw(3) == 0)
        star_wait(net, 1000 * (int64_t)draw(30));
}

static void run(uint64_t seed)
{
    struct net *net = begin();
    char said[TEXT * 2] = "";

    random_state = seed;
    for (unsigned step = 0; step < 60; step++)
        disturb(net);
    for (unsigned i = 0; i < 3; i++)
        star_link(net, i);
    for (unsigned place = 0; place < star_places(net); place++) {
        omm_down(net, place);
        omm_up(net, place);
    }
    star_wait(net, 10000);
    for (uint32_t number = 1; number <= 3; number++) {
        for (unsigned place = 1; place < star_places(net); place++) {
            if (strcmp(omms[place].profiles[number].data, omms[0].profiles[number].data) != 0)
                snprintf(said, sizeof said, "%s and %s", omms[place].profiles[number].data,
                         omms[0].profiles[number].data);
        }
    }
    if (said[0])
        fail_msg("SEED=%llu: %s", (unsigned long long)seed, said);
    star_free(net);
}

static void whatever_happened_all_have_the_same(void **state)
{
    const char *seed = getenv("SEED");

    (void)state;
    for (uint64_t i = 1; i <= 150 && !seed; i++)
        run(i);
    if (seed)
        run(strtoull(seed, NULL, 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_at_one_omm_reaches_all),
        cmocka_unit_test(what_is_taken_away_at_one_is_taken_away_at_all),
        cmocka_unit_test(of_two_changes_the_later_one_counts),
        cmocka_unit_test(the_log_says_which_of_two_changes_counts),
        cmocka_unit_test(an_omm_that_is_new_or_was_put_back),
        cmocka_unit_test(an_omm_may_keep_something_else_than_it_was_told),
        cmocka_unit_test(what_an_omm_refuses_is_left_alone_until_the_next_change),
        cmocka_unit_test(who_does_not_answer_is_told_again_when_it_is_back),
        cmocka_unit_test(nothing_is_told_twice),
        cmocka_unit_test(what_cannot_be_a_profile_is_not_taken),
        cmocka_unit_test(a_time_in_the_future_is_put_back),
        cmocka_unit_test(an_omm_that_was_emptied_takes_away_nothing_from_others),
        cmocka_unit_test(what_an_omm_has_no_more_comes_back_when_that_is_configured),
        cmocka_unit_test(what_an_omm_has_no_more_does_not_undo_a_change_made_meanwhile),
        cmocka_unit_test(a_profile_that_is_told_over_and_over_in_one_message_ends_the_conversation),
        cmocka_unit_test(of_two_changes_with_one_stamp_all_have_the_same),
        cmocka_unit_test(whatever_happened_all_have_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
