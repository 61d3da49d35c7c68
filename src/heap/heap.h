/*
 * heap.h - the simulated heap as flat data.
 *
 * Objects, slots, pages, free blocks, handles, the remembered set and the
 * collector's queues live in growable arrays and refer to each other by 32-bit
 * index. So a heap is copied with a few memcpys, compared and hashed. The only
 * pointers to outside are the names, and the listeners, which are no state.
 *
 * Glossary
 *   young      in new space or in new-large
 *   to-space   the semispace in use; from-space exists only during a collection
 *   parity     which of the two semispaces; a young object whose parity is not
 *              the heap's lies in from-space and has not been visited yet
 *   handle     a root: one scope's hold on an object
 *   unit       8 bytes; offsets and sizes of objects are kept in units
 *   hole       a slot, entry or handle that is gone but still has its place
 *
 * The equation of every paged space, checked by heap_verify:
 *   headers + used + available + wasted + dead = committed
 * where dead is what only sweeping gives back: on pages that wait to be swept, and on evacuation candidates, all that
 * is not used. Their free blocks stand in no list.
 */
#ifndef HEAPREEL_HEAP_HEAP_H
#define HEAPREEL_HEAP_HEAP_H

#include "base/error.h"
#include "base/names.h"
#include "base/vec.h"
#include "heap/config.h"
#include "heap/era.h"
#include "heap/happening.h"
#include "heap/object.h"
#include "heap/pauses.h"

#include <stdbool.h>
#include <stdint.h>

/* A page of a paged old-generation space, or the region of a large object. */
enum {
    PAGE_FREE = 1,
    PAGE_UNSWEPT = 2,
    PAGE_CANDIDATE = 4,
    PAGE_STALE = 8 /* its free blocks have changed: it is in heap.stale_pages */
};
struct page {
    uint64_t base;           /* simulated address */
    uint64_t size;           /* committed bytes */
    uint64_t used;           /* bytes of live objects */
    uint64_t dead;           /* bytes that only sweeping gives back: all that is not used, until the page is swept */
    uint64_t available;      /* bytes in free blocks */
    uint64_t wasted;         /* bytes in blocks too small for the free list */
    uint64_t largest_wasted; /* bytes of the largest of those */
    uint32_t objects;        /* first object, linked by object_cold.next */
    uint32_t count;          /* objects */
    uint32_t blocks;         /* first free block, linked by free_block.page_next */
    uint32_t next, previous; /* pages of the same space, in the order of their making */
    uint64_t largest;        /* bytes of its largest free or wasted block, as counted in space.largest_sum */
    uint8_t space;           /* enum space_id */
    uint8_t flags;           /* PAGE_... */
};

/* A block of a free list. */
struct free_block {
    uint32_t page, offset, size; /* offset and size in units */
    uint32_t next, previous;     /* in its category, newest first; free records: next free one */
    uint32_t page_next, page_previous;
};

struct space {
    uint32_t first, last; /* pages, or NONE */
    uint32_t pages;
    uint64_t committed; /* bytes */
    uint64_t used;      /* bytes of objects (new: of to-space) */
    uint64_t objects;
    uint64_t dead;      /* of page.dead: on pages that wait to be swept */
    uint64_t withheld;  /* of page.dead: on evacuation candidates */
    uint64_t available; /* bytes in free blocks (the allocation area not among them) */
    uint64_t wasted;
    uint64_t largest_sum; /* of page.largest; see pages_refresh */
    uint32_t unswept;     /* the first page that waits to be swept, or NONE */
    uint32_t unswept_pages;
    uint32_t area_page;                   /* linear allocation area: page or NONE */
    uint32_t area_top, area_limit;        /* units */
    uint32_t categories[FREE_CATEGORIES]; /* newest free block of each, or NONE */
    uint32_t largest[FREE_CATEGORIES];    /* no block of the category is larger (units): bounds first-fit searches */
};

