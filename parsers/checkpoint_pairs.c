/* Takes each pair of a Check Point message to where the tables of checkpoint_keys.c say. */
#include "parsers/checkpoint.h"

#include "parsers/text/digits.h"

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
 * The readers: each takes a value to what its row says; false says that it is to be kept as an extra,
 * being no such value or not the first one. `end` is how far the text behind the value may be looked
 * at.
 */
typedef bool checkpoint_reader(struct checkpoint *cp, unsigned what, struct slice value,
                               const char *end);

/* Any text; the first of several keys wins. */
static bool checkpoint_as_text(struct checkpoint *cp, unsigned field, struct slice value,
                               const char *end)
{
    (void)end;
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
static bool checkpoint_as_address(struct checkpoint *cp, unsigned field, struct slice value,
                                  const char *end)
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

/* A port near the end of the text; or a service's name, which stays an extra beside its port. Not
 * inline, for then the frequent way needs no stack. */
__attribute__((noinline)) static bool checkpoint_as_service(struct record *r,
                                                            enum record_field field,
                                                            struct slice name)
{
    if (record_put(r, field, name))
        return true;
    int port = field == FIELD_dst_port ? checkpoint_service(name) : -1;
    if (port >= 0)
        record_set_dst_port(r, (uint16_t)port);
    return false;
}

static bool checkpoint_as_port(struct checkpoint *cp, unsigned field, struct slice value,
                               const char *end)
{
    struct record *r = cp->out;
    if (r->has & CHECKPOINT_BIT(field))
        return false;
    int64_t port = value.len - 1 < 8 && end - value.ptr >= 8 ? digits_8(value.ptr, value.len) : -1;
    if (port < 0 || port > UINT16_MAX)
        return checkpoint_as_service(r, field, value);
    *(uint16_t *)checkpoint_member(r, field) = (uint16_t)port;
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

static bool checkpoint_as_value(struct checkpoint *cp, unsigned field, struct slice value,
                                const char *end)
{
    return !(cp->out->has & CHECKPOINT_BIT(field)) && checkpoint_value(cp->out, field, value, end);
}

/* An address or a port of which 0 says that nothing was translated. */
static bool checkpoint_as_nat(struct checkpoint *cp, unsigned field, struct slice value,
                              const char *end)
{
    (void)end;
    return slice_is(value, "0") || slice_is(value, "0.0.0.0") || slice_is(value, "::") ||
           (!(cp->out->has & CHECKPOINT_BIT(field)) && record_put(cp->out, field, value));
}

/* Seconds or, with thirteen digits, milliseconds since 1970. */
static bool checkpoint_as_time(struct checkpoint *cp, unsigned field, struct slice value,
                               const char *end)
{
    (void)field, (void)end;
    if (value.len < 9 || value.len > 13)
        return checkpoint_clock(cp, value);
    uint64_t first = digits_word(value.ptr) << (64 - 8 * (value.len - 8));
    uint64_t last = digits_word(slice_end(value) - 8);
    if (digits_others(first) | digits_others(last))
        return checkpoint_clock(cp, value);
    int64_t t = (int64_t)digits_join(first) * 100000000 + (int64_t)digits_join(last);
    record_set_time(cp->out, value.len > 11 ? t : t * 1000);
    return true;
}

static bool checkpoint_as_layer(struct checkpoint *cp, unsigned field, struct slice value,
                                const char *end)
{
    (void)field, (void)end;
    if (cp->rules == CHECKPOINT_LAYERS)
        return false;
    cp->rule_names[cp->rules++] = value;
    return true;
}

static bool checkpoint_as_inline(struct checkpoint *cp, unsigned field, struct slice value,
                                 const char *end)
{
    (void)field, (void)end;
    cp->inline_rules += slice_is(value, "Inline");
    return false;
}

/* A note that was made already. */
static bool checkpoint_as_again(struct checkpoint *cp, unsigned note, struct slice value,
                                const char *end)
{
    (void)end;
    return slice_equals(cp->notes[note].value, value);
}

static checkpoint_reader *const readers[] = {
    [AS_TEXT] = checkpoint_as_text,   [AS_ADDRESS] = checkpoint_as_address,
    [AS_PORT] = checkpoint_as_port,   [AS_VALUE] = checkpoint_as_value,
    [AS_NAT] = checkpoint_as_nat,     [AS_TIME] = checkpoint_as_time,
    [AS_LAYER] = checkpoint_as_layer, [AS_INLINE] = checkpoint_as_inline,
    [AS_NOTE] = checkpoint_as_again,
};

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

static inline void checkpoint_note(struct checkpoint *cp, const struct kv_key *key,
                                   struct slice value)
{
    size_t n = key->what;
    struct checkpoint_noted *note = &cp->notes[n];
    note->key = key;
    note->value = value;
    cp->seen |= CHECKPOINT_BIT(n);
}

/* Where a value goes that the table has a row for. It is not empty. */
static inline void checkpoint_place(struct checkpoint *cp, const struct kv_key *key,
                                    struct slice value, const char *end)
{
    if (key->how == AS_EXTRA) {
        record_add_extra(cp->out, kv_key_name(key), value);
    } else if (key->how == AS_NOTE && !(cp->seen >> key->what & 1)) {
        checkpoint_note(cp, key, value);
    } else if (!readers[key->how](cp, key->what, value, end)) {
        record_add_extra(cp->out, kv_key_name(key), value);
    }
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
        checkpoint_place(cp, key, value, slice_end(value));
    else
        record_extra(cp->out, name, value);
}

/* A pair that was not due, of any form; false when there is none. */
static bool checkpoint_other(struct checkpoint *cp, struct cursor *c, const struct kv_due **before)
{
    struct slice name, value;
    struct kv pair = {.escaped = false};
    const char *end = slice_end(c->rest);
    if (c->rest.len == 1 && *c->rest.ptr == ']')
        return false; /* as nearly all lines end */
    if (kv_quoted_last((*before)->next, c->rest.ptr, end, &value)) {
        *before = (*before)->next;
        c->rest = slice_between(slice_end(value) + 3, end);
        checkpoint_place(cp, (*before)->key, value, end);
        return true;
    }
    if (kv_quoted_usual(c, &name, &value)) {
        const struct kv_key *key = kv_find_wide(checkpoint_drawers, name);
        if (key)
            *before = kv_order_learn(cp->order, *before, key, ":\"");
        if (key && value.len && value.ptr[value.len - 1] != ' ') {
            checkpoint_place(cp, key, value, end);
            return true;
        }
        pair.name = kv_name(name);
        pair.value = value;
    } else if (!kv_quoted_any(c, &pair)) {
        return false;
    }
    checkpoint_pair(cp, &pair);
    return true;
}

/* record_add_extra where `extra` is the next; returns the one behind it. */
static inline struct record_extra *checkpoint_add(struct record *r, struct record_extra *extra,
                                                  const struct kv_key *key, struct slice value)
{
    if (extra == r->extras + RECORD_EXTRA_MAX) {
        r->extra_lost++;
        return extra;
    }
    *extra = (struct record_extra){kv_key_name(key), value};
    return extra + 1;
}

/* Pairs one behind the other as they are due; returns where the first stands that is not. */
static const char *checkpoint_course(struct checkpoint *cp, const struct kv_due **before,
                                     const char *at, struct slice text)
{
    struct record *r = cp->out;
    struct record_extra *extra = r->extras + r->extra;
    const struct kv_due *due = (*before)->next;
    const char *near = kv_near(text, KV_NEAR), *end = slice_end(text), *begin, *close;
    while (at < near && (begin = kv_begins(due, at, near)) != NULL &&
           (close = kv_quoted_ends(begin, near)) != NULL) {
        const struct kv_key *key = due->key;
        struct slice value = slice_between(begin, close);
        if (key->how == AS_EXTRA)
            extra = checkpoint_add(r, extra, key, value);
        else if (key->how == AS_NOTE && !(cp->seen >> key->what & 1))
            checkpoint_note(cp, key, value);
        else if (!readers[key->how](cp, key->what, value, end))
            extra = checkpoint_add(r, extra, key, value);
        at = close + 3;
        *before = due;
        due = due->next;
    }
    if (extra > r->extras)
        record_set_extra(r, (uint16_t)(extra - r->extras));
    return at;
}

bool checkpoint_quoted(struct checkpoint *cp, struct slice text)
{
    const struct kv_due *before = kv_order_begin(cp->order);
    struct cursor c = cursor_over(text);
    do {
        const char *at = checkpoint_course(cp, &before, c.rest.ptr, text);
        c.rest = slice_between(at, slice_end(text));
    } while (checkpoint_other(cp, &c, &before));
    return c.rest.ptr > text.ptr;
}
