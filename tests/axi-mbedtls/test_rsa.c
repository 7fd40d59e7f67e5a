/*
 * RSA for secrets: round trips, every refusal, that nothing damaged is accepted, and the whole way through libaxi's
 * hook.
 */
#include "axi/support.h"

#include <axi/mbedtls.h>

#include "fuzz/replay.h"

/* NOLINTBEGIN(bugprone-suspicious-include): the target itself */
#define LLVMFuzzerTestOneInput fuzz_rsa
#include "fuzz/fuzz_rsa.c"
#undef LLVMFuzzerTestOneInput
/* NOLINTEND(bugprone-suspicious-include) */

static struct axi_rsa *with_key(unsigned bits)
{
    struct axi_rsa *rsa = axi_rsa_new(NULL);
    assert_non_null(rsa);
    assert_int_equal(axi_rsa_make_key(rsa, bits), AXI_RSA_OK);
    return rsa;
}

static void round_trip(unsigned bits)
{
    char text[AXI_RSA_TEXT_MAX], plain[1024], secret[1024];
    size_t len = 0, plain_len = 0;
    struct axi_rsa *rsa = with_key(bits), *other = axi_rsa_new(NULL);
    struct axi_public_key key = axi_rsa_public_key(rsa);
    size_t longest = bits / 8 - 11;
    assert_int_equal(axi_rsa_public_bits(&key), bits);
    assert_int_equal(axi_rsa_public_max(&key), longest);
    for (size_t i = 0; i < sizeof secret; i++)
        secret[i] = (char)(i * 7 + 1);
    const size_t lengths[] = {0, 1, 8, longest};
    for (size_t i = 0; i < 4; i++) {
        struct axi_str bytes = {lengths[i] > 0 ? secret : NULL, lengths[i]};
        /* Whoever encrypts needs no pair of his own. */
        assert_int_equal(axi_rsa_encrypt(other, &key, bytes, text, sizeof text, &len), AXI_RSA_OK);
        assert_int_equal(len, (bits / 8 + 2) / 3 * 4);
        struct axi_str sealed = {text, len};
        assert_int_equal(axi_rsa_decrypt(rsa, sealed, plain, sizeof plain, &plain_len), AXI_RSA_OK);
        assert_int_equal(plain_len, lengths[i]);
        assert_memory_equal(plain, secret, plain_len);
    }
    struct axi_str too_long = {secret, longest + 1}, fits = {secret, 1};
    assert_int_equal(axi_rsa_encrypt(rsa, &key, too_long, text, sizeof text, &len), AXI_RSA_ELONG);
    assert_int_equal(axi_rsa_encrypt(rsa, &key, fits, text, (bits / 8 + 2) / 3 * 4 - 1, &len),
                     AXI_RSA_ESPACE);
    axi_rsa_free(other);
    axi_rsa_free(rsa);
}

static void secrets_pass_with_a_key_of_512_bits(void **state)
{
    (void)state;
    round_trip(512);
}

static void secrets_pass_with_a_key_of_2048_bits(void **state)
{
    (void)state;
    round_trip(2048);
}

static void blanks_and_case_in_a_key_do_not_matter(void **state)
{
    char modulus[600] = "  00", text[AXI_RSA_TEXT_MAX], plain[64];
    size_t len, plain_len;
    (void)state;
    struct axi_rsa *rsa = with_key(512);
    const char *hex = axi_rsa_public_key(rsa).modulus.ptr;
    for (size_t i = 0, at = strlen(modulus); hex[i] != '\0'; i++) {
        modulus[at++] = hex[i] >= 'A' && i % 2 == 1 ? (char)(hex[i] + 32) : hex[i];
        if (i % 16 == 15)
            at += (size_t)snprintf(modulus + at, sizeof modulus - at, "\r\n ");
    }
    struct axi_public_key key = {str(modulus), str(" 10001\n")};
    assert_int_equal(axi_rsa_encrypt(rsa, &key, str("4711"), text, sizeof text, &len), AXI_RSA_OK);
    struct axi_str sealed = {text, len};
    assert_int_equal(axi_rsa_decrypt(rsa, sealed, plain, sizeof plain, &plain_len), AXI_RSA_OK);
    assert_int_equal(plain_len, 4);
    axi_rsa_free(rsa);
}

