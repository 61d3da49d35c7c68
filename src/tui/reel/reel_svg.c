/*
 * reel_svg.c - a film as one animated SVG.
 *
 * Each row of the screen is an element that shows one row of the film after the other, all on one clock: small, and the
 * same in every viewer that knows SVG's own animation. A viewer that does not shows the first frame.
 */
#include "tui/reel/reel.h"

#include <string.h>

/* A moment as a part of the film, to the millionth. */
static void write_part(const struct reel *reel, uint64_t ns, struct out *out)
{
    uint64_t end = reel->end_ns / 1000,
             part = end > 0 ? ns / 1000 * 1000000 / end : 0; /* of films of 200 days at most */
    if (part == 0)
        out_char(out, '0');
    else
        out_format(out, ".%06u", (unsigned)(part < 1000000 ? part : 999999));
}

/* The values of row y (or their moments): the row that it shows from each frame on that changes it. */
static void write_changes(const struct reel *reel, unsigned y, bool moments, struct out *out)
{
    bool any = false;
    for (size_t f = 0; f < reel->frames.len; f++) {
        size_t end = reel_changes_end(reel, f), last = SIZE_MAX;
        for (size_t k = reel->frames.data[f].change; k < end; k++)
            if (reel->changes.data[k].y == y)
                last = k;
        if (last == SIZE_MAX)
            continue;
        if (any)
            out_char(out, ';');
        any = true;
        if (moments)
            write_part(reel, reel->frames.data[f].ns, out);
        else
            out_format(out, "#r%u", reel->changes.data[last].row);
    }
}

/* Does row y ever change after the first frame? */
static bool changes(const struct reel *reel, unsigned y)
{
    for (size_t k = reel_changes_end(reel, 0); k < reel->changes.len; k++)
        if (reel->changes.data[k].y == y)
            return true;
    return false;
}

static void write_row(const struct reel *reel, unsigned y, struct out *out)
{
    uint32_t first = 0;
    for (size_t k = 0; k < reel_changes_end(reel, 0); k++)
        if (reel->changes.data[k].y == y)
            first = reel->changes.data[k].row;
    out_format(out, "<use y=\"%u\" href=\"#r%u\"", y * REEL_CELL_H, first);
    if (!changes(reel, y)) {
        out_words(out, "/>\n");
        return;
    }
    out_format(out,
               "><animate attributeName=\"href\" calcMode=\"discrete\" repeatCount=\"indefinite\" dur=\"%llums\" "
               "values=\"",
               (unsigned long long)(reel->end_ns / 1000000));
    write_changes(reel, y, false, out);
    out_words(out, "\" keyTimes=\"");
    write_changes(reel, y, true, out);
    out_words(out, "\"/></use>\n");
}

void reel_write_svg(const struct reel *reel, struct out *out)
{
    int width = reel->width * REEL_CELL_W, height = reel->height * REEL_CELL_H, margin = REEL_CELL_W;
    const char *title = reel->title ? reel->title : "heapreel";
    out_format(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"%d %d %d %d\" width=\"%d\" "
               "height=\"%d\">\n<title>",
               -margin, -margin, width + 2 * margin, height + 2 * margin, width + 2 * margin, height + 2 * margin);
    reel_draw_text(out, title, strlen(title));
    out_words(out, "</title>\n<style>");
    reel_draw_styles(reel, out);
    out_words(out, "</style>\n<defs>\n");
    reel_draw_rows(reel, out);
    out_format(out, "</defs>\n<rect class=\"own\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>\n", -margin,
               -margin, width + 2 * margin, height + 2 * margin);
    for (int y = 0; reel->frames.len > 0 && y < reel->height; y++)
        write_row(reel, (unsigned)y, out);
    out_words(out, "</svg>\n");
}
