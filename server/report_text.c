/* The report in columns, for a terminal. What comes from messages is printed without whatever would
 * steer one. */
#include "server/report.h"

#include <inttypes.h>

#include "parsers/text/utf8.h"
#include "server/words.h"

#define NAME_COLUMNS 34
#define TOP_DEVICES  10
#define TOP_VENDORS  20
#define TOP_GROUPS   10
#define WHEN_COLUMNS 60

/* Prints a text with '?' for what is no printable character, and blanks up to `columns`. */
static void print_text(FILE *out, struct slice text, unsigned columns)
{
    const char *p = text.ptr, *end = slice_end(text);
    unsigned printed = 0;
    for (; p < end; printed++) {
        size_t len = utf8_sequence(p, end);
        bool steers = len == 1 ? (unsigned char)*p < ' ' || *p == 0x7f
                               : len == 2 && *p == '\xc2' && (unsigned char)p[1] < 0xa0;
        if (len && !steers)
            fwrite(p, 1, len, out);
        else
            fputc('?', out);
        p += len ? len : 1;
    }
    fprintf(out, "%*s", printed < columns ? (int)(columns - printed) : 0, "");
}

static void print_number(FILE *out, int columns, uint64_t n)
{
    char text[WORDS_MAX];
    fprintf(out, "%*s", columns, words_number(text, n));
}

static void print_input(const struct report *report, FILE *out)
{
    const struct counters *n = &report->pipeline->counters;
    char text[WORDS_MAX], more[WORDS_MAX];
    int64_t from, to;
    uint64_t left_out;
    fprintf(out, "%-11s %u: ", "files", report->file_count);
    for (unsigned i = 0; i < report->file_count && i < TOP_DEVICES; i++) {
        fputs(i ? ", " : "", out);
        print_text(out, slice(report->files[i]), 0);
    }
    fputs(report->file_count > TOP_DEVICES ? ", ...\n" : "\n", out);
    fprintf(out, "%-11s %s: ", "messages", words_number(text, n->received));
    fprintf(out, "%s parsed (%s), ", words_number(text, n->parsed),
            words_share(more, n->parsed, n->received));
    fprintf(out, "%s unknown, ", words_number(text, n->unknown));
    fprintf(out, "%s malformed, ", words_number(text, n->malformed));
    fprintf(out, "%s of no known vendor\n", words_number(text, n->unclaimed));
    if (!report_times_range(&report->times, &from, &to, &left_out)) {
        fprintf(out, "%-11s no message was parsed\n", "time");
        return;
    }
    fprintf(out, "%-11s %s to ", "time", words_time(text, from));
    fprintf(out, "%s UTC, %s\n", words_time(text, to), words_duration(more, to - from));
    if (left_out)
        fprintf(out, "%-11s without %s messages that lie more than a day apart\n", "",
                words_number(text, left_out));
}

static void print_devices(const struct report *report, FILE *out)
{
    const struct tally_entry *top[TOP_DEVICES];
    char text[WORDS_MAX];
    uint32_t all;
    unsigned count = report_tally_top(&report->devices, 0, TOP_DEVICES, top, &all);
    fprintf(out, "%-11s %" PRIu32 "%s: ", "devices", all, report->devices.lost ? " or more" : "");
    for (unsigned i = 0; i < count; i++) {
        fputs(i ? ", " : "", out);
        print_text(out, report_tally_text(top[i]), 0);
        fprintf(out, " %s", words_number(text, top[i]->total));
    }
    fputs(all > count ? ", ...\n" : "\n", out);
    fprintf(out, "%-11s ", "classes");
    for (unsigned i = 0; i < REPORT_CLASSES; i++)
        fprintf(out, "%s%s %s", i ? ", " : "", report_class_name(i),
                words_share(text, report->classes[i], report->parsed));
    fputc('\n', out);
}

static void print_vendor(FILE *out, struct slice name, const uint64_t *counts, uint64_t total)
{
    char text[WORDS_MAX];
    print_text(out, name, NAME_COLUMNS);
    print_number(out, 13, total);
    for (unsigned e = 0; e <= EVIDENCE_COUNT; e++)
        fprintf(out, " %9s", counts[e] ? words_share(text, counts[e], total) : "-");
    fputc('\n', out);
}

static void print_evidence(const struct report *report, FILE *out)
{
    const struct tally_entry *top[TOP_VENDORS];
    uint32_t all;
    unsigned count = report_tally_top(&report->vendors, 0, TOP_VENDORS, top, &all);
    fprintf(out, "\n%-*s %12s", NAME_COLUMNS, "EVIDENCE BY VENDOR", "records");
    for (unsigned e = 0; e <= EVIDENCE_COUNT; e++)
        fprintf(out, " %9s", report_evidence_name(e));
    fputc('\n', out);
    for (unsigned i = 0; i < count; i++)
        print_vendor(out, report_tally_text(top[i]), top[i]->counts, top[i]->total);
    if (count != 1)
        print_vendor(out, slice("all"), report->evidence, report->parsed);
}

/* ---- the curves ---- */

