/* Numbers, times and durations as people read them. `out` needs WORDS_MAX bytes. */
#pragma once

#include <stdint.h>

#define WORDS_MAX 40

/* 1234567 as "1,234,567". */
const char *words_number(char *out, uint64_t n);

/* 90 s as "1m 30s": at most two units. */
const char *words_duration(char *out, int64_t ms);

/* "2026-11-20 09:04", UTC. */
const char *words_time(char *out, int64_t ms);

/* `part` of `whole`: "12 %", "0.3 %", "<0.1 %", "-" of nothing. */
const char *words_share(char *out, uint64_t part, uint64_t whole);
