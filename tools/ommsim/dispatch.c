/*
 * Requests by name: who may send them beyond the permissions that the catalogue asks for, and who answers.
 */
#include "handlers.h"

#include <string.h>

enum need {
    NEED_NOTHING,
    NEED_MONITORING, /* that permission */
    NEED_SYNC,       /* a sync session */
    NEED_CONTROL     /* the session that took control */
};

struct row {
    enum axi_type request;
    enum need need;
    void (*run)(struct sim_call *call);
};

/* clang-format off */
static const struct row rows[] = {
    {AXI_T_GetVersions, NEED_NOTHING, sim_handle_get_versions},
    {AXI_T_GetPublicKey, NEED_NOTHING, sim_handle_get_public_key},
    {AXI_T_Limits, NEED_NOTHING, sim_handle_limits},
    {AXI_T_GetPPUser, NEED_NOTHING, sim_handle_get_user},
    {AXI_T_GetPPDev, NEED_NOTHING, sim_handle_get_dev},
    {AXI_T_GetPPUserByNumber, NEED_NOTHING, sim_handle_get_user_by_number},
    {AXI_T_GetPPDevByIPEI, NEED_NOTHING, sim_handle_get_dev_by_ipei},
    {AXI_T_GetPPUserSummary, NEED_NOTHING, sim_handle_get_user_summary},
    {AXI_T_GetPPDevSummary, NEED_NOTHING, sim_handle_get_dev_summary},
    {AXI_T_GetPPState, NEED_MONITORING, sim_handle_get_state},
    {AXI_T_GetPP, NEED_SYNC, sim_handle_get_pp},
    {AXI_T_SetPP, NEED_SYNC, sim_handle_set_pp},
    {AXI_T_CreatePPUser, NEED_NOTHING, sim_handle_create_user},
    {AXI_T_CreatePPDev, NEED_NOTHING, sim_handle_create_dev},
    {AXI_T_CreateFixedPP, NEED_NOTHING, sim_handle_create_fixed},
    {AXI_T_SetPPUser, NEED_NOTHING, sim_handle_set_user},
    {AXI_T_SetPPDev, NEED_NOTHING, sim_handle_set_dev},
    {AXI_T_SetPPUserDevRelation, NEED_NOTHING, sim_handle_set_relation},
    {AXI_T_DeletePPUser, NEED_NOTHING, sim_handle_delete_user},
    {AXI_T_DeletePPDev, NEED_NOTHING, sim_handle_delete_dev},
    {AXI_T_GetPARK, NEED_NOTHING, sim_handle_get_park},
    {AXI_T_GetSARI, NEED_NOTHING, sim_handle_get_sari},
    {AXI_T_SetSARI, NEED_NOTHING, sim_handle_set_sari},
    {AXI_T_GetDevAutoCreate, NEED_NOTHING, sim_handle_get_auto_create},
    {AXI_T_SetDevAutoCreate, NEED_NOTHING, sim_handle_set_auto_create},
    {AXI_T_GetDECTSubscriptionMode, NEED_NOTHING, sim_handle_get_mode},
    {AXI_T_SetDECTSubscriptionMode, NEED_NOTHING, sim_handle_set_mode},
    {AXI_T_GetLicense, NEED_NOTHING, sim_handle_get_license},
    {AXI_T_GetHealthState, NEED_NOTHING, sim_handle_get_health},
    {AXI_T_SetFACPrefix, NEED_NOTHING, sim_handle_set_fac_prefix},
    {AXI_T_GetPpProfile, NEED_NOTHING, sim_handle_get_profile},
    {AXI_T_SetPpProfile, NEED_NOTHING, sim_handle_set_profile},
    {AXI_T_GetMOMControlState, NEED_NOTHING, sim_handle_get_control},
    {AXI_T_SetMOMControlState, NEED_SYNC, sim_handle_set_control},
    {AXI_T_DECTLocateReject, NEED_CONTROL, sim_handle_locate_reject},
    {AXI_T_PPSIPRegister, NEED_CONTROL, sim_handle_sip_register},
    {AXI_T_PPSIPDeregister, NEED_CONTROL, sim_handle_sip_deregister},
};
/* clang-format on */

struct axi_elem *sim_answer(struct sim_call *call)
{
    return axi_server_answer(call->session->server, call->request);
}

void sim_answer_error(struct sim_call *call, enum axi_value code, const char *bad, const char *info)
{
    call->refused = true;
    axi_server_error(call->session->server, call->request, code, bad, info, 0);
}

void sim_answer_refusal(struct sim_call *call, const struct sim_refusal *refusal)
{
    call->refused = true;
    axi_server_error(call->session->server, call->request, refusal->code,
                     refusal->bad[0] != '\0' ? refusal->bad : NULL, refusal->info,
                     refusal->max_len);
}

bool sim_text(const struct axi_elem *elem, enum axi_attr attr, char *text, size_t max)
{
    struct axi_str value = axi_get_str(elem, attr);
    size_t len = value.len < max ? value.len : max - 1;
    if (len > 0)
        memcpy(text, value.ptr, len);
    text[len] = '\0';
    return value.len < max;
}

static bool typed(struct sim_call *call, int rc, enum axi_attr attr)
{
    if (rc != AXI_OK)
        sim_answer_error(call, rc == AXI_ENOENT ? AXI_V_EMissing : AXI_V_EInval,
                         axi_attr_name(attr), NULL);
    return rc == AXI_OK;
}

bool sim_need_int(struct sim_call *call, const struct axi_elem *elem, enum axi_attr attr,
                  int64_t *ret)
{
    return typed(call, axi_get_int(elem, attr, ret), attr);
}

bool sim_need_bool(struct sim_call *call, enum axi_attr attr, bool *ret)
{
    return typed(call, axi_get_bool(call->in, attr, ret), attr);
}

struct axi_elem *sim_need_child(struct sim_call *call, const char *name)
{
    struct axi_elem *child = axi_first_child(call->in, name);
    if (child == NULL)
        sim_answer_error(call, AXI_V_EMissing, name, NULL);
    return child;
}

static bool has_what_it_needs(struct sim_call *call, enum need need)
{
    unsigned permissions = axi_server_permissions(call->session->server);
    if (need == NEED_MONITORING && (permissions & AXI_MAY_Monitoring) == 0)
        sim_answer_error(call, AXI_V_EPerm, NULL, "the account may not do this");
    else if (need == NEED_SYNC && !call->sync)
        sim_answer_error(call, AXI_V_EForbidden, NULL, "only in a sync session");
    else if (need == NEED_CONTROL && call->site->controller != call->session)
        sim_answer_error(call, AXI_V_EForbidden, NULL, "only for the MOM that has control");
    else
        return true;
    return false;
}

void sim_dispatch(struct sim_call *call)
{
    enum axi_type type = axi_msg_type(call->request);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].request != type)
            continue;
        if (has_what_it_needs(call, rows[i].need))
            rows[i].run(call);
        return;
    }
    char name[64];
    struct axi_str given = axi_elem_name(call->in);
    snprintf(name, sizeof name, "%.*s", (int)(given.len < 60 ? given.len : 60), given.ptr);
    sim_answer_error(call, AXI_V_EInval, name, "this request is not known");
}
