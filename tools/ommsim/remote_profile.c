/*
 * CoA profiles of a remote: after the lists those of the central OMM are read, and of each the later one wins, the
 * central OMM's when both are the same. What the site has newer or alone is set there, a profile that was taken away
 * too; so are later changes, as they happen.
 */
#include "remote.h"

#include <stdlib.h>
#include <string.h>

static const char *shown(const char *text)
{
    return text != NULL ? text : "";
}

static void upload(struct sim_remote *remote, int64_t number)
{
    struct axi_elem *root = axi_msg_start(remote->request, AXI_T_SetPpProfile);
    sim_profile_write(remote->site, number, axi_add_child(root, "ppProfile"));
    remote->uploads++;
    (void)remote_request(remote, TAG_PROFILE_SET, number);
}

/* What is not in the element is empty: one that was taken away may be told by its number alone. */
static void apply(struct sim_remote *remote, int64_t number, const struct axi_elem *elem)
{
    struct sim_profile *profile = sim_profile_at(remote->site, number);
    struct sim_refusal refusal;
    struct axi_str name = axi_get_str(elem, AXI_A_name), data = axi_get_str(elem, AXI_A_ppData);
    char *name_text = strndup(shown(name.ptr), name.len);
    char *data_text = strndup(shown(data.ptr), data.len);
    bool changed = false;
    if (elem != NULL && name_text != NULL && data_text != NULL)
        (void)sim_profile_set(remote->site, number, name_text, data_text, &changed, &refusal);
    free(name_text);
    free(data_text);
    if (axi_has(elem, AXI_A_timeStamp))
        profile->stamp = axi_get_int_or(elem, AXI_A_timeStamp, profile->stamp);
    if (!changed)
        return;
    remote->merged++;
    remote->applying = true;
    sim_profile_tell(remote->site, number);
    remote->applying = false;
}

static bool is_same(const struct sim_profile *profile, const struct axi_elem *elem)
{
    struct axi_str name = axi_get_str(elem, AXI_A_name), data = axi_get_str(elem, AXI_A_ppData);
    return strlen(shown(profile->name)) == name.len &&
           memcmp(shown(profile->name), shown(name.ptr), name.len) == 0 &&
           strlen(shown(profile->data)) == data.len &&
           memcmp(shown(profile->data), shown(data.ptr), data.len) == 0;
}

void remote_profiles_start(struct sim_remote *remote)
{
    for (int64_t number = 1; number <= SIM_PROFILES; number++) {
        axi_set_int(axi_msg_start(remote->request, AXI_T_GetPpProfile), AXI_A_Id, number);
        (void)remote_request(remote, TAG_PROFILE, number);
    }
}

void remote_profile_read(struct sim_remote *remote, int64_t number,
                         const struct axi_client_event *event)
{
    const struct sim_profile *profile = sim_profile_at(remote->site, number);
    const struct axi_elem *elem = axi_first_child(axi_msg_root(event->msg), "ppProfile");
    if (event->code == AXI_V_ENoEnt) {
        if (sim_profile_exists(profile))
            upload(remote, number);
    } else if (event->code == AXI_V_NOTHING && !is_same(profile, elem)) {
        if (axi_get_int_or(elem, AXI_A_timeStamp, 0) < profile->stamp)
            upload(remote, number);
        else
            apply(remote, number, elem);
    }
}

/* The central OMM's decision, whatever its time is. */
void remote_profile_set(struct sim_remote *remote, int64_t number,
                        const struct axi_client_event *event)
{
    if (event->code == AXI_V_NOTHING)
        apply(remote, number, axi_first_child(axi_msg_root(event->msg), "ppProfile"));
    else
        remote->refused++;
}

void remote_profile_event(struct sim_remote *remote, const struct axi_elem *event)
{
    const struct axi_elem *elem = axi_first_child(event, "ppProfile");
    int64_t number = axi_get_int_or(elem, AXI_A_id, 0);
    const struct sim_profile *profile = sim_profile_at(remote->site, number);
    if (profile == NULL)
        return;
    remote->events++;
    if (axi_get_bool_or(event, AXI_A_delete, false) ||
        axi_get_int_or(elem, AXI_A_timeStamp, profile->stamp) >= profile->stamp)
        apply(remote, number, elem);
}

void sim_remote_profile(struct sim_site *site, int64_t number)
{
    struct sim_remote *remote = site->remote;
    if (remote == NULL || remote->applying || remote->state != REMOTE_SYNCED)
        return;
    upload(remote, number);
    com_timer_start(remote->timer, 0, 0); /* out of whatever is under way */
}
