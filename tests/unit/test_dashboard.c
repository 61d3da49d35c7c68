/*
 * test_dashboard.c - what is typed and pointed at: the prompt, the command line, searches, branches, comparisons.
 */
#include "report/pause_figures.h"
#include "screens.h"
#include "tui/term/prompt.h"
#include "tui/term/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- helpers ---- */

static void type(struct dashboard *d, const char *keys)
{
    for (; *keys; keys++)
        dashboard_key(d, *keys == '\n' ? KEYCODE_ENTER : (uint32_t)(unsigned char)*keys);
}

/* Types a line into the command line, and goes all the way to where it leads. */
static void command(struct dashboard *d, const char *line)
{
    dashboard_key(d, ':');
    type(d, line);
    dashboard_key(d, KEYCODE_ENTER);
    while (dashboard_going(d))
        dashboard_run(d);
}

static const char *message(const struct dashboard *d)
{
    return d->message ? d->message : "";
}

#define ck_message(d, part) ck_assert_msg(strstr(message(d), part) != NULL, "\"%s\"", message(d))

/* ---- prompt ---- */

static const char *words(void *self, size_t i)
{
    static const char *const all[] = {"forward", "focus", "alloc", "", "forum", "zoom"};
    (void)self;
    return i < sizeof all / sizeof *all ? all[i] : NULL;
}

/* Presses keys, and shows the line with a bar where the cursor stands. */
static const char *after(struct prompt *p, const uint32_t *keys)
{
    static char line[256];
    for (; *keys; keys++)
        prompt_key(p, *keys, words, NULL);
    snprintf(line, sizeof line, "%.*s|%.*s", (int)p->at, p->text.data, (int)(p->text.len - p->at),
             p->text.data + p->at);
    return line;
}
/* clang-format off */
#define KEYS(...) (const uint32_t[]){__VA_ARGS__, 0}
/* clang-format on */

START_TEST(prompt_edits)
{
    struct prompt p = {0};
    prompt_begin(&p, ":");
    ck_assert_str_eq(after(&p, KEYS('a', 'b', 0x6F22, 'c')), "ab漢c|");
    ck_assert_str_eq(after(&p, KEYS(KEYCODE_LEFT, KEYCODE_LEFT)), "ab|漢c");
    ck_assert_str_eq(after(&p, KEYS(KEYCODE_DELETE, 'x')), "abx|c");
    ck_assert_str_eq(after(&p, KEYS(KEYCODE_HOME, KEYCODE_RIGHT, KEYCODE_BACKSPACE)), "|bxc");
    ck_assert_str_eq(after(&p, KEYS(KEYCODE_BACKSPACE, KEYCODE_END, ' ', 'd', 'e', 0x17)), "bxc |");
    ck_assert_str_eq(after(&p, KEYS(KEYCODE_LEFT, 0x0B)), "bxc|");
    ck_assert_str_eq(after(&p, KEYS(0x15)), "|");
    ck_assert_str_eq(after(&p, KEYS(0x1F600, 0xE9, 0x07FF, 0x08)), "😀é|");
    ck_assert_str_eq(after(&p, KEYS(0x9B, 0x110001, 0xD800)), "😀é|"); /* no characters */
    ck_assert_int_eq(prompt_key(&p, KEYCODE_ESCAPE, NULL, NULL), PROMPT_CANCELLED);
    ck_assert(!p.open);
    prompt_begin(&p, ":");
    ck_assert_int_eq(prompt_key(&p, 'a', NULL, NULL), PROMPT_MORE);
    ck_assert_int_eq(prompt_key(&p, KEYCODE_BACKSPACE, NULL, NULL), PROMPT_MORE);
    ck_assert_int_eq(prompt_key(&p, KEYCODE_BACKSPACE, NULL, NULL), PROMPT_CANCELLED);
    prompt_free(&p);
}
END_TEST

