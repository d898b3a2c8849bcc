/* Minutes in an open hash table. Records come nearly in order, so the slot used last mostly fits. */
#include "server/report_times.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE_MS   60000
#define DAY_MINUTES (24 * 60)
#define FIRST_SLOTS 4096
#define SLOTS_MAX   (UINT32_C(1) << 21) /* half of them filled: two years of minutes */

bool report_times_init(struct times *times)
{
    *times = (struct times){.slot_count = FIRST_SLOTS};
    times->slots = calloc(times->slot_count, sizeof(*times->slots));
    return times->slots != NULL;
}

void report_times_close(struct times *times)
{
    free(times->slots);
    *times = (struct times){0};
}

static uint32_t slot_of(const struct times *times, int64_t minute, uint16_t row)
{
    uint64_t hash = ((uint64_t)minute << 16 ^ row) * UINT64_C(0x9e3779b97f4a7c15);
    uint32_t mask = times->slot_count - 1, at = (uint32_t)(hash >> 32) & mask;
    while (times->slots[at].count &&
           (times->slots[at].minute != minute || times->slots[at].row != row))
        at = (at + 1) & mask;
    return at;
}

static bool grow(struct times *times)
{
    struct times larger = {.slot_count = times->slot_count * 2};
    if (larger.slot_count > SLOTS_MAX ||
        !(larger.slots = calloc(larger.slot_count, sizeof(*larger.slots))))
        return false;
    for (uint32_t i = 0; i < times->slot_count; i++)
        if (times->slots[i].count)
            larger.slots[slot_of(&larger, times->slots[i].minute, times->slots[i].row)] =
                times->slots[i];
    free(times->slots);
    times->slots = larger.slots;
    times->slot_count = larger.slot_count;
    return true;
}

void report_times_add(struct times *times, uint16_t row, int64_t ms)
{
    int64_t minute = ms / MINUTE_MS - (ms % MINUTE_MS < 0);
    struct minute *slot = &times->slots[times->latest];
    if (!slot->count || slot->minute != minute || slot->row != row) {
        times->latest = slot_of(times, minute, row);
        if (!times->slots[times->latest].count && times->used * 2 >= times->slot_count) {
            if (!grow(times)) {
                times->lost++;
                return;
            }
            times->latest = slot_of(times, minute, row);
        }
        slot = &times->slots[times->latest];
        times->used += slot->count == 0;
    }
    slot->minute = minute;
    slot->row = row;
    slot->count++;
}

static int by_minute(const void *a, const void *b)
{
    const struct minute *x = a, *y = b;
    return (x->minute > y->minute) - (x->minute < y->minute);
}

bool report_times_range(const struct times *times, int64_t *from, int64_t *to, uint64_t *left_out)
{
    struct minute *sorted = malloc((times->used + 1) * sizeof(*sorted));
    uint64_t total = 0, passed = 0;
    size_t n = 0, first = 0, last;
    *left_out = 0;
    for (uint32_t i = 0; sorted && i < times->slot_count; i++)
        if (times->slots[i].count && times->slots[i].row == TIMES_MESSAGES) {
            sorted[n++] = times->slots[i];
            total += times->slots[i].count;
        }
    if (n == 0) {
        free(sorted);
        return false;
    }
    qsort(sorted, n, sizeof(*sorted), by_minute);
    last = n - 1;
    for (size_t i = 0; i + 1 < n && (passed += sorted[i].count) <= total / 1000; i++)
        if (sorted[i + 1].minute - sorted[i].minute > DAY_MINUTES) {
            first = i + 1;
            *left_out = passed;
        }
    uint64_t before = *left_out;
    passed = 0;
    for (size_t i = n - 1; i > first && (passed += sorted[i].count) <= total / 1000; i--)
        if (sorted[i].minute - sorted[i - 1].minute > DAY_MINUTES) {
            last = i - 1;
            *left_out = before + passed;
        }
    *from = sorted[first].minute * MINUTE_MS;
    *to = (sorted[last].minute + 1) * MINUTE_MS;
    free(sorted);
    return true;
}

void report_times_bins(const struct times *times, uint16_t row, int64_t from, int64_t width,
                       unsigned n, uint64_t *out)
{
    memset(out, 0, n * sizeof(*out));
    for (uint32_t i = 0; i < times->slot_count; i++) {
        const struct minute *slot = &times->slots[i];
        int64_t ms = slot->minute * MINUTE_MS - from;
        if (slot->count && slot->row == row && ms >= 0 && ms / width < n)
            out[ms / width] += slot->count;
    }
}

int64_t report_times_width(int64_t *from, int64_t to, unsigned max, unsigned *n)
{
    static const unsigned minutes[] = {1,   2,   5,   10,  15,   30,   60,
                                       120, 180, 360, 720, 1440, 2880, 7 * 1440};
    unsigned i = 0;
    int64_t width = MINUTE_MS, start = *from;
    for (;;) {
        int64_t rest = *from % width;
        start = *from - (rest < 0 ? rest + width : rest);
        if ((to - start + width - 1) / width <= max)
            break;
        i++;
        width =
            i < sizeof(minutes) / sizeof(minutes[0]) ? minutes[i] * (int64_t)MINUTE_MS : width * 2;
    }
    *n = (unsigned)((to - start + width - 1) / width);
    *from = start;
    return width;
}
