/* canvas_write.c - a canvas as text: plain, as its plane of styles, or with the colors that a terminal would show. */
#include "tui/term/canvas.h"

#include "base/text.h"

static bool blank(const struct cell *cell)
{
    return cell->point[0] == ' ' && cell->point[1] == 0;
}

static void write_cell(const struct cell *cell, FILE *out)
{
    for (int i = 0; i < CELL_POINTS && cell->point[i]; i++) {
        char bytes[TEXT_POINT_ROOM];
        fwrite(bytes, 1, text_encode(cell->point[i], bytes), out);
    }
}

int canvas_write(const struct canvas *canvas, FILE *out)
{
    for (int y = 0; y < canvas->height; y++) {
        int end = canvas->width;
        while (end > 0 && blank(canvas_at(canvas, end - 1, y)))
            end--;
        for (int x = 0; x < end; x++)
            write_cell(canvas_at(canvas, x, y), out);
        putc('\n', out);
    }
    return ferror(out) ? -1 : 0;
}

int canvas_write_styles(const struct canvas *canvas, FILE *out)
{
    for (int y = 0; y < canvas->height; y++) {
        int end = canvas->width;
        while (end > 0 && canvas_at(canvas, end - 1, y)->style == STYLE_NORMAL)
            end--;
        for (int x = 0; x < end; x++)
            putc(style_paint((enum style)canvas_at(canvas, x, y)->style)->letter, out);
        putc('\n', out);
    }
    return ferror(out) ? -1 : 0;
}

static void write_color(int color, int depth, bool ground, FILE *out)
{
    if (color >= 0 && depth >= 256)
        fprintf(out, ";%d;5;%d", ground ? 48 : 38, color);
    else if (color >= 0)
        fprintf(out, ";%d", (ground ? 40 : 30) + color);
}

/* The attributes and colors of a cell, in ECMA-48 sequences. */
static void write_look(const struct canvas *canvas, const struct cell *cell, int depth, FILE *out)
{
    static const struct {
        uint8_t look;
        const char *code;
    } codes[] = {{LOOK_BOLD, ";1"}, {LOOK_DIM, ";2"}, {LOOK_UNDERLINE, ";4"}, {LOOK_REVERSE, ";7"}};
    enum style style = (enum style)cell->style, ground = (enum style)cell->ground;
    const struct paint *paint = style_paint(style);
    bool colors = depth > 0 && canvas->theme != THEME_PLAIN;
    uint8_t look = colors ? paint->look : paint->plain;
    fputs("\033[0", out);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (look & codes[i].look)
            fputs(codes[i].code, out);
    if (colors) {
        write_color(style_color(canvas->theme, style, depth), depth, false, out);
        write_color(ground == STYLE_NORMAL ? theme_ground(canvas->theme, depth)
                                           : style_color(canvas->theme, ground, depth),
                    depth, true, out);
    }
    putc('m', out);
}

int canvas_write_colors(const struct canvas *canvas, int depth, FILE *out)
{
    for (int y = 0; y < canvas->height; y++) {
        const struct cell *last = NULL;
        for (int x = 0; x < canvas->width; x++) {
            const struct cell *cell = canvas_at(canvas, x, y);
            if (cell->width == 0)
                continue;
            if (!last || last->style != cell->style || last->ground != cell->ground)
                write_look(canvas, cell, depth, out);
            write_cell(cell, out);
            last = cell;
        }
        fputs("\033[0m\n", out);
    }
    return ferror(out) ? -1 : 0;
}
