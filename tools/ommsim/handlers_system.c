/*
 * Settings of the OMM: identities, subscription mode, auto-create, and answers of the system that clients ask for.
 */
#include "handlers.h"

#include <stdlib.h>
#include <string.h>

void sim_handle_get_park(struct sim_call *call)
{
    struct axi_elem *out = sim_answer(call);
    axi_set_cstr(out, AXI_A_park, sim_site_park(call->site));
    if (call->site->world->options->release->later)
        axi_set_cstr(out, AXI_A_initialPARK, call->site->park);
}

void sim_handle_get_sari(struct sim_call *call)
{
    axi_set_cstr(sim_answer(call), AXI_A_sari, call->site->sari);
}

static void tell_sari(struct sim_call *call)
{
    axi_set_cstr(axi_msg_start(call->site->event, AXI_T_EventSARICnf), AXI_A_sari,
                 call->site->sari);
    sim_publish(call->site);
}

/* A new SARI restarts the OMM (MOM guide 10.1); the one that it has does nothing. */
void sim_handle_set_sari(struct sim_call *call)
{
    char sari[SIM_PARK_SIZE];
    if (!axi_has(call->in, AXI_A_sari)) {
        sim_answer_error(call, AXI_V_EMissing, "sari", NULL);
        return;
    }
    bool fits = sim_text(call->in, AXI_A_sari, sari, sizeof sari);
    if (fits && sari[0] == '\0')
        snprintf(sari, sizeof sari, "%s", SIM_NO_SARI);
    if (!fits || !sim_park_valid(sari)) {
        sim_answer_error(call, AXI_V_EInval, "sari", "ten hexadecimal digits");
        return;
    }
    if (strcmp(sari, call->site->sari) != 0) {
        snprintf(call->site->sari, sizeof call->site->sari, "%s", sari);
        call->restart = true;
        call->after = tell_sari;
    }
    axi_set_cstr(sim_answer(call), AXI_A_sari, sari);
}

/* --- subscribing phones -------------------------------------------------------------------------------- */

void sim_handle_get_auto_create(struct sim_call *call)
{
    sim_set_bool(call->site->world, sim_answer(call), AXI_A_enable, call->site->auto_create);
}

static void tell_auto_create(struct sim_call *call)
{
    sim_set_bool(call->site->world, axi_msg_start(call->site->event, AXI_T_EventDevAutoCreateCnf),
                 AXI_A_enable, call->site->auto_create);
    sim_publish(call->site);
}

void sim_handle_set_auto_create(struct sim_call *call)
{
    bool enable;
    if (!sim_need_bool(call, AXI_A_enable, &enable))
        return;
    if (enable && call->site->mom_control) {
        sim_answer_error(call, AXI_V_EForbidden, "enable", "a MOM controls this OMM");
        return;
    }
    if (enable != call->site->auto_create)
        call->after = tell_auto_create;
    call->site->auto_create = enable;
    sim_set_bool(call->site->world, sim_answer(call), AXI_A_enable, enable);
}

static const char *mode_text(const struct sim_site *site)
{
    return axi_value_text(site->subscription_mode);
}

void sim_handle_get_mode(struct sim_call *call)
{
    axi_set_cstr(sim_answer(call), AXI_A_mode, mode_text(call->site));
}

static void tell_mode(struct sim_call *call)
{
    axi_set_cstr(axi_msg_start(call->site->event, AXI_T_EventDECTSubscriptionMode), AXI_A_mode,
                 mode_text(call->site));
    sim_publish(call->site);
}

void sim_handle_set_mode(struct sim_call *call)
{
    enum axi_value mode = AXI_V_NOTHING;
    int64_t timeout = axi_get_int_or(call->in, AXI_A_timeout, 3);
    if (axi_get_enum(call->in, AXI_A_mode, &mode) != AXI_OK) {
        sim_answer_error(call, AXI_V_EInval, "mode", NULL);
        return;
    }
    if (mode == AXI_V_Wildcard && (timeout < 1 || timeout > 60)) {
        sim_answer_error(call, AXI_V_EInval, "timeout", "1 to 60 minutes");
        return;
    }
    if (mode != call->site->subscription_mode)
        call->after = tell_mode;
    call->site->subscription_mode = mode;
    axi_set_cstr(sim_answer(call), AXI_A_mode, mode_text(call->site));
}

/* --- CoA profiles ------------------------------------------------------------------------------------- */

void sim_handle_get_profile(struct sim_call *call)
{
    int64_t number;
    if (!sim_need_int(call, call->in, AXI_A_Id, &number))
        return;
    const struct sim_profile *profile = sim_profile_at(call->site, number);
    if (profile == NULL)
        sim_answer_error(call, AXI_V_EInval, "Id", "1 to 20");
    else if (!sim_profile_exists(profile))
        sim_answer_error(call, AXI_V_ENoEnt, "Id", NULL);
    else
        sim_profile_write(call->site, number, axi_add_child(sim_answer(call), "ppProfile"));
}

static void tell_profile(struct sim_call *call)
{
    sim_profile_tell(call->site, call->profile);
}

/* A text of any length as a terminated string, to be freed; NULL when it is absent. */
static char *text_of(const struct axi_elem *elem, enum axi_attr attr)
{
    struct axi_str value = axi_get_str(elem, attr);
    return value.ptr != NULL ? strndup(value.ptr, value.len) : NULL;
}

void sim_handle_set_profile(struct sim_call *call)
{
    struct sim_refusal refusal = {.code = AXI_V_NOTHING};
    const struct axi_elem *elem = sim_need_child(call, "ppProfile");
    bool changed = false;
    if (elem == NULL || !sim_need_int(call, elem, AXI_A_id, &call->profile))
        return;
    char *name = text_of(elem, AXI_A_name), *data = text_of(elem, AXI_A_ppData);
    if (sim_profile_set(call->site, call->profile, name, data, &changed, &refusal))
        sim_profile_write(call->site, call->profile, axi_add_child(sim_answer(call), "ppProfile"));
    else
        sim_answer_refusal(call, &refusal);
    if (changed)
        call->after = tell_profile;
    free(name);
    free(data);
}

/* --- small answers --------------------------------------------------------------------------------------- */

void sim_handle_get_license(struct sim_call *call)
{
    struct axi_elem *out = sim_answer(call);
    axi_set_int(out, AXI_A_latency, 43200);
    axi_set_cstr(out, AXI_A_park, sim_site_park(call->site));
}

void sim_handle_get_health(struct sim_call *call)
{
    sim_answer(call); /* nothing ails us */
}

void sim_handle_set_fac_prefix(struct sim_call *call)
{
    sim_answer(call); /* taken; feature codes are dialled at phones, which we do not have */
}
