/*
 * The committed corpus through the fuzz target, and each of its files cut off and with single bytes
 * changed: what the fuzzer asserts is tested by every compiler in every run.
 */
#include "axi/support.h"

#include "fuzz/fuzz_axi_stream.c" /* NOLINT(bugprone-suspicious-include): the target itself */

static void run_file(const char *name, const char *bytes, size_t len, void *arg)
{
    uint8_t *copy = malloc(len + 1);
    uint64_t seed = len + 1;
    (void)name, (void)arg;
    memcpy(copy, bytes, len);
    LLVMFuzzerTestOneInput(copy, len);
    for (int i = 0; i < 200 && len > 2; i++) {
        size_t place = next_random(&seed) % len;
        uint8_t old = copy[place];
        LLVMFuzzerTestOneInput(copy, place);
        copy[place] = (uint8_t)next_random(&seed);
        LLVMFuzzerTestOneInput(copy, len);
        copy[place] = old;
    }
    free(copy);
}

static void the_corpus_holds(void **state)
{
    (void)state;
    assert_true(for_files("tests/fuzz/corpus/axi_stream", "", run_file, NULL) >= 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_corpus_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
