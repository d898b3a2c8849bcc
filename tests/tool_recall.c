/*
 * Judges alerts (replay --format json --show alerts) by the truth that tool_flows wrote beside the
 * lines:
 *
 *   tool_recall TRUTH DETECTORS <ALERTS    a table: what each detector should have found and did
 *                                          find, and what each look-alike set off
 *   tool_recall --list <ALERTS             one line an alert: detector, group, phase, count
 *
 * DETECTORS is what `parapet detectors` prints: only those that are on are judged, and of those only
 * the ones that the truth knows. Exit 1: something was missed, late, repeated or wrongly told.
 */
#include "tests/tool.h"

#include <libfastjson/json.h>

#define NAME_MAX_LEN 64
#define GROUP_MAX    192
#define DETECTORS    128

struct expectation {
    char detector[NAME_MAX_LEN], group[GROUP_MAX], who[NAME_MAX_LEN];
    uint32_t start, needed, seen; /* seen: starts of that group */
    bool optional;
};

struct range {
    uint32_t first, last;
    bool scan;
    char name[NAME_MAX_LEN];
};

struct column {
    char name[NAME_MAX_LEN];
    bool known; /* to the truth */
    unsigned expected, found, wrong_time, repeated, wrong;
};

static struct expectation *expectations;
static struct range *ranges;
static struct column columns[DETECTORS];
static unsigned expectation_count, range_count, column_count;
static char (*blames)[2 * NAME_MAX_LEN]; /* "who<TAB>detector", one for each wrong alert */
static unsigned blame_count;

static void *grown(void *array, unsigned count, size_t size)
{
    if (count & (count - 1))
        return array;
    array = realloc(array, (count ? 2 * (size_t)count : 1) * size);
    if (!array)
        tool_fail("no memory");
    return array;
}

static struct column *column_of(const char *name)
{
    for (unsigned i = 0; i < column_count; i++)
        if (!strcmp(columns[i].name, name))
            return &columns[i];
    return NULL;
}

static void read_detectors(const char *path)
{
    char line[1024], name[NAME_MAX_LEN], on[8];
    FILE *file = fopen(path, "r");
    if (!file)
        tool_fail("%s: %s", path, strerror(errno));
    while (fgets(line, sizeof(line), file))
        if (sscanf(line, "%63s %7s", name, on) == 2 && !strcmp(on, "on") &&
            column_count < DETECTORS)
            strcpy(columns[column_count++].name, name);
    fclose(file);
}

static uint32_t ipv4(const char *text)
{
    struct in_addr a;
    return inet_pton(AF_INET, text, &a) == 1 ? ntohl(a.s_addr) : 0;
}

static int by_detector_and_group(const void *x, const void *y)
{
    const struct expectation *a = x, *b = y;
    int order = strcmp(a->detector, b->detector);
    order = order ? order : strcmp(a->group, b->group);
    return order ? order : a->start < b->start ? -1 : a->start > b->start;
}

static bool same_group(const struct expectation *a, const struct expectation *b)
{
    return !strcmp(a->detector, b->detector) && !strcmp(a->group, b->group);
}

/* Two rules of one detector may hold for a group: the one that holds first counts. */
static void expectations_sort(void)
{
    unsigned n = 0;
    qsort(expectations, expectation_count, sizeof(*expectations), by_detector_and_group);
    for (unsigned i = 0; i < expectation_count; i++)
        if (n == 0 || !same_group(&expectations[i], &expectations[n - 1]))
            expectations[n++] = expectations[i];
    expectation_count = n;
    for (unsigned i = 0; i < n; i++)
        column_of(expectations[i].detector)->expected += !expectations[i].optional;
}

static void expect(const struct expectation *e)
{
    if (!column_of(e->detector))
        return;
    expectations = grown(expectations, expectation_count, sizeof(*expectations));
    expectations[expectation_count++] = *e;
}

