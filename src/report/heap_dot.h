/*
 * heap_dot.h - the objects of a heap and their references as a graph in the DOT language, for graphviz.
 */
#ifndef HEAPREEL_REPORT_HEAP_DOT_H
#define HEAPREEL_REPORT_HEAP_DOT_H

#include "heap/heap.h"

#include <stdio.h>

#define HEAP_DOT_MOST 40u /* objects that are drawn, unless one is chosen in the middle: those nearest to the roots */

/*
 * Writes the graph of a heap: scopes, objects with names, kinds and sizes, references, weak ones dashed, entries of
 * weak collections dotted, unreachable objects with dashed frames, colors while marking. around: an object whose
 * neighbourhood of `steps` references either way is drawn; NONE: the whole heap. What is left out is counted where it
 * would be. 0, or -1 without memory or if it cannot be written.
 */
int heap_dot_write(const struct heap *heap, uint32_t around, unsigned steps, FILE *out);

#endif
