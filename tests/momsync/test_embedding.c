/*
 * What a host may rely on that puts the library into its own program: each engine, store and batch takes memory from
 * its own hook and gives all of it back; the C library's allocator is not called behind its back (the linker puts a
 * counter before it); and an engine that gets no memory says MOM_ENOMEM, keeps what was committed, and works again
 * after a reload.
 *
 * A host of two sites imports, changes, hands over and deletes; the n-th allocation fails, for every n.
 */
#define _GNU_SOURCE /* mkdtemp */

#include "core_support.h"

#include <stdio.h>
#include <unistd.h>

enum { PHONES = 3, FIRST = 1, SECOND = 2 };

/* --- the C library, counted (-Wl,--wrap: tests/module.mk) ---------------------------------------- */

static size_t bare_calls;
static volatile bool in_hook; /* the compiler knows that realloc does not look at it */

void *__real_realloc(void *ptr, size_t size);
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_realloc(void *ptr, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_realloc(void *ptr, size_t size)
{
    bare_calls += !in_hook;
    return __real_realloc(ptr, size);
}

void *__wrap_malloc(size_t size)
{
    bare_calls += !in_hook;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    bare_calls += !in_hook;
    return __real_calloc(count, size);
}

static void *hook_realloc(void *user, void *ptr, size_t size)
{
    in_hook = true;
    void *result = counter_realloc(user, ptr, size);
    in_hook = false;
    return result;
}

static struct mom_alloc hook(struct counter *c)
{
    return (struct mom_alloc){c, hook_realloc, counter_free};
}

/* --- a host -------------------------------------------------------------------------------------- */

struct host {
    struct counter engine_memory, store_memory, batch_memory;
    struct mom_engine *engine;
    struct mom_batch *batch, *next;
    struct mom_now now;
    uint32_t last_local;
    unsigned reloads, conflicts;
    int refused;
};

/* A step that has no memory is taken again, after a reload, once there is some: what a host does. */
static int again(struct host *h, int rc)
{
    assert_int_equal(rc, MOM_ENOMEM);
    h->engine_memory.fail_at = h->store_memory.fail_at = h->batch_memory.fail_at = 0;
    return ++h->reloads < 10 ? MOM_OK : rc;
}

static void add(struct host *h, struct mom_input in)
{
    while (mom_batch_add(h->next, &in) != MOM_OK)
        assert_int_equal(again(h, MOM_ENOMEM), MOM_OK);
}

static void answer(struct host *h, const struct mom_action *a)
{
    struct mom_input in = {.kind = MOM_IN_RESULT, .site = a->site, .token = a->token};

    switch (a->kind) {
    case MOM_DO_PUT:
        if (a->device.id)
            in.local_device = a->device.local ? a->device.local : ++h->last_local;
        if (a->user.id)
            in.local_user = a->user.local ? a->user.local : ++h->last_local;
        break;
    case MOM_DO_REMOVE:
        break;
    case MOM_DO_REGISTER:
    case MOM_DO_DEREGISTER:
        in.kind = a->kind == MOM_DO_REGISTER ? MOM_IN_RENEWED : MOM_IN_RELEASED;
        in.type = MOM_USER;
        in.local = a->local_user;
        break;
    case MOM_DO_REFUSED:
        h->refused = a->rc;
        return;
    default:
        h->conflicts += a->kind == MOM_DO_CONFLICT;
        return;
    }
    add(h, in);
}

static struct mom_park park_of(mom_site site)
{
    struct mom_park park;
    assert_int_equal(mom_park_parse(mom__str(site == FIRST ? "1F1028D085" : "1F1028D67A"), &park),
                     MOM_OK);
    return park;
}

static void tell(struct host *h, mom_site site, uint32_t n, const char *name)
{
    char num[16], ipei[MOM_IPEI_LEN + 1], key[33];
    snprintf(num, sizeof num, "%u", 4000 + n);
    snprintf(key, sizeof key, "%032X", n);
    mom_ipei_print((struct mom_ipei){.emc = 3074, .psn = n}, ipei);
    struct mom_attr device[] = {{mom__str("ipei"), mom__str(ipei)},
                                {mom__str("s"), mom__str("Yes")},
                                {mom__str("uak"), mom__str(key)}};
    struct mom_attr user[] = {{mom__str("num"), mom__str(num)},
                              {mom__str("name"), mom__str(name)},
                              {mom__str("newInThisRelease"), mom__str("1")},
                              {mom__str("relType"), mom__str("Dynamic")}};
    struct mom_input in = {.kind = MOM_IN_RECORD,
                           .site = site,
                           .type = MOM_DEVICE,
                           .local = n,
                           .partner_local = n,
                           .has_partner = true,
                           .attrs = device,
                           .attr_count = sizeof device / sizeof *device};
    add(h, in);
    in.type = MOM_USER;
    in.attrs = user;
    in.attr_count = sizeof user / sizeof *user;
    add(h, in);
}

static void site_up(struct host *h, mom_site site, uint32_t phones)
{
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = site, .name = mom__str("site")};
    add(h, in);
    in.kind = MOM_IN_IDENTIFIED;
    in.park = park_of(site);
    add(h, in);
    in.kind = MOM_IN_IMPORT;
    add(h, in);
    for (uint32_t n = 1; n <= phones; n++)
        tell(h, site, n, "Somebody");
    in.kind = MOM_IN_IMPORTED;
    add(h, in);
}

