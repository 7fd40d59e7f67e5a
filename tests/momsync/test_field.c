/*
 * The table of fields: what the code takes for granted about the rows, lookups, and the canonical
 * form of values.
 */
#include "core_support.h"

#include "node.h"

static void rows_keep_the_order_that_the_code_relies_on(void **state)
{
    (void)state;
    for (enum mom_type owner = MOM_USER; owner <= MOM_DEVICE; owner++) {
        unsigned index = 0, last_code = 0;
        enum mom_field group = MOM_FIELD_NONE;
        for (enum mom_field f = mom__field_first(owner); f != mom__field_end(owner); f++) {
            const struct mom_field_info *info = mom_field_info(f);
            assert_non_null(info);
            assert_int_equal(info->owner, owner);
            assert_int_equal(mom__field_index(f), index++);
            /* Codes ascend: the encoding of a record relies on it. */
            assert_true(info->code > last_code);
            last_code = info->code;
            assert_int_equal(mom__field_by_code(owner, info->code), f);
            /* The fields of a group follow the one that leads it. */
            if (mom__field_leads(f))
                group = f;
            assert_int_equal(info->group, group);
            assert_int_equal(mom__field_group(f), group);
            assert_int_equal(info->kind, mom_field_info(group)->kind);
            assert_int_equal(mom__field_is_reported(f), mom__field_is_reported(group));
            assert_true(f < mom__group_end(group));
            /* What is asked without looking at the row is what the row says. */
            bool leads = info->group == f, reported = (info->flags & MOM_REPORTED) != 0;
            assert_int_equal(mom__field_leads(f), leads);
            assert_int_equal(mom__field_is_reported(f), reported);
            assert_int_equal((mom__field_marks[f] & MOM__MARK_MERGED) != 0, leads && !reported);
            bool secret = (info->flags & MOM_SECRET) != 0 && info->form != MOM_HEX;
            assert_int_equal((mom__field_marks[f] & MOM__MARK_SECRET) != 0, secret);
        }
        assert_int_equal(index, mom__field_count(owner));
        assert_true(index <= MOM__FIELDS_MAX);
        assert_int_equal(mom_field_info(mom__field_extra(owner))->form, MOM_EXTRA);
        assert_int_equal(mom_field_info(mom__field_partner(owner))->form, MOM_PARTNER);
    }
    assert_null(mom_field_info(MOM_FIELD_NONE));
    assert_null(mom_field_info(MOM_FIELD_COUNT));
    assert_int_equal(mom__field_by_code(MOM_USER, 0), MOM_FIELD_NONE);
    assert_int_equal(mom__field_by_code(MOM_USER, 255), MOM_FIELD_NONE);
    assert_int_equal(mom__field_by_code(MOM_USER, 256 + 1), MOM_FIELD_NONE);
    assert_int_equal(mom__field_by_code((enum mom_type)3, 1), MOM_FIELD_NONE);
    assert_false(mom__field_leads(MOM_USER_sipPw));
    assert_int_equal(mom__group_end(MOM_DEVICE_s), MOM_DEVICE_extra);
}

