/*
 * Messages between nodes: head, hello, entries.
 *
 * A message: version, kind, number; with BARE the length of a part that is not packed, and that part; with PACKED the
 * length of the rest, which is packed; then the body. An entry: id as a difference to the one before, head; when it is
 * whole the stamp of its creation; number of registers, their codes, their modes; then for each what its mode does not
 * spare: stamp, base, value. Codes and modes stand together so that they pack well.
 *
 * What an OMM encrypted is base64 and looks random: half of a user. Packing would only cost time there, so its digits
 * stand in the bare part, six bits each, one text behind the other.
 */
#include "wire.h"

#include "sextet.h"
#include "stamp.h"
#include "text.h"

#include <momsync/ident.h>

#include <string.h>

enum { PACKED = 0x80, BARE = 0x40 };

/* Shorter texts are names and numbers, or keys in hexadecimal digits, which pack better. */
enum { BARE_FROM = 64, BARE_FORMS = MOM__SEXTET_PADS + 1 };

/* Head of an entry. */
enum { ENTRY_DEVICE = 1, ENTRY_WHOLE = 2, ENTRY_ALL = 3 };

/* Modes of a register. */
enum {
    MODE_STAMP = 1, /* a stamp of its own, else that of the register before */
    MODE_BASE = 2,
    MODE_VALUE = 4, /* a value of its own, else that of the last whole record of the type */
    MODE_BARE = 8,  /* texts of the value stand in the bare part */
    MODE_ALL = 15
};

/* --- the head --------------------------------------------------------------------------------- */

void mom__wire_begin(struct mom__wire_out *out, enum mom__wire_kind kind, uint64_t seq)
{
    mom__buf_reset(&out->bare);
    mom__buf_reset(&out->body);
    mom__buf_u8(&out->body, MOM__WIRE_VERSION);
    mom__buf_u8(&out->body, (unsigned)kind);
    mom__buf_varint(&out->body, seq);
    out->head = out->body.len;
}

void mom__wire_out_init(struct mom__wire_out *out, const struct mom_alloc *alloc)
{
    mom__buf_init(&out->body, alloc);
    mom__buf_init(&out->bare, alloc);
    mom__buf_init(&out->whole, alloc);
}

void mom__wire_out_done(struct mom__wire_out *out)
{
    mom__buf_done(&out->body);
    mom__buf_done(&out->bare);
    mom__buf_done(&out->whole);
}

static bool pack(struct mom__buf *buf, struct mom_str bytes, struct mom__packs *packs)
{
    return packs ? mom__packs_pack(packs, buf, bytes) : mom__pack(buf, bytes);
}

struct mom_str mom__wire_end(struct mom__wire_out *out, struct mom__packs *packs)
{
    struct mom_str body = mom__buf_view(&out->body), bare = mom__buf_view(&out->bare),
                   rest = {body.ptr + out->head, body.len - out->head};
    struct mom__buf *whole = &out->whole;
    unsigned kind;
    size_t start;

    if (out->body.failed || out->bare.failed)
        return (struct mom_str){"", 0};
    if (bare.len == 0 && body.len < MOM__WIRE_PACK_FROM)
        return body;
    kind = (unsigned char)body.ptr[1] | (bare.len > 0 ? BARE : 0u);
    mom__buf_reset(whole);
    mom__buf_bytes(whole, body.ptr, out->head);
    if (bare.len > 0)
        mom__buf_str(whole, bare);
    start = whole->len;
    mom__buf_varint(whole, rest.len);
    if (body.len >= MOM__WIRE_PACK_FROM && pack(whole, rest, packs)) {
        kind |= PACKED;
    } else {
        whole->len = start;
        mom__buf_bytes(whole, rest.ptr, rest.len);
    }
    if (whole->failed)
        return (struct mom_str){"", 0};
    whole->ptr[1] = (char)(unsigned char)kind;
    return mom__buf_view(whole);
}

static int unpack(struct mom__reader *reader, struct mom__arena *arena)
{
    uint64_t len = mom__reader_varint(reader);
    struct mom_str rest = {(const char *)reader->at, (size_t)(reader->end - reader->at)};
    char *room;
    int rc;

    if (reader->failed || len == 0 || len > MOM__WIRE_RAW_MAX)
        return MOM_ECORRUPT;
    room = mom__arena_bytes(arena, (size_t)len);
    if (!room)
        return MOM_ENOMEM;
    rc = mom__unpack(rest, &arena->alloc, room, (size_t)len);
    mom__reader_init(reader, (struct mom_str){room, (size_t)len});
    return rc;
}

