/*
 * The encoding of records; record.h describes it. Reading checks everything: what is in the store
 * may be damaged or come from a later version.
 */
#include "record.h"

#include "stamp.h"
#include "text.h"

#include <string.h>

enum { NO_STAMP = 255, DANGLING = 4, FLAGS_ALL = MOM__PARKED | MOM__DELETED | DANGLING };

/* What follows the header. */
enum { HAS_DELETED = 1, HAS_CONFIRMED = 2, PARTS_ALL = HAS_DELETED | HAS_CONFIRMED };
_Static_assert((int)MOM__FIELDS_MAX < (int)NO_STAMP, "the index of a stamp is a byte");

/* Marks the groups that have stamp 0 unless something else is said: those that are there and are not REPORTED. Marks
 * are at the index of the field that leads. The number of fields that are there. */
static unsigned mark_groups(const struct mom_record *record, bool ret_marks[MOM__FIELDS_MAX])
{
    enum mom_field first = mom__field_first(record->type);
    const uint8_t *marks = &mom__field_marks[first];
    unsigned count = 0, lead = 0, end = (unsigned)mom__field_count(record->type);
    for (unsigned i = 0; i < end; i++) {
        ret_marks[i] = false;
        lead = (marks[i] & MOM__MARK_LEADS) != 0 ? i : lead;
        if (record->values[i].ptr == NULL)
            continue;
        count++;
        ret_marks[lead] = (marks[lead] & MOM__MARK_REPORTED) == 0;
    }
    if (record->claimed != 0)
        ret_marks[mom__field_index(mom__field_group(mom__field_partner(record->type)))] = true;
    if (record->extra_count > 0)
        ret_marks[mom__field_index(mom__field_extra(record->type))] = true;
    return count;
}

/* The distinct stamps of a record; the one that most groups have comes first. */
struct stamps {
    struct mom_stamp list[MOM__FIELDS_MAX];
    unsigned uses[MOM__FIELDS_MAX];
    unsigned count;
    unsigned fields;                /* that are there */
    uint8_t of[MOM__FIELDS_MAX];    /* by index of the leading field */
    bool expected[MOM__FIELDS_MAX]; /* mark_groups */
};

static uint8_t stamp_index(struct stamps *stamps, struct mom_stamp stamp)
{
    unsigned i = 0;
    while (i < stamps->count && !mom__stamp_equal(stamps->list[i], stamp))
        i++;
    if (i == stamps->count) {
        stamps->list[i] = stamp;
        stamps->uses[i] = 0;
        stamps->count++;
    }
    return (uint8_t)i;
}

static void collect_stamps(const struct mom_record *record, struct stamps *stamps)
{
    stamps->count = 0;
    stamps->fields = mark_groups(record, stamps->expected);
    enum mom_field first = mom__field_first(record->type), end = mom__field_end(record->type);
    for (enum mom_field group = first; group < end; group = mom__group_end(group)) {
        unsigned i = mom__field_index(group);
        stamps->of[i] = NO_STAMP;
        if (mom__stamp_is_zero(record->stamps[i]))
            continue;
        stamps->of[i] = stamp_index(stamps, record->stamps[i]);
        stamps->uses[stamps->of[i]] += stamps->expected[i];
    }
    uint8_t best = 0;
    for (unsigned i = 1; i < stamps->count; i++) {
        if (stamps->uses[i] > stamps->uses[best])
            best = (uint8_t)i;
    }
    if (best == 0)
        return;
    struct mom_stamp stamp = stamps->list[best];
    stamps->list[best] = stamps->list[0];
    stamps->list[0] = stamp;
    for (enum mom_field group = first; group < end; group = mom__group_end(group)) {
        uint8_t *of = &stamps->of[mom__field_index(group)];
        *of = *of == best ? 0 : *of == 0 ? best : *of;
    }
}

static void put_stamp(struct mom__buf *buf, struct mom_stamp stamp)
{
    unsigned char bytes[MOM__STAMP_LEN];
    mom__stamp_encode(stamp, bytes);
    mom__buf_bytes(buf, bytes, sizeof bytes);
}

