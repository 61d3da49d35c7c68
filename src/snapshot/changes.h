/*
 * changes.h - two snapshots of one process: what is new, gone, and grown, by class, and what holds the new.
 *
 * V8 keeps a node's id as long as the process lives, so that a node of the second that the first does not have is new.
 */
#ifndef HEAPREEL_SNAPSHOT_CHANGES_H
#define HEAPREEL_SNAPSHOT_CHANGES_H

#include "snapshot/analysis.h"

struct change_row {
    uint32_t class; /* of `after`; or of `before` (gone), if it has none there */
    bool only_before;
    struct sums fresh, gone;
};

struct changes {
    const struct analysis *before, *after; /* borrowed */
    VEC(struct change_row) rows;           /* by the bytes that were added, most first; then by those gone */
    struct sums fresh, gone;               /* nodes that can be reached */
    struct node_list holders;              /* new nodes of `after` that no other new node dominates, by retained size */
};

/* 0, or -1 without memory; changes_free is needed in both cases. */
int changes_make(struct changes *changes, const struct analysis *before, const struct analysis *after);
void changes_free(struct changes *changes);

#endif
