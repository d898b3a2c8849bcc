/*
 * Writes what the firewalls of a site log in a day or a week, with scans in it, and beside it what
 * should be found: flows_roles.h tells who lives there, flows_scans.h who scans, flows_truth.h what
 * the truth looks like. The same seed is the same flows in every vendor's words, in order of time.
 */
#include "tests/flows_lines.h"
#include "tests/flows_truth.h"

#include <getopt.h>

#define START 1772409600u /* 2026-03-02, a Monday, 0:00 */

static const char usage[] = "usage: tool_flows --as asa|panos|checkpoint|meraki [options]\n"
                            "  --hosts N     clients (5000); a fiftieth as many servers\n"
                            "  --days N      how long (7)\n"
                            "  --rate N      flows a day of a client (400); 0: nothing but scans\n"
                            "  --seed N      (1)\n"
                            "  --flood N     forged sources a second (300)\n"
                            "  --flood-seconds N   for how long, once a day (60)\n"
                            "  --no-scans    nothing but everyday business\n"
                            "  --truth FILE  what should be found";

static const struct vendor *vendor;
static const char *truth_path;
static uint64_t seed = 1;
static bool with_scans = true;

static void read_options(int argc, char **argv)
{
    static const struct option options[] = {{"as", required_argument, NULL, 'a'},
                                            {"hosts", required_argument, NULL, 'h'},
                                            {"days", required_argument, NULL, 'd'},
                                            {"rate", required_argument, NULL, 'r'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"flood", required_argument, NULL, 'f'},
                                            {"flood-seconds", required_argument, NULL, 'l'},
                                            {"no-scans", no_argument, NULL, 'n'},
                                            {"truth", required_argument, NULL, 't'},
                                            {NULL, 0, NULL, 0}};
    int option;
    site.hosts = 5000;
    site.days = 7;
    site.rate = 400;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'a':
            for (unsigned i = 0; i < VENDORS; i++)
                if (!strcmp(optarg, vendors[i].name))
                    vendor = &vendors[i];
            break;
        case 'h':
            site.hosts = (uint32_t)tool_number(optarg, "--hosts", 100000);
            break;
        case 'd':
            site.days = (uint32_t)tool_number(optarg, "--days", 250);
            break;
        case 'r':
            site.rate = (double)tool_number(optarg, "--rate", 1000000);
            break;
        case 's':
            seed = tool_number(optarg, "--seed", UINT64_MAX / 2);
            break;
        case 'f':
            flood_rate = (uint32_t)tool_number(optarg, "--flood", 1000000);
            break;
        case 'l':
            flood_seconds = (uint32_t)tool_number(optarg, "--flood-seconds", 86400);
            break;
        case 'n':
            with_scans = false;
            break;
        case 't':
            truth_path = optarg;
            break;
        default:
            tool_fail("%s", usage);
        }
    }
    if (!vendor || optind != argc)
        tool_fail("%s", usage);
    site.servers = site.hosts / 50 < 20 ? 20 : site.hosts / 50;
}

static void step(uint32_t index, uint32_t now)
{
    uint32_t next;
    if (index & 0x20000000) {
        next = scan_step(&scans[index & 0x1fffffff], now);
    } else {
        struct host *h = &hosts[index];
        next = now + roles[h->role].step(h, now);
    }
    if (next)
        queue_put(next, DUE_STEP, index);
}

static void line_due(uint32_t slot, enum due due, uint32_t now)
{
    const struct flow *f = &flows[slot];
    uint8_t sees = line_write(vendor, f, due, now);
    if (sees)
        truth_note(f, now, sees);
    if (due == DUE_OPEN)
        queue_put(now + f->seconds, DUE_END, slot);
    else
        flow_release(slot);
}

int main(int argc, char **argv)
{
    FILE *truth = NULL;
    read_options(argc, argv);
    if (truth_path && !(truth = fopen(truth_path, "w")))
        tool_fail("%s: %s", truth_path, strerror(errno));
    random_state = seed;
    paint_state = ~seed;
    if (with_scans)
        scans_plan(START, truth);
    if (site.rate > 0)
        hosts_settle(START, truth);
    while (queue_count && queue[0].at < START + site.days * 86400) {
        struct event e = queue_take();
        uint32_t index = e.what & 0x3fffffff;
        if (e.what >> 30 == DUE_STEP)
            step(index, e.at);
        else
            line_due(index, (enum due)(e.what >> 30), e.at);
    }
    put_flush();
    if (truth) {
        truth_write(truth);
        if (fclose(truth))
            tool_fail("%s: %s", truth_path, strerror(errno));
    }
    fprintf(stderr, "lines=%llu\n", (unsigned long long)lines_written);
    return fflush(stdout) ? 1 : 0;
}
