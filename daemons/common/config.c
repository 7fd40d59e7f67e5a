/*
 * Reading configuration. A run fills settings of its own and gives them away only when nothing was
 * wrong, so that a reload with a mistake changes nothing.
 */
#include "config_private.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    const struct com_config *config;
    void *settings;
    struct com_problems *problems;
    const char *name;    /* of the file */
    const char *section; /* the table's text, NULL before the first and in unknown ones */
    bool skipping;       /* in an unknown section: its keys are not further problems */
    unsigned line;
    unsigned *seen; /* line where each key was set in this file */
};

/* --- problems --------------------------------------------------------------------------------- */

static void add_problem(struct com_problems *problems, char *line)
{
    char **lines = line && problems->count < COM_PROBLEMS_MAX
                       ? realloc(problems->lines, (problems->count + 1) * sizeof *lines)
                       : NULL;
    if (!lines) {
        free(line);
        return;
    }
    lines[problems->count++] = line;
    problems->lines = lines;
}

void com_problems_add(struct com_problems *problems, const char *format, ...)
{
    char *line = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&line, format, args) < 0)
        line = NULL;
    va_end(args);
    add_problem(problems, line);
}

void com_problems_print(const struct com_problems *problems, FILE *out)
{
    for (size_t i = 0; i < problems->count; i++)
        fprintf(out, "%s\n", problems->lines[i]);
}

void com_problems_done(struct com_problems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        free(problems->lines[i]);
    free(problems->lines);
    *problems = (struct com_problems){0};
}

static void complain(const struct reader *reader, size_t column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void complain(const struct reader *reader, size_t column, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    com_problems_add(reader->problems, "%s:%u:%zu: %s", reader->name, reader->line, column, text);
}

/* --- values ----------------------------------------------------------------------------------- */

static bool in_range(const struct com_key *key, int64_t value)
{
    return (key->min == 0 && key->max == 0) || (value >= key->min && value <= key->max);
}

static const char *set_text(const struct com_key *key, void *settings, const char *text)
{
    char **member = com__member(key, settings);
    int64_t len = (int64_t)strlen(text);
    if (len < key->min || (key->max > 0 && len > key->max))
        return key->min > 0 && len == 0 ? "must not be empty" : "is too short or too long";
    char *copy = strdup(text);
    if (!copy)
        return "does not fit into memory";
    free(*member);
    *member = copy;
    return NULL;
}

static const char *set_number(const struct com_key *key, void *settings, const char *text)
{
    int64_t value = 0;
    bool good = key->type == COM_KEY_INT        ? com_parse_int(text, &value)
                : key->type == COM_KEY_DURATION ? com_parse_duration(text, &value)
                                                : com_parse_bytes(text, &value);
    if (!good)
        return key->type == COM_KEY_INT        ? "is not a whole number"
               : key->type == COM_KEY_DURATION ? "is not a duration like 250ms, 30s, 5min or 2h"
                                               : "is not a size like 4096, 64KiB, 16MiB or 1GiB";
    if (!in_range(key, value))
        return "is out of range";
    *(int64_t *)com__member(key, settings) = value;
    return NULL;
}

static const char *set_choice(const struct com_key *key, void *settings, const char *text)
{
    for (int i = 0; key->choices[i]; i++) {
        if (strcmp(key->choices[i], text) == 0) {
            *(int *)com__member(key, settings) = i;
            return NULL;
        }
    }
    return "is not one of the choices";
}

/* NULL, or what is wrong with the text. */
static const char *set_value(const struct com_key *key, void *settings, const char *text)
{
    switch (key->type) {
    case COM_KEY_TEXT:
        return set_text(key, settings, text);
    case COM_KEY_BOOL:
        return com_parse_bool(text, com__member(key, settings)) ? NULL : "is not yes or no";
    case COM_KEY_CHOICE:
        return set_choice(key, settings, text);
    default:
        return set_number(key, settings, text);
    }
}

/* What the value should have been, for the message. */
static void expected(const struct com_key *key, char *text, size_t max)
{
    text[0] = '\0';
    size_t used = 0;
    if (key->type == COM_KEY_CHOICE) {
        for (size_t i = 0; key->choices[i] && used < max; i++)
            used +=
                (size_t)snprintf(text + used, max - used, "%s%s", i ? ", " : " (", key->choices[i]);
        if (used < max)
            snprintf(text + used, max - used, ")");
    } else if (key->type != COM_KEY_BOOL && key->type != COM_KEY_TEXT && key->max != 0) {
        const char *unit = key->type == COM_KEY_DURATION ? " ms"
                           : key->type == COM_KEY_BYTES  ? " bytes"
                                                         : "";
        snprintf(text, max, " (%" PRId64 " to %" PRId64 "%s)", key->min, key->max, unit);
    }
}

/* --- lines ------------------------------------------------------------------------------------ */

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The nearest known name as " (did you mean …?)". */
static void hint(const struct reader *reader, const char *word, bool sections, char *text,
                 size_t max)
{
    const struct com_config *config = reader->config;
    const char **names = calloc(config->count + 1, sizeof *names);
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; names && i < config->count; i++) {
        if (sections)
            names[n++] = config->keys[i].section;
        else if (strcmp(config->keys[i].section, reader->section) == 0)
            names[n++] = config->keys[i].name;
    }
    const char *near = names ? com_nearest(word, names) : NULL;
    if (near)
        snprintf(text, max, " (did you mean \"%s\"?)", near);
    free(names);
}

