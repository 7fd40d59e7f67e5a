/*
 * The catalogue as programs see it: every id leads to its text and back, tables agree with each other, and
 * facts about AXI that must not be lost stand where they belong. Whether the tables are those of the .axi files
 * is shown by tests/system/catalogue_current.sh.
 */
#include "axi/support.h"

#include "catalogue.h"

/* --- ids and texts */

static void ids_are_sorted_by_bytes_and_unique(void **state)
{
    (void)state;
    for (int i = 2; i < AXI_A_COUNT; i++)
        assert_true(strcmp(axi_attr_name((enum axi_attr)(i - 1)), axi_attr_name((enum axi_attr)i)) <
                    0);
    for (int i = 2; i < AXI_V_COUNT; i++)
        assert_true(
            strcmp(axi_value_text((enum axi_value)(i - 1)), axi_value_text((enum axi_value)i)) < 0);
    for (int i = 2; i < AXI_T_COUNT; i++)
        assert_true(strcmp(axi_type_name((enum axi_type)(i - 1)), axi_type_name((enum axi_type)i)) <
                    0);
    for (int i = 2; i < AXI_E_COUNT; i++)
        assert_true(strcmp(axi_enum_name((enum axi_enum)(i - 1)), axi_enum_name((enum axi_enum)i)) <
                    0);
}

static void every_id_has_a_text_that_leads_back(void **state)
{
    (void)state;
    const char *known = NULL;
    for (int i = 1; i < AXI_A_COUNT; i++) {
        struct axi_str name = str(axi_attr_name((enum axi_attr)i));
        assert_int_equal(axi_attr_of(name), i);
        assert_int_equal(axi__attr_find(name.ptr, name.len, &known), i);
        assert_ptr_equal(known, name.ptr);
        assert_int_equal(axi__attr_str((enum axi_attr)i).len, name.len);
    }
    for (int i = 1; i < AXI_T_COUNT; i++)
        assert_int_equal(axi_type_of(str(axi_type_name((enum axi_type)i))), i);
    for (int i = 1; i < AXI_V_COUNT; i++)
        assert_int_equal(axi__value_anywhere(str(axi_value_text((enum axi_value)i))), i);
}

static void unknown_ids_have_no_text(void **state)
{
    (void)state;
    assert_null(axi_attr_name(AXI_A_NONE));
    assert_null(axi_attr_name(AXI_A_COUNT));
    assert_null(axi_attr_name((enum axi_attr) - 1));
    assert_null(axi_type_name(AXI_T_NONE));
    assert_null(axi_type_name(AXI_T_COUNT));
    assert_null(axi_value_text(AXI_V_NOTHING));
    assert_null(axi_value_text(AXI_V_COUNT));
    assert_null(axi_enum_name(AXI_E_NOTHING));
    assert_null(axi_enum_name(AXI_E_COUNT));
    assert_null(axi_type_release(AXI_T_NONE));
    assert_null(axi_type_version(AXI_T_COUNT));
    assert_int_equal(axi_type_kind(AXI_T_COUNT), AXI_RECORD);
    assert_int_equal(axi_type_basis(AXI_T_NONE), AXI_BASIS_INFERRED);
    assert_int_equal(axi_type_response(AXI_T_COUNT), AXI_T_NONE);
    assert_int_equal(axi_type_permission(AXI_T_COUNT), AXI_MAY_NOTHING);
    assert_false(axi_type_is_open(AXI_T_NONE));
    assert_int_equal(axi_enum_at(AXI_E_COUNT, 0), AXI_V_NOTHING);
}

static void unknown_texts_have_no_id(void **state)
{
    (void)state;
    struct axi_str none = {NULL, 0};
    static char long_name[70000];
    memset(long_name, 'u', sizeof long_name - 1);
    assert_int_equal(axi_attr_of(none), AXI_A_NONE);
    assert_int_equal(axi_attr_of(str("")), AXI_A_NONE);
    assert_int_equal(axi_attr_of(str("UID")), AXI_A_NONE);
    assert_int_equal(axi_attr_of(str("uidx")), AXI_A_NONE);
    assert_int_equal(axi_attr_of(str("ui")), AXI_A_NONE);
    assert_int_equal(axi_attr_of(str(long_name)), AXI_A_NONE);
    assert_int_equal(axi_type_of(none), AXI_T_NONE);
    assert_int_equal(axi_type_of(str("getPPUser")), AXI_T_NONE);
    assert_int_equal(axi_type_of(str("GetPPUsers")), AXI_T_NONE);
    assert_int_equal(axi_type_of(str(long_name)), AXI_T_NONE);
    assert_int_equal(axi__value_anywhere(str("Sometimes")), AXI_V_NOTHING);
}

