/*
 * gclog_write.c - a program with the lives that were found, written as a trace.
 *
 * All objects have one size; which of them live how long is dealt out evenly by largest remainder, so that no interval
 * has more of a sort than its share. An object that lives for L of allocation is released after L x 2^(u - 1/2), with a
 * random u from 0 to 1, by a heap ordered by time. The same log gives the same bytes everywhere.
 */
#include "formats/gclog.h"

#include "base/writer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_LEAST 64u
#define SIZE_MOST 4096u
#define LARGE 262144u    /* bytes of a large object, above what a page takes */
#define OBJECTS 1500000u /* about so many in all */
#define WHOLE 1000000    /* millionths */

/* An object to be released when so many bytes have been allocated. */
struct death {
    uint64_t at, id;
};

struct program {
    const struct gclog *log;
    const struct gclog_model *model;
    struct out out;
    VEC(struct death) deaths; /* a binary heap, the earliest first */
    uint64_t size, now, next_id, random;
    uint64_t turn, turned;             /* bytes of a turn of the event loop, 0: none; when the last one ended */
    uint64_t garbage;                  /* objects that die at once, and wait to be written as one repeat */
    int64_t owed[2][GCLOG_SHARES + 1]; /* of young and old: millionths of an object that each sort is behind */
    uint64_t young_rest, old_rest;     /* bytes of an interval that were less than an object */
    bool failed;
};

/* ---- deaths ---- */

static void push_death(struct program *p, struct death death)
{
    if (vec_push(&p->deaths, death)) {
        p->failed = true;
        return;
    }
    size_t i = p->deaths.len - 1;
    for (; i > 0 && p->deaths.data[(i - 1) / 2].at > death.at; i = (i - 1) / 2)
        p->deaths.data[i] = p->deaths.data[(i - 1) / 2];
    p->deaths.data[i] = death;
}

static struct death pop_death(struct program *p)
{
    struct death first = p->deaths.data[0], last = p->deaths.data[--p->deaths.len];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= p->deaths.len)
            break;
        child += child + 1 < p->deaths.len && p->deaths.data[child + 1].at < p->deaths.data[child].at;
        if (p->deaths.data[child].at >= last.at)
            break;
        p->deaths.data[i] = p->deaths.data[child];
        i = child;
    }
    if (p->deaths.len > 0)
        p->deaths.data[i] = last;
    return first;
}

/* 2^((n - 8) / 16) in 65536ths, for n from 0 to 16: lives are spread by a factor of 2^(-1/2) to 2^(1/2). */
static const uint32_t spread[17] = {46341, 48393, 50535, 52773, 55109, 57549, 60097, 62757, 65536,
                                    68438, 71468, 74632, 77936, 81386, 84990, 88752, 92682};

static uint64_t next_random(struct program *p, uint64_t below)
{
    p->random = p->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (p->random >> 33) % below;
}

/* ---- lines ---- */

static void flush_garbage(struct program *p)
{
    if (p->garbage == 0)
        return;
    if (p->garbage > 1)
        out_format(&p->out, "repeat %" PRIu64 "\n", p->garbage);
    out_format(&p->out, "alloc ~g %" PRIu64 "\nrelease ~g\n", p->size);
    if (p->garbage > 1)
        out_words(&p->out, "end\n");
    p->garbage = 0;
}

static void release_due(struct program *p)
{
    while (p->deaths.len > 0 && p->deaths.data[0].at <= p->now && !p->failed) {
        flush_garbage(p);
        out_format(&p->out, "release ~%" PRIu64 "\n", pop_death(p).id);
    }
}

/* Which sort the next object is: the one that is owed most; GCLOG_SHARES: garbage. */
static unsigned deal(struct program *p, bool old, const uint32_t *share)
{
    int64_t *owed = p->owed[old], rest = WHOLE;
    unsigned most = GCLOG_SHARES;
    for (unsigned k = 0; k < GCLOG_SHARES; k++) {
        owed[k] += share[k];
        rest -= share[k];
    }
    owed[GCLOG_SHARES] += rest;
    for (unsigned k = 0; k < GCLOG_SHARES; k++)
        most = owed[k] > owed[most] ? k : most;
    owed[most] -= WHOLE;
    return most;
}

/* Born old, as V8's pretenured objects are: code is the kind that lies in no young space. */
static void put_object(struct program *p, bool old, const uint32_t *share)
{
    unsigned k = deal(p, old, share);
    p->now += p->size;
    if (p->turn > 0 && p->now - p->turned >= p->turn) {
        flush_garbage(p);
        out_words(&p->out, "idle 1us\n");
        p->turned = p->now;
    }
    if (k == GCLOG_SHARES && !old) {
        p->garbage++;
        return;
    }
    flush_garbage(p);
    uint64_t id = p->next_id++;
    out_format(&p->out, "alloc ~%" PRIu64 " %" PRIu64 "%s\n", id, p->size, old ? " code" : "");
    if (k == GCLOG_SHARES)
        out_format(&p->out, "release ~%" PRIu64 "\n", id);
    else if (k != GCLOG_FOREVER)
        push_death(p, (struct death){p->now + (GCLOG_LIFE(k) * spread[next_random(p, 17)] >> 16), id});
}

