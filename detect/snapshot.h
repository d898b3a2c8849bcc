/*
 * The state of the detectors as bytes, for a restart: groups with their values and times, episodes,
 * what has been seen, suppression, risk. The bytes go to the caller and come from it; nothing here
 * opens a file. snapshot_format.h draws them.
 *
 * The key of the keyed hash is part of the snapshot and goes on being used: a group is known by its
 * hash alone, so with another key none would be found again. Keep the bytes as secret as the logs.
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
