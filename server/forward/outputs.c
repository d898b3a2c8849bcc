/* From records and alerts to batches, for each output that shows them. */
#include "server/forward/outputs.h"

#include <stdlib.h>
#include <string.h>

#include "server/forward/aggregate.h"
#include "server/forward/alert_json.h"
#include "server/forward/filter.h"
#include "server/forward/framing.h"
#include "server/forward/json_line.h"
#include "server/forward/sample.h"
#include "server/rules.h"

static const enum cef_header headers[] = {
    [HEADER_RFC5424] = CEF_HEADER_RFC5424,
    [HEADER_RFC3164] = CEF_HEADER_RFC3164,
    [HEADER_NONE] = CEF_HEADER_NONE,
};

static void on_leaving(void *context, struct record *r);

static bool open_aggregate(struct output *o, const struct rules_output *rules)
{
    o->aggregate = aggregate_new(&o->settings->aggregate, rules->aggregate, rules->aggregate_count,
                                 on_leaving, o);
    return o->aggregate != NULL;
}

/* Whether each event becomes a CEF line at once. */
static bool takes_all(const struct forward_settings *f)
{
    return f->show_events && f->format == FORMAT_CEF && f->sample_allowed <= 1 && !f->has_where &&
           !f->aggregate.interval_ms;
}

int outputs_init(struct outputs *outputs, const struct rules *rules, struct sink **sinks,
                 void (*on_refused)(void *context), void *context)
{
    const struct settings *settings = rules->settings;
    memset(outputs, 0, sizeof(*outputs));
    outputs->items = calloc(settings->forward_count + 1, sizeof(*outputs->items));
    outputs->memory = cef_memory_new();
    if (!outputs->items || !outputs->memory)
        return UV_ENOMEM;
    outputs->count = settings->forward_count;
    outputs->on_refused = on_refused;
    outputs->context = context;
    for (size_t i = 0; i < outputs->count; i++) {
        const struct forward_settings *f = &settings->forward[i];
        outputs->items[i].sink = sinks[i];
        outputs->items[i].settings = f;
        outputs->items[i].all = outputs;
        outputs->items[i].takes_all = takes_all(f);
        outputs->items[i].filter = f->has_where ? &rules->outputs[i].where : NULL;
        outputs->items[i].cef = (struct cef_format){.framing = framing_of(f),
                                                    .header = headers[f->header],
                                                    .facility = f->facility,
                                                    .keep_unmapped = f->keep_unmapped,
                                                    .ipv6_c6a = f->ipv6_c6a,
                                                    .max_message_size = f->max_message_size,
                                                    .memory = outputs->memory};
        if (f->aggregate.interval_ms && !open_aggregate(&outputs->items[i], &rules->outputs[i]))
            return UV_ENOMEM;
    }
    return 0;
}

void outputs_close(struct outputs *outputs)
{
    for (size_t i = 0; i < outputs->count; i++)
        aggregate_free(outputs->items[i].aggregate);
    cef_memory_free(outputs->memory);
    free(outputs->items);
    outputs->memory = NULL;
    outputs->items = NULL;
    outputs->count = 0;
}

/* What was counted here goes with the batch, or without one. */
static void push(struct outputs *outputs, struct output *o)
{
    struct batch *batch = o->batch;
    if (o->has_counted) {
        sink_count(o->sink, &o->counted);
        o->counted = (struct output_counters){0};
        o->has_counted = false;
    }
    if (!batch)
        return;
    o->batch = NULL;
    bool alerts = batch->alerts > 0;
    if (!sink_push(o->sink, batch) && !o->refused) {
        o->refused = true;
        if (outputs->on_refused)
            outputs->on_refused(outputs->context);
    }
    if (alerts && outputs->on_alerts)
        outputs->on_alerts(outputs->alerts_context);
}

void outputs_flush(struct outputs *outputs)
{
    for (size_t i = 0; i < outputs->count; i++)
        push(outputs, &outputs->items[i]);
    outputs->pending = false;
}

void outputs_replace(struct outputs *outputs, struct outputs *with)
{
    outputs_end(outputs);
    for (size_t old = 0; old < outputs->count; old++)
        for (size_t i = 0; i < with->count; i++)
            with->items[i].refused |=
                with->items[i].sink == outputs->items[old].sink && outputs->items[old].refused;
    outputs_close(outputs);
    *outputs = *with;
    for (size_t i = 0; i < outputs->count; i++)
        outputs->items[i].all = outputs;
    memset(with, 0, sizeof(*with));
}

