/*
 * What must be found: the rules of the detectors, counted over the scans' lines in the plainest way:
 * of each group all lines, sorted by time, and a window pushed over them one line at a time. A line
 * counts as the vendor's words let it be seen: what they do not tell (an opened and dropped
 * connection in Meraki's) is no evidence. Where sources are counted, whoever else turned to the
 * scanned address in vain counts with them.
 *
 *   rule   NAME                                                the rules that are judged
 *   host   FIRST LAST NAME                                     whose addresses these are
 *   scan   FIRST LAST NAME                                     likewise, of a scan
 *   expect NAME GROUP START NEEDED FIRST LAST DISTINCT PEAK WHO
 *
 *   may    NAME GROUP                                          DETECTION leaves open whether it fires: a
 *                                                              flood of forged sources is no scan, but
 *                                                              looks like one
 *
 * START is when the line was written that completes the NEEDED-th distinct value, FIRST and LAST the
 * first and last line of the group, PEAK the most distinct values of one window.
 */
#pragma once

#include "tests/flows_scans.h"

#define S_FAILED  (S_DENIED | S_NO_ANSWER | S_REFUSED)
#define S_IN_VAIN (S_FAILED | S_ABORTED)

struct sighted {
    uint32_t at, src, dst, order;
    uint16_t dst_port;
    uint8_t protocol, sees, way;
    bool scan;
};

static struct sighted *sighted;
static size_t sighted_count, sighted_room;

static void truth_note(const struct flow *f, uint32_t at, uint8_t sees)
{
    if (!f->scan && (way_of(f) != INWARD || !(sees & (S_FAILED | S_ABORTED))))
        return;
    if (sighted_count == sighted_room) {
        sighted_room = sighted_room ? 2 * sighted_room : 4096;
        sighted = realloc(sighted, sighted_room * sizeof(*sighted));
        if (!sighted)
            tool_fail("no memory for the truth");
    }
    sighted[sighted_count] = (struct sighted){.at = at,
                                              .src = f->src,
                                              .dst = f->dst,
                                              .order = (uint32_t)sighted_count,
                                              .dst_port = f->dst_port,
                                              .protocol = f->protocol,
                                              .sees = sees,
                                              .way = (uint8_t)way_of(f),
                                              .scan = f->scan};
    sighted_count++;
}

enum { BY_SRC = 1, BY_DST = 2, BY_PORT = 4, BY_PROTOCOL = 8 }; /* what a group is made of */
enum counted { PORTS, HOSTS, SERVICES, SOURCES, EVENTS };      /* what is counted in it */

struct rule {
    const char *name;
    uint8_t ways; /* bits of enum way */
    uint8_t protocol;
    bool (*port)(uint16_t);
    uint16_t only_port;
    uint8_t sees;
    uint8_t by;
    enum counted counted;
    uint32_t needed, window;
};

#define IN   (1 << INSIDE)
#define OUT  (1 << OUTWARD)
#define EXT  (1 << INWARD)
#define ALL  (IN | OUT | EXT)
#define DARK (1 << WAYS) /* inside, where nobody is */

static bool low_port(uint16_t p)
{
    return (p >= 1 && p <= 1024 && p != 53 && p != 80 && p != 443 && (p < 137 || p > 139)) ||
           p == 3389;
}

static bool unusual_port(uint16_t p)
{
    static const uint16_t usual[] = {22,   25,   53,   80,   88,   139,   389,  443,  445,
                                     515,  541,  587,  631,  636,  993,   995,  1801, 3389,
                                     4444, 8080, 8443, 9090, 9100, 12345, 44818};
    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
        if (usual[i] == p)
            return false;
    return p < 33434 || p > 33534;
}

/* Where clients that are switched off are called: slow_scan asks for more of these. */
static bool not_windows(uint16_t p)
{
    return p != 135 && p != 139 && p != 445;
}

/* Of distributed_scan: what services are known by, without what the whole world may ask for. */
static bool service_port(uint16_t p)
{
    static const uint16_t high[] = {1433, 1521, 3306, 3389, 5432, 5900,
                                    5985, 6379, 8443, 9200, 27017};
    for (size_t i = 0; i < sizeof(high) / sizeof(high[0]); i++)
        if (high[i] == p)
            return true;
    return p >= 1 && p <= 1024 && p != 25 && p != 53 && p != 80 && p != 443;
}

