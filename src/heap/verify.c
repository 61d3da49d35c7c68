/* verify.c - checks every invariant of a heap; slow, and says what is wrong. */
#include "heap/figures.h"
#include "heap/ids.h"
#include "heap/newspace.h"
#include "heap/objects.h"
#include "heap/pages.h"
#include "heap/sites.h"
#include "heap/slots.h"

#include <inttypes.h>
#include <stdlib.h>

#define CHECK(condition, ...)                                                                                          \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return error_set(error, ERROR_INPUT, 0, 0, "heap invariant violated: " __VA_ARGS__);                       \
    } while (0)

static bool exists(const struct heap *h, uint32_t object)
{
    return object < h->objects.len && !(h->objects.data[object].bits & OBJECT_FREE);
}

/* Objects: names, slots, entries, colors. */
static int verify_object(const struct heap *h, uint32_t object, struct error *error)
{
    const struct object *o = &h->objects.data[object];
    uint32_t count;
    CHECK(o->name == NAME_NONE || ids_find(h, o->name) == object, "object %" PRIu32 " is not found by its name",
          object);
    CHECK(h->gc.running || h->marking.active || object_color(o) == COLOR_WHITE,
          "object %" PRIu32 " has a color outside marking", object);
    CHECK(!(o->bits & OBJECT_SEEN), "object %" PRIu32 " bears the mark of a traversal", object);
    CHECK(!(o->bits & OBJECT_YOUNG) == (object_space(o) != SPACE_NEW && object_space(o) != SPACE_NEW_LARGE),
          "object %" PRIu32 " has the wrong generation for its space", object);
    CHECK(o->handle == NONE || (o->handle < h->handles.len && h->handles.data[o->handle].object == object),
          "object %" PRIu32 " has a wrong handle", object);
    const struct slot *slots = object_slots(h, object, &count);
    for (uint32_t i = 0; i < count; i++) {
        bool hole = (slots[i].key & SLOT_TYPE) == SLOT_HOLE, anonymous = (slots[i].key & SLOT_TYPE) == SLOT_ANONYMOUS;
        CHECK(slots[i].target == NONE || exists(h, slots[i].target), "slot %" PRIu32 " of object %" PRIu32 " dangles",
              i, object);
        CHECK(!hole || slots[i].target == NONE, "hole %" PRIu32 " of object %" PRIu32 " is not empty", i, object);
        CHECK(hole || anonymous || slots_find(h, object, slots[i].key & SLOT_KEY) == i,
              "slot %" PRIu32 " of object %" PRIu32 " is not found by its key", i, object);
        CHECK(hole || h->gc.running || object_color(o) != COLOR_BLACK || (slots[i].key & SLOT_WEAK) ||
                  slots[i].target == NONE || object_color(&h->objects.data[slots[i].target]) != COLOR_WHITE,
              "black object %" PRIu32 " points to a white one in slot %" PRIu32, object, i);
        CHECK(hole || object_young(o) || slots[i].target == NONE || !object_young(&h->objects.data[slots[i].target]) ||
                  (slots[i].key & SLOT_REMEMBERED),
              "slot %" PRIu32 " of old object %" PRIu32 " holds a young pointer and is not remembered", i, object);
    }
    const struct entry *entries = object_entries(h, object, &count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t key = entry_key(&entries[i]), value = entry_value(&entries[i]);
        if (key == NONE)
            continue;
        CHECK(exists(h, key) && (value == NONE || exists(h, value)), "entry %" PRIu32 " of object %" PRIu32 " dangles",
              i, object);
        CHECK(entries_find(h, entries_of(h, object), key) == i, "entry %" PRIu32 " of object %" PRIu32 " is not found",
              i, object);
        CHECK(object_young(o) || value == NONE || !object_young(&h->objects.data[value]) ||
                  (entries[i].value & ENTRY_REMEMBERED),
              "entry %" PRIu32 " of old object %" PRIu32 " has a young value and is not remembered", i, object);
        CHECK(object_young(o) || !object_young(&h->objects.data[key]) || (entries[i].key & ENTRY_REMEMBERED),
              "entry %" PRIu32 " of old object %" PRIu32 " has a young key and is not remembered", i, object);
    }
    return 0;
}

