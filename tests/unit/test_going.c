/*
 * test_going.c - every way of going and stopping: whatever it was, Space goes on; and no question is passed over.
 */
#include "screens.h"
#include "seeds.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- helpers ---- */

static void settle(struct dashboard *d)
{
    while (dashboard_going(d))
        dashboard_run(d);
}

/* Clicks the cell that shows a line of the trace. */
static void click_line(struct dashboard *d, uint64_t line)
{
    for (int y = 0; y < d->canvas.height; y++) {
        struct spot spot = scene_spot(&d->scene, d->canvas.width - 30, y);
        if (spot.kind == SPOT_LINE && spot.number == line) {
            dashboard_input(
                d, &(struct input){.key = KEYCODE_MOUSE, .mouse = MOUSE_PRESS, .x = d->canvas.width - 30, .y = y});
            return;
        }
    }
    ck_abort_msg("line %u is not on the screen", (unsigned)line);
}

/* Lets time pass, as a live session does, until nothing is due or that many nanoseconds have passed. */
static void pass(struct dashboard *d, uint64_t ns)
{
    uint64_t end = screens_now + ns, due;
    unsigned idle = 0;
    while (screens_now < end && (due = dashboard_due(d)) != UINT64_MAX) {
        struct travel_position before = travel_here(d->player->travel);
        screens_now += due;
        dashboard_run(d);
        idle = due == 0 && travel_order(before, travel_here(d->player->travel)) == 0 ? idle + 1 : 0;
        ck_assert_msg(idle < 100, "it works without getting anywhere");
    }
}

/* Does one thing: a key by its word, "text" that is typed, @N (a click on line N), or ~ (a second passes). */
static void press(struct dashboard *d, const char *word, size_t len)
{
    ck_assert_int_eq(dashboard_draw(d, 120, 40), 0);
    if (*word == '"') {
        for (size_t i = 1; i + 1 < len; i++)
            dashboard_key(d, (uint32_t)(unsigned char)word[i]);
    } else if (*word == '@' && len > 1) {
        click_line(d, strtoull(word + 1, NULL, 10));
    } else if (*word == '~') {
        pass(d, 1000000000);
    } else {
        uint32_t key = key_by_word(word, len);
        ck_assert_msg(key != KEYCODE_NONE, "%.*s", (int)len, word);
        dashboard_key(d, key);
    }
}

/* Does things one after the other; to_the_end: goes all the way to where each leads. */
static void press_keys(struct dashboard *d, const char *keys, bool to_the_end)
{
    while (*keys) {
        const char *end = *keys == '"' ? strchr(keys + 1, '"') + 1 : keys + strcspn(keys, " ");
        press(d, keys, (size_t)(end - keys));
        keys = end + strspn(end, " ");
        if (to_the_end)
            settle(d);
    }
}

static void press_all(struct dashboard *d, const char *keys)
{
    press_keys(d, keys, true);
}

/* ---- Space goes on ---- */

static const char way_trace[] = "title Ways\n"
                                "alloc list 64 array\n"
                                "note The first object\n"
                                "chapter One\n"
                                "repeat 20 as i\n"
                                "alloc t$i 96 string\n"
                                "alloc n$i 48 in list.$i\n"
                                "release t$i\n"
                                "end\n"
                                "# nothing\n"
                                "alloc photo 200\n"
                                "gc minor\n"
                                "chapter Two\n"
                                "ask What now? | Nothing\n"
                                "alloc big 2100 buffer\n"
                                "gc\n"
                                "repeat 200 as i\n"
                                "alloc u$i 48\n"
                                "release u$i\n"
                                "end\n";

