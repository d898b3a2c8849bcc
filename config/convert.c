/*
 * What a YAML loader takes on trust is read here byte by byte: libcyaml would make 514 of `514tcp`,
 * 332 of `0514`, 1 of `1,5` and true of `maybe`.
 */
#include "config/convert.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

struct unit {
    const char *name;
    uint64_t factor;
};

static const struct unit sizes[] = {
    {"", 1},
    {"B", 1},
    {"KiB", UINT64_C(1) << 10},
    {"MiB", UINT64_C(1) << 20},
    {"GiB", UINT64_C(1) << 30},
    {"TiB", UINT64_C(1) << 40},
    {NULL, 0},
};

static const struct unit durations[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}, {NULL, 0},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && is_digit(text[n]))
        n++;
    return n;
}

static bool text_is(const char *text, size_t len, const char *expected)
{
    return len == strlen(expected) && memcmp(text, expected, len) == 0;
}

bool convert_number(const char *text, size_t len, uint64_t *out)
{
    uint64_t value = 0;
    if (len == 0 || digits(text, len) != len || (len > 1 && text[0] == '0'))
        return false;
    for (size_t i = 0; i < len; i++) {
        unsigned digit = (unsigned)(text[i] - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

bool convert_bool(const char *text, size_t len, bool *out)
{
    bool yes = text_is(text, len, "true");
    if (!yes && !text_is(text, len, "false"))
        return false;
    *out = yes;
    return true;
}

static bool convert_amount(const char *text, size_t len, const struct unit *units, bool blank,
                           uint64_t *out)
{
    uint64_t number;
    size_t n = digits(text, len);
    if (!convert_number(text, n, &number))
        return false;
    if (blank && n + 1 < len && text[n] == ' ')
        n++;
    for (; units->name; units++) {
        if (!text_is(text + n, len - n, units->name))
            continue;
        if (number > UINT64_MAX / units->factor)
            return false;
        *out = number * units->factor;
        return true;
    }
    return false;
}

bool convert_size(const char *text, size_t len, uint64_t *out)
{
    return convert_amount(text, len, sizes, true, out);
}

bool convert_duration(const char *text, size_t len, uint64_t *out_ms)
{
    return convert_amount(text, len, durations, false, out_ms);
}

bool convert_share(const char *text, size_t len, uint64_t *out)
{
    uint64_t number;
    if (len < 3 || memcmp(text, "1/", 2) != 0 || !convert_number(text + 2, len - 2, &number) ||
        number == 0)
        return false;
    *out = number;
    return true;
}

bool convert_address(const char *text, size_t len, struct net *out)
{
    char copy[INET6_ADDRSTRLEN];
    struct net net = {.prefix = 128};
    if (len == 0 || len >= sizeof(copy) || memchr(text, '\0', len))
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    if (inet_pton(AF_INET, copy, net.bytes + 12) == 1)
        net.bytes[10] = net.bytes[11] = 0xff;
    else if (inet_pton(AF_INET6, copy, net.bytes) != 1)
        return false;
    *out = net;
    return true;
}

static bool is_v4(const struct net *net)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    return net->prefix >= 96 && memcmp(net->bytes, mapped, sizeof(mapped)) == 0;
}

/* Whether any was set. */
static bool clear_host_bits(struct net *net)
{
    bool any = false;
    for (unsigned i = 0; i < 16; i++) {
        unsigned kept = net->prefix > i * 8 ? net->prefix - i * 8 : 0;
        uint8_t mask = kept >= 8 ? 0xff : (uint8_t)(0xff00 >> kept);
        any |= (net->bytes[i] & (uint8_t)~mask) != 0;
        net->bytes[i] &= mask;
    }
    return any;
}

enum convert_result convert_network(const char *text, size_t len, struct net *out)
{
    struct net net;
    uint64_t prefix;
    const char *slash = len ? memchr(text, '/', len) : NULL;
    size_t address_len = slash ? (size_t)(slash - text) : len;
    if (!convert_address(text, address_len, &net))
        return CONVERT_WRONG;
    if (slash) {
        unsigned offset = memchr(text, ':', address_len) ? 0 : 96;
        if (!convert_number(slash + 1, len - address_len - 1, &prefix) || prefix > 128 - offset)
            return CONVERT_WRONG;
        net.prefix = (unsigned)prefix + offset;
    }
    bool host_bits = clear_host_bits(&net);
    *out = net;
    return host_bits ? CONVERT_HOST_BITS : CONVERT_OK;
}

const char *convert_network_text(char out[NETWORK_TEXT_MAX], const struct net *net)
{
    bool v4 = is_v4(net);
    inet_ntop(v4 ? AF_INET : AF_INET6, net->bytes + (v4 ? 12 : 0), out, NETWORK_TEXT_MAX);
    if (net->prefix < 128)
        snprintf(out + strlen(out), NETWORK_TEXT_MAX - strlen(out), "/%u",
                 net->prefix - (v4 ? 96 : 0));
    return out;
}

bool convert_ports(const char *text, size_t len, struct port_range *out)
{
    uint64_t first, last;
    size_t n = digits(text, len);
    if (!convert_number(text, n, &first))
        return false;
    last = first;
    if (n < len && (text[n] != '-' || !convert_number(text + n + 1, len - n - 1, &last)))
        return false;
    if (first > last || last > UINT16_MAX)
        return false;
    *out = (struct port_range){(uint16_t)first, (uint16_t)last};
    return true;
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool convert_is_name(const char *text, size_t len)
{
    if (len == 0 || !is_alnum(text[0]))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!is_alnum(text[i]) && text[i] != '_' && text[i] != '-' && text[i] != '.')
            return false;
    return true;
}

bool convert_is_text(const char *text, size_t len, bool lines)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < 0x20 || c == 0x7f) && !(lines && c == '\n'))
            return false;
    }
    return len > 0;
}

/* In the largest unit that gives a whole number. */
static const char *amount_text(char out[AMOUNT_TEXT_MAX], uint64_t value, const struct unit *units,
                               const char *blank)
{
    const struct unit *best = units;
    for (; units->name; units++)
        if (value >= units->factor && value % units->factor == 0 && units->factor >= best->factor)
            best = units;
    snprintf(out, AMOUNT_TEXT_MAX, "%llu%s%s", (unsigned long long)(value / best->factor),
             *best->name ? blank : "", best->name);
    return out;
}

const char *convert_size_text(char out[AMOUNT_TEXT_MAX], uint64_t bytes)
{
    return amount_text(out, bytes, sizes + 1, " ");
}

const char *convert_duration_text(char out[AMOUNT_TEXT_MAX], uint64_t ms)
{
    return amount_text(out, ms, ms ? durations : durations + 1, "");
}
