/*
 * A site's link to the world: listening, restarting, being cut off.
 */
#include "sim.h"

static void on_accept(void *user, struct com_conn *conn)
{
    sim_session_accept(user, conn);
}

bool sim_site_listen(struct sim_site *site, char *error, size_t max)
{
    struct com_listener_options options = {.host = site->world->options->host,
                                           .port = site->port,
                                           .tls = site->tls,
                                           .on_accept = on_accept,
                                           .user = site};
    site->listener = com_listener_new(site->world->loop, &options, error, max);
    if (site->listener == NULL)
        return false;
    site->port = com_listener_port(site->listener);
    site->link = SIM_UP;
    site->up_since_ms = com_now_ms();
    sim_remote_start(site);
    return true;
}

void sim_site_hang_up(struct sim_site *site, bool flush)
{
    com_listener_close(site->listener);
    site->listener = NULL;
    sim_remote_stop(site);
    for (struct sim_session *s = site->sessions; s != NULL; s = s->next) {
        s->closing = true;
        if (flush)
            com_conn_close(s->conn);
        else
            com_conn_abort(s->conn);
    }
}

static void on_restarted(void *user)
{
    struct sim_site *site = user;
    char error[256];
    if (!sim_site_listen(site, error, sizeof error)) {
        com_warning("site %d cannot come back: %s", site->number, error);
        com_timer_start(site->restart_timer, site->world->options->restart_ms + 100, 0);
        return;
    }
    sim_sip_check_all(site);
    com_info("site %d is back", site->number);
}

void sim_site_restart(struct sim_site *site, int64_t down_ms)
{
    sim_site_hang_up(site, true);
    site->link = SIM_RESTARTING;
    sim_sip_check_all(site);
    if (site->restart_timer == NULL)
        site->restart_timer = com_timer_new(site->world->loop, on_restarted, site);
    if (site->restart_timer != NULL)
        com_timer_start(site->restart_timer, down_ms, 0);
    com_info("site %d restarts", site->number);
}

void sim_site_cut(struct sim_site *site)
{
    if (site->link == SIM_RESTARTING)
        com_timer_stop(site->restart_timer);
    sim_site_hang_up(site, false);
    site->link = SIM_CUT;
}

bool sim_site_heal(struct sim_site *site, char *error, size_t max)
{
    if (site->link == SIM_UP)
        return true;
    if (!sim_site_listen(site, error, max))
        return false;
    sim_sip_check_all(site);
    return true;
}
