/*
 * What other files of libaxi need of the catalogue beyond <axi/catalogue.h>.
 */
#ifndef AXI__CATALOGUE_H
#define AXI__CATALOGUE_H

#include <axi/catalogue.h>

/* Name of an attribute with its length; `attr` is a valid id. */
struct axi_str axi__attr_str(enum axi_attr attr);
/* Type of a root element: NONE also for a name that only a record has. */
enum axi_type axi__message_type(struct axi_str name);
/* What the catalogue says of an element `name` inside a `parent`; false when nothing. */
bool axi__child_of(enum axi_type parent, struct axi_str name, struct axi_child *ret_child);
/* Value of that text in any enumeration. */
enum axi_value axi__value_anywhere(struct axi_str text);
/* Mark the attributes that are secret in some type. */
void axi__mark_secrets(bool secret[AXI_A_COUNT]);

#endif
