/*
 * The cases of the three-way merge, in the order in which they are looked for:
 * CASE(id, what the site has, what the hub has, what is done). The base is what both last agreed on.
 */
#ifndef CASE
#error "define CASE before including this file"
#endif
/* clang-format off */
/* The hub cannot take a value away, only empty it: a group that it lacks was never told, whatever was agreed on. */
CASE(LACKED,    "a value",                             "none, not even an empty one",
     "taken")
CASE(DISPUTED,  "something else, put there without knowing what the hub has (`disputed`)", "anything",
     "both changed without knowing of each other: a conflict")
CASE(UNCHANGED, "the base",                            "the base or something else",
     "nothing; what the hub has goes to the site if it is something else")
CASE(ECHO,      "what we sent and had no answer to",   "anything",
     "our own change has arrived: it is the base now")
CASE(AGREED,    "what the hub has",                    "the same",
     "agreed: it is the base now")
CASE(UNSURE,    "something else",
     "the base; what we sent last may have been there when the link was gone",
     "whoever changed it there may not know the base: a conflict")
CASE(ALONE,     "something else",                      "the base",
     "changed at the site alone: taken, whatever its clock says")
CASE(BOTH,      "something else",                      "something else",
     "both changed without knowing of each other: a conflict")
/* clang-format on */
#undef CASE