/* A name with zeros inside is not the one that ends at the first of them. */
static void a_zero_in_a_name_is_no_end(void **state)
{
    (void)state;
    struct axi_str attr = {"uid\0", 4}, type = {"Open\0", 5}, element = {"user\0x", 6};
    struct axi_child child;
    assert_int_equal(axi_attr_of(attr), AXI_A_NONE);
    assert_int_equal(axi_type_of(type), AXI_T_NONE);
    assert_false(axi__child_of(AXI_T_SetPPUser, element, &child));
}

static void values_are_those_of_their_enumeration(void **state)
{
    (void)state;
    static bool used[AXI_V_COUNT];
    for (int e = 1; e < AXI_E_COUNT; e++) {
        enum axi_value value;
        size_t i = 0;
        for (; (value = axi_enum_at((enum axi_enum)e, i)) != AXI_V_NOTHING; i++) {
            assert_int_equal(axi_value_of((enum axi_enum)e, str(axi_value_text(value))), value);
            used[value] = true;
        }
        assert_true(i > 0);
    }
    for (int v = 1; v < AXI_V_COUNT; v++)
        assert_true(used[v]);
    assert_int_equal(axi_value_of(AXI_E_CmdType, str("Busy")), AXI_V_NOTHING);
    assert_int_equal(axi_value_of(AXI_E_NOTHING, str("On")), AXI_V_NOTHING);
    assert_int_equal(axi_value_of(AXI_E_COUNT, str("On")), AXI_V_NOTHING);
    assert_int_equal(axi_value_of(AXI_E_CmdType, str("On")), AXI_V_On);
    assert_int_equal(axi_value_of(AXI_E_RFPHwTypeType, str("RFP 42 US")), AXI_V_RFP_42_US);
    assert_string_equal(axi_value_text(AXI_V_UTF_8), "UTF-8");
    assert_int_equal(axi_enum_at(AXI_E_CmdType, 2), AXI_V_NOTHING);
    assert_string_equal(axi_enum_name(AXI_E_CmdType), "CmdType");
}

static void a_program_can_tell_its_catalogue(void **state)
{
    (void)state;
    assert_int_equal(axi_catalogue_hash(), AXI_CATALOGUE_HASH);
}

/* --- types */

static void the_whole_of_axi_is_there(void **state)
{
    (void)state;
    size_t count[4] = {0}, event_types = 0;
    struct axi_event_type event_type;
    for (int t = 1; t < AXI_T_COUNT; t++)
        count[axi_type_kind((enum axi_type)t)]++;
    while (axi_event_type_at(event_types, &event_type))
        event_types++;
    assert_int_equal(count[AXI_REQUEST], 307);
    assert_int_equal(count[AXI_RESPONSE], 307);
    assert_int_equal(count[AXI_EVENT], 157);
    /* The schema has 494 types; two of them are messages of the same name. */
    assert_int_equal(count[AXI_RECORD], 494 - 2);
    assert_int_equal(AXI_E_COUNT - 1, 82);
    assert_int_equal(event_types, 99);
}

