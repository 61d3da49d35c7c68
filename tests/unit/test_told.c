/* test_told.c - what is told in lines: the heap dump, the event stream, narration, the summary, fatal words. */
#include "report/report.h"
#include "runs.h"

#include "checks.h"
#include "heap/figures.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the heap dump ---- */

static int write_heap(const struct run *run, FILE *file)
{
    return report_write_heap(&run->current->heap, file);
}

/* Takes the next line off *text and reads it. NULL at the end. */
static json_t *next_line(char **text)
{
    char *end = strchr(*text, '\n');
    if (end == NULL)
        return NULL;
    json_error_t error;
    json_t *value = json_loadb(*text, (size_t)(end - *text), JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(value != NULL, "%s: %.*s", error.text, (int)(end - *text), *text);
    *text = end + 1;
    return value;
}

static json_int_t integer(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    ck_assert_msg(json_is_integer(value), "%s", key);
    return json_integer_value(value);
}

static const char *string(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* The keys of an object, with a blank between them. */
static void keys_are(const json_t *object, const char *expected)
{
    char keys[256] = "";
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        strcat(keys, keys[0] ? " " : "");
        strcat(keys, key);
    }
    ck_assert_str_eq(keys, expected);
}

START_TEST(a_dump_line_by_line)
{
    static const char trace[] = "alloc a 40\nalloc b 24 weakmap\nref a.left b\nref a b\nref a.7 a\nweak a.w b\n"
                                "alloc big 600 array\nref a.x b\nunref a.x\nalloc k 16 in a.k\nentry b k a\nentry b a\n"
                                "alloc code 16 code\nalloc k 32 buffer\nref a.\"q b\n";
    static const char expected[] =
        "{\"id\":1,\"name\":\"a\",\"kind\":\"object\",\"size\":40,\"space\":\"new\",\"page\":0,\"offset\":0,\"age\":0,"
        "\"color\":\"white\",\"rooted\":true,\"slots\":[[\"left\",2],[null,2],[\"7\",1],[\"w\",2,\"weak\"],[\"k\",3],"
        "[\"\\\"q\",2]]}\n"
        "{\"id\":2,\"name\":\"b\",\"kind\":\"weakmap\",\"size\":24,\"space\":\"new\",\"page\":0,\"offset\":40,\"age\":"
        "0,"
        "\"color\":\"white\",\"rooted\":true,\"slots\":[],\"entries\":[[3,1],[1,null]]}\n"
        "{\"id\":3,\"name\":null,\"kind\":\"object\",\"size\":16,\"space\":\"new\",\"page\":0,\"offset\":64,\"age\":0,"
        "\"color\":\"white\",\"rooted\":false,\"slots\":[]}\n"
        "{\"id\":4,\"name\":\"k\",\"kind\":\"buffer\",\"size\":32,\"space\":\"new\",\"page\":0,\"offset\":80,\"age\":0,"
        "\"color\":\"white\",\"rooted\":true,\"slots\":[]}\n"
        "{\"id\":5,\"name\":\"code\",\"kind\":\"code\",\"size\":16,\"space\":\"code\",\"page\":0,\"offset\":0,\"age\":"
        "0,"
        "\"color\":\"white\",\"rooted\":true,\"slots\":[]}\n"
        "{\"id\":6,\"name\":\"big\",\"kind\":\"array\",\"size\":600,\"space\":\"large\",\"page\":0,\"offset\":0,"
        "\"age\":0,"
        "\"color\":\"white\",\"rooted\":true,\"slots\":[]}\n";
    struct run run;
    runs_text(&run, trace, NULL);
    char *text = runs_written(write_heap, &run);
    ck_assert_str_eq(text, expected);
    free(text);
    run_close(&run);
}
END_TEST

/* Ids count the lines, references name lines, places rise within a space, sums agree with the spaces' figures. */
START_TEST(a_dump_agrees_with_the_heap)
{
    struct run run;
    char *trace = runs_medley(era_at(_i));
    runs_text(&run, trace, NULL);
    char *text = runs_written(write_heap, &run), *at = text;
    uint64_t bytes[SPACE_COUNT] = {0}, objects[SPACE_COUNT] = {0};
    json_int_t page = 0, offset = 0, n = 0;
    unsigned space = 0;
    for (json_t *line; (line = next_line(&at)) != NULL; json_decref(line)) {
        ck_assert_int_eq(integer(line, "id"), ++n);
        const char *name = string(line, "space");
        enum space_id id = space_by_name(run.current->heap.config.era, name, strlen(name));
        ck_assert(id < SPACE_COUNT && id >= space);
        if (id != space)
            page = offset = 0;
        space = id;
        ck_assert_int_ge(integer(line, "page"), page);
        ck_assert(integer(line, "page") > page || integer(line, "offset") >= offset);
        page = integer(line, "page");
        offset = integer(line, "offset") + integer(line, "size");
        bytes[id] += (uint64_t)integer(line, "size");
        objects[id]++;
        size_t i;
        json_t *slot;
        json_array_foreach(json_object_get(line, "slots"), i, slot)
        {
            json_int_t target = json_integer_value(json_array_get(slot, 1));
            ck_assert(target >= 1 && (uint64_t)target <= run.current->heap.live);
        }
    }
    ck_assert_uint_eq((uint64_t)n, run.current->heap.live);
    for (unsigned id = 0; id < SPACE_COUNT; id++) {
        if (!era_has_space(run.current->heap.config.era, (enum space_id)id))
            continue;
        struct space_figures f = heap_space_figures(&run.current->heap, (enum space_id)id);
        ck_assert_uint_eq(f.used, bytes[id]);
        ck_assert_uint_eq(f.objects, objects[id]);
    }
    free(text);
    free(trace);
    run_close(&run);
}
END_TEST

/* ---- the event stream ---- */

/* A run of the trace with its event stream: new, free() it. */
static char *events_of(const char *trace)
{
    struct run run;
    struct run_options options = {.hooks = {.figure = report_figure}};
    struct error error = {0};
    struct event_stream stream;
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);
    ck_assert_int_eq(run_open_memory(&run, "test.trace", trace, strlen(trace), &options, &error), 0);
    event_stream_init(&stream, file);
    run_listen(&run, &stream.listener);
    while (run_advance(&run, 0, &error) == RUN_MORE)
        continue;
    ck_assert_msg(error.kind == ERROR_NONE, "%s", error_text(&error));
    ck_assert(!stream.failed);
    fclose(file);
    run_close(&run);
    return text;
}

