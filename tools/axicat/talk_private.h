/*
 * The session's inside: talk.c has the connection and what comes, talk_jobs.c what is sent.
 */
#ifndef AXICAT_TALK_PRIVATE_H
#define AXICAT_TALK_PRIVATE_H

#include "input.h"
#include "recorder.h"
#include "secrets.h"
#include "talk.h"
#include "trust.h"

#include <axi/client.h>
#include <com/conn.h>
#include <com/loop.h>
#include <com/secret.h>

/* Tags of requests: what the client asks by itself has none of ours. */
#define TAG_KEY       1u
#define TAG_FIRST_JOB 16u

struct talk {
    uv_loop_t loop;
    const struct cat_options *options;
    struct cat_jobs *jobs;
    const struct cat_talk_hook *hook;
    struct axi_client *client;
    struct cat_printer *printer;
    struct cat_recorder *recorder;
    struct com_conn *conn;
    struct com_timer *timer, *limit;
    struct com_signals *signals;
    char password[COM_SECRET_MAX];
    bool connected, logged_in, ending;
    int code;
    int64_t under_way, events;

    /* talk_jobs.c */
    size_t next_job;
    struct cat_input *input; /* of the job under way, if that is a file */
    struct cat_decoder decoder;
    struct axi_msg *held; /* a request with secrets that waits for the key; empty: none */
    uint64_t held_tag;
    bool asked_key;

    /* talk_files.c */
    const struct cat_job *transfer; /* the file under way */
    int file;                       /* that is fetched; -1: none */
};

/* talk.c */
struct axi_time cat_now(void);
/* Print a message that came. */
void cat_talk_show(struct talk *talk, const struct axi_msg *msg);
/* Something of ours went wrong: say it and end. */
void cat_talk_fail(struct talk *talk, const char *text);
/* Close the connection, or what is left of it; the run ends with this code if nothing worse happened. */
void cat_talk_end(struct talk *talk, int code);
/* Take bytes and send what is due. */
void cat_talk_turn(struct talk *talk, const char *bytes, size_t len);

/* talk_jobs.c */
bool cat_talk_prepare(struct talk *talk);
void cat_talk_done(struct talk *talk);
/* The login was accepted. */
void cat_talk_opened(struct talk *talk);
/* Send what may be sent now; end when nothing is left. */
void cat_talk_advance(struct talk *talk);
/* talk_files.c: a file to the OMM, or from it. False when the run has ended for it. */
bool cat_talk_put(struct talk *talk, const struct cat_job *job, uint64_t tag);
bool cat_talk_get(struct talk *talk, const struct cat_job *job, uint64_t tag);
void cat_talk_took_block(struct talk *talk, struct axi_str data);
/* The file is complete, or it was refused. */
void cat_talk_file_over(struct talk *talk, const struct axi_client_event *event);
/* Nothing more of it comes: what was fetched of it is taken away. */
void cat_talk_drop_file(struct talk *talk);

/* GetPublicKey was answered, with a key or without. */
void cat_talk_took_key(struct talk *talk);

#endif