static void fields_stand_with_their_types(void **state)
{
    (void)state;
    struct axi_field field, same;
    for (int t = 1; t < AXI_T_COUNT; t++) {
        enum axi_type type = (enum axi_type)t;
        size_t i = 0;
        for (; axi_type_field_at(type, i, &field); i++) {
            assert_true(axi_type_field(type, field.attr, &same));
            /* The first of its name is itself: no attribute is there twice. */
            assert_true(same.attr == field.attr && same.form == field.form && same.of == field.of &&
                        same.max == field.max && same.flags == field.flags &&
                        same.least == field.least && same.most == field.most);
            assert_non_null(axi_attr_name(field.attr));
            /* An enumeration, or an open set with the values that are known of it. */
            if (field.form == AXI_ENUMERATED || field.of != AXI_E_NOTHING)
                assert_non_null(axi_enum_name(field.of));
            if (field.of != AXI_E_NOTHING)
                assert_true(field.form == AXI_ENUMERATED || field.form == AXI_STR);
            if (field.max > 0 || (field.flags & AXI_SECRET))
                assert_true(field.form == AXI_STR || field.form == AXI_HEX);
            if (field.flags & AXI_OWN_READING)
                assert_int_equal(axi_type_basis(type), AXI_BASIS_NAME);
        }
        assert_false(axi_type_field_at(type, i + 1, &field));
    }
    assert_false(axi_type_field_at(AXI_T_NONE, 0, &field));
    assert_false(axi_type_field(AXI_T_COUNT, AXI_A_seq, &field));
    assert_false(axi_type_field(AXI_T_GetPPUser, AXI_A_sipPw, &field));
}

static void children_stand_with_their_types(void **state)
{
    (void)state;
    struct axi_child child, same;
    for (int t = 1; t < AXI_T_COUNT; t++) {
        for (size_t i = 0; axi_type_child_at((enum axi_type)t, i, &child); i++) {
            assert_true(axi__child_of((enum axi_type)t, str(child.element), &same));
            assert_ptr_equal(same.element, child.element);
            assert_int_equal(same.type, child.type);
            assert_true(child.max == 0 || child.min <= child.max);
            /* A record, or text that is a value of an enumeration. */
            assert_int_equal(child.type == AXI_T_NONE, child.of != AXI_E_NOTHING);
            assert_int_equal(axi_type_kind(child.type), AXI_RECORD);
        }
    }
    assert_false(axi_type_child_at(AXI_T_COUNT, 0, &child));
    assert_true(axi__child_of(AXI_T_OpenResp, str("permission"), &child));
    assert_int_equal(child.of, AXI_E_PermissionType);
    assert_true(axi__child_of(AXI_T_MessageType, str("confirm"), &child));
    assert_int_equal(child.of, AXI_E_MessageConfirmType);
    assert_int_equal(child.max, 3);
    assert_true(axi__child_of(AXI_T_Subscribe, str("e"), &child));
    assert_int_equal(child.min, 1);
    assert_int_equal(child.max, 20);
    assert_false(axi__child_of(AXI_T_NONE, str("e"), &child));
}

static void every_request_has_its_answer(void **state)
{
    (void)state;
    for (int t = 1; t < AXI_T_COUNT; t++) {
        enum axi_type answer = axi_type_response((enum axi_type)t);
        if (axi_type_kind((enum axi_type)t) != AXI_REQUEST) {
            assert_int_equal(answer, AXI_T_NONE);
            continue;
        }
        char expected[128];
        struct axi_field field;
        snprintf(expected, sizeof expected, "%sResp", axi_type_name((enum axi_type)t));
        assert_string_equal(axi_type_name(answer), expected);
        assert_int_equal(axi_type_kind(answer), AXI_RESPONSE);
        assert_true(axi_type_field((enum axi_type)t, AXI_A_seq, &field));
        assert_true(axi_type_field(answer, AXI_A_seq, &field));
        assert_true(axi_type_field(answer, AXI_A_errCode, &field));
        assert_int_equal(field.of, AXI_E_ResponseCodeType);
        assert_true(axi_type_field(answer, AXI_A_maxLen, &field));
    }
}

static void assert_field(enum axi_type type, enum axi_attr attr, enum axi_form form, unsigned max,
                         unsigned flags)
{
    struct axi_field field;
    assert_true(axi_type_field(type, attr, &field));
    assert_int_equal(field.form, form);
    assert_int_equal(field.max, max);
    assert_int_equal(field.flags, flags);
}