bool outputs_room(struct outputs *outputs)
{
    bool any = false;
    for (size_t i = 0; i < outputs->count; i++) {
        struct output *o = &outputs->items[i];
        o->refused = o->refused && !sink_room(o->sink);
        any |= o->refused;
    }
    return !any;
}

/* `counter` is one of o->counted. */
static void count(struct outputs *outputs, struct output *o, uint64_t *counter)
{
    ++*counter;
    o->has_counted = outputs->pending = true;
}

/* No batch can take it: it is longer than one, or there is no memory. */
static void lose(struct outputs *outputs, struct output *o, bool alert)
{
    count(outputs, o, alert ? &o->counted.offered_alerts : &o->counted.offered_events);
    count(outputs, o, &o->counted.dropped_too_long);
}

/* The batch to write to; NULL when there is no memory: the message is then counted as lost. */
static struct batch *batch_of(struct outputs *outputs, struct output *o, bool alert)
{
    if (!o->batch)
        o->batch = sink_batch(o->sink);
    if (!o->batch)
        lose(outputs, o, alert);
    return o->batch;
}

static void wrote(struct outputs *outputs, struct output *o)
{
    if (o->batch->len >= BATCH_FULL || o->batch->count >= BATCH_MESSAGES)
        push(outputs, o);
    else
        outputs->pending = true;
}

/* One of the three things that leave: an alert, or a record, understood (status NULL) or not. */
struct message {
    const struct alert *alert;
    struct record *record;
    const char *status;
    struct slice raw;
};

static void write_json(struct outputs *outputs, struct output *o, const struct message *m)
{
    struct json_line line = {.batch = o->batch};
    if (m->alert)
        alert_json(m->alert, json_line_append, &line);
    else if (m->status)
        record_json_unparsed(m->record, m->status, m->raw, json_line_append, &line);
    else
        record_json(m->record, json_line_append, &line);
    if (line.too_long)
        lose(outputs, o, m->alert != NULL);
    else
        json_line_end(&line, o->cef.framing, m->alert != NULL);
}

static void write_cef(struct outputs *outputs, struct output *o, const struct message *m)
{
    bool cut = m->alert    ? cef_alert(&o->cef, m->alert, o->batch)
               : m->status ? cef_unparsed(&o->cef, m->record, m->status, m->raw, o->batch)
                           : cef_event(&o->cef, m->record, o->batch);
    if (cut)
        count(outputs, o, &o->counted.cut);
}

static void write_message(struct outputs *outputs, struct output *o, const struct message *m)
{
    if (!batch_of(outputs, o, m->alert != NULL))
        return;
    if (o->settings->format == FORMAT_JSON)
        write_json(outputs, o, m);
    else
        write_cef(outputs, o, m);
    wrote(outputs, o);
}

/* Whom it is about, when that is one address: of the event that fired it, else of its group. */
static bool alert_source(const struct alert *alert, struct address *source)
{
    if (alert->record && RECORD_HAS(alert->record, src_ip)) {
        *source = alert->record->src_ip;
        return true;
    }
    for (unsigned i = 0; i < alert->group_count; i++)
        if (strcmp(alert->group[i].name, "src_ip") == 0)
            return address_parse(slice(alert->group[i].text), source);
    return false;
}

/* One that waited for others like it. */
static void on_leaving(void *context, struct record *r)
{
    struct output *o = context;
    o->counted.aggregating--; /* below 0 and around: the sink's sum comes out right */
    o->has_counted = true;
    write_message(o->all, o, &(struct message){.record = r});
}

/* Whether it waits for others like it, or went with one that does. */
static bool waits(struct outputs *outputs, struct output *o, const struct record *r)
{
    int64_t now_ms = RECORD_HAS(r, received) ? r->received : r->time;
    switch (aggregate_add(o->aggregate, r, now_ms)) {
    case AGGREGATE_WAITS:
        count(outputs, o, &o->counted.aggregating);
        return true;
    case AGGREGATE_JOINED:
        count(outputs, o, &o->counted.aggregated);
        return true;
    default:
        return false;
    }
}