/* Why a collection runs: V8's words. X(symbol, words) */
#define REASONS(X)                                                                                                     \
    X(TESTING, "testing")                                                                                              \
    X(ALLOCATION_FAILURE, "allocation failure")                                                                        \
    X(PROMOTION_LIMIT, "promotion limit reached")                                                                      \
    X(OLD_EXHAUSTED, "old generations exhausted")                                                                      \
    X(SCAVENGE_MIGHT_FAIL, "scavenge might not succeed")                                                               \
    X(EXTERNAL_PRESSURE, "external memory pressure")                                                                   \
    X(TASK, "task")                                                                                                    \
    X(FINALIZE_MARKING, "finalize incremental marking")                                                                \
    X(OLD_REQUESTED, "GC in old space requested")                                                                      \
    X(LAST_RESORT, "last resort")
enum reason {
#define X(symbol, words) REASON_##symbol,
    REASONS(X)
#undef X
        REASON_COUNT
};

enum collection_type { COLLECTION_SCAVENGE, COLLECTION_MARK_SWEEP, COLLECTION_MARK_COMPACT, COLLECTION_TYPES };

#define PROMOTION_RULES(X)                                                                                             \
    X(AGE, "by_age") X(THRESHOLD, "by_threshold") X(OVERFLOW, "by_overflow") X(MAJOR, "by_major") X(LARGE, "large")
enum promotion_rule {
#define X(symbol, word) PROMOTION_##symbol,
    PROMOTION_RULES(X)
#undef X
        PROMOTION_RULE_COUNT
};

/* Which test decided something (happening "decision"): X(symbol, words with %l and %r for the operands) */
#define DECISIONS(X)                                                                                                   \
    X(PROMOTION_LIMIT, "old bytes %l > promotion limit %r: major")                                                     \
    X(OLD_EXHAUSTED, "an old-generation allocation has failed since the last major: major")                            \
    X(SCAVENGE_MIGHT_FAIL, "room in the old generation %l < new space %r: major")                                      \
    X(OLD_CAPACITY, "old capacity and young bytes %l > maximum %r: major")                                             \
    X(SCAVENGE, "new space is full, %l of %r: scavenge")                                                               \
    X(STILL_NO_ROOM, "no room after the scavenge: major")                                                              \
    X(OLD_LIMIT, "old bytes with what is asked for %l > limit %r: major")                                              \
    X(OLD_MAXIMUM, "committed bytes with what is asked for %l > maximum %r: major")                                    \
    X(CAPACITY_MAXIMUM, "old capacity with what is asked for %l > maximum %r: major")                                  \
    X(COMMITTED_MAXIMUM, "all committed bytes with what is asked for %l > maximum and three semispaces %r: major")     \
    X(NEW_LARGE, "new-large bytes with the object %l > capacity %r: scavenge")                                         \
    X(YOUNG_EXTERNAL, "external bytes of young objects %l >= limit %r: scavenge")                                      \
    X(EXTERNAL, "external bytes since the last major %l > limit %r: major")                                            \
    X(MARKING_PROMOTION_LIMIT, "old bytes %l >= promotion limit - new space %r: marking starts")                       \
    X(MARKING_LIMIT, "old bytes %l >= limit - new space %r: marking starts")                                           \
    X(MARKING_EXTERNAL, "external bytes since the last major %l > limit %r: marking starts")                           \
    X(NEW_SPACE_TASK, "new space %l >= 80 %% of %r: scavenge in idle time")                                            \
    X(LAST_RESORT, "two majors made no room: last resort")
enum decision {
#define X(symbol, words) DECISION_##symbol,
    DECISIONS(X)
#undef X
        DECISION_COUNT
};

/* A decision with the operands of its test. */
struct decision_record {
    uint64_t left, right;
    uint8_t rule; /* enum decision, or DECISION_COUNT: none */
};

/*
 * What a limit of the old generation was computed by: X(SYMBOL, "words"), %0 to %2 for the operands, %f for the second
 * one in thousandths. LIMIT_KEPT: it was not.
 */
