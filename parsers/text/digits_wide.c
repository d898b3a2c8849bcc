#include "parsers/text/digits_wide.h"

#ifdef WIDE
#define LAST(n)  (UINT64_MAX << (64 - 8 * (n)))
#define EIGHT(x) x, x, x, x, x, x, x, x

const struct digits_wide digits_wide = {
    .last = {0, LAST(1), LAST(2), LAST(3), LAST(4), LAST(5), LAST(6), LAST(7), LAST(8), 0},
    .zeros = {EIGHT('0')},
    .nines = {EIGHT(9)},
    .tens = {10, 1, 10, 1, 10, 1, 10, 1},
    .hundreds = {100, 1, 100, 1},
    .ten_thousands = {10000, 1},
};
#endif
