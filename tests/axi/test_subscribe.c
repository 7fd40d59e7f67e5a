/*
 * Subscriptions: flags per event type and item, by hand and by request; which events they bring; bounds,
 * order and failing memory.
 */
#include "axi/support.h"

#include "subscribe.h"

static struct axi_subscription whole(enum axi_value event, bool on)
{
    struct axi_subscription sub = {event, on, 0, 0, {NULL, 0}};
    return sub;
}

static struct axi_subscription item(enum axi_value event, unsigned filter, int64_t id, bool on)
{
    struct axi_subscription sub = {event, on, filter, id, {NULL, 0}};
    return sub;
}

static struct axi_subscription text(enum axi_value event, unsigned filter, const char *pattern,
                                    bool on)
{
    struct axi_subscription sub = {event, on, filter, 0, {pattern, pattern ? strlen(pattern) : 0}};
    return sub;
}

static void set(struct axi_subscriptions *subs, struct axi_subscription sub)
{
    assert_int_equal(axi_subscriptions_set(subs, &sub), AXI_OK);
}

static bool has(const struct axi_subscriptions *subs, struct axi_subscription sub)
{
    return axi_subscriptions_has(subs, &sub);
}

struct fixture {
    struct axi_subscriptions *subs;
    struct axi_parser *parser;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->subs = axi_subscriptions_new(NULL, 0);
    f->parser = axi_parser_new(NULL);
    *state = f;
    return f->subs == NULL || f->parser == NULL;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    axi_subscriptions_free(f->subs);
    axi_parser_free(f->parser);
    free(f);
    return 0;
}

static bool wants(struct fixture *f, const char *event)
{
    return axi_subscriptions_want(f->subs, parse(f->parser, event));
}

/* Elements of a Subscribe; returns the code and leaves the event type at fault in `bad`. */
static char bad[64];
static enum axi_value apply_as(struct fixture *f, const char *elems, unsigned permissions)
{
    char request[4096];
    struct axi_str at_fault = {NULL, 0};
    snprintf(request, sizeof request, "<Subscribe>%s</Subscribe>", elems);
    enum axi_value code = axi_subscriptions_apply(
        f->subs, parse(f->parser, request), axi_permissions_with_implied(permissions), &at_fault);
    snprintf(bad, sizeof bad, "%.*s", (int)at_fault.len, at_fault.ptr != NULL ? at_fault.ptr : "");
    return code;
}

static void apply(struct fixture *f, const char *elems)
{
    assert_int_equal(apply_as(f, elems, AXI_MAY_EVERYTHING), AXI_V_NOTHING);
}

static size_t count(const struct axi_subscriptions *subs)
{
    struct axi_subscription sub;
    size_t i = 0;
    while (axi_subscriptions_at(subs, i, &sub))
        i++;
    return i;
}

/* --- which events come ---------------------------------------------------------------------------- */

static void a_type_without_filter_is_on_or_off(void **state)
{
    struct fixture *f = *state;
    assert_false(wants(f, "<EventHealthState/>"));
    set(f->subs, whole(AXI_V_SystemState, true));
    assert_true(wants(f, "<EventHealthState/>"));
    assert_true(wants(f, "<EventPermissionChange/>"));
    assert_false(wants(f, "<EventSystemNameCnf/>"));
    assert_false(wants(f, "<EventNobodyKnows/>"));
    assert_true(has(f->subs, whole(AXI_V_SystemState, false)));
    assert_false(has(f->subs, whole(AXI_V_SystemCnf, true)));
    set(f->subs, whole(AXI_V_SystemState, false));
    assert_false(wants(f, "<EventHealthState/>"));
    assert_int_equal(count(f->subs), 0);
}

static void a_type_with_filters_brings_nothing_without_one(void **state)
{
    struct fixture *f = *state;
    set(f->subs, whole(AXI_V_PPDevCnf, true));
    apply(f, "<e cmd=\"On\" eventType=\"PPUserCnf\"/>");
    assert_false(wants(f, "<EventPPDevCnf><pp ppn=\"1\"/></EventPPDevCnf>"));
    assert_false(wants(f, "<EventPPUserCnf><user uid=\"1\"/></EventPPUserCnf>"));
    assert_int_equal(count(f->subs), 0);
}

