/*
 * Which piece of a message a value of its record came from. Texts are slices and tell it themselves.
 * For everything else a piece of the message is changed and parsed again: what differs then in the
 * record came from that piece. A change that makes another kind of message of it, or loses values, is
 * about the form and proves nothing.
 */
#include "server/explain.h"

#include "parsers/text/timestamp.h"
#include "server/explain_trial.h"

#define DAY_MS INT64_C(86400000)

struct work {
    struct trials *t;
    uint64_t exact; /* the fields that one piece was found for */
    struct explanation *out;
};

static bool is_digit(char c)
{
    return (unsigned)(c - '0') <= 9;
}

static bool is_letter(char c)
{
    return (unsigned)((c | 0x20) - 'a') < 26;
}

static bool is_word(char c)
{
    return is_digit(c) || is_letter(c) || c == '_';
}

static char other_digit(char c)
{
    return (char)(c ^ 1);
}

static char other_byte(char c)
{
    if (is_digit(c))
        return other_digit(c);
    return c == 'f' ? 'e' : c == 'F' ? 'E' : (c | 0x20) == 'z' ? (char)(c - 1) : (char)(c + 1);
}

/* ---- pieces ---- */

/* Whether two pieces are one: "TCP" and "FINs", the parts of 0:00:30. */
static bool joined(const struct work *w, struct piece left, struct piece right)
{
    size_t gap = right.at - left.at - left.len;
    if (gap > 2)
        return false;
    for (size_t i = 0; i < gap; i++)
        if (!memchr(" :.-/dhmT", w->t->message.ptr[left.at + left.len + i], 9))
            return false;
    return true;
}

static void add_piece(struct work *w, unsigned field, struct piece piece)
{
    struct origin *o = &w->out->fields[field];
    struct piece *last = o->count ? &o->pieces[o->count - 1] : NULL;
    if (last && piece.at < last->at + last->len)
        return;
    if (last && joined(w, *last, piece))
        last->len = piece.at + piece.len - last->at;
    else if (o->count < EXPLAIN_PIECES_MAX)
        o->pieces[o->count++] = piece;
}

/* The one piece that the field's value stands in. */
static void set_piece(struct work *w, unsigned field, size_t at, size_t len)
{
    w->out->fields[field].count = 1;
    w->out->fields[field].pieces[0] = (struct piece){(uint32_t)at, (uint32_t)len};
    w->exact |= BIT(field);
}

static struct slice piece_text(const struct work *w, struct piece piece)
{
    return slice_make(w->t->message.ptr + piece.at, piece.len);
}

/* ---- texts ---- */

static struct slice text_of(const struct record *r, unsigned field)
{
    return *(const struct slice *)record_member(r, field);
}

static bool inside(struct slice outer, struct slice text, size_t *at)
{
    uintptr_t begin = (uintptr_t)outer.ptr, p = (uintptr_t)text.ptr;
    if (p < begin || p + text.len > begin + outer.len)
        return false;
    *at = p - begin;
    return true;
}

/* What a backslash and this byte stand for. */
static char escaped(char c)
{
    return c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
}

size_t explain_unescaped(struct slice raw, struct slice value)
{
    const char *p = raw.ptr, *end = slice_end(raw);
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (end - p >= 2 &&
            ((*p == '\\' && escaped(p[1]) == c) || (*p == '"' && p[1] == '"' && c == '"')))
            p += 2;
        else if (p < end && *p == c)
            p++;
        else
            return 0;
    }
    return (size_t)(p - raw.ptr);
}

/* From `from` on, the next place of a text as a whole word; the bytes it takes, or 0. */
static size_t find_text(struct slice message, struct slice text, size_t from, size_t *at)
{
    for (size_t i = from; i < message.len; i++) {
        if (i && is_word(message.ptr[i - 1]) && is_word(message.ptr[i]))
            continue;
        size_t len = explain_unescaped(slice_from(message, i), text);
        if (!len && slice_starts(slice_from(message, i), "\\"))
            continue;
        if (!len || (i + len < message.len && is_word(message.ptr[i + len - 1]) &&
                     is_word(message.ptr[i + len])))
            continue;
        *at = i;
        return len;
    }
    return 0;
}

/* A text that is no slice of the message: unescaped, or a word of the parser's own that stands in
 * the message too. It came from there when changing it changes the field. */
static void trace_copied(struct work *w, unsigned field, struct slice text)
{
    size_t at = 0, len;
    for (size_t from = 0; (len = find_text(w->t->message, text, from, &at)); from = at + 1) {
        size_t last = at + len - 1;
        if (!trial_byte(w->t, last, other_byte(w->t->message.ptr[last])))
            return;
        if (trial_changed(w->t, field)) {
            set_piece(w, field, at, len);
            return;
        }
    }
}

