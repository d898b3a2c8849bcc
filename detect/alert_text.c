/* Numbers and addresses of groups and values as an alert shows them. */
#include "detect/alert_text.h"

#include <stdio.h>

#include "detect/members.h"

static const char *const names[DETECT_FIELD_COUNT] = {
    [DETECT_SRC_IP] = "src_ip",     [DETECT_DST_IP] = "dst_ip",     [DETECT_SRC_PORT] = "src_port",
    [DETECT_DST_PORT] = "dst_port", [DETECT_PROTOCOL] = "protocol", [DETECT_SERVICE] = "service",
    [DETECT_DEVICE] = "device",     [DETECT_SRC_HOST] = "src_host", [DETECT_SRC_USER] = "src_user",
    [DETECT_DST_HOST] = "dst_host", [DETECT_EVENT_ID] = "event_id",
};

const char *alert_field_name(enum detector_field field)
{
    return names[field];
}

static char *number_text(char *out, uint64_t number)
{
    return out + sprintf(out, "%llu", (unsigned long long)number);
}

static char *protocol_text(char *out, unsigned protocol)
{
    const char *name = protocol_name(protocol);
    return name ? stpcpy(out, name) : number_text(out, protocol);
}

static void service_text(char *out, struct address a, unsigned protocol, unsigned port)
{
    if (!address_is_v4(a))
        *out++ = '[';
    out = address_format(out, a);
    if (!address_is_v4(a))
        *out++ = ']';
    *out++ = ':';
    out = number_text(out, port);
    *out++ = '/';
    *protocol_text(out, protocol) = '\0';
}

void alert_member(struct alert_value *out, enum detector_field field, const union member *member)
{
    out->name = names[field];
    if (member->address.hi == MEMBER_NONE && member->address.lo == MEMBER_NONE) {
        strcpy(out->text, "-");
    } else if (field >= DETECT_DEVICE && field < DETECT_SERVICE) {
        memcpy(out->text, member->text.bytes, member->text.len);
        out->text[member->text.len] = '\0';
    } else if (field == DETECT_SRC_IP || field == DETECT_DST_IP)
        *address_format(out->text, member->address) = '\0';
    else if (field == DETECT_PROTOCOL)
        *protocol_text(out->text, (unsigned)member->number) = '\0';
    else
        *number_text(out->text, member->number) = '\0';
}

struct wide_value alert_wide_value(const struct sighting *s)
{
    const struct record *r = s->record;
    bool is_source = s->detector->counted == DETECT_SRC_IP;
    return (struct wide_value){s->key, is_source ? r->src_ip : r->dst_ip, r->dst_port, r->protocol};
}

bool alert_sample(struct alert_value *out, enum detector_field field, uint64_t key,
                  const struct wide_value *wide, unsigned wide_count)
{
    const struct wide_value *w = &wide[key % wide_count];
    struct address a = address_v4((uint32_t)(key >> 24));
    unsigned protocol = key >> 16 & 255, port = key & 65535;
    if (key & VALUE_WIDE) {
        if (w->key != key)
            return false;
        a = w->address;
        protocol = w->protocol;
        port = w->port;
    }
    union member member = {.number = port};
    out->name = names[field];
    if (field == DETECT_SERVICE) {
        service_text(out->text, a, protocol, port);
        return true;
    }
    if (field == DETECT_SRC_IP || field == DETECT_DST_IP)
        member.address = a;
    alert_member(out, field, &member);
    return true;
}

/* Where a summary is being written; what does not fit is left out. */
struct writer {
    char *at, *end;
};

static void write_text(struct writer *w, struct slice text)
{
    size_t room = (size_t)(w->end - w->at);
    text = slice_first(text, room);
    memcpy(w->at, text.ptr, text.len);
    w->at += text.len;
}

static bool write_field(struct writer *w, const struct record *r, struct slice name)
{
    char text[ALERT_VALUE_MAX];
    for (unsigned f = 0; r && f < FIELD_COUNT; f++) {
        const struct field_info *info = &record_fields[f];
        const void *member = (const char *)r + info->offset;
        if (!slice_is(name, info->name) || !(r->has >> f & 1))
            continue;
        if (info->kind == KIND_TEXT)
            return write_text(w, *(const struct slice *)member), true;
        if (info->kind == KIND_ADDRESS)
            *address_format(text, *(const struct address *)member) = '\0';
        else if (info->kind == KIND_PORT)
            *number_text(text, *(const uint16_t *)member) = '\0';
        else if (info->kind == KIND_NUMBER)
            *number_text(text, *(const uint64_t *)member) = '\0';
        else if (info->kind == KIND_PROTOCOL)
            *protocol_text(text, *(const uint8_t *)member) = '\0';
        else
            return false;
        return write_text(w, slice(text)), true;
    }
    return false;
}

static void write_name(struct writer *w, const struct alert *alert, struct slice name)
{
    char text[ALERT_VALUE_MAX];
    for (unsigned i = 0; i < alert->group_count; i++)
        if (slice_is(name, alert->group[i].name)) {
            write_text(w, slice(alert->group[i].text));
            return;
        }
    if (slice_is(name, "count") || slice_is(name, "threshold")) {
        *number_text(text, slice_is(name, "count") ? alert->count : alert->threshold) = '\0';
        write_text(w, slice(text));
    } else if (slice_is(name, "title")) {
        write_text(w, slice(alert->detector->title));
    } else if (!write_field(w, alert->record, name)) {
        write_text(w, slice("-"));
    }
}

void alert_summary(struct alert *alert, const char *template)
{
    struct writer w = {alert->summary, alert->summary + ALERT_SUMMARY_MAX - 1};
    struct slice rest = slice(template ? template : "");
    while (rest.len) {
        size_t open = slice_find_text(rest, "{{");
        write_text(&w, slice_first(rest, open));
        rest = slice_from(rest, open);
        if (rest.len == 0)
            break;
        size_t close = slice_find_text(rest, "}}");
        if (close == rest.len) {
            write_text(&w, rest);
            break;
        }
        write_name(&w, alert, slice_trim(slice_make(rest.ptr + 2, close - 2)));
        rest = slice_from(rest, close + 2);
    }
    *w.at = '\0';
}

void alert_id(struct alert *alert, int64_t window_start_ms)
{
    static const char digits[] = "0123456789abcdef";
    struct siphash_key key = members_key;
    char text[1024];
    int len =
        snprintf(text, sizeof(text), "%s|%lld", alert->detector->name, (long long)window_start_ms);
    for (unsigned i = 0; i < alert->group_count && len < (int)sizeof(text); i++)
        len += snprintf(text + len, sizeof(text) - (size_t)len, "|%s=%s", alert->group[i].name,
                        alert->group[i].text);
    if (len >= (int)sizeof(text))
        len = sizeof(text) - 1;
    for (int half = 0; half < 2; half++) {
        uint64_t hash = siphash_bytes(key, text, (size_t)len, 2, 4);
        for (int i = 0; i < 16; i++)
            alert->id[half * 16 + i] = digits[hash >> (60 - 4 * i) & 15];
        key.k1++;
    }
    alert->id[ALERT_ID_LEN] = '\0';
}
