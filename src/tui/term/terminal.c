/*
 * terminal.c - everything that needs curses.
 *
 * Signals: those that end the program write a prepared text that restores the screen, with calls that are allowed in a
 * handler, and then die of the same signal. Resizing, suspending and waking up are reported to terminal_wait through a
 * pipe.
 */
#include "tui/term/terminal.h"

#include "base/signals.h"
#include "tui/term/keys.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#define RESTORE_ROOM 512
/* More of a terminal is not used: a serial line may claim 65535 x 65535, which takes more memory than there is. */
enum { COLUMNS_MOST = 2000, ROWS_MOST = 1000 };
#define REPORT_MS 25              /* wait for the rest of a mouse report */
#define REPORT_MOST 100000        /* larger numbers in one are cut */
#define HANDLER_STACK (64 * 1024) /* a program that dies of an endless recursion restores the terminal too */

/*
 * Presses, releases, and motion while a button is held; reported as "ESC [ < button ; column ; row M", or m for a
 * release.
 */
#define MOUSE_ON "\033[?1000h\033[?1002h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1002l\033[?1000l"
#define MOUSE_REPORT "\033[<"
enum { REPORT_BUTTON = 3, REPORT_MOTION = 32, REPORT_WHEEL = 64 }; /* bits of the button */

struct terminal {
    SCREEN *screen;
    WINDOW *keys; /* a pad, since reading keys from a window would draw it */
    FILE *in, *out;
    bool own_in, own_out; /* opened here */
    bool mouse;           /* it can report the mouse */
    bool colors;
    int depth;                            /* number of colors */
    bool again;                           /* write everything at the next draw */
    short pair[STYLE_COUNT][STYLE_COUNT]; /* of style and ground; 0: not made yet */
    short pairs;                          /* made so far */
    enum theme theme;                     /* that they were made for */
    struct cell *shown;                   /* what is on the screen, width x height */
    int width, height;
};

/* What the handlers need. There is one terminal, so there is one of these. */
static struct {
    volatile sig_atomic_t active;
    int fd;
    struct termios modes; /* the original modes */
    char restore[RESTORE_ROOM];
    size_t restore_len;
    int pipe[2];
    struct sigaction old[SIGNAL_COUNT]; /* of each signal */
    stack_t stack, old_stack;           /* the handlers' stack; ss_sp NULL: the program's own */
} guard;

static const int told_signals[] = {SIGTSTP, SIGCONT, SIGWINCH};
#define TOLD_SIGNALS (sizeof told_signals / sizeof *told_signals)

bool terminal_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* ---- signals ---- */

/* Restores the terminal with async-signal-safe calls only, and dies as if nobody had caught the signal. */
static void die(int number, siginfo_t *info, void *context)
{
    (void)context;
    int saved = errno;
    if (guard.active) {
        guard.active = 0;
        size_t done = 0;
        while (done < guard.restore_len) {
            ssize_t n = write(guard.fd, guard.restore + done, guard.restore_len - done);
            if (n <= 0)
                break;
            done += (size_t)n;
        }
        tcsetattr(guard.fd, TCSANOW, &guard.modes);
    }
    sigaction(number, &guard.old[number], NULL);
    errno = saved;
    bool fault = number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL;
    if (!fault || info->si_code <= 0) /* a fault happens again when we return */
        raise(number);
}

static void tell_loop(int number)
{
    int saved = errno;
    char byte = number == SIGTSTP ? 'z' : number == SIGCONT ? 'c' : 'r';
    if (write(guard.pipe[1], &byte, 1) < 0) {
        /* the pipe is full: the loop will wake up in any case */
    }
    errno = saved;
}

/* Stores what every signal does now, before curses installs its own handlers. */
static void note_signals(void)
{
    for (int i = 1; i < SIGNAL_COUNT; i++)
        sigaction(i, NULL, &guard.old[i]);
}

/*
 * Before curses starts: it leaves SIGTSTP alone for good if it is caught by then. Otherwise it would ignore the signal
 * while it draws, and a key that suspends would be lost.
 */
