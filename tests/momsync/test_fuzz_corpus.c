/*
 * The corpora of the fuzz targets of libmomsync.
 */
#include "fuzz/replay.h"

/* NOLINTBEGIN(bugprone-suspicious-include): the targets themselves */
#define LLVMFuzzerTestOneInput fuzz_ident
#include "fuzz/fuzz_ident.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_store
#include "fuzz/fuzz_store.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_engine
#include "fuzz/fuzz_engine.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_node
#include "fuzz/fuzz_node.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_transfer
#include "fuzz/fuzz_transfer.c"
#undef LLVMFuzzerTestOneInput
/* NOLINTEND(bugprone-suspicious-include) */

static void the_corpus_of_identities_holds(void **state)
{
    (void)state;
    replay_corpus("ident", fuzz_ident, 200, 5);
}

static void the_corpus_of_stores_holds(void **state)
{
    (void)state;
    replay_corpus("store", fuzz_store, 200, 10);
}

static void the_corpus_of_the_engine_holds(void **state)
{
    (void)state;
    replay_corpus("engine", fuzz_engine, 100, 5);
}

static void the_corpus_of_neighbours_holds(void **state)
{
    (void)state;
    replay_corpus("node", fuzz_node, 100, 5);
}

static void the_corpus_of_import_files_holds(void **state)
{
    (void)state;
    replay_corpus("transfer", fuzz_transfer, 200, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_corpus_of_identities_holds),
        cmocka_unit_test(the_corpus_of_stores_holds),
        cmocka_unit_test(the_corpus_of_the_engine_holds),
        cmocka_unit_test(the_corpus_of_neighbours_holds),
        cmocka_unit_test(the_corpus_of_import_files_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
