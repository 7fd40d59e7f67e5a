/*
 * Requests and their answers, answers of a server, and secrets through a hook.
 */
#include "axi/support.h"

/* --- calls */

static int64_t begin(struct axi_calls *calls, struct axi_msg *msg, enum axi_type type, uint64_t tag,
                     int64_t deadline)
{
    axi_msg_start(msg, type);
    assert_int_equal(axi_calls_begin(calls, msg, tag, deadline), AXI_OK);
    return axi_get_int_or(axi_msg_root(msg), AXI_A_seq, -1);
}

static int match(struct axi_calls *calls, struct axi_parser *parser, const char *text,
                 struct axi_call *ret_call)
{
    return axi_calls_match(calls, parse(parser, text), ret_call);
}

struct fixture {
    struct axi_calls *calls;
    struct axi_msg *msg;
    struct axi_parser *parser;
};

static struct fixture setup(size_t max)
{
    struct fixture f = {axi_calls_new(NULL, max), axi_msg_new(NULL), axi_parser_new(NULL)};
    return f;
}

static void teardown(struct fixture *f)
{
    axi_calls_free(f->calls);
    axi_msg_free(f->msg);
    axi_parser_free(f->parser);
}

static void answers_are_found_by_seq_in_any_order(void **state)
{
    (void)state;
    struct fixture f = setup(3);
    struct axi_call call;
    assert_int_equal(begin(f.calls, f.msg, AXI_T_Open, 100, 50), 1);
    assert_int_equal(begin(f.calls, f.msg, AXI_T_Ping, 200, 60), 2);
    assert_int_equal(begin(f.calls, f.msg, AXI_T_Ping, 300, 70), 3);
    assert_int_equal(match(f.calls, f.parser, "<PingResp seq=\"3\"/>", &call), AXI_OK);
    assert_int_equal(call.tag, 300);
    assert_int_equal(call.seq, 3);
    assert_int_equal(call.request, AXI_T_Ping);
    assert_int_equal(call.deadline_ms, 70);
    assert_int_equal(match(f.calls, f.parser, "<PingResp seq=\"3\"/>", &call), AXI_ENOENT);
    assert_int_equal(match(f.calls, f.parser, "<OpenResp seq=\"1\"/>", &call), AXI_OK);
    assert_int_equal(call.tag, 100);
    assert_int_equal(axi_calls_count(f.calls), 1);
    teardown(&f);
}

static void answers_without_seq_are_found_by_name_oldest_first(void **state)
{
    (void)state;
    struct fixture f = setup(5);
    struct axi_call call;
    begin(f.calls, f.msg, AXI_T_Ping, 1, 0);
    begin(f.calls, f.msg, AXI_T_Open, 2, 0);
    begin(f.calls, f.msg, AXI_T_Ping, 3, 0);
    assert_int_equal(match(f.calls, f.parser, "<PingResp/>", &call), AXI_OK);
    assert_int_equal(call.tag, 1);
    assert_int_equal(match(f.calls, f.parser, "<PingResp/>", &call), AXI_OK);
    assert_int_equal(call.tag, 3);
    assert_int_equal(match(f.calls, f.parser, "<PingResp/>", &call), AXI_ENOENT);
    assert_int_equal(match(f.calls, f.parser, "<Nonsense/>", &call), AXI_ENOENT);
    assert_int_equal(match(f.calls, f.parser, "<EventPPState/>", &call), AXI_ENOENT);
    assert_int_equal(axi_calls_count(f.calls), 1);
    teardown(&f);
}

static void nonsense_answers_match_nothing(void **state)
{
    (void)state;
    struct fixture f = setup(5);
    struct axi_call call;
    begin(f.calls, f.msg, AXI_T_Ping, 1, 0);
    assert_int_equal(match(f.calls, f.parser, "<OpenResp seq=\"1\"/>", &call), AXI_ENOENT);
    assert_int_equal(match(f.calls, f.parser, "<PingResp seq=\"one\"/>", &call), AXI_ENOENT);
    assert_int_equal(match(f.calls, f.parser, "<PingResp seq=\"7\"/>", &call), AXI_ENOENT);
    axi_msg_reset(f.msg);
    assert_int_equal(axi_calls_match(f.calls, f.msg, &call), AXI_ENOENT);
    assert_int_equal(axi_calls_count(f.calls), 1);
    teardown(&f);
}