/* Steps until nothing is left. True when a failure was met: the links are down then, and what was not acknowledged may
 * be lost with them. */
static bool run(struct host *h)
{
    bool failed = false;
    do {
        struct mom_batch *batch = h->next;
        struct mom_action action;
        h->next = h->batch;
        h->batch = batch;
        mom_batch_reset(h->next);
        for (int rc; (rc = mom_engine_step(h->engine, &h->now, batch)) != MOM_OK;) {
            assert_int_equal(again(h, rc), MOM_OK);
            assert_int_equal(mom_engine_reload(h->engine, &h->now), MOM_OK);
            failed = true;
        }
        while (mom_engine_next_action(h->engine, &action))
            answer(h, &action);
        h->now.mono_ms += 10;
        h->now.wall_ms += 10;
    } while (mom_batch_count(h->next) > 0 || mom_engine_deadline(h->engine) <= h->now.mono_ms);
    return failed;
}

/* Id of a user, 0: none; where it is. MOM_ENOMEM leaves the engine as it was. */
static uint64_t look(struct host *h, const char *num, mom_site *ret_site)
{
    struct mom_view *view;
    uint64_t id = 0;
    for (int rc = MOM_ENOMEM; rc != MOM_OK;) {
        rc = mom_view_open(h->engine, &view);
        if (rc == MOM_OK) {
            const struct mom_record *user = mom_view_find(view, MOM_USER_num, mom__str(num));
            id = user ? mom_record_id(user) : 0;
            *ret_site = user ? mom_record_site(user) : 0;
            rc = mom_view_error(view);
            assert_true(user == NULL || rc == MOM_OK);
            mom_view_close(view);
        }
        if (rc != MOM_OK)
            assert_int_equal(again(h, rc), MOM_OK);
    }
    return id;
}

static int host_open(struct host *h)
{
    struct mom_config config = {.size = sizeof config, .alloc = hook(&h->engine_memory)};
    struct mom_alloc for_store = hook(&h->store_memory), for_batch = hook(&h->batch_memory);
    int rc;

    h->now = (struct mom_now){.mono_ms = 1000, .wall_ms = INT64_C(1700000000000)};
    rc = mom_store_memory_new(&for_store, &config.store);
    if (rc != MOM_OK)
        return rc;
    rc = mom_engine_new(&config, &h->now, &h->engine);
    if (rc != MOM_OK) {
        config.store.ops->close(config.store.store); /* taken on success only */
        return rc;
    }
    h->batch = mom_batch_new(&for_batch);
    h->next = mom_batch_new(&for_batch);
    return h->batch && h->next ? MOM_OK : MOM_ENOMEM;
}

