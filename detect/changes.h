/*
 * Which groups of a stripe have had an alert since somebody asked: what has been told must not be told
 * again after a restart, so it is written down at once and not only with the next snapshot. Noted
 * with the stripe locked; without changes_begin nothing is noted.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define CHANGES_MAX 64 /* of one stripe; more are lost, and the next snapshot has them */

struct group;
struct stripe;

struct changes {
    bool on, lost;
    uint16_t count;
    struct {
        uint64_t hash; /* groups move */
        uint8_t side;
    } of[CHANGES_MAX];
};

void changes_note(struct stripe *stripe, const struct group *group);
