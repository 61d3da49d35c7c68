/* draw.c - draws from distributions in fixed point: Qn is a number with n bits after the point. */
#include "formats/draw.h"

#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ONE_Q32 (UINT64_C(1) << 32)
#define LN2_Q32 UINT64_C(2977044472) /* ln 2 */
#define MOST_Q8 (DRAW_MOST << 8)

/* The table of quantiles: one point for each of STEPS parts of each of OCTAVES halvings of the tail. */
enum { OCTAVES = 40, STEP_BITS = 5, STEPS = 1 << STEP_BITS, QUANTILES = OCTAVES * STEPS + 1 };

#define WEIGHT_MOST 1000000
#define P_LEAST 100 /* thousandths */
#define P_MOST 10000

static const char *const shape_words[DRAW_SHAPE_COUNT] = {
#define X(symbol, word, syntax, help) [DRAW_##symbol] = word,
    DRAW_SHAPES(X)
#undef X
};
static const char *const shape_syntax[DRAW_SHAPE_COUNT] = {
#define X(symbol, word, syntax, help) [DRAW_##symbol] = syntax,
    DRAW_SHAPES(X)
#undef X
};

struct prng prng_stream(uint64_t seed, uint64_t stream)
{
    struct prng first = {seed};
    struct prng second = {prng_next(&first) + stream};
    return (struct prng){prng_next(&second)};
}

/* ---- logarithms ---- */

/* log2 of x >= 1 in Q32: the fraction bit by bit, by squaring. */
static uint64_t log2_q32(uint64_t x)
{
    unsigned whole = 63 - (unsigned)__builtin_clzll(x);
    uint64_t m = x << (63 - whole); /* Q63, 1 to 2 */
    uint64_t result = (uint64_t)whole << 32;
    for (uint64_t bit = ONE_Q32 >> 1; bit != 0; bit >>= 1) {
        uint64_t square = (m >> 32) * (m >> 32); /* Q62, 1 to 4 */
        if (square >> 63) {
            result += bit;
            m = square;
        } else {
            m = square << 1;
        }
    }
    return result;
}

/* 2^y, y below 1: Q32 to Q32, by the series of e^(y ln 2). */
static uint64_t exp2_q32(uint64_t y)
{
    uint64_t t = y * LN2_Q32 >> 32, sum = ONE_Q32, part = ONE_Q32;
    for (uint64_t i = 1; part != 0; i++) {
        part = (part * t >> 32) / i;
        sum += part;
    }
    return sum;
}

/* n * 2^y for n up to DRAW_ARGUMENT_MOST and y in Q32, to Q8, at most MOST_Q8. */
static uint64_t scaled_exp2(uint64_t n, int64_t y)
{
    uint64_t biased = (uint64_t)(y + ((int64_t)256 << 32)); /* y is above -256: 40 octaves, and P of 0.1 */
    int whole = (int)(biased >> 32) - 256;
    uint64_t power = exp2_q32(biased & (ONE_Q32 - 1));  /* Q32, 1 to 2 */
    uint64_t v = (n - 1) * (power >> 1) + (power >> 1); /* Q31, below 2^64 */
    int shift = 31 - 8 - whole;
    if (shift >= 64)
        return 0;
    if (shift >= 0) {
        v >>= shift;
        return v < MOST_Q8 ? v : MOST_Q8;
    }
    return shift > -64 && v <= MOST_Q8 >> -shift ? v << -shift : MOST_Q8;
}

/* The value in Q8 that is exceeded with the probability 2^-bits; bits in Q32. */
static uint64_t quantile(const struct draw_term *term, uint64_t bits)
{
    uint64_t nats = (bits >> 4) * (LN2_Q32 >> 4) >> 32; /* -ln of the probability, Q24 */
    switch (term->shape) {
    case DRAW_EXPONENTIAL: return nats * term->first >> 16;
    case DRAW_WEIBULL: {
        if (nats == 0)
            return 0;
        int64_t log = (int64_t)log2_q32(nats) - ((int64_t)24 << 32);
        return scaled_exp2(term->first, log * 1000 / (int64_t)term->second);
    }
    default: return scaled_exp2(term->first, (int64_t)(bits * 1000 / term->second));
    }
}

