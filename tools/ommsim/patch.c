/*
 * What a client wants to write, checked attribute by attribute before anything is changed.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

bool sim_refuse(struct sim_refusal *refusal, enum axi_value code, const char *bad, const char *info)
{
    refusal->code = code;
    snprintf(refusal->bad, sizeof refusal->bad, "%s", bad != NULL ? bad : "");
    refusal->max_len = 0;
    refusal->info = info;
    return false;
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

static bool bool_text(const char *text, bool *ret)
{
    *ret = strcmp(text, "1") == 0 || strcmp(text, "true") == 0;
    return *ret || strcmp(text, "0") == 0 || strcmp(text, "false") == 0;
}

/* Line breaks belong into ppData only; other control characters into no text. */
static bool has_controls(const struct sim_field *field, const char *text)
{
    for (; *text != '\0'; text++) {
        bool line =
            (*text == '\n' || *text == '\r' || *text == '\t') && field->attr == AXI_A_ppData;
        if (((unsigned char)*text < 0x20 && !line) || *text == 0x7F)
            return true;
    }
    return false;
}

/* Check the form and bring it to the form that is kept (`text` is owned and may be replaced). */
static bool check_form(const struct sim_field *field, char **text, struct sim_refusal *refusal)
{
    bool flag;
    char ipei[16];
    struct axi_str str = {*text, strlen(*text)};
    struct axi_field form = {.attr = field->attr, .form = field->form, .of = field->of};
    bool good = axi_field_accepts(&form, str);
    if (good && field->form == AXI_BOOL) {
        good = bool_text(*text, &flag);
        snprintf(*text, str.len + 1, "%d", flag);
    } else if (good && field->form == AXI_HEX) {
        good = str.len % 2 == 0;
        for (char *c = *text; good && *c != '\0'; c++)
            *c = *c >= 'a' ? (char)(*c - 'a' + 'A') : *c;
    }
    if (good && field->attr == AXI_A_ipei && str.len > 0) {
        good = sim_ipei_normal(*text, ipei);
        char *normal = good ? strdup(ipei) : NULL;
        if (normal != NULL) {
            free(*text);
            *text = normal;
        }
    }
    return good || sim_refuse(refusal, AXI_V_EInval, field->name, "not a value of this attribute");
}

static bool check_length(const struct sim_field *field, const char *text,
                         struct sim_refusal *refusal)
{
    if (has_controls(field, text))
        return sim_refuse(refusal, AXI_V_EInvalidChars, field->name, "control character");
    if (field->max == 0 || characters(text) <= field->max)
        return true;
    sim_refuse(refusal, AXI_V_ETooLong, field->name, "too many characters");
    refusal->max_len = field->max;
    return false;
}

/* Attributes that only some may change are refused when they differ from what is there; a client that sends a record
 * back as it was does no harm. */
static bool may_write(const struct sim_field *field, unsigned slot, const struct sim_rec *old,
                      const char *text, enum sim_writer writer, struct sim_refusal *refusal)
{
    bool relation = field->group == SIM_GROUP_RELATION;
    bool barred = relation || (writer == SIM_BY_CLIENT && (field->flags & SIM_SYNC) != 0);
    const char *now = old != NULL ? old->val[slot] : field->value;
    if (!barred || (now != NULL && strcmp(now, text) == 0))
        return true;
    return sim_refuse(refusal, AXI_V_EForbidden, field->name,
                      relation ? "the relation is set with SetPP" : "only in a sync session");
}

static bool keep_extra(struct sim_patch *patch, const struct axi_attr_view *attr,
                       struct sim_refusal *refusal)
{
    if (patch->extra_count == SIM_EXTRAS_MAX)
        return sim_refuse(refusal, AXI_V_ENoMem, NULL, "too many unknown attributes");
    struct sim_extra *extras = realloc(patch->extras, (patch->extra_count + 1) * sizeof *extras);
    if (extras == NULL)
        return sim_refuse(refusal, AXI_V_ENoMem, NULL, "out of memory");
    patch->extras = extras;
    struct sim_extra *extra = &extras[patch->extra_count];
    extra->name = strndup(attr->name.ptr, attr->name.len);
    extra->value = strndup(attr->value.ptr, attr->value.len);
    if (extra->name == NULL || extra->value == NULL) {
        free(extra->name);
        free(extra->value);
        return sim_refuse(refusal, AXI_V_ENoMem, NULL, "out of memory");
    }
    patch->extra_count++;
    return true;
}

bool sim_patch_set(struct sim_patch *patch, struct sim_site *site, enum sim_kind kind,
                   const struct sim_rec *old, const struct axi_attr_view *attr,
                   enum sim_writer writer, struct sim_refusal *refusal)
{
    int slot = sim_slot_of(kind, attr->id);
    if (slot < 0)
        return keep_extra(patch, attr, refusal);
    const struct sim_field *field = &sim_fields(kind, NULL)[slot];
    if (attr->value.len > SIM_VALUE_MAX) {
        sim_refuse(refusal, AXI_V_ETooLong, field->name, "too many characters");
        refusal->max_len = field->max > 0 ? field->max : SIM_VALUE_MAX;
        return false;
    }
    char *text = (field->flags & SIM_SECRET) != 0 && writer != SIM_BY_OPERATOR
                     ? sim_secret_read(site, attr->value)
                     : strndup(attr->value.ptr, attr->value.len);
    if (text == NULL)
        return sim_refuse(refusal, AXI_V_EInval, field->name, "not encrypted for this OMM");
    if (!check_length(field, text, refusal) || !check_form(field, &text, refusal)) {
        free(text);
        return false;
    }
    bool keep = (field->flags & SIM_KEPT) == 0;
    if (keep && !may_write(field, (unsigned)slot, old, text, writer, refusal)) {
        free(text);
        return false;
    }
    if (!keep || field->group == SIM_GROUP_RELATION) {
        free(text); /* passed over, or as it is already */
        return true;
    }
    free(patch->val[slot]);
    patch->val[slot] = text;
    return true;
}

static bool is_relation(enum sim_kind kind, enum axi_attr attr)
{
    return attr == AXI_A_relType || attr == (kind == SIM_DEV ? AXI_A_uid : AXI_A_ppn);
}

bool sim_patch_read(struct sim_patch *patch, struct sim_site *site, enum sim_kind kind,
                    const struct sim_rec *old, const struct axi_elem *elem, enum sim_writer writer,
                    struct sim_refusal *refusal)
{
    memset(patch, 0, sizeof *patch);
    for (size_t i = 0; i < axi_attr_count(elem); i++) {
        struct axi_attr_view attr;
        axi_attr_at(elem, i, &attr);
        if (writer == SIM_BY_SETPP && is_relation(kind, attr.id))
            continue;
        if (sim_patch_set(patch, site, kind, old, &attr, writer, refusal))
            continue;
        sim_patch_done(patch);
        return false;
    }
    if (sim_patch_unique(patch, site, kind, old, refusal))
        return true;
    sim_patch_done(patch);
    return false;
}

void sim_patch_done(struct sim_patch *patch)
{
    for (unsigned i = 0; i < SIM_SLOTS_MAX; i++)
        free(patch->val[i]);
    for (size_t i = 0; i < patch->extra_count; i++) {
        free(patch->extras[i].name);
        free(patch->extras[i].value);
    }
    free(patch->extras);
    memset(patch, 0, sizeof *patch);
}
