/* graph.c - "heapreel graph": the objects of a heap and their references, for paper. */
#include "base/tempfile.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/replay.h"
#include "heap/figures.h"
#include "report/heap_dot.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEPS 2 /* references either way from the object in the middle */

static const struct option_spec specs[] = {
    {"output", "FILE", "write it there: FILE.dot, or FILE.svg by graphviz"},
    {"until", "N", "look at the heap after event N"},
    {"around", "ID", "draw the neighbourhood of an object"},
};
enum { GRAPH_OUTPUT, GRAPH_UNTIL, GRAPH_AROUND, GRAPH_OPTION_COUNT };

struct graph_command {
    struct run_options options;
    const char *path, *around;
};

static int take(void *self, int index, const char *value, struct error *error)
{
    struct graph_command *c = self;
    switch (index) {
    case GRAPH_UNTIL: return option_number("until", value, &c->options.until, error);
    case GRAPH_AROUND: c->around = value; return 0;
    default: c->path = value; return 0;
    }
}

static bool ends_in(const char *text, const char *end)
{
    size_t len = strlen(text), n = strlen(end);
    return len >= n && strcmp(text + len - n, end) == 0;
}

extern char **environ;

/* Copies what can be read from a descriptor to a file. 0, or -1. */
static int copy(int from, FILE *to)
{
    char buffer[65536];
    ssize_t n;
    while ((n = read(from, buffer, sizeof buffer)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || fwrite(buffer, 1, (size_t)n, to) != (size_t)n)
            return -1;
    }
    return 0;
}

/* Starts graphviz's dot on a file, writing to a pipe. 0, or an error code. */
static int start_dot(int from, const int to[2], pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    char *argv[] = {"dot", "-Tsvg", NULL};
    int code = posix_spawn_file_actions_init(&actions);
    if (code != 0)
        return code;
    posix_spawn_file_actions_adddup2(&actions, from, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, to[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, to[0]);
    code = posix_spawnp(pid, "dot", &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

/* Draws the DOT in a file. 0, or -1 after filling error. */
static int run_dot(int from, FILE *out, struct error *error)
{
    int to[2], status = 0;
    pid_t pid;
    if (pipe(to) != 0)
        return error_set(error, ERROR_SYSTEM, 0, 0, "cannot make a pipe: %s", strerror(errno));
    int code = start_dot(from, to, &pid);
    close(to[1]);
    int failed = code == 0 ? copy(to[0], out) : -1;
    close(to[0]);
    if (code != 0)
        return error_set(
            error, ERROR_SYSTEM, 0, 0,
            "SVG is drawn by graphviz's \"dot\", which cannot be started (%s): install graphviz, or write a "
            "file that ends in .dot",
            strerror(code));
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (!failed && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    return error_set(error, ERROR_SYSTEM, 0, 0, "graphviz's \"dot\" failed");
}

/* The graph as SVG: DOT in a file without a name, through dot. 0, or -1 after filling error. */
static int write_svg(const struct heap *heap, uint32_t around, FILE *out, struct error *error)
{
    int fd = tempfile_open(getenv("TMPDIR"), error);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w+");
    if (fd >= 0 && file == NULL) {
        close(fd);
        return error_memory(error);
    }
    if (file == NULL)
        return -1;
    int failed = heap_dot_write(heap, around, STEPS, file) ? error_memory(error) : 0;
    if (!failed && (fflush(file) != 0 || lseek(fd, 0, SEEK_SET) != 0))
        failed = error_set(error, ERROR_SYSTEM, 0, 0, "cannot write: %s", strerror(errno));
    failed = failed ? failed : run_dot(fd, out, error);
    fclose(file);
    return failed;
}

/* Writes the graph. Returns the exit status. */
static int write_graph(const struct graph_command *c, const struct heap *heap, uint32_t around)
{
    struct output out;
    struct error error = {0};
    const char *path = c->path == NULL ? "-" : c->path;
    if (output_open(&out, path, &error) != 0)
        return complain_error("graph", NULL, &error);
    int failed = ends_in(path, ".svg") ? write_svg(heap, around, out.file, &error)
                                       : heap_dot_write(heap, around, STEPS, out.file);
    if (failed && !ferror(out.file)) {
        output_discard(&out);
        if (error.kind == ERROR_NONE)
            error_memory(&error);
        return complain_error("graph", NULL, &error);
    }
    error_clear(&error);
    return output_commit(&out, &error) != 0 ? complain_error("graph", NULL, &error) : STATUS_OK;
}

static int graph_trace(struct graph_command *c, const char *argument)
{
    struct replay replay;
    int status = STATUS_ERROR, written = STATUS_OK;
    uint32_t around = NONE;
    if (replay_open(&replay, "graph", argument, &c->options) == 0)
        status = replay_finish(&replay);
    if (status != STATUS_ERROR) {
        const struct run *run = &replay.run;
        const struct heap *heap = &run->current->heap;
        if (c->around != NULL) {
            uint32_t name = names_find(&run->names, c->around, strlen(c->around));
            around = name == NAME_NONE ? NONE : heap_find(heap, name);
        }
        if (c->around != NULL && around == NONE) {
            complain("%s: no object \"%s\" is there after event %llu", run->path, c->around,
                     (unsigned long long)heap->event);
            written = STATUS_NO;
        } else {
            written = write_graph(c, heap, around);
        }
    }
    replay_close(&replay);
    return written > status ? written : status;
}

int command_graph(int argc, char **argv)
{
    struct graph_command c = {.path = NULL};
    struct usage usage = {
        .command = COMMAND_graph,
        .text = "TRACE is a file, - for standard input, or lesson:NAME. Without --around, up to\n"
                "40 objects are drawn, the nearest to the roots. Status as for run; 1 also if\n"
                "the object is not there.",
        .specs = specs,
        .count = GRAPH_OPTION_COUNT,
        .letters = "o  ",
        .take = take,
        .self = &c,
        .settings = &c.options.settings,
    };
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    if (parsed != OPTIONS_GO)
        return parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    if (argc != 1)
        return complain_usage("graph", argc == 0 ? "no trace given" : "one trace at a time");
    if (c.path != NULL && strcmp(c.path, "-") != 0 && !ends_in(c.path, ".dot") && !ends_in(c.path, ".svg"))
        return complain_usage("graph", "--output must end in .dot or .svg, or be -");
    if (c.path != NULL && output_same(argv[0], c.path))
        return complain_usage("graph", "--output would replace the trace, %s", argv[0]);
    return graph_trace(&c, argv[0]);
}
