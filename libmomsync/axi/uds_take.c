/*
 * Changes of the remote: what it has newer or alone, and what is done there. They become inputs, and are answered after
 * the step with what is stored then.
 *
 * The remote has one time for all fields of a kind, and the later time wins (UDS guide 2.1.5). So that a field that it
 * did not touch does not undo a change of somebody else, what it tells is looked at field by field:
 *
 *   - older than what we have: ignored, the answer tells what is true;
 *   - changed while the link was down (its time is before this login), and equal to what it had when the link was
 *     last up: it is not this field that was changed there, and it is ignored;
 *   - changed while the link was down, and changed here too: a conflict;
 *   - anything else is taken.
 */
#include "uds_impl.h"

#include <momsync/history.h>

#include <string.h>

enum { SLACK_MS = 2000 }; /* times are whole seconds, and so is the clock's offset */

static const char *element_of(enum mom_type type)
{
    return type == MOM_USER ? "user" : "pp";
}

static enum axi_attr key_of(enum mom_type type)
{
    return type == MOM_USER ? AXI_A_uid : AXI_A_ppn;
}

/* --- what is taken of it ------------------------------------------------------------------------ */

/* The row of an attribute; attributes without one are a group of their own. */
static const struct mom_field_info *info_of(enum mom_type type, struct mom_str name)
{
    enum mom_field field = mom_field_of(type, name);

    if (field == MOM_FIELD_NONE)
        field = type == MOM_USER ? MOM_USER_extra : MOM_DEVICE_extra;
    return mom_field_info(field);
}

static bool value_of(const struct mom_record *record, const struct mom_field_info *info,
                     struct mom_str name, struct mom_str *ret_value)
{
    struct mom_attr extra;

    if (info->form != MOM_EXTRA)
        return mom_record_get(record, mom_field_of(info->owner, name), ret_value);
    for (size_t i = 0; mom_record_extra(record, i, &extra); i++) {
        if (extra.name.len == name.len && memcmp(extra.name.ptr, name.ptr, name.len) == 0) {
            *ret_value = extra.value;
            return true;
        }
    }
    return false;
}

static bool equals(const struct mom_record *record, const struct mom_field_info *info,
                   const struct mom_attr *attr)
{
    struct mom_str value;

    return value_of(record, info, attr->name, &value) && value.len == attr->value.len &&
           (value.len == 0 || memcmp(value.ptr, attr->value.ptr, value.len) == 0);
}

static bool is_relation(const struct mom_field_info *info)
{
    return info->kind == MOM_RELATION;
}

/* What the site's number of a partner stands for is looked up before: a record lives until the next question. */
struct upload {
    struct mom_input *input;
    struct mom_attr *attrs; /* the same as input->attrs */
    uint64_t id, partner;
    size_t known;    /* so many attributes, the first ones, are of fields that we have */
    size_t disputed; /* so many, the first ones, were changed on both sides */
};

static void drop(struct upload *u, size_t i)
{
    u->known -= i < u->known;
    memmove(&u->attrs[i], &u->attrs[i + 1], (u->input->attr_count - i - 1) * sizeof(*u->attrs));
    u->input->attr_count--;
}

/* Nothing of a kind was told. */
static void drop_kind(struct upload *u, enum mom_kind kind)
{
    for (size_t i = u->input->attr_count; i-- > 0;) {
        if (info_of(u->input->type, u->attrs[i].name)->kind == kind)
            drop(u, i);
    }
    u->input->times_ms[kind] = 0;
}

static void drop_relation(struct upload *u)
{
    u->input->has_partner = false;
    u->input->partner_local = 0;
}

static void sort_known(struct upload *u, const struct mom_record *ours)
{
    u->known = 0;
    for (size_t i = 0; i < u->input->attr_count; i++) {
        struct mom_attr attr = u->attrs[i];
        struct mom_str value;

        if (!value_of(ours, info_of(u->input->type, attr.name), attr.name, &value))
            continue;
        u->attrs[i] = u->attrs[u->known];
        u->attrs[u->known++] = attr;
    }
}

/* Is it what the remote had when the link was last up? A field that the record did not have then, and has by now,
 * was set here: what is told of it is what the remote has where there is nothing. */
