/* run.c - "heapreel run": replays traces, and prints a summary or writes data. */
#include "base/writer.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/replay.h"
#include "report/report.h"
#include "report/v8log.h"

#include <inttypes.h>
#include <string.h>

/* X(member, option, argument, help) in the order of the help; outputs first. */
#define RUN_OPTIONS(X)                                                                                                 \
    X(JSON, "json", "FILE", "write the report as JSON")                                                                \
    X(EVENTS, "events", "FILE", "write all that happens, a JSON object a line")                                        \
    X(HEAP, "heap", "FILE", "write the heap as it stands then, an object a line")                                      \
    X(TRACE_GC, "trace-gc", NULL, "print V8's line for each collection")                                               \
    X(TRACE_GC_NVP, "trace-gc-nvp", NULL, "print its figures as NAME=VALUE instead")                                   \
    X(TRACE_GC_VERBOSE, "trace-gc-verbose", NULL, "print the spaces after it, too")                                    \
    X(UNTIL, "until", "N", "stop after event N")                                                                       \
    X(MAX_COLLECTIONS, "max-collections", "N", "list at most N collections (100000)")                                  \
    X(VERIFY, "verify", NULL, "check the heap's invariants after each collection")                                     \
    X(VERIFY_EVERY, "verify-every", "N", "check them after every Nth collection")                                      \
    X(HASH, "hash", NULL, "print the hash of the heap's state")                                                        \
    X(QUIET, "quiet", NULL, "print no summary")

enum run_option {
#define X(symbol, name, argument, help) RUN_##symbol,
    RUN_OPTIONS(X)
#undef X
        RUN_OPTION_COUNT
};
#define OUTPUTS 4 /* the first options: JSON, EVENTS, HEAP; and V8's log, whichever option asked for it */
#define RUN_LOG RUN_TRACE_GC

static const struct option_spec specs[RUN_OPTION_COUNT] = {
#define X(symbol, name, argument, help) [RUN_##symbol] = {name, argument, help},
    RUN_OPTIONS(X)
#undef X
};

struct run_command {
    struct run_options options;
    const char *paths[OUTPUTS]; /* or NULL */
    unsigned log_what;          /* V8_LOG_... */
    enum run_option log_option; /* the first option that asked for it */
    bool hash, quiet;
    int summaries; /* printed so far */
    struct output outputs[OUTPUTS];
    struct event_stream stream;
    struct v8_log log;
};

static const char *output_name(const struct run_command *c, int output)
{
    return specs[output == RUN_LOG ? (int)c->log_option : output].name;
}

/* V8's log goes to standard output, as in V8. */
static int take_log(struct run_command *c, enum run_option option, unsigned what)
{
    if (c->log_what == 0)
        c->log_option = option;
    c->log_what |= what;
    c->paths[RUN_LOG] = "-";
    return 0;
}

static int take(void *self, int index, const char *value, struct error *error)
{
    struct run_command *c = self;
    switch ((enum run_option)index) {
    case RUN_TRACE_GC: return take_log(c, RUN_TRACE_GC, V8_LOG_TRACE);
    case RUN_TRACE_GC_NVP: return take_log(c, RUN_TRACE_GC_NVP, V8_LOG_NVP);
    case RUN_TRACE_GC_VERBOSE: return take_log(c, RUN_TRACE_GC_VERBOSE, V8_LOG_VERBOSE);
    case RUN_UNTIL: return option_number("until", value, &c->options.until, error);
    case RUN_MAX_COLLECTIONS: return option_number("max-collections", value, &c->options.max_collections, error);
    case RUN_VERIFY: c->options.verify = true; return 0;
    case RUN_VERIFY_EVERY:
        c->options.verify = true;
        return option_number("verify-every", value, &c->options.verify_every, error);
    case RUN_HASH: c->hash = true; return 0;
    case RUN_QUIET: c->quiet = true; return 0;
    default: c->paths[index] = value; return 0;
    }
}

/* ---- outputs ---- */

static void discard_outputs(struct run_command *c)
{
    for (int i = 0; i < OUTPUTS; i++)
        output_discard(&c->outputs[i]);
}

static bool to_standard(const struct run_command *c)
{
    bool standard = false;
    for (int i = 0; i < OUTPUTS; i++)
        standard |= c->outputs[i].standard;
    return standard;
}

/* Refuses files that would replace each other, or the trace. Returns the exit status. */
static int check_outputs(const struct run_command *c, int count, char **traces)
{
    for (int i = 0; i < OUTPUTS; i++) {
        if (c->paths[i] == NULL)
            continue;
        for (int k = 0; k < i; k++) {
            if (c->paths[k] != NULL && output_same(c->paths[k], c->paths[i])) {
                return complain_usage("run", "--%s and --%s would write the same file, %s", output_name(c, k),
                                      output_name(c, i), c->paths[i]);
            }
        }
        for (int k = 0; k < count; k++)
            if (output_same(traces[k], c->paths[i]))
                return complain_usage("run", "--%s would replace the trace, %s", output_name(c, i), traces[k]);
    }
    return STATUS_OK;
}

/* Opens the output files. Returns the exit status. */
static int open_outputs(struct run_command *c)
{
    int standard = -1;
    for (int i = 0; i < OUTPUTS; i++) {
        struct error error = {0};
        if (c->paths[i] == NULL)
            continue;
        if (output_open(&c->outputs[i], c->paths[i], &error) != 0)
            return complain_error("run", NULL, &error);
        if (c->outputs[i].standard) {
            if (standard >= 0) {
                return complain_usage("run", "--%s and --%s cannot both go to standard output",
                                      output_name(c, standard), output_name(c, i));
            }
            standard = i;
        }
    }
    if (standard >= 0 && c->hash)
        return complain_usage("run", "--%s and --hash cannot both go to standard output", output_name(c, standard));
    return STATUS_OK;
}

