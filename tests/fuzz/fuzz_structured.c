/*
 * fuzz_structured.c - bytes as the choices of a small generator of traces: mostly valid events over a few names, in
 * every era and many geometries. The trace runs (verified at each collection), and again line by line; both must come
 * to the same heap; one trace of two is travelled through. If the reference model (tests/model) is linked and the
 * trace is within it, the figures and places must be the model's.
 *
 * Names that have a handle can always be named; now and then any name is chosen, also one that was collected: then the
 * engine says so, and the lines before that one are the trace.
 */
#include "compare.h"
#include "journey.h"
#include "model.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma weak model_run
#pragma weak compare_report
#pragma weak compare_heap

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NAMES = 14, SCOPES_MOST = 6, EVENTS_MOST = 1200 };

struct generator {
    const uint8_t *data;
    size_t size, at;
    FILE *out;
    unsigned handles[NAMES];                   /* handles on what the name names */
    unsigned scope_of[SCOPES_MOST + 1][NAMES]; /* and those made in each scope */
    unsigned depth;
    bool known[NAMES];   /* it has been allocated */
    uint8_t kind[NAMES]; /* index in kinds */
    bool far;            /* limits are far away, and the trace may be within the model */
    bool marking;        /* the trace has started marking */
    unsigned events;
};

static const char *const names[NAMES] = {"1",   "2",   "3",  "17",  "a", "b",  "key",
                                         "map", "x/y", "01", "q-1", "z", "K9", "_"};
static const char *const slots[] = {"", ".0", ".1", ".7", ".next", ".v", ".300000000", ".a.b"};
static const struct {
    const char *word;
    const char *size; /* fixed */
    bool holds, collects;
} kinds[] = {
    {"object", NULL, true, false},  {"array", NULL, true, false},   {"closure", NULL, true, false},
    {"string", NULL, false, false}, {"buffer", NULL, false, false}, {"weakmap", NULL, true, true},
    {"weakset", NULL, true, true},  {"code", NULL, true, false},    {"map", "-", true, false},
    {"cell", "-", true, false},     {"propcell", "-", true, false}, {"number", NULL, false, false},
};
enum { SLOTS = sizeof slots / sizeof *slots, KINDS = sizeof kinds / sizeof *kinds };
static const unsigned sizes[] = {8, 16, 24, 40, 56, 64, 100, 128, 200, 248, 256, 264, 400, 900, 3000, 9000};
enum { SIZES = sizeof sizes / sizeof *sizes };

/* The next choice among n; 0 when there are no bytes left. */
static unsigned choose(struct generator *g, unsigned n)
{
    return g->at < g->size ? g->data[g->at++] % n : 0;
}

__attribute__((format(printf, 2, 3))) static void put(struct generator *g, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(g->out, format, args);
    va_end(args);
}

static void configure(struct generator *g)
{
    static const unsigned pages[] = {512, 1024, 4096, 65536};
    unsigned page = pages[choose(g, 4)], semi = 1 + choose(g, 4), flags = choose(g, 64);
    put(g, "set era %s\nset page-size %u\nset page-header %u\n", era_word((enum era)choose(g, ERA_COUNT)), page,
        flags & 1 ? 64u : 32u);
    put(g, "set min-semi-space-size %u\nset max-semi-space-size %u\n", page * semi, page * semi * (1 + choose(g, 4)));
    put(g, "set large-object-size %u\n", flags & 2 ? page / 4 : page / 2);
    g->far = (flags & 4) != 0;
    if (g->far) {
        put(g,
            "set max-old-space-size 1G\nset initial-old-space-size 500M\nset external-limit 1G\nset limit-min-step 200M\nset marking-start-min 1G\n");
    } else if (flags & 8) { /* near */
        put(g, "set max-old-space-size %u\n", page * (6 + choose(g, 40)));
    }
    if (flags & 16)
        put(g, "set scavenge-buffer %u\n", page / 2 >> choose(g, 4));
    if (flags & 32)
        put(g, "set promotion-threshold %u\n", choose(g, 101));
}

/* A name that can be named: one with a handle; seldom any known one. NAMES if there is none. */
static unsigned some(struct generator *g)
{
    unsigned n = choose(g, 256), start = n % NAMES;
    bool any = n >= 240;
    for (unsigned i = 0; i < NAMES; i++) {
        unsigned name = (start + i) % NAMES;
        if (g->handles[name] > 0 || (any && g->known[name]))
            return name;
    }
    return NAMES;
}

static unsigned some_collection(struct generator *g)
{
    unsigned start = choose(g, NAMES);
    for (unsigned i = 0; i < NAMES; i++) {
        unsigned name = (start + i) % NAMES;
        if (g->handles[name] > 0 && kinds[g->kind[name]].collects)
            return name;
    }
    return NAMES;
}

