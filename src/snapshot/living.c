/* living.c - entries of WeakMaps by their names, then a breadth-first walk, which each entry waits in for its table. */
#include "snapshot/living.h"

#include "base/prefetch.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- entries, by their names ---- */

enum entry_name { NAME_UNSEEN, NAME_ORDINARY, NAME_ENTRY_EDGE };

/* Takes the digits that end a text, and a word before them, off it. False if it does not end so. */
static bool take_number(const char *text, size_t *len, const char *before, uint64_t *number)
{
    size_t end = *len, words = strlen(before);
    while (*len > 0 && text[*len - 1] >= '0' && text[*len - 1] <= '9')
        --*len;
    if (*len < words || memcmp(text + *len - words, before, words) != 0)
        return false;
    bool read = text_number(text + *len, end - *len, number) == TEXT_OK;
    *len -= words;
    return read;
}

/*
 * Reads "7 / part of key (NAME @K) -> value (NAME @V) pair in WeakMap (table @T)" from its end, since the names can be
 * anything. Returns whether it is that, with the ids of key and table.
 */
static bool entry_ids(const char *text, size_t len, uint64_t *key, uint64_t *table)
{
    static const char part[] = " / part of key (", value[] = ") -> value (";
    size_t digits = 0;
    uint64_t unused;
    while (digits < len && text[digits] >= '0' && text[digits] <= '9')
        digits++;
    if (digits == 0 || len - digits < sizeof part || memcmp(text + digits, part, sizeof part - 1) != 0)
        return false;
    if (text[--len] != ')' || !take_number(text, &len, " pair in WeakMap (table @", table))
        return false;
    if (len == 0 || text[--len] != ')' || !take_number(text, &len, " @", &unused))
        return false;
    while (len >= sizeof value - 1 && memcmp(text + len - (sizeof value - 1), value, sizeof value - 1) != 0)
        len--;
    if (len < sizeof value - 1)
        return false;
    len -= sizeof value - 1;
    return take_number(text, &len, " @", key);
}

/* ---- which edges count ---- */

struct maker {
    struct living *l;
    const struct snapshot *s;
    uint8_t *names;          /* of each string, enum entry_name */
    uint32_t *waiting;       /* of each node, its first entry + 1; NULL if there are none */
    VEC(uint64_t) table_ids; /* of the entries */
    VEC(uint32_t) queue;
};

static bool is_entry(struct maker *m, uint32_t edge, uint64_t *key, uint64_t *table)
{
    uint32_t string = m->s->edge_name[edge];
    if (m->names[string] == NAME_ORDINARY)
        return false;
    size_t len;
    const char *text = snapshot_raw(m->s, string, &len);
    bool found = entry_ids(text, len, key, table);
    m->names[string] = found ? NAME_ENTRY_EDGE : NAME_ORDINARY;
    return found;
}

/* An internal edge: it counts, or belongs to an entry. 0, or -1. */
static int judge_internal(struct maker *m, uint32_t node, uint32_t edge)
{
    uint64_t key, table;
    m->l->counts[edge] = 1;
    if (!is_entry(m, edge, &key, &table))
        return 0;
    if (snapshot_id(m->s, node) == table && key != table) {
        m->l->counts[edge] = 0;
        return 0;
    }
    return vec_push(&m->l->entries, ((struct living_entry){.edge = edge, .table = NO_NODE})) ||
                   vec_push(&m->table_ids, table)
               ? -1
               : 0;
}

static int judge_edges(struct maker *m)
{
    const struct snapshot *s = m->s;
    for (uint32_t node = 0; node < s->nodes; node++)
        for (uint32_t e = s->first[node]; e < s->first[node + 1]; e++) {
            enum edge_type type = (enum edge_type)s->edge_type[e];
            m->l->counts[e] = type != EDGE_WEAK && (type != EDGE_SHORTCUT || node == 0);
            if (type == EDGE_INTERNAL && judge_internal(m, node, e))
                return -1;
        }
    return 0;
}

/* ---- the tables of entries, by their ids ---- */

struct wanted {
    uint64_t id;
    uint32_t node;
};

