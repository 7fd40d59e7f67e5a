/*
 * Identities: PARK (ETSI EN 300 175-6, clause 6) and IPEI (the same, annex C), in the forms of the
 * vendor's manuals and of AXI. Each form is a row with its reader and its writer.
 *
 * Printed PARK: PLI in two decimal digits, the 31 bits of the ARI left aligned in 33 bits as eleven
 * octal digits, check character. Printed IPEI: maker in five digits, serial number in seven, check
 * character. The check character of both is the sum of position times digit modulo 11, with '*' for
 * ten.
 */
#include <momsync/ident.h>

#include "text.h"

#include <string.h>

enum {
    PLI_MAX = 31,
    PARK_DIGITS = MOM_PARK_PRINTED_LEN - 1,
    OCTAL_DIGITS = 11,
    INSTALLATION_DIGITS = 9, /* of every class B ARI; 10 at most */
    FIXED_ID_LEN = 16,
    IPUI_LEN = 10,
    IPEI_DIGITS = 12,
    EMC_DIGITS = 5,
    PSN_DIGITS = 7,
    PSN_MAX = (1 << 20) - 1
};

#define ARI_MAX UINT32_C(0x7fffffff)

static const char hex_digits[] = "0123456789ABCDEF";

static char check_char(const char *digits, size_t count)
{
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (unsigned)(i + 1) * (unsigned)(digits[i] - '0');
    return sum % 11 == 10 ? '*' : (char)('0' + sum % 11);
}

/* `count` digits (at most 16) of a base up to 16; false when one is none. */
static bool read_digits(const char *s, size_t count, unsigned base, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        int digit = mom__hex_value(s[i]);
        if (digit < 0 || (unsigned)digit >= base)
            return false;
        value = value * base + (unsigned)digit;
    }
    *ret_value = value;
    return true;
}

static void write_digits(char *s, size_t count, unsigned base, uint64_t value)
{
    for (size_t i = count; i > 0; i--, value /= base)
        s[i - 1] = hex_digits[value % base];
}

/* Without a NUL behind it. */
static void write_text(char *s, const char *text)
{
    while (*text != '\0')
        *s++ = *text++;
}

/* A text in three parts: the same without what parts them. False when it has another shape. */
static bool join(struct mom_str text, size_t first, size_t second, char *ret_joined)
{
    size_t gap = first + 1 + second;
    char by;
    if (text.len != gap + 2)
        return false;
    by = text.ptr[first];
    if ((by != ' ' && by != '-') || text.ptr[gap] != by)
        return false;
    memcpy(ret_joined, text.ptr, first);
    memcpy(ret_joined + first, text.ptr + first + 1, second);
    ret_joined[first + second] = text.ptr[gap + 1];
    return true;
}

static void part(const char *joined, size_t first, size_t second, char *ret_text)
{
    memcpy(ret_text, joined, first);
    ret_text[first] = ' ';
    memcpy(ret_text + first + 1, joined + first, second);
    ret_text[first + 1 + second] = ' ';
    ret_text[first + second + 2] = joined[first + second];
}

/* --- PARK: values ----------------------------------------------------------------------------- */

bool mom_park_is_valid(struct mom_park park)
{
    return park.pli > 0 && park.pli <= PLI_MAX && park.ari <= ARI_MAX;
}

bool mom_park_equal(struct mom_park a, struct mom_park b)
{
    return a.pli == b.pli && a.ari == b.ari;
}

static int make_park(uint64_t pli, uint64_t ari, struct mom_park *ret_park)
{
    if (pli == 0 || pli > PLI_MAX || ari > ARI_MAX)
        return MOM_EIDENT;
    *ret_park = (struct mom_park){.pli = (uint8_t)pli, .ari = (uint32_t)ari};
    return MOM_OK;
}

int mom_sari_from_park(struct mom_park central, struct mom_park *ret_sari)
{
    if (!ret_sari)
        return MOM_EINVAL;
    return make_park(central.pli, central.ari, ret_sari);
}

static const struct {
    uint8_t pli;
    uint32_t base_stations;
    const char *name;
} park_types[] = {{0, 0, "unknown"},
#define ROW(name, pli, base_stations, text) {pli, base_stations, text},
                  MOM_PARK_TYPES(ROW)
#undef ROW
};

