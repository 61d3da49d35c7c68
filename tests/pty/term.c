/*
 * term.c - see term.h.
 */
#include "term.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#define MS UINT64_C(1000000)
#define SECOND UINT64_C(1000000000)

uint64_t term_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* ---- the job ---- */

static void set_environment(const char *const *env)
{
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("NO_COLOR");
    unsetenv("LINES");
    unsetenv("COLUMNS");
    for (; env && *env; env++) {
        char *copy = strdup(*env), *equals = strchr(copy, '=');
        if (equals) {
            *equals = '\0';
            setenv(copy, equals + 1, 1);
        } else {
            unsetenv(copy);
        }
        free(copy);
    }
}

static void run_job(const struct term_options *options)
{
    /*
     * Whoever runs the tests may ignore signals (nohup, a shell's background jobs), and what is ignored is inherited.
     */
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    signal(SIGTTOU, SIG_IGN);
    setpgid(0, 0);
    tcsetpgrp(STDIN_FILENO, getpid());
    signal(SIGTTOU, SIG_DFL);
    set_environment(options->env);
    if (options->input) {
        int fd = open(options->input, O_RDONLY);
        if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
            die(options->input);
    }
    execv(options->args[0], (char *const *)(uintptr_t)options->args);
    die(options->args[0]);
}

/* The parent of the job: a session of its own, which tells what becomes of the job. */
static void run_parent(const struct term_options *options, int reports)
{
    int status;
    pid_t job = fork();
    if (job == 0) {
        close(reports);
        run_job(options);
    }
    signal(SIGHUP, SIG_IGN);
    if (write(reports, &job, sizeof job) != sizeof job)
        _exit(1);
    while (waitpid(job, &status, WUNTRACED) == job)
        if (write(reports, &status, sizeof status) != sizeof status || WIFEXITED(status) || WIFSIGNALED(status))
            break;
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0) /* the terminal stays until the test has looked at it */
        continue;
    _exit(0);
}

static int set_property(VTermProp property, VTermValue *value, void *self)
{
    struct term *t = self;
    if (property == VTERM_PROP_ALTSCREEN)
        t->alternate = value->boolean;
    else if (property == VTERM_PROP_CURSORVISIBLE)
        t->cursor = value->boolean;
    else if (property == VTERM_PROP_MOUSE)
        t->mouse = value->number;
    else if (property == VTERM_PROP_TITLE)
        t->drained = true;
    return 1;
}

void term_start(struct term *term, const struct term_options *options)
{
    static const VTermScreenCallbacks callbacks = {.settermprop = set_property};
    struct winsize size = {.ws_row = (unsigned short)options->rows, .ws_col = (unsigned short)options->cols};
    int ends[2], line;
    *term = (struct term){.rows = options->rows, .cols = options->cols, .rate = options->rate, .cursor = true};
    term->vt = vterm_new(options->rows, options->cols);
    vterm_set_utf8(term->vt, 1);
    term->screen = vterm_obtain_screen(term->vt);
    vterm_screen_set_callbacks(term->screen, &callbacks, term);
    vterm_screen_enable_altscreen(term->screen, 1);
    vterm_screen_reset(term->screen, 1);
    if (pipe(ends) != 0)
        die("pipe");
    if (openpty(&term->master, &line, NULL, NULL, options->claimed ? options->claimed : &size) != 0)
        die("openpty");
    if (tcgetattr(line, &term->modes) != 0) /* now: the program changes them as soon as it runs */
        die("tcgetattr");
    fflush(NULL);
    term->parent = fork();
    if (term->parent < 0)
        die("fork");
    if (term->parent == 0) {
        close(ends[0]);
        close(term->master);
        if (login_tty(line) != 0)
            die("login_tty");
        run_parent(options, ends[1]);
    }
    close(line);
    close(ends[1]);
    term->reports = ends[0];
    fcntl(term->master, F_SETFL, O_NONBLOCK);
    if (read(term->reports, &term->job, sizeof term->job) != sizeof term->job)
        die("no job");
}

static void hear_report(struct term *t)
{
    int status;
    if (read(t->reports, &status, sizeof status) != sizeof status) {
        t->ended = true;
        return;
    }
    t->status = status;
    t->stopped = WIFSTOPPED(status);
    t->ended = WIFEXITED(status) || WIFSIGNALED(status);
}

void term_end(struct term *term)
{
    if (!term->ended)
        kill(term->job, SIGKILL);
    close(term->master);
    kill(term->parent, SIGKILL);
    waitpid(term->parent, NULL, 0);
    close(term->reports);
    vterm_free(term->vt);
}

