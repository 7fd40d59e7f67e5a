/*
 * Rows of HISTORY as bytes, and the way back along them.
 *
 * Format 1: format, type, parts, reason, flags after the change (a byte each); time (zigzag); what
 * passed since the change before it, number of the oldest row (varints); stamp. Unless the record was
 * created by it: old version (varint); by the parts the old flags (byte), place (varint, varint,
 * zigzag), stamp of the creation, partner in effect (varint); the groups that were replaced
 * (group_codec.h), and the stamp of each.
 */
#include "history_row.h"

#include "group_codec.h"
#include "keys.h"
#include "seal.h"
#include "stamp.h"
#include "text.h"

#include <string.h>

enum {
    HISTORY_FORMAT = 1,
    FLAGS_ALL = MOM__PARKED | MOM__DELETED,
    PARTS_ALL =
        MOM__PART_CREATED | MOM__PART_FLAGS | MOM__PART_PLACE | MOM__PART_BIRTH | MOM__PART_PARTNER
};

static void put_stamp(struct mom__buf *buf, struct mom_stamp stamp)
{
    unsigned char bytes[MOM__STAMP_LEN];

    mom__stamp_encode(stamp, bytes);
    mom__buf_bytes(buf, bytes, sizeof bytes);
}

void mom__history_encode(const struct mom__history *row, struct mom__buf *buf)
{
    mom__buf_reset(buf);
    mom__buf_u8(buf, HISTORY_FORMAT);
    mom__buf_u8(buf, (unsigned)row->type);
    mom__buf_u8(buf, row->parts);
    mom__buf_u8(buf, (unsigned)row->reason);
    mom__buf_u8(buf, row->flags);
    mom__buf_zigzag(buf, row->at_ms);
    mom__buf_varint(buf, (uint64_t)row->at_ms - (uint64_t)row->since_ms);
    mom__buf_varint(buf, row->first);
    put_stamp(buf, row->stamp);
    if (row->parts & MOM__PART_CREATED)
        return;
    mom__buf_varint(buf, row->old.version);
    if (row->parts & MOM__PART_FLAGS)
        mom__buf_u8(buf, row->old.flags);
    if (row->parts & MOM__PART_PLACE) {
        mom__buf_varint(buf, row->old.site);
        mom__buf_varint(buf, row->old.epoch);
        mom__buf_zigzag(buf, row->old.claim_ms);
    }
    if (row->parts & MOM__PART_BIRTH)
        put_stamp(buf, row->old.created);
    if (row->parts & MOM__PART_PARTNER)
        mom__buf_varint(buf, row->old.partner);
    mom__groups_encode(&row->old, row->replaced, buf);
    for (size_t i = 0; i < MOM__FIELDS_MAX; i++) {
        if (row->replaced[i])
            put_stamp(buf, row->old.stamps[i]);
    }
}

/* --- reading ---------------------------------------------------------------------------------- */

static struct mom_stamp read_stamp(struct mom__reader *reader)
{
    const unsigned char *bytes = mom__reader_bytes(reader, MOM__STAMP_LEN);

    return bytes ? mom__stamp_decode(bytes) : (struct mom_stamp){0, 0, 0};
}

static bool is_reason(unsigned code)
{
    static const unsigned char codes[] = {
#define CODE(id, code, name, meaning) code,
        MOM_REASONS(CODE)
#undef CODE
    };

    return memchr(codes, (int)code, sizeof codes) != NULL;
}

/* What stands before the parts. */
struct head {
    enum mom_type type;
    unsigned parts, flags;
    enum mom_reason reason;
    int64_t at_ms, since_ms;
    uint64_t first;
    struct mom_stamp stamp;
};