static void host_close(struct host *h)
{
    mom_batch_free(h->batch);
    mom_batch_free(h->next);
    mom_engine_free(h->engine);
    h->batch = h->next = NULL;
    h->engine = NULL;
    assert_int_equal(h->engine_memory.live, 0);
    assert_int_equal(h->store_memory.live, 0);
    assert_int_equal(h->batch_memory.live, 0);
}

static void both_up(struct host *h)
{
    site_up(h, FIRST, PHONES);
    site_up(h, SECOND, 0);
}

/* Import, change, handoff, deletion. Where a step failed the links are down: both sites come up again, and the
 * engine has to find what is missing. */
static void day(struct host *h)
{
    struct mom_attr name = {mom__str("name"), mom__str("Reception")};
    char ipei[MOM_IPEI_LEN + 1];
    mom_site site;

    both_up(h);
    if (run(h)) {
        both_up(h);
        assert_false(run(h));
    }
    uint64_t id = look(h, "4001", &site);
    assert_int_not_equal(id, 0);
    struct mom_input change = {.kind = MOM_IN_CHANGE, .type = MOM_USER, .id = id, .tag = 1};
    change.attrs = &name;
    change.attr_count = 1;
    add(h, change);
    mom_ipei_print((struct mom_ipei){.emc = 3074, .psn = 2}, ipei);
    add(h, (struct mom_input){.kind = MOM_IN_LOCATED, .site = SECOND, .ipei = mom__str(ipei)});
    run(h);
    id = look(h, "4003", &site);
    add(h, (struct mom_input){.kind = MOM_IN_DELETE, .id = id, .tag = 2});
    tell(h, FIRST, 1, "Ward");
    run(h);
}

/* --- tests --------------------------------------------------------------------------------------- */

static void nothing_is_taken_behind_the_hook(void **state)
{
    struct host h = {0};
    mom_site site;
    (void)state;

    bare_calls = 0;
    assert_int_equal(host_open(&h), MOM_OK);
    day(&h);
    look(&h, "4002", &site);
    assert_int_equal(mom_engine_reload(h.engine, &h.now), MOM_OK);
    size_t calls = bare_calls;
    assert_int_equal(calls, 0);
    assert_true(h.engine_memory.calls > 0 && h.store_memory.calls > 0 && h.batch_memory.calls > 0);
    host_close(&h);
    assert_int_equal(site, SECOND);
}

static void the_counter_before_the_c_library_counts(void **state)
{
    (void)state;
    bare_calls = 0;
    struct mom_batch *batch = mom_batch_new(NULL); /* no hook: the C library's */
    assert_true(bare_calls > 0);
    mom_batch_free(batch);
}

static void two_engines_do_not_touch_each_others_memory(void **state)
{
    struct host a = {0}, b = {0};
    mom_site site;
    (void)state;

    assert_int_equal(host_open(&a), MOM_OK);
    assert_int_equal(host_open(&b), MOM_OK);
    both_up(&a);
    size_t before = b.engine_memory.calls + b.store_memory.calls + b.batch_memory.calls;
    run(&a);
    assert_int_equal(b.engine_memory.calls + b.store_memory.calls + b.batch_memory.calls, before);
    day(&b);
    assert_int_not_equal(look(&a, "4003", &site), 0);
    assert_int_equal(look(&b, "4003", &site), 0);
    host_close(&a);
    assert_int_not_equal(look(&b, "4001", &site), 0);
    host_close(&b);
}

/* Every allocation of one kind fails once, and all after it until the host has some again. */
static unsigned fail_each(size_t offset)
{
    for (size_t n = 1;; n++) {
        struct host h = {0};
        struct counter *c = (struct counter *)(void *)((char *)&h + offset);
        mom_site site;

        c->fail_at = n;
        int rc = host_open(&h);
        if (rc != MOM_OK) {
            assert_int_equal(rc, MOM_ENOMEM);
            host_close(&h);
            continue;
        }
        day(&h);
        bool met = h.reloads > 0;
        c->fail_at = 0;

        /* whatever was lost with the links is found when they are up again */
        h.now.mono_ms += 60000;
        h.now.wall_ms += 60000;
        run(&h);
        assert_int_not_equal(look(&h, "4001", &site), 0);
        assert_int_not_equal(look(&h, "4002", &site), 0);
        host_close(&h);
        if (!met)
            return (unsigned)n;
    }
}

