/* The drawings of the report's page. Nothing in them comes from messages but numbers and times. */
#include <inttypes.h>
#include <math.h>

#include "server/report_page.h"
#include "server/words.h"

/* Where a plot's area lies in its drawing; all are in the drawing's own units. */
#define DAY_MS INT64_C(86400000)

#define PLOT_WIDTH 440
#define LEFT       44.0
#define RIGHT      418.0
#define TOP        30.0

#define CURVE_HEIGHT 250
#define CURVE_BOTTOM 206.0

#define TIME_HEIGHT     250
#define STARTS_BOTTOM   140.0
#define MESSAGES_TOP    162.0
#define MESSAGES_BOTTOM 206.0

static void text_at(FILE *out, const char *class, const char *anchor, double x, double y,
                    const char *text)
{
    fprintf(out, "<text class=\"%s\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>", class,
            anchor, x, y, text);
}

static void line(FILE *out, const char *class, double x1, double y1, double x2, double y2)
{
    fprintf(out, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", class, x1,
            y1, x2, y2);
}

/* ---- curves ---- */

struct scale {
    double low, high; /* of the thresholds */
    double decades;   /* of the counts */
};

static double x_of(const struct scale *s, int64_t at)
{
    double span = log((s->high) / s->low);
    return LEFT + 14 + (RIGHT - LEFT - 28) * (span > 0 ? log((double)at / s->low) / span : 0.5);
}

/* 0 has no logarithm: it lies on the axis, 1 a little above. */
static double y_of(const struct scale *s, uint64_t starts)
{
    double up = starts ? (log10((double)starts) + 0.5) / (s->decades + 0.5) : 0;
    return CURVE_BOTTOM - (CURVE_BOTTOM - TOP - 12) * up;
}

static struct scale scale_of(const struct curve *curves, unsigned count)
{
    struct scale s = {1e300, 0, 1};
    uint64_t most = 1;
    for (unsigned c = 0; c < count; c++)
        for (unsigned i = 0; i < curves[c].count; i++) {
            const struct curve_point *p = &curves[c].points[i];
            s.low = (double)p->at < s.low ? (double)p->at : s.low;
            s.high = (double)p->at > s.high ? (double)p->at : s.high;
            most = p->starts > most ? p->starts : most;
        }
    s.decades = fmax(1, ceil(log10((double)most) - 1e-9));
    return s;
}

static void draw_axes(FILE *out, const struct scale *s, const struct curve *curve)
{
    static const int64_t thresholds[] = {1,   5,    10,   20,   50,    100, 200,
                                         500, 1000, 2000, 5000, 10000, 0};
    static const int64_t windows[] = {DAY_MS, 7 * DAY_MS, 30 * DAY_MS, 0};
    char text[WORDS_MAX];
    uint64_t tick = 1;
    for (int d = 0; d <= (int)s->decades; d++, tick *= 10) {
        line(out, "grid", LEFT, y_of(s, tick), RIGHT, y_of(s, tick));
        text_at(out, "", "end", LEFT - 6, y_of(s, tick) + 4, words_number(text, tick));
    }
    line(out, "axis", LEFT, CURVE_BOTTOM, RIGHT, CURVE_BOTTOM);
    text_at(out, "", "end", LEFT - 6, CURVE_BOTTOM + 4, "0");
    const int64_t *ticks = curve->kind == CURVE_WINDOW ? windows : thresholds;
    for (; *ticks; ticks++) {
        double x = x_of(s, *ticks);
        if ((double)*ticks < s->low || (double)*ticks > s->high)
            continue;
        line(out, "axis", x, CURVE_BOTTOM, x, CURVE_BOTTOM + 4);
        text_at(out, "", "middle", x, CURVE_BOTTOM + 18, report_point_name(text, curve, *ticks));
    }
    text_at(out, "", "end", RIGHT, CURVE_HEIGHT - 6,
            curve->kind == CURVE_WINDOW ? "forgotten after" : "threshold");
}