static void every_field_is_found_by_its_name_and_nothing_else_is(void **state)
{
    (void)state;
    for (enum mom_field f = 1; f < MOM_FIELD_COUNT; f++) {
        const struct mom_field_info *info = mom_field_info(f);
        bool by_name = info->form != MOM_PARTNER && info->form != MOM_EXTRA;
        assert_int_equal(mom_field_of(info->owner, mom__str(info->name)),
                         by_name ? f : MOM_FIELD_NONE);
        char other[64];
        memcpy(other, info->name, strlen(info->name) + 1);
        for (size_t i = 0; other[i] != '\0'; i++) {
            other[i] = (char)(other[i] ^ 0x20);
            assert_int_equal(mom_field_of(info->owner, mom__str(other)), MOM_FIELD_NONE);
            other[i] = (char)(other[i] ^ 0x20);
        }
        struct mom_str shorter = {info->name, strlen(info->name) - 1};
        enum mom_field found = mom_field_of(info->owner, shorter);
        assert_true(found != f);
    }
    char long_name[300];
    memset(long_name, 'n', sizeof long_name);
    assert_int_equal(mom_field_of(MOM_USER, (struct mom_str){long_name, 300}), MOM_FIELD_NONE);
    assert_int_equal(mom_field_of(MOM_USER, (struct mom_str){long_name, 256 + 3}), MOM_FIELD_NONE);
    assert_int_equal(mom_field_of(MOM_USER, mom__str(NULL)), MOM_FIELD_NONE);
    assert_int_equal(mom_field_of(MOM_DEVICE, mom__str("num")), MOM_FIELD_NONE);
    assert_int_equal(mom_field_of(MOM_USER, mom__str("relType")), MOM_USER_relType);
    assert_int_equal(mom_field_of(MOM_DEVICE, mom__str("relType")), MOM_DEVICE_relType);
}

struct vector {
    enum mom_field field;
    const char *in;
    int rc;
    const char *out;
};

#define FINGERPRINT "0123456789abcdef"

static const struct vector values[] = {
    {MOM_USER_vip, "true", MOM_OK, "1"},
    {MOM_USER_vip, "1", MOM_OK, "1"},
    {MOM_USER_vip, "false", MOM_OK, "0"},
    {MOM_USER_vip, "0", MOM_OK, "0"},
    {MOM_USER_vip, "", MOM_OK, ""},
    {MOM_USER_vip, "TRUE", MOM_EVALUE, NULL},
    {MOM_USER_vip, "2", MOM_EVALUE, NULL},
    {MOM_USER_vip, "tru", MOM_EVALUE, NULL},
    {MOM_USER_fixedSipPort, "0", MOM_OK, "0"},
    {MOM_USER_fixedSipPort, "000", MOM_OK, "0"},
    {MOM_USER_fixedSipPort, "005060", MOM_OK, "5060"},
    {MOM_USER_fixedSipPort, "5060", MOM_OK, "5060"},
    {MOM_USER_fixedSipPort, "-0", MOM_OK, "0"},
    {MOM_USER_fixedSipPort, "-7", MOM_OK, "-7"},
    {MOM_USER_fixedSipPort, "-007", MOM_OK, "-7"},
    {MOM_USER_fixedSipPort, "9223372036854775807", MOM_OK, "9223372036854775807"},
    {MOM_USER_fixedSipPort, "9223372036854775808", MOM_EVALUE, NULL},
    {MOM_USER_fixedSipPort, "99999999999999999999999", MOM_EVALUE, NULL},
    {MOM_USER_fixedSipPort, "-", MOM_EVALUE, NULL},
    {MOM_USER_fixedSipPort, "+5", MOM_EVALUE, NULL},
    {MOM_USER_fixedSipPort, " 5", MOM_EVALUE, NULL},
    {MOM_USER_fixedSipPort, "5a", MOM_EVALUE, NULL},
    {MOM_DEVICE_subscriptionId, "0500c0235c630000", MOM_OK, "0500C0235C630000"},
    {MOM_DEVICE_subscriptionId, "0500C0235C630000", MOM_OK, "0500C0235C630000"},
    {MOM_DEVICE_subscriptionId, "0500C0235C6300000", MOM_ETOOLONG, NULL},
    {MOM_DEVICE_subscriptionId, "0500C0235C63000g", MOM_EVALUE, NULL},
    {MOM_DEVICE_uak, "00ff", MOM_OK, "00FF"},
    {MOM_DEVICE_uak, "P00FF", MOM_EVALUE, NULL},
    {MOM_DEVICE_ipei, "03074 0220259 3", MOM_OK, "03074 0220259 3"},
    {MOM_DEVICE_ipei, "0307402202593", MOM_OK, "03074 0220259 3"},
    {MOM_DEVICE_ipei, "0307402202594", MOM_EVALUE, NULL},
    {MOM_DEVICE_ipei, "", MOM_OK, ""},
    {MOM_USER_name, "J\xc3\xbcrgen \xf0\x9f\x93\x9e", MOM_OK, "J\xc3\xbcrgen \xf0\x9f\x93\x9e"},
    {MOM_USER_name, "line\nbreak\ttab", MOM_OK, "line\nbreak\ttab"},
    {MOM_USER_name, "bad\xff", MOM_EVALUE, NULL},
    {MOM_USER_name, "bell\x07", MOM_EVALUE, NULL},
    {MOM_USER_name, "cut\xc3", MOM_EVALUE, NULL},
    {MOM_USER_name, "long\xc0\x80", MOM_EVALUE, NULL},
    {MOM_USER_name, "half\xed\xa0\x80", MOM_EVALUE, NULL},
    {MOM_USER_name, "far\xf4\x90\x80\x80", MOM_EVALUE, NULL},
    {MOM_USER_name, "no\xef\xbf\xbf", MOM_EVALUE, NULL},
    {MOM_USER_num, "1234567890123456789012345678901", MOM_OK, "1234567890123456789012345678901"},
    {MOM_USER_num, "12345678901234567890123456789012", MOM_ETOOLONG, NULL},
    {MOM_USER_sipPw, "Psecret", MOM_OK, "Psecret"},
    {MOM_USER_sipPw, "PK", MOM_OK, "PK"},
    {MOM_USER_sipPw, "P", MOM_OK, ""},
    {MOM_USER_sipPw, "", MOM_OK, ""},
    {MOM_USER_sipPw, "secret", MOM_EVALUE, NULL},
    {MOM_USER_sipPw, "P\xff", MOM_EVALUE, NULL},
    {MOM_USER_sipPw, "K" FINGERPRINT "aGVsbG8+/w==", MOM_OK, "K" FINGERPRINT "aGVsbG8+/w=="},
    {MOM_USER_sipPw, "K" FINGERPRINT, MOM_EVALUE, NULL},
    {MOM_USER_sipPw, "K0123456789abcdegaGVsbG8=", MOM_EVALUE, NULL},
    {MOM_USER_sipPw, "K" FINGERPRINT "a b", MOM_EVALUE, NULL},
    {MOM_USER_ppn, "7", MOM_EFIELD, NULL},
    {MOM_USER_extra, "7", MOM_EFIELD, NULL},
    {MOM_FIELD_NONE, "7", MOM_EFIELD, NULL},
    {MOM_FIELD_COUNT, "7", MOM_EFIELD, NULL},
};

