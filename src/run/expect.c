/* expect.c - parses and checks "expect CONDITION" (heapreel-trace(5), "Expectations"). */
#include "run/internal.h"

#include "heap/ids.h"
#include "heap/leaks.h"
#include "heap/objects.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_WORDS 4

struct words {
    struct text_word at[MOST_WORDS];
    size_t count; /* can exceed MOST_WORDS */
};

static struct words split(const struct trace_event *ev)
{
    struct words w = {.count = 0};
    struct text_word word;
    for (size_t at = 0; (word = text_next(ev->text, ev->text_len, &at)).len > 0; w.count++)
        if (w.count < MOST_WORDS)
            w.at[w.count] = word;
    return w;
}

static bool is(const struct words *w, size_t i, const char *word)
{
    return i < w->count && text_is(w->at[i], word);
}

bool expect_is_oom(const struct trace_event *ev)
{
    struct words w = split(ev);
    return w.count == 1 && is(&w, 0, "oom");
}

int expect_record(struct run *run, const struct trace_event *ev, const char *found, struct error *error)
{
    struct worker *worker = run->current;
    if (run->probing) {
        run->probed = found == NULL;
        return 0;
    }
    if (found == NULL) {
        run->passed++;
        worker->passed++;
    } else {
        run->failed++;
        worker->failed++;
    }
    /*
     * All are counted; only as many as a report can use are kept, so that memory does not follow the length of the
     * trace.
     */
    if (run->expectations.len >= EXPECTATIONS_KEPT && !run->options.hooks.expected)
        return 0;
    struct expectation e = {
        .line = ev->line, .event = worker->heap.event, .worker = worker->index, .passed = found == NULL};
    e.condition = strndup(ev->text, ev->text_len);
    e.found = found ? strdup(found) : NULL;
    bool keep = run->expectations.len < EXPECTATIONS_KEPT;
    if (!e.condition || (found && !e.found) || (keep && vec_push(&run->expectations, e))) {
        free(e.condition);
        free(e.found);
        return error_memory(error);
    }
    if (run->options.hooks.expected)
        run->options.hooks.expected(run->options.hooks.self, run, &e);
    if (!keep) {
        free(e.condition);
        free(e.found);
    }
    return 0;
}

/* ---- conditions on an object ---- */

enum subject { SUBJECT_MISSING = -1, SUBJECT_DEAD, SUBJECT_LIVE };

/* The object that the second word names. SUBJECT_MISSING after filling error: that ID was never allocated. */
static enum subject find_subject(struct run *run, const struct trace_event *ev, const struct words *w, uint32_t *object,
                                 struct error *error)
{
    uint32_t name = names_find(&run->names, w->at[1].text, w->at[1].len);
    *object = name == NAME_NONE ? NONE : ids_find(&run->current->heap, name);
    if (*object != NONE)
        return SUBJECT_LIVE;
    int dead = name == NAME_NONE ? 0 : lookup_dead(&run->current->lookup, &run->current->heap, name);
    if (dead > 0)
        return SUBJECT_DEAD;
    if (dead < 0)
        return (enum subject)error_memory(error);
    struct text_quoted quoted;
    fail_at(ev, 2, error, "unknown object \"%s\": never allocated%s", text_quote(&quoted, w->at[1].text, w->at[1].len),
            run->current->heap.dead_name_count > DEAD_NAMES ? ", or collected long ago" : "");
    return SUBJECT_MISSING;
}

static int check_garbage(struct run *run, const struct trace_event *ev, enum subject subject, uint32_t object,
                         struct error *error)
{
    if (subject == SUBJECT_DEAD)
        return expect_record(run, ev, "it has been collected", error);
    const struct path_tree *reached = lookup_reached(&run->current->lookup, &run->current->heap);
    if (!reached)
        return error_memory(error);
    return expect_record(run, ev, path_tree_reaches(reached, object) ? "it is reachable" : NULL, error);
}

/*
 * Does any era have a space with that name? One that only another era has makes an expectation fail, and is no error.
 */