/* A large object, which lives at least until the scavenge that promotes it. */
static void put_large(struct program *p, uint64_t until)
{
    unsigned k = deal(p, true, p->model->old_share);
    uint64_t id = p->next_id++, life = k < GCLOG_SHARES ? GCLOG_LIFE(k) : 0;
    p->now += LARGE;
    flush_garbage(p);
    out_format(&p->out, "alloc ~%" PRIu64 " %u array\n", id, LARGE);
    if (k != GCLOG_FOREVER)
        push_death(p, (struct death){p->now + (life > until ? life : until), id});
}

static void put_interval(struct program *p, size_t i)
{
    const struct gclog_model *m = p->model;
    const uint32_t *share = m->share[gclog_phase(p->log, m, i)];
    p->young_rest += m->young.data[i];
    p->old_rest += m->old.data[i];
    uint64_t young = p->young_rest / p->size, old = p->old_rest / p->size, all = young + old, olds = 0;
    p->young_rest %= p->size;
    p->old_rest %= p->size;
    uint64_t larges = m->large.data[i] / LARGE, placed = 0;
    for (uint64_t n = 0; n < all && !p->failed && !p->out.failed; n++) {
        bool is_old = (n + 1) * old / all > olds; /* evenly among the young */
        olds += is_old;
        release_due(p);
        for (; placed < larges && placed * all <= n * larges; placed++)
            put_large(p, p->log->list.data[i].allocated);
        put_object(p, is_old, is_old ? m->old_share : share);
    }
    for (; placed < larges && !p->failed; placed++)
        put_large(p, p->log->list.data[i].allocated);
    flush_garbage(p);
    if (p->log->list.data[i].mutator_us > 0)
        out_format(&p->out, "work %" PRIu64 "us\n", p->log->list.data[i].mutator_us);
}

/* ---- the whole ---- */

static const char *form_words(enum gclog_form form)
{
    return form == GCLOG_PROFILER ? "of v8.GCProfiler"
           : form == GCLOG_JSON   ? "of --trace-gc-nvp, Node 26"
                                  : "of --trace-gc-nvp";
}

static void put_head(struct program *p, const char *path)
{
    const struct gclog *log = p->log;
    out_words(&p->out, "heapreel-trace 1\ntitle Made up from ");
    out_safe(&p->out, path, strlen(path), 120);
    out_words(&p->out, "\n# Made up: a program with the lives of objects that a collector's log shows.\n");
    uint64_t majors = log->list.len - log->scavenges;
    out_format(&p->out, "# The log, %s: %" PRIu64 " scavenges, %" PRIu64 " full collection%s", form_words(log->form),
               log->scavenges, majors, majors == 1 ? "" : "s");
    if (log->others > 0)
        out_format(&p->out, "; %" PRIu64 " of other isolates are left out", log->others);
    out_words(&p->out, ".\nset profile node20\n");
}

/* What is there at the beginning, in the old generation, and stays. */
static void put_base(struct program *p)
{
    uint64_t count = p->model->base / SIZE_MOST;
    if (count > 0)
        out_format(&p->out,
                   "chapter What Node starts with\nrepeat %" PRIu64 " as i\nalloc ~base$i %u code\nend\n"
                   "chapter The program\n",
                   count, SIZE_MOST);
}

int gclog_write(const struct gclog *log, const struct gclog_model *m, const char *path, uint64_t turn, FILE *file)
{
    struct program *p = calloc(1, sizeof *p);
    uint64_t bytes = 0;
    if (p == NULL)
        return -1;
    p->log = log;
    p->model = m;
    p->random = 1;
    p->turn = turn;
    p->next_id = 1;
    for (size_t i = 0; i < log->list.len; i++)
        bytes += m->young.data[i] + m->old.data[i];
    p->size = bytes / OBJECTS / 8 * 8;
    p->size = p->size < SIZE_LEAST ? SIZE_LEAST : p->size > SIZE_MOST ? SIZE_MOST : p->size;
    out_to_file(&p->out, file);
    put_head(p, path);
    put_base(p);
    for (size_t i = 0; i < log->list.len && !p->failed; i++)
        put_interval(p, i);
    int failed = out_flush(&p->out) || p->failed;
    vec_free(&p->deaths);
    free(p);
    return failed ? -1 : 0;
}
