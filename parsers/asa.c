/*
 * Cisco ASA, and the messages of the same ids that FTD, FWSM and PIX send: "%ASA-6-302013: text".
 * https://www.cisco.com/c/en/us/td/docs/security/asa/syslog/b_syslog.html
 *
 * Here the mark is read and the message handed to the reader that its id's row names. The rows
 * are in asa_kinds.c; to add a kind, add its row.
 */
#include "parsers/asa.h"

/* ASA's levels, 0 (emergency) to 7 (debugging), on the record's scale. */
static const uint8_t severities[8] = {10, 9, 8, 6, 5, 3, 2, 1};

/* How far into a message the mark may stand: behind what a relay or the device put before it. */
#define MARK_WITHIN 160

static const struct slice products[] = {
    SLICE("ASA"), SLICE("FTD"), SLICE("PIX"), SLICE("FWSM"), SLICE("NGIPS"),
};

/* The product whose mark begins here ("ASA-", "FTD<Up>-"), or an empty text. */
static inline struct slice product_at(struct slice text)
{
    char first = text.len ? text.ptr[0] : ' ';
    if (first != 'A' && first != 'F' && first != 'P' && first != 'N')
        return SLICE_NONE;
    for (size_t i = 0; i < sizeof(products) / sizeof(products[0]); i++) {
        size_t len = products[i].len;
        if (text.len > len && (text.ptr[len] == '-' || text.ptr[len] == '<') &&
            memcmp(text.ptr, products[i].ptr, len) == 0)
            return products[i];
    }
    return SLICE_NONE;
}

/* The six digits of an id; 0 when they are not digits, which is no id. */
static inline unsigned read_id(const char *p)
{
    unsigned id = 0, others = 0;
    for (int i = 0; i < 6; i++) {
        unsigned digit = (unsigned)(p[i] - '0');
        others |= digit > 9;
        id = id * 10 + digit;
    }
    return others ? 0 : id;
}

/* "-302013" at the end of the mark, which a colon or a blank ends. */
static bool ends_in_id(struct slice mark)
{
    return mark.len >= 7 && mark.ptr[mark.len - 7] == '-' && read_id(slice_end(mark) - 6);
}

static size_t mark_length(struct slice text)
{
    size_t n = 0;
    while (n < text.len && text.ptr[n] != ':' && text.ptr[n] != ' ')
        n++;
    return n;
}

/* Where the product's name stands ("ASA-6-302013"), or body.len; the % may have been lost. */
static size_t find_mark(struct slice body)
{
    struct slice window = slice_first(body, MARK_WITHIN);
    for (size_t at = slice_find(window, '%'); at < window.len;
         at += 1 + slice_find(slice_from(window, at + 1), '%'))
        if (product_at(slice_from(body, at + 1)).len)
            return at + 1;
    if (product_at(body).len && ends_in_id(slice_first(body, mark_length(body))))
        return 0;
    return body.len;
}

static bool asa_claims(const struct syslog *header, struct slice body)
{
    (void)header;
    return slice_starts(body, "%ASA-") ||
           (body.len && body.ptr[0] != '{' && (find_mark(body) < body.len || asa_bare(body)));
}

static void set_mark(struct asa_mark *m, unsigned id, unsigned level)
{
    const struct asa_kind *kind = asa_kind_of(id);
    const struct asa_meaning *meaning = &asa_meanings[kind->meaning];
    m->kind = kind;
    m->severity = severities[level < 8 ? level : kind->level];
    m->category = meaning->category;
    m->action = meaning->action;
    m->outcome = meaning->outcome;
    m->evidence = meaning->evidence;
    m->protocol = kind->protocol;
    m->has = UINT64_C(1) << FIELD_event_name | UINT64_C(1) << FIELD_severity |
             UINT64_C(1) << FIELD_category | (uint64_t)(m->action != ASA_UNSET) << FIELD_action |
             (uint64_t)(m->outcome != ASA_UNSET) << FIELD_outcome |
             (uint64_t)(m->evidence != ASA_UNSET) << FIELD_evidence |
             (uint64_t)(m->protocol != 0) << FIELD_protocol;
}