static bool known_space(const char *name, size_t len)
{
    for (enum era era = 0; era < ERA_COUNT; era++)
        if (space_by_name(era, name, len) != SPACE_COUNT)
            return true;
    return false;
}

static int check_space(struct run *run, const struct trace_event *ev, const struct words *w, enum subject subject,
                       uint32_t object, struct error *error)
{
    if (subject == SUBJECT_DEAD)
        return expect_record(run, ev, "it has been collected", error);
    const char *name =
        space_name(run->current->heap.config.era, object_space(&run->current->heap.objects.data[object]));
    if (is(w, 2, name))
        return expect_record(run, ev, NULL, error);
    if (known_space(w->at[2].text, w->at[2].len))
        return expect_record(run, ev, name, error);
    struct text_quoted quoted;
    fail_at(ev, 3, error, "unknown space \"%s\"", text_quote(&quoted, w->at[2].text, w->at[2].len));
    return -1;
}

static int check_age(struct run *run, const struct trace_event *ev, const struct words *w, enum subject subject,
                     uint32_t object, struct error *error)
{
    uint64_t wanted;
    if (text_number(w->at[2].text, w->at[2].len, &wanted) != TEXT_OK) {
        fail_at(ev, 3, error, "an age is a decimal number of scavenges");
        return -1;
    }
    if (subject == SUBJECT_DEAD)
        return expect_record(run, ev, "it has been collected", error);
    uint32_t age = object_age(&run->current->heap, object);
    char found[32];
    snprintf(found, sizeof found, "age %" PRIu32, age);
    return expect_record(run, ev, age == wanted ? NULL : found, error);
}

/* All bytes that would go with the object, in the heap and off-heap. */
static int check_retained(struct run *run, const struct trace_event *ev, const struct words *w, enum subject subject,
                          uint32_t object, struct error *error)
{
    uint64_t wanted;
    if (text_size(w->at[2].text, w->at[2].len, &wanted) != TEXT_OK) {
        fail_at(ev, 3, error, "expected bytes, a number or a size such as 2k");
        return -1;
    }
    if (subject == SUBJECT_DEAD)
        return expect_record(run, ev, "it has been collected", error);
    const struct heap_retained *retained = lookup_retained(&run->current->lookup, &run->current->heap);
    if (!retained)
        return error_memory(error);
    uint32_t place = heap_retained_place(retained, object);
    if (place == NO_NODE)
        return expect_record(run, ev, "it is unreachable", error);
    uint64_t bytes = retained->bytes[place] + (retained->external == NULL ? 0 : retained->external[place]);
    char found[32];
    snprintf(found, sizeof found, "%" PRIu64, bytes);
    return expect_record(run, ev, bytes == wanted ? NULL : found, error);
}

static int check_color(struct run *run, const struct trace_event *ev, const struct words *w, enum subject subject,
                       uint32_t object, struct error *error)
{
    static const char *const colors[] = {"white", "grey", "black"};
    if (!is(w, 2, colors[0]) && !is(w, 2, colors[1]) && !is(w, 2, colors[2])) {
        fail_at(ev, 3, error, "expected white, grey or black");
        return -1;
    }
    if (subject == SUBJECT_DEAD)
        return expect_record(run, ev, "it has been collected", error);
    const char *color = colors[object_color(&run->current->heap.objects.data[object])];
    return expect_record(run, ev, is(w, 2, color) ? NULL : color, error);
}

/* ---- leak analysis ---- */

/* The site that the second word names, as in the trace or without its "@"; NULL if it allocated nothing. */
static const struct leak_site *find_site(const struct run *run, const struct words *w, const struct leaks *leaks)
{
    const char *text = w->at[1].text;
    size_t len = w->at[1].len;
    if (is(w, 1, leak_site_word(SITE_TOP)))
        return leaks_site(leaks, &run->current->heap, NAME_NONE);
    if (text[0] == '@') {
        text++;
        len--;
    }
    uint32_t name = len == 0 ? NAME_NONE : names_find(&run->names, text, len);
    return name == NAME_NONE ? NULL : leaks_site(leaks, &run->current->heap, name);
}