/* Makes the table: point k is exceeded with the probability 2^-(octave + 1) * (1 + step / STEPS). */
static int make_quantiles(struct draw_term *term, struct error *error)
{
    term->quantiles = malloc(QUANTILES * sizeof *term->quantiles);
    if (term->quantiles == NULL)
        return error_memory(error);
    term->quantiles[0] = quantile(term, 0);
    for (unsigned k = 1; k < QUANTILES; k++) {
        unsigned octave = (k - 1) / STEPS, step = STEPS - 1 - (k - 1) % STEPS;
        uint64_t log = log2_q32(STEPS + step) - ((uint64_t)STEP_BITS << 32);
        term->quantiles[k] = quantile(term, ((uint64_t)(octave + 1) << 32) - log);
    }
    return 0;
}

/* ---- drawing ---- */

/*
 * The probability of the tail is r / 2^64: its leading bit gives the octave, the next bits the step, the rest the part
 * of a step.
 */
static uint64_t from_quantiles(const uint64_t *quantiles, uint64_t r)
{
    unsigned octave = (unsigned)__builtin_clzll(r | UINT64_C(1) << (64 - OCTAVES));
    uint64_t rest = r << octave << 1;
    unsigned step = (unsigned)(rest >> (64 - STEP_BITS));
    uint64_t part = rest >> (64 - STEP_BITS - 16) & 0xFFFF;
    const uint64_t *point = &quantiles[octave * STEPS + (STEPS - 1 - step)]; /* the next one is rarer, and larger */
    uint64_t value = point[1] - ((point[1] - point[0]) * part >> 16);
    return (value + 128) >> 8;
}

uint64_t draw_next(const struct draw *draw, struct prng *prng)
{
    const struct draw_term *term = draw->terms;
    if (draw->count > 1) {
        uint64_t at = prng_below(prng, draw->weights);
        for (; at >= term->weight; term++)
            at -= term->weight;
    }
    if (term->shape == DRAW_CONSTANT)
        return term->first;
    uint64_t r = prng_next(prng);
    if (term->shape == DRAW_UNIFORM)
        return term->first + r % (term->second - term->first + 1);
    uint64_t value = from_quantiles(term->quantiles, r);
    return value == 0 ? 1 : value;
}

/* ---- reading ---- */

int draw_decimal(const char *text, size_t len, unsigned places, uint64_t *value)
{
    const char *point = memchr(text, '.', len);
    size_t whole = point == NULL ? len : (size_t)(point - text), digits = point == NULL ? 0 : len - whole - 1;
    uint64_t number = 0, fraction = 0;
    if (text_number(text, whole, &number) != TEXT_OK || number > UINT64_C(1000000000) || digits > places ||
        (point != NULL && text_number(point + 1, digits, &fraction) != TEXT_OK)) {
        return -1;
    }
    for (unsigned i = 0; i < places; i++) {
        number *= 10;
        if (i >= digits)
            fraction *= 10;
    }
    *value = number + fraction;
    return 0;
}

int draw_weight(const char **text, size_t *len, uint64_t *weight, struct error *error)
{
    const char *star = memchr(*text, '*', *len);
    *weight = 1;
    if (star == NULL)
        return 0;
    size_t digits = (size_t)(star - *text);
    if (text_number(*text, digits, weight) != TEXT_OK || *weight == 0 || *weight > WEIGHT_MOST) {
        struct text_quoted quoted;
        return error_set(error, ERROR_USAGE, 0, 0, "a weight must be a number from 1 to %d, not \"%s\"", WEIGHT_MOST,
                         text_quote(&quoted, *text, digits));
    }
    *text = star + 1;
    *len -= digits + 1;
    return 0;
}

