/*
 * What goes out: requests with their numbers, the buffer that the host empties, and lines for the
 * log. When the host does not get rid of bytes, no further requests are made; what waits is kept as
 * pages and jobs, not as bytes.
 */
#include "omm_impl.h"

#include <string.h>

#define AHEAD_MAX 7 /* requests ahead of one that lengthen its time */

void mom__omm_log(struct mom_omm *link, enum mom_level level, const char *line)
{
    char text[320];

    if (link->config.log == NULL)
        return;
    mom__text_format(text, sizeof(text), "site %d: %s", (int64_t)link->config.site, line);
    link->config.log(link->config.user, level, text);
}

bool mom__omm_is_roomy(const struct mom_omm *link)
{
    return link->output.len - link->output_sent < (size_t)link->config.max_output &&
           axi_calls_count(link->calls) < MOM__OMM_CALLS_MAX;
}

bool mom__omm_has_room(struct mom_omm *link)
{
    if (!mom__omm_is_open(link))
        return false;
    if (mom__omm_is_roomy(link))
        return true;
    link->starved = true;
    return false;
}

/* Bytes that were sent are cut off when they are more than what is left: each byte is moved once at
 * most. */
static void compact(struct mom_omm *link)
{
    size_t left = link->output.len - link->output_sent;

    if (left > link->output_sent)
        return;
    if (left > 0)
        memmove(link->output.ptr, link->output.ptr + link->output_sent, left);
    link->output.len = left;
    link->output_sent = 0;
}

int mom__omm_send(struct mom_omm *link, struct axi_msg *request, uint64_t tag)
{
    int64_t ahead = (int64_t)axi_calls_count(link->calls), deadline;

    /* An OMM answers in order, and pages take their time on a slow line: what is ahead has its time too. Silence is
     * noticed by the request that waits longest. */
    if (ahead > AHEAD_MAX)
        ahead = AHEAD_MAX;
    deadline = link->now.mono_ms + (1 + ahead) * link->config.answer_ms;
    if (axi_calls_begin(link->calls, request, tag, deadline) != AXI_OK)
        return MOM_ENOMEM;
    compact(link);
    if (axi_encode(request, 0, &link->output) != AXI_OK)
        return MOM_ENOMEM;
    link->requests++;
    return MOM_OK;
}

int mom__omm_pump(struct mom_omm *link)
{
    int rc = MOM_OK;

    if (!mom__omm_is_open(link))
        return MOM_OK;
    link->starved = false;
    if (link->state == MOM_OMM_IMPORTING)
        rc = mom__omm_import_pump(link);
    if (rc == MOM_OK)
        rc = mom__omm_job_pump(link);
    if (rc == MOM_OK)
        rc = mom__omm_profiles_pump(link);
    return rc;
}

void mom__omm_drop_output(struct mom_omm *link)
{
    link->output.len = 0;
    link->output_sent = 0;
    link->starved = false;
}

size_t mom_omm_output(const struct mom_omm *link, const char **ret_data)
{
    size_t waiting = link->output.len - link->output_sent;

    *ret_data = waiting > 0 ? link->output.ptr + link->output_sent : NULL;
    return waiting;
}

void mom_omm_sent(struct mom_omm *link, size_t len)
{
    size_t waiting = link->output.len - link->output_sent;

    if (len > waiting)
        len = waiting;
    /* Open has the password. */
    if (link->state == MOM_OMM_LOGIN && len > 0)
        mom__omm_wipe(link->output.ptr + link->output_sent, len);
    link->output_sent += len;
    link->bytes_out += len;
    if (link->output_sent == link->output.len) {
        link->output.len = 0;
        link->output_sent = 0;
    }
}

void mom__omm_describe_error(char *buf, size_t size, const struct axi_msg *answer)
{
    const struct axi_elem *root = axi_msg_root(answer);
    struct axi_str name = axi_elem_name(root), bad = axi_get_str(root, AXI_A_bad);
    struct axi_str info = axi_get_str(root, AXI_A_info);

    if (name.len > 4)
        name.len -= 4; /* without Resp */
    mom__text_format(buf, size, "%v: %v%s%v%s%s%v", name, axi_get_str(root, AXI_A_errCode),
                     bad.len > 0 ? " (bad " : "", bad, bad.len > 0 ? ")" : "",
                     info.len > 0 ? ": " : "", info);
}

int mom__omm_end_by_answer(struct mom_omm *link, const struct axi_msg *answer)
{
    char text[160];

    mom__omm_describe_error(text, sizeof(text), answer);
    return mom__omm_end(
        link, axi_answer_code(answer) == AXI_V_EPerm ? MOM_OMM_PERMISSION : MOM_OMM_REJECTED, text);
}
