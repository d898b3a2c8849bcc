/*
 * A flood of forged sources and, in the midst of it, scans from inside and outside: straight into the
 * shipped detectors, in message time. Says for each kind of scan at which probe it was found, and how
 * much memory there is at the end; fails when one was found too late or not at all.
 */
#include "tests/tool_engine.h"

#include <getopt.h>
#include <unistd.h>

#define START_MS INT64_C(1795262400000)
#define COPIES   20 /* of each kind, one after the other */

static const char usage[] = "usage: tool_flood [options]\n"
                            "  --rate N      forged sources a second (100000)\n"
                            "  --seconds N   for how long (600)\n"
                            "  --memory MIB  of detection (256)\n"
                            "  --seed N      (1)";

enum shape { PORTS, SERVICES };
enum { INSIDE = 0x0a420000, OUTSIDE = 0xc6130000 }; /* 10.66.kind.copy, 198.19.kind.copy */

static const struct kind {
    const char *name;
    uint32_t from;
    enum shape shape;
    enum evidence evidence;
    unsigned gap_ms, by_probe; /* which must have found it */
} kinds[] = {
    {"inside: ports of a host, 15 s apart", INSIDE, PORTS, EVIDENCE_DENIED, 15000, 20},
    {"inside: services dropped, 15 s apart", INSIDE, SERVICES, EVIDENCE_ABORTED, 15000, 20},
    {"inside: services in vain, 12 s apart", INSIDE, SERVICES, EVIDENCE_REFUSED, 12000, 25},
    {"inside: services in vain, 1 s apart", INSIDE, SERVICES, EVIDENCE_NO_ANSWER, 1000, 25},
    {"outside: ports of a host, 5 s apart", OUTSIDE, PORTS, EVIDENCE_DENIED, 5000, 30},
    {"outside: services dropped, 5 s apart", OUTSIDE, SERVICES, EVIDENCE_ABORTED, 5000, 30},
    {"outside: services in vain, 5 s apart", OUTSIDE, SERVICES, EVIDENCE_NO_ANSWER, 5000, 30},
    {"outside: services in vain, 1 s apart", OUTSIDE, SERVICES, EVIDENCE_DENIED, 1000, 30},
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static struct scan {
    int64_t start;
    unsigned sent, found; /* found: at which probe; 0: not */
} scans[KINDS][COPIES];

static uint64_t rate = 100000, seconds = 600, memory_mib = 256, state = 1;
static struct engine engine;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * UINT64_C(0x2545f4914f6cdd1d) >> 16;
}

static void read_options(int argc, char **argv)
{
    static const struct option options[] = {{"rate", required_argument, NULL, 'r'},
                                            {"seconds", required_argument, NULL, 's'},
                                            {"memory", required_argument, NULL, 'm'},
                                            {"seed", required_argument, NULL, 'e'},
                                            {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'r')
            rate = tool_number(optarg, "--rate", 10000000);
        else if (option == 's')
            seconds = tool_number(optarg, "--seconds", 86400);
        else if (option == 'm')
            memory_mib = tool_number(optarg, "--memory", 65536);
        else if (option == 'e')
            state = tool_number(optarg, "--seed", UINT64_MAX / 2) + 1;
        else
            tool_fail("%s", usage);
    }
    if (optind != argc || !rate || !seconds || !memory_mib)
        tool_fail("%s", usage);
}

/* What may be resident beside the tables: what sanitizers keep of every byte is, too. */
#if defined(__SANITIZE_ADDRESS__)
#define BESIDE_MIB 16
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BESIDE_MIB 16
#endif
#endif
#ifndef BESIDE_MIB
#define BESIDE_MIB 8
#endif

static long resident_mib(void)
{
    long total = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%ld %ld", &total, &resident) != 2)
        tool_fail("/proc/self/statm cannot be read");
    fclose(f);
    return resident * (sysconf(_SC_PAGESIZE) / 1024) / 1024;
}

/* ---- records */