/* Ways to come to a place and stand still there. */
static const char *const ways[] = {
    "",
    "right",
    "right right left",
    "l l l h",
    ".",
    "n , ,",
    "n",
    "n n p",
    "]",
    "] ] [",
    "g \"9\" Enter",
    "g \"1us\" Enter",
    "g \"Two\" Enter",
    "g \"line 11\" Enter",
    "g \"line 10\" Enter",
    "g \"line 11\" Enter g \"line 2\" Enter",
    "g \"line 999\" Enter",
    ": \"go line 11\" Enter",
    ": \"+4\" Enter",
    ": \"forward 3\" Enter",
    ": \"step 3\" Enter",
    "/ \"photo\" Enter",
    "/ \"chapter\" Enter",
    "/ \"list\" Enter",
    "/ \"no such text\" Enter",
    "right @4",
    "right right right @2",
    "Home",
    "n Home",
    "End",
    "End left",
    "End Home",
    "}",
    "} Home",
    "{",
    "b a \"minor\" Enter esc }",
    "b a \"minor\" Enter esc } b d esc",
    "b a \"minor\" Enter esc } b space esc",
    "b a \"minor\" Enter esc } b d esc n",
    "b a \"minor\" Enter esc } }",
    "b a \"minor\" Enter esc End {",
    "b a \"minor\" Enter esc End { b d esc",
    "b a \"line 11\" Enter esc } b d esc",
    "b a \"objects.live > 5\" Enter esc space ~ ~ ~ ~ b d esc",
    "space space",
    "space ~ space",
    "space ~ esc",
    "space ~ right",
    "space ~ : \"go line 11\" Enter",
    "right Tab Tab down Enter esc esc",
    "? ?",
    "m m",
    "g esc",
    ": \"nonsense\" Enter",
    ": \"set promotion-threshold=50\" Enter",
    "n : \"alloc me 48\" Enter",
    "n : \"alloc me 48\" Enter : \"undo\" Enter",
    "n : \"alloc me 48\" Enter : \"return\" Enter",
    "n r",
    "n w",
};

static const char *const speeds[] = {"", ": \"speed 1\" Enter ", ": \"speed 1000\" Enter ", ": \"speed max\" Enter "};

/* Space moves, or shows the answer, or says that this is the end; and then it does so again and again. */
static void space_goes_on(struct dashboard *d, const char *keys)
{
    struct player *p = d->player;
    struct travel_position before = travel_here(p->travel);
    bool asked = p->asked, playing = p->playing;
    if (playing)
        dashboard_key(d, ' ');
    ck_assert_msg(!p->playing, "%s: Space does not pause", keys);
    dashboard_key(d, ' ');
    if (asked) {
        ck_assert_msg(!p->asked && travel_order(before, travel_here(p->travel)) == 0, "%s: no answer", keys);
        return;
    }
    if (player_rest(p) == PLAYER_AT_END) {
        ck_assert_msg(d->message && strstr(d->message, "end") != NULL, "%s: nothing is said at the end", keys);
        return;
    }
    pass(d, UINT64_C(30000000000));
    ck_assert_msg(travel_order(before, travel_here(p->travel)) != 0, "%s: Space does nothing", keys);
}

START_TEST(space_always_goes_on)
{
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        for (size_t k = 0; k < sizeof speeds / sizeof *speeds; k++) {
            struct dashboard d;
            screens_open(&d, way_trace);
            press_all(&d, speeds[k]);
            press_all(&d, ways[i]);
            for (int times = 0; times < 4; times++)
                space_goes_on(&d, ways[i]);
            dashboard_close(&d);
        }
    }
}
END_TEST

START_TEST(space_says_why_it_does_not)
{
    struct dashboard d;
    screens_open(&d, "alloc a 48\nrelease b\n");
    press_all(&d, "End space");
    ck_assert_int_eq(player_rest(d.player), PLAYER_AT_ERROR);
    ck_assert_ptr_nonnull(strstr(d.message, "cannot be followed"));
    press_all(&d, "left left space");
    ck_assert_int_eq(player_rest(d.player), PLAYER_PLAYS);
    dashboard_close(&d);
}
END_TEST

/* ---- questions ---- */

/* Every way to go on from a question that lies before an event of some number. */
static const char *const on[] = {
    "space",
    "right",
    "l",
    ".",
    "n",
    "]",
    "}",
    "End",
    ": \"+1\" Enter",
    ": \"forward 2\" Enter",
    "g \"9999999\" Enter",
    ": \"step\" Enter",
};

