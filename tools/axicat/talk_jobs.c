/*
 * What is sent in a session, and when: subscriptions, then the jobs one after the other, as many requests at a
 * time as the window lets.
 */
#include "talk_private.h"

bool cat_talk_prepare(struct talk *talk)
{
    talk->held = axi_msg_new(NULL);
    return cat_decoder_init(&talk->decoder, talk->options->unchecked) && talk->held;
}

void cat_talk_done(struct talk *talk)
{
    cat_talk_drop_file(talk);
    cat_input_close(talk->input);
    talk->input = NULL;
    cat_decoder_done(&talk->decoder);
    axi_msg_free(talk->held);
}

/* --- subscriptions */

static void subscribe(struct talk *talk)
{
    struct axi_subscription list[CAT_FILTERS_MAX];
    struct cat_error error;
    for (size_t i = 0; i < talk->options->subscribe_count; i++) {
        size_t count;
        int code = AXI_OK;
        if (!cat_subscription_read(talk->options->subscribe[i], list, &count, &error)) {
            cat_talk_fail(talk, error.text);
            return;
        }
        for (size_t k = 0; k < count && code == AXI_OK; k++)
            code = axi_client_subscribe(talk->client, &list[k], cat_now());
        if (code != AXI_OK) {
            cat_explain(&error, "--subscribe %s: %s", talk->options->subscribe[i],
                        axi_err_text(code));
            cat_talk_fail(talk, error.text);
            return;
        }
    }
}

void cat_talk_opened(struct talk *talk)
{
    subscribe(talk);
    if (talk->options->for_ms > 0)
        com_timer_start(talk->limit, talk->options->for_ms, 0);
}

/* --- requests */

/* What is no request is found before it is sent; of names that the catalogue does not have nobody knows. */
static bool is_request(const struct axi_msg *msg, struct cat_error *error)
{
    struct axi_str name = axi_elem_name(axi_msg_root(msg));
    enum axi_type type = axi_msg_type(msg);
    if (type == AXI_T_Open)
        return cat_fail(error, "Open: the login is axicat's own affair");
    return type == AXI_T_NONE || axi_type_kind(type) == AXI_REQUEST ||
           cat_fail(error, "%.*s is not a request", (int)name.len, name.ptr);
}

static void send_request(struct talk *talk, struct axi_msg *msg, uint64_t tag)
{
    struct axi_public_key key = axi_client_public_key(talk->client);
    struct cat_error error;
    if (!is_request(msg, &error)) {
        cat_talk_fail(talk, error.text);
        return;
    }
    if (!talk->options->plain_secrets && cat_has_clear_secrets(msg, &key) &&
        !cat_encrypt_secrets(msg, &key, &error)) {
        cat_talk_fail(talk, error.text);
        return;
    }
    int code = axi_client_request(talk->client, msg, tag, 0, cat_now());
    if (code == AXI_OK) {
        talk->under_way++;
        return;
    }
    cat_explain(&error, "the request cannot be sent: %s", axi_err_text(code));
    cat_talk_fail(talk, error.text);
}

static void ask_key(struct talk *talk)
{
    struct axi_msg *msg = axi_msg_new(NULL);
    talk->asked_key = true;
    if (msg)
        axi_msg_start(msg, AXI_T_GetPublicKey);
    if (!msg || axi_client_request(talk->client, msg, TAG_KEY, 0, cat_now()) != AXI_OK)
        cat_talk_fail(talk, "out of memory");
    axi_msg_free(msg);
}

/* A request with secrets may have to wait for the key. */
static void send_or_hold(struct talk *talk, struct axi_msg *msg, uint64_t tag)
{
    struct axi_public_key key = axi_client_public_key(talk->client);
    if (talk->options->plain_secrets || key.modulus.ptr || talk->asked_key ||
        !cat_has_clear_secrets(msg, &key)) {
        send_request(talk, msg, tag);
        return;
    }
    if (cat_copy(talk->held, msg) != AXI_OK) {
        cat_talk_fail(talk, "out of memory");
        return;
    }
    talk->held_tag = tag;
    ask_key(talk);
}

