/*
 * test_player.c - playing: keys, the player, waiting for a pipe, scripts.
 */
#include "screens.h"
#include "tui/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- keys ---- */

START_TEST(keys_table)
{
    size_t count;
    const struct binding *b = key_bindings(&count);
    ck_assert_uint_gt(count, 5);
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_ne(b[i].action, ACTION_NONE);
        ck_assert(*action_info_of(b[i].action)->help != '\0');
        ck_assert_int_eq(key_action(b[i].key), b[i].action);
        ck_assert_uint_eq(key_by_word(b[i].word, strlen(b[i].word)), b[i].key);
        for (size_t k = i + 1; k < count; k++) {
            ck_assert_uint_ne(b[i].key, b[k].key);
            ck_assert_str_ne(b[i].word, b[k].word);
        }
    }
    ck_assert_int_eq(key_action('~'), ACTION_NONE);
    ck_assert_uint_eq(key_by_word("Hom", 3), KEYCODE_NONE);
    for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
        const char *name = action_info_of((enum action)a)->name;
        char words[KEY_WORDS_ROOM];
        if (*name != '\0')
            ck_assert_int_eq(action_by_name(name, strlen(name)), a);
        ck_assert(*name != '\0' || *key_words((enum action)a, words) != '\0'); /* every action can be had somehow */
    }
    ck_assert_int_eq(action_by_name("", 0), ACTION_NONE);
}
END_TEST

START_TEST(help_names_every_key)
{
    struct dashboard d;
    size_t count;
    const struct binding *b = key_bindings(&count);
    screens_open(&d, screens_lesson);
    dashboard_key(&d, '?');
    ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
    const char *text = screens_text(&d.canvas);
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(strstr(text, b[i].word) != NULL, "%s", b[i].word);
        ck_assert_msg(strstr(text, action_info_of(b[i].action)->help) != NULL, "%s", action_info_of(b[i].action)->help);
    }
    dashboard_key(&d, '?'); /* the cells do not fit below the keys: they have a page of their own */
    ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "not swept yet"));
    ck_assert_ptr_null(strstr(screens_text(&d.canvas), "play, pause"));
    dashboard_key(&d, '?');
    ck_assert(!d.scene.help);
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    dashboard_key(&d, '?'); /* there they do */
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "not swept yet"));
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "play, pause"));
    dashboard_key(&d, '?');
    ck_assert(!d.scene.help);
    dashboard_close(&d);
}
END_TEST

/* Writes word as an argument of mdoc: its punctuation must not be taken for a delimiter. */
static void put_mdoc(FILE *out, const char *word)
{
    fprintf(out, " %s%s", strlen(word) == 1 && strchr(".,:;()[]?!", *word) ? "\\&" : "", word);
}

/* The lists of the manual that are made from the tables: the keys, and what the command line knows. */
static void write_lists(FILE *out)
{
    size_t count;
    const struct binding *b = key_bindings(&count);
    fputs(".\\\" keys\n.Bl -tag -width \"right l\" -compact\n", out);
    for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
        bool any = false;
        for (size_t i = 0; i < count; i++) {
            if (b[i].action != (enum action)a)
                continue;
            if (!any)
                fputs(".It Ic", out);
            any = true;
            put_mdoc(out, b[i].word);
        }
        if (any)
            fprintf(out, "\n%s\n", action_info_of((enum action)a)->help);
    }
    fputs(".El\n.\\\" commands\n.Bl -tag -width Ds -compact\n", out);
    for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
        const struct action_info *action_info = action_info_of((enum action)a);
        if (*action_info->name != '\0' && *action_info->arguments != '\0')
            fprintf(out, ".It Ic %s Ar %s\n%s\n", action_info->name, action_info->arguments, action_info->help);
    }
    fputs(".El\n", out);
}