static void unusable_keys_are_refused(void **state)
{
    static const char odd[] =
        "C5062B58D8539C765E1E5DBAF14CF75DD56C2E13105FECFD1A930BBB5948FF32"
        "8F126ABE779359CA59BCA752C308D281573BC6178B6C0FEF7DC445E4F826430"; /* + digit */
    char even[140], good[140], text[AXI_RSA_TEXT_MAX], huge[5000];
    size_t len;
    (void)state;
    snprintf(even, sizeof even, "%s4", odd);
    snprintf(good, sizeof good, "%s5", odd);
    memset(huge, 'F', sizeof huge);
    const struct axi_str none = {NULL, 0}, large = {huge, sizeof huge};
    const struct axi_public_key keys[] = {
        {none, str("10001")},        {str(""), str("10001")},   {str("0x10"), str("10001")},
        {str("FF"), str("10001")},   {str(even), str("10001")}, {str(good), str("1")},
        {str(good), str("2")},       {str(good), str("")},      {str(good), none},
        {str("GG"), str("10001")},   {large, str("3")},         {str(good), large},
        {str("-C506"), str("10001")}};
    struct axi_rsa *rsa = axi_rsa_new(NULL);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        assert_int_equal(axi_rsa_encrypt(rsa, &keys[i], str("x"), text, sizeof text, &len),
                         AXI_RSA_EKEY);
        assert_int_equal(axi_rsa_public_max(&keys[i]), 0);
    }
    axi_rsa_free(rsa);
}

static void a_pair_that_cannot_be_leaves_the_one_there_is(void **state)
{
    static const unsigned sizes[] = {0, 256, 504, 1001, 8200, 100000};
    char pem[AXI_RSA_PEM_MAX], text[AXI_RSA_TEXT_MAX], plain[64];
    size_t len;
    (void)state;
    struct axi_rsa *rsa = axi_rsa_new(NULL);
    struct axi_public_key none = axi_rsa_public_key(rsa);
    assert_int_equal(none.modulus.len, 0);
    assert_int_equal(none.exponent.len, 0);
    assert_int_equal(axi_rsa_save_key(rsa, pem, sizeof pem), AXI_RSA_EKEY);
    assert_int_equal(axi_rsa_decrypt(rsa, str("QUJD"), plain, sizeof plain, &len), AXI_RSA_EKEY);
    assert_int_equal(axi_rsa_make_key(rsa, 512), AXI_RSA_OK);
    char modulus[200];
    snprintf(modulus, sizeof modulus, "%s", axi_rsa_public_key(rsa).modulus.ptr);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        assert_int_equal(axi_rsa_make_key(rsa, sizes[i]), AXI_RSA_EKEY);
    assert_int_equal(axi_rsa_load_key(rsa, ""), AXI_RSA_EKEY);
    assert_int_equal(
        axi_rsa_load_key(rsa,
                         "-----BEGIN RSA PRIVATE KEY-----\nno\n-----END RSA PRIVATE KEY-----\n"),
        AXI_RSA_EKEY);
    struct axi_public_key key = axi_rsa_public_key(rsa);
    assert_string_equal(key.modulus.ptr, modulus);
    assert_int_equal(axi_rsa_encrypt(rsa, &key, str("x"), text, sizeof text, &len), AXI_RSA_OK);
    axi_rsa_free(rsa);
    axi_rsa_free(NULL);
}

static void damaged_secrets_are_refused_alike(void **state)
{
    static const char *const texts[] = {"", "!!!!", "QUJD", "AAAA====", "\xff\xfe"};
    char plain[64], text[AXI_RSA_TEXT_MAX], large[2 * AXI_RSA_TEXT_MAX];
    size_t len, plain_len = 77;
    (void)state;
    struct axi_rsa *rsa = with_key(512), *other = with_key(512);
    memset(large, 'A', sizeof large);
    struct axi_str too_large = {large, sizeof large};
    assert_int_equal(axi_rsa_decrypt(rsa, too_large, plain, sizeof plain, &plain_len),
                     AXI_RSA_EDATA);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(axi_rsa_decrypt(rsa, str(texts[i]), plain, sizeof plain, &plain_len),
                         AXI_RSA_EDATA);
    struct axi_public_key key = axi_rsa_public_key(other);
    assert_int_equal(axi_rsa_encrypt(rsa, &key, str("secret"), text, sizeof text, &len),
                     AXI_RSA_OK);
    struct axi_str sealed = {text, len};
    assert_int_equal(axi_rsa_decrypt(rsa, sealed, plain, sizeof plain, &plain_len), AXI_RSA_EDATA);
    assert_int_equal(axi_rsa_decrypt(other, sealed, plain, 5, &plain_len), AXI_RSA_ESPACE);
    assert_int_equal(plain_len, 77);
    axi_rsa_free(rsa);
    axi_rsa_free(other);
}