static void catch_told_signals(void)
{
    struct sigaction told = {.sa_flags = SA_RESTART};
    told.sa_handler = tell_loop;
    sigemptyset(&told.sa_mask);
    for (size_t i = 0; i < TOLD_SIGNALS; i++)
        sigaction(told_signals[i], &told, NULL);
}

/* When there is a screen to restore. */
static void catch_fatal_signals(void)
{
    struct sigaction fatal = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
    guard.stack = (stack_t){.ss_sp = malloc(HANDLER_STACK), .ss_size = HANDLER_STACK};
    if (guard.stack.ss_sp)
        sigaltstack(&guard.stack, &guard.old_stack);
    fatal.sa_sigaction = die;
    sigfillset(&fatal.sa_mask);
    for (int i = 1; i < SIGNAL_COUNT; i++)
        if (signal_ends(i) && guard.old[i].sa_handler != SIG_IGN) /* nohup */
            sigaction(i, &fatal, NULL);
}

static void release_signals(void)
{
    for (int i = 1; i < SIGNAL_COUNT; i++)
        if (signal_ends(i))
            sigaction(i, &guard.old[i], NULL);
    for (size_t i = 0; i < TOLD_SIGNALS; i++)
        sigaction(told_signals[i], &guard.old[told_signals[i]], NULL);
    if (guard.stack.ss_sp) {
        guard.old_stack.ss_flags &= SS_DISABLE;
        sigaltstack(&guard.old_stack, NULL);
        free(guard.stack.ss_sp);
        guard.stack.ss_sp = NULL;
    }
}

/* ---- the text that restores the screen ---- */

static int keep_byte(int c)
{
    if (guard.restore_len < RESTORE_ROOM)
        guard.restore[guard.restore_len++] = (char)c;
    return c;
}

static void prepare_restore(bool mouse)
{
    static const char *const names[] = {"sgr0", "op", "rmkx", "cnorm", "rmcup"};
    guard.restore_len = 0;
    for (const char *c = mouse ? MOUSE_OFF : ""; *c; c++)
        keep_byte(*c);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char name[8];
        strcpy(name, names[i]); /* tigetstr of some curses does not accept const */
        char *text = tigetstr(name);
        if (text && text != (char *)-1)
            tputs(text, 1, keep_byte);
    }
}

/* ---- opening ---- */

static int open_streams(struct terminal *t, bool keys_elsewhere, struct error *error)
{
    t->in = stdin;
    t->out = stdout;
    if (keys_elsewhere || !isatty(STDIN_FILENO)) {
        t->in = fopen("/dev/tty", "r");
        t->own_in = t->in != NULL;
    }
    if (!isatty(STDOUT_FILENO)) {
        t->out = fopen("/dev/tty", "w");
        t->own_out = t->out != NULL;
    }
    if (!t->in || !t->out)
        return error_set(error, ERROR_SYSTEM, 0, 0, "there is no terminal to play on: %s", strerror(errno));
    return 0;
}

static int open_pipe(struct error *error)
{
    if (pipe(guard.pipe))
        return error_set(error, ERROR_SYSTEM, 0, 0, "cannot make a pipe: %s", strerror(errno));
    for (int i = 0; i < 2; i++) {
        fcntl(guard.pipe[i], F_SETFD, FD_CLOEXEC);
        fcntl(guard.pipe[i], F_SETFL, O_NONBLOCK);
    }
    return 0;
}

static void start_colors(struct terminal *t, enum color_mode mode)
{
    const char *no_color = getenv("NO_COLOR");
    bool wanted = mode == COLORS_ALWAYS || (mode == COLORS_AUTO && !(no_color && *no_color));
    if (!wanted || !has_colors() || start_color() == ERR || COLORS < 8)
        return;
    t->colors = true;
    t->depth = COLORS >= 256 ? 256 : 8;
    use_default_colors();
}

/* Writes text that curses does not know about. */
static void say(struct terminal *t, const char *text)
{
    fputs(text, t->out);
    fflush(t->out);
}

/*
 * Asks for the mouse if it is reported as in xterm, which is everywhere by now. Curses is only taught the first bytes
 * of a report: it would make one click of several events that arrive together, or lose them.
 */
