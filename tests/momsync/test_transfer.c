/*
 * Export and import: what is written is read again exactly, inspecting changes nothing, filling
 * overwrites nothing, rolling back ends as the file says and reaches the sites, and no file, however
 * wrong, does anything but to be refused with its line.
 */
#define _GNU_SOURCE 1 /* open_memstream */

#include "transfer_support.h"

#include "core_support.h"

#include "image.h"

static const struct mom_import_options standard = {.size = sizeof standard};

/* --- the form --------------------------------------------------------------------------------- */

static void export_is_what_the_documentation_shows(void **state)
{
    static const char expected[] =
        "momsync-export 1 version=\"0.1.0\" time=1700000005000 sari=1F10280001 secrets=none\n"
        "site 1 name=\"site1\" park=1F10280001\n"
        "setting \"colour\" \"deep \\\"blue\\\"\\n\"\n"
        "device 1 created=1700000000000.0.1 site=1 epoch=1 claim=1700000000000 "
        "@1700000000000.0.1 ipei=\"03074 0220259 3\" relType=\"Dynamic\" partner=2 s=\"Yes\" "
        "subscriptionId=\"0503074022025900\"\n"
        "user 2 created=1700000000000.0.1 site=1 epoch=1 claim=1700000000000 "
        "@1700000000000.0.1 num=\"4711\" @1700000005000.0.16777216 name=\"Anna \xc3\x84rmel\" "
        "@1700000000000.0.1 sipAuthId=\"4711\" permanent=\"0\" relType=\"Dynamic\" partner=1\n"
        "user 3 created=1700000005000.1.16777216 deleted=1700000005000.2.16777216 "
        "@1700000005000.1.16777216 num=\"4712\"\n"
        "end 6\n";
    struct mom_input in = {.kind = MOM_IN_SETTING, .name = S("colour")};
    struct world *w = world_new();
    char *text, *doc;

    (void)state;
    world_add_site(w);
    site_person(w, 1, "4711", "Anna", PHONE);
    world_connect(w, 1);
    world_wait(w, 5000);
    hub_change(w, MOM_USER, hub_find(w, MOM_USER_num, "4711"), "name", "Anna \xc3\x84rmel", NULL);
    hub_delete(w, hub_change(w, MOM_USER, 0, "num", "4712", NULL));
    in.value = S("deep \"blue\"\n");
    add(w, &in);
    world_run(w);
    text = export_of(w, NULL);
    assert_string_equal(text, expected);
    doc = read_file("docs/store.md");
    assert_non_null(strstr(doc, expected));
    free(doc);
    free(text);
    world_free(w);
}

static void secrets_are_not_in_an_export_without_a_key(void **state)
{
    struct world *w = everything();
    struct toy toy = {0};
    struct mom_sealer sealer = toy_sealer(&toy, 3);
    char *without = export_of(w, NULL), *with = export_of(w, &sealer);

    (void)state;
    assert_null(strstr(without, "pin="));
    assert_null(strstr(without, "sipPw="));
    assert_null(strstr(without, "uak="));
    assert_non_null(strstr(with, "pin=*03"));
    assert_null(strstr(with, "1234"));
    assert_null(strstr(with, "Pclear"));
    free(without);
    free(with);
    world_free(w);
}

/* --- filling ---------------------------------------------------------------------------------- */

static void empty_store_that_is_filled_exports_the_same(void **state)
{
    struct world *w = everything();
    struct toy toy = {0};
    struct mom_sealer sealer = toy_sealer(&toy, 3);
    char *text = export_of(w, &sealer);
    static const size_t limits[] = {0, 1, 3, 1000};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct mom_import *imp = import_read(text, &sealer);
        struct world *other = world_new();
        char *again, *plain, *plain_again;

        import_run(other, imp, MOM_IMPORT_FILL, limits[i]);
        assert_int_equal(other->refused, 0);
        again = export_of(other, NULL);
        plain = export_of(w, NULL);
        plain_again = strstr(again, "site 1");
        /* A site's PARK is learnt when it connects. */
        assert_string_equal(strstr(plain, "setting "), strstr(again, "setting "));
        assert_non_null(plain_again);
        assert_true(mom_park_equal(mom_engine_sari(other->engine), mom_engine_sari(w->engine)));
        assert_string_equal(hub_value(other, hub_find(other, MOM_USER_num, "4712"), MOM_USER_pin),
                            "P1234");
        assert_as_in_file(other, imp);
        assert_int_equal(hub_counts(other).parked, 1);
        assert_int_equal(hub_counts(other).tombstones, 1);
        mom_import_free(imp);
        free(again);
        free(plain);
        world_free(other);
    }
    free(text);
    world_free(w);
}

