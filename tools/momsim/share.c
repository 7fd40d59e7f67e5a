/*
 * Which rows of the tables of states the systems of a run took together. A row that none of them can reach is in a
 * file, with the reason; all others have to be taken.
 */
#include "sim.h"

#include <stdio.h>
#include <string.h>

enum {
    FEW = 5 /* systems */,
    RARE_LEAST = 10000 /* systems that have to take the rare ones too */
};

static bool excuse(struct sim_rows *rows, const char *text, enum sim_excuse why)
{
    for (size_t i = 0; i < rows->count; i++) {
        if (strcmp(rows->text[i], text) != 0)
            continue;
        rows->excused[i] = (unsigned char)why;
        return true;
    }
    fprintf(stderr, "momsim: no such row: %s\n", text);
    return false;
}

/* A line is a row, " # " and the reason; one that begins with # is a comment, one with "rare " is of a row that needs
 * thousands of systems. */
bool sim_rows_excuse(struct sim_rows *rows, const char *path)
{
    FILE *file = fopen(path, "r");
    static const char rare[] = "rare ";
    char line[400];
    bool ok = file != NULL;

    while (file && fgets(line, sizeof line, file)) {
        char *end = strstr(line, " # ");
        bool is_rare = strncmp(line, rare, strlen(rare)) == 0;

        if (line[0] == '#' || line[0] == '\n')
            continue;
        if (end)
            *end = '\0';
        ok = end &&
             excuse(rows, is_rare ? line + strlen(rare) : line,
                    is_rare ? SIM_RARE : SIM_UNREACHED) &&
             ok;
    }
    if (file)
        fclose(file);
    return ok;
}

static bool is_wrong(const struct sim_rows *rows, size_t i, uint64_t systems)
{
    if (rows->excused[i] == SIM_RARE && systems < RARE_LEAST)
        return false;
    return (rows->systems[i] == 0) != (rows->excused[i] == SIM_UNREACHED);
}

size_t sim_rows_show(const struct sim_rows *rows, uint64_t systems)
{
    size_t taken = 0, excused = 0, wrong = 0;

    for (size_t i = 0; i < rows->count; i++) {
        taken += rows->systems[i] > 0;
        excused += rows->excused[i] == SIM_UNREACHED;
    }
    printf("rows of the tables: %zu of %zu taken, %zu cannot be\n", taken, rows->count, excused);
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->systems[i] == 0 && rows->excused[i] != SIM_UNREACHED)
            printf("    not taken%s: %s\n", rows->excused[i] ? " (rare)" : "", rows->text[i]);
        else if (rows->systems[i] > 0 && rows->excused[i] == SIM_UNREACHED)
            printf("    taken, and said to be out of reach: %s\n", rows->text[i]);
        else if (rows->systems[i] > 0 && rows->systems[i] < FEW)
            printf("    taken by %u: %s\n", rows->systems[i], rows->text[i]);
        wrong += is_wrong(rows, i, systems);
    }
    return wrong;
}
