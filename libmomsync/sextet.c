/*
 * Four digits are three bytes, the first digit in the highest bits, as in base64 (RFC 4648, section 4).
 */
#include "sextet.h"

enum { PAD = '=' };

static const char digit_of[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* One more than the value of a digit; 0: it is none. */
static const unsigned char values[256] = {
    /* clang-format off */
    ['A'] =  1, ['B'] =  2, ['C'] =  3, ['D'] =  4, ['E'] =  5, ['F'] =  6, ['G'] =  7, ['H'] =  8,
    ['I'] =  9, ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
    /* clang-format on */
};

bool mom__sextet_is(struct mom_str text, size_t *ret_digits, unsigned *ret_pads)
{
    size_t digits = text.len;

    while (digits > 0 && text.len - digits < MOM__SEXTET_PADS && text.ptr[digits - 1] == PAD)
        digits--;
    for (size_t i = 0; i < digits; i++) {
        if (values[(unsigned char)text.ptr[i]] == 0)
            return false;
    }
    *ret_digits = digits;
    *ret_pads = (unsigned)(text.len - digits);
    return true;
}

size_t mom__sextet_bytes(size_t digits)
{
    return digits / 4 * 3 + (digits % 4 * 6 + 7) / 8;
}

static uint32_t value_of(const char *at)
{
    return values[(unsigned char)*at] - 1u;
}

void mom__sextet_pack(const char *text, size_t digits, unsigned char *ret_bytes)
{
    unsigned char *to = ret_bytes;
    uint32_t bits = 0;

    for (; digits >= 4; text += 4, digits -= 4) {
        bits = value_of(text) << 18 | value_of(text + 1) << 12 | value_of(text + 2) << 6 |
               value_of(text + 3);
        *to++ = (unsigned char)(bits >> 16);
        *to++ = (unsigned char)(bits >> 8);
        *to++ = (unsigned char)bits;
    }
    bits = 0;
    for (unsigned i = 0; i < digits; i++)
        bits |= value_of(text + i) << (26 - 6 * i);
    for (size_t left = mom__sextet_bytes(digits); left > 0; left--, bits <<= 8)
        *to++ = (unsigned char)(bits >> 24);
}

void mom__sextet_unpack(const unsigned char *bytes, size_t digits, unsigned pads, char *ret_text)
{
    char *to = ret_text;
    uint32_t bits = 0;

    for (; digits >= 4; bytes += 3, digits -= 4) {
        bits = (uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 8 | bytes[2];
        *to++ = digit_of[bits >> 18];
        *to++ = digit_of[bits >> 12 & 63];
        *to++ = digit_of[bits >> 6 & 63];
        *to++ = digit_of[bits & 63];
    }
    bits = 0;
    for (size_t i = 0; i < mom__sextet_bytes(digits); i++)
        bits |= (uint32_t)bytes[i] << (24 - 8 * i);
    for (; digits > 0; digits--, bits <<= 6)
        *to++ = digit_of[bits >> 26];
    for (; pads > 0; pads--)
        *to++ = (char)PAD;
}
