/* policy.c - the tests and limits of each era. All arithmetic is in integers, wide enough, and rounds down. */
#include "gc/policy.h"

#include "gc/gc.h"
#include "heap/figures.h"
#include "heap/newspace.h"

__extension__ typedef unsigned __int128 wide;

#define WINDOW 10u /* number of cycles, and of scavenges, over which speeds and survival are averaged */

uint64_t policy_old_bytes(const struct heap *h)
{
    uint64_t bytes = 0;
    for (enum space_id space = SPACE_OLD; space < SPACE_COUNT; space++)
        if (space != SPACE_NEW_LARGE)
            bytes += h->spaces[space].used;
    return bytes;
}

uint64_t policy_old_capacity(const struct heap *h)
{
    uint64_t capacity = h->spaces[SPACE_LARGE].used + h->spaces[SPACE_CODE_LARGE].used;
    for (enum space_id space = SPACE_OLD; space <= SPACE_PROPERTY_CELL; space++)
        capacity += h->spaces[space].pages * config_usable(&h->config);
    return capacity;
}

uint64_t policy_old_committed(const struct heap *h)
{
    uint64_t bytes = 0;
    for (enum space_id space = SPACE_OLD; space < SPACE_COUNT; space++)
        if (space != SPACE_NEW_LARGE)
            bytes += h->spaces[space].committed;
    return bytes;
}

uint64_t policy_external_growth(const struct heap *h)
{
    return h->external > h->limits.external_lowest ? h->external - h->limits.external_lowest : 0;
}

static uint64_t all_committed(const struct heap *h)
{
    return policy_old_committed(h) + h->spaces[SPACE_NEW].committed + h->spaces[SPACE_NEW_LARGE].committed;
}

/* Where the collector may promote past the maximum: up to this in all. */
static uint64_t bound_of_all(const struct heap *h)
{
    return h->config.max_old_space_size + 3 * h->config.max_semi_space_size;
}

bool policy_may_commit(const struct heap *h, uint64_t bytes, uint64_t capacity, bool collector)
{
    if (!h->rules->promotes_past_maximum)
        return policy_old_committed(h) + bytes <= h->config.max_old_space_size;
    if (all_committed(h) + bytes > bound_of_all(h))
        return false;
    return collector || policy_old_capacity(h) + capacity <= h->config.max_old_space_size;
}

/* Old bytes as the limits count them. */
static uint64_t limited_bytes(const struct heap *h)
{
    return policy_old_bytes(h) + (h->rules->limit_counts_external ? policy_external_growth(h) : 0);
}

static bool limit_reached(const struct heap *h, uint64_t bytes)
{
    return limited_bytes(h) + bytes > h->limits.old;
}

bool policy_near_maximum(const struct heap *h, uint64_t bytes)
{
    return policy_old_capacity(h) + bytes > h->config.max_old_space_size || all_committed(h) + bytes > bound_of_all(h);
}

uint64_t policy_scaled(const struct heap *h, uint64_t size, uint64_t part)
{
    return config_toy(&h->config) ? h->config.max_old_space_size / part : size;
}

/* How far the limit may be exceeded while marking runs. */
static uint64_t margin(const struct heap *h)
{
    uint64_t limit = h->limits.old, maximum = h->config.max_old_space_size;
    uint64_t least = policy_scaled(h, UINT64_C(32) << 20, 128), left = maximum > limit ? (maximum - limit) / 2 : 0;
    uint64_t wanted = limit / 2 > least ? limit / 2 : least;
    return wanted < left ? wanted : left;
}

bool policy_limit_refuses(struct heap *h, uint64_t bytes)
{
    if (!limit_reached(h, bytes))
        return false;
    if (!h->rules->limit_yields)
        return true;
    if (!h->marking.active) {
        h->limits.passed = policy_old_bytes(h) > h->config.marking_start_min;
        return !h->limits.passed;
    }
    return h->marking.done && limited_bytes(h) + bytes >= h->limits.old + margin(h);
}

