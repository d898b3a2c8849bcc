/*
 * parapet replay --report: what a run over files was made of, what each detector told, and what it
 * would have told with other thresholds. report.c collects, report_text.c prints, report_html.c
 * writes the page.
 */
#pragma once

#include <stdio.h>

#include "server/report_curves.h"
#include "server/report_tally.h"
#include "server/report_times.h"

#define REPORT_FILES_MAX   1000 /* named; more are counted */
#define REPORT_DEVICES_MAX 4096
#define REPORT_VENDORS_MAX 256
#define REPORT_GROUPS_MAX  65536 /* of all detectors together */
#define REPORT_ROWS_MAX    (DETECTOR_MAX + 4)
#define REPORT_CLASSES     5 /* the four of enum flow_class, and none */

/* A detector in force, or an alert of the engine's own: insight, detector_storm. */
struct report_row {
    const struct detector *detector;
    bool is_own;      /* the engine's own */
    uint64_t matched; /* records that meet `where` */
    uint64_t alerts[3];
    int64_t first_ms, last_ms; /* of the starts */
};

struct report {
    const struct rules *rules;
    const struct detection *detection;
    const struct pipeline *pipeline;
    struct curves *curves;
    const char *files[REPORT_FILES_MAX];
    unsigned file_count;
    uint64_t parsed; /* messages */
    uint64_t evidence[EVIDENCE_COUNT + 1], classes[REPORT_CLASSES];
    struct tally devices, vendors, groups;
    struct times times;
    struct report_row rows[REPORT_ROWS_MAX]; /* those of the rules first */
    unsigned row_count;
};

/* Borrows all three. False: no memory; report_close in any case. */
bool report_open(struct report *report, const struct rules *rules,
                 const struct detection *detection, const struct pipeline *pipeline);
void report_close(struct report *report);

/* A file that was read; its name is borrowed. */
void report_file(struct report *report, const char *name);

/* A message that was understood has been told: `r` is its record, and of no more use to anybody. */
void report_message(struct report *report, struct record *r);
void report_alert(struct report *report, const struct alert *alert);
void report_tick(struct report *report, int64_t now_ms);

/* What the outputs say alike. */

/* "10.1.0.66, 10.3.0.8" for group-by [src_ip, dst_ip]. */
void report_group_fields(char *out, size_t size, const struct report_row *row);
const char *report_class_name(unsigned class);
const char *report_evidence_name(unsigned evidence);
/* A threshold of a curve: "20", or of a window "7d". */
const char *report_point_name(char *out, const struct curve *curve, int64_t at);
/* The row's curves; *count of them. */
const struct curve *report_curves_of(const struct report *report, const struct report_row *row,
                                     unsigned *count);
/* Whether it told nothing, and would not have told anything at any threshold. */
bool report_is_silent(const struct report *report, const struct report_row *row);
/* What limits the figures, in sentences: each call gives the next, NULL after the last. */
const char *report_caveat(const struct report *report, unsigned index, char *out, size_t size);

/* The whole report, in columns. */
void report_text(const struct report *report, FILE *out);
/* The whole report as a page that needs nothing but itself. */
void report_html(const struct report *report, FILE *out);

/* Opens the page's file without touching what is in it. NULL after a sentence on standard error: it
 * cannot be written, or holds something that is no page. */
FILE *report_file_open(const char *path);
/* Writes the page and closes the file. False after a sentence on standard error. */
bool report_file_write(const struct report *report, FILE *file, const char *path);
