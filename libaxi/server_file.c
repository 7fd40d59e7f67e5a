/*
 * Files: PutFile brings one block by block, GetFile takes one away as a run of answers.
 *
 * A block of PutFile says how many bytes went before it; offset 0 begins a file, eof ends it, with or
 * without data. A block of GetFileResp is ours to cut; that one request brings several answers is a
 * reading that no capture shows.
 */
#include "server_impl.h"

#include <string.h>

#include "base64.h"
#include "buf.h"
#include "text.h"

enum { BLOCK = 3072, BLOCK_TEXT = AXI__BASE64_SIZE(BLOCK) };
/* So much may wait in the output before blocks are held back. */
#define BLOCKS_QUEUED ((size_t)64 << 10)

void axi__server_drop_files(struct axi_server *server)
{
    server->in.active = server->out_file.active = false;
    /* What the host has it keeps until it asks for more. */
    if (!server->in.delivered)
        axi_buf_done(&server->in.data);
    axi_buf_done(&server->out_file.data);
}

void axi__server_free_files(struct axi_server *server)
{
    server->in.delivered = false;
    axi__server_drop_files(server);
    axi_msg_free(server->out_file.request);
    axi_msg_free(server->out_file.block);
}

/* --- PutFile --------------------------------------------------------------------------------------- */

void axi__server_release_file(struct axi_server *server)
{
    struct axi__file_in *file = &server->in;
    if (file->delivered && (server->slow || file->data.cap > AXI__SERVER_KEEP))
        axi_buf_done(&file->data);
    file->delivered = false;
}

static struct axi__verdict wrong(enum axi_value code, const char *bad, const char *info)
{
    struct axi__verdict verdict = {code, axi__str(bad), info, 0};
    return verdict;
}

/* The file that the block belongs to: a new one or the one under way. */
static struct axi__verdict find_file(struct axi__file_in *file, const struct axi_elem *block)
{
    struct axi_str name = axi_get_str(block, AXI_A_name), known = {file->name, file->name_len};
    int64_t offset = 0;
    if (name.ptr == NULL || name.len == 0)
        return wrong(AXI_V_EMissing, "name", NULL);
    if (axi_get_int(block, AXI_A_offset, &offset) == AXI_EVALUE || offset < 0)
        return wrong(AXI_V_EInval, "offset", NULL);
    if (offset == 0) {
        if (name.len > sizeof file->name)
            return wrong(AXI_V_EInval, "name", "the name is too long");
        memcpy(file->name, name.ptr, name.len);
        file->name_len = name.len;
        file->data.len = 0;
        file->active = true;
    } else if (!file->active || !axi__equal(name, known)) {
        return wrong(AXI_V_EInval, "offset", "this file was not begun");
    } else if ((uint64_t)offset != file->data.len) {
        return wrong(AXI_V_EInval, "offset", "not the number of bytes that came before");
    }
    return wrong(AXI_V_NOTHING, NULL, NULL);
}

static void drop_incoming(struct axi__file_in *file)
{
    axi_buf_done(&file->data);
    file->active = false;
}

static struct axi__verdict add_block(struct axi_server *server, const struct axi_elem *block)
{
    struct axi__file_in *file = &server->in;
    struct axi_str text = axi_get_str(block, AXI_A_data);
    struct axi__verdict verdict = find_file(file, block);
    size_t len = 0;
    if (verdict.code != AXI_V_NOTHING)
        return verdict;
    if (!axi__buf_reserve(&file->data, 3 * (text.len / 4) + 1)) {
        drop_incoming(file);
        return wrong(AXI_V_ENoMem, NULL, NULL);
    }
    size_t room = file->data.cap - file->data.len;
    if (!axi__base64_decode(text, file->data.ptr + file->data.len, room, &len))
        return wrong(AXI_V_EInval, "data", "not base64");
    if (len > server->options.max_file || file->data.len > server->options.max_file - len) {
        drop_incoming(file);
        return wrong(AXI_V_EInval, "data", "the file is too large");
    }
    file->data.len += len;
    return verdict;
}

