/*
 * major.c - the major collection, one atomic pause: marking, weak processing, sweeping, new space, compaction
 * (heapreel-model(7), "Major collections"; V8 3.14 mark-compact.cc CollectGarbage).
 */
#include "gc/internal.h"
#include "gc/policy.h"

#include "gc/incremental.h"
#include "heap/newspace.h"
#include "heap/retainers.h"

enum phase {
    FINISH_SWEEPING,
    START,
    ROOTS,
    MARK,
    EPHEMERONS,
    WEAK,
    SWEEP,
    YOUNG,
    RECORD,
    DEAD,
    CHOOSE,
    COMPACT,
    RELEASE,
    LIMITS,
    END
};

/*
 * The result of a step of the machine: STEPPED is a micro-step, STEPPED_ON only leads to the next one. The last is
 * STEPPED.
 */
enum stepped { STEPPED_FAILED = -1, STEPPED_ON, STEPPED };

static void next_phase(struct heap *h, enum phase phase)
{
    h->gc.phase = (uint8_t)phase;
    h->gc.cursor = h->gc.kept = 0;
    h->gc.page = NONE;
}

/* Pages are swept before they can be marked or evacuated again. */
static enum stepped finish_sweeping(struct heap *h)
{
    int swept = sweep_any(h, SWEEPER_PAUSE);
    if (swept == 0)
        next_phase(h, START);
    return swept < 0 ? STEPPED_FAILED : swept > 0 ? STEPPED : STEPPED_ON;
}

static enum stepped start(struct heap *h)
{
    h->gc.now.fragmentation_before = h->gc.finishing ? h->marking.fragmentation : heap_fragmentation(h);
    new_space_grow(h);
    h->gc.now.semispace_capacity = new_space_capacity(h);
    h->scratch.len = 0;
    if (h->gc.finishing) {
        if (h->marking.object != NONE && vec_push(&h->worklist, h->marking.object))
            return STEPPED_FAILED;
        /* What steps have paid for the object in which the last one stopped is not paid again. */
        if (h->marking.object != NONE)
            h->gc.scanned_before += h->marking.paid;
        h->marking.object = NONE;
        marking_keep_once(h);
    } else {
        marking_clear(h);
        h->limits.reduce = false; /* only a cycle that begins with incremental marking reduces memory */
        /* "gc compact" and the last resort choose by what will be marked. */
        if (!h->gc.compact && marking_choose(h))
            return STEPPED_FAILED;
    }
    next_phase(h, ROOTS);
    for (enum space_id space = SPACE_OLD; space <= SPACE_PROPERTY_CELL; space++)
        if (old_space_retire_area(h, space))
            return STEPPED_FAILED;
    return STEPPED;
}

static enum stepped roots(struct heap *h)
{
    while (h->gc.cursor < h->handles.len) {
        uint32_t object = h->handles.data[h->gc.cursor++].object;
        if (object == NONE)
            continue;
        h->gc.now.roots_visited++;
        if (marked(h, object))
            continue;
        return mark_object(h, object) ? STEPPED_FAILED : STEPPED;
    }
    next_phase(h, MARK);
    return STEPPED_ON;
}

static enum stepped mark(struct heap *h)
{
    uint32_t object = mark_next(h);
    if (object != NONE)
        return mark_scan(h, object) ? STEPPED_FAILED : STEPPED;
    /* The cursor over the weak collections seen stays where it is. */
    h->gc.phase = EPHEMERONS;
    return STEPPED_ON;
}

static enum stepped ephemerons(struct heap *h)
{
    bool found;
    if (mark_ephemerons(h, &found))
        return STEPPED_FAILED;
    h->gc.phase = MARK;
    if (!found && !mark_any(h) && h->gc.cursor == h->ephemeron_tables.len)
        next_phase(h, WEAK);
    return found ? STEPPED : STEPPED_ON;
}

/* Objects that died after they were marked stay until the next cycle. */
static int count_floating(struct heap *h)
{
    struct path_tree reachable;
    int failed = path_tree_make(h, false, &reachable);
    for (uint32_t i = 0; i < h->objects.len && !failed; i++)
        if (!(h->objects.data[i].bits & OBJECT_FREE) && marked(h, i) && !path_tree_reaches(&reachable, i))
            h->gc.now.floating_garbage_bytes += object_bytes(&h->objects.data[i]);
    path_tree_free(&reachable);
    return failed;
}

