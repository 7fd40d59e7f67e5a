/*
 * What the site has newer or alone goes to the central OMM: a record that it does not have with CreatePPDev or
 * CreatePPUser, else the groups of fields that changed with SetPP. A relation waits until the central OMM has both.
 */
#include "remote.h"

#include <stdlib.h>
#include <string.h>

unsigned remote_stamp_slot(enum sim_kind kind, enum sim_group group)
{
    static const unsigned dev[SIM_GROUP_COUNT] = {D_timeStamp, D_timeStampAdmin,
                                                  D_timeStampRelation, D_timeStampRoaming,
                                                  D_timeStampSubscription};
    static const unsigned user[SIM_GROUP_COUNT] = {U_timeStamp, U_timeStampAdmin,
                                                   U_timeStampRelation, U_timeStamp, U_timeStamp};
    return kind == SIM_DEV ? dev[group] : user[group];
}

static int64_t second_of(const struct sim_rec *rec)
{
    return rec != NULL ? sim_rec_int(rec, remote_second_slot(rec->kind)) : 0;
}

static struct sim_rec *partner_of(const struct sim_rec *rec)
{
    return rec->kind == SIM_DEV ? sim_user_of(rec) : sim_device_of(rec);
}

/* --- writing ------------------------------------------------------------------------------------------- */

/* Encrypted for the central OMM; what was encrypted for another key before it came here stays as it is. */
static void write_secret(struct sim_remote *remote, struct axi_elem *elem,
                         const struct sim_field *field, const char *value)
{
    enum { OPAQUE_MIN = 86 };
    struct axi_public_key key = axi_client_public_key(remote->client);
    struct axi_str plain = {value, strlen(value)};
    char text[AXI_RSA_TEXT_MAX];
    size_t len = 0;
    if (plain.len == 0 || plain.len >= OPAQUE_MIN) {
        axi_set_cstr(elem, field->attr, value);
    } else if (key.modulus.ptr != NULL && axi_rsa_encrypt(remote->site->rsa, &key, plain, text,
                                                          sizeof text, &len) == AXI_RSA_OK) {
        axi_set_str(elem, field->attr, (struct axi_str){text, len});
    } else {
        axi_unset(elem, field->attr);
    }
}

static bool is_own(enum axi_attr attr)
{
    switch (attr) {
    case AXI_A_ppn:
    case AXI_A_uid:
    case AXI_A_ppnSec:
    case AXI_A_uidSec:
    case AXI_A_ppnOld:
    case AXI_A_relType:
        return true;
    default:
        return false;
    }
}

static struct sim_mask slots_of(const struct sim_rec *rec, unsigned groups)
{
    struct sim_mask mask = {{0, 0}};
    unsigned count;
    const struct sim_field *fields = sim_fields(rec->kind, &count);
    for (unsigned i = 0; i < count; i++)
        if (!is_own(fields[i].attr) && fields[i].group != SIM_GROUP_NONE &&
            (groups & REMOTE_GROUP(fields[i].group)) != 0)
            sim_mask_add(&mask, i);
    sim_mask_add(&mask, remote_stamp_slot(rec->kind, SIM_GROUP_NONE));
    for (int group = SIM_GROUP_ADMIN; group < SIM_GROUP_COUNT; group++)
        if ((groups & REMOTE_GROUP(group)) != 0)
            sim_mask_add(&mask, remote_stamp_slot(rec->kind, (enum sim_group)group));
    return mask;
}

static void write_fields(struct sim_remote *remote, struct axi_elem *elem, struct sim_rec *rec,
                         unsigned groups)
{
    struct sim_mask mask = slots_of(rec, groups);
    unsigned count;
    const struct sim_field *fields = sim_fields(rec->kind, &count);
    sim_rec_write(rec, elem, true, &mask);
    for (unsigned i = 0; i < count; i++)
        if ((fields[i].flags & SIM_SECRET) != 0 && sim_mask_has(&mask, i) && rec->val[i] != NULL)
            write_secret(remote, elem, &fields[i], rec->val[i]);
}