static void draw_curve(FILE *out, const struct scale *s, const struct curve *curve, bool second)
{
    char text[WORDS_MAX];
    fprintf(out, "<polyline class=\"%s\" points=\"", second ? "two" : "one");
    for (unsigned i = 0; i < curve->count; i++)
        fprintf(out, "%.1f,%.1f ", x_of(s, curve->points[i].at), y_of(s, curve->points[i].starts));
    fputs("\"/>", out);
    for (unsigned i = 0; i < curve->count; i++) {
        const struct curve_point *p = &curve->points[i];
        double x = x_of(s, p->at), y = y_of(s, p->starts);
        if (second)
            fprintf(out, "<rect class=\"box\" x=\"%.1f\" y=\"%.1f\" width=\"8\" height=\"8\"/>",
                    x - 4, y - 4);
        else
            fprintf(out, "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"%s\"/>", x, y,
                    p->is_set ? "6" : "4.5");
        if (second)
            text_at(out, "sec", "start", x + 7, y + (y > CURVE_BOTTOM - 14 ? -6 : 15),
                    words_number(text, p->starts));
        else
            text_at(out, "val", "middle", x, y - 10, words_number(text, p->starts));
    }
}

/* What the drawing shows, for those who do not see it. */
static void describe(FILE *out, const struct curve *curves, unsigned count)
{
    char at[WORDS_MAX], starts[WORDS_MAX];
    fputs("<title>Alerts by threshold:", out);
    for (unsigned c = 0; c < count; c++) {
        fputs(curves[c].kind == CURVE_ALSO ? "; of also:" : "", out);
        for (unsigned i = 0; i < curves[c].count; i++)
            fprintf(out, "%s %s at %s%s", i ? "," : "",
                    words_number(starts, curves[c].points[i].starts),
                    report_point_name(at, &curves[c], curves[c].points[i].at),
                    curves[c].points[i].is_set ? " (set)" : "");
    }
    fputs("</title>", out);
}

void report_plot_curves(FILE *out, const struct curve *curves, unsigned count)
{
    struct scale s = scale_of(curves, count);
    char text[WORDS_MAX], label[WORDS_MAX + 8];
    fprintf(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\">", PLOT_WIDTH, CURVE_HEIGHT);
    describe(out, curves, count);
    draw_axes(out, &s, &curves[0]);
    for (unsigned i = 0; i < curves[0].count; i++) {
        if (!curves[0].points[i].is_set)
            continue;
        double x = x_of(&s, curves[0].points[i].at);
        const char *anchor = x > RIGHT - 40 ? "end" : x < LEFT + 40 ? "start" : "middle";
        line(out, "now", x, TOP - 8, x, CURVE_BOTTOM);
        snprintf(label, sizeof(label), "set: %s",
                 report_point_name(text, &curves[0], curves[0].points[i].at));
        text_at(out, "sel", anchor, x, TOP - 14, label);
    }
    for (unsigned c = count; c-- > 0;)
        draw_curve(out, &s, &curves[c], c > 0);
    fputs("</svg>", out);
}

/* ---- time ---- */

static uint64_t most_of(const uint64_t *bins, unsigned count)
{
    uint64_t most = 0;
    for (unsigned i = 0; i < count; i++)
        most = bins[i] > most ? bins[i] : most;
    return most;
}

static void draw_bars(FILE *out, const char *class, const uint64_t *bins, unsigned count,
                      double top, double bottom)
{
    double step = (RIGHT - LEFT) / count, most = (double)most_of(bins, count);
    for (unsigned i = 0; i < count; i++) {
        double height = bins[i] ? fmax(1.5, (bottom - top) * (double)bins[i] / most) : 0;
        if (bins[i])
            fprintf(out,
                    "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
                    class, LEFT + step * i, bottom - height, fmax(1, step * 0.86), height);
    }
}

