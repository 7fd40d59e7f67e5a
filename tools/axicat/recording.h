/*
 * A recording: what --record wrote, or messages from elsewhere in any form that axicat reads. Requests with their
 * answers and the events behind them, to be sent again or to be served.
 */
#ifndef AXICAT_RECORDING_H
#define AXICAT_RECORDING_H

#include "axicat.h"

/* Most messages of a recording. */
#define CAT_RECORDED_MAX 20000
#define CAT_NO_ENTRY     SIZE_MAX

struct cat_entry {
    struct axi_msg *msg;
    bool in; /* it came from the OMM */
    unsigned long line;
    size_t request; /* of an answer: the entry that it answers; CAT_NO_ENTRY */
};

struct cat_recording {
    struct cat_entry *entries;
    size_t count, cap;
    const char *path;
};

/* Without directions in the file (XML), answers and events came and all else went. False with the error. */
bool cat_recording_read(struct cat_recording *recording, const char *path, struct cat_error *error);
void cat_recording_done(struct cat_recording *recording);
/* The first answer to the request at `entry`, CAT_NO_ENTRY when there is none. */
size_t cat_recording_answer(const struct cat_recording *recording, size_t entry);
/* True when a value of it was left out (***), so that it cannot be sent. */
bool cat_is_redacted(const struct axi_elem *elem);

/* --- comparing */

/* One place in which two messages differ. */
struct cat_difference {
    const char *path;             /* "/GetPPUserResp/user[1]/@name" */
    struct axi_str recorded, now; /* ptr NULL: absent */
};
struct cat_comparison {
    const char *const *ignore; /* names of attributes */
    size_t ignore_count;
    /* NULL: only count. */
    void (*on_difference)(void *user, const struct cat_difference *difference);
    void *user;
};
/* Differences of attributes (in any order; seq is not looked at, and neither is what is *** on one side), texts and
 * children (in their order, by name). Returns how many there are. */
size_t cat_compare(const struct axi_elem *recorded, const struct axi_elem *now,
                   const struct cat_comparison *comparison);

#endif
