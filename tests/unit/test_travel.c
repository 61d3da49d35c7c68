/*
 * test_travel.c - time travel: the state after going anywhere is the state that was there, to the hash.
 */
#include "heap/figures.h"
#include "randtrace.h"
#include "report/report.h"
#include "runs.h"
#include "seeds.h"
#include "travel/travel.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Suite *suite_travel(void);

/* ---- what a run that goes forward only has seen ---- */

struct seen {
    struct travel_position at;
    uint64_t hash, event, stops, line, expectations, collections;
    bool collected; /* a collection ended in the line before */
    bool chapter;   /* that line is a chapter */
    bool asked;     /* it is a question */
};

struct account {
    char *name;
    const char *text;
    size_t len;
    VEC(struct seen) seen; /* by micro-steps; the end last */
    enum run_state state;  /* how it ended */
    char *error;
};

/* Of all heaps, and of which is the current one. */
static uint64_t hash_of(const struct run *run)
{
    uint64_t hash = run->current->index;
    for (size_t i = 0; i < run_workers(run); i++)
        if (run_worker(run, i)->ready)
            hash = hash * 31 + heap_hash(&run_worker(run, i)->heap);
    return hash;
}

static uint64_t collections_of(const struct run *run)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < run_workers(run); i++)
        sum += run_worker(run, i)->heap.collections.len;
    return sum;
}

static struct seen look(const struct run *run)
{
    return (struct seen){.at = {run->steps, run_micro(run)},
                         .hash = hash_of(run),
                         .event = run_events(run),
                         .stops = run->stops,
                         .line = run->line,
                         .expectations = run->expectations.len,
                         .collections = collections_of(run)};
}

static bool chapter_heard, question_heard;

static void hear_chapter(void *self, const struct run *run, const struct trace_event *event)
{
    (void)self;
    (void)run;
    chapter_heard |= event->op == TRACE_CHAPTER;
    question_heard |= event->op == TRACE_ASK;
}

static void account_of(struct account *r, const char *name, const char *text, size_t len)
{
    struct run run;
    struct error error = {0};
    struct run_options options = {.hooks = {.figure = report_figure, .said = hear_chapter}};
    *r = (struct account){.name = strdup(name), .text = text, .len = len};
    ck_assert_int_eq(run_open_memory(&run, name, text, len, &options, &error), 0);
    uint64_t collections = 0;
    do {
        struct seen seen = look(&run);
        seen.chapter = chapter_heard;
        seen.asked = question_heard;
        seen.collected = seen.at.micro == 0 && seen.collections > collections;
        if (seen.at.micro == 0)
            collections = seen.collections;
        ck_assert_int_eq(vec_push(&r->seen, seen), 0);
        chapter_heard = question_heard = false;
        r->state = run_micro_step(&run, &error);
    } while (r->state == RUN_MORE);
    struct seen end = look(&run);
    end.at = (struct travel_position){run.steps + 1, 0};
    ck_assert_int_eq(vec_push(&r->seen, end), 0);
    r->error = strdup(error_text(&error));
    error_clear(&error);
    run_close(&run);
}

static void free_account(struct account *r)
{
    vec_free(&r->seen);
    free(r->name);
    free(r->error);
}