/* ---- what comes and goes ---- */

static void answer(struct term *t)
{
    char out[4096];
    size_t n;
    while ((n = vterm_output_read(t->vt, out, sizeof out)) > 0)
        for (size_t done = 0; done < n;) {
            ssize_t written = write(t->master, out + done, n - done);
            if (written < 0 && errno != EAGAIN)
                return;
            done += written > 0 ? (size_t)written : 0;
        }
}

/* Takes what has come, as much as the line carries. */
static bool take(struct term *t)
{
    char bytes[4096];
    size_t room = sizeof bytes;
    if (t->rate > 0) {
        if (term_now() < t->carried_at)
            return false;
        room = t->rate / 50 < room ? t->rate / 50 : room; /* a fiftieth of a second's worth */
    }
    ssize_t n = read(t->master, bytes, room);
    if (n <= 0)
        return false;
    t->bytes += (size_t)n;
    if (t->rate > 0)
        t->carried_at = term_now() + (uint64_t)n * SECOND / t->rate;
    vterm_input_write(t->vt, bytes, (size_t)n);
    answer(t);
    return true;
}

/* Waits up to ms for something to come. True if something has. */
static bool pump_once(struct term *t, int ms)
{
    uint64_t now = term_now();
    struct pollfd fds[2] = {{.fd = t->master, .events = POLLIN}, {.fd = t->ended ? -1 : t->reports, .events = POLLIN}};
    if (t->carried_at > now) {
        int busy = (int)((t->carried_at - now) / MS) + 1;
        fds[0].fd = -1;
        ms = busy < ms ? busy : ms;
    }
    if (poll(fds, 2, ms) <= 0)
        return false;
    if (fds[1].revents)
        hear_report(t);
    if (!(fds[0].revents & POLLIN)) {
        if (fds[0].revents) /* hung up */
            poll(NULL, 0, 1);
        return fds[1].revents != 0;
    }
    return take(t) || fds[1].revents;
}

void term_pump(struct term *term, int ms)
{
    uint64_t end = term_now() + (uint64_t)ms * MS;
    for (uint64_t now = term_now(); now < end; now = term_now())
        pump_once(term, (int)((end - now) / MS) + 1);
}

void term_settle(struct term *term, int ms)
{
    uint64_t last = term_now(), end = last + TERM_PATIENCE * MS;
    while (term_now() < end)
        if (pump_once(term, ms))
            last = term_now();
        else if (term_now() - last >= (uint64_t)ms * MS) /* looked at since: it was not we who slept */
            return;
}

/*
 * Takes all that the program, which writes no more, has written: the kernel passes it on in its own time, but in order,
 * so a title, which the program never sets, is written to the same terminal, and waited for.
 */
static void drain(struct term *t)
{
    static const char mark[] = "\033]2;drained\a";
    const char *rest = mark;
    uint64_t end = term_now() + TERM_PATIENCE * MS;
    int line = open(ptsname(t->master), O_WRONLY | O_NOCTTY | O_NONBLOCK);
    if (line < 0)
        die("the terminal");
    t->drained = false;
    while (!t->drained && term_now() < end) {
        ssize_t n = write(line, rest, strlen(rest)); /* nothing while the terminal is full */
        rest += n > 0 ? n : 0;
        pump_once(t, *rest ? 1 : 100);
    }
    close(line);
}

static bool shows(const struct term *t, const char *text)
{
    return strstr(term_text(t), text) != NULL;
}

static bool wait_for(struct term *t, const char *text, bool there)
{
    uint64_t end = term_now() + TERM_PATIENCE * MS;
    while (shows(t, text) != there && term_now() < end)
        pump_once(t, 100);
    return shows(t, text) == there;
}

bool term_shows(struct term *term, const char *text)
{
    return wait_for(term, text, true);
}

bool term_loses(struct term *term, const char *text)
{
    return wait_for(term, text, false);
}

bool term_stops(struct term *term)
{
    uint64_t end = term_now() + TERM_PATIENCE * MS;
    while (!term->stopped && !term->ended && term_now() < end)
        pump_once(term, 100);
    if (term->stopped)
        drain(term);
    return term->stopped;
}

bool term_ends(struct term *term)
{
    uint64_t end = term_now() + TERM_PATIENCE * MS;
    while (!term->ended && term_now() < end)
        pump_once(term, 100);
    term->rate = 0; /* what the line has not carried yet */
    term->carried_at = 0;
    if (term->ended)
        drain(term);
    return term->ended;
}

/* ---- what is done to it ---- */

