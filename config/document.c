/*
 * libyaml's events, turned into a tree with positions. The loader behind it (loader.c) sees only what
 * has passed here, so everything that YAML allows and we do not is told apart in this file.
 */
#include "config/document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct reader {
    struct complaints *complaints;
    const struct source *source;
    struct node *root, *at; /* `at`: the open list or mapping */
    const char *key;        /* read, its value still to come */
    struct place key_place;
    unsigned depth, documents;
    bool anchors, aliases; /* complained about: once is enough */
};

static struct place place_of(const struct reader *r, yaml_mark_t mark)
{
    return (struct place){r->source, (unsigned)mark.line + 1, (unsigned)mark.column + 1};
}

struct node *document_add(struct arena *arena, struct node *parent, const char *key,
                          enum node_kind kind)
{
    struct node *node = arena_alloc(arena, sizeof(*node));
    node->kind = kind;
    node->key = key;
    node->text = "";
    if (!parent)
        return node;
    node->place = node->key_place = parent->place;
    node->parent = parent;
    node->index = parent->count++;
    if (parent->last)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    return node;
}

static struct node *append(struct reader *r, enum node_kind kind, yaml_mark_t mark)
{
    struct node *node = document_add(r->complaints->arena, r->at, r->key, kind);
    node->place = place_of(r, mark);
    node->key_place = r->key_place;
    r->key = NULL;
    if (!r->root)
        r->root = node;
    return node;
}

static bool expects_key(const struct reader *r)
{
    return r->at && r->at->kind == NODE_MAP && !r->key;
}

/* Whether reading can go on. */
static bool refuse(struct reader *r, yaml_mark_t mark, const char *what)
{
    complain(r->complaints, place_of(r, mark), NULL, "%s", what);
    return false;
}

/* Refused, but the rest of the document can still be read. */
static void refuse_extras(struct reader *r, const yaml_event_t *event, const yaml_char_t *anchor,
                          const yaml_char_t *tag)
{
    if (anchor && !r->anchors)
        r->anchors =
            !refuse(r, event->start_mark, "anchors (&name) are not read: write the value out");
    if (tag)
        refuse(r, event->start_mark, "tags (!name) are not read: leave it out");
}

static bool read_text(struct reader *r, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t len = event->data.scalar.length;
    refuse_extras(r, event, event->data.scalar.anchor, event->data.scalar.tag);
    if (memchr(text, '\0', len))
        return refuse(r, event->start_mark, "a value with a NUL byte in it");
    char *copy = arena_text(r->complaints->arena, text, len);
    if (expects_key(r)) {
        r->key = copy;
        r->key_place = place_of(r, event->start_mark);
        return true;
    }
    struct node *node = append(r, NODE_TEXT, event->start_mark);
    node->text = copy;
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return true;
}

static bool open_branch(struct reader *r, const yaml_event_t *event)
{
    bool list = event->type == YAML_SEQUENCE_START_EVENT;
    if (list)
        refuse_extras(r, event, event->data.sequence_start.anchor, event->data.sequence_start.tag);
    else
        refuse_extras(r, event, event->data.mapping_start.anchor, event->data.mapping_start.tag);
    if (expects_key(r))
        return refuse(r, event->start_mark, "expected a key, not a list or a mapping");
    if (++r->depth > DOCUMENT_DEPTH_MAX)
        return refuse(r, event->start_mark, "nested more deeply than any key asks for");
    r->at = append(r, list ? NODE_LIST : NODE_MAP, event->start_mark);
    return true;
}

static bool read_event(struct reader *r, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (r->documents++)
            return refuse(r, event->start_mark,
                          "a second document begins here: a file holds one, without ---");
        return true;
    case YAML_ALIAS_EVENT:
        if (!r->aliases)
            r->aliases =
                !refuse(r, event->start_mark, "aliases (*name) are not read: write the value out");
        if (expects_key(r))
            return false;
        append(r, NODE_TEXT, event->start_mark)->wrong = true;
        return true;
    case YAML_SCALAR_EVENT:
        return read_text(r, event);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return open_branch(r, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        r->depth--;
        r->at = r->at->parent;
        return true;
    default:
        return true;
    }
}

/* The place of the byte at which libyaml's reader stopped, which it gives as an offset alone. */
static struct place place_at(const struct source *source, const char *text, size_t offset)
{
    struct place place = {source, 1, 1};
    for (size_t i = 0; i < offset; i++) {
        if (text[i] == '\n') {
            place.line++;
            place.column = 1;
        } else if (((unsigned char)text[i] & 0xc0) != 0x80) {
            place.column++;
        }
    }
    return place;
}

/* Where the character with that number begins; libyaml counts characters, not bytes. */
static size_t byte_of(const char *text, size_t len, size_t character)
{
    size_t i = 0;
    for (; i < len; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80 && character-- == 0)
            break;
    return i;
}

