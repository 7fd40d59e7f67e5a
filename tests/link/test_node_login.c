/*
 * Proves the short login between nodes: who was up before begins with a frame and its greeting at once, every refusal
 * has its state, whatever else comes back leads to the long login without delay, nothing reaches an engine that
 * should not, and passwords stay nowhere.
 */
#include "node_solo.h"

/* Version of the frames, node 0x01000002, version 45 of the protocol, user, password. */
#define LOGIN_BODY "\x01\x01\x00\x00\x02\x00\x2d\x05" PAIR_USER PAIR_PASSWORD
#define LOGIN      "\x05\x18" LOGIN_BODY
#define LOGIN_LEN  (sizeof LOGIN - 1)
/* The same of node 0x01000001. */
#define WELCOME     "\x06\x08\x00\x01\x01\x00\x00\x01\x00\x2d"
#define WELCOME_LEN (sizeof WELCOME - 1)

static void take_up(struct solo *s)
{
    assert_int_equal(mom_batch_count(s->batch), 1);
    assert_int_equal(s->batch->inputs[0].kind, MOM_IN_NODE_UP);
    mom_batch_reset(s->batch);
}

static void take_down(struct solo *s)
{
    assert_int_equal(mom_batch_count(s->batch), 1);
    assert_int_equal(s->batch->inputs[0].kind, MOM_IN_NODE_DOWN);
    mom_batch_reset(s->batch);
}

static void lose(struct solo *s)
{
    assert_int_equal(mom_node_closed(s->link, &s->now, MOM_NODE_LOST, NS("cut"), s->batch), MOM_OK);
}

static void dial_again(struct solo *s)
{
    s->now.mono_ms += 70000;
    assert_int_equal(mom_node_timeout(s->link, &s->now, s->batch), MOM_OK);
    assert_int_equal(mom_node_wants(s->link), MOM_NODE_WANT_CONNECT);
    assert_int_equal(mom_node_opened(s->link, &s->now, s->batch), MOM_OK);
    check_state(s, MOM_NODE_LOGIN);
}

/* A caller that was up, lost its connection and has the next one; its engine was told NODE_UP. */
static struct solo *caller(void)
{
    struct solo *s = agreed(MOM_NODE_CENTRAL);

    lose(s);
    take_down(s);
    dial_again(s);
    return s;
}

/* --- both sides ---------------------------------------------------------------------------------- */

static struct pair *pair_up(void)
{
    struct pair *p = pair_new(NULL);

    pair_user(p, 0, 0, "77", "Above");
    pair_user(p, 1, 0, "78", "Below");
    pair_enable(p);
    pair_run(p);
    pair_check_steady(p);
    return p;
}

static void who_was_up_before_leaves_axi_out(void **state)
{
    struct pair *p = pair_up();

    (void)state;
    for (unsigned i = 0; i < 2; i++)
        assert_false(pair_info(p, i).short_login);
    for (unsigned again = 0; again < 3; again++) {
        pair_cut(p);
        pair_user(p, 0, 0, again ? "80" : "79", "Meanwhile");
        pair_wait(p, 66000);
        pair_check_steady(p);
        assert_int_equal(p->connects, again + 2);
        for (unsigned i = 0; i < 2; i++) {
            assert_true(pair_info(p, i).short_login);
            assert_int_equal(pair_info(p, i).protocol_version, 45);
            assert_int_equal(pair_info(p, i).carriage, MOM_NODE_CARRIAGE_VERSION);
        }
        assert_int_equal(pair_info(p, 0).neighbour, net_number(1));
    }
    pair_free(p);
}

static void a_node_that_was_made_anew_begins_with_axi(void **state)
{
    struct pair *p = pair_up();
    struct mom_node_config config = pair_config(p, 1);

    (void)state;
    pair_cut(p);
    mom_node_free(p->links[1]);
    assert_int_equal(mom_node_new(&config, &p->links[1]), MOM_OK);
    assert_int_equal(mom_node_enable(p->links[1], &p->net->now, true, p->batches[1]), MOM_OK);
    pair_run(p);
    pair_check_steady(p);
    assert_false(pair_info(p, 0).short_login);
    pair_cut(p);
    pair_wait(p, 66000);
    pair_check_steady(p);
    assert_true(pair_info(p, 0).short_login);
    pair_free(p);
}

