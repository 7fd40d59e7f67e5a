/*
 * Forms of configuration values, for files and command lines: numbers with units, booleans, and the
 * hint after a mistyped word.
 */
#include <com/config.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct unit {
    const char *name;
    int64_t factor;
};

/* clang-format off */
static const struct unit durations[] = {
    {"ms", 1}, {"s", 1000}, {"min", 60000}, {"h", 3600000}, {"d", 86400000}, {NULL, 0}};
static const struct unit sizes[] = {
    {"", 1}, {"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {NULL, 0}};
/* clang-format on */

static bool parse_number(const char *text, int64_t *ret_value, const char **ret_rest)
{
    const char *digits = text + (*text == '-' || *text == '+');
    if (*digits < '0' || *digits > '9')
        return false;
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0)
        return false;
    *ret_value = value;
    *ret_rest = end;
    return true;
}

static bool parse_with_unit(const char *text, const struct unit *units, int64_t *ret_value)
{
    int64_t number;
    const char *rest;
    if (!parse_number(text, &number, &rest) || number < 0)
        return false;
    if (*rest == ' ')
        rest++;
    for (; units->name; units++) {
        if (strcmp(units->name, rest) == 0)
            return !__builtin_mul_overflow(number, units->factor, ret_value);
    }
    /* nothing is nothing in every unit */
    *ret_value = 0;
    return number == 0 && *rest == '\0';
}

bool com_parse_duration(const char *text, int64_t *ret_ms)
{
    int64_t value;
    if (!parse_with_unit(text, durations, &value))
        return false;
    *ret_ms = value;
    return true;
}

bool com_parse_bytes(const char *text, int64_t *ret_bytes)
{
    int64_t value;
    if (!parse_with_unit(text, sizes, &value))
        return false;
    *ret_bytes = value;
    return true;
}

bool com_parse_int(const char *text, int64_t *ret_value)
{
    int64_t value;
    const char *rest;
    if (!parse_number(text, &value, &rest) || *rest)
        return false;
    *ret_value = value;
    return true;
}

bool com_parse_bool(const char *text, bool *ret_value)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(text, words[i]) == 0) {
            *ret_value = i % 2 == 1;
            return true;
        }
    }
    return false;
}

/* --- nearest name ----------------------------------------------------------------------------- */

#define NAME_LONGEST 63

/* Edits between two words: insert, delete, replace. */
static size_t distance(const char *a, const char *b)
{
    size_t row[NAME_LONGEST + 1], n = strlen(b);
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < n; j++) {
            size_t best = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            if (diagonal + 1 < best)
                best = diagonal + 1;
            if (row[j] + 1 < best)
                best = row[j] + 1;
            row[j + 1] = best;
        }
    }
    return row[n];
}

const char *com_nearest(const char *word, const char *const *names)
{
    const char *best = NULL;
    size_t len = strlen(word), least = len < 6 ? 2 : len / 3 + 1;
    if (len > NAME_LONGEST)
        return NULL;
    for (; *names; names++) {
        if (strlen(*names) > NAME_LONGEST)
            continue;
        size_t edits = distance(word, *names);
        /* a word of which nothing is left is not near */
        if (edits < len && edits <= least && (!best || edits < least)) {
            least = edits;
            best = *names;
        }
    }
    return best;
}
