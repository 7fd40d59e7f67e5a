/*
 * Answers: reading their codes, making them, and secrets inside requests and answers.
 */
#include <axi/session.h>

#include "text.h"
#include "tree.h"

enum axi_value axi_answer_code(const struct axi_msg *response)
{
    struct axi_str text = axi_get_str(axi_msg_root(response), AXI_A_errCode);
    if (text.ptr == NULL)
        return AXI_V_NOTHING;
    enum axi_value code = axi_value_of(AXI_E_ResponseCodeType, text);
    return code != AXI_V_NOTHING ? code : AXI_V_EFailed;
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