static void values_get_their_canonical_form(void **state)
{
    (void)state;
    struct mom__arena arena;
    mom__arena_init(&arena, NULL);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const struct vector *v = &values[i];
        struct mom_str out = {NULL, 0}, kept = {NULL, 0}, again;
        int rc = mom__field_canonical(v->field, mom__str(v->in), &arena, &out);
        if (rc != v->rc)
            print_error("%s\n", v->in);
        assert_int_equal(rc, v->rc);
        assert_int_equal(mom__field_tolerant(v->field, mom__str(v->in), &arena, &kept), MOM_OK);
        assert_str(kept, v->out != NULL ? v->out : v->in);
        if (v->out == NULL) {
            assert_null(out.ptr);
            continue;
        }
        assert_str(out, v->out);
        assert_int_equal(mom__field_canonical(v->field, out, &arena, &again), MOM_OK);
        assert_same(again, out);
    }
    mom__arena_done(&arena);
}

static void a_nul_is_no_text(void **state)
{
    (void)state;
    struct mom_str nul = {"a\0b", 3}, out;
    assert_int_equal(mom__field_canonical(MOM_USER_name, nul, NULL, &out), MOM_EVALUE);
}

static void no_memory_is_told(void **state)
{
    (void)state;
    static const enum mom_field fields[] = {MOM_DEVICE_uak, MOM_DEVICE_ipei, MOM_USER_fixedSipPort};
    static const char *const texts[] = {"00ff", "0307402202593", "-007"};
    struct counter none = {.fail_at = 1};
    struct mom_alloc alloc = counting(&none);
    struct mom__arena arena;
    mom__arena_init(&arena, &alloc);
    for (size_t i = 0; i < 3; i++) {
        struct mom_str out = {NULL, 0};
        assert_int_equal(mom__field_canonical(fields[i], mom__str(texts[i]), &arena, &out),
                         MOM_ENOMEM);
        assert_int_equal(mom__field_tolerant(fields[i], mom__str(texts[i]), &arena, &out),
                         MOM_ENOMEM);
        assert_null(out.ptr);
    }
    mom__arena_done(&arena);
}

