/* Counts what goes by: messages by where they come from and what they prove, alerts by their groups. */
#include "server/report.h"

#include <inttypes.h>

#include "detect/alert_text.h"
#include "server/words.h"

#define SEPARATOR ", "

bool report_open(struct report *report, const struct rules *rules,
                 const struct detection *detection, const struct pipeline *pipeline)
{
    *report = (struct report){.rules = rules, .detection = detection, .pipeline = pipeline};
    for (unsigned i = 0; i < rules->detector_count; i++)
        report->rows[report->row_count++] =
            (struct report_row){.detector = &rules->detectors[i], .first_ms = INT64_MAX};
    report->curves = report_curves_new(rules);
    return report->curves && report_tally_init(&report->devices, REPORT_DEVICES_MAX) &&
           report_tally_init(&report->vendors, REPORT_VENDORS_MAX) &&
           report_tally_init(&report->groups, REPORT_GROUPS_MAX) &&
           report_times_init(&report->times);
}

void report_close(struct report *report)
{
    report_curves_free(report->curves);
    report_tally_close(&report->devices);
    report_tally_close(&report->vendors);
    report_tally_close(&report->groups);
    report_times_close(&report->times);
    report->curves = NULL;
}

void report_file(struct report *report, const char *name)
{
    if (report->file_count < REPORT_FILES_MAX)
        report->files[report->file_count] = name;
    report->file_count++;
}

static unsigned class_of(const struct record *r)
{
    uint32_t class = record_class(r);
    return class ? (unsigned)__builtin_ctz(class) : REPORT_CLASSES - 1;
}

static void add_vendor(struct report *report, const struct record *r, unsigned evidence)
{
    char text[TALLY_TEXT_MAX];
    struct slice vendor = slice_first(RECORD_HAS(r, vendor) ? r->vendor : SLICE_NONE, 80);
    struct slice product = slice_first(RECORD_HAS(r, product) ? r->product : SLICE_NONE, 80);
    memcpy(text, vendor.ptr, vendor.len);
    text[vendor.len] = ' ';
    memcpy(text + vendor.len + 1, product.ptr, product.len);
    struct tally_entry *entry = report_tally_add(
        &report->vendors, 0, slice_trim(slice_make(text, vendor.len + 1 + product.len)), r->time);
    if (entry)
        entry->counts[evidence]++;
}

void report_message(struct report *report, struct record *r)
{
    report->parsed++;
    unsigned evidence = RECORD_HAS(r, evidence) ? r->evidence : EVIDENCE_COUNT;
    report->evidence[evidence]++;
    report->classes[class_of(r)]++;
    report_times_add(&report->times, TIMES_MESSAGES, r->time);
    struct slice host = RECORD_HAS(r, host) ? r->host : slice("(no name)");
    struct tally_entry *device = report_tally_add(&report->devices, 0, host, r->time);
    if (device)
        device->counts[evidence]++;
    add_vendor(report, r, evidence);
    for (uint64_t mask = detect_matching(report->detection, r); mask; mask &= mask - 1)
        report->rows[__builtin_ctzll(mask)].matched++;
    report_curves_observe(report->curves, r);
}

void report_tick(struct report *report, int64_t now_ms)
{
    report_curves_tick(report->curves, now_ms);
}

static struct report_row *row_of(struct report *report, const struct detector *detector)
{
    for (unsigned i = 0; i < report->row_count; i++)
        if (report->rows[i].detector == detector)
            return &report->rows[i];
    if (report->row_count == REPORT_ROWS_MAX)
        return NULL;
    struct report_row *row = &report->rows[report->row_count++];
    *row = (struct report_row){.detector = detector, .is_own = true, .first_ms = INT64_MAX};
    return row;
}

/* The group's values in one text; the engine's own alerts name the field too, it is not always the
 * same. */
static size_t group_text(char out[TALLY_TEXT_MAX], const struct alert *alert, bool name_fields)
{
    size_t len = 0;
    for (unsigned i = 0; i < alert->group_count; i++) {
        int n = snprintf(out + len, TALLY_TEXT_MAX - len, "%s%s%s%s", i ? SEPARATOR : "",
                         name_fields ? alert->group[i].name : "", name_fields ? " " : "",
                         alert->group[i].text);
        if (n < 0 || (size_t)n >= TALLY_TEXT_MAX - len)
            return TALLY_TEXT_MAX - 1;
        len += (size_t)n;
    }
    return len;
}

