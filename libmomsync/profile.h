/*
 * CoA profiles: see <momsync/profile.h>.
 */
#ifndef MOM__PROFILE_H
#define MOM__PROFILE_H

#include "neighbour.h"
#include "node.h"

#include <momsync/profile.h>

/* A row of PROFILE that is no site's, `ret_profile->number` apart; the texts are borrowed from it. MOM_ECORRUPT,
 * MOM_EFORMAT (a newer version). */
MOM_MUST_CHECK int mom__profile_decode(struct mom_str row, struct mom_profile *ret_profile);
/* Of the stamps of all profiles, 0: there never was one. Equal digests: equal profiles. */
uint64_t mom__profile_digest(struct mom_engine *e);
/* Tell a neighbour all of them. */
void mom__profile_tell_all(struct mom_engine *e, struct mom__neighbour *n);
/* The site is being forgotten. */
void mom__profile_forget_site(struct mom_engine *e, mom_site site);
/* What a neighbour tells; the reader fails when it is damaged. */
void mom__session_profiles(struct mom_engine *e, struct mom__neighbour *n,
                           struct mom__reader *reader);
void mom__on_profile(struct mom_engine *e, const struct mom_input *in);

#endif