static enum stepped weak(struct heap *h)
{
    mark_ephemerons_finish(h);
    h->gc.now.marked_bytes = h->marking.scanned;
    h->gc.now.marking_steps = h->marking.steps;
    if (h->gc.finishing && count_floating(h))
        return STEPPED_FAILED;
    staleness_count(h);
    weak_clear(h);
    if (weak_finalizers(h))
        return STEPPED_FAILED;
    marking_clear(h);
    /* Records of dead hosts must go while colors still show who is dead. */
    records_prune(h, true);
    young_keys_prune(h, true);
    sweep_large(h);
    next_phase(h, SWEEP);
    return STEPPED;
}

/* The page after the cursor, over all paged spaces in order; NONE after the last. */
static uint32_t next_page(const struct heap *h, uint32_t page)
{
    enum space_id space = SPACE_OLD;
    if (page != NONE) {
        if (h->pages.data[page].next != NONE)
            return h->pages.data[page].next;
        space = h->pages.data[page].space + 1u;
    }
    for (; space <= SPACE_PROPERTY_CELL; space++)
        if (h->spaces[space].first != NONE)
            return h->spaces[space].first;
    return NONE;
}

/* Prefetches the pages that are settled next, from page on: see sweep_fetch. */
static void fetch_pages(const struct heap *h, uint32_t page)
{
    uint32_t pages[SWEEP_FETCH];
    unsigned count = 0;
    for (; page != NONE && count < SWEEP_FETCH; page = next_page(h, page))
        pages[count++] = page;
    sweep_fetch(h, pages, count);
}

/* gc.kept counts the pages. */
static enum stepped sweep(struct heap *h)
{
    h->gc.page = next_page(h, h->gc.page);
    if (h->gc.page != NONE) {
        if (h->gc.kept++ % SWEEP_FETCH == 0)
            fetch_pages(h, h->gc.page);
        return sweep_settle(h, h->gc.page) ? STEPPED_FAILED : STEPPED;
    }
    next_phase(h, YOUNG);
    h->gc.mark_page = h->young_space.mark_page;
    h->gc.mark_offset = h->young_space.mark_offset;
    new_space_flip(h);
    return young_reserve(h) ? STEPPED_FAILED : STEPPED;
}

/* Every survivor is promoted, or the age mark applies. */
static bool promotes(const struct heap *h, const struct object *o)
{
    if (h->rules->major_promotes_all)
        return true;
    return o->page < h->gc.mark_page || (o->page == h->gc.mark_page && o->offset < h->gc.mark_offset);
}

static enum stepped young(struct heap *h)
{
    const uint64_t ahead = 16;
    for (; h->gc.cursor < h->from.len + h->new_large.len; h->gc.cursor++) {
        uint64_t i = h->gc.cursor;
        bool large = i >= h->from.len;
        if (i + ahead < h->from.len)
            prefetch_object(h, h->from.data[i + ahead]);
        uint32_t object = large ? h->new_large.data[i - h->from.len] : h->from.data[i];
        struct object *o = &h->objects.data[object];
        if (!(o->bits & OBJECT_COLOR))
            continue;
        enum moved moved = large ? young_large(h, object) : young_move(h, object, promotes(h, o));
        if (moved == MOVED_SWEPT)
            return STEPPED;
        h->gc.cursor++;
        object_set_color(o, COLOR_WHITE);
        h->out_of_memory |= moved == MOVED_OOM;
        return moved == MOVED_FAILED ? STEPPED_FAILED : STEPPED;
    }
    next_phase(h, RECORD);
    return young_finish(h) ? STEPPED_FAILED : STEPPED_ON;
}

/* Records the slots and entries of the promoted objects that hold young pointers, in the same order. */
static enum stepped record(struct heap *h)
{
    if (h->gc.cursor == 0) {
        records_prune(h, false);
        young_keys_prune(h, false);
    }
    if (h->gc.cursor < h->promoted.len) {
        prefetch_held(h, h->promoted.data, h->promoted.len, h->gc.cursor);
        uint32_t object = h->promoted.data[h->gc.cursor++];
        for (uint32_t i = 0; i < h->objects.data[object].nslots; i++)
            if (record_promoted_slot(h, object, i))
                return STEPPED_FAILED;
        uint32_t table = entries_of(h, object);
        for (uint32_t i = 0; table != NONE && i < h->tables.data[table].len; i++)
            if (record_promoted_entry(h, object, i))
                return STEPPED_FAILED;
        return STEPPED_ON;
    }
    next_phase(h, DEAD);
    return STEPPED_ON;
}