static void a_short_login_may_be_split_and_cut_at_every_byte(void **state)
{
    uint64_t whole;
    struct pair *p = pair_up();

    (void)state;
    pair_cut(p);
    p->split = 1;
    pair_wait(p, 66000);
    pair_check_steady(p);
    assert_true(pair_info(p, 0).short_login);
    whole = p->bytes[0] + p->bytes[1];
    pair_free(p);
    for (uint64_t at = 1; at <= whole; at++) {
        p = pair_up();
        pair_cut(p);
        pair_user(p, 1, 0, "79", "Meanwhile");
        p->budget = at;
        p->split = 5;
        pair_wait(p, 1500);
        p->budget = UINT64_MAX;
        pair_wait(p, 66000);
        if (net_counts(p->net, 0).users != 3)
            fail_msg("cut after %u bytes: a record is missing", (unsigned)at);
        pair_check_steady(p);
        assert_in_range(p->connects, 3, 4); /* who was up again when it was cut needs no hurry */
        pair_free(p);
    }
    print_message("cut at each of %u bytes\n", (unsigned)whole);
}

static void a_new_password_is_in_the_next_short_login(void **state)
{
    struct pair *p = pair_up();

    (void)state;
    assert_int_equal(mom_node_set_account(p->links[1], NS(PAIR_USER), NS("not-the-right-one")),
                     MOM_OK);
    pair_cut(p);
    pair_wait(p, 60000);
    assert_int_equal(pair_info(p, 0).state, MOM_NODE_AUTH_FAILED);
    assert_string_equal(pair_info(p, 0).text, "account \"below\" was refused");
    assert_int_equal(pair_info(p, 1).state, MOM_NODE_AUTH_FAILED);
    assert_string_equal(pair_info(p, 1).text, "user or password were refused");
    assert_string_equal(net_info(p->net, 0, 1).state, "down");
    assert_string_equal(net_info(p->net, 1, 0).state, "down");
    assert_int_equal(p->connects, 2);
    assert_null(strstr(p->log, "not-the-right-one"));
    assert_int_equal(mom_node_set_account(p->links[1], NS(PAIR_USER), NS(PAIR_PASSWORD)), MOM_OK);
    pair_wait(p, 66000);
    pair_check_steady(p);
    assert_true(pair_info(p, 0).short_login);
    assert_int_equal(p->connects, 3);
    pair_free(p);
}

/* --- the caller ------------------------------------------------------------------------------------ */

static void the_login_is_a_frame_and_the_greeting_follows_it(void **state)
{
    struct solo *s = caller();
    struct mom_action a = {.kind = MOM_DO_NODE_BYTES, .node = net_number(0), .text = NS("hello")};
    size_t len;

    (void)state;
    take_up(s);
    assert_int_equal(mom_node_act(s->link, &s->now, &a, s->batch), MOM_OK);
    assert_memory_equal(said(s, &len), LOGIN "\x01\x05hello", LOGIN_LEN + 7);
    assert_int_equal(len, LOGIN_LEN + 7);
    check_state(s, MOM_NODE_LOGIN);
    hear(s, WELCOME "\x01\x02ok", WELCOME_LEN + 4);
    check_state(s, MOM_NODE_UP);
    assert_true(info_of(s).short_login);
    assert_int_equal(mom_batch_count(s->batch), 1);
    assert_int_equal(s->batch->inputs[0].kind, MOM_IN_NODE_BYTES);
    solo_free(s);
}