/* The keys that a line of that kind must have behind e, t, k, addr and name, from the table's list of fields. */
static void expected_keys(enum happening_kind kind, bool object, char *keys)
{
    strcpy(keys, object ? "e t k addr name" : "e t k");
    for (const char *at = happening_fields(kind); *at != '\0';) {
        size_t len = strcspn(at, ":");
        char type = at[len + 1];
        if (type == 'o')
            sprintf(keys + strlen(keys), " %.*s %.*s_name", (int)len, at, (int)len, at);
        else
            sprintf(keys + strlen(keys), " %.*s", type == 'w' ? 9 : (int)len, type == 'w' ? "promotion" : at);
        at += len + 2;
        at += *at == ' ';
    }
    if (kind == HAPPENING_PROMOTE)
        strcat(keys, " rule");
}

static enum happening_kind kind_of(const char *word)
{
    unsigned kind = 0;
    while (kind < HAPPENING_COUNT && strcmp(happening_word((enum happening_kind)kind), word) != 0)
        kind++;
    ck_assert_msg(kind < HAPPENING_COUNT, "%s", word);
    return (enum happening_kind)kind;
}

START_TEST(every_event_has_its_fields)
{
    char *trace = runs_medley(era_at(_i)), *text = events_of(trace), *at = text, keys[256];
    json_int_t event = 0, time = 0;
    unsigned seen[HAPPENING_COUNT] = {0};
    for (json_t *line; (line = next_line(&at)) != NULL; json_decref(line)) {
        enum happening_kind kind = kind_of(string(line, "k"));
        seen[kind]++;
        expected_keys(kind, json_object_get(line, "addr") != NULL, keys);
        keys_are(line, keys);
        ck_assert(integer(line, "e") >= event && integer(line, "t") >= time);
        event = integer(line, "e");
        time = integer(line, "t");
    }
    static const enum happening_kind told[] = {
        HAPPENING_ALLOC,   HAPPENING_BARRIER, HAPPENING_GC_BEGIN, HAPPENING_FLIP,     HAPPENING_MOVE,
        HAPPENING_PROMOTE, HAPPENING_DEAD,    HAPPENING_PAGE,     HAPPENING_EXTERNAL, HAPPENING_GC_END};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        ck_assert_msg(seen[told[i]] != 0, "no %s", happening_word(told[i]));
    free(text);
    free(trace);
}
END_TEST

/* The first line of that kind, NULL if there is none: new. */
static json_t *first_line(char *text, const char *kind)
{
    json_t *line;
    while ((line = next_line(&text)) != NULL && strcmp(string(line, "k"), kind) != 0)
        json_decref(line);
    return line;
}

