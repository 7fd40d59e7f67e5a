/*
 * PARK, SARI and IPEI: known texts of every form both ways, every PLI, random values through every
 * form, and texts that must be refused. What docs/identities.md shows is made here from the tables
 * of the code (UPDATE=1 writes it there).
 */
#include "core_support.h"
#include "page.h"

struct vector {
    const char *hex, *printed;
};

static const struct vector parks[] = {
    {"1F1028D085", "3110050641024*"}, {"1F1028D67A", "31100506547500"},
    {"1F102AF12C", "31100527422605"}, {"1F102A7C82", "31100523710107"},
    {"1F102A7158", "31100523425404"}, {"1F102F0E86", "31100570350302"},
    {"1F10187345", "31100303464242"}, {"1F10187326", "31100303462306"},
};

static void park_forms_agree_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof parks / sizeof *parks; i++) {
        struct mom_park park, again;
        char text[MOM_PARK_PRINTED_LEN + 1];
        assert_int_equal(mom_park_parse(mom__str(parks[i].hex), &park), MOM_OK);
        assert_int_equal(park.pli, 31);
        mom_park_printed(park, text);
        assert_string_equal(text, parks[i].printed);
        assert_int_equal(mom_park_parse_printed(mom__str(text), &again), MOM_OK);
        assert_true(mom_park_equal(park, again));
        mom_park_hex(again, text);
        assert_string_equal(text, parks[i].hex);
    }
}

static void park_gives_the_ids_that_are_made_from_it(void **state)
{
    (void)state;
    struct mom_park park;
    char text[MOM_CLOUD_ID_LEN + 1];
    assert_int_equal(mom_park_parse(mom__str("1f1028d085"), &park), MOM_OK);
    assert_int_equal(mom_park_installation_id(park), 271110277);
    mom_park_cloud_id(park, text);
    assert_string_equal(text, "001F1028D085");
    mom_park_omm_id(park, text);
    assert_string_equal(text, "1028D085");
}

static void park_of_any_pli_survives(void **state)
{
    (void)state;
    struct rng rng = rng_new(31);
    for (unsigned i = 0; i < 31 * 50; i++) {
        struct mom_park park = {(uint8_t)(1 + i % 31), (uint32_t)rng_next(&rng) & 0x7fffffff},
                        again;
        char text[MOM_PARK_PRINTED_LEN + 1];
        mom_park_hex(park, text);
        assert_int_equal(mom_park_parse(mom__str(text), &again), MOM_OK);
        assert_true(mom_park_equal(park, again));
        mom_park_printed(park, text);
        assert_int_equal(mom_park_parse_printed(mom__str(text), &again), MOM_OK);
        assert_true(mom_park_equal(park, again));
    }
}

static void park_that_is_not_set(void **state)
{
    (void)state;
    struct mom_park park = {9, 9}, other = {31, 1};
    assert_int_equal(mom_park_parse(mom__str("0000000000"), &park), MOM_OK);
    assert_int_equal(park.pli, 0);
    park.pli = 9;
    assert_int_equal(mom_park_parse(mom__str(""), &park), MOM_OK);
    assert_int_equal(park.pli, 0);
    assert_int_equal(mom_park_parse(mom__str(NULL), &park), MOM_OK);
    assert_false(mom_park_equal(park, other));
}

static void hostile_parks_are_refused(void **state)
{
    (void)state;
    static const char *const hex[] = {"1F1028D08",     "1F1028D0855", "1F1028D08G", " 1F1028D085",
                                      "001028D085",    "201028D085",  "FF1028D085", "1F9028D085",
                                      "0000000001",    "1F 1028D08",  "0x1F1028D0", "-F1028D085",
                                      "1F\u00e428D085"};
    static const char *const printed[] = {
        "31100506410241", "3110050641024 ", "3110050641024",  "31100506410240*", "3110050641025*",
        "00100506410240", "32100506410240", "3110050681024*", "31100a0641024*",  "",
        "3110050641026*", "31100506410*40", "99777777777778"};
    struct mom_park park = {7, 7};
    for (size_t i = 0; i < sizeof hex / sizeof *hex; i++)
        assert_int_equal(mom_park_parse(mom__str(hex[i]), &park), MOM_EIDENT);
    for (size_t i = 0; i < sizeof printed / sizeof *printed; i++)
        assert_int_equal(mom_park_parse_printed(mom__str(printed[i]), &park), MOM_EIDENT);
    assert_int_equal(mom_park_parse((struct mom_str){"1F1028D0\0\0", 10}, &park), MOM_EIDENT);
    assert_int_equal(park.pli, 7);
}

