/* The five shipped detectors: each fires once at its threshold and not one value before, over the
 * window's edges, and none fires on what looks like a scan but is everyday traffic. */
#include "tests/detect_testing.h"

static struct shipped_detectors all;
static struct record r;
static struct heard heard;

static int setup(void **state)
{
    struct detect_limits limits = limits_of(8 << 20);
    shipped(&all);
    memset(&heard, 0, sizeof(heard));
    *state = detection_new(all.of, SHIPPED_COUNT, &limits);
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    detection_free(*state);
    return 0;
}

static void observe(struct detection *d)
{
    detect_observe(d, &r, hear, &heard);
}

static struct address inside(unsigned n)
{
    return address_v4(0x0a010000 + n);
}

static struct address outside(unsigned n)
{
    return address_v4(0xc6336400 + n); /* 198.51.100.0 */
}

/* ---- they fire */

static void expect_one(enum shipped which, uint64_t count)
{
    assert_int_equal(heard.count, 1);
    const struct alert *a = latest(&heard);
    assert_ptr_equal(a->detector, &all.of[which]);
    assert_int_equal(a->phase, ALERT_START);
    assert_int_equal(a->count, count);
    assert_false(a->count_estimated);
}

/* The n-th record of each detector's scan. */
static void scan(enum shipped which, unsigned n, int64_t t)
{
    switch (which) {
    case INTERNAL_PORT_SCAN:
        tcp(&r, t, inside(7), inside(99), (uint16_t)(100 + n), EVIDENCE_DENIED);
        break;
    case CONNSCAN_INTERNAL:
        tcp(&r, t, inside(7), inside(100 + n / 4), (uint16_t)(2000 + n % 4), EVIDENCE_ABORTED);
        break;
    case CONNSCAN_EXTERNAL:
        tcp(&r, t, outside(7), inside(100 + n / 4), (uint16_t)(2000 + n % 4), EVIDENCE_ABORTED);
        r.has &= ~(UINT64_C(1) << FIELD_action); /* so that unusual_open_tcp_ports looks away */
        break;
    case PORT_1433:
        tcp(&r, t, inside(7), inside(100 + n), 1433, EVIDENCE_DATA);
        break;
    default:
        tcp(&r, t, outside(7), inside(99), (uint16_t)(2000 + n), EVIDENCE_DATA);
    }
}

static void fire_at_the_twentieth(void **state)
{
    for (enum shipped which = 0; which < UNUSUAL_OPEN; which++) {
        memset(&heard, 0, sizeof(heard));
        for (unsigned n = 0; n < 20; n++) {
            assert_int_equal(heard.count, 0);
            scan(which, n, START + n * 15000);
            assert_true(detect_matching(*state, &r) >> which & 1);
            observe(*state);
        }
        expect_one(which, 20);
        const struct alert *a = latest(&heard);
        assert_int_equal(a->time_ms, START + 19 * 15000);
        assert_int_equal(a->window_end_ms, a->time_ms);
        assert_int_equal(a->window_start_ms, a->time_ms - 5 * MINUTE);
        assert_int_equal(a->first_seen_ms, START);
        assert_int_equal(a->threshold, 20);
        assert_int_equal(a->sample_count, 20);
        assert_int_equal(a->evidence, 1 << r.evidence);
        assert_int_equal(a->device_count, 1);
        assert_string_equal(heard.devices[0], "fw.example.com");
        assert_int_equal(strlen(a->id), ALERT_ID_LEN);
        assert_string_equal(a->group[0].name, "src_ip");
        assert_string_equal(a->group[0].text,
                            which == CONNSCAN_EXTERNAL ? "198.51.100.7" : "10.1.0.7");
        for (unsigned n = 0; n < 20; n++) { /* the same again: one start an episode */
            scan(which, n, START + 300000 + n * 1000);
            observe(*state);
        }
        assert_int_equal(heard.count, 1);
    }
}

static void samples_are_told(void **state)
{
    for (unsigned n = 0; n < 20; n++) {
        scan(CONNSCAN_INTERNAL, n, START + n);
        observe(*state);
    }
    const struct alert *a = latest(&heard);
    assert_string_equal(a->samples[0].name, "service");
    assert_string_equal(a->samples[0].text, "10.1.0.100:2000/tcp");
    assert_string_equal(a->samples[19].text, "10.1.0.104:2003/tcp");
    assert_string_equal(a->summary, "10.1.0.7: 20");
    assert_true(slice_is(r.detections, "connscan_internal_internal"));
    assert_true(slice_is(r.techniques, "T1046"));
    assert_int_equal(r.risk, 2);
}

