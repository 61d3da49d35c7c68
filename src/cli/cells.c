/* cells.c - see cells.h. */
#include "cli/cells.h"

#include "base/processors.h"
#include "report/report.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SLICE 65536 /* lines applied between two looks at stop */
#define AHEAD 16    /* cells a thread may be ahead of the first that is not done: their reports wait in memory */

/* What the threads share. */
struct crew {
    struct cells *cells;
    const struct spool *trace;
    pthread_mutex_t lock; /* of the numbers, and of the cells' states */
    pthread_cond_t done;  /* a cell is */
    pthread_cond_t room;  /* told has grown, or all is to stop */
    size_t next;          /* cell to be run */
    size_t told;          /* cells told */
    size_t ahead;         /* next - told is at most this */
    size_t finished;
    atomic_bool stop;
    _Atomic uint64_t events; /* applied by all */
    pthread_t *threads;      /* owned */
    size_t thread_count;
};

/* ---- one cell ---- */

/* The report of a run as text. 0, or -1 without memory. */
static int make_json(struct cell *cell, const struct run *run)
{
    FILE *file = open_memstream(&cell->json, &cell->json_len);
    if (file == NULL)
        return -1;
    int failed = report_write_json(run, file);
    return fclose(file) != 0 || failed ? -1 : 0;
}

/* Runs the trace to its end, or until all is to stop. */
static enum run_state finish(struct crew *crew, struct run *run, struct error *error)
{
    enum run_state state = RUN_MORE;
    uint64_t before = 0;
    while (state == RUN_MORE && !atomic_load(&crew->stop)) {
        state = run_advance(run, SLICE, error);
        uint64_t now = run_events(run);
        atomic_fetch_add(&crew->events, now > before ? now - before : 0);
        before = now;
    }
    return state;
}

/* What a run that has ended came to. */
static int take_result(struct cell *cell, const struct run *run, bool report)
{
    cell->outcome = run_outcome(run);
    cell->profile = run->isolates.data[0]->heap.config.profile;
    cell->era = run->isolates.data[0]->heap.config.era;
    cell->title = run->title == NULL ? NULL : strdup(run->title);
    if (run->title != NULL && cell->title == NULL)
        return -1;
    return score_of(run, &cell->score) != 0 || (report && make_json(cell, run) != 0) ? -1 : 0;
}

static enum cell_state run_cell(struct crew *crew, struct cell *cell)
{
    struct run_options options = {.settings = crew->cells->settings, .max_collections = crew->cells->max_collections};
    struct run run = {0};
    enum cell_state state = CELL_FAILED;
    options.hooks.figure = report_figure;
    if (choices_apply(cell->choices, cell->choice_count, &options.settings, &cell->error) == 0 &&
        spool_run(crew->trace, &run, &options, &cell->error) == 0) {
        enum run_state ended = finish(crew, &run, &cell->error);
        if (ended == RUN_ENDED && take_result(cell, &run, crew->cells->reports) == 0)
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
    struct crew *crew = self;
    pthread_mutex_lock(&crew->lock);
    while (!atomic_load(&crew->stop) && crew->next < crew->cells->list.len) {
        if (crew->next - crew->told >= crew->ahead) {
            pthread_cond_wait(&crew->room, &crew->lock);
            continue;
        }
        struct cell *cell = &crew->cells->list.data[crew->next++];
        pthread_mutex_unlock(&crew->lock);
        enum cell_state state = run_cell(crew, cell);
        pthread_mutex_lock(&crew->lock);
        cell->state = state;
        crew->finished++;
        pthread_cond_signal(&crew->done);
    }
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

/* ---- all of them ---- */

/* Waits until a cell is done, and shows how far they all are. */
static void wait_for(struct crew *crew, const struct cell *cell, struct progress *progress)
{
    pthread_mutex_lock(&crew->lock);
    while (cell->state == CELL_WAITS) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 100000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&crew->done, &crew->lock, &until);
        progress_show_runs(progress, crew->finished, crew->cells->list.len, atomic_load(&crew->events));
    }
    pthread_mutex_unlock(&crew->lock);
}

/* Tells the cells in their order. */
static int tell_all(struct crew *crew, int (*told)(void *self, struct cell *cell), void *self,
                    struct progress *progress)
{
    int failed = 0;
    for (size_t i = 0; i < crew->cells->list.len && !failed; i++) {
        struct cell *cell = &crew->cells->list.data[i];
        wait_for(crew, cell, progress);
        if (cell->state == CELL_FAILED)
            progress_erase(progress); /* why is told now */
        if (told(self, cell) != 0 || cell->state == CELL_FAILED)
            failed = -1;
        pthread_mutex_lock(&crew->lock);
        crew->told++;
        if (failed)
            atomic_store(&crew->stop, true);
        pthread_cond_broadcast(&crew->room);
        pthread_mutex_unlock(&crew->lock);
    }
    progress_erase(progress);
    return failed;
}

static size_t thread_count(const struct cells *cells)
{
    uint64_t count = cells->jobs != 0 ? cells->jobs : processors();
    return count < cells->list.len ? (size_t)count : cells->list.len;
}

/* Starts as many threads as it can, at least one. 0, or -1 after filling error. */
static int start(struct crew *crew, size_t count, struct error *error)
{
    int code = 0;
    crew->threads = calloc(count, sizeof *crew->threads);
    if (crew->threads == NULL)
        return error_memory(error);
    while (code == 0 && crew->thread_count < count) {
        code = pthread_create(&crew->threads[crew->thread_count], NULL, work, crew);
        crew->thread_count += code == 0;
    }
    if (crew->thread_count == 0)
        return error_set(error, ERROR_SYSTEM, 0, 0, "cannot start a thread: %s", strerror(code));
    return 0;
}

int cells_run(struct cells *cells, const struct spool *trace, int (*told)(void *self, struct cell *cell), void *self,
              struct progress *progress, struct error *error)
{
    size_t threads = thread_count(cells);
    struct crew crew = {.cells = cells, .trace = trace, .ahead = threads * AHEAD};
    pthread_mutex_init(&crew.lock, NULL);
    pthread_cond_init(&crew.done, NULL);
    pthread_cond_init(&crew.room, NULL);
    int failed = start(&crew, threads, error);
    if (!failed)
        failed = tell_all(&crew, told, self, progress);
    for (size_t i = 0; i < crew.thread_count; i++)
        pthread_join(crew.threads[i], NULL);
    free(crew.threads);
    pthread_cond_destroy(&crew.room);
    pthread_cond_destroy(&crew.done);
    pthread_mutex_destroy(&crew.lock);
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