static void encode_header(const struct mom_record *record, struct mom__buf *buf)
{
    mom__buf_u8(buf, MOM__RECORD_FORMAT);
    mom__buf_u8(buf, (unsigned)record->type);
    unsigned parts = mom__stamp_is_zero(record->deleted) ? 0 : HAS_DELETED;
    parts |= record->confirmed_by != 0 ? HAS_CONFIRMED : 0;
    mom__buf_u8(buf, record->flags | (record->claimed != record->partner ? DANGLING : 0u));
    mom__buf_u8(buf, parts);
    mom__buf_varint(buf, record->site);
    mom__buf_varint(buf, record->epoch);
    mom__buf_varint(buf, record->version);
    mom__buf_varint(buf, record->claimed);
    mom__buf_zigzag(buf, record->claim_ms);
    put_stamp(buf, record->created);
    if ((parts & HAS_DELETED) != 0)
        put_stamp(buf, record->deleted);
    if ((parts & HAS_CONFIRMED) != 0) {
        mom__buf_varint(buf, record->confirmed_by);
        mom__buf_zigzag(buf, record->confirmed_ms);
    }
}

static void encode_fields(const struct mom_record *record, unsigned count, struct mom__buf *buf)
{
    enum mom_field first = mom__field_first(record->type), end = mom__field_end(record->type);
    mom__buf_varint(buf, count);
    /* Rows stand in the order of their codes; the tests hold them to that. */
    for (enum mom_field f = first; f < end; f++) {
        struct mom_str value = record->values[mom__field_index(f)];
        if (value.ptr == NULL)
            continue;
        mom__buf_u8(buf, mom__field_infos[f].code);
        mom__buf_str(buf, value);
    }
    mom__buf_varint(buf, record->extra_count);
    for (size_t i = 0; i < record->extra_count; i++) {
        mom__buf_str(buf, record->extra[i].name);
        mom__buf_str(buf, record->extra[i].value);
    }
}

static void encode_exceptions(const struct mom_record *record, const struct stamps *stamps,
                              struct mom__buf *buf)
{
    uint8_t pairs[2 * MOM__FIELDS_MAX];
    unsigned count = 0;
    enum mom_field first = mom__field_first(record->type), end = mom__field_end(record->type);
    for (enum mom_field f = first; f < end; f = mom__group_end(f)) {
        unsigned i = mom__field_index(f);
        uint8_t index = stamps->of[i],
                expected = stamps->count > 0 && stamps->expected[i] ? 0 : NO_STAMP;
        if (index == expected)
            continue;
        pairs[2 * count] = mom__field_infos[f].code;
        pairs[2 * count + 1] = index;
        count++;
    }
    mom__buf_varint(buf, count);
    mom__buf_bytes(buf, pairs, 2 * (size_t)count);
}

int mom__record_encode(const struct mom_record *record, struct mom__buf *buf)
{
    struct stamps stamps;
    if (record->extra_count > MOM__EXTRA_MAX)
        return MOM_ELIMIT;
    collect_stamps(record, &stamps);
    mom__buf_reset(buf);
    encode_header(record, buf);
    mom__buf_u8(buf, stamps.count);
    for (unsigned i = 0; i < stamps.count; i++)
        put_stamp(buf, stamps.list[i]);
    encode_fields(record, stamps.fields, buf);
    encode_exceptions(record, &stamps, buf);
    if (buf->failed)
        return MOM_ENOMEM;
    return buf->len <= MOM__RECORD_MAX ? MOM_OK : MOM_ELIMIT;
}

/* --- reading ---------------------------------------------------------------------------------- */

static struct mom_stamp read_stamp(struct mom__reader *reader)
{
    const unsigned char *bytes = mom__reader_bytes(reader, MOM__STAMP_LEN);
    return bytes != NULL ? mom__stamp_decode(bytes) : (struct mom_stamp){0, 0, 0};
}

static int decode_header(struct mom__reader *reader, struct mom_record *record)
{
    unsigned format = mom__reader_u8(reader);
    if (reader->failed || format == 0)
        return MOM_ECORRUPT;
    if (format > MOM__RECORD_FORMAT)
        return MOM_EFORMAT;
    unsigned type = mom__reader_u8(reader);
    unsigned flags = mom__reader_u8(reader), parts = format > 1 ? mom__reader_u8(reader) : 0;
    if ((type != MOM_USER && type != MOM_DEVICE) || flags > FLAGS_ALL || parts > PARTS_ALL)
        return MOM_ECORRUPT;
    mom__record_init(record, (enum mom_type)type, record->id);
    record->flags = flags & ~(unsigned)DANGLING;
    record->site = mom__reader_varint32(reader);
    record->epoch = mom__reader_varint32(reader);
    record->version = mom__reader_varint(reader);
    record->claimed = mom__reader_varint(reader);
    record->partner = (flags & DANGLING) != 0 ? 0 : record->claimed;
    record->claim_ms = mom__reader_zigzag(reader);
    record->created = read_stamp(reader);
    if ((parts & HAS_DELETED) != 0)
        record->deleted = read_stamp(reader);
    if ((parts & HAS_CONFIRMED) != 0) {
        record->confirmed_by = mom__reader_varint32(reader);
        record->confirmed_ms = mom__reader_zigzag(reader);
    }
    return reader->failed ? MOM_ECORRUPT : MOM_OK;
}