/* Writes the report and the heap listing, and moves the files to their places. 0, or -1 after reporting. */
static int write_outputs(struct run_command *c, const struct run *run)
{
    FILE *json = c->outputs[RUN_JSON].file, *heap = c->outputs[RUN_HEAP].file, *log = c->outputs[RUN_LOG].file;
    bool failed = (json != NULL && report_write_json(run, json) != 0 && !ferror(json)) ||
                  (log != NULL && c->log.failed && !ferror(log)) ||
                  (heap != NULL && report_write_heaps(run, heap) != 0 && !ferror(heap));
    if (failed) {
        complain("out of memory"); /* commit reports what could not be written */
        return -1;
    }
    /*
     * First the files that are written during the run: if one failed, the run was cut short, and no other file must
     * look complete.
     */
    static const enum run_option order[OUTPUTS] = {RUN_EVENTS, RUN_LOG, RUN_JSON, RUN_HEAP};
    for (int i = 0; i < OUTPUTS; i++) {
        struct error error = {0};
        if (output_commit(&c->outputs[order[i]], &error) != 0) {
            complain_error("run", NULL, &error);
            return -1;
        }
    }
    return 0;
}

/* ---- a trace ---- */

/* One line for each heap, with its worker's name if the trace has workers. */
static void print_hash(const struct run *run, FILE *file)
{
    struct out out;
    out_to_file(&out, file);
    for (size_t i = 0; i < run_workers(run); i++) {
        const struct worker *it = run_worker(run, i);
        const char *name = worker_name(it);
        if (!it->ready)
            continue;
        out_format(&out, "%016" PRIx64, heap_hash(&it->heap));
        if (run_has_workers(run)) {
            out_words(&out, "  ");
            out_safe(&out, name, strlen(name), strlen(name));
        }
        out_char(&out, '\n');
    }
    out_spill(&out);
}

/* Prints the text for people; quiet: only the hash. 0, or -1 after reporting. */
static int print_summary(struct run_command *c, const struct run *run, bool quiet)
{
    struct output out;
    struct error error = {0};
    if (output_open(&out, "-", &error) != 0) {
        complain_error("run", NULL, &error);
        return -1;
    }
    if (!quiet && c->summaries++ > 0)
        fputc('\n', out.file);
    if (!quiet && report_write_summary(run, out.file) != 0 && !ferror(out.file)) {
        complain("out of memory");
        output_discard(&out);
        return -1;
    }
    if (c->hash)
        print_hash(run, out.file);
    if (output_commit(&out, &error) != 0) {
        complain_error("run", NULL, &error);
        return -1;
    }
    return 0;
}

static int run_trace(struct run_command *c, const char *argument)
{
    struct replay replay;
    bool quiet = c->quiet || to_standard(c);
    int status = STATUS_ERROR;
    if (replay_open(&replay, "run", argument, &c->options) == 0) {
        if (c->outputs[RUN_EVENTS].file != NULL) {
            replay.watch = c->outputs[RUN_EVENTS].file;
            event_stream_init(&c->stream, replay.watch);
            run_listen(&replay.run, &c->stream.listener);
        }
        if (c->outputs[RUN_LOG].file != NULL) {
            replay.watch = replay.watch == NULL ? c->outputs[RUN_LOG].file : replay.watch;
            v8_log_init(&c->log, c->outputs[RUN_LOG].file, c->log_what);
            run_listen(&replay.run, &c->log.listener);
        }
        status = replay_finish(&replay);
    }
    if (status != STATUS_ERROR && (write_outputs(c, &replay.run) != 0 || print_summary(c, &replay.run, quiet) != 0))
        status = STATUS_ERROR;
    v8_log_free(&c->log);
    replay_close(&replay);
    return status;
}

/* Returns the worst status of all traces. */
static int run_traces(struct run_command *c, int count, char **arguments)
{
    int status = STATUS_OK;
    for (int i = 0; i < count; i++) {
        int one = run_trace(c, arguments[i]);
        status = one > status ? one : status;
    }
    return status;
}

int command_run(int argc, char **argv)
{
    struct run_command c = {0};
    struct usage usage = {
        .command = COMMAND_run,
        .text = "TRACE is a file, - for standard input, or lesson:NAME. FILE may be - for\n"
                "standard output, which then carries no summary. Status 0: all well; 1: an\n"
                "expectation failed or the heap ran out of memory; 2: the trace is wrong, or\n"
                "something cannot be read or written.",
        .specs = specs,
        .count = RUN_OPTION_COUNT,
        .take = take,
        .self = &c,
        .settings = &c.options.settings,
    };
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    if (parsed != OPTIONS_GO)
        return parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    if (argc == 0)
        return complain_usage("run", "no trace given");
    for (int i = 0; i < OUTPUTS; i++)
        if (argc > 1 && c.paths[i] != NULL)
            return complain_usage("run", "--%s takes one trace, not %d", output_name(&c, i), argc);
    int status = check_outputs(&c, argc, argv);
    if (status == STATUS_OK)
        status = open_outputs(&c);
    if (status == STATUS_OK)
        status = run_traces(&c, argc, argv);
    discard_outputs(&c);
    return status;
}