static void ipv6_too(void **state)
{
    for (unsigned n = 0; n < 20; n++) {
        struct address to = ip("fd00::100");
        to.lo += n;
        tcp(&r, START + n, ip("fd00::7"), to, 22, EVIDENCE_ABORTED);
        observe(*state);
    }
    expect_one(CONNSCAN_INTERNAL, 20);
    assert_string_equal(latest(&heard)->group[0].text, "fd00::7");
    assert_string_equal(latest(&heard)->samples[3].text, "[fd00::103]:22/tcp");
}

static void silent_at_nineteen(void **state)
{
    for (enum shipped which = 0; which < UNUSUAL_OPEN; which++)
        for (unsigned n = 0; n < 200; n++) { /* each value ten times */
            scan(which, n % 19, START + n * 1000);
            observe(*state);
        }
    assert_int_equal(heard.count, 0);
}

/* The twentieth value comes exactly when the first leaves the window, then one millisecond before. */
static void window_edges(void **state)
{
    for (enum shipped which = 0; which < UNUSUAL_OPEN; which++)
        for (int inside_window = 0; inside_window < 2; inside_window++) {
            int64_t begin = START + (int64_t)which * DAY + inside_window * HOUR;
            memset(&heard, 0, sizeof(heard));
            for (unsigned n = 0; n < 19; n++) {
                scan(which, n, begin + n);
                observe(*state);
            }
            scan(which, 19, begin + 5 * MINUTE - inside_window);
            observe(*state);
            assert_int_equal(heard.phases[ALERT_START], inside_window);
        }
}

static void order_does_not_matter(void **state)
{
    static const unsigned order[] = {19, 3,  7, 1,  0, 12, 5,  18, 2,  9,
                                     4,  11, 6, 17, 8, 13, 10, 16, 14, 15};
    for (enum shipped which = 0; which < UNUSUAL_OPEN; which++) {
        memset(&heard, 0, sizeof(heard));
        for (unsigned n = 0; n < 20; n++) {
            assert_int_equal(heard.count, 0);
            scan(which, order[n], START + order[n] * 3000);
            observe(*state);
        }
        assert_int_equal(heard.count, 1);
        assert_int_equal(heard.last[0].count, 20);
    }
}

static void sql_failures_count_double(void **state)
{
    static const enum evidence failed[] = {EVIDENCE_DENIED, EVIDENCE_NO_ANSWER, EVIDENCE_REFUSED,
                                           EVIDENCE_ABORTED};
    for (unsigned n = 0; n < 10; n++) {
        assert_int_equal(heard.count, 0);
        tcp(&r, START + n * 1000, inside(7), inside(100 + n), 1433, failed[n % 4]);
        observe(*state);
        tcp(&r, START + n * 1000, inside(7), inside(100 + n % 9), 1433, EVIDENCE_DATA);
        if (n < 9)
            observe(*state);
    }
    expect_one(PORT_1433, 10);
    assert_int_equal(latest(&heard)->threshold, 10);
    assert_int_equal(latest(&heard)->severity, 6);
    memset(&heard, 0, sizeof(heard));
    for (unsigned n = 0; n < 19; n++) { /* another source: 9 failed, 10 that answered */
        tcp(&r, START + n * 1000, inside(8), inside(100 + n), 1433,
            n < 9 ? EVIDENCE_NO_ANSWER : EVIDENCE_DATA);
        observe(*state);
    }
    assert_int_equal(heard.count, 0);
}

static void open_port_is_told_once(void **state)
{
    scan(UNUSUAL_OPEN, 0, START);
    observe(*state);
    expect_one(UNUSUAL_OPEN, 1);
    assert_string_equal(latest(&heard)->summary, "10.1.0.99:2000 answers 198.51.100.7");
    assert_true(slice_is(r.detections, "unusual_open_tcp_ports"));
    for (int64_t t = START + 1; t < START + 20 * DAY; t += 7 * DAY - 1) {
        tcp(&r, t, outside(8), inside(99), 2000, EVIDENCE_DATA); /* another source: not new */
        observe(*state);
    }
    assert_int_equal(heard.count, 1);
    scan(UNUSUAL_OPEN, 0, START + 40 * DAY); /* forgotten */
    observe(*state);
    assert_int_equal(heard.count, 2);
}

