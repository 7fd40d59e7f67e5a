/*
 * The command line of axicat.
 */
#ifndef AXICAT_OPTIONS_H
#define AXICAT_OPTIONS_H

#include "axicat.h"
#include "print.h"

#define CAT_PORT          12622
#define CAT_SUBSCRIBE_MAX 256
#define CAT_IGNORE_MAX    64

enum cat_mode { CAT_TALK, CAT_REPLAY, CAT_SERVE, CAT_VALIDATE, CAT_DESCRIBE, CAT_LIST };

/* What stands on the command line beside options, and the options that are things to do, in their order. */
enum cat_thing_kind { CAT_THING_WORD, CAT_THING_FILE, CAT_THING_ALL, CAT_THING_PUT, CAT_THING_GET };
struct cat_thing {
    enum cat_thing_kind kind;
    const char *text;
};

struct cat_options {
    enum cat_mode mode;
    const char *recording; /* --replay, --serve */
    struct cat_thing *things;
    size_t thing_count;
    const char *subscribe[CAT_SUBSCRIBE_MAX];
    size_t subscribe_count;
    const char *ignore[CAT_IGNORE_MAX];
    size_t ignore_count;

    /* who and how */
    char user[128], host[256];
    int port;
    const char *password_file, *ca_file, *pin, *listen;
    bool trust, insecure, tls_legacy, plain;
    bool sync, omp;
    int64_t protocol, connect_ms, timeout_ms;

    /* what */
    bool follow, stop_on_error, unchecked, strict, plain_secrets, compare;
    int64_t count, for_ms, window; /* 0: no bound */

    /* output */
    bool format_given, quiet, verbose, show_secrets;
    enum cat_format format;
    const char *record;
};

/* -1: go on; otherwise the exit code. */
int cat_options_read(struct cat_options *options, int argc, char **argv);
void cat_options_done(struct cat_options *options);
/* The words of the command line, in the modes in which there are only words. */
size_t cat_options_words(const struct cat_options *options, const char **ret_words);
/* "user@HOST:PORT" into the options. */
bool cat_options_target(struct cat_options *options, const char *text, struct cat_error *error);
/* "HOST:PORT", an IPv6 address in brackets. */
#define CAT_ADDRESS_MAX 320
const char *cat_options_address(const struct cat_options *options, char buf[CAT_ADDRESS_MAX]);
/* A printer as the options say, on standard output. */
struct cat_printer *cat_options_printer(const struct cat_options *options);
/* Names of all options with their dashes, a line each, for the completion. */
void cat_options_list(FILE *out);

#endif
