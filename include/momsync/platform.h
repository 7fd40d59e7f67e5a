/*
 * Platform classes: what an OMM runs on, and how much it may have because of that. All OMMs of a star have to be of one
 * class (UDS guide 2.1.1, 2.2.1); the hub's guide does not ask for it.
 *
 * Which class a site has is found out by its link: AXI tells it as `ommPlatform` at login (`rfp`, `linux-pc`) and as
 * numbers in the answer to Limits (`ppnNum`, `rfpNum`).
 */
#ifndef MOMSYNC_PLATFORM_H
#define MOMSYNC_PLATFORM_H

#include <momsync/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Name, code (kept in stores), phones and base stations that one OMM may have, its short name, what it is. */
#define MOM_PLATFORMS(P)                                                                           \
    P(BASE_STATION, 1, 512, 256, "base-station", "OMM on a base station")                          \
    P(SERVER, 2, 10000, 4096, "server", "OMM on a Linux server")

enum mom_platform {
    MOM_PLATFORM_UNKNOWN = 0,
#define MOM_PLATFORM_ENUM(name, code, phones, base_stations, word, text)                           \
    MOM_PLATFORM_##name = (code),
    MOM_PLATFORMS(MOM_PLATFORM_ENUM)
#undef MOM_PLATFORM_ENUM
        MOM_PLATFORM_COUNT
};

/* Texts are static. */
struct mom_platform_info {
    const char *name; /* "server" */
    const char *text;
    uint32_t phones, base_stations; /* 0: not known */
};

/* Never NULL: what is no class is answered as unknown. Any thread. */
MOM_API const struct mom_platform_info *mom_platform_info(enum mom_platform platform);
/* The class of an OMM that says that it may have so many phones and base stations (0: it does not say): the only one
 * whose numbers agree, else unknown. Any thread. */
MOM_API enum mom_platform mom_platform_of_limits(uint32_t phones, uint32_t base_stations);

/* How many sites have which class. */
struct mom_platforms {
    uint32_t sites[MOM_PLATFORM_COUNT];
};
/* Are there sites of more than one class? Those whose class is not known do not count. Any thread. */
MOM_API bool mom_platform_mixture(const struct mom_platforms *platforms);

#ifdef __cplusplus
}
#endif
#endif