static int decode_head(struct mom__reader *reader, struct head *row)
{
    unsigned format = mom__reader_u8(reader), type = mom__reader_u8(reader), reason;
    uint64_t passed;

    if (reader->failed || format == 0)
        return MOM_ECORRUPT;
    if (format > HISTORY_FORMAT)
        return MOM_EFORMAT;
    row->parts = mom__reader_u8(reader);
    reason = mom__reader_u8(reader);
    row->flags = mom__reader_u8(reader);
    row->at_ms = mom__reader_zigzag(reader);
    passed = mom__reader_varint(reader);
    row->first = mom__reader_varint(reader);
    row->stamp = read_stamp(reader);
    if (reader->failed || (type != MOM_USER && type != MOM_DEVICE) || row->parts > PARTS_ALL ||
        row->flags > FLAGS_ALL || row->first == 0 || passed > INT64_MAX ||
        row->at_ms < INT64_MIN + (int64_t)passed)
        return MOM_ECORRUPT;
    if (!is_reason(reason))
        return MOM_EFORMAT;
    row->type = (enum mom_type)type;
    row->reason = (enum mom_reason)reason;
    row->since_ms = row->at_ms - (int64_t)passed;
    return MOM_OK;
}

static void begin(struct mom__history *row, const struct head *head)
{
    row->type = head->type;
    row->parts = head->parts;
    row->flags = head->flags;
    row->reason = head->reason;
    row->at_ms = head->at_ms;
    row->since_ms = head->since_ms;
    row->first = head->first;
    row->stamp = head->stamp;
    memset(row->replaced, 0, sizeof row->replaced);
    mom__record_init(&row->old, row->type, 0);
}

static int decode_parts(struct mom__reader *reader, struct mom__history *row)
{
    row->old.version = mom__reader_varint(reader);
    if (row->parts & MOM__PART_FLAGS)
        row->old.flags = mom__reader_u8(reader);
    if (row->parts & MOM__PART_PLACE) {
        row->old.site = mom__reader_varint32(reader);
        row->old.epoch = mom__reader_varint32(reader);
        row->old.claim_ms = mom__reader_zigzag(reader);
    }
    if (row->parts & MOM__PART_BIRTH)
        row->old.created = read_stamp(reader);
    if (row->parts & MOM__PART_PARTNER)
        row->partner = mom__reader_varint(reader);
    return reader->failed || row->old.flags > FLAGS_ALL ? MOM_ECORRUPT : MOM_OK;
}

int mom__history_read_age(struct mom_str bytes, struct mom__history_age *ret_age)
{
    struct mom__reader reader;
    struct head head;
    int rc;

    mom__reader_init(&reader, bytes);
    rc = decode_head(&reader, &head);
    if (rc == MOM_OK)
        *ret_age = (struct mom__history_age){head.at_ms, head.first};
    return rc;
}

int mom__history_decode(struct mom_str bytes, struct mom__arena *arena,
                        struct mom__history *ret_row)
{
    struct mom__reader reader;
    struct head head;
    int rc;

    mom__reader_init(&reader, bytes);
    rc = decode_head(&reader, &head);
    if (rc == MOM_OK)
        begin(ret_row, &head);
    if (rc == MOM_OK && !(ret_row->parts & MOM__PART_CREATED)) {
        rc = decode_parts(&reader, ret_row);
        if (rc == MOM_OK)
            rc = mom__groups_decode(&reader, arena, &ret_row->old, ret_row->replaced);
        for (size_t i = 0; rc == MOM_OK && i < MOM__FIELDS_MAX; i++) {
            if (ret_row->replaced[i])
                ret_row->old.stamps[i] = read_stamp(&reader);
        }
    }
    if (rc == MOM_OK && !mom__reader_ok(&reader))
        rc = MOM_ECORRUPT;
    return rc;
}

/* --- the way back ----------------------------------------------------------------------------- */

int mom__history_apply(const struct mom__history *row, struct mom_record *record)
{
    if (row->type != record->type)
        return MOM_ECORRUPT;
    if (row->parts & MOM__PART_CREATED)
        return MOM_OK;
    record->version = row->old.version;
    if (row->parts & MOM__PART_FLAGS)
        record->flags = row->old.flags;
    if (row->parts & MOM__PART_PLACE) {
        record->site = row->old.site;
        record->epoch = row->old.epoch;
        record->claim_ms = row->old.claim_ms;
    }
    if (row->parts & MOM__PART_BIRTH)
        record->created = row->old.created;
    for (enum mom_field f = mom__field_first(row->type); f != mom__field_end(row->type); f++) {
        if (row->replaced[mom__field_index(f)])
            mom__record_copy_group(record, &row->old, f);
    }
    if (row->parts & MOM__PART_PARTNER)
        record->partner = row->partner;
    return MOM_OK;
}

