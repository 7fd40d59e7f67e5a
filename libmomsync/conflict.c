/*
 * The list of conflicts that were decided: who lost against whom, by which rule, what was lost, and
 * all that the outcome follows from (check.c).
 *
 * A row, format 2: format; stamp of the change that undid it; id; type, code of the group; stamps of
 * winner and loser; time (zigzag); texts kept and lost; rule; bits; whose word was heard (varint); its
 * time by its own clock, the offset of that clock, the limit for the future (zigzag); hash and stamp of
 * the base; the other record (varint); values kept and lost (group_codec.h). Format 1 had no stamp
 * behind the format, and ended with the rule.
 */
#include "group_codec.h"
#include "node.h"
#include "seal.h"

enum { CONFLICT_FORMAT = 2, UNDONE_AT = 1 };
enum { THEIRS_WON = 1, KEPT_DELETION = 2, LOST_DELETION = 4, BITS_ALL = 7 };

/* What a field looks like to a person: no secret, no blob. */
static struct mom_str shown(const struct mom_record *record, enum mom_field field)
{
    struct mom_str value = mom__record_value(record, field);

    if ((mom_field_info(field)->flags & MOM_SECRET) && value.len > 0)
        return mom__str("***");
    return value;
}

static void add_field(struct mom__buf *buf, size_t begin, struct mom_str name, struct mom_str value)
{
    if (!value.ptr)
        return;
    if (buf->len > begin)
        mom__buf_u8(buf, ' ');
    mom__buf_bytes(buf, name.ptr, name.len);
    mom__buf_u8(buf, '=');
    mom__buf_bytes(buf, value.ptr, value.len);
}

void mom__group_show(struct mom__buf *buf, const struct mom_record *record, enum mom_field group)
{
    size_t begin = buf->len;

    for (enum mom_field f = group; f != mom__group_end(group); f++) {
        const struct mom_field_info *info = mom_field_info(f);

        if (info->form == MOM_EXTRA) {
            for (size_t i = 0; i < record->extra_count; i++)
                add_field(buf, begin, record->extra[i].name, record->extra[i].value);
        } else if (info->form == MOM_PARTNER) {
            struct mom__text id;

            mom__text_init(&id);
            mom__text_uint(&id, record->partner);
            add_field(buf, begin, mom__str("partner"), mom__text_view(&id));
        } else {
            add_field(buf, begin, mom__str(info->name), shown(record, f));
        }
    }
}

struct mom_str mom__group_text(struct mom_engine *e, const struct mom_record *record,
                               enum mom_field group)
{
    mom__buf_reset(&e->buf);
    mom__group_show(&e->buf, record, group);
    if (e->buf.failed)
        mom__fail(e, MOM_ENOMEM);
    return mom__step_dup(e, mom__buf_view(&e->buf));
}

/* --- rows ------------------------------------------------------------------------------------- */

static void put_stamp(struct mom__buf *buf, struct mom_stamp stamp)
{
    unsigned char bytes[MOM__STAMP_LEN];

    mom__stamp_encode(stamp, bytes);
    mom__buf_bytes(buf, bytes, sizeof bytes);
}

/* What can be put back: the group, or all of them when two whole records are at stake. */
static struct mom_str values_of(struct mom_engine *e, uint64_t id, const struct mom_record *record,
                                enum mom_field group)
{
    bool marked[MOM__FIELDS_MAX] = {false};
    struct mom_record *copy = record ? mom__step_alloc(e, sizeof *copy) : NULL;

    if (!copy)
        return mom__str("");
    *copy = *record;
    copy->id = id;
    mom__fail(e, mom__record_close(&e->sealer, &e->arena, copy));
    if (group)
        marked[mom__field_index(group)] = true;
    else
        mom__groups_mark(record->type, marked);
    mom__buf_reset(&e->buf);
    mom__groups_encode(copy, marked, &e->buf);
    if (e->buf.failed)
        mom__fail(e, MOM_ENOMEM);
    return mom__step_dup(e, mom__buf_view(&e->buf));
}

static enum mom_type type_of(struct mom_engine *e, const struct mom__verdict *v)
{
    const struct mom__work *w;

    if (v->group)
        return mom_field_info(v->group)->owner;
    if (v->kept || v->lost)
        return v->kept ? v->kept->type : v->lost->type;
    w = mom__work(e, v->id);
    return w ? w->record.type : MOM_USER;
}

