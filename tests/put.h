/*
 * Lines in the making, for the tools that write a million of them: put together in one buffer that
 * goes to standard output when it is full. A line ends with put_line_end.
 */
#pragma once

#include "tests/tool.h"

#define PUT_FLUSH_AT     (1 << 16)
#define PUT_LINE_LONGEST 4096 /* longer than any line can become */

static char put_buffer[PUT_FLUSH_AT + PUT_LINE_LONGEST], *out = put_buffer;

static void put_flush(void)
{
    if (fwrite(put_buffer, 1, (size_t)(out - put_buffer), stdout) != (size_t)(out - put_buffer))
        tool_fail("standard output: %s", strerror(errno));
    out = put_buffer;
}

static void put_line_end(void)
{
    *out++ = '\n';
    if (out - put_buffer >= PUT_FLUSH_AT)
        put_flush();
}

static void put_text(const char *text)
{
    size_t len = strlen(text);
    memcpy(out, text, len);
    out += len;
}

/* A line's text, with what stands for its %x put by `put_value`. */
static void put_filled(const char *text, void (*put_value)(char which, const void *values),
                       const void *values)
{
    const char *percent;
    while ((percent = strchr(text, '%'))) {
        memcpy(out, text, (size_t)(percent - text));
        out += percent - text;
        put_value(percent[1], values);
        text = percent + 2;
    }
    put_text(text);
    put_line_end();
}

static void put_number(uint64_t n)
{
    char digits[20];
    int i = 0;
    do
        digits[i++] = (char)('0' + n % 10);
    while (n /= 10);
    while (i)
        *out++ = digits[--i];
}

static void put_two(uint32_t n)
{
    *out++ = (char)('0' + n / 10 % 10);
    *out++ = (char)('0' + n % 10);
}

static void put_address(uint32_t a)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        put_number(a >> shift & 255);
        if (shift)
            *out++ = '.';
    }
}
