/* metrics.c - collects the metrics of a report while it is produced. */
#include "report/metrics.h"

#include "report/sink.h"

#include <inttypes.h>
#include <stdio.h>

#define DEPTH 8 /* a report is never nested deeper */

const struct metric_row metric_rows[METRIC_COUNT] = {
#define X(symbol, path, name, label, unit, better) {path, name, label, METRIC_##unit, METRIC_##better},
    METRICS(X)
#undef X
};
_Static_assert(METRIC_COUNT <= 64, "a set of scores is a word");

struct metric_sink {
    struct sink sink;
    struct metrics *metrics;
    unsigned depth; /* open sections, including the report itself */
    struct {
        uint64_t wanted; /* the metrics in it */
        uint64_t items;  /* items so far */
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

/* The metrics of the innermost section at, or below, its member key; an item of an array goes by its index. */
static uint64_t wanted_at(struct metric_sink *s, const char *key, bool value)
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
        if (part_matches(metric_rows[i].path, part, key, &last) && last == value)
            wanted |= left & -left;
    }
    return wanted;
}

static bool metric_open(struct sink *sink, const char *key, enum sink_shape shape)
{
    struct metric_sink *s = (struct metric_sink *)sink;
    uint64_t wanted = s->depth == 0 ? (UINT64_C(1) << METRIC_COUNT) - 1 : wanted_at(s, key, false);
    if (wanted == 0)
        return false;
    s->level[s->depth].wanted = wanted;
    s->level[s->depth].items = 0;
    s->level[s->depth++].array = shape == SINK_ARRAY || shape == SINK_LINE_ARRAY;
    return true;
}

static void metric_close(struct sink *sink)
{
    struct metric_sink *s = (struct metric_sink *)sink;
    s->depth--;
    if (s->level[s->depth].array && s->level[s->depth].wanted & UINT64_C(1) << METRIC_COPIED)
        s->listed = s->level[s->depth].items;
}

static void metric_value(struct sink *sink, const char *key, const struct sink_value *value)
{
    struct metric_sink *s = (struct metric_sink *)sink;
    for (uint64_t left = wanted_at(s, key, true); left != 0; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        uint64_t before = i == METRIC_FRAGMENTATION ? 0 : s->metrics->value[i];
        s->metrics->value[i] = before + value->number;
    }
}

int metrics_of(const struct run *run, struct metrics *metrics)
{
    static const struct sink_ops ops = {metric_open, metric_close, metric_value, NULL};
    struct metric_sink s = {.sink = {.ops = &ops}, .metrics = metrics};
    *metrics = (struct metrics){.known = (UINT64_C(1) << METRIC_COUNT) - 1};
    report_tell(run, &s.sink);
    if (s.listed < metrics->value[METRIC_SCAVENGES] + metrics->value[METRIC_MAJORS]) {
        metrics->known &= ~(UINT64_C(1) << METRIC_COPIED | UINT64_C(1) << METRIC_PROMOTED |
                            UINT64_C(1) << METRIC_FLOATING | UINT64_C(1) << METRIC_FRAGMENTATION);
    }
    return s.sink.failed ? -1 : 0;
}