static bool is_unchanged(const struct upload *u, size_t i, const struct mom_field_info *info,
                         const struct mom_record *base)
{
    struct mom_str value;

    if (!value_of(base, info, u->attrs[i].name, &value))
        return i < u->known;
    if (is_relation(info) && u->input->has_partner && mom_record_partner(base) != u->partner)
        return false;
    return equals(base, info, &u->attrs[i]);
}

/* True: the relation is as it was. */
static bool drop_unchanged(const struct mom_uds *link, struct upload *u,
                           const struct mom_record *base)
{
    bool same = false;

    for (size_t i = u->input->attr_count; i-- > 0;) {
        const struct mom_field_info *info = info_of(u->input->type, u->attrs[i].name);
        int64_t told = u->input->times_ms[info->kind];

        if ((info->flags & MOM_REPORTED) != 0 || told == 0 || told >= link->login_wall ||
            !is_unchanged(u, i, info, base))
            continue;
        same |= is_relation(info);
        drop(u, i);
    }
    return same;
}

static bool drop_older(struct mom_uds *link, struct upload *u, const struct mom_record *ours)
{
    bool older = false;

    for (size_t i = u->input->attr_count; i-- > u->disputed;) {
        const struct mom_field_info *info = info_of(u->input->type, u->attrs[i].name);
        int64_t told = u->input->times_ms[info->kind];

        if ((info->flags & MOM_REPORTED) != 0 || told == 0 ||
            told > mom_record_stamp(ours, info->group).ms - SLACK_MS)
            continue;
        link->ignored += !equals(ours, info, &u->attrs[i]);
        older |= is_relation(info);
        drop(u, i);
    }
    return older;
}

/* What both changed while the link was down comes first. Relations are no values that two may choose: their times
 * decide. */
static void sort_disputed(struct mom_uds *link, struct upload *u, const struct mom_record *ours)
{
    bool user = u->input->type == MOM_USER;
    char line[160];

    for (size_t i = 0; i < u->input->attr_count; i++) {
        struct mom_attr attr = u->attrs[i];
        const struct mom_field_info *info = info_of(u->input->type, attr.name);
        int64_t told = u->input->times_ms[info->kind];

        if ((info->flags & MOM_REPORTED) != 0 || is_relation(info) || told == 0 ||
            told >= link->login_wall ||
            mom_record_stamp(ours, info->group).ms <= link->contact_ms || equals(ours, info, &attr))
            continue;
        link->collisions++;
        mom__text_format(line, sizeof(line), "%s %d: %v was changed at both sides",
                         user ? "uid" : "ppn", (int64_t)u->input->local, mom__axi_str(attr.name));
        if (u->disputed == 0)
            mom__uds_log(link, MOM_LOG_NOTICE, line);
        u->attrs[i] = u->attrs[u->disputed];
        u->attrs[u->disputed++] = attr;
    }
}

/* A history that does not go back so far leaves the record's own times to decide. */
static void sift(struct mom_uds *link, struct mom_view *view, struct upload *u)
{
    const struct mom_record *record;

    u->partner = mom__uds_id_of(link, view, u->input->type == MOM_USER ? MOM_DEVICE : MOM_USER,
                                u->input->partner_local);
    record = mom_view_record(view, u->id);
    if (record != NULL)
        sort_known(u, record);
    if (link->contact_ms != 0 &&
        mom_view_record_at(view, u->id, link->contact_ms, &record) == MOM_OK &&
        drop_unchanged(link, u, record))
        drop_relation(u);
    record = mom_view_record(view, u->id);
    if (record == NULL)
        return;
    if (link->contact_ms != 0)
        sort_disputed(link, u, record);
    if (drop_older(link, u, record))
        drop_relation(u);
}

/* --- inputs ------------------------------------------------------------------------------------- */

struct half {
    const struct axi_elem *elem; /* NULL: there is none */
    uint32_t local;
    uint64_t id; /* 0: it is to be made */
};

