/*
 * From records, sites and conflicts to JSON.
 */
#include "rows.h"
#include "link.h"

#include <stdio.h>
#include <string.h>

const char *row_type_name(enum mom_type type)
{
    return type == MOM_DEVICE ? "device" : "user";
}

static void set_time(struct com_json *json, const char *key, int64_t wall_ms)
{
    char text[COM_TIME_TEXT_MAX];
    com_json_set_text(json, key, com_time_text(wall_ms, text, sizeof text));
}

void row_time(struct com_json *json, const char *key, int64_t wall_ms)
{
    if (wall_ms) {
        set_time(json, key, wall_ms);
        return;
    }
    com_json_key(json, key);
    com_json_null(json);
}

static void set_site(const struct host *host, struct com_json *json, const char *key,
                     uint32_t number)
{
    char text[HOST_LABEL_SIZE];
    com_json_set_text(json, key, host_label(host, number, text, sizeof text));
}

static void set_field(const struct mom_record *record, enum mom_field field, struct com_json *json)
{
    const struct mom_field_info *info = mom_field_info(field);
    struct mom_str value;
    if (!mom_record_get(record, field, &value))
        return;
    if ((info->flags & MOM_SECRET) && value.len > 0)
        com_json_set_text(json, info->name, "***");
    else
        com_json_set_str(json, info->name, value.ptr, value.len);
}

/* --- records ---------------------------------------------------------------------------------------- */

void row_identity(const struct host *host, const struct mom_record *record, struct com_json *json)
{
    com_json_set_text(json, "type", row_type_name(mom_record_type(record)));
    if (mom_record_type(record) == MOM_USER) {
        set_field(record, MOM_USER_num, json);
        set_field(record, MOM_USER_name, json);
    } else {
        set_field(record, MOM_DEVICE_ipei, json);
    }
    set_site(host, json, "site", mom_record_site(record));
    com_json_set_bool(json, "parked", mom_record_parked(record));
}

/* The bound record by what people know it by. */
static void set_partner(struct mom_view *view, uint64_t partner, struct com_json *json)
{
    const struct mom_record *record = partner ? mom_view_record(view, partner) : NULL;
    struct mom_str value;
    if (!record)
        return;
    bool user = mom_record_type(record) == MOM_USER;
    if (mom_record_get(record, user ? MOM_USER_num : MOM_DEVICE_ipei, &value))
        com_json_set_str(json, user ? "user" : "device", value.ptr, value.len);
}

void row_record(const struct host *host, struct mom_view *view, const struct mom_record *record,
                struct com_json *json)
{
    uint64_t partner = mom_record_partner(record);
    bool user = mom_record_type(record) == MOM_USER;
    com_json_set_id(json, "id", mom_record_id(record));
    row_identity(host, record, json);
    set_field(record, user ? MOM_USER_relType : MOM_DEVICE_relType, json);
    if (user)
        set_field(record, MOM_USER_permanent, json);
    else
        set_field(record, MOM_DEVICE_s, json);
    set_partner(view, partner, json);
}

static void set_fields(const struct mom_record *record, struct com_json *json)
{
    for (int i = MOM_FIELD_NONE + 1; i < MOM_FIELD_COUNT; i++) {
        const struct mom_field_info *info = mom_field_info((enum mom_field)i);
        if (info->owner == mom_record_type(record) && info->form != MOM_PARTNER &&
            info->form != MOM_EXTRA && i != MOM_USER_num && i != MOM_USER_name &&
            i != MOM_DEVICE_ipei)
            set_field(record, (enum mom_field)i, json);
    }
}

static void set_changes(const struct host *host, const struct mom_record *record,
                        struct com_json *json)
{
    com_json_key(json, "changes");
    com_json_array(json);
    for (int i = MOM_FIELD_NONE + 1; i < MOM_FIELD_COUNT; i++) {
        const struct mom_field_info *info = mom_field_info((enum mom_field)i);
        struct mom_stamp stamp = mom_record_stamp(record, (enum mom_field)i);
        if (info->owner != mom_record_type(record) || info->group != (enum mom_field)i ||
            stamp.ms == 0)
            continue;
        com_json_object(json);
        com_json_set_text(json, "group", info->name);
        set_time(json, "at", stamp.ms);
        set_site(host, json, "by", stamp.origin);
        com_json_end(json);
    }
    com_json_end(json);
}

static void set_extras(const struct mom_record *record, struct com_json *json)
{
    struct mom_attr attr;
    com_json_key(json, "extra");
    com_json_array(json);
    for (size_t i = 0; mom_record_extra(record, i, &attr); i++) {
        com_json_object(json);
        com_json_set_str(json, "attribute", attr.name.ptr, attr.name.len);
        com_json_set_str(json, "value", attr.value.ptr, attr.value.len);
        com_json_end(json);
    }
    com_json_end(json);
}