static void every_refusal_has_its_state_and_the_next_login_is_short_again(void **state)
{
#define SELF "\x01\x01\x00\x00\x01\x00\x2d"
#define NONE "\x00\x00\x00\x00\x00\x00\x00"
    static const struct {
        const char *body;
        size_t len;
        enum mom_node_state state;
        const char *text;
    } cases[] = {
        {"\x01" NONE "no", 10, MOM_NODE_AUTH_FAILED, "no"},
        {"\x02\x01\x01\x00\x00\x01\x00\x2cold", 11, MOM_NODE_VERSION_MISMATCH, "old"},
        {"\x03\x02\x01\x00\x00\x01\x00\x2dnew", 11, MOM_NODE_CARRIAGE_MISMATCH, "new"},
        {"\x04" SELF "who?", 12, MOM_NODE_WRONG_NODE, "who?"},
        {"\x05" NONE, 8, MOM_NODE_PROTOCOL_ERROR, ""},
        {"\x06" SELF "no room", 15, MOM_NODE_REFUSED, "no room"},
        {"\x63" SELF "a\x1b[2J\xff\x00", 15, MOM_NODE_REFUSED, "a [2J??"},
        /* A welcome of somebody else. */
        {"\x00\x01\x01\x00\x00\x01\x00\x2c", 8, MOM_NODE_VERSION_MISMATCH,
         "it speaks version 44, we speak 45"},
        {"\x00\x02\x01\x00\x00\x01\x00\x2d", 8, MOM_NODE_CARRIAGE_MISMATCH,
         "it speaks frames of version 2, we of 1"},
        {"\x00\x01\x01\x00\x00\x03\x00\x2d", 8, MOM_NODE_WRONG_NODE, "it is node 16777219"},
    };
#undef SELF
#undef NONE

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct solo *s = caller();
        char head[2] = {6, (char)cases[i].len};

        take_up(s);
        (void)said(s, NULL);
        hear(s, head, 2);
        hear(s, cases[i].body, cases[i].len);
        check_state(s, cases[i].state);
        assert_string_equal(info_of(s).text, cases[i].text);
        take_down(s);
        assert_string_equal(said(s, NULL), "");
        assert_int_equal(mom_node_wants(s->link), MOM_NODE_WANT_CLOSE);
        hear(s, WELCOME, WELCOME_LEN);
        lose(s);
        check_state(s, cases[i].state);
        assert_int_equal(mom_batch_count(s->batch), 0);
        assert_int_equal(mom_node_wants(s->link), 0);
        dial_again(s);
        assert_memory_equal(said(s, NULL), LOGIN, LOGIN_LEN);
        solo_free(s);
    }
}

/* An OMM at the address, an older node, a broken connection, and those who mean no good. */
static void without_a_proper_answer_the_long_login_follows_at_once(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        enum mom_node_state state;
    } cases[] = {
        {"", 0, MOM_NODE_LOGIN},
        {"\x06\x08\x00\x01", 4, MOM_NODE_LOGIN},
        {"<OpenResp errCode=\"EInval\"/>", 28, MOM_NODE_PROTOCOL_ERROR},
        {"HTTP", 4, MOM_NODE_PROTOCOL_ERROR},
        {"\x01\x01x", 3, MOM_NODE_PROTOCOL_ERROR},    /* a message goes before the answer */
        {"\x02\x00", 2, MOM_NODE_PROTOCOL_ERROR},     /* a ping */
        {"\x04\x01\x00", 3, MOM_NODE_PROTOCOL_ERROR}, /* a goodbye */
        {LOGIN, LOGIN_LEN, MOM_NODE_PROTOCOL_ERROR},  /* an echo */
        {"\x06\x00", 2, MOM_NODE_PROTOCOL_ERROR},     /* no result */
        {"\x06\x01\x00", 3, MOM_NODE_PROTOCOL_ERROR}, /* nobody */
        {"\x06\x01\x01", 3, MOM_NODE_PROTOCOL_ERROR},
        {"\x06\x07\x00\x01\x01\x00\x00\x01\x00", 9, MOM_NODE_PROTOCOL_ERROR},      /* no version */
        {"\x06\x08\x00\x01\x01\x00\x00\x01\x00\xad", 10, MOM_NODE_PROTOCOL_ERROR}, /* half of one */
        {"\x06\x09\x00\x01\x01\x00\x00\x01\x00\xad\x00", 11, MOM_NODE_PROTOCOL_ERROR},
        {"\x06\x0c\x00\x01\x01\x00\x00\x01\x00\xff\xff\xff\xff\x7f", 14, MOM_NODE_PROTOCOL_ERROR},
        {"\x06\x09\x00\x01\x01\x00\x00\x01\x00\x2dx", 11,
         MOM_NODE_PROTOCOL_ERROR},                    /* more behind it */
        {"\x06\xad\x01", 3, MOM_NODE_PROTOCOL_ERROR}, /* too long */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct solo *s = caller();

        take_up(s);
        (void)said(s, NULL);
        hear(s, cases[i].bytes, cases[i].len);
        if (info_of(s).state != cases[i].state)
            fail_msg("case %u: %s", (unsigned)i, mom_node_state_name(info_of(s).state));
        assert_string_equal(said(s, NULL), "");
        lose(s);
        take_down(s);
        assert_int_equal(mom_node_wants(s->link), MOM_NODE_WANT_CONNECT);
        assert_int_equal(mom_node_opened(s->link, &s->now, s->batch), MOM_OK);
        assert_int_equal(mom_batch_count(s->batch), 0);
        assert_memory_equal(said(s, NULL), "<Open ", 6);
        /* Once: the next one is not hurried. */
        lose(s);
        assert_int_equal(mom_node_wants(s->link), 0);
        assert_in_range(info_of(s).next_try_ms - s->now.mono_ms, 1000, 3000);
        dial_again(s);
        hear_text(s, "<OpenResp protocolVersion=\"45\"" ANNOUNCED "/>");
        check_state(s, MOM_NODE_UP);
        solo_free(s);
    }
}

