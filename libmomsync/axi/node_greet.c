/*
 * Open and OpenResp between two nodes: ordinary messages of AXI with two attributes of ours, by which a node is told
 * from an OMM and from other clients. All that came is kept until it is known who is there, for the host may have to
 * go on with it.
 */
#include "node_impl.h"

#include <axi/parser.h>
#include <axi/session.h>

#include <string.h>

enum { REST = 512, LONGEST_REFERENCE = 6 };

static const char attr_node[] = MOM_NODE_ATTR_NODE;
static const char attr_carriage[] = MOM_NODE_ATTR_CARRIAGE;
static const char attr_platform[] = MOM_NODE_ATTR_PLATFORM;

void mom__node_drop_greeting(struct mom_node *link)
{
    if (link->greeting != NULL)
        mom__omm_wipe(link->greeting, link->greeting_len);
    mom__omm_free_by(&link->alloc, link->greeting);
    link->greeting = NULL;
    link->greeting_len = link->greeting_cap = 0;
}

size_t mom_node_hand_over(const struct mom_node *link, const char **ret_data)
{
    bool handed = link->conn == MOM__NODE_HANDED;

    *ret_data = handed ? link->greeting : NULL;
    return handed ? link->greeting_len : 0;
}

/* --- building ---------------------------------------------------------------------------------- */

static void set_number(struct axi_elem *elem, const char *name, uint32_t number)
{
    char digits[16];

    mom__text_format(digits, sizeof(digits), "%d", (int64_t)number);
    axi_set_named(elem, (struct axi_str){name, strlen(name)},
                  (struct axi_str){digits, strlen(digits)});
}

static void announce(const struct mom_node *link, struct axi_elem *root)
{
    if (link->config.protocol_version != 0)
        axi_set_int(root, AXI_A_protocolVersion, link->config.protocol_version);
    set_number(root, attr_node, link->config.node);
    set_number(root, attr_carriage, MOM_NODE_CARRIAGE_VERSION);
    if (link->omm_platform != MOM_PLATFORM_UNKNOWN)
        set_number(root, attr_platform, link->omm_platform);
}

/* Encode and queue. The buffer is large enough from the beginning: growing would leave pieces of the password
 * behind. */
static int send(struct mom_node *link, const struct axi_msg *msg, size_t room)
{
    struct axi_buf wire = {.alloc = link->axi_alloc};
    int rc = MOM_ENOMEM;

    wire.ptr = mom__omm_alloc(&link->alloc, NULL, room);
    if (wire.ptr == NULL)
        return MOM_ENOMEM;
    wire.cap = room;
    if (axi_encode(msg, 0, &wire) == AXI_OK)
        rc = mom__node_put(link, wire.ptr, wire.len);
    if (rc == MOM_OK)
        link->secret_left = wire.len;
    mom__omm_wipe(wire.ptr, wire.len);
    axi_buf_done(&wire);
    return rc;
}

int mom__node_greet(struct mom_node *link)
{
    struct axi_msg *msg = axi_msg_new(&link->axi_alloc);
    struct axi_elem *root;
    int error, rc = MOM_OK;

    if (msg == NULL)
        return MOM_ENOMEM;
    root = axi_msg_start(msg, AXI_T_Open);
    axi_set_int(root, AXI_A_seq, 1);
    axi_set_str(root, AXI_A_username, mom__axi_str(mom__account_username(&link->account)));
    axi_set_str(root, AXI_A_password, mom__axi_str(mom__account_password(&link->account)));
    axi_set_bool(root, AXI_A_UserDeviceSyncClient, true);
    announce(link, root);
    error = axi_msg_error(msg);
    if (error == AXI_OK)
        rc = send(link, msg,
                  REST + LONGEST_REFERENCE *
                             (link->account.username_len + link->account.password_len));
    else if (error == AXI_ENOMEM)
        rc = MOM_ENOMEM;
    else
        rc = mom__node_end(link, MOM_NODE_AUTH_FAILED, "user or password cannot be written");
    mom__account_wipe_password(msg);
    axi_msg_free(msg);
    return rc;
}

/* --- reading ----------------------------------------------------------------------------------- */

/* A decimal number of an attribute of ours; false when it is missing, or no number that fits. */
static bool get_number(const struct axi_elem *root, const char *name, uint32_t *ret)
{
    struct axi_str text = axi_get_named(root, name);
    uint64_t number = 0;

    if (text.len == 0 || text.len > 10)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        number = number * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    *ret = (uint32_t)number;
    return number <= UINT32_MAX;
}

static enum mom_platform get_platform(const struct axi_elem *root)
{
    uint32_t platform = 0;

