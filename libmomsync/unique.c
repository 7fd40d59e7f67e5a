/*
 * Uniqueness: a number, an additional id and a non-empty IPEI belong to at most one live record.
 * Two records that claim one value do not share it: the one that was created first keeps it, the
 * other is parked.
 */
#include "node.h"

size_t mom__unique_fields(enum mom_type type, bool exclusive,
                          enum mom_field ret_fields[MOM__UNIQUE_MAX])
{
    size_t count = 0;

    for (enum mom_field f = mom__field_first(type);
         f != mom__field_end(type) && count < MOM__UNIQUE_MAX; f++) {
        /* The subscription is how a phone is found when it registers; it does not decide who is who. */
        if ((mom_field_info(f)->flags & MOM_UNIQUE) &&
            !(exclusive && f == MOM_DEVICE_subscriptionId))
            ret_fields[count++] = f;
    }
    return count;
}

uint64_t mom__unique_find(struct mom_engine *e, enum mom_field field, struct mom_str value)
{
    struct mom_str found;
    struct mom__key key;
    uint64_t id = 0;

    if (value.len == 0 || !mom__get(e, MOM_T_UNIQUE, mom__key_unique(&key, field, value), &found))
        return 0;
    mom__fail(e, mom__value_read_u64(found, &id));
    return id;
}

uint64_t mom__unique_other(struct mom_engine *e, const struct mom_record *record,
                           enum mom_field field)
{
    uint64_t id = mom__unique_find(e, field, mom__record_value(record, field));
    const struct mom__work *other = id && id != record->id ? mom__work_live(e, id) : NULL;

    /* The row is as of the last settling, and long values share rows by their hash: the record itself decides. */
    if (!other || (other->record.flags & MOM__PARKED))
        return 0;
    return mom__equal(mom__record_value(&other->record, field), mom__record_value(record, field))
               ? id
               : 0;
}

static bool is_earlier(const struct mom_record *a, const struct mom_record *b)
{
    int order = mom_stamp_compare(a->created, b->created);

    return order < 0 || (order == 0 && a->id < b->id);
}

void mom__park(struct mom_engine *e, struct mom__work *loser, const struct mom__work *winner,
               enum mom_field field)
{
    struct mom__verdict verdict = {.id = loser->record.id,
                                   .winner = winner->record.created,
                                   .loser = loser->record.created,
                                   .kept_text = mom__group_text(e, &winner->record, field),
                                   .lost_text = mom__group_text(e, &loser->record, field),
                                   .rule = "unique"};

    mom__unbind(e, loser, mom__stamp_new(e));
    loser->record.flags |= MOM__PARKED;
    mom__work_changed(e, loser, MOM_PARKED);
    mom__conflict(e, &verdict);
    mom__logf(e, MOM_LOG_WARNING, "record %u is parked: %s belongs to record %u", loser->record.id,
              mom_field_info(field)->name, winner->record.id);
}

void mom__unique_enter(struct mom_engine *e, struct mom__work *w)
{
    enum mom_field fields[MOM__UNIQUE_MAX];
    size_t count = mom__unique_fields(w->record.type, true, fields);
    struct mom__work *others[MOM__UNIQUE_MAX];

    if (MOM__PLANTED(UNIQUE_OFF))
        return;
    for (size_t i = 0; i < count; i++) {
        others[i] = mom__work(e, mom__unique_other(e, &w->record, fields[i]));
        if (others[i] && is_earlier(&others[i]->record, &w->record)) {
            mom__park(e, w, others[i], fields[i]);
            return;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (others[i] && !(others[i]->record.flags & MOM__PARKED))
            mom__park(e, others[i], w, fields[i]);
    }
}
