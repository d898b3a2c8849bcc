/*
 * A snapshot's bytes, little-endian. What snapshot_save.c and snapshot_load.c share.
 *
 *   magic (8), version (4), sections, the last of kind END; then what detect_save_changes appends:
 *   further sections GROUPS, RISK and COVERAGE, which replace what stands before them.
 *
 *   section  kind (4), length of the payload (4), payload, crc32 of all that (4)
 *   HEADER   saved (8), key (16), stripes (4), detectors (4), of each: digest (8), storm's minute (8),
 *            starts (4), on (1), name's length (1), name. Groups and entities mean them by number.
 *   GROUPS   stripe (4), groups (4), where the names begin in the payload (4), groups, names.
 *            Names of devices: number (1), length (1), text. Groups mean them by number, 0 is none.
 *   group    hash (8), owner (4), newest (8), next_check (4), started (4), hot (4), side (1),
 *            detector (1), state | tier << 2 | has_started << 6 | has an episode << 7 (1),
 *            devices (2), values of the two sets (2 + 2), the values, the episode
 *   value    lo (4), hi (4), first (4), last (4), before (4)
 *   episode  members, of each of three: the address or number (16), a text's length (1) and bytes;
 *            window_start (8), first_seen (8), last_seen (8), last_alert (8),
 *            next_growth (8), seen (8), is_exact | by_also << 1 (1), evidence (4), samples (1), of each: key (8), devices (1), of each: its
 *            number (1), registers of the sketch (1024)
 *   WIDE     stripe (4), of each: key (8), address (16), port (2), protocol (1)
 *   RISK     entities: hash (8), bit (4), above (1), entries (1), of each: started (4), firing until
 *            (4), detector (1)
 *   COVERAGE devices: points (2), told (1), name's length (1), name
 *   END      groups in all (8)
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SNAPSHOT_MAGIC   "parapet\x1a"
#define SNAPSHOT_VERSION 3

#define SNAPSHOT_PREFIX (8 + 4)     /* magic and version */
#define SECTION_EXTRA   (4 + 4 + 4) /* kind, length, crc */

enum section_kind {
    SECTION_HEADER = 1,
    SECTION_GROUPS,
    SECTION_WIDE,
    SECTION_RISK,
    SECTION_COVERAGE,
    SECTION_END
};

#define GROUP_BYTES   (2 * 8 + 4 * 4 + 3 + 2 + 4) /* without values and episode */
#define VALUE_BYTES   20
#define EPISODE_BYTES (3 * (16 + 1 + 55) + 6 * 8 + 1 + 4 + 1 + 32 * 8 + 1 + 8 + 1024) /* at most */
#define WIDE_BYTES    (8 + 16 + 2 + 1)
#define ENTITY_BYTES  (8 + 4 + 1 + 1 + 12 * 9) /* at most */

/* Times that a computation can take: some 35,000 years. */
#define SNAPSHOT_TIME_MAX (INT64_C(1) << 50)

/* Writes where the caller has made sure of room. */
static inline void put8(uint8_t **at, uint64_t n)
{
    *(*at)++ = (uint8_t)n;
}

static inline void put16(uint8_t **at, uint64_t n)
{
    put8(at, n);
    put8(at, n >> 8);
}

static inline void put32(uint8_t **at, uint64_t n)
{
    uint8_t *p = *at;
    p[0] = (uint8_t)n;
    p[1] = (uint8_t)(n >> 8);
    p[2] = (uint8_t)(n >> 16);
    p[3] = (uint8_t)(n >> 24);
    *at = p + 4;
}

static inline void put64(uint8_t **at, uint64_t n)
{
    put32(at, n);
    put32(at, n >> 32);
}

static inline void put_bytes(uint8_t **at, const void *bytes, size_t len)
{
    memcpy(*at, bytes, len);
    *at += len;
}

/* Reads never pass `end`: what is not there is zero, and `bad` from then on. */
struct snapshot_reader {
    const uint8_t *at, *end;
    bool bad;
};

/* The next len bytes, NULL: there are not so many. */
static inline const uint8_t *get_bytes(struct snapshot_reader *r, size_t len)
{
    if (r->bad || (size_t)(r->end - r->at) < len) {
        r->bad = true;
        return NULL;
    }
    r->at += len;
    return r->at - len;
}

static inline uint64_t get_number(struct snapshot_reader *r, unsigned len)
{
    const uint8_t *p = get_bytes(r, len);
    uint64_t n = 0;
    while (p && len--)
        n = n << 8 | p[len];
    return n;
}

static inline uint8_t get8(struct snapshot_reader *r)
{
    return (uint8_t)get_number(r, 1);
}

static inline uint16_t get16(struct snapshot_reader *r)
{
    return (uint16_t)get_number(r, 2);
}

static inline uint32_t get32(struct snapshot_reader *r)
{
    return (uint32_t)get_number(r, 4);
}

static inline uint64_t get64(struct snapshot_reader *r)
{
    return get_number(r, 8);
}

/* A time; one that cannot be is bad. */
static inline int64_t get_time(struct snapshot_reader *r)
{
    int64_t t = (int64_t)get64(r);
    r->bad |= t > SNAPSHOT_TIME_MAX || t < -SNAPSHOT_TIME_MAX;
    return t;
}
