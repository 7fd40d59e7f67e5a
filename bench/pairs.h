/*
 * Users and devices as the figures are measured with: 2.95 KB of AXI text a pair, of which some 450
 * bytes are random (four secrets of 64 bytes, the UAK, the digits of six menu texts). The same
 * number gives the same pair.
 */
#ifndef BENCH_PAIRS_H
#define BENCH_PAIRS_H

#include <momsync/record.h>

enum { PAIR_ATTRS = 80, PAIR_TEXT = 4096 };

struct pair_half {
    struct mom_attr attrs[PAIR_ATTRS];
    size_t count;
    char text[PAIR_TEXT]; /* names and values */
    size_t used;
};

/* The attributes of user or device `i` (0 …). */
void pair_user(unsigned i, struct pair_half *ret_user);
void pair_device(unsigned i, struct pair_half *ret_device);
/* What they are as AXI text. */
size_t pair_axi_bytes(const struct pair_half *half);

#endif
