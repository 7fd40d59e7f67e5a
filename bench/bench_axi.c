/*
 * How fast libaxi reads and writes, beside others over the same bytes (axi_stream.h), in one run.
 *
 * "expat" is what any reader of the stream has to pay: every message framed and parsed with handlers that do
 * nothing and a reset in between, on a parser that lives as long as the connection would. libaxi's parser lives as
 * long. Rounds are interleaved; what is printed is the median of each, and of the ratios within each round. Time
 * is that of the processor, so that a busy machine disturbs less.
 *
 * Two claims are looked at: reading at 85 % or more of expat, writing at three times reading or more. The words
 * beside them are for people; the exit code says only whether everything was read and written as it should.
 */
#include <axi/axi.h>

#include <expat.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "axi_stream.h"
#include "xml2.h"

enum { ROUNDS = 9, PIECE = 1400 };

struct reader {
    enum axi_attr attr;
    enum axi_form form;
};

struct bench {
    struct axi_buf stream;
    XML_Parser expat;
    struct axi_parser *parser;
    struct axi_msg *held[STREAM_MESSAGES]; /* the stream, decoded */
    struct axi_msg *built;
    struct axi_buf out;
    struct reader fields[STREAM_ATTRS];
    char python[32]; /* version, "" without */
    char file[64];   /* the stream for Python */
};

static void die(const char *what)
{
    fprintf(stderr, "bench_axi: %s\n", what);
    exit(1);
}

/* --- counting allocations: everybody's, expat's and libxml2's too ---------------------------------------- */

static size_t allocations;

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
#define COUNTED 1
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t nmemb, size_t size);
void *__libc_realloc(void *ptr, size_t size);
#define EVERYBODYS __attribute__((visibility("default")))

EVERYBODYS void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

EVERYBODYS void *calloc(size_t nmemb, size_t size)
{
    allocations++;
    return __libc_calloc(nmemb, size);
}

EVERYBODYS void *realloc(void *ptr, size_t size)
{
    allocations++;
    return __libc_realloc(ptr, size);
}
#else
#define COUNTED 0
#endif

/* --- what is measured: each goes once over the whole stream ---------------------------------------------- */

static void XMLCALL no_start(void *user, const XML_Char *name, const XML_Char **atts)
{
    (void)user, (void)name, (void)atts;
}

static void XMLCALL no_end(void *user, const XML_Char *name)
{
    (void)user, (void)name;
}

static bool run_expat(struct bench *b)
{
    size_t messages = 0;
    for (const char *at = b->stream.ptr, *end = at + b->stream.len; at < end; messages++) {
        size_t len = strlen(at);
        XML_ParserReset(b->expat, "UTF-8");
        XML_SetElementHandler(b->expat, no_start, no_end);
        if (XML_Parse(b->expat, at, (int)len, XML_TRUE) != XML_STATUS_OK)
            return false;
        at += len + 1;
    }
    return messages == STREAM_MESSAGES;
}

static bool run_xml2(struct bench *b)
{
    return xml2_read(b->stream.ptr, b->stream.len) == STREAM_MESSAGES;
}

/* Every field by the form that the catalogue gives it. */
static size_t read_user(const struct bench *b, const struct axi_elem *user)
{
    size_t read = 0;
    for (unsigned i = 0; i < STREAM_ATTRS; i++) {
        int64_t number;
        enum axi_value value;
        bool flag;
        switch (b->fields[i].form) {
        case AXI_BOOL:
            read += axi_get_bool(user, b->fields[i].attr, &flag) == AXI_OK;
            break;
        case AXI_ENUMERATED:
            read += axi_get_enum(user, b->fields[i].attr, &value) == AXI_OK;
            break;
        case AXI_STR:
        case AXI_HEX:
        case AXI_INT_LIST:
            read += axi_get_str(user, b->fields[i].attr).ptr != NULL;
            break;
        default:
            read += axi_get_int(user, b->fields[i].attr, &number) == AXI_OK;
        }
    }
    return read;
}

static bool decode(struct bench *b, size_t piece, bool read)
{
    size_t messages = 0;
    for (size_t at = 0; at < b->stream.len; at += piece) {
        const char *data = b->stream.ptr + at;
        size_t len = b->stream.len - at < piece ? b->stream.len - at : piece;
        while (len > 0) {
            struct axi_msg *msg;
            if (axi_parser_next(b->parser, &data, &len, &msg) != AXI_OK)
                return false;
            if (msg == NULL)
                break;
            messages++;
            if (!read)
                continue;
            struct axi_elem *user = axi_first_child(axi_msg_root(msg), "user");
            for (; user != NULL; user = axi_next_sibling(user, "user"))
                if (read_user(b, user) != STREAM_ATTRS)
                    return false;
        }
    }
    return messages == STREAM_MESSAGES;
}

static bool run_decode(struct bench *b)
{
    return decode(b, b->stream.len, false);
}
static bool run_pieces(struct bench *b)
{
    return decode(b, PIECE, false);
}
static bool run_read(struct bench *b)
{
    return decode(b, b->stream.len, true);
}

