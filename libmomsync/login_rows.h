/*
 * The rows of a login: ROW(from, event, guard, action, to), read as those of the handoff.
 */
#ifndef ROW
#error "define ROW before including this file"
#endif
/* clang-format off */
ROW(OUT,     ASKED,     MISSING,    GIVE,    GIVING)
ROW(OUT,     ASKED,     REGISTERED, END,     ENDING)
ROW(OUT,     ASKED,     ALWAYS,     BIND,    BINDING)

ROW(GIVING,  GIVEN,     REGISTERED, END,     ENDING)
ROW(GIVING,  GIVEN,     ALWAYS,     BIND,    BINDING)
ROW(GIVING,  REFUSED,   ALWAYS,     REFUSE,  OUT)
ROW(GIVING,  TIMEOUT,   ALWAYS,     REFUSE,  OUT)
ROW(GIVING,  TO_DOWN,   ALWAYS,     NONE,    OUT)
ROW(GIVING,  GONE,      ALWAYS,     REFUSE,  OUT)

ROW(ENDING,  ENDED,     ALWAYS,     BIND,    BINDING)
ROW(ENDING,  TIMEOUT,   ALWAYS,     BIND,    BINDING)
ROW(ENDING,  FROM_DOWN, ALWAYS,     BIND,    BINDING)
ROW(ENDING,  TO_DOWN,   ALWAYS,     RESTORE, OUT)
ROW(ENDING,  GONE,      ALWAYS,     REFUSE_RESTORE, OUT)

ROW(BINDING, BOUND,     ALWAYS,     ACCEPT,  OUT)
ROW(BINDING, REFUSED,   ALWAYS,     REFUSE,  OUT)
ROW(BINDING, TIMEOUT,   ALWAYS,     REFUSE,  OUT)
ROW(BINDING, TO_DOWN,   ALWAYS,     NONE,    OUT)
ROW(BINDING, GONE,      ALWAYS,     REFUSE,  OUT)
/* clang-format on */
#undef ROW
