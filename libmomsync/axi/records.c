/*
 * Records: AXI elements to RECORD inputs, and the attributes of a PUT to AXI elements. What belongs
 * to the link stays here: numbers of the site, time stamps, and the form of secrets on the wire.
 */
#include "omm_impl.h"

#include <string.h>

/* --- local ids */

uint32_t mom__omm_id(const struct axi_elem *elem, enum axi_attr attr)
{
    int64_t id = axi_get_int_or(elem, attr, 0);

    return id > 0 && id <= UINT32_MAX ? (uint32_t)id : 0;
}

uint32_t mom__omm_local(enum mom_type type, const struct axi_elem *elem)
{
    return mom__omm_id(elem, type == MOM_USER ? AXI_A_uid : AXI_A_ppn);
}

/* Attributes that mean something at this OMM only. */
static bool is_local(enum axi_attr attr)
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

void mom__omm_find_secrets(struct mom_omm *link)
{
    static const enum axi_type types[] = {
        [MOM_USER] = AXI_T_PPUserType, [MOM_DEVICE] = AXI_T_PPDevType};

    for (unsigned type = MOM_USER; type <= MOM_DEVICE; type++) {
        struct axi_field field;

        /* uak is a secret, but it is carried from OMM to OMM as it stands. */
        for (size_t i = 0; axi_type_field_at(types[type], i, &field); i++) {
            if ((field.flags & AXI_SECRET) != 0 && field.form != AXI_HEX)
                link->sealed[field.attr] |= (uint8_t)(1u << type);
        }
    }
}

static bool is_sealed(const struct mom_omm *link, enum mom_type type, enum axi_attr attr)
{
    return attr != AXI_A_NONE && (link->sealed[attr] & (1u << type)) != 0;
}

/* Room for the secrets of a record, so that pointers into it hold until the record is added. */
static int make_room(struct mom_omm *link, enum mom_type type, const struct axi_elem *elem)
{
    struct axi_attr_view view;
    size_t count = axi_attr_count(elem), bytes = 0;

    if (count > link->attr_room) {
        struct mom_attr *attrs = mom__omm_realloc(link, link->attrs, count * sizeof(*attrs));

        if (attrs == NULL)
            return MOM_ENOMEM;
        link->attrs = attrs;
        link->attr_room = count;
    }
    for (size_t i = 0; axi_attr_at(elem, i, &view); i++) {
        if (is_sealed(link, type, view.id))
            bytes += 1 + MOM_KEY_FINGERPRINT_LEN + view.value.len;
    }
    if (bytes > link->secret_room) {
        char *secrets = mom__omm_realloc(link, link->secrets, bytes);

        if (secrets == NULL)
            return MOM_ENOMEM;
        link->secrets = secrets;
        link->secret_room = bytes;
    }
    return MOM_OK;
}

/* A secret that the OMM tells is encrypted with its own key: mark whose it is. */
static struct mom_str seal(const struct mom_omm *link, char *to, struct axi_str value)
{
    to[0] = MOM_SECRET_SEALED;
    memcpy(to + 1, link->key.fingerprint, MOM_KEY_FINGERPRINT_LEN);
    memcpy(to + 1 + MOM_KEY_FINGERPRINT_LEN, value.ptr, value.len);
    return (struct mom_str){to, 1 + MOM_KEY_FINGERPRINT_LEN + value.len};
}

/* --- from the OMM */

static size_t collect(struct mom_omm *link, enum mom_type type, const struct axi_elem *elem)
{
    struct axi_attr_view view;
    size_t count = 0, used = 0;

    for (size_t i = 0; axi_attr_at(elem, i, &view); i++) {
        struct mom_str value = mom__str(view.value);

        if (is_local(view.id))
            continue;
        if (is_sealed(link, type, view.id) && value.len > 0) {
            value = seal(link, link->secrets + used, view.value);
            used += value.len;
        }
        link->attrs[count++] = (struct mom_attr){mom__str(view.name), value};
    }
    return count;
}

static void take_times(const struct mom_omm *link, const struct axi_elem *elem,
                       int64_t ret_times[MOM_KINDS])
{
    static const enum axi_attr stamps[MOM_KINDS] = {
        [MOM_ADMIN] = AXI_A_timeStampAdmin,
        [MOM_RELATION] = AXI_A_timeStampRelation,
        [MOM_ROAMING] = AXI_A_timeStampRoaming,
        [MOM_SUBSCRIPTION] = AXI_A_timeStampSubscription,
    };
    int64_t newest = mom__omm_time(link, elem, AXI_A_timeStamp);

    for (int kind = 0; kind < MOM_KINDS; kind++) {
        ret_times[kind] =
            axi_has(elem, stamps[kind]) ? mom__omm_time(link, elem, stamps[kind]) : newest;
    }
}

