/*
 * Secrets at rest: nothing that a person could read is in the store, what was written before is
 * sealed with the next write or by resealing, keys change, and a secret that cannot be opened is
 * neither shown, nor sent, nor lost.
 */
#define _GNU_SOURCE 1 /* open_memstream */

#include "transfer_support.h"

#include "core_support.h"

#include "image.h"
#include "keys.h"
#include "record.h"
#include "seal.h"

static const char *const secrets[] = {"Pclear", "P1234", "P9999",
                                      "00112233445566778899AABBCCDDEEFF"};

/* Is the text anywhere in the store, in clear? */
static bool has_text(const struct mom_store *store, const char *text)
{
    char *image = image_text(store), hex[200];
    bool found;

    for (size_t i = 0; text[i]; i++)
        snprintf(hex + 2 * i, 3, "%02x", (unsigned)(unsigned char)text[i]);
    found = strstr(image, hex) != NULL;
    free(image);
    return found;
}

/* A copy of the world's store, so that an engine with another configuration can have it. */
static struct mom_store copy_of(const struct mom_store *store)
{
    char *image = image_text(store), *rest = image, *line;
    struct mom_store copy;
    struct mom_txn *txn;

    assert_int_equal(mom_store_memory_new(NULL, &copy), MOM_OK);
    assert_int_equal(copy.ops->begin(copy.store, true, &txn), MOM_OK);
    while ((line = strsep(&rest, "\n")) != NULL && *line)
        image_put(&copy, txn, line);
    assert_int_equal(copy.ops->commit(txn), MOM_OK);
    free(image);
    return copy;
}

/* The world goes on with another engine; its sites are connected anew. */
static void reopen(struct world *w, const struct mom_sealer *sealer)
{
    struct mom_config config = {.size = sizeof config};

    if (sealer)
        config.sealer = *sealer;
    config.user = w;
    config.log = world_log;
    config.trace = world_trace;
    config.store = copy_of(&w->store);
    mom_engine_free(w->engine);
    w->store = config.store;
    assert_int_equal(mom_engine_new(&config, &w->now, &w->engine), MOM_OK);
    for (unsigned i = 1; i <= w->site_count; i++) {
        if (w->sites[i].up)
            world_connect_now(w, &w->sites[i]);
    }
    world_run(w);
}

static struct mom_sealing sealing_of(struct world *w)
{
    struct mom_view *view = world_view(w);
    struct mom_sealing sealing;

    assert_int_equal(mom_view_sealing(view, &sealing), MOM_OK);
    mom_view_close(view);
    return sealing;
}

static struct mom_reseal reseal(struct world *w, size_t limit)
{
    struct mom_reseal progress = {.after = 0};
    int calls = 0;

    while (!progress.done) {
        assert_int_equal(mom_engine_reseal(w->engine, limit, &progress), MOM_OK);
        assert_true(++calls < 100);
    }
    return progress;
}

static void secrets_are_sealed_when_they_are_written(void **state)
{
    struct toy toy = {0};
    struct mom_sealer sealer = toy_sealer(&toy, 1);
    struct world *w = world_new();
    uint64_t user;

    (void)state;
    reopen(w, &sealer);
    world_add_site(w);
    user = hub_change(w, MOM_USER, 0, "num", "4711", "pin", "P1234", "sipPw", "Pclear", NULL);
    site_device(w, 1, PHONE);
    world_connect(w, 1);
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        assert_false(has_text(&w->store, secrets[i]));
    assert_string_equal(hub_value(w, user, MOM_USER_pin), "P1234");
    assert_string_equal(hub_value(w, hub_find(w, MOM_DEVICE_ipei, PHONE), MOM_DEVICE_uak),
                        secrets[3]);
    assert_int_equal(sealing_of(w).current, 3);
    assert_int_equal(sealing_of(w).clear, 0);
    reopen(w, &sealer);
    assert_string_equal(hub_value(w, user, MOM_USER_sipPw), "Pclear");
    world_check(w);
    world_free(w);
}

