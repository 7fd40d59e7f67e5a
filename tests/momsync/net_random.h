/*
 * What is changed in random runs over nodes: few names and numbers, so that many meet.
 */
#ifndef NET_RANDOM_H
#define NET_RANDOM_H

#include "net.h"
#include "random_runs.h"

static inline uint64_t net_any(struct net *net, unsigned i, enum mom_type type)
{
    struct mom_view *view = net_view(net, i);
    uint64_t ids[64], after = 0;
    unsigned count = 0;
    const struct mom_record *r;

    while (count < 64 && (r = mom_view_next(view, type, after)) != NULL)
        ids[count++] = after = mom_record_id(r);
    mom_view_close(view);
    return count ? ids[pick(count)] : 0;
}

static inline const char *random_word(void)
{
    static const char *const words[] = {"Anna", "Bert", "Carl", "Dora", "Emil", "Fritz"};

    return words[pick(6)];
}

static inline const char *random_number(void)
{
    static char text[8];

    snprintf(text, sizeof text, "%u", 4700 + pick(12));
    return text;
}

static const char *const random_ipeis[] = {"03074 0220259 3", "57005 0782068 7", "12308 0004063 5",
                                           "00001 0000001 3", "00001 0000002 4"};

/* Of deletions that come up one in `delete_of` happens. */
static inline void net_change_something(struct net *net, unsigned i, unsigned delete_of)
{
    uint64_t user = net_any(net, i, MOM_USER), device = net_any(net, i, MOM_DEVICE);

    switch (pick(8)) {
    case 0:
        net_change(net, i, MOM_USER, 0, "num", random_number(), "name", random_word(), NULL);
        break;
    case 1:
        net_change(net, i, MOM_DEVICE, 0, "ipei", random_ipeis[pick(5)], NULL);
        break;
    case 2:
        net_change(net, i, MOM_USER, user, "name", random_word(), NULL);
        break;
    case 3:
        net_change(net, i, MOM_USER, user, "hierarchy1", random_word(), "sipPw", "Psecret", NULL);
        break;
    case 4:
        net_change(net, i, MOM_USER, user, "num", random_number(), NULL);
        break;
    case 5:
    case 6:
        net_bind(net, i, user, pick(4) ? device : 0);
        break;
    default:
        if (pick(delete_of) == 0)
            net_delete(net, i, pick(2) ? user : device);
        break;
    }
}

#endif
