/*
 * Which piece of a message a value of its record came from. Texts are slices and tell it themselves.
 * For everything else a piece of the message is changed and parsed again: what differs then in the
 * record came from that piece. A change that makes another kind of message of it, or loses values, is
 * about the form and proves nothing.
 */
#include "server/explain.h"

#include <stdlib.h>

#include "parsers/text/timestamp.h"

#define TRIALS_MAX  6000 /* a message is parsed at most so often; pieces behind stay unexplained */
#define REPLACE_MAX 64   /* bytes of what is put in the place of a piece */
#define DAY_MS      INT64_C(86400000)

#define BIT(field) (UINT64_C(1) << (field))

struct work {
    const struct sender *sender;
    struct slice message;
    int64_t arrival_ms;
    struct pipeline base, trial; /* without memory of earlier messages */
    struct parsed base_parsed, trial_parsed;
    uint64_t values; /* the fields of `base` that hold values of the message: texts, numbers ... */
    uint64_t words;  /* and those that hold a meaning: severity, action ... */
    uint64_t exact;  /* the fields that one piece was found for */
    unsigned trials;
    struct explanation *out;
    char *text; /* the message with a piece changed */
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

/* ---- records compared ---- */

static const void *member(const struct record *r, unsigned field)
{
    return (const char *)r + record_fields[field].offset;
}

static struct slice text_of(const struct record *r, unsigned field)
{
    return *(const struct slice *)member(r, field);
}

static bool same_value(const struct record *a, unsigned field, const struct record *b,
                       unsigned other)
{
    const void *x = member(a, field), *y = member(b, other);
    switch (record_fields[field].kind) {
    case KIND_TEXT:
        return slice_equals(*(const struct slice *)x, *(const struct slice *)y);
    case KIND_NUMBER:
        return *(const uint64_t *)x == *(const uint64_t *)y;
    case KIND_PORT:
    case KIND_EXTRA:
        return *(const uint16_t *)x == *(const uint16_t *)y;
    case KIND_ADDRESS:
        return address_equals(*(const struct address *)x, *(const struct address *)y);
    case KIND_TIME:
        return *(const int64_t *)x == *(const int64_t *)y;
    case KIND_FLAG:
        return *(const bool *)x == *(const bool *)y;
    default:
        return *(const uint8_t *)x == *(const uint8_t *)y;
    }
}

static bool same_field(const struct record *a, const struct record *b, unsigned field)
{
    bool set = a->has >> field & 1;
    return set == (b->has >> field & 1) && (!set || same_value(a, field, b, field));
}

/* ---- trials ---- */

/* Parses the message with a piece replaced. False: no more trials. */
static bool try_with(struct work *w, struct piece piece, struct slice other)
{
    size_t after = piece.at + piece.len, rest = w->message.len - after;
    if (w->trials == TRIALS_MAX || other.len > REPLACE_MAX)
        return false;
    w->trials++;
    memcpy(w->text, w->message.ptr, piece.at);
    memcpy(w->text + piece.at, other.ptr, other.len);
    memcpy(w->text + piece.at + other.len, w->message.ptr + after, rest);
    pipeline_parse(&w->trial, w->sender, slice_make(w->text, piece.at + other.len + rest),
                   w->arrival_ms, false, &w->trial_parsed);
    return true;
}

/* The same with one byte changed. */
static bool try_byte(struct work *w, size_t at, char byte)
{
    struct piece piece = {(uint32_t)at, 1};
    return try_with(w, piece, slice_make(&byte, 1));
}

static bool changed(const struct work *w, unsigned field)
{
    return !same_field(&w->base.record, &w->trial.record, field);
}

/* Whether the changed message still is one of the same form, so that a difference means something. */
static bool same_form(const struct work *w)
{
    return w->trial_parsed.status == w->base_parsed.status &&
           w->trial_parsed.parser == w->base_parsed.parser && !(w->values & ~w->trial.record.has);
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
        if (!memchr(" :.-/dhmT", w->message.ptr[left.at + left.len + i], 9))
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

/* ---- texts ---- */

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
    for (size_t from = 0; (len = find_text(w->message, text, from, &at)); from = at + 1) {
        size_t last = at + len - 1;
        if (!try_byte(w, last, other_byte(w->message.ptr[last])))
            return;
        if (changed(w, field)) {
            set_piece(w, field, at, len);
            return;
        }
    }
}

static void trace_text(struct work *w, const struct record *r, unsigned field)
{
    struct slice text = text_of(r, field);
    size_t at;
    if (inside(w->message, text, &at))
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
            len = find_text(w->message, value, 0, &at);
        else if (!inside(w->message, value, &at))
            len = 0;
        w->out->extras[i] = (struct piece){(uint32_t)at, (uint32_t)len};
    }
}

