/*
 * selected_heap.c - which of the run's heaps is shown: the running one, or one that the user has selected.
 *
 * The selection is a name, so it lasts through travel, branches and reloading; its index is looked up once.
 */
#include "tui/player/internal.h"

#include <stdlib.h>
#include <string.h>

/* Does it exist yet? A main heap without any line does not. */
static bool there(const struct worker *worker)
{
    return worker->ready || worker->named;
}

static bool is_named(const struct worker *worker, const char *name, size_t len)
{
    const char *its = worker_name(worker);
    return strlen(its) == len && memcmp(its, name, len) == 0;
}

/* The index of the heap of this name, or NONE. */
static uint32_t find(const struct run *run, const char *name, size_t len)
{
    for (size_t i = 0; i < run_workers(run); i++)
        if (there(run_worker(run, i)) && is_named(run_worker(run, i), name, len))
            return (uint32_t)i;
    return NONE;
}

void player_find_stayed(struct player *player)
{
    const struct run *run = player->run;
    const char *name = player->stay;
    if (!name)
        player->stay_index = NONE;
    else if (player->stay_index >= run_workers(run) ||
             !is_named(run_worker(run, player->stay_index), name, strlen(name)))
        player->stay_index = find(run, name, strlen(name));
}

const struct worker *player_shown(const struct player *player)
{
    const struct run *run = player->run;
    if (player->stay_index < run_workers(run) && there(run_worker(run, player->stay_index)))
        return run_worker(run, player->stay_index);
    return run->current;
}

const struct heap *player_live_heap(const struct player *player)
{
    const struct worker *worker = player_shown(player);
    return worker->ready ? &worker->heap : NULL;
}

bool player_stays(const struct player *player)
{
    return player->stay_index != NONE && player_shown(player)->index == player->stay_index;
}

bool player_has_heap(const struct player *player, const char *name, size_t len)
{
    return find(player->run, name, len) != NONE;
}

const char *player_next_heap(const struct player *player)
{
    const struct run *run = player->run;
    size_t n = run_workers(run), shown = player_shown(player)->index, i = (shown + 1) % n;
    while (i != shown && !there(run_worker(run, i)))
        i = (i + 1) % n;
    return worker_name(run_worker(run, i));
}
