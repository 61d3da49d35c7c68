/* experiment.c - runs the cells of an experiment in threads, and hands them on in their order. */
#include "cli/experiment.h"

#include "base/processors.h"
#include "report/report.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SLICE 65536 /* lines applied between two checks of stop */
#define AHEAD 16    /* cells that a thread can be ahead of the first unfinished one: their reports wait in memory */

/* What the threads share. */
struct pool {
    struct cells *cells;
    const struct trace_copy *trace;
    pthread_mutex_t lock; /* guards the numbers and the states of the cells */
    pthread_cond_t done;  /* a cell is done */
    pthread_cond_t room;  /* told has grown, or everything must stop */
    size_t next;          /* the next cell to run */
    size_t told;          /* cells handed on */
    size_t ahead;         /* maximum of next - told */
    size_t finished;
    atomic_bool stop;
    _Atomic uint64_t events; /* applied by all threads */
    pthread_t *threads;      /* owned */
    size_t thread_count;
};

/* ---- one cell ---- */

/* Writes the report of a run as text. 0, or -1 without memory. */
static int make_json(struct cell *cell, const struct run *run)
{
    FILE *file = open_memstream(&cell->json, &cell->json_len);
    if (file == NULL)
        return -1;
    int failed = report_write_json(run, file);
    return fclose(file) != 0 || failed ? -1 : 0;
}

/* Runs the trace to its end, or until everything must stop. */
static enum run_state finish(struct pool *pool, struct run *run, struct error *error)
{
    enum run_state state = RUN_MORE;
    uint64_t before = 0;
    while (state == RUN_MORE && !atomic_load(&pool->stop)) {
        state = run_advance(run, SLICE, error);
        uint64_t now = run_events(run);
        atomic_fetch_add(&pool->events, now > before ? now - before : 0);
        before = now;
    }
    return state;
}

/* Takes the result of a run that has ended. */
static int take_result(struct cell *cell, const struct run *run, bool report)
{
    cell->outcome = run_outcome(run);
    cell->profile = run->workers.data[0]->heap.config.profile;
    cell->era = run->workers.data[0]->heap.config.era;
    cell->title = run->title == NULL ? NULL : strdup(run->title);
    if (run->title != NULL && cell->title == NULL)
        return -1;
    return metrics_of(run, &cell->metrics) != 0 || (report && make_json(cell, run) != 0) ? -1 : 0;
}

static enum cell_state run_cell(struct pool *pool, struct cell *cell)
{
    struct run_options options = {.settings = pool->cells->settings, .max_collections = pool->cells->max_collections};
    struct run run = {0};
    enum cell_state state = CELL_FAILED;
    options.hooks.figure = report_figure;
    if (choices_apply(cell->variants, cell->variant_count, &options.settings, &cell->error) == 0 &&
        trace_copy_run(pool->trace, &run, &options, &cell->error) == 0) {
        enum run_state ended = finish(pool, &run, &cell->error);
        if (ended == RUN_ENDED && take_result(cell, &run, pool->cells->reports) == 0)
            state = CELL_RUN;
        else if (ended == RUN_FAILED && cell->error.kind == ERROR_USAGE)
            state = CELL_REFUSED;
        else if (ended != RUN_FAILED)
            error_memory(&cell->error);
    }
    run_close(&run);
    return state;
}

static void *work(void *self)
{
    struct pool *pool = self;
    pthread_mutex_lock(&pool->lock);
    while (!atomic_load(&pool->stop) && pool->next < pool->cells->list.len) {
        if (pool->next - pool->told >= pool->ahead) {
            pthread_cond_wait(&pool->room, &pool->lock);
            continue;
        }
        struct cell *cell = &pool->cells->list.data[pool->next++];
        pthread_mutex_unlock(&pool->lock);
        enum cell_state state = run_cell(pool, cell);
        pthread_mutex_lock(&pool->lock);
        cell->state = state;
        pool->finished++;
        pthread_cond_signal(&pool->done);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* ---- all cells ---- */

/* Waits until a cell is done, and shows the progress of all. */
static void wait_for(struct pool *pool, const struct cell *cell, struct progress *progress)
{
    pthread_mutex_lock(&pool->lock);
    while (cell->state == CELL_WAITS) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 100000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&pool->done, &pool->lock, &until);
        progress_show_runs(progress, pool->finished, pool->cells->list.len, atomic_load(&pool->events));
    }
    pthread_mutex_unlock(&pool->lock);
}

/* Hands the cells on in their order. */
static int tell_all(struct pool *pool, int (*told)(void *self, struct cell *cell), void *self,
                    struct progress *progress)
{
    int failed = 0;
    for (size_t i = 0; i < pool->cells->list.len && !failed; i++) {
        struct cell *cell = &pool->cells->list.data[i];
        wait_for(pool, cell, progress);
        if (cell->state == CELL_FAILED)
            progress_erase(progress); /* the reason is reported now */
        if (told(self, cell) != 0 || cell->state == CELL_FAILED)
            failed = -1;
        pthread_mutex_lock(&pool->lock);
        pool->told++;
        if (failed)
            atomic_store(&pool->stop, true);
        pthread_cond_broadcast(&pool->room);
        pthread_mutex_unlock(&pool->lock);
    }
    progress_erase(progress);
    return failed;
}

static size_t thread_count(const struct cells *cells)
{
    uint64_t count = cells->jobs != 0 ? cells->jobs : processors();
    return count < cells->list.len ? (size_t)count : cells->list.len;
}

/* Starts as many threads as possible. 0, or -1 after filling error if none could be started. */
static int start(struct pool *pool, size_t count, struct error *error)
{
    int code = 0;
    pool->threads = calloc(count, sizeof *pool->threads);
    if (pool->threads == NULL)
        return error_memory(error);
    while (code == 0 && pool->thread_count < count) {
        code = pthread_create(&pool->threads[pool->thread_count], NULL, work, pool);
        pool->thread_count += code == 0;
    }
    if (pool->thread_count == 0)
        return error_set(error, ERROR_SYSTEM, 0, 0, "cannot start a thread: %s", strerror(code));
    return 0;
}

int cells_run(struct cells *cells, const struct trace_copy *trace, int (*told)(void *self, struct cell *cell),
              void *self, struct progress *progress, struct error *error)
{
    size_t threads = thread_count(cells);
    struct pool pool = {.cells = cells, .trace = trace, .ahead = threads * AHEAD};
    pthread_mutex_init(&pool.lock, NULL);
    pthread_cond_init(&pool.done, NULL);
    pthread_cond_init(&pool.room, NULL);
    int failed = start(&pool, threads, error);
    if (!failed)
        failed = tell_all(&pool, told, self, progress);
    for (size_t i = 0; i < pool.thread_count; i++)
        pthread_join(pool.threads[i], NULL);
    free(pool.threads);
    pthread_cond_destroy(&pool.room);
    pthread_cond_destroy(&pool.done);
    pthread_mutex_destroy(&pool.lock);
    return failed;
}

void cells_free(struct cells *cells)
{
    for (size_t i = 0; i < cells->list.len; i++) {
        error_clear(&cells->list.data[i].error);
        free(cells->list.data[i].title);
        free(cells->list.data[i].json);
    }
    vec_free(&cells->list);
}
