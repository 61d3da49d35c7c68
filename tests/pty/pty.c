/*
 * pty.c - the program on a terminal: pty PROGRAM [TEST...]
 *
 * Colors, resizing, the mouse, suspending, every signal that ends a program, what is written where nothing changes, a
 * slow line, a trace through standard input. Ends with "N passed, N failed".
 */
#include "term.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *program;
static const char *trace;  /* a short lesson */
static const char *stream; /* half a million events */
static const char *test;   /* the one that runs */
static unsigned passed, failed;

static const char lesson[] = "title A lesson\n"
                             "note 漢字 end of the note \x1B[31mred\x07\n"
                             "alloc list 64 array\n"
                             "repeat 60 as i\n"
                             "alloc t$i 96 string\n"
                             "alloc n$i 48 in list.$i\n"
                             "release t$i\n"
                             "end\n"
                             "chapter The end\n"
                             "gc\n";

/* ---- checking ---- */

#define CHECK(t, condition) check((t), (condition), #condition, __LINE__)

static bool check(const struct term *t, bool holds, const char *condition, int line)
{
    if (holds) {
        passed++;
        return true;
    }
    failed++;
    printf("FAIL pty %s: line %d: %s\n", test, line, condition);
    if (t)
        printf("%s", term_text(t));
    return false;
}

static void start_with(struct term *t, const char *const *args, const char *const *env, int rows, int cols)
{
    term_start(t, &(struct term_options){.args = args, .env = env, .rows = rows, .cols = cols});
}

/* On the lesson, with the screen shown. */
static void start(struct term *t)
{
    const char *args[] = {program, "play", trace, NULL};
    start_with(t, args, NULL, 24, 80);
    CHECK(t, term_shows(t, "A lesson"));
    term_settle(t, 50);
}

static bool asan(void)
{
#if defined(__SANITIZE_ADDRESS__)
    return true;
#else
    return false;
#endif
}

/* ---- tests ---- */

static void quits(void)
{
    struct term t;
    start(&t);
    CHECK(&t, t.alternate && !t.cursor && t.mouse == VTERM_PROP_MOUSE_DRAG);
    term_type(&t, "ll");
    CHECK(&t, term_shows(&t, "event 1 of"));
    term_type(&t, "hh");
    CHECK(&t, term_shows(&t, "event 0 of"));
    term_type(&t, "q");
    CHECK(&t, term_ends(&t) && WIFEXITED(t.status) && WEXITSTATUS(t.status) == 0);
    CHECK(&t, term_restored(&t));
    term_end(&t);
}

/* The text of a trace: wide characters take two cells, controls do nothing. */
static void text(void)
{
    struct term t;
    int row, col;
    start(&t);
    term_type(&t, "ll");
    if (CHECK(&t, term_shows(&t, "end of the note")) && CHECK(&t, term_find(&t, "漢字 end of the note", &row, &col))) {
        CHECK(&t, term_cell(&t, row, col).width == 2);
        CHECK(&t, term_cell(&t, row, col + 2).chars[0] == 0x5B57);
        CHECK(&t, term_cell(&t, row, col + 5).chars[0] == 'e');
    }
    CHECK(&t, term_shows(&t, "[31mred")); /* shown, not obeyed */
    term_end(&t);
}

/* What colors the cells of a screen have: bits 1 none, 2 the eight, 4 of the 256. */
static unsigned colors_seen(const struct term *t)
{
    unsigned seen = 0;
    for (int row = 0; row < t->rows; row++) {
        for (int col = 0; col < t->cols; col++) {
            VTermScreenCell cell = term_cell(t, row, col);
            VTermColor both[2] = {cell.fg, cell.bg};
            bool is_default[2] = {VTERM_COLOR_IS_DEFAULT_FG(&cell.fg), VTERM_COLOR_IS_DEFAULT_BG(&cell.bg)};
            for (int i = 0; i < 2; i++)
                seen |= is_default[i] ? 1 : !VTERM_COLOR_IS_INDEXED(&both[i]) ? 8 : both[i].indexed.idx < 8 ? 2 : 4;
        }
    }
    return seen;
}

