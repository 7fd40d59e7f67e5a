/*
 * Images of stores: every row of every table as a line "table key value", key and value in
 * hexadecimal ("-" for an empty value), tables and keys in their order. They are kept in
 * tests/momsync/data, one for each format of the store, so that migrations are tested with what a
 * version did write and not with what a later one believes it wrote.
 */
#ifndef TESTS_MOMSYNC_IMAGE_H
#define TESTS_MOMSYNC_IMAGE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <momsync/store.h>

enum { IMAGE_LINE = 1 << 18 };

static inline const char *image_table(int table)
{
    static const char *const names[] = {
#define IMAGE_TABLE(id, name, key, value, source) name,
        MOM_TABLES(IMAGE_TABLE)
#undef IMAGE_TABLE
    };
    return names[table];
}

struct image_writer {
    FILE *file;
    int table;
    bool plain; /* leave out what belongs to one run: who wrote and where */
};

static inline void image_hex(FILE *file, struct mom_str bytes)
{
    if (bytes.len == 0)
        fputc('-', file);
    for (size_t i = 0; i < bytes.len; i++)
        fprintf(file, "%02x", (unsigned)(unsigned char)bytes.ptr[i]);
}

static inline bool image_row(void *user, struct mom_str key, struct mom_str value)
{
    const struct image_writer *w = user;

    if (w->plain && w->table == MOM_T_META && key.len == 4 && memcmp(key.ptr, "lmdb", 4) == 0)
        return true;
    fprintf(w->file, "%s ", image_table(w->table));
    image_hex(w->file, key);
    fputc(' ', w->file);
    image_hex(w->file, value);
    fputc('\n', w->file);
    return true;
}

/* Write all tables. `plain`: without what a store of another kind adds. */
static inline void image_write(const struct mom_store *store, FILE *file, bool plain)
{
    struct mom_txn *txn;

    assert_int_equal(store->ops->begin(store->store, false, &txn), MOM_OK);
    for (int t = 0; t < MOM_T_COUNT; t++) {
        struct image_writer w = {file, t, plain};

        assert_int_equal(
            store->ops->scan(txn, (enum mom_table)t, (struct mom_str){"", 0}, image_row, &w),
            MOM_OK);
    }
    store->ops->abort(txn);
}

/* All tables as one text; free() it. */
static inline char *image_text(const struct mom_store *store)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    assert_non_null(file);
    image_write(store, file, true);
    assert_int_equal(fclose(file), 0);
    return text;
}

static inline size_t image_bytes(char *hex)
{
    size_t len = strlen(hex) / 2;

    if (strcmp(hex, "-") == 0)
        return 0;
    for (size_t i = 0; i < len; i++) {
        char digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        char *end;

        hex[i] = (char)strtoul(digits, &end, 16);
        assert_true(*end == '\0');
    }
    return len;
}

static inline void image_put(const struct mom_store *store, struct mom_txn *txn, char *line)
{
    char *rest, *table = strtok_r(line, " \n", &rest), *key = strtok_r(NULL, " \n", &rest);
    char *value = strtok_r(NULL, " \n", &rest);
    int t = 0;

    assert_true(table && key && value);
    while (t < MOM_T_COUNT && strcmp(table, image_table(t)) != 0)
        t++;
    assert_int_not_equal(t, MOM_T_COUNT);
    size_t key_len = image_bytes(key), value_len = image_bytes(value);
    assert_int_equal(store->ops->put(txn, (enum mom_table)t, (struct mom_str){key, key_len},
                                     (struct mom_str){value, value_len}),
                     MOM_OK);
}

/* A file as text; free() it. */
static inline char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = calloc(1, IMAGE_LINE);

    if (!file)
        fail_msg("%s cannot be read", path);
    assert_non_null(text);
    assert_true(fread(text, 1, IMAGE_LINE - 1, file) < IMAGE_LINE - 1);
    fclose(file);
    return text;
}

/* Fill an empty store from a file; lines that begin with # are comments. */
static inline void image_read(const struct mom_store *store, const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = malloc(IMAGE_LINE);
    struct mom_txn *txn;

    if (!file)
        fail_msg("%s cannot be read", path);
    assert_non_null(line);
    assert_int_equal(store->ops->begin(store->store, true, &txn), MOM_OK);
    while (fgets(line, IMAGE_LINE, file)) {
        if (line[0] != '#' && line[0] != '\n')
            image_put(store, txn, line);
    }
    assert_int_equal(store->ops->commit(txn), MOM_OK);
    free(line);
    fclose(file);
}

#endif
