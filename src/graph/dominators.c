/*
 * dominators.c - Semi-NCA in four passes. Each reads what comes next from a list, and fetches what the list leads to
 * some elements ahead: on a heap of millions of objects nearly every look at a node would wait for memory.
 */
#include "graph/dominators.h"

#include "base/prefetch.h"

#include <stdlib.h>
#include <string.h>

struct dominators_visit {
    uint32_t place;   /* NO_NODE: not reached yet */
    uint32_t next;    /* place in to of the next edge to follow */
    uint32_t end;     /* place in to after its last edge */
    uint32_t holders; /* edges from nodes reached that lead here */
};

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

/* ---- the walk: parents are kept in idom ---- */

static int begin_walk(struct dominators *d, const uint32_t *first)
{
    d->visit = graph_table(d->nodes, sizeof *d->visit);
    d->node = graph_table(d->nodes, sizeof *d->node);
    d->idom = graph_table(d->nodes, sizeof *d->idom);
    if (d->visit == NULL || d->node == NULL || d->idom == NULL)
        return -1;
    for (uint32_t i = 0; i < d->nodes; i++)
        d->visit[i] = (struct dominators_visit){NO_NODE, first[i], first[i + 1], 0};
    d->visit[0].place = d->node[0] = d->idom[0] = 0;
    d->places = 1;
    return 0;
}

int dominators_begin(struct dominators *d, struct graph *graph)
{
    *d = (struct dominators){.nodes = graph->nodes, .edges = graph->edges, .to = graph->to};
    graph->to = NULL;
    int failed = begin_walk(d, graph->first);
    graph_free(graph);
    return failed;
}

/* Fetches the nodes that a node's next edges lead to: the walk looks at them soon, unless the first leads far away. */
static inline void fetch_targets(const struct dominators *d, const struct dominators_visit *v)
{
    for (uint32_t e = v->next; e < v->end && e < v->next + AHEAD; e++)
        prefetch_write(&d->visit[d->to[e]]);
}

/* The node that was not reached before gets the next place; it is walked through next. */
static inline void enter(struct dominators *d, uint32_t node, uint32_t parent)
{
    struct dominators_visit *v = &d->visit[node];
    v->place = d->places;
    d->node[d->places] = node;
    d->idom[d->places++] = parent;
    fetch_targets(d, v);
}

/* Follows the edges of a node up to the first that leads to a new one, which is entered. The node to go on with. */
static inline uint32_t walk_node(struct dominators *d, uint32_t node)
{
    struct dominators_visit *v = &d->visit[node];
    for (uint32_t e = v->next; e < v->end; e++) {
        uint32_t target = d->to[e];
        struct dominators_visit *t = &d->visit[target];
        bool new = t->place == NO_NODE;
        if (new)
            enter(d, target, v->place);
        d->to[e] = t->place;
        t->holders++;
        if (new) {
            d->done += e + 1 - v->next;
            v->next = e + 1;
            return target;
        }
    }
    d->done += v->end - v->next + 1;
    v->next = v->end;
    return node == 0 ? NO_NODE : d->node[d->idom[v->place]];
}

static bool walk(struct dominators *d, uint64_t stop)
{
    uint32_t at = d->at;
    while (at != NO_NODE && d->done < stop)
        at = walk_node(d, at);
    d->at = at;
    return at == NO_NODE;
}

/* ---- edges by the place that they lead to ---- */

static int begin_turn(struct dominators *d)
{
    d->first = graph_table((uint64_t)d->places + 1, sizeof *d->first);
    if (d->first == NULL)
        return -1;
    uint32_t sum = 0;
    for (uint32_t p = 0; p < d->places; p++) {
        if (p + AHEAD < d->places)
            prefetch_read(&d->visit[d->node[p + AHEAD]]);
        d->first[p] = sum;
        sum += d->visit[d->node[p]].holders;
    }
    d->first[d->places] = sum;
    d->from = graph_table(sum, sizeof *d->from);
    return d->from == NULL ? -1 : 0;
}

/* The edges of the node at a place: they begin where those of the node before end. */
static inline const uint32_t *edges_of(const struct dominators *d, uint32_t place, uint32_t *count)
{
    uint32_t node = d->node[place], begin = node == 0 ? 0 : d->visit[node - 1].end;
    *count = d->visit[node].end - begin;
    return &d->to[begin];
}

/* The first four edges of a place a few steps ahead: fetches their lists, or the ends of the lists. */
static inline void fetch_lists(const struct dominators *d, uint32_t place, bool ends)
{
    uint32_t count;
    const uint32_t *to = edges_of(d, place, &count);
    for (uint32_t i = 0; i < count && i < 4; i++)
        prefetch_write(ends ? &d->from[d->first[to[i]]] : &d->first[to[i]]);
}