/* The index of a position in the record. */
static size_t index_of(const struct account *r, struct travel_position at)
{
    size_t low = 0, high = r->seen.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (travel_order(r->seen.data[middle].at, at) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    ck_assert_msg(low < r->seen.len && travel_order(r->seen.data[low].at, at) == 0,
                  "%s: no position %" PRIu64 ":%" PRIu64, r->name, at.step, at.micro);
    return low;
}

/* ---- a travel that is compared with it ---- */

struct journey {
    const struct account *record;
    struct travel *travel;
    struct listener told;
    uint64_t told_micro; /* micro-steps of the heap when something was last told */
    uint64_t forgotten, heard, first_chapters;
};

static void hear(void *self, const struct heap *heap, const struct happening *happening)
{
    struct journey *j = self;
    (void)heap;
    (void)happening;
    j->heard++;
}

static void forget(void *self, const struct run *run)
{
    struct journey *j = self;
    (void)run;
    j->forgotten++;
}

static void first_said(void *self, const struct run *run, const struct trace_event *event)
{
    struct journey *j = self;
    (void)run;
    j->first_chapters += event->op == TRACE_CHAPTER;
}

static void set_out(struct journey *j, const struct account *r, uint64_t budget, uint64_t tail)
{
    struct error error = {0};
    struct travel_options options = {.run = {.hooks = {.figure = report_figure}},
                                     .hooks = {.self = j, .forget = forget, .first_said = first_said},
                                     .budget = budget,
                                     .tail = tail};
    *j = (struct journey){.record = r};
    ck_assert_msg(travel_open_memory(&j->travel, r->name, r->text, r->len, &options, &error) == 0, "%s",
                  error_text(&error));
    j->told = (struct listener){.mask = (UINT64_C(1) << HAPPENING_COUNT) - 1, .hear = hear, .self = j};
    travel_listen(j->travel, &j->told);
}

/* The state shown is the one that was there. */
static size_t compare(const struct journey *j, const char *how)
{
    const struct account *r = j->record;
    const struct run *run = travel_run(j->travel);
    struct travel_position here = travel_here(j->travel);
    size_t index = index_of(r, here);
    struct seen expected = r->seen.data[index], found = look(run);
    ck_assert_msg(found.hash == expected.hash, "%s: %s: another hash at %" PRIu64 ":%" PRIu64, r->name, how, here.step,
                  here.micro);
    ck_assert_msg(found.event == expected.event && found.stops == expected.stops && found.line == expected.line &&
                      found.expectations == expected.expectations && found.collections == expected.collections,
                  "%s: %s: other counts at %" PRIu64 ":%" PRIu64, r->name, how, here.step, here.micro);
    return index;
}

/* Goes to a goal, in pieces of `work`. */
static enum travel_state go(struct journey *j, enum travel_goal goal, uint64_t number, uint64_t work)
{
    struct error error = {0};
    enum travel_state state;
    travel_begin(j->travel, goal, number);
    unsigned pieces = 0;
    while ((state = travel_go(j->travel, work, &error)) == TRAVEL_MORE)
        ck_assert_uint_lt(++pieces, 2000000);
    if (state == TRAVEL_FAILED) {
        ck_assert_str_eq(error_text(&error), j->record->error);
        ck_assert(travel_ended(j->travel));
    }
    error_clear(&error);
    return state;
}

/* Where a goal leads from a place, by the record. */
static size_t goal_of(const struct account *r, size_t from, enum travel_goal goal, uint64_t number)
{
    const struct seen *seen = r->seen.data;
    size_t last = r->seen.len - 1, i = from;
    switch (goal) {
    case TRAVEL_STEP:
        for (i = 0; i < last && seen[i].at.step < number; i++) {
        }
        return i;
    case TRAVEL_EVENT:
        for (i = 0; i < last && (seen[i].event < number || seen[i].at.micro > 0); i++) {
        }
        return i;
    case TRAVEL_FORWARD:
        while (i < last && (seen[i].stops < seen[from].stops + number || seen[i].at.micro > 0))
            i++;
        return i;
    case TRAVEL_MICRO_FORWARD: return from + 1 < last ? from + 1 : last;
    case TRAVEL_NEXT_COLLECTION:
        for (i++; i < last && !seen[i].collected && !seen[i].asked; i++) {
        }
        return i < last ? i : last;
    case TRAVEL_NEXT_CHAPTER:
        for (i++; i < last && !seen[i].chapter && !seen[i].asked; i++) {
        }
        return i < last ? i : last;
    case TRAVEL_LINE:
        for (i++; i < last && (seen[i].at.micro > 0 || seen[i].line < number); i++) {
        }
        return i < last ? i : from;
    case TRAVEL_LINE_BACK:
        while (i > 0 && (i == from || seen[i].at.micro > 0 || seen[i].line != number))
            i--;
        return i > 0 ? i : from;
    default: return last;
    }
}

static void check_goal(struct journey *j, enum travel_goal goal, uint64_t number, uint64_t work)
{
    char how[80];
    struct travel_position here = travel_here(j->travel);
    size_t from = compare(j, "before"), expected = goal_of(j->record, from, goal, number);
    snprintf(how, sizeof how, "goal %d %" PRIu64 " by %" PRIu64 " from %" PRIu64 ":%" PRIu64, (int)goal, number, work,
             here.step, here.micro);
    go(j, goal, number, work);
    size_t found = compare(j, how);
    bool same_stop = goal == TRAVEL_EVENT &&
                     j->record->seen.data[found].event == j->record->seen.data[expected].event && found >= expected;
    ck_assert_msg(found == expected || same_stop, "%s: %s: at %" PRIu64 ":%" PRIu64 " instead of %" PRIu64 ":%" PRIu64,
                  j->record->name, how, travel_here(j->travel).step, travel_here(j->travel).micro,
                  j->record->seen.data[expected].at.step, j->record->seen.data[expected].at.micro);
}

/* Runs ahead, which changes nothing that is shown, and of which no listener hears but those of the frontier. */
static void run_ahead(struct journey *j, uint64_t work)
{
    struct error error = {0};
    struct travel_position here = travel_here(j->travel), frontier = travel_frontier(j->travel);
    uint64_t heard = j->heard, forgotten = j->forgotten;
    size_t before = compare(j, "before running ahead");
    enum travel_state state = travel_ahead(j->travel, work, &error);
    ck_assert_int_ne(state, TRAVEL_FAILED);
    ck_assert_int_eq(error.kind, ERROR_NONE);
    ck_assert_int_eq(travel_order(here, travel_here(j->travel)), 0);
    ck_assert_uint_eq(compare(j, "after running ahead"), before);
    ck_assert(j->heard == heard && j->forgotten == forgotten);
    if (state == TRAVEL_MORE)
        ck_assert_int_gt(travel_order(travel_frontier(j->travel), frontier), 0);
}

/* ---- traces ---- */

static const char with_everything[] =
    "title Everything\nset era %s\nset max-old-space-size 128k\nset initial-old-space-size 100k\n"
    "set marking-start-min 100k\nchapter One\nalloc list 240 array\n"
    "repeat 60 as I\n"
    "  enter f\n  alloc a$I 64 in list.$I\n  alloc b$I 96\n  ref a$I.b b$I\n  expect live a$I\n"
    "  repeat 3 as J\n    ref b$I.$J a$I\n    alloc c-$I-$J 40 string\n  end\n  leave\n"
    "end\n"
    "chapter Two\nnote Half of them go\nrepeat 30 as I\n  unref list.${I}\nend\n"
    "gc minor\nexpect age list 1\ngc start\nalloc w 48 weakmap\nentry w a40 a41\ngc step 300\nask why | so\n"
    "gc step 100000\nalloc z 48\ngc compact\nexpect dead a3\nexpect collections.scavenges > 1000\n"
    "chapter Three\n%s";

static const char fails[] = "gc major\nrelease nothing\n";
static const char runs_out[] = "repeat 3000 as I\n  alloc d$I 200 in list.x$I\nend\nexpect oom\n";
static const char ends[] = "gc major\nidle 1ms\nuse z";

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* Back by single stops from the end to the beginning, or by micro-steps from an early event on. */
static void go_all_the_way_back(struct journey *j, bool micro, uint64_t work)
{
    struct travel_position before;
    go(j, micro ? TRAVEL_EVENT : TRAVEL_END, 150, 0);
    size_t index = compare(j, "end");
    unsigned steps = 0;
    do {
        before = travel_here(j->travel);
        go(j, micro ? TRAVEL_MICRO_BACK : TRAVEL_BACK, 1, work);
        size_t now = compare(j, micro ? "micro back" : "back");
        ck_assert_uint_le(now, index);
        if (micro && j->record->seen.data[now].at.micro > 0) /* no position of the line before is left out */
            ck_assert_uint_eq(now + (travel_order(before, j->record->seen.data[now + 1].at) == 0), index);
        index = now;
        steps++;
    } while (travel_order(before, travel_here(j->travel)) != 0 && steps < 5000);
    go(j, TRAVEL_START, 0, 0);
    ck_assert_msg(compare(j, "start") == index, "%s: came back to %zu only", j->record->name, index);
}

static void travel_through(const char *name, const char *text, size_t len, uint64_t seed)
{
    struct account r;
    struct journey j;
    account_of(&r, name, text, len);
    for (unsigned round = 0; round < 3; round++) {
        uint64_t state = seed * 17 + round, work[] = {0, 50, 1, 1000};
        set_out(&j, &r, round == 0 ? 0 : round == 1 ? 3000000 : 1, round == 2 ? 5 : 0);
        for (unsigned i = 0; i < 30; i++) {
            enum travel_goal goals[] = {TRAVEL_STEP,          TRAVEL_EVENT,           TRAVEL_FORWARD,
                                        TRAVEL_MICRO_FORWARD, TRAVEL_NEXT_COLLECTION, TRAVEL_NEXT_CHAPTER,
                                        TRAVEL_LINE,          TRAVEL_LINE_BACK};
            enum travel_goal goal = goals[next_random(&state) % 8];
            uint64_t last = r.seen.data[r.seen.len - 1].at.step;
            uint64_t number = goal == TRAVEL_STEP || goal == TRAVEL_EVENT ? next_random(&state) % (last + 2)
                              : goal >= TRAVEL_LINE ? 1 + next_random(&state) % (r.seen.data[r.seen.len - 1].line + 2)
                              : goal == TRAVEL_FORWARD ? 1 + next_random(&state) % 40
                                                       : 1;
            if (goal == TRAVEL_EVENT && number == 0)
                number = 1;
            if (goal == TRAVEL_MICRO_FORWARD && travel_here(j.travel).micro == 0)
                continue; /* lines at which nobody stops are passed over: tested apart */
            if (next_random(&state) % 8 == 0)
                run_ahead(&j, next_random(&state) % 300);
            check_goal(&j, goal, number, work[next_random(&state) % 4]);
        }
        if (round == 0) {
            go_all_the_way_back(&j, false, 0);
            go_all_the_way_back(&j, true, seed % 2 ? 0 : 7);
        }
        travel_close(j.travel);
    }
    free_account(&r);
}

static char *everything(const char *era, const char *end)
{
    size_t len = sizeof with_everything + strlen(end) + 20;
    char *text = malloc(len);
    ck_assert_ptr_nonnull(text);
    snprintf(text, len, with_everything, era, end);
    return text;
}

START_TEST(every_goal_leads_to_what_was_there)
{
    static const char *const how[] = {ends, fails, runs_out};
    char name[40], *text = everything(era_at(_i % ERA_COUNT), how[_i / ERA_COUNT]);
    snprintf(name, sizeof name, "%s, ending %d", era_at(_i % ERA_COUNT), _i / ERA_COUNT);
    travel_through(name, text, strlen(text), (uint64_t)_i);
    free(text);
}
END_TEST

/* The whole of a longer trace is known from its beginning, and is then gone through as if nobody had run ahead. */
START_TEST(a_long_trace_is_known_ahead)
{
    static const char text[] = "alloc list 64 array\nrepeat 60000 as i\nalloc t$i 96 string\nrelease t$i\nend\n"
                               "chapter Two\nask Why? | So\nalloc x 48\n";
    struct journey j;
    struct account none = {.name = (char *)"long", .text = text, .len = sizeof text - 1};
    struct error error = {0};
    uint64_t events, steps;
    unsigned slices = 0;
    const struct travel_chapter *chapters;
    set_out(&j, &none, 0, 0);
    go(&j, TRAVEL_EVENT, 7, 0);
    uint64_t hash = hash_of(travel_run(j.travel)), heard = j.heard;
    while (travel_ahead(j.travel, 1000, &error) == TRAVEL_MORE) {
        ck_assert_uint_eq(hash_of(travel_run(j.travel)), hash);
        slices++;
    }
    ck_assert_uint_gt(slices, 10);
    ck_assert(travel_end(j.travel, &events, &steps));
    ck_assert_uint_eq(events, 120002);
    ck_assert_uint_eq(travel_chapters(j.travel, &chapters), 1);
    ck_assert_uint_eq(chapters->event, 120001);
    ck_assert_uint_eq(j.heard, heard);
    for (uint64_t event = 1; event < events; event += 9973)
        ck_assert_int_eq(go(&j, TRAVEL_EVENT, event, 0), TRAVEL_THERE);
    ck_assert_int_eq(go(&j, TRAVEL_END, 0, 0), TRAVEL_ENDED);
    ck_assert_int_eq(error.kind, ERROR_NONE);
    travel_close(j.travel);
}
END_TEST

static void travel_through_seed(uint64_t seed)
{
    size_t len;
    char *text = randtrace(seed, &len), name[32];
    snprintf(name, sizeof name, "seed %" PRIu64, seed);
    travel_through(name, text, len, seed);
    free(text);
}

START_TEST(random_traces_are_travelled_through)
{
    seeds_each(_i, 5, travel_through_seed);
}
END_TEST

START_TEST(traces_that_have_found_something)
{
    static const uint64_t seeds[] = {9, 24, 26};
    travel_through_seed(seeds[_i]);
}
END_TEST

static const char workers[] =
    "title Workers\nalloc list 240 array\nrepeat 20 as I\n  alloc a$I 96 in list.$I\nend\ngc minor\n"
    "worker one\nset era node20\nalloc list 200 array\nrepeat 40 as I\n  alloc b$I 64 in list.$I\nend\ngc start\n"
    "worker main\nexpect live a3\ngc\n"
    "repeat 3 as W\n  worker w$W\n  enter f\n  repeat 30 as I\n    alloc c$I 80\n  end\n  leave\n  gc minor\nend\n"
    "worker one\ngc finish\nchapter Two\n"
    "worker w1\nrepeat 3000 as I\n  alloc d$I 600\nend\nexpect oom\n"
    "worker w2\nrepeat 3000 as I\n  alloc d$I 600\nend\nnote not looked at\nrelease nothing\n"
    "worker main\ngc compact\nexpect dead a3\nworker one\nidle 1ms\ngc compact\n%s";

START_TEST(workers_are_travelled_through)
{
    static const char *const how[] = {"worker main\nuse list", "release nothing\n", "worker late\nalloc x 8\ngc\n"};
    char text[2000], name[40];
    ck_assert_int_lt(snprintf(text, sizeof text, workers, how[_i]), (int)sizeof text);
    snprintf(name, sizeof name, "workers, ending %d", _i);
    travel_through(name, text, strlen(text), (uint64_t)_i);
}
END_TEST

/* ---- goals that look back, and the clock ---- */

START_TEST(previous_ones_and_times_are_found)
{
    char *text = everything(era_at(_i), ends);
    struct account r;
    struct journey j;
    account_of(&r, era_at(_i), text, strlen(text));
    set_out(&j, &r, 0, 0);
    go(&j, TRAVEL_END, 0, 0);
    size_t at = compare(&j, "end");
    const struct travel_chapter *chapters;
    const struct travel_collection *collections;
    ck_assert_uint_eq(travel_chapters(j.travel, &chapters), 3);
    ck_assert_str_eq(chapters[1].text, "Two");
    ck_assert_uint_eq(j.first_chapters, 3);
    size_t collected = travel_collections(j.travel, &collections);
    ck_assert_uint_eq(collected, travel_run(j.travel)->current->heap.collections.len);
    for (unsigned chapter = 0; chapter < 2; chapter++) {
        go(&j, TRAVEL_END, 0, 0);
        at = compare(&j, "end");
        for (;;) {
            size_t expected = at - 1;
            while (expected > 5 && !(chapter ? r.seen.data[expected].chapter : r.seen.data[expected].collected))
                expected--;
            go(&j, chapter ? TRAVEL_PREVIOUS_CHAPTER : TRAVEL_PREVIOUS_COLLECTION, 0, 100);
            at = compare(&j, "previous");
            ck_assert_uint_eq(at, expected);
            if (at == 5) /* behind title and set lines */
                break;
        }
    }
    for (unsigned i = 0; i < 40; i++) {
        uint64_t ns = travel_frontier_ns(j.travel) * (i * 7 % 40) / 40 + 1;
        ck_assert_int_eq(go(&j, TRAVEL_TIME, ns, i % 2 ? 0 : 30), TRAVEL_THERE);
        at = compare(&j, "time");
        ck_assert_uint_ge(heap_now(&travel_run(j.travel)->current->heap), ns);
        go(&j, TRAVEL_STEP, r.seen.data[at].at.step - 1, 0);
        compare(&j, "before that time");
        ck_assert(!travel_run(j.travel)->current->ready || heap_now(&travel_run(j.travel)->current->heap) < ns);
    }
    travel_close(j.travel);
    free_account(&r);
    free(text);
}
END_TEST

/* What is first heard is heard once, however one moves. */
START_TEST(what_is_new_is_heard_once)
{
    char *text = everything("book", ends);
    struct account r;
    struct journey whole, j;
    struct listener first;
    account_of(&r, "first", text, strlen(text));
    uint64_t heard[2];
    for (unsigned i = 0; i < 2; i++) {
        struct journey *now = i ? &j : &whole;
        uint64_t state = 5;
        set_out(now, &r, 0, 0);
        travel_unlisten(now->travel, &now->told);
        first = (struct listener){.mask = (UINT64_C(1) << HAPPENING_COUNT) - 1, .hear = hear, .self = now};
        travel_listen_first(now->travel, &first);
        for (unsigned n = 0; i == 1 && n < 60; n++) {
            go(now, TRAVEL_STEP, next_random(&state) % 900, n % 3 * 11);
            go(now, n % 2 ? TRAVEL_BACK : TRAVEL_MICRO_FORWARD, 1, 3);
            compare(now, "on the way");
        }
        go(now, TRAVEL_END, 0, 0);
        heard[i] = now->heard;
        travel_close(now->travel);
    }
    ck_assert_uint_gt(heard[0], 1000);
    ck_assert_uint_eq(heard[0], heard[1]);
    free_account(&r);
    free(text);
}
END_TEST

/* What is told behind "forget" is what led here; and nothing is told twice on the way forward. */
START_TEST(what_is_told_leads_here)
{
    char *text = everything("book", ends);
    struct account r;
    struct journey j;
    struct error error = {0};
    account_of(&r, "told", text, strlen(text));
    set_out(&j, &r, 0, 10);
    while (travel_play(j.travel, 7, 0, &error) == TRAVEL_THERE) {
    }
    uint64_t all = j.heard;
    ck_assert_uint_eq(j.forgotten, 0);
    compare(&j, "played");
    go(&j, TRAVEL_STEP, 600, 0);
    ck_assert_uint_eq(j.forgotten, 1);
    j.heard = 0;
    go(&j, TRAVEL_STEP, 605, 0); /* near: simply goes on */
    ck_assert_uint_eq(j.forgotten, 1);
    uint64_t some = j.heard;
    go(&j, TRAVEL_STEP, 590, 0);
    ck_assert_uint_eq(j.forgotten, 2);
    j.heard = 0;
    go(&j, TRAVEL_STEP, 600, 0);
    ck_assert_uint_eq(j.forgotten, 2);
    j.heard = 0;
    go(&j, TRAVEL_STEP, 605, 1);
    ck_assert_uint_eq(j.heard, some);
    ck_assert(travel_in_history(j.travel));
    go(&j, TRAVEL_START, 0, 0);
    j.heard = 0;
    while (travel_play(j.travel, 1, 0, &error) == TRAVEL_THERE) {
    }
    ck_assert_uint_eq(j.heard, all);
    travel_close(j.travel);
    free_account(&r);
    free(text);
}
END_TEST

START_TEST(a_pipe_is_travelled_through)
{
    char *text = everything("node6", ends);
    struct account r;
    int ends_of[2];
    char path[40];
    account_of(&r, "pipe", text, strlen(text));
    ck_assert_int_eq(pipe(ends_of), 0);
    if (fork() == 0) {
        close(ends_of[0]);
        _exit(write(ends_of[1], text, strlen(text)) < 0);
    }
    close(ends_of[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends_of[0]);
    struct journey j = {.record = &r};
    struct error error = {0};
    struct travel_options options = {.run = {.hooks = {.figure = report_figure}}, .hooks = {.self = &j}};
    uint64_t events, steps, state = 1;
    ck_assert_msg(travel_open(&j.travel, path, &options, &error) == 0, "%s", error_text(&error));
    go(&j, TRAVEL_EVENT, 100, 0);
    ck_assert(!travel_end(j.travel, &events, &steps));
    go(&j, TRAVEL_END, 0, 0);
    ck_assert(travel_end(j.travel, &events, &steps));
    ck_assert_uint_eq(events, r.seen.data[r.seen.len - 1].event);
    for (unsigned i = 0; i < 30; i++) {
        go(&j, TRAVEL_STEP, next_random(&state) % steps, 0);
        compare(&j, "pipe");
    }
    travel_close(j.travel);
    close(ends_of[0]);
    free_account(&r);
    free(text);
}
END_TEST

/* Names come and go by the thousand: sweeps must spare those that checkpoints use. */
START_TEST(names_that_checkpoints_use_are_spared)
{
    static const char text[] = "alloc list 4k array\n"
                               "repeat 40 as R\n"
                               "  repeat 400 as I\n"
                               "    alloc name-$R-$I 64 in list.slot-$I @site$R\n"
                               "    alloc short-$R-$I 48\n"
                               "    release short-$R-$I\n"
                               "  end\n"
                               "end\n";
    struct run run;
    struct error error = {0};
    struct travel *travel;
    struct travel_options options = {.run = {.hooks = {.figure = report_figure}}};
    uint64_t state = 3;
    VEC(uint64_t) hashes = {0};
    ck_assert_int_eq(run_open_memory(&run, "names", text, sizeof text - 1, &options.run, &error), 0);
    do
        ck_assert_int_eq(vec_push(&hashes, run.steps % 50 == 0 ? hash_of(&run) : 0), 0);
    while (run_advance(&run, 1, &error) == RUN_MORE);
    run_close(&run);
    ck_assert_int_eq(travel_open_memory(&travel, "names", text, sizeof text - 1, &options, &error), 0);
    for (unsigned i = 0; i < 60; i++) {
        uint64_t step = i == 0 ? hashes.len / 50 * 50 : next_random(&state) % (hashes.len / 50) * 50;
        travel_begin(travel, TRAVEL_STEP, step);
        ck_assert_int_eq(travel_go(travel, 0, &error), TRAVEL_THERE);
        ck_assert_msg(hash_of(travel_run(travel)) == hashes.data[step], "step %" PRIu64, step);
    }
    vec_free(&hashes);
    travel_close(travel);
}
END_TEST

/*
 * 200 000 events, a few thousand objects, in the midst of repeats and across collections; little room for checkpoints.
 */
START_TEST(a_longer_trace_is_jumped_about_in)
{
    static const char form[] =
        "set profile classroom\nset era %s\nset max-old-space-size 64M\n"
        "alloc list 200 array\n"
        "repeat 70 as R\n"
        "  repeat 300 as I\n"
        "    alloc $I 48 in list.$I\n    alloc h$I 32 string\n    ref $I.h h$I\n"
        "    release h$I\n    alloc b$I 40\n    ref b$I.x $I\n    ref $I.b b$I\n    release b$I\n"
        "    external b$I 100\n"
        "  end\n"
        "  expect objects.live < ${R}00\n"
        "  repeat 100 as J\n    unref list.${J}\n  end\n"
        "end\n";
    enum { EVERY = 1733 };
    char text[1000];
    struct run run;
    struct error error = {0};
    struct travel *travel;
    struct travel_options options = {.run = {.hooks = {.figure = report_figure}}, .budget = 12000000};
    uint64_t state = 11, bytes;
    VEC(uint64_t) hashes = {0};
    snprintf(text, sizeof text, form, era_at(_i));
    ck_assert_int_eq(run_open_memory(&run, "longer", text, strlen(text), &options.run, &error), 0);
    do
        ck_assert_int_eq(vec_push(&hashes, hash_of(&run)), 0);
    while (run_advance(&run, EVERY, &error) == RUN_MORE);
    ck_assert_uint_gt(run_events(&run), 150000);
    run_close(&run);
    ck_assert_int_eq(travel_open_memory(&travel, "longer", text, strlen(text), &options, &error), 0);
    for (unsigned i = 0; i < 80; i++) {
        uint64_t at = i == 0 ? hashes.len - 1 : next_random(&state) % hashes.len, work = i % 3 * 5000;
        enum travel_state found;
        travel_begin(travel, TRAVEL_STEP, at * EVERY);
        while ((found = travel_go(travel, work, &error)) == TRAVEL_MORE) {
        }
        ck_assert_int_eq(found, TRAVEL_THERE);
        ck_assert_msg(hash_of(travel_run(travel)) == hashes.data[at], "%s: step %" PRIu64, era_at(_i), at * EVERY);
        ck_assert_uint_gt(travel_checkpoints(travel, &bytes), 1);
        ck_assert_uint_le(bytes, 12000000);
    }
    vec_free(&hashes);
    travel_close(travel);
}
END_TEST

/* ---- breakpoints ---- */

/* Where a breakpoint stops, on the way forward from the beginning: "step:micro step:micro ...". */
static char *stops_of(struct journey *j, const char *breakpoint, bool back, uint64_t work, bool play)
{
    struct breakpoints *list = travel_breakpoints(j->travel);
    struct error error = {0};
    char *text = NULL;
    size_t len;
    uint32_t id = breakpoints_add(list, breakpoint, strlen(breakpoint), &error);
    ck_assert_msg(id > 0, "%s", error_text(&error));
    VEC(struct travel_position) stops = {0};
    go(j, back ? TRAVEL_END : TRAVEL_START, 0, 0);
    for (;;) {
        enum travel_state state;
        if (play) {
            while ((state = travel_play(j->travel, 5, work, &error)) == TRAVEL_THERE || state == TRAVEL_MORE) {
            }
        } else {
            state = go(j, back ? TRAVEL_BREAK_BACK : TRAVEL_BREAK_FORWARD, 0, work);
        }
        compare(j, breakpoint);
        if (state != TRAVEL_STOPPED)
            break;
        ck_assert_uint_eq(travel_hit(j->travel)->id, id);
        ck_assert_int_eq(vec_push(&stops, travel_here(j->travel)), 0);
    }
    FILE *out = open_memstream(&text, &len);
    for (size_t i = 0; i < stops.len; i++) {
        const struct travel_position *at = &stops.data[back ? stops.len - 1 - i : i];
        fprintf(out, "%" PRIu64 ":%" PRIu64 " ", at->step, at->micro);
    }
    fclose(out);
    vec_free(&stops);
    ck_assert(breakpoints_remove(list, id));
    return text;
}

/* Forwards, backwards, and in play it stops at the same places: `count` of them (0: any number). */
static void check_breakpoint(struct journey *j, const char *breakpoint, size_t count)
{
    char *forward = stops_of(j, breakpoint, false, 0, false), *played = stops_of(j, breakpoint, false, 37, true);
    char *backward = stops_of(j, breakpoint, true, 90, false);
    size_t found = 0;
    for (const char *at = forward; *at; at++)
        found += *at == ' ';
    ck_assert_msg(strcmp(forward, played) == 0, "%s: forward %s\nin play %s", breakpoint, forward, played);
    ck_assert_msg(strcmp(forward, backward) == 0, "%s: forward %s\nbackward %s", breakpoint, forward, backward);
    ck_assert_msg(found == count || (count == 0 && found > 0), "%s: %zu stops: %s", breakpoint, found, forward);
    free(forward);
    free(played);
    free(backward);
}

START_TEST(breakpoints_stop_in_both_directions)
{
    char *text = everything("book", ends);
    struct account r;
    struct journey j;
    account_of(&r, "breakpoints", text, strlen(text));
    set_out(&j, &r, 0, 0);
    go(&j, TRAVEL_END, 0, 0);
    const struct heap *heap = &travel_run(j.travel)->current->heap;
    uint64_t scavenges = heap->counters.scavenges, majors = heap->counters.mark_sweeps + heap->counters.mark_compacts;
    uint64_t promoted = 0, steps = heap->counters.incremental_steps;
    for (size_t i = 0; i < heap->collections.len; i++)
        promoted += heap->collections.data[i].promoted_objects;
    check_breakpoint(&j, "minor", scavenges);
    check_breakpoint(&j, "major", majors);
    check_breakpoint(&j, "promotion", promoted);
    check_breakpoint(&j, "promotion list", 1);
    check_breakpoint(&j, "step", steps);
    check_breakpoint(&j, "marking", 1);
    check_breakpoint(&j, "finish", 1);
    check_breakpoint(&j, "event 100", 1);
    check_breakpoint(&j, "line 10", 60);
    check_breakpoint(&j, "object a7", 0);
    check_breakpoint(&j, "live a7", 1);
    check_breakpoint(&j, "dead a7", 1);
    check_breakpoint(&j, "garbage a7", 1);
    check_breakpoint(&j, "objects.live > 100", 0);
    check_breakpoint(&j, "spaces.old-pointer.used >= 4k", 0);
    travel_close(j.travel);
    free_account(&r);
    free(text);
}
END_TEST

/* Each thing that the program does to an object: made, stored into, cleared, an entry set and removed. */
START_TEST(an_object_is_stopped_at)
{
    static const char text[] = "alloc b 16\nalloc a 16 array\nref a.0 b\nunref a.0\nref a b\nunref a b\nref b a\n"
                               "alloc m 16 weakmap\nentry m a b\nunentry m a\n";
    struct account r;
    struct journey j;
    account_of(&r, "an object", text, sizeof text - 1);
    set_out(&j, &r, 0, 0);
    check_breakpoint(&j, "object a", 5);
    check_breakpoint(&j, "object m", 3);
    travel_close(j.travel);
    free_account(&r);
}
END_TEST

START_TEST(an_oom_is_stopped_at)
{
    char *text = everything(era_at(_i), runs_out);
    struct account r;
    struct journey j;
    account_of(&r, era_at(_i), text, strlen(text));
    set_out(&j, &r, 0, 0);
    check_breakpoint(&j, "oom", 1);
    travel_close(j.travel);
    free_account(&r);
    free(text);
}
END_TEST

START_TEST(breakpoints_are_read)
{
    static const struct {
        const char *text, *error;
        uint64_t column;
    } wrong[] = {
        {"", "missing field, expected a breakpoint", 1},
        {"nonsense", "unknown breakpoint", 1},
        {"minor now", "extra field, expected nothing behind it", 7},
        {"line", "missing field, expected a number", 5},
        {"line x", "expected a number from 1 on", 6},
        {"event 0", "expected a number from 1 on", 7},
        {"object", "missing field, expected an ID", 7},
        {"object a b", "extra field, expected nothing behind it", 10},
        {"live", "unknown breakpoint", 1},
        {"age x", "expected a condition as behind \"expect\"", 1},
        {"heap > 4k now", "expected a condition as behind \"expect\"", 1},
    };
    struct breakpoints list = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error error = {0};
        ck_assert_uint_eq(breakpoints_add(&list, wrong[i].text, strlen(wrong[i].text), &error), 0);
        ck_assert_msg(strcmp(error_text(&error), wrong[i].error) == 0 && error.column == wrong[i].column,
                      "\"%s\": %" PRIu64 ": %s", wrong[i].text, error.column, error_text(&error));
        error_clear(&error);
    }
    struct error error = {0};
    ck_assert_uint_eq(breakpoints_add(&list, "  promotion x ", 14, &error), 1);
    ck_assert_uint_eq(breakpoints_add(&list, "oom", 3, &error), 2);
    ck_assert_uint_eq(breakpoints_add(&list, "promotion x", 11, &error), 1);
    ck_assert_str_eq(breakpoints_find(&list, 1)->text, "promotion x");
    ck_assert_str_eq(breakpoints_find(&list, 1)->name, "x");
    ck_assert(breakpoints_remove(&list, 1) && !breakpoints_remove(&list, 1));
    ck_assert_ptr_null(breakpoints_find(&list, 1));
    ck_assert_uint_eq(breakpoints_add(&list, "promotion x", 11, &error), 3);
    breakpoints_free(&list);
}
END_TEST

/* ---- lives of objects ---- */

/* The life of the object of that name, in words: "allocated@5 copied@9 ..." with events. */
static char *life_of(struct journey *j, const char *name, uint64_t work)
{
    struct travel_history history = {0};
    struct error error = {0};
    char *text = NULL;
    size_t len;
    const struct run *run = travel_run(j->travel);
    struct travel_position here = travel_here(j->travel);
    uint32_t object = heap_find(&run->current->heap, names_find(&run->names, name, strlen(name)));
    uint64_t hash = hash_of(run);
    ck_assert_msg(object != NONE, "no object %s", name);
    travel_begin_history(j->travel, run->current->index, object, &history);
    enum travel_state state;
    while ((state = travel_go(j->travel, work, &error)) == TRAVEL_MORE) {
    }
    ck_assert_int_eq(state, TRAVEL_THERE);
    ck_assert_int_eq(travel_order(here, travel_here(j->travel)), 0);
    ck_assert_uint_eq(hash_of(run), hash);
    FILE *out = open_memstream(&text, &len);
    for (size_t i = 0; i < history.moments.len; i++)
        fprintf(out, "%s@%" PRIu64 " ", travel_moment_word(history.moments.data[i].kind),
                history.moments.data[i].event);
    fclose(out);
    travel_history_free(&history);
    return text;
}

static void life_is(struct journey *j, const char *name, const char *expected)
{
    for (uint64_t work = 0; work < 100; work += 33) {
        char *found = life_of(j, name, work);
        ck_assert_msg(strcmp(found, expected) == 0, "%s: %s instead of %s", name, found, expected);
        free(found);
    }
}

START_TEST(the_life_of_an_object_is_told)
{
    static const char text[] = "alloc hold 48\n" /* 1 */
                               "alloc x 64\n"    /* 2 */
                               "alloc gone 64\n" /* 3 */
                               "release gone\n"  /* 4 */
                               "gc minor\n"      /* 5: takes gone, whose record is free now */
                               "alloc y 64\n"    /* 6: takes it */
                               "ref x.y y\n"     /* 7 */
                               "release y\n"     /* 8 */
                               "gc minor\n"      /* 9 */
                               "ref hold.x x\n"  /* 10 */
                               "release x\n"     /* 11 */
                               "unref x.y\n"     /* 12: y is garbage */
                               "gc minor\n"      /* 13 */
                               "unref hold.x\n"  /* 14: x is garbage */
                               "repeat 1000\n  use hold\nend\n";
    struct account r;
    struct journey j;
    account_of(&r, "life", text, sizeof text - 1);
    set_out(&j, &r, 0, 0);
    go(&j, TRAVEL_END, 0, 0);
    life_is(&j, "hold", "allocated@1 copied@5 promoted@9 ");
    life_is(&j, "x", "allocated@2 copied@5 promoted@9 unreachable@14 ");
    go(&j, TRAVEL_EVENT, 12, 0);
    life_is(&j, "y", "allocated@6 copied@9 unreachable@12 ");
    go(&j, TRAVEL_EVENT, 11, 0);
    life_is(&j, "y", "allocated@6 copied@9 ");
    go(&j, TRAVEL_EVENT, 4, 0);
    life_is(&j, "gone", "allocated@3 unreachable@4 ");
    travel_close(j.travel);
    free_account(&r);
}
END_TEST

/* The same over a longer trace, by looking at every step. */
START_TEST(garbage_is_dated)
{
    char *text = everything("node6", "");
    struct account r;
    struct journey j;
    account_of(&r, "garbage", text, strlen(text));
    set_out(&j, &r, 0, 0);
    go(&j, TRAVEL_STEP, 10, 0);
    uint64_t made = 0, lost = 0;
    for (uint64_t step = 1; lost == 0; step++) {
        go(&j, TRAVEL_STEP, step, 0);
        const struct run *run = travel_run(j.travel);
        if (!run->current->ready)
            continue;
        uint32_t object = heap_find(&run->current->heap, names_find(&run->names, "a7", 2));
        uint8_t *map = calloc(run->current->heap.objects.len + 1, 1);
        ck_assert_int_eq(runs_reachable(&run->current->heap, map), 0);
        if (object != NONE && !made)
            made = run_events(run);
        if (made && !map[object])
            lost = run_events(run);
        free(map);
    }
    char expected[100];
    snprintf(expected, sizeof expected, "unreachable@%" PRIu64 " ", lost);
    for (uint64_t later = 0; later < 4; later++) {
        char *life = life_of(&j, "a7", 0);
        ck_assert_ptr_nonnull(strstr(life, expected));
        free(life);
        go(&j, TRAVEL_FORWARD, 1, 0);
    }
    travel_close(j.travel);
    free_account(&r);
    free(text);
}
END_TEST

Suite *suite_travel(void)
{
    Suite *suite = suite_create("travel");
    TCase *tests = tcase_create("travel");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, a_long_trace_is_known_ahead);
    tcase_add_loop_test(tests, every_goal_leads_to_what_was_there, 0, 3 * ERA_COUNT);
    tcase_add_loop_test(tests, traces_that_have_found_something, 0, 3);
    tcase_add_loop_test(tests, workers_are_travelled_through, 0, ERA_COUNT);
    tcase_add_loop_test(tests, previous_ones_and_times_are_found, 0, ERA_COUNT);
    tcase_add_test(tests, what_is_new_is_heard_once);
    tcase_add_test(tests, what_is_told_leads_here);
    tcase_add_test(tests, a_pipe_is_travelled_through);
    tcase_add_test(tests, names_that_checkpoints_use_are_spared);
    tcase_add_loop_test(tests, a_longer_trace_is_jumped_about_in, 0, ERA_COUNT);
    tcase_add_test(tests, breakpoints_stop_in_both_directions);
    tcase_add_test(tests, an_object_is_stopped_at);
    tcase_add_loop_test(tests, an_oom_is_stopped_at, 0, ERA_COUNT);
    tcase_add_test(tests, breakpoints_are_read);
    tcase_add_test(tests, the_life_of_an_object_is_told);
    tcase_add_test(tests, garbage_is_dated);
    suite_add_tcase(suite, tests);
    seeds_case(suite, random_traces_are_travelled_through);
    return suite;
}