START_TEST(manual_names_every_key)
{
    static char lists[16384], manual[1 << 18];
    FILE *out = fmemopen(lists, sizeof lists, "w"), *in = fopen("man/heapreel.1", "r");
    ck_assert(out != NULL && in != NULL);
    write_lists(out);
    fclose(out);
    manual[fread(manual, 1, sizeof manual - 1, in)] = '\0';
    fclose(in);
    char *commands = strstr(lists, ".\\\" commands");
    ck_assert_ptr_nonnull(commands);
    *commands = '\0';
    ck_assert_msg(strstr(manual, lists) != NULL, "the manual's keys must be\n%s", lists);
    *commands = '.';
    ck_assert_msg(strstr(manual, commands) != NULL, "the manual's commands must be\n%s", commands);
}
END_TEST

/* ---- player ---- */

START_TEST(player_steps)
{
    struct dashboard d;
    screens_open(&d, screens_lesson);
    struct player *p = d.player;
    ck_assert_uint_eq(player_event(p), 0);
    ck_assert_str_eq(p->run->title, "A lesson");
    ck_assert_ptr_nonnull(player_heap(p)); /* there is something to draw before the first event */
    player_step(p);
    ck_assert_uint_eq(player_event(p), 1);
    ck_assert_uint_eq(player_heap(p)->live, 1);
    player_step(p); /* the note */
    ck_assert_uint_eq(player_event(p), 1);
    ck_assert_str_eq(p->note, "The first object");
    player_step(p);
    ck_assert_uint_eq(player_event(p), 2);
    ck_assert_ptr_nonnull(strstr(recent_line(&p->recent_events, 0)->text, "t0"));
    dashboard_close(&d);
}
END_TEST

START_TEST(player_finds_collections)
{
    struct dashboard d;
    screens_open(&d, screens_lesson);
    struct player *p = d.player;
    uint64_t last = 0;
    for (unsigned i = 1; i <= 3; i++) {
        player_go(p, TRAVEL_NEXT_COLLECTION, 0);
        screens_settle(p);
        ck_assert_uint_eq(p->heard_collections, i);
        ck_assert_uint_eq(p->collection_event, player_event(p));
        ck_assert_uint_gt(player_event(p), last);
        last = player_event(p);
        ck_assert_uint_eq(player_collection(p, 0)->event, last);
        ck_assert_uint_gt(p->recent_events.trails.len, 0);
    }
    ck_assert_ptr_null(player_collection(p, 3));
    player_go(p, TRAVEL_END, 0);
    screens_settle(p);
    ck_assert(player_ended(p));
    ck_assert_int_eq(run_status(p->run), 0);
    ck_assert_uint_eq(player_heap(p)->counters.scavenges + 1, p->heard_collections); /* and the forced major */
    player_step(p);                                                                  /* past the end: nothing */
    player_toggle(p);
    ck_assert(!p->playing);
    ck_assert_uint_eq(player_due(p), UINT64_MAX);
    dashboard_close(&d);
}
END_TEST

START_TEST(player_keeps_time)
{
    struct dashboard d;
    screens_open(&d, screens_lesson);
    struct player *p = d.player;
    player_step(p);
    player_step(p);
    ck_assert_uint_eq(player_speed(p), 5);
    player_set_speed(p, 5);
    p->still = true;
    ck_assert_uint_eq(player_due(p), UINT64_MAX);
    player_toggle(p);
    ck_assert_uint_eq(player_due(p), 0); /* the first event at once */
    player_run(p);
    ck_assert_uint_eq(player_event(p), 2);
    ck_assert_uint_eq(player_due(p), 200000000);
    screens_now += 199999999;
    player_run(p);
    ck_assert_uint_eq(player_event(p), 2);
    screens_now += 1;
    ck_assert_uint_eq(player_due(p), 0);
    player_run(p);
    ck_assert_uint_eq(player_event(p), 3);
    screens_now += 1000000000;
    player_run(p);
    ck_assert_uint_eq(player_event(p), 8);
    player_toggle(p);
    screens_now += 1000000000;
    player_run(p);
    ck_assert_uint_eq(player_event(p), 8);
    for (int i = 0; i < 50; i++)
        player_change_speed(p, 1);
    ck_assert_uint_eq(player_speed(p), 0); /* as fast as possible */
    player_change_speed(p, -1);
    ck_assert_uint_eq(player_speed(p), 1000000);
    for (int i = 0; i < 50; i++)
        player_change_speed(p, -1);
    ck_assert_uint_eq(player_speed(p), 1);
    dashboard_close(&d);
}
END_TEST

