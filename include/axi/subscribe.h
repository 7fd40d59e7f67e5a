/*
 * Subscriptions: which events one session wants. AXI keeps a flag per event type, and for types with a
 * filter one per item (AXI, Subscribe): a phone (ppn), a user (uid), a base station (rfpId), the OMM (omm), an
 * alarm trigger or an address scheme by pattern. -1 stands for all items, present and future; without a filter
 * such a type brings nothing. Where a type has several filters, an event that passes one of them comes.
 *
 * Both sides keep such a set: a server to know what to send, a client to know what it asked for and to ask again
 * on its next connection.
 */
#ifndef AXI_SUBSCRIBE_H
#define AXI_SUBSCRIBE_H

#include <axi/message.h>

#ifdef __cplusplus
extern "C" {
#endif

struct axi_subscriptions;

/* Most elements of one Subscribe request (AXI, Subscribe). */
#define AXI_SUBSCRIBE_MAX 20
/* Most bytes of a pattern. */
#define AXI_PATTERN_MAX 128

/* `max_items` bounds what one session can make us remember beside whole types; 0: 65536. NULL on no memory. */
AXI_API struct axi_subscriptions *axi_subscriptions_new(const struct axi_alloc *alloc,
                                                        size_t max_items);
AXI_API void axi_subscriptions_free(struct axi_subscriptions *subs);
/* Nothing is wanted any more. */
AXI_API void axi_subscriptions_clear(struct axi_subscriptions *subs);

/* One flag to set or clear. */
struct axi_subscription {
    enum axi_value event; /* AXI_V_PPDevCnf …: a value of EventType */
    bool on;
    unsigned filter; /* one bit of enum axi_filter, 0: the type as a whole */
    int64_t item;    /* for BY_PPN, BY_UID, BY_RFP, BY_OMM; -1 = all */
    /* For BY_TRIGGER and BY_SCHEME; empty or "*" = all, "LOC-*" = what begins so. */
    struct axi_str pattern;
};
/* AXI_EINVAL when the catalogue has no such event type or the type no such filter, AXI_EFULL, AXI_ENOMEM;
 * then nothing is changed. Clearing "all" clears the single items of that filter too, and filter 0 all that there is
 * of the type; setting filter 0 of a type that has filters is allowed and remembers nothing, since it
 * brings nothing. */
AXI_MUST_CHECK AXI_API int axi_subscriptions_set(struct axi_subscriptions *subs,
                                                 const struct axi_subscription *subscription);

/* Carry out a Subscribe request, all or nothing. Returns AXI_V_NOTHING, or the errCode with which to refuse
 * it and in ret_bad the event type at fault (borrowed from the request; ptr NULL when there is none):
 * EMissing without any `e` or without its event type, EInval for more than 20 or for what does not exist, EPerm
 * when `permissions` (enum axi_permission, implied ones included) do not suffice for a flag to set, ENoMem (near the
 * bound the flags that the same request clears are not counted). */
AXI_API enum axi_value axi_subscriptions_apply(struct axi_subscriptions *subs,
                                               const struct axi_msg *request, unsigned permissions,
                                               struct axi_str *ret_bad);

/* True when the set asks for this event: some event type that brings it is on, as a whole or for the item that
 * the event speaks of (key attribute of its root or of its records). The event of an alarm speaks of the OMM when it
 * names no device and no user. An event that has no place for the key of a filter, as the catalogue knows it, comes
 * only to those who want all items. */
AXI_API bool axi_subscriptions_want(const struct axi_subscriptions *subs,
                                    const struct axi_msg *event);
/* The same for an event type and one item, when the host knows better than the message; `pattern` is then
 * the trigger or scheme itself, `on` is not looked at. */
AXI_API bool axi_subscriptions_has(const struct axi_subscriptions *subs,
                                   const struct axi_subscription *subscription);

/* The i-th flag that is on, in a fixed order; false behind the last. What is returned is borrowed until the set
 * changes. */
AXI_API bool axi_subscriptions_at(const struct axi_subscriptions *subs, size_t i,
                                  struct axi_subscription *ret_subscription);
/* Append one flag to a Subscribe request as its element `e`. */
AXI_API void axi_subscription_write(struct axi_elem *subscribe,
                                    const struct axi_subscription *subscription);

#ifdef __cplusplus
}
#endif
#endif
