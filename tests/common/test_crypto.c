/*
 * RSA for secrets, sealing and hashes: round trips, every refusal, and that nothing damaged is
 * accepted.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <com/crypto.h>
#include <com/rsa.h>
#include <stdio.h>
#include <string.h>

static struct com_rsa_public public_of(const struct com_rsa *rsa)
{
    const char *modulus = com_rsa_modulus_hex(rsa), *exponent = com_rsa_exponent_hex(rsa);
    return (struct com_rsa_public){modulus, strlen(modulus), exponent, strlen(exponent)};
}

static void round_trip(unsigned bits)
{
    char text[COM_RSA_TEXT_MAX], plain[1024], secret[1024];
    size_t len = 0, plain_len = 0;
    struct com_rsa *rsa = com_rsa_new(bits);
    assert_non_null(rsa);
    struct com_rsa_public key = public_of(rsa);
    size_t longest = bits / 8 - 11;
    assert_int_equal(com_rsa_public_bits(&key), bits);
    assert_int_equal(com_rsa_public_max(&key), longest);
    assert_string_equal(key.exponent, "10001");
    memset(secret, 'x', sizeof secret);
    size_t lengths[] = {0, 1, 8, longest};
    for (size_t i = 0; i < 4; i++) {
        struct com_bytes bytes = {secret, lengths[i]};
        assert_int_equal(com_rsa_encrypt_base64(&key, bytes, text, sizeof text, &len), COM_RSA_OK);
        assert_int_equal(len, strlen(text));
        assert_int_equal(len, (bits / 8 + 2) / 3 * 4);
        struct com_bytes sealed = {text, len};
        assert_int_equal(com_rsa_decrypt_base64(rsa, sealed, plain, sizeof plain, &plain_len),
                         COM_RSA_OK);
        assert_int_equal(plain_len, lengths[i]);
        assert_memory_equal(plain, secret, plain_len);
    }
    struct com_bytes too_long = {secret, longest + 1};
    assert_int_equal(com_rsa_encrypt_base64(&key, too_long, text, sizeof text, &len),
                     COM_RSA_ELONG);
    struct com_bytes fits = {secret, 1};
    assert_int_equal(com_rsa_encrypt_base64(&key, fits, text, bits / 8, &len), COM_RSA_ESPACE);
    com_rsa_free(rsa);
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
    char modulus[600] = "  00", text[COM_RSA_TEXT_MAX], plain[64];
    size_t len, plain_len;
    (void)state;
    struct com_rsa *rsa = com_rsa_new(512);
    const char *hex = com_rsa_modulus_hex(rsa);
    for (size_t i = 0, at = strlen(modulus); hex[i]; i++) {
        modulus[at++] = hex[i] >= 'A' && i % 2 ? (char)(hex[i] + 32) : hex[i];
        if (i % 16 == 15)
            at += (size_t)snprintf(modulus + at, sizeof modulus - at, "\r\n ");
    }
    struct com_rsa_public key = {modulus, strlen(modulus), " 10001\n", 7};
    struct com_bytes secret = {"4711", 4};
    assert_int_equal(com_rsa_encrypt_base64(&key, secret, text, sizeof text, &len), COM_RSA_OK);
    struct com_bytes sealed = {text, len};
    assert_int_equal(com_rsa_decrypt_base64(rsa, sealed, plain, sizeof plain, &plain_len),
                     COM_RSA_OK);
    assert_int_equal(plain_len, 4);
    com_rsa_free(rsa);
}

static void unusable_keys_are_refused(void **state)
{
    static const char odd[] =
        "C5062B58D8539C765E1E5DBAF14CF75DD56C2E13105FECFD1A930BBB5948FF32"
        "8F126ABE779359CA59BCA752C308D281573BC6178B6C0FEF7DC445E4F826430"; /* + digit */
    char even[140], good[140], text[COM_RSA_TEXT_MAX];
    size_t len;
    (void)state;
    snprintf(even, sizeof even, "%s4", odd);
    snprintf(good, sizeof good, "%s5", odd);
    char huge[5000];
    memset(huge, 'F', sizeof huge);
    const struct com_rsa_public keys[] = {
        {NULL, 0, "10001", 5},   {"", 0, "10001", 5},     {"0x10", 4, "10001", 5},
        {"FF", 2, "10001", 5},   {even, 128, "10001", 5}, {good, 128, "1", 1},
        {good, 128, "2", 1},     {good, 128, "", 0},      {good, 128, NULL, 0},
        {"GG", 2, "10001", 5},   {huge, 5000, "3", 1},    {good, 128, huge, 5000},
        {"-C506", 5, "10001", 5}};
    struct com_bytes secret = {"x", 1};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        assert_int_equal(com_rsa_encrypt_base64(&keys[i], secret, text, sizeof text, &len),
                         COM_RSA_EKEY);
        assert_int_equal(com_rsa_public_max(&keys[i]), 0);
    }
    assert_null(com_rsa_new(256));
    assert_null(com_rsa_new(100000));
    assert_null(
        com_rsa_load_pem("-----BEGIN RSA PRIVATE KEY-----\nno\n-----END RSA PRIVATE KEY-----\n"));
}