/* still: collections are not walked through */
static void wait_for_audience(bool still)
{
    struct dashboard d;
    screens_open(&d, screens_lesson);
    struct player *p = d.player;
    p->still = still;
    player_set_speed(p, 5);
    player_toggle(p);
    for (int i = 0; i < 10000 && !p->asked; i++) {
        uint64_t due = player_due(p), heard = p->heard_collections;
        ck_assert_uint_ne(due, UINT64_MAX);
        screens_now += due;
        player_run(p);
        if (p->heard_collections != heard)
            ck_assert_uint_eq(player_due(p), still ? 1250000000 : 750000000); /* it stands still after a collection */
    }
    ck_assert_str_eq(p->note, "What now?");
    ck_assert(!p->playing); /* a question stops play */
    ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
    ck_assert_ptr_null(strstr(screens_text(&d.canvas), "Nothing"));
    player_step(p);
    ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "What now? → Nothing"));
    /* at full speed too */
    dashboard_close(&d);
    screens_open(&d, screens_lesson);
    p = d.player;
    for (int i = 0; i < 50; i++)
        player_change_speed(p, 1);
    player_toggle(p);
    player_run(p);
    ck_assert(p->asked && !p->playing && !player_ended(p));
    dashboard_close(&d);
}

START_TEST(player_waits_for_its_audience)
{
    wait_for_audience(false);
    wait_for_audience(true);
}
END_TEST

/* What is said at a step of a player: new. */
static char *said_at(struct player *p, uint64_t step)
{
    char said[200];
    player_go(p, TRAVEL_STEP, step);
    screens_settle(p);
    snprintf(said, sizeof said, "%s | %s | %s", p->chapter ? p->chapter : "", p->note ? p->note : "",
             p->answer ? p->answer : "");
    return strdup(said);
}

/* What a trace has said is remembered from its beginning, however much that is. */
START_TEST(going_back_past_many_lines)
{
    static const uint64_t steps[] = {1, 2, 3, 5, 40000, 109999};
    enum { STEPS = sizeof steps / sizeof *steps };
    char *before[STEPS];
    struct dashboard d;
    screens_open(&d,
                 "ask The first? | Yes.\nalloc a 16\nchapter Many\nrepeat 110000 as i\nnote n $i\nend\nalloc b 16\n");
    for (int i = 0; i < STEPS; i++)
        before[i] = said_at(d.player, steps[i]);
    ck_assert_str_eq(before[0], " | The first? | Yes.");
    player_go(d.player, TRAVEL_END, 0);
    screens_settle(d.player);
    for (int i = STEPS - 1; i >= 0; i--) {
        char *now = said_at(d.player, steps[i]);
        ck_assert_str_eq(now, before[i]);
        free(now);
        free(before[i]);
    }
    dashboard_close(&d);
}
END_TEST

START_TEST(player_tells_of_failure)
{
    struct dashboard d;
    screens_open(&d, "alloc a 48\nexpect dead a\nalloc b 48\nrelease c\n");
    struct player *p = d.player;
    struct error error = {0};
    player_step(p);
    ck_assert_int_eq(run_status(p->run), 0);
    player_step(p);
    ck_assert_int_eq(run_status(p->run), 1);
    ck_assert_ptr_nonnull(strstr(recent_line(&p->recent_events, 0)->text, "expected dead a"));
    player_go(p, TRAVEL_END, 0);
    screens_settle(p);
    ck_assert_int_eq(p->state, RUN_FAILED);
    ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "ERROR"));
    ck_assert_int_eq(dashboard_result(&d, &error), -1);
    ck_assert_uint_eq(error.line, 4);
    error_clear(&error);
    dashboard_close(&d);
}
END_TEST

