/*
 * Phones: each exists once in the simulated world and is at one site. When it appears at another one, that site serves
 * it if it has the device's record, and otherwise asks the MOM that controls it.
 *
 * The exchange with the MOM is known by message names only; its attributes are our reading (docs/man/ommsim.1).
 */
#include "sim.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static int by_ipei(const void *a, const void *b)
{
    const struct sim_phone *x = a, *y = b;
    return strcmp(x->ipei, y->ipei);
}

struct sim_phone *sim_phone_find(struct sim_world *world, const char *ipei)
{
    struct sim_phone key;
    if (!sim_ipei_normal(ipei, key.ipei))
        return NULL;
    struct sim_phone **found = tfind(&key, &world->phone_index, by_ipei);
    return found != NULL ? *found : NULL;
}

struct sim_phone *sim_phone_add(struct sim_world *world, const char *ipei)
{
    if (world->phone_count == world->phone_cap) {
        size_t cap = world->phone_cap > 0 ? 2 * world->phone_cap : 256;
        struct sim_phone **phones = realloc(world->phones, cap * sizeof(struct sim_phone *));
        if (phones == NULL)
            return NULL;
        world->phones = phones;
        world->phone_cap = cap;
    }
    struct sim_phone *phone = calloc(1, sizeof *phone);
    if (phone == NULL || !sim_ipei_normal(ipei, phone->ipei) ||
        tsearch(phone, &world->phone_index, by_ipei) == NULL) {
        free(phone);
        return NULL;
    }
    phone->world = world;
    sim_subscription_id(ipei, phone->subscription_id);
    world->phones[world->phone_count++] = phone;
    return phone;
}

struct sim_phone *sim_phone_of(struct sim_world *world, const char *ipei_or_number)
{
    struct sim_phone *phone = sim_phone_find(world, ipei_or_number);
    for (int i = 0; phone == NULL && i < world->site_count; i++) {
        struct sim_rec *user = sim_find_number(&world->sites[i], ipei_or_number);
        struct sim_rec *dev = user != NULL ? sim_device_of(user) : NULL;
        phone = dev != NULL ? sim_phone_find(world, dev->val[D_ipei]) : NULL;
    }
    return phone;
}

/* --- location registration ------------------------------------------------------------------------ */

static void no_service(struct sim_phone *phone, const char *why)
{
    if (phone->timer != NULL)
        com_timer_stop(phone->timer);
    phone->state = SIM_PHONE_NONE;
    phone->why = why;
}

static void on_wait_over(void *user)
{
    no_service(user, "the MOM did not answer");
}

static void tell_controller(struct sim_phone *phone, const struct sim_rec *dev)
{
    struct sim_site *site = phone->site;
    if (site->controller == NULL)
        return;
    struct axi_elem *event = axi_msg_start(site->event, AXI_T_EventDECTLocate);
    if (dev != NULL)
        axi_set_int(event, AXI_A_ppn, dev->id);
    axi_set_cstr(event, AXI_A_ipei, phone->ipei);
    axi_set_cstr(event, AXI_A_subscriptionId, phone->subscription_id);
    axi_set_cstr(event, AXI_A_ommId, site->omm_id);
    axi_set_int(event, AXI_A_timeStamp, sim_site_now(site));
    sim_send(site->controller);
}

/* The site has the record: it serves the phone from now on. */
static void serve(struct sim_phone *phone, struct sim_rec *dev, bool moved)
{
    if (phone->timer != NULL)
        com_timer_stop(phone->timer);
    phone->state = SIM_PHONE_SERVED;
    phone->why = NULL;
    bool changed = strcmp(dev->val[D_ommId], phone->site->omm_id) != 0;
    if (phone->site->remote != NULL) {
        sim_remote_roams(dev);
    } else {
        sim_rec_change(dev, D_ommId, phone->site->omm_id);
        changed |= sim_rec_change(dev, D_ommIdAck, phone->site->omm_id);
        changed |= sim_rec_change(dev, D_roaming, SIM_ROAMED);
    }
    if (moved && !changed)
        sim_rec_stamp(dev, SIM_GROUP_ROAMING);
    struct sim_rec *user = sim_user_of(dev);
    if (user != NULL) {
        user->sip_stopped = false;
        sim_sip_check(user);
    }
}

/* The record must fit the phone: the authentication key decides. */
static bool is_known(const struct sim_phone *phone, const struct sim_rec *dev)
{
    return dev != NULL && strcmp(dev->val[D_s], "Yes") == 0 &&
           (phone->uak[0] == '\0' || strcmp(dev->val[D_uak], phone->uak) == 0);
}

