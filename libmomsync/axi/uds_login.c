/*
 * How a remote logs in: whose Open it is, whether account, kind of session and protocol version are right, and what the
 * engine says of the site. The answer to Open waits for the engine's word, so that a remote that does not fit the
 * system is told why.
 */
#include "uds_impl.h"

#include <axi/parser.h>

#include <string.h>

enum { PERMISSIONS = AXI_MAY_AllCnfWrite | AXI_MAY_AllCnfRead, FIRST_MAX = 16384 };

/* --- answers ------------------------------------------------------------------------------------ */

/* OpenResp has the protocol version even when it refuses (AXI reference of 6.1, OpenResp). */
static void set_version(struct axi_elem *answer, int64_t ours, int64_t theirs)
{
    if (ours != 0 || theirs != 0)
        axi_set_int(answer, AXI_A_protocolVersion, ours != 0 ? ours : theirs);
}

static int refuse(struct mom_uds *link, enum axi_value code, const char *bad, const char *info,
                  enum mom_uds_state state, const char *text)
{
    struct axi_elem *answer = axi_server_refuse(link->server, code);
    int rc;

    if (bad != NULL)
        axi_set_cstr(answer, AXI_A_bad, bad);
    if (info != NULL)
        axi_set_cstr(answer, AXI_A_info, info);
    set_version(answer, link->config.protocol_version, link->protocol_version);
    link->logging_in = false;
    rc = mom__uds_send(link);
    return rc == MOM_OK ? mom__uds_end(link, state, text) : rc;
}

static int accept(struct mom_uds *link)
{
    struct axi_elem *answer = axi_server_accept(link->server, PERMISSIONS), *key;

    set_version(answer, link->config.protocol_version, link->protocol_version);
    if (link->omm_version[0] != '\0')
        axi_set_cstr(answer, AXI_A_ommVersion, link->omm_version);
    if (link->records.key.known) {
        key = axi_add_child(answer, "publicKey");
        axi_set_cstr(key, AXI_A_modulus, link->records.key.modulus);
        axi_set_cstr(key, AXI_A_exponent, link->records.key.exponent);
    }
    link->logging_in = false;
    return mom__uds_send(link);
}

/* --- Open --------------------------------------------------------------------------------------- */

static bool is_account(const struct mom_uds *link, struct mom_str username, struct mom_str password)
{
    return username.len > 0 && password.len > 0 && mom__account_fits(username, password) &&
           link->config.check_account(link->config.user, username, password);
}

/* In this order, so that who has no account learns nothing about us. */
static int judge(struct mom_uds *link, const struct axi_server_login *login)
{
    int64_t ours = link->config.protocol_version;
    char text[160];

    if (login->code == AXI_V_NOTHING &&
        !is_account(link, mom__str(login->username), mom__str(login->password))) {
        mom__text_format(text, sizeof(text), "account \"%v\" was refused", login->username);
        return refuse(link, AXI_V_EAuth, NULL, NULL, MOM_UDS_AUTH_FAILED, text);
    }
    if (login->code != AXI_V_NOTHING)
        return refuse(link, login->code, NULL, NULL, MOM_UDS_PROTOCOL_ERROR, "Open is not valid");
    if (!login->sync)
        return refuse(link, AXI_V_EPerm, "UserDeviceSyncClient", "only sync clients are served",
                      MOM_UDS_NO_SYNC, "");
    if (ours != 0 && login->protocol_version != 0 && login->protocol_version != ours) {
        mom__text_format(text, sizeof(text), "it speaks version %d, we speak %d",
                         login->protocol_version, ours);
        return refuse(link, AXI_V_EInval, "protocolVersion", "another version of the protocol",
                      MOM_UDS_VERSION_MISMATCH, text);
    }
    return MOM_OK;
}

int mom__uds_login(struct mom_uds *link, const struct axi_server_event *event)
{
    struct mom_input input = {
        .kind = MOM_IN_IDENTIFIED, .park = link->config.park, .platform = link->config.platform};
    int rc;

    if (axi_server_is_open(link->server)) { /* the server refuses it; the session goes on */
        (void)axi_server_refuse(link->server, AXI_V_EForbidden);
        return mom__uds_send(link);
    }
    link->protocol_version = event->login.protocol_version;
    rc = judge(link, &event->login);
    mom__account_wipe_password(event->msg);
    if (rc != MOM_OK || !mom__uds_is_open(link))
        return rc;
    link->logging_in = true;
    mom__uds_enter_state(link, MOM_UDS_IDENTIFYING);
    rc = mom__uds_input(link, &input);
    if (rc == MOM_OK)
        link->told = true;
    return rc;
}

int mom__uds_admit(struct mom_uds *link)
{
    int rc;

    if (!link->logging_in)
        return MOM_OK;
    rc = accept(link);
    if (rc != MOM_OK)
        return rc;
    link->login_wall = link->now.wall_ms;
    link->prepare_at = link->now.mono_ms + link->config.prepare_ms;
    mom__uds_enter_state(link, MOM_UDS_PREPARING);
    mom__uds_feed_start(link);
    return MOM_OK;
}