static void single_devices_and_all_devices(void **state)
{
    struct fixture *f = *state;
    static const char five[] = "<EventPPDevCnf><pp ppn=\"5\"/></EventPPDevCnf>";
    static const char six[] = "<EventPPDevCnf><pp ppn=\"6\"/></EventPPDevCnf>";
    set(f->subs, item(AXI_V_PPDevCnf, AXI_BY_PPN, 5, true));
    assert_true(wants(f, five));
    assert_false(wants(f, six));
    assert_false(wants(f, "<EventPPDevCnf><pp/></EventPPDevCnf>"));
    assert_false(wants(f, "<EventPPDevCnf><pp ppn=\"x\"/></EventPPDevCnf>"));
    assert_true(wants(f, "<EventPPDevCnf><pp ppn=\"6\"/><pp ppn=\"5\"/></EventPPDevCnf>"));
    set(f->subs, item(AXI_V_PPDevCnf, AXI_BY_PPN, -1, true));
    assert_true(wants(f, six));
    assert_false(wants(f, "<EventPPDevCnf/>")); /* it speaks of none */
    /* All are on beside the single one; clearing one leaves all on, clearing all clears the single ones. */
    set(f->subs, item(AXI_V_PPDevCnf, AXI_BY_PPN, 6, true));
    set(f->subs, item(AXI_V_PPDevCnf, AXI_BY_PPN, 5, false));
    assert_true(wants(f, five));
    assert_int_equal(count(f->subs), 2);
    set(f->subs, item(AXI_V_PPDevCnf, AXI_BY_PPN, -1, false));
    assert_false(wants(f, six));
    assert_int_equal(count(f->subs), 0);
}

static void a_pair_comes_for_its_device_or_its_user(void **state)
{
    struct fixture *f = *state;
    static const char pair[] = "<EventPPCnf><pp ppn=\"5\" uid=\"7\"/>"
                               "<user uid=\"7\" ppn=\"5\"/></EventPPCnf>";
    static const char user[] =
        "<EventPPCnf deletedUser=\"1\"><user uid=\"7\" ppn=\"5\"/></EventPPCnf>";
    set(f->subs, item(AXI_V_PPDevCnf, AXI_BY_PPN, -1, true));
    assert_true(wants(f, pair));
    assert_false(wants(f, user)); /* the ppn of a user is no device that changes */
    axi_subscriptions_clear(f->subs);
    set(f->subs, item(AXI_V_PPUserCnf, AXI_BY_UID, 7, true));
    assert_true(wants(f, pair));
    assert_true(wants(f, user));
    set(f->subs, item(AXI_V_PPUserCnf, AXI_BY_UID, 7, false));
    set(f->subs, item(AXI_V_PPUserCnf, AXI_BY_UID, 5, true));
    assert_false(wants(f, pair));
}

static void keys_of_base_stations(void **state)
{
    struct fixture *f = *state;
    apply(f, "<e cmd=\"On\" eventType=\"RFPState\" rfpId=\"0\"/>"
             "<e cmd=\"On\" eventType=\"RFPCnf\" rfpId=\"3\"/>"
             "<e cmd=\"On\" eventType=\"RFPSyncQuality\" rfpId=\"3\"/>"
             "<e cmd=\"On\" eventType=\"RFPIpQuality\" rfpId=\"3\"/>"
             "<e cmd=\"On\" eventType=\"WLANClient\" rfpId=\"3\"/>");
    assert_true(wants(f, "<EventRFPState id=\"0\"/>"));
    assert_false(wants(f, "<EventRFPState id=\"3\"/>"));
    assert_true(wants(f, "<EventRFPCnf><rfp id=\"3\"/></EventRFPCnf>"));
    assert_true(wants(f, "<EventRFPSyncQuality><syncQuality id=\"1\"/>"
                         "<syncQuality id=\"3\"/></EventRFPSyncQuality>"));
    assert_true(wants(f, "<EventRFPIpQuality><ipQuality id=\"3\"/></EventRFPIpQuality>"));
    assert_true(wants(f, "<EventWLANClient rfpId=\"3\"/>"));
    assert_false(wants(f, "<EventWLANClient rfpId=\"4\"/>"));
}

