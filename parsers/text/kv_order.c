/* What is due when nothing is known, and remembering what came. */
#include "parsers/text/kv_order.h"

static const struct kv_key nobody = {.len = UINT8_MAX};
static const struct kv_due nothing = {.next = &nothing, .key = &nobody, .all = 1, .len = UINT8_MAX};

const struct kv_due *kv_order_begin(struct kv_order *order)
{
    if (!order)
        return &nothing;
    if (!order->begin.next)
        order->begin.next = &nothing;
    return &order->begin;
}

static struct kv_due due_of(const struct kv_key *key, const char *behind)
{
    struct kv_due due = {.next = &nothing, .key = key, .all = 1};
    size_t more = strlen(behind);
    memcpy(due.begins, key->name, key->len);
    memcpy(due.begins + key->len, behind, more);
    due.len = (uint32_t)(key->len + more);
    if (due.len <= 16)
        due.mask = due.all = (1u << due.len) - 1;
    return due;
}

const struct kv_due *kv_order_learn(struct kv_order *order, const struct kv_due *before,
                                    const struct kv_key *key, const char *behind)
{
    if (!order)
        return before;
    struct kv_due *due = &order->keys[(uintptr_t)key / sizeof(*key) % KV_ORDERED];
    struct kv_due *last =
        before == &order->begin ? &order->begin : &order->keys[before - order->keys];
    if (due->key != key)
        *due = due_of(key, behind);
    last->next = due;
    return due;
}

const char *kv_begins_long(const struct kv_due *due, const char *p, const char *near)
{
    bool here = due->len > 16 && due->len <= sizeof(due->begins) && near - p > 16 &&
                memcmp(p, due->begins, due->len) == 0;
    return here ? p + due->len : NULL;
}

bool kv_quoted_last(const struct kv_due *due, const char *at, const char *end, struct slice *value)
{
    const char *begin = end - at < 16 ? NULL : kv_begins(due, at, at);
    if (!begin)
        return false;
    size_t rest = (size_t)(end - begin);
    unsigned marks = rest < 16 ? kv_marks(end - 16) >> (16 - rest) : kv_marks(begin);
    size_t len = marks ? (unsigned)__builtin_ctz(marks) : rest;
    *value = slice_make(begin, len);
    return len && rest - len >= 3 && kv_closes(begin + len);
}
