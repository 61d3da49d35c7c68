/* commands.c - the command line, and the places to go to. */
#include "tui/dashboard.h"

#include "base/nearest.h"
#include "base/text.h"
#include "report/report.h"
#include "trace/event.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes the first word off a line, which is trimmed. */
static struct text_word first_word(struct text_word *line)
{
    size_t at = 0;
    struct text_word w = text_next(line->text, line->len, &at);
    *line = text_trim(line->text + at, line->len - at);
    return w;
}

/* ---- places ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool contains(const char *text, struct text_word w)
{
    for (; *text; text++) {
        size_t i = 0;
        while (i < w.len && text[i] && lower(text[i]) == lower(w.text[i]))
            i++;
        if (i == w.len)
            return true;
    }
    return w.len == 0;
}

/* Goes to the chapter whose title contains the words: the first one after here, else from the beginning. */
static void go_to_chapter(struct dashboard *d, struct text_word w)
{
    const struct travel_chapter *chapters, *found = NULL;
    uint64_t here = travel_here(d->player->travel).step;
    size_t n = travel_chapters(d->player->travel, &chapters);
    for (size_t i = 0; i < n; i++) {
        if (!contains(chapters[i].text, w))
            continue;
        if (!found || (found->step <= here && chapters[i].step > here))
            found = &chapters[i];
    }
    if (found)
        dashboard_go(d, TRAVEL_STEP, found->step);
    else
        dashboard_say(d, true, "no chapter \"%.*s\" so far", (int)w.len, w.text);
}

/* +N and -N: events from here. */
static void go_by(struct dashboard *d, bool back, uint64_t n)
{
    uint64_t here = player_event(d->player);
    dashboard_go(d, TRAVEL_EVENT, !back ? (n > UINT64_MAX - here ? UINT64_MAX : here + n) : n > here ? 0 : here - n);
}

static void go_to(struct dashboard *d, struct text_word w)
{
    struct text_word rest = w, head = first_word(&rest);
    uint64_t n;
    bool sign = w.len > 1 && (*w.text == '+' || *w.text == '-');
    if (w.len == 0)
        return;
    if (text_number(w.text, w.len, &n) == TEXT_OK)
        dashboard_go(d, TRAVEL_EVENT, n);
    else if (sign && text_number(w.text + 1, w.len - 1, &n) == TEXT_OK)
        go_by(d, *w.text == '-', n);
    else if (text_duration(w.text, w.len, &n) == TEXT_OK)
        dashboard_go(d, TRAVEL_TIME, n);
    else if (text_is(head, "event") && text_number(rest.text, rest.len, &n) == TEXT_OK)
        dashboard_go(d, TRAVEL_EVENT, n);
    else if (text_is(head, "line") && text_number(rest.text, rest.len, &n) == TEXT_OK)
        dashboard_go_line(d, n);
    else
        go_to_chapter(d, text_is(head, "chapter") ? rest : w);
}

/* ---- export ---- */

/* The proposed name, from the trace and the event: new, or NULL without memory. */
static char *export_name(const struct player *p)
{
    const char *path = p->options.path, *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    int len = dot && dot > name ? (int)(dot - name) : (int)strlen(name);
    size_t room = (size_t)len + 40;
    char *text = malloc(room);
    if (text)
        snprintf(text, room, "%.*s-%" PRIu64 ".json", strcmp(name, "-") == 0 ? 5 : len,
                 strcmp(name, "-") == 0 ? "stdin" : name, player_event(p));
    return text;
}

static void export_json(struct dashboard *d, struct text_word w)
{
    struct error error = {0};
    struct output out;
    char *path = w.len > 0 ? strndup(w.text, w.len) : export_name(d->player);
    if (!path) {
        dashboard_say(d, true, "out of memory");
        return;
    }
    if (!d->player->run->current->ready)
        dashboard_say(d, true, "nothing has happened yet: there is no report before the first event");
    else if (dashboard_output(d, &out, path, &error))
        dashboard_complain(d, &error);
    else if (report_write_json(d->player->run, out.file) != 0 && !ferror(out.file)) {
        output_discard(&out);
        dashboard_say(d, true, "out of memory");
    } else if (output_finish(&out, &error))
        dashboard_complain(d, &error);
    else
        dashboard_say(d, false, "written: %s", path);
    free(path);
}

/* ---- commands ---- */

static void set_theme(struct dashboard *d, struct text_word w)
{
    if (!theme_named(w.text, w.len, &d->canvas.theme))
        dashboard_say(d, true, "no theme \"%.*s\": dark, light, safe or none", (int)w.len, w.text);
}

static void set_speed(struct dashboard *d, struct text_word w)
{
    uint64_t n;
    if (text_is(w, "max"))
        player_set_speed(d->player, 0);
    else if (text_is(w, "auto"))
        player_pace_speed(d->player);
    else if (text_number(w.text, w.len, &n) == TEXT_OK && n > 0)
        player_set_speed(d->player, n);
    else
        dashboard_say(d, true, "the speed is a number of events a second, max, or auto");
}

static void set_motion(struct dashboard *d, struct text_word w)
{
    if (text_is(w, "on") || text_is(w, "off"))
        d->player->still = text_is(w, "off");
    else
        dashboard_say(d, true, "motion is on, or off");
}