START_TEST(flood_is_counted)
{
    struct dashboard d;
    screens_open(&d, "set min-semi-space-size 8k\nset promotion-threshold 0\nalloc a 64 array\nrepeat 110 as i\n"
                     "alloc x$i 16 in a.$i\nend\nrepeat 110 as i\nalloc y$i 16\nrelease y$i\nend\ngc minor\n");
    struct player *p = d.player;
    player_go(p, TRAVEL_NEXT_COLLECTION, 0);
    screens_settle(p);
    bool gathered = false;
    for (uint64_t i = 0; recent_line(&p->recent_events, i); i++)
        gathered = gathered || strstr(recent_line(&p->recent_events, i)->text, "110 dead, 1.7k: ") != NULL;
    ck_assert(gathered);
    ck_assert_uint_eq(p->recent_events.trails.len, 111);
    dashboard_close(&d);
}
END_TEST

/* New space that changes its size is told of, whichever way: a student sees its panel change. */
START_TEST(new_space_that_shrinks_is_told)
{
    struct dashboard d;
    screens_open(&d, "set era node20\nset initial-old-space-size 60k\nrepeat 8 as i\nalloc a$i 120\nend\nrepeat 8\n"
                     "gc minor\nrepeat 8 as i\nalloc b$i 120\nend\ngc minor\nrepeat 8 as i\nrelease b$i\nend\nend\n"
                     "alloc x 57352 code\ngc\n");
    bool shrinks = false;
    player_go(d.player, TRAVEL_END, 0);
    player_go(d.player, TRAVEL_BACK, 1);
    dashboard_key(&d, 'o');
    for (uint64_t i = 0; recent_line(&d.player->recent_events, i); i++)
        shrinks =
            shrinks || strstr(recent_line(&d.player->recent_events, i)->text, "new space shrinks to 2 048") != NULL;
    ck_assert(shrinks);
    dashboard_close(&d);
}
END_TEST

/* ---- waiting for the trace ---- */

static struct {
    unsigned calls;
    int result;
    bool waiting;
} waited;

static int count_wait(void *self, int fd)
{
    struct dashboard *d = self;
    waited.calls++;
    waited.waiting = d->player->waiting;
    ck_assert_int_eq(dashboard_draw(d, 80, 24), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d->canvas), "waiting"));
    uint64_t events = player_event(d->player);
    dashboard_key(d, 'l'); /* does nothing now */
    player_run(d->player);
    ck_assert_uint_eq(player_event(d->player), events);
    ck_assert_ptr_nonnull(strstr(d->message, "waiting for more of the trace"));
    dashboard_key(d, ' '); /* this does */
    ck_assert(d->player->playing);
    ck_assert_int_ge(fd, 0);
    return waited.result;
}

START_TEST(player_waits_for_input)
{
    struct dashboard d;
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    screens_open(&d, screens_lesson);
    player_step(d.player);
    ck_assert_int_eq(player_wait(d.player, ends[0]), 0); /* nobody is asked */
    player_on_wait(d.player, count_wait, &d);
    screens_now += 5000000000;
    ck_assert_int_eq(player_wait(d.player, ends[0]), 0);
    ck_assert(waited.calls == 1 && waited.waiting && !d.player->waiting && !d.player->given_up);
    ck_assert_uint_eq(d.player->last_ns, screens_now);
    ck_assert_int_eq(write(ends[1], "x", 1), 1);
    ck_assert_int_eq(player_wait(d.player, ends[0]), 0); /* there is something to read */
    ck_assert_uint_eq(waited.calls, 1);
    char byte;
    ck_assert_int_eq(read(ends[0], &byte, 1), 1);
    player_toggle(d.player); /* stop */
    waited.result = -1;
    ck_assert_int_eq(player_wait(d.player, ends[0]), -1);
    ck_assert(d.player->given_up);
    close(ends[1]);
    ck_assert_int_eq(player_wait(d.player, ends[0]), 0); /* the end is something to read */
    close(ends[0]);
    dashboard_close(&d);
}
END_TEST

/* ---- scripts ---- */

static int play_script(const char *script, const char *dump, struct error *error)
{
    char trace[64], keys[64];
    screens_file(trace, screens_lesson);
    screens_file(keys, script);
    struct play_options options = {.path = trace, .script = keys, .dump = dump};
    bool of_trace;
    int status = script_play(&options, false, error, &of_trace);
    unlink(trace);
    unlink(keys);
    return status;
}

