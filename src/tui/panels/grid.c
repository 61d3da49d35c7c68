/* grid.c - the scale, places and shades of cells. */
#include "tui/panels/grid.h"

#include <string.h>

#define GRID_ROWS_MOST 20000 /* a finer scale is not needed */

/* ---- scale ---- */

/* The sizes of cells: 8, 16, 24, 32, 48, 64, 96, ...: powers of two and one and a half times them. */
static uint64_t next_cell(uint64_t cell)
{
    if (cell < 16)
        return 16;
    return (cell & (cell - 1)) == 0 ? cell / 2 * 3 : cell / 3 * 4;
}

static uint64_t ceil_div(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

/* Sets up the grid for a cell size with a page on a row; false if that is too large. */
static bool try_cell(struct grid *g, uint64_t cell, int w, int h)
{
    uint64_t cells = ceil_div(g->usable, cell);
    if (cells > (uint64_t)w)
        return false;
    g->cell = cell < g->usable ? cell : g->usable;
    g->cells_per_page = cells;
    g->pages_per_cell = 1;
    g->across = (int)cells;
    g->rows_per_page = 1;
    g->gap = cells > 1 ? 1 : 0;
    g->pages_per_row = (w + g->gap) / (g->across + g->gap);
    return ceil_div(g->pages, (uint64_t)g->pages_per_row) <= (uint64_t)h;
}

/* A single page takes several rows: the finest cell that fits. */
static bool try_wrapped(struct grid *g, int w, int h)
{
    uint64_t room = (uint64_t)h / g->pages; /* rows of a page */
    uint64_t cell = 8;
    if (room < 2)
        return false;
    while (ceil_div(ceil_div(g->usable, cell), (uint64_t)w) > room)
        cell = next_cell(cell);
    uint64_t cells = ceil_div(g->usable, cell), rows = ceil_div(cells, (uint64_t)w);
    if (rows < 2)
        return false;
    g->cell = cell < g->usable ? cell : g->usable;
    g->cells_per_page = cells;
    g->pages_per_cell = 1;
    g->rows_per_page = (int)rows;
    g->across = (int)ceil_div(cells, rows);
    g->pages_per_row = 1;
    g->gap = 0;
    return true;
}

/* More pages than cells: each cell stands for several. */
static void many_pages(struct grid *g, int w, int h)
{
    uint64_t room = (uint64_t)w * (uint64_t)h;
    g->pages_per_cell = ceil_div(g->pages, room);
    g->cell = g->usable * g->pages_per_cell;
    g->cells_per_page = 1;
    g->across = 1;
    g->rows_per_page = 1;
    g->gap = 0;
    g->pages_per_row = w;
}

/* Leaves lines between rows or pages, if there is room in h. */
static void space_out(struct grid *g, int h, bool spacious)
{
    uint64_t units = ceil_div(g->pages, g->pages_per_cell);
    int lines = (int)ceil_div(units, (uint64_t)g->pages_per_row), rows = lines * g->rows_per_page;
    g->pitch = spacious && g->rows_per_page == 1 && rows * 2 <= h ? 2 : 1;
    g->page_gap = g->rows_per_page > 1 && rows + lines - 1 <= h;
    g->height = rows * g->pitch + (g->page_gap ? lines - 1 : 0);
}

bool grid_fit(struct grid *grid, uint64_t usable, uint64_t pages, int w, int h, bool spacious)
{
    *grid = (struct grid){.usable = usable, .pages = pages > 0 ? pages : 1, .pitch = 1};
    if (w < 1 || h < 1 || usable == 0)
        return false;
    uint64_t cell = 8;
    bool toy = usable < 16384; /* a page of a toy gets one row, a real one can have several */
    bool fits = !toy && try_wrapped(grid, w, h);
    while (!fits && cell < usable * 2) {
        fits = try_cell(grid, cell, w, h);
        cell = next_cell(cell);
    }
    if (!fits)
        many_pages(grid, w, h);
    space_out(grid, h, spacious);
    return true;
}

/* The cell size before, the inverse of next_cell. */
static uint64_t previous_cell(uint64_t cell)
{
    uint64_t previous = 8;
    while (next_cell(previous) < cell)
        previous = next_cell(previous);
    return previous;
}

/* Sets up the grid for a cell size, whatever its height. */
static void set_cell(struct grid *g, uint64_t cell, int w)
{
    uint64_t cells = ceil_div(g->usable, cell), width = (uint64_t)w;
    g->cell = cell < g->usable ? cell : g->usable;
    g->cells_per_page = cells;
    g->pages_per_cell = 1;
    g->rows_per_page = (int)ceil_div(cells, width);
    g->across = (int)ceil_div(cells, (uint64_t)g->rows_per_page);
    g->gap = cells > 1 ? 1 : 0;
    g->pages_per_row = g->rows_per_page > 1 ? 1 : (w + g->gap) / (g->across + g->gap);
}

void grid_rescale(struct grid *grid, int steps, int w)
{
    bool spacious = grid->pitch > 1;
    for (; steps < 0 && grid->cell < grid->usable; steps++)
        set_cell(grid, next_cell(grid->cell) < grid->usable ? next_cell(grid->cell) : grid->usable, w);
    for (; steps > 0 && grid->cell > 8; steps--) {
        if (grid->pages_per_cell > 1)
            set_cell(grid, grid->usable, w);
        else
            set_cell(grid, previous_cell(grid->cell), w);
        if (ceil_div(grid->pages, (uint64_t)grid->pages_per_row) * (uint64_t)grid->rows_per_page > GRID_ROWS_MOST / 2)
            break;
    }
    space_out(grid, GRID_ROWS_MOST, spacious);
}

uint64_t grid_cells(const struct grid *grid)
{
    return ceil_div(grid->pages, grid->pages_per_cell) * grid->cells_per_page;
}

/* The index of the cell that contains a byte. */
static uint64_t cell_index(const struct grid *grid, uint64_t page, uint64_t offset)
{
    if (grid->pages_per_cell > 1)
        return page / grid->pages_per_cell;
    uint64_t at = offset / grid->cell;
    return page * grid->cells_per_page + (at < grid->cells_per_page ? at : grid->cells_per_page - 1);
}

void grid_cell_place(const struct grid *grid, uint64_t index, int *x, int *y)
{
    uint64_t page = index / grid->cells_per_page, at = index % grid->cells_per_page;
    uint64_t line = page / (uint64_t)grid->pages_per_row;
    uint64_t row = line * (uint64_t)grid->rows_per_page + at / (uint64_t)grid->across;
    uint64_t column = page % (uint64_t)grid->pages_per_row * (uint64_t)(grid->across + grid->gap);
    *x = (int)(column + at % (uint64_t)grid->across);
    *y = (int)(row * (uint64_t)grid->pitch + line * (uint64_t)grid->page_gap);
}

void grid_place(const struct grid *grid, uint64_t page, uint64_t offset, int *x, int *y)
{
    grid_cell_place(grid, cell_index(grid, page, offset), x, y);
}

/* ---- shades ---- */

int grid_begin(const struct grid *grid, struct shades *shades)
{
    size_t n = (size_t)grid_cells(grid);
    shades->cells.len = 0;
    if (vec_reserve(&shades->cells, n))
        return -1;
    memset(shades->cells.data, 0, n * sizeof *shades->cells.data);
    shades->cells.len = n;
    return 0;
}

static void add_to_cell(struct shade *shade, uint64_t bytes, enum content content, uint32_t object, bool odd)
{
    shade->bytes[content] += bytes;
    if (object != NONE && bytes > shade->largest) {
        shade->largest = bytes;
        shade->object = object;
        shade->odd = odd;
    }
}

void grid_add(const struct grid *grid, struct shades *shades, uint64_t page, uint64_t offset, uint64_t size,
              enum content content, uint32_t object, bool odd)
{
    while (size > 0 && page < grid->pages) {
        uint64_t i = cell_index(grid, page, offset), part = size;
        if (grid->pages_per_cell == 1 && grid->cells_per_page > 1) {
            uint64_t left = grid->cell - offset % grid->cell;
            part = size < left ? size : left;
        }
        if (i < shades->cells.len)
            add_to_cell(&shades->cells.data[i], part, content, object, odd);
        if (offset + part >= grid->usable && part < size)
            break;
        offset += part;
        size -= part;
    }
}

void grid_touch(const struct grid *grid, struct shades *shades, uint64_t page, uint64_t offset, uint64_t size,
                enum touch touch)
{
    if (page >= grid->pages || size == 0)
        return;
    uint64_t first = cell_index(grid, page, offset), last = cell_index(grid, page, offset + size - 1);
    for (uint64_t i = first; i <= last && i < shades->cells.len; i++) {
        shades->cells.data[i].moved |= touch == TOUCH_CAME;
        shades->cells.data[i].trail |= touch != TOUCH_CAME;
        shades->cells.data[i].leaving |= touch == TOUCH_LEAVES;
    }
}

/* ---- drawing ---- */

static const struct {
    enum style even, odd;
} content_styles[CONTENT_COUNT] = {
    [CONTENT_POINTER] = {STYLE_POINTER, STYLE_POINTER_ODD}, [CONTENT_DATA] = {STYLE_DATA, STYLE_DATA_ODD},
    [CONTENT_WEAK] = {STYLE_WEAK, STYLE_WEAK_ODD},          [CONTENT_CODE] = {STYLE_CODE, STYLE_CODE_ODD},
    [CONTENT_GARBAGE] = {STYLE_GARBAGE, STYLE_GARBAGE},     [CONTENT_FLOATING] = {STYLE_GARBAGE, STYLE_GARBAGE},
    [CONTENT_WHITE] = {STYLE_WHITE, STYLE_WHITE},           [CONTENT_GREY] = {STYLE_GREY, STYLE_GREY},
    [CONTENT_BLACK] = {STYLE_BLACK, STYLE_BLACK},           [CONTENT_WASTED] = {STYLE_WASTED, STYLE_WASTED},
    [CONTENT_UNSWEPT] = {STYLE_UNSWEPT, STYLE_UNSWEPT},     [CONTENT_FREE] = {STYLE_FAINT, STYLE_FAINT},
};

/* Bytes of cell number i; the last one of a page can be short. */
static uint64_t cell_bytes(const struct grid *grid, uint64_t i)
{
    if (grid->pages_per_cell > 1) {
        uint64_t first = i * grid->pages_per_cell, left = grid->pages - first;
        return (left < grid->pages_per_cell ? left : grid->pages_per_cell) * grid->usable;
    }
    uint64_t start = i % grid->cells_per_page * grid->cell;
    return grid->usable - start < grid->cell ? grid->usable - start : grid->cell;
}

void grid_rest(const struct grid *grid, struct shades *shades, uint64_t page, enum content content)
{
    if (grid->pages_per_cell > 1 || page >= grid->pages)
        return;
    for (uint64_t i = page * grid->cells_per_page; i < (page + 1) * grid->cells_per_page; i++) {
        struct shade *shade = &shades->cells.data[i];
        uint64_t total = cell_bytes(grid, i), known = 0;
        for (enum content c = CONTENT_POINTER; c < CONTENT_COUNT; c++)
            known += shade->bytes[c];
        if (known < total)
            shade->bytes[content] += total - known;
    }
}

void grid_gap(const struct grid *grid, struct shades *shades, uint64_t page)
{
    if (grid->pages_per_cell > 1 || page >= grid->pages)
        return;
    for (uint64_t i = page * grid->cells_per_page; i < (page + 1) * grid->cells_per_page; i++)
        shades->cells.data[i].gone = true;
}

static void draw_empty(const struct shade *shade, struct canvas *canvas, struct rect clip, int x, int y)
{
    if (shade->trail)
        canvas_glyph(canvas, clip, x, y, shade->leaving ? STYLE_MOVED : STYLE_TRAIL, GLYPH_TRAIL);
    else if (shade->bytes[CONTENT_UNSWEPT] > 0)
        canvas_glyph(canvas, clip, x, y, STYLE_UNSWEPT, GLYPH_UNSWEPT);
    else if (shade->bytes[CONTENT_WASTED] > 0)
        canvas_glyph(canvas, clip, x, y, STYLE_WASTED, GLYPH_WASTED);
    else
        canvas_glyph(canvas, clip, x, y, STYLE_FAINT, GLYPH_FREE);
}

/* The content of most objects in a cell; grey ones always show. */
static enum content most_of(const struct shade *shade, uint64_t *used)
{
    enum content most = CONTENT_POINTER;
    *used = 0;
    for (enum content c = CONTENT_POINTER; c < CONTENT_OBJECTS; c++) {
        *used += shade->bytes[c];
        if (shade->bytes[c] > shade->bytes[most])
            most = c;
    }
    return shade->bytes[CONTENT_GREY] > 0 ? CONTENT_GREY : most;
}

enum style content_style(enum content content)
{
    return content_styles[content].even;
}

enum style content_odd_style(enum content content)
{
    return content_styles[content].odd;
}

enum glyph telling_glyph(enum content content)
{
    switch (content) {
    case CONTENT_GARBAGE: return GLYPH_GARBAGE;
    case CONTENT_WHITE: return GLYPH_WHITE;
    case CONTENT_GREY: return GLYPH_GREY;
    case CONTENT_FLOATING:
    case CONTENT_BLACK: return GLYPH_BLACK;
    default: return GLYPH_COUNT;
    }
}

static void draw_cell(const struct shade *shade, uint64_t total, struct canvas *canvas, struct rect clip, int x, int y)
{
    uint64_t used;
    enum content most = most_of(shade, &used);
    if (shade->gone)
        return;
    if (used == 0) {
        draw_empty(shade, canvas, clip, x, y);
        return;
    }
    bool odd = shade->odd && shade->largest * 2 >= total;
    enum style style = odd ? content_styles[most].odd : content_styles[most].even;
    if (shade->moved)
        style = STYLE_MOVED;
    unsigned eighths = used >= total ? 8 : (unsigned)((used * 8 + total / 2) / total);
    enum glyph glyph = telling_glyph(most);
    if (glyph == GLYPH_COUNT)
        glyph = eighths < 8 ? (enum glyph)(GLYPH_PART1 + (eighths > 0 ? eighths - 1 : 0))
                : odd       ? GLYPH_FULL_ODD
                            : GLYPH_FULL;
    canvas_glyph(canvas, clip, x, y, style, glyph);
}

void grid_draw(const struct grid *grid, const struct shades *shades, struct canvas *canvas, struct rect clip, int x,
               int y)
{
    for (uint64_t i = 0; i < shades->cells.len; i++) {
        int cx, cy;
        grid_cell_place(grid, i, &cx, &cy);
        draw_cell(&shades->cells.data[i], cell_bytes(grid, i), canvas, clip, x + cx, y + cy);
    }
}

enum content object_content(const struct object *object, bool garbage, bool marking)
{
    static const enum content by_color[] = {CONTENT_WHITE, CONTENT_GREY, CONTENT_BLACK, CONTENT_BLACK};
    static const enum content dead_by_color[] = {CONTENT_GARBAGE, CONTENT_GREY, CONTENT_FLOATING, CONTENT_FLOATING};
    if (marking)
        return (garbage ? dead_by_color : by_color)[object_color(object)];
    if (garbage)
        return CONTENT_GARBAGE;
    if (object_ephemeron_table(object))
        return CONTENT_WEAK;
    switch (object_kind(object)) {
    case KIND_CODE:
    case KIND_MAP:
    case KIND_CELL:
    case KIND_PROPCELL: return CONTENT_CODE;
    default: return object_pointers(object) ? CONTENT_POINTER : CONTENT_DATA;
    }
}
