/* gclog.c - finds the lines of the collector in a log, and reads their figures by name. */
#include "formats/gclog.h"

#include "base/names.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    struct gclog *log;
    struct names isolates; /* "PID:ISOLATE"; its number is its name's */
    VEC(struct gclog_collection) all;
};

/* ---- figures ---- */

/* A decimal number times 10^digits, rounded down; 0 if it is negative (some versions write such) or no number. */
static uint64_t scaled(const char *text, const char *end, unsigned digits)
{
    uint64_t value = 0;
    bool fraction = false;
    for (; text < end && ((*text >= '0' && *text <= '9') || (*text == '.' && !fraction)); text++) {
        if (*text == '.') {
            fraction = true;
            continue;
        }
        if (fraction && digits == 0)
            break;
        digits -= fraction;
        if (value > UINT64_C(100000000000000000))
            return 0;
        value = value * 10 + (uint64_t)(*text - '0');
    }
    while (digits-- > 0 && value < UINT64_C(100000000000000000))
        value *= 10;
    return value;
}

/* The value of NAME= in a line of pairs; NULL if it has none. */
static const char *find_pair(const char *at, const char *end, const char *name)
{
    size_t len = strlen(name);
    for (; at + len < end; at++)
        if (at[-1] == ' ' && memcmp(at, name, len) == 0 && at[len] == '=')
            return at + len + 1;
    return NULL;
}

static uint64_t pair(const char *at, const char *end, const char *name, unsigned digits)
{
    const char *value = find_pair(at, end, name);
    return value == NULL ? 0 : scaled(value, end, digits);
}

/* The first of two names that the line has: they changed from version to version. */
static uint64_t either_pair(const char *at, const char *end, const char *name, const char *other)
{
    return find_pair(at, end, name) != NULL ? pair(at, end, name, 0) : pair(at, end, other, 0);
}

static int add(struct reader *r, const struct gclog_collection *c)
{
    return vec_push(&r->all, *c) ? -1 : 0;
}

/* A line of pairs: at is after " ms: ". 0, or -1 without memory. */
static int read_pairs(struct reader *r, uint32_t isolate, const char *at, const char *end)
{
    const char *type = find_pair(at, end, "gc");
    if (type == NULL)
        return 0;
    struct gclog_collection c = {
        .scavenge = *type == 's',
        .isolate = isolate,
        .mutator_us = pair(at, end, "mutator", 3),
        .pause_us = pair(at, end, "pause", 3),
        .allocated = pair(at, end, "allocated", 0),
        .promoted = pair(at, end, "promoted", 0),
        .copied = either_pair(at, end, "new_space_survived", "semi_space_copied"),
        .before = either_pair(at, end, "start_object_size", "total_size_before"),
        .after = either_pair(at, end, "end_object_size", "total_size_after"),
    };
    if (find_pair(at, end, "allocated") == NULL) /* cut off */
        return 0;
    r->log->form = GCLOG_PAIRS;
    return add(r, &c);
}

static uint64_t json_figure(const json_t *object, const char *key, double scale)
{
    double value = json_number_value(json_object_get(object, key)) * scale;
    return value > 0 && value < 9e15 ? (uint64_t)(value + 0.5) : 0;
}

/* A line of JSON, as Node 26 writes. A piece that is no whole object is passed over. */
static int read_json(struct reader *r, uint32_t isolate, const char *at, const char *end)
{
    json_t *o = json_loadb(at, (size_t)(end - at), JSON_DISABLE_EOF_CHECK, NULL);
    const char *type = json_string_value(json_object_get(o, "gc")),
               *reason = json_string_value(json_object_get(o, "reason"));
    int failed = 0;
    if (type != NULL && json_object_get(o, "allocated") != NULL) {
        struct gclog_collection c = {
            .scavenge = *type == 's',
            .task = reason != NULL && strcmp(reason, "task") == 0,
            .isolate = isolate,
            .mutator_us = json_figure(o, "mutator", 1e3),
            .pause_us = json_figure(o, "pause", 1e3),
            .allocated = json_figure(o, "allocated", 1),
            .promoted = json_figure(o, "promoted", 1),
            .copied = json_figure(o, "new_space_survived", 1),
            .before = json_figure(o, "start_object_size", 1),
            .after = json_figure(o, "end_object_size", 1),
        };
        r->log->form = GCLOG_JSON;
        r->log->reasons |= reason != NULL;
        failed = add(r, &c);
    }
    json_decref(o);
    return failed;
}

/* ---- lines ---- */