/* ---- addresses and times ---- */

static bool proves_address(struct work *w, unsigned field, size_t at, size_t len)
{
    size_t last = at + len - 1;
    struct address want;
    char c = w->message.ptr[last];
    if (!try_byte(w, last, is_digit(c) || is_letter(c) ? other_byte(c) : '1'))
        return false;
    return address_parse(slice_make(w->text + at, len), &want) &&
           (w->trial.record.has >> field & 1) &&
           address_equals(want, *(const struct address *)member(&w->trial.record, field));
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
    struct slice m = w->message;
    struct address value = *(const struct address *)member(&w->base.record, field), read;
    for (size_t at = 0; at < m.len; at++) {
        if (!is_address_byte(m.ptr[at]) ||
            (at && is_address_byte(m.ptr[at - 1]) && m.ptr[at - 1] != ':'))
            continue;
        struct slice rest = slice_from(m, at);
        size_t len = 0;
        while (len < rest.len && len < REPLACE_MAX && is_address_byte(rest.ptr[len]))
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
    const struct zone *zone = w->sender->device->zone;
    for (int form = 0; form < 4; form++) {
        struct cursor c = cursor_over(text);
        int64_t ms = 0;
        bool is = form == 0   ? timestamp_iso(&c, zone, &ms)
                  : form == 1 ? timestamp_bsd(&c, zone, w->arrival_ms, &ms)
                  : form == 2 ? timestamp_slashed(&c, zone, &ms)
                              : timestamp_epoch(&c, &ms);
        if (is && ms == want_ms)
            return slice_trim(slice_between(text.ptr, c.rest.ptr)).len;
    }
    return 0;
}

static void trace_time(struct work *w, unsigned field)
{
    struct slice m = w->message;
    int64_t value = *(const int64_t *)member(&w->base.record, field);
    for (size_t at = 0; at < m.len; at++) {
        if (!is_word(m.ptr[at]) || (at && is_word(m.ptr[at - 1])))
            continue;
        size_t len = stamp_len(w, slice_from(m, at), value);
        for (size_t i = at + len; i-- > at;) {
            if (!is_digit(m.ptr[i]))
                continue;
            if (!try_byte(w, i, other_digit(m.ptr[i])))
                return;
            if (changed(w, field)) {
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
        if (changed(w, field))
            add_piece(w, field, piece);
    }
}

/* A port or number that has become exactly what the digits have become stands there. */
static void mark_exact(struct work *w, struct piece piece, uint64_t was, uint64_t is)
{
    const struct record *base = &w->base.record, *trial = &w->trial.record;
    for (uint64_t left = w->values & ~w->exact; left; left &= left - 1) {
        unsigned f = (unsigned)__builtin_ctzll(left);
        enum field_kind kind = record_fields[f].kind;
        if (kind == KIND_PORT && *(const uint16_t *)member(base, f) == was &&
            *(const uint16_t *)member(trial, f) == is)
            set_piece(w, f, piece.at, piece.len);
        if (kind == KIND_NUMBER && *(const uint64_t *)member(base, f) == was &&
            *(const uint64_t *)member(trial, f) == is)
            set_piece(w, f, piece.at, piece.len);
    }
}

static void try_digits(struct work *w, struct piece piece)
{
    struct slice digits = slice_make(w->message.ptr + piece.at, piece.len);
    size_t last = piece.at + piece.len - 1;
    char zeros[REPLACE_MAX];
    uint64_t was, is;
    if (piece.len > sizeof(zeros) || !try_byte(w, last, other_digit(w->message.ptr[last])))
        return;
    if (same_form(w) && !changed(w, FIELD_event_id)) {
        if (number_parse(digits, &was) &&
            number_parse(slice_make(w->text + piece.at, piece.len), &is))
            mark_exact(w, piece, was, is);
        mark(w, piece, w->values | w->words);
    }
    /* Meanings hang on nothing and something, on little and much. */
    memset(zeros, '0', piece.len);
    struct slice others[] = {slice_make(zeros, piece.len), slice("59")};
    for (int i = 0; i < 2; i++)
        if (try_with(w, piece, others[i]) && same_form(w) && !changed(w, FIELD_event_id))
            mark(w, piece, w->words);
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
static struct slice opposite_of(struct slice word, char out[REPLACE_MAX])
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
    struct slice word = slice_make(w->message.ptr + piece.at, piece.len);
    char other[REPLACE_MAX];
    if (piece.len > sizeof(other) || is_key(slice_from(w->message, piece.at + piece.len)))
        return;
    memset(other, word.ptr[0] == 'q' ? 'z' : 'q', piece.len);
    if (try_with(w, piece, slice_make(other, piece.len)) && same_form(w))
        mark(w, piece, w->words);
    struct slice opposite = opposite_of(word, other);
    if (opposite.len && try_with(w, piece, opposite) && same_form(w))
        mark(w, piece, w->words);
}

static void trace_words(struct work *w)
{
    struct slice m = w->message;
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

static void sort_fields(struct work *w)
{
    for (uint64_t left = w->base.record.has; left; left &= left - 1) {
        unsigned field = (unsigned)__builtin_ctzll(left);
        switch (record_fields[field].kind) {
        case KIND_TEXT:
        case KIND_NUMBER:
        case KIND_PORT:
        case KIND_ADDRESS:
        case KIND_TIME:
            w->values |= BIT(field);
            break;
        case KIND_FLAG: /* by the settings, not by the message */
        case KIND_EXTRA:
            break;
        default:
            w->words |= BIT(field);
        }
    }
}

static void trace_values(struct work *w)
{
    for (uint64_t left = w->values; left; left &= left - 1) {
        unsigned field = (unsigned)__builtin_ctzll(left);
        enum field_kind kind = record_fields[field].kind;
        if (kind == KIND_TEXT)
            trace_text(w, &w->base.record, field);
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
    const struct record *base = &w->base.record;
    struct origin found[FIELD_COUNT];
    memcpy(found, w->out->fields, sizeof(found));
    for (unsigned f = 0; f < FIELD_COUNT; f++) {
        size_t at;
        if (same_field(r, base, f))
            continue;
        w->out->remembered |= BIT(f);
        w->out->fields[f].count = 0;
        if (!(r->has >> f & 1))
            continue;
        if (record_fields[f].kind == KIND_TEXT && inside(w->message, text_of(r, f), &at)) {
            set_piece(w, f, at, text_of(r, f).len);
            continue;
        }
        for (unsigned g = 0; g < FIELD_COUNT; g++)
            if (record_fields[g].kind == record_fields[f].kind && (w->values >> g & 1) &&
                found[g].count && same_value(r, f, base, g))
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
    const struct record *base = &w->base.record;
    struct device device = *w->sender->device;
    struct sender elsewhere = {w->sender->address, &device};
    int64_t shift = 400 * DAY_MS; /* no stamp is completed to be that much earlier */
    pipeline_parse(&w->trial, w->sender, w->message, w->arrival_ms - shift, false,
                   &w->trial_parsed);
    int64_t earlier = base->time - w->trial.record.time;
    w->out->time = earlier == 0       ? TIME_STATED
                   : earlier == shift ? TIME_OF_ARRIVAL
                                      : TIME_YEAR_ADDED;
    struct zone *zone = zone_new(odd_zone, sizeof(odd_zone));
    device.zone = zone;
    pipeline_parse(&w->trial, &elsewhere, w->message, w->arrival_ms, false, &w->trial_parsed);
    w->out->zone_added = zone && changed(w, FIELD_time);
    zone_free(zone);
}

bool explain_record(const struct rules *rules, const struct sender *sender, struct slice message,
                    int64_t arrival_ms, const struct record *r, struct explanation *out)
{
    struct work *w = calloc(1, sizeof(*w));
    char *text = malloc(message.len + REPLACE_MAX);
    memset(out, 0, sizeof(*out));
    if (w && text) {
        w->sender = sender;
        w->message = message;
        w->arrival_ms = arrival_ms;
        w->base.rules = w->trial.rules = rules;
        w->base.replay = w->trial.replay = true;
        w->out = out;
        w->text = text;
        pipeline_parse(&w->base, sender, message, arrival_ms, false, &w->base_parsed);
        sort_fields(w);
        trace_values(w);
        trace_extras(w, r);
        trace_remembered(w, r);
        trace_clock(w);
    }
    bool known = w && text;
    free(text);
    free(w);
    return known;
}