static void set_locals(const struct host *host, struct mom_view *view, uint64_t id,
                       struct com_json *json)
{
    com_json_key(json, "held");
    com_json_array(json);
    for (size_t i = 0; i < host->site_count; i++) {
        uint32_t local = mom_view_local(view, host->sites[i]->conf.number, id);
        if (local == 0)
            continue;
        com_json_object(json);
        com_json_set_text(json, "at", host->sites[i]->conf.name);
        com_json_set_int(json, "local", local);
        com_json_end(json);
    }
    com_json_end(json);
}

void row_record_whole(const struct host *host, struct mom_view *view,
                      const struct mom_record *record, struct com_json *json)
{
    uint64_t id = mom_record_id(record), partner = mom_record_partner(record);
    com_json_set_id(json, "id", id);
    row_identity(host, record, json);
    com_json_set_id(json, "version", mom_record_version(record));
    set_time(json, "created", mom_record_created(record).ms);
    set_fields(record, json);
    set_extras(record, json);
    set_changes(host, record, json);
    set_partner(view, partner, json);
    set_locals(host, view, id, json);
}

/* --- where ------------------------------------------------------------------------------------------- */

static const struct mom_record *find_device(struct mom_view *view, const char *text)
{
    struct mom_ipei ipei;
    char printed[MOM_IPEI_LEN + 1];
    if (mom_ipei_parse(host_str(text), &ipei) != MOM_OK)
        return NULL;
    mom_ipei_print(ipei, printed);
    return mom_view_find(view, MOM_DEVICE_ipei, host_str(printed));
}

bool row_find_place(const struct host *host, struct mom_view *view, const char *text,
                    struct place *ret_place)
{
    struct place place = {0};
    const struct mom_record *record = mom_view_find(view, MOM_USER_num, host_str(text));
    if (!record)
        record = find_device(view, text);
    if (!record)
        return false;
    bool user = mom_record_type(record) == MOM_USER;
    place.user = user ? mom_record_id(record) : mom_record_partner(record);
    place.device = user ? mom_record_partner(record) : mom_record_id(record);
    if (place.device)
        record = mom_view_record(view, place.device);
    if (!record)
        return false;
    place.site = mom_record_site(record);
    place.epoch = mom_record_epoch(record);
    place.handoff.state = "home";
    if (place.device)
        place.handoff = mom_engine_handoff(host->engine, place.device);
    *ret_place = place;
    return true;
}

/* --- sites -------------------------------------------------------------------------------------------- */

uint64_t row_held_count(const struct host *host, uint32_t number)
{
    uint64_t count = 0, id = 0;
    struct mom_view *view;
    if (host->broken || mom_view_open(host->engine, &view) != MOM_OK)
        return 0;
    while ((id = mom_view_next_held(view, number, id)) != 0)
        count++;
    mom_view_close(view);
    return count;
}

static void set_near(const struct host *host, mom_site number, struct com_json *json)
{
    struct mom_capacity capacity;
    if (!host->broken &&
        mom_engine_capacity(host->engine, MOM_CAPACITY_SITE_DEVICES, number, &capacity) &&
        capacity.near)
        com_json_format(json, "%llu of at most %llu phones", (unsigned long long)capacity.used,
                        (unsigned long long)capacity.limit);
}

static void set_health(const struct host *host, const struct mom_omm_info *info,
                       const struct mom_site_info *known, uint64_t held, struct com_json *json)
{
    com_json_key(json, "health");
    com_json_array(json);
    if (held > 0)
        com_json_format(json, "%llu records are missing there: see %s held, %s decide",
                        (unsigned long long)held, host->program->ctl, host->program->ctl);
    set_near(host, known->site, json);
    if (info->secrets_unusable > 0)
        com_json_format(json, "%u secrets are known under another OMM's key only: enter them once",
                        info->secrets_unusable);
    if (known->refused > 0)
        com_json_format(json, "%u records were refused by the OMM", known->refused);
    if (known->pending > known->refused)
        com_json_format(json, "%u records wait to be written there",
                        known->pending - known->refused);
    if (info->clock_known &&
        (info->clock_offset_ms > ROW_CLOCK_WARN_MS || info->clock_offset_ms < -ROW_CLOCK_WARN_MS))
        com_json_format(json, "the OMM's clock is %lld s off",
                        (long long)info->clock_offset_ms / 1000);
    if (info->unknown_messages > 0)
        com_json_format(json, "%lld unknown messages", (long long)info->unknown_messages);
    if (info->repaired > 0)
        com_json_format(json, "%lld messages with forbidden characters were repaired",
                        (long long)info->repaired);
    com_json_end(json);
}

