/*
 * Which events a session wants: what an event speaks of, and whether that is among the flags.
 */
#include "subscribe.h"

#include <string.h>

#include "catalogue.h"
#include "text.h"

/* Where events name the item that they speak of: attributes of the root, or of records. */
static const struct place {
    unsigned filter;
    const char *element; /* NULL: the root */
    enum axi_attr attr;
} places[] = {
    {AXI_BY_PPN, NULL, AXI_A_ppn},         {AXI_BY_PPN, "pp", AXI_A_ppn},
    {AXI_BY_PPN, "msg", AXI_A_ppn},        {AXI_BY_PPN, "btClientStat", AXI_A_ppn},
    {AXI_BY_PPN, "ppFwSt", AXI_A_ppn},     {AXI_BY_UID, NULL, AXI_A_uid},
    {AXI_BY_UID, "user", AXI_A_uid},       {AXI_BY_RFP, NULL, AXI_A_rfpId},
    {AXI_BY_RFP, NULL, AXI_A_id},          {AXI_BY_RFP, "rfp", AXI_A_id},
    {AXI_BY_RFP, "ipQuality", AXI_A_id},   {AXI_BY_RFP, "syncQuality", AXI_A_id},
    {AXI_BY_TRIGGER, NULL, AXI_A_trigger}, {AXI_BY_SCHEME, NULL, AXI_A_toAddr},
    {AXI_BY_SCHEME, "msg", AXI_A_toAddr},
};
#define PLACES (sizeof places / sizeof places[0])

static bool passes_text(const struct axi_subscriptions *subs, const struct axi__kind *kind,
                        unsigned filter, struct axi_str text)
{
    struct axi__wanted wanted = {axi__flag_key(subs, kind, filter, false), 0, text};
    if (axi__flag_on(subs, &wanted))
        return true;
    wanted.key = axi__flag_key(subs, kind, filter, true);
    size_t from = axi__flags_from(subs, wanted.key), to = axi__flags_from(subs, wanted.key + 1);
    size_t longest = text.len < AXI_PATTERN_MAX ? text.len : AXI_PATTERN_MAX;
    for (wanted.text.len = 1; from < to && wanted.text.len <= longest; wanted.text.len++)
        if (axi__flag_on(subs, &wanted))
            return true;
    return false;
}

/* True when the flags of this kind ask for the item. */
static bool passes(const struct axi_subscriptions *subs, const struct axi__kind *kind,
                   unsigned filter, int64_t number, struct axi_str text)
{
    if ((kind->all & filter) != 0)
        return true;
    if (kind->single == 0)
        return false;
    if ((filter & AXI__BY_TEXT) != 0)
        return passes_text(subs, kind, filter, text);
    struct axi__wanted wanted = {axi__flag_key(subs, kind, filter, false), number, text};
    return axi__flag_on(subs, &wanted);
}

/* The key of one element; false when it has none. */
static bool read_key(const struct place *place, const struct axi_elem *elem, int64_t *ret_number,
                     struct axi_str *ret_text)
{
    struct axi_str text = axi_get_str(elem, place->attr);
    if (text.ptr == NULL)
        return false;
    if ((place->filter & AXI__BY_TEXT) == 0)
        return axi__parse_int(text, ret_number);
    if (place->filter == AXI_BY_SCHEME) {
        const char *colon = memchr(text.ptr, ':', text.len);
        if (colon == NULL)
            return false;
        text.len = (size_t)(colon - text.ptr);
    }
    *ret_text = text;
    return true;
}

/* True when events of that type have a place for the key, as far as the catalogue knows. */
static bool has_place(enum axi_type type, unsigned filter)
{
    for (size_t i = 0; i < PLACES; i++) {
        struct axi_field field;
        struct axi_child child;
        if (places[i].filter != filter)
            continue;
        if (places[i].element == NULL ? axi_type_field(type, places[i].attr, &field)
                                      : axi__child_of(type, axi__str(places[i].element), &child) &&
                                            axi_type_field(child.type, places[i].attr, &field))
            return true;
    }
    return false;
}

static bool filter_wants(const struct axi_subscriptions *subs, const struct axi__kind *kind,
                         unsigned filter, const struct axi_elem *root)
{
    bool named = false;
    if (filter == AXI_BY_OMM)
        return (kind->all & filter) != 0 && axi_get_int_or(root, AXI_A_ppn, 0) == 0 &&
               axi_get_int_or(root, AXI_A_uid, 0) == 0;
    for (size_t i = 0; i < PLACES; i++) {
        const struct place *place = &places[i];
        if (place->filter != filter)
            continue;
        const struct axi_elem *elem =
            place->element != NULL ? axi_first_child(root, place->element) : root;
        for (; elem != NULL; elem = elem != root ? axi_next_sibling(elem, place->element) : NULL) {
            int64_t number = 0;
            struct axi_str text = {NULL, 0};
            if (!read_key(place, elem, &number, &text))
                continue;
            named = true;
            if (passes(subs, kind, filter, number, text))
                return true;
        }
    }
    return !named && (kind->all & filter) != 0 && !has_place(axi_elem_type(root), filter);
}

static bool kind_wants(const struct axi_subscriptions *subs, const struct axi__kind *kind,
                       const struct axi_elem *root)
{
    if (kind->type.filters == 0)
        return kind->all != 0;
    for (unsigned filter = 1; filter < AXI__WHOLE; filter <<= 1)
        if ((kind->type.filters & filter) != 0 && filter_wants(subs, kind, filter, root))
            return true;
    return false;
}

/* Place of the first kind that brings the message, or of what is behind it. */
static size_t first_bringing(const struct axi_subscriptions *subs, unsigned message)
{
    size_t low = 0, high = subs->brought_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (subs->brought[middle].message < message)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool axi_subscriptions_want(const struct axi_subscriptions *subs, const struct axi_msg *event)
{
    unsigned type = (unsigned)axi_msg_type(event);
    for (size_t i = first_bringing(subs, type);
         i < subs->brought_count && subs->brought[i].message == type; i++) {
        const struct axi__kind *kind = &subs->kinds[subs->brought[i].kind];
        if ((kind->all != 0 || kind->single > 0) && kind_wants(subs, kind, axi_msg_root(event)))
            return true;
    }
    return false;
}

bool axi_subscriptions_has(const struct axi_subscriptions *subs,
                           const struct axi_subscription *subscription)
{
    unsigned filter = subscription->filter;
    for (size_t i = 0; i < subs->kind_count; i++) {
        const struct axi__kind *kind = &subs->kinds[i];
        if (kind->type.name != subscription->event)
            continue;
        if (filter == 0)
            return (kind->all & AXI__WHOLE) != 0;
        return (kind->type.filters & filter) == filter && (filter & (filter - 1)) == 0 &&
               passes(subs, kind, filter, subscription->item, subscription->pattern);
    }
    return false;
}
