/*
 * The store of a site: records in the order of their ids, and trees that find them by number, additional id and IPEI.
 */
#include "sim.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

/* --- one record --------------------------------------------------------------------------------- */

struct sim_rec *sim_rec_new(struct sim_site *site, enum sim_kind kind, int64_t id)
{
    unsigned count;
    const struct sim_field *fields = sim_fields(kind, &count);
    struct sim_rec *rec = calloc(1, sizeof *rec + count * sizeof rec->val[0]);
    if (rec == NULL)
        return NULL;
    rec->kind = kind;
    rec->id = id;
    rec->site = site;
    for (unsigned i = 0; i < count; i++)
        rec->val[i] = fields[i].value;
    sim_rec_put_int(rec, kind == SIM_DEV ? (unsigned)D_ppn : (unsigned)U_uid, id);
    return rec;
}

static void drop_value(struct sim_rec *rec, unsigned slot)
{
    const struct sim_field *fields = sim_fields(rec->kind, NULL);
    if (rec->val[slot] != fields[slot].value)
        free((void *)(uintptr_t)rec->val[slot]);
    rec->val[slot] = fields[slot].value;
}

void sim_rec_free(struct sim_rec *rec)
{
    if (rec == NULL)
        return;
    unsigned count;
    sim_fields(rec->kind, &count);
    for (unsigned i = 0; i < count; i++)
        drop_value(rec, i);
    for (size_t i = 0; i < rec->extra_count; i++) {
        free(rec->extras[i].name);
        free(rec->extras[i].value);
    }
    free(rec->extras);
    for (unsigned i = 0; i < SIM_SECRETS; i++)
        free(rec->cipher[i]);
    free(rec);
}

void sim_rec_put(struct sim_rec *rec, unsigned slot, const char *value)
{
    const struct sim_field *field = &sim_fields(rec->kind, NULL)[slot];
    bool same = field->value != NULL && strcmp(field->value, value) == 0;
    char *copy = same ? NULL : strdup(value);
    if (!same && copy == NULL)
        return; /* the value stays as it was */
    drop_value(rec, slot);
    if (copy != NULL)
        rec->val[slot] = copy;
    if (field->flags & SIM_SECRET)
        sim_secret_forget(rec, slot);
}

void sim_rec_put_int(struct sim_rec *rec, unsigned slot, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)value);
    sim_rec_put(rec, slot, text);
}

int64_t sim_rec_int(const struct sim_rec *rec, unsigned slot)
{
    return rec->val[slot] != NULL ? strtoll(rec->val[slot], NULL, 10) : 0;
}

/* --- indexes ------------------------------------------------------------------------------------ */

/* A node of a tree is a record; a search uses a record on the stack, made only as large as needed. */
static int by_value(const struct sim_rec *a, const struct sim_rec *b, unsigned slot)
{
    return strcmp(a->val[slot], b->val[slot]);
}
static int by_num(const void *a, const void *b)
{
    return by_value(a, b, U_num);
}
static int by_add(const void *a, const void *b)
{
    return by_value(a, b, U_addId);
}
static int by_ipei(const void *a, const void *b)
{
    return by_value(a, b, D_ipei);
}

static bool index_add(struct sim_rec *rec, void **root, unsigned slot,
                      int (*compare)(const void *, const void *))
{
    if (rec->val[slot][0] == '\0')
        return true;
    return tsearch(rec, root, compare) != NULL;
}

static void index_remove(struct sim_rec *rec, void **root, unsigned slot,
                         int (*compare)(const void *, const void *))
{
    struct sim_rec **found = rec->val[slot][0] != '\0' ? tfind(rec, root, compare) : NULL;
    if (found != NULL && *found == rec)
        tdelete(rec, root, compare);
}

static bool index_record(struct sim_rec *rec)
{
    struct sim_site *site = rec->site;
    if (rec->kind == SIM_DEV)
        return index_add(rec, &site->by_ipei, D_ipei, by_ipei);
    return index_add(rec, &site->by_num, U_num, by_num) &&
           index_add(rec, &site->by_add, U_addId, by_add);
}

static void unindex_record(struct sim_rec *rec)
{
    struct sim_site *site = rec->site;
    if (rec->kind == SIM_DEV) {
        index_remove(rec, &site->by_ipei, D_ipei, by_ipei);
        return;
    }
    index_remove(rec, &site->by_num, U_num, by_num);
    index_remove(rec, &site->by_add, U_addId, by_add);
}

