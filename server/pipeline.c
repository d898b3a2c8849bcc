/* Messages through everything, in the order of the README's journey. No libuv in here. */
#include "server/pipeline.h"

#include <errno.h>

#include "server/rules.h"

int pipeline_init(struct pipeline *p, const struct rules *rules, struct detection *detection,
                  const struct pipeline_output *output)
{
    memset(p, 0, sizeof(*p));
    p->rules = rules;
    p->detection = detection;
    p->output = *output;
    p->connections = connections_new(rules->settings->connection_memory);
    return p->connections ? 0 : -ENOMEM;
}

void pipeline_close(struct pipeline *p)
{
    connections_free(p->connections);
    p->connections = NULL;
}

void pipeline_change(struct pipeline *p, const struct rules *rules, struct detection *detection,
                     struct connections *connections)
{
    p->rules = rules;
    p->detection = detection;
    if (!connections)
        return;
    connections_free(p->connections);
    p->connections = connections;
}

/* Tells devices apart whose connection ids overlap. Not keyed: it picks no bucket an attacker of the
 * detectors could fill, only whose open connections these are. */
static uint64_t device_hash(struct address sender, struct slice host)
{
    uint64_t h = sender.hi * UINT64_C(0x9e3779b97f4a7c15) ^ sender.lo;
    const char *p = host.ptr, *end = slice_end(host);
    uint64_t word;
    for (; end - p >= 8; p += 8) {
        memcpy(&word, p, 8);
        h = (h ^ word) * UINT64_C(0xff51afd7ed558ccd);
        h ^= h >> 32;
    }
    word = slice_few_bytes(p, (size_t)(end - p));
    h = (h ^ word ^ host.len << 56) * UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 29;
}

static inline void set_sender(struct record *r, const struct sender *sender,
                              const struct syslog *header)
{
    const struct device *device = sender->device;
    if (!address_is_zero(sender->address))
        record_set_device_ip(r, sender->address);
    if (device->host.len) {
        record_set_host(r, device->host);
    } else if (header->host.len) {
        record_set_host(r, header->host);
    } else if (!address_is_zero(sender->address) && !RECORD_HAS(r, host)) {
        char *text = record_scratch(r, ADDRESS_TEXT_MAX);
        record_set_host(r, slice_between(text, address_format(text, sender->address)));
    }
}

/* Before 1970 no firewall logged; CEF has no word for it. */
static inline bool is_possible(int64_t time)
{
    return time >= 0;
}

static inline bool is_believed(const struct pipeline *p, const struct record *r, int64_t arrival_ms)
{
    const struct settings *settings = p->rules->settings;
    return (p->replay && is_possible(r->time)) || (r->time >= arrival_ms - settings->lateness_ms &&
                                                   r->time <= arrival_ms + settings->ahead_ms);
}

/* A clock that is far off must not move the detectors' windows: it is put right (clocks.h). */
static __attribute__((noinline)) void correct_time(struct pipeline *p, struct record *r,
                                                   uint64_t device, int64_t arrival_ms)
{
    const struct settings *settings = p->rules->settings;
    if (!RECORD_HAS(r, time)) {
        record_set_time(r, arrival_ms);
        return;
    }
    int64_t time = arrival_ms;
    if (is_possible(r->time)) {
        record_set_device_time(r, r->time);
        time = clocks_correct(&p->clocks, device, r->time, arrival_ms, settings->lateness_ms);
    }
    record_set_time(r, time);
    r->time_suspect = true;
    p->counters.time_suspect++;
}

static inline void complete_time(struct pipeline *p, struct record *r, uint64_t device,
                                 int64_t arrival_ms)
{
    if (__builtin_expect(!RECORD_HAS(r, time) || !is_believed(p, r, arrival_ms), 0))
        correct_time(p, r, device, arrival_ms);
}

/* EXAMPLE\alice is alice of EXAMPLE, whoever logs it; some write the backslash twice. Returns what
 * stands before the last one, empty when the user has no domain or nothing else. */