static void world_with_a_sealer_ends_like_one_without(void **state)
{
    struct toy toy = {0}, passphrase = {0};
    struct mom_sealer sealer = toy_sealer(&toy, 1), key = toy_sealer(&passphrase, 2);
    struct world *plain = everything(), *sealed = everything();
    char *a, *b;

    (void)state;
    reopen(plain, NULL);
    reopen(sealed, &sealer);
    (void)reseal(sealed, 0);
    passphrase.serial = 0;
    a = export_of(plain, &key);
    passphrase.serial = 0;
    b = export_of(sealed, &key);
    assert_string_equal(a, b);
    free(a);
    free(b);
    world_free(plain);
    world_free(sealed);
}

static void store_without_seals_is_read_and_sealed_record_by_record(void **state)
{
    struct toy toy = {0};
    struct mom_sealer sealer = toy_sealer(&toy, 1);
    struct world *w = everything();
    struct mom_sealing before, after;

    (void)state;
    assert_true(has_text(&w->store, "P1234"));
    reopen(w, &sealer);
    before = sealing_of(w);
    assert_true(before.clear > 2);
    hub_change(w, MOM_USER, 4, "name", "Written", NULL);
    after = sealing_of(w);
    assert_int_equal(after.clear + 1, before.clear);
    assert_false(has_text(&w->store, "P1234"));
    assert_true(has_text(&w->store, "Pclear"));
    assert_string_equal(hub_value(w, 4, MOM_USER_pin), "P1234");
    world_free(w);
}

static void resealing_goes_on_in_pieces_until_no_older_key_is_needed(void **state)
{
    static const size_t limits[] = {0, 1, 2, 1000};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct toy toy = {0};
        struct mom_sealer first = toy_sealer(&toy, 1), second = toy_sealer(&toy, 2);
        struct world *w = everything();
        struct mom_reseal progress;
        struct mom_sealing sealing;

        reopen(w, &first);
        progress = reseal(w, limits[i]);
        assert_int_equal(progress.looked, 7);
        assert_true(progress.rewritten >= 3);
        assert_int_equal(sealing_of(w).clear, 0);
        for (size_t s = 0; s < sizeof secrets / sizeof secrets[0]; s++)
            assert_false(has_text(&w->store, secrets[s]));
        reopen(w, &second);
        sealing = sealing_of(w);
        assert_true(sealing.older >= 3);
        assert_int_equal(sealing.current, 0);
        progress = reseal(w, limits[i]);
        assert_int_equal(progress.unreadable, 0);
        assert_int_equal(sealing_of(w).older, 0);
        toy.keys = 1u << 2; /* the first is gone */
        assert_string_equal(hub_value(w, 4, MOM_USER_pin), "P1234");
        assert_int_equal(reseal(w, limits[i]).rewritten, 0);
        world_free(w);
    }
}

static void secret_that_cannot_be_opened_is_kept_and_not_shown(void **state)
{
    struct toy toy = {0}, wrong = {0};
    struct mom_sealer right = toy_sealer(&toy, 1), other = toy_sealer(&wrong, 2);
    struct world *w = everything();
    uint64_t phone;

    (void)state;
    reopen(w, &right);
    (void)reseal(w, 0);
    w->sites[2].puts = 0;
    reopen(w, &other);
    phone = hub_find(w, MOM_DEVICE_ipei, PHONE);
    assert_true(sealing_of(w).unreadable >= 3);
    assert_null(hub_value(w, 4, MOM_USER_pin));
    assert_string_equal(hub_value(w, 4, MOM_USER_name), "Bertl");
    assert_null(hub_value(w, phone, MOM_DEVICE_uak));
    world_wait(w, 60000);
    assert_int_equal(w->sites[2].puts, 0); /* nothing differs that could be sent */
    hub_change(w, MOM_USER, 4, "name", "Changed", NULL);
    assert_int_equal(w->sites[2].puts, 1);
    world_cut(w, 2);
    world_connect(w, 2);
    assert_int_equal(reseal(w, 0).rewritten, 0);
    assert_true(reseal(w, 0).unreadable >= 3);
    assert_string_equal(fake_get(fake_by(&w->sites[2], MOM_USER, "num", "4712"), "pin"), "1234");
    reopen(w, &right);
    assert_string_equal(hub_value(w, 4, MOM_USER_pin), "P1234");
    assert_string_equal(hub_value(w, 4, MOM_USER_name), "Changed");
    assert_string_equal(hub_value(w, phone, MOM_DEVICE_uak), secrets[3]);
    world_free(w);
}

