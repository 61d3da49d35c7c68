/*
 * memory.h - memory for large tables.
 *
 * A heap of many objects is a few tables of megabytes, gone about in at random: in pages of four kilobytes, most of the
 * time would be spent finding the pages. So large tables ask for huge ones, where the host has any.
 */
#ifndef HEAPREEL_BASE_MEMORY_H
#define HEAPREEL_BASE_MEMORY_H

#include <stddef.h>

#define MEMORY_HUGE ((size_t)2 << 20)  /* bytes of a huge page on most hosts; it need not be right */
#define MEMORY_LARGE (2 * MEMORY_HUGE) /* a table of so many bytes is large: little is wasted on its last page */

/*
 * Memory for a table of so many bytes, not cleared, that begins at a multiple of alignment (a power of two, at most
 * MEMORY_HUGE): to be freed by free. NULL if the host has none.
 */
void *memory_table(size_t alignment, size_t bytes);

/*
 * Moves the first bytes of table, which memory_table or malloc has given (or NULL: nothing is moved), to a new one for
 * more bytes, and frees it. What has been moved is given back at once, so that the host never needs room for both.
 * NULL if the host has no memory: table is as it was.
 */
void *memory_enlarge(void *table, size_t alignment, size_t bytes, size_t more);

#endif