static void keys_of_devices_in_other_events(void **state)
{
    struct fixture *f = *state;
    apply(f, "<e cmd=\"On\" eventType=\"PPSipStateRegistered\" ppn=\"5\"/>"
             "<e cmd=\"On\" eventType=\"LocatingBluetooth\" ppn=\"5\"/>"
             "<e cmd=\"On\" eventType=\"PPFirmwareState\" ppn=\"5\"/>"
             "<e cmd=\"On\" eventType=\"MessageProgress\" ppn=\"5\"/>"
             "<e cmd=\"On\" eventType=\"MessageConfirmation\" ppn=\"-1\"/>");
    assert_true(wants(f, "<EventPPState ppn=\"5\"/>"));
    assert_false(wants(f, "<EventPPState ppn=\"55\"/>"));
    assert_true(wants(f, "<EventBluetoothClientStatistic><btClientStat ppn=\"5\"/>"
                         "</EventBluetoothClientStatistic>"));
    assert_true(wants(f, "<EventPPFirmwareUpdateStatus><ppFwSt ppn=\"5\"/>"
                         "</EventPPFirmwareUpdateStatus>"));
    /* These have no place for a ppn: whoever wants all gets them. */
    assert_false(wants(f, "<EventMessageProgress id=\"5\"/>"));
    assert_true(wants(f, "<EventMessageConfirmation id=\"5\"/>"));
}

static void alarms_by_device_user_omm_and_trigger(void **state)
{
    struct fixture *f = *state;
    static const char of_device[] = "<EventAlarmTrigger ppn=\"5\" trigger=\"SOS\"/>";
    static const char of_omm[] = "<EventAlarmTrigger trigger=\"LOC-7\"/>";
    apply(f, "<e cmd=\"On\" eventType=\"AlarmTrigger\" ppn=\"5\"/>");
    assert_true(wants(f, of_device));
    assert_false(wants(f, of_omm));
    apply(f, "<e cmd=\"Off\" eventType=\"AlarmTrigger\" ppn=\"5\"/>"
             "<e cmd=\"On\" eventType=\"AlarmTrigger\" omm=\"-1\"/>");
    assert_false(wants(f, of_device));
    assert_true(wants(f, of_omm));
    assert_true(wants(f, "<EventAlarmTrigger ppn=\"0\" uid=\"0\"/>"));
    assert_false(wants(f, "<EventAlarmTrigger uid=\"9\"/>"));
    apply(f, "<e cmd=\"Off\" eventType=\"AlarmTrigger\"/>"
             "<e cmd=\"On\" eventType=\"AlarmTrigger\" uid=\"9\" trigger=\"LOC-*\"/>");
    assert_int_equal(count(f->subs), 2);
    assert_true(wants(f, of_omm));
    assert_false(wants(f, of_device));
    assert_true(wants(f, "<EventAlarmTrigger uid=\"9\" trigger=\"SOS\"/>"));
    assert_false(wants(f, "<EventAlarmTrigger uid=\"8\" trigger=\"loc-7\"/>"));
}

static void patterns_of_triggers(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *pattern, *trigger;
        bool on;
    } rows[] = {
        {"SOS", "SOS", true},  {"SOS", "SOS1", false}, {"SOS", "SO", false},
        {"SOS", "sos", false}, {"SO*", "SOS", true},   {"SO*", "SO", true},
        {"SO*", "S", false},   {"SO*", "TSO", false},  {"*", "anything", true},
        {"*", "", true},       {"", "anything", true}, {"A*B", "A*B", true},
        {"A*B", "AxB", false}, {"A**", "A*x", true},   {"A**", "Ax", false},
        {"SOS", "", false},    {"S*", "", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char event[128];
        axi_subscriptions_clear(f->subs);
        set(f->subs, text(AXI_V_AlarmCallProgress, AXI_BY_TRIGGER, rows[i].pattern, true));
        snprintf(event, sizeof event, "<EventAlarmCallProgress trigger=\"%s\"/>", rows[i].trigger);
        assert_int_equal(wants(f, event), rows[i].on);
        assert_int_equal(
            has(f->subs, text(AXI_V_AlarmCallProgress, AXI_BY_TRIGGER, rows[i].trigger, true)),
            rows[i].on);
        set(f->subs, text(AXI_V_AlarmCallProgress, AXI_BY_TRIGGER, rows[i].pattern, false));
        assert_int_equal(count(f->subs), 0);
    }
}

