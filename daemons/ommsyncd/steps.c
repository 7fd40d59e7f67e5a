/*
 * Rows of what would be done. A record of one view is valid until the next call on that view.
 */
#include "steps.h"

#include <com/cli.h>

#include <stdio.h>
#include <string.h>

/* What becomes of a record, in a word and in a sentence. */
struct step {
    enum steps_of of;
    const char *kind, *why;
};

/* clang-format off */
static const struct step
    merged   = {STEPS_BOTH,   "merge",   "the star has it: what was changed last wins"},
    added    = {STEPS_THEIRS, "add",     "nobody else has it: every site would get it"},
    parked   = {STEPS_PARKED, "park",    "another user has the number: one of them waits until it gets another one"},
    replaced = {STEPS_BOTH,   "replace", "the star's is written in its place"},
    deleted  = {STEPS_THEIRS, "delete",  "the star has not got it"},
    dropped  = {STEPS_THEIRS, "delete",  "it works at one site only: it is written where its phone is heard"},
    written  = {STEPS_OURS,   "write",   "the OMM has not got it"};
/* clang-format on */

static const char *text_of(const struct mom_record *record, enum mom_field field, char *ret_text,
                           size_t max)
{
    struct mom_str value;
    ret_text[0] = '\0';
    if (mom_record_get(record, field, &value))
        snprintf(ret_text, max, "%.*s", (int)value.len, value.ptr);
    return ret_text;
}

/* `there`: the star's record, when it has another one under the same number; else NULL. */
static void tell(struct steps *steps, const struct mom_record *record,
                 const struct mom_record *there, const struct step *step)
{
    bool user = mom_record_type(record) == MOM_USER;
    char text[200], other[200];
    struct com_json json;
    steps->counts[step->of]++;
    if (steps->rows++ >= STEPS_LISTED_MAX)
        return;
    com_json_init(&json);
    com_json_object(&json);
    com_json_set_text(&json, "kind", step->kind);
    com_json_set_text(&json, "type", user ? "user" : "device");
    if (user) {
        com_json_set_text(&json, "num", text_of(record, MOM_USER_num, text, sizeof text));
        com_json_set_text(&json, "name", text_of(record, MOM_USER_name, text, sizeof text));
    } else {
        com_json_set_text(&json, "ipei", text_of(record, MOM_DEVICE_ipei, text, sizeof text));
    }
    com_json_key(&json, "why");
    if (user && there && strcmp(text, text_of(there, MOM_USER_name, other, sizeof other)) != 0)
        com_json_format(&json, "%s; there it is \"%s\"", step->why, other);
    else
        com_json_text(&json, step->why);
    com_json_end(&json);
    (void)call_row(steps->call->request, &json);
    com_json_done(&json);
}

/* The record of a view that has the number or IPEI of another view's. */
static const struct mom_record *same_in(struct mom_view *view, const struct mom_record *record)
{
    enum mom_field key = mom_record_type(record) == MOM_USER ? MOM_USER_num : MOM_DEVICE_ipei;
    struct mom_str value;
    if (!mom_record_get(record, key, &value) || value.len == 0)
        return NULL;
    return mom_view_find(view, key, value);
}

/* What takes no SARI, and who is bound to it, goes to no OMM before the phone is heard there. Calls on the view. */
static bool follows_its_phone(struct mom_view *view, uint64_t id)
{
    const struct mom_record *record = mom_view_record(view, id);
    struct mom_str value;
    if (record && mom_record_type(record) == MOM_USER && mom_record_partner(record) != 0)
        record = mom_view_record(view, mom_record_partner(record));
    return record && mom_record_type(record) == MOM_DEVICE &&
           mom_record_get(record, MOM_DEVICE_subscribeToPARIOnly, &value) && value.len == 1 &&
           value.ptr[0] == '1';
}

static bool same_text(const struct mom_record *a, const struct mom_record *b, enum mom_field field)
{
    struct mom_str left, right;
    return mom_record_get(a, field, &left) && mom_record_get(b, field, &right) && left.len > 0 &&
           left.len == right.len && memcmp(left.ptr, right.ptr, left.len) == 0;
}

/* A user of theirs and one of ours with the same number are the same if something else agrees too: docs/merge.md.
 * Calls on both views. */
static bool is_same_user(struct steps *steps, const struct mom_record *record,
                         const struct mom_record *there)
{
    uint64_t phone = mom_record_partner(record), other = mom_record_partner(there);
    if (same_text(record, there, MOM_USER_name) || same_text(record, there, MOM_USER_sipAuthId))
        return true;
    record = phone ? mom_view_record(steps->theirs, phone) : NULL;
    there = other ? mom_view_record(steps->ours, other) : NULL;
    return record && there && same_text(record, there, MOM_DEVICE_ipei);
}

