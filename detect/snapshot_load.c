/*
 * Reading a snapshot, twice: first every byte is looked at, then, if all is well, groups are made of
 * it. What comes after its end was appended piece by piece and may break off.
 */
#include <zlib.h>

#include "detect/alert_text.h"
#include "detect/definition.h"
#include "detect/episode.h"
#include "detect/parts.h"
#include "detect/snapshot.h"
#include "detect/snapshot_format.h"
#include "detect/storms.h"

#define NOT_HERE UINT8_MAX /* a detector of the file that is none of ours */

struct loader {
    struct detection_parts parts;
    struct restored *result;
    bool apply;
    uint32_t stripes, detectors;         /* the file's */
    uint8_t detector_now[UINT8_MAX + 1]; /* by its number in the file */
    struct snapshot_reader names;        /* of the section's devices */
    uint64_t groups;                     /* in the sections so far */
};

/* A group as the file has it; values and episode follow it there. */
struct image {
    uint64_t hash;
    int64_t newest;
    uint32_t owner, next_check, started, hot;
    uint8_t side, detector, flags, devices[2];
    uint16_t counts[2];
    struct snapshot_reader values[2], episode;
};

/* ---- sections */

/* The next section's payload; false: it is torn. */
static bool next_section(struct snapshot_reader *r, uint32_t *kind, struct snapshot_reader *payload)
{
    const uint8_t *begin = r->at;
    *kind = get32(r);
    uint32_t len = get32(r);
    const uint8_t *bytes = get_bytes(r, len);
    uint32_t crc = get32(r);
    if (r->bad || crc32(0, begin, (uInt)len + 8) != crc)
        return false;
    *payload = (struct snapshot_reader){bytes, bytes + len, false};
    return true;
}

static unsigned detector_named(const struct loader *l, struct slice name, uint64_t digest)
{
    for (unsigned i = 0; i < l->parts.count; i++)
        if (slice_equals(slice_first(slice(l->parts.detectors[i].name), UINT8_MAX), name))
            return definition_digest(&l->parts.detectors[i]) == digest ? i : NOT_HERE;
    return NOT_HERE;
}

static void use_key(const struct loader *l, struct siphash_key key)
{
    watch_rekey(l->parts.watch, key);
    risk_rekey(l->parts.risk, key);
}

static void load_header(struct loader *l, struct snapshot_reader *r)
{
    struct siphash_key key;
    l->result->saved_ms = get_time(r);
    key.k0 = get64(r);
    key.k1 = get64(r);
    l->stripes = get32(r);
    l->detectors = get32(r);
    r->bad |= l->stripes == 0 || l->stripes > 64 || (l->stripes & (l->stripes - 1)) ||
              l->detectors > DETECTOR_MAX;
    for (uint32_t i = 0; !r->bad && i < l->detectors; i++) {
        uint64_t digest = get64(r);
        struct storm storm = {.minute = (int64_t)get64(r)};
        storm.starts = get32(r);
        storm.on = get8(r) & 1;
        uint8_t len = get8(r);
        const uint8_t *name = get_bytes(r, len);
        if (!name)
            return;
        unsigned now = detector_named(l, slice_make((const char *)name, len), digest);
        l->detector_now[i] = (uint8_t)now;
        if (l->apply && now != NOT_HERE)
            storms_put(episodes_storms(l->parts.episodes), now, storm);
    }
    if (l->apply)
        use_key(l, key);
}

/* ---- groups */

/* The device that the file means by a number, under its number here; 0: none. */
static uint8_t device(const struct loader *l, uint8_t number)
{
    struct snapshot_reader r = l->names;
    while (number && r.at < r.end) {
        uint8_t n = get8(&r), len = get8(&r);
        const uint8_t *name = get_bytes(&r, len);
        struct slice text = slice_make((const char *)name, len);
        if (name && n == number)
            return watch_device(l->parts.watch, text, devices_hash(text, l->parts.watch->mix));
    }
    return 0;
}

