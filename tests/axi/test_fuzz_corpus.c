/*
 * The corpus of the fuzz target of libaxi.
 */
#include "fuzz/replay.h"

#define LLVMFuzzerTestOneInput fuzz_axi_stream
#include "fuzz/fuzz_axi_stream.c" /* NOLINT(bugprone-suspicious-include): the target itself */
#undef LLVMFuzzerTestOneInput

static void the_corpus_of_the_stream_holds(void **state)
{
    (void)state;
    replay_corpus("axi_stream", fuzz_axi_stream, 200, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_corpus_of_the_stream_holds)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
