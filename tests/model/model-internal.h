/*
 * model-internal.h - the reference model's state, shared by its files.
 *
 * model-parse.c  lines, repeat expansion, events -> actions
 * model-config.c settings, profiles, geometry
 * model-heap.c   objects, slots, new space's allocation, barrier, actions
 * model-gc.c     scavenge, and what both collectors share
 * model-major.c  marking and major collection
 * model-copy.c   where in to-space a scavenge copies to
 * model-report.c the two outputs
 * model-leaks.c  leak analysis
 *
 * Titles in quotation marks are sections of heapreel-model(7).
 */
#ifndef MODEL_INTERNAL_H
#define MODEL_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "model-text.h"
#include "model.h"

/* In the order of their time: `era >= ERA_NODE20` is "node20 and later". */
typedef enum era { ERA_BOOK, ERA_NODE6, ERA_NODE20, ERA_NODE24, ERA_NODE26 } era;

typedef enum space {
    SP_NEW,
    SP_OLD_POINTER,
    SP_OLD_DATA,
    SP_OLD,
    SP_CODE,
    SP_MAP,
    SP_CELL,
    SP_PROPERTY_CELL,
    SP_NEW_LARGE,
    SP_LARGE,
    SP_CODE_LARGE,
    SP_COUNT
} space;

/* The classes of kinds. */
typedef enum kind_class { KC_POINTER, KC_DATA, KC_CODE, KC_FIXED } kind_class;

typedef struct kind_info {
    const char *name;
    kind_class class;
    uint64_t fixed_size; /* 0 unless of class KC_FIXED */
    bool collection;     /* weakmap or weakset */
    bool values;         /* weakmap: entries may have values */
    space fixed_book;    /* where a fixed-size kind lives, book and node6 */
    space fixed_node6;
} kind_info;

typedef struct object object;

/*
 * A slot keeps its place for ever, so that remembered-set records may point to
 * it; an anonymous one that was cleared is `gone`.
 */
typedef struct slot {
    char *name; /* NULL: anonymous */
    object *target;
    bool weak;
    bool gone;
    struct slot *next;
} slot;

/* Likewise an entry, once removed. */
typedef struct entry {
    object *key, *value;
    bool removed;
    struct entry *next;
} entry;

/*
 * Objects are never freed before the end of the run: a dead one still answers
 * for its name.
 */
struct object {
    char *name;
    bool bound; /* its name still names it */
    const kind_info *kind;
    uint64_t size;
    space space;
    uint64_t page, offset; /* in new space only */
    uint64_t age;
    bool dead;
    bool from;       /* in from-space (or new-large) and not visited yet */
    bool marked;     /* set by model_mark */
    bool registered; /* for finalization */
    uint64_t external;
    char *site;
    uint64_t majors_when_named; /* majors before the last event that named it */
    bool was_stale;             /* after some major */
    slot *slots;
    entry *entries;
};

/* A growable array of pointers. */
typedef struct list {
    void **items;
    size_t count, room;
} list;

typedef struct handle {
    object *object;
    size_t scope; /* depth of the scope that it was made in */
} handle;

/* A member of the remembered set: a slot, or the key or the value of an entry. */
typedef struct record {
    object *host;
    slot *slot; /* or NULL, then entry and key tell which */
    entry *entry;
    bool key;
} record;

typedef struct collection {
    bool major, compact;
    const char *reason;
    uint64_t event, line;
    uint64_t copied_bytes, promoted_bytes, promoted_objects;
    uint64_t dead_bytes, dead_objects;
    uint64_t roots_visited, remembered_visited, semispace_capacity;
    uint64_t used_before, external_before, used_after, external_after;
} collection;

/*
 * The settings that matter to the exact figures, and those that say whether a
 * limit could be reached.
 */
typedef struct config {
    era era;
    uint64_t page_size, page_header;
    uint64_t min_semi_space, max_semi_space;
    uint64_t large_object_size;
    uint64_t promotion_threshold, scavenge_buffer, young_external_limit;
    uint64_t max_old_space, initial_old_space, marking_start_min;
    uint64_t limit_min_step, external_limit;
} config;

#define MODEL_EVENTS(X)                                                                                                \
    X(alloc)                                                                                                           \
    X(ref)                                                                                                             \
    X(unref)                                                                                                           \
    X(weak)                                                                                                            \
    X(entry) X(unentry) X(root) X(release) X(enter) X(leave) X(external) X(finalize) X(use) X(work) X(idle) X(gc)

enum event_kind {
#define X(name) EV_##name,
    MODEL_EVENTS(X)
#undef X
        EV_COUNT
};

typedef struct bump_pointer {
    uint64_t page, offset;
} bump_pointer;

/* A buffer that a scavenge copies into; without `have` there is none. */
typedef struct buffer {
    bool have;
    bump_pointer next;
    uint64_t end; /* offset in the same page */
} buffer;