/* Of the scans outwards: what services are known by, without what fails when the Internet is away. */
static bool known_port(uint16_t p)
{
    static const uint16_t high[] = {1433, 1521, 2049, 2375, 3306, 3389, 4444, 5060,  5432,
                                    5900, 5985, 5986, 6379, 8080, 8443, 9200, 11211, 27017};
    for (size_t i = 0; i < sizeof(high) / sizeof(high[0]); i++)
        if (high[i] == p)
            return true;
    return (p >= 6660 && p <= 6669) ||
           (p >= 1 && p <= 1024 && p != 53 && p != 80 && p != 123 && p != 443);
}

/* What intruders ask for. */
static bool searched_port(uint16_t p)
{
    static const uint16_t ports[] = {22,   23,   135,  161,  389,  445,  1521, 3306,
                                     3389, 5432, 5900, 5985, 6379, 8443, 9200, 27017};
    for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
        if (ports[i] == p)
            return true;
    return false;
}

static bool not_traceroute(uint16_t p)
{
    return p < 33434 || p > 33534;
}

/* Neither what fails when the Internet is away nor what peer-to-peer clients ask each other for. */
static bool swept_port(uint16_t p)
{
    return p != 53 && p != 80 && p != 123 && p != 443 && p != 853 && (p < 6881 || p > 6889) &&
           p != 51413 && not_traceroute(p);
}

static const struct rule rules[] = {
    {"internal_port_scan", IN, 0, low_port, 0, S_ANY, BY_SRC | BY_DST, PORTS, 20, 300},
    {"connscan_internal_internal", IN, TCP, NULL, 0, S_ABORTED, BY_SRC, SERVICES, 20, 300},
    {"connscan_external_internal", EXT, TCP, NULL, 0, S_ABORTED, BY_SRC, SERVICES, 20, 300},
    {"connscan_internal_external", OUT, TCP, known_port, 0, S_ABORTED, BY_SRC, SERVICES, 20, 300},
    {"synscan_internal_internal", IN, TCP, NULL, 0, S_FAILED, BY_SRC, SERVICES, 25, 300},
    {"synscan_external_internal", EXT, TCP, NULL, 0, S_FAILED, BY_SRC, SERVICES, 25, 300},
    {"synscan_internal_external", OUT, TCP, known_port, 0, S_FAILED, BY_SRC, SERVICES, 25, 300},
    {"unusual_open_tcp_ports", EXT, TCP, unusual_port, 0, S_ABORTED, BY_DST | BY_PORT, EVENTS, 1,
     604800},
    {"internal_port_sweep", IN, 0, NULL, 0, S_IN_VAIN, BY_SRC | BY_PORT, HOSTS, 20, 300},
    {"inbound_port_scan", EXT, 0, NULL, 0, S_ANY, BY_SRC | BY_DST, PORTS, 20, 300},
    {"ping_sweep", IN, ICMP, NULL, 0, S_ANY, BY_SRC, HOSTS, 20, 300},
    {"excessive_denies", ALL, 0, NULL, 0, S_DENIED, BY_SRC, EVENTS, 100, 300},
    {"excessive_outbound_blocks", OUT, 0, NULL, 0, S_DENIED, BY_SRC, EVENTS, 500, 300},
    /* A probe in 15 minutes is 96 a day. Outwards, proxies and peer-to-peer clients fail as often. */
    {"slow_scan", IN, TCP, not_windows, 0, S_FAILED, BY_SRC, SERVICES, 90, 86400},
    {"slow_scan", IN, TCP, NULL, 0, S_FAILED, BY_SRC, SERVICES, 500, 86400},
    {"slow_scan_external_internal", EXT, TCP, NULL, 0, S_FAILED, BY_SRC, SERVICES, 90, 86400},
    {"distributed_scan", EXT, TCP, service_port, 0, S_IN_VAIN, BY_DST, SOURCES, 100, 300},
    {"port_scanning_internal", IN, 0, searched_port, 0, S_IN_VAIN, BY_SRC | BY_PORT | BY_PROTOCOL,
     HOSTS, 20, 300},
    {"port_scanning_inbound", EXT, 0, searched_port, 0, S_IN_VAIN, BY_SRC | BY_PORT | BY_PROTOCOL,
     HOSTS, 20, 300},
    {"port_scanning_outbound", OUT, 0, searched_port, 0, S_IN_VAIN, BY_SRC | BY_PORT | BY_PROTOCOL,
     HOSTS, 20, 300},
    /* Two rows of one name: either is enough. */
    {"port_1433_scanning_internal", IN, TCP, NULL, 1433, S_ANY, BY_SRC, HOSTS, 20, 300},
    {"port_1433_scanning_internal", IN, TCP, NULL, 1433, S_IN_VAIN, BY_SRC, HOSTS, 10, 300},
    {"outbound_port_scan", OUT, 0, not_traceroute, 0, S_IN_VAIN, BY_SRC | BY_DST, PORTS, 20, 300},
    {"outbound_port_sweep", OUT, TCP, swept_port, 0, S_IN_VAIN, BY_SRC | BY_PORT, HOSTS, 25, 300},
    {"dark_address_touch", DARK, 0, NULL, 0, S_ANY, BY_SRC, HOSTS, 1, 3600},
};
enum { RULES = sizeof(rules) / sizeof(rules[0]) };

