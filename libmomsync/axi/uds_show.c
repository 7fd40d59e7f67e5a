/*
 * Records as the remote sees them: what the site has, by its numbers, as it is now. Pages, single records, summaries.
 */
#include "uds_impl.h"

#include <string.h>

/* --- numbers and times -------------------------------------------------------------------------- */

static enum axi_attr key_of(enum mom_type type)
{
    return type == MOM_USER ? AXI_A_uid : AXI_A_ppn;
}

static enum axi_attr partner_of(enum mom_type type)
{
    return type == MOM_USER ? AXI_A_ppn : AXI_A_uid;
}

uint64_t mom__uds_id_of(struct mom_uds *link, struct mom_view *view, enum mom_type type,
                        uint32_t local)
{
    uint32_t found = 0;
    uint64_t id =
        local != 0 ? mom_view_next_local(view, link->config.site, type, local - 1, &found) : 0;

    return found == local ? id : 0;
}

int64_t mom__uds_seconds(const struct mom_uds *link, int64_t ms)
{
    ms += link->records.clock.offset_ms;
    return ms > 0 ? ms / 1000 : 0;
}

/* When each kind of fields last changed. A claim is the time of the kind "roaming". */
static void times_of(const struct mom_record *record, int64_t ret_times[MOM_KINDS])
{
    enum mom_type type = mom_record_type(record);
    int64_t created = mom_record_created(record).ms;

    for (int kind = 0; kind < MOM_KINDS; kind++)
        ret_times[kind] = created;
    for (unsigned f = 1; f < MOM_FIELD_COUNT; f++) {
        const struct mom_field_info *info = mom_field_info((enum mom_field)f);
        int64_t ms;

        if (info->owner != type || info->group != (enum mom_field)f ||
            (info->flags & MOM_REPORTED) != 0)
            continue;
        ms = mom_record_stamp(record, (enum mom_field)f).ms;
        if (ms > ret_times[info->kind])
            ret_times[info->kind] = ms;
    }
    if (type == MOM_DEVICE && mom_record_claim_ms(record) > 0)
        ret_times[MOM_ROAMING] = mom_record_claim_ms(record);
}

static void write_times(struct mom_uds *link, struct axi_elem *elem,
                        const struct mom_record *record)
{
    static const enum axi_attr stamps[MOM_KINDS] = {
        [MOM_ADMIN] = AXI_A_timeStampAdmin,
        [MOM_RELATION] = AXI_A_timeStampRelation,
        [MOM_ROAMING] = AXI_A_timeStampRoaming,
        [MOM_SUBSCRIPTION] = AXI_A_timeStampSubscription,
    };
    /* A user has no place and no subscription. */
    bool device = mom_record_type(record) == MOM_DEVICE;
    int64_t times[MOM_KINDS], newest = 0;

    times_of(record, times);
    for (int kind = 0; kind < MOM_KINDS; kind++) {
        if (!device && (kind == MOM_ROAMING || kind == MOM_SUBSCRIPTION))
            continue;
        axi_set_int(elem, stamps[kind], mom__uds_seconds(link, times[kind]));
        newest = times[kind] > newest ? times[kind] : newest;
    }
    axi_set_int(elem, AXI_A_timeStamp, mom__uds_seconds(link, newest));
}

/* --- fields ------------------------------------------------------------------------------------- */

/* Where a phone is is written by itself, as it depends on who looks. */
static bool is_place(enum axi_attr attr)
{
    return attr == AXI_A_ommId || attr == AXI_A_ommIdAck || attr == AXI_A_roaming;
}

void mom__uds_show_attr(struct mom_uds *link, struct axi_elem *elem, enum mom_type type,
                        const struct mom_attr *attr)
{
    const struct mom__key *key = link->remote_key != NULL ? link->remote_key : &link->records.key;
    enum axi_attr id = axi_attr_of(mom__axi_str(attr->name));

    if (mom__records_is_local(id) || id == AXI_A_relType || is_place(id))
        return;
    if (!mom__records_write(&link->records, key, elem, type, attr))
        link->secrets_unusable++;
}