static void damaged_secrets_are_refused_alike(void **state)
{
    static const char *const texts[] = {"", "!!!!", "QUJD", "AAAA====", "\xff\xfe"};
    char plain[64], text[COM_RSA_TEXT_MAX];
    size_t len, plain_len = 77;
    (void)state;
    struct com_rsa *rsa = com_rsa_new(512), *other = com_rsa_new(512);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct com_bytes sealed = {texts[i], strlen(texts[i])};
        assert_int_equal(com_rsa_decrypt_base64(rsa, sealed, plain, sizeof plain, &plain_len),
                         COM_RSA_EDATA);
    }
    struct com_rsa_public key = public_of(other);
    struct com_bytes secret = {"secret", 6};
    assert_int_equal(com_rsa_encrypt_base64(&key, secret, text, sizeof text, &len), COM_RSA_OK);
    struct com_bytes sealed = {text, len};
    assert_int_equal(com_rsa_decrypt_base64(rsa, sealed, plain, sizeof plain, &plain_len),
                     COM_RSA_EDATA);
    assert_int_equal(com_rsa_decrypt_base64(other, sealed, plain, 5, &plain_len), COM_RSA_ESPACE);
    assert_int_equal(plain_len, 77);
    com_rsa_free(rsa);
    com_rsa_free(other);
}

static void a_key_pair_survives_as_pem(void **state)
{
    char pem[COM_RSA_PEM_MAX];
    (void)state;
    struct com_rsa *rsa = com_rsa_new(1024);
    assert_int_equal(com_rsa_save_pem(rsa, pem, sizeof pem), COM_RSA_OK);
    struct com_rsa *loaded = com_rsa_load_pem(pem);
    assert_non_null(loaded);
    assert_string_equal(com_rsa_modulus_hex(rsa), com_rsa_modulus_hex(loaded));
    assert_string_equal(com_rsa_exponent_hex(rsa), com_rsa_exponent_hex(loaded));
    com_rsa_free(rsa);
    com_rsa_free(loaded);
}

static void sealed_bytes_open_only_unchanged(void **state)
{
    uint8_t key[COM_KEY_SIZE], wrong[COM_KEY_SIZE], blob[128], plain[128];
    size_t len, plain_len = 99;
    (void)state;
    assert_int_equal(com_random(key, sizeof key), 0);
    memcpy(wrong, key, sizeof key);
    wrong[31] ^= 1;
    struct com_bytes secret = {"the password", 12};
    assert_int_equal(com_seal(key, secret, blob, sizeof blob, &len), 0);
    assert_int_equal(len, 12 + COM_SEAL_OVERHEAD);
    struct com_bytes sealed = {blob, len};
    assert_int_equal(com_open(wrong, sealed, plain, sizeof plain, &plain_len), -1);
    for (size_t i = 0; i < len; i++) {
        blob[i] ^= 0x40;
        assert_int_equal(com_open(key, sealed, plain, sizeof plain, &plain_len), -1);
        blob[i] ^= 0x40;
    }
    for (sealed.len = 0; sealed.len < len; sealed.len++)
        assert_int_equal(com_open(key, sealed, plain, sizeof plain, &plain_len), -1);
    assert_int_equal(com_open(key, sealed, plain, 11, &plain_len), -1);
    assert_int_equal(plain_len, 99);
    assert_int_equal(com_open(key, sealed, plain, 12, &plain_len), 0);
    assert_int_equal(plain_len, 12);
    assert_memory_equal(plain, "the password", 12);
    assert_int_equal(com_seal(key, secret, blob, 12 + COM_SEAL_OVERHEAD - 1, &len), -1);
    struct com_bytes nothing = {NULL, 0};
    assert_int_equal(com_seal(key, nothing, blob, sizeof blob, &len), 0);
    sealed.len = len;
    assert_int_equal(com_open(key, sealed, plain, sizeof plain, &plain_len), 0);
    assert_int_equal(plain_len, 0);
}

static void hashes_have_their_published_values(void **state)
{
    char hex[65];
    (void)state;
    com_sha256_hex("abc", 3, hex); /* FIPS 180-4, example */
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    com_sha256_hex(NULL, 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_true(com_equal("ab", "ab", 2));
    assert_false(com_equal("ab", "aB", 2));
    assert_true(com_random_below(1) == 0);
    for (int i = 0; i < 100; i++)
        assert_true(com_random_below(7) < 7);
    uint8_t large[5000] = {0};
    assert_int_equal(com_random(large, sizeof large), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_pass_with_a_key_of_512_bits),
        cmocka_unit_test(secrets_pass_with_a_key_of_2048_bits),
        cmocka_unit_test(blanks_and_case_in_a_key_do_not_matter),
        cmocka_unit_test(unusable_keys_are_refused),
        cmocka_unit_test(damaged_secrets_are_refused_alike),
        cmocka_unit_test(a_key_pair_survives_as_pem),
        cmocka_unit_test(sealed_bytes_open_only_unchanged),
        cmocka_unit_test(hashes_have_their_published_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
