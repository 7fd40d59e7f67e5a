/*
 * Reading records: single ones, pages, summaries, the state of a phone.
 */
#include "handlers.h"

#include <string.h>

static bool is_shown(const struct sim_world *world, const struct sim_field *field, bool sync)
{
    if ((field->flags & SIM_SYNC_ONLY) != 0 && !sync)
        return false;
    return (field->flags & SIM_LATER) == 0 || world->options->release->later;
}

void sim_rec_write(struct sim_rec *rec, struct axi_elem *elem, bool sync,
                   const struct sim_mask *only)
{
    const struct sim_world *world = rec->site->world;
    unsigned count;
    const struct sim_field *fields = sim_fields(rec->kind, &count);
    for (unsigned i = 0; i < count; i++) {
        const char *value = rec->val[i];
        bool set_anyway = value != fields[i].value && (fields[i].flags & SIM_LATER) != 0;
        if (value == NULL || (only != NULL && !sim_mask_has(only, i)) ||
            (!set_anyway && !is_shown(world, &fields[i], sync)))
            continue;
        if ((fields[i].flags & SIM_SECRET) != 0)
            value = sim_secret_text(rec, i);
        else if (fields[i].form == AXI_BOOL)
            value = sim_bool(world, value[0] == '1');
        if (value != NULL)
            axi_set_cstr(elem, fields[i].attr, value);
    }
    for (size_t i = 0; i < rec->extra_count; i++) {
        struct axi_str name = {rec->extras[i].name, strlen(rec->extras[i].name)};
        struct axi_str value = {rec->extras[i].value, strlen(rec->extras[i].value)};
        axi_set_named(elem, name, value);
    }
}

static void write_child(struct sim_call *call, struct axi_elem *out, struct sim_rec *rec)
{
    sim_rec_write(rec, axi_add_child(out, rec->kind == SIM_DEV ? "pp" : "user"), call->sync, NULL);
}

static void answer_one(struct sim_call *call, struct sim_rec *rec)
{
    if (rec == NULL)
        sim_answer_error(call, AXI_V_ENoEnt, NULL, NULL);
    else
        write_child(call, sim_answer(call), rec);
}

static void get_page(struct sim_call *call, enum sim_kind kind)
{
    const struct sim_recs *recs = &call->site->recs[kind];
    struct axi_page page;
    if (axi_server_page(call->request, &page) != AXI_OK ||
        axi_get_int_or(call->in, AXI_A_maxRecords, 0) > SIM_PAGE_MAX) {
        sim_answer_error(call, AXI_V_EInval, "maxRecords", "1 to 20");
        return;
    }
    size_t i = sim_position(recs, page.first);
    if (i == recs->count || (page.exact && recs->at[i]->id != page.first)) {
        sim_answer_error(call, AXI_V_ENoEnt, NULL, NULL);
        return;
    }
    struct axi_elem *out = sim_answer(call);
    for (; i < recs->count && page.count > 0; i++, page.count--)
        write_child(call, out, recs->at[i]);
}

void sim_handle_get_user(struct sim_call *call)
{
    get_page(call, SIM_USER);
}

void sim_handle_get_dev(struct sim_call *call)
{
    get_page(call, SIM_DEV);
}

void sim_handle_get_user_by_number(struct sim_call *call)
{
    char num[128];
    answer_one(call, sim_text(call->in, AXI_A_num, num, sizeof num)
                         ? sim_find_number(call->site, num)
                         : NULL);
}

void sim_handle_get_dev_by_ipei(struct sim_call *call)
{
    char text[64], ipei[16];
    if (!sim_text(call->in, AXI_A_ipei, text, sizeof text) || !sim_ipei_normal(text, ipei)) {
        sim_answer_error(call, AXI_V_EInval, "ipei", NULL);
        return;
    }
    answer_one(call, sim_find_ipei(call->site, ipei));
}

/* --- summaries ------------------------------------------------------------------------------------- */

static int64_t count_value(const struct sim_recs *recs, unsigned slot, const char *value)
{
    int64_t count = 0;
    for (size_t i = 0; i < recs->count; i++)
        count += strcmp(recs->at[i]->val[slot], value) == 0;
    return count;
}

static int64_t count_registered(const struct sim_recs *users)
{
    int64_t count = 0;
    for (size_t i = 0; i < users->count; i++)
        count += users->at[i]->sip == SIM_SIP_REGISTERED;
    return count;
}

