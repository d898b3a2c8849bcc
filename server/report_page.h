/* What the files of the report's page share. Nobody else includes this. */
#pragma once

#include "server/report.h"

#define PAGE_BINS 96 /* at most, of a plot over time */

/* The time that the plots show. */
struct page_time {
    bool known;          /* false: there is none to show */
    int64_t first, last; /* of the messages */
    int64_t from, width; /* of the bins */
    unsigned bins;
    uint64_t left_out; /* messages that are not in the plots */
};

extern const char report_style[]; /* the style sheet */

/* Text that may come from anybody: escaped, and without characters that control or turn round. */
void report_page_text(FILE *out, struct slice text);

/* The figures in front, and the part about the input. */
void report_page_tiles(FILE *out, const struct report *report, const struct page_time *time);
void report_page_input(FILE *out, const struct report *report, const struct page_time *time);

/* Plots, each one an SVG drawing that says in words what it shows. */

/* A detector's curves over their thresholds, both axes logarithmic. */
void report_plot_curves(FILE *out, const struct curve *curves, unsigned count);
/* Starts over time above, messages over time below. */
void report_plot_time(FILE *out, const struct report *report, uint16_t row,
                      const struct page_time *time);
/* One row of bars as wide as there is room, without words; `shaded`: not high but dark. */
void report_plot_strip(FILE *out, const uint64_t *bins, unsigned count, bool shaded);
/* A bar for a value of which `most` is the longest. */
void report_plot_bar(FILE *out, uint64_t value, uint64_t most);
/* Parts of a whole; `colours` are the numbers of the style sheet's part0, part1 and so on. */
void report_plot_parts(FILE *out, const uint64_t *parts, const uint8_t *colours, unsigned count);
