/*
 * Fuzz target: identities. A text that is taken must come back from the value in every form, and
 * every value must print to a text that is taken.
 *
 * Input: byte 0 chooses text or value, the rest is it.
 */
#include "fuzz/fuzz.h"

#include <momsync/ident.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void park_forms(struct mom_park park)
{
    char hex[MOM_PARK_HEX_LEN + 1], printed[MOM_PARK_PRINTED_LEN + 1];
    char cloud[MOM_CLOUD_ID_LEN + 1], omm[MOM_OMM_ID_LEN + 1];
    struct mom_park again;

    mom_park_hex(park, hex);
    must(strlen(hex) == MOM_PARK_HEX_LEN);
    must(mom_park_parse((struct mom_str){hex, MOM_PARK_HEX_LEN}, &again) == MOM_OK);
    must(mom_park_equal(park, again));
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

    if (fuzz_u8(&bytes) & 1) {
        values(bytes);
        return 0;
    }
    text.ptr = fuzz_take(&bytes, size, &text.len);
    if (mom_park_parse(text, &park) == MOM_OK)
        park_forms(park);
    if (mom_park_parse_printed(text, &park) == MOM_OK)
        park_forms(park);
    if (mom_ipei_parse(text, &ipei) == MOM_OK)
        ipei_forms(ipei);
    return 0;
}
