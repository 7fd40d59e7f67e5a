/*
 * The parts of docs/merge.md and docs/store.md that are made from the tables of the code. UPDATE=1 writes them.
 */
#include "page.h"

#include <momsync/momsync.h>

struct merge_case {
    const char *id, *site, *hub, *outcome;
};

static const struct merge_case cases[] = {
#define CASE(id, site, hub, outcome) {#id, site, hub, outcome},
#include "merge_rows.h"
};

enum { CASES = sizeof cases / sizeof cases[0] };

/* Each case is a question; the last one is what is left. */
static void merge_page_has_the_cases(void **state)
{
    static struct page_part part;

    (void)state;
    part.len = 0;
    page_add(&part, "```mermaid\nflowchart TD\n");
    for (size_t i = 0; i < CASES; i++) {
        const struct merge_case *c = &cases[i];

        if (i + 1 < CASES)
            page_add(
                &part,
                "    %s{\"site: %s<br>hub: %s\"} -- yes --> %s_[\"%s\"]\n    %s -- no --> %s\n",
                c->id, c->site, c->hub, c->id, c->outcome, c->id, cases[i + 1].id);
        else
            page_add(&part, "    %s[\"%s\"]\n", c->id, c->outcome);
    }
    page_add(&part, "```\n\n| the site has | the hub has | outcome |\n| --- | --- | --- |\n");
    for (size_t i = 0; i < CASES; i++)
        page_add(&part, "| %s | %s | %s |\n", cases[i].site, cases[i].hub, cases[i].outcome);
    page_holds("docs/merge.md", "cases of the merge", &part);
}

static void merge_page_has_the_rules_that_run(void **state)
{
    static struct page_part part;
    const struct mom_rule *rule;

    (void)state;
    part.len = 0;
    page_add(&part, "| rule | what met | what decided |\n| --- | --- | --- |\n");
    for (size_t i = 0; (rule = mom_conflict_rule(i)) != NULL; i++)
        page_add(&part, "| `%s` | %s | %s |\n", rule->name, rule->happens, rule->decides);
    page_holds("docs/merge.md", "conflict rules", &part);
}

static void merge_page_has_the_reasons(void **state)
{
    static struct page_part part;

    (void)state;
    part.len = 0;
    page_add(&part, "| reason | who or what |\n| --- | --- |\n");
#define ROW_OF(id, code, name, meaning) page_add(&part, "| `%s` | %s |\n", name, meaning);
    MOM_REASONS(ROW_OF)
#undef ROW_OF
    page_holds("docs/merge.md", "history reasons", &part);
}

struct table {
    const char *name, *key, *value;
    enum mom_table source;
};

static const struct table tables[] = {
#define TABLE(id, name, key, value, source) {name, key, value, MOM_T_##source},
    MOM_TABLES(TABLE)
#undef TABLE
};

/* Boxes are tables, arrows lead from what is true to the indexes that are made of it. */
static void store_page_has_the_tables(void **state)
{
    static struct page_part part;

    (void)state;
    part.len = 0;
    page_add(&part, "```mermaid\nflowchart LR\n");
    for (int t = 0; t < MOM_T_COUNT; t++)
        page_add(&part, "    %s[\"<b>%s</b><br>%s\"]\n", tables[t].name, tables[t].name,
                 tables[t].key);
    for (int t = 0; t < MOM_T_COUNT; t++) {
        assert_int_equal(tables[tables[t].source].source, tables[t].source);
        if (tables[t].source != (enum mom_table)t)
            page_add(&part, "    %s --> %s\n", tables[tables[t].source].name, tables[t].name);
    }
    page_add(&part, "```\n\n| table | key | value |\n| --- | --- | --- |\n");
    for (int t = 0; t < MOM_T_COUNT; t++)
        page_add(&part, "| `%s` | %s | %s |\n", tables[t].name, tables[t].key, tables[t].value);
    page_holds("docs/store.md", "tables", &part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merge_page_has_the_cases),
        cmocka_unit_test(merge_page_has_the_rules_that_run),
        cmocka_unit_test(merge_page_has_the_reasons),
        cmocka_unit_test(store_page_has_the_tables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
