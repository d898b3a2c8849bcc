/*
 * The shape of a document against the schema: which keys, which kinds of value. libcyaml would stop
 * at the first such error; here all are found, and what is left loads.
 */
#include "config/shape.h"

#include <string.h>

static void check_map(struct complaints *complaints, struct node *node, const struct row *rows);

static const char *kind_text(const struct node *node)
{
    switch (node->kind) {
    case NODE_LIST:
        return "a list";
    case NODE_MAP:
        return "a mapping";
    default:
        return document_is_null(node) ? "nothing" : "a text";
    }
}

static void complain_kind(struct complaints *complaints, struct node *node, const char *expected)
{
    char path[PATH_MAX_LEN], quoted[QUOTED_MAX];
    bool text = node->kind == NODE_TEXT && !document_is_null(node);
    node->wrong = true;
    complain(complaints, node->place, document_path(path, node), "expected %s, not %s", expected,
             text ? complaints_quote(quoted, node->text) : kind_text(node));
}

static const struct row *find_row(const struct row *rows, const char *key)
{
    for (; rows->key; rows++)
        if (strcmp(rows->key, key) == 0)
            return rows;
    return NULL;
}

static void complain_unknown(struct complaints *complaints, struct node *node,
                             const struct row *rows)
{
    char path[PATH_MAX_LEN], shown[QUOTED_MAX];
    const char *known[ROWS_MAX + 1] = {NULL};
    for (size_t i = 0; rows[i].key && i < ROWS_MAX; i++)
        known[i] = rows[i].key;
    const char *nearest = config_nearest(node->key, known);
    complaints_quote(shown, node->key);
    node->wrong = true;
    document_path(path, node->parent);
    if (nearest)
        complain(complaints, node->key_place, path, "unknown key %s; did you mean \"%s\"?", shown,
                 nearest);
    else
        complain(complaints, node->key_place, path, "unknown key %s", shown);
}

static void check_list(struct complaints *complaints, struct node *node, const struct row *row)
{
    char expected[EXPECTATION_MAX];
    if (node->count < row->min || (row->max && node->count > row->max)) {
        char path[PATH_MAX_LEN];
        node->wrong = true;
        complain(complaints, node->place, document_path(path, node), "expected %s; this one has %u",
                 schema_expects(expected, row), node->count);
        return;
    }
    for (struct node *entry = node->first; entry; entry = entry->next) {
        if (complaints_full(complaints))
            return;
        if (entry->wrong)
            continue;
        if (row->kind == LIST_MAPPING)
            check_map(complaints, entry, row->rows);
        else if (entry->kind != NODE_TEXT || document_is_null(entry))
            complain_kind(complaints, entry, schema_expects_entry(expected, row));
    }
}

/* `class: int_int` for `class: [int_int]`. */
static void wrap(struct arena *arena, struct node *node)
{
    struct node *entry = document_add(arena, node, NULL, NODE_TEXT);
    entry->text = node->text;
    entry->plain = node->plain;
    node->kind = NODE_LIST;
}

static void check_value(struct complaints *complaints, struct node *node, const struct row *row)
{
    char expected[EXPECTATION_MAX];
    if (node->wrong)
        return;
    switch (row->kind) {
    case MAPPING:
        check_map(complaints, node, row->rows);
        return;
    case LIST_TEXT:
    case LIST_NETWORK:
    case LIST_PORTS:
    case LIST_FLAGS:
    case LIST_MAPPING:
        if (row->one_will_do && node->kind == NODE_TEXT && !document_is_null(node))
            wrap(complaints->arena, node);
        if (node->kind == NODE_LIST)
            check_list(complaints, node, row);
        else
            complain_kind(complaints, node, schema_expects(expected, row));
        return;
    default:
        if (node->kind != NODE_TEXT || document_is_null(node))
            complain_kind(complaints, node, schema_expects(expected, row));
    }
}

/* The default of a row as a node: read from its YAML text, which is ours and right. */
static void add_fallback(struct complaints *complaints, struct node *map, const struct row *row)
{
    if (row->kind < LIST_TEXT) {
        document_add(complaints->arena, map, row->key, NODE_TEXT)->text = row->fallback;
        return;
    }
    struct node *node =
        document_read(complaints, map->place.source, row->fallback, strlen(row->fallback));
    if (!node)
        return;
    struct node *child = document_add(complaints->arena, map, row->key, node->kind);
    child->first = node->first;
    child->last = node->last;
    child->count = node->count;
    for (struct node *entry = child->first; entry; entry = entry->next)
        entry->parent = child;
    check_value(complaints, child, row);
}

static void add_missing(struct complaints *complaints, struct node *map, const struct row *row)
{
    char path[PATH_MAX_LEN], expected[EXPECTATION_MAX];
    if (row->required) {
        complain(complaints, map->place, document_path(path, map),
                 "the key \"%s\" is missing: expected %s", row->key, schema_expects(expected, row));
    } else if (row->kind == MAPPING && !row->told) {
        check_map(complaints, document_add(complaints->arena, map, row->key, NODE_MAP), row->rows);
    } else if (row->fallback) {
        add_fallback(complaints, map, row);
    }
}

static void check_map(struct complaints *complaints, struct node *node, const struct row *rows)
{
    const struct node *seen[ROWS_MAX] = {NULL};
    char path[PATH_MAX_LEN];
    if (node->kind != NODE_MAP) {
        complain_kind(complaints, node, "a mapping, that is keys and their values");
        return;
    }
    for (struct node *child = node->first; child; child = child->next) {
        const struct row *row = find_row(rows, child->key);
        if (complaints_full(complaints))
            return;
        if (!row) {
            complain_unknown(complaints, child, rows);
        } else if (seen[row - rows]) {
            child->wrong = true;
            complain(complaints, child->key_place, document_path(path, child),
                     "the same key is in line %u already", seen[row - rows]->key_place.line);
        } else {
            seen[row - rows] = child;
            check_value(complaints, child, row);
        }
    }
    for (const struct row *row = rows; row->key; row++)
        if (!seen[row - rows])
            add_missing(complaints, node, row);
}

void shape_check(struct complaints *complaints, struct node *root, const struct row *rows)
{
    check_map(complaints, root, rows);
}
