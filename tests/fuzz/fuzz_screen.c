/*
 * fuzz_screen.c - random keys, text, mouse events and sizes on the dashboard.
 *
 * The first byte chooses a trace and whether a second run stands beside it; then each byte is a deed: a bound key, a
 * character, the mouse somewhere, another size, time that passes, a line of the command line. Nothing can be written:
 * the working directory takes no files.
 */
#include "tui/dashboard.h"

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEEDS_MOST = 120, TRACES = 4 };

static const char *const texts[TRACES] = {
    "title One\nset promotion-threshold 25\nalloc list 64 array\nchapter Two\nrepeat 60 as i\nalloc t$i 96 string\n"
    "alloc n$i 48 in list.$i\nrelease t$i\nend\nask Why? | So.\nalloc big 2100 buffer\ngc\nexpect space big large\n",
    "set era node6\nalloc a 64\nrepeat 40 as i\nrepeat 3 as j\nalloc x$j 80 in a.$i\nend\ngc start\nunref a.$i\nend\n"
    "note 漢字 \x1B[2J\ngc compact\nexpect dead a\n",
    "alloc m 64 weakmap\nalloc k 16\nentry m k k\nfly away\n",
    "alloc keep 64 array\nrepeat 500 as i\nalloc l$i 400 in keep.$i\nend\n",
};
static char paths[TRACES][32];

static const char *const lines[] = {
    "alloc z 48",
    "ref z.a z",
    "gc minor",
    "gc",
    "undo",
    "return",
    "set promotion-threshold=75",
    "go 30",
    "go 5us",
    "-3",
    "go line 5",
    "why z",
    "find t",
    "end",
    "break promotion",
    "continue",
    "reverse",
    "speed max",
    "release z",
    "reload",
    "zoom",
    "speed 1",
    "break object list",
    "colors light",
};
#define LINES (sizeof lines / sizeof *lines)

static uint64_t now;
static int home; /* the working directory of the fuzzer, which writes there itself */

static uint64_t fake_clock(void *self)
{
    (void)self;
    return now += 1000000;
}

static void remove_traces(void)
{
    for (int i = 0; i < TRACES; i++)
        unlink(paths[i]);
}

static void make_traces(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    for (int i = 0; i < TRACES; i++) {
        strcpy(paths[i], "/tmp/heapreel-fuzz.XXXXXX");
        int fd = mkstemp(paths[i]);
        size_t len = strlen(texts[i]);
        if (fd < 0 || write(fd, texts[i], len) != (ssize_t)len)
            abort();
        close(fd);
    }
    atexit(remove_traces);
    home = open(".", O_RDONLY);
}

/* Goes all the way to where the last deed has led. */
static void settle(struct dashboard *d)
{
    for (int i = 0; i < 1000 && dashboard_going(d); i++)
        dashboard_run(d);
}

static void type_line(struct dashboard *d, const char *line)
{
    dashboard_key(d, KEYCODE_ESCAPE);
    dashboard_key(d, ':');
    for (; *line; line++)
        dashboard_key(d, (uint32_t)(unsigned char)*line);
    dashboard_key(d, KEYCODE_ENTER);
    settle(d);
}

static void draw(struct dashboard *d, int w, int h)
{
    if (dashboard_draw(d, w, h))
        abort();
}

/* Does what data[0] says; returns how many bytes that took. */
static size_t act(struct dashboard *d, const uint8_t *data, size_t size)
{
    size_t count;
    const struct binding *bindings = key_bindings(&count);
    uint8_t a = size > 1 ? data[1] : 0, b = size > 2 ? data[2] : 0;
    if (data[0] < 128) {
        uint32_t key = bindings[data[0] % count].key;
        dashboard_key(d, key);
    } else if (data[0] < 160) {
        dashboard_key(d, a < 0x80 ? a : a < 0xC0 ? 0x6F22u + a : 0x110000u + (a & 0x1Fu));
        return 2;
    } else if (data[0] < 200) {
        struct input input = {.key = KEYCODE_MOUSE, .mouse = (enum mouse)(data[0] % 5), .x = a, .y = b % 80};
        dashboard_input(d, &input);
        return 3;
    } else if (data[0] < 216) {
        draw(d, a + 1, b % 90 + 1);
        return 3;
    } else if (data[0] < 228) {
        now += UINT64_C(100000000) * a;
        dashboard_run(d);
        return 2;
    } else {
        type_line(d, lines[a % LINES]);
        return 2;
    }
    return 1;
}

static void play(const uint8_t *data, size_t size)
{
    struct dashboard d;
    struct error error = {0};
    struct settings with = {0};
    if (size == 0 || settings_set(&with, SETTING_OPTION, "era", 3, "node20", 6, &error))
        return;
    struct play_options options = {.path = paths[data[0] % TRACES], .with = data[0] & 0x80 ? &with : NULL};
    now = 0;
    if (dashboard_open(&d, &options, data[0] & 0x40, fake_clock, NULL, &error) == 0) {
        draw(&d, 80, 24);
        size_t at = 1;
        for (int i = 0; i < DEEDS_MOST && at < size && !d.quit; i++) {
            at += act(&d, data + at, size - at);
            settle(&d);
            if (d.canvas.width > 0)
                draw(&d, d.canvas.width, d.canvas.height);
        }
        dashboard_result(&d, &error);
    }
    error_clear(&error);
    dashboard_close(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool made;
    if (!made)
        make_traces();
    made = true;
    if (chdir("/proc/self") != 0)
        abort();
    play(data, size);
    return fchdir(home) == 0 ? 0 : -1;
}