static void read_section(struct reader *reader, char *line, size_t column)
{
    char near[100];
    char *end = strchr(line, ']');
    reader->section = NULL;
    reader->skipping = true;
    if (!end || end[1 + strspn(end + 1, " \t")] != '\0') {
        complain(reader, column, "a section is written [name], alone on its line");
        return;
    }
    *end = '\0';
    char *name = line + 1;
    for (size_t i = 0; i < reader->config->count; i++) {
        if (strcmp(reader->config->keys[i].section, name) == 0) {
            reader->section = reader->config->keys[i].section;
            reader->skipping = false;
            return;
        }
    }
    hint(reader, name, true, near, sizeof near);
    complain(reader, column + 1, "unknown section \"%.60s\"%s", name, near);
}

/* Undo quotes and escapes in place. False after a complaint. */
static bool unquote(struct reader *reader, char *value, size_t column)
{
    static const char escapes[] = "\"\\nt", meanings[] = "\"\\\n\t";
    char *out = value, *in = value + 1;
    for (; *in && *in != '"'; in++) {
        if (*in != '\\') {
            *out++ = *in;
            continue;
        }
        const char *at = in[1] ? strchr(escapes, in[1]) : NULL;
        if (!at) {
            complain(reader, column + (size_t)(in - value),
                     "unknown escape; there are \\\" \\\\ \\n and \\t");
            return false;
        }
        *out++ = meanings[at - escapes];
        in++;
    }
    if (*in != '"') {
        complain(reader, column, "the closing quote is missing");
        return false;
    }
    if (in[1] != '\0') {
        complain(reader, column + (size_t)(in - value) + 1,
                 "there is something behind the closing quote");
        return false;
    }
    *out = '\0';
    return true;
}

static const struct com_key *find_key(const struct reader *reader, const char *name,
                                      size_t *ret_index)
{
    for (size_t i = 0; i < reader->config->count; i++) {
        const struct com_key *key = &reader->config->keys[i];
        if (strcmp(key->section, reader->section) == 0 && strcmp(key->name, name) == 0) {
            *ret_index = i;
            return key;
        }
    }
    return NULL;
}

struct assignment {
    char *name, *value;
    size_t name_column, value_column;
};

static void assign(struct reader *reader, const struct assignment *a)
{
    char extra[200];
    size_t index;
    const struct com_key *key = find_key(reader, a->name, &index);
    if (!key) {
        hint(reader, a->name, false, extra, sizeof extra);
        complain(reader, a->name_column, "unknown key \"%.60s\" in [%s]%s", a->name,
                 reader->section, extra);
        return;
    }
    if (reader->seen[index]) {
        complain(reader, a->name_column, "%s is set twice, first on line %u", key->name,
                 reader->seen[index]);
        return;
    }
    reader->seen[index] = reader->line;
    if (*a->value == '"' && !unquote(reader, a->value, a->value_column))
        return;
    const char *wrong = set_value(key, reader->settings, a->value);
    if (!wrong)
        return;
    expected(key, extra, sizeof extra);
    complain(reader, a->value_column, "%s: \"%.60s\" %s%s", key->name, a->value, wrong, extra);
}

