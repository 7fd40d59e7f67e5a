/*
 * Fuzz target: any bytes as a configuration file. What is taken must survive being dumped and read
 * again; what is not taken leaves the settings alone and has problems, of which not too many are
 * kept.
 */
#include "fuzz/fuzz.h"

#include <com/config.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_settings {
    char *path, *name;
    bool tls;
    int64_t port, wait, size;
    int level;
};

static const char *const fuzz_levels[] = {"error", "info", "debug", NULL};

/* clang-format off */
#define AT(member) offsetof(struct fuzz_settings, member)
static const struct com_key fuzz_keys[] = {
    {.section = "store", .name = "path", .type = COM_KEY_TEXT, .default_text = "/x", .min = 1,
     .help = "Where.", .offset = AT(path)},
    {.section = "store", .name = "size", .type = COM_KEY_BYTES, .default_text = "1GiB", .min = 4096,
     .max = INT64_C(1) << 40, .help = "How large.", .offset = AT(size)},
    {.section = "link", .name = "name", .type = COM_KEY_TEXT, .default_text = "", .max = 20, .help = "Who.",
     .offset = AT(name)},
    {.section = "link", .name = "port", .type = COM_KEY_INT, .default_text = "12622", .help = "Any.",
     .offset = AT(port)},
    {.section = "link", .name = "wait", .type = COM_KEY_DURATION, .default_text = "1min", .help = "Any.",
     .offset = AT(wait)},
    {.section = "link", .name = "tls", .type = COM_KEY_BOOL, .default_text = "yes", .help = "How.",
     .offset = AT(tls)},
    {.section = "log", .name = "level", .type = COM_KEY_CHOICE, .default_text = "info",
     .choices = fuzz_levels, .help = "What.", .offset = AT(level)},
};
#undef AT
/* clang-format on */
static const struct com_config fuzz_config_table = {
    fuzz_keys, sizeof fuzz_keys / sizeof fuzz_keys[0], sizeof(struct fuzz_settings), "Of a test"};

static void dump_and_read(const struct fuzz_settings *settings)
{
    struct com_problems problems = {0};
    struct fuzz_settings again;
    char *text = NULL;
    size_t len = 0, iter = 0;
    FILE *out = open_memstream(&text, &len);

    must(out != NULL);
    com_config_dump(&fuzz_config_table, settings, out);
    must(fclose(out) == 0);
    must(com_config_parse(&fuzz_config_table, &again, "dump", text, len, &problems) == 0);
    must(com_config_changed(&fuzz_config_table, settings, &again, &iter) == NULL);
    com_config_free(&fuzz_config_table, &again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_settings settings = {.port = 4711};
    struct com_problems problems = {0};
    char path[] = "untouched";

    settings.path = path;
    if (com_config_parse(&fuzz_config_table, &settings, "f", (const char *)data, size, &problems) ==
        0) {
        must(problems.count == 0);
        must(settings.path != NULL && settings.name != NULL && strlen(settings.name) <= 20);
        must(settings.size >= 4096 && settings.level >= 0 && settings.level <= 2);
        dump_and_read(&settings);
        com_config_free(&fuzz_config_table, &settings);
    } else {
        must(problems.count > 0 && problems.count <= COM_PROBLEMS_MAX);
        must(settings.port == 4711 && settings.path == path);
    }
    com_problems_done(&problems);
    return 0;
}