#define LIMIT_RULES(X)                                                                                                 \
    X(KEPT, "")                                                                                                        \
    X(GROWN, "old bytes %0 x %f + new space %2")                                                                       \
    X(GROWN_BY_THIRD, "old bytes %0 x 4/3 + new space %2")                                                             \
    X(STEPPED, "old bytes %0 + least step %1 + new space %2")                                                          \
    X(HALF_WAY, "half of old bytes %0 + maximum %1")                                                                   \
    X(SURVIVAL, "limit %0 x mean survival %f")                                                                         \
    X(SURVIVAL_STEPPED, "old bytes %0 + least step %1")
enum limit_rule {
#define X(symbol, words) LIMIT_##symbol,
    LIMIT_RULES(X)
#undef X
        LIMIT_RULE_COUNT
};

/* A limit's rule with its operands. */
struct limit_record {
    uint64_t operand[3];
    uint8_t rule; /* enum limit_rule */
};

struct memory_usage {
    uint64_t rss, heap_total, heap_used, external; /* bytes, as process.memoryUsage() */
};

/* One collection, for the report. Append-only. */
struct collection {
    uint8_t type;   /* enum collection_type */
    uint8_t reason; /* enum reason */
    uint8_t forced; /* by a gc event */
    uint8_t reduce; /* node20: a memory reducing major */
    uint64_t index, event, line;
    uint64_t start_ns, pause_ns;
    struct memory_usage before, after;
    uint64_t copied_bytes, promoted_bytes, promoted_objects, dead_bytes, dead_objects;
    uint64_t roots_visited, remembered_visited, marked_bytes, marking_steps, weak_cleared;
    uint64_t evacuated_pages, released_pages, slots_updated, floating_garbage_bytes;
    uint64_t fragmentation_before, fragmentation_after; /* millionths, over all paged old spaces */
    uint64_t semispace_capacity;
    uint64_t limit, promotion_limit;                        /* of the old generation, after it: bytes */
    struct decision_record why;                             /* forced collections have none */
    struct limit_record limit_record, promotion_limit_made; /* if it changed them; the second in the book only */
};

/* An object that has been collected, by name: what "unknown object" errors tell. */
struct dead_name {
    uint32_t name;
    uint32_t collection; /* index of the collection (1-based) that took it; see heap_collection_event */
};
#define DEAD_NAMES 65536u /* a power of two */

/* What an allocation site, or a scope that stands for one, has allocated; see heap/sites.h. */
struct site {
    uint64_t allocated, bytes;
    uint32_t name;  /* NAME_NONE in the first two: the site without a name, and all that are no longer told apart */
    uint32_t flags; /* SITE_... */
};

/* Allocations of the site that allocated last: they are added to its own when another one follows. */
struct site_run {
    uint32_t given; /* the site of the alloc line, which may be NAME_NONE; SITE_UNKNOWN: the scope has changed since */
    uint32_t name, site;       /* what that came to, with the scope's name; its index in heap.sites */
    uint64_t allocated, bytes; /* the heap's counters when it began */
};

#define GROWTH_MAJORS 6u /* five rises in a row: the rule of growth (heap model, section 12) */
/* What the last major collections left. */
struct growth {
    uint64_t majors;              /* so far; the newest stands at (majors - 1) % GROWTH_MAJORS */
    uint64_t left[GROWTH_MAJORS]; /* heapUsed, bytes */
};

struct new_space {
    uint32_t parity;                 /* 0 or OBJECT_PARITY */
    uint32_t capacity;               /* pages of each semispace */
    uint32_t maximum;                /* pages */
    uint32_t page, top;              /* current page, units in it */
    uint32_t usable;                 /* units of a page */
    uint32_t mark_page, mark_offset; /* the age mark */
    uint64_t survived;               /* bytes since the last growth */
    uint64_t base[2];                /* simulated addresses of the two semispaces */
};

/* Whose time sweeping a page takes. X(symbol, word) */
#define SWEEPERS(X) X(PAUSE, "pause") X(PROGRAM, "program") X(BACKGROUND, "background")
enum sweeper {
#define X(symbol, word) SWEEPER_##symbol,
    SWEEPERS(X)
#undef X
        SWEEPER_COUNT
};

