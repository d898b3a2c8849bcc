/* The words that answer for most records at once say what the predicates say, read one by one. */
#include "tests/detect_testing.h"

#include "detect/match.h"

static uint64_t seed = 1;

static uint64_t next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * UINT64_C(0x2545f4914f6cdd1d) >> 16;
}

static bool chance(unsigned in)
{
    return next() % in == 0;
}

static const uint8_t protocols[] = {
    PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_ICMP, PROTOCOL_ICMP6, 47, 0, 255};
static const uint16_t some_ports[] = {0, 20, 22, 53, 443, 1023, 1024, 3389, 33434, 51000, 65535};
static const char *const some_ids[] = {"106023", "302014", NULL};
static const char *const some_hosts[] = {"fw.example.com", "192.0.2.1", NULL};
static const char *const some_vendors[] = {"cisco", NULL};

static struct port_set *random_ports(struct port_set *set)
{
    memset(set, 0, sizeof(*set));
    for (unsigned i = 0; i < sizeof(some_ports) / sizeof(some_ports[0]); i++)
        if (next() % 2)
            ports(set, some_ports[i], some_ports[i]);
    return set;
}

static uint32_t some_bits(unsigned count)
{
    return chance(2) ? 0 : (uint32_t)(next() & next()) & ((UINT32_C(1) << count) - 1);
}

/* Every condition now and then, most of them seldom, so that something is left to match. */
static void random_predicate(struct predicate *p, struct port_set sets[4])
{
    *p = (struct predicate){
        .classes = some_bits(5),
        .evidence = some_bits(EVIDENCE_COUNT),
        .actions = chance(3) ? some_bits(ACTION_COUNT) : 0,
        .categories = chance(3) ? some_bits(CATEGORY_COUNT) : 0,
        .any_protocol = chance(2),
        .dst_port = chance(2) ? random_ports(&sets[0]) : NULL,
        .not_dst_port = chance(3) ? random_ports(&sets[1]) : NULL,
        .src_port = chance(9) ? random_ports(&sets[2]) : NULL,
        .not_src_port = chance(9) ? random_ports(&sets[3]) : NULL,
        .listed = chance(9) ? next() & 7 : 0,
        .not_listed = chance(2) ? next() & 7 : 0,
        .listed_side = (enum listed_side)(next() % 3),
        .src_networks = chance(9) ? next() & 7 : 0,
        .dst_networks = chance(9) ? next() & 7 : 0,
        .not_src_networks = chance(9) ? next() & 7 : 0,
        .not_dst_networks = chance(9) ? next() & 7 : 0,
        .by_icmp_type = chance(9),
        .icmp_types = {next() & 0xffff},
        .answered = chance(9),
        .not_reversed = chance(4),
        .no_parent = chance(4),
        .event_ids = chance(9) ? some_ids : NULL,
        .vendors = chance(9) ? some_vendors : NULL,
        .min_severity = chance(9) ? 5 : 0,
        .devices = chance(9) ? some_hosts : NULL,
    };
    for (unsigned i = 0; i < sizeof(protocols); i++)
        if (next() % 2)
            protocol_bit(p, protocols[i]);
}

static void random_record(struct record *r)
{
    record_reset(r);
    if (!chance(8))
        record_set_src_ip(r, address_v4(0x0a000001));
    if (!chance(8))
        record_set_dst_ip(r, address_v4(0x0a000002));
    if (!chance(8))
        record_set_src_internal(r, next() % 2);
    if (!chance(8))
        record_set_dst_internal(r, next() % 2);
    if (!chance(8))
        record_set_protocol(r, protocols[next() % sizeof(protocols)]);
    if (!chance(8))
        record_set_evidence(r, (uint8_t)(next() % EVIDENCE_COUNT));
    if (!chance(8))
        record_set_action(r, (uint8_t)(next() % ACTION_COUNT));
    if (!chance(8))
        record_set_category(r, (uint8_t)(next() % CATEGORY_COUNT));
    if (!chance(8))
        record_set_src_port(r, some_ports[next() % 11]);
    if (!chance(8))
        record_set_dst_port(r, some_ports[next() % 11]);
    if (chance(2))
        record_set_dst_bytes(r, next() % 2);
    if (chance(2))
        record_set_icmp_type(r, (uint8_t)(next() % 20));
    if (chance(2))
        record_set_event_id(r, slice(some_ids[next() % 2]));
    if (chance(2))
        record_set_host(r, slice(some_hosts[next() % 2]));
    if (chance(2))
        record_set_vendor(r, slice("Cisco"));
    if (chance(2))
        record_set_severity(r, (uint8_t)(next() % 11));
    r->src_lists = chance(2) ? next() & 7 : 0;
    r->dst_lists = chance(2) ? next() & 7 : 0;
}

static void words_say_what_predicates_say(void **state)
{
    static struct detector detectors[DETECTOR_MAX];
    static struct port_set sets[DETECTOR_MAX][4];
    static struct record r;
    struct match match;
    uint64_t matched = 0;
    (void)state;
    for (unsigned round = 0; round < 20; round++) {
        for (unsigned i = 0; i < DETECTOR_MAX; i++) {
            detectors[i] = detector_like("random", DETECTOR_VALUE_COUNT);
            random_predicate(&detectors[i].where, sets[i]);
        }
        assert_true(match_init(&match, detectors, DETECTOR_MAX));
        for (unsigned n = 0; n < 2000; n++) {
            random_record(&r);
            uint32_t class = record_class(&r);
            uint64_t mask = match_record(&match, &r);
            for (unsigned i = 0; i < DETECTOR_MAX; i++)
                if (match_predicate(&detectors[i].where, &r, class) != (mask >> i & 1))
                    fail_msg("round %u, record %u, detector %u: %d", round, n, i,
                             (int)(mask >> i & 1));
            matched += (uint64_t)__builtin_popcountll(mask);
        }
        match_close(&match);
    }
    assert_true(matched > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_say_what_predicates_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
