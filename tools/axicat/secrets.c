/*
 * Encrypting what is secret and not encrypted yet. A value counts as encrypted when it is base64 of as many bytes as the
 * key has: no text that the key could take is so long. Keys of phones (hexadecimal) and the password of an Open go as
 * they are; so do the secrets of an element with plainText.
 */
#include "secrets.h"

#include <com/rsa.h>
#include <ctype.h>

static size_t key_bytes(const struct axi_public_key *key)
{
    struct com_rsa_public rsa = {key->modulus.ptr, key->modulus.len, key->exponent.ptr,
                                 key->exponent.len};
    return key->modulus.ptr ? (com_rsa_public_bits(&rsa) + 7) / 8 : 0;
}

/* `bytes` 0: the key is not known, any length from 512 bits on will do. */
static bool is_encrypted(struct axi_str text, size_t bytes)
{
    size_t len = text.len, padding = 0;
    while (len > 0 && padding < 2 && text.ptr[len - 1] == '=') {
        len--;
        padding++;
    }
    if (text.len % 4 != 0 || text.len < 86)
        return false;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (!isalnum(c) && c != '+' && c != '/')
            return false;
    }
    return bytes == 0 || text.len / 4 * 3 - padding == bytes;
}

static bool is_clear(const struct axi_elem *elem, const struct axi_attr_view *attr, size_t bytes)
{
    struct axi_field field;
    return attr->id != AXI_A_NONE && attr->value.len > 0 &&
           axi_type_field(axi_elem_type(elem), attr->id, &field) &&
           (field.flags & AXI_SECRET) != 0 && field.form == AXI_STR &&
           !is_encrypted(attr->value, bytes);
}

static bool says_plain(const struct axi_elem *elem)
{
    struct axi_str text = axi_get_named(elem, "plainText");
    return cat_is(text, "1") || cat_is(text, "true");
}

/* The first secret in clear of the element itself. */
static bool find_clear(const struct axi_elem *elem, size_t bytes, size_t *from,
                       struct axi_attr_view *ret_attr)
{
    for (; axi_attr_at(elem, *from, ret_attr); ++*from) {
        if (is_clear(elem, ret_attr, bytes))
            return true;
    }
    return false;
}

static bool has_clear(const struct axi_elem *elem, size_t bytes)
{
    struct axi_attr_view attr;
    size_t from = 0;
    if (says_plain(elem))
        return false;
    if (find_clear(elem, bytes, &from, &attr))
        return true;
    for (const struct axi_elem *child = axi_first_child(elem, NULL); child;
         child = axi_next_sibling(child, NULL)) {
        if (has_clear(child, bytes))
            return true;
    }
    return false;
}

bool cat_has_clear_secrets(const struct axi_msg *msg, const struct axi_public_key *key)
{
    return axi_msg_type(msg) != AXI_T_Open && has_clear(axi_msg_root(msg), key_bytes(key));
}

static int encrypt(void *user, const struct axi_public_key *key, struct axi_str plain,
                   char *ret_text, size_t max, size_t *ret_len)
{
    struct com_rsa_public rsa = {key->modulus.ptr, key->modulus.len, key->exponent.ptr,
                                 key->exponent.len};
    int *ret_code = user;
    *ret_code = com_rsa_encrypt_base64(&rsa, (struct com_bytes){plain.ptr, plain.len}, ret_text,
                                       max, ret_len);
    return *ret_code == COM_RSA_OK ? AXI_OK : AXI_ESECRET;
}

static bool encrypt_all(struct axi_elem *elem, const struct axi_public_key *key, size_t bytes,
                        struct cat_error *error)
{
    int code = COM_RSA_OK;
    const struct axi_secret_ops ops = {.user = &code, .encrypt = encrypt};
    struct axi_attr_view attr;
    size_t i = 0;
    if (says_plain(elem))
        return true;
    for (; find_clear(elem, bytes, &i, &attr); i++) {
        struct axi_str name = attr.name;
        if (axi_set_secret(elem, attr.id, attr.value, key, &ops) != AXI_OK)
            return cat_fail(error, "%.*s cannot be encrypted: %s", (int)name.len, name.ptr,
                            com_rsa_err_text(code));
    }
    for (struct axi_elem *child = axi_first_child(elem, NULL); child;
         child = axi_next_sibling(child, NULL)) {
        if (!encrypt_all(child, key, bytes, error))
            return false;
    }
    return true;
}

bool cat_encrypt_secrets(struct axi_msg *msg, const struct axi_public_key *key,
                         struct cat_error *error)
{
    if (!key->modulus.ptr || !key->exponent.ptr)
        return cat_fail(error, "the OMM has told no public key; --plain-secrets sends secrets as "
                               "they are");
    return encrypt_all(axi_msg_root(msg), key, key_bytes(key), error);
}