void sim_write_summary(struct sim_site *site, enum sim_kind kind, struct axi_elem *out)
{
    const struct sim_recs *recs = &site->recs[kind];
    axi_set_int(out, AXI_A_nRecords, (int64_t)recs->count);
    axi_set_int(out, kind == SIM_DEV ? AXI_A_ppnFirst : AXI_A_uidFirst,
                recs->count > 0 ? recs->at[0]->id : 0);
    if (kind == SIM_DEV) {
        axi_set_int(out, AXI_A_subscribedDevs, count_value(recs, D_s, "Yes"));
        return;
    }
    axi_set_int(out, AXI_A_nLocatable, count_value(recs, U_locatable, "1"));
    axi_set_int(out, AXI_A_nBtLocatable, count_value(recs, U_BTlocatable, "1"));
    axi_set_int(out, AXI_A_nMsgSend, count_value(recs, U_msgRight, "1"));
    axi_set_int(out, AXI_A_nSipRegistration, count_registered(recs));
    axi_set_int(out, AXI_A_usersActiveMonitored, count_value(recs, U_monitoringMode, "Active"));
    axi_set_int(out, AXI_A_usersPassiveMonitored, count_value(recs, U_monitoringMode, "Passive"));
    axi_set_int(out, AXI_A_usersWarned, 0);
    axi_set_int(out, AXI_A_usersUnavailable, 0);
    axi_set_int(out, AXI_A_usersEscalated, 0);
}

void sim_handle_get_user_summary(struct sim_call *call)
{
    sim_write_summary(call->site, SIM_USER, sim_answer(call));
}

void sim_handle_get_dev_summary(struct sim_call *call)
{
    sim_write_summary(call->site, SIM_DEV, sim_answer(call));
}

/* --- pairs and states ------------------------------------------------------------------------------ */

/* GetPP by uid or ppn: the record and its partner. The attributes are our reading. */
void sim_handle_get_pp(struct sim_call *call)
{
    int64_t uid = axi_get_int_or(call->in, AXI_A_uid, 0);
    int64_t ppn = axi_get_int_or(call->in, AXI_A_ppn, 0);
    if (uid == 0 && ppn == 0) {
        sim_answer_error(call, AXI_V_EMissing, "ppn", NULL);
        return;
    }
    struct sim_rec *user = uid > 0 ? sim_find(call->site, SIM_USER, uid) : NULL;
    struct sim_rec *dev = ppn > 0 ? sim_find(call->site, SIM_DEV, ppn) : NULL;
    if ((uid != 0 && user == NULL) || (ppn != 0 && dev == NULL)) {
        sim_answer_error(call, AXI_V_ENoEnt, user == NULL && uid != 0 ? "uid" : "ppn", NULL);
        return;
    }
    if (user == NULL)
        user = sim_user_of(dev);
    if (dev == NULL)
        dev = sim_device_of(user);
    struct axi_elem *out = sim_answer(call);
    if (dev != NULL)
        write_child(call, out, dev);
    if (user != NULL)
        write_child(call, out, user);
}

void sim_handle_get_state(struct sim_call *call)
{
    int64_t ppn;
    if (!sim_need_int(call, call->in, AXI_A_ppn, &ppn))
        return;
    struct sim_rec *dev = sim_find(call->site, SIM_DEV, ppn);
    if (dev == NULL) {
        sim_answer_error(call, AXI_V_ENoEnt, "ppn", NULL);
        return;
    }
    const struct sim_rec *user = sim_user_of(dev);
    bool registered = user != NULL && user->sip == SIM_SIP_REGISTERED;
    const struct sim_world *world = call->site->world;
    struct axi_elem *out = sim_answer(call);
    axi_set_int(out, AXI_A_ppn, ppn);
    sim_set_bool(world, out, AXI_A_onHook, true);
    sim_set_bool(world, out, AXI_A_registered, registered);
    sim_set_bool(world, out, AXI_A_silentCharging, false);
    axi_set_cstr(out, AXI_A_callState, "idle");
    axi_set_cstr(out, AXI_A_swVersion, "7.2");
    axi_set_int(out, AXI_A_bluetooth, 0);
    axi_set_cstr(out, AXI_A_regServerType, registered ? "Primary" : "None");
    axi_set_cstr(out, AXI_A_regServerAddr, registered ? "127.0.0.1" : "");
    axi_set_int(out, AXI_A_regServerPort, registered ? 5060 : 0);
}