void report_plot_time(FILE *out, const struct report *report, uint16_t row,
                      const struct page_time *time)
{
    uint64_t starts[PAGE_BINS], messages[PAGE_BINS];
    char text[WORDS_MAX], width[WORDS_MAX];
    report_times_bins(&report->times, row, time->from, time->width, time->bins, starts);
    report_times_bins(&report->times, TIMES_MESSAGES, time->from, time->width, time->bins,
                      messages);
    uint64_t most = most_of(starts, time->bins);
    words_duration(width, time->width);
    fprintf(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\"><title>Alerts over time: at most %s in ",
            PLOT_WIDTH, TIME_HEIGHT, words_number(text, most));
    fprintf(out, "%s</title>", width);
    line(out, "grid", LEFT, TOP, RIGHT, TOP);
    text_at(out, "", "end", LEFT - 6, TOP + 4, words_number(text, most));
    line(out, "axis", LEFT, STARTS_BOTTOM, RIGHT, STARTS_BOTTOM);
    text_at(out, "", "end", LEFT - 6, STARTS_BOTTOM + 4, "0");
    draw_bars(out, "hit", starts, time->bins, TOP, STARTS_BOTTOM);
    draw_bars(out, "flow", messages, time->bins, MESSAGES_TOP, MESSAGES_BOTTOM);
    line(out, "axis", LEFT, MESSAGES_BOTTOM, RIGHT, MESSAGES_BOTTOM);
    text_at(out, "", "start", LEFT, MESSAGES_TOP - 6, "all messages");
    fprintf(out, "<text x=\"%.1f\" y=\"%.1f\">alerts in %s</text>", LEFT, TOP - 14, width);
    text_at(out, "", "start", LEFT, MESSAGES_BOTTOM + 18, words_time(text, time->from));
    text_at(out, "", "end", RIGHT, MESSAGES_BOTTOM + 18,
            words_time(text, time->from + time->width * time->bins));
    fputs("</svg>", out);
}

void report_plot_strip(FILE *out, const uint64_t *bins, unsigned count, bool shaded)
{
    uint64_t most = most_of(bins, count);
    double top = log((double)most + 1);
    fprintf(out,
            "<svg viewBox=\"0 0 %u 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\" "
            "focusable=\"false\">",
            count);
    for (unsigned i = 0; i < count; i++) {
        double height =
            bins[i] ? shaded ? 10 : fmax(0.4, 10.0 * (double)bins[i] / (double)most) : 0;
        if (bins[i])
            fprintf(out,
                    "<rect class=\"%s\" x=\"%u\" y=\"%.2f\" width=\".92\" height=\"%.2f\" "
                    "opacity=\"%.2f\"/>",
                    shaded ? "hit" : "flow", i, 10 - height, height,
                    shaded ? 0.4 + 0.6 * log((double)bins[i] + 1) / top : 1.0);
    }
    fputs("</svg>", out);
}

void report_plot_bar(FILE *out, uint64_t value, uint64_t most)
{
    double width = most ? fmax(1, 100.0 * (double)value / (double)most) : 0;
    fprintf(out,
            "<svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\" "
            "focusable=\"false\"><rect class=\"hit\" width=\"%.1f\" height=\"10\"/></svg>",
            width);
}

void report_plot_parts(FILE *out, const uint64_t *parts, const uint8_t *colours, unsigned count)
{
    double total = 0, x = 0;
    for (unsigned i = 0; i < count; i++)
        total += (double)parts[i];
    fputs("<svg viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\" "
          "focusable=\"false\">",
          out);
    for (unsigned i = 0; i < count && total > 0; i++) {
        double width = 1000 * (double)parts[i] / total;
        if (parts[i])
            fprintf(out, "<rect class=\"part%u\" x=\"%.1f\" width=\"%.1f\" height=\"10\"/>",
                    colours[i], x, width);
        x += width;
    }
    fputs("</svg>", out);
}
