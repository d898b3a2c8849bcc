/*
 * Files of lists: one address or prefix a line, # begins a comment. What is read is added to the
 * list's entries.
 */
#include "config/lists.h"

#include <stdio.h>
#include <string.h>

#include "config/convert.h"
#include "config/files.h"

#define LIST_FILE_MAX ((size_t)16 * 1024 * 1024)

/* What the shipped detectors name; so that they exist even when nobody fills them. */
static const char *const always_there[] = {
    "proxy_servers", "lan_scanner_exception_ips", "nms_ips", "vuln_scanners", "dark_addresses",
};

#define ALWAYS_COUNT (sizeof(always_there) / sizeof(always_there[0]))

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void read_line(struct complaints *complaints, struct place place, const char *line,
                      size_t len, struct net_list *entries)
{
    char shown[128], quoted[QUOTED_MAX], corrected[NETWORK_TEXT_MAX];
    const char *comment = len ? memchr(line, '#', len) : NULL;
    if (comment)
        len = (size_t)(comment - line);
    for (; len && is_blank(*line); line++, len--)
        place.column++;
    while (len && is_blank(line[len - 1]))
        len--;
    if (len == 0)
        return;
    struct net net;
    enum convert_result result = convert_network(line, len, &net);
    if (result == CONVERT_OK) {
        entries->items[entries->count++] = net;
        return;
    }
    snprintf(shown, sizeof(shown), "%.*s", len < 100 ? (int)len : 100, line);
    complaints_quote(quoted, shown);
    if (result == CONVERT_HOST_BITS)
        complain(complaints, place, NULL,
                 "expected a prefix without bits behind its length, %s, not %s",
                 convert_network_text(corrected, &net), quoted);
    else
        complain(complaints, place, NULL,
                 "expected an IP address or a prefix, such as 192.0.2.7 or 10.0.0.0/8, not %s",
                 quoted);
}

static size_t count_lines(const char *text, size_t len)
{
    size_t lines = 1;
    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    return lines;
}

static void read_file(struct complaints *complaints, const char *path, const char *text, size_t len,
                      struct list_settings *list)
{
    struct place place = {complaints_source(complaints, path), 1, 1};
    size_t room = list->entries.count + count_lines(text, len);
    struct net *items = arena_array(complaints->arena, room, sizeof(*items));
    if (list->entries.count)
        memcpy(items, list->entries.items, list->entries.count * sizeof(*items));
    list->entries.items = items;
    const char *end = text + len;
    for (; text < end && !complaints_full(complaints); place.line++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *stop = newline ? newline : end;
        read_line(complaints, place, text, (size_t)(stop - text), &list->entries);
        text = newline ? newline + 1 : end;
    }
}

void lists_read(struct complaints *complaints, const char *config_path, const struct node *root,
                struct settings *settings)
{
    const struct node *lists = document_child(root, "lists");
    struct node *entry = lists && !lists->wrong ? document_right(lists->first) : NULL;
    for (size_t i = 0; entry && i < settings->list_count; i++) {
        struct list_settings *list = &settings->lists[i];
        if (list->file) {
            const char *path = files_beside(complaints->arena, config_path, list->file), *why;
            size_t len;
            const char *text = files_read(complaints->arena, path, LIST_FILE_MAX, &len, &why);
            char key[PATH_MAX_LEN];
            const struct node *file = document_child(entry, "file");
            if (text)
                read_file(complaints, path, text, len, list);
            else
                complain(complaints, file->place, document_path(key, file),
                         "expected a file of addresses: %s: %s", path, why);
        }
        entry = document_right(entry->next);
    }
}

void lists_complete(struct arena *arena, struct settings *settings)
{
    struct list_settings *all =
        arena_array(arena, settings->list_count + ALWAYS_COUNT, sizeof(*all));
    size_t count = settings->list_count;
    if (count)
        memcpy(all, settings->lists, count * sizeof(*all));
    for (size_t i = 0; i < ALWAYS_COUNT; i++) {
        bool there = false;
        for (size_t j = 0; j < settings->list_count; j++)
            there |= all[j].name && strcmp(all[j].name, always_there[i]) == 0;
        if (!there)
            all[count++].name = always_there[i];
    }
    settings->lists = all;
    settings->list_count = count;
}
