/*
 * What the links have in common: memory, texts that pass between the two libraries, and a few random bits.
 */
#ifndef MOM_AXI_ALLOC_H
#define MOM_AXI_ALLOC_H

#include <axi/base.h>
#include <momsync/base.h>

void *mom__omm_alloc(const struct mom_alloc *alloc, void *ptr, size_t size);
void mom__omm_free_by(const struct mom_alloc *alloc, void *ptr);
/* Overwrite; the compiler does not leave it out. */
void mom__omm_wipe(void *ptr, size_t len);
/* The next number of a sequence, to spread links over a few seconds. */
uint64_t mom__omm_random(uint64_t *state);

static inline struct mom_str mom__str(struct axi_str text)
{
    return (struct mom_str){text.ptr, text.len};
}

static inline struct axi_str mom__axi_str(struct mom_str text)
{
    return (struct axi_str){text.ptr, text.len};
}

#endif
