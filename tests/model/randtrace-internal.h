/*
 * randtrace-internal.h - what the files of the trace generator share.
 *
 * rand-write.c    draws, lines, choosing objects, single events
 * rand-config.c   the settings at the head of a trace
 * rand-actions.c  actions of one or two events
 * rand-stories.c  actions that lead to a certain rule of the heap model
 * rand-modern.c   the same for rules of node20 and later
 * randtrace.c     styles, and the whole
 *
 * Draws that depend on each other's order stand in statements of their own,
 * since C leaves the order of arguments and operands open and the bytes must
 * not depend on the compiler.
 */
#ifndef MODEL_RANDTRACE_INTERNAL_H
#define MODEL_RANDTRACE_INTERNAL_H

#include "model-text.h"
#include "randgraph.h"

/* In the order of their time. */
typedef enum rand_era { BOOK, NODE6, NODE20, NODE24, NODE26, ERAS } rand_era;
enum { KNOWN = NODE20 + 1 }; /* those that traces are made for */

typedef struct gen {
    uint64_t state; /* of the random sequence */
    text out;
    graph graph;
    rand_era era;
    uint64_t page, usable;
    uint64_t large;  /* the largest size that is not large */
    uint64_t pages;  /* of a semispace, at first */
    uint64_t buffer; /* scavenge-buffer */
    unsigned names;  /* fresh names given so far */
    unsigned events; /* written so far, repeats counted */
    unsigned indent;
    bool last; /* the last action: the end should show the order of things */
} gen;

/* Draws */
uint64_t rt_below(gen *g, uint64_t n);                    /* 0 to n - 1 */
uint64_t rt_between(gen *g, uint64_t low, uint64_t high); /* both included */
bool rt_chance(gen *g, uint64_t percent);
const char *rt_pick_text(gen *g, const char *const *texts, size_t count);
#define PICK(g, array) rt_pick_text(g, array, sizeof(array) / sizeof(array)[0])
uint64_t rt_small_size(gen *g);
uint64_t rt_random_size(gen *g); /* not large */
const char *rt_random_kind(gen *g);
const char *rt_random_slot(gen *g);

/* Write a line that is no event of the heap. */
void rt_put(gen *g, const char *format, ...) TEXT_PRINTF(2, 3);
/* Write an event that is carried out `times` times. */
void rt_event(gen *g, uint64_t times, const char *format, ...) TEXT_PRINTF(3, 4);
/* Bytes in SIZE syntax. */
void rt_size_text(uint64_t bytes, text *t);

/* Choosing objects: only reachable ones with a name are ever seen. */
typedef bool (*filter)(const gen *, const gnode *);
bool rt_is_any(const gen *g, const gnode *n);
bool rt_is_holder(const gen *g, const gnode *n);
bool rt_is_collection(const gen *g, const gnode *n);
bool rt_is_rooted(const gen *g, const gnode *n);
bool rt_has_slots(const gen *g, const gnode *n);
bool rt_has_external(const gen *g, const gnode *n);
/*
 * One of those that pass the filter, or NULL. Young ones are preferred: half
 * of the time it is one of the dozen made last.
 */
gnode *rt_choose(gen *g, filter f);
/* Whether the node can be named now. */
bool rt_nameable(gen *g, const gnode *n);

/*
 * Single events, written and done to the graph. An allocation is rooted
 * without a holder; `slot` NULL is an anonymous one.
 */
gnode *rt_alloc_as(gen *g, const char *name, uint64_t size, const char *kind, gnode *holder, const char *slot);
gnode *rt_alloc(gen *g, uint64_t size, const char *kind, gnode *holder, const char *slot);
gnode *rt_alloc_small(gen *g, gnode *holder, const char *slot);
gnode *rt_alloc_object(gen *g);
/*
 * A name for a new object; the caller frees it. Sometimes one that is in use
 * (by an object without a handle), so that it is bound anew.
 */
char *rt_new_name(gen *g);
void rt_store(gen *g, gnode *src, const char *slot, gnode *dst, bool weak);
void rt_release(gen *g, gnode *n);
void rt_release_all(gen *g, gnode *n);
void rt_put_entry(gen *g, gnode *map, gnode *key, gnode *value);
void rt_put_unentry(gen *g, gnode *map, gnode *key);
void rt_gc(gen *g, const char *how);

/* Write the `set` lines, and keep in the gen what they mean. */
void rt_configure(gen *g);

/* Every action; rt_act_NAME carries it out. */
#define ACTIONS(X)                                                                                                     \
    X(alloc)                                                                                                           \
    X(alloc_in)                                                                                                        \
    X(release)                                                                                                         \
    X(drop)                                                                                                            \
    X(root)                                                                                                            \
    X(ref)                                                                                                             \
    X(weak)                                                                                                            \
    X(unref)                                                                                                           \
    X(entry)                                                                                                           \
    X(unentry)                                                                                                         \
    X(finalize)                                                                                                        \
    X(external)                                                                                                        \
    X(enter)                                                                                                           \
    X(leave)                                                                                                           \
    X(minor)                                                                                                           \
    X(major)                                                                                                           \
    X(idle)                                                                                                            \
    X(other)                                                                                                           \
    X(fixed)                                                                                                           \
    X(large)                                                                                                           \
    X(churn)                                                                                                           \
    X(list)                                                                                                            \
    X(tree)                                                                                                            \
    X(old_holder)                                                                                                      \
    X(weak_map)                                                                                                        \
    X(ephemeron_chain)                                                                                                 \
    X(survivors)                                                                                                       \
    X(fill)                                                                                                            \
    X(cache)                                                                                                           \
    X(buffers)                                                                                                         \
    X(scan_order)                                                                                                      \
    X(record_order)                                                                                                    \
    X(weak_slots)                                                                                                      \
    X(scattered)                                                                                                       \
    X(held_by_roots)

#define X(name) void rt_act_##name(gen *g);
ACTIONS(X)
#undef X

#endif
