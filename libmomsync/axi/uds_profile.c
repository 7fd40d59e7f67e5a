/*
 * CoA profiles of a vendor's remote. What it asks for is read from the store, what it sets goes to the engine and is
 * answered after the step, and what the engine has for it is told as an event and done with that: there is no answer to
 * an event. After the login the site is taken to have what the store has, as with records: the remote reads it, and
 * sets what it has newer.
 */
#include "uds_impl.h"

#include <momsync/profile.h>

enum { SLACK_MS = 2000 }; /* times are whole seconds, and so is the clock's offset */

/* One that was never there has no time. */
static struct mom_profile stored(struct mom_view *view, uint32_t number)
{
    struct mom_profile profile;

    if (mom_view_next_profile(view, number - 1, &profile) && profile.number == number)
        return profile;
    return (struct mom_profile){.number = number, .name = {"", 0}, .data = {"", 0}};
}

static uint32_t number_of(const struct axi_elem *elem, enum axi_attr attr)
{
    uint32_t number = mom__records_id(elem, attr);

    return number <= MOM_PROFILES ? number : 0;
}

static int refuse(struct mom_uds *link, const struct axi_msg *request, enum axi_value code,
                  const char *bad, int64_t max_len)
{
    link->refused++;
    axi_server_error(link->server, request, code, bad, NULL, max_len);
    return mom__uds_send(link);
}

static void set_text(struct axi_elem *elem, enum axi_attr attr, struct mom_str text)
{
    axi_set_str(elem, attr, text.len > 0 ? mom__axi_str(text) : (struct axi_str){"", 0});
}

static void show(const struct mom_uds *link, struct axi_elem *root,
                 const struct mom_profile *profile)
{
    struct axi_elem *elem = axi_add_child(root, "ppProfile");

    axi_set_int(elem, AXI_A_id, profile->number);
    set_text(elem, AXI_A_name, profile->name);
    set_text(elem, AXI_A_ppData, profile->data);
    if (profile->stamp.ms > 0)
        axi_set_int(elem, AXI_A_timeStamp, mom__uds_seconds(link, profile->stamp.ms));
}

/* With its own time: were another one to come before this in the same step, this would be the older one. */
static int tell_stored(struct mom_uds *link, const struct mom_profile *profile)
{
    struct mom_input input = {.kind = MOM_IN_PROFILE,
                              .local = profile->number,
                              .name = profile->name,
                              .value = profile->data,
                              .at_ms = profile->stamp.ms};

    return mom__uds_input(link, &input);
}

int mom__uds_feed_profiles(struct mom_uds *link, struct mom_view *view)
{
    int rc = MOM_OK;

    for (uint32_t number = 1; number <= MOM_PROFILES && rc == MOM_OK; number++) {
        struct mom_profile profile = stored(view, number);

        rc = tell_stored(link, &profile);
    }
    return rc;
}

/* --- requests ----------------------------------------------------------------------------------- */

int mom__uds_get_profile(struct mom_uds *link, const struct axi_msg *request)
{
    uint32_t number = number_of(axi_msg_root(request), AXI_A_Id);
    struct mom_profile profile;
    struct mom_view *view;
    int rc;

    if (number == 0)
        return refuse(link, request, AXI_V_EInval, "Id", 0);
    rc = mom__uds_view(link, &view);
    if (rc != MOM_OK || view == NULL)
        return rc;
    profile = stored(view, number);
    if (profile.exists) {
        show(link, axi_server_answer(link->server, request), &profile);
        rc = mom__uds_send(link);
    } else {
        rc = refuse(link, request, AXI_V_ENoEnt, "Id", 0);
    }
    return mom__uds_view_done(link, view, rc);
}

static struct mom_str text_of(const struct axi_elem *elem, enum axi_attr attr, struct mom_str ours)
{
    return axi_has(elem, attr) ? mom__str(axi_get_str(elem, attr)) : ours;
}

/* Instead of what is older than ours the site has ours, for so it is answered. What it leaves out stays as it is. */
static int take(struct mom_uds *link, struct mom_view *view, uint32_t number,
                const struct axi_elem *elem)
{
    struct mom_profile ours = stored(view, number);
    struct mom_input input = {.kind = MOM_IN_PROFILE, .local = number};

    input.name = text_of(elem, AXI_A_name, ours.name);
    input.value = text_of(elem, AXI_A_ppData, ours.data);
    input.at_ms = axi_clock_time(&link->records.clock, elem, AXI_A_timeStamp);
    if (input.at_ms != 0 && input.at_ms <= ours.stamp.ms - SLACK_MS) {
        link->ignored++;
        return tell_stored(link, &ours);
    }
    link->uploads++;
    return mom__uds_input(link, &input);
}

int mom__uds_set_profile(struct mom_uds *link, const struct axi_msg *request)
{
    const struct axi_elem *elem = axi_first_child(axi_msg_root(request), "ppProfile");
    uint32_t number = number_of(elem, AXI_A_id);
    struct mom_view *view;
    int rc;

    if (elem == NULL)
        return refuse(link, request, AXI_V_EMissing, "ppProfile", 0);
    if (number == 0)
        return refuse(link, request, AXI_V_EInval, "id", 0);
    if (axi_get_str(elem, AXI_A_name).len > MOM_PROFILE_NAME_MAX)
        return refuse(link, request, AXI_V_ETooLong, "name", MOM_PROFILE_NAME_MAX);
    if (axi_get_str(elem, AXI_A_ppData).len > MOM_PROFILE_DATA_MAX)
        return refuse(link, request, AXI_V_ETooLong, "ppData", MOM_PROFILE_DATA_MAX);
    rc = mom__uds_view(link, &view);
    if (rc != MOM_OK || view == NULL)
        return rc;
    rc = mom__uds_view_done(link, view, take(link, view, number, elem));
    if (rc == MOM_OK && mom__uds_is_open(link))
        mom__uds_note_profile(link, request, number);
    return rc;
}

void mom__uds_show_profile(struct mom_uds *link, struct mom_view *view, struct axi_elem *answer,
                           uint32_t number)
{
    struct mom_profile profile = stored(view, number);

    show(link, answer, &profile);
}

/* --- actions ------------------------------------------------------------------------------------ */

int mom__uds_profile(struct mom_uds *link, const struct mom_action *action)
{
    struct axi_elem *event;
    struct mom_profile profile;
    struct mom_view *view;
    int rc;

    if (action->local == 0 || action->local > MOM_PROFILES)
        return MOM_OK;
    rc = mom__uds_view(link, &view);
    if (rc != MOM_OK || view == NULL)
        return rc;
    profile = stored(view, action->local);
    event = axi_msg_start(link->message, AXI_T_EventPpProfileCnf);
    if (!profile.exists)
        axi_set_bool(event, AXI_A_delete, true);
    show(link, event, &profile);
    rc = mom__uds_publish(link);
    if (rc == MOM_OK)
        rc = tell_stored(link, &profile);
    return mom__uds_view_done(link, view, rc);
}
