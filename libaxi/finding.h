/*
 * Where a finding is.
 */
#ifndef AXI__FINDING_H
#define AXI__FINDING_H

#include <axi/check.h>

/* Where the last attribute was found: the next one of the same element is looked for from there on. */
struct axi__cursor {
    const struct axi_elem *elem;
    size_t at;
};

/* Byte of the finding within the message whose bytes are `source` (ptr NULL when they are gone). Zero-initialise the
 * cursor before the first finding of a message. */
size_t axi__finding_offset(const struct axi_finding *finding, struct axi_str source,
                           struct axi__cursor *cursor);

#endif
