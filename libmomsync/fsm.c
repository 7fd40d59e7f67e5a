/*
 * The interpreter of row tables, and printing them.
 */
#include "fsm.h"

const struct mom__fsm_row *mom__fsm_step(const struct mom__fsm *fsm, unsigned state, unsigned event,
                                         const struct mom__fsm_host *host)
{
    for (size_t i = 0; i < fsm->row_count; i++) {
        const struct mom__fsm_row *row = &fsm->rows[i];

        if (row->from != state || row->event != event ||
            (row->guard != 0 && !host->holds(host->context, row->guard)))
            continue;
        if (host->taken)
            host->taken(host->context, row);
        host->act(host->context, row->action);
        return row;
    }
    return NULL;
}

void mom__fsm_row_text(const struct mom__fsm *fsm, const struct mom__fsm_row *row,
                       struct mom__text *text)
{
    mom__text_add(text, fsm->states.words[row->from].name);
    mom__text_add(text, " + ");
    mom__text_add(text, fsm->events.words[row->event].name);
    if (row->guard != 0) {
        mom__text_add(text, " (");
        mom__text_add(text, fsm->guards.words[row->guard].name);
        mom__text_add(text, ")");
    }
    mom__text_add(text, " -> ");
    mom__text_add(text, fsm->states.words[row->to].name);
}

/* --- Markdown --------------------------------------------------------------------------------- */

static void cell(struct mom__text *line, const char *text)
{
    mom__text_add(line, text);
    mom__text_add(line, " | ");
}

static void row_line(const struct mom__fsm *fsm, size_t i, struct mom__text *line)
{
    const struct mom__fsm_row *row = &fsm->rows[i];

    mom__text_add(line, "| ");
    cell(line, fsm->states.words[row->from].name);
    cell(line, fsm->events.words[row->event].name);
    cell(line, fsm->guards.words[row->guard].name);
    cell(line, fsm->actions.words[row->action].name);
    mom__text_add(line, fsm->states.words[row->to].name);
    mom__text_add(line, " |");
}

/* Line of a section: a blank one, the head, the rule, then one for each word from `first`. */
static void word_line(const char *head, const struct mom__fsm_words *words, size_t first, size_t at,
                      struct mom__text *line)
{
    if (at == 0)
        return;
    if (at == 2) {
        mom__text_add(line, "| --- | --- |");
        return;
    }
    mom__text_add(line, "| ");
    cell(line, at == 1 ? head : words->words[at - 3 + first].name);
    mom__text_add(line, at == 1 ? "meaning" : words->words[at - 3 + first].text);
    mom__text_add(line, " |");
}

bool mom__fsm_markdown(const struct mom__fsm *fsm, size_t line, struct mom__text *ret_line)
{
    static const char *const heads[] = {"state", "event", "guard", "action"};
    const struct mom__fsm_words *const sections[] = {&fsm->states, &fsm->events, &fsm->guards,
                                                     &fsm->actions};
    size_t at = line;

    mom__text_init(ret_line);
    if (at < 2) {
        mom__text_add(ret_line, at == 0 ? "| state | event | guard | action | next |"
                                        : "| --- | --- | --- | --- | --- |");
        return true;
    }
    at -= 2;
    if (at < fsm->row_count) {
        row_line(fsm, at, ret_line);
        return true;
    }
    at -= fsm->row_count;
    for (size_t s = 0; s < sizeof sections / sizeof sections[0]; s++) {
        size_t first = s == 2 ? 1 : 0; /* that which always holds is no guard */
        size_t lines = sections[s]->count - first + 3;

        if (at < lines) {
            word_line(heads[s], sections[s], first, at, ret_line);
            return true;
        }
        at -= lines;
    }
    return false;
}

/* --- the diagram ------------------------------------------------------------------------------ */

static bool is_drawn(const struct mom__fsm_row *row)
{
    return row->from != row->to || row->action != 0;
}

/* Is an earlier row drawn between the same states (`event`: and for the same event)? */
static bool is_drawn_before(const struct mom__fsm *fsm, size_t i, bool event)
{
    const struct mom__fsm_row *row = &fsm->rows[i];

    for (size_t k = 0; k < i; k++) {
        const struct mom__fsm_row *before = &fsm->rows[k];

        if (is_drawn(before) && before->from == row->from && before->to == row->to &&
            (!event || before->event == row->event))
            return true;
    }
    return false;
}

/* "    home --> delivering : located, timeout" */
static void arrow(const struct mom__fsm *fsm, size_t first, struct mom__text *line)
{
    const struct mom__fsm_row *row = &fsm->rows[first];

    mom__text_add(line, "    ");
    mom__text_add(line, fsm->states.words[row->from].name);
    mom__text_add(line, " --> ");
    mom__text_add(line, fsm->states.words[row->to].name);
    for (size_t i = first; i < fsm->row_count; i++) {
        const struct mom__fsm_row *other = &fsm->rows[i];

        if (!is_drawn(other) || other->from != row->from || other->to != row->to ||
            is_drawn_before(fsm, i, true))
            continue;
        mom__text_add(line, i == first ? " : " : ", ");
        mom__text_add(line, fsm->events.words[other->event].name);
    }
}

bool mom__fsm_diagram(const struct mom__fsm *fsm, size_t line, struct mom__text *ret_line)
{
    static const char *const head[] = {"```mermaid", "stateDiagram-v2"};
    size_t at = line;

    mom__text_init(ret_line);
    if (at < 2) {
        mom__text_add(ret_line, head[at]);
        return true;
    }
    at -= 2;
    if (at == 0) {
        mom__text_add(ret_line, "    [*] --> ");
        mom__text_add(ret_line, fsm->states.words[0].name);
        return true;
    }
    at--;
    for (size_t i = 0; i < fsm->row_count; i++) {
        if (!is_drawn(&fsm->rows[i]) || is_drawn_before(fsm, i, false))
            continue;
        if (at-- == 0) {
            arrow(fsm, i, ret_line);
            return true;
        }
    }
    if (at == 0)
        mom__text_add(ret_line, "```");
    return at == 0;
}