static void open_port_guards(void **state)
{
    scan(UNUSUAL_OPEN, 1, START); /* an answer taken for a request */
    r.src_port = 443;
    observe(*state);
    scan(UNUSUAL_OPEN, 1, START); /* active FTP */
    r.src_port = 20;
    r.dst_port = 900;
    observe(*state);
    scan(UNUSUAL_OPEN, 1, START); /* a session of another session */
    record_extra(&r, slice("parent_session_id"), slice("4711"));
    observe(*state);
    scan(UNUSUAL_OPEN, 1, START); /* not answered */
    r.evidence = EVIDENCE_NO_ANSWER;
    observe(*state);
    scan(UNUSUAL_OPEN, 1, START); /* refused */
    r.action = ACTION_DENY;
    observe(*state);
    scan(UNUSUAL_OPEN, 1, START); /* covered elsewhere */
    r.dst_port = 8443;
    observe(*state);
    assert_int_equal(heard.count, 0);
    scan(UNUSUAL_OPEN, 1, START);
    r.evidence = EVIDENCE_UNKNOWN;
    record_extra(&r, slice("parent_session_id"), slice("0"));
    record_set_dst_packets(&r, 1);
    observe(*state);
    assert_int_equal(heard.count, 1);
}

/* ---- everyday traffic */

/* Each is called with 0 to 599 and a time: a record a second for ten minutes. False: none. */
typedef bool (*everyday)(unsigned n, int64_t t);

static bool udp(int64_t t, struct address from, struct address to, uint16_t port)
{
    tcp(&r, t, from, to, port, EVIDENCE_DATA);
    r.protocol = PROTOCOL_UDP;
    return true;
}

static bool recursive_resolver(unsigned n, int64_t t)
{
    return udp(t, inside(2), outside(n % 250), 53);
}

static bool browser(unsigned n, int64_t t)
{
    tcp(&r, t, inside(3), outside(n % 200), n % 2 ? 443 : 80,
        n % 7 ? EVIDENCE_DATA : EVIDENCE_ABORTED);
    return true;
}

static bool domain_controller(unsigned n, int64_t t)
{
    static const uint16_t port[] = {53, 88, 123, 135, 389, 445, 464, 636, 3268, 3269, 49152, 49153};
    tcp(&r, t, inside(500 + n % 40), inside(4), port[n % 12], EVIDENCE_DATA);
    if (n % 3 == 0)
        tcp(&r, t, inside(4), inside(500 + n % 40), port[n % 12], EVIDENCE_DATA);
    return true;
}

static bool listed_scanner(unsigned n, int64_t t)
{
    tcp(&r, t, inside(5), inside(600 + n / 300), (uint16_t)(1 + n), EVIDENCE_REFUSED);
    r.src_lists = EXCEPTED;
    return true;
}

static bool scanned_appliance(unsigned n, int64_t t)
{
    tcp(&r, t, inside(6), inside(610), (uint16_t)(1 + n), EVIDENCE_REFUSED);
    r.dst_lists = EXCEPTED; /* either endpoint excuses */
    return true;
}

static bool monitoring(unsigned n, int64_t t)
{
    static const uint16_t port[] = {22, 25, 80, 161, 389, 443, 3306, 5432};
    tcp(&r, t, inside(8), inside(700 + n % 80), port[n % 8], EVIDENCE_DATA);
    return true;
}

static bool backup(unsigned n, int64_t t)
{
    tcp(&r, t, inside(9), inside(800 + n % 90), n % 2 ? 13724 : 13782, EVIDENCE_DATA);
    return true;
}

/* Opens and closes without a word, every five seconds, on the same few services. */
static bool health_checks(unsigned n, int64_t t)
{
    tcp(&r, t, inside(10), inside(900 + n % 16), 8080, EVIDENCE_ABORTED);
    return true;
}

static bool proxy(unsigned n, int64_t t)
{
    tcp(&r, t, inside(11), outside(n % 250), 443, n % 5 ? EVIDENCE_DATA : EVIDENCE_ABORTED);
    return true;
}

static bool nat_gateway(unsigned n, int64_t t)
{
    tcp(&r, t, outside(60), inside(12), n % 2 ? 443 : 25, n % 9 ? EVIDENCE_DATA : EVIDENCE_ABORTED);
    return true;
}

static bool print_server(unsigned n, int64_t t)
{
    tcp(&r, t, inside(13), inside(1000 + n % 60), 9100, n % 4 ? EVIDENCE_DATA : EVIDENCE_NO_ANSWER);
    return true;
}

