/*
 * dominators.c - Semi-NCA in three passes. On a heap of millions of objects nearly every look at a node waits for
 * memory, so what a node needs lies together, and what comes next is fetched some elements ahead.
 */
#include "graph/dominators.h"

#include "base/prefetch.h"

#include <stdlib.h>

struct dominators_link {
    uint32_t ancestor; /* a place; linked if it is later than the one that the pass is at */
    uint32_t label;    /* the least semidominator on the way to the ancestor, without the ancestor's own */
};

#define AHEAD 16u

/* Frees a table that no later pass needs: they are the most of the memory. */
static void give_back(void *table)
{
    void **pointer = table;
    free(*pointer);
    *pointer = NULL;
}

/*
 * ---- the walk ----
 *
 * A record is two words, the records that the node's edges lead to, and LAST; a record is named by the index of its
 * first word. Before the node is reached, the words are its number and 0, then its place and the index of the next edge
 * to follow. While the walk is below an edge, that edge holds the record from which the walk came to this one.
 */
#define HEADER 2u
#define LAST UINT32_MAX
enum { PLACE, NEXT };

/* Where the record of a node begins: every record before it has a header and a LAST beside its edges. */
static inline uint32_t record_of(const uint32_t *first, uint32_t node)
{
    return first[node] + (HEADER + 1) * node;
}

/* Writes the records, and looks up where each edge leads: fetched ahead, in the order of the edges. */
static void fill_records(uint32_t *records, const struct graph *g)
{
    for (uint32_t node = 0; node < g->nodes; node++) {
        uint32_t *at = &records[record_of(g->first, node)];
        at[PLACE] = node;
        at[NEXT] = 0;
        at += HEADER;
        for (uint32_t e = g->first[node]; e < g->first[node + 1]; e++) {
            if (e + AHEAD < g->edges)
                prefetch_read(&g->first[g->to[e + AHEAD]]);
            if (g->to[e] != NO_NODE)
                *at++ = record_of(g->first, g->to[e]);
        }
        *at = LAST;
    }
}

/* Fetches the records that an entered node's edges lead to: the walk looks at them soon. */
static inline void fetch_edges(const uint32_t *records, const uint32_t *edge)
{
    for (unsigned i = 0; i < AHEAD && edge[i] != LAST; i++)
        prefetch_write(&records[edge[i]]);
}

/* The node of a record gets the next place. */
static inline void enter(struct dominators *d, uint32_t record, uint32_t parent)
{
    uint32_t *r = &d->records[record];
    fetch_edges(d->records, r + HEADER);
    d->node[d->places] = r[PLACE];
    d->idom[d->places] = d->semi[d->places] = parent;
    d->first[d->places] = 0;
    r[PLACE] = d->places++;
    r[NEXT] = record + HEADER;
}

int dominators_begin(struct dominators *d, struct graph *g)
{
    *d = (struct dominators){.nodes = g->nodes, .edges = g->edges, .parent = LAST};
    uint64_t words = (HEADER + 1) * (uint64_t)g->nodes + g->edges;
    d->records = words < LAST ? graph_table(words, sizeof *d->records) : NULL;
    if (d->records != NULL)
        fill_records(d->records, g);
    graph_free(g);
    d->node = graph_table(d->nodes, sizeof *d->node);
    d->idom = graph_table(d->nodes, sizeof *d->idom);
    d->semi = graph_table(d->nodes, sizeof *d->semi);
    d->first = graph_table(d->nodes, sizeof *d->first);
    if (d->records == NULL || d->node == NULL || d->idom == NULL || d->semi == NULL || d->first == NULL)
        return -1;
    enter(d, 0, 0);
    return 0;
}

/*
 * An edge between two nodes that have places. From an earlier place to a later one, it leads down the tree, and its
 * beginning is a semidominator to choose from; else it is looked at once the paths are known.
 */
