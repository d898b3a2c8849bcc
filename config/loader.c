/*
 * libcyaml as the loader. Its schema is built from our rows, each value a string: what its own
 * numbers, booleans and defaults would do silently is convert.c's and shape.c's work. It is given
 * the document as shape.c has left it, written anew without what is wrong, so that the rest of a
 * faulty configuration can still be converted and complained about in the same run.
 */
#include "config/loader.h"

#include <cyaml/cyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct loaded {
    cyaml_config_t config;
    const cyaml_schema_value_t *schema;
    struct slot *slots;
    struct arena *arena;
    char error[256];
};

static size_t count_rows(const struct row *rows)
{
    size_t n = 0;
    while (rows[n].key)
        n++;
    return n;
}

static cyaml_schema_value_t value_of(struct arena *arena, const struct row *row);

static cyaml_schema_value_t mapping_of(struct arena *arena, const struct row *rows,
                                       enum cyaml_flag flags)
{
    size_t n = count_rows(rows);
    cyaml_schema_field_t *fields = arena_array(arena, n + 1, sizeof(*fields));
    for (size_t i = 0; i < n; i++) {
        size_t at = i * sizeof(struct slot);
        fields[i] = (cyaml_schema_field_t){
            .key = rows[i].key,
            .data_offset = (uint32_t)(at + offsetof(struct slot, value)),
            .count_offset = (uint32_t)(at + offsetof(struct slot, count)),
            .count_size = sizeof(uint64_t),
            .value = value_of(arena, &rows[i]),
        };
    }
    return (cyaml_schema_value_t){
        .type = CYAML_MAPPING,
        .flags = flags,
        .data_size = (uint32_t)(n * sizeof(struct slot)),
        .mapping = {fields},
    };
}

static const enum cyaml_flag optional = CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL;

static cyaml_schema_value_t value_of(struct arena *arena, const struct row *row)
{
    cyaml_schema_value_t text = {
        .type = CYAML_STRING,
        .flags = optional,
        .data_size = 1,
        .string = {0, DOCUMENT_BYTES_MAX},
    };
    if (row->kind == MAPPING)
        return mapping_of(arena, row->rows, optional);
    if (row->kind < LIST_TEXT)
        return text;
    cyaml_schema_value_t *entry = arena_alloc(arena, sizeof(*entry));
    *entry = text;
    entry->flags = CYAML_FLAG_POINTER;
    if (row->kind == LIST_MAPPING)
        *entry = mapping_of(arena, row->rows, CYAML_FLAG_DEFAULT);
    return (cyaml_schema_value_t){
        .type = CYAML_SEQUENCE,
        .flags = optional,
        .data_size = row->kind == LIST_MAPPING ? entry->data_size : sizeof(char *),
        .sequence = {entry, 0, CYAML_UNLIMITED},
    };
}

/* The character of several bytes at *text, which moves to its last byte. It is UTF-8 (libyaml's). */
static unsigned long code_point(const char **text)
{
    unsigned char first = (unsigned char)**text;
    unsigned long value = first < 0xe0 ? first & 0x1f : first < 0xf0 ? first & 0x0f : first & 0x07;
    while (((unsigned char)(*text)[1] & 0xc0) == 0x80)
        value = value << 6 | ((unsigned char)*++*text & 0x3f);
    return value;
}

/* In quotes and escaped, so that nothing in it means anything to YAML: not even U+2028 or U+FEFF. */
static void write_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= 0x80)
            fprintf(out, "\\U%08lx", code_point(&text));
        else if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            fprintf(out, "\\x%02x", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

/* Recursion is as deep as DOCUMENT_DEPTH_MAX allows. */
static void write_node(FILE *out, const struct node *node)
{
    if (node->kind == NODE_TEXT) {
        write_text(out, node->text);
        return;
    }
    fputs(node->kind == NODE_MAP ? "{" : "[", out);
    bool any = false;
    for (const struct node *child = node->first; child; child = child->next) {
        if (child->wrong)
            continue;
        fputs(any ? ",\n" : "", out);
        any = true;
        if (node->kind == NODE_MAP) {
            write_text(out, child->key);
            fputs(": ", out);
        }
        write_node(out, child);
    }
    fputs(node->kind == NODE_MAP ? "}" : "]", out);
}

/* libcyaml tells the same error once for each level it unwinds: the first one is the cause. */
static void on_log(cyaml_log_t level, void *context, const char *format, va_list args)
{
    struct loaded *loaded = context;
    if (level < CYAML_LOG_ERROR || loaded->error[0])
        return;
    vsnprintf(loaded->error, sizeof(loaded->error), format, args);
    loaded->error[strcspn(loaded->error, "\n")] = '\0';
}

const struct slot *loader_read(struct complaints *complaints, const struct node *root,
                               const struct row *rows, struct loaded **out)
{
    struct arena *arena = arena_within(complaints->arena);
    struct loaded *loaded = arena_alloc(arena, sizeof(*loaded));
    loaded->arena = arena;
    loaded->config = (cyaml_config_t){
        .log_fn = on_log,
        .log_ctx = loaded,
        .log_level = CYAML_LOG_ERROR,
        .mem_fn = cyaml_mem,
        .flags = CYAML_CFG_NO_ALIAS,
    };
    cyaml_schema_value_t *schema = arena_alloc(arena, sizeof(*schema));
    *schema = mapping_of(arena, rows, CYAML_FLAG_POINTER);
    loaded->schema = schema;

    char *text = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&text, &len);
    if (!stream)
        arena_give_up(arena);
    write_node(stream, root);
    bool whole = !ferror(stream);
    if (fclose(stream) != 0 || !whole || !text) {
        free(text);
        arena_give_up(arena);
    }
    cyaml_err_t error = cyaml_load_data((const uint8_t *)text, len, &loaded->config, schema,
                                        (cyaml_data_t **)&loaded->slots, NULL);
    free(text);
    *out = loaded;
    if (error != CYAML_OK || !loaded->slots)
        complain(complaints, (struct place){root->place.source, 0, 0}, NULL,
                 "cannot be loaded: %s (%s)", cyaml_strerror(error), loaded->error);
    return loaded->slots;
}

void loader_free(struct loaded *loaded)
{
    cyaml_free(&loaded->config, loaded->schema, loaded->slots, 0);
    arena_free(loaded->arena);
}
