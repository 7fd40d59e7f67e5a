/*
 * What is to be said in a session, in the order of the command line: messages, files of messages, tables to read,
 * files to carry.
 */
#ifndef AXICAT_JOBS_H
#define AXICAT_JOBS_H

#include "axicat.h"
#include "options.h"

#include <axi/subscribe.h>

struct cat_job {
    enum { CAT_JOB_MESSAGE, CAT_JOB_FILE, CAT_JOB_ALL, CAT_JOB_PUT, CAT_JOB_GET } kind;
    struct axi_msg *msg; /* MESSAGE, ALL */
    const char *path;    /* FILE, PUT, GET; "-" is standard input or output */
    struct axi_str name; /* PUT, GET: as the OMM calls it */
};

struct cat_jobs {
    struct cat_job *list;
    size_t count, cap;
};

/* Of the words from `first` on and the options that are things to do. */
bool cat_jobs_read(struct cat_jobs *jobs, const struct cat_options *options, bool skip_first_word,
                   struct cat_error *error);
bool cat_jobs_add(struct cat_jobs *jobs, const struct cat_job *job);
void cat_jobs_done(struct cat_jobs *jobs);

/* "PPDevCnf", "PPDevCnf:ppn=7", "MessageSend:scheme=tel": up to CAT_FILTERS_MAX flags, one for every filter of the type
 * when none is given. */
#define CAT_FILTERS_MAX 6
bool cat_subscription_read(const char *text, struct axi_subscription *ret_list, size_t *ret_count,
                           struct cat_error *error);

#endif
