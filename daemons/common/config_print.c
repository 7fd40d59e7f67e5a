/*
 * What else comes from the table of keys: dump, sample, man page, comparison, exchange.
 */
#include "config_private.h"

#include <inttypes.h>
#include <string.h>

struct unit {
    const char *name;
    int64_t factor;
};

static void print_with_unit(int64_t value, const struct unit *units, FILE *out)
{
    /* the largest unit that leaves no rest */
    for (; units[1].name; units++) {
        if (value != 0 && value % units->factor == 0)
            break;
    }
    fprintf(out, "%" PRId64 "%s", value / units->factor, units->name);
}

static void print_text(const char *text, FILE *out)
{
    size_t len = strlen(text);
    bool quotes = len == 0 || text[0] == '"' || text[0] == ' ' || text[len - 1] == ' ' ||
                  strpbrk(text, "\n\t") != NULL;
    if (!quotes) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else if (*text == '\n' || *text == '\t')
            fputs(*text == '\n' ? "\\n" : "\\t", out);
        else
            fputc(*text, out);
    }
    fputc('"', out);
}

static void print_value(const struct com_key *key, const void *settings, FILE *out)
{
    static const struct unit durations[] = {
        {"h", 3600000}, {"min", 60000}, {"s", 1000}, {"ms", 1}, {NULL, 0}};
    static const struct unit sizes[] = {
        {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}, {NULL, 0}};
    const void *member = com__const_member(key, settings);
    switch (key->type) {
    case COM_KEY_TEXT:
        print_text(*(char *const *)member, out);
        break;
    case COM_KEY_BOOL:
        fputs(*(const bool *)member ? "yes" : "no", out);
        break;
    case COM_KEY_INT:
        fprintf(out, "%" PRId64, *(const int64_t *)member);
        break;
    case COM_KEY_DURATION:
        print_with_unit(*(const int64_t *)member, durations, out);
        break;
    case COM_KEY_BYTES:
        print_with_unit(*(const int64_t *)member, sizes, out);
        break;
    case COM_KEY_CHOICE:
        fputs(key->choices[*(const int *)member], out);
        break;
    }
}

static bool starts_section(const struct com_config *config, size_t i)
{
    return i == 0 || strcmp(config->keys[i].section, config->keys[i - 1].section) != 0;
}

void com_config_dump(const struct com_config *config, const void *settings, FILE *out)
{
    for (size_t i = 0; i < config->count; i++) {
        const struct com_key *key = &config->keys[i];
        if (starts_section(config, i))
            fprintf(out, "%s[%s]\n", i ? "\n" : "", key->section);
        fprintf(out, "%s = ", key->name);
        print_value(key, settings, out);
        fputc('\n', out);
    }
}

/* "duration, at least 1s": what a value looks like. */
static void print_form(const struct com_key *key, FILE *out)
{
    static const char *const forms[] = {"text",     "yes or no", "number",
                                        "duration", "size",      "one of "};
    fputs(forms[key->type], out);
    if (key->type == COM_KEY_CHOICE) {
        for (size_t i = 0; key->choices[i]; i++)
            fprintf(out, "%s%s", i ? ", " : "", key->choices[i]);
    } else if (key->type != COM_KEY_TEXT && key->type != COM_KEY_BOOL && key->max != 0) {
        struct com_key bound = *key;
        bound.offset = 0;
        fputs(" from ", out);
        print_value(&bound, &key->min, out);
        fputs(" to ", out);
        print_value(&bound, &key->max, out);
    }
}

static void print_comment(const char *text, FILE *out)
{
    enum { WIDTH = 96 };
    size_t at = 0;
    fputc('#', out);
    while (*text) {
        size_t len = strcspn(text, " \n");
        if (at > 0 && at + len + 1 > WIDTH) {
            fputs("\n#", out);
            at = 0;
        }
        fprintf(out, " %.*s", (int)len, text);
        at += len + 1;
        text += len;
        text += strspn(text, " \n");
    }
    fputc('\n', out);
}

void com_config_sample(const struct com_config *config, FILE *out)
{
    if (config->title)
        print_comment(config->title, out);
    for (size_t i = 0; i < config->count; i++) {
        const struct com_key *key = &config->keys[i];
        if (starts_section(config, i))
            fprintf(out, "%s[%s]\n", i || config->title ? "\n" : "", key->section);
        fputc('\n', out);
        print_comment(key->help, out);
        fputs("# (", out);
        print_form(key, out);
        fprintf(out, "%s)\n# %s = ", key->needs_restart ? "; a change needs a restart" : "",
                key->name);
        print_text(key->default_text, out);
        fputc('\n', out);
    }
}

/* Text in a man page: a backslash and a leading dot or apostrophe have a meaning there. */
static void print_roff(const char *text, FILE *out)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", out);
    for (; *text; text++) {
        if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '.' && text[1] == ' ')
            fputs(".\n", out), text++; /* a sentence begins a line */
        else
            fputc(*text, out);
    }
}

void com_config_man(const struct com_config *config, FILE *out)
{
    for (size_t i = 0; i < config->count; i++) {
        const struct com_key *key = &config->keys[i];
        if (starts_section(config, i))
            fprintf(out, "%s.Ss [%s]\n.Bl -tag -width Ds\n", i ? ".El\n" : "", key->section);
        fprintf(out, ".It Ic %s No = Ar ", key->name);
        print_roff(*key->default_text ? key->default_text : "\"\"", out);
        fputc('\n', out);
        print_roff(key->help, out);
        fputs("\n(", out);
        print_form(key, out);
        fprintf(out, "%s)\n", key->needs_restart ? "; a change needs a restart" : "");
    }
    if (config->count > 0)
        fputs(".El\n", out);
}

static bool differs(const struct com_key *key, const void *a, const void *b)
{
    const void *x = com__const_member(key, a), *y = com__const_member(key, b);
    switch (key->type) {
    case COM_KEY_TEXT:
        return strcmp(*(char *const *)x, *(char *const *)y) != 0;
    case COM_KEY_BOOL:
        return *(const bool *)x != *(const bool *)y;
    case COM_KEY_CHOICE:
        return *(const int *)x != *(const int *)y;
    default:
        return *(const int64_t *)x != *(const int64_t *)y;
    }
}

const struct com_key *com_config_changed(const struct com_config *config, const void *a,
                                         const void *b, size_t *iter)
{
    while (*iter < config->count) {
        const struct com_key *key = &config->keys[(*iter)++];
        if (differs(key, a, b))
            return key;
    }
    return NULL;
}

static size_t size_of(const struct com_key *key)
{
    switch (key->type) {
    case COM_KEY_TEXT:
        return sizeof(char *);
    case COM_KEY_BOOL:
        return sizeof(bool);
    case COM_KEY_CHOICE:
        return sizeof(int);
    default:
        return sizeof(int64_t);
    }
}

void com_config_swap(const struct com_key *key, void *a, void *b)
{
    uint8_t kept[sizeof(int64_t)];
    size_t size = size_of(key);
    _Static_assert(sizeof(char *) <= sizeof(int64_t) && sizeof(int) <= sizeof(int64_t),
                   "the largest value has room");
    memcpy(kept, com__member(key, a), size);
    memcpy(com__member(key, a), com__member(key, b), size);
    memcpy(com__member(key, b), kept, size);
}