START_TEST(prompt_remembers)
{
    struct prompt p = {0};
    for (int i = 0; i < PROMPT_HISTORY + 5; i++) {
        prompt_begin(&p, ":");
        after(&p, KEYS('a', '0' + (uint32_t)(i / 100), '0' + (uint32_t)(i / 10 % 10), '0' + (uint32_t)(i % 10)));
        ck_assert_int_eq(prompt_key(&p, KEYCODE_ENTER, NULL, NULL), PROMPT_DONE);
    }
    ck_assert_uint_eq(p.history.len, PROMPT_HISTORY);
    prompt_begin(&p, ":");
    ck_assert_str_eq(after(&p, KEYS('n', KEYCODE_UP)), "a104|");
    ck_assert_str_eq(after(&p, KEYS(KEYCODE_UP)), "a103|");
    ck_assert_str_eq(after(&p, KEYS(KEYCODE_DOWN, KEYCODE_DOWN)), "n|"); /* what had been begun */
    ck_assert_str_eq(after(&p, KEYS(KEYCODE_DOWN)), "n|");
    ck_assert_str_eq(after(&p, KEYS(KEYCODE_UP)), "a104|");
    ck_assert_int_eq(prompt_key(&p, KEYCODE_ENTER, NULL, NULL), PROMPT_DONE);
    ck_assert_uint_eq(p.history.len, PROMPT_HISTORY); /* the same line again is no new one */
    prompt_begin(&p, ":");
    for (int i = 0; i < PROMPT_HISTORY + 10; i++)
        after(&p, KEYS(KEYCODE_UP));
    ck_assert_str_eq(after(&p, KEYS(KEYCODE_UP)), "a005|");
    prompt_free(&p);
}
END_TEST

START_TEST(prompt_completes)
{
    struct prompt p = {0};
    prompt_begin(&p, ":");
    ck_assert_str_eq(after(&p, KEYS('f', KEYCODE_TAB)), "fo|");
    ck_assert_str_eq(after(&p, KEYS('r', KEYCODE_TAB)), "for|");
    ck_assert_str_eq(after(&p, KEYS('w', KEYCODE_TAB)), "forward |");
    ck_assert_str_eq(after(&p, KEYS('z', KEYCODE_TAB)), "forward z|"); /* only the first word */
    ck_assert_str_eq(after(&p, KEYS(0x15, 'q', KEYCODE_TAB)), "q|");
    prompt_free(&p);
}
END_TEST

/* ---- the command line ---- */

START_TEST(commands_go)
{
    struct dashboard d;
    screens_open(&d, screens_lesson);
    command(&d, "go 20");
    ck_assert_uint_eq(player_event(d.player), 20);
    command(&d, "30");
    ck_assert_uint_eq(player_event(d.player), 30);
    command(&d, "-7");
    ck_assert_uint_eq(player_event(d.player), 23);
    command(&d, "+2");
    ck_assert_uint_eq(player_event(d.player), 25);
    command(&d, "go -100");
    ck_assert_uint_eq(player_event(d.player), 0);
    command(&d, "forward 3"); /* two events and the note between them */
    ck_assert_uint_eq(player_event(d.player), 2);
    command(&d, "back 2");
    ck_assert_uint_eq(player_event(d.player), 1);
    command(&d, "back x");
    ck_message(&d, "expected a number, not \"x\"");
    command(&d, "end");
    ck_assert(player_ended(d.player));
    command(&d, "go nowhere");
    ck_message(&d, "no chapter \"nowhere\"");
    command(&d, "line 3");
    ck_message(&d, "unknown command \"line\"");
    command(&d, "brake");
    ck_message(&d, "did you mean \"break\"?");
    command(&d, "go line 3");
    ck_assert_uint_eq(d.player->run->line, 3);
    ck_assert_uint_eq(travel_breakpoints(d.player->travel)->list.len, 0); /* nothing of the way is left */
    command(&d, "speed 3000"); /* as it is asked for; the keys go on from there */
    ck_assert_uint_eq(player_speed(d.player), 3000);
    player_change_speed(d.player, 1);
    ck_assert_uint_eq(player_speed(d.player), 5000);
    command(&d, "speed 77");
    player_change_speed(d.player, -1);
    ck_assert_uint_eq(player_speed(d.player), 50);
    command(&d, "speed 1000001");
    ck_assert_uint_eq(player_speed(d.player), 0);
    command(&d, "speed max");
    ck_assert_uint_eq(player_speed(d.player), 0);
    command(&d, "speed");
    ck_message(&d, "speed N|max|auto: events a second");
    command(&d, "colors light");
    ck_assert_int_eq(d.canvas.theme, THEME_LIGHT);
    command(&d, "colors pink");
    ck_message(&d, "no theme \"pink\"");
    command(&d, "help now");
    ck_message(&d, "help takes nothing behind it");
    command(&d, "quit");
    ck_assert(d.quit);
    dashboard_close(&d);
}
END_TEST

