/*
 * CoA profiles: settings of phones that an OMM loads into them over the air (configuration over air). An OMM has up to
 * MOM_PROFILES, each under a number; users refer to them by it (ppProfileId). They are the third set of data that OMMs
 * keep equal, beside users and phones (UDS guide 2.1.2).
 *
 * A profile is one value: name and data change together, the later change wins, and every node of the star has the same
 * profiles. There is no list of conflicts and no history for them, and an export (transfer.h) does not have them. A
 * profile without name and data is none.
 *
 * A site takes part once its link tells its profiles: all numbers after each import, those that are none too
 * (MOM_IN_PROFILE). From then on it is told what it is to have (MOM_DO_PROFILE) as long as its link is up.
 */
#ifndef MOMSYNC_PROFILE_H
#define MOMSYNC_PROFILE_H

#include <momsync/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    MOM_PROFILES = 20,            /* AXI, LimitsResp ppProfileNum; numbers are 1 to 20 */
    MOM_PROFILE_NAME_MAX = 128,   /* bytes of a name; what is longer is not taken */
    MOM_PROFILE_DATA_MAX = 16384, /* bytes of data: lines NAME=VALUE, as in a user's ppData */
};

struct mom_profile {
    uint32_t number;
    struct mom_str name, data; /* borrowed until the next call on the view or its end */
    struct mom_stamp stamp;    /* of its last change */
    bool exists;               /* false: it was taken away */
};

/* Of a view: like all questions of engine.h, by the thread that has the engine.
 *
 * The profile with the smallest number above `after`, those that were taken away too; false at the end, and when the
 * store cannot be read (mom_view_error). */
MOM_API bool mom_view_next_profile(struct mom_view *view, uint32_t after,
                                   struct mom_profile *ret_profile);

#ifdef __cplusplus
}
#endif

#endif