/* Is the beginning of a text on the screen? It may be wrapped, and goes on with other words there. */
static bool on_screen(const struct dashboard *d, const char *text)
{
    char first[13];
    snprintf(first, sizeof first, "%s", text);
    first[strcspn(first, " ")] = '\0';
    return strstr(screens_text(&d->canvas), first) != NULL;
}

/* At an open question each way on shows the answer, and nothing else; the next one goes on. */
static void answer_comes_first(struct dashboard *d, uint64_t step, const char *keys)
{
    struct player *p = d->player;
    struct travel_position before;
    player_go(p, TRAVEL_STEP, step);
    screens_settle(p);
    ck_assert(player_rest(p) == PLAYER_ASKS && p->answer != NULL);
    before = travel_here(p->travel);
    press_all(d, keys);
    ck_assert_msg(!p->asked && !p->playing && travel_order(before, travel_here(p->travel)) == 0, "%s", keys);
    ck_assert_int_eq(dashboard_draw(d, 80, 24), 0);
    ck_assert_msg(on_screen(d, p->answer), "%s: %s", keys, p->answer);
    uint64_t since = screens_now;
    press_all(d, keys);
    while (p->playing && travel_order(before, travel_here(p->travel)) == 0)
        pass(d, 100000000);
    ck_assert_msg(travel_order(before, travel_here(p->travel)) != 0 || player_rest(p) == PLAYER_AT_END ||
                      strstr(keys, "]") != NULL,
                  "%s", keys);
    if (strcmp(keys, "space") == 0) /* played, the answer stays as long as a note of its length */
        ck_assert_uint_ge(screens_now - since, UINT64_C(2000000000));
}

/* n and ] stop at each question on their way. */
static size_t count_stops(struct dashboard *d, const char *key)
{
    size_t stops = 0;
    player_go(d->player, TRAVEL_START, 0);
    screens_settle(d->player);
    while (!player_ended(d->player)) {
        struct travel_position before = travel_here(d->player->travel);
        press_all(d, key);
        if (travel_order(before, travel_here(d->player->travel)) == 0 && d->player->answer)
            press_all(d, key);
        if (travel_order(before, travel_here(d->player->travel)) == 0)
            break;
        stops += d->player->asked;
    }
    return stops;
}

START_TEST(every_answer_is_seen)
{
    glob_t lessons;
    size_t asked = 0;
    ck_assert_int_eq(glob("traces/*.trace", 0, NULL, &lessons), 0);
    for (size_t i = 0; i < lessons.gl_pathc; i++) {
        struct dashboard d;
        screens_open_file(&d, lessons.gl_pathv[i]);
        player_go(d.player, TRAVEL_END, 0);
        screens_settle(d.player);
        size_t questions = 0;
        unsigned of = player_event(d.player) > 20000 ? 20 : 3; /* one way in so many, fewer in a long lesson */
        for (size_t k = 0; k < d.player->captions.lines.len; k++) {
            if (d.player->captions.lines.data[k].op != TRACE_ASK)
                continue;
            questions++;
            for (size_t way = 0; way < sizeof on / sizeof *on; way++)
                if (seeds_sample(asked + questions + way, of))
                    answer_comes_first(&d, d.player->captions.lines.data[k].step, on[way]);
        }
        ck_assert_msg(count_stops(&d, "n") == questions, "%s: n", lessons.gl_pathv[i]);
        ck_assert_msg(count_stops(&d, "]") == questions, "%s: ]", lessons.gl_pathv[i]);
        asked += questions;
        dashboard_close(&d);
    }
    ck_assert_uint_gt(asked, 100);
    globfree(&lessons);
}
END_TEST

START_TEST(back_needs_no_answer)
{
    struct dashboard d;
    screens_open(&d, way_trace);
    press_all(&d, "End g \"Two\" Enter right");
    ck_assert_int_eq(player_rest(d.player), PLAYER_ASKS);
    press_all(&d, "left");
    ck_assert_int_eq(player_rest(d.player), PLAYER_PAUSED);
    dashboard_close(&d);
}
END_TEST

/* ---- lines ---- */