static void values_of_too_many_bytes_are_missing(void **state)
{
    (void)state;
    static char big[5000];
    struct mom__arena arena;
    memset(big, 'x', sizeof big);
    big[0] = MOM_SECRET_PLAIN;
    mom__arena_init(&arena, NULL);
    for (enum mom_field f = (enum mom_field)1; f < MOM_FIELD_COUNT; f++) {
        struct mom_str in = {big, mom__field_bytes(f) + 1}, out = in;
        enum mom_form form = mom_field_info(f)->form;
        if (form == MOM_PARTNER || form == MOM_EXTRA || in.len > sizeof big)
            continue;
        assert_int_equal(mom__field_canonical(f, in, &arena, &out), MOM_ETOOLONG);
        assert_int_equal(mom__field_tolerant(f, in, &arena, &out), MOM_OK);
        assert_null(out.ptr);
        in.len--;
        assert_int_equal(mom__field_tolerant(f, in, &arena, &out), MOM_OK);
        assert_int_equal(out.len, in.len);
    }
    mom__arena_done(&arena);
}

static void sealed_secrets_are_known(void **state)
{
    (void)state;
    struct mom_str sealed = mom__str("K" FINGERPRINT "aGVsbG8="), plain = mom__str("PKuno");
    assert_true(mom__secret_is_sealed(MOM_USER_sipPw, sealed));
    assert_false(mom__secret_is_sealed(MOM_USER_sipPw, plain));
    assert_false(mom__secret_is_sealed(MOM_USER_sipPw, mom__str("")));
    assert_false(mom__secret_is_sealed(MOM_USER_name, sealed));
    assert_false(mom__secret_is_sealed(MOM_DEVICE_uak, sealed));
    assert_str(mom__secret_fingerprint(MOM_USER_sipPw, sealed), FINGERPRINT);
    assert_null(mom__secret_fingerprint(MOM_USER_sipPw, plain).ptr);
    assert_null(mom__secret_fingerprint(MOM_USER_sipPw, mom__str("Kshort")).ptr);
}

/* The table of unique.c is one of its own, since it is asked for every record. */
static void unique_fields_are_those_of_the_rows(void **state)
{
    (void)state;
    for (int type = MOM_USER; type <= MOM_DEVICE; type++) {
        enum mom_field fields[MOM__UNIQUE_MAX];
        size_t count = mom__unique_fields(NULL, (enum mom_type)type, false, fields), found = 0;

        for (enum mom_field f = mom__field_first((enum mom_type)type);
             f != mom__field_end((enum mom_type)type); f++) {
            if (!(mom_field_info(f)->flags & MOM_UNIQUE))
                continue;
            assert_true(found < count);
            assert_int_equal(fields[found++], f);
        }
        assert_int_equal(found, count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_keep_the_order_that_the_code_relies_on),
        cmocka_unit_test(every_field_is_found_by_its_name_and_nothing_else_is),
        cmocka_unit_test(values_get_their_canonical_form),
        cmocka_unit_test(a_nul_is_no_text),
        cmocka_unit_test(no_memory_is_told),
        cmocka_unit_test(values_of_too_many_bytes_are_missing),
        cmocka_unit_test(sealed_secrets_are_known),
        cmocka_unit_test(unique_fields_are_those_of_the_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
