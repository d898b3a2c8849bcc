/*
 * Writing a snapshot. A piece of a stripe is copied out under its lock, checksummed and handed on
 * without it: no lock is held for longer than copying PIECE bytes, or one group, takes.
 */
#include <stdlib.h>
#include <zlib.h>

#include "detect/alert_text.h"
#include "detect/definition.h"
#include "detect/episode.h"
#include "detect/parts.h"
#include "detect/snapshot.h"
#include "detect/snapshot_format.h"
#include "detect/storms.h"
#include "detect/twins.h"

#define PIECE       (128 * 1024) /* bytes of groups, after which the lock is let go */
#define PIECE_SLOTS 16384        /* and places looked at */
#define NAMES_BYTES (DEVICES_MAX * (2 + DEVICE_NAME_MAX))
#define FIRST       8 /* where a payload begins: kind and length come before it */

struct saver {
    struct detection_parts parts;
    on_snapshot write;
    void *context;
    uint8_t *buffer, *at;
    uint8_t names[NAMES_BYTES], *names_at; /* of the devices that the piece means */
    bool named[DEVICES_MAX + 1];
    uint32_t piece_groups;
    uint64_t groups;
};

/* The largest group fits behind a full piece. */
static bool begin(struct saver *s, struct detection *d, on_snapshot write, void *context)
{
    s->parts = detection_parts(d);
    s->write = write;
    s->context = context;
    s->groups = 0;
    size_t largest = 2 * GROUP_BYTES + EPISODE_BYTES + NAMES_BYTES +
                     2 * (size_t)watch_slots_of(s->parts.watch->max_order) * VALUE_BYTES;
    s->buffer = malloc(PIECE + largest + 2 * SECTION_EXTRA);
    s->at = s->buffer + FIRST;
    return s->buffer != NULL;
}

/* Hands the payload on as a section, and begins the next one. */
static bool end_section(struct saver *s, enum section_kind kind)
{
    uint8_t *head = s->buffer;
    size_t len = (size_t)(s->at - s->buffer);
    put32(&head, kind);
    put32(&head, len - FIRST);
    put32(&s->at, crc32(0, s->buffer, (uInt)len));
    s->at = s->buffer + FIRST;
    return s->write(s->context, s->buffer, len + 4);
}

/* ---- groups */

static uint8_t device(struct saver *s, const struct stripe *stripe, uint8_t number)
{
    if (number && !s->named[number]) {
        struct slice name = devices_name(stripe->devices, number);
        s->named[number] = true;
        put8(&s->names_at, number);
        put8(&s->names_at, name.len);
        put_bytes(&s->names_at, name.ptr, name.len);
    }
    return number;
}

static uint16_t put_values(struct saver *s, struct values table)
{
    uint16_t n = 0;
    uint8_t *at = s->at;
    for (uint32_t i = 0; i < table.count; i++) {
        const struct value *v = &table.slots[i];
        if (v->hi == 0)
            continue;
        put32(&at, v->lo);
        put32(&at, v->hi);
        put32(&at, v->first);
        put32(&at, v->last);
        put32(&at, v->before);
        n++;
    }
    s->at = at;
    return n;
}

/* How much text a member has; a missing one has none. */
static unsigned text_len(const struct detector *detector, unsigned i, const union member *member)
{
    if (i >= detector->group_count || detector->group_by[i] < DETECT_DEVICE ||
        detector->group_by[i] >= DETECT_SERVICE ||
        (member->address.hi == MEMBER_NONE && member->address.lo == MEMBER_NONE))
        return 0;
    return member->text.len;
}

static void put_members(struct saver *s, const struct detector *detector,
                        const union member members[DETECTOR_GROUP_MAX])
{
    for (unsigned i = 0; i < DETECTOR_GROUP_MAX; i++) {
        bool there = i < detector->group_count;
        unsigned len = text_len(detector, i, &members[i]);
        put64(&s->at, there ? members[i].address.hi : 0);
        put64(&s->at, there ? members[i].address.lo : 0);
        put8(&s->at, len);
        put_bytes(&s->at, members[i].text.bytes, len);
    }
}

