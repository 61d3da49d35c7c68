/*
 * test_travel.c - time travel: the state after going anywhere is the state that was there, to the hash.
 *
 * HEAPREEL_SEEDS, HEAPREEL_SEED: as in test_property.c.
 */
#include "randtrace.h"
#include "report/report.h"
#include "run/travel.h"
#include "runs.h"

#include <check.h>
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
};

struct account {
    char *name;
    const char *text;
    size_t len;
    VEC(struct seen) seen; /* by micro-steps; the end last */
    enum run_state state;  /* how it ended */
    char *error;
};

static uint64_t hash_of(const struct run *run)
{
    return run->current->ready ? heap_hash(&run->current->heap) : 0;
}

static struct seen look(const struct run *run)
{
    return (struct seen){.at = {run->steps, run_micro(run)},
                         .hash = hash_of(run),
                         .event = run_events(run),
                         .stops = run->stops,
                         .line = run->line,
                         .expectations = run->expectations.len,
                         .collections = run->current->ready ? run->current->heap.collections.len : 0};
}

static bool chapter_heard;

static void hear_chapter(void *self, const struct run *run, const struct trace_event *event)
{
    (void)self;
    (void)run;
    chapter_heard |= event->op == TRACE_CHAPTER;
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
        seen.collected = seen.at.micro == 0 && seen.collections > collections;
        if (seen.at.micro == 0)
            collections = seen.collections;
        ck_assert_int_eq(vec_push(&r->seen, seen), 0);
        chapter_heard = false;
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
    case TRAVEL_MICRO_FORWARD:
        return from + 1 < last ? from + 1 : last;
    case TRAVEL_NEXT_COLLECTION:
        for (i++; i < last && !seen[i].collected; i++) {
        }
        return i < last ? i : last;
    case TRAVEL_NEXT_CHAPTER:
        for (i++; i < last && !seen[i].chapter; i++) {
        }
        return i < last ? i : last;
    default:
        return last;
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
    bool same_stop = goal == TRAVEL_EVENT && j->record->seen.data[found].event == j->record->seen.data[expected].event &&
                     found >= expected;
    ck_assert_msg(found == expected || same_stop, "%s: %s: at %" PRIu64 ":%" PRIu64 " instead of %" PRIu64 ":%" PRIu64,
                  j->record->name, how, travel_here(j->travel).step, travel_here(j->travel).micro,
                  j->record->seen.data[expected].at.step, j->record->seen.data[expected].at.micro);
}

/* ---- traces ---- */

static const char with_everything[] =
    "title Everything\nset era %s\nset max-old-space-size 64k\n"
    "chapter One\nalloc list 400 array\n"
    "repeat 60 as I\n"
    "  enter f\n  alloc a$I 64 in list.$I\n  alloc b$I 96\n  ref a$I.b b$I\n  expect live a$I\n"
    "  repeat 3 as J\n    ref b$I.$J a$I\n    alloc c-$I-$J 40 string\n  end\n  leave\n"
    "end\n"
    "chapter Two\nnote Half of them go\nrepeat 30 as I\n  unref list.${I}\nend\n"
    "gc minor\nexpect age list 3\ngc start\nalloc w 48 weakmap\nentry w a40 a41\ngc step 300\nask why | so\n"
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

/* Back by single stops from the end to the beginning, and by micro-steps. */
static void go_all_the_way_back(struct journey *j, bool micro, uint64_t work)
{
    struct travel_position before;
    go(j, TRAVEL_END, 0, 0);
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
        for (unsigned i = 0; i < 60; i++) {
            enum travel_goal goals[] = {TRAVEL_STEP,          TRAVEL_EVENT,           TRAVEL_FORWARD,
                                        TRAVEL_MICRO_FORWARD, TRAVEL_NEXT_COLLECTION, TRAVEL_NEXT_CHAPTER};
            enum travel_goal goal = goals[next_random(&state) % 6];
            uint64_t last = r.seen.data[r.seen.len - 1].at.step;
            uint64_t number = goal == TRAVEL_STEP || goal == TRAVEL_EVENT ? next_random(&state) % (last + 2)
                              : goal == TRAVEL_FORWARD                    ? 1 + next_random(&state) % 40
                                                                          : 1;
            if (goal == TRAVEL_EVENT && number == 0)
                number = 1;
            if (goal == TRAVEL_MICRO_FORWARD && travel_here(j.travel).micro == 0)
                continue; /* lines at which nobody stops are passed over: tested apart */
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
    static const char *const eras[] = {"book", "node6", "node20"}, *const how[] = {ends, fails, runs_out};
    char name[40], *text = everything(eras[_i % 3], how[_i / 3]);
    snprintf(name, sizeof name, "%s, ending %d", eras[_i % 3], _i / 3);
    travel_through(name, text, strlen(text), (uint64_t)_i);
    free(text);
}
END_TEST

START_TEST(random_traces_are_travelled_through)
{
    const char *count = getenv("HEAPREEL_SEEDS"), *first = getenv("HEAPREEL_SEED");
    uint64_t seeds = count ? strtoull(count, NULL, 10) : 12, from = first ? strtoull(first, NULL, 10) : 0;
    for (uint64_t seed = from + (uint64_t)_i; seed < from + seeds; seed += 6) {
        size_t len;
        char *text = randtrace(seed, &len), name[32];
        snprintf(name, sizeof name, "seed %" PRIu64, seed);
        travel_through(name, text, len, seed);
        free(text);
    }
}
END_TEST

Suite *suite_travel(void)
{
    Suite *suite = suite_create("travel");
    TCase *tests = tcase_create("travel");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, every_goal_leads_to_what_was_there, 0, 9);
    tcase_add_loop_test(tests, random_traces_are_travelled_through, 0, 6);
    suite_add_tcase(suite, tests);
    return suite;
}
