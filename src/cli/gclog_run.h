/* gclog_run.h - a collector's log as a program in a temporary file, tried under the log's own flags. */
#ifndef HEAPREEL_CLI_GCLOG_RUN_H
#define HEAPREEL_CLI_GCLOG_RUN_H

#include "formats/gclog.h"
#include "heap/config.h"
#include "snapshot/bytes.h"

struct gclog_run {
    struct bytes file;
    struct gclog log;
    struct gclog_model model;
    const char *name;           /* of the log: borrowed */
    FILE *program;              /* the trace, in a file without a name */
    char path[32];              /* by which it can be opened */
    uint64_t scavenges, majors; /* of the program, under settings */
    bool died;                  /* it ran out of memory */
};

/* Reads the log at path. Returns the exit status, after reporting what is wrong; gclog_run_close is needed in any case.
 */
int gclog_run_open(struct gclog_run *it, const char *command, const char *path, const char *name);
/*
 * Makes the program, which is run with settings, those of the log; if it has turns, their length is chosen so that it
 * scavenges as often as the log. Says on standard error how near its collections are to the log's. Returns STATUS_OK,
 * STATUS_NO if it is not to be trusted, or STATUS_ERROR.
 */
int gclog_run_make(struct gclog_run *it, const char *command, const struct settings *settings);
void gclog_run_close(struct gclog_run *it);

#endif
