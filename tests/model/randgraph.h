/*
 * randgraph.h - what the trace generator knows of the heap it writes about.
 *
 * A graph of objects without any collector. A generated event may name an
 * object only while it is reachable, which does not depend on when collections
 * happen; so this is all that is needed to write valid traces.
 */
#ifndef MODEL_RANDGRAPH_H
#define MODEL_RANDGRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct gnode gnode;

typedef struct gslot {
    char *name;    /* NULL: anonymous */
    gnode *target; /* NULL: empty, and if anonymous gone for ever */
    bool weak;
} gslot;

typedef struct gentry {
    gnode *key, *value;
} gentry;

struct gnode {
    char *name;
    bool named; /* its name has not been bound anew */
    const char *kind;
    uint64_t external;
    bool reachable; /* as of the last graph_reach */
    gslot *slots;
    size_t slot_count;
    gentry *entries;
    size_t entry_count;
};

typedef struct ghandle {
    gnode *node;
    unsigned scope;
} ghandle;

typedef struct graph {
    gnode **nodes;
    size_t node_count;
    ghandle *handles;
    size_t handle_count;
    unsigned scope;
    bool stale; /* something changed since the last graph_reach */
} graph;

/* splitmix64: the next of the sequence that *state stands for. */
uint64_t rg_random(uint64_t *state);

bool rg_holds(const char *kind);    /* may have slots */
bool rg_collects(const char *kind); /* weakmap or weakset */

/* Each does to the graph what the event of its name does to the heap. */
gnode *rg_alloc(graph *g, const char *name, const char *kind, gnode *holder, const char *slot);
void rg_store(graph *g, gnode *src, const char *slot, gnode *dst, bool weak);
void rg_unref_slot(graph *g, gnode *src, const char *slot);
void rg_unref_target(graph *g, gnode *src, const gnode *dst);
void rg_entry(graph *g, gnode *map, gnode *key, gnode *value);
void rg_unentry(graph *g, gnode *map, const gnode *key);
void rg_root(graph *g, gnode *node);
void rg_release(graph *g, const gnode *node);
void rg_leave(graph *g);

/* Bring `reachable` of all nodes up to date. */
void rg_reach(graph *g);
bool rg_rooted(const graph *g, const gnode *node);
/* The node that a name names at present, reachable or not, or NULL. */
gnode *rg_named(const graph *g, const char *name);
void rg_free(graph *g);

#endif
