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
                       .check = mom__handoff_check,
                       .bound = mom__handoff_bound},
    [MOM_SHAPE_STAR] = {.fsm = &mom__star_fsm,
                        .holds = mom__star_holds,
                        .act = mom__star_act,
                        .format_first = 65, /* had no state "absent" */
                        .format = 66,
                        .timeout = MOM__STAR_ON_TIMEOUT,
                        .gone = MOM__STAR_ON_GONE,
                        .reloaded = MOM__STAR_ON_RELOADED,
                        .refreshes = true,
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
                        .joined = mom__star_joined,
                        .bound = mom__star_bound},
};

const struct mom__shape *mom__shape(const struct mom_engine *e)
{
    return &shapes[e->shape];
}

const struct mom__shape *mom__shape_of_format(unsigned format)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (format >= shapes[i].format_first && format <= shapes[i].format)
            return &shapes[i];
    }
    return NULL;
}

void mom__news_add(struct mom_engine *e, const struct mom__news *before)
{
    struct mom__news *news;

    if (!mom__shape(e)->joined)
        return;
    news = mom__step_alloc(e, sizeof *news);
    if (!news)
        return;
    *news = *before;
    news->next = e->news;
    e->news = news;
}

void mom__news_tell(struct mom_engine *e)
{
    while (e->news && e->failed == MOM_OK) {
        const struct mom__news *news = e->news;

        e->news = news->next;
        mom__shape(e)->joined(e, news);
    }
    e->news = NULL;
    mom__settle(e);
}