/* Where DETECTION leaves open whether a detector fires. */
static const struct rule open_rules[] = {
    {"slow_scan", ALL, 0, NULL, 0, S_ANY, BY_SRC, SERVICES, 50, 86400},
    {"synscan_internal_internal", IN, UDP, NULL, 0, S_FAILED, BY_SRC, SERVICES, 25, 300},
    {"inbound_port_scan", EXT, 0, NULL, 0, S_ANY, BY_SRC | BY_DST, PORTS, 10, 300},
    {"distributed_scan", EXT, 0, NULL, 0, S_FAILED, BY_DST, SOURCES, 10, 300},
};
enum { OPEN_RULES = sizeof(open_rules) / sizeof(open_rules[0]) };

static bool fulfils(const struct rule *r, const struct sighted *s)
{
    bool portless = s->protocol == ICMP;
    if (!s->scan && r->counted != SOURCES)
        return false;
    bool dark = r->ways & DARK && is_dark(s->dst);
    if (!(r->ways >> s->way & 1 || dark) || !(r->sees & s->sees) ||
        (r->protocol && r->protocol != s->protocol))
        return false;
    if (portless && (r->port || r->only_port || r->by & BY_PORT || r->counted == PORTS ||
                     r->counted == SERVICES))
        return false;
    return (!r->port || r->port(s->dst_port)) && (!r->only_port || r->only_port == s->dst_port);
}

/* A line as the rule sees it: group and value as numbers, in which equal means the same. */
struct point {
    uint64_t group, extra, value;
    uint32_t at, order;
    bool scan;
};

static struct point point_of(const struct rule *r, const struct sighted *s)
{
    uint64_t values[] = {
        [PORTS] = s->dst_port,
        [HOSTS] = s->dst,
        [SERVICES] = (uint64_t)s->dst << 24 | (uint64_t)s->protocol << 16 | s->dst_port,
        [SOURCES] = s->src,
        [EVENTS] = s->order,
    };
    return (struct point){.group = (uint64_t)(r->by & BY_SRC ? s->src : 0) << 32 |
                                   (r->by & BY_DST ? s->dst : 0),
                          .extra = (r->by & BY_PORT ? s->dst_port : 0) |
                                   (r->by & BY_PROTOCOL ? (uint64_t)s->protocol << 16 : 0),
                          .value = values[r->counted],
                          .at = s->at,
                          .order = s->order,
                          .scan = s->scan};
}