static void every_wrong_digit_of_a_printed_park_is_noticed(void **state)
{
    (void)state;
    char text[MOM_PARK_PRINTED_LEN + 1] = "31100506547500";
    struct mom_park park;
    for (size_t i = 0; i < MOM_PARK_PRINTED_LEN; i++) {
        char right = text[i];
        for (int c = '0'; c <= '9'; c++) {
            text[i] = (char)c;
            /* Position 11 weighs nothing modulo 11: a wrong digit there goes unnoticed. */
            bool blind = i == 10 && c <= '7';
            int rc = mom_park_parse_printed(mom__str(text), &park);
            assert_int_equal(rc, c == right || blind ? MOM_OK : MOM_EIDENT);
        }
        text[i] = right;
    }
}

struct ipei_vector {
    const char *text;
    uint16_t emc;
    uint32_t psn;
};

static const struct ipei_vector ipeis[] = {
    {"03074 0220259 3", 0x0C02, 0x35C63},
    {"57005 0782068 7", 0xDEAD, 0xBEEF4},
    {"12308 0004063 5", 0x3014, 0x00FDF},
};

static void ipei_is_read_and_printed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ipeis / sizeof *ipeis; i++) {
        struct mom_ipei ipei;
        char text[MOM_IPEI_LEN + 1], plain[14];
        assert_int_equal(mom_ipei_parse(mom__str(ipeis[i].text), &ipei), MOM_OK);
        assert_int_equal(ipei.emc, ipeis[i].emc);
        assert_int_equal(ipei.psn, ipeis[i].psn);
        mom_ipei_print(ipei, text);
        assert_string_equal(text, ipeis[i].text);
        size_t n = 0;
        for (const char *c = text; *c != '\0'; c++) {
            if (*c != ' ')
                plain[n++] = *c;
        }
        memset(&ipei, 0, sizeof ipei);
        assert_int_equal(mom_ipei_parse((struct mom_str){plain, n}, &ipei), MOM_OK);
        assert_int_equal(ipei.psn, ipeis[i].psn);
    }
}

static void random_ipeis_survive(void **state)
{
    (void)state;
    struct rng rng = rng_new(12);
    bool star = false;
    for (int i = 0; i < 2000; i++) {
        struct mom_ipei ipei = {(uint16_t)rng_next(&rng), (uint32_t)rng_next(&rng) & 0xfffff},
                        again;
        char text[MOM_IPEI_LEN + 1];
        mom_ipei_print(ipei, text);
        assert_int_equal(mom_ipei_parse(mom__str(text), &again), MOM_OK);
        assert_true(ipei.emc == again.emc && ipei.psn == again.psn);
        star = star || text[14] == '*';
    }
    assert_true(star);
}

static void hostile_ipeis_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "03074 0220259",
                                        "03074 0220259 4",
                                        "03074  220259 3",
                                        "03074-0220259-3",
                                        "0307402202593 ",
                                        "03074 02202593",
                                        "65536 0000000 0",
                                        "00000 1048576 0",
                                        "a3074 0220259 3",
                                        "03074 0220259 x",
                                        "03074 0220259 3 ",
                                        "003074 0220259 3",
                                        "10345 04324...",
                                        "\xff\xff\xff"};
    struct mom_ipei ipei = {1, 2};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(mom_ipei_parse(mom__str(texts[i]), &ipei), MOM_EIDENT);
    /* Over the limits with a check character that is right. */
    assert_int_equal(mom_ipei_parse(mom__str("6553600000007"), &ipei), MOM_EIDENT);
    assert_int_equal(mom_ipei_parse(mom__str("0000010485761"), &ipei), MOM_EIDENT);
    assert_int_equal(mom_ipei_parse(mom__str(NULL), &ipei), MOM_EIDENT);
    assert_int_equal(ipei.psn, 2);
}

/* --- every form ------------------------------------------------------------------------------- */

static struct mom_park park_of(const char *hex)
{
    struct mom_park park = {0, 0};

    assert_int_equal(mom_park_parse(mom__str(hex), &park), MOM_OK);
    return park;
}