static int decode_stamps(struct mom__reader *reader, struct stamps *stamps)
{
    stamps->count = mom__reader_u8(reader);
    if (stamps->count > MOM__FIELDS_MAX)
        return MOM_ECORRUPT;
    for (unsigned i = 0; i < stamps->count; i++)
        stamps->list[i] = read_stamp(reader);
    return reader->failed ? MOM_ECORRUPT : MOM_OK;
}

static int decode_fields(struct mom__reader *reader, struct mom_record *record)
{
    uint64_t count = mom__reader_varint(reader);
    unsigned last = 0;
    for (uint64_t i = 0; i < count; i++) {
        unsigned code = mom__reader_u8(reader);
        struct mom_str value = mom__reader_str(reader);
        if (reader->failed || code <= last)
            return MOM_ECORRUPT;
        last = code;
        enum mom_field field = mom__field_by_code(record->type, code);
        if (field == MOM_FIELD_NONE)
            return MOM_EFORMAT;
        enum mom_form form = mom__field_form(field);
        if (form == MOM_PARTNER || form == MOM_EXTRA)
            return MOM_ECORRUPT;
        record->values[mom__field_index(field)] = value;
    }
    return reader->failed ? MOM_ECORRUPT : MOM_OK;
}

static int decode_extra(struct mom__reader *reader, struct mom__arena *arena,
                        struct mom_record *record)
{
    uint64_t count = mom__reader_varint(reader);
    if (reader->failed || count > MOM__EXTRA_MAX)
        return MOM_ECORRUPT;
    if (count == 0)
        return MOM_OK;
    struct mom_attr *extra = mom__arena_alloc(arena, (size_t)count * sizeof *extra);
    if (extra == NULL)
        return MOM_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        extra[i].name = mom__reader_str(reader);
        extra[i].value = mom__reader_str(reader);
        if (reader->failed || (i > 0 && mom__compare(extra[i - 1].name, extra[i].name) >= 0))
            return MOM_ECORRUPT;
    }
    record->extra = extra;
    record->extra_count = (size_t)count;
    return MOM_OK;
}

/* Which group has which stamp: the rule first, then the exceptions from it. */
static int decode_exceptions(struct mom__reader *reader, const struct stamps *stamps,
                             struct mom_record *record)
{
    bool marks[MOM__FIELDS_MAX];
    (void)mark_groups(record, marks);
    for (size_t i = 0; i < mom__field_count(record->type) && stamps->count > 0; i++) {
        if (marks[i])
            record->stamps[i] = stamps->list[0];
    }
    uint64_t count = mom__reader_varint(reader);
    unsigned last = 0;
    for (uint64_t i = 0; i < count; i++) {
        unsigned code = mom__reader_u8(reader), index = mom__reader_u8(reader);
        if (reader->failed || code <= last || (index >= stamps->count && index != NO_STAMP))
            return MOM_ECORRUPT;
        last = code;
        enum mom_field field = mom__field_by_code(record->type, code);
        if (field == MOM_FIELD_NONE)
            return MOM_EFORMAT;
        if (!mom__field_leads(field))
            return MOM_ECORRUPT;
        struct mom_stamp none = {0, 0, 0};
        record->stamps[mom__field_index(field)] = index == NO_STAMP ? none : stamps->list[index];
    }
    return reader->failed ? MOM_ECORRUPT : MOM_OK;
}

int mom__record_decode(struct mom_str bytes, uint64_t id, struct mom__arena *arena,
                       struct mom_record *ret_record)
{
    struct mom__reader reader;
    struct stamps stamps;
    ret_record->id = id;
    if (bytes.len > MOM__RECORD_MAX)
        return MOM_ECORRUPT;
    mom__reader_init(&reader, bytes);
    int rc = decode_header(&reader, ret_record);
    if (rc == MOM_OK)
        rc = decode_stamps(&reader, &stamps);
    if (rc == MOM_OK)
        rc = decode_fields(&reader, ret_record);
    if (rc == MOM_OK)
        rc = decode_extra(&reader, arena, ret_record);
    if (rc == MOM_OK)
        rc = decode_exceptions(&reader, &stamps, ret_record);
    if (rc == MOM_OK && !mom__reader_ok(&reader))
        rc = MOM_ECORRUPT;
    return rc;
}
