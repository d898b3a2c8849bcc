/* The labels of a record: what fires for it, in words. */
#include "detect/words.h"

static bool has_word(struct slice words, struct slice word)
{
    struct cursor c = cursor_over(words);
    while (c.rest.len)
        if (slice_equals(cursor_until_or_end(&c, ','), word))
            return true;
    return false;
}

struct slice words_joined(struct record *r, const struct slice *texts, uint64_t mask)
{
    if ((mask & (mask - 1)) == 0)
        return texts[__builtin_ctzll(mask)];
    size_t len = 0, used = 0;
    for (uint64_t left = mask; left; left &= left - 1)
        len += texts[__builtin_ctzll(left)].len + 1;
    char *room = record_scratch(r, len);
    if (!room)
        return texts[__builtin_ctzll(mask)];
    for (uint64_t left = mask; left; left &= left - 1) {
        struct cursor c = cursor_over(texts[__builtin_ctzll(left)]);
        while (c.rest.len) {
            struct slice word = cursor_until_or_end(&c, ',');
            if (has_word(slice_make(room, used), word))
                continue;
            if (used)
                room[used++] = ',';
            memcpy(room + used, word.ptr, word.len);
            used += word.len;
        }
    }
    return used ? slice_make(room, used) : SLICE_NONE;
}
