/*
 * Snapshots of the detectors' state. An engine that is saved and restored at random places, into a
 * new engine with another key, must tell what one that never stopped tells.
 */
#include "tests/snapshot_testing.h"

/* ---- streams */

static struct told_alerts broken;

/* The time to the next record: bursts, quiet hours, now and then days. */
static int64_t pause_ms(void)
{
    switch (next() % 700) {
    case 0:
        return HOUR + (int64_t)(next() % (uint64_t)(12 * HOUR));
    case 1:
        return 5 * MINUTE;
    case 2:
        return next() % 2 == 0 ? 4 * DAY : MINUTE;
    default:
        return (int64_t)(next() % 900);
    }
}

#define ALL (SHIPPED_COUNT + 3)

/* The shipped ones, and what they do not show: counted records, groups by texts, sequences. */
static void every_type(const struct shipped_detectors *s, struct detector all[ALL])
{
    static const char *const after[] = {"connscan_internal_internal", NULL};
    memcpy(all, s->of, sizeof(s->of));
    struct detector *d = &all[SHIPPED_COUNT];
    *d = detector_like("denies", DETECTOR_EVENT_COUNT);
    d->where.any_protocol = true;
    d->where.evidence = 1 << EVIDENCE_DENIED;
    d->group_by[0] = DETECT_DEVICE;
    d->tiers[0].gte = 8;
    d->timespan_ms = 90000;
    d->summary = "{{device}}: {{count}}";
    d = &all[SHIPPED_COUNT + 1];
    *d = detector_like("users", DETECTOR_VALUE_COUNT);
    d->where.any_protocol = true;
    d->group_by[0] = DETECT_SRC_USER;
    d->group_by[1] = DETECT_DEVICE;
    d->group_count = 2;
    d->keep_missing = true;
    d->tiers[0].gte = 40;
    d->timespan_ms = 90000;
    d = &all[SHIPPED_COUNT + 2];
    *d = detector_like("then_success", DETECTOR_SEQUENCE);
    d->where.any_protocol = true;
    d->where.evidence = 1 << EVIDENCE_REFUSED;
    d->after = after;
    d->tiers[0].gte = 1;
    d->timespan_ms = 2 * HOUR;
}

static void same_as_without_stopping(void **state)
{
    (void)state;
    struct shipped_detectors s;
    shipped(&s);
    s.of[CONNSCAN_INTERNAL].tiers[1].gte = 30; /* so that episodes have news */
    s.of[CONNSCAN_INTERNAL].tiers[2].gte = 45;
    s.of[PORT_1433].update_interval_ms = MINUTE;
    struct detector all[ALL];
    every_type(&s, all);
    unsigned total = 0, kinds[3] = {0}, started[ALL] = {0};
    for (uint64_t stream = 1; stream <= 60; stream++) {
        seed = stream * UINT64_C(0x9e3779b97f4a7c15);
        struct detection *a = engine_new(all, ALL, 4 << 20);
        struct detection *b = engine_new(all, ALL, 4 << 20);
        b = take_over(b, a, START); /* with its key: the same stripes, the same texts remembered */
        int64_t t = START;
        straight.count = broken.count = 0;
        for (unsigned i = 0; i < 2500; i++) {
            int64_t before = t;
            t += pause_ms();
            if (next() % 40 == 0 || t - before > HOUR / 2) { /* a clock goes on in pauses */
                detect_tick(a, t, tell, &straight);
                detect_tick(b, t, tell, &broken);
            }
            int64_t late = next() % 5 == 0 ? (int64_t)(next() % 30000) : 0;
            random_record(&record, t - late);
            detect_observe(a, &record, tell, &straight);
            detect_observe(b, &record, tell, &broken);
            if (next() % 150 == 0)
                b = reborn_with(b, all, ALL, t, 4 << 20);
        }
        detect_tick(a, t + 8 * DAY, tell, &straight);
        detect_tick(b, t + 8 * DAY, tell, &broken);
        same_alerts(&straight, &broken);
        total += straight.count;
        for (unsigned i = 0; i < straight.count; i++)
            kinds[straight.of[i].phase]++;
        for (unsigned i = 0; i < straight.count; i++)
            for (unsigned k = 0; k < ALL; k++)
                started[k] += straight.of[i].phase == ALERT_START &&
                              strcmp(straight.of[i].name, all[k].name) == 0;
        assert_int_equal(detect_counters(a).groups, detect_counters(b).groups);
        detection_free(a);
        detection_free(b);
    }
    for (unsigned k = 0; k < ALL; k++)
        if (started[k] == 0)
            fail_msg("%s never started", all[k].name);
    if (getenv("SNAPSHOT_TIMES"))
        print_message("# %u alerts: %u, %u, %u\n", total, kinds[0], kinds[1], kinds[2]);
    assert_true(total > 1000 && kinds[ALERT_START] && kinds[ALERT_ONGOING] && kinds[ALERT_END]);
}

