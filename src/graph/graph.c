/* graph.c - the arrays of a graph. */
#include "graph/graph.h"

#include "base/memory.h"

#include <stdlib.h>

void *graph_table(uint64_t count, uint64_t size)
{
    uint64_t bytes = (count > 0 ? count : 1) * size;
    return bytes > SIZE_MAX ? NULL : memory_table(64, (size_t)bytes);
}

int graph_init(struct graph *graph, uint32_t nodes, uint32_t edges)
{
    *graph = (struct graph){.nodes = nodes, .edges = edges};
    graph->first = graph_table((uint64_t)nodes + 1, sizeof *graph->first);
    graph->to = graph_table(edges, sizeof *graph->to);
    if (graph->first != NULL && graph->to != NULL)
        return 0;
    graph_free(graph);
    return -1;
}

void graph_free(struct graph *graph)
{
    free(graph->first);
    free(graph->to);
    *graph = (struct graph){0};
}
