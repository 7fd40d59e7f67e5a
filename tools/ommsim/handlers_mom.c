/*
 * What a MOM asks of an OMM that it controls. Of these messages only the names are publicly known; what they carry
 * here is our reading and stands in the manual page.
 */
#include "handlers.h"

#include <string.h>

static void tell_control(struct sim_site *site)
{
    sim_set_bool(site->world, axi_msg_start(site->event, AXI_T_EventMOMControlState), AXI_A_enable,
                 site->mom_control);
    sim_tell(site, AXI_V_SystemState);
}

void sim_control_end(struct sim_site *site)
{
    site->controller = NULL;
    if (!site->mom_control)
        return;
    site->mom_control = false;
    site->auto_create = site->auto_create_before;
    tell_control(site);
}

void sim_handle_get_control(struct sim_call *call)
{
    sim_set_bool(call->site->world, sim_answer(call), AXI_A_enable, call->site->mom_control);
}

static void control_taken(struct sim_call *call)
{
    tell_control(call->site);
    sim_phones_retry(call->site);
}

/* The session that had control until now learns that it has it no more. */
static void dismiss(struct sim_site *site)
{
    sim_set_bool(site->world, axi_msg_start(site->event, AXI_T_EventMOMControlState), AXI_A_enable,
                 false);
    sim_send(site->controller);
}

/* The newest MOM has control: one whose link hangs must not keep out the one that came back. */
void sim_handle_set_control(struct sim_call *call)
{
    struct sim_site *site = call->site;
    bool enable;
    if (!sim_need_bool(call, AXI_A_enable, &enable))
        return;
    if (!enable && site->controller != NULL && site->controller != call->session) {
        sim_answer_error(call, AXI_V_EForbidden, "enable", "another MOM has control");
        return;
    }
    if (!enable) {
        sim_answer(call);
        sim_control_end(site);
        return;
    }
    if (site->controller != NULL && site->controller != call->session)
        dismiss(site);
    if (!site->mom_control)
        site->auto_create_before = site->auto_create;
    site->mom_control = true;
    site->auto_create = false;
    site->controller = call->session;
    call->after = control_taken;
    sim_answer(call);
}

void sim_handle_locate_reject(struct sim_call *call)
{
    char ipei[16], subscription_id[17];
    bool fits = sim_text(call->in, AXI_A_ipei, ipei, sizeof ipei) &&
                sim_text(call->in, AXI_A_subscriptionId, subscription_id, sizeof subscription_id);
    if (fits && ipei[0] == '\0' && subscription_id[0] == '\0') {
        sim_answer_error(call, AXI_V_EMissing, "ipei", NULL);
        return;
    }
    if (!fits || !sim_phone_reject(call->site, ipei, subscription_id)) {
        sim_answer_error(call, AXI_V_ENoEnt, "ipei", "no such phone is waiting");
        return;
    }
    sim_answer(call);
}

/* The user of a PPSIPRegister or PPSIPDeregister, by uid or by the device; NULL after a refusal. */
static struct sim_rec *named_user(struct sim_call *call)
{
    int64_t uid = axi_get_int_or(call->in, AXI_A_uid, 0);
    int64_t ppn = axi_get_int_or(call->in, AXI_A_ppn, 0);
    if (uid <= 0 && ppn <= 0) {
        sim_answer_error(call, AXI_V_EMissing, "uid", NULL);
        return NULL;
    }
    struct sim_rec *dev = uid <= 0 ? sim_find(call->site, SIM_DEV, ppn) : NULL;
    struct sim_rec *user = uid > 0         ? sim_find(call->site, SIM_USER, uid)
                           : (dev != NULL) ? sim_user_of(dev)
                                           : NULL;
    if (user == NULL)
        sim_answer_error(call, AXI_V_ENoEnt, uid > 0 ? "uid" : "ppn", NULL);
    return user;
}

void sim_handle_sip_register(struct sim_call *call)
{
    struct sim_rec *user = named_user(call);
    if (user == NULL)
        return;
    sim_sip_register(user);
    sim_answer(call);
}

static void tell_deregistered(struct sim_call *call)
{
    if (call->site->controller == NULL)
        return;
    struct axi_elem *event = axi_msg_start(call->site->event, AXI_T_EventPPSIPDeregistered);
    axi_set_int(event, AXI_A_uid, call->uid);
    axi_set_int(event, AXI_A_ppn, call->ppn);
    sim_send(call->site->controller);
}

void sim_handle_sip_deregister(struct sim_call *call)
{
    struct sim_rec *user = named_user(call);
    if (user == NULL)
        return;
    call->uid = user->id;
    call->ppn = sim_rec_int(user, U_ppn);
    call->after = tell_deregistered;
    sim_sip_deregister(user, true);
    sim_answer(call);
}