/* The number of the isolate in "[PID:ISOLATE" before the end of it, NAME_NONE without memory. */
static uint32_t isolate_of(struct reader *r, const char *begin, const char *end)
{
    char text[64] = {0};
    size_t len = (size_t)(end - begin);
    if (len > sizeof text - NAME_SHORT)
        len = sizeof text - NAME_SHORT;
    memcpy(text, begin, len);
    return names_intern_text(&r->isolates, text, len > 0 ? len : 1);
}

/* Finds "[PID:ISOLATE] TIME ms: " in a line; its parts, or false. A line can begin with anything. */
static bool find_head(const char **begin, const char **bracket, const char **after, const char *end)
{
    for (const char *at = *begin; at + 8 < end; at++) {
        if (*at != '[' || at[1] < '0' || at[1] > '9')
            continue;
        const char *close = memchr(at, ']', (size_t)(end - at));
        if (close == NULL)
            return false;
        const char *p = close + 1;
        while (p < end && (*p == ' ' || (*p >= '0' && *p <= '9') || *p == '.'))
            p++;
        if (end - p < 4 || memcmp(p, "ms: ", 4) != 0)
            continue;
        *begin = at + 1;
        *bracket = close;
        *after = p + 4;
        return true;
    }
    return false;
}

static int read_line(struct reader *r, const char *begin, const char *end)
{
    const char *bracket, *after;
    if (!find_head(&begin, &bracket, &after, end))
        return 0;
    uint32_t isolate = isolate_of(r, begin, bracket);
    if (isolate == NAME_NONE)
        return -1;
    if (end - after > 6 && memcmp(after, "pause=", 6) == 0)
        return read_pairs(r, isolate, after, end);
    if (end - after > 5 && memcmp(after, "GC: {", 5) == 0)
        return read_json(r, isolate, after + 4, end);
    r->log->plain +=
        (end - after > 9 && memcmp(after, "Scavenge ", 9) == 0) || (end - after > 5 && memcmp(after, "Mark-", 5) == 0);
    return 0;
}

static int read_lines(struct reader *r, const char *text, size_t len)
{
    const char *end = text + len;
    for (const char *at = text; at < end;) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        line_end = line_end == NULL ? end : line_end;
        if (read_line(r, at, line_end))
            return -1;
        at = line_end + 1;
    }
    return 0;
}

/* ---- v8.GCProfiler ---- */

struct profiler_sizes {
    uint64_t young, old;
};

static struct profiler_sizes sizes_of(const json_t *statistics)
{
    struct profiler_sizes sizes = {0, 0};
    const json_t *spaces = json_object_get(statistics, "heapSpaceStatistics");
    size_t i;
    json_t *space;
    json_array_foreach(spaces, i, space)
    {
        const char *name = json_string_value(json_object_get(space, "spaceName"));
        uint64_t used = json_figure(space, "spaceUsedSize", 1);
        if (name != NULL && strncmp(name, "new_", 4) == 0)
            sizes.young += used;
        else
            sizes.old += used;
    }
    return sizes;
}

/* Entries of incremental marking are no collections. */
static int read_entry(struct reader *r, const json_t *entry, struct profiler_sizes *left)
{
    const char *type = json_string_value(json_object_get(entry, "gcType"));
    if (type == NULL ||
        (strcmp(type, "Scavenge") != 0 && strncmp(type, "Mark", 4) != 0 && strncmp(type, "Minor", 5) != 0))
        return 0;
    struct profiler_sizes before = sizes_of(json_object_get(entry, "beforeGC")),
                          after = sizes_of(json_object_get(entry, "afterGC"));
    uint64_t used = before.young + before.old, was = left->young + left->old;
    struct gclog_collection c = {
        .scavenge = strncmp(type, "Mark", 4) != 0,
        .pause_us = json_figure(entry, "cost", 1),
        .allocated = used > was ? used - was : 0,
        .promoted = after.old > before.old ? after.old - before.old : 0,
        .copied = after.young,
        .before = used,
        .after = after.young + after.old,
    };
    *left = after;
    return add(r, &c);
}

/* One piece of a recording; its entries have no times: the program's is divided among them. */
static int read_piece(struct reader *r, const json_t *root, struct profiler_sizes *left)
{
    size_t i, first = r->all.len;
    json_t *entry;
    json_array_foreach(json_object_get(root, "statistics"), i, entry) if (read_entry(r, entry, left)) return -1;
    uint64_t begin = json_figure(root, "startTime", 1e3), end = json_figure(root, "endTime", 1e3);
    for (i = first; i < r->all.len; i++)
        r->all.data[i].mutator_us = (end > begin ? end - begin : 0) / (r->all.len - first);
    r->log->form = GCLOG_PROFILER;
    return 0;
}

/*
 * Pieces follow each other, as "heapreel record" has them written; one that is cut off is the last. False: it is
 * something else.
 */