static void attributes_have_their_form_length_and_flags(void **state)
{
    (void)state;
    assert_field(AXI_T_PPUserType, AXI_A_uid, AXI_INT, 0, 0);
    assert_field(AXI_T_PPUserType, AXI_A_name, AXI_STR, 20, 0);
    assert_field(AXI_T_PPUserType, AXI_A_sipPw, AXI_STR, 0, AXI_SECRET);
    assert_field(AXI_T_PPUserType, AXI_A_lang, AXI_ENUMERATED, 0, AXI_READ_ONLY);
    assert_field(AXI_T_PPUserType, AXI_A_timeStampAdmin, AXI_INT64, 0, 0);
    assert_field(AXI_T_PPDevType, AXI_A_uak, AXI_HEX, 32, AXI_SECRET);
    assert_field(AXI_T_PPDevType, AXI_A_ommId, AXI_HEX, 8, 0);
    assert_field(AXI_T_GetPPUser, AXI_A_uid, AXI_INT, 0, AXI_REQUIRED);
    assert_field(AXI_T_MessageType, AXI_A_sendTime, AXI_UINT32, 0, 0);
    assert_field(AXI_T_MessageType, AXI_A_bgColourR, AXI_INT16, 0, 0);
    assert_field(AXI_T_MessageType, AXI_A_toAddr, AXI_STR, 128, 0);
    assert_field(AXI_T_GetSysStatisticOccurrenceResp, AXI_A_counter, AXI_INT_LIST, 0, 0);
    assert_field(AXI_T_GetPublicKeyResp, AXI_A_modulus, AXI_HEX, 0, AXI_REQUIRED);
    assert_field(AXI_T_EventDECTLocate, AXI_A_ommId, AXI_HEX, 0, AXI_OWN_READING);
    assert_field(AXI_T_URLType, AXI_A_password, AXI_STR, 0, AXI_SECRET);
    /* In Open it goes as it is; nothing is encrypted before the key is known. */
    assert_field(AXI_T_Open, AXI_A_password, AXI_STR, 0, AXI_REQUIRED);
}

static void numbers_have_their_range(void **state)
{
    (void)state;
    struct axi_field field;
    assert_true(axi_type_field(AXI_T_PPUserType, AXI_A_holdRingBackTime, &field));
    assert_true(field.form == AXI_INT && field.of == AXI_E_NOTHING);
    assert_true(field.least == 0 && field.most == 5);
    assert_true(axi_type_field(AXI_T_PPUserType, AXI_A_uid, &field));
    assert_true(field.least == 0 && field.most == 0);
    assert_true(axi_type_field(AXI_T_SetDECTSubscriptionMode, AXI_A_timeout, &field));
    assert_true(field.least == 0 && field.most == 60);
    for (int t = 1; t < AXI_T_COUNT; t++)
        for (size_t i = 0; axi_type_field_at((enum axi_type)t, i, &field); i++) {
            bool number = field.form >= AXI_INT && field.form <= AXI_INT64;
            assert_true(number ? field.of == AXI_E_NOTHING && field.least <= field.most
                               : field.least == 0 && field.most == 0);
        }
}

/* Every release adds models and event types: they are texts with known values. */
static void open_sets_are_texts_with_known_values(void **state)
{
    (void)state;
    struct axi_field field;
    assert_true(axi_type_field(AXI_T_PPDevType, AXI_A_hwType, &field));
    assert_int_equal(field.form, AXI_STR);
    assert_int_equal(field.of, AXI_E_HWTypeType);
    assert_int_equal(axi_value_of(field.of, str("142d")), AXI_V_142d);
    assert_true(axi_type_field(AXI_T_SubscribeCmdType, AXI_A_eventType, &field));
    assert_int_equal(field.form, AXI_STR);
    assert_int_equal(field.of, AXI_E_EventType);
}

static void records_are_no_messages(void **state)
{
    (void)state;
    assert_int_equal(axi_type_of(str("PPUserType")), AXI_T_PPUserType);
    assert_int_equal(axi__message_type(str("PPUserType")), AXI_T_NONE);
    assert_int_equal(axi__message_type(str("Open")), AXI_T_Open);
    assert_int_equal(axi__message_type(str("Nothing")), AXI_T_NONE);
}

static void what_cannot_be_known_is_open(void **state)
{
    (void)state;
    assert_true(axi_type_is_open(AXI_T_GetVersionsResp));
    assert_false(axi_type_is_open(AXI_T_GetVersions));
    assert_true(axi_type_is_open(AXI_T_SetPPLink));
    assert_true(axi_type_is_open(AXI_T_SetPPLinkResp));
    assert_false(axi_type_is_open(AXI_T_PPSIPRegister));
}

