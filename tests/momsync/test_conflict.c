/*
 * The list of conflicts: what a row has, that the outcome follows from it, that a row whose outcome
 * does not follow is noticed, and what becomes of old rows. The page docs/merge.md has the rules as
 * they run (UPDATE=1 writes them there).
 */
#define _GNU_SOURCE
#include "core_support.h"
#include "conflicts.h"

#include "group_codec.h"
#include "node.h"

static void row_has_all_that_decides(void **state)
{
    struct world *w = world_of_anna();
    struct mom_conflict c;
    struct mom_view *view;
    uint64_t n;

    (void)state;
    w->sites[1].clock_ms = 90000;
    n = conflict_over(w, "name", "Hub", "Site", 4000);
    view = world_view(w);
    c = row_of(view, n);
    assert_int_equal(c.type, MOM_USER);
    assert_int_equal(c.group, MOM_USER_name);
    assert_str(c.rule, "later");
    assert_str(c.kept, "name=Site");
    assert_str(c.lost, "name=Hub");
    assert_int_equal(c.from, 1);
    assert_true(c.theirs_won);
    assert_int_equal(c.winner.origin, 1);
    assert_int_equal(c.loser.origin, 0x01000000);
    assert_int_equal(c.clock_ms, 90000);
    assert_int_equal(c.told_ms, c.winner.ms + 90000);
    assert_int_equal(c.skew_ms, 60000);
    assert_true(c.base_hash != 0);
    assert_int_equal(c.undone.ms, 0);
    assert_true(c.kept_values.len > 0 && c.lost_values.len > 0);
    assert_true(mom_conflict_check(&c));
    mom_view_close(view);
    world_check(w);
    world_free(w);
}

static void time_in_the_future_is_recomputed_with_its_limit(void **state)
{
    struct world *w = world_of_anna();
    struct mom_conflict c;
    struct mom_view *view;
    uint64_t n;

    (void)state;
    w->sites[1].unseen_ms = 3600000;
    n = conflict_over(w, "name", "Hub", "Site", 4000);
    view = world_view(w);
    c = row_of(view, n);
    assert_int_equal(c.winner.ms, c.decided_ms + c.skew_ms);
    assert_true(c.told_ms > c.winner.ms);
    assert_true(mom_conflict_check(&c));
    c.told_ms = c.winner.ms - 1;
    assert_false(mom_conflict_check(&c));
    mom_view_close(view);
    world_free(w);
}

static void secrets_are_in_the_values_and_not_in_the_texts(void **state)
{
    struct world *w = world_of_anna();
    struct mom_conflict c;
    struct mom_view *view;
    uint64_t n;

    (void)state;
    n = conflict_over(w, "pin", "P1234", "9999", 4000);
    view = world_view(w);
    c = row_of(view, n);
    assert_str(c.kept, "pin=***");
    assert_str(c.lost, "pin=***");
    assert_true(memmem(c.lost_values.ptr, c.lost_values.len, "P1234", 5) != NULL);
    assert_true(mom_conflict_check(&c));
    mom_view_close(view);
    world_free(w);
}

/* --- a row that is wrong is noticed ----------------------------------------------------------- */

static void swap_stamps(struct mom_conflict *c)
{
    struct mom_stamp winner = c->winner;

    c->winner = c->loser;
    c->loser = winner;
}

static void swap_values(struct mom_conflict *c)
{
    struct mom_str kept = c->kept_values;
    bool deletion = c->kept_deletion;

    c->kept_values = c->lost_values;
    c->lost_values = kept;
    c->kept_deletion = c->lost_deletion;
    c->lost_deletion = deletion;
}

/* What decides is changed, one after the other: the outcome must not follow any more. */
static void assert_each_fact_counts(const struct mom_conflict *row)
{
    struct mom_conflict c = *row;

    assert_true(mom_conflict_check(&c));
    c.rule = mom__str("sooner");
    assert_false(mom_conflict_check(&c));
    c = *row;
    swap_stamps(&c);
    assert_false(mom_conflict_check(&c));
    if (row->winner.origin != row->loser.origin) {
        c = *row;
        c.theirs_won = !c.theirs_won;
        assert_false(mom_conflict_check(&c));
    }
    c = *row;
    c.kept_values.len /= 2;
    c.lost_values.len /= 2;
    assert_false(mom_conflict_check(&c));
    if (row->told_ms) {
        c = *row;
        c.clock_ms += 5000;
        assert_false(mom_conflict_check(&c));
    }
    if (row->base_hash) {
        c = *row;
        c.lost_values = c.kept_values;
        assert_false(mom_conflict_check(&c));
    }
    if (!row->group) {
        c = *row;
        swap_values(&c);
        assert_false(mom_conflict_check(&c));
    }
}

