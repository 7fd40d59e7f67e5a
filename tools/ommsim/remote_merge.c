/*
 * What the central OMM tells: the time of each group of fields decides, the later one wins, and the central OMM's when
 * both are the same. What is older than ours is uploaded later.
 */
#include "remote.h"

#include <stdlib.h>
#include <string.h>

static enum axi_attr stamp_attr(enum sim_group group)
{
    static const enum axi_attr attrs[SIM_GROUP_COUNT] = {
        AXI_A_timeStamp, AXI_A_timeStampAdmin, AXI_A_timeStampRelation, AXI_A_timeStampRoaming,
        AXI_A_timeStampSubscription};
    return attrs[group];
}

/* -1: the element says nothing of when. */
static int64_t told_time(const struct axi_elem *elem, enum sim_group group)
{
    int64_t all = axi_get_int_or(elem, AXI_A_timeStamp, -1);
    return axi_get_int_or(elem, stamp_attr(group), all);
}

static bool is_relation(enum sim_kind kind, enum axi_attr attr)
{
    return attr == AXI_A_relType || attr == (kind == SIM_DEV ? AXI_A_uid : AXI_A_ppn) ||
           attr == AXI_A_ppnOld;
}

static enum sim_group group_of(enum sim_kind kind, enum axi_attr attr)
{
    int slot = sim_slot_of(kind, attr);
    return slot < 0 ? SIM_GROUP_ADMIN : sim_fields(kind, NULL)[slot].group;
}

/* A secret that is encrypted for another key is kept as it came: given back, its owner can read it. */
static void add_secret(struct sim_patch *patch, struct sim_site *site, enum sim_kind kind,
                       const struct sim_rec *old, const struct axi_attr_view *attr)
{
    struct sim_refusal refusal;
    char *plain = sim_secret_read(site, attr->value);
    struct axi_attr_view clear = *attr;
    if (plain != NULL)
        clear.value = (struct axi_str){plain, strlen(plain)};
    (void)sim_patch_set(patch, site, kind, old, &clear, SIM_BY_OPERATOR, &refusal);
    free(plain);
}

/* The attributes of an element whose groups are taken. What the site cannot keep is left out. */
static void fill_patch(struct sim_patch *patch, struct sim_site *site, enum sim_kind kind,
                       const struct sim_rec *old, const struct axi_elem *elem, unsigned groups)
{
    struct sim_refusal refusal;
    struct axi_attr_view attr;
    memset(patch, 0, sizeof *patch);
    for (size_t i = 0; axi_attr_at(elem, i, &attr); i++) {
        enum sim_group group = group_of(kind, attr.id);
        int slot = sim_slot_of(kind, attr.id);
        bool second = attr.id == AXI_A_ppnSec || attr.id == AXI_A_uidSec;
        if (is_relation(kind, attr.id) || second ||
            (group != SIM_GROUP_NONE && (groups & REMOTE_GROUP(group)) == 0))
            continue;
        if (slot >= 0 && (sim_fields(kind, NULL)[slot].flags & SIM_SECRET) != 0 &&
            attr.value.len > 0)
            add_secret(patch, site, kind, old, &attr);
        else
            (void)sim_patch_set(patch, site, kind, old, &attr, SIM_BY_OPERATOR, &refusal);
    }
}

/* --- finding ------------------------------------------------------------------------------------------- */

static struct sim_rec *find_same(struct sim_remote *remote, enum sim_kind kind,
                                 const struct axi_elem *elem)
{
    struct axi_str key = axi_get_str(elem, kind == SIM_DEV ? AXI_A_ipei : AXI_A_num);
    char text[SIM_VALUE_MAX], normal[16];
    if (key.len == 0 || key.len >= sizeof text)
        return NULL;
    snprintf(text, sizeof text, "%.*s", (int)key.len, key.ptr);
    if (kind == SIM_USER)
        return sim_find_number(remote->site, text);
    return sim_ipei_normal(text, normal) ? sim_find_ipei(remote->site, normal) : NULL;
}

