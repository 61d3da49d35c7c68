/*
 * happening.h - everything that happens in a heap, reported once, to all listeners.
 *
 * One table names each happening and its fields; the event stream, the logs, the summary and the animation are made
 * from it. Without a listener for a kind, telling costs one test of a bit.
 */
#ifndef HEAPREEL_HEAP_HAPPENING_H
#define HEAPREEL_HEAP_HAPPENING_H

#include <stdint.h>

/*
 * X(SYMBOL, "k of the event stream", fields): fields are F(SYMBOL, name, type) in the order of happening.value; the
 * types are
 *   n number, b boolean, s space (enum space_id), k kind, o object index,
 *   r reason (enum reason), c collection type (enum collection_type), w promotion rule (enum promotion_rule),
 *   x slot key, p color, d decision (enum decision), l limit rule (enum limit_rule; its operands are in heap.gc.now), i
 * name (base/names.h), y sweeper (enum sweeper). The object concerned (happening.object) comes first unless it is NONE:
 * its id and its name.
 */
#define HAPPENINGS(X)                                                                                                  \
    X(ALLOC, "alloc", F(ALLOC, size, n) F(ALLOC, kind, k) F(ALLOC, space, s) F(ALLOC, page, n) F(ALLOC, offset, n))    \
    X(STORE, "store", F(STORE, slot, x) F(STORE, target, o) F(STORE, weak, b))                                         \
    X(CLEAR, "clear", F(CLEAR, slot, x) F(CLEAR, target, o))                                                           \
    X(ENTRY, "entry", F(ENTRY, key, o) F(ENTRY, value, o))                                                             \
    X(UNENTRY, "unentry", F(UNENTRY, key, o))                                                                          \
    X(BARRIER, "barrier",                                                                                              \
      F(BARRIER, slot, x) F(BARRIER, target, o) F(BARRIER, generational, b) F(BARRIER, recorded, b))                   \
    X(FILLER, "filler", F(FILLER, page, n) F(FILLER, offset, n) F(FILLER, size, n))                                    \
    X(GC_BEGIN, "gc-begin", F(GC_BEGIN, index, n) F(GC_BEGIN, type, c) F(GC_BEGIN, reason, r))                         \
    X(DECISION, "decision", F(DECISION, rule, d) F(DECISION, left, n) F(DECISION, right, n) F(DECISION, type, c))      \
    X(GROW, "grow", F(GROW, pages, n) F(GROW, capacity, n) F(GROW, survived, n))                                       \
    X(SHRINK, "shrink", F(SHRINK, pages, n) F(SHRINK, capacity, n) F(SHRINK, size, n))                                 \
    X(FLIP, "flip", F(FLIP, to, n) F(FLIP, pages, n))                                                                  \
    X(MOVE, "move",                                                                                                    \
      F(MOVE, size, n) F(MOVE, from_page, n) F(MOVE, from_offset, n) F(MOVE, page, n) F(MOVE, offset, n)               \
          F(MOVE, age, n))                                                                                             \
    X(PROMOTE, "promote",                                                                                              \
      F(PROMOTE, size, n) F(PROMOTE, from_page, n) F(PROMOTE, from_offset, n) F(PROMOTE, space, s) F(PROMOTE, page, n) \
          F(PROMOTE, offset, n) F(PROMOTE, rule, w) F(PROMOTE, left, n) F(PROMOTE, right, n))                          \
    X(SCAN, "scan", F(SCAN, space, s))                                                                                 \
    X(MARK, "mark", F(MARK, space, s) F(MARK, size, n) F(MARK, color, p))                                              \
    X(MARKING_START, "marking-start", F(MARKING_START, old, n) F(MARKING_START, forced, b))                            \
    X(MARKING_ROOTS, "marking-roots",                                                                                  \
      F(MARKING_ROOTS, visited, n) F(MARKING_ROOTS, swept, n) F(MARKING_ROOTS, pause_ns, n))                           \
    X(STEP, "step", F(STEP, budget, n) F(STEP, scanned, n) F(STEP, grey, n) F(STEP, pause_ns, n))                      \
    X(WEAK_CLEAR, "weak-clear", F(WEAK_CLEAR, slot, x) F(WEAK_CLEAR, target, o) F(WEAK_CLEAR, entry, b))               \
    X(FINALIZED, "finalized", F(FINALIZED, name, i))                                                                   \
    X(DEAD, "dead", F(DEAD, size, n) F(DEAD, space, s) F(DEAD, page, n) F(DEAD, offset, n) F(DEAD, age, n))            \
    X(UNSWEPT, "unswept", F(UNSWEPT, space, s) F(UNSWEPT, page, n) F(UNSWEPT, live, n) F(UNSWEPT, dead, n))            \
    X(SWEEP, "sweep",                                                                                                  \
      F(SWEEP, space, s) F(SWEEP, page, n) F(SWEEP, live, n) F(SWEEP, free, n) F(SWEEP, wasted, n) F(SWEEP, by, y))    \
    X(CANDIDATE, "candidate",                                                                                          \
      F(CANDIDATE, space, s) F(CANDIDATE, page, n) F(CANDIDATE, live, n) F(CANDIDATE, free, n))                        \
    X(EVACUATE, "evacuate",                                                                                            \
      F(EVACUATE, size, n) F(EVACUATE, space, s) F(EVACUATE, from_page, n) F(EVACUATE, from_offset, n)                 \
          F(EVACUATE, page, n) F(EVACUATE, offset, n))                                                                 \
    X(ABORT, "abort", F(ABORT, space, s) F(ABORT, page, n) F(ABORT, left, n))                                          \
    X(PAGE, "page", F(PAGE, space, s) F(PAGE, page, n) F(PAGE, size, n))                                               \
    X(RELEASE, "release", F(RELEASE, space, s) F(RELEASE, page, n) F(RELEASE, size, n))                                \
    X(LIMIT, "limit",                                                                                                  \
      F(LIMIT, limit, n) F(LIMIT, promotion_limit, n) F(LIMIT, old, n) F(LIMIT, factor, n) F(LIMIT, rule, l)           \
          F(LIMIT, promotion_rule, l))                                                                                 \
    X(EXTERNAL, "external", F(EXTERNAL, bytes, n) F(EXTERNAL, total, n))                                               \
    X(GC_END, "gc-end",                                                                                                \
      F(GC_END, index, n) F(GC_END, type, c) F(GC_END, copied, n) F(GC_END, promoted, n) F(GC_END, dead, n)            \
          F(GC_END, pause_ns, n))                                                                                      \
    X(OOM, "oom", F(OOM, size, n) F(OOM, kind, k))                                                                     \
    X(OOM_COLLECTION, "oom-collection",                                                                                \
      F(OOM_COLLECTION, capacity, n) F(OOM_COLLECTION, maximum, n) F(OOM_COLLECTION, ineffective, b))

enum happening_kind {
#define X(symbol, word, fields) HAPPENING_##symbol,
    HAPPENINGS(X)
#undef X
        HAPPENING_COUNT
};

/* The places of the fields in happening.value: GC_END_copied ... */
#define F(symbol, name, type) symbol##_##name,
#define X(symbol, word, fields) enum { fields symbol##_FIELDS };
HAPPENINGS(X)
#undef X
#undef F

#define HAPPENING_FIELDS 9 /* the most fields that a happening has */

struct heap;

struct happening {
    enum happening_kind kind;
    uint32_t object; /* the object concerned, or NONE */
    uint64_t value[HAPPENING_FIELDS];
};

/*
 * A listener hears the happenings whose bit (1 << kind) is in its mask; the heap is then in the state just after the
 * happening. It must not change the heap.
 */
struct listener {
    uint64_t mask;
    void (*hear)(void *self, const struct heap *heap, const struct happening *happening);
    void *self;
    struct listener *next;
};

/* The word and the field list of a kind; never NULL. */
const char *happening_word(enum happening_kind kind);
const char *happening_fields(enum happening_kind kind);

#endif
