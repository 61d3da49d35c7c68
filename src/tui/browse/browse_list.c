/* browse_list.c - the rows of a level: children, groups, members, in the order that is chosen. */
#include "tui/browse/browse.h"

#include "graph/groups.h"

#include <stdlib.h>

static struct browse_level *level_of(struct browse *b)
{
    return &b->levels.data[b->levels.len - 1];
}

static int add_place(struct browse *b, uint32_t place)
{
    struct browse_row row = {place, b->source.retained[place], b->source.own(b->source.self, place), b->counts[place]};
    return vec_push(&b->rows, row) ? -1 : 0;
}

static int add_children(struct browse *b, uint32_t of)
{
    for (uint32_t p = b->child[of]; p != 0; p = b->sibling[p])
        if (add_place(b, p))
            return -1;
    return 0;
}

static int add_members(struct browse *b, uint32_t group)
{
    for (uint32_t p = 1; p < b->source.tree->places; p++)
        if (b->source.group(b->source.self, p) == group && add_place(b, p))
            return -1;
    return 0;
}

/* Sums over groups; what they retain is that of their topmost members (graph/groups.h). */
static int add_groups(struct browse *b)
{
    uint32_t places = b->source.tree->places, *group = graph_table(places, sizeof *group);
    bool *top = graph_table(places, sizeof *top);
    int failed = group == NULL || top == NULL || vec_reserve(&b->rows, b->source.groups);
    if (!failed) {
        group[0] = NO_GROUP;
        for (uint32_t p = 1; p < places; p++)
            group[p] = b->source.group(b->source.self, p);
        failed = groups_topmost(b->source.tree, group, b->source.groups, top);
    }
    for (uint32_t g = 0; !failed && g < b->source.groups; g++)
        b->rows.data[g] = (struct browse_row){.id = g};
    for (uint32_t p = 1; !failed && p < places; p++) {
        if (group[p] == NO_GROUP)
            continue;
        struct browse_row *row = &b->rows.data[group[p]];
        row->own += b->source.own(b->source.self, p);
        row->count++;
        row->retained += top[p] ? b->source.retained[p] : 0;
    }
    for (uint32_t g = 0; !failed && g < b->source.groups; g++)
        if (b->rows.data[g].count > 0)
            b->rows.data[b->rows.len++] = b->rows.data[g];
    free(group);
    free(top);
    return failed ? -1 : 0;
}

static int add_lines(struct browse *b, uint32_t place)
{
    struct out out;
    out_to_memory(&out);
    int failed = b->source.why(b->source.self, place, &out);
    free(b->text);
    b->text = out_take(&out);
    if (failed || b->text == NULL)
        return -1;
    for (size_t i = 0; b->text[i] != '\0';) {
        if (vec_push(&b->lines, i))
            return -1;
        while (b->text[i] != '\0' && b->text[i] != '\n')
            i++;
        i += b->text[i] == '\n';
    }
    return 0;
}

static int compare(uint64_t a, uint64_t b)
{
    return a > b ? -1 : a < b;
}

static int tie(const struct browse_row *x, const struct browse_row *y)
{
    int order = compare(x->retained, y->retained);
    return order != 0 ? order : x->id < y->id ? -1 : 1;
}

static int by_retained(const void *a, const void *b)
{
    return tie(a, b);
}

static int by_own(const void *a, const void *b)
{
    const struct browse_row *x = a, *y = b;
    int order = compare(x->own, y->own);
    return order != 0 ? order : tie(x, y);
}

static int by_count(const void *a, const void *b)
{
    const struct browse_row *x = a, *y = b;
    int order = compare(x->count, y->count);
    return order != 0 ? order : tie(x, y);
}

int browse_fill(struct browse *b)
{
    static int (*const orders[])(const void *, const void *) = {by_retained, by_own, by_count};
    const struct browse_level *level = level_of(b);
    int failed = 0;
    b->rows.len = b->lines.len = 0;
    switch (level->kind) {
    case BROWSE_TREE: failed = add_children(b, level->of); break;
    case BROWSE_GROUPS: failed = add_groups(b); break;
    case BROWSE_MEMBERS: failed = add_members(b, level->of); break;
    case BROWSE_WHY: failed = add_lines(b, level->of); break;
    }
    if (!failed && b->rows.len > 0)
        qsort(b->rows.data, b->rows.len, sizeof *b->rows.data, orders[b->order]);
    return failed;
}

size_t browse_length(const struct browse *b)
{
    return b->levels.data[b->levels.len - 1].kind == BROWSE_WHY ? b->lines.len : b->rows.len;
}
