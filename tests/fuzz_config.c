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
            (s->forward[i].protocol != FORWARD_FILE && !s->forward[i].host &&
             !s->forward[i].receiver_count))
            abort();
    for (size_t i = 0; i < s->list_count; i++)
        if (!s->lists[i].name)
            abort();
}

static struct config *config_empty(void)
{
    struct arena *arena = arena_new(NULL);
    struct config *config = arena_alloc(arena, sizeof(*config));
    config->arena = config->complaints.arena = arena;
    return config;
}

static void read_detector(const char *text, size_t len)
{
    struct config *config = config_empty();
    struct detector_settings d = {0};
    const struct source *source = complaints_source(&config->complaints, "fuzz.yaml");
    const struct node *root = reading_fill(config, source, text, len, schema_detector, &d);
    if (root)
        check_detector(&config->complaints, root, "fuzz", &d);
    if (root && config->complaints.total == 0 &&
        (!d.type || !d.group_by.count || !d.severity || !d.summary || d.timespan_ms <= 0))
        abort();
    config_free(config);
}

static void read_settings(const char *text, size_t len)
{
    struct config *config = config_empty();
    const struct source *source = complaints_source(&config->complaints, "fuzz.yaml");
    bool read = reading_settings(config, source, text, len);
    if (!read && config->complaints.total == 0)
        abort();
    if (config->complaints.total == 0)
        check_sane(&config->settings);
    config_free(config);
}

/* With everything that belongs to it; the built-in detectors take most of the time. */
static void read_all(const char *text, size_t len)
{
    unsigned told = 0, complaints = 0;
    struct config *config =
        config_load_text("fuzz.yaml", text, len, on_sentence, &told, &complaints);
    if ((complaints == 0) != (told == 0))
        abort();
    if (complaints == 0)
        check_sane(config_settings(config));
    config_complain(config, NULL, "forward[0].port", "514tcp", "a port", NULL);
    config_free(config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size ? size : 1);
    if (size)
        memcpy(text, data, size);
    read_detector(text, size);
    read_settings(text, size);
    if (size % 64 == 0)
        read_all(text, size);
    free(text);
    return 0;
}
