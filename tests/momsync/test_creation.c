/*
 * A site is asked to make two users of one number, for a moment: which of them is the one that it tells of?
 */
#include <momsync/momsync.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { SLOW = 1, QUICK = 2, PUTS = 8 };

struct two {
    struct mom_engine *engine;
    struct mom_batch *batch;
    struct mom_now now;
    uint64_t tokens[PUTS]; /* of the site that does not answer by itself */
    size_t count;
    uint32_t last_local;
};

static struct mom_str str(const char *text)
{
    return (struct mom_str){text, strlen(text)};
}

static void add(struct two *t, const struct mom_input *in)
{
    assert_int_equal(mom_batch_add(t->batch, in), MOM_OK);
}

static void answer(struct two *t, mom_site site, uint64_t token, uint32_t local_user)
{
    struct mom_input in = {
        .kind = MOM_IN_RESULT, .site = site, .token = token, .local_user = local_user};

    add(t, &in);
}

static void act(struct two *t, const struct mom_action *a)
{
    struct mom_input in = {.kind = MOM_IN_IMPORT, .site = a->site};

    if (a->kind == MOM_DO_ADMIT) {
        add(t, &in);
        in.kind = MOM_IN_IMPORTED;
        add(t, &in);
    } else if (a->kind == MOM_DO_PUT && a->site == SLOW) {
        assert_true(t->count < PUTS);
        t->tokens[t->count++] = a->token;
    } else if (a->kind == MOM_DO_PUT || a->kind == MOM_DO_REMOVE) {
        answer(t, a->site, a->token, a->kind == MOM_DO_PUT ? ++t->last_local : 0);
    }
}

static void run(struct two *t)
{
    struct mom_action a;

    do {
        assert_int_equal(mom_engine_step(t->engine, &t->now, t->batch), MOM_OK);
        mom_batch_reset(t->batch);
        while (mom_engine_next_action(t->engine, &a))
            act(t, &a);
    } while (mom_batch_count(t->batch) > 0 || mom_engine_deadline(t->engine) <= t->now.mono_ms);
    t->now.mono_ms += 10;
    t->now.wall_ms += 10;
}

static void bring_up(struct two *t, mom_site site, const char *park)
{
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = site, .name = str(park)};

    add(t, &in);
    in = (struct mom_input){.kind = MOM_IN_IDENTIFIED, .site = site};
    assert_int_equal(mom_park_parse(str(park), &in.park), MOM_OK);
    add(t, &in);
    run(t);
}

/* At the node, or (with a site) told by an OMM. */
static void user(struct two *t, mom_site site, uint32_t local, const char *num, const char *name,
                 const char *sip, int64_t at_ms)
{
    struct mom_attr attrs[] = {
        {str("num"), str(num)}, {str("name"), str(name)}, {str("sipAuthId"), str(sip)}};
    struct mom_input in = {.kind = site ? MOM_IN_RECORD : MOM_IN_CHANGE,
                           .site = site,
                           .type = MOM_USER,
                           .local = local,
                           .times_ms = {[MOM_ADMIN] = at_ms},
                           .attrs = attrs,
                           .attr_count = 3};

    add(t, &in);
}

static void assert_name(struct two *t, uint64_t after, const char *name, bool parked)
{
    const struct mom_record *record;
    struct mom_view *view;
    struct mom_str value;
    bool found = false;

    assert_int_equal(mom_view_open(t->engine, &view), MOM_OK);
    while ((record = mom_view_next(view, MOM_USER, after)) != NULL) {
        after = mom_record_id(record);
        found |= mom_record_get(record, MOM_USER_name, &value) && value.len == strlen(name) &&
                 memcmp(value.ptr, name, value.len) == 0 && mom_record_parked(record) == parked;
    }
    mom_view_close(view);
    if (!found)
        fail_msg("there is no %s user %s", parked ? "parked" : "live", name);
}

static void the_name_says_which_of_two_was_made(void **state)
{
    struct two t = {.now = {1000000, 1700000000000}};
    struct mom_config config = {.size = sizeof config, .shape = MOM_SHAPE_STAR, .own_site = SLOW};

    (void)state;
    assert_int_equal(mom_store_memory_new(NULL, &config.store), MOM_OK);
    assert_int_equal(mom_engine_new(&config, &t.now, &t.engine), MOM_OK);
    t.batch = mom_batch_new(NULL);
    bring_up(&t, SLOW, "1F1028A3F2");
    bring_up(&t, QUICK, "1F1028A402");
    user(&t, 0, 0, "1", "Somebody", "1", 0);
    run(&t);
    user(&t, 0, 0, "77002", "Second", "77002", 0);
    run(&t);
    user(&t, QUICK, 50, "77002", "First", "77002-1",
         t.now.wall_ms - 5000); /* earlier: the number is his */
    run(&t);
    assert_int_equal(t.count, 3);

    answer(&t, SLOW, t.tokens[0], 4);
    user(&t, SLOW, 5, "77002", "Second", "77002", t.now.wall_ms);
    answer(&t, SLOW, t.tokens[1], 5);
    run(&t);
    assert_name(&t, 0, "First", false);
    assert_name(&t, 0, "Second", true);
    mom_engine_free(t.engine);
    mom_batch_free(t.batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_name_says_which_of_two_was_made),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
