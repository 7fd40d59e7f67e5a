/*
 * Changes become events: to every session that subscribed, the one that made the change included, after its answer.
 * A created record is told whole, a changed one by what changed and its key, a deleted one by its key.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

static struct sim_note *find_note(struct sim_site *site, enum sim_kind kind, int64_t id)
{
    for (size_t i = site->note_count; i > 0; i--) {
        struct sim_note *note = &site->notes[i - 1];
        if (note->kind == kind && note->id == id && note->op != SIM_DELETED)
            return note;
    }
    return NULL;
}

void sim_note(struct sim_rec *rec, enum sim_op op, const struct sim_mask *changed, bool extras)
{
    struct sim_site *site = rec->site;
    struct sim_note *note = find_note(site, rec->kind, rec->id);
    if (note == NULL || op == SIM_CREATED) {
        if (site->note_count == site->note_cap) {
            size_t cap = site->note_cap > 0 ? 2 * site->note_cap : 16;
            struct sim_note *notes = realloc(site->notes, cap * sizeof *notes);
            if (notes == NULL)
                return;
            site->notes = notes;
            site->note_cap = cap;
        }
        note = &site->notes[site->note_count++];
        memset(note, 0, sizeof *note);
        note->kind = rec->kind;
        note->id = rec->id;
        note->op = op;
    }
    if (op == SIM_DELETED) {
        const char *second =
            rec->val[rec->kind == SIM_DEV ? (unsigned)D_ppnSec : (unsigned)U_uidSec];
        note->op = SIM_DELETED;
        snprintf(note->second_id, sizeof note->second_id, "%s", second);
    }
    if (changed != NULL)
        sim_mask_join(&note->changed, changed);
    note->extras |= extras;
}

static void write_key(const struct sim_note *note, struct axi_elem *elem)
{
    bool dev = note->kind == SIM_DEV;
    axi_set_int(elem, dev ? AXI_A_ppn : AXI_A_uid, note->id);
    if (note->op == SIM_DELETED)
        axi_set_cstr(elem, dev ? AXI_A_ppnSec : AXI_A_uidSec, note->second_id);
}

/* The record's element; false when the record went in the meantime. */
static void write_note(struct sim_site *site, const struct sim_note *note, struct axi_elem *elem,
                       bool sync)
{
    write_key(note, elem);
    struct sim_rec *rec = sim_find(site, note->kind, note->id);
    if (note->op == SIM_DELETED || rec == NULL)
        return;
    sim_rec_write(rec, elem, sync, note->op == SIM_CREATED ? NULL : &note->changed);
}

/* For sync sessions; `second` may be NULL. */
static void publish_both(struct sim_site *site, const struct sim_note *first,
                         const struct sim_note *second)
{
    const struct sim_note *dev = first->kind == SIM_DEV ? first : second;
    const struct sim_note *user = first->kind == SIM_USER ? first : second;
    struct axi_elem *event = axi_msg_start(site->event, AXI_T_EventPPCnf);
    if (first->op == SIM_DELETED)
        sim_set_bool(site->world, event,
                     first->kind == SIM_DEV ? AXI_A_deletedDev : AXI_A_deletedUser, true);
    if (dev != NULL)
        write_note(site, dev, axi_add_child(event, "pp"), true);
    if (user != NULL)
        write_note(site, user, axi_add_child(event, "user"), true);
    sim_publish(site);
}

/* For the others. */
static void publish_single(struct sim_site *site, const struct sim_note *note)
{
    bool dev = note->kind == SIM_DEV;
    struct axi_elem *event =
        axi_msg_start(site->event, dev ? AXI_T_EventPPDevCnf : AXI_T_EventPPUserCnf);
    if (note->op == SIM_DELETED)
        sim_set_bool(site->world, event, AXI_A_deleted, true);
    write_note(site, note, axi_add_child(event, dev ? "pp" : "user"), false);
    sim_publish(site);
}

/* Two changes of one request that are each other's relation travel in one event. */
static bool is_pair(const struct sim_site *site, size_t i)
{
    if (i + 1 >= site->note_count)
        return false;
    const struct sim_note *a = &site->notes[i], *b = &site->notes[i + 1];
    return a->kind != b->kind && a->op != SIM_DELETED && b->op != SIM_DELETED;
}

/* Number and first id of the records changed. */
static void publish_summary(struct sim_site *site, enum sim_kind kind)
{
    sim_write_summary(site, kind,
                      axi_msg_start(site->event, kind == SIM_DEV ? AXI_T_EventPPDevSummary
                                                                 : AXI_T_EventPPUserSummary));
    sim_publish(site);
}

void sim_events_flush(struct sim_site *site)
{
    bool counted[2] = {false, false};
    sim_remote_changes(site);
    size_t count = site->sessions != NULL ? site->note_count : 0;
    for (size_t i = 0; i < count; i++) {
        publish_single(site, &site->notes[i]);
        counted[site->notes[i].kind] |= site->notes[i].op != SIM_CHANGED;
    }
    for (size_t i = 0; i < count; i++) {
        bool both = is_pair(site, i);
        publish_both(site, &site->notes[i], both ? &site->notes[i + 1] : NULL);
        i += both;
    }
    site->note_count = 0;
    for (int kind = 0; kind < 2; kind++)
        if (counted[kind])
            publish_summary(site, (enum sim_kind)kind);
}
