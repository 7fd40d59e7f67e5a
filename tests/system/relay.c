/*
 * relay PORTFILE FILE...: WAN lines for tests. PORTFILE names the port of 127.0.0.1 to which connections are passed
 * on; it is read when somebody connects, for a server that is started again may have another. Each FILE stands for
 * one line and says what it does: "heal" (it works), "cut" (connections end, new ones are closed) or "deaf" (they
 * stay, and nothing arrives). Files are read when somebody connects, and at SIGHUP: what changed ends the connections
 * that there are.
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
static const char *port_file;

/* --- lines ------------------------------------------------------------------------------------------------- */

static void read_first_line(const char *path, char *text, size_t max)
{
    FILE *file = fopen(path, "re");
    text[0] = '\0';
    if (!file)
        return;
    if (!fgets(text, (int)max, file))
        text[0] = '\0';
    fclose(file);
    text[strcspn(text, "\n")] = '\0';
}

static bool says(const struct line *line, const char *word)
{
    return strcmp(line->word, word) == 0;
}

/* 0: nobody is there. */
static int target(void)
{
    char text[32];
    read_first_line(port_file, text, sizeof text);
    long port = strtol(text, NULL, 10);
    return port > 0 && port < 65536 ? (int)port : 0;
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
    char before[sizeof line->word];
    memcpy(before, line->word, sizeof before);
    read_first_line(line->file, line->word, sizeof line->word);
    if (!says(line, before) && !says(line, "deaf"))
        drop_pairs(line);
}

/* --- connections --------------------------------------------------------------------------------------------- */

static void on_data(struct com_conn *conn, const uint8_t *bytes, size_t len)
{
    struct end *end = com_conn_user(conn);
    if (says(end->pair->line, "deaf") || !end->other->conn)
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
    options.port = says(line, "heal") ? target() : 0;
    struct pair *pair = options.port || says(line, "deaf") ? calloc(1, sizeof *pair) : NULL;
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
    if (argc < 3 || argc > LINES_MAX + 1 || uv_loop_init(&loop) != 0)
        return COM_EXIT_USAGE;
    signals = com_signals_new(&loop, on_signal, NULL);
    port_file = argv[1];
    for (int i = 2; signals && i < argc; i++) {
        struct line *line = &lines[line_count++];
        struct com_listener_options options = {.on_accept = on_accept, .user = line};
        line->file = argv[i];
        look(line);
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
