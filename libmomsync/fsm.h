/*
 * State machines as rows: one interpreter for all of them, and their printed forms. A machine is
 * its rows and the names of what they are made of; what guards look at and actions do is given with
 * each step. Nothing here knows an engine.
 */
#ifndef MOM__FSM_H
#define MOM__FSM_H

#include "fmt.h"

/* One row, in numbers of the machine's own enumerations. Guard 0 always holds. */
struct mom__fsm_row {
    uint8_t from, event, guard, action, to;
};

/* Name and meaning of a state, event, guard or action. */
struct mom__word {
    const char *name, *text;
};

struct mom__fsm_words {
    const struct mom__word *words; /* at the index of their number */
    size_t count;
};

struct mom__fsm {
    const char *name; /* one word, for log, trace and pages */
    const struct mom__fsm_row *rows;
    size_t row_count;
    struct mom__fsm_words states, events, guards, actions;
};

/* What the interpreter asks and tells while it takes a step. */
struct mom__fsm_host {
    bool (*holds)(void *context, unsigned guard);
    void (*taken)(void *context, const struct mom__fsm_row *row); /* before the action */
    void (*act)(void *context, unsigned action);
    void *context;
};

/* Take the first row whose state and event match and whose guard holds. NULL: there is none, and
 * nothing happened. The caller keeps the state: it is row->to from now on. */
const struct mom__fsm_row *mom__fsm_step(const struct mom__fsm *fsm, unsigned state, unsigned event,
                                         const struct mom__fsm_host *host);

/* "home + located (missing) -> delivering": names a row. */
void mom__fsm_row_text(const struct mom__fsm *fsm, const struct mom__fsm_row *row,
                       struct mom__text *text);
/* Rows and words as Markdown, line by line; false at the end. */
bool mom__fsm_markdown(const struct mom__fsm *fsm, size_t line, struct mom__text *ret_line);
/* The states and what leads from one to another as a Mermaid diagram, line by line; false at the
 * end. Rows that stay where they are and do nothing are left out. */
bool mom__fsm_diagram(const struct mom__fsm *fsm, size_t line, struct mom__text *ret_line);

/* For tables of words: WORD(id, name, text). */
#define MOM__WORD(id, name, text) {name, text},

#endif
