/*
 * The picture of the simulator, made from its tables: who says what to whom, and what breaks.
 */
#include "sim.h"

#include <stdio.h>
#include <string.h>

struct message {
    const char *from, *to, *text;
};

static const struct message messages[] = {
#define MESSAGE(kind, from, to, text) {#from, #to, text},
    SIM_MESSAGES(MESSAGE)
#undef MESSAGE
};

static const char *const parts[] = {
    [SIM_PART_LINK] = "LINK", [SIM_PART_NODE] = "NODE", [SIM_PART_OMM] = "OMM"};

/* All that one says to the other. */
static void draw_messages(const char *from, const char *to)
{
    const char *between = "";

    printf("    %s -- \"", from);
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        if (strcmp(messages[i].from, from) != 0 || strcmp(messages[i].to, to) != 0)
            continue;
        printf("%s%s", between, messages[i].text);
        between = "<br>";
    }
    printf("\" --> %s\n", to);
}

static void draw_faults(enum sim_part part)
{
    const struct sim_fault *f;
    unsigned all = 0;
    const char *between = "";

    for (size_t i = 0; (f = sim_fault(i)) != NULL; i++)
        all += f->weight;
    printf("    %s_FAULTS>\"", parts[part]);
    for (size_t i = 0; (f = sim_fault(i)) != NULL; i++) {
        if (f->part != part)
            continue;
        printf("%s%s (%u of %u)", between, f->text, f->weight, all);
        between = "<br>";
    }
    printf("\"] -.-> %s\n", parts[part]);
}

void sim_picture(void)
{
    printf("```mermaid\nflowchart TD\n"
           "    PEOPLE([people]) -- carry phones --> OMM\n"
           "    ADMINS([administrators]) -- edit --> OMM[a site and its OMM]\n"
           "    ADMINS -- edit --> NODE[a node: engine, disk, clocks]\n"
           "    OMM <--> LINK{{a link: delay, order, loss}} <--> NODE\n");
    draw_messages("OMM", "NODE");
    draw_messages("NODE", "OMM");
    draw_messages("NODE", "NODE");
    draw_faults(SIM_PART_LINK);
    draw_faults(SIM_PART_NODE);
    draw_faults(SIM_PART_OMM);
    printf("    PEOPLE & ADMINS -- what they did --> ORACLE[oracle]\n"
           "    NODE -- what is there at the end,<br>and the list of conflicts --> ORACLE\n"
           "    OMM -- what is there at the end --> ORACLE\n```\n");
}
