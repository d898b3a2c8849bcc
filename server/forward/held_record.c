/*
 * A block is the record up to its extras, the extras that are set, and behind them the bytes of all
 * texts. Blocks do not move: the slices in them point to their own bytes.
 */
#include "server/forward/held_record.h"

#define HEAD   offsetof(struct record, extras)
#define BIT(f) (UINT64_C(1) << (f))

static const uint64_t added_fields =
    BIT(FIELD_src_bytes) | BIT(FIELD_dst_bytes) | BIT(FIELD_src_packets) | BIT(FIELD_dst_packets);
static const uint64_t worst_fields = BIT(FIELD_severity) | BIT(FIELD_risk);
static const uint64_t time_fields = BIT(FIELD_time) | BIT(FIELD_received);

static struct slice *text_of(struct record *r, const struct field_info *field)
{
    return (struct slice *)((char *)r + field->offset);
}

size_t held_record_size(const struct record *r)
{
    size_t size = HEAD + r->extra * sizeof(r->extras[0]);
    for (uint64_t left = r->has; left; left &= left - 1) {
        const struct field_info *field = &record_fields[__builtin_ctzll(left)];
        if (field->kind == KIND_TEXT)
            size += ((const struct slice *)((const char *)r + field->offset))->len;
    }
    for (unsigned i = 0; i < r->extra; i++)
        size += r->extras[i].name.len + r->extras[i].value.len;
    return size;
}

static struct slice keep(char **to, struct slice text)
{
    struct slice copy = slice_make(*to, text.len);
    memcpy(*to, text.ptr, text.len);
    *to += text.len;
    return copy;
}

void held_record_put(char *out, const struct record *r)
{
    struct record *head = (struct record *)out; /* as far as it goes */
    size_t extras = r->extra * sizeof(r->extras[0]);
    char *text = out + HEAD + extras;
    memcpy(out, r, HEAD + extras);
    head->source = SLICE_NONE;
    head->printed = 0;
    for (uint64_t left = r->has; left; left &= left - 1) {
        const struct field_info *field = &record_fields[__builtin_ctzll(left)];
        if (field->kind == KIND_TEXT)
            *text_of(head, field) = keep(&text, *text_of(head, field));
    }
    for (unsigned i = 0; i < r->extra; i++) {
        struct record_extra *extra = (struct record_extra *)(out + HEAD) + i;
        extra->name = keep(&text, extra->name);
        extra->value = keep(&text, extra->value);
    }
}

void held_record_get(const char *held, struct record *r)
{
    memcpy(r, held, HEAD);
    memcpy(r->extras, held + HEAD, r->extra * sizeof(r->extras[0]));
}

void held_record_update(char *held, const struct record *r)
{
    memcpy(held, r, HEAD + r->extra * sizeof(r->extras[0]));
}

/* ---- joining ---- */

static size_t size_of(enum field_kind kind)
{
    switch (kind) {
    case KIND_NUMBER:
    case KIND_TIME:
        return 8;
    case KIND_PORT:
        return sizeof(uint16_t);
    case KIND_ADDRESS:
        return sizeof(struct address);
    default:
        return 1; /* flags and words */
    }
}

bool held_record_agrees(const struct record *a, const struct record *b, enum record_field field)
{
    const char *x = (const char *)a + record_fields[field].offset;
    const char *y = (const char *)b + record_fields[field].offset;
    uint64_t bit = BIT(field);
    if (!(a->has & b->has & bit))
        return !((a->has | b->has) & bit);
    if (record_fields[field].kind == KIND_TEXT)
        return slice_equals(*(const struct slice *)x, *(const struct slice *)y);
    return memcmp(x, y, size_of(record_fields[field].kind)) == 0;
}

static void add_up(struct record *into, const struct record *more)
{
    for (uint64_t left = more->has & added_fields; left; left &= left - 1) {
        unsigned field = (unsigned)__builtin_ctzll(left);
        uint64_t *sum = (uint64_t *)((char *)into + record_fields[field].offset), n;
        memcpy(&n, (const char *)more + record_fields[field].offset, sizeof(n));
        if (!(into->has & BIT(field)))
            *sum = 0;
        *sum = *sum > UINT64_MAX - n ? UINT64_MAX : *sum + n;
        into->has |= BIT(field);
    }
    if (RECORD_HAS(more, severity) &&
        (!RECORD_HAS(into, severity) || into->severity < more->severity))
        record_set_severity(into, more->severity);
    if (RECORD_HAS(more, risk) && (!RECORD_HAS(into, risk) || into->risk < more->risk))
        record_set_risk(into, more->risk);
    if (into->detected_severity < more->detected_severity)
        into->detected_severity = more->detected_severity;
}

static void join_times(struct record *into, const struct record *more)
{
    if (!RECORD_HAS(into, time) || !RECORD_HAS(more, time))
        return;
    if (into->count < 2)
        into->first_ms = into->last_ms = into->time;
    if (more->time < into->first_ms)
        into->first_ms = more->time;
    if (more->time > into->last_ms)
        into->last_ms = more->time;
    into->time = into->last_ms;
    if (RECORD_HAS(more, received))
        record_set_received(into, more->received);
}

/* Extras stand in the order in which they came: the next of the same name is the same one. */
static void join_extras(struct record *into, const struct record *more)
{
    unsigned kept = 0, at = 0;
    for (unsigned i = 0; i < into->extra; i++) {
        struct record_extra *mine = &into->extras[i];
        unsigned j = at;
        while (j < more->extra && !slice_equals(more->extras[j].name, mine->name))
            j++;
        if (j == more->extra)
            continue;
        at = j + 1;
        if (slice_equals(more->extras[j].value, mine->value))
            into->extras[kept++] = *mine;
    }
    into->extra = (uint16_t)kept;
    if (!kept)
        into->has &= ~BIT(FIELD_extra);
}

void held_record_join(struct record *into, const struct record *more)
{
    const uint64_t joined = added_fields | worst_fields | time_fields | BIT(FIELD_extra);
    for (uint64_t left = into->has & ~joined; left; left &= left - 1) {
        enum record_field field = (enum record_field)__builtin_ctzll(left);
        if (!held_record_agrees(into, more, field))
            into->has &= ~BIT(field);
    }
    join_times(into, more);
    add_up(into, more);
    if (RECORD_HAS(into, extra))
        join_extras(into, more);
    into->extra_lost = (uint16_t)(into->extra_lost + more->extra_lost);
    into->cut |= more->cut;
    into->time_suspect |= more->time_suspect;
    into->counted |= more->counted;
    into->count = into->count ? into->count + 1 : 2;
}