enum { PARK_TYPE_COUNT = sizeof park_types / sizeof park_types[0] };

enum mom_park_type mom_park_type(struct mom_park park)
{
    for (int t = 1; t < PARK_TYPE_COUNT && mom_park_is_valid(park); t++) {
        if (park_types[t].pli == park.pli)
            return (enum mom_park_type)t;
    }
    return MOM_PARK_NO_TYPE;
}

const char *mom_park_type_name(enum mom_park_type type)
{
    return park_types[(unsigned)type < PARK_TYPE_COUNT ? type : MOM_PARK_NO_TYPE].name;
}

uint32_t mom_park_base_stations(struct mom_park park)
{
    return park_types[mom_park_type(park)].base_stations;
}

enum mom_pli_match mom_pli_compare(struct mom_park a, struct mom_park b)
{
    if (!mom_park_is_valid(a) || !mom_park_is_valid(b))
        return MOM_PLI_UNKNOWN;
    return a.pli == b.pli ? MOM_PLI_EQUAL : MOM_PLI_DIFFERENT;
}

struct mom_ari_parts mom_ari_parts(uint32_t ari)
{
    return (struct mom_ari_parts){
#define PART(name, low, bits, text) .name = ari >> (low) & ((UINT32_C(1) << (bits)) - 1),
        MOM_ARI_PARTS(PART)
#undef PART
    };
}

/* --- PARK: a reader and a writer per form ----------------------------------------------------- */

static int read_hex(struct mom_str text, uint8_t pli, struct mom_park *ret_park)
{
    uint64_t bits;
    (void)pli;
    if (text.len != MOM_PARK_HEX_LEN || !read_digits(text.ptr, MOM_PARK_HEX_LEN, 16, &bits))
        return MOM_EIDENT;
    return make_park(bits >> 32, bits & UINT32_MAX, ret_park);
}

static void write_hex(struct mom_park park, char *ret_text)
{
    write_digits(ret_text, 2, 16, park.pli);
    write_digits(ret_text + 2, 8, 16, park.ari);
}

static int read_printed(struct mom_str text, uint8_t pli, struct mom_park *ret_park)
{
    uint64_t told, shifted;
    (void)pli;
    if (text.len != MOM_PARK_PRINTED_LEN || !read_digits(text.ptr, 2, 10, &told) ||
        !read_digits(text.ptr + 2, OCTAL_DIGITS, 8, &shifted))
        return MOM_EIDENT;
    /* 31 bits in 33: the last two are always 0. */
    if ((shifted & 3) != 0 || text.ptr[PARK_DIGITS] != check_char(text.ptr, PARK_DIGITS))
        return MOM_EIDENT;
    return make_park(told, shifted >> 2, ret_park);
}

static void write_printed(struct mom_park park, char *ret_text)
{
    write_digits(ret_text, 2, 10, park.pli);
    write_digits(ret_text + 2, OCTAL_DIGITS, 8, (uint64_t)(park.ari & ARI_MAX) << 2);
    ret_text[PARK_DIGITS] = check_char(ret_text, PARK_DIGITS);
}

static int read_spaced(struct mom_str text, uint8_t pli, struct mom_park *ret_park)
{
    char joined[MOM_PARK_PRINTED_LEN];
    if (!join(text, 2, OCTAL_DIGITS, joined))
        return MOM_EIDENT;
    return read_printed((struct mom_str){joined, sizeof joined}, pli, ret_park);
}

static void write_spaced(struct mom_park park, char *ret_text)
{
    char joined[MOM_PARK_PRINTED_LEN];
    write_printed(park, joined);
    part(joined, 2, OCTAL_DIGITS, ret_text);
}

static int read_cloud_id(struct mom_str text, uint8_t pli, struct mom_park *ret_park)
{
    if (text.len != MOM_CLOUD_ID_LEN || text.ptr[0] != '0' || text.ptr[1] != '0')
        return MOM_EIDENT;
    return read_hex((struct mom_str){text.ptr + 2, text.len - 2}, pli, ret_park);
}

static void write_cloud_id(struct mom_park park, char *ret_text)
{
    write_digits(ret_text, 2, 16, 0);
    write_hex(park, ret_text + 2);
}

