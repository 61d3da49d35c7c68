/*
 * template.c - the lines in a repeat as events, round by round.
 *
 * A line is compiled when it is first reached: without variables it is an event once and for all; with variables in
 * names, slots and sizes it is a template whose fields are patched in each round; all others are expanded and scanned
 * in each round, as are lines with errors.
 */
#include "trace/internal.h"

#include <string.h>

enum {
    ARENA_FIRST = 1 << 16, /* first size of the arena */
    ARENA_FULL = 1 << 20   /* expanded bytes at which a batch ends */
};

/* Notes how the part text[0..len) of a field changes; an empty range if it does not. */
static int patch_part(struct program *p, const struct node *node, const struct scan_line *l, const char *text,
                      size_t len)
{
    bool variables;
    size_t first = p->segments.len;
    if (segments_read(p, node->parent, l, text, len, &variables))
        return -1;
    if (!variables)
        p->segments.len = first;
    return 0;
}

/* Is it a field of a holder with its slot? */
static bool is_slotted(uint8_t role)
{
    return role == FIELD_A_HOLDER || role == FIELD_A_SLOT || role == FIELD_B_HOLDER;
}

/* Can a field with that role be set again? */
static bool is_patched(uint8_t role)
{
    return is_slotted(role) || role == FIELD_A || role == FIELD_B || role == FIELD_B_UNLESS_SLOT || role == FIELD_C ||
           role == FIELD_SITE || role == FIELD_SIZE;
}

/* Makes a patch of field, with the role that the expanded line gave it. 1 if that is impossible. */
static int patch_field(struct program *p, const struct node *node, const struct scan_line *l, unsigned field,
                       uint8_t role)
{
    const char *text = l->fields[field].text;
    size_t len = l->fields[field].len;
    bool slot = is_slotted(role);
    const char *dot = slot ? memchr(text, '.', len) : NULL;
    size_t before = dot != NULL ? (size_t)(dot - text) : len;
    struct patch patch = {.first = p->segments.len, .role = role};
    if (!is_patched(role) || (slot && dot == NULL))
        return 1;
    size_t skip = role == FIELD_SITE ? 1 : 0; /* the @ */
    if (patch_part(p, node, l, text + skip, before - skip))
        return -1;
    patch.dot = p->segments.len;
    if (dot != NULL && patch_part(p, node, l, dot + 1, len - before - 1))
        return -1;
    patch.last = p->segments.len;
    return vec_push(&p->patches, patch) ? error_memory(l->error) : 0;
}

/* The name of an event that a role means. */
static uint32_t *role_name(struct trace_event *e, uint8_t role)
{
    switch (role) {
    case FIELD_B:
    case FIELD_B_UNLESS_SLOT:
    case FIELD_B_HOLDER: return &e->b;
    case FIELD_C: return &e->c;
    case FIELD_SITE: return &e->site;
    default: return &e->a;
    }
}

/* A template without the fields that its patches set, so that it keeps no name of the first round. */
static struct trace_event template_of(const struct program *p, const struct trace_event *event, size_t first_patch)
{
    struct trace_event e = *event;
    for (size_t i = first_patch; i < p->patches.len; i++) {
        const struct patch *patch = &p->patches.data[i];
        if (patch->role != FIELD_SIZE && patch->first < patch->dot)
            *role_name(&e, patch->role) = NAME_NONE;
        if (patch->dot < patch->last)
            e.slot = 0;
    }
    return e;
}

/* After the first round of a line with variables, scanned as l: makes it a template if possible. */
static int compile_patches(struct program *p, struct node *node, const struct scan_line *l,
                           const struct trace_event *event)
{
    struct scan_line source = program_line(p, node, l->error);
    size_t segments = p->segments.len;
    size_t patches = p->patches.len;
    int result = 0;
    scan_split(&source);
    if (event->text != NULL || source.count != l->count)
        result = 1;
    for (unsigned i = 0; i < source.count && result == 0; i++)
        if (memchr(source.fields[i].text, '$', source.fields[i].len) != NULL)
            result = patch_field(p, node, &source, i, l->roles[i]);
    if (result == 0) {
        node->event = p->events.len;
        result = vec_push(&p->events, template_of(p, event, patches)) ? error_memory(l->error) : 0;
    }
    node->state = result == 0 ? NODE_PATCHED : NODE_EXPANDED;
    if (result != 0) {
        p->segments.len = segments;
        p->patches.len = patches;
    }
    node->patch = patches;
    node->patch_last = p->patches.len;
    return result < 0 ? -1 : 0;
}

