/*
 * The values of single groups as bytes: what rows of CONFLICT and HISTORY keep of a record, so that
 * it can be put back.
 *
 * A group: code of the field that leads it, number of values and (code, value) ascending; for the
 * relation the partner (varint); for the extra attributes their number and (name, value), ascending.
 * A list of groups: their number, and the groups, ascending.
 */
#ifndef MOM__GROUP_CODEC_H
#define MOM__GROUP_CODEC_H

#include "record.h"

/* The one place where a value of a field becomes bytes and is read again. */
void mom__value_encode(struct mom__buf *buf, enum mom_field field, struct mom_str value);
struct mom_str mom__value_decode(struct mom__reader *reader, enum mom_field field);

void mom__group_encode(const struct mom_record *record, enum mom_field group, struct mom__buf *buf);
/* Replaces the group of `record`, of whose type it must be; its stamp is left alone. Values are
 * borrowed from the bytes, the list of extra attributes is in the arena; without an arena (NULL) they
 * are read and dropped. MOM_ECORRUPT, MOM_EFORMAT (a group or field that this build does not have),
 * MOM_ENOMEM. */
MOM_MUST_CHECK int mom__group_decode(struct mom__reader *reader, struct mom__arena *arena,
                                     struct mom_record *record, enum mom_field *ret_group);

/* The groups that are marked at the index of their first field. */
void mom__groups_encode(const struct mom_record *record, const bool marked[MOM__FIELDS_MAX],
                        struct mom__buf *buf);
MOM_MUST_CHECK int mom__groups_decode(struct mom__reader *reader, struct mom__arena *arena,
                                      struct mom_record *record, bool ret_marked[MOM__FIELDS_MAX]);

/* Mark every group that is merged: all but those that only report. */
void mom__groups_mark(enum mom_type type, bool ret_marked[MOM__FIELDS_MAX]);

#endif