/* Both sides of the relation, by the numbers of the central OMM. */
static void write_relation(struct axi_elem *elem, const struct sim_rec *rec)
{
    bool dev = rec->kind == SIM_DEV;
    axi_set_cstr(elem, AXI_A_relType, rec->val[dev ? (unsigned)D_relType : (unsigned)U_relType]);
    axi_set_int(elem, dev ? AXI_A_uid : AXI_A_ppn, second_of(partner_of(rec)));
    axi_set_int(elem, AXI_A_timeStampRelation,
                sim_rec_int(rec, remote_stamp_slot(rec->kind, SIM_GROUP_RELATION)));
}

static struct axi_elem *add_side(struct axi_elem *root, const struct sim_rec *rec)
{
    struct axi_elem *elem = axi_add_child(root, rec->kind == SIM_DEV ? "pp" : "user");
    axi_set_int(elem, rec->kind == SIM_DEV ? AXI_A_ppn : AXI_A_uid, second_of(rec));
    return elem;
}

/* --- requests ------------------------------------------------------------------------------------------ */

static bool send_upload(struct sim_remote *remote, struct sim_rec *rec)
{
    rec->upload |= REMOTE_SENT;
    remote->uploads++;
    return remote_request(remote, rec->kind == SIM_DEV ? TAG_DEV : TAG_USER, rec->id);
}

static void create(struct sim_remote *remote, struct sim_rec *rec)
{
    bool dev = rec->kind == SIM_DEV;
    struct axi_elem *root =
        axi_msg_start(remote->request, dev ? AXI_T_CreatePPDev : AXI_T_CreatePPUser);
    struct axi_elem *elem = axi_add_child(root, dev ? "pp" : "user");
    write_fields(remote, elem, rec, REMOTE_ALL & ~REMOTE_GROUP(SIM_GROUP_RELATION));
    axi_set_cstr(elem, AXI_A_relType, "Unbound");
    /* The relation follows when both are there. */
    rec->upload = partner_of(rec) != NULL ? REMOTE_GROUP(SIM_GROUP_RELATION) : 0;
    (void)send_upload(remote, rec);
}

/* False: it waits for its partner. */
static bool set(struct sim_remote *remote, struct sim_rec *rec)
{
    unsigned groups = rec->upload, relation = REMOTE_GROUP(SIM_GROUP_RELATION);
    struct sim_rec *partner = partner_of(rec);
    bool waits = (groups & relation) != 0 && partner != NULL && second_of(partner) == 0;
    if (waits)
        groups &= ~relation;
    if (groups == 0)
        return false;
    struct axi_elem *root = axi_msg_start(remote->request, AXI_T_SetPP);
    struct axi_elem *elem = add_side(root, rec);
    write_fields(remote, elem, rec, groups);
    if ((groups & relation) != 0) {
        write_relation(elem, rec);
        if (partner != NULL)
            write_relation(add_side(root, partner), partner);
        if (partner != NULL && (partner->upload & REMOTE_SENT) == 0)
            partner->upload &= ~relation;
    }
    rec->upload &= ~groups;
    return send_upload(remote, rec);
}

static bool upload_one(struct sim_remote *remote, struct sim_rec *rec)
{
    if ((rec->upload & REMOTE_SENT) != 0 || rec->upload == 0)
        return false;
    if (second_of(rec) == 0 || (rec->upload & REMOTE_NEW) != 0) {
        create(remote, rec);
        return true;
    }
    return set(remote, rec);
}

void remote_upload(struct sim_remote *remote)
{
    static const enum sim_kind kinds[] = {SIM_DEV, SIM_USER};
    for (size_t k = 0; k < 2; k++) {
        const struct sim_recs *recs = &remote->site->recs[kinds[k]];
        size_t *cursor = &remote->cursor[kinds[k]];
        while (*cursor < recs->count && axi_client_pending(remote->client) < 2 * REMOTE_WINDOW)
            (void)upload_one(remote, recs->at[(*cursor)++]);
    }
}

