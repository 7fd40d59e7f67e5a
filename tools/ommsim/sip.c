/*
 * What follows from a change of a record: the relation's other side, SIP registrations, new and leaving records.
 *
 * A user is registered when it is bound to a subscribed device that this OMM serves (ommId is its own) and has a SIP
 * password; without one the registrar rejects it. A user that was told to deregister stays silent until it is told
 * to register, is bound anew, or its phone comes back.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

struct sim_rec *sim_user_of(const struct sim_rec *dev)
{
    return sim_find(dev->site, SIM_USER, sim_rec_int(dev, D_uid));
}

struct sim_rec *sim_device_of(const struct sim_rec *user)
{
    return sim_find(user->site, SIM_DEV, sim_rec_int(user, U_ppn));
}

/* --- registrations ------------------------------------------------------------------------------ */

/* EventPPState tells clients that watch the phone. */
static void tell_state(struct sim_rec *user)
{
    struct sim_site *site = user->site;
    int64_t ppn = sim_rec_int(user, U_ppn);
    struct axi_elem *event = axi_msg_start(site->event, AXI_T_EventPPState);
    axi_set_int(event, AXI_A_ppn, ppn);
    sim_set_bool(site->world, event, AXI_A_registered, user->sip == SIM_SIP_REGISTERED);
    for (struct sim_session *s = site->sessions; s != NULL; s = s->next)
        if (sim_wants(s, AXI_V_PPState, ppn) || sim_wants(s, AXI_V_PPSipState, ppn) ||
            sim_wants(s, AXI_V_PPSipStateRegistered, ppn))
            sim_send(s);
}

static void set_state(struct sim_rec *user, enum sim_sip_state state)
{
    if (user->sip == state)
        return;
    user->sip = state;
    user->sip_since = sim_site_now(user->site);
    user->sip_renewals = 0;
    tell_state(user);
}

static bool is_served(const struct sim_rec *user)
{
    const struct sim_rec *dev = sim_device_of(user);
    return dev != NULL && strcmp(dev->val[D_s], "Yes") == 0 &&
           strcmp(dev->val[D_ommId], dev->site->omm_id) == 0;
}

void sim_sip_check(struct sim_rec *user)
{
    if (user->site->link == SIM_RESTARTING || user->sip_stopped || !is_served(user)) {
        set_state(user, SIM_SIP_NONE);
        return;
    }
    set_state(user, user->val[U_sipPw][0] != '\0' ? SIM_SIP_REGISTERED : SIM_SIP_REJECTED);
}

void sim_sip_check_device(struct sim_rec *dev)
{
    struct sim_rec *user = sim_user_of(dev);
    if (user != NULL)
        sim_sip_check(user);
}

void sim_sip_check_all(struct sim_site *site)
{
    const struct sim_recs *users = &site->recs[SIM_USER];
    for (size_t i = 0; i < users->count; i++)
        sim_sip_check(users->at[i]);
}

void sim_sip_register(struct sim_rec *user)
{
    user->sip_stopped = false;
    bool renewal = user->sip == SIM_SIP_REGISTERED;
    sim_sip_check(user);
    if (renewal && user->sip == SIM_SIP_REGISTERED)
        user->sip_renewals++;
}

void sim_sip_deregister(struct sim_rec *user, bool stop)
{
    user->sip_stopped = stop;
    set_state(user, SIM_SIP_NONE);
}

/* --- relation ----------------------------------------------------------------------------------- */

/* A change of the relation moves the administrative time stamp too (as a recorded unbind did). */
static void put_relation(struct sim_rec *rec, const char *rel_type, int64_t partner)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)partner);
    bool user = rec->kind == SIM_USER;
    if (user && strcmp(rec->val[U_ppn], text) != 0)
        sim_rec_change(rec, U_ppnOld, rec->val[U_ppn]);
    bool changed = sim_rec_change(rec, user ? (unsigned)U_relType : (unsigned)D_relType, rel_type);
    changed |= sim_rec_change(rec, user ? (unsigned)U_ppn : (unsigned)D_uid, text);
    if (changed)
        sim_rec_stamp(rec, SIM_GROUP_ADMIN);
}

