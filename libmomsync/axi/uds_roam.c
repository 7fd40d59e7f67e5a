/*
 * Where a phone is, between the engine's claims and what a remote is told and tells: `ommId` is the OMM that has the
 * phone, `ommIdAck` the last one that the former site let go to. This is our reading of the two; docs/links.md has it.
 *
 *   the engine                    the remote is told                       the remote tells
 *   DEREGISTER                    another ommId, ommIdAck its own          ommIdAck not its own: RELEASED
 *   REGISTER, all have let go     ommId and ommIdAck its own               roaming complete: RENEWED
 *   MOVED elsewhere               another ommId
 *                                                                          its own ommId: the engine reads it in RECORD
 */
#include "uds_impl.h"

#include <string.h>

struct place {
    char omm_id[MOM_OMM_ID_LEN + 1];
    bool ours;    /* at this remote */
    bool settled; /* the former site let go, as far as we know */
};

static void own_id(const struct mom_uds *link, char ret_id[MOM_OMM_ID_LEN + 1])
{
    mom_park_omm_id(link->config.park, ret_id);
}

/* --- ids of OMMs -------------------------------------------------------------------------------- */

static bool park_of(const struct mom_uds *link, mom_site site, struct mom_park *ret_park)
{
    struct mom_site_info info;

    if (mom_engine_site(link->config.engine, site, &info) && info.park.pli != 0) {
        *ret_park = info.park;
        return true;
    }
    return link->config.find_park != NULL &&
           link->config.find_park(link->config.user, site, ret_park) &&
           mom_park_is_valid(*ret_park);
}

/* Of a site whose OMM nobody knows: what it reported itself, or else its number, which no OMM has as its id. All that
 * counts is that it is not the remote's own. */
static void id_of_site(const struct mom_uds *link, mom_site site, const struct mom_record *device,
                       char ret_id[MOM_OMM_ID_LEN + 1])
{
    char own[MOM_OMM_ID_LEN + 1];
    struct mom_park park;
    struct mom_str told;

    own_id(link, own);
    if (park_of(link, site, &park)) {
        mom_park_omm_id(park, ret_id);
        if (strcmp(ret_id, own) != 0)
            return;
    }
    if (mom_record_get(device, MOM_DEVICE_ommId, &told) && told.len == MOM_OMM_ID_LEN &&
        memcmp(told.ptr, own, MOM_OMM_ID_LEN) != 0) {
        memcpy(ret_id, told.ptr, MOM_OMM_ID_LEN);
        ret_id[MOM_OMM_ID_LEN] = '\0';
        return;
    }
    for (size_t i = MOM_OMM_ID_LEN; i-- > 0; site >>= 4)
        ret_id[i] = "0123456789ABCDEF"[site & 15];
    ret_id[MOM_OMM_ID_LEN] = '\0';
}

static bool is_state(const char *state, const char *name)
{
    return state != NULL && strcmp(state, name) == 0;
}

/* False: no site has it. */
static bool place_of(const struct mom_uds *link, const struct mom_record *device,
                     struct place *ret_place)
{
    struct mom_handoff_info handoff =
        mom_engine_handoff(link->config.engine, mom_record_id(device));
    mom_site site = mom_record_site(device);

    ret_place->ours = site == link->config.site;
    /* What is under way at another site of this node is none of the remote's business. */
    ret_place->settled =
        !(is_state(handoff.state, "announcing") && handoff.to == link->config.site) &&
        !(is_state(handoff.state, "leaving") && handoff.from == link->config.site);
    if (ret_place->ours)
        own_id(link, ret_place->omm_id);
    else if (site != 0)
        id_of_site(link, site, device, ret_place->omm_id);
    return site != 0;
}

/* --- what the remote is told -------------------------------------------------------------------- */

void mom__uds_show_place(struct mom_uds *link, struct axi_elem *elem,
                         const struct mom_record *device)
{
    char own[MOM_OMM_ID_LEN + 1];
    struct place place;

    if (!place_of(link, device, &place))
        return;
    own_id(link, own);
    axi_set_cstr(elem, AXI_A_ommId, place.omm_id);
    /* Not settled at another site: it is this one that has to let go. */
    if (place.settled)
        axi_set_cstr(elem, AXI_A_ommIdAck, place.omm_id);
    else if (!place.ours)
        axi_set_cstr(elem, AXI_A_ommIdAck, own);
    axi_set_cstr(elem, AXI_A_roaming, place.settled ? MOM__UDS_ROAMED : MOM__UDS_ROAMING);
}

/* An event that is about the place of a phone alone. */
static int tell_place(struct mom_uds *link, struct mom_view *view, uint64_t id, uint32_t local,
                      const struct place *place)
{
    struct axi_elem *pp = axi_add_child(axi_msg_start(link->message, AXI_T_EventPPCnf), "pp");
    const struct mom_record *device = mom_view_record(view, id);
    char own[MOM_OMM_ID_LEN + 1];
    const char *id_ack = place->omm_id;

    if (device == NULL)
        return MOM_OK;
    own_id(link, own);
    axi_set_int(pp, AXI_A_ppn, local);
    axi_set_cstr(pp, AXI_A_ommId, place->omm_id);
    if (!place->ours && !place->settled)
        id_ack = own;
    axi_set_cstr(pp, AXI_A_ommIdAck, id_ack);
    /* A phone of the remote's own: that it may renew is no end of the roaming. */
    axi_set_cstr(pp, AXI_A_roaming,
                 place->settled && !place->ours ? MOM__UDS_ROAMED : MOM__UDS_ROAMING);
    axi_set_int(pp, AXI_A_timeStampRoaming, mom__uds_seconds(link, mom_record_claim_ms(device)));
    return mom__uds_publish(link);
}