static void ids_of_a_file_are_not_given_again(void **state)
{
    struct world *w = everything(), *other = world_new();
    char *text = export_of(w, NULL);
    struct mom_import *imp = import_read(text, NULL);
    uint64_t id;

    (void)state;
    import_run(other, imp, MOM_IMPORT_FILL, 0);
    id = hub_change(other, MOM_USER, 0, "num", "77", NULL);
    assert_true(id > 7);
    mom_import_free(imp);
    free(text);
    world_free(other);
    world_free(w);
}

static void filling_overwrites_nothing(void **state)
{
    struct world *w = everything();
    struct toy toy = {0};
    struct mom_sealer sealer = toy_sealer(&toy, 3);
    char *text = export_of(w, &sealer);
    struct mom_import *imp = import_read(text, &sealer);
    uint64_t anna = hub_find(w, MOM_USER_num, "4711"), bert = hub_find(w, MOM_USER_num, "4712");
    uint64_t boss = hub_find(w, MOM_USER_num, "1"), extra;
    struct mom_import_counts c;

    (void)state;
    hub_change(w, MOM_USER, bert, "name", "Somebody", NULL);
    hub_delete(w, boss);
    hub_bind(w, anna, 0);
    extra = hub_change(w, MOM_USER, 0, "num", "99", NULL);
    c = import_compare(w, imp, MOM_IMPORT_FILL, NULL, NULL);
    assert_int_equal(c.kept, 2); /* Bert differs, Boss was deleted */
    assert_int_equal(c.created + c.filled + c.deleted + c.changed + c.revived, 0);
    assert_int_equal(c.related, 1);
    import_run(w, imp, MOM_IMPORT_FILL, 2);
    assert_string_equal(hub_value(w, bert, MOM_USER_name), "Somebody");
    assert_int_equal(hub_find(w, MOM_USER_num, "1"), 0);
    assert_int_equal(hub_find(w, MOM_USER_num, "99"), extra);
    assert_int_not_equal(hub_partner(w, anna), 0);
    mom_import_free(imp);
    free(text);
    world_free(w);
}

static void filling_completes_what_no_site_has_told(void **state)
{
    static const char text[] = "momsync-export 1 secrets=none\n"
                               "user 1 created=1600000000000.0.5 @1600000000000.0.5 num=\"4711\" "
                               "name=\"Other\" hierarchy1=\"Ward\" addId=\"77\" +newer=\"x\"\n"
                               "end 2\n";
    struct world *w = world_new();
    struct mom_import *imp = import_read(text, NULL);
    uint64_t id = hub_change(w, MOM_USER, 0, "num", "4711", "name", "Anna", NULL), other;
    struct mom_view *view;

    (void)state;
    assert_int_equal(id, 1);
    other = hub_change(w, MOM_USER, 0, "num", "4712", "addId", "77", NULL);
    assert_int_equal(import_compare(w, imp, MOM_IMPORT_FILL, NULL, NULL).filled, 1);
    import_run(w, imp, MOM_IMPORT_FILL, 0);
    assert_string_equal(hub_value(w, id, MOM_USER_name), "Anna");
    assert_string_equal(hub_value(w, id, MOM_USER_hierarchy1), "Ward");
    assert_null(hub_value(w, id, MOM_USER_addId)); /* somebody else has it */
    assert_string_equal(hub_value(w, other, MOM_USER_addId), "77");
    view = world_view(w);
    assert_int_equal(mom_record_stamp(mom_view_record(view, id), MOM_USER_hierarchy1).origin, 5);
    mom_view_close(view);
    mom_import_free(imp);
    world_free(w);
}