/* Another record of the site has what is unique: it goes, for the central OMM has no room for it either. */
static void make_room(struct sim_remote *remote, enum sim_kind kind, const struct sim_rec *rec,
                      const struct axi_elem *elem)
{
    struct sim_rec *other = find_same(remote, kind, elem);
    if (other != NULL && other != rec)
        sim_leave(other);
}

/* --- the relation -------------------------------------------------------------------------------------- */

static void take_relation(struct sim_remote *remote, struct sim_rec *rec,
                          const struct axi_elem *elem)
{
    bool dev = rec->kind == SIM_DEV;
    int64_t number = axi_get_int_or(elem, dev ? AXI_A_uid : AXI_A_ppn, 0);
    struct axi_str type = axi_get_str(elem, AXI_A_relType);
    char text[16];
    if (type.ptr == NULL)
        return;
    snprintf(text, sizeof text, "%.*s", (int)type.len, type.ptr);
    struct sim_rec *partner = remote_find(remote, dev ? SIM_USER : SIM_DEV, number);
    if (number == 0)
        sim_unbind(dev ? sim_user_of(rec) : rec, dev ? rec : sim_device_of(rec));
    else if (partner != NULL) /* else the partner's record will say it */
        sim_bind(dev ? partner : rec, dev ? rec : partner, text);
}

/* --- roaming ------------------------------------------------------------------------------------------- */

/* What follows from where the central OMM says that a phone is: let go, or renew. */
static void follow(struct sim_rec *dev)
{
    struct sim_site *site = dev->site;
    bool ours = strcmp(dev->val[D_ommId], site->omm_id) == 0;
    bool acked = strcmp(dev->val[D_ommIdAck], site->omm_id) == 0;
    if (ours && acked && strcmp(dev->val[D_roaming], SIM_ROAMED) != 0)
        sim_remote_renew(dev);
    else if (!ours && acked && dev->val[D_ommId][0] != '\0')
        sim_rec_change(dev, D_ommIdAck, dev->val[D_ommId]); /* the registration has ended */
}

/* --- merging ------------------------------------------------------------------------------------------- */

/* Stamps as they were told, after writing moved them. */
static void put_stamps(struct sim_rec *rec, const struct axi_elem *elem, unsigned groups)
{
    int64_t newest = 0;
    for (int group = SIM_GROUP_ADMIN; group < SIM_GROUP_COUNT; group++) {
        unsigned slot = remote_stamp_slot(rec->kind, (enum sim_group)group);
        int64_t told = told_time(elem, (enum sim_group)group);
        if ((groups & REMOTE_GROUP(group)) != 0 && told >= 0 &&
            slot != remote_stamp_slot(rec->kind, SIM_GROUP_NONE))
            sim_rec_put_int(rec, slot, told);
        if (sim_rec_int(rec, slot) > newest && slot != remote_stamp_slot(rec->kind, SIM_GROUP_NONE))
            newest = sim_rec_int(rec, slot);
    }
    sim_rec_put_int(rec, remote_stamp_slot(rec->kind, SIM_GROUP_NONE), newest);
}

/* Groups whose time is not older than ours; the others are to be uploaded. An answer to an upload is the central OMM's
 * decision, whatever its times are: to upload against it once more would never end. */
static unsigned newer_groups(struct sim_rec *rec, const struct axi_elem *elem, bool decided)
{
    unsigned groups = 0;
    int last = rec->kind == SIM_USER ? SIM_GROUP_RELATION : SIM_GROUP_COUNT - 1;
    for (int group = SIM_GROUP_ADMIN; group <= last; group++) {
        int64_t told = told_time(elem, (enum sim_group)group);
        int64_t ours = sim_rec_int(rec, remote_stamp_slot(rec->kind, (enum sim_group)group));
        if (told < 0)
            continue;
        if (told >= ours || decided)
            groups |= REMOTE_GROUP(group);
        else
            rec->upload |= REMOTE_GROUP(group);
    }
    return groups;
}