typedef struct model {
    config config;
    bool strict;

    list objects; /* of object *, in the order of allocation */
    handle *handles;
    size_t handle_count, handle_room;
    size_t scope; /* depth of the innermost scope, 0 = outermost */
    list scopes;  /* of char *: their names, NULL if they have none, without the outermost */
    record *remembered;
    size_t remembered_count, remembered_room;
    list registered; /* of object *: registered for finalization, in order */

    uint64_t usable, pages, max_pages;
    bump_pointer top, age_mark;
    uint64_t survived_since_growth;

    /* Of a scavenge. */
    list scan_list;       /* of object *: copied, in the order of copying */
    list promotion_queue; /* of object * */
    buffer roots_buffer;  /* node26: of what the roots hold */
    buffer buffer;        /* of all the rest; of everything in other eras */
    bool visiting_roots;  /* step 2 is under way */
    bool room_exhausted;  /* no new buffer is tried again; node24, node26: nothing is copied any more */
    bool overflowed;

    collection *collections;
    size_t collection_count, collection_room;
    collection *now; /* the running collection */

    char *title;
    uint64_t lines, event, line;
    uint64_t event_counts[EV_COUNT];
    uint64_t barrier_generational;
    uint64_t by_age, by_threshold, by_overflow, by_major, large;
    uint64_t allocated, collected, peak_live;
    uint64_t finalized, weak_cleared;

    text error; /* empty until something failed */

    const model_watch *watch; /* or NULL */
} model;

/*
 * Say why the run cannot go on; the first message stays. Always false, so that
 * `return model_fail(...)` works in every bool function.
 */
bool model_fail(model *m, const char *format, ...) TEXT_PRINTF(2, 3);

void md_list_add(list *l, void *item);
void md_list_free(list *l);

/* Let the watcher look, after an event before which there were `collections`. */
void md_watched(const model *m, size_t collections);

/* model-config.c */

/* Whether VALUE was read; SIZE syntax with k, M, G. */
bool md_config_size(const char *s, uint64_t *value);
/*
 * Settings as they stand before the first event, from `count` pairs of key and
 * value (the later one of a key wins), checked; false: see error.
 */
bool md_config_build(model *m, const char *const *keys, const char *const *values, size_t count);
/* False if with this much in the heap a limit could come into play. */
bool md_config_limits_far(const model *m);

/* model-heap.c */

const kind_info *md_kind_find(const char *name);
const char *md_space_name(space s);
/* Whether the object is young: in new or new-large space. */
bool md_young(const object *o);
/*
 * The object that ID names; NULL and an error if there is none or it has been
 * collected, or (strict) it is unreachable.
 */
object *md_named(model *m, const char *id);
bool md_rooted(const model *m, const object *o);
uint64_t md_used(const model *m);
uint64_t md_external(const model *m);
uint64_t md_new_capacity(const model *m);
uint64_t md_new_size(const model *m);
/* Bump allocation in to-space ("New space"); false if it fails. */
bool md_new_bump(model *m, uint64_t size, uint64_t *page, uint64_t *offset);
/* What an entry's or a slot's record holds now, NULL if nothing. */
object *md_record_target(const record *r);
void md_remember(model *m, record r);
/* The old-generation space that an object of this kind and size belongs to. */
space md_old_space(const model *m, const kind_info *kind, uint64_t size);

/* SITE NULL: the innermost scope's name stands for it. */
bool md_alloc(model *m, const char *id, uint64_t size, const kind_info *kind, object *holder, const char *slot_name,
              const char *site);
/* SLOT NULL: a fresh anonymous one. */
bool md_store(model *m, object *src, const char *slot_name, object *target, bool weak);
bool md_unref_slot(model *m, object *src, const char *slot_name);
bool md_unref_target(model *m, object *src, const object *target);
bool md_entry(model *m, object *map, object *key, object *value);
bool md_unentry(model *m, object *map, const object *key);
void md_root(model *m, object *o);
bool md_release(model *m, const object *o);
void md_leave(model *m);
bool md_set_external(model *m, const char *id, uint64_t bytes);
void md_register(model *m, object *o);
void md_idle(model *m);
void md_free(model *m);

/* model-gc.c */

/*
 * Begin a collection: growth check (if it is not the last act), flip. What was
 * to-space is from-space then, its objects marked `from` until they are
 * visited.
 */
void md_gc_begin(model *m, bool major, bool compact, const char *reason);
void md_gc_end(model *m);
void md_die(model *m, object *o);
bool md_below_age_mark(const model *m, const object *o);
/* Move an object to the old generation; a new-large one stays where it is. */
void md_promote(model *m, object *o);
/*
 * Drop the records that no longer hold a young pointer, and those of dead
 * hosts, keeping the order of the rest ("The generational barrier").
 */
void md_filter_remembered(model *m);
void md_scavenge(model *m, const char *reason);

/* model-major.c */

/*
 * Set `marked` of every live object: the least fixpoint of "Marking".
 * Returns the number of rounds that the ephemerons needed.
 */
unsigned model_mark(model *m);
void md_major(model *m, bool compact, const char *reason);

/* model-copy.c */

/* Before the first copy of a scavenge, and after the last: the buffers' unused rests. */
void md_copy_begin(model *m);
void md_copy_end(model *m);
/* Find a place in to-space for an object; false if there is none. */
bool md_copy(model *m, object *o);

/* model-leaks.c */

/* An event names the object; and all that it reaches by strong slots. */
void md_use(model *m, object *o);
void md_use_deep(model *m, object *o);
/* After a major: keeps in mind which survivors are stale now. */
void md_note_stale(model *m);
void md_report_leaks(model *m, FILE *out);

/* model-parse.c */
bool md_parse_and_run(model *m, const char *text_bytes, size_t len);

/* model-report.c */
void md_report_json(const model *m, FILE *out);
void md_report_heap(const model *m, FILE *out);

#endif