static void colors(void)
{
    static const struct {
        const char *env[3], *option;
        unsigned least, most;
    } cases[] = {{{"TERM=xterm-256color", NULL}, "--color=auto", 4, 7},
                 {{"TERM=xterm", NULL}, "--color=auto", 2, 3},
                 {{"TERM=vt100", NULL}, "--color=auto", 1, 1},
                 {{"TERM=xterm-256color", "NO_COLOR=1", NULL}, "--color=auto", 1, 1},
                 {{"TERM=xterm-256color", "NO_COLOR=1", NULL}, "--color=always", 4, 7},
                 {{"TERM=xterm-256color", NULL}, "--color=never", 1, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct term t;
        const char *args[] = {program, "play", cases[i].option, trace, NULL};
        start_with(&t, args, cases[i].env, 24, 80);
        CHECK(&t, term_shows(&t, "A lesson"));
        term_type(&t, "nn");
        CHECK(&t, term_shows(&t, "SCAVENGE"));
        unsigned seen = colors_seen(&t);
        CHECK(&t, (seen & cases[i].least) != 0 && (seen & ~cases[i].most) == 0);
        term_end(&t);
    }
}

/* Only ASCII where the locale, or an option, asks for it. */
static void ascii(void)
{
    static const char *const posix[] = {"LC_ALL=C", NULL};
    for (int i = 0; i < 2; i++) {
        struct term t;
        const char *args[] = {program, "play", i == 0 ? "--color=auto" : "--ascii", trace, NULL};
        start_with(&t, args, i == 0 ? posix : NULL, 24, 80);
        CHECK(&t, term_shows(&t, "A lesson"));
        term_type(&t, "nn");
        CHECK(&t, term_shows(&t, "SCAVENGE"));
        bool plain = true;
        for (const char *c = term_text(&t); *c; c++)
            plain = plain && (unsigned char)*c < 0x80;
        CHECK(&t, plain);
        term_end(&t);
    }
}

static void resizes(void)
{
    struct term t;
    start(&t);
    term_resize(&t, 40, 120);
    CHECK(&t, term_shows(&t, "collections")); /* a panel that only a large screen has */
    term_resize(&t, 10, 40);
    CHECK(&t, term_shows(&t, "heapreel needs 60 x 16"));
    CHECK(&t, term_shows(&t, "this is 40 x 10"));
    term_resize(&t, 1, 1);
    term_settle(&t, 50);
    term_resize(&t, 24, 80);
    CHECK(&t, term_shows(&t, "A lesson") && term_loses(&t, "heapreel needs"));
    term_type(&t, "q");
    CHECK(&t, term_ends(&t) && term_restored(&t));
    term_end(&t);
}

/* Whatever size a line claims to have, at the start or later, the program shows what it can, hears keys and ends. */
static void sizes(void)
{
    static const struct winsize claims[] = {{65535, 65535, 0, 0}, {32767, 32767, 0, 0}, {1, 65535, 0, 0},
                                            {65535, 1, 0, 0},     {1, 1, 0, 0},         {0, 0, 0, 0},
                                            {0, 80, 0, 0}};
    const char *args[] = {program, "play", trace, NULL};
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        for (int later = 0; later < 2; later++) {
            struct term t;
            term_start(
                &t, &(struct term_options){.args = args, .rows = 24, .cols = 80, .claimed = later ? NULL : &claims[i]});
            term_settle(&t, 50);
            CHECK(&t, !later || term_shows(&t, "A lesson"));
            if (later)
                ioctl(t.master, TIOCSWINSZ, &claims[i]);
            term_settle(&t, 50);
            term_type(&t, "q");
            CHECK(&t, term_ends(&t) && WIFEXITED(t.status) && WEXITSTATUS(t.status) == 0);
            CHECK(&t, term_restored(&t));
            term_end(&t);
        }
    }
}

static void mouse(void)
{
    struct term t;
    int row, col;
    start(&t);
    term_type(&t, "lll");
    CHECK(&t, term_shows(&t, "event 2 of"));
    CHECK(&t, term_find(&t, "A lesson", &row, &col));
    term_click(&t, row, col); /* the top line plays */
    CHECK(&t, term_shows(&t, "event 4 of"));
    term_click(&t, row, col);
    term_type(&t, "\r");
    CHECK(&t, term_find(&t, "new space", &row, &col));
    term_click(&t, row + 2, 4);
    term_type(&t, "w"); /* an object lies there, so it can be asked about */
    CHECK(&t, term_shows(&t, "a root holds list"));
    term_type(&t, "nnn");
    CHECK(&t, term_shows(&t, "minor 3"));
    CHECK(&t, term_find(&t, "▲", &row, &col));
    row -= 1;                        /* the film stands above */
    term_drag(&t, row, col - 1, 30); /* back along it */
    CHECK(&t, term_loses(&t, "minor 3"));
    term_click(&t, row, 2); /* a column has several events: the first one's last is shown */
    CHECK(&t, term_shows(&t, "event 2 of 182"));
    CHECK(&t, term_find(&t, "trace", &row, &col));
    term_wheel(&t, row + 1, col, false);
    term_wheel(&t, row + 1, col, true);
    term_type(&t, "q");
    CHECK(&t, term_ends(&t) && term_restored(&t));
    term_end(&t);
}