static void encode(struct mom_engine *e, const struct mom__verdict *v)
{
    static const struct mom_stamp none;
    struct mom_str kept = values_of(e, v->id, v->kept, v->group);
    struct mom_str lost = values_of(e, v->id, v->lost, v->group);
    enum mom_type type = type_of(e, v);
    struct mom__buf *buf = &e->buf;

    mom__buf_reset(buf);
    mom__buf_u8(buf, CONFLICT_FORMAT);
    put_stamp(buf, none); /* at UNDONE_AT */
    mom__buf_u64(buf, v->id);
    mom__buf_u8(buf, (unsigned)type);
    mom__buf_u8(buf, v->group ? mom_field_info(v->group)->code : 0);
    put_stamp(buf, v->winner);
    put_stamp(buf, v->loser);
    mom__buf_zigzag(buf, e->now.wall_ms);
    mom__buf_str(buf, v->kept_text);
    mom__buf_str(buf, v->lost_text);
    mom__buf_str(buf, mom__str(v->rule));
    mom__buf_u8(buf, (v->theirs_won ? THEIRS_WON : 0u) | (v->kept_deletion ? KEPT_DELETION : 0u) |
                         (v->lost_deletion ? LOST_DELETION : 0u));
    mom__buf_varint(buf, v->from);
    mom__buf_zigzag(buf, v->told_ms);
    mom__buf_zigzag(buf, v->clock_ms);
    mom__buf_zigzag(buf, e->skew_ms);
    mom__buf_u64(buf, v->base_hash);
    put_stamp(buf, v->base);
    mom__buf_varint(buf, v->other);
    mom__buf_str(buf, kept);
    mom__buf_str(buf, lost);
    if (buf->failed)
        mom__fail(e, MOM_ENOMEM);
}

static void tell(struct mom_engine *e, const struct mom__verdict *v)
{
    struct mom_action *action = mom__act(e, MOM_DO_CONFLICT, 0);
    struct mom__text text;

    if (!action)
        return;
    mom__text_init(&text);
    mom__text_add(&text, v->rule);
    mom__text_add(&text, ": kept ");
    mom__text_str(&text, v->kept_text);
    mom__text_add(&text, ", lost ");
    mom__text_str(&text, v->lost_text);
    action->id = v->id;
    action->text = mom__step_dup(e, mom__text_view(&text));
}

static bool visit_first(void *user, struct mom_str key, struct mom_str value)
{
    struct mom__key *first = user;

    (void)value;
    for (size_t i = 0; i < key.len && i < 8; i++)
        first->bytes[i] = (unsigned char)key.ptr[i];
    return false;
}

/* Two rows at most for each that comes: a limit that was made smaller is reached in time, and no step works long. */
static void drop_oldest(struct mom_engine *e)
{
    for (int i = 0; i < 2 && e->failed == MOM_OK && e->counts.conflicts > e->limits.conflicts;
         i++) {
        struct mom__key first = {{0}};

        mom__scan(e, MOM_T_CONFLICT, mom__str(""), visit_first, &first);
        mom__del(e, MOM_T_CONFLICT, (struct mom_str){(const char *)first.bytes, 8});
        e->counts.conflicts--;
    }
}

/* The history of the record will tell that the change came of a conflict. */
static void set_reason(struct mom_engine *e, const struct mom__verdict *v)
{
    struct mom__work *w = mom__idmap_get_ptr(&e->works, v->id);

    if (v->theirs_won)
        e->reason = MOM_REASON_CONFLICT;
    if (w && v->other && (w->record.flags & MOM__PARKED))
        w->reason = MOM_REASON_CONFLICT;
}

void mom__conflict(struct mom_engine *e, const struct mom__verdict *verdict)
{
    struct mom__verdict v = *verdict;
    struct mom__key key;

    if (MOM__PLANTED(CONFLICT_SILENT))
        return;
    if (v.kept && v.group)
        v.kept_text = mom__group_text(e, v.kept, v.group);
    if (v.lost && v.group)
        v.lost_text = mom__group_text(e, v.lost, v.group);
    if (e->failed != MOM_OK)
        return;
    e->last_conflict++;
    e->numbers_changed = true;
    e->counts.conflicts++;
    encode(e, &v);
    mom__put(e, MOM_T_CONFLICT, mom__key_id(&key, e->last_conflict), mom__buf_view(&e->buf));
    drop_oldest(e);
    set_reason(e, &v);
    tell(e, &v);
}

/* The values with their secrets open. */
static int open_values(const struct mom_sealer *sealer, struct mom__arena *arena,
                       const struct mom_conflict *c, struct mom_str *values)
{
    bool marked[MOM__FIELDS_MAX];
    struct mom_record *r;
    struct mom__reader reader;
    struct mom__buf buf;
    int rc;

    if (values->len == 0 || !mom__can_seal(sealer))
        return MOM_OK;
    r = mom__arena_alloc(arena, sizeof *r);
    if (!r)
        return MOM_ENOMEM;
    mom__record_init(r, c->type, c->id);
    mom__reader_init(&reader, *values);
    rc = mom__groups_decode(&reader, arena, r, marked);
    if (rc == MOM_OK)
        rc = mom__record_open(sealer, arena, r);
    if (rc != MOM_OK)
        return rc;
    mom__buf_init(&buf, &arena->alloc);
    mom__groups_encode(r, marked, &buf);
    if (buf.failed || !mom__arena_dup(arena, mom__buf_view(&buf), values))
        rc = MOM_ENOMEM;
    mom__buf_done(&buf);
    return rc;
}

int mom__conflict_open(const struct mom_sealer *sealer, struct mom__arena *arena,
                       struct mom_conflict *conflict)
{
    int rc = open_values(sealer, arena, conflict, &conflict->kept_values);

