/* decide.c - reports the decision for a collection, and keeps it until the collection begins. */
#include "gc/gc.h"

void gc_decide(struct heap *h, enum decision rule, uint64_t left, uint64_t right, enum collection_type type)
{
    h->limits.why = (struct decision_record){left, right, (uint8_t)rule};
    tell(h, DECISION, NONE, rule, left, right, type);
}

struct decision_record gc_take_decision(struct heap *h)
{
    struct decision_record why = h->limits.why;
    h->limits.why = (struct decision_record){.rule = DECISION_COUNT};
    return why;
}