int mom__wire_open(struct mom_str bytes, struct mom__arena *arena, struct mom__wire_in *ret_in)
{
    struct mom__reader *reader = &ret_in->body;
    unsigned version, kind;
    int rc = MOM_OK;

    mom__reader_init(reader, bytes);
    mom__reader_init(&ret_in->bare, (struct mom_str){"", 0});
    version = mom__reader_u8(reader);
    kind = mom__reader_u8(reader);
    if (reader->failed)
        return MOM_ECORRUPT;
    if (version != MOM__WIRE_VERSION)
        return MOM_EFORMAT;
    ret_in->seq = mom__reader_varint(reader);
    if (kind & BARE)
        mom__reader_init(&ret_in->bare, mom__reader_str(reader));
    if (kind & PACKED)
        rc = unpack(reader, arena);
    kind &= ~(unsigned)(PACKED | BARE);
    if (rc != MOM_OK)
        return rc;
    if (kind == 0 || kind >= MOM__WIRE_KINDS || reader->failed)
        return MOM_ECORRUPT;
    ret_in->kind = (enum mom__wire_kind)kind;
    return MOM_OK;
}

/* --- stamps ----------------------------------------------------------------------------------- */

/* As a difference to the last one: changes come in bursts. */
void mom__wire_put_stamp(struct mom__buf *buf, struct mom_stamp *last, struct mom_stamp stamp)
{
    mom__buf_zigzag(buf, stamp.ms - last->ms);
    mom__buf_varint(buf, stamp.counter);
    mom__buf_varint(buf, stamp.origin);
    *last = stamp;
}

struct mom_stamp mom__wire_get_stamp(struct mom__reader *reader, struct mom_stamp *last)
{
    struct mom_stamp stamp = {0, 0, 0};
    int64_t by = mom__reader_zigzag(reader);
    uint64_t counter = mom__reader_varint(reader);

    stamp.origin = mom__reader_varint32(reader);
    if (counter > UINT16_MAX || by > INT64_MAX / 2 || by < INT64_MIN / 2)
        reader->failed = true;
    else
        stamp.ms = last->ms + by;
    if (stamp.ms < 0 || stamp.ms > MOM__MS_MAX)
        reader->failed = true;
    stamp.counter = (uint16_t)counter;
    if (reader->failed)
        return (struct mom_stamp){0, 0, 0};
    *last = stamp;
    return stamp;
}

/* --- hello ------------------------------------------------------------------------------------ */

enum { HELLO_AGREED = 1, HELLO_ANSWER = 2, HELLO_ALL = 3 };

void mom__wire_put_hello(struct mom__buf *buf, const struct mom__hello *hello)
{
    struct mom_stamp last = {hello->wall_ms, 0, 0};

    mom__buf_varint(buf, hello->node);
    mom__buf_varint(buf, hello->to);
    mom__buf_u8(buf, hello->shape);
    mom__buf_u8(buf, (hello->agreed ? HELLO_AGREED : 0u) | (hello->answer ? HELLO_ANSWER : 0u));
    mom__buf_u8(buf, hello->sari_pli);
    mom__buf_varint(buf, hello->sari_ari);
    mom__buf_zigzag(buf, hello->wall_ms);
    mom__buf_zigzag(buf, hello->echo_ms);
    mom__buf_u64(buf, hello->fingerprint);
    mom__buf_varint(buf, hello->count);
    mom__buf_varint(buf, hello->backlog);
    mom__buf_varint(buf, hello->your_ids);
    mom__buf_varint(buf, hello->profiles);
    mom__wire_put_stamp(buf, &last, hello->clock);
    mom__wire_put_stamp(buf, &last, hello->seen);
}