    return rc == MOM_OK ? open_values(sealer, arena, conflict, &conflict->lost_values) : rc;
}

int mom__conflict_load(struct mom_engine *e, uint64_t sequence, struct mom_conflict *ret_conflict)
{
    struct mom_str value;
    struct mom__key key;
    int rc;

    if (!mom__get(e, MOM_T_CONFLICT, mom__key_id(&key, sequence), &value))
        return e->failed != MOM_OK ? e->failed : MOM_ENOENT;
    value = mom__step_dup(e, value);
    if (e->failed != MOM_OK)
        return e->failed;
    rc = mom__conflict_decode(mom__key_id(&key, sequence), value, ret_conflict);
    return rc == MOM_OK ? mom__conflict_open(&e->sealer, &e->arena, ret_conflict) : rc;
}

void mom__conflict_mark(struct mom_engine *e, uint64_t sequence, struct mom_stamp stamp)
{
    struct mom_str value;
    struct mom__key key;

    if (!mom__get(e, MOM_T_CONFLICT, mom__key_id(&key, sequence), &value) ||
        value.len < UNDONE_AT + MOM__STAMP_LEN)
        return;
    mom__buf_reset(&e->buf);
    mom__buf_bytes(&e->buf, value.ptr, UNDONE_AT);
    put_stamp(&e->buf, stamp);
    mom__buf_bytes(&e->buf, value.ptr + UNDONE_AT + MOM__STAMP_LEN,
                   value.len - UNDONE_AT - MOM__STAMP_LEN);
    if (e->buf.failed)
        mom__fail(e, MOM_ENOMEM);
    mom__put(e, MOM_T_CONFLICT, mom__key_id(&key, sequence), mom__buf_view(&e->buf));
}

/* --- reading ---------------------------------------------------------------------------------- */

static struct mom_stamp read_stamp(struct mom__reader *reader)
{
    const unsigned char *bytes = mom__reader_bytes(reader, MOM__STAMP_LEN);

    return bytes ? mom__stamp_decode(bytes) : (struct mom_stamp){0, 0, 0};
}

static bool is_type(unsigned type)
{
    return type == MOM_USER || type == MOM_DEVICE;
}

/* What both formats have, in this order. */
static int decode_head(struct mom__reader *reader, struct mom_conflict *c)
{
    unsigned owner, code;

    c->id = mom__reader_u64(reader);
    owner = mom__reader_u8(reader);
    code = mom__reader_u8(reader);
    if (is_type(owner)) {
        c->type = (enum mom_type)owner;
        c->group = code ? mom__field_by_code(c->type, code) : MOM_FIELD_NONE;
    }
    c->winner = read_stamp(reader);
    c->loser = read_stamp(reader);
    c->decided_ms = mom__reader_zigzag(reader);
    c->kept = mom__reader_str(reader);
    c->lost = mom__reader_str(reader);
    c->rule = mom__reader_str(reader);
    if (!is_type(owner) && owner + code > 0)
        return MOM_ECORRUPT;
    return reader->failed ? MOM_ECORRUPT : MOM_OK;
}

static int decode_facts(struct mom__reader *reader, struct mom_conflict *c)
{
    unsigned bits = mom__reader_u8(reader);

    if (bits > BITS_ALL || !is_type(c->type) || (c->group && !mom__field_leads(c->group)))
        return MOM_ECORRUPT;
    c->theirs_won = bits & THEIRS_WON;
    c->kept_deletion = bits & KEPT_DELETION;
    c->lost_deletion = bits & LOST_DELETION;
    c->from = mom__reader_varint32(reader);
    c->told_ms = mom__reader_zigzag(reader);
    c->clock_ms = mom__reader_zigzag(reader);
    c->skew_ms = mom__reader_zigzag(reader);
    c->base_hash = mom__reader_u64(reader);
    c->base = read_stamp(reader);
    c->other = mom__reader_varint(reader);
    c->kept_values = mom__reader_str(reader);
    c->lost_values = mom__reader_str(reader);
    return reader->failed ? MOM_ECORRUPT : MOM_OK;
}

int mom__conflict_decode(struct mom_str key, struct mom_str value,
                         struct mom_conflict *ret_conflict)
{
    struct mom_conflict c = {.group = MOM_FIELD_NONE};
    struct mom__reader reader;
    unsigned format;
    int rc;

    if (mom__key_read_id(key, &c.sequence) != MOM_OK)
        return MOM_ECORRUPT;
    mom__reader_init(&reader, value);
    format = mom__reader_u8(&reader);
    if (format > CONFLICT_FORMAT)
        return MOM_EFORMAT;
    if (format > 1)
        c.undone = read_stamp(&reader);
    rc = decode_head(&reader, &c);
    if (rc == MOM_OK && format > 1)
        rc = decode_facts(&reader, &c);
    if (rc == MOM_OK && !mom__reader_ok(&reader))
        rc = MOM_ECORRUPT;
    if (rc == MOM_OK)
        *ret_conflict = c;
    return rc;
}
