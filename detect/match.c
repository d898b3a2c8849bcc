/* Predicates: in full, and compiled into the tables that answer for most records at once. */
#include "detect/match.h"

#include <stdlib.h>

#include "detect/detectors.h"

_Static_assert(CLASS_INT_INT == 1 << 0 && CLASS_INT_EXT == 1 << 1 && CLASS_EXT_INT == 1 << 2 &&
                   CLASS_EXT_EXT == 1 << 3 && CLASS_UNKNOWN == 1 << 4,
               "the bits that match_class counts");

uint32_t record_class(const struct record *r)
{
    return UINT32_C(1) << match_class(r);
}

static unsigned evidence_of(const struct record *r)
{
    return RECORD_HAS(r, evidence) && r->evidence < EVIDENCE_COUNT ? r->evidence : EVIDENCE_NONE;
}

static bool has_protocol(const struct predicate *p, uint8_t protocol)
{
    return p->any_protocol || p->protocols[protocol >> 6] >> (protocol & 63) & 1;
}

/* A well-known port towards a high one: the record has the two sides the wrong way round. */
static bool is_reversed(const struct record *r)
{
    return RECORD_HAS(r, src_port) && RECORD_HAS(r, dst_port) && r->src_port >= 1 &&
           r->src_port < 1024 && r->dst_port >= 1024;
}

static bool ports_match(const struct predicate *p, const struct record *r)
{
    bool src = RECORD_HAS(r, src_port), dst = RECORD_HAS(r, dst_port);
    if (p->dst_port && !(dst && port_set_has(p->dst_port, r->dst_port)))
        return false;
    if (p->not_dst_port && dst && port_set_has(p->not_dst_port, r->dst_port))
        return false;
    if (p->src_port && !(src && port_set_has(p->src_port, r->src_port)))
        return false;
    if (p->not_src_port && src && port_set_has(p->not_src_port, r->src_port))
        return false;
    return !(p->not_reversed && is_reversed(r));
}

static bool lists_match(const struct predicate *p, const struct record *r)
{
    uint64_t lists = p->listed_side == LISTED_DESTINATION ? r->dst_lists : r->src_lists;
    if (p->listed_side == LISTED_EITHER)
        lists |= r->dst_lists;
    return (!p->listed || lists & p->listed) && !(lists & p->not_listed);
}

static bool networks_match(const struct predicate *p, const struct record *r)
{
    return (!p->src_networks || r->src_lists & p->src_networks) &&
           (!p->dst_networks || r->dst_lists & p->dst_networks) &&
           !(r->src_lists & p->not_src_networks) && !(r->dst_lists & p->not_dst_networks);
}

static bool icmp_matches(const struct predicate *p, const struct record *r)
{
    return !p->by_icmp_type || !RECORD_HAS(r, icmp_type) ||
           (r->icmp_type < 256 && p->icmp_types[r->icmp_type >> 6] >> (r->icmp_type & 63) & 1);
}

static bool is_answered(const struct record *r)
{
    unsigned evidence = evidence_of(r);
    return evidence == EVIDENCE_DATA || evidence == EVIDENCE_ABORTED ||
           (RECORD_HAS(r, dst_bytes) && r->dst_bytes) ||
           (RECORD_HAS(r, dst_packets) && r->dst_packets);
}

/* A session that another one announced: PAN-OS names the parent, active FTP comes from port 20. */
static bool has_parent(const struct record *r)
{
    if (RECORD_HAS(r, src_port) && r->src_port == 20)
        return true;
    for (unsigned i = 0; RECORD_HAS(r, extra) && i < r->extra; i++)
        if (slice_is(r->extras[i].name, "parent_session_id"))
            return !slice_is(r->extras[i].value, "0");
    return false;
}

static bool word_among(const char *const *words, struct slice word)
{
    for (; *words; words++)
        if (slice_is(word, *words))
            return true;
    return false;
}

static bool word_among_nocase(const char *const *words, struct slice word)
{
    for (; *words; words++)
        if (slice_is_nocase(word, *words))
            return true;
    return false;
}