int mom__omm_record(struct mom_omm *link, enum mom_type type, uint32_t local,
                    const struct axi_elem *elem, bool partial)
{
    enum axi_attr partner = type == MOM_USER ? AXI_A_ppn : AXI_A_uid;
    struct mom_input input = {.kind = MOM_IN_RECORD, .type = type, .partial = partial};
    int rc = make_room(link, type, elem);

    if (rc != MOM_OK)
        return rc;
    input.local = local;
    input.has_partner = axi_has(elem, partner);
    input.partner_local = mom__omm_id(elem, partner);
    input.attr_count = collect(link, type, elem);
    input.attrs = link->attrs;
    take_times(link, elem, input.times_ms);
    input.clock_ms = link->clock.offset_ms;
    return mom__omm_input(link, &input);
}

int mom__omm_answered_record(struct mom_omm *link, enum mom_type type, const struct axi_elem *elem)
{
    bool whole = axi_has(elem, type == MOM_USER ? AXI_A_num : AXI_A_ipei) &&
                 axi_has(elem, AXI_A_relType) && axi_has(elem, AXI_A_timeStamp);
    uint32_t local = mom__omm_local(type, elem);

    return local == 0 ? MOM_OK : mom__omm_record(link, type, local, elem, !whole);
}

int mom__omm_gone(struct mom_omm *link, enum mom_type type, uint32_t local)
{
    struct mom_input input = {.kind = MOM_IN_GONE, .type = type, .local = local};

    return mom__omm_input(link, &input);
}

/* --- to the OMM */

static struct axi_str name_of(const struct mom_put *put, enum mom_type type)
{
    const char *key = type == MOM_USER ? "num" : "ipei";

    for (size_t i = 0; i < put->attr_count; i++) {
        if (put->attrs[i].name.len == strlen(key) &&
            memcmp(put->attrs[i].name.ptr, key, strlen(key)) == 0)
            return mom__axi_str(put->attrs[i].value);
    }
    return (struct axi_str){"", 0};
}

static void note_unusable(struct mom_omm *link, enum mom_type type, const struct mom_put *put,
                          enum axi_attr attr)
{
    char line[200];

    link->secrets_unusable++;
    mom__text_format(line, sizeof(line), "%s of %s %v (%s %d) is not known in a form for this OMM",
                     axi_attr_name(attr), type == MOM_USER ? "user" : "device", name_of(put, type),
                     type == MOM_USER ? "uid" : "ppn", (int64_t)put->local);
    mom__omm_log(link, MOM_LOG_NOTICE, line);
}

/* False when the OMM cannot be given this secret. */
static bool write_secret(struct mom_omm *link, struct axi_elem *elem, enum axi_attr attr,
                         struct axi_str value)
{
    const struct mom__key *key = &link->key;
    struct axi_public_key public_key;
    size_t head = 1 + MOM_KEY_FINGERPRINT_LEN;

    if (value.len == 0) {
        axi_set_cstr(elem, attr, "");
        return true;
    }
    if (!key->known)
        return false;
    if (value.ptr[0] == MOM_SECRET_PLAIN && link->config.secrets.encrypt != NULL) {
        public_key.modulus = (struct axi_str){key->modulus, strlen(key->modulus)};
        public_key.exponent = (struct axi_str){key->exponent, strlen(key->exponent)};
        return axi_set_secret(elem, attr, (struct axi_str){value.ptr + 1, value.len - 1},
                              &public_key, &link->config.secrets) == AXI_OK;
    }
    if (value.ptr[0] != MOM_SECRET_SEALED || value.len < head ||
        memcmp(value.ptr + 1, key->fingerprint, MOM_KEY_FINGERPRINT_LEN) != 0)
        return false;
    axi_set_str(elem, attr, (struct axi_str){value.ptr + head, value.len - head});
    return true;
}

void mom__omm_write_record(struct mom_omm *link, struct axi_elem *elem, enum mom_type type,
                           const struct mom_put *put)
{
    for (size_t i = 0; i < put->attr_count; i++) {
        struct axi_str name = mom__axi_str(put->attrs[i].name);
        struct axi_str value = mom__axi_str(put->attrs[i].value);
        enum axi_attr attr = axi_attr_of(name);

        /* The relation is written by SetPP alone, with the numbers of this site. */
        if (is_local(attr) || attr == AXI_A_relType)
            continue;
        if (value.ptr == NULL)
            value = (struct axi_str){"", 0};
        if (attr == AXI_A_NONE)
            axi_set_named(elem, name, value);
        else if (!is_sealed(link, type, attr))
            axi_set_str(elem, attr, value);
        else if (!write_secret(link, elem, attr, value))
            note_unusable(link, type, put, attr);
    }
}
