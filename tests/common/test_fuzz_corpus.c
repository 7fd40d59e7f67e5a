/*
 * The corpora of the fuzz targets of what the daemons share.
 */
#include "fuzz/replay.h"

/* NOLINTBEGIN(bugprone-suspicious-include): the targets themselves */
#define LLVMFuzzerTestOneInput fuzz_config
#include "fuzz/fuzz_config.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_ctl
#include "fuzz/fuzz_ctl.c"
#undef LLVMFuzzerTestOneInput
/* NOLINTEND(bugprone-suspicious-include) */

static void the_corpus_of_configurations_holds(void **state)
{
    (void)state;
    replay_corpus("config", fuzz_config, 100, 5);
}

static void the_corpus_of_requests_holds(void **state)
{
    (void)state;
    replay_corpus("ctl", fuzz_ctl, 100, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_corpus_of_configurations_holds),
        cmocka_unit_test(the_corpus_of_requests_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
