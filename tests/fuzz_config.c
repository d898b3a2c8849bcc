/*
 * Any bytes as a configuration and as a detector file: what is wrong is complained about, nothing
 * is leaked, and what passes without complaint has what the program relies on.
 */
#include "config/config.h"

#include <stdlib.h>
#include <string.h>

#include "config/check.h"
#include "config/reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_sentence(void *context, const char *sentence)
{
    unsigned *count = context;
    if (strlen(sentence) == 0 || strchr(sentence, '\n'))
        abort();
    ++*count;
}

static void check_sane(const struct settings *s)
{
    if (s->workers < 1 || s->listen_count < 1 || s->forward_count < 1 || s->list_count < 4)
        abort();
    for (size_t i = 0; i < s->listen_count; i++)
        if (!s->listen[i].address || !s->listen[i].port)
            abort();
    for (size_t i = 0; i < s->forward_count; i++)
        if (!s->forward[i].name ||
            (s->forward[i].protocol == FORWARD_FILE && !s->forward[i].path) ||
            (s->forward[i].protocol != FORWARD_FILE && !s->forward[i].host))
            abort();
    for (size_t i = 0; i < s->list_count; i++)
        if (!s->lists[i].name)
            abort();
}

/* Without the built-in detectors, which would take most of the time. */
static void read_detector(const char *text, size_t len)
{
    struct arena *arena = arena_new();
    struct config *config = arena_alloc(arena, sizeof(*config));
    config->arena = config->complaints.arena = arena;
    struct detector_settings detector = {0};
    const struct source *source = complaints_source(&config->complaints, "fuzz.yaml");
    const struct node *root = reading_fill(config, source, text, len, schema_detector, &detector);
    if (root)
        check_detector(&config->complaints, root, "fuzz", &detector);
    if (root && config->complaints.total == 0 &&
        (!detector.type || !detector.group_by.count || !detector.severity || !detector.summary ||
         detector.timespan_ms <= 0))
        abort();
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned told = 0, complaints = 0;
    char *text = malloc(size ? size : 1);
    if (size)
        memcpy(text, data, size);
    read_detector(text, size);
    struct config *config =
        config_load_text("fuzz.yaml", text, size, on_sentence, &told, &complaints);
    free(text);
    if ((complaints == 0) != (told == 0))
        abort();
    if (complaints == 0)
        check_sane(config_settings(config));
    config_complain(config, NULL, "forward[0].port", "514tcp", "a port", NULL);
    config_free(config);
    return 0;
}