/* The engine knows of a site from its store, also when there is no link. */
static void look(const struct host *host, const struct site *site, struct mom_omm_info *ret_info,
                 struct mom_site_info *ret_known)
{
    memset(ret_info, 0, sizeof *ret_info);
    memset(ret_known, 0, sizeof *ret_known);
    ret_info->next_try_ms = MOM_NEVER;
    if (site->link)
        link_info(site->link, ret_info);
    if (!host->broken)
        (void)mom_engine_site(host->engine, site->conf.number, ret_known);
}

static void set_park(struct com_json *json, const char *key, struct mom_park park)
{
    char hex[MOM_PARK_HEX_LEN + 1] = "";
    if (park.pli)
        mom_park_hex(park, hex);
    com_json_set_text(json, key, hex);
}

static void set_summary(const struct host *host, const struct site *site,
                        const struct mom_omm_info *info, const struct mom_site_info *known,
                        struct com_json *json)
{
    uint64_t held = row_held_count(host, site->conf.number);
    int64_t wait = info->next_try_ms == MOM_NEVER ? -1 : info->next_try_ms - com_now_ms();
    com_json_set_int(json, "number", site->conf.number);
    com_json_set_text(json, "name", site->conf.name);
    com_json_set_text(json, "address", site->conf.address[0]);
    com_json_set_text(json, "state", site->link ? mom_omm_state_name(info->state) : "no link");
    com_json_set_text(json, "reason", site->link ? link_reason(site->link, info) : "");
    set_park(json, "park", known->park.pli ? known->park : info->park);
    com_json_set_int(json, "users", known->users);
    com_json_set_int(json, "devices", known->devices);
    com_json_set_int(json, "pending", known->pending);
    com_json_set_int(json, "refused", known->refused);
    com_json_set_int(json, "held", (int64_t)held);
    com_json_set_text(json, "policy", host->broken ? "" : mom_policy_name(known->policy));
    com_json_set_text(json, "platform", mom_platform_info(known->platform)->name);
    com_json_set_int(json, "read", (int64_t)info->devices_read + info->users_read);
    com_json_set_int(json, "total", (int64_t)info->devices_total + info->users_total);
    com_json_key(json, "clock_offset_ms");
    if (info->clock_known)
        com_json_int(json, info->clock_offset_ms);
    else
        com_json_null(json);
    com_json_key(json, "next_try_s");
    if (wait >= 0)
        com_json_int(json, (wait + 999) / 1000);
    else
        com_json_null(json);
    set_health(host, info, known, held, json);
}

void row_site(const struct host *host, const struct site *site, struct com_json *json)
{
    struct mom_omm_info info;
    struct mom_site_info known;
    look(host, site, &info, &known);
    set_summary(host, site, &info, &known, json);
}

static void set_counters(const struct mom_omm_info *info, struct com_json *json)
{
    com_json_set_int(json, "requests", (int64_t)info->requests);
    com_json_set_int(json, "answers", (int64_t)info->answers);
    com_json_set_int(json, "events", (int64_t)info->events);
    com_json_set_int(json, "errors_answered", (int64_t)info->errors_answered);
    com_json_set_int(json, "unknown_messages", (int64_t)info->unknown_messages);
    com_json_set_int(json, "parse_errors", (int64_t)info->parse_errors);
    com_json_set_int(json, "repaired", (int64_t)info->repaired);
    com_json_set_int(json, "bytes_in", (int64_t)info->bytes_in);
    com_json_set_int(json, "bytes_out", (int64_t)info->bytes_out);
    com_json_set_int(json, "secrets_unusable", info->secrets_unusable);
}

void row_site_whole(const struct host *host, const struct site *site, struct com_json *json)
{
    struct mom_omm_info info;
    struct mom_site_info known;
    struct mom_capacity capacity;
    look(host, site, &info, &known);
    set_summary(host, site, &info, &known, json);
    com_json_set_text(json, "standby", site->conf.address[1]);
    com_json_set_text(json, "standby_told", info.standby_address);
    com_json_set_text(json, "account", site->conf.user);
    com_json_set_bool(json, "enabled", site->conf.enabled);
    com_json_set_bool(json, "plain", site->conf.plain);
    com_json_set_text(json, "check", com_tls_check_names[site_check(host, &site->conf)]);
    com_json_set_text(json, "fingerprint", site->conf.fingerprint);
    com_json_set_bool(json, "up", known.up);
    com_json_set_bool(json, "importing", known.importing);
    row_time(json, "imported", known.imported_ms);
    if (!host->broken &&
        mom_engine_capacity(host->engine, MOM_CAPACITY_SITE_DEVICES, site->conf.number, &capacity))
        com_json_set_int(json, "devices_limit", (int64_t)capacity.limit);
    com_json_set_text(json, "omm_version", info.omm_version);
    com_json_set_int(json, "protocol_version", info.protocol_version);
    set_park(json, "sari", info.sari);
    com_json_set_int(json, "devices_read", info.devices_read);
    com_json_set_int(json, "devices_total", info.devices_total);
    com_json_set_int(json, "users_read", info.users_read);
    com_json_set_int(json, "users_total", info.users_total);
    set_counters(&info, json);
}