static void a_full_table_refuses_and_numbers_nothing(void **state)
{
    (void)state;
    struct fixture f = setup(1);
    struct axi_call call;
    begin(f.calls, f.msg, AXI_T_Ping, 1, 0);
    axi_msg_start(f.msg, AXI_T_Ping);
    assert_int_equal(axi_calls_begin(f.calls, f.msg, 2, 0), AXI_EFULL);
    assert_false(axi_has(axi_msg_root(f.msg), AXI_A_seq));
    assert_int_equal(match(f.calls, f.parser, "<PingResp seq=\"1\"/>", &call), AXI_OK);
    assert_int_equal(begin(f.calls, f.msg, AXI_T_Ping, 3, 0), 2);
    teardown(&f);
}

static void a_broken_request_is_not_remembered(void **state)
{
    (void)state;
    struct fixture f = setup(2);
    assert_int_equal(axi_calls_begin(f.calls, f.msg, 0, 0), AXI_ESTATE);
    axi_set_cstr(axi_msg_start(f.msg, AXI_T_Ping), AXI_A_info, "\xFF");
    assert_int_equal(axi_calls_begin(f.calls, f.msg, 0, 0), AXI_EUTF8);
    axi_msg_start(f.msg, AXI_T_NONE);
    assert_int_equal(axi_calls_begin(f.calls, f.msg, 0, 0), AXI_EINVAL);
    assert_int_equal(axi_calls_count(f.calls), 0);
    teardown(&f);
}

static void requests_expire_at_their_deadlines(void **state)
{
    (void)state;
    struct fixture f = setup(4);
    struct axi_call call;
    assert_true(axi_calls_deadline(f.calls) == INT64_MAX);
    begin(f.calls, f.msg, AXI_T_Ping, 1, 300);
    begin(f.calls, f.msg, AXI_T_Ping, 2, 100);
    begin(f.calls, f.msg, AXI_T_Ping, 3, 200);
    assert_int_equal(axi_calls_deadline(f.calls), 100);
    assert_false(axi_calls_expired(f.calls, 99, &call));
    assert_true(axi_calls_expired(f.calls, 100, &call));
    assert_int_equal(call.tag, 2);
    assert_false(axi_calls_expired(f.calls, 100, &call));
    assert_int_equal(axi_calls_deadline(f.calls), 200);
    assert_int_equal(match(f.calls, f.parser, "<PingResp seq=\"2\"/>", &call), AXI_ENOENT);
    axi_calls_clear(f.calls);
    assert_int_equal(axi_calls_count(f.calls), 0);
    assert_int_equal(begin(f.calls, f.msg, AXI_T_Ping, 4, 0), 4);
    teardown(&f);
}

/* --- answers */

static void codes_of_answers_are_read(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    assert_int_equal(axi_answer_code(parse(parser, "<PingResp/>")), AXI_V_NOTHING);
    assert_int_equal(axi_answer_code(parse(parser, "<PingResp errCode=\"ENoEnt\"/>")),
                     AXI_V_ENoEnt);
    assert_int_equal(axi_answer_code(parse(parser, "<PingResp errCode=\"ENew\"/>")), AXI_V_EFailed);
    assert_int_equal(axi_answer_code(parse(parser, "<PingResp errCode=\"Busy\"/>")), AXI_V_EFailed);
    assert_int_equal(axi_answer_code(NULL), AXI_V_NOTHING);
    axi_parser_free(parser);
}