static int by_id(const void *a, const void *b)
{
    const struct wanted *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

static struct wanted *find_wanted(struct wanted *list, size_t len, uint64_t id)
{
    return bsearch(&(struct wanted){.id = id}, list, len, sizeof *list, by_id);
}

/* Finds the node of each entry's table. 0, or -1. */
static int find_tables(struct maker *m)
{
    size_t len = m->table_ids.len, distinct = 0;
    struct wanted *list = malloc((len + 1) * sizeof *list);
    if (list == NULL)
        return -1;
    for (size_t i = 0; i < len; i++)
        list[i] = (struct wanted){m->table_ids.data[i], NO_NODE};
    qsort(list, len, sizeof *list, by_id);
    for (size_t i = 0; i < len; i++)
        if (i == 0 || list[i].id != list[i - 1].id)
            list[distinct++] = list[i];
    uint64_t least = list[0].id, most = list[distinct - 1].id;
    for (uint32_t node = 0; node < m->s->nodes; node++) {
        uint64_t id = snapshot_id(m->s, node);
        struct wanted *found = id < least || id > most ? NULL : find_wanted(list, distinct, id);
        if (found != NULL && found->node == NO_NODE)
            found->node = node;
    }
    for (size_t i = 0; i < len; i++)
        m->l->entries.data[i].table = find_wanted(list, distinct, m->table_ids.data[i])->node;
    free(list);
    return 0;
}

/* ---- the walk ---- */

static void reach(struct maker *m, uint32_t edge, uint32_t distance)
{
    uint32_t node = m->s->to[edge];
    if (m->l->distance[node] != NO_NODE)
        return;
    m->l->distance[node] = distance;
    m->l->from[node] = edge;
    m->queue.data[m->queue.len++] = node;
}

/* The entries of a table that has been reached: those whose keys have been reached too lead on from them. */
static void reach_entries(struct maker *m, uint32_t table)
{
    for (uint32_t i = m->waiting[table]; i != 0; i = m->l->entries.data[i - 1].next) {
        uint32_t edge = m->l->entries.data[i - 1].edge, key = snapshot_owner(m->s, edge);
        m->l->counts[edge] = 1;
        if (m->l->distance[key] <= m->l->distance[table])
            reach(m, edge, m->l->distance[table] + 1);
    }
}

static int walk(struct maker *m)
{
    const struct snapshot *s = m->s;
    struct living *l = m->l;
    l->distance = graph_table(s->nodes, sizeof *l->distance);
    l->from = graph_table(s->nodes, sizeof *l->from);
    if (l->distance == NULL || l->from == NULL || vec_reserve(&m->queue, s->nodes))
        return -1;
    memset(l->distance, 0xFF, s->nodes * sizeof *l->distance);
    l->distance[0] = 0;
    l->from[0] = NO_NODE;
    m->queue.data[m->queue.len++] = 0;
    for (size_t i = 0; i < m->queue.len; i++) {
        uint32_t node = m->queue.data[i];
        if (i + 8 < m->queue.len)
            prefetch_read(&s->first[m->queue.data[i + 8]]);
        for (uint32_t e = s->first[node]; e < s->first[node + 1]; e++)
            if (l->counts[e])
                reach(m, e, l->distance[node] + 1);
        if (m->waiting != NULL)
            reach_entries(m, node);
    }
    return 0;
}

/* Makes the edges of entries wait for their tables, and walks. */
static int walk_with_entries(struct maker *m)
{
    for (size_t i = 0; i < m->l->entries.len; i++)
        m->l->counts[m->l->entries.data[i].edge] = 0;
    m->waiting = calloc(m->s->nodes, sizeof *m->waiting);
    if (m->waiting == NULL)
        return -1;
    for (size_t i = m->l->entries.len; i-- > 0;) {
        struct living_entry *entry = &m->l->entries.data[i];
        if (entry->table == NO_NODE)
            continue;
        entry->next = m->waiting[entry->table];
        m->waiting[entry->table] = (uint32_t)i + 1;
    }
    return walk(m);
}

int living_make(struct living *l, const struct snapshot *s)
{
    struct maker m = {.l = l, .s = s};
    *l = (struct living){0};
    l->counts = graph_table(s->edges, sizeof *l->counts);
    m.names = calloc(s->string_count + (size_t)1, sizeof *m.names);
    int failed = l->counts == NULL || m.names == NULL || judge_edges(&m) || (l->entries.len > 0 && find_tables(&m));
    free(m.names);
    vec_free(&m.table_ids);
    if (failed || l->entries.len == 0)
        return failed ? -1 : 0;
    failed = living_walk(l, s);
    free(l->distance);
    free(l->from);
    l->distance = l->from = NULL;
    return failed;
}

int living_walk(struct living *l, const struct snapshot *s)
{
    struct maker m = {.l = l, .s = s};
    int failed = l->entries.len > 0 ? walk_with_entries(&m) : walk(&m);
    free(m.waiting);
    vec_free(&m.queue);
    return failed ? -1 : 0;
}

void living_free(struct living *l)
{
    free(l->counts);
    free(l->distance);
    free(l->from);
    vec_free(&l->entries);
    *l = (struct living){0};
}

int living_graph(const struct living *l, const struct snapshot *s, struct graph *g)
{
    uint32_t edges = 0;
    for (uint32_t e = 0; e < s->edges; e++)
        edges += l->counts[e];
    if (graph_init(g, s->nodes, edges))
        return -1;
    edges = 0;
    for (uint32_t node = 0; node < s->nodes; node++) {
        g->first[node] = edges;
        for (uint32_t e = s->first[node]; e < s->first[node + 1]; e++)
            if (l->counts[e])
                g->to[edges++] = s->to[e];
    }
    g->first[s->nodes] = edges;
    return 0;
}

const struct living_entry *living_entry_of(const struct living *l, uint32_t edge)
{
    size_t i;
    vec_count_while(&l->entries, i, l->entries.data[i].edge < edge);
    return i < l->entries.len && l->entries.data[i].edge == edge ? &l->entries.data[i] : NULL;
}

uint32_t snapshot_owner(const struct snapshot *s, uint32_t edge)
{
    uint32_t low = 0, high = s->nodes; /* first[low] <= edge < first[high] */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (s->first[middle] <= edge)
            low = middle;
        else
            high = middle;
    }
    return low;
}
