/* What is due when nothing is known, and remembering what came. */
#include "parsers/text/kv_order.h"

static const struct kv_key nobody = {.len = UINT8_MAX};
static const struct kv_due nothing = {&nothing, &nobody};

const struct kv_due *kv_order_begin(struct kv_order *order)
{
    if (!order)
        return &nothing;
    if (!order->begin.next)
        order->begin.next = &nothing;
    return &order->begin;
}

const struct kv_due *kv_order_learn(struct kv_order *order, const struct kv_due *before,
                                    const struct kv_key *key)
{
    if (!order)
        return before;
    struct kv_due *due = &order->keys[(uintptr_t)key / sizeof(*key) % KV_ORDERED];
    struct kv_due *last =
        before == &order->begin ? &order->begin : &order->keys[before - order->keys];
    if (due->key != key) {
        due->key = key;
        due->next = &nothing;
    }
    last->next = due;
    return due;
}

bool kv_is_due_long(const struct kv_key *key, const char *p, const char *end)
{
    return key->len > 16 && key->len <= KV_NAME_MAX && end - p >= key->len + 2 &&
           memcmp(p, key->name, key->len) == 0;
}
