/*
 * Time zones from TZif files (RFC 8536), all three versions. Reading does the work once: the
 * transitions, and what the POSIX rule of the footer makes of the 400 years after them, become one
 * sorted table of local times, so that a look-up is a binary search and nothing else. The Gregorian
 * calendar repeats after 400 years, weekdays included: later times are looked up that much earlier.
 */
#include "parsers/text/timestamp.h"

#include <stdlib.h>

#define HEADER_LEN      44
#define TRANSITIONS_MAX 20000
#define TYPES_MAX       256
#define CYCLE_YEARS     400
#define CYCLE_MS        (INT64_C(146097) * 86400000)
#define DAY_S           86400
#define TIME_MAX_S      (INT64_C(1) << 50) /* beyond it stands the big bang: cut there */
#define OFFSET_MAX_S    (26 * 3600)        /* RFC 8536 allows a little more than a day */
#define STEP_SHIFT      33                 /* 2^33 ms: a step of the index is 99 days */
#define STEPS           512                /* from 1970 on: 139 years */

struct zone {
    size_t count;
    bool repeats;       /* the last CYCLE_YEARS of the table go on for ever */
    int32_t initial_ms; /* the offset before the first change */
    int64_t *starts_ms; /* local times from which an offset holds, ascending */
    int32_t *offsets_ms;
    uint16_t before[STEPS + 1]; /* how many starts lie at or before a step's begin */
};

/* When a POSIX rule changes the clock, within any year. */
struct rule {
    enum { RULE_MONTH, RULE_JULIAN, RULE_DAY } form; /* Mm.w.d, Jn, n */
    int month, week, day;
    int time_s; /* local time of that day; may lie outside it */
};

struct posix_zone {
    bool has_dst;
    int std_s, dst_s; /* offsets, east positive */
    struct rule to_dst, to_std;
};

/* From `utc_s` on the offset holds. A gap counts as the old offset's, a repeated hour too: both
 * end where the later of the two clocks shows the change. */
static void add_change(struct zone *zone, int64_t utc_s, int32_t offset_s)
{
    size_t n = zone->count;
    int32_t offset = offset_s * 1000;
    int32_t before = n ? zone->offsets_ms[n - 1] : zone->initial_ms;
    int64_t start = utc_s * 1000 + (offset > before ? offset : before);
    if (n && start < zone->starts_ms[n - 1])
        start = zone->starts_ms[n - 1];
    zone->starts_ms[n] = start;
    zone->offsets_ms[n] = offset;
    zone->count = n + 1;
}

int64_t zone_to_utc(const struct zone *zone, int64_t local_ms)
{
    if (!zone)
        return local_ms;
    if (zone->count == 0)
        return local_ms - zone->initial_ms;
    int64_t wanted = local_ms;
    int64_t last = zone->starts_ms[zone->count - 1];
    if (zone->repeats && wanted > last)
        wanted -= ((wanted - last) / CYCLE_MS + 1) * CYCLE_MS;
    /* The last start that is not after `wanted`: within a step of the index there are one or two. */
    const int64_t *base = zone->starts_ms;
    size_t n = zone->count;
    uint64_t step = (uint64_t)wanted >> STEP_SHIFT;
    if (step < STEPS) {
        size_t first = zone->before[step] ? zone->before[step] - 1u : 0;
        base += first;
        n = zone->before[step + 1] - first;
    }
    while (n > 1) {
        size_t half = n / 2;
        base += base[half] <= wanted ? half : 0;
        n -= half;
    }
    if (*base > wanted)
        return local_ms - zone->initial_ms;
    return local_ms - zone->offsets_ms[base - zone->starts_ms];
}

/* The footer: "CET-1CEST,M3.5.0,M10.5.0/3" or "<+03>-3". */
static void skip_name(struct cursor *c)
{
    if (cursor_try(c, "<")) {
        cursor_until(c, '>');
        return;
    }
    size_t len = 0;
    while (len < c->rest.len && ((c->rest.ptr[len] | 32) >= 'a' && (c->rest.ptr[len] | 32) <= 'z'))
        len++;
    if (len < 3)
        cursor_fail(c);
    else
        cursor_advance(c, len);
}

static int number_upto(struct cursor *c, int max)
{
    uint64_t value = cursor_number(c);
    if (value > (uint64_t)max)
        cursor_fail(c);
    return c->bad ? 0 : (int)value;
}

