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

/* Reads the group's members; *first is the one that the others are kept with: the source, if any. */
static bool has_members(struct sighting *s, const struct record *r, unsigned *first)
{
    const struct detector *detector = s->detector;
    *first = 0;
    for (unsigned i = 0; i < detector->group_count; i++) {
        if (!member_of(r, detector->group_by[i], &s->members[i])) {
            if (!detector->keep_missing)
                return false;
            s->members[i].address = (struct address){MEMBER_NONE, MEMBER_NONE};
        }
        if (detector->group_by[i] == DETECT_SRC_IP)
            *first = i;
    }
    return true;
}

static bool has_value(struct sighting *s, struct view *view)
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

static void find_hashes(struct sighting *s, struct view *view, unsigned first,
                        const struct watch *watch, const struct risk *risk)
{
    const struct detector *detector = s->detector;
    enum detector_field field = detector->group_by[first];
    const struct address *member = &s->members[first].address;
    s->first_hash =
        field == DETECT_SRC_IP && member->hi != MEMBER_NONE
            ? view_source(view, risk)
            : siphash_words(watch->key, member->hi, member->lo, (uint64_t)FIELD_COUNT + field);
    s->hash = watch_hash(watch, s->index, s->first_hash);
    for (unsigned i = 0; i < detector->group_count; i++)
        if (i != first)
            s->hash =
                watch_hash_more(watch, s->hash, s->members[i].address.hi, s->members[i].address.lo);
}

bool sighting_make(struct sighting *s, struct view *view, const struct detector *detector,
                   unsigned index, const struct watch *watch, const struct risk *risk)
{
    const struct record *r = view->record;
    unsigned first;
    s->detector = detector;
    s->index = index;
    s->record = r;
    s->t = view->t;
    s->evidence = RECORD_HAS(r, evidence) ? r->evidence : EVIDENCE_NONE;
    s->narrow = detector->has_also && match_predicate(&detector->also, r, view->class);
    if (!has_members(s, r, &first) || !has_value(s, view))
        return false;
    find_hashes(s, view, first, watch, risk);
    s->stripe = watch_stripe(watch, s->first_hash);
    s->side = &s->stripe->sides[view_side(view)];
    return true;
}