/* Both sides of a pair that is made in one go name each other; neither knows the other's number. */
static void name_partner(struct mom_input *input, const struct half *other)
{
    struct axi_str relation = {NULL, 0};

    for (size_t i = 0; i < input->attr_count; i++) {
        if (info_of(input->type, input->attrs[i].name)->kind == MOM_RELATION)
            relation = mom__axi_str(input->attrs[i].value);
    }
    if (input->partner_local != 0 || other->elem == NULL || relation.len == 0 ||
        (relation.len == 7 && memcmp(relation.ptr, "Unbound", 7) == 0))
        return;
    input->has_partner = true;
    input->partner_local = other->local;
}

/* What is disputed is an input of its own. */
static int give(struct mom_uds *link, struct upload *u)
{
    struct mom_input disputed = *u->input;
    int rc = MOM_OK;

    disputed.attr_count = u->disputed;
    disputed.has_partner = false;
    disputed.partner_local = 0;
    disputed.disputed = true;
    if (u->disputed > 0)
        rc = mom__uds_input(link, &disputed);
    u->input->attrs = u->attrs + u->disputed;
    u->input->attr_count -= u->disputed;
    return rc == MOM_OK ? mom__uds_input(link, u->input) : rc;
}

static int take_half(struct mom_uds *link, struct mom_view *view, enum mom_type type,
                     const struct half halves[MOM__UDS_TYPES])
{
    const struct half *half = &halves[type],
                      *other = &halves[type == MOM_USER ? MOM_DEVICE : MOM_USER];
    struct mom_input input = {.kind = MOM_IN_RECORD, .type = type, .local = half->local};
    struct upload upload = {.input = &input, .id = half->id};
    bool completes;
    int rc;

    if (half->elem == NULL)
        return MOM_OK;
    rc = mom__records_read(&link->records, half->elem, &input);
    if (rc != MOM_OK)
        return rc;
    name_partner(&input, other);
    upload.attrs = link->records.attrs;
    completes = type == MOM_DEVICE && mom__uds_is_completion(link, half->id, half->elem);
    if (completes)
        drop_kind(&upload, MOM_ROAMING);
    /* A phone may come back within the second in which another site claimed it: what is told as it happens, happens
     * now. */
    if (type == MOM_DEVICE && !completes && mom__uds_is_here(link, half->elem) &&
        input.times_ms[MOM_ROAMING] > link->now.wall_ms - SLACK_MS &&
        input.times_ms[MOM_ROAMING] < link->now.wall_ms)
        input.times_ms[MOM_ROAMING] = link->now.wall_ms;
    input.partial = half->id != 0;
    if (half->id != 0)
        sift(link, view, &upload);
    link->uploads++;
    return give(link, &upload);
}

static int take_halves(struct mom_uds *link, struct mom_view *view,
                       const struct half halves[MOM__UDS_TYPES])
{
    int rc = take_half(link, view, MOM_DEVICE, halves);

    if (rc == MOM_OK)
        rc = take_half(link, view, MOM_USER, halves);
    if (rc == MOM_OK && halves[MOM_DEVICE].id != 0)
        rc = mom__uds_take_place(link, view, halves[MOM_DEVICE].id, halves[MOM_DEVICE].elem);
    return rc;
}

/* --- requests ----------------------------------------------------------------------------------- */

static int refuse(struct mom_uds *link, const struct axi_msg *request, enum axi_value code,
                  const char *bad)
{
    link->refused++;
    axi_server_error(link->server, request, code, bad, NULL, 0);
    return mom__uds_send(link);
}

static bool creates(enum axi_type request)
{
    return request == AXI_T_CreatePPDev || request == AXI_T_CreatePPUser ||
           request == AXI_T_CreateFixedPP;
}

/* Is the number or IPEI that of a record that the site has? Then this one is a double. */
static bool is_double(struct mom_uds *link, struct mom_view *view, enum mom_type type,
                      const struct axi_elem *elem)
{
    struct axi_str key = axi_get_str(elem, type == MOM_USER ? AXI_A_num : AXI_A_ipei);
    const struct mom_record *other =
        key.len > 0
            ? mom_view_find(view, type == MOM_USER ? MOM_USER_num : MOM_DEVICE_ipei, mom__str(key))
            : NULL;

    return other != NULL && mom_view_local(view, link->config.site, mom_record_id(other)) != 0;
}