static struct slice take_domain(struct slice *user)
{
    size_t at = slice_find_last(*user, '\\');
    if (at + 1 >= user->len)
        return SLICE_NONE;
    struct slice domain = slice_first(*user, at);
    *user = slice_from(*user, at + 1);
    while (domain.len && domain.ptr[domain.len - 1] == '\\')
        domain.len--;
    return domain;
}

static void split_users(struct record *r)
{
    if (RECORD_HAS(r, src_user))
        record_set_src_domain(r, take_domain(&r->src_user));
    if (RECORD_HAS(r, dst_user))
        record_set_dst_domain(r, take_domain(&r->dst_user));
}

static void set_networks(const struct networks *networks, struct record *r)
{
    if (RECORD_HAS(r, src_ip)) {
        r->src_lists = networks_of(networks, r->src_ip);
        record_set_src_internal(r, r->src_lists & NETWORKS_INTERNAL);
    }
    if (RECORD_HAS(r, dst_ip)) {
        r->dst_lists = networks_of(networks, r->dst_ip);
        record_set_dst_internal(r, r->dst_lists & NETWORKS_INTERNAL);
    }
}

/* The header, what it tells, and whose message it is. */
static inline __attribute__((always_inline)) void read_header(struct pipeline *p,
                                                              const struct sender *sender,
                                                              struct slice message,
                                                              int64_t arrival_ms,
                                                              struct parsed *out)
{
    const struct device *device = sender->device;
    const struct syslog *header = &out->header;
    struct record *r = &out->record;

    r->source = message;
    syslog_parse(message, device->zone, arrival_ms, &p->headers, &out->header);
    set_sender(r, sender, header);
    if (header->has_time)
        record_set_time(r, header->time_ms);
    if (header->has_pri)
        record_set_severity(r, severity_of_syslog(header->severity));
    out->parser = device->parser ? device->parser : parser_claiming(header, header->body);
}

/* From an empty record. */
static inline __attribute__((always_inline)) void begin(struct pipeline *p,
                                                        const struct sender *sender,
                                                        struct slice message, int64_t arrival_ms,
                                                        bool cut, struct parsed *out)
{
    record_reset(&out->record);
    out->record.cut = cut;
    read_header(p, sender, message, arrival_ms, out);
}

/* A line that a shipper put into JSON counts as if it had come without. Of texts that are none of a
 * vendor's lines nothing stays. */
static __attribute__((noinline)) void open_envelope(struct pipeline *p, const struct sender *sender,
                                                    struct slice message, int64_t arrival_ms,
                                                    struct parsed *out)
{
    struct envelope e = envelope_over(out->header.body);
    struct slice line;
    while (envelope_next(&e, p->line, &line)) {
        read_header(p, sender, line, arrival_ms, out);
        if (out->parser)
            return;
        begin(p, sender, message, arrival_ms, out->record.cut, out);
    }
}

/* What there is to say before a parser is asked. */
static inline void take(struct pipeline *p, const struct sender *sender, struct slice message,
                        int64_t arrival_ms, bool cut, struct parsed *out)
{
    begin(p, sender, message, arrival_ms, cut, out);
    if (!out->parser && envelope_is(out->header.body))
        open_envelope(p, sender, message, arrival_ms, out);
    if (!p->replay)
        record_set_received(&out->record, arrival_ms);
    out->status = PARSE_UNKNOWN;
    out->message = message;
    out->sender = sender->address;
    out->zone = sender->device->zone;
    out->arrival_ms = arrival_ms;
    const struct record *r = &out->record;
    out->device = device_hash(sender->address, RECORD_HAS(r, host) ? r->host : SLICE_NONE);
}

static inline void read_body(struct pipeline *p, struct parsed *out)
{
    struct record *r = &out->record;
    record_set_parser(r, out->parser->name);
    r->extra_prefix = out->parser->extra_prefix;
    struct parse_context context = {
        .header = &out->header,
        .zone = out->zone,
        .arrival_ms = out->arrival_ms,
        .device = out->device,
        .connections = p->connections,
        .memory = &p->memory,
    };
    out->status = out->parser->parse(&context, out->header.body, r);
}

