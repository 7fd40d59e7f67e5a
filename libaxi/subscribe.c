/*
 * Setting and clearing what a session wants, by flag and by request, and listing it. What an event has to do with
 * it is in subscribe_want.c. Changes are planned and paid for first and carried out when nothing can fail any more.
 */
#include "subscribe.h"

#include <string.h>

#include "alloc.h"
#include "catalogue.h"
#include "text.h"

enum { MAX_ITEMS = 65536, FIRST_ROOM = 16 };

_Static_assert((int)AXI_T_COUNT <= UINT16_MAX, "a type is kept in 16 bits");

static size_t count_brought(enum axi_value event)
{
    size_t count = 0;
    while (axi_event_type_message(event, count) != AXI_T_NONE)
        count++;
    return count;
}

/* Put in what a kind brings, in the order of the messages. */
static void add_brought(struct axi_subscriptions *subs, size_t kind)
{
    enum axi_type message;
    enum axi_value event = subs->kinds[kind].type.name;
    for (size_t i = 0; (message = axi_event_type_message(event, i)) != AXI_T_NONE; i++) {
        size_t at = subs->brought_count++;
        for (; at > 0 && subs->brought[at - 1].message > (unsigned)message; at--)
            subs->brought[at] = subs->brought[at - 1];
        subs->brought[at].message = (uint16_t)message;
        subs->brought[at].kind = (uint16_t)kind;
    }
}

struct axi_subscriptions *axi_subscriptions_new(const struct axi_alloc *alloc, size_t max_items)
{
    struct axi_alloc hook = axi__alloc_copy(alloc);
    struct axi_event_type type;
    size_t kinds = 0, brought = 0;
    for (; axi_event_type_at(kinds, &type); kinds++)
        brought += count_brought(type.name);
    size_t size = sizeof(struct axi_subscriptions) + kinds * sizeof(struct axi__kind) +
                  brought * sizeof(struct axi__brought);
    struct axi_subscriptions *subs = axi__realloc(&hook, NULL, size);
    if (subs == NULL)
        return NULL;
    memset(subs, 0, size);
    subs->alloc = hook;
    subs->max_items = max_items > 0 ? max_items : MAX_ITEMS;
    subs->kind_count = kinds;
    subs->brought = (struct axi__brought *)(subs->kinds + kinds);
    for (size_t i = 0; i < kinds; i++) {
        (void)axi_event_type_at(i, &subs->kinds[i].type);
        add_brought(subs, i);
    }
    return subs;
}

/* --- single items -------------------------------------------------------------------------------- */

static unsigned number_of(unsigned filter)
{
    unsigned number = 0;
    while ((filter >>= 1) != 0)
        number++;
    return number;
}

uint32_t axi__flag_key(const struct axi_subscriptions *subs, const struct axi__kind *kind,
                       unsigned filter, bool prefix)
{
    return (uint32_t)(kind - subs->kinds) << 4 | number_of(filter) << 1 | prefix;
}

static unsigned filter_of(uint32_t key)
{
    return 1u << (key >> 1 & 7);
}