void term_type(struct term *term, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '\r')
            vterm_keyboard_key(term->vt, VTERM_KEY_ENTER, VTERM_MOD_NONE);
        else if (c < 0x20)
            vterm_keyboard_unichar(term->vt, c + '`', VTERM_MOD_CTRL);
        else
            vterm_keyboard_unichar(term->vt, c, VTERM_MOD_NONE);
    }
    answer(term);
}

void term_key(struct term *term, VTermKey key)
{
    vterm_keyboard_key(term->vt, key, VTERM_MOD_NONE);
    answer(term);
}

void term_click(struct term *term, int row, int col)
{
    vterm_mouse_move(term->vt, row, col, VTERM_MOD_NONE);
    vterm_mouse_button(term->vt, 1, true, VTERM_MOD_NONE);
    vterm_mouse_button(term->vt, 1, false, VTERM_MOD_NONE);
    answer(term);
}

void term_drag(struct term *term, int row, int from, int to)
{
    vterm_mouse_move(term->vt, row, from, VTERM_MOD_NONE);
    vterm_mouse_button(term->vt, 1, true, VTERM_MOD_NONE);
    for (int col = from; col != to; col += from < to ? 1 : -1)
        vterm_mouse_move(term->vt, row, col, VTERM_MOD_NONE);
    vterm_mouse_move(term->vt, row, to, VTERM_MOD_NONE);
    vterm_mouse_button(term->vt, 1, false, VTERM_MOD_NONE);
    answer(term);
}

void term_wheel(struct term *term, int row, int col, bool up)
{
    vterm_mouse_move(term->vt, row, col, VTERM_MOD_NONE);
    vterm_mouse_button(term->vt, up ? 4 : 5, true, VTERM_MOD_NONE);
    answer(term);
}

void term_resize(struct term *term, int rows, int cols)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    term->rows = rows;
    term->cols = cols;
    vterm_set_size(term->vt, rows, cols);
    ioctl(term->master, TIOCSWINSZ, &size);
}

/* ---- what it shows ---- */

VTermScreenCell term_cell(const struct term *term, int row, int col)
{
    VTermScreenCell cell;
    vterm_screen_get_cell(term->screen, (VTermPos){row, col}, &cell);
    return cell;
}

static size_t put_utf8(char *out, uint32_t point)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xC0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3F));
        return 2;
    }
    out[0] = (char)(0xE0 | (point >> 12 & 0x0F));
    out[1] = (char)(0x80 | (point >> 6 & 0x3F));
    out[2] = (char)(0x80 | (point & 0x3F));
    return 3;
}

/* One row as text; column[i] is the column of byte i. */
static size_t row_text(const struct term *t, int row, char *out, int *column)
{
    size_t len = 0;
    for (int col = 0; col < t->cols;) {
        VTermScreenCell cell = term_cell(t, row, col);
        size_t before = len;
        for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
            len += put_utf8(out + len, cell.chars[i]);
        if (len == before)
            out[len++] = ' ';
        for (size_t i = before; column && i < len; i++)
            column[i] = col;
        col += cell.width > 0 ? cell.width : 1;
    }
    return len;
}

const char *term_text(const struct term *term)
{
    static char text[1 << 18];
    size_t len = 0;
    for (int row = 0; row < term->rows && len + (size_t)term->cols * 18 + 2 < sizeof text; row++) {
        len += row_text(term, row, text + len, NULL);
        text[len++] = '\n';
    }
    text[len] = '\0';
    return text;
}

bool term_find(const struct term *term, const char *text, int *row, int *col)
{
    static char line[1 << 14];
    static int column[1 << 14];
    for (int r = 0; r < term->rows; r++) {
        line[row_text(term, r, line, column)] = '\0';
        const char *at = strstr(line, text);
        if (at) {
            *row = r;
            *col = column[at - line];
            return true;
        }
    }
    return false;
}

bool term_restored(struct term *term)
{
    struct termios now;
    bool well = true;
    if (term->alternate)
        well = (printf("    the alternate screen is still shown\n"), false);
    if (!term->cursor)
        well = (printf("    the cursor is still hidden\n"), false);
    if (term->mouse != VTERM_PROP_MOUSE_NONE)
        well = (printf("    the mouse is still reported\n"), false);
    if (tcgetattr(term->master, &now) != 0 || now.c_lflag != term->modes.c_lflag ||
        now.c_iflag != term->modes.c_iflag || now.c_oflag != term->modes.c_oflag)
        well = (printf("    the modes are not as they were\n"), false);
    return well;
}
