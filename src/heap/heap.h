/*
 * heap.h - the simulated heap as flat data.
 *
 * Objects, slots, pages, free blocks, handles, the remembered set and the
 * collector's queues live in growable arrays and refer to each other by 32-bit
 * index. So a heap is copied with a few memcpys, compared and hashed. It only
 * points outside to the names, and to the listeners, which are not state.
 *
 * Glossary
 *   young      in new space or in new-large
 *   to-space   the semispace in use; from-space exists only during a collection
 *   parity     which of the two semispaces; a young object whose parity is not
 *              the heap's lies in from-space and has not been visited yet
 *   handle     a root: one scope's hold on an object
 *   unit       8 bytes; offsets and sizes of objects are kept in units
 *   hole       a slot, entry or handle that is gone but still has its place
 *   happening  anything that changes a heap; tell() reports it to the heap's
 *              listeners, which hear it
 *
 * The files in the order to read them; each uses only files before it:
 *   object.h, space.h, collection.h, progress.h   the data
 *   era, config, happening, names_of              rules, keys, listeners, words
 *   ids, sites, roots, remembered                 IDs, allocation sites, handles, the remembered set
 *   arena, slot_index, table, slots               slots
 *   objects, entries                              records of objects, entries of weak collections
 *   pages, freelist, area, newspace               where objects lie
 *   pauses, clock, figures, retainers, leaks      reading a heap
 *   heap, save, hash, verify                      a heap as a whole
 */
#ifndef HEAPREEL_HEAP_HEAP_H
#define HEAPREEL_HEAP_HEAP_H

#include "base/error.h"
#include "base/names.h"
#include "base/vec.h"
#include "heap/config.h"
#include "heap/happening.h"
#include "heap/object.h"
#include "heap/pauses.h"
#include "heap/progress.h"
#include "heap/space.h"

#include <stdbool.h>
#include <stdint.h>

/* An object that has been collected, by name: for the messages about unknown objects. */
struct dead_name {
    uint32_t name;
    uint32_t collection; /* index of the collection (1-based) that took it; see heap_collection_event */
};
#define DEAD_NAMES 65536u /* a power of two */

/* What an allocation site, or a scope that replaces one, has allocated; see heap/sites.h. */
struct site {
    uint64_t allocated, bytes;
    uint32_t name;  /* NAME_NONE in the first two: no site, and all that are no longer distinguished */
    uint32_t flags; /* SITE_... */
};

/* Allocations of the site that allocated last: they are added to the site when another one follows. */
struct site_run {
    uint32_t given; /* the site of the alloc line, which may be NAME_NONE; SITE_UNKNOWN: the scope has changed since */
    uint32_t name, site;       /* the site's name, given or the scope's; its index in heap.sites */
    uint64_t allocated, bytes; /* the heap's counters when it began */
};

#define GROWTH_MAJORS 6u /* five rises in a row are growth (heapreel-model(7), "Leak analysis") */
/* What the last major collections left. */
struct growth {
    uint64_t majors;              /* so far; the newest is at (majors - 1) % GROWTH_MAJORS */
    uint64_t left[GROWTH_MAJORS]; /* heapUsed, bytes */
};

/* Whose time sweeping a page takes. X(symbol, word) */
#define SWEEPERS(X) X(PAUSE, "pause") X(PROGRAM, "program") X(BACKGROUND, "background")
enum sweeper {
#define X(symbol, word) SWEEPER_##symbol,
    SWEEPERS(X)
#undef X
        SWEEPER_COUNT
};

/* Counters of the report that are not in the records of collections. */
struct counters {
    uint64_t allocated, collected, peak_live; /* objects */
    uint64_t allocated_bytes;
    uint64_t barriers_generational, barriers_marking, remembered_peak;
    uint64_t promotion[PROMOTION_RULE_COUNT];
    uint64_t finalized, weak_cleared;
    uint64_t scavenges, mark_sweeps, mark_compacts, incremental_steps;
    uint64_t swept[SWEEPER_COUNT];   /* pages */
    uint64_t work_ns, gc_ns, events; /* events that act on the heap, which the clock counts */
    struct memory_usage peak;
};