static void read_assignment(struct reader *reader, char *line, size_t column)
{
    char *equals = strchr(line, '=');
    if (!equals || equals == line) {
        complain(reader, column,
                 equals ? "the key before = is missing" : "= is missing behind the key");
        return;
    }
    if (reader->skipping)
        return;
    if (!reader->section) {
        complain(reader, column, "a key stands before the first [section]");
        return;
    }
    char *end = equals, *value = equals + 1;
    while (end > line && blank(end[-1]))
        end--;
    *end = '\0';
    while (blank(*value))
        value++;
    struct assignment a = {line, value, column, column + (size_t)(value - line)};
    assign(reader, &a);
}

/* One line, with an end mark, without line end; it may be changed. */
static void read_line(struct reader *reader, char *line, size_t len)
{
    size_t start = 0;
    while (blank(line[start]))
        start++;
    while (len > start && (blank(line[len - 1]) || line[len - 1] == '\r'))
        line[--len] = '\0';
    if (line[start] == '\0' || line[start] == '#' || line[start] == ';')
        return;
    for (size_t i = start; i < len; i++) {
        if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || line[i] == 0x7f) {
            complain(reader, i + 1, "control character");
            return;
        }
    }
    if (line[start] == '[')
        read_section(reader, line + start, start + 1);
    else
        read_assignment(reader, line + start, start + 1);
}

/* 0, or the column (from 1) of the first byte that is not UTF-8. */
static size_t not_utf8(const char *text, size_t len)
{
    const unsigned char *p = (const unsigned char *)text;
    for (size_t i = 0; i < len;) {
        size_t need = p[i] < 0x80   ? 1
                      : p[i] < 0xc2 ? 0
                      : p[i] < 0xe0 ? 2
                      : p[i] < 0xf0 ? 3
                      : p[i] < 0xf5 ? 4
                                    : 0;
        if (need == 0 || need > len - i || (p[i] == 0xe0 && p[i + 1] < 0xa0) ||
            (p[i] == 0xed && p[i + 1] > 0x9f) || (p[i] == 0xf0 && p[i + 1] < 0x90) ||
            (p[i] == 0xf4 && p[i + 1] > 0x8f))
            return i + 1;
        for (size_t k = 1; k < need; k++) {
            if ((p[i + k] & 0xc0) != 0x80)
                return i + 1;
        }
        i += need;
    }
    return 0;
}

static void read_lines(struct reader *reader, const char *text, size_t len)
{
    static const char bom[] = "\xef\xbb\xbf";
    size_t at = len >= 3 && memcmp(text, bom, 3) == 0 ? 3 : 0;
    char *line = calloc(1, COM_CONFIG_LINE_MAX + 1);
    if (!line) {
        complain(reader, 0, "out of memory");
        return;
    }
    while (at < len) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t size = (end ? (size_t)(end - text) : len) - at;
        reader->line++;
        size_t bad = size <= COM_CONFIG_LINE_MAX ? not_utf8(text + at, size) : 0;
        const char *nul = memchr(text + at, 0, size);
        if (size > COM_CONFIG_LINE_MAX)
            complain(reader, COM_CONFIG_LINE_MAX, "the line is longer than %u bytes",
                     COM_CONFIG_LINE_MAX);
        else if (nul)
            complain(reader, (size_t)(nul - text) - at + 1, "control character");
        else if (bad > 0)
            complain(reader, bad, "not UTF-8");
        else {
            memcpy(line, text + at, size);
            line[size] = '\0';
            read_line(reader, line, size);
        }
        at += size + 1;
    }
    free(line);
}

static void read_text(struct reader *reader, const char *name, const char *text, size_t len)
{
    reader->name = name;
    reader->line = 0;
    reader->section = NULL;
    reader->skipping = false;
    reader->seen = calloc(reader->config->count + 1, sizeof *reader->seen);
    if (reader->seen)
        read_lines(reader, text, len);
    else
        com_problems_add(reader->problems, "%s: out of memory", name);
    free(reader->seen);
    reader->seen = NULL;
}

/* --- files ------------------------------------------------------------------------------------ */