static void a_refusal_says_why(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_refusal refusal = axi_answer_refusal(
        parse(parser,
              "<SetPPUserResp errCode=\"ETooLong\" bad=\"name\" info=\"cut it\" maxLen=\"20\"/>"));
    assert_int_equal(refusal.code, AXI_V_ETooLong);
    assert_str(refusal.text, "ETooLong");
    assert_str(refusal.bad, "name");
    assert_str(refusal.info, "cut it");
    assert_int_equal(refusal.max_len, 20);
    refusal = axi_answer_refusal(parse(parser, "<PingResp errCode=\"ENew\"/>"));
    assert_int_equal(refusal.code, AXI_V_EFailed);
    assert_str(refusal.text, "ENew");
    assert_null(refusal.bad.ptr);
    assert_null(refusal.info.ptr);
    assert_int_equal(refusal.max_len, 0);
    refusal = axi_answer_refusal(parse(parser, "<PingResp bad=\"x\" maxLen=\"3\"/>"));
    assert_int_equal(refusal.code, AXI_V_NOTHING);
    assert_null(refusal.text.ptr);
    assert_null(refusal.bad.ptr);
    assert_int_equal(axi_answer_refusal(NULL).code, AXI_V_NOTHING);
    struct axi_msg *answer = axi_msg_new(NULL);
    axi_answer_too_long(answer, parse(parser, "<SetPPUser seq=\"4\"/>"), "name", 20);
    refusal = axi_answer_refusal(answer);
    assert_int_equal(refusal.code, AXI_V_ETooLong);
    assert_int_equal(refusal.max_len, 20);
    assert_encodes(answer,
                   "<SetPPUserResp seq=\"4\" errCode=\"ETooLong\" bad=\"name\" maxLen=\"20\"/>");
    axi_msg_free(answer);
    axi_parser_free(parser);
}

static void an_answer_has_the_name_and_seq_of_the_request(void **state)
{
    (void)state;
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *answer = axi_msg_new(NULL);
    axi_set_int(axi_answer_start(answer, parse(parser, "<Ping seq=\"0\"/>")), AXI_A_timeStamp, 5);
    assert_int_equal(axi_msg_type(answer), AXI_T_PingResp);
    assert_encodes(answer, "<PingResp seq=\"0\" timeStamp=\"5\"/>");
    axi_answer_start(answer, parse(parser, "<Ping seq=\"a&amp;b\"/>"));
    assert_encodes(answer, "<PingResp seq=\"a&amp;b\"/>");
    axi_answer_error(answer, parse(parser, "<DoSomethingNew/>"), AXI_V_EInval, NULL, NULL);
    assert_encodes(answer, "<DoSomethingNewResp errCode=\"EInval\"/>");
    axi_answer_error(answer, parse(parser, "<GetPPUser seq=\"9\"/>"), AXI_V_EMissing, "uid",
                     "no uid");
    assert_encodes(answer,
                   "<GetPPUserResp seq=\"9\" errCode=\"EMissing\" bad=\"uid\" info=\"no uid\"/>");
    axi_msg_reset(answer);
    assert_non_null(axi_answer_start(answer, NULL));
    assert_null(axi_answer_start(NULL, answer));
    assert_int_equal(axi_msg_error(answer), AXI_EINVAL);
    axi_msg_free(answer);
    axi_parser_free(parser);
}

/* --- secrets */

/* "Encrypts" by putting the modulus in front; refuses more than 8 bytes. */
static int fake_encrypt(void *user, const struct axi_public_key *key, struct axi_str plain,
                        char *ret_text, size_t max, size_t *ret_len)
{
    ++*(int *)user;
    if (plain.len == 0)
        *ret_len = max + 1; /* a hook that says more than it wrote */
    if (plain.len > 8 || plain.len == 0)
        return plain.len == 0 ? AXI_OK : AXI_ESECRET;
    *ret_len = (size_t)snprintf(ret_text, max, "%.*s:%.*s", (int)key->modulus.len, key->modulus.ptr,
                                (int)plain.len, plain.ptr);
    return AXI_OK;
}

