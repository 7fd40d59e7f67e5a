/*
 * Cutting a stream into the texts of messages. What this file knows of XML is where an element ends: tags, quotes,
 * comments, CDATA sections, processing instructions. Whether it is XML the parser says.
 */
#include "reader.h"

#include <ctype.h>
#include <stdlib.h>

enum state {
    BETWEEN, /* messages */
    LINE,    /* JSON or words, up to the end of the line */
    SKIP,    /* a comment line, or what is nothing, up to the end of the line */
    CONTENT, /* of an element */
    OPENING, /* behind < */
    TAG,     /* in a tag */
    QUOTED,  /* in a value of it */
    SPECIAL, /* behind <!: comment, CDATA or declaration */
    COMMENT, /* up to --> */
    CDATA,   /* up to ]]> */
    PI,      /* up to ?> */
    DOCTYPE  /* up to > */
};

struct cat_reader {
    enum state state;
    struct {
        char *ptr;
        size_t len, cap;
    } item;
    bool too_long;
    struct {
        unsigned long line, column;
    } at, start;
    const char *in; /* what was fed and is not taken yet */
    size_t in_len;
    bool ended, out_of_memory;
    char quote;
    char last[2]; /* the bytes before this one, within a construct */
    unsigned depth, special, mark;
    bool closing; /* the tag is an end tag */
    const char *problem;
    char *copy; /* of what was fed */
};

struct cat_reader *cat_reader_new(void)
{
    struct cat_reader *reader = calloc(1, sizeof *reader);
    if (reader)
        reader->at.line = reader->at.column = 1;
    return reader;
}

void cat_reader_free(struct cat_reader *reader)
{
    if (!reader)
        return;
    free(reader->item.ptr);
    free(reader->copy);
    free(reader);
}

bool cat_reader_feed(struct cat_reader *reader, const char *bytes, size_t len)
{
    char *copy = malloc(len > 0 ? len : 1);
    if (!copy)
        return false;
    if (len > 0)
        memcpy(copy, bytes, len);
    free(reader->copy);
    reader->copy = copy;
    reader->in = copy;
    reader->in_len = len;
    return true;
}

void cat_reader_end(struct cat_reader *reader)
{
    reader->ended = true;
}

/* --- bytes of the item */

static void keep(struct cat_reader *reader, char c)
{
    if (reader->too_long || reader->out_of_memory)
        return;
    if (reader->item.len == CAT_MESSAGE_MAX) {
        reader->too_long = true;
        return;
    }
    if (reader->item.len == reader->item.cap) {
        size_t cap = reader->item.cap > 0 ? reader->item.cap * 2 : 4096;
        char *grown = realloc(reader->item.ptr, cap);
        if (!grown) {
            reader->out_of_memory = true;
            return;
        }
        reader->item.ptr = grown;
        reader->item.cap = cap;
    }
    reader->item.ptr[reader->item.len++] = c;
}

static void begin(struct cat_reader *reader, enum state state)
{
    reader->state = state;
    reader->start.line = reader->at.line;
    reader->start.column = reader->at.column;
    reader->item.len = 0;
    reader->too_long = false;
    reader->problem = NULL;
    reader->depth = 0;
    reader->last[0] = reader->last[1] = '\0';
}

/* --- XML: true when the byte ends the item */

static bool ends_construct(struct cat_reader *reader)
{
    if (reader->depth > 0) {
        reader->state = CONTENT;
        return false;
    }
    reader->item.len = 0; /* a comment or declaration before the message: nothing that is sent */
    reader->state = BETWEEN;
    return false;
}

static bool ends_tag(struct cat_reader *reader)
{
    bool empty = !reader->closing && reader->last[1] == '/';
    if (reader->closing && reader->depth > 0)
        reader->depth--;
    else if (!empty && !reader->closing)
        reader->depth++;
    reader->state = CONTENT;
    return reader->depth == 0;
}

static void in_opening(struct cat_reader *reader, char c)
{
    reader->closing = c == '/';
    reader->last[0] = reader->last[1] = '\0';
    reader->special = 0;
    if (c == '!')
        reader->state = SPECIAL;
    else
        reader->state = c == '?' ? PI : TAG;
}

/* "<!--" and "<![CDATA[", all else is a document type. */
static void in_special(struct cat_reader *reader, char c)
{
    static const char comment[] = "--", cdata[] = "[CDATA[";
    size_t n = reader->special++;
    const char *expected = n == 0                 ? (c == '-' ? comment : cdata)
                           : reader->quote == '-' ? comment
                                                  : cdata;
    if (n == 0)
        reader->quote = c;
    if (c != expected[n]) {
        reader->problem = "document type declarations are refused";
        reader->state = DOCTYPE;
    } else if (expected[n + 1] == '\0') {
        reader->state = expected == comment ? COMMENT : CDATA;
        reader->last[0] = reader->last[1] = '\0';
    }
}

