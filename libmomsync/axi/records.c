/*
 * Records: AXI elements to RECORD inputs, and the attributes of a record to AXI elements, for any link.
 */
#include "records.h"

#include "alloc.h"

#include <string.h>

/* --- local ids */

uint32_t mom__records_id(const struct axi_elem *elem, enum axi_attr attr)
{
    int64_t id = axi_get_int_or(elem, attr, 0);

    return id > 0 && id <= UINT32_MAX ? (uint32_t)id : 0;
}

bool mom__records_is_local(enum axi_attr attr)
{
    switch (attr) {
    case AXI_A_uid:
    case AXI_A_ppn:
    case AXI_A_uidSec:
    case AXI_A_ppnSec:
    case AXI_A_ppnOld:
    case AXI_A_timeStamp:
    case AXI_A_timeStampAdmin:
    case AXI_A_timeStampRelation:
    case AXI_A_timeStampRoaming:
    case AXI_A_timeStampSubscription:
        return true;
    default:
        return false;
    }
}

/* --- secrets */

static void find_secrets(struct mom__records *records)
{
    static const enum axi_type types[] = {
        [MOM_USER] = AXI_T_PPUserType, [MOM_DEVICE] = AXI_T_PPDevType};

    for (unsigned type = MOM_USER; type <= MOM_DEVICE; type++) {
        struct axi_field field;

        /* uak is a secret, but it is carried from OMM to OMM as it stands. */
        for (size_t i = 0; axi_type_field_at(types[type], i, &field); i++) {
            if ((field.flags & AXI_SECRET) != 0 && field.form != AXI_HEX)
                records->sealed[field.attr] |= (uint8_t)(1u << type);
        }
    }
}

bool mom__records_is_sealed(const struct mom__records *records, enum mom_type type,
                            enum axi_attr attr)
{
    return attr != AXI_A_NONE && (records->sealed[attr] & (1u << type)) != 0;
}

void mom__records_init(struct mom__records *records)
{
    find_secrets(records);
    mom__key_take(&records->key, (struct axi_str){0}, (struct axi_str){0});
}

void mom__records_done(struct mom__records *records)
{
    if (records->texts != NULL)
        mom__omm_wipe(records->texts, records->text_room);
    mom__omm_free_by(&records->alloc, records->attrs);
    mom__omm_free_by(&records->alloc, records->texts);
}

/* Into a new block, for the old one may hold a secret. */
static int make_text_room(struct mom__records *records, size_t bytes)
{
    char *texts;

    if (bytes <= records->text_room)
        return MOM_OK;
    texts = mom__omm_alloc(&records->alloc, NULL, bytes);
    if (texts == NULL)
        return MOM_ENOMEM;
    if (records->texts != NULL)
        mom__omm_wipe(records->texts, records->text_room);
    mom__omm_free_by(&records->alloc, records->texts);
    records->texts = texts;
    records->text_room = bytes;
    return MOM_OK;
}

/* Room for the secrets of a record, so that pointers into it hold until the record is added. */
static int make_room(struct mom__records *records, enum mom_type type, const struct axi_elem *elem)
{
    struct axi_attr_view view;
    size_t count = axi_attr_count(elem), bytes = 0;

    if (count > records->attr_room) {
        struct mom_attr *attrs =
            mom__omm_alloc(&records->alloc, records->attrs, count * sizeof(*attrs));

        if (attrs == NULL)
            return MOM_ENOMEM;
        records->attrs = attrs;
        records->attr_room = count;
    }
    for (size_t i = 0; axi_attr_at(elem, i, &view); i++) {
        if (mom__records_is_sealed(records, type, view.id))
            bytes += 1 + MOM_KEY_FINGERPRINT_LEN + view.value.len;
    }
    return make_text_room(records, bytes);
}

/* A secret as it is kept: in clear when we can read it, else marked with the key that it is encrypted for. */
static struct mom_str keep(const struct mom__records *records, char *to, struct axi_str value)
{
    size_t len = 0;

    if (records->opens && records->secrets.decrypt != NULL &&
        records->secrets.decrypt(records->secrets.user, value, to + 1, value.len, &len) == AXI_OK &&
        len <= value.len) {
        to[0] = MOM_SECRET_PLAIN;
        return (struct mom_str){len > 0 ? to : "", len > 0 ? 1 + len : 0};
    }
    to[0] = MOM_SECRET_SEALED;
    memcpy(to + 1, records->key.fingerprint, MOM_KEY_FINGERPRINT_LEN);
    memcpy(to + 1 + MOM_KEY_FINGERPRINT_LEN, value.ptr, value.len);
    return (struct mom_str){to, 1 + MOM_KEY_FINGERPRINT_LEN + value.len};
}

