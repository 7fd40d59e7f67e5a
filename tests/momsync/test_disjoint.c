/*
 * Two administrators at two cut-off nodes edit different fields of one record, at random times, with
 * clocks that are wrong: no edit is lost. The same cases under the rule of the system that this one
 * replaces (UDS guide 2.1.5: of two versions of an entry the newer one is used, by whole seconds)
 * lose some: else the cases would prove nothing. CASES=100000 SEED=n.
 */
#include "net.h"
#include "random_runs.h"

enum { RECORDS = 100, CASES = 3000, FIELDS = 8 };

static const enum mom_field fields[FIELDS] = {
    MOM_USER_name,        MOM_USER_hierarchy1,   MOM_USER_hierarchy2, MOM_USER_sosNum,
    MOM_USER_voiceboxNum, MOM_USER_sipProfileId, MOM_USER_vip,        MOM_USER_forwardDest};

/* An entry as the other rule sees it: one time for all fields. */
struct entry {
    int64_t second;
    unsigned values[FIELDS];
};

struct user {
    uint64_t id;
    unsigned values[FIELDS]; /* what was set last */
    struct entry sides[2];   /* the same under the other rule */
};

static void set(struct net *net, unsigned side, struct user *user, unsigned field, unsigned value)
{
    char text[16];

    snprintf(text, sizeof text, "%u", fields[field] == MOM_USER_vip ? value & 1 : value);
    assert_int_equal(net_change(net, 1 + side, MOM_USER, user->id,
                                mom_field_info(fields[field])->name, text, NULL),
                     user->id);
    user->values[field] = value;
    user->sides[side].values[field] = value;
    user->sides[side].second = (net->now.wall_ms + net->nodes[1 + side].clock_ms) / 1000;
}

/* Different fields at the two sides. */
static void edit(struct net *net, struct user *user, unsigned value)
{
    unsigned first = pick(FIELDS), second = (first + 1 + pick(FIELDS - 1)) % FIELDS;

    set(net, 0, user, first, 2 * value);
    net->now.wall_ms += pick(3) ? pick(900) : pick(100000);
    set(net, 1, user, second, 2 * value + 1);
}

static void check(struct net *net, const struct user *user)
{
    for (unsigned node = 0; node < 3; node++) {
        for (unsigned f = 0; f < FIELDS; f++) {
            char text[16];

            snprintf(text, sizeof text, "%u",
                     fields[f] == MOM_USER_vip ? user->values[f] & 1 : user->values[f]);
            if (user->values[f])
                assert_string_equal(net_value(net, node, user->id, fields[f]), text);
        }
    }
}

/* How many edits the newer entry does not have. */
static unsigned merge_by_entry(struct user *user)
{
    unsigned newer = user->sides[1].second > user->sides[0].second, lost = 0;

    for (unsigned f = 0; f < FIELDS; f++)
        lost += user->sides[newer].values[f] != user->values[f];
    for (unsigned side = 0; side < 2; side++) {
        user->sides[side] = user->sides[newer];
        memcpy(user->sides[side].values, user->values, sizeof user->values);
    }
    return lost;
}

static void disjoint_edits_are_all_kept(void **state)
{
    const char *cases = getenv("CASES"), *from = getenv("SEED");
    unsigned count = cases ? (unsigned)strtoul(cases, NULL, 10) : CASES, done = 0, lost = 0;
    struct net *net = net_star(3, NULL);
    struct user users[RECORDS] = {{.id = 0}};

    (void)state;
    seed = from ? strtoull(from, NULL, 10) : 1;
    printf("seed: SEED=%llu\n", (unsigned long long)seed);
    for (unsigned i = 0; i < RECORDS; i++) {
        char num[8];

        snprintf(num, sizeof num, "%u", 1000 + i);
        users[i].id = net_change(net, 0, MOM_USER, 0, "num", num, NULL);
    }
    net_run(net);
    while (done < count) {
        for (unsigned side = 0; side < 2; side++) {
            net_cut(net, 0, 1 + side);
            net->nodes[1 + side].clock_ms = (int64_t)pick(60000) - 30000;
        }
        for (unsigned i = 0; i < RECORDS; i++)
            edit(net, &users[i], ++done);
        net_link(net, pick(2) ? 1 : 2, 0);
        for (unsigned side = 0; side < 2; side++) {
            if (!net->linked[0][1 + side])
                net_link(net, 1 + side, 0);
        }
        for (unsigned i = 0; i < RECORDS; i++) {
            check(net, &users[i]);
            lost += merge_by_entry(&users[i]);
        }
        net->now.wall_ms += 200000;
    }
    net_check_equal(net);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(net->nodes[i].conflicts, 0);
    printf("%u cases: 0 edits lost; with the newer entry as a whole, by seconds: %u\n", done, lost);
    assert_true(lost > 0);
    net_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(disjoint_edits_are_all_kept)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
