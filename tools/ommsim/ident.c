/*
 * Numbers of the DECT world in the forms that AXI carries: IPEI (EN 300 175-6, with the check digit of its printed
 * form), IPUI-N, PARK.
 */
#include "sim.h"

#include <stdio.h>
#include <string.h>

#define EMC_MAX 65535u
#define PSN_MAX 1048575u

static char check_digit(const char *digits, size_t count)
{
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (unsigned)(i + 1) * (unsigned)(digits[i] - '0');
    return sum % 11 == 10 ? '*' : (char)('0' + sum % 11);
}

void sim_ipei_print(unsigned emc, unsigned psn, char ret_ipei[16])
{
    char digits[24];
    snprintf(digits, sizeof digits, "%05u%07u", emc % 100000, psn % 10000000);
    snprintf(ret_ipei, 16, "%.5s %.7s %c", digits, digits + 5, check_digit(digits, 12));
}

/* Digits without blanks and both parts; false when the form is another one. */
static bool parse_ipei(const char *text, unsigned *ret_emc, unsigned *ret_psn)
{
    char digits[14];
    size_t count = 0;
    for (; *text != '\0'; text++) {
        if (*text == ' ')
            continue;
        bool check = count == 12 && *text == '*';
        if (count == 13 || (!check && (*text < '0' || *text > '9')))
            return false;
        digits[count++] = *text;
    }
    if (count != 13 || digits[12] != check_digit(digits, 12))
        return false;
    unsigned emc = 0, psn = 0;
    for (size_t i = 0; i < 12; i++) {
        unsigned *part = i < 5 ? &emc : &psn;
        *part = *part * 10 + (unsigned)(digits[i] - '0');
    }
    *ret_emc = emc;
    *ret_psn = psn;
    return emc <= EMC_MAX && psn <= PSN_MAX;
}

bool sim_ipei_normal(const char *text, char ret_ipei[16])
{
    unsigned emc, psn;
    if (!parse_ipei(text, &emc, &psn))
        return false;
    sim_ipei_print(emc, psn, ret_ipei);
    return true;
}

void sim_subscription_id(const char *ipei, char ret_id[17])
{
    unsigned emc = 0, psn = 0;
    if (!parse_ipei(ipei, &emc, &psn)) {
        ret_id[0] = '\0';
        return;
    }
    snprintf(ret_id, 17, "050%04X%05X0000", emc, psn);
}

bool sim_park_valid(const char *text)
{
    return strlen(text) == 10 && strspn(text, "0123456789ABCDEF") == 10 &&
           text[2] < '8'; /* bit 31 of the ARI part is 0 in a PARK */
}