/* ---- one thing each */

static void counting_goes_on(void **state)
{
    (void)state;
    struct shipped_detectors s;
    struct detection *d = shipped_engine(&s, 4 << 20);
    scan(d, START, 0, 19, &straight);
    assert_int_equal(straight.count, 0);
    d = reborn(d, &s, START + 2000, 4 << 20);
    scan(d, START, 19, 20, &straight);
    assert_int_equal(straight.count, 2); /* connscan and the port scan, with the twentieth */
    d = reborn(d, &s, START + 2100, 4 << 20);
    scan(d, START, 20, 90, &straight);
    assert_int_equal(straight.count, 2); /* told once */
    detect_tick(d, START + HOUR, tell, &straight);
    assert_int_equal(straight.count, 4);
    d = reborn(d, &s, START + HOUR, 4 << 20);
    scan(d, START + 2 * HOUR, 0, 90, &straight);
    assert_int_equal(straight.count, 4); /* within 12 h of quiet */
    assert_int_equal(detect_counters(d).suppressed, 2);
    assert_int_equal(record.risk, 3);
    detection_free(d);
}

static void seen_stays_seen(void **state)
{
    (void)state;
    struct shipped_detectors s;
    struct detection *d = shipped_engine(&s, 4 << 20);
    for (int i = 0; i < 3; i++) {
        tcp(&record, START + i * DAY, ip("192.0.2.1"), ip("10.0.0.80"), 8081, EVIDENCE_DATA);
        detect_observe(d, &record, tell, &straight);
        assert_int_equal(straight.count, 1);
        d = reborn(d, &s, START + i * DAY, 4 << 20);
    }
    tcp(&record, START + 10 * DAY, ip("192.0.2.1"), ip("10.0.0.80"), 8081, EVIDENCE_DATA);
    detect_observe(d, &record, tell, &straight);
    assert_int_equal(straight.count, 2); /* forgotten after a week */
    detection_free(d);
}

/* The memory of another size: more stripes, fewer stripes, too little. */
static void other_memory(void **state)
{
    (void)state;
    static const size_t sizes[] = {1 << 20, 64 << 20, 4 << 20};
    struct shipped_detectors s;
    shipped(&s);
    for (size_t i = 0; i < 3; i++) {
        struct detection *d = engine_new(s.of, SHIPPED_COUNT, 16 << 20), *other;
        straight.count = 0;
        scan(d, START, 0, 30, &straight);
        for (unsigned host = 0; host < 5000; host++) {
            tcp(&record, START + 3000, address_v4(0x0a010000 + host), ip("10.0.1.1"), 22,
                EVIDENCE_ABORTED);
            detect_observe(d, &record, tell, &straight);
        }
        struct bytes b = saved(d, START);
        other = engine_new(s.of, SHIPPED_COUNT, sizes[i]);
        struct restored result = restored(other, b.at, b.len);
        assert_int_equal(result.status, RESTORE_DONE);
        assert_true(detect_counters(other).groups > 1000);
        if (sizes[i] <= 16 << 20)
            assert_int_equal(result.homeless, 0);
        straight.count = 0;
        scan(other, START, 30, 60, &straight);
        /* A pair's stripe is not known in a memory with more of them; that of a source is. */
        assert_true(straight.count <= (sizes[i] > 16 << 20));
        free(b.at);
        detection_free(d);
        detection_free(other);
    }
}

/* Another order, one more, one less, one changed: the others' state stays. */
static void other_detectors(void **state)
{
    (void)state;
    struct shipped_detectors s, changed;
    shipped(&s);
    shipped(&changed);
    struct detection *d = engine_new(s.of, SHIPPED_COUNT, 4 << 20), *other;
    straight.count = 0;
    scan(d, START, 0, 30, &straight);
    assert_int_equal(straight.count, 2);
    struct bytes b = saved(d, START);
    struct detector order[] = {changed.of[UNUSUAL_OPEN], changed.of[PORT_1433],
                               changed.of[INTERNAL_PORT_SCAN], changed.of[CONNSCAN_INTERNAL]};
    order[3].title = "Another title";
    order[3].score = 7;
    other = engine_new(order, 4, 4 << 20);
    struct restored result = restored(other, b.at, b.len);
    assert_int_equal(result.status, RESTORE_DONE);
    assert_int_equal(result.groups, 2);
    assert_int_equal(result.outdated, 0);
    straight.count = 0;
    scan(other, START, 30, 90, &straight);
    assert_int_equal(straight.count, 0);
    detection_free(other);

    order[3].timespan_ms += 1000;
    other = engine_new(order, 4, 4 << 20);
    result = restored(other, b.at, b.len);
    assert_int_equal(result.groups, 1);
    assert_int_equal(result.outdated, 1);
    scan(other, START, 30, 90, &straight);
    assert_int_equal(straight.count, 1); /* it has to find out anew */
    free(b.at);
    detection_free(d);
    detection_free(other);
}