static void on_alert_here(void *context, const struct alert *alert)
{
    struct address a;
    (void)context;
    if (alert->phase != ALERT_START || !alert->group_count ||
        strcmp(alert->group[0].name, "src_ip") != 0 ||
        !address_parse(slice(alert->group[0].text), &a) || !address_is_v4(a))
        return;
    uint32_t source = (uint32_t)a.lo;
    unsigned kind = source >> 8 & 255, copy = source & 255;
    if (kind >= KINDS || copy >= COPIES || (source & 0xffff0000) != kinds[kind].from)
        return;
    struct scan *scan = &scans[kind][copy];
    if (!scan->found)
        scan->found = scan->sent;
}

static void observe(int64_t t, uint32_t src, uint32_t dst, uint16_t port, enum evidence evidence)
{
    struct record *r = engine_record(&engine, t, src, dst, port, evidence);
    detect_observe(engine.detection, r, on_alert_here, NULL);
}

static uint32_t forged(void)
{
    uint32_t source = (uint32_t)next();
    while (source >> 24 == 10 || (source & 0xffff0000) == OUTSIDE)
        source += 0x01000193;
    return source;
}

/* What is due by now of all scans. */
static void probe(int64_t now)
{
    for (unsigned k = 0; k < KINDS; k++)
        for (unsigned c = 0; c < COPIES; c++) {
            struct scan *s = &scans[k][c];
            const struct kind *kind = &kinds[k];
            if (s->sent == kind->by_probe || now < s->start + (int64_t)s->sent * kind->gap_ms)
                continue;
            unsigned n = s->sent++;
            uint32_t host = 0x0a640000 + (kind->shape == PORTS ? c : n % 5);
            observe(now, kind->from + (k << 8) + c, host, (uint16_t)(600 + n), kind->evidence);
        }
}

/* The scans begin when the flood is as large as it gets, and end with it. */
static void plan(void)
{
    for (unsigned k = 0; k < KINDS; k++) {
        int64_t lasts = (int64_t)kinds[k].gap_ms * kinds[k].by_probe;
        int64_t room = (int64_t)seconds * 1000 - lasts - 1000;
        if (room < 1000)
            tool_fail("--seconds %llu is too short for scans of %lld s",
                      (unsigned long long)seconds, (long long)lasts / 1000 + 2);
        for (unsigned c = 0; c < COPIES; c++)
            scans[k][c].start = START_MS + room / COPIES * c + (int64_t)(next() % 1000);
    }
}

static bool report(void)
{
    bool ok = true;
    for (unsigned k = 0; k < KINDS; k++) {
        unsigned found = 0, latest = 0;
        for (unsigned c = 0; c < COPIES; c++) {
            found += scans[k][c].found > 0;
            latest = scans[k][c].found > latest ? scans[k][c].found : latest;
        }
        printf("%-38s found %2u of %u, the latest at probe %2u of %u\n", kinds[k].name, found,
               COPIES, latest, kinds[k].by_probe);
        ok &= found == COPIES;
    }
    return ok;
}

int main(int argc, char **argv)
{
    read_options(argc, argv);
    long before = resident_mib();
    engine_open(&engine, memory_mib);
    plan();
    for (uint64_t i = 0; i < rate * seconds; i++) {
        int64_t t = START_MS + (int64_t)(i * 1000 / rate);
        observe(t, forged(), 0x0a640100 + (uint32_t)(next() % 200), (uint16_t)next(),
                EVIDENCE_DENIED);
        if (i % 64 == 0)
            probe(t);
    }
    struct detect_counters n = detect_counters(engine.detection);
    long used = resident_mib() - before;
    printf("%llu records of %llu forged sources a second: %llu groups, %llu pushed out, "
           "%llu starts, %ld of %llu MiB\n",
           (unsigned long long)n.observed, (unsigned long long)rate, (unsigned long long)n.groups,
           (unsigned long long)n.evicted_groups, (unsigned long long)n.alerts[ALERT_START], used,
           (unsigned long long)memory_mib);
    bool ok = report() && used <= (long)memory_mib + BESIDE_MIB;
    engine_close(&engine);
    return ok ? 0 : 1;
}
