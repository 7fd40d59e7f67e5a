/*
 * Subscriptions of a client: flags are collected into requests, what is wanted is asked for again after every Open,
 * and what the OMM acknowledged is known.
 *
 * A batch is one request with its flags. Batches stay in order, the one that is being collected is the last.
 */
#include "client_impl.h"

#include <string.h>

#include "alloc.h"
#include "buf.h"
#include "subscribe.h"
#include "text.h"

/* --- batches */

static struct axi__batch *take_batch(struct axi_client *client)
{
    struct axi__batch *batch = client->spare_batches, **at = &client->batches;
    if (batch != NULL) {
        client->spare_batches = batch->next;
    } else {
        batch = axi__realloc(&client->options.parser.alloc, NULL, sizeof *batch);
        if (batch == NULL)
            return NULL;
        memset(batch, 0, sizeof *batch);
        batch->texts.alloc = client->options.parser.alloc;
    }
    batch->next = NULL;
    batch->count = 0;
    batch->acknowledged = batch->again = false;
    batch->texts.len = 0;
    while (*at != NULL)
        at = &(*at)->next;
    *at = batch;
    return batch;
}

static void spare(struct axi_client *client, struct axi__batch *batch)
{
    struct axi__batch **at = &client->batches;
    while (*at != batch)
        at = &(*at)->next;
    *at = batch->next;
    if (client->collecting == batch)
        client->collecting = NULL;
    batch->next = client->spare_batches;
    client->spare_batches = batch;
}

void axi__client_forget_batches(struct axi_client *client)
{
    while (client->batches != NULL)
        spare(client, client->batches);
    client->resubscribing = false;
}

void axi__client_free_batches(struct axi_client *client)
{
    axi__client_forget_batches(client);
    while (client->spare_batches != NULL) {
        struct axi__batch *batch = client->spare_batches;
        client->spare_batches = batch->next;
        axi_buf_done(&batch->texts);
        axi__free(&client->options.parser.alloc, batch);
    }
}

/* There is room for another flag after this. */
static bool reserve(struct axi__batch *batch, const struct axi_subscription *subscription)
{
    return axi__buf_reserve(&batch->texts, subscription->pattern.len + 1);
}

static void add(struct axi__batch *batch, const struct axi_subscription *subscription)
{
    unsigned i = batch->count++;
    batch->flags[i] = *subscription;
    batch->at[i] = batch->texts.len;
    if (subscription->pattern.len > 0)
        axi__buf_put(&batch->texts, subscription->pattern.ptr, subscription->pattern.len);
}

static struct axi_subscription flag_at(const struct axi__batch *batch, unsigned i)
{
    struct axi_subscription flag = batch->flags[i];
    if (flag.pattern.ptr != NULL)
        flag.pattern.ptr = batch->texts.ptr + batch->at[i];
    return flag;
}

/* --- asking */

static int send_batch(struct axi_client *client, struct axi__batch *batch)
{
    struct axi__request what = {.purpose = AXI__FOR_SUBSCRIBE, .batch = batch};
    struct axi_elem *root = axi_msg_start(client->draft, AXI_T_Subscribe);
    for (unsigned i = 0; i < batch->count; i++) {
        struct axi_subscription flag = flag_at(batch, i);
        axi_subscription_write(root, &flag);
    }
    return axi__client_enqueue(client, client->draft, &what);
}

/* The next flags of what is wanted, as a request. Sets *ret_count to 0 behind the last. */
static int ask_again(struct axi_client *client, size_t from, size_t *ret_count)
{
    struct axi_subscription flag;
    *ret_count = 0;
    if (!axi_subscriptions_at(client->wanted, from, &flag))
        return AXI_OK;
    struct axi__batch *batch = take_batch(client);
    if (batch == NULL)
        return AXI_ENOMEM;
    batch->again = true;
    int rc = AXI_OK;
    do {
        if (reserve(batch, &flag))
            add(batch, &flag);
        else
            rc = AXI_ENOMEM;
    } while (rc == AXI_OK && batch->count < AXI_SUBSCRIBE_MAX &&
             axi_subscriptions_at(client->wanted, from + batch->count, &flag));
    if (rc == AXI_OK)
        rc = send_batch(client, batch);
    if (rc == AXI_OK)
        *ret_count = batch->count;
    else
        spare(client, batch);
    return rc;
}

void axi__client_resubscribe(struct axi_client *client)
{
    client->resubscribing = true;
    client->resubscribed = 0;
    client->last_older = client->last_waiting;
    if (client->first_waiting == AXI__NO_PLACE)
        client->last_older = AXI__NO_PLACE;
    client->older_bytes = client->output.len - client->ready;
}