START_TEST(chapters_are_found)
{
    struct dashboard d;
    screens_open(&d, "alloc a 8\nchapter Young\nalloc b 8\nchapter Old and Young\nalloc c 8\n");
    command(&d, "end");
    command(&d, "go young");
    ck_assert_str_eq(d.player->chapter, "Young");
    command(&d, "go young"); /* the next one that fits */
    ck_assert_str_eq(d.player->chapter, "Old and Young");
    command(&d, "previous-chapter");
    ck_assert_str_eq(d.player->chapter, "Young");
    ck_assert_uint_eq(player_event(d.player), 1);
    command(&d, "next-chapter");
    ck_assert_str_eq(d.player->chapter, "Old and Young");
    dashboard_close(&d);
}
END_TEST

START_TEST(searches)
{
    struct dashboard d;
    screens_open(&d,
                 "alloc keep 64\nalloc held 8 in keep.door\nalloc gone 8\nrelease gone\nalloc junk 8\nrelease junk\n"
                 "gc\nalloc junk2 8\nrelease junk2\nnote aardvark\nalloc last 8\n");
    command(&d, "8");
    ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
    type(&d, "/held\n");
    ck_assert_uint_eq(scene_chosen(&d.scene), search_object(&d, "held", 4));
    type(&d, "z");
    ck_assert(d.scene.zoomed && d.scene.focus == VIEW_INSPECT);
    dashboard_key(&d, KEYCODE_ESCAPE);
    dashboard_key(&d, KEYCODE_ESCAPE);
    type(&d, "w");
    ck_message(&d, "a root holds keep.door → held");
    command(&d, "why junk2");
    ck_message(&d, "a root holds junk2");
    command(&d, "over");
    command(&d, "why junk2");
    ck_message(&d, "it is garbage");
    command(&d, "inspect gone");
    ck_message(&d, "gone is no more: collected in event 7");
    command(&d, "inspect nobody");
    ck_message(&d, "no object \"nobody\"");
    type(&d, "/aardvark\n");
    ck_assert_uint_eq(d.player->run->line, 10);
    type(&d, "/keep.door\n"); /* behind it, so from the beginning */
    ck_assert_uint_eq(d.player->run->line, 2);
    type(&d, "/zebra\n");
    ck_message(&d, "neither an object nor a line \"zebra\"");
    dashboard_close(&d);
}
END_TEST

START_TEST(exports)
{
    struct dashboard d;
    char directory[] = "/tmp/heapreel-tui.XXXXXX", line[128], text[4096] = "";
    ck_assert_ptr_nonnull(mkdtemp(directory));
    screens_open(&d, screens_lesson);
    snprintf(line, sizeof line, "export %s/here.json", directory);
    command(&d, line);
    ck_message(&d, "there is no report before the first event");
    command(&d, "20");
    command(&d, line);
    ck_message(&d, "written: ");
    FILE *in = fopen(line + 7, "r");
    ck_assert_ptr_nonnull(in);
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, in), 1000);
    fclose(in);
    ck_assert_ptr_nonnull(strstr(text, "\"schema\": 1"));
    unlink(line + 7);
    command(&d, "export /nonexistent/here.json");
    ck_message(&d, "cannot open for writing");
    ck_assert(d.alarm);
    rmdir(directory);
    dashboard_close(&d);
}
END_TEST