/* Whom one half is about. NOTHING: it can be done. */
static enum axi_value find_half(struct mom_uds *link, struct mom_view *view, enum axi_type request,
                                enum mom_type type, struct half *half)
{
    if (half->elem == NULL)
        return AXI_V_NOTHING;
    half->local = creates(request) ? 0 : mom__records_id(half->elem, key_of(type));
    if (half->local != 0) {
        half->id = mom__uds_id_of(link, view, type, half->local);
        return half->id != 0 && mom_view_record(view, half->id) != NULL ? AXI_V_NOTHING
                                                                        : AXI_V_ENoEnt;
    }
    if (request == AXI_T_SetPPDev || request == AXI_T_SetPPUser ||
        (type == MOM_USER && axi_get_str(half->elem, AXI_A_num).len == 0))
        return AXI_V_EMissing;
    return is_double(link, view, type, half->elem) ? AXI_V_EExist : AXI_V_NOTHING;
}

static enum axi_value find_halves(struct mom_uds *link, struct mom_view *view,
                                  const struct axi_msg *request, struct half *halves,
                                  const char **ret_bad)
{
    enum axi_type kind = axi_msg_type(request);
    enum axi_value code = AXI_V_NOTHING;
    bool any = false;

    for (unsigned type = MOM_USER; type <= MOM_DEVICE && code == AXI_V_NOTHING; type++) {
        struct half *half = &halves[type];

        half->elem = axi_first_child(axi_msg_root(request), element_of((enum mom_type)type));
        any |= half->elem != NULL;
        code = find_half(link, view, kind, (enum mom_type)type, half);
        *ret_bad = element_of((enum mom_type)type);
    }
    if (!any)
        return AXI_V_EMissing;
    return code;
}

static struct mom__uds_write *begin_write(struct mom_uds *link, const struct axi_msg *request)
{
    struct mom__uds_write *write = &link->writes[link->write_count++];

    memset(write, 0, sizeof(*write));
    write->request = axi_msg_type(request);
    write->has_seq = axi_get_int(axi_msg_root(request), AXI_A_seq, &write->seq) == AXI_OK;
    return write;
}

void mom__uds_note_profile(struct mom_uds *link, const struct axi_msg *request, uint32_t number)
{
    begin_write(link, request)->profile = number;
}

static int note_write(struct mom_uds *link, const struct axi_msg *request,
                      const struct half halves[MOM__UDS_TYPES])
{
    struct mom__uds_write *write = begin_write(link, request);

    for (unsigned type = MOM_USER; halves != NULL && type <= MOM_DEVICE; type++) {
        write->local[type] = halves[type].local;
        write->fresh[type] = halves[type].id == 0;
    }
    return MOM_OK;
}

/* Numbers for what is to be made; false in *ret_all: there are no more. */
static int number_halves(struct mom_uds *link, struct half *halves, bool *ret_all)
{
    int rc = MOM_OK;

    *ret_all = true;
    for (unsigned type = MOM_USER; type <= MOM_DEVICE && rc == MOM_OK; type++) {
        if (halves[type].elem == NULL || halves[type].id != 0)
            continue;
        rc = mom__uds_number(link, (enum mom_type)type, &halves[type].local);
        *ret_all = *ret_all && halves[type].local != 0;
    }
    return rc;
}

int mom__uds_set(struct mom_uds *link, const struct axi_msg *request)
{
    struct half halves[MOM__UDS_TYPES] = {{NULL, 0, 0}};
    const char *bad = NULL;
    enum axi_value code;
    struct mom_view *view;
    bool numbered = false;
    int rc = mom__uds_view(link, &view);

    if (rc != MOM_OK || view == NULL)
        return rc;
    code = find_halves(link, view, request, halves, &bad);
    if (code == AXI_V_NOTHING)
        rc = number_halves(link, halves, &numbered);
    if (rc == MOM_OK && numbered)
        rc = take_halves(link, view, halves);
    rc = mom__uds_view_done(link, view, rc);
    if (rc != MOM_OK || !mom__uds_is_open(link))
        return rc;
    if (code != AXI_V_NOTHING)
        return refuse(link, request, code, bad);
    return numbered ? note_write(link, request, halves) : refuse(link, request, AXI_V_ENoMem, NULL);
}

