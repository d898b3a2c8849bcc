/* Complaints: their form, their order, and the nearest known name for one that nobody knows. */
#include "config/complaints.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SENTENCE_MAX 1024
#define QUOTED_CHARS 60

const struct source *complaints_source(struct complaints *all, const char *name)
{
    struct source *source = arena_alloc(all->arena, sizeof(*source));
    source->name = arena_text(all->arena, name, strlen(name));
    source->rank = all->sources++;
    return source;
}

size_t complaints_head(char *out, size_t size, struct place place, const char *key)
{
    int len = snprintf(out, size, place.line ? "%s:%u:%u: " : "%s: ", place.source->name,
                       place.line, place.column);
    if (len > 0 && (size_t)len < size && key && *key)
        len += snprintf(out + len, size - (size_t)len, "%s: ", key);
    return len < 0 ? 0 : (size_t)len < size ? (size_t)len : size - 1;
}

void complaints_flatten(char *sentence)
{
    for (; *sentence; sentence++)
        if ((unsigned char)*sentence < 0x20 || *sentence == 0x7f)
            *sentence = ' ';
}

bool complaints_full(const struct complaints *all)
{
    return all->total >= COMPLAINTS_MAX;
}

void complain(struct complaints *all, struct place place, const char *key, const char *format, ...)
{
    if (all->total++ >= COMPLAINTS_MAX)
        return;
    char text[SENTENCE_MAX];
    size_t len = complaints_head(text, sizeof(text), place, key);
    va_list args;
    va_start(args, format);
    vsnprintf(text + len, sizeof(text) - len, format, args);
    va_end(args);
    complaints_flatten(text);
    all->kept[all->total - 1] =
        (struct complaint){place, arena_text(all->arena, text, strlen(text))};
}

static int by_place(const void *left, const void *right)
{
    const struct complaint *a = left, *b = right;
    if (a->place.source->rank != b->place.source->rank)
        return a->place.source->rank < b->place.source->rank ? -1 : 1;
    if (a->place.line != b->place.line)
        return a->place.line < b->place.line ? -1 : 1;
    if (a->place.column != b->place.column)
        return a->place.column < b->place.column ? -1 : 1;
    return strcmp(a->sentence, b->sentence);
}

void complaints_deliver(struct complaints *all, on_complaint deliver, void *context)
{
    unsigned kept = all->total < COMPLAINTS_MAX ? all->total : COMPLAINTS_MAX;
    qsort(all->kept, kept, sizeof(all->kept[0]), by_place);
    for (unsigned i = 0; deliver && i < kept; i++)
        deliver(context, all->kept[i].sentence);
    if (deliver && complaints_full(all)) {
        char text[96];
        snprintf(text, sizeof(text), "there may be more: only the first %u are shown", kept);
        deliver(context, text);
    }
}

const char *complaints_quote(char out[QUOTED_MAX], const char *value)
{
    size_t n = 0;
    out[n++] = '"';
    while (*value && n < QUOTED_CHARS)
        out[n++] = *value++;
    /* Not in the middle of a character of several bytes. */
    while (*value && n > 1 && ((unsigned char)*value & 0xc0) == 0x80) {
        value--;
        n--;
    }
    strcpy(out + n, *value ? "..\"" : "\"");
    complaints_flatten(out);
    return out;
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c == '-' ? '_' : c;
}

#define NEAREST_MAX 64 /* longer words are nobody's slip of the finger */

/* Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
static unsigned edit_distance(const char *a, const char *b)
{
    unsigned rows[3][NEAREST_MAX + 1];
    unsigned *before = rows[0], *last = rows[1], *now = rows[2];
    for (unsigned j = 0; j <= strlen(b); j++)
        last[j] = j;
    for (unsigned i = 1; a[i - 1]; i++) {
        now[0] = i;
        for (unsigned j = 1; b[j - 1]; j++) {
            char x = lower(a[i - 1]), y = lower(b[j - 1]);
            now[j] = least(last[j] + 1, now[j - 1] + 1, last[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == lower(b[j - 2]) && lower(a[i - 2]) == y &&
                before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
        unsigned *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[strlen(b)];
}

const char *config_nearest(const char *word, const char *const *known)
{
    const char *nearest = NULL;
    size_t len = strlen(word);
    if (len == 0 || len > NEAREST_MAX)
        return NULL;
    unsigned best = 2 + (unsigned)len / 4; /* one less than this many slips are forgiven */
    for (; known && *known; known++) {
        if (strlen(*known) > NEAREST_MAX)
            continue;
        unsigned distance = edit_distance(word, *known);
        /* A word of two letters resembles every other word of two letters. */
        if (distance < best && distance < len) {
            best = distance;
            nearest = *known;
        }
    }
    return nearest;
}
