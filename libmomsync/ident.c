/*
 * Identities: PARK (ETSI EN 300 175-6, clause 6) and IPEI (the same, annex C), in the forms of the
 * vendor's manuals.
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
    IPEI_DIGITS = 12,
    EMC_DIGITS = 5,
    PSN_MAX = (1 << 20) - 1
};

static const char hex_digits[] = "0123456789ABCDEF";

static char check_char(const char *digits, size_t count)
{
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (unsigned)(i + 1) * (unsigned)(digits[i] - '0');
    return sum % 11 == 10 ? '*' : (char)('0' + sum % 11);
}

/* `count` digits of a base up to ten; false when one is none. */
static bool read_digits(const char *s, size_t count, unsigned base, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        if (s[i] < '0' || s[i] >= (char)('0' + base))
            return false;
        value = value * base + (unsigned)(s[i] - '0');
    }
    *ret_value = value;
    return true;
}

static void write_digits(char *s, size_t count, unsigned base, uint64_t value)
{
    for (size_t i = count; i > 0; i--, value /= base)
        s[i - 1] = hex_digits[value % base];
}

/* --- PARK ------------------------------------------------------------------------------------- */

int mom_park_parse(struct mom_str text, struct mom_park *ret_park)
{
    if (text.len != 0 && text.len != MOM_PARK_HEX_LEN)
        return MOM_EIDENT;
    uint64_t bits = 0;
    for (size_t i = 0; i < text.len; i++) {
        int value = mom__hex_value(text.ptr[i]);
        if (value < 0)
            return MOM_EIDENT;
        bits = bits << 4 | (unsigned)value;
    }
    uint64_t pli = bits >> 32;
    bool none = bits == 0;
    if (!none && (pli == 0 || pli > PLI_MAX || (bits & UINT64_C(0x80000000)) != 0))
        return MOM_EIDENT;
    *ret_park = (struct mom_park){.pli = (uint8_t)pli, .ari = (uint32_t)bits};
    return MOM_OK;
}

int mom_park_parse_printed(struct mom_str text, struct mom_park *ret_park)
{
    uint64_t pli, shifted;
    if (text.len != MOM_PARK_PRINTED_LEN || !read_digits(text.ptr, 2, 10, &pli) ||
        !read_digits(text.ptr + 2, OCTAL_DIGITS, 8, &shifted) || pli == 0 || pli > PLI_MAX)
        return MOM_EIDENT;
    /* 31 bits in 33: the last two are always 0. */
    if ((shifted & 3) != 0 || text.ptr[PARK_DIGITS] != check_char(text.ptr, PARK_DIGITS))
        return MOM_EIDENT;
    *ret_park = (struct mom_park){.pli = (uint8_t)pli, .ari = (uint32_t)(shifted >> 2)};
    return MOM_OK;
}

void mom_park_hex(struct mom_park park, char ret_text[MOM_PARK_HEX_LEN + 1])
{
    write_digits(ret_text, 2, 16, park.pli);
    write_digits(ret_text + 2, 8, 16, park.ari);
    ret_text[MOM_PARK_HEX_LEN] = '\0';
}

void mom_park_printed(struct mom_park park, char ret_text[MOM_PARK_PRINTED_LEN + 1])
{
    write_digits(ret_text, 2, 10, park.pli);
    write_digits(ret_text + 2, OCTAL_DIGITS, 8, (uint64_t)(park.ari & 0x7fffffffU) << 2);
    ret_text[PARK_DIGITS] = check_char(ret_text, PARK_DIGITS);
    ret_text[MOM_PARK_PRINTED_LEN] = '\0';
}

void mom_park_cloud_id(struct mom_park park, char ret_text[MOM_CLOUD_ID_LEN + 1])
{
    write_digits(ret_text, 2, 16, 0);
    mom_park_hex(park, ret_text + 2);
}

void mom_park_omm_id(struct mom_park park, char ret_text[MOM_OMM_ID_LEN + 1])
{
    write_digits(ret_text, 8, 16, park.ari);
    ret_text[MOM_OMM_ID_LEN] = '\0';
}

uint32_t mom_park_installation_id(struct mom_park park)
{
    return park.ari;
}

bool mom_park_equal(struct mom_park a, struct mom_park b)
{
    return a.pli == b.pli && a.ari == b.ari;
}

/* --- IPEI ------------------------------------------------------------------------------------- */

/* The thirteen characters without the two blanks; false when the text has another shape. */
static bool ipei_chars(struct mom_str text, char chars[IPEI_DIGITS + 1])
{
    if (text.len == IPEI_DIGITS + 1) {
        memcpy(chars, text.ptr, IPEI_DIGITS + 1);
        return true;
    }
    if (text.len != MOM_IPEI_LEN || text.ptr[5] != ' ' || text.ptr[13] != ' ')
        return false;
    memcpy(chars, text.ptr, 5);
    memcpy(chars + 5, text.ptr + 6, 7);
    chars[IPEI_DIGITS] = text.ptr[14];
    return true;
}

int mom_ipei_parse(struct mom_str text, struct mom_ipei *ret_ipei)
{
    char chars[IPEI_DIGITS + 1];
    uint64_t emc, psn;
    if (!ipei_chars(text, chars) || !read_digits(chars, EMC_DIGITS, 10, &emc) ||
        !read_digits(chars + EMC_DIGITS, IPEI_DIGITS - EMC_DIGITS, 10, &psn))
        return MOM_EIDENT;
    if (emc > UINT16_MAX || psn > PSN_MAX || chars[IPEI_DIGITS] != check_char(chars, IPEI_DIGITS))
        return MOM_EIDENT;
    *ret_ipei = (struct mom_ipei){.emc = (uint16_t)emc, .psn = (uint32_t)psn};
    return MOM_OK;
}

void mom_ipei_print(struct mom_ipei ipei, char ret_text[MOM_IPEI_LEN + 1])
{
    char chars[IPEI_DIGITS];
    write_digits(chars, EMC_DIGITS, 10, ipei.emc);
    write_digits(chars + EMC_DIGITS, IPEI_DIGITS - EMC_DIGITS, 10, ipei.psn);
    memcpy(ret_text, chars, 5);
    ret_text[5] = ' ';
    memcpy(ret_text + 6, chars + 5, 7);
    ret_text[13] = ' ';
    ret_text[14] = check_char(chars, IPEI_DIGITS);
    ret_text[MOM_IPEI_LEN] = '\0';
}