static void types_tell_where_they_come_from(void **state)
{
    (void)state;
    assert_int_equal(axi_type_basis(AXI_T_GetSNMP), AXI_BASIS_SCHEMA);
    assert_int_equal(axi_type_basis(AXI_T_PPUserType), AXI_BASIS_CAPTURE);
    assert_int_equal(axi_type_basis(AXI_T_GetPP), AXI_BASIS_CLIENT);
    assert_int_equal(axi_type_basis(AXI_T_PPSIPRegister), AXI_BASIS_NAME);
    assert_int_equal(axi_type_basis(AXI_T_PARKFromServerResp), AXI_BASIS_INFERRED);
    assert_string_equal(axi_type_release(AXI_T_Open), "6.1");
    assert_string_equal(axi_type_release(AXI_T_SetPP), "7.1");
    assert_string_equal(axi_type_release(AXI_T_SetPPResp), "7.1");
    assert_string_equal(axi_type_release(AXI_T_SetSystemUpdate), "8.0");
    assert_string_equal(axi_type_version(AXI_T_SetPP), "2.0.0");
    assert_string_equal(axi_type_version(AXI_T_Subscribe), "3.1.2");
    assert_null(axi_type_version(AXI_T_SetPPResp));
    assert_null(axi_type_version(AXI_T_SetSystemUpdate));
}

static void secrets_are_marked_wherever_they_stand(void **state)
{
    (void)state;
    static bool secret[AXI_A_COUNT];
    axi__mark_secrets(secret);
    static const enum axi_attr hidden[] = {
        AXI_A_sipPw,
        AXI_A_pin,
        AXI_A_uak,
        AXI_A_keyLockPin,
        AXI_A_credentialPw,
        AXI_A_password,
        AXI_A_psk,
        AXI_A_oldPassword,
        AXI_A_serviceAuthPassword,
        AXI_A_trapCommunity,
        AXI_A_wepKey1,
        AXI_A_radiusSecret,
        AXI_A_privateKeyPassword,
    };
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        assert_true(secret[hidden[i]]);
    assert_false(secret[AXI_A_name]);
    assert_false(secret[AXI_A_username]);
    assert_false(secret[AXI_A_modulus]);
    assert_false(secret[AXI_A_NONE]);
}

/* --- permissions, pages, event types */