static inline int note_edge(struct dominators *d, uint32_t from, uint32_t to)
{
    if (to > from) {
        d->semi[to] = from < d->semi[to] ? from : d->semi[to];
    } else if (to != from && to != 0) {
        if (vec_push(&d->back, ((struct dominators_edge){from, to})))
            return -1;
        d->first[to]++;
    }
    return 0;
}

/* Follows the edges of the record at hand up to the first that leads to a new node, or goes back. 0, or -1. */
static inline int walk_record(struct dominators *d)
{
    uint32_t *records = d->records, at = d->at, place = records[at + PLACE], begin = records[at + NEXT], e = begin;
    for (; records[e] != LAST; e++) {
        uint32_t to = records[e];
        if (records[to + NEXT] == 0) {
            records[at + NEXT] = e + 1;
            records[e] = d->parent;
            d->parent = at;
            d->at = to;
            d->done += e + 1 - begin;
            enter(d, to, place);
            return 0;
        }
        if (note_edge(d, place, records[to + PLACE]))
            return -1;
    }
    d->done += e + 1 - begin;
    d->at = d->parent;
    if (d->parent != LAST) {
        d->parent = records[records[d->at + NEXT] - 1];
        if (d->parent != LAST)
            prefetch_write(&records[d->parent]);
    }
    return 0;
}

static int walk(struct dominators *d, uint64_t stop)
{
    while (d->at != LAST && d->done < stop)
        if (walk_record(d))
            return -1;
    return d->at == LAST;
}

/* ---- semidominators ---- */

/* Sorts the edges that lead back by where they lead to; first[p] becomes the end of those of p. 0, or -1. */
static int sort_back(struct dominators *d)
{
    const struct dominators_edge *back = d->back.data;
    uint32_t sum = 0;
    d->from = graph_table(d->back.len, sizeof *d->from);
    if (d->from == NULL)
        return -1;
    for (uint32_t p = 0; p < d->places; p++) {
        uint32_t count = d->first[p];
        d->first[p] = sum;
        sum += count;
    }
    for (size_t i = 0; i < d->back.len; i++) {
        if (i + 2 * AHEAD < d->back.len) {
            prefetch_write(&d->first[back[i + 2 * AHEAD].to]);
            prefetch_write(&d->from[d->first[back[i + AHEAD].to]]);
        }
        d->from[d->first[back[i].to]++] = back[i].from;
    }
    vec_free(&d->back);
    return 0;
}

static int begin_semi(struct dominators *d)
{
    give_back(&d->records);
    if (sort_back(d))
        return -1;
    d->link = graph_table(d->places, sizeof *d->link);
    d->at = d->places - 1;
    if (d->link == NULL)
        return -1;
    memset(d->link, 0,
           d->places * sizeof *d->link); /* those not linked yet are looked at, to fetch what they lead to */
    return 0;
}

/*
 * The least semidominator on the way from place v, which is linked, up to the root of its tree in the forest of the
 * places later than at. Each second place on the way is made to skip its ancestor.
 */
static inline uint32_t least_semi(struct dominators_link *link, uint32_t v, uint32_t at)
{
    uint32_t least = link[v].label;
    for (uint32_t a = link[v].ancestor; a > at; a = link[v].ancestor) {
        uint32_t label = link[a].label < link[v].label ? link[a].label : link[v].label;
        uint32_t above = link[a].ancestor;
        link[v] = (struct dominators_link){above, label};
        least = label < least ? label : least;
        if (above <= at)
            break;
        v = above;
        least = link[v].label < least ? link[v].label : least;
    }
    return least;
}