/* The record of a mark: all are written, those count that it has. */
static inline void record_mark(struct record *r, const struct asa_mark *m)
{
    r->event_name = m->kind->name;
    r->severity = m->severity;
    r->category = m->category;
    r->action = m->action;
    r->outcome = m->outcome;
    r->evidence = m->evidence;
    r->protocol = m->protocol;
    r->has |= m->has;
}

/* "%ASA-6-302013: ", which is `first` and `last`; false leaves *m as it was. */
static bool learn_mark(struct asa_mark *m, const char *p, uint64_t first, uint64_t last)
{
    if (memcmp(p, "%ASA-", 5) != 0 || p[6] != '-' || p[13] != ':' || p[14] != ' ')
        return false;
    int64_t id = digits_8(p + 7, 6);
    if (id <= 0)
        return false;
    m->first = first;
    m->last = last;
    set_mark(m, (unsigned)id, (unsigned)(p[5] - '0'));
    m->has |= UINT64_C(1) << FIELD_product | UINT64_C(1) << FIELD_event_id;
    return true;
}

/* "%ASA-6-302013: " at the very front, as almost always; NULL takes nothing. */
static inline const struct asa_mark *read_common_mark(const struct parse_context *context,
                                                      struct cursor *c, struct asa_mark *room,
                                                      struct record *r)
{
    const char *p = c->rest.ptr;
    uint64_t first, last;
    if (c->rest.len < 15)
        return NULL;
    memcpy(&first, p, sizeof(first));
    memcpy(&last, p + 7, sizeof(last));
    struct asa_mark *m = context->memory ? asa_mark_place(&context->memory->asa, last) : room;
    if ((m->first != first || m->last != last || !m->kind) && !learn_mark(m, p, first, last))
        return NULL;
    r->product = (struct slice)SLICE("ASA");
    r->event_id = slice_make(p + 7, 6);
    cursor_advance(c, 15);
    cursor_skip_blanks(c);
    return m;
}

/* Takes "%ASA-6-302013: " off the text; false when there is no id in it. */
static bool read_mark(struct cursor *c, unsigned *id, unsigned *level, struct record *r)
{
    size_t at = find_mark(c->rest);
    struct slice before = slice_first(c->rest, at > 0 ? at - 1 : 0);
    while (before.len && strchr(" :", before.ptr[before.len - 1]))
        before.len--;
    record_extra(r, slice("device_id"), slice_trim(before));
    cursor_advance(c, at);
    record_set_product(r, product_at(c->rest));

    struct slice mark = slice_first(c->rest, mark_length(c->rest));
    cursor_advance(c, mark.len);
    if (!ends_in_id(mark))
        return false;
    struct slice digits = slice_from(mark, mark.len - 6);
    record_set_event_id(r, digits);
    *id = read_id(digits.ptr);
    *level = mark.len >= 9 ? (unsigned)(mark.ptr[mark.len - 8] - '0') : 8;
    if (cursor_peek(c) == ':')
        cursor_advance(c, 1);
    else
        cursor_try(c, " - - -"); /* a relay took the mark for RFC 5424's APP-NAME */
    cursor_skip_blanks(c);
    return true;
}

/* The id of a text without a mark; false takes nothing. */
static bool read_bare(const struct cursor *c, unsigned *id, unsigned *level, struct record *r)
{
    char *digits;
    if (cursor_peek(c) == '%' || !(*id = asa_bare(c->rest)) || !(digits = record_scratch(r, 6)))
        return false;
    for (unsigned rest = *id, i = 6; i-- > 0; rest /= 10)
        digits[i] = (char)('0' + rest % 10);
    record_set_product(r, slice("ASA"));
    record_set_event_id(r, slice_make(digits, 6));
    *level = 8; /* not said */
    return true;
}

