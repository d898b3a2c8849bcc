/* Takes each pair of a Check Point message to where the tables of checkpoint_keys.c say. */
#include "parsers/checkpoint.h"

static void checkpoint_keep(struct checkpoint *cp, enum checkpoint_note note, struct slice name,
                            struct slice value)
{
    if (!(cp->seen >> note & 1)) {
        cp->notes[note].name = name;
        cp->notes[note].value = value;
        cp->seen |= CHECKPOINT_BIT(note);
    } else if (!slice_equals(cp->notes[note].value, value)) {
        record_extra(cp->out, name, value);
    }
}

static const char *const months[12] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* 21Nov2026  9:18:00: local time of the device. */
static bool checkpoint_day(struct checkpoint *cp, struct slice text)
{
    struct cursor c = cursor_over(text);
    uint64_t day = cursor_number(&c);
    int month = 0;
    while (month < 12 && !cursor_try(&c, months[month]))
        month++;
    uint64_t year = cursor_number(&c);
    cursor_skip_blanks(&c);
    uint64_t hour = cursor_number(&c);
    cursor_expect(&c, ":");
    uint64_t minute = cursor_number(&c);
    cursor_expect(&c, ":");
    uint64_t second = cursor_number(&c);
    if (c.bad || month == 12 || day - 1 > 30 || year - 1970 > 1000 || hour > 23 || minute > 59 ||
        second > 60)
        return false;
    int64_t days = timestamp_days((int)year, month + 1, (int)day);
    int64_t seconds = days * 86400 + (int64_t)(hour * 3600 + minute * 60 + second);
    record_set_time(cp->out, zone_to_utc(cp->zone, seconds * 1000));
    return true;
}

bool checkpoint_clock(struct checkpoint *cp, struct slice text)
{
    struct cursor c = cursor_over(slice_trim(text));
    int64_t ms;
    if (!timestamp_iso(&c, cp->zone, &ms) && !timestamp_bsd(&c, cp->zone, cp->arrival_ms, &ms))
        return checkpoint_day(cp, c.rest);
    record_set_time(cp->out, ms);
    return true;
}

/* Seconds or, with thirteen digits, milliseconds since 1970. */
static bool checkpoint_time(struct checkpoint *cp, struct slice value)
{
    uint64_t t = 0;
    unsigned digit;
    for (size_t i = 0; i < value.len; i++) {
        if (i == 13 || (digit = (unsigned)(value.ptr[i] - '0')) > 9)
            return cp->foreign && checkpoint_clock(cp, value);
        t = t * 10 + digit;
    }
    if (value.len < 9)
        return false;
    record_set_time(cp->out, (int64_t)(value.len > 11 ? t : t * 1000));
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
static bool checkpoint_take(struct checkpoint *cp, const struct kv_key *key, struct slice name,
                            struct slice value)
{
    struct record *r = cp->out;
    enum record_field field = key->what;
    bool first = !(r->has >> field & 1);
    switch ((enum checkpoint_how)key->how) {
    case AS_EXTRA:
        return false;
    case AS_NOTE:
        checkpoint_keep(cp, key->what, name, value);
        return true;
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
    case AS_TIME:
        return checkpoint_time(cp, value);
    case AS_LAYER:
        if (cp->rules == CHECKPOINT_LAYERS)
            return false;
        cp->rule_names[cp->rules++] = value;
        return true;
    case AS_INLINE:
        cp->inline_rules += slice_is(value, "Inline");
        return false;
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

/* Names that are not simply in the table. */
static const struct kv_key *checkpoint_odd_name(struct checkpoint *cp, struct slice *name)
{
    static const char match_table[] = "_._._match_table"; /* Log Exporter's JSON, R81.20 */
    if (name->len > KV_NAME_MAX || name->ptr[0] == ']')
        *name = checkpoint_last_word(*name);
    if (slice_ends(*name, match_table))
        name->len -= sizeof(match_table) - 1;
    const struct kv_key *key = kv_find(checkpoint_drawers, CHECKPOINT_DRAWERS, *name);
    return key || !cp->foreign ? key : kv_find(checkpoint_foreign, CHECKPOINT_DRAWERS, *name);
}

static struct slice checkpoint_unescaped(struct checkpoint *cp, struct slice value)
{
    char *room = record_scratch(cp->out, value.len);
    return room ? slice_make(room, cp->unescape(value, room)) : value;
}

static inline void checkpoint_read(struct checkpoint *cp, struct kv pair)
{
    if (pair.value.len == 0 || pair.name.len == 0)
        return;
    const struct kv_key *key = kv_find(checkpoint_drawers, CHECKPOINT_DRAWERS, pair.name);
    if (!key && (cp->foreign || pair.name.len > KV_NAME_MAX || pair.name.ptr[0] == ']'))
        key = checkpoint_odd_name(cp, &pair.name);
    if (pair.escaped)
        pair.value = checkpoint_unescaped(cp, pair.value);
    /* Half an address is another address. */
    if (!key || pair.cut || !checkpoint_take(cp, key, pair.name, pair.value))
        record_extra(cp->out, pair.name, pair.value);
}

void checkpoint_pair(struct checkpoint *cp, const struct kv *pair)
{
    checkpoint_read(cp, *pair);
}

unsigned checkpoint_quoted(struct checkpoint *cp, struct slice text)
{
    struct kv_quoted it = kv_quoted_over(text);
    struct kv pair;
    unsigned pairs = 0;
    for (; kv_quoted_next(&it, &pair); pairs++)
        checkpoint_read(cp, pair);
    return pairs;
}