struct walk {
    const struct mom__past *past;
    uint64_t id;
    mom__is_after *is_after;
    const void *user;
    struct mom__way_back *way;
    bool any;
    int rc;
};

static bool visit(void *user, struct mom_str key, struct mom_str value)
{
    struct walk *walk = user;
    struct mom__way_back *way = walk->way;
    uint64_t id, number;

    walk->rc = mom__key_read_history(key, &id, &number);
    if (walk->rc != MOM_OK || id != walk->id)
        return false;
    if (!mom__arena_dup(walk->past->arena, value, &value))
        walk->rc = MOM_ENOMEM;
    else
        walk->rc = mom__history_decode(value, walk->past->arena, &way->row);
    way->row.old.id = id;
    if (walk->rc == MOM_OK)
        walk->rc = mom__record_open(walk->past->sealer, walk->past->arena, &way->row.old);
    if (walk->rc != MOM_OK)
        return false;
    walk->any = true;
    if (!walk->is_after(walk->user, number, &way->row)) {
        way->found = true;
        way->number = number;
        return false;
    }
    walk->rc = mom__history_apply(&way->row, &way->record);
    way->there = !(way->row.parts & MOM__PART_CREATED);
    way->since_ms = way->row.since_ms;
    return walk->rc == MOM_OK && way->there;
}

/* Of a record without history only the times of its values are known. */
static int64_t since_of(const struct mom_record *record)
{
    int64_t ms = mom__record_newest(record).ms;

    if (record->flags & MOM__DELETED)
        return INT64_MAX;
    return ms > record->created.ms ? ms : record->created.ms;
}

int mom__go_back(const struct mom__past *past, uint64_t id, mom__is_after *is_after,
                 const void *user, struct mom__way_back *ret_way)
{
    struct walk walk = {past, id, is_after, user, ret_way, false, MOM_OK};
    const struct mom_store *store = past->store;
    struct mom_str bytes;
    struct mom__key key;
    int rc = store->ops->get(past->txn, MOM_T_RECORD, mom__key_id(&key, id), &bytes);

    memset(ret_way, 0, sizeof *ret_way);
    if (rc != MOM_OK)
        return rc;
    if (!mom__arena_dup(past->arena, bytes, &bytes))
        return MOM_ENOMEM;
    rc = mom__record_load(past->sealer, bytes, id, past->arena, &ret_way->record);
    if (rc != MOM_OK)
        return rc;
    ret_way->there = true;
    rc = store->ops->scan(past->txn, MOM_T_HISTORY, mom__key_history(&key, id, UINT64_MAX), visit,
                          &walk);
    if (rc == MOM_OK)
        rc = walk.rc;
    if (!walk.any)
        ret_way->since_ms = since_of(&ret_way->record);
    else if (ret_way->found)
        ret_way->since_ms = ret_way->row.at_ms;
    return rc;
}

static bool is_after_time(const void *user, uint64_t number, const struct mom__history *row)
{
    (void)number;
    return row->at_ms > *(const int64_t *)user;
}

int mom__go_back_to(const struct mom__past *past, uint64_t id, int64_t at_ms,
                    struct mom_record *ret_record)
{
    struct mom__way_back *way = mom__arena_alloc(past->arena, sizeof *way);
    int rc = way ? mom__go_back(past, id, is_after_time, &at_ms, way) : MOM_ENOMEM;

    if (rc != MOM_OK)
        return rc;
    if (!way->there)
        return MOM_ENOENT;
    if (at_ms < way->since_ms)
        return MOM_EHISTORY;
    if (way->record.flags & MOM__DELETED)
        return MOM_ENOENT;
    for (enum mom_field f = mom__field_first(way->record.type);
         f != mom__field_end(way->record.type); f++) {
        if (mom__field_is_reported(f))
            mom__record_clear(&way->record, f);
    }
    *ret_record = way->record;
    return MOM_OK;
}
