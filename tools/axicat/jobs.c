/*
 * From the command line to things to do. All of it is read before anything is sent.
 */
#include "jobs.h"
#include "reader.h"
#include "words.h"

#include <com/config.h>
#include <stdlib.h>

bool cat_jobs_add(struct cat_jobs *jobs, const struct cat_job *job)
{
    if (jobs->count == jobs->cap) {
        size_t cap = jobs->cap > 0 ? jobs->cap * 2 : 16;
        struct cat_job *grown = realloc(jobs->list, cap * sizeof *grown);
        if (!grown)
            return false;
        jobs->list = grown;
        jobs->cap = cap;
    }
    jobs->list[jobs->count++] = *job;
    return true;
}

void cat_jobs_done(struct cat_jobs *jobs)
{
    for (size_t i = 0; i < jobs->count; i++)
        axi_msg_free(jobs->list[i].msg);
    free(jobs->list);
    memset(jobs, 0, sizeof *jobs);
}

/* A new job with an empty message; NULL with the error. */
static struct axi_msg *add_message(struct cat_jobs *jobs, struct cat_error *error)
{
    struct cat_job job = {.kind = CAT_JOB_MESSAGE, .msg = axi_msg_new(NULL)};
    if (job.msg && cat_jobs_add(jobs, &job))
        return job.msg;
    axi_msg_free(job.msg);
    cat_explain(error, "out of memory");
    return NULL;
}

/* --- XML and JSON in an argument */

static bool add_copy(struct cat_jobs *jobs, const struct axi_msg *from, struct cat_error *error)
{
    struct axi_msg *msg = add_message(jobs, error);
    return msg &&
           (cat_copy(msg, from) == AXI_OK || cat_fail(error, "the message cannot be copied"));
}

static bool read_text(struct cat_jobs *jobs, const char *text, struct cat_error *error)
{
    struct cat_decoder decoder;
    struct cat_reader *reader = cat_reader_new();
    struct cat_item item;
    bool good = reader && cat_decoder_init(&decoder, false);
    if (!good) {
        cat_reader_free(reader);
        return cat_fail(error, "out of memory");
    }
    good = cat_reader_feed(reader, text, strlen(text));
    cat_reader_end(reader);
    while (good && cat_reader_next(reader, &item)) {
        struct axi_msg *msg = cat_decode(&decoder, &item, NULL, NULL, error);
        good = msg && add_copy(jobs, msg, error);
    }
    cat_decoder_done(&decoder);
    cat_reader_free(reader);
    return good;
}

/* --- the short form */

struct words {
    struct axi_str list[CAT_WORDS_MAX];
    size_t count;
    char *room; /* of the first word, if that was several */
};

static bool begin_words(struct words *words, const char *text, struct cat_error *error)
{
    free(words->room);
    words->count = 0;
    words->room = malloc(strlen(text) + 1);
    if (!words->room)
        return cat_fail(error, "out of memory");
    return cat_words_split(cat_str(text), words->room, words->list, &words->count, error);
}

static bool finish_words(struct cat_jobs *jobs, struct words *words, bool unchecked,
                         struct cat_error *error)
{
    if (words->count == 0)
        return true;
    struct axi_msg *msg = add_message(jobs, error);
    bool good = msg && cat_words_message(words->list, words->count, unchecked, msg, error);
    words->count = 0;
    return good;
}

static bool take_word(struct cat_jobs *jobs, struct words *words, const char *text, bool unchecked,
                      struct cat_error *error)
{
    struct cat_job input = {.kind = CAT_JOB_FILE, .path = "-"};
    bool standard = strcmp(text, "-") == 0;
    if (!standard && !cat_word_begins(text)) {
        if (words->count == 0)
            return cat_fail(error, "\"%s\" comes before the name of a message", text);
        if (words->count == CAT_WORDS_MAX)
            return cat_fail(error, "more than %d words", CAT_WORDS_MAX);
        words->list[words->count++] = cat_str(text);
        return true;
    }
    if (!finish_words(jobs, words, unchecked, error))
        return false;
    if (standard)
        return cat_jobs_add(jobs, &input) || cat_fail(error, "out of memory");
    if (text[0] == '<' || text[0] == '{')
        return read_text(jobs, text, error);
    return begin_words(words, text, error);
}

/* --- the command line */

/* "GetPPUser", or with what each page shall be asked with: "GetRFP withDetails=1". */
static bool add_table(struct cat_jobs *jobs, const char *text, bool unchecked,
                      struct cat_error *error)
{
    struct axi_msg *msg = add_message(jobs, error);
    struct cat_error why;
    struct axi_paging paging;
    if (!msg)
        return false;
    jobs->list[jobs->count - 1].kind = CAT_JOB_ALL;
    if (!cat_line_message(cat_str(text), unchecked, msg, &why))
        return cat_fail(error, "--all: %s", why.text);
    return axi_type_paging(axi_msg_type(msg), &paging) ||
           cat_fail(error, "--all: %s reads no table", text);
}

/* "NAME=FILE". */
static bool add_transfer(struct cat_jobs *jobs, const struct cat_thing *thing,
                         struct cat_error *error)
{
    bool put = thing->kind == CAT_THING_PUT;
    const char *equals = strchr(thing->text, '=');
    struct cat_job job = {.kind = put ? CAT_JOB_PUT : CAT_JOB_GET};
    if (!equals || equals == thing->text || equals[1] == '\0')
        return cat_fail(error, "--%s takes NAME=FILE", put ? "put" : "get");
    job.name = (struct axi_str){thing->text, (size_t)(equals - thing->text)};
    job.path = equals + 1;
    return cat_jobs_add(jobs, &job) || cat_fail(error, "out of memory");
}

