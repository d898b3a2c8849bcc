/* What complaints a configuration gives, for the tests of config/. */
#pragma once

#include "config/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* All sentences, a line each. */
struct told {
    char text[256 * 1024];
    size_t len;
};

static inline void on_sentence(void *context, const char *sentence)
{
    struct told *told = context;
    int n = snprintf(told->text + told->len, sizeof(told->text) - told->len, "%s\n", sentence);
    assert_true(n > 0 && (size_t)n < sizeof(told->text) - told->len);
    told->len += (size_t)n;
}

static inline struct told *told_new(void)
{
    return calloc(1, sizeof(struct told));
}

/* A text of exactly this size on the heap. */
static inline char *exact(const char *text, size_t len)
{
    char *block = malloc(len ? len : 1);
    memcpy(block, text, len);
    return block;
}

static inline struct config *load_text(const char *text, size_t len, struct told *told,
                                       unsigned *complaints)
{
    char *block = exact(text, len);
    struct config *config =
        config_load_text("test.yaml", block, len, on_sentence, told, complaints);
    free(block);
    return config;
}