    return get_number(root, attr_platform, &platform) && platform < MOM_PLATFORM_COUNT
               ? (enum mom_platform)platform
               : MOM_PLATFORM_UNKNOWN;
}

static bool announces(const struct axi_elem *root)
{
    return axi_get_named(root, attr_node).ptr != NULL ||
           axi_get_named(root, attr_carriage).ptr != NULL;
}

static bool is_named(struct axi_str text, const char *name)
{
    return text.len == strlen(name) && memcmp(text.ptr, name, text.len) == 0;
}

/* The connection is the host's from here on. */
static int is_no_node(struct mom_node *link)
{
    link->conn = MOM__NODE_HANDED;
    link->wants |= MOM_NODE_WANT_HAND_OVER;
    link->own_reason = true;
    mom__node_enter_state(link, MOM_NODE_NO_NODE);
    return MOM_OK;
}

/* --- the caller: OpenResp ------------------------------------------------------------------------ */

static int was_refused(struct mom_node *link, const struct axi_refusal *refusal)
{
    static const struct {
        const char *bad;
        enum mom_node_state state;
    } reasons[] = {
        {"protocolVersion", MOM_NODE_VERSION_MISMATCH},
        {MOM_NODE_ATTR_CARRIAGE, MOM_NODE_CARRIAGE_MISMATCH},
        {MOM_NODE_ATTR_NODE, MOM_NODE_WRONG_NODE},
    };
    enum mom_node_state state = MOM_NODE_REFUSED;
    int64_t ours = link->config.protocol_version, theirs = link->protocol_version;
    char text[160];

    /* An OMM tells its version when it refuses ours, but need not say that this is why. */
    if (mom__node_differs(ours, theirs))
        state = MOM_NODE_VERSION_MISMATCH;
    else if (refusal->code == AXI_V_EAuth)
        state = MOM_NODE_AUTH_FAILED;
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (state == MOM_NODE_REFUSED && is_named(refusal->bad, reasons[i].bad))
            state = reasons[i].state;
    }
    mom__text_format(text, sizeof(text), "%v%s%v", refusal->text, refusal->info.len > 0 ? ": " : "",
                     refusal->info);
    return mom__node_end(link, state, text);
}

int mom__node_compare(struct mom_node *link, uint32_t node)
{
    int64_t ours = link->config.protocol_version;
    char text[160];

    if (mom__node_differs(ours, link->protocol_version)) {
        mom__text_format(text, sizeof(text), "it speaks version %d, we speak %d",
                         link->protocol_version, ours);
        return mom__node_end(link, MOM_NODE_VERSION_MISMATCH, text);
    }
    if (link->carriage != MOM_NODE_CARRIAGE_VERSION) {
        mom__text_format(text, sizeof(text), "it speaks frames of version %d, we of %d",
                         (int64_t)link->carriage, (int64_t)MOM_NODE_CARRIAGE_VERSION);
        return mom__node_end(link, MOM_NODE_CARRIAGE_MISMATCH, text);
    }
    if (node != link->config.neighbour) {
        mom__text_format(text, sizeof(text), "it is node %d", (int64_t)node);
        return mom__node_end(link, MOM_NODE_WRONG_NODE, text);
    }
    return mom__node_agreed(link);
}

static int take_answer(struct mom_node *link, const struct axi_msg *msg)
{
    const struct axi_elem *root = axi_msg_root(msg);
    struct axi_refusal refusal = axi_answer_refusal(msg);
    uint32_t node = 0;

    if (axi_msg_type(msg) != AXI_T_OpenResp)
        return mom__node_end(link, MOM_NODE_PROTOCOL_ERROR, "the first message is no OpenResp");
    link->protocol_version = axi_get_int_or(root, AXI_A_protocolVersion, 0);
    link->platform = get_platform(root);
    /* An OMM that does refuse what it does not know is none of ours either. */
    if (!announces(root) && (refusal.code == AXI_V_NOTHING || is_named(refusal.bad, attr_node) ||
                             is_named(refusal.bad, attr_carriage)))
        return is_no_node(link);
    (void)get_number(root, attr_carriage, &link->carriage);
    if (refusal.code != AXI_V_NOTHING)
        return was_refused(link, &refusal);
    if (!get_number(root, attr_node, &node))
        return mom__node_end(link, MOM_NODE_PROTOCOL_ERROR,
                             "OpenResp does not say which node it is");
    return mom__node_compare(link, node);
}

/* --- who is called: Open --------------------------------------------------------------------------- */