static void same_person_under_another_id_is_a_clash(void **state)
{
    struct world *w = everything(), *other = world_new();
    char *text = export_of(w, NULL);
    struct mom_import *imp = import_read(text, NULL);
    struct mom_import_counts c;

    (void)state;
    for (int i = 0; i < 20; i++) { /* ids of the file are not used */
        char num[16];

        snprintf(num, sizeof num, "5%03d", i);
        hub_delete(other, hub_change(other, MOM_USER, 0, "num", num, NULL));
    }
    hub_change(other, MOM_USER, 0, "num", "4711", NULL);
    c = import_compare(other, imp, MOM_IMPORT_FILL, NULL, NULL);
    assert_int_equal(c.clashes + c.kept, 6); /* the ids were those of users who were deleted */
    import_run(other, imp, MOM_IMPORT_FILL, 0);
    assert_int_equal(hub_counts(other).users, 1);
    mom_import_free(imp);
    free(text);
    world_free(other);
    world_free(w);
}

/* --- inspecting ------------------------------------------------------------------------------- */

struct list {
    char text[8192];
    size_t len;
};

static bool list_one(void *user, const struct mom_import_difference *d)
{
    struct list *list = user;

    list->len += (size_t)snprintf(
        list->text + list->len, sizeof list->text - list->len, "%d %llu %s [%.*s] [%.*s]\n",
        (int)d->kind, (unsigned long long)d->id, d->group ? mom_field_info(d->group)->name : "-",
        (int)d->here.len, d->here.ptr ? d->here.ptr : "", (int)d->file.len,
        d->file.ptr ? d->file.ptr : "");
    assert_true(list->len < sizeof list->text);
    return true;
}

static void inspecting_lists_the_differences_and_changes_nothing(void **state)
{
    struct world *w = everything();
    struct toy toy = {0};
    struct mom_sealer sealer = toy_sealer(&toy, 3);
    char *text = export_of(w, &sealer), *before, *after;
    struct mom_import *imp = import_read(text, &sealer);
    struct list list = {"", 0};
    struct mom_import_counts c;

    (void)state;
    assert_as_in_file(w, imp);
    hub_change(w, MOM_USER, 4, "name", "Somebody", "pin", "P9999", NULL);
    hub_delete(w, 5);
    hub_change(w, MOM_USER, 0, "num", "99", "name", "New", NULL);
    hub_bind(w, 2, 0);
    before = export_of(w, NULL);
    c = import_compare(w, imp, MOM_IMPORT_INSPECT, list_one, &list);
    after = export_of(w, NULL);
    assert_string_equal(before, after);
    assert_int_equal(c.changed, 1);
    assert_int_equal(c.revived, 1);
    assert_int_equal(c.deleted, 1);
    assert_int_equal(c.related, 1);
    assert_non_null(strstr(list.text, "3 4 name [name=Somebody] [name=Bertl]\n"));
    assert_non_null(strstr(list.text, "3 4 pin [pin=***] [pin=***]\n"));
    assert_non_null(strstr(list.text, "2 5 - [num=1 name=Boss] [num=1 name=Boss]\n"));
    assert_non_null(strstr(list.text, "6 8 - [num=99 name=New] []\n"));
    assert_non_null(strstr(list.text, "5 1 relType [0] [2]\n"));
    mom_import_free(imp);
    free(before);
    free(after);
    free(text);
    world_free(w);
}

static void export_without_secrets_says_nothing_of_them(void **state)
{
    struct world *w = everything();
    char *text = export_of(w, NULL);
    struct mom_import *imp = import_read(text, NULL);

    (void)state;
    assert_as_in_file(w, imp);
    hub_change(w, MOM_USER, 4, "pin", "P9999", "name", "Somebody", NULL);
    import_run(w, imp, MOM_IMPORT_ROLL_BACK, 0);
    assert_string_equal(hub_value(w, 4, MOM_USER_name), "Bertl");
    assert_string_equal(hub_value(w, 4, MOM_USER_pin), "P9999");
    assert_as_in_file(w, imp);
    mom_import_free(imp);
    free(text);
    world_free(w);
}

/* --- rolling back ----------------------------------------------------------------------------- */

static void change_everything(struct world *w)
{
    hub_change(w, MOM_USER, 4, "name", "Somebody", "hierarchy1", "Ward", "pin", "P9999", NULL);
    hub_change(w, MOM_USER, 4, "num", "4799", NULL);
    hub_change(w, MOM_USER, 0, "num", "4712", "name", "Has Bert's number", NULL);
    hub_delete(w, 5);
    hub_bind(w, 2, 0);
    hub_bind(w, 4, 1);
    hub_delete(w, 7);
}

