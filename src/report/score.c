/* score.c - see score.h. */
#include "report/score.h"

#include "report/sink.h"

#include <inttypes.h>
#include <stdio.h>

#define DEPTH 8 /* more than a report is nested */

const struct score_row score_rows[SCORE_COUNT] = {
#define X(symbol, path, name, label, unit, better) {path, name, label, SCORE_##unit, SCORE_##better},
    SCORES(X)
#undef X
};
_Static_assert(SCORE_COUNT <= 64, "a set of scores is a word");

struct score_sink {
    struct sink sink;
    struct score *score;
    unsigned depth; /* open sections, the report itself included */
    struct {
        uint64_t wanted; /* the scores that lie in it */
        uint64_t items;  /* told so far */
        bool array;
    } level[DEPTH];
    uint64_t listed; /* collections in the list */
};

/* Does part number part of path match name? *last: nothing follows it. */
static bool part_matches(const char *path, unsigned part, const char *name, bool *last)
{
    for (; part > 0; part--)
        path = strchr(path, '.') + 1;
    size_t len = strcspn(path, ".");
    *last = path[len] == '\0';
    if (path[len - 1] == '*')
        return strncmp(path, name, len - 1) == 0;
    return strlen(name) == len && memcmp(path, name, len) == 0;
}

/* The scores of the innermost section that lie at, or below, its member key; an item of an array goes by its index. */
static uint64_t wanted_at(struct score_sink *s, const char *key, bool value)
{
    unsigned part = s->depth - 1;
    char index[24];
    uint64_t wanted = 0;
    if (s->level[part].array) {
        snprintf(index, sizeof index, "%" PRIu64, s->level[part].items);
        key = index;
    }
    s->level[part].items++;
    for (uint64_t left = s->level[part].wanted; left != 0; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        bool last;
        if (part_matches(score_rows[i].path, part, key, &last) && last == value)
            wanted |= left & -left;
    }
    return wanted;
}

static bool score_open(struct sink *sink, const char *key, enum sink_shape shape)
{
    struct score_sink *s = (struct score_sink *)sink;
    uint64_t wanted = s->depth == 0 ? (UINT64_C(1) << SCORE_COUNT) - 1 : wanted_at(s, key, false);
    if (wanted == 0)
        return false;
    s->level[s->depth].wanted = wanted;
    s->level[s->depth].items = 0;
    s->level[s->depth++].array = shape == SINK_ARRAY || shape == SINK_LINE_ARRAY;
    return true;
}

static void score_close(struct sink *sink)
{
    struct score_sink *s = (struct score_sink *)sink;
    s->depth--;
    if (s->level[s->depth].array && s->level[s->depth].wanted & UINT64_C(1) << SCORE_COPIED)
        s->listed = s->level[s->depth].items;
}

static void score_value(struct sink *sink, const char *key, const struct sink_value *value)
{
    struct score_sink *s = (struct score_sink *)sink;
    for (uint64_t left = wanted_at(s, key, true); left != 0; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        uint64_t before = i == SCORE_FRAGMENTATION ? 0 : s->score->value[i];
        s->score->value[i] = before + value->number;
    }
}

int score_of(const struct run *run, struct score *score)
{
    static const struct sink_ops ops = {score_open, score_close, score_value, NULL};
    struct score_sink s = {.sink = {.ops = &ops}, .score = score};
    *score = (struct score){.known = (UINT64_C(1) << SCORE_COUNT) - 1};
    report_tell(run, &s.sink);
    if (s.listed < score->value[SCORE_SCAVENGES] + score->value[SCORE_MAJORS]) {
        score->known &= ~(UINT64_C(1) << SCORE_COPIED | UINT64_C(1) << SCORE_PROMOTED | UINT64_C(1) << SCORE_FLOATING |
                          UINT64_C(1) << SCORE_FRAGMENTATION);
    }
    return s.sink.failed ? -1 : 0;
}
