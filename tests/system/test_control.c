/*
 * The control socket of a running hub against clients that mean no good or know no better: each
 * gets an error or is dropped, and the hub goes on, with no more open files than before.
 */
#include "hub.h"

#include <dirent.h>

struct answer {
    char text[8192]; /* as much of it as fits */
    size_t len;
};

static int dial(const struct hub *hub)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    memcpy(address.sun_path, hub->socket_path, strlen(hub->socket_path) + 1);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void read_answer(int fd, struct answer *answer)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    ssize_t n = 1;
    answer->len = 0;
    while (n > 0) {
        char bytes[4096];
        if (poll(&wait, 1, HUB_WAIT_MS) != 1)
            fail_msg("no answer");
        n = recv(fd, bytes, sizeof bytes, 0);
        size_t part = n > 0 ? (size_t)n : 0;
        if (part > sizeof answer->text - 1 - answer->len)
            part = sizeof answer->text - 1 - answer->len;
        memcpy(answer->text + answer->len, bytes, part);
        answer->len += part;
    }
    answer->text[answer->len] = '\0';
    close(fd);
}

static void ask(const struct hub *hub, const char *request, struct answer *answer)
{
    int fd = dial(hub);
    (void)send(fd, request, strlen(request), MSG_NOSIGNAL); /* it may be refused before its end */
    (void)send(fd, "\n", 1, MSG_NOSIGNAL);
    read_answer(fd, answer);
}

/* The last line has this exit code. */
static void expect(const struct hub *hub, const char *request, int code)
{
    struct answer answer;
    char wanted[64];
    snprintf(wanted, sizeof wanted, "{\"end\":true,\"code\":%d", code);
    ask(hub, request, &answer);
    if (!strstr(answer.text, wanted))
        fail_msg("%.200s: %s", request, answer.text);
}

static char *repeated(const char *first, char c, size_t count)
{
    size_t len = strlen(first);
    char *text = malloc(len + count + 1);
    assert_non_null(text);
    memcpy(text, first, len);
    memset(text + len, c, count);
    text[len + count] = '\0';
    return text;
}

/* --- tests ------------------------------------------------------------------------------------------ */

static void nonsense_gets_an_error(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "",
        "{",
        "null",
        "5",
        "[]",
        "{}",
        "{\"args\":5}",
        "{\"args\":[5]}",
        "{\"args\":[]}",
        "{\"args\":[\"sites\"]}",
        "{\"args\":[\"status\"],\"options\":[]}",
        "{\"args\":[\"status\"],\"more\":1}",
        "{\"args\":[\"sta\\u0000tus\"]}",
        "{\"args\":[\"st\xff\"]}",
        "{\"args\":[\"users\",\"add\",\"=5\"]}",
        "{\"args\":[\"watch\"],\"options\":{\"count\":-1}}",
        "{\"args\":[\"wait\",\"sites-steady\"],\"options\":{\"timeout\":-1}}",
        "{\"args\":[\"wait\",\"at\"]}",
        "{\"args\":[\"sites\",\"add\",\"x\",\"[::1\"],\"options\":{\"password\":\"p\"}}",
        "{\"args\":[\"sites\",\"add\",\"x\",\"::1\"],\"options\":{\"password\":5}}",
    };
    struct hub hub;
    hub_start(&hub);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        expect(&hub, requests[i], 2);
    char *deep = repeated("", '[', 500000), *huge = repeated("", 'x', 3000000);
    expect(&hub, deep, 2);
    expect(&hub, huge, 2);
    free(deep);
    free(huge);
    expect(&hub, "{\"args\":[\"status\"]}", 0);
    hub_stop(&hub);
}

/* A number in the place of a secret must not clear it. */
static void secrets_are_texts(void **state)
{
    (void)state;
    struct hub hub;
    struct answer answer;
    hub_start(&hub);
    expect(
        &hub,
        "{\"args\":[\"users\",\"add\",\"num=1\"],\"options\":{\"secrets\":{\"sipPw\":\"hush\"}}}",
        0);
    expect(&hub, "{\"args\":[\"users\",\"set\",\"1\"],\"options\":{\"secrets\":{\"sipPw\":5}}}", 2);
    expect(&hub, "{\"args\":[\"users\",\"set\",\"1\"],\"options\":{\"secrets\":{\"sipPw\":{}}}}",
           2);
    expect(&hub, "{\"args\":[\"users\",\"set\",\"1\",\"name=x\"],\"options\":{\"secrets\":[1]}}",
           2);
    ask(&hub, "{\"args\":[\"users\",\"show\",\"1\"]}", &answer);
    assert_non_null(strstr(answer.text, "\"sipPw\":\"***\""));
    assert_null(strstr(answer.text, "hush"));
    hub_stop(&hub);
}