/* Counters of the report that are not in the collections. */
struct counters {
    uint64_t allocated, collected, peak_live; /* objects */
    uint64_t allocated_bytes;
    uint64_t barriers_generational, barriers_marking, remembered_peak;
    uint64_t promotion[PROMOTION_RULE_COUNT];
    uint64_t finalized, weak_cleared;
    uint64_t scavenges, mark_sweeps, mark_compacts, incremental_steps;
    uint64_t swept[SWEEPER_COUNT];   /* pages */
    uint64_t work_ns, gc_ns, events; /* events that act on the heap: what the clock counts */
    struct memory_usage peak;
};

/* The old-generation limits and what they are computed from (heap model, section 9). */
struct limits {
    uint64_t old, promotion;  /* bytes */
    uint64_t external_lowest; /* since the last major */
    bool old_failed;          /* an old-generation allocation has failed since the last major */
    bool had_major;
    bool consider;              /* something has happened since marking was last thought of */
    bool reduce;                /* node20: this major is a memory reducing one */
    bool most_survived;         /* more than 90 % of what the last scavenge found in new space */
    struct decision_record why; /* why the next collection, or cycle, begins */
    uint64_t survival[10];      /* per mille of the last scavenges */
    uint64_t survivals;         /* scavenges so far */
    struct {
        uint64_t gc_bytes, gc_ns, allocated_bytes, mutator_ns;
    } cycle[10];
    uint64_t cycles;
    uint64_t mutator_ns_at_last_major, allocated_at_last_major;
    uint32_t ineffective; /* node20: majors in a row that left the heap nearly full */
};

/*
 * The progress of a collection: flat, so that a heap can be copied in the middle of one.
 * Each collector is a step machine over it (gc/gc.h).
 */
struct gc_state {
    uint8_t running;                 /* 0: no; else 1 + the enum collection_type asked for */
    uint8_t phase;                   /* private to the collector */
    uint8_t compact;                 /* gc compact or last resort */
    uint32_t page;                   /* cursor over pages */
    uint32_t slot;                   /* cursor over the slots, then the entries, of the object being scanned */
    uint64_t cursor;                 /* cursor over handles, records, lists */
    uint64_t kept;                   /* where the next kept element of the list under the cursor goes */
    uint64_t scan;                   /* position in heap.young: Cheney's scan pointer */
    uint64_t queue;                  /* position in heap.promoted */
    uint32_t mark_page, mark_offset; /* the age mark of from-space */
    uint64_t young_bytes;            /* object bytes of new space and new-large at the start */
    uint64_t scanned_before;         /* bytes that marking had scanned when the pause began */
    bool finishing;                  /* the pause finishes an incremental cycle */
    uint64_t slices_ns;              /* what that cycle's start and steps have taken */
    uint64_t swept_bytes;            /* usable bytes of the pages swept in the pause */
    uint64_t evacuated_bytes;
    /* node20's copy buffer in to-space */
    uint32_t buffer_page, buffer_top, buffer_limit;
    bool buffer, buffer_failed;
    struct collection now; /* the record being made */
};

/*
 * Incremental marking between the program's steps (heap model, section 7). Grey objects wait in heap.worklist (last in,
 * first out), and those that a barrier made grey again in heap.again, which is looked at when the worklist is empty.
 */
