/* One row of PAN-OS' CSV while it is read: panos_row.c sets the record's fields by its columns. */
#pragma once

#include "parsers/panos_columns.h"
#include "parsers/parser.h"
#include "parsers/text/csv.h"

/* Columns of all types. */
#define PANOS_RECEIVED_AT 1
#define PANOS_SERIAL      2
#define PANOS_TYPE        3
#define PANOS_SUBTYPE     4
#define PANOS_GENERATED   6 /* when the log was written */

#define PANOS_LINK_SWITCHES 69 /* the links of an SD-WAN session, "{a,b}", with bare commas */
#define PANOS_YEAR_2000     INT64_C(946684800000) /* a firewall that has no time writes 1970 */

struct panos_type {
    struct slice name;
    const struct panos_columns *columns;
    uint8_t category;
    uint8_t precise; /* the column of the time with milliseconds and zone; 0: there is none */
    uint8_t least;   /* a row with fewer columns was cut off */
    uint8_t id;      /* what tells messages apart better than the subtype; 0: nothing does */
    void (*finish)(struct record *out, struct slice subtype);
};

struct panos_row {
    struct record *out;
    const struct syslog *header;
    struct csv csv;
    struct slice subtype;
    unsigned unread; /* a column to pass over; CSV_COLUMNS_MAX: none */
    /* Of rows that are walked through: the column of the precise time, and what stands in it. */
    unsigned precise_at;
    struct slice precise;
};

/* A column's text without the quotes around it. */
struct slice panos_text(struct record *out, struct slice raw);

/* What stands in the brackets of "SCAN: TCP Port Scan(8001)"; all of "52020". */
struct slice panos_threat_id(struct slice text);

/* Reads a column, without quotes, into the record; false: it is to be kept by name. */
bool panos_put(struct panos_row *row, const struct panos_column *column, struct slice text);

/* Keeps by name what could not be read so. */
void panos_keep(struct record *out, const struct panos_column *column, struct slice text);

/* Reads all columns that the table knows into the record. */
void panos_read(struct panos_row *row, const struct panos_columns *columns);

/* The text of the type's column, which begins within the first CSV_WINDOW bytes; false: it does not. */
static inline bool panos_named(struct slice row, struct slice *name)
{
    uint64_t commas = csv_commas(row), rest = commas & (commas - 1);
    if (!(rest & (rest - 1)))
        return false;
    csv_next(&rest);
    *name = slice_from(row, csv_next(&rest) + 1);
    *name = slice_first(*name, rest ? csv_next(&rest) - (size_t)(name->ptr - row.ptr)
                                    : slice_find(*name, ','));
    return true;
}

/* In panos.c: the type of that name, or NULL; the event's id and name, by its type; and what is left
 * to do when all columns are read. */
const struct panos_type *panos_type(struct slice name);
const struct panos_type *panos_type_nocase(struct slice name);
void panos_name(struct panos_row *row, struct slice type, struct slice id);
void panos_finish(struct panos_row *row, const struct panos_type *type);

/* The class id: the subtype, as in the vendor's own CEF, or what the type has that is better. Several
 * write a mere 0 there: then it is the type. */
struct slice panos_event(struct slice type, struct slice subtype);

/* "2026/11/21 08:56:00", with a fraction since 11.0, or RFC 3339 from the logging service. */
bool panos_stamp(struct slice text, const struct zone *zone, int64_t *ms);

/* In panos_walk.c: reads a row of the usual form; false: it is of another, and nothing was changed. */
bool panos_walk(const struct parse_context *context, const struct panos_front *front,
                struct slice body, struct record *out);

/* In panos_service.c: whether a row begins with its second column, and the row with what it lacks. */
bool panos_lacks_first(struct slice row);
struct slice panos_complete(struct record *out, struct slice row);