static void check_row(struct world *w, uint64_t n, const char *rule)
{
    struct mom_view *view = world_view(w);
    struct mom_conflict c = row_of(view, n);

    assert_str(c.rule, rule);
    assert_each_fact_counts(&c);
    mom_view_close(view);
    world_check(w);
    world_free(w);
}

static void outcome_of_two_edits_follows_from_the_row(void **state)
{
    struct world *w = world_of_anna();

    (void)state;
    check_row(w, conflict_over(w, "name", "Hub", "Site", 4000), "later");
    w = world_of_anna();
    check_row(w, conflict_over(w, "name", "Hub", "Site", -4000), "later");
    w = world_of_anna();
    w->now.wall_ms = w->now.wall_ms / 1000 * 1000 + 1000;
    check_row(w, conflict_over(w, "name", "Hub", "Site", 0), "tie-origin");
}

static void outcome_of_a_deletion_follows_from_the_row(void **state)
{
    struct world *w;

    (void)state;
    for (int i = 0; i < 4; i++) {
        w = world_of_anna();
        check_row(w, conflict_of_deletion(w, i & 1, i & 2),
                  i & 2 ? "delete-over-edit" : "edit-over-delete");
    }
}

static void value_that_both_had_agreed_on_is_no_conflict(void **state)
{
    struct world *w = world_of_anna();
    uint64_t n = conflict_over(w, "name", "Hub", "Site", 4000);
    struct mom_view *view = world_view(w);
    struct mom_conflict c = row_of(view, n);
    struct mom_record r;
    bool marked[MOM__FIELDS_MAX];
    struct mom__reader reader;
    struct mom__arena arena;

    (void)state;
    mom__arena_init(&arena, NULL);
    mom__record_init(&r, MOM_USER, 1);
    mom__reader_init(&reader, c.lost_values);
    assert_int_equal(mom__groups_decode(&reader, &arena, &r, marked), MOM_OK);
    c.base_hash = mom__record_group_hash(&r, MOM_USER_name, MOM__HASH_ALL);
    assert_false(mom_conflict_check(&c));
    mom__arena_done(&arena);
    mom_view_close(view);
    world_free(w);
}

static void uniqueness_follows_from_the_row(void **state)
{
    struct world *w = world_of_anna();
    struct mom_conflict c, other;
    struct mom_view *view;

    (void)state;
    another_4711(w);
    view = world_view(w);
    c = row_of(view, 1);
    assert_str(c.rule, "unique");
    assert_int_equal(c.group, MOM_USER_num);
    assert_true(c.other != 0 && c.other != c.id);
    assert_true(mom_conflict_check(&c));
    other = c;
    swap_stamps(&other);
    assert_false(mom_conflict_check(&other));
    other = c;
    other.other = c.id;
    assert_false(mom_conflict_check(&other));
    mom_view_close(view);
    world_check(w);
    world_free(w);
}

static void equal_stamps_between_nodes_are_decided_by_the_value(void **state)
{
    struct world *w = world_of_anna();
    uint64_t n = conflict_over(w, "name", "Hub", "Site", 4000);
    struct mom_view *view = world_view(w);
    struct mom_conflict c = row_of(view, n);
    bool one, two;

    (void)state;
    c.rule = mom__str("tie-value");
    c.from = 0x01000001;
    assert_false(mom_conflict_check(&c));
    c.loser = c.winner;
    one = mom_conflict_check(&c);
    swap_values(&c);
    two = mom_conflict_check(&c);
    assert_true(one != two);
    c = row_of(view, n); /* whole stamps count between nodes */
    c.from = 0x01000001;
    c.told_ms = 0;
    c.winner = (struct mom_stamp){c.loser.ms, (uint16_t)(c.loser.counter + 1), 0x01000001};
    assert_true(mom_conflict_check(&c));
    c.winner = c.loser;
    assert_false(mom_conflict_check(&c));
    mom_view_close(view);
    world_free(w);
}

static void change_past_a_limit_is_one_that_was_not_taken(void **state)
{
    struct world *w = world_of_anna();
    uint64_t n = conflict_over(w, "name", "Hub", "Site", -4000);
    struct mom_view *view = world_view(w);
    struct mom_conflict c = row_of(view, n), other;

    (void)state;
    c.rule = mom__str("limit");
    assert_true(mom_conflict_check(&c));
    other = c;
    other.lost_values = c.kept_values;
    assert_false(mom_conflict_check(&other));
    other = c;
    other.theirs_won = true;
    assert_false(mom_conflict_check(&other));
    mom_view_close(view);
    world_free(w);
}

