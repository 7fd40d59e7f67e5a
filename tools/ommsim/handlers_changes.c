/*
 * Creating, changing and deleting records. Everything is checked before anything is changed.
 */
#include "handlers.h"

#include <string.h>

static enum sim_writer writer_of(const struct sim_call *call)
{
    return call->sync ? SIM_BY_SYNC : SIM_BY_CLIENT;
}

static void answer_record(struct axi_elem *out, const struct sim_call *call, struct sim_rec *rec)
{
    sim_rec_write(rec, axi_add_child(out, rec->kind == SIM_DEV ? "pp" : "user"), call->sync, NULL);
}

/* --- creating --------------------------------------------------------------------------------------- */

/* The id that the client wants, or the next free one; -1 after a refusal. */
static int64_t new_id(struct sim_call *call, enum sim_kind kind, const struct axi_elem *elem)
{
    struct sim_recs *recs = &call->site->recs[kind];
    enum axi_attr key = kind == SIM_DEV ? AXI_A_ppn : AXI_A_uid;
    int64_t id = axi_get_int_or(elem, key, 0);
    if (id < 0)
        sim_answer_error(call, AXI_V_EInval, axi_attr_name(key), NULL);
    else if (recs->count >= (size_t)call->site->world->options->limit)
        sim_answer_error(call, AXI_V_ENoMem, NULL, "the table is full");
    else if (id > 0 && sim_find(call->site, kind, id) != NULL)
        sim_answer_error(call, AXI_V_EExist, axi_attr_name(key), NULL);
    else
        return id > 0 ? id : (recs->next_id > 0 ? recs->next_id : 1);
    return -1;
}

static bool has_key(struct sim_call *call, const struct sim_patch *patch, enum sim_kind kind)
{
    if (kind == SIM_DEV) {
        if (patch->val[D_ipei] == NULL)
            sim_answer_error(call, AXI_V_EMissing, "ipei", NULL);
        return patch->val[D_ipei] != NULL;
    }
    const char *num = patch->val[U_num];
    if (num == NULL || num[0] == '\0')
        sim_answer_error(call, num == NULL ? AXI_V_EMissing : AXI_V_EInval, "num", NULL);
    return num != NULL && num[0] != '\0';
}

/* Check an element and make the record that it describes, not yet in the store. NULL after a refusal. */
static struct sim_rec *prepare(struct sim_call *call, enum sim_kind kind, const char *name,
                               struct sim_patch *patch)
{
    struct sim_refusal refusal = {.code = AXI_V_NOTHING};
    const struct axi_elem *elem = sim_need_child(call, name);
    int64_t id = elem != NULL ? new_id(call, kind, elem) : -1;
    if (id < 0)
        return NULL;
    if (!sim_patch_read(patch, call->site, kind, NULL, elem, writer_of(call), &refusal)) {
        sim_answer_refusal(call, &refusal);
        return NULL;
    }
    struct sim_rec *rec = has_key(call, patch, kind) ? sim_rec_new(call->site, kind, id) : NULL;
    if (rec != NULL && kind == SIM_DEV && patch->val[D_s] != NULL &&
        strcmp(patch->val[D_s], "Yes") == 0)
        sim_put_subscription(rec, patch->val[D_ipei]); /* what the client may leave out */
    if (rec == NULL)
        sim_patch_done(patch);
    return rec;
}

static void create(struct sim_call *call, enum sim_kind kind, const char *name)
{
    struct sim_patch patch;
    struct sim_rec *rec = prepare(call, kind, name, &patch);
    if (rec == NULL)
        return;
    bool entered = sim_enter(rec, &patch);
    sim_patch_done(&patch);
    if (!entered) {
        sim_answer_error(call, AXI_V_ENoMem, NULL, "out of memory");
        return;
    }
    answer_record(sim_answer(call), call, rec);
}

void sim_handle_create_user(struct sim_call *call)
{
    create(call, SIM_USER, "user");
}

void sim_handle_create_dev(struct sim_call *call)
{
    create(call, SIM_DEV, "pp");
}