static void who_does_not_answer_in_time_is_asked_at_length(void **state)
{
    struct solo *s = caller();

    (void)state;
    take_up(s);
    assert_int_equal(mom_node_deadline(s->link), s->now.mono_ms + 30000);
    s->now.mono_ms += 30000;
    assert_int_equal(mom_node_timeout(s->link, &s->now, s->batch), MOM_OK);
    check_state(s, MOM_NODE_NO_ANSWER);
    take_down(s);
    assert_int_equal(mom_node_wants(s->link), MOM_NODE_WANT_CLOSE);
    lose(s);
    assert_int_equal(mom_node_wants(s->link), MOM_NODE_WANT_CONNECT);
    solo_free(s);
}

static void an_engine_and_an_administrator_may_end_it_before_the_answer(void **state)
{
    struct mom_action a = {.kind = MOM_DO_NODE_CLOSE,
                           .node = net_number(0),
                           .reason = MOM_REFUSED_NODE_SARI,
                           .text = NS("no")};
    struct solo *s = caller();

    (void)state;
    take_up(s);
    assert_int_equal(mom_node_act(s->link, &s->now, &a, s->batch), MOM_OK);
    check_state(s, MOM_NODE_CLOSED);
    take_down(s);
    assert_memory_equal(said(s, NULL), LOGIN "\x04\x03", LOGIN_LEN + 2);
    solo_free(s);
    s = caller();
    take_up(s);
    assert_int_equal(mom_node_enable(s->link, &s->now, false, s->batch), MOM_OK);
    check_state(s, MOM_NODE_DISABLED);
    take_down(s);
    assert_int_equal(mom_node_wants(s->link), MOM_NODE_WANT_CLOSE);
    lose(s);
    assert_int_equal(mom_node_wants(s->link), 0);
    assert_int_equal(mom_node_deadline(s->link), MOM_NEVER);
    solo_free(s);
}

/* --- who is called ----------------------------------------------------------------------------------- */

