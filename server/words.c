/* What the commands print for people, so that the same thing reads the same everywhere. */
#include "server/words.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "parsers/text/timestamp.h"

const char *words_number(char *out, uint64_t n)
{
    char digits[24], *to = out;
    int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);
    for (int i = 0; i < len; i++) {
        *to++ = digits[i];
        if ((len - i) % 3 == 1 && i + 1 < len)
            *to++ = ',';
    }
    *to = '\0';
    return out;
}

const char *words_duration(char *out, int64_t ms)
{
    static const struct {
        int64_t ms;
        const char *name;
    } units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "m"}, {1000, "s"}, {1, "ms"}};
    char *to = out;
    int written = 0;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && written < 2; i++) {
        int64_t n = ms / units[i].ms;
        ms %= units[i].ms;
        if (n == 0)
            continue;
        to += sprintf(to, "%s%" PRId64 "%s", written ? " " : "", n, units[i].name);
        written++;
    }
    return written ? out : strcpy(out, "0s");
}

const char *words_time(char *out, int64_t ms)
{
    timestamp_format(out, ms);
    out[10] = ' ';
    out[16] = '\0';
    return out;
}

const char *words_share(char *out, uint64_t part, uint64_t whole)
{
    double percent = whole ? 100.0 * (double)part / (double)whole : 0;
    if (whole == 0)
        return strcpy(out, "-");
    if (part && percent < 0.1)
        return strcpy(out, "<0.1 %");
    if (part < whole && percent > 99.9)
        return strcpy(out, ">99.9 %");
    bool whole_number = part == 0 || part == whole || (percent >= 10 && percent < 99);
    sprintf(out, whole_number ? "%.0f %%" : "%.1f %%", percent);
    return out;
}