static inline void complete(struct pipeline *p, struct parsed *out)
{
    struct record *r = &out->record;
    split_users(r);
    complete_time(p, r, out->device, out->arrival_ms);
    if (out->status == PARSE_OK)
        set_networks(p->rules->networks, r);
}

void pipeline_parse(struct pipeline *p, const struct sender *sender, struct slice message,
                    int64_t arrival_ms, bool cut, struct parsed *out)
{
    take(p, sender, message, arrival_ms, cut, out);
    if (out->parser)
        read_body(p, out);
    complete(p, out);
}

static __attribute__((noinline)) void tell_unparsed(const struct pipeline_output *output,
                                                    struct parsed *parsed)
{
    struct unparsed message = {parsed->status == PARSE_UNKNOWN ? "unknown" : "malformed",
                               parsed->message, parsed->sender, parsed->arrival_ms};
    if (output->unparsed)
        output->unparsed(output->context, &parsed->record, &message);
}

void pipeline_tell(struct pipeline *p)
{
    const struct pipeline_output *output = &p->output;
    for (; p->told < p->observed; p->told++) {
        struct parsed *parsed = &p->round[p->told];
        if (parsed->status != PARSE_OK)
            tell_unparsed(output, parsed);
        else if (output->event)
            output->event(output->context, &parsed->record);
    }
}

static void deliver_alert(void *context, const struct alert *alert)
{
    struct pipeline *p = context;
    pipeline_tell(p);
    if (p->output.alert)
        p->output.alert(p->output.context, alert);
}

static void on_observed(void *context)
{
    struct pipeline *p = context;
    struct parsed *parsed = &p->round[p->observed++];
    if (p->output.observed)
        p->output.observed(p->output.context, parsed);
}

/* The messages of one parser follow each other: its code and what it remembers are at hand then.
 * No parser shares a memory with another. */
static void read_bodies(struct pipeline *p)
{
    uint64_t left = 0;
    for (unsigned i = 0; i < p->taken; i++)
        left |= (uint64_t)(p->round[i].parser != NULL) << i;
    while (left) {
        const struct parser *parser = p->round[__builtin_ctzll(left)].parser;
        for (uint64_t rest = left; rest; rest &= rest - 1) {
            struct parsed *parsed = &p->round[__builtin_ctzll(rest)];
            if (parsed->parser != parser)
                continue;
            read_body(p, parsed);
            left ^= rest & -rest;
        }
    }
}

static inline void count_status(struct counters *counters, const struct parsed *parsed)
{
    if (parsed->status == PARSE_OK)
        counters->parsed++;
    else if (!parsed->parser)
        counters->unclaimed++;
    else if (parsed->status == PARSE_UNKNOWN)
        counters->unknown++;
    else
        counters->malformed++;
}

void pipeline_flush(struct pipeline *p)
{
    struct record *records[PIPELINE_ROUND];
    read_bodies(p);
    for (unsigned i = 0; i < p->taken; i++) {
        struct parsed *parsed = &p->round[i];
        complete(p, parsed);
        count_status(&p->counters, parsed);
        records[i] = parsed->status == PARSE_OK ? &parsed->record : NULL;
    }
    detect_round(p->detection, records, p->taken, deliver_alert, on_observed, p);
    pipeline_tell(p);
    p->taken = p->observed = p->told = 0;
}

/* Whether what the record points at lasts no longer than until the next envelope is opened. */
static bool is_in_line(const struct pipeline *p, const struct record *r)
{
    return (uintptr_t)r->source.ptr - (uintptr_t)p->line < sizeof(p->line);
}

void pipeline_message(struct pipeline *p, const struct sender *sender, struct slice message,
                      int64_t arrival_ms, bool cut)
{
    struct parsed *parsed = &p->round[p->taken++];

    p->counters.received++;
    p->counters.received_bytes += message.len;
    p->counters.cut += cut;
    take(p, sender, message, arrival_ms, cut, parsed);
    if (p->taken == PIPELINE_ROUND || is_in_line(p, &parsed->record))
        pipeline_flush(p);
}
