/*
 * One session with an OMM: connect, log in, subscribe, send, print, follow, end.
 */
#ifndef AXICAT_TALK_H
#define AXICAT_TALK_H

#include "jobs.h"
#include "options.h"

/* Instead of printing an answer: `job` is the number of the job whose message it answers. */
struct cat_talk_hook {
    void *user;
    void (*on_answer)(void *user, size_t job, const struct axi_msg *answer);
};

/* Returns the exit code. `hook` may be NULL. */
int cat_talk(const struct cat_options *options, struct cat_jobs *jobs,
             const struct cat_talk_hook *hook);

#endif