void sim_handle_create_fixed(struct sim_call *call)
{
    struct sim_patch user_patch, dev_patch;
    struct sim_rec *user = prepare(call, SIM_USER, "user", &user_patch);
    if (user == NULL)
        return;
    struct sim_rec *dev = prepare(call, SIM_DEV, "pp", &dev_patch);
    if (dev == NULL) {
        sim_patch_done(&user_patch);
        sim_rec_free(user);
        return;
    }
    bool user_in = sim_enter(user, &user_patch), dev_in = sim_enter(dev, &dev_patch);
    sim_patch_done(&user_patch);
    sim_patch_done(&dev_patch);
    if (!user_in || !dev_in) {
        sim_answer_error(call, AXI_V_ENoMem, NULL, "out of memory");
        return;
    }
    sim_bind(user, dev, "Fixed");
    struct axi_elem *out = sim_answer(call);
    answer_record(out, call, user);
    answer_record(out, call, dev);
}

/* --- changing --------------------------------------------------------------------------------------- */

/* The record that an element names by its key; NULL after a refusal. */
static struct sim_rec *named(struct sim_call *call, enum sim_kind kind, const struct axi_elem *elem)
{
    enum axi_attr key = kind == SIM_DEV ? AXI_A_ppn : AXI_A_uid;
    int64_t id;
    if (!sim_need_int(call, elem, key, &id))
        return NULL;
    struct sim_rec *rec = sim_find(call->site, kind, id);
    if (rec == NULL)
        sim_answer_error(call, AXI_V_ENoEnt, axi_attr_name(key), NULL);
    return rec;
}

static bool read_patch(struct sim_call *call, struct sim_patch *patch, const struct sim_rec *rec,
                       const struct axi_elem *elem, enum sim_writer writer)
{
    struct sim_refusal refusal = {.code = AXI_V_NOTHING};
    if (!sim_patch_read(patch, call->site, rec->kind, rec, elem, writer, &refusal)) {
        sim_answer_refusal(call, &refusal);
        return false;
    }
    if (rec->kind != SIM_USER || patch->val[U_num] == NULL || patch->val[U_num][0] != '\0')
        return true;
    sim_answer_error(call, AXI_V_EInval, "num", "a user has a number");
    sim_patch_done(patch);
    return false;
}

static void set_record(struct sim_call *call, enum sim_kind kind, const char *name)
{
    struct sim_patch patch;
    const struct axi_elem *elem = sim_need_child(call, name);
    struct sim_rec *rec = elem != NULL ? named(call, kind, elem) : NULL;
    if (rec == NULL || !read_patch(call, &patch, rec, elem, writer_of(call)))
        return;
    sim_write(rec, &patch);
    sim_patch_done(&patch);
    answer_record(sim_answer(call), call, rec);
}

void sim_handle_set_user(struct sim_call *call)
{
    set_record(call, SIM_USER, "user");
}

void sim_handle_set_dev(struct sim_call *call)
{
    set_record(call, SIM_DEV, "pp");
}

/* --- SetPP: both records and their relation ----------------------------------------------------------- */

/* One side of the relation as it is to be. */
struct side {
    struct sim_rec *rec;
    int64_t partner;
    enum axi_value rel_type;
    bool changes;
};

static bool read_side(struct sim_call *call, struct side *side, const struct axi_elem *elem)
{
    bool dev = side->rec->kind == SIM_DEV;
    unsigned rel_slot = dev ? (unsigned)D_relType : (unsigned)U_relType;
    struct axi_str now = {side->rec->val[rel_slot], strlen(side->rec->val[rel_slot])};
    struct axi_str wanted = axi_has(elem, AXI_A_relType) ? axi_get_str(elem, AXI_A_relType) : now;
    int64_t current = sim_rec_int(side->rec, dev ? (unsigned)D_uid : (unsigned)U_ppn);
    side->partner = axi_get_int_or(elem, dev ? AXI_A_uid : AXI_A_ppn, current);
    side->rel_type = axi_value_of(AXI_E_PPRelTypeType, wanted);
    if (side->rel_type == AXI_V_NOTHING ||
        (side->rel_type == AXI_V_Unbound) != (side->partner == 0))
        sim_answer_error(call, AXI_V_EInval, "relType", "does not fit the other record's number");
    else {
        side->changes =
            side->partner != current || side->rel_type != axi_value_of(AXI_E_PPRelTypeType, now);
        return true;
    }
    return false;
}

