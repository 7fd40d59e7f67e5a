/*
 * List the users of an OMM: number, name, and the id of the phone.
 *
 *     cc axi_list_users.c axi_link.c $(pkg-config --cflags --libs axi) -lmbedtls -lmbedx509 -lmbedcrypto
 *     AXI_PASSWORD=... ./a.out [--plain] HOST PORT USERNAME
 *
 * The client opens the session, asks for page after page and finds the answers; what is left to say
 * here is what we want and what we do with it. `--plain` is for a simulator (ommsim --plain).
 */
#include "axi_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* True when there is nothing more to come. */
static bool handle(const struct axi_client_event *event, int *ret_status)
{
    switch (event->kind) {
    case AXI_CLIENT_RECORDS:
        for (struct axi_elem *user = axi_first_child(axi_msg_root(event->msg), event->element);
             user != NULL; user = axi_next_sibling(user, event->element)) {
            struct axi_str num = axi_get_str(user, AXI_A_num), name = axi_get_str(user, AXI_A_name);
            printf("%-10.*s %-24.*s %lld\n", (int)num.len, num.ptr, (int)name.len, name.ptr,
                   (long long)axi_get_int_or(user, AXI_A_ppn, 0));
        }
        return false;
    case AXI_CLIENT_READ_END:
    case AXI_CLIENT_REFUSED:
        *ret_status = event->code != AXI_V_NOTHING;
        if (event->code != AXI_V_NOTHING)
            fprintf(stderr, "refused: %s\n", axi_value_text(event->code));
        return true;
    case AXI_CLIENT_TIMED_OUT:
        fputs("no answer\n", stderr);
        return true;
    default:
        return false;
    }
}

int main(int argc, char **argv)
{
    bool plain = argc > 1 && strcmp(argv[1], "--plain") == 0;
    const char *password = getenv("AXI_PASSWORD");
    if (argc != 4 + plain || password == NULL) {
        fputs("usage: AXI_PASSWORD=... axi_list_users [--plain] HOST PORT USERNAME\n", stderr);
        return 2;
    }
    argv += plain;

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
    bool done = axi_client_open(client, &login, link_now()) != AXI_OK ||
                axi_client_read(client, AXI_T_GetPPUser, 1, 0, link_now()) != AXI_OK;
    int status = 1;
    const char *data;
    size_t len;
    while (!done && link_turn(link, client, &data, &len)) {
        struct axi_client_event event;
        while (!done && axi_client_next(client, link_now(), &data, &len, &event))
            done = handle(&event, &status);
    }
    axi_client_free(client);
    link_close(link);
    return status;
}