static void ask(struct sim_phone *phone)
{
    if (phone->site->controller == NULL) {
        no_service(phone, "not known here, and no MOM to ask");
        return;
    }
    if (phone->timer == NULL)
        phone->timer = com_timer_new(phone->world->loop, on_wait_over, phone);
    if (phone->timer != NULL)
        com_timer_start(phone->timer, SIM_LOCATE_MS, 0);
    phone->state = SIM_PHONE_WAITING;
    phone->why = NULL;
    tell_controller(phone, NULL);
}

static void register_location(struct sim_phone *phone, bool moved)
{
    struct sim_site *site = phone->site;
    struct sim_rec *dev = sim_find_ipei(site, phone->ipei);
    if (!is_known(phone, dev)) {
        ask(phone);
        return;
    }
    bool away = strcmp(dev->val[D_ommId], site->omm_id) != 0;
    serve(phone, dev, moved);
    sim_events_flush(site);
    if (moved || away)
        tell_controller(phone, dev);
}

bool sim_locate(struct sim_phone *phone, struct sim_site *site, const char **ret_why)
{
    if (site->link == SIM_RESTARTING) {
        *ret_why = "the site is restarting";
        return false;
    }
    bool moved = phone->site != site;
    struct sim_rec *home = phone->site != NULL ? sim_find_ipei(phone->site, phone->ipei) : NULL;
    if (moved && home != NULL && strcmp(home->val[D_subscribeToPARIOnly], "1") == 0) {
        *ret_why = "the phone is subscribed to the PARI of its site and does not roam";
        return false;
    }
    phone->site = site;
    register_location(phone, moved);
    return true;
}

void sim_phone_record(struct sim_rec *dev)
{
    struct sim_phone *phone = sim_phone_find(dev->site->world, dev->val[D_ipei]);
    if (phone != NULL && phone->site == dev->site && phone->state != SIM_PHONE_SERVED &&
        is_known(phone, dev))
        serve(phone, dev, false);
}

void sim_phone_unknown(struct sim_rec *dev)
{
    struct sim_phone *phone = sim_phone_find(dev->site->world, dev->val[D_ipei]);
    if (phone != NULL && phone->site == dev->site)
        no_service(phone, "its record was deleted");
}

bool sim_phone_reject(struct sim_site *site, const char *ipei, const char *subscription_id)
{
    struct sim_world *world = site->world;
    struct sim_phone *phone = ipei[0] != '\0' ? sim_phone_find(world, ipei) : NULL;
    for (size_t i = 0; phone == NULL && i < world->phone_count; i++)
        if (strcmp(world->phones[i]->subscription_id, subscription_id) == 0)
            phone = world->phones[i];
    if (phone == NULL || phone->site != site || phone->state != SIM_PHONE_WAITING)
        return false;
    no_service(phone, "the MOM refused it");
    return true;
}

void sim_phones_retry(struct sim_site *site)
{
    for (size_t i = 0; i < site->world->phone_count; i++) {
        struct sim_phone *phone = site->world->phones[i];
        if (phone->site == site && phone->state == SIM_PHONE_NONE)
            register_location(phone, false);
    }
}

void sim_put_subscription(struct sim_rec *dev, const char *ipei)
{
    const struct sim_site *site = dev->site;
    char text[32];
    bool no_sari = strcmp(site->sari, SIM_NO_SARI) == 0;
    sim_rec_put(dev, D_s, "Yes");
    sim_rec_put(dev, D_modicType, "01");
    sim_subscription_id(ipei, text);
    sim_rec_put(dev, D_subscriptionId, text);
    snprintf(text, sizeof text, "06A0A0%s00", no_sari ? site->omm_id : site->sari + 2);
    sim_rec_put(dev, D_dectIeFixedId, text);
}

void sim_put_location(struct sim_rec *dev)
{
    sim_rec_put(dev, D_ommId, dev->site->omm_id);
    sim_rec_put(dev, D_ommIdAck, dev->site->omm_id);
    sim_rec_put(dev, D_roaming, SIM_ROAMED);
    sim_rec_put(dev, D_locationData, "000001000000");
}

/* --- end ------------------------------------------------------------------------------------------- */

void sim_phones_stop(struct sim_world *world)
{
    for (size_t i = 0; i < world->phone_count; i++) {
        com_timer_free(world->phones[i]->timer);
        world->phones[i]->timer = NULL;
    }
}

static void keep_node(void *node)
{
    (void)node; /* freed with the list */
}

void sim_phones_done(struct sim_world *world)
{
    tdestroy(world->phone_index, keep_node);
    for (size_t i = 0; i < world->phone_count; i++)
        free(world->phones[i]);
    free(world->phones);
}