/* One row of a table of curves; the cell of the threshold that is set stands in brackets. */
static void print_curve(const struct report *report, const struct curve *curve,
                        const struct curve *columns, FILE *out)
{
    const struct report_row *row = &report->rows[curve->detector];
    char text[WORDS_MAX], name[WORDS_MAX + 4];
    if (curve->kind == CURVE_ALSO) {
        snprintf(text, sizeof(text), "  also, the condition at %" PRIu64,
                 row->detector->tiers[0].gte);
        fprintf(out, "%-*s %8s %12s %8s", NAME_COLUMNS, text, "", "", "");
    } else {
        print_text(out, slice(row->detector->name), NAME_COLUMNS + 1);
        fprintf(out, "%8s ", words_duration(text, row->detector->timespan_ms));
        if (curve->kind == CURVE_NONE)
            fprintf(out, "%12s", "-"); /* its records are others' */
        else
            print_number(out, 12, row->matched);
        print_number(out, 9, row->alerts[ALERT_START]);
    }
    for (unsigned i = 0; i < curve->count; i++)
        if (curve->points[i].is_set)
            fprintf(out, " %8s", report_point_name(text, curve, curve->points[i].at));
    if (curve->kind == CURVE_NONE)
        fprintf(out, " %8" PRIu64, row->detector->tiers[0].gte);
    for (unsigned c = 0, i = 0; c < columns->count; c++) {
        if (curve->kind == CURVE_NONE) {
            fprintf(out, " %9s", "n/a ");
            continue;
        }
        while (i < curve->count && curve->points[i].at < columns->points[c].at)
            i++;
        words_number(text, curve->points[i].starts);
        snprintf(name, sizeof(name), curve->points[i].is_set ? "[%s]" : "%s ", text);
        fprintf(out, " %9s", name);
    }
    fputc('\n', out);
}

static void print_curves(const struct report *report, FILE *out, bool windows)
{
    const struct curve *columns = report_curves_usual(windows ? CURVE_WINDOW : CURVE_CONDITION);
    unsigned count, printed = 0;
    const struct curve *curves = report_curves_all(report->curves, &count);
    char text[WORDS_MAX];
    for (unsigned i = 0; i < count; i++) {
        if ((curves[i].kind == CURVE_WINDOW) != windows)
            continue;
        if (printed++ == 0) {
            fprintf(out, "\n%-*s %8s %12s %8s %8s", NAME_COLUMNS,
                    windows ? "ALERTS, BY WINDOW OF first_seen" : "ALERTS, BY THRESHOLD", "window",
                    "records", "alerts", "set");
            for (unsigned c = 0; c < columns->count; c++)
                fprintf(out, " %8s ", report_point_name(text, columns, columns->points[c].at));
            fputc('\n', out);
        }
        print_curve(report, &curves[i], columns, out);
    }
}

/* ---- one detector ---- */

/* When it fired: a character for each part of the time, darker for more. */
static void print_when(const struct report *report, unsigned index, FILE *out)
{
    static const char shades[] = " .:-=+*#%@";
    uint64_t bins[WHEN_COLUMNS], most = 0, left_out;
    int64_t from, to;
    unsigned n;
    char text[WORDS_MAX];
    if (!report_times_range(&report->times, &from, &to, &left_out))
        return;
    int64_t width = report_times_width(&from, to, WHEN_COLUMNS, &n);
    report_times_bins(&report->times, (uint16_t)index, from, width, n, bins);
    for (unsigned i = 0; i < n; i++)
        most = bins[i] > most ? bins[i] : most;
    fputs("  when  |", out);
    for (unsigned i = 0; i < n; i++)
        fputc(shades[bins[i] ? 1 + bins[i] * 8 / most : 0], out);
    fprintf(out, "| from %s, a column is ", words_time(text, from));
    fprintf(out, "%s, ", words_duration(text, width));
    fprintf(out, "@ is %s\n", words_number(text, most));
}

static void print_row(const struct report *report, const struct report_row *row, FILE *out)
{
    const struct tally_entry *top[TOP_GROUPS];
    unsigned index = (unsigned)(row - report->rows);
    uint32_t all;
    char text[WORDS_MAX], fields[64];
    if (row->alerts[ALERT_START] == 0)
        return;
    fputc('\n', out);
    print_text(out, slice(row->detector->name), 0);
    fputs(": ", out);
    print_text(out, slice(row->detector->title), 0);
    fprintf(out, "\n  alerts %s started, ", words_number(text, row->alerts[ALERT_START]));
    fprintf(out, "%s ongoing, ", words_number(text, row->alerts[ALERT_ONGOING]));
    fprintf(out, "%s ended; first ", words_number(text, row->alerts[ALERT_END]));
    fprintf(out, "%s, ", words_time(text, row->first_ms));
    fprintf(out, "last %s\n", words_time(text, row->last_ms));
    print_when(report, index, out);
    unsigned count = report_tally_top(&report->groups, (uint16_t)index, TOP_GROUPS, top, &all);
    report_group_fields(fields, sizeof(fields), row);
    fprintf(out, "  %12s %8s  %-16s  %s\n", "count", "starts", "first", fields);
    for (unsigned i = 0; i < count; i++) {
        snprintf(fields, sizeof(fields), "%s%s", top[i]->peak_estimated ? "~" : "",
                 words_number(text, top[i]->peak));
        fprintf(out, "  %12s", fields);
        print_number(out, 9, top[i]->counts[ALERT_START]);
        fprintf(out, "  %s  ", words_time(text, top[i]->first_ms));
        print_text(out, report_tally_text(top[i]), 0);
        fputc('\n', out);
    }
    if (all > count)
        fprintf(out, "  %s more\n", words_number(text, all - count));
}

void report_text(const struct report *report, FILE *out)
{
    char text[512], size[WORDS_MAX];
    const char *caveat;
    print_input(report, out);
    print_devices(report, out);
    print_evidence(report, out);
    print_curves(report, out, false);
    print_curves(report, out, true);
    fprintf(out,
            "\n[n] is what is set. An alert is a start. Counted by %u further engines of %s MiB.\n",
            report_curves_engines(report->curves),
            words_number(size, report->rules->settings->detection_memory >> 20));
    for (unsigned i = 0; (caveat = report_caveat(report, i, text, sizeof(text))); i++)
        fprintf(out, "Mind: %s\n", caveat);
    for (unsigned i = 0; i < report->row_count; i++)
        print_row(report, &report->rows[i], out);
}
