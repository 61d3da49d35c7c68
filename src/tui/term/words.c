/* words.c - numbers as a screen shows them. Integers only, rounded down unless stated otherwise. */
#include "tui/term/words.h"

#include <inttypes.h>
#include <stdio.h>

const char *words_count(char out[WORDS_ROOM], uint64_t value)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, value), to = 0;
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            out[to++] = ' ';
        out[to++] = digits[i];
    }
    out[to] = '\0';
    return out;
}

/* value / unit with a decimal if it is short: 2.1, 61.0, 640. */
static int scaled(char out[WORDS_ROOM], uint64_t value, uint64_t unit)
{
    uint64_t whole = value / unit, tenth = value % unit * 10 / unit;
    if (whole >= 100 || unit == 1)
        return snprintf(out, WORDS_ROOM, "%" PRIu64, whole);
    return snprintf(out, WORDS_ROOM, "%" PRIu64 ".%" PRIu64, whole, tenth);
}

const char *words_size(char out[WORDS_ROOM], uint64_t bytes)
{
    static const char suffix[] = "kMGTPE";
    if (bytes < 1024) {
        snprintf(out, WORDS_ROOM, "%" PRIu64 " B", bytes);
        return out;
    }
    int i = 0;
    uint64_t unit = 1024;
    while (bytes / unit >= 1024) {
        unit *= 1024;
        i++;
    }
    int n = scaled(out, bytes, unit);
    snprintf(out + n, (size_t)(WORDS_ROOM - n), "%c", suffix[i]);
    return out;
}

const char *words_time(char out[WORDS_ROOM], uint64_t ns, bool ascii)
{
    const char *name;
    uint64_t unit;
    if (ns < 1000) {
        unit = 1;
        name = "ns";
    } else if (ns < 1000000) {
        unit = 1000;
        name = ascii ? "us" : "µs";
    } else if (ns < 1000000000) {
        unit = 1000000;
        name = "ms";
    } else {
        unit = 1000000000;
        name = "s";
    }
    int n = scaled(out, ns, unit);
    snprintf(out + n, (size_t)(WORDS_ROOM - n), " %s", name);
    return out;
}

const char *words_speed(char out[WORDS_ROOM], uint64_t per_second)
{
    if (per_second == 0)
        snprintf(out, WORDS_ROOM, "max");
    else if (per_second % 1000 != 0)
        snprintf(out, WORDS_ROOM, "%" PRIu64 "/s", per_second);
    else if (per_second % 1000000 == 0)
        snprintf(out, WORDS_ROOM, "%" PRIu64 "M/s", per_second / 1000000);
    else
        snprintf(out, WORDS_ROOM, "%" PRIu64 "k/s", per_second / 1000);
    return out;
}

unsigned words_percent(uint64_t part, uint64_t whole)
{
    if (whole == 0)
        return 0;
    while (part > UINT64_MAX / 256) {
        part /= 2;
        whole /= 2;
    }
    return whole == 0 ? 0 : (unsigned)((part * 100 + whole / 2) / whole);
}

void words_bar(struct canvas *canvas, struct rect clip, int x, int y, int width, enum style style, uint64_t part,
               uint64_t most)
{
    if (width < 1 || most == 0 || part == 0)
        return;
    while (most > UINT64_MAX / 65536) { /* so that the product below fits */
        most /= 2;
        part /= 2;
    }
    uint64_t eighths = part >= most ? (uint64_t)width * 8 : part * (uint64_t)width * 8 / most;
    eighths = eighths == 0 ? 1 : eighths;
    x = canvas_repeat(canvas, clip, x, y, style, GLYPH_FULL, (int)(eighths / 8));
    if (eighths % 8 > 0)
        canvas_glyph(canvas, clip, x, y, style, (enum glyph)(GLYPH_PART1 + eighths % 8 - 1));
}
