/* Trials: what a parser makes of a message when a piece of it is another. */
#include "server/explain_trial.h"

#include <stdlib.h>

#define TRIALS_MAX 6000 /* a message is parsed at most so often; pieces behind stay unexplained */

bool trial_same_value(const struct record *a, unsigned field, const struct record *b,
                      unsigned other)
{
    const void *x = record_member(a, field), *y = record_member(b, other);
    switch (record_fields[field].kind) {
    case KIND_TEXT:
        return slice_equals(*(const struct slice *)x, *(const struct slice *)y);
    case KIND_NUMBER:
        return *(const uint64_t *)x == *(const uint64_t *)y;
    case KIND_PORT:
    case KIND_EXTRA:
        return *(const uint16_t *)x == *(const uint16_t *)y;
    case KIND_ADDRESS:
        return address_equals(*(const struct address *)x, *(const struct address *)y);
    case KIND_TIME:
        return *(const int64_t *)x == *(const int64_t *)y;
    case KIND_FLAG:
        return *(const bool *)x == *(const bool *)y;
    default:
        return *(const uint8_t *)x == *(const uint8_t *)y;
    }
}

bool trial_same_field(const struct record *a, const struct record *b, unsigned field)
{
    bool set = a->has >> field & 1;
    return set == (b->has >> field & 1) && (!set || trial_same_value(a, field, b, field));
}

static void sort_fields(struct trials *t)
{
    for (uint64_t left = t->base.record.has; left; left &= left - 1) {
        unsigned field = (unsigned)__builtin_ctzll(left);
        switch (record_fields[field].kind) {
        case KIND_TEXT:
        case KIND_NUMBER:
        case KIND_PORT:
        case KIND_ADDRESS:
        case KIND_TIME:
            t->values |= BIT(field);
            break;
        case KIND_FLAG: /* by the settings, not by the message */
        case KIND_EXTRA:
            break;
        default:
            t->words |= BIT(field);
        }
    }
}

struct trials *trials_new(const struct rules *rules, const struct sender *sender,
                          struct slice message, int64_t arrival_ms)
{
    struct trials *t = calloc(1, sizeof(*t));
    if (!t || !(t->text = malloc(message.len + TRIAL_MAX))) {
        free(t);
        return NULL;
    }
    t->sender = sender;
    t->message = message;
    t->arrival_ms = arrival_ms;
    t->left = TRIALS_MAX;
    t->of_base.rules = t->of_trial.rules = rules;
    t->of_base.replay = t->of_trial.replay = true;
    pipeline_parse(&t->of_base, sender, message, arrival_ms, false, &t->base);
    sort_fields(t);
    return t;
}

void trials_free(struct trials *t)
{
    if (t)
        free(t->text);
    free(t);
}

bool trial_with(struct trials *t, struct piece piece, struct slice other)
{
    size_t after = piece.at + piece.len, rest = t->message.len - after;
    if (t->left == 0 || other.len > TRIAL_MAX)
        return false;
    t->left--;
    memcpy(t->text, t->message.ptr, piece.at);
    memcpy(t->text + piece.at, other.ptr, other.len);
    memcpy(t->text + piece.at + other.len, t->message.ptr + after, rest);
    pipeline_parse(&t->of_trial, t->sender, slice_make(t->text, piece.at + other.len + rest),
                   t->arrival_ms, false, &t->trial);
    return true;
}

bool trial_byte(struct trials *t, size_t at, char byte)
{
    struct piece piece = {(uint32_t)at, 1};
    return trial_with(t, piece, slice_make(&byte, 1));
}

bool trial_changed(const struct trials *t, unsigned field)
{
    return !trial_same_field(&t->base.record, &t->trial.record, field);
}

bool trial_same_kind(const struct trials *t)
{
    return t->trial.status == t->base.status && t->trial.parser == t->base.parser;
}

bool trial_same_form(const struct trials *t)
{
    return trial_same_kind(t) && !(t->values & ~t->trial.record.has);
}