static bool device_among(const char *const *devices, const struct record *r)
{
    struct address a;
    if (RECORD_HAS(r, host) && word_among(devices, r->host))
        return true;
    for (; RECORD_HAS(r, device_ip) && *devices; devices++)
        if (address_parse(slice(*devices), &a) && address_equals(a, r->device_ip))
            return true;
    return false;
}

/* All but class, evidence and protocol. */
static bool rest_matches(const struct predicate *p, const struct record *r)
{
    if (p->actions && !(RECORD_HAS(r, action) && p->actions >> r->action & 1))
        return false;
    if (p->categories && !(RECORD_HAS(r, category) && p->categories >> r->category & 1))
        return false;
    if (p->min_severity > record_severity(r) || (p->detected && !r->counted) ||
        (p->firing && !RECORD_HAS(r, detections)))
        return false;
    return ports_match(p, r) && lists_match(p, r) && networks_match(p, r) && icmp_matches(p, r) &&
           !(p->answered && !is_answered(r)) && !(p->no_parent && has_parent(r)) &&
           !(p->event_ids && !(RECORD_HAS(r, event_id) && word_among(p->event_ids, r->event_id))) &&
           !(p->devices && !device_among(p->devices, r)) &&
           !(p->parsers && !(RECORD_HAS(r, parser) && word_among(p->parsers, r->parser))) &&
           !(p->vendors && !(RECORD_HAS(r, vendor) && word_among_nocase(p->vendors, r->vendor)));
}

bool match_predicate(const struct predicate *p, const struct record *r, uint32_t class)
{
    if (p->classes && !(p->classes & class))
        return false;
    if (p->evidence && !(p->evidence >> evidence_of(r) & 1))
        return false;
    if (!p->any_protocol && !(RECORD_HAS(r, protocol) && has_protocol(p, r->protocol)))
        return false;
    return rest_matches(p, r);
}

const uint8_t match_protocols[256] = {/* the others are 0 */
                                      [PROTOCOL_TCP] = 1,
                                      [PROTOCOL_UDP] = 2,
                                      [PROTOCOL_ICMP] = 3,
                                      [PROTOCOL_ICMP6] = 3};

/* Whether the groups say all there is to a protocol: TCP, UDP, any. */
static bool has_simple_protocols(const struct predicate *p)
{
    const uint64_t simple = UINT64_C(1) << PROTOCOL_TCP | UINT64_C(1) << PROTOCOL_UDP;
    return p->any_protocol || (!(p->protocols[0] & ~simple) && !p->protocols[1] &&
                               !p->protocols[2] && !p->protocols[3]);
}

static bool group_may_match(const struct predicate *p, unsigned group)
{
    if (p->any_protocol)
        return true;
    if (group == 1)
        return has_protocol(p, PROTOCOL_TCP);
    if (group == 2)
        return has_protocol(p, PROTOCOL_UDP);
    return !has_simple_protocols(p);
}

/* Whether the index is among those of a mask; the last one stands for none given. No mask: always. */
static bool takes(uint32_t mask, unsigned index, unsigned count)
{
    return !mask || (index < count && mask >> index & 1);
}

/* Who wants an answer has one by the evidence, or perhaps by what the record counts. */
static void add(uint64_t candidates[MATCH_ANSWERS], const struct predicate *p, unsigned evidence,
                uint64_t bit)
{
    if (!p->answered || evidence == EVIDENCE_DATA || evidence == EVIDENCE_ABORTED)
        candidates[0] |= bit;
    candidates[1] |= bit;
}

static void fill_candidates(struct match *match, const struct predicate *p, uint64_t bit)
{
    for (unsigned action = 0; action <= ACTION_COUNT; action++)
        match->actions[action] |= takes(p->actions, action, ACTION_COUNT) ? bit : 0;
    for (unsigned category = 0; category < MATCH_CATEGORIES; category++)
        for (unsigned class = 0; class < MATCH_CLASSES; class ++)
            for (unsigned evidence = 0; evidence < EVIDENCE_COUNT; evidence++)
                for (unsigned group = 0; group < MATCH_PROTOCOLS; group++)
                    if (takes(p->categories, category, CATEGORY_COUNT) &&
                        takes(p->classes, class, MATCH_CLASSES) &&
                        takes(p->evidence, evidence, EVIDENCE_COUNT) && group_may_match(p, group))
                        add(match->candidates[category][class][evidence][group], p, evidence, bit);
}