/* Both sides must say the same. */
static bool sides_agree(struct sim_call *call, const struct side *dev, const struct side *user)
{
    if (!dev->changes && !user->changes)
        return true;
    if (dev->rec == NULL || user->rec == NULL) {
        sim_answer_error(call, AXI_V_EMissing, dev->rec == NULL ? "pp" : "user",
                         "the relation is set on both sides");
        return false;
    }
    bool unbound = dev->partner == 0 && user->partner == 0;
    bool bound = dev->partner == user->rec->id && user->partner == dev->rec->id;
    if (!(unbound || bound) || dev->rel_type != user->rel_type) {
        sim_answer_error(call, AXI_V_EInval, dev->partner != user->rec->id ? "uid" : "ppn",
                         "the two sides differ");
        return false;
    }
    return true;
}

static void set_relation(const struct side *dev, const struct side *user)
{
    if (!dev->changes && !user->changes)
        return;
    if (dev->partner != 0) {
        sim_bind(user->rec, dev->rec, axi_value_text(dev->rel_type));
        return;
    }
    sim_unbind(sim_user_of(dev->rec), dev->rec);
    sim_unbind(user->rec, sim_device_of(user->rec));
}

void sim_handle_set_pp(struct sim_call *call)
{
    const struct axi_elem *pp = axi_first_child(call->in, "pp");
    const struct axi_elem *usr = axi_first_child(call->in, "user");
    struct side dev, user;
    struct sim_patch dev_patch, user_patch;
    memset(&dev, 0, sizeof dev);
    memset(&user, 0, sizeof user);
    memset(&dev_patch, 0, sizeof dev_patch);
    memset(&user_patch, 0, sizeof user_patch);
    if (pp == NULL && usr == NULL) {
        sim_answer_error(call, AXI_V_EMissing, "pp", NULL);
        return;
    }
    if ((pp != NULL && (dev.rec = named(call, SIM_DEV, pp)) == NULL) ||
        (usr != NULL && (user.rec = named(call, SIM_USER, usr)) == NULL) ||
        (pp != NULL && !read_side(call, &dev, pp)) ||
        (usr != NULL && !read_side(call, &user, usr)) || !sides_agree(call, &dev, &user))
        return;
    if (pp != NULL && !read_patch(call, &dev_patch, dev.rec, pp, SIM_BY_SETPP))
        return;
    if (usr != NULL && !read_patch(call, &user_patch, user.rec, usr, SIM_BY_SETPP)) {
        sim_patch_done(&dev_patch);
        return;
    }
    set_relation(&dev, &user);
    if (dev.rec != NULL)
        sim_write(dev.rec, &dev_patch);
    if (user.rec != NULL)
        sim_write(user.rec, &user_patch);
    sim_patch_done(&dev_patch);
    sim_patch_done(&user_patch);
    struct axi_elem *out = sim_answer(call);
    if (dev.rec != NULL)
        answer_record(out, call, dev.rec);
    if (user.rec != NULL)
        answer_record(out, call, user.rec);
}

void sim_handle_set_relation(struct sim_call *call)
{
    struct sim_rec *user = named(call, SIM_USER, call->in);
    if (user == NULL)
        return;
    enum axi_value rel_type;
    if (axi_get_enum(call->in, AXI_A_relType, &rel_type) != AXI_OK) {
        sim_answer_error(call, AXI_V_EMissing, "relType", NULL);
        return;
    }
    struct sim_rec *dev = sim_device_of(user);
    if (rel_type == AXI_V_Unbound || dev == NULL) {
        sim_answer_error(call, AXI_V_EForbidden, "relType", "only between Fixed and Dynamic");
        return;
    }
    sim_bind(user, dev, axi_value_text(rel_type));
    struct axi_elem *out = sim_answer(call);
    axi_set_int(out, AXI_A_uid, user->id);
    axi_set_enum(out, AXI_A_relType, rel_type);
}

/* --- deleting ----------------------------------------------------------------------------------------- */

void sim_handle_delete_user(struct sim_call *call)
{
    char num[128];
    struct sim_rec *user;
    if (axi_has(call->in, AXI_A_num) && !axi_has(call->in, AXI_A_uid)) {
        user = sim_text(call->in, AXI_A_num, num, sizeof num) ? sim_find_number(call->site, num)
                                                              : NULL;
        if (user == NULL)
            sim_answer_error(call, AXI_V_ENoEnt, "num", NULL);
    } else {
        user = named(call, SIM_USER, call->in);
    }
    if (user == NULL)
        return;
    sim_leave(user);
    sim_answer(call);
}

void sim_handle_delete_dev(struct sim_call *call)
{
    struct sim_rec *dev = named(call, SIM_DEV, call->in);
    if (dev == NULL)
        return;
    sim_leave(dev);
    sim_answer(call);
}
