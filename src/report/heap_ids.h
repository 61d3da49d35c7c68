/*
 * heap_ids.h - the numbers by which listings call the objects of a heap: they count from 1, space by space in layout
 * order, so that equal heaps have equal numbers on every machine.
 */
#ifndef HEAPREEL_REPORT_HEAP_IDS_H
#define HEAPREEL_REPORT_HEAP_IDS_H

#include "heap/figures.h"

struct heap_ids {
    struct object_list list;       /* the objects in their order */
    size_t first[SPACE_COUNT + 1]; /* where each space begins in it */
    uint32_t *ids;                 /* object -> id; 0 = it has none */
};

/* 0, or -1 without memory. heap_ids_free is needed in both cases. */
int heap_ids_make(struct heap_ids *ids, const struct heap *heap);
void heap_ids_free(struct heap_ids *ids);

#endif