struct marking {
    bool active;            /* a cycle is running */
    bool done;              /* nothing is grey: the finishing pause comes with the next event */
    uint8_t job;            /* what is being done between two events: private to gc/incremental.c, 0 = nothing */
    uint32_t object;        /* being scanned: a step stopped inside it, or NONE */
    uint64_t paid;          /* bytes of it that steps have paid for */
    uint64_t scanned;       /* bytes of the objects scanned in this cycle, the finishing pause included */
    uint64_t again_next;    /* position in heap.again */
    uint64_t steps;         /* of this cycle */
    uint64_t speed;         /* book, node6: bytes scanned for each allocated, in thousandths */
    uint64_t stepped_at;    /* counters.allocated_bytes at the last step */
    uint64_t old_allocated; /* old-generation bytes allocated or promoted since then */
    uint64_t old_at_start, scheduled, marked; /* node20: bytes */
    uint64_t fragmentation;                   /* at the start, before candidates were chosen: millionths */
    uint64_t pause_ns;                        /* of this cycle's start and steps so far */
    struct decision_record why;               /* why the cycle began */
    /* The job: bytes to scan, bytes scanned, roots visited, pages swept, and the cursor over the roots. */
    uint64_t job_budget, job_used, job_roots, job_swept, job_cursor;
};

/* An allocation that waits for a collection: the stages of section 4 "Allocation failure" and section 9. */
struct allocation {
    uint8_t stage; /* private to gc/allocate.c; 0 = none */
    uint8_t kind;
    uint8_t space;
    uint8_t young;   /* it asked for new space first */
    uint32_t object; /* the result */
    uint64_t units;
};

/* An old-generation allocation that has pages swept before it gets room: what it has come to between two of them. */
struct paused_allocation {
    uint8_t phase;  /* private to gc/oldspace.c; 0 = none */
    bool held;      /* no page is to be swept just now */
    uint64_t freed; /* bytes that the pages swept so far have given */
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
    X(uint32_t, finalized)        /* collector: names of dead registered objects, to be told after the collection */   \
    X(uint32_t, scratch)                                                                                               \
    X(struct page, pages)                                                                                              \
    X(uint32_t, stale_pages) /* pages whose largest free block is to be found again */                                 \
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
    uint64_t handle_room; /* handles at which holes are squeezed out, or the room doubled: no matter of capacity */
    uint64_t old_handles; /* the first so many handles are on old objects, or holes: scavenges need not look at them */
    uint64_t external;    /* off-heap bytes of all objects */
    uint64_t young_external; /* of young objects */
    uint64_t next_address;
    uint64_t dead_name_count; /* objects with a name collected so far; the newest stands at (count - 1) % DEAD_NAMES */
    uint64_t event, line;     /* of the event being applied; event counts those of all the run's heaps */
    struct counters counters;
    struct site_run site_run;
    bool sited; /* a site with a name has allocated: objects may have one */
    struct growth growth;
    struct limits limits;
    struct gc_state gc;
    struct allocation allocation;
    struct paused_allocation search;
    struct marking marking;
    uint64_t
        due_at; /* counters.allocated_bytes at which a marking step, or the background sweeper's next page, is due */
    uint64_t micro_steps;      /* of the collector so far (gc/gc.h): says where one is, and is in no hash */
    uint64_t max_collections;  /* records kept in collections; counters stay exact */
    struct pause_store pauses; /* every pause, of whatever kind: for reports, and in no hash */
    bool out_of_memory;
    uint32_t oom_words; /* which of the era's fatal messages: gc/policy.h */
    /* Not state: */
    struct names *names; /* borrowed */
    struct {
        const char *name;       /* borrowed; NULL: the main one */
        uint32_t index;         /* in the run; 0: the main one */
    } worker;                   /* whose heap it is: for who listens */
    struct listener *listeners; /* borrowed */
    uint64_t listening;         /* union of their masks */
};

/* ---- life of a heap ---- */

/* Makes *heap an empty heap with a global scope. config is copied, names borrowed. 0, or -1 (error filled). */
int heap_init(struct heap *heap, const struct config *config, struct names *names, struct error *error);
void heap_free(struct heap *heap);
/* Copies *from into the uninitialised *to, without listeners. 0, or -1 without memory (*to needs no freeing then). */
int heap_copy(struct heap *to, const struct heap *from);
/*
 * Copies *from into the uninitialised *to as tightly as it goes, to be restored: without listeners, without room for
 * more, and without the records of collections, of which it keeps the number. It can be read as a heap, but for those.
 * 0, or -1 without memory (*to needs no freeing then). *bytes: what it takes. heap_free frees it.
 */