/* DeletePPUser names the user by uid or by number. */
static uint32_t find_deleted(struct mom_uds *link, struct mom_view *view, enum mom_type type,
                             const struct axi_elem *root)
{
    uint32_t local = mom__records_id(root, key_of(type));
    struct axi_str num = axi_get_str(root, AXI_A_num);
    const struct mom_record *user;
    uint64_t id;

    if (local == 0 && type == MOM_USER && num.len > 0) {
        user = mom_view_find(view, MOM_USER_num, mom__str(num));
        local = user != NULL ? mom_view_local(view, link->config.site, mom_record_id(user)) : 0;
    }
    id = mom__uds_id_of(link, view, type, local);
    return id != 0 && mom_view_record(view, id) != NULL ? local : 0;
}

int mom__uds_delete(struct mom_uds *link, const struct axi_msg *request)
{
    bool user = axi_msg_type(request) == AXI_T_DeletePPUser;
    struct mom_input input = {.kind = MOM_IN_GONE, .type = user ? MOM_USER : MOM_DEVICE};
    struct mom_view *view;
    int rc = mom__uds_view(link, &view);

    if (rc != MOM_OK || view == NULL)
        return rc;
    input.local = find_deleted(link, view, input.type, axi_msg_root(request));
    if (input.local != 0)
        rc = mom__uds_input(link, &input);
    rc = mom__uds_view_done(link, view, rc);
    if (rc != MOM_OK || !mom__uds_is_open(link))
        return rc;
    link->uploads += input.local != 0;
    return input.local != 0 ? note_write(link, request, NULL)
                            : refuse(link, request, AXI_V_ENoEnt, NULL);
}

/* --- answers ------------------------------------------------------------------------------------ */

static void begin_request(struct mom_uds *link, const struct mom__uds_write *write)
{
    struct axi_elem *root = axi_msg_start(link->message, write->request);

    if (write->has_seq)
        axi_set_int(root, AXI_A_seq, write->seq);
}

/* Why a record that was to be made is not there: there is no room, or it was somebody else's. */
static enum axi_value why_not(struct mom_uds *link, enum mom_type type, bool fresh)
{
    enum mom_capacity_kind kind = type == MOM_USER ? MOM_CAPACITY_USERS : MOM_CAPACITY_DEVICES;
    struct mom_capacity all = {.limit = 0}, site = {.limit = 0};

    if (!fresh)
        return AXI_V_ENoEnt;
    (void)mom_engine_capacity(link->config.engine, kind, 0, &all);
    (void)mom_engine_capacity(link->config.engine, MOM_CAPACITY_SITE_DEVICES, link->config.site,
                              &site);
    return all.used >= all.limit || (type == MOM_DEVICE && site.used >= site.limit) ? AXI_V_ENoMem
                                                                                    : AXI_V_EExist;
}

static int answer(struct mom_uds *link, struct mom_view *view, const struct mom__uds_write *write)
{
    enum axi_value code = AXI_V_NOTHING;
    struct axi_elem *root;

    begin_request(link, write);
    root = axi_server_answer(link->server, link->message);
    for (unsigned type = MOM_DEVICE; type >= MOM_USER && code == AXI_V_NOTHING; type--) {
        uint32_t local = write->local[type];
        uint64_t id;

        if (local == 0)
            continue;
        id = mom__uds_id_of(link, view, (enum mom_type)type, local);
        if (id == 0 ||
            !mom__uds_show(link, view, axi_add_child(root, element_of((enum mom_type)type)),
                           (enum mom_type)type, id, local))
            code = why_not(link, (enum mom_type)type, write->fresh[type]);
    }
    if (write->profile != 0)
        mom__uds_show_profile(link, view, root, write->profile);
    return code == AXI_V_NOTHING ? mom__uds_send(link) : refuse(link, link->message, code, NULL);
}

int mom__uds_answer_writes(struct mom_uds *link)
{
    struct mom_view *view;
    int rc;

    if (link->write_count == 0)
        return MOM_OK;
    rc = mom__uds_view(link, &view);
    if (rc != MOM_OK || view == NULL)
        return rc;
    for (size_t i = 0; i < link->write_count && rc == MOM_OK; i++)
        rc = answer(link, view, &link->writes[i]);
    link->write_count = 0;
    return mom__uds_view_done(link, view, rc);
}
