/*
 * Which of up to 64 named sets of networks hold an address: bit 0 is `networks: internal`, the
 * others are the configured lists. One look-up answers for all of them.
 */
#pragma once

#include "parsers/text/address.h"

#define NETWORKS_INTERNAL  UINT64_C(1) /* the bit of the internal networks */
#define NETWORKS_LISTS_MAX 63          /* lists beside it: bits 1 to 63 */

struct network {
    struct address first, last; /* both inclusive: a prefix, or any range */
    unsigned set;               /* the bit's number, 0 to 63 */
};

struct networks;

/* Builds the table; the order of entries does not matter, they may overlap. NULL: no memory. */
struct networks *networks_new(const struct network *entries, size_t count);
void networks_free(struct networks *networks);

/* The sets that hold the address: bit n for set n. */
uint64_t networks_of(const struct networks *networks, struct address a);
