/*
 * How fast the shipped detectors are: records a second on one core while so many groups are alive,
 * each record counted in some of them in an order that no cache knows. tool_groups [-l] [GROUPS
 * [RECORDS]], 1000000 groups and 2000000 records; `everyday`: of which one in seven is counted.
 * -l: the records that are counted as ASA lines on standard output, for `parapet replay`.
 */
#include "tests/tool_engine.h"

#include <getopt.h>

#define START_MS   INT64_C(1795262400000)
#define MEMORY_MIB 256

static struct engine engine;
static bool as_lines;
static uint64_t alerts;

static void on_alert_here(void *context, const struct alert *alert)
{
    (void)context;
    (void)alert;
    alerts++;
}

static void print_line(int64_t t, uint32_t src, uint32_t dst, unsigned port)
{
    time_t seconds = (time_t)(t / 1000);
    struct tm tm;
    char stamp[32];
    strftime(stamp, sizeof(stamp), "%b %d %Y %H:%M:%S", gmtime_r(&seconds, &tm));
    printf("<164>%s fw.example.com : %%ASA-4-106023: Deny tcp src %s:%u.%u.%u.%u/%u dst "
           "inside:%u.%u.%u.%u/%u by access-group \"outside_in\" [0x0, 0x0]\n",
           stamp, src >> 24 == 10 ? "inside" : "outside", src >> 24, src >> 16 & 255,
           src >> 8 & 255, src & 255, 32768 + src % 28000, dst >> 24, dst >> 16 & 255,
           dst >> 8 & 255, dst & 255, port);
}

/* One source's record, always the same but for its time. Inside, a source has five groups, outside three;
 * as many sources inside as make half of the groups. */
static void observe(uint64_t source, int64_t t, enum evidence evidence)
{
    bool inside = source % 8 < 3;
    uint32_t src = (inside ? 0x0a010000 : 0xc6120000) + (uint32_t)source;
    uint32_t dst = 0x0a640000 + (uint32_t)source % 200;
    uint16_t port = (uint16_t)(600 + source % 300);
    if (as_lines)
        print_line(t, src, dst, port);
    else
        detect_observe(engine.detection, engine_record(&engine, t, src, dst, port, evidence),
                       on_alert_here, NULL);
}

/* Every source has its turn each ten seconds of theirs: never enough for an alert about one. */
static double measure(uint64_t sources, uint64_t records, uint64_t counted_every)
{
    static int64_t tick;
    double begin = tool_cpu_s();
    uint64_t at = 0, step = sources / 2 + 1;
    while (step % 2 == 0 || step % 3 == 0 || step % 5 == 0 || step % 7 == 0)
        step++;
    for (uint64_t i = 0; i < records; i++) {
        at = (at + step * 7919) % sources;
        tick += 10000;
        observe(at, START_MS + tick / (int64_t)sources,
                i % counted_every ? EVIDENCE_NONE : EVIDENCE_DENIED);
    }
    return tool_cpu_s() - begin;
}

/* The groups are made first: one record of each source. */
static void set_up(uint64_t sources)
{
    for (uint64_t source = 0; source < sources; source++)
        observe(source, START_MS, EVIDENCE_DENIED);
}

static int rates(uint64_t groups, uint64_t sources, uint64_t records)
{
    engine_open(&engine, MEMORY_MIB);
    set_up(sources);
    double counted = measure(sources, records, 1), everyday = measure(sources, records, 7);
    struct detect_counters n = detect_counters(engine.detection);
    printf("groups=%llu evicted=%llu alerts=%llu counted=%.0f/s everyday=%.0f/s\n",
           (unsigned long long)n.groups, (unsigned long long)n.evicted_groups,
           (unsigned long long)alerts, (double)records / counted, (double)records / everyday);
    engine_close(&engine);
    return n.groups * 10 >= groups * 9 ? 0 : 1;
}

int main(int argc, char **argv)
{
    int o = getopt(argc, argv, "l");
    as_lines = o == 'l';
    argc -= optind - 1;
    argv += optind - 1;
    uint64_t groups = argc > 1 ? tool_number(argv[1], "GROUPS", 2000000) : 1000000;
    uint64_t records = argc > 2 ? tool_number(argv[2], "RECORDS", UINT32_MAX) : 2000000;
    uint64_t sources = groups * 8 / (3 * 5 + 5 * 3);
    if (o == '?' || argc > 3 || sources < 8)
        tool_fail("usage: tool_groups [-l] [GROUPS [RECORDS]]");
    if (!as_lines)
        return rates(groups, sources, records);
    set_up(sources);
    measure(sources, records, 1);
    return 0;
}
