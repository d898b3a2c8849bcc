/* Takes each pair of a Check Point message to where the tables of checkpoint_keys.c say. */
#include "parsers/checkpoint.h"

#include "parsers/text/digits.h"

static inline void checkpoint_keep(struct checkpoint *cp, enum checkpoint_note note,
                                   struct slice name, struct slice value)
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

static void *checkpoint_member(struct record *r, enum record_field field)
{
    return (char *)r + record_fields[field].offset;
}

/*
 * The readers: each takes a value to its field; false says that it is to be kept as an extra, being
 * no such value or not the first one. `end` is how far the text behind the value may be looked at.
 */

/* Any text; the first of several keys wins. */
static inline bool checkpoint_as_text(struct checkpoint *cp, enum record_field field,
                                      struct slice value)
{
    if (cp->out->has & CHECKPOINT_BIT(field))
        return false;
    *(struct slice *)checkpoint_member(cp->out, field) = value;
    cp->out->has |= CHECKPOINT_BIT(field);
    return true;
}

static bool checkpoint_as_host(struct record *r, enum record_field field, struct slice name)
{
    if (field == FIELD_device_ip && slice_find(name, '|') == name.len)
        return record_put(r, FIELD_host, name);
    return (field == FIELD_src_ip && record_put(r, FIELD_src_host, name)) ||
           (field == FIELD_dst_ip && record_put(r, FIELD_dst_host, name));
}

/* An address; or an object's name, which the host field of that side takes. The sender's address
 * gives way to the device's own. */
static inline bool checkpoint_as_address(struct checkpoint *cp, enum record_field field,
                                         struct slice value, const char *end)
{
    struct record *r = cp->out;
    struct address address;
    if (r->has & CHECKPOINT_BIT(field) && field != FIELD_device_ip)
        return false;
    if (address_read_v4(slice_between(value.ptr, end), &address) != value.len &&
        !address_parse(value, &address))
        return checkpoint_as_host(r, field, value);
    *(struct address *)checkpoint_member(r, field) = address;
    r->has |= CHECKPOINT_BIT(field);
    return true;
}

/* A service's name, which stays an extra beside its port. */
static bool checkpoint_as_service(struct record *r, enum record_field field, struct slice name)
{
    int port = field == FIELD_dst_port ? checkpoint_service(name) : -1;
    if (port >= 0)
        record_set_dst_port(r, (uint16_t)port);
    return false;
}

static inline bool checkpoint_as_port(struct checkpoint *cp, enum record_field field,
                                      struct slice value, const char *end)
{
    struct record *r = cp->out;
    if (r->has & CHECKPOINT_BIT(field))
        return false;
    if (!port_read(value, end, checkpoint_member(r, field)))
        return checkpoint_as_service(r, field, value);
    r->has |= CHECKPOINT_BIT(field);
    return true;
}

/* Digits first: a protocol is nearly always its number here. */
bool checkpoint_value(struct record *r, enum record_field field, struct slice value,
                      const char *end)
{
    if (field != FIELD_protocol || value.len - 1 > 2 || end - value.ptr < 8)
        return record_put(r, field, value);
    int64_t number = digits_8(value.ptr, value.len);
    if (number < 0) /* a word */
        return record_put(r, field, value);
    if (number > UINT8_MAX)
        return false;
    record_set_protocol(r, (uint8_t)number);
    return true;
}

static bool checkpoint_as_value(struct checkpoint *cp, enum record_field field, struct slice value,
                                const char *end)
{
    return !(cp->out->has & CHECKPOINT_BIT(field)) && checkpoint_value(cp->out, field, value, end);
}

/* An address or a port of which 0 says that nothing was translated. */
static bool checkpoint_as_nat(struct checkpoint *cp, enum record_field field, struct slice value)
{
    return slice_is(value, "0") || slice_is(value, "0.0.0.0") || slice_is(value, "::") ||
           (!(cp->out->has & CHECKPOINT_BIT(field)) && record_put(cp->out, field, value));
}

/* Seconds or, with thirteen digits, milliseconds since 1970. */
static bool checkpoint_as_time(struct checkpoint *cp, struct slice value)
{
    int64_t first = -1, last = -1;
    if (value.len >= 9 && value.len <= 13) {
        first = digits_8(value.ptr, value.len - 8);
        last = digits_8(slice_end(value) - 8, 8);
    }
    if (first < 0 || last < 0)
        return checkpoint_clock(cp, value);
    int64_t t = first * 100000000 + last;
    record_set_time(cp->out, value.len > 11 ? t : t * 1000);
    return true;
}

static bool checkpoint_as_layer(struct checkpoint *cp, struct slice value)
{
    if (cp->rules == CHECKPOINT_LAYERS)
        return false;
    cp->rule_names[cp->rules++] = value;
    return true;
}

/* What two spliced messages leave in front of a name: `2"] [flags`. */
static struct slice checkpoint_last_word(struct slice name)
{
    size_t at = name.len;
    while (at > 0 && !memchr(" ];[|", name.ptr[at - 1], 5))
        at--;
    return slice_from(name, at);
}

