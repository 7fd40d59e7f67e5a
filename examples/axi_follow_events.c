/*
 * Follow what happens at an OMM: changed users and devices, and where phones are.
 *
 *     cc axi_follow_events.c axi_link.c $(pkg-config --cflags --libs axi) -lmbedtls -lmbedx509 -lmbedcrypto
 *     AXI_PASSWORD=... ./a.out [--plain] HOST PORT USERNAME [COUNT]
 *
 * Prints each event as it came, with secrets masked, until interrupted or after COUNT of them.
 */
#include "axi_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All users, all devices, the state of all phones: -1 means all of them, present and future. */
static int subscribe(struct axi_client *client)
{
    const struct axi_subscription wanted[] = {
        {.event = AXI_V_PPUserCnf, .on = true, .filter = AXI_BY_UID, .item = -1},
        {.event = AXI_V_PPDevCnf, .on = true, .filter = AXI_BY_PPN, .item = -1},
        {.event = AXI_V_PPState, .on = true, .filter = AXI_BY_PPN, .item = -1},
    };
    int rc = AXI_OK;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0] && rc == AXI_OK; i++)
        rc = axi_client_subscribe(client, &wanted[i], link_now());
    return rc;
}

static void print(const struct axi_msg *msg)
{
    struct axi_buf text = {0};
    if (axi_encode(msg, AXI_ENCODE_REDACT | AXI_ENCODE_NO_NUL, &text) == AXI_OK)
        printf("%.*s\n", (int)text.len, text.ptr);
    fflush(stdout);
    axi_buf_done(&text);
}

int main(int argc, char **argv)
{
    bool plain = argc > 1 && strcmp(argv[1], "--plain") == 0;
    const char *password = getenv("AXI_PASSWORD");
    if (argc < 4 + plain || password == NULL) {
        fputs("usage: AXI_PASSWORD=... axi_follow_events [--plain] HOST PORT USERNAME [COUNT]\n",
              stderr);
        return 2;
    }
    argv += plain;
    long count = argv[4] != NULL ? strtol(argv[4], NULL, 10) : -1;

    struct link *link = link_open(argv[1], argv[2], !plain);
    struct axi_client *client = axi_client_new(NULL);
    if (link == NULL || client == NULL) {
        fputs("no connection\n", stderr);
        axi_client_free(client);
        link_close(link);
        return 1;
    }
    struct axi_login login = {.username = {argv[3], strlen(argv[3])},
                              .password = {password, strlen(password)}};
    bool ok = axi_client_open(client, &login, link_now()) == AXI_OK && subscribe(client) == AXI_OK;
    const char *data;
    size_t len;
    while (ok && count != 0 && link_turn(link, client, &data, &len)) {
        struct axi_client_event event;
        while (ok && count != 0 && axi_client_next(client, link_now(), &data, &len, &event)) {
            if (event.kind == AXI_CLIENT_NOTICE) {
                print(event.msg);
                count -= count > 0;
            } else if (event.kind == AXI_CLIENT_SUBSCRIBED && event.code == AXI_V_NOTHING) {
                fputs("following\n", stderr);
            } else if (event.kind == AXI_CLIENT_REFUSED || event.kind == AXI_CLIENT_SUBSCRIBED ||
                       event.kind == AXI_CLIENT_TIMED_OUT) {
                ok = false;
            }
        }
    }
    axi_client_free(client);
    link_close(link);
    return count == 0 ? 0 : 1;
}
