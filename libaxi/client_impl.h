/*
 * The inside of a client, shared by its files and by nobody else.
 *
 *   client.c            life, events, time
 *   client_open.c       Open, permissions, the public key, Ping
 *   client_queue.c      requests: numbers, waiting, the window, bytes to send
 *   client_read.c       whole tables, page by page
 *   client_subscribe.c  flags to Subscribe requests, wanted and acknowledged
 *   client_file.c       files in blocks
 *
 * A request has a place (struct axi__request) from the call that makes it to its answer or time-out. The table of calls
 * holds those on the wire, with the place as their tag; those that wait are a list of places, and their bytes lie
 * behind `ready` in the output, in the same order. So an answer can only be found for what was really sent.
 *
 * What the client makes by itself is made by axi__client_pump, and when there is no memory made again later.
 */
#ifndef AXI__CLIENT_IMPL_H
#define AXI__CLIENT_IMPL_H

#include <axi/client.h>
#include <axi/pages.h>

enum axi__purpose {
    AXI__FREE,
    AXI__FOR_HOST, /* axi_client_request */
    AXI__FOR_OPEN,
    AXI__FOR_PING,
    AXI__FOR_PAGE,
    AXI__FOR_SUBSCRIBE,
    AXI__FOR_PUT,
    AXI__FOR_GET,
    AXI__FOR_NOBODY /* the page of a read that is over: its answer is awaited but not looked at */
};

#define AXI__NO_PLACE UINT32_MAX

struct axi__request {
    enum axi__purpose purpose;
    enum axi_type type;
    bool sent; /* it is in the table of calls */
    int64_t seq;
    uint64_t tag; /* the host's */
    int64_t timeout_ms;
    uint64_t name;            /* hash of the name, for what is not in the catalogue */
    size_t bytes;             /* in the output, while it waits */
    uint32_t next;            /* place of the next one that waits or is free */
    int64_t start;            /* PAGE: first id; PING: 1 when it measures the clock */
    struct axi__read *read;   /* PAGE */
    struct axi__batch *batch; /* SUBSCRIBE */
};

struct axi__read {
    struct axi__read *next;
    enum axi_type request;
    struct axi_paging paging;
    struct axi_pages pages;
    uint64_t tag;
    struct axi_msg *model; /* what every page's request has, or empty; NULL until it was needed */
    bool owes;             /* this page was decided on but could not be asked for yet */
    int64_t owed_start;
    unsigned owed_max;
};

/* The flags of one Subscribe request, until it is answered. */
struct axi__batch {
    struct axi__batch *next;
    unsigned count;
    bool acknowledged; /* answered, but for lack of memory not noted yet */
    bool again;        /* what was wanted at Open */
    struct axi_subscription flags[AXI_SUBSCRIBE_MAX]; /* patterns: see `texts` */
    size_t at[AXI_SUBSCRIBE_MAX];                     /* offset of each pattern in `texts` */
    struct axi_buf texts;
};

enum axi__file_state { AXI__FILE_NONE, AXI__FILE_PUT, AXI__FILE_GET };

struct axi__file {
    enum axi__file_state state;
    uint64_t tag;
    struct axi_buf bytes; /* PUT: name and data; GET: the last block */
    size_t name_len;
    size_t offset;  /* PUT: bytes of the file that were sent and acknowledged */
    size_t block;   /* PUT: bytes in the block under way */
    bool owes;      /* PUT: the next block could not be sent yet */
    uint64_t taken; /* GET: bytes that came */
};

enum axi__session { AXI__CLOSED, AXI__OPENING, AXI__OPEN };

/* Hexadecimal digits of a key of 8192 bits, and of an exponent of 256 bits (FIPS 186-5 allows no larger one). */
enum { AXI__MODULUS_MAX = 2048, AXI__EXPONENT_MAX = 64 };

struct axi_client {
    struct axi_client_options options; /* defaults filled in */
    struct axi_time now;
    enum axi__session session;

    struct axi_parser *parser;
    struct axi_calls *calls;
    struct axi_msg *draft; /* what the client makes itself */
    struct axi_clock clock;
    unsigned permissions;
    struct axi_public_key key; /* into the digits below */
    char modulus[AXI__MODULUS_MAX], exponent[AXI__EXPONENT_MAX];

    struct axi_buf login; /* Open, apart from the rest because it is wiped */
    size_t login_sent;
    struct axi_buf output;
    size_t output_sent, ready; /* up to where it was sent, and may be sent */
    int64_t request_ms;        /* when the last request went out */
    int64_t last_seq;
    unsigned pings; /* under way and waiting */

    struct axi__request *places;
    uint32_t place_count, used;
    uint32_t free_place, first_waiting, last_waiting;

