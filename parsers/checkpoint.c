/*
 * Check Point: gateways and management servers, R77 to R82, in every form they are sent in. Log
 * Exporter's formats syslog ([action:"Drop"; src:"192.0.2.1"; ...]), generic, splunk, cef, leef and
 * json, RFC 5424 structured data of SMB gateways, fw1-loggrabber, and what fw log and the log viewer
 * print. The keys are Check Point's own in nearly all of them: one table reads them all.
 * Formats: Log Exporter guide (sk122323); fields: sk144192 at support.checkpoint.com.
 */
#include "parsers/checkpoint.h"

#include "parsers/text/cefline.h"
#include "parsers/text/json_flat.h"

/* NATIVE is what gateways send on their own, with names unlike Log Exporter's here and there. */
enum envelope { NOT_OURS, QUOTED, NATIVE, PIPED, CEF, LEEF, JSON, LISTED, ROW };

/* "[action:" or "[sc4s@2620 ", the enterprise number being Check Point's. Moves to the first name. */
static enum envelope checkpoint_opens(struct slice *text)
{
    const char *begin = text->ptr + 1, *end = slice_end(*text), *p = begin;
    while (p < end && p - begin < 40 && *p > ' ' && *p != ':' && *p != '"' && *p != ']')
        p++;
    struct slice word = slice_between(begin, p);
    bool ours, native = false;
    if (p < end && *p == ' ') {
        native = slice_ends(word, "@1.3.6.1.4.1.2620");
        ours = native || slice_ends(word, "@2620");
    } else {
        ours = word.len && end - p >= 2 && p[0] == ':' && (p[1] == '"' || p[1] == ':');
        p = begin;
    }
    *text = slice_between(p, end);
    return native ? NATIVE : ours ? QUOTED : NOT_OURS;
}

static bool checkpoint_has(struct slice text, const char *what)
{
    return slice_find_text(text, what) < text.len;
}

/* Action="accept" inzone="Internal" src="10.1.0.31" dst="192.0.2.7" ... product="VPN-1 & FireWall-1" */
static bool checkpoint_is_native(struct slice body, struct slice front)
{
    if (checkpoint_has(front, " product_family=\"") || checkpoint_has(front, " ProductFamily=\""))
        return true;
    return slice_starts(body, "Action=\"") &&
           (checkpoint_has(front, " inzone=\"") || checkpoint_has(front, " s_port=\""));
}

/* Keys in pairs without brackets: splunk, fw1-loggrabber, generic, semicolons. */
static enum envelope checkpoint_pairs(struct slice body)
{
    struct slice front = slice_first(body, 1024);
    size_t name = slice_find(slice_first(body, 32), '=');
    if (name + 1 >= body.len || name == 32)
        return NOT_OURS;
    if (body.ptr[name + 1] == '"' && checkpoint_is_native(body, front))
        return NATIVE;
    if (body.ptr[name + 1] == '"')
        return checkpoint_has(front, " loguid=\"") || checkpoint_has(front, " originsicname=\"") ||
                       checkpoint_has(front, " origin_sic_name=\"")
                   ? QUOTED
                   : NOT_OURS;
    if (!slice_starts(body, "time=") && !slice_starts(body, "|hostname=") &&
        !slice_starts(body, "hostname=") && !slice_starts(body, "loguid=") &&
        !slice_starts(body, "loc=") && !slice_starts(body, "date="))
        return NOT_OURS;
    if (checkpoint_is_listed(body))
        return LISTED;
    return checkpoint_has(front, "|product=") || checkpoint_has(front, "|orig=") ? PIPED : NOT_OURS;
}

/* Log Exporter's JSON: keys that no other product has, beside those that it always sends. */
static bool checkpoint_is_json(struct slice body)
{
    struct slice front = slice_first(body, 4096);
    return checkpoint_has(front, "\"loguid\"") || checkpoint_has(front, "\"originsicname\"") ||
           (checkpoint_has(front, "\"origin\"") &&
            (checkpoint_has(front, "\"sequencenum\"") || checkpoint_has(front, "\"ifdir\"") ||
             checkpoint_has(front, "FireWall-1\"")));
}

/* What stands behind text that was no header to us: "syslog[" came from older relays, "host CEF:". */
static enum envelope checkpoint_behind(struct slice body, struct slice *text)
{
    size_t bracket = slice_find(slice_first(body, 128), '[');
    if (bracket < 128 && bracket < body.len) {
        *text = slice_from(body, bracket);
        enum envelope found = checkpoint_opens(text);
        if (found != NOT_OURS)
            return found;
    }
    size_t pipe = slice_find(slice_first(body, 192), '|');
    if (pipe >= 5 && pipe < 192 && pipe < body.len) {
        *text = slice_from(body, pipe - 5);
        if (slice_starts(*text, "CEF:") && checkpoint_is_cef(*text))
            return CEF;
        *text = slice_from(body, pipe >= 8 ? pipe - 8 : 0);
        if (slice_starts(*text, "LEEF:") && checkpoint_is_leef(*text))
            return LEEF;
    }
    return NOT_OURS;
}