static void schemes_are_compared_without_case(void **state)
{
    struct fixture *f = *state;
    static const char message[] =
        "<EventMessageSend><msg ppn=\"6201\" toAddr=\"Tel:8378\"/></EventMessageSend>";
    apply(f, "<e cmd=\"On\" eventType=\"MessageSend\" scheme=\"tEL\"/>");
    assert_true(wants(f, message));
    assert_false(wants(f, "<EventMessageSend><msg toAddr=\"telx:8378\"/></EventMessageSend>"));
    assert_false(wants(f, "<EventMessageSend><msg toAddr=\"te:8378\"/></EventMessageSend>"));
    assert_false(wants(f, "<EventMessageSend><msg toAddr=\"tel8378\"/></EventMessageSend>"));
    assert_false(wants(f, "<EventMessageSend><msg/></EventMessageSend>"));
    apply(f, "<e cmd=\"On\" eventType=\"MessageSend\" scheme=\"TEL\"/>");
    assert_int_equal(count(f->subs), 1);
    apply(f, "<e cmd=\"Off\" eventType=\"MessageSend\" scheme=\"tel\"/>"
             "<e cmd=\"On\" eventType=\"MessageSend\" scheme=\"SM*\"/>");
    assert_false(wants(f, message));
    assert_true(wants(f, "<EventMessageSend><msg toAddr=\"sms:1\"/></EventMessageSend>"));
    apply(f, "<e cmd=\"On\" eventType=\"MessageSend\" ppn=\"6201\"/>");
    assert_true(wants(f, message));
    apply(f, "<e cmd=\"On\" eventType=\"MessageSend\" scheme=\"\"/>");
    assert_true(wants(f, "<EventMessageSend><msg toAddr=\"cb:1\"/></EventMessageSend>"));
}

/* Every event type: as a whole, or for each of its filters, it brings each of its messages once it is on. */
static void every_event_type_of_the_catalogue(void **state)
{
    struct fixture *f = *state;
    struct axi_event_type type;
    for (size_t i = 0; axi_event_type_at(i, &type); i++) {
        for (unsigned filter = 0; filter <= AXI_BY_SCHEME; filter = filter == 0 ? 1 : filter << 1) {
            struct axi_subscription sub = {type.name, true, filter, -1, {"*", 1}};
            bool known = filter == 0 || (type.filters & filter) != 0;
            assert_int_equal(axi_subscriptions_set(f->subs, &sub), known ? AXI_OK : AXI_EINVAL);
            assert_int_equal(has(f->subs, sub), known && (filter != 0 || type.filters == 0));
        }
        enum axi_type message;
        for (size_t m = 0; (message = axi_event_type_message(type.name, m)) != AXI_T_NONE; m++) {
            struct axi_msg *event = axi_msg_new(NULL);
            struct axi_elem *root = axi_msg_start(event, message), *pp;
            struct axi_field field;
            if (axi_type_field(message, AXI_A_ppn, &field))
                axi_set_int(root, AXI_A_ppn, 5);
            if (axi_type_field(message, AXI_A_id, &field))
                axi_set_int(root, AXI_A_id, 5);
            if (axi_type_field(message, AXI_A_rfpId, &field))
                axi_set_int(root, AXI_A_rfpId, 5);
            struct axi_child child;
            for (size_t c = 0; axi_type_child_at(message, c, &child); c++) {
                pp = axi_add_child(root, child.element);
                for (size_t a = 0; axi_type_field_at(child.type, a, &field); a++)
                    if (field.attr == AXI_A_ppn || field.attr == AXI_A_uid ||
                        field.attr == AXI_A_id)
                        axi_set_int(pp, field.attr, 5);
            }
            assert_int_equal(axi_msg_error(event), AXI_OK);
            assert_true(axi_subscriptions_want(f->subs, event));
            axi_msg_free(event);
        }
        set(f->subs, whole(type.name, false));
        assert_int_equal(count(f->subs), 0);
    }
}

