/*
 * The digest takes every member that decides which records a detector counts, in which group and how many of them.
 * A member of struct detector or struct predicate that is missing here lets state survive that means
 * something else now.
 */
#include "detect/definition.h"

#include "detect/detectors.h"
#include "detect/sequences.h"
#include "detect/siphash.h"

/* Fixed: the number is compared with that of another run. */
static const struct siphash_key digest_key = {UINT64_C(0x7061726170657420),
                                              UINT64_C(0x646566696e697469)};

static void add(struct siphash *s, uint64_t word)
{
    siphash_word(s, word, 1);
}

static void add_ports(struct siphash *s, const struct port_set *set)
{
    add(s, set != NULL);
    for (size_t i = 0; set && i < sizeof(set->bits) / sizeof(set->bits[0]); i++)
        add(s, set->bits[i]);
}

static void add_words(struct siphash *s, const char *const *words)
{
    for (; words && *words; words++)
        add(s, siphash_bytes(digest_key, *words, strlen(*words), 1, 3));
    add(s, 0);
}

static void add_predicate(struct siphash *s, const struct predicate *p)
{
    add(s, (uint64_t)p->classes << 32 | p->evidence);
    add(s, (uint64_t)p->actions << 32 | p->categories);
    for (unsigned i = 0; i < 4; i++)
        add(s, p->protocols[i]);
    add(s, p->any_protocol | (unsigned)p->answered << 1 | (unsigned)p->not_reversed << 2 |
               (unsigned)p->no_parent << 3 | (unsigned)p->listed_side << 4);
    const uint64_t sets[] = {p->listed,       p->not_listed,       p->src_networks,
                             p->dst_networks, p->not_src_networks, p->not_dst_networks};
    for (unsigned i = 0; !p->sets_digest && i < sizeof(sets) / sizeof(sets[0]); i++)
        add(s, sets[i]);
    add(s, p->sets_digest);
    add(s, p->by_icmp_type);
    for (unsigned i = 0; i < 4; i++)
        add(s, p->icmp_types[i]);
    add_ports(s, p->dst_port);
    add_ports(s, p->not_dst_port);
    add_ports(s, p->src_port);
    add_ports(s, p->not_src_port);
    add(s, p->min_severity | (uint64_t)p->detected << 8 | (uint64_t)p->firing << 9);
    add_words(s, p->event_ids);
    add_words(s, p->parsers);
    add_words(s, p->vendors);
    add_words(s, p->devices);
}

uint64_t definition_digest(const struct detector *detector)
{
    struct siphash s = siphash_begin(digest_key);
    add(&s, detector->type);
    add_predicate(&s, &detector->where);
    add(&s, detector->group_count);
    for (unsigned i = 0; i < detector->group_count; i++)
        add(&s, detector->group_by[i]);
    add(&s, detector->keep_missing);
    add(&s, detector->counted);
    add_words(&s, detector->after);
    add(&s, detector->tier_count);
    for (unsigned i = 0; i < detector->tier_count; i++)
        add(&s, detector->tiers[i].gte);
    add(&s, detector->has_also);
    if (detector->has_also) {
        add_predicate(&s, &detector->also);
        add(&s, detector->also_gte);
    }
    add(&s, (uint64_t)detector->timespan_ms);
    return siphash_end(&s, 3);
}

uint64_t definition_named(uint64_t digest, const char *name)
{
    struct siphash s = siphash_begin(digest_key);
    add(&s, digest);
    add(&s, siphash_bytes(digest_key, name, strlen(name), 1, 3));
    return siphash_end(&s, 3);
}

uint64_t definition_salt(const struct detector *detector)
{
    return siphash_bytes(digest_key, detector->name, strlen(detector->name), 2, 4) & WATCH_OWN_BITS;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

struct watch_rule definition_rule(const struct detector *detector, int64_t lateness_ms)
{
    struct watch_rule rule = {
        .salt = definition_salt(detector),
        .window = (uint32_t)detector->timespan_ms,
        .lateness = (uint32_t)(lateness_ms + DETECTOR_AHEAD_MS),
        .first_seen = detector->type == DETECTOR_FIRST_SEEN,
        .sequence = detector->type == DETECTOR_SEQUENCE,
        .expires_ms = detector->timespan_ms + lateness_ms + DETECTOR_AHEAD_MS,
        .quiet_ms = larger(detector->timespan_ms + detector->suppress_ms,
                           detector->timespan_ms + lateness_ms + DETECTOR_AHEAD_MS),
    };
    for (unsigned i = 0; i < detector->group_count; i++)
        if (detector->group_by[i] == DETECT_SRC_IP) {
            rule.first = (uint8_t)i;
            rule.pair = detector->group_count > 1;
        }
    if (rule.first_seen) {
        rule.expires_ms = rule.quiet_ms = larger(detector->timespan_ms, detector->suppress_ms);
        return rule;
    }
    rule.keep[0] = (uint32_t)detector->tiers[detector->tier_count - 1].gte;
    rule.first_gte[0] = (uint32_t)detector->tiers[0].gte;
    if (detector->has_also)
        rule.keep[1] = rule.first_gte[1] = (uint32_t)detector->also_gte;
    if (rule.sequence)
        rule.keep[1] = SEQUENCE_TARGETS;
    return rule;
}