static const char *objection(enum mom_node_state state)
{
    switch (state) {
    case MOM_NODE_VERSION_MISMATCH:
        return "another version of the protocol";
    case MOM_NODE_CARRIAGE_MISMATCH:
        return "another version of the frames";
    case MOM_NODE_WRONG_NODE:
        return "not a neighbour of this node";
    case MOM_NODE_REFUSED:
        return "not let in";
    default:
        return "";
    }
}

static enum mom_node_state weigh(struct mom_node *link, const struct mom__claim *claim,
                                 char ret_why[MOM__NODE_WHY_SIZE])
{
    const struct mom_node_config *config = &link->config;
    int64_t ours = config->protocol_version;
    enum mom_node_state state;

    if (claim->username.len == 0 || claim->password.len == 0 ||
        !mom__account_fits(claim->username, claim->password) ||
        !config->check_account(config->user, claim->username, claim->password))
        return MOM_NODE_AUTH_FAILED;
    link->claimed = claim->node;
    if (mom__node_differs(ours, claim->protocol_version))
        return MOM_NODE_VERSION_MISMATCH;
    if (claim->carriage != MOM_NODE_CARRIAGE_VERSION)
        return MOM_NODE_CARRIAGE_MISMATCH;
    if (claim->node == config->node)
        return MOM_NODE_WRONG_NODE;
    state =
        config->know_node(config->user, claim->node, claim->username, ret_why, MOM__NODE_WHY_SIZE);
    return state == MOM_NODE_UP || state == MOM_NODE_REFUSED ? state : MOM_NODE_WRONG_NODE;
}

enum mom_node_state mom__node_judge(struct mom_node *link, const struct mom__claim *claim,
                                    char ret_why[MOM__NODE_WHY_SIZE])
{
    enum mom_node_state state;

    ret_why[0] = '\0';
    state = weigh(link, claim, ret_why);
    ret_why[MOM__NODE_WHY_SIZE - 1] = '\0';
    if (state == MOM_NODE_UP)
        link->neighbour = claim->node;
    if (state != MOM_NODE_REFUSED || ret_why[0] == '\0')
        mom__text_format(ret_why, MOM__NODE_WHY_SIZE, "%s", objection(state));
    return state;
}

struct verdict {
    enum mom_node_state state;
    enum axi_value code;
    const char *bad; /* NULL: no attribute */
    char why[MOM__NODE_WHY_SIZE];
};

static struct verdict judge(struct mom_node *link, const struct axi_elem *root)
{
    struct mom__claim claim = {.protocol_version = link->protocol_version};
    struct verdict verdict = {.code = AXI_V_EInval};

    claim.username = mom__str(axi_get_str(root, AXI_A_username));
    claim.password = mom__str(axi_get_str(root, AXI_A_password));
    if (!get_number(root, attr_node, &claim.node))
        return (struct verdict){MOM_NODE_PROTOCOL_ERROR, AXI_V_EInval, attr_node, "not a number"};
    if (!get_number(root, attr_carriage, &link->carriage))
        return (struct verdict){MOM_NODE_PROTOCOL_ERROR, AXI_V_EInval, attr_carriage,
                                "not a number"};
    if (!axi_get_bool_or(root, AXI_A_UserDeviceSyncClient, false))
        return (struct verdict){MOM_NODE_PROTOCOL_ERROR, AXI_V_EInval, "UserDeviceSyncClient",
                                "a node is a sync client"};
    claim.carriage = link->carriage;
    verdict.state = mom__node_judge(link, &claim, verdict.why);
    switch (verdict.state) {
    case MOM_NODE_UP:
        verdict.code = AXI_V_NOTHING;
        break;
    case MOM_NODE_AUTH_FAILED:
        verdict.code = AXI_V_EAuth;
        break;
    case MOM_NODE_VERSION_MISMATCH:
        verdict.bad = "protocolVersion";
        break;
    case MOM_NODE_CARRIAGE_MISMATCH:
        verdict.bad = attr_carriage;
        break;
    case MOM_NODE_REFUSED:
        verdict.code = AXI_V_EPerm;
        break;
    default:
        verdict.code = AXI_V_EPerm;
        verdict.bad = attr_node;
    }
    return verdict;
}

static int refuse(struct mom_node *link, const struct axi_elem *open, const struct verdict *verdict)
{
    struct axi_str username = axi_get_str(open, AXI_A_username);
    char text[160];

    if (verdict->state == MOM_NODE_AUTH_FAILED)
        mom__text_format(text, sizeof(text), "account \"%v\" was refused", username);
    else if (verdict->bad == NULL)
        mom__text_format(text, sizeof(text), "%s", verdict->why);
    else
        mom__text_format(text, sizeof(text), "%s: %s: \"%v\"", verdict->bad, verdict->why,
                         axi_get_named(open, verdict->bad));
    return mom__node_end(link, verdict->state, text);
}

