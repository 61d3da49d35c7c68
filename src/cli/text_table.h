/*
 * text_table.h - a table of figures as text that fits a terminal: one that is too wide is folded into blocks of
 * columns.
 */
#ifndef HEAPREEL_CLI_TEXT_TABLE_H
#define HEAPREEL_CLI_TEXT_TABLE_H

#include "base/writer.h"

#include <stdbool.h>
#include <stddef.h>

struct text_table_cell {
    char text[OUT_HUMAN]; /* ASCII */
    bool best;            /* marked with a star */
};

/*
 * The numbers of rows and columns, including the headings (row 0) and the labels, the first columns, which every block
 * repeats.
 */
struct text_table {
    size_t rows, columns, labels;
    struct text_table_cell *cells; /* owned */
};

/* Makes an empty table. 0, or -1 without memory. */
int text_table_init(struct text_table *text_table, size_t rows, size_t columns, size_t labels);
void text_table_free(struct text_table *text_table);

struct text_table_cell *text_table_at(const struct text_table *text_table, size_t row, size_t column);

/*
 * Writes the table in lines of at most width columns (unless a single column is wider), with a blank line between
 * blocks.
 */
void text_table_write(const struct text_table *text_table, size_t width, struct out *out);

#endif
