/* fold.c - which panels have nothing to show at the moment, so that their rows can go to others. */
#include "tui/panels/views.h"

/* Has none of the heap's spaces from first to last a page? */
static bool no_page(const struct heap *heap, enum space_id first, enum space_id last)
{
    for (enum space_id id = first; id <= last; id++)
        if (heap->spaces[id].pages > 0)
            return false;
    return true;
}

uint32_t views_folded(const struct scene *scene)
{
    const struct heap *heap = scene->heap;
    uint32_t folded = 0;
    if (!heap)
        return 0;
    bool large = has_large(heap);
    folded |= (uint32_t)(!large && no_page(heap, SPACE_OLD, SPACE_PROPERTY_CELL)) << VIEW_OLD;
    folded |= (uint32_t)!large << VIEW_LARGE;
    folded |= (uint32_t)no_page(heap, SPACE_OLD, SPACE_CODE) << VIEW_FREE;
    folded |= (uint32_t)(player_collection(scene->player, 0) == NULL) << VIEW_LOG;
    return folded;
}