static void write_event(struct outputs *outputs, struct output *o, const struct message *m)
{
    struct record *r = m->record;
    uint32_t rate = o->settings->sample_allowed;
    if (rate > 1 && sample_applies(r)) {
        if (!sample_keeps(r, rate)) {
            count(outputs, o, &o->counted.sampled);
            return;
        }
        r->sample_rate = rate;
    }
    if (!o->aggregate || !waits(outputs, o, r))
        write_message(outputs, o, m);
    r->sample_rate = 0;
}

/* What it is about leaves first. */
static void write_alert(struct outputs *outputs, struct output *o, const struct message *m)
{
    struct address source;
    if (o->aggregate && alert_source(m->alert, &source))
        aggregate_release(o->aggregate, source);
    write_message(outputs, o, m);
}

static bool passes(const struct output *o, const struct message *m)
{
    return m->alert ? filter_alert(o->filter, m->alert) : filter_record(o->filter, m->record);
}

static void deliver_to(struct outputs *outputs, struct output *o, const struct message *m)
{
    if (!(m->alert ? o->settings->show_alerts : o->settings->show_events))
        return;
    if (o->filter && !passes(o, m))
        count(outputs, o, m->alert ? &o->counted.filtered_alerts : &o->counted.filtered);
    else if (m->alert)
        write_alert(outputs, o, m);
    else if (m->status)
        write_message(outputs, o, m);
    else
        write_event(outputs, o, m);
}

static void deliver(struct outputs *outputs, const struct message *m)
{
    for (size_t i = 0; i < outputs->count; i++)
        deliver_to(outputs, &outputs->items[i], m);
}

void outputs_tick(struct outputs *outputs, int64_t now_ms)
{
    for (size_t i = 0; i < outputs->count; i++) {
        struct output *o = &outputs->items[i];
        if (o->aggregate && !o->refused)
            aggregate_expire(o->aggregate, now_ms);
    }
}

void outputs_end(struct outputs *outputs)
{
    for (size_t i = 0; i < outputs->count; i++) {
        struct output *o = &outputs->items[i];
        if (o->aggregate)
            aggregate_release_all(o->aggregate);
    }
    outputs_flush(outputs);
}

/* What write_event comes to where there is nothing to ask. */
static inline void write_all(struct outputs *outputs, struct output *o, const struct record *r)
{
    if (!batch_of(outputs, o, false))
        return;
    if (cef_event(&o->cef, r, o->batch))
        count(outputs, o, &o->counted.cut);
    wrote(outputs, o);
}

static void outputs_event(void *context, struct record *r)
{
    struct outputs *outputs = context;
    for (size_t i = 0; i < outputs->count; i++) {
        struct output *o = &outputs->items[i];
        if (__builtin_expect(o->takes_all, 1))
            write_all(outputs, o, r);
        else
            deliver_to(outputs, o, &(struct message){.record = r});
    }
}

static void add_dead_letter(struct outputs *outputs, const struct record *r,
                            const struct unparsed *message)
{
    bool claimed = RECORD_HAS(r, parser);
    struct dead_letter letter = {.reason = slice(claimed ? message->status : "unclaimed"),
                                 .arrival_ms = message->arrival_ms,
                                 .sender = message->sender,
                                 .parser = claimed ? r->parser : SLICE_NONE,
                                 .cut = r->cut,
                                 .raw = message->raw};
    dead_letters_add(outputs->dead_letters, &letter);
}

static void outputs_unparsed(void *context, struct record *r, const struct unparsed *message)
{
    struct outputs *outputs = context;
    if (outputs->dead_letters) {
        add_dead_letter(outputs, r, message);
        if (dead_letters_divert(outputs->dead_letters))
            return;
    }
    deliver(outputs,
            &(struct message){.record = r, .status = message->status, .raw = message->raw});
}

static void outputs_alert(void *context, const struct alert *alert)
{
    deliver(context, &(struct message){.alert = alert});
}

struct pipeline_output outputs_callbacks(struct outputs *outputs)
{
    return (struct pipeline_output){.event = outputs_event,
                                    .unparsed = outputs_unparsed,
                                    .alert = outputs_alert,
                                    .context = outputs};
}
