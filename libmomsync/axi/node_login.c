/*
 * The short login: a caller that was up with its neighbour before need not find out by AXI who is there. It begins
 * with a frame, with what its engine says right behind it, and the other side answers with a frame and what its own
 * engine says.
 *
 *   LOGIN    version of the frames (1 byte), node (4), platform of its OMM (1), AXI's protocol version (varint),
 * length of
 *            the user name (varint), user name, password
 *   ANSWER   result (1 byte), version of the frames (1), node (4), platform (1), AXI's protocol version (varint), text
 * in
 *            ASCII
 *
 * Numbers are big-endian. These two stay as they are in every version of the frames. Whoever has no account gets zeroes
 * in an answer. The first byte of a LOGIN tells it from AXI.
 */
#include "node_impl.h"

#include <string.h>

/* Results, which are on the wire. */
static const enum mom_node_state results[] = {
    MOM_NODE_UP,
    MOM_NODE_AUTH_FAILED,
    MOM_NODE_VERSION_MISMATCH,
    MOM_NODE_CARRIAGE_MISMATCH,
    MOM_NODE_WRONG_NODE,
    MOM_NODE_PROTOCOL_ERROR,
    MOM_NODE_REFUSED,
};
enum { RESULTS = sizeof(results) / sizeof(results[0]) };

/* --- bytes ------------------------------------------------------------------------------------- */

static void put_node(char *ret_bytes, uint32_t node)
{
    for (int i = 0; i < 4; i++)
        ret_bytes[i] = (char)(node >> (24 - 8 * i));
}

/* Version of the frames, node, platform, version of the protocol: bytes written. */
enum { SELF = 6 };

static size_t put_self(const struct mom_node *link, char *ret_bytes)
{
    int64_t version = link->config.protocol_version;

    ret_bytes[0] = MOM_NODE_CARRIAGE_VERSION;
    put_node(ret_bytes + 1, link->config.node);
    ret_bytes[5] = (char)link->omm_platform;
    return SELF + mom__node_varint(ret_bytes + SELF,
                                   version < 0 || version > INT32_MAX ? 0 : (uint32_t)version);
}

static bool get_varint(struct mom_str *bytes, uint32_t *ret_number)
{
    uint64_t number = 0;

    for (unsigned i = 0; i < 5 && i < bytes->len; i++) {
        unsigned char c = (unsigned char)bytes->ptr[i];

        number |= (uint64_t)(c & 0x7f) << (7 * i);
        if ((c & 0x80) != 0)
            continue;
        if (number > UINT32_MAX || (c == 0 && i > 0))
            return false;
        *ret_number = (uint32_t)number;
        *bytes = (struct mom_str){bytes->ptr + i + 1, bytes->len - i - 1};
        return true;
    }
    return false;
}

static bool get_self(struct mom_str *bytes, struct mom__claim *ret_claim)
{
    uint32_t version;

    if (bytes->len < SELF)
        return false;
    ret_claim->carriage = (unsigned char)bytes->ptr[0];
    ret_claim->node = 0;
    for (int i = 1; i <= 4; i++)
        ret_claim->node = ret_claim->node << 8 | (unsigned char)bytes->ptr[i];
    ret_claim->platform = (unsigned char)bytes->ptr[5] < MOM_PLATFORM_COUNT
                              ? (enum mom_platform)bytes->ptr[5]
                              : MOM_PLATFORM_UNKNOWN;
    *bytes = (struct mom_str){bytes->ptr + SELF, bytes->len - SELF};
    if (!get_varint(bytes, &version))
        return false;
    ret_claim->protocol_version = version;
    return true;
}

/* --- the caller -------------------------------------------------------------------------------- */