static int verify_objects(const struct heap *h, struct error *error)
{
    uint64_t live = 0, named = 0, external = 0, young_external = 0;
    for (uint32_t i = 0; i < h->objects.len; i++) {
        const struct object *o = &h->objects.data[i];
        if (o->bits & OBJECT_FREE)
            continue;
        live++;
        named += o->name != NAME_NONE;
        external += object_external(h, i);
        if (object_young(o))
            young_external += object_external(h, i);
        if (verify_object(h, i, error))
            return -1;
    }
    uint64_t allocated = 0;
    for (uint32_t i = 0; i < h->sites.len; i++)
        allocated += site_allocated(h, i);
    CHECK(allocated == h->counters.allocated, "sites have allocated %" PRIu64 " objects, counted %" PRIu64, allocated,
          h->counters.allocated);
    CHECK(live == h->live, "%" PRIu64 " objects, counted %" PRIu64, live, h->live);
    CHECK(live == h->counters.allocated - h->counters.collected, "objects allocated - collected is not live");
    CHECK(named == h->id_count, "%" PRIu64 " names, counted %" PRIu64, named, h->id_count);
    CHECK(external == h->external, "%" PRIu64 " external bytes, counted %" PRIu64, external, h->external);
    CHECK(young_external == h->young_external, "%" PRIu64 " young external bytes, counted %" PRIu64, young_external,
          h->young_external);
    return 0;
}

/* New space: objects in address order, without overlap, below top. */
static int verify_new_space(const struct heap *h, struct error *error)
{
    const struct new_space *n = &h->young_space;
    uint64_t used = 0, end = 0;
    for (size_t i = 0; i < h->young.len; i++) {
        CHECK(exists(h, h->young.data[i]), "new space lists a free record");
        const struct object *o = &h->objects.data[h->young.data[i]];
        uint64_t at = (uint64_t)o->page * n->usable + o->offset;
        CHECK(object_space(o) == SPACE_NEW && object_young(o) && (o->bits & OBJECT_PARITY) == n->parity,
              "object %" PRIu32 " is not in to-space", h->young.data[i]);
        CHECK(at >= end, "object %" PRIu32 " overlaps the one before it", h->young.data[i]);
        CHECK(o->offset + object_units(o) <= n->usable, "object %" PRIu32 " straddles pages", h->young.data[i]);
        end = at + object_units(o);
        used += object_bytes(o);
    }
    CHECK(end <= (uint64_t)n->page * n->usable + n->top, "an object lies above top");
    CHECK(n->page < n->capacity && n->top <= n->usable, "top lies outside of to-space");
    CHECK(used == h->spaces[SPACE_NEW].used && h->young.len == h->spaces[SPACE_NEW].objects,
          "new space has %" PRIu64 " bytes, counted %" PRIu64, used, h->spaces[SPACE_NEW].used);
    CHECK(n->capacity <= n->maximum, "new space is larger than its maximum");
    return 0;
}

/* Marks a run of units in a map of the page; false if one is taken already. */
static bool cover(uint8_t *map, uint64_t offset, uint64_t units, uint64_t usable)
{
    if (offset + units > usable)
        return false;
    for (uint64_t i = offset; i < offset + units; i++)
        if (map[i]++)
            return false;
    return true;
}

static int verify_page(const struct heap *h, uint32_t page, uint8_t *map, struct error *error)
{
    const struct page *p = &h->pages.data[page];
    const struct space *space = &h->spaces[p->space];
    uint64_t usable = space_large(p->space) ? p->size / UNIT : h->young_space.usable;
    uint64_t used = 0, available = 0, count = 0;
    bool paged = space_paged(p->space);
    if (paged)
        memset(map, 0, usable);
    for (uint32_t i = p->objects; i != NONE; i = h->cold.data[i].next) {
        CHECK(exists(h, i), "page %" PRIu32 " lists a free record", page);
        const struct object *o = &h->objects.data[i];
        CHECK(o->page == page && object_space(o) == p->space, "object %" PRIu32 " is not on the page that lists it", i);
        CHECK(paged ? cover(map, o->offset, object_units(o), usable) : object_units(o) <= usable,
              "object %" PRIu32 " overlaps another", i);
        used += object_bytes(o);
        count++;
    }
    for (uint32_t b = p->blocks; b != NONE; b = h->blocks.data[b].page_next) {
        CHECK(h->blocks.data[b].page == page, "a free block is on the wrong page");
        CHECK(cover(map, h->blocks.data[b].offset, h->blocks.data[b].size, usable), "a free block overlaps something");
        available += (uint64_t)h->blocks.data[b].size * UNIT;
    }
    uint64_t area = space->area_page == page ? (uint64_t)(space->area_limit - space->area_top) * UNIT : 0;
    CHECK(area == 0 || cover(map, space->area_top, area / UNIT, usable), "the allocation area overlaps something");
    CHECK(used == p->used && count == p->count && available == p->available, "page %" PRIu32 " is counted wrong", page);
    CHECK(!paged || h->config.page_header + used + available + area + p->wasted + p->dead == p->size,
          "page %" PRIu32 ": header + used + available + wasted + dead is not its size", page);
    bool waits = (p->flags & (PAGE_UNSWEPT | PAGE_CANDIDATE)) != 0;
    CHECK(waits ? available + area + p->wasted == 0 : p->dead == 0,
          "page %" PRIu32 " has free bytes that it should not, or not yet, have", page);
    CHECK(!(p->flags & PAGE_CANDIDATE) || h->gc.running || h->marking.active,
          "page %" PRIu32 " is an evacuation candidate outside of a cycle", page);
    return 0;
}