bool mom__wire_get_hello(struct mom__reader *reader, struct mom__hello *ret_hello)
{
    struct mom__hello h;
    struct mom_stamp last = {0, 0, 0};
    unsigned flags;

    h.node = mom__reader_varint32(reader);
    h.to = mom__reader_varint32(reader);
    h.shape = mom__reader_u8(reader);
    flags = mom__reader_u8(reader);
    h.agreed = flags & HELLO_AGREED;
    h.answer = flags & HELLO_ANSWER;
    h.sari_pli = (uint8_t)mom__reader_u8(reader);
    h.sari_ari = mom__reader_varint32(reader);
    h.wall_ms = mom__reader_zigzag(reader);
    h.echo_ms = mom__reader_zigzag(reader);
    h.fingerprint = mom__reader_u64(reader);
    h.count = mom__reader_varint(reader);
    h.backlog = mom__reader_varint(reader);
    h.your_ids = mom__reader_varint(reader);
    h.profiles = mom__reader_varint(reader);
    if (h.wall_ms < 0 || h.wall_ms > MOM__MS_MAX || h.echo_ms < 0 || h.echo_ms > MOM__MS_MAX ||
        h.your_ids >> MOM__ID_BITS != 0 ||
        (h.sari_pli && !mom_park_is_valid((struct mom_park){h.sari_pli, h.sari_ari})))
        reader->failed = true;
    last.ms = h.wall_ms;
    h.clock = mom__wire_get_stamp(reader, &last);
    h.seen = mom__wire_get_stamp(reader, &last);
    if (!mom__reader_ok(reader) || flags > HELLO_ALL)
        return false;
    *ret_hello = h;
    return true;
}

/* --- values ----------------------------------------------------------------------------------- */

static void put_extra(struct mom__buf *buf, const struct mom_record *r)
{
    mom__buf_varint(buf, r->extra_count);
    for (size_t i = 0; i < r->extra_count; i++)
        mom__buf_str(buf, r->extra[i].name);
    for (size_t i = 0; i < r->extra_count; i++)
        mom__buf_str(buf, r->extra[i].value);
}

/* Missing and empty differ: the length is one more. */
static void put_text(struct mom__buf *buf, struct mom_str text)
{
    mom__buf_varint(buf, text.ptr ? text.len + 1 : 0);
    if (text.ptr)
        mom__buf_bytes(buf, text.ptr, text.len);
}

static bool is_bare(struct mom_str text, size_t *ret_digits, unsigned *ret_pads)
{
    return text.len >= BARE_FROM && mom__sextet_is(text, ret_digits, ret_pads);
}

/* MODE_BARE: odd, and half of it is the length as elsewhere; or even, and half of it says how many digits stand in the
 * bare part and how many pads follow them. */
static void put_marked(struct mom__buf *buf, struct mom__buf *bare, struct mom_str text)
{
    size_t digits;
    unsigned pads;

    if (!is_bare(text, &digits, &pads)) {
        mom__buf_varint(buf, 2 * (text.ptr ? text.len + 1 : 0) + 1);
        if (text.ptr)
            mom__buf_bytes(buf, text.ptr, text.len);
        return;
    }
    mom__buf_varint(buf, 2 * (BARE_FORMS * digits + pads));
    if (!mom__buf_room(bare, mom__sextet_bytes(digits)))
        return;
    mom__sextet_pack(text.ptr, digits, (unsigned char *)bare->ptr + bare->len);
    bare->len += mom__sextet_bytes(digits);
}

/* `bare`: of a value with MODE_BARE, else NULL. */
static void put_value(struct mom__buf *buf, struct mom__buf *bare, const struct mom_record *r,
                      unsigned reg)
{
    enum mom_field group = mom__reg_group(r->type, reg);

    for (enum mom_field f = group; group && f != mom__group_end(group); f++) {
        enum mom_form form = mom__field_form(f);

        if (form == MOM_PARTNER)
            mom__buf_varint(buf, r->claimed);
        else if (form == MOM_EXTRA)
            put_extra(buf, r);
        else if (bare)
            put_marked(buf, bare, r->values[mom__field_index(f)]);
        else
            put_text(buf, r->values[mom__field_index(f)]);
    }
    if (reg != MOM__REG_CLAIM)
        return;
    mom__buf_varint(buf, r->epoch);
    mom__buf_varint(buf, r->confirmed_by);
    if (r->confirmed_by)
        mom__buf_zigzag(buf, r->confirmed_ms - r->claim_ms);
}