static void put_episode(struct saver *s, const struct stripe *stripe,
                        const struct detector *detector, const struct episode *episode)
{
    put_members(s, detector, episode->members);
    put64(&s->at, (uint64_t)episode->window_start);
    put64(&s->at, (uint64_t)episode->first_seen);
    put64(&s->at, (uint64_t)episode->last_seen);
    put64(&s->at, (uint64_t)episode->last_alert);
    put64(&s->at, episode->next_growth);
    put64(&s->at, episode->seen);
    put8(&s->at, episode->is_exact | (unsigned)episode->by_also << 1);
    put32(&s->at, episode->evidence);
    put8(&s->at, episode->sample_count);
    for (unsigned i = 0; i < episode->sample_count; i++)
        put64(&s->at, episode->samples[i]);
    put8(&s->at, episode->device_count);
    for (unsigned i = 0; i < episode->device_count; i++)
        put8(&s->at, device(s, stripe, episode->devices[i]));
    put_bytes(&s->at, episode->sketch.registers, SKETCH_REGISTERS);
}

static void put_group_as(struct saver *s, const struct stripe *stripe, unsigned side_index,
                         uint32_t slot, unsigned detector, uint64_t hash)
{
    const struct side *side = &stripe->sides[side_index];
    struct group *group = &side->groups[slot];
    const struct watch_rule *rule = &s->parts.watch->rules[detector];
    bool has_episode = group->episode != POOL_NONE;
    put64(&s->at, hash);
    put32(&s->at, group->owner);
    put64(&s->at, (uint64_t)group->newest);
    put32(&s->at, group->next_check);
    put32(&s->at, group->started);
    put32(&s->at, group->hot);
    put8(&s->at, side_index);
    put8(&s->at, detector);
    put8(&s->at, group->state | (unsigned)group->tier << 2 | (unsigned)group->has_started << 6 |
                     (unsigned)has_episode << 7);
    put8(&s->at, device(s, stripe, group->devices[0]));
    put8(&s->at, device(s, stripe, group->devices[1]));
    uint8_t *counts = s->at;
    s->at += 4;
    for (unsigned set = 0; set < 2; set++)
        put16(&counts, rule->keep[set] ? put_values(s, watch_values(side, group, set)) : 0);
    if (has_episode)
        put_episode(s, stripe, &s->parts.detectors[group->detector],
                    pool_at(&side->pool, group->episode));
    s->piece_groups++;
}

/* A group that is two detectors' is written as two. */
static void put_group(struct saver *s, const struct stripe *stripe, unsigned side_index,
                      uint32_t slot)
{
    const struct watch *watch = s->parts.watch;
    const struct group *group = &stripe->sides[side_index].groups[slot];
    uint64_t hash = stripe->sides[side_index].hashes[slot];
    put_group_as(s, stripe, side_index, slot, group->detector, hash);
    if (group->shared)
        put_group_as(s, stripe, side_index, slot, watch->rules[group->detector].twin,
                     twins_hash(watch, group->detector, hash) | 1);
}

static void begin_piece(struct saver *s, uint32_t stripe)
{
    memset(s->named, 0, sizeof(s->named));
    s->names_at = s->names;
    s->piece_groups = 0;
    put32(&s->at, stripe);
    s->at += 8; /* how many groups, and where the names begin */
}

static bool end_piece(struct saver *s)
{
    uint8_t *counts = s->buffer + FIRST + 4;
    put32(&counts, s->piece_groups);
    put32(&counts, (uint64_t)(s->at - s->buffer - FIRST));
    put_bytes(&s->at, s->names, (size_t)(s->names_at - s->names));
    s->groups += s->piece_groups;
    if (s->piece_groups)
        return end_section(s, SECTION_GROUPS);
    s->at = s->buffer + FIRST;
    return true;
}

