/*
 * heap_groups.h - objects grouped by name, kind or site: each group has a label, which is the same in every heap.
 */
#ifndef HEAPREEL_REPORT_HEAP_GROUPS_H
#define HEAPREEL_REPORT_HEAP_GROUPS_H

#include "heap/heap.h"

/* X(symbol, word): what a row of a table is. Names that differ only in numbers are one name: req*_body. */
#define HEAP_GROUPS(X) X(OBJECT, "object") X(NAME, "name") X(KIND, "kind") X(SITE, "site")
enum heap_by {
#define X(symbol, word) HEAP_BY_##symbol,
    HEAP_GROUPS(X)
#undef X
        HEAP_BY_COUNT
};
/* object, name, kind, site. */
const char *heap_by_word(enum heap_by by);
/* The row of that word, or HEAP_BY_COUNT. */
enum heap_by heap_by_named(const char *word);

struct heap_groups {
    enum heap_by by;     /* not OBJECT */
    struct names labels; /* the number of a group is that of its label */
    char *room;          /* owned: a label in the making */
    size_t room_cap;
};

void heap_groups_init(struct heap_groups *groups, enum heap_by by);
void heap_groups_free(struct heap_groups *groups);

#define HEAP_GROUP_NONE UINT32_MAX
/* The number of an object's group, a new one if need be; HEAP_GROUP_NONE without memory. */
uint32_t heap_group_of(struct heap_groups *groups, const struct heap *heap, uint32_t object);
/* How many there are: numbers are below it. */
uint32_t heap_group_count(const struct heap_groups *groups);
/* Its label, *len bytes; NULL: objects without a name. Borrowed until the next heap_group_of. */
const char *heap_group_label(const struct heap_groups *groups, uint32_t group, size_t *len);

#endif