static const struct {
    const char *park; /* hexadecimal */
    enum mom_park_form form;
    const char *text, *also; /* as it is printed; another that is taken for the same, or NULL */
} park_texts[] = {
    {"1F1028D085", MOM_PARK_AS_HEX, "1F1028D085", "1f1028d085"},
    {"1F1028D085", MOM_PARK_AS_PRINTED, "3110050641024*", NULL},
    {"1F1028D085", MOM_PARK_AS_SPACED, "31 10050641024 *", "31-10050641024-*"},
    {"1F1028D085", MOM_PARK_AS_CLOUD_ID, "001F1028D085", "001f1028d085"},
    {"1F1028D085", MOM_PARK_AS_OMM_ID, "1028D085", "1028d085"},
    {"1F1028D085", MOM_PARK_AS_INSTALLATION_ID, "271110277", NULL},
    {"1F1028D085", MOM_PARK_AS_FIXED_ID, "06A0A01028D08500", "06a0a01028d08500"},
    {"1F102A7C82", MOM_PARK_AS_FIXED_ID, "06A0A0102A7C8200", NULL},
    {"1F102A7C82", MOM_PARK_AS_OMM_ID, "102A7C82", NULL},
    {"1F1028D67A", MOM_PARK_AS_CLOUD_ID, "001F1028D67A", NULL},
    {"1F10187345", MOM_PARK_AS_CLOUD_ID, "001F10187345", NULL},
    {"1B1028D080", MOM_PARK_AS_HEX, "1B1028D080", NULL},
    {"1B1028D080", MOM_PARK_AS_OMM_ID, "1028D080", NULL},
};

static void park_of_every_form_is_read_and_printed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof park_texts / sizeof *park_texts; i++) {
        struct mom_park want = park_of(park_texts[i].park), park;
        enum mom_park_form form = park_texts[i].form, seen;
        const char *text = park_texts[i].text;
        char printed[MOM_IDENT_TEXT_MAX + 1];
        for (int k = 0; k < 2 && text; k++, text = park_texts[i].also) {
            park = (struct mom_park){0, 0};
            assert_int_equal(mom_park_parse_form(form, mom__str(text), want.pli, &park), MOM_OK);
            assert_true(mom_park_equal(park, want));
            park = (struct mom_park){0, 0};
            assert_int_equal(mom_park_parse_any(mom__str(text), want.pli, &park, &seen), MOM_OK);
            assert_true(mom_park_equal(park, want));
            assert_int_equal(seen, form);
        }
        assert_int_equal(mom_park_print_form(form, want, printed), strlen(park_texts[i].text));
        assert_string_equal(printed, park_texts[i].text);
    }
}

static void random_parks_survive_every_form(void **state)
{
    (void)state;
    struct rng rng = rng_new(41);
    for (int i = 0; i < 2000; i++) {
        struct mom_park park = {(uint8_t)(1 + rng_below(&rng, 31)),
                                (uint32_t)rng_next(&rng) & 0x7fffffff};
        if (i % 2) /* class B */
            park.ari = (park.ari & 0x0fffffff) | 0x10000000;
        for (int form = MOM_PARK_AS_NONE + 1; form < MOM_PARK_FORM_COUNT; form++) {
            struct mom_park again = {0, 0};
            enum mom_park_form seen = MOM_PARK_AS_NONE;
            char text[MOM_IDENT_TEXT_MAX + 1];
            size_t len = mom_park_print_form((enum mom_park_form)form, park, text);
            assert_true(len > 0 && len == strlen(text));
            assert_int_equal(
                mom_park_parse_form((enum mom_park_form)form, mom__str(text), park.pli, &again),
                MOM_OK);
            assert_true(mom_park_equal(park, again));
            if (form == MOM_PARK_AS_INSTALLATION_ID && len != 9)
                continue; /* not to be told from the other forms */
            again = (struct mom_park){0, 0};
            assert_int_equal(mom_park_parse_any(mom__str(text), park.pli, &again, &seen), MOM_OK);
            assert_int_equal(seen, form);
            assert_true(mom_park_equal(park, again));
        }
    }
}

static void forms_that_do_not_say_the_pli_need_it(void **state)
{
    (void)state;
    for (int f = MOM_PARK_AS_NONE + 1; f < MOM_PARK_FORM_COUNT; f++) {
        enum mom_park_form form = (enum mom_park_form)f;
        struct mom_park park = park_of("1F1028D085"), again = {7, 7};
        bool whole = mom_park_form_info(form)->whole;
        char text[MOM_IDENT_TEXT_MAX + 1];
        assert_true(mom_park_print_form(form, park, text) > 0);
        for (int pli = 0; pli <= 32; pli += 32) {
            again = (struct mom_park){7, 7};
            assert_int_equal(mom_park_parse_form(form, mom__str(text), (uint8_t)pli, &again),
                             whole ? MOM_OK : MOM_EIDENT);
            assert_int_equal(again.pli, whole ? 31 : 7);
            assert_int_equal(mom_park_parse_any(mom__str(text), (uint8_t)pli, &again, NULL),
                             whole ? MOM_OK : MOM_EIDENT);
        }
    }
}

