/*
 * Reading a PAN-OS row by its table. Most columns of a row are empty or a mere 0, and the others
 * are of five kinds: so the columns to visit are sets of bits, and each kind is read by a loop of
 * its own. What does not fit its field, and what comes second to one that is set, is left over and
 * kept by name, in the order of the columns.
 */
#include "parsers/panos_row.h"

#include "parsers/panos_meaning.h"

/* What the loops look at, for 64 columns: column n of these is n here too. */
struct part {
    struct record *out;
    const struct csv *csv;
    unsigned first; /* its first column */
    const char *base, *end;
    const uint32_t *start;
    const struct panos_column *column;
};

struct slice panos_text(struct record *out, struct slice raw)
{
    bool doubled;
    struct slice text = csv_text(raw, &doubled);
    char *room;
    if (doubled && (room = record_scratch(out, text.len)))
        text = slice_make(room, csv_undouble(text, room));
    return text;
}

static bool is_odd(struct slice text)
{
    return slice_is(text, "N/A") || slice_is(text, "n/a") || slice_is(text, "n-a") ||
           slice_is(text, "0.0.0.0") || slice_is(text, "::") || slice_is(text, "-1") ||
           slice_is(text, "4294967295");
}

/* Without a branch: which columns are 0 is different from row to row. */
static inline bool is_zero(unsigned none, char digit)
{
    return (unsigned char)(digit - '0') <= (none == PANOS_NONE_ONE);
}

static inline struct slice raw(const struct part *p, unsigned n)
{
    return slice_make(p->base + p->start[n], p->start[n + 1] - p->start[n] - 1);
}

static inline unsigned first_of(uint64_t set)
{
    return (unsigned)__builtin_ctzll(set);
}

/* The columns that say "nothing" with a word. */
static inline uint64_t nothings(const struct part *p, uint64_t zeros, uint64_t odds)
{
    uint64_t none = 0;
    for (; zeros; zeros &= zeros - 1) {
        unsigned n = first_of(zeros);
        none |= (uint64_t)is_zero(p->column[n].none, p->base[p->start[n]]) << n;
    }
    for (; odds; odds &= odds - 1)
        if (is_odd(raw(p, first_of(odds))))
            none |= odds & -odds;
    return none;
}

/* Each of these returns the field's bit, 0 when the column says nothing. */
static inline uint64_t put_text(struct record *out, const struct panos_column *column,
                                struct slice text)
{
    uint64_t bit = column->bit;
    if (text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' ') {
        text = slice_trim(text);
        bit = text.len ? bit : 0; /* nothing but blanks */
    }
    *(struct slice *)((char *)out + column->offset) = text;
    return bit;
}

static inline uint64_t texts(const struct part *p, uint64_t set)
{
    uint64_t left = 0, has = p->out->has;
    for (; set; set &= set - 1) {
        unsigned n = first_of(set);
        const struct panos_column *column = &p->column[n];
        if (has & column->bit)
            left |= set & -set;
        else
            has |= put_text(p->out, column, raw(p, n));
    }
    p->out->has = has;
    return left;
}

static inline bool put_number(struct record *out, const struct panos_column *column, uint64_t value)
{
    void *member = (char *)out + column->offset;
    if (column->how == PANOS_PORT) {
        if (value > UINT16_MAX)
            return false;
        *(uint16_t *)member = (uint16_t)value;
        return true;
    }
    if (column->how == PANOS_SECONDS) {
        if (value > UINT64_MAX / 1000)
            return false;
        value *= 1000;
    }
    *(uint64_t *)member = value;
    return true;
}

static inline uint64_t numbers(const struct part *p, uint64_t set)
{
    uint64_t left = 0, has = p->out->has, value;
    for (; set; set &= set - 1) {
        unsigned n = first_of(set);
        const struct panos_column *column = &p->column[n];
        if (has & column->bit || !csv_number(p->csv, p->first + n, &value) ||
            !put_number(p->out, column, value))
            left |= set & -set;
        else
            has |= column->bit;
    }
    p->out->has = has;
    return left;
}

/* An address, in front of `end`: it is read with what follows it in the row, faster than one of
 * which nothing follows. Straight into its field: a copy of what was just written in halves waits. */
static inline bool put_address(struct record *out, const struct panos_column *column,
                               struct slice text, const char *end)
{
    struct address *member = (struct address *)(void *)((char *)out + column->offset);
    return address_read_v4(slice_between(text.ptr, end), member) == text.len ||
           address_parse(text, member);
}

/* The field's bit, 0 when its address says nothing. */
static inline uint64_t address_bit(const struct record *out, const struct panos_column *column)
{
    const void *member = (const char *)out + column->offset;
    return column->none && address_is_zero(*(const struct address *)member) ? 0 : column->bit;
}

