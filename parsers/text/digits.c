/* The part of digits.h that is rarely needed, and its table. */
#include "parsers/text/digits.h"

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LAST(n) UINT64_MAX << (64 - 8 * (n))
#else
#define LAST(n) UINT64_MAX >> (64 - 8 * (n))
#endif
const uint64_t digits_last[9] = {
    0, LAST(1), LAST(2), LAST(3), LAST(4), LAST(5), LAST(6), LAST(7), LAST(8),
};

char *digits_format_long(char *out, uint64_t n)
{
    const uint64_t e8 = 100000000;
    uint64_t first = n / e8;
    if (first >= e8) {
        out = digits_format(out, first / e8);
        out = digits_put(out, digits_split((uint32_t)(first % e8)), 0);
    } else {
        out = digits_format(out, first);
    }
    return digits_put(out, digits_split((uint32_t)(n % e8)), 0);
}
