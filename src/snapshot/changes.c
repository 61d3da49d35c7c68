/* changes.c - matches nodes by their ids, and classes by their names. */
#include "snapshot/changes.h"

#include "base/names.h"

#include <stdlib.h>
#include <string.h>

/* ---- ids as a set: open addressing, at most half full ---- */

struct id_set {
    uint64_t *ids; /* id + 1, 0 = empty */
    uint64_t mask;
};

static int set_make(struct id_set *set, uint64_t count)
{
    uint64_t room = 16;
    while (room < 2 * count)
        room *= 2;
    set->ids = calloc((size_t)room, sizeof *set->ids);
    set->mask = room - 1;
    return set->ids == NULL ? -1 : 0;
}

/* The place of an id, or the empty one where it would be. */
static uint64_t set_place(const struct id_set *set, uint64_t id)
{
    uint64_t at = (id * UINT64_C(0x9E3779B97F4A7C15)) >> 20 & set->mask;
    while (set->ids[at] != 0 && set->ids[at] != id + 1)
        at = (at + 1) & set->mask;
    return at;
}

/* The ids of all nodes that can be reached. */
static int set_fill(struct id_set *set, const struct analysis *a)
{
    if (set_make(set, a->tree.places))
        return -1;
    for (uint32_t p = 0; p < a->tree.places; p++) {
        uint64_t id = snapshot_id(&a->snapshot, a->tree.node[p]);
        set->ids[set_place(set, id)] = id + 1;
    }
    return 0;
}

static bool set_has(const struct id_set *set, uint64_t id)
{
    return set->ids[set_place(set, id)] != 0;
}

/* ---- classes by name ---- */

/* The row of a class, made if it is new; NULL without memory. rows_of: of each interned name, its row + 1. */
struct matcher {
    struct changes *c;
    struct names names;
    VEC(uint32_t) rows_of;
    uint32_t *known[2]; /* of each class of either side, its row + 1 */
};

static uint32_t row_by_name(struct matcher *m, const struct analysis *a, uint32_t class, bool only_before)
{
    struct out out;
    out_to_memory(&out);
    analysis_class_name(a, class, SIZE_MAX, &out);
    out_text(&out, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", NAME_SHORT); /* names_intern_text reads so far */
    size_t len = out.len - NAME_SHORT;
    uint32_t name = out.failed ? NAME_NONE : names_intern_text(&m->names, len > 0 ? out.data : " ", len > 0 ? len : 1);
    out_drop(&out);
    uint32_t index = name & ~NAME_INTERNED;
    if (name == NAME_NONE)
        return NO_CLASS;
    while (m->rows_of.len <= index)
        if (vec_push(&m->rows_of, 0))
            return NO_CLASS;
    if (m->rows_of.data[index] == 0) {
        if (vec_push(&m->c->rows, ((struct change_row){.class = class, .only_before = only_before})))
            return NO_CLASS;
        m->rows_of.data[index] = (uint32_t)m->c->rows.len;
    }
    return m->rows_of.data[index] - 1;
}

static struct change_row *row_of(struct matcher *m, bool before, uint32_t node)
{
    const struct analysis *a = before ? m->c->before : m->c->after;
    uint32_t class = analysis_class(a, node), *known = &m->known[before][class];
    if (*known == 0)
        *known = row_by_name(m, a, class, before) + 1;
    return *known == 0 ? NULL : &m->c->rows.data[*known - 1];
}

static void add(struct sums *sums, uint64_t size)
{
    sums->count++;
    sums->size += size;
}

/* Adds the nodes of one side that the other does not have. 0, or -1. */
static int add_changes(struct matcher *m, bool before, const struct id_set *other)
{
    const struct analysis *a = before ? m->c->before : m->c->after;
    for (uint32_t p = 0; p < a->tree.places; p++) {
        uint32_t node = a->tree.node[p];
        if (set_has(other, snapshot_id(&a->snapshot, node)))
            continue;
        struct change_row *row = row_of(m, before, node);
        if (row == NULL)
            return -1;
        add(before ? &row->gone : &row->fresh, snapshot_size(&a->snapshot, node));
        add(before ? &m->c->gone : &m->c->fresh, snapshot_size(&a->snapshot, node));
    }
    return 0;
}

static int by_growth(const void *a, const void *b)
{
    const struct change_row *x = a, *y = b;
    if (x->fresh.size != y->fresh.size)
        return x->fresh.size > y->fresh.size ? -1 : 1;
    if (x->gone.size != y->gone.size)
        return x->gone.size > y->gone.size ? -1 : 1;
    return x->only_before != y->only_before ? (x->only_before ? 1 : -1) : x->class < y->class ? -1 : 1;
}

/* ---- what holds the new ---- */

struct ranked {
    uint64_t retained;
    uint32_t place;
};

static int by_rank(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->retained != y->retained)
        return x->retained > y->retained ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

/* The new nodes below a node that is not new: a dominator has a lower place, so one pass tells. */
static int find_holders(struct changes *c, const struct id_set *before)
{
    const struct analysis *a = c->after;
    const struct dominators *tree = &a->tree;
    uint8_t *fresh = calloc(tree->places, 1); /* 1: new; 2: and so is one that dominates it */
    struct ranked *ranks = calloc(tree->places, sizeof *ranks);
    size_t len = 0;
    int failed = fresh == NULL || ranks == NULL;
    for (uint32_t p = 1; !failed && p < tree->places; p++) {
        bool below = fresh[tree->idom[p]] != 0;
        if (!set_has(before, snapshot_id(&a->snapshot, tree->node[p])))
            fresh[p] = below ? 2 : 1;
        else
            fresh[p] = below ? 2 : 0; /* an old node that a new one dominates now is held by it */
        if (fresh[p] == 1)
            ranks[len++] = (struct ranked){a->retained[p], p};
    }
    failed = failed || vec_reserve(&c->holders.nodes, len);
    if (!failed && len > 0)
        qsort(ranks, len, sizeof *ranks, by_rank);
    for (size_t i = 0; !failed && i < len; i++)
        c->holders.nodes.data[c->holders.nodes.len++] = tree->node[ranks[i].place];
    free(fresh);
    free(ranks);
    return failed ? -1 : 0;
}

int changes_make(struct changes *c, const struct analysis *before, const struct analysis *after)
{
    struct id_set old = {0}, new = {0};
    *c = (struct changes){.before = before, .after = after};
    struct matcher m = {.c = c};
    names_init(&m.names);
    m.known[false] = calloc(analysis_classes(after), sizeof *m.known[false]);
    m.known[true] = calloc(analysis_classes(before), sizeof *m.known[true]);
    int failed = m.known[false] == NULL || m.known[true] == NULL || set_fill(&old, before) || set_fill(&new, after) ||
                 add_changes(&m, false, &old) || add_changes(&m, true, &new) || find_holders(c, &old);
    if (!failed && c->rows.len > 0)
        qsort(c->rows.data, c->rows.len, sizeof *c->rows.data, by_growth);
    free(old.ids);
    free(new.ids);
    free(m.known[false]);
    free(m.known[true]);
    vec_free(&m.rows_of);
    names_free(&m.names);
    return failed ? -1 : 0;
}

void changes_free(struct changes *c)
{
    vec_free(&c->rows);
    vec_free(&c->holders.nodes);
}
