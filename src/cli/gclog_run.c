/* gclog_run.c - from a log to a program, and whether it behaves like the log. */
#include "cli/gclog_run.h"

#include "base/tempfile.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "run/run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#define FEW 12 /* scavenges, below which lives are told with a warning */

/* Writes the program with turns of that length, in place of one that was written before. 0, or -1. */
static int write_program(struct gclog_run *it, uint64_t turn, struct error *error)
{
    if (it->program != NULL)
        fclose(it->program);
    it->program = NULL;
    int fd = tempfile_open(getenv("TMPDIR"), error);
    if (fd < 0)
        return -1;
    it->program = fdopen(fd, "w+");
    if (it->program == NULL) {
        close(fd);
        return error_memory(error);
    }
    snprintf(it->path, sizeof it->path, "/dev/fd/%d", fd);
    if (gclog_write(&it->log, &it->model, it->name, turn, it->program) || fflush(it->program) != 0)
        return error_set(error, ERROR_SYSTEM, 0, 0, "the program made from it cannot be written to a temporary file");
    return 0;
}

int gclog_run_open(struct gclog_run *it, const char *command, const char *path, const char *name)
{
    struct error error = {0};
    *it = (struct gclog_run){.name = name};
    if (bytes_open(&it->file, path, getenv("TMPDIR"), &error) ||
        gclog_read(&it->log, it->file.data, it->file.len, &error))
        return complain_error(command, name, &error);
    if (it->log.others > 0)
        complain("%s: %" PRIu32 " isolates: the one with most collections is taken, %" PRIu64 " of others are left out",
                 name, it->log.isolates, it->log.others);
    if (it->log.earlier > 0)
        complain("%s: a long log: its last %zu collections are taken, which allocated 16 GiB", name, it->log.list.len);
    if (it->log.scavenges < FEW)
        complain("warning: %" PRIu64 " scavenges are few to tell how long objects live", it->log.scavenges);
    if (it->log.scavenges == it->log.list.len)
        complain("warning: no full collection in the log: what lives long is a guess");
    return STATUS_OK;
}

/* Writes and runs the program once. 0, or -1 (error filled). */
static int try_turn(struct gclog_run *it, uint64_t turn, const struct settings *settings, struct error *error)
{
    struct run run;
    struct run_options options = {.settings = *settings};
    if (write_program(it, turn, error))
        return -1;
    int failed = run_open(&run, it->path, &options, error) || run_advance(&run, 0, error) == RUN_FAILED;
    if (!failed) {
        const struct counters *counters = &run.current->heap.counters;
        it->scavenges = counters->scavenges;
        it->majors = counters->mark_sweeps + counters->mark_compacts;
        it->died = run_status(&run) != 0;
    }
    run_close(&run);
    return failed ? -1 : 0;
}

#define TURN_MOST (UINT64_C(4) << 20)
#define TURN_LEAST (UINT64_C(32) << 10)

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

/* Shorter turns let V8 scavenge earlier: halves their length while the number comes nearer to the log's. */
static int choose_turn(struct gclog_run *it, const struct settings *settings, struct error *error)
{
    uint64_t best = 0, least = UINT64_MAX, turn = gclog_has_turns(&it->log) ? TURN_MOST : 0, last = turn;
    do {
        if (try_turn(it, turn, settings, error))
            return -1;
        last = turn;
        if (distance(it->scavenges, it->log.scavenges) < least) {
            least = distance(it->scavenges, it->log.scavenges);
            best = turn;
        }
        turn /= 2;
    } while (turn >= TURN_LEAST && it->scavenges < it->log.scavenges);
    return best == last ? 0 : try_turn(it, best, settings, error);
}

int gclog_run_make(struct gclog_run *it, const char *command, const struct settings *settings)
{
    struct error error = {0};
    if (gclog_fit(&it->log, &it->model))
        error_memory(&error);
    if (error.kind != ERROR_NONE || choose_turn(it, settings, &error))
        return complain_error(command, it->name, &error);
    uint64_t majors = it->log.list.len - it->log.scavenges;
    complain("the log: %" PRIu64 " scavenges, %" PRIu64
             " full collection%s; this program, under the same flags: %" PRIu64 ", %" PRIu64,
             it->log.scavenges, majors, majors == 1 ? "" : "s", it->scavenges, it->majors);
    if (!it->died && distance(it->scavenges, it->log.scavenges) * 10 <= it->log.scavenges)
        return STATUS_OK;
    complain("warning: the program made from the log does not behave like it%s: do not trust what it says about other "
             "flags",
             it->died ? " (it ran out of memory)" : "");
    return STATUS_NO;
}

void gclog_run_close(struct gclog_run *it)
{
    bytes_close(&it->file);
    gclog_free(&it->log);
    gclog_model_free(&it->model);
    if (it->program != NULL)
        fclose(it->program);
}
