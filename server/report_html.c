/*
 * The report as a page: one file with its styles and drawings inside, no script, nothing fetched. It
 * forbids itself everything else, in case a text should get past the escaping.
 */
#include <inttypes.h>

#include "server/report_page.h"
#include "server/words.h"

#define TOP_GROUPS 10

static void put_text(FILE *out, const char *text)
{
    report_page_text(out, slice(text ? text : ""));
}

/* A name that may be broken after its underscores. */
static void put_name(FILE *out, const char *name)
{
    for (struct slice rest = slice(name); rest.len;) {
        size_t at = slice_find(rest, '_') + 1;
        report_page_text(out, slice_first(rest, at));
        rest = slice_from(rest, at);
        fputs(rest.len ? "<wbr>" : "", out);
    }
}

static const char *severity_name(unsigned severity)
{
    return severity <= 1   ? "informational"
           : severity <= 3 ? "low"
           : severity <= 6 ? "medium"
           : severity <= 8 ? "high"
                           : "critical";
}

/* ---- the table of thresholds ---- */

static void count_cell(FILE *out, const struct curve_point *p)
{
    char text[WORDS_MAX];
    uint64_t n = p->starts;
    unsigned heat = n == 0 ? 0 : n < 10 ? 1 : n < 100 ? 2 : n < 1000 ? 3 : 4;
    fprintf(out, "<td class=\"%s h%u%s\">%s</td>", n ? "some" : "zero", heat,
            p->is_set ? " set" : "", words_number(text, n));
}

static void name_cell(FILE *out, const struct report *report, const struct curve *curve)
{
    const struct report_row *row = &report->rows[curve->detector];
    fputs("<th scope=\"row\" class=\"name\">", out);
    if (curve->kind == CURVE_ALSO) {
        fprintf(out, "<small>its <code>also</code>, the condition staying at %" PRIu64 "</small>",
                row->detector->tiers[0].gte);
    } else {
        bool link = !report_is_silent(report, row);
        if (link)
            fprintf(out, "<a href=\"#d%u\">", curve->detector);
        put_name(out, row->detector->name);
        fputs(link ? "</a>" : "", out);
        fputs(row->matched || curve->kind == CURVE_NONE
                  ? ""
                  : "<small>no record meets its conditions</small>",
              out);
    }
    fputs("</th>", out);
}

static void curve_row(FILE *out, const struct report *report, const struct curve *curve)
{
    const struct report_row *row = &report->rows[curve->detector];
    const struct curve *usual = report_curves_usual(curve->kind);
    char text[WORDS_MAX];
    fputs("<tr>", out);
    name_cell(out, report, curve);
    if (curve->kind == CURVE_ALSO) {
        fputs("<td class=\"wide\"></td><td class=\"wide\"></td><td></td>", out);
    } else {
        fprintf(out, "<td class=\"wide\">%s</td>",
                words_duration(text, row->detector->timespan_ms));
        fprintf(out, "<td class=\"wide\">%s</td>",
                curve->kind == CURVE_NONE ? "–" : words_number(text, row->matched));
        fprintf(out, "<td><strong>%s</strong></td>", words_number(text, row->alerts[ALERT_START]));
    }
    for (unsigned i = 0; i < curve->count; i++)
        if (curve->points[i].is_set)
            fprintf(out, "<td class=\"wide\">%s</td>",
                    report_point_name(text, curve, curve->points[i].at));
    if (curve->kind == CURVE_NONE)
        fprintf(out,
                "<td class=\"wide\">%" PRIu64 "</td><td class=\"zero\" colspan=\"%u\">n/a</td>",
                row->detector->tiers[0].gte, usual->count);
    for (unsigned c = 0, i = 0; curve->count && c < usual->count; c++) {
        while (curve->points[i].at < usual->points[c].at)
            i++;
        count_cell(out, &curve->points[i]);
    }
    fputs("</tr>", out);
}

static void curve_table(FILE *out, const struct report *report, bool windows)
{
    const struct curve *usual = report_curves_usual(windows ? CURVE_WINDOW : CURVE_CONDITION);
    const char *caption = windows ? "Alerts, had what was seen been forgotten after another time"
                                  : "Alerts, had the threshold been another";
    unsigned count, rows = 0;
    const struct curve *curves = report_curves_all(report->curves, &count);
    char text[WORDS_MAX];
    for (unsigned i = 0; i < count; i++) {
        if ((curves[i].kind == CURVE_WINDOW) != windows)
            continue;
        if (rows++ == 0) {
            fprintf(out,
                    "<div class=\"card\"><p class=\"soft small\">%s. Framed: what is set, where it "
                    "has a column.</p>"
                    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table>"
                    "<thead><tr><th scope=\"col\">detector</th>"
                    "<th scope=\"col\" class=\"wide\">window</th>"
                    "<th scope=\"col\" class=\"wide\">records</th><th scope=\"col\">alerts</th>"
                    "<th scope=\"col\" class=\"wide\">set</th>",
                    caption, caption);
            for (unsigned c = 0; c < usual->count; c++)
                fprintf(out, "<th scope=\"col\"><span class=\"wide\">at </span>%s</th>",
                        report_point_name(text, usual, usual->points[c].at));
            fputs("</tr></thead><tbody>", out);
        }
        curve_row(out, report, &curves[i]);
    }
    if (rows)
        fputs("</tbody></table></div></div>", out);
}

