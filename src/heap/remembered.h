/*
 * remembered.h - the remembered set: the slots and entries of old objects that hold young pointers, in the order in
 * which they were first stored (heapreel-model(7), "The generational barrier"). A slot, or word of an entry, with a
 * record carries a flag, so that recording it again is one test.
 */
#ifndef HEAPREEL_HEAP_REMEMBERED_H
#define HEAPREEL_HEAP_REMEMBERED_H

#include "heap/heap.h"

/* Records the slot at position of host unless it is recorded. 0, or -1 without memory; *recorded: is it new? */
int remember_slot(struct heap *heap, uint32_t host, uint32_t position, bool *recorded);
/* The same for the key (RECORD_KEY) or the value (RECORD_VALUE) of an entry. */
int remember_entry(struct heap *heap, uint32_t host, uint32_t position, uint32_t kind, bool *recorded);
/* node20: notes that the key of an entry of an old weak collection is young. 0, or -1 without memory. */
int remember_young_key(struct heap *heap, uint32_t host, uint32_t position);

/*
 * What the place of a record holds now, or NONE (empty, or gone). The record's flag is in *word, so that it can be
 * cleared (NULL if the place is gone).
 */
uint32_t record_target(const struct heap *heap, const struct record *record, uint32_t **word, uint32_t *flag);

/*
 * The positions of host's slots (kind RECORD_SLOT) or entries (RECORD_KEY: both words) have moved: to[old] is the new
 * one or NONE.
 */
void remembered_move(struct heap *heap, uint32_t host, uint32_t kind, const uint32_t *to);
/* The same for the list of young keys. */
void young_keys_move(struct heap *heap, uint32_t host, const uint32_t *to);

#endif
