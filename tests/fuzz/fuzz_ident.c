/*
 * Fuzz target: identities. A text that is taken must come back from the value in every form, and
 * every value must print to a text that is taken; the parser that takes any form agrees with the one
 * of the form that it names.
 *
 * Input: byte 0 chooses text or value, and the PLI for forms that say none; the rest is it.
 */
#include "fuzz/fuzz.h"

#include <momsync/ident.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void every_park_form(struct mom_park park)
{
    for (int f = MOM_PARK_AS_NONE; f <= MOM_PARK_FORM_COUNT; f++) {
        enum mom_park_form form = (enum mom_park_form)f, seen = MOM_PARK_AS_NONE;
        char text[MOM_IDENT_TEXT_MAX + 1];
        size_t len = mom_park_print_form(form, park, text);
        struct mom_park again = {0, 0};

        must(len == strlen(text) && len <= MOM_IDENT_TEXT_MAX);
        must((len > 0) == (mom_park_form_info(form) != NULL && park.pli != 0));
        if (len == 0)
            continue;
        must(mom_park_parse_form(form, (struct mom_str){text, len}, park.pli, &again) == MOM_OK);
        must(mom_park_equal(park, again));
        if (form == MOM_PARK_AS_INSTALLATION_ID && len != 9)
            continue;
        must(mom_park_parse_any((struct mom_str){text, len}, park.pli, &again, &seen) == MOM_OK);
        must(mom_park_equal(park, again) && seen == form);
    }
}

static void park_forms(struct mom_park park)
{
    char hex[MOM_PARK_HEX_LEN + 1], printed[MOM_PARK_PRINTED_LEN + 1];
    char cloud[MOM_CLOUD_ID_LEN + 1], omm[MOM_OMM_ID_LEN + 1];
    struct mom_park again;

    mom_park_hex(park, hex);
    must(strlen(hex) == MOM_PARK_HEX_LEN);
    must(mom_park_parse((struct mom_str){hex, MOM_PARK_HEX_LEN}, &again) == MOM_OK);
    must(mom_park_equal(park, again));
    every_park_form(park);
    mom_park_cloud_id(park, cloud);
    must(strncmp(cloud, "00", 2) == 0 && strcmp(cloud + 2, hex) == 0);
    mom_park_omm_id(park, omm);
    must(strcmp(omm, hex + 2) == 0 && strtoul(omm, NULL, 16) == mom_park_installation_id(park));
    mom_park_printed(park, printed);
    must(strlen(printed) == MOM_PARK_PRINTED_LEN);
    if (park.pli == 0)
        return;
    must(mom_park_parse_printed((struct mom_str){printed, MOM_PARK_PRINTED_LEN}, &again) == MOM_OK);
    must(mom_park_equal(park, again));
}

static void every_ipei_form(struct mom_ipei ipei)
{
    for (int f = MOM_IPEI_AS_NONE + 1; f < MOM_IPEI_FORM_COUNT; f++) {
        enum mom_ipei_form form = (enum mom_ipei_form)f, seen = MOM_IPEI_AS_NONE;
        char text[MOM_IDENT_TEXT_MAX + 1];
        size_t len = mom_ipei_print_form(form, ipei, text);
        struct mom_ipei again = {0, 0};

        must(len > 0 && len == strlen(text) && len <= MOM_IDENT_TEXT_MAX);
        must(mom_ipei_parse_form(form, (struct mom_str){text, len}, &again) == MOM_OK);
        must(mom_ipei_equal(ipei, again));
        must(mom_ipei_parse_any((struct mom_str){text, len}, &again, &seen) == MOM_OK);
        must(mom_ipei_equal(ipei, again) && seen == form);
    }
}

static void rfpi_forms(struct mom_str text)
{
    struct mom_rfpi rfpi, again;
    char printed[MOM_RFPI_LEN + 1];

    if (mom_rfpi_parse(text, &rfpi) != MOM_OK)
        return;
    mom_rfpi_print(rfpi, printed);
    must(mom_rfpi_parse((struct mom_str){printed, MOM_RFPI_LEN}, &again) == MOM_OK);
    must(rfpi.ari == again.ari && rfpi.station == again.station && rfpi.has_sari == again.has_sari);
}