/* ---- when ---- */

static void strip_row(FILE *out, const struct report *report, const struct page_time *time,
                      uint16_t row, uint64_t total)
{
    uint64_t bins[PAGE_BINS];
    char text[WORDS_MAX];
    bool messages = row == TIMES_MESSAGES;
    report_times_bins(&report->times, row, time->from, time->width, time->bins, bins);
    fputs("<div class=\"name\">", out);
    put_text(out, messages ? "all messages" : report->rows[row].detector->name);
    fprintf(out, "</div><div class=\"bins%s\">", messages ? " tall" : "");
    report_plot_strip(out, bins, time->bins, !messages);
    fprintf(out, "</div><div class=\"n\">%s</div>", words_number(text, total));
}

static void when(FILE *out, const struct report *report, const struct page_time *time)
{
    char text[WORDS_MAX];
    if (!time->known)
        return;
    fprintf(out,
            "<h2 id=\"when\">When they fired</h2><div class=\"card\"><p class=\"soft small\">A "
            "column is %s; the darker, the more of its row's alerts.</p><div class=\"strips\">",
            words_duration(text, time->width));
    strip_row(out, report, time, TIMES_MESSAGES, report->parsed);
    for (unsigned i = 0; i < report->row_count; i++)
        if (report->rows[i].alerts[ALERT_START])
            strip_row(out, report, time, (uint16_t)i, report->rows[i].alerts[ALERT_START]);
    fprintf(out, "<div class=\"name\"></div><div class=\"bins ends\"><span>%s</span>",
            words_time(text, time->from));
    fprintf(out, "<span>%s UTC</span></div><div class=\"n\"></div></div></div>",
            words_time(text, time->from + time->width * time->bins));
}

/* ---- one detector ---- */

static void groups(FILE *out, const struct report *report, const struct report_row *row)
{
    const struct tally_entry *top[TOP_GROUPS];
    uint16_t index = (uint16_t)(row - report->rows);
    char text[WORDS_MAX], fields[64];
    uint32_t all;
    unsigned count = report_tally_top(&report->groups, index, TOP_GROUPS, top, &all);
    if (count == 0)
        return;
    report_group_fields(fields, sizeof(fields), row);
    bool bars = top[0]->peak > 1; /* of first_seen all are 1: nothing to compare */
    fprintf(out,
            "<table><caption>Groups with the highest counts: %u of %s</caption><thead><tr>"
            "<th scope=\"col\" class=\"wrap\">%s</th>"
            "<th scope=\"col\">count</th><th scope=\"col\">starts</th>"
            "<th scope=\"col\" class=\"wrap\">first</th></tr></thead><tbody>",
            count, words_number(text, all), fields);
    for (unsigned i = 0; i < count; i++) {
        fputs("<tr><th scope=\"row\" class=\"wrap\"><div class=\"who\"><bdi><code>", out);
        report_page_text(out, report_tally_text(top[i]));
        fputs("</code></bdi>", out);
        if (bars)
            report_plot_bar(out, top[i]->peak, top[0]->peak);
        fprintf(out, "</div></th><td>%s%s</td>", top[i]->peak_estimated ? "~" : "",
                words_number(text, top[i]->peak));
        fprintf(out, "<td>%s</td>", words_number(text, top[i]->counts[ALERT_START]));
        fprintf(out, "<td class=\"wrap\">%s</td></tr>", words_time(text, top[i]->first_ms));
    }
    fputs("</tbody></table>", out);
}

static void facts(FILE *out, const struct report_row *row)
{
    char text[WORDS_MAX];
    fprintf(out, "<p class=\"soft small\">%s started, ",
            words_number(text, row->alerts[ALERT_START]));
    fprintf(out, "%s ongoing, ", words_number(text, row->alerts[ALERT_ONGOING]));
    fprintf(out, "%s ended", words_number(text, row->alerts[ALERT_END]));
    if (row->matched)
        fprintf(out, "; %s records meet its conditions", words_number(text, row->matched));
    if (row->alerts[ALERT_START]) {
        fprintf(out, "; first %s, ", words_time(text, row->first_ms));
        fprintf(out, "last %s UTC", words_time(text, row->last_ms));
    }
    fputs(".</p>", out);
}

