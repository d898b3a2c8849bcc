/* Loads a document through libcyaml: every value as text, in the order of its schema rows. */
#pragma once

#include "config/document.h"
#include "config/schema.h"

/*
 * The value of one row: VALUE_*: const char *; lists of values: const char *[count]; MAPPING: the
 * slots of its rows; LIST_MAPPING: count times the slots of its rows, one after another. NULL when
 * the key is not there.
 */
struct slot {
    void *value;
    uint64_t count;
};

struct loaded; /* what libcyaml has given; the slots live as long */

/* The slots of the top rows; NULL with a complaint when libcyaml refuses after all. */
const struct slot *loader_read(struct complaints *complaints, const struct node *root,
                               const struct row *rows, struct loaded **loaded);
void loader_free(struct loaded *loaded);
