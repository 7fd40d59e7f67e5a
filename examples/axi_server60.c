/*
 * An OMM with three users, in some sixty lines without the includes: it takes a login, gives out
 * users page by page, and answers Ping. It serves one client at a time and waits for it without end.
 *
 *     cc axi_server60.c $(pkg-config --cflags --libs axi) -o axi_server60 && ./axi_server60 12621
 *     AXI_PASSWORD=omm ./axi_list_users --plain 127.0.0.1 12621 omm
 */
#include <arpa/inet.h>
#include <axi/server.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const users[] = {"Ward 3", "Reception", "Night watch"};

static void give_users(struct axi_server *server, const struct axi_msg *request)
{
    struct axi_page page = {0};
    int rc = axi_server_page(request, &page);
    struct axi_elem *answer = axi_server_answer(server, request);
    if (rc != AXI_OK || page.first < 1)
        axi_set_enum(answer, AXI_A_errCode, AXI_V_EInval);
    for (int64_t uid = page.first; uid >= 1 && uid <= 3 && page.count > 0; uid++, page.count--) {
        struct axi_elem *user = axi_add_child(answer, page.paging.element);
        axi_set_int(user, AXI_A_uid, uid);
        axi_set_int(user, AXI_A_num, 4710 + uid);
        axi_set_cstr(user, AXI_A_name, users[uid - 1]);
    }
}

static int handle(struct axi_server *server, const struct axi_server_event *event)
{
    struct axi_str password = event->login.password;
    bool known = password.len == 3 && memcmp(password.ptr, "omm", 3) == 0;
    if (event->kind == AXI_SERVER_LOGIN && known)
        axi_server_accept(server, AXI_MAY_AllCnfRead);
    else if (event->kind == AXI_SERVER_LOGIN)
        axi_server_refuse(server, AXI_V_EAuth);
    else if (event->kind == AXI_SERVER_REQUEST && event->type == AXI_T_GetPPUser)
        give_users(server, event->msg);
    else if (event->kind == AXI_SERVER_REQUEST)
        axi_server_error(server, event->msg, AXI_V_EFailed, NULL, "not in sixty lines", 0);
    else
        return AXI_OK; /* Ping and what is not allowed were answered already */
    return axi_server_send(server);
}

static void serve(struct axi_server *server, int link)
{
    char bytes[4096];
    for (ssize_t n; (n = read(link, bytes, sizeof bytes)) > 0;) {
        struct axi_time now = {time(NULL) * INT64_C(1000), time(NULL) * INT64_C(1000)};
        const char *data = bytes;
        size_t len = (size_t)n;
        struct axi_server_event event;
        do {
            while (axi_server_next(server, now, &data, &len, &event))
                if (handle(server, &event) != AXI_OK)
                    return;
            for (struct axi_str out; out = axi_server_output(server), out.len > 0;)
                if ((n = write(link, out.ptr, out.len)) > 0)
                    axi_server_sent(server, (size_t)n);
                else
                    return;
        } while (len > 0);
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    here.sin_port = htons((uint16_t)(argc > 1 ? strtol(argv[1], NULL, 10) : 12621));
    socklen_t size = sizeof here;
    int listener = socket(AF_INET, SOCK_STREAM, 0), link;
    if (bind(listener, (struct sockaddr *)&here, size) != 0 || listen(listener, 4) != 0 ||
        getsockname(listener, (struct sockaddr *)&here, &size) != 0)
        return 1;
    printf("127.0.0.1 %d\n", ntohs(here.sin_port));
    fflush(stdout);
    while ((link = accept(listener, NULL, NULL)) >= 0) {
        struct axi_server *server = axi_server_new(NULL);
        serve(server, link);
        axi_server_free(server);
        close(link);
    }
    return 1;
}