static void meaning(FILE *out, const struct detector *d)
{
    if (!d->explanation && !d->next_steps)
        return;
    fputs("<details><summary>What it means and what to look at next</summary><p>", out);
    put_text(out, d->explanation);
    fputs("</p><p>", out);
    put_text(out, d->next_steps);
    fputs("</p></details>", out);
}

static void detector_card(FILE *out, const struct report *report, const struct report_row *row,
                          const struct page_time *time)
{
    const struct detector *d = row->detector;
    unsigned index = (unsigned)(row - report->rows), count;
    const struct curve *curves = report_curves_of(report, row, &count);
    unsigned severity = row->is_own ? 0 : d->tiers[0].severity;
    fprintf(out, "<section class=\"card\" id=\"d%u\"><div class=\"head\"><h3>", index);
    put_text(out, d->title);
    fputs("</h3><code class=\"soft\">", out);
    put_text(out, d->name);
    fputs("</code>", out);
    if (!row->is_own)
        fprintf(out, "<span class=\"badge %s\">%s</span>", severity_name(severity),
                severity_name(severity));
    fputs("</div>", out);
    facts(out, row);
    fputs("<div class=\"pair\">", out);
    if (count && curves->count) {
        fprintf(out, "<figure><figcaption>%s%s</figcaption>",
                curves->kind == CURVE_WINDOW ? "Alerts by the time after which it forgets"
                                             : "Alerts by threshold",
                count > 1 ? ": the condition, and dotted its also" : "");
        report_plot_curves(out, curves, count);
        fputs("</figure>", out);
    }
    if (time->known && row->alerts[ALERT_START]) {
        fputs("<figure><figcaption>Alerts over time</figcaption>", out);
        report_plot_time(out, report, (uint16_t)index, time);
        fputs("</figure>", out);
    }
    fputs("</div>", out);
    groups(out, report, row);
    meaning(out, d);
    fputs("</section>", out);
}

/* ---- the page ---- */

static void head(FILE *out)
{
    fprintf(out,
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
            "<meta http-equiv=\"Content-Security-Policy\" "
            "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
            "<meta name=\"referrer\" content=\"no-referrer\">"
            "<title>Parapet backtest</title>\n<style>%s</style></head>\n<body>"
            "<a class=\"skip\" href=\"#thresholds\">To the thresholds</a>",
            report_style);
}

static void caveats(FILE *out, const struct report *report)
{
    char text[512];
    const char *caveat;
    for (unsigned i = 0; (caveat = report_caveat(report, i, text, sizeof(text))); i++) {
        fputs(i ? "" : "<div class=\"card mind\"><ul>", out);
        fputs("<li>", out);
        put_text(out, caveat);
        fputs("</li>", out);
    }
    if (report_caveat(report, 0, text, sizeof(text)))
        fputs("</ul></div>", out);
}

static struct page_time time_of(const struct report *report)
{
    struct page_time time = {.known = false};
    time.known = report_times_range(&report->times, &time.first, &time.last, &time.left_out);
    time.from = time.first;
    if (time.known)
        time.width = report_times_width(&time.from, time.last, PAGE_BINS, &time.bins);
    return time;
}

void report_html(const struct report *report, FILE *out)
{
    struct page_time time = time_of(report);
    char text[WORDS_MAX];
    head(out);
    fputs("<header><h1>Parapet backtest</h1><p class=\"soft\">", out);
    if (time.known) {
        fprintf(out, "%s to ", words_time(text, time.first));
        fprintf(out, "%s UTC", words_time(text, time.last));
    } else {
        fputs("No message was parsed", out);
    }
    fputs("</p>", out);
    report_page_tiles(out, report, &time);
    fputs("</header>\n<main><h2 id=\"thresholds\">Thresholds</h2>", out);
    caveats(out, report);
    curve_table(out, report, false);
    curve_table(out, report, true);
    when(out, report, &time);
    fputs("<h2 id=\"detectors\">Detectors</h2>", out);
    for (unsigned i = 0; i < report->row_count; i++)
        if (!report_is_silent(report, &report->rows[i]))
            detector_card(out, report, &report->rows[i], &time);
    fputs("<p class=\"soft small\">Detectors that are not here told nothing, and would not have at "
          "any of the thresholds.</p>",
          out);
    report_page_input(out, report, &time);
    fprintf(out,
            "</main>\n<footer><p>An alert is the start of an episode. Every count is exact: copies "
            "of the detectors with other thresholds and without their tiers counted the same "
            "records, with the same windows, episodes and suppression, in %u further engines of %s "
            "MiB each. Times are the messages', UTC. Parapet " PARAPET_VERSION ".</p></footer>"
            "</body></html>\n",
            report_curves_engines(report->curves),
            words_number(text, report->rules->settings->detection_memory >> 20));
}