static void rolling_back_ends_as_in_the_file_and_reaches_the_sites(void **state)
{
    static const size_t limits[] = {0, 1, 2, 1000};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct world *w = everything();
        struct toy toy = {0};
        struct mom_sealer sealer = toy_sealer(&toy, 3);
        char *text = export_of(w, &sealer);
        struct mom_import *imp = import_read(text, &sealer);
        unsigned steps;

        world_cut(w, 3); /* where an answer is still owed */
        w->sites[3].mute = false;
        world_connect(w, 3);
        world_wait(w, 60000);
        change_everything(w);
        world_wait(w, 60000);
        steps = import_run(w, imp, MOM_IMPORT_ROLL_BACK, limits[i]);
        assert_true(limits[i] != 1 || steps > 5);
        assert_int_equal(w->refused, 0);
        assert_as_in_file(w, imp);
        world_wait(w, 60000);
        assert_as_in_file(w, imp);
        world_check(w);
        assert_string_equal(hub_value(w, 4, MOM_USER_num), "4712");
        assert_string_equal(hub_value(w, 4, MOM_USER_pin), "P1234");
        assert_string_equal(hub_value(w, 4, MOM_USER_hierarchy1), "");
        assert_int_equal(hub_partner(w, 2), 1);
        mom_import_free(imp);
        free(text);
        world_free(w);
    }
}

static void rolling_back_makes_new_changes(void **state)
{
    struct world *w = everything();
    char *text = export_of(w, NULL);
    struct mom_import *imp = import_read(text, NULL);
    struct mom_stamp changed, back;
    struct mom_view *view;

    (void)state;
    hub_change(w, MOM_USER, 4, "name", "Somebody", NULL);
    view = world_view(w);
    changed = mom_record_stamp(mom_view_record(view, 4), MOM_USER_name);
    mom_view_close(view);
    import_run(w, imp, MOM_IMPORT_ROLL_BACK, 0);
    view = world_view(w);
    back = mom_record_stamp(mom_view_record(view, 4), MOM_USER_name);
    mom_view_close(view);
    assert_true(mom_stamp_compare(back, changed) > 0);
    mom_import_free(imp);
    free(text);
    world_free(w);
}

/* Everybody has the number of the next one. */
static void numbers_that_were_exchanged_are_exchanged_back(void **state)
{
    static const size_t limits[] = {0, 1, 4};
    char num[16];

    (void)state;
    for (size_t l = 0; l < 3; l++) {
        struct world *w = world_new();
        struct mom_import *imp;
        char *text;

        for (int i = 0; i < 10; i++) {
            snprintf(num, sizeof num, "%d", 100 + i);
            hub_change(w, MOM_USER, 0, "num", num, NULL);
        }
        text = export_of(w, NULL);
        hub_change(w, MOM_USER, 1, "num", "999", NULL);
        for (int i = 2; i <= 10; i++) {
            snprintf(num, sizeof num, "%d", 100 + i - 2);
            assert_int_not_equal(hub_change(w, MOM_USER, (uint64_t)i, "num", num, NULL), 0);
        }
        hub_change(w, MOM_USER, 1, "num", "109", NULL);
        imp = import_read(text, NULL);
        import_run(w, imp, MOM_IMPORT_ROLL_BACK, limits[l]);
        assert_as_in_file(w, imp);
        assert_int_equal(hub_counts(w).parked, 0);
        assert_int_equal(w->conflicts, 0);
        mom_import_free(imp);
        free(text);
        world_free(w);
    }
}

static void limit_of_the_system_is_told_and_the_others_come(void **state)
{
    struct world *w = everything(), *small = calloc(1, sizeof *small);
    char *text = export_of(w, NULL);
    struct mom_import *imp = import_read(text, NULL);
    struct mom_store store;

    (void)state;
    assert_non_null(small);
    assert_int_equal(mom_store_memory_new(NULL, &store), MOM_OK);
    small->limits.users = 2;
    world_init_on(small, store);
    import_run(small, imp, MOM_IMPORT_FILL, 0);
    assert_int_equal(small->refused, MOM_ELIMIT);
    assert_int_equal(hub_counts(small).users, 2);
    assert_int_equal(hub_counts(small).devices, 2);
    mom_import_free(imp);
    free(text);
    world_free(small);
    world_free(w);
}