#define NAME_LONG 30 /* longer than any key */

/* The row of a name; what is left of a name that was more than one is put into *name. */
static const struct kv_key *checkpoint_find(struct checkpoint *cp, struct slice *name)
{
    static const char match_table[] = "_._._match_table"; /* Log Exporter's JSON, R81.20 */
    const struct kv_key *key = kv_find(checkpoint_drawers, CHECKPOINT_DRAWERS, *name);
    if (key)
        return key;
    if (name->len > NAME_LONG || name->ptr[0] == ']')
        *name = checkpoint_last_word(*name);
    if (slice_ends(*name, match_table))
        name->len -= sizeof(match_table) - 1;
    key = kv_find(checkpoint_drawers, CHECKPOINT_DRAWERS, *name);
    return key || !cp->foreign ? key : kv_find(checkpoint_foreign, CHECKPOINT_DRAWERS, *name);
}

static struct slice checkpoint_unescaped(struct checkpoint *cp, struct slice value)
{
    char *room = record_scratch(cp->out, value.len);
    return room ? slice_make(room, cp->unescape(value, room)) : value;
}

/* Where a value goes that the table has a row for. */
static inline __attribute__((always_inline)) void checkpoint_place(struct checkpoint *cp,
                                                                   const struct kv_key *key,
                                                                   struct slice name,
                                                                   struct slice value,
                                                                   const char *end)
{
    bool taken = false;
    name.ptr = key->name; /* static text, which writers know by where it stands */
    switch (key->how) {
    case AS_NOTE:
        checkpoint_keep(cp, key->what, name, value);
        return;
    case AS_TEXT:
        taken = checkpoint_as_text(cp, key->what, value);
        break;
    case AS_ADDRESS:
        taken = checkpoint_as_address(cp, key->what, value, end);
        break;
    case AS_PORT:
        taken = checkpoint_as_port(cp, key->what, value, end);
        break;
    case AS_VALUE:
        taken = checkpoint_as_value(cp, key->what, value, end);
        break;
    case AS_NAT:
        taken = checkpoint_as_nat(cp, key->what, value);
        break;
    case AS_TIME:
        taken = checkpoint_as_time(cp, value);
        break;
    case AS_LAYER:
        taken = checkpoint_as_layer(cp, value);
        break;
    case AS_INLINE:
        cp->inline_rules += slice_is(value, "Inline");
        break;
    default: /* AS_EXTRA */
        break;
    }
    if (!taken)
        record_extra(cp->out, name, value);
}

void checkpoint_pair(struct checkpoint *cp, const struct kv *pair)
{
    struct slice name = pair->name, value = slice_trim(pair->value);
    if (name.len == 0 || value.len == 0)
        return;
    const struct kv_key *key = checkpoint_find(cp, &name);
    if (pair->escaped)
        value = checkpoint_unescaped(cp, value);
    if (key && !pair->cut) /* half an address is another address */
        checkpoint_place(cp, key, name, value, slice_end(value));
    else
        record_extra(cp->out, name, value);
}

/* Whether nothing has to be taken off a value of the usual form. */
static inline bool checkpoint_is_neat(struct slice value)
{
    return value.len && value.ptr[value.len - 1] != ' ';
}

/* A pair that was not due, of any form; false when there is none. */
static bool checkpoint_other(struct checkpoint *cp, struct kv_quoted *it,
                             const struct kv_due **before)
{
    struct slice name, value;
    struct kv pair = {.escaped = false};
    if (it->end - it->at == 1 && *it->at == ']')
        return false; /* as nearly all lines end */
    if (kv_quoted_usual(it, &name, &value)) {
        const struct kv_key *key = kv_find_wide(checkpoint_drawers, name);
        if (key)
            *before = kv_order_learn(cp->order, *before, key);
        if (key && checkpoint_is_neat(value)) {
            checkpoint_place(cp, key, name, value, it->end);
            return true;
        }
        pair.name = kv_name(name);
        pair.value = value;
    } else if (!kv_quoted_any(it, &pair)) {
        return false;
    }
    checkpoint_pair(cp, &pair);
    return true;
}

bool checkpoint_quoted(struct checkpoint *cp, struct slice text)
{
    struct kv_quoted it;
    const struct kv_due *before = kv_order_begin(cp->order);
    const char *at = text.ptr;
    struct slice value;
    kv_quoted_begin(&it, text);
    for (;;) {
        const struct kv_due *due = before->next;
        const struct kv_key *key = due->key;
        if (kv_quoted_due(&it, at, key, &value)) {
            struct slice name = slice_make(at, key->len);
            at = slice_end(value) + 3;
            before = due;
            if (checkpoint_is_neat(value)) {
                checkpoint_place(cp, key, name, value, it.end);
            } else {
                struct kv pair = {name, value, false, false};
                checkpoint_pair(cp, &pair);
            }
        } else {
            it.at = at;
            if (!checkpoint_other(cp, &it, &before))
                return at > text.ptr;
            at = it.at;
        }
    }
}
