/* The sockets of one worker, over reloads. */
#include "server/ingest/listeners.h"

#include <stdlib.h>
#include <unistd.h>

static void pause_one(const struct listener *l)
{
    if (l->udp)
        udp_pause(l->udp);
    if (l->tcp)
        tcp_pause(l->tcp);
}

static void close_one(struct listener *l)
{
    if (l->udp)
        udp_close(l->udp);
    if (l->tcp)
        tcp_close(l->tcp);
    *l = (struct listener){0};
}

static void drain_one(const struct listener *l)
{
    if (l->udp)
        udp_drain(l->udp);
    if (l->tcp)
        tcp_drain(l->tcp);
}

/* Entry i of the rules' settings. */
static int start_one(struct listener *l, struct ingest *ingest, const struct rules *rules, size_t i,
                     int fd)
{
    int code = rules->settings->listen[i].protocol == LISTEN_UDP
                   ? udp_start(&l->udp, ingest, fd)
                   : tcp_start(&l->tcp, ingest, fd, rules->listen_tls[i]);
    l->fresh = code == 0;
    if (code == 0)
        pause_one(l);
    return code;
}

int listeners_prepare(const struct listeners *now, struct listeners *next, struct ingest *ingest,
                      const struct listener_plan *plan, const struct rules *rules)
{
    size_t count = rules->settings->listen_count;
    int code = 0;
    next->items = calloc(count + now->count + now->retired + 1, sizeof(*next->items));
    next->count = next->items ? count : 0;
    next->retired = 0;
    if (!next->items)
        code = UV_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        if (plan[i].from != LISTENER_NEW && code == 0)
            next->items[i] = now->items[plan[i].from];
        else if (plan[i].from == LISTENER_NEW && code == 0)
            code = start_one(&next->items[i], ingest, rules, i, plan[i].fd);
        else if (plan[i].from == LISTENER_NEW)
            close(plan[i].fd);
    }
    if (code < 0)
        listeners_abandon(next);
    return code;
}

void listeners_abandon(struct listeners *next)
{
    for (size_t i = 0; i < next->count; i++)
        if (next->items[i].fresh)
            close_one(&next->items[i]);
    free(next->items);
    *next = (struct listeners){0};
}

static bool is_among(const struct listeners *l, const struct listener *one)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->items[i].udp == one->udp && l->items[i].tcp == one->tcp)
            return true;
    return false;
}

void listeners_commit(struct listeners *now, struct listeners *next, const struct rules *rules)
{
    for (size_t i = 0; i < now->count + now->retired; i++) {
        struct listener *one = &now->items[i];
        if (is_among(next, one))
            continue;
        if (i < now->count && one->tcp)
            tcp_retire(one->tcp);
        next->items[next->count + next->retired++] = *one;
    }
    for (size_t i = 0; i < next->count + next->retired; i++) {
        struct listener *one = &next->items[i];
        one->fresh = false;
        if (one->udp)
            udp_change(one->udp);
        if (one->tcp)
            tcp_change(one->tcp, i < next->count ? rules->listen_tls[i] : NULL);
    }
    free(now->items);
    *now = *next;
    *next = (struct listeners){0};
}

void listeners_pause(struct listeners *l)
{
    for (size_t i = 0; i < l->count + l->retired; i++)
        pause_one(&l->items[i]);
}

void listeners_resume(struct listeners *l)
{
    for (size_t i = 0; i < l->count + l->retired; i++) {
        if (l->items[i].udp)
            udp_resume(l->items[i].udp);
        if (l->items[i].tcp)
            tcp_resume(l->items[i].tcp);
    }
}

void listeners_tidy(struct listeners *l, bool paused)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->items[i].udp)
            udp_count_drops(l->items[i].udp);
    for (size_t i = l->count; !paused && i < l->count + l->retired;) {
        struct listener *one = &l->items[i];
        if (one->tcp && !tcp_is_over(one->tcp)) {
            i++;
            continue;
        }
        drain_one(one);
        close_one(one);
        l->items[i] = l->items[l->count + --l->retired];
    }
}

void listeners_close(struct listeners *l)
{
    for (size_t i = 0; i < l->count + l->retired; i++) {
        drain_one(&l->items[i]);
        close_one(&l->items[i]);
    }
    free(l->items);
    *l = (struct listeners){0};
}
