/*
 * Dates by civil arithmetic and fixed columns, not by the C library: strptime and mktime know
 * locales and take locks, and a stamp stands in nearly every line. The proleptic Gregorian
 * calendar is counted in eras of 400 years that begin on 1 March, so that the leap day comes last.
 */
#include "parsers/text/timestamp.h"

#include "parsers/text/digits.h"

#define DAY_MS        INT64_C(86400000)
#define ERA_DAYS      146097 /* 400 years */
#define EPOCH_DAYS    719468 /* 0000-03-01 to 1970-01-01 */
#define FIRST_MS      (INT64_C(-719528) * DAY_MS)
#define LAST_MS       (INT64_C(2932897) * DAY_MS - 1) /* the end of 9999-12-31 */
#define LEAP_DISTANCE 4 /* years back in which a 29 February without a year is looked for */

struct date {
    int year;
    unsigned month, day;
};

int64_t timestamp_days(int year, int month, int day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           EPOCH_DAYS;
}

/* The same for the years 0 to 9999, without a branch. */
static inline int64_t days_of(unsigned year, unsigned month, unsigned day)
{
    static const uint16_t before[13] = {0,   306, 337, 0,   31,  61, 92,
                                        122, 153, 184, 214, 245, 275}; /* since 1 March */
    uint32_t y = year + 400 - (month <= 2);
    return (int64_t)(y * 365 + y / 4 - y / 100 + y / 400 + before[month] + day) -
           (ERA_DAYS + EPOCH_DAYS + 1);
}

/* The date of a day since 1970, which must not be before the year 0. */
static struct date date_of(int64_t days)
{
    /* One more era keeps January and February of the year 0 positive. */
    uint32_t z = (uint32_t)(days + EPOCH_DAYS + ERA_DAYS);
    uint32_t era = z / ERA_DAYS, day_of_era = z % ERA_DAYS;
    uint32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t march_month = (5 * day_of_year + 2) / 153;
    struct date d;
    d.day = day_of_year - (153 * march_month + 2) / 5 + 1;
    d.month = march_month < 10 ? march_month + 3 : march_month - 9;
    d.year = (int)(year_of_era + era * 400) - 400 + (d.month <= 2);
    return d;
}

static bool date_exists(int year, unsigned month, unsigned day)
{
    static const uint8_t days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month - 1 > 11 || day - 1 > 30)
        return false;
    if (month == 2 && day == 29)
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= days[month];
}

static inline bool is_digit(char c)
{
    return (unsigned)(c - '0') <= 9;
}

/* Two digits as a number; anything else is more than any limit here. */
static inline unsigned two_digits(const char *p)
{
    unsigned tens = (unsigned)(p[0] - '0'), ones = (unsigned)(p[1] - '0');
    return tens <= 9 && ones <= 9 ? tens * 10 + ones : 100;
}

static inline unsigned four_digits(const char *p)
{
    unsigned upper = two_digits(p), lower = two_digits(p + 2);
    return upper <= 99 && lower <= 99 ? upper * 100 + lower : 10000;
}

/* "08:56:00", eight bytes, as milliseconds of the day; -1 when it is no time. */
static inline int64_t read_clock(const char *p)
{
    unsigned hour = two_digits(p), minute = two_digits(p + 3), second = two_digits(p + 6);
    if (hour > 23 || minute > 59 || second > 60 || p[2] != ':' || p[5] != ':')
        return -1;
    return ((hour * 60 + minute) * 60 + second) * INT64_C(1000);
}

/*
 * "2026/11/21 08:56:00", 19 bytes with these separators, as milliseconds of the zone's time; false
 * when it is none. Eight bytes at a time: where a digit or a separator belongs and something else
 * stands, the sum has its highest bit set.
 */
