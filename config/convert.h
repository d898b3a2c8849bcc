/*
 * Strict text → value. Everything must be exactly of the form named here, to the last byte; false
 * leaves *out alone. The text need not end in NUL.
 */
#pragma once

#include "config/settings.h"

/* Decimal digits, no sign, no leading zero: 0514 is neither 514 nor octal. */
bool convert_number(const char *text, size_t len, uint64_t *out);

/* `true` or `false`; not yes, no, on, off, 1 or 0, which mean different things to different tools. */
bool convert_bool(const char *text, size_t len, bool *out);

/* Bytes: "65536", or with B, KiB, MiB, GiB or TiB, a blank between or none. */
bool convert_size(const char *text, size_t len, uint64_t *out);

/* Milliseconds: a number with ms, s, m, h or d directly behind it. */
bool convert_duration(const char *text, size_t len, uint64_t *out_ms);

/* "1/100": one in a hundred; the number, from 1 on. */
bool convert_share(const char *text, size_t len, uint64_t *out);

/* An address of either family, as inet_pton reads it; IPv4 becomes IPv4-mapped, prefix 128. */
bool convert_address(const char *text, size_t len, struct net *out);

/*
 * An address, or a prefix "10.0.0.0/8". CONVERT_HOST_BITS: bits beyond the prefix are set; *out
 * then has them cleared, for the complaint to show what was probably meant.
 */
enum convert_result { CONVERT_WRONG, CONVERT_HOST_BITS, CONVERT_OK };
enum convert_result convert_network(const char *text, size_t len, struct net *out);

/* The text of a network, "10.0.0.0/8"; without prefix length when it is one address. */
#define NETWORK_TEXT_MAX 64
const char *convert_network_text(char out[NETWORK_TEXT_MAX], const struct net *net);

/* "3389", or "1-1024" with the smaller first; 0 to 65535. */
bool convert_ports(const char *text, size_t len, struct port_range *out);

/* A name: letters, digits, _ - and . in it, beginning with a letter or digit. */
bool convert_is_name(const char *text, size_t len);

/* No control characters; line ends only if `lines`. Bytes from 0x80 on are UTF-8, as YAML is. */
bool convert_is_text(const char *text, size_t len, bool lines);

/* The forms that complaints show: "64 KiB", "12h". */
#define AMOUNT_TEXT_MAX 32
const char *convert_size_text(char out[AMOUNT_TEXT_MAX], uint64_t bytes);
const char *convert_duration_text(char out[AMOUNT_TEXT_MAX], uint64_t ms);