/* Groups that are in another place with the next piece are written twice (watch_places.h), or not at
 * all: nearly always those have begun anew meanwhile. */
static bool save_side(struct saver *s, uint32_t stripe_index, unsigned side_index)
{
    struct stripe *stripe = &s->parts.watch->stripes[stripe_index];
    const struct side *side = &stripe->sides[side_index];
    uint32_t slots = 1;
    for (uint32_t n = 0; n < slots;) {
        begin_piece(s, stripe_index);
        pthread_mutex_lock(&stripe->lock);
        slots = side->buckets * WATCH_BUCKET;
        uint32_t last = slots - n < PIECE_SLOTS ? slots : n + PIECE_SLOTS;
        for (; n < last && s->at - s->buffer < PIECE; n++) {
            uint32_t slot = watch_bucket(side, n / WATCH_BUCKET) + n % WATCH_BUCKET;
            if (side->hashes[slot])
                put_group(s, stripe, side_index, slot);
        }
        pthread_mutex_unlock(&stripe->lock);
        if (!end_piece(s))
            return false;
    }
    return true;
}

static bool save_wide(struct saver *s, uint32_t stripe_index)
{
    struct stripe *stripe = &s->parts.watch->stripes[stripe_index];
    bool any = false;
    put32(&s->at, stripe_index);
    pthread_mutex_lock(&stripe->lock);
    for (unsigned i = 0; i < WIDE_VALUES; i++) {
        const struct wide_value *wide = &stripe->wide[i];
        if (!wide->key)
            continue;
        any = true;
        put64(&s->at, wide->key);
        put64(&s->at, wide->address.hi);
        put64(&s->at, wide->address.lo);
        put16(&s->at, wide->port);
        put8(&s->at, wide->protocol);
    }
    pthread_mutex_unlock(&stripe->lock);
    if (any)
        return end_section(s, SECTION_WIDE);
    s->at = s->buffer + FIRST;
    return true;
}

/* ---- the rest */

static void put_entity(struct saver *s, const struct risk_entity *entity)
{
    put64(&s->at, entity->hash);
    put32(&s->at, entity->bit);
    put8(&s->at, entity->above);
    put8(&s->at, entity->count);
    for (unsigned i = 0; i < entity->count; i++) {
        put32(&s->at, entity->entries[i].started_s);
        put32(&s->at, entity->entries[i].firing_until_s);
        put8(&s->at, entity->entries[i].detector);
    }
}

static bool save_risk(struct saver *s)
{
    struct risk_entity entity;
    size_t room = risk_room(s->parts.risk);
    for (size_t i = 0; i < room; i++) {
        if (risk_get(s->parts.risk, i, &entity))
            put_entity(s, &entity);
        if (s->at - s->buffer >= PIECE && !end_section(s, SECTION_RISK))
            return false;
    }
    return s->at == s->buffer + FIRST || end_section(s, SECTION_RISK);
}

static bool save_coverage(struct saver *s)
{
    struct coverage_device device;
    for (unsigned i = 1; coverage_get(s->parts.coverage, i, &device); i++) {
        put16(&s->at, device.points);
        put8(&s->at, device.told);
        put8(&s->at, device.name.len);
        put_bytes(&s->at, device.name.ptr, device.name.len);
    }
    return s->at == s->buffer + FIRST || end_section(s, SECTION_COVERAGE);
}