static int read_omm_id(struct mom_str text, uint8_t pli, struct mom_park *ret_park)
{
    uint64_t ari;
    if (text.len != MOM_OMM_ID_LEN || !read_digits(text.ptr, MOM_OMM_ID_LEN, 16, &ari))
        return MOM_EIDENT;
    return make_park(pli, ari, ret_park);
}

static void write_omm_id(struct mom_park park, char *ret_text)
{
    write_digits(ret_text, MOM_OMM_ID_LEN, 16, park.ari);
}

/* Of one to ten digits; a number has no leading zeros. */
static int read_installation_id(struct mom_str text, uint8_t pli, struct mom_park *ret_park)
{
    uint64_t ari;
    if (text.len == 0 || text.len > 10 || (text.len > 1 && text.ptr[0] == '0') ||
        !read_digits(text.ptr, text.len, 10, &ari))
        return MOM_EIDENT;
    return make_park(pli, ari, ret_park);
}

static void write_installation_id(struct mom_park park, char *ret_text)
{
    size_t count = 1;
    for (uint32_t rest = park.ari / 10; rest > 0; rest /= 10)
        count++;
    write_digits(ret_text, count, 10, park.ari);
}

/* Six octets follow: a PARK (0x80 + type 0x20), 32 bits (0x80 + 32), and these. */
static const char fixed_id_head[] = "06A0A0", fixed_id_tail[] = "00";

static bool has_hex(const char *s, const char *digits)
{
    for (; *digits != '\0'; s++, digits++) {
        if (mom__hex_value(*s) != mom__hex_value(*digits))
            return false;
    }
    return true;
}

static int read_fixed_id(struct mom_str text, uint8_t pli, struct mom_park *ret_park)
{
    if (text.len != FIXED_ID_LEN || !has_hex(text.ptr, fixed_id_head) ||
        !has_hex(text.ptr + FIXED_ID_LEN - 2, fixed_id_tail))
        return MOM_EIDENT;
    return read_omm_id((struct mom_str){text.ptr + 6, MOM_OMM_ID_LEN}, pli, ret_park);
}

static void write_fixed_id(struct mom_park park, char *ret_text)
{
    write_text(ret_text, fixed_id_head);
    write_omm_id(park, ret_text + 6);
    write_text(ret_text + FIXED_ID_LEN - 2, fixed_id_tail);
}

struct park_form {
    struct mom_form_info info;
    int (*read)(struct mom_str text, uint8_t pli, struct mom_park *ret_park);
    void (*write)(struct mom_park park, char *ret_text); /* into zeros */
    size_t any_len; /* by which mom_park_parse_any knows it: each its own */
};

/* clang-format off */
static const struct park_form park_forms[MOM_PARK_FORM_COUNT] = {
    [MOM_PARK_AS_HEX] = {
        {"hexadecimal", "PLI in 2 digits, ARI in 8", "AXI: `park`, `sari`, `initialPARK`", true, false},
        read_hex, write_hex, MOM_PARK_HEX_LEN},
    [MOM_PARK_AS_PRINTED] = {
        {"printed", "PLI in 2 decimal digits, ARI and two zero bits in 11 octal digits, check character",
         "typed into a phone", true, true},
        read_printed, write_printed, MOM_PARK_PRINTED_LEN},
    [MOM_PARK_AS_SPACED] = {
        {"printed, parted", "the same in three parts, with blanks or hyphens", "read out, on paper", true, true},
        read_spaced, write_spaced, MOM_PARK_PRINTED_LEN + 2},
    [MOM_PARK_AS_CLOUD_ID] = {
        {"cloud id", "00, then the hexadecimal form", "AXI: `cloudId`; lists of OMMs", true, false},
        read_cloud_id, write_cloud_id, MOM_CLOUD_ID_LEN},
    [MOM_PARK_AS_OMM_ID] = {
        {"OMM id", "ARI in 8 hexadecimal digits", "AXI: `ommId`, `ommIdAck`; licence of an OMM", false, false},
        read_omm_id, write_omm_id, MOM_OMM_ID_LEN},
    [MOM_PARK_AS_INSTALLATION_ID] = {
        {"installation id", "ARI as a decimal number", "licence file of a system", false, false},
        read_installation_id, write_installation_id, INSTALLATION_DIGITS},
    [MOM_PARK_AS_FIXED_ID] = {
        {"fixed identity", "06A0A0, ARI in 8 hexadecimal digits, 00", "AXI: `dectIeFixedId` of a device", false, false},
        read_fixed_id, write_fixed_id, 0},
};
/* clang-format on */