static int take_open(struct mom_node *link, const struct axi_msg *msg)
{
    const struct axi_elem *open = axi_msg_root(msg);
    const char *info;
    struct axi_msg *answer;
    struct verdict verdict;
    int rc = MOM_ENOMEM;

    if (axi_msg_type(msg) != AXI_T_Open || !announces(open))
        return is_no_node(link);
    answer = axi_msg_new(&link->axi_alloc);
    if (answer == NULL)
        return MOM_ENOMEM;
    link->protocol_version = axi_get_int_or(open, AXI_A_protocolVersion, 0);
    link->platform = get_platform(open);
    verdict = judge(link, open);
    info = verdict.why[0] != '\0' ? verdict.why : NULL;
    announce(link, verdict.code == AXI_V_NOTHING
                       ? axi_answer_start(answer, msg)
                       : axi_answer_error(answer, msg, verdict.code, verdict.bad, info));
    if (axi_msg_error(answer) == AXI_OK)
        rc = send(link, answer, REST);
    axi_msg_free(answer);
    if (rc != MOM_OK)
        return rc;
    return verdict.code == AXI_V_NOTHING ? mom__node_agreed(link) : refuse(link, open, &verdict);
}

/* --- the stream ------------------------------------------------------------------------------------ */

/* Into a new block, for the old one is wiped: it may hold a password. */
static int grow(struct mom_node *link, size_t cap)
{
    char *grown = mom__omm_alloc(&link->alloc, NULL, cap);
    size_t len = link->greeting_len;

    if (grown == NULL)
        return MOM_ENOMEM;
    if (len > 0)
        memcpy(grown, link->greeting, len);
    mom__node_drop_greeting(link);
    link->greeting = grown;
    link->greeting_len = len;
    link->greeting_cap = cap;
    return MOM_OK;
}

static int keep(struct mom_node *link, const char *data, size_t len)
{
    size_t need = link->greeting_len + len;
    int rc = MOM_OK;

    if (need > link->greeting_cap)
        rc = grow(link, need > MOM__NODE_GREETING_MAX ? need : MOM__NODE_GREETING_MAX);
    if (rc != MOM_OK)
        return rc;
    if (len > 0)
        memcpy(link->greeting + link->greeting_len, data, len);
    link->greeting_len = need;
    return MOM_OK;
}

static int end_by_parser(struct mom_node *link, const struct axi_parser *parser)
{
    const struct axi_parse_error *error = axi_parser_error(parser);
    char text[160];

    mom__text_format(text, sizeof(text), "%s at byte %d",
                     error->text[0] != '\0' ? error->text : axi_err_text(error->code),
                     (int64_t)error->offset);
    return mom__node_end(link, MOM_NODE_PROTOCOL_ERROR, text);
}

/* The parser lives for this one message. */
static int take_first(struct mom_node *link)
{
    struct axi_parser_options options = {.alloc = link->axi_alloc,
                                         .max_message = MOM__NODE_GREETING_MAX};
    struct axi_parser *parser = axi_parser_new(&options);
    const char *data = link->greeting;
    size_t len = link->greeting_len;
    struct axi_msg *msg = NULL;
    int rc;

    if (parser == NULL)
        return MOM_ENOMEM;
    rc = axi_parser_next(parser, &data, &len, &msg);
    if (rc == AXI_ENOMEM)
        rc = MOM_ENOMEM;
    else if (rc != AXI_OK)
        rc = end_by_parser(link, parser);
    else if (link->config.role == MOM_NODE_CENTRAL)
        rc = take_answer(link, msg);
    else
        rc = take_open(link, msg);
    if (msg != NULL)
        mom__account_wipe_password(msg);
    axi_parser_free(parser);
    return rc;
}

int mom__node_greeting(struct mom_node *link, const char **data, size_t *len)
{
    const char *end = memchr(*data, '\0', *len);
    size_t part = end != NULL ? (size_t)(end - *data) + 1 : *len;
    int rc;

    if (link->greeting_len + part > MOM__NODE_GREETING_MAX)
        return mom__node_end(link, MOM_NODE_PROTOCOL_ERROR, "the first message is too long");
    rc = keep(link, *data, part);
    *data += part;
    *len -= part;
    if (rc != MOM_OK || end == NULL)
        return rc;
    rc = take_first(link);
    if (rc == MOM_OK && link->conn == MOM__NODE_HANDED) {
        rc = keep(link, *data, *len);
        *len = 0;
    } else {
        mom__node_drop_greeting(link);
    }
    return rc;
}