/* What any form is taken for, its own parser takes for the same; and what a parser refuses it does not write. */
static void any_form(struct mom_str text, uint8_t pli)
{
    struct mom_park park = {99, 99}, same = {99, 99};
    enum mom_park_form form = MOM_PARK_FORM_COUNT;
    struct mom_ipei ipei = {99, 99}, twin;
    enum mom_ipei_form ipei_form = MOM_IPEI_FORM_COUNT;

    if (mom_park_parse_any(text, pli, &park, &form) != MOM_OK) {
        must(park.pli == 99 && form == MOM_PARK_FORM_COUNT);
    } else if (form != MOM_PARK_AS_NONE) {
        must(mom_park_parse_form(form, text, pli, &same) == MOM_OK && mom_park_equal(park, same));
        every_park_form(park);
    }
    for (int f = MOM_PARK_AS_NONE + 1; f < MOM_PARK_FORM_COUNT; f++) {
        if (mom_park_parse_form((enum mom_park_form)f, text, pli, &same) == MOM_OK)
            every_park_form(same);
    }
    if (mom_ipei_parse_any(text, &ipei, &ipei_form) != MOM_OK) {
        must(ipei.psn == 99 && ipei_form == MOM_IPEI_FORM_COUNT);
        return;
    }
    must(mom_ipei_parse_form(ipei_form, text, &twin) == MOM_OK && mom_ipei_equal(ipei, twin));
    every_ipei_form(ipei);
}

static void ipei_forms(struct mom_ipei ipei)
{
    char text[MOM_IPEI_LEN + 1], joined[MOM_IPEI_LEN];
    struct mom_ipei again;

    mom_ipei_print(ipei, text);
    must(strlen(text) == MOM_IPEI_LEN && text[5] == ' ' && text[13] == ' ');
    must(mom_ipei_parse((struct mom_str){text, MOM_IPEI_LEN}, &again) == MOM_OK);
    must(again.emc == ipei.emc && again.psn == ipei.psn);
    snprintf(joined, sizeof joined, "%.5s%.7s%c", text, text + 6, text[14]);
    must(mom_ipei_parse((struct mom_str){joined, 13}, &again) == MOM_OK);
    must(again.emc == ipei.emc && again.psn == ipei.psn);
    every_ipei_form(ipei);
    text[14] = text[14] == '0' ? '1' : '0'; /* a wrong check character */
    must(mom_ipei_parse((struct mom_str){text, MOM_IPEI_LEN}, &again) == MOM_EIDENT);
}

static void values(struct fuzz_bytes bytes)
{
    struct mom_park park = {(uint8_t)(1 + fuzz_below(&bytes, 31)),
                            (uint32_t)fuzz_number(&bytes, 4) & 0x7fffffff};
    struct mom_ipei ipei = {(uint16_t)fuzz_number(&bytes, 2),
                            (uint32_t)fuzz_number(&bytes, 3) & 0xfffff};

    park_forms(park);
    ipei_forms(ipei);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_bytes bytes = fuzz_open(data, size);
    struct mom_park park;
    struct mom_ipei ipei;
    struct mom_str text;

    unsigned choice = fuzz_u8(&bytes);

    if (choice & 1) {
        values(bytes);
        return 0;
    }
    text.ptr = fuzz_take(&bytes, size, &text.len);
    any_form(text, (uint8_t)(choice & 2 ? choice >> 2 : 31));
    rfpi_forms(text);
    if (mom_park_parse(text, &park) == MOM_OK)
        park_forms(park);
    if (mom_park_parse_printed(text, &park) == MOM_OK)
        park_forms(park);
    if (mom_ipei_parse(text, &ipei) == MOM_OK)
        ipei_forms(ipei);
    return 0;
}
