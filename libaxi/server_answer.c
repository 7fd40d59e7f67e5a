/*
 * What a server sends: answers, refusals, events, and the queue in which they wait.
 */
#include "server_impl.h"

#include <string.h>

#include "subscribe.h"
#include "text.h"
#include "tree.h"

/* --- the queue ------------------------------------------------------------------------------------- */

size_t axi__server_queued(const struct axi_server *server)
{
    return server->out.len - server->sent;
}

void axi__server_overrun(struct axi_server *server)
{
    server->slow = true;
    axi_buf_done(&server->out);
    server->sent = 0;
    axi__server_drop_files(server);
}

/* The front is taken away when that moves less than it frees. */
static void close_up(struct axi_server *server)
{
    struct axi_buf *out = &server->out;
    if (server->sent == 0 || server->sent < out->len - server->sent)
        return;
    if (out->len > server->sent)
        memmove(out->ptr, out->ptr + server->sent, out->len - server->sent);
    out->len -= server->sent;
    server->sent = 0;
}

int axi__server_queue(struct axi_server *server, const struct axi_msg *msg)
{
    if (server->slow)
        return AXI_EFULL;
    close_up(server);
    int rc = axi_encode(msg, 0, &server->out);
    if (rc == AXI_OK && axi__server_queued(server) > server->options.max_output)
        rc = AXI_EFULL;
    /* A client that misses an answer or an event is worse off than one that must begin again. */
    if (rc == AXI_EFULL || rc == AXI_ENOMEM)
        axi__server_overrun(server);
    return rc;
}

struct axi_str axi_server_output(const struct axi_server *server)
{
    struct axi_str output = {"", 0};
    if (axi__server_queued(server) > 0) {
        output.ptr = server->out.ptr + server->sent;
        output.len = axi__server_queued(server);
    }
    return output;
}

void axi_server_sent(struct axi_server *server, size_t len)
{
    size_t queued = axi__server_queued(server);
    server->sent += len < queued ? len : queued;
    close_up(server);
    axi__server_pump(server);
    if (server->out.len == 0 && server->out.cap > AXI__SERVER_KEEP)
        axi_buf_done(&server->out);
}

/* --- answers --------------------------------------------------------------------------------------- */

struct axi_elem *axi_server_answer(struct axi_server *server, const struct axi_msg *request)
{
    return axi_answer_start(server->answer, request);
}

struct axi_elem *axi_server_error(struct axi_server *server, const struct axi_msg *request,
                                  enum axi_value code, const char *bad, const char *info,
                                  int64_t max_len)
{
    struct axi_elem *root = axi_answer_error(server->answer, request, code, bad, info);
    if (max_len > 0)
        axi_set_int(root, AXI_A_maxLen, max_len);
    return root;
}

int axi_server_send(struct axi_server *server)
{
    int rc = axi__server_queue(server, server->answer);
    axi__msg_clear(server->answer, AXI__SERVER_KEEP_ANSWER);
    return rc;
}

void axi__server_send(struct axi_server *server)
{
    if (axi_server_send(server) != AXI_OK)
        axi__server_overrun(server);
}

void axi__server_refuse(struct axi_server *server, const struct axi_msg *request,
                        const struct axi__verdict *verdict)
{
    struct axi_elem *root =
        axi_answer_error(server->answer, request, verdict->code, NULL, verdict->info);
    axi_set_str(root, AXI_A_bad, verdict->bad);
    if (verdict->max_len > 0)
        axi_set_int(root, AXI_A_maxLen, verdict->max_len);
    axi__server_send(server);
}

/* --- login ----------------------------------------------------------------------------------------- */

static void write_permissions(struct axi_elem *elem, unsigned permissions)
{
    for (unsigned bit = 1; bit != 0 && bit <= permissions; bit <<= 1)
        if ((permissions & bit) != 0 && axi_permission_name(bit) != NULL)
            axi_set_text(axi_add_child(elem, "permission"), axi__str(axi_permission_name(bit)));
}