static void show_fields(struct mom_uds *link, struct axi_elem *elem,
                        const struct mom_record *record)
{
    enum mom_type type = mom_record_type(record);
    struct mom_attr attr;

    for (unsigned f = 1; f < MOM_FIELD_COUNT; f++) {
        const struct mom_field_info *info = mom_field_info((enum mom_field)f);

        if (info->owner != type || info->form == MOM_PARTNER || info->form == MOM_EXTRA ||
            !mom_record_get(record, (enum mom_field)f, &attr.value))
            continue;
        attr.name = (struct mom_str){info->name, strlen(info->name)};
        mom__uds_show_attr(link, elem, type, &attr);
    }
    for (size_t i = 0; mom_record_extra(record, i, &attr); i++)
        mom__uds_show_attr(link, elem, type, &attr);
}

/* The partner as the site has it: one that is not there (it works at another site only) is none. */
static void show_relation(struct mom_uds *link, struct mom_view *view, struct axi_elem *elem,
                          enum mom_type type, uint64_t partner, bool fixed)
{
    uint32_t local = partner != 0 ? mom_view_local(view, link->config.site, partner) : 0;

    axi_set_cstr(elem, AXI_A_relType, local == 0 ? "Unbound" : fixed ? "Fixed" : "Dynamic");
    axi_set_int(elem, partner_of(type), local);
}

static bool is_fixed(const struct mom_record *record)
{
    bool user = mom_record_type(record) == MOM_USER;
    struct mom_str value;

    return mom_record_get(record, user ? MOM_USER_relType : MOM_DEVICE_relType, &value) &&
           value.len == 5 && memcmp(value.ptr, "Fixed", 5) == 0;
}

bool mom__uds_show(struct mom_uds *link, struct mom_view *view, struct axi_elem *elem,
                   enum mom_type type, uint64_t id, uint32_t local)
{
    const struct mom_record *record = mom_view_record(view, id);
    uint64_t partner;
    bool fixed;

    if (record == NULL || mom_record_type(record) != type)
        return false;
    axi_set_int(elem, key_of(type), local);
    show_fields(link, elem, record);
    write_times(link, elem, record);
    if (type == MOM_DEVICE)
        mom__uds_show_place(link, elem, record);
    partner = mom_record_partner(record);
    fixed = is_fixed(record);
    show_relation(link, view, elem, type, partner, fixed);
    return true;
}

bool mom__uds_show_times(struct mom_uds *link, struct mom_view *view, struct axi_elem *elem,
                         enum mom_type type, uint64_t id, uint32_t local)
{
    const struct mom_record *record = mom_view_record(view, id);

    axi_set_int(elem, key_of(type), local);
    if (record == NULL || mom_record_type(record) != type)
        return false;
    write_times(link, elem, record);
    return true;
}

/* --- questions ---------------------------------------------------------------------------------- */

static int no_such_record(struct mom_uds *link, const struct axi_msg *request)
{
    axi_server_error(link->server, request, AXI_V_ENoEnt, NULL, NULL, 0);
    return mom__uds_send(link);
}

static void note_read(struct mom_uds *link, enum mom_type type)
{
    link->read_all[type] = true;
    if (link->state == MOM_UDS_READING && link->read_all[MOM_USER] && link->read_all[MOM_DEVICE])
        mom__uds_enter_state(link, MOM_UDS_STEADY);
}

/* Deleted records that the site was not told of yet have a number and are not shown. */
static unsigned fill_page(struct mom_uds *link, struct mom_view *view, enum mom_type type,
                          const struct axi_page *page, struct axi_elem *answer)
{
    uint32_t local = page->first > 1 ? (uint32_t)page->first - 1 : 0, found;
    unsigned count = 0;
    uint64_t id;

    if (page->first > UINT32_MAX)
        return 0;
    while (count < page->count &&
           (id = mom_view_next_local(view, link->config.site, type, local, &found)) != 0) {
        if (page->exact && found != page->first)
            break;
        local = found;
        if (mom_view_record(view, id) == NULL)
            continue;
        (void)mom__uds_show(link, view, axi_add_child(answer, page->paging.element), type, id,
                            local);
        count++;
    }
    return count;
}