/* The next part of text up to a separator, which is skipped; NULL if nothing is left. */
static const char *take_part(const char **text, const char *end, char separator, size_t *len)
{
    const char *part = *text;
    if (part == NULL)
        return NULL;
    const char *stop = memchr(part, separator, (size_t)(end - part));
    *len = (size_t)((stop == NULL ? end : stop) - part);
    *text = stop == NULL ? NULL : stop + 1;
    return part;
}

static bool read_size(const char *text, size_t len, uint64_t *value)
{
    return text != NULL && text_size(text, len, value) == TEXT_OK && *value >= 1 && *value <= DRAW_ARGUMENT_MOST;
}

static bool read_arguments(struct draw_term *term, const char *text, const char *end)
{
    size_t len = 0;
    const char *part = take_part(&text, end, ':', &len);
    if (!read_size(part, len, &term->first))
        return false;
    if (term->shape == DRAW_UNIFORM) {
        part = take_part(&text, end, ':', &len);
        if (!read_size(part, len, &term->second) || term->second < term->first)
            return false;
    } else if (term->shape == DRAW_WEIBULL || term->shape == DRAW_PARETO) {
        part = take_part(&text, end, ':', &len);
        if (part == NULL || draw_decimal(part, len, 3, &term->second) != 0 || term->second < P_LEAST ||
            term->second > P_MOST) {
            return false;
        }
    }
    return take_part(&text, end, ':', &len) == NULL;
}

/* Lists the syntax of all shapes in a message. */
static int unknown_shape(const char *text, size_t len, struct error *error)
{
    struct text_quoted quoted;
    return error_set(error, ERROR_USAGE, 0, 0,
                     "unknown distribution \"%s\", expected "
#define X(symbol, word, syntax, help) syntax ", "
                     DRAW_SHAPES(X)
#undef X
                         "or several of them, as WEIGHT*SHAPE:...,WEIGHT*SHAPE:...",
                     text_quote(&quoted, text, len));
}

static int read_term(struct draw_term *term, const char *text, size_t len, struct error *error)
{
    if (draw_weight(&text, &len, &term->weight, error) != 0)
        return -1;
    const char *end = text + len, *rest = text;
    size_t word_len = 0;
    const char *word = take_part(&rest, end, ':', &word_len);
    int shape = 0;
    while (shape < DRAW_SHAPE_COUNT &&
           (strlen(shape_words[shape]) != word_len || memcmp(shape_words[shape], word, word_len) != 0)) {
        shape++;
    }
    if (shape == DRAW_SHAPE_COUNT)
        return unknown_shape(text, len, error);
    term->shape = (enum draw_shape)shape;
    if (!read_arguments(term, rest, end)) {
        struct text_quoted quoted;
        return error_set(error, ERROR_USAGE, 0, 0, "\"%s\" is no %s (numbers 1 to 4G, P 0.1 to 10)",
                         text_quote(&quoted, text, len), shape_syntax[shape]);
    }
    return shape >= DRAW_EXPONENTIAL ? make_quantiles(term, error) : 0;
}

int draw_parse(struct draw *draw, const char *text, size_t len, struct error *error)
{
    const char *end = text + len, *part;
    size_t part_len = 0;
    while ((part = take_part(&text, end, ',', &part_len)) != NULL) {
        if (draw->count == DRAW_TERMS)
            return error_set(error, ERROR_USAGE, 0, 0, "a distribution has at most %d terms", DRAW_TERMS);
        struct draw_term *term = &draw->terms[draw->count++];
        if (read_term(term, part, part_len, error) != 0)
            return -1;
        draw->weights += term->weight;
    }
    return 0;
}

void draw_free(struct draw *draw)
{
    for (int i = 0; i < draw->count; i++)
        free(draw->terms[i].quantiles);
    *draw = (struct draw){0};
}
