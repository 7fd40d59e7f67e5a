/*
 * A node of a star whose OMM gets thousands of records at once: each user may have been registered by that, and is
 * ended there, but not all at the same time.
 */
#include <momsync/momsync.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { PAIRS = 700, NEW = 1, FULL = 2 };

struct many {
    struct mom_engine *engine;
    struct mom_batch *batch;
    struct mom_now now;
    uint32_t last_local;
    uint32_t asked[PAIRS * 2]; /* users that are to be ended */
    size_t asked_count, answered, most;
};

static struct mom_str str(const char *text)
{
    return (struct mom_str){text, strlen(text)};
}

static void add(struct many *m, const struct mom_input *in)
{
    assert_int_equal(mom_batch_add(m->batch, in), MOM_OK);
}

static void answer_put(struct many *m, const struct mom_action *a)
{
    struct mom_input in = {.kind = MOM_IN_RESULT, .site = a->site, .token = a->token};

    in.local_device = a->device.local ? a->device.local : a->device.id ? ++m->last_local : 0;
    in.local_user = a->user.local ? a->user.local : a->user.id ? ++m->last_local : 0;
    add(m, &in);
}

static void act(struct many *m, const struct mom_action *a)
{
    struct mom_input in = {.site = a->site, .type = MOM_USER, .local = a->local_user};

    if (a->kind == MOM_DO_ADMIT) {
        in.kind = MOM_IN_IMPORT;
        add(m, &in);
    } else if (a->kind == MOM_DO_PUT) {
        answer_put(m, a);
    } else if (a->kind == MOM_DO_REGISTER) {
        in.kind = MOM_IN_RENEWED;
        add(m, &in);
    } else if (a->kind == MOM_DO_DEREGISTER) {
        assert_true(m->asked_count < PAIRS * 2);
        m->asked[m->asked_count++] = a->local_user;
    }
    if (m->asked_count - m->answered > m->most)
        m->most = m->asked_count - m->answered;
}

static void run(struct many *m)
{
    struct mom_action a;

    do {
        assert_int_equal(mom_engine_step(m->engine, &m->now, m->batch), MOM_OK);
        mom_batch_reset(m->batch);
        while (mom_engine_next_action(m->engine, &a))
            act(m, &a);
    } while (mom_batch_count(m->batch) > 0 || mom_engine_deadline(m->engine) <= m->now.mono_ms);
}

static void import(struct many *m, mom_site site, const char *park, unsigned pairs)
{
    struct mom_input in = {.kind = MOM_IN_IDENTIFIED, .site = site};
    char number[16], ipei[32];

    assert_int_equal(mom_park_parse(str(park), &in.park), MOM_OK);
    add(m, &in);
    run(m);
    for (unsigned i = 1; i <= pairs; i++) {
        struct mom_attr device[] = {
            {str("ipei"), str(ipei)}, {str("relType"), str("Dynamic")}, {str("s"), str("Yes")}};
        struct mom_attr user[] = {{str("num"), str(number)}, {str("relType"), str("Dynamic")}};
        struct mom_input pair = {.kind = MOM_IN_RECORD,
                                 .site = site,
                                 .type = MOM_DEVICE,
                                 .local = i,
                                 .has_partner = true,
                                 .partner_local = i,
                                 .attrs = device,
                                 .attr_count = 3};

        snprintf(number, sizeof number, "%u", 1000 + i);
        snprintf(ipei, sizeof ipei, "00123%07u", i);
        add(m, &pair);
        pair.type = MOM_USER;
        pair.attrs = user;
        pair.attr_count = 2;
        add(m, &pair);
    }
    in.kind = MOM_IN_IMPORTED;
    add(m, &in);
    run(m);
}

static void ends_are_asked_for_some_hundred_at_a_time(void **state)
{
    struct many m = {.now = {1000000, 1700000000000}};
    struct mom_config config = {.size = sizeof config, .shape = MOM_SHAPE_STAR, .own_site = NEW};
    struct mom_input site = {.kind = MOM_IN_SITE_ADD, .site = NEW, .name = str("new")};

    (void)state;
    assert_int_equal(mom_store_memory_new(NULL, &config.store), MOM_OK);
    assert_int_equal(mom_engine_new(&config, &m.now, &m.engine), MOM_OK);
    m.batch = mom_batch_new(NULL);
    add(&m, &site);
    site.site = FULL;
    site.name = str("full");
    add(&m, &site);
    run(&m);
    import(&m, FULL, "1F1028A3F2", PAIRS);
    assert_int_equal(m.asked_count, 0);
    import(&m, NEW, "1F1028A402", 0);
    while (m.answered < m.asked_count) {
        struct mom_input in = {
            .kind = MOM_IN_RELEASED, .site = NEW, .type = MOM_USER, .local = m.asked[m.answered++]};

        add(&m, &in);
        run(&m);
    }
    assert_int_equal(m.asked_count, PAIRS); /* each once */
    assert_int_equal(m.most, MOM_SITE_ENDS);
    mom_engine_free(m.engine);
    mom_batch_free(m.batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_are_asked_for_some_hundred_at_a_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
