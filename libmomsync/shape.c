/*
 * The table of shapes, and the news of claims.
 */
#include "shape.h"

#include "node.h"
#include "star.h"

static const char *no_objection(const struct mom_engine *e, mom_site site)
{
    (void)e;
    (void)site;
    return NULL;
}

static const struct mom__shape shapes[] = {
    [MOM_SHAPE_HUB] = {.fsm = &mom__handoff_fsm,
                       .holds = mom__handoff_holds,
                       .act = mom__handoff_act,
                       .format_first = 1,
                       .format = 2,
                       .format_last = 2,
                       .timeout = MOM__EVENT_TIMEOUT,
                       .gone = MOM__EVENT_GONE,
                       .reloaded = MOM__EVENT_RELOADED,
                       .objection = no_objection,
                       .wants = mom__handoff_wants,
                       .place = mom__handoff_place,
                       .claim = mom__handoff_claim,
                       .released = mom__handoff_released,
                       .renewed = mom__handoff_renewed,
                       .down = mom__handoff_down,
                       .up = mom__handoff_up,
                       .refused = mom__handoff_refused,
                       .expected = mom__handoff_expected,
                       .check = mom__handoff_check},
    [MOM_SHAPE_STAR] = {.fsm = &mom__star_fsm,
                        .holds = mom__star_holds,
                        .act = mom__star_act,
                        .format_first = 65, /* had no state "absent" */
                        .format = 66,
                        .format_last = 67,
                        .format_site = 67,
                        .timeout = MOM__STAR_ON_TIMEOUT,
                        .gone = MOM__STAR_ON_GONE,
                        .reloaded = MOM__STAR_ON_RELOADED,
                        .refreshes = true,
                        .watches = true,
                        .objection = mom__star_objection,
                        .wants = mom__star_wants,
                        .place = mom__star_place,
                        .claim = mom__star_claim,
                        .released = mom__star_released,
                        .renewed = mom__star_renewed,
                        .down = mom__star_down,
                        .up = mom__star_up,
                        .check = mom__star_check,
                        .owing = mom__star_owing,
                        .is_ending = mom__star_is_ending,
                        .parted = mom__star_parted,
                        .joined = mom__star_joined,
                        .stepped = mom__star_stepped},
};

const struct mom__shape *mom__shape(const struct mom_engine *e)
{
    return &shapes[e->shape];
}

const struct mom__shape *mom__shape_of_format(unsigned format)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (format >= shapes[i].format_first && format <= shapes[i].format_last)
            return &shapes[i];
    }
    return NULL;
}

static struct mom__news *copy(struct mom_engine *e, const struct mom__news *before)
{
    struct mom__news *news = mom__step_alloc(e, sizeof *news);

    if (news)
        *news = *before;
    return news;
}

void mom__news_add(struct mom_engine *e, const struct mom__news *before)
{
    struct mom__news *news = mom__shape(e)->joined ? copy(e, before) : NULL;

    if (!news)
        return;
    news->next = e->news;
    e->news = news;
}

struct mom__news mom__news_before(const struct mom_record *device, mom_site by)
{
    return (struct mom__news){.device = device->id,
                              .claim = mom__claim_of(device),
                              .confirmed_by = device->confirmed_by,
                              .confirmed_ms = device->confirmed_ms,
                              .by = by};
}

mom_site mom__own_next(const struct mom_engine *e, mom_site after)
{
    mom_site added = mom_engine_next_site(e, after);

    return e->own_site > after && (added == 0 || e->own_site < added) ? e->own_site : added;
}

bool mom__is_own(const struct mom_engine *e, mom_site site)
{
    return site != 0 && (site == e->own_site || mom__site(e, site));
}

/* In the order in which it happened. */
void mom__news_add_own(struct mom_engine *e, const struct mom__news *before)
{
    mom_site first = mom__own_next(e, 0);
    bool alone = first == 0 || (first == before->by && mom__own_next(e, first) == 0);
    struct mom__news *news = mom__shape(e)->joined && !alone ? copy(e, before) : NULL;

    if (!news)
        return;
    news->next = NULL;
    *(e->own_news ? &e->own_news_last->next : &e->own_news) = news;
    e->own_news_last = news;
}

void mom__news_of_own(struct mom_engine *e)
{
    if (e->telling)
        return;
    e->telling = true;
    while (e->own_news && e->failed == MOM_OK) {
        const struct mom__news *news = e->own_news;

        e->own_news = news->next;
        mom__shape(e)->joined(e, news);
    }
    e->telling = false;
}

void mom__news_tell(struct mom_engine *e)
{
    mom__news_of_own(e);
    while (e->news && e->failed == MOM_OK) {
        const struct mom__news *news = e->news;

        e->news = news->next;
        mom__shape(e)->joined(e, news);
    }
    e->news = NULL;
    mom__settle(e);
}