static enum stepped dead(struct heap *h)
{
    next_phase(h, h->gc.compact ? CHOOSE : COMPACT);
    return young_free_dead(h) ? STEPPED_FAILED : STEPPED;
}

static enum stepped choose(struct heap *h)
{
    next_phase(h, COMPACT);
    for (enum space_id space = SPACE_OLD; space <= SPACE_CODE; space++)
        if (old_space_retire_area(h, space) || compact_choose_all(h, space))
            return STEPPED_FAILED;
    return STEPPED;
}

static enum stepped compact(struct heap *h)
{
    /* gc.page is the candidate that is being evacuated, gc.cursor the page after it, which outlives it. */
    if (h->gc.kept == 0) {
        h->gc.kept = 1; /* the cursor is set */
        h->gc.cursor = next_page(h, NONE);
    }
    while (h->gc.page == NONE && h->gc.cursor != NONE) {
        uint32_t page = (uint32_t)h->gc.cursor;
        h->gc.cursor = next_page(h, page);
        if (h->pages.data[page].flags & PAGE_CANDIDATE)
            h->gc.page = page;
    }
    if (h->gc.page != NONE) {
        int moved = compact_step(h);
        if (moved == 0)
            h->gc.page = NONE;
        return moved < 0 ? STEPPED_FAILED : STEPPED;
    }
    bool moved = h->gc.evacuated_bytes > 0;
    if (moved)
        compact_update_slots(h);
    next_phase(h, RELEASE);
    return moved ? STEPPED : STEPPED_ON;
}

static enum stepped release(struct heap *h)
{
    uint64_t released = h->gc.now.released_pages;
    for (enum space_id space = SPACE_OLD; space <= SPACE_PROPERTY_CELL; space++)
        sweep_release(h, space);
    next_phase(h, LIMITS);
    return h->gc.now.released_pages > released ? STEPPED : STEPPED_ON;
}

static enum stepped limits(struct heap *h)
{
    policy_major_ended(h);
    sweep_begin_background(h);
    next_phase(h, END);
    return STEPPED;
}

static enum stepped step(struct heap *h)
{
    switch ((enum phase)h->gc.phase) {
    case FINISH_SWEEPING: return finish_sweeping(h);
    case START: return start(h);
    case ROOTS: return roots(h);
    case MARK: return mark(h);
    case EPHEMERONS: return ephemerons(h);
    case WEAK: return weak(h);
    case SWEEP: return sweep(h);
    case YOUNG: return young(h);
    case RECORD: return record(h);
    case DEAD: return dead(h);
    case CHOOSE: return choose(h);
    case COMPACT: return compact(h);
    case RELEASE: return release(h);
    case LIMITS: return limits(h);
    case END: break;
    }
    return STEPPED_ON;
}

/* The atomic pause scans everything grey. */
static int mark_all(struct heap *h, uint64_t *budget)
{
    uint64_t used = 0;
    return mark_scan_paid(h, UINT64_MAX, &used, budget);
}

enum gc_result major_step(struct heap *h, uint64_t *budget)
{
    while (*budget && h->gc.phase != END) {
        if (h->gc.phase == MARK && mark_all(h, budget))
            return GC_FAILED;
        if (*budget == 0)
            break;
        enum stepped stepped = step(h);
        if (stepped == STEPPED_FAILED)
            return GC_FAILED;
        if (stepped == STEPPED)
            spend(h, budget);
        if (h->out_of_memory)
            return GC_DONE;
    }
    return h->gc.phase == END ? GC_DONE : GC_MORE;
}

static bool any_candidate(const struct heap *h)
{
    uint32_t page = next_page(h, NONE);
    while (page != NONE && !(h->pages.data[page].flags & PAGE_CANDIDATE))
        page = next_page(h, page);
    return page != NONE;
}

enum gc_activity major_activity(const struct heap *h)
{
    switch ((enum phase)h->gc.phase) {
    case FINISH_SWEEPING:
    case SWEEP:
    case RELEASE:
    case LIMITS:
    case END: return GC_SWEEPING;
    case START:
    case ROOTS:
    case MARK:
    case EPHEMERONS:
    case WEAK: return GC_MARKING;
    case YOUNG:
    case RECORD:
    case DEAD: return GC_PROMOTING;
    case CHOOSE:
    case COMPACT: return any_candidate(h) ? GC_EVACUATING : GC_SWEEPING;
    }
    return GC_MARKING;
}