/* ---- questions ---- */

START_TEST(question_is_answered_by_a_key)
{
    struct dashboard d;
    screens_open(&d, "alloc a 8\nask Why? | So.\nalloc b 8\n");
    type(&d, "ll");
    ck_assert(d.player->asked);
    type(&d, "\n");
    ck_assert(!d.player->asked && d.player->note);
    ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "Why? → So."));
    type(&d, "hl"); /* gone back and come again, it is a question again */
    ck_assert(d.player->asked);
    type(&d, "l");
    ck_assert(!d.player->asked);
    dashboard_close(&d);
}
END_TEST

/* ---- branches ---- */

START_TEST(branch_and_back)
{
    struct dashboard d;
    screens_open(&d, screens_lesson);
    command(&d, "31"); /* in the middle of a round of the repeat */
    uint64_t hash = heap_hash(player_heap(d.player)), live = player_heap(d.player)->live;
    struct player *trace = d.player;
    command(&d, "alloc extra 48");
    ck_message(&d, "a branch");
    ck_assert_ptr_ne(d.player, trace);
    ck_assert_uint_eq(player_event(d.player), 32);
    ck_assert_uint_eq(player_heap(d.player)->live, live + 1);
    command(&d, "ref extra.a list");
    command(&d, "note tried by the class");
    ck_assert_str_eq(d.player->note, "tried by the class");
    command(&d, "gc minor");
    ck_assert_uint_eq(player_event(d.player), 34);
    command(&d, "alloc bad"); /* what is no event changes nothing */
    ck_assert(d.alarm);
    ck_assert_msg(strstr(message(&d), "line ") == NULL, "\"%s\"", message(&d)); /* what is typed has no line */
    ck_assert_uint_eq(player_event(d.player), 34);
    command(&d, "undo");
    ck_assert_uint_eq(player_event(d.player), 33);
    type(&d, "hh"); /* within the branch, as in any trace */
    ck_assert_uint_eq(player_event(d.player), 32);
    command(&d, "alloc other 16"); /* what came behind here is dropped */
    ck_assert_uint_eq(player_event(d.player), 33);
    command(&d, "undo");
    ck_assert_uint_eq(player_event(d.player), 32);
    command(&d, "undo");
    ck_assert_ptr_eq(d.player, trace);
    ck_assert_uint_eq(heap_hash(player_heap(d.player)), hash);
    command(&d, "undo");
    ck_message(&d, "nothing has been typed");
    command(&d, "return");
    ck_message(&d, "this is the trace itself");
    dashboard_close(&d);
}
END_TEST

/* Reads a file into a static buffer. */
static const char *file_text(const char *path)
{
    static char text[65536];
    FILE *in = fopen(path, "r");
    ck_assert_ptr_nonnull(in);
    text[fread(text, 1, sizeof text - 1, in)] = '\0';
    fclose(in);
    return text;
}

START_TEST(branch_is_a_trace)
{
    struct dashboard d, again;
    char path[64];
    static const char expected[] =
        "title A lesson\nset promotion-threshold 25\nalloc list 64 array\nnote The first object\n"
        "alloc t0 96 string\nalloc n0 48 in list.0\nrelease t0\nalloc t1 96 string\n"
        "alloc $x 8 closure in n0.y @site\ngc minor\n";
    screens_file(path, "");
    screens_open(&d, screens_lesson);
    command(&d, "5");
    command(&d, "alloc $x 8 closure in n0.y @site");
    command(&d, "gc minor");
    uint64_t hash = heap_hash(player_heap(d.player));
    char line[128];
    snprintf(line, sizeof line, "save %s", path);
    command(&d, line);
    ck_message(&d, "written: ");
    ck_assert_str_eq(file_text(path), expected);
    screens_open(&again, expected);
    command(&again, "end");
    ck_assert_uint_eq(heap_hash(player_heap(again.player)), hash);
    dashboard_close(&again);
    command(&d, "return");
    command(&d, "end"); /* behind the repeat its lines stay as they were written */
    command(&d, line);
    ck_assert_str_eq(file_text(path), screens_lesson);
    unlink(path);
    dashboard_close(&d);
}
END_TEST