static void alloc(struct generator *g)
{
    unsigned name = choose(g, NAMES), kind = choose(g, 24), size = sizes[choose(g, SIZES)], in = choose(g, 3);
    kind = kind < KINDS ? kind : 0;
    unsigned holder = in == 0 ? some(g) : NAMES;
    if (g->handles[name] > 0)
        return;
    put(g, "alloc %s ", names[name]);
    if (kinds[kind].size != NULL)
        put(g, "%s", kinds[kind].size);
    else
        put(g, "%u", size);
    put(g, " %s", kinds[kind].word);
    if (holder < NAMES && kinds[g->kind[holder]].holds) {
        put(g, " in %s%s", names[holder], slots[choose(g, SLOTS)]);
    } else {
        g->handles[name]++;
        g->scope_of[g->depth][name]++;
    }
    put(g, "%s\n", choose(g, 8) == 1 ? " @site" : "");
    g->known[name] = true;
    g->kind[name] = (uint8_t)kind;
}

/* Takes a handle on name out of the innermost scope that has one. */
static void release(struct generator *g, unsigned name)
{
    for (unsigned d = g->depth + 1; d-- > 0;) {
        if (g->scope_of[d][name] > 0) {
            g->scope_of[d][name]--;
            g->handles[name]--;
            put(g, "release %s\n", names[name]);
            return;
        }
    }
}

static void leave(struct generator *g)
{
    for (unsigned n = 0; n < NAMES; n++) {
        g->handles[n] -= g->scope_of[g->depth][n];
        g->scope_of[g->depth][n] = 0;
    }
    g->depth--;
    put(g, "leave\n");
}

static void store(struct generator *g, const char *event)
{
    unsigned src = some(g), dst = some(g), slot = choose(g, SLOTS);
    if (src == NAMES || dst == NAMES || !kinds[g->kind[src]].holds)
        return;
    slot = strcmp(event, "weak") == 0 && slot == 0 ? 1 : slot;
    put(g, "%s %s%s %s\n", event, names[src], slots[slot], names[dst]);
}

static void unref(struct generator *g)
{
    unsigned src = some(g), slot = choose(g, 2 * SLOTS);
    if (src < NAMES && slot > 0 && slot < SLOTS) {
        put(g, "unref %s%s\n", names[src], slots[slot]);
    } else if (src < NAMES) {
        unsigned dst = some(g);
        put(g, "unref %s %s\n", names[src], names[dst < NAMES ? dst : src]);
    }
}

static void entry(struct generator *g)
{
    unsigned map = some_collection(g), key = some(g), value = some(g), how = choose(g, 8);
    if (map == NAMES || key == NAMES || value == NAMES)
        return;
    if (how == 0)
        put(g, "unentry %s %s\n", names[map], names[key]);
    else if (how < 3 || strcmp(kinds[g->kind[map]].word, "weakset") == 0)
        put(g, "entry %s %s\n", names[map], names[key]);
    else
        put(g, "entry %s %s %s\n", names[map], names[key], names[value]);
}

/* A burst of allocations: many slots, or much garbage. */
static void burst(struct generator *g)
{
    unsigned holder = some(g), times = choose(g, 60), size = sizes[choose(g, 10)], how = choose(g, 4);
    g->events += times;
    if (holder < NAMES && kinds[g->kind[holder]].holds && how > 0) {
        put(g, "repeat %u as i\nalloc t%s 8 in %s%s\nend\n", times, how == 1 ? "$i" : "", names[holder],
            how == 2 ? ".$i" : "");
    } else {
        put(g, "repeat %u\nalloc garbage %u\nrelease garbage\nend\n", times, size);
    }
}

/* Marking by hand: start, steps, finish. Marking that has started by itself makes "gc start" an error. */
static void mark(struct generator *g)
{
    unsigned how = choose(g, 4);
    if (!g->marking) {
        put(g, "gc start\n");
        g->marking = true;
    } else if (how > 0) {
        put(g, "gc step %u\n", sizes[choose(g, SIZES)]);
    } else {
        put(g, "gc finish\n");
        g->marking = false;
    }
}

static void event(struct generator *g)
{
    static const char *const gcs[] = {"minor", "minor", "minor", "major", "compact", "minor", "", "major"};
    unsigned name;
    switch (choose(g, 32)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
    case 7: alloc(g); break;
    case 8:
    case 9:
    case 10:
    case 11:
    case 12: store(g, "ref"); break;
    case 13:
    case 14: store(g, "weak"); break;
    case 15:
    case 16: unref(g); break;
    case 17:
    case 18:
    case 19: entry(g); break;
    case 20:
    case 21:
    case 22:
        name = some(g);
        if (name < NAMES)
            release(g, name);
        break;
    case 23:
        name = some(g);
        if (name < NAMES && g->handles[name] > 0) {
            g->handles[name]++;
            g->scope_of[g->depth][name]++;
            put(g, "root %s\n", names[name]);
        }
        break;
    case 24:
        if (g->depth < SCOPES_MOST) {
            g->depth++;
            put(g, "enter\n");
        }
        break;
    case 25:
        if (g->depth > 0)
            leave(g);
        break;
    case 26:
        name = some(g);
        if (name < NAMES)
            put(g, "external %s %u\n", names[name], choose(g, 4) * 3000);
        break;
    case 27:
        name = some(g);
        if (name < NAMES)
            put(g, "%s %s%s\n", choose(g, 2) ? "finalize" : "use", names[name], "");
        break;
    case 28: burst(g); break;
    case 29: put(g, "idle 1ms\n"); break;
    case 30:
        if (!g->far) {
            mark(g);
            break;
        }
        /* fall through */
    default:
        put(g, "gc %s\n", gcs[choose(g, 8)]);
        g->marking = false;
        break;
    }
}