static void park_that_is_not_set_has_the_form_none(void **state)
{
    (void)state;
    static const char *const texts[] = {NULL, "", "0000000000"};
    for (size_t i = 0; i < 3; i++) {
        struct mom_park park = {7, 7};
        enum mom_park_form form = MOM_PARK_AS_HEX;
        assert_int_equal(mom_park_parse_any(mom__str(texts[i]), 31, &park, &form), MOM_OK);
        assert_int_equal(park.pli, 0);
        assert_int_equal(form, MOM_PARK_AS_NONE);
    }
    char text[MOM_IDENT_TEXT_MAX + 1] = "x";
    assert_int_equal(mom_park_print_form(MOM_PARK_AS_HEX, (struct mom_park){0, 1}, text), 0);
    assert_string_equal(text, "");
    assert_int_equal(mom_park_print_form(MOM_PARK_AS_HEX, (struct mom_park){31, 1u << 31}, text),
                     0);
    assert_int_equal(mom_park_print_form(MOM_PARK_AS_NONE, (struct mom_park){31, 1}, text), 0);
    assert_null(mom_park_form_info(MOM_PARK_AS_NONE));
    assert_null(mom_park_form_info(MOM_PARK_FORM_COUNT));
}

static void hostile_texts_have_no_form(void **state)
{
    (void)state;
    static const char *const texts[] = {"1",
                                        "27111027",
                                        "2711102770",
                                        "27111027x",
                                        "+71110277",
                                        "071110277",
                                        "4294967295",
                                        "2147483648",
                                        "31 10050641024  ",
                                        "31 10050641024-*",
                                        "31  0050641024 *",
                                        "31_10050641024_*",
                                        "3 110050641024 *",
                                        "31 10050641024*",
                                        "011F1028D085",
                                        "00001028D085",
                                        "00FF1028D085",
                                        "001F9028D085",
                                        "9028D085",
                                        "1028D08g",
                                        " 028D085",
                                        "06A0A01028D08501",
                                        "06A0A09028D08500",
                                        "07A0A01028D08500",
                                        "06A0A01028D085",
                                        "05A0A01028D08500",
                                        "0000000001",
                                        "00000000000000000",
                                        "\xff\xff\xff\xff\xff\xff\xff\xff",
                                        "1F1028D085 "};
    struct mom_park park = {7, 7};
    enum mom_park_form form = MOM_PARK_FORM_COUNT;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        /* Digits alone, of eight or ten, are read as hexadecimal. */
        bool hex = strcmp(texts[i], "27111027") == 0;
        int rc = mom_park_parse_any(mom__str(texts[i]), 31, &park, &form);
        if (rc != (hex ? MOM_OK : MOM_EIDENT))
            fail_msg("'%s' is read as %d", texts[i], rc);
        if (hex) {
            assert_int_equal(form, MOM_PARK_AS_OMM_ID);
            park = (struct mom_park){7, 7};
            form = MOM_PARK_FORM_COUNT;
        }
    }
    assert_int_equal(park.pli, 7);
    assert_int_equal(form, MOM_PARK_FORM_COUNT);
    assert_int_equal(mom_park_parse_any((struct mom_str){"1028D085\0", 9}, 31, &park, NULL),
                     MOM_EIDENT);
    assert_int_equal(mom_park_parse_any(mom__str("x"), 31, NULL, NULL), MOM_EINVAL);
    assert_int_equal(mom_park_parse_form(MOM_PARK_AS_NONE, mom__str(""), 31, &park), MOM_EINVAL);
    assert_int_equal(mom_park_parse_form((enum mom_park_form)99, mom__str(""), 31, &park),
                     MOM_EINVAL);
}

static void installation_id_gives_the_park_again(void **state)
{
    (void)state;
    struct mom_park sari = park_of("1F1028D085"), park = {7, 7};
    assert_int_equal(mom_park_installation_id(sari), 271110277);
    assert_int_equal(mom_park_from_installation_id(271110277, 31, &park), MOM_OK);
    assert_true(mom_park_equal(park, sari));
    assert_int_equal(mom_park_from_installation_id(271110277, 0, &park), MOM_EIDENT);
    assert_int_equal(mom_park_from_installation_id(271110277, 32, &park), MOM_EIDENT);
    assert_int_equal(mom_park_from_installation_id(0x80000000u, 31, &park), MOM_EIDENT);
    assert_int_equal(mom_park_from_installation_id(1, 31, NULL), MOM_EINVAL);
    assert_true(mom_park_equal(park, sari));
}

