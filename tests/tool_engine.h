/* What the tools that feed the detectors directly share: the shipped detectors, and records as a parser
 * would have made them. */
#pragma once

#include "server/rules.h"
#include "tests/tool.h"

struct engine {
    struct config *config;
    struct rules *rules;
    struct detection *detection;
    struct record record;
};

static void engine_complain(void *context, const char *sentence)
{
    (void)context;
    fprintf(stderr, "%s\n", sentence);
}

static void engine_open(struct engine *e, uint64_t memory_mib)
{
    unsigned complaints = 0;
    struct detect_limits limits;
    e->config = config_load(NULL, engine_complain, NULL, &complaints);
    e->rules = complaints ? NULL : rules_new(e->config, NULL);
    if (!e->rules || !rules_limits(e->rules, &limits))
        tool_fail("no rules");
    limits.memory = memory_mib << 20;
    e->detection = detection_new(e->rules->detectors, e->rules->detector_count, &limits);
    if (!e->detection)
        tool_fail("no memory");
}

static void engine_close(struct engine *e)
{
    detection_free(e->detection);
    rules_free(e->rules);
    config_free(e->config);
}

/* A TCP connection into the site; what is not 10/8 is outside. */
static struct record *engine_record(struct engine *e, int64_t t, uint32_t src, uint32_t dst,
                                    uint16_t port, enum evidence evidence)
{
    struct record *r = &e->record;
    bool internal = src >> 24 == 10;
    record_reset(r);
    record_set_time(r, t);
    record_set_host(r, slice("fw.example.com"));
    record_set_category(r, CATEGORY_CONNECTION);
    record_set_action(r, evidence == EVIDENCE_DENIED ? ACTION_DENY : ACTION_ALLOW);
    record_set_evidence(r, (uint8_t)evidence);
    record_set_protocol(r, PROTOCOL_TCP);
    record_set_src_ip(r, address_v4(src));
    record_set_dst_ip(r, address_v4(dst));
    record_set_src_port(r, (uint16_t)(32768 + src % 28000));
    record_set_dst_port(r, port);
    record_set_src_internal(r, internal);
    record_set_dst_internal(r, true);
    r->src_lists = internal ? NETWORKS_INTERNAL : 0;
    r->dst_lists = NETWORKS_INTERNAL;
    return r;
}