static int find_semis(struct dominators *d, uint64_t stop)
{
    const uint32_t *from = d->from;
    uint32_t p = d->at;
    for (; p > 0 && d->done < stop; p--) {
        uint32_t semi = d->semi[p], begin = d->first[p - 1], end = d->first[p];
        for (uint32_t e = end; e-- > begin && semi > 0;) {
            if (e >= 2 * AHEAD) {
                prefetch_write(&d->link[from[e - 2 * AHEAD]]);
                prefetch_write(&d->link[d->link[from[e - AHEAD]].ancestor]);
            }
            uint32_t candidate = least_semi(d->link, from[e], p);
            semi = candidate < semi ? candidate : semi;
        }
        d->semi[p] = semi;
        d->link[p] = (struct dominators_link){d->idom[p], semi};
        d->done += 1 + end - begin;
    }
    d->at = p;
    return p == 0;
}

/* ---- from parents to dominators ---- */

static int climb(struct dominators *d, uint64_t stop)
{
    uint32_t p = d->at;
    for (; p < d->places && d->done < stop; p++, d->done++) {
        if (p + AHEAD < d->places)
            prefetch_read(&d->idom[d->idom[p + AHEAD]]);
        uint32_t at = d->idom[p];
        while (at > d->semi[p]) {
            at = d->idom[at];
            d->done++;
        }
        d->idom[p] = at;
    }
    d->at = p;
    return p == d->places;
}

/* Nodes by place become places by node. 0, or -1. */
static int fill_places(struct dominators *d)
{
    give_back(&d->semi);
    d->place = graph_table(d->nodes, sizeof *d->place);
    if (d->place == NULL)
        return -1;
    memset(d->place, 0xFF, d->nodes * sizeof *d->place); /* NO_NODE */
    for (uint32_t p = 0; p < d->places; p++) {
        if (p + AHEAD < d->places)
            prefetch_write(&d->place[d->node[p + AHEAD]]);
        d->place[d->node[p]] = p;
    }
    return 0;
}

/* ---- all together ---- */

/* Ends a pass, and begins the next one. 0, or -1 without memory. */
static int next_phase(struct dominators *d)
{
    switch (d->phase++) {
    case DOMINATORS_WALK: return begin_semi(d);
    case DOMINATORS_SEMI:
        d->at = 1;
        give_back(&d->first);
        give_back(&d->from);
        give_back(&d->link);
        return 0;
    default: return fill_places(d);
    }
}

/* Goes on with the pass: 1 if it is done, 0 if not, -1 without memory. */
static int work(struct dominators *d, uint64_t stop)
{
    switch (d->phase) {
    case DOMINATORS_WALK: return walk(d, stop);
    case DOMINATORS_SEMI: return find_semis(d, stop);
    default: return climb(d, stop);
    }
}

int dominators_step(struct dominators *d, uint64_t budget)
{
    uint64_t stop = budget > UINT64_MAX - d->done ? UINT64_MAX : d->done + budget;
    while (d->phase != DOMINATORS_DONE && d->done < stop) {
        int ended = work(d, stop);
        if (ended < 0 || (ended && next_phase(d)))
            return -1;
    }
    return d->phase == DOMINATORS_DONE;
}

unsigned dominators_progress(const struct dominators *d)
{
    if (d->phase == DOMINATORS_DONE)
        return 1000;
    uint64_t all = 3 * (uint64_t)d->nodes + 2 * (uint64_t)d->edges;
    uint64_t thousandths = d->done * 1000 / (all > 0 ? all : 1);
    return thousandths < 999 ? (unsigned)thousandths : 999;
}

int dominators_make(struct dominators *d, struct graph *graph)
{
    return dominators_begin(d, graph) || dominators_step(d, UINT64_MAX) != 1 ? -1 : 0;
}

void dominators_free(struct dominators *d)
{
    free(d->place);
    free(d->node);
    free(d->idom);
    free(d->records);
    free(d->semi);
    free(d->first);
    free(d->from);
    free(d->link);
    vec_free(&d->back);
    *d = (struct dominators){0};
}

void dominators_retain(const struct dominators *d, uint64_t *sizes)
{
    for (uint32_t p = d->places; p-- > 1;) {
        if (p > AHEAD)
            prefetch_write(&sizes[d->idom[p - AHEAD]]);
        sizes[d->idom[p]] += sizes[p];
    }
}