/* --- rows of other times ---------------------------------------------------------------------- */

static void row_of_the_first_format_is_read(void **state)
{
    struct world *w = world_of_anna();
    struct mom_stamp early = {1000, 0, 1}, late = {2000, 1, 0x01000000};
    unsigned char stamp[MOM__STAMP_LEN];
    struct mom_conflict c;
    struct mom_view *view;
    struct mom_txn *txn;
    struct mom__buf buf;
    struct mom__key key;

    (void)state;
    mom__buf_init(&buf, NULL);
    mom__buf_u8(&buf, 1);
    mom__buf_u64(&buf, anna(w));
    mom__buf_u8(&buf, MOM_USER);
    mom__buf_u8(&buf, mom_field_info(MOM_USER_name)->code);
    mom__stamp_encode(late, stamp);
    mom__buf_bytes(&buf, stamp, sizeof stamp);
    mom__stamp_encode(early, stamp);
    mom__buf_bytes(&buf, stamp, sizeof stamp);
    mom__buf_zigzag(&buf, 3000);
    mom__buf_str(&buf, mom__str("name=A"));
    mom__buf_str(&buf, mom__str("name=B"));
    mom__buf_str(&buf, mom__str("later"));
    assert_int_equal(w->store.ops->begin(w->store.store, true, &txn), MOM_OK);
    assert_int_equal(
        w->store.ops->put(txn, MOM_T_CONFLICT, mom__key_id(&key, 1), mom__buf_view(&buf)), MOM_OK);
    assert_int_equal(w->store.ops->commit(txn), MOM_OK);
    mom__buf_done(&buf);
    view = world_view(w);
    c = row_of(view, 1);
    assert_int_equal(c.group, MOM_USER_name);
    assert_str(c.kept, "name=A");
    assert_int_equal(c.from, 0);
    assert_null(c.kept_values.ptr);
    assert_true(mom_conflict_check(&c));
    swap_stamps(&c);
    assert_false(mom_conflict_check(&c));
    mom_view_close(view);
    assert_int_equal(hub_undo(w, 1), MOM_ESTATE); /* its values were not kept */
    world_free(w);
}

static void oldest_rows_go_first(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct mom_conflict c = {.sequence = 0};
    struct mom_store store;
    struct mom_view *view;

    (void)state;
    assert_non_null(w);
    assert_int_equal(mom_store_memory_new(NULL, &store), MOM_OK);
    w->limits.conflicts = 3;
    world_init_on(w, store);
    world_add_site(w);
    site_person(w, 1, "4711", "Anna", PHONE1);
    world_connect(w, 1);
    for (unsigned i = 1; i <= 5; i++) {
        char at_hub[8], at_site[8];

        snprintf(at_hub, sizeof at_hub, "h%u", i);
        snprintf(at_site, sizeof at_site, "s%u", i);
        assert_int_equal(conflict_over(w, "name", at_hub, at_site, 4000), i);
        assert_int_equal(hub_counts(w).conflicts, i < 3 ? i : 3);
    }
    view = world_view(w);
    assert_true(mom_view_next_conflict(view, 0, &c));
    assert_int_equal(c.sequence, 3);
    mom_view_close(view);
    world_crash(w);
    world_run(w);
    assert_int_equal(hub_counts(w).conflicts, 3);
    assert_int_equal(conflict_over(w, "name", "h6", "s6", 4000), 6);
    world_check(w);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_has_all_that_decides),
        cmocka_unit_test(time_in_the_future_is_recomputed_with_its_limit),
        cmocka_unit_test(secrets_are_in_the_values_and_not_in_the_texts),
        cmocka_unit_test(outcome_of_two_edits_follows_from_the_row),
        cmocka_unit_test(outcome_of_a_deletion_follows_from_the_row),
        cmocka_unit_test(value_that_both_had_agreed_on_is_no_conflict),
        cmocka_unit_test(uniqueness_follows_from_the_row),
        cmocka_unit_test(equal_stamps_between_nodes_are_decided_by_the_value),
        cmocka_unit_test(change_past_a_limit_is_one_that_was_not_taken),
        cmocka_unit_test(row_of_the_first_format_is_read),
        cmocka_unit_test(oldest_rows_go_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
