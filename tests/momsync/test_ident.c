/*
 * PARK, SARI and IPEI: known pairs of hexadecimal and printed forms both ways, every PLI, and texts
 * that must be refused.
 */
#include "core_support.h"

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