static int get_extra(struct mom__reader *reader, struct mom__arena *arena, struct mom_record *r)
{
    uint64_t count = mom__reader_varint(reader);
    struct mom_attr *attrs;

    if (reader->failed || count > MOM__EXTRA_MAX)
        return MOM_ECORRUPT;
    attrs = mom__arena_zalloc(arena, ((size_t)count + 1) * sizeof *attrs);
    if (!attrs)
        return MOM_ENOMEM;
    for (size_t i = 0; i < count; i++)
        attrs[i].name = mom__reader_str(reader);
    for (size_t i = 0; i < count; i++)
        attrs[i].value = mom__reader_str(reader);
    if (reader->failed)
        return MOM_ECORRUPT;
    return mom__record_set_extra(r, arena, attrs, (size_t)count) == MOM_ENOMEM ? MOM_ENOMEM
                                                                               : MOM_OK;
}

static struct mom_str get_text(struct mom__reader *reader, uint64_t len, enum mom_field field)
{
    struct mom_str text = {NULL, 0};

    if (reader->failed || len == 0)
        return text;
    if (len - 1 > mom__field_bytes(field)) {
        reader->failed = true;
        return text;
    }
    text.len = (size_t)len - 1;
    text.ptr = (const char *)mom__reader_bytes(reader, text.len);
    return text;
}

static int get_bare(struct mom__reader *bare, struct mom__arena *arena, uint64_t form,
                    enum mom_field field, struct mom_str *ret_text)
{
    uint64_t digits = form / BARE_FORMS;
    unsigned pads = (unsigned)(form % BARE_FORMS);
    const unsigned char *bytes;
    char *text;

    if (!bare || digits == 0 || digits > mom__field_bytes(field) ||
        digits + pads > mom__field_bytes(field))
        return MOM_ECORRUPT;
    bytes = mom__reader_bytes(bare, mom__sextet_bytes((size_t)digits));
    if (!bytes)
        return MOM_ECORRUPT;
    text = mom__arena_bytes(arena, (size_t)digits + pads);
    if (!text)
        return MOM_ENOMEM;
    mom__sextet_unpack(bytes, (size_t)digits, pads, text);
    *ret_text = (struct mom_str){text, (size_t)digits + pads};
    return MOM_OK;
}

static int get_marked(struct mom__reader *reader, struct mom__reader *bare,
                      struct mom__arena *arena, enum mom_field field, struct mom_str *ret_text)
{
    uint64_t mark = mom__reader_varint(reader);

    if (!reader->failed && mark % 2 == 0)
        return get_bare(bare, arena, mark / 2, field, ret_text);
    *ret_text = get_text(reader, mark / 2, field);
    return MOM_OK;
}

static int get_claim(struct mom__reader *reader, struct mom_stamp stamp, struct mom_record *r)
{
    int64_t after = 0;

    r->epoch = mom__reader_varint32(reader);
    r->confirmed_by = mom__reader_varint32(reader);
    if (r->confirmed_by)
        after = mom__reader_zigzag(reader);
    r->claim_ms = stamp.ms;
    r->site = stamp.origin;
    if (reader->failed || after > MOM__MS_MAX || after < -MOM__MS_MAX ||
        stamp.counter != (r->epoch < UINT16_MAX ? r->epoch : UINT16_MAX))
        return MOM_ECORRUPT;
    r->confirmed_ms = r->confirmed_by ? r->claim_ms + after : 0;
    /* No node writes a later one, and whoever confirms after it has to have one that is later still. */
    return r->confirmed_ms < 0 || r->confirmed_ms > MOM__MS_MAX ? MOM_ECORRUPT : MOM_OK;
}

static int get_value(struct mom__reader *reader, const struct mom__wire_context *context,
                     struct mom__arena *arena, struct mom_record *r, unsigned reg, unsigned mode)
{
    enum mom_field group = mom__reg_group(r->type, reg);
    int rc = MOM_OK;