static void a_key_pair_survives_as_pem(void **state)
{
    char pem[AXI_RSA_PEM_MAX];
    (void)state;
    struct axi_rsa *rsa = with_key(1024), *loaded = with_key(512);
    assert_int_equal(axi_rsa_save_key(rsa, pem, 100), AXI_RSA_ESPACE);
    assert_int_equal(axi_rsa_save_key(rsa, pem, sizeof pem), AXI_RSA_OK);
    assert_int_equal(axi_rsa_load_key(loaded, pem), AXI_RSA_OK);
    assert_string_equal(axi_rsa_public_key(rsa).modulus.ptr,
                        axi_rsa_public_key(loaded).modulus.ptr);
    assert_string_equal(axi_rsa_public_key(rsa).exponent.ptr,
                        axi_rsa_public_key(loaded).exponent.ptr);
    axi_rsa_free(rsa);
    axi_rsa_free(loaded);
}

static void secrets_travel_in_messages(void **state)
{
    (void)state;
    struct axi_rsa *omm = with_key(512), *client = axi_rsa_new(NULL);
    struct axi_secret_ops ours = axi_rsa_secret_ops(client), theirs = axi_rsa_secret_ops(omm);
    struct axi_public_key key = axi_rsa_public_key(omm), bad = {str("FF"), str("3")};
    struct axi_msg *msg = axi_msg_new(NULL), *got;
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_elem *user = axi_add_child(axi_msg_start(msg, AXI_T_SetPPUser), "user");
    char plain[64];
    size_t len;
    assert_int_equal(axi_set_secret(user, AXI_A_pin, str("4711"), &bad, &ours), AXI_ESECRET);
    assert_int_equal(axi_set_secret(user, AXI_A_pin, str("4711"), &key, &ours), AXI_OK);
    assert_int_equal(axi_set_secret(user, AXI_A_sipPw, str(""), &key, &ours), AXI_OK);
    axi_set_cstr(user, AXI_A_num, "4711");
    char *bytes = encoded(msg, 0);
    got = parse(parser, bytes);
    user = axi_first_child(axi_msg_root(got), "user");
    assert_int_equal(axi_get_secret(user, AXI_A_pin, &theirs, plain, sizeof plain, &len), AXI_OK);
    assert_int_equal(len, 4);
    assert_memory_equal(plain, "4711", 4);
    assert_int_equal(axi_get_secret(user, AXI_A_sipPw, &theirs, plain, sizeof plain, &len), AXI_OK);
    assert_int_equal(len, 0);
    assert_int_equal(axi_get_secret(user, AXI_A_num, &theirs, plain, sizeof plain, &len),
                     AXI_ESECRET);
    assert_int_equal(axi_get_secret(user, AXI_A_pin, &ours, plain, sizeof plain, &len),
                     AXI_ESECRET);
    free(bytes);
    axi_parser_free(parser);
    axi_msg_free(msg);
    axi_rsa_free(omm);
    axi_rsa_free(client);
}

static void the_object_comes_from_the_hook(void **state)
{
    (void)state;
    struct counting counting = {.fail_at = 1};
    struct axi_alloc hook = counting_hook(&counting);
    assert_null(axi_rsa_new(&hook));
    struct axi_rsa *rsa = axi_rsa_new(&hook);
    assert_non_null(rsa);
    axi_rsa_free(rsa);
    hook.free = NULL;
    rsa = axi_rsa_new(&hook);
    axi_rsa_free(rsa); /* a hook that frees nothing */
    assert_int_equal(counting.live, 1);
    counting_free(&counting, rsa);
}

static void every_code_has_a_text(void **state)
{
    (void)state;
    for (int code = AXI_RSA_OK; code >= AXI_RSA_ERANDOM; code--) {
        assert_true(strlen(axi_rsa_err_text(code)) > 5);
        assert_string_not_equal(axi_rsa_err_text(code), axi_rsa_err_text(1));
    }
}

static void the_corpus_of_public_keys_holds(void **state)
{
    (void)state;
    replay_corpus("rsa", fuzz_rsa, 20, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_pass_with_a_key_of_512_bits),
        cmocka_unit_test(secrets_pass_with_a_key_of_2048_bits),
        cmocka_unit_test(blanks_and_case_in_a_key_do_not_matter),
        cmocka_unit_test(unusable_keys_are_refused),
        cmocka_unit_test(a_pair_that_cannot_be_leaves_the_one_there_is),
        cmocka_unit_test(damaged_secrets_are_refused_alike),
        cmocka_unit_test(a_key_pair_survives_as_pem),
        cmocka_unit_test(secrets_travel_in_messages),
        cmocka_unit_test(the_object_comes_from_the_hook),
        cmocka_unit_test(every_code_has_a_text),
        cmocka_unit_test(the_corpus_of_public_keys_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
