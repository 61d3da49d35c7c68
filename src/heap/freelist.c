/*
 * freelist.c - the segregated free lists of paged spaces (heapreel-model(7), "Old spaces"; V8 3.14 and 5.1 spaces.cc,
 * FreeList; V8 11.3 free-list.cc, FreeListMany).
 */
#include "heap/pages.h"

static void add_category(struct heap *h, uint64_t min_bytes)
{
    uint32_t min = (uint32_t)(min_bytes / UNIT);
    if (h->category_count && min < h->category_min[h->category_count - 1])
        min = h->category_min[h->category_count - 1];
    h->category_min[h->category_count++] = min;
}

void free_list_init(struct heap *h)
{
    const struct era_rules *rules = h->rules;
    int64_t page = (int64_t)h->config.page_size;
    bool toy = config_toy(&h->config);
    h->category_count = 0;
    for (unsigned i = 0; i < FREE_CATEGORIES && rules->free_list[i] != 0; i++) {
        int64_t min = toy ? rules->toy_free_list[i] : rules->free_list[i];
        if (!toy || min < page)
            add_category(h, (uint64_t)(min < 0 ? page / -min : min));
    }
}

static unsigned category_of(const struct heap *h, uint32_t units)
{
    unsigned category = h->category_count - 1;
    while (category > 0 && h->category_min[category] > units)
        category--;
    return category;
}

/* Do all objects of the space have one size? */
static bool space_of_cells(enum space_id space)
{
    return space == SPACE_MAP || space == SPACE_CELL || space == SPACE_PROPERTY_CELL;
}

int page_free_block(struct heap *h, uint32_t page, uint32_t offset, uint32_t units)
{
    struct page *p = &h->pages.data[page];
    struct space *space = &h->spaces[p->space];
    uint64_t bytes = (uint64_t)units * UNIT;
    if (bytes < h->config.free_list_min && !space_of_cells(p->space)) {
        p->wasted += bytes;
        space->wasted += bytes;
        if (bytes > p->largest_wasted)
            p->largest_wasted = bytes;
        page_changed(h, page);
        return 0;
    }
    uint32_t b = h->free_block;
    if (b != NONE) {
        h->free_block = h->blocks.data[b].next;
    } else {
        if (h->blocks.len >= NONE - 1 || vec_reserve(&h->blocks, 1))
            return -1;
        b = (uint32_t)h->blocks.len++;
    }
    unsigned category = category_of(h, units);
    struct free_block *block = &h->blocks.data[b];
    *block = (struct free_block){page, offset, units, space->categories[category], NONE, p->blocks, NONE};
    if (block->next != NONE)
        h->blocks.data[block->next].previous = b;
    space->categories[category] = b;
    if (units > space->largest[category])
        space->largest[category] = units;
    if (p->blocks != NONE)
        h->blocks.data[p->blocks].page_previous = b;
    p->blocks = b;
    page_changed(h, page);
    p->available += bytes;
    space->available += bytes;
    return 0;
}

/* Removes a block from its category and its page, and frees its record. */
static void remove_block(struct heap *h, uint32_t b)
{
    const struct free_block *block = &h->blocks.data[b];
    struct page *p = &h->pages.data[block->page];
    struct space *space = &h->spaces[p->space];
    uint64_t bytes = (uint64_t)block->size * UNIT;
    if (block->previous != NONE)
        h->blocks.data[block->previous].next = block->next;
    else
        space->categories[category_of(h, block->size)] = block->next;
    if (block->next != NONE)
        h->blocks.data[block->next].previous = block->previous;
    if (block->page_previous != NONE)
        h->blocks.data[block->page_previous].page_next = block->page_next;
    else
        p->blocks = block->page_next;
    if (block->page_next != NONE)
        h->blocks.data[block->page_next].page_previous = block->page_previous;
    page_changed(h, block->page);
    p->available -= bytes;
    space->available -= bytes;
    h->blocks.data[b].size = 0;
    h->blocks.data[b].next = h->free_block;
    h->free_block = b;
}

void page_drop_blocks(struct heap *h, uint32_t page)
{
    while (h->pages.data[page].blocks != NONE)
        remove_block(h, h->pages.data[page].blocks);
    struct page *p = &h->pages.data[page];
    h->spaces[p->space].wasted -= p->wasted;
    p->wasted = p->largest_wasted = 0;
    page_changed(h, page);
}

/*
 * First fit in one category. A failing search has seen every block, so it lowers the category's bound to the largest,
 * and is not repeated until a larger block comes.
 */
static uint32_t first_fit(struct heap *h, struct space *space, unsigned category, uint64_t units)
{
    if (space->categories[category] == NONE || space->largest[category] < units)
        return NONE;
    uint32_t largest = 0;
    for (uint32_t b = space->categories[category]; b != NONE; b = h->blocks.data[b].next) {
        if (h->blocks.data[b].size >= units)
            return b;
        if (h->blocks.data[b].size > largest)
            largest = h->blocks.data[b].size;
    }
    space->largest[category] = largest;
    return NONE;
}

/*
 * A search begins in the first category whose every block fits. A space of equal cells has blocks of whole cells only
 * (and the rest at a page's end), so the smallest come first there.
 */
static uint32_t find_block(struct heap *h, struct space *space, uint64_t units, bool cells)
{
    if (units > h->young_space.usable)
        return NONE;
    unsigned exact = category_of(h, (uint32_t)units);
    uint32_t block = cells ? first_fit(h, space, exact, units) : NONE;
    if (block != NONE)
        return block;
    unsigned fits = h->category_min[exact] >= units ? exact : exact + 1;
    for (unsigned category = fits; category < h->category_count; category++)
        if (space->categories[category] != NONE)
            return space->categories[category];
    return fits == exact ? NONE : first_fit(h, space, exact, units);
}

bool free_list_take(struct heap *h, enum space_id id, uint64_t units, struct free_block *block)
{
    uint32_t b = find_block(h, &h->spaces[id], units, space_of_cells(id));
    if (b == NONE)
        return false;
    *block = h->blocks.data[b];
    remove_block(h, b);
    return true;
}