static void ids_are_whole_numbers(void **state)
{
    (void)state;
    struct hub hub;
    struct answer answer;
    unsigned long long id;
    char request[128];
    hub_start(&hub);
    expect(&hub, "{\"args\":[\"users\",\"add\",\"num=1\"]}", 0);
    ask(&hub, "{\"args\":[\"users\",\"show\",\"1\"]}", &answer);
    static const char before[] = "{\"id\":\"";
    assert_memory_equal(answer.text, before, sizeof before - 1);
    id = strtoull(answer.text + sizeof before - 1, NULL, 10);
    assert_true(id > 0);
    snprintf(request, sizeof request, "{\"args\":[\"users\",\"show\",\"#%llu\"]}", id);
    expect(&hub, request, 0);
    snprintf(request, sizeof request, "{\"args\":[\"users\",\"show\",\"#%llux\"]}", id);
    expect(&hub, request, 1);
    snprintf(request, sizeof request, "{\"args\":[\"users\",\"show\",\"# %llu\"]}", id);
    expect(&hub, request, 1);
    hub_stop(&hub);
}

/* Which import is meant is said by a token; there is one at a time. */
static void imports_are_told_apart(void **state)
{
    (void)state;
    static const char before[] = "{\"token\":\"";
    struct hub hub;
    struct answer answer;
    char request[256], token[64] = "";
    hub_start(&hub);
    expect(&hub, "{\"args\":[\"import\",\"feed\",\"\"],\"options\":{\"text\":\"x\"}}", 1);
    ask(&hub, "{\"args\":[\"import\",\"open\"]}", &answer);
    assert_memory_equal(answer.text, before, sizeof before - 1);
    sscanf(answer.text + sizeof before - 1, "%63[0-9a-f]", token);
    assert_int_equal(strlen(token), 32);
    expect(&hub, "{\"args\":[\"import\",\"open\"]}", 1);
    expect(&hub, "{\"args\":[\"import\",\"run\",\"0123\",\"inspect\"]}", 1);
    snprintf(request, sizeof request, "{\"args\":[\"import\",\"run\",\"%s\",\"other\"]}", token);
    expect(&hub, request, 2);
    /* nothing was fed: the file is not whole, and the import is over */
    snprintf(request, sizeof request, "{\"args\":[\"import\",\"run\",\"%s\",\"inspect\"]}", token);
    expect(&hub, request, 1);
    expect(&hub, request, 1);
    ask(&hub, "{\"args\":[\"import\",\"open\"]}", &answer);
    sscanf(answer.text + sizeof before - 1, "%63[0-9a-f]", token);
    snprintf(request, sizeof request, "{\"args\":[\"import\",\"drop\",\"%s\"]}", token);
    expect(&hub, request, 0);
    expect(&hub, request, 1);
    hub_stop(&hub);
}

static unsigned open_files(const struct hub *hub)
{
    char path[64];
    unsigned count = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)hub->pid);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static void clients_that_vanish_leave_nothing(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "{\"args\":[\"watch\"]}\n",
        "{\"args\":[\"users\",\"list\"]}\n",
        "{\"args\":[\"export\"]}\n",
        "{\"args\":[\"wait\",\"at\",\"1\",\"one\"]}\n",
        "{\"args\":[\"wait\",\"sites-steady\",\"one\"]}\n",
        "{\"args\":[",
        "",
    };
    struct hub hub;
    hub_start(&hub);
    unsigned before = open_files(&hub);
    for (size_t i = 0; i < 300; i++) {
        const char *request = requests[i % (sizeof requests / sizeof *requests)];
        int fd = dial(&hub);
        (void)send(fd, request, strlen(request), MSG_NOSIGNAL);
        if (i % 2)
            shutdown(fd, SHUT_RD);
        close(fd);
    }
    /* they are gone when the hub has seen them go: that takes a turn or two */
    for (int turns = 0; open_files(&hub) > before && turns < 1000; turns++)
        expect(&hub, "{\"args\":[\"status\"]}", 0);
    assert_true(open_files(&hub) <= before);
    hub_stop(&hub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nonsense_gets_an_error),
        cmocka_unit_test(secrets_are_texts),
        cmocka_unit_test(ids_are_whole_numbers),
        cmocka_unit_test(imports_are_told_apart),
        cmocka_unit_test(clients_that_vanish_leave_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