static void line_is(struct dashboard *d, const char *keys, uint64_t line, const char *said)
{
    press_all(d, keys);
    ck_assert_msg(d->player->run->line == line, "%s: line %u", keys, (unsigned)d->player->run->line);
    ck_assert_msg(said ? d->message && strstr(d->message, said) != NULL : !d->message, "%s: %s", keys,
                  d->message ? d->message : "nothing is said");
}

/* A line that nothing comes from leads to the next one that is something; where there is none, nothing moves. */
START_TEST(every_line_leads_somewhere)
{
    struct dashboard d;
    screens_open(&d, way_trace);
    line_is(&d, "right", 2, NULL);
    line_is(&d, "g \"line 999\" Enter", 2, "the trace ends before line 999");
    line_is(&d, ": \"go line 5\" Enter", 6, "nothing happens in line 5");
    line_is(&d, "g \"line 7\" Enter", 7, NULL);
    ck_assert_uint_eq(player_event(d.player), 3);
    line_is(&d, "g \"line 10\" Enter", 11, "nothing happens in line 10");
    line_is(&d, "g \"line 5\" Enter", 6, "nothing happens in line 5"); /* its last round */
    ck_assert_uint_eq(player_event(d.player), 1 + 3 * 19 + 1);
    line_is(&d, "g \"line 6\" Enter", 6, NULL); /* the one before */
    ck_assert_uint_eq(player_event(d.player), 1 + 3 * 18 + 1);
    line_is(&d, "/ \"# nothing\" Enter", 11, "nothing happens in line 10");
    line_is(&d, "g \"line 20\" Enter", 11, "the trace ends before line 20");
    line_is(&d, "g \"line 0\" Enter Home g \"line 2\" Enter", 2, NULL);
    line_is(&d, "g \"line 2\" Enter", 2, "line 2 has not come before here");
    dashboard_close(&d);
}
END_TEST

/* Also past a line at which the run ends, and with breakpoints on the way, which are passed over and kept. */
START_TEST(lines_that_never_come)
{
    struct dashboard d;
    screens_open(&d, "alloc a 48\ngc minor\nalloc b 48\nrelease c\nalloc d 48\n");
    line_is(&d, "b a \"minor\" Enter esc g \"line 3\" Enter", 3, NULL);
    line_is(&d, "g \"line 5\" Enter", 3, "the trace ends before line 5");
    ck_assert_int_eq(d.player->state, RUN_MORE);
    line_is(&d, "g \"line 1\" Enter", 1, NULL);
    press_all(&d, "}");
    ck_assert(d.player->hit != NULL && player_event(d.player) == 2);
    dashboard_close(&d);
}
END_TEST

/* A clock that goes on whenever it is looked at, so that slices of work end. */
static uint64_t ticking(void *self)
{
    return *(uint64_t *)self += 100000000;
}

/* A long way is gone in pieces, shows how far it is, and can be left with a key: by event, to a line, to the end. */
START_TEST(long_ways_show_how_far_they_are)
{
    static const char *const far[] = {"g \"150000\" Enter", "g \"line 5\" Enter", "End", "n", "]", "}"};
    for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
        struct dashboard d;
        screens_open(&d, "alloc a 64\nrepeat 200000\nref a.x a\nend\nnote End\n");
        uint64_t time = 0;
        d.player->clock = ticking;
        d.player->clock_self = &time;
        d.player->hurry = true;
        press_keys(&d, far[i], false);
        ck_assert_msg(dashboard_going(&d), "%s", far[i]);
        for (int k = 0; k < 3; k++)
            dashboard_run(&d);
        ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
        ck_assert_msg(strstr(screens_text(&d.canvas), "on the way: ") != NULL, "%s", far[i]);
        dashboard_key(&d, KEYCODE_ESCAPE);
        ck_assert(!dashboard_going(&d) && player_event(d.player) > 0 && player_event(d.player) < 150000);
        dashboard_close(&d);
    }
}
END_TEST

/* ---- slow motion ---- */