static void suspends(void)
{
    struct term t;
    start(&t);
    for (int i = 0; i < 2; i++) {
        term_type(&t, "\x1A");
        CHECK(&t, term_stops(&t));
        CHECK(&t, term_restored(&t));
        t.stopped = false;
        if (i == 1)
            term_resize(&t, 30, 100); /* while it slept */
        kill(t.job, SIGCONT);
        CHECK(&t, term_shows(&t, "A lesson") && t.alternate && t.mouse == VTERM_PROP_MOUSE_DRAG);
    }
    CHECK(&t, term_shows(&t, "what happened"));
    term_type(&t, "l");
    CHECK(&t, term_shows(&t, "end of the note"));
    term_type(&t, "q");
    CHECK(&t, term_ends(&t) && WIFEXITED(t.status) && WEXITSTATUS(t.status) == 0 && term_restored(&t));
    term_end(&t);
}

static void signals(void)
{
    const int numbers[] = {SIGINT,  SIGTERM, SIGHUP,    SIGQUIT, SIGABRT,  SIGSEGV, SIGBUS,  SIGFPE,
                           SIGILL,  SIGTRAP, SIGSYS,    SIGALRM, SIGUSR1,  SIGUSR2, SIGXCPU, SIGVTALRM,
                           SIGPROF, SIGPOLL, SIGSTKFLT, SIGPWR,  SIGRTMIN, SIGRTMAX};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct term t;
        start(&t);
        term_type(&t, i % 2 ? " " : "l"); /* playing, or not */
        term_pump(&t, 30);
        kill(t.job, numbers[i]);
        CHECK(&t, term_ends(&t));
        CHECK(&t, asan() || (WIFSIGNALED(t.status) && WTERMSIG(t.status) == numbers[i]));
        CHECK(&t, term_restored(&t));
        term_end(&t);
    }
}

/* User and system time of a process so far, in clock ticks. */
static unsigned long ticks(pid_t pid)
{
    char path[64];
    unsigned long user = 0, kernel = 0;
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    FILE *in = fopen(path, "r");
    if (!in || fscanf(in, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) != 2)
        user = 0;
    if (in)
        fclose(in);
    return user + kernel;
}

static void rests(void)
{
    struct term t;
    start(&t);
    term_type(&t, "nn");
    CHECK(&t, term_shows(&t, "minor 2"));
    term_settle(&t, 100);
    size_t bytes = t.bytes;
    unsigned long before = ticks(t.job);
    term_pump(&t, 1000);
    CHECK(&t, t.bytes == bytes);           /* nothing happens: nothing is written, */
    CHECK(&t, ticks(t.job) - before <= 1); /* and nothing is done */
    for (int i = 0; i < 20; i++) {
        term_type(&t, "~"); /* bound to nothing: a frame like the one before */
        term_pump(&t, 40);
    }
    printf("pty: 20 unchanged frames write %zu bytes\n", t.bytes - bytes);
    CHECK(&t, t.bytes - bytes <= 20 * 4);
    term_end(&t);
}

/* At full speed over a line of 20 KB/s it shows what is, answers keys, and ends when asked to. */
static void slow_line(void)
{
    struct term t;
    const char *args[] = {program, "play", stream, NULL};
    term_start(&t, &(struct term_options){.args = args, .rows = 24, .cols = 80, .rate = 20000});
    CHECK(&t, term_shows(&t, "A stream"));
    for (int i = 0; i < 30; i++)
        term_type(&t, "+");
    term_type(&t, " ");
    term_pump(&t, 1000);
    uint64_t asked = term_now();
    term_type(&t, "?");
    CHECK(&t, term_shows(&t, "? goes on"));
    printf("pty: over 20 KB/s the help is there after %d ms\n", (int)((term_now() - asked) / 1000000));
    CHECK(&t, asan() || term_now() - asked < UINT64_C(1500000000));
    asked = term_now();
    term_type(&t, "q");
    CHECK(&t, term_ends(&t) && (asan() || term_now() - asked < UINT64_C(1500000000)));
    CHECK(&t, term_restored(&t));
    term_end(&t);
}