static int by_group_and_order(const void *x, const void *y)
{
    const struct point *a = x, *b = y;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (a->extra != b->extra)
        return a->extra < b->extra ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

struct finding {
    uint64_t group, extra;
    uint32_t start, needed, first, last, distinct, peak;
    bool scan; /* one is in it, so there is something to be found */
};

/* How many distinct values points[from] to points[to] hold; a small set, cleared each time. */
static uint32_t distinct_of(const struct point *points, size_t from, size_t to)
{
    static uint64_t table[1 << 14];
    static uint32_t marks[1 << 14], mark;
    uint32_t n = 0;
    mark++;
    for (size_t i = from; i <= to; i++) {
        uint64_t h = (points[i].value + 1) * 0x9e3779b97f4a7c15;
        uint32_t slot = (uint32_t)(h >> 50);
        while (marks[slot] == mark && table[slot] != points[i].value)
            slot = (slot + 1) & ((1 << 14) - 1);
        n += marks[slot] != mark;
        marks[slot] = mark;
        table[slot] = points[i].value;
    }
    return n;
}

static struct finding look(const struct rule *r, const struct point *points, size_t from, size_t to)
{
    struct finding f = {.group = points[from].group,
                        .extra = points[from].extra,
                        .needed = r->needed,
                        .first = points[from].at,
                        .last = points[to].at};
    size_t begin = from;
    for (size_t i = from; i <= to; i++) {
        while (points[i].at - points[begin].at >= r->window)
            begin++;
        f.scan |= points[i].scan;
        if (i - begin + 1 < r->needed)
            continue;
        uint32_t n = distinct_of(points, begin, i);
        f.peak = n > f.peak ? n : f.peak;
        if (n >= r->needed && !f.start)
            f.start = points[i].at;
    }
    f.distinct = distinct_of(points, from, to);
    return f;
}

static void print_group(FILE *truth, const struct rule *r, const struct finding *f)
{
    const char *between = "";
    uint32_t a = (uint32_t)f->group;
    if (r->by & BY_DST) {
        fprintf(truth, "dst_ip=%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
        between = ",";
    }
    if (r->by & BY_PORT) {
        fprintf(truth, "%sdst_port=%u", between, (unsigned)(f->extra & UINT16_MAX));
        between = ",";
    }
    if (r->by & BY_PROTOCOL)
        fprintf(truth, ",protocol=%s", f->extra >> 16 == TCP ? "tcp" : "udp");
    a = (uint32_t)(f->group >> 32);
    if (r->by & BY_SRC)
        fprintf(truth, "%ssrc_ip=%u.%u.%u.%u", between, a >> 24, a >> 16 & 255, a >> 8 & 255,
                a & 255);
}

static struct scan *scan_of(uint64_t source)
{
    for (uint32_t i = 0; i < scan_count; i++)
        if (scans[i].source == source)
            return &scans[i];
    return NULL;
}

/* scan_then_success comes after these. */
static bool raises_suspicion(const struct rule *r)
{
    static const char *const after[] = {"connscan_internal_internal", "synscan_internal_internal",
                                        "internal_port_scan", "internal_port_sweep",
                                        "port_scanning_internal"};
    for (size_t i = 0; i < sizeof(after) / sizeof(after[0]); i++)
        if (!strcmp(r->name, after[i]))
            return true;
    return false;
}

static void truth_rule(FILE *truth, const char *word, const struct rule *r)
{
    struct point *points = malloc((sighted_count + 1) * sizeof(*points));
    size_t n = 0, end;
    if (!points)
        tool_fail("no memory for the truth");
    for (size_t i = 0; i < sighted_count; i++)
        if (fulfils(r, &sighted[i]))
            points[n++] = point_of(r, &sighted[i]);
    qsort(points, n, sizeof(*points), by_group_and_order);
    for (size_t i = 0; i < n; i = end) {
        for (end = i; end < n && points[end].group == points[i].group &&
                      points[end].extra == points[i].extra;
             end++)
            ;
        struct finding f = look(r, points, i, end - 1);
        if (!f.start || !f.scan)
            continue;
        struct scan *scan = scan_of(f.group >> 32);
        if (scan && raises_suspicion(r) && (!scan->suspected || f.start < scan->suspected))
            scan->suspected = f.start;
        fprintf(truth, "%s\t%s\t", word, r->name);
        print_group(truth, r, &f);
        fprintf(truth, "\t%u\t%u\t%u\t%u\t%u\t%u\t%s\n", f.start, f.needed, f.first, f.last,
                f.distinct, f.peak, scan ? scan_kinds[scan->kind].name : "several");
    }
    free(points);
}

/* A scan that was noticed, and then data with one of its targets. */
static void truth_sequences(FILE *truth)
{
    fprintf(truth, "rule\tscan_then_success\n");
    for (size_t i = 0; i < sighted_count; i++) {
        const struct sighted *s = &sighted[i];
        const struct scan *scan = s->sees & S_DATA && s->way == INSIDE ? scan_of(s->src) : NULL;
        if (!scan || !scan->suspected || s->at <= scan->suspected ||
            s->at - scan->suspected > 6 * 3600)
            continue;
        fprintf(truth, "expect\tscan_then_success\tsrc_ip=%u.%u.%u.%u\t%u\t1\t%u\t%u\t1\t1\t%s\n",
                s->src >> 24, s->src >> 16 & 255, s->src >> 8 & 255, s->src & 255, s->at, s->at,
                s->at, scan_kinds[scan->kind].name);
    }
}

static void truth_write(FILE *truth)
{
    for (unsigned i = 0; i < RULES; i++) {
        if (i == 0 || strcmp(rules[i].name, rules[i - 1].name))
            fprintf(truth, "rule\t%s\n", rules[i].name);
        truth_rule(truth, "expect", &rules[i]);
    }
    truth_sequences(truth);
    for (unsigned i = 0; i < OPEN_RULES; i++)
        truth_rule(truth, "may", &open_rules[i]);
    for (uint32_t i = 0; i < scan_count; i++) {
        uint32_t a = server(10 + scans[i].day % 10);
        if (scan_kinds[scans[i].kind].shape == FORGED)
            fprintf(truth, "may\tdistributed_scan\tdst_ip=%u.%u.%u.%u\n", a >> 24, a >> 16 & 255,
                    a >> 8 & 255, a & 255);
    }
}