START_TEST(another_configuration)
{
    static struct play_options options;
    struct dashboard d;
    struct error error = {0};
    char path[64];
    screens_file(path, screens_lesson);
    options = (struct play_options){.path = path};
    ck_assert_int_eq(dashboard_open(&d, &options, false, NULL, NULL, &error), 0);
    command(&d, "100");
    ck_assert_uint_eq(player_heap(d.player)->config.promotion_threshold, 25);
    command(&d, "set promotion-threshold=75");
    ck_message(&d, "another configuration");
    ck_assert_uint_eq(player_heap(d.player)->config.promotion_threshold, 75);
    ck_assert_uint_eq(player_event(d.player), 100);
    command(&d, "alloc more 16");
    ck_assert_uint_eq(player_heap(d.player)->config.promotion_threshold, 75);
    ck_assert_uint_eq(player_event(d.player), 101);
    command(&d, "set promotion-threshold 50");
    ck_assert_uint_eq(player_heap(d.player)->config.promotion_threshold, 50);
    ck_assert_uint_eq(player_event(d.player), 101);
    command(&d, "set colour=red");
    ck_assert(d.alarm);
    command(&d, "set");
    ck_message(&d, "set KEY=VALUE");
    command(&d, "return");
    ck_assert_uint_eq(player_heap(d.player)->config.promotion_threshold, 25);
    unlink(path);
    dashboard_close(&d);
}
END_TEST

static void write_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fputs(text, out);
    fclose(out);
}

START_TEST(reloads)
{
    static struct play_options options;
    struct dashboard d;
    struct error error = {0};
    char path[64];
    screens_file(path, "title One\nalloc a 8\nalloc b 8\nalloc c 8\n");
    options = (struct play_options){.path = path};
    ck_assert_int_eq(dashboard_open(&d, &options, false, NULL, NULL, &error), 0);
    command(&d, "2");
    write_file(path, "title Two\nalloc a 8\nalloc bb 8\nalloc cc 8\n");
    dashboard_key(&d, 'r');
    while (dashboard_going(&d))
        dashboard_run(&d);
    ck_message(&d, "loaded again");
    ck_assert_str_eq(d.player->run->title, "Two");
    ck_assert_uint_eq(player_event(d.player), 2);
    write_file(path, "title Three\nalloc a 8\nfly\n");
    dashboard_key(&d, 'r');
    while (dashboard_going(&d))
        dashboard_run(&d);
    ck_message(&d, "line 3: unknown event \"fly\"");
    ck_assert_str_eq(d.player->run->title, "Two"); /* the old one stays */
    ck_assert_uint_eq(player_event(d.player), 2);
    unlink(path);
    dashboard_key(&d, 'r');
    ck_assert(d.alarm);
    ck_assert_uint_eq(player_event(d.player), 2);
    dashboard_close(&d);
}
END_TEST

/* ---- breakpoints ---- */

