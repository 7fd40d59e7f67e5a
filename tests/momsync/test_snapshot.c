/*
 * Copies of a store: made while it is in use, marked, and noticed when one is put in the store's
 * place, whether it has a mark or not. What is noticed survives a crash, and no id is given twice.
 */
#define _GNU_SOURCE 1 /* open_memstream, mkdtemp, nftw */

#include "transfer_support.h"

#include "image.h"
#include "keys.h"

#include <ftw.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- folders ---------------------------------------------------------------------------------- */

struct folders {
    char root[64], store[80], copy[80];
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static int setup(void **state)
{
    struct folders *f = calloc(1, sizeof *f);

    assert_non_null(f);
    snprintf(f->root, sizeof f->root, "%s/momsync-test-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(f->root));
    snprintf(f->store, sizeof f->store, "%s/store", f->root);
    snprintf(f->copy, sizeof f->copy, "%s/copy", f->root);
    assert_int_equal(mkdir(f->store, 0700), 0);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct folders *f = *state;

    nftw(f->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(f);
    return 0;
}

static struct mom_store store_at(const char *path)
{
    struct mom_lmdb_options options = {.path = path, .map_size = 1 << 20};
    struct mom_store store;

    assert_int_equal(mom_store_lmdb_open(&options, &store), MOM_OK);
    return store;
}

static struct world *world_at(const char *path)
{
    struct world *w = calloc(1, sizeof *w);

    assert_non_null(w);
    world_init_on(w, store_at(path));
    return w;
}

static struct mom_engine *open_engine(struct mom_store store, uint64_t witness, uint64_t seed)
{
    struct mom_config config = {.size = sizeof config, .store = store};
    struct mom_now now = {1000, 1700000200000};
    struct mom_engine *engine;

    config.witness = witness;
    config.seed = seed;
    assert_int_equal(mom_engine_new(&config, &now, &engine), MOM_OK);
    return engine;
}

/* --- copies ----------------------------------------------------------------------------------- */

static void copy_has_what_was_committed_and_the_writer_goes_on(void **state)
{
    struct folders *f = *state;
    struct world *w = world_at(f->store);
    struct mom_export_options options = {.size = sizeof options};
    struct mom_engine *engine;
    char *then, *now, *copied;

    hub_change(w, MOM_USER, 0, "num", "1", "name", "Before", NULL);
    for (int i = 0; i < 200; i++) {
        char num[16];

        snprintf(num, sizeof num, "%d", 1000 + i);
        hub_change(w, MOM_USER, 0, "num", num, "pin", "P1", NULL);
    }
    then = export_engine(w->engine, &options);
    assert_int_equal(mom_store_lmdb_backup(&w->store, f->copy, 1700000123456), MOM_OK);
    hub_change(w, MOM_USER, 1, "name", "After", NULL);
    assert_int_equal(hub_change(w, MOM_USER, 0, "num", "2", NULL), 202);
    now = export_engine(w->engine, &options);
    assert_string_not_equal(then, now);
    engine = open_engine(store_at(f->copy), 0, 1);
    copied = export_engine(engine, &options);
    assert_string_equal(then, copied);
    mom_engine_free(engine);
    world_free(w);
    /* The store itself has no mark. */
    engine = open_engine(store_at(f->store), 0, 1);
    assert_false(mom_engine_restored(engine, NULL));
    mom_engine_free(engine);
    free(then);
    free(now);
    free(copied);
}

static void copy_is_made_with_a_reader_but_not_within_a_write(void **state)
{
    struct folders *f = *state;
    struct world *w = world_at(f->store);
    struct mom_store memory;
    struct mom_view *view;
    struct mom_txn *txn;
    char second[100];

    assert_int_equal(w->store.ops->begin(w->store.store, true, &txn), MOM_OK);
    assert_int_equal(mom_store_lmdb_backup(&w->store, f->copy, 1), MOM_ESTATE);
    w->store.ops->abort(txn);
    assert_int_not_equal(access(f->copy, F_OK), 0);
    view = world_view(w);
    assert_int_equal(mom_store_lmdb_backup(&w->store, f->copy, 1), MOM_OK);
    mom_view_close(view);
    snprintf(second, sizeof second, "%s/second", f->root);
    assert_int_equal(mom_store_lmdb_backup(&w->store, second, 1), MOM_OK);
    assert_int_equal(mom_store_lmdb_backup(&w->store, "", 1), MOM_EINVAL);
    assert_int_equal(mom_store_memory_new(NULL, &memory), MOM_OK);
    assert_int_equal(mom_store_lmdb_backup(&memory, second, 1), MOM_ESTATE);
    memory.ops->close(memory.store);
    world_free(w);
}

static void existing_target_is_left_alone(void **state)
{
    struct folders *f = *state;
    struct world *w = world_at(f->store);
    struct stat st;

    assert_int_equal(mkdir(f->copy, 0700), 0);
    assert_int_equal(mom_store_lmdb_backup(&w->store, f->copy, 1), MOM_EEXIST);
    assert_int_equal(mom_store_lmdb_backup(&w->store, f->store, 1), MOM_EEXIST);
    assert_int_equal(rmdir(f->copy), 0); /* empty still */
    assert_int_equal(mom_store_lmdb_backup(&w->store, "/nowhere/at/all", 1), MOM_ESTORE);
    assert_int_equal(mom_store_lmdb_backup(&w->store, f->copy, 1), MOM_OK);
    assert_int_equal(mom_store_lmdb_backup(&w->store, f->copy, 1), MOM_EEXIST);
    assert_int_equal(stat(f->copy, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    world_free(w);
}

/* A limit on the size of files stands for a full disk. */
static void full_disk_leaves_nothing_behind(void **state)
{
    struct folders *f = *state;
    struct world *w = world_at(f->store);
    struct rlimit was, low;
    int rc;

    for (int i = 0; i < 50; i++) {
        char num[16];

        snprintf(num, sizeof num, "%d", 1000 + i);
        hub_change(w, MOM_USER, 0, "num", num, NULL);
    }
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    low = was;
    low.rlim_cur = 16384;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    rc = mom_store_lmdb_backup(&w->store, f->copy, 1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    assert_int_equal(rc, MOM_EFULL);
    assert_int_not_equal(access(f->copy, F_OK), 0);
    assert_int_equal(mom_store_lmdb_backup(&w->store, f->copy, 1), MOM_OK);
    world_free(w);
}

static void marked_copy_is_noticed_once_and_says_when(void **state)
{
    struct folders *f = *state;
    struct world *w = world_at(f->store);
    struct mom_restored info;
    struct mom_engine *engine;
    uint64_t life;

    hub_change(w, MOM_USER, 0, "num", "1", NULL);
    assert_int_equal(mom_store_lmdb_backup(&w->store, f->copy, 1700000123456), MOM_OK);
    world_free(w);
    engine = open_engine(store_at(f->copy), 0, 1);
    assert_true(mom_engine_restored(engine, &info));
    assert_int_equal(info.snapshot_ms, 1700000123456);
    assert_int_equal(info.noticed_ms, 1700000200000);
    assert_string_equal(info.version, mom_version());
    life = mom_engine_incarnation(engine);
    mom_engine_free(engine);
    /* Nobody has dealt with it: it is still known, and is not noticed a second time. */
    engine = open_engine(store_at(f->copy), life, 2);
    assert_true(mom_engine_restored(engine, &info));
    assert_int_equal(info.snapshot_ms, 1700000123456);
    mom_engine_free(engine);
}

/* --- incarnations, on a store in memory that is opened again ---------------------------------- */

/* The engine closes its store: this keeps it. */
struct kept {
    struct mom_store store;
    struct mom_store_ops ops;
};

static void keep_open(void *store)
{
    (void)store;
}

static void kept_new(struct kept *k)
{
    assert_int_equal(mom_store_memory_new(NULL, &k->store), MOM_OK);
    k->ops = *k->store.ops;
    k->ops.close = keep_open;
}

static struct mom_engine *kept_open(struct kept *k, uint64_t witness, uint64_t seed)
{
    return open_engine((struct mom_store){&k->ops, k->store.store}, witness, seed);
}

static void kept_free(struct kept *k)
{
    k->store.ops->close(k->store.store);
}

static void every_life_has_a_number_of_its_own(void **state)
{
    struct kept k;
    struct mom_engine *engine;
    uint64_t lives[4];

    (void)state;
    kept_new(&k);
    for (int i = 0; i < 4; i++) {
        engine = kept_open(&k, i ? lives[i - 1] : 0, i < 2 ? 5 : 0);
        lives[i] = mom_engine_incarnation(engine);
        assert_false(mom_engine_restored(engine, NULL));
        mom_engine_free(engine);
        assert_int_not_equal(lives[i], 0);
        for (int j = 0; j < i; j++)
            assert_int_not_equal(lives[i], lives[j]);
    }
    kept_free(&k);
}

static void host_that_did_not_note_the_last_number_is_believed(void **state)
{
    struct kept k;
    uint64_t first, second;
    struct mom_engine *engine;

    (void)state;
    kept_new(&k);
    engine = kept_open(&k, 0, 1);
    first = mom_engine_incarnation(engine);
    mom_engine_free(engine);
    engine = kept_open(&k, first, 2);
    second = mom_engine_incarnation(engine);
    mom_engine_free(engine);
    engine = kept_open(&k, first, 3); /* died before it could note `second` */
    assert_false(mom_engine_restored(engine, NULL));
    mom_engine_free(engine);
    engine = kept_open(&k, second, 4);
    assert_false(mom_engine_restored(engine, NULL));
    mom_engine_free(engine);
    engine = kept_open(&k, first, 5);
    assert_true(mom_engine_restored(engine, NULL));
    mom_engine_free(engine);
    kept_free(&k);
}

static uint64_t create(struct mom_engine *engine, const char *num, int64_t wall_ms)
{
    const struct mom_attr attr = {S("num"), S(num)};
    struct mom_input in = {
        .kind = MOM_IN_CHANGE, .type = MOM_USER, .attrs = &attr, .attr_count = 1, .tag = 1};
    struct mom_batch *batch = mom_batch_new(NULL);
    struct mom_now now = {2000, wall_ms};
    struct mom_action action;
    uint64_t id = 0;

    assert_int_equal(mom_batch_add(batch, &in), MOM_OK);
    assert_int_equal(mom_engine_step(engine, &now, batch), MOM_OK);
    while (mom_engine_next_action(engine, &action)) {
        if (action.kind == MOM_DO_DONE)
            id = action.id;
    }
    mom_batch_free(batch);
    return id;
}

static void older_copy_without_a_mark_is_noticed_and_gives_no_id_twice(void **state)
{
    struct kept k, old;
    struct mom_restored info;
    struct mom_engine *engine;
    char path[] = "/tmp/momsync-image-XXXXXX";
    int fd = mkstemp(path);
    FILE *file;
    uint64_t witness, id = 0, again;

    (void)state;
    assert_true(fd >= 0);
    kept_new(&k);
    engine = kept_open(&k, 0, 1);
    create(engine, "1", 1700000200000);
    mom_engine_free(engine);
    file = fdopen(fd, "w");
    image_write(&k.store, file, true); /* as somebody copies the files */
    fclose(file);
    for (uint64_t i = 2; i < 5; i++) {
        char num[8];

        engine = kept_open(&k, 0, i);
        snprintf(num, sizeof num, "%u", (unsigned)i);
        id = create(engine, num, 1700000200000);
        witness = mom_engine_incarnation(engine);
        mom_engine_free(engine);
    }
    kept_new(&old);
    image_read(&old.store, path);
    remove(path);
    engine = kept_open(&old, witness, 9);
    assert_true(mom_engine_restored(engine, &info));
    assert_int_equal(info.snapshot_ms, 0);
    assert_string_equal(info.version, "");
    again = create(engine, "9", 1700000200000);
    assert_true(again >= id + (1 << 19));
    mom_engine_free(engine);
    kept_free(&old);
    kept_free(&k);
}

static void lost_store_is_noticed(void **state)
{
    struct kept k;
    struct mom_engine *engine;

    (void)state;
    kept_new(&k);
    engine = kept_open(&k, 12345, 1);
    assert_true(mom_engine_restored(engine, NULL));
    mom_engine_free(engine);
    kept_free(&k);
}

static void number_is_renewed_with_changes_of_later_hours(void **state)
{
    struct kept k;
    struct mom_engine *engine;
    uint64_t first, second;

    (void)state;
    kept_new(&k);
    engine = kept_open(&k, 0, 1);
    first = mom_engine_incarnation(engine);
    create(engine, "1", 1700000200000 + 3599999);
    assert_int_equal(mom_engine_incarnation(engine), first);
    create(engine, "2", 1700000200000 + 3600000);
    second = mom_engine_incarnation(engine);
    assert_int_not_equal(second, first);
    create(engine, "3", 1700000200000 + 3600001);
    assert_int_equal(mom_engine_incarnation(engine), second);
    mom_engine_free(engine);
    kept_free(&k);
}

static void restored_store_is_so_until_the_host_has_seen_it(void **state)
{
    const struct mom_input seen = {.kind = MOM_IN_RESTORED_SEEN, .tag = 4};
    struct mom_batch *batch = mom_batch_new(NULL);
    struct mom_now now = {2000, 1700000300000};
    struct mom_engine *engine;
    struct mom_action action;
    struct kept k;

    (void)state;
    kept_new(&k);
    engine = kept_open(&k, 12345, 1);
    assert_int_equal(mom_engine_reload(engine, &now), MOM_OK);
    assert_true(mom_engine_restored(engine, NULL));
    assert_int_equal(mom_batch_add(batch, &seen), MOM_OK);
    assert_int_equal(mom_engine_step(engine, &now, batch), MOM_OK);
    assert_true(mom_engine_next_action(engine, &action));
    assert_int_equal(action.kind, MOM_DO_DONE);
    assert_false(mom_engine_next_action(engine, &action));
    assert_false(mom_engine_restored(engine, NULL));
    assert_int_equal(mom_engine_reload(engine, &now), MOM_OK);
    assert_false(mom_engine_restored(engine, NULL));
    mom_batch_free(batch);
    mom_engine_free(engine);
    kept_free(&k);
}

/* Any operation of the opening may fail: then the next opening notices it just as well. */
static void failure_while_it_is_noticed_forgets_nothing(void **state)
{
    struct mom_now now = {1000, 1700000200000};
    int rc = MOM_ESTORE;

    (void)state;
    for (uint64_t n = 1; rc != MOM_OK; n++) {
        struct mom_config config = {.size = sizeof config, .witness = 12345};
        struct mom_engine *engine;
        struct kept k;

        kept_new(&k);
        mom_engine_free(kept_open(&k, 0, 1));
        config.store = (struct mom_store){&k.ops, k.store.store};
        mom__store_memory_fail_after(&k.store, n, MOM_ESTORE);
        rc = mom_engine_new(&config, &now, &engine);
        mom__store_memory_fail_after(&k.store, 0, 0);
        if (rc != MOM_OK)
            engine = kept_open(&k, 12345, 1);
        assert_true(mom_engine_restored(engine, NULL));
        mom_engine_free(engine);
        kept_free(&k);
    }
}

#define FOLDERS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDERS(copy_has_what_was_committed_and_the_writer_goes_on),
        FOLDERS(copy_is_made_with_a_reader_but_not_within_a_write),
        FOLDERS(existing_target_is_left_alone),
        FOLDERS(full_disk_leaves_nothing_behind),
        FOLDERS(marked_copy_is_noticed_once_and_says_when),
        cmocka_unit_test(every_life_has_a_number_of_its_own),
        cmocka_unit_test(host_that_did_not_note_the_last_number_is_believed),
        cmocka_unit_test(older_copy_without_a_mark_is_noticed_and_gives_no_id_twice),
        cmocka_unit_test(lost_store_is_noticed),
        cmocka_unit_test(number_is_renewed_with_changes_of_later_hours),
        cmocka_unit_test(restored_store_is_so_until_the_host_has_seen_it),
        cmocka_unit_test(failure_while_it_is_noticed_forgets_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
