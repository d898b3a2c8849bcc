/*
 * Messages through everything: header, parser, networks, detectors, outputs. No libuv; the same
 * code serves the network, replay and explain. One pipeline a worker: nothing in it is shared but
 * what detection and the tables of struct rules share by themselves.
 */
#pragma once

#include "detect/detectors.h"
#include "detect/networks.h"
#include "parsers/envelope.h"
#include "parsers/parser.h"
#include "server/clocks.h"

struct counters {
#define COUNTER(name, meaning) uint64_t name;
#include "server/counters.h"
#undef COUNTER
};

/* What is known of a sender beside its address: a row of `devices:`. */
struct device {
    const struct parser *parser; /* NULL: by the text */
    struct slice host;           /* empty: as the message says */
    const struct zone *zone;     /* NULL: UTC */
};

struct sender {
    struct address address;
    const struct device *device; /* never NULL: rules_device */
};

/* What the pipeline works by: read-only, shared by all workers. server/rules.h builds it. */
struct rules;

/* A message that no parser understood. */
struct unparsed {
    const char *status;    /* "unknown" or "malformed" */
    struct slice raw;      /* as received, framing taken off */
    struct address sender; /* zero: not known */
    int64_t arrival_ms;
};

/* What the parsers make of one message, before anybody is told. */
struct parsed {
    struct slice message;    /* as received, framing taken off */
    struct address sender;   /* zero: not known */
    const struct zone *zone; /* of the sender's clock */
    uint64_t device;         /* tells devices apart: a hash of sender and host */
    int64_t arrival_ms;
    struct syslog header;
    const struct parser *parser; /* NULL: none claims it; status is then PARSE_UNKNOWN */
    enum parse_status status;
    struct record record;
};

/* Where results go; a NULL member is skipped. Records may be given what is of the outputs' making:
 * sample_rate, count. */
struct pipeline_output {
    void (*event)(void *context, struct record *r);
    void (*unparsed)(void *context, struct record *r, const struct unparsed *message);
    void (*alert)(void *context, const struct alert *alert);
    /* Of every message, as soon as the detectors have seen it and before they see another one. */
    void (*observed)(void *context, struct parsed *parsed);
    void *context;
};

/* So many messages are told apart before the first of them is parsed, vendor by vendor, so many parsed
 * before the first is shown to the detectors, and so many shown before the first is written: what one
 * of these needs of the processor's caches, code most of all, stays there meanwhile. Who listens
 * notices nothing: see pipeline_flush. */
#define PIPELINE_ROUND DETECT_ROUND

struct pipeline {
    const struct rules *rules;
    struct detection *detection;
    struct pipeline_output output;
    struct connections *connections;
    struct syslog_memory headers;
    struct parse_memory memory;
    struct clocks clocks;
    struct counters counters;
    bool replay;                    /* event time alone: the arrival never corrects it */
    unsigned taken, observed, told; /* of the round: told <= observed <= taken */
    struct parsed round[PIPELINE_ROUND];
    char line[ENVELOPE_LINE_MAX]; /* that came in an envelope */
};

/* 0, or a negative libuv-style code when memory is short. */
int pipeline_init(struct pipeline *p, const struct rules *rules, struct detection *detection,
                  const struct pipeline_output *output);
void pipeline_close(struct pipeline *p);

/* Other rules and detection from now on. `connections` replaces the table of open connections, which
 * is then empty; NULL: it stays. */
void pipeline_change(struct pipeline *p, const struct rules *rules, struct detection *detection,
                     struct connections *connections);

/* The first part of pipeline_message and pipeline_flush: counts nothing but what is in the record. It needs no
 * detection and no output; without p->connections nothing is remembered. The record points into the
 * message, or into p->line until the next call. */
void pipeline_parse(struct pipeline *p, const struct sender *sender, struct slice message,
                    int64_t arrival_ms, bool cut, struct parsed *out);

/* One message as received, framing already taken off. `cut`: it was longer and has lost its end. Its
 * bytes must stay until pipeline_flush; the sender need not. */
void pipeline_message(struct pipeline *p, const struct sender *sender, struct slice message,
                      int64_t arrival_ms, bool cut);

/* Parses, observes and tells what has been taken: messages and alerts in the order that they would come in if
 * each message were told before the next one is looked at. */
void pipeline_flush(struct pipeline *p);

/* The second half of that, for `observed`: tells what has been observed so far. */
void pipeline_tell(struct pipeline *p);
