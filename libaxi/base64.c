/*
 * Base64, both ways.
 */
#include "base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t axi__base64_encode(const void *data, size_t len, char *out)
{
    const unsigned char *in = data;
    char *to = out;
    for (; len >= 3; len -= 3, in += 3) {
        uint32_t bits = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
        *to++ = alphabet[bits >> 18];
        *to++ = alphabet[bits >> 12 & 63];
        *to++ = alphabet[bits >> 6 & 63];
        *to++ = alphabet[bits & 63];
    }
    if (len > 0) {
        uint32_t bits = (uint32_t)in[0] << 16 | (len == 2 ? (uint32_t)in[1] << 8 : 0);
        *to++ = alphabet[bits >> 18];
        *to++ = alphabet[bits >> 12 & 63];
        *to++ = len == 2 ? alphabet[bits >> 6 & 63] : '=';
        *to++ = '=';
    }
    return (size_t)(to - out);
}

enum { PAD = -1, SKIP = -2, BAD = -3 };

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    switch (c) {
    case '+':
        return 62;
    case '/':
        return 63;
    case '=':
        return PAD;
    case ' ':
    case '\t':
    case '\r':
    case '\n':
        return SKIP;
    default:
        return BAD;
    }
}

/* Four characters at a time: `count` of them have come, `pads` of these are padding. */
struct group {
    uint32_t bits;
    unsigned count, pads;
};

static bool add(struct group *group, int value)
{
    if (value == BAD || (value == PAD && group->count < 2) || (value != PAD && group->pads > 0))
        return false;
    group->bits = group->bits << 6 | (value == PAD ? 0 : (uint32_t)value);
    group->count++;
    group->pads += value == PAD;
    return true;
}

/* A group is complete: its bytes. False when there is no room, or bits behind the last byte. */
static bool put(const struct group *group, unsigned char *out, size_t room)
{
    unsigned bytes = 3 - group->pads;
    uint32_t rest = group->bits & (group->pads == 0 ? 0 : group->pads == 1 ? 0xFFu : 0xFFFFu);
    if (bytes > room || rest != 0)
        return false;
    for (unsigned i = 0; i < bytes; i++)
        out[i] = (unsigned char)(group->bits >> (16 - 8 * i));
    return true;
}

bool axi__base64_decode(struct axi_str text, void *out, size_t max, size_t *ret_len)
{
    struct group group = {0, 0, 0};
    size_t len = 0;
    bool ended = false;
    for (size_t i = 0; i < text.len; i++) {
        int value = value_of(text.ptr[i]);
        if (value == SKIP)
            continue;
        if (ended || !add(&group, value))
            return false;
        if (group.count < 4)
            continue;
        if (!put(&group, (unsigned char *)out + len, max - len))
            return false;
        len += 3 - group.pads;
        ended = group.pads > 0;
        group = (struct group){0, 0, 0};
    }
    if (group.count > 0)
        return false;
    *ret_len = len;
    return true;
}