void report_alert(struct report *report, const struct alert *alert)
{
    char text[TALLY_TEXT_MAX];
    struct report_row *row = row_of(report, alert->detector);
    if (!row)
        return;
    uint16_t index = (uint16_t)(row - report->rows);
    row->alerts[alert->phase]++;
    size_t len = group_text(text, alert, row->is_own);
    struct tally_entry *entry =
        report_tally_add(&report->groups, index, slice_make(text, len), alert->time_ms);
    if (entry) {
        entry->counts[alert->phase]++;
        if (alert->count > entry->peak) {
            entry->peak = alert->count;
            entry->peak_estimated = alert->count_estimated;
        }
    }
    if (alert->phase != ALERT_START)
        return;
    row->first_ms = alert->time_ms < row->first_ms ? alert->time_ms : row->first_ms;
    row->last_ms = row->alerts[ALERT_START] == 1 || alert->time_ms > row->last_ms ? alert->time_ms
                                                                                  : row->last_ms;
    report_times_add(&report->times, index, alert->time_ms);
}

/* ---- what the outputs say alike ---- */

void report_group_fields(char *out, size_t size, const struct report_row *row)
{
    size_t len = 0;
    snprintf(out, size, "%s", row->is_own ? "about" : "");
    for (unsigned i = 0; i < row->detector->group_count && len < size; i++)
        len += (size_t)snprintf(out + len, size - len, "%s%s", i ? SEPARATOR : "",
                                alert_field_name(row->detector->group_by[i]));
}

const char *report_class_name(unsigned class)
{
    static const char *const names[REPORT_CLASSES] = {"int_int", "int_ext", "ext_int", "ext_ext",
                                                      "no addresses"};
    return names[class];
}

const char *report_evidence_name(unsigned evidence)
{
    return evidence < EVIDENCE_COUNT ? record_word(KIND_EVIDENCE, evidence) : "not set";
}

const char *report_point_name(char *out, const struct curve *curve, int64_t at)
{
    return curve->kind == CURVE_WINDOW ? words_duration(out, at) : words_number(out, (uint64_t)at);
}

const struct curve *report_curves_of(const struct report *report, const struct report_row *row,
                                     unsigned *count)
{
    unsigned all, index = (unsigned)(row - report->rows), first = 0;
    const struct curve *curves = report_curves_all(report->curves, &all);
    *count = 0;
    if (row->is_own)
        return NULL;
    while (first < all && curves[first].detector != index)
        first++;
    while (first + *count < all && curves[first + *count].detector == index)
        ++*count;
    return *count ? &curves[first] : NULL;
}

bool report_is_silent(const struct report *report, const struct report_row *row)
{
    unsigned count;
    const struct curve *curves = report_curves_of(report, row, &count);
    uint64_t starts = row->alerts[ALERT_START];
    for (unsigned i = 0; i < count; i++)
        for (unsigned p = 0; p < curves[i].count; p++)
            starts += curves[i].points[p].starts;
    return starts == 0;
}

/* The windows of first_seen are of no use beyond the time that was read. */
static bool windows_exceed(const struct report *report, int64_t *span)
{
    int64_t from, to;
    uint64_t left_out;
    unsigned count;
    const struct curve *curves = report_curves_all(report->curves, &count);
    *span = report_times_range(&report->times, &from, &to, &left_out) ? to - from : 0;
    for (unsigned i = 0; *span && i < count; i++)
        if (curves[i].kind == CURVE_WINDOW && curves[i].points[curves[i].count - 1].at > *span)
            return true;
    return false;
}

const char *report_caveat(const struct report *report, unsigned index, char *out, size_t size)
{
    struct detect_counters n = detect_counters(report->detection);
    char number[WORDS_MAX];
    int64_t span;
    if ((n.evicted_groups || n.refused_pairs || n.evicted_values) && index-- == 0)
        return "The detectors in force ran out of memory and forgot groups: raise memory: "
               "detection and run again.";
    if (report_curves_short(report->curves) && index-- == 0)
        return "The copies with other thresholds ran out of memory and forgot groups: their "
               "counts may be wrong. Raise memory: detection and run again.";
    if (n.late && index-- == 0) {
        snprintf(out, size,
                 "%s records were further behind than limits: lateness allows; give files in the "
                 "order of their times.",
                 words_number(number, n.late));
        return out;
    }
    if (n.storms && index-- == 0) {
        snprintf(out, size,
                 "%s starts came in storms and were told as detector_storm; the counts at other "
                 "thresholds include such starts.",
                 words_number(number, n.storms));
        return out;
    }
    if (windows_exceed(report, &span) && index-- == 0) {
        snprintf(out, size,
                 "The files span %s: for first_seen, longer windows all mean \"never before in "
                 "these files\".",
                 words_duration(number, span));
        return out;
    }
    if (report->groups.lost && index-- == 0) {
        snprintf(out, size,
                 "%s alerts of groups beyond the first %d are not in the lists of groups.",
                 words_number(number, report->groups.lost), REPORT_GROUPS_MAX);
        return out;
    }
    return NULL;
}