static enum envelope checkpoint_open(const struct syslog *header, struct slice body,
                                     struct slice *text)
{
    /* Nearly all messages begin like this. */
    *text = slice_from(body, 1);
    if (slice_starts(body, "[action:\""))
        return QUOTED;
    *text = header->structured_data;
    enum envelope found = text->len ? checkpoint_opens(text) : NOT_OURS;
    if (found != NOT_OURS)
        return found;
    *text = body;
    if (!body.len)
        return NOT_OURS;
    char first = body.ptr[0];
    if (first == '{')
        found = checkpoint_is_json(body) ? JSON : NOT_OURS;
    else if (first == '"')
        found = checkpoint_is_row(body) ? ROW : NOT_OURS;
    else if (first == 'C' || (unsigned)(first - '0') <= 9 || first == 'L' || first == 'H')
        found = checkpoint_is_cef(body)      ? CEF
                : checkpoint_is_leef(body)   ? LEEF
                : checkpoint_is_listed(body) ? LISTED
                                             : NOT_OURS;
    else if (first == 'A' && slice_starts(body, "Action=\""))
        found = checkpoint_pairs(body);
    else if (first == '|' || first == '_' || (unsigned)(first - 'a') < 26)
        found = checkpoint_pairs(body);
    if (found == NOT_OURS && slice_is(header->app, "CPLogToSyslog")) /* before Log Exporter */
        found = LISTED;
    return found != NOT_OURS ? found : checkpoint_behind(body, text);
}

static bool checkpoint_claims(const struct syslog *header, struct slice body)
{
    struct slice text;
    return checkpoint_open(header, body, &text) != NOT_OURS;
}

static bool checkpoint_piped(struct checkpoint *cp, struct slice text)
{
    struct cursor c = cursor_over(text);
    struct kv pair;
    unsigned pairs = 0;
    for (; kv_piped_next(&c, &pair); pairs++) {
        pair.name = slice_trim(pair.name); /* "Protection Name =" */
        checkpoint_pair(cp, &pair);
    }
    return pairs != 0;
}

/* {"action":"Drop","loguid":"{0x1,0x2,0x3,0x4}","layer_name":["Network","Web"],"service":443} */
static bool checkpoint_json(struct checkpoint *cp, struct slice text)
{
    struct json_flat it = json_flat_over(text);
    struct kv pair;
    unsigned pairs = 0;
    for (; json_flat_next(&it, &pair); pairs++)
        checkpoint_pair(cp, &pair);
    return pairs && !it.broken;
}

/* How the forms are read. Backslashes mean something else in each. */
static const struct {
    bool (*read)(struct checkpoint *cp, struct slice text);
    size_t (*unescape)(struct slice text, char *out);
    bool foreign;
} forms[] = {
    [NOT_OURS] = {checkpoint_quoted, kv_unescape, false},
    [QUOTED] = {checkpoint_quoted, kv_unescape, false},
    [NATIVE] = {checkpoint_quoted, kv_unescape, true},
    [PIPED] = {checkpoint_piped, kv_unescape, true},
    [CEF] = {checkpoint_cef, cefline_unescape, true},
    [LEEF] = {checkpoint_leef, kv_unescape, true},
    [JSON] = {checkpoint_json, json_flat_unescape, true},
    [LISTED] = {checkpoint_listed, kv_unescape, true},
    [ROW] = {checkpoint_row, kv_unescape, true},
};

/* <134>1 2026-11-21T08:56:00Z mgmt CheckPoint 2201 - [action:"Drop"; ifdir:"inbound"; ... ] */
static enum parse_status checkpoint_parse(struct parse_context *context, struct slice body,
                                          struct record *out)
{
    struct checkpoint cp;
    struct slice text;
    record_set_vendor(out, slice("Check Point"));
    record_set_product(out, slice("VPN-1 & FireWall-1"));

    enum envelope form = checkpoint_open(context->header, body, &text);
    cp.out = out;
    cp.zone = context->zone;
    cp.arrival_ms = context->arrival_ms;
    cp.order = context->memory ? &context->memory->checkpoint : NULL;
    cp.foreign = forms[form].foreign;
    cp.unescape = forms[form].unescape;
    cp.seen = 0;
    cp.inline_rules = cp.rules = 0;
    bool any = forms[form].read(&cp, text);
    checkpoint_meaning(&cp);
    return any ? PARSE_OK : PARSE_MALFORMED;
}

const struct parser parser_checkpoint = {
    .name = SLICE("checkpoint"),
    .extra_prefix = SLICE("CheckPoint"),
    .claims = checkpoint_claims,
    .parse = checkpoint_parse,
};
