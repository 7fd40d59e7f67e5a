/*
 * The corpora of the fuzz targets of the links.
 */
#include "fuzz/replay.h"

#define LLVMFuzzerTestOneInput fuzz_link
#include "fuzz/fuzz_link.c" /* NOLINT(bugprone-suspicious-include): the target itself */
#undef LLVMFuzzerTestOneInput

#define LLVMFuzzerTestOneInput fuzz_node_link
#include "fuzz/fuzz_node_link.c" /* NOLINT(bugprone-suspicious-include): the target itself */
#undef LLVMFuzzerTestOneInput

#define LLVMFuzzerTestOneInput fuzz_uds
#include "fuzz/fuzz_uds.c" /* NOLINT(bugprone-suspicious-include): the target itself */
#undef LLVMFuzzerTestOneInput

static void the_corpus_of_the_link_holds(void **state)
{
    (void)state;
    replay_corpus("link", fuzz_link, 200, 5);
}

static void the_corpus_of_the_link_between_nodes_holds(void **state)
{
    (void)state;
    replay_corpus("node_link", fuzz_node_link, 200, 5);
}

static void the_corpus_of_the_link_to_a_remote_holds(void **state)
{
    (void)state;
    replay_corpus("uds", fuzz_uds, 200, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_corpus_of_the_link_holds),
        cmocka_unit_test(the_corpus_of_the_link_between_nodes_holds),
        cmocka_unit_test(the_corpus_of_the_link_to_a_remote_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
