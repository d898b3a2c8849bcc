/* One thread's way to the outputs: formats what the pipeline delivers into one batch an output, and
 * hands full batches to the sinks. The sinks are shared by all threads, the batches are not. */
#pragma once

#include "server/forward/cef.h"
#include "server/forward/dead_letters.h"
#include "server/forward/sink.h"
#include "server/pipeline.h"

struct output {
    struct sink *sink;
    const struct forward_settings *settings;
    struct cef_format cef;
    struct batch *batch; /* NULL: nothing waits */
    struct outputs *all;
    struct aggregate *aggregate;    /* NULL: none */
    const struct predicate *filter; /* NULL: everything that is shown passes */
    struct output_counters counted; /* here, and not yet told to the sink */
    bool has_counted;
    bool takes_all; /* of events; and as CEF */
    bool refused;   /* its sink asked to stop; outputs_room ends it */
};

struct outputs {
    struct output *items;
    size_t count;
    struct cef_memory *memory;         /* this thread's */
    struct dead_letters *dead_letters; /* all threads'; NULL: there is no such file */
    bool pending;                      /* something waits in a batch */
    void (*on_refused)(void *context);
    void *context;
    void (*on_alerts)(void *context); /* alerts have been handed over; NULL: nobody asks */
    void *alerts_context;
};

/* `rules` are borrowed; `sinks` in the order of their settings->forward. on_refused may be NULL:
 * nobody can stop. */
int outputs_init(struct outputs *outputs, const struct rules *rules, struct sink **sinks,
                 void (*on_refused)(void *context), void *context);
struct pipeline_output outputs_callbacks(struct outputs *outputs);

/* Time passes without messages: what has waited long enough for others like it leaves. */
void outputs_tick(struct outputs *outputs, int64_t now_ms);

/* Hands over whatever waits to be sent; outputs_end also what waits for others like it. */
void outputs_end(struct outputs *outputs);
void outputs_flush(struct outputs *outputs);

/* A sink has room again. Returns whether none is left that asked to stop. */
bool outputs_room(struct outputs *outputs);

/* Ends, closes and becomes `with`, which is empty afterwards: of the sinks that are in both, those
 * that asked to stop are asked again by outputs_room. */
void outputs_replace(struct outputs *outputs, struct outputs *with);

/* After outputs_end. */
void outputs_close(struct outputs *outputs);