/* Walks from here by a key; returns how long the collection took, and how many places of it were seen. */
static uint64_t walk(struct dashboard *d, uint32_t key, unsigned *places)
{
    struct player *p = d->player;
    uint64_t start = 0, last = 0;
    *places = 0;
    dashboard_key(d, key);
    for (int i = 0; i < 100000 && p->playing; i++) {
        bool inside = travel_here(p->travel).micro > 0;
        if (inside && last != travel_here(p->travel).micro) {
            start = last == 0 ? screens_now : start;
            last = travel_here(p->travel).micro;
            ++*places;
        } else if (!inside && last > 0) {
            return screens_now - start;
        }
        screens_now += dashboard_due(d);
        dashboard_run(d);
    }
    return screens_now - start;
}

/* A collection takes between one and four seconds, of a few objects or of many; Right does the same, o passes it. */
START_TEST(collections_are_walked_through)
{
    static const unsigned counts[] = {1, 5, 20, 200, 20000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        for (unsigned way = 0; way < 3; way++) {
            struct dashboard d;
            char text[200];
            unsigned places;
            snprintf(text, sizeof text,
                     "set max-semi-space-size 16M\nset min-semi-space-size 16M\nalloc a 64 array\n"
                     "repeat %u as i\nalloc x$i 48 in a.$i\nend\nnote Now\n%s\nalloc end 16\n",
                     counts[i], way == 2 ? "gc major" : "gc minor");
            screens_open(&d, text);
            while (dashboard_ahead(&d))
                continue;
            press_all(&d, "g \"line 7\" Enter");
            uint64_t ns = walk(&d, way == 1 ? KEYCODE_RIGHT : ' ', &places);
            ck_assert_msg(ns > 600000000 && ns < 4300000000, "%u objects: %u ms", counts[i], (unsigned)(ns / 1000000));
            ck_assert_uint_ge(places, counts[i] < 20 ? counts[i] : 20);
            ck_assert_uint_lt(places, 70);
            press_all(&d, "g \"line 7\" Enter o");
            ck_assert(!d.player->playing && d.player->run->line == 8);
            press_all(&d, "g \"line 7\" Enter : \"motion off\" Enter right");
            ck_assert(!d.player->playing && d.player->run->line == 8);
            press_all(&d, "g \"line 7\" Enter : \"motion on\" Enter right");
            ck_assert(d.player->playing);
            dashboard_key(&d, KEYCODE_RIGHT); /* again: to its end */
            ck_assert(!d.player->playing && d.player->run->line == 8 && travel_here(d.player->travel).micro == 0);
            dashboard_close(&d);
        }
    }
}
END_TEST

/* Without room for all, the first is walked through, and the others are counted. */
START_TEST(a_row_of_collections_is_counted)
{
    struct dashboard d;
    bool told = false;
    unsigned walks = 0;
    screens_open(
        &d,
        "alloc a 64 array\nrepeat 10 as i\nalloc x$i 48 in a.$i\nend\nnote Now\nrepeat 50\ngc minor\nend\nnote Then\n");
    while (dashboard_ahead(&d))
        continue;
    press_all(&d, "g \"line 5\" Enter space");
    for (bool inside = false; d.player->playing; inside = travel_here(d.player->travel).micro > 0) {
        screens_now += dashboard_due(&d);
        dashboard_run(&d);
        walks += !inside && travel_here(d.player->travel).micro > 0;
    }
    ck_assert_uint_eq(walks, 1);
    for (uint64_t i = 0; recent_line(&d.player->recent_events, i); i++)
        told = told ||
               strstr(recent_line(&d.player->recent_events, i)->text, "49 collections were seen in passing") != NULL;
    ck_assert(told);
    dashboard_close(&d);
}
END_TEST

/* ---- pace ---- */

#define MINUTES UINT64_C(60000000000)
#define MOST_STRETCH UINT64_C(10000000000)