/* Expands the line of node and scans it. 0; 1 if its text has no room in the arena and must wait; -1 after an error. */
static int expanded_event(struct trace_reader *r, const struct node *node, struct scan_line *l, bool full,
                          struct trace_event *e)
{
    struct program *p = &r->program;
    if (segments_expand(p, node->first, node->last))
        return error_memory(l->error);
    l->text = p->scratch.data;
    l->len = p->scratch.len;
    scan_word(&r->scanner, l);
    if (scan_line(&r->scanner, l, e))
        return -1;
    if (e->text == NULL)
        return 0;
    size_t at = p->arena.len;
    if (full && (at + e->text_len > p->arena.cap || at > ARENA_FULL))
        return 1;
    if (at + e->text_len > p->arena.cap &&
        vec_reserve(&p->arena, e->text_len < ARENA_FIRST ? ARENA_FIRST : e->text_len)) {
        return error_memory(l->error);
    }
    memcpy(p->arena.data + at, e->text, e->text_len);
    p->arena.len += e->text_len;
    e->text = p->arena.data + at;
    return 0;
}

/* Makes the event of a line that is first reached, and notes how to make the next ones. */
static int compile_line(struct trace_reader *r, struct node *node, bool full, struct trace_event *e,
                        struct error *error)
{
    struct program *p = &r->program;
    struct scan_line l = program_line(p, node, error);
    bool special = scan_special(l.text, l.len);
    bool variables = false;
    if (special && scan_check_bytes(&l))
        return -1;
    scan_word(&r->scanner, &l);
    node->first = p->segments.len;
    if (special &&
        segments_read(p, node->parent, &l, l.text, scan_comment(l.text, l.len, scan_keeps_hash(l.op)), &variables)) {
        p->segments.len = node->first;
        return -1;
    }
    node->last = p->segments.len;
    if (!variables) {
        if (scan_line(&r->scanner, &l, e))
            return -1;
        if (vec_push(&p->events, *e))
            return error_memory(error);
        node->event = p->events.len - 1;
        node->state = NODE_FIXED;
        return 0;
    }
    int result = expanded_event(r, node, &l, full, e);
    if (result != 0) {
        p->segments.len = node->first;
        return result;
    }
    node->state = NODE_EXPANDED;
    return r->fast ? compile_patches(p, node, &l, e) : 0;
}

/* The name that segments first..last make in this round; NAME_NONE if it is too long or without memory. */
static uint32_t patched_name(struct trace_reader *r, size_t first, size_t last, size_t most)
{
    struct program *p = &r->program;
    uint64_t value;
    if (segments_number(p, first, last, NAME_INTERNED - 1, &value))
        return (uint32_t)value;
    if (segments_expand(p, first, last) || p->scratch.len > most)
        return NAME_NONE;
    return names_intern(r->scanner.names, p->scratch.data, p->scratch.len);
}

static uint32_t patched_slot(struct trace_reader *r, size_t first, size_t last)
{
    struct program *p = &r->program;
    uint64_t value;
    if (segments_number(p, first, last, SLOT_VALUE, &value))
        return SLOT_INDEX | (uint32_t)value;
    return segments_expand(p, first, last) ? NAME_NONE : scan_slot(r->scanner.names, p->scratch.data, p->scratch.len);
}

/* Sets one field of e. False if scan_line must handle the line: it makes the same event, or the error. */
static bool apply_patch(struct trace_reader *r, const struct patch *patch, struct trace_event *e)
{
    if (patch->role == FIELD_SIZE) {
        return segments_number(&r->program, patch->first, patch->dot, SCAN_BYTES_MOST, &e->number) && e->number > 0 &&
               e->kind != KIND_MAP && e->kind != KIND_CELL && e->kind != KIND_PROPCELL;
    }
    uint32_t *name = role_name(e, patch->role);
    size_t most = patch->role == FIELD_SITE ? SIZE_MAX : SCAN_ID_MOST;
    if (patch->first < patch->dot)
        *name = patched_name(r, patch->first, patch->dot, most);
    if (patch->dot < patch->last)
        e->slot = patched_slot(r, patch->dot, patch->last);
    return *name != NAME_NONE && e->slot != NAME_NONE;
}

int template_event(struct trace_reader *r, bool full, struct trace_event *e, struct error *error)
{
    struct program *p = &r->program;
    struct node *node = &p->nodes.data[p->at];
    int result = 0;
    bool done = false;
    if (node->state == NODE_RAW) {
        result = compile_line(r, node, full, e, error);
        done = true;
    } else if (node->state != NODE_EXPANDED) {
        *e = p->events.data[node->event];
        done = true;
        for (size_t i = node->patch; i < node->patch_last && done; i++)
            done = apply_patch(r, &p->patches.data[i], e);
    }
    if (!done) {
        struct scan_line l = program_line(p, node, error);
        result = expanded_event(r, node, &l, full, e);
    }
    if (result != 0)
        return result;
    if (++p->made > REPEAT_MOST) {
        return error_set(error, ERROR_INPUT, node->line, 1, "repeat of more than 2^40 events, expected at most %llu",
                         (unsigned long long)REPEAT_MOST);
    }
    if (reader_admit(r, e, error)) {
        p->made--;
        return -1;
    }
    p->at++;
    return 0;
}