void axi__server_put_file(struct axi_server *server, const struct axi_msg *request,
                          struct axi_server_event *event)
{
    struct axi__file_in *file = &server->in;
    struct axi__verdict verdict = add_block(server, axi_msg_root(request));
    if (verdict.code != AXI_V_NOTHING) {
        axi__server_refuse(server, request, &verdict);
        axi__server_answered(event, verdict.code);
    } else if (axi_get_bool_or(axi_msg_root(request), AXI_A_eof, false)) {
        file->active = false;
        file->delivered = true;
        event->kind = AXI_SERVER_FILE;
        event->name.ptr = file->name;
        event->name.len = file->name_len;
        event->data.ptr = file->data.ptr;
        event->data.len = file->data.len;
    } else {
        axi_answer_start(server->answer, request);
        axi__server_send(server);
        axi__server_answered(event, AXI_V_NOTHING);
    }
}

/* --- GetFile --------------------------------------------------------------------------------------- */

void axi__server_get_file(struct axi_server *server, const struct axi_msg *request,
                          struct axi_server_event *event)
{
    struct axi__verdict verdict = wrong(AXI_V_NOTHING, NULL, NULL);
    event->name = axi_get_str(axi_msg_root(request), AXI_A_name);
    if (event->name.ptr == NULL || event->name.len == 0)
        verdict = wrong(AXI_V_EMissing, "name", NULL);
    else if (server->out_file.active)
        verdict = wrong(AXI_V_EInProgress, NULL, "another file is under way");
    if (verdict.code == AXI_V_NOTHING) {
        event->kind = AXI_SERVER_GET_FILE;
        return;
    }
    axi__server_refuse(server, request, &verdict);
    axi__server_answered(event, verdict.code);
}

static bool make_message(struct axi_server *server, struct axi_msg **msg)
{
    if (*msg == NULL)
        *msg = axi_msg_new(&server->options.parser.alloc);
    return *msg != NULL;
}

/* Keep of the request what its answers need. */
static int keep_request(struct axi__file_out *file, const struct axi_msg *request)
{
    const struct axi_elem *asked = axi_msg_root(request);
    if (axi_msg_type(request) != AXI_T_GetFile)
        return AXI_EINVAL;
    struct axi_elem *kept = axi_msg_start(file->request, AXI_T_GetFile);
    axi_set_str(kept, AXI_A_seq, axi_get_str(asked, AXI_A_seq));
    axi_set_str(kept, AXI_A_name, axi_get_str(asked, AXI_A_name));
    return axi_msg_error(file->request);
}

int axi_server_send_file(struct axi_server *server, const struct axi_msg *request,
                         struct axi_str data)
{
    struct axi__file_out *file = &server->out_file;
    if (server->slow)
        return AXI_EFULL;
    if (file->active || !server->open)
        return AXI_ESTATE;
    if (!make_message(server, &file->request) || !make_message(server, &file->block))
        return AXI_ENOMEM;
    int rc = keep_request(file, request);
    if (rc != AXI_OK)
        return rc;
    file->data.len = 0;
    if (!axi__buf_reserve(&file->data, data.len))
        return AXI_ENOMEM;
    if (data.len > 0)
        axi__buf_put(&file->data, data.ptr, data.len);
    file->offset = 0;
    file->active = true;
    axi__server_pump(server);
    return AXI_OK;
}

static void build_block(struct axi__file_out *file, size_t len)
{
    char text[BLOCK_TEXT];
    const char *from = file->data.ptr != NULL ? file->data.ptr + file->offset : "";
    struct axi_str str = {text, axi__base64_encode(from, len, text)};
    struct axi_elem *out = axi_answer_start(file->block, file->request);
    axi_set_str(out, AXI_A_name, axi_get_str(axi_msg_root(file->request), AXI_A_name));
    axi_set_int(out, AXI_A_offset, (int64_t)file->offset);
    axi_set_str(out, AXI_A_data, str);
    axi_set_int(out, AXI_A_size, (int64_t)file->data.len);
    if (file->offset + len == file->data.len)
        axi_set_bool(out, AXI_A_eof, true);
}

void axi__server_pump(struct axi_server *server)
{
    struct axi__file_out *file = &server->out_file;
    while (file->active && axi__server_queued(server) < BLOCKS_QUEUED) {
        size_t left = file->data.len - file->offset, len = left < BLOCK ? left : BLOCK;
        build_block(file, len);
        /* Out of memory and overrun end the session, and with it the file. */
        if (axi__server_queue(server, file->block) != AXI_OK)
            return;
        file->offset += len;
        file->active = file->offset < file->data.len;
    }
    if (!file->active && file->data.cap > AXI__SERVER_KEEP)
        axi_buf_done(&file->data);
}
