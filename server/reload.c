/* One reload at a time; reload.h tells its steps. */
#include "server/reload.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detect/snapshot.h"
#include "server/ingest/ingest.h"
#include "server/ops/log.h"
#include "server/ops/state.h"
#include "server/serve.h"

#define PAUSE_MS     100 /* between two reloads */
#define SNAPSHOT_MS  20  /* until the end of a snapshot that is being written is looked for again */
#define GROWTH_BYTES ((size_t)1 << 20)

enum phase { IDLE, LOADING, WAITING, PREPARING, CARRYING, COMMITTING, ABANDONING };

struct reload {
    struct server *server;
    uv_work_t work;
    uv_async_t answers;
    uv_timer_t timer;
    enum phase phase;
    bool again, stopped, working;
    struct basis *basis; /* what was loaded */
    struct opening next, before;
    atomic_uint waiting; /* workers that have not answered */
    atomic_bool failed;  /* one of them could not */
    uint64_t held_ns;    /* since when the workers have been asked to wait */
    bool carried;
    struct restored restored;
};

static void begin(struct reload *r);

/* ---- the end of one ---- */

static void on_pause_over(uv_timer_t *timer)
{
    struct reload *r = timer->data;
    if (r->again)
        begin(r);
}

static void finish(struct reload *r)
{
    r->phase = IDLE;
    if (!r->stopped)
        uv_timer_start(&r->timer, on_pause_over, PAUSE_MS, 0);
}

static void fail(struct reload *r)
{
    const char *file = load_file(r->server->file);
    r->server->ended.reloads_failed++;
    log_say(LOG_ERROR, "%s cannot be used; nothing has changed",
            file ? file : "the built-in configuration");
    finish(r);
}

static void say_done(struct reload *r)
{
    const char *file = load_file(r->server->file);
    log_say(LOG_NOTE, "%s is in force; nothing was read for %.1f ms",
            file ? file : "the built-in configuration", (double)(uv_hrtime() - r->held_ns) / 1e6);
    if (r->carried)
        log_say(LOG_NOTE,
                "detection: %" PRIu64 " groups and %" PRIu64 " entities go on, %" PRIu64
                " are forgotten: their detectors or the memory have changed",
                r->restored.groups, r->restored.entities,
                r->restored.outdated + r->restored.homeless);
}

/* ---- workers ---- */

void reload_answer(void *context, bool ok)
{
    struct reload *r = context;
    if (!ok)
        atomic_store(&r->failed, true);
    if (atomic_fetch_sub(&r->waiting, 1) == 1)
        uv_async_send(&r->answers);
}

static void ask_workers(struct reload *r, enum phase phase, void (*ask)(struct worker *w))
{
    struct server *server = r->server;
    r->phase = phase;
    atomic_store(&r->waiting, server->worker_count);
    for (unsigned w = 0; w < server->worker_count; w++)
        if (ask)
            ask(server->workers[w]);
        else
            worker_prepare(server->workers[w], &r->next.plans[w]);
}

static void commit(struct reload *r)
{
    opening_commit(&r->next, r->server, &r->before);
    ask_workers(r, COMMITTING, worker_commit);
}

static void release(struct reload *r)
{
    say_done(r);
    opening_release(&r->before, r->server);
    r->server->ended.reloads++;
    finish(r);
}

static void abandon(struct reload *r)
{
    opening_abandon(&r->next, r->server);
    fail(r);
}

/* ---- detection ---- */

struct bytes {
    char *at;
    size_t len, size;
};

static bool on_bytes(void *context, const void *bytes, size_t len)
{
    struct bytes *b = context;
    if (b->size - b->len < len) {
        size_t size = b->size + b->size / 2 + len + GROWTH_BYTES;
        char *grown = realloc(b->at, size);
        if (!grown)
            return false;
        b->at = grown;
        b->size = size;
    }
    memcpy(b->at + b->len, bytes, len);
    b->len += len;
    return true;
}

static void on_carry(uv_work_t *work)
{
    struct reload *r = work->data;
    struct bytes b = {0};
    r->carried = detect_save(r->server->now.detection, ingest_now_ms(), on_bytes, &b);
    if (r->carried)
        r->restored = detect_restore(r->next.detection, b.at, b.len);
    free(b.at);
}

static void on_carried(uv_work_t *work, int status)
{
    struct reload *r = work->data;
    (void)status;
    r->working = false;
    if (r->stopped) {
        opening_abandon(&r->next, r->server);
        r->phase = IDLE;
    } else if (r->carried) {
        commit(r);
    } else {
        log_say(LOG_ERROR, "no memory to carry over what the detectors know");
        ask_workers(r, ABANDONING, worker_abandon);
    }
}