START_TEST(an_entry_tells_key_and_value)
{
    static const char *const values[] = {"v", NULL};
    char *text = events_of("alloc m 8 weakmap\nalloc k 8\nalloc v 8\nentry m k v\nentry m k\nunentry m k\n"),
         *at = text;
    for (size_t i = 0; i < 3; i++) /* the objects */
        json_decref(next_line(&at));
    for (size_t i = 0; i < 2; i++) {
        json_t *line = next_line(&at);
        ck_assert_str_eq(string(line, "k"), "entry");
        ck_assert_str_eq(string(line, "name"), "m");
        ck_assert_str_eq(string(line, "key_name"), "k");
        ck_assert_int_eq(integer(line, "e"), 4 + (json_int_t)i);
        if (values[i])
            ck_assert_str_eq(string(line, "value_name"), values[i]);
        else
            ck_assert(json_is_null(json_object_get(line, "value")));
        json_decref(line);
    }
    json_t *line = next_line(&at);
    ck_assert_str_eq(string(line, "k"), "unentry");
    ck_assert_str_eq(string(line, "key_name"), "k");
    json_decref(line);
    free(text);
}
END_TEST

/* Of several slots without a name it takes this to tell which is clear now. */
START_TEST(what_a_cleared_slot_held_is_told)
{
    static const char *const slots[] = {NULL, "7", "7"}, *const held[] = {"b", "b", NULL};
    char *text = events_of("alloc a 8\nalloc b 8\nref a a\nref a b\nref a.7 b\nunref a b\nunref a b\nunref a.7\n");
    char *at = text;
    for (size_t i = 0; i < 5; i++) /* the objects, and what is stored */
        json_decref(next_line(&at));
    for (size_t i = 0; i < 3; i++) {
        json_t *line = next_line(&at);
        ck_assert_str_eq(string(line, "k"), "clear");
        ck_assert_str_eq(string(line, "name"), "a");
        ck_assert_pstr_eq(string(line, "slot"), slots[i]);
        ck_assert_pstr_eq(string(line, "target_name"), held[i]);
        ck_assert(json_is_null(json_object_get(line, "target")) == (held[i] == NULL));
        json_decref(line);
    }
    ck_assert_str_eq(at, "");
    free(text);
}
END_TEST

/* Both barriers act on the slot that has just been stored to; a word of an entry has none. */
START_TEST(a_barrier_tells_its_slot)
{
    static const char trace[] =
        "set era %s\nalloc pad 400 array\nalloc map 64 weakmap\nalloc a 32\nalloc b 32\ngc\ngc\n"
        "gc start\ngc step 64\nalloc v 16\nref a.v v\nalloc x 16\nref b x\nalloc k 16\n"
        "entry map k x\ngc\n";
    char whole[sizeof trace + 16];
    snprintf(whole, sizeof whole, trace, era_at(_i));
    char *text = events_of(whole), *at = text, *slot = NULL;
    unsigned seen[2][2] = {{0}}; /* generational or marking; with a slot's name or without */
    for (json_t *line; (line = next_line(&at)) != NULL; json_decref(line)) {
        const char *kind = string(line, "k"), *its = string(line, "slot");
        if (strcmp(kind, "barrier") == 0) {
            ck_assert_pstr_eq(its, slot);
            seen[json_is_true(json_object_get(line, "generational"))][slot != NULL]++;
        } else if (strcmp(kind, "store") == 0 || strcmp(kind, "entry") == 0) {
            free(slot);
            slot = its == NULL ? NULL : strdup(its);
        }
    }
    ck_assert(seen[0][0] > 0 && seen[0][1] > 0 && seen[1][0] > 0 && seen[1][1] > 0);
    free(slot);
    free(text);
}
END_TEST

/* From its beginning to its end a pause lasts as long as it says, its fixed costs included. */
START_TEST(a_pause_begins_at_its_beginning)
{
    char *trace = runs_medley(era_at(_i)), *text = events_of(trace), *at = text;
    json_int_t begin = -1, pauses = 0;
    for (json_t *line; (line = next_line(&at)) != NULL; json_decref(line)) {
        if (strcmp(string(line, "k"), "gc-begin") == 0)
            begin = integer(line, "t");
        if (strcmp(string(line, "k"), "gc-end") != 0)
            continue;
        ck_assert_int_eq(integer(line, "t") - begin, integer(line, "pause_ns"));
        pauses++;
    }
    ck_assert_int_gt(pauses, 1);
    free(text);
    free(trace);
}
END_TEST