/* Fetches step by step what filing the edges of a place needs: its record, its edges, their lists, the lists' ends. */
static inline void fetch_turn(const struct dominators *d, uint32_t place)
{
    uint32_t count;
    if (place + 2 * AHEAD >= d->places)
        return;
    prefetch_read(&d->visit[d->node[place + 2 * AHEAD]]);
    prefetch_read(edges_of(d, place + AHEAD, &count));
    fetch_lists(d, place + AHEAD / 2, false);
    fetch_lists(d, place + AHEAD / 4, true);
}

/*
 * Files the edges of the nodes in the order of places, so that each list is ascending. While filing, first[p] is where
 * the next one of p's list goes.
 */
static bool turn(struct dominators *d, uint64_t stop)
{
    for (; d->at < d->places && d->done < stop; d->at++) {
        uint32_t count;
        fetch_turn(d, d->at);
        const uint32_t *to = edges_of(d, d->at, &count);
        for (uint32_t i = 0; i < count; i++)
            d->from[d->first[to[i]]++] = d->at;
        d->done += 1 + count;
    }
    return d->at == d->places;
}

/* ---- semidominators ---- */

static int begin_semi(struct dominators *d)
{
    /* Filing has moved each list's beginning to its end, which is the beginning of the next. */
    memmove(&d->first[1], &d->first[0], d->places * sizeof *d->first);
    d->first[0] = 0;
    give_back(&d->to);
    d->place = graph_table(d->nodes, sizeof *d->place);
    if (d->place == NULL)
        return -1;
    for (uint32_t i = 0; i < d->nodes; i++)
        d->place[i] = d->visit[i].place;
    give_back(&d->visit);
    d->semi = graph_table(d->places, sizeof *d->semi);
    d->link = graph_table(d->places, sizeof *d->link);
    if (d->semi == NULL || d->link == NULL)
        return -1;
    for (uint32_t p = 0; p < d->places; p++)
        d->link[p] = (struct dominators_link){d->idom[p], p};
    d->semi[0] = 0;
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

static bool find_semis(struct dominators *d, uint64_t stop)
{
    struct dominators_link *link = d->link;
    const uint32_t *from = d->from, *first = d->first;
    uint32_t p = d->at;
    for (; p > 0 && d->done < stop; p--) {
        uint32_t semi = d->idom[p], begin = first[p], end = first[p + 1];
        for (uint32_t e = end; e-- > begin;) {
            if (e >= 2 * AHEAD)
                prefetch_write(&link[from[e - 2 * AHEAD]]);
            uint32_t candidate = from[e] <= p ? from[e] : least_semi(link, from[e], p);
            semi = candidate < semi ? candidate : semi;
        }
        d->semi[p] = link[p].label = semi;
        d->done += 1 + end - begin;
    }
    d->at = p;
    return p == 0;
}

/* ---- from parents to dominators ---- */

static bool climb(struct dominators *d, uint64_t stop)
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

/* ---- all together ---- */

/* Ends a pass, and begins the next one. 0, or -1 without memory. */
static int next_phase(struct dominators *d)
{
    switch (d->phase++) {
    case DOMINATORS_WALK: d->at = 0; return begin_turn(d);
    case DOMINATORS_TURN: d->at = d->places - 1; return begin_semi(d);
    case DOMINATORS_SEMI:
        d->at = 1;
        give_back(&d->from);
        give_back(&d->first);
        give_back(&d->link);
        return 0;
    default: give_back(&d->semi); return 0;
    }
}

static bool work(struct dominators *d, uint64_t stop)
{
    switch (d->phase) {
    case DOMINATORS_WALK: return walk(d, stop);
    case DOMINATORS_TURN: return turn(d, stop);
    case DOMINATORS_SEMI: return find_semis(d, stop);
    case DOMINATORS_CLIMB: return climb(d, stop);
    default: return false;
    }
}

int dominators_step(struct dominators *d, uint64_t budget)
{
    uint64_t stop = budget > UINT64_MAX - d->done ? UINT64_MAX : d->done + budget;
    while (d->phase != DOMINATORS_DONE && d->done < stop)
        if (work(d, stop) && next_phase(d))
            return -1;
    return d->phase == DOMINATORS_DONE;
}

unsigned dominators_progress(const struct dominators *d)
{
    if (d->phase == DOMINATORS_DONE)
        return 1000;
    uint64_t all = 4 * (uint64_t)d->nodes + 3 * (uint64_t)d->edges;
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
    free(d->to);
    free(d->visit);
    free(d->first);
    free(d->from);
    free(d->semi);
    free(d->link);
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
