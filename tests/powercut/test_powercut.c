/*
 * What was acknowledged is there, and nothing half-done: processes killed, disks cut, calls that fail, files cut off.
 * Everything follows from SEED (those processes apart that are killed from outside); POINTS says how many kills, images
 * and errors there are in all. PART=kill|cut|fault|full|length and POINT repeat one of them. Two planted faults show
 * that the machinery finds what it is for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <lmdb.h>

#include "powercut.h"

/* Of one chain, recording, run; and in all, when nothing else is said. */
#ifndef POWERCUT_POINTS
#define POWERCUT_POINTS 1500
#endif
enum { LIVES = 25, IMAGES = 200, ERRORS = 250, LENGTHS = 60 };

static struct powercut powercut;

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

/* Runs 0 … count - 1, or the one that is to be repeated; nothing when another part is. */
static void each(const char *part, uint64_t count, void (*run)(uint64_t))
{
    const char *only = getenv("PART");
    bool all = !only || !*only;
    if (!all && strcmp(only, part) != 0)
        return;
    uint64_t first = all ? 0 : setting("POINT", 0), last = all ? count : first + 1;
    for (uint64_t i = first; i < last && powercut.failures == 0; i++)
        run(i);
    assert_int_equal(powercut.failures, 0);
}

static uint64_t points(void)
{
    return setting("POINTS", POWERCUT_POINTS);
}

static unsigned long long counted(enum powercut_count what)
{
    return (unsigned long long)powercut.counts[what];
}

/* --- the parts -------------------------------------------------------------------------------- */

static int begin(void **state)
{
    (void)state;
    powercut_init(&powercut, setting("SEED", 1));
    return 0;
}

static int end(void **state)
{
    (void)state;
    powercut_done(&powercut);
    return 0;
}

static void one_chain(uint64_t number)
{
    powercut_kill(&powercut, number, LIVES);
}

static void killed_processes_leave_what_was_acknowledged(void **state)
{
    (void)state;
    each("kill", (points() / 4 + LIVES - 1) / LIVES, one_chain);
    printf("killed: %llu processes in a call, %llu at any moment; %llu steps acknowledged\n"
           "  %llu stores opened: %llu at the last acknowledged operation, %llu at the next; %llu "
           "grew\n",
           counted(PC_KILLS), counted(PC_KILLS_FREE), counted(PC_STEPS), counted(PC_OPENED),
           counted(PC_AT_K), counted(PC_AT_NEXT), counted(PC_GROWN));
}

static void one_recording(uint64_t number)
{
    powercut_cut(&powercut, number, IMAGES);
}

static void cut_disks_hold_what_was_acknowledged(void **state)
{
    (void)state;
    each("cut", (points() / 2 + IMAGES - 1) / IMAGES, one_recording);
    printf("cut: %llu disks, %llu torn, %llu with no store yet; %llu opened: %llu at the last "
           "acknowledged\n"
           "  operation, %llu at the next; %llu worked on\n",
           counted(PC_IMAGES), counted(PC_TORN), counted(PC_EMPTY), counted(PC_OPENED),
           counted(PC_AT_K), counted(PC_AT_NEXT), counted(PC_CONTINUED));
}

static void one_fault(uint64_t number)
{
    powercut_fault(&powercut, number, ERRORS);
}

static void one_full(uint64_t number)
{
    powercut_full(&powercut, number);
}

static void errors_of_the_disk_are_refused_cleanly(void **state)
{
    (void)state;
    each("fault", (points() / 6 + ERRORS - 1) / ERRORS, one_fault);
    each("full", points() / 60, one_full);
    printf(
        "errors: %llu runs; %llu operations refused, %llu reloads too; %llu found done after all\n",
        counted(PC_ERRORS), counted(PC_REFUSED), counted(PC_REOPENED), counted(PC_OPEN_END));
}

static void one_file(uint64_t number)
{
    powercut_length(&powercut, number, LENGTHS);
}

static void file_that_was_cut_off_is_refused(void **state)
{
    (void)state;
    each("length", points() / 12 / LENGTHS, one_file);
    printf("cut off: %llu files; %llu of them lacked free pages only\n", counted(PC_LENGTHS),
           counted(PC_OPENED));
}