/* Its values come into the stripe's spare room, as many as fit there. */
static void put_values(struct loader *l, struct stripe *stripe, struct side *side,
                       struct group *group, const struct image *image, unsigned set)
{
    uint32_t n = 0, room = watch_slots_of(l->parts.watch->max_order);
    struct snapshot_reader r = image->values[set];
    while (n < room && r.at < r.end) {
        struct value *v = &stripe->spare[n++];
        v->lo = get32(&r);
        v->hi = get32(&r);
        v->first = get32(&r);
        v->last = get32(&r);
        v->before = get32(&r);
    }
    stripe->counters.evicted_values += image->counts[set] - n;
    if (n)
        watch_restore_values(l->parts.watch, stripe, side, group, set, n);
}

static void rebuild_sketch(struct sketch *sketch, const uint8_t registers[SKETCH_REGISTERS])
{
    sketch_begin(sketch);
    memcpy(sketch->registers, registers, SKETCH_REGISTERS);
    for (unsigned i = 0; i < SKETCH_REGISTERS; i++) {
        sketch->empty -= registers[i] != 0;
        sketch->sum += (UINT64_C(1) << 32 >> registers[i]) - (UINT64_C(1) << 32);
    }
}

/* The words of an address stand where those of a text's hash do. */
static void read_member(struct snapshot_reader *r, union member *member)
{
    memset(member, 0, sizeof(*member));
    member->address.hi = get64(r);
    member->address.lo = get64(r);
    uint8_t len = get8(r);
    r->bad |= len > sizeof(member->text.bytes);
    const uint8_t *bytes = get_bytes(r, len);
    if (!bytes || len == 0)
        return;
    member->text.len = len;
    memcpy(member->text.bytes, bytes, len);
}

/* Reads an episode; into *out unless that is NULL. */
static void read_episode(const struct loader *l, struct snapshot_reader *r, struct episode *out)
{
    struct episode local, *e = out ? out : &local;
    for (unsigned i = 0; i < DETECTOR_GROUP_MAX; i++)
        read_member(r, &e->members[i]);
    e->window_start = get_time(r);
    e->first_seen = get_time(r);
    e->last_seen = get_time(r);
    e->last_alert = get_time(r);
    e->marked = 0; /* to be said again */
    e->next_growth = get64(r);
    e->seen = get64(r);
    uint8_t flags = get8(r);
    e->is_exact = flags & 1;
    e->by_also = flags >> 1 & 1;
    e->evidence = get32(r) & ((UINT32_C(1) << EVIDENCE_COUNT) - 1);
    e->sample_count = get8(r);
    r->bad |= e->sample_count > ALERT_SAMPLES_MAX || e->next_growth < 10;
    for (unsigned i = 0; !r->bad && i < e->sample_count; i++)
        e->samples[i] = get64(r);
    unsigned devices = get8(r);
    r->bad |= devices > ALERT_DEVICES_MAX;
    e->device_count = 0;
    for (unsigned i = 0; !r->bad && i < devices; i++) {
        uint8_t number = get8(r);
        if (out)
            episode_add_device(e, device(l, number));
    }
    const uint8_t *registers = get_bytes(r, SKETCH_REGISTERS);
    for (unsigned i = 0; registers && i < SKETCH_REGISTERS; i++)
        r->bad |= registers[i] > 32;
    if (out && registers)
        rebuild_sketch(&e->sketch, registers);
}

/* The stripe that holds the group now; NULL: that cannot be known. */
static struct stripe *home_of(const struct loader *l, uint32_t stripe, uint64_t hash,
                              unsigned detector)
{
    const struct watch *watch = l->parts.watch;
    if (watch->stripe_count <= l->stripes) /* the lower bits of the same hash */
        return &watch->stripes[stripe & (watch->stripe_count - 1)];
    if (l->parts.detectors[detector].group_count == 1)
        return watch_stripe(watch, hash ^ watch->rules[detector].salt);
    return NULL;
}

