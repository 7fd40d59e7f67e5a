/*
 * Whole tables, page by page: which pages is the business of pages.c, here they become requests, and their answers
 * are looked at for order and for records that came before.
 */
#include "client_impl.h"

#include <string.h>

#include "alloc.h"
#include "tree.h"

/* --- asking */

static void copy_content(struct axi_elem *to, const struct axi_elem *from)
{
    struct axi_attr_view view;
    for (size_t i = 0; axi_attr_at(from, i, &view); i++)
        if (view.id != AXI_A_seq)
            axi_set_named(to, view.name, view.value);
    const struct axi_elem *child = axi_first_child(from, NULL);
    for (; child != NULL; child = axi_next_sibling(child, NULL))
        axi_add_copy(to, child);
}

static int ask(struct axi_client *client, struct axi__read *read, int64_t start, unsigned max)
{
    struct axi__request what = {
        .purpose = AXI__FOR_PAGE, .tag = read->tag, .start = start, .read = read};
    struct axi_elem *root = axi_msg_start(client->draft, read->request);
    copy_content(root, axi_msg_root(read->model));
    axi_set_int(root, read->paging.key, start);
    axi_set_int(root, AXI_A_maxRecords, max);
    return axi__client_enqueue(client, client->draft, &what);
}

/* The next page. Once it is decided on it has to be asked for. */
static int ask_next(struct axi_client *client, struct axi__read *read)
{
    int rc = ask(client, read, read->owed_start, read->owed_max);
    read->owes = rc != AXI_OK;
    return rc;
}

/* Ask for as many pages as may be under way. The first of them is never refused: the read has its place. */
static int pump(struct axi_client *client, struct axi__read *read)
{
    int rc = AXI_OK;
    while (rc == AXI_OK) {
        bool alone = axi_pages_asked(&read->pages) == 0;
        if (!read->owes && ((!alone && axi__client_is_full(client)) ||
                            !axi_pages_next(&read->pages, &read->owed_start, &read->owed_max)))
            return AXI_OK;
        rc = ask_next(client, read);
    }
    return rc;
}

int axi__client_pump_reads(struct axi_client *client)
{
    int rc = AXI_OK;
    for (struct axi__read *read = client->reads; read != NULL && rc == AXI_OK; read = read->next)
        rc = pump(client, read);
    return rc;
}

/* AXI's ids are 32 bits wide, unless the catalogue says more. */
static int64_t last_id(enum axi_type request, enum axi_attr key)
{
    struct axi_field field;
    bool wide = axi_type_field(request, key, &field) && field.form == AXI_INT64;
    return wide ? INT64_MAX : INT32_MAX;
}

static struct axi__read *take_read(struct axi_client *client)
{
    struct axi__read *read = client->spare_reads;
    struct axi_msg *model = NULL;
    if (read != NULL) {
        client->spare_reads = read->next;
        model = read->model;
    } else {
        read = axi__realloc(&client->options.parser.alloc, NULL, sizeof *read);
    }
    if (read != NULL) {
        memset(read, 0, sizeof *read);
        read->model = model;
        axi_msg_reset(model);
    }
    return read;
}

static void spare(struct axi_client *client, struct axi__read *read)
{
    read->next = client->spare_reads;
    client->spare_reads = read;
}

static void add_last(struct axi_client *client, struct axi__read *read)
{
    struct axi__read **at = &client->reads;
    while (*at != NULL)
        at = &(*at)->next;
    *at = read;
}

static int keep_model(struct axi_client *client, struct axi__read *read,
                      const struct axi_msg *request)
{
    if (request == NULL)
        return AXI_OK;
    if (read->model == NULL)
        read->model = axi_msg_new(&client->options.parser.alloc);
    if (read->model == NULL)
        return AXI_ENOMEM;
    copy_content(axi_msg_start(read->model, axi_msg_type(request)), axi_msg_root(request));
    return axi_msg_error(read->model);
}

struct table {
    enum axi_type request;
    int64_t first;
    const struct axi_msg *model;
};

static int begin(struct axi_client *client, const struct table *table, uint64_t tag)
{
    struct axi_paging paging;
    if (!axi_type_paging(table->request, &paging) || table->first < 0 ||
        table->first > last_id(table->request, paging.key))
        return AXI_EINVAL;
    if (axi__client_is_full(client))
        return AXI_EFULL;
    int rc = axi__client_flush(client);
    struct axi__read *read = rc == AXI_OK ? take_read(client) : NULL;
    if (read == NULL)
        return rc != AXI_OK ? rc : AXI_ENOMEM;
    read->request = table->request;
    read->paging = paging;
    read->tag = tag;
    axi_pages_start(&read->pages, table->first, last_id(table->request, paging.key),
                    client->options.page, client->options.pages);
    read->owes = axi_pages_next(&read->pages, &read->owed_start, &read->owed_max);
    rc = keep_model(client, read, table->model);
    if (rc == AXI_OK)
        rc = ask_next(client, read);
    if (rc != AXI_OK) {
        spare(client, read);
        return rc;
    }
    add_last(client, read);
    axi__client_pump(client);
    return AXI_OK;
}

