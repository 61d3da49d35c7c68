/*
 * draw.h - random draws, the same on every machine: integers only.
 *
 * The numbers are splitmix64's (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014). A
 * distribution is a weighted mixture of terms, as text: [WEIGHT*]SHAPE:ARGUMENT[:ARGUMENT], separated by commas, such
 * as 90*exponential:50,10*uniform:1k:64k.
 *
 * The shapes that need logarithms are drawn from a table of their quantiles, made once in fixed point, with straight
 * lines between its 1280 points.
 */
#ifndef HEAPREEL_FORMATS_DRAW_H
#define HEAPREEL_FORMATS_DRAW_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

#define DRAW_TERMS 8 /* most terms of a mixture */
#define DRAW_ARGUMENT_MOST (UINT64_C(1) << 32)
#define DRAW_MOST (UINT64_C(1) << 37) /* draws are cut to this */

/*
 * X(symbol, word, syntax, what it is). SHAPE and P are decimals with at most three places, 0.1 to 10.
 * With u uniform in (0, 1]: exponential is MEAN * -ln u, weibull SCALE * (-ln u)^(1/P), pareto LEAST * u^(-1/P).
 */
#define DRAW_SHAPES(X)                                                                                                 \
    X(CONSTANT, "constant", "constant:N", "always N")                                                                  \
    X(UNIFORM, "uniform", "uniform:LOW:HIGH", "LOW to HIGH, each as likely")                                           \
    X(EXPONENTIAL, "exponential", "exponential:MEAN", "the old die no sooner than the young")                          \
    X(WEIBULL, "weibull", "weibull:SCALE:P", "P below 1: who has grown old will live on")                              \
    X(PARETO, "pareto", "pareto:LEAST:P", "a heavy tail: the lower P, the heavier")

enum draw_shape {
#define X(symbol, word, syntax, help) DRAW_##symbol,
    DRAW_SHAPES(X)
#undef X
        DRAW_SHAPE_COUNT
};

/* A stream of random numbers. */
struct prng {
    uint64_t state;
};

/* Stream number stream of seed: the streams of one seed are independent. */
struct prng prng_stream(uint64_t seed, uint64_t stream);

static inline uint64_t prng_next(struct prng *prng)
{
    uint64_t z = prng->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* A number below n (1 to 2^32). */
static inline uint64_t prng_below(struct prng *prng, uint64_t n)
{
    return (prng_next(prng) >> 32) * n >> 32;
}

struct draw_term {
    enum draw_shape shape;
    uint64_t weight;
    uint64_t first, second; /* arguments; P in thousandths */
    uint64_t *quantiles;    /* owned, or NULL: the shape needs none */
};

/* A distribution; all zero: none. */
struct draw {
    int count;
    uint64_t weights; /* their sum */
    struct draw_term terms[DRAW_TERMS];
};

/*
 * Reads a distribution with numbers from 1 to DRAW_ARGUMENT_MOST (k, M and G can end them). draw must be zero. 0, or -1
 * after filling error (ERROR_USAGE); draw_free is needed in both cases.
 */
int draw_parse(struct draw *draw, const char *text, size_t len, struct error *error);
void draw_free(struct draw *draw);

/* A number from the distribution, which must not be the empty one: 1 to DRAW_MOST, rounded half up. */
uint64_t draw_next(const struct draw *draw, struct prng *prng);

/*
 * Reads WEIGHT* (1 to 1 000 000) at the beginning of text and skips it; without it, the weight is 1. 0, or -1 after
 * filling error.
 */
int draw_weight(const char **text, size_t *len, uint64_t *weight, struct error *error);

/* Reads a decimal with at most places digits after the point, scaled by 10^places. 0, or -1 if it is none. */
int draw_decimal(const char *text, size_t len, unsigned places, uint64_t *value);

#endif
