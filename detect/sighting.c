/* The group that a record belongs to, and the value that it adds to it. */
#include "detect/sighting.h"

#include "detect/detectors.h"
#include "detect/match.h"
#include "detect/members.h"

uint64_t view_source(struct view *view, const struct risk *risk)
{
    if (!view->source_hash)
        view->source_hash = risk_address(risk, view->record->src_ip, FIELD_src_ip);
    return view->source_hash;
}

enum watch_side view_side(const struct view *view)
{
    return view->class & (CLASS_EXT_INT | CLASS_EXT_EXT) ? SIDE_EXTERNAL : SIDE_INTERNAL;
}

/* What stands for a member in hashes, all of it; false: the record does not have it. */
static inline bool words_of(const struct record *r, enum detector_field field, struct address *out)
{
    union member member;
    switch (field) {
    case DETECT_SRC_IP:
        *out = r->src_ip;
        return RECORD_HAS(r, src_ip);
    case DETECT_DST_IP:
        *out = r->dst_ip;
        return RECORD_HAS(r, dst_ip);
    case DETECT_DST_PORT:
        *out = (struct address){r->dst_port, 0};
        return RECORD_HAS(r, dst_port);
    default:
        if (!member_of(r, field, &member))
            return false;
        *out = member.address;
        return true;
    }
}

/* The same, or what stands for a missing one; false: a record of such groups must have it. */
static inline bool words_to_group_by(const struct view *view, const struct detector *detector,
                                     unsigned i, struct address *out)
{
    if (words_of(view->record, detector->group_by[i], out))
        return true;
    *out = (struct address){MEMBER_NONE, MEMBER_NONE};
    return detector->keep_missing;
}

static inline bool has_value(struct sighting *s, struct view *view)
{
    s->key = 0;
    if (s->detector->type == DETECTOR_FIRST_SEEN)
        return true;
    if (s->detector->type != DETECTOR_EVENT_COUNT)
        return value_of(view->record, s->detector->counted, &s->key);
    if (!view->event_key)
        view->event_key = event_of(view->record);
    s->key = view->event_key;
    return true;
}

/* Finds the group; false: it cannot be told. */
static inline bool find_hashes(struct sighting *s, struct view *view, const struct watch *watch,
                               const struct risk *risk)
{
    const struct detector *detector = s->detector;
    unsigned first = watch->rules[s->index].first;
    enum detector_field field = detector->group_by[first];
    struct address words;
    if (field == DETECT_SRC_IP && RECORD_HAS(view->record, src_ip))
        s->first_hash = view_source(view, risk);
    else if (words_to_group_by(view, detector, first, &words))
        s->first_hash =
            siphash_words(watch->key, words.hi, words.lo, (uint64_t)FIELD_COUNT + field);
    else
        return false;
    uint64_t hash = watch_hash(watch, s->index, s->first_hash);
    for (unsigned i = 0; i < detector->group_count; i++) {
        if (i == first)
            continue;
        if (!words_to_group_by(view, detector, i, &words))
            return false;
        hash = watch_hash_more(watch, hash, words.hi, words.lo);
    }
    s->hash = hash;
    return true;
}

static inline bool make(struct sighting *s, struct view *view, const struct watch *watch,
                        const struct risk *risk)
{
    const struct record *r = view->record;
    s->record = r;
    s->t = view->t;
    s->evidence = view->evidence;
    s->narrow = s->detector->has_also && match_predicate(&s->detector->also, r, view->class);
    s->place.made = 0;
    if (!has_value(s, view) || !find_hashes(s, view, watch, risk))
        return false;
    s->stripe = watch_stripe(watch, s->first_hash);
    s->side = &s->stripe->sides[view_side(view)];
    return true;
}

unsigned sightings_make(struct sighting *sightings, unsigned room, struct view *view,
                        uint64_t *mask, const struct detector *detectors, const struct watch *watch,
                        const struct risk *risk)
{
    unsigned n = 0;
    for (; *mask && n < room; *mask &= *mask - 1) {
        struct sighting *s = &sightings[n];
        s->index = (unsigned)__builtin_ctzll(*mask);
        s->detector = &detectors[s->index];
        if (!make(s, view, watch, risk))
            continue;
        const struct watch_rule *rule = &watch->rules[s->index];
        s->for_both = rule->role == TWIN_LEADS && *mask >> rule->twin & 1;
        if (s->for_both)
            *mask ^= UINT64_C(1) << rule->twin;
        watch_prefetch(s->side, s->hash);
        n++;
    }
    return n;
}
