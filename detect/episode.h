/*
 * What a firing group remembers for its alerts: who it is, when it began, samples, devices, a sketch
 * of how many values it has seen in all. Lies in a block of the pool.
 */
#pragma once

#include "detect/episodes.h"
#include "detect/sketch.h"

struct episode {
    uint32_t next, previous; /* in the side's list, by unit */
    uint32_t slot;           /* of the group */
    union member members[DETECTOR_GROUP_MAX];
    int64_t window_start, first_seen, last_seen; /* window_start: of the start, for the id */
    int64_t last_alert;
    int64_t marked; /* until when it has been said to fire */
    uint64_t next_growth;
    uint64_t seen; /* values of the whole episode, while is_exact */
    bool is_exact; /* no value of the episode has been forgotten so far */
    bool by_also;  /* what it counts is what the lower threshold is for */
    uint64_t samples[ALERT_SAMPLES_MAX];
    unsigned sample_count;
    uint32_t evidence;
    uint8_t devices[ALERT_DEVICES_MAX];
    unsigned device_count;
    struct sketch sketch;
};
_Static_assert(sizeof(struct episode) + sizeof(uint32_t) <= POOL_UNIT << EPISODE_ORDER,
               "an episode fits its block");

/* It starts with a window that ends there and holds `peak` of the values. */
void episode_begin(struct episode *episode, const struct sighting *s, const struct group *group,
                   struct values table, int64_t window_end, unsigned peak, bool by_also);

/* A value of the episode; `forgot`: its group has dropped others for it. True: the estimate has
 * changed. */
bool episode_value(struct episode *episode, uint64_t key, bool begun, bool forgot);

/* A record of the episode, which adds a gain to its values: the same, and true only when it has grown
 * tenfold. */
bool episode_add(struct episode *episode, const struct sighting *s, const struct gain *gain,
                 bool forgot);

/* The highest tier that so many reach. */
unsigned episode_tier(const struct detector *detector, uint64_t count);

/* From now on it counts what `condition` is for. */
void episode_widen(struct episode *episode, struct values table);

void episode_add_device(struct episode *episode, uint8_t device);

/* Takes the values of the window that ends at t as samples, those seen first in front. */
void episode_sample(struct episode *episode, struct values table, uint32_t t, uint32_t window);

/* Fills in what is the same for every phase; the alert's window ends at `end`. The group is noted as
 * changed. */
void episode_alert(const struct episode *episode, const struct detector *detector,
                   const struct group *group, struct stripe *stripe, struct alert *alert,
                   int64_t end);

/* The number to report of a window: exact up to the highest tier, beyond it the sketch's if that is
 * more; and that of the whole episode, at least `held`. */
void episode_count(const struct episode *episode, struct alert *alert, uint64_t exact);
void episode_count_all(const struct episode *episode, struct alert *alert, uint64_t held);