static bool peer_to_peer(unsigned n, int64_t t)
{
    tcp(&r, t, inside(14), outside(n % 250), (uint16_t)(10000 + n * 37),
        n % 2 ? EVIDENCE_NO_ANSWER : EVIDENCE_ABORTED);
    return true;
}

static bool video_call(unsigned n, int64_t t)
{
    return udp(t, inside(15), outside(n % 4), (uint16_t)(50000 + n));
}

static bool traceroute(unsigned n, int64_t t)
{
    if (n % 2)
        return udp(t, inside(16), inside(1100), (uint16_t)(33434 + n % 100));
    tcp(&r, t, outside(16), inside(1100), (uint16_t)(33434 + n % 100), EVIDENCE_ABORTED);
    return n < 30; /* with 18 values of its own it stays below a connection scan */
}

static bool active_ftp(unsigned n, int64_t t)
{
    tcp(&r, t, outside(17), inside(17), (uint16_t)(40000 + n), EVIDENCE_DATA);
    r.src_port = 20;
    return true;
}

static bool ntp(unsigned n, int64_t t)
{
    return udp(t, inside(18), outside(n % 30), 123);
}

static bool dead_service(unsigned n, int64_t t)
{
    static const enum evidence how[] = {EVIDENCE_NO_ANSWER, EVIDENCE_REFUSED, EVIDENCE_ABORTED};
    tcp(&r, t, inside(19), inside(1200), 1433, how[n % 3]);
    r.src_port = (uint16_t)(49152 + n);
    return true;
}

static bool port_knocking(unsigned n, int64_t t)
{
    static const uint16_t knock[] = {700, 800, 900, 22};
    tcp(&r, t, inside(20), inside(1300), knock[n % 4],
        n % 4 == 3 ? EVIDENCE_DATA : EVIDENCE_DENIED);
    return true;
}

/* Answers to addresses that somebody forged: from one port to many. */
static bool backscatter(unsigned n, int64_t t)
{
    tcp(&r, t, outside(21), inside(1400 + n % 50), (uint16_t)(1024 + n), EVIDENCE_DENIED);
    r.src_port = 80;
    return true;
}

static bool database_clients(unsigned n, int64_t t)
{
    tcp(&r, t, inside(1500 + n % 100), inside(22 + n % 9), 1433, EVIDENCE_DATA);
    return true;
}

static void everyday_traffic_is_silent(void **state)
{
    static const everyday kinds[] = {
        recursive_resolver,
        browser,
        domain_controller,
        listed_scanner,
        scanned_appliance,
        monitoring,
        backup,
        health_checks,
        proxy,
        nat_gateway,
        print_server,
        peer_to_peer,
        video_call,
        traceroute,
        active_ftp,
        ntp,
        dead_service,
        port_knocking,
        backscatter,
        database_clients,
    };
    for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++)
        for (unsigned n = 0; n < 600; n++)
            if (kinds[kind](n, START + n * 1000)) {
                observe(*state);
                if (heard.count)
                    fail_msg("kind %zu, record %u: %s", kind, n, latest(&heard)->detector->name);
            }
}

/* A scan keeps being found whatever else its source does: nothing cancels it. */
static void nothing_cancels(void **state)
{
    for (unsigned n = 0; n < 20; n++) {
        for (unsigned k = 0; k < 500; k++) {
            tcp(&r, START + n * 15000, inside(7), inside(100 + k % 30), 443, EVIDENCE_DATA);
            observe(*state);
        }
        scan(CONNSCAN_INTERNAL, n, START + n * 15000);
        observe(*state);
    }
    expect_one(CONNSCAN_INTERNAL, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fire_at_the_twentieth, setup, teardown),
        cmocka_unit_test_setup_teardown(samples_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(ipv6_too, setup, teardown),
        cmocka_unit_test_setup_teardown(silent_at_nineteen, setup, teardown),
        cmocka_unit_test_setup_teardown(window_edges, setup, teardown),
        cmocka_unit_test_setup_teardown(order_does_not_matter, setup, teardown),
        cmocka_unit_test_setup_teardown(sql_failures_count_double, setup, teardown),
        cmocka_unit_test_setup_teardown(open_port_is_told_once, setup, teardown),
        cmocka_unit_test_setup_teardown(open_port_guards, setup, teardown),
        cmocka_unit_test_setup_teardown(everyday_traffic_is_silent, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_cancels, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
