/*
 * gclog_fit.c - how long the objects of a logged program live.
 *
 * Time is bytes allocated. The unknowns are shares: of the bytes born young in each phase of the log, and of those born
 * old, how many live for 32 KiB x 2^k of allocation, or for ever. Bytes born evenly over an interval that ended `lag`
 * ago are as old as lag to lag + length, so that the part of them that lives for L is still there which is
 * clamp((L - lag) / length, 0, 1). What each scavenge copied and promoted, and what each full collection left, are
 * linear in the shares: least squares by coordinate descent, over shares that are not negative, with a ridge, and a
 * penalty on each share, since what dies soon after birth leaves no mark in a log.
 */
#include "formats/gclog.h"

#include <stdlib.h>
#include <string.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF /* the same bits on every machine; gcc does so by itself in ISO mode */
#endif

#define UNKNOWNS ((GCLOG_PHASES + 1) * GCLOG_SHARES)
#define OLD (GCLOG_PHASES * GCLOG_SHARES) /* the first unknown of those born old */
#define ROUNDS 400
#define RIDGE 0.3
#define PENALTY 5.0
#define MEAN_OF 6 /* scavenges, for what a full collection's interval bore old */

/* One equation, divided by the size of the error that is expected of it. */
struct equation {
    double factor[UNKNOWNS];
    double value;
};

struct fit {
    const struct gclog *log;
    struct gclog_model *model;
    VEC(struct equation) rows;
    double copied, promoted; /* means of the scavenges */
    double share[UNKNOWNS];
};

uint32_t gclog_phase(const struct gclog *log, const struct gclog_model *m, size_t i)
{
    return (uint32_t)(i * m->phases / log->list.len);
}

/* The part still there of bytes that live for share k. */
static double still_there(unsigned k, double lag, double length)
{
    if (k == GCLOG_FOREVER)
        return 1;
    double part = length > 0 ? ((double)GCLOG_LIFE(k) - lag) / length : ((double)GCLOG_LIFE(k) > lag ? 1 : 0);
    return part < 0 ? 0 : part > 1 ? 1 : part;
}

/* ---- what was born young and old ---- */

/*
 * A scavenge promotes what the one before it copied; what it promotes beyond that are large objects, which are not
 * copied but promoted at their first scavenge.
 */
static uint64_t promoted_at_once(const struct gclog *log, size_t i)
{
    const struct gclog_collection *c = &log->list.data[i];
    uint64_t copied = i > 0 ? log->list.data[i - 1].copied : 0;
    return c->scavenge && c->promoted > copied ? c->promoted - copied : 0;
}

/*
 * Bytes born old are what the old generation gained beyond what was promoted. Of a full collection's interval they are
 * not known: the mean part of the scavenges before it is taken.
 */
static int find_births(struct fit *f)
{
    const struct gclog *log = f->log;
    struct gclog_model *m = f->model;
    double parts[MEAN_OF] = {0};
    size_t seen = 0;
    uint64_t old_before = 0; /* what the old generation had after the last collection */
    if (vec_reserve(&m->young, log->list.len) || vec_reserve(&m->old, log->list.len) ||
        vec_reserve(&m->large, log->list.len))
        return -1;
    for (size_t i = 0; i < log->list.len; i++) {
        const struct gclog_collection *c = &log->list.data[i];
        uint64_t old_after = c->after > c->copied ? c->after - c->copied : 0, born = 0;
        if (i > 0 && c->scavenge) {
            uint64_t known = old_before + c->promoted;
            born = old_after > known ? old_after - known : 0;
            born = born < c->allocated ? born : c->allocated;
            parts[seen++ % MEAN_OF] = c->allocated > 0 ? (double)born / (double)c->allocated : 0;
        } else if (i > 0) {
            double sum = 0;
            size_t count = seen < MEAN_OF ? seen : MEAN_OF;
            for (size_t k = 0; k < count; k++)
                sum += parts[k];
            born = count > 0 ? (uint64_t)(sum / (double)count * (double)c->allocated) : 0;
        }
        uint64_t large = promoted_at_once(log, i), rest = c->allocated - born;
        large = large < rest ? large : rest;
        m->old.data[m->old.len++] = born;
        m->large.data[m->large.len++] = large;
        m->young.data[m->young.len++] = rest - large;
        old_before = old_after;
    }
    return 0;
}

/* At the first collection, what is counted as allocated holds the heap that Node starts with. */
static void find_base(struct fit *f)
{
    const uint64_t first_new_space = 1030880; /* what a new space of 1 MiB holds in Node 20 */
    const struct gclog_collection *c = &f->log->list.data[0];
    uint64_t *young = &f->model->young.data[0];
    *young = *young < first_new_space ? *young : first_new_space;
    uint64_t born = *young + f->model->large.data[0];
    f->model->base = c->before > born ? c->before - born : 0;
}

/* ---- equations ---- */

static double most(double a, double b, double c)
{
    double larger = a > b ? a : b;
    return larger > c ? larger : c;
}

static struct equation *add_row(struct fit *f, double value, double scale)
{
    if (vec_reserve(&f->rows, 1))
        return NULL;
    struct equation *row = &f->rows.data[f->rows.len++];
    memset(row, 0, sizeof *row);
    row->value = value / scale;
    return row;
}

static void add_terms(struct equation *row, uint32_t first, double bytes, double lag, double length, double scale)
{
    for (unsigned k = 0; k < GCLOG_SHARES; k++)
        row->factor[first + k] += bytes * still_there(k, lag, length) / scale;
}

