/*
 * Comparing two messages, place by place.
 */
#include "recording.h"

#include <stdlib.h>

#define PATH_SIZE 512

struct comparer {
    const struct cat_comparison *comparison;
    char path[PATH_SIZE];
    size_t count;
};

/* Append to the path; what does not fit is left out. `n` 0: without a number. Returns the length before. */
static size_t go_down(struct comparer *comparer, const char *mark, struct axi_str name, unsigned n)
{
    size_t len = strlen(comparer->path), max = sizeof comparer->path - len;
    int shown = (int)(name.len < 128 ? name.len : 128);
    if (n > 0)
        snprintf(comparer->path + len, max, "/%s%.*s[%u]", mark, shown, name.ptr, n);
    else
        snprintf(comparer->path + len, max, "/%s%.*s", mark, shown, name.ptr);
    return len;
}

static void differ(struct comparer *comparer, struct axi_str recorded, struct axi_str now)
{
    struct cat_difference difference = {comparer->path, recorded, now};
    comparer->count++;
    if (comparer->comparison->on_difference)
        comparer->comparison->on_difference(comparer->comparison->user, &difference);
}

static bool same(struct axi_str a, struct axi_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static bool is_ignored(const struct comparer *comparer, struct axi_str name)
{
    if (cat_is(name, "seq"))
        return true;
    for (size_t i = 0; i < comparer->comparison->ignore_count; i++) {
        if (cat_is(name, comparer->comparison->ignore[i]))
            return true;
    }
    return false;
}

static bool find_attribute(const struct axi_elem *elem, struct axi_str name,
                           struct axi_attr_view *ret_attr)
{
    for (size_t i = 0; axi_attr_at(elem, i, ret_attr); i++) {
        if (same(ret_attr->name, name))
            return true;
    }
    return false;
}

static void compare_attributes(struct comparer *comparer, const struct axi_elem *recorded,
                               const struct axi_elem *now)
{
    const struct axi_str absent = {NULL, 0};
    struct axi_attr_view attr, other;
    for (size_t i = 0; axi_attr_at(recorded, i, &attr); i++) {
        bool found = find_attribute(now, attr.name, &other);
        bool hidden = cat_is(attr.value, "***") || (found && cat_is(other.value, "***"));
        if (is_ignored(comparer, attr.name) || hidden || (found && same(attr.value, other.value)))
            continue;
        size_t len = go_down(comparer, "@", attr.name, 0);
        differ(comparer, attr.value, found ? other.value : absent);
        comparer->path[len] = '\0';
    }
    for (size_t i = 0; axi_attr_at(now, i, &attr); i++) {
        if (is_ignored(comparer, attr.name) || find_attribute(recorded, attr.name, &other))
            continue;
        size_t len = go_down(comparer, "@", attr.name, 0);
        differ(comparer, absent, attr.value);
        comparer->path[len] = '\0';
    }
}

/* The n-th child of that name, from 1. */
static const struct axi_elem *nth(const struct axi_elem *elem, struct axi_str name, unsigned n)
{
    for (const struct axi_elem *child = axi_first_child(elem, NULL); child;
         child = axi_next_sibling(child, NULL)) {
        if (same(axi_elem_name(child), name) && --n == 0)
            return child;
    }
    return NULL;
}

static unsigned number_of(const struct axi_elem *elem, const struct axi_elem *child)
{
    unsigned n = 0;
    for (const struct axi_elem *at = axi_first_child(elem, NULL); at;
         at = axi_next_sibling(at, NULL)) {
        n += same(axi_elem_name(at), axi_elem_name(child));
        if (at == child)
            break;
    }
    return n;
}

static void compare_elements(struct comparer *comparer, const struct axi_elem *recorded,
                             const struct axi_elem *now);

static void compare_children(struct comparer *comparer, const struct axi_elem *recorded,
                             const struct axi_elem *now, bool only_missing)
{
    const struct axi_str absent = {NULL, 0}, there = {"element", 7};
    for (const struct axi_elem *child = axi_first_child(recorded, NULL); child;
         child = axi_next_sibling(child, NULL)) {
        struct axi_str name = axi_elem_name(child);
        unsigned n = number_of(recorded, child);
        const struct axi_elem *other = nth(now, name, n);
        if (other && only_missing)
            continue;
        size_t len = go_down(comparer, "", name, n);
        if (other)
            compare_elements(comparer, child, other);
        else
            differ(comparer, only_missing ? absent : there, only_missing ? there : absent);
        comparer->path[len] = '\0';
    }
}

/* As deep as the parser lets messages be. */
static void compare_elements(struct comparer *comparer, const struct axi_elem *recorded,
                             const struct axi_elem *now)
{
    compare_attributes(comparer, recorded, now);
    if (!same(axi_elem_text(recorded), axi_elem_text(now))) {
        size_t len = go_down(comparer, "text()", (struct axi_str){"", 0}, 0);
        differ(comparer, axi_elem_text(recorded), axi_elem_text(now));
        comparer->path[len] = '\0';
    }
    compare_children(comparer, recorded, now, false);
    compare_children(comparer, now, recorded, true);
}

size_t cat_compare(const struct axi_elem *recorded, const struct axi_elem *now,
                   const struct cat_comparison *comparison)
{
    struct comparer comparer = {.comparison = comparison};
    go_down(&comparer, "", axi_elem_name(recorded), 0);
    if (!same(axi_elem_name(recorded), axi_elem_name(now)))
        differ(&comparer, axi_elem_name(recorded), axi_elem_name(now));
    else
        compare_elements(&comparer, recorded, now);
    return comparer.count;
}