int mom__uds_page(struct mom_uds *link, const struct axi_msg *request)
{
    enum mom_type type = axi_msg_type(request) == AXI_T_GetPPUser ? MOM_USER : MOM_DEVICE;
    struct mom_view *view;
    struct axi_page page;
    unsigned count;
    int rc;

    if (axi_server_page(request, &page) != AXI_OK || page.first < 0) {
        axi_server_error(link->server, request, AXI_V_EInval, "maxRecords", NULL, 0);
        return mom__uds_send(link);
    }
    rc = mom__uds_view(link, &view);
    if (rc != MOM_OK || view == NULL)
        return rc;
    count = fill_page(link, view, type, &page, axi_server_answer(link->server, request));
    rc = mom__uds_view_done(link, view, MOM_OK);
    if (rc != MOM_OK || !mom__uds_is_open(link))
        return rc;
    link->shown[type] += count;
    if (!page.exact && count < page.count)
        note_read(link, type);
    return count > 0 ? mom__uds_send(link) : no_such_record(link, request);
}

int mom__uds_summary(struct mom_uds *link, const struct axi_msg *request)
{
    enum mom_type type = axi_msg_type(request) == AXI_T_GetPPUserSummary ? MOM_USER : MOM_DEVICE;
    struct mom_site_info info = {.site = 0};
    struct axi_elem *answer;
    struct mom_view *view;
    uint32_t first = 0;
    int rc = mom__uds_view(link, &view);

    if (rc != MOM_OK || view == NULL)
        return rc;
    (void)mom_view_next_local(view, link->config.site, type, 0, &first);
    rc = mom__uds_view_done(link, view, MOM_OK);
    if (rc != MOM_OK || !mom__uds_is_open(link))
        return rc;
    (void)mom_engine_site(link->config.engine, link->config.site, &info);
    link->totals[type] = type == MOM_USER ? info.users : info.devices;
    answer = axi_server_answer(link->server, request);
    axi_set_int(answer, AXI_A_nRecords, link->totals[type]);
    axi_set_int(answer, type == MOM_USER ? AXI_A_uidFirst : AXI_A_ppnFirst, first);
    return mom__uds_send(link);
}

int mom__uds_find(struct mom_uds *link, const struct axi_msg *request)
{
    bool user = axi_msg_type(request) == AXI_T_GetPPUserByNumber;
    enum mom_type type = user ? MOM_USER : MOM_DEVICE;
    struct axi_str key = axi_get_str(axi_msg_root(request), user ? AXI_A_num : AXI_A_ipei);
    const struct mom_record *record;
    struct axi_elem *answer;
    struct mom_view *view;
    uint32_t local = 0;
    uint64_t id;
    bool shown = false;
    int rc = mom__uds_view(link, &view);

    if (rc != MOM_OK || view == NULL)
        return rc;
    record = key.len > 0 ? mom_view_find(view, user ? MOM_USER_num : MOM_DEVICE_ipei, mom__str(key))
                         : NULL;
    id = record != NULL ? mom_record_id(record) : 0;
    if (id != 0)
        local = mom_view_local(view, link->config.site, id);
    answer = axi_server_answer(link->server, request);
    if (local != 0)
        shown =
            mom__uds_show(link, view, axi_add_child(answer, user ? "user" : "pp"), type, id, local);
    rc = mom__uds_view_done(link, view, MOM_OK);
    if (rc != MOM_OK || !mom__uds_is_open(link))
        return rc;
    return shown ? mom__uds_send(link) : no_such_record(link, request);
}
