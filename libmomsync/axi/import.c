/*
 * Reading the lists: devices, then users, by pages with several requests outstanding. Events that
 * arrive meanwhile are held and handled when both lists are read, so that no event is about a
 * record that was not told yet and none is overwritten by an older page. When more arrive than are
 * held, the lists are read once more.
 */
#include "omm_impl.h"

#include <string.h>

struct list {
    enum mom_type type;
    enum axi_type request;
    enum axi_attr key;
    const char *element;
};

static const struct list devices = {MOM_DEVICE, AXI_T_GetPPDev, AXI_A_ppn, "pp"};
static const struct list users = {MOM_USER, AXI_T_GetPPUser, AXI_A_uid, "user"};

static const struct list *list_of(const struct mom_omm *link)
{
    return link->reading == MOM_DEVICE ? &devices : &users;
}

static void begin_list(struct mom_omm *link, enum mom_type type)
{
    link->reading = type;
    axi_pages_start(&link->pages, 1, UINT32_MAX, (unsigned)link->config.page,
                    (unsigned)link->config.window);
}

int mom__omm_import_start(struct mom_omm *link)
{
    struct mom_input input = {.kind = MOM_IN_IMPORT};
    int rc = mom__omm_input(link, &input);

    if (rc != MOM_OK)
        return rc;
    if (link->held_overflow)
        mom__omm_drop_held(link);
    link->imports++;
    link->devices_read = link->users_read = 0;
    begin_list(link, MOM_DEVICE);
    return mom__omm_import_pump(link);
}

int mom__omm_import_pump(struct mom_omm *link)
{
    const struct list *list = list_of(link);
    int64_t start;
    unsigned max;

    while (mom__omm_has_room(link) && axi_pages_next(&link->pages, &start, &max)) {
        struct axi_elem *request = axi_msg_start(link->request, list->request);
        int rc;

        axi_set_int(request, list->key, start);
        axi_set_int(request, AXI_A_maxRecords, max);
        rc = mom__omm_send(link, link->request, MOM__TAG(MOM__FOR_PAGE, start));
        if (rc != MOM_OK)
            return rc;
    }
    return MOM_OK;
}

/* --- the events that were held */

void mom__omm_drop_held(struct mom_omm *link)
{
    axi_msg_reset(link->held);
    link->held_count = 0;
    link->held_bytes = 0;
    link->held_overflow = false;
}

static int hold(struct mom_omm *link, const struct axi_msg *msg)
{
    uint64_t bytes = axi_parser_stats(link->parser).bytes - link->message_began;

    if (link->held_overflow)
        return MOM_OK;
    if (link->held_count >= MOM__OMM_HELD_MAX || link->held_bytes + bytes > MOM__OMM_HELD_BYTES) {
        mom__omm_drop_held(link);
        link->held_overflow = true;
        return MOM_OK;
    }
    if (link->held_count == 0)
        (void)axi_msg_start_named(link->held, (struct axi_str){"held", 4});
    (void)axi_add_copy(axi_msg_root(link->held), axi_msg_root(msg));
    link->held_count++;
    link->held_bytes += (size_t)bytes;
    return axi_msg_error(link->held) == AXI_OK ? MOM_OK : MOM_ENOMEM;
}

/* One half of an event: changed attributes, or the key alone when the record was deleted. */
static int handle_half(struct mom_omm *link, enum mom_type type, const struct axi_elem *elem,
                       bool deleted)
{
    uint32_t local = mom__omm_local(type, elem);

    if (local == 0) {
        if (elem != NULL)
            link->unknown_messages++;
        return MOM_OK;
    }
    return deleted ? mom__omm_gone(link, type, local)
                   : mom__omm_record(link, type, local, elem, true);
}

/* A phone that registers its location is heard. */
static int handle_transaction(struct mom_omm *link, const struct axi_elem *event)
{
    struct mom_input input = {.kind = MOM_IN_HEARD, .type = MOM_DEVICE};

    enum axi_value what = AXI_V_NOTHING;

    input.local = mom__records_id(event, AXI_A_ppn);
    if (input.local == 0 || axi_get_enum(event, AXI_A_trType, &what) != AXI_OK ||
        what != AXI_V_LocReg)
        return MOM_OK;
    return mom__omm_input(link, &input);
}

static int handle_event(struct mom_omm *link, enum axi_type type, const struct axi_elem *event)
{
    const struct axi_elem *pp = axi_first_child(event, "pp");
    const struct axi_elem *user = axi_first_child(event, "user");
    bool known = true;
    int rc;

    switch (type) {
    case AXI_T_EventPPCnf:
        rc = handle_half(link, MOM_DEVICE, pp, axi_get_bool_or(event, AXI_A_deletedDev, false));
        if (rc == MOM_OK)
            rc =
                handle_half(link, MOM_USER, user, axi_get_bool_or(event, AXI_A_deletedUser, false));
        return rc;
    case AXI_T_EventPPDevCnf:
        return handle_half(link, MOM_DEVICE, pp, axi_get_bool_or(event, AXI_A_deleted, false));
    case AXI_T_EventPPUserCnf:
        return handle_half(link, MOM_USER, user, axi_get_bool_or(event, AXI_A_deleted, false));
    case AXI_T_EventPPTransaction:
        return handle_transaction(link, event);
    default:
        rc = mom__dialect_event(link, event, &known);
        if (!known)
            rc = mom__omm_profiles_event(link, event, &known);
        if (!known)
            link->unknown_messages++;
        return rc;
    }
}