/* Every member that a definition's digest must see. */
static void digests(void **state)
{
    (void)state;
    struct shipped_detectors s;
    shipped(&s);
    struct detection *d = engine_new(s.of, 1, 4 << 20);
    static struct port_set none;
    static const char *const words[] = {"x", NULL};
    straight.count = 0;
    scan(d, START, 0, 30, &straight);
    struct bytes b = saved(d, START);
    for (unsigned change = 0; change < 20; change++) {
        struct detector other = s.of[0];
        struct predicate *p = &other.where;
        switch (change) {
        case 0:
            other.group_by[1] = DETECT_DST_PORT;
            break;
        case 1:
            other.counted = DETECT_SERVICE;
            break;
        case 2:
            other.tiers[0].gte = 21;
            break;
        case 3:
            other.tiers[1] = (struct tier){40, 5};
            other.tier_count = 2;
            break;
        case 4:
            other.has_also = true;
            other.also_gte = 3;
            break;
        case 5:
            p->classes |= CLASS_INT_EXT;
            break;
        case 6:
            p->evidence = 2;
            break;
        case 7:
            p->actions = 2;
            break;
        case 8:
            p->categories = 2;
            break;
        case 9:
            p->any_protocol = false;
            protocol_bit(p, 6);
            break;
        case 10:
            p->dst_port = &none;
            break;
        case 11:
            p->listed = 4;
            break;
        case 12:
            p->answered = true;
            break;
        case 13:
            p->event_ids = words;
            break;
        case 14:
            p->src_networks = 2;
            break;
        case 15:
            p->not_dst_networks = 2;
            break;
        case 16:
            p->by_icmp_type = true;
            break;
        case 17:
            other.keep_missing = true;
            break;
        case 18:
            other.after = words;
            break;
        default:
            p->devices = words;
            break;
        }
        struct detection *e = engine_new(&other, 1, 4 << 20);
        struct restored result = restored(e, b.at, b.len);
        assert_int_equal(result.status, RESTORE_DONE);
        if (result.outdated != 1 || result.groups != 0)
            fail_msg("change %u went unseen", change);
        detection_free(e);
    }
    free(b.at);
    detection_free(d);
}

/* ---- coverage gaps */

/* TCP connections that are let through and never end; returns how many lines were told of as a gap. */
static unsigned lines_without_ends(struct detection *d, const char *host, unsigned from,
                                   unsigned until)
{
    unsigned before = straight.count;
    for (unsigned n = from; n < until; n++) {
        tcp(&record, START + n, address_v4(0x0a010000 + n % 250), address_v4(0x0a020000), 443,
            EVIDENCE_NONE);
        record_set_host(&record, slice(host));
        record.src_port = (uint16_t)(1024 + n);
        detect_observe(d, &record, tell, &straight);
    }
    return straight.count - before;
}

/* What was told stays told, and what was counted goes on; from a snapshot and from what follows it. */
static void gaps(void **state)
{
    (void)state;
    struct shipped_detectors s;
    struct detection *d = shipped_engine(&s, 4 << 20);
    detect_note_changes(d);
    assert_int_equal(lines_without_ends(d, "fw1", 0, 6000), 1);
    assert_int_equal(lines_without_ends(d, "fw2", 0, 3000), 0);
    d = reborn(d, &s, START, 4 << 20);
    detect_note_changes(d);
    assert_int_equal(lines_without_ends(d, "fw1", 6000, 60000), 0);
    struct bytes b = saved(d, START);
    assert_int_equal(lines_without_ends(d, "fw2", 3000, 6000), 1);
    bool lost;
    assert_true(detect_save_changes(d, append, &b, &lost));
    detection_free(d);
    d = engine_new(s.of, SHIPPED_COUNT, 4 << 20);
    assert_int_equal(restored(d, b.at, b.len).status, RESTORE_DONE);
    assert_int_equal(lines_without_ends(d, "fw2", 6000, 60000), 0);
    free(b.at);
    detection_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_without_stopping),
        cmocka_unit_test(counting_goes_on),
        cmocka_unit_test(seen_stays_seen),
        cmocka_unit_test(other_memory),
        cmocka_unit_test(other_detectors),
        cmocka_unit_test(digests),
        cmocka_unit_test(gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
