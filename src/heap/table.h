/*
 * table.h - the index of a table of slots or entries: from key to position, and
 * from target to the first slot that holds it. Private to slots.c, entries.c and verify.c.
 */
#ifndef HEAPREEL_HEAP_TABLE_H
#define HEAPREEL_HEAP_TABLE_H

#include "heap/slots.h"

/* Which bits of an element's first word are its key. */
#define TABLE_SLOTS SLOT_KEY
#define TABLE_ENTRIES (~ENTRY_REMEMBERED)

/* A hash of a key or a target, for tables of a power of two. */
static inline uint32_t table_mix(uint32_t key)
{
    key *= 0x9E3779B1u;
    return key ^ key >> 15;
}

/* A table with room for 2^log elements and no index: its index, or NONE without memory. */
uint32_t table_make(struct heap *heap, unsigned log);

/* The position of the element with that key, or NONE. mask: TABLE_SLOTS or TABLE_ENTRIES. */
uint32_t table_find(const struct heap *heap, uint32_t table, uint32_t mask, uint32_t key);

/* Adds the element at position, whose key is new, to the index, which has room (table_index_reserve). */
void table_index_add(struct heap *heap, uint32_t table, uint32_t mask, uint32_t position);
/* Removes the element at position from the index. */
void table_index_remove(struct heap *heap, uint32_t table, uint32_t mask, uint32_t position);
/* Makes or enlarges the index for len elements. 0, or -1 without memory. */
int table_index_reserve(struct heap *heap, uint32_t table, uint32_t mask);
/* Makes the index again after positions have changed, in the same memory. */
void table_index_rebuild(struct heap *heap, uint32_t table, uint32_t mask);

/* Doubles the array. 0, or -1 without memory. */
int table_grow(struct heap *heap, uint32_t table);

/* ---- the target index of a table of slots ---- */

/* Makes the index of targets. 0, or -1 without memory. */
int targets_build(struct heap *heap, uint32_t table);
/* Drops it, if there is one: positions are about to change. */
void targets_drop(struct heap *heap, uint32_t table);
/* Adds position, whose slot now holds target. Without memory the index is dropped, and made again when needed. */
void targets_add(struct heap *heap, uint32_t table, uint32_t position, uint32_t target);
/* Removes position from target's tree. */
void targets_remove(struct heap *heap, uint32_t table, uint32_t position, uint32_t target);
/* The first position that holds target, or NONE. */
uint32_t targets_first(const struct heap *heap, uint32_t table, uint32_t target);

#endif
