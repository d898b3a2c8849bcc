/*
 * The detectors' state in a folder, over restarts. A snapshot is written every `interval` and at the
 * end, under another name first; what alerts have changed is appended to it at once, so that even after
 * kill -9 nothing is told twice. Only what was counted since the last snapshot, and set off nothing
 * yet, is lost then. A folder that cannot be used is said once and tried again.
 */
#pragma once

#include <uv.h>

#include "detect/detectors.h"

struct state;

struct state_counters {
    uint64_t snapshots, failures, restored_groups, outdated_groups;
    uint64_t bytes; /* of the file now */
};

struct state_plan {
    uv_loop_t *loop;
    struct detection *detection; /* that has seen no record yet, unless `running` */
    const char *directory;
    int64_t interval_ms;
    size_t memory; /* of the detection: no state file is much larger */
    bool running;  /* it has seen records: nothing is restored, what lies there is set aside */
};

/* Restores what is there. 0, UV_EBUSY: another process uses the folder, or UV_ENOMEM. */
int state_open(struct state **state, const struct state_plan *plan);

/* Alerts have left; from any thread. NULL is no state at all, here and below. */
void state_note(struct state *state);

/* A reload, while nothing is counted and state_is_saving is false: another detection, which goes on
 * where the other one was, and other settings. */
void state_change(struct state *state, struct detection *detection, int64_t interval_ms,
                  size_t memory);
bool state_is_saving(const struct state *state);

/* Once a second, from the loop's thread. */
void state_tick(struct state *state, int64_t now_ms);

/* The last snapshot, when nothing is counted any more. The loop may still have to run after it. */
void state_close(struct state *state);
void state_free(struct state *state);

struct state_counters state_counters(struct state *state);