static void secret_that_cannot_be_opened_can_be_set_anew(void **state)
{
    struct toy toy = {0}, wrong = {0};
    struct mom_sealer right = toy_sealer(&toy, 1), other = toy_sealer(&wrong, 2);
    struct world *w = everything();

    (void)state;
    reopen(w, &right);
    (void)reseal(w, 0);
    reopen(w, &other);
    hub_change(w, MOM_USER, 4, "pin", "P9999", NULL);
    assert_string_equal(hub_value(w, 4, MOM_USER_pin), "P9999");
    assert_string_equal(fake_get(fake_by(&w->sites[2], MOM_USER, "num", "4712"), "pin"), "9999");
    world_free(w);
}

static void value_that_was_moved_or_changed_does_not_open(void **state)
{
    struct toy toy = {0};
    struct mom_sealer sealer = toy_sealer(&toy, 1);
    struct mom__arena arena;
    struct mom_str sealed, clear, broken;

    (void)state;
    mom__arena_init(&arena, NULL);
    assert_int_equal(mom__seal_value(&sealer, 7, MOM_USER_pin, S("P1234"), &arena, &sealed),
                     MOM_OK);
    assert_true(mom__is_sealed_value(MOM_USER_pin, sealed));
    assert_false(mom__is_sealed_value(MOM_USER_name, sealed));
    assert_int_equal(mom__open_value(&sealer, 7, MOM_USER_pin, sealed, &arena, &clear), MOM_OK);
    assert_str(clear, "P1234");
    assert_int_equal(mom__open_value(&sealer, 8, MOM_USER_pin, sealed, &arena, &clear), MOM_ESTORE);
    assert_int_equal(mom__open_value(&sealer, 7, MOM_USER_sipPw, sealed, &arena, &clear),
                     MOM_ESTORE);
    for (size_t i = 1; i < sealed.len; i++) {
        char *bytes = mom__arena_bytes(&arena, sealed.len);

        memcpy(bytes, sealed.ptr, sealed.len);
        bytes[i] ^= 1;
        broken = (struct mom_str){bytes, sealed.len};
        assert_int_not_equal(mom__open_value(&sealer, 7, MOM_USER_pin, broken, &arena, &clear),
                             MOM_OK);
    }
    for (size_t len = 2; len < 2 + TOY_OVERHEAD; len++) {
        sealed.len = len;
        assert_int_equal(mom__open_value(&sealer, 7, MOM_USER_pin, sealed, &arena, &clear),
                         MOM_ESTORE);
    }
    mom__arena_done(&arena);
}

static int no_seal(void *user, uint8_t key, struct mom_str context, struct mom_str clear,
                   unsigned char *ret_sealed)
{
    (void)user, (void)key, (void)context, (void)clear, (void)ret_sealed;
    return MOM_ESTORE;
}

static void nothing_is_written_in_clear_when_sealing_fails(void **state)
{
    const struct mom_attr attrs[] = {{S("num"), S("4711")}, {S("pin"), S("P1234")}};
    struct mom_input in = {
        .kind = MOM_IN_CHANGE, .type = MOM_USER, .attrs = attrs, .attr_count = 2};
    struct toy toy = {0};
    struct mom_sealer sealer = toy_sealer(&toy, 1);
    struct world *w = world_new();

    (void)state;
    sealer.seal = no_seal;
    reopen(w, &sealer);
    assert_int_equal(mom_batch_add(w->next, &in), MOM_OK);
    assert_int_equal(mom_engine_step(w->engine, &w->now, w->next), MOM_ESTORE);
    assert_false(has_text(&w->store, "P1234"));
    assert_int_equal(mom_engine_reload(w->engine, &w->now), MOM_OK);
    assert_int_equal(hub_counts(w).users, 0);
    world_free(w);
}