static void secrets_go_through_the_hook(void **state)
{
    (void)state;
    int used = 0;
    struct axi_secret_ops ops = {.user = &used, .encrypt = fake_encrypt};
    struct axi_public_key key = {{"C0FFEE", 6}, {"10001", 5}};
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_elem *user = axi_add_child(axi_msg_start(msg, AXI_T_SetPPUser), "user");
    assert_int_equal(axi_set_secret(user, AXI_A_pin, str("1234"), &key, &ops), AXI_OK);
    assert_int_equal(axi_set_secret(user, AXI_A_sipPw, str("too long for it"), &key, &ops),
                     AXI_ESECRET);
    assert_int_equal(axi_set_secret(user, AXI_A_sipPw, str(""), &key, &ops), AXI_ESECRET);
    assert_int_equal(axi_set_secret(user, AXI_A_sipPw, str("x"), &key, NULL), AXI_EINVAL);
    assert_int_equal(axi_set_secret(user, AXI_A_sipPw, str("x"), NULL, &ops), AXI_EINVAL);
    assert_int_equal(used, 3);
    assert_encodes(msg, "<SetPPUser><user pin=\"C0FFEE:1234\"/></SetPPUser>");
    axi_msg_free(msg);
}

/* "Decrypts" by leaving the first two bytes away; says more than it wrote when there are none. */
static int fake_decrypt(void *user, struct axi_str text, char *ret_plain, size_t max,
                        size_t *ret_len)
{
    ++*(int *)user;
    if (text.len == 0) {
        *ret_len = max + 1;
        return AXI_OK;
    }
    if (text.len - 2 > max)
        return AXI_ESECRET;
    memcpy(ret_plain, text.ptr + 2, text.len - 2);
    *ret_len = text.len - 2;
    return AXI_OK;
}

static void secrets_come_back_through_the_hook(void **state)
{
    (void)state;
    int used = 0;
    size_t len = 77;
    char plain[8];
    struct axi_secret_ops ops = {.user = &used, .decrypt = fake_decrypt}, none = {0};
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_elem *user = axi_first_child(
        axi_msg_root(parse(parser, "<SetPPUser><user pin=\"xx1234\" sipPw=\"xx123456789\" "
                                   "newPw=\"\" num=\"\"/></SetPPUser>")),
        NULL);
    assert_int_equal(axi_get_secret(user, AXI_A_sipPw, &ops, plain, sizeof plain, &len),
                     AXI_ESECRET);
    assert_int_equal(axi_get_secret(user, AXI_A_num, &ops, plain, sizeof plain, &len), AXI_ESECRET);
    assert_int_equal(axi_get_secret(user, AXI_A_addId, &ops, plain, sizeof plain, &len),
                     AXI_ENOENT);
    assert_int_equal(axi_get_secret(NULL, AXI_A_pin, &ops, plain, sizeof plain, &len), AXI_ENOENT);
    assert_int_equal(axi_get_secret(user, AXI_A_pin, &none, plain, sizeof plain, &len), AXI_EINVAL);
    assert_int_equal(axi_get_secret(user, AXI_A_pin, NULL, plain, sizeof plain, &len), AXI_EINVAL);
    assert_int_equal(len, 77);
    assert_int_equal(axi_get_secret(user, AXI_A_pin, &ops, plain, sizeof plain, &len), AXI_OK);
    assert_int_equal(len, 4);
    assert_memory_equal(plain, "1234", 4);
    assert_int_equal(used, 3);
    axi_parser_free(parser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_found_by_seq_in_any_order),
        cmocka_unit_test(answers_without_seq_are_found_by_name_oldest_first),
        cmocka_unit_test(nonsense_answers_match_nothing),
        cmocka_unit_test(a_full_table_refuses_and_numbers_nothing),
        cmocka_unit_test(a_broken_request_is_not_remembered),
        cmocka_unit_test(requests_expire_at_their_deadlines),
        cmocka_unit_test(codes_of_answers_are_read),
        cmocka_unit_test(a_refusal_says_why),
        cmocka_unit_test(an_answer_has_the_name_and_seq_of_the_request),
        cmocka_unit_test(secrets_go_through_the_hook),
        cmocka_unit_test(secrets_come_back_through_the_hook),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
