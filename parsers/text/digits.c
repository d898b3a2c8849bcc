/* The part of digits.h that is rarely needed. */
#include "parsers/text/digits.h"

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
