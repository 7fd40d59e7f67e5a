/*
 * Answers: reading their codes, making them, and secrets inside requests and answers.
 */
#include <axi/session.h>

#include "text.h"
#include "tree.h"

struct axi_refusal axi_answer_refusal(const struct axi_msg *response)
{
    const struct axi_elem *root = axi_msg_root(response);
    struct axi_refusal refusal = {.code = AXI_V_NOTHING, .text = axi_get_str(root, AXI_A_errCode)};
    if (refusal.text.ptr == NULL)
        return refusal;
    refusal.code = axi_value_of(AXI_E_ResponseCodeType, refusal.text);
    if (refusal.code == AXI_V_NOTHING)
        refusal.code = AXI_V_EFailed;
    refusal.bad = axi_get_str(root, AXI_A_bad);
    refusal.info = axi_get_str(root, AXI_A_info);
    refusal.max_len = axi_get_int_or(root, AXI_A_maxLen, 0);
    return refusal;
}

enum axi_value axi_answer_code(const struct axi_msg *response)
{
    return axi_answer_refusal(response).code;
}

struct axi_elem *axi_answer_start(struct axi_msg *answer, const struct axi_msg *request)
{
    const struct axi_elem *asked = axi_msg_root(request);
    if (answer == NULL)
        return NULL;
    if (asked == NULL || answer == request) {
        axi__msg_fail(answer, AXI_EINVAL);
        return &answer->sink;
    }
    struct axi_elem *root = axi__msg_start_joined(answer, asked->name, axi__str("Resp"));
    struct axi_str seq = axi_get_str(asked, AXI_A_seq);
    if (seq.ptr != NULL)
        axi_set_str(root, AXI_A_seq, seq); /* as it came, number or not */
    return root;
}

struct axi_elem *axi_answer_error(struct axi_msg *answer, const struct axi_msg *request,
                                  enum axi_value code, const char *bad, const char *info)
{
    struct axi_elem *root = axi_answer_start(answer, request);
    axi_set_enum(root, AXI_A_errCode, code);
    if (bad != NULL)
        axi_set_cstr(root, AXI_A_bad, bad);
    if (info != NULL)
        axi_set_cstr(root, AXI_A_info, info);
    return root;
}

struct axi_elem *axi_answer_too_long(struct axi_msg *answer, const struct axi_msg *request,
                                     const char *bad, int64_t max_len)
{
    struct axi_elem *root = axi_answer_error(answer, request, AXI_V_ETooLong, bad, NULL);
    axi_set_int(root, AXI_A_maxLen, max_len);
    return root;
}

int axi_set_secret(struct axi_elem *elem, enum axi_attr attr, struct axi_str plain,
                   const struct axi_public_key *key, const struct axi_secret_ops *ops)
{
    char text[AXI_SECRET_TEXT_MAX];
    size_t len = 0;
    if (elem == NULL || key == NULL || ops == NULL || ops->encrypt == NULL)
        return AXI_EINVAL;
    int rc = ops->encrypt(ops->user, key, plain, text, sizeof text, &len);
    if (rc != AXI_OK)
        return rc;
    if (len > sizeof text)
        return AXI_ESECRET;
    struct axi_str secret = {text, len};
    axi_set_str(elem, attr, secret);
    return elem->msg->error;
}

int axi_get_secret(const struct axi_elem *elem, enum axi_attr attr,
                   const struct axi_secret_ops *ops, char *ret_plain, size_t max, size_t *ret_len)
{
    struct axi_str text = axi_get_str(elem, attr);
    size_t len = 0;
    if (ops == NULL || ops->decrypt == NULL)
        return AXI_EINVAL;
    if (text.ptr == NULL)
        return AXI_ENOENT;
    int rc = ops->decrypt(ops->user, text, ret_plain, max, &len);
    if (rc != AXI_OK)
        return rc;
    if (len > max)
        return AXI_ESECRET;
    *ret_len = len;
    return AXI_OK;
}
