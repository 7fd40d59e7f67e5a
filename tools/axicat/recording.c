/*
 * Reading recordings, and finding what belongs together.
 */
#include "recording.h"
#include "reader.h"

#include <stdlib.h>

struct loader {
    struct cat_recording *recording;
    struct cat_decoder decoder;
    struct cat_error *error;
    size_t bytes;
    bool good;
};

static bool add_entry(struct loader *loader, const struct cat_entry *entry)
{
    struct cat_recording *recording = loader->recording;
    if (recording->count == CAT_RECORDED_MAX)
        return cat_fail(loader->error, "%s: more than %d messages", recording->path,
                        CAT_RECORDED_MAX);
    if (recording->count == recording->cap) {
        size_t cap = recording->cap > 0 ? recording->cap * 2 : 64;
        struct cat_entry *grown = realloc(recording->entries, cap * sizeof *grown);
        if (!grown)
            return cat_fail(loader->error, "out of memory");
        recording->entries = grown;
        recording->cap = cap;
    }
    recording->entries[recording->count++] = *entry;
    return true;
}

static bool came_in(const struct axi_msg *msg, const struct cat_stamp *stamp)
{
    enum axi_type type = axi_msg_type(msg);
    enum axi_kind kind = type != AXI_T_NONE ? axi_type_kind(type) : AXI_REQUEST;
    if (stamp->direction[0])
        return strcmp(stamp->direction, "in") == 0;
    return kind == AXI_RESPONSE || kind == AXI_EVENT;
}

static bool is_answer_of(const struct axi_msg *answer, const struct axi_msg *request)
{
    struct axi_str name = axi_elem_name(axi_msg_root(answer));
    struct axi_str asked = axi_elem_name(axi_msg_root(request));
    return name.len == asked.len + 4 && memcmp(name.ptr, asked.ptr, asked.len) == 0 &&
           memcmp(name.ptr + asked.len, "Resp", 4) == 0;
}

/* The last request of that name with the same seq. */
static size_t find_request(const struct cat_recording *recording, const struct axi_msg *answer)
{
    struct axi_str seq = axi_get_str(axi_msg_root(answer), AXI_A_seq);
    for (size_t i = recording->count; i-- > 0;) {
        const struct cat_entry *entry = &recording->entries[i];
        struct axi_str asked = axi_get_str(axi_msg_root(entry->msg), AXI_A_seq);
        bool same =
            seq.len == asked.len && (seq.len == 0 || memcmp(seq.ptr, asked.ptr, seq.len) == 0);
        if (!entry->in && same && is_answer_of(answer, entry->msg))
            return i;
    }
    return CAT_NO_ENTRY;
}

static bool fail_item(struct loader *loader, const struct cat_item *item, const char *text)
{
    loader->good = false;
    return cat_fail(loader->error, "%s:%lu:%lu: %s", loader->recording->path, item->line,
                    item->column, text);
}

static bool take_item(void *user, const struct cat_item *item)
{
    struct loader *loader = user;
    struct cat_error error;
    struct cat_stamp stamp;
    struct axi_msg *msg = cat_decode(&loader->decoder, item, &stamp, NULL, &error);
    if (!msg)
        return fail_item(loader, item, error.text);
    loader->bytes += item->text.len;
    if (loader->bytes > CAT_RECORDING_MAX)
        return fail_item(loader, item, "the recording is longer than 64 MiB");
    struct cat_entry entry = {.msg = axi_msg_new(NULL),
                              .in = came_in(msg, &stamp),
                              .line = item->line,
                              .request = CAT_NO_ENTRY};
    if (!entry.msg || cat_copy(entry.msg, msg) != AXI_OK) {
        axi_msg_free(entry.msg);
        return fail_item(loader, item, "the message cannot be copied");
    }
    if (entry.in)
        entry.request = find_request(loader->recording, entry.msg);
    loader->good = add_entry(loader, &entry);
    if (!loader->good)
        axi_msg_free(entry.msg);
    return loader->good;
}

bool cat_recording_read(struct cat_recording *recording, const char *path, struct cat_error *error)
{
    struct loader loader = {.recording = recording, .error = error, .good = true};
    memset(recording, 0, sizeof *recording);
    recording->path = path;
    if (!cat_decoder_init(&loader.decoder, true))
        return cat_fail(error, "out of memory");
    bool good = cat_read_file(path, take_item, &loader, error) && loader.good;
    cat_decoder_done(&loader.decoder);
    return good;
}

void cat_recording_done(struct cat_recording *recording)
{
    for (size_t i = 0; i < recording->count; i++)
        axi_msg_free(recording->entries[i].msg);
    free(recording->entries);
    memset(recording, 0, sizeof *recording);
}

size_t cat_recording_answer(const struct cat_recording *recording, size_t entry)
{
    for (size_t i = entry + 1; i < recording->count; i++) {
        if (recording->entries[i].in && recording->entries[i].request == entry)
            return i;
    }
    return CAT_NO_ENTRY;
}

bool cat_is_redacted(const struct axi_elem *elem)
{
    struct axi_attr_view attr;
    for (size_t i = 0; axi_attr_at(elem, i, &attr); i++) {
        if (cat_is(attr.value, "***"))
            return true;
    }
    for (const struct axi_elem *child = axi_first_child(elem, NULL); child;
         child = axi_next_sibling(child, NULL)) {
        if (cat_is_redacted(child))
            return true;
    }
    return false;
}
