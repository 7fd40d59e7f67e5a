/*
 * The table of fields, made from field_rows.h, and the canonical form of values.
 */
#include "field.h"

#include "text.h"

#include <momsync/ident.h>
#include <momsync/limits.h>
#include <string.h>

const struct mom_field_info mom__field_infos[MOM_FIELD_COUNT] = {
    [MOM_FIELD_NONE] = {0},
#define MOM_FIELD(number, own, text, shape, limit, lead, sort, bits)                               \
    [MOM_##own##_##text] = {.code = number,                                                        \
                            .owner = MOM_##own,                                                    \
                            .form = MOM_##shape,                                                   \
                            .kind = MOM_##sort,                                                    \
                            .group = MOM_##own##_##lead,                                           \
                            .max = limit,                                                          \
                            .flags = bits,                                                         \
                            .name = #text},
#include <momsync/field_rows.h>
};

const uint8_t mom__field_marks[MOM_FIELD_COUNT] = {
#define MOM_FIELD(number, own, text, shape, limit, lead, sort, bits)                               \
    [MOM_##own##_##text] =                                                                         \
        (uint8_t)(SECRET(MOM_##shape, bits) | LEADS(MOM_##own##_##text, MOM_##own##_##lead) |      \
                  TOLD(bits) | MERGED(MOM_##own##_##text, MOM_##own##_##lead, bits)),
#define LEADS(field, group) ((int)(field) == (int)(group) ? MOM__MARK_LEADS : 0)
#define TOLD(bits)          (((bits)&MOM_REPORTED) != 0 ? MOM__MARK_REPORTED : 0)
#define MERGED(field, group, bits)                                                                 \
    ((int)(field) == (int)(group) && !TOLD(bits) ? MOM__MARK_MERGED : 0)
#define SECRET(form, bits)                                                                         \
    (((bits)&MOM_SECRET) != 0 && (int)(form) != MOM_HEX ? MOM__MARK_SECRET : 0)
#include <momsync/field_rows.h>
#undef SECRET
#undef LEADS
#undef TOLD
#undef MERGED
};

/* Length and three characters of a name: as good as unique among the names, and made by the
 * compiler, so that a lookup compares numbers and hardly ever a second text. */
#define SIGNATURE(s, len)                                                                          \
    ((uint32_t)(len) | (uint32_t)(unsigned char)(s)[0] << 8 |                                      \
     (uint32_t)(unsigned char)(s)[(len) / 2] << 16 | (uint32_t)(unsigned char)(s)[(len)-1] << 24)

static const uint32_t signatures[MOM_FIELD_COUNT] = {
#define MOM_FIELD(number, own, text, shape, limit, lead, sort, bits)                               \
    [MOM_##own##_##text] = SIGNATURE(#text, sizeof #text - 1),
#include <momsync/field_rows.h>
};

/* Owner and code to field. */
enum {
    CODES = UINT8_MAX + 1,
    UTF8_MAX = 4, /* bytes of a character */
    VALUE_BYTES = MOM_VALUE_BYTES,
    SECRET_BYTES = MOM_SECRET_BYTES
};
static const uint8_t codes[MOM_DEVICE * CODES] = {
#define MOM_FIELD(number, own, text, shape, limit, lead, sort, bits)                               \
    [(MOM_##own - MOM_USER) * CODES + (number)] = MOM_##own##_##text,
#include <momsync/field_rows.h>
};
_Static_assert(MOM_FIELD_COUNT <= 256, "the table of codes has bytes");

/* --- questions -------------------------------------------------------------------------------- */

const struct mom_field_info *mom_field_info(enum mom_field field)
{
    return mom__is_field(field) ? &mom__field_infos[field] : NULL;
}

enum mom_field mom_field_of(enum mom_type owner, struct mom_str name)
{
    if (name.len == 0 || name.len > UINT8_MAX)
        return MOM_FIELD_NONE;
    uint32_t signature = SIGNATURE(name.ptr, name.len);
    enum mom_field end = mom__field_end(owner);
    for (enum mom_field f = mom__field_first(owner); f < end; f++) {
        if (signatures[f] != signature || memcmp(mom__field_infos[f].name, name.ptr, name.len) != 0)
            continue;
        bool by_name =
            mom__field_infos[f].form != MOM_PARTNER && mom__field_infos[f].form != MOM_EXTRA;
        return by_name ? f : MOM_FIELD_NONE;
    }
    return MOM_FIELD_NONE;
}

enum mom_field mom__field_by_code(enum mom_type owner, unsigned code)
{
    if (code >= CODES || (owner != MOM_USER && owner != MOM_DEVICE))
        return MOM_FIELD_NONE;
    return (enum mom_field)codes[(owner - MOM_USER) * CODES + code];
}

enum mom_field mom__field_extra(enum mom_type owner)
{
    return owner == MOM_USER ? MOM_USER_extra : MOM_DEVICE_extra;
}

enum mom_field mom__field_partner(enum mom_type owner)
{
    return owner == MOM_USER ? MOM_USER_ppn : MOM_DEVICE_uid;
}

/* --- canonical form --------------------------------------------------------------------------- */

/* Every form gets a value that is not empty. */
typedef int canonical(const struct mom_field_info *info, struct mom_str in,
                      struct mom__arena *arena, struct mom_str *ret);

static int canonical_text(const struct mom_field_info *info, struct mom_str in,
                          struct mom__arena *arena, struct mom_str *ret)
{
    (void)arena;
    size_t chars;
    if (!mom__utf8_count(in, &chars))
        return MOM_EVALUE;
    if (info->max > 0 && chars > info->max)
        return MOM_ETOOLONG;
    *ret = in;
    return MOM_OK;
}

static int canonical_number(const struct mom_field_info *info, struct mom_str in,
                            struct mom__arena *arena, struct mom_str *ret)
{
    (void)info;
    bool negative = in.ptr[0] == '-';
    struct mom_str digits = {in.ptr + negative, in.len - negative};
    uint64_t value;
    if (!mom__parse_uint(digits, &value) || value > INT64_MAX)
        return MOM_EVALUE;
    while (digits.len > 1 && digits.ptr[0] == '0') {
        digits.ptr++;
        digits.len--;
    }
    if (!negative || value == 0) {
        *ret = digits;
        return MOM_OK;
    }
    if (digits.len + 1 == in.len) {
        *ret = in;
        return MOM_OK;
    }
    char *copy = mom__arena_bytes(arena, digits.len + 1);
    if (copy == NULL)
        return MOM_ENOMEM;
    copy[0] = '-';
    memcpy(copy + 1, digits.ptr, digits.len);
    *ret = (struct mom_str){copy, digits.len + 1};
    return MOM_OK;
}

static int canonical_bool(const struct mom_field_info *info, struct mom_str in,
                          struct mom__arena *arena, struct mom_str *ret)
{
    (void)info;
    (void)arena;
    bool yes = mom__equal_c(in, "1") || mom__equal_c(in, "true");
    if (!yes && !mom__equal_c(in, "0") && !mom__equal_c(in, "false"))
        return MOM_EVALUE;
    *ret = mom__str(yes ? "1" : "0");
    return MOM_OK;
}

static int canonical_hex(const struct mom_field_info *info, struct mom_str in,
                         struct mom__arena *arena, struct mom_str *ret)
{
    bool upper = true;
    for (size_t i = 0; i < in.len; i++) {
        if (!mom__is_hex(in.ptr[i]))
            return MOM_EVALUE;
        upper = upper && in.ptr[i] <= 'F';
    }
    if (info->max > 0 && in.len > info->max)
        return MOM_ETOOLONG;
    *ret = in;
    if (upper)
        return MOM_OK;
    char *copy = mom__arena_bytes(arena, in.len);
    if (copy == NULL)
        return MOM_ENOMEM;
    for (size_t i = 0; i < in.len; i++)
        copy[i] = (char)(in.ptr[i] > 'F' ? in.ptr[i] - 'a' + 'A' : in.ptr[i]);
    ret->ptr = copy;
    return MOM_OK;
}

static int canonical_ipei(const struct mom_field_info *info, struct mom_str in,
                          struct mom__arena *arena, struct mom_str *ret)
{
    (void)info;
    struct mom_ipei ipei;
    if (mom_ipei_parse(in, &ipei) != MOM_OK)
        return MOM_EVALUE;
    *ret = in;
    if (in.len == MOM_IPEI_LEN)
        return MOM_OK;
    char *copy = mom__arena_bytes(arena, MOM_IPEI_LEN + 1);
    if (copy == NULL)
        return MOM_ENOMEM;
    mom_ipei_print(ipei, copy);
    *ret = (struct mom_str){copy, MOM_IPEI_LEN};
    return MOM_OK;
}

static int no_value(const struct mom_field_info *info, struct mom_str in, struct mom__arena *arena,
                    struct mom_str *ret)
{
    (void)info;
    (void)in;
    (void)arena;
    (void)ret;
    return MOM_EFIELD;
}

static canonical *const forms[] = {
    [MOM_TEXT] = canonical_text, [MOM_NUMBER] = canonical_number, [MOM_BOOL] = canonical_bool,
    [MOM_HEX] = canonical_hex,   [MOM_IPEI] = canonical_ipei,     [MOM_PARTNER] = no_value,
    [MOM_EXTRA] = no_value,
};

static bool has_prefix(const struct mom_field_info *info)
{
    return (info->flags & MOM_SECRET) != 0 && info->form != MOM_HEX;
}

/* 'K', fingerprint, base64. */
static bool is_sealed_form(struct mom_str in)
{
    if (in.len <= 1 + MOM_KEY_FINGERPRINT_LEN)
        return false;
    for (size_t i = 1; i < in.len; i++) {
        char c = in.ptr[i];
        bool base64 = mom__is_hex(c) || (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z') ||
                      c == '+' || c == '/' || c == '=';
        if (i <= MOM_KEY_FINGERPRINT_LEN ? !mom__is_hex(c) : !base64)
            return false;
    }
    return true;
}

static int canonical_secret(const struct mom_field_info *info, struct mom_str in,
                            struct mom__arena *arena, struct mom_str *ret)
{
    if (in.ptr[0] == MOM_SECRET_SEALED) {
        *ret = in;
        return is_sealed_form(in) ? MOM_OK : MOM_EVALUE;
    }
    if (in.ptr[0] != MOM_SECRET_PLAIN)
        return MOM_EVALUE;
    struct mom_str clear = {in.ptr + 1, in.len - 1}, unused;
    *ret = in;
    if (clear.len > 0)
        return canonical_text(info, clear, arena, &unused);
    ret->len = 0; /* an empty secret is empty, however it is said */
    return MOM_OK;
}

size_t mom__field_bytes(enum mom_field field)
{
    const struct mom_field_info *info = mom_field_info(field);
    if (info != NULL && has_prefix(info))
        return SECRET_BYTES;
    return info != NULL && info->max > 0 ? UTF8_MAX * (size_t)info->max : VALUE_BYTES;
}

int mom__field_canonical(enum mom_field field, struct mom_str value, struct mom__arena *arena,
                         struct mom_str *ret_value)
{
    const struct mom_field_info *info = mom_field_info(field);
    if (info == NULL || forms[info->form] == no_value)
        return MOM_EFIELD;
    if (value.len > mom__field_bytes(field))
        return MOM_ETOOLONG;
    struct mom_str result = value;
    int rc = MOM_OK;
    if (value.len > 0)
        rc = has_prefix(info) ? canonical_secret(info, value, arena, &result)
                              : forms[info->form](info, value, arena, &result);
    if (rc == MOM_OK)
        *ret_value = result;
    return rc;
}

int mom__field_tolerant(enum mom_field field, struct mom_str value, struct mom__arena *arena,
                        struct mom_str *ret_value)
{
    struct mom_str result = value;
    int rc = mom__field_canonical(field, value, arena, &result);
    if (rc == MOM_ENOMEM)
        return rc;
    if (value.len > mom__field_bytes(field))
        value = (struct mom_str){NULL, 0};
    *ret_value = rc == MOM_OK ? result : value;
    return MOM_OK;
}

bool mom__secret_is_sealed(enum mom_field field, struct mom_str value)
{
    const struct mom_field_info *info = mom_field_info(field);
    return info != NULL && has_prefix(info) && value.len > 0 && value.ptr[0] == MOM_SECRET_SEALED;
}

struct mom_str mom__secret_fingerprint(enum mom_field field, struct mom_str value)
{
    if (!mom__secret_is_sealed(field, value) || value.len <= MOM_KEY_FINGERPRINT_LEN)
        return (struct mom_str){NULL, 0};
    return (struct mom_str){value.ptr + 1, MOM_KEY_FINGERPRINT_LEN};
}