/* Repeats a step N times; N follows the name. */
static bool repeat(struct dashboard *d, enum action action, struct text_word w)
{
    static const struct {
        enum action action;
        enum travel_goal goal;
    } goals[] = {{ACTION_FORWARD, TRAVEL_FORWARD},
                 {ACTION_BACK, TRAVEL_BACK},
                 {ACTION_STEP, TRAVEL_MICRO_FORWARD},
                 {ACTION_UNSTEP, TRAVEL_MICRO_BACK}};
    uint64_t n;
    for (size_t i = 0; i < sizeof goals / sizeof *goals; i++) {
        if (goals[i].action != action)
            continue;
        if (text_number(w.text, w.len, &n) == TEXT_OK)
            dashboard_go(d, goals[i].goal, n);
        else
            dashboard_say(d, true, "expected a number, not \"%.*s\"", (int)w.len, w.text);
        return true;
    }
    return false;
}

static void look_at(struct dashboard *d, enum action action, struct text_word w)
{
    uint32_t object = search_object(d, w.text, w.len);
    if (object == NONE)
        return;
    if (scene_choose(&d->scene, object))
        dashboard_say(d, true, "out of memory");
    else if (action == ACTION_WHY)
        search_tell_path(d, object);
}

static void save(struct dashboard *d, struct text_word w)
{
    char *path = strndup(w.text, w.len);
    if (path)
        sandbox_save(d, path);
    else
        dashboard_say(d, true, "out of memory");
    free(path);
}

/* Does an action with the text after its name, which is not empty. */
static void act_with(struct dashboard *d, enum action action, struct text_word rest)
{
    if (repeat(d, action, rest))
        return;
    switch (action) {
    case ACTION_GO: go_to(d, rest); break;
    case ACTION_FIND: search_find(d, rest.text, rest.len); break;
    case ACTION_BREAK: breakpoint_list_add(d, rest.text, rest.len); break;
    case ACTION_INSPECT:
    case ACTION_WHY: look_at(d, action, rest); break;
    case ACTION_EXPORT: export_json(d, rest); break;
    case ACTION_COLORS: set_theme(d, rest); break;
    case ACTION_SPEED: set_speed(d, rest); break;
    case ACTION_MOTION: set_motion(d, rest); break;
    case ACTION_SET: sandbox_set(d, rest.text, rest.len); break;
    case ACTION_VIEW: dashboard_view(d, text_is(rest, "follow") ? NULL : rest.text, rest.len); break;
    case ACTION_SAVE: save(d, rest); break;
    default: dashboard_say(d, true, "%s takes nothing behind it", action_info_of(action)->name); break;
    }
}

/* Is it the first word of a line of a trace? */
static bool trace_word(struct text_word w)
{
    for (int op = 0; op < TRACE_OP_COUNT; op++)
        if (op != TRACE_END && text_is(w, trace_op_word((enum trace_op)op)))
            return true;
    return text_is(w, "repeat");
}

static bool needs_argument(enum action action)
{
    const char *arguments = action_info_of(action)->arguments;
    return *arguments != '\0' && *arguments != '[';
}

static void unknown_command(struct dashboard *d, struct text_word name)
{
    char question[NEAREST_ROOM];
    nearest_question(question, name.text, name.len, dashboard_complete, d);
    dashboard_say(d, true, "unknown command \"%.*s\"%s", (int)name.len, name.text,
                  *question ? question : ": ? lists them");
}

void dashboard_command(struct dashboard *dashboard, const char *line, size_t len)
{
    struct text_word rest = text_trim(line, len), whole = rest, name = first_word(&rest);
    enum action action = action_by_name(name.text, name.len);
    uint64_t n;
    if (whole.len == 0)
        return;
    if (text_number(name.text, name.len, &n) == TEXT_OK || (name.len > 1 && strchr("+-", *name.text)))
        go_to(dashboard, whole);
    else if (trace_word(name) &&
             (action == ACTION_NONE || (rest.len > 0 && *action_info_of(action)->arguments == '\0')))
        sandbox_line(dashboard, whole.text, whole.len);
    else if (action == ACTION_NONE)
        unknown_command(dashboard, name);
    else if (rest.len > 0)
        act_with(dashboard, action, rest);
    else if (needs_argument(action) && action != ACTION_GO && action != ACTION_FIND)
        dashboard_say(dashboard, true, "%s %s: %s", action_info_of(action)->name, action_info_of(action)->arguments,
                      action_info_of(action)->help);
    else
        dashboard_act(dashboard, action);
}

void dashboard_answer(struct dashboard *dashboard, enum asking asking, const char *line, size_t len)
{
    struct text_word w = text_trim(line, len);
    switch (asking) {
    case ASKING_COMMAND: dashboard_command(dashboard, line, len); break;
    case ASKING_GO: go_to(dashboard, w); break;
    case ASKING_FIND: search_find(dashboard, w.text, w.len); break;
    case ASKING_EXPORT: export_json(dashboard, w); break;
    case ASKING_BREAK:
        if (w.len > 0)
            breakpoint_list_add(dashboard, w.text, w.len);
        break;
    case ASKING_COUNT: break;
    }
}

const char *dashboard_complete(void *dashboard, size_t i)
{
    (void)dashboard;
    if (i + 1 < ACTION_COUNT)
        return action_info_of((enum action)(i + 1))->name;
    i -= ACTION_COUNT - 1;
    return i < TRACE_END ? trace_op_word((enum trace_op)i) : NULL;
}
