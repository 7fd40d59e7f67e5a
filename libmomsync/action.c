/*
 * Actions: what the host and the links have to do. They are collected during a step and can be read
 * after its commit, until the next step.
 */
#include "node.h"

struct mom_action *mom__act(struct mom_engine *e, enum mom_action_kind kind, mom_site site)
{
    struct mom__action *a = mom__step_alloc(e, sizeof *a);

    if (!a)
        return NULL;
    a->action.kind = kind;
    a->action.site = site;
    *e->actions_end = a;
    e->actions_end = &a->next;
    return &a->action;
}

void mom__refuse(struct mom_engine *e, const struct mom_input *in, int code, const char *text)
{
    struct mom_action *action;

    mom__logf(e, MOM_LOG_INFO, "a change of record %u is refused: %s", in->id, text);
    if (in->tag == 0)
        return;
    action = mom__act(e, MOM_DO_REFUSED, 0);
    if (action) {
        action->tag = in->tag;
        action->id = in->id;
        action->rc = code;
        action->text = mom__step_dup(e, mom__str(text));
    }
}

void mom__done(struct mom_engine *e, const struct mom_input *in, uint64_t id)
{
    struct mom_action *action = in->tag ? mom__act(e, MOM_DO_DONE, 0) : NULL;

    if (action) {
        action->tag = in->tag;
        action->id = id;
    }
}

bool mom_engine_next_action(struct mom_engine *engine, struct mom_action *ret_action)
{
    if (!engine || !engine->unread || !ret_action)
        return false;
    *ret_action = engine->unread->action;
    engine->unread = engine->unread->next;
    return true;
}