/* "[+-]hh[:mm[:ss]]" in seconds; hours may exceed a day by RFC 8536 section 3.3.1. */
static int read_duration(struct cursor *c, int hours_max)
{
    int sign = cursor_try(c, "-") ? -1 : 1;
    if (sign > 0)
        cursor_try(c, "+");
    int seconds = number_upto(c, hours_max) * 3600;
    if (cursor_try(c, ":"))
        seconds += number_upto(c, 59) * 60;
    if (cursor_try(c, ":"))
        seconds += number_upto(c, 59);
    return sign * seconds;
}

static struct rule read_rule(struct cursor *c)
{
    struct rule r = {RULE_DAY, 0, 0, 0, 2 * 3600};
    cursor_expect(c, ",");
    if (cursor_try(c, "M")) {
        r.form = RULE_MONTH;
        r.month = number_upto(c, 12);
        cursor_expect(c, ".");
        r.week = number_upto(c, 5);
        cursor_expect(c, ".");
        r.day = number_upto(c, 6);
        if (r.month == 0 || r.week == 0)
            cursor_fail(c);
    } else if (cursor_try(c, "J")) {
        r.form = RULE_JULIAN;
        r.day = number_upto(c, 365);
        if (r.day == 0)
            cursor_fail(c);
    } else {
        r.day = number_upto(c, 365);
    }
    if (cursor_try(c, "/"))
        r.time_s = read_duration(c, 167);
    return r;
}

static bool read_footer(struct slice text, struct posix_zone *out)
{
    struct cursor c = cursor_over(text);
    skip_name(&c);
    out->std_s = -read_duration(&c, 24);
    out->has_dst = !c.bad && !cursor_at_end(&c);
    if (!out->has_dst)
        return !c.bad;
    skip_name(&c);
    out->dst_s = out->std_s + 3600;
    if (cursor_peek(&c) != ',')
        out->dst_s = -read_duration(&c, 24);
    out->to_dst = read_rule(&c);
    out->to_std = read_rule(&c);
    return !c.bad && cursor_at_end(&c);
}

