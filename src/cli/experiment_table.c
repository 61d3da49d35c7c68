/* experiment_table.c - lays out the tables of "compare" and "sweep". */
#include "cli/experiment_table.h"

#include "cli/experiment_files.h"
#include "cli/text_table.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS 80
#define KEYS_WIDTH 36  /* columns that the keys of a sweep can take as headings */
#define REASONS_TOLD 5 /* most reasons of refusal that are printed */

/* A figure in the table, and its heading. */
struct shown {
    unsigned metrics;
    char label[OUT_HUMAN];
    bool compared; /* the best is marked */
    uint64_t best;
};

/* What both tables have in common. */
struct layout {
    const struct cells *cells;
    struct shown shown[METRIC_COUNT];
    unsigned count;
    bool outcomes; /* some run has not reached its end */
    bool starred, unknown, windows_differ;
};

/* ---- figures ---- */

static bool was_run(const struct cell *cell)
{
    return cell->state == CELL_RUN;
}

static bool known(const struct cell *cell, unsigned metrics)
{
    return was_run(cell) && cell->metrics.known & UINT64_C(1) << metrics;
}

/* Can the cell be the best? A run that ended early is cheap for a bad reason. */
static bool competes(const struct cell *cell, unsigned metrics)
{
    return known(cell, metrics) && cell->outcome != OUTCOME_OUT_OF_MEMORY;
}

/* Finds the best value, if values differ. */
static void judge(const struct cells *cells, struct shown *shown)
{
    enum metric_better better = metric_rows[shown->metrics].better;
    bool any = false, differ = false;
    for (size_t i = 0; i < cells->list.len; i++) {
        const struct cell *cell = &cells->list.data[i];
        uint64_t value = cell->metrics.value[shown->metrics];
        if (!competes(cell, shown->metrics))
            continue;
        differ |= any && value != shown->best;
        if (!any || (better == METRIC_LESS ? value < shown->best : value > shown->best))
            shown->best = value;
        any = true;
    }
    shown->compared = differ && better != METRIC_NEITHER;
}

/* Sets the MMU window as the label; false if the configurations have different windows, which cannot be compared. */
static bool label_window(const struct cells *cells, struct shown *shown)
{
    unsigned window = METRIC_WINDOW_0 + (shown->metrics - METRIC_MMU_0);
    uint64_t ns = 0;
    bool same = true;
    char text[TEXT_NUMBER_ROOM];
    for (size_t i = 0; i < cells->list.len; i++) {
        const struct cell *cell = &cells->list.data[i];
        if (was_run(cell)) {
            same &= ns == 0 || ns == cell->metrics.value[window];
            ns = cell->metrics.value[window];
        }
    }
    if (same) {
        text_print_duration(text, ns);
        snprintf(shown->label, sizeof shown->label, "MMU %s", text);
    } else {
        snprintf(shown->label, sizeof shown->label, "MMU %u", window - METRIC_WINDOW_0 + 1);
    }
    return same;
}

/* Is a figure worth showing? Those that are 0 everywhere are left out, except the first ones. */
static bool worth_showing(const struct cells *cells, unsigned metrics)
{
    for (size_t i = 0; i < cells->list.len; i++) {
        const struct cell *cell = &cells->list.data[i];
        if (was_run(cell) && (!known(cell, metrics) || cell->metrics.value[metrics] != 0))
            return true;
    }
    return metrics <= METRIC_MAJORS;
}

static void lay_out(struct layout *layout, const struct cells *cells)
{
    *layout = (struct layout){.cells = cells};
    for (size_t i = 0; i < cells->list.len; i++) {
        const struct cell *cell = &cells->list.data[i];
        layout->outcomes |= !was_run(cell) || cell->outcome == OUTCOME_OUT_OF_MEMORY;
    }
    for (unsigned metrics = 0; metrics < METRIC_WINDOW_0; metrics++) {
        if (!worth_showing(cells, metrics))
            continue;
        struct shown *shown = &layout->shown[layout->count++];
        bool mmu = metrics >= METRIC_MMU_0 && metrics <= METRIC_MMU_3;
        shown->metrics = metrics;
        snprintf(shown->label, sizeof shown->label, "%s", metric_rows[metrics].label);
        if (!mmu || label_window(cells, shown))
            judge(cells, shown);
        else
            layout->windows_differ = true;
    }
}