static void every_wrong_login_is_refused_with_its_reason(void **state)
{
#define ME PAIR_USER PAIR_PASSWORD
    static const struct {
        const char *body;
        size_t len;
        enum mom_node_state state;
        unsigned result;
        bool anonymous; /* then nobody is told who is there, nor believed who it is */
    } cases[] = {
        {"\x01\x01\x00\x00\x02\x00\x2d\x05" PAIR_USER "wrong", 18, MOM_NODE_AUTH_FAILED, 1, true},
        {"\x01\x01\x00\x00\x02\x00\x2d\x05" PAIR_USER, 13, MOM_NODE_AUTH_FAILED, 1, true},
        {"\x01\x01\x00\x00\x02\x00\x2d\x00" ME, 24, MOM_NODE_AUTH_FAILED, 1, true},
        /* Who has no account is told nothing else. */
        {"\x09\x00\x00\x00\x05\x00\x01\x01xx", 10, MOM_NODE_AUTH_FAILED, 1, true},
        {"\x01\x01\x00\x00\x02\x00\x2c\x05" ME, 24, MOM_NODE_VERSION_MISMATCH, 2, false},
        {"\x02\x01\x00\x00\x02\x00\x2d\x05" ME, 24, MOM_NODE_CARRIAGE_MISMATCH, 3, false},
        {"\x01\x01\x00\x00\x04\x00\x2d\x05" ME, 24, MOM_NODE_WRONG_NODE, 4, false},
        {"\x01\x01\x00\x00\x01\x00\x2d\x05" ME, 24, MOM_NODE_WRONG_NODE, 4, false}, /* us */
        {"\x01\x01\x00\x00\x03\x00\x2d\x05" ME, 24, MOM_NODE_REFUSED, 6, false},
        {"\x01", 1, MOM_NODE_PROTOCOL_ERROR, 5, true},
        {"\x01\x01\x00\x00\x02", 5, MOM_NODE_PROTOCOL_ERROR, 5, true},
        {"\x01\x01\x00\x00\x02\x00\xad", 7, MOM_NODE_PROTOCOL_ERROR, 5, true},
        {"\x01\x01\x00\x00\x02\x00\x2d", 7, MOM_NODE_PROTOCOL_ERROR, 5, true},
        {"\x01\x01\x00\x00\x02\x00\x2d\x11" ME, 24, MOM_NODE_PROTOCOL_ERROR, 5, true},
        {"\x01\x01\x00\x00\x02\x00\x2d\xff\xff\xff\xff\x0f" ME, 28, MOM_NODE_PROTOCOL_ERROR, 5,
         true},
        {"\x01\x01\x00\x00\x02\x00\x2d\x85\x00" ME, 25, MOM_NODE_PROTOCOL_ERROR, 5, true},
    };
#undef ME

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct solo *s = solo_new(MOM_NODE_REMOTE);
        char head[2] = {5, (char)cases[i].len};
        const char *answer;
        size_t len;

        hear(s, head, 2);
        hear(s, cases[i].body, cases[i].len);
        check_state(s, cases[i].state);
        assert_null(strstr(info_of(s).text, PAIR_PASSWORD));
        assert_int_equal(info_of(s).neighbour, 0);
        assert_int_equal(info_of(s).claimed,
                         cases[i].anonymous ? 0 : 0x01000000u + (unsigned char)cases[i].body[4]);
        answer = said(s, &len);
        if (cases[i].state == MOM_NODE_REFUSED) {
            assert_string_equal(answer + 10, PAIR_NO_ROOM);
            assert_string_equal(info_of(s).text, PAIR_NO_ROOM);
        }
        assert_int_equal(answer[0], 6);
        assert_int_equal((size_t)answer[1], len - 2);
        assert_int_equal(answer[2], cases[i].result);
        assert_memory_equal(
            answer + 3, cases[i].anonymous ? "\0\0\0\0\0\0\0" : "\x01\x01\x00\x00\x01\x00\x2d", 7);
        assert_in_range(len, 20, 60);
        assert_int_equal(mom_node_wants(s->link), MOM_NODE_WANT_CLOSE);
        /* Neither the right thing after the wrong one is looked at, nor what came behind it. */
        hear(s, LOGIN "\x01\x05hello", LOGIN_LEN + 7);
        assert_string_equal(said(s, NULL), "");
        assert_null(strstr(s->hooks.log, PAIR_PASSWORD));
        lose(s);
        assert_int_equal(mom_batch_count(s->batch), 0);
        solo_free(s);
    }
}

