/*
 * Reading a PAN-OS row by its table, column by column: what does not fit its field, and what comes
 * second to one that is set, is kept by name.
 */
#include "parsers/panos_row.h"

#include "parsers/panos_meaning.h"
#include "parsers/panos_put.h"

struct slice panos_text(struct record *out, struct slice raw)
{
    bool doubled;
    struct slice text = csv_text(raw, &doubled);
    char *room;
    if (doubled && (room = record_scratch(out, text.len)))
        text = slice_make(room, csv_undouble(text, room));
    return text;
}

/* None of these has a letter in second place: panos_is_word(). */
bool panos_is_odd(struct slice text)
{
    return slice_is(text, "N/A") || slice_is(text, "n/a") || slice_is(text, "n-a") ||
           slice_is(text, "0.0.0.0") || slice_is(text, "::") || slice_is(text, "-1") ||
           slice_is(text, "4294967295");
}

static bool put_device(struct panos_row *row, struct slice text)
{
    if (row->header->host.len)
        return false;
    record_set_host(row->out, text);
    return true;
}

static bool put_protocol(struct record *out, struct slice text)
{
    int number = protocol_number(text);
    if (number < 0)
        return false;
    record_set_protocol(out, (uint8_t)number);
    return true;
}

struct slice panos_threat_id(struct slice text)
{
    size_t open = slice_find_last(text, '(');
    if (open == text.len || !slice_ends(text, ")"))
        return text;
    return slice_make(text.ptr + open + 1, text.len - open - 2);
}

/* The name in front of the brackets, else the id. The URL filter's 9999 is no threat's name. */
static bool put_threat(struct panos_row *row, struct slice text)
{
    struct slice id = panos_threat_id(text), name = slice_between(text.ptr, id.ptr);
    if (name.len)
        name.len--;
    if (name.len && !slice_equals(name, id))
        record_set_threat(row->out, name);
    else if (id.len == text.len || !slice_is(row->subtype, "url"))
        record_set_threat(row->out, id);
    return id.len == 0 || id.len == text.len;
}

static bool put_rare(struct panos_row *row, unsigned how, struct slice text)
{
    switch (how) {
    case PANOS_SEVERITY:
        return panos_severity(row->out, text);
    case PANOS_THREAT:
        return put_threat(row, text);
    case PANOS_MISC:
        return record_put(row->out, panos_misc(row->subtype, text), text);
    default: /* PANOS_KEEP */
        return false;
    }
}

/* Columns of a meaning of their own. */
bool panos_put_other(struct panos_row *row, unsigned how, struct slice text)
{
    switch (how) {
    case PANOS_PROTOCOL:
        return put_protocol(row->out, text);
    case PANOS_RECEIVED:
        return slice_equals(text, csv_raw(&row->csv, PANOS_GENERATED));
    case PANOS_DEVICE:
        return put_device(row, text);
    case PANOS_ACTION:
        return panos_action(row->out, text);
    default:
        return put_rare(row, how, text);
    }
}

bool panos_put(struct panos_row *row, const struct panos_column *column, struct slice text)
{
    return text.len == 0 ||
           panos_put_column(row, row->out, column, text, slice_end(text), PANOS_APART);
}

/* Of a threat only its number: its name is in its field. */
void panos_keep(struct record *out, const struct panos_column *column, struct slice text)
{
    record_extra(out, column->name, column->how == PANOS_THREAT ? panos_threat_id(text) : text);
}

void panos_read(struct panos_row *row, const struct panos_columns *columns)
{
    const struct csv *csv = &row->csv;
    unsigned count = columns->count < csv->count ? columns->count : csv->count;
    for (unsigned n = 0; n < count; n++) {
        const struct panos_column *column = &columns->row[n];
        struct slice text = csv_raw(csv, n);
        if (text.len == 0 || column->name.len == 0 || n == row->unread)
            continue;
        if (csv->quoted[n / 64] >> n % 64 & 1)
            text = panos_text(row->out, text);
        bool kept = column->how == PANOS_KEEP && column->none == PANOS_NONE_EMPTY; /* mostly */
        if (kept || !panos_put(row, column, text))
            panos_keep(row->out, column, text);
    }
}