/* ---- running it ---- */

__attribute__((format(printf, 3, 4))) static void broken(const char *trace, size_t len, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "fuzz_structured: ");
    vfprintf(stderr, format, args);
    fprintf(stderr, "\n---- trace\n%.*s----\n", (int)len, trace);
    va_end(args);
    abort();
}

/* Runs the trace, each time at most batch lines. The line that is wrong, or 0. */
static uint64_t run_trace(struct run *run, const char *trace, size_t len, uint64_t batch)
{
    struct run_options options = {.verify = true};
    struct error error = {0};
    enum run_state state = RUN_MORE;
    if (run_open_memory(run, "fuzz.trace", trace, len, &options, &error))
        broken(trace, len, "it cannot be opened: %s", error_text(&error));
    while (state == RUN_MORE)
        state = run_advance(run, batch, &error);
    uint64_t line = state == RUN_FAILED ? error.line : 0;
    if (run->verify_error.kind != ERROR_NONE || (state == RUN_FAILED && (line == 0 || error.kind != ERROR_INPUT)))
        broken(trace, len, "line %" PRIu64 ": %s", error.line, error_text(&error));
    error_clear(&error);
    return line;
}

/* The length of the trace up to, not including, a line; a repeat that it stands in is left out too. */
static size_t lines_before(const char *trace, size_t len, uint64_t line)
{
    size_t at = 0, repeat = SIZE_MAX;
    for (uint64_t n = 1; n < line; n++) {
        if (len - at > 7 && memcmp(trace + at, "repeat ", 7) == 0)
            repeat = at;
        else if (len - at > 3 && memcmp(trace + at, "end", 3) == 0)
            repeat = SIZE_MAX;
        const char *end = memchr(trace + at, '\n', len - at);
        at = end == NULL ? len : (size_t)(end - trace) + 1;
    }
    return repeat < at ? repeat : at;
}

static char *heap_text(const struct run *run)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    if (out == NULL || report_write_heap(&run->current->heap, out))
        abort();
    fclose(out);
    return text;
}

static void compare_with_model(const struct run *run, const char *trace, size_t len)
{
    char *json_text = NULL, *heap = NULL, *why = NULL, *error = NULL;
    size_t json_len, heap_len, why_len;
    FILE *json_out = open_memstream(&json_text, &json_len), *heap_out = open_memstream(&heap, &heap_len);
    int status = model_run(trace, len, json_out, heap_out, &error);
    fclose(json_out);
    fclose(heap_out);
    if (status == 0) {
        json_t *expected = json_loads(json_text, 0, NULL), *found = report_json(run);
        char *found_heap = heap_text(run);
        FILE *out = open_memstream(&why, &why_len);
        int differences = compare_report(expected, found, out) + compare_heap(heap, found_heap, out);
        fclose(out);
        if (differences > 0)
            broken(trace, len, "the model differs\n%s", why);
        json_decref(expected);
        json_decref(found);
        free(found_heap);
    } else if (strstr(error, "beyond the model") == NULL) {
        broken(trace, len, "the model refuses it: %s", error);
    }
    free(json_text);
    free(heap);
    free(why);
    free(error);
}

/* Runs the valid part of a trace. */
static void check(const char *trace, size_t len)
{
    struct run run, again;
    uint64_t wrong;
    while ((wrong = run_trace(&run, trace, len, 0)) != 0) {
        run_close(&run);
        len = lines_before(trace, len, wrong);
    }
    run_trace(&again, trace, len, 1);
    if (heap_hash(&run.current->heap) != heap_hash(&again.current->heap))
        broken(trace, len, "line by line it is another heap");
    run_close(&again);
    if (model_run != NULL && compare_report != NULL && compare_heap != NULL && !run.current->heap.out_of_memory)
        compare_with_model(&run, trace, len);
    run_close(&run);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct generator g = {.data = data, .size = size};
    char *trace = NULL;
    size_t len = 0;
    g.out = open_memstream(&trace, &len);
    if (g.out == NULL)
        return 0;
    configure(&g);
    while (g.at < g.size && g.events++ < EVENTS_MOST)
        event(&g);
    fclose(g.out);
    if (getenv("FUZZ_SHOW") != NULL)
        fwrite(trace, 1, len, stderr);
    check(trace, len);
    if (size % 2 == 0)
        journey(trace, len);
    free(trace);
    return 0;
}