static void read_truth(const char *path)
{
    char line[1024], kind[8], first[32], last[32];
    FILE *file = fopen(path, "r");
    if (!file)
        tool_fail("%s: %s", path, strerror(errno));
    while (fgets(line, sizeof(line), file)) {
        struct expectation e = {.seen = 0};
        struct range r;
        if (sscanf(line, "%7s\t%31[0-9.]\t%31[0-9.]\t%63[^\n]", kind, first, last, r.name) == 4) {
            r.scan = !strcmp(kind, "scan");
            r.first = ipv4(first);
            r.last = ipv4(last);
            ranges = grown(ranges, range_count, sizeof(*ranges));
            ranges[range_count++] = r;
        } else if (sscanf(line, "rule\t%63s", e.detector) == 1) {
            if (column_of(e.detector))
                column_of(e.detector)->known = true;
        } else if (sscanf(line, "expect\t%63s\t%191s\t%u\t%u\t%*u\t%*u\t%*u\t%*u\t%63[^\n]",
                          e.detector, e.group, &e.start, &e.needed, e.who) == 5) {
            expect(&e);
        } else if (sscanf(line, "may\t%63s\t%191s", e.detector, e.group) == 2) {
            e.optional = true;
            e.start = UINT32_MAX;
            expect(&e);
        }
    }
    fclose(file);
    expectations_sort();
}

/* ---- alerts */

static const char *text_of(fjson_object *alert, const char *key)
{
    fjson_object *value = NULL;
    return fjson_object_object_get_ex(alert, key, &value) ? fjson_object_get_string(value) : "";
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* "dst_ip=10.1.2.3,src_ip=10.1.2.4": by name. */
static void group_text(fjson_object *alert, char group[GROUP_MAX])
{
    char members[8][GROUP_MAX / 2];
    size_t n = 0, len = 0;
    fjson_object *object = NULL;
    group[0] = '\0';
    if (!fjson_object_object_get_ex(alert, "group", &object))
        return;
    struct fjson_object_iterator it = fjson_object_iter_begin(object);
    struct fjson_object_iterator end = fjson_object_iter_end(object);
    for (; n < 8 && !fjson_object_iter_equal(&it, &end); fjson_object_iter_next(&it))
        snprintf(members[n++], sizeof(members[0]), "%s=%s", fjson_object_iter_peek_name(&it),
                 fjson_object_get_string(fjson_object_iter_peek_value(&it)));
    qsort(members, n, sizeof(members[0]), by_text);
    for (size_t i = 0; i < n && len < GROUP_MAX; i++)
        len += (size_t)snprintf(group + len, GROUP_MAX - len, "%s%s", i ? "," : "", members[i]);
}

/* "2026-03-02T09:00:00.000Z" as seconds; fractions count as the next second, for none are due. */
static uint32_t seconds_of(const char *iso)
{
    struct tm t = {0};
    const char *rest = strptime(iso, "%Y-%m-%dT%H:%M:%S", &t);
    return rest ? (uint32_t)timegm(&t) + (strncmp(rest, ".000Z", 5) != 0) : 0;
}

static const struct range nobody = {.name = "nobody we know"};

/* Whose the group is: the source's, where there is one in it. */
static const struct range *owner_of(const char *group)
{
    const char *at = strstr(group, "src_ip=");
    char text[32] = "";
    at = at ? at : strstr(group, "dst_ip=");
    if (!at || sscanf(at + 7, "%31[0-9.]", text) != 1)
        return &nobody;
    uint32_t a = ipv4(text);
    for (unsigned i = 0; i < range_count; i++)
        if (a >= ranges[i].first && a <= ranges[i].last)
            return &ranges[i];
    return &nobody;
}

static void blame(const char *detector, const char *group)
{
    const char *who = owner_of(group)->name;
    blames = grown(blames, blame_count, sizeof(*blames));
    snprintf(blames[blame_count++], sizeof(*blames), "%s\t%s", who, detector);
    fprintf(stderr, "false: %s %s (%s)\n", detector, group, who);
}

static void judge(fjson_object *alert)
{
    struct expectation key = {.seen = 0}, *e = NULL;
    const char *name = text_of(alert, "alert");
    struct column *column = column_of(name);
    if (strcmp(text_of(alert, "phase"), "start"))
        return;
    snprintf(key.detector, sizeof(key.detector), "%s", name);
    group_text(alert, key.group);
    for (unsigned i = 0; i < expectation_count && !e; i++)
        if (same_group(&expectations[i], &key))
            e = &expectations[i];
    if (!e) {
        /* Detectors that the truth does not know, and what follows from others, may speak of
         * scanners; not of anybody else. */
        const struct range *owner = owner_of(key.group);
        bool wrong = (column && column->known) || (owner != &nobody && !owner->scan);
        if (wrong)
            blame(name, key.group);
        if (column)
            column->wrong += wrong;
        return;
    }
    if (e->optional)
        return;
    column->found += e->seen == 0;
    column->repeated += e->seen++ > 0;
    if (e->needed != strtoul(text_of(alert, "threshold"), NULL, 10))
        return; /* another threshold than the truth's: no telling when */
    uint32_t at = seconds_of(text_of(alert, "time"));
    if (e->seen == 1 && at != e->start) {
        fprintf(stderr, "time: %s %s (%s) %d s off\n", name, key.group, e->who,
                (int)(at - e->start));
        column->wrong_time++;
    }
}

static void read_alerts(void (*each)(fjson_object *))
{
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        fjson_object *alert = fjson_tokener_parse(line);
        if (!alert)
            tool_fail("not JSON: %s", line);
        each(alert);
        fjson_object_put(alert);
    }
    free(line);
}

