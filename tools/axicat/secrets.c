/*
 * Encrypting what is secret and not encrypted yet. A value counts as encrypted when it is base64 of as many bytes
 * as the key has: no text that the key could take is so long. Keys of phones (hexadecimal) and the password of an
 * Open go as they are; so do the secrets of an element with plainText.
 */
#include "secrets.h"

#include <axi/mbedtls.h>
#include <ctype.h>

static size_t key_bytes(const struct axi_public_key *key)
{
    return key->modulus.ptr ? (axi_rsa_public_bits(key) + 7) / 8 : 0;
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

struct encryption {
    const struct axi_public_key *key;
    size_t bytes; /* of the key */
    struct axi_secret_ops ops;
    struct cat_error *error;
};

static bool encrypt_all(struct axi_elem *elem, const struct encryption *encryption)
{
    struct axi_attr_view attr;
    if (says_plain(elem))
        return true;
    for (size_t i = 0; find_clear(elem, encryption->bytes, &i, &attr); i++) {
        struct axi_str name = attr.name;
        if (axi_set_secret(elem, attr.id, attr.value, encryption->key, &encryption->ops) != AXI_OK)
            return cat_fail(encryption->error,
                            "%.*s cannot be encrypted: the key of the OMM takes %zu bytes",
                            (int)name.len, name.ptr, axi_rsa_public_max(encryption->key));
    }
    for (struct axi_elem *child = axi_first_child(elem, NULL); child;
         child = axi_next_sibling(child, NULL)) {
        if (!encrypt_all(child, encryption))
            return false;
    }
    return true;
}

bool cat_encrypt_secrets(struct axi_msg *msg, const struct axi_public_key *key,
                         struct cat_error *error)
{
    if (key_bytes(key) == 0)
        return cat_fail(error, "the OMM has told no usable public key; --plain-secrets sends "
                               "secrets as they are");
    struct axi_rsa *rsa = axi_rsa_new(NULL);
    if (!rsa)
        return cat_fail(error, "the system gives no memory or no random bytes");
    struct encryption encryption = {key, key_bytes(key), axi_rsa_secret_ops(rsa), error};
    bool good = encrypt_all(axi_msg_root(msg), &encryption);
    axi_rsa_free(rsa);
    return good;
}
