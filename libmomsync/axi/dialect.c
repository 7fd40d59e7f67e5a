/*
 * The dialect `mom`: the control messages between a Multi-OMM Manager and an OMM. Publicly only
 * their names are known (GetVersionsResp of release 7.1); which attributes they carry, and what
 * each means, is this project's own reading and stands in this file alone (docs/links.md has it as
 * a table). An OMM that reads them otherwise needs another dialect.c.
 *
 *   SetMOMControlState      enable=1    this hub controls the OMM from now on, until the link ends
 *   EventMOMControlState    enable=0    the OMM is no longer under our control
 *   EventDECTLocate         ipei and/or subscriptionId, timeStamp (seconds)
 *                                       a phone registered its location that the OMM does not hold as its own
 *   DECTLocateReject        ipei and/or subscriptionId
 *                                       that phone is not to be served there
 *   PPSIPDeregister         uid, ppn    end the SIP registration of this user
 *   EventPPSIPDeregistered  uid         it has ended
 *   PPSIPRegister           uid, ppn    register anew, now; the answer without an error says that it was begun
 *   EventDECTSubscribe      ipei and/or addId
 *                                       a phone without a record asks for a subscription; the record is the yes
 *   DECTSubscribeReject     ipei and/or addId
 *                                       that phone is not to be subscribed there
 *   EventPPLogin            ppn, num and/or addId
 *                                       a user wants to log in at this phone; the record with its binding is the
 *                                       yes, and there is no message for a no. The OMM checks the PIN, which is
 *                                       part of the record
 */
#include "omm_impl.h"

void mom__dialect_fill_control(struct mom_omm *link, struct axi_elem *request)
{
    (void)link;
    axi_set_bool(request, AXI_A_enable, true);
}

void mom__dialect_fill_action(struct axi_msg *request, const struct mom_action *action)
{
    struct axi_elem *root;

    if (action->kind == MOM_DO_REJECT && action->subscribing) {
        root = axi_msg_start(request, AXI_T_DECTSubscribeReject);
        if (action->ipei.len > 0)
            axi_set_str(root, AXI_A_ipei, mom__axi_str(action->ipei));
        if (action->additional.len > 0)
            axi_set_str(root, AXI_A_addId, mom__axi_str(action->additional));
        return;
    }
    if (action->kind == MOM_DO_REJECT) {
        root = axi_msg_start(request, AXI_T_DECTLocateReject);
        if (action->ipei.len > 0)
            axi_set_str(root, AXI_A_ipei, mom__axi_str(action->ipei));
        if (action->subscription.len > 0)
            axi_set_str(root, AXI_A_subscriptionId, mom__axi_str(action->subscription));
        return;
    }
    root = axi_msg_start(request, action->kind == MOM_DO_REGISTER ? AXI_T_PPSIPRegister
                                                                  : AXI_T_PPSIPDeregister);
    axi_set_int(root, AXI_A_uid, action->local_user);
    if (action->local_device != 0)
        axi_set_int(root, AXI_A_ppn, action->local_device);
}

static int tell_user(struct mom_omm *link, enum mom_input_kind kind, uint32_t uid)
{
    struct mom_input input = {.kind = kind, .type = MOM_USER, .local = uid};

    return mom__omm_input(link, &input);
}

void mom__dialect_login_result(struct mom_omm *link, const struct mom_action *action)
{
    char text[200];

    if (action->rc == MOM_OK)
        return;
    mom__text_format(text, sizeof(text), "the login at device %d is not done: %v",
                     (int64_t)action->local_device, mom__axi_str(action->text));
    mom__omm_log(link, MOM_LOG_NOTICE, text);
}

int mom__dialect_answer(struct mom_omm *link, const struct mom__job *job,
                        const struct axi_msg *answer)
{
    enum axi_value code = axi_answer_code(answer);
    char text[160];

    if (code == AXI_V_NOTHING) {
        /* A deregistration is done when the event says so. */
        return job->kind == MOM_DO_REGISTER ? tell_user(link, MOM_IN_RENEWED, job->local_user)
                                            : MOM_OK;
    }
    mom__omm_describe_error(text, sizeof(text), answer);
    mom__omm_log(link, MOM_LOG_NOTICE, text);
    /* A user that the OMM does not have is not registered by it. */
    if (job->kind == MOM_DO_DEREGISTER && code == AXI_V_ENoEnt)
        return tell_user(link, MOM_IN_RELEASED, job->local_user);
    return MOM_OK;
}

static int located(struct mom_omm *link, const struct axi_elem *event)
{
    struct mom_input input = {.kind = MOM_IN_LOCATED};

    input.ipei = mom__str(axi_get_str(event, AXI_A_ipei));
    input.subscription = mom__str(axi_get_str(event, AXI_A_subscriptionId));
    input.at_ms = mom__omm_time(link, event, AXI_A_timeStamp);
    if (input.ipei.len == 0 && input.subscription.len == 0) {
        mom__omm_log(link, MOM_LOG_NOTICE, "EventDECTLocate names no phone");
        return MOM_OK;
    }
    return mom__omm_input(link, &input);
}

static int subscribes(struct mom_omm *link, const struct axi_elem *event)
{
    struct mom_input input = {.kind = MOM_IN_SUBSCRIBE};

    input.ipei = mom__str(axi_get_str(event, AXI_A_ipei));
    input.additional = mom__str(axi_get_str(event, AXI_A_addId));
    if (input.ipei.len == 0 && input.additional.len == 0) {
        mom__omm_log(link, MOM_LOG_NOTICE, "EventDECTSubscribe names no phone");
        return MOM_OK;
    }
    return mom__omm_input(link, &input);
}

static int logs_in(struct mom_omm *link, const struct axi_elem *event)
{
    struct mom_input input = {.kind = MOM_IN_LOGIN};

    input.local_device = mom__records_id(event, AXI_A_ppn);
    input.number = mom__str(axi_get_str(event, AXI_A_num));
    input.additional = mom__str(axi_get_str(event, AXI_A_addId));
    if (input.local_device == 0 || (input.number.len == 0 && input.additional.len == 0)) {
        mom__omm_log(link, MOM_LOG_NOTICE, "EventPPLogin names no phone or no user");
        return MOM_OK;
    }
    return mom__omm_input(link, &input);
}

int mom__dialect_event(struct mom_omm *link, const struct axi_elem *event, bool *ret_known)
{
    enum axi_type type = axi_type_of(axi_elem_name(event));
    uint32_t uid;

    *ret_known = true;
    switch (type) {
    case AXI_T_EventDECTLocate:
        return located(link, event);
    case AXI_T_EventDECTSubscribe:
        return subscribes(link, event);
    case AXI_T_EventPPLogin:
        return logs_in(link, event);
    case AXI_T_EventPPSIPDeregistered:
        uid = mom__records_id(event, AXI_A_uid);
        return uid != 0 ? tell_user(link, MOM_IN_RELEASED, uid) : MOM_OK;
    case AXI_T_EventMOMControlState:
        if (axi_get_bool_or(event, AXI_A_enable, true))
            return MOM_OK;
        return mom__omm_end(link, MOM_OMM_REJECTED, "the OMM ended our control of it");
    default:
        *ret_known = false;
        return MOM_OK;
    }
}