static void file_of_another_system_is_refused(void **state)
{
    static const char text[] = "momsync-export 1 sari=1F10289999 secrets=none\nend 1\n";
    struct world *w = everything();
    struct mom_import *imp = import_read(text, NULL);
    struct mom_view *view = world_view(w);
    bool more;

    (void)state;
    assert_int_equal(mom_import_begin(imp, MOM_IMPORT_ROLL_BACK), MOM_OK);
    assert_int_equal(mom_import_next(imp, view, w->next, 0, &more), MOM_EIDENT);
    assert_int_equal(mom_batch_count(w->next), 0);
    mom_view_close(view);
    mom_import_free(imp);
    world_free(w);
}

/* --- hostile files ---------------------------------------------------------------------------- */

#define HEAD "momsync-export 1 secrets=none\n"
#define USER "user 1 created=1.0.1 @1.0.1 num=\"1\""

static void wrong_files_are_refused_with_their_line(void **state)
{
    static const struct {
        const char *text, *line;
        int rc;
    } cases[] = {
        {"", "line 1:", MOM_EVALUE},
        {"hello\n", "line 1:", MOM_EVALUE},
        {"momsync-export 2\n", "line 1:", MOM_EFORMAT},
        {"momsync-export 1 sari=XX\n", "line 1:", MOM_EIDENT},
        {"momsync-export 1 colour=blue\n", "line 1:", MOM_EFORMAT},
        {HEAD, "line 2:", MOM_EVALUE},
        {HEAD "end 2\n", "line 2:", MOM_EVALUE},
        {HEAD "end 1\n" USER "\n", "line 3:", MOM_EVALUE},
        {HEAD "\n# comment\nnonsense 1\n", "line 4:", MOM_EFORMAT},
        {HEAD USER "\n" USER "\nend 3\n", "line 3:", MOM_EEXIST},
        {HEAD "user 0 created=1.0.1 @1.0.1 num=\"1\"\n", "line 2:", MOM_EVALUE},
        {HEAD "user 1 @1.0.1 num=\"1\"\n", "line 2:", MOM_EVALUE},
        {HEAD "user 1 created=1.0.1 num=\"1\"\n", "line 2:", MOM_EVALUE},
        {HEAD "user 1 created=1.0 @1.0.1\n", "line 2:", MOM_EVALUE},
        {HEAD "user 1 created=1.0.1 @1.70000.1\n", "line 2:", MOM_EVALUE},
        {HEAD "user 99999999999999999999 created=1.0.1\n", "line 2:", MOM_EVALUE},
        {HEAD USER " colour=\"x\"\n", "line 2:", MOM_EFIELD},
        {HEAD USER " num=\"2\"\n", "line 2:", MOM_EFIELD},
        {HEAD USER " name=\"open\n", "line 2:", MOM_EVALUE},
        {HEAD USER " name=\"\\q\"\n", "line 2:", MOM_EVALUE},
        {HEAD USER " name=bare\n", "line 2:", MOM_EVALUE},
        {HEAD USER " pin=\"P1\"\n", "line 2:", MOM_EVALUE},
        {HEAD USER " pin=*00ff\n", "line 2:", MOM_EVALUE},
        {HEAD USER " partner=1\n", "line 2:", MOM_ERELATION},
        {HEAD USER " partner=2\nend 2\n", "line 2:", MOM_ERELATION},
        {HEAD USER " parked partner=2\n", "line 2:", MOM_ERELATION},
        {HEAD USER " +a\n", "line 2:", MOM_EVALUE},
        {HEAD "site 0 name=\"x\"\n", "line 2:", MOM_EVALUE},
        {HEAD "site 1 name=\"x\"\nsite 1 name=\"y\"\n", "line 3:", MOM_EEXIST},
        {HEAD "site 16777216 name=\"x\"\n", "line 2:", MOM_EVALUE},
        {HEAD "setting \"\" \"x\"\n", "line 2:", MOM_ETOOLONG},
        {HEAD "setting \"a\" \"x\" y\n", "line 2:", MOM_EVALUE},
        {HEAD "setting \"a\" \"x\"\nsetting \"a\" \"x\"\n", "line 3:", MOM_EEXIST},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t piece = 1; piece < 200; piece += 66) {
            struct mom_import *imp = import_new(NULL);
            struct mom_import_info info;
            int rc = import_text(imp, cases[i].text, piece);

            if (rc != cases[i].rc ||
                strncmp(mom_import_error(imp), cases[i].line, strlen(cases[i].line)) != 0)
                fail_msg("case %zu: %s, '%s'", i, mom_err_name(rc), mom_import_error(imp));
            assert_int_equal(mom_import_feed(imp, "x", 1), rc);
            assert_false(mom_import_info(imp, &info));
            assert_int_equal(mom_import_begin(imp, MOM_IMPORT_FILL), MOM_ESTATE);
            mom_import_free(imp);
        }
    }
}