static void sari_is_the_park_of_the_centre(void **state)
{
    (void)state;
    struct mom_park centre = park_of("1F1028D085"), sari = {7, 7};
    assert_int_equal(mom_sari_from_park((struct mom_park){0, 5}, &sari), MOM_EIDENT);
    assert_int_equal(mom_sari_from_park((struct mom_park){31, 1u << 31}, &sari), MOM_EIDENT);
    assert_int_equal(mom_sari_from_park(centre, NULL), MOM_EINVAL);
    assert_int_equal(sari.pli, 7);
    assert_int_equal(mom_sari_from_park(centre, &sari), MOM_OK);
    assert_true(mom_park_equal(sari, centre));
}

static void parks_are_compared_by_length_and_have_a_type(void **state)
{
    (void)state;
    struct mom_park standard = park_of("1F1028D085"), other = park_of("1F10187345"),
                    xxl = park_of("1B1028D080"), odd = {5, 1}, none = {0, 0};
    assert_int_equal(mom_pli_compare(standard, other), MOM_PLI_EQUAL);
    assert_int_equal(mom_pli_compare(standard, xxl), MOM_PLI_DIFFERENT);
    assert_int_equal(mom_pli_compare(odd, odd), MOM_PLI_EQUAL);
    assert_int_equal(mom_pli_compare(standard, none), MOM_PLI_UNKNOWN);
    assert_int_equal(mom_pli_compare(none, none), MOM_PLI_UNKNOWN);
    assert_int_equal(mom_park_type(standard), MOM_PARK_STANDARD);
    assert_int_equal(mom_park_type(xxl), MOM_PARK_XXL);
    assert_int_equal(mom_park_type(odd), MOM_PARK_NO_TYPE);
    assert_int_equal(mom_park_type(none), MOM_PARK_NO_TYPE);
    assert_int_equal(mom_park_base_stations(standard), 256);
    assert_int_equal(mom_park_base_stations(xxl), 4096);
    assert_int_equal(mom_park_base_stations(odd), 0);
    assert_string_equal(mom_park_type_name(MOM_PARK_XXL), "XXL");
    assert_string_equal(mom_park_type_name((enum mom_park_type)77), "unknown");
}

static void parts_of_an_ari_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        struct mom_ari_parts parts;
    } known[] = {
        {"1F1028D085", {1, 653, 8, 5}},
        {"1F1028D67A", {1, 653, 103, 10}},
        {"1F102F0E86", {1, 752, 232, 6}},
        {"1F10187326", {1, 391, 50, 6}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct mom_ari_parts parts = mom_ari_parts(park_of(known[i].hex).ari);
        assert_memory_equal(&parts, &known[i].parts, sizeof parts);
    }
}

static void rfpi_is_read_and_printed(void **state)
{
    (void)state;
    struct rng rng = rng_new(42);
    struct mom_rfpi rfpi = {0, 0, false}, again;
    char text[MOM_RFPI_LEN + 1];
    assert_int_equal(mom_rfpi_parse(mom__str("102AF12C26"), &rfpi), MOM_OK);
    assert_true(rfpi.ari == 0x102af12c && rfpi.station == 0x26 && !rfpi.has_sari);
    assert_int_equal(mom_rfpi_parse(mom__str("902af12c26"), &rfpi), MOM_OK);
    assert_true(rfpi.ari == 0x102af12c && rfpi.has_sari);
    for (int i = 0; i < 500; i++) {
        rfpi = (struct mom_rfpi){(uint32_t)rng_next(&rng) & 0x7fffffff, (uint8_t)rng_next(&rng),
                                 rng_below(&rng, 2) != 0};
        mom_rfpi_print(rfpi, text);
        assert_int_equal(mom_rfpi_parse(mom__str(text), &again), MOM_OK);
        assert_true(again.ari == rfpi.ari && again.station == rfpi.station &&
                    again.has_sari == rfpi.has_sari);
    }
    assert_int_equal(mom_rfpi_parse(mom__str("102AF12C2"), &again), MOM_EIDENT);
    assert_int_equal(mom_rfpi_parse(mom__str("102AF12C2x"), &again), MOM_EIDENT);
    assert_int_equal(mom_rfpi_parse(mom__str(NULL), &again), MOM_EIDENT);
    assert_int_equal(mom_rfpi_parse(mom__str("102AF12C26"), NULL), MOM_EINVAL);
    assert_int_equal(mom_park_parse(mom__str(""), NULL), MOM_EINVAL);
    assert_int_equal(mom_park_parse_printed(mom__str(""), NULL), MOM_EINVAL);
    assert_int_equal(mom_ipei_parse(mom__str(""), NULL), MOM_EINVAL);
}

