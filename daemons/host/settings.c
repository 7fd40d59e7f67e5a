/*
 * What both daemons check and take from their settings.
 */
#include "host.h"

#include <com/tls.h>

#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SMALL_MACHINE (UINT64_C(256) << 20) /* bytes of memory */
#define BATCH_SMALL   16
#define BATCH_LARGE   2048

const char *const host_offline_delete_names[] = {"keep-deleted", "restore", NULL};

static bool parse_sari(const char *text, struct mom_park *ret_park)
{
    struct mom_str str = {text, strlen(text)};
    return mom_park_parse(str, ret_park) == MOM_OK ||
           mom_park_parse_printed(str, ret_park) == MOM_OK;
}

struct mom_park host_settings_sari(const struct host_settings *settings)
{
    struct mom_park park = {0};
    return parse_sari(settings->sari_text, &park) ? park : (struct mom_park){0};
}

bool host_settings_check(const struct host_settings *settings, const char *path,
                         struct com_problems *problems)
{
    struct mom_park park;
    size_t before = problems->count;
    if (!parse_sari(settings->sari_text, &park))
        com_problems_add(
            problems,
            "%s: [system] sari: \"%s\" is neither 10 hexadecimal digits nor a printed PARK", path,
            settings->sari_text);
    if (settings->group[0] && !getgrnam(settings->group))
        com_problems_add(problems, "%s: [control] group: there is no group \"%s\"", path,
                         settings->group);
    if (settings->tls_check == COM_TLS_CHECK_CA && !settings->ca_file[0])
        com_problems_add(problems, "%s: [tls] check = ca needs ca-file", path);
    if (settings->ca_file[0] && access(settings->ca_file, R_OK) != 0)
        com_problems_add(problems, "%s: [tls] ca-file: %s cannot be read", path, settings->ca_file);
    return problems->count == before;
}

/* A base station has little memory, and slow enough a disk that the size of a step hardly matters. */
static void set_batch(struct host_settings *settings)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    bool small = pages > 0 && page > 0 && (uint64_t)pages * (uint64_t)page < SMALL_MACHINE;
    if (settings->batch_max == 0)
        settings->batch_max = small ? BATCH_SMALL : BATCH_LARGE;
}

void *host_settings_load(const struct host_program *program, const char *path,
                         struct com_problems *problems)
{
    const struct com_config *config = program->config;
    const char *name = path ? path : "defaults";
    void *settings = calloc(1, config->settings_size);
    if (!settings) {
        com_problems_add(problems, "%s: out of memory", name);
        return NULL;
    }
    if (com_config_load(config, settings, path, problems) != 0) {
        free(settings);
        return NULL;
    }
    set_batch(settings);
    /* both, so that all mistakes are reported at once */
    bool good = host_settings_check(settings, name, problems);
    if (program->check)
        good = program->check(settings, name, problems) && good;
    if (good)
        return settings;
    host_settings_free(program, settings);
    return NULL;
}

void host_settings_free(const struct host_program *program, void *settings)
{
    com_config_free(program->config, settings);
    free(settings);
}