void cat_talk_took_key(struct talk *talk)
{
    send_request(talk, talk->held, talk->held_tag);
    axi_msg_reset(talk->held);
}

/* --- files */

static void on_input(void *user)
{
    cat_talk_turn(user, NULL, 0);
}

static void bad_input(struct talk *talk, const struct cat_item *item, size_t offset,
                      const struct cat_error *error)
{
    unsigned long line, column;
    cat_item_place(item, offset, &line, &column);
    cat_say("%s:%lu:%lu: %s", cat_input_name(talk->input), line, column, error->text);
    cat_talk_end(talk, CAT_USAGE);
}

/* Recordings and our own output can be sent again: what came, and the login, are not requests of ours. */
static bool is_to_be_sent(const struct axi_msg *msg, const struct cat_stamp *stamp)
{
    bool recorded_login = stamp->direction[0] && axi_msg_type(msg) == AXI_T_Open;
    return strcmp(stamp->direction, "in") != 0 && !recorded_login;
}

/* True when something was done and it is worth looking again. */
static bool advance_input(struct talk *talk, uint64_t tag)
{
    struct cat_item item;
    struct cat_error error;
    struct cat_stamp stamp;
    size_t offset;
    switch (cat_input_next(talk->input, &item, &error)) {
    case CAT_INPUT_WAIT:
        return false;
    case CAT_INPUT_END:
        cat_input_close(talk->input);
        talk->input = NULL;
        return true;
    case CAT_INPUT_FAILED:
        cat_talk_fail(talk, error.text);
        return false;
    case CAT_INPUT_ITEM:
        break;
    }
    struct axi_msg *msg = cat_decode(&talk->decoder, &item, &stamp, &offset, &error);
    if (!msg)
        bad_input(talk, &item, offset, &error);
    else if (is_to_be_sent(msg, &stamp))
        send_or_hold(talk, msg, tag);
    return true;
}

/* --- jobs */

static bool start_job(struct talk *talk)
{
    struct cat_job *job = &talk->jobs->list[talk->next_job];
    uint64_t tag = TAG_FIRST_JOB + talk->next_job++;
    struct cat_error error;
    int code;
    switch (job->kind) {
    case CAT_JOB_MESSAGE:
        send_or_hold(talk, job->msg, tag);
        return true;
    case CAT_JOB_FILE:
        talk->input = cat_input_open(&talk->loop, job->path, on_input, talk, &error);
        if (!talk->input)
            cat_talk_fail(talk, error.text);
        return true;
    case CAT_JOB_ALL:
        code = axi_client_read_like(talk->client, job->msg, tag, cat_now());
        if (code == AXI_OK)
            talk->under_way++;
        else
            cat_talk_fail(talk, axi_err_text(code));
        return true;
    case CAT_JOB_PUT:
        return cat_talk_put(talk, job, tag);
    case CAT_JOB_GET:
        return cat_talk_get(talk, job, tag);
    }
    return false;
}

static bool step(struct talk *talk)
{
    if (talk->input)
        return advance_input(talk, TAG_FIRST_JOB + talk->next_job - 1);
    return talk->next_job < talk->jobs->count && start_job(talk);
}

static bool may_send(const struct talk *talk)
{
    return talk->logged_in && !talk->ending && !axi_msg_root(talk->held) && !talk->transfer &&
           talk->under_way < talk->options->window;
}

void cat_talk_advance(struct talk *talk)
{
    while (may_send(talk) && step(talk))
        ;
    bool idle = talk->logged_in && !talk->ending && !talk->input && talk->under_way == 0 &&
                !axi_msg_root(talk->held) && talk->next_job == talk->jobs->count;
    if (idle && !talk->options->follow)
        cat_talk_end(talk, CAT_DONE);
}
