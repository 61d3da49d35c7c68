/* browse.c - the tree by its children, and what keys do. */
#include "tui/browse/browse.h"

#include <stdlib.h>
#include <string.h>

/* ---- begin and end ---- */

static int make_family(struct browse *b)
{
    const struct dominators *tree = b->source.tree;
    b->child = calloc(tree->places, sizeof *b->child);
    b->sibling = calloc(tree->places, sizeof *b->sibling);
    b->counts = graph_table(tree->places, sizeof *b->counts);
    if (b->child == NULL || b->sibling == NULL || b->counts == NULL)
        return -1;
    b->counts[0] = 0;
    for (uint32_t p = tree->places; p-- > 1;) {
        b->sibling[p] = b->child[tree->idom[p]];
        b->child[tree->idom[p]] = p;
        b->counts[p] = 1;
    }
    dominators_retain(tree, b->counts);
    return 0;
}

/* Shows another level, which lies on those before. 0, or -1. */
static int push(struct browse *b, enum browse_kind kind, uint32_t of)
{
    if (vec_push(&b->levels, ((struct browse_level){.kind = kind, .of = of})))
        return -1;
    return browse_fill(b);
}

int browse_open(struct browse *b, const struct browse_source *source)
{
    *b = (struct browse){.source = *source, .page = 10};
    return make_family(b) || push(b, BROWSE_TREE, 0) ? -1 : 0;
}

void browse_close(struct browse *b)
{
    free(b->child);
    free(b->sibling);
    free(b->counts);
    free(b->text);
    free(b->wanted);
    vec_free(&b->levels);
    vec_free(&b->rows);
    vec_free(&b->lines);
    prompt_free(&b->prompt);
}

/* ---- keys ---- */

static struct browse_level *level_of(struct browse *b)
{
    return &b->levels.data[b->levels.len - 1];
}

static void move(struct browse *b, int64_t by)
{
    struct browse_level *level = level_of(b);
    size_t length = browse_length(b);
    int64_t at = (int64_t)level->at + by;
    at = at >= (int64_t)length ? (int64_t)length - 1 : at;
    level->at = at < 0 ? 0 : (size_t)at;
}

/* The place of the row that is chosen, or 0. */
static uint32_t chosen(struct browse *b)
{
    const struct browse_level *level = level_of(b);
    if (level->kind == BROWSE_WHY)
        return level->of;
    bool places = level->kind == BROWSE_TREE || level->kind == BROWSE_MEMBERS;
    return places && level->at < b->rows.len ? b->rows.data[level->at].id : 0;
}

static int enter(struct browse *b)
{
    const struct browse_level *level = level_of(b);
    uint32_t place = chosen(b);
    if (level->kind == BROWSE_GROUPS && level->at < b->rows.len)
        return push(b, BROWSE_MEMBERS, b->rows.data[level->at].id);
    if (level->kind == BROWSE_WHY || place == 0)
        return 0;
    if (b->child[place] == 0) {
        b->message = "it retains nothing but itself";
        return 0;
    }
    return push(b, BROWSE_TREE, place);
}

static int leave(struct browse *b)
{
    if (b->levels.len == 1)
        return 0;
    b->levels.len--;
    return browse_fill(b);
}

static int show_why(struct browse *b)
{
    uint32_t place = chosen(b);
    if (level_of(b)->kind == BROWSE_WHY)
        return leave(b);
    if (place != 0)
        return push(b, BROWSE_WHY, place);
    b->message = "choose an object first";
    return 0;
}

/* From the tree to all classes, and back to the tree's root. */
static int toggle_groups(struct browse *b)
{
    enum browse_kind kind = b->levels.data[0].kind == BROWSE_GROUPS ? BROWSE_TREE : BROWSE_GROUPS;
    b->levels.len = 0;
    return push(b, kind, 0);
}

static int next_order(struct browse *b)
{
    b->order = b->order == BROWSE_COUNT ? BROWSE_RETAINED : b->order + 1;
    level_of(b)->at = level_of(b)->top = 0;
    return browse_fill(b);
}

/* ---- finding ---- */

static bool row_has(struct browse *b, size_t row, const char *text)
{
    struct out out;
    bool found = false;
    if (level_of(b)->kind == BROWSE_WHY)
        return false;
    out_to_memory(&out);
    if (level_of(b)->kind == BROWSE_GROUPS)
        b->source.group_name(b->source.self, b->rows.data[row].id, &out);
    else
        b->source.name(b->source.self, b->rows.data[row].id, &out);
    size_t len = strlen(text);
    for (size_t i = 0; i + len <= out.len && !found; i++)
        found = memcmp(out.data + i, text, len) == 0;
    out_drop(&out);
    return found;
}

/* The next row of the list with the text wanted; after the last comes the first. */
static void find_next(struct browse *b)
{
    size_t length = b->rows.len, at = level_of(b)->at;
    if (b->wanted == NULL || length == 0)
        return;
    for (size_t i = 1; i <= length; i++) {
        size_t row = (at + i) % length;
        if (row_has(b, row, b->wanted)) {
            level_of(b)->at = row;
            return;
        }
    }
    b->message = "not found in this list";
}

static int prompt_input(struct browse *b, uint32_t key)
{
    switch (prompt_key(&b->prompt, key, NULL, NULL)) {
    case PROMPT_NO_MEMORY: return -1;
    case PROMPT_DONE:
        free(b->wanted);
        b->wanted = malloc(b->prompt.text.len + 1);
        if (b->wanted == NULL)
            return -1;
        memcpy(b->wanted, b->prompt.text.data, b->prompt.text.len);
        b->wanted[b->prompt.text.len] = '\0';
        find_next(b);
        return 0;
    default: return 0;
    }
}

int browse_key(struct browse *b, uint32_t key)
{
    b->message = NULL;
    if (b->prompt.open)
        return prompt_input(b, key);
    switch (key) {
    case KEYCODE_UP:
    case 'k': move(b, -1); return 0;
    case KEYCODE_DOWN:
    case 'j': move(b, 1); return 0;
    case KEYCODE_PAGE_UP: move(b, -b->page); return 0;
    case ' ':
    case KEYCODE_PAGE_DOWN: move(b, b->page); return 0;
    case KEYCODE_HOME: move(b, -(int64_t)browse_length(b)); return 0;
    case KEYCODE_END: move(b, (int64_t)browse_length(b)); return 0;
    case KEYCODE_ENTER:
    case KEYCODE_RIGHT:
    case 'l': return enter(b);
    case KEYCODE_LEFT:
    case KEYCODE_BACKSPACE:
    case KEYCODE_ESCAPE:
    case 'h': return leave(b);
    case 'g': return toggle_groups(b);
    case 's': return next_order(b);
    case 'w': return show_why(b);
    case '/': prompt_begin(&b->prompt, "find: "); return 0;
    case 'n': find_next(b); return 0;
    case 'q': b->quit = true; return 0;
    default: return 0;
    }
}
