/*
 * gen.h - made-up programs, written as traces: for exercises, and for scale.
 *
 * A program allocates objects one by one; each has a lifetime, counted in allocations, after which the program releases
 * it. How the program holds its objects meanwhile is the shape of its graph. It only names objects that it holds, so
 * every trace passes "heapreel check --strict". The same options give the same bytes on every machine.
 *
 * Every choice (lifetimes, sizes, kinds, ...) has a stream of random numbers of its own: other sizes leave the
 * lifetimes unchanged.
 */
#ifndef HEAPREEL_FORMATS_GEN_H
#define HEAPREEL_FORMATS_GEN_H

#include "formats/draw.h"
#include "heap/config.h"
#include "trace/event.h"

#include <stdio.h>

/* X(symbol, word, what it is) */
#define GEN_GRAPHS(X)                                                                                                  \
    X(FLAT, "flat", "a handle on each object")                                                                         \
    X(STAR, "star", "one table holds them all, as a cache does")                                                       \
    X(LIST, "list", "a linked list: new ones at its tail, dead ones cut out")                                          \
    X(TREE, "tree", "a binary tree; its last leaf takes a dead one's place")                                           \
    X(RANDOM, "random", "a handle on each, and two pointers to it from others")

enum gen_graph {
#define X(symbol, word, help) GEN_##symbol,
    GEN_GRAPHS(X)
#undef X
        GEN_GRAPH_COUNT
};

/* X(symbol, name, argument, default, help), in the order of the help; default "": none, or 0. */
#define GEN_OPTIONS(X)                                                                                                 \
    X(SEED, "seed", "N", "1", "another number, another program (1)")                                                   \
    X(OBJECTS, "objects", "N", "", "objects to allocate (10000)")                                                      \
    X(EVENTS, "events", "N", "", "stop once there are so many events")                                                 \
    X(LIFETIME, "lifetime", "DIST", "exponential:50", "lifetimes, in allocations (exponential:50)")                    \
    X(SURVIVAL, "survival", "PERCENT", "10", "so many of the objects live long (10):")                                 \
    X(OLD_LIFETIME, "old-lifetime", "DIST", "exponential:1000", "their lifetimes (exponential:1000)")                  \
    X(LEAK, "leak", "PERCENT", "", "so many are never let go of (0)")                                                  \
    X(SIZE, "size", "DIST", "uniform:16:128", "sizes in bytes (uniform:16:128)")                                       \
    X(KINDS, "kinds", "MIX", "7*object,1*array,2*string", "kinds (7*object,1*array,2*string)")                         \
    X(GRAPH, "graph", "SHAPE", "flat", "flat (default), star, list, tree or random")                                   \
    X(REFS, "refs", "N", "", "more pointers to each, from any other")                                                  \
    X(EXTERNAL, "external", "DIST", "", "off-heap bytes of each buffer")                                               \
    X(SITES, "sites", "N", "", "allocation sites; all leaks are of one")                                               \
    X(WORK, "work", "DURATION", "", "computing behind each allocation")                                                \
    X(GC, "gc", "N", "", "a major collection every N objects")                                                         \
    X(TITLE, "title", "TEXT", "", "the trace's title")

enum gen_option {
#define X(symbol, name, argument, initial, help) GEN_OPTION_##symbol,
    GEN_OPTIONS(X)
#undef X
        GEN_OPTION_COUNT
};

/* The options: all zero, then gen_init. */
struct gen {
    const char *texts[GEN_OPTION_COUNT]; /* borrowed: as given, or the default; "": none */
    uint64_t seed, objects, events;      /* objects, events 0: not given */
    uint64_t survival, leak;             /* in millionths */
    uint64_t refs, sites, gc, work_ns;
    struct draw lifetime, old_lifetime, size, external;
    enum gen_graph graph;
    uint64_t kinds[KIND_COUNT]; /* weights */
    uint64_t kind_weights;      /* their sum */
};

/* Sets the defaults. 0, or -1 after filling error; gen_free is needed in both cases. */
int gen_init(struct gen *gen, struct error *error);
void gen_free(struct gen *gen);

/* Sets an option to value (borrowed, must outlive gen). 0, or -1 after filling error (ERROR_USAGE). */
int gen_set(struct gen *gen, enum gen_option option, const char *value, struct error *error);

/*
 * Writes the program as a trace to out, beginning with the command that makes it again (except for a title). Settings
 * that come from options become "set" lines. Memory follows the objects that the program holds at a time. 0, or -1: a
 * write error (see ferror(out)), or after filling error (ERROR_MEMORY).
 */
int gen_write(const struct gen *gen, const struct settings *settings, FILE *out, struct error *error);

#endif
