/*
 * The field tables, completed with form and length from the catalogue.
 */
#include "fields.h"

#include <stdlib.h>

_Static_assert((int)D_COUNT <= SIM_SLOTS_MAX && (int)U_COUNT <= SIM_SLOTS_MAX,
               "raise SIM_SLOTS_MAX");

#define SIM_ROW(field, text, in, bits)                                                             \
    {.name = #field, .attr = AXI_A_##field, .value = text, .group = SIM_GROUP_##in, .flags = bits},
static struct sim_field dev_fields[] = {SIM_DEV_FIELDS(SIM_ROW)};
static struct sim_field user_fields[] = {SIM_USER_FIELDS(SIM_ROW)};
#undef SIM_ROW

static signed char slots[2][AXI_A_COUNT];

static void complete(enum sim_kind kind, struct sim_field *fields, unsigned count,
                     enum axi_type type)
{
    for (unsigned a = 0; a < AXI_A_COUNT; a++)
        slots[kind][a] = -1;
    for (unsigned i = 0; i < count; i++) {
        struct axi_field known;
        if (axi_type_field(type, fields[i].attr, &known)) {
            fields[i].form = known.form;
            fields[i].of = known.of;
            fields[i].max = known.max;
        }
        slots[kind][fields[i].attr] = (signed char)i;
    }
}

void sim_fields_init(void)
{
    complete(SIM_DEV, dev_fields, D_COUNT, AXI_T_PPDevType);
    complete(SIM_USER, user_fields, U_COUNT, AXI_T_PPUserType);
}

const struct sim_field *sim_fields(enum sim_kind kind, unsigned *ret_count)
{
    if (ret_count != NULL)
        *ret_count = kind == SIM_DEV ? (unsigned)D_COUNT : (unsigned)U_COUNT;
    return kind == SIM_DEV ? dev_fields : user_fields;
}

int sim_slot_of(enum sim_kind kind, enum axi_attr attr)
{
    return attr > AXI_A_NONE && attr < AXI_A_COUNT ? slots[kind][attr] : -1;
}