static bool take_thing(struct cat_jobs *jobs, struct words *words, const struct cat_thing *thing,
                       bool unchecked, struct cat_error *error)
{
    struct cat_job file = {.kind = CAT_JOB_FILE, .path = thing->text};
    if (thing->kind == CAT_THING_WORD)
        return take_word(jobs, words, thing->text, unchecked, error);
    if (!finish_words(jobs, words, unchecked, error))
        return false;
    if (thing->kind == CAT_THING_ALL)
        return add_table(jobs, thing->text, unchecked, error);
    if (thing->kind == CAT_THING_PUT || thing->kind == CAT_THING_GET)
        return add_transfer(jobs, thing, error);
    return cat_jobs_add(jobs, &file) || cat_fail(error, "out of memory");
}

bool cat_jobs_read(struct cat_jobs *jobs, const struct cat_options *options, bool skip_first_word,
                   struct cat_error *error)
{
    struct words *words = calloc(1, sizeof *words);
    bool good = words || cat_fail(error, "out of memory");
    for (size_t i = 0; good && i < options->thing_count; i++) {
        const struct cat_thing *thing = &options->things[i];
        bool skipped = skip_first_word && thing->kind == CAT_THING_WORD;
        if (skipped)
            skip_first_word = false;
        else
            good = take_thing(jobs, words, thing, options->unchecked, error);
    }
    good = good && finish_words(jobs, words, options->unchecked, error);
    if (words)
        free(words->room);
    free(words);
    return good;
}

/* --- subscriptions */

struct filter_row {
    const char *name;
    enum axi_filter bit;
    bool pattern;
};
static const struct filter_row filter_rows[] = {
    {"ppn", AXI_BY_PPN, false}, {"uid", AXI_BY_UID, false},        {"rfpId", AXI_BY_RFP, false},
    {"omm", AXI_BY_OMM, false}, {"trigger", AXI_BY_TRIGGER, true}, {"scheme", AXI_BY_SCHEME, true},
};
#define FILTER_COUNT (sizeof filter_rows / sizeof filter_rows[0])

static bool find_event_type(struct axi_str name, struct axi_event_type *ret_type,
                            struct cat_error *error)
{
    enum axi_value value = axi_value_of(AXI_E_EventType, name);
    const char *names[AXI_V_COUNT + 1], *near;
    struct axi_event_type type;
    size_t count = 0;
    if (value != AXI_V_NOTHING && axi_event_type(value, ret_type))
        return true;
    for (; count < AXI_V_COUNT && axi_event_type_at(count, &type); count++)
        names[count] = axi_value_text(type.name);
    names[count] = NULL;
    near = cat_nearest(name, names);
    return cat_fail(error, "there is no event type %.*s%s%s%s",
                    (int)(name.len < 60 ? name.len : 60), name.ptr, near ? " (did you mean \"" : "",
                    near ? near : "", near ? "\"?)" : "");
}

/* All items of every filter that the type has. */
static void subscribe_all(const struct axi_event_type *type, struct axi_subscription *list,
                          size_t *ret_count)
{
    for (size_t i = 0; i < FILTER_COUNT; i++) {
        const struct filter_row *row = &filter_rows[i];
        if (type->filters & row->bit)
            list[(*ret_count)++] =
                (struct axi_subscription){.event = type->name,
                                          .on = true,
                                          .filter = row->bit,
                                          .item = -1,
                                          .pattern = cat_str(row->pattern ? "*" : NULL)};
    }
    if (*ret_count == 0)
        list[(*ret_count)++] = (struct axi_subscription){.event = type->name, .on = true};
}

static bool subscribe_one(const struct axi_event_type *type, const char *filter,
                          struct axi_subscription *ret_subscription, struct cat_error *error)
{
    const char *equals = strchr(filter, '='), *name = axi_value_text(type->name);
    struct axi_str word = {filter, equals ? (size_t)(equals - filter) : strlen(filter)};
    const struct filter_row *row = filter_rows;
    while (row < filter_rows + FILTER_COUNT && !cat_is(word, row->name))
        row++;
    if (!equals || row == filter_rows + FILTER_COUNT || !(type->filters & row->bit))
        return cat_fail(error, "--subscribe %s: \"%s\" is no filter of this event type", name,
                        filter);
    *ret_subscription =
        (struct axi_subscription){.event = type->name, .on = true, .filter = row->bit, .item = -1};
    if (row->pattern)
        ret_subscription->pattern = cat_str(equals + 1);
    else if (!com_parse_int(equals + 1, &ret_subscription->item))
        return cat_fail(error, "--subscribe %s: %s takes a number", name, row->name);
    return true;
}

bool cat_subscription_read(const char *text, struct axi_subscription *ret_list, size_t *ret_count,
                           struct cat_error *error)
{
    const char *colon = strchr(text, ':');
    struct axi_event_type type;
    struct axi_str name = {text, colon ? (size_t)(colon - text) : strlen(text)};
    *ret_count = 0;
    if (!find_event_type(name, &type, error))
        return false;
    if (!colon) {
        subscribe_all(&type, ret_list, ret_count);
        return true;
    }
    *ret_count = 1;
    return subscribe_one(&type, colon + 1, ret_list, error);
}
