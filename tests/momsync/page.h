/*
 * Parts of documentation pages that are made from the code's tables: the test fails when page and code differ, and
 * UPDATE=1 writes the page. A part stands between "<!-- NAME: begin -->" and "<!-- NAME: end -->".
 */
#ifndef TESTS_MOMSYNC_PAGE_H
#define TESTS_MOMSYNC_PAGE_H

#include "core_support.h"

#include <stdio.h>

enum { PAGE_MAX = 65536 };

struct page_part {
    char text[PAGE_MAX / 4];
    size_t len;
};

__attribute__((format(printf, 2, 3))) static inline void page_add(struct page_part *part,
                                                                  const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(part->text + part->len, sizeof part->text - part->len, format, args);
    va_end(args);
    assert_true(n >= 0 && (size_t)n < sizeof part->text - part->len);
    part->len += (size_t)n;
}

static inline void page_holds(const char *path, const char *name, const struct page_part *made)
{
    static char page[PAGE_MAX];
    char begin_mark[80], end_mark[80];
    char *begin, *end;
    size_t len;
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    len = fread(page, 1, sizeof page - 1, file);
    (void)fclose(file);
    assert_true(len < sizeof page - 1);
    page[len] = '\0';
    (void)snprintf(begin_mark, sizeof begin_mark, "<!-- %s: begin -->\n", name);
    (void)snprintf(end_mark, sizeof end_mark, "<!-- %s: end -->\n", name);
    begin = strstr(page, begin_mark);
    end = strstr(page, end_mark);
    if (!begin || !end || end < begin) {
        fail_msg("%s has no part %s", path, name);
        return;
    }
    begin += strlen(begin_mark);
    if (getenv("UPDATE")) {
        file = fopen(path, "wb");
        assert_non_null(file);
        assert_true(fprintf(file, "%.*s%s%s", (int)(begin - page), page, made->text, end) > 0);
        assert_int_equal(fclose(file), 0);
        return;
    }
    *end = '\0';
    assert_string_equal(begin, made->text);
}

#endif