static void tell_merge(struct steps *steps, const struct mom_record *record,
                       const struct mom_record *there)
{
    uint64_t id = mom_record_id(record);
    const struct step *step = &merged;
    if (mom_record_type(record) == MOM_USER && !is_same_user(steps, record, there))
        step = &parked;
    record = mom_view_record(steps->theirs, id);
    if (record)
        tell(steps, record, same_in(steps->ours, record), step);
}

static void theirs_of(struct steps *steps, enum mom_type type, bool merge)
{
    const struct mom_record *record, *there;
    for (uint64_t after = 0; (record = mom_view_next(steps->theirs, type, after)) != NULL;) {
        after = mom_record_id(record);
        there = same_in(steps->ours, record);
        if (!there)
            tell(steps, record, NULL, merge ? &added : &deleted);
        else if (merge)
            tell_merge(steps, record, there);
        else if (follows_its_phone(steps->ours, mom_record_id(there)))
            tell(steps, record, NULL, &dropped);
        else
            tell(steps, record, same_in(steps->ours, record), &replaced);
    }
}

void steps_merge(struct steps *steps)
{
    theirs_of(steps, MOM_USER, true);
    theirs_of(steps, MOM_DEVICE, true);
}

/* What a site has by what the engine knows. Of what was deleted since, nothing but a number is known. */
static void known_of(struct steps *steps, enum mom_type type)
{
    struct mom_view *view = steps->ours;
    uint32_t local = 0;
    uint64_t id;
    while ((id = mom_view_next_local(view, steps->site, type, local, &local)) != 0) {
        bool dropping = follows_its_phone(view, id);
        const struct mom_record *record = mom_view_record(view, id);
        if (!record)
            steps->counts[STEPS_THEIRS]++;
        else if (mom_record_parked(record))
            tell(steps, record, NULL, &deleted);
        else
            tell(steps, record, NULL, dropping ? &dropped : &replaced);
    }
}

static bool omm_has(const struct steps *steps, const struct mom_record *record)
{
    if (steps->theirs)
        return same_in(steps->theirs, record) != NULL;
    return mom_view_local(steps->ours, steps->site, mom_record_id(record)) != 0;
}

/* Ours that the OMM lacks. */
static void missing_of(struct steps *steps, enum mom_type type)
{
    const struct mom_record *record;
    for (uint64_t after = 0; (record = mom_view_next(steps->ours, type, after)) != NULL;) {
        after = mom_record_id(record);
        if (mom_record_parked(record) || omm_has(steps, record) ||
            follows_its_phone(steps->ours, after) ||
            (record = mom_view_record(steps->ours, after)) == NULL)
            continue;
        tell(steps, record, NULL, &written);
    }
}

void steps_replace(struct steps *steps)
{
    static const enum mom_type types[] = {MOM_USER, MOM_DEVICE};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (steps->theirs)
            theirs_of(steps, types[i], false);
        else
            known_of(steps, types[i]);
        missing_of(steps, types[i]);
    }
}

/* --- begin, end, counts ------------------------------------------------------------------------------------- */

static const char unreadable[] = "the records cannot be read";

bool steps_begin(struct steps *steps, const struct call *call, struct mom_engine *theirs)
{
    *steps = (struct steps){.call = call, .site = (mom_site)settings_of(call->host)->node};
    if (mom_view_open(call->host->engine, &steps->ours) == MOM_OK) {
        if (!theirs || mom_view_open(theirs, &steps->theirs) == MOM_OK)
            return true;
        mom_view_close(steps->ours);
    }
    call_end(call, COM_EXIT_REFUSED, "%s", unreadable);
    return false;
}

bool steps_end(struct steps *steps)
{
    int rc = mom_view_error(steps->ours); /* "there is no other" may be one */
    if (steps->theirs && rc == MOM_OK)
        rc = mom_view_error(steps->theirs);
    if (steps->theirs)
        mom_view_close(steps->theirs);
    mom_view_close(steps->ours);
    if (rc != MOM_OK)
        call_end(steps->call, COM_EXIT_PARTLY, "%s", unreadable);
    return rc == MOM_OK;
}

void steps_begin_counts(struct com_json *json)
{
    com_json_init(json);
    com_json_object(json);
    com_json_set_text(json, "what", "counts");
}

void steps_send_counts(const struct steps *steps, struct com_json *json)
{
    if (steps->rows > STEPS_LISTED_MAX)
        com_json_set_int(json, "not_listed", (int64_t)(steps->rows - STEPS_LISTED_MAX));
    com_json_end(json);
    (void)call_row(steps->call->request, json);
    com_json_done(json);
}
