/*
 * The state of the detectors as bytes, for a restart: groups with their values and times, episodes,
 * what has been seen, suppression, risk. The bytes go to the caller and come from it; nothing here
 * opens a file. snapshot_format.h draws them.
 *
 * The key of the keyed hash is part of the snapshot and goes on being used, instead of a new one at
 * each start: a group is known by its hash alone (its members would be up to 200 bytes, in memory and
 * here), so with another key none would be found again and every slow scan would be lost. What the key
 * protects is the tables: who knows it can make groups that push out one another. So the bytes must
 * be as secret as it: the server keeps them in a folder and a file for its own user alone (0700, 0600;
 * server/ops/state.c). Who can read them there can read the program's memory, and the key with it. A
 * state that is deleted, or refused, takes the key with it: the next start has a new one.
 */
#pragma once

#include "detect/detectors.h"

/* Takes the next bytes; false: they cannot be kept, the saving ends. */
typedef bool (*on_snapshot)(void *context, const void *bytes, size_t len);

/*
 * Writes everything, in pieces: a stripe is locked for one piece at a time and never while `write`
 * runs, so records go on being counted meanwhile. now_ms is told at the restore. False: `write`
 * said no, or no memory.
 */
bool detect_save(struct detection *d, int64_t now_ms, on_snapshot write, void *context);

/* From now on what alerts have changed is noted for detect_save_changes. */
void detect_note_changes(struct detection *d);

/*
 * Writes what alerts have changed since the last call, to be appended to a snapshot of this engine.
 * *lost: there was more than could be noted, so a snapshot is due. One thread at a time. False: `write`
 * said no, or no memory.
 */
bool detect_save_changes(struct detection *d, on_snapshot write, void *context, bool *lost);

enum restore_status {
    RESTORE_DONE,
    RESTORE_FOREIGN, /* not a snapshot at all */
    RESTORE_VERSION, /* one of another version */
    RESTORE_TORN,    /* its end is missing, or bytes have changed */
};

struct restored {
    enum restore_status status;
    int64_t saved_ms;
    uint64_t groups, entities;
    uint64_t changes;    /* pieces appended by detect_save_changes */
    uint64_t outdated;   /* groups of detectors that have changed since, or are gone */
    uint64_t homeless;   /* groups that found no place in a memory of another size */
    size_t torn_changes; /* bytes at the end that a crash has left unfinished */
};

/* Into an engine that has seen no record yet, before any other thread uses it. Unless RESTORE_DONE,
 * nothing has changed. */
struct restored detect_restore(struct detection *d, const void *bytes, size_t len);
