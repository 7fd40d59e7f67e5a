/*
 * Planted defects: mistakes that can be switched on one at a time, in a build with -DMOM_PLANT
 * alone, to see whether the simulator finds them (`make planted`). In every other build MOM__PLANTED
 * is 0 and nothing of them is left.
 */
#ifndef MOM__PLANT_H
#define MOM__PLANT_H

/* clang-format off */
#define MOM__PLANTS(P)                                                                              \
    P(WHOLE_SECONDS,     "the newest entry wins, in whole seconds, whatever was agreed on")         \
    P(TIE_INCOMING,      "equal times go to whoever comes in")                                      \
    P(NO_TOMBSTONE,      "a deleted record that a site still has is a new one")                     \
    P(SEND_FIRST,        "actions leave before their commit")                                       \
    P(BASE_STAYS,        "what was taken from a site does not become the base")                     \
    P(EPOCH_IGNORED,     "a late notice of a phone counts like a new one")                          \
    P(ECHO_UNKNOWN,      "our own change is not recognised when it comes back")                     \
    P(ECHO_TOO_EARLY,    "a change of the site takes what is on its way for lost")                  \
    P(LOST_CONFIRMED,    "what was lost with a link is confirmed by another answer")                \
    P(HALF_MADE,         "a record that is just being made counts as unbound")                      \
    P(BRAKE_OFF,         "an emptied site empties the system")                                      \
    P(UNIQUE_OFF,        "uniqueness is not checked when a site tells a record")                    \
    P(TIMEOUT_ROW,       "a time-out of a release has no row")                                      \
    P(OWING_FORGOTTEN,   "what a site owes when a phone left it is not noted")                      \
    P(RELOAD_IGNORED,    "a node that starts again does not take up its handoffs")                  \
    P(OFFSET_IGNORED,    "the times of a site are not corrected")                                   \
    P(CLAMP_OFF,         "times in the future are taken as they are")                               \
    P(ONE_SIDED,         "a relation is noted at one of its two sides")                             \
    P(REFUSED_DROPPED,   "what a site refused is not offered again")                                \
    P(LEAVING_UNKNOWN,   "our own removal counts as a deletion")                                    \
    P(CONFLICT_SILENT,   "a conflict is decided and not listed")                                    \
    P(PARI_ROAMS,        "a phone of one site is served at every site")                             \
    P(DELETE_BLIND,      "a deletion does not look at what the hub changed")                        \
    P(FORMER_STAYS,      "star: a former site ignores a claim of a later epoch")                    \
    P(CLAIM_NOT_RELAYED, "star: the centre does not pass claims on")                                \
    P(ALL_WATCHED,       "star: an OMM watches users whose phones are elsewhere")                   \
    P(SENT_CONFIRMED,    "what was sent to a neighbour counts as confirmed")                        \
    P(NODE_BASE_STAYS,   "what a neighbour has confirmed does not become the base")                 \
    P(HELD_BLIND,        "a deletion that was held does not tell what it did not know")             \
    P(DEAD_STAY_DEAD,    "a record that everybody had forgotten is not taken back")                 \
    P(UNDO_UNSTAMPED,    "what is put in place keeps the stamp of what was there")                  \
    P(UNDO_ONE_WAY,      "who undoes an undo gets the same side once more")
/* clang-format on */

#ifdef MOM_PLANT
enum mom__plant {
    MOM__PLANT_NONE,
#define MOM__PLANT_ENUM(name, text) MOM__PLANT_##name,
    MOM__PLANTS(MOM__PLANT_ENUM)
#undef MOM__PLANT_ENUM
        MOM__PLANT_COUNT
};

extern enum mom__plant mom__plant_now;
/* The defect that is on from now on; NONE: none is. */
void mom__plant_set(int plant);
/* Its name and what it is; NULL: there is no such defect. */
const char *mom__plant_name(int plant);
const char *mom__plant_text(int plant);

#define MOM__PLANTED(name) (mom__plant_now == MOM__PLANT_##name)
#else
#define MOM__PLANTED(name) 0
#endif

#endif
