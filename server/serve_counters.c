/* What SIGUSR1 and the end print: every counter with its meaning (server/counters.h). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/ops/log.h"
#include "server/serve.h"

static void print_row(FILE *to, const char *name, uint64_t value, const char *meaning)
{
    fprintf(to, "  %-26s %12" PRIu64 "  %s\n", name, value, meaning);
}

static void print_output(FILE *to, const char *what, const char *name,
                         const struct output_counters *c)
{
    fprintf(to, "%s%s\n", what, name);
#define OUTPUT_COUNTER(name, meaning) print_row(to, #name, c->name, meaning);
#include "server/counters.h"
#undef OUTPUT_COUNTER
}

/* Of an output with several. */
static void print_receivers(FILE *to, const struct forward_settings *f, struct sink *sink)
{
    for (unsigned i = 0; i < f->receiver_count; i++) {
        struct receiver_counters c = sink_receiver_counters(sink, i);
        fprintf(to, "receiver %s %s:%u\n", f->name, f->receivers[i].host,
                (unsigned)f->receivers[i].port);
#define RECEIVER_COUNTER(name, meaning) print_row(to, #name, c.name, meaning);
#include "server/counters.h"
#undef RECEIVER_COUNTER
    }
}

static void print_dead_letters(FILE *to, const struct server *server)
{
    struct dead_letter_counters c = server->ended_dead_letters;
    if (server->now.dead_letters) {
        struct dead_letter_counters more = dead_letters_counters(server->now.dead_letters);
        dead_letter_counters_add(&c, &more);
    }
    fprintf(to, "dead-letters\n");
#define DEAD_LETTER_COUNTER(name, meaning) print_row(to, #name, c.name, meaning);
#include "server/counters.h"
#undef DEAD_LETTER_COUNTER
}

static void print_detection(FILE *to, const struct detect_counters *d)
{
    fprintf(to, "detection\n");
    print_row(to, "observed", d->observed, "records that some detector counted");
    print_row(to, "alerts_start", d->alerts[ALERT_START], "episodes that began");
    print_row(to, "alerts_ongoing", d->alerts[ALERT_ONGOING], "reports on those that went on");
    print_row(to, "alerts_end", d->alerts[ALERT_END], "episodes that ended");
    print_row(to, "suppressed", d->suppressed, "starts within the quiet time of another");
    print_row(to, "groups", d->groups, "groups that are counted now");
    print_row(to, "evicted_groups", d->evicted_groups, "groups pushed out by newer ones");
    print_row(to, "refused_pairs", d->refused_pairs, "pairs beyond what one source may hold");
    print_row(to, "evicted_values", d->evicted_values, "values that found no room");
    print_row(to, "evicted_episodes", d->evicted_episodes,
              "alerts whose news and end are not told, for want of memory");
    print_row(to, "evicted_entities", d->evicted_entities,
              "whose risk was forgotten for that of others");
    print_row(to, "unnamed", d->unnamed, "records of devices whose names found no room");
    print_row(to, "late", d->late, "records too late to be counted exactly");
    print_row(to, "storms", d->storms, "alerts that a storm replaced");
}

static void print_state(FILE *to, const struct state_counters *s)
{
    fprintf(to, "state\n");
    print_row(to, "snapshots", s->snapshots, "times the detectors' state was written");
    print_row(to, "failures", s->failures, "times it could not be");
    print_row(to, "bytes", s->bytes, "of the file now");
    print_row(to, "restored_groups", s->restored_groups, "groups that the start brought back");
    print_row(to, "outdated_groups", s->outdated_groups, "left out: their detectors changed");
}

/* Outputs that a reload has removed, all together: what is left of them, and what they have done. */
static void print_ended(FILE *to, const struct server *server)
{
    struct output_counters sum = server->ended_outputs;
    for (const struct opened_output *o = server->leaving; o; o = o->next) {
        struct output_counters c = sink_counters(o->sink);
        output_counters_add(&sum, &c);
    }
    if (sum.offered_events || sum.offered_alerts)
        print_output(to, "removed outputs", "", &sum);
}

void serve_print_counters(struct server *server, int patience_ms)
{
    const struct opening *now = &server->now;
    struct counters total = server->ended;
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    if (!to)
        return;
    for (unsigned i = 0; i < server->worker_count; i++)
        worker_count(server->workers[i], &total);
    fprintf(to, "counters\n");
#define COUNTER(name, meaning) print_row(to, #name, total.name, meaning);
#include "server/counters.h"
#undef COUNTER
    for (size_t i = 0; i < now->settings->forward_count; i++) {
        struct output_counters c = sink_counters(now->sinks[i]);
        print_output(to, "output ", now->settings->forward[i].name, &c);
        print_receivers(to, &now->settings->forward[i], now->sinks[i]);
    }
    print_ended(to, server);
    struct detect_counters d = detect_counters(now->detection);
    detect_counters_add(&d, &server->ended_detection);
    if (now->dead_letters || server->ended_dead_letters.offered)
        print_dead_letters(to, server);
    print_detection(to, &d);
    if (now->state) {
        struct state_counters s = state_counters(now->state);
        print_state(to, &s);
    }
    if (fclose(to) == 0)
        log_text(text, len, patience_ms);
    free(text);
}
