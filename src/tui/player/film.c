/* film.c - the frames of a film, and halving their number. */
#include "tui/player/film.h"
#include "heap/figures.h"

void film_free(struct film *film)
{
    vec_free(&film->frames);
    film->stride = 0;
}

static void join(struct film_frame *to, const struct film_frame *with)
{
    if (!with->seen)
        return;
    if (!to->seen) {
        *to = *with;
        return;
    }
    to->marking |= with->marking;
    if (with->used_least < to->used_least)
        to->used_least = with->used_least;
    if (with->used_most > to->used_most)
        to->used_most = with->used_most;
    if (with->total_most > to->total_most)
        to->total_most = with->total_most;
    if (with->external_most > to->external_most)
        to->external_most = with->external_most;
}

/* Merges every two frames. */
static void halve(struct film *film)
{
    size_t n = film->frames.len;
    for (size_t i = 0; i < n; i += 2) {
        film->frames.data[i / 2] = film->frames.data[i];
        if (i + 1 < n)
            join(&film->frames.data[i / 2], &film->frames.data[i + 1]);
    }
    film->frames.len = (n + 1) / 2;
    film->stride *= 2;
}

int film_take(struct film *film, const struct heap *heap)
{
    struct memory_usage usage = heap_memory_usage(heap);
    struct film_frame frame = {.used_least = usage.heap_used,
                               .used_most = usage.heap_used,
                               .total_most = usage.heap_total,
                               .external_most = usage.external,
                               .start_ns = heap_now(heap),
                               .marking = heap->marking.active,
                               .seen = true};
    if (film->stride == 0)
        film->stride = 1;
    uint64_t event = heap->event > 0 ? heap->event - 1 : 0;
    while (event / film->stride >= FILM_FRAMES)
        halve(film);
    while (film->frames.len <= event / film->stride)
        if (vec_push(&film->frames, (struct film_frame){.seen = false}))
            return -1;
    join(&film->frames.data[event / film->stride], &frame);
    return 0;
}
