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
 * X(SYMBOL, "k of the event stream", "fields"): fields are NAME:TYPE in the order of happening.value; the types are
 *   n number, b boolean, s space (enum space_id), k kind, o object index,
 *   r reason (enum reason), c collection type (enum collection_type), w promotion rule (enum promotion_rule),
 *   x slot key, p color, d decision (enum decision), l limit rule (enum limit_rule; its operands are in heap.gc.now), i
 * name (base/names.h), y sweeper (enum sweeper). The object concerned (happening.object) comes first unless it is NONE:
 * its id and its name.
 */
#define HAPPENINGS(X)                                                                                                  \
    X(ALLOC, "alloc", "size:n kind:k space:s page:n offset:n")                                                         \
    X(STORE, "store", "slot:x target:o weak:b")                                                                        \
    X(CLEAR, "clear", "slot:x target:o")                                                                               \
    X(ENTRY, "entry", "key:o value:o")                                                                                 \
    X(UNENTRY, "unentry", "key:o")                                                                                     \
    X(BARRIER, "barrier", "slot:x target:o generational:b recorded:b")                                                 \
    X(FILLER, "filler", "page:n offset:n size:n")                                                                      \
    X(GC_BEGIN, "gc-begin", "index:n type:c reason:r")                                                                 \
    X(DECISION, "decision", "rule:d left:n right:n type:c")                                                            \
    X(GROW, "grow", "pages:n capacity:n survived:n")                                                                   \
    X(SHRINK, "shrink", "pages:n capacity:n size:n")                                                                   \
    X(FLIP, "flip", "to:n pages:n")                                                                                    \
    X(MOVE, "move", "size:n from_page:n from_offset:n page:n offset:n age:n")                                          \
    X(PROMOTE, "promote", "size:n from_page:n from_offset:n space:s page:n offset:n rule:w left:n right:n")            \
    X(SCAN, "scan", "space:s")                                                                                         \
    X(MARK, "mark", "space:s size:n color:p")                                                                          \
    X(MARKING_START, "marking-start", "old:n forced:b")                                                                \
    X(MARKING_ROOTS, "marking-roots", "visited:n swept:n pause_ns:n")                                                  \
    X(STEP, "step", "budget:n scanned:n grey:n pause_ns:n")                                                            \
    X(WEAK_CLEAR, "weak-clear", "slot:x target:o entry:b")                                                             \
    X(FINALIZED, "finalized", "name:i")                                                                                \
    X(DEAD, "dead", "size:n space:s page:n offset:n age:n")                                                            \
    X(UNSWEPT, "unswept", "space:s page:n live:n dead:n")                                                              \
    X(SWEEP, "sweep", "space:s page:n live:n free:n wasted:n by:y")                                                    \
    X(CANDIDATE, "candidate", "space:s page:n live:n free:n")                                                          \
    X(EVACUATE, "evacuate", "size:n space:s from_page:n from_offset:n page:n offset:n")                                \
    X(ABORT, "abort", "space:s page:n left:n")                                                                         \
    X(PAGE, "page", "space:s page:n size:n")                                                                           \
    X(RELEASE, "release", "space:s page:n size:n")                                                                     \
    X(LIMIT, "limit", "limit:n promotion_limit:n old:n factor:n rule:l promotion_rule:l")                              \
    X(EXTERNAL, "external", "bytes:n total:n")                                                                         \
    X(GC_END, "gc-end", "index:n type:c copied:n promoted:n dead:n pause_ns:n")                                        \
    X(OOM, "oom", "size:n kind:k")                                                                                     \
    X(OOM_COLLECTION, "oom-collection", "capacity:n maximum:n ineffective:b")

enum happening_kind {
#define X(symbol, word, fields) HAPPENING_##symbol,
    HAPPENINGS(X)
#undef X
        HAPPENING_COUNT
};

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