static bool run_encode(struct bench *b)
{
    size_t bytes = 0;
    for (unsigned i = 0; i < STREAM_MESSAGES; i++) {
        b->out.len = 0;
        if (axi_encode(b->held[i], 0, &b->out) != AXI_OK)
            return false;
        bytes += b->out.len;
    }
    return bytes == b->stream.len;
}

/* What a server does: every attribute set by its id, then written. */
static bool run_build(struct bench *b)
{
    size_t bytes = 0;
    for (unsigned i = 0; i < STREAM_MESSAGES; i++) {
        struct axi_elem *root = axi_msg_start(b->built, AXI_T_GetPPUserResp);
        axi_set_int(root, AXI_A_seq, i + 1);
        struct axi_elem *from = axi_first_child(axi_msg_root(b->held[i]), NULL);
        for (; from != NULL; from = axi_next_sibling(from, NULL)) {
            struct axi_elem *user = axi_add_child(root, "user");
            struct axi_attr_view view;
            for (size_t a = 0; axi_attr_at(from, a, &view); a++)
                axi_set_str(user, view.id, view.value);
        }
        b->out.len = 0;
        if (axi_encode(b->built, 0, &b->out) != AXI_OK)
            return false;
        bytes += b->out.len;
    }
    return bytes == b->stream.len;
}

enum { EXPAT, DECODE, PIECES, READ, ENCODE, BUILD, XML2, PY_EXPAT, PY_TREE, ROWS };

static const struct row {
    const char *name;
    bool (*run)(struct bench *b); /* NULL: measured by Python */
} rows[ROWS] = {
    [EXPAT] = {"expat, empty handlers", run_expat},
    [DECODE] = {"libaxi decode, one buffer", run_decode},
    [PIECES] = {"libaxi decode, 1,400-byte pieces", run_pieces},
    [READ] = {"libaxi decode, every field read", run_read},
    [ENCODE] = {"libaxi encode", run_encode},
    [BUILD] = {"libaxi build and encode", run_build},
    [XML2] = {"libxml2 SAX2, empty handlers", run_xml2},
    [PY_EXPAT] = {"Python expat, empty handlers", NULL},
    [PY_TREE] = {"Python ElementTree", NULL},
};

struct result {
    double seconds[ROWS][ROUNDS];
    size_t allocations[ROWS]; /* of the last round */
};

/* --- running ------------------------------------------------------------------------------------------------ */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void prepare(struct bench *b)
{
    struct axi_field field;
    struct axi_parser_options strict = {.strict = true};
    struct axi_parser *parser = axi_parser_new(&strict);
    if (!stream_write(&b->stream) || parser == NULL)
        die("no memory");
    for (unsigned i = 0; i < STREAM_ATTRS; i++) {
        struct axi_str name = {stream_attr(i), strlen(stream_attr(i))};
        b->fields[i].attr = axi_attr_of(name);
        if (!axi_type_field(AXI_T_PPUserType, b->fields[i].attr, &field))
            die(stream_attr(i));
        b->fields[i].form = field.form;
    }
    const char *data = b->stream.ptr;
    size_t len = b->stream.len;
    for (unsigned i = 0; i < STREAM_MESSAGES; i++) {
        struct axi_msg *msg;
        if (axi_parser_next(parser, &data, &len, &msg) != AXI_OK || msg == NULL)
            die(axi_parser_error(parser)->path);
        b->held[i] = axi_msg_new(NULL);
        struct axi_elem *root = axi_msg_start(b->held[i], axi_msg_type(msg));
        axi_set_str(root, AXI_A_seq, axi_get_str(axi_msg_root(msg), AXI_A_seq));
        struct axi_elem *user = axi_first_child(axi_msg_root(msg), NULL);
        for (; user != NULL; user = axi_next_sibling(user, NULL))
            axi_add_copy(root, user);
        if (axi_encode(b->held[i], 0, &b->out) != AXI_OK)
            die("cannot encode");
    }
    if (b->out.len != b->stream.len || memcmp(b->out.ptr, b->stream.ptr, b->out.len) != 0)
        die("what was read is not written back byte for byte");
    axi_parser_free(parser);
    b->expat = XML_ParserCreate("UTF-8");
    b->parser = axi_parser_new(NULL);
    b->built = axi_msg_new(NULL);
    if (b->expat == NULL || b->parser == NULL || b->built == NULL)
        die("no memory");
}

