/*
 * Groups as bytes; group_codec.h describes the form. Reading checks everything.
 */
#include "group_codec.h"

#include "text.h"

#include <string.h>

void mom__value_encode(struct mom__buf *buf, enum mom_field field, struct mom_str value)
{
    (void)field;
    mom__buf_str(buf, value);
}

struct mom_str mom__value_decode(struct mom__reader *reader, enum mom_field field)
{
    (void)field;
    return mom__reader_str(reader);
}

static bool has_form(enum mom_field group, enum mom_form form)
{
    for (enum mom_field f = group; f != mom__group_end(group); f++) {
        if (mom__field_form(f) == form)
            return true;
    }
    return false;
}

void mom__group_encode(const struct mom_record *record, enum mom_field group, struct mom__buf *buf)
{
    unsigned count = 0;

    for (enum mom_field f = group; f != mom__group_end(group); f++)
        count += mom__record_value(record, f).ptr != NULL;
    mom__buf_u8(buf, mom__field_infos[group].code);
    mom__buf_u8(buf, count);
    for (enum mom_field f = group; f != mom__group_end(group); f++) {
        struct mom_str value = mom__record_value(record, f);

        if (!value.ptr)
            continue;
        mom__buf_u8(buf, mom__field_infos[f].code);
        mom__value_encode(buf, f, value);
    }
    if (has_form(group, MOM_PARTNER))
        mom__buf_varint(buf, record->claimed);
    if (!has_form(group, MOM_EXTRA))
        return;
    mom__buf_varint(buf, record->extra_count);
    for (size_t i = 0; i < record->extra_count; i++) {
        mom__buf_str(buf, record->extra[i].name);
        mom__value_encode(buf, group, record->extra[i].value);
    }
}

/* --- reading ---------------------------------------------------------------------------------- */

static void clear(struct mom_record *record, enum mom_field group)
{
    for (enum mom_field f = group; f != mom__group_end(group); f++)
        mom__record_clear(record, f);
    if (has_form(group, MOM_PARTNER))
        record->partner = record->claimed = 0;
    if (has_form(group, MOM_EXTRA)) {
        record->extra = NULL;
        record->extra_count = 0;
    }
}

static int decode_values(struct mom__reader *reader, struct mom_record *record,
                         enum mom_field group)
{
    unsigned count = mom__reader_u8(reader), last = 0;

    for (unsigned i = 0; i < count; i++) {
        unsigned code = mom__reader_u8(reader);
        enum mom_field field = mom__field_by_code(record->type, code);
        struct mom_str value;

        if (reader->failed || code <= last)
            return MOM_ECORRUPT;
        last = code;
        if (field == MOM_FIELD_NONE)
            return MOM_EFORMAT;
        if (mom__field_group(field) != group || mom__field_form(field) == MOM_PARTNER ||
            mom__field_form(field) == MOM_EXTRA)
            return MOM_ECORRUPT;
        value = mom__value_decode(reader, field);
        if (reader->failed)
            return MOM_ECORRUPT;
        mom__record_set(record, field, value);
    }
    return reader->failed ? MOM_ECORRUPT : MOM_OK;
}

static int decode_extra(struct mom__reader *reader, struct mom__arena *arena,
                        struct mom_record *record, enum mom_field group)
{
    uint64_t count = mom__reader_varint(reader);
    struct mom_str last = {NULL, 0};
    struct mom_attr *extra = NULL;

    if (reader->failed || count > MOM__EXTRA_MAX)
        return MOM_ECORRUPT;
    if (arena && count > 0) {
        extra = mom__arena_alloc(arena, (size_t)count * sizeof *extra);
        if (!extra)
            return MOM_ENOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        struct mom_attr attr;

        attr.name = mom__reader_str(reader);
        attr.value = mom__value_decode(reader, group);
        if (reader->failed || (i > 0 && mom__compare(last, attr.name) >= 0))
            return MOM_ECORRUPT;
        last = attr.name;
        if (extra)
            extra[i] = attr;
    }
    record->extra = extra;
    record->extra_count = extra ? (size_t)count : 0;
    return MOM_OK;
}

int mom__group_decode(struct mom__reader *reader, struct mom__arena *arena,
                      struct mom_record *record, enum mom_field *ret_group)
{
    unsigned code = mom__reader_u8(reader);
    enum mom_field group = mom__field_by_code(record->type, code);
    int rc;

    if (reader->failed || code == 0)
        return MOM_ECORRUPT;
    if (group == MOM_FIELD_NONE)
        return MOM_EFORMAT;
    if (!mom__field_leads(group))
        return MOM_ECORRUPT;
    clear(record, group);
    rc = decode_values(reader, record, group);
    if (rc == MOM_OK && has_form(group, MOM_PARTNER))
        record->partner = record->claimed = mom__reader_varint(reader);
    if (rc == MOM_OK && has_form(group, MOM_EXTRA))
        rc = decode_extra(reader, arena, record, group);
    if (rc == MOM_OK && reader->failed)
        rc = MOM_ECORRUPT;
    if (rc == MOM_OK)
        *ret_group = group;
    return rc;
}

/* --- lists ------------------------------------------------------------------------------------ */

void mom__groups_encode(const struct mom_record *record, const bool marked[MOM__FIELDS_MAX],
                        struct mom__buf *buf)
{
    enum mom_field first = mom__field_first(record->type), end = mom__field_end(record->type);
    unsigned count = 0;

    for (enum mom_field f = first; f != end; f++)
        count += marked[mom__field_index(f)];
    mom__buf_varint(buf, count);
    for (enum mom_field f = first; f != end; f++) {
        if (marked[mom__field_index(f)])
            mom__group_encode(record, f, buf);
    }
}

int mom__groups_decode(struct mom__reader *reader, struct mom__arena *arena,
                       struct mom_record *record, bool ret_marked[MOM__FIELDS_MAX])
{
    uint64_t count = mom__reader_varint(reader);
    enum mom_field last = MOM_FIELD_NONE;

    memset(ret_marked, 0, MOM__FIELDS_MAX * sizeof *ret_marked);
    for (uint64_t i = 0; i < count; i++) {
        enum mom_field group;
        int rc = mom__group_decode(reader, arena, record, &group);

        if (rc != MOM_OK)
            return rc;
        if (group <= last)
            return MOM_ECORRUPT;
        last = group;
        ret_marked[mom__field_index(group)] = true;
    }
    return reader->failed ? MOM_ECORRUPT : MOM_OK;
}

void mom__groups_mark(enum mom_type type, bool ret_marked[MOM__FIELDS_MAX])
{
    memset(ret_marked, 0, MOM__FIELDS_MAX * sizeof *ret_marked);
    for (enum mom_field f = mom__field_first(type); f != mom__field_end(type); f++)
        ret_marked[mom__field_index(f)] = mom__field_leads(f) && !mom__field_is_reported(f);
}