/* How long a lesson takes that is played by Space alone, each question answered at once. */
static uint64_t play_by_space(struct dashboard *d)
{
    struct player *p = d->player;
    uint64_t start = screens_now, stretch = screens_now;
    while (dashboard_ahead(d))
        continue;
    while (player_rest(p) != PLAYER_AT_END && player_rest(p) != PLAYER_AT_ERROR) {
        uint64_t due = dashboard_due(d);
        if (!p->playing) {
            ck_assert(player_rest(p) == PLAYER_PAUSED || player_rest(p) == PLAYER_ASKS);
            dashboard_key(d, ' ');
            stretch = screens_now > p->hold_ns ? screens_now : p->hold_ns;
            continue;
        }
        screens_now += due > 33333333 || due == 0 ? due : 33333333; /* frame by frame if it is fast */
        dashboard_run(d);
        ck_assert_uint_lt(screens_now - start, 60 * MINUTES);
        ck_assert_msg(screens_now <= stretch + MOST_STRETCH, "line %u: %u ms without a line for people",
                      (unsigned)p->run->line, (unsigned)((screens_now - stretch) / 1000000));
        if (p->told)
            stretch = p->hold_ns;
    }
    return screens_now - start;
}

START_TEST(every_lesson_fits_into_four_minutes)
{
    glob_t lessons;
    ck_assert_int_eq(glob("traces/*.trace", 0, NULL, &lessons), 0);
    for (size_t i = 0; i < lessons.gl_pathc; i++) {
        struct dashboard d;
        screens_open_file(&d, lessons.gl_pathv[i]);
        uint64_t ns = play_by_space(&d);
        if (getenv("HEAPREEL_SAY"))
            printf("%s %u s\n", lessons.gl_pathv[i], (unsigned)(ns / 1000000000));
        ck_assert_msg(ns < 4 * MINUTES, "%s: %u s", lessons.gl_pathv[i], (unsigned)(ns / 1000000000));
        dashboard_close(&d);
    }
    globfree(&lessons);
}
END_TEST

/* A trace says how long a stretch may take: its stretches keep to it. */
START_TEST(a_trace_sets_its_pace)
{
    static const char *const paces[] = {"", "pace 200s\n", "pace 3s\n", "pace 1ns\n"};
    static const unsigned most[] = {10, 200, 3, 1};
    for (size_t i = 0; i < 4; i++) {
        struct dashboard d;
        char text[400];
        unsigned walks = 0;
        snprintf(text, sizeof text,
                 "alloc a 64 array\n%snote Now\nrepeat 12\nrepeat 40 as i\nalloc x$i 48 in a.$i\nend\n"
                 "gc minor\nend\nnote Then\n",
                 paces[i]);
        screens_open(&d, text);
        while (dashboard_ahead(&d))
            continue;
        press_all(&d, "/ \"Now\" Enter space");
        uint64_t start = screens_now;
        for (bool inside = false; !d.player->note || strcmp(d.player->note, "Then") != 0;) {
            screens_now += dashboard_due(&d);
            dashboard_run(&d);
            walks += !inside && travel_here(d.player->travel).micro > 0;
            inside = travel_here(d.player->travel).micro > 0;
        }
        ck_assert_uint_le(screens_now - start, most[i] * UINT64_C(1100000000) + UINT64_C(2000000000) * (most[i] < 5));
        ck_assert((walks > 0) == (most[i] >= 10)); /* in a few seconds there is no room for any */
        ck_assert_uint_eq(d.player->stretch_ns, most[i] * UINT64_C(1000000000));
        dashboard_close(&d);
    }
}
END_TEST

/* A newcomer who presses Space sees a collection soon. */
START_TEST(the_tour_begins_with_a_scavenge)
{
    struct dashboard d;
    screens_open_file(&d, "traces/tour.trace");
    uint64_t start = screens_now;
    while (dashboard_ahead(&d))
        continue;
    dashboard_key(&d, ' ');
    while (travel_here(d.player->travel).micro == 0) {
        ck_assert_uint_ne(dashboard_due(&d), UINT64_MAX);
        screens_now += dashboard_due(&d);
        dashboard_run(&d);
    }
    ck_assert_uint_lt(screens_now - start, UINT64_C(15000000000));
    dashboard_close(&d);
}
END_TEST

/* ---- from lesson to lesson ---- */

static char lesson_paths[3][64];