/* Every array of the heap: X(type, name). Copying, freeing and hashing go through this table. */
#define HEAP_ARRAYS(X)                                                                                                 \
    X(struct object, objects)                                                                                          \
    X(struct object_cold, cold)                                                                                        \
    X(struct extra, extras)                                                                                            \
    X(uint64_t, arena)                                                                                                 \
    X(struct table, tables)                                                                                            \
    X(struct id_bucket, ids) /* name -> object: heap/ids.h */                                                          \
    X(struct handle, handles)                                                                                          \
    X(struct scope, scopes)                                                                                            \
    X(struct record, remembered)                                                                                       \
    X(struct record, young_keys)  /* node20: entries of old weak collections whose key is young */                     \
    X(uint32_t, finalizers)       /* objects registered for finalization, in order of first registration */            \
    X(uint32_t, young)            /* objects of to-space in address order (while scavenging: in copy order) */         \
    X(uint32_t, from)             /* objects of from-space in address order, while collecting */                       \
    X(uint32_t, new_large)        /* objects of new-large */                                                           \
    X(uint32_t, promoted)         /* the promotion queue */                                                            \
    X(uint32_t, worklist)         /* grey objects */                                                                   \
    X(uint32_t, again)            /* black objects made grey again, to be scanned last */                              \
    X(uint32_t, ephemeral)        /* node20's scavenger: surviving weak collections */                                 \
    X(uint32_t, ephemeron_tables) /* marking: weak collections with entries */                                         \
    X(uint32_t, weak_hosts)       /* collector: surviving hosts with weak slots or entries to look through */          \
    X(uint32_t, finalized) /* collector: names of dead registered objects, to be reported after the collection */      \
    X(uint32_t, order)     /* of the scavenger: positions of what it meets scattered */                                \
    X(uint32_t, scratch)                                                                                               \
    X(struct page, pages)                                                                                              \
    X(uint32_t, stale_pages) /* pages whose largest free block must be found again */                                  \
    X(struct free_block, blocks)                                                                                       \
    X(uint32_t, free_objects)       /* free records, the next to be taken last */                                      \
    X(struct dead_name, dead_names) /* the newest DEAD_NAMES at most: a ring, once it is full */                       \
    X(uint64_t, collection_events)  /* of the newest DEAD_NAMES collections that have ended: likewise */               \
    X(uint64_t, survival)           /* dead objects by age; the living are added by the report */                      \
    X(struct site, sites)           /* in order of their first allocation */                                           \
    X(uint32_t, site_index)         /* by name: index in sites + 1, 0 = empty; a power of two */                       \
    X(struct collection, collections)

#define ARENA_CLASSES 33