static void carry(struct reload *r)
{
    r->phase = CARRYING;
    r->working = uv_queue_work(&r->server->loop, &r->work, on_carry, on_carried) == 0;
}

static void on_answers(uv_async_t *answers)
{
    struct reload *r = answers->data;
    if (r->stopped || atomic_load(&r->waiting) > 0)
        return;
    switch (r->phase) {
    case PREPARING:
        if (atomic_load(&r->failed)) {
            log_say(LOG_ERROR, "no memory for another configuration beside the one in force");
            ask_workers(r, ABANDONING, worker_abandon);
        } else if (r->next.detection != r->server->now.detection) {
            carry(r);
        } else {
            commit(r);
        }
        break;
    case COMMITTING:
        release(r);
        break;
    case ABANDONING:
        abandon(r);
        break;
    case IDLE:
    case LOADING:
    case WAITING:
    case CARRYING:
        break;
    }
}

/* ---- loading ---- */

/* What cannot change while it runs. */
static bool can_change_to(struct reload *r, const struct settings *settings)
{
    unsigned workers = r->server->now.settings->workers;
    char value[16], expected[64];
    if (settings->workers == workers)
        return true;
    snprintf(value, sizeof(value), "%u", settings->workers);
    snprintf(expected, sizeof(expected), "%u as long as it runs (a restart changes it)", workers);
    config_complain(r->basis->config, NULL, "workers", value, expected, NULL);
    return false;
}

static void open_and_prepare(struct reload *r);

static void on_wait_over(uv_timer_t *timer)
{
    open_and_prepare(timer->data);
}

/* A snapshot that is being written is of the detection that may be replaced. */
static void open_and_prepare(struct reload *r)
{
    struct server *server = r->server;
    struct basis *basis = r->basis;
    if (state_is_saving(server->now.state)) {
        r->phase = WAITING;
        uv_timer_start(&r->timer, on_wait_over, SNAPSHOT_MS, 0);
        return;
    }
    r->basis = NULL;
    r->carried = false;
    atomic_store(&r->failed, false);
    if (!opening_open(&r->next, server, basis, reload_answer, r)) {
        fail(r);
        return;
    }
    r->next.sockets_given = true;
    r->held_ns = uv_hrtime();
    ask_workers(r, PREPARING, NULL);
}

static void on_load(uv_work_t *work)
{
    struct reload *r = work->data;
    r->basis = basis_load(load_file(r->server->file));
}

static void on_loaded(uv_work_t *work, int status)
{
    struct reload *r = work->data;
    (void)status;
    r->working = false;
    bool whole = r->basis && !r->basis->rules->wrong_detectors; /* else the old ones stay */
    if (!r->stopped && whole && can_change_to(r, r->basis->rules->settings)) {
        open_and_prepare(r);
        return;
    }
    basis_release(r->basis);
    r->basis = NULL;
    if (r->stopped)
        finish(r);
    else
        fail(r);
}

static void begin(struct reload *r)
{
    r->again = false;
    r->phase = LOADING;
    r->working = uv_queue_work(&r->server->loop, &r->work, on_load, on_loaded) == 0;
}

/* ---- life ---- */

struct reload *reload_new(struct server *server)
{
    struct reload *r = calloc(1, sizeof(*r));
    if (!r || uv_async_init(&server->loop, &r->answers, on_answers) < 0) {
        free(r);
        return NULL;
    }
    uv_timer_init(&server->loop, &r->timer);
    r->server = server;
    r->work.data = r->answers.data = r->timer.data = r;
    return r;
}

void reload_ask(struct reload *r)
{
    if (r->phase == IDLE && !uv_is_active((uv_handle_t *)&r->timer))
        begin(r);
    else
        r->again = true;
}

bool reload_is_holding(const struct reload *r)
{
    return r->phase >= PREPARING;
}

void reload_stop(struct reload *r)
{
    r->stopped = true;
    uv_close((uv_handle_t *)&r->timer, NULL);
    uv_close((uv_handle_t *)&r->answers, NULL);
    if (r->phase == COMMITTING)
        opening_release(&r->before, r->server);
    else if (r->phase == PREPARING || r->phase == ABANDONING)
        opening_abandon(&r->next, r->server);
    else if (r->phase == WAITING)
        basis_release(r->basis);
}

void reload_free(struct reload *r)
{
    free(r);
}