static const struct park_form *park_form(enum mom_park_form form)
{
    return (unsigned)form < MOM_PARK_FORM_COUNT && park_forms[form].read ? &park_forms[form] : NULL;
}

const struct mom_form_info *mom_park_form_info(enum mom_park_form form)
{
    const struct park_form *row = park_form(form);
    return row ? &row->info : NULL;
}

int mom_park_parse_form(enum mom_park_form form, struct mom_str text, uint8_t pli,
                        struct mom_park *ret_park)
{
    const struct park_form *row = park_form(form);
    if (!row || !ret_park)
        return MOM_EINVAL;
    return row->read(text, pli, ret_park);
}

static bool is_no_park(struct mom_str text)
{
    uint64_t bits = 0;
    return text.len == 0 || (text.len == MOM_PARK_HEX_LEN &&
                             read_digits(text.ptr, MOM_PARK_HEX_LEN, 16, &bits) && bits == 0);
}

int mom_park_parse_any(struct mom_str text, uint8_t pli, struct mom_park *ret_park,
                       enum mom_park_form *ret_form)
{
    int form = MOM_PARK_AS_NONE + 1, rc;
    if (!ret_park)
        return MOM_EINVAL;
    if (is_no_park(text)) {
        *ret_park = (struct mom_park){.pli = 0};
        form = MOM_PARK_AS_NONE;
    } else {
        /* Two forms have sixteen characters; only the fixed identity has no blank or hyphen in the third place. */
        while (form < MOM_PARK_FORM_COUNT && park_forms[form].any_len != text.len)
            form++;
        if (form == MOM_PARK_AS_SPACED && mom__is_hex(text.ptr[2]))
            form = MOM_PARK_AS_FIXED_ID;
        if (form == MOM_PARK_FORM_COUNT)
            return MOM_EIDENT;
        rc = park_forms[form].read(text, pli, ret_park);
        if (rc != MOM_OK)
            return rc;
    }
    if (ret_form)
        *ret_form = (enum mom_park_form)form;
    return MOM_OK;
}

size_t mom_park_print_form(enum mom_park_form form, struct mom_park park,
                           char ret_text[MOM_IDENT_TEXT_MAX + 1])
{
    const struct park_form *row = park_form(form);
    memset(ret_text, 0, MOM_IDENT_TEXT_MAX + 1);
    if (row && mom_park_is_valid(park))
        row->write(park, ret_text);
    return strlen(ret_text);
}

/* --- PARK: the forms by name ------------------------------------------------------------------ */

int mom_park_parse(struct mom_str text, struct mom_park *ret_park)
{
    if (!ret_park)
        return MOM_EINVAL;
    if (!is_no_park(text))
        return read_hex(text, 0, ret_park);
    *ret_park = (struct mom_park){.pli = 0};
    return MOM_OK;
}

int mom_park_parse_printed(struct mom_str text, struct mom_park *ret_park)
{
    return ret_park ? read_printed(text, 0, ret_park) : MOM_EINVAL;
}

void mom_park_hex(struct mom_park park, char ret_text[MOM_PARK_HEX_LEN + 1])
{
    write_hex(park, ret_text);
    ret_text[MOM_PARK_HEX_LEN] = '\0';
}

void mom_park_printed(struct mom_park park, char ret_text[MOM_PARK_PRINTED_LEN + 1])
{
    write_printed(park, ret_text);
    ret_text[MOM_PARK_PRINTED_LEN] = '\0';
}

void mom_park_cloud_id(struct mom_park park, char ret_text[MOM_CLOUD_ID_LEN + 1])
{
    write_cloud_id(park, ret_text);
    ret_text[MOM_CLOUD_ID_LEN] = '\0';
}

void mom_park_omm_id(struct mom_park park, char ret_text[MOM_OMM_ID_LEN + 1])
{
    write_omm_id(park, ret_text);
    ret_text[MOM_OMM_ID_LEN] = '\0';
}

uint32_t mom_park_installation_id(struct mom_park park)
{
    return park.ari;
}

