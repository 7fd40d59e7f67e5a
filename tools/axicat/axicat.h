/*
 * axicat: AXI from a shell. What its files share; read in this order: words.h (a message in the short form), json.h
 * (as a line of JSON), reader.h (files and standard input), print.h (messages for people and programs), talk.h (the
 * conversation), recording.h (what was said, to be compared or served).
 *
 * Everything but main.c is a library of its own, so that tests and the fuzz target can use it.
 */
#ifndef AXICAT_H
#define AXICAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <axi/axi.h>

/* Longest message that is read or taken from the other side. */
#define CAT_MESSAGE_MAX (1024u * 1024)
/* Most bytes of a recording that is held to be replayed. */
#define CAT_RECORDING_MAX (64u * 1024 * 1024)
/* Elements in each other, as libaxi's parser takes them. */
#define CAT_DEPTH_MAX 16

/* How it ended; the table is in axicat(1). When several apply, the highest. */
enum cat_exit {
    CAT_DONE = 0,
    CAT_REFUSED = 1, /* an answer had an errCode, findings, differences */
    CAT_USAGE = 2,   /* usage, unreadable input, output that cannot be written */
    CAT_UNREACHABLE = 3,
    CAT_LOGIN = 4,
    CAT_TIMEOUT = 5,
    CAT_LOST = 6,
    CAT_INTERRUPTED = 130
};

struct cat_error {
    char text[640];
};
/* Write the text; control characters of strangers in it are made visible. */
void cat_explain(struct cat_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same as an expression that is false. */
#define cat_fail(...) (cat_explain(__VA_ARGS__), false)
/* The standard output cannot be written; errno says why. Nothing is said when its reader went away. */
void cat_say_output(void);
/* One line on stderr with the program's name before it, control characters made visible. */
void cat_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

static inline struct axi_str cat_str(const char *text)
{
    struct axi_str s = {text, text ? strlen(text) : 0};
    return s;
}
static inline bool cat_is(struct axi_str s, const char *text)
{
    return s.ptr && s.len == strlen(text) && memcmp(s.ptr, text, s.len) == 0;
}

/* Make `msg` a copy of another message. AXI_OK, or the first error of the copy. */
int cat_copy(struct axi_msg *msg, const struct axi_msg *from);

/* The name of the list that was probably meant, NULL when none is near. `names` ends in NULL. */
const char *cat_nearest(struct axi_str word, const char *const *names);
/* Name of the message that was probably meant. */
const char *cat_nearest_message(struct axi_str word);
/* Name of the attribute of the type that was probably meant. */
const char *cat_nearest_attribute(enum axi_type type, struct axi_str word);

#endif
