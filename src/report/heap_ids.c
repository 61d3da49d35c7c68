/* heap_ids.c - lists the objects of a heap, and numbers them. */
#include "report/heap_ids.h"

#include <stdlib.h>

int heap_ids_make(struct heap_ids *ids, const struct heap *h)
{
    *ids = (struct heap_ids){.ids = calloc(h->objects.len + 1, sizeof *ids->ids)};
    if (ids->ids == NULL)
        return -1;
    for (unsigned id = 0; id < SPACE_COUNT; id++) {
        ids->first[id] = ids->list.objects.len;
        if (era_has_space(h->config.era, (enum space_id)id) && heap_space_objects(h, (enum space_id)id, &ids->list))
            return -1;
    }
    ids->first[SPACE_COUNT] = ids->list.objects.len;
    for (size_t i = 0; i < ids->list.objects.len; i++)
        ids->ids[ids->list.objects.data[i]] = (uint32_t)i + 1;
    return 0;
}

void heap_ids_free(struct heap_ids *ids)
{
    vec_free(&ids->list.objects);
    free(ids->ids);
    *ids = (struct heap_ids){0};
}