static const struct {
    struct mom_ipei ipei;
    enum mom_ipei_form form;
    const char *text, *also;
} ipei_texts[] = {
    {{0x0c02, 0x35c63}, MOM_IPEI_AS_SPACED, "03074 0220259 3", "03074-0220259-3"},
    {{0x0c02, 0x35c63}, MOM_IPEI_AS_JOINED, "0307402202593", NULL},
    {{0x0c02, 0x35c63}, MOM_IPEI_AS_IPUI, "00C0235C63", "00c0235c63"},
    {{0x0c02, 0x35c63}, MOM_IPEI_AS_SUBSCRIPTION, "0500C0235C630000", "0500c0235c630000"},
    {{0xdead, 0xbeef4}, MOM_IPEI_AS_SPACED, "57005 0782068 7", NULL},
    {{0xdead, 0xbeef4}, MOM_IPEI_AS_IPUI, "0DEADBEEF4", NULL},
    {{0x3014, 0x00fdf}, MOM_IPEI_AS_JOINED, "1230800040635", NULL},
    {{0x3014, 0x00fdf}, MOM_IPEI_AS_IPUI, "0301400FDF", NULL},
};

static void ipei_of_every_form_is_read_and_printed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ipei_texts / sizeof *ipei_texts; i++) {
        enum mom_ipei_form form = ipei_texts[i].form, seen;
        const char *text = ipei_texts[i].text;
        char printed[MOM_IDENT_TEXT_MAX + 1];
        struct mom_ipei ipei;
        for (int k = 0; k < 2 && text; k++, text = ipei_texts[i].also) {
            ipei = (struct mom_ipei){0, 0};
            assert_int_equal(mom_ipei_parse_form(form, mom__str(text), &ipei), MOM_OK);
            assert_true(mom_ipei_equal(ipei, ipei_texts[i].ipei));
            ipei = (struct mom_ipei){0, 0};
            assert_int_equal(mom_ipei_parse_any(mom__str(text), &ipei, &seen), MOM_OK);
            assert_true(mom_ipei_equal(ipei, ipei_texts[i].ipei));
            assert_int_equal(seen, form);
        }
        assert_true(mom_ipei_print_form(form, ipei_texts[i].ipei, printed) > 0);
        assert_string_equal(printed, ipei_texts[i].text);
    }
}

static void random_ipeis_survive_every_form(void **state)
{
    (void)state;
    struct rng rng = rng_new(43);
    for (int i = 0; i < 1000; i++) {
        struct mom_ipei ipei = {(uint16_t)rng_next(&rng), (uint32_t)rng_next(&rng) & 0xfffff};
        for (int f = MOM_IPEI_AS_NONE + 1; f < MOM_IPEI_FORM_COUNT; f++) {
            struct mom_ipei again = {0, 0};
            enum mom_ipei_form seen = MOM_IPEI_AS_NONE;
            char text[MOM_IDENT_TEXT_MAX + 1];
            assert_true(mom_ipei_print_form((enum mom_ipei_form)f, ipei, text) > 0);
            assert_int_equal(mom_ipei_parse_any(mom__str(text), &again, &seen), MOM_OK);
            assert_int_equal(seen, f);
            assert_true(mom_ipei_equal(ipei, again));
        }
    }
}

static void hostile_ipeis_have_no_form(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "030740220259",
                                        "03074 0220259",
                                        "03074-0220259 3",
                                        "03074-0220259-4",
                                        "10C0235C63",
                                        "F0C0235C63",
                                        "00C0235C6",
                                        "00C0235C6g",
                                        "0600C0235C630000",
                                        "0500C0235C630001",
                                        "0510C0235C630000",
                                        "0500C0235C63000",
                                        "0x00C0235C630000",
                                        "0C0235C63",
                                        "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"};
    struct mom_ipei ipei = {1, 2};
    enum mom_ipei_form form = MOM_IPEI_FORM_COUNT;
    char text[MOM_IDENT_TEXT_MAX + 1];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (mom_ipei_parse_any(mom__str(texts[i]), &ipei, &form) != MOM_EIDENT)
            fail_msg("'%s' is taken", texts[i]);
    }
    assert_int_equal(mom_ipei_parse_any(mom__str(NULL), &ipei, &form), MOM_EIDENT);
    assert_true(ipei.psn == 2 && form == MOM_IPEI_FORM_COUNT);
    assert_int_equal(mom_ipei_parse_any(mom__str(""), NULL, NULL), MOM_EINVAL);
    assert_int_equal(mom_ipei_parse_form(MOM_IPEI_AS_NONE, mom__str(""), &ipei), MOM_EINVAL);
    assert_int_equal(mom_ipei_print_form(MOM_IPEI_AS_NONE, ipei, text), 0);
    assert_int_equal(mom_ipei_print_form(MOM_IPEI_AS_IPUI, (struct mom_ipei){1, 1 << 20}, text), 0);
    assert_null(mom_ipei_form_info(MOM_IPEI_AS_NONE));
}

