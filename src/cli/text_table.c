/* text_table.c - lays out a table: labels left-aligned, figures right-aligned, wide tables in blocks of columns. */
#include "cli/text_table.h"

#include <stdlib.h>
#include <string.h>

#define GAP 2

int text_table_init(struct text_table *text_table, size_t rows, size_t columns, size_t labels)
{
    *text_table = (struct text_table){.rows = rows, .columns = columns, .labels = labels};
    text_table->cells = calloc(rows * columns, sizeof *text_table->cells);
    return text_table->cells == NULL ? -1 : 0;
}

void text_table_free(struct text_table *text_table)
{
    free(text_table->cells);
    *text_table = (struct text_table){0};
}

struct text_table_cell *text_table_at(const struct text_table *text_table, size_t row, size_t column)
{
    return &text_table->cells[row * text_table->columns + column];
}

/* The columns of text that a column needs; a figure has room for its star. */
static size_t width_of(const struct text_table *text_table, size_t column)
{
    size_t width = 0;
    for (size_t row = 0; row < text_table->rows; row++) {
        size_t len = strlen(text_table_at(text_table, row, column)->text);
        width = len > width ? len : width;
    }
    return column < text_table->labels ? width : width + 1;
}

static void write_row(const struct text_table *text_table, size_t row, const size_t *widths, size_t first, size_t end,
                      struct out *out)
{
    for (size_t column = 0; column < text_table->labels; column++) {
        const char *text = text_table_at(text_table, row, column)->text;
        out_repeat(out, ' ', GAP);
        out_words(out, text);
        out_repeat(out, ' ', widths[column] - strlen(text));
    }
    size_t owed = 0; /* blanks that are only written before something */
    for (size_t column = first; column < end; column++) {
        const struct text_table_cell *cell = text_table_at(text_table, row, column);
        out_repeat(out, ' ', owed + GAP - 1 + widths[column] - strlen(cell->text));
        out_words(out, cell->text);
        if (cell->best)
            out_char(out, '*');
        owed = cell->best ? 0 : 1;
    }
    out_char(out, '\n');
}

void text_table_write(const struct text_table *text_table, size_t width, struct out *out)
{
    size_t *widths = calloc(text_table->columns + 1, sizeof *widths), labels = 0;
    if (widths == NULL) {
        out->failed = true;
        return;
    }
    for (size_t column = 0; column < text_table->columns; column++) {
        widths[column] = width_of(text_table, column);
        labels += column < text_table->labels ? widths[column] + GAP : 0;
    }
    for (size_t first = text_table->labels; first < text_table->columns;) {
        size_t end = first, taken = labels;
        while (end < text_table->columns && (end == first || taken + GAP + widths[end] <= width))
            taken += GAP + widths[end++];
        if (first > text_table->labels)
            out_char(out, '\n');
        for (size_t row = 0; row < text_table->rows; row++)
            write_row(text_table, row, widths, first, end, out);
        first = end;
    }
    free(widths);
}