static void every_piece_size_reads_the_same(void **state)
{
    struct world *w = everything();
    char *text = export_of(w, NULL);

    (void)state;
    for (size_t piece = 1; piece < 100; piece++) {
        struct mom_import *imp = import_new(NULL);
        struct mom_import_info info;

        assert_int_equal(import_text(imp, text, piece), MOM_OK);
        assert_true(mom_import_info(imp, &info));
        assert_int_equal(info.users, 4);
        assert_int_equal(info.devices, 2);
        assert_int_equal(info.tombstones, 1);
        assert_int_equal(info.sites, 3);
        assert_int_equal(info.settings, 2);
        assert_int_equal(info.time_ms, w->now.wall_ms);
        assert_false(info.secrets);
        mom_import_free(imp);
    }
    free(text);
    world_free(w);
}

static void file_that_was_cut_off_is_not_taken(void **state)
{
    struct world *w = everything();
    char *text = export_of(w, NULL);

    (void)state;
    /* Without the last line end it is whole. */
    for (size_t len = strlen(text) - 2; len > 0; len -= len > 7 ? 7 : 1) {
        struct mom_import *imp = import_new(NULL);

        text[len] = '\0';
        assert_int_not_equal(import_text(imp, text, 1000), MOM_OK);
        mom_import_free(imp);
    }
    free(text);
    world_free(w);
}

static void secrets_open_with_their_key_alone(void **state)
{
    struct world *w = everything();
    struct toy toy = {0}, other = {0};
    struct mom_sealer sealer = toy_sealer(&toy, 3), wrong = toy_sealer(&other, 4);
    char *text = export_of(w, &sealer);
    struct mom_import *imp = import_new(&wrong);
    struct mom_import_info info;
    size_t at;

    (void)state;
    assert_int_equal(import_text(imp, text, 1000), MOM_EVALUE);
    mom_import_free(imp);
    imp = import_read(text, NULL); /* without any key they are left out */
    assert_true(mom_import_info(imp, &info));
    assert_false(info.secrets);
    mom_import_free(imp);
    at = (size_t)(strstr(text, "pin=*03") - text) + 9;
    text[at] = text[at] == '0' ? '1' : '0';
    imp = import_new(&sealer);
    assert_int_equal(import_text(imp, text, 1000), MOM_EVALUE);
    assert_non_null(strstr(mom_import_error(imp), "another key"));
    mom_import_free(imp);
    free(text);
    world_free(w);
}

static void import_stays_within_its_memory(void **state)
{
    struct mom_import_options options = standard;
    struct mom_import *imp;
    char line[128];
    int rc, i;

    (void)state;
    options.max_bytes = 100000;
    assert_int_equal(mom_import_new(&options, &imp), MOM_OK);
    rc = mom_import_feed(imp, HEAD, strlen(HEAD));
    for (i = 1; rc == MOM_OK && i < 10000; i++) {
        snprintf(line, sizeof line, "user %d created=1.0.1 @1.0.1 num=\"%d\"\n", i, i);
        rc = mom_import_feed(imp, line, strlen(line));
    }
    assert_int_equal(rc, MOM_ELIMIT);
    assert_true(i > 200 && i < 400);
    mom_import_free(imp);
}

static void endless_line_is_refused(void **state)
{
    struct mom_import *imp = import_new(NULL);
    size_t piece = 65536;
    char *blank = calloc(1, piece);
    int rc = mom_import_feed(imp, HEAD, strlen(HEAD));
    unsigned pieces = 0;

    (void)state;
    assert_non_null(blank);
    while (rc == MOM_OK && pieces++ < 1000)
        rc = mom_import_feed(imp, blank, piece);
    assert_int_equal(rc, MOM_ETOOLONG);
    mom_import_free(imp);
    free(blank);
}

