/*
 * The expat adapter: builds the tree while expat reads.
 *
 * This is the hot path of every link. Attribute names are found by the catalogue's hash
 * table; the values of an element are copied with one memcpy when expat has them side by side,
 * which it does for all but the largest. expat's own memory comes from the C library: its hook has
 * no context.
 */
#include "xml.h"

#include <expat.h>
#include <string.h>

#include "alloc.h"
#include "catalogue.h"
#include "text.h"

_Static_assert(sizeof(XML_Char) == 1, "expat must give UTF-8");

struct axi__xml {
    struct axi_alloc alloc;
    XML_Parser expat;
    bool used;
    unsigned max_depth, max_attrs, max_elems;
    /* of the message being read */
    struct axi_msg *msg;
    struct axi_elem *top; /* the element that is open */
    unsigned depth, elems;
    int fail;
    XML_Index fail_at;
};

/* --- the tree */

static void stop(struct axi__xml *xml, int code)
{
    if (xml->fail == AXI_OK) {
        xml->fail = code;
        xml->fail_at = XML_GetCurrentByteIndex(xml->expat);
    }
    XML_StopParser(xml->expat, XML_FALSE);
}

static char *copy_bytes(struct axi__xml *xml, const char *bytes, size_t len)
{
    char *copy = axi__arena_bytes(&xml->msg->arena, len);
    if (copy != NULL)
        memcpy(copy, bytes, len);
    return copy;
}

/* Names and lengths of the attributes; returns whether the values stand side by side in memory. */
static bool note_attrs(struct axi__xml *xml, struct axi_elem *elem, const XML_Char **atts)
{
    bool together = true;
    for (unsigned i = 0; i < elem->count; i++, atts += 2) {
        struct axi__attr *attr = &elem->attrs[i];
        size_t name_len = strlen(atts[0]), value_len = strlen(atts[1]);
        attr->id = axi__attr_find(atts[0], name_len, &attr->name);
        if (attr->id == AXI_A_NONE)
            attr->name = copy_bytes(xml, atts[0], name_len);
        attr->name_len = (uint32_t)name_len;
        attr->value = atts[1];
        attr->value_len = (uint32_t)value_len;
        if (attr->name == NULL)
            stop(xml, AXI_ENOMEM);
        together = together && (i + 1 == elem->count || atts[1] + value_len + 1 == atts[3]);
    }
    return together;
}

static void take_values(struct axi__xml *xml, struct axi_elem *elem, bool together)
{
    struct axi__attr *attr = elem->attrs, *end = attr + elem->count;
    if (together) {
        const char *theirs = attr->value;
        size_t size = (size_t)(end[-1].value + end[-1].value_len - theirs);
        char *ours = axi__arena_bytes(&xml->msg->arena, size + 1);
        if (ours == NULL) {
            stop(xml, AXI_ENOMEM);
            return;
        }
        memcpy(ours, theirs, size);
        for (; attr < end; attr++)
            attr->value = ours + (attr->value - theirs);
        return;
    }
    for (; attr < end; attr++) {
        attr->value = copy_bytes(xml, attr->value, (size_t)attr->value_len + 1);
        if (attr->value == NULL)
            stop(xml, AXI_ENOMEM);
    }
}

static struct axi_elem *open_elem(struct axi__xml *xml, const char *name)
{
    struct axi_elem *elem = axi__elem_new(xml->msg);
    if (elem == NULL)
        return NULL;
    elem->offset = (uint32_t)XML_GetCurrentByteIndex(xml->expat);
    if (!axi__elem_link(xml->top, elem, axi__str(name))) {
        elem->name.ptr = copy_bytes(xml, name, elem->name.len);
        if (elem->name.ptr == NULL)
            return NULL;
    }
    return elem;
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **atts)
{
    struct axi__xml *xml = user;
    if (xml->fail != AXI_OK)
        return;
    unsigned count = (unsigned)XML_GetSpecifiedAttributeCount(xml->expat) / 2;
    if (++xml->depth > xml->max_depth || ++xml->elems > xml->max_elems || count > xml->max_attrs) {
        stop(xml, xml->depth > xml->max_depth   ? AXI_EDEPTH
                  : xml->elems > xml->max_elems ? AXI_ENODES
                                                : AXI_EATTRS);
        return;
    }
    struct axi_elem *elem = open_elem(xml, name);
    if (elem == NULL) {
        stop(xml, AXI_ENOMEM);
        return;
    }
    xml->top = elem;
    if (count == 0)
        return;
    elem->attrs = axi__arena_take(&xml->msg->arena, count * sizeof elem->attrs[0]);
    if (elem->attrs == NULL) {
        stop(xml, AXI_ENOMEM);
        return;
    }
    elem->count = elem->room = count;
    bool together = note_attrs(xml, elem, atts);
    if (xml->fail == AXI_OK)
        take_values(xml, elem, together);
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
    (void)name;
    struct axi__xml *xml = user;
    if (xml->fail != AXI_OK)
        return;
    struct axi_elem *elem = xml->top;
    /* Blanks between records are the sender's layout. */
    if (elem->first != NULL && elem->text_len > 0 && axi__is_blank(elem->text, elem->text_len)) {
        elem->text = NULL;
        elem->text_len = elem->text_room = 0;
    }
    xml->top = elem->parent;
    xml->depth--;
}