START_TEST(a_promotion_tells_its_rule)
{
    char *text = events_of("alloc a 256\nalloc b 248\nalloc c 16\ngc minor\n");
    json_t *line = first_line(text, "promote");
    ck_assert_ptr_nonnull(line);
    ck_assert_str_eq(string(line, "name"), "b");
    ck_assert_str_eq(string(line, "promotion"), "by_threshold");
    ck_assert_str_eq(string(line, "rule"), "256 + 248 \xE2\x89\xA5 25 % of 1920: promoted");
    json_decref(line);
    free(text);
    text = events_of("alloc a 16\ngc minor\ngc minor\n");
    line = first_line(text, "promote");
    ck_assert_ptr_nonnull(line);
    ck_assert_str_eq(string(line, "promotion"), "by_age");
    ck_assert_str_eq(string(line, "rule"), "0:0 lies below the age mark 0:16: promoted");
    json_decref(line);
    free(text);
}
END_TEST

/* Follows the stream's colors: what it says of each name since the last major. */
static void note_color(json_t *colors, json_t *line)
{
    const char *kind = string(line, "k");
    if (strcmp(kind, "mark") == 0)
        json_object_set(colors, string(line, "name"), json_object_get(line, "color"));
    else if (strcmp(kind, "gc-end") == 0 && strcmp(string(line, "type"), "scavenge") != 0)
        json_object_clear(colors);
}

static unsigned count_color(json_t *colors, const char *color)
{
    const char *name;
    json_t *value;
    unsigned count = 0;
    json_object_foreach(colors, name, value) count += strcmp(json_string_value(value), color) == 0;
    return count;
}

/*
 * Who follows "mark" knows all colors: of objects born black, of the book's hosts made grey again, of one that a step
 * stopped in.
 */
START_TEST(every_color_is_told)
{
    static const char story[] =
        "set era %s\nalloc b 600 array\nalloc a 64\ngc start\ngc step 64\nalloc n 32\nref a.x n\n"
        "gc step 100\nalloc c 64 code\n%s";
    static const unsigned grey[] = {2, 1, 1}; /* b, half scanned; in the book a, again */
    char trace[300];
    for (int end = 0; end < 2; end++) {
        snprintf(trace, sizeof trace, story, era_at(_i), end ? "gc step 8\nexpect color b grey\n" : "");
        char *text = events_of(trace), *at = text;
        json_t *colors = json_object();
        for (json_t *line; (line = next_line(&at)) != NULL; json_decref(line)) {
            note_color(colors, line);
            if (strcmp(string(line, "k"), "step") == 0)
                ck_assert_uint_eq((unsigned)integer(line, "grey"), count_color(colors, "grey"));
        }
        ck_assert_uint_eq(count_color(colors, "grey"), grey[_i]);
        ck_assert_int_eq(json_object_get(colors, "c") != NULL, _i != 0);
        ck_assert_str_eq(string(colors, "a"), _i == 0 ? "grey" : "black");
        json_decref(colors);
        free(text);
    }
}
END_TEST

/* Each pause is told, the start of a cycle too: they add up to the collector's time. */
START_TEST(every_pause_is_told)
{
    static const char story[] =
        "set era %s\nset max-old-space-size 1M\nset marking-start-min 1M\nalloc keep 100k array\n"
        "repeat 3\nrepeat 30 as i\nalloc a$i 200\nalloc c$i 96 code\nend\nrepeat 30 as i\n"
        "release a$i\nrelease c$i\nend\ngc\ngc start\ngc step 100\nidle 1us\nrepeat 40 as i\nalloc b$i 64\n"
        "end\ngc finish\nrepeat 40 as i\nrelease b$i\nend\nend\n";
    char trace[500];
    snprintf(trace, sizeof trace, story, era_at(_i));
    char *text = events_of(trace), *at = text;
    json_int_t told = 0, roots = 0, swept = 0;
    for (json_t *line; (line = next_line(&at)) != NULL; json_decref(line)) {
        const char *kind = string(line, "k");
        bool begun = strcmp(kind, "marking-roots") == 0;
        if (begun || strcmp(kind, "step") == 0 || strcmp(kind, "gc-end") == 0)
            told += integer(line, "pause_ns");
        roots += begun ? integer(line, "visited") : 0;
        swept += begun ? integer(line, "swept") : 0;
    }
    struct run run;
    runs_text(&run, trace, NULL);
    ck_assert_uint_eq((uint64_t)told, run.current->heap.counters.gc_ns);
    ck_assert_int_eq(roots, 3);
    ck_assert_int_gt(swept, 0);
    run_close(&run);
    free(text);
}
END_TEST