int mom_park_from_installation_id(uint32_t installation_id, uint8_t pli, struct mom_park *ret_park)
{
    return ret_park ? make_park(pli, installation_id, ret_park) : MOM_EINVAL;
}

/* --- RFPI ------------------------------------------------------------------------------------- */

int mom_rfpi_parse(struct mom_str text, struct mom_rfpi *ret_rfpi)
{
    uint64_t bits;
    if (!ret_rfpi)
        return MOM_EINVAL;
    if (text.len != MOM_RFPI_LEN || !read_digits(text.ptr, MOM_RFPI_LEN, 16, &bits))
        return MOM_EIDENT;
    *ret_rfpi = (struct mom_rfpi){.ari = (uint32_t)(bits >> 8) & ARI_MAX,
                                  .station = (uint8_t)bits,
                                  .has_sari = bits >> 39 != 0};
    return MOM_OK;
}

void mom_rfpi_print(struct mom_rfpi rfpi, char ret_text[MOM_RFPI_LEN + 1])
{
    uint64_t bits =
        (uint64_t)rfpi.has_sari << 39 | (uint64_t)(rfpi.ari & ARI_MAX) << 8 | rfpi.station;
    write_digits(ret_text, MOM_RFPI_LEN, 16, bits);
    ret_text[MOM_RFPI_LEN] = '\0';
}

/* --- IPEI ------------------------------------------------------------------------------------- */

bool mom_ipei_equal(struct mom_ipei a, struct mom_ipei b)
{
    return a.emc == b.emc && a.psn == b.psn;
}

static int read_joined(struct mom_str text, struct mom_ipei *ret_ipei)
{
    uint64_t emc, psn;
    if (text.len != IPEI_DIGITS + 1 || !read_digits(text.ptr, EMC_DIGITS, 10, &emc) ||
        !read_digits(text.ptr + EMC_DIGITS, PSN_DIGITS, 10, &psn))
        return MOM_EIDENT;
    if (emc > UINT16_MAX || psn > PSN_MAX ||
        text.ptr[IPEI_DIGITS] != check_char(text.ptr, IPEI_DIGITS))
        return MOM_EIDENT;
    *ret_ipei = (struct mom_ipei){.emc = (uint16_t)emc, .psn = (uint32_t)psn};
    return MOM_OK;
}

static void write_joined(struct mom_ipei ipei, char *ret_text)
{
    write_digits(ret_text, EMC_DIGITS, 10, ipei.emc);
    write_digits(ret_text + EMC_DIGITS, PSN_DIGITS, 10, ipei.psn);
    ret_text[IPEI_DIGITS] = check_char(ret_text, IPEI_DIGITS);
}

static int read_parted(struct mom_str text, struct mom_ipei *ret_ipei)
{
    char joined[IPEI_DIGITS + 1];
    if (!join(text, EMC_DIGITS, PSN_DIGITS, joined))
        return MOM_EIDENT;
    return read_joined((struct mom_str){joined, sizeof joined}, ret_ipei);
}

static void write_parted(struct mom_ipei ipei, char *ret_text)
{
    char joined[IPEI_DIGITS + 1];
    write_joined(ipei, joined);
    part(joined, EMC_DIGITS, PSN_DIGITS, ret_text);
}

/* Type 0 (N) in four bits, maker in 16, serial number in 20. */
static int read_ipui(struct mom_str text, struct mom_ipei *ret_ipei)
{
    uint64_t bits;
    if (text.len != IPUI_LEN || !read_digits(text.ptr, IPUI_LEN, 16, &bits) || bits >> 36 != 0)
        return MOM_EIDENT;
    *ret_ipei = (struct mom_ipei){.emc = (uint16_t)(bits >> 20), .psn = (uint32_t)bits & PSN_MAX};
    return MOM_OK;
}

static void write_ipui(struct mom_ipei ipei, char *ret_text)
{
    write_digits(ret_text, IPUI_LEN, 16, (uint64_t)ipei.emc << 20 | (ipei.psn & PSN_MAX));
}

/* Five octets follow, and the rest of eight is zero. */
static const char subscription_head[] = "05", subscription_tail[] = "0000";