static int compare_class(struct run *run, const struct trace_event *ev, const struct words *w,
                         const struct leaks *leaks, enum leak_class wanted, struct error *error)
{
    const struct leak_site *site = find_site(run, w, leaks);
    struct text_quoted quoted;
    if (!site) {
        fail_at(ev, 2, error, "unknown site \"%s\": nothing was allocated there",
                text_quote(&quoted, w->at[1].text, w->at[1].len));
        return -1;
    }
    char found[96];
    snprintf(found, sizeof found, "%s: %" PRIu64 " of %" PRIu64 " allocations %s stale", leak_class_word(site->class),
             site->stale, site->allocations, site->stale == 1 ? "is" : "are");
    return expect_record(run, ev, site->class == wanted ? NULL : found, error);
}

static int check_leak(struct run *run, const struct trace_event *ev, const struct words *w, struct error *error)
{
    enum leak_class wanted = leak_class_by_word(w->at[2].text, w->at[2].len);
    if (wanted == LEAK_CLASS_COUNT) {
        fail_at(ev, 3, error, "expected frequent, occasional, one-time, implicit or none");
        return -1;
    }
    const struct leaks *leaks = lookup_leaks(&run->current->lookup, &run->current->heap);
    return leaks ? compare_class(run, ev, w, leaks, wanted, error) : error_memory(error);
}

/* ---- conditions on a figure ---- */

/* VALUE with a size suffix or a unit of time; ratios are written as decimals with up to six places. */
static bool parse_value(const char *text, size_t len, bool ratio, uint64_t *value)
{
    if (!ratio)
        return text_size(text, len, value) == TEXT_OK || text_duration(text, len, value) == TEXT_OK;
    size_t point = 0;
    while (point < len && text[point] != '.')
        point++;
    uint64_t whole, part = 0;
    if (text_number(text, point, &whole) != TEXT_OK || len > point + 7 || len == point + 1 || whole > 1000000)
        return false;
    if (point < len && text_number(text + point + 1, len - point - 1, &part) != TEXT_OK)
        return false;
    for (size_t places = point < len ? len - point - 1 : 0; places < 6; places++)
        part *= 10;
    *value = whole * 1000000 + part;
    return true;
}

/* 1 if it holds, 0 if not, -1 if the word is no comparison. */
static int compare(const struct words *w, uint64_t left, uint64_t right)
{
    if (is(w, 1, "="))
        return left == right;
    if (is(w, 1, "!="))
        return left != right;
    if (is(w, 1, "<"))
        return left < right;
    if (is(w, 1, "<="))
        return left <= right;
    if (is(w, 1, ">"))
        return left > right;
    return is(w, 1, ">=") ? left >= right : -1;
}

/* Is it a figure of a space that only other eras have? */
static bool elsewhere(const struct run *run, const char *path, size_t len)
{
    static const char prefix[] = "spaces.";
    const size_t skip = sizeof prefix - 1;
    if (len <= skip || memcmp(path, prefix, skip) != 0)
        return false;
    const char *name = path + skip, *dot = memchr(name, '.', len - skip);
    size_t name_len = dot ? (size_t)(dot - name) : len - skip;
    if (space_by_name(run->current->heap.config.era, name, name_len) != SPACE_COUNT)
        return false;
    return known_space(name, name_len);
}