static int three_lessons(struct play_lessons *lessons)
{
    static const char *const titles[] = {"The first", "The second", "The third"};
    for (int i = 0; i < 3; i++) {
        char name[] = "1-lesson";
        name[0] = (char)('1' + i);
        struct play_lesson lesson = {strdup(lesson_paths[i]), strdup(name), strdup(titles[i]),
                                     strdup(i ? "Chapter 1: More" : "")};
        ck_assert_int_eq(vec_push(&lessons->list, lesson), 0);
    }
    return 0;
}

/* The screen shows all of these. */
static void shows(struct dashboard *d, const char *const *texts)
{
    ck_assert_int_eq(dashboard_draw(d, 80, 24), 0);
    for (; *texts; texts++)
        ck_assert_msg(strstr(screens_text(&d->canvas), *texts) != NULL, "%s", *texts);
}
#define SHOWS(d, ...) shows(d, (const char *const[]){__VA_ARGS__, NULL})

static void open_lessons(struct dashboard *d)
{
    struct play_options options = {.path = lesson_paths[0], .lessons = three_lessons, .keeps = true};
    screens_open_with(d, &options);
}

START_TEST(lesson_after_lesson)
{
    struct dashboard d;
    char state[] = "/tmp/heapreel-state.XXXXXX", command[100];
    for (int i = 0; i < 3; i++)
        screens_file(lesson_paths[i],
                     i == 1 ? "title The second\nalloc a 48\nnote N\n" : "title Another\nalloc b 48\n");
    ck_assert_ptr_nonnull(mkdtemp(state));
    setenv("XDG_STATE_HOME", state, 1);
    open_lessons(&d);
    press_all(&d, "L");
    SHOWS(&d, "lessons", "The first", "Chapter 1: More", "2     The second");
    ck_assert_ptr_null(strstr(screens_text(&d.canvas), "\xE2\x9C\x93"));
    press_all(&d, "esc End");
    SHOWS(&d, "Enter: on to 2, \"The second\"    L: all lessons");
    press_all(&d, "space");
    SHOWS(&d, "Enter: on to 2");
    press_all(&d, "left right End Enter");
    ck_assert_str_eq(d.player->options.path, lesson_paths[1]);
    SHOWS(&d, "The second", "event 0");
    press_all(&d, "space ~ ~ ~ ~ Enter"); /* played to its end */
    ck_assert_str_eq(d.player->options.path, lesson_paths[2]);
    press_all(&d, ": \"lessons\" Enter");
    SHOWS(&d, "\xE2\x9C\x93 1     The first", "\xE2\x9C\x93 2     The second");
    press_all(&d, "Home Enter");
    ck_assert_str_eq(d.player->options.path, lesson_paths[0]);
    dashboard_close(&d);
    open_lessons(&d); /* another day */
    press_all(&d, "L PgDn");
    SHOWS(&d, "\xE2\x9C\x93 1     The first", "\xE2\x9C\x93 2     The second", "  3     The third");
    press_all(&d, "Enter : \"alloc x 48\" Enter End Enter"); /* a branch has no next lesson */
    ck_assert(d.base != NULL);
    press_all(&d, "L up Enter End");
    ck_assert(d.base == NULL);
    ck_assert_str_eq(d.player->options.path, lesson_paths[1]);
    dashboard_close(&d);
    snprintf(command, sizeof command, "rm -r %s", state);
    ck_assert_int_eq(system(command), 0);
    for (int i = 0; i < 3; i++)
        unlink(lesson_paths[i]);
}
END_TEST

Suite *suite_going(void)
{
    Suite *suite = suite_create("going");
    CASE("space", space_always_goes_on, space_says_why_it_does_not);
    CASE("questions", back_needs_no_answer);
    TCase *answers = tcase_create("answers");
    tcase_set_timeout(answers, 300); /* every lesson, by many ways */
    tcase_add_test(answers, every_answer_is_seen);
    suite_add_tcase(suite, answers);
    CASE("lines", every_line_leads_somewhere, lines_that_never_come, long_ways_show_how_far_they_are);
    CASE("motion", collections_are_walked_through, a_row_of_collections_is_counted);
    CASE("lessons", lesson_after_lesson);
    CASE("pace", every_lesson_fits_into_four_minutes, a_trace_sets_its_pace, the_tour_begins_with_a_scavenge);
    return suite;
}