static void look_again(struct sim_remote *remote)
{
    remote->cursor[SIM_DEV] = remote->cursor[SIM_USER] = 0;
}

void remote_upload_start(struct sim_remote *remote)
{
    for (int kind = 0; kind < 2; kind++) {
        const struct sim_recs *recs = &remote->site->recs[kind];
        for (size_t i = 0; i < recs->count; i++) {
            struct sim_rec *rec = recs->at[i];
            rec->upload &= ~REMOTE_SENT; /* of a conversation before this one */
            if (!rec->listed) {
                sim_rec_put_int(rec, remote_second_slot(rec->kind), 0);
                rec->upload = REMOTE_ALL;
            }
            rec->listed = false;
        }
    }
    look_again(remote);
}

void remote_uploaded(struct sim_remote *remote, enum sim_kind kind, int64_t id,
                     const struct axi_client_event *event)
{
    struct sim_rec *rec = sim_find(remote->site, kind, id);
    const struct axi_elem *elem =
        axi_first_child(axi_msg_root(event->msg), kind == SIM_DEV ? "pp" : "user");
    bool waiting = false;
    if (rec == NULL)
        return;
    rec->upload &= ~REMOTE_SENT;
    if (event->code != AXI_V_NOTHING) {
        remote->refused++;
        rec->upload = 0;
        com_info("site %d: an upload was refused: %s", remote->site->number,
                 axi_value_text(event->code));
        return;
    }
    if (elem != NULL && second_of(rec) == 0)
        remote_number(remote, rec,
                      axi_get_int_or(elem, kind == SIM_DEV ? AXI_A_ppn : AXI_A_uid, 0));
    waiting = rec->upload != 0;
    if (elem != NULL && !waiting)
        remote_merge(remote, kind, elem, true);
    rec = partner_of(rec);
    if (waiting || (rec != NULL && rec->upload != 0))
        look_again(remote);
}

/* --- changes at the site ------------------------------------------------------------------------------- */

static void upload_deletion(struct sim_remote *remote, const struct sim_note *note)
{
    int64_t number = strtoll(note->second_id, NULL, 10);
    bool dev = note->kind == SIM_DEV;
    if (number <= 0 || remote->state != REMOTE_SYNCED)
        return;
    struct axi_elem *root =
        axi_msg_start(remote->request, dev ? AXI_T_DeletePPDev : AXI_T_DeletePPUser);
    axi_set_int(root, dev ? AXI_A_ppn : AXI_A_uid, number);
    remote->uploads++;
    (void)remote_request(remote, TAG_DELETE, 0);
}

static unsigned changed_groups(const struct sim_note *note)
{
    unsigned groups = note->extras ? REMOTE_GROUP(SIM_GROUP_ADMIN) : 0, count;
    const struct sim_field *fields = sim_fields(note->kind, &count);
    for (unsigned i = 0; i < count; i++)
        if (sim_mask_has(&note->changed, i) && fields[i].group != SIM_GROUP_NONE)
            groups |= REMOTE_GROUP(fields[i].group);
    /* A stamp that moved alone says that a phone was heard again. */
    if (note->kind == SIM_DEV && sim_mask_has(&note->changed, D_timeStampRoaming))
        groups |= REMOTE_GROUP(SIM_GROUP_ROAMING);
    return groups;
}

void sim_remote_changes(struct sim_site *site)
{
    struct sim_remote *remote = site->remote;
    bool any = false;
    if (remote == NULL || remote->applying)
        return;
    for (size_t i = 0; i < site->note_count; i++) {
        const struct sim_note *note = &site->notes[i];
        struct sim_rec *rec = sim_find(site, note->kind, note->id);
        any = true;
        if (note->op == SIM_DELETED)
            upload_deletion(remote, note);
        else if (rec != NULL)
            rec->upload |= note->op == SIM_CREATED ? REMOTE_ALL : changed_groups(note);
    }
    if (!any || remote->state != REMOTE_SYNCED)
        return;
    look_again(remote);
    com_timer_start(remote->timer, 0, 0); /* out of whatever is under way */
}
