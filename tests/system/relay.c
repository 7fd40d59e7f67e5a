/*
 * relay FILE...: a WAN line for tests. Each FILE stands for one line and says what it does: a port of 127.0.0.1 to which
 * connections are passed on, "cut" (connections end, new ones are closed) or "deaf" (they stay, and nothing arrives). Files
 * are read when somebody connects, and at SIGHUP: what changed ends the connections that there are.
 *
 * Prints "line N PORT" for each, where PORT is the one to connect to, then "ready". Ends with SIGTERM.
 */
#include <com/cli.h>
#include <com/conn.h>
#include <com/listener.h>
#include <com/loop.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX 64

struct line {
    const char *file;
    char word[32]; /* what the file said last */
    struct com_listener *listener;
    struct pair *pairs;
};

struct end {
    struct pair *pair;
    struct com_conn *conn; /* NULL after on_close */
    struct end *other;
};

struct pair {
    struct line *line;
    struct pair *next;
    struct end ends[2];
};

static uv_loop_t loop;
static struct com_signals *signals;
static struct line lines[LINES_MAX];
static unsigned line_count;

/* --- lines ------------------------------------------------------------------------------------------------- */

static bool is_deaf(const struct line *line)
{
    return strcmp(line->word, "deaf") == 0;
}

static int target(const struct line *line)
{
    long port = strtol(line->word, NULL, 10);
    return port > 0 && port < 65536 ? (int)port : 0;
}

/* True: it says something else than before. */
static bool read_word(struct line *line)
{
    char word[sizeof line->word] = "";
    FILE *file = fopen(line->file, "re");
    if (file) {
        if (!fgets(word, sizeof word, file))
            word[0] = '\0';
        fclose(file);
    }
    word[strcspn(word, "\n")] = '\0';
    bool changed = strcmp(word, line->word) != 0;
    memcpy(line->word, word, sizeof word);
    return changed;
}

static void drop_pairs(struct line *line)
{
    for (struct pair *pair = line->pairs; pair; pair = pair->next) {
        for (unsigned i = 0; i < 2; i++) {
            if (pair->ends[i].conn)
                com_conn_abort(pair->ends[i].conn);
        }
    }
}

static void look(struct line *line)
{
    if (read_word(line) && !is_deaf(line))
        drop_pairs(line);
}

/* --- connections --------------------------------------------------------------------------------------------- */

static void on_data(struct com_conn *conn, const uint8_t *bytes, size_t len)
{
    struct end *end = com_conn_user(conn);
    if (is_deaf(end->pair->line) || !end->other->conn)
        return;
    if (com_conn_write(end->other->conn, bytes, len) > (int64_t)COM_CONN_HIGH_WATER)
        com_conn_read_stop(conn);
}

static void on_drain(struct com_conn *conn)
{
    const struct end *end = com_conn_user(conn);
    if (end->other->conn)
        com_conn_read_start(end->other->conn);
}

static void on_close(struct com_conn *conn, enum com_close_code code, const char *reason)
{
    struct end *end = com_conn_user(conn);
    struct pair *pair = end->pair, **at = &pair->line->pairs;
    (void)reason;
    end->conn = NULL;
    if (end->other->conn) {
        if (code == COM_CLOSE_PEER)
            com_conn_close(end->other->conn);
        else
            com_conn_abort(end->other->conn);
        return;
    }
    while (*at != pair)
        at = &(*at)->next;
    *at = pair->next;
    free(pair);
}

static const struct com_conn_ops ops = {NULL, on_data, on_drain, on_close};

static void on_accept(void *user, struct com_conn *conn)
{
    struct line *line = user;
    struct com_conn_options options = {.host = "127.0.0.1"};
    look(line);
    options.port = target(line);
    struct pair *pair = options.port || is_deaf(line) ? calloc(1, sizeof *pair) : NULL;
    if (!pair)
        return; /* the listener closes it */
    pair->line = line;
    pair->next = line->pairs;
    line->pairs = pair;
    pair->ends[0] = (struct end){pair, conn, &pair->ends[1]};
    pair->ends[1] = (struct end){pair, NULL, &pair->ends[0]};
    com_conn_accept(conn, &ops, &pair->ends[0]);
    if (!options.port)
        return;
    pair->ends[1].conn = com_conn_connect(&loop, &options, &ops, &pair->ends[1]);
    if (!pair->ends[1].conn)
        com_conn_abort(conn);
}

/* --- the program ----------------------------------------------------------------------------------------------- */

static void on_signal(void *user, enum com_signal signal)
{
    (void)user;
    for (unsigned i = 0; i < line_count; i++) {
        if (signal == COM_SIGNAL_RELOAD) {
            look(&lines[i]);
            continue;
        }
        com_listener_close(lines[i].listener);
        drop_pairs(&lines[i]);
    }
    if (signal == COM_SIGNAL_STOP)
        com_signals_free(signals);
}

int main(int argc, char **argv)
{
    char error[256];
    if (argc < 2 || argc > LINES_MAX || uv_loop_init(&loop) != 0)
        return COM_EXIT_USAGE;
    signals = com_signals_new(&loop, on_signal, NULL);
    for (int i = 1; signals && i < argc; i++) {
        struct line *line = &lines[line_count++];
        struct com_listener_options options = {.on_accept = on_accept, .user = line};
        line->file = argv[i];
        (void)read_word(line);
        line->listener = com_listener_new(&loop, &options, error, sizeof error);
        if (!line->listener) {
            fprintf(stderr, "relay: %s\n", error);
            return COM_EXIT_REFUSED;
        }
        printf("line %u %d\n", line_count, com_listener_port(line->listener));
    }
    puts("ready");
    if (!signals || fflush(stdout) != 0)
        return COM_EXIT_REFUSED;
    uv_run(&loop, UV_RUN_DEFAULT);
    return com_loop_finish(&loop, 1000) == 0 ? COM_EXIT_OK : COM_EXIT_REFUSED;
}