    if (reg == MOM__REG_CLAIM)
        return get_claim(reader, context->stamp, r);
    for (enum mom_field f = group; rc == MOM_OK && group && f != mom__group_end(group); f++) {
        struct mom_str *value = &r->values[mom__field_index(f)];
        enum mom_form form = mom__field_form(f);

        if (form == MOM_PARTNER)
            r->claimed = mom__reader_varint(reader);
        else if (form == MOM_EXTRA)
            rc = get_extra(reader, arena, r);
        else if (mode & MODE_BARE)
            rc = get_marked(reader, context->bare_in, arena, f, value);
        else
            *value = get_text(reader, mom__reader_varint(reader), f);
    }
    return rc == MOM_OK && reader->failed ? MOM_ECORRUPT : rc;
}

/* --- entries ---------------------------------------------------------------------------------- */

void mom__entry_init(struct mom__entry *entry)
{
    entry->whole = false;
    entry->unseen = (struct mom_stamp){0, 0, 0};
    memset(entry->has, 0, sizeof entry->has);
    memset(entry->has_base, 0, sizeof entry->has_base);
}

struct mom__entry *mom__wire_next(const struct mom__wire_context *context,
                                  struct mom__entry entries[MOM__ENTRIES])
{
    struct mom__entry *entry = entries;

    while (&entry->record == context->last[MOM_USER] || &entry->record == context->last[MOM_DEVICE])
        entry++;
    return entry;
}

static bool same_value(const struct mom_record *last, const struct mom_record *r, unsigned reg)
{
    if (!last || reg >= MOM__FIELDS_MAX || mom__stamp_is_zero(last->stamps[reg]))
        return false;
    return mom__record_group_equal(last, r, mom__reg_group(r->type, reg));
}

static struct mom_stamp entry_stamp(const struct mom__entry *entry, unsigned reg)
{
    return mom__reg_stamp(&entry->record, reg);
}

/* A text of the register belongs into the bare part. */
static bool has_bare(const struct mom_record *r, unsigned reg)
{
    enum mom_field group = mom__reg_group(r->type, reg);
    size_t digits;
    unsigned pads;

    for (enum mom_field f = group; group && f != mom__group_end(group); f++) {
        enum mom_form form = mom__field_form(f);

        if (form != MOM_PARTNER && form != MOM_EXTRA &&
            is_bare(r->values[mom__field_index(f)], &digits, &pads))
            return true;
    }
    return false;
}

static void put_modes(struct mom__buf *buf, const struct mom__wire_context *context,
                      const struct mom__entry *entry, uint8_t modes[MOM__REGS_MAX])
{
    const struct mom_record *r = &entry->record;
    struct mom_stamp last = context->stamp;
    unsigned count = 0;

    for (unsigned reg = 0; reg < MOM__REGS_MAX; reg++)
        count += entry->has[reg];
    mom__buf_varint(buf, count);
    for (unsigned reg = 0; reg < MOM__REGS_MAX; reg = mom__reg_next(r->type, reg)) {
        if (entry->has[reg])
            mom__buf_u8(buf, mom__reg_code(r->type, reg));
    }
    for (unsigned reg = 0; reg < MOM__REGS_MAX; reg = mom__reg_next(r->type, reg)) {
        unsigned mode = 0;

        if (!entry->has[reg])
            continue;
        if (mom_stamp_compare(last, entry_stamp(entry, reg)) != 0)
            mode |= MODE_STAMP;
        last = entry_stamp(entry, reg);
        mode |= entry->has_base[reg] ? MODE_BASE : 0u;
        mode |= same_value(entry->whole ? context->last[r->type] : NULL, r, reg) ? 0u : MODE_VALUE;
        if ((mode & MODE_VALUE) && context->bare_out && has_bare(r, reg))
            mode |= MODE_BARE;
        modes[reg] = (uint8_t)mode;
        mom__buf_u8(buf, mode);
    }
}