/* Each limit is told with what made it: the first row's numbers are those of limits_after_a_major in test_gc.c. */
START_TEST(limits_tell_their_rules)
{
    static const struct {
        const char *trace, *rule, *promotion_rule;
    } cases[] = {
        {"alloc x 9000 code\ngc\n", "old bytes 9000 x 1.500 + new space 1920",
         "old bytes 9000 + least step 4096 + new space 1920"},
        {"alloc x 15000 code\ngc\n", "old bytes 15000 x 1.500 + new space 1920",
         "old bytes 15000 x 4/3 + new space 1920"},
        {"alloc x 50000 code\ngc\n", "half of old bytes 50000 + maximum 65536",
         "half of old bytes 50000 + maximum 65536"},
        {"set era node20\nalloc x 9000 code\ngc\n", "old bytes 9000 x 2.000 + new space 1920", NULL},
        {"set era node6\nalloc a 248\nalloc f 248\nalloc g 104\nrelease g\ngc minor\n",
         "limit 61440 x mean survival 0.826", NULL},
        {"set era node6\nalloc a 8\nalloc f 248\nrelease f\ngc minor\n", "old bytes 0 + least step 4096", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char trace[200];
        snprintf(trace, sizeof trace, "set marking-start-min 1M\nset initial-old-space-size 60k\n%s", cases[i].trace);
        char *text = events_of(trace);
        json_t *line = first_line(text, "limit");
        ck_assert_ptr_nonnull(line);
        ck_assert_str_eq(string(line, "rule"), cases[i].rule);
        ck_assert_pstr_eq(json_string_value(json_object_get(line, "promotion_rule")), cases[i].promotion_rule);
        json_decref(line);
        free(text);
        struct run run;
        runs_text(&run, trace, NULL);
        json_t *report = report_json(&run);
        json_t *list = json_object_get(json_object_get(report, "collections"), "list"), *last = json_array_get(list, 0);
        ck_assert_str_eq(string(last, "limit_rule"), cases[i].rule);
        ck_assert_pstr_eq(json_string_value(json_object_get(last, "promotion_limit_rule")), cases[i].promotion_rule);
        json_decref(report);
        run_close(&run);
    }
}
END_TEST

START_TEST(a_full_disk_is_told)
{
    struct run run;
    struct run_options options = {.hooks = {.figure = report_figure}};
    struct error error = {0};
    struct event_stream stream;
    FILE *full = fopen("/dev/full", "w");
    setvbuf(full, NULL, _IONBF, 0);
    ck_assert_int_eq(run_open_memory(&run, "t", "alloc a 16\n", 11, &options, &error), 0);
    event_stream_init(&stream, full);
    run_listen(&run, &stream.listener);
    ck_assert_int_eq(run_advance(&run, 0, &error), RUN_ENDED);
    ck_assert(stream.failed);
    fclose(full);
    run_close(&run);
}
END_TEST

/* ---- narration ---- */

struct narrator {
    struct listener listener;
    unsigned lines;
};

static void narrate(void *self, const struct heap *heap, const struct happening *happening)
{
    char *line = happening_narrate(heap, happening);
    ck_assert_ptr_nonnull(line);
    ck_assert_msg(strpbrk(line, "{}\n") == NULL && strlen(line) > 5, "%s", line);
    free(line);
    ((struct narrator *)self)->lines++;
}

START_TEST(everything_can_be_narrated)
{
    struct run run;
    struct run_options options = {.hooks = {.figure = report_figure}};
    struct error error = {0};
    struct narrator narrator = {0};
    char *trace = runs_medley(era_at(_i));
    narrator.listener = (struct listener){.mask = UINT64_MAX, .hear = narrate, .self = &narrator};
    ck_assert_int_eq(run_open_memory(&run, "t", trace, strlen(trace), &options, &error), 0);
    run_listen(&run, &narrator.listener);
    ck_assert_int_eq(run_advance(&run, 0, &error), RUN_ENDED);
    ck_assert_uint_gt(narrator.lines, 500);
    /* and what did not happen: with values that every table has */
    for (unsigned kind = 0; kind < HAPPENING_COUNT; kind++) {
        for (uint64_t value = 0; value < 2; value++) {
            struct happening happening = {(enum happening_kind)kind, NONE, {0}};
            for (unsigned i = 0; i < HAPPENING_FIELDS; i++)
                happening.value[i] = value;
            narrate(&narrator, &run.current->heap, &happening);
        }
    }
    free(trace);
    run_close(&run);
}
END_TEST

static void narrates(const struct heap *heap, struct happening happening, const char *expected)
{
    char *line = happening_narrate(heap, &happening);
    ck_assert_str_eq(line, expected);
    free(line);
}

START_TEST(narration_in_numbers)
{
    struct run run;
    runs_text(&run, "alloc node5 48\nalloc node6 48\nref node5.next node6\n", NULL);
    struct heap *h = &run.current->heap;
    uint32_t name = names_find(&run.names, "node5", 5), a = heap_find(h, name);
    uint32_t b = heap_find(h, names_find(&run.names, "node6", 5));
    uint32_t count, key = object_slots(h, a, &count)[0].key;
    h->gc.mark_page = 1;
    h->gc.mark_offset = 10;
    narrates(h, (struct happening){HAPPENING_PROMOTE, a, {48, 0, 160, SPACE_OLD, 0, 0, PROMOTION_THRESHOLD, 480, 1920}},
             "node5 promoted from 0:160 to old-pointer, 48 bytes: 432 + 48 \xE2\x89\xA5 25 % of 1920: promoted");
    narrates(h, (struct happening){HAPPENING_PROMOTE, a, {48, 0, 160, SPACE_OLD, 0, 0, PROMOTION_AGE, 480, 1920}},
             "node5 promoted from 0:160 to old-pointer, 48 bytes: 0:160 lies below the age mark 1:80: promoted");
    narrates(h, (struct happening){HAPPENING_STORE, a, {key, b, 1}}, "node5.next = node6 (weak)");
    narrates(h, (struct happening){HAPPENING_CLEAR, a, {key, b}}, "node5.next is cleared, which held node6");
    narrates(h, (struct happening){HAPPENING_CLEAR, a, {3, NONE}}, "node5[3] is cleared, which held nothing");
    narrates(h, (struct happening){HAPPENING_ENTRY, a, {b, a}}, "node5: the entry of node6 holds node5");
    narrates(h, (struct happening){HAPPENING_ENTRY, a, {b, NONE}}, "node5: the entry of node6 holds nothing");
    narrates(h, (struct happening){HAPPENING_UNENTRY, a, {b}}, "node5: the entry of node6 is removed");
    narrates(h, (struct happening){HAPPENING_BARRIER, a, {key, b, 1, 1}},
             "generational barrier: node5.next points to node6, remembered");
    narrates(h, (struct happening){HAPPENING_GC_END, NONE, {7, COLLECTION_SCAVENGE, 1203, 48, 0, 18400}},
             "scavenge 7 ends after 18.4 us: 1 203 bytes copied, 48 promoted, 0 dead");
    narrates(h, (struct happening){HAPPENING_DECISION, NONE, {DECISION_OLD_LIMIT, 24900, 12000}},
             "old bytes with what is asked for 24900 > limit 12000: major");
    narrates(h, (struct happening){HAPPENING_MARKING_ROOTS, NONE, {1, 0, 10}},
             "its start took 10 ns: 1 root, 0 pages swept");
    narrates(h, (struct happening){HAPPENING_MARKING_ROOTS, NONE, {2000, 1, 10}},
             "its start took 10 ns: 2 000 roots, 1 page swept");
    narrates(h, (struct happening){HAPPENING_FINALIZED, NONE, {name}}, "node5 finalized");
    narrates(h, (struct happening){HAPPENING_SHRINK, NONE, {2, 2048, 960}},
             "new space shrinks to 2 048 bytes a semispace: 960 are in use, and memory is short");
    narrates(h, (struct happening){HAPPENING_OOM_COLLECTION, NONE, {70000, 65536, 0}},
             "out of memory: the collection leaves the old generation 70 000 bytes large, of at most 65 536");
    narrates(h, (struct happening){HAPPENING_OOM_COLLECTION, NONE, {54000, 65536, 1}},
             "out of memory: four major collections in a row have left the old generation 80 % full, and the program "
             "less than 40 % of the time");
    h->gc.now.limit_record = (struct limit_record){{6000, 1500, 1920}, LIMIT_GROWN};
    h->gc.now.promotion_limit_made = (struct limit_record){{6000, 4096, 1920}, LIMIT_STEPPED};
    narrates(h, (struct happening){HAPPENING_LIMIT, NONE, {10920, 12016, 6000, 1500, LIMIT_GROWN, LIMIT_KEPT}},
             "the limit is 10 920 now: old bytes 6000 x 1.500 + new space 1920");
    narrates(h, (struct happening){HAPPENING_LIMIT, NONE, {10920, 12016, 6000, 1500, LIMIT_GROWN, LIMIT_STEPPED}},
             "the limit is 10 920 now: old bytes 6000 x 1.500 + new space 1920; "
             "the promotion limit is 12 016: old bytes 6000 + least step 4096 + new space 1920");
    run_close(&run);
}
END_TEST

/* ---- the summary ---- */

/* Columns of UTF-8 text, wide characters counted as the two that this test uses. */
static size_t columns(const char *text, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        n += c < 0x80 ? 1 : c >= 0xC0 ? 2 : 0;
    }
    return n;
}

