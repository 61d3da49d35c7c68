/* import.c - "heapreel import": a trace made of what other tools write. */
#include "cli/commands.h"
#include "cli/gclog_run.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/snapshot_trace.h"
#include "formats/rep.h"

#include <stdlib.h>
#include <string.h>

static const struct option_spec specs[] = {
    {"output", "FILE", "write it there, not to standard output"},
    {"strict", NULL, "gclog: status 1 if the result is not to be trusted"},
    {"slots", "WHAT", "heapsnapshot: names (default) or none"},
};
enum { IMPORT_OUTPUT, IMPORT_STRICT, IMPORT_SLOTS, IMPORT_OPTION_COUNT };

struct import_command {
    struct settings settings;
    const char *path;
    bool strict, nameless;
};

static int take(void *self, int index, const char *value, struct error *error)
{
    struct import_command *c = self;
    switch (index) {
    case IMPORT_OUTPUT: c->path = value; return 0;
    case IMPORT_STRICT: c->strict = true; return 0;
    default:
        c->nameless = strcmp(value, "none") == 0;
        if (c->nameless || strcmp(value, "names") == 0)
            return 0;
        return error_set(error, ERROR_USAGE, 0, 0, "--slots %s: expected names or none", value);
    }
}

/* Copies the program to the output. Returns the exit status. */
static int write_program(const struct import_command *c, FILE *program)
{
    static char buffer[65536];
    struct output out;
    struct error error = {0};
    if (output_open(&out, c->path == NULL ? "-" : c->path, &error) != 0)
        return complain_error("import", NULL, &error);
    rewind(program);
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, program)) > 0;)
        fwrite(buffer, 1, n, out.file);
    return output_commit(&out, &error) != 0 ? complain_error("import", NULL, &error) : STATUS_OK;
}

static int import_gclog(const struct import_command *c, const char *path)
{
    struct gclog_run it;
    int status = gclog_run_open(&it, "import", path, path), trusted = STATUS_OK;
    if (status == STATUS_OK)
        trusted = gclog_run_make(&it, "import", &c->settings);
    if (trusted == STATUS_ERROR)
        status = STATUS_ERROR;
    if (status == STATUS_OK)
        status = write_program(c, it.program);
    gclog_run_close(&it);
    return status == STATUS_OK && c->strict ? trusted : status;
}

static int import_snapshot(const struct import_command *c, const char *path)
{
    struct output out;
    struct error error = {0};
    if (output_open(&out, c->path == NULL ? "-" : c->path, &error) != 0)
        return complain_error("import", NULL, &error);
    if (snapshot_write_trace(path, !c->nameless, out.file, &error) != 0 && error.kind != ERROR_NONE) {
        output_discard(&out);
        return complain_error("import", path, &error);
    }
    return output_commit(&out, &error) != 0 ? complain_error("import", NULL, &error) : STATUS_OK;
}

static int import_rep(const struct import_command *c, const char *path)
{
    struct bytes file;
    struct output out;
    struct error error = {0};
    int status = STATUS_OK;
    if (output_open(&out, c->path == NULL ? "-" : c->path, &error) != 0)
        return complain_error("import", NULL, &error);
    if (bytes_open(&file, path, getenv("TMPDIR"), &error) != 0 ||
        (rep_import(file.data, file.len, path, out.file, &error) != 0 && error.kind != ERROR_NONE))
        status = complain_error("import", path, &error);
    else if (output_commit(&out, &error) != 0)
        status = complain_error("import", NULL, &error);
    output_discard(&out);
    bytes_close(&file);
    return status;
}

int command_import(int argc, char **argv)
{
    struct import_command c = {.path = NULL};
    struct usage usage = {
        .command = COMMAND_import,
        .text = "FORMAT is\n"
                "  heapsnapshot  a heap snapshot: the same objects and references\n"
                "  gclog         a log of node --trace-gc-nvp, or the JSON of v8.GCProfiler: a\n"
                "                program with the same collections; how near it comes is said\n"
                "  rep           a trace of the malloc lab: what would a collector do?\n"
                "FILE may be - for standard input. Status 2: it cannot be read, or says too\n"
                "little.",
        .specs = specs,
        .count = IMPORT_OPTION_COUNT,
        .letters = "o  ",
        .take = take,
        .self = &c,
        .settings = &c.settings,
    };
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    if (parsed != OPTIONS_GO)
        return parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    if (argc != 2)
        return complain_usage("import", argc == 0   ? "no format given"
                                        : argc == 1 ? "no file given"
                                                    : "one file at a time");
    bool snapshot = strcmp(argv[0], "heapsnapshot") == 0, rep = strcmp(argv[0], "rep") == 0;
    if (!snapshot && !rep && strcmp(argv[0], "gclog") != 0)
        return complain_usage("import", "unknown format \"%s\"", argv[0]);
    if (c.path != NULL && output_same(argv[1], c.path))
        return complain_usage("import", "--output would replace the %s, %s", snapshot ? "snapshot" : "log", argv[1]);
    return snapshot ? import_snapshot(&c, argv[1]) : rep ? import_rep(&c, argv[1]) : import_gclog(&c, argv[1]);
}