void sim_unbind(struct sim_rec *user, struct sim_rec *dev)
{
    if (dev != NULL)
        put_relation(dev, "Unbound", 0);
    if (user == NULL)
        return;
    put_relation(user, "Unbound", 0);
    user->sip_stopped = false;
    sim_sip_check(user);
}

void sim_bind(struct sim_rec *user, struct sim_rec *dev, const char *rel_type)
{
    struct sim_rec *former_dev = sim_device_of(user), *former_user = sim_user_of(dev);
    if (former_dev == dev)
        former_dev = NULL;
    if (former_user == user)
        former_user = NULL;
    if (former_dev != NULL)
        put_relation(former_dev, "Unbound", 0);
    if (former_user != NULL)
        sim_unbind(former_user, NULL);
    if (former_dev != NULL || sim_rec_int(user, U_ppn) != dev->id)
        user->sip_stopped = false;
    put_relation(dev, rel_type, user->id);
    put_relation(user, rel_type, dev->id);
    sim_sip_check(user);
}

/* --- records that come and go -------------------------------------------------------------------- */

bool sim_enter(struct sim_rec *rec, const struct sim_patch *patch)
{
    unsigned count;
    sim_fields(rec->kind, &count);
    for (unsigned i = 0; i < count; i++)
        if (patch->val[i] != NULL)
            sim_rec_put(rec, i, patch->val[i]);
    if (!sim_rec_add(rec)) {
        sim_rec_free(rec);
        return false;
    }
    struct sim_patch extras = {.extras = patch->extras, .extra_count = patch->extra_count};
    sim_note(rec, SIM_CREATED, NULL, true);
    sim_patch_apply(&extras, rec);
    for (int group = SIM_GROUP_ADMIN; group < SIM_GROUP_COUNT; group++)
        sim_rec_stamp(rec, (enum sim_group)group);
    if (rec->kind == SIM_DEV)
        sim_phone_record(rec);
    return true;
}

/* Exactly one user is the one that the standby checks its registrar with. */
static void move_register_check(struct sim_rec *user)
{
    const struct sim_recs *users = &user->site->recs[SIM_USER];
    bool on = strcmp(user->val[U_sipRegisterCheck], "1") == 0;
    struct sim_rec *lowest = NULL;
    for (size_t i = 0; i < users->count; i++) {
        struct sim_rec *other = users->at[i];
        if (on && other != user)
            sim_rec_change(other, U_sipRegisterCheck, "0");
        if (lowest == NULL || sim_rec_int(other, U_num) < sim_rec_int(lowest, U_num))
            lowest = other;
    }
    if (!on && lowest != NULL)
        sim_rec_change(lowest, U_sipRegisterCheck, "1");
}

void sim_write(struct sim_rec *rec, const struct sim_patch *patch)
{
    char check[8] = "";
    if (rec->kind == SIM_USER)
        snprintf(check, sizeof check, "%s", rec->val[U_sipRegisterCheck]);
    sim_patch_apply(patch, rec);
    if (rec->kind == SIM_DEV) {
        sim_phone_record(rec);
        sim_sip_check_device(rec);
        return;
    }
    sim_sip_check(rec);
    if (strcmp(check, rec->val[U_sipRegisterCheck]) != 0)
        move_register_check(rec);
}

void sim_leave(struct sim_rec *rec)
{
    if (rec->kind == SIM_USER) {
        struct sim_rec *dev = sim_device_of(rec);
        sim_sip_deregister(rec, false);
        if (dev != NULL)
            put_relation(dev, "Unbound", 0);
    } else {
        struct sim_rec *user = sim_user_of(rec);
        if (user != NULL)
            sim_unbind(user, NULL);
        sim_phone_unknown(rec);
    }
    sim_note(rec, SIM_DELETED, NULL, false);
    sim_rec_remove(rec);
    sim_rec_free(rec);
}