static void no_memory_is_told_and_nothing_is_lost(void **state)
{
    struct world *w = everything();
    char *text = export_of(w, NULL);
    int rc = MOM_ENOMEM;

    (void)state;
    for (size_t at = 1; rc != MOM_OK; at++) {
        struct counter memory = {.fail_at = at};
        struct mom_import_options options = {.size = sizeof options, .alloc = counting(&memory)};
        struct mom_import *imp;

        rc = mom_import_new(&options, &imp);
        if (rc == MOM_OK) {
            rc = import_text(imp, text, 1000);
            mom_import_free(imp);
        }
        assert_true(rc == MOM_OK || rc == MOM_ENOMEM);
        assert_int_equal(memory.live, 0);
    }
    free(text);
    world_free(w);
}

static void calls_at_the_wrong_time_are_refused(void **state)
{
    struct mom_import *imp = import_new(NULL);
    struct world *w = world_new();
    struct mom_import_counts counts;
    struct mom_view *view = world_view(w);
    bool more;

    (void)state;
    assert_int_equal(mom_import_compare(imp, view, MOM_IMPORT_FILL, NULL, NULL, &counts),
                     MOM_ESTATE);
    assert_int_equal(mom_import_begin(imp, MOM_IMPORT_FILL), MOM_ESTATE);
    assert_int_equal(mom_import_next(imp, view, w->next, 0, &more), MOM_ESTATE);
    assert_int_equal(import_text(imp, HEAD "end 1\n", 7), MOM_OK);
    assert_int_equal(mom_import_feed(imp, "x", 1), MOM_ESTATE);
    assert_int_equal(mom_import_end(imp), MOM_ESTATE);
    assert_int_equal(mom_import_begin(imp, MOM_IMPORT_INSPECT), MOM_EINVAL);
    mom_view_close(view);
    mom_import_free(imp);
    world_free(w);
}

/* What a host could give that is not of an import. */
static void restore_inputs_are_checked_like_others(void **state)
{
    struct world *w = everything();
    char *before = export_of(w, NULL), *after;

    (void)state;
    for (int how = 0; how <= MOM_RESTORE_CHANGE_RELATION + 1; how++) {
        struct mom_input in = {.kind = MOM_IN_RESTORE, .restore = (enum mom_restore)how, .tag = 9};

        if (how == MOM_RESTORE_RELEASE)
            continue;
        for (uint64_t id = 0; id < 3; id++) {
            in.id = id;
            in.value = S(id == 1 ? "0123456789abcdef" : "");
            add(w, &in);
        }
    }
    world_run(w);
    assert_int_equal(w->refused, MOM_EVALUE);
    after = export_of(w, NULL);
    assert_string_equal(before, after);
    free(before);
    free(after);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(export_is_what_the_documentation_shows),
        cmocka_unit_test(secrets_are_not_in_an_export_without_a_key),
        cmocka_unit_test(empty_store_that_is_filled_exports_the_same),
        cmocka_unit_test(ids_of_a_file_are_not_given_again),
        cmocka_unit_test(filling_overwrites_nothing),
        cmocka_unit_test(filling_completes_what_no_site_has_told),
        cmocka_unit_test(same_person_under_another_id_is_a_clash),
        cmocka_unit_test(inspecting_lists_the_differences_and_changes_nothing),
        cmocka_unit_test(export_without_secrets_says_nothing_of_them),
        cmocka_unit_test(rolling_back_ends_as_in_the_file_and_reaches_the_sites),
        cmocka_unit_test(rolling_back_makes_new_changes),
        cmocka_unit_test(numbers_that_were_exchanged_are_exchanged_back),
        cmocka_unit_test(limit_of_the_system_is_told_and_the_others_come),
        cmocka_unit_test(file_of_another_system_is_refused),
        cmocka_unit_test(wrong_files_are_refused_with_their_line),
        cmocka_unit_test(every_piece_size_reads_the_same),
        cmocka_unit_test(file_that_was_cut_off_is_not_taken),
        cmocka_unit_test(secrets_open_with_their_key_alone),
        cmocka_unit_test(import_stays_within_its_memory),
        cmocka_unit_test(endless_line_is_refused),
        cmocka_unit_test(no_memory_is_told_and_nothing_is_lost),
        cmocka_unit_test(calls_at_the_wrong_time_are_refused),
        cmocka_unit_test(restore_inputs_are_checked_like_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