/* --- by hand --------------------------------------------------------------------------------------- */

static void what_the_catalogue_does_not_have_is_refused(void **state)
{
    struct fixture *f = *state;
    char longest[AXI_PATTERN_MAX + 2];
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    const struct axi_subscription wrong[] = {
        whole(AXI_V_NOTHING, true),
        whole(AXI_V_ENoEnt, true),
        item(AXI_V_SystemState, AXI_BY_PPN, 1, true),
        item(AXI_V_PPDevCnf, AXI_BY_UID, 1, true),
        item(AXI_V_AlarmTrigger, AXI_BY_PPN | AXI_BY_UID, 1, true),
        item(AXI_V_PPDevCnf, AXI_BY_PPN, -2, true),
        item(AXI_V_AlarmTrigger, AXI_BY_OMM, 1, true),
        item(AXI_V_PPDevCnf, 64, 1, true),
        text(AXI_V_AlarmTrigger, AXI_BY_TRIGGER, longest, true),
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(axi_subscriptions_set(f->subs, &wrong[i]), AXI_EINVAL);
    assert_int_equal(count(f->subs), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(has(f->subs, wrong[i]));
    longest[AXI_PATTERN_MAX] = '\0';
    set(f->subs, text(AXI_V_AlarmTrigger, AXI_BY_TRIGGER, longest, true));
    assert_true(has(f->subs, text(AXI_V_AlarmTrigger, AXI_BY_TRIGGER, longest, true)));
}

static void the_bound_holds_and_one_that_is_there_already_costs_nothing(void **state)
{
    (void)state;
    struct axi_subscriptions *subs = axi_subscriptions_new(NULL, 2);
    struct axi_subscription third = item(AXI_V_PPDevCnf, AXI_BY_PPN, 3, true);
    set(subs, item(AXI_V_PPDevCnf, AXI_BY_PPN, 1, true));
    set(subs, item(AXI_V_PPUserCnf, AXI_BY_UID, 1, true));
    assert_int_equal(axi_subscriptions_set(subs, &third), AXI_EFULL);
    set(subs, item(AXI_V_PPDevCnf, AXI_BY_PPN, 1, true));
    set(subs, item(AXI_V_PPDevCnf, AXI_BY_PPN, -1, true));
    set(subs, whole(AXI_V_SystemState, true));
    assert_int_equal(count(subs), 4);
    set(subs, item(AXI_V_PPUserCnf, AXI_BY_UID, 1, false));
    set(subs, third);
    assert_int_equal(count(subs), 4);
    axi_subscriptions_free(subs);
    axi_subscriptions_free(NULL);
}

static void many_items_are_found_again_and_listed_in_order(void **state)
{
    struct fixture *f = *state;
    enum { MANY = 65536 };
    uint64_t seed = 99;
    for (uint32_t i = 0; i < MANY; i++) /* all of them once, in a wild order */
        set(f->subs, item(AXI_V_PPDevCnf, AXI_BY_PPN, (i * 40503u) % MANY, true));
    struct axi_subscription one_more = item(AXI_V_PPUserCnf, AXI_BY_UID, 1, true), sub;
    assert_int_equal(axi_subscriptions_set(f->subs, &one_more), AXI_EFULL);
    for (size_t i = 0; i < MANY; i++) {
        assert_true(axi_subscriptions_at(f->subs, i, &sub));
        assert_true(sub.on);
        assert_int_equal(sub.event, AXI_V_PPDevCnf);
        assert_int_equal(sub.filter, AXI_BY_PPN);
        assert_int_equal(sub.item, i);
    }
    assert_false(axi_subscriptions_at(f->subs, MANY, &sub));
    for (unsigned i = 0; i < 1000; i++) {
        int64_t id = next_random(&seed) % (2 * MANY);
        assert_int_equal(has(f->subs, item(AXI_V_PPDevCnf, AXI_BY_PPN, id, true)), id < MANY);
    }
    for (int64_t id = 0; id < MANY; id += 2)
        set(f->subs, item(AXI_V_PPDevCnf, AXI_BY_PPN, id, false));
    assert_false(has(f->subs, item(AXI_V_PPDevCnf, AXI_BY_PPN, 2, true)));
    assert_true(has(f->subs, item(AXI_V_PPDevCnf, AXI_BY_PPN, 3, true)));
    axi_subscriptions_clear(f->subs);
    assert_int_equal(count(f->subs), 0);
}

static void what_is_listed_can_be_asked_for_again(void **state)
{
    struct fixture *f = *state;
    static const char request[] = "<Subscribe><e cmd=\"On\" eventType=\"AlarmTrigger\" ppn=\"-1\"/>"
                                  "<e cmd=\"On\" eventType=\"AlarmTrigger\" omm=\"-1\"/>"
                                  "<e cmd=\"On\" eventType=\"MessageSend\" scheme=\"*\"/>"
                                  "<e cmd=\"On\" eventType=\"SystemState\"/>"
                                  "<e cmd=\"On\" eventType=\"AlarmTrigger\" uid=\"4\"/>"
                                  "<e cmd=\"On\" eventType=\"AlarmTrigger\" trigger=\"SOS\"/>"
                                  "<e cmd=\"On\" eventType=\"AlarmTrigger\" trigger=\"LOC-*\"/>"
                                  "<e cmd=\"On\" eventType=\"RFPState\" rfpId=\"0\"/></Subscribe>";
    struct axi_str none = {NULL, 0};
    assert_int_equal(
        axi_subscriptions_apply(f->subs, parse(f->parser, request), AXI_MAY_EVERYTHING, &none),
        AXI_V_NOTHING);
    struct axi_msg *again = axi_msg_new(NULL);
    struct axi_elem *root = axi_msg_start(again, AXI_T_Subscribe);
    struct axi_subscription sub;
    for (size_t i = 0; axi_subscriptions_at(f->subs, i, &sub); i++)
        axi_subscription_write(root, &sub);
    assert_encodes(again, request);
    root = axi_msg_start(again, AXI_T_Subscribe);
    sub = text(AXI_V_MessageSend, AXI_BY_SCHEME, NULL, false);
    axi_subscription_write(root, &sub);
    assert_encodes(again, "<Subscribe><e cmd=\"Off\" eventType=\"MessageSend\" scheme=\"*\"/>"
                          "</Subscribe>");
    axi_msg_free(again);
}

static void a_session_loses_what_it_may_not_have(void **state)
{
    struct fixture *f = *state;
    apply(f, "<e cmd=\"On\" eventType=\"PPDevCnf\" ppn=\"5\"/>"
             "<e cmd=\"On\" eventType=\"PPState\" ppn=\"-1\"/>"
             "<e cmd=\"On\" eventType=\"AlarmTrigger\" trigger=\"SOS\"/>"
             "<e cmd=\"On\" eventType=\"ApplicationDataChannel\"/>");
    axi__subscriptions_restrict(f->subs, AXI_MAY_AllCnfRead);
    assert_int_equal(count(f->subs), 2);
    assert_true(has(f->subs, item(AXI_V_PPDevCnf, AXI_BY_PPN, 5, true)));
    assert_true(has(f->subs, whole(AXI_V_ApplicationDataChannel, true)));
}

/* --- the request ------------------------------------------------------------------------------------ */

static void a_request_is_carried_out_whole_or_not_at_all(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *elems;
        enum axi_value code;
        const char *bad;
    } rows[] = {
        {"", AXI_V_EMissing, ""},
        {"<f cmd=\"On\" eventType=\"SystemState\"/>", AXI_V_EMissing, ""},
        {"<e cmd=\"On\" eventType=\"Nonsense\"/>", AXI_V_EInval, "Nonsense"},
        {"<e cmd=\"On\"/>", AXI_V_EMissing, ""},
        {"<e eventType=\"SystemState\"/>", AXI_V_EMissing, "SystemState"},
        {"<e cmd=\"Maybe\" eventType=\"SystemState\"/>", AXI_V_EInval, "SystemState"},
        {"<e cmd=\"On\" eventType=\"PPDevCnf\" ppn=\"all\"/>", AXI_V_EInval, "PPDevCnf"},
        {"<e cmd=\"On\" eventType=\"PPDevCnf\" ppn=\"-2\"/>", AXI_V_EInval, "PPDevCnf"},
        {"<e cmd=\"On\" eventType=\"PPState\" ppn=\"1\"/>", AXI_V_EPerm, "PPState"},
        {"<e cmd=\"On\" eventType=\"AlarmTrigger\" omm=\"1\"/>", AXI_V_EPerm, "AlarmTrigger"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char elems[512];
        snprintf(elems, sizeof elems, "%s%s%s",
                 rows[i].elems[0] != '\0' && rows[i].elems[1] == 'e'
                     ? "<e cmd=\"On\" eventType=\"SystemCnf\"/>"
                       "<e cmd=\"On\" eventType=\"PPDevCnf\" ppn=\"9\"/>"
                     : "",
                 rows[i].elems, "");
        assert_int_equal(apply_as(f, elems, AXI_MAY_AllCnfWrite), rows[i].code);
        assert_string_equal(bad, rows[i].bad);
        assert_int_equal(count(f->subs), 0);
    }
    /* Permission is needed to set, not to clear. */
    assert_int_equal(apply_as(f, "<e cmd=\"Off\" eventType=\"PPState\" ppn=\"1\"/>", 0),
                     AXI_V_NOTHING);
    assert_int_equal(
        apply_as(f, "<e cmd=\"On\" eventType=\"RFPSync\" rfpId=\"1\"/>", AXI_MAY_Monitoring),
        AXI_V_NOTHING);
}

static void twenty_elements_are_the_most(void **state)
{
    struct fixture *f = *state;
    char elems[2048] = "";
    for (unsigned i = 1; i <= 21; i++) {
        snprintf(elems + strlen(elems), sizeof elems - strlen(elems),
                 "<e cmd=\"On\" eventType=\"PPDevCnf\" ppn=\"%u\"/>", i);
        if (i < 20)
            continue;
        assert_int_equal(apply_as(f, elems, AXI_MAY_EVERYTHING),
                         i == 20 ? AXI_V_NOTHING : AXI_V_EInval);
        assert_int_equal(count(f->subs), 20);
    }
    assert_string_equal(bad, "PPDevCnf");
}

static void elements_are_carried_out_in_order(void **state)
{
    struct fixture *f = *state;
    apply(f, "<e cmd=\"On\" eventType=\"PPDevCnf\" ppn=\"1\"/>"
             "<e cmd=\"On\" eventType=\"PPDevCnf\" ppn=\"1\"/>"
             "<e cmd=\"On\" eventType=\"AlarmTrigger\" trigger=\"A\"/>"
             "<e cmd=\"On\" eventType=\"AlarmTrigger\" trigger=\"A\"/>"
             "<e cmd=\"Off\" eventType=\"PPDevCnf\" ppn=\"2\"/>"
             "<e cmd=\"Off\" eventType=\"PPDevCnf\" ppn=\"1\"/>"
             "<e cmd=\"On\" eventType=\"PPDevCnf\" ppn=\"3\"/>");
    assert_int_equal(count(f->subs), 2);
    apply(f, "<e cmd=\"On\" eventType=\"PPDevCnf\" ppn=\"-1\"/>"
             "<e cmd=\"Off\" eventType=\"PPDevCnf\"/>"
             "<e cmd=\"Off\" eventType=\"AlarmTrigger\" trigger=\"*\"/>");
    assert_int_equal(count(f->subs), 0);
}

static void a_request_beyond_the_bound_changes_nothing(void **state)
{
    struct fixture *f = *state;
    axi_subscriptions_free(f->subs);
    f->subs = axi_subscriptions_new(NULL, 2);
    assert_int_equal(apply_as(f,
                              "<e cmd=\"On\" eventType=\"SystemState\"/>"
                              "<e cmd=\"On\" eventType=\"AlarmTrigger\" trigger=\"A\"/>"
                              "<e cmd=\"On\" eventType=\"PPDevCnf\" ppn=\"2\"/>"
                              "<e cmd=\"On\" eventType=\"PPDevCnf\" ppn=\"3\"/>",
                              AXI_MAY_EVERYTHING),
                     AXI_V_ENoMem);
    assert_string_equal(bad, "");
    assert_int_equal(count(f->subs), 0);
}

/* --- memory ----------------------------------------------------------------------------------------- */

static void nothing_is_changed_when_memory_ends(void **state)
{
    struct fixture *f = *state;
    const struct axi_msg *request =
        parse(f->parser, "<Subscribe><e cmd=\"On\" eventType=\"AlarmTrigger\" trigger=\"A\"/>"
                         "<e cmd=\"On\" eventType=\"AlarmTrigger\" trigger=\"B*\"/>"
                         "<e cmd=\"On\" eventType=\"PPDevCnf\" ppn=\"1\"/></Subscribe>");
    bool whole_run = false;
    for (size_t fail = 1; !whole_run; fail++) {
        struct counting counting = {.fail_at = fail};
        struct axi_alloc hook = counting_hook(&counting);
        struct axi_subscriptions *subs = axi_subscriptions_new(&hook, 0);
        if (subs == NULL) {
            assert_int_equal(counting.live, 0);
            continue;
        }
        struct axi_str at_fault = {NULL, 0};
        enum axi_value code = axi_subscriptions_apply(subs, request, AXI_MAY_EVERYTHING, &at_fault);
        assert_int_equal(count(subs), code == AXI_V_NOTHING ? 3 : 0);
        if (code != AXI_V_NOTHING)
            assert_int_equal(code, AXI_V_ENoMem);
        struct axi_subscription one = item(AXI_V_PPUserCnf, AXI_BY_UID, 1, true);
        int rc = axi_subscriptions_set(subs, &one);
        assert_true(rc == AXI_OK || rc == AXI_ENOMEM);
        whole_run = counting.calls < fail;
        axi_subscriptions_free(subs);
        assert_int_equal(counting.live, 0);
    }
}

static void asking_takes_no_memory(void **state)
{
    struct fixture *f = *state;
    struct counting counting = {0};
    struct axi_alloc hook = counting_hook(&counting);
    axi_subscriptions_free(f->subs);
    f->subs = axi_subscriptions_new(&hook, 0);
    apply(f, "<e cmd=\"On\" eventType=\"AlarmTrigger\" trigger=\"A\"/>"
             "<e cmd=\"On\" eventType=\"PPDevCnf\" ppn=\"1\"/>");
    size_t calls = counting.calls;
    for (unsigned i = 0; i < 100; i++) {
        assert_true(wants(f, "<EventAlarmTrigger trigger=\"A\"/>"));
        assert_false(wants(f, "<EventPPDevCnf><pp ppn=\"2\"/></EventPPDevCnf>"));
        apply(f, "<e cmd=\"Off\" eventType=\"PPDevCnf\" ppn=\"1\"/>"
                 "<e cmd=\"On\" eventType=\"PPDevCnf\" ppn=\"1\"/>");
    }
    assert_int_equal(counting.calls, calls);
    axi_subscriptions_free(f->subs);
    f->subs = NULL;
    assert_int_equal(counting.live, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_type_without_filter_is_on_or_off),
        TEST(a_type_with_filters_brings_nothing_without_one),
        TEST(single_devices_and_all_devices),
        TEST(a_pair_comes_for_its_device_or_its_user),
        TEST(keys_of_base_stations),
        TEST(keys_of_devices_in_other_events),
        TEST(alarms_by_device_user_omm_and_trigger),
        TEST(patterns_of_triggers),
        TEST(schemes_are_compared_without_case),
        TEST(every_event_type_of_the_catalogue),
        TEST(what_the_catalogue_does_not_have_is_refused),
        TEST(the_bound_holds_and_one_that_is_there_already_costs_nothing),
        TEST(many_items_are_found_again_and_listed_in_order),
        TEST(what_is_listed_can_be_asked_for_again),
        TEST(a_session_loses_what_it_may_not_have),
        TEST(a_request_is_carried_out_whole_or_not_at_all),
        TEST(twenty_elements_are_the_most),
        TEST(elements_are_carried_out_in_order),
        TEST(a_request_beyond_the_bound_changes_nothing),
        TEST(nothing_is_changed_when_memory_ends),
        TEST(asking_takes_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