static void complain_syntax(struct reader *r, const yaml_parser_t *parser, const char *text,
                            size_t len)
{
    if (parser->error == YAML_READER_ERROR) {
        size_t offset = parser->problem_offset < len ? parser->problem_offset : len;
        complain(r->complaints, place_at(r->source, text, offset), NULL,
                 "expected UTF-8 text without control characters: %s",
                 parser->problem ? parser->problem : "it is something else");
        return;
    }
    struct place place = place_of(r, parser->problem_mark);
    size_t at = byte_of(text, len, parser->problem_mark.index);
    if (parser->error == YAML_SCANNER_ERROR && at < len && text[at] == '\t')
        complain(r->complaints, place, NULL, "expected spaces: a tab cannot indent in YAML");
    else if (at + 1 < len && text[at] == ':' && text[at + 1] == ':')
        complain(r->complaints, place, NULL,
                 "expected quotes around a text that begins with a colon, as in \"::1\"");
    else if (parser->context && parser->context_mark.line != parser->problem_mark.line)
        complain(r->complaints, place, NULL, "not YAML: %s, begun in line %zu, %s", parser->context,
                 parser->context_mark.line + 1, parser->problem);
    else
        complain(r->complaints, place, NULL, "not YAML: %s",
                 parser->problem ? parser->problem : "it cannot be read");
}

static bool read_events(struct reader *r, yaml_parser_t *parser, const char *text, size_t len)
{
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event)) {
            if (parser->error != YAML_MEMORY_ERROR)
                complain_syntax(r, parser, text, len);
            return false;
        }
        bool done = event.type == YAML_STREAM_END_EVENT;
        bool ok = read_event(r, &event);
        yaml_event_delete(&event);
        if (done || !ok || complaints_full(r->complaints))
            return ok;
    }
}

struct node *document_read(struct complaints *complaints, const struct source *source,
                           const char *text, size_t len)
{
    struct reader r = {.complaints = complaints, .source = source};
    struct place whole = {source, 0, 0};
    yaml_parser_t parser;
    if (len > DOCUMENT_BYTES_MAX) {
        complain(complaints, whole, NULL, "longer than %zu bytes, which no configuration needs",
                 DOCUMENT_BYTES_MAX);
        return NULL;
    }
    if (!yaml_parser_initialize(&parser))
        arena_give_up(complaints->arena);
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3; /* the mark that some editors put in front of UTF-8 */
        len -= 3;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    bool ok = read_events(&r, &parser, text, len);
    bool no_memory = parser.error == YAML_MEMORY_ERROR;
    yaml_parser_delete(&parser);
    if (no_memory)
        arena_give_up(complaints->arena);
    if (!ok)
        return NULL;
    if (!r.root || document_is_null(r.root)) {
        complain(complaints, whole, NULL, "empty: expected keys and their values");
        return NULL;
    }
    return r.root;
}

struct node *document_child(const struct node *map, const char *key)
{
    for (struct node *child = map ? map->first : NULL; child; child = child->next)
        if (child->key && strcmp(child->key, key) == 0)
            return child;
    return NULL;
}

struct node *document_right(struct node *node)
{
    while (node && node->wrong)
        node = node->next;
    return node;
}

const struct node *document_find(const struct node *root, const char *path)
{
    const struct node *node = root;
    while (*path) {
        const struct node *child;
        if (*path == '[') {
            unsigned long index = strtoul(path + 1, NULL, 10);
            for (child = node->first; child && child->index != index;)
                child = child->next;
            path += strcspn(path, "]");
            path += *path == ']';
        } else {
            path += *path == '.';
            size_t len = strcspn(path, ".[");
            for (child = node->first; child; child = child->next)
                if (child->key && strlen(child->key) == len && memcmp(child->key, path, len) == 0)
                    break;
            path += len;
        }
        if (!child)
            return node;
        node = child;
    }
    return node;
}

const char *document_path(char out[PATH_MAX_LEN], const struct node *node)
{
    const struct node *way[DOCUMENT_DEPTH_MAX + 2];
    size_t steps = 0, len = 0;
    for (; node->parent && steps < sizeof(way) / sizeof(way[0]); node = node->parent)
        way[steps++] = node;
    out[0] = '\0';
    while (steps-- > 0 && len < PATH_MAX_LEN) {
        const struct node *step = way[steps];
        int n = step->key
                    ? snprintf(out + len, PATH_MAX_LEN - len, "%s%.60s", len ? "." : "", step->key)
                    : snprintf(out + len, PATH_MAX_LEN - len, "[%u]", step->index);
        len += n > 0 ? (size_t)n : 0;
    }
    return out;
}

bool document_is_null(const struct node *node)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
        if (node->kind == NODE_TEXT && node->plain && strcmp(node->text, nulls[i]) == 0)
            return true;
    return false;
}