int mom__uds_turn_away(struct mom_uds *link, const struct mom_action *action)
{
    static const enum mom_uds_state states[] = {
        [MOM_REFUSED_PARK_TYPE] = MOM_UDS_PARK_MISMATCH,
        [MOM_REFUSED_PARK_DUPLICATE] = MOM_UDS_PARK_DUPLICATE,
        [MOM_REFUSED_PARK_CHANGED] = MOM_UDS_PARK_CHANGED,
        [MOM_REFUSED_PLATFORM] = MOM_UDS_PLATFORM,
    };
    enum mom_uds_state state = MOM_UDS_PARK_MISMATCH;
    char text[160];

    if (!link->logging_in)
        return MOM_OK;
    if ((unsigned)action->reason < sizeof(states) / sizeof(states[0]) && states[action->reason])
        state = states[action->reason];
    mom__text_format(text, sizeof(text), "%v", mom__axi_str(action->text));
    return refuse(link, AXI_V_EForbidden, NULL, mom_uds_state_text(state), state, text);
}

/* --- for the host, before there is a link ------------------------------------------------------- */

/* The first message; NULL with MOM_ENOENT: it is no Open. The parser owns it. */
static int first_message(const struct mom_alloc *alloc, const char *data, size_t len,
                         struct axi_parser **ret_parser, struct axi_msg **ret_msg)
{
    struct axi_parser_options options = {.max_message = FIRST_MAX};
    struct axi_parser *parser;
    struct axi_msg *msg = NULL;
    int rc;

    if (alloc != NULL)
        options.alloc = (struct axi_alloc){alloc->user, alloc->realloc, alloc->free};
    parser = axi_parser_new(&options);
    if (parser == NULL)
        return MOM_ENOMEM;
    rc = axi_parser_next(parser, &data, &len, &msg);
    if (rc == AXI_OK && msg != NULL && axi_msg_type(msg) == AXI_T_Open) {
        *ret_parser = parser;
        *ret_msg = msg;
        return MOM_OK;
    }
    axi_parser_free(parser);
    return rc == AXI_ENOMEM ? MOM_ENOMEM : MOM_ENOENT;
}

int mom_uds_who(const struct mom_alloc *alloc, const char *data, size_t len, char *ret_name,
                size_t size)
{
    struct axi_parser *parser;
    struct axi_msg *msg;
    struct axi_str name;
    int rc = first_message(alloc, data, len, &parser, &msg);

    if (rc != MOM_OK)
        return rc;
    name = axi_get_str(axi_msg_root(msg), AXI_A_username);
    if (name.len == 0 || name.len >= size || memchr(name.ptr, '\0', name.len) != NULL) {
        rc = MOM_ENOENT;
    } else {
        memcpy(ret_name, name.ptr, name.len);
        ret_name[name.len] = '\0';
    }
    mom__account_wipe_password(msg);
    axi_parser_free(parser);
    return rc;
}

bool mom_uds_may_login(const struct mom_uds *link, const char *data, size_t len)
{
    struct axi_parser *parser;
    struct axi_msg *msg;
    const struct axi_elem *root;
    bool may;

    if (first_message(&link->alloc, data, len, &parser, &msg) != MOM_OK)
        return false;
    root = axi_msg_root(msg);
    may = is_account(link, mom__str(axi_get_str(root, AXI_A_username)),
                     mom__str(axi_get_str(root, AXI_A_password)));
    mom__account_wipe_password(msg);
    axi_parser_free(parser);
    return may;
}

static size_t encode(const struct axi_msg *answer, const struct axi_alloc *alloc, char *ret_data,
                     size_t size)
{
    struct axi_buf wire = {.alloc = *alloc};
    size_t len = 0;

    if (axi_msg_error(answer) == AXI_OK && axi_encode(answer, 0, &wire) == AXI_OK &&
        wire.len <= size) {
        memcpy(ret_data, wire.ptr, wire.len);
        len = wire.len;
    }
    axi_buf_done(&wire);
    return len;
}

size_t mom_uds_refusal(const struct mom_alloc *alloc, const char *data, size_t len,
                       int64_t protocol_version, char *ret_data, size_t size)
{
    struct axi_alloc hook = {NULL, NULL, NULL};
    struct axi_parser *parser;
    struct axi_msg *msg, *answer;
    size_t written = 0;

    if (alloc != NULL)
        hook = (struct axi_alloc){alloc->user, alloc->realloc, alloc->free};
    if (first_message(alloc, data, len, &parser, &msg) != MOM_OK)
        return 0;
    answer = axi_msg_new(&hook);
    if (answer != NULL) {
        set_version(axi_answer_error(answer, msg, AXI_V_EAuth, NULL, NULL), protocol_version,
                    axi_get_int_or(axi_msg_root(msg), AXI_A_protocolVersion, 0));
        written = encode(answer, &hook, ret_data, size);
    }
    mom__account_wipe_password(msg);
    axi_msg_free(answer);
    axi_parser_free(parser);
    return written;
}