static void trace_text(struct work *w, const struct record *r, unsigned field)
{
    struct slice text = text_of(r, field);
    size_t at;
    if (inside(w->t->message, text, &at))
        set_piece(w, field, at, text.len);
    else if (field != FIELD_parser && field != FIELD_vendor)
        trace_copied(w, field, text);
}

static void trace_extras(struct work *w, const struct record *r)
{
    for (unsigned i = 0; i < r->extra; i++) {
        struct slice value = r->extras[i].value;
        struct slice scratch = slice_make(r->scratch, r->scratch_used);
        size_t at = 0, len = value.len, in_scratch;
        if (inside(scratch, value, &in_scratch))
            len = find_text(w->t->message, value, 0, &at);
        else if (!inside(w->t->message, value, &at))
            len = 0;
        w->out->extras[i] = (struct piece){(uint32_t)at, (uint32_t)len};
    }
}

/* ---- addresses and times ---- */

static bool proves_address(struct work *w, unsigned field, size_t at, size_t len)
{
    size_t last = at + len - 1;
    struct address want;
    char c = w->t->message.ptr[last];
    if (!trial_byte(w->t, last, is_digit(c) || is_letter(c) ? other_byte(c) : '1'))
        return false;
    return address_parse(slice_make(w->t->text + at, len), &want) &&
           (w->t->trial.record.has >> field & 1) &&
           address_equals(want, *(const struct address *)record_member(&w->t->trial.record, field));
}

static bool is_address_byte(char c)
{
    return is_digit(c) || c == '.' || c == ':' || (unsigned)((c | 0x20) - 'a') < 6;
}

/* Without what may follow an address directly: a port, a full stop. */
static size_t shorter_address(struct slice text, size_t len)
{
    while (len && text.ptr[len - 1] != ':' && text.ptr[len - 1] != '.')
        len--;
    return len ? len - 1 : 0;
}

static void trace_address(struct work *w, unsigned field)
{
    struct slice m = w->t->message;
    struct address value = *(const struct address *)record_member(&w->t->base.record, field), read;
    for (size_t at = 0; at < m.len; at++) {
        if (!is_address_byte(m.ptr[at]) ||
            (at && is_address_byte(m.ptr[at - 1]) && m.ptr[at - 1] != ':'))
            continue;
        struct slice rest = slice_from(m, at);
        size_t len = 0;
        while (len < rest.len && len < TRIAL_MAX && is_address_byte(rest.ptr[len]))
            len++;
        for (int i = 0; i < 3 && len > 1; i++, len = shorter_address(rest, len)) {
            if (!address_parse(slice_first(rest, len), &read) || !address_equals(read, value))
                continue;
            if (proves_address(w, field, at, len)) {
                set_piece(w, field, at, len);
                return;
            }
            break;
        }
    }
}

/* The bytes that a stamp at the front takes when it says this time; 0: none does. */
static size_t stamp_len(const struct work *w, struct slice text, int64_t want_ms)
{
    const struct zone *zone = w->t->sender->device->zone;
    for (int form = 0; form < 4; form++) {
        struct cursor c = cursor_over(text);
        int64_t ms = 0;
        bool is = form == 0   ? timestamp_iso(&c, zone, &ms)
                  : form == 1 ? timestamp_bsd(&c, zone, w->t->arrival_ms, &ms)
                  : form == 2 ? timestamp_slashed(&c, zone, &ms)
                              : timestamp_epoch(&c, &ms);
        if (is && ms == want_ms)
            return slice_trim(slice_between(text.ptr, c.rest.ptr)).len;
    }
    return 0;
}

static void trace_time(struct work *w, unsigned field)
{
    struct slice m = w->t->message;
    int64_t value = *(const int64_t *)record_member(&w->t->base.record, field);
    for (size_t at = 0; at < m.len; at++) {
        if (!is_word(m.ptr[at]) || (at && is_word(m.ptr[at - 1])))
            continue;
        size_t len = stamp_len(w, slice_from(m, at), value);
        for (size_t i = at + len; i-- > at;) {
            if (!is_digit(m.ptr[i]))
                continue;
            if (!trial_byte(w->t, i, other_digit(m.ptr[i])))
                return;
            if (trial_changed(w->t, field)) {
                set_piece(w, field, at, len);
                return;
            }
        }
    }
}