static void fill_conditions(struct match *match, const struct predicate *p, uint64_t bit)
{
    uint64_t unwanted = p->not_listed | p->not_src_networks | p->not_dst_networks;
    match->answered |= p->answered ? bit : 0;
    match->not_reversed |= p->not_reversed ? bit : 0;
    match->no_parent |= p->no_parent ? bit : 0;
    match->by_lists |= unwanted ? bit : 0;
    match->lists |= unwanted;
    if (!has_simple_protocols(p) || p->by_icmp_type || p->src_port || p->not_src_port ||
        p->listed || p->src_networks || p->dst_networks || p->event_ids || p->devices ||
        p->parsers || p->vendors || p->min_severity || p->detected || p->firing)
        match->in_full |= bit;
}

/* The detectors that a destination port leaves possible. */
static uint64_t port_mask(const struct detector *detectors, unsigned count, uint16_t port)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct predicate *p = &detectors[i].where;
        if ((!p->dst_port || port_set_has(p->dst_port, port)) &&
            !(p->not_dst_port && port_set_has(p->not_dst_port, port)))
            mask |= UINT64_C(1) << i;
    }
    return mask;
}

bool match_init(struct match *match, const struct detector *detectors, unsigned count)
{
    *match = (struct match){.detectors = detectors};
    unsigned classes = 0, room = 16, class = 0;
    match->port_masks = malloc(room * sizeof(*match->port_masks));
    for (unsigned i = 0; i < count; i++) {
        if (detectors[i].type != DETECTOR_SEQUENCE)
            fill_candidates(match, &detectors[i].where, UINT64_C(1) << i);
        fill_conditions(match, &detectors[i].where, UINT64_C(1) << i);
        if (!detectors[i].where.dst_port)
            match->without_port |= UINT64_C(1) << i;
    }
    for (unsigned port = 0; match->port_masks && port < 65536; port++) {
        uint64_t mask = port_mask(detectors, count, (uint16_t)port);
        if (classes == 0 || match->port_masks[class] != mask)
            for (class = 0; class < classes && match->port_masks[class] != mask; class ++)
                ;
        if (class == classes) {
            if (classes == room) {
                uint64_t *more = realloc(match->port_masks, 2 * room * sizeof(*more));
                if (!more) {
                    match_close(match);
                    return false;
                }
                match->port_masks = more;
                room *= 2;
            }
            match->port_masks[classes++] = mask;
        }
        match->port_class[port] = (uint16_t) class;
    }
    return match->port_masks != NULL;
}

void match_close(struct match *match)
{
    free(match->port_masks);
    match->port_masks = NULL;
}

uint64_t match_narrowed(const struct match *match, const struct record *r, uint64_t mask)
{
    bool has_action = RECORD_HAS(r, action) && r->action < ACTION_COUNT;
    mask &= match->actions[has_action ? r->action : ACTION_COUNT];
    mask &= RECORD_HAS(r, dst_port) ? match->port_masks[match->port_class[r->dst_port]]
                                    : match->without_port;
    if (mask & match->not_reversed && is_reversed(r))
        mask &= ~match->not_reversed;
    if (mask & match->no_parent && has_parent(r))
        mask &= ~match->no_parent;
    if (mask & match->answered && !is_answered(r))
        mask &= ~match->answered;
    bool listed = (r->src_lists | r->dst_lists) & match->lists;
    uint64_t left = mask & (match->in_full | (listed ? match->by_lists : 0));
    for (; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        if (!match_predicate(&match->detectors[i].where, r, record_class(r)))
            mask &= ~(UINT64_C(1) << i);
    }
    return mask;
}