static int verify_space(const struct heap *h, enum space_id id, uint8_t *map, struct error *error)
{
    const struct space *space = &h->spaces[id];
    uint64_t used = 0, objects = 0, available = 0, wasted = 0, committed = 0, pages = 0, dead = 0, withheld = 0;
    uint32_t unswept = NONE, unswept_pages = 0;
    for (uint32_t page = space->first; page != NONE; page = h->pages.data[page].next) {
        const struct page *p = &h->pages.data[page];
        CHECK(!(p->flags & PAGE_FREE) && p->space == id, "page %" PRIu32 " is in the wrong space", page);
        if (verify_page(h, page, map, error))
            return -1;
        used += p->used;
        objects += p->count;
        available += p->available;
        wasted += p->wasted;
        committed += p->size;
        pages++;
        if (p->flags & PAGE_CANDIDATE)
            withheld += p->dead;
        else
            dead += p->dead;
        if (!(p->flags & PAGE_UNSWEPT))
            continue;
        unswept = unswept == NONE ? page : unswept;
        unswept_pages++;
    }
    CHECK(unswept == space->unswept && unswept_pages == space->unswept_pages && dead == space->dead &&
              withheld == space->withheld,
          "the unswept pages of space %s are counted wrong", space_name(h->config.era, id));
    CHECK(used == space->used && objects == space->objects && available == space->available &&
              wasted == space->wasted && committed == space->committed && pages == space->pages,
          "space %s is counted wrong", space_name(h->config.era, id));
    return 0;
}

static int verify_spaces(const struct heap *h, struct error *error)
{
    uint8_t *map = malloc(h->young_space.usable + 1u);
    if (!map)
        return error_memory(error);
    int failed = 0;
    for (enum space_id space = SPACE_OLD; space < SPACE_COUNT && !failed; space++)
        failed = verify_space(h, space, map, error);
    free(map);
    return failed;
}

/* Handles and the remembered set. */
static int verify_lists(const struct heap *h, struct error *error)
{
    uint64_t holes = 0;
    for (size_t i = 0; i < h->handles.len; i++) {
        const struct handle *handle = &h->handles.data[i];
        holes += handle->object == NONE;
        CHECK(handle->object == NONE || exists(h, handle->object), "a handle dangles");
        CHECK(handle->object == NONE || i >= h->old_handles || !object_young(&h->objects.data[handle->object]),
              "a handle that is counted as old is on a young object");
        CHECK(handle->object == NONE || handle->previous == NONE || handle->previous < i, "handles are out of order");
    }
    CHECK(holes == h->handle_holes, "%" PRIu64 " holes among the handles, counted %" PRIu64, holes, h->handle_holes);
    for (size_t i = 0; i < h->remembered.len; i++) {
        const struct record *record = &h->remembered.data[i];
        CHECK(exists(h, record->host) && !object_young(&h->objects.data[record->host]),
              "the remembered set has a record of a host that is not old");
        CHECK(h->objects.data[record->host].bits & OBJECT_REMEMBERED, "a remembered host does not know it");
    }
    for (size_t i = 0; i < h->finalizers.len; i++)
        CHECK(exists(h, h->finalizers.data[i]), "a registered object is gone");
    return 0;
}

