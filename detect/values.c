/* The arithmetic of values.h: what a sighting adds, and counting windows. */
#include "detect/values.h"

static int32_t after(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

void value_touch(struct value *v, uint32_t t, uint32_t window, struct gain *gain)
{
    *gain = (struct gain){t, t + window, false};
    int32_t span = (int32_t)window;
    if (after(t, v->last) >= 0) {
        uint32_t end = v->last + window;
        if (after(t, end) > 0) { /* a new stretch */
            v->before = v->last;
            v->first = t;
        } else {
            gain->from = end;
        }
        v->last = t;
        if (after(t, v->first) > VALUES_SPAN_MS) { /* a stretch of days: its end is enough */
            v->first = t - (uint32_t)(VALUES_SPAN_MS / 2);
            v->before = LONG_AGO(v->first);
        }
        return;
    }
    if (after(t, v->first) >= 0) {
        gain->to = t;
        return;
    }
    if (after(v->first, t) <= span) { /* the last stretch begins earlier */
        uint32_t end = v->before + window;
        gain->to = v->first;
        v->first = t;
        if (after(t, v->before) >= 0 && after(t, end) <= 0) {
            gain->from = end;
            v->first = v->before;
            v->before = LONG_AGO(v->first);
        }
        return;
    }
    /* Later than anything promised: at its own time, as well as two stretches can say it. */
    if (after(t, v->before) > 0)
        v->before = t;
}

bool value_covers(const struct value *v, uint32_t t, uint32_t window)
{
    int32_t span = (int32_t)window;
    int32_t since_first = after(t, v->first);
    if (since_first >= 0)
        return after(t, v->last) < span;
    int32_t since_before = after(t, v->before);
    return since_before >= 0 && since_before < span;
}

unsigned values_count(struct values table, uint32_t t, uint32_t window)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < table.count; i++)
        count += table.slots[i].hi != 0 && value_covers(&table.slots[i], t, window);
    return count;
}

static void sink(uint32_t *heap, uint32_t at, uint32_t count)
{
    uint32_t value = heap[at];
    for (uint32_t child; (child = 2 * at + 1) < count; at = child) {
        child += child + 1 < count && heap[child + 1] > heap[child];
        if (heap[child] <= value)
            break;
        heap[at] = heap[child];
    }
    heap[at] = value;
}

/* Heapsort: no memory beside, and no order of input makes it slow. */
static void sort(uint32_t *items, uint32_t count)
{
    for (uint32_t i = count / 2; i-- > 0;)
        sink(items, i, count);
    for (uint32_t end = count; end-- > 1;) {
        uint32_t top = items[0];
        items[0] = items[end];
        items[end] = top;
        sink(items, 0, end);
    }
}

/* The n-th smallest, by the digits of a number to base 256: linear, whatever the input. */
static uint32_t select_nth(const uint32_t *items, uint32_t count, uint32_t n)
{
    uint32_t prefix = 0, mask = 0;
    for (int shift = 24; shift >= 0; shift -= 8) {
        uint32_t digits[256] = {0}, digit = 0;
        for (uint32_t i = 0; i < count; i++)
            digits[items[i] >> shift & 255] += (items[i] & mask) == prefix;
        while (n > digits[digit])
            n -= digits[digit++];
        prefix |= digit << shift;
        mask |= UINT32_C(255) << shift;
    }
    return prefix;
}

/* Where stretches begin and end in (from, from + span), as distances from `from`, sorted. */
static void changes(struct values table, uint32_t from, uint32_t span, uint32_t window,
                    uint32_t *begins, uint32_t *n_begins, uint32_t *ends, uint32_t *n_ends)
{
    uint32_t distance;
    for (uint32_t i = 0; i < table.count; i++) {
        const struct value *v = &table.slots[i];
        if (v->hi == 0)
            continue;
        if ((distance = v->first - from) - 1 < span - 1)
            begins[(*n_begins)++] = distance;
        if ((distance = v->last + window - from) - 1 < span - 1)
            ends[(*n_ends)++] = distance;
        if ((distance = v->before + window - from) - 1 < span - 1)
            ends[(*n_ends)++] = distance;
    }
    sort(begins, *n_begins);
    sort(ends, *n_ends);
}

unsigned values_peak(struct values table, struct gain gain, uint32_t newest, uint32_t window,
                     unsigned need, uint32_t *scratch, uint32_t *at)
{
    unsigned count = values_count(table, gain.from, window), best = count;
    *at = gain.from;
    if (after(newest, gain.from) <= 0)
        return best; /* in order: later windows only lose values */
    uint32_t span = newest - gain.from + 1;
    if (gain.to - gain.from < span)
        span = gain.to - gain.from;
    uint32_t n_begins = 0, n_ends = 0, e = 0;
    uint32_t *begins = scratch, *ends = scratch + table.count;
    changes(table, gain.from, span, window, begins, &n_begins, ends, &n_ends);
    if (best + n_begins < need)
        return best;
    for (uint32_t b = 0; b < n_begins; b++) {
        for (; e < n_ends && ends[e] <= begins[b]; e++)
            count--;
        if (++count > best) {
            best = count;
            *at = gain.from + begins[b];
        }
    }
    return best;
}

uint32_t values_nth_age(struct values table, uint32_t newest, unsigned n, uint32_t *scratch)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < table.count; i++)
        if (table.slots[i].hi != 0)
            scratch[count++] = newest - table.slots[i].last;
    if (n == 0 || count < n)
        return UINT32_MAX;
    if (count > 100)
        return select_nth(scratch, count, n);
    sort(scratch, count);
    return scratch[n - 1];
}