static bool read_profiler(struct reader *r, const char *text, size_t len, int *failed)
{
    struct profiler_sizes left = {0, 0};
    size_t at = 0;
    *failed = 0;
    while (at < len && !*failed) {
        json_error_t error;
        json_t *root = json_loadb(text + at, len - at, JSON_DISABLE_EOF_CHECK, &error);
        if (!json_is_array(json_object_get(root, "statistics"))) {
            json_decref(root);
            break;
        }
        *failed = read_piece(r, root, &left);
        json_decref(root);
        at += (size_t)error.position;
        while (at < len && (text[at] == '\n' || text[at] == ' '))
            at++;
    }
    return at > 0;
}

/* ---- the whole ---- */

/* Keeps the collections of the isolate that has most. */
static int choose(struct reader *r)
{
    struct gclog *log = r->log;
    size_t isolates = r->isolates.table.len > 0 ? r->isolates.table.len : 1;
    uint64_t *counts = calloc(isolates, sizeof *counts);
    uint32_t best = 0;
    if (counts == NULL)
        return -1;
    for (size_t i = 0; i < r->all.len; i++)
        counts[r->all.data[i].isolate & ~NAME_INTERNED]++;
    for (uint32_t i = 0; i < isolates; i++) {
        best = counts[i] > counts[best] ? i : best;
        log->isolates += counts[i] > 0;
    }
    free(counts);
    for (size_t i = 0; i < r->all.len; i++) {
        if ((r->all.data[i].isolate & ~NAME_INTERNED) != best) {
            log->others++;
            continue;
        }
        if (vec_push(&log->list, r->all.data[i]))
            return -1;
        log->scavenges += r->all.data[i].scavenge;
    }
    return 0;
}

/* Of the log of a service that ran for days, the last hours say enough, and a program of all would be too large. */
static void keep_last(struct gclog *log)
{
    size_t first = log->list.len;
    for (uint64_t bytes = 0; first > 0 && bytes <= GCLOG_BYTES; first--)
        bytes += log->list.data[first - 1].allocated < GCLOG_BYTES ? log->list.data[first - 1].allocated : GCLOG_BYTES;
    log->earlier = first;
    for (size_t i = 0; i < first; i++)
        log->scavenges -= log->list.data[i].scavenge;
    log->list.len -= first;
    if (first > 0)
        memmove(log->list.data, log->list.data + first, log->list.len * sizeof *log->list.data);
}

static int read_any(struct reader *r, const char *text, size_t len)
{
    int failed;
    if (len == 0 || text[0] != '{' || !read_profiler(r, text, len, &failed))
        failed = read_lines(r, text, len);
    if (failed || choose(r))
        return -1;
    keep_last(r->log);
    return 0;
}

int gclog_read(struct gclog *log, const char *text, size_t len, struct error *error)
{
    *log = (struct gclog){.form = GCLOG_NONE};
    struct reader r = {.log = log};
    names_init(&r.isolates);
    int failed = read_any(&r, text, len);
    vec_free(&r.all);
    names_free(&r.isolates);
    if (failed)
        return error_memory(error);
    if (log->list.len == 0 && log->plain > 0)
        return error_set(
            error, ERROR_INPUT, 0, 0,
            "lines of --trace-gc say too little (tenths of megabytes, and not what survived): write the log "
            "with --trace-gc-nvp");
    if (log->list.len == 0 && log->form != GCLOG_PROFILER)
        return error_set(error, ERROR_INPUT, 0, 0,
                         "no collections: expected the lines of node --trace-gc-nvp, or the JSON of v8.GCProfiler");
    if (log->scavenges < 5)
        return error_set(error, ERROR_INPUT, 0, 0,
                         "%" PRIu64 " scavenges: too few to tell how long objects live, 5 at least", log->scavenges);
    return 0;
}

/* Was new space between 76 and 93 % full, if its size is the next power of two? */
static bool early(uint64_t used)
{
    uint64_t size = UINT64_C(1) << 20;
    while (size < used && size < UINT64_C(1) << 40)
        size *= 2;
    return used * 100 >= size * 76 && used * 100 <= size * 93;
}

bool gclog_has_turns(const struct gclog *log)
{
    uint64_t seen = 0, found = 0;
    for (size_t i = 1; i < log->list.len; i++) {
        const struct gclog_collection *before = &log->list.data[i - 1], *c = &log->list.data[i];
        if (!c->scavenge || !before->scavenge)
            continue;
        seen++;
        found += log->reasons ? c->task : early(before->copied + c->allocated);
    }
    return seen > 0 && 2 * found >= seen;
}

void gclog_free(struct gclog *log)
{
    vec_free(&log->list);
}