static void every_failed_allocation_of_the_engine_is_survived(void **state)
{
    (void)state;
    unsigned n = fail_each(offsetof(struct host, engine_memory));
    print_message("%u allocations of the engine\n", n - 1);
    assert_true(n > 20);
}

static void every_failed_allocation_of_the_store_is_survived(void **state)
{
    (void)state;
    unsigned n = fail_each(offsetof(struct host, store_memory));
    print_message("%u allocations of the store\n", n - 1);
    assert_true(n > 200);
}

static void every_failed_allocation_of_a_batch_is_survived(void **state)
{
    (void)state;
    unsigned n = fail_each(offsetof(struct host, batch_memory));
    print_message("%u allocations of the batches\n", n - 1);
    assert_true(n > 4);
}

static void a_reload_without_memory_can_be_done_again(void **state)
{
    struct host h = {0};
    mom_site site;
    (void)state;

    assert_int_equal(host_open(&h), MOM_OK);
    day(&h);
    for (size_t n = 1;; n++) {
        h.engine_memory.fail_at = h.engine_memory.calls + n;
        int rc = mom_engine_reload(h.engine, &h.now);
        h.engine_memory.fail_at = 0;
        if (rc == MOM_OK)
            break;
        assert_int_equal(rc, MOM_ENOMEM);
        assert_int_equal(mom_engine_step(h.engine, &h.now, NULL), MOM_ESTATE);
        assert_int_equal(mom_engine_reload(h.engine, &h.now), MOM_OK);
    }
    both_up(&h);
    run(&h);
    assert_int_not_equal(look(&h, "4001", &site), 0);
    host_close(&h);
}

static void the_lmdb_adapter_has_a_hook_too(void **state)
{
    char folder[] = "/tmp/momsync-embedding-XXXXXX", file[64];
    struct counter c = {0};
    struct mom_lmdb_options options = {.path = folder, .alloc = hook(&c), .no_sync = true};
    struct mom_store store;
    struct mom_txn *txn;
    (void)state;

    assert_non_null(mkdtemp(folder));
    int rc = MOM_ENOMEM;
    for (size_t n = 1; rc != MOM_OK; n++) {
        c.calls = 0;
        c.fail_at = n;
        rc = mom_store_lmdb_open(&options, &store);
        assert_true(rc == MOM_OK || rc == MOM_ENOMEM);
        assert_true(rc == MOM_OK || c.live == 0);
    }
    c.fail_at = c.calls + 1;
    assert_int_equal(store.ops->begin(store.store, true, &txn), MOM_ENOMEM);
    c.fail_at = 0;
    assert_int_equal(store.ops->begin(store.store, true, &txn), MOM_OK);
    assert_int_equal(store.ops->commit(txn), MOM_OK);
    store.ops->close(store.store);
    assert_int_equal(c.live, 0);
    for (size_t i = 0; i < 3; i++) {
        static const char *const names[] = {"data.mdb", "lock.mdb", "momsync.lock"};
        snprintf(file, sizeof file, "%s/%s", folder, names[i]);
        assert_int_equal(unlink(file), 0);
    }
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_counter_before_the_c_library_counts),
        cmocka_unit_test(nothing_is_taken_behind_the_hook),
        cmocka_unit_test(two_engines_do_not_touch_each_others_memory),
        cmocka_unit_test(every_failed_allocation_of_the_engine_is_survived),
        cmocka_unit_test(every_failed_allocation_of_the_store_is_survived),
        cmocka_unit_test(every_failed_allocation_of_a_batch_is_survived),
        cmocka_unit_test(a_reload_without_memory_can_be_done_again),
        cmocka_unit_test(the_lmdb_adapter_has_a_hook_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
