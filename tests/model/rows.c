/*
 * Prints a row table as the C compiler sees it: its words, its rows, and which row is taken for every state, event and
 * set of guards that hold. tests/model/compare.sh compares it with what the model does. -DNAME=HANDOFF
 * -DHEADER='"handoff.h"' -DROWS='"handoff_rows.h"' say which table.
 */
#ifndef NAME
#define NAME   HANDOFF
#define HEADER "handoff.h"
#define ROWS   "handoff_rows.h"
#endif
#include HEADER

#include <stdio.h>

#define GLUE(a, b, c)    a##b##c
#define LIST(name, kind) GLUE(MOM__, name, _##kind)

#define NAME_ONLY(id, ...) #id,
static const char *const states[] = {LIST(NAME, STATES)(NAME_ONLY)};
static const char *const events[] = {LIST(NAME, EVENTS)(NAME_ONLY)};
static const char *const guards[] = {LIST(NAME, GUARDS)(NAME_ONLY)};
static const char *const actions[] = {LIST(NAME, ACTIONS)(NAME_ONLY)};

/* The places of the words in their lists, which the rows are made of. */
enum {
#define PLACE(id, ...) STATE_##id,
    LIST(NAME, STATES)(PLACE) STATE_COUNT
#undef PLACE
};
enum {
#define PLACE(id, ...) EVENT_##id,
    LIST(NAME, EVENTS)(PLACE) EVENT_COUNT
#undef PLACE
};
enum {
#define PLACE(id, ...) GUARD_##id,
    LIST(NAME, GUARDS)(PLACE) GUARD_COUNT
#undef PLACE
};
enum {
#define PLACE(id, ...) ACTION_##id,
    LIST(NAME, ACTIONS)(PLACE) ACTION_COUNT
#undef PLACE
};

static const struct row {
    int from, event, guard, action, to;
} rows[] = {
#define ROW(from, event, guard, action, to)                                                        \
    {STATE_##from, EVENT_##event, GUARD_##guard, ACTION_##action, STATE_##to},
#include ROWS
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

/* Guard 0 is ALWAYS; first and second (0: none) hold too, or all do. */
static int find(int state, int event, int first, int second, int all)
{
    for (int i = 0; i < ROW_COUNT; i++) {
        int guard = rows[i].guard;

        if (rows[i].from == state && rows[i].event == event &&
            (all || guard == 0 || guard == first || guard == second))
            return i + 1;
    }
    return 0;
}

static void tell(int state, int event, int first, int second, int all)
{
    printf("when %d %d %d %d %d row %d\n", state, event, first, second, all,
           find(state, event, first, second, all));
}

static void tell_words(const char *kind, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        printf("%s %d %s\n", kind, i, words[i]);
}

int main(void)
{
    tell_words("state", states, STATE_COUNT);
    tell_words("event", events, EVENT_COUNT);
    tell_words("guard", guards, GUARD_COUNT);
    tell_words("action", actions, ACTION_COUNT);
    for (int i = 0; i < ROW_COUNT; i++)
        printf("row %d %s %s %s %s %s\n", i + 1, states[rows[i].from], events[rows[i].event],
               guards[rows[i].guard], actions[rows[i].action], states[rows[i].to]);
    for (int state = 0; state < STATE_COUNT; state++) {
        for (int event = 0; event < EVENT_COUNT; event++) {
            tell(state, event, 0, 0, 1);
            for (int i = 0; i < GUARD_COUNT; i++)
                for (int k = 0; k <= i; k++)
                    tell(state, event, i, k, 0);
        }
    }
    return 0;
}