static void start_mouse(struct terminal *t)
{
    char capability[] = "kmous";
    char *text = tigetstr(capability);
    if (!text || text == (char *)-1 || strncmp(text, "\033[", 2) != 0 || define_key(MOUSE_REPORT, KEY_MOUSE) != OK)
        return;
    t->mouse = true;
    say(t, MOUSE_ON);
}

static void fit(struct terminal *t);

static int start_screen(struct terminal *t, enum color_mode colors, struct error *error)
{
    const char *type = getenv("TERM");
    use_env(FALSE); /* LINES and COLUMNS would freeze the size; fit, which has a limit, asks the terminal */
    use_tioctl(FALSE);
    t->screen = newterm(NULL, t->out, t->in);
    if (!t->screen)
        return error_set(error, ERROR_SYSTEM, 0, 0, "terminal type \"%s\" is not known: set TERM", type ? type : "");
    set_term(t->screen);
    char capability[] = "cup";
    char *cup = tigetstr(capability);
    if (!cup || cup == (char *)-1)
        return error_set(error, ERROR_SYSTEM, 0, 0, "a terminal of type \"%s\" cannot show a screen", type ? type : "");
    set_escdelay(25);
    cbreak();
    noecho();
    nonl();
    curs_set(0);
    leaveok(stdscr, TRUE);
    t->keys = newpad(1, 1);
    if (!t->keys)
        return error_memory(error);
    keypad(t->keys, TRUE);
    nodelay(t->keys, TRUE);
    start_colors(t, colors);
    start_mouse(t);
    prepare_restore(t->mouse);
    t->again = true;
    fit(t);
    return 0;
}

struct terminal *terminal_open(enum color_mode colors, bool keys_elsewhere, struct error *error)
{
    struct terminal *t = calloc(1, sizeof *t);
    if (!t) {
        error_memory(error);
        return NULL;
    }
    guard.pipe[0] = guard.pipe[1] = -1;
    if (open_streams(t, keys_elsewhere, error) == 0 && open_pipe(error) == 0) {
        guard.fd = fileno(t->out);
        tcgetattr(guard.fd, &guard.modes);
        note_signals();
        catch_told_signals();
        if (start_screen(t, colors, error) == 0) {
            guard.active = 1;
            catch_fatal_signals();
            return t;
        }
    }
    terminal_close(t);
    return NULL;
}

void terminal_close(struct terminal *terminal)
{
    if (!terminal)
        return;
    if (terminal->screen) {
        if (terminal->mouse)
            say(terminal, MOUSE_OFF);
        endwin();
    }
    if (guard.pipe[0] >= 0) /* they have been stored, and report through it */
        release_signals();
    guard.active = 0;
    if (terminal->keys)
        delwin(terminal->keys);
    if (terminal->screen)
        delscreen(terminal->screen);
    for (int i = 0; i < 2; i++)
        if (guard.pipe[i] >= 0)
            close(guard.pipe[i]);
    if (terminal->own_in)
        fclose(terminal->in);
    if (terminal->own_out)
        fclose(terminal->out);
    free(terminal->shown);
    free(terminal);
}

/* ---- drawing ---- */

