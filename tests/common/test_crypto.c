/*
 * Sealing and hashes: round trips, every refusal, and that nothing damaged is accepted.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <com/crypto.h>
#include <string.h>

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

static void sealed_bytes_open_in_their_context_only(void **state)
{
    uint8_t key[COM_KEY_SIZE], blob[128], plain[128];
    struct com_bytes secret = {"the password", 12}, here = {"record 1", 8}, there = {"record 2", 8};
    struct com_bytes none = {NULL, 0}, sealed = {blob, 0};
    size_t len;

    (void)state;
    assert_int_equal(com_random(key, sizeof key), 0);
    assert_int_equal(com_seal_in(key, here, secret, blob, sizeof blob, &sealed.len), 0);
    assert_int_equal(sealed.len, 12 + COM_SEAL_OVERHEAD);
    assert_int_equal(com_open_in(key, there, sealed, plain, sizeof plain, &len), -1);
    assert_int_equal(com_open_in(key, none, sealed, plain, sizeof plain, &len), -1);
    assert_int_equal(com_open(key, sealed, plain, sizeof plain, &len), -1);
    assert_int_equal(com_open_in(key, here, sealed, plain, sizeof plain, &len), 0);
    assert_int_equal(len, 12);
    assert_memory_equal(plain, "the password", 12);
}

/* Short and long texts, one after the other, both ways; what was changed is not opened and not shown. */
static void a_key_that_is_kept_ready_does_the_same(void **state)
{
    static uint8_t text[1000], blob[1000 + COM_SEAL_OVERHEAD], plain[1000], untouched[1000];
    uint8_t key[COM_KEY_SIZE];
    struct com_bytes here = {"record 1", 8};
    struct com_sealing *sealing;
    size_t len;

    (void)state;
    assert_int_equal(com_random(key, sizeof key), 0);
    assert_int_equal(com_random(text, sizeof text), 0);
    sealing = com_sealing_new(key);
    assert_non_null(sealing);
    for (size_t size = 0; size <= sizeof text; size += 100) {
        struct com_bytes secret = {text, size}, sealed = {blob, 0};
        bool ready = size % 200 == 0;

        assert_int_equal(
            ready ? com_sealing_seal(sealing, here, secret, blob, sizeof blob, &sealed.len)
                  : com_seal_in(key, here, secret, blob, sizeof blob, &sealed.len),
            0);
        assert_int_equal(sealed.len, size + COM_SEAL_OVERHEAD);
        assert_int_equal(com_sealing_open(sealing, here, sealed, plain, size, &len), 0);
        assert_int_equal(com_open_in(key, here, sealed, plain, size, &len), 0);
        assert_int_equal(len, size);
        assert_memory_equal(plain, text, size);
        blob[sealed.len - 1] ^= 1;
        memset(plain, 0, sizeof plain);
        assert_int_equal(com_sealing_open(sealing, here, sealed, plain, size, &len), -1);
        assert_memory_equal(plain, untouched, sizeof plain);
    }
    com_sealing_free(sealing);
    com_sealing_free(NULL);
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

/* Values of Python's hashlib.pbkdf2_hmac. */
static void keys_of_passphrases_are_those_of_pbkdf2(void **state)
{
    static const uint8_t many[COM_KEY_SIZE] = {0x16, 0xe3, 0x5b, 0x12, 0xb4, 0x1f, 0x46, 0x5c,
                                               0xa6, 0x4d, 0x06, 0x95, 0x78, 0xd7, 0x50, 0x05,
                                               0x97, 0x75, 0xcc, 0xad, 0x5d, 0xf3, 0xad, 0x53,
                                               0xd6, 0xb2, 0x04, 0xac, 0xb1, 0x22, 0xd1, 0xee};
    static const uint8_t once[COM_KEY_SIZE] = {0x4c, 0xa3, 0x2c, 0x5b, 0xca, 0x97, 0xfa, 0xf5,
                                               0x7d, 0x8f, 0xf2, 0x57, 0xed, 0xd5, 0xb2, 0x2d,
                                               0xd9, 0xff, 0x4c, 0x42, 0x0a, 0x73, 0xec, 0x63,
                                               0x1a, 0x69, 0x5f, 0x66, 0xdb, 0x7a, 0xef, 0x6e};
    struct com_bytes word = {"password", 8}, none = {"", 0};
    uint8_t salt[COM_SALT_SIZE], key[COM_KEY_SIZE];
    char longer[100]; /* than a block of the hash */
    (void)state;
    memcpy(salt, "saltsaltsaltsalt", sizeof salt);
    assert_int_equal(com_derive_key(word, salt, 4096, key), 0);
    assert_memory_equal(key, many, sizeof key);
    for (uint8_t i = 0; i < COM_SALT_SIZE; i++)
        salt[i] = i;
    memset(longer, 'x', sizeof longer);
    struct com_bytes text = {longer, sizeof longer};
    assert_int_equal(com_derive_key(text, salt, 1, key), 0);
    assert_memory_equal(key, once, sizeof key);
    assert_int_equal(com_derive_key(none, salt, 1, key), 0);
    assert_memory_not_equal(key, once, sizeof key);
    assert_int_equal(com_derive_key(word, salt, 0, key), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_passphrases_are_those_of_pbkdf2),
        cmocka_unit_test(sealed_bytes_open_only_unchanged),
        cmocka_unit_test(sealed_bytes_open_in_their_context_only),
        cmocka_unit_test(a_key_that_is_kept_ready_does_the_same),
        cmocka_unit_test(hashes_have_their_published_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
