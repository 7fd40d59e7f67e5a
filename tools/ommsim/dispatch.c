/*
 * Requests by name: who may send them, and who answers.
 */
#include "handlers.h"

#include <string.h>

enum need {
    NEED_NOTHING,
    NEED_SYNC = 1,   /* a sync session */
    NEED_CONTROL = 2 /* the session that took control */
};

struct row {
    enum axi_type request;
    const char *permission; /* NULL: any session */
    enum need need;
    void (*run)(struct sim_call *call);
};

/* clang-format off */
static const struct row rows[] = {
    {AXI_T_Open, NULL, NEED_NOTHING, sim_handle_open},
    {AXI_T_Ping, NULL, NEED_NOTHING, sim_handle_ping},
    {AXI_T_GetVersions, NULL, NEED_NOTHING, sim_handle_get_versions},
    {AXI_T_GetPublicKey, NULL, NEED_NOTHING, sim_handle_get_public_key},
    {AXI_T_Limits, NULL, NEED_NOTHING, sim_handle_limits},
    {AXI_T_Subscribe, NULL, NEED_NOTHING, sim_handle_subscribe},
    {AXI_T_GetPPUser, "AllCnfRead", NEED_NOTHING, sim_handle_get_user},
    {AXI_T_GetPPDev, "AllCnfRead", NEED_NOTHING, sim_handle_get_dev},
    {AXI_T_GetPPUserByNumber, "AllCnfRead", NEED_NOTHING, sim_handle_get_user_by_number},
    {AXI_T_GetPPDevByIPEI, "AllCnfRead", NEED_NOTHING, sim_handle_get_dev_by_ipei},
    {AXI_T_GetPPUserSummary, "AllCnfRead", NEED_NOTHING, sim_handle_get_user_summary},
    {AXI_T_GetPPDevSummary, "AllCnfRead", NEED_NOTHING, sim_handle_get_dev_summary},
    {AXI_T_GetPPState, "Monitoring", NEED_NOTHING, sim_handle_get_state},
    {AXI_T_GetPP, "AllCnfRead", NEED_SYNC, sim_handle_get_pp},
    {AXI_T_SetPP, "AllCnfWrite", NEED_SYNC, sim_handle_set_pp},
    {AXI_T_CreatePPUser, "AllCnfWrite", NEED_NOTHING, sim_handle_create_user},
    {AXI_T_CreatePPDev, "AllCnfWrite", NEED_NOTHING, sim_handle_create_dev},
    {AXI_T_CreateFixedPP, "AllCnfWrite", NEED_NOTHING, sim_handle_create_fixed},
    {AXI_T_SetPPUser, "AllCnfWrite", NEED_NOTHING, sim_handle_set_user},
    {AXI_T_SetPPDev, "AllCnfWrite", NEED_NOTHING, sim_handle_set_dev},
    {AXI_T_SetPPUserDevRelation, "AllCnfWrite", NEED_NOTHING, sim_handle_set_relation},
    {AXI_T_DeletePPUser, "AllCnfWrite", NEED_NOTHING, sim_handle_delete_user},
    {AXI_T_DeletePPDev, "AllCnfWrite", NEED_NOTHING, sim_handle_delete_dev},
    {AXI_T_GetPARK, "AllCnfRead", NEED_NOTHING, sim_handle_get_park},
    {AXI_T_GetSARI, "AllCnfRead", NEED_NOTHING, sim_handle_get_sari},
    {AXI_T_SetSARI, "AllCnfWrite", NEED_NOTHING, sim_handle_set_sari},
    {AXI_T_GetDevAutoCreate, "AllCnfRead", NEED_NOTHING, sim_handle_get_auto_create},
    {AXI_T_SetDevAutoCreate, "AllCnfWrite", NEED_NOTHING, sim_handle_set_auto_create},
    {AXI_T_GetDECTSubscriptionMode, "AllCnfRead", NEED_NOTHING, sim_handle_get_mode},
    {AXI_T_SetDECTSubscriptionMode, "AllCnfWrite", NEED_NOTHING, sim_handle_set_mode},
    {AXI_T_GetLicense, "AllCnfRead", NEED_NOTHING, sim_handle_get_license},
    {AXI_T_GetHealthState, "AllCnfRead", NEED_NOTHING, sim_handle_get_health},
    {AXI_T_SetFACPrefix, "AllCnfWrite", NEED_NOTHING, sim_handle_set_fac_prefix},
    {AXI_T_GetMOMControlState, "AllCnfRead", NEED_NOTHING, sim_handle_get_control},
    {AXI_T_SetMOMControlState, "AllCnfWrite", NEED_SYNC, sim_handle_set_control},
    {AXI_T_DECTLocateReject, "AllCnfWrite", NEED_CONTROL, sim_handle_locate_reject},
    {AXI_T_PPSIPRegister, "AllCnfWrite", NEED_CONTROL, sim_handle_sip_register},
    {AXI_T_PPSIPDeregister, "AllCnfWrite", NEED_CONTROL, sim_handle_sip_deregister},
};
/* clang-format on */

bool sim_may(const struct sim_session *session, const char *permission)
{
    if (permission == NULL)
        return true;
    const char *const *have = session->account != NULL ? session->account->permissions : NULL;
    for (; have != NULL && *have != NULL; have++)
        if (strcmp(*have, permission) == 0)
            return true;
    return false;
}

struct axi_elem *sim_answer(struct sim_call *call)
{
    return axi_answer_start(call->answer, call->request);
}

void sim_answer_error(struct sim_call *call, enum axi_value code, const char *bad, const char *info)
{
    call->refused = true;
    axi_answer_error(call->answer, call->request, code, bad, info);
}

void sim_answer_refusal(struct sim_call *call, const struct sim_refusal *refusal)
{
    call->refused = true;
    struct axi_elem *out =
        axi_answer_error(call->answer, call->request, refusal->code,
                         refusal->bad[0] != '\0' ? refusal->bad : NULL, refusal->info);
    if (refusal->max_len > 0)
        axi_set_int(out, AXI_A_maxLen, refusal->max_len);
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

static bool has_what_it_needs(struct sim_call *call, const struct row *row)
{
    struct sim_session *session = call->session;
    if (!sim_may(session, row->permission))
        sim_answer_error(call, AXI_V_EPerm, NULL, "the account may not do this");
    else if (row->need == NEED_SYNC && !session->sync)
        sim_answer_error(call, AXI_V_EForbidden, NULL, "only in a sync session");
    else if (row->need == NEED_CONTROL && call->site->controller != session)
        sim_answer_error(call, AXI_V_EForbidden, NULL, "only for the MOM that has control");
    else
        return true;
    return false;
}

void sim_dispatch(struct sim_call *call)
{
    enum axi_type type = axi_msg_type(call->request);
    if (!call->session->open && type != AXI_T_Open) {
        sim_answer_error(call, AXI_V_EPerm, NULL, "log in first");
        return;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].request != type)
            continue;
        if (has_what_it_needs(call, &rows[i]))
            rows[i].run(call);
        return;
    }
    char name[64];
    struct axi_str given = axi_elem_name(call->in);
    snprintf(name, sizeof name, "%.*s", (int)(given.len < 60 ? given.len : 60), given.ptr);
    sim_answer_error(call, AXI_V_EInval, name, "this request is not known");
}
