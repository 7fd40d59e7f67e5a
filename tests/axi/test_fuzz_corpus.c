/*
 * The corpora of libaxi's fuzz targets, as tests: each file as it is, cut off, and changed.
 */
#include "fuzz/replay.h"

/* NOLINTBEGIN(bugprone-suspicious-include): the targets themselves */
#define LLVMFuzzerTestOneInput fuzz_axi_stream
#include "fuzz/fuzz_axi_stream.c"
#undef LLVMFuzzerTestOneInput

#define LLVMFuzzerTestOneInput fuzz_axi_roundtrip
#include "fuzz/fuzz_axi_roundtrip.c"
#undef LLVMFuzzerTestOneInput

#define LLVMFuzzerTestOneInput fuzz_axi_grammar
#include "fuzz/fuzz_axi_grammar.c"
#undef LLVMFuzzerTestOneInput

#define LLVMFuzzerTestOneInput fuzz_axi_client
#include "fuzz/fuzz_axi_client.c"
#undef LLVMFuzzerTestOneInput

#define LLVMFuzzerTestOneInput fuzz_axi_server
#include "fuzz/fuzz_axi_server.c"
#undef LLVMFuzzerTestOneInput

#define LLVMFuzzerTestOneInput fuzz_axi_pair
#include "fuzz/fuzz_axi_pair.c"
#undef LLVMFuzzerTestOneInput
/* NOLINTEND(bugprone-suspicious-include) */

static void the_corpus_of_the_stream_holds(void **state)
{
    (void)state;
    replay_corpus("axi_stream", fuzz_axi_stream, 40, 10);
}

static void the_corpus_of_the_round_trip_holds(void **state)
{
    (void)state;
    replay_corpus("axi_roundtrip", fuzz_axi_roundtrip, 40, 10);
}

static void the_corpus_of_the_grammar_holds(void **state)
{
    (void)state;
    replay_corpus("axi_grammar", fuzz_axi_grammar, 40, 10);
}

static void the_corpus_of_the_client_holds(void **state)
{
    (void)state;
    replay_corpus("axi_client", fuzz_axi_client, 40, 10);
}

static void the_corpus_of_the_server_holds(void **state)
{
    (void)state;
    replay_corpus("axi_server", fuzz_axi_server, 40, 10);
}

static void the_corpus_of_the_pair_holds(void **state)
{
    (void)state;
    replay_corpus("axi_pair", fuzz_axi_pair, 40, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_corpus_of_the_stream_holds),
        cmocka_unit_test(the_corpus_of_the_round_trip_holds),
        cmocka_unit_test(the_corpus_of_the_grammar_holds),
        cmocka_unit_test(the_corpus_of_the_client_holds),
        cmocka_unit_test(the_corpus_of_the_server_holds),
        cmocka_unit_test(the_corpus_of_the_pair_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