static int finish_resubscribing(struct axi_client *client)
{
    size_t count = 0;
    while (client->resubscribing) {
        int rc = ask_again(client, client->resubscribed, &count);
        if (rc != AXI_OK)
            return rc;
        client->resubscribed += count;
        client->resubscribing = count > 0;
    }
    axi__client_put_first(client);
    client->last_older = AXI__NO_PLACE;
    return AXI_OK;
}

int axi__client_flush(struct axi_client *client)
{
    if (client->resubscribing) {
        int rc = finish_resubscribing(client);
        if (rc != AXI_OK)
            return rc;
    }
    if (client->collecting == NULL)
        return AXI_OK;
    int rc = send_batch(client, client->collecting);
    if (rc == AXI_OK)
        client->collecting = NULL;
    return rc;
}

/* The batch that takes one more flag. */
static int collect(struct axi_client *client, struct axi__batch **ret_batch)
{
    struct axi__batch *batch = client->collecting;
    if (client->resubscribing || (batch != NULL && batch->count == AXI_SUBSCRIBE_MAX)) {
        int rc = axi__client_flush(client);
        if (rc != AXI_OK)
            return rc;
        batch = client->collecting;
    }
    if (batch == NULL && axi__client_is_full(client))
        return AXI_EFULL;
    if (batch == NULL)
        batch = take_batch(client);
    if (batch == NULL)
        return AXI_ENOMEM;
    client->collecting = batch;
    *ret_batch = batch;
    return AXI_OK;
}

int axi_client_subscribe(struct axi_client *client, const struct axi_subscription *subscription,
                         struct axi_time now)
{
    struct axi__batch *batch;
    axi__client_tick(client, now);
    if (subscription == NULL || axi__check_text(subscription->pattern) != AXI_OK)
        return AXI_EINVAL;
    if (client->session != AXI__OPEN)
        return axi_subscriptions_set(client->wanted, subscription);
    int rc = collect(client, &batch);
    if (rc != AXI_OK)
        return rc;
    if (reserve(batch, subscription))
        rc = axi_subscriptions_set(client->wanted, subscription);
    else
        rc = AXI_ENOMEM;
    if (rc == AXI_OK)
        add(batch, subscription);
    else if (batch->count == 0)
        spare(client, batch);
    if (batch->count == AXI_SUBSCRIBE_MAX)
        axi__client_pump(client);
    return rc;
}

/* --- answers */

static bool same(const struct axi_subscription *a, const struct axi_subscription *b)
{
    return a->event == b->event && a->filter == b->filter && a->item == b->item &&
           axi__equal(a->pattern, b->pattern);
}

/* True when a later request sets or clears the flag as well. What is asked for again after Open comes first and has
 * each flag once. */
static bool is_asked_again(const struct axi__batch *batch, const struct axi_subscription *flag)
{
    for (batch = batch->next; batch != NULL; batch = batch->next)
        for (unsigned i = 0; !batch->again && i < batch->count; i++) {
            struct axi_subscription other = flag_at(batch, i);
            if (same(&other, flag))
                return true;
        }
    return false;
}

static void give_up(struct axi_client *client, const struct axi__batch *batch)
{
    for (unsigned i = 0; i < batch->count; i++) {
        struct axi_subscription flag = flag_at(batch, i);
        if (flag.on && !is_asked_again(batch, &flag))
            axi__subscriptions_forget(client->wanted, &flag);
    }
}

/* Note what was acknowledged. When memory is wanting it is done later, and then once more from the first. */
static int note(struct axi_client *client, struct axi__batch *batch)
{
    for (unsigned i = 0; i < batch->count; i++) {
        struct axi_subscription flag = flag_at(batch, i);
        if (axi_subscriptions_set(client->acknowledged, &flag) == AXI_ENOMEM)
            return AXI_ENOMEM;
    }
    spare(client, batch);
    return AXI_OK;
}

int axi__client_pump_acknowledged(struct axi_client *client)
{
    struct axi__batch *next;
    for (struct axi__batch *batch = client->batches; batch != NULL; batch = next) {
        next = batch->next;
        if (batch->acknowledged && note(client, batch) != AXI_OK)
            return AXI_ENOMEM;
    }
    return AXI_OK;
}

bool axi__client_subscribe_answer(struct axi_client *client, struct axi__batch *batch,
                                  const struct axi_msg *answer, struct axi_client_event *event)
{
    event->kind = AXI_CLIENT_SUBSCRIBED;
    event->request = AXI_T_Subscribe;
    event->code = axi_answer_code(answer);
    event->msg = answer;
    if (event->code == AXI_V_NOTHING) {
        batch->acknowledged = true; /* noted before this call of the host's is over */
    } else {
        give_up(client, batch);
        spare(client, batch);
    }
    return true;
}

void axi__client_subscribe_over(struct axi_client *client, struct axi__batch *batch)
{
    spare(client, batch);
}

const struct axi_subscriptions *axi_client_subscriptions(const struct axi_client *client)
{
    return client->acknowledged;
}