/* ---- everything else: numbers and words of the message, one after another ---- */

/* Marks what differs now as coming from the piece, among the given fields. */
static void mark(struct work *w, struct piece piece, uint64_t fields)
{
    for (uint64_t left = fields & ~w->exact; left; left &= left - 1) {
        unsigned field = (unsigned)__builtin_ctzll(left);
        if (trial_changed(w->t, field))
            add_piece(w, field, piece);
    }
}

/* A port or number that has become exactly what the digits have become stands there. */
static void mark_exact(struct work *w, struct piece piece, uint64_t was, uint64_t is)
{
    const struct record *base = &w->t->base.record, *trial = &w->t->trial.record;
    for (uint64_t left = w->t->values & ~w->exact; left; left &= left - 1) {
        unsigned f = (unsigned)__builtin_ctzll(left);
        enum field_kind kind = record_fields[f].kind;
        if (kind == KIND_PORT && *(const uint16_t *)record_member(base, f) == was &&
            *(const uint16_t *)record_member(trial, f) == is)
            set_piece(w, f, piece.at, piece.len);
        if (kind == KIND_NUMBER && *(const uint64_t *)record_member(base, f) == was &&
            *(const uint64_t *)record_member(trial, f) == is)
            set_piece(w, f, piece.at, piece.len);
    }
}

/* Other digits: of these fields what differs comes from them. */
static void try_number(struct work *w, struct piece piece, struct slice other, uint64_t fields)
{
    uint64_t was, is;
    if (!trial_with(w->t, piece, other) || !trial_same_form(w->t) ||
        trial_changed(w->t, FIELD_event_id))
        return;
    if (number_parse(piece_text(w, piece), &was) && number_parse(other, &is))
        mark_exact(w, piece, was, is);
    mark(w, piece, fields);
}

static void try_digits(struct work *w, struct piece piece)
{
    char other[TRIAL_MAX];
    if (piece.len > sizeof(other))
        return;
    memcpy(other, w->t->message.ptr + piece.at, piece.len);
    other[piece.len - 1] = other_digit(other[piece.len - 1]);
    try_number(w, piece, slice_make(other, piece.len), w->t->values | w->t->words);
    /* Meanings hang on nothing and something, on little and much. */
    memset(other, '0', piece.len);
    try_number(w, piece, slice_make(other, piece.len), w->t->words);
    try_number(w, piece, slice("59"), w->t->words);
}

/* Words and their opposites: a parser may no longer know a message when a word is senseless. */
static const struct {
    const char *word, *opposite;
} opposites[] = {
    {"tcp", "udp"},          {"udp", "tcp"},          {"inbound", "outbound"},
    {"outbound", "inbound"}, {"allow", "deny"},       {"deny", "allow"},
    {"accept", "drop"},      {"permitted", "denied"}, {"denied", "permitted"},
    {"succeeded", "failed"}, {"failed", "succeeded"},
};

/* The opposite in the word's case; empty: it has none. */
static struct slice opposite_of(struct slice word, char out[TRIAL_MAX])
{
    for (size_t i = 0; i < sizeof(opposites) / sizeof(opposites[0]); i++) {
        if (!slice_is_nocase(word, opposites[i].word))
            continue;
        struct slice other = slice(opposites[i].opposite);
        for (size_t n = 0; n < other.len; n++) {
            bool upper = !(word.ptr[n ? 1 : 0] & 0x20);
            out[n] = (char)(upper ? other.ptr[n] & ~0x20 : other.ptr[n]);
        }
        return slice_make(out, other.len);
    }
    return SLICE_NONE;
}

/* Whether the word is a key rather than a value: src=, src:"...", "src":. */
static bool is_key(struct slice rest)
{
    return slice_starts(rest, "=") || slice_starts(rest, ":\"") || slice_starts(rest, "\":") ||
           slice_starts(rest, "::") || slice_starts(rest, ": \"");
}

static void try_word(struct work *w, struct piece piece)
{
    struct slice word = piece_text(w, piece);
    char other[TRIAL_MAX];
    if (piece.len > sizeof(other) || is_key(slice_from(w->t->message, piece.at + piece.len)))
        return;
    memset(other, word.ptr[0] == 'q' ? 'z' : 'q', piece.len);
    if (trial_with(w->t, piece, slice_make(other, piece.len))) {
        uint64_t lost = w->t->values & ~w->t->trial.record.has;
        if (trial_same_form(w->t))
            mark(w, piece, w->t->words);
        else if (trial_same_kind(w->t) && !(lost & (lost - 1)) && !(lost & w->exact) &&
                 record_fields[__builtin_ctzll(lost)].kind == KIND_PORT)
            set_piece(w, (unsigned)__builtin_ctzll(lost), piece.at, piece.len); /* "ssh" */
    }
    struct slice opposite = opposite_of(word, other);
    if (opposite.len && trial_with(w->t, piece, opposite) && trial_same_kind(w->t))
        mark(w, piece, w->t->words);
}