/* Pages that were taken and given back in one transaction are never written: the file ends before them. */
static void file_that_lacks_free_pages_only_is_opened(void **state)
{
    static const char big[200000] = "x";
    const struct mom_str a = {"a", 1}, b = {"b", 1}, large = {big, sizeof big};
    struct mom_store store;
    struct mom_txn *txn;
    struct stat file;
    char path[200];
    MDB_env *env;
    MDB_envinfo info;
    (void)state;
    assert_int_equal(powercut_open(&powercut, &store), MOM_OK);
    for (int i = 0; i < 8; i++) { /* free pages for the list itself come first */
        assert_int_equal(store.ops->begin(store.store, true, &txn), MOM_OK);
        assert_int_equal(store.ops->put(txn, MOM_T_SETTING, a, i < 7 ? b : large), MOM_OK);
        assert_int_equal(store.ops->del(txn, MOM_T_SETTING, a), MOM_OK);
        assert_int_equal(store.ops->put(txn, MOM_T_SETTING, b, b), MOM_OK);
        assert_int_equal(store.ops->commit(txn), MOM_OK);
    }
    store.ops->close(store.store);

    snprintf(path, sizeof path, "%s/data.mdb", powercut.folder);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, powercut.folder, MDB_RDONLY, 0600), 0);
    assert_int_equal(mdb_env_info(env, &info), 0);
    mdb_env_close(env);
    assert_true((info.me_last_pgno + 1) * 4096 > (uint64_t)file.st_size);

    assert_int_equal(powercut_open(&powercut, &store), MOM_OK);
    store.ops->close(store.store);
}

/* --- the stream -------------------------------------------------------------------------------- */

static void stream_does_everything_that_a_node_does(void **state)
{
    struct mom_store store;
    struct mom_counts counts;
    struct mom_view *view;
    struct stream s;
    (void)state;
    assert_int_equal(mom_store_memory_new(NULL, &store), MOM_OK);
    assert_int_equal(stream_init(&s, powercut.seed, false, store), MOM_OK);
    while (s.step < 600)
        assert_int_equal(stream_advance(&s), MOM_OK);
    assert_int_equal(mom_view_open(s.engine, &view), MOM_OK);
    assert_int_equal(mom_view_counts(view, &counts), MOM_OK);
    mom_view_close(view);
    printf("a stream of 600 steps: %llu users, %llu devices, %llu parked, %llu tombstones, %llu "
           "conflicts, "
           "%llu handoffs\n",
           (unsigned long long)counts.users, (unsigned long long)counts.devices,
           (unsigned long long)counts.parked, (unsigned long long)counts.tombstones,
           (unsigned long long)counts.conflicts, (unsigned long long)s.handoffs);
    for (int kind = 0; kind <= MOM_IN_RENEWED; kind++)
        assert_true(s.kinds[kind] > 0);
    assert_true(counts.users && counts.devices && counts.tombstones && counts.conflicts);
    assert_true(counts.handoffs_done > 0);
    stream_done(&s);
    store.ops->close(store.store);
}

/* --- planted faults --------------------------------------------------------------------------- */

static void acknowledging_before_the_commit_is_found(void **state)
{
    (void)state;
    powercut.early = powercut.quiet = true;
    for (uint64_t i = 0; i < 20 && powercut.failures == 0; i++)
        one_chain(i);
    assert_true(powercut.failures > 0);
}

static void not_waiting_for_the_disk_is_found(void **state)
{
    (void)state;
    powercut.no_sync = powercut.quiet = true;
    powercut_cut(&powercut, 0, IMAGES);
    assert_true(powercut.failures > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(stream_does_everything_that_a_node_does, begin, end),
        cmocka_unit_test_setup_teardown(killed_processes_leave_what_was_acknowledged, begin, end),
        cmocka_unit_test_setup_teardown(cut_disks_hold_what_was_acknowledged, begin, end),
        cmocka_unit_test_setup_teardown(errors_of_the_disk_are_refused_cleanly, begin, end),
        cmocka_unit_test_setup_teardown(file_that_was_cut_off_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(file_that_lacks_free_pages_only_is_opened, begin, end),
        cmocka_unit_test_setup_teardown(acknowledging_before_the_commit_is_found, begin, end),
        cmocka_unit_test_setup_teardown(not_waiting_for_the_disk_is_found, begin, end),
    };
    printf("powercut: SEED=%llu POINTS=%llu\n", (unsigned long long)setting("SEED", 1),
           (unsigned long long)points());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