static int check_figure(struct run *run, const struct trace_event *ev, const struct words *w, struct error *error)
{
    struct text_quoted quoted;
    const struct run_hooks *hooks = &run->options.hooks;
    uint64_t figure = 0, wanted;
    bool ratio = false;
    if (elsewhere(run, w->at[0].text, w->at[0].len))
        return expect_record(run, ev, "no such space in this era", error);
    int got = hooks->figure ? hooks->figure(hooks->self, run, w->at[0].text, w->at[0].len, &figure, &ratio) : -1;
    if (got == FIGURE_NO_MEMORY)
        return error_memory(error);
    if (got != 0) {
        fail_at(ev, 1, error, "the report has no figure \"%s\"", text_quote(&quoted, w->at[0].text, w->at[0].len));
        return -1;
    }
    if (!parse_value(w->at[2].text, w->at[2].len, ratio, &wanted)) {
        fail_at(ev, 3, error, "bad value \"%s\", expected %s", text_quote(&quoted, w->at[2].text, w->at[2].len),
                ratio ? "a ratio such as 0.25" : "a number, a size such as 2k, or a duration such as 3ms");
        return -1;
    }
    int holds = compare(w, figure, wanted);
    if (holds < 0) {
        fail_at(ev, 2, error, "expected =, !=, <, <=, > or >= and not \"%s\"",
                text_quote(&quoted, w->at[1].text, w->at[1].len));
        return -1;
    }
    char found[48];
    if (ratio)
        snprintf(found, sizeof found, "%" PRIu64 ".%06" PRIu64, figure / 1000000, figure % 1000000);
    else
        snprintf(found, sizeof found, "%" PRIu64, figure);
    return expect_record(run, ev, holds ? NULL : found, error);
}

/* ---- the conditions ---- */

enum condition { LIVE, DEAD, GARBAGE, SPACE, AGE, RETAINED, COLOR, LEAK, OOM, FIGURE };

static const struct {
    const char *word;
    enum condition condition;
    size_t words; /* in total */
} conditions[] = {
    {"live", LIVE, 2},   {"dead", DEAD, 2}, {"garbage", GARBAGE, 2}, {"space", SPACE, 3},       {"age", AGE, 3},
    {"color", COLOR, 3}, {"leak", LEAK, 3}, {"oom", OOM, 1},         {"retained", RETAINED, 3},
};

static enum condition find_condition(const struct words *w, size_t *words)
{
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        if (is(w, 0, conditions[i].word)) {
            *words = conditions[i].words;
            return conditions[i].condition;
        }
    }
    *words = 3;
    return FIGURE;
}

static int check_object(struct run *run, const struct trace_event *ev, const struct words *w, enum condition condition,
                        struct error *error)
{
    uint32_t object;
    enum subject subject = find_subject(run, ev, w, &object, error);
    if (subject == SUBJECT_MISSING)
        return -1;
    switch (condition) {
    case LIVE: return expect_record(run, ev, subject == SUBJECT_LIVE ? NULL : "it has been collected", error);
    case DEAD: return expect_record(run, ev, subject == SUBJECT_DEAD ? NULL : "it is in the heap", error);
    case GARBAGE: return check_garbage(run, ev, subject, object, error);
    case SPACE: return check_space(run, ev, w, subject, object, error);
    case AGE: return check_age(run, ev, w, subject, object, error);
    case RETAINED: return check_retained(run, ev, w, subject, object, error);
    default: return check_color(run, ev, w, subject, object, error);
    }
}

int expect_line(struct run *run, const struct trace_event *ev, struct error *error)
{
    struct words w = split(ev);
    size_t words;
    enum condition condition = find_condition(&w, &words);
    if (w.count != words) {
        fail_at(ev, w.count < words ? (unsigned)w.count + 1 : (unsigned)words + 1, error, "%s",
                w.count > words       ? "extra field behind the condition"
                : condition == FIGURE ? "expected PATH OP VALUE, separated by blanks"
                                      : "missing field in the condition");
        return -1;
    }
    switch (condition) {
    case OOM: return expect_record(run, ev, "the run has not run out of memory", error);
    case LEAK: return check_leak(run, ev, &w, error);
    case FIGURE: return check_figure(run, ev, &w, error);
    default: return check_object(run, ev, &w, condition, error);
    }
}

bool expect_holds(struct run *run, const char *condition, size_t len)
{
    struct trace_event ev = {.op = TRACE_EXPECT,
                             .text = condition,
                             .text_len = (uint32_t)len,
                             .source = condition,
                             .source_len = (uint32_t)len};
    struct error ignored = {0};
    run->probing = true;
    run->probed = false;
    bool told = expect_line(run, &ev, &ignored) == 0;
    run->probing = false;
    error_clear(&ignored);
    return told && run->probed;
}
