/* What the tests of the whole pipeline share: the configuration and the detectors that ship, a sender of
 * whom nothing is known, the lines of the samples. */
#pragma once

#include "server/rules.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define NOW_MS INT64_C(1795262400000) /* 2026-11-21T12:00:00Z */

struct pipeline_setup {
    struct config *config;
    struct rules *rules;
    struct detection *detection;
    struct pipeline pipeline;
    struct sender sender;
};

static inline void pipeline_setup_complain(void *context, const char *sentence)
{
    (void)context;
    print_error("%s\n", sentence);
}

/* 0, or what a test's set-up returns when it fails. */
static inline int pipeline_setup_open(struct pipeline_setup *s,
                                      const struct pipeline_output *output)
{
    unsigned complaints = 0;
    s->config = config_load(NULL, pipeline_setup_complain, NULL, &complaints);
    if (complaints || !(s->rules = rules_new(s->config, NULL)))
        return -1;
    s->sender = (struct sender){.device = &s->rules->devices[s->rules->settings->device_count]};
    s->detection = rules_detection(s->rules);
    return pipeline_init(&s->pipeline, s->rules, s->detection, output);
}

static inline void pipeline_setup_close(struct pipeline_setup *s)
{
    pipeline_close(&s->pipeline);
    detection_free(s->detection);
    rules_free(s->rules);
    config_free(s->config);
}

typedef void (*on_sample)(void *context, const char *file, struct slice line);

/* Every line of every sample, without its end; returns how many there are. */
static inline size_t each_sample(on_sample take, void *context)
{
    glob_t files;
    size_t lines = 0;
    assert_int_equal(glob("samples/*/*.log", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        FILE *f = fopen(files.gl_pathv[i], "r");
        char *line = NULL;
        size_t room = 0;
        ssize_t len;
        assert_non_null(f);
        for (; (len = getline(&line, &room, f)) > 0; lines++)
            take(context, files.gl_pathv[i],
                 slice_make(line, (size_t)len - (line[len - 1] == '\n')));
        free(line);
        fclose(f);
    }
    globfree(&files);
    return lines;
}
