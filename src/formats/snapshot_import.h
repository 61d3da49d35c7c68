/*
 * snapshot_import.h - a heap snapshot as a trace that builds the same heap: each node is born in the holder by which it
 * is nearest to the root, so that no collection meanwhile can take it; then come the other references.
 */
#ifndef HEAPREEL_FORMATS_SNAPSHOT_IMPORT_H
#define HEAPREEL_FORMATS_SNAPSHOT_IMPORT_H

#include "base/error.h"
#include "snapshot/living.h"

#include <stdio.h>

struct snapshot_import {
    bool slots; /* name the slots */
    const char *path;
};

/*
 * Writes the trace of a snapshot whose living edges have been walked. 0, or -1 (error filled, ERROR_NONE if it could
 * not be written).
 */
int snapshot_import(const struct snapshot *snapshot, const struct living *living, const struct snapshot_import *options,
                    FILE *out, struct error *error);

#endif
