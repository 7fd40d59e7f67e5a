/*
 * CoA profiles: twenty settings of an OMM that it loads into phones over the air, each a name and lines of data. There
 * is no request to delete one: it is our reading that a profile without name and data is none.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

struct sim_profile *sim_profile_at(struct sim_site *site, int64_t number)
{
    return number >= 1 && number <= SIM_PROFILES ? &site->profiles[number - 1] : NULL;
}

static const char *shown(const char *text)
{
    return text != NULL ? text : "";
}

bool sim_profile_exists(const struct sim_profile *profile)
{
    return shown(profile->name)[0] != '\0' || shown(profile->data)[0] != '\0';
}

static bool fits(const char *text, unsigned max, const char *attr, struct sim_refusal *refusal)
{
    if (text == NULL || strlen(text) <= max)
        return true;
    sim_refuse(refusal, AXI_V_ETooLong, attr, NULL);
    refusal->max_len = max;
    return false;
}

bool sim_profile_set(struct sim_site *site, int64_t number, const char *name, const char *data,
                     bool *ret_changed, struct sim_refusal *refusal)
{
    struct sim_profile *profile = sim_profile_at(site, number);
    *ret_changed = false;
    if (profile == NULL)
        return sim_refuse(refusal, AXI_V_EInval, "id", "1 to 20");
    if (!fits(name, SIM_PROFILE_NAME_MAX, "name", refusal) ||
        !fits(data, SIM_PROFILE_DATA_MAX, "ppData", refusal))
        return false;
    name = name != NULL ? name : shown(profile->name);
    data = data != NULL ? data : shown(profile->data);
    if (strcmp(name, shown(profile->name)) == 0 && strcmp(data, shown(profile->data)) == 0)
        return true;
    struct sim_profile next = {strdup(name), strdup(data), sim_site_now(site)};
    if (next.name == NULL || next.data == NULL) {
        free(next.name);
        free(next.data);
        return sim_refuse(refusal, AXI_V_ENoMem, NULL, "out of memory");
    }
    free(profile->name);
    free(profile->data);
    *profile = next;
    *ret_changed = true;
    return true;
}

void sim_profile_write(struct sim_site *site, int64_t number, struct axi_elem *elem)
{
    const struct sim_profile *profile = sim_profile_at(site, number);
    axi_set_int(elem, AXI_A_id, number);
    axi_set_cstr(elem, AXI_A_name, shown(profile->name));
    axi_set_cstr(elem, AXI_A_ppData, shown(profile->data));
    axi_set_int(elem, AXI_A_timeStamp, profile->stamp);
}

/* One that is gone is told by its number, as a deleted record is by its key. */
void sim_profile_tell(struct sim_site *site, int64_t number)
{
    struct axi_elem *event = axi_msg_start(site->event, AXI_T_EventPpProfileCnf);
    if (sim_profile_exists(sim_profile_at(site, number))) {
        sim_profile_write(site, number, axi_add_child(event, "ppProfile"));
    } else {
        sim_set_bool(site->world, event, AXI_A_delete, true);
        axi_set_int(axi_add_child(event, "ppProfile"), AXI_A_id, number);
    }
    sim_publish(site);
    sim_remote_profile(site, number);
}

void sim_profiles_done(struct sim_site *site)
{
    for (size_t i = 0; i < SIM_PROFILES; i++) {
        free(site->profiles[i].name);
        free(site->profiles[i].data);
    }
}