static struct axi_elem *out_of_place(struct axi_server *server)
{
    axi_msg_reset(server->answer);
    axi__msg_fail(server->answer, AXI_ESTATE);
    return &server->answer->sink;
}

struct axi_elem *axi_server_refuse(struct axi_server *server, enum axi_value code)
{
    if (server->login == NULL)
        return out_of_place(server);
    struct axi_str bad = {NULL, 0};
    if (server->login_code != AXI_V_NOTHING) {
        code = server->login_code;
        bad = server->login_bad;
    }
    struct axi_elem *root = axi_answer_error(
        server->answer, server->login, code != AXI_V_NOTHING ? code : AXI_V_EAuth, NULL, NULL);
    axi_set_str(root, AXI_A_bad, bad);
    server->login = NULL;
    return root;
}

struct axi_elem *axi_server_accept(struct axi_server *server, unsigned permissions)
{
    if (server->login == NULL || server->login_code != AXI_V_NOTHING)
        return axi_server_refuse(server, AXI_V_EAuth);
    struct axi_elem *root = axi_answer_start(server->answer, server->login);
    server->sync = axi_get_bool_or(axi_msg_root(server->login), AXI_A_UserDeviceSyncClient, false);
    server->permissions = axi_permissions_with_implied(permissions);
    server->open = true;
    server->login = NULL;
    write_permissions(root, server->permissions);
    return root;
}

/* --- events ---------------------------------------------------------------------------------------- */

bool axi_server_notify(struct axi_server *server, const struct axi_msg *event)
{
    return server->open && axi__server_queue(server, event) == AXI_OK;
}

/* Changed records come as EventPPCnf in a sync session, and one by one in others (AXI, Subscribe). */
static bool fits_session(const struct axi_server *server, enum axi_type type)
{
    if (type == AXI_T_EventPPCnf)
        return server->sync;
    return !server->sync || (type != AXI_T_EventPPDevCnf && type != AXI_T_EventPPUserCnf);
}

bool axi_server_publish(struct axi_server *server, const struct axi_msg *event)
{
    return server->open && !server->slow && fits_session(server, axi_msg_type(event)) &&
           axi_subscriptions_want(server->subs, event) && axi_server_notify(server, event);
}

void axi_server_permit(struct axi_server *server, unsigned permissions)
{
    struct axi_msg *event = axi_msg_new(&server->options.parser.alloc);
    server->permissions = axi_permissions_with_implied(permissions);
    if (event == NULL)
        axi__server_overrun(server);
    write_permissions(axi_msg_start(event, AXI_T_EventPermissionChange), server->permissions);
    axi_server_publish(server, event);
    axi_msg_free(event);
    axi__subscriptions_restrict(server->subs, server->permissions);
}

/* --- paging ---------------------------------------------------------------------------------------- */

enum { PAGE_MOST = 20 };

int axi_server_page(const struct axi_msg *request, struct axi_page *ret_page)
{
    struct axi_page page;
    /* The schema gives only GetPPUser a default; without one there is no page. */
    int64_t most = axi_msg_type(request) == AXI_T_GetPPUser;
    const struct axi_elem *root = axi_msg_root(request);
    if (!axi_type_paging(axi_msg_type(request), &page.paging))
        return AXI_EINVAL;
    int rc = axi_get_int(root, page.paging.key, &page.first);
    if (rc != AXI_OK)
        return rc == AXI_ENOENT ? AXI_EINVAL : rc;
    if (axi_get_int(root, AXI_A_maxRecords, &most) == AXI_EVALUE || most < 0)
        return AXI_EVALUE;
    page.exact = most == 0;
    page.count = most == 0 ? 1 : most < PAGE_MOST ? (unsigned)most : PAGE_MOST;
    *ret_page = page;
    return AXI_OK;
}
