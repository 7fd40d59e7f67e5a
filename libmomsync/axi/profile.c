/*
 * CoA profiles of an OMM. After the import they are read one after the other, so that nothing else waits for them:
 *
 *   Subscribe SystemCnf → GetPpProfile Id=1 … 20, each told as MOM_IN_PROFILE
 *
 * and from then on EventPpProfileCnf is told as it comes, and MOM_DO_PROFILE becomes SetPpProfile. It is our reading
 * that SystemCnf brings that event, and that a profile without name and data is none, for there is no request to delete
 * one (docs/links.md). What an OMM tells in part only is read anew, never guessed.
 *
 * None of this may end a conversation: an OMM without CoA profiles is left alone with them.
 */
#include "omm_impl.h"

#include <momsync/profile.h>

#include <string.h>

#define ALL_UNREAD ((UINT32_C(1) << MOM_PROFILES) - 1)

static uint32_t bit_of(uint32_t number)
{
    return UINT32_C(1) << (number - 1);
}

/* The number of a profile, 0 when it is missing or none that an OMM has. */
static uint32_t number_of(const struct axi_elem *elem)
{
    uint32_t number = mom__records_id(elem, AXI_A_id);

    return number <= MOM_PROFILES ? number : 0;
}

static bool is_whole(const struct axi_elem *elem)
{
    return axi_has(elem, AXI_A_name) && axi_has(elem, AXI_A_ppData);
}

/* Without more words than one line: the rest of this conversation is as if there were none. */
static void give_up(struct mom_omm *link, const char *why)
{
    char line[240];

    link->profiles = (struct mom__omm_profiles){.on = false};
    mom__text_format(line, sizeof(line), "CoA profiles are not kept the same here: %s", why);
    mom__omm_log(link, MOM_LOG_NOTICE, line);
}

/* --- to the engine */

static struct mom_str text_of(const struct axi_elem *elem, enum axi_attr attr)
{
    struct axi_str text = axi_get_str(elem, attr);

    return text.ptr != NULL ? mom__str(text) : (struct mom_str){"", 0};
}

/* `elem` NULL: there is none. */
static int tell(struct mom_omm *link, uint32_t number, const struct axi_elem *elem)
{
    struct mom_input input = {.kind = MOM_IN_PROFILE, .local = number};
    char line[120];

    input.name = text_of(elem, AXI_A_name);
    input.value = text_of(elem, AXI_A_ppData);
    input.at_ms = mom__omm_time(link, elem, AXI_A_timeStamp);
    if (input.name.len <= MOM_PROFILE_NAME_MAX && input.value.len <= MOM_PROFILE_DATA_MAX)
        return mom__omm_input(link, &input);
    mom__text_format(line, sizeof(line),
                     "CoA profile %d is not taken: its name has %d bytes, its data %d",
                     (int64_t)number, (int64_t)input.name.len, (int64_t)input.value.len);
    mom__omm_log(link, MOM_LOG_NOTICE, line);
    return MOM_OK;
}

/* What the OMM told without being asked for all of it. */
static int tell_or_read(struct mom_omm *link, uint32_t number, const struct axi_elem *elem)
{
    if (is_whole(elem))
        return tell(link, number, elem);
    link->profiles.unread |= bit_of(number);
    return MOM_OK;
}

/* --- reading */

void mom__omm_profiles_start(struct mom_omm *link)
{
    link->profiles = (struct mom__omm_profiles){.on = link->config.profiles};
    if (link->profiles.on) {
        link->profiles.subscribe = true;
        link->profiles.unread = ALL_UNREAD;
    }
}

static uint32_t next_unread(const struct mom_omm *link)
{
    uint32_t number = 1;

    while ((link->profiles.unread & bit_of(number)) == 0)
        number++;
    return number;
}

static int subscribe(struct mom_omm *link)
{
    struct axi_elem *e = axi_add_child(axi_msg_start(link->request, AXI_T_Subscribe), "e");

    axi_set_enum(e, AXI_A_cmd, AXI_V_On);
    axi_set_cstr(e, AXI_A_eventType, axi_value_text(AXI_V_SystemCnf));
    link->profiles.subscribe = false;
    return mom__omm_send(link, link->request, MOM__TAG(MOM__FOR_PROFILE, 0));
}

int mom__omm_profiles_pump(struct mom_omm *link)
{
    struct mom__omm_profiles *profiles = &link->profiles;
    uint32_t number;

    if (profiles->asked || (!profiles->subscribe && profiles->unread == 0) ||
        !mom__omm_has_room(link))
        return MOM_OK;
    profiles->asked = true;
    if (profiles->subscribe)
        return subscribe(link);
    number = next_unread(link);
    profiles->unread &= ~bit_of(number);
    axi_set_int(axi_msg_start(link->request, AXI_T_GetPpProfile), AXI_A_Id, number);
    return mom__omm_send(link, link->request, MOM__TAG(MOM__FOR_PROFILE, number));
}