/* Asks for the size, and makes curses use it. */
static void fit(struct terminal *t)
{
    struct winsize size;
    if (ioctl(fileno(t->out), TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
        return;
    int rows = size.ws_row < ROWS_MOST ? size.ws_row : ROWS_MOST;
    int cols = size.ws_col < COLUMNS_MOST ? size.ws_col : COLUMNS_MOST;
    if (rows != LINES || cols != COLS)
        resizeterm(rows, cols);
}

void terminal_size(const struct terminal *terminal, int *width, int *height)
{
    (void)terminal;
    *width = COLS;
    *height = LINES;
}

void terminal_redraw(struct terminal *terminal)
{
    terminal->again = true;
}

static short color_of(const struct terminal *t, enum style style)
{
    return (short)style_color(t->theme, style, t->depth);
}

/* The color pair of a style on a ground, made when it is first used. */
static short pair_of(struct terminal *t, enum style style, enum style ground)
{
    short fore = color_of(t, style),
          back = ground == STYLE_NORMAL ? (short)theme_ground(t->theme, t->depth) : color_of(t, ground);
    if (!t->colors || (fore < 0 && back < 0))
        return 0;
    short *pair = &t->pair[style][ground];
    if (*pair == 0 && t->pairs + 1 < COLOR_PAIRS && init_pair((short)(t->pairs + 1), fore, back) == OK)
        *pair = ++t->pairs;
    return *pair;
}

static void put_cell(struct terminal *t, const struct cell *cell, int x, int y)
{
    wchar_t text[CELL_POINTS + 1] = {0};
    cchar_t complex;
    const struct paint *paint = style_paint((enum style)cell->style);
    uint8_t look = t->colors && t->theme != THEME_PLAIN ? paint->look : paint->plain;
    attr_t attributes = A_NORMAL;
    if (look & LOOK_BOLD)
        attributes |= A_BOLD;
    if (look & LOOK_DIM)
        attributes |= A_DIM;
    if (look & LOOK_REVERSE)
        attributes |= A_REVERSE;
    if (look & LOOK_UNDERLINE)
        attributes |= A_UNDERLINE;
    for (int i = 0; i < CELL_POINTS; i++)
        text[i] = (wchar_t)cell->point[i];
    if (setcchar(&complex, text, attributes, pair_of(t, (enum style)cell->style, (enum style)cell->ground), NULL) == OK)
        mvadd_wch(y, x, &complex);
}

void terminal_draw(struct terminal *terminal, const struct canvas *canvas)
{
    int width = canvas->width < COLS ? canvas->width : COLS;
    int height = canvas->height < LINES ? canvas->height : LINES;
    size_t n = (size_t)canvas->width * (size_t)canvas->height;
    bool fresh = !terminal->shown || terminal->width != canvas->width || terminal->height != canvas->height;
    if (fresh) {
        free(terminal->shown);
        terminal->shown = malloc(n * sizeof *terminal->shown); /* without it every frame is drawn completely */
        terminal->width = canvas->width;
        terminal->height = canvas->height;
    }
    if (terminal->theme != canvas->theme) {
        terminal->theme = canvas->theme;
        memset(terminal->pair, 0, sizeof terminal->pair);
        terminal->pairs = 0;
        terminal->again = true;
    }
    if (terminal->again || fresh) {
        erase();
        clearok(curscr, TRUE); /* after a resize the contents of the terminal are unknown */
    }
    for (int y = 0; y < height; y++) {
        size_t row = (size_t)y * (size_t)canvas->width;
        if (!fresh && !terminal->again && terminal->shown &&
            memcmp(terminal->shown + row, canvas->cells + row, (size_t)canvas->width * sizeof *canvas->cells) == 0)
            continue;
        for (int x = 0; x < width; x++) {
            const struct cell *cell = canvas_at(canvas, x, y);
            if (cell->width > 0 && x + cell->width <= width)
                put_cell(terminal, cell, x, y);
        }
    }
    if (terminal->shown)
        memcpy(terminal->shown, canvas->cells, n * sizeof *canvas->cells);
    terminal->again = false;
    wnoutrefresh(stdscr);
    doupdate();
}

/* ---- waiting ---- */

/* Stops the program at its user's request, and takes the terminal again afterwards. */
static void suspend(struct terminal *t)
{
    struct sigaction caught;
    if (t->mouse)
        say(t, MOUSE_OFF);
    endwin();
    sigaction(SIGTSTP, NULL, &caught);
    sigaction(SIGTSTP, &guard.old[SIGTSTP], NULL);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &caught, NULL);
    if (t->mouse)
        say(t, MOUSE_ON);
    t->again = true;
    fit(t);
}

/* Reads what the handlers have reported. */
static enum terminal_news hear_signals(struct terminal *t)
{
    char bytes[64];
    ssize_t n;
    enum terminal_news news = TERMINAL_NOTHING;
    bool stop = false;
    while ((n = read(guard.pipe[0], bytes, sizeof bytes)) > 0) {
        for (ssize_t i = 0; i < n; i++) {
            stop = stop || bytes[i] == 'z';
            t->again = t->again || bytes[i] == 'c';
        }
        news = TERMINAL_RESIZED;
    }
    if (stop)
        suspend(t);
    if (news == TERMINAL_RESIZED)
        fit(t);
    return news;
}

enum terminal_news terminal_wait(struct terminal *terminal, uint64_t ns, int input)
{
    struct pollfd fds[3] = {{.fd = fileno(terminal->in), .events = POLLIN},
                            {.fd = guard.pipe[0], .events = POLLIN},
                            {.fd = input, .events = POLLIN}}; /* poll ignores -1 */
    uint64_t ms = ns / 1000000 + (ns % 1000000 != 0);
    int timeout = ns == UINT64_MAX ? -1 : ms > 3600000 ? 3600000 : (int)ms;
    int n = poll(fds, 3, timeout);
    if (n < 0 && errno != EINTR)
        return TERMINAL_GONE;
    enum terminal_news news = hear_signals(terminal);
    if (news != TERMINAL_NOTHING || n <= 0)
        return news;
    if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) /* first: at its end a terminal is always ready to be read */
        return TERMINAL_GONE;
    if (fds[0].revents & POLLIN)
        return TERMINAL_KEYS;
    return fds[2].revents ? TERMINAL_INPUT : TERMINAL_NOTHING; /* the reader handles its end and its errors */
}