static void fits(const char *text)
{
    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
        ck_assert_msg(columns(text, (size_t)(end - text)) <= 80, "%.*s", (int)(end - text), text);
        ck_assert_msg(end == text || end[-1] != ' ', "blank at the end: %.*s", (int)(end - text), text);
    }
    ck_assert_str_eq(text, "");
}

START_TEST(a_summary_fits)
{
    struct run run;
    char *trace = runs_medley(era_at(_i));
    runs_text(&run, trace, NULL);
    char *text = runs_written(report_write_summary, &run);
    fits(text);
    ck_assert_ptr_nonnull(strstr(text, "A \"medley\", \xE5\xA0\x86\n"));
    ck_assert_ptr_nonnull(strstr(text, "1 passed, 1 failed\n"));
    ck_assert_ptr_nonnull(strstr(text, "line 46: expect objects.live = 0\n"));
    ck_assert(strncmp(strstr(text, "Outcome"), "Outcome         expectation-failed\n", 35) == 0);
    free(text);
    free(trace);
    run_close(&run);
}
END_TEST

/* Enormous figures, a long title, a long path, words that would move the cursor. */
START_TEST(an_enormous_summary_fits)
{
    struct run run;
    char *trace = runs_medley("node20"), text[400];
    runs_text(&run, trace, NULL);
    struct heap *h = &run.current->heap;
    for (unsigned op = 0; op < TRACE_OP_COUNT; op++)
        run.current->counts[op] = UINT64_C(1099511627776);
    h->event = UINT64_C(1099511627776);
    h->counters.allocated = h->counters.collected = h->counters.peak_live = UINT64_C(1099511627776);
    h->counters.barriers_generational = h->counters.weak_cleared = UINT64_C(1099511627776);
    for (unsigned rule = 0; rule < PROMOTION_RULE_COUNT; rule++)
        h->counters.promotion[rule] = UINT64_C(1099511627776);
    h->counters.peak.rss = UINT64_C(1) << 49;
    h->external = UINT64_C(1) << 49;
    memset(text, '\x1b', sizeof text);
    memcpy(text + 20, "\xE5\xA0\x86\xE5\xA0\x86", 6);
    text[sizeof text - 1] = '\0';
    free(run.title);
    free(run.path);
    run.title = strdup(text);
    run.path = strdup(text);
    char *summary = runs_written(report_write_summary, &run);
    fits(summary);
    ck_assert_ptr_null(strchr(summary, '\x1b'));
    free(summary);
    free(trace);
    run_close(&run);
}
END_TEST

