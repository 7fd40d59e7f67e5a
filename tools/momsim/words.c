/*
 * All orders: a small system of three sites, an alphabet of what can happen, and every word of
 * it. A letter follows the one
 * before within 4 ms, while messages take 10: so what was done before is still on its way,
 * unless the letter of waiting is
 * between them. Then everything heals and is judged, as in a random run.
 */
#include "sim.h"

#include <string.h>

enum { GAP = 4, DELAY = 10 };

/* Anna has a phone at site 1 and Bert one at site 2; Cora is permanent, at site 3 first. */
enum { ANNA, BERT, CORA };

static struct sim_phone *phone_of(struct sim *s, int person)
{
    return &s->phones[person];
}

static void toggle(struct sim *s, unsigned site)
{
    struct sim_pipe *p = &s->sites[site].pipe;

    if (p->up) {
        p->cut = s->now + SIM_DAY;
        sim_pipe_break(s, p);
    } else {
        p->cut = 0;
        sim_pipe_redial(s, p);
    }
}

static void hop(struct sim *s, int person, int site)
{
    struct sim_phone *phone = phone_of(s, person);

    phone->at = site;
    phone->served = false;
    s->counts.roams++;
    sim_phone_located(s, phone, false);
}

static void at_site(struct sim *s, unsigned site, int person, enum sim_soon what)
{
    sim_admin_at_site(s, &s->sites[site], phone_of(s, person)->owner, what);
}

static void at_hub(struct sim *s, int person, enum sim_soon what)
{
    const struct sim_phone *phone = phone_of(s, person);

    sim_admin_at_hub(s, what == SIM_UNBIND || what == SIM_REBIND ? phone->object : phone->owner,
                     what);
}

/* clang-format off */
static const struct {
    char letter;
    const char *text;
} letters[] = {
    {'.', "everything that is under way arrives"},
    {'1', "the link to site 1 breaks, or comes back"},
    {'2', "the link to site 2 breaks, or comes back"},
    {'a', "Anna's name is edited at site 1"},
    {'h', "Anna's name is edited at the hub"},
    {'c', "Cora's name is edited at site 1"},
    {'C', "Cora's name is edited at site 2"},
    {'d', "Anna is deleted at the hub"},
    {'x', "Anna is deleted at site 1"},
    {'n', "a user is created at site 2 under the number that Anna gets at the hub"},
    {'u', "Anna's phone is unbound at the hub"},
    {'b', "Anna's phone is given to Bert at the hub"},
    {'r', "Anna's phone is heard at site 2"},
    {'R', "Anna's phone is heard at site 3"},
    {'w', "Cora's phone is heard at site 1"},
    {'!', "the hub dies"},
};
/* clang-format on */

const char *sim_letter(unsigned i, char *ret_letter)
{
    if (i >= sizeof letters / sizeof letters[0])
        return NULL;
    *ret_letter = letters[i].letter;
    return letters[i].text;
}

static void happen(struct sim *s, char letter)
{
    switch (letter) {
    case '.':
        sim_run_until(s, s->now + 40 * SIM_SECOND);
        break;
    case '1':
    case '2':
        toggle(s, (unsigned)(letter - '1'));
        break;
    case 'a':
        at_site(s, 0, ANNA, SIM_EDIT);
        break;
    case 'h':
        at_hub(s, ANNA, SIM_EDIT);
        break;
    case 'c':
        at_site(s, 0, CORA, SIM_EDIT);
        break;
    case 'C':
        at_site(s, 1, CORA, SIM_EDIT);
        break;
    case 'd':
        at_hub(s, ANNA, SIM_DELETE);
        break;
    case 'x':
        at_site(s, 0, ANNA, SIM_DELETE);
        break;
    case 'n':
        at_hub(s, ANNA, SIM_RENUMBER);
        sim_admin_at_site(s, &s->sites[1], phone_of(s, ANNA)->owner, SIM_CREATE_SAME);
        break;
    case 'u':
        at_hub(s, ANNA, SIM_UNBIND);
        break;
    case 'b':
        sim_admin_bind(s, phone_of(s, ANNA)->object, phone_of(s, BERT)->owner);
        break;
    case 'r':
    case 'R':
        hop(s, ANNA, letter == 'r' ? 1 : 2);
        break;
    case 'w':
        hop(s, CORA, 0);
        break;
    case '!':
        sim_node_crash(s, &s->nodes[0], false);
        break;
    default:
        break;
    }
}

void sim_word(struct sim *s)
{
    for (unsigned i = 0; i < s->site_count; i++) {
        s->sites[i].pipe.delay = DELAY;
        s->sites[i].pipe.jitter = 0;
        sim_admin_person(s, &s->sites[i], i == CORA);
        sim_pipe_dial(s, &s->sites[i].pipe, 0);
    }
    sim_run_until(s, 5 * SIM_MINUTE);
    for (const char *at = s->word; *at && !s->failed; at++) {
        sim_note(s, "letter %c", *at);
        happen(s, *at);
        sim_run_until(s, s->now + GAP);
    }
}