static unsigned char folded(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Schemes are compared without case: one capture has "Tel:". */
static int compare_texts(struct axi_str a, struct axi_str b, bool fold)
{
    if (!fold)
        return axi__compare(a, b);
    size_t i = 0;
    while (i < a.len && i < b.len && folded(a.ptr[i]) == folded(b.ptr[i]))
        i++;
    if (i < a.len && i < b.len)
        return folded(a.ptr[i]) < folded(b.ptr[i]) ? -1 : 1;
    return (a.len > b.len) - (a.len < b.len);
}

static int compare(const struct axi__flag *flag, const struct axi__wanted *wanted)
{
    if (flag->key != wanted->key)
        return flag->key < wanted->key ? -1 : 1;
    unsigned filter = filter_of(flag->key);
    if ((filter & AXI__BY_TEXT) == 0)
        return (flag->item.number > wanted->number) - (flag->item.number < wanted->number);
    struct axi_str text = {flag->item.text, flag->len};
    return compare_texts(text, wanted->text, filter == AXI_BY_SCHEME);
}

/* First place whose flag is not below what is wanted. */
static size_t place_of(const struct axi_subscriptions *subs, const struct axi__wanted *wanted)
{
    size_t low = 0, high = subs->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&subs->flags[middle], wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct axi_subscriptions *subs, size_t place,
                  const struct axi__wanted *wanted)
{
    return place < subs->count && compare(&subs->flags[place], wanted) == 0;
}

bool axi__flag_on(const struct axi_subscriptions *subs, const struct axi__wanted *wanted)
{
    return is_at(subs, place_of(subs, wanted), wanted);
}

size_t axi__flags_from(const struct axi_subscriptions *subs, uint32_t key)
{
    size_t low = 0, high = subs->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (subs->flags[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void remove_range(struct axi_subscriptions *subs, struct axi__kind *kind, size_t from,
                         size_t to)
{
    for (size_t i = from; i < to; i++)
        if ((filter_of(subs->flags[i].key) & AXI__BY_TEXT) != 0)
            axi__free(&subs->alloc, subs->flags[i].item.text);
    if (to > from)
        memmove(subs->flags + from, subs->flags + to, (subs->count - to) * sizeof *subs->flags);
    subs->count -= to - from;
    kind->single -= to - from;
}

static void clear_kind(struct axi_subscriptions *subs, struct axi__kind *kind)
{
    uint32_t key = (uint32_t)(kind - subs->kinds) << 4;
    kind->all = 0;
    if (kind->single > 0)
        remove_range(subs, kind, axi__flags_from(subs, key), axi__flags_from(subs, key + 16));
}

void axi_subscriptions_clear(struct axi_subscriptions *subs)
{
    for (size_t i = 0; i < subs->kind_count; i++)
        clear_kind(subs, &subs->kinds[i]);
    axi__free(&subs->alloc, subs->flags);
    subs->flags = NULL;
    subs->room = 0;
}

void axi_subscriptions_free(struct axi_subscriptions *subs)
{
    if (subs == NULL)
        return;
    struct axi_alloc hook = subs->alloc;
    axi_subscriptions_clear(subs);
    axi__free(&hook, subs);
}

void axi__subscriptions_restrict(struct axi_subscriptions *subs, unsigned permissions)
{
    for (size_t i = 0; i < subs->kind_count; i++)
        if ((subs->kinds[i].type.permission & ~permissions) != 0)
            clear_kind(subs, &subs->kinds[i]);
}

/* --- changes -------------------------------------------------------------------------------------- */

/* One flag to set or clear, understood and checked. */
struct change {
    struct axi__kind *kind;
    unsigned filter; /* 0: the type as a whole */
    bool on, all, prefix;
    int64_t number;
    struct axi_str text; /* without the star */
    char *copy;          /* paid for, until it is put in */
};

/* All changes of one request. */
struct plan {
    size_t count;
    struct change at[AXI_SUBSCRIBE_MAX * AXI__FILTERS];
};

static struct axi__kind *kind_of(struct axi_subscriptions *subs, enum axi_value name)
{
    for (size_t i = 0; i < subs->kind_count && name != AXI_V_NOTHING; i++)
        if (subs->kinds[i].type.name == name)
            return &subs->kinds[i];
    return NULL;
}

static bool understand_text(struct axi_str pattern, struct change *change)
{
    change->text = pattern;
    change->prefix = pattern.len > 0 && pattern.ptr[pattern.len - 1] == '*';
    change->text.len -= change->prefix;
    change->all = change->text.len == 0;
    return pattern.len <= AXI_PATTERN_MAX;
}

static bool understand_number(unsigned filter, int64_t item, struct change *change)
{
    change->number = item;
    change->all = item == -1;
    /* There is one OMM, and AXI calls it -1. */
    return item >= -1 && (filter != AXI_BY_OMM || item == -1);
}

/* False when the catalogue knows no such flag. */
static bool understand(struct axi_subscriptions *subs, const struct axi_subscription *sub,
                       struct change *ret_change)
{
    struct change change = {0};
    change.kind = kind_of(subs, sub->event);
    change.filter = sub->filter;
    change.on = sub->on;
    if (change.kind == NULL || (change.filter & ~change.kind->type.filters) != 0 ||
        (change.filter & (change.filter - 1)) != 0)
        return false;
    change.all = change.filter == 0;
    bool good = change.filter == 0 ? true
                : (change.filter & AXI__BY_TEXT) != 0
                    ? understand_text(sub->pattern, &change)
                    : understand_number(change.filter, sub->item, &change);
    *ret_change = change;
    return good;
}

static struct axi__wanted wanted_of(const struct axi_subscriptions *subs,
                                    const struct change *change)
{
    struct axi__wanted wanted = {axi__flag_key(subs, change->kind, change->filter, change->prefix),
                                 change->number, change->text};
    return wanted;
}

static bool make_room(struct axi_subscriptions *subs, size_t needed)
{
    if (needed <= subs->room)
        return true;
    size_t room = subs->room < FIRST_ROOM ? FIRST_ROOM : 2 * subs->room;
    if (room < needed)
        room = needed;
    struct axi__flag *flags = axi__realloc(&subs->alloc, subs->flags, room * sizeof *flags);
    if (flags == NULL)
        return false;
    subs->flags = flags;
    subs->room = room;
    return true;
}

static void give_back(struct axi_subscriptions *subs, struct change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        axi__free(&subs->alloc, changes[i].copy);
}

static bool copy_text(struct axi_subscriptions *subs, struct change *change)
{
    size_t len = change->text.len + change->prefix;
    change->copy = axi__realloc(&subs->alloc, NULL, len);
    if (change->copy == NULL)
        return false;
    memcpy(change->copy, change->text.ptr, len);
    return true;
}

/* Get all memory that the changes need: AXI_OK, AXI_EFULL or AXI_ENOMEM, and then nothing is kept. */
static int pay(struct axi_subscriptions *subs, struct change *changes, size_t count)
{
    size_t added = 0;
    for (size_t i = 0; i < count; i++) {
        struct change *change = &changes[i];
        if (!change->on || change->all)
            continue;
        struct axi__wanted wanted = wanted_of(subs, change);
        added += !axi__flag_on(subs, &wanted);
        if ((change->filter & AXI__BY_TEXT) != 0 && !copy_text(subs, change)) {
            give_back(subs, changes, count);
            return AXI_ENOMEM;
        }
    }
    int rc = AXI_OK;
    if (added > subs->max_items || subs->count > subs->max_items - added)
        rc = AXI_EFULL;
    else if (added > 0 && !make_room(subs, subs->count + added))
        rc = AXI_ENOMEM;
    if (rc != AXI_OK)
        give_back(subs, changes, count);
    return rc;
}

static void insert(struct axi_subscriptions *subs, struct change *change)
{
    struct axi__wanted wanted = wanted_of(subs, change);
    size_t place = place_of(subs, &wanted);
    if (is_at(subs, place, &wanted)) {
        axi__free(&subs->alloc, change->copy);
        return;
    }
    struct axi__flag *flag = subs->flags + place;
    memmove(flag + 1, flag, (subs->count - place) * sizeof *flag);
    flag->key = wanted.key;
    flag->len = (uint32_t)wanted.text.len;
    if ((change->filter & AXI__BY_TEXT) != 0)
        flag->item.text = change->copy;
    else
        flag->item.number = change->number;
    subs->count++;
    change->kind->single++;
}

static void clear_single(struct axi_subscriptions *subs, const struct change *change)
{
    struct axi__wanted wanted = wanted_of(subs, change);
    size_t place = place_of(subs, &wanted);
    if (is_at(subs, place, &wanted))
        remove_range(subs, change->kind, place, place + 1);
}

static void clear(struct axi_subscriptions *subs, const struct change *change)
{
    struct axi__kind *kind = change->kind;
    if (change->filter == 0) {
        clear_kind(subs, kind);
    } else if (change->all) {
        uint32_t key = axi__flag_key(subs, kind, change->filter, false);
        kind->all &= ~change->filter;
        if (kind->single > 0)
            remove_range(subs, kind, axi__flags_from(subs, key), axi__flags_from(subs, key + 2));
    } else {
        clear_single(subs, change);
    }
}

void axi__subscriptions_forget(struct axi_subscriptions *subs,
                               const struct axi_subscription *subscription)
{
    struct change change;
    if (!understand(subs, subscription, &change))
        return;
    if (change.all)
        change.kind->all &= ~(change.filter != 0 ? change.filter : (unsigned)AXI__WHOLE);
    else
        clear_single(subs, &change);
}

/* Cannot fail: it is paid for. */
static void carry_out(struct axi_subscriptions *subs, struct change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct change *change = &changes[i];
        if (!change->on)
            clear(subs, change);
        else if (!change->all)
            insert(subs, change);
        else if (change->filter != 0)
            change->kind->all |= change->filter;
        else if (change->kind->type.filters == 0)
            change->kind->all |= AXI__WHOLE;
    }
}

int axi_subscriptions_set(struct axi_subscriptions *subs,
                          const struct axi_subscription *subscription)
{
    struct change change;
    if (!understand(subs, subscription, &change))
        return AXI_EINVAL;
    int rc = pay(subs, &change, 1);
    if (rc == AXI_OK)
        carry_out(subs, &change, 1);
    return rc;
}

/* --- the request ----------------------------------------------------------------------------------- */

static const struct {
    unsigned filter;
    enum axi_attr attr;
} filter_attrs[AXI__FILTERS] = {
    {AXI_BY_PPN, AXI_A_ppn}, {AXI_BY_UID, AXI_A_uid},         {AXI_BY_RFP, AXI_A_rfpId},
    {AXI_BY_OMM, AXI_A_omm}, {AXI_BY_TRIGGER, AXI_A_trigger}, {AXI_BY_SCHEME, AXI_A_scheme},
};

static struct axi__kind *kind_named(struct axi_subscriptions *subs, struct axi_str name)
{
    for (size_t i = 0; i < subs->kind_count; i++)
        if (axi__equal(axi__str(axi_value_text(subs->kinds[i].type.name)), name))
            return &subs->kinds[i];
    return NULL;
}

/* All filters that one `e` has; none of them is a change of its own. */
static bool plan_filters(struct axi_subscriptions *subs, const struct axi_elem *e,
                         struct axi_subscription *sub, unsigned filters, struct plan *plan)
{
    size_t before = plan->count;
    for (size_t i = 0; i < AXI__FILTERS; i++) {
        sub->filter = filter_attrs[i].filter;
        sub->pattern = axi_get_str(e, filter_attrs[i].attr);
        sub->item = 0;
        if ((sub->filter & filters) == 0 || sub->pattern.ptr == NULL)
            continue;
        if ((sub->filter & AXI__BY_TEXT) == 0 && !axi__parse_int(sub->pattern, &sub->item))
            return false;
        if (!understand(subs, sub, &plan->at[plan->count++]))
            return false;
    }
    sub->filter = 0;
    return plan->count > before || understand(subs, sub, &plan->at[plan->count++]);
}

static enum axi_value plan_elem(struct axi_subscriptions *subs, const struct axi_elem *e,
                                unsigned permissions, struct plan *plan)
{
    struct axi_subscription sub = {0};
    struct axi_str cmd = axi_get_str(e, AXI_A_cmd), name = axi_get_str(e, AXI_A_eventType);
    const struct axi__kind *kind = kind_named(subs, name);
    sub.on = axi__equal(cmd, axi__str("On"));
    if (name.ptr == NULL || cmd.ptr == NULL)
        return AXI_V_EMissing;
    if (kind == NULL || (!sub.on && !axi__equal(cmd, axi__str("Off"))))
        return AXI_V_EInval;
    if (sub.on && (kind->type.permission & ~permissions) != 0)
        return AXI_V_EPerm;
    sub.event = kind->type.name;
    return plan_filters(subs, e, &sub, kind->type.filters, plan) ? AXI_V_NOTHING : AXI_V_EInval;
}

enum axi_value axi_subscriptions_apply(struct axi_subscriptions *subs,
                                       const struct axi_msg *request, unsigned permissions,
                                       struct axi_str *ret_bad)
{
    struct plan plan;
    plan.count = 0;
    unsigned elems = 0;
    struct axi_str bad = {NULL, 0};
    enum axi_value code = AXI_V_NOTHING;
    for (const struct axi_elem *e = axi_first_child(axi_msg_root(request), "e");
         e != NULL && code == AXI_V_NOTHING; e = axi_next_sibling(e, "e")) {
        bad = axi_get_str(e, AXI_A_eventType);
        code = ++elems > AXI_SUBSCRIBE_MAX ? AXI_V_EInval : plan_elem(subs, e, permissions, &plan);
    }
    if (elems == 0)
        code = AXI_V_EMissing;
    if (code == AXI_V_NOTHING && pay(subs, plan.at, plan.count) != AXI_OK) {
        code = AXI_V_ENoMem;
        bad = axi__str(NULL);
    }
    if (code == AXI_V_NOTHING)
        carry_out(subs, plan.at, plan.count);
    else
        *ret_bad = bad;
    return code;
}

/* --- listing --------------------------------------------------------------------------------------- */

static void describe_all(const struct axi__kind *kind, unsigned bit, struct axi_subscription *ret)
{
    ret->event = kind->type.name;
    ret->filter = bit == AXI__WHOLE ? 0 : bit;
    ret->item = -1;
    if ((bit & AXI__BY_TEXT) != 0)
        ret->pattern = axi__str("*");
}

static void describe_single(const struct axi_subscriptions *subs, const struct axi__flag *flag,
                            struct axi_subscription *ret)
{
    ret->event = subs->kinds[flag->key >> 4].type.name;
    ret->filter = filter_of(flag->key);
    if ((ret->filter & AXI__BY_TEXT) != 0) {
        ret->pattern.ptr = flag->item.text;
        ret->pattern.len = flag->len + (flag->key & 1);
    } else {
        ret->item = flag->item.number;
    }
}

/* First what is on as a whole or for all, in the order of the catalogue, then the single items. */
bool axi_subscriptions_at(const struct axi_subscriptions *subs, size_t i,
                          struct axi_subscription *ret_subscription)
{
    struct axi_subscription found = {0};
    found.on = true;
    for (size_t k = 0; k < subs->kind_count; k++) {
        for (unsigned bit = 1; bit <= AXI__WHOLE; bit <<= 1) {
            if ((subs->kinds[k].all & bit) == 0 || i-- > 0)
                continue;
            describe_all(&subs->kinds[k], bit, &found);
            *ret_subscription = found;
            return true;
        }
    }
    if (i >= subs->count)
        return false;
    describe_single(subs, &subs->flags[i], &found);
    *ret_subscription = found;
    return true;
}

void axi_subscription_write(struct axi_elem *subscribe, const struct axi_subscription *subscription)
{
    struct axi_elem *e = axi_add_child(subscribe, "e");
    axi_set_cstr(e, AXI_A_cmd, subscription->on ? "On" : "Off");
    axi_set_enum(e, AXI_A_eventType, subscription->event);
    for (size_t i = 0; i < AXI__FILTERS; i++) {
        if (filter_attrs[i].filter != subscription->filter)
            continue;
        if ((subscription->filter & AXI__BY_TEXT) == 0)
            axi_set_int(e, filter_attrs[i].attr, subscription->item);
        else if (subscription->pattern.ptr != NULL)
            axi_set_str(e, filter_attrs[i].attr, subscription->pattern);
        else
            axi_set_cstr(e, filter_attrs[i].attr, "*");
    }
}
