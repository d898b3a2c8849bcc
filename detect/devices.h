/*
 * The names of devices under small numbers, so that a group remembers who reported it in a byte
 * each. Bounded: the names that come after the 255th have no number. Names are never taken out, so
 * a slice of one lives as long as the table.
 */
#pragma once

#include "parsers/text/slice.h"

#define DEVICES_MAX     255
#define DEVICE_NAME_MAX 63 /* longer names are cut */

struct devices {
    uint8_t count;
    uint8_t index[512];
    struct {
        uint8_t len;
        char text[DEVICE_NAME_MAX];
    } names[DEVICES_MAX];
};

/* What devices_number asks for; `mix` is odd, and secret where names come from outside. */
uint64_t devices_hash(struct slice name, uint64_t mix);

/* The name's number, 1 to 255; 0: empty, or it has none yet. Needs no lock. */
uint8_t devices_find(const struct devices *devices, struct slice name, uint64_t hash);

/* The same, and it is given one; 0: empty or no room. One caller at a time. */
uint8_t devices_number(struct devices *devices, struct slice name, uint64_t hash);

/* Needs no lock either. */
static inline bool devices_full(const struct devices *devices)
{
    return __atomic_load_n(&devices->count, __ATOMIC_RELAXED) == DEVICES_MAX;
}

static inline struct slice devices_name(const struct devices *devices, uint8_t number)
{
    return slice_make(devices->names[number - 1].text, devices->names[number - 1].len);
}