/* --- platforms -------------------------------------------------------------------------------- */

static void platform_follows_from_what_an_omm_says_it_may_have(void **state)
{
    (void)state;
    assert_int_equal(mom_platform_of_limits(10000, 4096), MOM_PLATFORM_SERVER);
    assert_int_equal(mom_platform_of_limits(512, 256), MOM_PLATFORM_BASE_STATION);
    assert_int_equal(mom_platform_of_limits(512, 0), MOM_PLATFORM_BASE_STATION);
    assert_int_equal(mom_platform_of_limits(0, 4096), MOM_PLATFORM_SERVER);
    assert_int_equal(mom_platform_of_limits(0, 0), MOM_PLATFORM_UNKNOWN);
    assert_int_equal(mom_platform_of_limits(512, 4096), MOM_PLATFORM_UNKNOWN);
    assert_int_equal(mom_platform_of_limits(1000, 256), MOM_PLATFORM_UNKNOWN);
    assert_int_equal(mom_platform_info(MOM_PLATFORM_SERVER)->phones, 10000);
    assert_int_equal(mom_platform_info(MOM_PLATFORM_BASE_STATION)->base_stations, 256);
    assert_string_equal(mom_platform_info((enum mom_platform)99)->name, "unknown");
    assert_int_equal(mom_platform_info(MOM_PLATFORM_UNKNOWN)->phones, 0);
}

static void two_classes_are_a_mixture(void **state)
{
    (void)state;
    struct mom_platforms sites = {{0}};
    assert_false(mom_platform_mixture(&sites));
    sites.sites[MOM_PLATFORM_UNKNOWN] = 3;
    sites.sites[MOM_PLATFORM_SERVER] = 9;
    assert_false(mom_platform_mixture(&sites));
    sites.sites[MOM_PLATFORM_BASE_STATION] = 1;
    assert_true(mom_platform_mixture(&sites));
    assert_false(mom_platform_mixture(NULL));
}

/* --- the page --------------------------------------------------------------------------------- */

static const char *const page = "docs/identities.md";

struct box {
    const char *name;
    unsigned bits;
    unsigned long value;
};

static unsigned box_width(const struct box *box)
{
    return box->bits < 6 ? 6 : box->bits;
}

static void boxes_line(struct page_part *part, const struct box *boxes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        page_add(part, "+%.*s", (int)box_width(&boxes[i]) + 2, "--------------------------------");
    page_add(part, "+\n");
}

