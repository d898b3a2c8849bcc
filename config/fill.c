/*
 * From loaded texts to the members of a struct, row by row. Document and slots are walked side by
 * side: the slot has the value, the node its place.
 */
#include "config/fill.h"

#include <stdio.h>
#include <string.h>

#include "config/convert.h"

#define ENTRY_TEXT_MAX 255 /* bytes of a text in a list */

struct filler {
    struct complaints *complaints;
    struct node *node;
    const struct row *row;
    const char *text;
    void *at;
};

static void wrong(struct filler *f, const char *expected)
{
    char path[PATH_MAX_LEN], quoted[QUOTED_MAX];
    f->node->wrong = true;
    complain(f->complaints, f->node->place, document_path(path, f->node), "expected %s, not %s",
             expected, complaints_quote(quoted, f->text));
}

static void store(void *at, size_t size, uint64_t value)
{
    uint32_t value32 = (uint32_t)value;
    uint16_t value16 = (uint16_t)value;
    uint8_t value8 = (uint8_t)value;
    memcpy(at,
           size == 1   ? (const void *)&value8
           : size == 2 ? (const void *)&value16
           : size == 4 ? (const void *)&value32
                       : (const void *)&value,
           size);
}

static const struct word *find_word(const struct word *words, const char *text)
{
    for (; words->text; words++)
        if (strcmp(words->text, text) == 0)
            return words;
    return NULL;
}

/* A word that is none of the known: with the nearest of them. */
static void wrong_word(struct filler *f, const char *expected)
{
    const char *known[ROWS_MAX + 1] = {NULL};
    char path[PATH_MAX_LEN], quoted[QUOTED_MAX];
    for (size_t i = 0; f->row->words[i].text && i < ROWS_MAX; i++)
        known[i] = f->row->words[i].text;
    const char *nearest = config_nearest(f->text, known);
    f->node->wrong = true;
    complain(f->complaints, f->node->place, document_path(path, f->node),
             nearest ? "expected %s, not %s; did you mean \"%s\"?" : "expected %s, not %s",
             expected, complaints_quote(quoted, f->text), nearest);
}

static bool fill_network(struct filler *f, const char *expected, struct net *out)
{
    char text[NETWORK_TEXT_MAX], path[PATH_MAX_LEN], quoted[QUOTED_MAX];
    struct net net;
    switch (convert_network(f->text, strlen(f->text), &net)) {
    case CONVERT_OK:
        *out = net;
        return true;
    case CONVERT_HOST_BITS:
        f->node->wrong = true;
        complain(f->complaints, f->node->place, document_path(path, f->node),
                 "expected a prefix without bits behind its length, %s, not %s",
                 convert_network_text(text, &net), complaints_quote(quoted, f->text));
        return false;
    default:
        wrong(f, expected);
        return false;
    }
}

/* Numbers, sizes and durations: an amount within the row's range. */
static bool amount(const struct filler *f, uint64_t *value)
{
    size_t len = strlen(f->text);
    bool ok = f->row->kind == VALUE_SIZE       ? convert_size(f->text, len, value)
              : f->row->kind == VALUE_DURATION ? convert_duration(f->text, len, value)
              : f->row->kind == VALUE_SHARE    ? convert_share(f->text, len, value)
                                               : convert_number(f->text, len, value);
    return ok && *value >= f->row->min && *value <= f->row->max;
}

/* A leading zero is octal to some tools and nothing to others: it is not guessed at. */
static void wrong_amount(struct filler *f, const char *expected)
{
    char longer[EXPECTATION_MAX + 32];
    bool zero = f->text[0] == '0' && f->text[1] >= '0' && f->text[1] <= '9';
    snprintf(longer, sizeof(longer), "%s%s", expected, zero ? ", without leading zeros" : "");
    wrong(f, longer);
}

/* Without the line ends that YAML's blocks (> and |) leave behind a text. */
static size_t text_len(const char *text)
{
    size_t len = strlen(text);
    while (len && text[len - 1] == '\n')
        len--;
    return len;
}

static bool is_text(const struct filler *f, size_t len)
{
    struct net net;
    switch (f->row->kind) {
    case VALUE_NAME:
        return len <= f->row->max && convert_is_name(f->text, len);
    case VALUE_ADDRESS:
        return convert_address(f->text, len, &net);
    default:
        return f->row->words ||
               (len <= f->row->max && convert_is_text(f->text, len, f->row->kind == VALUE_LINES));
    }
}