void mom__wire_put_entry(struct mom__buf *buf, struct mom__wire_context *context,
                         const struct mom__entry *entry)
{
    const struct mom_record *r = &entry->record;
    uint8_t modes[MOM__REGS_MAX];

    mom__buf_zigzag(buf, (int64_t)(r->id - context->id));
    context->id = r->id;
    mom__buf_u8(buf,
                (r->type == MOM_DEVICE ? ENTRY_DEVICE : 0u) | (entry->whole ? ENTRY_WHOLE : 0u));
    if (entry->whole)
        mom__wire_put_stamp(buf, &context->stamp, r->created);
    put_modes(buf, context, entry, modes);
    for (unsigned reg = 0; reg < MOM__REGS_MAX; reg = mom__reg_next(r->type, reg)) {
        struct mom_stamp near = entry_stamp(entry, reg);

        if (!entry->has[reg])
            continue;
        if (modes[reg] & MODE_STAMP)
            mom__wire_put_stamp(buf, &context->stamp, near);
        if (modes[reg] & MODE_BASE)
            mom__wire_put_stamp(buf, &near, entry->bases[reg]);
        if (modes[reg] & MODE_VALUE)
            put_value(buf, modes[reg] & MODE_BARE ? context->bare_out : NULL, r, reg);
    }
    if (entry->whole)
        context->last[r->type] = r;
}

static int get_register(struct mom__reader *reader, struct mom__wire_context *context,
                        struct mom__arena *arena, struct mom__entry *entry, unsigned reg,
                        unsigned mode)
{
    struct mom_record *r = &entry->record;
    const struct mom_record *last = entry->whole ? context->last[r->type] : NULL;
    struct mom_stamp near;

    if (mode & MODE_STAMP)
        (void)mom__wire_get_stamp(reader, &context->stamp);
    near = context->stamp;
    if (mode & MODE_BASE)
        entry->bases[reg] = mom__wire_get_stamp(reader, &near);
    entry->has[reg] = true;
    entry->has_base[reg] = mode & MODE_BASE;
    if (reg == MOM__REG_DELETED)
        r->deleted = context->stamp;
    else if (reg != MOM__REG_CLAIM)
        r->stamps[reg] = context->stamp;
    if (reader->failed || mom__stamp_is_zero(context->stamp))
        return MOM_ECORRUPT;
    if (mode & MODE_VALUE)
        return get_value(reader, context, arena, r, reg, mode);
    if (!last || reg >= MOM__FIELDS_MAX)
        return MOM_ECORRUPT;
    near = context->stamp;
    mom__record_copy_group(r, last, mom__reg_group(r->type, reg));
    r->stamps[reg] = near;
    return MOM_OK;
}

static int get_registers(struct mom__reader *reader, struct mom__wire_context *context,
                         struct mom__arena *arena, struct mom__entry *entry)
{
    uint64_t count = mom__reader_varint(reader);
    const unsigned char *codes, *modes;
    unsigned before = MOM__REGS_MAX;
    int rc = MOM_OK;

    if (reader->failed || count == 0 || count > MOM__REGS_MAX)
        return MOM_ECORRUPT;
    codes = mom__reader_bytes(reader, (size_t)count);
    modes = mom__reader_bytes(reader, (size_t)count);
    for (size_t i = 0; modes && rc == MOM_OK && i < count; i++) {
        unsigned reg = mom__reg_of_code(entry->record.type, codes[i]);

        if (reg == MOM__REGS_MAX)
            return MOM_EFORMAT;
        if (modes[i] > MODE_ALL || (modes[i] & (MODE_BARE | MODE_VALUE)) == MODE_BARE ||
            (before != MOM__REGS_MAX && reg <= before))
            return MOM_ECORRUPT;
        before = reg;
        rc = get_register(reader, context, arena, entry, reg, modes[i]);
    }
    return rc == MOM_OK && reader->failed ? MOM_ECORRUPT : rc;
}

int mom__wire_get_entry(struct mom__reader *reader, struct mom__wire_context *context,
                        struct mom__arena *arena, struct mom__entry *ret_entry)
{
    struct mom__entry *entry = ret_entry;
    uint64_t id = context->id + (uint64_t)mom__reader_zigzag(reader);
    unsigned head = mom__reader_u8(reader);
    int rc;

    if (reader->failed || id == 0 || head > ENTRY_ALL)
        return MOM_ECORRUPT;
    mom__entry_init(entry);
    mom__record_init(&entry->record, head & ENTRY_DEVICE ? MOM_DEVICE : MOM_USER, id);
    context->id = id;
    entry->whole = head & ENTRY_WHOLE;
    if (entry->whole)
        entry->record.created = mom__wire_get_stamp(reader, &context->stamp);
    rc = get_registers(reader, context, arena, entry);
    if (rc == MOM_OK && entry->whole)
        context->last[entry->record.type] = &entry->record;
    return rc;
}