static void page_has_the_picture_of_a_park(void **state)
{
    (void)state;
    static struct page_part part;
    struct mom_park park = park_of("1F1028D085");
    struct mom_ari_parts parts = mom_ari_parts(park.ari);
    const struct box boxes[] = {{"PLI", 8, park.pli},
                                {"0", 1, park.ari >> 31},
#define BOX(name, low, bits, text) {#name, bits, parts.name},
                                MOM_ARI_PARTS(BOX)
#undef BOX
    };
    size_t count = sizeof boxes / sizeof *boxes;
    page_add(&part, "```\n");
    boxes_line(&part, boxes, count);
    for (size_t i = 0; i < count; i++)
        page_add(&part, "| %-*s ", (int)box_width(&boxes[i]), boxes[i].name);
    page_add(&part, "|\n");
    for (size_t i = 0; i < count; i++)
        page_add(&part, "| %-*u ", (int)box_width(&boxes[i]), boxes[i].bits);
    page_add(&part, "|  bits\n");
    boxes_line(&part, boxes, count);
    for (size_t i = 0; i < count; i++)
        page_add(&part, "| %-*lu ", (int)box_width(&boxes[i]), boxes[i].value);
    page_add(&part, "|  1F1028D085\n");
    boxes_line(&part, boxes, count);
    page_add(&part, "```\n\n| part | bits | what it is |\n| --- | --- | --- |\n");
#define ROW(name, low, bits, text)                                                                 \
    page_add(&part, "| %s | %u…%u | %s |\n", #name, (low) + (bits)-1, low, text);
    MOM_ARI_PARTS(ROW)
#undef ROW
    page_holds(page, "park", &part);
}

static void form_row(struct page_part *part, const struct mom_form_info *info, const char *text)
{
    page_add(part, "| %s | `%s` | %s | %s | %s | %s |\n", info->name, text, info->shape,
             info->whole ? "yes" : "no", info->checked ? "yes" : "no", info->where);
}

static void page_has_the_forms_that_are_read(void **state)
{
    (void)state;
    static struct page_part park_part, ipei_part;
    char text[MOM_IDENT_TEXT_MAX + 1];
    page_add(&park_part, "| form | `1F1028D085` is | in order | says the PLI | check character | "
                         "where |\n| --- | --- | --- | --- | --- | --- |\n");
    for (int f = MOM_PARK_AS_NONE + 1; f < MOM_PARK_FORM_COUNT; f++) {
        assert_true(mom_park_print_form((enum mom_park_form)f, park_of("1F1028D085"), text) > 0);
        form_row(&park_part, mom_park_form_info((enum mom_park_form)f), text);
    }
    page_holds(page, "park forms", &park_part);
    page_add(&ipei_part, "| form | maker 3074, serial number 220259 is | in order | whole | check "
                         "character | where |\n| --- | --- | --- | --- | --- | --- |\n");
    for (int f = MOM_IPEI_AS_NONE + 1; f < MOM_IPEI_FORM_COUNT; f++) {
        struct mom_ipei ipei = {3074, 220259};
        assert_true(mom_ipei_print_form((enum mom_ipei_form)f, ipei, text) > 0);
        form_row(&ipei_part, mom_ipei_form_info((enum mom_ipei_form)f), text);
    }
    page_holds(page, "ipei forms", &ipei_part);
}

static void page_has_the_types_and_platforms(void **state)
{
    (void)state;
    static struct page_part types, platforms;
    page_add(&types, "| type | PLI | base stations of one OMM |\n| --- | --- | --- |\n");
#define ROW(name, pli, base_stations, text)                                                        \
    page_add(&types, "| %s | %u | %u |\n", text, pli, base_stations);
    MOM_PARK_TYPES(ROW)
#undef ROW
    page_holds(page, "park types", &types);
    page_add(&platforms,
             "| class | what it is | phones | base stations |\n| --- | --- | --- | --- |\n");
    for (int p = MOM_PLATFORM_UNKNOWN + 1; p < MOM_PLATFORM_COUNT; p++) {
        const struct mom_platform_info *info = mom_platform_info((enum mom_platform)p);
        page_add(&platforms, "| %s | %s | %u | %u |\n", info->name, info->text,
                 (unsigned)info->phones, (unsigned)info->base_stations);
    }
    page_holds(page, "platforms", &platforms);
}

static void page_has_the_limits(void **state)
{
    (void)state;
    static struct page_part part;
    page_add(&part, "| limit | default | of |\n| --- | --- | --- |\n");
#define ROW(name, value, why) page_add(&part, "| `%s` | %u | %s |\n", #name, value, why);
    MOM_LIMITS(ROW)
#undef ROW
    page_holds(page, "limits", &part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(park_forms_agree_both_ways),
        cmocka_unit_test(park_gives_the_ids_that_are_made_from_it),
        cmocka_unit_test(park_of_any_pli_survives),
        cmocka_unit_test(park_that_is_not_set),
        cmocka_unit_test(hostile_parks_are_refused),
        cmocka_unit_test(every_wrong_digit_of_a_printed_park_is_noticed),
        cmocka_unit_test(ipei_is_read_and_printed),
        cmocka_unit_test(random_ipeis_survive),
        cmocka_unit_test(hostile_ipeis_are_refused),
        cmocka_unit_test(park_of_every_form_is_read_and_printed),
        cmocka_unit_test(random_parks_survive_every_form),
        cmocka_unit_test(forms_that_do_not_say_the_pli_need_it),
        cmocka_unit_test(park_that_is_not_set_has_the_form_none),
        cmocka_unit_test(hostile_texts_have_no_form),
        cmocka_unit_test(installation_id_gives_the_park_again),
        cmocka_unit_test(sari_is_the_park_of_the_centre),
        cmocka_unit_test(parks_are_compared_by_length_and_have_a_type),
        cmocka_unit_test(parts_of_an_ari_are_told),
        cmocka_unit_test(rfpi_is_read_and_printed),
        cmocka_unit_test(ipei_of_every_form_is_read_and_printed),
        cmocka_unit_test(random_ipeis_survive_every_form),
        cmocka_unit_test(hostile_ipeis_have_no_form),
        cmocka_unit_test(platform_follows_from_what_an_omm_says_it_may_have),
        cmocka_unit_test(two_classes_are_a_mixture),
        cmocka_unit_test(page_has_the_picture_of_a_park),
        cmocka_unit_test(page_has_the_forms_that_are_read),
        cmocka_unit_test(page_has_the_types_and_platforms),
        cmocka_unit_test(page_has_the_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