int mom__node_login(struct mom_node *link)
{
    char body[MOM__NODE_LOGIN_MAX];
    struct mom_str username = mom__account_username(&link->account);
    struct mom_str password = mom__account_password(&link->account);
    size_t len = put_self(link, body);
    int rc;

    len += mom__node_varint(body + len, (uint32_t)username.len);
    memcpy(body + len, username.ptr, username.len);
    len += username.len;
    memcpy(body + len, password.ptr, password.len);
    len += password.len;
    rc = mom__node_put_frame(link, MOM__FRAME_LOGIN, (struct mom_str){body, len});
    mom__omm_wipe(body, sizeof(body));
    if (rc != MOM_OK)
        return rc;
    link->secret_left = mom__node_waiting(link);
    link->conn = MOM__NODE_SHORT;
    link->shortly = link->unanswered = true;
    return mom__node_tell_up(link);
}

int mom__node_take_answer(struct mom_node *link, struct mom_str body)
{
    unsigned result = (unsigned char)body.ptr[0];
    struct mom_str rest = {body.ptr + 1, body.len - 1};
    char text[MOM__NODE_BYE_MAX + 1];
    struct mom__claim self;

    if (!get_self(&rest, &self) || (result == 0 && rest.len > 0))
        return mom__node_end(link, MOM_NODE_PROTOCOL_ERROR, "the answer to the login is damaged");
    link->unanswered = false;
    link->protocol_version = self.protocol_version;
    link->carriage = self.carriage;
    link->platform = self.platform;
    if (result == 0)
        return mom__node_compare(link, self.node);
    mom__node_clean(text, rest);
    return mom__node_end(link, result < RESULTS ? results[result] : MOM_NODE_REFUSED, text);
}

/* --- who is called ------------------------------------------------------------------------------- */

static int answer(struct mom_node *link, enum mom_node_state state, const char *text)
{
    bool anonymous = state == MOM_NODE_AUTH_FAILED || state == MOM_NODE_PROTOCOL_ERROR;
    char body[MOM__NODE_ANSWER_MAX + 1] = {0};
    size_t len = 1 + SELF + 1;

    while ((unsigned char)body[0] < RESULTS && results[(unsigned char)body[0]] != state)
        body[0]++;
    if (!anonymous)
        len = 1 + put_self(link, body + 1);
    mom__text_format(body + len, sizeof(body) - len, "%s", text);
    return mom__node_put_frame(link, MOM__FRAME_ANSWER,
                               (struct mom_str){body, len + strlen(body + len)});
}

static int refuse(struct mom_node *link, const struct mom__claim *claim, enum mom_node_state state,
                  const char *why)
{
    char text[160];
    int rc = answer(link, state, why);

    if (rc != MOM_OK)
        return rc;
    if (state == MOM_NODE_AUTH_FAILED)
        mom__text_format(text, sizeof(text), "account \"%v\" was refused",
                         mom__axi_str(claim->username));
    else if (state == MOM_NODE_PROTOCOL_ERROR || state == MOM_NODE_REFUSED)
        mom__text_format(text, sizeof(text), "%s", why);
    else
        mom__text_format(text, sizeof(text), "%s: node %d, protocol %d, frames %d", why,
                         (int64_t)claim->node, claim->protocol_version, (int64_t)claim->carriage);
    return mom__node_end(link, state, text);
}

int mom__node_take_login(struct mom_node *link, struct mom_str body)
{
    char why[MOM__NODE_WHY_SIZE];
    struct mom__claim claim;
    enum mom_node_state state;
    uint32_t len;
    int rc;

    if (!get_self(&body, &claim) || !get_varint(&body, &len) || len > body.len)
        return refuse(link, NULL, MOM_NODE_PROTOCOL_ERROR, "the login is damaged");
    claim.username = (struct mom_str){body.ptr, len};
    claim.password = (struct mom_str){body.ptr + len, body.len - len};
    link->protocol_version = claim.protocol_version;
    link->carriage = claim.carriage;
    link->platform = claim.platform;
    link->shortly = true;
    state = mom__node_judge(link, &claim, why);
    if (state != MOM_NODE_UP)
        return refuse(link, &claim, state,
                      state == MOM_NODE_AUTH_FAILED ? "user or password were refused" : why);
    rc = answer(link, MOM_NODE_UP, "");
    return rc == MOM_OK ? mom__node_agreed(link) : rc;
}
