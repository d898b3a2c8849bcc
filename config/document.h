/*
 * A YAML document as a tree that remembers where everything stands. Reading it refuses what a
 * configuration has no use for and what trips loaders: anchors and aliases, tags, several
 * documents, deep nesting.
 */
#pragma once

#include "config/complaints.h"

#define DOCUMENT_BYTES_MAX ((size_t)1024 * 1024)
#define DOCUMENT_DEPTH_MAX 16

enum node_kind { NODE_TEXT, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    struct place place; /* of the value */
    const char *key;    /* in a mapping */
    struct place key_place;
    unsigned index;   /* in a list */
    const char *text; /* of NODE_TEXT */
    bool plain;       /* written without quotes */
    bool wrong;       /* complained about: nothing further is made of it */
    struct node *parent, *first, *last, *next;
    unsigned count; /* children */
};

/* NULL when there is nothing to go on with; complaints have been made then. */
struct node *document_read(struct complaints *complaints, const struct source *source,
                           const char *text, size_t len);

/* A new last child, at its parent's place: `key` for a mapping, NULL for a list. */
struct node *document_add(struct arena *arena, struct node *parent, const char *key,
                          enum node_kind kind);

/* The value of a key; NULL when it is not there. With the same key twice: the first. */
struct node *document_child(const struct node *map, const char *key);

/* The first of a node and its followers that is not wrong: those, in this order, are loaded. */
struct node *document_right(struct node *node);

/* The node at "forward[0].port", or the nearest one above it that is there. */
const struct node *document_find(const struct node *root, const char *path);

/* The path of a node, "forward[0].port"; empty for the root. Cut to fit. */
#define PATH_MAX_LEN 256
const char *document_path(char out[PATH_MAX_LEN], const struct node *node);

/* An unquoted value that YAML calls null: nothing, ~ or null. */
bool document_is_null(const struct node *node);
