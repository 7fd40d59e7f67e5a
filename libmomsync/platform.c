/*
 * Platform classes of OMMs: the table, and what follows from it. Knows no sites; site.c does.
 */
#include <momsync/platform.h>

static const struct mom_platform_info platforms[MOM_PLATFORM_COUNT] = {
    [MOM_PLATFORM_UNKNOWN] = {"unknown", "not known", 0, 0},
#define ROW(name, code, phones, base_stations, word, text)                                         \
    [MOM_PLATFORM_##name] = {word, text, phones, base_stations},
    MOM_PLATFORMS(ROW)
#undef ROW
};

const struct mom_platform_info *mom_platform_info(enum mom_platform platform)
{
    return &platforms[(unsigned)platform < MOM_PLATFORM_COUNT ? platform : MOM_PLATFORM_UNKNOWN];
}

enum mom_platform mom_platform_of_limits(uint32_t phones, uint32_t base_stations)
{
    int found = MOM_PLATFORM_UNKNOWN;

    if (phones == 0 && base_stations == 0)
        return MOM_PLATFORM_UNKNOWN;
    for (int p = MOM_PLATFORM_UNKNOWN + 1; p < MOM_PLATFORM_COUNT; p++) {
        if ((phones && phones != platforms[p].phones) ||
            (base_stations && base_stations != platforms[p].base_stations))
            continue;
        if (found)
            return MOM_PLATFORM_UNKNOWN;
        found = p;
    }
    return (enum mom_platform)found;
}

bool mom_platform_mixture(const struct mom_platforms *platforms_of_sites)
{
    int classes = 0;

    for (int p = MOM_PLATFORM_UNKNOWN + 1; platforms_of_sites && p < MOM_PLATFORM_COUNT; p++)
        classes += platforms_of_sites->sites[p] > 0;
    return classes > 1;
}