static void XMLCALL on_text(void *user, const XML_Char *text, int len)
{
    struct axi__xml *xml = user;
    if (xml->fail == AXI_OK && xml->top != NULL && !axi__elem_add_text(xml->top, text, (size_t)len))
        stop(xml, AXI_ENOMEM);
}

static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *system,
                               const XML_Char *public, int has_internal)
{
    (void)name, (void)system, (void)public, (void)has_internal;
    stop(user, AXI_EDTD);
}

/* --- life and use */

struct axi__xml *axi__xml_new(const struct axi_parser_options *options)
{
    struct axi__xml *xml = axi__realloc(&options->alloc, NULL, sizeof *xml);
    if (xml == NULL)
        return NULL;
    memset(xml, 0, sizeof *xml);
    xml->alloc = options->alloc;
    xml->max_depth = options->max_depth;
    xml->max_attrs = options->max_attrs;
    xml->max_elems = options->max_elems;
    xml->expat = XML_ParserCreate("UTF-8");
    if (xml->expat == NULL) {
        axi__xml_free(xml);
        return NULL;
    }
    return xml;
}

void axi__xml_free(struct axi__xml *xml)
{
    if (xml == NULL)
        return;
    if (xml->expat != NULL)
        XML_ParserFree(xml->expat);
    struct axi_alloc hook = xml->alloc;
    axi__free(&hook, xml);
}

/* A reset forgets handlers and user data too. */
static bool prepare(struct axi__xml *xml, struct axi_msg *msg)
{
    if (xml->used && !XML_ParserReset(xml->expat, "UTF-8"))
        return false;
    xml->used = true;
    XML_SetUserData(xml->expat, xml);
    XML_SetElementHandler(xml->expat, on_start, on_end);
    XML_SetCharacterDataHandler(xml->expat, on_text);
    XML_SetStartDoctypeDeclHandler(xml->expat, on_doctype);
    xml->msg = msg;
    xml->top = NULL;
    xml->depth = xml->elems = 0;
    xml->fail = AXI_OK;
    return true;
}

/* What expat calls an invalid token may be a byte that is not UTF-8. */
static struct axi__xml_result judge(struct axi__xml *xml, const char *data, size_t len)
{
    enum XML_Error error = XML_GetErrorCode(xml->expat);
    XML_Index index = xml->fail != AXI_OK ? xml->fail_at : XML_GetCurrentByteIndex(xml->expat);
    struct axi__xml_result result = {AXI_EMALFORMED, index > 0 ? (size_t)index : 0,
                                     XML_ErrorString(error)};
    if (result.offset > len)
        result.offset = len;
    if (xml->fail != AXI_OK)
        result.code = xml->fail;
    else if (error == XML_ERROR_NO_MEMORY)
        result.code = AXI_ENOMEM;
    if (result.code != AXI_EMALFORMED || result.text == NULL) {
        result.text = axi_err_text(result.code);
    } else if (error == XML_ERROR_INVALID_TOKEN || error == XML_ERROR_PARTIAL_CHAR) {
        size_t bad = axi__utf8_bad(data, len);
        if (bad < len && (error == XML_ERROR_PARTIAL_CHAR || bad <= result.offset)) {
            result.code = AXI_EUTF8;
            result.offset = bad;
            result.text = axi_err_text(AXI_EUTF8);
        }
    }
    return result;
}

struct axi__xml_result axi__xml_parse(struct axi__xml *xml, const char *data, size_t len,
                                      struct axi_msg *msg)
{
    struct axi__xml_result result = {AXI_OK, 0, NULL};
    if (!prepare(xml, msg)) {
        result.code = AXI_ENOMEM;
        result.text = axi_err_text(AXI_ENOMEM);
    } else if (XML_Parse(xml->expat, data, (int)len, XML_TRUE) != XML_STATUS_OK) {
        result = judge(xml, data, len);
    }
    return result;
}
