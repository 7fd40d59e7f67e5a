/*
 * axicat: AXI from a shell. From the command line to one of the things it does.
 */
#include "describe.h"
#include "jobs.h"
#include "options.h"
#include "replay.h"
#include "talk.h"
#include "validate.h"

#include <com/loop.h>
#include <stdlib.h>

static const char *first_word(const struct cat_options *options)
{
    for (size_t i = 0; i < options->thing_count; i++) {
        if (options->things[i].kind == CAT_THING_WORD)
            return options->things[i].text;
    }
    return NULL;
}

/* What can be wrong is found before anything is sent. */
static bool check_subscriptions(const struct cat_options *options, struct cat_error *error)
{
    struct axi_subscription list[CAT_FILTERS_MAX];
    size_t count;
    for (size_t i = 0; i < options->subscribe_count; i++) {
        if (!cat_subscription_read(options->subscribe[i], list, &count, error))
            return false;
    }
    return true;
}

static bool find_target(struct cat_options *options, struct cat_error *error)
{
    const char *target = first_word(options);
    if (!target)
        return cat_fail(error, "a host is missing; see axicat --help");
    if (strchr(target, '=') || target[0] == '<' || target[0] == '{')
        return cat_fail(error, "the host comes first: \"%.60s\" is none", target);
    return cat_options_target(options, target, error) && check_subscriptions(options, error);
}

static int talk(struct cat_options *options)
{
    struct cat_jobs jobs = {0};
    struct cat_error error;
    int code = CAT_USAGE;
    if (find_target(options, &error) && cat_jobs_read(&jobs, options, true, &error))
        code = cat_talk(options, &jobs, NULL);
    else
        cat_say("%s", error.text);
    cat_jobs_done(&jobs);
    return code;
}

/* What is sent is the recording's. */
static int replay(struct cat_options *options)
{
    struct cat_error error;
    if (options->thing_count > 1) {
        cat_say("with --replay only the host is given");
        return CAT_USAGE;
    }
    if (find_target(options, &error))
        return cat_replay(options);
    cat_say("%s", error.text);
    return CAT_USAGE;
}

static int run(struct cat_options *options)
{
    switch (options->mode) {
    case CAT_VALIDATE:
        return cat_validate(options);
    case CAT_DESCRIBE:
        return cat_describe(options);
    case CAT_LIST:
        return cat_list(options);
    case CAT_REPLAY:
        return replay(options);
    case CAT_SERVE:
        return cat_serve(options);
    default:
        return talk(options);
    }
}

int main(int argc, char **argv)
{
    struct cat_options options;
    com_fill_standard_streams();
    com_ignore_sigpipe();
    int code = cat_options_read(&options, argc, argv);
    if (code < 0)
        code = run(&options);
    cat_options_done(&options);
    if ((fflush(stdout) != 0 || ferror(stdout)) && code < CAT_USAGE) {
        cat_say_output();
        code = CAT_USAGE;
    }
    return code;
}
