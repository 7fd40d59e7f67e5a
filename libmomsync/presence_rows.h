/*
 * The rows of presence: ROW(from, event, guard, action, to), read as those of the handoff.
 */
#ifndef ROW
#error "define ROW before including this file"
#endif
/* clang-format off */
ROW(PRESENT, HEARD,   ALWAYS, WATCH,  PRESENT)
ROW(PRESENT, SILENCE, SERVED, END,    SILENT)
ROW(PRESENT, SILENCE, ALWAYS, FORGET, PRESENT)

ROW(SILENT,  HEARD,   SERVED, RENEW,  PRESENT)
ROW(SILENT,  HEARD,   ALWAYS, WATCH,  PRESENT)
/* clang-format on */
#undef ROW