static void permissions_have_names_and_include_others(void **state)
{
    (void)state;
    for (unsigned bit = 1; bit < AXI_MAY_EVERYTHING; bit <<= 1)
        assert_int_equal(axi_permission_of(str(axi_permission_name(bit))), bit);
    assert_string_equal(axi_permission_name(AXI_MAY_Locating), "Locating");
    assert_null(axi_permission_name(0));
    assert_null(axi_permission_name(AXI_MAY_AllCnfRead | AXI_MAY_Video));
    assert_null(axi_permission_name(AXI_MAY_EVERYTHING + 1));
    assert_int_equal(axi_permission_of(str("allCnfRead")), 0);
    static const struct {
        unsigned granted, with;
    } rows[] = {
        {AXI_MAY_NOTHING, AXI_MAY_NOTHING},
        {AXI_MAY_AllCnfRead, AXI_MAY_AllCnfRead},
        {AXI_MAY_AllCnfWrite, AXI_MAY_AllCnfWrite | AXI_MAY_AllCnfRead},
        {AXI_MAY_Messaging, AXI_MAY_Messaging | AXI_MAY_InfoMessaging},
        {AXI_MAY_Alerting, AXI_MAY_Alerting | AXI_MAY_Messaging | AXI_MAY_InfoMessaging},
        {AXI_MAY_LocatingAlert, AXI_MAY_LocatingAlert | AXI_MAY_Messaging | AXI_MAY_InfoMessaging},
        {AXI_MAY_Locating, AXI_MAY_Locating},
        {AXI_MAY_Monitoring, AXI_MAY_Monitoring | AXI_MAY_AllCnfRead},
        {AXI_MAY_Conferencing, AXI_MAY_Conferencing | AXI_MAY_AllCnfRead},
        {AXI_MAY_Video, AXI_MAY_Video | AXI_MAY_AllCnfRead},
        {AXI_MAY_EVERYTHING, AXI_MAY_EVERYTHING},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(axi_permissions_with_implied(rows[i].granted), rows[i].with);
    /* The enumeration has the same ten. */
    for (size_t i = 0; axi_enum_at(AXI_E_PermissionType, i) != AXI_V_NOTHING; i++)
        assert_int_not_equal(
            axi_permission_of(str(axi_value_text(axi_enum_at(AXI_E_PermissionType, i)))), 0);
}

static void requests_need_permissions(void **state)
{
    (void)state;
    static const struct {
        enum axi_type request;
        unsigned needs;
    } rows[] = {
        {AXI_T_Open, AXI_MAY_NOTHING},
        {AXI_T_Ping, AXI_MAY_NOTHING},
        {AXI_T_Limits, AXI_MAY_NOTHING},
        {AXI_T_GetPublicKey, AXI_MAY_NOTHING},
        {AXI_T_Subscribe, AXI_MAY_NOTHING}, /* the event types need some */
        {AXI_T_GetPPUser, AXI_MAY_AllCnfRead},
        {AXI_T_SetPP, AXI_MAY_AllCnfWrite},
        {AXI_T_CreateFixedPP, AXI_MAY_AllCnfWrite},
        {AXI_T_SystemRestart, AXI_MAY_AllCnfWrite},
        {AXI_T_SendMessage, AXI_MAY_InfoMessaging},
        {AXI_T_RequestPositionInfo, AXI_MAY_Locating},
        {AXI_T_CreateConference, AXI_MAY_Conferencing},
        {AXI_T_GetVideoDevLink, AXI_MAY_Video},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(axi_type_permission(rows[i].request), rows[i].needs);
    for (int t = 1; t < AXI_T_COUNT; t++) {
        unsigned needs = axi_type_permission((enum axi_type)t);
        assert_int_equal(needs & (needs - 1), 0);
        if (axi_type_kind((enum axi_type)t) != AXI_REQUEST)
            assert_int_equal(needs, AXI_MAY_NOTHING);
        if (strncmp(axi_type_name((enum axi_type)t), "Get", 3) == 0)
            assert_int_equal(needs & AXI_MAY_AllCnfWrite, 0);
    }
}

static void paged_requests_and_their_records_have_the_key(void **state)
{
    (void)state;
    size_t count = 0;
    for (int t = 0; t <= AXI_T_COUNT; t++) {
        struct axi_paging paging;
        struct axi_field field;
        struct axi_child child;
        enum axi_type request = (enum axi_type)t;
        if (!axi_type_paging(request, &paging))
            continue;
        count++;
        assert_int_equal(axi_type_kind(request), AXI_REQUEST);
        assert_true(axi_type_field(request, paging.key, &field));
        assert_true(axi_type_field(request, AXI_A_maxRecords, &field));
        assert_true(axi__child_of(axi_type_response(request), str(paging.element), &child));
        assert_true(axi_type_field(child.type, paging.record, &field));
        assert_int_equal(paging.first, paging.record == AXI_A_id ? 0 : 1);
    }
    assert_int_equal(count, 19);
}

static void pages_are_known_by_key_element_and_first_id(void **state)
{
    (void)state;
    struct axi_paging paging;
    assert_true(axi_type_paging(AXI_T_GetPPUser, &paging));
    assert_int_equal(paging.key, AXI_A_uid);
    assert_string_equal(paging.element, "user");
    assert_true(paging.first == 1);
    assert_true(axi_type_paging(AXI_T_GetPPDev, &paging));
    assert_int_equal(paging.key, AXI_A_ppn);
    assert_string_equal(paging.element, "pp");
    assert_true(axi_type_paging(AXI_T_GetRFP, &paging));
    assert_int_equal(paging.key, AXI_A_id);
    assert_int_equal(paging.record, AXI_A_id);
    assert_string_equal(paging.element, "rfp");
    assert_true(paging.first == 0);
    assert_true(axi_type_paging(AXI_T_GetActivePPDev, &paging));
    assert_int_equal(paging.key, AXI_A_id);
    assert_int_equal(paging.record, AXI_A_ppn);
    assert_false(axi_type_paging(AXI_T_GetACLEntry, &paging));
    assert_false(axi_type_paging(AXI_T_GetPPUserSummary, &paging));
    assert_false(axi_type_paging(AXI_T_GetPPUserByNumber, &paging));
}

static void event_types_bring_events(void **state)
{
    (void)state;
    struct axi_event_type type, same;
    for (size_t i = 0; axi_event_type_at(i, &type); i++) {
        assert_int_equal(axi_enum_at(AXI_E_EventType, i), type.name);
        assert_true(axi_event_type(type.name, &same));
        assert_memory_equal(&same, &type, sizeof type);
        assert_int_equal(type.permission & (type.permission - 1), 0);
        enum axi_type event;
        for (size_t m = 0; (event = axi_event_type_message(type.name, m)) != AXI_T_NONE; m++)
            assert_int_equal(axi_type_kind(event), AXI_EVENT);
    }
    assert_false(axi_event_type(AXI_V_NOTHING, &type));
    assert_false(axi_event_type(AXI_V_Fixed, &type));
    assert_int_equal(axi_event_type_message(AXI_V_Fixed, 0), AXI_T_NONE);
}

static void event_types_have_filters_and_permissions(void **state)
{
    (void)state;
    struct axi_event_type type;
    assert_true(axi_event_type(AXI_V_PPDevCnf, &type));
    assert_int_equal(type.filters, AXI_BY_PPN);
    assert_int_equal(type.permission, AXI_MAY_AllCnfRead);
    assert_int_equal(axi_event_type_message(AXI_V_PPDevCnf, 0), AXI_T_EventPPDevCnf);
    assert_int_equal(axi_event_type_message(AXI_V_PPDevCnf, 1), AXI_T_EventPPCnf);
    assert_int_equal(axi_event_type_message(AXI_V_PPDevCnf, 2), AXI_T_NONE);
    assert_true(axi_event_type(AXI_V_AlarmTrigger, &type));
    assert_int_equal(type.filters, AXI_BY_PPN | AXI_BY_UID | AXI_BY_OMM | AXI_BY_TRIGGER);
    assert_int_equal(type.permission, AXI_MAY_Alerting);
    assert_true(axi_event_type(AXI_V_MessageSend, &type));
    assert_int_equal(type.filters, AXI_BY_PPN | AXI_BY_SCHEME);
    assert_true(axi_event_type(AXI_V_RFPState, &type));
    assert_int_equal(type.filters, AXI_BY_RFP);
    assert_true(axi_event_type(AXI_V_SystemState, &type));
    assert_int_equal(type.filters, 0);
    /* Known by name alone: neither permission nor message. */
    assert_true(axi_event_type(AXI_V_Roaming, &type));
    assert_int_equal(type.permission, AXI_MAY_NOTHING);
    assert_int_equal(axi_event_type_message(AXI_V_Roaming, 0), AXI_T_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_sorted_by_bytes_and_unique),
        cmocka_unit_test(every_id_has_a_text_that_leads_back),
        cmocka_unit_test(unknown_ids_have_no_text),
        cmocka_unit_test(unknown_texts_have_no_id),
        cmocka_unit_test(a_zero_in_a_name_is_no_end),
        cmocka_unit_test(values_are_those_of_their_enumeration),
        cmocka_unit_test(a_program_can_tell_its_catalogue),
        cmocka_unit_test(the_whole_of_axi_is_there),
        cmocka_unit_test(fields_stand_with_their_types),
        cmocka_unit_test(children_stand_with_their_types),
        cmocka_unit_test(every_request_has_its_answer),
        cmocka_unit_test(attributes_have_their_form_length_and_flags),
        cmocka_unit_test(numbers_have_their_range),
        cmocka_unit_test(open_sets_are_texts_with_known_values),
        cmocka_unit_test(records_are_no_messages),
        cmocka_unit_test(what_cannot_be_known_is_open),
        cmocka_unit_test(types_tell_where_they_come_from),
        cmocka_unit_test(secrets_are_marked_wherever_they_stand),
        cmocka_unit_test(permissions_have_names_and_include_others),
        cmocka_unit_test(requests_need_permissions),
        cmocka_unit_test(paged_requests_and_their_records_have_the_key),
        cmocka_unit_test(pages_are_known_by_key_element_and_first_id),
        cmocka_unit_test(event_types_bring_events),
        cmocka_unit_test(event_types_have_filters_and_permissions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
