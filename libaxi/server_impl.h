/*
 * The inside of a server's session: server.c has its life and takes requests, server_answer.c sends, server_file.c
 * carries files.
 */
#ifndef AXI__SERVER_IMPL_H
#define AXI__SERVER_IMPL_H

#include <axi/server.h>

/* Memory for ordinary traffic stays with the session; what an unusual message or a file took is given
 * back. */
#define AXI__SERVER_KEEP ((size_t)64 << 10)
/* Of the answer that is being made: a page of records is several times its bytes. */
#define AXI__SERVER_KEEP_ANSWER ((size_t)512 << 10)
/* Longest name of a file that is sent to us, in bytes. */
#define AXI__FILE_NAME_MAX 255

/* A file that comes in. */
struct axi__file_in {
    bool active;    /* blocks came, but not the last one */
    bool delivered; /* the host has it until the next request */
    char name[AXI__FILE_NAME_MAX];
    size_t name_len;
    struct axi_buf data;
};

/* A file that goes out. */
struct axi__file_out {
    bool active;
    struct axi_msg *request; /* name and seq, for the answers; made when first needed, as `block` */
    struct axi_msg *block;
    struct axi_buf data;
    size_t offset;
};

struct axi_server {
    struct axi_server_options options; /* without zeroes */
    struct axi_parser *parser;
    struct axi_msg *answer;
    struct axi_subscriptions *subs;
    struct axi_buf out;
    size_t sent; /* bytes at the beginning of `out` that are gone */
    struct axi_time now;
    int64_t last_request_ms;
    bool started;         /* `now` and `last_request_ms` are set */
    bool idle;            /* IDLE was told, and no request came since */
    bool slow, slow_told; /* the end */
    bool open, sync;
    unsigned permissions;
    const struct axi_msg *login; /* an Open that the host has to decide about; the parser's */
    enum axi_value login_code;
    struct axi_str login_bad;
    struct axi__file_in in;
    struct axi__file_out out_file;
};

/* Why a request is refused by ourselves. */
struct axi__verdict {
    enum axi_value code; /* NOTHING: it is not */
    struct axi_str bad;  /* ptr NULL: nothing in particular */
    const char *info;
    int64_t max_len;
};

/* --- server_answer.c */

size_t axi__server_queued(const struct axi_server *server);
int axi__server_queue(struct axi_server *server, const struct axi_msg *msg);
/* Nothing can be sent any more: SLOW is due. */
void axi__server_overrun(struct axi_server *server);
/* Send the answer that was begun by ourselves; what goes wrong comes as SLOW. */
void axi__server_send(struct axi_server *server);
/* Begin and send a refusal. */
void axi__server_refuse(struct axi_server *server, const struct axi_msg *request,
                        const struct axi__verdict *verdict);

/* --- server_file.c */

void axi__server_put_file(struct axi_server *server, const struct axi_msg *request,
                          struct axi_server_event *event);
void axi__server_get_file(struct axi_server *server, const struct axi_msg *request,
                          struct axi_server_event *event);
/* Blocks of a file while there is room in the output. */
void axi__server_pump(struct axi_server *server);
/* The host has seen the file that came. */
void axi__server_release_file(struct axi_server *server);
void axi__server_drop_files(struct axi_server *server);
void axi__server_free_files(struct axi_server *server);

/* --- server.c */

/* What the server did with a request by itself. */
void axi__server_answered(struct axi_server_event *event, enum axi_value code);

#endif
