/* Tables that grow: what groups held before they moved, they hold afterwards. */
#include "tests/detect_testing.h"

#define SOURCES 60000 /* of each side; the tables double twice for them */
#define EVERY   100   /* one in so many scans, some before the tables grow, some afterwards */

static struct shipped_detectors all;
static struct record r;
static struct heard heard;

static uint32_t source_of(uint32_t n, bool inside)
{
    return (inside ? 0x0a010000 : 0xcb000000) + n;
}

/* Services that the sources of one kind open and drop: those numbered `first` and each `step`th after. */
static void scan(struct detection *d, uint32_t first, uint32_t step, uint16_t from, uint16_t to,
                 int64_t t)
{
    for (uint32_t n = first; n < SOURCES; n += step)
        for (uint16_t port = from; port <= to; port++)
            for (int inside = 0; inside < 2; inside++) {
                tcp(&r, t, address_v4(source_of(n, inside)), address_v4(0x0a000001),
                    (uint16_t)(5000 + port), EVIDENCE_ABORTED);
                if (!inside)
                    r.has &= ~(UINT64_C(1) << FIELD_action); /* not to open a port each time */
                detect_observe(d, &r, hear, &heard);
            }
}

static void groups_move(void **state)
{
    const unsigned scans = 2 * SOURCES / EVERY;
    struct detect_limits limits = limits_of((size_t)64 << 20);
    (void)state;
    limits.storm_starts = UINT32_MAX;
    shipped(&all);
    struct detection *d = detection_new(all.of, SHIPPED_COUNT, &limits);
    assert_non_null(d);
    scan(d, 0, EVERY, 1, 20, START); /* fire from now on */
    assert_int_equal(heard.phases[ALERT_START], scans);
    scan(d, 1, EVERY, 1, 19, START); /* one is missing */
    assert_int_equal(heard.phases[ALERT_START], scans);
    for (uint16_t port = 1; port <= 3; port++)
        scan(d, 2, 1, port, port, START + MINUTE);
    struct detect_counters c = detect_counters(d);
    assert_int_equal(c.groups, 2 * SOURCES);
    scan(d, 0, EVERY, 21, 30, START + 2 * MINUTE); /* no news */
    assert_int_equal(heard.phases[ALERT_START], scans);
    scan(d, 1, EVERY, 20, 20, START + 2 * MINUTE);
    assert_int_equal(heard.phases[ALERT_START], 2 * scans);
    assert_int_equal(heard.phases[ALERT_END], 0);
    detect_tick(d, START + HOUR, hear, &heard);
    assert_int_equal(heard.phases[ALERT_END], 2 * scans);
    c = detect_counters(d);
    assert_int_equal(c.groups, 2 * SOURCES);
    assert_int_equal(c.evicted_groups + c.evicted_values + c.evicted_episodes + c.storms, 0);
    detection_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(groups_move)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