/* ---- fatal words ---- */

static char *oom_of(const char *settings)
{
    char trace[256];
    struct run run;
    snprintf(trace, sizeof trace, "%salloc a 64 array\nrepeat 99999\nalloc b 200 in a\nend\nexpect oom\n", settings);
    runs_text(&run, trace, NULL);
    ck_assert(run.current->heap.out_of_memory);
    char *words = report_oom_words(&run.current->heap);
    ck_assert_ptr_nonnull(words);
    run_close(&run);
    return words;
}

START_TEST(fatal_words_of_the_eras)
{
    static const char *const fatal[] = {
        "FATAL ERROR: CALL_AND_RETRY_2 Allocation failed - process out of memory\n",
        "FATAL ERROR: CALL_AND_RETRY_LAST Allocation failed - JavaScript heap out of memory\n",
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n"};
    static const char *const hint[] = {"node20", "node6", "node20"};
    char settings[64], expected[128];
    snprintf(settings, sizeof settings, "set era %s\n", era_at(_i));
    snprintf(expected, sizeof expected, "(this is the classroom profile, a 64 KiB heap: try --profile %s)\n", hint[_i]);
    char *words = oom_of(settings), *line = strstr(words, "FATAL");
    ck_assert_ptr_nonnull(line);
    ck_assert_msg(strncmp(line, fatal[_i], strlen(fatal[_i])) == 0 ||
                      strncmp(line, "FATAL ERROR: Ineffective mark-compacts near heap limit", 54) == 0,
                  "%s", line);
    ck_assert_pstr_eq(strchr(line, '\n') + 1, expected);
    ck_assert_int_eq(strstr(words, "<--- Last few GCs --->") != NULL, _i != 0);
    free(words);
}
END_TEST

START_TEST(fatal_words_in_full)
{
    struct collection records[20];
    struct run run;
    memset(records, 0, sizeof records);
    for (unsigned i = 0; i < 20; i++) {
        records[i] = (struct collection){.type = i % 4 == 3 ? COLLECTION_MARK_SWEEP : COLLECTION_SCAVENGE,
                                         .reason = i % 4 == 3 ? REASON_LAST_RESORT : REASON_ALLOCATION_FAILURE,
                                         .start_ns = i * UINT64_C(100000000),
                                         .pause_ns = 25000000,
                                         .before = {0, 1400u << 20, 1350u << 20, 0},
                                         .after = {0, 1400u << 20, (1350u << 20) - 60000, 0}};
    }
    runs_text(&run, "set profile node20\nalloc a 16\n", NULL);
    struct heap *h = &run.current->heap;
    vec_free(&h->collections);
    h->collections.data = records;
    h->collections.len = 20;
    char *words = report_oom_words(&run.current->heap);
    ck_assert_pstr_eq(words, "\n<--- Last few GCs --->\n\n"
                             "[1:0x1]     1725 ms: Scavenge 1350.0 (1400.0) -> 1349.9 (1400.0) MB, 25.00 / 0.00 ms  "
                             "(average mu = 0.938, current mu = 0.938) allocation failure; \n"
                             "[1:0x1]     1825 ms: Scavenge 1350.0 (1400.0) -> 1349.9 (1400.0) MB, 25.00 / 0.00 ms  "
                             "(average mu = 0.938, current mu = 0.938) allocation failure; \n"
                             "[1:0x1]     1925 ms: Mark-Compact 1350.0 (1400.0) -> 1349.9 (1400.0) MB, 25.00 / 0.00 ms "
                             " (average mu = 0.938, current mu = 0.938) last resort; GC in old space requested\n"
                             "\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n");
    free(words);
    h->config.era = ERA_NODE6;
    h->collections.len = 4;
    words = report_oom_words(&run.current->heap);
    ck_assert_pstr_eq(
        words, "\n<--- Last few GCs --->\n\n"
               "      25 ms: Scavenge 1350.0 (1400.0) -> 1349.9 (1400.0) MB, 25.0 / 0.0 ms [allocation failure].\n"
               "     125 ms: Scavenge 1350.0 (1400.0) -> 1349.9 (1400.0) MB, 25.0 / 0.0 ms [allocation failure].\n"
               "     225 ms: Scavenge 1350.0 (1400.0) -> 1349.9 (1400.0) MB, 25.0 / 0.0 ms [allocation failure].\n"
               "     325 ms: Mark-sweep 1350.0 (1400.0) -> 1349.9 (1400.0) MB, 25.0 / 0.0 ms [last resort gc].\n"
               "\nFATAL ERROR: CALL_AND_RETRY_LAST Allocation failed - JavaScript heap out of memory\n");
    free(words);
    h->collections.data = NULL;
    h->collections.len = 0;
    run_close(&run);
}
END_TEST

Suite *suite_told(void);
Suite *suite_told(void)
{
    Suite *suite = suite_create("told");
    TCase *dump = tcase_create("heap dump"), *events = tcase_create("events"), *narration = tcase_create("narration"),
          *people = tcase_create("people");
    tcase_add_test(dump, a_dump_line_by_line);
    tcase_add_loop_test(dump, a_dump_agrees_with_the_heap, 0, ERA_COUNT);
    tcase_add_loop_test(events, every_event_has_its_fields, 0, ERA_COUNT);
    tcase_add_test(events, an_entry_tells_key_and_value);
    tcase_add_test(events, what_a_cleared_slot_held_is_told);
    tcase_add_loop_test(events, a_barrier_tells_its_slot, 0, ERA_COUNT);
    tcase_add_loop_test(events, a_pause_begins_at_its_beginning, 0, ERA_COUNT);
    tcase_add_test(events, a_promotion_tells_its_rule);
    tcase_add_loop_test(events, every_color_is_told, 0, ERA_COUNT);
    tcase_add_loop_test(events, every_pause_is_told, 0, ERA_COUNT);
    tcase_add_test(events, limits_tell_their_rules);
    tcase_add_test(events, a_full_disk_is_told);
    tcase_add_loop_test(narration, everything_can_be_narrated, 0, ERA_COUNT);
    tcase_add_test(narration, narration_in_numbers);
    tcase_add_loop_test(people, a_summary_fits, 0, ERA_COUNT);
    tcase_add_test(people, an_enormous_summary_fits);
    tcase_add_loop_test(people, fatal_words_of_the_eras, 0, ERA_COUNT);
    tcase_add_test(people, fatal_words_in_full);
    suite_add_tcase(suite, dump);
    suite_add_tcase(suite, events);
    suite_add_tcase(suite, narration);
    suite_add_tcase(suite, people);
    return suite;
}