/* What `python3 bench/axi_parse.py FILE` says; "" when it cannot be run. */
static void ask_python(char *file, char *said, size_t size)
{
    char program[] = "python3", script[] = "bench/axi_parse.py";
    char *argv[] = {program, script, file, NULL};
    posix_spawn_file_actions_t actions;
    int ends[2];
    pid_t pid;
    size_t len = 0;
    if (pipe(ends) != 0 || posix_spawn_file_actions_init(&actions) != 0)
        die("no pipe");
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    bool started = posix_spawnp(&pid, program, &actions, NULL, argv, environ) == 0;
    close(ends[1]);
    if (started) {
        for (ssize_t got; (got = read(ends[0], said + len, size - 1 - len)) > 0;)
            len += (size_t)got;
        waitpid(pid, NULL, 0);
    }
    said[len] = '\0';
    close(ends[0]);
    posix_spawn_file_actions_destroy(&actions);
}

/* Python measures itself; its start and the reading of the file do not count. */
static void run_python(struct bench *b, double *expat, double *tree)
{
    char said[128];
    ask_python(b->file, said, sizeof said);
    char *numbers = strchr(said, ' ');
    size_t version = numbers != NULL ? (size_t)(numbers - said) : 0;
    if (version >= sizeof b->python)
        version = 0;
    memcpy(b->python, said, version);
    b->python[version] = '\0';
    if (version == 0)
        return;
    *expat = strtod(numbers, &numbers);
    *tree = strtod(numbers, NULL);
}

static void write_file(struct bench *b)
{
    snprintf(b->file, sizeof b->file, "/tmp/bench-axi-XXXXXX");
    int fd = mkstemp(b->file);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (file == NULL || fwrite(b->stream.ptr, 1, b->stream.len, file) != b->stream.len ||
        fclose(file) != 0)
        die("cannot write the stream for Python");
}

static void measure(struct bench *b, struct result *result)
{
    for (int round = -1; round < ROUNDS; round++) { /* one to warm up */
        int to = round < 0 ? 0 : round;
        for (int r = 0; r < ROWS; r++) {
            if (rows[r].run == NULL || (r == XML2 && xml2_version() == NULL))
                continue;
            size_t before = allocations;
            double start = now();
            if (!rows[r].run(b))
                die(rows[r].name);
            result->seconds[r][to] = now() - start;
            result->allocations[r] = allocations - before;
        }
        if (round == -1 || b->python[0] != '\0')
            run_python(b, &result->seconds[PY_EXPAT][to], &result->seconds[PY_TREE][to]);
    }
}

/* --- the report ----------------------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median of the speed of row `of` in units of row `to`; of its seconds when `to` is ROWS. */
static double median(const struct result *result, int of, int to)
{
    double values[ROUNDS];
    for (int i = 0; i < ROUNDS; i++)
        values[i] =
            to == ROWS ? result->seconds[of][i] : result->seconds[to][i] / result->seconds[of][i];
    qsort(values, ROUNDS, sizeof values[0], by_size);
    return values[ROUNDS / 2];
}

static const char *word(bool holds)
{
    return holds ? "holds" : "MISSED";
}

static void print(const struct bench *b, const struct result *result)
{
    printf("axi       %.1f MB: %d messages, %d users of %d attributes; median of %d rounds\n",
           (double)b->stream.len / 1e6, STREAM_MESSAGES, STREAM_USERS, STREAM_ATTRS, ROUNDS);
    printf("          %s, libxml2 %s, Python %s\n", XML_ExpatVersion(),
           xml2_version() != NULL ? xml2_version() : "not installed: not measured",
           b->python[0] != '\0' ? b->python : "not installed: not measured");
    printf("          %-34s %8s %10s %9s %s\n", "", "MB/s", "records/s", "of expat",
           COUNTED ? "  allocations a message" : "");
    for (int r = 0; r < ROWS; r++) {
        if ((r == XML2 && xml2_version() == NULL) || (rows[r].run == NULL && b->python[0] == '\0'))
            continue;
        double seconds = median(result, r, ROWS);
        printf("          %-34s %8.1f %10.0f %8.2f ", rows[r].name,
               (double)b->stream.len / seconds / 1e6, STREAM_USERS / seconds,
               median(result, r, EXPAT));
        if (COUNTED && rows[r].run != NULL)
            printf(" %10.2f", (double)result->allocations[r] / STREAM_MESSAGES);
        printf("\n");
    }
    double read = median(result, DECODE, EXPAT), write = median(result, ENCODE, DECODE);
    double all = median(result, READ, EXPAT);
    printf("          decode at 0.85 of expat or more: %.2f, %s; every field read: %.2f, %s\n",
           read, word(read >= 0.85), all, word(all >= 0.85));
    printf("          encode at 3 times decode or more: %.1f, %s\n", write, word(write >= 3));
}

int main(void)
{
    static struct bench b;
    static struct result result;
    prepare(&b);
    write_file(&b);
    measure(&b, &result);
    print(&b, &result);
    unlink(b.file);
    for (unsigned i = 0; i < STREAM_MESSAGES; i++)
        axi_msg_free(b.held[i]);
    axi_msg_free(b.built);
    axi_parser_free(b.parser);
    XML_ParserFree(b.expat);
    axi_buf_done(&b.out);
    free(b.stream.ptr);
    xml2_done();
    return 0;
}
