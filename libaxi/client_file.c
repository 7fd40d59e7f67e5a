/*
 * Files of a client: PutFile block by block, GetFile as its answers come.
 */
#include "client_impl.h"

#include <string.h>

#include "base64.h"
#include "buf.h"

enum {
    BLOCK = 500,          /* bytes of a block, as known clients send them (AXI, PutFile) */
    KEEP_BYTES = 16 << 10 /* what a large file took is given back */
};

void axi__client_file_over(struct axi_client *client)
{
    struct axi__file *file = &client->file;
    file->state = AXI__FILE_NONE;
    file->owes = false;
    file->bytes.len = 0;
    if (file->bytes.cap > KEEP_BYTES)
        axi_buf_done(&file->bytes);
}

static int may_begin(struct axi_client *client, struct axi_str name)
{
    if (name.ptr == NULL || name.len == 0)
        return AXI_EINVAL;
    if (client->file.state != AXI__FILE_NONE)
        return AXI_ESTATE;
    return axi__client_is_full(client) ? AXI_EFULL : axi__client_flush(client);
}

static void begin(struct axi_client *client, enum axi__file_state state, uint64_t tag)
{
    struct axi__file *file = &client->file;
    file->state = state;
    file->tag = tag;
    file->offset = file->block = 0;
    file->taken = 0;
    file->owes = false;
}

/* --- PutFile */

static int send_block(struct axi_client *client)
{
    struct axi__file *file = &client->file;
    struct axi__request what = {.purpose = AXI__FOR_PUT, .tag = file->tag};
    char text[AXI__BASE64_SIZE(BLOCK)];
    struct axi_str name = {file->bytes.ptr, file->name_len}, data = {text, 0};
    const char *bytes = file->bytes.ptr + file->name_len + file->offset;
    size_t left = file->bytes.len - file->name_len - file->offset;
    size_t block = left < BLOCK ? left : BLOCK;

    if (block > 0)
        data.len = axi__base64_encode(bytes, block, text);
    struct axi_elem *root = axi_msg_start(client->draft, AXI_T_PutFile);
    axi_set_str(root, AXI_A_name, name);
    axi_set_int(root, AXI_A_offset, (int64_t)file->offset);
    axi_set_str(root, AXI_A_data, data);
    if (block == 0)
        axi_set_bool(root, AXI_A_eof, true);
    int rc = axi__client_enqueue(client, client->draft, &what);
    file->owes = rc != AXI_OK;
    if (rc == AXI_OK)
        file->block = block;
    return rc;
}

int axi__client_pump_file(struct axi_client *client)
{
    return client->file.owes ? send_block(client) : AXI_OK;
}

int axi_client_put_file(struct axi_client *client, struct axi_str name, struct axi_str data,
                        uint64_t tag, struct axi_time now)
{
    struct axi_buf *bytes = &client->file.bytes;
    axi__client_tick(client, now);
    int rc = may_begin(client, name);
    if (rc == AXI_OK && (name.len > SIZE_MAX / 8 || data.len > SIZE_MAX / 8))
        rc = AXI_EINVAL;
    if (rc != AXI_OK)
        return rc;
    bytes->len = 0;
    if (!axi__buf_reserve(bytes, name.len + data.len))
        return AXI_ENOMEM;
    axi__buf_put(bytes, name.ptr, name.len);
    if (data.len > 0)
        axi__buf_put(bytes, data.ptr, data.len);
    client->file.name_len = name.len;
    begin(client, AXI__FILE_PUT, tag);
    rc = send_block(client);
    if (rc == AXI_OK)
        axi__client_pump(client);
    else
        axi__client_file_over(client);
    return rc;
}

bool axi__client_put_answer(struct axi_client *client, const struct axi_msg *answer,
                            struct axi_client_event *event)
{
    struct axi__file *file = &client->file;
    event->code = axi_answer_code(answer);
    if (event->code == AXI_V_NOTHING && file->block > 0) {
        file->offset += file->block;
        file->owes = true;
        return false;
    }
    event->kind = AXI_CLIENT_FILE_SENT;
    event->tag = file->tag;
    event->request = AXI_T_PutFile;
    event->msg = answer;
    axi__client_file_over(client);
    return true;
}

/* --- GetFile */

int axi_client_get_file(struct axi_client *client, struct axi_str name, uint64_t tag,
                        struct axi_time now)
{
    struct axi__request what = {.purpose = AXI__FOR_GET, .tag = tag};
    axi__client_tick(client, now);
    int rc = may_begin(client, name);
    if (rc != AXI_OK)
        return rc;
    axi_set_str(axi_msg_start(client->draft, AXI_T_GetFile), AXI_A_name, name);
    rc = axi__client_enqueue(client, client->draft, &what);
    if (rc != AXI_OK)
        return rc;
    begin(client, AXI__FILE_GET, tag);
    axi__client_pump(client);
    return AXI_OK;
}

/* The bytes of a block, behind those that came before. Returns the code with which to end. */
static enum axi_value decode(struct axi__file *file, const struct axi_elem *root)
{
    struct axi_str text = axi_get_str(root, AXI_A_data);
    int64_t offset;
    int rc = axi_get_int(root, AXI_A_offset, &offset);
    if (rc == AXI_EVALUE || (rc == AXI_OK && (offset < 0 || (uint64_t)offset != file->taken)))
        return AXI_V_EFailed;
    size_t room = 3 * (text.len / 4) + 3;
    file->bytes.len = 0;
    if (!axi__buf_reserve(&file->bytes, room))
        return AXI_V_ENoMem;
    bool decoded = text.len == 0 ||
                   axi__base64_decode(text, file->bytes.ptr, file->bytes.cap, &file->bytes.len);
    return decoded ? AXI_V_NOTHING : AXI_V_EFailed;
}

static bool end_get(struct axi_client *client, enum axi_value code, const struct axi_msg *answer,
                    struct axi_client_event *event)
{
    event->kind = AXI_CLIENT_FILE_END;
    event->tag = client->file.tag;
    event->request = AXI_T_GetFile;
    event->code = code;
    event->msg = code != AXI_V_NOTHING ? answer : NULL;
    axi__client_file_over(client);
    return true;
}

bool axi__client_get_answer(struct axi_client *client, const struct axi__request *request,
                            const struct axi_msg *answer, struct axi_client_event *event)
{
    struct axi__file *file = &client->file;
    const struct axi_elem *root = axi_msg_root(answer);
    enum axi_value code = axi_answer_code(answer);
    if (code == AXI_V_NOTHING)
        code = decode(file, root);
    if (code != AXI_V_NOTHING)
        return end_get(client, code, answer, event);
    bool last = axi_get_bool_or(root, AXI_A_eof, false);
    if (file->bytes.len == 0 && last)
        return end_get(client, code, answer, event);
    if (last) {
        axi__client_tell_late(client, AXI_CLIENT_FILE_END, file->tag, AXI_T_GetFile);
    } else {
        axi__client_await_more(client, request);
    }
    if (file->bytes.len == 0)
        return false;
    event->kind = AXI_CLIENT_FILE_DATA;
    event->tag = file->tag;
    event->request = AXI_T_GetFile;
    event->msg = answer;
    event->data.ptr = file->bytes.ptr;
    event->data.len = file->bytes.len;
    event->offset = file->taken;
    file->taken += file->bytes.len;
    return true;
}