static struct sim_rec *enter(struct sim_remote *remote, enum sim_kind kind,
                             const struct axi_elem *elem)
{
    struct sim_site *site = remote->site;
    struct sim_recs *recs = &site->recs[kind];
    struct sim_patch patch;
    if (recs->count >= (size_t)site->world->options->limit)
        return NULL;
    struct sim_rec *rec = sim_rec_new(site, kind, recs->next_id > 0 ? recs->next_id : 1);
    if (rec == NULL)
        return NULL;
    fill_patch(&patch, site, kind, NULL, elem, REMOTE_ALL);
    bool entered = sim_enter(rec, &patch);
    sim_patch_done(&patch);
    return entered ? rec : NULL;
}

static void change(struct sim_remote *remote, struct sim_rec *rec, const struct axi_elem *elem,
                   unsigned groups)
{
    struct sim_patch patch;
    make_room(remote, rec->kind, rec, elem);
    fill_patch(&patch, remote->site, rec->kind, rec, elem, groups);
    sim_write(rec, &patch);
    sim_patch_done(&patch);
}

void remote_merge(struct sim_remote *remote, enum sim_kind kind, const struct axi_elem *elem,
                  bool decided)
{
    int64_t number = axi_get_int_or(elem, kind == SIM_DEV ? AXI_A_ppn : AXI_A_uid, 0);
    struct sim_rec *rec = remote_find(remote, kind, number);
    unsigned groups = REMOTE_ALL;
    if (number <= 0)
        return;
    if (rec == NULL)
        rec = find_same(remote, kind, elem);
    remote->applying = true;
    if (rec == NULL && axi_has(elem, kind == SIM_DEV ? AXI_A_ipei : AXI_A_num)) {
        rec = enter(remote, kind, elem);
    } else if (rec != NULL) {
        groups = newer_groups(rec, elem, decided);
        change(remote, rec, elem, groups);
    }
    if (rec != NULL) {
        remote_number(remote, rec, number);
        rec->listed = true;
        if ((groups & REMOTE_GROUP(SIM_GROUP_RELATION)) != 0)
            take_relation(remote, rec, elem);
        put_stamps(rec, elem, groups);
        remote->merged++;
    }
    sim_events_flush(remote->site);
    remote->applying = false;
    if (rec != NULL && kind == SIM_DEV && (groups & REMOTE_GROUP(SIM_GROUP_ROAMING)) != 0) {
        follow(rec);
        sim_events_flush(remote->site);
    }
}

static void take_deletion(struct sim_remote *remote, enum sim_kind kind,
                          const struct axi_elem *elem)
{
    struct sim_rec *rec =
        remote_find(remote, kind, axi_get_int_or(elem, kind == SIM_DEV ? AXI_A_ppn : AXI_A_uid, 0));
    if (rec == NULL)
        return;
    remote->applying = true;
    sim_leave(rec);
    sim_events_flush(remote->site);
    remote->applying = false;
}

void remote_event(struct sim_remote *remote, const struct axi_msg *event)
{
    const struct axi_elem *root = axi_msg_root(event);
    const struct axi_elem *pp = axi_first_child(root, "pp"), *user = axi_first_child(root, "user");
    if (axi_msg_type(event) == AXI_T_EventPpProfileCnf)
        remote_profile_event(remote, root);
    if (axi_msg_type(event) != AXI_T_EventPPCnf)
        return;
    remote->events++;
    if (axi_get_bool_or(root, AXI_A_deletedDev, false) && pp != NULL)
        take_deletion(remote, SIM_DEV, pp);
    else if (pp != NULL)
        remote_merge(remote, SIM_DEV, pp, false);
    if (axi_get_bool_or(root, AXI_A_deletedUser, false) && user != NULL)
        take_deletion(remote, SIM_USER, user);
    else if (user != NULL)
        remote_merge(remote, SIM_USER, user, false);
}