static void put_group(struct loader *l, uint32_t stripe_index, const struct image *image)
{
    unsigned detector = l->detector_now[image->detector];
    struct stripe *stripe = home_of(l, stripe_index, image->hash, detector);
    struct side *side = stripe ? &stripe->sides[image->side] : NULL;
    struct group *group = NULL;
    if (stripe)
        group = watch_restore(l->parts.watch, stripe, side, detector, image->hash, image->owner,
                              image->newest);
    if (!group) {
        l->result->homeless++;
        return;
    }
    l->result->groups++;
    group->next_check = image->next_check;
    group->started = image->started;
    group->hot = image->hot;
    watch_set_state(l->parts.watch, side, group, (enum group_state)(image->flags & 3));
    group->tier = image->flags >> 2 & 15;
    group->has_started = image->flags >> 6 & 1;
    group->devices[0] = device(l, image->devices[0]);
    group->devices[1] = device(l, image->devices[1]);
    for (unsigned set = 0; set < 2; set++)
        put_values(l, stripe, side, group, image, set);
    if (image->flags >> 7) {
        struct snapshot_reader r = image->episode;
        struct episode *episode = episodes_room(l->parts.episodes, stripe, side, group);
        if (episode)
            read_episode(l, &r, episode);
    }
}

/* Whether the numbers of a group can be. */
static bool plausible(const struct loader *l, const struct image *image)
{
    if (!(image->hash & 1) || image->side >= SIDE_COUNT || image->detector >= l->detectors ||
        (image->flags & 3) > GROUP_MUTED)
        return false;
    unsigned now = l->detector_now[image->detector];
    if (now == NOT_HERE)
        return true;
    const struct watch_rule *rule = &l->parts.watch->rules[now];
    return (image->flags >> 2 & 15) < l->parts.detectors[now].tier_count &&
           (rule->keep[0] || !image->counts[0]) && (rule->keep[1] || !image->counts[1]) &&
           (!rule->first_seen || image->flags >> 7 == 0);
}

static void read_group(struct loader *l, struct snapshot_reader *r, struct image *image)
{
    *image = (struct image){.hash = get64(r), .owner = 0};
    image->owner = get32(r);
    image->newest = get_time(r);
    image->next_check = get32(r);
    image->started = get32(r);
    image->hot = get32(r);
    image->side = get8(r);
    image->detector = get8(r);
    image->flags = get8(r);
    image->devices[0] = get8(r);
    image->devices[1] = get8(r);
    image->counts[0] = get16(r);
    image->counts[1] = get16(r);
    for (unsigned set = 0; set < 2; set++) {
        const uint8_t *values = get_bytes(r, (size_t)image->counts[set] * VALUE_BYTES);
        if (!values)
            return;
        image->values[set] = (struct snapshot_reader){values, r->at, false};
        for (; values < r->at; values += VALUE_BYTES) /* an empty place is none */
            r->bad |= (values[4] | values[5] | values[6] | (values[7] & 0x8f)) == 0;
    }
    image->episode = *r;
    if (image->flags >> 7)
        read_episode(l, r, NULL);
    r->bad |= !plausible(l, image);
}

static void load_groups(struct loader *l, struct snapshot_reader *r)
{
    const uint8_t *begin = r->at;
    uint32_t stripe = get32(r), count = get32(r), names = get32(r);
    r->bad |= stripe >= l->stripes || names > (size_t)(r->end - begin);
    if (r->bad)
        return;
    l->names = (struct snapshot_reader){begin + names, r->end, false};
    r->end = begin + names;
    for (uint32_t i = 0; !r->bad && i < count; i++) {
        struct image image;
        read_group(l, r, &image);
        if (!r->bad && l->apply && l->detector_now[image.detector] != NOT_HERE)
            put_group(l, stripe, &image);
        else
            l->result->outdated += l->apply;
    }
    l->groups += count;
}

static void load_wide(struct loader *l, struct snapshot_reader *r)
{
    uint32_t stripe = get32(r);
    r->bad |= stripe >= l->stripes;
    while (!r->bad && r->at < r->end) {
        struct wide_value wide = {.key = get64(r)};
        wide.address.hi = get64(r);
        wide.address.lo = get64(r);
        wide.port = get16(r);
        wide.protocol = get8(r);
        if (l->apply && !r->bad && l->parts.watch->stripe_count <= l->stripes)
            l->parts.watch->stripes[stripe & (l->parts.watch->stripe_count - 1)]
                .wide[wide.key % WIDE_VALUES] = wide;
    }
}

