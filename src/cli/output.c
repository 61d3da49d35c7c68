/* output.c - handles signals and closed pipes, so that no temporary output file is left. */
#include "cli/output.h"

#include "base/signals.h"

#include <errno.h>
#include <string.h>

static void reader_gone(void);

static struct outputs all = {.reader_gone = reader_gone};
static bool sigpipe_was_ignored;
static bool standard_failure_told;

/* ---- signals ---- */

static void on_signal(int number)
{
    outputs_remove(&all);
    signal(number, SIG_DFL);
    raise(number);
}

/* Nobody reads standard output any more: the program ends here, by SIGPIPE. */
static void reader_gone(void)
{
    if (!sigpipe_was_ignored)
        on_signal(SIGPIPE);
}

void output_catch_signals(void)
{
    struct sigaction action = {.sa_handler = SIG_IGN}, old;
    sigaction(SIGXFSZ, &action, NULL); /* a file that gets too large is a failed write, as on a full disk */
    if (sigaction(SIGPIPE, &action, &old) == 0)
        sigpipe_was_ignored = old.sa_handler == SIG_IGN;
    action.sa_handler = on_signal;
    sigfillset(&action.sa_mask);
    /* What the caller ignores (nohup) stays ignored, and what a sanitizer catches is left to it. */
    for (int i = 1; i < SIGNAL_COUNT; i++)
        if (signal_ends(i) && sigaction(i, NULL, &old) == 0 && old.sa_handler == SIG_DFL)
            sigaction(i, &action, NULL);
}

/* ---- outputs ---- */

struct outputs *output_all(void)
{
    return &all;
}

int output_open(struct output *o, const char *path, struct error *error)
{
    if (output_start(o, &all, path, error) != 0)
        return -1;
    if (o->standard && output_flush_standard(error) != 0) {
        output_discard(o);
        return -1;
    }
    return 0;
}

int output_commit(struct output *o, struct error *error)
{
    if (output_finish(o, error) == 0)
        return 0;
    standard_failure_told = standard_failure_told || o->standard;
    return -1;
}

int output_flush_standard(struct error *error)
{
    errno = 0;
    if ((fflush(stdout) == 0 && !ferror(stdout)) || standard_failure_told)
        return 0;
    int code = errno;
    if (code == EPIPE)
        reader_gone();
    standard_failure_told = true;
    return error_set(error, ERROR_SYSTEM, 0, 0, "cannot write standard output: %s",
                     code == 0 ? "an earlier write failed" : strerror(code));
}
