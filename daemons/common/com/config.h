/*
 * Configuration files: INI with sections, driven by one table of keys. The same table makes the
 * dump, the documented sample and the list of the man page.
 *
 *   # comment, only at the beginning of a line (also ;)
 *   [section]
 *   key = value            trimmed
 *   key = "value \"x\""    with \" \\ \n \t as escapes
 *
 * Every problem of a run is reported, as "file:line:column: text", and a run with problems changes
 * nothing.
 */
#ifndef COM_CONFIG_H
#define COM_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Type of a key, and of its member in the settings. */
enum com_key_type {
    /* char *, never NULL after a load; min and max are bytes (max 0: no limit). A min above 0 with
     * default "" is a key that must be set. */
    COM_KEY_TEXT,
    COM_KEY_BOOL,     /* bool: yes no true false on off */
    COM_KEY_INT,      /* int64_t */
    COM_KEY_DURATION, /* int64_t in milliseconds: 250ms 30s 5min 2h; min and max in ms */
    COM_KEY_BYTES,    /* int64_t in bytes: 4096 64KiB 16MiB 1GiB */
    COM_KEY_CHOICE    /* int, index in `choices` */
};

struct com_key {
    const char *section, *name;
    enum com_key_type type;
    const char *default_text; /* as it would stand in the file */
    int64_t min, max;         /* both 0: any value that the type can hold */
    const char *const *choices;
    bool needs_restart;
    const char *help; /* one or two sentences */
    size_t offset;    /* of the member in the settings */
};

/* A program's configuration: its keys, grouped by section, and the size of its settings. */
struct com_config {
    const struct com_key *keys;
    size_t count;
    size_t settings_size;
    const char *title; /* first line of the sample */
};

/* Problems in the order they were found; at most COM_PROBLEMS_MAX are kept. Zeroed = empty. */
#define COM_PROBLEMS_MAX 100
struct com_problems {
    char **lines;
    size_t count;
};
void com_problems_add(struct com_problems *problems, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void com_problems_print(const struct com_problems *problems, FILE *out);
void com_problems_done(struct com_problems *problems);

#define COM_CONFIG_LINE_MAX (64u * 1024)
#define COM_CONFIG_FILE_MAX (4u * 1024 * 1024)

/* Read `path`, then the files "conf.d/x.conf" beside it in the order of their names; a later
 * file may set a key again, one file may not. `path` NULL gives the defaults, also where a key
 * must be set. On success (0) `settings`, whose content is overwritten and not freed, is
 * complete; on -1 it is as it was and there are problems. */
int com_config_load(const struct com_config *config, void *settings, const char *path,
                    struct com_problems *problems);
/* The same from one text; `name` stands in the messages. */
int com_config_parse(const struct com_config *config, void *settings, const char *name,
                     const char *text, size_t len, struct com_problems *problems);
/* Free the texts in the settings. */
void com_config_free(const struct com_config *config, void *settings);

/* Next key from *iter on whose value differs between a and b, NULL when there is none; begin with
 * *iter = 0. */
const struct com_key *com_config_changed(const struct com_config *config, const void *a,
                                         const void *b, size_t *iter);
/* Exchange the values that a key has in a and b. */
void com_config_swap(const struct com_key *key, void *a, void *b);

/* Every key with its value, readable by com_config_load. */
void com_config_dump(const struct com_config *config, const void *settings, FILE *out);
/* A file with every key, its help and its default, commented out. */
void com_config_sample(const struct com_config *config, FILE *out);
/* mdoc ".It" entries of every key. */
void com_config_man(const struct com_config *config, FILE *out);

/* Value forms, for command lines too. False when the text does not have the form. */
bool com_parse_duration(const char *text, int64_t *ret_ms);
bool com_parse_bytes(const char *text, int64_t *ret_bytes);
bool com_parse_int(const char *text, int64_t *ret_value);
bool com_parse_bool(const char *text, bool *ret_value);
/* The name of the list that is nearest to `word`, NULL when none is near. `names` ends in NULL. */
const char *com_nearest(const char *word, const char *const *names);

#endif
