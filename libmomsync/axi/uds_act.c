/*
 * Actions of the engine: the virtual OMM does what it is asked for at once and tells the remote of it. While much waits
 * to be sent, and while a deletion cannot be told, the result is kept back: the engine has a bounded number of
 * records on their way.
 */
#include "uds_impl.h"

#include <string.h>

/* --- results ------------------------------------------------------------------------------------ */

static int tell_result(struct mom_uds *link, const struct mom__uds_held *held)
{
    struct mom_input input = {.kind = MOM_IN_RESULT, .token = held->token, .rc = held->rc};

    input.local_device = held->local_device;
    input.local_user = held->local_user;
    return mom__uds_input(link, &input);
}

static int hold(struct mom_uds *link, const struct mom__uds_held *held)
{
    struct mom__uds_held refused = *held;

    if (link->held_count < MOM__UDS_HELD_MAX) {
        link->held[link->held_count++] = *held;
        return MOM_OK;
    }
    if (held->type != 0) /* it is asked for again later */
        refused.rc = MOM_ELIMIT;
    return tell_result(link, &refused);
}

static int tell_deletion(struct mom_uds *link, const struct mom__uds_held *held)
{
    bool user = held->type == MOM_USER;
    struct axi_elem *root = axi_msg_start(link->message, AXI_T_EventPPCnf), *elem;

    axi_set_bool(root, user ? AXI_A_deletedUser : AXI_A_deletedDev, true);
    elem = axi_add_child(root, user ? "user" : "pp");
    axi_set_int(elem, user ? AXI_A_uid : AXI_A_ppn, held->local);
    axi_set_int(elem, user ? AXI_A_uidSec : AXI_A_ppnSec, 0);
    return mom__uds_publish(link);
}

/* A deletion that nobody asked to hear of waits; when it waited long enough the remote will not hear of it. */
static int settle_one(struct mom_uds *link, struct mom__uds_held *held, bool all, bool *ret_done)
{
    int rc = MOM_OK;

    *ret_done = false;
    if (!mom__uds_has_room(link))
        return MOM_OK;
    if (held->type != 0 && !link->subscribed && !all)
        return MOM_OK;
    if (held->type != 0 && link->subscribed)
        rc = tell_deletion(link, held);
    if (rc != MOM_OK)
        return rc;
    *ret_done = true;
    return tell_result(link, held);
}

int mom__uds_settle(struct mom_uds *link, bool all)
{
    size_t kept = 0;
    int rc = MOM_OK;

    if (!mom__uds_is_open(link))
        return MOM_OK;
    for (size_t i = 0; i < link->held_count; i++) {
        bool done = false;

        if (rc == MOM_OK)
            rc = settle_one(link, &link->held[i], all, &done);
        if (!done || rc != MOM_OK)
            link->held[kept++] = link->held[i];
    }
    link->held_count = kept;
    return rc;
}

bool mom__uds_can_settle(const struct mom_uds *link)
{
    if (!mom__uds_has_room(link))
        return false;
    for (size_t i = 0; i < link->held_count; i++) {
        if (link->held[i].type == 0 || link->subscribed)
            return true;
    }
    return false;
}

static int finish(struct mom_uds *link, const struct mom__uds_held *held)
{
    bool wait = !mom__uds_has_room(link) || link->held_count > 0;

    return wait ? hold(link, held) : tell_result(link, held);
}

int mom__uds_remove(struct mom_uds *link, const struct mom_action *action)
{
    struct mom__uds_held held = {
        .token = action->token, .type = action->type, .local = action->local};

    if (action->type == MOM_USER)
        held.local_user = action->local;
    else
        held.local_device = action->local;
    if (!link->subscribed || !mom__uds_has_room(link))
        return hold(link, &held);
    return tell_deletion(link, &held) != MOM_OK ? MOM_ENOMEM : finish(link, &held);
}

/* --- events ------------------------------------------------------------------------------------- */

/* One side of a PUT; its relation is written by the caller. */
struct side {
    enum mom_type type;
    const struct mom_put *put;
    uint64_t id;
    uint32_t local, partner;
};

static void tell_side(struct mom_uds *link, struct mom_view *view, const struct side *side,
                      struct mom_str relation)
{
    bool user = side->type == MOM_USER;
    bool whole = side->put->id != 0 && side->put->local == 0;
    struct axi_elem *elem = axi_add_child(axi_msg_root(link->message), user ? "user" : "pp");

    if (whole) {
        (void)mom__uds_show(link, view, elem, side->type, side->id, side->local);
    } else {
        (void)mom__uds_show_times(link, view, elem, side->type, side->id, side->local);
        for (size_t i = 0; i < side->put->attr_count; i++)
            mom__uds_show_attr(link, elem, side->type, &side->put->attrs[i]);
    }
    if (relation.len == 0)
        return;
    axi_set_str(elem, AXI_A_relType, mom__axi_str(relation));
    axi_set_int(elem, user ? AXI_A_ppn : AXI_A_uid, side->partner);
}

static int tell_put(struct mom_uds *link, const struct mom_action *action,
                    const struct mom__uds_held *held)
{
    struct mom_str relation = action->relation;
    bool bound =
        relation.len > 0 && !(relation.len == 7 && memcmp(relation.ptr, "Unbound", 7) == 0);
    struct side sides[] = {{.type = MOM_DEVICE,
                            .put = &action->device,
                            .id = action->device.id,
                            .local = held->local_device,
                            .partner = bound ? held->local_user : 0},
                           {.type = MOM_USER,
                            .put = &action->user,
                            .id = action->user.id,
                            .local = held->local_user,
                            .partner = bound ? held->local_device : 0}};
    struct mom_view *view;
    int rc = mom__uds_view(link, &view);

    if (rc != MOM_OK || view == NULL)
        return rc;
    (void)axi_msg_start(link->message, AXI_T_EventPPCnf);
    for (size_t i = 0; i < 2; i++) {
        struct side *side = &sides[i];

        if (side->local == 0 || (side->id == 0 && relation.len == 0))
            continue;
        if (side->id == 0)
            side->id = mom__uds_id_of(link, view, side->type, side->local);
        tell_side(link, view, side, relation);
    }
    return mom__uds_view_done(link, view, mom__uds_publish(link));
}

static int number_half(struct mom_uds *link, enum mom_type type, const struct mom_put *put,
                       uint32_t *local, int *result)
{
    int rc;

    if (put->id == 0)
        return MOM_OK;
    *local = put->local;
    if (put->local != 0)
        return MOM_OK;
    rc = mom__uds_number(link, type, local);
    if (rc == MOM_OK && *local == 0)
        *result = MOM_ELIMIT;
    return rc;
}

int mom__uds_put(struct mom_uds *link, const struct mom_action *action)
{
    struct mom__uds_held held = {.token = action->token};
    int rc;

    held.local_device = action->local_device;
    held.local_user = action->local_user;
    rc = number_half(link, MOM_DEVICE, &action->device, &held.local_device, &held.rc);
    if (rc == MOM_OK)
        rc = number_half(link, MOM_USER, &action->user, &held.local_user, &held.rc);
    /* Before it reads the lists there is nothing that they will not show. */
    if (rc == MOM_OK && held.rc == MOM_OK && link->state >= MOM_UDS_READING)
        rc = tell_put(link, action, &held);
    return rc == MOM_OK && mom__uds_is_open(link) ? finish(link, &held) : rc;
}