int axi_client_read(struct axi_client *client, enum axi_type request, int64_t first, uint64_t tag,
                    struct axi_time now)
{
    struct table table = {request, first, NULL};
    axi__client_tick(client, now);
    return begin(client, &table, tag);
}

int axi_client_read_like(struct axi_client *client, const struct axi_msg *request, uint64_t tag,
                         struct axi_time now)
{
    struct axi_paging paging;
    axi__client_tick(client, now);
    if (axi_msg_error(request) != AXI_OK)
        return axi_msg_error(request);
    if (!axi_type_paging(axi_msg_type(request), &paging))
        return AXI_EINVAL;
    struct table table = {axi_msg_type(request), paging.first, request};
    int rc = axi_get_int(axi_msg_root(request), paging.key, &table.first);
    return rc == AXI_EVALUE ? rc : begin(client, &table, tag);
}

/* --- the end of a read */

void axi__client_read_over(struct axi_client *client, struct axi__read *read)
{
    struct axi__read **at = &client->reads;
    for (uint32_t i = 0; i < client->place_count; i++) {
        struct axi__request *request = &client->places[i];
        if (request->purpose == AXI__FOR_PAGE && request->read == read)
            request->purpose = AXI__FOR_NOBODY;
    }
    while (*at != read)
        at = &(*at)->next;
    *at = read->next;
    spare(client, read);
}

void axi__client_forget_reads(struct axi_client *client)
{
    while (client->reads != NULL) {
        struct axi__read *read = client->reads;
        client->reads = read->next;
        spare(client, read);
    }
}

void axi__client_free_reads(struct axi_client *client)
{
    axi__client_forget_reads(client);
    while (client->spare_reads != NULL) {
        struct axi__read *read = client->spare_reads;
        client->spare_reads = read->next;
        axi_msg_free(read->model);
        axi__free(&client->options.parser.alloc, read);
    }
}

/* --- answers */

struct page {
    size_t count;
    int64_t last;
};

/* False when the records are not in the order of their ids, from the first that was asked for. */
static bool look_at(const struct axi__read *read, int64_t start, const struct axi_elem *root,
                    struct page *ret_page)
{
    struct page page = {0, start - 1};
    const struct axi_elem *elem = axi_first_child(root, read->paging.element);
    for (; elem != NULL; elem = axi_next_sibling(elem, read->paging.element)) {
        int64_t id;
        if (axi_get_int(elem, read->paging.record, &id) != AXI_OK || id <= page.last)
            return false;
        page.last = id;
        page.count++;
    }
    *ret_page = page;
    return true;
}

/* Take the records that came before out of the answer; returns how many are left. */
static size_t keep_new(const struct axi__read *read, struct axi_elem *root)
{
    struct axi_str name = {read->paging.element, strlen(read->paging.element)};
    struct axi_elem **at = &root->first, *last = NULL;
    size_t left = 0;
    while (*at != NULL) {
        struct axi_elem *elem = *at;
        bool record = elem->name.len == name.len && memcmp(elem->name.ptr, name.ptr, name.len) == 0;
        if (record &&
            !axi_pages_is_new(&read->pages, axi_get_int_or(elem, read->paging.record, 0))) {
            *at = elem->next;
            continue;
        }
        left += record;
        last = elem;
        at = &elem->next;
    }
    root->last = last;
    return left;
}

static bool end(struct axi_client *client, struct axi__read *read, enum axi_value code,
                const struct axi_msg *answer, struct axi_client_event *event)
{
    event->kind = AXI_CLIENT_READ_END;
    event->tag = read->tag;
    event->request = read->request;
    event->code = code;
    event->msg = answer;
    axi__client_read_over(client, read);
    return true;
}

static bool is_read(const struct axi__read *read)
{
    return axi_pages_done(&read->pages) && axi_pages_asked(&read->pages) == 0 && !read->owes;
}

bool axi__client_page_answer(struct axi_client *client, const struct axi__request *request,
                             const struct axi_msg *answer, struct axi_client_event *event)
{
    struct axi__read *read = request->read;
    struct axi_elem *root = axi_msg_root(answer);
    enum axi_value code = axi_answer_code(answer);
    struct page page = {0, 0};
    size_t new_records = 0;
    if (code != AXI_V_NOTHING && code != AXI_V_ENoEnt)
        return end(client, read, code, answer, event);
    if (code == AXI_V_NOTHING) {
        if (!look_at(read, request->start, root, &page))
            return end(client, read, AXI_V_EFailed, answer, event);
        new_records = keep_new(read, root);
    }
    if (!axi_pages_answer(&read->pages, request->start, page.count, page.last))
        return end(client, read, AXI_V_EFailed, answer, event);
    if (new_records == 0)
        return is_read(read) && end(client, read, AXI_V_NOTHING, NULL, event);
    event->kind = AXI_CLIENT_RECORDS;
    event->tag = read->tag;
    event->request = read->request;
    event->msg = answer;
    event->element = read->paging.element;
    if (is_read(read)) {
        axi__client_tell_late(client, AXI_CLIENT_READ_END, read->tag, read->request);
        axi__client_read_over(client, read);
    }
    return true;
}
