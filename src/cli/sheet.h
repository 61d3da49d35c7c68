/*
 * sheet.h - a sheet of figures as text that fits a terminal: what is too wide is folded into blocks of columns.
 */
#ifndef HEAPREEL_CLI_SHEET_H
#define HEAPREEL_CLI_SHEET_H

#include "report/out.h"

#include <stdbool.h>
#include <stddef.h>

struct sheet_cell {
    char text[OUT_HUMAN]; /* ASCII */
    bool best;            /* marked with a star */
};

/* Rows and columns, the headings (row 0) and the labels included: the first columns, which every block repeats. */
struct sheet {
    size_t rows, columns, labels;
    struct sheet_cell *cells; /* owned */
};

/* An empty sheet. 0, or -1 without memory. */
int sheet_init(struct sheet *sheet, size_t rows, size_t columns, size_t labels);
void sheet_free(struct sheet *sheet);

struct sheet_cell *sheet_at(const struct sheet *sheet, size_t row, size_t column);

/*
 * Writes the sheet, in lines of at most width columns (unless a single column is wider), a blank line between blocks.
 */
void sheet_write(const struct sheet *sheet, size_t width, struct out *out);

#endif