START_TEST(breakpoints_dialog)
{
    struct dashboard d;
    screens_open(&d, screens_lesson);
    type(&d, "baevent 20\n");
    ck_assert(d.breaks.open);
    type(&d, "apromotion\n");
    ck_assert_uint_eq(travel_breakpoints(d.player->travel)->list.len, 2);
    ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "promotion"));
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "event 20"));
    type(&d, "anonsense\n");
    ck_assert(d.alarm);
    type(&d, "k }"); /* up to the first, off, and on */
    ck_assert(!d.breaks.open);
    ck_message(&d, "(promotion)");
    ck_assert_int_eq(dashboard_draw(&d, 60, 20), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "breakpoint 2 (promotion): "));
    ck_assert_int_gt(d.scene.place[VIEW_FOOTER].h, 1); /* it takes the rows that it needs */
    ck_assert_uint_ne(player_event(d.player), 20);
    uint64_t first = player_event(d.player);
    type(&d, "}");
    uint64_t second = player_event(d.player);
    ck_assert_uint_ge(second, first);
    type(&d, "{");
    ck_assert_uint_eq(player_event(d.player), first);
    command(&d, "go 0");
    type(&d, "{");
    ck_message(&d, "no breakpoint was hit before here");
    type(&d, "p");
    ck_message(&d, "no collection before here");
    command(&d, "end");
    type(&d, "}");
    ck_message(&d, "no breakpoint is hit from here on");
    type(&d, "bd");
    ck_assert_uint_eq(travel_breakpoints(d.player->travel)->list.len, 1);
    type(&d, " ");
    dashboard_key(&d, KEYCODE_ESCAPE);
    ck_assert(!d.breaks.open);
    dashboard_close(&d);
}
END_TEST

/* A way to a line is no running on to breakpoints: it neither stops at them, nor makes or loses one. */
START_TEST(lines_are_gone_to_past_breakpoints)
{
    struct dashboard d;
    screens_open(&d, "alloc a 8\nnote first\ngc minor\nalloc b 8\nnote second\nalloc c 8\nnote third\n");
    struct breakpoints *all = travel_breakpoints(d.player->travel);
    command(&d, "break minor");
    command(&d, "break line 6");
    command(&d, "break objects.live > 1");
    type(&d, "b ");
    dashboard_key(&d, KEYCODE_ESCAPE);
    command(&d, "go line 5");
    ck_assert_uint_eq(d.player->run->line, 5);
    ck_assert_str_eq(message(&d), "");
    command(&d, "go line 1");
    ck_assert_uint_eq(d.player->run->line, 1);
    type(&d, "/third\n");
    ck_assert_uint_eq(d.player->run->line, 7);
    command(&d, "go line 1");
    all->list.data[1].off = true;
    command(&d, "go line 6"); /* also where one is that is off */
    ck_assert_uint_eq(d.player->run->line, 6);
    ck_assert(all->list.data[1].off);
    ck_assert_uint_eq(all->list.len, 3);
    command(&d, "break oom");
    ck_message(&d, "breakpoint 4:");
    command(&d, "go line 99");
    ck_message(&d, "the trace ends before line 99"); /* of breakpoints nothing is said */
    ck_assert_uint_eq(d.player->run->line, 6);
    command(&d, "go 0"); /* and afterwards they count again */
    type(&d, "}");
    ck_assert_uint_eq(d.player->run->line, 3);
    dashboard_close(&d);
}
END_TEST

/* ---- two runs ---- */

START_TEST(compared_runs_keep_step)
{
    static struct play_options options;
    static struct settings with;
    struct dashboard d;
    struct error error = {0};
    char path[64];
    screens_file(path, screens_lesson);
    memset(&with, 0, sizeof with);
    ck_assert_int_eq(settings_set(&with, SETTING_OPTION, "promotion-threshold", 19, "75", 2, &error), 0);
    options = (struct play_options){.path = path, .with = &with};
    ck_assert_int_eq(dashboard_open(&d, &options, false, NULL, NULL, &error), 0);
    for (int i = 0; i < 3; i++) {
        type(&d, "n");
        while (dashboard_going(&d))
            dashboard_run(&d);
        ck_assert_uint_eq(player_event(d.player), player_event(d.other));
    }
    ck_assert_uint_eq(player_heap(d.player)->config.promotion_threshold, 25);
    ck_assert_uint_eq(player_heap(d.other)->config.promotion_threshold, 75);
    for (int w = 1; w < 220; w += 9)
        for (int h = 1; h < 70; h += 7)
            ck_assert_int_eq(dashboard_draw(&d, w, h), 0);
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "promotion-threshold 75"));
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), " differ "));
    type(&d, "z\t"); /* a panel alone, of both */
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    const char *first = strstr(screens_text(&d.canvas), " old-pointer ");
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_nonnull(strstr(first + 1, " old-pointer "));
    ck_assert_ptr_null(strstr(screens_text(&d.canvas), "new space"));
    ck_assert_ptr_null(strstr(screens_text(&d.canvas), " differ "));
    for (int i = 0; i < VIEW_COUNT; i++) {
        for (int w = 1; w < 220; w += 9)
            ck_assert_int_eq(dashboard_draw(&d, w, w / 3), 0);
        dashboard_key(&d, '\t');
    }
    type(&d, "zh");
    ck_assert_uint_eq(player_event(d.player), player_event(d.other));
    command(&d, "alloc a 8");
    ck_message(&d, "no branches while two runs are compared");
    unlink(path);
    dashboard_close(&d);
}
END_TEST

