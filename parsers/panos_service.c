/*
 * Rows of PAN-OS without their first column. The logging service ("Strata", "Cortex Data Lake")
 * sends them so, by the columns one chooses there: at first all of them, without those that are
 * reserved. Relays that take the row's first number away leave the others as they are.
 *
 *   2026-11-20T08:12:04.000000Z,no-serial,TRAFFIC,end,10.2,2026-11-20T08:12:01.000000Z,10.1.20.31,...
 *   2026/11/20 08:12:04,012801000042,TRAFFIC,end,2561,2026/11/20 08:12:01,10.1.20.31,...
 *
 * https://docs.paloaltonetworks.com/strata-logging-service/log-reference ("EMAIL Fields": the order)
 */
#include "parsers/panos_row.h"

#define COUNT(table) (sizeof(table) / sizeof(table[0]))

enum {
    TYPE = 2, /* here */
    SUBTYPE = 3,
    MISSING_MAX = 24,
};

/* Columns of the firewall's row, besides the first, that the service's does not have, by type and
 * perhaps subtype; 0 ends them. */
static const struct {
    struct slice type, subtype;
    uint8_t missing[MISSING_MAX];
} orders[] = {
    {SLICE("TRAFFIC"), SLICE(""), {21, 28, 38, 40, 43}},
    {SLICE("THREAT"),
     SLICE("url"),
     {21, 28, 32, 37, 40, 43, 44, 47, 50, 51, 52, 53, 60, 72, 73, 103, 106, 108, 109}},
    {SLICE("THREAT"), SLICE("file"), {21, 28, 32, 37, 40, 41, 44, 45, 46, 47, 48,
                                      49, 50, 51, 52, 60, 63, 69, 72, 73, 74, 75}},
    {SLICE("THREAT"),
     SLICE(""),
     {21, 28, 33, 37, 40, 41, 46, 48, 49, 60, 63, 72, 73, 74, 75, 108, 109}},
    {SLICE("SYSTEM"), SLICE(""), {10, 11, 12, 16}},
};

/* "2026-11-20T08:12:04" or "2026/11/20 08:12:04". */
static bool is_stamp(struct slice text)
{
    static const char form[] = "0000-00-00T00:00:00";
    if (text.len < sizeof(form) - 1)
        return false;
    for (size_t i = 0; form[i]; i++) {
        char c = text.ptr[i];
        if (form[i] == '0'   ? (unsigned)(c - '0') > 9
            : form[i] == '-' ? c != '-' && c != '/'
            : form[i] == 'T' ? c != 'T' && c != ' '
                             : c != form[i])
            return false;
    }
    return true;
}

bool panos_lacks_first(struct slice row)
{
    uint64_t commas = csv_commas(row);
    if (!is_stamp(row) || !(commas & (commas - 1)))
        return false;
    csv_next(&commas);
    struct slice type = slice_from(row, csv_next(&commas) + 1);
    return panos_type(slice_first(type, slice_find(type, ','))) != NULL;
}

static const uint8_t *missing(struct slice row, const struct csv *csv)
{
    static const uint8_t none[] = {0};
    struct slice type = csv_raw(csv, TYPE), subtype = csv_raw(csv, SUBTYPE);
    if (row.ptr[10] != 'T') /* not the service's */
        return none;
    for (size_t i = 0; i < COUNT(orders); i++)
        if (slice_equals(type, orders[i].type) &&
            (orders[i].subtype.len == 0 || slice_equals(subtype, orders[i].subtype)))
            return orders[i].missing;
    return none;
}

struct slice panos_complete(struct record *out, struct slice row)
{
    struct csv csv;
    csv_split(&csv, row);
    const uint8_t *next = missing(row, &csv);
    char *room = record_scratch(out, row.len + MISSING_MAX);
    size_t len = 0;
    if (!room)
        return row;
    for (unsigned n = 0, column = 1; n < csv.count; column++) {
        room[len++] = ',';
        if (*next == column) {
            next++;
            continue;
        }
        struct slice field = csv_raw(&csv, n++);
        memcpy(room + len, field.ptr, field.len);
        len += field.len;
    }
    return slice_make(room, len);
}