static void load_risk(struct loader *l, struct snapshot_reader *r)
{
    while (!r->bad && r->at < r->end) {
        struct risk_entity entity = {.hash = get64(r)};
        entity.bit = get32(r);
        entity.above = get8(r) & 1;
        unsigned count = get8(r);
        r->bad |= entity.hash == 0 || count > RISK_ENTRIES;
        for (unsigned i = 0; !r->bad && i < count; i++) {
            struct risk_entry entry = {.started_s = get32(r)};
            entry.firing_until_s = get32(r);
            uint8_t detector = get8(r);
            r->bad |= detector >= l->detectors;
            entry.detector = l->detector_now[detector];
            if (entry.detector != NOT_HERE)
                entity.entries[entity.count++] = entry;
        }
        if (!l->apply || r->bad || !entity.count)
            continue;
        risk_put(l->parts.risk, &entity, l->result->saved_ms);
        l->result->entities++;
    }
}

static void load_coverage(struct loader *l, struct snapshot_reader *r)
{
    while (!r->bad && r->at < r->end) {
        struct coverage_device device = {.points = get16(r)};
        device.told = get8(r) & 1;
        uint8_t len = get8(r);
        const uint8_t *name = get_bytes(r, len);
        if (name)
            device.name = slice_make((const char *)name, len);
        r->bad |= device.points > UINT16_MAX - 16;
        if (l->apply && name)
            coverage_put(l->parts.coverage, &device);
    }
}

static bool load_section(struct loader *l, uint32_t kind, struct snapshot_reader *payload)
{
    switch (kind) {
    case SECTION_HEADER:
        load_header(l, payload);
        break;
    case SECTION_GROUPS:
        load_groups(l, payload);
        break;
    case SECTION_WIDE:
        load_wide(l, payload);
        break;
    case SECTION_RISK:
        load_risk(l, payload);
        break;
    case SECTION_COVERAGE:
        load_coverage(l, payload);
        break;
    case SECTION_END:
        payload->bad |= get64(payload) != l->groups;
        break;
    default:
        return false;
    }
    return !payload->bad && payload->at == payload->end;
}

/* ---- the whole */

/* From the header to the end; r stands behind it then. False: torn. */
static bool load_snapshot(struct loader *l, struct snapshot_reader *r)
{
    struct snapshot_reader payload;
    uint32_t kind;
    l->groups = 0;
    if (!next_section(r, &kind, &payload) || kind != SECTION_HEADER ||
        !load_section(l, kind, &payload))
        return false;
    do {
        if (!next_section(r, &kind, &payload) || kind == SECTION_HEADER ||
            !load_section(l, kind, &payload))
            return false;
    } while (kind != SECTION_END);
    return true;
}

/* What was appended, each piece looked at before it counts. */
static void load_changes(struct loader *l, struct snapshot_reader *r)
{
    struct snapshot_reader payload, again;
    struct restored before = *l->result;
    uint32_t kind;
    while (r->at < r->end) {
        size_t left = (size_t)(r->end - r->at);
        l->apply = false;
        bool whole = next_section(r, &kind, &payload) &&
                     (kind == SECTION_GROUPS || kind == SECTION_RISK || kind == SECTION_COVERAGE);
        again = payload;
        if (!whole || !load_section(l, kind, &payload)) {
            before.torn_changes = left;
            break;
        }
        l->apply = true;
        load_section(l, kind, &again);
        before.changes++;
    }
    *l->result = before; /* they replace what has been counted */
}

struct restored detect_restore(struct detection *d, const void *bytes, size_t len)
{
    struct restored result = {.status = RESTORE_DONE};
    struct loader l = {.parts = detection_parts(d), .result = &result};
    const uint8_t *first = bytes;
    size_t known = len < 8 ? len : 8;
    if (len == 0 || memcmp(first, SNAPSHOT_MAGIC, known) != 0)
        return (struct restored){.status = len ? RESTORE_FOREIGN : RESTORE_TORN};
    struct snapshot_reader r = {first + known, first + len, known < 8};
    uint32_t version = get32(&r);
    struct snapshot_reader again = r;
    if (!r.bad && version != SNAPSHOT_VERSION)
        return (struct restored){.status = RESTORE_VERSION};
    if (r.bad || !load_snapshot(&l, &r))
        return (struct restored){.status = RESTORE_TORN};
    l.apply = true;
    load_snapshot(&l, &again);
    load_changes(&l, &again);
    for (uint32_t i = 0; i < l.parts.watch->stripe_count; i++)
        episodes_next_at_latest(l.parts.episodes, episodes_next_of(&l.parts.watch->stripes[i]));
    return result;
}