/* Two workers and a main heap: names in two of them, a scavenge in each. */
/* Steps of marking are pauses too. */
START_TEST(compared_pauses_are_all)
{
    static struct play_options options;
    static struct settings with;
    struct dashboard d;
    struct error error = {0};
    char path[64], shown[WORDS_ROOM], row[2 * WORDS_ROOM];
    screens_file(path, "alloc a 960\nalloc b 48\ngc start\ngc step 1k\nalloc c 8\n");
    memset(&with, 0, sizeof with);
    options = (struct play_options){.path = path, .with = &with};
    ck_assert_int_eq(dashboard_open(&d, &options, false, NULL, NULL, &error), 0);
    command(&d, "end");
    uint64_t total, longest;
    pauses_sum(player_heap(d.player), &total, &longest);
    ck_assert(longest > 100 && total > longest);
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    snprintf(row, sizeof row, " %s   = ", words_time(shown, total, false));
    ck_assert_ptr_nonnull(strstr(strstr(screens_text(&d.canvas), "in pauses "), row));
    snprintf(row, sizeof row, " %s   = ", words_time(shown, longest, false));
    ck_assert_ptr_nonnull(strstr(strstr(screens_text(&d.canvas), "longest pause "), row));
    unlink(path);
    dashboard_close(&d);
}
END_TEST

static const char workers[] = "alloc m 8\n"
                              "worker one\n"
                              "alloc x 48\n"
                              "alloc y 64\n"
                              "gc minor\n"
                              "worker two\n"
                              "alloc x 96\n"
                              "gc minor\n"
                              "gc minor\n"
                              "worker one\n"
                              "alloc z 8\n";

static const char *shown_name(const struct dashboard *d)
{
    return worker_name(player_shown(d->player));
}

START_TEST(worker_is_stayed_with)
{
    struct dashboard d;
    screens_open(&d, workers);
    command(&d, "end");
    ck_assert_str_eq(shown_name(&d), "one"); /* the last one that ran */
    command(&d, "view two");
    ck_message(&d, "staying with the heap of two");
    ck_assert_str_eq(shown_name(&d), "two");
    ck_assert_uint_eq(player_heap(d.player)->live, 1);
    ck_assert_uint_eq(d.player->heard_collections, 2);
    ck_assert_int_eq(dashboard_draw(&d, 100, 30), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "two (one runs)"));
    type(&d, "/x\n");
    ck_assert_uint_eq(player_heap(d.player)->objects.data[scene_chosen(&d.scene)].size, 96 / 8);
    type(&d, "v");
    ck_assert_str_eq(shown_name(&d), "main");
    ck_assert_uint_eq(scene_chosen(&d.scene), NONE); /* the object is another heap's */
    ck_assert(scene_elsewhere(&d.scene));
    type(&d, "v");
    ck_assert_str_eq(shown_name(&d), "one");
    type(&d, "v");
    ck_assert_str_eq(shown_name(&d), "two");
    ck_assert_uint_ne(scene_chosen(&d.scene), NONE);
    command(&d, "view nobody");
    ck_message(&d, "no worker \"nobody\" so far");
    ck_assert_str_eq(shown_name(&d), "two");
    type(&d, "V");
    ck_message(&d, "following the worker that runs: one");
    command(&d, "view main");
    command(&d, "view follow");
    ck_assert_str_eq(shown_name(&d), "one");
    dashboard_close(&d);
}
END_TEST