/* "message repeated 2 times: [ text]", as a relay in between writes it, around the mark or behind. */
__attribute__((noinline)) static void unwrap_repeats(struct cursor *c, struct record *r)
{
    struct cursor inside = *c;
    cursor_expect(&inside, "message repeated ");
    struct slice times = cursor_until(&inside, ' ');
    cursor_expect(&inside, "times: [");
    if (inside.bad)
        return;
    record_extra(r, slice("repeated"), times);
    cursor_skip_blanks(&inside);
    if (inside.rest.len && inside.rest.ptr[inside.rest.len - 1] == ']')
        inside.rest.len--;
    *c = inside;
}

/* The mark where it does not stand in front as usual, or is none; NULL: there is no telling what the
 * message is. */
__attribute__((noinline)) static const struct asa_mark *read_other_mark(
    const struct parse_context *context, struct cursor *c, struct asa_mark *room, struct record *r)
{
    unsigned id, level;
    if (cursor_peek(c) == 'm') {
        unwrap_repeats(c, r);
        const struct asa_mark *common = read_common_mark(context, c, room, r);
        if (common)
            return common;
    }
    if (!read_bare(c, &id, &level, r) && !read_mark(c, &id, &level, r))
        return NULL;
    set_mark(room, id, level);
    return room;
}

/* A refusal in other words than its form's: it counts when both sides are found in it, and when it does
 * not end where an address may have been cut. */
static enum parse_status read_otherwise(struct parse_context *context, const struct asa_kind *kind,
                                        struct cursor text, struct record *r)
{
    const uint64_t has = r->has;
    struct slice told = slice_trim(text.rest);
    if (kind->read != asa_form || told.len == 0 ||
        strchr("0123456789abcdefABCDEF:/", told.ptr[told.len - 1]))
        return PARSE_MALFORMED;
    asa_loose(context, kind, &text, r);
    if (RECORD_HAS(r, src_ip) && RECORD_HAS(r, dst_ip)) {
        record_settle(r);
        return PARSE_OK;
    }
    r->has = has;
    return PARSE_MALFORMED;
}

/* What its kind's reader did not understand, from `text` on. What says something about a connection
 * must say all of it; the rest is read as far as it goes. */
__attribute__((noinline)) static enum parse_status not_understood(struct parse_context *context,
                                                                  const struct asa_kind *kind,
                                                                  struct cursor *text, uint64_t has,
                                                                  struct record *r)
{
    record_set_message(r, slice_trim(text->rest));
    if (asa_meanings[kind->meaning].evidence != ASA_UNSET)
        return read_otherwise(context, kind, *text, r);
    r->has = has; /* not what was taken for something on the way */
    asa_loose(context, kind, text, r);
    record_settle(r);
    return PARSE_OK;
}

static enum parse_status asa_parse(struct parse_context *context, struct slice body,
                                   struct record *r)
{
    struct cursor c = cursor_over(body);
    struct asa_mark room;

    record_set_vendor(r, (struct slice)SLICE("Cisco"));
    room.kind = NULL;
    const struct asa_mark *mark = read_common_mark(context, &c, &room, r);
    if (!mark && !(mark = read_other_mark(context, &c, &room, r))) {
        record_set_message(r, slice_trim(c.rest));
        return PARSE_MALFORMED;
    }
    record_mark(r, mark);
    if (cursor_peek(&c) == 'm')
        unwrap_repeats(&c, r);
    const struct asa_kind *kind = mark->kind;
    if (!kind->read) {
        record_set_message(r, slice_trim(c.rest));
        return PARSE_UNKNOWN;
    }
    struct cursor text = c;
    const uint64_t has = r->has;
    if (!kind->read(context, kind, &c, r))
        return not_understood(context, kind, &text, has, r);
    record_settle(r);
    return PARSE_OK;
}

const struct parser parser_asa = {.name = SLICE("asa"),
                                  .extra_prefix = SLICE("CiscoASA"),
                                  .claims = asa_claims,
                                  .parse = asa_parse};