/* --- conflicts ------------------------------------------------------------------------------------------ */

static void set_stamp(const struct host *host, struct com_json *json, const char *by,
                      const char *at, struct mom_stamp stamp)
{
    set_site(host, json, by, stamp.origin);
    set_time(json, at, stamp.ms);
}

void row_conflict(const struct host *host, struct mom_view *view,
                  const struct mom_conflict *conflict, struct com_json *json)
{
    const struct mom_field_info *group = mom_field_info(conflict->group);
    com_json_set_id(json, "sequence", conflict->sequence);
    set_time(json, "decided", conflict->decided_ms);
    com_json_set_id(json, "id", conflict->id);
    com_json_set_text(json, "group", group ? group->name : "");
    com_json_set_str(json, "kept", conflict->kept.ptr, conflict->kept.len);
    set_stamp(host, json, "kept_by", "kept_at", conflict->winner);
    com_json_set_str(json, "lost", conflict->lost.ptr, conflict->lost.len);
    set_stamp(host, json, "lost_by", "lost_at", conflict->loser);
    com_json_set_str(json, "rule", conflict->rule.ptr, conflict->rule.len);
    if (conflict->from) {
        if (conflict->told_ms)
            set_time(json, "told_at", conflict->told_ms);
        com_json_set_int(json, "clock_offset_ms", conflict->clock_ms);
    }
    com_json_set_bool(json, "follows", mom_conflict_check(conflict));
    if (conflict->undone.ms)
        set_time(json, "undone", conflict->undone.ms);
    /* last: the conflict's texts are borrowed until the next question */
    const struct mom_record *record = mom_view_record(view, conflict->id);
    if (record)
        row_identity(host, record, json);
}

void row_profile(const struct host *host, const struct mom_profile *profile, bool whole,
                 struct com_json *json)
{
    com_json_set_int(json, "profile", profile->number);
    com_json_set_str(json, "name", profile->name.ptr, profile->name.len);
    com_json_set_int(json, "bytes", (int64_t)profile->data.len);
    set_stamp(host, json, "by", "at", profile->stamp);
    if (whole)
        com_json_set_str(json, "data", profile->data.ptr, profile->data.len);
}

/* --- the past --------------------------------------------------------------------------------------------- */

static void set_did(unsigned did, struct com_json *json)
{
    static const struct {
        unsigned bit;
        const char *name;
    } names[] = {{MOM_DID_CREATE, "created"},  {MOM_DID_DELETE, "deleted"},
                 {MOM_DID_REVIVE, "revived"},  {MOM_DID_PARK, "parked"},
                 {MOM_DID_UNPARK, "unparked"}, {MOM_DID_MOVE, "moved"},
                 {MOM_DID_CHANGE, "changed"}};
    char text[80] = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t len = strlen(text);
        if (did & names[i].bit)
            snprintf(text + len, sizeof text - len, "%s%s", len ? " " : "", names[i].name);
    }
    com_json_set_text(json, "did", text);
}

void row_version(const struct host *host, const struct mom_version *version, size_t i,
                 struct com_json *json)
{
    com_json_set_id(json, "number", version->number);
    set_time(json, "at", version->at_ms);
    set_did(version->did, json);
    set_stamp(host, json, "by", "stamp", version->stamp);
    com_json_set_text(json, "reason", mom_reason_name(version->reason));
    if (version->did & (MOM_DID_MOVE | MOM_DID_CREATE)) {
        set_site(host, json, "from_site", version->from_site);
        set_site(host, json, "to_site", version->to_site);
    }
    if (i >= version->group_count)
        return;
    const struct mom_replaced *group = &version->groups[i];
    com_json_set_text(json, "group", mom_field_info(group->group)->name);
    com_json_set_str(json, "from", group->from.ptr ? group->from.ptr : "", group->from.len);
    com_json_set_str(json, "to", group->to.ptr ? group->to.ptr : "", group->to.len);
}

void row_record_past(const struct host *host, const struct mom_record *record,
                     struct com_json *json)
{
    com_json_set_id(json, "id", mom_record_id(record));
    row_identity(host, record, json);
    set_time(json, "created", mom_record_created(record).ms);
    set_fields(record, json);
    set_extras(record, json);
    set_changes(host, record, json);
    if (mom_record_partner(record))
        com_json_set_id(json, "partner", mom_record_partner(record));
}