static enum collection_type decide(struct heap *h, enum decision rule, uint64_t left, uint64_t right,
                                   enum collection_type type)
{
    gc_decide(h, rule, left, right, type);
    return type;
}

void policy_old_failed(struct heap *h, uint64_t bytes, uint64_t capacity, bool limited)
{
    uint64_t maximum = h->config.max_old_space_size, all = all_committed(h) + bytes;
    if (limited && limit_reached(h, bytes))
        decide(h, DECISION_OLD_LIMIT, limited_bytes(h) + bytes, h->limits.old, COLLECTION_MARK_SWEEP);
    else if (!h->rules->promotes_past_maximum)
        decide(h, DECISION_OLD_MAXIMUM, policy_old_committed(h) + bytes, maximum, COLLECTION_MARK_SWEEP);
    else if (all > bound_of_all(h))
        decide(h, DECISION_COMMITTED_MAXIMUM, all, bound_of_all(h), COLLECTION_MARK_SWEEP);
    else
        decide(h, DECISION_CAPACITY_MAXIMUM, policy_old_capacity(h) + capacity, maximum, COLLECTION_MARK_SWEEP);
}

/* The room that the old generation still has for promoted objects. */
static uint64_t old_room(const struct heap *h)
{
    uint64_t committed = policy_old_committed(h), room = 0;
    if (committed < h->config.max_old_space_size)
        room = h->config.max_old_space_size - committed;
    for (enum space_id space = SPACE_OLD; space <= SPACE_PROPERTY_CELL; space++)
        room += h->spaces[space].available + h->spaces[space].dead;
    return room;
}

enum collection_type policy_choose(struct heap *h, enum reason *reason)
{
    if (h->rules->major_tests == TESTS_LIMIT) {
        uint64_t old = limited_bytes(h), limit = h->limits.promotion;
        if (old > limit && !h->marking.active) {
            *reason = REASON_PROMOTION_LIMIT;
            return decide(h, DECISION_PROMOTION_LIMIT, old, limit, COLLECTION_MARK_SWEEP);
        }
        if (h->limits.old_failed) {
            *reason = REASON_OLD_EXHAUSTED;
            return decide(h, DECISION_OLD_EXHAUSTED, 0, 0, COLLECTION_MARK_SWEEP);
        }
        uint64_t room = old_room(h);
        if (room < new_space_size(h)) {
            *reason = REASON_SCAVENGE_MIGHT_FAIL;
            return decide(h, DECISION_SCAVENGE_MIGHT_FAIL, room, new_space_size(h), COLLECTION_MARK_SWEEP);
        }
    } else {
        uint64_t all = policy_old_capacity(h) + new_space_capacity(h) + h->spaces[SPACE_NEW_LARGE].used;
        if (all > h->config.max_old_space_size) {
            *reason = REASON_SCAVENGE_MIGHT_FAIL;
            return decide(h, DECISION_OLD_CAPACITY, all, h->config.max_old_space_size, COLLECTION_MARK_SWEEP);
        }
    }
    *reason = REASON_ALLOCATION_FAILURE;
    return decide(h, DECISION_SCAVENGE, new_space_size(h), new_space_effective_capacity(h), COLLECTION_SCAVENGE);
}

bool policy_new_large_full(struct heap *h, uint64_t bytes)
{
    uint64_t used = h->spaces[SPACE_NEW_LARGE].used;
    if (used == 0 || used + bytes <= new_space_capacity(h))
        return false;
    gc_decide(h, DECISION_NEW_LARGE, used + bytes, new_space_capacity(h), COLLECTION_SCAVENGE);
    return true;
}

bool policy_young_external_full(struct heap *h)
{
    uint64_t limit = h->config.young_external_limit;
    if (limit == 0 || h->young_external < limit)
        return false;
    gc_decide(h, DECISION_YOUNG_EXTERNAL, h->young_external, limit, COLLECTION_SCAVENGE);
    return true;
}