/* The next character of a report that has begun, after a short wait; 0: none has come. */
static wint_t report_char(struct terminal *t)
{
    struct pollfd fd = {.fd = fileno(t->in), .events = POLLIN};
    wint_t got;
    int result = wget_wch(t->keys, &got);
    if (result == ERR && poll(&fd, 1, REPORT_MS) > 0)
        result = wget_wch(t->keys, &got);
    return result == OK ? got : 0;
}

/* Reads the rest of a mouse report. False if it does not concern us. */
static bool read_mouse(struct terminal *t, struct input *input)
{
    unsigned number[3] = {0, 0, 0}, i = 0;
    wint_t c;
    while ((c = report_char(t)) == ';' || (c >= '0' && c <= '9'))
        if (c == ';')
            i++;
        else if (i < 3 && number[i] < REPORT_MOST)
            number[i] = number[i] * 10 + (unsigned)(c - '0');
    unsigned button = number[0] & REPORT_BUTTON;
    bool wheel = number[0] & REPORT_WHEEL;
    if ((c != 'M' && c != 'm') || i != 2 || number[1] < 1 || number[2] < 1 || (wheel ? button > 1 : button != 0))
        return false;
    *input = (struct input){.key = KEYCODE_MOUSE, .x = (int)number[1] - 1, .y = (int)number[2] - 1};
    input->mouse = wheel                       ? (button == 0 ? MOUSE_WHEEL_UP : MOUSE_WHEEL_DOWN)
                   : c == 'm'                  ? MOUSE_RELEASE
                   : number[0] & REPORT_MOTION ? MOUSE_DRAG
                                               : MOUSE_PRESS;
    return true;
}

bool terminal_input(struct terminal *terminal, struct input *input)
{
    static const struct {
        wint_t curses;
        uint32_t key;
    } keys[] = {{KEY_UP, KEYCODE_UP},         {KEY_DOWN, KEYCODE_DOWN},
                {KEY_LEFT, KEYCODE_LEFT},     {KEY_RIGHT, KEYCODE_RIGHT},
                {KEY_HOME, KEYCODE_HOME},     {KEY_END, KEYCODE_END},
                {KEY_PPAGE, KEYCODE_PAGE_UP}, {KEY_NPAGE, KEYCODE_PAGE_DOWN},
                {KEY_ENTER, KEYCODE_ENTER},   {KEY_BACKSPACE, KEYCODE_BACKSPACE},
                {KEY_DC, KEYCODE_DELETE},     {KEY_BTAB, KEYCODE_BACKTAB}};
    wint_t got;
    int result;
    *input = (struct input){.key = KEYCODE_NONE};
    while ((result = wget_wch(terminal->keys, &got)) == KEY_CODE_YES) {
        if (got == KEY_MOUSE && read_mouse(terminal, input))
            return true;
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
            if (keys[i].curses == got) {
                input->key = keys[i].key;
                return true;
            }
        }
    }
    input->key = got == '\n' ? KEYCODE_ENTER : got == '\b' ? KEYCODE_BACKSPACE : (uint32_t)got;
    return result != ERR;
}
