/*
 * Requests that wait for their answers, oldest first. There are few of them (a link keeps some
 * dozens in flight), so an array that is searched is the fastest structure as well as the simplest.
 */
#include "calls.h"

#include <string.h>

#include "alloc.h"

struct axi_calls {
    struct axi_alloc alloc;
    size_t max, count;
    int64_t last_seq;
    struct axi_call waiting[];
};

struct axi_calls *axi_calls_new(const struct axi_alloc *alloc, size_t max)
{
    struct axi_alloc hook = axi__alloc_copy(alloc);
    if (max > SIZE_MAX / sizeof(struct axi_call) / 2)
        return NULL;
    struct axi_calls *calls =
        axi__realloc(&hook, NULL, sizeof *calls + max * sizeof calls->waiting[0]);
    if (calls == NULL)
        return NULL;
    calls->alloc = hook;
    calls->max = max;
    calls->count = 0;
    calls->last_seq = 0;
    return calls;
}

void axi_calls_free(struct axi_calls *calls)
{
    if (calls == NULL)
        return;
    struct axi_alloc hook = calls->alloc;
    axi__free(&hook, calls);
}

int axi_calls_begin(struct axi_calls *calls, struct axi_msg *request, uint64_t tag,
                    int64_t deadline_ms)
{
    if (calls->count == calls->max)
        return AXI_EFULL;
    struct axi_elem *root = axi_msg_root(request);
    if (root == NULL)
        return axi_msg_error(request) != AXI_OK ? axi_msg_error(request) : AXI_ESTATE;
    struct axi_call call = {axi_msg_type(request), axi__seq_after(calls->last_seq), tag,
                            deadline_ms};
    axi_set_int(root, AXI_A_seq, call.seq);
    if (axi_msg_error(request) != AXI_OK)
        return axi_msg_error(request);
    calls->last_seq = call.seq;
    return axi__calls_add(calls, &call);
}

int axi__calls_add(struct axi_calls *calls, const struct axi_call *call)
{
    if (calls->count == calls->max)
        return AXI_EFULL;
    calls->waiting[calls->count++] = *call;
    return AXI_OK;
}

static void take(struct axi_calls *calls, size_t i, struct axi_call *ret_call)
{
    *ret_call = calls->waiting[i];
    calls->count--;
    memmove(calls->waiting + i, calls->waiting + i + 1,
            (calls->count - i) * sizeof calls->waiting[0]);
}

/* A number is not enough: an answer of another name would be read as what it is not. */
static bool answers(const struct axi_call *call, enum axi_type response)
{
    return axi_type_response(call->request) == response;
}

int axi_calls_match(struct axi_calls *calls, const struct axi_msg *response,
                    struct axi_call *ret_call)
{
    int64_t seq = 0;
    int rc = axi_get_int(axi_msg_root(response), AXI_A_seq, &seq);
    enum axi_type type = axi_msg_type(response);
    if (rc == AXI_EVALUE || axi_msg_root(response) == NULL)
        return AXI_ENOENT;
    for (size_t i = 0; i < calls->count; i++) {
        const struct axi_call *call = &calls->waiting[i];
        bool same = rc == AXI_OK ? call->seq == seq : type != AXI_T_NONE;
        if (same && answers(call, type)) {
            take(calls, i, ret_call);
            return AXI_OK;
        }
    }
    return AXI_ENOENT;
}

bool axi_calls_expired(struct axi_calls *calls, int64_t now_ms, struct axi_call *ret_call)
{
    for (size_t i = 0; i < calls->count; i++) {
        if (calls->waiting[i].deadline_ms <= now_ms) {
            take(calls, i, ret_call);
            return true;
        }
    }
    return false;
}

int64_t axi_calls_deadline(const struct axi_calls *calls)
{
    int64_t earliest = INT64_MAX;
    for (size_t i = 0; i < calls->count; i++)
        if (calls->waiting[i].deadline_ms < earliest)
            earliest = calls->waiting[i].deadline_ms;
    return earliest;
}

size_t axi_calls_count(const struct axi_calls *calls)
{
    return calls->count;
}

void axi_calls_clear(struct axi_calls *calls)
{
    calls->count = 0;
}
