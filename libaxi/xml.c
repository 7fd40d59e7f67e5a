/*
 * The expat adapter: builds the tree while expat reads.
 *
 * This is the hot path of every link. Attribute names are found by the catalogue's hash
 * table; the values of an element are copied with one memcpy when expat has them side by side,
 * which it does for all but the largest.
 */
#include "xml.h"

#include <expat.h>
#include <string.h>

#include "alloc.h"
#include "catalogue.h"
#include "heap.h"
#include "text.h"

_Static_assert(sizeof(XML_Char) == 1, "expat must give UTF-8");

/* Memory that expat took for ordinary messages stays with it; more is given back after the message. */
enum { KEEP_HEAP = 512 << 10 };

struct axi__xml {
    struct axi_alloc alloc;
    struct axi__heap heap; /* expat's memory */
    XML_Parser expat;      /* NULL: to be made anew */
    bool used;
    unsigned max_depth, max_attrs, max_elems;
    /* of the message being read */
    struct axi_msg *msg;
    struct axi_elem *top; /* the element that is open */
    unsigned depth, elems;
    int fail;
    const char *why; /* in more words than the code has; or NULL */
    XML_Index fail_at;
};

static const char OTHER_ENCODING[] =
    "only UTF-8 is read, and the message says that it is something else";

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

/*
 * Id of a name. The records of a page have the same attributes in the same order, so the first guess is what the record
 * before had at this place; `*guess` goes on with it.
 */
static inline enum axi_attr find_id(const char *name, const struct axi_elem *before,
                                    unsigned *guess)
{
    const char *known;
    if (before != NULL && *guess < before->count) {
        enum axi_attr id = (enum axi_attr)before->attrs[*guess].id;
        ++*guess;
        if (id != AXI_A_NONE && strcmp(axi__attr_str(id).ptr, name) == 0)
            return id;
    }
    enum axi_attr id = axi__attr_find(name, strlen(name), &known);
    /* One more or one less than before: go on where they fit again. */
    if (before != NULL && *guess < before->count && before->attrs[*guess].id == id)
        ++*guess;
    else if (*guess > 0)
        --*guess;
    return id;
}

struct attrs_seen {
    bool together; /* the values stand side by side in memory */
    bool known;    /* the catalogue has all names */
};

/* Ids and lengths of the attributes. */
static struct attrs_seen note_attrs(struct axi_elem *elem, const struct axi_elem *before,
                                    const XML_Char **atts)
{
    struct attrs_seen seen = {true, true};
    unsigned guess = 0;
    for (unsigned i = 0; i < elem->count; i++, atts += 2) {
        struct axi__attr *attr = &elem->attrs[i];
        size_t value_len = strlen(atts[1]);
        attr->id = (uint16_t)find_id(atts[0], before, &guess);
        attr->len = (uint32_t)value_len;
        attr->value = atts[1];
        seen.known = seen.known && attr->id != AXI_A_NONE;
        seen.together =
            seen.together && (i + 1 == elem->count || atts[1] + value_len + 1 == atts[3]);
    }
    return seen;
}

/* All values at once; what has an unknown name is copied once more, behind its name. */
static bool copy_together(struct axi__xml *xml, struct axi_elem *elem)
{
    struct axi__attr *attr = elem->attrs, *end = attr + elem->count;
    const char *theirs = attr->value;
    size_t size = (size_t)(end[-1].value + end[-1].len - theirs);
    char *ours = axi__arena_bytes(&xml->msg->arena, size + 1);
    if (ours == NULL)
        return false;
    memcpy(ours, theirs, size);
    for (; attr < end; attr++)
        attr->value = ours + (attr->value - theirs);
    return true;
}

