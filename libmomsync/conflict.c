/*
 * The list of conflicts that were decided: who lost against whom, by which rule, and what was lost.
 */
#include "node.h"

enum { CONFLICT_FORMAT = 1 };

/* What a field looks like to a person: no secret, no blob. */
static struct mom_str shown(const struct mom_record *record, enum mom_field field)
{
    struct mom_str value = mom__record_value(record, field);

    if ((mom_field_info(field)->flags & MOM_SECRET) && value.len > 0)
        return mom__str("***");
    return value;
}

static void add_field(struct mom__buf *buf, struct mom_str name, struct mom_str value)
{
    if (!value.ptr)
        return;
    if (buf->len > 0)
        mom__buf_u8(buf, ' ');
    mom__buf_bytes(buf, name.ptr, name.len);
    mom__buf_u8(buf, '=');
    mom__buf_bytes(buf, value.ptr, value.len);
}

struct mom_str mom__group_text(struct mom_engine *e, const struct mom_record *record,
                               enum mom_field group)
{
    struct mom__buf *buf = &e->buf;

    mom__buf_reset(buf);
    for (enum mom_field f = group; f != mom__group_end(group); f++) {
        const struct mom_field_info *info = mom_field_info(f);

        if (info->form == MOM_EXTRA) {
            for (size_t i = 0; i < record->extra_count; i++)
                add_field(buf, record->extra[i].name, record->extra[i].value);
        } else if (info->form == MOM_PARTNER) {
            struct mom__text id;

            mom__text_init(&id);
            mom__text_uint(&id, record->partner);
            add_field(buf, mom__str("partner"), mom__text_view(&id));
        } else {
            add_field(buf, mom__str(info->name), shown(record, f));
        }
    }
    if (buf->failed)
        mom__fail(e, MOM_ENOMEM);
    return mom__step_dup(e, mom__buf_view(buf));
}

static void encode(struct mom__buf *buf, const struct mom__verdict *v, int64_t now_ms)
{
    unsigned char stamp[MOM__STAMP_LEN];

    mom__buf_reset(buf);
    mom__buf_u8(buf, CONFLICT_FORMAT);
    mom__buf_u64(buf, v->id);
    mom__buf_u8(buf, v->group ? (unsigned)mom_field_info(v->group)->owner : 0);
    mom__buf_u8(buf, v->group ? mom_field_info(v->group)->code : 0);
    mom__stamp_encode(v->winner, stamp);
    mom__buf_bytes(buf, stamp, sizeof stamp);
    mom__stamp_encode(v->loser, stamp);
    mom__buf_bytes(buf, stamp, sizeof stamp);
    mom__buf_zigzag(buf, now_ms);
    mom__buf_str(buf, v->kept_text);
    mom__buf_str(buf, v->lost_text);
    mom__buf_str(buf, mom__str(v->rule));
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

void mom__conflict(struct mom_engine *e, const struct mom__verdict *verdict)
{
    struct mom__verdict v = *verdict;
    struct mom__key key;

    if (MOM__PLANTED(CONFLICT_SILENT))
        return;
    if (v.kept)
        v.kept_text = mom__group_text(e, v.kept, v.group);
    if (v.lost)
        v.lost_text = mom__group_text(e, v.lost, v.group);
    if (e->failed != MOM_OK)
        return;
    e->last_conflict++;
    e->numbers_changed = true;
    e->counts.conflicts++;
    encode(&e->buf, &v, e->now.wall_ms);
    if (e->buf.failed)
        mom__fail(e, MOM_ENOMEM);
    mom__put(e, MOM_T_CONFLICT, mom__key_id(&key, e->last_conflict), mom__buf_view(&e->buf));
    tell(e, &v);
}

static struct mom_stamp read_stamp(struct mom__reader *reader)
{
    const unsigned char *bytes = mom__reader_bytes(reader, MOM__STAMP_LEN);

    return bytes ? mom__stamp_decode(bytes) : (struct mom_stamp){0, 0, 0};
}

int mom__conflict_decode(struct mom_str key, struct mom_str value,
                         struct mom_conflict *ret_conflict)
{
    struct mom_conflict c = {.group = MOM_FIELD_NONE};
    struct mom__reader reader;
    unsigned owner, code;

    if (mom__key_read_id(key, &c.sequence) != MOM_OK)
        return MOM_ECORRUPT;
    mom__reader_init(&reader, value);
    if (mom__reader_u8(&reader) > CONFLICT_FORMAT)
        return MOM_EFORMAT;
    c.id = mom__reader_u64(&reader);
    owner = mom__reader_u8(&reader);
    code = mom__reader_u8(&reader);
    if (owner == MOM_USER || owner == MOM_DEVICE)
        c.group = mom__field_by_code((enum mom_type)owner, code);
    c.winner = read_stamp(&reader);
    c.loser = read_stamp(&reader);
    c.decided_ms = mom__reader_zigzag(&reader);
    c.kept = mom__reader_str(&reader);
    c.lost = mom__reader_str(&reader);
    c.rule = mom__reader_str(&reader);
    if (!mom__reader_ok(&reader))
        return MOM_ECORRUPT;
    *ret_conflict = c;
    return MOM_OK;
}