int heap_save(struct heap *to, const struct heap *from, uint64_t *bytes);
/*
 * Makes *heap what *saved was saved from: an earlier or a later state of the same run of a heap, or *heap is zeroed.
 * records are those of the collections, at least saved->collections.len of them. The heap's listeners stay. 0, or -1
 * without memory (its state has not changed then).
 */
int heap_restore(struct heap *heap, const struct heap *saved, const struct collection *records);
/* A hash (FNV-1a, 64 bits) over all state: equal heaps have equal hashes on every machine. */
uint64_t heap_hash(const struct heap *heap);
/* Marks every name that the heap uses. */
void heap_mark_names(struct heap *heap);

/* ---- listeners ---- */

/* Tells every listener of the kind; use tell(). */
void heap_tell(const struct heap *heap, const struct happening *happening);

#define heap_hears(heap, kind) ((heap)->listening & (UINT64_C(1) << (kind)))
/* Tells that HAPPENING_kind happened to object, with its values in the table's order. */
#define tell(heap, kind_, object_, ...)                                                                                \
    do {                                                                                                               \
        if (__builtin_expect(heap_hears(heap, HAPPENING_##kind_) != 0, 0))                                             \
            heap_tell(heap, &(struct happening){HAPPENING_##kind_, (object_), {__VA_ARGS__}});                         \
    } while (0)

/* ---- reading ---- */

/* Sizes of new space, section 4: bytes. */
static inline uint64_t new_space_size(const struct heap *h)
{
    return ((uint64_t)h->young_space.page * h->young_space.usable + h->young_space.top) * UNIT;
}
static inline uint64_t new_space_effective_capacity(const struct heap *h)
{
    return (uint64_t)h->young_space.capacity * h->young_space.usable * UNIT;
}
static inline uint64_t new_space_capacity(const struct heap *h)
{
    return h->young_space.capacity * h->config.page_size;
}

/* part / whole in millionths, half up; 0 if whole is 0: how ratios are reported. */
static inline uint64_t millionths(uint64_t part, uint64_t whole)
{
    __extension__ typedef unsigned __int128 wide;
    return whole == 0 ? 0 : (uint64_t)(((wide)part * 2000000 + whole) / ((wide)whole * 2));
}

const char *reason_words(enum reason reason);
const char *decision_words(enum decision decision);
const char *limit_rule_words(enum limit_rule rule);
const char *promotion_rule_word(enum promotion_rule rule);
const char *sweeper_word(enum sweeper sweeper);
const char *collection_type_word(enum collection_type type);

/* Is it a paged old-generation space? */
static inline bool space_paged(enum space_id space)
{
    return space >= SPACE_OLD && space <= SPACE_PROPERTY_CELL;
}
static inline bool space_large(enum space_id space)
{
    return space >= SPACE_NEW_LARGE;
}

/* Has the object a handle? While a collector marks, the field of a key that an entry's value waits for is another's. */
static inline bool object_rooted(const struct object *o)
{
    return o->handle != NONE && !(o->bits & OBJECT_EPHEMERON);
}
/* Simulated address of an object. */
uint64_t object_address(const struct heap *heap, uint32_t object);
/* Scavenges that an object has survived while young. More than a few of them do not fit into its bits. */
uint32_t object_far_age(const struct heap *heap, uint32_t object);
static inline uint32_t object_age(const struct heap *h, uint32_t object)
{
    uint32_t age = (h->objects.data[object].bits & OBJECT_AGE) >> OBJECT_AGE_SHIFT;
    return __builtin_expect(age < AGE_FAR, 1) ? age : object_far_age(h, object);
}
/* Off-heap bytes of an object. */
uint64_t object_external(const struct heap *heap, uint32_t object);
/* Figures of section 11. */
struct memory_usage heap_memory_usage(const struct heap *heap);
/* The highest figures so far, the present ones included; *live: of objects. (Counters keep what fell since.) */
struct memory_usage heap_peak(const struct heap *heap, uint64_t *live);
/* Committed, used, available, wasted bytes, objects, pages of a space; any era's. */
struct space_figures {
    uint64_t size, used, available, physical, wasted, objects, pages;
    uint64_t unswept, unswept_pages; /* bytes of dead objects on pages that wait to be swept; those pages */
    uint64_t withheld;               /* bytes of evacuation candidates that nothing uses */
    uint64_t occupancy;              /* used / usable, millionths */
    uint64_t fragmentation;          /* millionths */
    uint64_t largest_free;           /* bytes */
    /* what the ratios are made of, bytes: */
    uint64_t usable;      /* occupancy = used / usable */
    uint64_t free;        /* paged spaces: fragmentation = (free - largest_sum) / free */
    uint64_t largest_sum; /* over the pages, of the largest free block of each */
};
struct space_figures heap_space_figures(const struct heap *heap, enum space_id space);
/* Adds the figures of another heap's space: sums, the ratios of the sums, the larger of largest_free. */
void space_figures_add(struct space_figures *sum, const struct space_figures *other);
/*
 * Adds the free bytes of a paged space, and of those the sum over its pages of the page's largest free block
 * (fragmentation is 1 - largest / free).
 */
void heap_free_bytes(const struct heap *heap, enum space_id space, uint64_t *free_bytes, uint64_t *largest);
/* Lower bounds (bytes) of the era's free-list categories; returns how many there are. */
unsigned heap_free_categories(const struct heap *heap, uint64_t min[FREE_CATEGORIES]);
/* Objects by number of scavenges survived, the living included: appended to *out (len = highest age + 1). 0 or -1. */
struct survival_list {
    VEC(uint64_t) counts;
};
int heap_survival(const struct heap *heap, struct survival_list *out);
/* Time as the costs of events, bytes and pauses sum up to it; in ns, 2^62 at most: 146 years. */
__extension__ typedef unsigned __int128 picoseconds;
uint64_t clock_ns(picoseconds sum);
/* Simulated time now, ns; and the mutator's part of it. */
uint64_t heap_now(const struct heap *heap);
uint64_t heap_mutator_ns(const struct heap *heap);
/* What the collection that is running has cost so far (heap model, section 10). */
uint64_t heap_pause_ns(const struct heap *heap);
/* The object that a name names, or NONE. */
uint32_t heap_find(const struct heap *heap, uint32_t name);
/* What is remembered of a collected object of that name (the newest), or NULL. */
const struct dead_name *heap_find_dead(const struct heap *heap, uint32_t name);
/* The event in which one of the last DEAD_NAMES collections (1-based) happened. */
uint64_t heap_collection_event(const struct heap *heap, uint64_t collection);
/* Reads slots and entries in order: the i-th place, holes included; see heap/slots.h for counts. */
const struct slot *object_slots(const struct heap *heap, uint32_t object, uint32_t *count);
const struct entry *object_entries(const struct heap *heap, uint32_t object, uint32_t *count);
/*
 * The objects of a space in layout order (page in the order of making, then offset; large ones in order of
 * making), appended to *out. 0, or -1 without memory.
 */
struct object_list {
    VEC(uint32_t) objects;
};
int heap_space_objects(const struct heap *heap, enum space_id space, struct object_list *out);
/* Marks in reachable (one byte an object record, caller's, zeroed) what handles reach strongly, ephemerons counted. */
int heap_reachable(const struct heap *heap, uint8_t *reachable);

/*
 * Checks every invariant of the heap (sums, lists, tables, records, the remembered set). 0, or -1 with error text
 * saying what is wrong. Allocates; slow.
 */
int heap_verify(const struct heap *heap, struct error *error);
/*
 * Checks what holds between any two micro-steps of a collector too, which is what a screen relies on: every object
 * lies in its space and on no other, what it points to exists (but for dead objects in a major), pages and sums are
 * right. As heap_verify.
 */
int heap_verify_step(const struct heap *heap, struct error *error);

#endif