static void list(fjson_object *alert)
{
    char group[GROUP_MAX];
    group_text(alert, group);
    printf("%s %s %s %s\n", text_of(alert, "alert"), group, text_of(alert, "phase"),
           text_of(alert, "count"));
}

static unsigned print_detectors(void)
{
    unsigned bad = 0;
    printf("%-34s %8s %8s %8s %8s %8s %8s\n", "detector", "expected", "found", "missed", "off time",
           "repeated", "false");
    for (unsigned i = 0; i < column_count; i++) {
        const struct column *c = &columns[i];
        unsigned missed = c->expected - c->found;
        printf("%-34s %8u %8u %8u %8u %8u %8u%s\n", c->name, c->expected, c->found, missed,
               c->wrong_time, c->repeated, c->wrong, c->known ? "" : "   no truth");
        bad += missed + c->wrong_time + c->repeated + c->wrong;
    }
    for (unsigned i = 0; i < expectation_count; i++)
        if (!expectations[i].seen && !expectations[i].optional)
            fprintf(stderr, "missed: %s %s (%s) at %u\n", expectations[i].detector,
                    expectations[i].group, expectations[i].who, expectations[i].start);
    return bad;
}

/* Every look-alike with what it set off, and the scans that set off what they should not. */
static void print_lookalikes(void)
{
    printf("\n%-34s %8s\n", "look-alike", "alerts");
    for (unsigned i = 0; i < range_count; i++) {
        unsigned n = 0, before = 0;
        for (unsigned j = 0; j < i; j++)
            before += !strcmp(ranges[j].name, ranges[i].name);
        for (unsigned j = 0; j < blame_count; j++)
            n += !strncmp(blames[j], ranges[i].name, strlen(ranges[i].name)) &&
                 blames[j][strlen(ranges[i].name)] == '\t';
        if (!before && (!ranges[i].scan || n))
            printf("%-34s %8u\n", ranges[i].name, n);
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "--list")) {
        read_alerts(list);
        return 0;
    }
    if (argc != 3)
        tool_fail("usage: tool_recall TRUTH DETECTORS <ALERTS, or tool_recall --list <ALERTS");
    read_detectors(argv[2]);
    read_truth(argv[1]);
    read_alerts(judge);
    unsigned bad = print_detectors();
    print_lookalikes();
    /* What no column counts: alerts of no detector, such as an insight about a look-alike. */
    bad += blame_count;
    printf("\n%s\n", bad ? "not as it should be" : "all found, nothing else");
    free(expectations);
    free(ranges);
    free(blames);
    return bad ? 1 : 0;
}
