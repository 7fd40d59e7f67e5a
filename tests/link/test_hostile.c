/*
 * Proves that no OMM can break a link: what the scripted OMM says is cut, doubled and altered at random, and the link
 * either goes on or ends in a documented state, with balanced inputs. Seeds are printed.
 */
#include "rig.h"

static uint64_t random_state, seed;

static uint32_t pick(uint32_t below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((random_state >> 33) % below);
}

static void swap_digits(struct axi_buf *wire)
{
    for (int i = 0; i < 1000; i++) {
        size_t at = pick((uint32_t)wire->len);

        if (wire->ptr[at] >= '0' && wire->ptr[at] <= '9') {
            wire->ptr[at] = (char)('0' + pick(10));
            return;
        }
    }
}

/* Say something again that was said just now. */
static void say_twice(struct rig *rig)
{
    const char *end = memchr(rig->wire.ptr, '\0', rig->wire.len);
    size_t len = end != NULL ? (size_t)(end - rig->wire.ptr) : 0;
    char *copy = malloc(len + 1);

    memcpy(copy, rig->wire.ptr, len);
    copy[len] = '\0';
    rig_say_text(rig, copy);
    free(copy);
}

static void alter(struct rig *rig)
{
    static const char *const sayings[] = {
        "<EventPPCnf><user uid=\"-5\"/><pp ppn=\"4294967296\"/></EventPPCnf>",
        "<EventPPCnf deletedUser=\"1\" deletedDev=\"1\"/>",
        "<EventDECTLocate ipei=\"\" subscriptionId=\"\" timeStamp=\"99999999999999999\"/>",
        "<EventPPSIPDeregistered uid=\"0\"/>",
        "<EventPPLogin ppn=\"-1\" num=\"1\"/>",
        "<EventDECTSubscribe ipei=\"\"/>",
        "<EventPPTransaction trType=\"LocReg\" ppn=\"99999999999\"/>",
        "<PingResp timeStamp=\"-1\"/>",
        "<GetPPUserResp><user uid=\"7\"/></GetPPUserResp>",
        "<OpenResp errCode=\"EAuth\"/>",
        "<GetPARKResp park=\"\"/>",
        "<SetPPResp><pp ppn=\"1\"/><user/></SetPPResp>",
        "<CreatePPUserResp/>",
        "<EventPpProfileCnf/>",
        "<EventPpProfileCnf><ppProfile id=\"3\" name=\"half\"/></EventPpProfileCnf>",
        "<EventPpProfileCnf delete=\"1\"><ppProfile id=\"-1\"/></EventPpProfileCnf>",
        "<EventPpProfileCnf><ppProfile id=\"4294967297\" ppData=\"\"/></EventPpProfileCnf>",
        "<GetPpProfileResp><ppProfile id=\"99\"/></GetPpProfileResp>",
        "<SetPpProfileResp><ppProfile id=\"0\" timeStamp=\"-1\"/></SetPpProfileResp>",
        "",
    };

    if (rig->wire.len == 0)
        return;
    switch (pick(8)) {
    case 0:
        rig->wire.ptr[pick((uint32_t)rig->wire.len)] = (char)pick(256);
        break;
    case 1:
        rig->wire.len -= pick((uint32_t)rig->wire.len);
        break;
    case 2:
    case 3:
        swap_digits(&rig->wire);
        break;
    case 4:
        say_twice(rig);
        break;
    default:
        rig_say_text(rig, sayings[pick(sizeof(sayings) / sizeof(sayings[0]))]);
        break;
    }
}

static void act_at_random(struct rig *rig)
{
    const struct mom_attr attrs[] = {{rig_str("num"), rig_str("4711")},
                                     {rig_str("sipPw"), rig_str("Psecret")}};
    struct mom_action action = {.token = 1 + pick(100)};

    action.kind = (enum mom_action_kind)(MOM_DO_ADMIT + pick(MOM_DO_REJECT + 1));
    if (action.kind == MOM_DO_REFUSE && pick(10) != 0)
        action.kind = MOM_DO_PUT;
    if (action.kind == MOM_DO_REJECT && pick(2))
        action.kind = MOM_DO_PROFILE;
    if (action.kind == MOM_DO_ADMIT)
        assert_int_equal(mom_park_parse(rig_str(RIG_SARI), &action.park), MOM_OK);
    action.user = (struct mom_put){pick(2), pick(5), attrs, pick(3)};
    action.device = (struct mom_put){pick(2), pick(5), NULL, 0};
    action.relation = rig_str(pick(2) ? "Dynamic" : pick(2) ? "Unbound" : "");
    action.type = pick(2) ? MOM_USER : MOM_DEVICE;
    action.local = pick(5) + (action.kind == MOM_DO_PROFILE);
    action.name = rig_str(pick(2) ? "Ward" : "");
    action.text = rig_str(pick(2) ? "UD_A=1\nUD_B=2" : "");
    action.local_user = pick(5);
    action.local_device = pick(5);
    assert_int_equal(rig_act(rig, &action), MOM_OK);
}

