/*
 * record.c - "heapreel record": runs a Node program, notes what its collector does, and makes a trace of it.
 *
 * The program keeps its streams, signals and exit status; a preload (preload.c) writes to a private folder.
 */
#include "cli/commands.h"
#include "cli/gclog_run.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/preload.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_DEFAULT "recorded.trace"

static const struct option_spec specs[] = {
    {"output", "FILE", "write the trace there (" OUTPUT_DEFAULT ")"},
    {"snapshot", "WHEN", "end: also write FILE.heapsnapshot, the heap then"},
};
enum { RECORD_OUTPUT, RECORD_SNAPSHOT, RECORD_OPTION_COUNT };

struct record_command {
    struct settings settings;
    const char *path;
    bool snapshot;
    char *folder; /* owned: private, temporary */
};

static int take(void *self, int index, const char *value, struct error *error)
{
    struct record_command *c = self;
    if (index == RECORD_OUTPUT) {
        c->path = value;
        return 0;
    }
    c->snapshot = strcmp(value, "end") == 0;
    return c->snapshot || strcmp(value, "none") == 0
               ? 0
               : error_set(error, ERROR_USAGE, 0, 0, "--snapshot %s: expected end or none", value);
}

/* a/b, or a/b/c: new, or NULL without memory. */
static char *path_of(const char *a, const char *b, const char *c)
{
    size_t room = strlen(a) + strlen(b) + strlen(c) + 3;
    char *path = malloc(room);
    if (path != NULL)
        snprintf(path, room, *c != '\0' ? "%s/%s/%s" : "%s/%s", a, b, c);
    return path;
}

/* ---- the folder ---- */

static int make_folder(struct record_command *c, struct error *error)
{
    const char *base = getenv("TMPDIR");
    c->folder = path_of(base != NULL && *base != '\0' ? base : "/tmp", "heapreel-record.XXXXXX", "");
    char *preload = NULL;
    if (c->folder == NULL)
        return error_memory(error);
    if (mkdtemp(c->folder) == NULL) {
        error_set(error, ERROR_SYSTEM, 0, 0, "cannot make a folder, %s: %s", c->folder, strerror(errno));
        free(c->folder);
        c->folder = NULL;
        return -1;
    }
    preload = path_of(c->folder, "preload.cjs", "");
    FILE *out = preload == NULL ? NULL : fopen(preload, "w");
    int failed = out == NULL || fputs(preload_text, out) == EOF;
    failed |= out != NULL && fclose(out) != 0;
    free(preload);
    return failed ? error_set(error, ERROR_SYSTEM, 0, 0, "cannot write to %s: %s", c->folder, strerror(errno)) : 0;
}

/* Removes what is in a folder, and the folder: it holds files, and folders of files. */
static void remove_folder(const char *folder, int depth)
{
    DIR *directory = opendir(folder);
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *path = path_of(folder, entry->d_name, "");
        if (path != NULL && unlink(path) != 0 && depth > 0)
            remove_folder(path, depth - 1);
        free(path);
    }
    if (directory != NULL)
        closedir(directory);
    rmdir(folder);
}

/* ---- the program ---- */

static volatile sig_atomic_t child;

static void pass_on(int signal_number)
{
    if (child > 0)
        kill((pid_t)child, signal_number);
}

/* The environment tells Node to load the preload first, and before what the user has it load. */
static int set_environment(const struct record_command *c)
{
    const char *before = getenv("NODE_OPTIONS");
    size_t room = strlen(c->folder) + (before == NULL ? 0 : strlen(before)) + 64;
    char *options = malloc(room);
    if (options == NULL)
        return -1;
    snprintf(options, room, "--require=\"%s/preload.cjs\"%s%s", c->folder, before == NULL ? "" : " ",
             before == NULL ? "" : before);
    int failed = setenv("NODE_OPTIONS", options, 1) || setenv("HEAPREEL_RECORD", c->folder, 1) ||
                 (c->snapshot ? setenv("HEAPREEL_RECORD_SNAPSHOT", "1", 1) : unsetenv("HEAPREEL_RECORD_SNAPSHOT"));
    free(options);
    return failed;
}

extern char **environ;

/*
 * Runs the program to its end. Signals that a terminal sends go to both: heapreel waits for the program. Others are
 * passed on. Returns the program's wait status, or -1 after filling error.
 */
