/* The page's head: how its text is escaped, and what the run was made of. */
#include "server/report_page.h"

#include <inttypes.h>

#include "parsers/text/utf8.h"
#include "server/words.h"

#define TOP_FILES   12
#define TOP_DEVICES 12
#define TOP_VENDORS 30

/* Whether a character controls the page or turns its text round: C0, C1, and Unicode's marks of
 * direction, by which a name could pretend to be another. `p` begins a valid sequence. */
static bool steers(const char *p, size_t len)
{
    const unsigned char *u = (const unsigned char *)p;
    if (len == 1)
        return u[0] < ' ' || u[0] == 0x7f;
    if (len == 2)
        return u[0] == 0xc2 && u[1] < 0xa0;
    return len == 3 && u[0] == 0xe2 &&
           ((u[1] == 0x80 && (u[2] == 0x8e || u[2] == 0x8f || (u[2] >= 0xa8 && u[2] <= 0xae))) ||
            (u[1] == 0x81 && u[2] >= 0xa6 && u[2] <= 0xa9));
}

void report_page_text(FILE *out, struct slice text)
{
    static const char *const escapes[128] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};
    for (const char *p = text.ptr, *end = slice_end(text); p < end;) {
        size_t len = utf8_sequence(p, end);
        if (len == 0 || steers(p, len))
            fputs(UTF8_REPLACEMENT, out);
        else if (len == 1 && escapes[(unsigned char)*p])
            fputs(escapes[(unsigned char)*p], out);
        else
            fwrite(p, 1, len, out);
        p += len ? len : 1;
    }
}

/* ---- tiles ---- */

static void tile(FILE *out, const char *name, const char *value, const char *note)
{
    fprintf(out, "<div><dt>%s</dt><dd>%s<small>%s</small></dd></div>", name, value, note);
}

void report_page_tiles(FILE *out, const struct report *report, const struct page_time *time)
{
    const struct counters *n = &report->pipeline->counters;
    uint64_t starts = 0, fired = 0;
    char value[WORDS_MAX], number[WORDS_MAX], note[2 * WORDS_MAX];
    for (unsigned i = 0; i < report->row_count; i++) {
        starts += report->rows[i].alerts[ALERT_START];
        fired += report->rows[i].alerts[ALERT_START] && !report->rows[i].is_own;
    }
    fputs("<dl class=\"tiles\">", out);
    snprintf(note, sizeof(note), "in %u file%s", report->file_count,
             report->file_count == 1 ? "" : "s");
    tile(out, "Messages", words_number(value, n->received), note);
    snprintf(note, sizeof(note), "%s messages", words_number(number, n->parsed));
    tile(out, "Understood", words_share(value, n->parsed, n->received), note);
    tile(out, "Time covered", time->known ? words_duration(value, time->last - time->first) : "-",
         "of the messages' own time");
    tile(out, "Devices", words_number(value, report->devices.count),
         report->devices.lost ? "and more" : "by name");
    if (time->known && time->last - time->first >= 86400000)
        snprintf(note, sizeof(note), "%.1f a day",
                 (double)starts * 86400000 / (double)(time->last - time->first));
    else
        snprintf(note, sizeof(note), "started");
    tile(out, "Alerts", words_number(value, starts), note);
    snprintf(note, sizeof(note), "of %u in force", report->rules->detector_count);
    tile(out, "Detectors that fired", words_number(value, fired), note);
    fputs("</dl>", out);
}

/* ---- parts ---- */

static void parts(FILE *out, const char *name, const char *const *names, const uint64_t *values,
                  const uint8_t *colours, unsigned count)
{
    char text[WORDS_MAX];
    uint64_t total = 0;
    for (unsigned i = 0; i < count; i++)
        total += values[i];
    fprintf(out, "<div class=\"parts\"><h4>%s</h4>", name);
    report_plot_parts(out, values, colours, count);
    fputs("<ul class=\"key\">", out);
    for (unsigned i = 0; i < count; i++)
        if (values[i])
            fprintf(out, "<li><i class=\"part%u\"></i>%s %s</li>", colours[i], names[i],
                    words_share(text, values[i], total));
    fputs(total ? "</ul></div>" : "<li>nothing</li></ul></div>", out);
}