static struct sim_rec *index_find(void *const *root, enum sim_kind kind, unsigned slot,
                                  const char *value, int (*compare)(const void *, const void *))
{
    if (value[0] == '\0' || *root == NULL)
        return NULL;
    union {
        struct sim_rec rec;
        char space[sizeof(struct sim_rec) + SIM_SLOTS_MAX * sizeof(char *)];
    } key;
    key.rec.kind = kind;
    key.rec.val[slot] = value;
    struct sim_rec **found = tfind(&key.rec, root, compare);
    return found != NULL ? *found : NULL;
}

struct sim_rec *sim_find_number(struct sim_site *site, const char *num)
{
    return index_find(&site->by_num, SIM_USER, U_num, num, by_num);
}

struct sim_rec *sim_find_ipei(struct sim_site *site, const char *ipei)
{
    return index_find(&site->by_ipei, SIM_DEV, D_ipei, ipei, by_ipei);
}

static struct sim_rec *find_add_id(struct sim_site *site, const char *add_id)
{
    return index_find(&site->by_add, SIM_USER, U_addId, add_id, by_add);
}

/* --- the list ----------------------------------------------------------------------------------- */

size_t sim_position(const struct sim_recs *recs, int64_t id)
{
    size_t low = 0, high = recs->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (recs->at[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct sim_rec *sim_find(struct sim_site *site, enum sim_kind kind, int64_t id)
{
    const struct sim_recs *recs = &site->recs[kind];
    size_t i = sim_position(recs, id);
    return i < recs->count && recs->at[i]->id == id ? recs->at[i] : NULL;
}

bool sim_rec_add(struct sim_rec *rec)
{
    struct sim_recs *recs = &rec->site->recs[rec->kind];
    if (recs->count == recs->cap) {
        size_t cap = recs->cap > 0 ? 2 * recs->cap : 64;
        struct sim_rec **at = realloc(recs->at, cap * sizeof(struct sim_rec *));
        if (at == NULL)
            return false;
        recs->at = at;
        recs->cap = cap;
    }
    if (!index_record(rec))
        return false;
    size_t i = sim_position(recs, rec->id);
    memmove(recs->at + i + 1, recs->at + i, (recs->count - i) * sizeof(struct sim_rec *));
    recs->at[i] = rec;
    recs->count++;
    if (rec->id >= recs->next_id)
        recs->next_id = rec->id + 1;
    return true;
}

void sim_rec_remove(struct sim_rec *rec)
{
    struct sim_recs *recs = &rec->site->recs[rec->kind];
    size_t i = sim_position(recs, rec->id);
    if (i == recs->count || recs->at[i] != rec)
        return;
    unindex_record(rec);
    recs->count--;
    memmove(recs->at + i, recs->at + i + 1, (recs->count - i) * sizeof(struct sim_rec *));
}

static void keep_node(void *node)
{
    (void)node; /* nodes are records, freed with the list */
}

void sim_recs_done(struct sim_site *site)
{
    tdestroy(site->by_num, keep_node);
    tdestroy(site->by_add, keep_node);
    tdestroy(site->by_ipei, keep_node);
    site->by_num = site->by_add = site->by_ipei = NULL;
    for (int kind = 0; kind < 2; kind++) {
        for (size_t i = 0; i < site->recs[kind].count; i++)
            sim_rec_free(site->recs[kind].at[i]);
        free(site->recs[kind].at);
        site->recs[kind] = (struct sim_recs){0};
    }
}

/* --- changes ------------------------------------------------------------------------------------ */

static bool taken(const struct sim_rec *found, const struct sim_rec *old, const char *bad,
                  struct sim_refusal *refusal)
{
    if (found == NULL || found == old)
        return false;
    sim_refuse(refusal, AXI_V_EExist, bad, "another record has this value");
    return true;
}

bool sim_patch_unique(const struct sim_patch *patch, struct sim_site *site, enum sim_kind kind,
                      const struct sim_rec *old, struct sim_refusal *refusal)
{
    if (kind == SIM_DEV) {
        const char *ipei = patch->val[D_ipei];
        return ipei == NULL || !taken(sim_find_ipei(site, ipei), old, "ipei", refusal);
    }
    const char *num = patch->val[U_num], *add_id = patch->val[U_addId];
    if (num != NULL && taken(sim_find_number(site, num), old, "num", refusal))
        return false;
    return add_id == NULL || !taken(find_add_id(site, add_id), old, "addId", refusal);
}

static unsigned stamp_slot(enum sim_kind kind, enum sim_group group)
{
    static const unsigned dev[SIM_GROUP_COUNT] = {D_timeStamp, D_timeStampAdmin,
                                                  D_timeStampRelation, D_timeStampRoaming,
                                                  D_timeStampSubscription};
    static const unsigned user[SIM_GROUP_COUNT] = {U_timeStamp, U_timeStampAdmin,
                                                   U_timeStampRelation, U_timeStamp, U_timeStamp};
    return kind == SIM_DEV ? dev[group] : user[group];
}

static void stamp(struct sim_rec *rec, enum sim_group group, struct sim_mask *changed)
{
    if (group == SIM_GROUP_NONE)
        return;
    unsigned all = stamp_slot(rec->kind, SIM_GROUP_NONE), own = stamp_slot(rec->kind, group);
    int64_t now = sim_site_now(rec->site);
    sim_rec_put_int(rec, own, now);
    sim_mask_add(changed, own);
    if (now > sim_rec_int(rec, all))
        sim_rec_put_int(rec, all, now);
    sim_mask_add(changed, all);
}

void sim_rec_stamp(struct sim_rec *rec, enum sim_group group)
{
    struct sim_mask changed = {{0, 0}};
    stamp(rec, group, &changed);
    sim_note(rec, SIM_CHANGED, &changed, false);
}

static bool change_slot(struct sim_rec *rec, unsigned slot, const char *value,
                        bool groups[SIM_GROUP_COUNT], struct sim_mask *changed)
{
    if (rec->val[slot] != NULL && strcmp(rec->val[slot], value) == 0)
        return false;
    sim_rec_put(rec, slot, value);
    sim_mask_add(changed, slot);
    groups[sim_fields(rec->kind, NULL)[slot].group] = true;
    return true;
}

static void stamp_groups(struct sim_rec *rec, const bool groups[SIM_GROUP_COUNT],
                         struct sim_mask *changed)
{
    for (int group = SIM_GROUP_ADMIN; group < SIM_GROUP_COUNT; group++)
        if (groups[group])
            stamp(rec, (enum sim_group)group, changed);
}

/* Takes name and value over. */
static bool put_extra(struct sim_rec *rec, struct sim_extra *extra)
{
    for (size_t i = 0; i < rec->extra_count; i++) {
        if (strcmp(rec->extras[i].name, extra->name) != 0)
            continue;
        bool differs = strcmp(rec->extras[i].value, extra->value) != 0;
        free(rec->extras[i].value);
        free(extra->name);
        rec->extras[i].value = extra->value;
        return differs;
    }
    struct sim_extra *extras = realloc(rec->extras, (rec->extra_count + 1) * sizeof *extras);
    if (extras == NULL || rec->extra_count == SIM_EXTRAS_MAX) {
        rec->extras = extras != NULL ? extras : rec->extras;
        free(extra->name);
        free(extra->value);
        return false;
    }
    rec->extras = extras;
    rec->extras[rec->extra_count++] = *extra;
    return true;
}

bool sim_patch_apply(const struct sim_patch *patch, struct sim_rec *rec)
{
    bool groups[SIM_GROUP_COUNT] = {false}, any = false, extras = false;
    struct sim_mask changed = {{0, 0}};
    unsigned count;
    sim_fields(rec->kind, &count);
    unindex_record(rec);
    for (unsigned i = 0; i < count; i++)
        if (patch->val[i] != NULL)
            any |= change_slot(rec, i, patch->val[i], groups, &changed);
    index_record(rec);
    for (size_t i = 0; i < patch->extra_count; i++) {
        struct sim_extra copy = {strdup(patch->extras[i].name), strdup(patch->extras[i].value)};
        if (copy.name != NULL && copy.value != NULL) {
            extras |= put_extra(rec, &copy);
        } else {
            free(copy.name);
            free(copy.value);
        }
    }
    if (extras)
        groups[SIM_GROUP_ADMIN] = true;
    if (!any && !extras)
        return false;
    stamp_groups(rec, groups, &changed);
    sim_note(rec, SIM_CHANGED, &changed, extras);
    return true;
}

bool sim_rec_change(struct sim_rec *rec, unsigned slot, const char *value)
{
    bool groups[SIM_GROUP_COUNT] = {false};
    struct sim_mask changed = {{0, 0}};
    if (!change_slot(rec, slot, value, groups, &changed))
        return false;
    stamp_groups(rec, groups, &changed);
    sim_note(rec, SIM_CHANGED, &changed, false);
    return true;
}
