/*
 * What Check Point's own tools print: lines of `fw log`, old and new, and rows that the log viewer
 * exports. Their keys are those of all other forms, or older names of them (checkpoint_foreign).
 *
 *   21Nov2026  9:18:00 drop   192.168.7.1 >eth1 rule: 12; src: 203.0.113.66; dst: 192.0.2.10; ...
 *   HeaderDateHour: 21Nov2026  9:18:00; ContentVersion: 5; Action: drop; Origin: 192.168.7.1; ...
 *   "22" "21Nov2026" "9:18:00" "eth1" "192.168.7.1" "Log" "Drop" "23" "45001" "203.0.113.66" ...
 */
#include "parsers/checkpoint.h"

/* A row's columns behind number, date and time. */
static const struct slice columns[] = {
    SLICE("ifname"),  SLICE("origin"),      SLICE("type"),      SLICE("action"),
    SLICE("service"), SLICE("s_port"),      SLICE("src"),       SLICE("dst"),
    SLICE("proto"),   SLICE("rule"),        SLICE("rule_name"), SLICE("current_rule"),
    SLICE("user"),    SLICE("information"), SLICE("product"),
};

#define HEAD_WORDS_MAX 8 /* between a line's time and its list */

/* How far 21Nov2026 reaches; 0: something else stands there. */
static size_t checkpoint_date(struct slice text)
{
    size_t i = 0;
    while (i < text.len && i < 2 && (unsigned)(text.ptr[i] - '0') <= 9)
        i++;
    size_t end = i + 7;
    if (i == 0 || text.len < end)
        return 0;
    for (size_t n = i; n < end; n++)
        if (n < i + 3 ? (unsigned)((text.ptr[n] | 32) - 'a') >= 26
                      : (unsigned)(text.ptr[n] - '0') > 9)
            return 0;
    return end;
}

/* How far 9:18:00 or 09:18:00 reaches. */
static size_t checkpoint_hour(struct slice text)
{
    size_t i = 0, digits = 0, colons = 0;
    for (; i < text.len && i < 8; i++) {
        bool digit = (unsigned)(text.ptr[i] - '0') <= 9;
        if (!digit && (text.ptr[i] != ':' || digits == 0 || ++colons > 2))
            break;
        digits = digit ? digits + 1 : 0;
    }
    return colons == 2 && digits ? i : 0;
}

static struct slice checkpoint_head_word(struct cursor *c)
{
    cursor_skip_blanks(c);
    return cursor_until_or_end(c, ' ');
}

/* The head of a line of fw log: [date] time [words] action origin >interface. */
static bool checkpoint_head(struct cursor *c, struct slice *stamp, struct slice *action,
                            struct slice *origin, struct slice *arrow, struct slice *interface)
{
    const char *begin = c->rest.ptr;
    size_t date = checkpoint_date(c->rest);
    cursor_advance(c, date);
    cursor_skip_blanks(c);
    size_t hour = checkpoint_hour(c->rest);
    if (hour == 0)
        return false;
    cursor_advance(c, hour);
    *stamp = slice_between(date ? begin : c->rest.ptr, c->rest.ptr);
    *origin = SLICE_NONE;
    for (int i = 0; i < HEAD_WORDS_MAX; i++) {
        struct slice word = checkpoint_head_word(c);
        if (word.len && (word.ptr[0] == '>' || word.ptr[0] == '<')) {
            *arrow = slice_first(word, 1);
            *interface = word.len > 1 ? slice_from(word, 1) : checkpoint_head_word(c);
            return i >= 2;
        }
        *action = *origin;
        *origin = word;
    }
    return false;
}

/* Whether a list begins here with a key that only Check Point has, or is sure to have soon. */
static bool checkpoint_lists(struct slice text)
{
    struct slice front = slice_first(text, 1024);
    return slice_find_text(front, "product: ") < front.len ||
           slice_find_text(front, "ProductName: ") < front.len ||
           slice_find_text(front, "rule: ") < front.len ||
           slice_find_text(front, "OriginSicName: ") < front.len;
}

bool checkpoint_is_listed(struct slice text)
{
    struct cursor c = cursor_over(text);
    struct slice stamp, action, origin, arrow, interface;
    if (slice_starts(text, "HeaderDateHour: ") || slice_starts(text, "ContentVersion: "))
        return true;
    if (slice_starts(text, "loc=") || slice_starts(text, "date=") || slice_starts(text, "time=")) {
        struct slice front = slice_first(text, 512);
        return slice_find_text(front, ";") < slice_find(front, '|') &&
               (slice_find_text(front, "orig=") < front.len ||
                slice_find_text(front, "i/f_name=") < front.len) &&
               slice_find_text(front, "product=") < front.len;
    }
    return checkpoint_head(&c, &stamp, &action, &origin, &arrow, &interface) &&
           checkpoint_lists(c.rest);
}