/* --- from AXI */

static size_t collect(struct mom__records *records, enum mom_type type, const struct axi_elem *elem)
{
    struct axi_attr_view view;
    size_t count = 0, used = 0;

    for (size_t i = 0; axi_attr_at(elem, i, &view); i++) {
        struct mom_str value = mom__str(view.value);

        if (mom__records_is_local(view.id))
            continue;
        if (mom__records_is_sealed(records, type, view.id) && value.len > 0) {
            value = keep(records, records->texts + used, view.value);
            used += value.len;
        }
        records->attrs[count++] = (struct mom_attr){mom__str(view.name), value};
    }
    return count;
}

static void take_times(const struct mom__records *records, const struct axi_elem *elem,
                       int64_t ret_times[MOM_KINDS])
{
    static const enum axi_attr stamps[MOM_KINDS] = {
        [MOM_ADMIN] = AXI_A_timeStampAdmin,
        [MOM_RELATION] = AXI_A_timeStampRelation,
        [MOM_ROAMING] = AXI_A_timeStampRoaming,
        [MOM_SUBSCRIPTION] = AXI_A_timeStampSubscription,
    };
    int64_t newest = axi_clock_time(&records->clock, elem, AXI_A_timeStamp);

    for (int kind = 0; kind < MOM_KINDS; kind++) {
        ret_times[kind] = axi_has(elem, stamps[kind])
                              ? axi_clock_time(&records->clock, elem, stamps[kind])
                              : newest;
    }
}

int mom__records_read(struct mom__records *records, const struct axi_elem *elem,
                      struct mom_input *input)
{
    enum axi_attr partner = input->type == MOM_USER ? AXI_A_ppn : AXI_A_uid;
    int rc = make_room(records, input->type, elem);

    if (rc != MOM_OK)
        return rc;
    input->has_partner = axi_has(elem, partner);
    input->partner_local = mom__records_id(elem, partner);
    input->attr_count = collect(records, input->type, elem);
    input->attrs = records->attrs;
    take_times(records, elem, input->times_ms);
    input->clock_ms = records->clock.offset_ms;
    return MOM_OK;
}

/* --- to AXI */

/* False when it cannot be told. */
static bool write_secret(struct mom__records *records, const struct mom__key *key,
                         struct axi_elem *elem, enum axi_attr attr, struct axi_str value)
{
    struct axi_public_key public_key;
    size_t head = 1 + MOM_KEY_FINGERPRINT_LEN;

    if (value.len == 0) {
        axi_set_cstr(elem, attr, "");
        return true;
    }
    if (!key->known)
        return false;
    if (value.ptr[0] == MOM_SECRET_PLAIN && records->secrets.encrypt != NULL) {
        public_key.modulus = (struct axi_str){key->modulus, strlen(key->modulus)};
        public_key.exponent = (struct axi_str){key->exponent, strlen(key->exponent)};
        return axi_set_secret(elem, attr, (struct axi_str){value.ptr + 1, value.len - 1},
                              &public_key, &records->secrets) == AXI_OK;
    }
    if (value.ptr[0] != MOM_SECRET_SEALED || value.len < head ||
        memcmp(value.ptr + 1, key->fingerprint, MOM_KEY_FINGERPRINT_LEN) != 0)
        return false;
    axi_set_str(elem, attr, (struct axi_str){value.ptr + head, value.len - head});
    return true;
}

bool mom__records_write(struct mom__records *records, const struct mom__key *key,
                        struct axi_elem *elem, enum mom_type type, const struct mom_attr *attr)
{
    struct axi_str name = mom__axi_str(attr->name), value = mom__axi_str(attr->value);
    enum axi_attr id = axi_attr_of(name);

    if (value.ptr == NULL)
        value = (struct axi_str){"", 0};
    if (id != AXI_A_NONE && mom__records_is_sealed(records, type, id))
        return write_secret(records, key, elem, id, value);
    if (id == AXI_A_NONE)
        axi_set_named(elem, name, value);
    else
        axi_set_str(elem, id, value);
    return true;
}
