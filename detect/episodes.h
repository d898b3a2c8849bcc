/*
 * What becomes of a group whose window is full: an episode with a start, news and an end.
 *
 * It starts when the threshold is met, has news when a higher tier is crossed, at each tenfold
 * growth, and once in a while; it ends after one whole window below the threshold. After that the
 * group is muted until it has been quiet for `suppress`, or its last start is `suppress_max` ago.
 * Everything is called with the group's stripe locked.
 */
#pragma once

#include "detect/alert.h"
#include "detect/watch.h"

/* A text among the members of a group. Its hash, of all of it, stands where an address would. */
struct member_text {
    uint64_t hash[2];
    uint8_t len; /* of what is kept to show it */
    char bytes[55];
};

/* A value of a group-by field. What is missing is MEMBER_NONE in both words of the address. */
union member {
    struct address address;
    uint64_t number;
    struct member_text text;
};
#define MEMBER_NONE UINT64_MAX

/* One record seen by one detector. */
struct sighting {
    const struct detector *detector;
    unsigned index;            /* of the detector */
    uint64_t hash, first_hash; /* of the group, of its first member */
    struct place place;        /* of the group, when the stripe was locked */
    uint64_t key;              /* of the counted value: value_text tells what it is */
    bool narrow;               /* the predicate of `also` holds too */
    bool for_both;             /* it is the twin's too (twins.h) */
    uint8_t device;            /* who reported it, in the watch's devices; 0: not known */
    struct stripe *stripe;     /* where the group stands, or would */
    struct side *side;
    unsigned evidence;
    int64_t t;
    bool is_first; /* no other detector has counted the record */
    const struct record *record;
};

/* What one look at a group led to. */
enum episode_event {
    EPISODE_NOTHING,
    EPISODE_START,
    EPISODE_ONGOING,
    EPISODE_END,   /* the record has not been counted yet: look again */
    EPISODE_STORM, /* too many starts: the alert is about the detector */
    EPISODE_MUTED, /* a start that is not told: too near to the last one, or one of too many */
};

#define EPISODE_ORDER 5 /* of the block of one that fires: 2 KiB */

struct episodes; /* what all groups share: the guard against storms, the next end */

struct episodes *episodes_new(struct watch *watch, const struct detector *detectors,
                              uint32_t storm_starts);
void episodes_free(struct episodes *e);

/*
 * Counts a record in its group. Fills *alert unless nothing happened. *firing tells whether the
 * group's episode is on; *until, unless 0, until when it may be said to be if no end is told.
 */
enum episode_event episodes_observe(struct episodes *e, struct stripe *stripe,
                                    const struct sighting *s, struct alert *alert, bool *firing,
                                    int64_t *until);

/* The next episode of the stripe that has ended by now; false: none. To be called until then. */
bool episodes_end(struct episodes *e, struct stripe *stripe, int64_t now, struct alert *alert);

/* When the next episode can end at the earliest, INT64_MAX: none is on. */
int64_t episodes_next(const struct episodes *e);
void episodes_next_is(struct episodes *e, int64_t when);
void episodes_next_at_latest(struct episodes *e, int64_t when);

/* When the earliest of the stripe's episodes can end. */
int64_t episodes_next_of(struct stripe *stripe);

/* The group is forgotten: its episode's memory goes. */
void episodes_drop(const struct watch *watch, struct side *side, struct group *group);

/* The memory of a group's episode, to be filled in; NULL: no room. */
struct episode;
struct episode *episodes_room(struct episodes *e, struct stripe *stripe, struct side *side,
                              struct group *group);

struct storms;
struct storms *episodes_storms(struct episodes *e);