/* The local second, of the clock before the change, at which the rule strikes in a year. */
static int64_t rule_second(const struct rule *r, int year)
{
    int64_t first = timestamp_days(year, 1, 1), day;
    if (r->form == RULE_MONTH) {
        int64_t month = timestamp_days(year, r->month, 1);
        int64_t next =
            r->month == 12 ? timestamp_days(year + 1, 1, 1) : timestamp_days(year, r->month + 1, 1);
        int weekday = (int)(((month + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
        day = month + (r->day - weekday + 7) % 7 + (r->week - 1) * 7;
        while (day >= next)
            day -= 7;
    } else if (r->form == RULE_JULIAN) {
        bool leap = timestamp_days(year, 3, 1) - first == 60;
        day = first + r->day - 1 + (leap && r->day >= 60);
    } else {
        day = first + r->day;
    }
    return day * DAY_S + r->time_s;
}

/* The rule's changes after the last one of the file, for a whole cycle. */
static void add_footer(struct zone *zone, const struct posix_zone *rules, int64_t after_s)
{
    if (!rules->has_dst) {
        int32_t now = zone->count ? zone->offsets_ms[zone->count - 1] : zone->initial_ms;
        if (now != rules->std_s * 1000)
            add_change(zone, after_s, rules->std_s);
        return;
    }
    int64_t earliest = timestamp_days(1900, 1, 1) * DAY_S;
    if (after_s > timestamp_days(3000, 1, 1) * DAY_S)
        return;
    int year = 1900;
    if (after_s > earliest)
        year += (int)((after_s - earliest) / DAY_S / 366);
    for (int end = year + CYCLE_YEARS + 4; year <= end; year++) {
        int64_t dst = rule_second(&rules->to_dst, year) - rules->std_s;
        int64_t std = rule_second(&rules->to_std, year) - rules->dst_s;
        bool dst_first = dst < std;
        if (dst_first && dst > after_s)
            add_change(zone, dst, rules->dst_s);
        if (std > after_s)
            add_change(zone, std, rules->std_s);
        if (!dst_first && dst > after_s)
            add_change(zone, dst, rules->dst_s);
    }
    zone->repeats = true;
}

/* The six counts of a file's header, in its order. */
struct counts {
    uint32_t isut, isstd, leap, time, type, chars;
};

static uint32_t read_u32(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static int64_t read_time(const char *p, size_t width)
{
    if (width == 4)
        return (int32_t)read_u32(p);
    int64_t t = (int64_t)((uint64_t)read_u32(p) << 32 | read_u32(p + 4));
    return t < -TIME_MAX_S ? -TIME_MAX_S : t > TIME_MAX_S ? TIME_MAX_S : t;
}

/* Takes a header. Leap seconds are refused: "right" zones count them, syslog does not. */
static bool take_header(struct cursor *c, struct counts *n, char *version)
{
    if (c->rest.len < HEADER_LEN || !slice_starts(c->rest, "TZif"))
        return false;
    const char *p = c->rest.ptr;
    *version = p[4];
    *n = (struct counts){read_u32(p + 20), read_u32(p + 24), read_u32(p + 28),
                         read_u32(p + 32), read_u32(p + 36), read_u32(p + 40)};
    cursor_advance(c, HEADER_LEN);
    return n->isut <= TYPES_MAX && n->isstd <= TYPES_MAX && n->leap == 0 &&
           n->time <= TRANSITIONS_MAX && n->type <= TYPES_MAX && n->chars <= 65536;
}

static size_t block_len(const struct counts *n, size_t width)
{
    return (size_t)n->time * (width + 1) + (size_t)n->type * 6 + n->chars + n->isstd + n->isut;
}

/* The offset of a type, checked. */
static bool type_offset(const char *types, const struct counts *n, unsigned type, int32_t *out)
{
    if (type >= n->type)
        return false;
    *out = (int32_t)read_u32(types + (size_t)type * 6);
    return *out >= -OFFSET_MAX_S && *out <= OFFSET_MAX_S;
}

static bool read_block(struct zone *zone, const char *p, const struct counts *n, size_t width,
                       int64_t *last_s)
{
    const char *indices = p + (size_t)n->time * width;
    const char *types = indices + n->time;
    int32_t offset;
    if (!type_offset(types, n, 0, &offset))
        return false;
    zone->initial_ms = offset * 1000;
    *last_s = -TIME_MAX_S;
    for (uint32_t i = 0; i < n->time; i++) {
        int64_t at = read_time(p + i * width, width);
        if ((i && at <= *last_s) || !type_offset(types, n, (unsigned char)indices[i], &offset))
            return false;
        *last_s = at;
        add_change(zone, at, offset);
    }
    return true;
}

static struct zone *zone_alloc(size_t changes)
{
    struct zone *zone = calloc(1, sizeof(*zone));
    if (!zone)
        return NULL;
    zone->starts_ms = calloc(changes, sizeof(*zone->starts_ms));
    zone->offsets_ms = calloc(changes, sizeof(*zone->offsets_ms));
    if (zone->starts_ms && zone->offsets_ms)
        return zone;
    zone_free(zone);
    return NULL;
}

static void build_index(struct zone *zone)
{
    size_t n = 0;
    for (uint64_t step = 0; step <= STEPS; step++) {
        while (n < zone->count && zone->starts_ms[n] <= (int64_t)(step << STEP_SHIFT))
            n++;
        zone->before[step] = (uint16_t)n;
    }
}

struct zone *zone_new(const void *bytes, size_t len)
{
    struct cursor c = cursor_over(slice_make(bytes, len));
    struct counts n;
    struct posix_zone rules;
    struct slice footer = SLICE_NONE;
    size_t width = 4;
    int64_t last_s;
    char version;

    if (!take_header(&c, &n, &version) || c.rest.len < block_len(&n, width))
        return NULL;
    if (version >= '2') {
        cursor_advance(&c, block_len(&n, width));
        width = 8;
        if (!take_header(&c, &n, &version) || c.rest.len < block_len(&n, width))
            return NULL;
        struct cursor tail = cursor_over(slice_from(c.rest, block_len(&n, width)));
        cursor_expect(&tail, "\n");
        footer = cursor_until(&tail, '\n');
        if (tail.bad || (footer.len && !read_footer(footer, &rules)))
            return NULL;
    }
    struct zone *zone = zone_alloc(n.time + 2 * (CYCLE_YEARS + 8));
    if (!zone)
        return NULL;
    if (!read_block(zone, c.rest.ptr, &n, width, &last_s)) {
        zone_free(zone);
        return NULL;
    }
    if (footer.len)
        add_footer(zone, &rules, last_s);
    build_index(zone);
    return zone;
}

void zone_free(struct zone *zone)
{
    if (!zone)
        return;
    free(zone->starts_ms);
    free(zone->offsets_ms);
    free(zone);
}
