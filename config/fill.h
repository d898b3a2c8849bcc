/* Converts what was loaded and stores it where the schema rows say. */
#pragma once

#include "config/document.h"
#include "config/loader.h"

/*
 * `base`: the struct that the rows fill. What cannot be converted is complained about and marked
 * wrong, and its member left as it was. Texts and lists come from the complaints' arena.
 */
void fill_struct(struct complaints *complaints, struct node *node, const struct row *rows,
                 const struct slot *slots, void *base);