static void largest_record_fits_with_its_seals(void **state)
{
    struct toy toy = {0};
    struct mom_sealer sealer = toy_sealer(&toy, 1);
    static char text[MOM__RECORD_MAX];
    struct mom__arena arena;
    struct mom__buf buf;

    (void)state;
    memset(text, 'P', sizeof text);
    sealer.overhead = MOM_SEAL_OVERHEAD_MAX;
    mom__arena_init(&arena, NULL);
    mom__buf_init(&buf, NULL);
    for (int type = MOM_USER; type <= MOM_DEVICE; type++) {
        struct mom_record record;
        struct mom_attr extra = {S("x"), {text, MOM__EXTRA_BYTES - 8}};

        mom__record_init(&record, (enum mom_type)type, UINT64_MAX);
        assert_int_equal(mom__record_set_extra(&record, &arena, &extra, 1), MOM_OK);
        for (enum mom_field f = mom__field_first(record.type); f != mom__field_end(record.type);
             f++) {
            mom__record_set(&record, f, (struct mom_str){text, mom__field_bytes(f)});
            mom__record_set_stamp(&record, f, (struct mom_stamp){(int)f, 1, 1});
        }
        assert_int_equal(mom__record_store(&sealer, &record, &arena, &buf), MOM_OK);
    }
    mom__buf_done(&buf);
    mom__arena_done(&arena);
}

static void resealing_at_the_wrong_time_is_refused(void **state)
{
    struct toy toy = {0};
    struct mom_sealer sealer = toy_sealer(&toy, 1), large = sealer;
    struct mom_reseal progress = {.after = 0};
    struct mom_config config = {.size = sizeof config};
    struct world *w = world_new();
    struct mom_engine *engine;
    struct mom_view *view;

    (void)state;
    assert_int_equal(mom_engine_reseal(w->engine, 1, &progress), MOM_ESTATE);
    large.overhead = MOM_SEAL_OVERHEAD_MAX + 1;
    config.sealer = large;
    config.store = w->store;
    assert_int_equal(mom_engine_new(&config, &w->now, &engine), MOM_EINVAL);
    reopen(w, &sealer);
    view = world_view(w);
    assert_int_equal(mom_engine_reseal(w->engine, 1, &progress), MOM_ESTATE);
    mom_view_close(view);
    assert_int_equal(mom_engine_reseal(w->engine, 1, NULL), MOM_EINVAL);
    assert_int_equal(mom_engine_reseal(w->engine, 1, &progress), MOM_OK);
    assert_true(progress.done);
    world_free(w);
}

/* A failure of any operation leaves the store and the progress as they were. */
static void failure_while_resealing_changes_nothing(void **state)
{
    struct toy toy = {0};
    struct mom_sealer sealer = toy_sealer(&toy, 1);
    struct world *w = everything();
    int rc = MOM_ESTORE;

    (void)state;
    reopen(w, &sealer);
    for (uint64_t n = 1; rc != MOM_OK; n++) {
        char *before = image_text(&w->store), *after;
        struct mom_reseal progress = {.after = 0};

        mom__store_memory_fail_after(&w->store, n, MOM_ESTORE);
        rc = mom_engine_reseal(w->engine, 0, &progress);
        mom__store_memory_fail_after(&w->store, 0, 0);
        after = image_text(&w->store);
        if (rc != MOM_OK) {
            assert_string_equal(before, after);
            assert_int_equal(progress.looked, 0);
        }
        free(before);
        free(after);
    }
    assert_int_equal(sealing_of(w).clear, 0);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_are_sealed_when_they_are_written),
        cmocka_unit_test(world_with_a_sealer_ends_like_one_without),
        cmocka_unit_test(store_without_seals_is_read_and_sealed_record_by_record),
        cmocka_unit_test(resealing_goes_on_in_pieces_until_no_older_key_is_needed),
        cmocka_unit_test(secret_that_cannot_be_opened_is_kept_and_not_shown),
        cmocka_unit_test(secret_that_cannot_be_opened_can_be_set_anew),
        cmocka_unit_test(value_that_was_moved_or_changed_does_not_open),
        cmocka_unit_test(nothing_is_written_in_clear_when_sealing_fails),
        cmocka_unit_test(largest_record_fits_with_its_seals),
        cmocka_unit_test(resealing_at_the_wrong_time_is_refused),
        cmocka_unit_test(failure_while_resealing_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
