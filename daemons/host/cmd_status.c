/*
 * A daemon at a glance: what it is, how much there is and may be, and what somebody should look at.
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

static int64_t store_bytes(const struct host *host)
{
    char path[4200];
    struct stat st;
    snprintf(path, sizeof path, "%s/store/data.mdb", host->settings->data_dir);
    return stat(path, &st) == 0 ? (int64_t)st.st_blocks * 512 : 0;
}

static void set_sari(const struct host *host, struct com_json *json)
{
    char hex[MOM_PARK_HEX_LEN + 1] = "", printed[MOM_PARK_PRINTED_LEN + 1] = "";
    struct mom_park sari = mom_engine_sari(host->engine);
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

static void set_capacity(const struct host *host, struct com_json *json)
{
    struct mom_capacity capacity;
    com_json_key(json, "capacity");
    com_json_array(json);
    for (int kind = 0; kind < MOM_CAPACITY_COUNT; kind++) {
        if (!mom_engine_capacity(host->engine, (enum mom_capacity_kind)kind, 0, &capacity) ||
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

static void set_platforms(const struct host *host, struct com_json *json)
{
    struct mom_platforms platforms;
    (void)mom_engine_platform_mixture(host->engine, &platforms);
    com_json_key(json, "platforms");
    com_json_object(json);
    for (int i = MOM_PLATFORM_UNKNOWN; i < MOM_PLATFORM_COUNT; i++) {
        if (platforms.sites[i] > 0)
            com_json_set_int(json, mom_platform_info((enum mom_platform)i)->name,
                             platforms.sites[i]);
    }
    com_json_end(json);
}

static void add_held(const struct host *host, uint32_t number, struct com_json *json)
{
    char text[HOST_LABEL_SIZE];
    uint64_t held = row_held_count(host, number);
    if (held > 0)
        com_json_format(json, "site %s: %llu records wait for %s decide",
                        host_label(host, number, text, sizeof text), (unsigned long long)held,
                        host->program->ctl);
}

static void set_health(const struct host *host, struct com_json *json)
{
    struct mom_capacity capacity;
    com_json_key(json, "health");
    com_json_array(json);
    for (int kind = 0; kind < MOM_CAPACITY_COUNT; kind++) {
        if (mom_engine_capacity(host->engine, (enum mom_capacity_kind)kind, 0, &capacity) &&
            !capacity.of_site && capacity.near)
            com_json_format(json, "%s: %llu of at most %llu", capacity.name,
                            (unsigned long long)capacity.used, (unsigned long long)capacity.limit);
    }
    if (mom_engine_platform_mixture(host->engine, NULL))
        com_json_format(json, "sites of different platforms");
    if (mom_engine_restored(host->engine, NULL))
        com_json_format(json, "the store is a restored one: see %s restored accept",
                        host->program->ctl);
    for (size_t i = 0; i < host->site_count; i++)
        add_held(host, host->sites[i]->conf.number, json);
    if (host->program->add_health)
        host->program->add_health(host, json);
    com_json_end(json);
}

void cmd_status(const struct call *call)
{
    struct host *host = call->host;
    struct mom_counts counts = {0};
    struct mom_view *view;
    struct com_json json;
    unsigned enabled, steady;
    if (!host->broken && mom_view_open(host->engine, &view) == MOM_OK) {
        if (mom_view_counts(view, &counts) != MOM_OK)
            memset(&counts, 0, sizeof counts);
        mom_view_close(view);
    }
    host_count_sites(host, &enabled, &steady);
    com_json_init(&json);
    com_json_object(&json);
    com_json_set_text(&json, "system", host->settings->name);
    com_json_set_text(&json, "version", MOM_VERSION_TEXT);
    com_json_set_int(&json, "uptime_s", (com_now_ms() - host->started_mono) / 1000);
    com_json_set_text(&json, "store", host->broken ? "failed" : "good");
    if (!host->broken)
        set_sari(host, &json);
    com_json_set_bool(&json, "restored", !host->broken && mom_engine_restored(host->engine, NULL));
    com_json_set_int(&json, "sites", (int64_t)host->site_count);
    com_json_set_int(&json, "sites_enabled", enabled);
    com_json_set_int(&json, "sites_steady", steady);
    set_counts(&counts, &json);
    if (host->program->add_status)
        host->program->add_status(host, &json);
    if (!host->broken) {
        set_capacity(host, &json);
        set_platforms(host, &json);
        set_health(host, &json);
    }
    com_json_set_int(&json, "store_bytes", store_bytes(host));
    com_json_set_int(&json, "memory_bytes", memory_bytes());
    com_json_end(&json);
    (void)call_row(call->request, &json);
    com_json_done(&json);
    call_end(call, COM_EXIT_OK, NULL);
}