struct heap {
#define X(type, name) VEC(type) name;
    HEAP_ARRAYS(X)
#undef X
    struct config config;
    const struct era_rules *rules; /* the row of its era */
    struct new_space young_space;
    struct space spaces[SPACE_COUNT];
    uint32_t free_extra, free_table, free_page, free_block; /* heads of free records, or NONE */
    uint32_t arena_free[ARENA_CLASSES];                     /* free arena blocks of 2^n units, or NONE */
    uint32_t category_min[FREE_CATEGORIES]; /* smallest block (units) of each free-list category, ascending */
    uint32_t category_count;
    uint64_t id_count;
    uint64_t id_inverse; /* 2^64 / buckets, rounded up */
    uint64_t id_room;    /* names that the table takes before it grows */
    uint64_t live;       /* objects in the heap */
    uint64_t handle_holes;
    uint64_t handle_room; /* number of handles at which holes are squeezed out, or the room doubled; does not depend on
                             capacity */
    uint64_t old_handles; /* this many handles at the beginning are on old objects, or holes: scavenges need not visit
                             them */
    uint64_t external;    /* off-heap bytes of all objects */
    uint64_t young_external; /* of young objects */
    uint64_t next_address;
    uint64_t dead_name_count; /* named objects collected so far; the newest is at (count - 1) % DEAD_NAMES */
    uint64_t event, line;     /* of the current event; event counts those of all heaps of the run */
    struct counters counters;
    struct site_run site_run;
    bool sited; /* a named site has allocated, so objects can have one */
    struct growth growth;
    struct limits limits;
    struct gc_state gc;
    struct allocation allocation;
    struct paused_allocation search;
    struct marking marking;
    uint64_t
        due_at; /* counters.allocated_bytes at which a marking step, or the background sweeper's next page, is due */
    uint64_t micro_steps;      /* of the collector so far (gc/gc.h): tells where it is, and is in no hash */
    uint64_t max_collections;  /* records kept in collections; counters stay exact */
    struct pause_store pauses; /* every pause of any kind: for reports, and in no hash */
    bool out_of_memory;
    uint32_t oom_words; /* which of the era's fatal messages: gc/policy.h */
    /* Not state: */
    struct names *names; /* borrowed */
    struct {
        const char *name;       /* borrowed; NULL: the main one */
        uint32_t index;         /* in the run; 0: the main one */
    } worker;                   /* whose heap it is: for listeners */
    struct listener *listeners; /* borrowed */
    uint64_t listening;         /* union of their masks */
};

/* ---- heap.c ---- */

/* Makes *heap an empty heap with a global scope. config is copied, names borrowed. 0, or -1 (error filled). */
int heap_init(struct heap *heap, const struct config *config, struct names *names, struct error *error);
void heap_free(struct heap *heap);
/* Copies *from into the uninitialised *to, without listeners. 0, or -1 without memory (*to needs no freeing then). */
int heap_copy(struct heap *to, const struct heap *from);
/* Marks every name that the heap uses. */
void heap_mark_names(struct heap *heap);

/* ---- save.c ---- */

/*
 * Copies *from into the uninitialised *to, tightly packed, for heap_restore: without listeners, spare room, and records
 * of collections, of which it keeps the number. It can be read as a heap, except for those. 0, or -1 without memory
 * (*to needs no freeing then). *bytes: its size. heap_free frees it.
 */
int heap_save(struct heap *to, const struct heap *from, uint64_t *bytes);
/*
 * Restores *heap to the state that *saved was saved from; *heap is an earlier or a later state of the same heap, or
 * zeroed. records are those of the collections, at least saved->collections.len of them. The heap's listeners stay. 0,
 * or -1 without memory (its state has not changed then).
 */
int heap_restore(struct heap *heap, const struct heap *saved, const struct collection *records);
/* ---- hash.c ---- */

/* A hash (FNV-1a, 64 bits) over all state: equal heaps have equal hashes on every machine. */
uint64_t heap_hash(const struct heap *heap);

/* ---- happening.c ---- */

/* Informs every listener for the kind; use tell(). */
void heap_tell(const struct heap *heap, const struct happening *happening);

#define heap_hears(heap, kind) ((heap)->listening & (UINT64_C(1) << (kind)))
/* Reports that HAPPENING_kind happened to object, with its values in the table's order. */
#define tell(heap, kind_, object_, ...)                                                                                \
    do {                                                                                                               \
        if (__builtin_expect(heap_hears(heap, HAPPENING_##kind_) != 0, 0))                                             \
            heap_tell(heap, &(struct happening){HAPPENING_##kind_, (object_), {__VA_ARGS__}});                         \
    } while (0)

/* ---- verify.c ---- */

/*
 * Checks every invariant of the heap (sums, lists, tables, records, the remembered set). 0, or -1 with error text
 * saying what is wrong. Allocates; slow.
 */
int heap_verify(const struct heap *heap, struct error *error);
/*
 * Checks what also holds between any two micro-steps of a collector, on which the screen relies: every object lies in
 * its space and overlaps no other, its targets exist (except dead objects in a major), pages and sums are right.
 * Returns as heap_verify does.
 */
int heap_verify_step(const struct heap *heap, struct error *error);

#endif
