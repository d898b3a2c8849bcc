/*
 * Check Point Log Exporter (R80.10 and later): pairs of keys and values, in brackets
 * [action:"Drop"; src:"192.0.2.1"; ...], as RFC 5424 structured data of SMB gateways, or with pipes
 * (its format "splunk"). The keys are Check Point's own in every form, so that one table reads them
 * all, checkpoint_keys.c; what they mean together is in checkpoint_meaning.c.
 * Fields: Log Exporter guide (sk122323) and the description of log fields (sk144192) at
 * support.checkpoint.com.
 */
#include "parsers/checkpoint.h"

/*
 * Layers come in order, outermost first, each with its rule_action and rule_name; the rule that
 * decided is that of the first layer which did not pass the question on ("Inline").
 */
static void checkpoint_layer(struct checkpoint *cp, struct slice name, struct slice value)
{
    struct record_extra *rule = &cp->notes[NOTE_RULE_NAME];
    if (cp->rule_names++ && cp->rule_names > cp->inline_rules + 1) {
        record_extra(cp->out, name, value);
        return;
    }
    if (CHECKPOINT_SEEN(cp, RULE_NAME))
        record_extra(cp->out, rule->name, rule->value);
    *rule = (struct record_extra){name, value};
    cp->seen |= CHECKPOINT_BIT(NOTE_RULE_NAME);
}

static void checkpoint_keep(struct checkpoint *cp, enum checkpoint_note note, struct slice name,
                            struct slice value)
{
    if (value.len == 0)
        return;
    if (note == NOTE_RULE_NAME) {
        checkpoint_layer(cp, name, value);
    } else if (!(cp->seen >> note & 1)) {
        cp->notes[note] = (struct record_extra){name, value};
        cp->seen |= CHECKPOINT_BIT(note);
    } else if (!slice_equals(cp->notes[note].value, value)) {
        record_extra(cp->out, name, value);
    }
}

/* Seconds or, with thirteen digits, milliseconds since 1970. */
static bool checkpoint_seconds(struct record *r, struct slice value)
{
    uint64_t t;
    if (value.len < 9 || value.len > 13 || !number_parse(value, &t))
        return false;
    record_set_time(r, (int64_t)(value.len > 11 ? t : t * 1000));
    return true;
}

static void *checkpoint_member(struct record *r, enum record_field field)
{
    return (char *)r + record_fields[field].offset;
}

/* An address; or an object's name, which the host field of that side takes. */
static bool checkpoint_address(struct record *r, enum record_field field, struct slice value)
{
    struct address address;
    size_t taken = address_read_v4(value, &address);
    if (taken == 0 || taken < value.len) {
        if (!address_parse(value, &address))
            return (field == FIELD_src_ip && record_put(r, FIELD_src_host, value)) ||
                   (field == FIELD_dst_ip && record_put(r, FIELD_dst_host, value));
    }
    *(struct address *)checkpoint_member(r, field) = address;
    r->has |= CHECKPOINT_BIT(field);
    return true;
}

/* Up to five digits, the usual port; anything else is looked at closely. */
static bool checkpoint_port(struct record *r, enum record_field field, struct slice value)
{
    unsigned port = 0, digit;
    for (size_t i = 0; i < value.len; i++) {
        if ((digit = (unsigned)(value.ptr[i] - '0')) > 9 || i == 5)
            return record_put(r, field, value);
        port = port * 10 + digit;
    }
    if (port > UINT16_MAX)
        return false;
    *(uint16_t *)checkpoint_member(r, field) = (uint16_t)port;
    r->has |= CHECKPOINT_BIT(field);
    return true;
}

/* Digits first: a protocol is nearly always its number here. */
bool checkpoint_value(struct record *r, enum record_field field, struct slice value)
{
    uint64_t number;
    if (field != FIELD_protocol || !number_parse(value, &number))
        return record_put(r, field, value);
    if (number > 255)
        return false;
    record_set_protocol(r, (uint8_t)number);
    return true;
}

static bool checkpoint_nat(struct record *r, enum record_field field, struct slice value)
{
    return slice_is(value, "0") || slice_is(value, "0.0.0.0") || slice_is(value, "::") ||
           (!(r->has >> field & 1) && record_put(r, field, value));
}

/* False: to be kept as an extra. */
static bool checkpoint_field(struct record *r, const struct kv_key *key, struct slice value)
{
    enum record_field field = key->what;
    bool first = !(r->has >> field & 1);
    switch ((enum checkpoint_how)key->how) {
    case AS_TEXT:
        if (first) {
            *(struct slice *)checkpoint_member(r, field) = value;
            r->has |= CHECKPOINT_BIT(field);
        }
        return first;
    case AS_ADDRESS: /* the sender's address gives way to the device's own */
        return (first || field == FIELD_device_ip) && checkpoint_address(r, field, value);
    case AS_PORT:
        return first && checkpoint_port(r, field, value);
    case AS_VALUE:
        return first && checkpoint_value(r, field, value);
    case AS_NAT:
        return checkpoint_nat(r, field, value);
    case AS_SECONDS:
        return checkpoint_seconds(r, value);
    case AS_NOTE:
        break;
    }
    return false;
}