static void checkpoint_give(struct checkpoint *cp, struct slice name, struct slice value)
{
    struct kv pair = {name, value, false, false};
    if (value.len && !slice_is(value, "N/A"))
        checkpoint_pair(cp, &pair);
}

/* "21Nov2026" "9:18:00", date=21Nov2026; time=9:18:00: a time in two pieces. */
static bool checkpoint_join(struct checkpoint *cp, struct slice date, struct slice hour)
{
    char *text = record_scratch(cp->out, date.len + 1 + hour.len);
    if (!text)
        return false;
    memcpy(text, date.ptr, date.len);
    text[date.len] = ' ';
    memcpy(text + date.len + 1, hour.ptr, hour.len);
    return checkpoint_clock(cp, slice_make(text, date.len + 1 + hour.len));
}

bool checkpoint_listed(struct checkpoint *cp, struct slice text)
{
    struct cursor c = cursor_over(text);
    struct slice stamp, action, origin, arrow, interface, day = SLICE_NONE;
    struct kv pair;
    unsigned pairs = 0;
    if (checkpoint_head(&c, &stamp, &action, &origin, &arrow, &interface)) {
        if (checkpoint_date(stamp))
            checkpoint_clock(cp, stamp);
        checkpoint_give(cp, slice("action"), action);
        checkpoint_give(cp, slice("origin"), origin);
        checkpoint_give(cp, slice("ifdir"), arrow);
        checkpoint_give(cp, slice("ifname"), interface);
    } else {
        c = cursor_over(text);
    }
    while (c.rest.len) {
        if (!kv_listed_next(&c, &pair)) {
            cursor_until_or_end(&c, ';'); /* no pair, "> N/A": passed over */
            continue;
        }
        pairs++;
        if (slice_is(pair.name, "date"))
            day = pair.value;
        else if (slice_is(pair.value, "<max_null>") || slice_is(pair.value, "<null>"))
            continue;
        else if (!((slice_is(pair.name, "time") || slice_is(pair.name, "hour")) && day.len &&
                   checkpoint_hour(pair.value) && checkpoint_join(cp, day, pair.value)))
            checkpoint_pair(cp, &pair);
    }
    return pairs != 0;
}

/* The next "text" of a row; false when there is none. */
static bool checkpoint_cell(struct cursor *c, struct slice *out)
{
    cursor_skip_blanks(c);
    if (!cursor_try(c, "\""))
        return false;
    *out = cursor_until_or_end(c, '"');
    return true;
}

bool checkpoint_is_row(struct slice text)
{
    struct cursor c = cursor_over(text);
    struct slice number, date, hour;
    uint64_t n;
    return checkpoint_cell(&c, &number) && number_parse(number, &n) && checkpoint_cell(&c, &date) &&
           date.len && checkpoint_date(date) == date.len && checkpoint_cell(&c, &hour) &&
           hour.len && checkpoint_hour(slice_trim(hour)) && cursor_peek(&c) == ' ';
}

/* What has no column of its own stands in one, as a list; or it is a sentence. */
static void checkpoint_information(struct checkpoint *cp, struct slice cell)
{
    struct cursor c = cursor_over(cell);
    struct kv pair;
    while (kv_listed_next(&c, &pair)) {
        pair.cut = false;
        checkpoint_pair(cp, &pair);
    }
    checkpoint_give(cp, slice("information"), slice_trim(c.rest));
}

bool checkpoint_row(struct checkpoint *cp, struct slice text)
{
    struct cursor c = cursor_over(text);
    struct slice number, date, hour, cell;
    unsigned cells = 0;
    if (!checkpoint_cell(&c, &number) || !checkpoint_cell(&c, &date) || !checkpoint_cell(&c, &hour))
        return false;
    checkpoint_join(cp, date, slice_trim(hour));
    for (; cells < sizeof(columns) / sizeof(columns[0]) && checkpoint_cell(&c, &cell); cells++) {
        if (slice_is(columns[cells], "information"))
            checkpoint_information(cp, cell);
        else
            checkpoint_give(cp, columns[cells], cell);
    }
    while (checkpoint_cell(&c, &cell)) /* further columns are whatever was chosen for display */
        record_extra(cp->out, slice("column"), cell);
    return cells != 0;
}
