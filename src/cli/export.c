/* export.c - "heapreel export": a trace's heap or collections in the formats of other tools. */
#include "formats/format.h"
#include "formats/snapshot_export.h"
#include "formats/trace_events.h"

#include "cli/commands.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_spec specs[] = {
    {"output", "FILE", "write it there, not to standard output"},
    {"until", "N", "stop after event N"},
};
enum { EXPORT_OUTPUT, EXPORT_UNTIL, EXPORT_OPTION_COUNT };

struct export_command {
    struct run_options options;
    const char *path;
    enum export_format format;
};

static int take(void *self, int index, const char *value, struct error *error)
{
    struct export_command *c = self;
    if (index == EXPORT_UNTIL)
        return option_number("until", value, &c->options.until, error);
    c->path = value;
    return 0;
}

/* The format of that word, or EXPORT_FORMAT_COUNT. */
static enum export_format find_format(const char *word)
{
    unsigned format = 0;
    while (format < EXPORT_FORMAT_COUNT && strcmp(export_format_word((enum export_format)format), word) != 0)
        format++;
    return (enum export_format)format;
}

/* Writes one file: of a heap, or with NULL of the run. Returns the exit status. */
static int write_file(const char *path, const struct run *run, const struct heap *heap)
{
    struct output out;
    struct error error = {0};
    if (output_open(&out, path, &error) != 0)
        return complain_error("export", NULL, &error);
    int failed = heap != NULL ? snapshot_export(heap, out.file) : trace_events_write(run, out.file);
    if (failed && !ferror(out.file)) {
        output_discard(&out);
        complain("out of memory");
        return STATUS_ERROR;
    }
    return output_commit(&out, &error) != 0 ? complain_error("export", NULL, &error) : STATUS_OK;
}

/* FILE.heapsnapshot becomes FILE.NAME.heapsnapshot for a worker: new; NULL without memory. */
static char *path_for(const char *path, const char *worker)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    size_t stem = dot != NULL && (slash == NULL || dot > slash + 1) ? (size_t)(dot - path) : strlen(path);
    size_t room = strlen(path) + strlen(worker) + 2;
    char *made = malloc(room);
    if (made != NULL)
        snprintf(made, room, "%.*s.%s%s", (int)stem, path, worker, path + stem);
    return made;
}

/* One snapshot holds one heap: with workers, each has a file of its own. Returns the exit status. */
static int write_heaps(const struct export_command *c, const struct run *run)
{
    const char *path = c->path == NULL ? "-" : c->path;
    if (!run_has_workers(run))
        return write_file(path, run, &run->current->heap);
    if (strcmp(path, "-") == 0)
        return complain_usage("export",
                              "the trace has workers, each with a heap of its own: --output FILE names files");
    int status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < run_workers(run); i++) {
        const struct worker *it = run_worker(run, i);
        char *own = path_for(path, worker_name(it));
        if (own == NULL) {
            complain("out of memory");
            return STATUS_ERROR;
        }
        if (it->ready)
            status = write_file(own, run, &it->heap);
        free(own);
    }
    return status;
}

static int export_trace(struct export_command *c, const char *argument)
{
    struct replay replay;
    int status = STATUS_ERROR, written = STATUS_OK;
    c->options.max_collections = UINT32_MAX;
    if (replay_open(&replay, "export", argument, &c->options) == 0)
        status = replay_finish(&replay);
    if (status != STATUS_ERROR)
        written = c->format == EXPORT_HEAPSNAPSHOT ? write_heaps(c, &replay.run)
                                                   : write_file(c->path == NULL ? "-" : c->path, &replay.run, NULL);
    replay_close(&replay);
    return written != STATUS_OK ? written : status;
}

/* The formats, for the help: in text, which is large enough. */
static void list_formats(char *text, size_t room)
{
    size_t len = (size_t)snprintf(text, room, "FORMAT is one of\n");
    for (unsigned i = 0; i < EXPORT_FORMAT_COUNT && len < room; i++)
        len += (size_t)snprintf(text + len, room - len, "  %-14s%s\n", export_format_word((enum export_format)i),
                                export_format_help((enum export_format)i));
    if (len < room)
        snprintf(text + len, room - len, "TRACE is a file, - for standard input, or lesson:NAME. Status as for run.");
}

int command_export(int argc, char **argv)
{
    struct export_command c = {.path = NULL};
    char text[1024];
    list_formats(text, sizeof text);
    struct usage usage = {
        .command = COMMAND_export,
        .text = text,
        .specs = specs,
        .count = EXPORT_OPTION_COUNT,
        .letters = "o ",
        .take = take,
        .self = &c,
        .settings = &c.options.settings,
    };
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    if (parsed != OPTIONS_GO)
        return parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    if (argc != 2)
        return complain_usage("export", argc == 0   ? "no format given"
                                        : argc == 1 ? "no trace given"
                                                    : "one trace at a time");
    c.format = find_format(argv[0]);
    if (c.format == EXPORT_FORMAT_COUNT)
        return complain_usage("export", "unknown format \"%s\"", argv[0]);
    if (c.path != NULL && output_same(argv[1], c.path))
        return complain_usage("export", "--output would replace the trace, %s", argv[1]);
    return export_trace(&c, argv[1]);
}