START_TEST(worker_is_kept_through_travel)
{
    struct dashboard d;
    screens_open(&d, workers);
    command(&d, "end");
    command(&d, "view two");
    command(&d, "go 3"); /* no worker two yet */
    ck_assert_str_eq(shown_name(&d), "one");
    ck_assert(!player_stays(d.player));
    ck_assert_int_eq(dashboard_draw(&d, 100, 30), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "one (no two yet)"));
    command(&d, "start"); /* no worker at all */
    ck_assert_int_eq(dashboard_draw(&d, 100, 30), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "main (no two yet)"));
    command(&d, "go 6");
    ck_assert(player_stays(d.player));
    ck_assert_int_eq(dashboard_draw(&d, 100, 30), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "two (kept)"));
    command(&d, "view one");
    ck_assert_int_eq(dashboard_draw(&d, 100, 30), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "not running"));
    command(&d, "view two");
    command(&d, "go 5");
    command(&d, "alloc here 8"); /* a branch keeps it, too */
    ck_assert_str_eq(shown_name(&d), "two");
    ck_assert_ptr_nonnull(d.base);
    command(&d, "view one");
    ck_assert_int_eq(dashboard_draw(&d, 100, 30), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "one (two runs)"));
    command(&d, "return");
    ck_assert_str_eq(shown_name(&d), "one");
    dashboard_close(&d);
}
END_TEST

/* A scavenge in a heap that is not shown leaves no trail and no line. */
START_TEST(other_workers_leave_no_trails)
{
    struct dashboard d;
    screens_open(&d, workers);
    command(&d, "go 3");
    command(&d, "view main");
    command(&d, "over");
    ck_assert_uint_eq(player_event(d.player), 4);
    ck_assert_uint_eq(d.player->recent_events.trails.len, 0);
    ck_assert_uint_eq(d.player->recent_events.count, 0);
    ck_assert_uint_eq(d.player->heard_collections, 0);
    type(&d, "V");
    command(&d, "back");
    command(&d, "over");
    ck_assert_int_eq(dashboard_draw(&d, 100, 30), 0);
    ck_assert_uint_eq(d.player->recent_events.trails.len, 2);
    ck_assert(scene_trails(&d.scene) && scene_flipped(&d.scene));
    command(&d, "view main"); /* what moved in another heap is nothing here */
    ck_assert_int_eq(dashboard_draw(&d, 100, 30), 0);
    ck_assert(!scene_trails(&d.scene));
    ck_assert(!scene_flipped(&d.scene));
    dashboard_close(&d);
}
END_TEST

START_TEST(one_heap_has_no_views)
{
    struct dashboard d;
    screens_open(&d, screens_lesson);
    command(&d, "next");
    type(&d, "v");
    ck_message(&d, "there is one heap here");
    ck_assert(!player_stays(d.player));
    dashboard_close(&d);
}
END_TEST

Suite *suite_dashboard(void);

Suite *suite_dashboard(void)
{
    Suite *suite = suite_create("dashboard");
    CASE("prompt", prompt_edits, prompt_remembers, prompt_completes);
    CASE("commands", commands_go, chapters_are_found, searches, exports);
    CASE("questions", question_is_answered_by_a_key);
    CASE("branches", branch_and_back, branch_is_a_trace, another_configuration, reloads);
    CASE("breakpoints", breakpoints_dialog, lines_are_gone_to_past_breakpoints);
    CASE("compare", compared_runs_keep_step, compared_pauses_are_all);
    CASE("workers", worker_is_stayed_with, worker_is_kept_through_travel, other_workers_leave_no_trails,
         one_heap_has_no_views);
    return suite;
}