START_TEST(scripts)
{
    struct error error = {0};
    char dump[64], text[8192] = "";
    screens_file(dump, "");
    ck_assert_int_eq(play_script("right n # a comment\nresize 100x30 space wait 2s space", dump, &error), 0);
    FILE *in = fopen(dump, "r");
    ck_assert_ptr_nonnull(in);
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, in), 100);
    fclose(in);
    unlink(dump);
    ck_assert_ptr_nonnull(strstr(text, "A lesson"));
    static const struct {
        const char *script, *message;
    } bad[] = {{"right\n\nfly", ":3: unknown key \"fly\""},
               {"resize 12", "expected a size such as 120x40, not \"12\""},
               {"resize 0x5", "expected a size"},
               {"wait 5", "expected a duration such as 500ms, not \"5\""},
               {"dump", "nothing follows \"dump\""},
               {"dump /nonexistent/file", "/nonexistent/file: cannot open for writing: No such file"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_int_eq(play_script(bad[i].script, NULL, &error), -1);
        ck_assert_msg(strstr(error_text(&error), bad[i].message) != NULL, "%s", error_text(&error));
        error_clear(&error);
    }
}
END_TEST

START_TEST(dumps_are_whole)
{
    struct error error = {0};
    struct stat before, after;
    char directory[] = "/tmp/heapreel-tui.XXXXXX", path[80], link[80], text[8192] = "";
    ck_assert_ptr_nonnull(mkdtemp(directory));
    sprintf(path, "%s/dump", directory);
    sprintf(link, "%s/link", directory);
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fputs("what was there", out);
    fclose(out);
    ck_assert_int_eq(chmod(path, 0640), 0);
    ck_assert_int_eq(symlink("dump", link), 0);
    ck_assert_int_eq(stat(path, &before), 0);
    ck_assert_int_eq(play_script("right n", link, &error), 0);
    ck_assert_int_eq(stat(path, &after), 0);
    ck_assert_uint_ne(before.st_ino, after.st_ino); /* another file has taken its place */
    ck_assert_uint_eq(after.st_mode & 0777, 0640);
    FILE *in = fopen(path, "r");
    ck_assert_ptr_nonnull(in);
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, in), 100);
    fclose(in);
    ck_assert_ptr_nonnull(strstr(text, "A lesson"));
    ck_assert_int_eq(play_script("right", "/dev/full", &error), -1); /* a device is written as it is */
    ck_assert_str_eq(error_text(&error), "/dev/full: cannot write: No space left on device");
    error_clear(&error);
    unlink(path);
    unlink(link);
    ck_assert_int_eq(rmdir(directory), 0); /* nothing else is left */
}
END_TEST

START_TEST(scripts_without_files)
{
    struct error error = {0};
    struct play_options options = {.path = "/nonexistent", .dump = "-"};
    bool of_trace = false;
    ck_assert_int_eq(script_play(&options, false, &error, &of_trace), -1);
    ck_assert(of_trace);
    ck_assert_int_eq(error.kind, ERROR_SYSTEM);
    error_clear(&error);
    options.script = "/nonexistent";
    ck_assert_int_eq(script_play(&options, false, &error, &of_trace), -1);
    ck_assert(!of_trace);
    ck_assert_ptr_nonnull(strstr(error_text(&error), "cannot open /nonexistent"));
    error_clear(&error);
}
END_TEST

Suite *suite_player(void);

Suite *suite_player(void)
{
    Suite *suite = suite_create("player");
    CASE("keys", keys_table, help_names_every_key, manual_names_every_key);
    CASE("player", player_steps, player_finds_collections, player_keeps_time, player_waits_for_its_audience,
         player_tells_of_failure, going_back_past_many_lines, flood_is_counted, new_space_that_shrinks_is_told);
    CASE("waiting", player_waits_for_input);
    CASE("script", scripts, dumps_are_whole, scripts_without_files);
    return suite;
}