static int add_scavenge(struct fit *f, size_t i)
{
    const struct gclog_collection *c = &f->log->list.data[i];
    double young = (double)f->model->young.data[i], copied = (double)c->copied,
           promoted = (double)(c->promoted - promoted_at_once(f->log, i));
    double scale = most(0.02 * young, 0.15 * f->copied, 4096);
    struct equation *row = add_row(f, copied, scale);
    if (row == NULL)
        return -1;
    add_terms(row, gclog_phase(f->log, f->model, i) * GCLOG_SHARES, young, 0, young, scale);
    if (i == 0)
        return 0;
    double before = (double)f->model->young.data[i - 1];
    scale = most(0.02 * before, 0.15 * f->promoted, 4096);
    row = add_row(f, promoted, scale);
    if (row == NULL)
        return -1;
    add_terms(row, gclog_phase(f->log, f->model, i - 1) * GCLOG_SHARES, before, young, before, scale);
    return 0;
}

/* What a full collection left, above what was there at the beginning: all that was born since, and is still there. */
static int add_major(struct fit *f, size_t i)
{
    const struct gclog_collection *c = &f->log->list.data[i];
    double left = c->after > f->model->base ? (double)(c->after - f->model->base) : 0;
    double scale = most(0.05 * (double)c->after, 65536, 0) / 3, lag = 0;
    struct equation *row = add_row(f, left, scale);
    if (row == NULL)
        return -1;
    for (size_t k = i + 1; k-- > 0;) {
        double old = (double)(f->model->old.data[k] + f->model->large.data[k]);
        double length = (double)f->model->young.data[k] + old;
        add_terms(row, gclog_phase(f->log, f->model, k) * GCLOG_SHARES, (double)f->model->young.data[k], lag, length,
                  scale);
        add_terms(row, OLD, old, lag, length, scale);
        lag += length;
    }
    return 0;
}

#define MAJORS_MOST 64u /* equations of full collections: the later ones of a long log say the same */

/* Errors are weighed by means, not by each value: else small values would pull all estimates down. */
static void find_means(struct fit *f)
{
    for (size_t i = 0; i < f->log->list.len; i++) {
        const struct gclog_collection *c = &f->log->list.data[i];
        f->copied += c->scavenge ? (double)c->copied : 0;
        f->promoted += c->scavenge ? (double)(c->promoted - promoted_at_once(f->log, i)) : 0;
    }
    f->copied /= (double)f->log->scavenges;
    f->promoted /= (double)f->log->scavenges;
}

static int add_rows(struct fit *f)
{
    uint64_t majors = f->log->list.len - f->log->scavenges, seen = 0;
    for (size_t i = 0; i < f->log->list.len; i++) {
        bool scavenge = f->log->list.data[i].scavenge;
        /* of many full collections, evenly chosen ones, the last among them */
        bool taken =
            scavenge || majors <= MAJORS_MOST || (seen + 1) * MAJORS_MOST / majors != seen * MAJORS_MOST / majors;
        seen += !scavenge;
        if (taken && (scavenge ? add_scavenge(f, i) : add_major(f, i)))
            return -1;
    }
    return 0;
}

/* ---- least squares ---- */

/* The best value of one unknown while the others stay. rest: value - factors x shares, of each row. */
static void improve(struct fit *f, unsigned u, double *rest)
{
    double along = 0, square = RIDGE;
    for (size_t r = 0; r < f->rows.len; r++) {
        double factor = f->rows.data[r].factor[u];
        along += factor * (rest[r] + factor * f->share[u]);
        square += factor * factor;
    }
    double better = (along - PENALTY / 2) / square;
    better = better < 0 ? 0 : better > 1 ? 1 : better;
    double change = better - f->share[u];
    for (size_t r = 0; change != 0 && r < f->rows.len; r++)
        rest[r] -= f->rows.data[r].factor[u] * change;
    f->share[u] = better;
}

static int solve(struct fit *f)
{
    double *rest = malloc((f->rows.len + 1) * sizeof *rest);
    if (rest == NULL)
        return -1;
    for (size_t r = 0; r < f->rows.len; r++)
        rest[r] = f->rows.data[r].value;
    for (int round = 0; round < ROUNDS; round++)
        for (unsigned u = 0; u < UNKNOWNS; u++)
            improve(f, u, rest);
    free(rest);
    return 0;
}

/* Shares in millionths; together they are not more than all. */
static void keep(const double *shares, uint32_t *out)
{
    double sum = 0;
    for (unsigned k = 0; k < GCLOG_SHARES; k++)
        sum += shares[k];
    for (unsigned k = 0; k < GCLOG_SHARES; k++)
        out[k] = (uint32_t)(shares[k] / (sum > 1 ? sum : 1) * 1e6);
}

int gclog_fit(const struct gclog *log, struct gclog_model *m)
{
    *m = (struct gclog_model){.phases = (uint32_t)(log->list.len / 12)};
    m->phases = m->phases < 1 ? 1 : m->phases > GCLOG_PHASES ? GCLOG_PHASES : m->phases;
    struct fit *f = calloc(1, sizeof *f);
    if (f == NULL)
        return -1;
    f->log = log;
    f->model = m;
    int failed = find_births(f);
    if (!failed) {
        find_base(f);
        find_means(f);
        failed = add_rows(f) || solve(f);
    }
    for (unsigned p = 0; !failed && p < m->phases; p++)
        keep(&f->share[p * GCLOG_SHARES], m->share[p]);
    keep(&f->share[OLD], m->old_share);
    vec_free(&f->rows);
    free(f);
    return failed;
}

void gclog_model_free(struct gclog_model *m)
{
    vec_free(&m->young);
    vec_free(&m->old);
    vec_free(&m->large);
}
