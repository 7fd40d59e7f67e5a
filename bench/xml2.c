/*
 * libxml2's SAX2 reader over the stream of the AXI bench, with handlers that do nothing: a push parser that is reset
 * between messages, which is a little faster than a new one for each.
 */
#include "xml2.h"

#include <libxml/parser.h>
#include <string.h>

const char *xml2_version(void)
{
    return LIBXML_DOTTED_VERSION;
}

static void on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int namespaces, const xmlChar **namespace, int count, int defaulted,
                     const xmlChar **attributes)
{
    (void)user, (void)name, (void)prefix, (void)uri, (void)namespaces, (void)namespace;
    (void)count, (void)defaulted, (void)attributes;
}

static void on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    (void)user, (void)name, (void)prefix, (void)uri;
}

static xmlParserCtxtPtr parser;

size_t xml2_read(const char *data, size_t len)
{
    xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC, .startElementNs = on_start, .endElementNs = on_end};
    size_t messages = 0;
    if (parser == NULL)
        parser = xmlCreatePushParserCtxt(&handler, NULL, NULL, 0, NULL);
    for (const char *at = data; parser != NULL && at < data + len; messages++) {
        size_t size = strlen(at);
        if (xmlCtxtResetPush(parser, NULL, 0, NULL, "UTF-8") != 0 ||
            xmlParseChunk(parser, at, (int)size, 1) != 0)
            return 0;
        at += size + 1;
    }
    return messages;
}

void xml2_done(void)
{
    xmlFreeParserCtxt(parser);
    xmlCleanupParser();
}
