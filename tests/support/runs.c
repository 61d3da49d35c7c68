/* runs.c - see runs.h. */
#include "runs.h"

#include "heap/figures.h"
#include "heap/slots.h"
#include "report/report.h"

#include "checks.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void runs_text(struct run *run, const char *text, const struct run_options *options)
{
    struct run_options chosen = options ? *options : (struct run_options){0};
    struct error error = {0};
    chosen.hooks.figure = report_figure;
    ck_assert_msg(run_open_memory(run, "test.trace", text, strlen(text), &chosen, &error) == 0, "%s",
                  error_text(&error));
    enum run_state state;
    do {
        state = run_advance(run, 0, &error);
    } while (state == RUN_MORE);
    ck_assert_msg(state == RUN_ENDED, "line %llu: %s", (unsigned long long)error.line, error_text(&error));
}

static const char medley[] = "title A \"medley\", \xE5\xA0\x86\n"
                             "set era %s\n"
                             "alloc root 40\n"
                             "alloc map 64 weakmap\n"
                             "alloc set 48 weakset\n"
                             "alloc code 96 code\n"
                             "alloc m - map\n"
                             "alloc c - cell\n"
                             "alloc big 600 array\n"
                             "alloc text 120 string in root.text\n"
                             "external text 1000\n"
                             "repeat 60 as I\n"
                             "  enter round\n"
                             "  alloc n$I 48 @loop\n"
                             "  alloc k$I 32 in n$I.key\n"
                             "  alloc v$I 24 in n$I.${I}\n"
                             "  entry map k$I v$I\n"
                             "  entry set k$I\n"
                             "  ref root.last n$I\n"
                             "  ref n$I root\n"
                             "  weak root.weak k$I\n"
                             "  weak big.w$I n$I\n"
                             "  finalize v$I\n"
                             "  ref big.${I} k$I\n"
                             "  work 3us\n"
                             "  leave\n"
                             "end\n"
                             "gc major\n"
                             "repeat 30 as I\n"
                             "  unref big.$I\n"
                             "end\n"
                             "ref c n59\n"
                             "ref m.proto root\n"
                             "ref code.f n59\n"
                             "gc minor\n"
                             "gc compact\n"
                             "unref root.last\n"
                             "unentry set k59\n"
                             "use n59 deep\n"
                             "root big\n"
                             "release big\n"
                             "release code\n"
                             "idle 1ms\n"
                             "gc\n"
                             "expect live root\n"
                             "expect objects.live = 0\n"
                             "alloc fresh 16 closure\n"
                             "alloc fresh2 16 in fresh.a\n";

char *runs_medley(const char *era)
{
    size_t room = sizeof medley + strlen(era);
    char *text = malloc(room);
    ck_assert_ptr_nonnull(text);
    snprintf(text, room, medley, era);
    return text;
}

char *runs_written(int (*write)(const struct run *run, FILE *file), const struct run *run)
{
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(write(run, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_uint_eq(strlen(text), len);
    return text;
}

/* ---- reachability ---- */

struct walk {
    VEC(uint32_t) stack;
    uint8_t *reachable;
};

static int reach(struct walk *w, uint32_t object)
{
    if (object == NONE || w->reachable[object])
        return 0;
    w->reachable[object] = 1;
    return vec_push(&w->stack, object);
}

static int reach_all(const struct heap *h, struct walk *w)
{
    while (w->stack.len > 0) {
        uint32_t count, object = w->stack.data[--w->stack.len];
        const struct slot *slots = object_slots(h, object, &count);
        for (uint32_t i = 0; i < count; i++)
            if (!(slots[i].key & SLOT_WEAK) && reach(w, slots[i].target))
                return -1;
    }
    return 0;
}

/* One pass over the entries of all reachable collections; *found: was a value reached? */
static int reach_values(const struct heap *h, struct walk *w, bool *found)
{
    *found = false;
    for (uint32_t object = 0; object < h->objects.len; object++) {
        if (!w->reachable[object] || !object_ephemeron_table(&h->objects.data[object]))
            continue;
        uint32_t count;
        const struct entry *entries = object_entries(h, object, &count);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t key = entry_key(&entries[i]), value = entry_value(&entries[i]);
            if (key == NONE || value == NONE || !w->reachable[key] || w->reachable[value])
                continue;
            *found = true;
            if (reach(w, value))
                return -1;
        }
        if (reach_all(h, w))
            return -1;
    }
    return 0;
}

int runs_reachable(const struct heap *h, uint8_t *reachable)
{
    struct walk w = {.reachable = reachable};
    int failed = 0;
    for (size_t i = 0; i < h->handles.len && !failed; i++)
        failed = reach(&w, h->handles.data[i].object);
    bool found = !failed;
    if (!failed)
        failed = reach_all(h, &w);
    while (found && !failed)
        failed = reach_values(h, &w, &found);
    vec_free(&w.stack);
    return failed;
}