/* What two spliced messages leave in front of a name: `2"] [flags`. */
static struct slice checkpoint_last_word(struct slice name)
{
    size_t at = name.len;
    while (at > 0 && !memchr(" ];[|", name.ptr[at - 1], 5))
        at--;
    return slice_from(name, at);
}

static void checkpoint_read(struct checkpoint *cp, const struct kv *pair)
{
    struct slice name = pair->name, value = pair->value;
    const struct kv_key *key = kv_find(checkpoint_drawers, CHECKPOINT_DRAWERS, name);
    if (!key && (name.len > KV_NAME_MAX || (name.len && name.ptr[0] == ']'))) {
        name = checkpoint_last_word(name);
        key = kv_find(checkpoint_drawers, CHECKPOINT_DRAWERS, name);
    }
    if (pair->escaped) {
        char *room = record_scratch(cp->out, value.len);
        if (room)
            value = slice_make(room, kv_unescape(value, room));
    }
    if (!key || pair->cut) { /* half an address is another address */
        cp->inline_rules += slice_is(name, "rule_action") && slice_is(value, "Inline");
        record_extra(cp->out, name, value);
    } else if (key->how == AS_NOTE) {
        checkpoint_keep(cp, key->what, name, value);
    } else if (value.len && !checkpoint_field(cp->out, key, value)) {
        record_extra(cp->out, name, value);
    }
}

enum envelope { NOT_OURS, QUOTED, PIPED };

/* "[action:" or "[sc4s@2620 ", the enterprise number being Check Point's. Moves to the first name. */
static bool checkpoint_opens(struct slice *text)
{
    const char *begin = text->ptr + 1, *end = slice_end(*text), *p = begin;
    while (p < end && p - begin < 40 && *p > ' ' && *p != ':' && *p != '"' && *p != ']')
        p++;
    struct slice word = slice_between(begin, p);
    bool ours;
    if (p < end && *p == ' ') {
        ours = slice_ends(word, "@2620") || slice_ends(word, "@1.3.6.1.4.1.2620");
    } else {
        ours = word.len && end - p >= 2 && p[0] == ':' && (p[1] == '"' || p[1] == ':');
        p = begin;
    }
    *text = slice_between(p, end);
    return ours;
}

/* A header that was no header to us may still stand in front; "syslog[" came from older relays. */
static enum envelope checkpoint_open(const struct syslog *header, struct slice body,
                                     struct slice *text)
{
    /* Nearly all messages begin like this. */
    *text = slice_from(body, 1);
    if (slice_starts(body, "[action:\""))
        return QUOTED;
    *text = header->structured_data;
    if (text->len && checkpoint_opens(text))
        return QUOTED;
    size_t bracket = slice_find(slice_first(body, 128), '[');
    if (bracket < 128 && bracket < body.len) {
        *text = slice_from(body, bracket);
        if (checkpoint_opens(text))
            return QUOTED;
    }
    *text = body;
    struct slice front = slice_first(body, 512);
    if ((slice_starts(body, "time=") || slice_starts(body, "|hostname=") ||
         slice_starts(body, "hostname=") || slice_starts(body, "loguid=")) &&
        slice_find_text(front, "|product=") < front.len)
        return PIPED;
    return NOT_OURS;
}

static bool checkpoint_claims(const struct syslog *header, struct slice body)
{
    struct slice text;
    return checkpoint_open(header, body, &text) != NOT_OURS;
}

/* <134>1 2026-11-21T08:56:00Z mgmt CheckPoint 2201 - [action:"Drop"; ifdir:"inbound"; ... ] */
static enum parse_status checkpoint_parse(struct parse_context *context, struct slice body,
                                          struct record *out)
{
    struct checkpoint cp;
    struct slice text;
    struct kv pair;
    unsigned pairs = 0;
    cp.out = out;
    cp.seen = 0;
    cp.rule_names = cp.inline_rules = 0;
    record_set_vendor(out, slice("Check Point"));
    record_set_product(out, slice("VPN-1 & FireWall-1"));

    bool piped = checkpoint_open(context->header, body, &text) == PIPED;
    struct kv_quoted quoted = kv_quoted_over(text);
    struct cursor c = cursor_over(text);
    for (; piped ? kv_piped_next(&c, &pair) : kv_quoted_next(&quoted, &pair); pairs++)
        checkpoint_read(&cp, &pair);
    checkpoint_meaning(&cp);
    return pairs ? PARSE_OK : PARSE_MALFORMED;
}

const struct parser parser_checkpoint = {
    .name = "checkpoint",
    .extra_prefix = "CheckPoint",
    .claims = checkpoint_claims,
    .parse = checkpoint_parse,
};
