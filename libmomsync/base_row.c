/*
 * Encoding of base rows, formats 1 and 2 (which has MOM__BASE_DOUBTED): format, type, flags, parts (a
 * byte each: bit per time stamp that is not 0); local number and id of the partner there (varints);
 * those time stamps (zigzag); number of entries; each entry: code of the group, bits, hash, and by its
 * bits the other hashes.
 */
#include "base_row.h"

#include <string.h>

enum {
    BASE_FORMAT = 2, /* written only where it is needed, so that older builds read the others */
    FLAGS_1 = MOM__BASE_LEAVING | MOM__BASE_RELEASED | MOM__BASE_OWING | MOM__BASE_SILENT,
    FLAGS_ALL = FLAGS_1 | MOM__BASE_DOUBTED
};

/* Bits of an entry: what is not said is equal to the hash before it. */
enum { OPEN_DIFFERS = 1, HAS_PUSHED = 2, PUSHED_OPEN_DIFFERS = 4, BITS_ALL = 7 };

void mom__base_init(struct mom__base *base, enum mom_type type)
{
    memset(base, 0, offsetof(struct mom__base, entries));
    base->type = type;
}

/* Where a group is or belongs. */
static size_t place(const struct mom__base *base, enum mom_field group)
{
    size_t low = 0, high = base->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (base->entries[middle].group < group)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct mom__base_entry *mom__base_find(struct mom__base *base, enum mom_field group)
{
    size_t at = place(base, group);
    return at < base->count && base->entries[at].group == group ? &base->entries[at] : NULL;
}

struct mom__base_entry *mom__base_entry(struct mom__base *base, enum mom_field group)
{
    const struct mom_field_info *info = mom_field_info(group);
    if (info == NULL || info->owner != base->type || info->group != group)
        return NULL;
    struct mom__base_entry *entry = mom__base_find(base, group);
    if (entry != NULL)
        return entry;
    size_t at = place(base, group);
    entry = &base->entries[at];
    memmove(entry + 1, entry, (base->count - at) * sizeof *entry);
    base->count++;
    *entry = (struct mom__base_entry){.group = group};
    return entry;
}

bool mom__base_remove(struct mom__base *base, enum mom_field group)
{
    struct mom__base_entry *entry = mom__base_find(base, group);
    if (entry == NULL)
        return false;
    size_t behind = base->count - (size_t)(entry - base->entries) - 1;
    memmove(entry, entry + 1, behind * sizeof *entry);
    base->count--;
    return true;
}

static void encode_entry(const struct mom__base_entry *entry, struct mom__buf *buf)
{
    unsigned bits = entry->open != entry->hash ? OPEN_DIFFERS : 0;
    if (entry->has_pushed) {
        bits |= HAS_PUSHED;
        bits |= entry->pushed_open != entry->pushed ? PUSHED_OPEN_DIFFERS : 0;
    }
    mom__buf_u8(buf, mom_field_info(entry->group)->code);
    mom__buf_u8(buf, bits);
    mom__buf_u64(buf, entry->hash);
    if ((bits & OPEN_DIFFERS) != 0)
        mom__buf_u64(buf, entry->open);
    if ((bits & HAS_PUSHED) != 0)
        mom__buf_u64(buf, entry->pushed);
    if ((bits & PUSHED_OPEN_DIFFERS) != 0)
        mom__buf_u64(buf, entry->pushed_open);
}

int mom__base_encode(const struct mom__base *base, struct mom__buf *buf)
{
    unsigned parts = 0;
    for (unsigned k = 0; k < MOM_KINDS; k++)
        parts |= base->times_ms[k] != 0 ? 1U << k : 0;
    mom__buf_reset(buf);
    mom__buf_u8(buf, base->flags & MOM__BASE_DOUBTED ? BASE_FORMAT : 1);
    mom__buf_u8(buf, (unsigned)base->type);
    mom__buf_u8(buf, base->flags);
    mom__buf_u8(buf, parts);
    mom__buf_varint(buf, base->local);
    mom__buf_varint(buf, base->partner);
    for (unsigned k = 0; k < MOM_KINDS; k++) {
        if (base->times_ms[k] != 0)
            mom__buf_zigzag(buf, base->times_ms[k]);
    }
    mom__buf_varint(buf, base->count);
    for (size_t i = 0; i < base->count; i++)
        encode_entry(&base->entries[i], buf);
    return buf->failed ? MOM_ENOMEM : MOM_OK;
}

static int decode_header(struct mom__reader *reader, struct mom__base *base)
{
    unsigned format = mom__reader_u8(reader);
    if (reader->failed || format == 0)
        return MOM_ECORRUPT;
    if (format > BASE_FORMAT)
        return MOM_EFORMAT;
    unsigned type = mom__reader_u8(reader), flags = mom__reader_u8(reader);
    unsigned parts = mom__reader_u8(reader);
    if ((type != MOM_USER && type != MOM_DEVICE) || flags > (format == 1 ? FLAGS_1 : FLAGS_ALL) ||
        parts >> MOM_KINDS != 0)
        return MOM_ECORRUPT;
    mom__base_init(base, (enum mom_type)type);
    base->flags = flags;
    base->local = mom__reader_varint32(reader);
    base->partner = mom__reader_varint(reader);
    for (unsigned k = 0; k < MOM_KINDS; k++) {
        if ((parts & 1U << k) != 0)
            base->times_ms[k] = mom__reader_zigzag(reader);
    }
    return reader->failed ? MOM_ECORRUPT : MOM_OK;
}

static int decode_entry(struct mom__reader *reader, struct mom__base *base)
{
    unsigned code = mom__reader_u8(reader), bits = mom__reader_u8(reader);
    uint64_t hash = mom__reader_u64(reader);
    if (reader->failed || bits > BITS_ALL ||
        (bits & (HAS_PUSHED | PUSHED_OPEN_DIFFERS)) == PUSHED_OPEN_DIFFERS)
        return MOM_ECORRUPT;
    enum mom_field group = mom__field_by_code(base->type, code);
    if (group == MOM_FIELD_NONE)
        return MOM_EFORMAT;
    if (!mom__field_leads(group) ||
        (base->count > 0 && base->entries[base->count - 1].group >= group))
        return MOM_ECORRUPT;
    struct mom__base_entry *entry = &base->entries[base->count++];
    *entry = (struct mom__base_entry){.group = group, .hash = hash, .open = hash};
    if ((bits & OPEN_DIFFERS) != 0)
        entry->open = mom__reader_u64(reader);
    entry->has_pushed = (bits & HAS_PUSHED) != 0;
    if (entry->has_pushed)
        entry->pushed = entry->pushed_open = mom__reader_u64(reader);
    if ((bits & PUSHED_OPEN_DIFFERS) != 0)
        entry->pushed_open = mom__reader_u64(reader);
    return reader->failed ? MOM_ECORRUPT : MOM_OK;
}

int mom__base_decode(struct mom_str bytes, struct mom__base *ret_base)
{
    struct mom__reader reader;
    mom__reader_init(&reader, bytes);
    int rc = decode_header(&reader, ret_base);
    uint64_t count = mom__reader_varint(&reader);
    for (uint64_t i = 0; rc == MOM_OK && i < count; i++)
        rc = decode_entry(&reader, ret_base);
    if (rc == MOM_OK && !mom__reader_ok(&reader))
        rc = MOM_ECORRUPT;
    return rc;
}
