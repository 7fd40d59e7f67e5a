/*
 * The switch of the planted defects. Empty but in a build with MOM_PLANT, which is never installed.
 */
#include "plant.h"

#include <stddef.h>

#ifdef MOM_PLANT
enum mom__plant mom__plant_now;

static const char *const names[][2] = {{"none", "no defect"},
#define MOM__PLANT_NAME(name, text) {#name, text},
                                       MOM__PLANTS(MOM__PLANT_NAME)
#undef MOM__PLANT_NAME
};

void mom__plant_set(int plant)
{
    mom__plant_now =
        plant > 0 && plant < MOM__PLANT_COUNT ? (enum mom__plant)plant : MOM__PLANT_NONE;
}

const char *mom__plant_name(int plant)
{
    return plant > 0 && plant < MOM__PLANT_COUNT ? names[plant][0] : NULL;
}

const char *mom__plant_text(int plant)
{
    return plant > 0 && plant < MOM__PLANT_COUNT ? names[plant][1] : NULL;
}
#else
typedef int mom__no_plants; /* C wants a file to have something */
#endif