static int read_subscription(struct mom_str text, struct mom_ipei *ret_ipei)
{
    if (text.len != 16 || !has_hex(text.ptr, subscription_head) ||
        !has_hex(text.ptr + 2 + IPUI_LEN, subscription_tail))
        return MOM_EIDENT;
    return read_ipui((struct mom_str){text.ptr + 2, IPUI_LEN}, ret_ipei);
}

static void write_subscription(struct mom_ipei ipei, char *ret_text)
{
    write_text(ret_text, subscription_head);
    write_ipui(ipei, ret_text + 2);
    write_text(ret_text + 2 + IPUI_LEN, subscription_tail);
}

struct ipei_form {
    struct mom_form_info info;
    int (*read)(struct mom_str text, struct mom_ipei *ret_ipei);
    void (*write)(struct mom_ipei ipei, char *ret_text); /* into zeros */
    size_t len;                                          /* each its own */
};

/* clang-format off */
static const struct ipei_form ipei_forms[MOM_IPEI_FORM_COUNT] = {
    [MOM_IPEI_AS_SPACED] = {
        {"printed, parted", "maker in 5 decimal digits, serial number in 7, check character, with blanks or hyphens",
         "AXI: `ipei` (with blanks)", true, true},
        read_parted, write_parted, MOM_IPEI_LEN},
    [MOM_IPEI_AS_JOINED] = {
        {"printed", "the same without blanks", "lists, labels", true, true},
        read_joined, write_joined, IPEI_DIGITS + 1},
    [MOM_IPEI_AS_IPUI] = {
        {"IPUI-N", "0, maker in 4 hexadecimal digits, serial number in 5", "on the air", true, false},
        read_ipui, write_ipui, IPUI_LEN},
    [MOM_IPEI_AS_SUBSCRIPTION] = {
        {"subscription", "05, the IPUI-N, 0000", "AXI: `subscriptionId` of a device", true, false},
        read_subscription, write_subscription, 16},
};
/* clang-format on */

static const struct ipei_form *ipei_form(enum mom_ipei_form form)
{
    return (unsigned)form < MOM_IPEI_FORM_COUNT && ipei_forms[form].read ? &ipei_forms[form] : NULL;
}

const struct mom_form_info *mom_ipei_form_info(enum mom_ipei_form form)
{
    const struct ipei_form *row = ipei_form(form);
    return row ? &row->info : NULL;
}

int mom_ipei_parse_form(enum mom_ipei_form form, struct mom_str text, struct mom_ipei *ret_ipei)
{
    const struct ipei_form *row = ipei_form(form);
    if (!row || !ret_ipei)
        return MOM_EINVAL;
    return row->read(text, ret_ipei);
}

int mom_ipei_parse_any(struct mom_str text, struct mom_ipei *ret_ipei, enum mom_ipei_form *ret_form)
{
    int form = MOM_IPEI_AS_NONE + 1, rc;
    if (!ret_ipei)
        return MOM_EINVAL;
    while (form < MOM_IPEI_FORM_COUNT && ipei_forms[form].len != text.len)
        form++;
    rc = form < MOM_IPEI_FORM_COUNT ? ipei_forms[form].read(text, ret_ipei) : MOM_EIDENT;
    if (rc == MOM_OK && ret_form)
        *ret_form = (enum mom_ipei_form)form;
    return rc;
}

size_t mom_ipei_print_form(enum mom_ipei_form form, struct mom_ipei ipei,
                           char ret_text[MOM_IDENT_TEXT_MAX + 1])
{
    const struct ipei_form *row = ipei_form(form);
    memset(ret_text, 0, MOM_IDENT_TEXT_MAX + 1);
    if (row && ipei.psn <= PSN_MAX)
        row->write(ipei, ret_text);
    return strlen(ret_text);
}

/* What AXI and people write. Hyphens are for mom_ipei_parse_any: this one decides what a field of a record is. */
int mom_ipei_parse(struct mom_str text, struct mom_ipei *ret_ipei)
{
    if (!ret_ipei)
        return MOM_EINVAL;
    if (text.len == MOM_IPEI_LEN && text.ptr[EMC_DIGITS] == ' ')
        return read_parted(text, ret_ipei);
    return read_joined(text, ret_ipei);
}

void mom_ipei_print(struct mom_ipei ipei, char ret_text[MOM_IPEI_LEN + 1])
{
    write_parted(ipei, ret_text);
    ret_text[MOM_IPEI_LEN] = '\0';
}
