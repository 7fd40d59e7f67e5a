/*
 * The interpreter of row tables on a table of its own; every table of the library is sound; and its
 * printed form, with the diagram, is the one in docs/handoff.md (UPDATE=1 writes it there).
 */
#include "handoff_world.h"

#include "login.h"
#include "presence.h"
#include "star.h"

/* --- the interpreter -------------------------------------------------------------------------- */

enum { LAMP_OFF, LAMP_ON };
enum { PRESS, BREAK };
enum { ANY, POWERED };
enum { NOTHING, LIGHT };

static const struct mom__fsm_row lamp_rows[] = {
    {LAMP_OFF, PRESS, POWERED, LIGHT, LAMP_ON},
    {LAMP_OFF, PRESS, ANY, NOTHING, LAMP_OFF},
    {LAMP_ON, PRESS, ANY, LIGHT, LAMP_OFF},
    {LAMP_ON, PRESS, POWERED, NOTHING, LAMP_ON}, /* hidden */
};
static const struct mom__word lamp_words[] = {{"a", "A"}, {"b", "B"}};
static const struct mom__fsm lamp = {
    .name = "lamp",
    .rows = lamp_rows,
    .row_count = 4,
    .states = {lamp_words, 2},
    .events = {lamp_words, 2},
    .guards = {lamp_words, 2},
    .actions = {lamp_words, 2},
};

struct room {
    bool powered;
    unsigned asked, taken, lit;
};

static bool room_holds(void *context, unsigned guard)
{
    struct room *room = context;

    room->asked++;
    return guard == POWERED && room->powered;
}

static void room_taken(void *context, const struct mom__fsm_row *row)
{
    struct room *room = context;

    (void)row;
    assert_int_equal(room->lit, room->taken); /* before the action */
    room->taken++;
}

static void room_act(void *context, unsigned action)
{
    struct room *room = context;

    if (action == LIGHT)
        room->lit++;
}

static void first_row_that_holds_is_taken(void **state)
{
    struct room room = {false, 0, 0, 0};
    struct mom__fsm_host host = {room_holds, NULL, room_act, &room};

    (void)state;
    assert_ptr_equal(mom__fsm_step(&lamp, LAMP_OFF, PRESS, &host), &lamp_rows[1]);
    room.powered = true;
    host.taken = room_taken;
    assert_ptr_equal(mom__fsm_step(&lamp, LAMP_OFF, PRESS, &host), &lamp_rows[0]);
    assert_ptr_equal(mom__fsm_step(&lamp, LAMP_ON, PRESS, &host), &lamp_rows[2]);
    assert_int_equal(room.asked, 2); /* what always holds is not asked */
    assert_int_equal(room.lit, 2);
    assert_null(mom__fsm_step(&lamp, LAMP_ON, BREAK, &host));
    assert_int_equal(room.taken, 2);
}

static void rows_are_drawn_once(void **state)
{
    static const char *const lines[] = {"```mermaid",      "stateDiagram-v2", "    [*] --> a",
                                        "    a --> b : a", "    b --> a : a", "```"};
    struct mom__text text;
    size_t i = 0;

    (void)state;
    for (; mom__fsm_diagram(&lamp, i, &text); i++) {
        assert_true(i < sizeof lines / sizeof lines[0]);
        assert_string_equal(text.buf, lines[i]);
    }
    assert_int_equal(i, sizeof lines / sizeof lines[0]);
}

/* --- the tables of the library ---------------------------------------------------------------- */

static const struct mom__fsm *const tables[] = {&mom__handoff_fsm, &mom__login_fsm,
                                                &mom__presence_fsm, &mom__star_fsm};

static void tables_are_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        assert_sound(tables[i]);
}

/* --- the page --------------------------------------------------------------------------------- */

static char page[1 << 17], made[1 << 17];
static size_t made_len;

static void put(const char *text, size_t len)
{
    assert_true(made_len + len + 1 < sizeof made);
    memcpy(made + made_len, text, len);
    made_len += len;
    made[made_len] = '\0';
}

static void put_lines(const struct mom__fsm *fsm,
                      bool (*print)(const struct mom__fsm *, size_t, struct mom__text *))
{
    struct mom__text line;

    for (size_t i = 0; print(fsm, i, &line); i++) {
        assert_false(line.cut);
        put(line.buf, line.len);
        put("\n", 1);
    }
}

/* Copy the page up to the mark behind which the lines of a table begin; returns what follows their end. */
static const char *put_table(const char *from, const struct mom__fsm *fsm)
{
    char begin[80], end_mark[80];
    const char *at, *stop;

    snprintf(begin, sizeof begin, "<!-- rows of %s: begin -->\n", fsm->name);
    snprintf(end_mark, sizeof end_mark, "<!-- rows of %s: end -->\n", fsm->name);
    at = strstr(from, begin);
    stop = strstr(from, end_mark);
    if (!at || !stop)
        fail_msg("docs/handoff.md has no place for the rows of %s", fsm->name);
    at += strlen(begin);
    put(from, (size_t)(at - from));
    put_lines(fsm, mom__fsm_diagram);
    put("\n", 1);
    put_lines(fsm, mom__fsm_markdown);
    return stop;
}

static void page_has_the_tables_that_run(void **state)
{
    const char *path = "docs/handoff.md", *at = page;
    FILE *file = fopen(path, "rb");
    size_t len;

    (void)state;
    assert_non_null(file);
    len = fread(page, 1, sizeof page - 1, file);
    (void)fclose(file);
    page[len] = '\0';
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        at = put_table(at, tables[i]);
    put(at, strlen(at));
    if (getenv("UPDATE")) {
        file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(made, 1, made_len, file), made_len);
        (void)fclose(file);
        return;
    }
    assert_string_equal(page, made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_row_that_holds_is_taken),
        cmocka_unit_test(rows_are_drawn_once),
        cmocka_unit_test(tables_are_sound),
        cmocka_unit_test(page_has_the_tables_that_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
