/*
 * The handoff's table: names, look-ups, and its printed form. Nothing here knows an engine.
 */
#include "fmt.h"
#include "handoff.h"
#include "text.h"

const struct mom__handoff_row mom__handoff_rows[] = {
#define ROW(from, event, guard, action, to)                                                        \
    {MOM__HANDOFF_##from, MOM__EVENT_##event, MOM__GUARD_##guard, MOM__ACTION_##action,            \
     MOM__HANDOFF_##to},
#include "handoff_rows.h"
};
const size_t mom__handoff_row_count = sizeof mom__handoff_rows / sizeof mom__handoff_rows[0];

/* Name and meaning of states, events, guards and actions. */
struct word {
    const char *name, *text;
};
static const struct word states[] = {
#define WORD(id, code, name, text) {name, text},
    MOM__HANDOFF_STATES(WORD)
#undef WORD
};
#define WORD(id, name, text) {name, text},
static const struct word events[] = {MOM__HANDOFF_EVENTS(WORD)};
static const struct word guards[] = {MOM__HANDOFF_GUARDS(WORD)};
static const struct word actions[] = {MOM__HANDOFF_ACTIONS(WORD)};
#undef WORD

const char *mom__handoff_state_name(enum mom__handoff_state state)
{
    return states[state].name;
}

const char *mom__handoff_event_name(enum mom__handoff_event event)
{
    return events[event].name;
}

void mom__handoff_row_text(const struct mom__handoff_row *row, struct mom__text *text)
{
    mom__text_add(text, states[row->from].name);
    mom__text_add(text, " + ");
    mom__text_add(text, events[row->event].name);
    if (row->guard != MOM__GUARD_ALWAYS) {
        mom__text_add(text, " (");
        mom__text_add(text, guards[row->guard].name);
        mom__text_add(text, ")");
    }
    mom__text_add(text, " -> ");
    mom__text_add(text, states[row->to].name);
}

/* --- Markdown --------------------------------------------------------------------------------- */

static void cell(struct mom__text *line, const char *text)
{
    mom__text_add(line, text);
    mom__text_add(line, " | ");
}

static bool row_line(size_t i, struct mom__text *line)
{
    const struct mom__handoff_row *row = &mom__handoff_rows[i];

    mom__text_add(line, "| ");
    cell(line, states[row->from].name);
    cell(line, events[row->event].name);
    cell(line, guards[row->guard].name);
    cell(line, actions[row->action].name);
    mom__text_add(line, states[row->to].name);
    mom__text_add(line, " |");
    return true;
}

struct section {
    const char *head;
    const struct word *words;
    size_t first, count;
};

static const struct section sections[] = {
    {"state", states, 0, sizeof states / sizeof states[0]},
    {"event", events, 0, sizeof events / sizeof events[0]},
    {"guard", guards, 1, sizeof guards / sizeof guards[0]}, /* ALWAYS is no guard */
    {"action", actions, 0, sizeof actions / sizeof actions[0]},
};

/* Line of a section: a blank one, the head, the rule, then one for each word. */
static void word_line(const struct section *section, size_t at, struct mom__text *line)
{
    if (at == 0)
        return;
    if (at == 2) {
        mom__text_add(line, "| --- | --- |");
        return;
    }
    mom__text_add(line, "| ");
    cell(line, at == 1 ? section->head : section->words[at - 3 + section->first].name);
    mom__text_add(line, at == 1 ? "meaning" : section->words[at - 3 + section->first].text);
    mom__text_add(line, " |");
}

bool mom__handoff_markdown(size_t line, struct mom__text *ret_line)
{
    size_t at = line;

    mom__text_init(ret_line);
    if (at == 0)
        mom__text_add(ret_line, "| state | event | guard | action | next |");
    if (at == 1)
        mom__text_add(ret_line, "| --- | --- | --- | --- | --- |");
    if (at < 2)
        return true;
    at -= 2;
    if (at < mom__handoff_row_count)
        return row_line(at, ret_line);
    at -= mom__handoff_row_count;
    for (size_t s = 0; s < sizeof sections / sizeof sections[0]; s++) {
        size_t lines = sections[s].count - sections[s].first + 3;

        if (at < lines) {
            word_line(&sections[s], at, ret_line);
            return true;
        }
        at -= lines;
    }
    return false;
}
