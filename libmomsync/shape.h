/*
 * The two shapes of a system, and what differs between them where a phone is concerned: one table of
 * what each does. Whoever has something to tell about a phone tells it to the shape of the node.
 */
#ifndef MOM__SHAPE_H
#define MOM__SHAPE_H

#include "handoff.h"

struct mom__observed;

/* What the claim on a device was before a neighbour told another one. */
struct mom__news {
    uint64_t device;
    struct mom__claim claim;
    uint32_t confirmed_by;
    int64_t confirmed_ms;
    mom_site by; /* the own site that made it something else; 0: a neighbour told that */
    struct mom__news *next;
};

struct mom__shape {
    const struct mom__fsm *fsm;
    bool (*holds)(void *context, unsigned guard);
    void (*act)(void *context, unsigned action);
    /* Rows of HANDOFF: the formats of the two do not overlap. */
    unsigned format_first, format, format_last;
    unsigned format_site;             /* of a row with a site in its key; 0: there are none */
    unsigned timeout, gone, reloaded; /* events that both have */
    bool refreshes; /* a site that hears a phone which lives there claims it anew */
    bool watches; /* users are at sites where their phones are not, and an OMM watches its users */
    /* Why a site may not serve phones; NULL: it may. */
    const char *(*objection)(const struct mom_engine *e, mom_site site);
    /* Does what is under way make the site need the records? */
    bool (*wants)(const struct mom__handoff *h, mom_site site);
    /* What the record that a site told says of the phone's place. */
    void (*place)(struct mom_engine *e, struct mom__observed *seen);
    void (*claim)(struct mom_engine *e, uint64_t device, struct mom__arrival arrival);
    void (*released)(struct mom_engine *e, mom_site site, uint64_t device);
    void (*renewed)(struct mom_engine *e, mom_site site, uint64_t device);
    void (*down)(struct mom_engine *e, mom_site site);
    void (*up)(struct mom_engine *e, mom_site site);
    /* These may be NULL. */
    void (*refused)(struct mom_engine *e, mom_site site, uint64_t device);
    uint32_t (*expected)(struct mom_engine *e, mom_site site);
    bool (*check)(struct mom_engine *e);
    /* The site may be registered for a phone that is elsewhere, and can be asked. False: nothing was done. */
    bool (*owing)(struct mom_engine *e, mom_site site, uint64_t device);
    /* Is this handoff about an end that `owing` began? Comes with that. */
    bool (*is_ending)(const struct mom__handoff *h);
    /* The site has unbound or removed a user, as it was asked to: it ended his registration. */
    void (*parted)(struct mom_engine *e, mom_site site, uint64_t user);
    void (*joined)(struct mom_engine *e, const struct mom__news *news);
    /* After a step that was committed: what the log is told of several together. */
    void (*stepped)(struct mom_engine *e);
};

const struct mom__shape *mom__shape(const struct mom_engine *e);
/* The shape that wrote a row of this format; NULL: none that is known. */
const struct mom__shape *mom__shape_of_format(unsigned format);

struct mom_record;
/* A neighbour told another claim, or another confirmation of it: `before` is what it was. */
void mom__news_add(struct mom_engine *e, const struct mom__news *before);
/* Tell the shape, after the records were settled. */
void mom__news_tell(struct mom_engine *e);
/* What was done for one own site is news for the others, if there are any: `before` is copied, and told after the step
 * of the handoff at hand, or else after the input. */
void mom__news_add_own(struct mom_engine *e, const struct mom__news *before);
void mom__news_of_own(struct mom_engine *e);
/* What the claim on a device is, before `by` makes it something else. */
struct mom__news mom__news_before(const struct mom_record *device, mom_site by);

/* A star: the site with the smallest number above `after` that the node acts for, 0: none. That is the one beside it,
 * and all that were added. */
mom_site mom__own_next(const struct mom_engine *e, mom_site after);
bool mom__is_own(const struct mom_engine *e, mom_site site);

#endif