/* Every IDENTIFIED is followed by one DOWN, and what comes from the site lies between them. */
static void assert_balanced(struct rig *rig)
{
    bool up = false;

    for (size_t i = 0; i < rig->batch->count; i++) {
        if (rig->batch->inputs[i].kind == MOM_IN_PROFILE)
            assert_in_range(rig->batch->inputs[i].local, 1, MOM_PROFILES);
        switch (rig->batch->inputs[i].kind) {
        case MOM_IN_IDENTIFIED:
            if (up)
                fail_msg("seed %llu: identified twice", (unsigned long long)seed);
            up = true;
            break;
        case MOM_IN_DOWN:
            if (!up)
                fail_msg("seed %llu: down twice", (unsigned long long)seed);
            up = false;
            break;
        default:
            if (!up)
                fail_msg("seed %llu: an input of a site that is down", (unsigned long long)seed);
            break;
        }
    }
    if (up)
        fail_msg("seed %llu: never down", (unsigned long long)seed);
}

static void converse(struct rig *rig)
{
    unsigned wants, address;

    for (int i = 0; i < 60; i++) {
        wants = mom_omm_wants(rig->link, &address);
        if (wants & MOM_OMM_WANT_CLOSE)
            assert_int_equal(rig_close(rig, MOM_OMM_LOST, ""), MOM_OK);
        if (wants & MOM_OMM_WANT_CONNECT) {
            if (pick(5) == 0)
                assert_int_equal(rig_close(rig, MOM_OMM_UNREACHABLE, ""), MOM_OK);
            else
                assert_int_equal(mom_omm_opened(rig->link, &rig->now, rig->batch), MOM_OK);
        }
        rig_omm_reads(rig);
        if (pick(6) == 0)
            alter(rig);
        assert_int_equal(rig_link_reads(rig), MOM_OK);
        if (rig_info(rig).state == MOM_OMM_IDENTIFYING && pick(2) == 0)
            assert_int_equal(rig_admit(rig, RIG_SARI), MOM_OK);
        else if (pick(3) == 0)
            act_at_random(rig);
        if (mom_omm_deadline(rig->link) != MOM_NEVER && pick(8) == 0) {
            int64_t wait = mom_omm_deadline(rig->link) - rig->now.mono_ms;

            assert_int_equal(rig_advance(rig, wait > 0 ? wait : 0), MOM_OK);
        }
        assert_true((unsigned)rig_info(rig).state < MOM_OMM_STATE_COUNT);
    }
}

static void no_omm_can_break_a_link(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 1500; round++) {
        struct rig *rig = rig_new();
        char num[16];

        seed = random_state = 900000 + round;
        for (uint32_t id = 1; id < 60; id += 1 + pick(3)) {
            snprintf(num, sizeof(num), "%u", 1000 + id);
            axi_set_cstr(rig_user(rig, id, num), AXI_A_sipPw, "b3du");
        }
        rig->config.window = 1 + pick(6);
        rig->config.page = 1 + pick(20);
        rig->config.profiles = pick(2) != 0;
        rig_new_link(rig);
        assert_int_equal(mom_omm_enable(rig->link, &rig->now, true, rig->batch), MOM_OK);
        converse(rig);
        assert_int_equal(mom_omm_enable(rig->link, &rig->now, false, rig->batch), MOM_OK);
        assert_int_equal(rig_close(rig, MOM_OMM_LOST, ""), MOM_OK);
        rig_assert_state(rig, MOM_OMM_DISABLED);
        assert_balanced(rig);
        rig_done(rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_omm_can_break_a_link),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