static bool take_attrs(struct axi__xml *xml, struct axi_elem *elem, const struct axi_elem *before,
                       const XML_Char **atts)
{
    struct attrs_seen seen = note_attrs(elem, before, atts);
    if (seen.together && !copy_together(xml, elem))
        return false;
    for (unsigned i = 0; i < elem->count && !(seen.together && seen.known); i++) {
        struct axi__attr *attr = &elem->attrs[i];
        struct axi_str name = {atts[2 * i], 0}, value = {attr->value, attr->len};
        if (seen.together && attr->id != AXI_A_NONE)
            continue;
        if (attr->id == AXI_A_NONE)
            name.len = strlen(name.ptr);
        attr->value = axi__attr_keep(xml->msg, (enum axi_attr)attr->id, name, value);
        if (attr->value == NULL)
            return false;
    }
    return true;
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
    const struct axi_elem *before = xml->top != NULL ? xml->top->last : NULL;
    struct axi_elem *elem = open_elem(xml, name);
    if (elem == NULL) {
        stop(xml, AXI_ENOMEM);
        return;
    }
    xml->top = elem;
    if (count == 0)
        return;
    elem->attrs = axi__arena_take(&xml->msg->arena, count * sizeof elem->attrs[0]);
    elem->count = elem->room = elem->attrs != NULL ? count : 0;
    if (elem->attrs == NULL || !take_attrs(xml, elem, before, atts))
        stop(xml, AXI_ENOMEM);
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

/* The bytes are read as UTF-8 in any case: whoever says that they are something else is not read at all. */
static void XMLCALL on_declaration(void *user, const XML_Char *version, const XML_Char *encoding,
                                   int standalone)
{
    struct axi__xml *xml = user;
    (void)version, (void)standalone;
    if (encoding == NULL || axi__equal_ascii_case(axi__str(encoding), axi__str("UTF-8")))
        return;
    xml->why = OTHER_ENCODING;
    stop(xml, AXI_EUTF8);
}

/* --- life and use */

static bool make_expat(struct axi__xml *xml)
{
    static const XML_Memory_Handling_Suite memory = {axi__heap_malloc, axi__heap_realloc,
                                                     axi__heap_free};
    struct axi__heap *before = axi__heap_enter(&xml->heap);
    xml->expat = XML_ParserCreate_MM("UTF-8", &memory, NULL);
    axi__heap_leave(before);
    xml->used = false;
    return xml->expat != NULL;
}

static void drop_expat(struct axi__xml *xml)
{
    struct axi__heap *before = axi__heap_enter(&xml->heap);
    if (xml->expat != NULL)
        XML_ParserFree(xml->expat);
    xml->expat = NULL;
    axi__heap_leave(before);
    axi__heap_done(&xml->heap);
}

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
    axi__heap_init(&xml->heap, &options->alloc);
    if (!make_expat(xml)) {
        axi__xml_free(xml);
        return NULL;
    }
    return xml;
}

void axi__xml_free(struct axi__xml *xml)
{
    if (xml == NULL)
        return;
    drop_expat(xml);
    struct axi_alloc hook = xml->alloc;
    axi__free(&hook, xml);
}

/* A reset forgets handlers and user data too. */
static bool prepare(struct axi__xml *xml, struct axi_msg *msg)
{
    if (xml->expat == NULL && !make_expat(xml))
        return false;
    if (xml->used && !XML_ParserReset(xml->expat, "UTF-8"))
        return false;
    xml->used = true;
    XML_SetUserData(xml->expat, xml);
    XML_SetElementHandler(xml->expat, on_start, on_end);
    XML_SetCharacterDataHandler(xml->expat, on_text);
    XML_SetStartDoctypeDeclHandler(xml->expat, on_doctype);
    XML_SetXmlDeclHandler(xml->expat, on_declaration);
    xml->msg = msg;
    xml->top = NULL;
    xml->depth = xml->elems = 0;
    xml->fail = AXI_OK;
    xml->why = NULL;
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
        result.text = xml->why != NULL ? xml->why : axi_err_text(result.code);
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

/* UTF-16 with a byte order mark, to which expat would listen. */
static bool is_utf16(const char *data, size_t len)
{
    return len >= 2 && (memcmp(data, "\xFE\xFF", 2) == 0 || memcmp(data, "\xFF\xFE", 2) == 0);
}

struct axi__xml_result axi__xml_parse(struct axi__xml *xml, const char *data, size_t len,
                                      struct axi_msg *msg)
{
    struct axi__xml_result result = {AXI_OK, 0, NULL};
    if (is_utf16(data, len)) {
        result.code = AXI_EUTF8;
        result.text = OTHER_ENCODING;
        return result;
    }
    struct axi__heap *before = axi__heap_enter(&xml->heap);
    if (!prepare(xml, msg)) {
        result.code = AXI_ENOMEM;
        result.text = axi_err_text(AXI_ENOMEM);
    } else if (XML_Parse(xml->expat, data, (int)len, XML_TRUE) != XML_STATUS_OK) {
        result = judge(xml, data, len);
    }
    axi__heap_leave(before);
    if (xml->heap.total > KEEP_HEAP)
        drop_expat(xml);
    return result;
}
