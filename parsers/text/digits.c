/* The tables of digits.h, and the part of it that is rarely needed. */
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

#define PAIR(n)     (uint16_t)(('0' + (n) / 10) | ('0' + (n) % 10) << 8)
#define PAIRS_5(n)  PAIR(n), PAIR((n) + 1), PAIR((n) + 2), PAIR((n) + 3), PAIR((n) + 4)
#define PAIRS_20(n) PAIRS_5(n), PAIRS_5((n) + 5), PAIRS_5((n) + 10), PAIRS_5((n) + 15)
const uint16_t digits_pairs[100] = {PAIRS_20(0), PAIRS_20(20), PAIRS_20(40), PAIRS_20(60),
                                    PAIRS_20(80)};

#define DIGIT(n) (char)('0' + (n) % 10)
#define OCTET(n)                                                                                   \
    {                                                                                              \
        {(n) >= 100  ? DIGIT((n) / 100)                                                            \
         : (n) >= 10 ? DIGIT((n) / 10)                                                             \
                     : DIGIT(n),                                                                   \
         (n) >= 100  ? DIGIT((n) / 10)                                                             \
         : (n) >= 10 ? DIGIT(n)                                                                    \
                     : '.',                                                                        \
         (n) >= 100 ? DIGIT(n) : '.', '.'},                                                        \
            (n) >= 100  ? 3                                                                        \
            : (n) >= 10 ? 2                                                                        \
                        : 1                                                                        \
    }
#define OCTETS_4(n)  OCTET(n), OCTET((n) + 1), OCTET((n) + 2), OCTET((n) + 3)
#define OCTETS_16(n) OCTETS_4(n), OCTETS_4((n) + 4), OCTETS_4((n) + 8), OCTETS_4((n) + 12)
#define OCTETS_64(n) OCTETS_16(n), OCTETS_16((n) + 16), OCTETS_16((n) + 32), OCTETS_16((n) + 48)

const struct digits_octet digits_octets[256] = {OCTETS_64(0), OCTETS_64(64), OCTETS_64(128),
                                                OCTETS_64(192)};
