/*
 * The inside of subscriptions: for each event type of the catalogue what is wanted as a whole, and one sorted array
 * of the single items. A look-up costs the logarithm of the items, so that an event that is offered to hundreds of
 * sessions with thousands of items each is cheap.
 */
#ifndef AXI__SUBSCRIBE_H
#define AXI__SUBSCRIBE_H

#include <axi/subscribe.h>

enum {
    AXI__FILTERS = 6,
    AXI__BY_TEXT = AXI_BY_TRIGGER | AXI_BY_SCHEME,
    AXI__WHOLE = 1 << AXI__FILTERS /* beside the bits of the filters: a type that has none */
};

/* A single item: the kind's number, the filter's number and whether the text is only a beginning make the key. */
struct axi__flag {
    uint32_t key;
    uint32_t len;
    union {
        int64_t number;
        char *text; /* as it was given, a star at its end included; `len` is without it */
    } item;
};

struct axi__kind {
    struct axi_event_type type;
    unsigned all;  /* filters that are on for all items, or AXI__WHOLE */
    size_t single; /* flags of single items */
};

/* The catalogue the other way round: a message, and a kind that brings it. */
struct axi__brought {
    uint16_t message, kind;
};

struct axi_subscriptions {
    struct axi_alloc alloc;
    size_t max_items;
    struct axi__flag *flags; /* ascending by key and item */
    size_t count, room;
    size_t kind_count, brought_count;
    struct axi__brought *brought; /* behind the kinds, ascending */
    struct axi__kind kinds[];     /* in the order of the catalogue */
};

/* What is looked for among the flags. */
struct axi__wanted {
    uint32_t key;
    int64_t number;
    struct axi_str text;
};

uint32_t axi__flag_key(const struct axi_subscriptions *subs, const struct axi__kind *kind,
                       unsigned filter, bool prefix);
bool axi__flag_on(const struct axi_subscriptions *subs, const struct axi__wanted *wanted);
/* Place of the first flag of that key or behind it. */
size_t axi__flags_from(const struct axi_subscriptions *subs, uint32_t key);

/* Clear one flag and nothing that it stands for as well. */
void axi__subscriptions_forget(struct axi_subscriptions *subs,
                               const struct axi_subscription *subscription);
/* Clear what a session with these permissions may not have. */
void axi__subscriptions_restrict(struct axi_subscriptions *subs, unsigned permissions);

#endif
