/*
 * The hub at a glance: what it is, how much there is and may be, and what somebody should look at.
 */
#include "commands.h"
#include "rows.h"

#include <com/cli.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int64_t memory_bytes(void)
{
    long long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    /* NOLINTNEXTLINE(cert-err34-c): numbers of the kernel */
    if (fscanf(file, "%lld %lld", &total, &resident) != 2)
        resident = 0;
    fclose(file);
    return (int64_t)resident * sysconf(_SC_PAGESIZE);
}

static int64_t store_bytes(const struct momd *momd)
{
    char path[4200];
    struct stat st;
    snprintf(path, sizeof path, "%s/store/data.mdb", momd->settings.data_dir);
    return stat(path, &st) == 0 ? (int64_t)st.st_blocks * 512 : 0;
}

static void set_sari(const struct momd *momd, struct com_json *json)
{
    char hex[MOM_PARK_HEX_LEN + 1] = "", printed[MOM_PARK_PRINTED_LEN + 1] = "";
    struct mom_park sari = mom_engine_sari(momd->engine);
    if (sari.pli) {
        mom_park_hex(sari, hex);
        mom_park_printed(sari, printed);
    }
    com_json_set_text(json, "sari", hex);
    com_json_set_text(json, "sari_printed", printed);
}

static void set_counts(const struct mom_counts *counts, struct com_json *json)
{
    com_json_set_int(json, "users", (int64_t)counts->users);
    com_json_set_int(json, "devices", (int64_t)counts->devices);
    com_json_set_int(json, "permanent", (int64_t)counts->permanent);
    com_json_set_int(json, "parked", (int64_t)counts->parked);
    com_json_set_int(json, "tombstones", (int64_t)counts->tombstones);
    com_json_set_int(json, "conflicts", (int64_t)counts->conflicts);
    com_json_set_int(json, "handoffs_active", (int64_t)counts->handoffs_active);
    com_json_set_int(json, "handoffs_done", (int64_t)counts->handoffs_done);
    com_json_set_int(json, "handoffs_timed_out", (int64_t)counts->handoffs_timed_out);
}

/* --- limits and what to look at ------------------------------------------------------------------------- */

static void set_capacity(const struct momd *momd, struct com_json *json)
{
    struct mom_capacity capacity;
    com_json_key(json, "capacity");
    com_json_array(json);
    for (int kind = 0; kind < MOM_CAPACITY_COUNT; kind++) {
        if (!mom_engine_capacity(momd->engine, (enum mom_capacity_kind)kind, 0, &capacity) ||
            capacity.of_site)
            continue;
        com_json_object(json);
        com_json_set_text(json, "of", capacity.name);
        com_json_set_int(json, "used", (int64_t)capacity.used);
        com_json_set_int(json, "limit", (int64_t)capacity.limit);
        com_json_set_bool(json, "near", capacity.near);
        com_json_end(json);
    }
    com_json_end(json);
}

static void set_platforms(const struct momd *momd, struct com_json *json)
{
    struct mom_platforms platforms;
    (void)mom_engine_platform_mixture(momd->engine, &platforms);
    com_json_key(json, "platforms");
    com_json_object(json);
    for (int i = MOM_PLATFORM_UNKNOWN; i < MOM_PLATFORM_COUNT; i++) {
        if (platforms.sites[i] > 0)
            com_json_set_int(json, mom_platform_info((enum mom_platform)i)->name,
                             platforms.sites[i]);
    }
    com_json_end(json);
}

static void set_health(const struct momd *momd, struct com_json *json)
{
    struct mom_capacity capacity;
    com_json_key(json, "health");
    com_json_array(json);
    for (int kind = 0; kind < MOM_CAPACITY_COUNT; kind++) {
        if (mom_engine_capacity(momd->engine, (enum mom_capacity_kind)kind, 0, &capacity) &&
            !capacity.of_site && capacity.near)
            com_json_format(json, "%s: %llu of at most %llu", capacity.name,
                            (unsigned long long)capacity.used, (unsigned long long)capacity.limit);
    }
    if (mom_engine_platform_mixture(momd->engine, NULL))
        com_json_format(json, "sites of different platforms");
    if (mom_engine_restored(momd->engine, NULL))
        com_json_format(json, "the store is a restored one: see momctl restored accept");
    for (size_t i = 0; i < momd->site_count; i++) {
        uint64_t held = row_held_count(momd, momd->sites[i]->conf.number);
        if (held > 0)
            com_json_format(json, "site %s: %llu records wait for momctl decide",
                            momd->sites[i]->conf.name, (unsigned long long)held);
    }
    com_json_end(json);
}

void cmd_status(const struct call *call)
{
    struct momd *momd = call->momd;
    struct mom_counts counts = {0};
    struct mom_view *view;
    struct com_json json;
    unsigned enabled, steady;
    if (!momd->broken && mom_view_open(momd->engine, &view) == MOM_OK) {
        if (mom_view_counts(view, &counts) != MOM_OK)
            memset(&counts, 0, sizeof counts);
        mom_view_close(view);
    }
    momd_count_sites(momd, &enabled, &steady);
    com_json_init(&json);
    com_json_object(&json);
    com_json_set_text(&json, "system", momd->settings.name);
    com_json_set_text(&json, "version", MOM_VERSION_TEXT);
    com_json_set_int(&json, "uptime_s", (com_now_ms() - momd->started_mono) / 1000);
    com_json_set_text(&json, "store", momd->broken ? "failed" : "good");
    if (!momd->broken)
        set_sari(momd, &json);
    com_json_set_bool(&json, "restored", !momd->broken && mom_engine_restored(momd->engine, NULL));
    com_json_set_int(&json, "sites", (int64_t)momd->site_count);
    com_json_set_int(&json, "sites_enabled", enabled);
    com_json_set_int(&json, "sites_steady", steady);
    set_counts(&counts, &json);
    if (!momd->broken) {
        set_capacity(momd, &json);
        set_platforms(momd, &json);
        set_health(momd, &json);
    }
    com_json_set_int(&json, "store_bytes", store_bytes(momd));
    com_json_set_int(&json, "memory_bytes", memory_bytes());
    com_json_end(&json);
    (void)call_row(call->request, &json);
    com_json_done(&json);
    call_end(call, COM_EXIT_OK, NULL);
}