bool policy_idle_scavenge(struct heap *h)
{
    uint64_t size = new_space_size(h) + h->spaces[SPACE_NEW_LARGE].used;
    if (!h->rules->scavenges_in_idle_time || size * 5 < new_space_capacity(h) * 4)
        return false;
    gc_decide(h, DECISION_NEW_SPACE_TASK, size, new_space_capacity(h), COLLECTION_SCAVENGE);
    return true;
}

bool policy_external_major(struct heap *h)
{
    uint64_t growth = policy_external_growth(h), limit = h->config.max_old_space_size / 2;
    if (!h->rules->external_forces_major || growth <= limit)
        return false;
    gc_decide(h, DECISION_EXTERNAL, growth, limit, COLLECTION_MARK_SWEEP);
    return true;
}

bool policy_start_marking(struct heap *h, bool idle)
{
    uint64_t old = limited_bytes(h), capacity = new_space_capacity(h);
    uint64_t limit = h->limits.promotion, maximum = h->config.max_old_space_size;
    bool passed = h->limits.passed;
    h->limits.passed = false;
    if (policy_old_bytes(h) <= h->config.marking_start_min)
        return false;
    if (h->rules->marks_near_maximum && policy_near_maximum(h, maximum / 8)) {
        uint64_t near = policy_old_capacity(h) + maximum / 8, all = all_committed(h) + maximum / 8;
        if (near > maximum)
            gc_decide(h, DECISION_MARKING_NEAR_MAXIMUM, near, maximum, COLLECTION_MARK_SWEEP);
        else
            gc_decide(h, DECISION_MARKING_NEAR_BOUND, all, bound_of_all(h), COLLECTION_MARK_SWEEP);
        return true;
    }
    /* If idle time will do, it is waited for until nothing is left below the limit. */
    bool waits = h->rules->marks_in_idle_time && !idle;
    uint64_t early = waits ? limit : limit > capacity ? limit - capacity : 0;
    if (old < early && !passed)
        return false;
    enum decision rule = h->rules->promotion_limit ? DECISION_MARKING_PROMOTION_LIMIT : DECISION_MARKING_LIMIT;
    if (old < early)
        gc_decide(h, DECISION_MARKING_LIMIT_PASSED, old, limit, COLLECTION_MARK_SWEEP);
    else
        gc_decide(h, rule, old, early, COLLECTION_MARK_SWEEP);
    return true;
}

/* ---- limits ---- */

void policy_cycle_begins(struct heap *h)
{
    uint64_t capacity = policy_old_capacity(h), maximum = h->config.max_old_space_size;
    uint64_t left = capacity < maximum ? maximum - capacity : 0;
    h->limits.reduce = h->rules->reduces_memory && left < maximum / 8;
}

/*
 * Until the first major, the limit may be lowered by what scavenges show to survive:
 * V8 5.1 heap.cc Heap::ComputeNewLimitForOldGeneration; s is the mean survival in per mille.
 */
void policy_scavenge_ended(struct heap *h)
{
    struct limits *l = &h->limits;
    const struct collection *now = &h->gc.now;
    uint64_t survived = now->copied_bytes + now->promoted_bytes;
    l->most_survived = survived * 10 > h->gc.young_bytes * 9;
    l->survival[l->survivals++ % WINDOW] = h->gc.young_bytes ? survived * 1000 / h->gc.young_bytes : 0;
    if (h->rules->ends_past_maximum)
        h->out_of_memory |= policy_near_maximum(h, 0);
    if (!h->rules->survival_lowers_limit || l->had_major || l->lowered)
        return;
    uint64_t n = l->survivals < WINDOW ? l->survivals : WINDOW, sum = 0;
    for (uint64_t i = 0; i < n; i++)
        sum += l->survival[i];
    uint64_t floor = policy_old_bytes(h) + h->config.limit_min_step;
    uint64_t lower = (uint64_t)((wide)l->old * (sum / n) / 1000);
    struct limit_record made = {{l->old, sum / n}, LIMIT_SURVIVAL};
    if (lower < floor) {
        lower = floor;
        made = (struct limit_record){{policy_old_bytes(h), h->config.limit_min_step}, LIMIT_SURVIVAL_STEPPED};
    }
    if (lower < l->old) {
        l->old = l->promotion = lower;
        h->gc.now.limit_record = made;
        tell(h, LIMIT, NONE, l->old, l->promotion, policy_old_bytes(h), sum / n, made.rule, LIMIT_KEPT);
    } else {
        l->lowered = h->rules->lowering_ends;
    }
}