static inline __attribute__((always_inline)) bool read_full(const char *p, char between,
                                                            char before_clock, int64_t *local)
{
    const uint64_t high = UINT64_C(0x8080808080808080), date_form = UINT64_C(0x7f76767f76767676),
                   clock_form = UINT64_C(0x76767f76767f7676);
    uint64_t mark = (unsigned char)(between ^ '0'), colon = ':' ^ '0',
             before = (unsigned char)(before_clock ^ '0');
    uint64_t date = digits_word(p) ^ (mark << 32 | mark << 56);
    uint64_t day_on = digits_word(p + 8) ^ (before << 16 | colon << 40);
    uint64_t clock = digits_word(p + 11) ^ (colon << 16 | colon << 40);
    if (((date + date_form) | date | (day_on + clock_form) | day_on | (clock + clock_form) |
         clock) &
        high)
        return false;
    date = date * 10 + (date >> 8); /* each byte: the number that it and the next one are */
    clock = clock * 10 + (clock >> 8);
    unsigned year = (date & 255) * 100 + (date >> 16 & 255), month = date >> 40 & 255;
    unsigned day = (day_on & 255) * 10 + (day_on >> 8 & 255);
    unsigned hour = clock & 255, minute = clock >> 24 & 255, second = clock >> 48 & 255;
    if (hour > 23 || minute > 59 || second > 60 || !date_exists((int)year, month, day))
        return false;
    *local =
        days_of(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * INT64_C(1000);
    return true;
}

/* ".123456" behind a time: its milliseconds are added. Returns where it ends; none is fine. */
static const char *read_fraction(const char *p, const char *end, int64_t *ms)
{
    if (p == end || *p != '.' || end - p < 2 || !is_digit(p[1]))
        return p;
    int weight = 100;
    unsigned len = end - p > 8 ? digits_count(digits_word(p + 1)) : 0;
    if (len >= 3) { /* mostly six or nine */
        *ms += digits_8(p + 1, 3);
        p += len;
        weight = 0;
    }
    for (p++; weight && p < end && is_digit(*p); p++, weight /= 10)
        *ms += (*p - '0') * weight;
    while (p < end && is_digit(*p))
        p++;
    return p;
}

/* "Z", "+01:00", "-0500". Returns where it ends, NULL when a sign starts no offset. */
static const char *read_offset(const char *p, const char *end, bool *given, int64_t *offset_ms)
{
    *given = p < end && (*p == 'Z' || *p == 'z' || *p == '+' || *p == '-');
    *offset_ms = 0;
    if (!*given)
        return p;
    if (*p == 'Z' || *p == 'z')
        return p + 1;
    if (end - p < 5)
        return NULL;
    int sign = *p == '-' ? -1 : 1;
    bool colon = p[3] == ':';
    if (colon && end - p < 6)
        return NULL;
    unsigned hours = two_digits(p + 1), minutes = two_digits(p + 3 + colon);
    if (hours > 23 || minutes > 59)
        return NULL;
    *offset_ms = sign * (int64_t)(hours * 60 + minutes) * 60000;
    return p + 5 + colon;
}

bool timestamp_iso(struct cursor *c, const struct zone *zone, int64_t *ms)
{
    const char *p = c->rest.ptr, *end = slice_end(c->rest);
    if (c->rest.len < 19 || (p[10] != 'T' && p[10] != ' '))
        return false;
    int64_t local, offset;
    if (!read_full(p, '-', p[10], &local))
        return false;
    bool given;
    p = read_fraction(p + 19, end, &local);
    p = read_offset(p, end, &given, &offset);
    if (!p)
        return false;
    *ms = given ? local - offset : zone_to_utc(zone, local);
    cursor_advance(c, (size_t)(p - c->rest.ptr));
    return true;
}

/* 1 to 12 for "Jan" to "Dec" in any case, else 0. The multiplier sends each to a slot of its own. */
static inline unsigned read_month(const char *p)
{
    static const struct {
        char name[3];
        uint8_t number;
    } months[16] = {
        [12] = {"jan", 1}, [14] = {"feb", 2}, [6] = {"mar", 3},  [7] = {"apr", 4},
        [4] = {"may", 5},  [13] = {"jun", 6}, [0] = {"jul", 7},  [15] = {"aug", 8},
        [9] = {"sep", 9},  [3] = {"oct", 10}, [1] = {"nov", 11}, [5] = {"dec", 12},
    };
    uint32_t a = (unsigned char)p[0] | 32u, b = (unsigned char)p[1] | 32u;
    uint32_t word = a | b << 8 | ((unsigned char)p[2] | 32u) << 16;
    uint32_t slot = word * 26597u >> 28;
    const unsigned char *name = (const unsigned char *)months[slot].name;
    return word == (name[0] | (uint32_t)name[1] << 8 | (uint32_t)name[2] << 16)
               ? months[slot].number
               : 0;
}

/* A blank, or a colon that belongs to no IPv6 address. */
static inline bool ends_word(const char *p, const char *end)
{
    return p == end || *p == ' ' || (*p == ':' && (p + 1 == end || p[1] == ' ' || p[1] == '%'));
}

/* " 2026" with a word's end behind it. Returns where it ends; no year is fine. */
static const char *read_year(const char *p, const char *end, int *year)
{
    if (*year || end - p < 5 || *p != ' ' || !ends_word(p + 5, end))
        return p;
    unsigned number = four_digits(p + 1);
    if (number < 1970 || number > 2199)
        return p;
    *year = (int)number;
    return p + 5;
}

/* " CET" and the like; Cisco prints the zone's abbreviation, which says nothing dependable. */
static const char *read_zone_word(const char *p, const char *end, bool *utc)
{
    static const char words[][6] = {
        "CET",  "CEST", "MET",  "MEST", "WET",  "WEST", "EET",  "EEST", "BST", "IST",  "MSK", "MSD",
        "TRT",  "SAST", "EAT",  "WAT",  "CAT",  "EST",  "EDT",  "CST",  "CDT", "MST",  "MDT", "PST",
        "PDT",  "AKST", "AKDT", "HST",  "AST",  "ADT",  "NST",  "NDT",  "BRT", "BRST", "ART", "CLT",
        "CLST", "PET",  "COT",  "JST",  "KST",  "HKT",  "SGT",  "PKT",  "PHT", "WIB",  "ICT", "MYT",
        "GST",  "AEST", "AEDT", "ACST", "ACDT", "AWST", "NZST", "NZDT", "CUT",
    };
    if (end - p < 2 || *p != ' ')
        return p;
    const char *word = p + 1, *q = word;
    while (q < end && q - word < 6 && *q >= 'A' && *q <= 'Z')
        q++;
    size_t len = (size_t)(q - word);
    if (len == 0 || len > 5 || !ends_word(q, end))
        return p;
    struct slice name = slice_make(word, len);
    if (slice_is(name, "UTC") || slice_is(name, "GMT") || slice_is(name, "Z")) {
        *utc = true;
        return q;
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (slice_is(name, words[i]))
            return q;
    return p;
}

/* The latest year in which the stamp lies no more than a day after the arrival. */
static bool complete_year(unsigned month, unsigned day, int64_t clock, const struct zone *zone,
                          int64_t arrival_ms, int64_t *ms)
{
    if (arrival_ms < 0)
        arrival_ms = 0;
    if (arrival_ms > LAST_MS - 10 * DAY_MS)
        arrival_ms = LAST_MS - 10 * DAY_MS;
    /* A year too late costs a turn of the loop, one too early the right answer: hence a few days
     * more, for local times ahead of UTC and for what the leap years left out in 2100 make of it. */
    int year = 1970 + (int)((arrival_ms / DAY_MS + 5) * 4 + 2) / 1461;
    for (int oldest = year - 1 - LEAP_DISTANCE; year >= oldest; year--) {
        if (!date_exists(year, month, day))
            continue;
        int64_t local = days_of((unsigned)year, month, day) * DAY_MS + clock;
        int64_t stamp = zone_to_utc(zone, local);
        if (stamp <= arrival_ms + DAY_MS) {
            *ms = stamp;
            return true;
        }
    }
    return false;
}

/* The day behind the month's name, after one or two blanks. NULL when there is none. */
static const char *read_day(const char *p, const char *end, unsigned *day)
{
    if (end - p < 4 || *p != ' ')
        return NULL;
    p += 1 + (p[1] == ' ');
    if (!is_digit(*p))
        return NULL;
    *day = (unsigned)(*p++ - '0');
    if (p < end && is_digit(*p))
        *day = *day * 10 + (unsigned)(*p++ - '0');
    return p;
}

bool timestamp_bsd(struct cursor *c, const struct zone *zone, int64_t arrival_ms, int64_t *ms)
{
    const char *p = c->rest.ptr, *end = slice_end(c->rest);
    unsigned month, day = 0;
    int year = 0;
    bool utc = false;
    if (c->rest.len >= 19 && p[4] == ' ' && is_digit(p[0])) {
        year = (int)four_digits(p);
        p += 5;
    }
    if (end - p < 14 || year > 9999 || !(month = read_month(p)))
        return false;
    p = read_day(p + 3, end, &day);
    if (!p)
        return false;
    p = read_year(p, end, &year);
    if (end - p < 9 || *p != ' ')
        return false;
    int64_t clock = read_clock(p + 1);
    if (clock < 0 || !date_exists(year ? year : 2000, month, day))
        return false;
    p = read_fraction(p + 9, end, &clock);
    if (p < end && *p == 'Z' && ends_word(p + 1, end)) {
        utc = true;
        p++;
    } else {
        p = read_year(p, end, &year);
        p = read_zone_word(p, end, &utc);
        p = read_year(p, end, &year);
    }
    if (utc)
        zone = NULL;
    if (year) {
        if (!date_exists(year, month, day))
            return false;
        *ms = zone_to_utc(zone, days_of((unsigned)year, month, day) * DAY_MS + clock);
    } else if (!complete_year(month, day, clock, zone, arrival_ms, ms)) {
        return false;
    }
    cursor_advance(c, (size_t)(p - c->rest.ptr));
    return true;
}

/* One or two digits and the byte behind them, which must be `stop`. NULL when they are not there. */
static const char *read_short(const char *p, const char *end, char stop, unsigned *out)
{
    if (p == end || !is_digit(*p))
        return NULL;
    *out = (unsigned)(*p++ - '0');
    if (p < end && is_digit(*p))
        *out = *out * 10 + (unsigned)(*p++ - '0');
    return p < end && *p == stop ? p + 1 : NULL;
}

/* The same with a month and a day of one or two digits, or with colons. Returns where it ends, or NULL. */
static const char *read_loose(const char *p, const char *end, int64_t *local)
{
    char between = p[4], before_clock = between == '/' ? ' ' : '-';
    unsigned year = four_digits(p), month, day;
    p = read_short(p + 5, end, between, &month);
    p = p ? read_short(p, end, before_clock, &day) : NULL;
    if (!p || end - p < 8 || year > 9999 || !date_exists((int)year, month, day))
        return NULL;
    int64_t clock = read_clock(p);
    *local = days_of(year, month, day) * DAY_MS + clock;
    return clock < 0 ? NULL : p + 8;
}

bool timestamp_slashed(struct cursor *c, const struct zone *zone, int64_t *ms)
{
    const char *p = c->rest.ptr, *end = slice_end(c->rest);
    int64_t local;
    if (c->rest.len < 17 || (p[4] != '/' && p[4] != ':'))
        return false;
    if (c->rest.len >= 19 && read_full(p, '/', ' ', &local)) /* nearly always */
        p += 19;
    else if (!(p = read_loose(p, end, &local)))
        return false;
    p = read_fraction(p, end, &local);
    *ms = zone_to_utc(zone, local);
    cursor_advance(c, (size_t)(p - c->rest.ptr));
    return true;
}

bool timestamp_epoch(struct cursor *c, int64_t *ms)
{
    const char *begin = c->rest.ptr, *end = slice_end(c->rest), *p = begin;
    if (end - p >= 16 && digits_count(digits_word(p)) == 8)
        p += 8 + digits_count(digits_word(p + 8));
    while (p < end && p - begin < 14 && is_digit(*p))
        p++;
    size_t digits = (size_t)(p - begin);
    if (digits < 9 || digits > 13)
        return false;
    int64_t value = digits_8(begin, digits - 8) * 100000000 + digits_8(p - 8, 8), fraction = 0;
    p = read_fraction(p, end, &fraction);
    /* Twelve digits of seconds would be the year 5138. */
    *ms = digits >= 12 ? value : value * 1000 + fraction;
    cursor_advance(c, (size_t)(p - begin));
    return true;
}

static inline char *put_two(char *out, unsigned value)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    memcpy(out, pairs + 2 * value, 2);
    return out + 2;
}

char *timestamp_format(char *out, int64_t ms)
{
    ms = ms < FIRST_MS ? FIRST_MS : ms > LAST_MS ? LAST_MS : ms;
    uint64_t since_first = (uint64_t)(ms - FIRST_MS);
    uint32_t day = (uint32_t)(since_first / (uint64_t)DAY_MS);
    uint32_t rest = (uint32_t)(since_first % (uint64_t)DAY_MS);
    struct date d = date_of((int64_t)day + FIRST_MS / DAY_MS);
    uint32_t seconds = rest / 1000, milliseconds = rest % 1000;
    out = put_two(out, (unsigned)d.year / 100);
    out = put_two(out, (unsigned)d.year % 100);
    *out++ = '-';
    out = put_two(out, d.month);
    *out++ = '-';
    out = put_two(out, d.day);
    *out++ = 'T';
    out = put_two(out, seconds / 3600);
    *out++ = ':';
    out = put_two(out, seconds / 60 % 60);
    *out++ = ':';
    out = put_two(out, seconds % 60);
    *out++ = '.';
    *out++ = (char)('0' + milliseconds / 100);
    out = put_two(out, milliseconds % 100);
    *out++ = 'Z';
    return out;
}