static inline uint64_t addresses(const struct part *p, uint64_t set)
{
    uint64_t left = 0, has = p->out->has;
    for (; set; set &= set - 1) {
        unsigned n = first_of(set);
        const struct panos_column *column = &p->column[n];
        if (has & column->bit || !put_address(p->out, column, raw(p, n), p->end))
            left |= set & -set;
        else
            has |= address_bit(p->out, column);
    }
    p->out->has = has;
    return left;
}

static bool put_device(struct panos_row *row, struct slice text)
{
    if (row->header->host.len)
        return slice_equals(row->header->host, text);
    record_set_host(row->out, text);
    return true;
}

static inline bool put_protocol(struct record *out, struct slice text)
{
    int number = slice_is(text, "tcp")   ? PROTOCOL_TCP
                 : slice_is(text, "udp") ? PROTOCOL_UDP
                                         : protocol_number(text);
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
static inline bool put_other(struct panos_row *row, unsigned how, struct slice text)
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

static inline uint64_t others(const struct part *p, struct panos_row *row, uint64_t set)
{
    uint64_t left = 0;
    for (; set; set &= set - 1) {
        unsigned n = first_of(set);
        if (!put_other(row, p->column[n].how, raw(p, n)))
            left |= set & -set;
    }
    return left;
}

bool panos_put(struct panos_row *row, const struct panos_column *column, struct slice text)
{
    uint64_t value;
    if (text.len == 0 || (column->none && text.len == 1 && is_zero(column->none, text.ptr[0])) ||
        (column->none == PANOS_NONE_ODD && is_odd(text)))
        return true;
    if (column->how > PANOS_ADDRESS)
        return put_other(row, column->how, text);
    if (row->out->has & column->bit)
        return false;
    if (column->how == PANOS_TEXT) {
        row->out->has |= put_text(row->out, column, text);
        return true;
    }
    if (column->how == PANOS_ADDRESS) {
        if (!put_address(row->out, column, text, slice_end(text)))
            return false;
        row->out->has |= address_bit(row->out, column);
        return true;
    }
    if (!number_parse(text, &value) || !put_number(row->out, column, value))
        return false;
    row->out->has |= column->bit;
    return true;
}

static uint64_t quoted(const struct part *p, struct panos_row *row, uint64_t set)
{
    uint64_t left = 0;
    for (; set; set &= set - 1) {
        unsigned n = first_of(set);
        if (!panos_put(row, &p->column[n], panos_text(p->out, raw(p, n))))
            left |= set & -set;
    }
    return left;
}

static void keep_special(const struct part *p, uint64_t set)
{
    for (; set; set &= set - 1) {
        unsigned n = first_of(set);
        struct slice text = panos_text(p->out, raw(p, n));
        record_extra(p->out, p->column[n].name,
                     p->column[n].how == PANOS_THREAT ? panos_threat_id(text) : text);
    }
}

/* Keeps 64 columns at most by name. Of special ones some are in quotes, or not kept as they are. */
static inline void keep(const struct part *p, uint64_t set, uint64_t special)
{
    struct record *out = p->out;
    if (set == 0)
        return;
    if (set & special || out->extra > RECORD_EXTRA_MAX - 64) {
        keep_special(p, set);
        return;
    }
    struct record_extra *next = out->extras + out->extra;
    for (; set; set &= set - 1, next++) {
        unsigned n = first_of(set);
        next->name = p->column[n].name;
        next->value = raw(p, n);
    }
    record_set_extra(out, (uint16_t)(next - out->extras));
}

static void read_part(struct panos_row *row, const struct panos_columns *columns, unsigned word)
{
    const struct csv *csv = &row->csv;
    const struct part p = {.out = row->out,
                           .csv = csv,
                           .first = word * 64,
                           .base = csv->base,
                           .end = csv->base + csv->start[csv->count] - 1,
                           .start = csv->start + word * 64,
                           .column = columns->row + word * 64};
    uint64_t in_quotes = csv->quoted[word], plain = csv->filled[word] & ~in_quotes;

    plain &= ~nothings(&p, plain & csv->single[word] & columns->zeros[word],
                       plain & columns->odds[word] & ~csv->single[word]);
    uint64_t kept = plain & columns->kept[word], left = 0;
    if (plain &= columns->all[word] & ~columns->kept[word]) {
        left |= texts(&p, plain & columns->texts[word]);
        left |= numbers(&p, plain & columns->numbers[word]);
        left |= addresses(&p, plain & columns->addresses[word]);
        left |= others(&p, row, plain & columns->others[word]);
    }
    if (in_quotes)
        left |= quoted(&p, row, in_quotes & columns->all[word]);
    keep(&p, kept | left, in_quotes | columns->others[word]);
}

void panos_read(struct panos_row *row, const struct panos_columns *columns)
{
    read_part(row, columns, 0);
    if (row->csv.count > 64 && columns->count > 64)
        read_part(row, columns, 1);
}