/* Fmax in thousandths (heapreel-model(7), "Limits"). */
static uint64_t largest_factor(const struct heap *h)
{
    const uint64_t low = UINT64_C(256) << 20, high = UINT64_C(2048) << 20;
    uint64_t maximum = h->config.max_old_space_size;
    if (config_toy(&h->config))
        return 2000;
    if (!h->rules->growth_by_maximum || maximum >= high)
        return 4000;
    return 1300 + (uint64_t)((wide)700 * ((maximum > low ? maximum : low) - low) / (UINT64_C(1792) << 20));
}

struct speeds policy_speeds(const struct heap *h)
{
    const struct limits *l = &h->limits;
    uint64_t n = l->cycles < WINDOW ? l->cycles : WINDOW;
    struct speeds sum = {0};
    for (uint64_t i = 0; i < n; i++) {
        sum.gc_bytes += l->cycle[i].gc_bytes;
        sum.gc_ns += l->cycle[i].gc_ns;
        sum.allocated_bytes += l->cycle[i].allocated_bytes;
        sum.mutator_ns += l->cycle[i].mutator_ns;
    }
    return sum;
}

/*
 * The factor, in thousandths, that keeps mutator utilization near u = 97 %: with
 * R = collector speed / mutator speed, F = R(1-u) / (R(1-u) - u) (V8 5.1 heap.cc, HeapGrowingFactor).
 */
static uint64_t speed_factor(const struct heap *h)
{
    uint64_t most = largest_factor(h);
    struct speeds s = policy_speeds(h);
    wide gc_bytes = s.gc_bytes, gc_ns = s.gc_ns, allocated = s.allocated_bytes, mutator_ns = s.mutator_ns;
    if (gc_ns == 0 || mutator_ns == 0 || allocated == 0)
        return most;
    /* Ratios stay what they are, and all products fit in 128 bits. */
    for (; (gc_ns | mutator_ns) >> 50 != 0; gc_ns >>= 1)
        mutator_ns >>= 1;
    for (; (gc_bytes | allocated) >> 60 != 0; gc_bytes >>= 1)
        allocated >>= 1;
    /* R (1 - u), and u, times 100 gc_ns allocated, where R = (gc_bytes / gc_ns) / (allocated / mutator_ns) */
    wide a = 3 * gc_bytes * mutator_ns, u = 97 * gc_ns * allocated;
    if (a <= u)
        return most;
    wide b = a - u;
    if (a * 1000 >= b * most)
        return most;
    uint64_t factor = (uint64_t)(a * 1000 / b);
    return factor < 1100 ? 1100 : factor;
}

/* Counts the steps of an incremental cycle with its final pause: they have marked some of its bytes. */
static void note_cycle(struct heap *h)
{
    struct limits *l = &h->limits;
    uint64_t now_ns = heap_mutator_ns(h);
    uint64_t slot = l->cycles++ % WINDOW;
    l->cycle[slot].gc_bytes = h->gc.now.marked_bytes;
    l->cycle[slot].gc_ns = h->gc.slices_ns + heap_pause_ns(h);
    l->cycle[slot].allocated_bytes = h->counters.allocated_bytes - l->allocated_at_last_major;
    l->cycle[slot].mutator_ns = now_ns - l->mutator_ns_at_last_major;
    l->allocated_at_last_major = h->counters.allocated_bytes;
    l->mutator_ns_at_last_major = now_ns;
}