static bool save_header(struct saver *s, int64_t now_ms)
{
    const struct watch *watch = s->parts.watch;
    uint8_t prefix[SNAPSHOT_PREFIX], *at = prefix;
    put_bytes(&at, SNAPSHOT_MAGIC, 8);
    put32(&at, SNAPSHOT_VERSION);
    put64(&s->at, (uint64_t)now_ms);
    put64(&s->at, watch->key.k0);
    put64(&s->at, watch->key.k1);
    put32(&s->at, watch->stripe_count);
    put32(&s->at, s->parts.count);
    for (unsigned i = 0; i < s->parts.count; i++) {
        const struct detector *detector = &s->parts.detectors[i];
        struct storm storm = storms_get(episodes_storms(s->parts.episodes), i);
        struct slice name = slice_first(slice(detector->name), UINT8_MAX);
        put64(&s->at, definition_digest(detector));
        put64(&s->at, (uint64_t)storm.minute);
        put32(&s->at, storm.starts);
        put8(&s->at, storm.on);
        put8(&s->at, name.len);
        put_bytes(&s->at, name.ptr, name.len);
    }
    return s->write(s->context, prefix, sizeof(prefix)) && end_section(s, SECTION_HEADER);
}

bool detect_save(struct detection *d, int64_t now_ms, on_snapshot write, void *context)
{
    struct saver s;
    if (!begin(&s, d, write, context))
        return false;
    bool ok = save_header(&s, now_ms);
    for (uint32_t i = 0; ok && i < s.parts.watch->stripe_count; i++)
        ok = save_side(&s, i, SIDE_INTERNAL) && save_side(&s, i, SIDE_EXTERNAL) && save_wide(&s, i);
    /* After the groups: a start that is not among them may be counted twice, never not at all. */
    ok = ok && save_risk(&s) && save_coverage(&s);
    put64(&s.at, s.groups);
    ok = ok && end_section(&s, SECTION_END);
    free(s.buffer);
    return ok;
}

/* ---- what alerts have changed */

void detect_note_changes(struct detection *d)
{
    struct detection_parts parts = detection_parts(d);
    risk_note_changes(parts.risk);
    for (uint32_t i = 0; i < parts.watch->stripe_count; i++) {
        struct stripe *stripe = &parts.watch->stripes[i];
        pthread_mutex_lock(&stripe->lock);
        stripe->changes.on = true;
        pthread_mutex_unlock(&stripe->lock);
    }
}

/* The next piece of what has changed in a stripe; *more: there is more. */
static bool save_piece(struct saver *s, uint32_t stripe_index, bool *lost, bool *more)
{
    struct stripe *stripe = &s->parts.watch->stripes[stripe_index];
    struct changes *changes = &stripe->changes;
    begin_piece(s, stripe_index);
    pthread_mutex_lock(&stripe->lock);
    *lost |= changes->lost;
    changes->lost = false;
    while (changes->count && s->at - s->buffer < PIECE) {
        unsigned i = --changes->count;
        const struct side *side = &stripe->sides[changes->of[i].side];
        const struct group *group = watch_find(side, changes->of[i].hash);
        if (group)
            put_group(s, stripe, changes->of[i].side, watch_slot(side, group));
    }
    *more = changes->count > 0;
    pthread_mutex_unlock(&stripe->lock);
    return end_piece(s);
}

static bool save_risk_changes(struct saver *s, bool *lost)
{
    uint64_t hashes[RISK_CHANGES];
    struct risk_entity entity;
    unsigned count = risk_changes(s->parts.risk, hashes, lost);
    for (unsigned i = 0; i < count; i++)
        if (risk_find(s->parts.risk, hashes[i], &entity))
            put_entity(s, &entity);
    return s->at == s->buffer + FIRST || end_section(s, SECTION_RISK);
}

bool detect_save_changes(struct detection *d, on_snapshot write, void *context, bool *lost)
{
    struct saver s;
    *lost = false;
    if (!begin(&s, d, write, context))
        return false;
    bool ok = true;
    for (uint32_t i = 0; ok && i < s.parts.watch->stripe_count; i++)
        for (bool more = true; ok && more;)
            ok = save_piece(&s, i, lost, &more);
    ok = ok && save_risk_changes(&s, lost);
    if (ok && coverage_changed(s.parts.coverage))
        ok = save_coverage(&s);
    free(s.buffer);
    return ok;
}
