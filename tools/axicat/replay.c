/*
 * Sending the requests of a recording again, and comparing the answers.
 */
#include "replay.h"
#include "recording.h"
#include "talk.h"

#include <stdlib.h>

struct replay {
    const struct cat_options *options;
    struct cat_recording recording;
    struct cat_jobs jobs;
    size_t *entries; /* of the jobs */
    struct cat_redactor redactor;
    struct com_json json;
    unsigned long line; /* of the recorded answer that is compared */
    size_t differences, answers;
};

/* --- differences */

static void set_value(struct com_json *json, const char *key, struct axi_str value)
{
    com_json_key(json, key);
    com_json_str(json, value.ptr, value.len);
}

static void print_json(struct replay *replay, const struct cat_difference *difference)
{
    struct com_json *json = &replay->json;
    com_json_reset(json);
    com_json_object(json);
    com_json_set_text(json, "file", replay->recording.path);
    com_json_set_int(json, "line", (int64_t)replay->line);
    com_json_set_text(json, "path", difference->path);
    set_value(json, "recorded", difference->recorded);
    set_value(json, "now", difference->now);
    com_json_end(json);
    const char *text = com_json_done_text(json);
    if (text)
        puts(text);
}

static void show_value(char *text, size_t max, const char *what, struct axi_str value)
{
    if (value.ptr)
        snprintf(text, max, "%s \"%.*s\"", what, (int)(value.len < 100 ? value.len : 100),
                 value.ptr);
    else
        snprintf(text, max, "%s absent", what);
}

static void on_difference(void *user, const struct cat_difference *difference)
{
    struct replay *replay = user;
    struct cat_error line; /* makes control characters visible */
    char recorded[128], now[128];
    if (replay->options->format == CAT_QUIET)
        return;
    if (replay->options->format == CAT_JSON) {
        print_json(replay, difference);
        return;
    }
    show_value(recorded, sizeof recorded, "recorded", difference->recorded);
    show_value(now, sizeof now, "now", difference->now);
    cat_explain(&line, "%s: %s, %s", difference->path, recorded, now);
    printf("%s:%lu: %s\n", replay->recording.path, replay->line, line.text);
}

static void on_answer(void *user, size_t job, const struct axi_msg *answer)
{
    struct replay *replay = user;
    const struct cat_recording *recording = &replay->recording;
    size_t expected = cat_recording_answer(recording, replay->entries[job]);
    struct cat_comparison comparison = {.ignore = replay->options->ignore,
                                        .ignore_count = replay->options->ignore_count,
                                        .on_difference = on_difference,
                                        .user = replay};
    if (expected == CAT_NO_ENTRY) {
        cat_say("%s:%lu: no answer was recorded", recording->path,
                recording->entries[replay->entries[job]].line);
        return;
    }
    replay->line = recording->entries[expected].line;
    answer = cat_redact(&replay->redactor, answer, replay->options->show_secrets);
    if (!answer)
        return;
    replay->answers++;
    replay->differences += cat_compare(axi_msg_root(recording->entries[expected].msg),
                                       axi_msg_root(answer), &comparison);
}

/* --- requests */

/* The login and the pings are the client's own. */
static bool is_ours(const struct cat_entry *entry)
{
    enum axi_type type = axi_msg_type(entry->msg);
    return !entry->in && type != AXI_T_Open && type != AXI_T_Ping;
}

static bool add_job(struct replay *replay, size_t entry, struct cat_error *error)
{
    const struct cat_recording *recording = &replay->recording;
    struct cat_job job = {.kind = CAT_JOB_MESSAGE};
    if (cat_is_redacted(axi_msg_root(recording->entries[entry].msg)))
        return cat_fail(error,
                        "%s:%lu: the request was recorded without its secrets and cannot be sent "
                        "(record with --show-secrets)",
                        recording->path, recording->entries[entry].line);
    job.msg = axi_msg_new(NULL);
    if (job.msg && cat_copy(job.msg, recording->entries[entry].msg) == AXI_OK) {
        replay->entries[replay->jobs.count] = entry;
        if (cat_jobs_add(&replay->jobs, &job))
            return true;
    }
    axi_msg_free(job.msg);
    return cat_fail(error, "out of memory");
}

static bool prepare(struct replay *replay, struct cat_error *error)
{
    const struct cat_recording *recording = &replay->recording;
    if (!cat_recording_read(&replay->recording, replay->options->recording, error))
        return false;
    replay->entries = calloc(recording->count + 1, sizeof *replay->entries);
    if (!replay->entries || !cat_redactor_init(&replay->redactor))
        return cat_fail(error, "out of memory");
    for (size_t i = 0; i < recording->count; i++) {
        if (is_ours(&recording->entries[i]) && !add_job(replay, i, error))
            return false;
    }
    return true;
}

int cat_replay(const struct cat_options *options)
{
    struct replay replay = {.options = options};
    const struct cat_talk_hook hook = {&replay, on_answer};
    struct cat_error error;
    int code = CAT_USAGE;
    com_json_init(&replay.json);
    if (prepare(&replay, &error))
        code = cat_talk(options, &replay.jobs, options->compare ? &hook : NULL);
    else
        cat_say("%s", error.text);
    if (replay.differences > 0) {
        cat_say("%zu differences in %zu answers compared", replay.differences, replay.answers);
        code = code > CAT_REFUSED ? code : CAT_REFUSED;
    }
    cat_jobs_done(&replay.jobs);
    free(replay.entries);
    cat_redactor_done(&replay.redactor);
    com_json_done(&replay.json);
    cat_recording_done(&replay.recording);
    return code;
}