static void all_parts(FILE *out, const struct report *report)
{
    static const char *const read[] = {"parsed", "malformed", "of a kind not read",
                                       "of no known vendor"};
    /* What went well is green, what is missing grey. */
    static const uint8_t of_read[] = {0, 1, 2, 3}, of_classes[REPORT_CLASSES] = {5, 0, 2, 4, 7};
    static const uint8_t of_evidence[EVIDENCE_COUNT + 1] = {
        [EVIDENCE_NONE] = 6,    [EVIDENCE_DENIED] = 1,  [EVIDENCE_NO_ANSWER] = 2,
        [EVIDENCE_REFUSED] = 3, [EVIDENCE_ABORTED] = 4, [EVIDENCE_DATA] = 0,
        [EVIDENCE_UNKNOWN] = 5, [EVIDENCE_COUNT] = 7};
    const struct counters *n = &report->pipeline->counters;
    const uint64_t status[] = {n->parsed, n->malformed, n->unknown, n->unclaimed};
    const char *evidence[EVIDENCE_COUNT + 1], *classes[REPORT_CLASSES];
    for (unsigned i = 0; i <= EVIDENCE_COUNT; i++)
        evidence[i] = report_evidence_name(i);
    for (unsigned i = 0; i < REPORT_CLASSES; i++)
        classes[i] = report_class_name(i);
    parts(out, "How the messages were read", read, status, of_read, 4);
    parts(out, "What the records prove about connections", evidence, report->evidence, of_evidence,
          EVIDENCE_COUNT + 1);
    parts(out, "From where to where", classes, report->classes, of_classes, REPORT_CLASSES);
}

/* ---- tables ---- */

/* Shaded by the share, so that what a source never says is seen as a hole. */
static void evidence_cell(FILE *out, uint64_t part, uint64_t whole)
{
    char text[WORDS_MAX];
    unsigned share = whole ? (unsigned)(part * 100 / whole) : 0;
    unsigned heat = part == 0 ? 0 : share < 5 ? 1 : share < 20 ? 2 : share < 50 ? 3 : 4;
    if (part == 0)
        fputs("<td class=\"zero\">–</td>", out);
    else
        fprintf(out, "<td class=\"h%u\">%s</td>", heat, words_share(text, part, whole));
}

static void evidence_table(FILE *out, const char *caption, const char *what,
                           const struct tally *tally, unsigned max)
{
    const struct tally_entry *top[TOP_VENDORS];
    char text[WORDS_MAX];
    uint32_t all;
    unsigned count = report_tally_top(tally, 0, max, top, &all);
    fprintf(
        out,
        "<div class=\"card\"><p class=\"soft small\">%s</p><div class=\"scroll\" tabindex=\"0\" "
        "role=\"region\" aria-label=\"%s\"><table><thead><tr><th scope=\"col\">%s</th>"
        "<th scope=\"col\">records</th>",
        caption, caption, what);
    for (unsigned e = 0; e <= EVIDENCE_COUNT; e++)
        fprintf(out, "<th scope=\"col\">%s</th>", report_evidence_name(e));
    fputs("</tr></thead><tbody>", out);
    for (unsigned i = 0; i < count; i++) {
        fputs("<tr><th scope=\"row\" class=\"wrap\"><bdi>", out);
        report_page_text(out, report_tally_text(top[i]));
        fprintf(out, "</bdi></th><td>%s</td>", words_number(text, top[i]->total));
        for (unsigned e = 0; e <= EVIDENCE_COUNT; e++)
            evidence_cell(out, top[i]->counts[e], top[i]->total);
        fputs("</tr>", out);
    }
    fputs("</tbody></table></div>", out);
    if (all > count)
        fprintf(out, "<p class=\"soft small\">%s more</p>", words_number(text, all - count));
    fputs("</div>", out);
}

void report_page_input(FILE *out, const struct report *report, const struct page_time *time)
{
    char text[WORDS_MAX];
    fputs("<h2 id=\"input\">What was read</h2><div class=\"card\">", out);
    all_parts(out, report);
    fputs("</div>", out);
    evidence_table(out,
                   "Evidence by vendor: a source that never proves a kind of evidence cannot "
                   "fire the detectors that count it",
                   "vendor and product", &report->vendors, TOP_VENDORS);
    evidence_table(out, "Evidence by device", "device", &report->devices, TOP_DEVICES);
    fputs("<details class=\"card\"><summary>Files</summary><ul>", out);
    for (unsigned i = 0; i < report->file_count && i < TOP_FILES; i++) {
        fputs("<li><code>", out);
        report_page_text(out, slice(report->files[i]));
        fputs("</code></li>", out);
    }
    if (report->file_count > TOP_FILES)
        fprintf(out, "<li>%u more</li>", report->file_count - TOP_FILES);
    fputs("</ul></details>", out);
    if (time->left_out)
        fprintf(out,
                "<p class=\"soft small\">The plots leave out %s messages whose time lies more than "
                "a day from all others.</p>",
                words_number(text, time->left_out));
}
