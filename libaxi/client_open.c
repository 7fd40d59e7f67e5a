/*
 * The session itself: Open and what its answer tells, and Ping, which keeps it and measures the clock.
 */
#include "client_impl.h"

#include <string.h>

#include "alloc.h"
#include "buf.h"
#include "calls.h"
#include "text.h"

/* --- Open */

void axi__client_wipe_login(struct axi_client *client)
{
    if (client->login.ptr != NULL)
        axi__wipe(client->login.ptr, client->login.cap);
    axi_buf_done(&client->login);
    client->login_sent = 0;
}

static void build_open(struct axi_msg *msg, const struct axi_login *login, int64_t seq)
{
    struct axi_elem *root = axi_msg_start(msg, AXI_T_Open);
    axi_set_int(root, AXI_A_seq, seq);
    if (login->protocol_version != 0)
        axi_set_int(root, AXI_A_protocolVersion, login->protocol_version);
    axi_set_str(root, AXI_A_username, login->username);
    axi_set_str(root, AXI_A_password, login->password);
    if (login->omp)
        axi_set_bool(root, AXI_A_OMPClient, true);
    if (login->sync)
        axi_set_bool(root, AXI_A_UserDeviceSyncClient, true);
}

/* Into one block that is large enough for anything: growing would leave pieces of the password behind. */
static int encode_open(struct axi_client *client, const struct axi_login *login, int64_t seq)
{
    enum { REST = 256, LONGEST_REFERENCE = 6 };
    size_t limit = (SIZE_MAX / 4 - REST) / LONGEST_REFERENCE / 2;
    if (login->username.len > limit || login->password.len > limit)
        return AXI_EINVAL;
    axi__client_wipe_login(client);
    size_t room = REST + LONGEST_REFERENCE * (login->username.len + login->password.len);
    if (!axi__buf_reserve(&client->login, room))
        return AXI_ENOMEM;
    build_open(client->draft, login, seq);
    int rc = axi_encode(client->draft, 0, &client->login);
    struct axi_str copy = axi_get_str(axi_msg_root(client->draft), AXI_A_password);
    if (copy.ptr != NULL)
        axi__wipe((char *)(uintptr_t)copy.ptr, copy.len);
    axi_msg_reset(client->draft);
    return rc;
}

int axi_client_open(struct axi_client *client, const struct axi_login *login, struct axi_time now)
{
    axi__client_tick(client, now);
    if (login == NULL || login->username.ptr == NULL || login->password.ptr == NULL)
        return AXI_EINVAL;
    if (client->session != AXI__CLOSED || client->login_sent < client->login.len)
        return AXI_ESTATE;
    int64_t seq = axi__seq_after(client->last_seq);
    uint32_t place;
    int rc = encode_open(client, login, seq);
    if (rc == AXI_OK)
        rc = axi__client_take_place(client, &place);
    if (rc != AXI_OK) {
        axi__client_wipe_login(client);
        return rc;
    }
    struct axi__request *request = &client->places[place];
    request->purpose = AXI__FOR_OPEN;
    request->type = AXI_T_Open;
    request->seq = client->last_seq = seq;
    request->timeout_ms = client->options.timeout_ms;
    client->session = AXI__OPENING;
    axi__client_start_time(client, place);
    return AXI_OK;
}

void axi__client_take_permissions(struct axi_client *client, const struct axi_elem *from)
{
    const struct axi_elem *elem = axi_first_child(from, "permission");
    unsigned granted = 0;
    for (; elem != NULL; elem = axi_next_sibling(elem, "permission"))
        granted |= axi_permission_of(axi_elem_text(elem));
    client->permissions = axi_permissions_with_implied(granted);
}

static struct axi_str keep_digits(char *digits, size_t max, struct axi_str text)
{
    struct axi_str kept = {NULL, 0};
    if (text.ptr == NULL || text.len == 0 || text.len > max)
        return kept;
    memcpy(digits, text.ptr, text.len);
    kept.ptr = digits;
    kept.len = text.len;
    return kept;
}

void axi__client_take_key(struct axi_client *client, const struct axi_elem *from)
{
    struct axi_public_key key = {
        keep_digits(client->modulus, sizeof client->modulus, axi_get_str(from, AXI_A_modulus)),
        keep_digits(client->exponent, sizeof client->exponent, axi_get_str(from, AXI_A_exponent))};
    if (key.modulus.ptr == NULL || key.exponent.ptr == NULL)
        memset(&key, 0, sizeof key);
    client->key = key;
}

bool axi__client_open_answer(struct axi_client *client, const struct axi_msg *answer,
                             struct axi_client_event *event)
{
    const struct axi_elem *root = axi_msg_root(answer);
    event->request = AXI_T_Open;
    event->msg = answer;
    event->code = axi_answer_code(answer);
    if (event->code != AXI_V_NOTHING) {
        client->session = AXI__CLOSED;
        event->kind = AXI_CLIENT_REFUSED;
        return true;
    }
    client->session = AXI__OPEN;
    axi__client_take_permissions(client, root);
    axi__client_take_key(client, axi_first_child(root, "publicKey"));
    axi__client_resubscribe(client);
    event->kind = AXI_CLIENT_OPENED;
    return true;
}

/* --- Ping */

int64_t axi__client_ping_time(const struct axi_client *client)
{
    int64_t wait = client->options.ping_ms;
    /* What waits will be a request soon enough. */
    if (client->session != AXI__OPEN || wait < 0 || client->pings > 0 ||
        client->first_waiting != AXI__NO_PLACE)
        return INT64_MAX;
    return client->request_ms > INT64_MAX - wait ? INT64_MAX : client->request_ms + wait;
}

int axi__client_send_ping(struct axi_client *client)
{
    struct axi__request what = {.purpose = AXI__FOR_PING};
    struct axi_clock before = client->clock;
    struct axi_elem *ping = axi_msg_start(client->draft, AXI_T_Ping);
    if (!before.asked) {
        axi_clock_ask(&client->clock, ping, client->now);
        what.start = client->clock.asked;
    }
    int rc = axi__client_enqueue(client, client->draft, &what);
    if (rc != AXI_OK)
        client->clock = before;
    return rc;
}

bool axi__client_ping_answer(struct axi_client *client, const struct axi__request *request,
                             const struct axi_msg *answer, struct axi_client_event *event)
{
    if (request->start == 0 || !axi_clock_answer(&client->clock, answer, client->now))
        return false;
    event->kind = AXI_CLIENT_CLOCK;
    event->request = AXI_T_Ping;
    event->msg = answer;
    return true;
}

int axi_client_ping(struct axi_client *client, struct axi_time now)
{
    axi__client_tick(client, now);
    if (client->session != AXI__OPEN)
        return AXI_ESTATE;
    if (axi__client_is_full(client))
        return AXI_EFULL;
    int rc = axi__client_flush(client);
    if (rc == AXI_OK)
        rc = axi__client_send_ping(client);
    if (rc == AXI_OK)
        axi__client_pump(client);
    return rc;
}