static void trace_words(struct work *w)
{
    struct slice m = w->t->message;
    for (size_t at = 0; at < m.len;) {
        size_t end = at;
        bool digits = is_digit(m.ptr[at]);
        if (digits)
            while (end < m.len && is_digit(m.ptr[end]))
                end++;
        else if (is_letter(m.ptr[at]))
            while (end < m.len && (is_letter(m.ptr[end]) || m.ptr[end] == '_' || m.ptr[end] == '-'))
                end++;
        size_t next = end > at ? end : at + 1;
        while (end > at && !is_word(m.ptr[end - 1]))
            end--;
        struct piece piece = {(uint32_t)at, (uint32_t)(end - at)};
        if (piece.len && digits)
            try_digits(w, piece);
        else if (piece.len)
            try_word(w, piece);
        at = next;
    }
}

/* ---- all together ---- */

static void trace_values(struct work *w)
{
    for (uint64_t left = w->t->values; left; left &= left - 1) {
        unsigned field = (unsigned)__builtin_ctzll(left);
        enum field_kind kind = record_fields[field].kind;
        if (kind == KIND_TEXT)
            trace_text(w, &w->t->base.record, field);
        else if (kind == KIND_ADDRESS)
            trace_address(w, field);
        else if (kind == KIND_TIME)
            trace_time(w, field);
    }
    trace_words(w);
}

/* What the record has and a parser without memory does not: the sides may be the other way round. */
static void trace_remembered(struct work *w, const struct record *r)
{
    const struct record *base = &w->t->base.record;
    struct origin found[FIELD_COUNT];
    memcpy(found, w->out->fields, sizeof(found));
    for (unsigned f = 0; f < FIELD_COUNT; f++) {
        size_t at;
        if (trial_same_field(r, base, f))
            continue;
        w->out->remembered |= BIT(f);
        w->out->fields[f].count = 0;
        if (!(r->has >> f & 1))
            continue;
        if (record_fields[f].kind == KIND_TEXT && inside(w->t->message, text_of(r, f), &at)) {
            set_piece(w, f, at, text_of(r, f).len);
            continue;
        }
        for (unsigned g = 0; g < FIELD_COUNT; g++)
            if (record_fields[g].kind == record_fields[f].kind && (w->t->values >> g & 1) &&
                found[g].count && trial_same_value(r, f, base, g))
                w->out->fields[f] = found[g];
    }
}

/* 13 hours and 37 minutes east of UTC, as a TZif file: no place has such a zone. */
static const char odd_zone[] = "TZif\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                               "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
                               "\0\0\xbf\x7c\0\0ODD";

/* The same message on another day and in another zone. */
static void trace_clock(struct work *w)
{
    const struct record *base = &w->t->base.record;
    struct device device = *w->t->sender->device;
    struct sender elsewhere = {w->t->sender->address, &device};
    int64_t shift = 400 * DAY_MS; /* no stamp is completed to be that much earlier */
    pipeline_parse(&w->t->of_trial, w->t->sender, w->t->message, w->t->arrival_ms - shift, false,
                   &w->t->trial);
    int64_t earlier = base->time - w->t->trial.record.time;
    w->out->time = earlier == 0       ? TIME_STATED
                   : earlier == shift ? TIME_OF_ARRIVAL
                                      : TIME_YEAR_ADDED;
    struct zone *zone = zone_new(odd_zone, sizeof(odd_zone));
    device.zone = zone;
    pipeline_parse(&w->t->of_trial, &elsewhere, w->t->message, w->t->arrival_ms, false,
                   &w->t->trial);
    w->out->zone_added = zone && trial_changed(w->t, FIELD_time);
    zone_free(zone);
}

bool explain_record(const struct rules *rules, const struct sender *sender, struct slice message,
                    int64_t arrival_ms, const struct record *r, struct explanation *out)
{
    struct work w = {.t = trials_new(rules, sender, message, arrival_ms), .out = out};
    memset(out, 0, sizeof(*out));
    if (!w.t)
        return false;
    trace_values(&w);
    trace_extras(&w, r);
    trace_remembered(&w, r);
    trace_clock(&w);
    trials_free(w.t);
    return true;
}
