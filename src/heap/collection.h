/* collection.h - the record of a collection, with its reason and the rules that chose it, in V8's words. */
#ifndef HEAPREEL_HEAP_COLLECTION_H
#define HEAPREEL_HEAP_COLLECTION_H

#include <stdbool.h>
#include <stdint.h>

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

/* The test that decided something (happening "decision"): X(symbol, words with %l and %r for the operands) */
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
    X(MARKING_LIMIT_PASSED, "old bytes %l, and the room asked for, pass the limit %r: marking starts")                 \
    X(MARKING_NEAR_MAXIMUM, "old capacity and an eighth of the maximum, %l > the maximum %r: marking starts")          \
    X(MARKING_NEAR_BOUND, "committed and an eighth of the maximum, %l > maximum with semispaces %r: marking starts")   \
    X(MARKING_EXTERNAL, "external bytes since the last major %l > limit %r: marking starts")                           \
    X(NEW_SPACE_TASK, "new space %l >= 80 %% of %r: scavenge in idle time")                                            \
    X(LAST_RESORT, "collections made no room: last resort")
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
 * The rule that a limit of the old generation was computed by: X(SYMBOL, "words"), %0 to %2 for the operands, %f for
 * the second one in thousandths. LIMIT_KEPT: none.
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
    uint8_t reduce; /* node20: a memory-reducing major */
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
    struct limit_record limit_record, promotion_limit_made; /* if it changed them; the second in book only */
};

#endif
