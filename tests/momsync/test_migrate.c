/*
 * Migrations: steps of the tests' own on both stores, failing and dying in the middle, and the
 * images of stores that earlier formats left (tests/momsync/data).
 *
 * MOM_STORE_IMAGE=FILE writes the image of the store that this build makes: what has to be
 * committed as data/store_N.txt before format N is given up.
 */
#define _GNU_SOURCE 1 /* open_memstream, mkdtemp, nftw */

#include "everything.h"
#include "image.h"
#include "keys.h"
#include "schema.h"
#include "text.h"

#include <ftw.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- stores ----------------------------------------------------------------------------------- */

struct fixture {
    struct mom_store store;
    char dir[64]; /* empty: memory */
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void open_lmdb(struct fixture *f)
{
    struct mom_lmdb_options options = {.path = f->dir, .map_size = 256 * 1024};

    assert_int_equal(mom_store_lmdb_open(&options, &f->store), MOM_OK);
}

static int setup_memory(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    assert_int_equal(mom_store_memory_new(NULL, &f->store), MOM_OK);
    *state = f;
    return 0;
}

static int setup_lmdb(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    snprintf(f->dir, sizeof f->dir, "%s/momsync-test-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(f->dir));
    open_lmdb(f);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    f->store.ops->close(f->store.store);
    if (f->dir[0])
        nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(f);
    return 0;
}

/* A store of format 1 with so many settings, each "old". */
/* A store of format 1, whatever the newest is. */
static void fill(struct fixture *f, unsigned rows)
{
    static const struct mom__schema_plan to_one = {1, NULL, 0, {0}};
    struct mom__schema_report report;
    struct mom_txn *txn;

    assert_int_equal(mom__schema_open_plan(&f->store, &to_one, &report), MOM_OK);
    assert_int_equal(f->store.ops->begin(f->store.store, true, &txn), MOM_OK);
    for (unsigned i = 0; i < rows; i++) {
        struct mom__key key;

        assert_int_equal(f->store.ops->put(txn, MOM_T_SETTING, mom__key_id(&key, i + 1), S("old")),
                         MOM_OK);
    }
    assert_int_equal(f->store.ops->commit(txn), MOM_OK);
}

struct count {
    struct mom_str value;
    unsigned rows, equal;
};

static bool count_row(void *user, struct mom_str key, struct mom_str value)
{
    struct count *count = user;

    (void)key;
    count->rows++;
    count->equal += mom__equal(value, count->value);
    return true;
}

static struct count count_rows(struct fixture *f, enum mom_table table, const char *value)
{
    struct count count = {.value = S(value)};
    struct mom_txn *txn;

    assert_int_equal(f->store.ops->begin(f->store.store, false, &txn), MOM_OK);
    assert_int_equal(f->store.ops->scan(txn, table, S(""), count_row, &count), MOM_OK);
    f->store.ops->abort(txn);
    return count;
}

static uint64_t format_of(struct fixture *f)
{
    struct mom_str value;
    struct mom_txn *txn;
    uint64_t format;

    assert_int_equal(f->store.ops->begin(f->store.store, false, &txn), MOM_OK);
    assert_int_equal(f->store.ops->get(txn, MOM_T_META, S(MOM__META_FORMAT), &value), MOM_OK);
    assert_int_equal(mom__value_read_u64(value, &format), MOM_OK);
    f->store.ops->abort(txn);
    return format;
}

/* --- steps ------------------------------------------------------------------------------------ */

enum { ROWS = 1000 };

struct trial {
    unsigned rows, fail_at, die_at, big;
};
static struct trial trial; /* what the steps below do */

static int renew_row(struct mom__migration *m, struct mom_str key, struct mom_str value, void *user)
{
    unsigned *rows = user;

    (void)value;
    if (++*rows == trial.fail_at)
        return MOM_ESTORE;
    if (*rows == trial.die_at)
        _exit(7);
    return m->ops->put(m->txn, MOM_T_SETTING, key, S("new"));
}

static int renew(struct mom__migration *m)
{
    unsigned rows = 0;
    int rc = mom__migrate_rows(m, MOM_T_SETTING, renew_row, &rows);

    trial.rows = rows;
    return rc;
}

static int to_3(struct mom__migration *m)
{
    assert_int_equal(m->from, 2);
    return m->ops->put(m->txn, MOM_T_META, S("third"), S("yes"));
}

/* Rows move to another table, and each leaves a large one: the map cannot hold them. */
static int move_row(struct mom__migration *m, struct mom_str key, struct mom_str value, void *user)
{
    int rc = m->ops->put(m->txn, MOM_T_CONFLICT, key, value);

    (void)user;
    if (rc == MOM_OK)
        rc = m->ops->del(m->txn, MOM_T_SETTING, key);
    if (rc == MOM_OK && trial.big) {
        char *large = mom__arena_zalloc(&m->arena, trial.big);

        assert_non_null(large);
        rc = m->ops->put(m->txn, MOM_T_SITE, key, (struct mom_str){large, trial.big});
    }
    return rc;
}

static int move(struct mom__migration *m)
{
    trial.rows++;
    return mom__migrate_rows(m, MOM_T_SETTING, move_row, NULL);
}

static int clear(struct mom__migration *m)
{
    return mom__migrate_clear(m, MOM_T_SETTING);
}

static const struct mom__migrate_step chain[] = {{1, renew, "settings are new"},
                                                 {2, to_3, "third"}};
static const struct mom__schema_plan to_two = {2, chain, 1, {0}};
static const struct mom__schema_plan to_three = {3, chain, 2, {0}};

static void steps_run_in_one_transaction_with_the_number(void **state)
{
    struct fixture *f = *state;
    struct mom__schema_report report;

    trial = (struct trial){0};
    fill(f, ROWS);
    assert_int_equal(mom__schema_open_plan(&f->store, &to_three, &report), MOM_OK);
    assert_int_equal(report.found, 1);
    assert_int_equal(report.wanted, 3);
    assert_int_equal(report.rows, ROWS);
    assert_int_equal(format_of(f), 3);
    assert_int_equal(count_rows(f, MOM_T_SETTING, "new").equal, ROWS);
    assert_int_equal(count_rows(f, MOM_T_META, "yes").equal, 1);
    trial.rows = 0;
    assert_int_equal(mom__schema_open_plan(&f->store, &to_three, &report), MOM_OK);
    assert_int_equal(report.found, 3);
    assert_int_equal(trial.rows, 0); /* not run again */
}

static void failure_in_the_middle_leaves_the_old_format(void **state)
{
    struct fixture *f = *state;
    struct mom__schema_report report;
    char *before, *after;

    fill(f, ROWS);
    before = image_text(&f->store);
    for (unsigned at = 1; at <= ROWS; at += 111) {
        trial = (struct trial){.fail_at = at};
        assert_int_equal(mom__schema_open_plan(&f->store, &to_three, &report), MOM_ESTORE);
    }
    after = image_text(&f->store);
    assert_string_equal(before, after);
    trial = (struct trial){0};
    assert_int_equal(mom__schema_open_plan(&f->store, &to_three, &report), MOM_OK);
    assert_int_equal(format_of(f), 3);
    free(before);
    free(after);
}

static void every_failing_operation_leaves_the_old_format(void **state)
{
    struct fixture *f = *state;
    struct mom__schema_report report;
    char *before, *after;
    uint64_t n = 0;
    int rc;

    trial = (struct trial){0};
    fill(f, 20);
    before = image_text(&f->store);
    do {
        mom__store_memory_fail_after(&f->store, ++n, MOM_ESTORE);
        rc = mom__schema_open_plan(&f->store, &to_three, &report);
        mom__store_memory_fail_after(&f->store, 0, 0);
        after = image_text(&f->store);
        assert_true(rc == MOM_OK || strcmp(before, after) == 0);
        free(after);
    } while (rc != MOM_OK);
    assert_true(n > 40);
    assert_int_equal(format_of(f), 3);
    free(before);
}

static void death_in_the_middle_leaves_the_old_format(void **state)
{
    struct fixture *f = *state;
    struct mom__schema_report report;
    char *before = NULL, *after;
    int status;

    fill(f, ROWS);
    before = image_text(&f->store);
    f->store.ops->close(f->store.store);
    for (unsigned at = 1; at < ROWS; at += 333) {
        pid_t child = fork();

        if (child == 0) {
            open_lmdb(f);
            trial = (struct trial){.die_at = at};
            _exit(mom__schema_open_plan(&f->store, &to_two, &report) == MOM_OK ? 1 : 2);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 7);
    }
    open_lmdb(f);
    after = image_text(&f->store);
    assert_string_equal(before, after);
    free(before);
    free(after);
    trial = (struct trial){0};
    assert_int_equal(mom__schema_open_plan(&f->store, &to_two, &report), MOM_OK);
    assert_int_equal(format_of(f), 2);
}

static void full_map_grows_and_the_migration_is_run_again(void **state)
{
    static const struct mom__migrate_step moving[] = {{1, move, "settings are conflicts"}};
    const struct mom__schema_plan plan = {2, moving, 1, {0}};
    struct fixture *f = *state;
    struct mom__schema_report report;

    fill(f, 300);
    trial = (struct trial){.big = 20000};
    assert_int_equal(mom__schema_open_plan(&f->store, &plan, &report), MOM_OK);
    assert_true(trial.rows > 1);
    assert_int_equal(count_rows(f, MOM_T_SETTING, "old").rows, 0);
    assert_int_equal(count_rows(f, MOM_T_CONFLICT, "old").equal, 300);
    assert_int_equal(count_rows(f, MOM_T_SITE, "").rows, 300);
}

static void table_is_cleared_whatever_its_size(void **state)
{
    static const struct mom__migrate_step clearing[] = {{1, clear, "no settings"}};
    const struct mom__schema_plan plan = {2, clearing, 1, {0}};
    struct fixture *f = *state;
    struct mom__schema_report report;

    fill(f, ROWS);
    assert_int_equal(mom__schema_open_plan(&f->store, &plan, &report), MOM_OK);
    assert_int_equal(count_rows(f, MOM_T_SETTING, "old").rows, 0);
    assert_int_equal(report.rows, ROWS);
}

static void newer_format_and_one_without_a_way_are_refused(void **state)
{
    static const struct mom__migrate_step gap[] = {{2, to_3, "third"}};
    const struct mom__schema_plan to_three_only = {3, gap, 1, {0}};
    struct fixture *f = *state;
    struct mom__schema_report report;
    char *before, *after;

    trial = (struct trial){0};
    fill(f, 3);
    assert_int_equal(mom__schema_open_plan(&f->store, &to_three_only, &report), MOM_ECORRUPT);
    assert_int_equal(mom__schema_open_plan(&f->store, &to_three, &report), MOM_OK);
    before = image_text(&f->store);
    assert_int_equal(mom__schema_open_plan(&f->store, &to_two, &report), MOM_EFORMAT);
    assert_int_equal(report.found, 3);
    assert_int_equal(report.wanted, 2);
    after = image_text(&f->store);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

static void keep_line(void *user, enum mom_level level, const char *line)
{
    if (level == MOM_LOG_ERROR)
        snprintf(user, 512, "%s", line);
}

static void refusal_of_a_newer_format_names_both(void **state)
{
    struct mom_config config = {.size = sizeof config, .log = keep_line};
    struct mom_now now = {1000, 1700000000000};
    struct mom_engine *engine;
    char line[512] = "", ours[32];
    unsigned char number[8];
    struct mom_txn *txn;

    (void)state;
    config.user = line;
    assert_int_equal(mom_store_memory_new(NULL, &config.store), MOM_OK);
    assert_int_equal(config.store.ops->begin(config.store.store, true, &txn), MOM_OK);
    assert_int_equal(
        config.store.ops->put(txn, MOM_T_META, S(MOM__META_FORMAT), mom__value_u64(number, 4077)),
        MOM_OK);
    assert_int_equal(config.store.ops->commit(txn), MOM_OK);
    assert_int_equal(mom_engine_new(&config, &now, &engine), MOM_EFORMAT);
    snprintf(ours, sizeof ours, "format %d ", (int)MOM__SCHEMA_FORMAT);
    assert_non_null(strstr(line, "format 4077"));
    assert_non_null(strstr(line, ours));
    config.store.ops->close(config.store.store);
}

/* --- images ----------------------------------------------------------------------------------- */

/* What `everything` must look like however old its image is. */
static void check_everything(struct mom_engine *engine, struct world *w)
{
    struct mom_counts counts;
    uint64_t anna, bert, boss, phone;

    w->engine = engine;
    counts = hub_counts(w);
    assert_int_equal(counts.users, 4);
    assert_int_equal(counts.devices, 2);
    assert_int_equal(counts.parked, 1);
    assert_int_equal(counts.tombstones, 1);
    assert_int_equal(counts.permanent, 1);
    assert_true(counts.conflicts >= 2);
    anna = hub_find(w, MOM_USER_num, "4711");
    bert = hub_find(w, MOM_USER_num, "4712");
    boss = hub_find(w, MOM_USER_num, "1");
    phone = hub_find(w, MOM_DEVICE_ipei, PHONE);
    assert_string_equal(hub_value(w, anna, MOM_USER_name), "Anna \xc3\x84rmel");
    assert_int_equal(hub_partner(w, anna), phone);
    assert_int_equal(hub_partner(w, phone), anna);
    assert_int_equal(hub_value(w, anna, MOM_USER_sipPw)[0], 'K');
    assert_string_equal(hub_value(w, bert, MOM_USER_name), "Bertl");
    assert_string_equal(hub_value(w, bert, MOM_USER_pin), "P1234");
    assert_string_equal(hub_value(w, boss, MOM_USER_sipPw), "Pclear");
    assert_int_equal(hub_find(w, MOM_USER_num, "4799"), 0);
    assert_int_not_equal(hub_find(w, MOM_DEVICE_ipei, OTHER), 0);
}

static void check_rows(struct mom_engine *engine, uint64_t phone)
{
    struct mom_site_info info;
    struct mom_view *view;

    for (mom_site n = 1; n <= 3; n++) {
        assert_true(mom_engine_site(engine, n, &info));
        assert_int_equal(info.park.ari, 0x10280000u + n);
    }
    assert_int_equal(mom_view_open(engine, &view), MOM_OK);
    assert_int_not_equal(mom_view_local(view, 1, phone), 0);
    assert_true(mom__equal_c(mom_view_setting(view, S("colour")), "blue"));
    assert_int_equal(mom_view_setting(view, S("binary")).len, 5);
    mom_view_close(view);
}

static void open_image(struct fixture *f, const char *path)
{
    struct mom_config config = {.size = sizeof config, .store = f->store};
    struct world w = {.now = {1000, 1700000100000}};
    struct mom_engine *engine;

    image_read(&f->store, path);
    assert_int_equal(mom_engine_new(&config, &w.now, &engine), MOM_OK);
    assert_int_equal(format_of(f), MOM__SCHEMA_FORMAT);
    check_everything(engine, &w);
    check_rows(engine, hub_find(&w, MOM_DEVICE_ipei, PHONE));
    mom_engine_free(engine);
}

static void store_of_format_1_is_read(void **state)
{
    struct fixture *f = *state;

    open_image(f, "tests/momsync/data/store_1.txt");
    if (f->dir[0])
        open_lmdb(f); /* the fixture closes it */
    else
        assert_int_equal(mom_store_memory_new(NULL, &f->store), MOM_OK);
}

static void store_of_this_build_is_what_the_image_is_made_of(void **state)
{
    const char *path = getenv("MOM_STORE_IMAGE");
    struct world *w = everything();
    FILE *file;

    (void)state;
    check_everything(w->engine, w);
    check_rows(w->engine, hub_find(w, MOM_DEVICE_ipei, PHONE));
    /* One that is opened goes on as docs/handoff.md says of `reloaded`. */
    assert_int_equal(mom_engine_handoff(w->engine, hub_find(w, MOM_DEVICE_ipei, PHONE)).to, 3);
    if (path) {
        file = fopen(path, "w");
        assert_non_null(file);
        fprintf(file, "# A store of format %d: table, key, value. Written by test_migrate.\n",
                (int)MOM__SCHEMA_FORMAT);
        image_write(&w->store, file, true);
        assert_int_equal(fclose(file), 0);
    }
    world_free(w);
}

/* The table of tables in docs/store.md names those of the code, in their order. */
static void tables_of_the_documentation_are_those_of_the_code(void **state)
{
    char *doc = read_file("docs/store.md"), *at = strstr(doc, "| table | key | value |\n"), *end;

    (void)state;
    assert_non_null(at);
    end = strstr(at, "\n\n");
    assert_non_null(end);
    *end = '\0';
    for (int t = 0; t < MOM_T_COUNT; t++) {
        char row[64];

        snprintf(row, sizeof row, "\n| `%s` | ", image_table(t));
        at = strstr(at, row);
        if (!at) {
            fail_msg("docs/store.md does not have %s at its place", image_table(t));
            return;
        }
        at++;
    }
    assert_null(strstr(at, "\n| `"));
    free(doc);
}

#define MEMORY(test) cmocka_unit_test_setup_teardown(test, setup_memory, teardown)
#define LMDB(test)   cmocka_unit_test_setup_teardown(test, setup_lmdb, teardown)
#define BOTH(test)                                                                                 \
    {"memory: " #test, test, setup_memory, teardown, NULL},                                        \
    {                                                                                              \
        "lmdb: " #test, test, setup_lmdb, teardown, NULL                                           \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(steps_run_in_one_transaction_with_the_number),
        BOTH(failure_in_the_middle_leaves_the_old_format),
        MEMORY(every_failing_operation_leaves_the_old_format),
        LMDB(death_in_the_middle_leaves_the_old_format),
        LMDB(full_map_grows_and_the_migration_is_run_again),
        BOTH(table_is_cleared_whatever_its_size),
        BOTH(newer_format_and_one_without_a_way_are_refused),
        cmocka_unit_test(refusal_of_a_newer_format_names_both),
        BOTH(store_of_format_1_is_read),
        cmocka_unit_test(store_of_this_build_is_what_the_image_is_made_of),
        cmocka_unit_test(tables_of_the_documentation_are_those_of_the_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
