/* Compares a document with schema rows; makes it fit for loading. */
#pragma once

#include "config/document.h"
#include "config/schema.h"

/*
 * Complains about unknown, duplicate and missing keys and about values of the wrong kind, marks
 * these nodes wrong, puts single entries into lists where that is allowed and adds the defaults of
 * absent keys.
 */
void shape_check(struct complaints *complaints, struct node *root, const struct row *rows);
