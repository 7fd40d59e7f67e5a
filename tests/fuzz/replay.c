/*
 * main() of a fuzz target that is built without libFuzzer: runs the files given to it, so that a
 * finding can be looked at with any compiler and any debugger.
 */
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
    static uint8_t bytes[1 << 21];

    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        size_t len;

        if (file == NULL) {
            perror(argv[i]);
            return 1;
        }
        len = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        LLVMFuzzerTestOneInput(bytes, len);
    }
    printf("%d inputs\n", argc - 1);
    return 0;
}