static bool in_tag(struct cat_reader *reader, char c)
{
    if (c == '"' || c == '\'') {
        reader->quote = c;
        reader->state = QUOTED;
    }
    return c == '>' && ends_tag(reader);
}

static bool xml_byte(struct cat_reader *reader, char c)
{
    bool ends = false;
    const char *last = reader->last;
    switch (reader->state) {
    case CONTENT:
        if (c == '<')
            reader->state = OPENING;
        return false;
    case OPENING:
        in_opening(reader, c);
        return c == '>' && ends_tag(reader); /* "<>" is nothing, but it ends */
    case SPECIAL:
        in_special(reader, c);
        return false;
    case TAG:
        ends = in_tag(reader, c);
        break;
    case QUOTED:
        if (c == reader->quote)
            reader->state = TAG;
        break;
    case COMMENT:
        if (c == '>' && last[0] == '-' && last[1] == '-')
            return ends_construct(reader);
        break;
    case CDATA:
        if (c == '>' && last[0] == ']' && last[1] == ']')
            return ends_construct(reader);
        break;
    case PI:
        if (c == '>' && last[1] == '?')
            return ends_construct(reader);
        break;
    default: /* DOCTYPE: an item of its own, to be complained of */
        return c == '>';
    }
    reader->last[0] = reader->last[1];
    reader->last[1] = c;
    return ends;
}

/* --- all forms */

static void between_byte(struct cat_reader *reader, char c)
{
    if (c == '\0' || isspace((unsigned char)c))
        return;
    if (c == '<') {
        begin(reader, OPENING);
    } else if (c == '{' || isalpha((unsigned char)c) || c == '_') {
        begin(reader, LINE);
    } else {
        begin(reader, SKIP);
        if (c != '#')
            reader->problem = "neither XML nor JSON nor the name of a message";
    }
    if (reader->state != SKIP)
        keep(reader, c);
}

static bool any_byte(struct cat_reader *reader, char c)
{
    if (reader->state == BETWEEN) {
        between_byte(reader, c);
        return false;
    }
    if (reader->state == LINE || reader->state == SKIP) {
        bool end = c == '\n' || c == '\0';
        if (!end && reader->state == LINE)
            keep(reader, c);
        if (end && reader->state == SKIP && !reader->problem)
            reader->state = BETWEEN;
        return end && reader->state != BETWEEN;
    }
    if (c == '\0') {
        reader->problem = reader->problem ? reader->problem : "the message does not end";
        return true;
    }
    keep(reader, c);
    return xml_byte(reader, c);
}

static void move_on(struct cat_reader *reader, char c)
{
    reader->at.column++;
    if (c == '\n') {
        reader->at.line++;
        reader->at.column = 1;
    }
}

static bool give(struct cat_reader *reader, struct cat_item *item)
{
    struct axi_str text = {reader->item.ptr, reader->item.len};
    bool xml = reader->state != LINE && reader->state != SKIP;
    item->kind = xml                                  ? CAT_ITEM_XML
                 : text.len > 0 && text.ptr[0] == '{' ? CAT_ITEM_JSON
                                                      : CAT_ITEM_WORDS;
    item->line = reader->start.line;
    item->column = reader->start.column;
    item->problem = reader->too_long        ? "the message is longer than 1 MiB"
                    : reader->out_of_memory ? "out of memory"
                                            : reader->problem;
    if (item->problem)
        item->kind = CAT_ITEM_BAD;
    item->text = text;
    reader->state = BETWEEN;
    return true;
}

/* A byte order mark at the very beginning is not a message. */
static bool is_mark(struct cat_reader *reader, char c)
{
    static const char mark[] = "\xef\xbb\xbf";
    if (reader->mark < 3 && c == mark[reader->mark]) {
        reader->mark++;
        return true;
    }
    reader->mark = 3;
    return false;
}

bool cat_reader_next(struct cat_reader *reader, struct cat_item *ret_item)
{
    while (reader->in_len > 0) {
        char c = *reader->in++;
        reader->in_len--;
        if (is_mark(reader, c))
            continue;
        bool ends = any_byte(reader, c);
        move_on(reader, c);
        if (ends)
            return give(reader, ret_item);
    }
    if (!reader->ended || reader->state == BETWEEN)
        return false;
    if (reader->state == SKIP && !reader->problem)
        return false;
    if (reader->state != LINE && !reader->problem)
        reader->problem = "the message does not end";
    return give(reader, ret_item);
}

void cat_item_place(const struct cat_item *item, size_t offset, unsigned long *ret_line,
                    unsigned long *ret_column)
{
    *ret_line = item->line;
    *ret_column = item->column;
    for (size_t i = 0; i < offset && i < item->text.len; i++) {
        (*ret_column)++;
        if (item->text.ptr[i] == '\n') {
            (*ret_line)++;
            *ret_column = 1;
        }
    }
}