/* ---- cells ---- */

static void put_value(char text[OUT_HUMAN], enum metric_unit unit, uint64_t value)
{
    unsigned tenths;
    switch (unit) {
    case METRIC_NS: human_duration(text, value); break;
    case METRIC_BYTES: human_size(text, value); break;
    case METRIC_RATIO:
        tenths = (unsigned)((value + 500) / 1000);
        snprintf(text, OUT_HUMAN, "%u.%u %%", tenths / 10, tenths % 10);
        break;
    default: human_number(text, value);
    }
}

static void put_figure(struct layout *layout, const struct shown *shown, const struct cell *cell,
                       struct text_table_cell *at)
{
    if (!known(cell, shown->metrics)) {
        layout->unknown |= was_run(cell);
        strcpy(at->text, "-");
        return;
    }
    uint64_t value = cell->metrics.value[shown->metrics];
    put_value(at->text, metric_rows[shown->metrics].unit, value);
    at->best = shown->compared && competes(cell, shown->metrics) && value == shown->best;
    layout->starred |= at->best;
}

static void put_outcome(const struct cell *cell, struct text_table_cell *at)
{
    const char *word = cell->outcome == OUTCOME_OUT_OF_MEMORY ? "out of mem." : "completed";
    strcpy(at->text, was_run(cell) ? word : "refused");
}

/* ---- around the table ---- */

static void put_title(struct out *out, const struct cells *cells, const char *path)
{
    const char *title = NULL;
    for (size_t i = 0; i < cells->list.len && title == NULL; i++)
        title = cells->list.data[i].title;
    if (title != NULL) {
        out_safe(out, title, strlen(title), COLUMNS);
        out_char(out, '\n');
    }
    out_safe(out, path, strlen(path), COLUMNS);
    out_words(out, "\n\n");
}

/* Has one of the cells before number end been refused for the same reason? */
static bool told_before(const struct cells *cells, size_t end)
{
    const char *reason = error_text(&cells->list.data[end].error);
    for (size_t i = 0; i < end; i++) {
        const struct cell *cell = &cells->list.data[i];
        if (!was_run(cell) && strcmp(error_text(&cell->error), reason) == 0)
            return true;
    }
    return false;
}

/* Prints why configurations were refused: each reason once, the first few of them. */
static void put_reasons(const struct layout *layout, struct out *out)
{
    const struct cells *cells = layout->cells;
    size_t told = 0, refused = 0;
    for (size_t i = 0; i < cells->list.len && told < REASONS_TOLD; i++) {
        if (was_run(&cells->list.data[i]) || (refused++ > 0 && told_before(cells, i)))
            continue;
        out_words(out, told++ == 0 ? "\nrefused: " : "         ");
        out_words(out, error_text(&cells->list.data[i].error));
        out_char(out, '\n');
    }
}

static void put_notes(const struct layout *layout, struct out *out)
{
    if (layout->starred || layout->unknown || layout->windows_differ)
        out_char(out, '\n');
    if (layout->starred)
        out_words(out, layout->outcomes ? "* the best of those that were completed\n" : "* the best\n");
    if (layout->windows_differ)
        out_words(out, "MMU 1 to 4: their windows differ, so they cannot be compared\n");
    if (layout->unknown)
        out_words(out, "- not known: more collections than --max-collections lists\n");
    put_reasons(layout, out);
}

/* ---- a column for each cell ---- */

/* A, B, ... Z, AA, AB, ... */
static void put_letters(char *text, size_t number)
{
    char letters[16];
    size_t at = sizeof letters;
    letters[--at] = '\0';
    for (number++; number > 0; number = (number - 1) / 26)
        letters[--at] = (char)('A' + (number - 1) % 26);
    strcpy(text, letters + at);
}