static void read_file(struct reader *reader, const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = malloc(COM_CONFIG_FILE_MAX + 1);
    if (!file || !text) {
        com_problems_add(reader->problems, "%s: cannot be read: %s", path, strerror(errno));
    } else {
        size_t len = fread(text, 1, COM_CONFIG_FILE_MAX + 1, file);
        if (ferror(file))
            com_problems_add(reader->problems, "%s: cannot be read: %s", path, strerror(errno));
        else if (len > COM_CONFIG_FILE_MAX)
            com_problems_add(reader->problems, "%s: is larger than %u bytes", path,
                             COM_CONFIG_FILE_MAX);
        else
            read_text(reader, path, text, len);
    }
    free(text);
    if (file)
        fclose(file);
}

static int is_conf(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return entry->d_name[0] != '.' && len > 5 && strcmp(entry->d_name + len - 5, ".conf") == 0;
}

/* By bytes: the order must not depend on a locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void read_folder(struct reader *reader, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = NULL;
    struct dirent **entries = NULL;
    int len = slash ? (int)(slash - path) + 1 : 0;
    if (asprintf(&folder, "%.*sconf.d", len, path) < 0)
        return;
    int count = scandir(folder, &entries, is_conf, by_name);
    if (count < 0 && errno != ENOENT && errno != ENOTDIR)
        com_problems_add(reader->problems, "%s: cannot be read: %s", folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        char *file = NULL;
        if (asprintf(&file, "%s/%s", folder, entries[i]->d_name) >= 0) {
            read_file(reader, file);
            free(file);
        }
        free(entries[i]);
    }
    free(entries);
    free(folder);
}

/* --- runs ------------------------------------------------------------------------------------- */

static int begin(struct reader *reader, const struct com_config *config,
                 struct com_problems *problems)
{
    *reader = (struct reader){.config = config, .problems = problems};
    reader->settings = calloc(1, config->settings_size);
    if (!reader->settings) {
        com_problems_add(problems, "out of memory");
        return -1;
    }
    for (size_t i = 0; i < config->count; i++) {
        const struct com_key *key = &config->keys[i];
        const char *wrong = set_value(key, reader->settings, key->default_text);
        if (wrong && key->type != COM_KEY_TEXT)
            com_problems_add(problems, "default of %s %s", key->name, wrong);
        /* an empty text that has to be given is judged at the end */
        else if (wrong && set_text(&(struct com_key){.offset = key->offset}, reader->settings,
                                   key->default_text))
            com_problems_add(problems, "out of memory");
    }
    return 0;
}

/* Texts without a usable default must have been set. */
static void check_required(struct reader *reader)
{
    for (size_t i = 0; i < reader->config->count; i++) {
        const struct com_key *key = &reader->config->keys[i];
        if (key->type != COM_KEY_TEXT || key->min == 0)
            continue;
        const char *text = *(char *const *)com__const_member(key, reader->settings);
        if (!text || *text == '\0')
            com_problems_add(reader->problems, "%s in [%s] must be set", key->name, key->section);
    }
}

static int finish(struct reader *reader, size_t problems_before, bool complete, void *settings)
{
    if (complete && reader->problems->count == problems_before)
        check_required(reader);
    bool good = reader->problems->count == problems_before;
    if (good)
        memcpy(settings, reader->settings, reader->config->settings_size);
    else
        com_config_free(reader->config, reader->settings);
    free(reader->settings);
    return good ? 0 : -1;
}

int com_config_parse(const struct com_config *config, void *settings, const char *name,
                     const char *text, size_t len, struct com_problems *problems)
{
    struct reader reader;
    size_t before = problems->count;
    if (begin(&reader, config, problems) != 0)
        return -1;
    read_text(&reader, name, text, len);
    return finish(&reader, before, true, settings);
}

int com_config_load(const struct com_config *config, void *settings, const char *path,
                    struct com_problems *problems)
{
    struct reader reader;
    size_t before = problems->count;
    if (begin(&reader, config, problems) != 0)
        return -1;
    if (path) {
        read_file(&reader, path);
        read_folder(&reader, path);
    }
    return finish(&reader, before, path != NULL, settings);
}

void com_config_free(const struct com_config *config, void *settings)
{
    for (size_t i = 0; i < config->count; i++) {
        if (config->keys[i].type != COM_KEY_TEXT)
            continue;
        char **member = com__member(&config->keys[i], settings);
        free(*member);
        *member = NULL;
    }
}
