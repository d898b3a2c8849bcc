/*
 * RFC 5424, read as firewalls write it: fields left out, stamps that are none, brackets that hold no
 * structured data. Whatever does not fit is where the vendor's text begins.
 */
#include "parsers/syslog_reading.h"

/* Where a structured-data element ends, or NULL: RFC 5424 section 6.3, and blanks before its ']'. */
static const char *skip_sd_element(const char *p, const char *end)
{
    const char *id = ++p;
    while (p<end && * p> ' ' && *p != ']' && *p != '"' && *p != '=')
        p++;
    if (p == id)
        return NULL;
    for (;;) {
        while (p < end && *p == ' ')
            p++;
        if (p == end)
            return NULL;
        if (*p == ']')
            return p + 1;
        const char *name = p;
        while (p<end && * p> ' ' && *p != ']' && *p != '"' && *p != '=')
            p++;
        if (p == name || end - p < 3 || p[0] != '=' || p[1] != '"' || name[-1] != ' ')
            return NULL;
        for (p += 2; p < end && *p != '"'; p++)
            if (*p == '\\')
                p++;
        if (p >= end)
            return NULL;
        p++;
    }
}

/*
 * Structured data, or a vendor's own brackets, which stay in the body: Check Point's
 * [action:"Accept"; ...]. Where structured data is all there is, it is the body as well.
 */
static void take_structured_data(struct reading *r)
{
    struct cursor *c = &r->c;
    const char *begin = c->rest.ptr, *end = slice_end(c->rest), *p = begin;
    while (p && p < end && *p == '[')
        p = skip_sd_element(p, end);
    if (!p || (p < end && *p != ' '))
        return;
    r->out->structured_data = slice_between(begin, p);
    struct cursor after = *c;
    cursor_advance(&after, r->out->structured_data.len);
    skip_blanks(&after);
    cursor_try(&after, BYTE_ORDER_MARK);
    if (!cursor_at_end(&after))
        *c = after;
}

/*
 * Behind "1 ": stamp, HOSTNAME, APP-NAME, PROCID, MSGID, then structured data. A word that cannot
 * be any of these is where a sloppy sender's text begins: "<14>1 2020-... fw 1,2020/...".
 */
void syslog_rfc5424_take(struct reading *r)
{
    struct syslog *out = r->out;
    struct cursor *c = &r->c;
    struct slice *const fields[] = {&out->host, &out->app, &out->procid, &out->msgid};
    int64_t time_ms;
    unsigned kinds;

    out->form = SYSLOG_RFC5424;
    r->numbered = NULL;
    if (timestamp_iso(c, r->zone, &time_ms)) {
        out->has_time = true;
        out->time_ms = time_ms;
    }
    /* The rest of a stamp that is none, or of one with more to it than a stamp should have. */
    struct slice left = word_at(c->rest, &kinds);
    if (left.len)
        out->has_time = false;
    cursor_advance(c, left.len);
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        skip_blanks(c);
        struct slice word = word_at(c->rest, &kinds);
        if (word.len == 0 || kinds & IS_PAYLOAD || word.ptr[0] == '[' || word.ptr[0] == '%')
            break;
        if (!slice_is(word, "-"))
            *fields[i] = word;
        cursor_advance(c, word.len);
    }
    skip_blanks(c);
    if (cursor_peek(c) == '[') {
        take_structured_data(r);
    } else if (slice_starts(c->rest, "- ") || slice_is(c->rest, "-")) {
        cursor_advance(c, 1);
        skip_blanks(c);
        cursor_try(c, BYTE_ORDER_MARK);
    }
}