static void what_is_no_login_ends_without_an_answer(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } cases[] = {
        {"\x05\x00", 2}, {"\x05\x8e\x04", 3}, {"\x05\x97\x00", 3}, {"\x05\xff\xff\xff", 4}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct solo *s = solo_new(MOM_NODE_REMOTE);

        hear(s, cases[i].bytes, cases[i].len);
        check_state(s, MOM_NODE_PROTOCOL_ERROR);
        assert_string_equal(said(s, NULL), "");
        assert_int_equal(mom_batch_count(s->batch), 0);
        solo_free(s);
    }
}

static void a_login_that_does_not_end_is_given_up(void **state)
{
    struct solo *s = solo_new(MOM_NODE_REMOTE);

    (void)state;
    hear(s, LOGIN, 10);
    for (unsigned i = 0; i < 29; i++) {
        check_state(s, MOM_NODE_LOGIN);
        s->now.mono_ms += 1000;
        assert_int_equal(mom_node_timeout(s->link, &s->now, s->batch), MOM_OK);
        hear(s, "x", i < 8 ? 1 : 0);
    }
    assert_int_equal(mom_node_deadline(s->link), 31000);
    s->now.mono_ms += 1000;
    assert_int_equal(mom_node_timeout(s->link, &s->now, s->batch), MOM_OK);
    check_state(s, MOM_NODE_NO_ANSWER);
    assert_int_equal(mom_batch_count(s->batch), 0);
    assert_true(s->most < 4096);
    solo_free(s);
}

static void the_answer_and_what_the_engine_says_go_together(void **state)
{
    struct solo *s = solo_new(MOM_NODE_REMOTE);
    struct mom_action a = {.kind = MOM_DO_NODE_BYTES, .node = net_number(1), .text = NS("hello")};
    size_t len;

    (void)state;
    hear(s, LOGIN "\x01\x02ok", LOGIN_LEN + 4);
    check_state(s, MOM_NODE_UP);
    assert_int_equal(mom_batch_count(s->batch), 2);
    assert_int_equal(s->batch->inputs[0].kind, MOM_IN_NODE_UP);
    assert_int_equal(s->batch->inputs[0].yes, false);
    assert_int_equal(s->batch->inputs[1].kind, MOM_IN_NODE_BYTES);
    mom_batch_reset(s->batch);
    assert_int_equal(mom_node_act(s->link, &s->now, &a, s->batch), MOM_OK);
    assert_memory_equal(said(s, &len), WELCOME "\x01\x05hello", WELCOME_LEN + 7);
    assert_int_equal(len, WELCOME_LEN + 7);
    hear(s, LOGIN, LOGIN_LEN); /* once is enough */
    check_state(s, MOM_NODE_PROTOCOL_ERROR);
    solo_free(s);
}

static void a_login_in_the_middle_of_axi_is_none(void **state)
{
    struct solo *s = solo_new(MOM_NODE_REMOTE);

    (void)state;
    hear(s, "<", 1);
    hear(s, LOGIN, LOGIN_LEN);
    check_state(s, MOM_NODE_PROTOCOL_ERROR);
    assert_int_equal(mom_batch_count(s->batch), 0);
    solo_free(s);
}

/* --- memory ------------------------------------------------------------------------------------------ */

static void no_password_stays_in_memory_that_is_given_back(void **state)
{
    static char big[20000];
    struct mom_action a = {.kind = MOM_DO_NODE_BYTES, .node = net_number(0)};
    const char *data;
    size_t len;

    (void)state;
    a.text = (struct mom_str){big, sizeof big};
    for (unsigned how = 0; how < 6; how++) {
        struct solo *s = caller();

        s->watched = true;
        len = mom_node_output(s->link, &data);
        assert_int_equal(len, LOGIN_LEN);
        if (how >= 2) /* nothing was sent, some of it, or all */
            mom_node_sent(s->link, how >= 4 ? len : len - 6);
        if (how % 2 == 1) /* and the queue grows or not */
            assert_int_equal(mom_node_act(s->link, &s->now, &a, s->batch), MOM_OK);
        solo_free(s);
    }
    for (len = 1; len <= LOGIN_LEN; len++) {
        struct solo *s = solo_new(MOM_NODE_REMOTE);

        s->watched = true;
        hear(s, LOGIN, len);
        hear(s, &LOGIN[len], LOGIN_LEN - len);
        check_state(s, MOM_NODE_UP);
        solo_free(s);
        s = solo_new(MOM_NODE_REMOTE);
        s->watched = true;
        hear(s, LOGIN, len);
        lose(s);
        solo_free(s);
    }
}

