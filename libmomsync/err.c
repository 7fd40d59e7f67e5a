/*
 * Names, texts and bands of the result codes, from the table in <momsync/base.h>; the version.
 */
#include <momsync/base.h>

enum band { MISUSE, REFUSED, STORE };

const char *mom_err_name(int code)
{
    switch (code) {
    case MOM_OK:
        return "MOM_OK";
#define MOM_ERR_NAME(name, number, band, text)                                                     \
    case MOM_##name:                                                                               \
        return "MOM_" #name;
        MOM_ERRORS(MOM_ERR_NAME)
#undef MOM_ERR_NAME
    default:
        return "MOM_E?";
    }
}

const char *mom_err_text(int code)
{
    switch (code) {
    case MOM_OK:
        return "success";
#define MOM_ERR_TEXT(name, number, band, text)                                                     \
    case MOM_##name:                                                                               \
        return text;
        MOM_ERRORS(MOM_ERR_TEXT)
#undef MOM_ERR_TEXT
    default:
        return "unknown error";
    }
}

bool mom_err_is_fatal(int code)
{
    switch (code) {
#define MOM_ERR_BAND(name, number, band, text)                                                     \
    case MOM_##name:                                                                               \
        return band == STORE;
        MOM_ERRORS(MOM_ERR_BAND)
#undef MOM_ERR_BAND
    default:
        return false;
    }
}

const char *mom_version(void)
{
    return MOM_VERSION_TEXT;
}
