/*
 * The corpus of the fuzz target of the tools.
 */
#include "fuzz/replay.h"

/* NOLINTBEGIN(bugprone-suspicious-include): the target itself */
#define LLVMFuzzerTestOneInput fuzz_axicat
#include "fuzz/fuzz_axicat.c"
#undef LLVMFuzzerTestOneInput
/* NOLINTEND(bugprone-suspicious-include) */

static void the_corpus_of_axicat_holds(void **state)
{
    (void)state;
    replay_corpus("axicat", fuzz_axicat, 20, 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_corpus_of_axicat_holds)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