/* A short login of a side, in which the allocation `fails_in` fails; true when it came that far. */
static bool run_short_of_memory(bool calls, unsigned fails_in)
{
    struct solo *s = calls ? agreed(MOM_NODE_CENTRAL) : solo_new(MOM_NODE_REMOTE);
    static char big[100000];
    struct mom_action a = {.kind = MOM_DO_NODE_BYTES, .text = {big, sizeof big}};
    const char *bytes = calls ? WELCOME : LOGIN;
    size_t len = calls ? WELCOME_LEN : LOGIN_LEN;
    int rc = MOM_OK;

    if (calls) {
        lose(s);
        mom_batch_reset(s->batch);
        s->now.mono_ms += 70000;
        assert_int_equal(mom_node_timeout(s->link, &s->now, s->batch), MOM_OK);
    }
    s->fails_in = fails_in;
    if (calls)
        rc = mom_node_opened(s->link, &s->now, s->batch);
    for (size_t i = 0; i < len && rc == MOM_OK; i += 5)
        rc = mom_node_received(s->link, &s->now, bytes + i, len - i < 5 ? len - i : 5, s->batch);
    a.node = info_of(s).neighbour;
    if (rc == MOM_OK)
        rc = mom_node_act(s->link, &s->now, &a, s->batch);
    assert_true(rc == MOM_ENOMEM || info_of(s).state == MOM_NODE_UP);
    s->fails_in = 0;
    lose(s);
    if (mom_batch_count(s->batch) > 0) {
        assert_int_equal(s->batch->inputs[0].kind, MOM_IN_NODE_UP);
        assert_int_equal(s->batch->inputs[mom_batch_count(s->batch) - 1].kind, MOM_IN_NODE_DOWN);
    }
    solo_free(s);
    return rc == MOM_ENOMEM;
}

static void memory_that_runs_out_ends_in_its_error_and_loses_none(void **state)
{
    unsigned at;

    (void)state;
    for (int calls = 0; calls < 2; calls++) {
        for (at = 1; run_short_of_memory(calls, at); at++)
            continue;
        assert_true(at > 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_was_up_before_leaves_axi_out),
        cmocka_unit_test(a_node_that_was_made_anew_begins_with_axi),
        cmocka_unit_test(a_short_login_may_be_split_and_cut_at_every_byte),
        cmocka_unit_test(a_new_password_is_in_the_next_short_login),
        cmocka_unit_test(the_login_is_a_frame_and_the_greeting_follows_it),
        cmocka_unit_test(every_refusal_has_its_state_and_the_next_login_is_short_again),
        cmocka_unit_test(without_a_proper_answer_the_long_login_follows_at_once),
        cmocka_unit_test(who_does_not_answer_in_time_is_asked_at_length),
        cmocka_unit_test(an_engine_and_an_administrator_may_end_it_before_the_answer),
        cmocka_unit_test(every_wrong_login_is_refused_with_its_reason),
        cmocka_unit_test(what_is_no_login_ends_without_an_answer),
        cmocka_unit_test(a_login_that_does_not_end_is_given_up),
        cmocka_unit_test(the_answer_and_what_the_engine_says_go_together),
        cmocka_unit_test(a_login_in_the_middle_of_axi_is_none),
        cmocka_unit_test(no_password_stays_in_memory_that_is_given_back),
        cmocka_unit_test(memory_that_runs_out_ends_in_its_error_and_loses_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
