/*
 * Where a finding is.
 */
#ifndef AXI__FINDING_H
#define AXI__FINDING_H

#include <axi/check.h>

/* Byte of the finding within the message whose bytes are `source` (ptr NULL when they are gone). */
size_t axi__finding_offset(const struct axi_finding *finding, struct axi_str source);

#endif