/*
 * The limit for old live bytes, grown by a rule with its operand: at least a step above them, plus new space; at most
 * half way to the maximum. *made: which of these it is.
 */
static uint64_t limit_for(const struct heap *h, uint64_t old, uint64_t grown, enum limit_rule rule, uint64_t operand,
                          uint64_t step, struct limit_record *made)
{
    uint64_t young = new_space_effective_capacity(h), maximum = h->config.max_old_space_size;
    *made = (struct limit_record){{old, operand, young}, (uint8_t)rule};
    if (grown < old + step) {
        grown = old + step;
        *made = (struct limit_record){{old, step, young}, LIMIT_STEPPED};
    }
    uint64_t half_way = (old + maximum) / 2;
    if (grown + young < half_way)
        return grown + young;
    *made = (struct limit_record){{old, maximum}, LIMIT_HALF_WAY};
    return half_way;
}

/* New space shrinks in a memory-reducing major. */
static void shrink_new_space(struct heap *h)
{
    struct new_space *n = &h->young_space;
    uint64_t page = h->config.page_size;
    uint64_t wanted = (2 * new_space_size(h) + page - 1) / page, initial = h->config.min_semi_space_size / page;
    if (wanted < initial)
        wanted = initial;
    if (wanted <= n->page)
        wanted = n->page + 1u; /* with large page headers, twice Size() may end before the last page in use */
    if (wanted >= n->capacity)
        return;
    n->capacity = (uint32_t)wanted;
    h->spaces[SPACE_NEW].pages = n->capacity;
    h->spaces[SPACE_NEW].committed = 2 * new_space_capacity(h);
    tell(h, SHRINK, NONE, n->capacity, new_space_capacity(h), new_space_size(h));
}

/* Four majors in a row that leave the heap so full, and the program less than 40 % of the time. */
static void check_ineffective(struct heap *h)
{
    struct limits *l = &h->limits;
    uint64_t last = (l->cycles - 1) % WINDOW;
    uint64_t mutator = l->cycle[last].mutator_ns, gc = l->cycle[last].gc_ns;
    bool full = (wide)policy_old_bytes(h) * 100 >= (wide)h->config.max_old_space_size * h->rules->ineffective_from;
    bool busy = (wide)mutator * 10 < ((wide)mutator + gc) * 4;
    l->ineffective = full && busy ? l->ineffective + 1 : 0;
    if (l->ineffective >= 4) {
        h->out_of_memory = true;
        h->oom_words = OOM_INEFFECTIVE;
    }
}

void policy_major_ended(struct heap *h)
{
    struct limits *l = &h->limits;
    struct collection *now = &h->gc.now;
    uint64_t old = policy_old_bytes(h), step = h->config.limit_min_step, factor = h->rules->growth;
    note_cycle(h);
    l->had_major = true;
    l->old_failed = false;
    l->external_lowest = h->external;
    if (factor == 0)
        factor = l->reduce ? 1100 : speed_factor(h);
    if (l->reduce)
        step /= 4;
    l->old = l->promotion =
        limit_for(h, old, (uint64_t)((wide)old * factor / 1000), LIMIT_GROWN, factor, step, &now->limit_record);
    /* 4/3 has no exact value in thousandths, so it is computed separately. */
    if (h->rules->promotion_limit)
        l->promotion = limit_for(h, old, old + old / 3, LIMIT_GROWN_BY_THIRD, 0, step, &now->promotion_limit_made);
    tell(h, LIMIT, NONE, l->old, l->promotion, old, factor, now->limit_record.rule, now->promotion_limit_made.rule);
    if (l->reduce)
        shrink_new_space(h);
    if (h->rules->ends_past_maximum)
        h->out_of_memory |= policy_near_maximum(h, 0);
    if (h->rules->ineffective_from != 0)
        check_ineffective(h);
}