static void fill_value(struct filler *f)
{
    char buffer[EXPECTATION_MAX];
    const char *expected = schema_expects(buffer, f->row);
    const struct word *word = f->row->words ? find_word(f->row->words, f->text) : NULL;
    uint64_t value;
    bool yes;
    if (f->row->words && !word) {
        wrong_word(f, expected);
        return;
    }
    switch (f->row->kind) {
    case VALUE_WORD:
        store(f->at, f->row->size, word->value);
        break;
    case VALUE_BOOL:
        if (convert_bool(f->text, strlen(f->text), &yes))
            *(bool *)f->at = yes;
        else
            wrong(f, expected);
        break;
    case VALUE_NETWORK:
        fill_network(f, expected, f->at);
        break;
    case VALUE_TEXT:
    case VALUE_LINES:
    case VALUE_NAME:
    case VALUE_ADDRESS:
        if (is_text(f, text_len(f->text)))
            *(const char **)f->at = arena_text(f->complaints->arena, f->text, text_len(f->text));
        else
            wrong(f, expected);
        break;
    default:
        if (amount(f, &value))
            store(f->at, f->row->size, value);
        else
            wrong_amount(f, expected);
    }
}

static void fill_text_entry(struct filler *f, struct text_list *list)
{
    char expected[EXPECTATION_MAX];
    size_t len = strlen(f->text);
    if (len > ENTRY_TEXT_MAX || !convert_is_text(f->text, len, false))
        wrong(f, schema_expects_entry(expected, f->row));
    else
        list->items[list->count++] = arena_text(f->complaints->arena, f->text, len);
}

static void fill_entry(struct filler *f, void *base)
{
    char buffer[EXPECTATION_MAX];
    const char *expected = schema_expects_entry(buffer, f->row);
    struct net_list *networks = f->at;
    struct port_ranges *ports = f->at;
    const struct word *word;
    switch (f->row->kind) {
    case LIST_NETWORK:
        networks->count += fill_network(f, expected, &networks->items[networks->count]);
        break;
    case LIST_PORTS:
        if (convert_ports(f->text, strlen(f->text), &ports->items[ports->count]))
            ports->count++;
        else
            wrong(f, expected);
        break;
    case LIST_FLAGS:
        word = find_word(f->row->words, f->text);
        if (word)
            *((bool *)base + word->value) = true;
        else
            wrong_word(f, expected);
        break;
    default:
        fill_text_entry(f, f->at);
    }
}

/* Room for all entries, before they are counted one by one. */
static void prepare_list(struct arena *arena, const struct filler *f, uint64_t count)
{
    struct text_list *texts = f->at;
    struct net_list *networks = f->at;
    struct port_ranges *ports = f->at;
    if (f->row->kind == LIST_TEXT)
        *texts = (struct text_list){arena_array(arena, count, sizeof(*texts->items)), 0};
    else if (f->row->kind == LIST_NETWORK)
        *networks = (struct net_list){arena_array(arena, count, sizeof(*networks->items)), 0};
    else if (f->row->kind == LIST_PORTS)
        *ports = (struct port_ranges){arena_array(arena, count, sizeof(*ports->items)), 0};
}

static void fill_list(struct filler f, const struct slot *slot, void *base)
{
    const char *const *texts = slot->value;
    struct node *entry = document_right(f.node->first);
    prepare_list(f.complaints->arena, &f, slot->count);
    for (uint64_t i = 0; entry && i < slot->count; i++) {
        struct node *following = document_right(entry->next);
        f.node = entry;
        f.text = texts[i];
        fill_entry(&f, base);
        entry = following;
    }
}

static size_t rows_count(const struct row *rows)
{
    size_t n = 0;
    while (rows[n].key)
        n++;
    return n;
}

static void fill_mappings(struct complaints *complaints, struct node *node, const struct row *row,
                          const struct slot *slot, void *base)
{
    const struct slot *slots = slot->value;
    size_t width = rows_count(row->rows);
    char *items = arena_array(complaints->arena, slot->count, row->size);
    struct node *entry = document_right(node->first);
    for (uint64_t i = 0; entry && i < slot->count; i++) {
        fill_struct(complaints, entry, row->rows, slots + i * width, items + i * row->size);
        entry = document_right(entry->next);
    }
    memcpy((char *)base + row->offset, &items, sizeof(items));
    size_t count = slot->count;
    memcpy((char *)base + row->count_offset, &count, sizeof(count));
}

void fill_struct(struct complaints *complaints, struct node *node, const struct row *rows,
                 const struct slot *slots, void *base)
{
    for (size_t i = 0; rows[i].key; i++) {
        const struct row *row = &rows[i];
        struct node *child = document_child(node, row->key);
        struct filler f = {complaints, child, row, slots[i].value, (char *)base + row->offset};
        if (!child || child->wrong)
            continue;
        if (row->kind == MAPPING && slots[i].value) {
            fill_struct(complaints, child, row->rows, slots[i].value, f.at);
            if (row->told)
                *((bool *)base + row->count_offset) = true;
        } else if (row->kind == LIST_MAPPING) {
            fill_mappings(complaints, child, row, &slots[i], base);
        } else if (row->kind >= LIST_TEXT) {
            fill_list(f, &slots[i], base);
        } else if (slots[i].value) {
            fill_value(&f);
        }
    }
}