/* An OMM whose own word it was that another one has the phone has that word repeated. */
static void turn_elsewhere(struct mom_uds *link, const struct mom_record *device,
                           struct place *place)
{
    place->ours = place->settled = false;
    id_of_site(link, mom_record_site(device), device, place->omm_id);
}

/*
 * An OMM registers a user for a phone that it has heard. One that no site has, and one that was given to the site in
 * this conversation, before the remote could say anything, it has not heard as far as anybody knows; if it has for
 * all that, it tells so when it has read the lists.
 */
static bool is_silent(const struct mom_uds *link, const struct mom_record *device,
                      const struct mom_action *action)
{
    bool given = action->local_device >= link->given_from[MOM_DEVICE] ||
                 action->local_user >= link->given_from[MOM_USER];

    return mom_record_site(device) == 0 || (link->state < MOM_UDS_READING && given);
}

static int tell_user(struct mom_uds *link, enum mom_input_kind kind, uint32_t uid)
{
    struct mom_input input = {.kind = kind, .type = MOM_USER, .local = uid};

    return uid != 0 ? mom__uds_input(link, &input) : MOM_OK;
}

static int sip(struct mom_uds *link, struct mom_view *view, const struct mom_action *action)
{
    uint64_t id = mom__uds_id_of(link, view, MOM_DEVICE, action->local_device);
    const struct mom_record *device = id != 0 ? mom_view_record(view, id) : NULL;
    bool ends = action->kind == MOM_DO_DEREGISTER;
    struct place place;

    if (device == NULL)
        return MOM_OK;
    if (ends && is_silent(link, device, action))
        return tell_user(link, MOM_IN_RELEASED, action->local_user);
    /* Before it reads the lists there is nothing that they will not show. */
    if (link->state < MOM_UDS_READING || !place_of(link, device, &place))
        return MOM_OK;
    /* It registered by itself when the phone came; what it waits for is that the former site lets go. */
    if (!ends && (!place.ours || !place.settled))
        return MOM_OK;
    if (ends && place.ours)
        turn_elsewhere(link, device, &place);
    place.settled = !ends;
    return tell_place(link, view, id, action->local_device, &place);
}

int mom__uds_sip(struct mom_uds *link, const struct mom_action *action)
{
    struct mom_view *view;
    int rc;

    if (action->local_device == 0)
        return MOM_OK;
    rc = mom__uds_view(link, &view);
    if (rc != MOM_OK || view == NULL)
        return rc;
    return mom__uds_view_done(link, view, sip(link, view, action));
}

int mom__uds_moved(struct mom_uds *link, uint64_t device)
{
    const struct mom_record *record;
    struct mom_view *view;
    struct place place;
    uint32_t local = 0;
    int rc;

    if (link->state < MOM_UDS_READING)
        return MOM_OK;
    rc = mom__uds_view(link, &view);
    if (rc != MOM_OK || view == NULL)
        return rc;
    record = mom_view_record(view, device);
    /* Its own it knows; the one that is to end is told so by itself. */
    if (record != NULL && place_of(link, record, &place) && !place.ours && place.settled)
        local = mom_view_local(view, link->config.site, device);
    if (local != 0)
        rc = tell_place(link, view, device, local, &place);
    return mom__uds_view_done(link, view, rc);
}

/* --- what the remote tells ---------------------------------------------------------------------- */

static bool is(struct axi_str text, const char *value)
{
    return text.len == strlen(value) && memcmp(text.ptr, value, text.len) == 0;
}

bool mom__uds_is_here(const struct mom_uds *link, const struct axi_elem *elem)
{
    struct axi_str omm_id = axi_get_str(elem, AXI_A_ommId);
    char own[MOM_OMM_ID_LEN + 1];

    own_id(link, own);
    return omm_id.ptr != NULL && is(omm_id, own);
}

bool mom__uds_is_completion(struct mom_uds *link, uint64_t device, const struct axi_elem *elem)
{
    struct axi_str roaming = axi_get_str(elem, AXI_A_roaming);

    if (device == 0 || !mom__uds_is_here(link, elem))
        return false;
    if (is(roaming, MOM__UDS_ROAMING)) {
        link->arriving[link->arriving_next++ % MOM__UDS_ARRIVING] = device;
        return false;
    }
    for (size_t i = 0; i < MOM__UDS_ARRIVING && is(roaming, MOM__UDS_ROAMED); i++) {
        if (link->arriving[i] != device)
            continue;
        link->arriving[i] = 0;
        return true;
    }
    return false;
}

int mom__uds_take_place(struct mom_uds *link, struct mom_view *view, uint64_t device,
                        const struct axi_elem *elem)
{
    const struct mom_record *record = mom_view_record(view, device);
    struct axi_str omm_id = axi_get_str(elem, AXI_A_ommId);
    struct axi_str ack = axi_get_str(elem, AXI_A_ommIdAck);
    char own[MOM_OMM_ID_LEN + 1];
    bool here, renewed;
    uint64_t user;

    if (record == NULL)
        return MOM_OK;
    own_id(link, own);
    here = omm_id.ptr != NULL ? is(omm_id, own) : mom_record_site(record) == link->config.site;
    renewed = here && is(axi_get_str(elem, AXI_A_roaming), MOM__UDS_ROAMED);
    user = mom_record_partner(record);
    if (user == 0 || (!renewed && (here || ack.len == 0 || is(ack, own))))
        return MOM_OK;
    return tell_user(link, renewed ? MOM_IN_RENEWED : MOM_IN_RELEASED,
                     mom_view_local(view, link->config.site, user));
}
