/*
 * Names and texts of the result codes, from the table in <axi/base.h>.
 */
#include <axi/base.h>

const char *axi_err_name(int code)
{
    switch (code) {
    case AXI_OK:
        return "AXI_OK";
#define AXI_ERR_NAME(name, number, band, text)                                                     \
    case AXI_##name:                                                                               \
        return "AXI_" #name;
        AXI_ERRORS(AXI_ERR_NAME)
#undef AXI_ERR_NAME
    default:
        return "AXI_E?";
    }
}

const char *axi_err_text(int code)
{
    switch (code) {
    case AXI_OK:
        return "success";
#define AXI_ERR_TEXT(name, number, band, text)                                                     \
    case AXI_##name:                                                                               \
        return text;
        AXI_ERRORS(AXI_ERR_TEXT)
#undef AXI_ERR_TEXT
    default:
        return "unknown error";
    }
}

const char *axi_version(void)
{
    return MOM_VERSION_TEXT;
}