/* What suspends is heard in the middle of a frame too: of one that ^S holds up. */
static void suspends_drawing(void)
{
    struct term t;
    start(&t);
    term_type(&t, "\x13l");
    term_pump(&t, 300); /* the frame of the step has begun, but cannot be written */
    term_type(&t, "\x1A");
    CHECK(&t, term_stops(&t));
    CHECK(&t, term_restored(&t));
    t.stopped = false;
    kill(t.job, SIGCONT);
    CHECK(&t, term_shows(&t, "end of the note") && t.alternate);
    term_end(&t);
}

/* A long way can be left, and the frames of fast play stay within 30 a second. */
static void long_way(void)
{
    struct term t;
    const char *args[] = {program, "play", stream, NULL};
    start_with(&t, args, NULL, 24, 80);
    CHECK(&t, term_shows(&t, "A stream"));
    term_key(&t, VTERM_KEY_END);
    term_type(&t, "?"); /* heard on the way */
    CHECK(&t, term_shows(&t, "? goes on"));
    term_type(&t, "??");
    CHECK(&t, term_shows(&t, "end")); /* there at last */
    term_key(&t, VTERM_KEY_HOME);
    CHECK(&t, term_shows(&t, "event 0 of"));
    term_end(&t);
}

/* The trace comes through standard input, the keys from the terminal; it can be gone back in. */
static void standard_input(void)
{
    struct term t;
    const char *args[] = {program, "play", "-", NULL};
    term_start(&t, &(struct term_options){.args = args, .rows = 24, .cols = 80, .input = trace});
    CHECK(&t, term_shows(&t, "event 0"));
    term_key(&t, VTERM_KEY_END);
    CHECK(&t, term_shows(&t, "The end"));
    term_type(&t, "hhp");
    term_key(&t, VTERM_KEY_HOME);
    CHECK(&t, term_shows(&t, "event 0"));
    term_type(&t, "llll");
    CHECK(&t, term_shows(&t, "release t$i")); /* the lines that follow, too */
    term_type(&t, "q");
    CHECK(&t, term_ends(&t) && WIFEXITED(t.status) && WEXITSTATUS(t.status) == 0 && term_restored(&t));
    term_end(&t);
}

/* The terminal goes away: so does the program. */
static void hangs_up(void)
{
    struct term t;
    start(&t);
    close(t.master);
    struct pollfd report = {.fd = t.reports, .events = POLLIN};
    int status = -1;
    bool told = poll(&report, 1, TERM_PATIENCE) == 1 && read(t.reports, &status, sizeof status) == sizeof status;
    CHECK(NULL, told && (WIFEXITED(status) || WIFSIGNALED(status)));
    if (!told)
        kill(t.job, SIGKILL);
    t.ended = true;
    t.master = open("/dev/null", 0);
    term_end(&t);
}

/* ---- all of them ---- */

#define TESTS(X)                                                                                                       \
    X(quits)                                                                                                           \
    X(text)                                                                                                            \
    X(colors)                                                                                                          \
    X(ascii)                                                                                                           \
    X(resizes)                                                                                                         \
    X(sizes)                                                                                                           \
    X(mouse)                                                                                                           \
    X(suspends)                                                                                                        \
    X(signals)                                                                                                         \
    X(rests)                                                                                                           \
    X(slow_line)                                                                                                       \
    X(suspends_drawing)                                                                                                \
    X(long_way)                                                                                                        \
    X(standard_input)                                                                                                  \
    X(hangs_up)

static const char *write_file(char *path, const char *text_of_it)
{
    strcpy(path, "/tmp/heapreel-pty.XXXXXX");
    int fd = mkstemp(path);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (!out || fputs(text_of_it, out) < 0 || fclose(out) != 0) {
        perror(path);
        exit(1);
    }
    return path;
}

int main(int argc, char **argv)
{
    static char paths[2][32];
    static const struct {
        const char *name;
        void (*run)(void);
    } tests[] = {
#define X(name) {#name, name},
        TESTS(X)
#undef X
    };
    if (argc < 2)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    program = argv[1];
    trace = write_file(paths[0], lesson);
    stream = write_file(paths[1], "title A stream\nset profile node20\nalloc root 8000 array\nrepeat 166000 as i\n"
                                  "alloc s$i 480\nref root.17 s$i\nrelease s$i\nend\n");
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        bool wanted = argc == 2;
        for (int k = 2; k < argc; k++)
            wanted = wanted || strcmp(argv[k], tests[i].name) == 0;
        test = tests[i].name;
        if (wanted)
            tests[i].run();
    }
    unlink(trace);
    unlink(stream);
    printf("%u passed, %u failed\n", passed, failed);
    return failed > 0;
}