static int run_program(char **argv, struct error *error)
{
    static const int waited[] = {SIGINT, SIGQUIT}, passed[] = {SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};
    struct sigaction before[6];
    posix_spawnattr_t attributes;
    sigset_t defaults;
    pid_t pid;
    int status = -1;
    sigemptyset(&defaults);
    for (int i = 0; i < 6; i++) {
        struct sigaction action = {.sa_handler = i < 2 ? SIG_IGN : pass_on, .sa_flags = SA_RESTART};
        int number = i < 2 ? waited[i] : passed[i - 2];
        sigaction(number, &action, &before[i]);
        if (before[i].sa_handler != SIG_IGN)
            sigaddset(&defaults, number);
    }
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    int code = posix_spawnp(&pid, argv[0], NULL, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    if (code != 0) {
        error_set(error, ERROR_SYSTEM, 0, 0, "%s: cannot be started: %s", argv[0], strerror(code));
    } else {
        child = (sig_atomic_t)pid;
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
        child = 0;
    }
    for (int i = 0; i < 6; i++)
        sigaction(i < 2 ? waited[i] : passed[i - 2], &before[i], NULL);
    return status;
}

/* ---- what was recorded ---- */

struct found {
    char *pid; /* owned: the process with most, or NULL */
    off_t bytes;
    unsigned processes;
    bool old; /* a Node without what is needed */
};

static void look_at(const struct record_command *c, const char *pid, struct found *found)
{
    struct stat status;
    char *log = path_of(c->folder, pid, "gc.json"), *old = path_of(c->folder, pid, "old");
    found->old |= old != NULL && stat(old, &status) == 0;
    if (log != NULL && stat(log, &status) == 0) {
        found->processes++;
        if (found->pid == NULL || status.st_size > found->bytes) {
            free(found->pid);
            found->pid = strdup(pid);
            found->bytes = status.st_size;
        }
    }
    free(log);
    free(old);
}

static struct found find_process(const struct record_command *c)
{
    struct found found = {.pid = NULL};
    DIR *directory = opendir(c->folder);
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
            look_at(c, entry->d_name, &found);
    if (directory != NULL)
        closedir(directory);
    return found;
}

static int copy_file(FILE *in, const char *path)
{
    static char buffer[65536];
    struct output out;
    struct error error = {0};
    if (output_open(&out, path, &error) != 0)
        return complain_error("record", NULL, &error);
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, in)) > 0;)
        fwrite(buffer, 1, n, out.file);
    return output_commit(&out, &error) != 0 ? complain_error("record", NULL, &error) : STATUS_OK;
}

/* FILE.trace becomes FILE.heapsnapshot: new; NULL without memory. */
static char *snapshot_path(const char *path)
{
    size_t len = strlen(path), end = strlen(".trace"), room = len + 16;
    char *made = malloc(room);
    if (len > end && strcmp(path + len - end, ".trace") == 0)
        len -= end;
    if (made != NULL)
        snprintf(made, room, "%.*s.heapsnapshot", (int)len, path);
    return made;
}

static int keep_snapshot(const struct record_command *c, const char *pid)
{
    char *from = path_of(c->folder, pid, "end.heapsnapshot"), *to = snapshot_path(c->path);
    FILE *in = from == NULL || to == NULL ? NULL : fopen(from, "rb");
    int status = STATUS_OK;
    if (in == NULL) {
        complain("no snapshot: the program did not come to its end by itself");
    } else {
        status = copy_file(in, to);
        fclose(in);
        if (status == STATUS_OK)
            complain("the heap at the end: heapreel heap %s", to);
    }
    free(from);
    free(to);
    return status;
}

static int make_trace(const struct record_command *c, const char *pid)
{
    struct gclog_run it;
    char *log = path_of(c->folder, pid, "gc.json");
    if (log == NULL) {
        complain("out of memory");
        return STATUS_ERROR;
    }
    int status = gclog_run_open(&it, "record", log, "the recording");
    if (status == STATUS_OK)
        status = gclog_run_make(&it, "record", &c->settings) == STATUS_ERROR ? STATUS_ERROR : STATUS_OK;
    if (status == STATUS_OK) {
        rewind(it.program);
        status = copy_file(it.program, c->path);
    }
    if (status == STATUS_OK)
        complain("recorded: heapreel play %s", c->path);
    gclog_run_close(&it);
    free(log);
    return status;
}

/* Makes the trace, and keeps the snapshot. Returns the exit status. */
static int keep(const struct record_command *c)
{
    struct found found = find_process(c);
    int status = STATUS_ERROR;
    if (found.pid == NULL) {
        complain(found.old
                     ? "this Node has no v8.GCProfiler: Node 20 or later is needed"
                     : "no Node process was seen that came to its end, or ran for two seconds (Node 20 or later is "
                       "needed; Deno and Bun do not take part)");
    } else {
        if (found.processes > 1)
            complain("%u Node processes: that with most collections is taken, process %s", found.processes, found.pid);
        status = make_trace(c, found.pid);
        if (c->snapshot && keep_snapshot(c, found.pid) != STATUS_OK)
            status = STATUS_ERROR;
    }
    free(found.pid);
    return status;
}

static int record(struct record_command *c, char **argv)
{
    struct error error = {0};
    int ended = -1, status = STATUS_ERROR;
    if (make_folder(c, &error) == 0 && set_environment(c) == 0)
        ended = run_program(argv, &error);
    if (ended != -1)
        status = keep(c);
    else
        complain_error("record", NULL, &error);
    if (c->folder != NULL)
        remove_folder(c->folder, 1);
    free(c->folder);
    if (ended == -1)
        return STATUS_ERROR;
    int own = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
    return own != 0 ? own : status;
}

int command_record(int argc, char **argv)
{
    struct record_command c = {.path = OUTPUT_DEFAULT};
    struct usage usage = {
        .command = COMMAND_record,
        .text = "Runs COMMAND with its own streams and signals, and answers with its exit status\n"
                "(128 and the signal's number, if one ended it). It must run Node 20 or later.\n"
                "Status 2, if it succeeded: nothing was recorded.",
        .specs = specs,
        .count = RECORD_OPTION_COUNT,
        .letters = "o ",
        .take = take,
        .self = &c,
        .settings = &c.settings,
    };
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    if (parsed != OPTIONS_GO)
        return parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    if (argc == 0)
        return complain_usage("record", "no command given: heapreel record -- node app.js");
    return record(&c, argv);
}