int heap_verify(const struct heap *h, struct error *error)
{
    if (verify_objects(h, error) || verify_new_space(h, error) || verify_spaces(h, error))
        return -1;
    return verify_lists(h, error);
}

/* ---- between two micro-steps ---- */

/*
 * Is a pointer of an object valid? Those of white objects can dangle in a major, which has already freed some of the
 * dead.
 */
static bool points(const struct heap *h, const struct object *holder, uint32_t target)
{
    bool major = h->gc.running && h->gc.running != 1 + COLLECTION_SCAVENGE;
    if (target == NONE || exists(h, target))
        return true;
    return major && object_color(holder) == COLOR_WHITE && target < h->objects.len;
}

static int verify_step_object(const struct heap *h, uint32_t object, struct error *error)
{
    const struct object *o = &h->objects.data[object];
    enum space_id space = object_space(o);
    uint32_t count;
    CHECK(era_has_space(h->config.era, space), "object %" PRIu32 " is in no space", object);
    CHECK(o->name == NAME_NONE || ids_find(h, o->name) == object, "object %" PRIu32 " is not found by its name",
          object);
    if (space == SPACE_NEW)
        CHECK(o->page < h->young_space.maximum && o->offset + object_units(o) <= h->young_space.usable,
              "young object %" PRIu32 " lies nowhere", object);
    else
        CHECK(o->page < h->pages.len && h->pages.data[o->page].space == space &&
                  !(h->pages.data[o->page].flags & PAGE_FREE),
              "object %" PRIu32 " lies on no page of its space", object);
    CHECK(!object_rooted(o) || (o->handle < h->handles.len && h->handles.data[o->handle].object == object),
          "object %" PRIu32 " has a wrong handle", object);
    const struct slot *slots = object_slots(h, object, &count);
    for (uint32_t i = 0; i < count; i++)
        CHECK(points(h, o, slots[i].target), "slot %" PRIu32 " of object %" PRIu32 " dangles", i, object);
    const struct entry *entries = object_entries(h, object, &count);
    for (uint32_t i = 0; i < count; i++)
        CHECK(entry_key(&entries[i]) == NONE ||
                  (points(h, o, entry_key(&entries[i])) && points(h, o, entry_value(&entries[i]))),
              "entry %" PRIu32 " of object %" PRIu32 " dangles", i, object);
    return 0;
}

/* Checks that no objects of a semispace overlap. map: a byte for each unit of the semispace's largest size. */
static int verify_semispace(const struct heap *h, uint32_t parity, uint8_t *map, struct error *error)
{
    const struct new_space *n = &h->young_space;
    uint64_t used = 0;
    memset(map, 0, (size_t)n->maximum * n->usable);
    for (uint32_t i = 0; i < h->objects.len; i++) {
        const struct object *o = &h->objects.data[i];
        if ((o->bits & OBJECT_FREE) || object_space(o) != SPACE_NEW || (o->bits & OBJECT_PARITY) != parity)
            continue;
        CHECK(cover(map + (size_t)o->page * n->usable, o->offset, object_units(o), n->usable),
              "young object %" PRIu32 " overlaps another", i);
        used += object_bytes(o);
    }
    CHECK(parity != n->parity || used == h->spaces[SPACE_NEW].used, "to-space has %" PRIu64 " bytes, counted %" PRIu64,
          used, h->spaces[SPACE_NEW].used);
    return 0;
}

static int verify_semispaces(const struct heap *h, struct error *error)
{
    uint8_t *map = malloc((size_t)h->young_space.maximum * h->young_space.usable + 1);
    if (!map)
        return error_memory(error);
    int failed = verify_semispace(h, 0, map, error) || verify_semispace(h, OBJECT_PARITY, map, error);
    free(map);
    return failed ? -1 : 0;
}

int heap_verify_step(const struct heap *h, struct error *error)
{
    uint64_t live = 0;
    for (uint32_t i = 0; i < h->objects.len; i++) {
        if (h->objects.data[i].bits & OBJECT_FREE)
            continue;
        live++;
        if (verify_step_object(h, i, error))
            return -1;
    }
    CHECK(live == h->live, "%" PRIu64 " objects, counted %" PRIu64, live, h->live);
    for (size_t i = 0; i < h->handles.len; i++)
        CHECK(h->handles.data[i].object == NONE || exists(h, h->handles.data[i].object), "a handle dangles");
    return verify_semispaces(h, error) || verify_spaces(h, error) ? -1 : 0;
}
