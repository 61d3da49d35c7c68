/* sheet.c - see sheet.h. Labels stand at the left of their columns, figures at the right of theirs. */
#include "cli/sheet.h"

#include <stdlib.h>
#include <string.h>

#define GAP 2

int sheet_init(struct sheet *sheet, size_t rows, size_t columns, size_t labels)
{
    *sheet = (struct sheet){.rows = rows, .columns = columns, .labels = labels};
    sheet->cells = calloc(rows * columns, sizeof *sheet->cells);
    return sheet->cells == NULL ? -1 : 0;
}

void sheet_free(struct sheet *sheet)
{
    free(sheet->cells);
    *sheet = (struct sheet){0};
}

struct sheet_cell *sheet_at(const struct sheet *sheet, size_t row, size_t column)
{
    return &sheet->cells[row * sheet->columns + column];
}

/* Columns of text that a column needs; a figure has room for its star. */
static size_t width_of(const struct sheet *sheet, size_t column)
{
    size_t width = 0;
    for (size_t row = 0; row < sheet->rows; row++) {
        size_t len = strlen(sheet_at(sheet, row, column)->text);
        width = len > width ? len : width;
    }
    return column < sheet->labels ? width : width + 1;
}

static void write_row(const struct sheet *sheet, size_t row, const size_t *widths, size_t first, size_t end,
                      struct out *out)
{
    for (size_t column = 0; column < sheet->labels; column++) {
        const char *text = sheet_at(sheet, row, column)->text;
        out_repeat(out, ' ', GAP);
        out_words(out, text);
        out_repeat(out, ' ', widths[column] - strlen(text));
    }
    size_t owed = 0; /* blanks that stand only before something */
    for (size_t column = first; column < end; column++) {
        const struct sheet_cell *cell = sheet_at(sheet, row, column);
        out_repeat(out, ' ', owed + GAP - 1 + widths[column] - strlen(cell->text));
        out_words(out, cell->text);
        if (cell->best)
            out_char(out, '*');
        owed = cell->best ? 0 : 1;
    }
    out_char(out, '\n');
}

void sheet_write(const struct sheet *sheet, size_t width, struct out *out)
{
    size_t *widths = calloc(sheet->columns + 1, sizeof *widths), labels = 0;
    if (widths == NULL) {
        out->failed = true;
        return;
    }
    for (size_t column = 0; column < sheet->columns; column++) {
        widths[column] = width_of(sheet, column);
        labels += column < sheet->labels ? widths[column] + GAP : 0;
    }
    for (size_t first = sheet->labels; first < sheet->columns;) {
        size_t end = first, taken = labels;
        while (end < sheet->columns && (end == first || taken + GAP + widths[end] <= width))
            taken += GAP + widths[end++];
        if (first > sheet->labels)
            out_char(out, '\n');
        for (size_t row = 0; row < sheet->rows; row++)
            write_row(sheet, row, widths, first, end, out);
        first = end;
    }
    free(widths);
}