/* An OMM that does not tell changes is read with every connection all the same. */
static void subscribed(struct mom_omm *link, const struct axi_msg *answer)
{
    char text[160];

    if (axi_answer_code(answer) == AXI_V_NOTHING)
        return;
    mom__omm_describe_error(text, sizeof(text), answer);
    mom__omm_log(link, MOM_LOG_NOTICE, text);
}

int mom__omm_profiles_answer(struct mom_omm *link, uint32_t number, const struct axi_msg *answer)
{
    const struct axi_elem *elem = axi_first_child(axi_msg_root(answer), "ppProfile");
    enum axi_value code = axi_answer_code(answer);
    char text[160];

    if (!link->profiles.on)
        return MOM_OK;
    link->profiles.asked = false;
    if (number == 0) {
        subscribed(link, answer);
        return MOM_OK;
    }
    if (code == AXI_V_NOTHING && elem != NULL && number_of(elem) != number) {
        give_up(link, "GetPpProfile was answered with another one");
        return MOM_OK;
    }
    if (code == AXI_V_NOTHING || code == AXI_V_ENoEnt)
        return tell(link, number, code == AXI_V_NOTHING ? elem : NULL);
    mom__omm_describe_error(text, sizeof(text), answer);
    give_up(link, text);
    return MOM_OK;
}

void mom__omm_profiles_unanswered(struct mom_omm *link)
{
    if (link->profiles.on)
        give_up(link, "a request was not answered in time");
}

/* --- events */

static bool is_of_system(enum axi_type type)
{
    enum axi_type known;

    for (size_t i = 0; (known = axi_event_type_message(AXI_V_SystemCnf, i)) != AXI_T_NONE; i++) {
        if (known == type)
            return true;
    }
    return false;
}

int mom__omm_profiles_event(struct mom_omm *link, const struct axi_elem *event, bool *ret_known)
{
    enum axi_type type = axi_type_of(axi_elem_name(event));
    const struct axi_elem *elem = axi_first_child(event, "ppProfile");
    uint32_t number = number_of(elem);

    /* Others that come with the subscription are none that nobody expects. */
    *ret_known = link->config.profiles && is_of_system(type);
    if (!link->profiles.on || type != AXI_T_EventPpProfileCnf)
        return MOM_OK;
    if (number == 0) {
        *ret_known = false;
        return MOM_OK;
    }
    if (axi_get_bool_or(event, AXI_A_delete, false))
        return tell(link, number, NULL);
    return tell_or_read(link, number, elem);
}

/* --- setting */

static void set_text(struct axi_elem *elem, enum axi_attr attr, struct mom_str text)
{
    axi_set_str(elem, attr, text.len > 0 ? mom__axi_str(text) : (struct axi_str){"", 0});
}

void mom__omm_profiles_fill(struct axi_msg *request, const struct mom_action *action)
{
    struct axi_elem *elem = axi_add_child(axi_msg_start(request, AXI_T_SetPpProfile), "ppProfile");

    axi_set_int(elem, AXI_A_id, action->local);
    set_text(elem, AXI_A_name, action->name);
    set_text(elem, AXI_A_ppData, action->text);
}

/* The engine waits for an answer: it is what the OMM still has. */
void mom__omm_profiles_unset(struct mom_omm *link, uint32_t number, const char *why)
{
    char line[240];

    link->profiles.unread |= bit_of(number);
    mom__text_format(line, sizeof(line), "CoA profile %d is not set: %s", (int64_t)number, why);
    mom__omm_log(link, MOM_LOG_NOTICE, line);
}

int mom__omm_profiles_set(struct mom_omm *link, const struct mom__job *job,
                          const struct axi_msg *answer)
{
    const struct axi_elem *asked = axi_first_child(axi_msg_root(job->draft), "ppProfile");
    const struct axi_elem *elem = axi_first_child(axi_msg_root(answer), "ppProfile");
    uint32_t number = number_of(asked);
    char text[160];

    if (!link->profiles.on || number == 0)
        return MOM_OK;
    if (axi_answer_code(answer) != AXI_V_NOTHING) {
        mom__omm_describe_error(text, sizeof(text), answer);
        mom__omm_profiles_unset(link, number, text);
        return MOM_OK;
    }
    /* An answer that names no profile, or another one, says that it was done and no more. */
    return tell_or_read(link, number, number_of(elem) == number ? elem : NULL);
}