int mom__omm_event(struct mom_omm *link, const struct axi_msg *msg)
{
    link->events++;
    if (link->state == MOM_OMM_PREPARING || link->state == MOM_OMM_IMPORTING)
        return hold(link, msg);
    if (link->state != MOM_OMM_STEADY)
        return MOM_OK; /* nothing was subscribed yet */
    return handle_event(link, axi_msg_type(msg), axi_msg_root(msg));
}

static int handle_held(struct mom_omm *link)
{
    struct axi_elem *event = axi_first_child(axi_msg_root(link->held), NULL);
    int rc = MOM_OK;

    while (event != NULL && rc == MOM_OK && mom__omm_is_open(link)) {
        rc = handle_event(link, axi_type_of(axi_elem_name(event)), event);
        event = axi_next_sibling(event, NULL);
    }
    mom__omm_drop_held(link);
    return rc;
}

/* --- answers */

/* What the import does not bring is taken for deleted, so it must not end early: the OMM's own count, taken after the
 * subscription, can only have been lowered by deletions, and each of these was an event. */
static bool is_complete(const struct mom_omm *link, size_t events)
{
    return link->imports > 1 || (link->devices_read + events >= link->devices_total &&
                                 link->users_read + events >= link->users_total);
}

static int end_incomplete(struct mom_omm *link)
{
    char text[160];

    mom__text_format(text, sizeof(text),
                     "the OMM counts %d devices and %d users, but told %d and %d",
                     (int64_t)link->devices_total, (int64_t)link->users_total,
                     (int64_t)link->devices_read, (int64_t)link->users_read);
    return mom__omm_end(link, MOM_OMM_PROTOCOL_ERROR, text);
}

static int finish(struct mom_omm *link)
{
    struct mom_input input = {.kind = MOM_IN_IMPORTED};
    char line[120];
    int rc;

    if (link->held_overflow) {
        if (link->imports >= MOM__OMM_IMPORTS_MAX)
            return mom__omm_end(link, MOM_OMM_PROTOCOL_ERROR,
                                "more changes than can be held while the lists are read");
        mom__omm_log(link, MOM_LOG_NOTICE,
                     "many changes during the import: the lists are read again");
        return mom__omm_import_start(link);
    }
    rc = mom__omm_input(link, &input);
    if (rc != MOM_OK)
        return rc;
    mom__text_format(line, sizeof(line), "imported %d devices and %d users",
                     (int64_t)link->devices_read, (int64_t)link->users_read);
    mom__omm_log(link, MOM_LOG_INFO, line);
    mom__omm_enter_state(link, MOM_OMM_STEADY);
    mom__omm_profiles_start(link);
    return MOM_OK;
}

static int list_is_read(struct mom_omm *link)
{
    int rc;

    if (link->reading == MOM_DEVICE) {
        begin_list(link, MOM_USER);
        return mom__omm_import_pump(link);
    }
    if (!link->held_overflow && !is_complete(link, link->held_count))
        return end_incomplete(link);
    rc = link->held_overflow ? MOM_OK : handle_held(link);
    return rc == MOM_OK && mom__omm_is_open(link) ? finish(link) : rc;
}

/* Take the records of a page that no other page brought. *ret_last is 0 when the page is not as it
 * must be. */
static int take_page(struct mom_omm *link, uint32_t start, const struct axi_msg *answer,
                     uint32_t *ret_count, uint32_t *ret_last)
{
    const struct list *list = list_of(link);
    const struct axi_elem *elem = axi_first_child(axi_msg_root(answer), list->element);
    uint32_t *read = list->type == MOM_DEVICE ? &link->devices_read : &link->users_read;
    uint32_t last = start - 1;

    *ret_count = 0;
    for (; elem != NULL; elem = axi_next_sibling(elem, list->element)) {
        uint32_t id = mom__omm_local(list->type, elem);
        int rc;

        if (id <= last) {
            *ret_last = 0;
            return MOM_OK;
        }
        last = id;
        ++*ret_count;
        if (!axi_pages_is_new(&link->pages, id))
            continue;
        rc = mom__omm_record(link, list->type, id, elem, false);
        if (rc != MOM_OK)
            return rc;
        ++*read;
    }
    *ret_last = *ret_count > 0 ? last : start;
    return MOM_OK;
}

int mom__omm_import_answer(struct mom_omm *link, uint32_t start, const struct axi_msg *answer)
{
    enum axi_value code = axi_answer_code(answer);
    uint32_t count = 0, last = start;
    int rc;

    if (code != AXI_V_NOTHING && code != AXI_V_ENoEnt)
        return mom__omm_end_by_answer(link, answer);
    if (code == AXI_V_NOTHING) {
        rc = take_page(link, start, answer, &count, &last);
        if (rc != MOM_OK)
            return rc;
    }
    if (last == 0 || !axi_pages_answer(&link->pages, start, count, last))
        return mom__omm_end(link, MOM_OMM_PROTOCOL_ERROR,
                            "the records of a page are not in the order of their ids");
    if (axi_pages_done(&link->pages) && axi_pages_asked(&link->pages) == 0)
        return list_is_read(link);
    return mom__omm_import_pump(link);
}
