/* Which listening sockets a configuration keeps from the one before, and which it opens. */
#include "server/opening_sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/ingest/listen.h"
#include "server/ops/log.h"

static void complain(struct opening *o, size_t i, int code)
{
    const struct listen_settings *l = &o->settings->listen[i];
    char key[64], value[16], sentence[256];
    bool address = code == UV_EADDRNOTAVAIL || code == UV_EINVAL;
    snprintf(key, sizeof(key), "listen[%zu].%s", i, address ? "address" : "port");
    snprintf(value, sizeof(value), "%u", (unsigned)l->port);
    snprintf(sentence, sizeof(sentence), "a %s %s that can be listened on (%s)",
             listen_name(l->protocol), address ? "address" : "port",
             code == UV_EADDRINUSE ? "another program has it" : uv_strerror(code));
    config_complain(o->basis->config, NULL, key, address ? l->address : value, sentence, NULL);
}

static bool same_port(const struct listen_settings *a, const struct listen_settings *b)
{
    return (a->protocol == LISTEN_UDP) == (b->protocol == LISTEN_UDP) && a->port == b->port;
}

/* The entry that listens there now; LISTENER_NEW: none. *ours: one of ours has the port, perhaps of
 * another address. */
static size_t find(const struct settings *now, const struct listen_settings *l, bool *ours)
{
    *ours = false;
    for (size_t i = 0; now && i < now->listen_count; i++) {
        if (!same_port(&now->listen[i], l))
            continue;
        *ours = true;
        if (strcmp(now->listen[i].address, l->address) == 0)
            return i;
    }
    return LISTENER_NEW;
}

/* The same sockets under other descriptors: another protocol takes them over. */
static int duplicate(const struct opening *now, size_t from, unsigned workers, int *fds)
{
    for (unsigned w = 0; w < workers; w++) {
        fds[w] =
            fcntl(now->listeners[w * now->settings->listen_count + from].fd, F_DUPFD_CLOEXEC, 0);
        if (fds[w] >= 0)
            continue;
        int code = -errno;
        while (w)
            close(fds[--w]);
        return code;
    }
    return 0;
}

static int open_entry(struct opening *o, const struct opening *now, size_t i, size_t *granted)
{
    const struct settings *s = o->settings;
    const struct listen_settings *l = &s->listen[i];
    int fds[WORKERS_MAX], code = 0;
    bool ours;
    size_t from = find(now->settings, l, &ours);
    bool kept = from != LISTENER_NEW && now->settings->listen[from].protocol == l->protocol;
    if (from != LISTENER_NEW && !kept)
        code = duplicate(now, from, s->workers, fds);
    else if (!kept)
        code = listen_open(l, s->workers, ours, fds, s->receive_buffer, granted);
    for (unsigned w = 0; code == 0 && w < s->workers; w++)
        o->listeners[w * s->listen_count + i] =
            kept ? (struct listener_plan){from,
                                          now->listeners[w * now->settings->listen_count + from].fd}
                 : (struct listener_plan){LISTENER_NEW, fds[w]};
    return code;
}

bool opening_sockets(struct opening *o, const struct opening *now)
{
    const struct settings *s = o->settings;
    size_t all = s->workers * s->listen_count;
    bool said = false;
    o->listeners = calloc(all + 1, sizeof(*o->listeners));
    if (!o->listeners) {
        opening_no_memory(o);
        return false;
    }
    for (size_t i = 0; i < all; i++)
        o->listeners[i].fd = -1;
    for (size_t i = 0; i < s->listen_count; i++) {
        size_t granted = s->receive_buffer;
        int code = open_entry(o, now, i, &granted);
        if (code < 0) {
            complain(o, i, code);
            return false;
        }
        if (granted < s->receive_buffer && !said)
            log_say(LOG_WARNING,
                    "receive-buffer: the kernel gives %zu KiB of %zu KiB (sysctl "
                    "net.core.rmem_max); bursts may be dropped",
                    granted / 1024, s->receive_buffer / 1024);
        said |= granted < s->receive_buffer;
    }
    return true;
}

void opening_close_sockets(struct opening *o)
{
    for (size_t i = 0; o->listeners && i < o->settings->workers * o->settings->listen_count; i++)
        if (o->listeners[i].from == LISTENER_NEW && o->listeners[i].fd >= 0)
            close(o->listeners[i].fd);
}
