/* One row of PAN-OS' CSV while it is read: panos_row.c sets the record's fields by its columns. */
#pragma once

#include "parsers/panos_columns.h"
#include "parsers/syslog.h"
#include "parsers/text/csv.h"

#define PANOS_GENERATED 6 /* the column of the time at which the log was written */

struct panos_row {
    struct record *out;
    const struct syslog *header;
    struct csv csv;
    struct slice subtype;
};

/* A column's text without the quotes around it. */
struct slice panos_text(struct record *out, struct slice raw);

/* Reads a column, without quotes, into the record; false: it is to be kept by name. */
bool panos_put(struct panos_row *row, const struct panos_column *column, struct slice text);

/* Reads all columns that the table knows into the record. */
void panos_read(struct panos_row *row, const struct panos_columns *columns);