static int put_legend(struct out *out, const struct cells *cells)
{
    for (size_t i = 0; i < cells->list.len; i++) {
        const struct cell *cell = &cells->list.data[i];
        char letters[OUT_HUMAN], *label = cell_label(cell);
        if (label == NULL)
            return -1;
        put_letters(letters, i);
        out_format(out, "  %-3s", letters);
        out_words(out, label);
        if (cell->variant_count == 0)
            out_format(out, ": profile %s, era %s", profile_word(cell->profile), era_word(cell->era));
        out_char(out, '\n');
        free(label);
    }
    out_char(out, '\n');
    return 0;
}

int experiment_table_compare(const struct cells *cells, const char *path, FILE *file)
{
    struct layout layout;
    struct text_table text_table;
    struct out out;
    lay_out(&layout, cells);
    size_t first = layout.outcomes ? 2 : 1;
    if (text_table_init(&text_table, first + layout.count, cells->list.len + 1, 1) != 0)
        return -1;
    strcpy(text_table_at(&text_table, first - 1, 0)->text, layout.outcomes ? "outcome" : "");
    for (unsigned s = 0; s < layout.count; s++)
        strcpy(text_table_at(&text_table, first + s, 0)->text, layout.shown[s].label);
    for (size_t i = 0; i < cells->list.len; i++) {
        const struct cell *cell = &cells->list.data[i];
        put_letters(text_table_at(&text_table, 0, i + 1)->text, i);
        if (layout.outcomes)
            put_outcome(cell, text_table_at(&text_table, 1, i + 1));
        for (unsigned s = 0; s < layout.count; s++)
            put_figure(&layout, &layout.shown[s], cell, text_table_at(&text_table, first + s, i + 1));
    }
    out_to_file(&out, file);
    put_title(&out, cells, path);
    int failed = put_legend(&out, cells);
    text_table_write(&text_table, COLUMNS, &out);
    put_notes(&layout, &out);
    text_table_free(&text_table);
    return out_flush(&out) != 0 || failed ? -1 : 0;
}

/* ---- a row for each cell ---- */

/* The keys as headings of their columns; letters, explained above the table, if they would be too wide. */
static void put_keys(struct text_table *text_table, const char *const *keys, size_t count, struct out *out)
{
    size_t width = 0;
    for (size_t i = 0; i < count; i++)
        width += strlen(keys[i]) + 2;
    for (size_t i = 0; i < count; i++) {
        char *heading = text_table_at(text_table, 0, i)->text;
        if (width <= KEYS_WIDTH) {
            snprintf(heading, OUT_HUMAN, "%s", keys[i]);
            continue;
        }
        put_letters(heading, i);
        for (char *c = heading; *c != '\0'; c++)
            *c = (char)(*c - 'A' + 'a');
        out_format(out, "  %-3s%s\n%s", heading, keys[i], i + 1 == count ? "\n" : "");
    }
}

int experiment_table_sweep(const struct cells *cells, const char *path, const char *const *keys, size_t count,
                           FILE *file)
{
    struct layout layout;
    struct text_table text_table;
    struct out out;
    lay_out(&layout, cells);
    size_t first = count + layout.outcomes;
    if (text_table_init(&text_table, cells->list.len + 1, first + layout.count, count) != 0)
        return -1;
    if (layout.outcomes)
        strcpy(text_table_at(&text_table, 0, count)->text, "outcome");
    for (unsigned s = 0; s < layout.count; s++)
        strcpy(text_table_at(&text_table, 0, first + s)->text, layout.shown[s].label);
    for (size_t i = 0; i < cells->list.len; i++) {
        const struct cell *cell = &cells->list.data[i];
        for (size_t k = 0; k < count; k++)
            strcpy(text_table_at(&text_table, i + 1, k)->text, cell->variants[k].value);
        if (layout.outcomes)
            put_outcome(cell, text_table_at(&text_table, i + 1, count));
        for (unsigned s = 0; s < layout.count; s++)
            put_figure(&layout, &layout.shown[s], cell, text_table_at(&text_table, i + 1, first + s));
    }
    out_to_file(&out, file);
    put_title(&out, cells, path);
    put_keys(&text_table, keys, count, &out);
    text_table_write(&text_table, COLUMNS, &out);
    put_notes(&layout, &out);
    text_table_free(&text_table);
    return out_flush(&out) != 0 ? -1 : 0;
}
