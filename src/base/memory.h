/*
 * memory.h - memory for large tables.
 *
 * The tables of a heap with many objects have megabytes and are accessed at random: with pages of four kilobytes, most
 * of the time would go into address translation. So large tables ask for huge pages, where the host has any.
 */
#ifndef HEAPREEL_BASE_MEMORY_H
#define HEAPREEL_BASE_MEMORY_H

#include <stddef.h>

#define MEMORY_HUGE ((size_t)2 << 20)  /* bytes of a huge page on most hosts; a wrong value only costs speed */
#define MEMORY_LARGE (2 * MEMORY_HUGE) /* a table of this size is large: little of its last page is wasted */

/*
 * Memory for a table of that many bytes, not cleared, that begins at a multiple of alignment (a power of two, at most
 * MEMORY_HUGE); free it with free. NULL if the host has none.
 */
void *memory_table(size_t alignment, size_t bytes);

/*
 * Moves the first bytes of table (from memory_table or malloc; NULL: nothing to move) to a new table with room for more
 * bytes, and frees the old one. Moved parts are returned to the host at once, so that it never needs room for both.
 * NULL if the host has no memory: table is unchanged then.
 */
void *memory_enlarge(void *table, size_t alignment, size_t bytes, size_t more);

#endif