    struct axi__read *reads, *spare_reads;
    struct axi_subscriptions *wanted, *acknowledged;
    struct axi__batch *batches, *spare_batches; /* in the order of their requests */
    struct axi__batch *collecting;              /* the last of them, while it is not a request */
    bool resubscribing;  /* after Open: all that is wanted is to be asked for */
    size_t resubscribed; /* so many of it are */
    uint32_t last_older; /* what waited before: it goes behind them */
    size_t older_bytes;
    struct axi__file file;

    bool late; /* an event that belongs behind the one before it */
    struct axi_client_event late_event;
    int64_t
        retry_ms; /* what could not be made for lack of memory is tried again; INT64_MAX: nothing */
};

/* client.c */

/* Take the time of a call; what comes out never goes back. */
void axi__client_tick(struct axi_client *client, struct axi_time now);
/* Make and send what is due. */
void axi__client_pump(struct axi_client *client);
/* An event to be told with the next axi_client_next. */
void axi__client_tell_late(struct axi_client *client, enum axi_client_event_kind kind, uint64_t tag,
                           enum axi_type request);

/* client_queue.c */

/* True when the host's requests are refused. */
bool axi__client_is_full(const struct axi_client *client);
/* Number `msg` and put it behind what waits. `what` tells the purpose, tag and the rest. On error nothing is changed
 * but the message. */
AXI_MUST_CHECK int axi__client_enqueue(struct axi_client *client, struct axi_msg *msg,
                                       const struct axi__request *what);
/* Send what waits, as far as the window allows. */
void axi__client_release(struct axi_client *client);
/* Find and take out the request that `answer` answers. */
AXI_MUST_CHECK bool axi__client_match(struct axi_client *client, const struct axi_msg *answer,
                                      struct axi__request *ret_request);
/* Take out one request whose time is over. */
bool axi__client_expired(struct axi_client *client, struct axi__request *ret_request);
/* Wait for one more answer to a request that was just taken out. */
void axi__client_await_more(struct axi_client *client, const struct axi__request *request);
/* Put what waits behind `last_older` before it. */
void axi__client_put_first(struct axi_client *client);
/* A place for a request that is sent by itself (Open). */
AXI_MUST_CHECK int axi__client_take_place(struct axi_client *client, uint32_t *ret_place);
void axi__client_forget_requests(struct axi_client *client);
/* Remember the request of a place as sent now. */
void axi__client_start_time(struct axi_client *client, uint32_t place);

/* client_open.c */
bool axi__client_open_answer(struct axi_client *client, const struct axi_msg *answer,
                             struct axi_client_event *event);
void axi__client_take_permissions(struct axi_client *client, const struct axi_elem *from);
void axi__client_take_key(struct axi_client *client, const struct axi_elem *from);
void axi__client_wipe_login(struct axi_client *client);
AXI_MUST_CHECK int axi__client_send_ping(struct axi_client *client);
bool axi__client_ping_answer(struct axi_client *client, const struct axi__request *request,
                             const struct axi_msg *answer, struct axi_client_event *event);
/* When a Ping is due; INT64_MAX for not now. */
int64_t axi__client_ping_time(const struct axi_client *client);

/* client_read.c */
bool axi__client_page_answer(struct axi_client *client, const struct axi__request *request,
                             const struct axi_msg *answer, struct axi_client_event *event);
void axi__client_read_over(struct axi_client *client, struct axi__read *read);
AXI_MUST_CHECK int axi__client_pump_reads(struct axi_client *client);
void axi__client_forget_reads(struct axi_client *client);
void axi__client_free_reads(struct axi_client *client);

/* client_subscribe.c */
bool axi__client_subscribe_answer(struct axi_client *client, struct axi__batch *batch,
                                  const struct axi_msg *answer, struct axi_client_event *event);
void axi__client_subscribe_over(struct axi_client *client, struct axi__batch *batch);
/* Begin to ask for everything that is wanted: the session was opened. */
void axi__client_resubscribe(struct axi_client *client);
/* Make Subscribe requests of what is to be asked for and was not: before any later request. */
AXI_MUST_CHECK int axi__client_flush(struct axi_client *client);
AXI_MUST_CHECK int axi__client_pump_acknowledged(struct axi_client *client);
void axi__client_forget_batches(struct axi_client *client);
void axi__client_free_batches(struct axi_client *client);

/* client_file.c */
bool axi__client_put_answer(struct axi_client *client, const struct axi_msg *answer,
                            struct axi_client_event *event);
bool axi__client_get_answer(struct axi_client *client, const struct axi__request *request,
                            const struct axi_msg *answer, struct axi_client_event *event);
AXI_MUST_CHECK int axi__client_pump_file(struct axi_client *client);
/* Nothing is carried any more; memory of usual size is kept. */
void axi__client_file_over(struct axi_client *client);

#endif
